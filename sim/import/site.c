/* A site of facts: the parts in their order, and its end. */
#include "sim/import/site_impl.h"

#include "sim/base/check.h"
#include "sim/core/date.h"

#include <string.h>

#define DAY_S   86400
#define ZONES_S (14 * 3600) /* a date without a zone may be so much off */

/* ---- the present ---- */

/* The newest date that a source says of itself or of something that it tells, for that was before.
 * A clock that is days ahead of this one is not believed. */
static void find_present(struct site_work *w, int64_t today_s)
{
    static const enum fact_kind dated[] = { FACT_PHONE_SEEN, FACT_PHONE_STATUS_SINCE,
                                            FACT_SERVICE_SINCE, FACT_BACKUP, FACT_BACKUP_FAILED };
    struct site *s = w->site;
    int64_t newest = 0, most = today_s + 2 * DAY_S;
    uint32_t ahead = 0;
    for (uint32_t i = 1; i < w->facts->reading_count; i++) {
        int64_t made_s = w->facts->readings[i].made_s;
        ahead += made_s > most;
        newest = made_s > newest && made_s <= most ? made_s : newest;
    }
    int64_t slack = newest == 0 ? 0 : ZONES_S;
    for (size_t k = 0; k < sizeof dated / sizeof *dated; k++) {
        FOR_FACTS(w, dated[k], i)
        {
            const char *text = work_value(w, w->order[i]);
            int64_t at = work_date(text) - (strchr(text, 'Z') != NULL ? 0 : slack);
            newest = at > newest && at <= most ? at : newest;
        }
    }
    s->present_said = newest > 0;
    s->present_s = newest > 0 ? newest : today_s;
    char text[DATE_TEXT];
    const char *date = work_print(w, "%s", date_print(s->present_s, 0, text));
    work_claim(w, s->present_said ? SITE_KNOWN : SITE_ASSUMED, 1, "the present", date,
               s->present_said ? "" : "no source says when it was made: the day of the import");
    if (ahead > 0)
        work_claim(w, SITE_CONTRADICTS, ahead, "the present", date,
                   "dates of sources that are days ahead of the clock here are not believed");
}

/* ---- the name ---- */

/* "example.com" is EXAMPLE. */
static const char *name_of(struct site_work *w, const char *asked)
{
    char text[20];
    size_t n = 0;
    if (asked != NULL && asked[0] != '\0')
        return asked;
    for (const char *p = w->site->domain; p != NULL && *p != '\0' && *p != '.'; p++) {
        bool letter = (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z');
        bool digit = *p >= '0' && *p <= '9';
        if (n + 1 < sizeof text && (letter || digit))
            text[n++] = *p >= 'a' && *p <= 'z' ? (char)(*p - 32) : *p;
    }
    return n == 0 ? "HQ" : arena_text(&w->site->arena, view_of(text, n));
}

/* ---- claims ---- */

static void sort_claims(struct site_work *w)
{
    struct site *s = w->site;
    struct site_claim *sorted = mem_take(w->mem, ((size_t)s->claim_count + 1) * sizeof *sorted);
    uint32_t n = 0;
    for (int how = 0; how < SITE_HOWS; how++) {
        for (uint32_t i = 0; i < s->claim_count; i++) {
            if (s->claims[i].how == how)
                sorted[n++] = s->claims[i];
        }
    }
    CHECK(n == s->claim_count);
    mem_free(w->mem, s->claims);
    s->claims = sorted;
    s->claim_cap = s->claim_count + 1;
}

/* What no file says at all, and a preflight asks for. */
static void tell_untold(struct site_work *w)
{
    work_claim(w, SITE_CANNOT_KNOW, 1, "whether ITLRecovery.p12 was saved", "",
               "no file says it: fill in itlrecovery_saved in the Lua file");
    work_claim(w, SITE_CANNOT_KNOW, 1, "whether a backup can be restored", "",
               "no file says it: fill in backup_restores in the Lua file");
    if (w->too_many > 0)
        work_claim(w, SITE_CONTRADICTS, w->too_many, "groups and device pools", "",
                   work_print(w, "%u facts are of more of them than the lab takes (%d, %d)",
                              (unsigned)w->too_many, CLUSTER_GROUPS - 1, CLUSTER_POOLS - 1));
}

bool site_of(const struct facts *f, const char *name, int64_t today_s, struct site *out,
             struct err *e)
{
    struct site_work w;
    *out = (struct site){ .facts = f, .arena = arena_of(f->mem) };
    if (f->count == 0)
        return err_set(e, "nothing that tells of a cluster");
    work_init(&w, f, out);
    find_present(&w, today_s);
    certs_read(&w);
    work_date_readings(&w, today_s + 2 * DAY_S);
    who_find(&w);
    who_choose(&w);
    apart_tell(&w);
    nodes_fill(&w);
    out->name = name_of(&w, name);
    trust_fill(&w);
    groups_fill(&w);
    lists_fill(&w);
    records_fill(&w);
    phones_fill(&w);
    tell_untold(&w);
    sort_claims(&w);
    work_free(&w);
    return true;
}

void site_free(struct site *s)
{
    if (s->facts == NULL)
        return;
    const struct mem *mem = s->facts->mem;
    void *all[] = { s->others, s->trust, s->tvs,    s->groups,  s->pools,  s->lists,
                    s->certs,  s->extra, s->phones, s->classes, s->claims, s->sources };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        mem_free(mem, all[i]);
    arena_free(&s->arena);
    *s = (struct site){ 0 };
}
