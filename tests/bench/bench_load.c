/* The generator of `cucmlab load` beside a bare libssl client, against the same bare server in a
 * process of its own.
 *
 * One verification: a TCP connection, a full handshake (TLS 1.2, AES256-SHA, RSA-2048), a request
 * with a whole certificate, the reply, the end; 64 at once.  By turns: a bare client (OpenSSL on
 * epoll), the generator with OpenSSL, the generator with its own client; medians.
 *
 * by processor: the bare client's processor time of one verification to the generator's, which a
 * busy machine disturbs less.  The ratio with the own client has a limit: 1.4 by rate, on two cores
 * that are otherwise idle.
 *
 * Usage: bench_load [seconds a round [rounds]]; default 2 5. */
#include "sim/base/sys.h"
#include "sim/lab_live.h"
#include "sim/load/lines.h"
#include "sim/load/run.h"
#include "sim/load/tvs.h"
#include "sim/talk/tvs.h"
#include "tests/bench/process.h"

#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#define AT_ONCE 64
#define MESSAGE 4096
#define CIPHER  "AES256-SHA"
#define LIMIT   1.4

/* ---- a connection of the bare server or of the bare client ---- */

struct talk {
    SSL *ssl;
    int fd;
    bool asked; /* a client: its request is out */
    bool told;  /* a server: its reply is */
    bool over;  /* the peer has ended it */
    uint8_t in[MESSAGE];
    size_t n;
};

static SSL_CTX *context(bool server)
{
    SSL_CTX *ctx = SSL_CTX_new(server ? TLS_server_method() : TLS_client_method());
    need(ctx != NULL && SSL_CTX_set_cipher_list(ctx, CIPHER ":@SECLEVEL=0") == 1, "cipher");
    SSL_CTX_set_max_proto_version(ctx, TLS1_2_VERSION);
    SSL_CTX_set_options(ctx, SSL_OP_NO_TICKET);
    SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
    return ctx;
}

static bool is_later(SSL *ssl, int got)
{
    int why = SSL_get_error(ssl, got);
    return why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE;
}

static bool read_message(struct talk *t)
{
    size_t whole = 0;
    for (;;) {
        int got = SSL_read(t->ssl, t->in + t->n, (int)(sizeof t->in - t->n));
        if (got <= 0) {
            t->over = !is_later(t->ssl, got);
            return false;
        }
        t->n += (size_t)got;
        need(tvs_whole(view_of(t->in, t->n), &whole, NULL), "no TVS message");
        if (whole != 0 && t->n >= whole)
            return true;
    }
}

static void watch(int epoll, struct talk *t)
{
    struct epoll_event e = { .events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data.ptr = t };
    need(epoll_ctl(epoll, EPOLL_CTL_ADD, t->fd, &e) == 0, "epoll");
}

static void end(struct talk *t)
{
    (void)SSL_shutdown(t->ssl);
    SSL_free(t->ssl);
    close(t->fd);
}

/* ---- the bare server ---- */

static void certify(SSL_CTX *ctx)
{
    EVP_PKEY *key = EVP_RSA_gen(2048);
    X509 *x = X509_new();
    need(key != NULL && x != NULL, "key");
    ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
    X509_gmtime_adj(X509_getm_notBefore(x), 0);
    X509_gmtime_adj(X509_getm_notAfter(x), 86400);
    X509_set_pubkey(x, key);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_ASC,
                               (const uint8_t *)"bare", -1, -1, 0);
    X509_set_issuer_name(x, X509_get_subject_name(x));
    need(X509_sign(x, key, EVP_sha256()) > 0 && SSL_CTX_use_certificate(ctx, x) == 1 &&
             SSL_CTX_use_PrivateKey(ctx, key) == 1,
         "certificate");
    X509_free(x);
    EVP_PKEY_free(key);
}

static void answer(struct talk *t)
{
    struct tvs_msg request, reply;
    struct tvs_told told = { .roles = 1, .ttl_s = 86400 };
    struct arena a = arena_of(&sys_mem);
    struct view bytes;
    uint8_t roles[32];
    need(tvs_decode(view_of(t->in, t->n), &request, NULL), "request");
    reply = talk_tvs_reply(&request, &told, roles);
    need(talk_tvs_bytes(&reply, &a, &bytes) &&
             SSL_write(t->ssl, bytes.p, (int)bytes.n) == (int)bytes.n,
         "reply");
    arena_free(&a);
    t->told = true;
}

static void server_turn(struct talk *t)
{
    char byte;
    ERR_clear_error();
    if (!t->told && read_message(t))
        answer(t);
    int got = t->told ? SSL_read(t->ssl, &byte, 1) : 1;
    if (t->over || (got <= 0 && !is_later(t->ssl, got))) {
        end(t);
        free(t);
    }
}

static void server_accept(int listener, int epoll, SSL_CTX *ctx)
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

static void serve(int asked, int out, void *arg)
{
    int listener = *(int *)arg, epoll = epoll_create1(0);
    SSL_CTX *ctx = context(true);
    struct talk first = { .fd = listener }, control = { .fd = asked };
    struct epoll_event e = { .events = EPOLLIN, .data.ptr = &first }, ready[AT_ONCE];
    certify(ctx);
    need(epoll >= 0 && epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &e) == 0, "epoll");
    e.data.ptr = &control;
    need(epoll_ctl(epoll, EPOLL_CTL_ADD, asked, &e) == 0, "epoll");
    for (;;) {
        int n = epoll_wait(epoll, ready, AT_ONCE, -1);
        for (int i = 0; i < n; i++) {
            struct talk *t = ready[i].data.ptr;
            if (t == &first)
                server_accept(listener, epoll, ctx);
            else if (t == &control)
                tell_time(asked, out);
            else
                server_turn(t);
        }
    }
}

/* ---- rounds ---- */

struct round {
    double rate, processor_s; /* of one verification, of the client */
};

static void begin(struct talk *t, int epoll, SSL_CTX *ctx, const struct sockaddr_in *at)
{
    *t = (struct talk){ .fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0) };
    t->ssl = SSL_new(ctx);
    need(t->fd >= 0 && t->ssl != NULL && SSL_set_fd(t->ssl, t->fd) == 1, "socket");
    need(connect(t->fd, (const struct sockaddr *)at, sizeof *at) == 0 || errno == EINPROGRESS,
         "connect");
    SSL_set_connect_state(t->ssl);
    watch(epoll, t);
}

static bool client_turn(struct talk *t, struct view request)
{
    ERR_clear_error();
    if (!t->asked) {
        int put = SSL_write(t->ssl, request.p, (int)request.n);
        need(put > 0 || is_later(t->ssl, put), "handshake");
        t->asked = put > 0;
    }
    return t->asked && read_message(t);
}

static struct round bare_round(const struct load_job *job, double length_s)
{
    static struct talk talks[AT_ONCE];
    struct arena a = arena_of(&sys_mem);
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons(job->target.port) };
    struct asking who = { .job = job, .number = 1 };
    struct view request = job->client->exchange->request(&who, &a);
    struct epoll_event ready[AT_ONCE];
    SSL_CTX *ctx = context(false);
    int epoll = epoll_create1(0);
    uint64_t done = 0;
    double from = wall_s(), busy = seconds();
    at.sin_addr.s_addr = htonl(job->target.ip);
    for (int i = 0; i < AT_ONCE; i++)
        begin(&talks[i], epoll, ctx, &at);
    while (wall_s() - from < length_s) {
        int n = epoll_wait(epoll, ready, AT_ONCE, 20000);
        need(n > 0, "the server is silent");
        for (int i = 0; i < n; i++) {
            struct talk *t = ready[i].data.ptr;
            if (!client_turn(t, request))
                continue;
            done++;
            end(t);
            begin(t, epoll, ctx, &at);
        }
    }
    struct round m = { (double)done / (wall_s() - from), (seconds() - busy) / (double)done };
    for (int i = 0; i < AT_ONCE; i++)
        end(&talks[i]);
    close(epoll);
    SSL_CTX_free(ctx);
    arena_free(&a);
    return m;
}

static struct round load_round(struct load_job *job, bool own, double length_s)
{
    struct result *r = result_new();
    double busy = seconds();
    job->own = own;
    job->plan = (struct plan){ .seed = 1 };
    need(plan_add(&job->plan, (uint64_t)(length_s * 1e6), 0, 0, NULL), "plan");
    run_load(job, NULL, r);
    uint64_t done = r->total.trusted;
    need(done > 0 && tally_errors(&r->total) == 0, "the generator met errors");
    struct round m = { (double)done / length_s, (seconds() - busy) / (double)done };
    result_free(r);
    return m;
}

static int listen_somewhere(struct load_job *job)
{
    struct sockaddr_in at = { .sin_family = AF_INET };
    socklen_t size = sizeof at;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    need(fd >= 0 && bind(fd, (struct sockaddr *)&at, size) == 0 && listen(fd, 512) == 0 &&
             getsockname(fd, (struct sockaddr *)&at, &size) == 0,
         "listen");
    job->target.ip = INADDR_LOOPBACK;
    job->target.port = ntohs(at.sin_port);
    snprintf(job->target.host, sizeof job->target.host, "127.0.0.1");
    return fd;
}

int main(int argc, char **argv)
{
    static struct load_job job = { .client = &load_tvs,
                                   .phones = 1000,
                                   .threads = 1,
                                   .concurrency = AT_ONCE,
                                   .timeout_us = 20000000,
                                   .open_most = 4 * AT_ONCE,
                                   .tls_min = TLS_1_2,
                                   .tls_max = TLS_1_2,
                                   .cipher = CIPHER,
                                   .model = "7965" };
    static struct round bare[ROUNDS_MAX], openssl[ROUNDS_MAX], own[ROUNDS_MAX];
    double length_s = argc > 1 ? strtod(argv[1], NULL) : 2;
    int rounds = argc > 2 ? (int)strtol(argv[2], NULL, 10) : 5;
    struct arena a = arena_of(&sys_mem);
    struct err e = { "" };
    if (!(length_s >= 0.1 && length_s <= 600) || rounds < 1 || rounds > ROUNDS_MAX)
        return fprintf(stderr, "usage: bench_load [seconds a round [rounds]]\n"), 2;
    signal(SIGPIPE, SIG_IGN);
    int listener = listen_somewhere(&job);
    struct server server = server_start(serve, &listener);
    close(listener);
    if (!load_tvs_certificate(&job, NULL, &a, &e))
        return fprintf(stderr, "bench_load: %s\n", e.text), 1;
    (void)bare_round(&job, 0.2);
    for (int i = 0; i < rounds; i++) {
        bare[i] = bare_round(&job, length_s);
        openssl[i] = load_round(&job, false, length_s);
        own[i] = load_round(&job, true, length_s);
    }
    double rate = MEDIAN(bare, rounds, rate), cost = MEDIAN(bare, rounds, processor_s);
    double with = MEDIAN(openssl, rounds, processor_s), alone = MEDIAN(own, rounds, processor_s);
    double most = MEDIAN(own, rounds, rate);
    printf("load, a new connection for each verification, %s, RSA-2048, %d at once, medians of %d "
           "rounds of %.3g s by turns\n",
           CIPHER, AT_ONCE, rounds, length_s);
    printf("bare libssl client: %.0f/s, %.0f us of processor each; generator with OpenSSL: "
           "%.0f/s, %.0f us; with its own client: %.0f/s, %.0f us\n",
           rate, cost * 1e6, MEDIAN(openssl, rounds, rate), with * 1e6, most, alone * 1e6);
    printf("own client: ratio %.2f, limit %.1f: %s; by processor %.2f (with OpenSSL %.2f)\n",
           most / rate, LIMIT, verdict(most / rate >= LIMIT), cost / alone, cost / with);
    server_stop(&server);
    arena_free(&a);
    return 0;
}
