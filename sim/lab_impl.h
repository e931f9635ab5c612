/* Between the files of the lab.  Inside sim/lab*.c only. */
#ifndef CUCMLAB_LAB_IMPL_H
#define CUCMLAB_LAB_IMPL_H

#include "sim/lab.h"

/* lab_world.c: what the drivers see. */
struct world lab_world(struct lab *lab);
/* Reports a change of a cluster to phones and driver: lost servers, sleepers, wanted resets. */
void lab_cluster_changed(struct lab *lab);
/* The same for what one phone alone depends on: its access link, its DHCP options. */
void lab_phone_changed(struct lab *lab, uint32_t phone);

/* lab_observe.c: tells whoever listens; of phones and asks only where hears_… says that somebody
 * does. */
void lab_tell_phone(struct lab *lab, uint32_t phone, const struct phone *before,
                    const struct event *event, const struct outbox *out, uint64_t now_us);
void lab_tell_ask(struct lab *lab, uint32_t node, const struct ask *ask, enum ask_result result,
                  const struct event *answer, uint64_t now_us);
void lab_tell_act(struct lab *lab, uint32_t cluster, const struct act *act,
                  const struct lab_whom *whom);
void lab_tell_node(void *ctx, const struct trace_line *line); /* ctx: the lab (cluster_env.say) */
void lab_tell_step(struct lab *lab, uint32_t step);

/* lab_act.c: all registered phones of the cluster, one after the other. */
void lab_begin_reset(struct lab *lab, uint32_t cluster);
/* How long after the first phone the i-th one has its turn to be reset. */
uint64_t lab_turn_us(const struct lab *lab, uint64_t i);

/* lab.c */
void lab_grow_phones(struct lab *lab, uint32_t count);
uint16_t lab_place(struct lab *lab, uint32_t tftp1, uint32_t tftp2);
/* The kind of device that these phones are of, in the cluster's database. */
bool lab_class_for(struct lab *lab, uint32_t cluster, const struct lab_phones_spec *spec,
                   uint8_t model, uint16_t *index, struct err *e);

#endif
