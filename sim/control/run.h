/* A scenario on real sockets, run bit by bit: what is asked over the control socket is answered in
 * between, outside of the loop, with the lab's clock standing.  Called by `serve`. */
#ifndef CUCMLAB_CONTROL_RUN_H
#define CUCMLAB_CONTROL_RUN_H

#include "sim/control/control.h"

struct run_options {
    const char *socket;       /* path; NULL: none */
    uint16_t metrics_port;    /* 0: none */
    bool pause;               /* held before each step */
    double speed;             /* 0: 1 */
    uint64_t report_every_us; /* 0: never */
    FILE *words;
    /* Called once, when the scenario is over; each report_every_us. */
    void (*over)(void *ctx);
    void (*report)(void *ctx);
    void *ctx;
};

/* For script_options.hold, before the session is made: it holds where `control` says so. */
struct control control_of(const struct run_options *o);

/* Until a signal or {"stop":true}; then session->stopped says what ended it in the middle of the
 * scenario.  False: it cannot go on, `e` says why. */
bool run_control(struct control *c, const struct run_options *o, struct err *e);

#endif
