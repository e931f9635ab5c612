/* Server and generator together on two cores, beside what two cores do of RSA alone: a node whose
 * TVS has two threads, and `cucmlab load` with its own client, both of this machine.
 *
 * One verification: a TCP connection, a full handshake (TLS 1.2, AES256-SHA, RSA-2048), a request
 * with a whole certificate, the reply, the end; 64 at once.  The limit of RSA is what two processes
 * sign side by side, as `openssl speed -multi 2 rsa2048` has it.  By turns; medians.
 *
 * ratio: verifications a second to signatures a second; by processor: one signature's time to what
 * server and generator together take for one verification, which a busy machine disturbs less.
 *
 * Usage: bench_pair [seconds a round [rounds]]; default 1.5 5. */
#include "tests/bench/load.h"

#define AT_ONCE 64
#define CORES   2
#define LIMIT   0.5

struct turn {
    struct asked asked;
    double server_s;
    double signs, sign_s; /* a second, both cores together; of the processor, for one */
};

static void sign_until(struct rsa *rsa, double end_s, int told)
{
    double said[2] = { 0, seconds() };
    for (; wall_s() < end_s; said[0]++)
        rsa_sign(rsa);
    said[1] = seconds() - said[1];
    need(write(told, said, sizeof said) == sizeof said, "pipe");
    _exit(0);
}

/* On all cores, until the same instant. */
static void sign_on_all(struct rsa *rsa, double length_s, struct turn *t)
{
    double end_s = wall_s() + length_s, said[2], busy_s = 0;
    int told[2];
    need(pipe(told) == 0, "pipe");
    for (int i = 0; i < CORES; i++) {
        pid_t pid = fork();
        need(pid >= 0, "fork");
        if (pid == 0)
            sign_until(rsa, end_s, told[1]);
    }
    t->signs = 0;
    for (int i = 0; i < CORES; i++) {
        need(read(told[0], said, sizeof said) == sizeof said && wait(NULL) > 0, "pipe");
        t->signs += said[0];
        busy_s += said[1];
    }
    t->sign_s = busy_s / t->signs;
    t->signs /= length_s;
    close(told[0]);
    close(told[1]);
}

static struct turn take_turn(const struct party *node, struct load_job *job, struct rsa *rsa,
                             double length_s)
{
    struct turn t;
    double before = processor_s(&node->server);
    t.asked = load_round(job, length_s, 0);
    t.server_s = (processor_s(&node->server) - before) / t.asked.answers;
    need(t.asked.errors == 0, "the generator met errors");
    sign_on_all(rsa, length_s, &t);
    return t;
}

int main(int argc, char **argv)
{
    static struct turn turns[ROUNDS_MAX];
    double length_s = argc > 1 ? strtod(argv[1], NULL) : 1.5;
    int rounds = argc > 2 ? (int)strtol(argv[2], NULL, 10) : 5;
    struct live_wish wish = { .tvs_workers = CORES };
    struct arena a = arena_of(&sys_mem);
    if (!(length_s >= 0.1 && length_s <= 600) || rounds < 1 || rounds > ROUNDS_MAX)
        return fprintf(stderr, "usage: bench_pair [seconds a round [rounds]]\n"), 2;
    signal(SIGPIPE, SIG_IGN);
    struct party node = node_begin(&wish);
    struct load_job job = load_job_at(&load_tvs, &node.what.at, AT_ONCE);
    struct rsa rsa = rsa_new();
    load_ask_about(&job, &a);
    for (int i = 0; i < rounds; i++)
        turns[i] = take_turn(&node, &job, &rsa, length_s);
    double rate = MEDIAN_OF(turn, turns, rounds, asked.rate);
    double signs = MEDIAN_OF(turn, turns, rounds, signs);
    double sign = MEDIAN_OF(turn, turns, rounds, sign_s);
    double server = MEDIAN_OF(turn, turns, rounds, server_s);
    double client = MEDIAN_OF(turn, turns, rounds, asked.client_s);
    printf("TVS and its load on %d cores, a new connection for each verification, %s, RSA-2048, "
           "%d at once, medians of %d rounds of %.3g s by turns\n",
           CORES, BENCH_CIPHER, AT_ONCE, rounds, length_s);
    printf("together: %.0f/s, server %.0f us of processor each, generator %.0f us; RSA alone: "
           "%.0f signatures/s, %.0f us\n",
           rate, server * 1e6, client * 1e6, signs, sign * 1e6);
    printf("ratio %.2f, limit %.2f: %s; by processor %.2f\n", rate / signs, LIMIT,
           verdict(rate / signs >= LIMIT), sign / (server + client));
    rsa_free(&rsa);
    server_stop(&node.server);
    arena_free(&a);
    return 0;
}
