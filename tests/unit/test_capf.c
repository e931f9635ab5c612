#include "sim/base/sys.h"
#include "sim/crypto/crypto.h"
#include "sim/wire/capf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

static uint8_t out[CAPF_MAX];

static struct view encoded(const struct capf_msg *m)
{
    struct err e = { "" };
    struct wr w = wr_of(out, sizeof out), measure = wr_measure();
    if (!capf_encode(m, &w, &e))
        fail_msg("%s", e.text);
    assert_false(w.over);
    assert_true(capf_encode(m, &measure, &e));
    assert_int_equal(measure.n, w.n);
    return view_of(out, w.n);
}

static struct capf_msg decoded(struct view v)
{
    struct capf_msg m;
    struct err e = { "" };
    if (!capf_decode(v, &m, &e))
        fail_msg("%s", e.text);
    return m;
}

#define BYTES(text) view_of(text, sizeof(text) - 1)

/* These bytes and no others, both ways; no part of them is a message. */
static struct capf_msg both_ways(const struct capf_msg *m, struct view bytes)
{
    assert_true(view_eq(encoded(m), bytes));
    for (size_t n = 0; n < bytes.n; n++) {
        struct capf_msg part;
        size_t whole = 99;
        assert_false(capf_decode(view_of(bytes.p, n), &part, NULL));
        assert_true(capf_whole(view_of(bytes.p, n), &whole, NULL));
        assert_int_equal(whole, 0);
    }
    struct capf_msg back = decoded(bytes);
    assert_true(view_eq(encoded(&back), bytes));
    return back;
}

/* ---- an installation by null string, message by message (FORMATS section 5) ---- */

static void install(void **state)
{
    (void)state;
    struct capf_msg m = capf_msg_of(CAPF_AUTH_REQ, 0x01020304);
    m.version = CAPF_VERSION;
    m.auth_type = CAPF_AUTH_NONE;
    both_ways(&m, BYTES("\x55\x01\x01\x02\x03\x04\0\x08\x07\0\x01\x03\x08\0\x01\0"));

    m = capf_msg_of(CAPF_AUTH_RES, 0x01020304);
    m.reason = CAPF_UPDATE_CERT;
    m.version = CAPF_VERSION;
    m.device = view_str("SEP0011215A1AE3");
    m.password = view_str("");
    struct capf_msg back =
        both_ways(&m, BYTES("\x55\x02\x01\x02\x03\x04\0\x1f\x01\0\x01\x01\x07\0\x01\x03\x0b\0\x01\0"
                            "\x0d\0\x10SEP0011215A1AE3\0"));
    assert_true(view_eq(back.device, m.device));
    assert_non_null(back.password.p);
    assert_int_equal(back.password.n, 0);
    assert_int_equal(back.auth_type, -1);

    m = capf_msg_of(CAPF_KEY_GEN_REQ, 1);
    m.key_type = CAPF_RSA;
    m.key_size = 2048;
    back = both_ways(&m, BYTES("\x55\x03\0\0\0\x01\0\x09\x0a\0\x02\x08\0\x11\0\x01\0"));
    assert_int_equal(back.key_size, 2048);

    m = capf_msg_of(CAPF_KEY_GEN_REQ, 1);
    m.key_type = CAPF_EC;
    m.curve = 1;
    both_ways(&m, BYTES("\x55\x03\0\0\0\x01\0\x08\x11\0\x01\x01\x12\0\x01\x01"));

    m = capf_msg_of(CAPF_REQUEST_IN_PROGRESS, 1);
    both_ways(&m, BYTES("\x55\x11\0\0\0\x01\0\0"));

    m = capf_msg_of(CAPF_KEY_GEN_RES, 1);
    m.public_key = view_str("spki");
    both_ways(&m, BYTES("\x55\x04\0\0\0\x01\0\x07\x09\0\x04spki"));

    m = capf_msg_of(CAPF_STORE_CERT_REQ, 1);
    m.certificate_type = CAPF_LSC;
    m.certificate = view_str("DER");
    back = both_ways(&m, BYTES("\x55\x09\0\0\0\x01\0\x0f\x03\0\x01\x01\x04\0\x08\x01\0\x05\0\x01"
                               "DER"));
    assert_true(view_eq(back.certificate, m.certificate));
    assert_int_equal(back.certificate_kind, CAPF_LSC);

    m = capf_msg_of(CAPF_STORE_CERT_RES, 1);
    m.reason = CAPF_UPDATE_CERT;
    both_ways(&m, BYTES("\x55\x0a\0\0\0\x01\0\x04\x01\0\x01\x01"));
    m = capf_msg_of(CAPF_END_SESSION, 1);
    m.reason = CAPF_UNKNOWN_DEVICE;
    both_ways(&m, BYTES("\x55\x0f\0\0\0\x01\0\x04\x01\0\x01\x09"));
}

static void existing_certificate(void **state)
{
    (void)state;
    struct capf_msg m = capf_msg_of(CAPF_AUTH_RES, 1);
    m.reason = CAPF_UPDATE_CERT;
    m.version = CAPF_VERSION;
    m.device = view_str("S");
    m.certificate_kind = CAPF_MIC;
    m.certificate = view_str("C");
    m.signed_sha1 = view_str("one");
    m.signed_sha512 = view_str("five");
    m.sudi = (struct capf_sudi){ view_str("C"), view_str("a"), view_str("b") };
    struct capf_msg back =
        both_ways(&m, BYTES("\x55\x02\0\0\0\x01\0\x35\x01\0\x01\x01\x04\0\x06\x01\0\x03\0\x02"
                            "C"
                            "\x06\0\x03one\x07\0\x01\x03\x0d\0\x02S\0\x10\0\x0c\0\0\x01"
                            "C\x01\0\x01"
                            "a\x03\0\x01"
                            "b\x14\0\x07\x03\0\x04"
                            "five"));
    assert_int_equal(back.certificate_kind, CAPF_MIC);
    assert_true(view_eq(back.signed_sha512, view_str("five")));
    assert_true(view_eq(back.sudi.sha512, view_str("b")));
}

/* What the peer's client sends while an LSC is installed: the usual order is its own. */
static void peer(void **state)
{
    (void)state;
    static const uint8_t commands[] = { CAPF_AUTH_RES, CAPF_REQUEST_IN_PROGRESS, CAPF_KEY_GEN_RES,
                                        CAPF_STORE_CERT_RES };
    static const size_t lengths[] = { 2434, 8, 305, 12 };
    struct arena a = arena_of(&sys_mem);
    struct view v;
    struct err e = { "" };
    if (!sys_read_file("tests/vectors/peer/capf/install.client", 65536, &a, &v, &e))
        fail_msg("%s", e.text);
    for (int i = 0; i < 4; i++) {
        size_t whole;
        assert_true(capf_whole(v, &whole, &e));
        assert_int_equal(whole, lengths[i]);
        struct capf_msg m = decoded(view_sub(v, 0, whole));
        assert_int_equal(m.command, commands[i]);
        assert_int_equal(m.session, 0x01020304);
        assert_false(m.unknown);
        memset(m.order, 0, sizeof m.order);
        assert_true(view_eq(encoded(&m), view_sub(v, 0, whole)));
        if (i == 0) {
            assert_true(view_eq(m.device, view_str("SEP0011215A1AE3")));
            assert_int_equal(m.signed_sha1.n, 256);
            assert_true(view_eq(m.sudi.certificate, m.certificate));
        }
        v = view_sub(v, whole, v.n - whole);
    }
    assert_int_equal(v.n, 0);
    arena_free(&a);
}

static void is_signed(const struct key *k, enum digest d, struct view first, struct view second,
                      struct view signature)
{
    uint8_t bytes[600];
    const struct view parts[] = { first, second };
    size_t n = key_sign_bare(k, d, parts, 2, bytes);
    assert_true(view_eq(view_of(bytes, n), signature));
}

/* Its signed data are those that our own key_sign_bare() makes with its key. */
static void peer_proof(void **state)
{
    (void)state;
    struct arena a = arena_of(&sys_mem);
    struct keyring *ring = keyring_new(1, NULL);
    struct view v, pem;
    struct err e = { "" };
    assert_true(sys_read_file("tests/vectors/peer/capf/install.client", 65536, &a, &v, &e));
    assert_true(sys_read_file("tests/vectors/peer/capf/phone.pem", 65536, &a, &pem, &e));
    const struct key *k = keyring_load_pem(ring, pem, &e);
    if (k == NULL)
        fail_msg("%s", e.text);
    struct capf_msg m = decoded(view_sub(v, 0, 2434));
    struct view name = view_strz("SEP0011215A1AE3"), session = BYTES("\4\3\2\1");
    is_signed(k, DIGEST_SHA1, name, m.certificate, m.signed_sha1);
    is_signed(k, DIGEST_SHA512, name, m.certificate, m.signed_sha512);
    is_signed(k, DIGEST_SHA1, session, m.sudi.certificate, m.sudi.sha1);
    is_signed(k, DIGEST_SHA512, session, m.sudi.certificate, m.sudi.sha512);
    keyring_free(ring);
    arena_free(&a);
}

static void any_order_and_unknown(void **state)
{
    (void)state;
    struct view v = BYTES("\x55\x01\0\0\0\0\0\x08\x08\0\x01\x02\x07\0\x01\x03");
    struct capf_msg m = decoded(v);
    assert_int_equal(m.auth_type, CAPF_AUTH_NULL_STRING);
    assert_true(view_eq(encoded(&m), v));
    m = decoded(BYTES("\x55\x0f\0\0\0\0\0\x09\xc8\0\x02xy\x01\0\x01\0"));
    assert_true(m.unknown);
    assert_int_equal(encoded(&m).n, 12);
}

static void names(void **state)
{
    (void)state;
    assert_string_equal(capf_command_name(1), "auth request");
    assert_string_equal(capf_command_name(15), "end session");
    assert_string_equal(capf_command_name(23), "sign certificate response");
    assert_null(capf_command_name(0));
    assert_null(capf_command_name(24));
}

/* ---- bad input ---- */

#define HEAD(command, n) "\x55" command "\0\0\0\0\0" n

static const struct {
    const char *bytes;
    size_t n;
    const char *text;
} bad[] = {
#define BAD(bytes, text)                                                                           \
    {                                                                                              \
        bytes, sizeof(bytes) - 1, "CAPF message: " text " (FORMATS section 5)"                     \
    }
    BAD("", "0 bytes, the header has 8"),
    BAD("\x55\x01", "2 bytes, the header has 8"),
    BAD("\x16\x03", "byte 0: protocol 0x16, expected 0x55"),
    BAD(HEAD("\0", "\0"), "byte 1: command 0, expected 1 to 23"),
    BAD(HEAD("\x18", "\0"), "byte 1: command 24, expected 1 to 23"),
    BAD(HEAD("\x0f", "\x04") "\x01\0\x01", "byte 6: length 4, but 3 bytes follow"),
    BAD(HEAD("\x0f", "\x04") "\x01\0\x01\0\0", "byte 6: length 4, but 5 bytes follow"),
    BAD(HEAD("\x0f", "\0"), "end session without element 1 (reason)"),
    BAD(HEAD("\x01", "\x04") "\x07\0\x01\x03", "auth request without element 8 (auth type)"),
    BAD(HEAD("\x09", "\0"), "store certificate request without element 4 (certificate)"),
    BAD(HEAD("\x0f", "\x02") "\x01\0", "byte 8: 2 bytes left, an element's head needs 3"),
    BAD(HEAD("\x0f", "\x04") "\x01\0\x02\0",
        "byte 8: element 1 (reason) of 2 bytes runs past the end, 1 left"),
    BAD(HEAD("\x0f", "\x04") "\x63\xff\xff\0",
        "byte 8: element 99 (unknown) of 65535 bytes runs past the end, 1 left"),
    BAD(HEAD("\x0f", "\x08") "\x01\0\x01\0\x01\0\x01\0", "byte 12: second element 1 (reason)"),
    BAD(HEAD("\x0f", "\x05") "\x01\0\x02\0\0", "byte 11: reason of 2 bytes, expected 1"),
    BAD(HEAD("\x03", "\x04") "\x0a\0\x01\0", "byte 11: key size of 1 bytes, expected 2"),
    BAD(HEAD("\x02", "\x04") "\x0d\0\x01x", "byte 11: device name without NUL at its end"),
    BAD(HEAD("\x02", "\x04") "\x0d\0\x01\0", "byte 11: empty device name"),
    BAD(HEAD("\x02", "\x06") "\x0d\0\x03x\0\0", "byte 11: NUL inside the device name"),
    BAD(HEAD("\x02", "\x03") "\x0b\0\0", "byte 11: password without NUL at its end"),
    BAD(HEAD("\x04", "\x03") "\x09\0\0", "byte 11: empty public key"),
    BAD(HEAD("\x09", "\x08") "\x04\0\x05\x01\0\x02\0\x01",
        "byte 11: certificate is not 01, its length, 00, its type and a certificate"),
    BAD(HEAD("\x09", "\x09") "\x04\0\x06\x01\0\x04\0\x01x",
        "byte 11: certificate is not 01, its length, 00, its type and a certificate"),
    BAD(HEAD("\x02", "\x07") "\x10\0\x04\0\0\x01x",
        "byte 11: SUDI data is not its parts 0, 1 and 3"),
    BAD(HEAD("\x02", "\x07") "\x14\0\x04\x02\0\x01x",
        "byte 11: signed data SHA-512 is not 03, its length and signed data"),
};

static void bad_input(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct capf_msg m;
        struct err e = { "" };
        assert_false(capf_decode(view_of(bad[i].bytes, bad[i].n), &m, &e));
        assert_string_equal(e.text, bad[i].text);
        assert_false(capf_decode(view_of(bad[i].bytes, bad[i].n), &m, NULL));
    }
}

static void unencodable(const struct capf_msg *m, const char *text)
{
    struct err e = { "" };
    struct wr w = wr_of(out, sizeof out);
    assert_false(capf_encode(m, &w, &e));
    assert_string_equal(e.text, text);
    assert_int_equal(w.n, 0);
}

static void encode_refuses(void **state)
{
    (void)state;
    static uint8_t large[70000];
    struct capf_msg m = capf_msg_of(CAPF_STORE_CERT_REQ, 0);
    unencodable(&m, "CAPF message: store certificate request without element 4 (certificate) "
                    "(FORMATS section 5)");
    m.certificate = view_of(large, 65531);
    unencodable(&m,
                "CAPF message: certificate of 65536 bytes, at most 65535 fit (FORMATS section 5)");
    m.certificate = view_of(large, 65530);
    unencodable(&m, "CAPF message: elements of 65538 bytes, at most 65535 fit (FORMATS section 5)");
    m.certificate = view_of(large, 65527);
    assert_int_equal(encoded(&m).n, CAPF_MAX);
    m.certificate = view_of(large, 0);
    unencodable(&m, "CAPF message: empty certificate (FORMATS section 5)");
    m.certificate = view_of(large, 1);
    m.reason = 256;
    unencodable(&m, "CAPF message: reason 256 does not fit a byte");
    m.reason = -1;
    m.key_size = 65536;
    unencodable(&m, "CAPF message: key size 65536 does not fit 2 bytes");
    m.key_size = -1;
    m.device = view_of("a\0b", 3);
    unencodable(&m, "CAPF message: NUL inside the device name (FORMATS section 5)");
    m.device = view_str("x");
    m.sudi.certificate = view_str("x");
    unencodable(&m, "CAPF message: SUDI data lacks a part (FORMATS section 5)");
    m.sudi.certificate = view_of(NULL, 0);
    m.order[0] = 13;
    unencodable(&m, "CAPF message: store certificate request without element 4 in its order");
    m.order[1] = 13;
    unencodable(&m, "CAPF message: order[1] is element 13, unknown or there twice");
    m = capf_msg_of((enum capf_command)0, 0);
    unencodable(&m, "CAPF message: byte 1: command 0, expected 1 to 23 (FORMATS section 5)");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(install),   cmocka_unit_test(existing_certificate),
        cmocka_unit_test(peer),      cmocka_unit_test(peer_proof),
        cmocka_unit_test(names),     cmocka_unit_test(any_order_and_unknown),
        cmocka_unit_test(bad_input), cmocka_unit_test(encode_refuses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
