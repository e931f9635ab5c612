/* Certificates and lists whose private keys nobody here has: another forge makes them. */
#include "sim/base/sys.h"
#include "sim/bytes/foreign.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

static struct content far, here;
static struct forge *far_forge, *here_forge;
static struct foreign *foreign;
static struct arena arena;

static void begin(bool stand_ins)
{
    content_init(&far, &sys_mem);
    content_init(&here, &sys_mem);
    far_forge = forge_new(&far, 9, NULL);
    here_forge = forge_new(&here, 1, NULL);
    foreign = foreign_new(here_forge, stand_ins);
    arena = arena_of(&sys_mem);
}

static void end(void)
{
    foreign_free(foreign);
    forge_free(far_forge);
    forge_free(here_forge);
    content_free(&far);
    content_free(&here);
    arena_free(&arena);
}

/* Of the other forge. */
static uint32_t far_cert(const char *cn, enum key_type type, uint32_t issuer, const char *dns)
{
    char subject[100];
    const uint8_t serial[] = { 0x4b, 0x11, (uint8_t)strlen(cn), (uint8_t)cn[0], 1, 2, 3 };
    snprintf(subject, sizeof subject, "CN=%s;OU=Voice;O=Far;C=CH", cn);
    uint32_t name = content_str(&far, subject);
    struct ct_key key = { .label = content_str(&far, cn), .type = (uint8_t)type };
    return content_cert(
        &far,
        (struct ct_cert){ .subject = name,
                          .issuer = issuer == 0 ? name : content_get_cert(&far, issuer)->subject,
                          .serial = content_text(&far, view_of(serial, sizeof serial)),
                          .key = content_key(&far, &key),
                          .issuer_cert = issuer,
                          .dns = dns == NULL ? 0 : content_str(&far, dns),
                          .not_before_s = 1600000000,
                          .not_after_s = 1900000000,
                          .digest = DIGEST_SHA256,
                          .ca = issuer == 0 });
}

static uint32_t add(struct view der)
{
    struct err e = { "" };
    uint32_t number;
    if (!foreign_add(foreign, der, &number, &e))
        fail_msg("%s", e.text);
    return number;
}

static struct cert parsed(struct view der)
{
    struct err e = { "" };
    struct cert k;
    if (!cert_parse(der, &arena, &k, &e))
        fail_msg("%s", e.text);
    return k;
}

/* Without anybody who looks a certificate is its own bytes, and has no key. */
static void test_own_bytes(void **state)
{
    (void)state;
    begin(false);
    struct view der = forge_der(far_forge, far_cert("pub", KEY_RSA_2048, 0, "pub.example.com,pub"));
    uint32_t number = add(der), cert = foreign_cert(foreign, number);
    const struct ct_cert *k = content_get_cert(&here, cert);
    assert_int_equal(add(der), number);
    assert_true(view_eq(forge_der(here_forge, cert), der));
    assert_null(forge_key(here_forge, cert));
    assert_false(foreign_has_stand_in(foreign, number));
    assert_int_equal(foreign_stand_ins(foreign), 0);
    assert_string_equal(content_get_str(&here, k->subject), "CN=pub;OU=Voice;O=Far;C=CH");
    assert_string_equal(content_get_str(&here, k->dns), "pub.example.com,pub");
    assert_int_equal(k->not_before_s, 1600000000);
    assert_int_equal(k->not_after_s, 1900000000);
    assert_int_equal(k->digest, DIGEST_SHA256);
    assert_int_equal(k->issuer_cert, 0);
    assert_int_equal(content_get_key(&here, k->key)->type, KEY_RSA_2048);
    assert_int_equal(forge_keys_made(here_forge), 0);
    end();
}

/* A stand-in: the same length, names, dates; another key, whose signature it is. */
static void check_stand_in(enum key_type type)
{
    begin(true);
    struct view der = forge_der(far_forge, far_cert("node", type, 0, "a.example.com"));
    uint32_t cert = foreign_cert(foreign, add(der));
    struct view made = forge_der(here_forge, cert);
    struct cert was = parsed(der), is = parsed(made);
    assert_int_equal(made.n, der.n);
    assert_false(view_eq(made, der));
    assert_true(view_eq(is.subject, was.subject) && view_eq(is.issuer, was.issuer));
    assert_true(view_eq(is.serial, was.serial));
    assert_int_equal(is.not_before_s, was.not_before_s);
    assert_int_equal(is.not_after_s, was.not_after_s);
    assert_int_equal(is.bits, was.bits);
    assert_false(view_eq(is.public, was.public));
    assert_true(cert_signed_by(&is, is.public, &arena));
    assert_true(view_eq(forge_key(here_forge, cert)->public, is.public));
    assert_true(view_eq(cert_names(made, &arena), view_str("a.example.com")));
    assert_int_equal(foreign_stand_ins(foreign), 1);
    end();
}

static void test_stand_ins(void **state)
{
    (void)state;
    check_stand_in(KEY_RSA_1024);
    check_stand_in(KEY_RSA_2048);
    check_stand_in(KEY_EC_P256);
    check_stand_in(KEY_EC_P384);
    check_stand_in(KEY_EC_P521);
}

/* Whoever issued it may come behind it; the chain holds among stand-ins as well. */
static void test_chain(void **state)
{
    (void)state;
    for (int looks = 0; looks < 2; looks++) {
        begin(looks != 0);
        uint32_t root = far_cert("root", KEY_EC_P256, 0, NULL);
        uint32_t leaf = far_cert("leaf", KEY_RSA_2048, root, "leaf.example.com");
        uint32_t alone =
            far_cert("alone", KEY_RSA_1024, far_cert("gone", KEY_RSA_1024, 0, NULL), NULL);
        uint32_t first = add(forge_der(far_forge, leaf));
        uint32_t without = add(forge_der(far_forge, alone));
        uint32_t second = add(forge_der(far_forge, root));
        uint32_t cert = foreign_cert(foreign, first), ca = foreign_cert(foreign, second);
        assert_int_equal(content_get_cert(&here, cert)->issuer_cert, ca);
        assert_int_equal(content_get_cert(&here, foreign_cert(foreign, without))->issuer_cert, 0);
        struct cert k = parsed(forge_der(here_forge, cert)), by = parsed(forge_der(here_forge, ca));
        assert_true(cert_signed_by(&k, by.public, &arena));
        assert_int_equal(k.der.n, forge_der(far_forge, leaf).n);
        assert_int_equal(forge_der(here_forge, foreign_cert(foreign, without)).n,
                         forge_der(far_forge, alone).n);
        end();
    }
}

/* A key of 1536 bits: the lab makes none. */
static struct view odd_cert(void)
{
    EVP_PKEY *key = EVP_RSA_gen(1536);
    X509 *x = X509_new();
    X509_set_version(x, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(x), 77);
    X509_gmtime_adj(X509_getm_notBefore(x), 0);
    X509_gmtime_adj(X509_getm_notAfter(x), 86400);
    X509_set_pubkey(x, key);
    X509_NAME *name = X509_get_subject_name(x);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)"odd", -1, -1, 0);
    X509_set_issuer_name(x, name);
    assert_true(X509_sign(x, key, EVP_sha256()) > 0);
    uint8_t der[4000], *p = der;
    int n = i2d_X509(x, &p);
    struct view out = arena_copy(&arena, view_of(der, (size_t)n));
    X509_free(x);
    EVP_PKEY_free(key);
    return out;
}

static void test_odd_key(void **state)
{
    size_t length = 0;
    (void)state;
    for (int looks = 0; looks < 2; looks++) {
        begin(looks != 0);
        uint32_t number = add(odd_cert()), cert = foreign_cert(foreign, number);
        assert_true(foreign_has_stand_in(foreign, number));
        assert_int_equal(content_get_cert(&here, cert)->der, 0);
        assert_string_equal(content_get_str(&here, content_get_cert(&here, cert)->subject),
                            "CN=odd");
        size_t n = forge_der_length(here_forge, cert);
        assert_true(n > 0 && (looks == 0 || n == length));
        length = n;
        end();
    }
}

/* ---- lists ---- */

struct far_list {
    uint32_t signer, tvs, list;
    struct view bytes;
};

/* A SAST record that signs, and TVS by its hash. */
static struct far_list far_list(void)
{
    struct far_list l = { .signer = far_cert("signer", KEY_RSA_2048, 0, NULL),
                          .tvs = far_cert("tvs", KEY_RSA_2048, 0, NULL) };
    struct err e = { "" };
    struct forge_device nobody = forge_device_of(0, "");
    const struct ct_record records[] = {
        { .role = TL_SAST, .form = TL_FULL, .cert = l.signer, .dns = content_str(&far, "pub") },
        { .role = TL_TVS, .form = TL_HASH, .cert = l.tvs, .dns = content_str(&far, "sub") },
        { .role = TL_TFTP, .form = TL_EMPTIED, .dns = content_str(&far, "pub") },
    };
    const struct ct_cert *k = content_get_cert(&far, l.signer);
    struct ct_envelope env = { .cert = l.signer,
                               .signer = k->signer,
                               .key = k->key,
                               .timestamp = 1700000000,
                               .signer_version = -1,
                               .digest = DIGEST_SHA1 };
    l.list = content_list(&far, false, &env, records, 3);
    if (!forge_bytes(far_forge, l.list, FILE_ITL_COMMON, &nobody, &arena, &l.bytes, &e))
        fail_msg("%s", e.text);
    return l;
}

static uint32_t adopt(struct view bytes, bool *verified)
{
    struct err e = { "" };
    uint32_t list;
    if (!foreign_list(foreign, bytes, &list, verified, &e))
        fail_msg("%s", e.text);
    return list;
}

static uint32_t length_here(uint32_t list)
{
    struct err e = { "" };
    struct forge_device nobody = forge_device_of(0, "");
    uint32_t n = forge_length(here_forge, list, FILE_ITL_COMMON, &nobody, &e);
    assert_string_equal(e.text, "");
    return n;
}

static void test_list(void **state)
{
    (void)state;
    for (int looks = 0; looks < 2; looks++) {
        begin(looks != 0);
        struct far_list l = far_list();
        bool verified;
        uint32_t tvs = add(forge_der(far_forge, l.tvs));
        uint32_t list = adopt(l.bytes, &verified);
        const struct ct_list *made = content_get_list(&here, list);
        uint32_t signer = foreign_cert(foreign, add(forge_der(far_forge, l.signer)));
        assert_true(verified);
        assert_int_equal(made->count, 3);
        assert_int_equal(made->envelope.cert, signer);
        assert_true(content_signed_by(&here, list, signer));
        assert_int_equal(made->envelope.timestamp, 1700000000);
        assert_int_equal(made->records[0].cert, signer);
        assert_int_equal(made->records[0].form, TL_FULL);
        assert_int_equal(made->records[1].cert, foreign_cert(foreign, tvs));
        assert_int_equal(made->records[1].form, TL_HASH);
        assert_string_equal(content_get_str(&here, made->records[1].dns), "sub");
        assert_int_equal(made->records[2].form, TL_EMPTIED);
        assert_int_equal(made->records[2].cert, 0);
        assert_int_equal(adopt(l.bytes, &verified), list);
        assert_int_equal(length_here(list), l.bytes.n);
        end();
    }
}

/* A certificate of which the list has no more than the hash. */
static void test_hash_alone(void **state)
{
    (void)state;
    begin(false);
    struct far_list l = far_list();
    bool verified;
    uint32_t list = adopt(l.bytes, &verified);
    const struct ct_cert *tvs =
        content_get_cert(&here, content_get_list(&here, list)->records[1].cert);
    assert_true(verified);
    assert_string_equal(content_get_str(&here, tvs->subject), "CN=tvs;OU=Voice;O=Far;C=CH");
    assert_int_equal(content_get_key(&here, tvs->key)->type, KEY_RSA_2048);
    assert_int_equal(length_here(list), l.bytes.n);
    end();
}

static void test_bad_signature(void **state)
{
    (void)state;
    begin(false);
    struct far_list l = far_list();
    bool verified = true;
    uint8_t *bytes = (uint8_t *)arena_copy(&arena, l.bytes).p;
    for (size_t i = 0; i + 4 < l.bytes.n; i++) { /* the time stamp, which is signed */
        if (memcmp(bytes + i, "\x65\x53\xf1\x00", 4) == 0)
            bytes[i + 3] ^= 1;
    }
    uint32_t list = adopt(view_of(bytes, l.bytes.n), &verified);
    assert_false(verified);
    assert_int_equal(content_get_list(&here, list)->envelope.key, 0);
    end();
}

static void test_no_list(void **state)
{
    struct err e = { "" };
    uint32_t list;
    bool verified;
    (void)state;
    begin(false);
    assert_false(foreign_list(foreign, view_str("no list"), &list, &verified, &e));
    assert_true(e.text[0] != '\0');
    assert_false(foreign_add(foreign, view_str("no certificate"), &list, &e));
    end();
}

static void test_stranger(void **state)
{
    (void)state;
    begin(false);
    uint32_t like =
        foreign_cert(foreign, add(forge_der(far_forge, far_cert("tvs", KEY_RSA_2048, 0, NULL))));
    uint32_t a = foreign_stranger(foreign, like, "HQ/pub TVS", NULL);
    uint32_t b = foreign_stranger(foreign, like, "HQ/sub TVS", NULL);
    uint32_t named = foreign_stranger(foreign, like, "HQ/pub TVS", "cucm1.example.com");
    const struct ct_cert *k = content_get_cert(&here, a), *of = content_get_cert(&here, like);
    assert_int_equal(foreign_stranger(foreign, like, "HQ/pub TVS", NULL), a);
    assert_int_not_equal(a, b);
    assert_int_equal(k->subject, of->subject);
    assert_int_not_equal(k->signer, of->signer);
    assert_int_not_equal(k->key, of->key);
    assert_int_equal(content_get_key(&here, k->key)->type, KEY_RSA_2048);
    assert_string_equal(content_get_str(&here, content_get_cert(&here, named)->subject),
                        "CN=cucm1.example.com");
    end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_own_bytes),     cmocka_unit_test(test_stand_ins),
        cmocka_unit_test(test_chain),         cmocka_unit_test(test_odd_key),
        cmocka_unit_test(test_list),          cmocka_unit_test(test_hash_alone),
        cmocka_unit_test(test_bad_signature), cmocka_unit_test(test_no_list),
        cmocka_unit_test(test_stranger),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
