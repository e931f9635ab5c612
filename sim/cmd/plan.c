/* `cucmlab plan`: a cluster, a change, and the page that goes into the change request. */
#include "sim/cmd/output.h"
#include "sim/cmd/cmd.h"
#include "sim/cmd/scenario.h"
#include "sim/cmd/today.h"
#include "sim/crypto/crypto.h"
#include "sim/plan/plan.h"
#include "sim/plan/recipe.h"
#include "sim/wire/text.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- the words ---- */

struct asked {
    const char *words[2]; /* the cluster and the change */
    const char *change;   /* a ready-made one */
    const char *html, *markdown, *json, *csv;
    const char *seeds, *off;
    const char *sets[ARGS_LIST];
    uint32_t set_count;
    const char *seed, *identity, *hands_minutes, *people;
    bool no_cache, fail_on_risk, quiet, each_node_down, no_guide, print_change;
};

static bool take_set(void *to, const char *value, struct err *e)
{
    struct asked *a = to;
    const char *equals = strchr(value, '=');
    if (equals == NULL || equals == value)
        return err_set(e, "--set %.80s: NAME=VALUE was expected", value);
    if (strncmp(value, "hands_minutes=", 14) == 0)
        return a->hands_minutes = equals + 1, true;
    if (strncmp(value, "people=", 7) == 0)
        return a->people = equals + 1, true;
    if (a->set_count == ARGS_LIST)
        return err_set(e, "more than %d --set", ARGS_LIST);
    a->sets[a->set_count++] = value;
    return true;
}

static const struct option table[] = {
    { "--change", "KIND:WHAT", 1, NULL, offsetof(struct asked, change),
      "a ready-made change in place of a file, written for this cluster: the kinds stand below" },
    { "--print-change", NULL, 1, NULL, offsetof(struct asked, print_change),
      "prints that change as Lua, to be kept and changed, and runs nothing" },
    { "-o", "FILE", 1, NULL, offsetof(struct asked, html), "writes the page as HTML" },
    { "--markdown", "FILE", 1, NULL, offsetof(struct asked, markdown), "writes it as Markdown" },
    { "--json", "FILE", 1, NULL, offsetof(struct asked, json), "writes all of it as JSON" },
    { "--csv", "FILE", 1, NULL, offsetof(struct asked, csv),
      "writes a row for each phone at risk" },
    { "--seeds", "N", 1, NULL, offsetof(struct asked, seeds),
      "runs with other luck, the first of them the plan's own (default 5)" },
    { "--off", "N%", 1, NULL, offsetof(struct asked, off),
      "one run more with so many of a hundred phones off" },
    { "--each-node-down", NULL, 1, NULL, offsetof(struct asked, each_node_down),
      "one run more for each node, cut off from before the first step to the end" },
    { "--no-guide", NULL, 1, NULL, offsetof(struct asked, no_guide),
      "does not run the order of the guides beside it" },
    { "--seed", "N", 1, NULL, offsetof(struct asked, seed),
      "the seed of luck: delays, losses, order (default 1)" },
    { "--identity", "N", 1, NULL, offsetof(struct asked, identity),
      "the seed of who it is: keys, serial numbers, names (default 1)" },
    { "--set", "NAME=VALUE", 1, take_set, 0,
      "overrides a parameter of the cluster or the change; also hands_minutes, people" },
    { "--fail-on-risk", NULL, 1, NULL, offsetof(struct asked, fail_on_risk),
      "exit 1 where a phone needs hands, or will" },
    { "--no-cache", NULL, 1, NULL, offsetof(struct asked, no_cache), "makes all keys anew" },
    { "--quiet", NULL, 1, NULL, offsetof(struct asked, quiet), "prints the verdict, no more" },
};

static struct options reader(struct asked *a)
{
    return (struct options){ .table = table,
                             .count = sizeof table / sizeof *table,
                             .of = 1,
                             .to = a,
                             .words = a == NULL ? NULL : a->words,
                             .most = 2 };
}

void cmd_plan_help(FILE *out)
{
    struct options o = reader(NULL);
    fputs("Usage: cucmlab plan CLUSTER.lua CHANGE.lua [OPTION...]\n"
          "  runs the cluster, then the change, and says what it costs, step by step: what\n"
          "  to wait for, who is out of service and for how long, the way back from each\n"
          "  step as it was tried, and the phones at risk\n\nOptions:\n",
          out);
    options_help(&o, out);
    fputs("Ready-made changes (--change):\n", out);
    for (uint32_t i = 0; i < recipe_count; i++)
        fprintf(out, "  %s:%s\n      %s\n", recipe_rows[i].name, recipe_rows[i].argument,
                recipe_rows[i].doc);
    fputs("Exit status: 0 good; 1 an expectation fails, the change ends with an error, or\n"
          "--fail-on-risk; 2 usage or input; 3 internal error.\n",
          out);
}

/* ---- what is wished for ---- */

static bool read_number(const char *option, const char *value, uint64_t least, uint64_t most,
                        uint32_t *out, struct err *e)
{
    uint64_t number = *out;
    if (!options_number(option, value, least, most, &number, e))
        return false;
    *out = (uint32_t)number;
    return true;
}

static bool read_share(const char *value, uint32_t *percent, struct err *e)
{
    size_t n = value == NULL ? 0 : strlen(value);
    uint64_t number = 0;
    if (value == NULL)
        return true;
    if (n < 2 || value[n - 1] != '%' || !text_number(view_of(value, n - 1), 99, &number) ||
        number == 0)
        return err_set(e, "--off %.40s: a share from 1%% to 99%% was expected", value);
    *percent = (uint32_t)number;
    return true;
}

static uint32_t processors(void)
{
    long n = sysconf(_SC_NPROCESSORS_ONLN);
    return n > 1 ? (uint32_t)n : 1;
}

static bool read_numbers(const struct asked *a, struct plan_options *o, struct err *e)
{
    struct lab_options *lab = &o->session.lab;
    o->seeds = PLAN_SEEDS;
    o->no_guide = a->no_guide;
    o->each_node_down = a->each_node_down;
    o->threads = processors();
    return options_number("--seed", a->seed, 0, UINT64_MAX, &lab->seed, e) &&
           options_number("--identity", a->identity, 0, UINT64_MAX, &lab->identity, e) &&
           read_number("--seeds", a->seeds, 1, PLAN_SEEDS_MOST, &o->seeds, e) &&
           read_share(a->off, &o->off_percent, e) &&
           read_number("--set hands_minutes", a->hands_minutes, 1, 100000, &o->hands_minutes, e) &&
           read_number("--set people", a->people, 1, 100000, &o->people, e);
}

/* Before anything runs: a long run must not end in a file that cannot be written. */
static bool try_files(const struct asked *a, const char *cluster, const char *change, struct err *e)
{
    const char *const files[] = { a->html, a->markdown, a->json, a->csv };
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        if (files[i] == NULL)
            continue;
        if (sys_same_file(files[i], cluster) || sys_same_file(files[i], change))
            return err_set(e, "%s would be written over, which is read", files[i]);
        for (size_t k = 0; k < i; k++) {
            if (files[k] != NULL && sys_same_file(files[i], files[k]))
                return err_set(e, "%s would be written twice", files[i]);
        }
        if (!sys_can_write(files[i], e))
            return false;
    }
    return true;
}

struct job {
    struct arena arena; /* of a ready-made change */
    struct asked asked;
    struct plan_options options;
    char cluster[SCENARIO_PATH], change[SCENARIO_PATH];
    char command[ARGS_COMMAND]; /* as it was typed */
};

static bool read_words(struct job *j, int argc, char *const *argv, struct err *e)
{
    struct options o = reader(&j->asked);
    struct plan_options *p = &j->options;
    if (!options_read(&o, argc, argv, e))
        return false;
    bool made = j->asked.change != NULL;
    if (o.found < (made ? 1 : 2))
        return err_set(e,
                       "a cluster and a change are needed: cucmlab plan cluster.lua change.lua, or "
                       "cluster.lua --change renew:all");
    if (made && o.found == 2)
        return err_set(e, "%s and --change %s: one change at a time", j->asked.words[1],
                       j->asked.change);
    if (!made && j->asked.print_change)
        return err_set(e, "--print-change: of --change KIND:WHAT");
    p->session = session_defaults();
    if (!read_numbers(&j->asked, p, e) || !scenario_find(j->asked.words[0], j->cluster, e) ||
        (!made && !scenario_find(j->asked.words[1], j->change, e)))
        return false;
    if (made)
        snprintf(j->change, sizeof j->change, "%s", j->asked.change);
    if (!try_files(&j->asked, j->cluster, j->change, e))
        return false;
    p->session.lab.cache_dir = j->asked.no_cache ? NULL : keyring_default_cache();
    p->session.script.path = j->cluster;
    p->session.script.then = j->change;
    p->session.script.sets = j->asked.sets;
    p->session.script.set_count = j->asked.set_count;
    p->session.notes = stderr;
    p->session.command = j->command;
    return today(&p->session.date_s, e);
}

/* The cluster as it is when a change begins: what a ready-made one is written for. */
static bool make_change(struct job *j, struct err *e)
{
    struct session_options o = j->options.session;
    if (j->asked.change == NULL)
        return true;
    o.script.then = NULL;
    o.script.out = o.notes = NULL;
    struct session *s = session_present(&o, e);
    bool good = s != NULL && recipe_write(s->lab, j->asked.change, &j->arena,
                                          &j->options.session.script.then_text, e);
    session_free(s);
    return good;
}

/* ---- what comes out ---- */

static bool write_one(const char *path, const struct plan *p,
                      void (*print)(FILE *out, const struct plan *p), struct err *e)
{
    struct sys_text text;
    if (path == NULL)
        return true;
    FILE *f = sys_text_open(&text);
    print(f, p);
    return output_end(f, &text, path, e);
}

static FILE *words_of(const struct asked *a, FILE *out, FILE *problems)
{
    const char *const files[] = { a->html, a->markdown, a->json, a->csv };
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        if (files[i] != NULL && sys_is_stdout(files[i]))
            return problems;
    }
    return out;
}

static int finish(const struct job *j, const struct plan *p, FILE *out, FILE *problems,
                  struct err *e)
{
    const struct asked *a = &j->asked;
    FILE *words = words_of(a, out, problems);
    if (a->quiet)
        plan_verdict(words, p);
    else
        plan_words(words, p);
    if (!write_one(a->html, p, plan_html, e) || !write_one(a->markdown, p, plan_markdown, e) ||
        !write_one(a->json, p, plan_json, e) || !write_one(a->csv, p, plan_csv, e))
        return EXIT_INPUT;
    bool bad =
        p->head.failed.count > 0 || p->head.error != NULL || (a->fail_on_risk && p->head.at_risk);
    return bad ? EXIT_EXPECT : EXIT_GOOD;
}

int cmd_plan(int argc, char *const *argv, FILE *out, FILE *problems)
{
    static struct job j;
    struct plan plan = { 0 };
    struct err e = { "" };
    int status = EXIT_INPUT;
    memset(&j, 0, sizeof j);
    j.arena = arena_of(&sys_mem);
    args_command_line("cucmlab plan", argc, argv, j.command);
    if (read_words(&j, argc, argv, &e) && make_change(&j, &e)) {
        struct view text = j.options.session.script.then_text;
        if (j.asked.print_change)
            fwrite(text.p, 1, text.n, out), status = EXIT_GOOD;
        else if (plan_make(&j.options, &plan, &e))
            status = finish(&j, &plan, out, problems, &e);
    }
    plan_free(&plan);
    arena_free(&j.arena);
    if (status == EXIT_INPUT) {
        err_prefix(&e, "plan");
        fprintf(problems, "cucmlab: %s\n", e.text);
    }
    return status;
}
