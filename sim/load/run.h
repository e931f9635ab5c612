/* A load from its first thread to its result. */
#ifndef CUCMLAB_LOAD_RUN_H
#define CUCMLAB_LOAD_RUN_H

#include "sim/load/result.h"
#include "sim/load/worker.h"

/* What happened since the last moment, about a second ago. */
struct run_moment {
    uint64_t at_us, length_us; /* since the begin of the run; of this moment */
    uint64_t asked_milli;      /* 0: a closed loop */
    const struct tally *tally;
    uint32_t open; /* connections */
};

struct run_watch {
    void (*moment)(void *ctx, const struct run_moment *m); /* NULL: nobody looks */
    void *ctx;
};

/* Raises the soft limit of open files to what the job can need; false, with both numbers, where the
 * hard one is below that. */
bool run_files(const struct load_job *job, struct err *e);
/* The most connections that the limit of open files leaves for a job of so many threads. */
uint32_t run_most_open(uint32_t threads);
/* Fills in the phases, the total and what the generator itself did.  SIGINT, SIGTERM and SIGHUP
 * begin no more requests, a second one ends it at once: a result either way. */
void run_load(const struct load_job *job, const struct run_watch *watch, struct result *r);

#endif
