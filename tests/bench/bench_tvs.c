/* The TVS of a node on real sockets beside a bare server, in two processes of their own; the same
 * node with a crowd of silent connections, and with connections that are kept.
 *
 * One verification: a TCP connection, a full handshake (TLS 1.2, AES256-SHA, RSA-2048), a request
 * with a whole certificate, the reply, the end; 64 at once.  Of the 1,000 silent connections half
 * never say a word, half have done their handshake.  Kept: requests one after the other over one
 * connection.  Rounds of all are run by turns; what is printed are medians.
 *
 * ratio: verifications a second of the node's TVS to the bare one's; by processor: the bare
 * server's processor time of one verification to the node's, which a busy machine disturbs less.
 *
 * Usage: bench_tvs [verifications a round [rounds]]; default 2000 5. */
#include "tests/bench/tvs.h"

#define AT_ONCE     64
#define SILENT      1000
#define CONNECTIONS 2048 /* of the node: the silent ones stay, and are no question of the limit */
#define KEPT_TIMES  5    /* so many more requests in a round of kept connections */

/* ---- those who say nothing ---- */

struct silent {
    int fd;
    SSL *ssl; /* NULL: not even a handshake */
};

static void silence_begin(struct silent *all, SSL_CTX *ctx, const struct party *s)
{
    for (int i = 0; i < SILENT; i++) {
        all[i] = (struct silent){ .fd = socket(AF_INET, SOCK_STREAM, 0) };
        need(all[i].fd >= 0 &&
                 connect(all[i].fd, (const struct sockaddr *)&s->what.at, sizeof s->what.at) == 0,
             "silent connection");
        if (i % 2 == 0)
            continue;
        all[i].ssl = SSL_new(ctx);
        need(all[i].ssl != NULL && SSL_set_fd(all[i].ssl, all[i].fd) == 1 &&
                 SSL_connect(all[i].ssl) == 1,
             "silent handshake");
    }
}

/* All are still there: nobody was broken off. */
static void silence_end(struct silent *all)
{
    char byte;
    for (int i = 0; i < SILENT; i++) {
        need(recv(all[i].fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 && errno == EAGAIN,
             "a silent connection was broken off");
        SSL_free(all[i].ssl);
        close(all[i].fd);
    }
}

static struct round silent_round(const struct party *s, const struct asks *a)
{
    static struct silent all[SILENT];
    silence_begin(all, a->ctx, s);
    struct round r = run_round(s, a);
    silence_end(all);
    return r;
}

/* ---- what is printed ---- */

struct series {
    struct round rounds[ROUNDS_MAX];
};

struct bench {
    int count;
    struct series node, bare, silent, kept, bare_kept;
};

#define OF(b, series, field) MEDIAN((b)->series.rounds, (b)->count, field)

static void print(const struct bench *b, uint32_t verifications)
{
    double rate = OF(b, node, rate), most = OF(b, bare, rate);
    double late = OF(b, node, p99_s), least = OF(b, bare, p99_s);
    double cost = OF(b, node, processor_s), floor = OF(b, bare, processor_s);
    printf("TVS, a new connection for each verification, %s, RSA-2048, %d at once, medians of %d "
           "rounds of %u by turns\n",
           BENCH_CIPHER, AT_ONCE, b->count, verifications);
    printf("node: %.0f/s, p99 %.1f ms, %.0f us of processor each; bare server: %.0f/s, p99 %.1f "
           "ms, %.0f us\n",
           rate, late * 1e3, cost * 1e6, most, least * 1e3, floor * 1e6);
    printf("ratio %.2f, limit 0.95: %s; p99 %.2f of the bare one's, limit 1.10: %s; by processor "
           "%.2f; by places in the queue %.0f to %.0f\n",
           rate / most, verdict(rate / most >= 0.95), late / least, verdict(late / least <= 1.1),
           floor / cost, OF(b, node, p99_n), OF(b, bare, p99_n));
    double loud = OF(b, silent, rate), loud_cost = OF(b, silent, processor_s);
    printf("with %d silent connections: %.0f/s, %.0f us; ratio %.2f, limit 0.95: %s; by processor "
           "%.2f\n",
           SILENT, loud, loud_cost * 1e6, loud / rate, verdict(loud / rate >= 0.95),
           cost / loud_cost);
    double kept = OF(b, kept, rate), bare_kept = OF(b, bare_kept, rate);
    double kept_cost = OF(b, kept, processor_s), bare_cost = OF(b, bare_kept, processor_s);
    printf("one after the other over one connection: node %.0f/s, %.1f us; bare server %.0f/s, "
           "%.1f us; ratio %.2f, limit 0.70: %s; by processor %.2f\n",
           kept, kept_cost * 1e6, bare_kept, bare_cost * 1e6, kept / bare_kept,
           verdict(kept / bare_kept >= 0.7), bare_cost / kept_cost);
}

int main(int argc, char **argv)
{
    static struct bench b;
    struct live_wish wish = { .connections = CONNECTIONS };
    uint32_t count = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 2000;
    b.count = argc > 2 ? (int)strtoul(argv[2], NULL, 10) : 5;
    if (count == 0 || b.count < 1 || b.count > ROUNDS_MAX)
        return fprintf(stderr, "usage: bench_tvs [verifications a round [rounds]]\n"), 2;
    signal(SIGPIPE, SIG_IGN);
    struct party node = node_begin(&wish), plain = bare_begin(&node.what, TLS1_2_VERSION);
    struct asks each = { .ctx = libssl_context(false, TLS1_2_VERSION),
                         .count = AT_ONCE,
                         .at_once = AT_ONCE };
    (void)run_round(&node, &each);
    (void)run_round(&plain, &each);
    each.count = count;
    struct asks kept = { .ctx = each.ctx, .count = count * KEPT_TIMES, .at_once = 1, .keep = true };
    for (int i = 0; i < b.count; i++) {
        b.node.rounds[i] = run_round(&node, &each);
        b.bare.rounds[i] = run_round(&plain, &each);
        b.silent.rounds[i] = silent_round(&node, &each);
        b.kept.rounds[i] = run_round(&node, &kept);
        b.bare_kept.rounds[i] = run_round(&plain, &kept);
    }
    print(&b, count);
    SSL_CTX_free(each.ctx);
    server_stop(&plain.server); /* first: it holds the other's pipe as well */
    server_stop(&node.server);
    rsa_print();
    return 0;
}
