/* What benchmarks of TVS share: a node on real sockets and a bare server, each in a process of its
 * own, and a client of libssl on epoll that asks either.
 *
 * One verification: a TCP connection, a handshake (AES256-SHA, RSA-2048), a request with a whole
 * certificate, the reply, the end.  The bare server does the same with OpenSSL on epoll and sends
 * a reply that it was given, whatever it is asked; it shows the node's certificate. */
#ifndef CUCMLAB_TESTS_BENCH_TVS_H
#define CUCMLAB_TESTS_BENCH_TVS_H

#include "sim/base/sys.h"
#include "sim/crypto/impl.h"
#include "sim/talk/tvs.h"
#include "tests/bench/libssl.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#define AT_ONCE_MAX 1024
#define BATCH       64
#define SILENCE_S   20 /* nothing came for so long: the bench ends */
#define MESSAGE     4096
#define TVS_PORT    2445

/* ---- a connection, of the client or of the bare server ---- */

struct talk {
    SSL *ssl;
    int fd;
    bool asked; /* a client: its request is out */
    bool over;  /* the peer has ended it */
    uint8_t in[MESSAGE];
    size_t n;
    double began_s;
    uint32_t began_n;     /* verifications that were done then */
    SSL_SESSION *session; /* to be offered by its next connection */
};

/* One whole message; false: not yet, or the peer has ended it. */
static bool read_message(struct talk *t)
{
    size_t whole = 0;
    for (;;) {
        int got = SSL_read(t->ssl, t->in + t->n, (int)(sizeof t->in - t->n));
        if (got <= 0) {
            t->over = !libssl_later(t->ssl, got);
            return false;
        }
        t->n += (size_t)got;
        need(tvs_whole(view_of(t->in, t->n), &whole, NULL), "no TVS message");
        if (whole != 0 && t->n >= whole)
            return true;
    }
}

/* Closing takes it off its epoll. */
static void talk_end(struct talk *t)
{
    (void)SSL_shutdown(t->ssl);
    SSL_free(t->ssl);
    close(t->fd);
    t->ssl = NULL;
    t->fd = -1;
}

static void watch(int epoll, struct talk *t)
{
    struct epoll_event e = { .events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data.ptr = t };
    need(epoll_ctl(epoll, EPOLL_CTL_ADD, t->fd, &e) == 0, "epoll");
}

/* ---- servers ---- */

/* What a server tells the client at its start. */
struct words {
    struct sockaddr_in at;
    uint8_t request[MESSAGE], reply[MESSAGE];
    uint32_t request_n, reply_n;
    /* What it shows, and the private key of that: what a client does with a certificate takes time
     * as well. */
    uint8_t cert[MESSAGE], key[MESSAGE];
    uint32_t cert_n, key_n;
};

/* A server and what a client has to know of it. */
struct party {
    struct server server;
    struct words what;
};

/* ---- the bare server ---- */

struct bare_start {
    const struct words *what; /* NULL: replies are made to what is asked */
    int listener, version;
};

static int takes_any(int ok, X509_STORE_CTX *store)
{
    (void)ok, (void)store;
    return 1;
}

static void bare_accept(int listener, int epoll, SSL_CTX *ctx)
{
    int fd;
    while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
        struct talk *t = calloc(1, sizeof *t);
        need(t != NULL, "memory");
        t->fd = fd;
        t->ssl = SSL_new(ctx);
        need(t->ssl != NULL && SSL_set_fd(t->ssl, fd) == 1, "SSL_new");
        SSL_set_accept_state(t->ssl);
        watch(epoll, t);
    }
}

static void bare_answer(struct talk *t, const struct words *what)
{
    struct arena a = arena_of(&sys_mem);
    struct tvs_told told = { .roles = 1, .ttl_s = 86400 };
    struct tvs_msg request, reply;
    struct view bytes = { NULL, 0 };
    uint8_t roles[32];
    if (what != NULL) {
        bytes = view_of(what->reply, what->reply_n);
    } else {
        need(tvs_decode(view_of(t->in, t->n), &request, NULL), "request");
        reply = talk_tvs_reply(&request, &told, roles);
        need(talk_tvs_bytes(&reply, &a, &bytes), "reply");
    }
    need(SSL_write(t->ssl, bytes.p, (int)bytes.n) == (int)bytes.n, "reply");
    arena_free(&a);
    t->n = 0;
}

static void bare_turn(struct talk *t, const struct words *what)
{
    ERR_clear_error();
    while (read_message(t))
        bare_answer(t, what);
    if (!t->over)
        return;
    talk_end(t);
    free(t);
}

static void bare_shows(SSL_CTX *ctx, const struct words *what)
{
    const uint8_t *p = what->key;
    EVP_PKEY *key = d2i_AutoPrivateKey(NULL, &p, (long)what->key_n);
    need(key != NULL && SSL_CTX_use_certificate_ASN1(ctx, (int)what->cert_n, what->cert) == 1 &&
             SSL_CTX_use_PrivateKey(ctx, key) == 1,
         "certificate");
    EVP_PKEY_free(key);
}

static void bare_serve(int asked, int out, void *arg)
{
    const struct bare_start *start = arg;
    int listener = start->listener, epoll = epoll_create1(0);
    SSL_CTX *ctx = libssl_context(true, start->version);
    struct talk first = { .fd = listener }, control = { .fd = asked };
    struct epoll_event e = { .events = EPOLLIN, .data.ptr = &first }, ready[BATCH];
    SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, takes_any);
    if (start->what == NULL)
        libssl_certify(ctx);
    else
        bare_shows(ctx, start->what);
    need(epoll >= 0 && epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &e) == 0, "epoll");
    e.data.ptr = &control;
    need(epoll_ctl(epoll, EPOLL_CTL_ADD, asked, &e) == 0, "epoll");
    for (;;) {
        int n = epoll_wait(epoll, ready, BATCH, -1);
        for (int i = 0; i < n; i++) {
            struct talk *t = ready[i].data.ptr;
            if (t == &first)
                bare_accept(listener, epoll, ctx);
            else if (t == &control)
                tell_time(asked, out);
            else
                bare_turn(t, start->what);
        }
    }
}

/* Some of them, each in a process of its own, that accept from one socket: as many cores as there
 * are of them.  `like`: asked and answered as by that one, with its certificate; NULL: they answer
 * whatever they are asked. */
static BENCH_UNUSED void bare_begin_some(const struct words *like, int version,
                                         struct party *parties, int count)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    struct party p = { .what.request_n = 0 };
    socklen_t size = sizeof p.what.at;
    if (like != NULL)
        p.what = *like;
    p.what.at = (struct sockaddr_in){ .sin_family = AF_INET };
    p.what.at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    need(fd >= 0 && bind(fd, (struct sockaddr *)&p.what.at, size) == 0 && listen(fd, 512) == 0 &&
             getsockname(fd, (struct sockaddr *)&p.what.at, &size) == 0,
         "bare server");
    struct bare_start start = { like == NULL ? NULL : &p.what, fd, version };
    for (int i = 0; i < count; i++) {
        parties[i] = p;
        parties[i].server = server_start(bare_serve, &start);
    }
    close(fd);
}

static BENCH_UNUSED struct party bare_begin(const struct words *like, int version)
{
    struct party p;
    bare_begin_some(like, version, &p, 1);
    return p;
}

/* ---- the node ---- */

/* What a phone asks about CallManager's certificate, and what the node answers. */
static void node_words(struct lab *lab, struct words *what)
{
    uint32_t cert = lab->state.clusters[0].nodes[0].disk.own[OWN_CALLMANAGER];
    struct view der = forge_der(lab->base->forge, cert), bytes;
    struct tvs_msg m = talk_tvs_verify(view_str("CP-7965-SEP000000000001"), 1, der);
    struct tvs_told told = { .roles = 1, .ttl_s = 86400 };
    uint8_t roles[32];
    struct arena a = arena_of(&sys_mem);
    must(talk_tvs_bytes(&m, &a, &bytes), &(struct err){ "request" });
    what->request_n = (uint32_t)bytes.n;
    memcpy(what->request, bytes.p, bytes.n);
    struct tvs_msg reply = talk_tvs_reply(&m, &told, roles);
    must(talk_tvs_bytes(&reply, &a, &bytes), &(struct err){ "reply" });
    what->reply_n = (uint32_t)bytes.n;
    memcpy(what->reply, bytes.p, bytes.n);
    arena_free(&a);
}

static void node_shows(struct lab *lab, struct words *what)
{
    uint32_t cert = lab->state.clusters[0].nodes[0].disk.own[OWN_TVS];
    struct view der = forge_der(lab->base->forge, cert);
    EVP_PKEY *key = forge_key(lab->base->forge, cert)->pkey;
    uint8_t *p = what->key;
    need(der.n <= sizeof what->cert && i2d_PrivateKey(key, NULL) <= (int)sizeof what->key, "key");
    memcpy(what->cert, der.p, der.n);
    what->cert_n = (uint32_t)der.n;
    what->key_n = (uint32_t)i2d_PrivateKey(key, &p);
}

static void node_serve(int asked, int out, void *arg)
{
    static const char *const nodes[] = { "pub" };
    struct words what = { .at = { .sin_family = AF_INET, .sin_port = htons(TVS_PORT) } };
    const struct live_wish *wish = arg;
    uint32_t ip;
    const char *version = wish != NULL && wish->version != NULL ? wish->version : "12.5";
    struct lab *lab = live_lab_as(version, nodes, 1, wish, &ip);
    if (wish != NULL && wish->phones > 0)
        add_phones(lab, wish->phones, NULL);
    what.at.sin_addr.s_addr = htonl(ip);
    node_words(lab, &what);
    node_shows(lab, &what);
    lab_run_until(lab, lab_now_us(lab) + 100000);
    need(write(out, &what, sizeof what) == sizeof what, "write");
    need(fcntl(asked, F_SETFL, O_NONBLOCK) == 0, "fcntl");
    for (;;) {
        lab_run_until(lab, lab_now_us(lab) + 20000);
        tell_time(asked, out);
    }
}

/* `wish` NULL: as `serve` has it by itself. */
static BENCH_UNUSED struct party node_begin(struct live_wish *wish)
{
    struct party p = { .server = server_start(node_serve, wish) };
    need(read(p.server.told, &p.what, sizeof p.what) == sizeof p.what, "the node did not begin");
    return p;
}

/* ---- the client ---- */

struct round {
    double rate, p99_s, processor_s; /* verifications a second; of the server, for one */
    double client_s;                 /* of the client's processor, for one */
    double p99_n; /* others that were served while it waited: a measure of the order alone */
};

/* Of one verification. */
struct took {
    double s, n;
};

struct asks {
    SSL_CTX *ctx;
    uint32_t count, at_once;
    bool keep; /* one after the other over the same connections; else a new one for each */
};

static void talk_begin(struct talk *t, int epoll, SSL_CTX *ctx, const struct sockaddr_in *at)
{
    t->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    t->ssl = SSL_new(ctx);
    t->n = 0;
    t->asked = t->over = false;
    t->began_s = wall_s();
    need(t->fd >= 0 && t->ssl != NULL && SSL_set_fd(t->ssl, t->fd) == 1, "socket");
    need(connect(t->fd, (const struct sockaddr *)at, sizeof *at) == 0 || errno == EINPROGRESS,
         "connect");
    SSL_set_connect_state(t->ssl);
    if (t->session != NULL)
        need(SSL_set_session(t->ssl, t->session) == 1, "session");
    watch(epoll, t);
}

static void talk_ask(struct talk *t, struct view request)
{
    int put = SSL_write(t->ssl, request.p, (int)request.n);
    if (put <= 0 && !libssl_later(t->ssl, put))
        ERR_print_errors_fp(stderr);
    need(put > 0 || libssl_later(t->ssl, put), "handshake");
    t->asked = put > 0;
}

/* True: its verification is whole. */
static bool talk_turn(struct talk *t, struct view request)
{
    ERR_clear_error();
    if (!t->asked)
        talk_ask(t, request);
    bool whole = t->asked && read_message(t);
    need(whole || !t->over, "a connection ended early");
    return whole;
}

static void talk_trusts(const struct talk *t)
{
    struct tvs_msg m;
    need(tvs_decode(view_of(t->in, t->n), &m, NULL) && m.type == TVS_CERT_VERIFICATION_RES &&
             m.status == 0,
         "not trusted");
}

/* The next verification of a connection, or of the one in its place. */
static void talk_again(struct talk *t, int epoll, const struct party *s, const struct asks *a)
{
    struct view request = view_of(s->what.request, s->what.request_n);
    if (!a->keep) {
        talk_begin(t, epoll, a->ctx, &s->what.at);
        return;
    }
    t->n = 0;
    t->began_s = wall_s();
    talk_ask(t, request);
    need(t->asked, "a request did not go out");
}

static void keep_session(struct talk *t)
{
    SSL_SESSION_free(t->session);
    t->session = SSL_get1_session(t->ssl);
}

static void forget_sessions(struct talk *talks)
{
    for (int i = 0; i < AT_ONCE_MAX; i++) {
        SSL_SESSION_free(talks[i].session);
        talks[i].session = NULL;
    }
}

static void run_talks(struct talk *talks, const struct party *s, const struct asks *a,
                      struct took *took)
{
    struct epoll_event ready[BATCH];
    struct view request = view_of(s->what.request, s->what.request_n);
    bool resumes = SSL_CTX_get_session_cache_mode(a->ctx) != SSL_SESS_CACHE_OFF;
    int epoll = epoll_create1(0);
    uint32_t begun = 0, done = 0;
    need(epoll >= 0 && a->at_once <= AT_ONCE_MAX, "epoll");
    for (; begun < a->at_once && begun < a->count; begun++) {
        talks[begun].began_n = 0;
        talk_begin(&talks[begun], epoll, a->ctx, &s->what.at);
    }
    while (done < a->count) {
        int n = epoll_wait(epoll, ready, BATCH, SILENCE_S * 1000);
        need(n > 0, "the server is silent");
        for (int i = 0; i < n; i++) {
            struct talk *t = ready[i].data.ptr;
            if (t->ssl == NULL || !talk_turn(t, request))
                continue;
            talk_trusts(t);
            took[done] = (struct took){ wall_s() - t->began_s, done - t->began_n };
            t->began_n = ++done;
            if (resumes)
                keep_session(t);
            if (!a->keep || begun == a->count)
                talk_end(t);
            if (begun < a->count)
                talk_again(t, epoll, s, a);
            begun += begun < a->count;
        }
    }
    close(epoll);
}

static double p99(const struct took *took, uint32_t count, size_t field)
{
    double *v = calloc(count, sizeof *v);
    need(v != NULL, "memory");
    for (uint32_t i = 0; i < count; i++)
        memcpy(&v[i], (const char *)&took[i] + field, sizeof *v);
    qsort(v, count, sizeof *v, by_size);
    double found = v[(uint64_t)count * 99 / 100];
    free(v);
    return found;
}

static BENCH_UNUSED struct round run_round(const struct party *s, const struct asks *a)
{
    static struct talk talks[AT_ONCE_MAX];
    struct took *took = calloc(a->count, sizeof *took);
    need(took != NULL, "memory");
    double before = processor_s(&s->server), busy = seconds(), start = wall_s();
    run_talks(talks, s, a, took);
    double wall = wall_s() - start;
    struct round r = { .rate = a->count / wall,
                       .processor_s = (processor_s(&s->server) - before) / a->count,
                       .client_s = (seconds() - busy) / a->count };
    r.p99_s = p99(took, a->count, offsetof(struct took, s));
    r.p99_n = p99(took, a->count, offsetof(struct took, n));
    forget_sessions(talks);
    free(took);
    return r;
}

#endif
