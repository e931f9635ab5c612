/* Packets of virtual time, for a capture: what trip.c lets happen is told here, and becomes packets
 * with the times that the model's closed form stands for (walk.c).  Inside sim/virt/ only; where no
 * capture listens virt.tap is NULL and nothing of this runs.
 *
 * The packets are those at the phone's own end of its link.  Nothing here changes what happens: it
 * draws no luck, and makes bytes as --bytes does, which adds no content. */
#ifndef CUCMLAB_VIRT_TAP_H
#define CUCMLAB_VIRT_TAP_H

#include "sim/virt/slot.h"

/* Of a request: SYN, SYN-ACK, what is asked. */
#define WALK_TRIPS 3

/* walk.c: when the packets of a request have made their ways, one after the other: how many did.
 * `luck`: of the slot, before the closed form drew of it. */
uint32_t virt_walk_trips(const struct virt *v, const struct slot *s, uint32_t luck,
                         const struct link *l, uint32_t trips, uint64_t at_us[WALK_TRIPS]);
/* Packets of an answer of so many bytes of a file, and when they come: how many do.  `at_us` has
 * room for all. */
uint32_t virt_walk_packets(const struct slot *s, uint32_t bytes);
uint32_t virt_walk_answer(const struct virt *v, const struct slot *s, uint32_t luck,
                          const struct link *l, uint32_t bytes, uint64_t *at_us);

/* What a closed form said, to be walked. */
struct walked {
    const struct link *link;
    uint32_t luck;  /* of the slot, before */
    uint64_t at_us; /* when it begins */
    uint64_t in_us; /* what the closed form said */
    bool arrives;
};

/* A request of the slot leaves the phone. */
void virt_tap_leaves(struct virt *v, struct slot *s, const struct walked *w);
/* Something on the way keeps it; it answers in the server's place at `rejects_us`, or (0) nobody
 * does. */
void virt_tap_stopped(struct virt *v, struct slot *s, uint64_t at_us, uint64_t rejects_us);
/* The node answers, beginning at w->at_us. */
void virt_tap_answers(struct virt *v, struct slot *s, const struct event *e,
                      const struct walked *w);
/* 503: the phone asks by TFTP next. */
void virt_tap_no_http(struct virt *v, struct slot *s, uint64_t at_us);
/* The phone accepts the certificate: the rest of the handshake. */
void virt_tap_shakes(struct virt *v, struct slot *s, const struct walked *w);
/* An answer reached the phone. */
void virt_tap_came(struct virt *v, struct slot *s, const struct event *e);
/* The phone lets go of a request: it does not trust the certificate, or waits no longer. */
void virt_tap_lets_go(struct virt *v, struct slot *s, uint16_t request, bool refuses);
/* What else reaches a phone, and that it unregisters: ends the connection where it is registered.
 */
void virt_tap_event(struct virt *v, uint32_t phone, const struct event *e);
void virt_tap_unregisters(struct virt *v, uint32_t phone);
/* Nothing of the slot is under way any more: packets of a time to come do not come. */
void virt_tap_nothing(struct virt *v, const struct slot *s);
/* Writes what was sent until now. */
void virt_tap_until(struct virt *v);
void virt_tap_free(struct virt *v);

#endif
