/* `cucmlab load`: load on a server, open loop or closed, and what came of it. */
#include "sim/base/count.h"
#include "sim/base/sys.h"
#include "sim/cmd/cmd.h"
#include "sim/load/hdrlog.h"
#include "sim/load/limit.h"
#include "sim/load/page.h"
#include "sim/load/part.h"
#include "sim/load/profile.h"
#include "sim/load/run.h"
#include "sim/load/register.h"
#include "sim/load/tftp.h"
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
#define STEP_TIME_US  5000000
#define STEP_MILLI    50000 /* where a search begins */
#define STORM_RETRIES 2 /* a configuration names three TVS at the most: this one is all of them */

/* What is loaded. */
static const struct kind {
    const char *name;
    uint16_t port;
    const struct client *client;
} kinds[] = { { "tvs", LOAD_TVS_PORT, &load_tvs },
              { "tftp", LOAD_TFTP_PORT, &load_tftp },
              { "register", LOAD_REGISTER_PORT, &load_register } };

/* What the words say. */
struct asked {
    const char *words[3]; /* "tvs" or "tftp", HOST, and HOST again */
    const char *rate, *concurrency, *duration, *phones, *connection, *request, *cert, *tls, *cipher;
    const char *threads, *source, *timeout, *open, *slo, *json, *arrivals, *seed, *model;
    const char *client, *file, *blksize, *profile, *retries, *retry_after, *step, *svg, *html, *hdr;
    bool resume, allow_remote, quiet, find_limit;
};

#define AT(f) NULL, offsetof(struct asked, f)
static const struct option table[] = {
    { "--rate", "R", 1, AT(rate), "so many requests a second, whatever becomes of them" },
    { "--concurrency", "C", 1, AT(concurrency), "so many requests always under way instead" },
    { "--profile", "SPEC", 1, AT(profile),
      "rates that change: steps:100,200,400, ramp:100..1000, boot-storm[:45s..90s]" },
    { "--find-limit", NULL, 1, AT(find_limit),
      "seeks the highest rate that holds (by --slo, or up to the knee), from --rate on" },
    { "--step", "T", 1, AT(step), "of --find-limit: how long each rate is tried (5s)" },
    { "--retries", "N", 1, AT(retries), "a phone whose request failed asks again (0; storm 2)" },
    { "--retry-after", "T", 1, AT(retry_after), "how long after (at once)" },
    { "--duration", "T", 1, AT(duration), "how long requests are begun (10s)" },
    { "--phones", "N", 1, AT(phones), "phones that take turns (1000)" },
    { "--connection", "per-request|per-phone|keep", 1, AT(connection),
      "a new one for each request (default), each phone keeps its own, or a few for all" },
    { "--request", "verify|query", 1, AT(request), "a whole certificate (default), or its names" },
    { "--cert", "FILE", 1, AT(cert), "the certificate asked about, PEM or DER; else the target's" },
    { "--file", "NAME", 1, AT(file), "tftp: what is fetched (ITLFile.tlv)" },
    { "--blksize", "N", 1, AT(blksize), "tftp: bytes of a block, 512 (as RFC 1350) to 65464" },
    { "--tls", "V[..V]", 1, AT(tls), "1.0 to 1.3, one or a range (1.0..1.2, as most phones)" },
    { "--cipher", "LIST", 1, AT(cipher), "cipher suites in OpenSSL's words" },
    { "--client", "openssl|own", 1, AT(client),
      "OpenSSL (default), or our own: AES-CBC-SHA by RSA alone, what a 79xx speaks, and cheaper" },
    { "--resume", NULL, 1, AT(resume), "phones offer their last TLS session again" },
    { "--model", "NAME", 1, AT(model), "in the phones' names (7965)" },
    { "--threads", "N", 1, AT(threads), "of the generator (1)" },
    { "--source", "ADDR[-ADDR]", 1, AT(source), "addresses of this machine to come from" },
    { "--timeout", "T", 1, AT(timeout), "how long a request waits for its answer (10s)" },
    { "--open", "N", 1, AT(open), "connections at once, at most" },
    { "--arrivals", "even|random", 1, AT(arrivals), "evenly (default), or as a Poisson process" },
    { "--seed", "N", 1, AT(seed), "of random arrivals (1)" },
    { "--slo", "TERMS", 1, AT(slo), "exit 1 unless it holds: p99<50ms,errors<0.1%" },
    { "--json", "FILE", 1, AT(json), "writes the result, histograms and all; see merge" },
    { "--svg", "FILE", 1, AT(svg), "latency over rate as a picture, or by percentile" },
    { "--html", "FILE", 1, AT(html), "one page with pictures and result" },
    { "--hdr", "FILE", 1, AT(hdr), "a log of HdrHistogram, an interval for each step" },
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
    fputs("Usage: cucmlab load tvs|tftp|register HOST[:PORT] [OPTION...]\n"
          "       with one of --rate R, --concurrency C, --profile SPEC, --find-limit\n"
          "  puts load on a TVS (port 2445), a TFTP (69) or a CallManager (SIP, 5060) and\n"
          "  measures its answers\n\nOptions:\n",
          out);
    options_help(&o, out);
    fputs("Exit status: 0 good; 1 an objective of --slo is missed; 2 usage, or a target\n"
          "that is not allowed.\n",
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

static bool take_shape(const struct asked *a, uint64_t length, struct load_job *job, struct err *e)
{
    uint64_t rate = 0;
    bool storm = false;
    if (a->rate != NULL && (!units_rate(view_str(a->rate), &rate) || rate == 0))
        return err_set(e, "--rate %.100s: requests a second were expected", a->rate);
    if (a->find_limit && rate == 0)
        rate = STEP_MILLI;
    if (a->profile == NULL)
        return plan_add(&job->plan, length, rate, rate, e);
    if (!profile_read(a->profile, length, job->phones, &job->plan, &storm, e))
        return false;
    if (storm && a->duration != NULL)
        return err_set(e, "--duration: a boot storm has its own, boot-storm:45s..90s");
    if (storm && a->retries == NULL)
        job->retries = STORM_RETRIES;
    return true;
}

static bool take_load(const struct asked *a, struct load_job *job, struct err *e)
{
    uint64_t length = USUAL_TIME_US, concurrency = 0, phones = USUAL_PHONES, retries = 0;
    int ways = (a->rate != NULL || a->find_limit) + (a->concurrency != NULL) + (a->profile != NULL);
    if (ways != 1)
        return err_set(e, "one of --rate, --concurrency, --profile and --find-limit is needed");
    if (a->find_limit)
        length = STEP_TIME_US;
    else if (a->step != NULL)
        return err_set(e, "--step is of --find-limit");
    if (!take_time("--duration", a->duration, &length, e) ||
        !take_time("--step", a->step, &length, e) ||
        !take_number("--concurrency", a->concurrency, 1, JOB_OPEN, &concurrency, e) ||
        !take_number("--retries", a->retries, 0, 100, &retries, e) ||
        !take_time("--retry-after", a->retry_after, &job->retry_us, e))
        return false;
    phones = phones < concurrency ? concurrency : phones;
    if (!take_number("--phones", a->phones, 1, PHONES_MOST, &phones, e))
        return false;
    job->concurrency = (uint32_t)concurrency;
    job->phones = (uint32_t)phones;
    job->retries = (uint32_t)retries;
    if (phones < concurrency)
        return err_set(e, "--phones %" PRIu64 ": fewer than --concurrency %u", phones,
                       job->concurrency);
    if (job->concurrency > 0 && (a->retries != NULL || a->retry_after != NULL))
        return err_set(e, "--retries and --retry-after are not of --concurrency");
    if (!take_shape(a, length, job, e))
        return false;
    return job->concurrency > 0 || job->plan.count > 0 ||
           err_set(e, "not one request in that time at that rate");
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
    uint64_t threads = 1, seed = 1, open = 0;
    if (!take_number("--threads", a->threads, 1, JOB_THREADS, &threads, e) ||
        !take_number("--open", a->open, 1, 1000000, &open, e) ||
        !take_number("--seed", a->seed, 0, UINT64_MAX, &seed, e))
        return false;
    if (job->phones < threads)
        return err_set(e, "--threads %" PRIu64 ": more than there are phones", threads);
    job->threads = (uint32_t)threads;
    job->plan.seed = seed;
    job->open_most = open > 0 ? (uint32_t)open : usual_open(job);
    return job->open_most >= job->threads || err_set(e, "--open: fewer than --threads");
}

static bool take_tvs(const struct asked *a, struct load_job *job, struct err *e)
{
    static const char *const requests[] = { "verify", "query" };
    static const char *const arrivals[] = { "even", "random" };
    static const char *const clients[] = { "openssl", "own" };
    int query, how, random, client;
    if (!take_word("--request", a->request, requests, 2, &query, e) ||
        !take_word("--connection", a->connection, load_connection_names, LOAD_CONNECTIONS, &how,
                   e) ||
        !take_word("--arrivals", a->arrivals, arrivals, 2, &random, e) ||
        !take_word("--client", a->client, clients, 2, &client, e) || !take_versions(a->tls, job, e))
        return false;
    job->own = client == 1;
    job->query = query == 1;
    job->connection = (enum load_connection)how;
    job->plan.random |= random == 1;
    job->cipher = a->cipher;
    job->resume = a->resume;
    job->model = a->model == NULL ? "7965" : a->model;
    if (strlen(job->model) > 31 || job->model[strspn(job->model, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                                                 "abcdefghijklmnopqrstuvwxyz"
                                                                 "0123456789")] != '\0')
        return err_set(e, "--model %.100s: a model like 7965 was expected", job->model);
    struct tls_config *c = load_tls(job, 0, e);
    tls_config_free(c);
    return c != NULL;
}

static const struct kind *kind_of(const struct asked *a)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (strcmp(kinds[i].name, a->words[0]) == 0)
            return &kinds[i];
    }
    return NULL;
}

/* Options of the other protocol are a slip. */
static bool take_kind(const struct asked *a, struct load_job *job, struct err *e)
{
    bool lines = a->connection != NULL;
    bool tvs = a->request != NULL || a->cert != NULL || a->tls != NULL || a->cipher != NULL ||
               a->client != NULL || a->model != NULL || a->resume;
    bool tftp = a->file != NULL || a->blksize != NULL;
    uint64_t blksize = 512;
    job->client = kind_of(a)->client;
    job->file = a->file == NULL ? "ITLFile.tlv" : a->file;
    bool wrong = job->client == &load_tvs    ? tftp
                 : job->client == &load_tftp ? tvs || lines
                                             : tvs || tftp;
    if (wrong)
        return err_set(e, "an option that `load %s` does not have; `load --help` says whose it is",
                       a->words[0]);
    if (strlen(job->file) == 0 || strlen(job->file) > 200)
        return err_set(e, "--file: a name of 1 to 200 letters was expected");
    if (!take_number("--blksize", a->blksize, 8, 65464, &blksize, e))
        return false;
    job->blksize = (uint32_t)blksize;
    return true;
}

static bool take_target(const struct asked *a, int found, struct load_job *job, struct err *e)
{
    const struct target_consent consent = { .allowed = a->allow_remote,
                                            .again = found > 2 ? a->words[2] : NULL,
                                            .ask = isatty(STDERR_FILENO) && isatty(STDIN_FILENO)
                                                       ? stderr
                                                       : NULL,
                                            .answer = stdin };
    job->timeout_us = 10000000;
    return target_read(&job->target, a->words[1], kind_of(a)->port, e) &&
           (a->source == NULL || target_read_source(&job->target, a->source, e)) &&
           take_time("--timeout", a->timeout, &job->timeout_us, e) &&
           target_allowed(&job->target, &consent, e);
}

/* The files that it shall write, in the order of their options. */
enum { FILES = 4 };

static void files_of(const struct asked *a, const char *options[FILES], const char *paths[FILES])
{
    static const char *const names[FILES] = { "--json", "--svg", "--html", "--hdr" };
    const char *const all[FILES] = { a->json, a->svg, a->html, a->hdr };
    memcpy(options, names, sizeof names);
    memcpy(paths, all, sizeof all);
}

static bool can_write_all(const struct asked *a, struct err *e)
{
    const char *options[FILES], *paths[FILES];
    files_of(a, options, paths);
    for (int i = 0; i < FILES; i++) {
        for (int k = 0; k < i && paths[i] != NULL; k++) {
            if (paths[k] != NULL && strcmp(paths[i], paths[k]) == 0)
                return err_set(e, "%s and %s would both write %.200s", options[k], options[i],
                               paths[i]);
        }
        if (paths[i] != NULL && !sys_can_write(paths[i], e))
            return err_prefix(e, "%s", options[i]);
    }
    return true;
}

static bool read_words(struct asked *a, int argc, char *const *argv, struct load_job *job,
                       struct slo *slo, struct err *e)
{
    struct options o = options_of(a);
    if (!options_read(&o, argc, argv, e))
        return false;
    if (o.found < 1 || kind_of(a) == NULL)
        return err_set(e, "what is loaded? tvs, tftp or register");
    if (o.found < 2)
        return err_set(e, "whom? HOST or HOST:PORT is needed");
    if (a->slo != NULL && !slo_read(slo, a->slo, e))
        return false;
    if (!can_write_all(a, e))
        return false;
    return take_kind(a, job, e) && take_load(a, job, e) && take_tvs(a, job, e) &&
           take_counts(a, job, e) && take_target(a, o.found, job, e) && run_files(job, e);
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

static void conditions_tvs(const struct load_job *job, struct result *r)
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
    snprintf(text, sizeof text, "%s, TLS %s to %s, %.80s%s", job->own ? "own" : "OpenSSL",
             versions[job->tls_min], versions[job->tls_max],
             job->cipher == NULL ? "usual ciphers" : job->cipher,
             job->resume ? ", sessions resumed" : "");
    result_condition(r, "client", text);
}

static void conditions_tftp(const struct load_job *job, struct result *r)
{
    char text[136];
    snprintf(text, sizeof text, "TFTP at %.100s:%u", job->target.host, job->target.port);
    result_condition(r, "target", text);
    snprintf(text, sizeof text, "%.80s, blocks of %u, timeout %s", job->file, job->blksize,
             TIMED(job->timeout_us));
    for (char *p = text; *p != '\0'; p++) /* it stands in files that are read again */
        *p = *p < 0x20 || *p > 0x7e ? '?' : *p;
    result_condition(r, "request", text);
}

static void conditions_register(const struct load_job *job, struct result *r)
{
    char text[136];
    snprintf(text, sizeof text, "SIP at %.100s:%u", job->target.host, job->target.port);
    result_condition(r, "target", text);
    snprintf(text, sizeof text, "REGISTER, %s, timeout %s", load_connection_names[job->connection],
             TIMED(job->timeout_us));
    result_condition(r, "request", text);
}

static void conditions(const struct asked *a, const struct load_job *job, struct result *r)
{
    char text[136];
    if (job->client == &load_tftp)
        conditions_tftp(job, r);
    else if (job->client == &load_register)
        conditions_register(job, r);
    else
        conditions_tvs(job, r);
    if (a->find_limit) { /* nothing adds to it */
        snprintf(text, sizeof text, "search for the limit %016" PRIx64, r->parts[0]);
        result_condition(r, "arrivals", text);
        return;
    }
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

static bool write_all(const struct asked *a, const struct load_job *job, const struct result *r,
                      const struct slo *slo, struct err *e)
{
    const char *options[FILES], *paths[FILES];
    struct arena arena = arena_of(&sys_mem);
    bool ok = true;
    files_of(a, options, paths);
    for (int i = 0; i < FILES; i++) {
        if (paths[i] == NULL)
            continue;
        struct view bytes = i == 0   ? part_write(r, slo, job->check->command, &arena)
                            : i == 1 ? page_svg(r, &arena)
                            : i == 2 ? page_html(r, slo, &arena)
                                     : hdrlog_write(r, &arena);
        ok = sys_write_file(paths[i], bytes, e) && ok; /* the others all the same */
    }
    arena_free(&arena);
    return ok;
}

/* Where the result goes: beside a file that is standard output. */
static FILE *words_of(const struct asked *a, FILE *out, FILE *problems)
{
    const char *options[FILES], *paths[FILES];
    files_of(a, options, paths);
    for (int i = 0; i < FILES; i++) {
        if (sys_is_stdout(paths[i]))
            return problems;
    }
    return out;
}

/* One rate of a search, as one step of the whole. */
static bool try_rate(const struct load_job *job, struct limit *l, const struct slo *slo,
                     const struct run_watch *watch, struct result *all, FILE *words)
{
    static struct load_job one;
    struct result *r = result_new();
    uint64_t length = job->plan.length_us;
    char why[128];
    one = *job;
    one.plan = (struct plan){ .seed = job->plan.seed, .random = job->plan.random };
    if (!plan_add(&one.plan, length, l->milli, l->milli, NULL) || one.plan.count == 0)
        return result_free(r), false;
    run_load(&one, watch, r);
    bool held = limit_held(l, slo, &r->total, length, why);
    bool own = result_own_limits(r, NULL) > 0, stopped = r->broken_off;
    fprintf(words, "%8s/s  done %s/s  p50 %s  p99 %s  p99.9 %s  errors %s  %s%s%s\n",
            RATED(l->milli), RATED(result_rate_milli(&r->total, length)),
            TIMED(hist_at(&r->total.latency, 5000000)), TIMED(hist_at(&r->total.latency, 9900000)),
            TIMED(hist_at(&r->total.latency, 9990000)), COUNTED(tally_errors(&r->total)),
            stopped ? "broken off"
            : held  ? "holds"
                    : "too much: ",
            held || stopped ? "" : why,
            own && !held && !stopped ? " (the generator may be the limit)" : "");
    fflush(words);
    result_append(all, r);
    result_free(r);
    if (!stopped) /* half a step says nothing of its rate */
        limit_heard(l, held);
    return !stopped;
}

/* True: a rate held. */
static bool search(const struct load_job *job, const struct slo *slo, const struct run_watch *watch,
                   struct result *r, FILE *words)
{
    struct limit l = limit_from(job->plan.phases[0].from_milli);
    r->phones = job->phones;
    r->threads = job->threads;
    while (!l.done && r->phase_count < PLAN_PHASES && try_rate(job, &l, slo, watch, r, words)) {
    }
    result_total(r);
    if (l.good == 0 && l.bad == 0)
        fputs("Limit       not found\n\n", words);
    else if (l.good == 0)
        fprintf(words, "Limit       below %s/s\n\n", RATED(l.bad));
    else
        fprintf(words, "Limit       %s/s holds%s%s%s\n\n", RATED(l.good), l.bad == 0 ? "" : ", ",
                l.bad == 0 ? "" : RATED(l.bad), l.bad == 0 ? "" : "/s does not");
    return l.good != 0;
}

static int run(const struct asked *a, const struct load_job *job, const struct slo *slo, FILE *out,
               FILE *problems)
{
    static const struct slo none;
    struct err e = { "" };
    struct result *r = result_new();
    struct run_watch watch = { a->quiet || a->find_limit ? NULL : print_moment, problems };
    FILE *words = words_of(a, out, problems);
    r->parts[r->part_count++] = run_id();
    conditions(a, job, r);
    r->began_s = unix_s();
    bool found = true;
    if (a->find_limit)
        found = search(job, slo, &watch, r, words);
    else
        run_load(job, &watch, r);
    r->ended_s = unix_s();
    const struct slo *judge = a->find_limit ? &none : slo; /* the limit is where it is missed */
    result_print(r, words);
    bool met = slo_tell(judge, &r->total, result_length_us(r), words);
    int status = met && found ? EXIT_GOOD : EXIT_EXPECT;
    if (!write_all(a, job, r, judge, &e))
        status = cmd_fail(&e);
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
    int status = read_words(&a, argc, argv, &job, &slo, &e) &&
                         (job.client != &load_tvs || load_tvs_certificate(&job, a.cert, &arena, &e))
                     ? run(&a, &job, &slo, out, problems)
                     : (err_prefix(&e, "load"), cmd_fail(&e));
    sys_check_context(NULL);
    arena_free(&arena);
    return status;
}
