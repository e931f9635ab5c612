/* What a session that is taken up again saves: the TVS of a node with `--tvs-resumption`, on real
 * sockets, asked by phones that offer their last session, and by phones that do not.
 *
 * One verification: a TCP connection, a handshake, a request with a whole certificate, the reply,
 * the end; 64 phones at once, by the generator of `cucmlab load`.  With TLS 1.2 (AES256-SHA, RSA
 * key exchange) it has its own client, so that the server is what limits the rate; with TLS 1.3 it
 * has OpenSSL's, and either handshake also agrees on a fresh key, which no session saves: that row
 * has no limit.  Rounds are run by turns; what is printed are medians.
 *
 * by processor: of the server, for one verification.
 *
 * Usage: bench_sessions [seconds a round [rounds]]; default 1.5 5. */
#include "tests/bench/load.h"

#define AT_ONCE 64
#define LIMIT   3.5

struct way {
    struct asked asked;
    double server_s;
};

struct row {
    const char *name;
    enum tls_version version;
    bool own, limit;
    const char *cipher;
};

static struct way round_of(const struct party *node, struct load_job *job, double length_s)
{
    struct way w;
    double before = processor_s(&node->server);
    w.asked = load_round(job, length_s, 0);
    w.server_s = (processor_s(&node->server) - before) / w.asked.answers;
    need(w.asked.errors == 0, "the generator met errors");
    return w;
}

static void bench(const struct row *row, const struct party *node, double length_s, int rounds)
{
    static struct way full[ROUNDS_MAX], resumed[ROUNDS_MAX];
    struct arena a = arena_of(&sys_mem);
    struct load_job job = load_job_at(&load_tvs, &node->what.at, AT_ONCE);
    job.tls_min = job.tls_max = row->version;
    job.own = row->own;
    job.cipher = row->cipher;
    job.phones = AT_ONCE; /* each is full once, and resumes from then on */
    load_ask_about(&job, &a);
    for (int i = 0; i < rounds; i++) {
        job.resume = false;
        full[i] = round_of(node, &job, length_s);
        job.resume = true;
        resumed[i] = round_of(node, &job, length_s);
        need(full[i].asked.resumed == 0 &&
                 resumed[i].asked.resumed + AT_ONCE >= resumed[i].asked.answers,
             "not resumed");
    }
    double rate = MEDIAN_OF(way, full, rounds, asked.rate);
    double more = MEDIAN_OF(way, resumed, rounds, asked.rate);
    double cost = MEDIAN_OF(way, full, rounds, server_s);
    double less = MEDIAN_OF(way, resumed, rounds, server_s);
    printf("%s: full %.0f/s, %.0f us; resumed %.0f/s, %.0f us; ratio %.2f", row->name, rate,
           cost * 1e6, more, less * 1e6, more / rate);
    if (row->limit)
        printf(", limit %.1f: %s", LIMIT, verdict(more / rate >= LIMIT));
    printf("; by processor %.2f\n", cost / less);
    arena_free(&a);
}

int main(int argc, char **argv)
{
    static const struct row rows[] = {
        { "TLS 1.2", TLS_1_2, true, true, BENCH_CIPHER },
        { "TLS 1.3", TLS_1_3, false, false, "TLS_AES_256_GCM_SHA384" },
    };
    double length_s = argc > 1 ? strtod(argv[1], NULL) : 1.5;
    int rounds = argc > 2 ? (int)strtol(argv[2], NULL, 10) : 5;
    struct live_wish wish = { .version = "15SU2", .resume = true }; /* it speaks TLS 1.3 */
    if (!(length_s >= 0.1 && length_s <= 600) || rounds < 1 || rounds > ROUNDS_MAX)
        return fprintf(stderr, "usage: bench_sessions [seconds a round [rounds]]\n"), 2;
    signal(SIGPIPE, SIG_IGN);
    struct party node = node_begin(&wish);
    printf("TVS, sessions taken up again, a new connection for each verification, RSA-2048, %d at "
           "once, medians of %d rounds of %.3g s by turns\n",
           AT_ONCE, rounds, length_s);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        bench(&rows[i], &node, length_s, rounds);
    server_stop(&node.server);
    rsa_print();
    return 0;
}
