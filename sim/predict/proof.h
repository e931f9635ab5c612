/* A way done for real: to one phone of every state of the fleet, each as it stands (registered,
 * trying, without power), with resets after each act.  The search tries ways on phones that are
 * off, which is cheap; what it finds is taken only where it does it here too: a phone that tries
 * again by itself between an act and its reset may take another list than one that sleeps.  And
 * here is seen whom a way would harm.  Inside sim/predict. */
#ifndef CUCMLAB_PREDICT_PROOF_H
#define CUCMLAB_PREDICT_PROOF_H

#include "sim/predict/remedy.h"

struct proof {
    struct lab *lab; /* NULL: nothing was asked yet */
    struct phone_groups fleet;
    /* By group of the fleet: FSM_BIT of what it has lost now, and of what boots alone leave lost;
     * whether the way is done for it. */
    uint8_t *had, *boots_alone;
    bool *is_for;
};

/* Of everybody, or of those who have something lost alone. */
void proof_begin(struct proof *p, struct lab *lab, const uint8_t *lost, bool everybody);
void proof_end(struct proof *p);

/* The phones that a way is for: one of each group. */
struct band {
    uint32_t *phones;       /* by number in the lab */
    uint8_t *had, *to_come; /* FSM_BIT of each function that it lost, and that is to come back */
    uint8_t *then;          /* FSM_BIT of each that it lacks behind the way */
    uint8_t (*boots)[WAY_LONGEST + 1]; /* how many it took behind each act, and behind hands */
    uint32_t count;
};
struct band band_new(uint32_t most);
void band_free(struct band *b);
void band_add(struct band *b, uint32_t phone, uint8_t had, uint8_t to_come);
/* 0, 1, 2, ...: their numbers in a trial with them alone; mem_free() it. */
uint32_t *band_everybody(const struct band *b);
/* Those who are told to go this way. */
void band_of(const struct remedies *r, uint16_t way, struct band *b);

/* Fills `then` and `boots` of the band, and says what the way would cost all others. */
struct way_harm proof_of(struct proof *p, const struct way *w, struct band *b);

#endif
