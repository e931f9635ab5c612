/* `cucmlab load`: load on a server, open loop or closed, and what came of it. */
#include "sim/base/count.h"
#include "sim/base/sys.h"
#include "sim/cmd/badges.h"
#include "sim/cmd/cmd.h"
#include "sim/inventory/inventory.h"
#include "sim/load/roster.h"
#include "sim/load/limit.h"
#include "sim/load/outputs.h"
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

#define USUAL_PHONES     1000
#define USUAL_TIME_US    10000000
#define USUAL_TIMEOUT_US 10000000
#define PHONES_MOST      1000000
#define BADGES_MOST      50000 /* a signature each, before the run */
#define STEP_TIME_US     5000000
#define STEP_MILLI       50000 /* where a search begins */

/* What is loaded. */
enum kind { KIND_TVS, KIND_TFTP, KIND_REGISTER, KINDS };

static const char *const kinds[KINDS] = { "tvs", "tftp", "register" };

/* What the words say. */
struct asked {
    const char *words[3]; /* "tvs" or "tftp", HOST, and HOST again */
    const char *rate, *concurrency, *duration, *phones, *connection, *request, *cert, *tls, *cipher;
    const char *threads, *source, *timeout, *open, *slo, *arrivals, *seed, *model;
    const char *client, *file, *blksize, *fleet, *inventory, *round, *protocol, *transport,
        *identity, *hold, *keepalive, *profile, *retries, *retry_after, *step;
    struct outputs files;
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
    { "--round", "T..T", 1, AT(round),
      "boot storm of register: who failed thrice begins anew after, doubled up to (60s..10m)" },
    { "--duration", "T", 1, AT(duration), "how long requests are begun (10s)" },
    { "--phones", "N", 1, AT(phones), "phones that take turns (1000)" },
    { "--connection", "per-request|per-phone|keep", 1, AT(connection),
      "a new one for each request (default), each phone keeps its own, or a few for all" },
    { "--request", "verify|query", 1, AT(request), "a whole certificate (default), or its names" },
    { "--cert", "FILE", 1, AT(cert), "the certificate asked about, PEM or DER; else the target's" },
    { "--file", "NAME", 1, AT(file), "tftp: what is fetched (ITLFile.tlv)" },
    { "--blksize", "N", 1, AT(blksize), "tftp: bytes of a block, 512 (as RFC 1350) to 65464" },
    { "--fleet", "MODEL=N[,MODEL=N...]", 1, AT(fleet),
      "phones of these models (`cucmlab models`), mixed: their names, TLS, numbers" },
    { "--inventory", "FILE", 1, AT(inventory), "the phones of a CUCM phone export (CSV) instead" },
    { "--protocol", "sip|sccp", 1, AT(protocol), "register: how (sip)" },
    { "--transport", "tcp|tls|udp", 1, AT(transport),
      "register: over what (tcp); over TLS phones show their MICs" },
    { "--identity", "N", 1, AT(identity), "register: of the lab whose MICs they are (1)" },
    { "--hold", "T", 1, AT(hold),
      "register: each phone keeps its connection for so long, and its keepalives go on" },
    { "--keepalive", "T", 1, AT(keepalive), "of --hold: how often (SIP 115s, SCCP 30s)" },
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
    { "--json", "FILE", 1, AT(files.json), "writes the result, histograms and all; see merge" },
    { "--svg", "FILE", 1, AT(files.svg), "latency over rate as a picture, or by percentile" },
    { "--html", "FILE", 1, AT(files.html), "one page with pictures and result" },
    { "--hdr", "FILE", 1, AT(files.hdr), "a log of HdrHistogram, an interval for each step" },
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

static enum kind kind_of(const struct asked *a)
{
    enum kind k = KIND_TVS;
    while (k < KINDS && strcmp(kinds[k], a->words[0]) != 0)
        k++;
    return k;
}

static enum load_asks asks_of(const struct asked *a, const struct load_job *job)
{
    return kind_of(a) != KIND_REGISTER  ? ROSTER_TVS
           : job->protocol == LOAD_SCCP ? ROSTER_SCCP
                                        : ROSTER_SIP;
}

static bool take_versions(const char *value, struct load_job *job, struct err *e)
{
    int ends[2];
    char words[2][8];
    const char *usual = job->fleet == NULL ? "1.0..1.2" : "1.0..1.3"; /* each as its model has it */
    struct view rest = view_str(value == NULL ? usual : value), first = rest;
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

/* Each phone registers once, at the rate; then each is heard of once in every interval, as they
 * came, and never later: for fewer than there are thousandths in a rate that shows. */
static bool take_hold(uint64_t rate, struct load_job *job, struct err *e)
{
    uint64_t length = (uint64_t)((double)job->phones * 1e9 / (double)rate);
    uint64_t alive = ((uint64_t)job->phones * 1000000000 - 1) / job->keepalive_us + 1;
    if (length > job->keepalive_us)
        return err_set(
            e,
            "--hold: at that rate %u phones register in %s, and the first would be heard "
            "of too late (every %s)",
            job->phones, TIMED(length), TIMED(job->keepalive_us));
    return plan_add_count(&job->plan, length > 0 ? length : 1, job->phones, e) &&
           plan_add(&job->plan, job->hold_us, alive, alive, e);
}

/* Phones go on as they do by themselves.  --duration: until then, from power, who could not
 * register begins anew. */
static bool take_storm(const struct asked *a, const struct profile_storm *storm,
                       const struct load_pace *pace, uint64_t length, struct load_job *job,
                       struct err *e)
{
    job->storm = true;
    if (a->retries == NULL)
        job->retries = pace->retries;
    if (a->timeout == NULL)
        job->timeout_us = pace->timeout_us;
    if (a->duration == NULL)
        return a->round == NULL ||
               err_set(e, "--round: until when is said by --duration, from power");
    if (pace->round_us == 0 || length < storm->last_us)
        return err_set(
            e, "--duration: of a boot storm of `load register`, from power, and longer than "
               "that takes; a storm has its own, boot-storm:45s..90s");
    job->round_us = pace->round_us;
    job->round_most_us = pace->round_most_us;
    if (a->round != NULL &&
        (!profile_read_times(view_str(a->round), &job->round_us, &job->round_most_us) ||
         job->round_us == 0))
        return err_set(e, "--round %.100s: two times like 60s..10m were expected", a->round);
    job->until_us = length - storm->first_us; /* the run begins when the first phone is ready */
    return true;
}

static bool take_shape(const struct asked *a, uint64_t length, struct load_job *job, struct err *e)
{
    uint64_t rate = 0;
    const struct load_pace pace = roster_pace(asks_of(a, job));
    struct profile_storm storm = { false, pace.boot_min_us, pace.boot_max_us };
    if (a->rate != NULL && (!units_rate(view_str(a->rate), &rate) || rate == 0))
        return err_set(e, "--rate %.100s: requests a second were expected", a->rate);
    if (a->find_limit && rate == 0)
        rate = STEP_MILLI;
    if (job->hold_us > 0)
        return take_hold(rate, job, e);
    if (a->round != NULL && (a->profile == NULL || kind_of(a) != KIND_REGISTER))
        return err_set(e, "--round is of a boot storm of `load register`");
    if (a->profile == NULL)
        return plan_add(&job->plan, length, rate, rate, e);
    return profile_read(a->profile, length, job->phones, &job->plan, &storm, e) &&
           (!storm.is || take_storm(a, &storm, &pace, length, job, e));
}

/* A phone registers by the protocol that the export says, or its model's. */
static bool add_row(const struct inventory_row *row, enum load_asks asks, struct load_fleet *f,
                    struct err *e)
{
    uint32_t speaks = row->speaks != 0 ? row->speaks : SPEAKS(model_table[row->model].protocol);
    uint32_t wanted = asks == ROSTER_SIP ? SPEAKS(CNF_SIP) : SPEAKS(CNF_SCCP);
    if (asks == ROSTER_TVS || (speaks & wanted) != 0)
        return roster_add(f, row->model, row->name, asks, e);
    f->left_out++;
    return true;
}

static bool read_inventory(const char *path, enum load_asks asks, struct load_fleet *f,
                           struct err *e)
{
    struct arena arena = arena_of(&sys_mem);
    struct inventory inventory;
    struct view file;
    bool ok = false;
    if (sys_read_file(path, INVENTORY_FILE_MAX, &arena, &file, e)) {
        ok = inventory_read(file, path, (struct inventory_as){ NULL, 0 }, &inventory, e);
        for (uint32_t i = 0; ok && i < inventory.count; i++)
            ok = add_row(&inventory.rows[i], asks, f, e);
        inventory_free(&inventory);
    }
    arena_free(&arena);
    return ok;
}

/* *phones: how many they are, where there is a fleet. */
static bool take_fleet(const struct asked *a, uint64_t *phones, struct load_job *job, struct err *e)
{
    static struct load_fleet fleet; /* until the program ends */
    if (a->fleet == NULL && a->inventory == NULL)
        return true;
    if ((a->fleet != NULL && a->inventory != NULL) || a->phones != NULL || a->model != NULL)
        return err_set(e,
                       "one of --fleet, --inventory, --phones and --model says who the phones are");
    bool ok = a->fleet != NULL ? roster_read(&fleet, a->fleet, asks_of(a, job), e)
                               : read_inventory(a->inventory, asks_of(a, job), &fleet, e);
    if (!ok)
        return false;
    if (fleet.count == 0)
        return err_set(e, "--inventory %.200s: no phone there asks such a thing", a->inventory);
    roster_shuffle(&fleet, 1);
    job->fleet = &fleet;
    *phones = fleet.count;
    return true;
}

static bool take_load(const struct asked *a, struct load_job *job, struct err *e)
{
    uint64_t length = USUAL_TIME_US, concurrency = 0, phones = USUAL_PHONES, retries = 0;
    int ways = (a->rate != NULL || a->find_limit) + (a->concurrency != NULL) + (a->profile != NULL);
    if (ways != 1)
        return err_set(e, "%s of --rate, --concurrency, --profile and --find-limit is needed",
                       ways == 0 ? "one" : "only one");
    if (a->find_limit)
        length = STEP_TIME_US;
    else if (a->step != NULL)
        return err_set(e, "--step is of --find-limit");
    if (!take_time("--duration", a->duration, &length, e) ||
        !take_time("--step", a->step, &length, e) ||
        !options_number("--concurrency", a->concurrency, 1, JOB_OPEN, &concurrency, e) ||
        !options_number("--retries", a->retries, 0, 100, &retries, e) ||
        !take_time("--retry-after", a->retry_after, &job->retry_us, e))
        return false;
    phones = phones < concurrency ? concurrency : phones;
    if (!options_number("--phones", a->phones, 1, PHONES_MOST, &phones, e) ||
        !take_fleet(a, &phones, job, e))
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
    if (!options_number("--threads", a->threads, 1, JOB_THREADS, &threads, e) ||
        !options_number("--open", a->open, 1, 1000000, &open, e) ||
        !options_number("--seed", a->seed, 0, UINT64_MAX, &seed, e))
        return false;
    if (job->phones < threads)
        return err_set(e, "--threads %" PRIu64 ": more than there are phones", threads);
    job->threads = (uint32_t)threads;
    job->plan.seed = seed;
    job->open_most = open > 0 ? (uint32_t)open : usual_open(job);
    return job->open_most >= job->threads || err_set(e, "--open: fewer than --threads");
}

/* A connection that says whose it is, by SCCP's registration or by a certificate, is one phone's:
 * what others asked over it would be answered as that one's. */
static bool fits_connection(const struct asked *a, const struct load_job *job, struct err *e)
{
    bool named = job->protocol == LOAD_SCCP || job->secure;
    return kind_of(a) != KIND_REGISTER || job->connection != LOAD_KEEP || !named ||
           job->phones == 1 ||
           err_set(e, "--connection keep: by SCCP, and over TLS, a connection is one phone's; "
                      "per-phone keeps them");
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
    job->connection = job->hold_us > 0 ? LOAD_PER_PHONE : (enum load_connection)how;
    job->plan.random |= random == 1;
    job->cipher = a->cipher;
    job->resume = a->resume;
    job->model = a->model == NULL ? "7965" : a->model;
    if (!fits_connection(a, job, e))
        return false;
    if (strlen(job->model) > 31 || job->model[strspn(job->model, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                                                 "abcdefghijklmnopqrstuvwxyz"
                                                                 "0123456789")] != '\0')
        return err_set(e, "--model %.100s: a model like 7965 was expected", job->model);
    if (!job->secure)
        return true;
    struct tls_config *c = NULL;
    for (uint32_t k = 0; k < load_tls_kinds(job); k++) {
        c = load_tls(job, 0, k, NULL, e);
        tls_config_free(c);
        if (c == NULL)
            return false;
    }
    return true;
}

/* What is not of this kind of load is a slip. */
static bool fits_kind(const struct asked *a, const struct load_job *job, struct err *e)
{
    enum kind k = kind_of(a);
    const struct {
        bool given, fits;
    } rows[] = {
        { a->request != NULL || a->cert != NULL || a->model != NULL, k == KIND_TVS },
        { a->file != NULL || a->blksize != NULL, k == KIND_TFTP },
        { a->protocol != NULL || a->transport != NULL || a->hold != NULL || a->keepalive != NULL,
          k == KIND_REGISTER },
        { a->fleet != NULL || a->inventory != NULL, k != KIND_TFTP },
        { a->identity != NULL, k == KIND_REGISTER && job->secure },
        { a->tls != NULL || a->cipher != NULL || a->resume, job->secure },
        { a->client != NULL, k == KIND_TVS },
        { a->connection != NULL,
          k == KIND_TVS || (k == KIND_REGISTER && job->transport != LOAD_UDP) },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (rows[i].given && !rows[i].fits)
            return err_set(
                e, "an option that this `load %s` does not have; `load --help` says whose it is",
                a->words[0]);
    }
    return true;
}

static bool take_register(const struct asked *a, struct load_job *job, uint16_t *port,
                          struct err *e)
{
    int protocol, transport;
    if (!take_word("--protocol", a->protocol, load_protocol_names, LOAD_PROTOCOLS, &protocol, e) ||
        !take_word("--transport", a->transport, load_transport_names, LOAD_TRANSPORTS, &transport,
                   e))
        return false;
    job->protocol = (enum load_protocol)protocol;
    job->transport = (enum load_transport)transport;
    job->secure = transport == LOAD_TLS;
    job->client = load_register(job->protocol, job->transport, port, &job->keepalive_us);
    if (job->client == NULL)
        return err_set(e, "--transport udp: SCCP is spoken over TCP and TLS alone");
    if (!take_time("--hold", a->hold, &job->hold_us, e) ||
        !take_time("--keepalive", a->keepalive, &job->keepalive_us, e))
        return false;
    if (a->hold == NULL && a->keepalive != NULL)
        return err_set(e, "--keepalive is of --hold");
    bool other = a->rate == NULL || a->duration != NULL || a->connection != NULL ||
                 a->retries != NULL || transport == LOAD_UDP || a->find_limit;
    return a->hold == NULL || !other ||
           err_set(e, "--hold is of --rate, over TCP or TLS: each phone registers once, keeps its "
                      "connection, and is heard of until the end");
}

/* Who speaks, and to which port where none is said. */
static bool take_kind(const struct asked *a, struct load_job *job, uint16_t *port, struct err *e)
{
    uint64_t blksize = 512;
    job->file = a->file == NULL ? "ITLFile.tlv" : a->file;
    job->client = kind_of(a) == KIND_TFTP ? &load_tftp : &load_tvs;
    job->secure = kind_of(a) == KIND_TVS;
    *port = kind_of(a) == KIND_TFTP ? LOAD_TFTP_PORT : LOAD_TVS_PORT;
    if ((kind_of(a) == KIND_REGISTER && !take_register(a, job, port, e)) || !fits_kind(a, job, e))
        return false;
    if (strlen(job->file) == 0 || strlen(job->file) > 200)
        return err_set(e, "--file: a name of 1 to 200 letters was expected");
    if (!options_number("--blksize", a->blksize, 8, 65464, &blksize, e))
        return false;
    job->blksize = (uint32_t)blksize;
    return true;
}

static bool take_target(const struct asked *a, int found, uint16_t port, struct load_job *job,
                        struct err *e)
{
    const struct target_consent consent = { .allowed = a->allow_remote,
                                            .again = found > 2 ? a->words[2] : NULL,
                                            .ask = isatty(STDERR_FILENO) && isatty(STDIN_FILENO)
                                                       ? stderr
                                                       : NULL,
                                            .answer = stdin };
    return target_read(&job->target, a->words[1], port, e) &&
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
    if (o.found < 1 || kind_of(a) == KINDS)
        return err_set(e, "what is loaded? tvs, tftp or register");
    if (o.found < 2)
        return err_set(e, "whom? HOST or HOST:PORT is needed");
    if (a->slo != NULL && !slo_read(slo, a->slo, e))
        return false;
    if (!outputs_keep(&a->files, a->cert, "--cert", e) ||
        !outputs_keep(&a->files, a->inventory, "--inventory", e) ||
        !outputs_can_write(&a->files, e))
        return false;
    uint16_t port;
    return take_kind(a, job, &port, e) && take_load(a, job, e) && take_tvs(a, job, e) &&
           take_counts(a, job, e) && take_target(a, o.found, port, job, e) &&
           target_source_is_ours(&job->target, e) && run_files(job, e);
}

/* ---- the run ---- */

static void print_moment(void *ctx, const struct run_moment *m)
{
    FILE *out = ctx;
    fprintf(out, "%3" PRIu64 " s ", (m->at_us + 500000) / 1000000);
    if (m->asked_milli > 0)
        fprintf(out, " asked %s/s", RATED(m->asked_milli));
    fprintf(out, " done %s/s ", RATED(result_rate_milli(tally_answers(m->tally), m->length_us)));
    for (int i = 0; i < RESULT_PERCENTILES; i++)
        fprintf(out, " %s %s", result_percentiles[i].name,
                TIMED(tally_latency_at(m->tally, result_percentiles[i].ppm10)));
    fprintf(out, " max %s  handshakes %" PRIu64 "+%" PRIu64 "  errors %" PRIu64 "  open %u\n",
            TIMED(tally_latency_max(m->tally)), m->tally->full, m->tally->resumed,
            tally_errors(m->tally), m->open);
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
    static const char *const names[LOAD_PROTOCOLS] = { "SIP", "SCCP" };
    char text[136];
    snprintf(text, sizeof text, "%s at %.100s:%u", names[job->protocol], job->target.host,
             job->target.port);
    result_condition(r, "target", text);
    snprintf(text, sizeof text, "%s over %s, %s, timeout %s",
             job->hold_us > 0 ? "registration and keepalives" : "registration",
             load_transport_names[job->transport],
             job->transport == LOAD_UDP ? "a socket each" : load_connection_names[job->connection],
             TIMED(job->timeout_us));
    result_condition(r, "request", text);
    if (job->hold_us > 0) {
        snprintf(text, sizeof text, "for %s, every %s", TIMED(job->hold_us),
                 TIMED(job->keepalive_us));
        result_condition(r, "held", text);
    }
    if (job->secure) {
        snprintf(text, sizeof text, "OpenSSL, TLS %s to %s, %.80s%s, with MICs",
                 versions[job->tls_min], versions[job->tls_max],
                 job->cipher == NULL ? "usual ciphers" : job->cipher,
                 job->resume ? ", sessions resumed" : "");
        result_condition(r, "client", text);
    }
}

static void condition_fleet(const struct load_job *job, struct result *r)
{
    char text[136];
    if (job->fleet != NULL) {
        roster_print(job->fleet, text, sizeof text - 40);
        size_t n = strlen(text);
        if (job->fleet->left_out > 0)
            snprintf(text + n, sizeof text - n, "; %u that do not ask left out",
                     job->fleet->left_out);
        result_condition(r, "fleet", text);
    }
    if (!job->storm)
        return;
    char rounds[64] = "";
    if (job->round_us > 0)
        snprintf(rounds, sizeof rounds, ", all anew after %s, up to %s", TIMED(job->round_us),
                 TIMED(job->round_most_us));
    snprintf(text, sizeof text, "%u servers in turn, %s for each%s", job->retries + 1,
             TIMED(job->timeout_us), rounds);
    result_condition(r, "tries", text);
}

static void conditions(const struct asked *a, const struct load_job *job, struct result *r)
{
    static void (*const of_kind[KINDS])(const struct load_job *,
                                        struct result *) = { conditions_tvs, conditions_tftp,
                                                             conditions_register };
    char text[136];
    of_kind[kind_of(a)](job, r);
    condition_fleet(job, r);
    if (a->find_limit) { /* nothing adds to it */
        snprintf(text, sizeof text, RESULT_SEARCH " %016" PRIx64, r->parts[0]);
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
    bool own = result_own_limits(r, NULL) > 0 || result_was_late(r), stopped = r->broken_off;
    fprintf(words, "%8s/s  done %s/s  p50 %s  p99 %s  p99.9 %s  errors %s  %s%s%s\n",
            RATED(l->milli), RATED(result_done_milli(&r->total, length)),
            TIMED(tally_latency_at(&r->total, 5000000)),
            TIMED(tally_latency_at(&r->total, 9900000)),
            TIMED(tally_latency_at(&r->total, 9990000)), COUNTED(tally_errors(&r->total)),
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

/* The most that it did in any step: what it can do, though not in a time that anybody wants. */
static uint64_t most_done_milli(const struct result *r)
{
    uint64_t most = 0;
    for (uint32_t i = 0; i < r->phase_count; i++) {
        uint64_t done = result_done_milli(&r->phases[i].tally, r->phases[i].length_us);
        most = done > most ? done : most;
    }
    return most;
}

static void print_limit(const struct result *r, FILE *words)
{
    fputs("Limit       ", words);
    if (r->limit_good == 0 && r->limit_bad == 0)
        fputs("not found", words);
    else if (r->limit_good == 0)
        fprintf(words, "below %s/s", RATED(r->limit_bad));
    else
        fprintf(words, "%s/s holds", RATED(r->limit_good));
    if (r->limit_good != 0 && r->limit_bad != 0)
        fprintf(words, ", %s/s does not", RATED(r->limit_bad));
    fprintf(words, "; at most %s/s were answered\n\n", RATED(most_done_milli(r)));
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
    r->limit_good = l.good;
    r->limit_bad = l.bad;
    print_limit(r, words);
    return l.good != 0;
}

static int run(const struct asked *a, const struct load_job *job, const struct slo *slo, FILE *out,
               FILE *problems)
{
    static const struct slo none;
    struct err e = { "" };
    struct result *r = result_new();
    struct run_watch watch = { a->quiet || a->find_limit ? NULL : print_moment, problems };
    FILE *words = outputs_on_stdout(&a->files) ? problems : out;
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
    if (!outputs_write(&a->files, r, judge, job->check->command, &e))
        status = cmd_fail(&e);
    result_free(r);
    return status;
}

/* What phones ask about, and what they show. */
static bool prepare(const struct asked *a, struct load_job *job, struct badges *badges,
                    struct arena *arena, struct err *e)
{
    uint64_t identity = 1;
    if (kind_of(a) == KIND_TVS)
        return load_tvs_certificate(job, a->cert, arena, e);
    if (!options_number("--identity", a->identity, 0, UINT64_MAX, &identity, e))
        return false;
    if (job->secure && a->inventory != NULL)
        return err_set(e, "--inventory: phones of an export have no certificates of a lab to show");
    if (job->secure && job->phones > BADGES_MOST)
        return err_set(e, "--phones %u: at most %d have certificates", job->phones, BADGES_MOST);
    if (job->secure)
        badges_make(badges, identity, job);
    return true;
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
    job = (struct load_job){ .check = &context, .timeout_us = USUAL_TIMEOUT_US };
    sys_check_context(&context);
    struct badges badges = { .list = NULL };
    int status =
        read_words(&a, argc, argv, &job, &slo, &e) && prepare(&a, &job, &badges, &arena, &e)
            ? run(&a, &job, &slo, out, problems)
            : (err_prefix(&e, "load"), cmd_fail(&e));
    badges_free(&badges);
    sys_check_context(NULL);
    arena_free(&arena);
    return status;
}
