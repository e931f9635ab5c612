/* Good clients: what they ask is answered, whoever else is there. */
#include "tests/hostile/hostile.h"

#include <errno.h>
#include <openssl/err.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define DEADLINE_MS 10000 /* as long as a phone waits for TVS */
#define FILE_MS     20000 /* and for a file (docs/LIVE.md) */
#define TRY_MS      500   /* over UDP, as a 7821 */
#define KEPT_MS     250   /* from one request over a kept connection to the next */

struct good {
    const struct target *target;
    SSL_CTX *ctx;
    atomic_bool stop;
    pthread_t threads[GOOD_THREADS + 1];
    unsigned next;
    pthread_mutex_t lock;
    struct good_tally tally;
};

static struct good_row *row_of(struct good_tally *t, const char *name)
{
    struct good_row *r = t->rows;
    while (r->name != NULL && strcmp(r->name, name) != 0)
        r++;
    r->name = name;
    return r;
}

static void count_in(struct good_row *r, uint64_t ms, bool answered)
{
    r->asked++;
    r->answered += answered;
    if (ms > r->longest_ms)
        r->longest_ms = ms;
}

static void count(struct good *g, const char *what, uint64_t begun_ms, const char *why)
{
    uint64_t ms = now_ms() - begun_ms;
    pthread_mutex_lock(&g->lock);
    count_in(&g->tally.all, ms, why == NULL);
    count_in(row_of(&g->tally, what), ms, why == NULL);
    if (why != NULL && g->tally.first[0] == '\0')
        snprintf(g->tally.first, sizeof g->tally.first, "%s: %s, %u ms", what, why, (unsigned)ms);
    pthread_mutex_unlock(&g->lock);
}

/* ---- over TCP ---- */

struct line {
    int fd;
    SSL *ssl;
    char heard[32768];
    size_t n;
};

static ssize_t more(struct line *l)
{
    size_t room = sizeof l->heard - 1 - l->n;
    ssize_t n = l->ssl != NULL ? SSL_read(l->ssl, l->heard + l->n, (int)room)
                               : recv(l->fd, l->heard + l->n, room, 0);
    if (n > 0)
        l->n += (size_t)n;
    l->heard[l->n] = '\0';
    return n;
}

static bool said(struct line *l, const void *p, size_t n)
{
    return n == 0 || (l->ssl != NULL ? SSL_write(l->ssl, p, (int)n) == (int)n
                                     : send(l->fd, p, n, MSG_NOSIGNAL) == (ssize_t)n);
}

static bool is_page(const struct line *l, const char *status)
{
    const char *head = strstr(l->heard, "\r\n\r\n"), *length;
    if (head == NULL || strncmp(l->heard, status, strlen(status)) != 0)
        return false;
    length = strcasestr(l->heard, "content-length:");
    if (length == NULL || length > head)
        return false;
    size_t whole = (size_t)(head + 4 - l->heard) + strtoull(length + 15, NULL, 10);
    return l->n >= whole || l->n == sizeof l->heard - 1;
}

/* Its answer is there, and is the right one. */
static bool is_answer(const struct line *l, enum proto p)
{
    switch (p) {
    case HTTP:
    case PAGES:
        return is_page(l, "HTTP/1.1 200");
    case SIP:
        return strncmp(l->heard, "SIP/2.0 200", 11) == 0;
    case SCCP:
        return l->n >= 12 && (uint8_t)l->heard[8] == 0x9d; /* RegisterReject */
    case TVS:
        return l->n >= 10 && l->heard[2] == 4; /* a certificate query's response */
    default:
        return l->n >= 8 && l->heard[1] == 1; /* CAPF: authentication request */
    }
}

/* NULL: answered; else why not. */
static const char *ask(struct good *g, const struct port *p, struct line *l)
{
    static const char metrics[] = "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n";
    const struct bytes *r = ports_request(p->proto);
    bool counts = p->port == g->target->metrics;
    if (l->fd < 0)
        return "no connection";
    if (p->tls) {
        l->ssl = SSL_new(g->ctx);
        SSL_set_fd(l->ssl, l->fd);
        if (SSL_connect(l->ssl) != 1)
            return "no handshake";
    }
    if (counts ? !said(l, metrics, sizeof metrics - 1) : p->proto != CAPF && !said(l, r->p, r->n))
        return "nothing can be said";
    while (!is_answer(l, p->proto)) {
        if (more(l) <= 0)
            return l->n == 0 ? "no answer" : l->heard[0] == 'H' ? l->heard : "half an answer";
        if (is_page(l, "HTTP/1.1 5"))
            return "HTTP 5xx";
    }
    return NULL;
}

static void ask_tcp(struct good *g, const struct port *p)
{
    struct line *l = calloc(1, sizeof *l);
    uint64_t begun = now_ms();
    if (l == NULL)
        abort();
    l->fd = dial(g->target, p->port, DEADLINE_MS);
    const char *why = ask(g, p, l);
    count(g, p->name, begun, why == NULL && now_ms() - begun > DEADLINE_MS ? "too late" : why);
    SSL_free(l->ssl);
    ERR_clear_error();
    if (l->fd >= 0)
        close(l->fd);
    free(l);
}

/* ---- over UDP ---- */

static int udp(void)
{
    struct timeval t = { .tv_usec = TRY_MS * 1000 };
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &t, sizeof t);
    return fd;
}

/* A file in blocks of 512; what was said last is said again until something new comes. */
static const char *get_file(int fd, struct sockaddr_in to, uint64_t until_ms)
{
    uint8_t out[64] = "\0\1ITLFile.tlv\0octet", in[1024];
    size_t n = 2 + 12 + 6;
    unsigned block = 0;
    while (now_ms() < until_ms) {
        struct sockaddr_in from;
        socklen_t size = sizeof from;
        sendto(fd, out, n, 0, (const struct sockaddr *)&to, sizeof to);
        ssize_t got = recvfrom(fd, in, sizeof in, 0, (struct sockaddr *)&from, &size);
        if (got >= 2 && in[1] == 5)
            return "an error";
        if (got < 4 || in[1] != 3 || ((unsigned)in[2] << 8 | in[3]) != block + 1)
            continue;
        to = from;
        block++;
        n = 4;
        memcpy(out, "\0\4", 2);
        memcpy(out + 2, in + 2, 2);
        if (got < 516) {
            sendto(fd, out, n, 0, (const struct sockaddr *)&to, sizeof to);
            return NULL;
        }
    }
    return "no file";
}

static void ask_tftp(struct good *g)
{
    uint64_t begun = now_ms();
    int fd = udp();
    const char *why = get_file(fd, ports_address(g->target, g->target->tftp), begun + FILE_MS);
    count(g, "TFTP", begun, why);
    close(fd);
}

static void ask_sip_udp(struct good *g)
{
    const struct bytes *r = ports_request(SIP);
    struct sockaddr_in to = ports_address(g->target, 5060);
    uint64_t begun = now_ms();
    char in[2048];
    const char *why = "no answer";
    int fd = udp();
    while (why != NULL && now_ms() - begun < DEADLINE_MS) {
        sendto(fd, r->p, r->n, 0, (const struct sockaddr *)&to, sizeof to);
        ssize_t n = recv(fd, in, sizeof in, 0);
        why = n > 11 && memcmp(in, "SIP/2.0 200", 11) == 0 ? NULL : "no answer";
    }
    count(g, "SIP over UDP", begun, why);
    close(fd);
}

/* ---- all of them ---- */

static void ask_number(struct good *g, size_t i)
{
    const struct target *t = g->target;
    if (i == t->count)
        ask_tftp(g);
    else if (i == t->count + 1)
        ask_sip_udp(g);
    else if (t->ports[i].proto != CONTROL)
        ask_tcp(g, &t->ports[i]);
}

static void *one_client(void *arg)
{
    struct good *g = arg;
    size_t all = g->target->count + 2;
    pthread_mutex_lock(&g->lock);
    size_t i = g->next++ * all / GOOD_THREADS;
    pthread_mutex_unlock(&g->lock);
    for (; !g->stop; i++) {
        ask_number(g, i % all);
        sleep_ms(10);
    }
    return NULL;
}

/* Asks now and then over one connection, which nobody may take from it. */
static void *kept_client(void *arg)
{
    struct good *g = arg;
    struct port files = { "HTTP, one connection", 6970, HTTP, false };
    struct line *l = calloc(1, sizeof *l);
    if (l == NULL)
        abort();
    l->fd = dial(g->target, files.port, DEADLINE_MS);
    while (!g->stop) {
        uint64_t begun = now_ms();
        l->n = 0;
        const char *why = ask(g, &files, l);
        count(g, files.name, begun, why);
        if (why != NULL && l->fd >= 0)
            close(l->fd);
        if (why != NULL)
            l->fd = dial(g->target, files.port, DEADLINE_MS);
        sleep_ms(KEPT_MS);
    }
    if (l->fd >= 0)
        close(l->fd);
    free(l);
    return NULL;
}

struct good *good_new(const struct target *t)
{
    struct good *g = calloc(1, sizeof *g);
    if (g == NULL)
        abort();
    g->target = t;
    g->ctx = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_cipher_list(g->ctx, "ALL:@SECLEVEL=0");
    pthread_mutex_init(&g->lock, NULL);
    return g;
}

struct good_tally good_so_far(struct good *g)
{
    pthread_mutex_lock(&g->lock);
    struct good_tally t = g->tally;
    pthread_mutex_unlock(&g->lock);
    return t;
}

struct good_tally good_round(struct good *g)
{
    for (size_t i = 0; i < g->target->count + 2; i++)
        ask_number(g, i);
    struct good_tally t = good_so_far(g);
    g->tally = (struct good_tally){ .first = "" };
    return t;
}

void good_start(struct good *g)
{
    g->stop = false;
    g->next = 0;
    for (int i = 0; i <= GOOD_THREADS; i++)
        if (pthread_create(&g->threads[i], NULL, i < GOOD_THREADS ? one_client : kept_client, g) !=
            0)
            abort();
}

struct good_tally good_stop(struct good *g)
{
    g->stop = true;
    for (int i = 0; i <= GOOD_THREADS; i++)
        pthread_join(g->threads[i], NULL);
    return good_so_far(g);
}

void good_free(struct good *g)
{
    SSL_CTX_free(g->ctx);
    pthread_mutex_destroy(&g->lock);
    free(g);
}
