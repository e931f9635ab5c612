/* What the files of acts share: acts_AREA.c have the rows of the table and what they do. */
#ifndef CUCMLAB_NODES_ACTS_IMPL_H
#define CUCMLAB_NODES_ACTS_IMPL_H

#include "nodes/acts.h"

/* Why an act is never tried as a remedy, where several have one reason. */
#define NEVER_TAKES    "it only takes something away"
#define NEVER_NEW_KEYS "it makes all certificates of the node anew, and phones know none of them"
#define NEVER_BOOTS    "a boot is tried first, and behind every act"

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

/* Some phone of its database shows a certificate somewhere. */
bool acts_want_certificate(const struct cluster *cl);
/* enum capf_auth of a word of ARG_CAPF_MODE. */
uint8_t acts_capf_mode(uint64_t word);
/* Whether this trust store takes a certificate, but for its dates. */
bool acts_can_trust(const struct cluster *cl, enum store store, uint32_t cert, uint32_t node,
                    struct err *e);
/* Puts it there, in place of one of its name and kind; nothing where it lies there already, or its
 * time is over. */
void acts_trust(struct cluster *cl, enum store store, uint32_t node, uint32_t cert,
                uint64_t now_us);

#endif
