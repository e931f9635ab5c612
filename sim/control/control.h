/* Somebody controls a lab while it runs: does any act of the table, asks any question, pauses and
 * steps the scenario.  A request in, an answer out; who carries them (a socket, a terminal) is
 * sim/control/socket.h and the like.  Called by sim/cmd and tests.
 *
 * Questions change nothing.  Acts take no time: nothing may be under way in a driver's callback
 * when one is done. */
#ifndef CUCMLAB_CONTROL_CONTROL_H
#define CUCMLAB_CONTROL_CONTROL_H

#include "sim/control/request.h"
#include "sim/session.h"

/* What was asked of whoever runs the scenario. */
struct control {
    struct session *session;
    uint32_t hands_minutes, people; /* of reports, as in struct report_input */
    bool paused;                    /* the scenario waits, wherever it is */
    bool steps;                     /* it is held before each step */
    bool stop;                      /* the run ends, in order */
    bool over;                      /* the scenario is */
    double speed;                   /* of the clock */
};

/* One request (a line) and its answer, an object of JSON with a line feed behind it, of sys_mem:
 * sys_text_free(). */
void control_answer(struct control *c, struct view line, struct sys_text *answer);

/* "HQ/pub restart Cisco Tftp", "HQ mixed_mode", "SEP001121000000 reset", "phones reset" (of those
 * that pass the filters, or all). */
bool control_do(struct control *c, const struct control_request *r, uint32_t *phones,
                struct err *e);

/* For script_options.hold: `ctx` is the struct control. */
bool control_holds(void *ctx, const char *step);

#endif
