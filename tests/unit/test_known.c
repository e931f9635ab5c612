/* Boots that are known: in random walks through what acts lead to, whoever is taken for known is
 * where a boot would have brought it. */
#include "tests/unit/acts.h"
#include "sim/predict/known.h"
#include "sim/predict/try.h"

#include <stdarg.h>
#include <setjmp.h>
#include <string.h>
#include <cmocka.h>

#define PHONES  12
#define WALKS   60
#define LONGEST 3
#define SECOND  1000000ull
#define HOUR    (3600 * SECOND)

static void must(bool ok, const struct err *e)
{
    if (!ok)
        fail_msg("%s", e->text);
}

static void settle(struct lab *lab)
{
    assert_true(lab_settle(lab, lab_now_us(lab) + 24 * HOUR).quiet);
}

static void add_phones(struct lab *lab, const char *model, const char *pool, uint8_t security)
{
    struct lab_phones_spec p = { .count = 2,
                                 .model = model,
                                 .pool = pool,
                                 .security_mode = security,
                                 .lsc = security != CNF_NON_SECURE };
    struct err e = { "" };
    uint32_t first;
    must(lab_phones(lab, 0, &p, &first, &e), &e);
}

/* Three nodes, phones of several kinds that have booted, and then certificates go. */
static struct lab *sick(const char *version, bool mixed)
{
    static const char *const names[] = { "pub", "sub1", "sub2" };
    static const char *const first[] = { "pub", "sub1" }, *const other[] = { "sub2", "pub" };
    struct lab_options o = lab_defaults();
    struct err e = { "" };
    uint32_t cluster;
    o.cache_dir = keyring_default_cache();
    struct lab *lab = lab_new(&o);
    struct lab_cluster_spec c = {
        .name = "HQ", .version = version, .nodes = names, .node_count = 3, .domain = ""
    };
    must(lab_cluster(lab, &c, &cluster, &e), &e);
    must(lab_pool_of_nodes(lab, 0, "P1", first, 2, &e), &e);
    must(lab_pool_of_nodes(lab, 0, "P2", other, 2, &e), &e);
    if (mixed)
        must(lab_do(lab, 0, &(struct act){ .kind = DO_CTL_MIXED_MODE }, &e), &e);
    settle(lab);
    add_phones(lab, "7965", "P1", CNF_NON_SECURE);
    add_phones(lab, "8861", "P2", CNF_NON_SECURE);
    add_phones(lab, "8861", "P1", mixed ? CNF_ENCRYPTED : CNF_NON_SECURE);
    add_phones(lab, "7940", "P2", CNF_NON_SECURE);
    add_phones(lab, "7965", "P2", mixed ? CNF_AUTHENTICATED : CNF_NON_SECURE);
    add_phones(lab, "8945", "P1", CNF_NON_SECURE);
    assert_int_equal(lab->state.phone_count, PHONES);
    for (uint32_t i = 0; i < PHONES; i++)
        lab_power(lab, i, true, lab_now_us(lab));
    settle(lab);
    for (uint32_t n = 0; n < 2; n++) {
        must(lab_regenerate(lab, 0, n, OWN_CALLMANAGER, &e), &e);
        must(lab_regenerate(lab, 0, n, OWN_TVS, &e), &e);
    }
    must(lab_regenerate(lab, 0, 0, OWN_TOMCAT, &e), &e);
    must(lab_service(lab, 0, 0, SERVICE_TFTP, DO_RESTART, &e), &e);
    must(lab_service(lab, 0, 1, SERVICE_TVS, DO_RESTART, &e), &e);
    must(lab_service(lab, 0, 2, SERVICE_CALLMANAGER, DO_STOP, &e), &e);
    settle(lab);
    return lab;
}

struct walk {
    struct lab *lab;
    struct known *known;
    struct rng rng;
    uint64_t with, without; /* events of phones */
};

/* Both ways, in a fork each; the one in which some are known goes on. */
static void boot(struct walk *w, const uint8_t *had)
{
    uint32_t who[PHONES];
    uint8_t lost[2][PHONES], boots[2][PHONES];
    struct lab *real = lab_fork(w->lab);
    struct driver *d = w->lab->driver, *other = real->driver;
    uint64_t before = d->events(d->self), of_other = other->events(other->self);
    for (uint32_t i = 0; i < PHONES; i++)
        who[i] = i;
    memset(boots, 0, sizeof boots);
    known_boots(w->known, w->lab, who, had, lost[0], boots[0]);
    try_boots(real, had, lost[1], boots[1]);
    w->with += d->events(d->self) - before;
    w->without += other->events(other->self) - of_other;
    try_off(w->lab);
    try_off(real);
    for (uint32_t i = 0; i < PHONES; i++) {
        assert_int_equal(lost[0][i], lost[1][i]);
        assert_int_equal(boots[0][i], boots[1][i]);
        assert_true(try_state(w->lab, i) == try_state(real, i));
        const struct phone *p = &w->lab->state.phones[i], *q = &real->state.phones[i];
        assert_true(p->ctl == q->ctl && p->itl == q->itl && p->config == q->config);
        assert_true(p->lsc == q->lsc && p->model == q->model && p->place == q->place);
        assert_true(p->key == q->key && p->ctl_by == q->ctl_by && p->itl_by == q->itl_by);
    }
    lab_free(real);
}

/* Something that could be of use, as the search would do it. */
static void do_something(struct walk *w, uint32_t contents)
{
    static struct way_act acts[TRY_ACTS];
    struct try_places places = { w->lab->state.dhcp, w->lab->state.dhcp_count, contents };
    uint32_t who[PHONES], n = try_acts(w->lab, &places, acts, TRY_ACTS);
    assert_in_range(n, 1, TRY_ACTS);
    for (uint32_t i = 0; i < PHONES; i++)
        who[i] = i;
    try_act(w->lab, &acts[rng_below(&w->rng, n)], who, PHONES);
    try_quiet(w->lab);
}

static void walk_about(const char *version, bool mixed)
{
    struct lab *lab = sick(version, mixed);
    uint32_t phones[PHONES], contents = lab->base->content->count;
    uint8_t had[PHONES];
    for (uint32_t i = 0; i < PHONES; i++)
        phones[i] = i;
    struct lab *root = try_alone(lab, phones, PHONES);
    struct walk w = { .known = known_new(root), .rng = rng_of(1, version, mixed) };
    for (uint32_t i = 0; i < PHONES; i++)
        had[i] = i % 2 == 0 ? FSM_BIT(FUNCTION_SECURE_SERVICES) : 0;
    for (uint32_t k = 0; k < WALKS; k++) {
        w.lab = lab_fork(root);
        for (uint32_t i = 0; i < LONGEST; i++) {
            do_something(&w, contents);
            boot(&w, had);
        }
        lab_free(w.lab);
    }
    if (w.with * 2 > w.without)
        fail_msg("%s: %lu of %lu events", version, (unsigned long)w.with, (unsigned long)w.without);
    known_free(w.known);
    lab_free(root);
    lab_free(lab);
}

static void known_ends_are_true(void **state)
{
    (void)state;
    walk_about("8.6", false);
    walk_about("11.5", true);
    walk_about("12.5", false);
    walk_about("14", true);
}

/* The second time nothing happens; where a clock is wrong, or a date ends within the day,
 * everything happens again. */
static uint64_t events_again(struct lab *root)
{
    uint32_t who[PHONES];
    uint8_t had[PHONES] = { 0 }, lost[PHONES], boots[PHONES];
    struct known *k = known_new(root);
    uint64_t events = 0;
    for (uint32_t i = 0; i < PHONES; i++)
        who[i] = i;
    for (int n = 0; n < 2; n++) {
        struct lab *trial = lab_fork(root);
        events = trial->driver->events(trial->driver->self);
        known_boots(k, trial, who, had, lost, boots);
        events = trial->driver->events(trial->driver->self) - events;
        lab_free(trial);
    }
    known_free(k);
    return events;
}

static void not_where_time_matters(void **state)
{
    (void)state;
    struct lab *lab = sick("12.5", false);
    uint32_t phones[PHONES];
    struct err e = { "" };
    for (uint32_t i = 0; i < PHONES; i++)
        phones[i] = i;
    struct lab *root = try_alone(lab, phones, PHONES);
    assert_int_equal(events_again(root), 0);
    const struct content *c = root->base->content;
    const struct ct_cert *cert =
        content_get_cert(c, root->state.clusters[0].nodes[0].disk.own[OWN_TVS]);
    int64_t left_s = cert->not_after_s - root->base->options.start_s;
    lab_run_until(root, (uint64_t)left_s * SECOND - 30 * SECOND);
    assert_true(events_again(root) > 0);
    lab_run_until(root, (uint64_t)left_s * SECOND + 48 * HOUR);
    assert_int_equal(events_again(root), 0);
    struct act clock = { .kind = DO_NODE_CLOCK, .node = 1, .arg = { 600, 0 } };
    must(lab_do(root, 0, &clock, &e), &e);
    try_quiet(root);
    assert_true(events_again(root) > 0);
    lab_free(root);
    lab_free(lab);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(known_ends_are_true),
                                        cmocka_unit_test(not_where_time_matters) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
