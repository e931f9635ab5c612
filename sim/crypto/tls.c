#include "sim/crypto/tls.h"
#include "sim/crypto/impl.h"
#include "sim/crypto/rsatls.h"

#include "sim/base/check.h"
#include "sim/base/rng.h"
#include "sim/base/sys.h"
#include "sim/base/table.h"

#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/ssl.h>

/* What phones of all ages and servers of all releases have in common; the level is set with the
 * list so that one string says all. AES256-SHA is what a TVS trace shows (observed). */
#define CIPHERS                                                                                    \
    "ECDHE+AESGCM:ECDHE+AES:AES256-GCM-SHA384:AES128-GCM-SHA256:AES256-SHA256:AES128-SHA256:"      \
    "AES256-SHA:AES128-SHA:@SECLEVEL=0"
/* Clear text that nobody read.  A configuration file has 2 MiB at the most (docs/FORMATS.md,
 * section 6); a peer that sends more than this while nobody reads is cut off. */
#define UNREAD_LIMIT (8u << 20)
#define PIECE        65536 /* fed to OpenSSL at a time, bytes */

struct tls_config {
    SSL_CTX *ctx;
    bool server;
    struct rsatls_config *own; /* in place of ctx */
};

enum judgement { JUDGE_OPEN, JUDGE_ACCEPTED, JUDGE_REFUSED };

struct tls {
    struct rsatls *own; /* in place of all below, but for who is told of secrets */
    SSL *ssl;
    BIO *in, *out; /* owned by ssl */
    bool server;
    enum tls_state state;
    enum judgement judgement;
    struct view peer; /* DER, ours */
    uint8_t *clear;   /* decrypted and not yet read */
    size_t clear_at, clear_n, clear_cap;
    void (*told)(void *ctx, const char *line); /* of each secret; NULL: nobody asks */
    void *told_ctx;
    char why[160];
};

static void *resize(void *old, size_t n)
{
    return sys_mem.resize(sys_mem.ctx, old, n);
}

/* ---- configuration ---- */

static void peer_keep(struct tls *t, const X509 *x)
{
    if (t->peer.p != NULL || x == NULL)
        return;
    int n = i2d_X509(x, NULL);
    if (n <= 0)
        return;
    uint8_t *der = resize(NULL, (size_t)n), *p = der;
    CHECK(i2d_X509(x, &p) == n);
    t->peer = view_of(der, (size_t)n);
}

/* OpenSSL asks here instead of building a chain.  A client holds the handshake until the phone has
 * decided; the certificate is nowhere else to be had while it is held. */
static int judge(X509_STORE_CTX *store, void *arg)
{
    (void)arg;
    SSL *ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
    struct tls *t = SSL_get_app_data(ssl);
    peer_keep(t, X509_STORE_CTX_get0_cert(store));
    if (t->server || t->judgement == JUDGE_ACCEPTED) {
        X509_STORE_CTX_set_error(store, X509_V_OK);
        return 1;
    }
    if (t->judgement == JUDGE_REFUSED) { /* the alert is then unknown_ca (assumed of a phone) */
        X509_STORE_CTX_set_error(store, X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT);
        return 0;
    }
    t->state = TLS_JUDGE;
    return SSL_set_retry_verify(ssl);
}

/* A server has its own copy of the key: threads that share one wait for each other at its blinding.
 */
static bool certificate_use(SSL_CTX *ctx, bool server, struct view der, const struct key *key)
{
    EVP_PKEY *own = server ? EVP_PKEY_dup(key->pkey) : key->pkey;
    bool good = own != NULL && der.n <= CERT_LIMIT &&
                SSL_CTX_use_certificate_ASN1(ctx, (int)der.n, der.p) == 1 &&
                SSL_CTX_use_PrivateKey(ctx, own) == 1 && SSL_CTX_check_private_key(ctx) == 1;
    if (server)
        EVP_PKEY_free(own);
    return good;
}

struct tls_config *tls_config_new(bool server, struct view der, const struct key *key,
                                  enum tls_version min, enum tls_version max)
{
    static const int versions[] = { TLS1_VERSION, TLS1_1_VERSION, TLS1_2_VERSION, TLS1_3_VERSION };
    CHECK(min >= TLS_1_0 && min <= max && max <= TLS_1_3 && (der.p == NULL || key != NULL));
    ERR_clear_error();
    SSL_CTX *ctx = SSL_CTX_new(server ? TLS_server_method() : TLS_client_method());
    CHECK(ctx != NULL);
    /* Before the certificate: the default level refuses to load one of 1024 bits. */
    CHECK(SSL_CTX_set_cipher_list(ctx, CIPHERS) == 1);
    CHECK(SSL_CTX_set_min_proto_version(ctx, versions[min]) == 1);
    CHECK(SSL_CTX_set_max_proto_version(ctx, versions[max]) == 1);
    SSL_CTX_set_options(ctx, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION |
                                 SSL_OP_LEGACY_SERVER_CONNECT | SSL_OP_NO_COMPRESSION);
    SSL_CTX_set_num_tickets(ctx, 0);
    SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_mode(ctx, SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL); /* a server: asks, and needs none */
    SSL_CTX_set_cert_verify_callback(ctx, judge, NULL);
    if (der.p != NULL && !certificate_use(ctx, server, der, key)) {
        SSL_CTX_free(ctx);
        ERR_clear_error();
        return NULL;
    }
    struct tls_config *c = resize(NULL, sizeof *c);
    *c = (struct tls_config){ .ctx = ctx, .server = server };
    return c;
}

void tls_config_free(struct tls_config *c)
{
    if (c == NULL)
        return;
    SSL_CTX_free(c->ctx); /* connections hold it on their own */
    if (c->own != NULL)
        rsatls_config_free(c->own);
    resize(c, 0);
}

void tls_config_ask_nobody(struct tls_config *c)
{
    CHECK(c->server);
    SSL_CTX_set_verify(c->ctx, SSL_VERIFY_NONE, NULL);
}

bool tls_config_ciphers(struct tls_config *c, const char *list)
{
    char text[512];
    int n = snprintf(text, sizeof text, "%s:@SECLEVEL=0", list);
    ERR_clear_error();
    bool is_new = strncmp(list, "TLS_", 4) == 0; /* OpenSSL keeps those of TLS 1.3 apart */
    bool ok = is_new
                  ? SSL_CTX_set_ciphersuites(c->ctx, list) == 1
                  : n > 0 && (size_t)n < sizeof text && SSL_CTX_set_cipher_list(c->ctx, text) == 1;
    ERR_clear_error();
    return ok;
}

/* ---- sessions ---- */

#define SESSION_S     300  /* how long one may be resumed (OpenSSL's own default) */
#define SESSION_SHOWN 8192 /* bytes of certificates: a phone shows one or two kB */

struct tls_sessions {
    atomic_uint refs; /* the maker, and each context, which may outlive its configuration */
    pthread_mutex_t lock;
    struct table index; /* hash of the number -> its place; bytes decide */
    SSL_SESSION **ring; /* the oldest goes where the newest comes */
    uint32_t most, next;
};

static uint64_t session_hash(struct view number)
{
    uint64_t h = rng_mix(rng_hash(0x73657373ull, number));
    return h == 0 ? 1 : h;
}

static struct view session_number(const SSL_SESSION *session)
{
    unsigned n;
    const uint8_t *p = SSL_SESSION_get_id(session, &n);
    return view_of(p, n);
}

/* A context that goes lets go of its sessions. */
static void context_gone(void *parent, void *sessions, CRYPTO_EX_DATA *ad, int index, long argl,
                         void *argp)
{
    (void)parent, (void)ad, (void)index, (void)argl, (void)argp;
    tls_sessions_free(sessions);
}

static int sessions_index;

__attribute__((constructor)) static void take_index(void)
{
    sessions_index = SSL_CTX_get_ex_new_index(0, NULL, NULL, NULL, context_gone);
}

static struct tls_sessions *sessions_of(const SSL_CTX *ctx)
{
    return SSL_CTX_get_ex_data(ctx, sessions_index);
}

static void session_drop(struct tls_sessions *s, uint32_t place)
{
    if (s->ring[place] == NULL)
        return;
    table_drop(&s->index, session_hash(session_number(s->ring[place])), place);
    SSL_SESSION_free(s->ring[place]);
    s->ring[place] = NULL;
}

/* Bytes of what the client showed, which its session holds for as long as it is kept. */
static size_t shown(const SSL *ssl)
{
    const STACK_OF(X509) *others = SSL_get_peer_cert_chain(ssl); /* a server's: without the first */
    X509 *first = SSL_get0_peer_certificate(ssl);
    int n = first != NULL ? i2d_X509(first, NULL) : 0;
    size_t all = n > 0 ? (size_t)n : 0;
    for (int i = 0; i < sk_X509_num(others); i++) {
        n = i2d_X509(sk_X509_value(others, i), NULL);
        all += n > 0 ? (size_t)n : 0;
    }
    return all;
}

/* Kept (1), the session is ours from here; else (0) it is not taken up again. */
static int session_new(SSL *ssl, SSL_SESSION *session)
{
    struct tls_sessions *s = sessions_of(SSL_get_SSL_CTX(ssl));
    if (shown(ssl) > SESSION_SHOWN)
        return 0;
    pthread_mutex_lock(&s->lock);
    session_drop(s, s->next);
    s->ring[s->next] = session;
    table_add(&s->index, session_hash(session_number(session)), s->next);
    s->next = (s->next + 1) % s->most;
    pthread_mutex_unlock(&s->lock);
    return 1;
}

static bool session_find(const struct tls_sessions *s, struct view number, uint32_t *place)
{
    uint32_t at = 0;
    while (table_next(&s->index, session_hash(number), &at, place))
        if (view_eq(session_number(s->ring[*place]), number))
            return true;
    return false;
}

static SSL_SESSION *session_get(SSL *ssl, const unsigned char *p, int n, int *copy)
{
    struct tls_sessions *s = sessions_of(SSL_get_SSL_CTX(ssl));
    SSL_SESSION *found = NULL;
    uint32_t place;
    *copy = 0;
    pthread_mutex_lock(&s->lock);
    if (n > 0 && session_find(s, view_of(p, (size_t)n), &place)) {
        found = s->ring[place];
        SSL_SESSION_up_ref(found);
    }
    pthread_mutex_unlock(&s->lock);
    return found;
}

/* One that must not be resumed any more: a connection on it broke off. */
static void session_remove(SSL_CTX *ctx, SSL_SESSION *session)
{
    struct tls_sessions *s = sessions_of(ctx);
    uint32_t place;
    pthread_mutex_lock(&s->lock);
    if (session_find(s, session_number(session), &place))
        session_drop(s, place);
    pthread_mutex_unlock(&s->lock);
}

struct tls_sessions *tls_sessions_new(uint32_t most)
{
    struct tls_sessions *s = resize(NULL, sizeof *s);
    CHECK(most > 0);
    *s = (struct tls_sessions){ .refs = 1, .index = table_of(&sys_mem), .most = most };
    CHECK(pthread_mutex_init(&s->lock, NULL) == 0);
    s->ring = resize(NULL, most * sizeof *s->ring);
    memset(s->ring, 0, most * sizeof *s->ring);
    return s;
}

void tls_sessions_free(struct tls_sessions *s)
{
    if (s == NULL || atomic_fetch_sub(&s->refs, 1) > 1)
        return;
    for (uint32_t i = 0; i < s->most; i++)
        SSL_SESSION_free(s->ring[i]);
    table_free(&s->index);
    pthread_mutex_destroy(&s->lock);
    resize(s->ring, 0);
    resize(s, 0);
}

void tls_config_resume(struct tls_config *c, struct tls_sessions *s)
{
    CHECK(c->server);
    atomic_fetch_add(&s->refs, 1);
    CHECK(SSL_CTX_set_ex_data(c->ctx, sessions_index, s) == 1);
    SSL_CTX_set_session_cache_mode(c->ctx, SSL_SESS_CACHE_SERVER | SSL_SESS_CACHE_NO_INTERNAL);
    CHECK(SSL_CTX_set_session_id_context(c->ctx, (const uint8_t *)"cucmlab", 7) == 1);
    SSL_CTX_set_timeout(c->ctx, SESSION_S);
    SSL_CTX_set_num_tickets(c->ctx, 1); /* of 1.3: a number, for there are no real tickets */
    SSL_CTX_sess_set_new_cb(c->ctx, session_new);
    SSL_CTX_sess_set_get_cb(c->ctx, session_get);
    SSL_CTX_sess_set_remove_cb(c->ctx, session_remove);
}

/* ---- one connection ---- */

static enum tls_state fail(struct tls *t, const char *why)
{
    t->state = TLS_FAILED;
    snprintf(t->why, sizeof t->why, "%s", why);
    ERR_clear_error();
    return t->state;
}

static enum tls_state fail_openssl(struct tls *t, int result)
{
    const char *text = ERR_reason_error_string(ERR_peek_error());
    if (t->judgement == JUDGE_REFUSED)
        text = "certificate refused by the phone";
    else if (text == NULL)
        text = SSL_get_error(t->ssl, result) == SSL_ERROR_SYSCALL ? "connection broken off"
                                                                  : "TLS failed";
    return fail(t, text);
}

static bool clear_append(struct tls *t, const uint8_t *p, size_t n)
{
    size_t unread = t->clear_n - t->clear_at;
    if (n > UNREAD_LIMIT - unread)
        return false;
    if (t->clear_at != 0 && (unread == 0 || t->clear_n + n > t->clear_cap)) {
        memmove(t->clear, t->clear + t->clear_at, unread);
        t->clear_at = 0;
        t->clear_n = unread;
    }
    if (t->clear_n + n > t->clear_cap) {
        size_t cap = t->clear_cap == 0 ? 1024 : t->clear_cap;
        while (cap < t->clear_n + n)
            cap *= 2;
        t->clear = resize(t->clear, cap);
        t->clear_cap = cap;
    }
    memcpy(t->clear + t->clear_n, p, n);
    t->clear_n += n;
    return true;
}

/* Takes all clear text there is, so that a close or an alert behind it is seen at once. */
static enum tls_state drain(struct tls *t)
{
    uint8_t piece[4096];
    for (;;) {
        ERR_clear_error();
        int n = SSL_read(t->ssl, piece, sizeof piece);
        if (n > 0) {
            if (!clear_append(t, piece, (size_t)n))
                return fail(t, "the peer sends and nobody reads");
            continue;
        }
        int error = SSL_get_error(t->ssl, n);
        if (error == SSL_ERROR_WANT_READ)
            return t->state;
        if (error != SSL_ERROR_ZERO_RETURN)
            return fail_openssl(t, n);
        SSL_shutdown(t->ssl); /* close_notify answers close_notify */
        ERR_clear_error();
        t->state = TLS_CLOSED;
        return t->state;
    }
}

static enum tls_state pump(struct tls *t)
{
    if (t->state == TLS_HANDSHAKE) {
        ERR_clear_error();
        int result = SSL_do_handshake(t->ssl);
        if (result != 1) {
            int error = SSL_get_error(t->ssl, result);
            bool waits = error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_RETRY_VERIFY;
            return waits ? t->state : fail_openssl(t, result);
        }
        t->state = TLS_OPEN;
    }
    return t->state == TLS_OPEN ? drain(t) : t->state;
}

struct tls *tls_new(struct tls_config *c)
{
    return tls_resume(c, NULL);
}

struct tls_session {
    SSL_SESSION *ssl; /* NULL: it is one of our own client */
    struct rsatls_session own;
};

struct tls_config *tls_config_own(enum tls_version min, enum tls_version max, bool aes128,
                                  bool aes256, uint64_t seed)
{
    const struct rsatls_options o = { .min = min,
                                      .max = max,
                                      .suites = (aes128 ? (unsigned)RSATLS_AES128 : 0) |
                                                (aes256 ? (unsigned)RSATLS_AES256 : 0),
                                      .seed = seed };
    if (min > max || max > TLS_1_2 || o.suites == 0)
        return NULL;
    struct tls_config *c = resize(NULL, sizeof *c);
    *c = (struct tls_config){ .own = rsatls_config_new(&o) };
    return c;
}

static struct tls *own_new(struct tls_config *c, const struct tls_session *session)
{
    struct tls *t = resize(NULL, sizeof *t);
    *t = (struct tls){
        .own = rsatls_new(c->own, session != NULL && session->ssl == NULL ? &session->own : NULL)
    };
    return t;
}

/* Before its first word. */
static struct tls *begin(struct tls_config *c, const struct tls_session *session)
{
    struct tls *t = resize(NULL, sizeof *t);
    *t = (struct tls){ .server = c->server };
    ERR_clear_error();
    t->ssl = SSL_new(c->ctx);
    t->in = BIO_new(BIO_s_mem());
    t->out = BIO_new(BIO_s_mem());
    CHECK(t->ssl != NULL && t->in != NULL && t->out != NULL);
    SSL_set_bio(t->ssl, t->in, t->out);
    SSL_set_app_data(t->ssl, t);
    if (c->server)
        SSL_set_accept_state(t->ssl);
    else
        SSL_set_connect_state(t->ssl);
    if (session != NULL &&
        session->ssl != NULL) /* of another version: the handshake is a full one */
        (void)SSL_set_session(t->ssl, session->ssl);
    return t;
}

struct tls *tls_resume(struct tls_config *c, struct tls_session *session)
{
    if (c->own != NULL)
        return own_new(c, session);
    struct tls *t = begin(c, session);
    pump(t); /* a client speaks first */
    return t;
}

struct tls *tls_new_as(struct tls_config *c, struct view der, const struct key *key)
{
    if (der.p == NULL)
        return tls_new(c);
    CHECK(!c->server && c->own == NULL);
    struct tls *t = begin(c, NULL);
    ERR_clear_error();
    if (der.n > CERT_LIMIT || SSL_use_certificate_ASN1(t->ssl, der.p, (int)der.n) != 1 ||
        SSL_use_PrivateKey(t->ssl, key->pkey) != 1 || SSL_check_private_key(t->ssl) != 1) {
        ERR_clear_error();
        tls_free(t);
        return NULL;
    }
    pump(t);
    return t;
}

void tls_free(struct tls *t)
{
    if (t == NULL)
        return;
    SSL_free(t->ssl);
    rsatls_free(t->own);
    resize((void *)t->peer.p, 0);
    resize(t->clear, 0);
    resize(t, 0);
}

enum tls_state tls_state(const struct tls *t)
{
    if (t->own != NULL)
        return rsatls_state(t->own);
    return t->state;
}

const char *tls_why(const struct tls *t)
{
    if (t->own != NULL)
        return rsatls_why(t->own);
    return t->why;
}

enum tls_state tls_feed(struct tls *t, struct view bytes)
{
    if (t->own != NULL)
        return rsatls_feed(t->own, bytes);
    for (size_t at = 0; at < bytes.n;) {
        if (t->state == TLS_CLOSED || t->state == TLS_FAILED)
            return t->state; /* whatever still comes is for nobody */
        size_t piece = bytes.n - at < PIECE ? bytes.n - at : PIECE;
        if (BIO_ctrl_pending(t->in) > UNREAD_LIMIT - piece)
            return fail(t, "the peer sends on while its certificate is judged");
        CHECK(BIO_write(t->in, bytes.p + at, (int)piece) == (int)piece);
        at += piece;
        pump(t);
    }
    return t->state;
}

size_t tls_take(struct tls *t, uint8_t *out, size_t cap)
{
    if (t->own != NULL)
        return rsatls_take(t->own, out, cap);
    if (cap == 0)
        return 0;
    int n = BIO_read(t->out, out, cap < INT_MAX ? (int)cap : INT_MAX);
    return n > 0 ? (size_t)n : 0;
}

bool tls_write(struct tls *t, struct view clear)
{
    if (t->own != NULL)
        return rsatls_write(t->own, clear);
    if (t->state != TLS_OPEN)
        return false;
    for (size_t at = 0; at < clear.n;) {
        size_t written = 0;
        ERR_clear_error();
        if (SSL_write_ex(t->ssl, clear.p + at, clear.n - at, &written) != 1) {
            fail_openssl(t, 0);
            return false;
        }
        at += written;
    }
    return true;
}

size_t tls_read(struct tls *t, uint8_t *out, size_t cap)
{
    if (t->own != NULL)
        return rsatls_read(t->own, out, cap);
    size_t n = t->clear_n - t->clear_at;
    if (n > cap)
        n = cap;
    if (n != 0)
        memcpy(out, t->clear + t->clear_at, n);
    t->clear_at += n;
    return n;
}

void tls_close(struct tls *t)
{
    if (t->own != NULL) {
        rsatls_close(t->own);
        return;
    }
    if (t->state == TLS_OPEN) {
        ERR_clear_error();
        SSL_shutdown(t->ssl);
        ERR_clear_error();
    }
    if (t->state != TLS_FAILED)
        t->state = TLS_CLOSED; /* a handshake that is not done ends without a word */
}

/* OpenSSL keeps the memory of the largest message that there was. */
static void bio_rest(BIO *bio)
{
    BUF_MEM *old = NULL, *fresh;
    BIO_get_mem_ptr(bio, &old);
    if (old == NULL || old->max == 0 || BIO_ctrl_pending(bio) > 0)
        return;
    fresh = BUF_MEM_new();
    CHECK(fresh != NULL);
    BIO_set_mem_buf(bio, fresh, BIO_CLOSE);
}

void tls_rest(struct tls *t)
{
    if (t->own != NULL || t->state != TLS_OPEN)
        return;
    bio_rest(t->in);
    bio_rest(t->out);
    if (t->clear_at == t->clear_n) {
        resize(t->clear, 0);
        t->clear = NULL;
        t->clear_at = t->clear_n = t->clear_cap = 0;
    }
    if (t->server)
        return;
    SSL_certs_clear(t->ssl);
    resize((void *)t->peer.p, 0);
    t->peer = view_of(NULL, 0);
}

struct view tls_peer_cert(const struct tls *t)
{
    if (t->own != NULL)
        return rsatls_peer_cert(t->own);
    return t->peer;
}

enum tls_state tls_judge(struct tls *t, bool accept)
{
    if (t->own != NULL)
        return rsatls_judge(t->own, accept);
    CHECK(t->state == TLS_JUDGE && !t->server);
    t->judgement = accept ? JUDGE_ACCEPTED : JUDGE_REFUSED;
    t->state = TLS_HANDSHAKE;
    return pump(t);
}

const char *tls_cipher(const struct tls *t)
{
    if (t->own != NULL)
        return rsatls_cipher(t->own);
    return SSL_get_cipher_name(t->ssl);
}

static void on_secret(const SSL *ssl, const char *line)
{
    const struct tls *t = SSL_get_app_data(ssl);
    if (t->told != NULL)
        t->told(t->told_ctx, line);
}

void tls_config_keep_secrets(struct tls_config *c)
{
    SSL_CTX_set_keylog_callback(c->ctx, on_secret);
}

void tls_tell_secrets(struct tls *t, void (*told)(void *ctx, const char *line), void *ctx)
{
    t->told = told;
    t->told_ctx = ctx;
}

/* ---- what a client resumes ---- */

bool tls_resumed(const struct tls *t)
{
    return t->own != NULL ? rsatls_resumed(t->own) : SSL_session_reused(t->ssl) == 1;
}

struct tls_session *tls_session_take(const struct tls *t)
{
    struct tls_session taken = { .ssl = NULL }, *s;
    if (t->own != NULL) {
        if (!rsatls_session(t->own, &taken.own))
            return NULL;
    } else {
        taken.ssl = SSL_get1_session(t->ssl);
        if (taken.ssl == NULL || SSL_SESSION_is_resumable(taken.ssl) != 1) {
            SSL_SESSION_free(taken.ssl);
            return NULL;
        }
    }
    s = resize(NULL, sizeof *s);
    *s = taken;
    return s;
}

void tls_session_free(struct tls_session *s)
{
    if (s == NULL)
        return;
    SSL_SESSION_free(s->ssl);
    resize(s, 0);
}
