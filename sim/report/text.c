/* The report as text.  An administrator must understand it without a manual. */
#include "sim/base/sys.h"
#include "sim/report/ahead.h"
#include "sim/report/expiry.h"
#include "sim/report/fmt.h"
#include "sim/report/front.h"
#include "sim/report/letter.h"
#include "sim/report/operations.h"
#include "sim/report/others.h"
#include "sim/report/outage.h"
#include "sim/report/places.h"
#include "sim/report/rows.h"
#include "sim/report/story.h"
#include "sim/report/walk.h"

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
    snprintf(out, WAY_TEXT, "%s%s%s%s", b->kind == BACK_NOT ? "" : "came back ",
             after ? "after: " : "", words, row->others ? ", the last time" : "");
}

/* Minutes of what is lost still have an end only where somebody said when. */
static const char *minutes_of(const struct report *r, const struct report_row *row,
                              char out[FMT_ROOM])
{
    return row->open && !r->in.about.until ? "open" : fmt_minutes(row->lost_us, out);
}

static void put_row(FILE *out, const struct report *r, const struct report_row *row, int step_width)
{
    const struct lab *lab = r->lab;
    const struct way *way = &r->ways[row->way];
    char phones[FMT_ROOM], minutes[FMT_ROOM], step[160], cell[FMT_CELL], title[WAY_TEXT],
        after[WAY_TEXT];
    way_title(way, title);
    row_after(r, row, after);
    snprintf(step, sizeof step, "%u  %s", row->step, lab->record.steps[row->step].name);
    const char *name = lab_function_name((enum phone_function)row->function);
    /* What does not fit beside them stands below. */
    bool fits = 65 + (size_t)step_width + strlen(after) <= FMT_WIDTH;
    fmt_cell(step, (size_t)step_width, cell);
    if (!fits)
        cell[strlen(step) < strlen(cell) ? strlen(step) : strlen(cell)] = '\0';
    fprintf(out, "%-19s %-16s %9s %14s  %s%s%s\n", title, name, count_print(row->phones, phones),
            minutes_of(r, row, minutes), cell, fits ? "  " : "\n    ", after);
}

static void put_table(FILE *out, const struct report *r)
{
    const struct lab *lab = r->lab;
    char until[DATE_TEXT];
    int step_width = 10;
    bool open = false;
    for (uint32_t i = 0; i < r->count; i++) {
        int n = 1 + snprintf(NULL, 0, "%u  %s", r->rows[i].step,
                             lab->record.steps[r->rows[i].step].name);
        step_width = n > step_width ? n : step_width;
        open |= r->rows[i].open;
    }
    step_width = step_width > 32 ? 32 : step_width;
    fprintf(out, "%-19s %-16s %9s %14s  %-*s  %s\n", "Outcome", "Lost", "Phones", "Phone-minutes",
            step_width, "Since step", "What brings it back");
    for (uint32_t i = 0; i < r->count; i++)
        put_row(out, r, &r->rows[i], step_width);
    if (open && r->in.about.until)
        fprintf(out, "Minutes of what is lost still are those up to %s.\n",
                lab->base->options.dated ? lab_date(lab, lab_now_us(lab), until)
                                         : "the end of the run");
    else if (open)
        fputs("open: lost still when the run ended; --until TIME gives it an end.\n", out);
    fputc('\n', out);
}

/* How far was looked for something better. */
static void put_bound(FILE *out, const struct way_bound *b)
{
    if (b->sequences == 0)
        return;
    fprintf(out, "Tried before saying so: %s of up to %u of %s%s, with resets after each.\n",
            COUNTED_OF(b->sequences, "sequence"), (unsigned)b->longest, COUNTED_OF(b->acts, "act"),
            b->whole ? "" : " (not all that there are)");
}

/* "1 person", "12 people". */
static char *people_of(uint32_t people, char out[FMT_ROOM])
{
    snprintf(out, FMT_ROOM, "%.30s %s", COUNTED(people), people == 1 ? "person" : "people");
    return out;
}

/* "1.0 hours": of tenths. */
static char *hours_of(uint64_t tenths, char out[FMT_ROOM])
{
    snprintf(out, FMT_ROOM, "%.30s.%u hours", COUNTED(tenths / 10), (unsigned)(tenths % 10));
    return out;
}

static void put_hands(FILE *out, const struct report *r)
{
    uint32_t count = r->hands_phones;
    char people[FMT_ROOM], hours[FMT_ROOM];
    if (count == 0)
        return;
    fprintf(out, "Hands: %s, %s of work", COUNTED_OF(count, "phone"),
            COUNTED_OF(r->hands_minutes, "minute"));
    if (r->hands_minutes % count == 0)
        fprintf(out, " at %s a phone", COUNTED(r->hands_minutes / count));
    fprintf(out, "; with %s %s, walking not counted.\n", people_of(r->in.people, people),
            hours_of(report_hands_tenths(r), hours));
    if (r->hands_done > 0)
        fprintf(out, "Somebody was at %s of them in this run.\n",
                r->hands_done == count ? "each" : COUNTED(r->hands_done));
    put_bound(out, &losses_remedies(r->in.losses)->bound);
    fputs("(--set hands_minutes=N, --set people=N)\n\n", out);
}

/* Users are cheaper hands than people who walk: what remains for those. */
static void put_letter(FILE *out, const struct report *r)
{
    struct letter_count c = letter_count(r);
    uint32_t all = c.by_users + c.by_reset + c.by_web + c.by_key, left = all - c.follow;
    char people[FMT_ROOM], hours[FMT_ROOM];
    if (!r->in.letter || all == 0)
        return;
    fprintf(
        out,
        "Letter: the users of %s can do it themselves; if %u of a hundred do, %s %s back within "
        "%s, and %s %s: with %s %s",
        COUNTED_OF(c.by_users, "phone"), r->in.users_follow, COUNTED_OF(c.follow, "phone"),
        c.follow == 1 ? "is" : "are", COUNTED_OF(r->in.users_hours, "hour"), COUNTED(left),
        left == 1 ? "remains" : "remain", people_of(r->in.people, people),
        hours_of(report_tenths(r, c.left_minutes), hours));
    if (c.by_reset > 0)
        fprintf(out, "; %s of these need%s a factory reset", COUNTED(c.by_reset),
                c.by_reset == 1 ? "s" : "");
    if (c.by_web > 0)
        fprintf(out, "; %s of these %s done on %s web page", COUNTED(c.by_web),
                c.by_web == 1 ? "is" : "are", c.by_web == 1 ? "its" : "their");
    if (c.by_key > 0)
        fprintf(out, "; %s of these need%s a symmetric key typed in", COUNTED(c.by_key),
                c.by_key == 1 ? "s" : "");
    fputs(".\n(--set users_follow=N, --set users_hours=N)\n\n", out);
}

static void put_stories(FILE *out, const struct report *r)
{
    for (uint32_t i = 0; i < r->outcome_count; i++) {
        const struct report_outcome *o = &r->outcomes[i];
        char title[WAY_TEXT];
        way_title(&r->ways[o->way], title);
        fprintf(out, "%s: one of %s\n", r->ways[o->way].kind == WAY_NONE ? "Came back" : title,
                COUNTED_OF(o->phones, "phone"));
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
    if (r->in.about.stopped != NULL)
        fprintf(out, "Stopped by %s.\n", r->in.about.stopped);
    report_failed(out, r->in.scenario, r->in.expects, r->in.expect_count);
}

struct lines {
    FILE *out;
    uint32_t count;
};

/* "no", and what it is, of a switch whose words are those of its 1 alone. */
static const char *switch_word(const char *value, const char **doc)
{
    if (strncmp(*doc, "1: ", 3) != 0 || strstr(*doc, "0: ") != NULL)
        return value;
    *doc += 3;
    return strcmp(value, "0") == 0 ? "no" : "yes";
}

/* What it is in words; its name is for scenarios. */
static void put_assumed(void *ctx, const char *name, const char *value, const char *doc)
{
    struct lines *l = ctx;
    const char *word = switch_word(value, &doc);
    if (l->count++ == 0)
        fputs("This result rests on what is assumed:\n", l->out);
    fprintf(l->out, "  %-12s %s (%s)\n", word, doc, name);
}

/* What the verdict would be with another value of what is assumed. */
static void put_turns(FILE *out, const struct report *r)
{
    const struct report_turns *t = r->in.turns;
    if (t == NULL || t->facts == 0)
        return;
    uint32_t tried = t->facts - t->not_tried, others = 0;
    if (t->phones > 0)
        fprintf(out,
                "Turned with %u of the phones, some of each kind (--what-if: with all). Of these "
                "the verdict is: %s.\n",
                t->phones, t->verdict);
    for (uint32_t i = 0; i < t->count; i++) {
        const struct report_turn *turn = &t->list[i];
        if (!turn->other)
            continue;
        if (others++ == 0)
            fputs("The verdict turns on:\n", out);
        if (i == 0 || strcmp(turn->name, t->list[i - 1].name) != 0 || !t->list[i - 1].other)
            fprintf(out, "  %s: %s\n", turn->name, report_fact_doc(turn->name));
        fprintf(out, "    with %s in place of %s: %s\n", turn->is, turn->was, turn->verdict);
    }
    if (tried == 1 && others == 0)
        fputs("With the one of these that was turned the verdict is the same.\n", out);
    else if (tried > 0)
        fprintf(out, "With %s of the %u of these that were turned the verdict is %s.\n",
                others == 0 ? "each" : "every other value", tried,
                others == 0 ? "the same" : "this one");
    if (t->not_tried > 0)
        fprintf(out, "Not turned: %u (--what-if turns all, --no-what-if none).\n", t->not_tried);
}

static void put_all(FILE *out, const struct report *r)
{
    struct lines lines = { out, 0 };
    fprintf(out, "VERDICT: %s\n\n", r->verdict);
    front_print(out, r);
    rows_print(out, r->in.inventories, r->in.inventory_count);
    outage_print(out, r);
    if (r->said->lost > 0)
        put_table(out, r);
    places_print(out, r);
    put_hands(out, r);
    put_letter(out, r);
    walk_print(out, r);
    put_stories(out, r);
    ahead_print(out, r);
    operations_print(out, r);
    expiry_print(out, r);
    others_print(out, r);
    if (r->phones > 0) /* without a phone there is no result */
        report_assumed(r, put_assumed, &lines);
    put_turns(out, r);
}

void report_print(FILE *out, const struct report *r)
{
    struct sys_text text;
    FILE *f = sys_text_open(&text);
    put_all(f, r);
    fclose(f);
    fmt_wrapped(out, view_of(text.p, text.n));
    sys_text_free(&text);
    put_expects(out, r);
}
