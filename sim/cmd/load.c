/* `cucmlab load`: load on a server, open loop or closed, and what came of it. */
#include "sim/base/sys.h"
#include "sim/cmd/cmd.h"
#include "sim/load/part.h"
#include "sim/load/run.h"
#include "sim/load/tvs.h"
#include "sim/load/units.h"
#include "sim/wire/text.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define USUAL_PHONES  1000
#define USUAL_TIME_US 10000000
#define PHONES_MOST   1000000

/* What the words say. */
struct asked {
    const char *words[3]; /* "tvs", HOST, and HOST again */
    const char *rate, *concurrency, *duration, *phones, *connection, *request, *cert, *tls, *cipher;
    const char *threads, *source, *timeout, *open, *slo, *json, *arrivals, *seed, *model;
    bool resume, allow_remote, quiet;
};

#define AT(f) NULL, offsetof(struct asked, f)
static const struct option table[] = {
    { "--rate", "R", 1, AT(rate), "so many requests a second, whatever becomes of them" },
    { "--concurrency", "C", 1, AT(concurrency), "so many requests always under way instead" },
    { "--duration", "T", 1, AT(duration), "how long requests are begun (10s)" },
    { "--phones", "N", 1, AT(phones), "phones that take turns (1000)" },
    { "--connection", "HOW", 1, AT(connection),
      "per-request (a new one for each), per-phone (each keeps its own) or keep (a few for all)" },
    { "--request", "KIND", 1, AT(request), "verify (a whole certificate) or query (its names)" },
    { "--cert", "FILE", 1, AT(cert), "the certificate asked about, PEM or DER; else the target's" },
    { "--tls", "V[..V]", 1, AT(tls), "1.0 to 1.3, one or a range (1.0..1.2, as most phones)" },
    { "--cipher", "LIST", 1, AT(cipher), "cipher suites in OpenSSL's words" },
    { "--resume", NULL, 1, AT(resume), "phones offer their last TLS session again" },
    { "--model", "NAME", 1, AT(model), "in the phones' names (7965)" },
    { "--threads", "N", 1, AT(threads), "of the generator (1)" },
    { "--source", "ADDR[-ADDR]", 1, AT(source), "addresses of this machine to come from" },
    { "--timeout", "T", 1, AT(timeout), "how long a request waits for its answer (10s)" },
    { "--open", "N", 1, AT(open), "connections at once, at most" },
    { "--arrivals", "HOW", 1, AT(arrivals), "even, or random as a Poisson process" },
    { "--seed", "N", 1, AT(seed), "of random arrivals (1)" },
    { "--slo", "TERMS", 1, AT(slo), "exit 1 unless it holds: p99<50ms,errors<0.1%" },
    { "--json", "FILE", 1, AT(json), "writes the result, histograms and all; see merge" },
    { "--quiet", NULL, 1, AT(quiet), "no line a second" },
    { "--allow-remote", NULL, 1, AT(allow_remote),
      "allows another target than loopback; HOST must be repeated behind it without a terminal" },
};
#undef AT

static struct options options_of(struct asked *a)
{
    return (struct options){ .table = table,
                             .count = sizeof table / sizeof *table,
                             .of = 1,
                             .to = a,
                             .words = a->words,
                             .most = 3 };
}

void cmd_load_help(FILE *out)
{
    struct asked none = { .quiet = false };
    struct options o = options_of(&none);
    fputs("Usage: cucmlab load tvs HOST[:PORT] [--rate R | --concurrency C] [OPTION...]\n"
          "  puts load on a TVS (port 2445) and measures its answers\n\nOptions:\n",
          out);
    options_help(&o, out);
    fputs("Exit status: 0 good; 1 an objective of --slo is missed; 2 usage, or a target that is "
          "not allowed.\n",
          out);
}

/* ---- words to a job ---- */

static bool take_number(const char *option, const char *value, uint64_t least, uint64_t most,
                        uint64_t *out, struct err *e)
{
    if (value == NULL)
        return true;
    return (text_number(view_str(value), most, out) && *out >= least) ||
           err_set(e, "%s %.100s: a number from %" PRIu64 " to %" PRIu64 " was expected", option,
                   value, least, most);
}

static bool take_time(const char *option, const char *value, uint64_t *us, struct err *e)
{
    if (value == NULL)
        return true;
    return (units_time(view_str(value), us) && *us > 0) ||
           err_set(e, "%s %.100s: a time like 500ms, 30s or 5m was expected", option, value);
}

/* One of a few words; NULL is the first. */
static bool take_word(const char *option, const char *value, const char *const *names, int count,
                      int *out, struct err *e)
{
    char list[200] = "";
    *out = 0;
    for (int i = 0; i < count; i++) {
        if (value == NULL || strcmp(value, names[i]) == 0)
            return *out = i, true;
        size_t n = strlen(list);
        snprintf(list + n, sizeof list - n, "%s%s", i == 0 ? "" : ", ", names[i]);
    }
    return err_set(e, "%s %.100s: one of %s was expected", option, value, list);
}

static const char *const versions[] = { "1.0", "1.1", "1.2", "1.3" };

static bool take_versions(const char *value, struct load_job *job, struct err *e)
{
    int ends[2];
    char words[2][8];
    struct view rest = view_str(value == NULL ? "1.0..1.2" : value), first = rest;
    for (size_t i = 0; i + 1 < rest.n; i++) {
        if (rest.p[i] != '.' || rest.p[i + 1] != '.')
            continue;
        first = view_sub(rest, 0, i);
        rest = view_sub(rest, i + 2, rest.n - i - 2);
        break;
    }
    const struct view parts[2] = { first, rest };
    for (int i = 0; i < 2; i++) {
        snprintf(words[i], sizeof words[i], "%.*s", (int)(parts[i].n < 7 ? parts[i].n : 7),
                 (const char *)parts[i].p);
        if (!take_word("--tls", words[i], versions, 4, &ends[i], e))
            return false;
    }
    job->tls_min = (enum tls_version)ends[0];
    job->tls_max = (enum tls_version)ends[1];
    return ends[0] <= ends[1] || err_set(e, "--tls %s: the older version first", value);
}

static bool take_load(const struct asked *a, struct load_job *job, struct err *e)
{
    uint64_t length = USUAL_TIME_US, rate = 0, concurrency = 0;
    if ((a->rate == NULL) == (a->concurrency == NULL))
        return err_set(e, "either --rate or --concurrency is needed");
    if (!take_time("--duration", a->duration, &length, e) ||
        !take_number("--concurrency", a->concurrency, 1, JOB_OPEN, &concurrency, e))
        return false;
    if (a->rate != NULL && (!units_rate(view_str(a->rate), &rate) || rate == 0))
        return err_set(e, "--rate %.100s: requests a second were expected", a->rate);
    job->concurrency = (uint32_t)concurrency;
    return plan_add(&job->plan, length, rate, rate, e);
}

/* How many connections may be open: those that close are still there for a moment. */
static uint32_t usual_open(const struct load_job *job)
{
    uint32_t most = run_most_open(job->threads), want = most;
    if (job->connection == LOAD_PER_PHONE)
        want = job->phones;
    else if (job->concurrency > 0)
        want = job->connection == LOAD_KEEP ? job->concurrency : 2 * job->concurrency + 64;
    want = (want + job->threads - 1) / job->threads * job->threads;
    return job->concurrency > 0 || want < most ? want : most;
}

static bool take_counts(const struct asked *a, struct load_job *job, struct err *e)
{
    uint64_t phones = USUAL_PHONES, threads = 1, seed = 1, open = 0;
    if (phones < job->concurrency)
        phones = job->concurrency;
    if (!take_number("--phones", a->phones, 1, PHONES_MOST, &phones, e) ||
        !take_number("--threads", a->threads, 1, JOB_THREADS, &threads, e) ||
        !take_number("--open", a->open, 1, 1000000, &open, e) ||
        !take_number("--seed", a->seed, 0, UINT64_MAX, &seed, e))
        return false;
    if (phones < job->concurrency)
        return err_set(e, "--phones %" PRIu64 ": fewer than --concurrency %u", phones,
                       job->concurrency);
    if (phones < threads)
        return err_set(e, "--threads %" PRIu64 ": more than there are phones", threads);
    job->phones = (uint32_t)phones;
    job->threads = (uint32_t)threads;
    job->plan.seed = seed;
    job->open_most = open > 0 ? (uint32_t)open : usual_open(job);
    return job->open_most >= job->threads || err_set(e, "--open: fewer than --threads");
}

static bool take_tvs(const struct asked *a, struct load_job *job, struct err *e)
{
    static const char *const requests[] = { "verify", "query" };
    static const char *const arrivals[] = { "even", "random" };
    int query, how, random;
    if (!take_word("--request", a->request, requests, 2, &query, e) ||
        !take_word("--connection", a->connection, load_connection_names, LOAD_CONNECTIONS, &how,
                   e) ||
        !take_word("--arrivals", a->arrivals, arrivals, 2, &random, e) ||
        !take_versions(a->tls, job, e))
        return false;
    job->query = query == 1;
    job->connection = (enum load_connection)how;
    job->plan.random = random == 1;
    job->cipher = a->cipher;
    job->resume = a->resume;
    job->model = a->model == NULL ? "7965" : a->model;
    if (strlen(job->model) > 31 || job->model[strspn(job->model, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                                                 "abcdefghijklmnopqrstuvwxyz"
                                                                 "0123456789")] != '\0')
        return err_set(e, "--model %.100s: a model like 7965 was expected", job->model);
    struct tls_config *c = load_tls(job, e);
    tls_config_free(c);
    return c != NULL;
}

static bool take_target(const struct asked *a, int found, struct load_job *job, struct err *e)
{
    const struct target_consent consent = { .allowed = a->allow_remote,
                                            .again = found > 2 ? a->words[2] : NULL,
                                            .ask = isatty(STDERR_FILENO) && isatty(STDIN_FILENO)
                                                       ? stderr
                                                       : NULL,
                                            .answer = stdin };
    job->client = &load_tvs;
    job->timeout_us = 10000000;
    return target_read(&job->target, a->words[1], LOAD_TVS_PORT, e) &&
           (a->source == NULL || target_read_source(&job->target, a->source, e)) &&
           take_time("--timeout", a->timeout, &job->timeout_us, e) &&
           target_allowed(&job->target, &consent, e);
}

static bool read_words(struct asked *a, int argc, char *const *argv, struct load_job *job,
                       struct slo *slo, struct err *e)
{
    struct options o = options_of(a);
    if (!options_read(&o, argc, argv, e))
        return false;
    if (o.found < 1 || strcmp(a->words[0], "tvs") != 0)
        return err_set(e, "what is loaded? tvs");
    if (o.found < 2)
        return err_set(e, "whom? HOST or HOST:PORT is needed");
    if (a->slo != NULL && !slo_read(slo, a->slo, e))
        return false;
    if (a->json != NULL && !sys_can_write(a->json, e))
        return err_prefix(e, "--json");
    return take_load(a, job, e) && take_tvs(a, job, e) && take_counts(a, job, e) &&
           take_target(a, o.found, job, e) && run_files(job, e);
}

/* ---- the run ---- */

static void print_moment(void *ctx, const struct run_moment *m)
{
    const struct hist *h = &m->tally->latency;
    FILE *out = ctx;
    fprintf(out, "%3" PRIu64 " s ", (m->at_us + 500000) / 1000000);
    if (m->asked_milli > 0)
        fprintf(out, " asked %s/s", RATED(m->asked_milli));
    fprintf(out, " done %s/s ", RATED(result_rate_milli(m->tally, m->length_us)));
    for (int i = 0; i < RESULT_PERCENTILES; i++)
        fprintf(out, " %s %s", result_percentiles[i].name,
                TIMED(hist_at(h, result_percentiles[i].ppm10)));
    fprintf(out, " max %s  handshakes %" PRIu64 "+%" PRIu64 "  errors %" PRIu64 "  open %u\n",
            TIMED(h->max_us), m->tally->full, m->tally->resumed, tally_errors(m->tally), m->open);
    fflush(out);
}

static void conditions(const struct load_job *job, struct result *r)
{
    char text[136], hex[65];
    uint8_t hash[64];
    snprintf(text, sizeof text, "TVS at %.100s:%u", job->target.host, job->target.port);
    result_condition(r, "target", text);
    snprintf(text, sizeof text, "%s, %s, timeout %s", job->query ? "query" : "verify",
             load_connection_names[job->connection], TIMED(job->timeout_us));
    result_condition(r, "request", text);
    size_t n = digest_of(DIGEST_SHA256, &job->cert.der, 1, hash);
    for (size_t i = 0; i < n; i++)
        snprintf(hex + 2 * i, 3, "%02x", hash[i]);
    snprintf(text, sizeof text, "SHA-256 %s", hex);
    result_condition(r, "certificate", text);
    snprintf(text, sizeof text, "TLS %s to %s, %.90s%s", versions[job->tls_min],
             versions[job->tls_max], job->cipher == NULL ? "usual ciphers" : job->cipher,
             job->resume ? ", sessions resumed" : "");
    result_condition(r, "client", text);
    result_condition(r, "arrivals",
                     job->concurrency > 0 ? "closed loop"
                     : job->plan.random   ? "open loop, random"
                                          : "open loop, even");
}

static int64_t unix_s(void)
{
    struct timespec t;
    return clock_gettime(CLOCK_REALTIME, &t) == 0 ? (int64_t)t.tv_sec : 0;
}

/* A number that no other run has. */
static uint64_t run_id(void)
{
    struct timespec t = { 0 };
    clock_gettime(CLOCK_REALTIME, &t);
    uint64_t ns = (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
    return rng_mix(rng_mix(ns) ^ (uint64_t)getpid());
}

static int run(const struct asked *a, const struct load_job *job, const struct slo *slo, FILE *out,
               FILE *problems)
{
    struct err e = { "" };
    struct result *r = result_new();
    struct run_watch watch = { a->quiet ? NULL : print_moment, problems };
    FILE *words = sys_is_stdout(a->json) ? problems : out;
    struct arena arena = arena_of(&sys_mem);
    conditions(job, r);
    r->parts[r->part_count++] = run_id();
    r->began_s = unix_s();
    run_load(job, &watch, r);
    r->ended_s = unix_s();
    result_print(r, words);
    int status = slo_tell(slo, &r->total, result_length_us(r), words) ? EXIT_GOOD : EXIT_EXPECT;
    if (a->json != NULL &&
        !sys_write_file(a->json, part_write(r, slo, job->check->command, &arena), &e))
        status = cmd_fail(&e);
    arena_free(&arena);
    result_free(r);
    return status;
}

/* How to repeat it. */
static const char *join(int argc, char *const *argv, char *text, size_t room)
{
    size_t n = (size_t)snprintf(text, room, "cucmlab load");
    for (int i = 0; i < argc && n + 1 < room; i++)
        n += (size_t)snprintf(text + n, room - n, " %s", argv[i]);
    return text;
}

int cmd_load(int argc, char *const *argv, FILE *out, FILE *problems)
{
    static struct load_job job;
    struct asked a = { .quiet = false };
    struct slo slo = { .count = 0 };
    struct err e = { "" };
    struct arena arena = arena_of(&sys_mem);
    char command[2048];
    const struct check_context context = { .command = join(argc, argv, command, sizeof command) };
    job = (struct load_job){ .check = &context };
    sys_check_context(&context);
    int status =
        read_words(&a, argc, argv, &job, &slo, &e) && load_tvs_certificate(&job, a.cert, &arena, &e)
            ? run(&a, &job, &slo, out, problems)
            : (err_prefix(&e, "load"), cmd_fail(&e));
    sys_check_context(NULL);
    arena_free(&arena);
    return status;
}
