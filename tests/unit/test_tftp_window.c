/* TFTP in windows of several blocks (RFC 7440), from the sender's side: what is agreed, what is
 * sent behind each ACK, losses anywhere, block numbers that wrap.  And netascii. */
#include "sim/base/rng.h"
#include "sim/wire/tftp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define ROOM (TFTP_BLKSIZE_MAX + 4)

static uint8_t room[ROOM];

static struct tftp_packet decoded(struct view v)
{
    struct tftp_packet p;
    struct err e = { "" };
    if (!tftp_decode(v, &p, &e))
        fail_msg("%s", e.text);
    return p;
}

/* What a sender says at once: the first datagram and the rest of its window. */
struct said {
    size_t n;
    uint16_t op;
    uint16_t blocks[2 * TFTP_WINDOW_MAX];
    struct tftp_packet first;
};

static void rest(struct tftp_send *s, uint64_t now_us, struct wr *w, struct said *said)
{
    while (w->n > 0) {
        assert_true(said->n < 2 * TFTP_WINDOW_MAX);
        struct tftp_packet p = decoded(view_of(room, w->n));
        if (said->n == 0)
            said->first = p;
        said->op = p.op;
        said->blocks[said->n++] = p.block;
        *w = wr_of(room, sizeof room);
        tftp_send_more(s, now_us, w);
    }
}

static struct said start(struct tftp_send *s, uint32_t window, int32_t blksize, struct view file)
{
    struct tftp_packet rrq = { .op = TFTP_RRQ,
                               .name = view_str("x"),
                               .mode = view_str("octet"),
                               .blksize = blksize,
                               .timeout_s = -1,
                               .tsize = -1,
                               .windowsize = window };
    struct wr w = wr_of(room, sizeof room);
    struct said said = { 0 };
    tftp_send_start(s, &rrq, file, 0, &w);
    rest(s, 0, &w, &said);
    return said;
}

static struct said acked(struct tftp_send *s, uint16_t block)
{
    struct tftp_packet ack = { .op = TFTP_ACK, .block = block };
    struct wr w = wr_of(room, sizeof room);
    struct said said = { 0 };
    tftp_send_packet(s, &ack, 10, &w);
    rest(s, 10, &w, &said);
    return said;
}

static struct said late(struct tftp_send *s)
{
    struct wr w = wr_of(room, sizeof room);
    struct said said = { 0 };
    uint64_t now_us = s->deadline_us;
    tftp_send_timeout(s, now_us, &w);
    rest(s, now_us, &w, &said);
    return said;
}

static void assert_blocks(const struct said *said, uint16_t from, size_t n)
{
    assert_int_equal(said->n, n);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(said->blocks[i], (uint16_t)(from + i));
}

static uint8_t file[100 * 512];

static void agreed(void **state)
{
    (void)state;
    static const struct {
        uint32_t asked;
        int32_t blksize;
        uint32_t agreed;
    } rows[] = { { 1, -1, 1 },     { 4, -1, 4 },     { 64, -1, 64 },   { 65, -1, 64 },
                 { 65535, 8, 64 }, { 64, 1428, 64 }, { 64, 65464, 2 }, { 3, 65464, 2 },
                 { 64, 8192, 16 }, { 1, 65464, 1 } };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct tftp_send s;
        struct said said = start(&s, rows[i].asked, rows[i].blksize, view_of(file, sizeof file));
        assert_int_equal(said.n, 1);
        assert_int_equal(said.op, TFTP_OACK);
        assert_int_equal(said.first.windowsize, rows[i].agreed);
        assert_int_equal(s.window, rows[i].agreed);
    }
    struct tftp_send s;
    struct said said = start(&s, 0, -1, view_of(file, sizeof file)); /* not asked for */
    assert_int_equal(said.op, TFTP_DATA);
    assert_int_equal(said.n, 1);
    said = start(&s, 0, 1024, view_of(file, sizeof file));
    assert_int_equal(said.first.windowsize, 0);
}

static void flows(void **state)
{
    (void)state;
    struct tftp_send s;
    struct said said = start(&s, 4, -1, view_of(file, 9 * 512 + 1));
    assert_int_equal(said.n, 1);
    assert_int_equal(acked(&s, 1).n, 0); /* of the OACK is no block but 0 */
    said = acked(&s, 0);
    assert_blocks(&said, 1, 4);
    said = acked(&s, 4);
    assert_blocks(&said, 5, 4);
    said = acked(&s, 8);
    assert_blocks(&said, 9, 2);           /* the end is nearer than the window */
    assert_int_equal(acked(&s, 4).n, 0);  /* an old one */
    assert_int_equal(acked(&s, 11).n, 0); /* one that was never sent */
    assert_false(s.done);
    assert_int_equal(acked(&s, 10).n, 0);
    assert_true(s.done && !s.failed);
    assert_int_equal(s.deadline_us, 0);
    struct wr w = wr_of(room, sizeof room);
    tftp_send_more(&s, 10, &w);
    assert_int_equal(w.n, 0);
}

/* An ACK in the middle says that the next one was lost. */
static void lost_in_the_middle(void **state)
{
    (void)state;
    struct tftp_send s;
    start(&s, 4, -1, view_of(file, sizeof file));
    struct said said = acked(&s, 0);
    assert_blocks(&said, 1, 4);
    said = acked(&s, 2);
    assert_blocks(&said, 3, 4);
    said = acked(&s, 3);
    assert_blocks(&said, 4, 4);
    said = acked(&s, 7);
    assert_blocks(&said, 8, 4);
}

/* The first of a window was lost: the ACK before it comes again.  Doubled on the way it must not
 * double what is sent. */
static void lost_in_front(void **state)
{
    (void)state;
    struct tftp_send s;
    start(&s, 4, -1, view_of(file, sizeof file));
    acked(&s, 0);
    struct said said = acked(&s, 4);
    assert_blocks(&said, 5, 4);
    said = acked(&s, 4);
    assert_blocks(&said, 5, 4);
    for (int i = 0; i < 10; i++)
        assert_int_equal(acked(&s, 4).n, 0);
    said = acked(&s, 8);
    assert_blocks(&said, 9, 4);
    said = acked(&s, 8); /* once for each window */
    assert_blocks(&said, 9, 4);
    start(&s, 1, -1, view_of(file, sizeof file)); /* windows of one: as without */
    said = acked(&s, 0);
    assert_blocks(&said, 1, 1);
    said = acked(&s, 1);
    assert_blocks(&said, 2, 1);
    assert_int_equal(acked(&s, 1).n, 0);
}

static void silence(void **state)
{
    (void)state;
    struct tftp_send s;
    start(&s, 4, -1, view_of(file, sizeof file));
    struct said said = late(&s);
    assert_int_equal(said.op, TFTP_OACK);
    assert_int_equal(said.n, 1);
    acked(&s, 0);
    acked(&s, 2);
    for (int i = 1; i < TFTP_TRIES; i++) {
        said = late(&s);
        assert_blocks(&said, 3, 4);
    }
    assert_int_equal(late(&s).n, 0);
    assert_true(s.failed);
}

/* Repeated ACKs are no progress: they give no new tries. */
static void repeated_for_ever(void **state)
{
    (void)state;
    struct tftp_send s;
    start(&s, 4, -1, view_of(file, sizeof file));
    acked(&s, 0);
    for (int i = 0; i < TFTP_TRIES - 1; i++) {
        acked(&s, 0);
        assert_true(late(&s).n > 0);
    }
    assert_int_equal(late(&s).n, 0);
    assert_true(s.failed);
}

/* A client as RFC 7440 has it: takes blocks in order, acknowledges the last of a window, and what
 * it has where one is missing. */
struct client {
    uint8_t *got;
    size_t n, blksize;
    uint64_t block;
    uint32_t window, in_window;
    bool done, gap;
};

/* True: an ACK goes out, of `client->block`. */
static bool client_takes(struct client *c, const struct tftp_packet *p)
{
    if (p->op == TFTP_OACK)
        return c->block == 0;
    if (p->block != (uint16_t)(c->block + 1)) {
        bool first = !c->gap;
        c->gap = true;
        c->in_window = 0;
        return first;
    }
    memcpy(c->got + c->n, p->data.p, p->data.n);
    c->n += p->data.n;
    c->block++;
    c->gap = false;
    c->in_window++;
    c->done = p->data.n < c->blksize;
    if (!c->done && c->in_window < c->window)
        return false;
    c->in_window = 0;
    return true;
}

/* One transfer over a wire that loses `loss_ppm` both ways; how many datagrams it took. */
static unsigned transfer(size_t n, int32_t blksize, uint32_t window, uint32_t loss_ppm,
                         uint64_t seed)
{
    struct rng rng = rng_of(seed, "window", n);
    uint8_t *bytes = malloc(n + 1);
    struct client c = { .got = malloc(n + 1), .blksize = (size_t)blksize, .window = window };
    struct tftp_send s;
    struct tftp_packet rrq = { .op = TFTP_RRQ,
                               .name = view_str("x"),
                               .mode = view_str("octet"),
                               .blksize = blksize,
                               .timeout_s = -1,
                               .tsize = -1,
                               .windowsize = window };
    unsigned sent = 0;
    bool acks = false;
    struct wr w = wr_of(room, sizeof room);
    rng_bytes(&rng, bytes, n);
    tftp_send_start(&s, &rrq, view_of(bytes, n), 0, &w);
    s.apart = seed % 3 == 0;
    while (!s.done && !s.failed) {
        acks = false;
        for (; w.n > 0; w = wr_of(room, sizeof room), tftp_send_more(&s, 0, &w)) {
            sent++;
            assert_true(!s.apart || s.body.n == 0 || w.n == 4); /* a head, and bytes of the file */
            wr_view(&w, s.body);
            struct tftp_packet p = decoded(view_of(room, w.n));
            if (!rng_chance(&rng, loss_ppm) && !c.done)
                acks |= client_takes(&c, &p);
        }
        acks |= c.done; /* it lingers */
        w = wr_of(room, sizeof room);
        struct tftp_packet ack = { .op = TFTP_ACK, .block = (uint16_t)c.block };
        if (acks && !rng_chance(&rng, loss_ppm))
            tftp_send_packet(&s, &ack, 0, &w);
        if (w.n == 0 && !s.done) { /* both have waited */
            tftp_send_timeout(&s, s.deadline_us, &w);
            c.gap = false;
        }
        assert_true(sent < 20 * (n / (size_t)blksize + 10));
    }
    if (s.done) {
        assert_int_equal(c.n, n);
        assert_memory_equal(c.got, bytes, n);
    }
    assert_true(s.done || loss_ppm > 0);
    free(bytes);
    free(c.got);
    return s.done ? sent : 0;
}

/* Where the caller wants them apart, a head and a view of the file are what else is written in one
 * piece; an OACK has nothing behind it. */
static void apart(void **state)
{
    (void)state;
    static uint8_t whole[ROOM];
    struct tftp_send s;
    for (size_t i = 0; i < sizeof file; i++)
        file[i] = (uint8_t)(i * 7 + i / 512);
    start(&s, 1, 1428, view_of(file, 3000));
    s.apart = true;
    struct tftp_send other = s;
    struct wr w = wr_of(room, sizeof room);
    s.deadline_us = other.deadline_us = 1;
    tftp_send_timeout(&s, 1, &w); /* the OACK again */
    assert_true(w.n > 4);
    assert_int_equal(s.body.n, 0);
    other.apart = false;
    for (uint16_t block = 0; block < 3; block++) {
        const struct tftp_packet ack = { .op = TFTP_ACK, .block = block };
        struct wr head = wr_of(room, sizeof room), one = wr_of(whole, sizeof whole);
        tftp_send_packet(&s, &ack, 10, &head);
        tftp_send_packet(&other, &ack, 10, &one);
        assert_int_equal(head.n, 4);
        assert_ptr_equal(s.body.p, file + (size_t)block * 1428);
        wr_view(&head, s.body);
        assert_true(view_eq(view_of(room, head.n), view_of(whole, one.n)));
    }
    memset(file, 0, sizeof file);
}

static void losses(void **state)
{
    (void)state;
    static const size_t sizes[] = { 0, 1, 511, 512, 513, 2048, 20000 };
    static const uint32_t windows[] = { 1, 2, 3, 8, 64 };
    unsigned done = 0, all = 0;
    for (uint64_t seed = 0; seed < 300; seed++)
        for (size_t w = 0; w < 5; w++, all++)
            done += transfer(sizes[seed % 7], 512, windows[w], seed % 2 == 0 ? 20000 : 100000,
                             seed) > 0;
    assert_true(done > all * 99 / 100);
    for (size_t i = 0; i < 7; i++) /* nothing is lost: nothing is sent twice */
        for (size_t w = 0; w < 5; w++)
            assert_int_equal(transfer(sizes[i], 512, windows[w], 0, 1), sizes[i] / 512 + 2);
}

/* Past block 65535, twice, with windows across it. */
static void wraps(void **state)
{
    (void)state;
    assert_int_equal(transfer((size_t)140000 * 8 + 3, 8, 64, 0, 1), 140002);
    assert_true(transfer((size_t)70000 * 8, 8, 7, 1000, 2) >= 70002);
    assert_true(transfer((size_t)66000 * 8, 8, 64, 1000, 3) >= 66002);
}

/* ---- netascii ---- */

static void netascii(void **state)
{
    (void)state;
    static const struct {
        const char *file;
        size_t n;
        const char *sent;
        size_t sent_n;
    } rows[] = {
#define ROW(a, b) { a, sizeof(a) - 1, b, sizeof(b) - 1 }
        ROW("", ""),
        ROW("plain", "plain"),
        ROW("\n", "\r\n"),
        ROW("a\nb", "a\r\nb"),
        ROW("a\r\nb\r", "a\r\0\r\nb\r\0"),
        ROW("\n\n\0\xff\n", "\r\n\r\n\0\xff\r\n"),
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint8_t out[64];
        struct wr w = wr_of(out, sizeof out), m = wr_measure();
        tftp_netascii(view_of(rows[i].file, rows[i].n), &w);
        tftp_netascii(view_of(rows[i].file, rows[i].n), &m);
        assert_int_equal(m.n, rows[i].sent_n);
        assert_true(view_eq(view_of(out, w.n), view_of(rows[i].sent, rows[i].sent_n)));
    }
    assert_true(tftp_is_netascii(view_str("NETascii")));
    assert_false(tftp_is_netascii(view_str("octet")));
    assert_false(tftp_is_netascii(view_str("netasci")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agreed),
        cmocka_unit_test(flows),
        cmocka_unit_test(lost_in_the_middle),
        cmocka_unit_test(lost_in_front),
        cmocka_unit_test(silence),
        cmocka_unit_test(repeated_for_ever),
        cmocka_unit_test(apart),
        cmocka_unit_test(losses),
        cmocka_unit_test(wraps),
        cmocka_unit_test(netascii),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
