/* The trace of a lab: an observer that makes a line of every note of a phone, of what nodes say, of
 * every act and step, and hashes them.  Called by sim/report/tracefile.c and tests. */
#ifndef CUCMLAB_LAB_TRACE_H
#define CUCMLAB_LAB_TRACE_H

#include "sim/lab.h"

struct lab_trace {
    struct observer observer;
    const struct lab *lab;
    struct trace trace;                                     /* the hash and how many lines so far */
    void (*line)(void *ctx, const struct trace_line *line); /* each as it comes; NULL: hash alone */
    void *ctx;
};

/* From here on; `t` stays where it is until the end. */
void lab_trace_begin(struct lab_trace *t, struct lab *lab,
                     void (*line)(void *ctx, const struct trace_line *line), void *ctx);
/* Listens no more; hash and number of lines stay. */
void lab_trace_end(struct lab_trace *t, struct lab *lab);

#endif
