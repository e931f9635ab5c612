/* Carries out kinds of hostile clients: one thread, connections that it never waits for. */
#include "tests/hostile/hostile.h"

#include "tests/hostile/again.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define TICK_MS 50
#define PIECE   16384
#define LONGEST 90000 /* ms: nobody stays longer */

struct visits {
    const struct target *target;
    int epoll;
    struct visit *all;
    size_t most, open, most_open;
    size_t *of_kind;
    double *credit, pace;
    uint64_t begun, rng;
    SSL_SESSION *session;
};

uint64_t draw(uint64_t *rng)
{
    uint64_t z = *rng += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

/* ---- a certificate of their own ---- */

static void show_something(SSL_CTX *ctx)
{
    EVP_PKEY *key = EVP_RSA_gen(2048);
    X509 *x = X509_new();
    X509_NAME *name = X509_get_subject_name(x);
    ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
    X509_gmtime_adj(X509_getm_notBefore(x), -3600);
    X509_gmtime_adj(X509_getm_notAfter(x), 86400);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const uint8_t *)"SEPFFFFFFFFFFFF", -1, -1,
                               0);
    X509_set_issuer_name(x, name);
    X509_set_pubkey(x, key);
    X509_sign(x, key, EVP_sha256());
    SSL_CTX_use_certificate(ctx, x);
    SSL_CTX_use_PrivateKey(ctx, key);
    X509_free(x);
    EVP_PKEY_free(key);
}

static SSL_CTX *any, *tls12;

static SSL_CTX *context(int newest, const char *ciphers)
{
    SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_cipher_list(ctx, ciphers);
    SSL_CTX_set_min_proto_version(ctx, TLS1_VERSION);
    SSL_CTX_set_max_proto_version(ctx, newest);
    show_something(ctx);
    return ctx;
}

void visits_make(void)
{
    any = context(TLS1_3_VERSION, "ALL:@SECLEVEL=0");
    tls12 = context(TLS1_2_VERSION, AGAIN_CIPHERS);
}

/* ---- beginnings and ends ---- */

static void leave(struct visits *vs, struct visit *v, bool reset)
{
    struct linger none = { .l_onoff = 1 };
    if (v->kind->resumes && v->ssl != NULL && SSL_is_init_finished(v->ssl)) {
        SSL_SESSION_free(vs->session);
        vs->session = SSL_get1_session(v->ssl);
    }
    if (reset)
        setsockopt(v->fd, SOL_SOCKET, SO_LINGER, &none, sizeof none);
    close(v->fd);
    SSL_free(v->ssl);
    if (v->more != NULL)
        again_end(v->more);
    free(v->more);
    free(v->out);
    vs->of_kind[v->kind - kinds]--;
    vs->open--;
    *v = (struct visit){ .fd = -1 };
}

static bool fits(const struct kind *k, const struct port *p)
{
    bool asked = k->protos == 0 ? p->proto != CONTROL : (k->protos >> p->proto & 1) != 0;
    return asked && !(k->tls_only && !p->tls) && !(k->clear_only && p->tls);
}

static const struct port *pick(struct visits *vs, const struct kind *k)
{
    const struct port *fit[PORTS_MAX];
    size_t n = 0;
    for (size_t i = 0; i < vs->target->count; i++)
        if (fits(k, &vs->target->ports[i]))
            fit[n++] = &vs->target->ports[i];
    return n == 0 ? NULL : fit[draw(&vs->rng) % n];
}

/* -1: it cannot be done now. */
static int call_tcp(struct visits *vs, uint16_t port)
{
    const struct target *t = vs->target;
    struct sockaddr_in to = ports_address(t, port), from = { .sin_family = AF_INET };
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), late = 1;
    if (port == t->metrics)
        to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    from.sin_addr.s_addr =
        htonl((ntohl(t->from) & 0xffff0000u) | (uint32_t)(1 + draw(&vs->rng) % 65000));
    if (fd < 0)
        return -1;
    setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &late, sizeof late);
    if (bind(fd, (const struct sockaddr *)&from, sizeof from) == 0 &&
        (connect(fd, (const struct sockaddr *)&to, sizeof to) == 0 || errno == EINPROGRESS))
        return fd;
    close(fd);
    return -1;
}

static int call_control(const struct target *t)
{
    struct sockaddr_un to = { .sun_family = AF_UNIX };
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    snprintf(to.sun_path, sizeof to.sun_path, "%s", t->control);
    if (fd >= 0 && connect(fd, (const struct sockaddr *)&to, sizeof to) == 0)
        return fd;
    if (fd >= 0)
        close(fd);
    return -1;
}

static void with_tls(struct visits *vs, struct visit *v)
{
    v->ssl = SSL_new(v->kind->version == TLS1_2_VERSION ? tls12 : any);
    SSL_set_bio(v->ssl, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
    SSL_set_connect_state(v->ssl);
    if (v->kind->resumes && vs->session != NULL)
        SSL_set_session(v->ssl, vs->session);
    if (draw(&v->rng) % 3 == 0 && v->kind->version == 0)
        SSL_set_max_proto_version(v->ssl, TLS1_2_VERSION);
}

static void begin(struct visits *vs, struct visit *v, const struct kind *k)
{
    const struct port *p = pick(vs, k);
    int fd = p == NULL             ? -1
             : p->proto == CONTROL ? call_control(vs->target)
                                   : call_tcp(vs, p->port);
    if (fd < 0)
        return;
    *v = (struct visit){ .kind = k,
                         .port = p,
                         .fd = fd,
                         .connecting = true,
                         .rng = draw(&vs->rng),
                         .begun_ms = now_ms() };
    v->cut = k->cut == 0 ? 0 : 1 + draw(&v->rng) % k->cut;
    if (p->tls && !k->raw)
        with_tls(vs, v);
    struct epoll_event e = { .events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data.ptr = v };
    epoll_ctl(vs->epoll, EPOLL_CTL_ADD, fd, &e);
    vs->of_kind[k - kinds]++;
    vs->begun++;
    if (++vs->open > vs->most_open)
        vs->most_open = vs->open;
}

/* ---- a visit goes on ---- */

static void push(struct visit *v, const uint8_t *p, size_t n)
{
    if (v->out_at == v->out_n)
        v->out_at = v->out_n = 0;
    if (v->out_n + n > v->out_cap) {
        v->out_cap = v->out_n + n + PIECE;
        v->out = realloc(v->out, v->out_cap);
        if (v->out == NULL)
            abort();
    }
    memcpy(v->out + v->out_n, p, n);
    v->out_n += n;
}

static void take_tls(struct visit *v)
{
    uint8_t piece[PIECE];
    int n;
    while ((n = BIO_read(SSL_get_wbio(v->ssl), piece, sizeof piece)) > 0)
        push(v, piece, (size_t)n);
}

/* False: the other end is gone. */
static bool hear(struct visit *v)
{
    uint8_t piece[PIECE];
    ssize_t n = 0;
    bool shakes = v->ssl != NULL && !SSL_is_init_finished(v->ssl);
    while ((shakes || v->kind->reads) && (n = recv(v->fd, piece, sizeof piece, 0)) > 0) {
        if (v->ssl != NULL)
            BIO_write(SSL_get_rbio(v->ssl), piece, (int)n);
        else
            v->heard_n = (size_t)n < sizeof v->heard ? (size_t)n : sizeof v->heard;
        if (v->ssl == NULL)
            memcpy(v->heard, piece, v->heard_n);
        if (v->ssl == NULL)
            continue;
        if (SSL_is_init_finished(v->ssl) || SSL_do_handshake(v->ssl) == 1) {
            int clear;
            while (v->kind->reads && (clear = SSL_read(v->ssl, piece, sizeof piece)) > 0) {
                v->heard_n = (size_t)clear < sizeof v->heard ? (size_t)clear : sizeof v->heard;
                memcpy(v->heard, piece, v->heard_n);
            }
        }
        ERR_clear_error();
        take_tls(v);
        shakes = !SSL_is_init_finished(v->ssl);
    }
    return n > 0 || !(shakes || v->kind->reads) || (n < 0 && errno == EAGAIN);
}

static void say_more(struct visit *v)
{
    uint8_t piece[PIECE];
    bool beneath = v->ssl == NULL || v->kind->version != 0;
    if (v->said_all || v->out_at < v->out_n || (v->ssl != NULL && !SSL_is_init_finished(v->ssl)))
        return;
    size_t n = v->kind->next == NULL ? 0 : v->kind->next(v, piece, sizeof piece);
    if (n == NOT_YET)
        return;
    v->said_all = n == 0;
    if (n > 0 && beneath) {
        push(v, piece, n);
    } else if (n > 0) {
        SSL_write(v->ssl, piece, (int)n);
        ERR_clear_error();
        take_tls(v);
    }
}

/* What goes now.  False: the other end is gone. */
static bool send_some(struct visit *v, size_t most)
{
    while (v->out_at < v->out_n && most > 0) {
        size_t n = v->out_n - v->out_at < most ? v->out_n - v->out_at : most;
        if (v->cut != 0 && n > v->cut - v->said)
            n = v->cut - v->said;
        ssize_t sent = n == 0 ? 0 : send(v->fd, v->out + v->out_at, n, MSG_NOSIGNAL);
        if (sent < 0)
            return errno == EAGAIN;
        v->out_at += (size_t)sent;
        v->said += (size_t)sent;
        most -= (size_t)sent;
        if (sent == 0 || (v->cut != 0 && v->said == v->cut))
            return true;
    }
    return true;
}

/* False: it is gone. */
static bool end(struct visits *vs, struct visit *v)
{
    static const enum end ends[] = { FIN, RST, HALF, NOTIFY, HOLD };
    enum end how = v->kind->end == ANY ? ends[draw(&v->rng) % 5] : v->kind->end;
    v->ended = true;
    v->ends_ms = now_ms() + v->kind->stays_ms;
    if (how == HALF)
        shutdown(v->fd, SHUT_WR);
    if (how == NOTIFY && v->ssl != NULL && SSL_is_init_finished(v->ssl)) {
        SSL_shutdown(v->ssl);
        ERR_clear_error();
        take_tls(v);
        v->cut = 0;
        (void)send_some(v, SIZE_MAX);
    }
    if (how != FIN && how != RST)
        return true;
    leave(vs, v, how == RST);
    return false;
}

static void goes_on(struct visits *vs, struct visit *v, bool tick)
{
    bool paced = v->kind->pace != 0;
    if (v->connecting) {
        int error = 0;
        socklen_t size = sizeof error;
        if (getsockopt(v->fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0 || error != 0) {
            leave(vs, v, true);
            return;
        }
        v->connecting = false;
        if (v->ssl != NULL) {
            (void)SSL_do_handshake(v->ssl);
            ERR_clear_error();
            take_tls(v);
        }
    }
    if (!hear(v)) {
        leave(vs, v, false);
        return;
    }
    for (int i = 0; i < 4 && !v->ended; i++) {
        say_more(v);
        if (paced && !tick)
            break;
        size_t before = v->said;
        if (!send_some(v, paced ? v->kind->pace : SIZE_MAX)) {
            leave(vs, v, false);
            return;
        }
        bool over = (v->said_all && v->out_at == v->out_n) || (v->cut != 0 && v->said == v->cut) ||
                    (v->kind->hello_only && v->said > 0 && v->out_at == v->out_n);
        if (over && !end(vs, v))
            return;
        if (paced || v->said == before)
            break;
    }
}

static void tick(struct visits *vs, uint64_t mask, unsigned ms)
{
    uint64_t now = now_ms();
    size_t free_at = 0;
    for (size_t i = 0; i < vs->most; i++) {
        struct visit *v = &vs->all[i];
        if (v->fd < 0)
            continue;
        if ((v->ended && now >= v->ends_ms) || now - v->begun_ms > LONGEST)
            leave(vs, v, draw(&vs->rng) % 2 == 0);
        else if (!v->connecting && !v->ended)
            goes_on(vs, v, true);
    }
    for (size_t k = 0; k < kind_count; k++) {
        vs->credit[k] += kinds[k].a_second * vs->pace * (double)ms / 1000;
        for (; vs->credit[k] >= 1; vs->credit[k]--) {
            while (free_at < vs->most && vs->all[free_at].fd >= 0)
                free_at++;
            if ((mask >> k & 1) != 0 && vs->of_kind[k] < kinds[k].at_once && free_at < vs->most)
                begin(vs, &vs->all[free_at], &kinds[k]);
        }
    }
}

void visits_run(struct visits *vs, uint64_t mask, uint64_t until_ms, const atomic_bool *stop)
{
    struct epoll_event events[256];
    uint64_t last = now_ms(), now;
    while ((now = now_ms()) < until_ms && !*stop) {
        if (now - last >= TICK_MS) {
            tick(vs, mask, (unsigned)(now - last < 1000 ? now - last : 1000));
            last = now;
        }
        int n = epoll_wait(vs->epoll, events, 256, 10);
        for (int i = 0; i < n; i++) {
            struct visit *v = events[i].data.ptr;
            if (v->fd < 0)
                continue;
            if ((events[i].events & (EPOLLERR | EPOLLHUP)) != 0 ||
                ((events[i].events & EPOLLRDHUP) != 0 && !v->kind->reads))
                leave(vs, v, false);
            else
                goes_on(vs, v, false);
        }
    }
}

struct visits *visits_new(const struct target *t, size_t most, double pace)
{
    struct visits *vs = calloc(1, sizeof *vs);
    if (vs == NULL)
        abort();
    vs->target = t;
    vs->most = most;
    vs->pace = pace;
    vs->rng = now_ms();
    vs->epoll = epoll_create1(EPOLL_CLOEXEC);
    vs->all = calloc(most, sizeof *vs->all);
    vs->of_kind = calloc(kind_count, sizeof *vs->of_kind);
    vs->credit = calloc(kind_count, sizeof *vs->credit);
    if (vs->all == NULL || vs->of_kind == NULL || vs->credit == NULL)
        abort();
    for (size_t i = 0; i < most; i++)
        vs->all[i].fd = -1;
    return vs;
}

uint64_t visits_begun(const struct visits *vs)
{
    return vs->begun;
}

size_t visits_most(const struct visits *vs)
{
    return vs->most_open;
}

void visits_free(struct visits *vs)
{
    for (size_t i = 0; i < vs->most; i++)
        if (vs->all[i].fd >= 0)
            leave(vs, &vs->all[i], i % 2 == 0);
    SSL_SESSION_free(vs->session);
    close(vs->epoll);
    free(vs->all);
    free(vs->of_kind);
    free(vs->credit);
    free(vs);
}
