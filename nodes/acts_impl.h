/* What the files of acts share: acts_AREA.c have the rows of the table and what they do. */
#ifndef CUCMLAB_NODES_ACTS_IMPL_H
#define CUCMLAB_NODES_ACTS_IMPL_H

#include "nodes/acts.h"

/* Of the act's node. */
static inline const char *node_name(const struct cluster *cl, const struct act *a)
{
    return cl->nodes[a->node].disk.name;
}

/* Whether what makes a CTL runs on the publisher: Cisco CTL Provider (documented). */
bool acts_makes_ctl(const struct cluster *cl, struct err *e);
/* What has to be restarted behind a new CTL: SERVICE_BIT of each. */
uint32_t acts_behind_ctl(const struct cluster *cl, const struct act *a);

/* Makes all own certificates of the node anew but those spared (OWN_BIT), with what follows by
 * itself. */
void acts_renew_all(struct cluster *cl, uint32_t node, uint32_t spared, uint64_t now_us);

/* enum capf_auth of a word of ARG_CAPF_MODE. */
uint8_t acts_capf_mode(uint64_t word);

#endif
