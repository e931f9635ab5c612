/* Extension Mobility Cross Cluster, as far as two clusters have to do with it: whether a user of
 * one may log in at a phone of the other.  Called by sim/lab_emcc.  Pure. */
#ifndef CUCMLAB_NODES_EMCC_H
#define CUCMLAB_NODES_EMCC_H

#include "nodes/model.h"

/* Whether a phone that is registered at `visiting` may log in to `home`, and if not, why. */
bool emcc_can(const struct cluster *visiting, const struct cluster *home, uint32_t device,
              uint64_t now_us, struct err *e);
/* The device security mode that it has at `home`: enum cnf_security. */
uint8_t emcc_security(const struct cluster *visiting, const struct cluster *home, uint32_t device);

#endif
