/* What a full handshake costs a client: the client of sim/crypto/rsatls.h beside one of libssl,
 * both over memory against the same libssl server, whose time is counted apart.
 *
 * A handshake, a request of 1 KiB, a reply of 100 bytes, the end; AES256-SHA, RSA-2048.  64
 * connections at a time: all clients do their step, then all servers, so that the clock is looked
 * at seldom.  Rounds of both are run by turns; what is printed are medians of processor time.
 *
 * Usage: bench_rsatls [handshakes a round [rounds]]; default 2000 5. */
#include "sim/crypto/rsatls.h"
#include "tests/bench/libssl.h"

#define AT_ONCE   64
#define REQUEST   1024
#define REPLY     100
#define LIMIT     4.0
#define STEPS_MAX 16

/* ---- libssl ---- */

struct end {
    SSL *ssl;
    BIO *in, *out;
    struct rsatls *own; /* instead of the three */
    bool told, done;
};

static struct end end_of(SSL_CTX *ctx, bool server)
{
    struct end e = { .ssl = SSL_new(ctx), .in = BIO_new(BIO_s_mem()), .out = BIO_new(BIO_s_mem()) };
    need(e.ssl != NULL && e.in != NULL && e.out != NULL, "SSL_new");
    SSL_set_bio(e.ssl, e.in, e.out);
    if (server)
        SSL_set_accept_state(e.ssl);
    else
        SSL_set_connect_state(e.ssl);
    return e;
}

static const uint8_t bytes[REQUEST]; /* what is said */

/* One step: whatever can be done with what is there. */
static void server_step(struct end *e)
{
    uint8_t got[REQUEST];
    if (!e->told && SSL_read(e->ssl, got, sizeof got) == REQUEST) {
        need(SSL_write(e->ssl, bytes, REPLY) == REPLY, "reply");
        e->told = true;
    } else if (e->told && SSL_read(e->ssl, got, sizeof got) <= 0) {
        e->done = SSL_get_error(e->ssl, 0) == SSL_ERROR_ZERO_RETURN;
    }
}

static void libssl_step(struct end *e)
{
    uint8_t got[REQUEST];
    if (!e->told)
        e->told = SSL_write(e->ssl, bytes, REQUEST) == REQUEST;
    else if (!e->done && SSL_read(e->ssl, got, sizeof got) == REPLY)
        e->done = SSL_shutdown(e->ssl) == 0;
}

static void own_step(struct end *e)
{
    uint8_t got[REQUEST];
    if (!e->told && rsatls_state(e->own) == TLS_OPEN)
        e->told = rsatls_write(e->own, view_of(bytes, REQUEST));
    if (!e->done && rsatls_read(e->own, got, sizeof got) == REPLY) {
        rsatls_close(e->own);
        e->done = true;
    }
}

/* ---- rounds ---- */

struct round {
    double client_us, server_us; /* of one handshake */
};

/* Time of the processor so far, in us, since `*last`, which becomes now. */
static double lap(double *last)
{
    double now = seconds(), took = now - *last;
    *last = now;
    return took * 1e6;
}

/* The wire between the two; no part of either's time. */
static void carry(struct end *from, struct end *to)
{
    static uint8_t piece[16384];
    for (;;) {
        int n = from->own != NULL ? (int)rsatls_take(from->own, piece, sizeof piece)
                                  : BIO_read(from->out, piece, sizeof piece);
        if (n <= 0)
            return;
        if (to->own != NULL)
            rsatls_feed(to->own, view_of(piece, (size_t)n));
        else
            need(BIO_write(to->in, piece, n) == n, "BIO_write");
    }
}

/* Taking and feeding is the own client's work, and counts as its own; of libssl only a copy into
 * memory is left out. */
static struct round batch(SSL_CTX *server_ctx, SSL_CTX *client_ctx, struct rsatls_config *own)
{
    static struct end clients[AT_ONCE], servers[AT_ONCE];
    struct round r = { 0, 0 };
    double last = seconds();
    for (int i = 0; i < AT_ONCE; i++) {
        if (own == NULL) {
            clients[i] = end_of(client_ctx, false);
            continue;
        }
        memset(&clients[i], 0, sizeof clients[i]);
        clients[i].own = rsatls_new(own, NULL);
    }
    r.client_us += lap(&last);
    for (int i = 0; i < AT_ONCE; i++)
        servers[i] = end_of(server_ctx, true);
    r.server_us += lap(&last);
    for (int step = 0; step < STEPS_MAX; step++) {
        for (int i = 0; i < AT_ONCE; i++) {
            if (own != NULL)
                own_step(&clients[i]);
            else
                libssl_step(&clients[i]);
            carry(&clients[i], &servers[i]);
        }
        r.client_us += lap(&last);
        for (int i = 0; i < AT_ONCE; i++)
            server_step(&servers[i]);
        r.server_us += lap(&last);
        for (int i = 0; i < AT_ONCE; i++)
            carry(&servers[i], &clients[i]);
        r.client_us += lap(&last);
    }
    for (int i = 0; i < AT_ONCE; i++) {
        need(clients[i].done && servers[i].done, "a connection did not come to its end");
        rsatls_free(clients[i].own);
        SSL_free(clients[i].ssl);
    }
    r.client_us += lap(&last);
    for (int i = 0; i < AT_ONCE; i++)
        SSL_free(servers[i].ssl);
    return r;
}

static struct round run_round(SSL_CTX *server, SSL_CTX *client, struct rsatls_config *own,
                              uint32_t count)
{
    struct round all = { 0, 0 };
    uint32_t done = 0;
    for (; done < count; done += AT_ONCE) {
        struct round r = batch(server, client, own);
        all.client_us += r.client_us;
        all.server_us += r.server_us;
    }
    return (struct round){ all.client_us / done, all.server_us / done };
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        int number;
        enum tls_version version;
    } versions[] = { { "TLS 1.0", TLS1_VERSION, TLS_1_0 }, { "TLS 1.2", TLS1_2_VERSION, TLS_1_2 } };
    uint32_t count = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 2000;
    int rounds = argc > 2 ? (int)strtoul(argv[2], NULL, 10) : 5;
    if (count == 0 || rounds < 1 || rounds > ROUNDS_MAX)
        return fprintf(stderr, "usage: bench_rsatls [handshakes a round [rounds]]\n"), 2;
    printf("TLS client over memory, full handshake, request and reply, " BENCH_CIPHER
           ", RSA-2048, medians of %d rounds of %u by turns, processor time\n",
           rounds, count);
    for (size_t v = 0; v < sizeof versions / sizeof versions[0]; v++) {
        static struct round own[ROUNDS_MAX], libssl[ROUNDS_MAX];
        SSL_CTX *sctx = libssl_context(true, versions[v].number);
        SSL_CTX *cctx = libssl_context(false, versions[v].number);
        const struct rsatls_options o = { .min = versions[v].version,
                                          .max = versions[v].version,
                                          .suites = RSATLS_AES256,
                                          .seed = 1 };
        struct rsatls_config *c = rsatls_config_new(&o);
        libssl_certify(sctx);
        (void)run_round(sctx, cctx, NULL, AT_ONCE);
        (void)run_round(sctx, NULL, c, AT_ONCE);
        for (int i = 0; i < rounds; i++) {
            own[i] = run_round(sctx, NULL, c, count);
            libssl[i] = run_round(sctx, cctx, NULL, count);
        }
        double ours = MEDIAN(own, rounds, client_us), theirs = MEDIAN(libssl, rounds, client_us);
        printf("%s: own client %.1f us, libssl client %.1f us, server %.0f us: ratio %.2f, limit "
               "%.1f: %s\n",
               versions[v].name, ours, theirs, MEDIAN(own, rounds, server_us), theirs / ours, LIMIT,
               verdict(theirs / ours >= LIMIT));
        rsatls_config_free(c);
        SSL_CTX_free(sctx);
        SSL_CTX_free(cctx);
    }
    rsa_print();
    return 0;
}
