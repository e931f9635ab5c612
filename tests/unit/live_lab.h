/* A lab over the live driver, for the tests of it: built, booted, acted on, freed.
 *
 * Every process has a loopback network of its own (127.a.b.x by process number), so that two runs
 * on one machine do not meet. */
#ifndef CUCMLAB_TESTS_LIVE_LAB_H
#define CUCMLAB_TESTS_LIVE_LAB_H

#include "sim/lab_live.h"
#include "tests/unit/acts.h"

#include "sim/base/check.h"
#include "sim/base/sys.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <unistd.h>

#define MS          1000ull
#define SECOND      1000000ull
#define PHONES      20
#define HISTORY_MAX 400

/* ---- labs ---- */

struct said {
    uint8_t kind; /* enum note */
    uint32_t a, b;
};

struct history {
    struct said said[HISTORY_MAX];
    uint32_t count;
};

struct bench {
    struct lab *lab;
    struct observer observer;
    struct history *of;
};

static struct bench current; /* the lab of the test that runs */

/* All that a phone says, but for the indices of contents, which differ. */
static inline void stepped(void *ctx, uint32_t phone, const struct phone *before,
                           const struct event *event, const struct outbox *out,
                           const struct phone *after, uint64_t now_us)
{
    struct history *h = &((struct bench *)ctx)->of[phone];
    uint32_t at = 0;
    const struct action *note;
    (void)before, (void)event, (void)after, (void)now_us;
    while ((note = lab_next_note(out, &at)) != NULL) {
        bool content = note->kind == NOTE_ACCEPTED || note->kind == NOTE_REFUSED_FILE;
        CHECK(h->count < HISTORY_MAX);
        h->said[h->count++] = (struct said){ note->kind, content ? 0 : note->a, note->b };
    }
}

static inline uint32_t address(uint32_t node)
{
    uint32_t pid = (uint32_t)getpid();
    return 127u << 24 | (1 + pid % 250) << 16 | (pid / 250 % 250) << 8 | (11 + node);
}

/* Deadlines of phones are these many times as long, on a machine that is busy with something else:
 * servers and phones are one thread, whose processor may be away for seconds. */
static uint32_t patience = 1;

/* Threads that serve TVS in the labs that are built. */
static uint32_t tvs_workers;

static inline int two_workers(void **state)
{
    (void)state;
    tvs_workers = 2;
    return 0;
}

static inline void faster(struct lab *lab)
{
    lab->state.knobs.value[KNOB_BOOT_MIN_US] = 1 * MS;
    lab->state.knobs.value[KNOB_BOOT_MAX_US] = 50 * MS;
    lab->state.knobs.value[KNOB_FETCH_TIMEOUT_US] = 4 * SECOND * patience;
    lab->state.knobs.value[KNOB_TVS_TIMEOUT_US] = 2 * SECOND * patience;
    lab->state.knobs.value[KNOB_KEEPALIVE_US] = 200 * MS;
    lab->state.knobs.value[KNOB_KEEPALIVE_SCCP_US] = 70 * MS;
    lab->state.knobs.value[KNOB_FAILBACK_US] = 200 * MS;
    lab->state.knobs.value[KNOB_RETRY_US] = 100 * MS;
    lab->state.knobs.value[KNOB_RETRY_MAX_US] = 200 * MS;
}

struct setup {
    bool live;
    const char *version;
    uint32_t nodes, group, phones;
    const char *model;
    uint8_t security_mode;
    bool encrypted, lsc;
    void (*options)(struct live_options *o);
};

static inline struct lab *build(const struct setup *s, struct err *e)
{
    static const char *const names[] = { "pub", "sub1", "sub2" };
    struct lab_options o = lab_defaults();
    o.live = s->live;
    o.cache_dir = keyring_default_cache();
    struct lab *lab = lab_new(&o);
    uint32_t cluster, first;
    if (s->live) {
        struct live_options options = lab_live_options(lab);
        options.tvs_workers = tvs_workers;
        if (s->options != NULL)
            s->options(&options);
        if (!lab_live(lab, &options, e)) {
            lab_free(lab);
            return NULL;
        }
    }
    faster(lab);
    struct lab_cluster_spec spec = { "HQ", s->version, names, s->nodes, "" };
    assert_true(lab_cluster(lab, &spec, &cluster, e));
    for (uint32_t i = 0; i < s->nodes; i++)
        lab->state.clusters[0].nodes[i].disk.ip = address(i);
    lab->state.clusters[0].db.params[PARAM_SERVICE_START_US] = 1; /* no race with a boot */
    lab->state.clusters[0].db.params[PARAM_REPLICATION_US] = 50 * MS;
    assert_true(lab_group(lab, cluster, "g", names, s->group, e));
    assert_true(lab_pool(lab, cluster, "p", "g", e));
    if (s->security_mode != 0)
        assert_true(lab_plain(lab, cluster, DO_CTL_MIXED_MODE, e));
    for (uint32_t n = 0; s->security_mode != 0 && n < s->nodes; n++) {
        assert_true(lab_service(lab, cluster, n, SERVICE_TFTP, DO_RESTART, e));
        assert_true(lab_service(lab, cluster, n, SERVICE_CALLMANAGER, DO_RESTART, e));
    }
    struct lab_phones_spec p = { .count = s->phones,
                                 .model = s->model,
                                 .pool = "p",
                                 .security_mode = s->security_mode,
                                 .encrypted = s->encrypted,
                                 .lsc = s->lsc };
    if (s->phones > 0)
        assert_true(lab_phones(lab, cluster, &p, &first, e));
    current.lab = lab;
    current.of = calloc(s->phones + 1, sizeof *current.of);
    current.observer = (struct observer){ .ctx = &current, .phone = stepped };
    lab_observe(lab, &current.observer);
    return lab;
}

static inline void quiet(struct lab *lab)
{
    assert_true(lab_settle(lab, lab_now_us(lab) + 60 * SECOND * patience).quiet);
}

static inline struct lab *booted(const struct setup *s)
{
    struct err e = { "" };
    struct lab *lab = build(s, &e);
    assert_string_equal(e.text, "");
    assert_non_null(lab);
    for (uint32_t i = 0; i < s->phones; i++)
        lab_power(lab, i, true, 0);
    quiet(lab);
    return lab;
}

static inline void done(void)
{
    lab_free(current.lab);
    free(current.of);
    current = (struct bench){ .lab = NULL };
}

static inline void act_regenerate(struct lab *lab, enum own own)
{
    struct err e = { "" };
    for (uint32_t n = 0; n < lab->state.clusters[0].node_count; n++)
        assert_true(lab_regenerate(lab, 0, n, own, &e));
}

static inline void act_service(struct lab *lab, enum service s, enum act_kind act)
{
    struct err e = { "" };
    for (uint32_t n = 0; n < lab->state.clusters[0].node_count; n++)
        assert_true(lab_service(lab, 0, n, s, act, &e));
}

static inline void act_reset(struct lab *lab)
{
    quiet(lab);
    lab_reset_all(lab, 0);
    quiet(lab);
}

static inline void small(struct live_options *o)
{
    o->idle_us = 300 * MS;
    o->connections = 16;
}

static inline struct lab *served(uint32_t phones)
{
    struct setup s = { true, "11.5", 1, 1, phones, "8861", 0, false, false, small };
    return booted(&s);
}

static inline void turn(void)
{
    lab_run_until(current.lab, lab_now_us(current.lab) + 2 * MS);
}

/* A test that failed leaves no listener behind for the next. */
static inline int clean(void **state)
{
    (void)state;
    if (current.lab != NULL)
        done();
    patience = 1;
    tvs_workers = 0;
    return 0;
}

#define TEST(f) cmocka_unit_test_teardown(f, clean)
/* The same with TVS on threads of its own. */
#define TEST_WITH_WORKERS(f) cmocka_unit_test_setup_teardown(f, two_workers, clean)

#endif
