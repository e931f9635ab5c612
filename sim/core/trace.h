/* The trace: one semantic event a line, with a hash of the whole.  It holds the identity of a
 * content (its index), never a digest of its bytes, so that it is the same with and without
 * --bytes.  Lines go to a sink that the program hands in; the hash needs none.  Pure. */
#ifndef CUCMLAB_CORE_TRACE_H
#define CUCMLAB_CORE_TRACE_H

#include "sim/core/contract.h"

enum trace_who { TRACE_PHONE, TRACE_NODE, TRACE_ADMIN };

/* Lines of nodes and of the administrator; phones use enum note. */
enum trace_node {
    TRACE_SERVICE,  /* a: service, b: enum service_state */
    TRACE_LIST,     /* a: list built, b: 1 where the old one stays ("Tftp Itl hash not changed") */
    TRACE_CERT,     /* a: new certificate, b: purpose */
    TRACE_RESET_ALL /* the cluster asks its phones to reset */
};

struct trace_line {
    uint64_t at_us;
    uint8_t who;  /* enum trace_who */
    uint8_t what; /* enum note, enum trace_node, or 0: a step began (text) */
    uint32_t id;  /* device number; cluster << 8 | node; step number */
    uint32_t a, b;
    const char *text; /* TRACE_ADMIN: name of the step; else NULL */
};

struct trace {
    bool on;
    uint64_t hash;
    uint64_t lines;
    void (*sink)(void *ctx, const struct trace_line *line); /* may be NULL */
    void *ctx;
};

void trace_put(struct trace *t, const struct trace_line *line); /* nothing while not on */

#endif
