/* Who listens to a lab: a list of observers, each told what it asks for and nothing it may change.
 * The trace, --explain, --dump and the memory of a scenario are observers; logs, counters and
 * captures will be.  Called by whoever wants to listen; told by sim/lab*.c.  Pure declarations. */
#ifndef CUCMLAB_LAB_OBSERVE_H
#define CUCMLAB_LAB_OBSERVE_H

#include "nodes/acts.h"
#include "phones/phone.h"
#include "sim/core/driver.h"
#include "sim/core/trace.h"

struct lab;
struct lab_whom;

/* All pointers are lent for the call; a function that is NULL is not called.  Nothing may be asked
 * of the lab there that lets time pass, and no observer may be added or removed. */
struct observer {
    void *ctx;
    /* A phone took one step: as it was, what reached it, all that it answered (its notes too, in
     * their order), as it is.  The lab has taken the notes already. */
    void (*phone)(void *ctx, uint32_t phone, const struct phone *before, const struct event *event,
                  const struct outbox *out, const struct phone *after, uint64_t now_us);
    /* A node (cluster << 8 | node) was asked; `answer` is filled where it answered. */
    void (*ask)(void *ctx, uint32_t node, const struct ask *ask, enum ask_result result,
                const struct event *answer, uint64_t now_us);
    /* An act that can be done is about to be; `whom` NULL: on a node or the cluster as a whole. */
    void (*act)(void *ctx, uint32_t cluster, const struct act *act, const struct lab_whom *whom,
                uint64_t now_us);
    /* What a node says by itself. */
    void (*node)(void *ctx, const struct trace_line *line);
    /* On real sockets: what a client asked a node, and the answer. */
    void (*access)(void *ctx, const struct access *access, uint64_t now_us);
    /* A step of the scenario begins: its index in the lab's steps. */
    void (*step)(void *ctx, uint32_t step);
    /* The step under way is over, at this instant; the next one begins behind it. */
    void (*step_over)(void *ctx);
    struct observer *next; /* the lab's */
};

/* The last one added is told last.  The observer stays its owner's, and where it is. */
void lab_observe(struct lab *lab, struct observer *o);
void lab_unobserve(struct lab *lab, struct observer *o); /* nothing where it does not listen */

/* The first note at or behind *at, which then points behind it; NULL: no more.  Start with 0. */
const struct action *lab_next_note(const struct outbox *out, uint32_t *at);

#endif
