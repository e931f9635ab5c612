/* Random situations, each run in virtual time and on real sockets: what phones hold, what they lost
 * and where they are registered must be the same.  By whom they came to hold a list may differ: two
 * lists made in the same second are one.
 *
 *   PARITY_SEEDS=200 PARITY_FROM=1000 test_live_parity     others than the fixed ones
 *
 * Acts are one after the other, each when all is quiet: what happens at the same instant may happen
 * in any order on sockets (docs/LIVE.md). */
#include "tests/unit/live_lab.h"

#include "nodes/capf.h"
#include "nodes/config.h"
#include "sim/core/content.h"

#include <sys/wait.h>

#define MOST_ACTS   6
#define MOST_PHONES 8
#define AT_ONCE     6 /* processes */

struct outcome {
    uint64_t ctl, itl, config, lsc;     /* what they mean: no date, no index */
    uint8_t state, lost, server, place; /* compared as bytes: no padding */
    bool registered, idle;
    uint8_t operation, none; /* what became of the last order to CAPF */
};

struct outcomes {
    struct outcome of[MOST_PHONES];
    uint32_t count;
    bool quiet;
    char told[2000];
};

struct random {
    struct rng rng;
    struct lab *lab;
    struct outcomes *out;
};

static uint32_t below(struct random *r, uint32_t n)
{
    return (uint32_t)rng_below(&r->rng, n);
}

/* ---- what is there ---- */

static uint32_t address_of(uint32_t cluster, uint32_t node)
{
    return address(node) + 16 * cluster;
}

static void make_cluster(struct random *r, uint32_t number)
{
    static const char *const names[2][3] = { { "n1", "n2", "n3" }, { "b1", "b2", "b3" } };
    const struct version *v = &version_table[below(r, version_count)];
    uint32_t nodes = 1 + below(r, number == 0 ? 3 : 1), cluster;
    bool mixed = below(r, 3) == 0;
    struct err e = { "" };
    struct lab_cluster_spec spec = { number == 0 ? "HQ" : "BR", v->name, names[number], nodes, "" };
    assert_true(lab_cluster(r->lab, &spec, &cluster, &e));
    struct cluster *cl = &r->lab->state.clusters[cluster];
    for (uint32_t i = 0; i < nodes; i++)
        cl->nodes[i].disk.ip = address_of(cluster, i);
    cl->db.params[PARAM_SERVICE_START_US] = 1; /* no race with a boot */
    cl->db.params[PARAM_REPLICATION_US] = 50 * MS;
    assert_true(lab_group(r->lab, cluster, "G", names[number], 1 + below(r, nodes), &e));
    assert_true(lab_pool(r->lab, cluster, "P", "G", &e));
    if (!mixed || v->ctl_signer == OWN_NONE)
        return;
    assert_true(lab_plain(r->lab, cluster, DO_CTL_MIXED_MODE, &e));
    for (uint32_t n = 0; n < nodes; n++) {
        assert_true(lab_service(r->lab, cluster, n, SERVICE_TFTP, DO_RESTART, &e));
        assert_true(lab_service(r->lab, cluster, n, SERVICE_CALLMANAGER, DO_RESTART, &e));
    }
}

static void make_fleet(struct random *r, uint32_t cluster, uint32_t count)
{
    static const char *const models[] = { "7965", "8861", "7960", "7942" };
    struct lab_phones_spec p = { .count = count, .model = models[below(r, 4)], .pool = "P" };
    bool secure = below(r, 2) == 0, lsc = below(r, 2) == 0, encrypted = below(r, 2) == 0;
    uint32_t first;
    struct err e = { "" };
    if (secure) {
        p.security_mode = CNF_ENCRYPTED;
        p.lsc = lsc;
        p.encrypted = encrypted;
    }
    if (lab_phones(r->lab, cluster, &p, &first, &e))
        return;
    p = (struct lab_phones_spec){ .count = count, .model = p.model, .pool = "P" };
    assert_true(lab_phones(r->lab, cluster, &p, &first, &e)); /* no such profile: a plain one */
}

/* ---- what is done ---- */

static void tell(struct random *r, uint32_t cluster, const struct act *act)
{
    char text[ACT_TEXT];
    size_t n = strlen(r->out->told);
    act_print(&r->lab->state.clusters[cluster], act, text);
    snprintf(r->out->told + n, sizeof r->out->told - n, "%u/%u %s; ", (unsigned)cluster,
             (unsigned)act->node, text);
}

static struct act on_node(struct random *r, uint32_t node)
{
    static const uint8_t owns[] = { OWN_CALLMANAGER, OWN_CALLMANAGER, OWN_TVS, OWN_TVS,
                                    OWN_TOMCAT,      OWN_ITLRECOVERY, OWN_CAPF };
    static const uint8_t services[] = { SERVICE_TFTP, SERVICE_TVS, SERVICE_CALLMANAGER,
                                        SERVICE_TOMCAT, SERVICE_CAPF };
    static const uint8_t kinds[] = { DO_RESTART, DO_RESTART, DO_STOP, DO_START };
    uint32_t what = below(r, 2), own = below(r, 7), service = below(r, 5), kind = below(r, 4);
    return what == 0
               ? (struct act){ .kind = DO_REGENERATE, .node = (uint8_t)node, .arg = { owns[own] } }
               : (struct act){ .kind = kinds[kind],
                               .node = (uint8_t)node,
                               .arg = { services[service] } };
}

static struct act on_cluster(struct random *r, uint32_t node)
{
    struct link link = { .down = below(r, 2) == 0 };
    switch (below(r, 7)) {
    case 0:
        return (struct act){ .kind = DO_ITL_RESET_LOCALKEY };
    case 1:
        return (struct act){ .kind = DO_CTL_UPDATE };
    case 2:
        return (struct act){ .kind = DO_CTL_MIXED_MODE };
    case 3:
        return (struct act){ .kind = DO_SET, .arg = { PARAM_ROLLBACK, below(r, 2) } };
    case 4:
        return lab_link_act(DO_NODE_LINK, node, &link);
    default:
        return (struct act){ .kind = DO_RESET_ALL };
    }
}

/* By null string or by what the phone has; it learns of it at its next reset. */
static struct act on_capf(struct random *r)
{
    static const uint8_t kinds[] = { DO_INSTALL_LSC, DO_INSTALL_LSC, DO_DELETE_LSC,
                                     DO_TROUBLESHOOT_LSC };
    static const uint8_t modes[] = { 0, 2, 3 }; /* words of ARG_CAPF_MODE */
    uint32_t kind = below(r, 4), mode = below(r, 3);
    struct act act = { .kind = kinds[kind] };
    act.arg[3] = modes[mode];
    return act;
}

static void on_phones(struct random *r, uint32_t cluster)
{
    struct lab *lab = r->lab;
    uint32_t first = below(r, lab->state.phone_count);
    struct lab_whom whom = { .first = first,
                             .count = 1 + below(r, lab->state.phone_count - first) };
    struct cluster *cl = &lab->state.clusters[cluster];
    struct link link = { .down = below(r, 2) == 0 };
    struct act act = { .kind = DO_POWER, .arg = { 1 } };
    switch (below(r, 9)) {
    case 0:
        act.arg[0] = 0;
        break;
    case 7:
    case 8:
        act = on_capf(r);
        break;
    case 1:
        act = (struct act){ .kind = DO_DELETE_TRUST_LIST };
        break;
    case 2:
        act = (struct act){ .kind = DO_PRESS, .arg = { KEY_DIRECTORIES } };
        break;
    case 3:
        act = (struct act){ .kind = DO_MOVE,
                            .arg = { cl->nodes[below(r, cl->node_count)].disk.ip,
                                     cl->nodes[0].disk.ip } };
        break;
    case 4:
        act = (struct act){ .kind = DO_INSERT };
        break;
    case 5:
        act = lab_link_act(DO_PHONE_LINK, 0, &link);
        break;
    default:
        break;
    }
    tell(r, cluster, &act);
    lab_do_phones(lab, cluster, &act, &whom, NULL);
}

static void something(struct random *r)
{
    uint32_t cluster = below(r, r->lab->state.cluster_count), what = below(r, 10);
    uint32_t node = below(r, r->lab->state.clusters[cluster].node_count);
    if (what >= 7) {
        on_phones(r, cluster);
        return;
    }
    struct act act = what < 4 ? on_node(r, node) : on_cluster(r, node);
    if (!cluster_can(&r->lab->state.clusters[cluster], &act, lab_now_us(r->lab), NULL))
        return;
    tell(r, cluster, &act);
    lab_do(r->lab, cluster, &act, NULL);
}

/* ---- both ways ---- */

static bool comes_to_rest(struct lab *lab)
{
    return lab_settle(lab, lab_now_us(lab) + 60 * SECOND * patience).quiet;
}

static uint8_t operation_of(const struct lab *lab, uint32_t phone)
{
    const struct cluster *cl = lab_listed_in(lab, phone);
    return cl == NULL ? 0 : config_class_of(cl, phone)->capf.status;
}

static void look(struct random *r)
{
    const struct content *c = r->lab->base->content;
    r->out->count = r->lab->state.phone_count;
    for (uint32_t i = 0; i < r->out->count; i++) {
        const struct phone *p = &r->lab->state.phones[i];
        r->out->of[i] = (struct outcome){ .ctl = content_meaning(c, p->ctl),
                                          .itl = content_meaning(c, p->itl),
                                          .config = content_meaning(c, p->config),
                                          .lsc = content_meaning(c, p->lsc),
                                          .operation = operation_of(r->lab, i),
                                          .state = p->state,
                                          .place = (uint8_t)p->place,
                                          .lost = p->lost,
                                          .server = p->registered ? p->server : 0,
                                          .registered = p->registered,
                                          .idle = p->idle };
    }
}

static void situation(uint64_t seed, bool live, struct outcomes *out)
{
    struct random r = { .rng = rng_of(seed, "parity", 0), .out = out };
    struct lab_options o = lab_defaults();
    struct err e = { "" };
    memset(out, 0, sizeof *out);
    o.live = live;
    o.cache_dir = keyring_default_cache();
    r.lab = lab_new(&o);
    current.lab = r.lab;
    if (live) {
        struct live_options options = lab_live_options(r.lab);
        assert_true(lab_live(r.lab, &options, &e));
    }
    faster(r.lab);
    static const enum knob timeouts[] = { KNOB_FETCH_TIMEOUT_US,    KNOB_TVS_TIMEOUT_US,
                                          KNOB_REGISTER_TIMEOUT_US, KNOB_HTTPS_TIMEOUT_US,
                                          KNOB_CAPF_TIMEOUT_US,     KNOB_CAPF_RETRY_US };
    for (size_t i = 0; i < sizeof timeouts / sizeof timeouts[0]; i++)
        lab_set_knob(r.lab, timeouts[i], 300 * MS * patience);
    uint32_t clusters = 1 + (below(&r, 4) == 0), phones = 3 + below(&r, MOST_PHONES - 2);
    for (uint32_t c = 0; c < clusters; c++)
        make_cluster(&r, c);
    make_fleet(&r, 0, phones / 2);
    make_fleet(&r, clusters - 1, phones - phones / 2);
    for (uint32_t i = 0; i < r.lab->state.phone_count; i++)
        lab_power(r.lab, i, true, 0);
    out->quiet = comes_to_rest(r.lab);
    uint32_t acts = 2 + below(&r, MOST_ACTS - 1);
    for (uint32_t i = 0; i < acts; i++) {
        something(&r);
        out->quiet &= comes_to_rest(r.lab);
        lab_run_until(r.lab, lab_now_us(r.lab) + 100 * MS); /* replication */
        out->quiet &= comes_to_rest(r.lab);
    }
    look(&r);
    lab_free(r.lab);
    current.lab = NULL;
}

static void show(const char *way, const struct outcome *o)
{
    print_error("  %-8s %s, lost %x, server %u, CTL %016llx, ITL %016llx, configuration %016llx, "
                "LSC %016llx (%s)%s%s\n",
                way, phone_states[o->state].name, o->lost, o->server, (unsigned long long)o->ctl,
                (unsigned long long)o->itl, (unsigned long long)o->config,
                (unsigned long long)o->lsc, capf_status_name((enum capf_status)o->operation),
                o->registered ? ", registered" : "", o->idle ? ", asleep" : "");
}

static bool same(const struct outcomes *v, const struct outcomes *l)
{
    bool good = v->quiet == l->quiet && v->count == l->count && strcmp(v->told, l->told) == 0;
    for (uint32_t i = 0; i < v->count && good; i++)
        good = memcmp(&v->of[i], &l->of[i], sizeof v->of[i]) == 0;
    return good;
}

static void show_both(uint64_t seed, const struct outcomes *v, const struct outcomes *l)
{
    print_error("seed %llu (quiet: virtual %d, live %d): %s\n", (unsigned long long)seed, v->quiet,
                l->quiet, v->told);
    if (strcmp(v->told, l->told) != 0)
        print_error("  live: %s\n", l->told);
    for (uint32_t i = 0; i < v->count; i++) {
        if (memcmp(&v->of[i], &l->of[i], sizeof v->of[i]) == 0)
            continue;
        print_error("  phone %u\n", (unsigned)i);
        show("virtual", &v->of[i]);
        show("live", &l->of[i]);
    }
}

static uint64_t number(const char *name, uint64_t otherwise)
{
    const char *text = getenv(name);
    return text == NULL ? otherwise : strtoull(text, NULL, 10);
}

/* The second try is for a busy machine, on which a deadline may come while nobody could answer. */
static bool ends_alike(uint64_t seed)
{
    static struct outcomes virtual, live;
    bool good = false;
    for (patience = 1; patience <= 10 && !good; patience += 9) {
        situation(seed, false, &virtual);
        situation(seed, true, &live);
        good = same(&virtual, &live);
    }
    if (!good)
        show_both(seed, &virtual, &live);
    return good;
}

/* Every AT_ONCE-th seed from the first, in a process of its own. */
static pid_t start(uint64_t first, uint64_t end)
{
    pid_t pid = fork();
    bool good = true;
    assert_true(pid >= 0);
    if (pid != 0)
        return pid;
    for (uint64_t seed = first; seed < end; seed += AT_ONCE)
        good &= ends_alike(seed);
    fflush(NULL);
    _exit(good ? 0 : 1);
}

/* On sockets nearly all of the time is waiting, so several situations wait at once; each process
 * has addresses of its own. */
static void random_situations(void **state)
{
    (void)state;
    uint64_t from = number("PARITY_FROM", 1), seeds = number("PARITY_SEEDS", 30);
    pid_t pids[AT_ONCE];
    uint32_t bad = 0;
    fflush(NULL);
    for (uint32_t i = 0; i < AT_ONCE; i++)
        pids[i] = start(from + i, from + seeds);
    for (uint32_t i = 0; i < AT_ONCE; i++) {
        int status = -1;
        assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
        bad += status != 0;
    }
    assert_int_equal(bad, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = { TEST(random_situations) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
