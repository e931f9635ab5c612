/* What the verdict would be if an assumed fact were another: the run is repeated with one turned, a
 * switch the other way, a number half and twice as large.  A fleet for which that is not paid is
 * tried with some phones of each kind, but for what tells of load.  Called by sim/cmd and tests.
 *
 * Bounded by the events of the run, so that it is the same on every machine: as many repetitions as
 * `events` pays for. */
#ifndef CUCMLAB_WHATIF_H
#define CUCMLAB_WHATIF_H

#include "sim/session.h"

#define WHATIF_EVENTS 1000000ull /* that a report may take unasked: about a second */

/* Those facts that are assumed and bear on the verdict of `report`, which is one of session `s`,
 * over and in virtual time.  Free it with whatif_free(). */
void whatif_find(const struct session *s, const struct report *report, uint64_t events,
                 struct report_turns *out);
void whatif_free(struct report_turns *t);

#endif
