/* Packets and pcapng blocks, byte by byte, and connections as a capture writes them: read back here
 * by code of its own. */
#include "sim/base/sys.h"
#include "sim/capture/capture.h"
#include "sim/capture/pcapng.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static const struct frame_end client = { 0x7f000001, 50000 }, server = { 0x7f00000b, 2445 };

/* ---- frames ---- */

/* The sum of all 16-bit words, folded, the checksum among them, is 0xffff (RFC 1071). */
static uint32_t folded(uint32_t sum, const uint8_t *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        sum += i % 2 == 0 ? (uint32_t)p[i] << 8 : p[i];
    while (sum >> 16 != 0)
        sum = (sum & 0xffff) + (sum >> 16);
    return sum;
}

static uint32_t u16(const uint8_t *p)
{
    return (uint32_t)p[0] << 8 | p[1];
}

static uint32_t u32(const uint8_t *p)
{
    return u16(p) << 16 | u16(p + 2);
}

static uint32_t le16(const uint8_t *p)
{
    return p[0] | (uint32_t)p[1] << 8;
}

static uint32_t le32(const uint8_t *p)
{
    return le16(p) | le16(p + 2) << 16;
}

static void check_sums(const uint8_t *p, size_t n)
{
    uint32_t pseudo =
        u16(p + 12) + u16(p + 14) + u16(p + 16) + u16(p + 18) + p[9] + (uint32_t)(n - 20);
    assert_int_equal(u16(p + 2), n);
    assert_int_equal(folded(0, p, 20), 0xffff);
    assert_int_equal(folded(pseudo, p + 20, n - 20), 0xffff);
}

/* The example of RFC 1071, section 3. */
static void the_checksum_of_the_standard(void **state)
{
    (void)state;
    const uint8_t words[] = { 0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7 };
    assert_int_equal(frame_checksum(0, view_of(words, sizeof words)), 0x220d);
    const uint8_t odd[] = { 0x12 };
    assert_int_equal(frame_checksum(0, view_of(odd, 1)), (uint16_t)~0x1200);
    assert_int_equal(frame_checksum(0xffffffff, view_of(words, 0)), 0);
}

static void a_datagram_byte_by_byte(void **state)
{
    (void)state;
    /* Checksums added up by hand. */
    const uint8_t want[] = { 0x45, 0,   0, 31, 0x12, 0x34, 0x40, 0,   64, 17,   0x2a,
                             0x8e, 127, 0, 0,  1,    127,  0,    0,   11, 0xc3, 0x50,
                             0,    69,  0, 11, 0x79, 0xd3, 'a',  'b', 'c' };
    uint8_t got[64];
    struct wr w = wr_of(got, sizeof got);
    frame_udp(&w, 0x1234, client, (struct frame_end){ server.ip, 69 }, view_str("abc"));
    assert_false(w.over);
    assert_int_equal(w.n, sizeof want);
    check_sums(got, w.n);
    assert_memory_equal(got, want, sizeof want);
}

/* A sum that comes out as 0 goes out as 0xffff: 0 says that there is none (RFC 768). */
static void no_datagram_says_that_it_has_no_checksum(void **state)
{
    (void)state;
    uint8_t got[64];
    for (uint32_t i = 0; i < 65536; i++) {
        const uint8_t payload[] = { (uint8_t)(i >> 8), (uint8_t)i };
        struct wr w = wr_of(got, sizeof got);
        frame_udp(&w, 0, client, server, view_of(payload, 2));
        assert_true(u16(got + 26) != 0);
        if (u16(got + 26) == 0xffff)
            check_sums(got, w.n);
    }
}

/* It comes from whom the datagram went to, and quotes what it is about. */
static void nobody_has_the_port(void **state)
{
    (void)state;
    static uint8_t big[2000], got[1000];
    uint8_t asked[64];
    struct wr w = wr_of(got, sizeof got), datagram = wr_of(asked, sizeof asked);
    frame_no_port(&w, 7, client, server, view_str("abc"));
    frame_udp(&datagram, 7, client, server, view_str("abc"));
    assert_false(w.over);
    assert_int_equal(w.n, 20 + 8 + datagram.n);
    assert_int_equal(got[9], 1);
    assert_memory_equal(got + 12, asked + 16, 4);
    assert_memory_equal(got + 16, asked + 12, 4);
    assert_true(got[20] == 3 && got[21] == 3);
    assert_int_equal(frame_checksum(0, view_of(got, 20)), 0);
    assert_int_equal(frame_checksum(0, view_of(got + 20, w.n - 20)), 0);
    assert_memory_equal(got + 28, asked, datagram.n);
    w = wr_of(got, sizeof got);
    frame_no_port(&w, 7, client, server, view_of(big, sizeof big));
    assert_int_equal(w.n, 20 + 8 + 20 + 8 + FRAME_QUOTED);
    assert_int_equal(frame_checksum(0, view_of(got + 20, w.n - 20)), 0);
}

static void the_largest_datagram_is_cut(void **state)
{
    (void)state;
    static uint8_t big[70000], got[66000];
    struct wr w = wr_of(got, sizeof got);
    frame_udp(&w, 0, client, server, view_of(big, sizeof big));
    assert_int_equal(w.n, 65535);
    check_sums(got, w.n);
}

static void segments_have_their_numbers_and_options(void **state)
{
    (void)state;
    uint8_t got[64];
    struct frame_tcp t = {
        .from = client, .to = server, .seq = 0x01020304, .ack = 0x05060708, .flags = FRAME_SYN
    };
    struct wr w = wr_of(got, sizeof got);
    frame_tcp(&w, 1, &t, view_of(NULL, 0));
    const uint8_t syn[] = { 0xc3, 0x50, 9, 0x8d, 1, 2, 3, 4, 0, 0,    0, 0, 0x70, 2,
                            0xff, 0xff, 0, 0,    0, 0, 2, 4, 5, 0xb4, 1, 3, 3,    7 };
    assert_int_equal(w.n, 20 + sizeof syn);
    check_sums(got, w.n);
    got[36] = got[37] = 0;
    assert_memory_equal(got + 20, syn, sizeof syn);
    t.flags = FRAME_ACK | FRAME_PSH;
    w = wr_of(got, sizeof got);
    frame_tcp(&w, 2, &t, view_str("odd"));
    assert_int_equal(w.n, 43);
    check_sums(got, w.n);
    assert_int_equal(u32(got + 28), 0x05060708);
    assert_memory_equal(got + 40, "odd", 3);
}

/* ---- blocks ---- */

static void blocks_byte_by_byte(void **state)
{
    (void)state;
    const uint8_t want[] = {
        /* section, its program "lab" */
        0x0a, 0x0d, 0x0d, 0x0a, 40, 0, 0, 0, 0x4d, 0x3c, 0x2b, 0x1a, 1, 0, 0, 0, 0xff, 0xff, 0xff,
        0xff, 0xff, 0xff, 0xff, 0xff, 4, 0, 3, 0, 'l', 'a', 'b', 0, 0, 0, 0, 0, 40, 0, 0, 0,
        /* interface: raw IP, without a name */
        1, 0, 0, 0, 24, 0, 0, 0, 101, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 24, 0, 0, 0,
        /* packet of 5 bytes at 2^32 + 2 us, its comment "why?!" */
        6, 0, 0, 0, 56, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 5, 0, 0, 0, 5, 0, 0, 0, 'h',
        'e', 'l', 'l', 'o', 0, 0, 0, 1, 0, 5, 0, 'w', 'h', 'y', '?', '!', 0, 0, 0, 0, 0, 0, 0, 56,
        0, 0, 0,
        /* a name */
        4, 0, 0, 0, 28, 0, 0, 0, 1, 0, 8, 0, 127, 0, 0, 11, 'p', 'u', 'b', 0, 0, 0, 0, 0, 28, 0, 0,
        0,
        /* a secret, with its line feed */
        10, 0, 0, 0, 24, 0, 0, 0, 'K', 'S', 'L', 'T', 4, 0, 0, 0, 'A', ' ', 'B', '\n', 24, 0, 0, 0
    };
    uint8_t got[sizeof want + 8];
    struct wr w = wr_of(got, sizeof got);
    pcapng_section(&w, "lab");
    pcapng_interface(&w, PCAPNG_RAW, "", "");
    pcapng_packet(&w, 0, (1ull << 32) + 2, view_str("hello"), "why?!");
    pcapng_name(&w, server.ip, "pub");
    pcapng_secret(&w, "A B");
    assert_int_equal(w.n, sizeof want);
    assert_memory_equal(got, want, sizeof want);
}

static void long_texts_are_cut(void **state)
{
    (void)state;
    static char text[5000];
    static uint8_t got[8000];
    memset(text, 'x', sizeof text - 1);
    struct wr w = wr_of(got, sizeof got);
    pcapng_packet(&w, 0, 0, view_str(""), text);
    assert_int_equal(w.n, 32 + 4 + PCAPNG_TEXT_MAX + 4);
    assert_int_equal(le32(got + w.n - 4), w.n);
}

/* ---- a file ---- */

struct packet {
    uint64_t at_us;
    uint32_t interface;
    const uint8_t *p;
    size_t n;
    char comment[64];
};

struct read_back {
    char path[64];
    uint8_t *bytes;
    size_t n;
    struct packet packets[256];
    uint32_t count, secrets, names;
};

static char path[64];

static struct capture *opened(void)
{
    struct err e = { "" };
    snprintf(path, sizeof path, "/tmp/test_capture.%ld", (long)getpid());
    struct capture *c = capture_open(path, "test", &e);
    assert_non_null(c);
    return c;
}

static void read_comment(struct packet *p, const uint8_t *at, const uint8_t *end)
{
    if (end - at >= 8 && le16(at) == 1 && le16(at + 2) < sizeof p->comment)
        memcpy(p->comment, at + 4, le16(at + 2));
}

static void read_packet(struct read_back *r, const uint8_t *b, size_t n)
{
    struct packet *p = &r->packets[r->count++];
    assert_true(r->count <= 256);
    *p = (struct packet){ .at_us = (uint64_t)le32(b + 12) << 32 | le32(b + 16),
                          .interface = le32(b + 8),
                          .p = b + 28,
                          .n = le32(b + 20) };
    assert_int_equal(le32(b + 24), p->n);
    size_t at = 28 + (p->n + 3) / 4 * 4;
    assert_true(at + 4 <= n);
    read_comment(p, b + at, b + n - 4);
    if (p->interface == 0)
        check_sums(p->p, p->n);
}

static void closed(struct capture *c, struct read_back *r)
{
    struct err e = { "" };
    struct arena a = arena_of(&sys_mem);
    struct view v;
    assert_true(capture_close(c, &e));
    capture_free(c);
    assert_true(sys_read_file(path, 1 << 24, &a, &v, &e));
    unlink(path);
    memset(r, 0, sizeof *r);
    r->bytes = malloc(v.n);
    memcpy(r->bytes, v.p, v.n);
    r->n = v.n;
    arena_free(&a);
    for (size_t at = 0; at < r->n;) {
        size_t n = le32(r->bytes + at + 4);
        assert_true(n >= 12 && n % 4 == 0 && n <= r->n - at);
        assert_int_equal(le32(r->bytes + at + n - 4), n);
        uint32_t type = le32(r->bytes + at);
        if (type == 6)
            read_packet(r, r->bytes + at, n);
        r->secrets += type == 10;
        r->names += type == 4;
        at += n;
    }
}

/* Sequence numbers go on, and everything acknowledged was sent. */
static void check_numbers(const struct read_back *r)
{
    uint32_t next[2] = { 0, 0 };
    bool known[2] = { false, false };
    for (uint32_t i = 0; i < r->count; i++) {
        const uint8_t *t = r->packets[i].p + 20;
        unsigned side = u16(t) == client.port ? 0 : 1, flags = t[13];
        size_t payload = r->packets[i].n - 20 - (size_t)(t[12] >> 4) * 4;
        if (known[side])
            assert_int_equal(u32(t + 4), next[side]);
        known[side] = true;
        next[side] = u32(t + 4) + (uint32_t)payload + ((flags & 3) != 0);
        if ((flags & FRAME_ACK) != 0)
            assert_int_equal(u32(t + 8), next[1 - side]);
    }
}

static unsigned flags_of(const struct read_back *r, uint32_t i)
{
    return r->packets[i].p[33];
}

static void flags_are(const struct read_back *r, const unsigned *want, uint32_t count)
{
    assert_int_equal(r->count, count);
    for (uint32_t i = 0; i < count; i++)
        assert_int_equal(flags_of(r, i), want[i]);
}

enum {
    A = FRAME_ACK,
    P = FRAME_ACK | FRAME_PSH,
    F = FRAME_ACK | FRAME_FIN,
    R = FRAME_ACK | FRAME_RST
};

/* Both ends are ours: the client connects, the server accepts the same flow. */
static void a_connection_of_both_ends_is_written_once(void **state)
{
    (void)state;
    static uint8_t bytes[4 * FRAME_MSS + 1];
    struct read_back r;
    struct capture *c = opened();
    capture_clock(c, 1000000000);
    capture_comment(c, "%s", "SEP1");
    uint32_t f = capture_connect(c, 1, client, server), g = capture_accept(c, 2, client, server);
    assert_int_equal(f, g);
    assert_true(capture_both(c, f));
    capture_opened(c, 3, f);
    capture_bytes(c, 4, f, CAPTURE_CLIENT, view_str("hello"));
    capture_bytes(c, 5, f, CAPTURE_SERVER, view_of(bytes, sizeof bytes));
    capture_fin(c, 6, f, CAPTURE_SERVER);
    capture_let_go(c, f);
    assert_true(capture_both(c, f)); /* what is under way was written already */
    capture_fin(c, 7, f, CAPTURE_CLIENT);
    capture_fin(c, 8, f, CAPTURE_CLIENT);
    capture_reset(c, 8, f, CAPTURE_CLIENT); /* over already */
    capture_let_go(c, f);
    closed(c, &r);
    const unsigned want[] = { FRAME_SYN, FRAME_SYN | A, A, P, A, A, A, A, A, A, P, F, A, F, A };
    flags_are(&r, want, sizeof want / sizeof *want);
    check_numbers(&r);
    assert_int_equal(r.packets[0].at_us, 1000000001);
    assert_string_equal(r.packets[0].comment, "SEP1");
    assert_string_equal(r.packets[1].comment, "");
    assert_int_equal(r.packets[10].n, 41); /* the odd byte */
    free(r.bytes);
}

static void a_client_from_outside_and_a_reset(void **state)
{
    (void)state;
    struct read_back r;
    struct capture *c = opened();
    uint32_t f = capture_accept(c, 1, client, server);
    assert_false(capture_both(c, f));
    capture_bytes(c, 2, f, CAPTURE_CLIENT, view_str("GET"));
    capture_reset(c, 3, f, CAPTURE_SERVER);
    capture_bytes(c, 4, f, CAPTURE_CLIENT, view_str("too late"));
    capture_fin(c, 5, f, CAPTURE_CLIENT);
    capture_reset(c, 6, f, CAPTURE_CLIENT);
    /* The same ends again while the first is not let go: another connection. */
    uint32_t g = capture_accept(c, 7, client, server);
    assert_int_not_equal(f, g);
    capture_let_go(c, f);
    capture_let_go(c, g);
    assert_int_equal(capture_connect(c, 8, client, server), g); /* its place is free again */
    closed(c, &r);
    const unsigned want[] = { FRAME_SYN, FRAME_SYN | A, A, P,        R,
                              FRAME_SYN, FRAME_SYN | A, A, FRAME_SYN };
    flags_are(&r, want, sizeof want / sizeof *want);
    free(r.bytes);
}

static void nobody_listens(void **state)
{
    (void)state;
    struct read_back r;
    struct capture *c = opened();
    uint32_t f = capture_connect(c, 1, client, server);
    capture_reset(c, 2, f, CAPTURE_SERVER);
    capture_fin(c, 3, f, CAPTURE_CLIENT);
    capture_let_go(c, f);
    closed(c, &r);
    const unsigned want[] = { FRAME_SYN, R };
    flags_are(&r, want, 2);
    check_numbers(&r);
    free(r.bytes);
}

static void datagrams_to_itself_are_written_once(void **state)
{
    (void)state;
    const struct frame_end tftp = { server.ip, 10069 };
    struct read_back r;
    struct capture *c = opened();
    capture_port(c, 10069, 69);
    capture_sent(c, 1, client, tftp, view_str("one"));
    capture_sent(c, 2, client, tftp, view_str("two"));
    capture_came(c, 3, client, tftp, view_str("one"));
    capture_came(c, 4, client, tftp, view_str("two"));
    capture_came(c, 5, client, tftp, view_str("somebody else's, from the same port"));
    capture_sent(c, 6, tftp, client, view_str("answer"));
    closed(c, &r);
    assert_int_equal(r.count, 4);
    assert_int_equal(r.packets[2].at_us, 5);
    assert_int_equal(u16(r.packets[0].p + 22), 69);
    assert_int_equal(u16(r.packets[3].p + 20), 69);
    free(r.bytes);
}

/* What goes to others does not heap up, and what comes of them is written. */
static void many_peers(void **state)
{
    (void)state;
    struct capture *c = capture_open("/dev/null", "test", NULL);
    for (uint32_t i = 0; i < 200000; i++) {
        struct frame_end peer = { 0x7f000000 + i, 1 };
        capture_sent(c, i, server, peer, view_str("x"));
        capture_came(c, i, peer, server, view_str("y"));
    }
    assert_true(capture_close(c, NULL));
    capture_free(c);
}

static void words_names_and_secrets(void **state)
{
    (void)state;
    struct read_back r;
    struct capture *c = opened();
    capture_name(c, server.ip, "pub");
    capture_secret(c, "CLIENT_RANDOM 01 02");
    capture_secret(c, "CLIENT_RANDOM 01 02"); /* the other end tells it too */
    capture_secret(c, "CLIENT_RANDOM 03 04");
    capture_says(c, 5, client.ip, "SEP1: refuses", "SEP1: refuses");
    capture_flush(c);
    closed(c, &r);
    assert_int_equal(r.names, 1);
    assert_int_equal(r.secrets, 2);
    assert_int_equal(r.count, 1);
    assert_int_equal(r.packets[0].interface, 1);
    assert_string_equal(r.packets[0].comment, "SEP1: refuses");
    const uint8_t head[] = { 0, 12, 0, 8, 's', 'y', 's', 'l', 'o', 'g', 0, 0,
                             0, 20, 0, 4, 127, 0,   0,   1,   0,   0,   0, 0 };
    assert_memory_equal(r.packets[0].p, head, sizeof head);
    assert_memory_equal(r.packets[0].p + sizeof head, "<133>SEP1: refuses", 18);
    free(r.bytes);
}

static void a_full_disk_is_told(void **state)
{
    (void)state;
    static uint8_t bytes[100000];
    struct err e = { "" };
    struct capture *c = capture_open("/dev/full", "test", &e);
    assert_non_null(c);
    uint32_t f = capture_connect(c, 1, client, server);
    capture_bytes(c, 2, f, CAPTURE_CLIENT, view_of(bytes, sizeof bytes));
    capture_flush(c);
    assert_false(capture_close(c, &e));
    assert_string_equal(e.text, "/dev/full: could not write all packets: No space left on device");
    assert_true(capture_close(c, &e)); /* told once */
    capture_bytes(c, 3, f, CAPTURE_CLIENT, view_str("nobody writes it"));
    capture_free(c);
    capture_free(NULL);
    assert_null(capture_open("/no/such/folder/x", "test", &e));
    assert_string_equal(e.text, "/no/such/folder/x: No such file or directory");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_checksum_of_the_standard),
        cmocka_unit_test(a_datagram_byte_by_byte),
        cmocka_unit_test(no_datagram_says_that_it_has_no_checksum),
        cmocka_unit_test(nobody_has_the_port),
        cmocka_unit_test(the_largest_datagram_is_cut),
        cmocka_unit_test(segments_have_their_numbers_and_options),
        cmocka_unit_test(blocks_byte_by_byte),
        cmocka_unit_test(long_texts_are_cut),
        cmocka_unit_test(a_connection_of_both_ends_is_written_once),
        cmocka_unit_test(a_client_from_outside_and_a_reset),
        cmocka_unit_test(nobody_listens),
        cmocka_unit_test(datagrams_to_itself_are_written_once),
        cmocka_unit_test(many_peers),
        cmocka_unit_test(words_names_and_secrets),
        cmocka_unit_test(a_full_disk_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
