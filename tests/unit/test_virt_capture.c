/* Captures of virtual time: the walk over packets ends where the closed form does, whatever the
 * link; and a run is the same with and without one. */
#include "tests/unit/run_script.h"

#include "sim/virt/tap.h"

/* ---- the walk ---- */

static uint64_t costs[COSTS];
static const struct world world = { .costs = costs };

/* Links of all kinds, some cut, some that lose nearly all. */
static struct link random_link(struct rng *r)
{
    static const uint32_t losses[] = { 0, 0, 1000, 200000, 700000, 1000000 };
    return (struct link){ .delay_us = rng_below(r, 200000),
                          .jitter_us = rng_below(r, 3) == 0 ? 0 : rng_below(r, 50000),
                          .loss_ppm = losses[rng_below(r, 6)],
                          .rate = rng_below(r, 2) == 0 ? 0 : 500 + (uint32_t)rng_below(r, 1000000),
                          .down = rng_below(r, 50) == 0 };
}

static void same_trips(const struct virt *v, struct slot *s, const struct link *l, uint32_t trips,
                       bool (*closed)(const struct virt *v, struct slot *s, const struct link *l,
                                      uint64_t *in_us))
{
    uint32_t luck = s->luck;
    uint64_t in_us = 0, at_us[WALK_TRIPS] = { 0 };
    bool arrives = closed(v, s, l, &in_us);
    uint32_t sent = virt_walk_trips(v, s, luck, l, trips, at_us);
    assert_int_equal(sent == trips, arrives);
    if (arrives)
        assert_true(at_us[trips - 1] == in_us);
    for (uint32_t i = 1; i < sent; i++)
        assert_true(at_us[i] >= at_us[i - 1]);
}

static void same_answer(const struct virt *v, struct slot *s, const struct link *l, uint32_t bytes)
{
    uint32_t luck = s->luck, packets = virt_walk_packets(s, bytes);
    uint64_t in_us = 0, *at_us = malloc(packets * sizeof *at_us);
    bool arrives = virt_answer_us(v, s, l, bytes, &in_us);
    uint32_t sent = virt_walk_answer(v, s, luck, l, bytes, at_us);
    assert_int_equal(sent == packets, arrives);
    if (arrives)
        assert_true(at_us[packets - 1] == in_us);
    for (uint32_t i = 1; i < sent; i++)
        assert_true(at_us[i] >= at_us[i - 1]);
    free(at_us);
}

static void the_walk_ends_where_the_closed_form_does(void **state)
{
    (void)state;
    struct rng r = rng_of(7, "walk", 0);
    struct virt v = { .world = &world, .luck = 5 };
    uint32_t arrived = 0;
    for (int i = 0; i < COSTS; i++)
        costs[i] = cost_table[i].initial;
    for (uint32_t i = 0; i < 50000; i++) {
        struct link l = random_link(&r);
        struct slot s = { .ask = i % 3 == 0 ? ASK_TVS_CERT : ASK_FILE,
                          .http = i % 3 == 1,
                          .luck = (uint32_t)rng_next(&r) };
        uint32_t before = s.luck;
        same_trips(&v, &s, &l, virt_by_udp(&s) ? 1 : 3, virt_request_us);
        same_trips(&v, &s, &l, 2, virt_handshake_us);
        same_answer(&v, &s, &l, i % 3 == 0 ? 0 : (uint32_t)rng_below(&r, 1u << rng_below(&r, 20)));
        arrived += s.luck == before + 3;
    }
    assert_int_equal(arrived, 50000); /* the walks drew nothing of the slot */
}

/* The packets of a transfer by hand: 1,100 bytes are three blocks, two round trips behind the first
 * (2 ms each here), and a rate of 100,000 bytes a second. */
static void a_transfer_packet_by_packet(void **state)
{
    (void)state;
    struct virt v = { .world = &world };
    struct slot udp = { .ask = ASK_FILE }, tcp = { .ask = ASK_FILE, .http = 1 };
    const struct link l = { .delay_us = 1000, .rate = 100000 };
    uint64_t at_us[64];
    assert_int_equal(virt_walk_answer(&v, &udp, 0, &l, 1100, at_us), 3);
    assert_true(at_us[0] == 1000 + 5120 && at_us[1] == 3000 + 10240 && at_us[2] == 5000 + 11000);
    /* A block more where the last one is full. */
    assert_int_equal(virt_walk_packets(&udp, 1024), 3);
    /* Slow start: ten segments at once, then twenty a round trip later. */
    const struct link fast = { .delay_us = 1000 };
    assert_int_equal(virt_walk_answer(&v, &tcp, 0, &fast, 1460 * 30, at_us), 31);
    assert_true(at_us[9] == 1000 && at_us[10] == 3000 && at_us[29] == 3000 && at_us[30] == 5000);
}

/* ---- a run with and without ---- */

#define NETWORK                                                                                    \
    "fleet:link { delay = '20ms', jitter = '8ms', loss = 0.05, rate = 60000 } "                    \
    "hq.sub1:link { delay = '5ms', loss = 0.01 } "
#define CHANGES                                                                                    \
    "fleet:power('on') settle() step('regenerate') hq.pub:regenerate('CallManager') "              \
    "hq.pub:restart('Cisco Tftp') settle() step('reset') fleet:reset() wait('70s') "               \
    "hq.pub:stop('Cisco Tftp') wait('3s') hq.pub:start('Cisco Tftp') settle() "                    \
    "step('pages') fleet:press('Directories') settle() hq.pub:link { down = true } "               \
    "step('restart') fleet:power('off') fleet:power('on') settle() "

/* The hash of the trace of all of it. */
static uint64_t hash_of(const char *text, const char *pcap, uint64_t *lines)
{
    struct run r = { 0 };
    size_t n;
    put_file(r.path, text, strlen(text));
    struct session_options o = options_for(&r, r.path, 1);
    FILE *out = open_memstream(&r.out, &n);
    o.script.out = out;
    o.pcap = pcap;
    open_file(&r, &o);
    lab_trace_begin(&r.trace, r.lab, NULL, NULL);
    r.result = session_run(r.session, &r.e);
    fclose(out);
    assert_string_equal(r.e.text, "");
    uint64_t hash = r.trace.trace.hash;
    *lines = r.trace.trace.lines;
    assert_true(session_end_files(r.session, &r.e));
    done(&r);
    return hash;
}

/* All the packets of a file, by what the block says. */
static uint32_t packets_in(const char *path)
{
    struct arena a = arena_of(&sys_mem);
    struct err e = { "" };
    struct view v;
    uint32_t count = 0;
    uint64_t last = 0;
    assert_true(sys_read_file(path, 1 << 28, &a, &v, &e));
    for (size_t at = 0; at + 28 <= v.n;) {
        uint32_t word[5];
        memcpy(word, v.p + at, sizeof word); /* little-endian, as this machine */
        assert_true(word[1] >= 12 && word[1] % 4 == 0 && word[1] <= v.n - at);
        uint64_t at_us = (uint64_t)word[3] << 32 | word[4];
        if (word[0] == 6) {
            assert_true(at_us >= last); /* in order */
            last = at_us;
            count++;
        }
        at += word[1];
    }
    arena_free(&a);
    return count;
}

static void a_run_is_the_same_with_and_without(void **state)
{
    (void)state;
    static const char *const texts[] = { LAB CHANGES, LAB NETWORK CHANGES };
    char path[64];
    snprintf(path, sizeof path, "/tmp/test_virt_capture.%ld", (long)getpid());
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        uint64_t lines, with;
        uint64_t hash = hash_of(texts[i], NULL, &lines);
        assert_true(lines > 500);
        assert_true(hash_of(texts[i], path, &with) == hash);
        assert_true(lines == with);
        assert_true(packets_in(path) > 1000);
        unlink(path);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_walk_ends_where_the_closed_form_does),
        cmocka_unit_test(a_transfer_packet_by_packet),
        cmocka_unit_test(a_run_is_the_same_with_and_without),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
