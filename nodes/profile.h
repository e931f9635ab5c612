/* Configuration profiles: what CUCM writes into SEP<MAC>.cnf.xml for phones of one class.  Inside
 * nodes/ only. */
#ifndef CUCMLAB_NODES_PROFILE_H
#define CUCMLAB_NODES_PROFILE_H

#include "nodes/model.h"

/* Fills profile and short_profile of the class where they are not built yet. */
void profile_build(struct cluster *cl, uint32_t class_index);
/* CT_CNF of XMLDefault.cnf.xml. */
uint32_t profile_default(struct cluster *cl);

#endif
