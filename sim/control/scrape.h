/* Metrics over HTTP: GET /metrics on 127.0.0.1, nothing else, nowhere else. */
#ifndef CUCMLAB_CONTROL_SCRAPE_H
#define CUCMLAB_CONTROL_SCRAPE_H

#include "sim/base/err.h"
#include "sim/control/metrics.h"
#include "sim/net/reactor.h"

struct scrape;

/* NULL and `e` where the port cannot be had. */
struct scrape *scrape_new(struct reactor *r, uint16_t port, const struct metrics *m, struct err *e);
void scrape_free(struct scrape *s); /* NULL: nothing */

#endif
