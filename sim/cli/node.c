/* The node itself: `show network cluster`, `show version active`, `utils system`. */
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
    { .words = "utils system restart",
      .args = "",
      .run = restart,
      .help = "Restarts the node",
      .source = "documented; its lines observed on HCM-F" },
    { .words = NULL },
};
