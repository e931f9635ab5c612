/* What brought phones back that had lost something: what was done to them and to their clusters
 * between the loss and its end, as the acts of the scenario tell it.  "By itself" is said only
 * where nobody did anything.  Also how often somebody was sent to a phone.  Listens to acts for
 * sim/predict/losses, which owns it. */
#ifndef CUCMLAB_PREDICT_RETURNS_H
#define CUCMLAB_PREDICT_RETURNS_H

#include "sim/lab.h"

/* From the least that was done. */
enum back_kind {
    BACK_BY_ITSELF,
    BACK_POWER, /* it was switched on, or a key was pressed */
    BACK_RESET,
    BACK_ACT, /* on its cluster, its network or its DHCP options */
    BACK_HANDS,
    BACK_NOT, /* it is not back: it was switched off when it still lacked it */
    BACK_KINDS
};

/* An act of the scenario after which something came back; equal ones are one. */
struct back {
    uint8_t kind; /* enum back_kind */
    uint8_t cluster;
    uint16_t step;
    struct act act;
    char *words; /* of an act on a device pool or group, which may be gone by now; NULL: others */
};

/* An act that was done, in order of time. */
struct returns_act {
    uint64_t at_us;
    uint16_t back; /* index into backs */
    bool changes;  /* it made something else of the cluster: a restart may not */
};

/* Beside each loss of the lab's record. */
struct returns_loss {
    uint64_t at_us[BACK_KINDS];  /* when the phone itself was last touched so */
    uint16_t by_act[BACK_KINDS]; /* and by which: index into backs */
    uint8_t open[BACK_KINDS];    /* what it lacked already then: FSM_BIT of each function */
    uint32_t
        behind[FUNCTIONS]; /* 1 + the first act done behind its beginning, at that very instant */
    uint64_t told_us[FUNCTIONS]; /* of the end whose cause is known; 0: of none */
    uint16_t back[FUNCTIONS];    /* that cause: index into backs */
    uint8_t others;              /* FSM_BIT of each that came back after something else before */
};

struct returns {
    struct back *backs;   /* from RETURNS_FIRST on; before it: by itself, not back */
    struct table back_at; /* index of each of them */
    struct returns_act *acts;
    struct returns_loss *losses; /* by index of the lab's record */
    uint8_t *visits;             /* by phone: how often somebody was sent there */
    uint64_t events, now_us;     /* of the lab when the ends were last looked through */
    uint32_t steps;
    uint32_t back_count, back_cap, act_count, act_cap, loss_count, loss_cap, visit_count, visit_cap;
};

void returns_free(struct returns *r);
#define RETURNS_NOT   1
#define RETURNS_FIRST 2

/* An act is about to be done (struct observer). */
void returns_hear(struct returns *r, struct lab *lab, uint32_t cluster, const struct act *act,
                  const struct lab_whom *whom);

/* After what `f` came back the last time; `loss` as it is now, over or over once.  0: by itself. */
uint16_t returns_of(const struct returns *r, const struct lab *lab, uint32_t phone,
                    const struct lab_loss *loss, enum phone_function f);
/* It came back before, after something else. */
bool returns_others(const struct returns *r, const struct lab *lab, uint32_t phone,
                    const struct lab_loss *loss, enum phone_function f);
const struct back *returns_back(const struct returns *r, uint16_t index);
uint32_t returns_visits(const struct returns *r, uint32_t phone);

/* "deleted by hand in step 3", "utils itl reset localkey in step 2", "by itself". */
#define BACK_TEXT 200
const char *back_words(const struct lab *lab, const struct back *b, char out[BACK_TEXT]);
const char *back_name(enum back_kind kind); /* stable: "hands", "act", "reset", "power", "itself" */

#endif
