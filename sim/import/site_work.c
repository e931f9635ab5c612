/* What all parts of a site share: facts by kind, the rule of two sources, and claims. */
#include "sim/import/site_impl.h"

#include "sim/base/check.h"
#include "sim/base/rng.h"
#include "sim/core/date.h"

#include <stdarg.h>
#include <string.h>

#define SOURCES_SHOWN 8 /* of one claim */

void work_init(struct site_work *w, const struct facts *f, struct site *s)
{
    *w = (struct site_work){ .facts = f, .site = s, .mem = f->mem };
    w->by_name = w->pool_of = w->group_of = w->list_of = w->pool_names = w->group_names =
        table_of(f->mem);
    w->order = mem_take(f->mem, ((size_t)f->count + 1) * sizeof *w->order);
    for (uint32_t i = 0; i < f->count; i++)
        w->start[f->list[i].kind + 1]++;
    for (int k = 0; k < FACT_KINDS; k++)
        w->start[k + 1] += w->start[k];
    uint32_t next[FACT_KINDS];
    memcpy(next, w->start, sizeof next);
    for (uint32_t i = 0; i < f->count; i++)
        w->order[next[f->list[i].kind]++] = i;
    uint32_t **maps[] = { &w->name_of, &w->manager_of, &w->phone_of };
    for (size_t i = 0; i < sizeof maps / sizeof *maps; i++) {
        *maps[i] = mem_take(f->mem, f->text_count * sizeof **maps);
        memset(*maps[i], 0, f->text_count * sizeof **maps);
    }
    w->name_of_reading = mem_take(f->mem, f->reading_count * sizeof *w->name_of_reading);
    memset(w->name_of_reading, 0, f->reading_count * sizeof *w->name_of_reading);
    w->made_s = mem_take(f->mem, f->reading_count * sizeof *w->made_s);
    memset(w->made_s, 0, f->reading_count * sizeof *w->made_s);
}

void work_free(struct site_work *w)
{
    table_free(&w->by_name);
    table_free(&w->pool_of);
    table_free(&w->group_of);
    table_free(&w->list_of);
    table_free(&w->pool_names);
    table_free(&w->group_names);
    void *all[] = { w->order,   w->names,    w->name_of,    w->name_of_reading, w->certs,
                    w->clashes, w->phone_of, w->manager_of, w->made_s };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        mem_free(w->mem, all[i]);
}

const struct fact_said *work_fact(const struct site_work *w, uint32_t fact)
{
    CHECK(fact < w->facts->count);
    return &w->facts->list[fact];
}

const char *work_value(const struct site_work *w, uint32_t fact)
{
    return facts_text(w->facts, work_fact(w, fact)->value);
}

struct view work_view(const struct site_work *w, uint32_t fact)
{
    return facts_view(w->facts, work_fact(w, fact)->value);
}

int64_t work_date(const char *text)
{
    char local[DATE_TEXT];
    size_t n = strlen(text);
    int64_t s;
    struct err e;
    n -= n > 0 && text[n - 1] == 'Z';
    if (n >= sizeof local)
        return -1;
    memcpy(local, text, n);
    local[n] = '\0';
    return date_parse(local, &s, &e) ? s : -1;
}

const char *work_print(struct site_work *w, const char *format, ...)
{
    char text[1200];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return arena_text(&w->site->arena, view_str(text));
}

/* ---- the rule ---- */

bool work_surer(const struct site_work *w, uint32_t a, uint32_t b)
{
    const struct reading *of_a = &w->facts->readings[work_fact(w, a)->reading];
    const struct reading *of_b = &w->facts->readings[work_fact(w, b)->reading];
    if (of_a->sure != of_b->sure)
        return of_a->sure > of_b->sure;
    int64_t a_s = w->made_s[work_fact(w, a)->reading], b_s = w->made_s[work_fact(w, b)->reading];
    return a_s != b_s ? a_s > b_s : a < b;
}

/* What a fact holds was there before its source was written: a date of the past, a certificate,
 * which a CA may date back and nobody ahead. */
static int64_t no_earlier(const struct site_work *w, uint32_t fact)
{
    const struct fact_row *row = &fact_rows[work_fact(w, fact)->kind];
    const char *value = work_value(w, fact);
    const struct cert *c = row->form == FORM_CERT ? work_cert(w, value) : NULL;
    if (row->form == FORM_DATE)
        return work_date(value);
    return c == NULL ? 0 : c->not_before_s;
}

void work_date_readings(struct site_work *w, int64_t most_s)
{
    const struct facts *f = w->facts;
    struct table first = table_of(w->mem); /* of a session: a reading that stands for all */
    uint32_t *one = mem_take(w->mem, f->reading_count * sizeof *one);
    for (uint32_t i = 0; i < f->reading_count; i++) {
        uint64_t key = rng_mix((uint64_t)f->readings[i].session + 1);
        const uint32_t *had = f->readings[i].session == 0 ? NULL : table_get(&first, key);
        one[i] = had == NULL ? i : *had;
        if (had == NULL && f->readings[i].session != 0)
            table_put(&first, key, i);
        if (f->readings[i].made_s > w->made_s[one[i]])
            w->made_s[one[i]] = f->readings[i].made_s;
    }
    for (uint32_t i = 0; i < f->count; i++) {
        int64_t at = no_earlier(w, i), *made = &w->made_s[one[f->list[i].reading]];
        *made = at > *made && at <= most_s ? at : *made;
    }
    for (uint32_t i = 0; i < f->reading_count; i++)
        w->made_s[i] = w->made_s[one[i]];
    mem_free(w->mem, one);
    table_free(&first);
}

static void clash(struct site_work *w, const struct site_value *slot, uint32_t fact)
{
    mem_reserve(w->mem, (void **)&w->clashes, &w->clash_cap, (size_t)w->clash_count + 1,
                sizeof *w->clashes);
    w->clashes[w->clash_count++] = (struct site_clash){ slot, fact };
}

void work_offer(struct site_work *w, struct site_value *slot, uint32_t fact, const char *text,
                bool same)
{
    if (slot->text == NULL || slot->fact == SITE_NONE) {
        *slot = (struct site_value){ text, fact };
        return;
    }
    bool surer = work_surer(w, fact, slot->fact);
    if (!same)
        clash(w, slot, surer ? slot->fact : fact);
    if (surer)
        *slot = (struct site_value){ same ? slot->text : text, fact };
}

void work_take(struct site_work *w, struct site_value *slot, uint32_t fact)
{
    const char *text = work_value(w, fact);
    work_offer(w, slot, fact, text, slot->text != NULL && strcmp(slot->text, text) == 0);
}

/* ---- claims ---- */

void work_claim(struct site_work *w, enum site_how how, uint32_t count, const char *what,
                const char *value, const char *why)
{
    struct site *s = w->site;
    mem_reserve(w->mem, (void **)&s->claims, &s->claim_cap, (size_t)s->claim_count + 1,
                sizeof *s->claims);
    s->claims[s->claim_count++] = (struct site_claim){ .how = (uint8_t)how,
                                                       .what = what,
                                                       .value = value,
                                                       .why = why,
                                                       .count = count,
                                                       .sources = s->source_count };
}

void work_because(struct site_work *w, uint32_t fact)
{
    struct site *s = w->site;
    struct site_claim *c = &s->claims[s->claim_count - 1];
    if (fact == SITE_NONE || c->source_count == SOURCES_SHOWN)
        return;
    struct site_source from = site_source_of(s, fact);
    for (uint32_t i = 0; i < c->source_count; i++) {
        const struct site_source *have = &s->sources[c->sources + i];
        if (have->reading == from.reading && have->line == from.line)
            return;
    }
    mem_reserve(w->mem, (void **)&s->sources, &s->source_cap, (size_t)s->source_count + 1,
                sizeof *s->sources);
    s->sources[s->source_count++] = from;
    c->source_count++;
}
