/* Who is hit, by device pool, model and CallManager group, where there is more than one of them.
 * Inside sim/report alone. */
#ifndef CUCMLAB_REPORT_PLACES_H
#define CUCMLAB_REPORT_PLACES_H

#include "sim/report/report.h"

#include <cjson/cJSON.h>

enum place_kind { PLACE_POOL, PLACE_MODEL, PLACE_GROUP, PLACE_KINDS };

struct place {
    char name[2 * CLUSTER_NAME]; /* "CLUSTER/POOL" where there are several clusters */
    uint32_t phones, lost, lost_now, hands;
};

struct places {
    struct place *list; /* the most hands first, then the most lost, then by name */
    uint32_t count, cap;
};

/* The place of a phone. */
void places_name(const struct report *r, enum place_kind kind, uint32_t phone,
                 char out[2 * CLUSTER_NAME]);
void places_find(const struct report *r, enum place_kind kind, struct places *out);
void places_free(struct places *p);

/* A table of each kind that has more than one place. */
void places_print(FILE *out, const struct report *r);
void places_json(cJSON *root, const struct report *r);

#endif
