/* The pure half of load: histograms against sorting, arrivals, objectives, and results that are
 * written, read and added. */
#include "sim/base/rng.h"
#include "sim/base/sys.h"
#include "sim/load/hdrlog.h"
#include "sim/load/limit.h"
#include "sim/load/page.h"
#include "sim/load/part.h"
#include "sim/load/units.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* ---- histograms ---- */

static int by_size(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

/* Every value has one slot, slots lie side by side, and none is wider than a thousandth. */
static void slots(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < HIST_SLOTS; i++) {
        uint64_t low = hist_lowest(i), high = hist_widest(i);
        if (low > HIST_HIGHEST)
            break;
        assert_int_equal(hist_slot(low), i);
        if (high <= HIST_HIGHEST)
            assert_int_equal(hist_slot(high), i);
        assert_int_equal(hist_lowest(i + 1), high + 1);
        assert_true((high - low) * 1000 <= low);
    }
    assert_int_equal(hist_slot(UINT64_MAX), hist_slot(HIST_HIGHEST));
}

static const uint32_t asked[] = { 1, 5000000, 9000000, 9900000, 9990000, 9999000, HIST_WHOLE };

static void agree(const struct hist *h, const uint64_t *sorted, size_t n)
{
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
        size_t rank = (size_t)(((uint64_t)n * asked[i] + HIST_WHOLE - 1) / HIST_WHOLE);
        uint64_t exact = sorted[rank == 0 ? 0 : rank - 1];
        uint64_t widest = hist_widest(hist_slot(exact));
        assert_int_equal(hist_at(h, asked[i]), widest < sorted[n - 1] ? widest : sorted[n - 1]);
    }
}

static void against_sorting(void **state)
{
    static uint64_t values[20000];
    (void)state;
    for (uint64_t seed = 0; seed < 20; seed++) {
        struct rng r = rng_of(seed, "values", 0);
        struct hist h = hist_of(&sys_mem);
        size_t n = 1 + rng_below(&r, sizeof values / sizeof *values);
        uint64_t sum = 0;
        for (size_t i = 0; i < n; i++) {
            values[i] = rng_next(&r) >> (33 + rng_below(&r, 31));
            if (values[i] > HIST_HIGHEST)
                values[i] = HIST_HIGHEST;
            hist_add(&h, values[i]);
            sum += values[i];
        }
        qsort(values, n, sizeof *values, by_size);
        agree(&h, values, n);
        assert_int_equal(h.count, n);
        assert_int_equal(h.sum_us, sum);
        assert_int_equal(h.min_us, values[0]);
        assert_int_equal(h.max_us, values[n - 1]);
        hist_free(&h);
    }
}

/* Added in parts, in any order: the same histogram to the last count. */
static void adds_exactly(void **state)
{
    (void)state;
    struct rng r = rng_of(7, "values", 0);
    struct hist whole = hist_of(&sys_mem), parts[3], sum = hist_of(&sys_mem);
    for (int i = 0; i < 3; i++)
        parts[i] = hist_of(&sys_mem);
    for (int i = 0; i < 30000; i++) {
        uint64_t us = rng_next(&r) >> (32 + rng_below(&r, 31));
        hist_add(&whole, us);
        hist_add(&parts[rng_below(&r, 3)], us);
    }
    for (int i = 2; i >= 0; i--)
        hist_merge(&sum, &parts[i]);
    for (uint32_t i = 0; i < HIST_SLOTS; i++)
        assert_int_equal(hist_in(&sum, i), hist_in(&whole, i));
    assert_int_equal(sum.count, whole.count);
    assert_int_equal(sum.over, whole.over);
    assert_true(whole.over > 0);
    assert_int_equal(sum.sum_us, whole.sum_us);
    assert_int_equal(sum.min_us, whole.min_us);
    assert_int_equal(sum.max_us, whole.max_us);
    hist_clear(&sum);
    assert_int_equal(hist_at(&sum, HIST_WHOLE), 0);
    hist_free(&sum);
    hist_free(&whole);
    for (int i = 0; i < 3; i++)
        hist_free(&parts[i]);
}

/* ---- arrivals ---- */

static struct plan plan_of(bool random)
{
    struct plan p = { .seed = 3, .random = random };
    assert_true(plan_add(&p, 2000000, 100000, 100000, NULL)); /* 2 s of 100/s */
    assert_true(plan_add(&p, 4000000, 100000, 300000, NULL)); /* up */
    assert_true(plan_add(&p, 1000000, 300000, 0, NULL));      /* down to nothing */
    return p;
}

static void arrivals(void **state)
{
    (void)state;
    for (int random = 0; random < 2; random++) {
        struct plan p = plan_of(random == 1);
        uint64_t before = 0, in_half = 0;
        assert_int_equal(p.count, 200 + 800 + 150);
        assert_int_equal(p.length_us, 7000000);
        for (uint64_t i = 0; i < p.count; i++) {
            uint64_t at = plan_at_us(&p, i);
            const struct plan_phase *f = &p.phases[plan_phase_of(&p, i)];
            assert_true(at >= before && at >= f->begin_us && at <= f->begin_us + f->length_us);
            assert_int_equal(at, plan_at_us(&p, i));
            in_half += at >= 2000000 && at < 4000000;
            before = at;
        }
        /* half the time of a ramp from 100/s to 300/s: 300 of its 800, but for a group drawn */
        assert_true(in_half >= 300 - (random ? PLAN_GROUP : 1));
        assert_true(in_half <= 300 + (random ? PLAN_GROUP : 1));
    }
    struct plan even = plan_of(false);
    assert_int_equal(plan_at_us(&even, 1), 10000);
    assert_int_equal(plan_at_us(&even, 199), 1990000);
}

/* Random arrivals: gaps of many lengths, with the mean that was asked for. */
static void random_gaps(void **state)
{
    (void)state;
    struct plan p = { .seed = 5, .random = true };
    assert_true(plan_add(&p, 100000000, 100000, 100000, NULL));
    uint64_t shorter = 0;
    for (uint64_t i = 1; i < p.count; i++)
        shorter += plan_at_us(&p, i) - plan_at_us(&p, i - 1) < 10000;
    double share = (double)shorter / (double)p.count;
    assert_true(share > 0.58 && share < 0.68); /* 1 - 1/e of a Poisson process */
}

/* Threads share what phones ask in turn, each arrival once. */
static void shares(void **state)
{
    (void)state;
    for (uint32_t phones = 1; phones < 12; phones++) {
        for (uint32_t threads = 1; threads <= phones; threads++) {
            uint64_t of[12] = { 0 };
            for (uint64_t n = 0; n < 40; n++) {
                for (uint32_t t = 0; t < threads; t++)
                    assert_int_equal(plan_share(n, phones, threads, t), of[t]);
                of[n % phones % threads]++;
            }
        }
    }
    assert_int_equal(plan_share(1ull << 40, 1000000, 1, 0), 1ull << 40);
}

static void too_many(void **state)
{
    struct plan p = { .seed = 1 };
    struct err e = { "" };
    (void)state;
    assert_false(plan_add(&p, 86400000000ull * 30, 10000000000ull, 10000000000ull, &e));
    p = (struct plan){ .seed = 1 };
    for (int i = 0; i < PLAN_PHASES; i++)
        assert_true(plan_add(&p, 1000, 1000, 1000, &e));
    assert_false(plan_add(&p, 1000, 1000, 1000, &e));
    assert_string_equal(e.text, "more than 64 steps");
}

/* ---- words ---- */

static void units(void **state)
{
    static const struct {
        const char *text;
        uint64_t us;
    } good[] = { { "250us", 250 },    { "1.5ms", 1500 },     { "10", 10000000 }, { "0.5s", 500000 },
                 { "2m", 120000000 }, { "1h", 3600000000u }, { "30.", 30000000 } };
    static const char *const bad[] = {
        "", "x", "-1s", "1 s", "1d", "s", ".", "999999999999h", "99999999999999999999999"
    };
    uint64_t n;
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        assert_true(units_time(view_str(good[i].text), &n));
        assert_int_equal(n, good[i].us);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(units_time(view_str(bad[i]), &n));
    assert_true(units_rate(view_str("0.25/s"), &n));
    assert_int_equal(n, 250);
    assert_false(units_rate(view_str("10000001"), &n));
    assert_string_equal(TIMED(999), "999 us");
    assert_string_equal(TIMED(1234), "1.23 ms");
    assert_string_equal(TIMED(12345678), "12.3 s");
    assert_string_equal(RATED(1500), "1.5");
    assert_string_equal(RATED(9), "0.009");
    assert_string_equal(RATED(0), "0");
}

static void objectives(void **state)
{
    static const char *const bad[] = { "",           "p99",        "p99<",     "p99<50",
                                       "p99=50ms",   "p0<1ms",     "p101<1ms", "errors<1",
                                       "errors<x%",  "rate>1ms",   "max<1ms,", "speed>1",
                                       "p99<50ms 1", "errors<101%" };
    struct slo s;
    struct tally t = tally_of(&sys_mem);
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct err e = { "" };
        assert_false(slo_read(&s, bad[i], &e));
        assert_true(e.text[0] != '\0');
    }
    assert_true(
        slo_read(&s, "p99<50ms,errors<=10%,rate>=99/s,max<60ms,mean<11ms,p99.99>=40ms", NULL));
    assert_int_equal(s.count, 6);
    assert_false(slo_all_met(&s, &t, 1000000)); /* nothing was answered */
    for (int i = 0; i < 99; i++)
        hist_add(&t.latency, 10000);
    hist_add(&t.latency, 50000);
    t.trusted = 90;
    t.not_trusted = 10;
    t.meanwhile = 100;
    t.faults[FAULT_RESET] = 11;
    assert_true(slo_met(&s.terms[0], &t, 1000000));
    assert_int_equal(slo_value(&s.terms[1], &t, 1000000), 99099); /* 11 of 111 */
    assert_true(slo_all_met(&s, &t, 1000000));
    assert_false(slo_met(&s.terms[2], &t, 2000000)); /* 50 a second */
    t.faults[FAULT_RESET] = 12;
    assert_false(slo_all_met(&s, &t, 1000000));
    /* One of millions is not none, and a bound that is just kept is kept. */
    t.trusted = 9999999 - 10;
    t.meanwhile = 9999999;
    t.faults[FAULT_RESET] = 1;
    assert_true(slo_read(&s, "errors<=0%,errors<0.1%,rate>=10000000,rate>9999998/s", NULL));
    assert_false(slo_met(&s.terms[0], &t, 1000000));
    assert_int_equal(slo_value(&s.terms[0], &t, 1000000), 1); /* printed so */
    assert_false(slo_met(&s.terms[2], &t, 1000000));
    assert_true(slo_met(&s.terms[3], &t, 1000000));
    t.trusted -= 9996 - 1;
    t.faults[FAULT_RESET] = 9996; /* 0.09996 % */
    assert_true(slo_met(&s.terms[1], &t, 1000000));
    tally_free(&t);
}

static void alerts(void **state)
{
    (void)state;
    assert_int_equal(tally_alert("connection broken off"), -1);
    assert_string_equal(tally_alert_names[tally_alert("tlsv1 alert unknown ca")], "unknown ca");
    assert_string_equal(tally_alert_names[tally_alert("sslv3 alert handshake failure")],
                        "handshake failure");
    assert_string_equal(tally_alert_names[tally_alert("tlsv1 alert of the future")], "another");
    assert_string_equal(tally_alert_names[tally_alert("alert certificate_required came")],
                        "certificate required");
    assert_int_equal(tally_alert("no such suite (alert handshake_failure sent)"), -1);
}

/* A request without an answer is later than every answer: fast answers for half of them are no good
 * median. */
static void no_answer(void **state)
{
    struct tally t = tally_of(&sys_mem);
    struct slo slo;
    char text[48];
    (void)state;
    for (int i = 0; i < 990; i++)
        hist_add(&t.latency, 3000);
    t.trusted = 990;
    t.faults[FAULT_TIMEOUT] = 12; /* two were answered when they were asked again */
    t.unanswered = 10;
    assert_int_equal(tally_latency_at(&t, 9900000), 3000);
    assert_true(tally_latency_at(&t, 9900001) == TALLY_NEVER);
    assert_true(tally_latency_max(&t) == TALLY_NEVER && tally_latency_mean(&t) == TALLY_NEVER);
    assert_true(slo_read(&slo, "p99<50ms,p50<50ms", NULL) && slo_all_met(&slo, &t, 1000000));
    static const char *const missed[] = { "p99.1<50ms", "max<1h", "mean<1h", "p99.9<=720h" };
    for (size_t i = 0; i < sizeof missed / sizeof *missed; i++) {
        assert_true(slo_read(&slo, missed[i], NULL));
        assert_false(slo_all_met(&slo, &t, 1000000));
        slo_print(&slo.terms[0], slo_value(&slo.terms[0], &t, 1000000), text);
        assert_string_equal(text, "never");
    }
    t.unanswered = 2000; /* most have none: not even the median is that of the answers */
    assert_true(tally_latency_at(&t, 5000000) == TALLY_NEVER);
    tally_free(&t);
}

/* ---- results as files ---- */

static struct result *sample(uint64_t id, uint64_t seed)
{
    struct result *r = result_new();
    struct rng rng = rng_of(seed, "sample", 0);
    struct plan p = { .seed = 1 };
    assert_true(plan_add(&p, 1000000, 100000, 100000, NULL));
    assert_true(plan_add(&p, 1000000, 100000, 200000, NULL));
    result_plan(r, &p, true);
    result_condition(r, "target", "TVS at 127.0.0.11:2445");
    r->parts[r->part_count++] = id;
    r->began_s = 1000 + (int64_t)id;
    r->ended_s = 2000 + (int64_t)id;
    r->phones = r->threads = 1;
    for (uint32_t i = 0; i < 2; i++) {
        struct tally *t = &r->phases[i].tally;
        for (int k = 0; k < 500; k++)
            hist_add(&t->latency, rng_next(&rng) >> (32 + rng_below(&rng, 31)));
        hist_add(&t->late, rng_below(&rng, 100));
        t->trusted = 490;
        t->not_trusted = 10;
        t->begun = 503;
        t->faults[FAULT_ALERT] = t->alerts[3] = 2 + rng_below(&rng, 5);
        t->faults[FAULT_TIMEOUT] = 1;
        t->unanswered = 3;
        t->meanwhile = 480;
    }
    result_total(r);
    return r;
}

static const struct slo none;

static struct result *through_a_file(const struct result *r)
{
    struct arena a = arena_of(&sys_mem);
    struct err e = { "" };
    struct result *again = part_read(part_write(r, &none, "cucmlab load", &a), &e);
    if (again == NULL)
        fail_msg("%s", e.text);
    arena_free(&a);
    return again;
}

static void same_bytes(const struct result *x, const struct result *y)
{
    struct arena a = arena_of(&sys_mem);
    struct view p = part_write(x, &none, "", &a), q = part_write(y, &none, "", &a);
    assert_true(view_eq(p, q));
    arena_free(&a);
}

static void written_and_read(void **state)
{
    (void)state;
    struct result *r = sample(1, 1), *again = through_a_file(r);
    same_bytes(r, again);
    result_free(r);
    result_free(again);
}

/* Read from files and added in either order: the sum of the counts, and the same file. */
static void added(void **state)
{
    (void)state;
    struct err e = { "" };
    struct result *a = sample(1, 1), *b = sample(2, 2), *ab = through_a_file(a),
                  *ba = through_a_file(b), *b2 = through_a_file(b), *a2 = through_a_file(a);
    assert_true(result_add(ab, b2, &e));
    assert_true(result_add(ba, a2, &e));
    assert_int_equal(ab->total.trusted, 4 * 490);
    assert_int_equal(ab->total.latency.count, 2000);
    assert_int_equal(ab->phases[1].to_milli, 400000);
    assert_int_equal(ab->began_s, 1001);
    assert_int_equal(ab->ended_s, 2002);
    for (uint32_t i = 0; i < HIST_SLOTS; i++)
        assert_int_equal(hist_in(&ab->total.latency, i),
                         hist_in(&a->total.latency, i) + hist_in(&b->total.latency, i));
    ba->parts[0] = ab->parts[0]; /* the order of the parts alone differs */
    ba->parts[1] = ab->parts[1];
    same_bytes(ab, ba);
    assert_false(result_add(ab, b, &e));
    assert_string_equal(e.text, "the same run as one before it");
    struct result *c = sample(3, 3);
    snprintf(c->conditions[0].value, sizeof c->conditions[0].value, "TVS at 127.0.0.12:2445");
    assert_false(result_add(ab, c, &e));
    assert_string_equal(e.text, "target is TVS at 127.0.0.12:2445, and TVS at 127.0.0.11:2445 in "
                                "the first");
    struct result *d = sample(4, 3);
    d->phases[1].length_us++;
    assert_false(result_add(ab, d, &e));
    assert_int_equal(ab->total.latency.count, 2000);
    struct result *f = sample(5, 3), *g = sample(6, 3);
    f->began_s = ab->began_s - 4; /* of 2 s */
    assert_false(result_add(ab, f, &e));
    assert_string_equal(e.text, "it began 4 s before the first: they were not measured together");
    g->began_s = ab->began_s + 3;
    assert_true(result_add(ab, g, &e));
    struct result *all[] = { a, b, ab, ba, a2, b2, c, d, f, g };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        result_free(all[i]);
}

/* A file whose numbers do not fit together is none. */
static void not_believed(void **state)
{
    static const char *const changes[][2] = {
        { "\"cucmlab load\"", "\"cucmlab\"" },
        { "\"count\":\t500", "\"count\":\t501" },
        { "\"trusted\":\t490", "\"trusted\":\t491" },
        { "\"version\":\t2", "\"version\":\t1" },
        { "\"unanswered\":\t3", "\"unanswered\":\t300" },
        { "\"wall_us\":\t0", "\"wall_us\":\t-1" },
        { "\"wall_us\":\t0", "\"wall_us\":\t0.5" },
        { "\"wall_us\":\t0", "\"wall_us\":\t1e300" },
        { "\"begin_us\":\t1000000", "\"begin_us\":\t1000001" },
        { "\"length_us\":\t1000000", "\"length_us\":\t0" },
        { "\"timeout\":\t1", "\"timeouts\":\t1" },
        { "\"counts\":\t[[", "\"counts\":\t[[3600000001,1],[" },
        { "TVS at", "\\u001b[2J" },
        { "\"0000000000000001\"", "\"1\"" },
        { "\"phases\":", "\"phrases\":" },
    };
    struct arena a = arena_of(&sys_mem);
    struct result *r = sample(1, 1);
    (void)state;
    struct view good = part_write(r, &none, NULL, &a);
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        struct err e = { "" };
        char *text = arena_text(&a, good), *at = strstr(text, changes[i][0]);
        assert_non_null(at);
        size_t head = (size_t)(at - text), n = strlen(changes[i][1]);
        char *bad = arena_take(&a, good.n + 100);
        snprintf(bad, good.n + 100, "%.*s%s%s", (int)head, text, changes[i][1],
                 at + strlen(changes[i][0]));
        (void)n;
        struct result *read = part_read(view_str(bad), &e);
        if (read != NULL)
            fail_msg("%s was taken", changes[i][1]);
        assert_true(e.text[0] != '\0');
    }
    char *twice = arena_take(&a, 2 * good.n + 2); /* cat a.json b.json */
    snprintf(twice, 2 * good.n + 2, "%.*s\n", (int)good.n, (const char *)good.p);
    struct result *read = part_read(view_str(twice), NULL);
    assert_non_null(read);
    result_free(read);
    memcpy(twice + good.n + 1, good.p, good.n);
    assert_null(part_read(view_of(twice, 2 * good.n + 1), NULL));
    result_free(r);
    arena_free(&a);
}

/* ---- logs of HdrHistogram ---- */

static uint64_t get_count(const uint8_t *p, size_t n, size_t *at)
{
    uint64_t v = 0;
    for (unsigned shift = 0; *at < n; shift += 7) {
        uint8_t b = p[(*at)++];
        if (shift == 56)
            return v | (uint64_t)b << 56;
        v |= (uint64_t)(b & 0x7f) << shift;
        if (b < 0x80)
            return v;
    }
    fail_msg("a count that does not end");
    return 0;
}

/* Read back as HdrHistogram's V2 says: ZigZag, negative runs of zeros. */
static void encoded(void **state)
{
    static const uint64_t many[] = { 1, 63, 64, 1u << 20, 1ull << 40, 1ull << 61, INT64_MAX };
    struct arena a = arena_of(&sys_mem);
    struct hist h = hist_of(&sys_mem), again = hist_of(&sys_mem);
    (void)state;
    for (uint32_t i = 0; i < sizeof many / sizeof *many; i++)
        hist_put(&h, i * 3000 + i % 2, many[i] - (i == 5 ? 1 : 0));
    hist_put(&h, HIST_SLOTS - 1, 5);
    struct view v = hdrlog_encode(&h, &a);
    static const uint8_t head[] = { 0x1c, 0x84, 0x93, 0x13 };
    assert_memory_equal(v.p, head, sizeof head);
    struct rd r = { v, 4 };
    uint32_t length;
    assert_true(rd_u32(&r, &length));
    assert_int_equal(length, v.n - 40);
    uint64_t slot = 0;
    for (size_t at = 40; at < v.n;) {
        uint64_t z = get_count(v.p, v.n, &at);
        int64_t n = (int64_t)(z >> 1 ^ (0 - (z & 1)));
        assert_true(n != 0);
        if (n > 0)
            hist_put(&again, (uint32_t)slot++, (uint64_t)n);
        else
            slot += (uint64_t)-n;
    }
    for (uint32_t i = 0; i < HIST_SLOTS; i++)
        assert_int_equal(hist_in(&h, i), hist_in(&again, i));
    hist_free(&h);
    hist_free(&again);
    arena_free(&a);
}

static size_t times(const char *text, const char *word)
{
    size_t n = 0;
    for (const char *p = text; (p = strstr(p, word)) != NULL; p++)
        n++;
    return n;
}

static void pages(void **state)
{
    struct arena a = arena_of(&sys_mem);
    struct result *r = sample(1, 1), *nothing = result_new();
    (void)state;
    snprintf(r->conditions[0].value, sizeof r->conditions[0].value, "<script>&");
    const char *log = arena_text(&a, hdrlog_write(r, &a));
    assert_int_equal(times(log, ",HISTFAAA"), 2);
    const char *svg = arena_text(&a, page_svg(r, &a)),
               *html = arena_text(&a, page_html(r, &none, &a));
    assert_int_equal(times(svg, "<polyline"), RESULT_PERCENTILES);
    assert_int_equal(times(svg, "<svg"), times(svg, "</svg>"));
    assert_int_equal(times(html, "</svg>"), 2);
    assert_int_equal(times(html, "<script>"), 0);
    assert_int_equal(times(html, "nan"), 0);
    assert_int_equal(times(svg, "holds"), 0);
    result_condition(r, "arrivals",
                     RESULT_SEARCH " 1"); /* one point a rate, and where the limit is */
    r->phases[1].from_milli = r->phases[1].to_milli = 100000;
    r->limit_good = 99000;
    svg = arena_text(&a, page_svg(r, &a));
    html = arena_text(&a, page_html(r, &none, &a));
    assert_int_equal(times(svg, "<circle"), 3); /* p99.9 is never */
    assert_int_equal(times(svg, ">99/s holds<"), 1);
    assert_int_equal(times(html, "</svg>"), 1);
    nothing->phase_count = 1; /* nobody answered */
    nothing->phases[0].length_us = 1000;
    svg = arena_text(&a, page_svg(nothing, &a));
    assert_int_equal(times(svg, "nan") + times(svg, "inf"), 0);
    result_free(r);
    result_free(nothing);
    arena_free(&a);
}

static const char *printed(const struct result *r, struct arena *a)
{
    struct sys_text t;
    FILE *f = sys_text_open(&t);
    result_print(r, f);
    fclose(f);
    const char *text = arena_text(a, view_of(t.p, t.n));
    sys_text_free(&t);
    return text;
}

/* What waited behind the last request is told; a search has no sum; whose fault it was is told by
 * what it was. */
static void words(void **state)
{
    struct arena a = arena_of(&sys_mem);
    struct result *r = sample(1, 1);
    (void)state;
    r->wall_us = 2050000;
    assert_null(strstr(printed(r, &a), "the last one ended"));
    r->wall_us = 2750000;
    assert_non_null(strstr(printed(r, &a), "the last one ended 750 ms after no more were begun"));
    assert_non_null(strstr(printed(r, &a), "6 requests never had an answer"));
    assert_null(strstr(printed(r, &a), "bottleneck"));
    r->occupied_permille = 950;
    assert_non_null(strstr(printed(r, &a), "bottleneck: its thread had to wait for a processor"));
    r->busiest_permille = 940;
    assert_non_null(
        strstr(printed(r, &a), "bottleneck: a thread of the generator had no time left"));
    r->total.faults[FAULT_UNBEGUN] = 1;
    assert_non_null(strstr(printed(r, &a), "; requests that were due were never begun"));
    assert_non_null(strstr(printed(r, &a), "\nLatency "));
    result_condition(r, "arrivals", RESULT_SEARCH " 1");
    assert_null(strstr(printed(r, &a), "\nLatency "));
    result_free(r);
    arena_free(&a);
}

/* ---- the search for the limit ---- */

/* A server that stands so much finds itself within a twentieth, from wherever it begins. */
static void limits(void **state)
{
    static const uint64_t stands[] = { 1200, 99000, 1000000, 777777777 };
    static const uint64_t begins[] = { 0, 1000, 50000, 4000000 };
    (void)state;
    for (size_t i = 0; i < 4; i++) {
        for (size_t k = 0; k < 4; k++) {
            struct limit l = limit_from(begins[k]);
            while (!l.done)
                limit_heard(&l, l.milli <= stands[i]);
            assert_true(l.good <= stands[i] && (l.bad == 0 || l.bad > stands[i]));
            assert_true(l.good == 0 || l.bad - l.good <= l.good / 20);
            assert_true(l.good > 0 || stands[i] < 2000);
        }
    }
    struct limit l = limit_from(50000);
    while (!l.done)
        limit_heard(&l, true); /* one that stands anything */
    assert_int_equal(l.bad, 0);
    l = limit_from(50000);
    while (!l.done)
        limit_heard(&l, false);
    assert_int_equal(l.good, 0);
}

/* What was too much once, while the machine did something else, is tried once more. */
static void doubted(void **state)
{
    struct limit l = limit_from(100000);
    (void)state;
    limit_heard(&l, false);
    assert_true(l.milli == 100000 && l.bad == 0);
    limit_heard(&l, true);
    assert_true(l.milli == 200000 && l.good == 100000);
    limit_heard(&l, false);
    limit_heard(&l, false);
    assert_true(l.bad == 200000 && l.milli == 150000);
}

static void knees(void **state)
{
    struct limit l = limit_from(100000);
    struct tally t = tally_of(&sys_mem);
    struct slo slo = { .count = 0 };
    char why[128];
    (void)state;
    for (int i = 0; i < 100; i++)
        hist_add(&t.latency, 3000);
    t.trusted = t.meanwhile = 100;
    assert_true(limit_held(&l, &slo, &t, 1000000, why));
    t.meanwhile = 95; /* the others came when it was over */
    assert_false(limit_held(&l, &slo, &t, 1000000, why));
    assert_string_equal(why, "the answers do not keep up");
    t.meanwhile = 100;
    t.faults[FAULT_RESET] = 2;
    assert_false(limit_held(&l, &slo, &t, 1000000, why));
    t.faults[FAULT_RESET] = 0;
    for (int i = 0; i < 100; i++)
        hist_add(&t.latency, 29000);
    assert_true(limit_held(&l, &slo, &t, 1000000, why));
    for (int i = 0; i < 100; i++)
        hist_add(&t.latency, 31000);
    assert_false(limit_held(&l, &slo, &t, 1000000, why));
    assert_true(slo_read(&slo, "p99<1s", NULL));
    assert_true(limit_held(&l, &slo, &t, 1000000, why));
    assert_true(slo_read(&slo, "p99<30ms", NULL));
    assert_false(limit_held(&l, &slo, &t, 1000000, why));
    assert_non_null(strstr(why, "p99<30ms missed: 31.0 ms"));
    /* Fast answers for a tenth, and an error for all others: that is no rate that holds. */
    t.faults[FAULT_REFUSED] = 900;
    assert_true(slo_read(&slo, "p99<1s", NULL));
    assert_false(limit_held(&l, &slo, &t, 1000000, why));
    assert_string_equal(why, "errors of 1 % or more");
    assert_true(slo_read(&slo, "p99<1s,errors<95%", NULL));
    assert_true(limit_held(&l, &slo, &t, 1000000, why));
    tally_free(&t);
}

/* Each waits longer than the one before, and all are answered in the end: the first step of a
 * search that begins too high. */
static void queues(void **state)
{
    struct limit l = limit_from(1000000);
    struct tally t = tally_of(&sys_mem);
    struct slo slo = { .count = 0 };
    char why[128];
    (void)state;
    for (uint64_t i = 0; i < 1000; i++)
        hist_add(&t.latency, 200000 + 500 * i); /* by half a second, in one */
    t.trusted = 1000;
    t.meanwhile = 800; /* what is two tenths of the step away comes behind it */
    assert_false(limit_held(&l, &slo, &t, 1000000, why));
    assert_string_equal(why, "the answers do not keep up");
    hist_clear(&t.latency);
    for (uint64_t i = 0; i < 1000; i++)
        hist_add(&t.latency, 200000 + 500 * (i % 20)); /* far away, and no queue */
    assert_true(limit_held(&l, &slo, &t, 1000000, why));
    tally_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(slots),        cmocka_unit_test(against_sorting),
        cmocka_unit_test(adds_exactly), cmocka_unit_test(arrivals),
        cmocka_unit_test(random_gaps),  cmocka_unit_test(too_many),
        cmocka_unit_test(shares),       cmocka_unit_test(units),
        cmocka_unit_test(objectives),   cmocka_unit_test(no_answer),
        cmocka_unit_test(alerts),       cmocka_unit_test(written_and_read),
        cmocka_unit_test(added),        cmocka_unit_test(not_believed),
        cmocka_unit_test(encoded),      cmocka_unit_test(pages),
        cmocka_unit_test(words),        cmocka_unit_test(limits),
        cmocka_unit_test(doubted),      cmocka_unit_test(knees),
        cmocka_unit_test(queues),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
