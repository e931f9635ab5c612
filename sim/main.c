/* The command line: a table of commands, a table of options, and what each command does with the
 * rest of the program. */
#include "sim/base/sys.h"
#include "sim/inventory.h"
#include "sim/lab_live.h"
#include "sim/live/live.h"
#include "sim/predict/probe.h"
#include "sim/report/dump.h"
#include "sim/report/explain.h"
#include "sim/report/fmt.h"
#include "sim/report/report.h"
#include "sim/report/tables.h"
#include "sim/report/tracefile.h"
#include "sim/script/script.h"
#include "sim/tools.h"
#include "sim/wire/text.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define VERSION  "0.1.0"
#define LIST_MAX 256 /* --set, --explain: each as often */

enum exit_status { EXIT_GOOD, EXIT_EXPECT, EXIT_INPUT };

struct args {
    const char *files[2];
    int file_count;
    uint64_t seed;
    const char *json, *csv, *trace, *dump, *inventory, *pools;
    bool bytes, fail_on_risk, no_cache, quiet, dot, types;
    const char *sets[LIST_MAX], *explains[LIST_MAX];
    uint32_t set_count, explain_count;
    uint32_t hands_minutes, people; /* --set hands_minutes=, --set people= */
};

static int fail(const struct err *e)
{
    fprintf(stderr, "cucmlab: %s\n", e->text);
    return EXIT_INPUT;
}

static const char *command; /* as it was typed: how to repeat this run */
static uint64_t check_seed;

/* What a failed CHECK prints; the clock goes with the run. */
static void check_clock(const uint64_t *now_us)
{
    sys_check_context(check_seed, now_us, command);
}

/* ---- options ---- */

enum { RUN = 1, SERVE = 2, LIST = 4, DIFF = 8, STATES = 16, TABLES = 32, VERBS = 64, ANY = 127 };

static bool take_seed(struct args *a, const char *value, struct err *e)
{
    return text_number(view_str(value), UINT64_MAX, &a->seed) ||
           err_set(e, "--seed %s: a number from 0 to %llu was expected", value,
                   (unsigned long long)UINT64_MAX);
}

/* What hands cost is no business of the scenario: taken here. */
static bool take_set(struct args *a, const char *value, struct err *e)
{
    static const struct {
        const char *name;
        size_t at;
    } own[] = { { "hands_minutes=", offsetof(struct args, hands_minutes) },
                { "people=", offsetof(struct args, people) } };
    for (size_t i = 0; i < sizeof own / sizeof *own; i++) {
        size_t n = strlen(own[i].name);
        uint64_t number;
        if (strncmp(value, own[i].name, n) != 0)
            continue;
        if (!text_number(view_str(value + n), 100000, &number) || number == 0)
            return err_set(e, "--set %s: a number from 1 to 100000 was expected", value);
        *(uint32_t *)(void *)((char *)a + own[i].at) = (uint32_t)number;
        return true;
    }
    const char *equals = strchr(value, '=');
    if (equals == NULL || equals == value)
        return err_set(e, "--set %s: NAME=VALUE was expected", value);
    if (a->set_count == LIST_MAX)
        return err_set(e, "more than %d --set", LIST_MAX);
    a->sets[a->set_count++] = value;
    return true;
}

static bool take_explain(struct args *a, const char *value, struct err *e)
{
    if (a->explain_count == LIST_MAX)
        return err_set(e, "more than %d --explain", LIST_MAX);
    a->explains[a->explain_count++] = value;
    return true;
}

/* An option with a function, or one that sets a text or a flag at an offset. */
static const struct option {
    const char *name, *value; /* value: NULL for a flag */
    int commands;
    bool (*take)(struct args *a, const char *value, struct err *e);
    size_t at;
    const char *help;
} options[] = {
    { "--seed", "N", ANY, take_seed, 0, "the seed of everything that is random (default 1)" },
    { "--set", "NAME=VALUE", RUN | SERVE, take_set, 0,
      "overrides a parameter of the scenario; also hands_minutes and people" },
    { "--json", "FILE", RUN, NULL, offsetof(struct args, json), "writes the report as JSON" },
    { "--csv", "FILE", RUN, NULL, offsetof(struct args, csv),
      "writes a row for each phone that lost something" },
    { "--trace", "FILE", RUN | SERVE, NULL, offsetof(struct args, trace),
      "writes every event, one a line, and the hash of the whole; FILE.jsonl: JSON lines" },
    { "--explain", "SEP...", RUN, take_explain, 0, "prints the whole story of that phone" },
    { "--bytes", NULL, RUN, NULL, offsetof(struct args, bytes),
      "makes the bytes of every file at every hop" },
    { "--dump", "DIR", RUN | SERVE, NULL, offsetof(struct args, dump),
      "writes every list and signed file that was served there" },
    { "--fail-on-risk", NULL, RUN, NULL, offsetof(struct args, fail_on_risk),
      "exit 1 where a phone needs hands, now or after its next boot" },
    { "--inventory", "FILE", RUN | SERVE, NULL, offsetof(struct args, inventory),
      "takes the phones from a CUCM phone export (CSV)" },
    { "--pools", "FILE", RUN | SERVE, NULL, offsetof(struct args, pools),
      "takes the CallManager group of each device pool from a CSV file" },
    { "--no-cache", NULL, RUN | SERVE, NULL, offsetof(struct args, no_cache),
      "makes all keys anew" },
    { "--quiet", NULL, RUN, NULL, offsetof(struct args, quiet),
      "prints the verdict and what failed, no more" },
    { "--dot", NULL, STATES, NULL, offsetof(struct args, dot), "as a graph for dot(1)" },
    { "--types", NULL, VERBS, NULL, offsetof(struct args, types), "as types for editors" },
};

enum { OPTIONS = sizeof options / sizeof *options };

static bool take_option(struct args *a, int of, int argc, char **argv, int *i, struct err *e)
{
    for (int k = 0; k < OPTIONS; k++) {
        const struct option *o = &options[k];
        size_t n = strlen(o->name);
        if (strncmp(argv[*i], o->name, n) != 0 || (o->commands & of) == 0)
            continue;
        bool joined = argv[*i][n] == '=' && o->value != NULL;
        if (argv[*i][n] != '\0' && !joined)
            continue;
        if (o->value != NULL && !joined && *i + 1 >= argc)
            return err_set(e, "%s needs a value: %s", o->name, o->value);
        const char *value = joined ? argv[*i] + n + 1 : o->value != NULL ? argv[++*i] : NULL;
        char *field = (char *)a + o->at;
        if (o->take != NULL)
            return o->take(a, value, e);
        if (o->value != NULL)
            memcpy(field, &value, sizeof value);
        else
            *(bool *)(void *)field = true;
        return true;
    }
    return err_set(e, "unknown option %s", argv[*i]);
}

/* ---- scenarios by name ---- */

static bool is_file(const char *path)
{
    struct stat s;
    return stat(path, &s) == 0 && !S_ISDIR(s.st_mode);
}

/* Beside the program: PREFIX/bin/cucmlab has PREFIX/share/cucmlab/scenarios. */
static const char *installed_folder(void)
{
    static char path[4096];
    ssize_t n = readlink("/proc/self/exe", path, sizeof path - 64);
    path[n > 0 ? n : 0] = '\0';
    for (int up = 0; up < 2; up++) {
        char *slash = strrchr(path, '/');
        if (slash == NULL)
            return "/usr/local/share/cucmlab/scenarios";
        *slash = '\0';
    }
    memcpy(path + strlen(path), "/share/cucmlab/scenarios", sizeof "/share/cucmlab/scenarios");
    return path;
}

static const char *scenario_folder(void)
{
    struct stat s;
    return stat("scenarios", &s) == 0 && S_ISDIR(s.st_mode) ? "scenarios" : installed_folder();
}

/* A path, or a name in ./scenarios or among the installed ones, with or without .lua. */
static bool find_scenario(const char *name, char path[4352], struct err *e)
{
    const char *folders[] = { NULL, "scenarios", installed_folder() };
    static const char *const endings[] = { "", ".lua" };
    for (int f = 0; f < 3; f++) {
        for (int k = 0; k < 2; k++) {
            int n = f == 0 ? snprintf(path, 4352, "%s%s", name, endings[k])
                           : snprintf(path, 4352, "%s/%s%s", folders[f], name, endings[k]);
            if (n > 0 && n < 4352 && is_file(path))
                return true;
        }
    }
    return err_set(e,
                   "no scenario \"%.200s\": no such file, and none of that name in scenarios or "
                   "%.120s; `cucmlab list` shows them",
                   name, folders[2]);
}

/* ---- running ---- */

struct run {
    const struct args *args;
    char path[4352];
    struct lab *lab;
    struct remedy_cache remedies;
    struct explain explain;
    struct dump dump;
    struct tracefile trace;
    struct inventory inventory;
    struct inventory_pools pools;
    bool inventory_used;
    struct script *script;
    uint64_t now_us;      /* for a failed CHECK */
    struct timespec last; /* progress was shown */
    bool shown;
};

static void on_step_end(void *ctx, struct lab *lab)
{
    struct run *r = ctx;
    uint32_t step = lab->record.step_count - 1;
    r->now_us = lab_now_us(lab);
    probe_services(lab, step, lab->record.steps[step].start_us);
}

/* On a terminal, five times a second. */
static void on_progress(void *ctx, uint64_t now_us)
{
    struct run *r = ctx;
    struct timespec now;
    char clock[FMT_ROOM], events[FMT_ROOM], phones[FMT_ROOM];
    r->now_us = now_us;
    if (!isatty(2) || clock_gettime(CLOCK_MONOTONIC, &now) != 0)
        return;
    double since =
        (double)(now.tv_sec - r->last.tv_sec) + (double)(now.tv_nsec - r->last.tv_nsec) / 1e9;
    if (since < 0.2)
        return;
    r->last = now;
    r->shown = true;
    fprintf(stderr, "\r%s: %s phones, %s events, step %u %.30s\033[K",
            fmt_short_clock(now_us, clock), fmt_count(r->lab->state.phone_count, phones),
            fmt_count(r->lab->driver->events(r->lab->driver->self), events),
            r->lab->record.step_count - 1,
            r->lab->record.steps[r->lab->record.step_count - 1].name);
}

static void end_progress(struct run *r)
{
    if (r->shown)
        fputs("\r\033[K", stderr);
    r->shown = false;
}

static bool add_inventory(void *ctx, struct lab *lab, uint32_t cluster, uint32_t *first,
                          uint32_t *count, struct err *e)
{
    struct run *r = ctx;
    r->inventory_used = true;
    return inventory_add(lab, cluster, &r->inventory, r->args->inventory,
                         r->args->pools == NULL ? NULL : &r->pools, r->args->pools, first, count,
                         e);
}

static bool read_inventory(struct run *r, struct err *e)
{
    const struct args *a = r->args;
    struct arena arena = arena_of(&sys_mem);
    struct view file;
    bool ok = true;
    if (a->pools != NULL && a->inventory == NULL)
        ok = err_set(e, "--pools says the groups of --inventory FILE, which is missing");
    if (ok && a->inventory != NULL)
        ok = sys_read_file(a->inventory, INVENTORY_FILE_MAX, &arena, &file, e) &&
             inventory_read(file, a->inventory, &r->inventory, e);
    for (uint32_t i = 0; i < r->inventory.note_count; i++)
        fprintf(stderr, "%s:%u: %s%s\n", a->inventory, r->inventory.notes[i].line,
                r->inventory.notes[i].text, r->inventory.notes[i].bad ? " (row left out)" : "");
    if (ok && a->inventory != NULL)
        fprintf(stderr, "%s: %u phones, %u rows left out\n", a->inventory, r->inventory.count,
                r->inventory.bad);
    if (ok && a->pools != NULL)
        ok = sys_read_file(a->pools, INVENTORY_FILE_MAX, &arena, &file, e) &&
             inventory_read_pools(file, a->pools, &r->pools, e);
    arena_free(&arena);
    return ok;
}

static struct script *new_script(struct run *r)
{
    struct script_options o = { .path = r->path,
                                .lab = r->lab,
                                .sets = r->args->sets,
                                .set_count = r->args->set_count,
                                .out = stdout };
    o.needs_hands = remedy_cache_needs_hands;
    o.needs_hands_ctx = &r->remedies;
    if (r->args->inventory != NULL) {
        o.inventory = add_inventory;
        o.inventory_ctx = r;
    }
    if (!r->lab->base->options.live) { /* sockets take their own time, and say what they do */
        o.progress = on_progress;
        o.progress_ctx = r;
    }
    return script_new(&o);
}

static bool start(struct run *r, const struct args *a, bool live, struct err *e)
{
    memset(r, 0, sizeof *r);
    r->args = a;
    if (a->file_count != 1)
        return err_set(e, "a scenario is needed; `cucmlab list` shows them");
    if (!find_scenario(a->files[0], r->path, e) || !read_inventory(r, e))
        return false;
    struct lab_options o = lab_defaults();
    o.seed = a->seed;
    o.bytes = a->bytes;
    o.cache_dir = a->no_cache ? NULL : keyring_default_cache();
    o.live = live;
    check_clock(&r->now_us);
    r->lab = lab_new(&o);
    r->remedies.lab = r->lab;
    explain_init(&r->explain, r->lab, a->explains, a->explain_count);
    if (!live) {
        r->lab->on_step_end = on_step_end;
        r->lab->on_step_end_ctx = r;
    }
    if (a->dump != NULL && !dump_open(&r->dump, r->lab, a->dump, e))
        return false;
    return a->trace == NULL || tracefile_open(&r->trace, r->lab, a->trace, e);
}

/* --trace and --dump; the first error of both. */
static bool close_files(struct run *r, struct err *e)
{
    struct err other = { "" };
    bool ok = dump_close(&r->dump, e);
    return tracefile_close(&r->trace, ok ? e : &other) && ok;
}

static void finish(struct run *r)
{
    end_progress(r);
    check_clock(NULL);
    script_free(r->script);
    remedy_cache_free(&r->remedies);
    explain_free(&r->explain);
    inventory_free(&r->inventory);
    inventory_free_pools(&r->pools);
    lab_free(r->lab);
}

/* ---- what comes out ---- */

static bool write_report(const char *path, const struct report *report,
                         void (*print)(FILE *out, const struct report *r), struct err *e)
{
    char *text = NULL;
    size_t n = 0;
    if (path == NULL)
        return true;
    FILE *f = open_memstream(&text, &n);
    print(f, report);
    fclose(f);
    bool ok = true;
    if (strcmp(path, "-") == 0)
        ok = fwrite(text, 1, n, stdout) == n || err_set(e, "standard output: cannot write");
    else
        ok = sys_write_file(path, view_of(text, n), e);
    free(text);
    return ok;
}

static void print_quiet(const struct report *r)
{
    printf("VERDICT: %s\n", r->verdict);
    for (uint32_t i = 0; i < r->in.expect_count; i++) {
        const struct report_expect *x = &r->in.expects[i];
        if (!x->passed)
            printf("%s:%u: FAILED: %s: expected %s, got %s\n", x->path, x->line, x->text,
                   x->expected, x->actual);
    }
}

/* Builds, prints and writes it; the exit status. */
static int report_all(struct run *r, struct report_input *in, struct err *e)
{
    const struct args *a = r->args;
    struct report report;
    report_build(in, &report);
    if (a->quiet)
        print_quiet(&report);
    else
        report_print(stdout, &report);
    bool ok = write_report(a->json, &report, report_json, e) &&
              write_report(a->csv, &report, report_csv, e);
    if (ok && a->explain_count > 0) {
        putchar('\n');
        ok = explain_print(stdout, &r->explain, in->remedies, e);
    }
    int status = a->fail_on_risk && report_at_risk(&report) ? EXIT_EXPECT : EXIT_GOOD;
    for (uint32_t i = 0; i < in->expect_count; i++)
        status = in->expects[i].passed ? status : EXIT_EXPECT;
    report_free(&report);
    return ok ? status : fail(e);
}

static int report_run(struct run *r, struct err *e)
{
    uint32_t n, params;
    const struct script_expect *expects = script_expects(r->script, &n);
    const struct script_param *declared = script_params(r->script, &params);
    struct arena arena = arena_of(&sys_mem);
    struct report_expect *out = arena_take(&arena, ((size_t)n + 1) * sizeof *out);
    for (uint32_t i = 0; i < n; i++)
        out[i] = (struct report_expect){ r->path,         expects[i].line,     expects[i].passed,
                                         expects[i].text, expects[i].expected, expects[i].actual };
    struct report_param *p = arena_take(&arena, ((size_t)params + 1) * sizeof *p);
    for (uint32_t i = 0; i < params; i++)
        p[i] = (struct report_param){ declared[i].name, declared[i].value, declared[i].standard };
    struct probe_boot boot;
    probe_next_boot(r->lab, &boot);
    struct report_input in = { .lab = r->lab,
                               .next_boot = &boot,
                               .scenario = r->path,
                               .params = p,
                               .param_count = params,
                               .expects = out,
                               .expect_count = n,
                               .hands_minutes = r->args->hands_minutes,
                               .people = r->args->people };
    in.remedies = remedy_cache_get(&r->remedies);
    int status = report_all(r, &in, e);
    arena_free(&arena);
    return status;
}

static int after_script(struct run *r, enum script_result result, struct err *e)
{
    if (result == SCRIPT_ERROR)
        return fail(e);
    if (r->args->inventory != NULL && !r->inventory_used)
        return err_set(e, "%s: it adds no phones, so --inventory was not used", r->path), fail(e);
    on_step_end(r, r->lab);
    /* What was lost may have been found just now: answers given before do not count. */
    remedy_cache_free(&r->remedies);
    return report_run(r, e);
}

static int run_scenario(const struct args *a)
{
    struct err e = { "" };
    static struct run r;
    int status;
    if (!start(&r, a, false, &e)) {
        status = fail(&e);
    } else {
        r.script = new_script(&r);
        enum script_result result = script_run(r.script, &e);
        end_progress(&r);
        struct err files = { "" };
        bool ok = close_files(&r, &files);
        status = after_script(&r, result, &e);
        if (!ok)
            status = fail(&files);
    }
    finish(&r);
    return status;
}

static bool print_failed(const struct run *r)
{
    uint32_t n, failed = 0;
    const struct script_expect *x = script_expects(r->script, &n);
    for (uint32_t i = 0; i < n; i++) {
        if (x[i].passed)
            continue;
        failed++;
        printf("%s:%u: FAILED: %s: expected %s, got %s\n", r->path, x[i].line, x[i].text,
               x[i].expected, x[i].actual);
    }
    return failed > 0;
}

static int serve_scenario(const struct args *a)
{
    struct err e = { "" };
    static struct run r;
    int status = EXIT_GOOD;
    bool ok = start(&r, a, true, &e);
    if (ok) {
        struct live_options o = lab_live_options(r.lab);
        o.announce = stdout;
        ok = lab_live(r.lab, &o, &e);
    }
    if (ok) {
        live_catch_signals(r.lab->driver);
        r.script = new_script(&r);
        enum script_result result = script_run(r.script, &e);
        /* A signal in the middle of the scenario is a good end: what it expected later is open. */
        if (live_failed(r.lab->driver, &e)) {
            ok = false;
        } else if (!live_stopped(r.lab->driver)) {
            ok = result != SCRIPT_ERROR;
            status = print_failed(&r) ? EXIT_EXPECT : EXIT_GOOD;
        }
        if (ok && !live_stopped(r.lab->driver)) {
            puts("scenario done; serving until SIGINT or SIGTERM");
            fflush(stdout);
            live_wait_for_signal(r.lab->driver);
        }
    }
    struct err files = { "" };
    if (!close_files(&r, &files))
        status = fail(&files);
    if (!ok)
        status = fail(&e);
    finish(&r);
    return status;
}

/* ---- list, diff, states ---- */

static int is_scenario(const struct dirent *d)
{
    size_t n = strlen(d->d_name);
    return n > 4 && strcmp(d->d_name + n - 4, ".lua") == 0 &&
           (n < 6 || strcmp(d->d_name + n - 6, ".d.lua") != 0);
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static int list_scenarios(const struct args *a)
{
    struct err e = { "" };
    const char *folder = scenario_folder();
    struct dirent **names;
    int n = scandir(folder, &names, is_scenario, by_name), status = EXIT_GOOD;
    (void)a;
    if (n < 0)
        return err_set(&e, "%s: %s", folder, strerror(errno)), fail(&e);
    for (int i = 0; i < n; i++) {
        char path[4352];
        struct script_header h;
        snprintf(path, sizeof path, "%s/%s", folder, names[i]->d_name);
        if (script_header(path, &h, &e))
            printf("%-42.*s %s%s\n", (int)strlen(names[i]->d_name) - 4, names[i]->d_name, h.title,
                   h.live ? " [live]" : "");
        else
            status = fail(&e);
        free(names[i]);
    }
    free(names);
    return status;
}

static int diff_reports(const struct args *a)
{
    struct err e = { "" };
    if (a->file_count != 2)
        return err_set(&e, "diff: two reports of `run --json` are needed"), fail(&e);
    int found = report_diff(stdout, a->files[0], a->files[1], &e);
    return found < 0 ? fail(&e) : found > 0 ? EXIT_EXPECT : EXIT_GOOD;
}

static int print_states(const struct args *a)
{
    tables_states(stdout, a->dot);
    return EXIT_GOOD;
}

static int print_knobs(const struct args *a)
{
    (void)a;
    tables_knobs(stdout);
    return EXIT_GOOD;
}

static int print_acts(const struct args *a)
{
    script_print_acts(stdout, a->types);
    return EXIT_GOOD;
}

/* ---- commands ---- */

static const struct command {
    const char *name, *words;
    int bit; /* 0: a tool for files, which reads its own words */
    int files;
    int (*run)(const struct args *a);
    const char *help;
} commands[] = {
    { "run", "SCENARIO", RUN, 1, run_scenario, "runs a scenario in virtual time and reports" },
    { "list", "", LIST, 0, list_scenarios, "shows every scenario with its one line" },
    { "serve", "SCENARIO", SERVE, 1, serve_scenario,
      "runs it on real sockets of the loopback interface" },
    { "diff", "A.json B.json", DIFF, 2, diff_reports, "what a change of plan changed" },
    { "states", "", STATES, 0, print_states, "prints the states of a phone as a table" },
    { "knobs", "", TABLES, 0, print_knobs,
      "prints what can be set, its default, and how sure that is" },
    { "acts", "", VERBS, 0, print_acts, "prints what a scenario can do to nodes and phones" },
    { "itl", "show|verify|diff FILE", 0, 0, NULL, "looks at an ITL file from outside" },
    { "ctl", "show|verify|diff FILE", 0, 0, NULL, "looks at a CTL file from outside" },
    { "sgn", "show|verify|strip FILE", 0, 0, NULL, "looks at a signed file from outside" },
};

enum { COMMANDS = sizeof commands / sizeof *commands };

static void print_help(FILE *out)
{
    fputs("Usage: cucmlab COMMAND [OPTION...] [FILE...]\n\nWhich phones lose what when a CUCM "
          "certificate changes, and how they come back.\n\nCommands:\n",
          out);
    for (int i = 0; i < COMMANDS; i++)
        fprintf(out, "  %-7s%-24s%s\n", commands[i].name, commands[i].words, commands[i].help);
    fputs("\nAll commands: --help, --version, --seed N.  `cucmlab COMMAND --help` shows its "
          "options.\nExit status: 0 good; 1 an expectation fails, a file does not verify or "
          "differs, or --fail-on-risk;\n2 usage or input; 3 internal error.\n",
          out);
}

static int help_command(const struct command *c)
{
    if (c->bit == 0) {
        tools_help(c->name, stdout);
        return EXIT_GOOD;
    }
    printf("Usage: cucmlab %s [OPTION...]%s%s\n  %s\n\nOptions:\n", c->name,
           c->words[0] == '\0' ? "" : " ", c->words, c->help);
    for (int i = 0; i < OPTIONS; i++) {
        char left[64];
        if ((options[i].commands & c->bit) == 0)
            continue;
        snprintf(left, sizeof left, "%s%s%s", options[i].name, options[i].value == NULL ? "" : " ",
                 options[i].value == NULL ? "" : options[i].value);
        printf("  %-20s %s\n", left, options[i].help);
    }
    printf("  %-20s %s\n", "--help", "this");
    return EXIT_GOOD;
}

static const struct command *find_command(const char *name)
{
    for (int i = 0; i < COMMANDS; i++) {
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    }
    return NULL;
}

static bool wants(int argc, char **argv, const char *word)
{
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--") == 0)
            return false;
        if (strcmp(argv[i], word) == 0)
            return true;
    }
    return false;
}

static bool parse(struct args *a, const struct command *c, int argc, char **argv, struct err *e)
{
    bool only_files = false;
    for (int i = 1; i < argc; i++) {
        if (!only_files && strcmp(argv[i], "--") == 0) {
            only_files = true;
        } else if (!only_files && argv[i][0] == '-' && argv[i][1] != '\0') {
            if (!take_option(a, c->bit, argc, argv, &i, e))
                return err_prefix(e, "%s", c->name);
        } else if (a->file_count >= c->files) {
            return err_set(e, "%s: one word too many: %s", c->name, argv[i]);
        } else {
            a->files[a->file_count++] = argv[i];
        }
    }
    return true;
}

/* How to repeat this run: the command line as one text. */
static const char *command_line(int argc, char **argv)
{
    static char text[4096];
    size_t n = 0;
    for (int i = 0; i < argc && n + 1 < sizeof text; i++) {
        int got = snprintf(text + n, sizeof text - n, "%s%s", i == 0 ? "" : " ", argv[i]);
        n += got > 0 ? (size_t)got : 0;
    }
    return text;
}

int main(int argc, char **argv)
{
    struct err e = { "" };
    static struct args a;
    int at = 1;
    a.seed = lab_defaults().seed;
    /* Global options may stand before the command. */
    while (at < argc && strncmp(argv[at], "--seed", 6) == 0) {
        if (!take_option(&a, ANY, argc, argv, &at, &e))
            return fail(&e);
        at++;
    }
    if (at < argc && strcmp(argv[at], "--version") == 0)
        return puts("cucmlab " VERSION), EXIT_GOOD;
    if (at < argc && (strcmp(argv[at], "--help") == 0 || strcmp(argv[at], "help") == 0))
        return print_help(stdout), EXIT_GOOD;
    const struct command *c = at < argc ? find_command(argv[at]) : NULL;
    if (c == NULL) {
        if (at < argc)
            fprintf(stderr, "cucmlab: unknown %s \"%s\"\n",
                    argv[at][0] == '-' ? "option" : "command", argv[at]);
        print_help(stderr);
        return EXIT_INPUT;
    }
    if (wants(argc - at, argv + at, "--help"))
        return help_command(c);
    if (wants(argc - at, argv + at, "--version"))
        return puts("cucmlab " VERSION), EXIT_GOOD;
    if (c->bit == 0)
        return tools_run(c->name, argc - at - 1, argv + at + 1, stdout, stderr);
    if (!parse(&a, c, argc - at, argv + at, &e))
        return fail(&e);
    command = command_line(argc, argv);
    check_seed = a.seed;
    check_clock(NULL);
    int status = c->run(&a);
    if (fflush(stdout) != 0 || ferror(stdout) != 0) {
        err_set(&e, "standard output: %s", strerror(errno));
        return fail(&e);
    }
    return status;
}
