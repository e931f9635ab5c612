/* The report as text.  An administrator must understand it without a manual. */
#include "sim/report/ahead.h"
#include "sim/report/fmt.h"
#include "sim/report/report.h"
#include "sim/report/rows.h"
#include "sim/report/story.h"

#include <inttypes.h>
#include <string.h>

/* What brought a function back, or will. */
static void row_after(const struct report *r, const struct report_row *row, char out[WAY_TEXT])
{
    const struct back *b = returns_back(r->said->returns, row->back);
    char words[BACK_TEXT];
    if (row->open) {
        way_after(r->lab, &r->ways[row->way], out);
        return;
    }
    back_words(r->lab, b, words);
    bool after = b->kind != BACK_BY_ITSELF && b->kind != BACK_NOT;
    snprintf(out, WAY_TEXT, "%s%s%s", b->kind == BACK_NOT ? "" : "came back ",
             after ? "after: " : "", words);
}

static void put_table(FILE *out, const struct report *r)
{
    const struct lab *lab = r->lab;
    int step_width = 10;
    for (uint32_t i = 0; i < r->count; i++) {
        int n = (int)strlen(lab->record.steps[r->rows[i].step].name) + 4;
        step_width = n > step_width ? n : step_width;
    }
    step_width = step_width > 44 ? 44 : step_width;
    fprintf(out, "%-19s %-16s %9s %14s  %-*s  %s\n", "Outcome", "Lost", "Phones", "Phone-minutes",
            step_width, "Since step", "What brings it back");
    for (uint32_t i = 0; i < r->count; i++) {
        const struct report_row *row = &r->rows[i];
        const struct way *way = &r->ways[row->way];
        char phones[FMT_ROOM], minutes[FMT_ROOM], step[160], title[WAY_TEXT], after[WAY_TEXT];
        way_title(way, title);
        row_after(r, row, after);
        snprintf(step, sizeof step, "%u  %s", row->step, lab->record.steps[row->step].name);
        fprintf(out, "%-19s %-16s %9s %14s  %-*.*s  %s\n", title,
                lab_function_name((enum phone_function)row->function),
                fmt_count(row->phones, phones), fmt_minutes(row->lost_us, row->open, minutes),
                step_width, step_width, step, after);
    }
    bool open = false;
    for (uint32_t i = 0; i < r->count; i++)
        open |= r->rows[i].open;
    if (open)
        fputs(">=: lost still when the run ended.\n", out);
    fputc('\n', out);
}

/* How far was looked for something better. */
static void put_bound(FILE *out, const struct way_bound *b)
{
    char sequences[FMT_ROOM], acts[FMT_ROOM];
    if (b->sequences == 0)
        return;
    fprintf(out,
            "Tried before saying so: %s sequence%s of up to %u of %s acts%s, with resets behind "
            "each.\n",
            fmt_count(b->sequences, sequences), b->sequences == 1 ? "" : "s", (unsigned)b->longest,
            fmt_count(b->acts, acts), b->whole ? "" : " (not all that there are)");
}

static void put_hands(FILE *out, const struct report *r)
{
    uint32_t count = r->hands_phones;
    char phones[FMT_ROOM], minutes[FMT_ROOM];
    if (count == 0)
        return;
    uint64_t tenths = report_hands_tenths(r);
    fprintf(out, "Hands: %s phone%s, %s minutes of work", fmt_count(count, phones),
            count == 1 ? "" : "s", fmt_count(r->hands_minutes, minutes));
    if (r->hands_minutes % count == 0)
        fprintf(out, " at %" PRIu64 " a phone", r->hands_minutes / count);
    fprintf(out, "; with %u %s %" PRIu64 ".%" PRIu64 " hours, walking not counted.\n", r->in.people,
            r->in.people == 1 ? "person" : "people", tenths / 10, tenths % 10);
    if (r->hands_done > 0)
        fprintf(out, "Somebody was at %s of them in this run.\n",
                r->hands_done == count ? "each" : fmt_count(r->hands_done, phones));
    put_bound(out, &losses_remedies(r->in.losses)->bound);
    fputs("(--set hands_minutes=N, --set people=N)\n\n", out);
}

static void put_stories(FILE *out, const struct report *r)
{
    for (uint32_t i = 0; i < r->outcome_count; i++) {
        const struct report_outcome *o = &r->outcomes[i];
        char phones[FMT_ROOM], title[WAY_TEXT];
        way_title(&r->ways[o->way], title);
        fprintf(out, "%s: one of %s phone%s\n",
                r->ways[o->way].kind == WAY_NONE ? "Came back" : title,
                fmt_count(o->phones, phones), o->phones == 1 ? "" : "s");
        story_print(out, r->in.losses, o->example);
        fputc('\n', out);
    }
}

uint32_t report_failed(FILE *out, const char *scenario, const struct script_expect *expects,
                       uint32_t count)
{
    uint32_t failed = 0;
    for (uint32_t i = 0; i < count; i++) {
        const struct script_expect *e = &expects[i];
        if (e->passed)
            continue;
        failed++;
        fprintf(out, "%s:%u: FAILED: %s: expected %s, got %s\n", scenario, e->line, e->text,
                e->expected, e->actual);
    }
    return failed;
}

static void put_expects(FILE *out, const struct report *r)
{
    uint32_t failed = report_failed(out, r->in.scenario, r->in.expects, r->in.expect_count);
    if (r->in.expect_count > 0)
        fprintf(out, "Expected: %u passed, %u failed.\n", r->in.expect_count - failed, failed);
}

void report_quiet(FILE *out, const struct report *r)
{
    fprintf(out, "VERDICT: %s\n", r->verdict);
    report_failed(out, r->in.scenario, r->in.expects, r->in.expect_count);
}

struct line {
    FILE *out;
    size_t column;
};

static void put_assumed(void *ctx, const char *name, const char *value, const char *doc)
{
    struct line *l = ctx;
    (void)doc;
    size_t n = strlen(name) + strlen(value) + 3;
    bool begins = l->column == 0;
    if (begins)
        fputs("This result rests on assumed: ", l->out);
    else
        fputs(l->column + n > 98 ? ",\n  " : ", ", l->out);
    l->column = begins ? 30 + n : l->column + n > 98 ? 2 + n : l->column + n;
    fprintf(l->out, "%s %s", name, value);
}

void report_print(FILE *out, const struct report *r)
{
    const struct lab *lab = r->lab;
    char clock[FMT_ROOM], phones[FMT_ROOM];
    fprintf(out, "VERDICT: %s\n\n", r->verdict);
    fprintf(out, "%s: ", r->in.scenario);
    for (uint32_t i = 0; i < lab->state.cluster_count; i++)
        fprintf(out, "%s %s (%u node%s), ", lab->state.clusters[i].name,
                lab->state.clusters[i].version->name, lab->state.clusters[i].node_count,
                lab->state.clusters[i].node_count == 1 ? "" : "s");
    fprintf(out, "%s phones, %s, seed %" PRIu64 ", identity %" PRIu64 "\n",
            fmt_count(r->phones, phones), fmt_short_clock(lab_now_us(lab), clock),
            lab->base->options.seed, lab->base->options.identity);
    for (uint32_t i = 0; i < r->in.param_count; i++) {
        const struct script_param *p = &r->in.params[i];
        fprintf(out, "%s%s=%s%s%s%s", i == 0 ? "  with " : ", ", p->name, p->value,
                strcmp(p->value, p->standard) == 0 ? "" : " (default ",
                strcmp(p->value, p->standard) == 0 ? "" : p->standard,
                strcmp(p->value, p->standard) == 0 ? "" : ")");
    }
    fputs(r->in.param_count == 0 ? "\n" : "\n\n", out);
    rows_print(out, r->in.inventories, r->in.inventory_count);
    if (r->said->lost > 0)
        put_table(out, r);
    put_hands(out, r);
    put_stories(out, r);
    ahead_print(out, r);
    struct line line = { out, 0 };
    report_assumed(r, put_assumed, &line);
    if (line.column > 0)
        fputs(".\n", out);
    put_expects(out, r);
}
