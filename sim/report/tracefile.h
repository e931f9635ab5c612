/* The trace as a file: text, or JSON lines where the name ends in .jsonl.  One semantic event a
 * line; the last line is the hash of the whole.  Called by sim/session for `--trace`. */
#ifndef CUCMLAB_REPORT_TRACEFILE_H
#define CUCMLAB_REPORT_TRACEFILE_H

#include "sim/lab_trace.h"

#include <stdio.h>

struct tracefile {
    struct lab *lab;
    struct lab_trace trace;
    FILE *out;
    const char *path;
    int error; /* of the first line that could not be written; 0: none */
    bool json;
};

/* Opens the file; each line of the lab's trace is written from here on. `path` "-" is standard
 * output. */
bool tracefile_open(struct tracefile *t, struct lab *lab, const char *path, struct err *e);
/* Writes the hash and closes. */
bool tracefile_close(struct tracefile *t, struct err *e);

/* A line of a trace in words: who, and what. */
#define TRACEFILE_WHO (2 * CLUSTER_NAME)
void tracefile_words(const struct lab *lab, const struct trace_line *l, char who[TRACEFILE_WHO],
                     char text[TRACE_TEXT]);
/* One note of a phone in words: "Requesting ITL", "TVS 1: not-trusted".  `number`: of its content
 * in the trace; 0: left out. */
void tracefile_note(const struct lab *lab, uint32_t phone, uint8_t note, uint32_t a, uint32_t b,
                    uint32_t number, char out[256]);

#endif
