/* The TLS client for load against OpenSSL's server over memory: every version and suite, sessions,
 * bytes in any pieces, bytes that were changed on the way, servers that break the rules. */
#include "sim/base/sys.h"
#include "sim/crypto/rsatls.h"
#include "tests/unit/rsatls_by_hand.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#define BOTH (RSATLS_AES128 | RSATLS_AES256)

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

static struct view cert_of(const char *label, enum key_type type)
{
    char subject[64];
    snprintf(subject, sizeof subject, "CN=%s;O=Cisco", label);
    const struct key *k = keyring_key(ring, label, type);
    struct cert_spec spec = { .subject = view_str(subject),
                              .issuer = view_str(subject),
                              .serial = view_str("\x01"),
                              .not_before_s = 1000000000,
                              .not_after_s = 1100000000,
                              .key = k,
                              .issuer_key = k,
                              .digest = DIGEST_SHA1 };
    return cert_make(&spec, &arena);
}

/* ---- two ends ---- */

struct ends {
    struct tls_config *server_config;
    struct rsatls_config *client_config;
    struct tls *server;
    struct rsatls *client;
};

static struct rsatls_config *client_config(enum tls_version min, enum tls_version max,
                                           unsigned suites, bool hold)
{
    const struct rsatls_options o = {
        .min = min, .max = max, .suites = suites, .hold = hold, .seed = 7
    };
    return rsatls_config_new(&o);
}

static struct ends pair(enum tls_version v, enum key_type type, unsigned suites, bool hold)
{
    struct ends x = { tls_config_new(true, cert_of("server", type),
                                     keyring_key(ring, "server", type), TLS_1_0, TLS_1_3),
                      client_config(v, v, suites, hold), NULL, NULL };
    assert_non_null(x.server_config);
    x.server = tls_new(x.server_config);
    x.client = rsatls_new(x.client_config, NULL);
    return x;
}

static void ends_free(struct ends x)
{
    tls_free(x.server);
    rsatls_free(x.client);
    tls_config_free(x.server_config);
    rsatls_config_free(x.client_config);
}

/* All that one end has to say, `step` bytes at a time; how many. */
static size_t to_server(struct ends *x, size_t step)
{
    uint8_t bytes[4096];
    size_t all = 0, n;
    while ((n = rsatls_take(x->client, bytes, step < sizeof bytes ? step : sizeof bytes)) > 0) {
        tls_feed(x->server, view_of(bytes, n));
        all += n;
    }
    return all;
}

static size_t to_client(struct ends *x, size_t step)
{
    uint8_t bytes[4096];
    size_t all = 0, n;
    while ((n = tls_take(x->server, bytes, step < sizeof bytes ? step : sizeof bytes)) > 0) {
        rsatls_feed(x->client, view_of(bytes, n));
        all += n;
    }
    return all;
}

static void settle(struct ends *x, size_t step)
{
    while (to_server(x, step) + to_client(x, step) > 0)
        ;
}

static void open_up(struct ends *x, size_t step)
{
    settle(x, step);
    assert_string_equal(rsatls_why(x->client), "");
    assert_string_equal(tls_why(x->server), "");
    assert_int_equal(rsatls_state(x->client), TLS_OPEN);
    assert_int_equal(tls_state(x->server), TLS_OPEN);
}

static void talk(struct ends *x, const char *text, size_t step)
{
    uint8_t got[64];
    assert_true(rsatls_write(x->client, view_str(text)));
    settle(x, step);
    size_t n = tls_read(x->server, got, sizeof got);
    assert_true(view_eq(view_of(got, n), view_str(text)));
    assert_true(tls_write(x->server, view_str(text)));
    settle(x, step);
    n = rsatls_read(x->client, got, sizeof got);
    assert_true(view_eq(view_of(got, n), view_str(text)));
    assert_int_equal(rsatls_read(x->client, got, sizeof got), 0);
}

/* ---- what is right ---- */

static void every_version_suite_and_key(void **state)
{
    (void)state;
    static const struct {
        unsigned suites;
        const char *name;
    } suites[] = { { RSATLS_AES128, "AES128-SHA" },
                   { RSATLS_AES256, "AES256-SHA" },
                   { BOTH, "AES256-SHA" } };
    static const enum key_type types[] = { KEY_RSA_1024, KEY_RSA_2048 };
    for (int v = TLS_1_0; v <= TLS_1_2; v++) {
        for (size_t i = 0; i < 3; i++) {
            for (size_t k = 0; k < 2; k++) {
                for (size_t step = 1; step <= 4096; step *= 64) {
                    struct ends x = pair((enum tls_version)v, types[k], suites[i].suites, false);
                    open_up(&x, step);
                    assert_string_equal(rsatls_cipher(x.client), suites[i].name);
                    assert_string_equal(tls_cipher(x.server), suites[i].name);
                    assert_int_equal(rsatls_version(x.client), v);
                    assert_true(view_eq(rsatls_peer_cert(x.client), cert_of("server", types[k])));
                    assert_null(tls_peer_cert(x.server).p); /* it asks, and gets none */
                    talk(&x, "request", step);
                    talk(&x, "another one, of more bytes than one block of the cipher", step);
                    ends_free(x);
                }
            }
        }
    }
}

/* The server chooses the highest that both know. */
static void versions(void **state)
{
    (void)state;
    static const struct {
        enum tls_version min, max, server_min, server_max, chosen;
    } known[] = { { TLS_1_0, TLS_1_2, TLS_1_0, TLS_1_3, TLS_1_2 },
                  { TLS_1_0, TLS_1_2, TLS_1_0, TLS_1_1, TLS_1_1 },
                  { TLS_1_0, TLS_1_2, TLS_1_0, TLS_1_0, TLS_1_0 },
                  { TLS_1_0, TLS_1_1, TLS_1_1, TLS_1_3, TLS_1_1 } };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        struct ends x = { tls_config_new(true, cert_of("server", KEY_RSA_1024),
                                         keyring_key(ring, "server", KEY_RSA_1024),
                                         known[i].server_min, known[i].server_max),
                          client_config(known[i].min, known[i].max, BOTH, false), NULL, NULL };
        x.server = tls_new(x.server_config);
        x.client = rsatls_new(x.client_config, NULL);
        open_up(&x, 4096);
        assert_int_equal(rsatls_version(x.client), known[i].chosen);
        talk(&x, "hello", 4096);
        ends_free(x);
    }
    struct ends x = { tls_config_new(true, cert_of("server", KEY_RSA_1024),
                                     keyring_key(ring, "server", KEY_RSA_1024), TLS_1_2, TLS_1_3),
                      client_config(TLS_1_0, TLS_1_1, BOTH, false), NULL, NULL };
    x.server = tls_new(x.server_config);
    x.client = rsatls_new(x.client_config, NULL);
    settle(&x, 4096);
    assert_int_equal(rsatls_state(x.client), TLS_FAILED);
    assert_string_equal(rsatls_why(x.client), "alert protocol_version came");
    ends_free(x);
}

static void held(void **state)
{
    (void)state;
    for (int accept = 0; accept <= 1; accept++) {
        struct ends x = pair(TLS_1_0, KEY_RSA_1024, BOTH, true);
        settle(&x, 1);
        assert_int_equal(rsatls_state(x.client), TLS_JUDGE);
        assert_true(view_eq(rsatls_peer_cert(x.client), cert_of("server", KEY_RSA_1024)));
        assert_int_equal(rsatls_feed(x.client, view_of(NULL, 0)), TLS_JUDGE);
        assert_false(rsatls_write(x.client, view_str("early")));
        uint8_t out[8];
        assert_int_equal(rsatls_take(x.client, out, sizeof out), 0);
        if (accept == 1) {
            assert_int_equal(rsatls_judge(x.client, true), TLS_HANDSHAKE);
            open_up(&x, 1);
            talk(&x, "judged", 4096);
        } else {
            assert_int_equal(rsatls_judge(x.client, false), TLS_FAILED);
            assert_string_equal(rsatls_why(x.client),
                                "certificate refused by the phone (alert unknown_ca sent)");
            settle(&x, 4096);
            assert_non_null(strstr(tls_why(x.server), "alert unknown ca"));
        }
        ends_free(x);
    }
    struct ends x = pair(TLS_1_2, KEY_RSA_1024, BOTH, true);
    settle(&x, 4096);
    static const uint8_t junk[10000];
    int fed = 0;
    while (fed < 100 && rsatls_feed(x.client, view_of(junk, sizeof junk)) == TLS_JUDGE)
        fed++;
    assert_int_equal(fed, 6);
    assert_non_null(strstr(rsatls_why(x.client), "judged"));
    ends_free(x);
}

static void closing(void **state)
{
    (void)state;
    for (int v = TLS_1_0; v <= TLS_1_2; v++) {
        struct ends x = pair((enum tls_version)v, KEY_RSA_1024, BOTH, false);
        uint8_t got[32];
        open_up(&x, 4096);
        assert_true(rsatls_write(x.client, view_str("last words")));
        rsatls_close(x.client);
        assert_int_equal(rsatls_state(x.client), TLS_CLOSED);
        assert_false(rsatls_write(x.client, view_str("more")));
        settle(&x, 4096);
        assert_int_equal(tls_state(x.server), TLS_CLOSED);
        assert_int_equal(tls_read(x.server, got, sizeof got), 10);
        ends_free(x);

        x = pair((enum tls_version)v, KEY_RSA_1024, BOTH, false);
        open_up(&x, 4096);
        assert_true(tls_write(x.server, view_str("bye")));
        tls_close(x.server);
        settle(&x, 1);
        assert_int_equal(rsatls_state(x.client), TLS_CLOSED);
        assert_int_equal(rsatls_read(x.client, got, sizeof got), 3); /* still there */
        assert_int_equal(rsatls_feed(x.client, view_str("rubbish")), TLS_CLOSED);
        ends_free(x);
    }
}

/* Whole records of 16 KiB both ways; and the limit of what nobody reads. */
static void large(void **state)
{
    (void)state;
    for (int v = TLS_1_0; v <= TLS_1_2; v++) {
        struct ends x = pair((enum tls_version)v, KEY_RSA_1024, BOTH, false);
        size_t size = 200000, n = 0;
        uint8_t *sent = arena_take(&arena, size), *got = arena_take(&arena, size), piece[5000];
        struct rng r = rng_of(1, "large", 0);
        rng_bytes(&r, sent, size);
        open_up(&x, 4096);
        assert_true(rsatls_write(x.client, view_of(sent, size)));
        assert_true(rsatls_write(x.client, view_of(NULL, 0)));
        settle(&x, 4096);
        assert_int_equal(tls_read(x.server, got, size), size);
        assert_memory_equal(sent, got, size);
        assert_true(tls_write(x.server, view_of(sent, size)));
        for (size_t k; (k = tls_take(x.server, piece, sizeof piece)) > 0;) {
            rsatls_feed(x.client, view_of(piece, k));
            n += rsatls_read(x.client, got + n, size - n);
        }
        assert_int_equal(n, size);
        assert_memory_equal(sent, got, size);
        assert_true(tls_write(x.server, view_of(sent, size)));
        settle(&x, 4096);
        assert_int_equal(rsatls_state(x.client), TLS_FAILED);
        assert_non_null(strstr(rsatls_why(x.client), "nobody reads"));
        ends_free(x);
    }
}

/* ---- sessions, and a server of OpenSSL that can be told more ---- */

struct other {
    SSL_CTX *ctx;
    SSL *ssl;
    BIO *in, *out;
};

static SSL_CTX *other_context(void)
{
    SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
    struct view der = cert_of("server", KEY_RSA_1024);
    SSL_CTX_set_security_level(ctx, 0);
    assert_int_equal(SSL_CTX_set_cipher_list(ctx, "AES256-SHA:AES128-SHA:@SECLEVEL=0"), 1);
    SSL_CTX_set_min_proto_version(ctx, TLS1_VERSION);
    SSL_CTX_set_session_id_context(ctx, (const uint8_t *)"x", 1);
    assert_int_equal(SSL_CTX_use_certificate_ASN1(ctx, (int)der.n, der.p), 1);
    assert_int_equal(SSL_CTX_use_PrivateKey(ctx, keyring_key(ring, "server", KEY_RSA_1024)->pkey),
                     1);
    return ctx;
}

static struct other other_of(SSL_CTX *ctx)
{
    struct other o = { ctx, SSL_new(ctx), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()) };
    SSL_set_bio(o.ssl, o.in, o.out);
    SSL_set_accept_state(o.ssl);
    return o;
}

static void other_settle(struct other *o, struct rsatls *t)
{
    uint8_t bytes[4096];
    for (bool moved = true; moved;) {
        moved = false;
        size_t n;
        while ((n = rsatls_take(t, bytes, sizeof bytes)) > 0) {
            assert_int_equal(BIO_write(o->in, bytes, (int)n), (int)n);
            moved = true;
        }
        (void)SSL_do_handshake(o->ssl);
        int k;
        while ((k = BIO_read(o->out, bytes, sizeof bytes)) > 0) {
            rsatls_feed(t, view_of(bytes, (size_t)k));
            moved = true;
        }
    }
}

/* One connection of a client that resumes `s` (id_n 0: none), said yes to where it asks. */
static void one_more(SSL_CTX *ctx, struct rsatls_config *c, struct rsatls_session *s, bool resumes)
{
    struct other o = other_of(ctx);
    struct rsatls *t = rsatls_new(c, s);
    uint8_t got[16];
    other_settle(&o, t);
    assert_int_equal(rsatls_state(t), resumes ? TLS_OPEN : TLS_JUDGE);
    if (!resumes) {
        struct rsatls_session none;
        assert_false(rsatls_session(t, &none));
        rsatls_judge(t, true);
        other_settle(&o, t);
    }
    assert_string_equal(rsatls_why(t), "");
    assert_int_equal(rsatls_state(t), TLS_OPEN);
    assert_int_equal(rsatls_resumed(t), resumes);
    assert_int_equal(SSL_session_reused(o.ssl), resumes);
    assert_int_equal(rsatls_peer_cert(t).p == NULL, resumes);
    assert_true(rsatls_session(t, s));
    assert_true(rsatls_write(t, view_str("resumed")));
    other_settle(&o, t);
    assert_int_equal(SSL_read(o.ssl, got, sizeof got), 7);
    assert_int_equal(SSL_write(o.ssl, "yes", 3), 3);
    other_settle(&o, t);
    assert_int_equal(rsatls_read(t, got, sizeof got), 3);
    rsatls_close(t);
    other_settle(&o, t);
    (void)SSL_shutdown(o.ssl); /* one that is not closed well is no longer in its cache */
    rsatls_free(t);
    SSL_free(o.ssl);
}

static void resumption(void **state)
{
    (void)state;
    static const int numbers[] = { TLS1_VERSION, TLS1_1_VERSION, TLS1_2_VERSION };
    for (int v = TLS_1_0; v <= TLS_1_2; v++) {
        SSL_CTX *ctx = other_context();
        SSL_CTX_set_max_proto_version(ctx, numbers[v]);
        struct rsatls_config *c = client_config(TLS_1_0, TLS_1_2, BOTH, true);
        struct rsatls_session s = { .id_n = 0 };
        one_more(ctx, c, &s, false);
        one_more(ctx, c, &s, true);
        one_more(ctx, c, &s, true);
        SSL_CTX_flush_sessions(ctx, 0); /* forgotten: a full handshake */
        one_more(ctx, c, &s, false);
        one_more(ctx, c, &s, true);
        rsatls_config_free(c);
        SSL_CTX_free(ctx);
    }
}

/* A server may want a certificate: the alert says so. */
static void client_certificate(void **state)
{
    (void)state;
    SSL_CTX *ctx = other_context();
    struct rsatls_config *c = client_config(TLS_1_0, TLS_1_2, BOTH, false);
    SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    struct other o = other_of(ctx);
    struct rsatls *t = rsatls_new(c, NULL);
    other_settle(&o, t);
    assert_int_equal(rsatls_state(t), TLS_FAILED);
    assert_string_equal(rsatls_why(t), "alert handshake_failure came");
    rsatls_free(t);
    SSL_free(o.ssl);
    rsatls_config_free(c);
    SSL_CTX_free(ctx);
}

/* A real server that asks for a new handshake is told no, and the connection goes on. */
static void renegotiation(void **state)
{
    (void)state;
    SSL_CTX *ctx = other_context();
    SSL_CTX_set_max_proto_version(ctx, TLS1_2_VERSION);
    struct rsatls_config *c = client_config(TLS_1_2, TLS_1_2, BOTH, false);
    struct other o = other_of(ctx);
    struct rsatls *t = rsatls_new(c, NULL);
    uint8_t got[16];
    other_settle(&o, t);
    assert_int_equal(rsatls_state(t), TLS_OPEN);
    assert_int_equal(SSL_renegotiate(o.ssl), 1);
    other_settle(&o, t);
    assert_int_equal(rsatls_state(t), TLS_OPEN);
    assert_true(rsatls_write(t, view_str("on")));
    other_settle(&o, t);
    /* OpenSSL ends its side at no_renegotiation; it must have understood that. */
    assert_true(SSL_read(o.ssl, got, sizeof got) <= 0);
    assert_non_null(strstr(ERR_reason_error_string(ERR_peek_last_error()), "no renegotiation"));
    ERR_clear_error();
    rsatls_free(t);
    SSL_free(o.ssl);
    rsatls_config_free(c);
    SSL_CTX_free(ctx);
}

/* ---- bytes that were changed on the way ---- */

/* A handshake of which one bit of what the server says is changed: it ends, or it goes as if
 * nothing had been (a bit of a head of which nobody made anything); never are both open where the
 * bit was inside a record.  False: there is no such byte. */
static bool bent(struct tls_config *sc, struct rsatls_config *cc, size_t at)
{
    struct ends x = { sc, cc, tls_new(sc), rsatls_new(cc, NULL) };
    uint8_t bytes[8192];
    size_t passed = 0;
    bool head = false;
    for (int turn = 0; turn < 3; turn++) {
        to_server(&x, 4096);
        size_t n = tls_take(x.server, bytes, sizeof bytes);
        for (size_t start = 0; start + 5 <= n;
             start += 5 + ((size_t)bytes[start + 3] << 8 | bytes[start + 4]))
            head |= at >= passed + start && at < passed + start + 5;
        if (at >= passed && at < passed + n)
            bytes[at - passed] ^= (uint8_t)(1 << at % 8);
        passed += n;
        rsatls_feed(x.client, view_of(bytes, n));
    }
    if (at < passed && !head)
        assert_int_not_equal(rsatls_state(x.client), TLS_OPEN);
    if (rsatls_state(x.client) == TLS_FAILED)
        assert_true(rsatls_why(x.client)[0] != '\0');
    if (at >= passed)
        assert_int_equal(rsatls_state(x.client), TLS_OPEN);
    tls_free(x.server);
    rsatls_free(x.client);
    return at < passed;
}

static void flipped_bits(void **state)
{
    (void)state;
    for (int v = TLS_1_0; v <= TLS_1_2; v++) {
        struct ends x = pair((enum tls_version)v, KEY_RSA_1024, BOTH, false);
        size_t at = 0;
        while (bent(x.server_config, x.client_config, at))
            at++;
        assert_in_range(at, 500, 2000);
        ends_free(x);
    }
}

/* ---- a server that breaks the rules ---- */

struct wrong {
    const char *bytes;
    size_t n;
    const char *why;
};
#define BYTES(text) text, sizeof text - 1

/* A ServerHello of TLS 1.2 and what may be wrong with it: version, length of the id, suite,
 * compression, extensions. */
#define HELLO(head, version, rest)                                                                 \
    BYTES("\x16\x03\x03\x00" head version "0123456789abcdef0123456789abcdef" rest)

static void wrong_servers(void **state)
{
    (void)state;
    static const struct wrong all[] = {
        { BYTES("HTTP/1.0 400 Bad Request\r\n"), "no TLS record" },
        { BYTES("\x16\x02\x00\x00\x01\x00"), "a record of another version" },
        { BYTES("\x16\x03\x03\x40\x01"), "a record that is too long" },
        { BYTES("\x16\x03\x03\x00\x00"), "an empty handshake record" },
        { BYTES("\x14\x03\x03\x00\x01\x01"), "ChangeCipherSpec out of order" },
        { BYTES("\x17\x03\x03\x00\x01\x01"), "data in the middle of a handshake" },
        { BYTES("\x15\x03\x03\x00\x02\x02\x28"), "alert handshake_failure came" },
        { BYTES("\x15\x03\x03\x00\x02\x02\x46"), "alert protocol_version came" },
        { BYTES("\x15\x03\x03\x00\x02\x01\x00"), "alert close_notify came" },
        { BYTES("\x15\x03\x03\x00\x02\x02\xee"), "alert of no known name came" },
        { BYTES("\x15\x03\x03\x00\x01\x02"), "a wrong alert" },
        { BYTES("\x16\x03\x03\x00\x04\x0b\x00\x00\x00"), "a handshake message out of order" },
        { BYTES("\x16\x03\x03\x00\x04\x00\x00\x00\x01"), "HelloRequest: not empty" },
        { BYTES("\x16\x03\x03\x00\x04\x02\xff\xff\xff"), "a handshake message that is too long" },
        { BYTES("\x16\x03\x03\x00\x06\x02\x00\x00\x02\x03\x03"), "ServerHello: too short" },
        { HELLO("\x2a\x02\x00\x00\x26", "\x03\x04", "\x00\x00\x35\x00"),
          "ServerHello: a version that was not offered" },
        { HELLO("\x2a\x02\x00\x00\x26", "\x02\x00", "\x00\x00\x35\x00"),
          "ServerHello: a version that was not offered" },
        { HELLO("\x2a\x02\x00\x00\x26", "\x03\x03", "\x21\x00\x35\x00"), "ServerHello: too short" },
        { HELLO("\x2a\x02\x00\x00\x26", "\x03\x03", "\x00\x00\x05\x00"),
          "ServerHello: a suite that was not offered" },
        { HELLO("\x2a\x02\x00\x00\x26", "\x03\x03", "\x00\x00\x35\x01"),
          "ServerHello: compression" },
        { HELLO("\x2c\x02\x00\x00\x28", "\x03\x03", "\x00\x00\x35\x00\x00\x01"),
          "ServerHello: its extensions have another length" },
        { HELLO("\x30\x02\x00\x00\x2c", "\x03\x03", "\x00\x00\x35\x00\x00\x04\x00\x17\x00\x00"),
          "ServerHello: an extension nobody sent" },
        { HELLO("\x30\x02\x00\x00\x2c", "\x03\x03", "\x00\x00\x35\x00\x00\x04\xff\x01\x00\x01"),
          "ServerHello: an extension is cut off" },
        { HELLO("\x31\x02\x00\x00\x2d", "\x03\x03", "\x00\x00\x35\x00\x00\x05\xff\x01\x00\x01\x01"),
          "ServerHello: a wrong renegotiation_info" },
        { HELLO("\x31\x02\x00\x00\x26", "\x03\x03", "\x00\x00\x35\x00\x0b\x00\x00\x03\x00\x00\x00"),
          "the server shows no certificate" },
        { HELLO("\x31\x02\x00\x00\x26", "\x03\x03", "\x00\x00\x35\x00\x0b\x00\x00\x03\x00\x00\x01"),
          "Certificate: its list has another length" },
        { HELLO("\x34\x02\x00\x00\x26", "\x03\x03",
                "\x00\x00\x35\x00\x0b\x00\x00\x06\x00\x00\x03\x00\x00\x01"),
          "Certificate: one is cut off" },
        { HELLO("\x35\x02\x00\x00\x26", "\x03\x03",
                "\x00\x00\x35\x00\x0b\x00\x00\x07\x00\x00\x04\x00\x00\x01\x30"),
          "the server's certificate cannot be read" },
    };
    struct rsatls_config *c = client_config(TLS_1_0, TLS_1_2, BOTH, false);
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        struct rsatls *t = rsatls_new(c, NULL);
        uint8_t out[256];
        size_t hello = rsatls_take(t, out, sizeof out);
        rsatls_feed(t, view_of(all[i].bytes, all[i].n));
        assert_int_equal(rsatls_state(t), TLS_FAILED);
        assert_ptr_equal(strstr(rsatls_why(t), all[i].why), rsatls_why(t));
        assert_true(hello > 40);
        bool sent = strstr(rsatls_why(t), " sent)") != NULL;
        assert_int_equal(rsatls_take(t, out, sizeof out), sent ? 7 : 0); /* the alert */
        rsatls_free(t);
    }
    rsatls_config_free(c);
}

/* A key that is none of ours: no RSA. */
static void wrong_key(void **state)
{
    (void)state;
    struct rsatls_config *c = client_config(TLS_1_2, TLS_1_2, BOTH, false);
    struct view der = cert_of("server", KEY_EC_P256);
    struct rsatls *t = rsatls_new(c, NULL);
    uint8_t flight[2048];
    struct wr w = wr_of(flight, sizeof flight);
    rsatls_feed(t, view_of("\x16\x03\x03\x00\x2a\x02\x00\x00\x26\x03\x03"
                           "0123456789abcdef0123456789abcdef\x00\x00\x35\x00",
                           47));
    assert_int_equal(rsatls_state(t), TLS_HANDSHAKE);
    wr_u8(&w, 0x16);
    wr_u16(&w, 0x0303);
    wr_u16(&w, (uint16_t)(der.n + 10));
    wr_u32(&w, 11u << 24 | (uint32_t)(der.n + 6));
    wr_u8(&w, 0);
    wr_u16(&w, (uint16_t)(der.n + 3));
    wr_u8(&w, 0);
    wr_u16(&w, (uint16_t)der.n);
    wr_view(&w, der);
    rsatls_feed(t, view_of(flight, w.n));
    assert_string_equal(rsatls_why(t), "the server's certificate has no RSA key (alert "
                                       "bad_certificate sent)");
    rsatls_free(t);
    rsatls_config_free(c);
}

/* What a server may say once it is open, `times` in a row, and what then is. */
static void open_says(uint8_t type, struct view what, int times, enum tls_state then,
                      const char *why)
{
    struct rsatls_config *c = client_config(TLS_1_2, TLS_1_2, BOTH, false);
    struct rsatls_session s = by_hand_session();
    struct rsatls *t = rsatls_new(c, &s);
    struct by_hand h = by_hand_open(t);
    for (int i = 0; i < times; i++)
        by_hand_say(&h, t, type, what);
    assert_int_equal(rsatls_state(t), then);
    assert_ptr_equal(strstr(rsatls_why(t), why), rsatls_why(t));
    by_hand_free(&h);
    rsatls_free(t);
    rsatls_config_free(c);
}

static void wrong_when_open(void **state)
{
    (void)state;
    static const uint8_t zero[16385];
    const struct view hello_request = { zero, 4 };
    open_says(23, view_str("x"), 1000, TLS_OPEN, "");
    open_says(23, view_of(zero, 0), 32, TLS_OPEN, "");
    open_says(23, view_of(zero, 0), 33, TLS_FAILED, "the server goes on and on");
    open_says(22, hello_request, 32, TLS_OPEN, "");
    open_says(22, hello_request, 33, TLS_FAILED, "the server goes on and on");
    open_says(21, view_str("\x01\x70"), 33, TLS_FAILED, "the server goes on and on");
    open_says(22, view_str("\x02"), 1, TLS_OPEN, "");
    open_says(22, view_of("\x02\x00\x00\x00", 4), 1, TLS_FAILED, "a handshake message out of");
    open_says(20, view_str("\x01"), 1, TLS_FAILED, "ChangeCipherSpec out of order");
    open_says(23, view_of(zero, 16385), 1, TLS_FAILED, "a record that is too long");
    open_says(23, view_of(zero, 16384), 4, TLS_OPEN, "");
    open_says(23, view_of(zero, 16384), 5, TLS_FAILED, "the server sends and nobody reads");
    open_says(21, view_of("\x01\x00", 2), 1, TLS_CLOSED, "");
    open_says(21, view_str("\x02\x14"), 1, TLS_FAILED, "alert bad_record_mac came");
}

/* Every record that is open is checked by its MAC: no bit of it may be another one. */
static void wrong_record(void **state)
{
    (void)state;
    struct rsatls_config *c = client_config(TLS_1_2, TLS_1_2, BOTH, false);
    struct rsatls_session s = by_hand_session();
    for (size_t bit = 0; bit <= 8 * 64; bit++) {
        struct rsatls *t = rsatls_new(c, &s);
        struct by_hand h = by_hand_open(t);
        uint8_t record[5 + 64] = { 23, 3, 3, 0, 64 };
        size_t n = cbcsha_seal(&h.writes, 23, 0x0303, view_str("twelve bytes"), &h.rng, record + 5);
        assert_int_equal(n, 64);
        record[4] = (uint8_t)n;
        if (bit < 8 * n)
            record[5 + bit / 8] ^= (uint8_t)(1 << bit % 8);
        rsatls_feed(t, view_of(record, 5 + n));
        assert_int_equal(rsatls_state(t), bit < 8 * n ? TLS_FAILED : TLS_OPEN);
        by_hand_free(&h);
        rsatls_free(t);
    }
    rsatls_config_free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_version_suite_and_key),
        cmocka_unit_test(versions),
        cmocka_unit_test(held),
        cmocka_unit_test(closing),
        cmocka_unit_test(large),
        cmocka_unit_test(resumption),
        cmocka_unit_test(client_certificate),
        cmocka_unit_test(renegotiation),
        cmocka_unit_test(flipped_bits),
        cmocka_unit_test(wrong_servers),
        cmocka_unit_test(wrong_key),
        cmocka_unit_test(wrong_when_open),
        cmocka_unit_test(wrong_record),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
