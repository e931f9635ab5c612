#include "sim/load/slo.h"

#include "sim/load/units.h"
#include "sim/wire/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define MILLION 1000000u

static const struct metric {
    const char *name;
    enum slo_metric metric;
} metrics[] = { { "max", SLO_MAX },
                { "mean", SLO_MEAN },
                { "errors", SLO_ERRORS },
                { "not-trusted", SLO_NOT_TRUSTED },
                { "rate", SLO_RATE } };

/* The longer first. */
static const struct order {
    const char *sign;
    enum slo_order order;
} orders[] = {
    { "<=", SLO_AT_MOST }, { ">=", SLO_AT_LEAST }, { "<", SLO_BELOW }, { ">", SLO_ABOVE }
};

static bool starts(struct view v, const char *word)
{
    size_t n = strlen(word);
    return v.n >= n && memcmp(v.p, word, n) == 0;
}

static bool read_metric(struct view *v, struct slo_term *t)
{
    uint64_t n;
    for (size_t i = 0; i < sizeof metrics / sizeof *metrics; i++) {
        if (!starts(*v, metrics[i].name))
            continue;
        t->metric = metrics[i].metric;
        *v = view_sub(*v, strlen(metrics[i].name), v->n - strlen(metrics[i].name));
        return true;
    }
    if (!starts(*v, "p"))
        return false;
    *v = view_sub(*v, 1, v->n - 1);
    if (!units_number(v, 5, HIST_WHOLE, &n) || n == 0)
        return false;
    t->metric = SLO_PERCENTILE;
    t->ppm10 = (uint32_t)n;
    return true;
}

static bool read_order(struct view *v, struct slo_term *t)
{
    for (size_t i = 0; i < sizeof orders / sizeof *orders; i++) {
        if (!starts(*v, orders[i].sign))
            continue;
        t->order = orders[i].order;
        *v = view_sub(*v, strlen(orders[i].sign), v->n - strlen(orders[i].sign));
        return true;
    }
    return false;
}

/* A time has its unit: "p99<50" would be seconds, which nobody means. */
static bool read_bound(struct view v, struct slo_term *t)
{
    switch (t->metric) {
    case SLO_ERRORS:
    case SLO_NOT_TRUSTED:
        return units_number(&v, 4, 100 * 10000, &t->bound) && view_eq(v, view_str("%"));
    case SLO_RATE:
        return units_rate(v, &t->bound);
    default:
        return v.n > 0 && (v.p[v.n - 1] < '0' || v.p[v.n - 1] > '9') && units_time(v, &t->bound);
    }
}

static bool read_term(struct slo *s, struct view v, struct err *e)
{
    struct slo_term t = { 0 };
    struct view rest = v;
    snprintf(t.text, sizeof t.text, "%.*s", v.n < 60 ? (int)v.n : 60, (const char *)v.p);
    if (s->count == SLO_MOST)
        return err_set(e, "--slo: more than %d objectives", SLO_MOST);
    if (v.n >= sizeof t.text || !read_metric(&rest, &t))
        return err_set(e,
                       "--slo %s: p50 to p99.999, max, mean, errors, not-trusted or rate was "
                       "expected",
                       t.text);
    if (!read_order(&rest, &t))
        return err_set(e, "--slo %s: <, <=, > or >= was expected behind the name", t.text);
    if (!read_bound(rest, &t))
        return err_set(e, "--slo %s: a bound like 50ms, 0.1%% or 100 (a second) was expected",
                       t.text);
    s->terms[s->count++] = t;
    return true;
}

bool slo_read(struct slo *s, const char *words, struct err *e)
{
    struct view rest = view_str(words);
    *s = (struct slo){ .count = 0 };
    for (bool more = true; more;) {
        more = rest.n > 0 && memchr(rest.p, ',', rest.n) != NULL;
        if (!read_term(s, text_cut(&rest, ','), e))
            return false;
    }
    return true;
}

/* ---- what a run has of it ---- */

/* To be printed: what is there is not told as nothing. */
static uint64_t millionths(uint64_t part, uint64_t whole)
{
    uint64_t n = whole == 0 ? 0 : (uint64_t)((double)part * MILLION / (double)whole + 0.5);
    return n == 0 && part > 0 ? 1 : n;
}

uint64_t slo_value(const struct slo_term *t, const struct tally *tally, uint64_t length_us)
{
    uint64_t answers = tally_answers(tally), errors = tally_errors(tally);
    switch (t->metric) {
    case SLO_PERCENTILE:
        return tally_latency_at(tally, t->ppm10);
    case SLO_MAX:
        return tally_latency_max(tally);
    case SLO_MEAN:
        return tally_latency_mean(tally);
    case SLO_ERRORS:
        return millionths(errors, answers + errors);
    case SLO_NOT_TRUSTED:
        return millionths(tally->not_trusted, answers);
    default:
        return length_us == 0
                   ? 0
                   : (uint64_t)((double)tally->meanwhile * 1e9 / (double)length_us + 0.5);
    }
}

/* The value is `part` of `whole`: a share that was rounded would let one error of millions pass as
 * none, and miss a bound that was kept. */
struct share {
    double part, whole;
};

static struct share share_of(const struct slo_term *t, const struct tally *tally,
                             uint64_t length_us)
{
    double answers = (double)tally_answers(tally), errors = (double)tally_errors(tally);
    switch (t->metric) {
    case SLO_ERRORS:
        return (struct share){ errors * MILLION, answers + errors };
    case SLO_NOT_TRUSTED:
        return (struct share){ (double)tally->not_trusted * MILLION, answers };
    case SLO_RATE:
        return (struct share){ (double)tally->meanwhile * 1e9, (double)length_us };
    default:
        return (struct share){ (double)slo_value(t, tally, length_us), 1 };
    }
}

bool slo_met(const struct slo_term *t, const struct tally *tally, uint64_t length_us)
{
    struct share s = share_of(t, tally, length_us);
    double value = s.part, bound = (double)t->bound * (s.whole > 0 ? s.whole : 1);
    if (t->metric != SLO_ERRORS && tally_answers(tally) == 0)
        return false;
    switch (t->order) {
    case SLO_BELOW:
        return value < bound;
    case SLO_AT_MOST:
        return value <= bound;
    case SLO_ABOVE:
        return value > bound;
    default:
        return value >= bound;
    }
}

bool slo_all_met(const struct slo *s, const struct tally *tally, uint64_t length_us)
{
    for (uint32_t i = 0; i < s->count; i++) {
        if (!slo_met(&s->terms[i], tally, length_us))
            return false;
    }
    return true;
}

char *slo_print(const struct slo_term *t, uint64_t value, char out[48])
{
    char room[UNITS_ROOM];
    if (t->metric == SLO_ERRORS || t->metric == SLO_NOT_TRUSTED)
        snprintf(out, 48, "%" PRIu64 ".%04" PRIu64 " %%", value / 10000, value % 10000);
    else if (t->metric == SLO_RATE)
        snprintf(out, 48, "%s/s", units_print_rate(value, room));
    else
        snprintf(out, 48, "%s", units_print_time(value, room));
    return out;
}

bool slo_tell(const struct slo *s, const struct tally *tally, uint64_t length_us, FILE *out)
{
    for (uint32_t i = 0; i < s->count; i++) {
        const struct slo_term *t = &s->terms[i];
        char value[48];
        fprintf(out, "%s%-20s %s: %s\n", i == 0 ? "SLO         " : "            ", t->text,
                slo_met(t, tally, length_us) ? "met" : "MISSED",
                slo_print(t, slo_value(t, tally, length_us), value));
    }
    return slo_all_met(s, tally, length_us);
}
