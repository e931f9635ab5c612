#include "sim/base/rng.h"
#include "sim/wire/tftp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define ROOM (TFTP_BLKSIZE_MAX + 4)

static struct tftp_packet decoded(struct view v)
{
    struct tftp_packet p;
    struct err e = { "" };
    if (!tftp_decode(v, &p, &e))
        fail_msg("%s", e.text);
    return p;
}

static const struct tftp_packet empty = { .blksize = -1, .timeout_s = -1, .tsize = -1 };

/* --- packets ---------------------------------------------------------------------------------- */

static void assert_bytes(const struct tftp_packet *p, const void *bytes, size_t n)
{
    uint8_t buf[256];
    struct wr w = wr_of(buf, sizeof buf);
    tftp_encode(p, &w);
    assert_int_equal(w.n, n);
    assert_memory_equal(buf, bytes, n);
    struct tftp_packet back = decoded(view_of(buf, w.n));
    uint8_t again[256];
    struct wr w2 = wr_of(again, sizeof again);
    tftp_encode(&back, &w2);
    assert_true(view_eq(view_of(buf, w.n), view_of(again, w2.n)));
}

#define ASSERT_BYTES(p, text) assert_bytes(&(p), text, sizeof(text) - 1)

static void packets(void **state)
{
    (void)state;
    struct tftp_packet p = empty;
    p.op = TFTP_RRQ;
    p.name = view_str("ITLFile.tlv");
    p.mode = view_str("octet");
    ASSERT_BYTES(p, "\0\x01ITLFile.tlv\0octet\0");
    p.blksize = 1024;
    p.tsize = 0;
    ASSERT_BYTES(p, "\0\x01ITLFile.tlv\0octet\0blksize\0001024\0tsize\0000\0");
    p.timeout_s = 3;
    p.op = TFTP_WRQ;
    ASSERT_BYTES(p, "\0\x02ITLFile.tlv\0octet\0blksize\0001024\0timeout\0003\0tsize\0000\0");
    p = empty;
    p.op = TFTP_OACK;
    p.blksize = 8;
    p.tsize = 9876543210;
    ASSERT_BYTES(p, "\0\x06"
                    "blksize\0008\0tsize\0009876543210\0");
    p = empty;
    p.op = TFTP_DATA;
    p.block = 0x1234;
    ASSERT_BYTES(p, "\0\x03\x12\x34");
    p.data = view_str("abc");
    ASSERT_BYTES(p, "\0\x03\x12\x34"
                    "abc");
    p = empty;
    p.op = TFTP_ACK;
    p.block = 65535;
    ASSERT_BYTES(p, "\0\x04\xff\xff");
    p = empty;
    p.op = TFTP_ERROR;
    p.code = TFTP_ERR_NOT_FOUND;
    p.message = view_str("File not found");
    ASSERT_BYTES(p, "\0\x05\0\x01"
                    "File not found\0");
}

static void options_read(void **state)
{
    (void)state;
    static const char in[] = "\0\x01x\0OCTET\0BLKSIZE\00000065464\0windowsize\0004\0tSize\0000";
    struct tftp_packet p = decoded(view_of(in, sizeof in));
    assert_int_equal(p.blksize, 65464);
    assert_int_equal(p.tsize, 0);
    assert_int_equal(p.timeout_s, -1);
    assert_int_equal(p.windowsize, 4);
}

/* What an option of a request cannot be is as if it were not there, and the transfer goes on. */
static void options_left_out(void **state)
{
    (void)state;
    static const struct {
        const char *options;
        size_t n;
        int32_t blksize, timeout_s;
        int64_t tsize;
    } rows[] = {
#define ROW(options, ...) { options, sizeof(options) - 1, __VA_ARGS__ }
        ROW("tsize\0enable\0", -1, -1, -1),
        ROW("tsize\0\0blksize\0001024\0", 1024, -1, -1),
        ROW("blksize\0007\0", -1, -1, -1),
        ROW("blksize\000-1\0tsize\0000\0", -1, -1, 0),
        ROW("blksize\0002147483648\0", -1, -1, -1),
        ROW("timeout\0000\0", -1, -1, -1),
        ROW("timeout\000256\0timeout\0003\0", -1, 3, -1),
        ROW("blksize\00016\0blksize\00032\0", 16, -1, -1),
        ROW("windowsize\00065536\0", -1, -1, -1),
        ROW("windowsize\0000\0nonsense\0\0", -1, -1, -1),
    };
    static uint8_t out[4 + TFTP_BLKSIZE_MAX];
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint8_t in[100] = "\0\x01x\0octet";
        struct tftp_send s;
        struct tftp_packet answer;
        struct wr w = wr_of(out, sizeof out);
        memcpy(in + 10, rows[i].options, rows[i].n);
        struct tftp_packet p = decoded(view_of(in, 10 + rows[i].n));
        assert_int_equal(p.blksize, rows[i].blksize);
        assert_int_equal(p.timeout_s, rows[i].timeout_s);
        assert_int_equal(p.tsize, rows[i].tsize);
        tftp_send_start(&s, &p, view_str("whole file"), 0, &w);
        answer = decoded(view_of(out, w.n));
        bool any = rows[i].blksize >= 0 || rows[i].timeout_s >= 0 || rows[i].tsize >= 0;
        assert_int_equal(answer.op, any ? TFTP_OACK : TFTP_DATA);
        assert_null(memmem(out, w.n, "windowsize", 10));
        assert_int_equal(answer.blksize, any ? rows[i].blksize : -1);
        assert_int_equal(answer.timeout_s, any ? rows[i].timeout_s : -1);
        assert_int_equal(answer.tsize, rows[i].tsize == 0 ? 10 : -1);
    }
}

static const struct bad {
    const char *bytes;
    size_t n;
    const char *text;
} bad[] = {
#define BAD(bytes, text)                                                                           \
    {                                                                                              \
        bytes, sizeof(bytes) - 1, "TFTP " text " (FORMATS section 6)"                              \
    }
    BAD("", "packet: 0 bytes, expected at least 4"),
    BAD("\0", "packet: 1 bytes, expected at least 4"),
    BAD("\0\0", "packet: byte 0: operation 0, expected 1 to 6"),
    BAD("\0\x07", "packet: byte 0: operation 7, expected 1 to 6"),
    BAD("\x01\x01", "packet: byte 0: operation 257, expected 1 to 6"),
    BAD("\0\x01", "RRQ: byte 2: file name without NUL"),
    BAD("\0\x01name", "RRQ: byte 2: file name without NUL"),
    BAD("\0\x01\0octet\0", "RRQ: byte 2: empty file name"),
    BAD("\0\x01n\0", "RRQ: byte 4: mode without NUL"),
    BAD("\0\x02n\0octet", "WRQ: byte 4: mode without NUL"),
    BAD("\0\x01n\0octet\0blk", "RRQ: byte 10: option name without NUL"),
    BAD("\0\x01n\0octet\0\0x\0", "RRQ: byte 10: empty option name"),
    BAD("\0\x01n\0octet\0blksize\0", "RRQ: byte 18: option value without NUL"),
    BAD("\0\x01n\0octet\0blksize\0008", "RRQ: byte 18: option value without NUL"),
    BAD("\0\x06"
        "blksize\0007\0",
        "OACK: byte 10: option blksize is not a number from 8 to 2147483647"),
    BAD("\0\x06"
        "blksize\0\0",
        "OACK: byte 10: option blksize is not a number from 8 to 2147483647"),
    BAD("\0\x06"
        "blksize\000-1\0",
        "OACK: byte 10: option blksize is not a number from 8 to 2147483647"),
    BAD("\0\x06"
        "blksize\0002147483648\0",
        "OACK: byte 10: option blksize is not a number from 8 to 2147483647"),
    BAD("\0\x06timeout\0000\0", "OACK: byte 10: option timeout is not a number from 1 to 255"),
    BAD("\0\x06timeout\000256\0", "OACK: byte 10: option timeout is not a number from 1 to 255"),
    BAD("\0\x06tsize\0009223372036854775808\0",
        "OACK: byte 8: option tsize is not a number from 0 to 9223372036854775807"),
    BAD("\0\x06tsize\0001\0tsize\0001\0", "OACK: byte 10: second option tsize"),
    BAD("\0\x03\0", "DATA: 3 bytes, expected at least 4"),
    BAD("\0\x04\0", "ACK: 3 bytes, expected at least 4"),
    BAD("\0\x04\0\x01x", "ACK: byte 4: 1 bytes too many"),
    BAD("\0\x05\0", "ERROR: 3 bytes, expected at least 4"),
    BAD("\0\x05\0\x01", "ERROR: byte 4: message without NUL"),
    BAD("\0\x05\0\x01x", "ERROR: byte 4: message without NUL"),
    BAD("\0\x05\0\x01x\0y", "ERROR: byte 6: 1 bytes too many"),
};

static void bad_input(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct tftp_packet p;
        struct err e = { "" };
        assert_false(tftp_decode(view_of(bad[i].bytes, bad[i].n), &p, &e));
        assert_string_equal(e.text, bad[i].text);
    }
}

/* A datagram that was cut is never another request: only whole options may be missing. */
static void truncation(void **state)
{
    (void)state;
    static const char in[] = "\0\x01name\0octet\0blksize\0001024\0tsize\0000";
    for (size_t n = 0; n < sizeof in; n++) {
        struct tftp_packet p;
        if (!tftp_decode(view_of(in, n), &p, NULL))
            continue;
        assert_true(n == 13 || n == 26);
        assert_true(view_eq(p.name, view_str("name")));
        assert_int_equal(p.blksize, n == 13 ? -1 : 1024);
        assert_int_equal(p.tsize, -1);
    }
}

/* --- a transfer over a network that loses and doubles ----------------------------------------- */

struct datagram {
    uint64_t at_us;
    bool to_sender;
    size_t n;
    uint8_t *bytes;
};

struct net {
    struct rng rng;
    uint32_t loss_ppm, double_ppm;
    uint64_t now_us;
    struct datagram flying[64];
    size_t flying_n;
    unsigned data_sent, acks_sent, largest_block;
    uint8_t buf[ROOM];
    struct tftp_send send;
    struct tftp_receive receive;
    bool started;
};

static void fly(struct net *net, bool to_sender, struct view v)
{
    if (v.n == 0)
        return;
    assert_true(v.n <= ROOM);
    if (to_sender)
        net->acks_sent++;
    else
        net->data_sent++;
    if (rng_chance(&net->rng, net->loss_ppm))
        return;
    int copies = rng_chance(&net->rng, net->double_ppm) ? 2 : 1;
    for (int i = 0; i < copies && net->flying_n < 64; i++) {
        struct datagram *d = &net->flying[net->flying_n++];
        *d = (struct datagram){ net->now_us + 1000 + rng_below(&net->rng, 500), to_sender, v.n,
                                malloc(v.n) };
        memcpy(d->bytes, v.p, v.n);
    }
}

static void deliver(struct net *net, size_t i, struct view file)
{
    struct datagram d = net->flying[i];
    net->flying[i] = net->flying[--net->flying_n];
    net->now_us = d.at_us;
    struct tftp_packet p = decoded(view_of(d.bytes, d.n));
    struct wr out = wr_of(net->buf, sizeof net->buf);
    if (!d.to_sender) {
        tftp_receive_packet(&net->receive, &p, net->now_us, &out);
    } else if (p.op == TFTP_RRQ && !net->started) {
        net->started = true;
        tftp_send_start(&net->send, &p, file, net->now_us, &out);
        assert_true(net->send.request.name.p == NULL); /* nothing borrowed of the datagram */
    } else if (net->started) {
        tftp_send_packet(&net->send, &p, net->now_us, &out);
    }
    assert_false(out.over);
    free(d.bytes);
    fly(net, !d.to_sender, view_of(net->buf, out.n));
}

/* The earliest of arrivals and deadlines; false when nothing is left to happen. */
static bool step(struct net *net, struct view file)
{
    size_t first = 0;
    for (size_t i = 1; i < net->flying_n; i++)
        if (net->flying[i].at_us < net->flying[first].at_us)
            first = i;
    uint64_t arrival = net->flying_n > 0 ? net->flying[first].at_us : UINT64_MAX;
    uint64_t s = net->started && net->send.deadline_us != 0 ? net->send.deadline_us : UINT64_MAX;
    uint64_t r = net->receive.deadline_us != 0 ? net->receive.deadline_us : UINT64_MAX;
    if (arrival == UINT64_MAX && s == UINT64_MAX && r == UINT64_MAX)
        return false;
    if (arrival <= s && arrival <= r) {
        deliver(net, first, file);
        return true;
    }
    struct wr out = wr_of(net->buf, sizeof net->buf);
    net->now_us = s < r ? s : r;
    if (s < r)
        tftp_send_timeout(&net->send, net->now_us, &out);
    else
        tftp_receive_timeout(&net->receive, net->now_us, &out);
    fly(net, s >= r, view_of(net->buf, out.n));
    return true;
}

static uint8_t *file_of(size_t n, uint64_t seed)
{
    uint8_t *bytes = malloc(n + 1);
    struct rng rng = rng_of(seed, "file", n);
    rng_bytes(&rng, bytes, n);
    return bytes;
}

/* Runs one transfer to its end; what arrived is checked where it ended well. */
static struct net *transfer(size_t n, uint32_t blksize, uint32_t loss_ppm, uint32_t double_ppm,
                            uint64_t seed)
{
    struct net *net = calloc(1, sizeof *net);
    uint8_t *bytes = file_of(n, seed), *into = malloc(n + 1);
    struct view file = view_of(bytes, n);
    net->rng = rng_of(seed, "net", n);
    net->loss_ppm = loss_ppm;
    net->double_ppm = double_ppm;
    struct wr out = wr_of(net->buf, sizeof net->buf);
    tftp_receive_start(&net->receive, view_str("ITLFile.tlv"), blksize, into, n, 0, &out);
    fly(net, true, view_of(net->buf, out.n));
    while (step(net, file))
        assert_true(net->now_us < (uint64_t)1 << 50);
    if (net->receive.done) {
        assert_int_equal(net->receive.into.n, n);
        assert_memory_equal(into, bytes, n);
    }
    assert_true(net->receive.done != net->receive.failed);
    free(bytes);
    free(into);
    return net;
}

static void sizes(void **state)
{
    (void)state;
    static const size_t n[] = { 0, 1, 7, 8, 511, 512, 513, 1023, 1024, 1025, 5438, 65464, 65465 };
    static const uint32_t blksize[] = { 0, 8, 512, 1024, 1428, TFTP_BLKSIZE_MAX };
    for (size_t i = 0; i < sizeof n / sizeof n[0]; i++)
        for (size_t k = 0; k < sizeof blksize / sizeof blksize[0]; k++) {
            struct net *net = transfer(n[i], blksize[k], 0, 0, i);
            uint32_t used = blksize[k] == 0 ? 512 : blksize[k];
            unsigned blocks = (unsigned)(n[i] / used + 1);
            bool oack = blksize[k] != 0 && blksize[k] != 512;
            assert_true(net->receive.done && net->send.done);
            assert_int_equal(net->send.blksize, used);
            assert_int_equal(net->receive.blksize, used);
            assert_int_equal(net->receive.oack, oack);
            assert_int_equal(net->data_sent, blocks + oack);
            assert_int_equal(net->acks_sent, 1 + blocks + oack);
            free(net);
        }
}

static void wraps(void **state)
{
    (void)state;
    /* Past block 65535 in the default size, 40 MB, and twice in the smallest, with faults. */
    struct net *net = transfer((size_t)40 << 20, 0, 0, 0, 1);
    assert_true(net->receive.done && net->send.done);
    assert_int_equal(net->receive.block, (40 << 20) / 512 + 1);
    assert_int_equal(net->data_sent, (40 << 20) / 512 + 1);
    free(net);
    net = transfer((size_t)140000 * 8, 8, 2000, 2000, 2);
    assert_true(net->receive.done);
    assert_int_equal(net->receive.block, 140001);
    free(net);
    net = transfer((size_t)65535 * 8, 8, 0, 0, 3); /* the empty block is number 0 */
    assert_true(net->receive.done && net->send.done);
    free(net);
}

static void faults(void **state)
{
    (void)state;
    static const size_t n[] = { 0, 1, 511, 512, 513, 9000 };
    unsigned done = 0, failed = 0;
    for (uint64_t seed = 0; seed < 400; seed++) {
        struct net *net = transfer(n[seed % 6], seed % 2 != 0 ? 1024 : 0, 100000, 100000, seed);
        done += net->receive.done;
        failed += net->receive.failed;
        free(net);
    }
    assert_true(done >= 395); /* five losses in a row are rare */
    assert_int_equal(done + failed, 400);
}

/* Every datagram is doubled: no packet may be sent twice for it (Sorcerer's Apprentice). */
static void no_apprentice(void **state)
{
    (void)state;
    struct net *net = transfer(100 * 512 + 1, 0, 0, 1000000, 5);
    assert_true(net->receive.done && net->send.done);
    assert_int_equal(net->data_sent, 101);
    free(net);
}

static void all_lost(void **state)
{
    (void)state;
    struct net *net = transfer(1000, 0, 1000000, 0, 1);
    assert_true(net->receive.failed);
    assert_false(net->receive.not_found);
    assert_int_equal(net->acks_sent, TFTP_TRIES);
    assert_int_equal(net->now_us, TFTP_TRIES * 500000);
    free(net);
}

/* --- one machine against packets by hand ------------------------------------------------------ */

static uint8_t room[ROOM];

static struct tftp_packet request(const char *mode)
{
    struct tftp_packet p = empty;
    p.op = TFTP_RRQ;
    p.name = view_str("x");
    p.mode = view_str(mode);
    return p;
}

static struct tftp_packet start(struct tftp_send *s, const struct tftp_packet *rrq,
                                struct view file)
{
    struct wr w = wr_of(room, sizeof room);
    tftp_send_start(s, rrq, file, 10, &w);
    return decoded(view_of(room, w.n));
}

static void sender_negotiates(void **state)
{
    (void)state;
    struct tftp_send s;
    struct tftp_packet rrq = request("octet");
    rrq.blksize = 100000;
    rrq.tsize = 0;
    rrq.timeout_s = 2;
    struct tftp_packet p = start(&s, &rrq, view_str("hello"));
    assert_int_equal(p.op, TFTP_OACK);
    assert_int_equal(p.blksize, TFTP_BLKSIZE_MAX);
    assert_int_equal(p.tsize, 5);
    assert_int_equal(p.timeout_s, 2);
    assert_int_equal(s.deadline_us, 2000010);
    rrq.blksize = -1;
    p = start(&s, &rrq, view_str("hello"));
    assert_int_equal(p.blksize, -1);
    assert_int_equal(s.blksize, 512);
    struct wr w = wr_of(room, sizeof room);
    struct tftp_packet in = empty;
    in.op = TFTP_ERROR; /* it does not like what was agreed */
    in.code = TFTP_ERR_OPTION;
    tftp_send_packet(&s, &in, 20, &w);
    assert_int_equal(w.n, 0);
    assert_true(s.failed);
    assert_int_equal(s.deadline_us, 0);
}

static void sender_refuses(void **state)
{
    (void)state;
    struct tftp_send s;
    struct tftp_packet rrq = request("mail");
    struct tftp_packet p = start(&s, &rrq, view_str("hello"));
    assert_int_equal(p.op, TFTP_ERROR);
    assert_int_equal(p.code, TFTP_ERR_ILLEGAL);
    assert_true(s.failed);
    rrq = request("octet");
    rrq.op = TFTP_WRQ;
    p = start(&s, &rrq, view_str("hello"));
    assert_int_equal(p.code, TFTP_ERR_ACCESS);
    assert_true(view_eq(p.message, view_str("Access violation")));
    rrq.op = TFTP_ACK;
    p = start(&s, &rrq, view_str("hello"));
    assert_int_equal(p.code, TFTP_ERR_ILLEGAL);
    rrq = request("NetASCII");
    p = start(&s, &rrq, view_str("a\nb"));
    assert_true(view_eq(p.data, view_str("a\nb")));
}

static void sender_stray_and_timeout(void **state)
{
    (void)state;
    struct tftp_send s;
    struct tftp_packet rrq = request("octet");
    struct tftp_packet p = start(&s, &rrq, view_str("hello"));
    assert_int_equal(p.block, 1);
    static const uint16_t ops[] = { TFTP_RRQ, TFTP_WRQ, TFTP_DATA, TFTP_OACK, TFTP_ACK };
    for (size_t i = 0; i < 5; i++) {
        struct wr w = wr_of(room, sizeof room);
        struct tftp_packet in = request("octet");
        in.op = ops[i];
        in.block = ops[i] == TFTP_ACK ? 2 : 1;
        tftp_send_packet(&s, &in, 20, &w);
        assert_int_equal(w.n, 0);
        assert_false(s.done || s.failed);
        assert_int_equal(s.deadline_us, 1000010);
    }
    struct wr w = wr_of(room, sizeof room);
    tftp_send_timeout(&s, 1000009, &w); /* not due yet */
    assert_int_equal(w.n, 0);
    uint64_t now_us = 0;
    for (int i = 1; i < TFTP_TRIES; i++) {
        w = wr_of(room, sizeof room);
        now_us = s.deadline_us;
        tftp_send_timeout(&s, now_us, &w);
        assert_int_equal(w.n, 9);
        assert_int_equal(s.deadline_us, now_us + 1000000);
    }
    w = wr_of(room, sizeof room);
    tftp_send_timeout(&s, s.deadline_us, &w);
    assert_int_equal(w.n, 0);
    assert_true(s.failed);
    tftp_send_timeout(&s, UINT64_MAX, &w);
    assert_int_equal(w.n, 0);
}

/* Starts a receiver and hands it one packet; what it answers. */
static bool answer(struct tftp_receive *r, const struct tftp_packet *in, struct tftp_packet *out)
{
    struct wr w = wr_of(room, sizeof room);
    tftp_receive_packet(r, in, 50, &w);
    if (w.n > 0)
        *out = decoded(view_of(room, w.n));
    return w.n > 0;
}

static void receiver_start(struct tftp_receive *r, uint32_t blksize, void *into, size_t cap)
{
    struct wr w = wr_of(room, sizeof room);
    tftp_receive_start(r, view_str("x"), blksize, into, cap, 0, &w);
    struct tftp_packet p = decoded(view_of(room, w.n));
    assert_int_equal(p.op, TFTP_RRQ);
    assert_int_equal(p.blksize, r->asked ? (int)blksize : -1);
    assert_int_equal(p.tsize, r->asked ? 0 : -1);
}

static void receiver_not_found(void **state)
{
    (void)state;
    struct tftp_receive r;
    char into[10];
    receiver_start(&r, 0, into, sizeof into);
    struct tftp_packet in = empty, out;
    in.op = TFTP_ERROR;
    in.code = TFTP_ERR_NOT_FOUND;
    assert_false(answer(&r, &in, &out));
    assert_true(r.failed && r.not_found);
    assert_int_equal(r.error_code, 1);
    assert_int_equal(r.deadline_us, 0);
    receiver_start(&r, 0, into, sizeof into);
    in.code = TFTP_ERR_ACCESS;
    assert_false(answer(&r, &in, &out));
    assert_true(r.failed && !r.not_found);
}

static void receiver_options(void **state)
{
    (void)state;
    static const struct {
        uint32_t asked;
        int32_t blksize, timeout_s;
        int64_t tsize;
        int code; /* -1: agreed */
        uint32_t used;
    } rows[] = {
        { 1024, 1024, -1, 10, -1, 1024 },
        { 1024, 600, -1, -1, -1, 600 },
        { 1024, -1, -1, 10, -1, 512 },
        { 1024, 1025, -1, 10, TFTP_ERR_OPTION, 0 },
        { 1024, 1024, 3, -1, TFTP_ERR_OPTION, 0 },
        { 1024, 1024, -1, 11, TFTP_ERR_FULL, 0 },
        { 0, 512, -1, -1, TFTP_ERR_OPTION, 0 },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct tftp_receive r;
        char into[10];
        struct tftp_packet in = empty, out;
        receiver_start(&r, rows[i].asked, into, sizeof into);
        in.op = TFTP_OACK;
        in.blksize = rows[i].blksize;
        in.timeout_s = rows[i].timeout_s;
        in.tsize = rows[i].tsize;
        assert_true(answer(&r, &in, &out));
        if (rows[i].code >= 0) {
            assert_int_equal(out.op, TFTP_ERROR);
            assert_int_equal(out.code, rows[i].code);
            assert_int_equal(r.error_code, rows[i].code);
            assert_true(r.failed);
            continue;
        }
        assert_int_equal(out.op, TFTP_ACK);
        assert_int_equal(out.block, 0);
        assert_int_equal(r.blksize, rows[i].used);
        assert_true(answer(&r, &in, &out)); /* a duplicate */
        assert_int_equal(out.op, TFTP_ACK);
    }
}

static void receiver_limits(void **state)
{
    (void)state;
    struct tftp_receive r;
    static char into[700], data[1024];
    struct tftp_packet in = empty, out;
    in.op = TFTP_DATA;
    in.block = 1;
    in.data = view_of(data, 513);
    receiver_start(&r, 1024, into, sizeof into); /* no OACK came: the size is 512 */
    assert_true(answer(&r, &in, &out));
    assert_int_equal(out.code, TFTP_ERR_ILLEGAL);
    assert_int_equal(r.into.n, 0);
    receiver_start(&r, 0, into, sizeof into);
    in.data = view_of(data, 512);
    assert_true(answer(&r, &in, &out));
    assert_int_equal(out.block, 1);
    in.block = 3; /* not the next */
    assert_false(answer(&r, &in, &out));
    in.block = 0;
    assert_false(answer(&r, &in, &out));
    in.block = 2;
    in.data = view_of(data, 189);
    assert_true(answer(&r, &in, &out));
    assert_int_equal(out.op, TFTP_ERROR);
    assert_int_equal(out.code, TFTP_ERR_FULL);
    assert_true(r.failed);
    assert_int_equal(r.into.n, 512);
    assert_false(answer(&r, &in, &out));
}

static void receiver_lingers(void **state)
{
    (void)state;
    struct tftp_receive r;
    char into[10];
    struct tftp_packet in = empty, out;
    receiver_start(&r, 0, into, sizeof into);
    in.op = TFTP_DATA;
    in.block = 1;
    in.data = view_str("hello");
    assert_true(answer(&r, &in, &out));
    assert_true(r.done);
    assert_int_equal(r.deadline_us, 0);
    for (int i = 0; i < 300; i++) {
        assert_true(answer(&r, &in, &out)); /* its sender did not get the ACK */
        assert_int_equal(out.block, 1);
    }
    in.block = 2;
    assert_false(answer(&r, &in, &out));
    in.op = TFTP_ERROR;
    assert_false(answer(&r, &in, &out));
    assert_true(r.done && !r.failed);
    assert_int_equal(r.into.n, 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(packets),
        cmocka_unit_test(options_read),
        cmocka_unit_test(options_left_out),
        cmocka_unit_test(bad_input),
        cmocka_unit_test(truncation),
        cmocka_unit_test(sizes),
        cmocka_unit_test(wraps),
        cmocka_unit_test(faults),
        cmocka_unit_test(no_apprentice),
        cmocka_unit_test(all_lost),
        cmocka_unit_test(sender_negotiates),
        cmocka_unit_test(sender_refuses),
        cmocka_unit_test(sender_stray_and_timeout),
        cmocka_unit_test(receiver_not_found),
        cmocka_unit_test(receiver_options),
        cmocka_unit_test(receiver_limits),
        cmocka_unit_test(receiver_lingers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
