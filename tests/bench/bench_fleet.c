/* How long a fleet takes from power on until all of it is registered over real sockets, and what an
 * idle phone costs.  Every phone holds an ITL and a configuration from before the CallManager
 * certificate was made anew, so that each asks TVS about what it is given.
 *
 *   one process    a served lab and its own phones, --registration short
 *   two processes  a served lab, and a fleet without a cluster that holds its connections
 *
 * Memory: bytes that the allocator has given out in the process of the fleet, beyond those of the
 * same phones without power; the kernel's is apart.
 *
 * Usage: bench_fleet [phones short [phones held [phones over TLS [minutes]]]]; default 10000 8000
 * 1000 0.  With minutes (10 or more) those that hold stay so long, memory at the end is compared
 * with that at minute 2, and the two processes that hold nothing are left out. */
#include "sim/base/sys.h"
#include "sim/fleet/tell.h"
#include "sim/net/fetch.h"
#include "sim/net/stream.h"
#include "sim/wire/text.h"
#include "tests/bench/process.h"

#include <malloc.h>

#define LIMIT_S 180.
#define LOOK_US 50000u /* between two looks who has booted, in one process */

static double in_use(void)
{
    struct mallinfo2 m = mallinfo2();
    return (double)m.uordblks + (double)m.hblkhd;
}

/* ---- the served cluster ---- */

struct cluster_of {
    uint32_t ip, phones;
    bool secured, is_short;
};

static struct lab *serve_lab(const struct cluster_of *s)
{
    static const char *const names[] = { "pub" };
    struct lab_options o = lab_defaults();
    struct err e = { "" };
    uint32_t cluster, first;
    o.live = true;
    o.cache_dir = keyring_default_cache();
    struct lab *lab = lab_new(&o);
    struct live_options options = lab_live_options(lab);
    options.registrations = s->is_short ? 0 : LIVE_AS_MANY;
    must(lab_live(lab, &options, &e), &e);
    struct lab_cluster_spec spec = { "HQ", s->secured ? "11.5" : "8.6", names, 1, "" };
    must(lab_cluster(lab, &spec, &cluster, &e), &e);
    lab->state.clusters[0].nodes[0].disk.ip = s->ip;
    lab->state.clusters[0].db.params[PARAM_SERVICE_START_US] = 1;
    if (s->secured)
        must(lab_do(lab, 0, &(struct act){ .kind = DO_CTL_MIXED_MODE }, &e), &e);
    struct lab_phones_spec p = { .count = s->phones,
                                 .model = "8861",
                                 .security_mode = s->secured ? CNF_ENCRYPTED : CNF_NON_SECURE };
    must(lab_phones(lab, 0, &p, &first, &e), &e);
    return lab;
}

static void restart_all(struct lab *lab)
{
    static const uint8_t services[] = { SERVICE_TVS, SERVICE_CALLMANAGER, SERVICE_TFTP };
    struct err e = { "" };
    for (size_t i = 0; i < sizeof services; i++)
        must(lab_service(lab, 0, 0, (enum service)services[i], DO_RESTART, &e), &e);
    must(lab_settle(lab, lab_now_us(lab) + 60000000).quiet, &(struct err){ "not quiet" });
}

/* The certificate with which TFTP signs is another one now. */
static void change_signer(struct lab *lab)
{
    struct err e = { "" };
    must(lab_regenerate(lab, 0, 0, OWN_CALLMANAGER, &e), &e);
    if (lab->state.clusters[0].nodes[0].run.mixed_mode)
        must(lab_do(lab, 0, &(struct act){ .kind = DO_CTL_UPDATE }, &e), &e);
    restart_all(lab);
}

/* A byte asks for the change; the end of the pipe ends it. */
static void serve(int asked, int out, void *arg)
{
    struct lab *lab = serve_lab(arg);
    restart_all(lab); /* a new mode too */
    need(write(out, "r", 1) == 1 && fcntl(asked, F_SETFL, O_NONBLOCK) == 0, "pipe");
    for (;;) {
        char c;
        ssize_t got = read(asked, &c, 1);
        if (got == 0)
            _exit(0);
        if (got == 1) {
            change_signer(lab);
            need(write(out, "d", 1) == 1, "write");
        }
        lab_run_until(lab, lab_now_us(lab) + 20000);
    }
}

static void wait_for(const struct server *s)
{
    char c;
    need(read(s->told, &c, 1) == 1, "the server ended");
}

/* ---- results ---- */

static bool told_time(const char *what, uint32_t phones, double took_s, uint32_t registered,
                      uint32_t by_tvs, uint32_t lacking)
{
    bool ok = took_s <= LIMIT_S && registered == phones && by_tvs == phones && lacking == 0;
    printf("%-14s %6u phones   all registered after %6.1f s  limit %.0f s   by TVS %u   failed %u  "
           "%s\n",
           what, phones, took_s, LIMIT_S, by_tvs, phones - registered + lacking, verdict(ok));
    fflush(stdout);
    return ok;
}

static bool told_memory(const char *what, double bytes, double limit)
{
    printf("an idle phone, %-24s %8.0f bytes  limit %.0f  %s\n", what, bytes, limit,
           verdict(bytes <= limit));
    fflush(stdout);
    return bytes <= limit;
}

/* ---- one process ---- */

static bool *asked_tvs;

static void hear(void *ctx, uint32_t phone, const struct phone *before, const struct event *event,
                 const struct outbox *out, const struct phone *after, uint64_t now_us)
{
    uint32_t at = 0;
    const struct action *note;
    (void)ctx, (void)before, (void)event, (void)after, (void)now_us;
    while ((note = lab_next_note(out, &at)) != NULL)
        if (note->kind == NOTE_TVS && note->b == TVS_TRUSTED)
            asked_tvs[phone] = true;
}

/* The first phone boots before the change: what it holds then they all do. */
static void all_hold(struct lab *lab)
{
    lab_power(lab, 0, true, lab_now_us(lab));
    must(lab_settle(lab, lab_now_us(lab) + 60000000).quiet, &(struct err){ "not quiet" });
    const struct phone scout = lab->state.phones[0];
    must(scout.itl != 0 && scout.config != 0, &(struct err){ "the first phone holds nothing" });
    lab_power(lab, 0, false, lab_now_us(lab));
    change_signer(lab);
    for (uint32_t i = 0; i < lab->state.phone_count; i++) {
        struct phone *p = &lab->state.phones[i];
        p->ctl = scout.ctl;
        p->itl = scout.itl;
        p->config = scout.config;
    }
}

static bool one_process(uint32_t phones)
{
    struct observer ear = { .phone = hear };
    struct cluster_of s = { .ip = 127u << 24 | 24u << 16 | 1u << 8 | 11,
                            .phones = phones,
                            .is_short = true };
    uint32_t registered = 0, by_tvs = 0, lacking = 0;
    struct lab *lab = serve_lab(&s);
    all_hold(lab);
    asked_tvs = calloc(phones, sizeof *asked_tvs);
    lab_observe(lab, &ear);
    double began_s = wall_s();
    for (uint32_t on = 0, n = 0; n < phones && wall_s() - began_s < 2 * LIMIT_S;) {
        for (; on < phones && on - n < FLEET_AT_ONCE; on++)
            lab_power(lab, on, true, lab_now_us(lab));
        lab_run_until(lab, lab_now_us(lab) + LOOK_US);
        n = 0;
        for (uint32_t i = 0; i < on; i++)
            n += phone_is_registered(&lab->state.phones[i]);
    }
    double took_s = wall_s() - began_s;
    for (uint32_t i = 0; i < phones; i++) {
        registered += phone_is_registered(&lab->state.phones[i]);
        lacking += lab->state.phones[i].lost != 0;
        by_tvs += asked_tvs[i];
    }
    lab_unobserve(lab, &ear);
    lab_free(lab);
    free(asked_tvs);
    return told_time("one process", phones, took_s, registered, by_tvs, lacking);
}

/* ---- two processes ---- */

struct got {
    struct arena *arena;
    struct view bytes;
    bool done;
};

static void on_file(void *owner, const struct fetched *f)
{
    struct got *g = owner;
    if (f->end == FETCHED_CAME)
        g->bytes = arena_copy(g->arena, f->bytes);
    g->done = true;
}

static struct view fetch(uint32_t ip, const char *name, struct arena *arena)
{
    struct reactor r;
    struct got g = { .arena = arena };
    const struct fetch_request order = {
        .ip = ip, .port = 6970, .name = name, .limit = 2u << 20, .wait_us = 5000000
    };
    reactor_open(&r);
    reactor_enter(&r);
    fetch_http(&r, &order, on_file, &g);
    while (!g.done) {
        reactor_turn(&r);
        reactor_reap(&r);
    }
    reactor_leave(&r);
    stream_drop_all(&r);
    reactor_close(&r);
    return g.bytes;
}

static uint32_t lacking_of(const struct fleet *f)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < f->roll.count; i++)
        n += f->lab->state.phones[i].lost != 0 && phone_is_registered(&f->lab->state.phones[i]);
    return n;
}

static void idle(struct fleet *f, double seconds)
{
    uint64_t until_us = lab_now_us(f->lab) + (uint64_t)(seconds * 1e6);
    lab_run_until(f->lab, until_us);
}

struct kind {
    const char *what, *memory;
    bool secured, is_short;
    double limit; /* bytes */
};

static bool stays(struct fleet *f, double minutes)
{
    double at_2, at_end;
    idle(f, 120);
    at_2 = in_use();
    idle(f, (minutes - 2) * 60);
    at_end = in_use();
    bool whole = fleet_is_whole(f), ok = whole && at_end <= 1.05 * at_2;
    printf("memory at minute %.0f against minute 2: %.3f  limit 1.05  all registered: %s  %s\n",
           minutes, at_end / at_2, whole ? "yes" : "no", verdict(ok));
    return ok;
}

static bool two_processes(const struct kind *k, uint32_t phones, double minutes)
{
    static uint32_t runs;
    struct cluster_of s = { .ip = 127u << 24 | 24u << 16 | (2 + runs++) << 8 | 11,
                            .phones = phones,
                            .secured = k->secured,
                            .is_short = k->is_short };
    struct arena arena = arena_of(&sys_mem);
    struct err e = { "" };
    struct server server = server_start(serve, &s);
    wait_for(&server);
    struct fleet_options o = { .seed = 1,
                               .identity = 1,
                               .cache_dir = keyring_default_cache(),
                               .start_s = lab_defaults().start_s,
                               .tftp = { { s.ip, 0 } },
                               .count = phones,
                               .mac = 0x001121000000u,
                               .model = "8861",
                               .is_short = k->is_short,
                               .at_once = FLEET_AT_ONCE,
                               .within_us = (uint64_t)(2 * LIMIT_S * 1e6) };
    if (k->secured)
        o.ctl = fetch(s.ip, "CTLFile.tlv", &arena);
    o.itl = fetch(s.ip, "ITLFile.tlv", &arena);
    o.config = fetch(s.ip, "SEP001121000000.cnf.xml.sgn", &arena);
    need(o.itl.p != NULL && o.config.p != NULL && write(server.ask, "c", 1) == 1, "files");
    wait_for(&server);
    struct fleet *f = fleet_new(&o, &e);
    must(f != NULL, &e);
    double before = in_use();
    fleet_run(f);
    struct fleet_counts c = roll_counts(&f->roll);
    bool ok = told_time(k->what, phones, f->all_us == 0 ? 2 * LIMIT_S : (double)f->all_us / 1e6,
                        c.of[FLEET_REGISTERED], c.vouched, lacking_of(f));
    idle(f, 3); /* what closes has closed */
    ok = told_memory(k->memory, (in_use() - before) / phones, k->limit) && ok;
    if (getenv("BENCH_TELL") != NULL)
        tell_text(stdout, f);
    if (minutes > 2)
        ok = stays(f, minutes) && ok;
    fleet_free(f);
    server_stop(&server);
    arena_free(&arena);
    return ok;
}

int main(int argc, char **argv)
{
    static const struct kind kinds[] = {
        { "two, short", "no connection", false, true, 400 },
        { "two, held", "a TCP connection", false, false, 1024 },
        { "two, held TLS", "a TLS connection", true, false, 26 * 1024 },
    };
    uint64_t n[4] = { 10000, 8000, 1000, 0 };
    bool ok = true;
    for (int i = 1; i < argc && i <= 4; i++)
        need(text_number(view_str(argv[i]), 100000, &n[i - 1]), "usage");
    if (n[0] > 0)
        ok = one_process((uint32_t)n[0]);
    if (n[1] > 0 && n[3] == 0)
        ok = two_processes(&kinds[0], (uint32_t)n[1], 0) && ok;
    if (n[1] > 0)
        ok = two_processes(&kinds[1], (uint32_t)n[1], (double)n[3]) && ok;
    if (n[2] > 0)
        ok = two_processes(&kinds[2], (uint32_t)n[2], 0) && ok;
    return ok ? 0 : 1;
}
