/* What a fleet came to: each phone's way to its registration, and what servers answered, by server
 * and answer.  An observer of the lab.  Called by fleet and words. */
#ifndef CUCMLAB_FLEET_ROLL_H
#define CUCMLAB_FLEET_ROLL_H

#include "sim/lab.h"

enum fleet_state {
    FLEET_WAITS, /* for its turn to boot */
    FLEET_BOOTS,
    FLEET_REGISTERED,
    FLEET_TRIES,   /* was not taken yet, and tries again */
    FLEET_GAVE_UP, /* not taken so often, or the next try would end as the last one did */
    FLEET_STATES
};

#define FLEET_ATTEMPTS 3 /* that failed in a row, and it has given up */

#define NEVER_MS UINT32_MAX

struct fleet_phone {
    uint32_t on_ms;   /* powered on, from the start; NEVER_MS */
    uint32_t took_ms; /* from there until it was registered for the first time; NEVER_MS */
    uint32_t server;  /* IPv4, where it registered last; 0: nowhere yet */
    uint8_t tvs;      /* FSM_BIT of each enum tvs_outcome that it met */
    uint8_t rejected; /* enum reject_reason that it heard last */
    bool booting;     /* its boot counts among those under way */
};

enum fleet_service { FLEET_FILES, FLEET_TVS, FLEET_CALLMANAGER, FLEET_CAPF, FLEET_SERVICES };

/* So many answers of that kind. */
struct fleet_answer {
    uint32_t server; /* IPv4, or the number of a name (text_host()) */
    uint8_t service; /* enum fleet_service */
    bool good;
    const char *words; /* "sent", "not-trusted" */
    uint64_t count;
};

struct roll {
    struct observer observer;
    struct lab *lab;
    struct fleet_phone *phones;
    struct fleet_answer *answers;
    uint32_t count, answer_count, answer_cap;
    uint32_t booting;
    uint64_t last_us;             /* when one was registered for the first time last */
    void (*boot_over)(void *ctx); /* one that was under way is */
    void *ctx;
};

/* Of all phones that the lab has; `r` stays where it is until roll_end(). */
void roll_begin(struct roll *r, struct lab *lab, void (*boot_over)(void *ctx), void *ctx);
void roll_end(struct roll *r);
/* It is powered on now. */
void roll_boots(struct roll *r, uint32_t phone);

enum fleet_state roll_state(const struct roll *r, uint32_t phone);
struct fleet_counts {
    uint32_t of[FLEET_STATES];
    uint32_t asked_tvs, vouched; /* phones that asked any TVS, and that one vouched to */
};
struct fleet_counts roll_counts(const struct roll *r);
/* Answers in order: by service, server, words. */
void roll_sort(struct roll *r);
const char *fleet_state_name(enum fleet_state s);     /* "gave up" */
const char *fleet_service_name(enum fleet_service s); /* "CallManager" */
const char *fleet_reject_name(uint8_t reason);        /* "unknown device"; "" */

#endif
