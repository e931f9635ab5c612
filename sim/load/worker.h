/* One thread of a load: a reactor, its share of the arrivals or of the slots of a closed loop, and
 * what came of them.  The client (struct client) speaks the protocol; it is told of each request
 * and says how it ended.  Nothing here waits for an answer before it begins another request. */
#ifndef CUCMLAB_LOAD_WORKER_H
#define CUCMLAB_LOAD_WORKER_H

#include "sim/load/job.h"
#include "sim/load/tally.h"
#include "sim/net/reactor.h"

#include <pthread.h>
#include <stdatomic.h>

/* One request. */
struct call {
    uint64_t number; /* open loop: of the arrival */
    uint64_t due_us; /* when it was to begin, by reactor_clock_us() */
    uint64_t try_us; /* of a try behind the first: when it may begin */
    uint32_t tries;  /* that failed */
    uint32_t phone, phase;
    uint32_t slot;     /* closed loop */
    struct call *next; /* in a list of whoever has it */
};

struct worker;
struct exchange;

/* What a protocol is made of.  All calls come on the worker's thread. */
struct client {
    void *(*open)(struct worker *w);
    /* False: as many connections are open as may be, and none of them is free for this one. */
    bool (*has_room)(const struct worker *w, const struct call *c);
    void (*begin)(struct worker *w, struct call *c);
    /* Drops every connection, whatever is under way. */
    void (*close)(struct worker *w);
    const struct exchange *exchange; /* of those that ask over connections (lines.h) */
};

/* What the main thread tells all workers. */
struct orders {
    _Atomic bool stop;  /* begin nothing more */
    _Atomic bool abort; /* end at once */
    /* All threads and the main one meet here when they are ready, and once more when the last is.
     */
    pthread_barrier_t *ready;
    uint64_t zero_us;   /* the clock at the begin of the run: set between */
    void (*over)(void); /* called by each worker when it is done */
};

struct worker {
    const struct load_job *job;
    struct orders *orders;
    uint32_t index;
    struct reactor reactor;
    void *client; /* what client->open() gave */

    /* The main thread takes these away under the lock, again and again. */
    pthread_mutex_t lock;
    struct tally *news; /* one for each phase */
    _Atomic uint32_t open;

    pthread_t thread;
    _Atomic bool done;
    /* Of the thread, once it is done: processor time; time in which it had something to do; all. */
    uint64_t busy_us, occupied_us, wall_us;

    uint64_t next_due_us; /* of the next arrival, drawn once */
    uint64_t next;        /* arrival */
    struct call *waiting; /* it was due and found no room */
    struct call *spare, *resting;
    uint32_t under_way;
    uint32_t *of_phase; /* under way, by phase */
    int alarm_fd;       /* rings at an instant, to the microsecond: libev rounds to milliseconds */
    struct ev_io alarm;
    struct ev_timer tick;
    struct ev_prepare rests; /* it is about to wait for something to do ... */
    struct ev_check wakes;   /* ... and has waited */
    uint64_t rest_us, rested_us;
    uint64_t tick_us, overdue_us; /* when the next tick is due; how long ticks were, all together */
};

void worker_start(struct worker *w, const struct load_job *job, struct orders *orders,
                  uint32_t index);
void worker_join(struct worker *w); /* and frees it */
/* Adds what happened since the last time to `phases` (as many as the plan has) and to `all`. */
void worker_collect(struct worker *w, struct tally *const *phases, struct tally *all);

/* ---- for clients ---- */

void worker_answered(struct worker *w, struct call *c, bool trusted);
/* `alert`: of FAULT_ALERT, what tally_alert() gave. */
void worker_failed(struct worker *w, struct call *c, enum load_fault fault, int alert);
void worker_connects(struct worker *w, uint32_t phase);
void worker_shook(struct worker *w, uint32_t phase, bool resumed, uint64_t took_us);
void worker_reconnects(struct worker *w, uint32_t phase);
/* Whether one connection more may be opened. */
bool worker_has_room(const struct worker *w);
/* The number of a phone among those of its thread, and how many these are. */
uint32_t worker_phone(const struct worker *w, uint32_t phone);
uint32_t worker_phones(const struct worker *w);

#endif
