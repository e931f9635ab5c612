/* The trace: one semantic event a line, with a hash of the whole.  Content is numbered in the order
 * in which the trace first speaks of it, so that neither --bytes nor a question asked on the way
 * (which may add content) changes a line.  sim/lab_trace.h makes the lines
 * of a lab.  Pure. */
#ifndef CUCMLAB_CORE_TRACE_H
#define CUCMLAB_CORE_TRACE_H

#include "sim/core/contract.h"

enum trace_who {
    TRACE_PHONE,
    TRACE_NODE,
    TRACE_ADMIN, /* a step of the scenario begins */
    TRACE_ACT    /* an administrator does something, in words */
};

#define TRACE_NO_NODE 255 /* TRACE_ACT: on the cluster as a whole */

/* Lines of nodes and of the administrator; phones use enum note. */
enum trace_node {
    TRACE_SERVICE,   /* a: service, b: enum service_state */
    TRACE_LIST,      /* a: list built, b: 1 where the old one stays ("Tftp Itl hash not changed") */
    TRACE_CERT,      /* a: new certificate, b: purpose */
    TRACE_RESET_ALL, /* the cluster asks its phones to reset */
    TRACE_FAILURE,   /* something that it could not do, in words */
    TRACE_ALARM      /* of the certificate monitor, in the product's words */
};

#define TRACE_TEXT 480 /* of a line of a node */

struct trace_line {
    uint64_t at_us;
    uint8_t who;  /* enum trace_who */
    uint8_t what; /* enum note, enum trace_node, or 0: a step began (text) */
    uint32_t id;  /* device number; cluster << 8 | node; step number */
    uint32_t a, b;
    const char *text; /* TRACE_ADMIN: name of the step; TRACE_ACT: the act; TRACE_FAILURE: what
                         failed; TRACE_ALARM; else NULL */
    uint32_t content; /* filled by trace_put(): the trace's own number of the content `a`, from 1;
                         0: the line speaks of none */
};

struct trace {
    uint64_t hash;
    uint64_t lines;
    struct table numbers; /* of content: index -> number */
    uint32_t contents;
};

struct trace trace_of(const struct mem *mem);
void trace_free(struct trace *t); /* its numbers; hash and lines stay */
/* One line more: fills `content`. */
void trace_put(struct trace *t, struct trace_line *line);

#endif
