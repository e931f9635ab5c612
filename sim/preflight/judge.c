#include "sim/preflight/judge.h"

#include "sim/base/sys.h"
#include "sim/preflight/say.h"
#include "sim/preflight/touch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct preflight_check *const areas[] = {
    preflight_checks_phones,       preflight_checks_services, preflight_checks_lists,
    preflight_checks_certificates, preflight_checks_trust,    preflight_checks_recovery,
};

enum { AREAS = sizeof areas / sizeof areas[0] };

const struct preflight_check *preflight_next(struct preflight_row *at)
{
    while (at->area < AREAS) {
        const struct preflight_check *c = &areas[at->area][at->row++];
        if (c->name != NULL)
            return c;
        at->area++;
        at->row = 0;
    }
    return NULL;
}

const struct preflight_check *preflight_find(const char *name)
{
    struct preflight_row at = { 0, 0 };
    const struct preflight_check *c;
    while ((c = preflight_next(&at)) != NULL && strcmp(c->name, name) != 0)
        ;
    return c;
}

const char *preflight_severity_name(enum preflight_severity s)
{
    static const char *const names[] = { "pass", "cannot-know", "warn", "fail" };
    return names[s];
}

char *preflight_stops_words(uint8_t stops, char out[PREFLIGHT_STOPS_TEXT])
{
    static const char *const names[] = { "renewals",
                                         "renewals of CallManager, TVS, ITLRecovery",
                                         "changes of nodes",
                                         "restores",
                                         "moves",
                                         "changes of the mode" };
    size_t n = 0;
    if ((stops & PREFLIGHT_STOPS_RENEWAL) != 0)
        stops &= (uint8_t)~PREFLIGHT_STOPS_SIGNERS; /* which are among them */
    out[0] = '\0';
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if ((stops >> i & 1) != 0)
            n += (size_t)snprintf(out + n, PREFLIGHT_STOPS_TEXT - n, "%s%s", n == 0 ? "" : ", ",
                                  names[i]);
    }
    return out;
}

/* ---- running ---- */

static void look_at(struct preflight_see *s, const struct preflight_check *c)
{
    uint32_t before = s->out->count;
    s->check = c;
    c->look(s);
    if (s->out->count == before)
        say(s, PREFLIGHT_PASS, NULL, "%s", c->good);
}

/* What is worst first; what nobody can say stands behind what is wrong. */
static int by_severity(const void *a, const void *b)
{
    const struct preflight_finding *x = a, *y = b;
    if (x->severity != y->severity)
        return x->severity > y->severity ? -1 : 1;
    return x->order < y->order ? -1 : x->order > y->order;
}

static struct touch *try(struct lab *lab, bool ahead)
{
    if (lab == NULL)
        return NULL;
    struct touch *t = mem_take(&sys_mem, sizeof *t);
    touch_find(lab, ahead, t);
    return t;
}

static void begin(const struct preflight_options *o, bool tries, bool ahead, struct preflight *out)
{
    struct lab *lab = o->lab;
    *out = (struct preflight){
        .arena = arena_of(&sys_mem), .lab = lab, .found = o->found, .phone = o->phone
    };
    out->now_s = lab->base->options.start_s + (int64_t)(lab_now_us(lab) / 1000000);
    out->days = o->days == 0 ? PREFLIGHT_DAYS : o->days;
    out->known = try(tries ? lab : NULL, ahead);
    out->strangers = try(tries ? o->strangers : NULL, false);
}

static struct preflight_see see_cluster(const struct preflight_options *o, struct preflight *out,
                                        uint32_t cluster)
{
    return (struct preflight_see){ .out = out,
                                   .lab = o->lab,
                                   .cl = &o->lab->state.clusters[cluster],
                                   .cluster = cluster,
                                   .found = o->found,
                                   .told = o->cluster == NULL ? NULL : o->cluster(o->lab, cluster),
                                   .phone = o->phone,
                                   .known = out->known,
                                   .strangers = out->strangers,
                                   .now_s = out->now_s,
                                   .days = out->days };
}

void preflight_make(const struct preflight_options *o, struct preflight *out)
{
    begin(o, !o->without_trials, true, out);
    for (uint32_t c = 0; c < o->lab->state.cluster_count; c++) {
        struct preflight_see s = see_cluster(o, out, c);
        struct preflight_row at = { 0, 0 };
        const struct preflight_check *check;
        while ((check = preflight_next(&at)) != NULL) {
            if (!check->tries || !o->without_trials)
                look_at(&s, check);
        }
    }
    for (uint32_t i = 0; i < out->count; i++)
        out->list[i].order = i;
    if (out->count > 0)
        qsort(out->list, out->count, sizeof *out->list, by_severity);
}

bool preflight_fails(const struct preflight_options *o, const struct preflight_check *check,
                     uint32_t cluster)
{
    struct preflight p;
    begin(o, check->tries, check->tries, &p);
    struct preflight_see s = see_cluster(o, &p, cluster);
    look_at(&s, check);
    bool fails = p.counts[PREFLIGHT_FAIL] > 0;
    preflight_free(&p);
    return fails;
}

static void free_trials(struct touch *t)
{
    if (t != NULL)
        touch_free(t);
    mem_free(&sys_mem, t);
}

void preflight_free(struct preflight *p)
{
    free_trials(p->known);
    free_trials(p->strangers);
    mem_free(&sys_mem, p->list);
    arena_free(&p->arena);
    *p = (struct preflight){ .list = NULL };
}

bool preflight_failed(const struct preflight *p, bool strict)
{
    return p->counts[PREFLIGHT_FAIL] > 0 || (strict && p->counts[PREFLIGHT_UNKNOWN] > 0);
}
