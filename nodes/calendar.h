/* What time alone brings to a cluster: certificates whose time begins or ends, and what the Cisco
 * Certificate Expiry Monitor says of them.  The next instant is found directly, however far it is:
 * a year costs no more than an hour.  Nothing waits for it: settle() does not.
 *
 * The monitor runs once in 24 hours, and every hour while a certificate has expired or is about to
 * within a day (Security Guide 12.5, documented); here from the beginning of the run on (assumed).
 * One line for each step that a certificate comes nearer: what is said again every hour until
 * somebody does something is told once.  Own certificates are watched by their node, trust stores
 * by the publisher.  Text: that of an expired one is observed, the others are assumed.  Pure. */
#ifndef CUCMLAB_NODES_CALENDAR_H
#define CUCMLAB_NODES_CALENDAR_H

#include "nodes/model.h"

/* The next instant behind `now_us`; 0: none.  `ahead_s`: clocks of phones that are wrong, beside
 * those of the nodes. */
uint64_t calendar_us(struct cluster *cl, uint64_t now_us, const int64_t *ahead_s, uint32_t count);
/* What of it is due. */
void calendar_tick(struct cluster *cl, uint64_t now_us);

/* A certificate that is in the database, an LSC or a MIC is not within its time by the clock of its
 * node, or was not at some time of the run. */
bool calendar_matters(const struct cluster *cl, uint64_t now_us);

/* A certificate of that node is within its time by its clock, now. */
bool calendar_is_within(const struct cluster *cl, uint32_t node, uint32_t cert);

/* The machine time at which an own or trusted certificate is over by the clock of its node, behind
 * the beginning of the run or before it (less than 0). */
int64_t calendar_end_us(const struct cluster *cl, const struct cert_row *row);
/* "tomcat", or the common name and the store: "ccm.example.org in CallManager-trust". */
void calendar_name(const struct cluster *cl, const struct cert_row *row, char out[160]);

#endif
