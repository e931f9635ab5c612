/* The generator of `cucmlab load` beside a bare libssl client, against the same bare server on the
 * same two cores: two processes that accept from one socket, or a server on one core would be what
 * limits either client.
 *
 * One verification: a TCP connection, a full handshake (TLS 1.2, AES256-SHA, RSA-2048), a request
 * with a whole certificate, the reply, the end; 64 at once.  By turns: a bare client (OpenSSL on
 * epoll), the generator with OpenSSL, the generator with its own client; medians.
 *
 * by processor: the bare client's processor time of one verification to the generator's, which a
 * busy machine disturbs less.  The ratio with the own client has a limit: 1.4 by rate, on two cores
 * that are otherwise idle; and that with OpenSSL, 1.1 by processor.
 *
 * Usage: bench_load [seconds a round [rounds]]; default 2 5. */
#include "tests/bench/load.h"

#define AT_ONCE      64
#define SERVERS      2
#define LIMIT        1.4
#define LIBSSL_LIMIT 1.1

/* ---- rounds ---- */

/* A client that does what it must, and nothing else. */
static struct round bare_round(const struct load_job *job, const struct sockaddr_in *at,
                               double length_s)
{
    static struct talk talks[AT_ONCE];
    struct arena a = arena_of(&sys_mem);
    struct asking who = { .job = job, .number = 1 };
    struct view request = job->client->exchange->request(&who, &a);
    struct epoll_event ready[BATCH];
    SSL_CTX *ctx = libssl_context(false, TLS1_2_VERSION);
    int epoll = epoll_create1(0);
    uint64_t done = 0;
    double from = wall_s(), busy = seconds();
    for (int i = 0; i < AT_ONCE; i++)
        talk_begin(&talks[i], epoll, ctx, at);
    while (wall_s() - from < length_s) {
        int n = epoll_wait(epoll, ready, BATCH, SILENCE_S * 1000);
        need(n > 0, "the server is silent");
        for (int i = 0; i < n; i++) {
            struct talk *t = ready[i].data.ptr;
            if (!talk_turn(t, request))
                continue;
            done++;
            talk_end(t);
            talk_begin(t, epoll, ctx, at);
        }
    }
    struct round m = { .rate = (double)done / (wall_s() - from),
                       .client_s = (seconds() - busy) / (double)done };
    for (int i = 0; i < AT_ONCE; i++)
        talk_end(&talks[i]);
    close(epoll);
    SSL_CTX_free(ctx);
    arena_free(&a);
    return m;
}

int main(int argc, char **argv)
{
    static struct round bare[ROUNDS_MAX];
    static struct asked openssl[ROUNDS_MAX], own[ROUNDS_MAX];
    double length_s = argc > 1 ? strtod(argv[1], NULL) : 2;
    int rounds = argc > 2 ? (int)strtol(argv[2], NULL, 10) : 5;
    struct arena a = arena_of(&sys_mem);
    if (!(length_s >= 0.1 && length_s <= 600) || rounds < 1 || rounds > ROUNDS_MAX)
        return fprintf(stderr, "usage: bench_load [seconds a round [rounds]]\n"), 2;
    signal(SIGPIPE, SIG_IGN);
    struct party plain[SERVERS];
    bare_begin_some(NULL, TLS1_2_VERSION, plain, SERVERS);
    struct load_job with_own = load_job_at(&load_tvs, &plain[0].what.at, AT_ONCE), job;
    load_ask_about(&with_own, &a);
    job = with_own;
    job.own = false;
    (void)bare_round(&job, &plain[0].what.at, 0.2);
    for (int i = 0; i < rounds; i++) {
        bare[i] = bare_round(&job, &plain[0].what.at, length_s);
        openssl[i] = load_round(&job, length_s, 0);
        own[i] = load_round(&with_own, length_s, 0);
        need(openssl[i].errors + own[i].errors == 0, "the generator met errors");
    }
    double rate = MEDIAN(bare, rounds, rate), cost = MEDIAN(bare, rounds, client_s);
    double with = MEDIAN_OF(asked, openssl, rounds, client_s),
           alone = MEDIAN_OF(asked, own, rounds, client_s);
    double most = MEDIAN_OF(asked, own, rounds, rate);
    printf("load, a new connection for each verification, %s, RSA-2048, %d at once, medians of %d "
           "rounds of %.3g s by turns\n",
           BENCH_CIPHER, AT_ONCE, rounds, length_s);
    printf("bare libssl client: %.0f/s, %.0f us of processor each; generator with OpenSSL: "
           "%.0f/s, %.0f us; with its own client: %.0f/s, %.0f us\n",
           rate, cost * 1e6, MEDIAN_OF(asked, openssl, rounds, rate), with * 1e6, most,
           alone * 1e6);
    printf("own client: ratio %.2f, limit %.1f: %s; by processor %.2f; with OpenSSL %.2f of the "
           "bare client's time, limit %.2f: %s\n",
           most / rate, LIMIT, verdict(most / rate >= LIMIT), cost / alone, with / cost,
           LIBSSL_LIMIT, verdict(with / cost <= LIBSSL_LIMIT));
    for (int i = SERVERS; i > 0; i--)
        server_stop(&plain[i - 1].server);
    arena_free(&a);
    rsa_print();
    return 0;
}
