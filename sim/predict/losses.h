/* What phones lost: what they said themselves, and what trials find that no phone has noticed.  The
 * one owner of both answers, for the scenario, the report and whatever else asks.
 *
 * Asking changes nothing: a question tries things beside a copy of the lab and keeps the answer
 * until something happens in the lab.  The same questions in any order give the same answers, in
 * virtual time and live.  A finding becomes part of the lab's record at the end of a step alone,
 * whether somebody asked or not; the end of the run needs none, since the report asks like anybody.
 *
 * Called by sim/session, sim/script, sim/report and tests. */
#ifndef CUCMLAB_PREDICT_LOSSES_H
#define CUCMLAB_PREDICT_LOSSES_H

#include "sim/predict/verdict.h"

struct losses {
    struct observer observer;
    struct lab *lab;
    uint8_t *services;      /* by device number: enum probe_answer */
    uint64_t *worked_us;    /* likewise: where it fails, until when what TVS had said held */
    uint8_t *lost;          /* by device number: FSM_BIT of each function lost now */
    uint32_t phones;        /* of the lab when it was tried */
    uint64_t stamp;         /* of the lab when it was tried */
    struct returns returns; /* of the whole run */
    bool tried;
    struct remedies remedies; /* of the same instant */
    bool has_remedies;
    uint8_t longest;    /* acts of a sequence that are tried for them; 0: WAY_LONGEST */
    struct alone alone; /* likewise */
    bool has_alone;
    struct boots boots; /* likewise */
    bool has_boots;
    struct verdict verdict; /* likewise, with what lies ahead */
    struct ahead ahead;
    bool has_verdict;
};

/* From now on the end of each step is kept in the record.  The lab must outlive it, and it must
 * stay where it is. */
void losses_init(struct losses *l, struct lab *lab);
void losses_free(struct losses *l);

/* FSM_BIT of each function that the phone has lost now. */
uint8_t losses_now(struct losses *l, uint32_t phone);
/* The whole of it, as of now; false and all 0: it never lost anything. */
bool losses_of(struct losses *l, uint32_t phone, struct lab_loss *out);
/* Time without a function, up to now. */
uint64_t losses_us(struct losses *l, uint32_t phone, enum phone_function f);
/* What brings back what is lost now.  Valid until the lab goes on. */
const struct remedies *losses_remedies(struct losses *l);
bool losses_need_hands(struct losses *l, uint32_t phone); /* verdict_needs_hands() */
/* After what a function came back the last time, and how often somebody was sent to the phone. */
uint16_t losses_back(struct losses *l, uint32_t phone, enum phone_function f);
bool losses_back_others(struct losses *l, uint32_t phone, enum phone_function f);
uint32_t losses_visits(const struct losses *l, uint32_t phone);
/* What it meets at its next boot, and how it stands now. */
struct verdict_phone losses_ahead_of(struct losses *l, uint32_t phone);
/* What lies ahead of it beyond that boot: the next restarts, the next day. */
struct ahead_end losses_bombs_of(struct losses *l, uint32_t phone);
/* All that the verdict says, of all phones.  Valid until the lab goes on. */
const struct verdict *losses_verdict(struct losses *l);

#endif
