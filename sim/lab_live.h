/* A lab on real sockets: the live driver over it, as `serve` has it. */
#ifndef CUCMLAB_LAB_LIVE_H
#define CUCMLAB_LAB_LIVE_H

#include "sim/lab.h"
#include "sim/live/live.h"

/* The newest TLS that phones of a model speak. */
enum tls_version lab_newest_tls(const struct model *m);
/* Options that tell the driver of this lab's nodes and phones, those to come as well. */
struct live_options lab_live_options(struct lab *lab);
/* Makes the driver and attaches it to a lab that was made with options.live; lab_free() frees it.
 * Boots, retries, keepalives, service starts and replication become about a hundredth of what they
 * are in virtual time (docs/LIVE.md); what a scenario sets itself afterwards holds.
 * Errors as live_new(). */
bool lab_live(struct lab *lab, const struct live_options *options, struct err *e);

#endif
