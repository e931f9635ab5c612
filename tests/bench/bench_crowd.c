/* 10,000 phones that ask a TVS at the same instant, beside the rate at which it serves 64 at once:
 * the hour after a power cut.  A node on real sockets, its TVS on one thread, with the bounds that
 * it has by itself; the generator of `cucmlab load` with its own client, in this process.
 *
 * One verification: a TCP connection, a full handshake (TLS 1.2, AES256-SHA, RSA-2048), a request,
 * the reply, the end.  A phone that has no answer within 10 s has failed, and so has one whose
 * connection ends before: no phone asks twice.  Rounds by turns; what is printed are medians, and
 * of failures the sum.
 *
 * Usage: bench_crowd [phones [rounds]]; default 10000 5. */
#include "tests/bench/load.h"

#define AT_ONCE    64
#define STEADY_S   2.0
#define DEADLINE_S 10 /* of a phone that asks TVS */
#define LIMIT      0.75

struct round_of_all {
    struct asked steady, crowd;
};

#define OF(rounds, n, field) MEDIAN_OF(round_of_all, rounds, n, field)

int main(int argc, char **argv)
{
    static struct round_of_all rounds[ROUNDS_MAX];
    uint32_t phones = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 10000;
    int count = argc > 2 ? (int)strtol(argv[2], NULL, 10) : 5;
    struct arena a = arena_of(&sys_mem);
    struct err e = { "" };
    double failed = 0, late = 0;
    if (phones == 0 || phones > JOB_OPEN || count < 1 || count > ROUNDS_MAX)
        return fprintf(stderr, "usage: bench_crowd [phones [rounds]]\n"), 2;
    signal(SIGPIPE, SIG_IGN);
    struct party node = node_begin(NULL);
    struct load_job steady = load_job_at(&load_tvs, &node.what.at, AT_ONCE), crowd;
    load_ask_about(&steady, &a);
    crowd = steady;
    crowd.concurrency = 0;
    crowd.phones = phones;
    crowd.open_most = phones + phones / 4;
    crowd.timeout_us = DEADLINE_S * 1000000u;
    must(run_files(&crowd, &e), &e);
    for (int i = 0; i < count; i++) {
        rounds[i].steady = load_round(&steady, STEADY_S, 0);
        rounds[i].crowd = load_round(&crowd, 0, phones);
        need(rounds[i].steady.errors == 0, "errors in the steady rounds");
        failed += rounds[i].crowd.errors;
        late += rounds[i].crowd.late;
    }
    double rate = OF(rounds, count, steady.rate), many = OF(rounds, count, crowd.rate);
    printf("TVS, %u phones at once, a new connection for each verification, %s, RSA-2048, medians "
           "of %d rounds by turns with %d at once\n",
           phones, BENCH_CIPHER, count, AT_ONCE);
    printf("steady: %.0f/s; %u at once: %.0f/s, the last after %.2f s; failed: %.0f (%.0f of "
           "them late), limit 0: %s\n",
           rate, phones, many, OF(rounds, count, crowd.last_s), failed, late, verdict(failed == 0));
    printf("ratio %.2f, limit %.2f: %s\n", many / rate, LIMIT, verdict(many / rate >= LIMIT));
    server_stop(&node.server);
    arena_free(&a);
    rsa_print(); /* so much of the deadline goes into signatures alone, phones times that */
    return 0;
}
