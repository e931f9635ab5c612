#include "sim/crypto/rsatls.h"

#include "sim/base/check.h"
#include "sim/base/sys.h"
#include "sim/crypto/alert.h"
#include "sim/crypto/cbcsha.h"
#include "sim/crypto/peerkey.h"
#include "sim/crypto/store.h"

#include <stdio.h>
#include <string.h>

#define RECORD_HEAD  5
#define RECORD_CLEAR 16384                 /* clear text of one record, bytes */
#define RECORD_MAX   (RECORD_CLEAR + 2048) /* its body: RFC 5246, section 6.2.3 */
#define MESSAGE_HEAD 4
#define HELLO_MAX    96
#define MASTER       48
#define RANDOM       32
#define VERIFY       12 /* bytes of a Finished */
/* Empty records, warnings and HelloRequests in a row: none of them brings anything forward. */
#define NUISANCES 32
#define SPARES    64   /* connections that are over and kept for the next ones */
#define SPARE_CAP 8192 /* a spare keeps no buffer longer than this */

enum record { RECORD_CHANGE = 20, RECORD_ALERT, RECORD_HANDSHAKE, RECORD_DATA };

static const struct suite {
    enum rsatls_suite bit;
    uint16_t number;
    const char *name; /* OpenSSL's, which TVS traces have too */
    uint8_t key_n;
} suites[] = {
    { RSATLS_AES256, 0x0035, "AES256-SHA", 32 },
    { RSATLS_AES128, 0x002f, "AES128-SHA", 16 },
};
#define SUITES           (sizeof suites / sizeof suites[0])
#define NO_RENEGOTIATION 0x00ff /* TLS_EMPTY_RENEGOTIATION_INFO_SCSV */

/* What a connection waits for. */
enum step { AT_HELLO, AT_CERTIFICATE, AT_DONE, AT_CHANGE, AT_FINISHED, AT_END };

struct rsatls {
    struct rsatls_config *config;
    enum tls_state state;
    enum step step;
    const struct suite *suite; /* from here on what ServerHello settled */
    enum tls_version version;
    bool resumed, asked; /* asked for a certificate */
    unsigned nuisances;
    struct store in, message, out, clear;
    struct cbcsha reads, writes;
    struct hash_state transcript[2]; /* SHA-256; before TLS 1.2 MD5 and SHA-1 */
    uint8_t hello[HELLO_MAX];        /* hashed once the version is known */
    size_t hello_n;
    uint8_t client_random[RANDOM], server_random[RANDOM];
    struct rsatls_session session;
    struct peer_key *peer;
    struct rsatls *next; /* of the spare ones */
    char why[160];
};

struct rsatls_config {
    struct rsatls_options options;
    struct rng rng;
    EVP_CIPHER *aes[SUITES];
    struct peer_keys peers;
    struct rsatls *spare;
    unsigned spares;
};

/* ---- what is said ---- */

static uint16_t number_of(enum tls_version v)
{
    return (uint16_t)(0x0301 + v);
}

static void send_record(struct rsatls *t, enum record type, struct view clear)
{
    uint8_t *p = store_room(&t->out, RECORD_HEAD + clear.n + CBCSHA_MORE);
    size_t n = clear.n;
    uint16_t version = number_of(t->version);
    if (t->writes.on)
        n = cbcsha_seal(&t->writes, (uint8_t)type, version, clear, &t->config->rng,
                        p + RECORD_HEAD);
    else
        memcpy(p + RECORD_HEAD, clear.p, clear.n);
    struct wr w = wr_of(p, RECORD_HEAD);
    wr_u8(&w, (uint8_t)type);
    wr_u16(&w, version);
    wr_u16(&w, (uint16_t)n);
    t->out.n += RECORD_HEAD + n;
}

static void send_alert(struct rsatls *t, bool fatal, enum alert a)
{
    const uint8_t said[2] = { fatal ? 2 : 1, (uint8_t)a };
    send_record(t, RECORD_ALERT, view_of(said, sizeof said));
}

/* Ends it, with an alert.  Always false, for whoever returns it. */
static bool fail(struct rsatls *t, enum alert a, const char *why)
{
    snprintf(t->why, sizeof t->why, "%s (alert %s sent)", why, alert_name((uint8_t)a));
    t->state = TLS_FAILED;
    send_alert(t, true, a);
    return false;
}

/* ---- the transcript ---- */

static void transcript_add(struct rsatls *t, struct view v)
{
    if (t->version == TLS_1_2) {
        hash_add(HASH_SHA256, &t->transcript[0], v);
        return;
    }
    hash_add(HASH_MD5, &t->transcript[0], v);
    hash_add(HASH_SHA1, &t->transcript[1], v);
}

static void transcript_begin(struct rsatls *t)
{
    t->transcript[0] = hash_begin(t->version == TLS_1_2 ? HASH_SHA256 : HASH_MD5);
    t->transcript[1] = hash_begin(HASH_SHA1);
    transcript_add(t, view_of(t->hello, t->hello_n));
}

/* What the Finished of one side is for all that was said before it. */
static void verify_data(const struct rsatls *t, const char *label, uint8_t out[VERIFY])
{
    uint8_t hashes[2 * HASH_MAX];
    struct hash_state first = t->transcript[0], second = t->transcript[1];
    bool sha256 = t->version == TLS_1_2;
    size_t n = hash_end(sha256 ? HASH_SHA256 : HASH_MD5, &first, hashes);
    if (!sha256)
        n += hash_end(HASH_SHA1, &second, hashes + n);
    const struct view seed[] = { { hashes, n }, { NULL, 0 } };
    prf(sha256, view_of(t->session.master, MASTER), label, seed, out, VERIFY);
}

static void send_message(struct rsatls *t, uint8_t type, struct view body)
{
    uint8_t bytes[MESSAGE_HEAD + 2 + PEER_RSA_MAX];
    struct wr w = wr_of(bytes, sizeof bytes);
    wr_u32(&w, (uint32_t)type << 24 | (uint32_t)body.n);
    wr_view(&w, body);
    CHECK(!w.over);
    transcript_add(t, view_of(bytes, w.n));
    send_record(t, RECORD_HANDSHAKE, view_of(bytes, w.n));
}

/* ---- keys ---- */

/* The secret behind all others, from random bytes that go to the server under its key; `out` gets
 * the body of ClientKeyExchange. */
static void exchange_key(struct rsatls *t, struct wr *out)
{
    struct rng *r = &t->config->rng;
    uint8_t block[PEER_RSA_MAX], sealed[PEER_RSA_MAX];
    size_t size = peer_key_size(t->peer);
    uint8_t *secret = block + size - MASTER; /* PKCS#1 type 2: 00 02, padding without a 0, 00 */
    rng_bytes(r, block, size);
    for (size_t i = 2; i < size - MASTER - 1; i++)
        block[i] = block[i] != 0 ? block[i] : 1;
    block[0] = 0;
    block[1] = 2;
    secret[-1] = 0;
    struct wr version = wr_of(secret, 2); /* the one that was offered */
    wr_u16(&version, number_of(t->config->options.max));
    const struct view seed[] = { { t->client_random, RANDOM }, { t->server_random, RANDOM } };
    prf(t->version == TLS_1_2, view_of(secret, MASTER), "master secret", seed, t->session.master,
        MASTER);
    peer_key_encrypt(t->peer, block, sealed);
    wr_u16(out, (uint16_t)size);
    wr_view(out, view_of(sealed, size));
}

static void derive_keys(struct rsatls *t)
{
    uint8_t block[2 * (CBCSHA_MAC + 32 + CBCSHA_BLOCK)];
    size_t key_n = t->suite->key_n, iv_n = t->version == TLS_1_0 ? CBCSHA_BLOCK : 0;
    const struct view seed[] = { { t->server_random, RANDOM }, { t->client_random, RANDOM } };
    prf(t->version == TLS_1_2, view_of(t->session.master, MASTER), "key expansion", seed, block,
        2 * (CBCSHA_MAC + key_n + iv_n));
    const uint8_t *keys = block + 2 * (size_t)CBCSHA_MAC, *ivs = keys + 2 * key_n;
    const EVP_CIPHER *aes = t->config->aes[t->suite - suites];
    cbcsha_ready(&t->writes, aes, true,
                 (struct cbcsha_keys){ block, keys, iv_n != 0 ? ivs : NULL });
    cbcsha_ready(&t->reads, aes, false,
                 (struct cbcsha_keys){ block + CBCSHA_MAC, keys + key_n,
                                       iv_n != 0 ? ivs + CBCSHA_BLOCK : NULL });
}

static void send_finished(struct rsatls *t)
{
    uint8_t verify[VERIFY];
    const uint8_t change = 1;
    send_record(t, RECORD_CHANGE, view_of(&change, 1));
    t->writes.on = true;
    verify_data(t, "client finished", verify);
    send_message(t, 20, view_of(verify, VERIFY));
}

/* ---- what the server says in the handshake ---- */

static void send_hello(struct rsatls *t, const struct rsatls_session *resume)
{
    const struct rsatls_options *o = &t->config->options;
    struct wr w = wr_of(t->hello, sizeof t->hello);
    rng_bytes(&t->config->rng, t->client_random, RANDOM);
    wr_u32(&w, 1u << 24); /* its length comes last */
    wr_u16(&w, number_of(o->max));
    wr_view(&w, view_of(t->client_random, RANDOM));
    wr_u8(&w, resume != NULL ? resume->id_n : 0);
    if (resume != NULL)
        wr_view(&w, view_of(resume->id, resume->id_n));
    size_t count_at = w.n;
    wr_u16(&w, 0);
    for (size_t i = 0; i < SUITES; i++)
        if ((o->suites & suites[i].bit) != 0)
            wr_u16(&w, suites[i].number);
    wr_u16(&w, NO_RENEGOTIATION);
    wr_put_u16(&w, count_at, (uint16_t)(w.n - count_at - 2));
    wr_u8(&w, 1); /* one method of compression: none */
    wr_u8(&w, 0);
    wr_put_u16(&w, 2, (uint16_t)(w.n - MESSAGE_HEAD));
    CHECK(!w.over);
    t->hello_n = w.n;
    t->version = o->min; /* of the record, until the server has chosen */
    send_record(t, RECORD_HANDSHAKE, view_of(t->hello, t->hello_n));
}

/* The extensions of a ServerHello: none was sent, so that one alone may come. */
static bool extensions_are_right(struct rsatls *t, struct rd *r)
{
    uint16_t all, type, n;
    struct view body;
    if (rd_left(r) == 0)
        return true;
    if (!rd_u16(r, &all) || all != rd_left(r))
        return fail(t, ALERT_DECODE_ERROR, "ServerHello: its extensions have another length");
    while (rd_left(r) > 0) {
        if (!rd_u16(r, &type) || !rd_u16(r, &n) || !rd_view(r, n, &body))
            return fail(t, ALERT_DECODE_ERROR, "ServerHello: an extension is cut off");
        if (type != 0xff01)
            return fail(t, ALERT_UNSUPPORTED_EXTENSION, "ServerHello: an extension nobody sent");
        if (n != 1 || body.p[0] != 0)
            return fail(t, ALERT_HANDSHAKE_FAILURE, "ServerHello: a wrong renegotiation_info");
    }
    return true;
}

static const struct suite *suite_offered(const struct rsatls *t, uint16_t number)
{
    for (size_t i = 0; i < SUITES; i++)
        if (suites[i].number == number && (t->config->options.suites & suites[i].bit) != 0)
            return &suites[i];
    return NULL;
}

/* The session that was offered, or another one. */
static bool take_session(struct rsatls *t, struct view id)
{
    struct rsatls_session *s = &t->session;
    t->resumed = id.n != 0 && view_eq(id, view_of(s->id, s->id_n));
    if (t->resumed && (s->version != t->version || s->suite != t->suite->bit))
        return fail(t, ALERT_ILLEGAL_PARAMETER,
                    "ServerHello: the session goes on with another version or suite");
    if (t->resumed) {
        derive_keys(t);
        t->step = AT_CHANGE;
        return true;
    }
    s->version = t->version;
    s->suite = t->suite->bit;
    s->id_n = (uint8_t)id.n;
    if (id.n != 0)
        memcpy(s->id, id.p, id.n);
    t->step = AT_CERTIFICATE;
    return true;
}

static bool read_hello(struct rsatls *t, struct view body)
{
    const struct rsatls_options *o = &t->config->options;
    struct rd r = rd_of(body);
    struct view random, id;
    uint16_t version, suite;
    uint8_t id_n, compression;
    if (!rd_u16(&r, &version) || !rd_view(&r, RANDOM, &random) || !rd_u8(&r, &id_n) ||
        id_n > sizeof t->session.id || !rd_view(&r, id_n, &id) || !rd_u16(&r, &suite) ||
        !rd_u8(&r, &compression))
        return fail(t, ALERT_DECODE_ERROR, "ServerHello: too short");
    if (version < number_of(o->min) || version > number_of(o->max))
        return fail(t, ALERT_PROTOCOL_VERSION, "ServerHello: a version that was not offered");
    t->version = (enum tls_version)(version - 0x0301);
    t->suite = suite_offered(t, suite);
    if (t->suite == NULL)
        return fail(t, ALERT_ILLEGAL_PARAMETER, "ServerHello: a suite that was not offered");
    if (compression != 0)
        return fail(t, ALERT_ILLEGAL_PARAMETER, "ServerHello: compression");
    if (!extensions_are_right(t, &r))
        return false;
    memcpy(t->server_random, random.p, RANDOM);
    transcript_begin(t);
    return take_session(t, id);
}

/* uint24 lengths: of the list, of each certificate. */
static bool rd_u24(struct rd *r, uint32_t *out)
{
    uint8_t high;
    uint16_t low;
    if (rd_left(r) < 3 || !rd_u8(r, &high) || !rd_u16(r, &low))
        return false;
    *out = (uint32_t)high << 16 | low;
    return true;
}

static bool read_certificate(struct rsatls *t, struct view body)
{
    struct rd r = rd_of(body);
    struct view first = { NULL, 0 }, der;
    uint32_t all, n;
    const char *why = NULL;
    if (!rd_u24(&r, &all) || all != rd_left(&r))
        return fail(t, ALERT_DECODE_ERROR, "Certificate: its list has another length");
    while (rd_left(&r) > 0) {
        if (!rd_u24(&r, &n) || !rd_view(&r, n, &der))
            return fail(t, ALERT_DECODE_ERROR, "Certificate: one is cut off");
        if (first.p == NULL)
            first = der;
    }
    if (first.n == 0)
        return fail(t, ALERT_BAD_CERTIFICATE, "the server shows no certificate");
    t->peer = peer_keys_find(&t->config->peers, first, &why);
    if (t->peer == NULL)
        return fail(t, ALERT_BAD_CERTIFICATE, why);
    t->step = AT_DONE;
    if (t->config->options.hold)
        t->state = TLS_JUDGE;
    return true;
}

/* Whatever it asks for: there is none. */
static bool read_request(struct rsatls *t, struct view body)
{
    (void)body;
    if (t->asked)
        return fail(t, ALERT_UNEXPECTED_MESSAGE, "a second CertificateRequest");
    t->asked = true;
    return true;
}

static bool read_done(struct rsatls *t, struct view body)
{
    static const uint8_t nobody[3];
    uint8_t bytes[2 + PEER_RSA_MAX];
    struct wr w = wr_of(bytes, sizeof bytes);
    if (body.n != 0)
        return fail(t, ALERT_DECODE_ERROR, "ServerHelloDone: not empty");
    if (t->asked)
        send_message(t, 11, view_of(nobody, sizeof nobody));
    exchange_key(t, &w);
    send_message(t, 16, view_of(bytes, w.n));
    derive_keys(t);
    send_finished(t);
    t->step = AT_CHANGE;
    return true;
}

static bool read_finished(struct rsatls *t, struct view body)
{
    uint8_t verify[VERIFY];
    verify_data(t, "server finished", verify);
    if (!view_eq(body, view_of(verify, VERIFY)))
        return fail(t, ALERT_DECRYPT_ERROR, "the server's Finished is wrong");
    return true;
}

static const struct message {
    uint8_t type;
    enum step step;
    uint32_t limit; /* bytes of its body */
    bool late;      /* hashed behind reading: it says how, or is about all before it */
    bool (*read)(struct rsatls *t, struct view body);
} messages[] = {
    { 2, AT_HELLO, 1024, true, read_hello },
    { 11, AT_CERTIFICATE, PEER_CERT_MAX, false, read_certificate },
    { 13, AT_DONE, PEER_CERT_MAX, false, read_request },
    { 14, AT_DONE, 0, false, read_done },
    { 20, AT_FINISHED, VERIFY, true, read_finished },
};

static void finish(struct rsatls *t)
{
    if (t->resumed)
        send_finished(t);
    t->step = AT_END;
    t->state = TLS_OPEN;
}

static bool nuisance(struct rsatls *t)
{
    t->nuisances++;
    return t->nuisances <= NUISANCES ||
           fail(t, ALERT_UNEXPECTED_MESSAGE, "the server goes on and on and says nothing");
}

/* HelloRequest: not for now in a handshake, and not at all behind it. */
static bool asked_again(struct rsatls *t, size_t n)
{
    if (n != 0)
        return fail(t, ALERT_DECODE_ERROR, "HelloRequest: not empty");
    store_drop(&t->message, MESSAGE_HEAD);
    if (t->state == TLS_OPEN)
        send_alert(t, false, ALERT_NO_RENEGOTIATION);
    return nuisance(t);
}

/* One whole message of the handshake; false: there is none, or it failed. */
static bool next_message(struct rsatls *t)
{
    struct rd r = rd_of(store_view(&t->message));
    uint8_t type;
    uint32_t n;
    struct view body;
    if (!rd_u8(&r, &type) || !rd_u24(&r, &n))
        return false;
    if (type == 0)
        return asked_again(t, n);
    const struct message *m = NULL;
    for (size_t i = 0; i < sizeof messages / sizeof messages[0]; i++)
        if (messages[i].type == type && messages[i].step == t->step)
            m = &messages[i];
    if (m == NULL)
        return fail(t, ALERT_UNEXPECTED_MESSAGE, "a handshake message out of order");
    if (n > m->limit)
        return fail(t, ALERT_DECODE_ERROR, "a handshake message that is too long");
    if (!rd_view(&r, n, &body))
        return false;
    struct view whole = view_sub(r.in, 0, r.at);
    if (!m->late)
        transcript_add(t, whole);
    if (!m->read(t, body))
        return false;
    if (m->late)
        transcript_add(t, whole);
    if (m->read == read_finished)
        finish(t);
    store_drop(&t->message, MESSAGE_HEAD + n);
    return true;
}

/* ---- records ---- */

static bool take_change(struct rsatls *t, struct view clear)
{
    if (t->step != AT_CHANGE || store_left(&t->message) != 0)
        return fail(t, ALERT_UNEXPECTED_MESSAGE, "ChangeCipherSpec out of order");
    if (clear.n != 1 || clear.p[0] != 1)
        return fail(t, ALERT_DECODE_ERROR, "a wrong ChangeCipherSpec");
    t->reads.on = true;
    t->step = AT_FINISHED;
    return true;
}

static bool take_alert(struct rsatls *t, struct view clear)
{
    if (clear.n != 2)
        return fail(t, ALERT_DECODE_ERROR, "a wrong alert");
    if (clear.p[0] == 1 && clear.p[1] == ALERT_CLOSE_NOTIFY && t->state == TLS_OPEN) {
        send_alert(t, false, ALERT_CLOSE_NOTIFY);
        t->state = TLS_CLOSED;
        return false;
    }
    if (clear.p[0] == 1 && clear.p[1] != ALERT_CLOSE_NOTIFY)
        return nuisance(t);
    snprintf(t->why, sizeof t->why, "alert %s came", alert_name(clear.p[1]));
    t->state = TLS_FAILED;
    return false;
}

static bool take_handshake(struct rsatls *t, struct view clear)
{
    if (clear.n == 0)
        return fail(t, ALERT_UNEXPECTED_MESSAGE, "an empty handshake record");
    store_add(&t->message, clear);
    return true;
}

static bool take_data(struct rsatls *t, struct view clear)
{
    if (t->state != TLS_OPEN || store_left(&t->message) != 0)
        return fail(t, ALERT_UNEXPECTED_MESSAGE, "data in the middle of a handshake");
    if (clear.n == 0)
        return nuisance(t); /* OpenSSL puts one before each record of TLS 1.0 */
    t->nuisances = 0;
    if (store_left(&t->clear) + clear.n > RSATLS_UNREAD)
        return fail(t, ALERT_RECORD_OVERFLOW, "the server sends and nobody reads");
    store_add(&t->clear, clear);
    return true;
}

static bool (*const takes[])(struct rsatls *t, struct view clear) = {
    [RECORD_CHANGE] = take_change,
    [RECORD_ALERT] = take_alert,
    [RECORD_HANDSHAKE] = take_handshake,
    [RECORD_DATA] = take_data,
};

/* The head of a record: of a known type, a version that can be, a length within limits. */
static bool head_is_right(struct rsatls *t, uint8_t type, uint16_t version, uint16_t n)
{
    bool known = t->suite != NULL; /* ServerHello came */
    if (type < RECORD_CHANGE || type > RECORD_DATA)
        return fail(t, ALERT_UNEXPECTED_MESSAGE, "no TLS record");
    if (known ? version != number_of(t->version) : version >> 8 != 3)
        return fail(t, ALERT_PROTOCOL_VERSION, "a record of another version");
    if (n > (t->reads.on ? RECORD_MAX : RECORD_CLEAR))
        return fail(t, ALERT_RECORD_OVERFLOW, "a record that is too long");
    return true;
}

/* One whole record; false: there is none, or it failed. */
static bool next_record(struct rsatls *t)
{
    struct rd r = rd_of(store_view(&t->in));
    uint8_t type;
    uint16_t version, n;
    if (!rd_u8(&r, &type) || !rd_u16(&r, &version) || !rd_u16(&r, &n))
        return false;
    if (!head_is_right(t, type, version, n))
        return false;
    if (rd_left(&r) < n)
        return false;
    uint8_t *body = t->in.p + t->in.at + RECORD_HEAD;
    struct view clear = view_of(body, n);
    if (t->reads.on && !cbcsha_open(&t->reads, type, version, body, n, &clear))
        return fail(t, ALERT_BAD_RECORD_MAC, "a record whose MAC or padding is wrong");
    if (clear.n > RECORD_CLEAR)
        return fail(t, ALERT_RECORD_OVERFLOW, "a record that is too long");
    bool went = takes[type](t, clear);
    store_drop(&t->in, RECORD_HEAD + (size_t)n);
    return went;
}

static bool is_moving(const struct rsatls *t)
{
    return t->state == TLS_HANDSHAKE || t->state == TLS_OPEN;
}

static enum tls_state pump(struct rsatls *t)
{
    while (is_moving(t) && (next_message(t) || (is_moving(t) && next_record(t))))
        ;
    return t->state;
}

/* ---- what callers call ---- */

struct rsatls_config *rsatls_config_new(const struct rsatls_options *o)
{
    CHECK(o->min >= TLS_1_0 && o->min <= o->max && o->max <= TLS_1_2);
    CHECK((o->suites & (RSATLS_AES128 | RSATLS_AES256)) != 0);
    struct rsatls_config *c = sys_malloc(sizeof *c);
    *c = (struct rsatls_config){ .options = *o, .rng = rng_of(o->seed, "TLS client", 0) };
    for (size_t i = 0; i < SUITES; i++) {
        c->aes[i] =
            EVP_CIPHER_fetch(NULL, suites[i].key_n == 32 ? "AES-256-CBC" : "AES-128-CBC", NULL);
        CHECK(c->aes[i] != NULL);
    }
    return c;
}

static void connection_free(struct rsatls *t)
{
    cbcsha_free(&t->reads);
    cbcsha_free(&t->writes);
    store_free(&t->in);
    store_free(&t->message);
    store_free(&t->out);
    store_free(&t->clear);
    sys_free(t);
}

void rsatls_config_free(struct rsatls_config *c)
{
    if (c == NULL)
        return;
    while (c->spare != NULL) {
        struct rsatls *t = c->spare;
        c->spare = t->next;
        connection_free(t);
    }
    peer_keys_forget(&c->peers);
    for (size_t i = 0; i < SUITES; i++)
        EVP_CIPHER_free(c->aes[i]);
    sys_free(c);
}

/* One that is over, with its buffers and contexts; or a new one. */
static struct rsatls *connection_take(struct rsatls_config *c)
{
    struct rsatls *t = c->spare;
    if (t == NULL) {
        t = sys_malloc(sizeof *t);
        *t = (struct rsatls){ .config = c };
        return t;
    }
    c->spare = t->next;
    c->spares--;
    return t;
}

struct rsatls *rsatls_new(struct rsatls_config *c, const struct rsatls_session *resume)
{
    struct rsatls *t = connection_take(c);
    t->state = TLS_HANDSHAKE;
    t->step = AT_HELLO;
    t->suite = NULL;
    t->resumed = t->asked = false;
    t->nuisances = 0;
    t->reads.on = t->writes.on = false;
    t->peer = NULL;
    t->why[0] = '\0';
    t->session.id_n = 0;
    if (resume != NULL) {
        CHECK(resume->id_n <= sizeof resume->id);
        t->session = *resume;
    }
    send_hello(t, resume);
    return t;
}

void rsatls_free(struct rsatls *t)
{
    if (t == NULL)
        return;
    struct rsatls_config *c = t->config;
    peer_key_drop(t->peer);
    if (c->spares >= SPARES) {
        connection_free(t);
        return;
    }
    store_empty(&t->in, SPARE_CAP);
    store_empty(&t->message, SPARE_CAP);
    store_empty(&t->out, SPARE_CAP);
    store_empty(&t->clear, SPARE_CAP);
    t->next = c->spare;
    c->spare = t;
    c->spares++;
}

enum tls_state rsatls_state(const struct rsatls *t)
{
    return t->state;
}

const char *rsatls_why(const struct rsatls *t)
{
    return t->why;
}

enum tls_state rsatls_feed(struct rsatls *t, struct view bytes)
{
    for (size_t at = 0; at < bytes.n;) {
        if (t->state == TLS_CLOSED || t->state == TLS_FAILED)
            return t->state; /* whatever still comes is for nobody */
        size_t piece = bytes.n - at < RECORD_MAX ? bytes.n - at : RECORD_MAX;
        if (store_left(&t->in) + piece > RSATLS_UNREAD) {
            fail(t, ALERT_RECORD_OVERFLOW, "the server sends on while its certificate is judged");
            return t->state;
        }
        store_add(&t->in, view_sub(bytes, at, piece));
        at += piece;
        pump(t);
    }
    return t->state;
}

size_t rsatls_take(struct rsatls *t, uint8_t *out, size_t cap)
{
    return store_read(&t->out, out, cap);
}

bool rsatls_write(struct rsatls *t, struct view clear)
{
    if (t->state != TLS_OPEN)
        return false;
    for (size_t at = 0, n; at < clear.n; at += n) {
        n = clear.n - at < RECORD_CLEAR ? clear.n - at : RECORD_CLEAR;
        send_record(t, RECORD_DATA, view_sub(clear, at, n));
    }
    return true;
}

size_t rsatls_read(struct rsatls *t, uint8_t *out, size_t cap)
{
    return store_read(&t->clear, out, cap);
}

void rsatls_close(struct rsatls *t)
{
    if (t->state == TLS_OPEN)
        send_alert(t, false, ALERT_CLOSE_NOTIFY);
    if (t->state != TLS_FAILED)
        t->state = TLS_CLOSED; /* a handshake that is not done ends without a word */
}

struct view rsatls_peer_cert(const struct rsatls *t)
{
    return t->peer != NULL ? peer_key_cert(t->peer) : view_of(NULL, 0);
}

enum tls_state rsatls_judge(struct rsatls *t, bool accept)
{
    CHECK(t->state == TLS_JUDGE);
    t->state = TLS_HANDSHAKE;
    if (!accept)
        fail(t, ALERT_UNKNOWN_CA, "certificate refused by the phone");
    return pump(t);
}

const char *rsatls_cipher(const struct rsatls *t)
{
    return t->suite != NULL ? t->suite->name : NULL;
}

enum tls_version rsatls_version(const struct rsatls *t)
{
    return t->version;
}

bool rsatls_resumed(const struct rsatls *t)
{
    return t->resumed;
}

bool rsatls_session(const struct rsatls *t, struct rsatls_session *out)
{
    if (t->step != AT_END || t->session.id_n == 0)
        return false;
    *out = t->session;
    return true;
}
