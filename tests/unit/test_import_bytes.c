/* What servers show in TLS (sim/import/bytes.c), what the doctor found, snapshots; and PEM
 * (sim/crypto/pem.h).  Certificates are made here. */
#include "sim/bytes/envelope.h"
#include "sim/crypto/crypto.h"
#include "sim/crypto/pem.h"
#include "tests/unit/facts_told.h"

static struct arena arena;
static char *pem[2], sha[2][65];

static int make_certs(void **state)
{
    (void)state;
    arena = arena_of(&sys_mem);
    struct keyring *ring = keyring_new(1, NULL);
    for (int i = 0; i < 2; i++) {
        const struct key *key = keyring_key(ring, i == 0 ? "one" : "two", KEY_EC_P256);
        struct view name = view_str(i == 0 ? "CN=one.example.com;O=Example" : "CN=two");
        struct cert_spec spec = { .subject = name,
                                  .issuer = name,
                                  .serial = view_of("\1\2", 2),
                                  .not_before_s = 1700000000,
                                  .not_after_s = 1800000000,
                                  .key = key,
                                  .issuer_key = key,
                                  .digest = DIGEST_SHA256 };
        struct view der = cert_make(&spec, &arena);
        uint8_t digest[64];
        size_t n = digest_of(DIGEST_SHA256, &der, 1, digest);
        for (size_t k = 0; k < n; k++)
            snprintf(sha[i] + 2 * k, 3, "%02x", digest[k]);
        pem[i] = pem_write(der, "CERTIFICATE", &arena);
    }
    keyring_free(ring);
    return 0;
}

static int free_certs(void **state)
{
    (void)state;
    arena_free(&arena);
    facts_free(&facts_told);
    return 0;
}

/* "%1" and "%2": the certificates; "#1" and "#2": their SHA-256; "~1": the same with \n for ends of
 * lines. */
static const char *filled(const char *text)
{
    static char out[4][65536];
    static int next;
    char *to = out[next++ % 4];
    struct wr w = wr_of(to, sizeof out[0] - 1);
    for (; *text != '\0'; text++) {
        int i = text[1] == '2';
        if ((text[0] != '%' && text[0] != '#' && text[0] != '~') ||
            (text[1] != '1' && text[1] != '2')) {
            wr_u8(&w, (uint8_t)*text);
            continue;
        }
        if (text[0] == '#')
            wr_str(&w, sha[i]);
        for (const char *c = text[0] == '#' ? "" : pem[i]; *c != '\0'; c++) {
            if (text[0] == '~' && *c == '\n')
                wr_str(&w, "\\n");
            else
                wr_u8(&w, (uint8_t)*c);
        }
        text++;
    }
    assert_false(w.over);
    to[w.n] = '\0';
    return to;
}

static const struct row {
    const struct file_kind_rows *family;
    const char *kind, *text, *facts;
} rows[] = {
    /* ---- openssl s_client ---- */
    { &kinds_bytes, "openssl s_client",
      "$ openssl s_client -connect one.example.com:2445 -showcerts "
      "</dev/null\nCONNECTED(00000003)\n"
      "---\nCertificate chain\n 0 s:CN = one\n   i:CN = one\n%1 1 s:CN = two\n%2---\n"
      "Server certificate\nsubject=CN = one\n---\n",
      "7 shown in TLS|one.example.com|2445|0|#1\n19 certificate beside|||0|#2\n" },
    /* Two connections in one file, the first refused; without -showcerts. */
    { &kinds_bytes, "openssl s_client",
      "# openssl s_client -connect '[2001:db8::1]:8443'\n4007:error:8000006F:system library:"
      "BIO_connect:Connection refused:x\nconnect:errno=111\n"
      "# openssl s_client -showcerts -connect 10.1.1.1:5061 -servername x\nCONNECTED(00000003)\n"
      "---\nServer certificate\n%2subject=CN = two\n---\n",
      "8 shown in TLS|10.1.1.1|5061|0|#2\n2 note 2001:db8::1: 4007:error:8000006F:"
      "system library:BIO_connect:Connection refused:x\n" },
    /* A BEGIN that is none hides no connection behind it. */
    { &kinds_bytes, "openssl s_client",
      "openssl s_client -connect a:2445\nCONNECTED(00000003)\n-----BEGIN x\n"
      "openssl s_client -connect b:2445\nCONNECTED(00000003)\n---\n%1---\n",
      "7 shown in TLS|b|2445|0|#1\n" },
    /* No command: OpenSSL 3 says the address; before that nobody does. */
    { &kinds_bytes, "openssl s_client", "Connecting to 10.1.1.1\nCONNECTED(00000003)\n---\n%1---\n",
      "4 shown in TLS|10.1.1.1||0|#1\n" },
    { &kinds_bytes, "openssl s_client", "CONNECTED(00000003)\n---\n%1---\n",
      "3 shown in TLS|@7||0|#1\n" },
    { &kinds_bytes, "openssl s_client",
      "openssl s_client -connect a:2445\nCONNECTED(00000003)\n---\nno peer certificate available\n",
      "4 note a: no peer certificate available\n" },
    { &kinds_bytes, "openssl s_client",
      "openssl s_client -connect a:2445\nCONNECTED(00000003)\n-----BEGIN CERTIFICATE-----\nMIIB\n",
      "3 ! " },
    { &kinds_bytes, "", "%1", NULL },
    { &kinds_bytes, "", "CONNECTED to the console", NULL },
    /* ---- the doctor ---- */
    { &kinds_axl, "cucmlab doctor",
      "{\n\"outcome\": \"sick\",\n\"erase_itl\": true,\n\"clock\": \"2026-11-29T16:07:12Z\",\n"
      "\"tftp\": \"10.1.1.11:6970\",\n\"device\": \"SEP001122334455\",\n\"ctl\": {\"name\": "
      "\"CTLFile.tlv\", \"end\": \"missing\"},\n\"itl\": {\"name\": \"ITLSEP001122334455.tlv\", "
      "\"end\": \"came\", \"bytes\": 3654, \"good\": true, \"md5\": "
      "\"DBC5FA1E58CEF7CBDEAAEDFCDFA78B60\", \"sha1\": "
      "\"9A66D25BF87060B147710E6CB2EB16BB182E43A7\","
      " \"signer\": \"CN=a\", \"issuer\": \"CN=b\", \"serial\": \"4D2B\", \"made\": "
      "\"2025-01-06T06:00:00Z\"},\n\"phone_itl\": {\"name\": \"of the phone\", \"sha1\": "
      "\"8D243992DFA4877F98D8A9743134E145D2FBF23A\"},\n\"tvs\": [{\"host\": \"10.1.1.12\", "
      "\"port\": 2445, \"end\": \"talked\",\n\"certificate\": \"~1\"},\n{\"host\": \"10.1.1.13\", "
      "\"end\": \"refused\"}, {\"host\": \"10.1.1.14\", \"end\": \"talked\"}]}\n",
      "7 length of a served list|10.1.1.11|CTLFile.tlv|0|0\n"
      "8 length of a served list|10.1.1.11|ITLFile.tlv|0|3654\n"
      "8 MD5 of a served list|10.1.1.11|ITLFile.tlv|0|dbc5fa1e58cef7cbdeaaedfcdfa78b60\n"
      "8 SHA-1 of a served list|10.1.1.11|ITLFile.tlv|0|9a66d25bf87060b147710e6cb2eb16bb182e43a7\n"
      "8 signer of a served list|10.1.1.11|ITLFile.tlv|0|CN=a\n"
      "8 issuer of the signer|10.1.1.11|ITLFile.tlv|0|CN=b\n"
      "8 serial number of the signer|10.1.1.11|ITLFile.tlv|0|4D2B\n"
      "8 served list made|10.1.1.11|ITLFile.tlv|0|2025-01-06T06:00:00Z\n"
      "9 ITL|SEP001122334455||0|8d243992dfa4877f98d8a9743134e145d2fbf23a\n"
      "11 shown in TLS|10.1.1.12|2445|0|#1\n12 note TVS of 10.1.1.13: it did not talk\n"
      "12 note TVS of 10.1.1.14: its certificate is not in this file\n" },
    /* ---- snapshots: stores with -trust and without ---- */
    { &kinds_axl, "certificate snapshot",
      "{\"trackingId\": \"x\", \"server\": \"cucm1\",\n\"identities\": [{\"service\": \"TVS\", "
      "\"certificate\": \"~1~2\", \"csr\": \"\"},\n{\"service\": \"CAPF\"}],\n\"trusts\": [{"
      "\"service\": \"tomcat\", \"certificate_data\": [{\"filename\": \"a.pem\",\n\"certificate\": "
      "\"~1\"}, {\"filename\": \"b.pem\",\n\"certificate\": \"~2\"}]}, {\"service\": "
      "\"CAPF-trust\","
      " \"certificateData\": [{\"certificate\": \"~2\"}, {\"certificate\": \"-----BEGIN "
      "CERTIFICATE-----\\nMIIB\"}]}]}",
      "2 own certificate|cucm1|TVS|0|#1\n5 in a trust store|cucm1|tomcat-trust|0|#1\n"
      "6 in a trust store|cucm1|tomcat-trust|0|#2\n6 in a trust store|cucm1|CAPF-trust|0|#2\n"
      "3 note CAPF has no certificate here\n6 ! " },
};

/* What ends in a blank is the beginning of what is told. */
static void assert_told(size_t i, const char *told, const char *wanted)
{
    size_t n = strlen(wanted);
    if (n > 0 && wanted[n - 1] == ' ' ? strncmp(told, wanted, n) != 0 : strcmp(told, wanted) != 0)
        fail_msg("row %zu:\n%s\n--- and not:\n%s", i, told, wanted);
}

static void what_was_shown_is_a_fact(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *kind, *told = told_of(rows[i].family, view_str(filled(rows[i].text)), &kind);
        if (strcmp(kind, rows[i].kind) != 0)
            fail_msg("row %zu is \"%s\", not \"%s\"", i, kind, rows[i].kind);
        if (rows[i].facts != NULL)
            assert_told(i, told, filled(rows[i].facts));
    }
}

static void the_time_of_the_doctor_is_that_of_the_reading(void **state)
{
    (void)state;
    const char *kind;
    told_of(&kinds_axl, view_str("{\"erase_itl\": false, \"clock\": \"2026-01-01T00:00:00Z\"}"),
            &kind);
    assert_string_equal(kind, "cucmlab doctor");
    assert_int_equal(facts_told.readings[1].made_s, 1767225600);
}

/* A configuration as TFTP serves it: whose key signed it. */
static void signed_files_name_their_signer(void **state)
{
    (void)state;
    struct keyring *ring = keyring_new(1, NULL);
    struct envelope_signer signer = { .type = KEY_RSA_1024,
                                      .key = keyring_key(ring, "pub", KEY_RSA_1024),
                                      .subject = view_str("CN=pub;O=Example"),
                                      .issuer = view_str("CN=ca"),
                                      .serial = view_of("\x0a\xbc", 2),
                                      .digest = DIGEST_SHA1,
                                      .timestamp = 1700000000,
                                      .signer_version = -1 };
    struct view file;
    struct err e = { "" };
    const char *kind, *told;
    assert_true(envelope_sgn_make(&signer, view_str("SEP001122334455.cnf.xml.sgn"),
                                  view_str("<device/>"), &arena, &file, &e));
    told = told_of(&kinds_bytes, file, &kind);
    assert_string_equal(kind, "signed file");
    assert_string_equal(
        told, "1 signer of a signed file|SEP001122334455.cnf.xml.sgn|0ABC|0|CN=pub;O=Example\n"
              "1 issuer of that signer|SEP001122334455.cnf.xml.sgn|0ABC|0|CN=ca\n");
    told = told_of(&kinds_bytes, view_sub(file, 0, 60), &kind);
    assert_string_equal(kind, "signed file");
    assert_memory_equal(told, "1 ! signed file: offset ", 24);
    keyring_free(ring);
}

static void texts_that_break_off(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *text = filled(rows[i].text);
        size_t n = strlen(text);
        for (size_t cut = 0; cut < n; cut += 7) {
            char *part = test_malloc(cut + 1);
            const char *kind;
            memcpy(part, text, cut);
            told_of(rows[i].family, view_of(part, cut), &kind);
            test_free(part);
        }
    }
}

/* ---- PEM ---- */

static void blocks_of_pem(void **state)
{
    (void)state;
    static const struct {
        const char *text, *label, *bytes; /* bytes NULL: it is no base64 */
        bool whole;
    } cases[] = {
        { "x\n-----BEGIN A-----\nYWJj\n-----END A-----\n", "A", "abc", true },
        { "]-----BEGIN A B-----YWJj-----END A B-----", "A B", "abc", true },
        { "-----BEGIN A-----\n  YW\t\r\n  Jj\n-----END A-----", "A", "abc", true },
        { "-----BEGIN A-----\\nYWJj\\n-----END A-----\\n", "A", "abc", true },
        { "-----BEGIN A-----\nYWI=\n-----END A-----\n", "A", "ab", true },
        { "-----BEGIN A-----\nYQ==\n-----END A-----\n", "A", "a", true },
        { "-----BEGIN A-----\nYWJj\n", "A", "abc", false },
        { "-----BEGIN A-----\nYWJj\n-----BEGIN B-----\n", "A", "abc", false },
        { "-----BEGIN A-----\nYWJ\n-----END A-----\n", "A", NULL, true },
        { "-----BEGIN A-----\n-----END A-----\n", "A", NULL, true },
        { "-----BEGIN A-----\nProc-Type: 4\n\nYWJj\n-----END A-----\n", "A", NULL, true },
        { "-----BEGIN A\n-----BEGIN B-----\nYWJj\n-----END B-----\n", "B", "abc", true },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t from = 0;
        struct pem p;
        struct view bytes;
        assert_true(pem_next(view_str(cases[i].text), &from, &p));
        assert_true(pem_is(&p, cases[i].label));
        assert_int_equal(p.whole, cases[i].whole);
        assert_int_equal(pem_decode(&p, &arena, &bytes), cases[i].bytes != NULL);
        if (cases[i].bytes != NULL)
            assert_true(view_eq(bytes, view_str(cases[i].bytes)));
    }
    size_t from = 0;
    struct pem p;
    assert_false(pem_next(view_str("-----BEGIN "), &from, &p));
    assert_false(pem_next(view_of(NULL, 0), &from, &p));
}

static void pem_is_written_as_it_is_read(void **state)
{
    (void)state;
    uint8_t bytes[200];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(i * 7);
    for (size_t n = 1; n < sizeof bytes; n++) {
        const char *text = pem_write(view_of(bytes, n), "X", &arena);
        size_t from = 0;
        struct pem p;
        struct view back;
        assert_true(pem_next(view_str(text), &from, &p) && p.whole);
        assert_true(pem_decode(&p, &arena, &back) && view_eq(back, view_of(bytes, n)));
    }
    assert_string_equal(pem_write(view_str("abc"), "X", &arena),
                        "-----BEGIN X-----\nYWJj\n-----END X-----\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_shown_is_a_fact),
        cmocka_unit_test(the_time_of_the_doctor_is_that_of_the_reading),
        cmocka_unit_test(signed_files_name_their_signer),
        cmocka_unit_test(texts_that_break_off),
        cmocka_unit_test(blocks_of_pem),
        cmocka_unit_test(pem_is_written_as_it_is_read),
    };
    return cmocka_run_group_tests(tests, make_certs, free_certs);
}
