/* `cucmlab phones`: a fleet of phones against whatever listens at its TFTP servers. */
#include "sim/base/sys.h"
#include "sim/base/version.h"
#include "sim/capture/capture.h"
#include "sim/cmd/output.h"
#include "sim/cmd/cmd.h"
#include "sim/cmd/today.h"
#include "sim/core/fact.h"
#include "sim/fleet/tell.h"
#include "sim/load/target.h"
#include "sim/report/captured.h"
#include "sim/report/explain.h"
#include "sim/report/tracefile.h"
#include "sim/wire/text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define AT_ONCE_MOST 10000
#define LIST_MOST    (16u << 20) /* bytes of a trust list that a file may have */
#define USUAL_MODEL  "8861"
#define USUAL_MAC    0x001121000000u
#define MAC_LAST     UINT64_C(0xffffffffffff)

/* What the words say. */
struct asked {
    const char *words[PLACE_TFTP]; /* hosts, again, behind --allow-remote */
    int found;
    const char *tftp, *count, *inventory, *model, *name_from, *registration, *at_once, *within,
        *stays, *itl, *ctl, *config, *json, *csv, *trace, *pcap, *seed, *identity, *source;
    const char *explains[ARGS_LIST];
    uint32_t explain_count;
    bool allow_remote, quiet, no_cache;
};

static bool take_explain(void *to, const char *value, struct err *e)
{
    struct asked *a = to;
    if (a->explain_count == ARGS_LIST)
        return err_set(e, "more than %d --explain", ARGS_LIST);
    a->explains[a->explain_count++] = value;
    return true;
}

#define AT(f) NULL, offsetof(struct asked, f)
static const struct option table[] = {
    { "--tftp", "HOST[:PORT][,HOST]", 1, AT(tftp),
      "what option 150 says: one TFTP server, or two (port 69; 10069 on this machine where nobody "
      "has 69)" },
    { "--count", "N", 1, AT(count), "phones (1; of an inventory: all)" },
    { "--inventory", "FILE", 1, AT(inventory), "phones of a CUCM phone export (CSV)" },
    { "--model", "NAME", 1, AT(model), "of all (" USUAL_MODEL "); `cucmlab models` shows them" },
    { "--name-from", "SEP...", 1, AT(name_from),
      "the first name; MACs count up (SEP001121000000)" },
    { "--registration", "held|short", 1, AT(registration),
      "held: phones keep the connection over which they registered (default), short: they close "
      "it" },
    { "--at-once", "N", 1, AT(at_once), "boots under way at a time (256)" },
    { "--within", "TIME", 1, AT(within),
      "how long it waits until all are registered or have given up (3m)" },
    { "--for", "TIME", 1, AT(stays),
      "stays so long, with keepalives; else ends when all are done" },
    { "--itl", "FILE", 1, AT(itl), "an ITL that all hold from the start" },
    { "--ctl", "FILE", 1, AT(ctl), "a CTL that all hold from the start" },
    { "--config", "FILE", 1, AT(config),
      "a configuration (SEP....cnf.xml, .sgn) that all hold from the start" },
    { "--source", "ADDR[-ADDR]", 1, AT(source), "addresses of this machine that phones come from" },
    { "--seed", "N", 1, AT(seed), "the seed of luck (default 1)" },
    { "--identity", "N", 1, AT(identity),
      "the seed of who it is: keys and MICs, as the lab that they go to has it (default 1)" },
    { "--json", "FILE", 1, AT(json), "writes what came of each phone, and the answers of servers" },
    { "--csv", "FILE", 1, AT(csv), "writes a row for each phone" },
    { "--explain", "SEP...", 1, take_explain, 0, "prints the whole story of that phone" },
    { "--trace", "FILE", 1, AT(trace), "writes every event, one a line; FILE.jsonl: JSON lines" },
    { "--pcap", "FILE", 1, AT(pcap), "writes the packets and the secrets of their TLS (pcapng)" },
    { "--no-cache", NULL, 1, AT(no_cache), "makes all keys anew" },
    { "--quiet", NULL, 1, AT(quiet), "no line that tells how far it is" },
    { "--allow-remote", NULL, 1, AT(allow_remote),
      "allows other servers than this machine's; HOST must be repeated behind it without a "
      "terminal" },
};
#undef AT

static struct options options_of(struct asked *a)
{
    return (struct options){ .table = table,
                             .count = sizeof table / sizeof *table,
                             .of = 1,
                             .to = a,
                             .words = a->words,
                             .most = PLACE_TFTP };
}

void cmd_phones_help(FILE *out)
{
    struct asked none = { .quiet = false };
    struct options o = options_of(&none);
    fputs("Usage: cucmlab phones --tftp HOST[:PORT][,HOST] [OPTION...]\n"
          "  boots phones without a cluster of their own against whatever listens there:\n"
          "  files, TVS, CallManager, CAPF as their configurations say\n\nOptions:\n",
          out);
    options_help(&o, out);
    fputs("Exit status: 0 all registered; 1 some are not; 2 usage, or a target not allowed.\n",
          out);
}

/* ---- words to options ---- */

static bool take_time(const char *option, const char *value, uint64_t *us, struct err *e)
{
    return value == NULL || (time_parse(value, us) && *us > 0) ||
           err_set(e, "%s %.60s: a time was expected, \"30s\" or \"10m\"", option, value);
}

static bool take_name(const char *name, uint64_t *mac, struct err *e)
{
    char read[DEVICE_NAME];
    *mac = USUAL_MAC;
    if (name == NULL)
        return true;
    if (!device_read_name(view_str(name), read) || strncmp(read, "SEP", 3) != 0)
        return err_set(e, "--name-from %.60s: SEP and 12 hex digits were expected", name);
    *mac = strtoull(read + 3, NULL, 16);
    return *mac != 0 || err_set(e, "--name-from %.60s: no phone has that MAC", name);
}

/* Behind the last MAC there is none: names would go on with SEP000000000000. */
static bool has_names(const struct asked *a, const struct fleet_options *o, struct err *e)
{
    return a->name_from == NULL || o->mac + o->count - 1 <= MAC_LAST ||
           err_set(e, "--name-from %.60s: there are no %u names from there on", a->name_from,
                   o->count);
}

static bool take_fleet(const struct asked *a, struct fleet_options *o, struct err *e)
{
    uint64_t count = a->inventory == NULL, at_once = FLEET_AT_ONCE;
    o->seed = o->identity = 1;
    o->within_us = FLEET_WITHIN_US;
    o->is_short = a->registration != NULL && strcmp(a->registration, "short") == 0;
    if (a->registration != NULL && !o->is_short && strcmp(a->registration, "held") != 0)
        return err_set(e, "--registration %.60s: short or held was expected", a->registration);
    if (a->inventory != NULL && (a->model != NULL || a->name_from != NULL))
        return err_set(e, "--model and --name-from: --inventory says both");
    if (!options_number("--count", a->count, 1, LAB_PHONES_MOST, &count, e) ||
        !options_number("--at-once", a->at_once, 1, AT_ONCE_MOST, &at_once, e) ||
        !options_number("--seed", a->seed, 0, UINT64_MAX, &o->seed, e) ||
        !options_number("--identity", a->identity, 0, UINT64_MAX, &o->identity, e) ||
        !take_time("--within", a->within, &o->within_us, e) ||
        !take_time("--for", a->stays, &o->for_us, e) || !take_name(a->name_from, &o->mac, e))
        return false;
    o->count = (uint32_t)count;
    o->at_once = (uint32_t)at_once;
    o->model = a->model == NULL ? USUAL_MODEL : a->model;
    return has_names(a, o, e) && today(&o->start_s, e);
}

static bool take_target(const struct asked *a, const char *words, int i, struct fleet_options *o,
                        int *again, struct err *e)
{
    struct target t = { .ip = 0 };
    const bool terminal = isatty(STDERR_FILENO) && isatty(STDIN_FILENO);
    struct target_consent consent = { .allowed = a->allow_remote,
                                      .ask = terminal ? stderr : NULL,
                                      .answer = stdin };
    if (!target_read(&t, words, 0, e))
        return false;
    if (!target_is_loopback(&t) && *again < a->found)
        consent.again = a->words[(*again)++];
    if (!target_allowed(&t, &consent, e))
        return false;
    o->tftp[i] = (struct place_tftp){ t.ip, t.port != 0 ? t.port : fleet_tftp_port(t.ip) };
    o->remote |= !target_is_loopback(&t);
    return true;
}

/* "HOST[:PORT][,HOST[:PORT]]".  Who may ask one server out there may ask those that its
 * configurations name. */
static bool take_targets(const struct asked *a, struct fleet_options *o, struct err *e)
{
    struct view rest = view_str(a->tftp == NULL ? "" : a->tftp);
    struct target source = { .ip = 0 };
    int again = 0;
    if (a->tftp == NULL)
        return err_set(e, "--tftp HOST is needed: what option 150 says to the phones");
    for (int i = 0; rest.n > 0; i++) {
        char words[TARGET_NAME + 8];
        struct view one = text_cut(&rest, ',');
        if (i == PLACE_TFTP)
            return err_set(e, "--tftp: at most %d servers, as a phone has them", PLACE_TFTP);
        snprintf(words, sizeof words, "%.*s", one.n > 260 ? 260 : (int)one.n, (const char *)one.p);
        if (!take_target(a, words, i, o, &again, e))
            return false;
    }
    if (again < a->found)
        return err_set(e, "one word too many: %.200s", a->words[again]);
    if (o->tftp[0].ip == 0)
        return err_set(e, "--tftp: HOST or HOST:PORT was expected");
    if (o->tftp[0].ip == o->tftp[1].ip && o->tftp[0].port != o->tftp[1].port)
        return err_set(e, "--tftp %.200s: option 150 has no ports, so that both are one server",
                       a->tftp);
    if (a->source != NULL &&
        (!target_read_source(&source, a->source, e) || !target_source_is_ours(&source, e)))
        return false;
    o->from = source.from;
    o->from_count = source.from_count;
    return true;
}

static bool can_write(const struct asked *a, struct err *e)
{
    const char *const names[] = { "--json", "--csv", "--trace", "--pcap" };
    const char *const paths[] = { a->json, a->csv, a->trace, a->pcap };
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        for (size_t k = 0; k < i && paths[i] != NULL; k++)
            if (paths[k] != NULL &&
                (strcmp(paths[i], paths[k]) == 0 || sys_same_file(paths[i], paths[k])))
                return err_set(e, "%s and %s would both write %.200s", names[k], names[i],
                               paths[i]);
        if (paths[i] != NULL && !sys_can_write(paths[i], e))
            return err_prefix(e, "%s", names[i]);
    }
    return true;
}

static bool read_words(struct asked *a, int argc, char *const *argv, struct fleet_options *o,
                       struct err *e)
{
    struct options reader = options_of(a);
    if (!options_read(&reader, argc, argv, e))
        return false;
    a->found = reader.found;
    return take_fleet(a, o, e) && can_write(a, e) && take_targets(a, o, e);
}

static bool read_files(const struct asked *a, struct fleet_options *o, struct arena *arena,
                       struct inventory_file *phones, struct err *e)
{
    if (a->itl != NULL && !sys_read_file(a->itl, LIST_MOST, arena, &o->itl, e))
        return err_prefix(e, "--itl");
    if (a->ctl != NULL && !sys_read_file(a->ctl, LIST_MOST, arena, &o->ctl, e))
        return err_prefix(e, "--ctl");
    if (a->config != NULL && !sys_read_file(a->config, LIST_MOST, arena, &o->config, e))
        return err_prefix(e, "--config");
    if (a->inventory == NULL)
        return true;
    phones->path = a->inventory;
    o->inventory = &phones->phones;
    return inventory_file_read(phones, (struct inventory_as){ .count = 0 }, e);
}

/* ---- the run ---- */

struct run {
    const struct asked *asked;
    struct fleet_options options;
    struct fleet *fleet;
    struct capture *capture;
    struct captured captured;
    struct tracefile trace;
    struct explain explain;
    FILE *screen; /* a terminal; NULL: there is none */
};

static void on_progress(void *ctx)
{
    const struct run *r = ctx;
    if (r->screen == NULL || r->fleet == NULL)
        return;
    fputc('\r', r->screen);
    tell_line(r->screen, r->fleet);
    fputs("\033[K", r->screen);
    fflush(r->screen);
}

/* Told before the run, which may take hours: who is in the fleet is known. */
static bool can_explain(const struct run *r, struct err *e)
{
    uint32_t phone;
    for (uint32_t i = 0; i < r->asked->explain_count; i++)
        if (!lab_find_phone(r->fleet->lab, r->asked->explains[i], &phone))
            return err_set(e, "--explain: the fleet has no phone \"%.60s\"", r->asked->explains[i]);
    return true;
}

static bool begin(struct run *r, struct err *e)
{
    const struct asked *a = r->asked;
    const char *term = getenv("TERM");
    bool can = term != NULL && strcmp(term, "dumb") != 0 && isatty(STDERR_FILENO) && !a->quiet;
    r->screen = can ? stderr : NULL;
    r->options.progress = on_progress;
    r->options.ctx = r;
    if (a->pcap != NULL) {
        r->capture = capture_open(a->pcap, "cucmlab " CUCMLAB_VERSION, e);
        if (r->capture == NULL)
            return false;
    }
    r->options.capture = r->capture;
    r->fleet = fleet_new(&r->options, e);
    if (r->fleet == NULL || !can_explain(r, e))
        return false;
    if (r->capture != NULL)
        captured_begin(&r->captured, r->fleet->lab, r->capture);
    explain_init(&r->explain, r->fleet->lab, a->explains, a->explain_count);
    return a->trace == NULL || tracefile_open(&r->trace, r->fleet->lab, a->trace, e);
}

static bool write_file(const char *path, struct fleet *f, void (*tell)(FILE *out, struct fleet *f),
                       struct err *e)
{
    struct sys_text text;
    if (path == NULL)
        return true;
    FILE *out = sys_text_open(&text);
    tell(out, f);
    return output_end(out, &text, path, e);
}

/* Beside a file that is standard output. */
static FILE *words_of(const struct asked *a, FILE *out, FILE *problems)
{
    const char *const paths[] = { a->json, a->csv, a->trace, a->pcap };
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        if (paths[i] != NULL && sys_is_stdout(paths[i]))
            return problems;
    return out;
}

static int finish(struct run *r, FILE *out, FILE *problems, struct err *e)
{
    const struct asked *a = r->asked;
    FILE *words = words_of(a, out, problems);
    int status = fleet_is_whole(r->fleet) ? EXIT_GOOD : EXIT_EXPECT;
    tell_text(words, r->fleet);
    if (a->explain_count > 0)
        fputc('\n', words);
    bool good = explain_print(words, &r->explain, NULL, e);
    good = write_file(a->json, r->fleet, tell_json, e) && good;
    good = write_file(a->csv, r->fleet, tell_csv, e) && good;
    good = tracefile_close(&r->trace, e) && good;
    captured_end(&r->captured);
    good = capture_close(r->capture, e) && good;
    return good ? status : EXIT_INPUT;
}

static int run(struct run *r, FILE *out, FILE *problems, struct err *e)
{
    int status = EXIT_INPUT;
    if (begin(r, e)) {
        fleet_run(r->fleet);
        if (r->screen != NULL)
            fputs("\r\033[K", r->screen);
        status = finish(r, out, problems, e);
    } else {
        tracefile_close(&r->trace, NULL);
        captured_end(&r->captured);
    }
    explain_free(&r->explain);
    fleet_free(r->fleet);
    capture_free(r->capture);
    return status;
}

int cmd_phones(int argc, char *const *argv, FILE *out, FILE *problems)
{
    static struct run r;
    struct asked a = { .quiet = false };
    struct inventory_file phones = { .path = NULL };
    struct arena arena = arena_of(&sys_mem);
    struct err e = { "" };
    int status = EXIT_INPUT;
    r = (struct run){ .asked = &a };
    if (read_words(&a, argc, argv, &r.options, &e) &&
        read_files(&a, &r.options, &arena, &phones, &e)) {
        r.options.cache_dir = a.no_cache ? NULL : keyring_default_cache();
        const struct check_context context = { r.options.seed, r.options.identity, NULL, NULL,
                                               NULL };
        sys_check_context(&context);
        status = run(&r, out, problems, &e);
        sys_check_context(NULL);
    }
    if (status == EXIT_INPUT)
        err_prefix(&e, "phones"), cmd_fail(&e);
    inventory_file_free(&phones);
    arena_free(&arena);
    return status;
}
