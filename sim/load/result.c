#include "sim/load/result.h"

#include "sim/base/check.h"
#include "sim/base/count.h"
#include "sim/base/sys.h"
#include "sim/load/units.h"

#include <inttypes.h>
#include <string.h>

const struct result_percentile result_percentiles[RESULT_PERCENTILES] = {
    { "p50", 5000000 },   { "p90", 9000000 },    { "p99", 9900000 },
    { "p99.9", 9990000 }, { "p99.99", 9999000 },
};

struct result *result_new(void)
{
    struct result *r = mem_take(&sys_mem, sizeof *r);
    memset(r, 0, sizeof *r);
    r->total = tally_of(&sys_mem);
    for (uint32_t i = 0; i < PLAN_PHASES; i++)
        r->phases[i].tally = tally_of(&sys_mem);
    return r;
}

void result_free(struct result *r)
{
    if (r == NULL)
        return;
    tally_free(&r->total);
    for (uint32_t i = 0; i < PLAN_PHASES; i++)
        tally_free(&r->phases[i].tally);
    mem_free(&sys_mem, r);
}

void result_condition(struct result *r, const char *key, const char *value)
{
    CHECK(r->condition_count < RESULT_CONDITIONS);
    struct result_condition *c = &r->conditions[r->condition_count++];
    snprintf(c->key, sizeof c->key, "%s", key);
    snprintf(c->value, sizeof c->value, "%s", value);
}

void result_plan(struct result *r, const struct plan *p, bool open_loop)
{
    r->phase_count = p->phase_count;
    for (uint32_t i = 0; i < p->phase_count; i++) {
        r->phases[i].begin_us = p->phases[i].begin_us;
        r->phases[i].length_us = p->phases[i].length_us;
        r->phases[i].from_milli = open_loop ? p->phases[i].from_milli : 0;
        r->phases[i].to_milli = open_loop ? p->phases[i].to_milli : 0;
    }
}

void result_total(struct result *r)
{
    tally_clear(&r->total);
    for (uint32_t i = 0; i < r->phase_count; i++)
        tally_merge(&r->total, &r->phases[i].tally);
}

static void take_highest(struct result *into, const struct result *from)
{
    if (from->busiest_permille > into->busiest_permille)
        into->busiest_permille = from->busiest_permille;
    if (from->occupied_permille > into->occupied_permille)
        into->occupied_permille = from->occupied_permille;
}

void result_append(struct result *all, const struct result *r)
{
    for (uint32_t i = 0; i < r->phase_count && all->phase_count < PLAN_PHASES; i++) {
        struct result_phase *to = &all->phases[all->phase_count];
        const struct result_phase *before = all->phase_count == 0 ? NULL : to - 1;
        to->begin_us = before == NULL ? 0 : before->begin_us + before->length_us;
        to->length_us = r->phases[i].length_us;
        to->from_milli = r->phases[i].from_milli;
        to->to_milli = r->phases[i].to_milli;
        tally_merge(&to->tally, &r->phases[i].tally);
        all->phase_count++;
    }
    all->wall_us += r->wall_us;
    all->broken_off |= r->broken_off;
    take_highest(all, r);
}

/* ---- adding ---- */

static bool same_conditions(const struct result *a, const struct result *b, struct err *e)
{
    if (a->condition_count != b->condition_count)
        return err_set(e, "another kind of run");
    for (uint32_t i = 0; i < a->condition_count; i++) {
        const struct result_condition *x = &a->conditions[i], *y = &b->conditions[i];
        if (strcmp(x->key, y->key) != 0)
            return err_set(e, "another kind of run");
        if (strcmp(x->value, y->value) != 0)
            return err_set(e, "%s is %s, and %s in the first", x->key, y->value, x->value);
    }
    return true;
}

static bool same_phases(const struct result *a, const struct result *b, struct err *e)
{
    bool same = a->phase_count == b->phase_count;
    for (uint32_t i = 0; same && i < a->phase_count; i++) {
        const struct result_phase *x = &a->phases[i], *y = &b->phases[i];
        same = x->begin_us == y->begin_us && x->length_us == y->length_us &&
               (x->from_milli == 0) == (y->from_milli == 0);
    }
    return same || err_set(e, "other steps, or another duration, than in the first");
}

static bool is_new(const struct result *a, const struct result *b, struct err *e)
{
    for (uint32_t i = 0; i < a->part_count; i++) {
        for (uint32_t k = 0; k < b->part_count; k++) {
            if (a->parts[i] == b->parts[k])
                return err_set(e, "the same run as one before it");
        }
    }
    return a->part_count + b->part_count <= RESULT_PARTS ||
           err_set(e, "more than %d runs", RESULT_PARTS);
}

#define CLOCKS_S 2 /* whole seconds, clocks of two machines, and the start of a program */

/* Rates add up where they were asked for at the same time: for half of the run at least. */
static bool together(const struct result *a, const struct result *b, struct err *e)
{
    const struct result_phase *last = &a->phases[a->phase_count - 1];
    uint64_t between = a->began_s < b->began_s ? (uint64_t)(b->began_s - a->began_s)
                                               : (uint64_t)(a->began_s - b->began_s);
    return between <= CLOCKS_S + (last->begin_us + last->length_us) / 2000000 ||
           err_set(e, "it began %" PRIu64 " s %s the first: they were not measured together",
                   between, a->began_s < b->began_s ? "after" : "before");
}

bool result_add(struct result *into, const struct result *from, struct err *e)
{
    if (!same_conditions(into, from, e) || !same_phases(into, from, e) || !is_new(into, from, e) ||
        !together(into, from, e))
        return false;
    for (uint32_t i = 0; i < from->phase_count; i++) {
        into->phases[i].from_milli += from->phases[i].from_milli;
        into->phases[i].to_milli += from->phases[i].to_milli;
        tally_merge(&into->phases[i].tally, &from->phases[i].tally);
    }
    memcpy(into->parts + into->part_count, from->parts, from->part_count * sizeof *from->parts);
    into->part_count += from->part_count;
    into->began_s = from->began_s < into->began_s ? from->began_s : into->began_s;
    into->ended_s = from->ended_s > into->ended_s ? from->ended_s : into->ended_s;
    into->wall_us = from->wall_us > into->wall_us ? from->wall_us : into->wall_us;
    into->concurrency += from->concurrency;
    into->phones += from->phones;
    into->threads += from->threads;
    take_highest(into, from);
    into->broken_off |= from->broken_off;
    result_total(into);
    return true;
}

/* ---- what it means ---- */

uint64_t result_rate_milli(uint64_t count, uint64_t length_us)
{
    return length_us == 0 ? 0 : (uint64_t)((double)count * 1e9 / (double)length_us + 0.5);
}

uint64_t result_done_milli(const struct tally *t, uint64_t length_us)
{
    return result_rate_milli(t->meanwhile, length_us);
}

#define BUSY_PERMILLE 900  /* of a core: a thread that has no time left */
#define LATE_LEAST_US 2000 /* a loop that is late by less hides no latency that matters here */

bool result_was_late(const struct result *r)
{
    const struct tally *t = &r->total;
    uint64_t late = hist_at(&t->late, 9900000);
    return t->latency.count > 0 && late >= LATE_LEAST_US &&
           late >= tally_latency_at(t, 9900000) / 4;
}

uint32_t result_own_limits(const struct result *r, FILE *into)
{
    const struct tally *t = &r->total;
    bool busy = r->busiest_permille >= BUSY_PERMILLE;
    const struct {
        bool is;
        const char *text;
    } limits[] = {
        { busy, "a thread of the generator had no time left (--threads, --client own)" },
        { !busy && r->occupied_permille >= BUSY_PERMILLE,
          "its thread had to wait for a processor: others, the server too, use those of this "
          "machine" },
        { t->held > 0, "as many connections were open as may be (--open), and requests waited" },
        { t->faults[FAULT_UNBEGUN] > 0, "requests that were due were never begun" },
        { t->faults[FAULT_LOCAL] > 0, "this machine had no port or no memory for connections" },
    };
    uint32_t n = 0;
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        n += limits[i].is;
        if (limits[i].is && into != NULL)
            fprintf(into, "%s%s", n == 1 ? "" : "; ", limits[i].text);
    }
    return n;
}

bool result_is_search(const struct result *r)
{
    for (uint32_t i = 0; i < r->condition_count; i++) {
        if (strncmp(r->conditions[i].value, RESULT_SEARCH, strlen(RESULT_SEARCH)) == 0 &&
            strcmp(r->conditions[i].key, "arrivals") == 0)
            return true;
    }
    return false;
}

/* ---- for people ---- */

static void print_latency(const struct tally *t, FILE *out)
{
    if (t->latency.count == 0) {
        fputs("none: nothing was answered\n", out);
        return;
    }
    for (int i = 0; i < RESULT_PERCENTILES; i++)
        fprintf(out, "%s %s  ", result_percentiles[i].name,
                TIMED(tally_latency_at(t, result_percentiles[i].ppm10)));
    fprintf(out, "max %s\n", TIMED(tally_latency_max(t)));
    if (t->unanswered > 0)
        fprintf(out,
                "            %s never had an answer, and count as later than all others; the last "
                "answer took %s\n",
                COUNTED_OF(t->unanswered, "request"), TIMED(t->latency.max_us));
}

/* What a good answer and a no are called, by the protocol that the target's line begins with. */
static const struct answer_words {
    const char *target, *good, *no;
} answer_words[] = { { "TFTP ", "files", "not found" },
                     { "SIP ", "registered", "rejected" },
                     { "SCCP ", "registered", "rejected" },
                     { "", "trusted", "not trusted" } };

static const struct answer_words *words_of(const struct result *r)
{
    const struct answer_words *w = answer_words;
    const char *target = r->condition_count > 0 ? r->conditions[0].value : "";
    while (strncmp(target, w->target, strlen(w->target)) != 0)
        w++;
    return w;
}

static void print_faults(const struct tally *t, FILE *out)
{
    uint64_t errors = tally_errors(t), all = tally_answers(t) + errors;
    fprintf(out, "Errors      %s", COUNTED(errors));
    if (all > 0)
        fprintf(out, " (%.3g %%)", 100. * (double)errors / (double)all);
    const char *between = ": ";
    for (int i = 0; i < FAULTS; i++) {
        if (t->faults[i] == 0 || i == FAULT_ALERT)
            continue;
        fprintf(out, "%s%s %s", between, tally_fault_names[i], COUNTED(t->faults[i]));
        between = ", ";
    }
    for (int i = 0; i < TALLY_ALERTS; i++) {
        if (t->alerts[i] == 0)
            continue;
        fprintf(out, "%sTLS alert %s %s", between, tally_alert_names[i], COUNTED(t->alerts[i]));
        between = ", ";
    }
    fputc('\n', out);
}

uint64_t result_asked_milli(const struct result_phase *p)
{
    return (p->from_milli + p->to_milli) / 2;
}

uint32_t result_by_rate(const struct result *r, uint32_t order[PLAN_PHASES])
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < r->phase_count; i++) {
        uint64_t rate = result_asked_milli(&r->phases[i]);
        uint32_t at = n++;
        for (; at > 0 && result_asked_milli(&r->phases[order[at - 1]]) > rate; at--)
            order[at] = order[at - 1];
        order[at] = i;
    }
    return n;
}

/* Of a search in the order of the rates, where the knee is seen; else in that of time. */
static void print_steps(const struct result *r, FILE *out)
{
    uint32_t order[PLAN_PHASES];
    if (r->phase_count < 2 && !result_is_search(r))
        return;
    (void)result_by_rate(r, order);
    fprintf(out, "\n%10s %10s %10s %10s %10s %10s %10s\n", "asked/s", "done/s", "p50", "p99",
            "p99.9", "max", "errors");
    for (uint32_t i = 0; i < r->phase_count; i++) {
        const struct result_phase *p = &r->phases[result_is_search(r) ? order[i] : i];
        const struct tally *t = &p->tally;
        fprintf(out, "%10s %10s %10s %10s %10s %10s %10s\n", RATED(result_asked_milli(p)),
                RATED(result_done_milli(&p->tally, p->length_us)),
                TIMED(tally_latency_at(t, 5000000)), TIMED(tally_latency_at(t, 9900000)),
                TIMED(tally_latency_at(t, 9990000)), TIMED(tally_latency_max(t)),
                COUNTED(tally_errors(&p->tally)));
    }
}

uint64_t result_length_us(const struct result *r)
{
    const struct result_phase *last = &r->phases[r->phase_count - 1];
    return r->broken_off && r->wall_us < last->begin_us + last->length_us
               ? r->wall_us
               : last->begin_us + last->length_us;
}

static void print_handshakes(const struct tally *t, FILE *out)
{
    if (t->full + t->resumed > 0)
        fprintf(out, "Handshakes  %s full, %s resumed; %s", COUNTED(t->full), COUNTED(t->resumed),
                COUNTED_OF(t->connections, "connection"));
    else if (t->connections > 0)
        fprintf(out, "Connections %s", COUNTED(t->connections));
    if (t->reconnects > 0)
        fprintf(out, ", %s ended by the server between requests", COUNTED(t->reconnects));
    if (t->connections > 0)
        fputs(t->handshake.count > 0 ? "; " : "\n", out);
    if (t->handshake.count > 0)
        fprintf(out, "p50 %s, p99 %s\n", TIMED(hist_at(&t->handshake, 5000000)),
                TIMED(hist_at(&t->handshake, 9900000)));
}

/* On average. */
static uint64_t asked_milli(const struct result *r)
{
    double asked = 0, length = 0;
    for (uint32_t i = 0; i < r->phase_count; i++) {
        const struct result_phase *p = &r->phases[i];
        asked += ((double)p->from_milli + (double)p->to_milli) / 2 * (double)p->length_us;
        length += (double)p->length_us;
    }
    return (uint64_t)(asked / length + 0.5);
}

#define BEHIND_US 100000 /* behind what ends sooner nobody would see a queue */

/* What the whole came to. */
static void print_sum(const struct result *r, FILE *out)
{
    const struct tally *t = &r->total;
    uint64_t length = result_length_us(r);
    if (r->concurrency > 0)
        fprintf(out, "Load        %s always under way", COUNTED(r->concurrency));
    else
        fprintf(out, "Load        %s/s asked", RATED(asked_milli(r)));
    fprintf(out, ", %s, %s, %s\n", TIMED(length), COUNTED_OF(r->phones, "phone"),
            COUNTED_OF(r->threads, "thread"));
    fprintf(out, "Done        %s/s: %s answered, %s %s, %s %s%s\n",
            RATED(result_done_milli(t, length)), COUNTED(tally_answers(t)), COUNTED(t->trusted),
            words_of(r)->good, COUNTED(t->not_trusted), words_of(r)->no,
            r->broken_off ? "; broken off" : "");
    fputs("Latency     ", out);
    print_latency(t, out);
    if (!r->broken_off && r->wall_us > length + BEHIND_US)
        fprintf(out, "            the last one ended %s after no more were begun\n",
                TIMED(r->wall_us - length));
}

void result_print(const struct result *r, FILE *out)
{
    const struct tally *t = &r->total;
    for (uint32_t i = 0; i < r->condition_count; i++)
        fprintf(out, "%c%-11s%s\n", r->conditions[i].key[0] - 'a' + 'A', r->conditions[i].key + 1,
                r->conditions[i].value);
    if (!result_is_search(r))
        print_sum(r, out);
    print_handshakes(t, out);
    print_faults(t, out);
    fprintf(out, "Generator   busiest thread %u.%u %% of a core, began late by p99 %s, max %s\n",
            r->busiest_permille / 10, r->busiest_permille % 10, TIMED(hist_at(&t->late, 9900000)),
            TIMED(t->late.max_us));
    if (result_own_limits(r, NULL) > 0) {
        fputs("            the generator, not the server alone, is the bottleneck: ", out);
        result_own_limits(r, out);
        fputc('\n', out);
    } else if (result_was_late(r)) {
        fputs("            the generator was late itself, which is part of the latencies: others, "
              "the "
              "server too, use the processors of this machine\n",
              out);
    }
    print_steps(r, out);
}
