/* Phones with the same future, and one of them: what is tried on that one holds for all.  Called
 * inside sim/predict alone. */
#ifndef CUCMLAB_PREDICT_GROUP_H
#define CUCMLAB_PREDICT_GROUP_H

#include "sim/lab.h"

struct phone_group {
    uint32_t phone;  /* the representative: the first of them */
    uint32_t phones; /* how many are like it */
    uint16_t lost;   /* FSM_BIT of each function lost, and what else tells them apart */
    uint8_t answer;  /* of whoever tried it; 0 at first */
    uint8_t without; /* likewise: FSM_BIT of each function that nobody asks for */
    uint32_t asked;  /* likewise: the certificate that it was about */
    /* likewise: since when a certificate is over by its clock, and whether it is that one; 0: none
     */
    uint64_t over_us;
    bool server_over;
};

struct phone_groups {
    struct phone_group *list;
    uint32_t count, cap;
    uint32_t *of;    /* by phone: index + 1; 0: not asked */
    uint32_t phones; /* of the lab when it was asked */
};

/* By what decides a phone's future (its trust state, model and place, its access link, its row in
 * each database, and whether it has power) and by what it has lost.  `asked` says of each phone
 * whether it belongs to any, and what it has lost. */
void groups_find(struct lab *lab,
                 bool (*asked)(void *ctx, const struct lab *lab, uint32_t phone, uint16_t *lost),
                 void *ctx, struct phone_groups *out);
void groups_free(struct phone_groups *g);
/* NULL: it was not asked. */
const struct phone_group *group_of(const struct phone_groups *g, uint32_t phone);

/* Of each group what decides its future, over meaning: the same in another lab of that identity in
 * which a phone stands like this, at whatever time.  mem_free() it. */
uint64_t *groups_futures(const struct lab *lab, const struct phone_groups *g);

/* A trial with the representatives; phone i of it stands for list[i].  Only where there is one. */
struct lab *groups_trial(struct lab *lab, const struct phone_groups *g);

#endif
