/* Backups, restores, new installations and upgrades. */
#include "nodes/acts_impl.h"
#include "nodes/backup.h"

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

static bool can_restore(const struct cluster *cl, const struct act *a, uint64_t now_us,
                        struct err *e)
{
    const struct backup *b = asked(cl, a);
    (void)now_us;
    if (b == NULL)
        return err_set(e, "%s: there is no such backup", cl->name);
    if (b->version != cl->version)
        return err_set(e, "%s: the backup is of version %s, the node runs %s", cl->name,
                       b->version->name, cl->version->name);
    if (a->node >= b->node_count || b->disks[a->node].name[0] == '\0')
        return err_set(e, "%s: the backup has no node %s", cl->name, node_name(cl, a));
    const struct node_disk *was = &b->disks[a->node], *is = &cl->nodes[a->node].disk;
    if (strcmp(was->name, is->name) != 0 || strcmp(was->domain, is->domain) != 0 ||
        was->ip != is->ip)
        return err_set(e,
                       "%s: a backup can only be restored on a node of the same name and address: "
                       "it is of %s, this is %s",
                       cl->name, was->name, is->name);
    return true;
}

static void restore(struct cluster *cl, const struct act *a, uint64_t now_us)
{
    backup_restore(cl, a->node, asked(cl, a), now_us);
}

static void rebuild(struct cluster *cl, const struct act *a, uint64_t now_us)
{
    backup_rebuild(cl, a->node, now_us);
}

static bool can_upgrade(const struct cluster *cl, const struct act *a, uint64_t now_us,
                        struct err *e)
{
    (void)now_us;
    return &version_table[a->arg[0]] > cl->version ||
           err_set(e, "%s: from %s an upgrade goes to a later version only, not to %s", cl->name,
                   cl->version->name, version_table[a->arg[0]].name);
}

static void upgrade(struct cluster *cl, const struct act *a, uint64_t now_us)
{
    backup_upgrade(cl, &version_table[a->arg[0]], now_us);
}

#define ALL_OF_IT TOUCHES_CERTIFICATES | TOUCHES_LISTS | TOUCHES_CONFIG | TOUCHES_SERVICES

const struct act_row act_row_backup = {
    .name = "backup",
    .words = "Disaster Recovery System: Backup; utils disaster_recovery backup network",
    .scope = ON_CLUSTER,
    .touches = TOUCHES_BACKUPS,
    .run = make_backup,
    .doc = "Makes a backup of all nodes: database, certificates and their keys."
};

const struct act_row act_row_restore = {
    .name = "restore",
    .words = "Disaster Recovery System: Restore; utils disaster_recovery restore network",
    .scope = ON_NODE,
    .args = { { ARG_NTH, "backup" } },
    .touches = ALL_OF_IT,
    .run = restore,
    .can = can_restore,
    .doc =
        "Restores the node from the newest backup, or from the one before that (2), and so on, and "
        "reboots it. With the publisher comes the database. The node must have the name and "
        "address that it had."
};

const struct act_row act_row_rebuild = {
    .name = "rebuild",
    .words = "installation on an empty disk",
    .scope = ON_NODE,
    .touches = ALL_OF_IT,
    .run = rebuild,
    .doc =
        "Installs the node anew under its name: all its certificates are new. A publisher has an "
        "empty database, into which groups, pools and phones are entered again; the cluster is not "
        "in mixed mode then, and trust stores are empty."
};

const struct act_row act_row_upgrade = {
    .name = "upgrade",
    .words = "utils system upgrade, utils system switch-version",
    .scope = ON_CLUSTER,
    .args = { { ARG_VERSION, "version" } },
    .touches = ALL_OF_IT,
    .run = upgrade,
    .can = can_upgrade,
    .doc =
        "Upgrades all nodes to a later version. They keep their certificates, make those that they "
        "lack, and reboot."
};
