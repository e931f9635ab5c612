/* The configuration database of a cluster: CallManager groups, device pools, kinds of devices and
 * which device is of which.  Called by sim/lab.c, sim/inventory.c and tests. */
#ifndef CUCMLAB_NODES_CONFIG_H
#define CUCMLAB_NODES_CONFIG_H

#include "nodes/model.h"

/* What was made with the cluster (struct group.made) becomes what is added. */
bool config_add_group(struct cluster *cl, const char *name, const uint8_t *members, uint32_t count,
                      uint16_t *group, struct err *e);
bool config_add_pool(struct cluster *cl, const char *name, uint16_t group, uint16_t *pool,
                     struct err *e);
bool config_find_group(const struct cluster *cl, const char *name, uint16_t *group);
/* The first group with these members in this order. */
bool config_find_members(const struct cluster *cl, const uint8_t *members, uint32_t count,
                         uint16_t *group);
bool config_find_pool(const struct cluster *cl, const char *name, uint16_t *pool);
/* False: there is none of that name; `e` says which there are. */
bool config_no_group(const struct cluster *cl, const char *name, struct err *e);
bool config_no_pool(const struct cluster *cl, const char *name, struct err *e);
/* No group names this node any more; one of it alone has nobody left. */
void config_drop_member(struct cluster *cl, uint32_t node);
/* The first that names it; NULL: none does. */
const struct group *config_group_with(const struct cluster *cl, uint32_t node);
/* Some server of the group can be started at least. */
bool config_has_callmanager(const struct cluster *cl, const struct group *g);
/* Whether a group of that name may have these servers. */
bool config_check_members(const struct cluster *cl, const char *name, const uint8_t *members,
                          uint32_t count, struct err *e);
/* The class with these facts, made when new (profile fields of `c` are not compared). */
bool config_class(struct cluster *cl, const struct device_class *c, uint16_t *index, struct err *e);
/* This device is of that class from now on.  `devices`: how many there are in the lab, so that a
 * fleet is one growth of the array. */
void config_set_class(struct cluster *cl, uint32_t device, uint16_t class_index, uint32_t devices);
/* What decides the future of such phones, over meaning; but for their pool. */
uint64_t config_row_hash(const struct cluster *cl, const struct device_class *c);
/* The same at `now_us`, whenever that is: of an order of CAPF it counts how many hours are left. */
uint64_t config_row_hash_at(const struct cluster *cl, const struct device_class *c,
                            uint64_t now_us);
/* No row any more. */
void config_unset_class(struct cluster *cl, uint32_t device);
/* How many more there can be: kinds of which there is no device any more make room. */
uint32_t config_class_room(const struct cluster *cl);
/* NULL: it is not in the database. */
const struct device_class *config_class_of(const struct cluster *cl, uint32_t device);
/* Profiles are built anew when somebody asks: what they are made of changed. */
void config_forget_profiles(struct cluster *cl);

#endif
