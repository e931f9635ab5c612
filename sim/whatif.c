#include "sim/whatif.h"

#include "sim/base/sys.h"

#include <string.h>

struct search {
    const struct session *session;
    const struct report *report;
    uint64_t runs; /* still paid for */
    struct report_turns *out;
};

static const struct {
    uint8_t facts; /* enum lab_facts */
    const struct fact *table;
    uint32_t count;
} tables[] = { { LAB_KNOB, knob_table, KNOBS },
               { LAB_PARAM, param_table, PARAMS },
               { LAB_COST, cost_table, COSTS } };

enum { TABLES = sizeof tables / sizeof *tables };

/* As the lab has it at the end: a parameter as its first cluster has it. */
static uint64_t value_of(const struct lab *lab, uint8_t facts, uint32_t index)
{
    if (facts == LAB_KNOB)
        return lab->state.knobs.value[index];
    if (facts == LAB_COST)
        return lab->state.costs[index];
    return lab->state.cluster_count > 0 ? lab->state.clusters[0].db.params[index]
                                        : lab->state.params[index];
}

/* The verdict of the same run with the fact turned; false: it could not be run. */
static bool run_again(const struct search *w, const struct lab_turn *turn, char out[VERDICT_TEXT])
{
    struct session_options o = w->session->options;
    struct err e = { "" };
    struct report report;
    o.lab.turn = *turn;
    o.trace = o.dump = NULL;
    o.explain_count = 0;
    o.announce = o.notes = o.script.out = NULL;
    o.script.progress = NULL;
    struct session *s = session_new(&o, &e);
    bool ok = s != NULL && session_run(s, &e) <= SCRIPT_FAILED;
    if (ok) {
        session_report(s, w->report->in.hands_minutes, w->report->in.people, &report);
        memcpy(out, report.verdict, VERDICT_TEXT);
        report_free(&report);
    }
    session_free(s);
    return ok;
}

static void try_value(struct search *w, const struct fact *f, struct lab_turn turn, uint64_t was)
{
    struct report_turns *t = w->out;
    char verdict[VERDICT_TEXT];
    if (!run_again(w, &turn, verdict))
        return;
    mem_reserve(&sys_mem, (void **)&t->list, &t->cap, (size_t)t->count + 1, sizeof *t->list);
    struct report_turn *new = &t->list[t->count++];
    memset(new, 0, sizeof *new);
    new->name = f->name;
    fact_print(f, was, new->was);
    fact_print(f, turn.value, new->is);
    new->other = strcmp(verdict, w->report->verdict) != 0;
    memcpy(new->verdict, verdict, VERDICT_TEXT);
}

/* The other values of a fact: at most two. */
static uint32_t others(const struct fact *f, uint64_t was, uint64_t out[2])
{
    uint32_t n = 0;
    if (f->unit == UNIT_SWITCH) {
        out[n++] = !was;
        return n;
    }
    if (was / 2 >= f->min && was / 2 < was)
        out[n++] = was / 2;
    if (was > 0 && was <= f->max / 2)
        out[n++] = was * 2;
    return n;
}

/* Knobs that are the two ends of a range: one turned to where the other is, or beyond, would be
 * another question: what if all of them did it at the same instant. */
static const struct {
    uint8_t low, high; /* enum knob */
} ranges[] = { { KNOB_BOOT_MIN_US, KNOB_BOOT_MAX_US } };

static bool in_range(const struct lab *lab, uint8_t facts, uint32_t index, uint64_t value)
{
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges && facts == LAB_KNOB; i++) {
        if (index == ranges[i].low && value >= lab->state.knobs.value[ranges[i].high])
            return false;
        if (index == ranges[i].high && value <= lab->state.knobs.value[ranges[i].low])
            return false;
    }
    return true;
}

static void try_fact(struct search *w, uint8_t facts, const struct fact *f, uint32_t index)
{
    uint64_t was = value_of(w->report->lab, facts, index), values[2];
    uint32_t all = others(f, was, values), n = 0;
    for (uint32_t i = 0; i < all; i++) {
        if (in_range(w->report->lab, facts, index, values[i]))
            values[n++] = values[i];
    }
    w->out->facts++;
    if (n == 0 || w->runs < n) {
        w->out->not_tried++;
        return;
    }
    w->runs -= n;
    for (uint32_t i = 0; i < n; i++)
        try_value(w, f, (struct lab_turn){ facts, index, values[i] }, was);
}

struct asked {
    const char *name;
    bool named;
};

static void is_named(void *ctx, const char *name, const char *value, const char *doc)
{
    struct asked *a = ctx;
    size_t n = strlen(name), k = strlen(a->name);
    (void)value, (void)doc;
    /* "service_start_us", or "HQ service_start_us" where clusters differ. */
    a->named |= n >= k && strcmp(name + n - k, a->name) == 0 && (n == k || name[n - k - 1] == ' ');
}

/* What the report names, and nothing else. */
static bool rests_on(const struct search *w, const struct fact *f)
{
    struct asked a = { f->name, false };
    report_assumed(w->report, is_named, &a);
    return a.named;
}

/* Switches first: each is a question that sources answer in two ways. */
static void try_all(struct search *w, bool switches)
{
    for (int t = 0; t < TABLES; t++) {
        for (uint32_t i = 0; i < tables[t].count; i++) {
            const struct fact *f = &tables[t].table[i];
            if ((f->unit == UNIT_SWITCH) == switches && rests_on(w, f))
                try_fact(w, tables[t].facts, f, i);
        }
    }
}

void whatif_find(const struct session *s, const struct report *report, uint64_t events,
                 struct report_turns *out)
{
    const struct driver *d = s->lab->driver;
    uint64_t cost = d->events(d->self);
    struct search w = {
        .session = s, .report = report, .runs = events / (cost > 0 ? cost : 1), .out = out
    };
    memset(out, 0, sizeof *out);
    try_all(&w, true);
    try_all(&w, false);
}

void whatif_free(struct report_turns *t)
{
    mem_free(&sys_mem, t->list);
    memset(t, 0, sizeof *t);
}
