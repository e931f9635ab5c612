/* The first screen of a report, fit for the first lines of a change request: what ran, when, on
 * what, and where it came from.  Inside sim/report alone. */
#ifndef CUCMLAB_REPORT_FRONT_H
#define CUCMLAB_REPORT_FRONT_H

#include "sim/report/report.h"

/* More phones than so many nodes of CUCM take. */
bool front_is_overloaded(const struct report *r);
void front_print(FILE *out, const struct report *r);

#endif
