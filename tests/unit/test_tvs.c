#include "sim/base/sys.h"
#include "sim/wire/tvs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

static uint8_t out[TVS_MAX];

static struct view encoded(const struct tvs_msg *m)
{
    struct err e = { "" };
    struct wr w = wr_of(out, sizeof out), measure = wr_measure();
    if (!tvs_encode(m, &w, &e))
        fail_msg("%s", e.text);
    assert_false(w.over);
    assert_true(tvs_encode(m, &measure, &e));
    assert_int_equal(measure.n, w.n);
    return view_of(out, w.n);
}

static struct tvs_msg decoded(struct view v)
{
    struct tvs_msg m;
    struct err e = { "" };
    if (!tvs_decode(v, &m, &e))
        fail_msg("%s", e.text);
    return m;
}

static void assert_view(struct view v, const char *text)
{
    assert_non_null(v.p);
    assert_true(view_eq(v, view_str(text)));
}

/* No part of a message is one, from 0 bytes to all but the last. */
static void assert_no_part(struct view v)
{
    for (size_t n = 0; n < v.n; n++) {
        struct tvs_msg m;
        struct err e = { "" };
        size_t whole = 99;
        assert_false(tvs_decode(view_of(v.p, n), &m, &e));
        assert_true(strlen(e.text) > 0);
        assert_true(tvs_whole(view_of(v.p, n), &whole, &e));
        assert_int_equal(whole, 0);
    }
}

/* --- vectors of the peer ---------------------------------------------------------------------- */

static void peer(const char *name, struct arena *a, struct tvs_msg *m)
{
    char path[256];
    struct view v;
    struct err e = { "" };
    size_t whole;
    snprintf(path, sizeof path, "tests/vectors/peer/tvs/%s", name);
    if (!sys_read_file(path, 65536, a, &v, &e))
        fail_msg("%s", e.text);
    *m = decoded(v);
    assert_true(tvs_whole(v, &whole, &e));
    assert_int_equal(whole, v.n);
    assert_true(view_eq(encoded(m), v));
    assert_no_part(v);
    memset(m->order, 0, sizeof m->order); /* the usual order is the peer's */
    assert_true(view_eq(encoded(m), v));
}

static void peer_vectors(void **state)
{
    (void)state;
    struct arena a = arena_of(&sys_mem);
    struct tvs_msg m;
    peer("trusted.request", &a, &m);
    assert_int_equal(m.type, TVS_CERT_VERIFICATION_REQ);
    assert_int_equal(m.session, 1001);
    assert_view(m.device, "CP-7965-SEP0011215A1AE3");
    assert_int_equal(m.certificate.n, 955);
    assert_int_equal(m.status, -1);
    peer("trusted.response", &a, &m);
    assert_int_equal(m.type, TVS_CERT_VERIFICATION_RES);
    assert_int_equal(m.status, 0);
    assert_true(view_eq(m.roles, view_of("\x07", 1)));
    assert_int_equal(m.ttl_s, 86400);
    peer("refused.request", &a, &m);
    assert_int_equal(m.session, 1002);
    assert_int_equal(m.certificate.n, 680);
    peer("refused.response", &a, &m);
    assert_int_equal(m.status, 1);
    assert_null(m.roles.p);
    assert_int_equal(m.ttl_s, -1);
    arena_free(&a);
}

/* --- the two dumps of technote 213407 --------------------------------------------------------- */

static const uint8_t serial[19] = { 0x24, 0,    0,    0, 0x17, 0x94, 0x79, 0xb8, 0xf1, 0x24,
                                    0xac, 0x3f, 0x3b, 0, 0,    0,    0,    0,    0x17 };

static void dump_request(void **state)
{
    (void)state;
    static const uint8_t golden[50] = {
        0x57, 0x01, 0x03, 0x00, 0x00, 0x00, 0x03, 0xe9, 0x00, 0x8f, 0x01, 0x00, 0x18,
        0x01, 0x43, 0x50, 0x2d, 0x38, 0x38, 0x36, 0x31, 0x2d, 0x53, 0x45, 0x50, 0x42,
        0x30, 0x30, 0x30, 0x42, 0x34, 0x42, 0x41, 0x30, 0x41, 0x45, 0x45, 0x03, 0x00,
        0x42, 0x43, 0x4e, 0x3d, 0x75, 0x63, 0x6d, 0x31, 0x31, 0x70, 0x75
    };
    struct tvs_msg m = { .type = TVS_QUERY_CERT_REQ, .session = 1001, .status = -1, .ttl_s = -1 };
    m.device = view_str("CP-8861-SEPB000B4BA0AEE");
    m.subject = view_str("CN=ucm11pub.stormin.local;OU=IST;O=Stormin;L=Brisbane;ST=QLD;C=AU");
    m.issuer = view_str("CN=stormin-WIN2012-CA");
    m.serial = view_of(serial, sizeof serial);
    struct view v = encoded(&m);
    assert_int_equal(v.n, 153);
    assert_memory_equal(v.p, golden, sizeof golden);
    assert_no_part(v);
    struct tvs_msg back = decoded(v);
    assert_view(back.issuer, "CN=stormin-WIN2012-CA");
    assert_true(view_eq(back.subject, m.subject));
    assert_true(view_eq(back.serial, m.serial));
}

static void dump_response(void **state)
{
    (void)state;
    static const uint8_t golden[50] = {
        0x57, 0x01, 0x04, 0xf7, 0x00, 0x00, 0x03, 0xe9, 0x05, 0xbe, 0x07, 0x00, 0x01,
        0x00, 0x02, 0x05, 0xab, 0x30, 0x82, 0x05, 0xa7, 0x30, 0x82, 0x04, 0x8f, 0xa0,
        0x03, 0x02, 0x01, 0x02, 0x02, 0x13, 0x24, 0x00, 0x00, 0x00, 0x17, 0x94, 0x79,
        0xb8, 0xf1, 0x24, 0xac, 0x3f, 0x3b, 0x00, 0x00, 0x00, 0x00, 0x00
    };
    static const uint8_t tail[12] = { 8, 0, 2, 0, 3, 9, 0, 4, 0, 1, 0x51, 0x80 };
    static uint8_t certificate[1451] = { 0x30, 0x82, 0x05, 0xa7, 0x30, 0x82, 0x04, 0x8f,
                                         0xa0, 0x03, 0x02, 0x01, 0x02, 0x02, 0x13 };
    memcpy(certificate + 15, serial, sizeof serial);
    struct tvs_msg m = {
        .type = TVS_QUERY_CERT_RES, .reserved = 0xf7, .session = 1001, .status = 0, .ttl_s = 86400
    };
    m.certificate = view_of(certificate, sizeof certificate);
    m.roles = view_of("\x00\x03", 2);
    struct view v = encoded(&m);
    assert_int_equal(v.n, 1480);
    assert_memory_equal(v.p, golden, sizeof golden);
    assert_memory_equal(v.p + 1480 - 12, tail, 12);
    assert_no_part(v);
    assert_int_equal(decoded(v).reserved, 0xf7);
}

/* --- order, unknown elements, names ----------------------------------------------------------- */

static void any_order(void **state)
{
    (void)state;
    static const uint8_t in[] = { 0x57, 1,    2,    0,    0, 0, 0, 1, 0, 16, 9, 0, 4,
                                  0xff, 0xff, 0xff, 0xff, 8, 0, 2, 2, 0, 7,  0, 1, 0 };
    struct view v = view_of(in, sizeof in);
    struct tvs_msg m = decoded(v);
    assert_int_equal(m.ttl_s, 0xffffffff);
    assert_int_equal(m.roles.n, 2);
    assert_false(m.unknown);
    assert_true(view_eq(encoded(&m), v));
}

static void unknown_passed_over(void **state)
{
    (void)state;
    static const uint8_t in[] = {
        0x57, 1, 2, 0, 0, 0, 0, 1, 0, 9, 200, 0, 2, 'x', 'y', 7, 0, 1, 1
    };
    struct tvs_msg m = decoded(view_of(in, sizeof in));
    assert_true(m.unknown);
    assert_int_equal(m.status, 1);
    assert_int_equal(encoded(&m).n, 14);
}

static void empty_roles_are_there(void **state)
{
    (void)state;
    static const uint8_t in[] = { 0x57, 1, 2, 0, 0, 0, 0, 1, 0, 7, 7, 0, 1, 0, 8, 0, 0 };
    struct tvs_msg m = decoded(view_of(in, sizeof in));
    assert_non_null(m.roles.p);
    assert_int_equal(m.roles.n, 0);
    assert_true(view_eq(encoded(&m), view_of(in, sizeof in)));
}

static void type_names(void **state)
{
    (void)state;
    assert_string_equal(tvs_type_name(1), "TVS_MSG_CERT_VERIFICATION_REQ");
    assert_string_equal(tvs_type_name(2), "TVS_MSG_CERT_VERIFICATION_RES");
    assert_string_equal(tvs_type_name(3), "TVS_MSG_QUERY_CERT_REQ");
    assert_string_equal(tvs_type_name(4), "TVS_MSG_QUERY_CERT_RES");
    assert_null(tvs_type_name(0));
    assert_null(tvs_type_name(5));
    assert_null(tvs_type_name(255));
}

/* --- bad input -------------------------------------------------------------------------------- */

#define HEAD(type, n) "\x57\x01" type "\0\0\0\0\x01\0" n

static const struct bad {
    const char *bytes;
    size_t n;
    const char *text;
} bad[] = {
#define BAD(bytes, text)                                                                           \
    {                                                                                              \
        bytes, sizeof(bytes) - 1, "TVS message: " text " (FORMATS section 4)"                      \
    }
    BAD("", "0 bytes, the header has 10"),
    BAD("\x57", "1 bytes, the header has 10"),
    BAD("\x16\x03\x01", "byte 0: protocol 0x16, expected 0x57"),
    BAD("\x57\x02", "byte 1: version 2, expected 1"),
    BAD(HEAD("\x00", "\0"), "byte 2: type 0, expected 1 to 4"),
    BAD(HEAD("\x05", "\0"), "byte 2: type 5, expected 1 to 4"),
    BAD(HEAD("\x02", "\x04") "\x07\0\x01", "byte 8: length 4, but 3 bytes follow"),
    BAD(HEAD("\x02", "\x04") "\x07\0\x01\0\0", "byte 8: length 4, but 5 bytes follow"),
    BAD(HEAD("\x02", "\0"), "TVS_MSG_CERT_VERIFICATION_RES without element 7 (status)"),
    BAD(HEAD("\x04", "\0"), "TVS_MSG_QUERY_CERT_RES without element 7 (status)"),
    BAD(HEAD("\x01", "\x05") "\x01\0\x02\x01x",
        "TVS_MSG_CERT_VERIFICATION_REQ without element 2 (certificate)"),
    BAD(HEAD("\x03", "\0"), "TVS_MSG_QUERY_CERT_REQ without element 3 (subject name)"),
    BAD(HEAD("\x03", "\x05") "\x03\0\x02x\0",
        "TVS_MSG_QUERY_CERT_REQ without element 4 (issuer name)"),
    BAD(HEAD("\x03", "\x0a") "\x03\0\x02x\0\x04\0\x02y\0",
        "TVS_MSG_QUERY_CERT_REQ without element 5 (serial number)"),
    BAD(HEAD("\x02", "\x02") "\x07\0", "byte 10: 2 bytes left, an element's head needs 3"),
    BAD(HEAD("\x02", "\x04") "\x07\0\x02\0",
        "byte 10: element 7 (status) of 2 bytes runs past the end, 1 left"),
    BAD(HEAD("\x02", "\x04") "\x63\xff\xff\0",
        "byte 10: element 99 (unknown) of 65535 bytes runs past the end, 1 left"),
    BAD(HEAD("\x02", "\x08") "\x07\0\x01\0\x07\0\x01\0", "byte 14: second element 7 (status)"),
    BAD(HEAD("\x02", "\x06") "\x63\0\0\x63\0\0", "byte 13: second element 99 (unknown)"),
    BAD(HEAD("\x02", "\x03") "\x07\0\0", "byte 13: status of 0 bytes, expected 1"),
    BAD(HEAD("\x02", "\x05") "\x07\0\x02\0\0", "byte 13: status of 2 bytes, expected 1"),
    BAD(HEAD("\x02", "\x06") "\x09\0\x03\0\0\0", "byte 13: time to live of 3 bytes, expected 4"),
    BAD(HEAD("\x01", "\x03") "\x02\0\0", "byte 13: empty certificate"),
    BAD(HEAD("\x01", "\x03") "\x01\0\0", "byte 13: empty device name"),
    BAD(HEAD("\x01", "\x04") "\x01\0\x01X", "byte 13: device name begins with 0x58, expected 0x01"),
    BAD(HEAD("\x01", "\x05") "\x01\0\x02\x01\0", "byte 13: NUL inside the device name"),
    BAD(HEAD("\x03", "\x04") "\x03\0\x01x", "byte 13: subject name without NUL at its end"),
    BAD(HEAD("\x03", "\x06") "\x04\0\x03x\0\0", "byte 13: NUL inside the issuer name"),
    BAD(HEAD("\x03", "\x03") "\x05\0\0", "byte 13: empty serial number"),
};

static void bad_input(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct tvs_msg m;
        struct err e = { "" };
        assert_false(tvs_decode(view_of(bad[i].bytes, bad[i].n), &m, &e));
        assert_string_equal(e.text, bad[i].text);
        assert_false(tvs_decode(view_of(bad[i].bytes, bad[i].n), &m, NULL));
    }
}

static void assert_unencodable(const struct tvs_msg *m, const char *text)
{
    struct err e = { "" };
    struct wr w = wr_of(out, sizeof out);
    assert_false(tvs_encode(m, &w, &e));
    assert_string_equal(e.text, text);
    assert_int_equal(w.n, 0);
}

static void encode_refuses(void **state)
{
    (void)state;
    static uint8_t large[70000];
    struct tvs_msg m = { .type = TVS_CERT_VERIFICATION_REQ, .status = -1, .ttl_s = -1 };
    assert_unencodable(&m, "TVS message: TVS_MSG_CERT_VERIFICATION_REQ without element 2 "
                           "(certificate) (FORMATS section 4)");
    m.certificate = view_of(large, 65536);
    assert_unencodable(&m, "TVS message: certificate of 65536 bytes, at most 65535 fit "
                           "(FORMATS section 4)");
    m.certificate = view_of(large, 65535);
    assert_unencodable(
        &m, "TVS message: elements of 65538 bytes, at most 65535 fit (FORMATS section 4)");
    m.certificate = view_of(large, 65532);
    assert_int_equal(encoded(&m).n, TVS_MAX);
    m.certificate = view_of(large, 0);
    assert_unencodable(&m, "TVS message: empty certificate (FORMATS section 4)");
    m.certificate = view_of(large, 1);
    m.device = view_of("a\0b", 3);
    assert_unencodable(&m, "TVS message: NUL inside the device name (FORMATS section 4)");
    m.device = view_of(large, 65535);
    assert_unencodable(&m, "TVS message: device name of 65536 bytes, at most 65535 fit "
                           "(FORMATS section 4)");
    m.device = view_str("x");
    m.order[0] = 1;
    assert_unencodable(&m, "TVS message: TVS_MSG_CERT_VERIFICATION_REQ without element 2 in its "
                           "order");
    m.order[1] = 1;
    assert_unencodable(&m, "TVS message: order[1] is element 1, unknown or there twice");
    m.order[1] = 6;
    assert_unencodable(&m, "TVS message: order[1] is element 6, unknown or there twice");
    m.type = 9;
    assert_unencodable(&m, "TVS message: byte 2: type 9, expected 1 to 4 (FORMATS section 4)");
    struct tvs_msg r = { .type = TVS_QUERY_CERT_RES, .status = 256, .ttl_s = -1 };
    assert_unencodable(&r, "TVS message: status 256 does not fit a byte");
    r.status = 0;
    r.ttl_s = (int64_t)1 << 32;
    assert_unencodable(&r, "TVS message: time to live 4294967296 does not fit 4 bytes");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(peer_vectors),        cmocka_unit_test(dump_request),
        cmocka_unit_test(dump_response),       cmocka_unit_test(any_order),
        cmocka_unit_test(unknown_passed_over), cmocka_unit_test(empty_roles_are_there),
        cmocka_unit_test(type_names),          cmocka_unit_test(bad_input),
        cmocka_unit_test(encode_refuses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
