/* Nodes added to a cluster, removed from it, without power; its CallManager groups and device
 * pools.
 */
#include "nodes/acts_impl.h"
#include "nodes/certs.h"
#include "nodes/cluster.h"
#include "nodes/config.h"
#include "nodes/services.h"

#include <string.h>

/* ---- nodes ---- */

static struct node_spec spec_of(const struct cluster *cl, const struct act *a)
{
    return (struct node_spec){ .name = content_get_str(cl->env->content, (uint32_t)a->arg[0]),
                               .domain = cl->nodes[0].disk.domain,
                               .ip = cluster_address(cl->env, cl->number, cl->node_count) };
}

static bool can_add(const struct cluster *cl, const struct act *a, uint64_t now_us, struct err *e)
{
    struct node_spec spec = spec_of(cl, a);
    (void)now_us;
    return cluster_check_node(cl, &spec, e);
}

/* Installed with the publisher's database: its certificates are made and go into that; network
 * services run, and feature services are activated by hand (documented). */
static void add(struct cluster *cl, const struct act *a, uint64_t now_us)
{
    struct node_spec spec = spec_of(cl, a);
    uint32_t node = cluster_put_node(cl, &spec);
    for (int own = 0; own < OWNS; own++) {
        if (certs_has_own(cl, node, (enum own)own))
            certs_renew(cl, node, (enum own)own, now_us);
    }
    certs_copy_to_subscribers(cl);
    for (int s = 0; s < SERVICES; s++) {
        if (services_is_activated(cl, node, (enum service)s))
            services_start(cl, node, (enum service)s, now_us);
    }
    services_after_records(cl, now_us);
}

static bool can_remove(const struct cluster *cl, const struct act *a, uint64_t now_us,
                       struct err *e)
{
    (void)now_us;
    const struct group *g = config_group_with(cl, a->node);
    if (a->node == 0)
        return err_set(e, "%s: %s is the first node, it cannot be deleted", cl->name,
                       node_name(cl, a));
    return g == NULL || cl->db.params[PARAM_GROUPS_LOSE_NODES] != 0 ||
           err_set(e, "%s: %s cannot be deleted, the CallManager group \"%s\" names it", cl->name,
                   node_name(cl, a), g->name);
}

static void remove_node(struct cluster *cl, const struct act *a, uint64_t now_us)
{
    struct node *n = &cl->nodes[a->node];
    for (int s = 0; s < SERVICES; s++) {
        if (n->run.services[s].state != SERVICE_STOPPED)
            services_stop(cl, a->node, (enum service)s, now_us);
    }
    certs_end_own(cl, a->node, now_us);
    config_drop_member(cl, a->node);
    n->run.rebuild_us = 0;
    n->removed = true;
    services_after_records(cl, now_us);
}

/* ---- power ---- */

static void reboot(struct cluster *cl, const struct act *a, uint64_t now_us)
{
    services_reboot(cl, a->node, now_us);
}

static void shut_down(struct cluster *cl, const struct act *a, uint64_t now_us)
{
    services_shut_down(cl, a->node, now_us);
}

static bool can_switch_on(const struct cluster *cl, const struct act *a, uint64_t now_us,
                          struct err *e)
{
    (void)now_us;
    return cl->nodes[a->node].run.off ||
           err_set(e, "%s: %s is not shut down", cl->name, node_name(cl, a));
}

static void switch_on(struct cluster *cl, const struct act *a, uint64_t now_us)
{
    services_switch_on(cl, a->node, now_us);
}

/* ---- replication of the database ---- */

static bool can_stop_replication(const struct cluster *cl, const struct act *a, uint64_t now_us,
                                 struct err *e)
{
    (void)now_us;
    if (cluster_nodes(cl) == 1)
        return err_set(e, "%s: %s has nobody to replicate with", cl->name, node_name(cl, a));
    return cl->nodes[a->node].stopped_us == 0 ||
           err_set(e, "%s: replication is stopped on %s already", cl->name, node_name(cl, a));
}

static void stop_replication(struct cluster *cl, const struct act *a, uint64_t now_us)
{
    cl->nodes[a->node].stopped_us = now_us == 0 ? 1 : now_us;
}

static bool can_reset_replication(const struct cluster *cl, const struct act *a, uint64_t now_us,
                                  struct err *e)
{
    (void)now_us;
    return cluster_nodes(cl) > 1 ||
           err_set(e, "%s: %s has nobody to replicate with", cl->name, node_name(cl, a));
}

static void reset_replication(struct cluster *cl, const struct act *a, uint64_t now_us)
{
    cl->nodes[a->node].stopped_us = 0;
    services_after_records(cl, now_us);
}

static bool is_stopped(const struct cluster *cl, const struct act *a)
{
    return cl->nodes[a->node].stopped_us != 0;
}

/* What read the database of before: TVS where it reads it at its start alone, and TFTP where it
 * makes no list by itself. */
static uint32_t behind_replication(const struct cluster *cl, const struct act *a)
{
    bool tvs = cl->db.params[PARAM_TVS_DB_ON_RESTART] != 0, tftp = !cl->version->itl_rebuilds;
    (void)a;
    return (tvs ? SERVICE_BIT(SERVICE_TVS) : 0) | (tftp ? SERVICE_BIT(SERVICE_TFTP) : 0);
}

/* ---- groups and pools ---- */

/* Servers of a group in their order; "none" may stand behind the last. */
static uint32_t members_of(const struct act *a, uint8_t members[CNF_SERVERS])
{
    uint32_t count = 0;
    for (int i = 0; i < CNF_SERVERS; i++) {
        if (a->arg[i] != 0)
            members[count++] = (uint8_t)(a->arg[i] - 1);
    }
    return count;
}

static bool can_change_group(const struct cluster *cl, const struct act *a, uint64_t now_us,
                             struct err *e)
{
    uint8_t members[CNF_SERVERS];
    (void)now_us;
    return config_check_members(cl, cl->db.groups[a->arg[CNF_SERVERS]].name, members,
                                members_of(a, members), e);
}

static void change_group(struct cluster *cl, const struct act *a, uint64_t now_us)
{
    struct group *g = &cl->db.groups[a->arg[CNF_SERVERS]];
    (void)now_us;
    memset(g->members, 0, sizeof g->members);
    g->count = (uint8_t)members_of(a, g->members);
}

/* Of a group that has no CallManager any more: each node of the cluster as its first. */
static bool another_first(const struct cluster *cl, uint32_t i, struct act *a)
{
    uint32_t group = i / cl->node_count, node = i % cl->node_count;
    if (group >= cl->db.group_count)
        return false;
    const struct group *g = &cl->db.groups[group];
    memset(a->arg, 0, sizeof a->arg);
    a->arg[0] = node + 1;
    for (uint32_t k = 0; k + 1 < CNF_SERVERS && k < g->count; k++)
        a->arg[k + 1] = g->members[k] + 1u;
    a->arg[CNF_SERVERS] = group;
    return true;
}

static bool first_helps(const struct cluster *cl, const struct act *a)
{
    return !config_has_callmanager(cl, &cl->db.groups[a->arg[CNF_SERVERS]]);
}

static void change_pool(struct cluster *cl, const struct act *a, uint64_t now_us)
{
    (void)now_us;
    cl->db.pools[a->arg[1]].group = (uint16_t)a->arg[0];
}

/* ---- rows ---- */

#define ALL_OF_IT TOUCHES_CERTIFICATES | TOUCHES_LISTS | TOUCHES_CONFIG | TOUCHES_SERVICES

const struct act_row act_row_add_node = {
    .name = "add_node",
    .words = "System: Server: Add New, then the installation of a subscriber",
    .scope = ON_CLUSTER,
    .args = { { ARG_TEXT, "name" } },
    .touches = ALL_OF_IT,
    .run = add,
    .can = can_add,
    .doc = "Adds a subscriber. Its certificates are in the database and in the next ITLs; feature "
           "services are activated by hand (`activate`), CallManager groups name it when somebody "
           "says so (`change_group`), and in mixed mode the CTL file has to be updated.",
    .remedy = { .never = "an installation; what its phones need of it is started, activated, put "
                         "into a group" }
};

const struct act_row act_row_remove = {
    .name = "remove",
    .words = "System: Server: Delete",
    .scope = ON_NODE,
    .power = POWER_PUBLISHER,
    .touches = ALL_OF_IT,
    .run = remove_node,
    .can = can_remove,
    .doc = "Removes a subscriber: its services stop and its certificates leave the database. It is "
           "refused while a CallManager group names it (the parameter \"groups_lose_nodes\").",
    .remedy = { .never = NEVER_TAKES }
};

const struct act_row act_row_reboot = {
    .name = "reboot",
    .words = "utils system restart",
    .scope = ON_NODE,
    .touches = TOUCHES_SERVICES,
    .run = reboot,
    .doc = "Restarts the node: all its services stop, and start when it has booted (the parameter "
           "\"node_boot_us\"). They take up what they would at a restart of each.",
    .warns = "Do you really want to restart ?",
    .remedy = { .never = "it restarts every service: `restart` does so with those that matter" }
};

const struct act_row act_row_shut_down = {
    .name = "shut_down",
    .words = "utils system shutdown",
    .scope = ON_NODE,
    .touches = TOUCHES_SERVICES | TOUCHES_NETWORK,
    .run = shut_down,
    .doc =
        "Shuts the node down: its services stop in order, and nothing there answers any more, "
        "not even that a port is closed. Meanwhile acts on it are refused; without the publisher "
        "also whatever writes its database or a backup: acts on the cluster, on settings of "
        "phones, "
        "services activated, names, nodes added, removed, installed or restored (inferred: it "
        "alone writes), and phones are not auto-registered; without any node an upgrade, a switch "
        "of the version and multi-server certificates (assumed). Certificates of another node may "
        "be made and uploaded without the publisher, a backup leaves nodes out that are shut "
        "down, and a CTL or a copy of ITLRecovery made meanwhile is theirs when they are back "
        "(assumed).",
    .remedy = { .never = NEVER_TAKES }
};

const struct act_row act_row_switch_on = {
    .name = "switch_on",
    .words = "Power On of the server or virtual machine",
    .scope = ON_NODE,
    .power = POWER_NONE,
    .touches = TOUCHES_SERVICES | TOUCHES_NETWORK,
    .run = switch_on,
    .can = can_switch_on,
    .doc = "Switches a node on that was shut down: its services start when it has booted.",
    .remedy = { .narrow = 1,
                .name = "switch-on",
                .title = "switch a node on",
                .how = "switch on {node}" }
};

const struct act_row act_row_dbreplication_stop = {
    .name = "dbreplication stop",
    .words = "utils dbreplication stop",
    .scope = ON_NODE,
    .touches = TOUCHES_CERTIFICATES,
    .run = stop_replication,
    .can = can_stop_replication,
    .doc = "Stops the replication of the database on a node, for good: it does not hear any more "
           "which certificates others made, uploaded or deleted, so that its TVS does not know "
           "them, and its TFTP puts the old ones into the ITL. On the publisher: no subscriber "
           "hears of anything. What is changed on the node itself reaches the others (assumed: the "
           "publisher writes it). Settings of phones and parameters are told of at once all the "
           "same (not simulated). That the set-up of replication stops is documented, that what "
           "was set up stops with it inferred.",
    .warns = "This command will delete the marker file(s) so that automatic replication setup is "
             "stopped. It will also stop any replication setup currently executing; CLI reference: "
             "Run on all Member nodes first and then on the publisher",
    .others = "what is changed on other nodes is not seen on this one: users, lines, call "
              "forwarding; `utils dbreplication runtimestate` shows it",
    .remedy = { .never = NEVER_TAKES }
};

const struct act_row act_row_dbreplication_reset = {
    .name = "dbreplication reset",
    .words = "utils dbreplication reset",
    .scope = ON_NODE,
    .power = POWER_BOTH,
    .touches = TOUCHES_CERTIFICATES,
    .run = reset_replication,
    .can = can_reset_replication,
    .doc = "Sets up the replication of the database to a node anew: it has what the publisher has, "
           "at once (that it takes up to hours is not simulated). On the publisher: where it was "
           "stopped there. Restarts nothing: a TFTP lists the new certificates at its next start "
           "where this version makes no ITL by itself.",
    .warns =
        "This command will try to start Replication reset and will return in 1-2 minutes. "
        "Background repair of replication will continue after that for 1 hour. Please watch "
        "RTMT replication state. It should go from 0 to 2. When all subs have an RTMT Replicate "
        "State of 2, replication is complete. If Sub replication state becomes 4 or 1, there is "
        "an error in replication setup. CLI reference: Before running this command, you must "
        "run utils dbreplication stop",
    .remedy = { .narrow = 3,
                .then = behind_replication,
                .name = "reset-replication",
                .title = "reset replication",
                .how = "reset database replication to {node} (utils dbreplication reset)",
                .useful = is_stopped }
};

const struct act_row act_row_change_group = {
    .name = "change_group",
    .words = "System: Cisco Unified CM Group: Save",
    .scope = ON_CLUSTER,
    .args = { { ARG_NODE, "members" },
              { ARG_NODE, "members" },
              { ARG_NODE, "members" },
              { ARG_GROUP, "group" } },
    .touches = TOUCHES_CONFIG,
    .run = change_group,
    .can = can_change_group,
    .doc = "Gives a CallManager group these servers in this order. Phones learn it with their next "
           "configuration, at a reset.",
    .remedy = { .narrow = 5,
                .name = "change-group",
                .title = "change a group",
                .how = "put {0} first into the CallManager group \"{3}\"",
                .useful = first_helps,
                .choice = another_first }
};

const struct act_row act_row_change_pool = {
    .name = "change_pool",
    .words = "System: Device Pool: Cisco Unified Communications Manager Group, Save",
    .scope = ON_CLUSTER,
    .args = { { ARG_GROUP, "group" }, { ARG_POOL, "pool" } },
    .touches = TOUCHES_CONFIG,
    .run = change_pool,
    .doc = "Gives a device pool another CallManager group. Its phones learn it with their next "
           "configuration, at a reset.",
    .remedy = { .never = "`change_group` puts a CallManager into the group that the pool has" }
};
