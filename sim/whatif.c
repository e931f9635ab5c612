#include "sim/whatif.h"

#include "sim/base/sys.h"
#include "sim/predict/sample.h"

#include <stdio.h>
#include <string.h>

/* A fleet that is too large is tried with some phones of each kind. */
#define EACH 4   /* of a kind */
#define MOST 400 /* together */

struct search {
    const struct session *session;
    const struct report *report;
    uint64_t runs; /* still paid for */
    struct report_turns *out;
    char compared[VERDICT_TEXT]; /* with nothing turned */
    uint32_t *only;              /* the phones that are there; NULL: all */
    uint32_t only_count;
};

static const struct {
    uint8_t facts; /* enum lab_facts */
    const struct fact *table;
    uint32_t count;
} tables[] = { { LAB_KNOB, knob_table, KNOBS },
               { LAB_PARAM, param_table, PARAMS },
               { LAB_COST, cost_table, COSTS } };

enum { TABLES = sizeof tables / sizeof *tables };

/* As the lab has it at the end. */
static uint64_t value_of(const struct lab *lab, const struct lab_turn *t)
{
    if (t->facts == LAB_KNOB)
        return lab->state.knobs.value[t->index];
    if (t->facts == LAB_COST)
        return lab->state.costs[t->index];
    return lab->state.cluster_count > 0
               ? lab->state.clusters[t->cluster > 0 ? t->cluster - 1 : 0].db.params[t->index]
               : lab->state.params[t->index];
}

/* How a run ended. */
struct ending {
    char verdict[VERDICT_TEXT], compared[VERDICT_TEXT];
    uint64_t events, work; /* of the run, and with all that was tried in it */
};

/* How many phones are under way at the end is a matter of the second at which a run ends: where
 * nothing comes of it, it makes no other verdict. */
static void compare_by(const struct report *r, char out[VERDICT_TEXT])
{
    struct verdict said = *r->said;
    if (said.left.phones == 0)
        said.left.under_way = said.left.under_way > 0;
    verdict_text(&said, r->lab, out);
}

/* A scenario that waits for phones that are not there waits for ever. */
struct patience {
    uint64_t until_us;
    volatile sig_atomic_t over;
};

static void look_at_time(void *ctx, uint64_t now_us)
{
    struct patience *p = ctx;
    p->over = now_us > p->until_us;
}

/* As the report names it: "HQ service_start_us" where clusters differ. */
static const char *name_of(const struct lab *lab, const struct fact *f, const struct lab_turn *t,
                           char out[CLUSTER_NAME + FACT_TEXT])
{
    bool one = t->cluster > 0;
    snprintf(out, CLUSTER_NAME + FACT_TEXT, "%s%s%s",
             one ? lab->state.clusters[t->cluster - 1].name : "", one ? " " : "", f->name);
    return out;
}

/* A run that comes to no report of its own: what came of it stands in place of the verdict, for it
 * is another one. "": somebody stopped it. */
static void no_report(const struct search *w, enum script_result result, const struct err *e,
                      struct ending *out)
{
    out->verdict[0] = '\0';
    if (result == SCRIPT_ERROR)
        snprintf(out->verdict, sizeof out->verdict, "the scenario ends with an error: %.300s",
                 e->text);
    else if (w->only != NULL)
        snprintf(out->verdict, sizeof out->verdict, "it takes more than twice as long");
    memcpy(out->compared, out->verdict, sizeof out->compared);
}

/* The same run with the fact turned; false: there is no report of it. */
static bool run_again(const struct search *w, const struct lab_turn *turn, struct ending *out)
{
    struct session_options o = w->session->options;
    struct patience patience = { 2 * lab_now_us(w->session->lab), 0 };
    struct err e = { "" };
    struct report report;
    o.lab.turn = *turn;
    o.lab.only = w->only;
    o.lab.only_count = w->only_count;
    o.lab.bytes = false; /* the outcome is the same, and keys take their time */
    o.trace = o.dump = o.pcap = NULL;
    o.explain_count = 0;
    o.announce = o.notes = o.script.out = NULL;
    o.script.progress = w->only == NULL ? NULL : look_at_time;
    o.script.progress_ctx = &patience;
    o.script.stop = w->only == NULL ? o.script.stop : &patience.over;
    struct session *s = session_new(&o, &e);
    enum script_result result = s == NULL ? SCRIPT_ERROR : session_run(s, &e);
    bool ok = result <= SCRIPT_FAILED;
    no_report(w, result, &e, out);
    if (ok) {
        session_report(s, w->report->in.hands_minutes, w->report->in.people, &report);
        memcpy(out->verdict, report.verdict, sizeof out->verdict);
        compare_by(&report, out->compared);
        out->events = s->lab->driver->events(s->lab->driver->self);
        out->work = lab_work(s->lab);
        report_free(&report);
    }
    session_free(s);
    return ok;
}

static void try_value(struct search *w, const struct fact *f, struct lab_turn turn, uint64_t was)
{
    char name[CLUSTER_NAME + FACT_TEXT];
    struct report_turns *t = w->out;
    struct ending end;
    if (!run_again(w, &turn, &end) && end.verdict[0] == '\0')
        return;
    mem_reserve(&sys_mem, (void **)&t->list, &t->cap, (size_t)t->count + 1, sizeof *t->list);
    struct report_turn *new = &t->list[t->count++];
    memset(new, 0, sizeof *new);
    memcpy(new->name, name_of(w->report->lab, f, &turn, name), sizeof new->name);
    fact_print(f, was, new->was);
    fact_print(f, turn.value, new->is);
    new->other = strcmp(end.compared, w->compared) != 0;
    memcpy(new->verdict, end.verdict, VERDICT_TEXT);
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

static uint32_t values_of(const struct lab *lab, const struct fact *f, const struct lab_turn *t,
                          uint64_t out[2])
{
    uint32_t all = others(f, value_of(lab, t), out), n = 0;
    for (uint32_t i = 0; i < all; i++) {
        if (in_range(lab, t->facts, t->index, out[i]))
            out[n++] = out[i];
    }
    return n;
}

/* What work costs, and how much is done at a time, tells only where there are all phones. */
static bool is_load(const struct lab_turn *t)
{
    return t->facts == LAB_COST || (t->facts == LAB_PARAM && t->index == PARAM_MAX_SERVING);
}

static void try_fact(struct search *w, const struct fact *f, struct lab_turn t)
{
    uint64_t was = value_of(w->report->lab, &t), values[2];
    uint32_t n = values_of(w->report->lab, f, &t, values);
    w->out->facts++;
    if (n == 0 || w->runs < n || (w->only != NULL && is_load(&t))) {
        w->out->not_tried++;
        return;
    }
    w->runs -= n;
    for (uint32_t i = 0; i < n; i++) {
        t.value = values[i];
        try_value(w, f, t, was);
    }
}

struct asked {
    const char *name;
    bool named;
};

static void is_named(void *ctx, const char *name, const char *value, const char *doc)
{
    struct asked *a = ctx;
    (void)value, (void)doc;
    a->named |= strcmp(name, a->name) == 0;
}

typedef void each_turn(struct search *w, const struct fact *f, struct lab_turn t);

/* What the report names, and nothing else: once for all clusters, or for each by itself where they
 * differ, for what they differ in is no assumption about all of them. */
static void for_fact(struct search *w, uint8_t facts, uint32_t index, const struct fact *f,
                     each_turn *each)
{
    const struct lab *lab = w->report->lab;
    uint32_t last = facts == LAB_PARAM ? lab->state.cluster_count : 0;
    for (uint32_t c = 0; c <= last; c++) {
        struct lab_turn t = { .facts = facts, .cluster = (uint8_t)c, .index = index };
        char name[CLUSTER_NAME + FACT_TEXT];
        struct asked a = { name_of(lab, f, &t, name), false };
        report_assumed(w->report, is_named, &a);
        if (a.named)
            each(w, f, t);
    }
}

/* Switches first: each is a question that sources answer in two ways. */
static void for_all(struct search *w, each_turn *each)
{
    for (int n = 0; n < 2 * TABLES; n++) {
        for (uint32_t i = 0; i < tables[n % TABLES].count; i++) {
            const struct fact *f = &tables[n % TABLES].table[i];
            if ((f->unit == UNIT_SWITCH) == (n < TABLES))
                for_fact(w, tables[n % TABLES].facts, i, f, each);
        }
    }
}

/* How many runs it would take. */
static void count_runs(struct search *w, const struct fact *f, struct lab_turn t)
{
    uint64_t values[2];
    w->runs += values_of(w->report->lab, f, &t, values);
}

static uint64_t all_runs(struct search *w)
{
    w->runs = 0;
    for_all(w, count_runs);
    return w->runs;
}

/* So much of what is tried in a run is paid for by one of its events: a run that looks for remedies
 * in several clusters has few of its own. */
#define WORK_AN_EVENT 8

static uint64_t runs_for(uint64_t events, uint64_t of_one, uint64_t work)
{
    uint64_t cost = work / WORK_AN_EVENT > of_one ? work / WORK_AN_EVENT : of_one;
    return events / (cost > 0 ? cost : 1);
}

/* Where nothing but the number of phones makes a difference. */
static void take_some(struct search *w, uint64_t events)
{
    uint32_t phones = w->report->lab->state.phone_count;
    const struct lab_turn none = { .facts = LAB_NO_FACT };
    struct ending end;
    w->only = mem_take(&sys_mem, ((size_t)phones + 1) * sizeof *w->only);
    w->only_count = sample_find(w->report->in.losses, EACH, MOST, w->only);
    bool few = w->only_count > 0 && w->only_count <= phones / 2;
    if (few && run_again(w, &none, &end)) {
        memcpy(w->out->verdict, end.verdict, sizeof w->out->verdict);
        memcpy(w->compared, end.compared, sizeof w->compared);
        /* To build the lab takes time for each phone, there or not. */
        w->runs = runs_for(events, end.events + phones / 2 + 1, end.work);
        w->out->phones = w->only_count;
        return;
    }
    mem_free(&sys_mem, w->only);
    w->only = NULL;
}

void whatif_find(const struct session *s, const struct report *report, uint64_t events,
                 struct report_turns *out)
{
    const struct driver *d = s->lab->driver;
    uint64_t cost = d->events(d->self);
    struct search w = { .session = s, .report = report, .out = out };
    memset(out, 0, sizeof *out);
    memcpy(out->verdict, report->verdict, sizeof out->verdict);
    compare_by(report, w.compared);
    uint64_t all = all_runs(&w);
    w.runs = runs_for(events, cost, lab_work(s->lab));
    if (w.runs < all && events > 0)
        take_some(&w, events);
    for_all(&w, try_fact);
    mem_free(&sys_mem, w.only);
}

void whatif_free(struct report_turns *t)
{
    mem_free(&sys_mem, t->list);
    memset(t, 0, sizeof *t);
}
