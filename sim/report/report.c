#include "sim/report/report.h"

#include "nodes/calendar.h"
#include "sim/base/sys.h"
#include "sim/report/ahead.h"
#include "sim/report/fmt.h"
#include "sim/report/rows.h"
#include "sim/report/letter.h"

#include <stdlib.h>
#include <string.h>

/* ---- building ---- */

static struct report_row *row_for(struct report *r, struct table *index, struct report_row key)
{
    uint64_t hash =
        rng_mix(((uint64_t)key.back << 48 | (uint64_t)key.step << 32 | (uint64_t)key.way << 16 |
                 (uint64_t)key.function << 8 | (uint64_t)key.others << 1 | key.open) +
                1) |
        1;
    uint32_t *found = table_get(index, hash);
    if (found != NULL)
        return &r->rows[*found];
    mem_reserve(&sys_mem, (void **)&r->rows, &r->cap, (size_t)r->count + 1, sizeof *r->rows);
    r->rows[r->count] = key;
    table_put(index, hash, r->count);
    return &r->rows[r->count++];
}

static void add_row(struct report *r, struct table *index, struct report_row key, uint64_t lost_us)
{
    struct report_row *row = row_for(r, index, key);
    row->phones++;
    row->lost_us += lost_us;
}

static uint32_t outcome_for(struct report *r, uint16_t way)
{
    for (uint32_t i = 0; i < r->outcome_count; i++) {
        if (r->outcomes[i].way == way)
            return i;
    }
    r->outcomes[r->outcome_count] = (struct report_outcome){ .way = way };
    return r->outcome_count++;
}

/* Phones of one outcome whose stories are alike: a story is told of the most common kind. */
struct kinds {
    struct table index;
    struct kind {
        uint32_t outcome, first, phones;
    } * list;
    uint32_t count, cap;
};

static uint64_t kind_of(const struct report *r, uint32_t phone, const struct lab_loss *loss)
{
    const struct remedies *remedies = losses_remedies(r->in.losses);
    uint64_t h = rng_mix((uint64_t)loss->ever << 16 | (uint64_t)loss->open << 8 |
                         r->lab->state.phones[phone].model);
    for (int f = 0; f < FUNCTIONS; f++) {
        if ((loss->ever & FSM_BIT(f)) == 0)
            continue;
        const struct way *way = remedies_for(remedies, phone, (enum phone_function)f);
        h = rng_mix(h ^ ((uint64_t)(way - r->ways) << 32 | (uint64_t)loss->step[f] << 16 |
                         losses_back(r->in.losses, phone, (enum phone_function)f)));
    }
    return h;
}

static void add_kind(struct kinds *k, const struct report *r, uint32_t outcome, uint32_t phone,
                     const struct lab_loss *loss)
{
    uint64_t key = rng_mix(kind_of(r, phone, loss) ^ outcome) | 1;
    uint32_t *found = table_get(&k->index, key);
    if (found != NULL) {
        k->list[*found].phones++;
        return;
    }
    mem_reserve(&sys_mem, (void **)&k->list, &k->cap, (size_t)k->count + 1, sizeof *k->list);
    k->list[k->count] = (struct kind){ outcome, phone, 1 };
    table_put(&k->index, key, k->count++);
}

static void choose_examples(struct report *r, struct kinds *k)
{
    for (uint32_t i = 0; i < k->count; i++) {
        struct report_outcome *o = &r->outcomes[k->list[i].outcome];
        if (k->list[i].phones <= o->alike)
            continue;
        o->alike = k->list[i].phones;
        o->example = k->list[i].first;
    }
    table_free(&k->index);
    mem_free(&sys_mem, k->list);
}

/* As somebody says, else as its model has it: for its keys, or for a factory reset. */
uint64_t report_hands_minutes(const struct report *r, uint32_t phone)
{
    const struct phone *p = &r->lab->state.phones[phone];
    const struct model *m = &model_table[p->model];
    return r->in.hands_minutes != 0                         ? r->in.hands_minutes
           : phone_erases_by_keys(p, r->lab->base->content) ? m->erase_minutes
                                                            : m->reset_minutes;
}

/* Somebody must go there, or has been there in this run. */
static void add_hands(struct report *r, uint32_t phone)
{
    uint32_t done = losses_visits(r->in.losses, phone);
    bool needed = losses_need_hands(r->in.losses, phone);
    r->hands_minutes += report_hands_minutes(r, phone) * (done + needed);
    r->hands_phones += done > 0 || needed;
    r->hands_done += done > 0;
}

uint32_t report_rows_of(const struct report *r, uint32_t phone, enum phone_function f,
                        struct report_row rows[2], uint64_t lost_us[2])
{
    struct losses *l = r->in.losses;
    struct lab_loss loss;
    uint32_t n = 0;
    if (!losses_of(l, phone, &loss) || (loss.ever & FSM_BIT(f)) == 0)
        return 0;
    bool open = (loss.open & FSM_BIT(f)) != 0;
    /* What is over came back, whatever else this phone still lacks. */
    if (!open || loss.total_us[f] > 0) {
        lost_us[n] = loss.total_us[f];
        rows[n++] = (struct report_row){ .back = losses_back(l, phone, f),
                                         .others = losses_back_others(l, phone, f),
                                         .function = (uint8_t)f,
                                         .step = loss.first_step[f] };
    }
    if (open) {
        const struct way *way = remedies_for(losses_remedies(l), phone, f);
        lost_us[n] = lab_now_us(r->lab) - loss.since_us[f];
        rows[n++] = (struct report_row){ .way = (uint16_t)(way - r->ways),
                                         .function = (uint8_t)f,
                                         .open = true,
                                         .step = loss.step[f] };
    }
    return n;
}

static void add_phone(struct report *r, struct table *index, struct kinds *kinds, uint32_t phone)
{
    const struct remedies *remedies = losses_remedies(r->in.losses);
    struct lab_loss loss;
    if (!losses_of(r->in.losses, phone, &loss))
        return;
    const struct way *way = remedies_of(remedies, phone);
    uint32_t outcome = outcome_for(r, (uint16_t)(way - r->ways));
    r->outcomes[outcome].phones++;
    add_kind(kinds, r, outcome, phone, &loss);
    for (int f = 0; f < FUNCTIONS; f++) {
        struct report_row rows[2];
        uint64_t us[2];
        uint32_t n = report_rows_of(r, phone, (enum phone_function)f, rows, us);
        for (uint32_t i = 0; i < n; i++)
            add_row(r, index, rows[i], us[i]);
    }
}

/* The worst first. */
static int by_rank(const void *x, const void *y)
{
    const struct report_row *a = x, *b = y;
    if (a->way != b->way)
        return b->way - a->way;
    if (a->function != b->function)
        return a->function - b->function;
    if (a->open != b->open)
        return b->open - a->open;
    if (a->step != b->step)
        return a->step - b->step;
    return a->back != b->back ? a->back - b->back : a->others - b->others;
}

static int by_way(const void *x, const void *y)
{
    const struct report_outcome *a = x, *b = y;
    return b->way - a->way;
}

/* What the verdict does not speak of belongs to it. */
static void add_rows(struct report *r)
{
    char rows[ROWS_TEXT];
    size_t n = strlen(r->verdict);
    rows_verdict(r->in.inventories, r->in.inventory_count, rows);
    if (rows[0] != '\0')
        snprintf(r->verdict + n, sizeof r->verdict - n, "; %s", rows);
}

void report_build(const struct report_input *in, struct report *out)
{
    memset(out, 0, sizeof *out);
    out->in = *in;
    if (out->in.people == 0)
        out->in.people = REPORT_PEOPLE;
    if (out->in.users_follow == 0)
        out->in.users_follow = LETTER_FOLLOW;
    if (out->in.users_hours == 0)
        out->in.users_hours = LETTER_HOURS;
    out->lab = in->losses->lab;
    out->phones = out->lab->state.phone_count;
    const struct remedies *remedies = losses_remedies(in->losses);
    out->ways = remedies->ways;
    out->outcomes = mem_take(&sys_mem, remedies->count * sizeof *out->outcomes);
    struct table index = table_of(&sys_mem);
    struct kinds kinds = { .index = table_of(&sys_mem) };
    for (uint32_t i = 0; i < out->phones; i++) {
        add_phone(out, &index, &kinds, i);
        add_hands(out, i);
    }
    table_free(&index);
    choose_examples(out, &kinds);
    if (out->count > 0)
        qsort(out->rows, out->count, sizeof *out->rows, by_rank);
    if (out->outcome_count > 0)
        qsort(out->outcomes, out->outcome_count, sizeof *out->outcomes, by_way);
    out->said = losses_verdict(in->losses);
    verdict_text(out->said, out->lab, out->verdict);
    add_rows(out);
}

void report_free(struct report *r)
{
    mem_free(&sys_mem, r->rows);
    mem_free(&sys_mem, r->outcomes);
    memset(r, 0, sizeof *r);
}

const char *report_keys(uint8_t model)
{
    const char *keys = model < model_count ? model_table[model].keys : NULL;
    return keys != NULL ? keys : "factory reset, as the guide of the phone says";
}

void report_by_product(uint32_t *count_of_model)
{
    for (uint32_t i = 0; i < model_count; i++) {
        for (uint32_t k = 0; k < i && count_of_model[i] > 0; k++) {
            if (strcmp(model_table[k].product, model_table[i].product) != 0)
                continue;
            count_of_model[k] += count_of_model[i];
            count_of_model[i] = 0;
        }
    }
}

uint64_t report_tenths(const struct report *r, uint64_t minutes)
{
    uint64_t hour = 60u * r->in.people;
    return (minutes * 10 + hour / 2) / hour;
}

uint64_t report_hands_tenths(const struct report *r)
{
    return report_tenths(r, r->hands_minutes);
}

bool report_at_risk(const struct report *r)
{
    return verdict_at_risk(r->said);
}

/* ---- what it rests on ---- */

struct assumed {
    void (*put)(void *ctx, const char *name, const char *value, const char *doc);
    void *ctx;
    uint8_t lost; /* FSM_BIT of each function that the verdict turns on */
    bool dated;   /* some certificate was not within its time: what is said of dates counts */
};

static void put_fact(const struct assumed *a, const char *name, const struct fact *f,
                     uint64_t value)
{
    char text[FACT_TEXT];
    a->put(a->ctx, name, fact_print(f, value, text), f->doc);
}

static bool rests_on(const struct assumed *a, const struct fact *f)
{
    return f->sure == ASSUMED && (f->bears_on & a->lost) != 0;
}

static void put_facts(const struct assumed *a, const struct fact *table, uint32_t count,
                      const uint64_t *values)
{
    for (uint32_t i = 0; i < count; i++) {
        bool idle = table == knob_table && knob_is_of_dates((enum knob)i) && !a->dated;
        if (!idle && rests_on(a, &table[i]))
            put_fact(a, table[i].name, &table[i], values[i]);
    }
}

/* What was done in a cluster, or would be by a way that the report names. */
static struct acts_done done_in(const struct report *r, uint32_t cluster)
{
    struct acts_done done = r->lab->state.clusters[cluster].done;
    done.dated = calendar_matters(&r->lab->state.clusters[cluster], lab_now_us(r->lab));
    for (uint32_t i = 0; i < r->outcome_count; i++) {
        const struct way *w = &r->ways[r->outcomes[i].way];
        for (uint32_t k = 0; k < w->count; k++) {
            if (w->acts[k].cluster == cluster)
                done.act[w->acts[k].act.kind] = true;
        }
    }
    return done;
}

/* A parameter that all clusters have alike stands there once, else with the name of each. */
static void put_param(const struct assumed *a, const struct report *r, enum param p)
{
    const struct lab *lab = r->lab;
    const struct fact *f = &param_table[p];
    bool matters = false;
    for (uint32_t c = 0; c < lab->state.cluster_count; c++) {
        struct acts_done done = done_in(r, c);
        matters = matters || param_matters(p, &done);
    }
    if (!matters)
        return;
    bool alike = true;
    for (uint32_t c = 1; c < lab->state.cluster_count; c++)
        alike = alike && lab->state.clusters[c].db.params[p] == lab->state.clusters[0].db.params[p];
    for (uint32_t c = 0; c < lab->state.cluster_count; c++) {
        char name[CLUSTER_NAME + FACT_TEXT];
        snprintf(name, sizeof name, "%s %s", lab->state.clusters[c].name, f->name);
        if (rests_on(a, f) && (c == 0 || !alike))
            put_fact(a, alike ? f->name : name, f, lab->state.clusters[c].db.params[p]);
    }
}

void report_assumed(const struct report *r,
                    void (*put)(void *ctx, const char *name, const char *value, const char *doc),
                    void *ctx)
{
    const struct lab *lab = r->lab;
    struct assumed a = { put, ctx, verdict_turns_on(r->said), false };
    char value[FMT_ROOM];
    for (uint32_t c = 0; c < lab->state.cluster_count; c++)
        a.dated = a.dated || done_in(r, c).dated;
    put_facts(&a, knob_table, KNOBS, lab->state.knobs.value);
    for (int p = 0; p < PARAMS; p++)
        put_param(&a, r, (enum param)p);
    /* Sockets and clocks that are real cost what they cost. */
    uint32_t first = lab->base->options.live ? COST_RESET_RATE : 0;
    put_facts(&a, cost_table + first, COSTS - first, lab->state.costs + first);
    if (r->hands_phones == 0)
        return;
    if (r->in.hands_minutes == 0)
        put(ctx, "hands_minutes", "by model", "minutes a phone to delete its lists by hand");
    else
        put(ctx, "hands_minutes", count_print(r->in.hands_minutes, value),
            "minutes a phone to delete its lists by hand");
    put(ctx, "people", count_print(r->in.people, value), "how many people go from phone to phone");
    if (!r->in.letter)
        return;
    put(ctx, "users_follow", count_print(r->in.users_follow, value),
        "users of a hundred who do as a letter says");
    put(ctx, "users_hours", count_print(r->in.users_hours, value), "hours within which they do");
}

const char *report_fact_doc(const char *name)
{
    static const struct {
        const struct fact *table;
        uint32_t count;
    } tables[] = { { knob_table, KNOBS }, { param_table, PARAMS }, { cost_table, COSTS } };
    const char *blank = strrchr(name, ' '); /* behind the name of a cluster */
    for (size_t t = 0; t < sizeof tables / sizeof *tables; t++) {
        for (uint32_t i = 0; i < tables[t].count; i++) {
            if (strcmp(tables[t].table[i].name, blank == NULL ? name : blank + 1) == 0)
                return tables[t].table[i].doc;
        }
    }
    return "";
}

/* ---- CSV ---- */

void report_put_csv(FILE *out, const char *text, char after)
{
    if (strpbrk(text, ",\"\r\n") == NULL) {
        fputs(text, out);
    } else {
        fputc('"', out);
        for (const char *p = text; *p != '\0'; p++)
            fprintf(out, *p == '"' ? "\"\"" : "%c", *p);
        fputc('"', out);
    }
    fputc(after, out);
}

struct csv {
    FILE *out;
    const struct report *r;
};

static void put_phone(const struct csv *c, uint32_t phone, uint8_t functions)
{
    const struct lab *lab = c->r->lab;
    char name[DEVICE_NAME], text[128];
    struct wr w = wr_of(text, sizeof text - 1);
    for (int f = 0; f < FUNCTIONS; f++) {
        if ((functions & FSM_BIT(f)) != 0)
            wr_fmt(&w, "%s%s", w.n == 0 ? "" : "; ", lab_function_name((enum phone_function)f));
    }
    text[w.n] = '\0';
    lab_phone_name(lab, phone, name);
    report_put_csv(c->out, name, ',');
    report_put_csv(c->out, model_table[lab->state.phones[phone].model].name, ',');
    report_put_csv(c->out, lab_pool_of(lab, phone), ',');
    report_put_csv(c->out, text, ',');
}

static void put_lost(const struct csv *c, uint32_t phone, const struct lab_loss *loss)
{
    const struct lab *lab = c->r->lab;
    char date[DATE_TEXT], way[WAY_TEXT];
    int first = 0;
    while ((loss->ever & FSM_BIT(first)) == 0)
        first++;
    for (int f = first + 1; f < FUNCTIONS; f++) {
        if ((loss->ever & FSM_BIT(f)) != 0 && loss->first_us[f] < loss->first_us[first])
            first = f;
    }
    put_phone(c, phone, loss->ever);
    report_put_csv(c->out, lab_iso(lab, loss->first_us[first], date), ',');
    report_put_csv(c->out, lab->record.steps[loss->first_step[first]].name, ',');
    way_name(remedies_of(losses_remedies(c->r->in.losses), phone), way);
    report_put_csv(c->out, way, ',');
    report_put_csv(c->out, loss->open != 0 ? "now" : "back", '\n');
}

static void put_ahead(void *ctx, uint32_t phone, uint8_t functions, enum way_kind way,
                      const char *when)
{
    const struct csv *c = ctx;
    put_phone(c, phone, functions);
    report_put_csv(c->out, "", ',');
    report_put_csv(c->out, "", ',');
    report_put_csv(c->out, way_kind_name(way), ',');
    report_put_csv(c->out, when, '\n');
}

void report_csv(FILE *out, const struct report *r)
{
    struct csv c = { out, r };
    fputs("name,model,pool,function,since,step,remedy,when\n", out);
    for (uint32_t i = 0; i < r->phones; i++) {
        struct lab_loss loss;
        if (losses_of(r->in.losses, i, &loss))
            put_lost(&c, i, &loss);
    }
    ahead_csv(r, put_ahead, &c);
}
