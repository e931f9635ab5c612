/* How checks say what they find, and small questions that many of them ask.  Inside sim/preflight.
 */
#ifndef CUCMLAB_PREFLIGHT_SAY_H
#define CUCMLAB_PREFLIGHT_SAY_H

#include "sim/preflight/check.h"

/* A finding about these (NULL: about the cluster), with the source, the reason and the advice of
 * the row, which whoever calls may replace.  Valid until the next one. */
struct preflight_finding *say(struct preflight_see *s, enum preflight_severity severity,
                              const struct preflight_who *who, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* A text that lives as long as the findings, of less than SAY_TEXT bytes. */
#define SAY_TEXT 4800
const char *say_text(struct preflight_see *s, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

void who_node(struct preflight_who *who, uint32_t node);
bool who_has(const struct preflight_who *who, uint32_t node);
uint32_t who_nodes(const struct preflight_who *who);
void who_phone(struct preflight_who *who, uint32_t phone);

/* "cucm-sub1, cucm-sub2 and 3 more"; of phones "SEP0011... and 1,203 more". */
const char *say_nodes(struct preflight_see *s, const struct preflight_who *who);
const char *say_phones(struct preflight_see *s, const struct preflight_who *who);
/* "2026-10-01", by the clock of the lab. */
const char *say_day(struct preflight_see *s, int64_t unix_s);
/* "pub.example.com (5A:01)": common name and serial number. */
const char *say_cert(struct preflight_see *s, uint32_t cert);

/* Names one after the other, as many as there is room for, then "and N more". */
struct say_list {
    char text[320];
    uint32_t count, named;
};
void say_add(struct say_list *l, const char *name);
const char *say_end(struct preflight_see *s, struct say_list *l);

/* ---- phones ---- */

/* The phones of this cluster, one after the other: of its fleets, and there. */
#define FOR_EACH_PHONE(s, i)                                                                       \
    for (uint32_t i = 0; i < (s)->lab->state.phone_count; i++)                                     \
        if (see_phone(s, i))
bool see_phone(const struct preflight_see *s, uint32_t phone);
/* The index of its CallManager group; false: it is in no database here. */
bool see_group(const struct preflight_see *s, uint32_t phone, uint16_t *group);
/* What files say of it; never NULL, all 0 where none does. */
const struct lab_found_phone *see_told(const struct preflight_see *s, uint32_t phone);
/* ITL File Status says that it holds another ITL than is served, and nobody says which. */
bool see_mismatch(const struct lab_found_phone *f);
/* The node whose TFTP it asks first, of this cluster; false: none of it. */
bool see_tftp(const struct preflight_see *s, uint32_t phone, uint32_t *node);

/* "itl-1 (SHA-1 fabdf758...)", "the ITL that ITLRECOVERY_pub signed on 2026-01-02". */
const char *see_list(struct preflight_see *s, uint32_t list);

/* ---- nodes ---- */

bool see_runs(const struct preflight_see *s, uint32_t node, enum service service);
/* Some file says how this service stands there. */
bool see_told_service(const struct preflight_see *s, uint32_t node, enum service service);
/* The lab made this own certificate, since no file has it: nothing is known of its dates and key.
 * False where no file says anything: then it is as the scenario builds it. */
bool see_made(const struct preflight_see *s, uint32_t node, enum own own);

#endif
