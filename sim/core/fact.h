/* A fact: a named number that somebody may have to set, because a page of the product has it or
 * because no source settles it.  Knobs of the phones (phones/knobs.h), parameters of a cluster
 * (nodes/params.h) and what work and network cost (sim/core/costs.h) are tables of it; scenarios,
 * docs/KNOBS.md and the report's "rests on assumed" read nothing else.  Pure. */
#ifndef CUCMLAB_CORE_FACT_H
#define CUCMLAB_CORE_FACT_H

#include "sim/base/err.h"
#include "sim/core/contract.h"
#include "sim/core/contract.h"

enum sureness { DOCUMENTED, OBSERVED, INFERRED, ASSUMED };

/* What the number counts; only a time is also written as "10s", only a switch as "true", only a
 * version of TLS (0 is 1.0) as "1.0". */
enum fact_unit { UNIT_COUNT, UNIT_SWITCH, UNIT_US, UNIT_S, UNIT_PER_SECOND, UNIT_TLS };

/* bears_on: the losses that would be others with another number. */
#define BEARS_REGISTRATION FSM_BIT(FUNCTION_REGISTRATION)
#define BEARS_FILES                                                                                \
    (FSM_BIT(FUNCTION_CONFIGURATION) | FSM_BIT(FUNCTION_TRUST_LIST) |                              \
     FSM_BIT(FUNCTION_COMMON_FILES))
#define BEARS_SERVICES FSM_BIT(FUNCTION_SECURE_SERVICES)
#define BEARS_NETWORK  (FSM_BIT(FUNCTION_DOT1X) | FSM_BIT(FUNCTION_VPN))
#define BEARS_TRUST    (BEARS_FILES | BEARS_SERVICES)
#define BEARS_ALL      (BEARS_TRUST | BEARS_REGISTRATION | BEARS_NETWORK)

struct fact {
    const char *name;  /* as scenarios say it: "tvs_timeout_us" */
    const char *title; /* on the administration page; NULL: it has no other name */
    uint64_t initial, min, max;
    uint8_t unit;       /* enum fact_unit */
    uint8_t sure;       /* enum sureness */
    uint8_t bears_on;   /* BEARS_..., 0: the report need not name it */
    const char *source; /* NULL: none but how sure it is */
    const char *doc;
};

#define FACT_TEXT 48

const char *sureness_name(enum sureness s); /* "documented" */
/* By name or title. */
bool fact_find(const struct fact *table, uint32_t count, const char *name, uint32_t *index);
/* Whether a number is allowed; the error names the bound. */
bool fact_check(const struct fact *f, uint64_t value, struct err *e);
/* The one reader: a number in the fact's own unit; of a time also "10s", "1h30m", of a switch
 * "true" and "false".  Checks. */
bool fact_parse(const struct fact *f, const char *text, uint64_t *value, struct err *e);
char *fact_print(const struct fact *f, uint64_t value, char out[FACT_TEXT]); /* "60 s" */
void facts_initial(const struct fact *table, uint32_t count, uint64_t *values);

#define TIME_MAX_US (100ull * 366 * 86400 * 1000000) /* a century */
/* "10s", "1h30m", "0.5s"; units us, ms, s, m, h, d.  False where it is no time, or more than a
 * century. */
bool time_parse(const char *text, uint64_t *us);
char *time_print(uint64_t us, char out[FACT_TEXT]); /* "90s": the largest unit, and whole */

#endif
