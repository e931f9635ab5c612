/* Central TFTP: the servers of other clusters that a TFTP asks for what it has not, and what they
 * gave it, which it keeps for 30 minutes or until it is restarted (System Configuration Guide 15,
 * documented).  Who asks whom over the network is the driver's: serve_asked() says what comes next.
 * Pure. */
#ifndef CUCMLAB_NODES_REMOTE_H
#define CUCMLAB_NODES_REMOTE_H

#include "nodes/model.h"

/* ---- Cluster View ---- */

/* The remote cluster that has this TFTP address. */
bool remote_find(const struct cluster *cl, uint32_t tftp, uint32_t *index);
void remote_add(struct cluster *cl, const uint32_t tftp[REMOTE_TFTPS]);
void remote_remove(struct cluster *cl, uint32_t index);

/* Places count the addresses of all remote clusters, in order, from 1.  The address to ask behind
 * `place` (0: the first); `answered`: the one at `place` did, and its cluster is asked no more.  0:
 * there is none. */
uint32_t remote_next(const struct cluster *cl, uint32_t place, bool answered, uint32_t *next);

/* ---- what is kept ---- */

struct relayed_name {
    uint8_t node, kind; /* enum file_kind */
    uint32_t device, locale;
};

/* The content; 0: it is not there, or no more. */
uint32_t remote_kept(const struct cluster *cl, const struct relayed_name *name, uint64_t now_us);
void remote_keep(struct cluster *cl, const struct relayed_name *name, uint32_t content,
                 uint64_t now_us);
/* All of a node. */
void remote_forget(struct cluster *cl, uint32_t node);
/* What is over is put away, and whoever waits is told. */
void remote_tick(struct cluster *cl, uint64_t now_us);

/* Only these devices are left, under other numbers. */
void remote_choose(struct cluster *cl, const uint32_t *devices, uint32_t count);
void remote_copy(struct cluster *to, const struct cluster *from);
void remote_free(struct cluster *cl);
/* What is kept, whatever is left of its time. */
uint64_t remote_hash(const struct cluster *cl, uint64_t now_us);

#endif
