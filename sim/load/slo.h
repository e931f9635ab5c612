/* Service level objectives: "p99<50ms,errors<0.1%,rate>=100". */
#ifndef CUCMLAB_LOAD_SLO_H
#define CUCMLAB_LOAD_SLO_H

#include "sim/base/err.h"
#include "sim/load/tally.h"

#include <stdio.h>

#define SLO_MOST 16

enum slo_metric {
    SLO_PERCENTILE,  /* "p99.9": us, of requests; one without an answer is later than any bound */
    SLO_MAX,         /* "max" */
    SLO_MEAN,        /* "mean" */
    SLO_ERRORS,      /* "errors": of requests that have ended, in millionths */
    SLO_NOT_TRUSTED, /* "not-trusted": of answers, in millionths */
    SLO_RATE         /* "rate": answers while requests were begun, in thousandths a second */
};

enum slo_order { SLO_BELOW, SLO_AT_MOST, SLO_ABOVE, SLO_AT_LEAST };

struct slo_term {
    enum slo_metric metric;
    enum slo_order order;
    uint32_t ppm10; /* of a percentile */
    uint64_t bound; /* in the metric's unit */
    char text[48];  /* as it was written */
};

struct slo {
    struct slo_term terms[SLO_MOST];
    uint32_t count;
};

bool slo_read(struct slo *s, const char *words, struct err *e);
/* What the run has of it. */
uint64_t slo_value(const struct slo_term *t, const struct tally *tally, uint64_t length_us);
/* A run without a single answer meets nothing that is about answers. */
bool slo_met(const struct slo_term *t, const struct tally *tally, uint64_t length_us);
bool slo_all_met(const struct slo *s, const struct tally *tally, uint64_t length_us);
/* "12.3 ms", "0.05 %", "99.8/s"; returns `out`. */
char *slo_print(const struct slo_term *t, uint64_t value, char out[48]);
/* A line for each; false where one is missed. */
bool slo_tell(const struct slo *s, const struct tally *tally, uint64_t length_us, FILE *out);

#endif
