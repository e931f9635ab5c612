/* The phones: which source goes for each column, whether they are there, which lists they hold. */
#include "sim/import/site_phones.h"

#include "phones/model.h"
#include "sim/base/check.h"
#include "sim/base/count.h"
#include "sim/base/rng.h"
#include "sim/wire/text.h"

#include <stdlib.h>
#include <string.h>

static const uint8_t raw_kinds[RAW_KINDS] = {
    [RAW_MODEL] = FACT_PHONE_MODEL,
    [RAW_DESCRIPTION] = FACT_PHONE_DESCRIPTION,
    [RAW_POOL] = FACT_PHONE_POOL,
    [RAW_PROTOCOL] = FACT_PHONE_PROTOCOL,
    [RAW_PROFILE] = FACT_PHONE_PROFILE,
    [RAW_MODE] = FACT_PHONE_MODE,
    [RAW_LOAD] = FACT_PHONE_LOAD,
    [RAW_WEB] = FACT_PHONE_WEB,
    [RAW_SETTINGS] = FACT_PHONE_SETTINGS,
    [RAW_STATUS] = FACT_PHONE_STATUS,
    [RAW_STATUS_SINCE] = FACT_PHONE_STATUS_SINCE,
    [RAW_SEEN] = FACT_PHONE_SEEN,
    [RAW_CTL] = FACT_PHONE_CTL,
    [RAW_ITL] = FACT_PHONE_ITL,
    [RAW_ITL_STATUS] = FACT_PHONE_ITL_STATUS,
    [RAW_LSC] = FACT_PHONE_LSC,
};

/* ---- who they are ---- */

static uint32_t find(const struct phoning *p, const char *name)
{
    uint32_t at = 0, i;
    while (table_next(&p->by_name, rng_hash(4, view_str(name)) | 1, &at, &i)) {
        if (text_same(view_str(p->raw[i].name), name))
            return i;
    }
    return SITE_NONE;
}

/* Names of devices without regard to case, as CUCM has them. */
static void upper(char *name)
{
    for (; *name != '\0'; name++)
        *name = *name >= 'a' && *name <= 'z' ? (char)(*name - 32) : *name;
}

static uint32_t phone_named(struct phoning *p, uint32_t text, uint32_t fact)
{
    struct site_work *w = p->w;
    char name[DEVICE_NAME], key[DEVICE_NAME];
    if (w->phone_of[text] != 0)
        return w->phone_of[text] - 1;
    if (!device_read_name(facts_view(w->facts, text), name)) {
        p->bad_names++;
        p->bad_name = p->bad_names == 1 ? fact : p->bad_name;
        return SITE_NONE;
    }
    memcpy(key, name, sizeof key);
    upper(key);
    uint32_t i = find(p, key);
    if (i == SITE_NONE) {
        i = p->count++;
        mem_reserve(w->mem, (void **)&p->raw, &p->cap, p->count, sizeof *p->raw);
        struct raw *r = &p->raw[i];
        memcpy(r->name, name, sizeof r->name);
        for (int k = 0; k < RAW_KINDS; k++)
            r->v[k] = (struct site_value){ NULL, SITE_NONE };
        r->fact = fact;
        table_add(&p->by_name, rng_hash(4, view_str(key)) | 1, i);
    }
    w->phone_of[text] = i + 1;
    return i;
}

static void make_phones(struct phoning *p)
{
    struct site_work *w = p->w;
    for (int k = 0; k < RAW_KINDS; k++) {
        FOR_FACTS(w, raw_kinds[k], i)
        (void)phone_named(p, work_fact(w, w->order[i])->about, w->order[i]);
    }
}

/* ---- models ---- */

static const char *model_of_number(uint64_t number)
{
    for (uint32_t i = 0; i < model_count; i++) {
        if (model_table[i].device_type == number && number != 0)
            return model_table[i].name;
    }
    return NULL;
}

/* As docs/MODELS.md has it where it is there, else the product's own words. */
static const char *model_text(struct phoning *p, uint32_t text)
{
    struct site_work *w = p->w;
    uint32_t *kept = table_get(&p->models, rng_mix((uint64_t)text + 1));
    uint8_t model;
    uint64_t number;
    if (kept != NULL)
        return p->model_names[*kept];
    const char *words = facts_text(w->facts, text), *name = words;
    if (text_number(view_str(words), 100000, &number)) {
        name = model_of_number(number);
        if (name == NULL && !model_find(words, &model))
            name = work_print(w, "device type %s", words);
    }
    if (name == NULL || (name == words && model_find(words, &model)))
        name = name == NULL ? words : model_table[model].name;
    mem_reserve(w->mem, (void **)&p->model_names, &p->model_cap, (size_t)p->model_count + 1,
                sizeof *p->model_names);
    p->model_names[p->model_count] = name;
    table_put(&p->models, rng_mix((uint64_t)text + 1), p->model_count++);
    return name;
}

/* ---- values ---- */

static void take_value(struct phoning *p, enum raw_kind kind, uint32_t fact)
{
    struct site_work *w = p->w;
    const struct fact_said *f = work_fact(w, fact);
    uint32_t phone = w->phone_of[f->about];
    if (phone == 0 || (kind == RAW_POOL && f->value == 0) || (kind == RAW_MODEL && f->value == 0))
        return;
    struct site_value *slot = &p->raw[phone - 1].v[kind];
    if (kind != RAW_MODEL) {
        work_take(w, slot, fact);
        return;
    }
    const char *name = model_text(p, f->value);
    work_offer(w, slot, fact, name, slot->text != NULL && text_same(view_str(name), slot->text));
}

static void take_values(struct phoning *p)
{
    for (int k = 0; k < RAW_KINDS; k++) {
        FOR_FACTS(p->w, raw_kinds[k], i)
        take_value(p, (enum raw_kind)k, p->w->order[i]);
    }
}

/* Sources about phones that disagree: a claim for each kind of fact, not for each phone. */
static void tell_clashes(struct phoning *p)
{
    struct site_work *w = p->w;
    uint32_t count[FACT_KINDS] = { 0 }, first[FACT_KINDS];
    struct table done = table_of(w->mem);
    for (uint32_t i = 0; i < w->clash_count; i++) {
        const struct site_clash *c = &w->clashes[i];
        uint8_t kind = work_fact(w, c->fact)->kind;
        uint64_t key = rng_mix((uint64_t)(uintptr_t)c->slot);
        bool quiet = fact_rows[kind].form == FORM_DATE || kind == FACT_PHONE_DESCRIPTION;
        if (quiet || table_get(&done, key) != NULL)
            continue;
        table_put(&done, key, 1);
        if (count[kind]++ == 0)
            first[kind] = i;
    }
    for (int k = 0; k < FACT_KINDS; k++) {
        if (count[k] == 0)
            continue;
        const struct site_clash *c = &w->clashes[first[k]];
        work_claim(w, SITE_CONTRADICTS, count[k], work_print(w, "%s of phones", fact_rows[k].name),
                   "",
                   work_print(w,
                              "%s; the first is %.60s: \"%.100s\" is taken, \"%.100s\" is "
                              "said too",
                              COUNTED_OF(count[k], "phone"),
                              facts_text(w->facts, work_fact(w, c->fact)->about), c->slot->text,
                              work_value(w, c->fact)));
        work_because(w, c->slot->fact);
        work_because(w, c->fact);
    }
    w->clash_count = 0;
    table_free(&done);
}

/* ---- security ---- */

static bool contains(const char *text, const char *word)
{
    size_t n = strlen(word), all = strlen(text);
    for (size_t i = 0; i + n <= all; i++) {
        if (text_same(view_of(text + i, n), word))
            return true;
    }
    return false;
}

/* Where no source says what is in a profile: by its name (assumed), the first word that it has. */
static const char *mode_by_name(const char *profile)
{
    static const char *const words[][2] = {
        { "non-secure", "non-secure" },     { "nonsecure", "non-secure" },
        { "non secure", "non-secure" },     { "encrypt", "encrypted" },
        { "authenticat", "authenticated" }, { "secure", "encrypted" },
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (contains(profile, words[i][0]))
            return words[i][1];
    }
    return "non-secure";
}

static void take_profiles(struct phoning *p)
{
    static const enum fact_kind kinds[] = { FACT_PROFILE_MODE, FACT_PROFILE_ENCRYPTED };
    struct site_work *w = p->w;
    for (int k = 0; k < 2; k++) {
        FOR_FACTS(w, kinds[k], i)
        {
            uint32_t fact = w->order[i];
            uint64_t key = rng_mix((uint64_t)work_fact(w, fact)->about << 1 | (uint64_t)k);
            const uint32_t *have = key == 0 ? NULL : table_get(&p->profiles, key);
            if (key != 0 && (have == NULL || work_surer(w, fact, *have)))
                table_put(&p->profiles, key, fact);
        }
    }
}

/* What its profile says, where somebody says what is in that; else what its page shows; else what
 * the name of the profile says. */
static void set_mode(struct phoning *p, const struct raw *r, uint64_t about, struct site_phone *to)
{
    struct site_work *w = p->w;
    const struct site_value *profile = &r->v[RAW_PROFILE], *page = &r->v[RAW_MODE];
    const uint32_t *mode = about == 0 ? NULL : table_get(&p->profiles, rng_mix(about << 1));
    if (mode != NULL) {
        to->security = (struct site_value){ work_value(w, *mode), *mode };
        if (page->text != NULL && strcmp(page->text, to->security.text) != 0)
            p->other_mode_fact = p->other_mode++ == 0 ? page->fact : p->other_mode_fact;
    } else if (page->text != NULL) {
        to->security = *page;
    } else if (profile->text != NULL) {
        to->security = (struct site_value){ mode_by_name(profile->text), profile->fact };
        if (!contains(profile->text, "non-secure")) {
            p->by_name_alone++;
            p->by_name_fact = profile->fact;
        }
    }
}

static void set_security(struct phoning *p, const struct raw *r, struct site_phone *to)
{
    struct site_work *w = p->w;
    const struct site_value *profile = &r->v[RAW_PROFILE];
    uint64_t about = profile->fact == SITE_NONE ? 0 : work_fact(w, profile->fact)->value;
    const uint32_t *encrypted =
        about == 0 ? NULL : table_get(&p->profiles, rng_mix(about << 1 | 1));
    set_mode(p, r, about, to);
    if (encrypted != NULL)
        to->encrypted = (struct site_value){ work_value(w, *encrypted), *encrypted };
    else if (profile->text != NULL && contains(profile->text, "encrypted config"))
        to->encrypted = (struct site_value){ "yes", profile->fact };
}

/* ---- presence ---- */

static bool is_word(const struct site_value *v, const char *word)
{
    return v->text != NULL && strcmp(v->text, word) == 0;
}

/* A phone that no node has a row for, where the others have one, is off: a node tells of those that
 * are registered (documented; that its list is whole is assumed where it has most of them). */
static void set_state(struct phoning *p, const struct raw *r, struct site_phone *to)
{
    const struct site_value *status = &r->v[RAW_STATUS], *seen = &r->v[RAW_SEEN];
    bool on =
        is_word(status, "registered") || is_word(status, "partial") || is_word(status, "rejected");
    bool off = is_word(status, "unregistered") || (is_word(status, "unknown") && seen->text);
    if (on || off)
        to->state = (struct site_value){ on ? "on" : "off", status->fact };
    else if (status->text == NULL && p->most_have_status) {
        to->state = (struct site_value){ "off", SITE_NONE };
        p->off_assumed++;
    }
    bool is_off = to->state.text != NULL && strcmp(to->state.text, "off") == 0;
    to->since = is_off && seen->text != NULL ? *seen : r->v[RAW_STATUS_SINCE];
}

/* ---- lists ---- */

static struct site_held hold(struct phoning *p, uint32_t list, uint32_t fact)
{
    p->w->site->lists[list].holders++;
    return (struct site_held){ SITE_HOLDS_LIST, list, fact };
}

static struct site_held by_signature(struct phoning *p, const struct site_value *v, bool ctl)
{
    struct site_work *w = p->w;
    uint32_t list = lists_by_sha1(w, v->text, ctl);
    if (list == SITE_NONE)
        list = lists_add(w, v->text, ctl, v->fact);
    return hold(p, list, v->fact);
}

static struct site_held by_status(struct phoning *p, const struct site_value *status)
{
    if (is_word(status, "match"))
        return (struct site_held){ SITE_HOLDS_SERVED, SITE_NONE, status->fact };
    if (is_word(status, "not-installed"))
        return (struct site_held){ SITE_HOLDS_NONE, SITE_NONE, status->fact };
    if (!is_word(status, "mismatch"))
        return (struct site_held){ SITE_HOLDS_UNKNOWN, SITE_NONE, SITE_NONE };
    if (p->mismatch == SITE_NONE)
        p->mismatch = lists_add(p->w, NULL, false, status->fact);
    return hold(p, p->mismatch, status->fact);
}

/* What its own page says before what the database has of it. */
static struct site_held held_of(struct phoning *p, const struct raw *r, bool ctl)
{
    static const struct site_value none = { NULL, SITE_NONE };
    const struct site_value *page = &r->v[ctl ? RAW_CTL : RAW_ITL];
    if (is_word(page, "none"))
        return (struct site_held){ SITE_HOLDS_NONE, SITE_NONE, page->fact };
    if (page->text != NULL && strlen(page->text) == 40)
        return by_signature(p, page, ctl);
    return by_status(p, ctl ? &none : &r->v[RAW_ITL_STATUS]);
}

/* Of a list that nobody has the records are those of the first page that shows it. */
static void take_records(struct phoning *p, bool ctl)
{
    enum fact_kind kind = ctl ? FACT_PHONE_CTL_RECORD : FACT_PHONE_ITL_RECORD;
    struct site_work *w = p->w;
    struct site *s = w->site;
    uint32_t run;
    for (uint32_t i = w->start[kind]; i < w->start[kind + 1]; i += run) {
        const struct fact_said *f = work_fact(w, w->order[i]);
        uint32_t phone = w->phone_of[f->about];
        for (run = 1; i + run < w->start[kind + 1]; run++) {
            const struct fact_said *next = work_fact(w, w->order[i + run]);
            if (next->about != f->about || next->reading != f->reading)
                break;
        }
        if (phone == 0)
            continue;
        const struct site_phone *of = &s->phones[phone - 1];
        const struct site_held *held = ctl ? &of->ctl : &of->itl;
        struct site_list *list = held->how == SITE_HOLDS_LIST ? &s->lists[held->list] : NULL;
        if (list == NULL || list->records != NULL || list->sha1 == NULL || list->sha256 != NULL ||
            work_fact(w, held->fact)->reading != f->reading)
            continue;
        const char **records = arena_take(&s->arena, run * sizeof *records);
        uint32_t n = 0;
        for (uint32_t k = 0; k < run && n < SITE_RECORDS; k++) {
            if (lists_is_record(view_str(work_value(w, w->order[i + k]))))
                records[n++] = work_value(w, w->order[i + k]);
        }
        list->records = records;
        list->record_count = n;
    }
}

/* ---- all of it ---- */

static void set_phone(struct phoning *p, uint32_t i)
{
    struct site_work *w = p->w;
    const struct raw *r = &p->raw[i];
    struct site_phone *to = &w->site->phones[i];
    *to = (struct site_phone){ .name = r->name, .fact = r->fact };
#define NO_VALUE(field, column) to->field.fact = SITE_NONE;
    SITE_PHONE_TEXTS(NO_VALUE)
#undef NO_VALUE
    to->model = r->v[RAW_MODEL];
    to->protocol = r->v[RAW_PROTOCOL];
    to->load = r->v[RAW_LOAD];
    to->settings = r->v[RAW_SETTINGS];
    to->lsc = r->v[RAW_LSC];
    to->web = r->v[RAW_WEB];
    to->itl_status = r->v[RAW_ITL_STATUS];
    to->description = r->v[RAW_DESCRIPTION];
    set_security(p, r, to);
    set_state(p, r, to);
    uint32_t pool = r->v[RAW_POOL].fact;
    to->pool_assumed = pool == SITE_NONE;
    to->pool = groups_pool(w, pool == SITE_NONE ? 0 : work_fact(w, pool)->value, pool);
    w->site->pools[to->pool].phones++;
    to->itl = held_of(p, r, false);
    to->ctl = held_of(p, r, true);
}

static int by_name(const void *a, const void *b)
{
    const struct site_phone *x = a, *y = b;
    return strcmp(x->name, y->name);
}

void phones_fill(struct site_work *w)
{
    struct site *s = w->site;
    struct phoning p = { .w = w, .mismatch = SITE_NONE };
    p.by_name = p.models = p.profiles = table_of(w->mem);
    make_phones(&p);
    take_values(&p);
    tell_clashes(&p);
    take_profiles(&p);
    uint32_t with = 0;
    for (uint32_t i = 0; i < p.count; i++)
        with += p.raw[i].v[RAW_STATUS].text != NULL;
    p.most_have_status = with > p.count / 2;
    mem_reserve(w->mem, (void **)&s->phones, &s->phone_cap, (size_t)p.count + 1, sizeof *s->phones);
    s->phone_count = p.count;
    for (uint32_t i = 0; i < p.count; i++)
        set_phone(&p, i);
    take_records(&p, false);
    take_records(&p, true);
    orders_fill(&p);
    tftp_fill(&p);
    for (uint32_t i = 0; i < p.count; i++)
        s->phones[i].name = arena_text(&s->arena, view_str(p.raw[i].name));
    tell_phones(&p);
    qsort(s->phones, s->phone_count, sizeof *s->phones, by_name);
    classes_fill(w);
    mem_free(w->mem, p.raw);
    mem_free(w->mem, (void *)p.model_names);
    table_free(&p.by_name);
    table_free(&p.models);
    table_free(&p.profiles);
}
