#include "sim/cmd/args.h"

#include "sim/live/live.h"
#include "sim/wire/text.h"

#include <string.h>

int cmd_fail(const struct err *e)
{
    fprintf(stderr, "cucmlab: %s\n", e->text);
    return EXIT_INPUT;
}

static bool take_number(uint64_t *out, const char *name, const char *value, struct err *e)
{
    return text_number(view_str(value), UINT64_MAX, out) ||
           err_set(e, "%s %s: a number from 0 to %llu was expected", name, value,
                   (unsigned long long)UINT64_MAX);
}

static bool take_seed(void *to, const char *value, struct err *e)
{
    return take_number(&((struct args *)to)->seed, "--seed", value, e);
}

static bool take_identity(void *to, const char *value, struct err *e)
{
    return take_number(&((struct args *)to)->identity, "--identity", value, e);
}

bool args_add(struct args_list *list, const char *option, const char *value, struct err *e)
{
    if (list->count == ARGS_LIST)
        return err_set(e, "more than %d %s", ARGS_LIST, option);
    list->words[list->count++] = value;
    return true;
}

/* What hands cost is no business of the scenario: taken here. */
static bool take_set(void *to, const char *value, struct err *e)
{
    static const struct {
        const char *name;
        size_t at;
        uint32_t most;
    } own[] = { { "hands_minutes=", offsetof(struct args, hands_minutes), 100000 },
                { "people=", offsetof(struct args, people), 100000 },
                { "users_follow=", offsetof(struct args, users_follow), 100 },
                { "users_hours=", offsetof(struct args, users_hours), 100000 } };
    struct args *a = to;
    for (size_t i = 0; i < sizeof own / sizeof *own; i++) {
        size_t n = strlen(own[i].name);
        uint64_t number;
        if (strncmp(value, own[i].name, n) != 0)
            continue;
        if (!text_number(view_str(value + n), own[i].most, &number) || number == 0)
            return err_set(e, "--set %s: a number from 1 to %u was expected", value, own[i].most);
        *(uint32_t *)(void *)((char *)a + own[i].at) = (uint32_t)number;
        return true;
    }
    const char *equals = strchr(value, '=');
    if (equals == NULL || equals == value)
        return err_set(e, "--set %s: NAME=VALUE was expected", value);
    return args_add(&a->sets, "--set", value, e);
}

static bool take_explain(void *to, const char *value, struct err *e)
{
    return args_add(&((struct args *)to)->explains, "--explain", value, e);
}

static bool take_inventory(void *to, const char *value, struct err *e)
{
    return args_add(&((struct args *)to)->inventories, "--inventory", value, e);
}

static bool take_pools(void *to, const char *value, struct err *e)
{
    return args_add(&((struct args *)to)->pools, "--pools", value, e);
}

static bool take_as(void *to, const char *value, struct err *e)
{
    return args_add(&((struct args *)to)->as, "--as", value, e);
}

static bool take_tvs_workers(void *to, const char *value, struct err *e)
{
    uint64_t number;
    if (!text_number(view_str(value), LIVE_WORKERS_MAX, &number))
        return err_set(e, "--tvs-workers %s: a number from 0 to %u was expected", value,
                       LIVE_WORKERS_MAX);
    ((struct args *)to)->tvs_workers = (uint32_t)number;
    return true;
}

static bool take_registration(void *to, const char *value, struct err *e)
{
    bool is_short = strcmp(value, "short") == 0;
    if (!is_short && strcmp(value, "held") != 0)
        return err_set(e, "--registration %s: short or held was expected", value);
    ((struct args *)to)->short_registrations = is_short;
    return true;
}

static bool take_unknown_lists(void *to, const char *value, struct err *e)
{
    bool strangers = strcmp(value, "strangers") == 0;
    if (!strangers && strcmp(value, "known") != 0)
        return err_set(e, "--unknown-lists %s: known or strangers was expected", value);
    ((struct args *)to)->strangers = strangers;
    return true;
}

static const struct option table[] = {
    { "--seed", "N", RUN | SERVE, take_seed, 0,
      "the seed of luck: delays, losses, order (default 1)" },
    { "--identity", "N", RUN | SERVE, take_identity, 0,
      "the seed of who it is: keys, serial numbers, names (default 1)" },
    { "--set", "NAME=VALUE", RUN | SERVE, take_set, 0,
      "overrides a parameter of the scenario; also hands_minutes, people, users_follow, "
      "users_hours" },
    { "--json", "FILE", RUN | SERVE, NULL, offsetof(struct args, json),
      "writes the report as JSON" },
    { "--csv", "FILE", RUN | SERVE, NULL, offsetof(struct args, csv),
      "writes a row for each phone that lost something" },
    { "--junit", "FILE", RUN | SERVE, NULL, offsetof(struct args, junit),
      "writes the expectations as JUnit XML" },
    { "--letter", "DIR", RUN | SERVE, NULL, offsetof(struct args, letter),
      "writes a letter to the users of phones that need hands, in English and in Dutch" },
    { "--trace", "FILE", RUN | SERVE, NULL, offsetof(struct args, trace),
      "writes every event, one a line, and the hash of the whole; FILE.jsonl: JSON lines" },
    { "--pcap", "FILE", RUN | SERVE, NULL, offsetof(struct args, pcap),
      "writes the packets and the secrets of their TLS, for Wireshark (pcapng)" },
    { "--access-log", "FILE", SERVE, NULL, offsetof(struct args, access_log),
      "writes a line for each request that a node has: who, for what, the answer" },
    { "--addresses", "NET", RUN | SERVE, NULL, offsetof(struct args, addresses),
      "where the nodes are, \"127.7.0.0/16\": several labs on one machine (default 127.0.0.0/16)" },
    { "--control", "PATH", SERVE, NULL, offsetof(struct args, control),
      "listens on this Unix socket for acts and questions (`cucmlab control PATH ...`)" },
    { "--pause", NULL, SERVE, NULL, offsetof(struct args, pause),
      "holds the scenario before each step, until its control socket says step or continue" },
    { "--speed", "F", SERVE, NULL, offsetof(struct args, speed),
      "seconds of the lab in one of the wall clock's, 0.1 to 100 (default 1)" },
    { "--report-every", "TIME", SERVE, NULL, offsetof(struct args, report_every),
      "prints the report again and again, \"5m\" of the lab's time apart" },
    { "--metrics", "PORT", SERVE, NULL, offsetof(struct args, metrics),
      "answers GET /metrics on 127.0.0.1: counters for Prometheus" },
    { "--explain", "SEP...", RUN | SERVE, take_explain, 0, "prints the whole story of that phone" },
    { "--bytes", NULL, RUN, NULL, offsetof(struct args, bytes),
      "makes the bytes of every file at every hop" },
    { "--dump", "DIR", RUN | SERVE, NULL, offsetof(struct args, dump),
      "writes every list and signed file that was served there" },
    { "--fail-on-risk", NULL, RUN | SERVE, NULL, offsetof(struct args, fail_on_risk),
      "exit 1 where a phone needs hands, or will" },
    { "--inventory", "[CLUSTER=]FILE", RUN | SERVE, take_inventory, 0,
      "takes the phones of a cluster from a CUCM phone export (CSV)" },
    { "--pools", "[CLUSTER=]FILE", RUN | SERVE, take_pools, 0,
      "takes the CallManager group of each device pool from a CSV file" },
    { "--as", "TYPE=MODEL", RUN | SERVE, take_as, 0,
      "simulates a device type of the export as that model" },
    { "--strict", NULL, RUN | SERVE, NULL, offsetof(struct args, strict),
      "exit 1 where a row of the export was simulated as another model or left out" },
    { "--off", "FILE", RUN | SERVE, NULL, offsetof(struct args, off),
      "phones that are without power from the start: a name a line" },
    { "--until", "TIME", RUN | SERVE, NULL, offsetof(struct args, until),
      "goes on until then: \"2h\" from the start, or a date where the scenario has start()" },
    { "--unknown-lists", "known|strangers", RUN | SERVE, take_unknown_lists, 0,
      "what a list {} known by its hash holds: what is known by its names (default), or nobody's" },
    { "--no-cache", NULL, RUN | SERVE, NULL, offsetof(struct args, no_cache),
      "makes all keys anew" },
    { "--what-if", NULL, RUN, NULL, offsetof(struct args, what_if),
      "repeats the run with each assumed fact turned, however long it takes" },
    { "--no-what-if", NULL, RUN, NULL, offsetof(struct args, no_what_if),
      "repeats nothing: without it as many as take about a second" },
    { "--quiet", NULL, RUN | SERVE, NULL, offsetof(struct args, quiet),
      "prints the verdict and what failed, no more" },
    { "--registration", "held|short", SERVE, take_registration, 0,
      "phones keep the connection over which they registered (default: held), or close it" },
    { "--tvs-workers", "N", SERVE, take_tvs_workers, 0,
      "threads that serve TVS beside the one of everything (default 0: that one does)" },
    { "--tvs-resumption", NULL, SERVE, NULL, offsetof(struct args, tvs_resumption),
      "TVS takes up TLS sessions again" },
    { "--dot", NULL, STATES, NULL, offsetof(struct args, dot), "as a graph for dot(1)" },
    { "--types", NULL, VERBS, NULL, offsetof(struct args, types), "as types for editors" },
};

struct options args_options(struct args *a, unsigned of)
{
    return (struct options){
        .table = table, .count = sizeof table / sizeof *table, .of = of, .to = a, .words = a->files
    };
}

/* Letters that a shell leaves alone. */
static bool is_plain(const char *word)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "-_=./:,+@%";
    return word[0] != '\0' && word[strspn(word, plain)] == '\0';
}

const char *args_command_line(const char *begins, int argc, char *const *argv,
                              char out[ARGS_COMMAND])
{
    size_t n = (size_t)snprintf(out, ARGS_COMMAND, "%s", begins);
    for (int i = 0; i < argc && n + 1 < ARGS_COMMAND; i++) {
        const char *quote = is_plain(argv[i]) ? "" : "'";
        int got = snprintf(out + n, ARGS_COMMAND - n, " %s%s%s", quote, argv[i], quote);
        n += got > 0 ? (size_t)got : 0;
    }
    return out;
}
