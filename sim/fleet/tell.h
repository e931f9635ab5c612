/* What a fleet came to, in words, as JSON and as CSV.  Called by sim/cmd/phones.c and tests. */
#ifndef CUCMLAB_FLEET_TELL_H
#define CUCMLAB_FLEET_TELL_H

#include "sim/fleet/fleet.h"

#include <stdio.h>

/* The summary: states, times, TVS, what is refused by which check, answers of servers. */
void tell_text(FILE *out, struct fleet *f);
/* How far it is, without the end of the line. */
void tell_line(FILE *out, const struct fleet *f);
void tell_json(FILE *out, struct fleet *f); /* all of it, and every phone */
void tell_csv(FILE *out, struct fleet *f);  /* a row a phone */

/* What phones refuse now, by what it is and the box of the decision in which that ended. */
struct tell_refusal {
    uint8_t purpose, box; /* enum trust_purpose, enum trust_box */
    uint32_t phones, first;
};
#define TELL_REFUSALS (TRUST_JUDGED * TRUST_BOXES)
/* Returns how many. */
uint32_t tell_refusals(const struct fleet *f, struct tell_refusal out[TELL_REFUSALS]);

/* Times until phones were registered for the first time, sorted, in milliseconds, of `count` of
 * them; the caller's, sys_mem. */
uint32_t *tell_times(const struct fleet *f, uint32_t *count);
/* The least of them that `permille` of all are not above; 0 where there are none. */
uint32_t tell_rank(const uint32_t *times, uint32_t count, uint32_t permille);

#endif
