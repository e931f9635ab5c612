/* A state machine as a table: one row a state.  The dispatcher of a machine CHECKs both masks: an
 * event that a state does not take, or a change to a state that it may not go to, is our own bug.
 * The table in docs/STATES.md and its picture are printed from these rows.  Pure. */
#ifndef CUCMLAB_CORE_FSM_H
#define CUCMLAB_CORE_FSM_H

#include "sim/core/contract.h"

struct fsm_state {
    const char *name; /* as an administrator would say it */
    const char *doc;  /* one line */
    void (*enter)(void *step);
    void (*handle)(void *step, const struct event *event);
    uint32_t takes;    /* bit of each enum event_type */
    uint32_t goes;     /* bit of each state that may follow */
    const char *timer; /* the knob that sets its deadline; NULL: none */
};

#define FSM_BIT(n) (1u << (n))

#endif
