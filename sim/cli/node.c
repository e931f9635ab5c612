/* The node itself: `show network cluster`, `show version active`, `utils system`. */
#include "nodes/backup.h"
#include "nodes/cluster.h"
#include "sim/cli/command.h"
#include "sim/report/tlshow.h"

#include <string.h>

static void address(uint32_t ip, char out[16])
{
    snprintf(out, 16, "%u.%u.%u.%u", ip >> 24, ip >> 16 & 255, ip >> 8 & 255, ip & 255);
}

/* "Mon Jul  1 13:44:09 2019", of the node's clock. */
static void since(const struct cli *c, uint32_t node, uint64_t us, char out[TLSHOW_DATE])
{
    char date[TLSHOW_DATE];
    tlshow_date(cluster_wall_s(cli_cluster(c), node, us), date);
    snprintf(out, TLSHOW_DATE, "%.19s%s", date, strlen(date) > 23 ? date + 23 : "");
}

static bool show_cluster(struct cli *c, uint32_t count, const char *const *args)
{
    const struct cluster *cl = cli_cluster(c);
    char ip[16], date[TLSHOW_DATE], full[2 * CLUSTER_NAME];
    (void)count, (void)args;
    FOR_EACH_NODE(cl, i)
    {
        const struct node_disk *disk = &cl->nodes[i].disk;
        address(disk->ip, ip);
        cluster_host_name(cl, i, full);
        cli_print(c, "%s%s%s %s %s callmanager %s authenticated", ip, disk->domain[0] ? " " : "",
                  disk->domain[0] ? full : "", disk->name, i == 0 ? "Publisher" : "Subscriber",
                  i == 0 ? "DBPub" : "DBSub");
        if (i != c->options.node) {
            since(c, i, 0, date);
            cli_print(c, " using TCP since %s", date);
        }
        cli_print(c, "\n");
    }
    if (!cli_is_publisher(c))
        return true;
    cli_print(c, "\nServer Table (processnode) Entries\n----------------------------------\n");
    FOR_EACH_NODE(cl, i)
    {
        cluster_host_name(cl, i, full);
        cli_print(c, "%s\n", full);
    }
    return true;
}

static bool show_version(struct cli *c, uint32_t count, const char *const *args)
{
    const struct cluster *cl = cli_cluster(c);
    (void)count, (void)args;
    cli_print(c,
              "Active Master Version: %s\nActive Version Installed Software Options:\n"
              "No Installed Software Options Found.\n",
              cl->asked[0] != '\0' ? cl->asked : cl->version->name);
    return true;
}

static bool show_inactive(struct cli *c, uint32_t count, const char *const *args)
{
    const struct backup *b = cli_cluster(c)->inactive;
    (void)count, (void)args;
    if (b == NULL)
        return cli_fail(c, "There is no version on the inactive partition");
    cli_print(c,
              "Inactive Master Version: %s\nInactive Version Installed Software Options:\n"
              "No Installed Software Options Found.\n",
              b->version->name);
    return true;
}

/* "Mon Mar 2, 2026 00:36:32", in UTC. */
static void status_date(int64_t unix_s, char out[2 * TLSHOW_DATE])
{
    char date[TLSHOW_DATE];
    tlshow_date(unix_s, date);
    snprintf(out, 2 * TLSHOW_DATE, "%.7s %d, %s %.8s", date, (date[8] - '0') * 10 + date[9] - '0',
             strlen(date) > 24 ? date + 24 : "", date + 11);
}

/* What it says of processors, memory and disks the lab does not have. */
static bool show_status(struct cli *c, uint32_t count, const char *const *args)
{
    const struct cluster *cl = cli_cluster(c);
    char date[2 * TLSHOW_DATE];
    (void)count, (void)args;
    status_date(cluster_wall_s(cl, c->options.node, cli_now_us(c)), date);
    cli_print(c,
              "\nHost Name          : %s\nDate               : %s\n"
              "Time Zone          : Coordinated Universal Time (UTC)\n"
              "Locale             : en_US.UTF-8\nProduct Ver        : %s\n",
              cli_node(c)->disk.name, date, cl->asked[0] != '\0' ? cl->asked : cl->version->name);
    return true;
}

static bool restart_answered(struct cli *c, const char *answer)
{
    if (!cli_is_yes(answer))
        return cli_fail(c, "Operation cancelled");
    if (!cli_do(c, &c->act))
        return false;
    cli_print(c, "\nAppliance is being Restarted ...\n");
    return true;
}

static bool restart(struct cli *c, uint32_t count, const char *const *args)
{
    struct err e = { "" };
    (void)count, (void)args;
    if (!cli_parse(c, DO_REBOOT, "", &c->act, &e))
        return cli_fail(c, "%s", e.text);
    cli_print(c, "\nDo you really want to restart ?\n\n");
    return cli_ask(c, "Enter (yes/no)? ", restart_answered);
}

static bool shutdown_answered(struct cli *c, const char *answer)
{
    if (!cli_yes_do(c, answer))
        return false;
    cli_print(c, "\nAppliance is being Powered - Off ...\n");
    return true;
}

static bool shut_down(struct cli *c, uint32_t count, const char *const *args)
{
    (void)count, (void)args;
    if (!cli_can(c, DO_SHUT_DOWN, ""))
        return false;
    cli_print(c, "\nDo you really want to shutdown ?\n\n");
    return cli_ask(c, "Enter (yes/no)? ", shutdown_answered);
}

static bool switch_answered(struct cli *c, const char *answer)
{
    if (!cli_yes_do(c, answer))
        return false;
    cli_print(c, "\nSwitching versions and rebooting ...\n");
    return true;
}

static bool switch_version(struct cli *c, uint32_t count, const char *const *args)
{
    (void)count, (void)args;
    if (!cli_can(c, DO_SWITCH_VERSION, ""))
        return false;
    cli_print(c, "\nDo you really want to switch between versions ?\n\n");
    return cli_ask(c, "Enter (yes/no)? ", switch_answered);
}

const struct command commands_node[] = {
    { .words = "show network cluster",
      .args = "",
      .run = show_cluster,
      .help = "Displays the nodes of the cluster",
      .source = "observed on CUCM 10.5, 12.5 and 15" },
    { .words = "show version active",
      .args = "",
      .run = show_version,
      .help = "Displays the software version on the active partition",
      .source = "observed on CUCM 11.5 and 15" },
    { .words = "show version inactive",
      .args = "",
      .run = show_inactive,
      .help = "Displays the software version on the inactive partition",
      .source = "observed on CUCM 15; where there is none: assumed" },
    { .words = "show status",
      .args = "",
      .run = show_status,
      .help = "Displays name, clock and version of this node",
      .source = "observed on 12.5; processors, memory and disks are not simulated" },
    { .words = "utils system shutdown",
      .args = "",
      .run = shut_down,
      .help = "Shuts this node down",
      .source = "documented: Command Line Interface Reference, Utils Commands; its words assumed" },
    { .words = "utils system switch-version",
      .args = "",
      .where = ON_PUBLISHER,
      .run = switch_version,
      .help = "All nodes reboot into the version on their inactive partition",
      .source = "documented: Command Line Interface Reference, Utils Commands; its words assumed; "
                "of all nodes at "
                "once: the lab's own" },
    { .words = "utils system restart",
      .args = "",
      .run = restart,
      .help = "Restarts the node",
      .source = "documented; its lines observed on HCM-F" },
    { .words = NULL },
};
