/* Backups of a cluster (Disaster Recovery System), a node that is restored or installed anew, and a
 * cluster that is upgraded.  Inside nodes/; tests ask too.
 *
 * A backup holds the database and the disk of each node as they were (documented: certificates with
 * their private keys from 10.0 on; in 8.x what CSCtn50405 leaves out).  Backups lie elsewhere than
 * on the nodes; copies of a cluster share them. */
#ifndef CUCMLAB_NODES_BACKUP_H
#define CUCMLAB_NODES_BACKUP_H

#include "nodes/model.h"

struct backup {
    struct backup *before; /* the one made before it; NULL: it is the first */
    uint32_t refs;         /* clusters and later backups that hold it */
    const struct version *version;
    struct database db;
    struct node_disk *disks; /* by number; NULL name: no node */
    uint32_t node_count;
    uint64_t at_us;   /* of the run: when it came to be there */
    int64_t made_s;   /* Unix seconds: when it was made, which may be before the run */
    uint32_t unknown; /* own certificates that no file has: stand-ins that nobody knows */
};

/* The `nth` of the newest, 1 the newest itself; NULL: there are not so many. */
const struct backup *backup_nth(const struct cluster *cl, uint32_t nth);
void backup_make(struct cluster *cl, uint64_t now_us);
/* One that was made before the run, of the cluster as it was then: `past`, a clone of it, in which
 * so many own certificates are stand-ins. */
void backup_found(struct cluster *cl, const struct cluster *past, uint32_t unknown, int64_t made_s,
                  uint64_t now_us);
void backup_hold(struct backup *b); /* NULL: nothing */
void backup_release(const struct mem *mem, struct backup *b);
/* The backups of this cluster have these devices alone, under new numbers: copies of its own. */
void backup_choose(struct cluster *cl, const uint32_t *phones, uint32_t count);
/* What decides what a restore would give. */
uint64_t backup_hash(const struct cluster *cl);

/* The node as it was in the backup, and with the publisher the database; everything on it starts
 * anew.  Whether it can be is decided before (acts_backup.c). */
void backup_restore(struct cluster *cl, uint32_t node, const struct backup *b, uint64_t now_us);
/* Installed anew under its name: all its certificates are new; a publisher has an empty database,
 * into which somebody enters groups, pools and phones again. */
void backup_rebuild(struct cluster *cl, uint32_t node, uint64_t now_us);
/* The cluster runs another version; it keeps its certificates, and makes those that it lacks.  What
 * ran before stays on the inactive partition of each node. */
void backup_upgrade(struct cluster *cl, const struct version *to, uint64_t now_us);
/* All nodes run what their inactive partitions hold: version, database, certificates and keys as
 * they were at the upgrade; what was changed since is on the other partition now.  Whether they can
 * is decided before (acts_backup.c). */
void backup_switch(struct cluster *cl, uint64_t now_us);

#endif
