/* What benchmarks share that ask with the generator of `cucmlab load`. */
#ifndef CUCMLAB_TESTS_BENCH_LOAD_H
#define CUCMLAB_TESTS_BENCH_LOAD_H

#include "sim/load/lines.h"
#include "sim/load/run.h"
#include "sim/load/tvs.h"
#include "tests/bench/tvs.h"

/* A closed loop against `at`, with the generator's own TLS client. */
static BENCH_UNUSED struct load_job load_job_at(const struct client *client,
                                                const struct sockaddr_in *at, uint32_t at_once)
{
    struct load_job job = { .client = client,
                            .phones = 1000,
                            .threads = 1,
                            .concurrency = at_once,
                            .timeout_us = SILENCE_S * 1000000u,
                            .open_most = 4 * at_once,
                            .own = true,
                            .tls_min = TLS_1_2,
                            .tls_max = TLS_1_2,
                            .cipher = BENCH_CIPHER,
                            .model = "7965" };
    job.target.ip = ntohl(at->sin_addr.s_addr);
    job.target.port = ntohs(at->sin_port);
    snprintf(job.target.host, sizeof job.target.host, "127.0.0.1");
    return job;
}

/* TVS: what is asked about is the certificate that the target shows; it lives as long as `a`. */
static BENCH_UNUSED void load_ask_about(struct load_job *job, struct arena *a)
{
    struct err e = { "" };
    must(load_tvs_certificate(job, NULL, a, &e), &e);
}

struct asked {
    double rate; /* answers a second; of the closed loop those that came while it lasted, for what
                    is under way at its end is more than nothing was at its begin */
    double answers, client_s; /* all of them; the generator's processor time for one */
    double last_s; /* from the instant for which the request was scheduled, the longest */
    double errors, late, resumed; /* late: errors that are no answer in time */
};

/* `count` 0: the closed loop for so long; else so many at that instant. */
static BENCH_UNUSED struct asked load_round(struct load_job *job, double length_s, uint32_t count)
{
    struct result *r = result_new();
    double busy = seconds();
    job->plan = (struct plan){ .seed = 1 };
    must(count == 0 ? plan_add(&job->plan, (uint64_t)(length_s * 1e6), 0, 0, NULL)
                    : plan_add_count(&job->plan, 1000, count, NULL),
         &(struct err){ "plan" });
    run_load(job, NULL, r);
    double answers = (double)tally_answers(&r->total);
    struct asked m = { .answers = answers,
                       .last_s = (double)r->total.latency.max_us * 1e-6,
                       .client_s = (seconds() - busy) / answers,
                       .errors = (double)tally_errors(&r->total),
                       .late = (double)r->total.faults[FAULT_TIMEOUT],
                       .resumed = (double)r->total.resumed };
    need(answers > 0, "the generator had no answer");
    m.rate = count == 0 ? (double)r->total.meanwhile / length_s : answers / m.last_s;
    result_free(r);
    return m;
}

#endif
