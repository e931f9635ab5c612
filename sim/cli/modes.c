/* Modes of a node: FIPS, the oldest TLS that it takes.  That there are these commands, and what
 * they do, is documented; what they print is assumed, but for `show tls min-version`. */
#include "sim/cli/command.h"

#include <string.h>

static bool has_fips(const struct version *v)
{
    return v->has_fips;
}

static bool has_tls(const struct version *v)
{
    return v->tls_highest != 0;
}

/* ---- utils fips ---- */

static bool fips_status(struct cli *c, uint32_t count, const char *const *args)
{
    (void)count, (void)args;
    cli_print(c, "The system is operating in %s mode.\n",
              cli_node(c)->disk.fips ? "FIPS" : "NON-FIPS");
    return true;
}

static bool fips_answered(struct cli *c, const char *answer)
{
    const char *word = c->act.kind == DO_FIPS_ENABLE ? "enabled" : "disabled";
    if (!cli_is_yes(answer))
        return cli_fail(c, "Operation cancelled");
    cli_print(c, "\nGenerating certificates...\nSetting FIPS mode in operating system.\n");
    if (!cli_do_asked(c))
        return false;
    cli_print(c,
              "FIPS mode %s successfully.\n"
              "********************************************************\n"
              "It is highly recommended that after your system restarts\n"
              "that a system backup is performed.\n"
              "********************************************************\n"
              "The system will reboot in a few minutes.\n",
              word);
    return true;
}

static bool change_fips(struct cli *c, enum act_kind kind)
{
    if (!cli_can(c, kind, ""))
        return false;
    cli_print(c,
              "Security Warning: The operation will regenerate certificates for \n"
              "1)CallManager 2)Tomcat 3)IPsec 4)TVS 5)CAPF 6)SSH 7)ITLRecovery\n"
              "Any third party CA signed certificates that have been uploaded for the above\n"
              "components will need to be re-uploaded.\n"
              "If the system is operating in mixed mode, then the CTL client needs to be run \n"
              "again to update the CTL file. \n"
              "******************************************************************************\n"
              "This will change the system to %s mode and will reboot.\n"
              "******************************************************************************\n",
              kind == DO_FIPS_ENABLE ? "FIPS" : "NON-FIPS");
    return cli_ask(c, "Do you want to continue (yes/no) ? ", fips_answered);
}

static bool fips_enable(struct cli *c, uint32_t count, const char *const *args)
{
    (void)count, (void)args;
    return change_fips(c, DO_FIPS_ENABLE);
}

static bool fips_disable(struct cli *c, uint32_t count, const char *const *args)
{
    (void)count, (void)args;
    return change_fips(c, DO_FIPS_DISABLE);
}

/* ---- tls min-version ---- */

static const char *const tls_names[] = { "1.0", "1.1", "1.2", "1.3" };
#define TLS_NAMES ((uint32_t)(sizeof tls_names / sizeof *tls_names))

/* What the nodes take: as it was set, or what the version begins with, whichever is newer. */
static const char *tls_oldest(const struct cluster *cl)
{
    uint64_t set = cl->db.params[PARAM_TLS_MIN], oldest = cl->version->tls_oldest;
    return tls_names[(set > oldest ? set : oldest) % TLS_NAMES];
}

static bool show_tls(struct cli *c, uint32_t count, const char *const *args)
{
    (void)count, (void)args;
    cli_print(c, "Configured TLS minimum version: %s\n", tls_oldest(cli_cluster(c)));
    return true;
}

static bool tls_answered(struct cli *c, const char *answer)
{
    if (!cli_is_yes(answer))
        return cli_fail(c, "Operation cancelled");
    const char *name = tls_names[c->act.arg[1] % TLS_NAMES];
    if (!cli_do_asked(c))
        return false;
    cli_print(c,
              "Successfully set the minimum TLS version to %s\n"
              "The system will reboot in few minutes\n",
              name);
    return true;
}

static bool set_tls(struct cli *c, uint32_t count, const char *const *args)
{
    struct err e = { "" };
    char text[40];
    uint32_t i = 0;
    (void)count;
    while (i < TLS_NAMES && strcmp(tls_names[i], args[0]) != 0)
        i++;
    if (i == TLS_NAMES || i > cli_cluster(c)->version->tls_highest)
        return cli_fail(c, "%s: not a TLS version that can be set here", args[0]);
    snprintf(text, sizeof text, "%s %u", param_table[PARAM_TLS_MIN].name, (unsigned)i);
    if (!cli_can(c, DO_SET, text))
        return false;
    if (!cli_parse(c, DO_REBOOT, "", &c->then, &e))
        return cli_fail(c, "%s", e.text);
    cli_print(c,
              "This command will result in setting minimum TLS version to %s on all the secure "
              "interfaces.\n\n***************\n"
              "Warning: This command will set the minimum TLS version to %s and reboot the server\n"
              "***************\n\n",
              args[0], args[0]);
    return cli_ask(c, "Do you want to continue (yes/no) ? ", tls_answered);
}

static const char *tls_choice(const struct cli *c, uint32_t arg, uint32_t i)
{
    return arg == 0 && i <= cli_cluster(c)->version->tls_highest && i < TLS_NAMES ? tls_names[i]
                                                                                  : NULL;
}

#define REFERENCE "documented: Command Line Interface Reference 12.5"

const struct command commands_modes[] = {
    { .words = "utils fips status",
      .args = "",
      .run = fips_status,
      .has = has_fips,
      .help = "Whether this node is in FIPS mode",
      .source = "documented: Security Guide, FIPS; its words assumed" },
    { .words = "utils fips enable",
      .args = "",
      .run = fips_enable,
      .has = has_fips,
      .help = "Takes this node into FIPS mode: it regenerates its certificates and reboots",
      .source = "documented: Security Guide, FIPS; its words assumed" },
    { .words = "utils fips disable",
      .args = "",
      .run = fips_disable,
      .has = has_fips,
      .help = "Takes this node out of FIPS mode",
      .source = "documented: Security Guide, FIPS; its words assumed" },
    { .words = "show tls min-version",
      .args = "",
      .run = show_tls,
      .has = has_tls,
      .help = "The oldest TLS that is taken",
      .source = REFERENCE },
    { .words = "set tls min-version",
      .args = "version",
      .run = set_tls,
      .has = has_tls,
      .choice = tls_choice,
      .help = "Sets the oldest TLS that is taken, of all nodes here, and reboots this one",
      .source = REFERENCE "; its words assumed" },
    { .words = NULL },
};
