/* Backups, restores, new installations and upgrades. */
#include "nodes/acts_impl.h"
#include "nodes/backup.h"
#include "nodes/services.h"

#include <stdio.h>
#include <string.h>

static void make_backup(struct cluster *cl, const struct act *a, uint64_t now_us)
{
    (void)a;
    backup_make(cl, now_us);
}

static const struct backup *asked(const struct cluster *cl, const struct act *a)
{
    return backup_nth(cl, a->arg[0] == 0 ? 1 : (uint32_t)a->arg[0]);
}

/* All that a backup goes by: "pub.example.org", or "10.0.0.1". */
static void put_name(const struct node_disk *d, char out[3 * CLUSTER_NAME])
{
    snprintf(out, 3 * CLUSTER_NAME, "%s%s%s", d->name, d->domain[0] == '\0' ? "" : ".", d->domain);
}

static void put_address(const struct node_disk *d, char out[3 * CLUSTER_NAME])
{
    unsigned ip = d->ip;
    snprintf(out, 3 * CLUSTER_NAME, "%u.%u.%u.%u", ip >> 24, ip >> 16 & 255, ip >> 8 & 255,
             ip & 255);
}

/* Says by what it is not the node that the backup is of. */
static bool is_same_node(const struct cluster *cl, const struct node_disk *was,
                         const struct node_disk *is, struct err *e)
{
    static void (*const puts[])(const struct node_disk *, char *) = { put_name, put_address };
    char then[3 * CLUSTER_NAME], now[3 * CLUSTER_NAME];
    for (size_t i = 0; i < sizeof puts / sizeof *puts; i++) {
        puts[i](was, then);
        puts[i](is, now);
        if (strcmp(then, now) != 0)
            return err_set(e,
                           "%s: a backup can only be restored on a node of the same name and "
                           "address: it is of %s, this is %s",
                           cl->name, then, now);
    }
    return true;
}

static bool can_restore(const struct cluster *cl, const struct act *a, uint64_t now_us,
                        struct err *e)
{
    const struct backup *b = asked(cl, a);
    (void)now_us;
    if (b == NULL) {
        uint32_t made = 0;
        while (backup_nth(cl, made + 1) != NULL)
            made++;
        if (made == 0)
            return err_set(e, "%s: there is no such backup: none was made", cl->name);
        return err_set(e, "%s: there is no such backup: the oldest is number %u", cl->name,
                       (unsigned)made);
    }
    if (b->version != cl->version)
        return err_set(e, "%s: the backup is of version %s, the node runs %s", cl->name,
                       b->version->name, cl->version->name);
    if (a->node >= b->node_count || b->disks[a->node].name[0] == '\0')
        return err_set(e, "%s: the backup has no node %s", cl->name, node_name(cl, a));
    return is_same_node(cl, &b->disks[a->node], &cl->nodes[a->node].disk, e);
}

static void restore(struct cluster *cl, const struct act *a, uint64_t now_us)
{
    backup_restore(cl, a->node, asked(cl, a), now_us);
}

/* As a remedy: it brings back a certificate that phones look at, and that is another one now. */
static bool restore_helps(const struct cluster *cl, const struct act *a)
{
    const struct backup *b = asked(cl, a);
    for (int own = 0; own < OWNS; own++) {
        if (own_concerns_phones((enum own)own) &&
            b->disks[a->node].own[own] != cl->nodes[a->node].disk.own[own])
            return true;
    }
    return false;
}

/* Backups that are offered: nobody goes further back. */
#define BACKUPS_TRIED 2

static bool which_backup(const struct cluster *cl, uint32_t i, struct act *a)
{
    a->arg[0] = i + 1;
    return i < BACKUPS_TRIED && backup_nth(cl, i + 1) != NULL;
}

/* ---- the ITL before, which the server keeps ---- */

static bool keeps_itl(const struct version *v)
{
    return v->keeps_itl;
}

static bool can_put_back(const struct cluster *cl, const struct act *a, uint64_t now_us,
                         struct err *e)
{
    const struct node *n = &cl->nodes[a->node];
    (void)now_us;
    if (n->run.itl == 0)
        return err_set(e, "%s: %s serves no ITL", cl->name, node_name(cl, a));
    if (n->disk.itl_before == 0)
        return err_set(e, "%s: %s has served no other ITL before", cl->name, node_name(cl, a));
    return n->disk.itl_before != n->run.itl ||
           err_set(e, "%s: %s serves the ITL of before already", cl->name, node_name(cl, a));
}

/* The list alone: until TFTP builds it anew.  Keys are those of now. */
static void put_back(struct cluster *cl, const struct act *a, uint64_t now_us)
{
    struct node *n = &cl->nodes[a->node];
    n->run.itl = n->disk.itl_before;
    cluster_trace(cl, a->node, TRACE_LIST, n->run.itl, 0, now_us);
}

/* ---- a new installation, another version ---- */

static void rebuild(struct cluster *cl, const struct act *a, uint64_t now_us)
{
    backup_rebuild(cl, a->node, now_us);
}

static bool can_upgrade(const struct cluster *cl, const struct act *a, uint64_t now_us,
                        struct err *e)
{
    const struct version *to = &version_table[a->arg[0]];
    (void)now_us;
    if (!version_later(to, cl->version))
        return err_set(e, "%s: from %s an upgrade goes to a later version only, not to %s",
                       cl->name, cl->version->name, to->name);
    return to->upgrades_from == NULL ||
           !version_later(version_find(to->upgrades_from), cl->version) ||
           err_set(e, "%s: a direct upgrade from %s to %s is not supported: first to %s or later",
                   cl->name, cl->version->name, to->name, to->upgrades_from);
}

static void upgrade(struct cluster *cl, const struct act *a, uint64_t now_us)
{
    backup_upgrade(cl, &version_table[a->arg[0]], now_us);
}

/* A standard upgrade is installed beside what runs; a refresh upgrade takes the node away, and it
 * comes back with the version that it had (Upgrade Guide 12.5, documented). */
static void install_upgrade(struct cluster *cl, const struct act *a, uint64_t now_us)
{
    if (version_refreshes(cl->version, &version_table[a->arg[0]]))
        services_away(cl, a->node,
                      cl->db.params[PARAM_REFRESH_US] + cl->db.params[PARAM_NODE_BOOT_US], now_us);
}

/* ---- the inactive partition ---- */

static bool can_switch(const struct cluster *cl, const struct act *a, uint64_t now_us,
                       struct err *e)
{
    const struct backup *to = cl->inactive;
    (void)a;
    (void)now_us;
    if (to == NULL)
        return err_set(e, "%s: there is no version on the inactive partition", cl->name);
    FOR_EACH_NODE(cl, i)
    if (i >= to->node_count || to->disks[i].name[0] == '\0')
        return err_set(e, "%s: %s has no version on its inactive partition", cl->name,
                       cl->nodes[i].disk.name);
    return true;
}

static void switch_version(struct cluster *cl, const struct act *a, uint64_t now_us)
{
    (void)a;
    backup_switch(cl, now_us);
}

/* Nobody takes back an upgrade on which others have built. */
static bool switch_helps(const struct cluster *cl, const struct act *a)
{
    (void)a;
    return !cl->built_on;
}

#define ALL_OF_IT TOUCHES_CERTIFICATES | TOUCHES_LISTS | TOUCHES_CONFIG | TOUCHES_SERVICES

const struct act_row act_row_backup = {
    .name = "backup",
    .words = "Disaster Recovery System: Backup; utils disaster_recovery backup network",
    .scope = ON_CLUSTER,
    .touches = TOUCHES_BACKUPS,
    .run = make_backup,
    .doc = "Makes a backup of all nodes that are not shut down: database, certificates and their "
           "keys.",
    .remedy = { .never = "it prepares for `restore`, and comes too late for what is lost" }
};

const struct act_row act_row_restore = {
    .name = "restore",
    .words = "Disaster Recovery System: Restore; utils disaster_recovery restore network",
    .scope = ON_NODE,
    .power = POWER_BOTH,
    .args = { { ARG_NTH, "backup" } },
    .touches = ALL_OF_IT,
    .run = restore,
    .can = can_restore,
    .doc =
        "Restores the node from the newest backup, or from the one before that (2), and so on, and "
        "reboots it. With the publisher comes the database. The node must have the name and "
        "address that it had.",
    .remedy = { .narrow = 9,
                .needs = NEEDS_BACKUP,
                .name = "restore",
                .title = "restore a backup",
                .how = "restore {node} from backup {0} (Disaster Recovery System; 1 is the newest)",
                .useful = restore_helps,
                .choice = which_backup }
};

const struct act_row act_row_previous_itl = {
    .name = "previous_itl",
    .words = "Cisco TAC: the ITL before (CSCts01319)",
    .scope = ON_NODE,
    .touches = TOUCHES_LISTS,
    .has = keeps_itl,
    .since = "it is there from 8.6",
    .run = put_back,
    .can = can_put_back,
    .doc = "The node's TFTP serves the ITL again that it served before the one of now, until it "
           "builds it anew. What it signs is signed with the key of now. Only Cisco TAC can do "
           "that: no remedy that is tried.",
    .remedy = { .never = "Cisco TAC alone can do it" }
};

const struct act_row act_row_rebuild = {
    .name = "rebuild",
    .words = "installation on an empty disk",
    .scope = ON_NODE,
    .power = POWER_BOTH,
    .touches = ALL_OF_IT,
    .run = rebuild,
    .doc =
        "Installs the node anew under its name: all its certificates are new, and what was "
        "uploaded "
        "to its CAPF-trust is gone (inferred). A publisher has an "
        "empty database, into which groups, pools and phones are entered again; the cluster is not "
        "in mixed mode then, and trust stores are empty.",
    .remedy = { .never = NEVER_NEW_KEYS }
};

const struct act_row act_row_install_upgrade = {
    .name = "install_upgrade",
    .words = "Software Upgrades: Install/Upgrade, without a switch; utils system upgrade initiate",
    .scope = ON_NODE,
    .args = { { ARG_VERSION, "version" } },
    .touches = TOUCHES_SERVICES,
    .run = install_upgrade,
    .can = can_upgrade,
    .doc =
        "Installs a later version on the inactive partition of the node, the publisher's first. A "
        "standard upgrade does so while everything runs. A refresh upgrade (from which version on "
        "it is none stands in the table of versions) takes the node out of service for so long as "
        "the parameter \"refresh_upgrade_us\" says; then it goes on with the version that it had. "
        "`upgrade` is the switch of all nodes behind it.",
    .others = "until the upgrade is complete nothing may be changed: no page, CLI or AXL, no "
              "LDAP synchronization",
    .remedy = { .never = "what runs is as it was before, until `upgrade` switches to it" }
};

const struct act_row act_row_upgrade = {
    .name = "upgrade",
    .words = "utils system upgrade, utils system switch-version",
    .scope = ON_CLUSTER,
    .power = POWER_ALL,
    .args = { { ARG_VERSION, "version" } },
    .touches = ALL_OF_IT,
    .run = upgrade,
    .can = can_upgrade,
    .doc =
        "Upgrades all nodes to a later version, all at the same time: installed before or not "
        "(`install_upgrade`), they switch to it now. They keep their certificates, make those that "
        "they "
        "lack, and reboot. What an upgrade to a version does besides (expired trust certificates, "
        "ITLRecovery) stands in the table of versions; another release is read as its newest row "
        "that is not after it.",
    .remedy = { .never = "planned for weeks, and every node reboots; keys and lists are those of "
                         "before" }
};

const struct act_row act_row_switch_version = {
    .name = "switch_version",
    .words = "utils system switch-version",
    .scope = ON_CLUSTER,
    .power = POWER_ALL,
    .touches = ALL_OF_IT,
    .run = switch_version,
    .can = can_switch,
    .doc = "All nodes reboot into the version on their inactive partition, which an upgrade left "
           "there: its database, certificates and keys as they were then; what was changed since "
           "is on the other partition, and there to be gone back to. Phones keep the lists that "
           "they have. Before going back to a version before 8.0 the rollback parameter is set, "
           "and phones are reset.",
    .others = "what was changed since the upgrade is not there: phones that were added, passwords, "
              "licences; database replication is set up anew (`utils dbreplication reset all`)",
    .remedy = { .narrow = 10,
                .needs = NEEDS_BACKUP,
                .name = "switch-version",
                .title = "switch the version",
                .how = "switch all nodes to the version on their inactive partition (utils system "
                       "switch-version)",
                .useful = switch_helps }
};
