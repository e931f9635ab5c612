/* Certificates of sim/crypto: made, read, read from others, and refused. */
#include "sim/base/sys.h"
#include "sim/crypto/crypto.h"
#include "sim/crypto/der.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#define SUBJECT "CN=cucm-pub.lab.example;OU=TAC;O=Cisco;L=RTP;ST=North Carolina;C=US"

static struct arena arena;
static struct keyring *ring;

static int begin(void **state)
{
    (void)state;
    arena = arena_of(&sys_mem);
    ring = keyring_new(1, NULL);
    return 0;
}

static int end(void **state)
{
    (void)state;
    keyring_free(ring);
    arena_free(&arena);
    return 0;
}

static void assert_text(struct view v, const char *want)
{
    assert_non_null(v.p);
    assert_string_equal(arena_text(&arena, v), want);
    assert_int_equal(v.n, strlen(want));
}

static struct cert_spec spec_of(const struct key *key, const struct key *issuer_key)
{
    return (struct cert_spec){
        .subject = view_str(SUBJECT),
        .issuer = view_str(key == issuer_key ? SUBJECT : "CN=CAPF-9c4cba7d;OU=TAC;O=Cisco"),
        .serial = view_str("\x5a\x1b\x2c\x3d\x4e\x5f\x60\x71"),
        .not_before_s = 1700000000,
        .not_after_s = 1857680000,
        .key = key,
        .issuer_key = issuer_key,
        .digest = DIGEST_SHA256,
    };
}

static struct cert parsed(struct view der)
{
    struct err e = { "" };
    struct cert c;
    bool ok = cert_parse(der, &arena, &c, &e);
    assert_string_equal(e.text, "");
    assert_true(ok);
    return c;
}

static void refused(struct view der, const char *why)
{
    struct err e = { "" };
    struct cert c;
    assert_false(cert_parse(der, &arena, &c, &e));
    if (strstr(e.text, why) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", e.text, why);
}

static const char *sha256_hex(struct view v)
{
    static char text[65];
    uint8_t out[64];
    digest_of(DIGEST_SHA256, &v, 1, out);
    for (int i = 0; i < 32; i++)
        snprintf(text + 2 * i, 3, "%02x", out[i]);
    return text;
}

static X509 *openssl_of(struct view der)
{
    const uint8_t *p = der.p;
    X509 *x = d2i_X509(NULL, &p, (long)der.n);
    assert_non_null(x);
    return x;
}

/* With the keys at hand, and with none. */
static void assert_length(const struct cert_spec *spec, struct view der)
{
    struct key key = key_stand_in(spec->key->type), issuer = key_stand_in(spec->issuer_key->type);
    struct cert_spec bare = *spec;
    bare.key = &key;
    bare.issuer_key = spec->issuer_key == spec->key ? &key : &issuer;
    assert_int_equal(cert_length(spec), der.n);
    assert_int_equal(cert_length(&bare), der.n);
}

/* ---- made and read again ---- */

static void round_trip(enum key_type type, enum digest d, enum key_type issuer_type, bool self)
{
    static const uint16_t bits[KEY_TYPES] = { 1024, 2048, 3072, 4096, 256, 384, 521 };
    const struct key *key = keyring_key(ring, "own", type);
    const struct key *issuer = self ? key : keyring_key(ring, "issuer", issuer_type);
    const struct key *stranger = keyring_key(ring, "stranger", self ? type : issuer_type);
    struct cert_spec spec = spec_of(key, issuer);
    spec.digest = d;
    struct view der = cert_make(&spec, &arena);
    assert_true(view_eq(der, cert_make(&spec, &arena)));
    assert_length(&spec, der);
    struct cert c = parsed(der);
    assert_true(view_eq(c.der, der));
    assert_true(view_eq(c.subject, spec.subject));
    assert_true(view_eq(c.issuer, spec.issuer));
    assert_true(view_eq(c.serial, spec.serial));
    assert_true(view_eq(c.public, key->public));
    assert_int_equal(c.not_before_s, spec.not_before_s);
    assert_int_equal(c.not_after_s, spec.not_after_s);
    assert_int_equal(c.rsa, type <= KEY_RSA_4096);
    assert_int_equal(c.bits, bits[type]);
    assert_true(cert_signed_by(&c, issuer->public, &arena));
    assert_false(cert_signed_by(&c, stranger->public, &arena));
    assert_false(cert_signed_by(&c, view_str("rubbish"), &arena));

    /* The signature that a list carries is that of the first element inside. */
    struct rd outer = rd_of(der), inner;
    struct view all, body;
    uint8_t tag;
    assert_true(der_next(&outer, 0, &tag, &all, NULL));
    inner = rd_of(all);
    assert_true(der_next(&inner, 0, &tag, &body, NULL));
    struct view tbs = view_sub(all, 0, inner.at);
    assert_true(key_verify(issuer->public, d, &tbs, 1, c.signature));
}

static void every_key_and_digest(void **state)
{
    (void)state;
    for (int t = 0; t < KEY_TYPES; t++) {
        if (t == KEY_RSA_3072 || t == KEY_RSA_4096)
            continue;
        for (int d = DIGEST_SHA1; d <= DIGEST_SHA512; d++)
            round_trip((enum key_type)t, (enum digest)d, KEY_RSA_1024, true);
    }
    round_trip(KEY_RSA_3072, DIGEST_SHA256, KEY_RSA_1024, true);
    round_trip(KEY_RSA_4096, DIGEST_SHA512, KEY_RSA_1024, true);
    round_trip(KEY_RSA_2048, DIGEST_SHA1, KEY_RSA_1024, false);
    round_trip(KEY_RSA_1024, DIGEST_SHA512, KEY_EC_P384, false);
    round_trip(KEY_EC_P256, DIGEST_SHA256, KEY_RSA_2048, false);
    round_trip(KEY_EC_P521, DIGEST_SHA512, KEY_EC_P256, false);
}

/* Whatever else may change a length: a CA, a name in the extensions, a serial that needs a zero in
 * front, dates of either form, names of no UTF-8 and none at all, lengths around 128 and 256. */
static void lengths_before_keys(void **state)
{
    (void)state;
    const struct key *rsa = keyring_key(ring, "own", KEY_RSA_1024);
    const struct key *ec = keyring_key(ring, "own", KEY_EC_P384);
    static const char *const serials[] = { "", "\x7f", "\x80", "\xff\x01\x02\x03\x04\x05\x06\x07" };
    static const int64_t dates[] = { 0, 2524607999, 2524608000 };
    char name[320] = "CN=";
    for (size_t i = 0; i < 300; i++) {
        struct cert_spec spec = spec_of(i % 2 == 0 ? rsa : ec, i % 3 == 0 ? rsa : ec);
        name[3 + i] = i % 7 == 6 ? (char)0xe9 : 'a'; /* latin-1 alone is no UTF-8 */
        spec.subject = i % 5 == 4 ? view_str("") : view_str(name);
        spec.serial = view_str(serials[i % 4]);
        spec.not_after_s = dates[i % 3];
        spec.ca = i % 4 == 1;
        spec.dns_name = i % 2 == 0 ? view_of(NULL, 0) : view_str(name);
        assert_length(&spec, cert_make(&spec, &arena));
    }
}

/* Commas stand between the names of the extension, each of which is one of its own. */
static void several_names(void **state)
{
    (void)state;
    const struct key *key = keyring_key(ring, "own", KEY_RSA_1024);
    struct cert_spec spec = spec_of(key, key);
    spec.dns_name = view_str("pub.lab.example,sub1,sub2.lab.example");
    struct view der = cert_make(&spec, &arena);
    assert_length(&spec, der);
    X509 *x = openssl_of(der);
    assert_int_equal(X509_check_host(x, "sub1", 0, X509_CHECK_FLAG_NO_WILDCARDS, NULL), 1);
    assert_int_equal(X509_check_host(x, "sub2.lab.example", 0, 0, NULL), 1);
    assert_int_equal(X509_check_host(x, "pub.lab.example", 0, 0, NULL), 1);
    assert_int_equal(X509_check_host(x, "pub.lab.example,sub1", 0, 0, NULL), 0);
    X509_free(x);
}

/* Anything that moves a byte of a certificate changes every list that holds it. */
static void bytes_are_golden(void **state)
{
    (void)state;
    struct cert_spec spec =
        spec_of(keyring_key(ring, "test", KEY_RSA_2048), keyring_key(ring, "test", KEY_RSA_2048));
    spec.dns_name = view_str("cucm-pub.lab.example");
    struct view der = cert_make(&spec, &arena);
    assert_string_equal(sha256_hex(der),
                        "86882179657cc5bc57ed552b18a48fa1f1666ba534f183c6421f7d8e96cb3d1f");
    spec.key = keyring_key(ring, "test", KEY_EC_P384);
    spec.issuer_key = spec.key;
    spec.ca = true;
    spec.dns_name = view_of(NULL, 0);
    der = cert_make(&spec, &arena);
    assert_string_equal(sha256_hex(der),
                        "c879abb014dfa62fa5e2be6306522f618a8ed520c0a9d5b9d28546f30bbe6ccb");
}

/* Usages of a certificate that a cluster made in 2018 (SHA-1, RSA 2048), as its DER has them. */
static void usages_as_observed(void **state)
{
    static const uint8_t observed[] = { 0x30, 0x0b, 0x06, 0x03, 0x55, 0x1d, 0x0f, 0x04, 0x04,
                                        0x03, 0x02, 0x02, 0xbc, 0x30, 0x27, 0x06, 0x03, 0x55,
                                        0x1d, 0x25, 0x04, 0x20, 0x30, 0x1e, 0x06, 0x08, 0x2b,
                                        0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x01, 0x06, 0x08,
                                        0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x02, 0x06,
                                        0x08, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x05 };
    const struct key *key = keyring_key(ring, "test", KEY_RSA_2048);
    struct cert_spec spec = spec_of(key, key);
    (void)state;
    for (int ipsec = 0; ipsec < 2; ipsec++) {
        spec.ipsec = ipsec == 1;
        struct view der = cert_make(&spec, &arena);
        assert_int_equal(cert_length(&spec), der.n);
        assert_int_equal(memmem(der.p, der.n, observed, sizeof observed) != NULL, ipsec);
    }
}

static void openssl_accepts(void **state)
{
    (void)state;
    const struct key *ca_key = keyring_key(ring, "issuer", KEY_RSA_2048);
    const struct key *key = keyring_key(ring, "own", KEY_RSA_2048);
    struct cert_spec spec = spec_of(ca_key, ca_key);
    spec.ca = true;
    spec.subject = spec.issuer = view_str("CN=CAPF-9c4cba7d;OU=TAC;O=Cisco");
    X509 *ca = openssl_of(cert_make(&spec, &arena));
    spec = spec_of(key, ca_key);
    spec.dns_name = view_str("cucm-pub.lab.example");
    X509 *leaf = openssl_of(cert_make(&spec, &arena));

    X509_STORE *store = X509_STORE_new();
    X509_STORE_add_cert(store, ca);
    X509_STORE_CTX *ctx = X509_STORE_CTX_new();
    assert_int_equal(X509_STORE_CTX_init(ctx, store, leaf, NULL), 1);
    X509_VERIFY_PARAM *param = X509_STORE_CTX_get0_param(ctx);
    X509_VERIFY_PARAM_set_time(param, 1750000000);
    X509_VERIFY_PARAM_set_purpose(param, X509_PURPOSE_SSL_SERVER);
    int ok = X509_verify_cert(ctx);
    assert_string_equal(X509_verify_cert_error_string(X509_STORE_CTX_get_error(ctx)), "ok");
    assert_int_equal(ok, 1);
    X509_STORE_CTX_free(ctx);
    X509_STORE_free(store);

    assert_int_equal(X509_get_version(leaf), X509_VERSION_3);
    assert_int_equal(X509_check_ca(ca), 1);
    assert_int_equal(X509_check_ca(leaf), 0);
    assert_int_equal(X509_get_key_usage(ca), KU_DIGITAL_SIGNATURE | KU_KEY_ENCIPHERMENT |
                                                 KU_DATA_ENCIPHERMENT | KU_KEY_CERT_SIGN);
    assert_int_equal(X509_get_key_usage(leaf),
                     KU_DIGITAL_SIGNATURE | KU_KEY_ENCIPHERMENT | KU_DATA_ENCIPHERMENT);
    assert_int_equal(X509_get_extended_key_usage(leaf), XKU_SSL_SERVER | XKU_SSL_CLIENT);
    assert_int_equal(X509_check_host(leaf, "cucm-pub.lab.example", 0, 0, NULL), 1);
    assert_int_equal(X509_check_host(leaf, "other.lab.example", 0, 0, NULL), 0);
    assert_int_equal(
        ASN1_OCTET_STRING_cmp(X509_get0_authority_key_id(leaf), X509_get0_subject_key_id(ca)), 0);
    assert_int_equal(X509_get_ext_by_NID(ca, NID_subject_alt_name, -1), -1);
    char *name = X509_NAME_oneline(X509_get_subject_name(leaf), NULL, 0);
    assert_string_equal(name, "/C=US/O=Cisco/OU=TAC/CN=cucm-pub.lab.example/ST=North Carolina"
                              "/L=RTP");
    OPENSSL_free(name);
    X509_free(ca);
    X509_free(leaf);
}

static void names(void **state)
{
    (void)state;
    static const struct {
        const char *in, *out;
    } cases[] = {
        { SUBJECT, SUBJECT },
        { "", "" },
        { "CN=a", "CN=a" },
        { "C=US;CN=a", "CN=a;C=US" }, /* one order, whatever the order was */
        { "cn=token;ou=IPCBU;o=x", "CN=token;OU=IPCBU;O=x" },
        { "CN=a;b;O=c", "CN=a;b;O=c" },  /* a semicolon that ends nothing */
        { "CN=a;O=b;CN=c", "CN=a;O=b" }, /* the first counts */
        { "bare name;OU=x", "CN=bare name;OU=x" },
        { "CN=;O=c", "CN=;O=c" },
        { "CN=a;OU=", "CN=a;OU=" },
        { "CN=M\xc3\xbcnchen \xe2\x82\xac \xf0\x9f\x93\x9e",
          "CN=M\xc3\xbcnchen \xe2\x82\xac \xf0\x9f\x93\x9e" },
        { "CN=latin \xfc;O=\xc3", "CN=latin \xfc;O=\xc3" }, /* no UTF-8: bytes stay bytes */
        { "CN=\xed\xa0\x80;O=\xc0\x80", "CN=\xed\xa0\x80;O=\xc0\x80" },
        { "C=\xc3\xbc", "C=\xc3\xbc" },
        { "CN=a;DC=lab;O=c", "CN=a;DC=lab;O=c" },
    };
    const struct key *k = keyring_key(ring, "names", KEY_EC_P256);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct cert_spec spec = spec_of(k, k);
        spec.subject = view_str(cases[i].in);
        struct cert c = parsed(cert_make(&spec, &arena));
        assert_text(c.subject, cases[i].out);
        assert_text(c.issuer, SUBJECT);
    }
}

static void dates(void **state)
{
    (void)state;
    static const struct {
        int64_t unix_s;
        const char *text;
        int type;
    } cases[] = {
        { 0, "700101000000Z", V_ASN1_UTCTIME },
        { 951782400, "000229000000Z", V_ASN1_UTCTIME },
        { 1709251199, "240229235959Z", V_ASN1_UTCTIME },
        { -631152000, "500101000000Z", V_ASN1_UTCTIME },
        { -631152001, "19491231235959Z", V_ASN1_GENERALIZEDTIME },
        { 2524607999, "491231235959Z", V_ASN1_UTCTIME },
        { 2524608000, "20500101000000Z", V_ASN1_GENERALIZEDTIME },
        { 4107542399, "21000228235959Z", V_ASN1_GENERALIZEDTIME },
        { 4107542400, "21000301000000Z", V_ASN1_GENERALIZEDTIME }, /* 2100 is no leap year */
        { 253402300799, "99991231235959Z", V_ASN1_GENERALIZEDTIME },
        { -62167219200, "00000101000000Z", V_ASN1_GENERALIZEDTIME },
    };
    const struct key *k = keyring_key(ring, "dates", KEY_EC_P256);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct cert_spec spec = spec_of(k, k);
        spec.not_before_s = cases[i].unix_s;
        struct view der = cert_make(&spec, &arena);
        X509 *x = openssl_of(der);
        const ASN1_TIME *t = X509_get0_notBefore(x);
        assert_int_equal(ASN1_STRING_type(t), cases[i].type);
        assert_text(view_of(t->data, (size_t)t->length), cases[i].text);
        X509_free(x);
        assert_true(parsed(der).not_before_s == cases[i].unix_s);
    }
}

static void serials(void **state)
{
    (void)state;
    static const struct {
        struct view in, out;
    } cases[] = {
        { { (const uint8_t *)"\x01", 1 }, { (const uint8_t *)"\x01", 1 } },
        { { (const uint8_t *)"\x80\x01", 2 }, { (const uint8_t *)"\x80\x01", 2 } },
        { { (const uint8_t *)"\x00\x00\x80", 3 }, { (const uint8_t *)"\x80", 1 } },
        { { (const uint8_t *)"", 0 }, { (const uint8_t *)"\x00", 1 } },
        { { (const uint8_t *)"\x00", 1 }, { (const uint8_t *)"\x00", 1 } },
        { { (const uint8_t *)"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff",
            16 },
          { (const uint8_t *)"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff",
            16 } },
    };
    const struct key *k = keyring_key(ring, "serials", KEY_EC_P256);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct cert_spec spec = spec_of(k, k);
        spec.serial = cases[i].in;
        assert_true(view_eq(parsed(cert_make(&spec, &arena)).serial, cases[i].out));
    }
}

/* ---- from others ---- */

static struct view peer_file(const char *name)
{
    char path[128];
    snprintf(path, sizeof path, "tests/vectors/peer/%s", name);
    struct err e = { "" };
    struct view file = { NULL, 0 };
    sys_read_file(path, 65536, &arena, &file, &e);
    assert_string_equal(e.text, "");
    return file;
}

static void peers(void **state)
{
    (void)state;
    static const struct {
        const char *file, *cn;
        enum key_type type;
        size_t serial_n;
    } cases[] = {
        { "callmanager.pem", "cucm-pub.lab.example", KEY_RSA_2048, 8 },
        { "itlrecovery.pem", "ITLRECOVERY_cucm-pub.lab.example", KEY_RSA_2048, 0 },
        { "tvs.pem", "cucm-pub.lab.example", KEY_RSA_2048, 8 },
        { "tomcat.pem", "cucm-pub.lab.example", KEY_RSA_2048, 8 },
        { "capf.pem", "CAPF-9c4cba7d", KEY_RSA_1024, 8 },
        { "callmanager-ecdsa.pem", "cucm-pub-EC.lab.example", KEY_EC_P384, 8 },
        { "phone.pem", "CP-7965-SEP0011215A1AE3", KEY_RSA_2048, 2 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct view file = peer_file(cases[i].file);
        struct err e = { "" };
        struct cert c;
        assert_true(cert_from_file(file, &arena, &c, &e));
        char name[200];
        snprintf(name, sizeof name, "CN=%s;OU=TAC;O=Cisco;L=RTP;ST=North Carolina;C=US",
                 cases[i].cn);
        assert_text(c.subject, name);
        assert_text(c.issuer, name);
        assert_true(cases[i].serial_n == 0 || c.serial.n == cases[i].serial_n);
        const struct key *k = keyring_load_pem(ring, file, &e);
        assert_non_null(k);
        assert_int_equal(k->type, cases[i].type);
        assert_true(view_eq(k->public, c.public));
        assert_true(cert_signed_by(&c, k->public, &arena));
        struct cert again;
        assert_true(cert_from_file(c.der, &arena, &again, &e)); /* DER as it is */
        assert_true(view_eq(again.subject, c.subject));
    }
}

static void files(void **state)
{
    (void)state;
    struct err e = { "" };
    struct cert c;
    assert_false(cert_from_file(view_of(NULL, 0), &arena, &c, &e));
    assert_false(cert_from_file(view_str("0 s:/CN=a\n"), &arena, &c, &e));
    assert_non_null(strstr(e.text, "neither DER nor"));
    assert_false(
        cert_from_file(view_str("-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n"),
                       &arena, &c, &e));
    assert_non_null(strstr(e.text, "no X.509 certificate"));
    struct view pem = peer_file("capf.pem"); /* key first, certificate second */
    for (size_t n = 0; n + 2 < pem.n; n += 7)
        assert_false(cert_from_file(view_sub(pem, 0, n), &arena, &c, &e));
    char *text = arena_take(&arena, pem.n + 32); /* text before the block does no harm */
    int n = snprintf(text, pem.n + 32, "0 s:/CN=a\nrest\n%.*s", (int)pem.n, (const char *)pem.p);
    assert_true(cert_from_file(view_of(text, (size_t)n), &arena, &c, &e));
}

/* A certificate that OpenSSL builds, to be bent before it is signed. */
struct bent {
    X509 *x;
    const struct key *key;
};

static struct bent bend(void)
{
    struct bent b = { X509_new(), keyring_key(ring, "bent", KEY_EC_P256) };
    X509_set_version(b.x, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(b.x), 0x1234);
    ASN1_TIME_set(X509_getm_notBefore(b.x), 1700000000);
    ASN1_TIME_set(X509_getm_notAfter(b.x), 1800000000);
    X509_set_pubkey(b.x, b.key->pkey);
    X509_NAME_add_entry_by_NID(X509_get_issuer_name(b.x), NID_commonName, MBSTRING_ASC,
                               (const unsigned char *)"issuer", -1, -1, 0);
    return b;
}

static struct view signed_der(struct bent b)
{
    assert_true(X509_sign(b.x, b.key->pkey, EVP_sha256()) > 0);
    uint8_t *der = NULL;
    int n = i2d_X509(b.x, &der);
    assert_true(n > 0);
    struct view copy = arena_copy(&arena, view_of(der, (size_t)n));
    OPENSSL_free(der);
    X509_free(b.x);
    return copy;
}

static void subject_add(struct bent b, int nid, int type, const char *bytes, int n)
{
    assert_int_equal(X509_NAME_add_entry_by_NID(X509_get_subject_name(b.x), nid, type,
                                                (const unsigned char *)bytes, n, -1, 0),
                     1);
}

static void foreign_names(void **state)
{
    (void)state;
    struct bent b = bend();
    subject_add(b, NID_domainComponent, V_ASN1_IA5STRING, "local", -1);
    subject_add(b, NID_domainComponent, V_ASN1_IA5STRING, "stormin", -1);
    subject_add(b, NID_commonName, V_ASN1_PRINTABLESTRING, "stormin-WIN2012-CA", -1);
    assert_text(parsed(signed_der(b)).subject, "CN=stormin-WIN2012-CA");
    b = bend();
    subject_add(b, NID_countryName, V_ASN1_PRINTABLESTRING, "AU", -1);
    subject_add(b, NID_serialNumber, V_ASN1_PRINTABLESTRING, "PID:CP-8861", -1);
    subject_add(b, NID_commonName, V_ASN1_BMPSTRING, "\x20\xac\0a", 4);
    subject_add(b, NID_organizationName, V_ASN1_T61STRING, "B\xfcro", 4);
    subject_add(b, NID_commonName, V_ASN1_UTF8STRING, "second", -1);
    assert_text(parsed(signed_der(b)).subject, "CN=\xe2\x82\xac"
                                               "a;O=B\xfcro;C=AU");
    b = bend();
    assert_text(parsed(signed_der(b)).subject, "");
    b = bend();
    subject_add(b, NID_commonName, V_ASN1_UTF8STRING, "good\0evil", 9);
    refused(signed_der(b), "subject: a NUL inside the name");
}

static void foreign_numbers(void **state)
{
    (void)state;
    struct bent b = bend();
    X509_set_version(b.x, X509_VERSION_1);
    assert_true(view_eq(parsed(signed_der(b)).serial, view_str("\x12\x34")));
    b = bend();
    ASN1_INTEGER_set(X509_get_serialNumber(b.x), -2); /* its own bytes, as a phone compares them */
    assert_true(view_eq(parsed(signed_der(b)).serial, view_str("\xfe")));
}

static void foreign_keys(void **state)
{
    (void)state;
    EVP_PKEY *other = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    struct bent b = bend();
    X509_set_pubkey(b.x, other);
    refused(signed_der(b), "neither RSA nor");
    EVP_PKEY_free(other);
    other = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "secp256k1");
    b = bend();
    X509_set_pubkey(b.x, other);
    refused(signed_der(b), "neither RSA nor");
    EVP_PKEY_free(other);
    other = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
    EVP_PKEY_set_utf8_string_param(other, "point-format", "compressed");
    b = bend();
    X509_set_pubkey(b.x, other);
    refused(signed_der(b), "EC point of 33 bytes");
    EVP_PKEY_free(other);
    other = EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)512);
    b = bend();
    X509_set_pubkey(b.x, other);
    struct cert c = parsed(signed_der(b));
    assert_int_equal(c.bits, 512);
    assert_true(c.rsa);
    EVP_PKEY_free(other);
}

/* An RSA key of `bits` as PKCS#1 that nobody made: a modulus of ones is good enough to be read. */
static void rsa_bits_set(struct bent b, size_t bits, size_t trailing)
{
    size_t n = bits / 8;
    uint8_t *ones = arena_take(&arena, n);
    memset(ones, 0xff, n);
    struct view der = DER(&arena, DER_SEQUENCE, der_magnitude(&arena, view_of(ones, n)),
                          der_magnitude(&arena, view_str("\x01")));
    uint8_t *copy = OPENSSL_zalloc(der.n + trailing);
    memcpy(copy, der.p, der.n);
    assert_int_equal(X509_PUBKEY_set0_param(X509_get_X509_PUBKEY(b.x),
                                            OBJ_nid2obj(NID_rsaEncryption), V_ASN1_NULL, NULL, copy,
                                            (int)(der.n + trailing)),
                     1);
}

static void foreign_rsa(void **state)
{
    (void)state;
    static const struct {
        size_t bits, trailing;
        const char *why; /* NULL: taken */
    } cases[] = {
        { 504, 0, "RSA key of 504 bits" },
        { 512, 0, NULL },
        { 3072, 0, NULL },
        { 4096, 0, NULL },
        { 4104, 0, "RSA key of 4104 bits" },
        { 16384, 0, "RSA key of 16384 bits" },
        { 2048, 1, "not in DER" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct bent b = bend();
        rsa_bits_set(b, cases[i].bits, cases[i].trailing);
        struct view der = signed_der(b);
        if (cases[i].why != NULL)
            refused(der, cases[i].why);
        else
            assert_int_equal(parsed(der).bits, cases[i].bits);
    }
}

static void other_digest_of_issuer(void **state)
{
    (void)state;
    struct bent b = bend(); /* SHA-384 is none of ours, but real P-384 certificates have it */
    assert_true(X509_sign(b.x, b.key->pkey, EVP_sha384()) > 0);
    uint8_t *der = NULL;
    int n = i2d_X509(b.x, &der);
    struct cert c = parsed(view_of(der, (size_t)n));
    assert_true(cert_signed_by(&c, b.key->public, &arena));
    OPENSSL_free(der);
    X509_free(b.x);
}

/* ---- refused ---- */

static void damaged(void **state)
{
    (void)state;
    static const enum key_type types[] = { KEY_RSA_1024, KEY_EC_P256 };
    struct cert c;
    for (size_t t = 0; t < 2; t++) {
        const struct key *k = keyring_key(ring, "damaged", types[t]);
        struct cert_spec spec = spec_of(k, k);
        struct view der = cert_make(&spec, &arena);
        for (size_t n = 0; n < der.n; n++)
            assert_false(cert_parse(view_sub(der, 0, n), NULL, &c, NULL));
        uint8_t *bytes = arena_take(&arena, der.n + 1);
        memcpy(bytes, der.p, der.n);
        refused(view_of(bytes, der.n + 1), "behind the end");
        for (size_t at = 0; at < der.n; at++) {
            struct arena scratch = arena_of(&sys_mem);
            bytes[at] ^= 0x04;
            if (cert_parse(view_of(bytes, der.n), &scratch, &c, NULL))
                assert_false(cert_signed_by(&c, k->public, &scratch));
            bytes[at] ^= 0x04;
            arena_free(&scratch);
        }
    }
}

static void strict_der(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t n;
        const char *why;
    } cases[] = {
        { "", 0, "0 bytes" },
        { "\x30", 1, "offset 1: DER ends before a length" },
        { "\x30\x80\x00\x00", 4, "offset 1: DER length of form 0x80" },
        { "\x30\x85\x00\x00\x00\x00\x01", 7, "form 0x85" },
        { "\x30\x82\x01", 3, "inside a length" },
        { "\x30\x81\x05\x02\x01\x01\x05\x00", 8, "not in its short form" },
        { "\x30\x82\x00\x81", 4, "zero in front" },
        { "\x30\x84\xff\xff\xff\xff", 6, "runs past the end" },
        { "\x30\x03\x02\x02\x01", 5, "offset 2: DER length 2 runs past the end" },
        { "\x30\x03\x1f\x81\x01", 5, "offset 2: DER tag of several bytes" },
        { "\x30\x04\x24\x02\x04\x00", 6, "offset 2: DER tag 0x24" },
        { "\x30\x02\x10\x00", 4, "offset 2: DER tag 0x10" },
        { "\x30\x00\x00", 3, "offset 2: 1 bytes behind" },
        { "\x02\x01\x01", 3, "no X.509 certificate" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        refused(view_of(cases[i].bytes, cases[i].n), cases[i].why);
    uint8_t deep[2 * (DER_DEPTH + 3)];
    size_t n = sizeof deep;
    for (size_t i = 0; i < n; i += 2) {
        deep[i] = 0x30;
        deep[i + 1] = (uint8_t)(n - i - 2);
    }
    refused(view_of(deep, n), "nested deeper");
    uint8_t *big = arena_take(&arena, 70000);
    memcpy(big, "\x30\x83\x01\x11\x6b", 5);
    refused(view_of(big, 70000), "70000 bytes");
}

static void der_writer(void **state)
{
    (void)state;
    static const struct {
        size_t n;
        const char *head;
        size_t head_n;
    } cases[] = {
        { 0, "\x04\x00", 2 },
        { 127, "\x04\x7f", 2 },
        { 128, "\x04\x81\x80", 3 },
        { 255, "\x04\x81\xff", 3 },
        { 256, "\x04\x82\x01\x00", 4 },
        { 65535, "\x04\x82\xff\xff", 4 },
        { 65536, "\x04\x83\x01\x00\x00", 5 },
        { 1 << 24, "\x04\x84\x01\x00\x00\x00", 6 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct view body = view_of(arena_take(&arena, cases[i].n + 1), cases[i].n);
        struct view made = DER(&arena, DER_OCTETS, body);
        assert_int_equal(made.n, cases[i].n + cases[i].head_n);
        assert_memory_equal(made.p, cases[i].head, cases[i].head_n);
        struct rd r = rd_of(made);
        uint8_t tag;
        struct view back;
        assert_true(der_next(&r, 0, &tag, &back, NULL));
        assert_true(tag == DER_OCTETS && view_eq(back, body) && rd_left(&r) == 0);
        assert_true(der_check(made, NULL));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_key_and_digest),
        cmocka_unit_test(lengths_before_keys),
        cmocka_unit_test(several_names),
        cmocka_unit_test(bytes_are_golden),
        cmocka_unit_test(usages_as_observed),
        cmocka_unit_test(openssl_accepts),
        cmocka_unit_test(names),
        cmocka_unit_test(dates),
        cmocka_unit_test(serials),
        cmocka_unit_test(peers),
        cmocka_unit_test(files),
        cmocka_unit_test(foreign_names),
        cmocka_unit_test(foreign_numbers),
        cmocka_unit_test(foreign_keys),
        cmocka_unit_test(foreign_rsa),
        cmocka_unit_test(other_digest_of_issuer),
        cmocka_unit_test(damaged),
        cmocka_unit_test(strict_der),
        cmocka_unit_test(der_writer),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
