/* `--explain SEP…`: a phone's whole story.  Its notes are collected while the run goes on; at the
 * end they are printed with their times, then what it holds and each chain.  Called by sim/session.
 */
#ifndef CUCMLAB_REPORT_EXPLAIN_H
#define CUCMLAB_REPORT_EXPLAIN_H

#include "sim/predict/losses.h"

#include <stdio.h>

struct explain_note {
    uint64_t at_us;
    uint32_t who, a, b; /* who: index into names */
    uint8_t kind;
};

struct explain {
    struct observer observer;
    struct lab *lab;
    const char *const *names; /* borrowed */
    uint32_t name_count;
    uint32_t *phones;   /* device numbers; UINT32_MAX: not there (yet) */
    uint32_t known_for; /* phones of the lab when they were looked up */
    struct explain_note *notes;
    uint32_t count, cap;
};

/* Listens to the lab from here on, until explain_free(); not where there are no names. */
void explain_init(struct explain *x, struct lab *lab, const char *const *names, uint32_t count);
void explain_free(struct explain *x);
/* False where the lab has no phone of one of the names; the others are printed.  `losses` NULL: of
 * phones whose servers are no nodes of the lab (lab_options.alone). */
bool explain_print(FILE *out, struct explain *x, struct losses *losses, struct err *e);

#endif
