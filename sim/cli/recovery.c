/* Backups and replication of the database.  Shapes: what tools read of `utils disaster_recovery
 * history backup` (inferred), Cisco's guide for `utils dbreplication runtimestate` (documented).
 * Numbers that the lab does not have are 0. */
#include "nodes/backup.h"
#include "nodes/cluster.h"
#include "sim/cli/command.h"
#include "sim/report/tlshow.h"
#include "sim/wire/text.h"

#include <string.h>

/* "2026-10-01-02-00-00.tar", by the date of the backup. */
#define TAR_NAME (DATE_TEXT + 8)
static const char *tar_name(const struct backup *b, char out[TAR_NAME])
{
    char date[DATE_TEXT];
    date_print(b->made_s, 0, date);
    for (char *p = date; *p != '\0'; p++)
        *p = *p == ' ' || *p == ':' ? '-' : *p;
    snprintf(out, TAR_NAME, "%s.tar", date);
    return out;
}

static uint32_t backups(const struct cluster *cl)
{
    uint32_t n = 0;
    while (backup_nth(cl, n + 1) != NULL)
        n++;
    return n;
}

static bool backup(struct cli *c, uint32_t count, const char *const *args)
{
    (void)count, (void)args;
    if (!cli_can(c, DO_BACKUP, "") || !cli_do_asked(c))
        return false;
    cli_print(c, "drfCliMsg: Backup initiated successfully. Please run 'utils disaster_recovery "
                 "status backup' command to see the status\n");
    return true;
}

static bool history(struct cli *c, uint32_t count, const char *const *args)
{
    char tar[TAR_NAME], date[TLSHOW_DATE];
    (void)count, (void)args;
    cli_print(c, "Tar Filename: Backup Device: Completed On: Result: Backup Type: Features Backed "
                 "Up:\n");
    for (uint32_t n = backups(cli_cluster(c)); n > 0; n--) {
        const struct backup *b = backup_nth(cli_cluster(c), n);
        tlshow_date(b->made_s, date);
        cli_print(c, "%s NETWORK %s SUCCESS MANUAL UCM\n", tar_name(b, tar), date);
    }
    return true;
}

static bool status(struct cli *c, uint32_t count, const char *const *args)
{
    const struct backup *b = backup_nth(cli_cluster(c), 1);
    char tar[TAR_NAME];
    (void)count, (void)args;
    if (b == NULL)
        return cli_fail(c, "drfCliMsg: No backup status available");
    cli_print(c,
              "Status: SUCCESS :Backup Completed...\nTar Filename: %s\nStorage Location: NETWORK\n"
              "Operation: backup\nPercentage Complete: 100\n",
              tar_name(b, tar));
    return true;
}

static bool restore_answered(struct cli *c, const char *answer)
{
    if (!cli_yes_do(c, answer))
        return false;
    cli_print(c, "drfCliMsg: Restore initiated successfully. The server is restarted.\n");
    return true;
}

/* By the name of its file: the nth newest; 0: there is none of that name. */
static uint32_t backup_named(const struct cluster *cl, const char *name)
{
    char tar[TAR_NAME];
    for (uint32_t n = 1; n <= backups(cl); n++) {
        tar_name(backup_nth(cl, n), tar);
        if (strcmp(tar, name) == 0 ||
            (strlen(name) + 4 == strlen(tar) && strncmp(tar, name, strlen(name)) == 0))
            return n;
    }
    return 0;
}

static bool restore(struct cli *c, uint32_t count, const char *const *args)
{
    struct err e = { "" };
    uint32_t node, nth = backup_named(cli_cluster(c), args[1]);
    char text[16];
    (void)count;
    if (!cluster_node(cli_cluster(c), args[0], &node))
        return cli_fail(c, "%s: no such server", args[0]);
    if (nth == 0)
        return cli_fail(c, "%s: no such backup (utils disaster_recovery history backup)", args[1]);
    snprintf(text, sizeof text, "%u", (unsigned)nth);
    c->then.kind = ACTS;
    if (!cli_parse(c, DO_RESTORE, text, &c->act, &e))
        return cli_fail(c, "%s", e.text);
    c->act.node = (uint8_t)node;
    if (!cluster_can(cli_cluster(c), &c->act, cli_now_us(c), &e))
        return cli_fail(c, "%s", e.text);
    return cli_ask(c, "Do you want to restore this server from the backup (y/n)? ",
                   restore_answered);
}

/* ---- replication ---- */

/* A node of which one is told: what a row of the table says of it. */
struct replica {
    const char *queue, *state, *monitor;
};

static struct replica replica_of(const struct node *n)
{
    static const struct replica good = { "0", "(2) Setup Completed", "Y/Y/Y" },
                                stopped = { "-", "(3) Out Of Sync", "Y/Y/N" },
                                off = { "-", "(-) DB Active-Dropped", "N/N/N" };
    return n->run.off ? off : n->stopped_us != 0 ? stopped : good;
}

static bool all_in_sync(const struct cluster *cl)
{
    FOR_EACH_NODE(cl, i)
    {
        if (cl->nodes[i].stopped_us != 0)
            return false;
    }
    return true;
}

static void say_version(struct cli *c)
{
    const struct cluster *cl = cli_cluster(c);
    cli_print(c, "DB Version: ccm");
    for (const char *p = cl->asked[0] != '\0' ? cl->asked : cl->version->name; *p != '\0'; p++) {
        if (*p != ')')
            cli_print(c, "%c", strchr(".-(", *p) != NULL ? '_' : *p);
    }
    cli_print(c, "\n\nRepltimeout set to: 300s\nPROCESS option set to: 1\n\n");
}

static void say_replicas(struct cli *c)
{
    const struct cluster *cl = cli_cluster(c);
    char ip[16];
    cli_print(c,
              "Cluster Detailed View from %s (%u Servers):\n\n"
              "                                           PING      DB/RPC/   REPL.    Replication "
              "   REPLICATION SETUP\n"
              "SERVER-NAME              IP ADDRESS        (msec)    DbMon?    QUEUE    Group ID    "
              "   (RTMT) & Details\n"
              "-----------              ----------        ------    -------   -----    ----------- "
              "   ------------------\n",
              cli_node(c)->disk.name, (unsigned)cluster_nodes(cl));
    FOR_EACH_NODE(cl, i)
    {
        struct replica r = replica_of(&cl->nodes[i]);
        text_put_address(cl->nodes[i].disk.ip, ip);
        cli_print(c, "%-24s %-17s 0.000     %-9s %-8s (g_%u)          %s\n", cl->nodes[i].disk.name,
                  ip, r.monitor, r.queue, (unsigned)i + 2, r.state);
    }
}

static bool runtimestate(struct cli *c, uint32_t count, const char *const *args)
{
    char date[TLSHOW_DATE];
    const struct cluster *cl = cli_cluster(c);
    (void)count, (void)args;
    tlshow_date(cluster_wall_s(cl, c->options.node, cli_now_us(c)), date);
    cli_print(c, "\nServer Time: %s\n\n", date);
    if (cli_is_publisher(c))
        cli_print(c, "Cluster Replication State: %s\n     Sync Status: %s\n\n",
                  all_in_sync(cl) ? "BROADCAST SYNC Completed" : "Replication was stopped",
                  all_in_sync(cl) ? "All Tables are in sync" : "Some Tables are out of sync");
    else
        cli_print(c, "Cluster Replication State: Only available on the PUB\n\n");
    say_version(c);
    say_replicas(c);
    return true;
}

static bool replication_status(struct cli *c, uint32_t count, const char *const *args)
{
    (void)count, (void)args;
    cli_print(c, "\nReplication status check is now running in background.\n"
                 "Use command 'utils dbreplication runtimestate' to check its progress\n");
    return true;
}

static bool change_replication(struct cli *c, enum act_kind kind, const char *name)
{
    struct err e = { "" };
    uint32_t node = c->options.node;
    if (name != NULL && !cluster_node(cli_cluster(c), name, &node))
        return cli_fail(c, "%s: no such server", name);
    c->then.kind = ACTS;
    if (!cli_parse(c, kind, "", &c->act, &e))
        return cli_fail(c, "%s", e.text);
    c->act.node = (uint8_t)node;
    return cli_do_asked(c);
}

static bool stop_replication(struct cli *c, uint32_t count, const char *const *args)
{
    (void)count, (void)args;
    if (!change_replication(c, DO_DBREPLICATION_STOP, NULL))
        return false;
    cli_print(c, "Replication was stopped on %s.\n", cli_node(c)->disk.name);
    return true;
}

static bool reset_replication(struct cli *c, uint32_t count, const char *const *args)
{
    (void)count;
    if (!change_replication(c, DO_DBREPLICATION_RESET, args[0]))
        return false;
    cli_print(c, "Repairing of replication is in progress.\n");
    return true;
}

static const char *node_choice(const struct cli *c, uint32_t arg, uint32_t i)
{
    const struct cluster *cl = cli_cluster(c);
    FOR_EACH_NODE(cl, n)
    {
        if (arg == 0 && i-- == 0)
            return cl->nodes[n].disk.name;
    }
    return NULL;
}

#define REFERENCE "documented: Command Line Interface Reference, Utils Commands"

const struct command commands_recovery[] = {
    { .words = "utils disaster_recovery backup network",
      .args = "[...]",
      .where = ON_PUBLISHER,
      .run = backup,
      .help = "Makes a backup of all nodes",
      .source = REFERENCE "; its line assumed" },
    { .words = "utils disaster_recovery history backup",
      .args = "[device]",
      .where = ON_PUBLISHER,
      .run = history,
      .help = "Displays the backups that there are",
      .source = "inferred from what tools read of it" },
    { .words = "utils disaster_recovery status backup",
      .args = "",
      .where = ON_PUBLISHER,
      .run = status,
      .help = "Displays the backup made last",
      .source = "inferred from what tools read of it" },
    { .words = "utils disaster_recovery restore network",
      .args = "server tarfile [device]",
      .where = ON_PUBLISHER,
      .run = restore,
      .choice = node_choice,
      .help = "Restores a server from a backup",
      .source = REFERENCE "; its question assumed" },
    { .words = "utils dbreplication runtimestate",
      .args = "",
      .run = runtimestate,
      .help = "Displays how replication stands, node by node",
      .source = "documented: 15; observed on 10.5; ping times are not simulated" },
    { .words = "utils dbreplication status",
      .args = "[...]",
      .run = replication_status,
      .help = "Checks replication",
      .source = REFERENCE "; its words assumed" },
    { .words = "utils dbreplication stop",
      .args = "",
      .run = stop_replication,
      .help = "Stops replication on this node; on the publisher, of all",
      .source = REFERENCE "; its line assumed" },
    { .words = "utils dbreplication reset",
      .args = "server",
      .where = ON_PUBLISHER,
      .run = reset_replication,
      .choice = node_choice,
      .help = "Sets up the replication to a server anew",
      .source = REFERENCE "; its line assumed" },
    { .words = NULL },
};
