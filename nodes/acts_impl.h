/* What the files of acts share: acts_AREA.c have the rows of the table and what they do. */
#ifndef CUCMLAB_NODES_ACTS_IMPL_H
#define CUCMLAB_NODES_ACTS_IMPL_H

#include "nodes/acts.h"

/* Of the act's node. */
static inline const char *node_name(const struct cluster *cl, const struct act *a)
{
    return cl->nodes[a->node].disk.name;
}

#endif
