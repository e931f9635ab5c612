/* Trust lists: `show itl`, `show ctl`, `utils ctl`, `utils itl`.
 * Words and questions: the command line reference and technote 118893 (observed; where a published
 * page ran lines together, the line ends are inferred). */
#include "sim/cli/command.h"
#include "sim/report/listing.h"

#include <string.h>

static bool show_list(struct cli *c, enum tlshow_kind kind)
{
    struct err e = { "" };
    return listing_print(c->out, c->options.lab, c->options.cluster, c->options.node, kind, &e) ||
           cli_fail(c, "%s", e.text);
}

static bool show_itl(struct cli *c, uint32_t count, const char *const *args)
{
    (void)count, (void)args;
    return show_list(c, TLSHOW_ITL);
}

static bool show_ctl(struct cli *c, uint32_t count, const char *const *args)
{
    (void)count, (void)args;
    return show_list(c, TLSHOW_CTL);
}

/* ---- utils ctl, utils itl ---- */

/* What the commands that change a list have in common: a question, an act, some lines. */
struct list_command {
    enum act_kind kind;
    const char *asks;  /* before it is done; NULL: nothing */
    const char *doing; /* printed before */
    const char *done;  /* and behind */
};

static const char restarts[] =
    "Please Restart the TFTP and Cisco CallManager services on all nodes in the cluster that run "
    "these services\n";
static const char goes_on[] = "Do you want to continue? (y/n):";

static const struct list_command list_commands[] = {
    { DO_CTL_MIXED_MODE, "This operation will set the cluster to Mixed mode.",
      "Moving Cluster to Mixed Mode\n", "Cluster set to Mixed Mode\n" },
    { DO_CTL_NON_SECURE_MODE, "This operation will set the cluster to non secure mode.",
      "Moving Cluster to Non Secure Mode\n", "Cluster set to Non Secure Mode\n" },
    { DO_CTL_UPDATE, "This operation will update the CTLFile.", "Updating CTL file\n",
      "CTL file Updated\n" },
};

static const struct list_command *list_command_of(const struct act *act)
{
    for (size_t i = 0; i < sizeof list_commands / sizeof *list_commands; i++) {
        if (list_commands[i].kind == act->kind)
            return &list_commands[i];
    }
    return NULL;
}

static bool ctl_answered(struct cli *c, const char *answer)
{
    const struct list_command *l = list_command_of(&c->act);
    if (!cli_is_yes(answer))
        return cli_fail(c, "Operation cancelled");
    cli_print(c, "\n%s", l->doing);
    if (!cli_do(c, &c->act))
        return false;
    cli_print(c, "%s%s", l->done, restarts);
    return true;
}

static bool ask_ctl(struct cli *c, enum act_kind kind)
{
    struct err e = { "" };
    if (!cli_parse(c, kind, "", &c->act, &e) ||
        !cluster_can(cli_cluster(c), &c->act, cli_now_us(c), &e))
        return cli_fail(c, "%s", e.text);
    cli_print(c, "%s\n\n", list_command_of(&c->act)->asks);
    return cli_ask(c, goes_on, ctl_answered);
}

static bool set_mixed(struct cli *c, uint32_t count, const char *const *args)
{
    (void)count, (void)args;
    return ask_ctl(c, DO_CTL_MIXED_MODE);
}

static bool set_non_secure(struct cli *c, uint32_t count, const char *const *args)
{
    (void)count, (void)args;
    return ask_ctl(c, DO_CTL_NON_SECURE_MODE);
}

static bool update_ctl(struct cli *c, uint32_t count, const char *const *args)
{
    (void)count, (void)args;
    return ask_ctl(c, DO_CTL_UPDATE);
}

static bool reset_ctl(struct cli *c, uint32_t count, const char *const *args)
{
    struct err e = { "" };
    (void)count, (void)args;
    if (!cli_parse(c, DO_CTL_RESET_LOCALKEY, "", &c->act, &e))
        return cli_fail(c, "%s", e.text);
    if (!cli_do(c, &c->act))
        return false;
    cli_print(c, "CTL file reset with the local key\n%s", restarts);
    return true;
}

/* The servers to which the new file goes. */
static void say_tftp(struct cli *c)
{
    const struct cluster *cl = cli_cluster(c);
    uint32_t servers = 0;
    cli_print(c, "Locating active Tftp servers in the cluster.....\n\n"
                 "Following is the list of Active tftp servers in the cluster\n\n"
                 "====================\n\n");
    FOR_EACH_NODE(cl, i)
    {
        if (cl->nodes[i].run.services[SERVICE_TFTP].state == SERVICE_STOPPED)
            continue;
        cli_print(c, "%s\n\n", cl->nodes[i].disk.name);
        servers++;
    }
    cli_print(
        c,
        "=====================\n\nNumber of Active TFTP servers in the cluster : %u\n\n"
        "Transferring new reset ITL file to the TFTP server nodes in the cluster.........\n\n",
        (unsigned)servers);
    FOR_EACH_NODE(cl, i)
    {
        if (cl->nodes[i].run.services[SERVICE_TFTP].state != SERVICE_STOPPED)
            cli_print(c, "Successfully transferred reset ITL to node %s\n\n",
                      cl->nodes[i].disk.name);
    }
}

static bool reset_itl(struct cli *c, enum act_kind kind)
{
    struct err e = { "" };
    if (!cli_parse(c, kind, "", &c->act, &e))
        return cli_fail(c, "%s", e.text);
    cli_print(c, "Name is None\n\nGenerating the reset ITL file.....\n\n");
    if (!cli_do(c, &c->act))
        return false;
    cli_print(c, "The reset ITL file was generated successfully\n\n");
    say_tftp(c);
    return true;
}

static bool itl_localkey(struct cli *c, uint32_t count, const char *const *args)
{
    (void)count, (void)args;
    return reset_itl(c, DO_ITL_RESET_LOCALKEY);
}

static bool itl_remotekey(struct cli *c, uint32_t count, const char *const *args)
{
    (void)count, (void)args;
    return reset_itl(c, DO_ITL_RESET_REMOTEKEY);
}

/* ---- file delete tftp CTLFile.tlv ---- */

static bool delete_answered(struct cli *c, const char *answer)
{
    if (!cli_is_yes(answer))
        return cli_fail(c, "Operation cancelled");
    if (!cli_do(c, &c->act))
        return false;
    cli_print(c, "files: found = 1, deleted = 1\n");
    return true;
}

static bool delete_tftp(struct cli *c, uint32_t count, const char *const *args)
{
    struct err e = { "" };
    (void)count;
    if (strcmp(args[0], "CTLFile.tlv") != 0)
        return cli_fail(c, "files: found = 0, deleted = 0");
    if (!cli_parse(c, DO_DELETE_CTL, "", &c->act, &e) ||
        !cluster_can(cli_cluster(c), &c->act, cli_now_us(c), &e))
        return cli_fail(c, "%s", e.text);
    cli_print(c, "Delete the File CTLFile.tlv?\n");
    return cli_ask(c, "Enter \"y\" followed by return to continue: ", delete_answered);
}

static bool has_sbd(const struct version *v)
{
    return v->sbd;
}

static bool has_tokenless(const struct version *v)
{
    return v->ctl_signer != OWN_NONE;
}

static bool has_ctl_localkey(const struct version *v)
{
    return act_table[DO_CTL_RESET_LOCALKEY]->has == NULL ||
           act_table[DO_CTL_RESET_LOCALKEY]->has(v);
}

static bool has_itl_localkey(const struct version *v)
{
    return v->localkey != OWN_NONE;
}

#define CLI_SHOW "documented: Command Line Interface Reference, Show Commands"

const struct command commands_lists[] = {
    { .words = "show itl",
      .args = "",
      .has = has_sbd,
      .run = show_itl,
      .help = "Displays the ITL file contents",
      .source = CLI_SHOW "; observed: technote 116232" },
    { .words = "show ctl",
      .args = "",
      .run = show_ctl,
      .help = "Displays the CTL file contents",
      .source = CLI_SHOW "; observed: technote 118893" },
    { .words = "utils ctl set-cluster mixed-mode",
      .args = "",
      .where = ON_PUBLISHER,
      .has = has_tokenless,
      .run = set_mixed,
      .help = "Updates the CTL file and sets the cluster to mixed mode",
      .source = "observed: technote 118893" },
    { .words = "utils ctl set-cluster non-secure-mode",
      .args = "",
      .where = ON_PUBLISHER,
      .has = has_tokenless,
      .run = set_non_secure,
      .help = "Updates the CTL file and sets the cluster to non-secure mode",
      .source = "observed: technote 118893" },
    { .words = "utils ctl update CTLFile",
      .args = "",
      .where = ON_PUBLISHER,
      .has = has_tokenless,
      .run = update_ctl,
      .help = "Updates the CTL file on all the nodes in the cluster",
      .source = "observed: technote 118893" },
    { .words = "utils ctl reset localkey",
      .args = "",
      .where = ON_PUBLISHER,
      .has = has_ctl_localkey,
      .run = reset_ctl,
      .help = "Regenerates the CTL file and signs it with the secondary SAST",
      .source = "documented: Security Guide 12.5, Tokenless CTL; its lines assumed" },
    { .words = "utils itl reset localkey",
      .args = "",
      .where = ON_PUBLISHER,
      .has = has_itl_localkey,
      .run = itl_localkey,
      .help = "Generates a new ITL file, signed with the key that phones trust",
      .source = "observed: Command Line Interface Reference, Utils Commands" },
    { .words = "utils itl reset remotekey",
      .args = "[...]",
      .where = ON_PUBLISHER,
      .has = has_itl_localkey,
      .run = itl_remotekey,
      .help = "Generates a new ITL file, signed with the key of a saved ITLRecovery.p12",
      .source = "observed: Command Line Interface Reference, Utils Commands" },
    { .words = "file delete tftp",
      .args = "file",
      .run = delete_tftp,
      .help = "Deletes a file of the TFTP directory of this node",
      .source = "observed: technote 118893" },
    { .words = NULL },
};
