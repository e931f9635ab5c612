/* TLS over memory: two ends in one process, every version, good and bad peers. */
#include "sim/base/sys.h"
#include "sim/crypto/tls.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

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

static struct view cert_of(const char *label, enum key_type type, enum digest d)
{
    char subject[64];
    snprintf(subject, sizeof subject, "CN=%s;O=Cisco", label);
    const struct key *k = keyring_key(ring, label, type);
    struct cert_spec spec = {
        .subject = view_str(subject),
        .issuer = view_str(subject),
        .serial = view_str("\x01"),
        .not_before_s = 1000000000, /* long over: dates are the phone's business */
        .not_after_s = 1100000000,
        .key = k,
        .issuer_key = k,
        .digest = d,
    };
    return cert_make(&spec, &arena);
}

static struct tls_config *config(bool server, const char *label, enum key_type type,
                                 enum tls_version min, enum tls_version max)
{
    struct view der = { NULL, 0 };
    if (label != NULL)
        der = cert_of(label, type, DIGEST_SHA1);
    struct tls_config *c = tls_config_new(
        server, der, label != NULL ? keyring_key(ring, label, type) : NULL, min, max);
    assert_non_null(c);
    return c;
}

/* Carries all that `from` has to say to `to`, `step` bytes at a time; returns how many. */
static size_t carry(struct tls *from, struct tls *to, size_t step)
{
    uint8_t bytes[4096];
    size_t all = 0, n;
    while ((n = tls_take(from, bytes, step < sizeof bytes ? step : sizeof bytes)) > 0) {
        tls_feed(to, view_of(bytes, n));
        all += n;
    }
    return all;
}

static void settle(struct tls *a, struct tls *b, size_t step)
{
    while (carry(a, b, step) + carry(b, a, step) > 0)
        ;
}

struct ends {
    struct tls_config *server_config, *client_config;
    struct tls *server, *client;
};

static struct ends ends_of(struct tls_config *server, struct tls_config *client)
{
    struct ends x = { server, client, tls_new(server), tls_new(client) };
    return x;
}

static struct ends pair(enum tls_version v, enum key_type type, const char *client_label)
{
    return ends_of(config(true, "server", type, TLS_1_0, TLS_1_3),
                   config(false, client_label, KEY_RSA_1024, v, v));
}

static void ends_free(struct ends x)
{
    tls_free(x.server);
    tls_free(x.client);
    tls_config_free(x.server_config);
    tls_config_free(x.client_config);
}

static void open_up(struct ends x, size_t step)
{
    settle(x.client, x.server, step);
    assert_int_equal(tls_state(x.client), TLS_JUDGE);
    assert_int_equal(tls_state(x.server), TLS_HANDSHAKE);
    tls_judge(x.client, true);
    settle(x.client, x.server, step);
    assert_string_equal(tls_why(x.client), "");
    assert_string_equal(tls_why(x.server), "");
    assert_int_equal(tls_state(x.client), TLS_OPEN);
    assert_int_equal(tls_state(x.server), TLS_OPEN);
}

static void say(struct tls *from, struct tls *to, const char *text)
{
    uint8_t got[64];
    assert_true(tls_write(from, view_str(text)));
    settle(from, to, 4096);
    size_t n = tls_read(to, got, sizeof got);
    assert_true(view_eq(view_of(got, n), view_str(text)));
    assert_int_equal(tls_read(to, got, sizeof got), 0);
}

static void every_version_and_key(void **state)
{
    (void)state;
    static const enum key_type types[] = { KEY_RSA_1024, KEY_RSA_2048, KEY_EC_P384, KEY_EC_P256,
                                           KEY_EC_P521 };
    for (int v = TLS_1_0; v <= TLS_1_3; v++) {
        for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
            for (size_t step = 1; step <= 4096; step *= 64) {
                struct ends x = pair((enum tls_version)v, types[i], NULL);
                open_up(x, step);
                assert_true(
                    view_eq(tls_peer_cert(x.client), cert_of("server", types[i], DIGEST_SHA1)));
                assert_null(tls_peer_cert(x.server).p);
                say(x.client, x.server, "request");
                say(x.server, x.client, "response");
                assert_string_equal(tls_cipher(x.client), tls_cipher(x.server));
                ends_free(x);
            }
        }
    }
}

static void client_certificate(void **state)
{
    (void)state;
    for (int v = TLS_1_0; v <= TLS_1_3; v++) {
        struct ends x = pair((enum tls_version)v, KEY_RSA_2048, "phone");
        open_up(x, 4096);
        assert_true(view_eq(tls_peer_cert(x.server), cert_of("phone", KEY_RSA_1024, DIGEST_SHA1)));
        say(x.client, x.server, "here I am");
        ends_free(x);
    }
}

/* A server that asks nobody sees no certificate, though the client has one. */
static void nobody_is_asked(void **state)
{
    (void)state;
    for (int v = TLS_1_0; v <= TLS_1_3; v++) {
        struct tls_config *server = config(true, "server", KEY_RSA_2048, TLS_1_0, TLS_1_3);
        tls_config_ask_nobody(server);
        struct ends x = ends_of(
            server, config(false, "phone", KEY_RSA_1024, (enum tls_version)v, (enum tls_version)v));
        open_up(x, 4096);
        assert_null(tls_peer_cert(x.server).p);
        say(x.client, x.server, "anybody");
        ends_free(x);
    }
}

static void refused(void **state)
{
    (void)state;
    for (int v = TLS_1_0; v <= TLS_1_3; v++) {
        struct ends x = pair((enum tls_version)v, KEY_RSA_1024, "phone");
        settle(x.client, x.server, 4096);
        assert_int_equal(tls_state(x.client), TLS_JUDGE);
        assert_int_equal(tls_judge(x.client, false), TLS_FAILED);
        assert_string_equal(tls_why(x.client), "certificate refused by the phone");
        assert_true(carry(x.client, x.server, 4096) > 0); /* the alert */
        assert_int_equal(tls_state(x.server), TLS_FAILED);
        assert_non_null(strstr(tls_why(x.server), "alert unknown ca"));
        assert_false(tls_write(x.client, view_str("x")));
        assert_false(tls_write(x.server, view_str("x")));
        assert_true(tls_peer_cert(x.client).p != NULL); /* for the report */
        tls_close(x.client);
        assert_int_equal(tls_state(x.client), TLS_FAILED);
        ends_free(x);
    }
}

/* While the phone thinks, nothing moves, whatever still comes. */
static void held(void **state)
{
    (void)state;
    for (int v = TLS_1_0; v <= TLS_1_3; v++) {
        struct ends x = pair((enum tls_version)v, KEY_RSA_1024, NULL);
        settle(x.client, x.server, 4096);
        for (int i = 0; i < 5; i++)
            assert_int_equal(tls_feed(x.client, view_of(NULL, 0)), TLS_JUDGE);
        uint8_t out[8];
        assert_int_equal(tls_take(x.client, out, sizeof out), 0);
        assert_false(tls_write(x.client, view_str("early")));
        open_up(x, 4096);
        ends_free(x);
        x = pair((enum tls_version)v, KEY_RSA_1024, NULL);
        settle(x.client, x.server, 4096);
        tls_close(x.client); /* gives up while it is held */
        assert_int_equal(tls_state(x.client), TLS_CLOSED);
        ends_free(x);
    }
}

static void held_too_long(void **state)
{
    (void)state;
    struct ends x = pair(TLS_1_2, KEY_RSA_1024, NULL);
    settle(x.client, x.server, 4096);
    static uint8_t junk[1 << 20];
    int fed = 0;
    while (fed < 100 && tls_feed(x.client, view_of(junk, sizeof junk)) == TLS_JUDGE)
        fed++;
    assert_in_range(fed, 4, 9);
    assert_int_equal(tls_state(x.client), TLS_FAILED);
    assert_non_null(strstr(tls_why(x.client), "judged"));
    ends_free(x);
}

static void versions(void **state)
{
    (void)state;
    struct ends x = ends_of(config(true, "server", KEY_RSA_2048, TLS_1_2, TLS_1_3),
                            config(false, NULL, KEY_RSA_2048, TLS_1_0, TLS_1_1));
    settle(x.client, x.server, 4096);
    assert_int_equal(tls_state(x.server), TLS_FAILED);
    assert_non_null(strstr(tls_why(x.server), "protocol"));
    assert_int_equal(tls_state(x.client), TLS_FAILED); /* it was told so */
    assert_non_null(strstr(tls_why(x.client), "alert protocol version"));
    ends_free(x);
}

static void configurations(void **state)
{
    (void)state;
    struct view der = cert_of("server", KEY_RSA_1024, DIGEST_SHA1);
    const struct key *k = keyring_key(ring, "server", KEY_RSA_1024);
    assert_null(tls_config_new(true, view_str("no certificate"), k, TLS_1_0, TLS_1_3));
    assert_null(
        tls_config_new(true, der, keyring_key(ring, "else", KEY_RSA_1024), TLS_1_0, TLS_1_3));
    struct tls_config *c = tls_config_new(true, der, k, TLS_1_0, TLS_1_0);
    assert_non_null(c);
    struct tls *t = tls_new(c);
    tls_config_free(c); /* the connection outlives it */
    assert_int_equal(tls_feed(t, view_str("\x16\x03\x01")), TLS_HANDSHAKE);
    tls_free(t);
    tls_config_free(NULL);
    tls_free(NULL);
}

/* A client that is not ours and knows one old cipher only, as the phones of the first years. */
static void old_client(const char *cipher, int version)
{
    SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
    char list[64];
    snprintf(list, sizeof list, "%s@SECLEVEL=0", cipher);
    assert_int_equal(SSL_CTX_set_cipher_list(ctx, list), 1);
    SSL_CTX_set_min_proto_version(ctx, version);
    SSL_CTX_set_max_proto_version(ctx, version);
    SSL *ssl = SSL_new(ctx);
    BIO *in = BIO_new(BIO_s_mem()), *out = BIO_new(BIO_s_mem());
    SSL_set_bio(ssl, in, out);
    struct tls_config *c = config(true, "server", KEY_RSA_1024, TLS_1_0, TLS_1_3);
    struct tls *t = tls_new(c);
    int done = 0;
    for (int turn = 0; turn < 8 && done != 1; turn++) {
        uint8_t bytes[8192];
        done = SSL_connect(ssl);
        int n = BIO_read(out, bytes, sizeof bytes);
        if (n > 0)
            tls_feed(t, view_of(bytes, (size_t)n));
        size_t back = tls_take(t, bytes, sizeof bytes);
        if (back > 0)
            assert_int_equal(BIO_write(in, bytes, (int)back), (int)back);
    }
    assert_int_equal(done, 1);
    assert_int_equal(tls_state(t), TLS_OPEN);
    assert_string_equal(tls_cipher(t), cipher);
    tls_free(t);
    tls_config_free(c);
    SSL_free(ssl);
    SSL_CTX_free(ctx);
}

static void old_clients(void **state)
{
    (void)state;
    old_client("AES256-SHA", TLS1_VERSION);
    old_client("AES128-SHA", TLS1_VERSION);
    old_client("AES256-SHA", TLS1_2_VERSION);
    old_client("ECDHE-RSA-AES256-SHA", TLS1_1_VERSION);
    old_client("ECDHE-RSA-AES128-GCM-SHA256", TLS1_2_VERSION);
}

static void closing(void **state)
{
    (void)state;
    for (int v = TLS_1_0; v <= TLS_1_3; v++) {
        struct ends x = pair((enum tls_version)v, KEY_RSA_1024, NULL);
        open_up(x, 4096);
        assert_true(tls_write(x.client, view_str("last words")));
        tls_close(x.client);
        assert_int_equal(tls_state(x.client), TLS_CLOSED);
        assert_false(tls_write(x.client, view_str("more")));
        settle(x.client, x.server, 4096);
        assert_int_equal(tls_state(x.server), TLS_CLOSED);
        uint8_t got[32];
        assert_int_equal(tls_read(x.server, got, sizeof got), 10); /* still there */
        assert_memory_equal(got, "last words", 10);
        assert_false(tls_write(x.server, view_str("more")));
        assert_int_equal(tls_feed(x.server, view_str("rubbish")), TLS_CLOSED);
        ends_free(x);
    }
}

static void large(void **state)
{
    (void)state;
    struct ends x = pair(TLS_1_2, KEY_RSA_1024, NULL);
    open_up(x, 4096);
    size_t size = 3 << 20;
    uint8_t *sent = arena_take(&arena, size), *got = arena_take(&arena, size);
    struct rng r = rng_of(1, "large", 0);
    rng_bytes(&r, sent, size);
    assert_true(tls_write(x.server, view_of(sent, size)));
    assert_true(tls_write(x.server, view_of(NULL, 0)));
    size_t n = 0;
    uint8_t piece[30000];
    for (size_t k; (k = tls_take(x.server, piece, sizeof piece)) > 0;) {
        tls_feed(x.client, view_of(piece, k));
        n += tls_read(x.client, got + n, k / 2); /* always something left behind */
    }
    for (size_t k; (k = tls_read(x.client, got + n, size - n)) > 0;)
        n += k;
    assert_int_equal(n, size);
    assert_memory_equal(sent, got, size);
    ends_free(x);
}

static void nobody_reads(void **state)
{
    (void)state;
    struct ends x = pair(TLS_1_3, KEY_RSA_1024, NULL);
    open_up(x, 4096);
    static uint8_t block[1 << 20];
    int sent = 0;
    while (sent < 100 && tls_state(x.server) == TLS_OPEN) {
        assert_true(tls_write(x.client, view_of(block, sizeof block)));
        carry(x.client, x.server, 4096);
        sent++;
    }
    assert_int_equal(sent, 9);
    assert_string_equal(tls_why(x.server), "the peer sends and nobody reads");
    ends_free(x);
}

/* ---- bad peers ---- */

static void rubbish(void **state)
{
    (void)state;
    static const char *const texts[] = { "GET / HTTP/1.0\r\n\r\n", "REGISTER sip:x SIP/2.0\r\n",
                                         "\x16\x03\x01\xff\xff", "\x80\x2e\x01\x03\x01" };
    struct rng r = rng_of(1, "rubbish", 0);
    for (int server = 0; server <= 1; server++) {
        struct tls_config *c =
            config(server == 1, server ? "server" : NULL, KEY_RSA_1024, TLS_1_0, TLS_1_3);
        for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
            struct tls *t = tls_new(c);
            tls_feed(t, view_str(texts[i]));
            assert_int_not_equal(tls_state(t), TLS_OPEN);
            tls_free(t);
        }
        for (int i = 0; i < 300; i++) {
            uint8_t bytes[600];
            struct tls *t = tls_new(c);
            rng_bytes(&r, bytes, sizeof bytes);
            bytes[0] = 0x16; /* let it look like a handshake of a known version */
            bytes[1] = 3;
            bytes[2] = 1;
            bytes[3] = 0;
            tls_feed(t, view_of(bytes, sizeof bytes));
            assert_int_equal(tls_state(t), TLS_FAILED);
            assert_true(tls_why(t)[0] != '\0');
            uint8_t out[600];
            if (server == 1)
                assert_true(tls_take(t, out, sizeof out) > 0); /* the alert still comes out */
            tls_free(t);
        }
        tls_config_free(c);
    }
}

/* Is offset `at` of whole records inside the head of one (type, version, length)? */
static bool in_head(const uint8_t *records, size_t n, size_t at)
{
    size_t start = 0;
    while (start + 5 <= n && at >= start) {
        if (at < start + 5)
            return true;
        start += 5 + ((size_t)records[start + 3] << 8 | records[start + 4]);
    }
    return false;
}

/* A handshake in which one bit is changed on the way.  Whatever stands inside a record is covered
 * by what both ends check at the end; in a head they may be lenient. */
static void bent(enum tls_version v, size_t at, uint8_t mask, bool client_to_server)
{
    struct ends x = pair(v, KEY_EC_P256, NULL);
    size_t passed = 0;
    bool payload = false;
    for (int turn = 0; turn < 12; turn++) {
        struct tls *from = turn % 2 == 0 ? x.client : x.server;
        struct tls *to = turn % 2 == 0 ? x.server : x.client;
        uint8_t bytes[8192];
        size_t n = tls_take(from, bytes, sizeof bytes);
        assert_true(n < sizeof bytes);
        if ((turn % 2 == 0) == client_to_server) {
            if (at >= passed && at < passed + n) {
                payload = !in_head(bytes, n, at - passed);
                bytes[at - passed] ^= mask;
            }
            passed += n;
        }
        tls_feed(to, view_of(bytes, n));
        if (tls_state(x.client) == TLS_JUDGE)
            tls_judge(x.client, true);
    }
    bool both = tls_state(x.client) == TLS_OPEN && tls_state(x.server) == TLS_OPEN;
    if (payload)
        assert_false(both);
    else if (at >= passed)
        assert_true(both);
    ends_free(x);
}

static void flipped_bits(void **state)
{
    (void)state;
    for (int v = TLS_1_0; v <= TLS_1_3; v++)
        for (size_t at = 0; at < 1500; at += 13)
            for (int way = 0; way < 2; way++)
                bent((enum tls_version)v, at, (uint8_t)(1 << at % 8), way == 1);
}

/* The connection ends after every single byte: nobody opens, nothing leaks. */
static void truncated(void **state)
{
    (void)state;
    for (int v = TLS_1_2; v <= TLS_1_3; v++) {
        struct tls_config *sc = config(true, "server", KEY_EC_P256, TLS_1_0, TLS_1_3);
        struct tls_config *cc =
            config(false, NULL, KEY_EC_P256, (enum tls_version)v, (enum tls_version)v);
        for (size_t cut = 0;; cut++) {
            struct tls *server = tls_new(sc), *client = tls_new(cc);
            carry(client, server, 4096);
            uint8_t flight[8192];
            size_t n = tls_take(server, flight, sizeof flight);
            assert_true(n > 0 && n < sizeof flight);
            bool whole = cut >= n;
            tls_feed(client, view_of(flight, whole ? n : cut));
            assert_true(tls_state(client) == TLS_HANDSHAKE || tls_state(client) == TLS_JUDGE);
            if (tls_state(client) == TLS_JUDGE && !whole)
                assert_int_equal(tls_judge(client, true), TLS_HANDSHAKE);
            assert_int_equal(tls_state(server), TLS_HANDSHAKE);
            tls_free(server);
            tls_free(client);
            if (whole)
                break;
        }
        tls_config_free(sc);
        tls_config_free(cc);
    }
}

/* The same certificate with so many bytes of comment: its signature is wrong then, and no server
 * looks. */
static struct view with_comment(struct view der, size_t n)
{
    const uint8_t *from = der.p;
    char *text = arena_take(&arena, n + 1);
    X509 *x = d2i_X509(NULL, &from, (long)der.n);
    memset(text, 'a', n);
    text[n] = '\0';
    X509_EXTENSION *comment = X509V3_EXT_nconf_nid(NULL, NULL, NID_netscape_comment, text);
    assert_true(x != NULL && comment != NULL && X509_add_ext(x, comment, -1) == 1);
    assert_true(i2d_re_X509_tbs(x, NULL) > 0);
    uint8_t *p = NULL;
    int size = i2d_X509(x, &p);
    assert_true(size > (int)n);
    uint8_t *kept = arena_take(&arena, (size_t)size);
    memcpy(kept, p, (size_t)size);
    OPENSSL_free(p);
    X509_EXTENSION_free(comment);
    X509_free(x);
    return view_of(kept, (size_t)size);
}

/* A session holds what the client showed: one of somebody who shows much is not kept, or a few
 * thousand strangers would take all memory. */
static void sessions(void **state)
{
    (void)state;
    static const size_t comments[] = { 1, 7000, 9000, 60000 };
    const struct key *key = keyring_key(ring, "phone", KEY_RSA_1024);
    struct view der = cert_of("phone", KEY_RSA_1024, DIGEST_SHA1);
    for (int v = TLS_1_0; v <= TLS_1_3; v++) {
        for (size_t i = 0; i < sizeof comments / sizeof comments[0]; i++) {
            struct tls_sessions *kept = tls_sessions_new(4);
            struct tls_config *server = config(true, "server", KEY_RSA_1024, TLS_1_0, TLS_1_3),
                              *client = tls_config_new(false, with_comment(der, comments[i]), key,
                                                       (enum tls_version)v, (enum tls_version)v);
            tls_config_resume(server, kept);
            struct ends x = ends_of(server, client);
            open_up(x, 4096);
            say(x.server, x.client, "a ticket of 1.3 comes before it");
            struct tls_session *session = tls_session_take(x.client);
            struct tls *again_server = tls_new(server), *again = tls_resume(client, session);
            settle(again, again_server, 4096);
            bool resumed = tls_state(again) == TLS_OPEN && tls_resumed(again);
            assert_int_equal(resumed, comments[i] < 8000);
            assert_int_equal(tls_state(again), resumed ? TLS_OPEN : TLS_JUDGE);
            tls_session_free(session);
            tls_free(again);
            tls_free(again_server);
            ends_free(x);
            tls_sessions_free(kept);
        }
    }
}

/* One configuration, and each client shows what is its own. */
static void own_certificates(void **state)
{
    (void)state;
    static const char *const names[] = { "one", "two", NULL };
    for (int v = TLS_1_0; v <= TLS_1_3; v++) {
        struct tls_config *server = config(true, "server", KEY_RSA_1024, TLS_1_0, TLS_1_3),
                          *client = config(false, NULL, KEY_RSA_1024, TLS_1_0, (enum tls_version)v);
        for (int i = 0; i < 3; i++) {
            struct view der = { NULL, 0 };
            const struct key *key = NULL;
            if (names[i] != NULL) {
                der = cert_of(names[i], KEY_RSA_1024, DIGEST_SHA1);
                key = keyring_key(ring, names[i], KEY_RSA_1024);
            }
            struct ends x = { NULL, NULL, tls_new(server), tls_new_as(client, der, key) };
            open_up(x, 4096);
            assert_true(view_eq(tls_peer_cert(x.server), der));
            ends_free(x);
        }
        assert_null(tls_new_as(client, cert_of("one", KEY_RSA_1024, DIGEST_SHA1),
                               keyring_key(ring, "two", KEY_RSA_1024)));
        tls_config_free(server);
        tls_config_free(client);
    }
}

/* Both ends rest again and again, in the middle of a message too, and go on. */
static void rests(void **state)
{
    (void)state;
    for (int v = TLS_1_0; v <= TLS_1_3; v++) {
        struct ends x = pair((enum tls_version)v, KEY_RSA_1024, "phone");
        uint8_t got[64];
        tls_rest(x.client); /* not open yet: nothing is given back */
        open_up(x, 4096);
        for (int i = 0; i < 3; i++) {
            tls_rest(x.client);
            tls_rest(x.server);
            say(x.client, x.server, "keepalive");
            say(x.server, x.client, "answer");
        }
        assert_null(tls_peer_cert(x.client).p);
        assert_non_null(tls_peer_cert(x.server).p); /* asked again with each registration */
        assert_true(tls_write(x.client, view_str("unread")));
        tls_rest(x.client); /* what is still to be sent stays */
        settle(x.client, x.server, 7);
        tls_rest(x.server); /* and what nobody read */
        assert_int_equal(tls_read(x.server, got, sizeof got), 6);
        tls_close(x.client);
        settle(x.client, x.server, 4096);
        assert_int_equal(tls_state(x.server), TLS_CLOSED);
        tls_rest(x.server);
        ends_free(x);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_version_and_key),
        cmocka_unit_test(client_certificate),
        cmocka_unit_test(own_certificates),
        cmocka_unit_test(rests),
        cmocka_unit_test(nobody_is_asked),
        cmocka_unit_test(refused),
        cmocka_unit_test(held),
        cmocka_unit_test(held_too_long),
        cmocka_unit_test(versions),
        cmocka_unit_test(configurations),
        cmocka_unit_test(old_clients),
        cmocka_unit_test(closing),
        cmocka_unit_test(large),
        cmocka_unit_test(nobody_reads),
        cmocka_unit_test(rubbish),
        cmocka_unit_test(flipped_bits),
        cmocka_unit_test(truncated),
        cmocka_unit_test(sessions),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
