/* The TVS of a node on real sockets beside a bare server, in two processes of their own.
 *
 * One verification: a TCP connection, a full handshake (TLS 1.2, AES256-SHA, RSA-2048), a request
 * with a whole certificate, the reply, the end; 64 at once.  The bare server does the same with
 * OpenSSL on epoll and sends a reply that it was given, whatever it is asked.  Rounds of both are
 * run by turns; what is printed are medians.
 *
 * ratio: verifications a second of the node's TVS to the bare one's; by processor: the bare
 * server's processor time of one verification to the node's, which a busy machine disturbs less.
 *
 * Usage: bench_tvs [verifications a round [rounds]]; default 2000 5. */
#include "sim/base/sys.h"
#include "sim/lab_live.h"
#include "sim/talk/tvs.h"
#include "tests/bench/process.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#define AT_ONCE   64
#define SILENCE_S 20 /* nothing came for so long: the bench ends */
#define MESSAGE   4096
#define CIPHER    "AES256-SHA"
#define TVS_PORT  2445

/* ---- a connection, of the client or of the bare server ---- */

enum stage { STAGE_CONNECT, STAGE_HANDSHAKE, STAGE_WRITE, STAGE_READ, STAGE_END };

struct talk {
    SSL *ssl;
    int fd;
    enum stage stage;
    uint8_t in[MESSAGE];
    size_t n;
    double began_s;
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

/* Whether what a TLS call returned means: later. */
static bool is_later(SSL *ssl, int got)
{
    int why = SSL_get_error(ssl, got);
    return why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE;
}

/* One whole message; false: not yet. */
static bool read_message(struct talk *t)
{
    size_t whole = 0;
    for (;;) {
        int got = SSL_read(t->ssl, t->in + t->n, (int)(sizeof t->in - t->n));
        if (got <= 0) {
            need(is_later(t->ssl, got), "a connection ended early");
            return false;
        }
        t->n += (size_t)got;
        need(tvs_whole(view_of(t->in, t->n), &whole, NULL), "no TVS message");
        if (whole != 0 && t->n >= whole)
            return true;
    }
}

static void end(struct talk *t, int epoll)
{
    (void)SSL_shutdown(t->ssl);
    epoll_ctl(epoll, EPOLL_CTL_DEL, t->fd, NULL);
    SSL_free(t->ssl);
    close(t->fd);
    t->ssl = NULL;
    t->fd = -1;
}

static void watch(int epoll, struct talk *t, uint32_t events)
{
    struct epoll_event e = { .events = events | EPOLLET, .data.ptr = t };
    need(epoll_ctl(epoll, EPOLL_CTL_ADD, t->fd, &e) == 0, "epoll");
}

/* ---- what a server tells the client at its start ---- */

struct script {
    struct sockaddr_in at;
    uint8_t request[MESSAGE], reply[MESSAGE];
    uint32_t request_n, reply_n;
};

/* A server and what a client has to know of it. */
struct party {
    struct server server;
    struct script what;
};

/* ---- the bare server ---- */

static void bare_certificate(SSL_CTX *ctx)
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
        t->stage = STAGE_READ;
        t->ssl = SSL_new(ctx);
        need(t->ssl != NULL && SSL_set_fd(t->ssl, fd) == 1, "SSL_new");
        SSL_set_accept_state(t->ssl);
        watch(epoll, t, EPOLLIN | EPOLLOUT | EPOLLRDHUP);
    }
}

static void bare_turn(struct talk *t, int epoll, const struct script *what)
{
    if (t->stage == STAGE_READ && read_message(t)) {
        need(SSL_write(t->ssl, what->reply, (int)what->reply_n) == (int)what->reply_n, "reply");
        t->stage = STAGE_END;
    }
    char byte;
    int got = t->stage == STAGE_END ? SSL_read(t->ssl, &byte, 1) : 1;
    if (got <= 0 && !is_later(t->ssl, got)) {
        end(t, epoll);
        free(t);
    }
}

struct bare_start {
    const struct script *what;
    int listener;
};

static void bare_serve(int asked, int out, void *arg)
{
    const struct bare_start *start = arg;
    const struct script *what = start->what;
    int listener = start->listener;
    SSL_CTX *ctx = context(true);
    int epoll = epoll_create1(0);
    struct talk first = { .fd = listener }, control = { .fd = asked };
    SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, takes_any);
    bare_certificate(ctx);
    struct epoll_event e = { .events = EPOLLIN, .data.ptr = &first }, ready[AT_ONCE];
    need(epoll >= 0 && epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &e) == 0, "epoll");
    e.data.ptr = &control;
    need(epoll_ctl(epoll, EPOLL_CTL_ADD, asked, &e) == 0, "epoll");
    for (;;) {
        int n = epoll_wait(epoll, ready, AT_ONCE, -1);
        for (int i = 0; i < n; i++) {
            struct talk *t = ready[i].data.ptr;
            if (t == &first)
                bare_accept(listener, epoll, ctx);
            else if (t == &control)
                tell_time(asked, out);
            else
                bare_turn(t, epoll, what);
        }
    }
}

static struct party bare_begin(const struct script *like)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    struct party p = { .what = *like };
    socklen_t size = sizeof p.what.at;
    p.what.at = (struct sockaddr_in){ .sin_family = AF_INET };
    p.what.at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    need(fd >= 0 && bind(fd, (struct sockaddr *)&p.what.at, size) == 0 && listen(fd, 512) == 0 &&
             getsockname(fd, (struct sockaddr *)&p.what.at, &size) == 0,
         "bare server");
    struct bare_start start = { &p.what, fd };
    p.server = server_start(bare_serve, &start);
    close(fd);
    return p;
}

/* ---- the node ---- */

/* What a phone asks about CallManager's certificate, and what the node answers. */
static void node_words(struct lab *lab, struct script *what)
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

static void node_serve(int asked, int out, void *arg)
{
    static const char *const nodes[] = { "pub" };
    struct script what = { .at = { .sin_family = AF_INET, .sin_port = htons(TVS_PORT) } };
    uint32_t ip;
    struct lab *lab = live_lab_of("12.5", nodes, 1, &ip);
    (void)arg;
    what.at.sin_addr.s_addr = htonl(ip);
    node_words(lab, &what);
    lab_run_until(lab, lab_now_us(lab) + 100000);
    need(write(out, &what, sizeof what) == sizeof what, "write");
    need(fcntl(asked, F_SETFL, O_NONBLOCK) == 0, "fcntl");
    for (;;) {
        lab_run_until(lab, lab_now_us(lab) + 20000);
        tell_time(asked, out);
    }
}

static struct party node_begin(void)
{
    struct party p = { .server = server_start(node_serve, NULL) };
    need(read(p.server.told, &p.what, sizeof p.what) == sizeof p.what, "the node did not begin");
    return p;
}

/* ---- the client ---- */

struct round {
    double rate, p99_s, processor_s; /* verifications a second; of the server, for one */
};

static void begin(struct talk *t, int epoll, SSL_CTX *ctx, const struct script *what)
{
    t->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    t->ssl = SSL_new(ctx);
    t->n = 0;
    t->stage = STAGE_WRITE;
    t->began_s = wall_s();
    need(t->fd >= 0 && t->ssl != NULL && SSL_set_fd(t->ssl, t->fd) == 1, "socket");
    need(connect(t->fd, (const struct sockaddr *)&what->at, sizeof what->at) == 0 ||
             errno == EINPROGRESS,
         "connect");
    SSL_set_connect_state(t->ssl);
    watch(epoll, t, EPOLLIN | EPOLLOUT | EPOLLRDHUP);
}

/* True: its verification is whole. */
static bool client_turn(struct talk *t, const struct script *what)
{
    if (t->stage == STAGE_WRITE) {
        int put = SSL_write(t->ssl, what->request, (int)what->request_n);
        if (put <= 0) {
            if (!is_later(t->ssl, put)) {
                ERR_print_errors_fp(stderr);
                need(false, "handshake");
            }
            return false;
        }
        t->stage = STAGE_READ;
    }
    struct tvs_msg m;
    if (!read_message(t))
        return false;
    need(tvs_decode(view_of(t->in, t->n), &m, NULL) && m.type == TVS_CERT_VERIFICATION_RES &&
             m.status == 0,
         "not trusted");
    return true;
}

static struct round run_round(const struct party *s, SSL_CTX *ctx, uint32_t count)
{
    static struct talk talks[AT_ONCE];
    struct epoll_event ready[AT_ONCE];
    double *took = calloc(count, sizeof *took), before = processor_s(&s->server), start = wall_s();
    int epoll = epoll_create1(0);
    uint32_t begun = 0, done = 0;
    need(took != NULL && epoll >= 0, "memory");
    for (; begun < AT_ONCE && begun < count; begun++)
        begin(&talks[begun], epoll, ctx, &s->what);
    while (done < count) {
        int n = epoll_wait(epoll, ready, AT_ONCE, SILENCE_S * 1000);
        need(n > 0, "the server is silent");
        for (int i = 0; i < n; i++) {
            struct talk *t = ready[i].data.ptr;
            if (t->ssl == NULL || !client_turn(t, &s->what))
                continue;
            took[done++] = wall_s() - t->began_s;
            end(t, epoll);
            if (begun < count) {
                begin(t, epoll, ctx, &s->what);
                begun++;
            }
        }
    }
    double wall = wall_s() - start;
    struct round r = { .rate = count / wall,
                       .processor_s = (processor_s(&s->server) - before) / count };
    qsort(took, count, sizeof *took, by_size);
    r.p99_s = took[(uint64_t)count * 99 / 100];
    close(epoll);
    free(took);
    return r;
}

int main(int argc, char **argv)
{
    uint32_t count = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 2000;
    int rounds = argc > 2 ? (int)strtoul(argv[2], NULL, 10) : 5;
    static struct round ours[ROUNDS_MAX], bare[ROUNDS_MAX];
    if (count == 0 || rounds < 1 || rounds > ROUNDS_MAX)
        return fprintf(stderr, "usage: bench_tvs [verifications a round [rounds]]\n"), 2;
    signal(SIGPIPE, SIG_IGN);
    struct party node = node_begin(), plain = bare_begin(&node.what);
    SSL_CTX *ctx = context(false);
    (void)run_round(&node, ctx, AT_ONCE);
    (void)run_round(&plain, ctx, AT_ONCE);
    for (int i = 0; i < rounds; i++) {
        ours[i] = run_round(&node, ctx, count);
        bare[i] = run_round(&plain, ctx, count);
    }
    double rate = MEDIAN(ours, rounds, rate), most = MEDIAN(bare, rounds, rate);
    double late = MEDIAN(ours, rounds, p99_s), least = MEDIAN(bare, rounds, p99_s);
    double cost = MEDIAN(ours, rounds, processor_s), floor = MEDIAN(bare, rounds, processor_s);
    printf("TVS, a new connection for each verification, %s, RSA-2048, %d at once, medians of %d "
           "rounds of %u by turns\n",
           CIPHER, AT_ONCE, rounds, count);
    printf("node: %.0f/s, p99 %.1f ms, %.0f us of processor each; bare server: %.0f/s, p99 %.1f "
           "ms, %.0f us\n",
           rate, late * 1e3, cost * 1e6, most, least * 1e3, floor * 1e6);
    printf("ratio %.2f, limit 0.95: %s; p99 %.2f of the bare one's, limit 1.10: %s; by processor "
           "%.2f\n",
           rate / most, verdict(rate / most >= 0.95), late / least, verdict(late / least <= 1.1),
           floor / cost);
    SSL_CTX_free(ctx);
    server_stop(&plain.server); /* first: it holds the other's pipe as well */
    server_stop(&node.server);
    return 0;
}
