/* The rows of the plan: what is done in each step, what to wait for, and what it costs. */
#include "sim/plan/parts.h"

#include "sim/base/count.h"
#include "sim/base/sys.h"
#include "sim/wire/text.h"

#include <ctype.h>
#include <string.h>

/* ---- acts ---- */

/* "Regenerate CallManager": the words of the language as a sentence begins. */
static const char *as_words(struct arena *a, const char *text)
{
    char out[ACT_TEXT];
    size_t n = strcspn(text, " ");
    snprintf(out, sizeof out, "%s", text);
    for (size_t i = 0; i < n && i < sizeof out; i++) {
        if (out[i] == '_')
            out[i] = ' ';
    }
    out[0] = (char)toupper((unsigned char)out[0]);
    return plan_keep(a, out);
}

#define ROWS_TRIED 500 /* of one instant: further back no equal act is looked for */

/* One row of the page while acts are added to it. */
struct row {
    const struct recorded_act *first;
    const char *nodes;
    uint32_t nodes_seen[LAB_CLUSTERS][(CLUSTER_PLACES + 31) / 32];
    uint32_t phones;
};

static bool same_row(const struct row *row, const struct recorded_act *act)
{
    const struct recorded_act *f = row->first;
    if (f->act.kind != act->act.kind || f->at_us != act->at_us || strcmp(f->words, act->words) != 0)
        return false;
    switch (act_table[act->act.kind]->scope) {
    case ON_NODE:
        return (row->nodes_seen[act->cluster][act->act.node / 32] >> act->act.node % 32 & 1) == 0;
    case ON_PHONES:
        return true;
    default:
        return f->cluster != act->cluster;
    }
}

static void add_to_row(struct record *r, struct row *row, const struct recorded_act *act)
{
    char name[LAB_NODE_NAME] = "";
    row->phones += act->phones;
    if (act_table[act->act.kind]->scope == ON_PHONES)
        return;
    if (act_table[act->act.kind]->scope == ON_NODE) {
        lab_node_name(r->lab, (uint32_t)act->cluster << 8 | act->act.node, name);
        row->nodes_seen[act->cluster][act->act.node / 32] |= 1u << act->act.node % 32;
    } else if (r->lab->state.cluster_count > 1) {
        snprintf(name, sizeof name, "%s", r->lab->state.clusters[act->cluster].name);
    }
    if (name[0] != '\0')
        row->nodes = row->nodes == NULL ? plan_keep(r->arena, name)
                                        : plan_fmt(r->arena, "%s, %s", row->nodes, name);
}

static const char *what_of(struct arena *a, const struct row *row)
{
    const char *words = as_words(a, row->first->words);
    if (act_table[row->first->act.kind]->scope == ON_PHONES)
        return plan_fmt(a, "%s: %s", words, COUNTED_OF(row->phones, "phone"));
    return row->nodes == NULL ? words : plan_fmt(a, "%s on %s", words, row->nodes);
}

/* ---- what the table of acts says, for who reads no scenario ---- */

#define WARNINGS 100 /* different ones of a plan; of more none is kept apart */

/* Of words of the language: `days`, `link { site = ... }`, the parameter "service_start_us".  A
 * command of the product in such marks has blanks and no braces. */
static bool has_language(struct view v)
{
    static const char parameter[] = "parameter";
    if (v.n > 0 && memmem(v.p, v.n, parameter, sizeof parameter - 1) != NULL &&
        memchr(v.p, '"', v.n) != NULL)
        return true;
    (void)text_cut(&v, '`');
    while (v.n > 0) {
        struct view code = text_cut(&v, '`');
        if (code.n > 0 &&
            (memchr(code.p, ' ', code.n) == NULL || memchr(code.p, '{', code.n) != NULL))
            return true;
        (void)text_cut(&v, '`');
    }
    return false;
}

/* Without what stands in brackets of that kind. */
static struct view without_brackets(struct arena *a, struct view v)
{
    uint8_t *out = arena_take(a, v.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < v.n; i++) {
        size_t end = i + 1;
        while (v.p[i] == ' ' && i + 1 < v.n && v.p[i + 1] == '(' && end < v.n && v.p[end] != ')')
            end++;
        if (end < v.n && v.p[end] == ')' && has_language(view_sub(v, i, end - i)))
            i = end;
        else
            out[n++] = v.p[i];
    }
    return view_of(out, n);
}

/* The next sentence, with the blank behind it, off the front of *v. */
static struct view sentence(struct view *v)
{
    size_t n = 0;
    while (n < v->n && !(n > 1 && v->p[n - 1] == ' ' && v->p[n - 2] == '.'))
        n++;
    struct view first = view_sub(*v, 0, n);
    *v = view_sub(*v, n, v->n - n);
    return first;
}

const char *plan_page_words(struct arena *a, const char *doc)
{
    struct view left = without_brackets(a, view_str(doc));
    uint8_t *out = arena_take(a, left.n + 1);
    size_t n = 0;
    while (left.n > 0) {
        struct view s = sentence(&left);
        if (has_language(s))
            continue;
        memcpy(out + n, s.p, s.n);
        n += s.n;
    }
    return n == 0 ? NULL : arena_text(a, text_trim(view_of(out, n)));
}

/* What was said already: what a kind of act comes to, and what it asks, stands where it is done for
 * the first time. */
struct said_before {
    bool doc[ACTS];
    const char *warns[WARNINGS];
    uint32_t count;
};

/* The text where it is new; NULL: it was said, or there is none. */
static const char *new_warning(struct said_before *said, const char *text)
{
    for (uint32_t i = 0; i < said->count; i++) {
        if (text == NULL || strcmp(said->warns[i], text) == 0)
            return NULL;
    }
    if (text != NULL && said->count < WARNINGS)
        said->warns[said->count++] = text;
    return text;
}

/* What the page asks, with the first argument where it has a place for it; what it asks "of NAME"
 * besides is said of that argument alone. */
static const char *warning(struct arena *a, const struct recorded_act *act)
{
    static const char of_name[] = "; of ";
    const char *warns = act_table[act->act.kind]->warns;
    const char *argument = strchr(act->words, ' ');
    if (warns == NULL || argument == NULL)
        return warns;
    argument++;
    const char *at = strstr(warns, "{0}"), *of = strstr(warns, of_name), *more = "";
    size_t n = strlen(argument), end = of == NULL ? strlen(warns) : (size_t)(of - warns);
    if (of != NULL) {
        of += sizeof of_name - 1;
        if (strncmp(of, argument, n) == 0 && of[n] == ':')
            more = plan_fmt(a, ".%s", of + n + 1);
    }
    if (at == NULL)
        return plan_fmt(a, "%.*s%s", (int)end, warns, more);
    return plan_fmt(a, "%.*s%s%.*s%s", (int)(at - warns), warns, argument,
                    (int)(warns + end - at - 3), at + 3, more);
}

static void put_row(struct plan *p, struct plan_step *s, const struct row *row,
                    struct said_before *said)
{
    const struct act_row *table = act_table[row->first->act.kind];
    const char *warns = new_warning(said, warning(&p->arena, row->first)), *doc = NULL;
    if (!said->doc[row->first->act.kind])
        doc = plan_page_words(&p->arena, table->doc);
    said->doc[row->first->act.kind] = true;
    struct plan_act *new = plan_more(&p->arena, &s->acts, &s->act_count, &s->act_cap, sizeof *new);
    *new = (struct plan_act){ .what = what_of(&p->arena, row),
                              .where = table->words,
                              .doc = doc,
                              .warns = warns,
                              .at_us = row->first->at_us };
}

/* Acts are written down as time goes: what is done at one instant stands together. */
static struct row *row_of(struct row *rows, uint32_t count, const struct recorded_act *act)
{
    for (uint32_t k = count, tried = 0; k-- > 0 && tried < ROWS_TRIED; tried++) {
        if (rows[k].first->at_us != act->at_us)
            return NULL;
        if (same_row(&rows[k], act))
            return &rows[k];
    }
    return NULL;
}

static void fill_acts(struct plan *p, struct record *r, struct plan_step *s,
                      struct said_before *said)
{
    struct row *rows = NULL;
    uint32_t count = 0, cap = 0;
    for (uint32_t i = 0; i < r->act_count; i++) {
        const struct recorded_act *act = &r->acts[i];
        if (act->step != s->number)
            continue;
        struct row *row = row_of(rows, count, act);
        if (row == NULL) {
            row = plan_more(r->arena, &rows, &count, &cap, sizeof *rows);
            row->first = act;
        }
        add_to_row(r, row, act);
    }
    for (uint32_t k = 0; k < count; k++) {
        put_row(p, s, &rows[k], said);
        if (rows[k].first->act.kind == DO_RESTART)
            plan_add_text(r->arena, &s->restarts,
                          plan_fmt(r->arena, "%s on %s",
                                   service_name((enum service)rows[k].first->act.arg[0]),
                                   rows[k].nodes));
    }
}

/* ---- what to wait for ---- */

static bool has_itl_status(const struct record *r)
{
    for (uint32_t c = 0; c < r->lab->state.cluster_count; c++) {
        if (r->lab->state.clusters[c].version->itl_status)
            return true;
    }
    return false;
}

/* What ends by itself behind an act, and where its end is seen (documented: Command Line Interface
 * Reference; states of replication observed). */
static const struct condition {
    const char *what;
    uint8_t acts[9]; /* enum act_kind; 0, the first of them, is none: it has no end of its own */
} conditions[] = {
    { "replication 2 (Setup Completed) on every node (`utils dbreplication runtimestate`)",
      { DO_DBREPLICATION_RESET, DO_HOSTNAME, DO_ADDRESS, DO_DOMAIN, DO_RESTORE, DO_ADD_NODE,
        DO_SWITCH_VERSION } },
    { "the backup has ended with SUCCESS (`utils disaster_recovery status backup`)",
      { DO_BACKUP } },
    { "the restore has ended with SUCCESS (`utils disaster_recovery status restore`)",
      { DO_RESTORE } },
    { "the node is back, its services run (`utils service list`)",
      { DO_REBOOT, DO_HOSTNAME, DO_ADDRESS, DO_DOMAIN, DO_SWITCH_ON, DO_SWITCH_VERSION, DO_UPGRADE,
        DO_FIPS_ENABLE, DO_FIPS_DISABLE } },
    { "the services run (`utils service list`)",
      { DO_START, DO_RESTART, DO_ACTIVATE, DO_RESTORE } },
};

_Static_assert(DO_REGENERATE == 0, "conditions[].acts ends with it");

static bool was_done(const struct record *r, uint32_t step, const struct condition *c)
{
    for (uint32_t i = 0; i < r->act_count; i++) {
        uint8_t kind = r->acts[i].act.kind;
        if (r->acts[i].step == step && kind != 0 && memchr(c->acts, kind, sizeof c->acts) != NULL)
            return true;
    }
    return false;
}

/* Phones that hold another list than the one served are waited for where they booted in the step;
 * where none did, a later one has to bring it. */
static const char *list_words(const struct plan_step *s, struct arena *a)
{
    if (s->match == s->of_match || s->out.reboots > 0)
        return plan_fmt(a, "; %s of %s hold the ITL that is served now", COUNTED(s->match),
                        COUNTED(s->of_match));
    return plan_fmt(a, "; not for lists: %s of %s take the ITL that is served now at a reset",
                    COUNTED(s->of_match - s->match), COUNTED_OF(s->of_match, "phone"));
}

static void fill_wait(struct plan *p, struct record *r, struct plan_step *s,
                      const struct recorded_point *point)
{
    struct arena *a = &p->arena;
    const char *text = "";
    s->registered = point->registered;
    s->on = point->on;
    s->match = point->match;
    s->of_match = point->of_match;
    s->old = point->old;
    for (size_t i = 0; i < sizeof conditions / sizeof *conditions; i++) {
        const struct condition *c = &conditions[i];
        if (was_done(r, point->step, c))
            text = plan_fmt(a, "%s%s; ", text, c->what);
    }
    s->wait = plan_fmt(a, "%s%s of %s registered%s", text, COUNTED(s->registered),
                       COUNTED_OF(s->on, "phone"), list_words(s, a));
    s->see =
        has_itl_status(r)
            ? "Find and List Phones: columns Status and ITL File Status (SIP phones); RTMT: "
              "Device Search, registered phones"
            : "RTMT: Device Search, registered phones; `show risdb query phone`; the list of a "
              "phone: its menu Trust List, against `show itl` on its TFTP node";
}

/* ---- what it costs ---- */

static void fill_outages(struct plan *p, const struct record *r)
{
    uint32_t count = r->lab->record.step_count;
    struct lab_outage_step *steps = mem_take(&sys_mem, (count + 1) * sizeof *steps);
    lab_outage_steps(r->lab, steps);
    for (uint32_t i = 0; i < p->step_count; i++) {
        const struct lab_outage_step *o = &steps[p->steps[i].number];
        p->steps[i].out = (struct plan_outage){ .phones = o->phones,
                                                .median_us = o->median_once_us,
                                                .most_us = o->most_once_us,
                                                .total_us = o->total_us,
                                                .reboots = o->reboots,
                                                .failovers = o->failovers };
    }
    mem_free(&sys_mem, steps);
}

/* What is no loss of the change, of each row of the report. */
struct share {
    uint32_t phones;
    uint64_t lost_us;
};

static void add_share(const struct report *report, struct share *shares, struct report_row key,
                      uint64_t lost_us)
{
    for (uint32_t i = 0; i < report->count; i++) {
        const struct report_row *row = &report->rows[i];
        if (row->function != key.function || row->open != key.open || row->step != key.step ||
            row->way != key.way || row->back != key.back || row->others != key.others)
            continue;
        shares[i].phones++;
        shares[i].lost_us += lost_us;
    }
}

/* Phones lose at the first boot of the change what any boot would have taken from them. */
static void find_shares(const struct record *r, const struct report *report, struct share *shares)
{
    struct report_row rows[2];
    uint64_t us[2];
    for (uint32_t i = 0; i < r->lab->state.phone_count; i++) {
        uint8_t had = plan_had(r, i);
        for (int f = 0; had != 0 && f < FUNCTIONS; f++) {
            uint32_t n = (had & FSM_BIT(f)) == 0
                             ? 0
                             : report_rows_of(report, i, (enum phone_function)f, rows, us);
            for (uint32_t k = 0; k < n; k++)
                add_share(report, shares, rows[k], us[k]);
        }
    }
}

/* What it came back after, with the step as the page counts them: the lab has one more before the
 * first of the change, and those of the cluster. */
static void put_back(const struct plan *p, const struct record *r, const struct back *b,
                     char out[BACK_TEXT])
{
    struct back here = *b;
    here.step = 0;
    for (uint32_t i = 0; i < p->step_count; i++) {
        if (p->steps[i].number == b->step)
            here.step = (uint16_t)(i + 1);
    }
    back_words(r->lab, &here, out);
}

static void add_loss(struct plan *p, struct record *r, const struct report *report,
                     const struct report_row *row, const struct share *share)
{
    char text[WAY_TEXT], back[BACK_TEXT];
    struct plan_step *s = NULL;
    for (uint32_t k = 0; k < p->step_count && s == NULL; k++)
        s = p->steps[k].number == row->step ? &p->steps[k] : NULL;
    if (s == NULL || row->phones == share->phones)
        return;
    if (row->open)
        way_sentence(r->lab, &report->ways[row->way], text);
    else
        put_back(p, r, returns_back(report->said->returns, row->back), back);
    struct plan_loss *new =
        plan_more(&p->arena, &s->losses, &s->loss_count, &s->loss_cap, sizeof *new);
    *new = (struct plan_loss){ .function = lab_function_name((enum phone_function)row->function),
                               .back = plan_keep(&p->arena, row->open ? text : back),
                               .phones = row->phones - share->phones,
                               .open = row->open,
                               .lost_us = row->lost_us - share->lost_us };
}

static void fill_losses(struct plan *p, struct record *r, const struct report *report)
{
    struct share *shares = mem_take(&sys_mem, ((size_t)report->count + 1) * sizeof *shares);
    memset(shares, 0, ((size_t)report->count + 1) * sizeof *shares);
    find_shares(r, report, shares);
    for (uint32_t i = 0; i < report->count; i++)
        add_loss(p, r, report, &report->rows[i], &shares[i]);
    mem_free(&sys_mem, shares);
}

/* Phones that lost something first in each step. */
static void count_losing(struct plan *p, const struct record *r)
{
    for (uint32_t i = 0; i < r->lab->state.phone_count; i++) {
        struct lab_loss loss;
        uint32_t first = UINT32_MAX;
        if (!losses_of(&r->session->losses, i, &loss))
            continue;
        for (int f = 0; f < FUNCTIONS; f++) {
            uint32_t step = loss.first_step[f] < r->first_step ? loss.step[f] : loss.first_step[f];
            if ((loss.ever & ~plan_had(r, i) & FSM_BIT(f)) != 0 && step >= r->first_step &&
                step < first)
                first = step;
        }
        for (uint32_t k = 0; k < p->step_count; k++)
            p->steps[k].lose += p->steps[k].number == first;
    }
}

/* ---- all of it ---- */

/* What stands before the first step of the change is none where nothing was done in it. */
static bool is_empty(const struct record *r, const struct recorded_point *point)
{
    return point->step == r->first_step && point->acts == 0;
}

static void add_step(struct plan *p, struct record *r, const struct recorded_point *point,
                     struct said_before *said)
{
    const struct lab_step *step = &r->lab->record.steps[point->step];
    struct plan_step *s = plan_more(&p->arena, &p->steps, &p->step_count, &p->step_cap, sizeof *s);
    bool last = point->step + 1u >= r->lab->record.step_count;
    s->name = plan_keep(&p->arena, step->name);
    s->number = point->step;
    s->start_us = step->start_us;
    s->end_us = last ? lab_now_us(r->lab) : step->end_us;
    s->start = plan_time(&p->arena, r->lab, s->start_us);
    s->start_short = plan_time_of_day(&p->arena, r->lab, s->start_us);
    s->under_way = point->under_way;
    fill_acts(p, r, s, said);
}

void plan_fill_steps(struct plan *p, struct record *r, const struct report *report)
{
    struct said_before said = { .count = 0 };
    for (uint32_t i = 0; i < r->point_count; i++) {
        if (!is_empty(r, &r->points[i]))
            add_step(p, r, &r->points[i], &said);
    }
    fill_outages(p, r);
    for (uint32_t i = 0, k = 0; i < r->point_count; i++) {
        if (!is_empty(r, &r->points[i]))
            fill_wait(p, r, &p->steps[k++], &r->points[i]);
    }
    fill_losses(p, r, report);
    count_losing(p, r);
    p->samples = r->samples;
    p->sample_count = r->sample_count;
}
