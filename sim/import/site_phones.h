/* Between the files about phones: what is said of each before it is a phone of the site.  Private
 * to sim/import/site_*.c. */
#ifndef CUCMLAB_IMPORT_SITE_PHONES_H
#define CUCMLAB_IMPORT_SITE_PHONES_H

#include "sim/import/site_impl.h"

#include "sim/core/device.h"

#define SITE_RECORDS 400 /* of a list known by its hash alone */

enum raw_kind {
    RAW_MODEL,
    RAW_DESCRIPTION,
    RAW_POOL,
    RAW_PROTOCOL,
    RAW_PROFILE,
    RAW_MODE,
    RAW_LOAD,
    RAW_WEB,
    RAW_SETTINGS,
    RAW_STATUS,
    RAW_STATUS_SINCE,
    RAW_SEEN,
    RAW_CTL,
    RAW_ITL,
    RAW_ITL_STATUS,
    RAW_LSC,
    RAW_KINDS
};

struct raw {
    char name[DEVICE_NAME];
    struct site_value v[RAW_KINDS];
    uint32_t fact; /* the first about it */
};

struct phoning {
    struct site_work *w;
    struct raw *raw; /* as site.phones until these are sorted */
    uint32_t count, cap;
    struct table by_name;
    struct table models; /* text -> index of model_names */
    const char **model_names;
    uint32_t model_count, model_cap;
    struct table profiles; /* text << 1 | which -> fact: mode, encrypted configuration */
    uint32_t mismatch;     /* the list of those whose ITL is said not to match */
    bool most_have_status;
    uint32_t bad_names, bad_name; /* how many, and the first: a fact */
    uint32_t by_name_alone, by_name_fact;
    uint32_t other_mode, other_mode_fact; /* whose page has another one than the profile */
    uint32_t off_assumed;
    uint32_t other_order, other_order_fact; /* whose page has another order than its pool's group */
    uint32_t foreign, foreign_fact;         /* whose page names servers that are no nodes here */
    uint32_t without, without_fact;         /* or that have no CallManager */
};

void orders_fill(struct phoning *p); /* groups of pools that nobody says, by what phones say */
void tftp_fill(struct phoning *p);
void tell_phones(struct phoning *p);
void classes_fill(struct site_work *w);

#endif
