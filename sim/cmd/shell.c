#include "sim/cmd/shell.h"

#include "sim/cli/cli.h"
#include "sim/cmd/scenario.h"
#include "sim/cmd/shell_line.h"

#include <stddef.h>
#include <string.h>

#define SETTLE_US (24ull * 3600 * 1000000)

struct job {
    struct args args; /* as `run` has them: the file, --set, --seed, ... */
};

static bool take_set(void *to, const char *value, struct err *e)
{
    struct args_list *sets = &((struct job *)to)->args.sets;
    if (sets->count == ARGS_LIST)
        return err_set(e, "more than %d --set", ARGS_LIST);
    sets->words[sets->count++] = value;
    return true;
}

static const struct option options[] = {
    { "--set", "NAME=VALUE", 1, take_set, 0, "overrides a parameter of the scenario" },
};

static struct options reader(struct job *j)
{
    return (struct options){ .table = options,
                             .count = sizeof options / sizeof *options,
                             .of = 1,
                             .to = j,
                             .words = j == NULL ? NULL : j->args.files,
                             .most = 2 };
}

void shell_help(FILE *out)
{
    struct options o = reader(NULL);
    fputs("Usage: cucmlab shell [OPTION...] SCENARIO|CLUSTER.lua [NODE]\n"
          "  runs the scenario, then is the command line of a node (the publisher of the first\n"
          "  cluster; NODE: another one, \"sub1\" or \"HQ/sub1\").  Where standard input is no\n"
          "  terminal, each line of it is a command, and is shown behind the prompt\n\nOptions:\n",
          out);
    options_help(&o, out);
    fputs("Exit status: 0 good; 1 a command failed (no terminal); 2 usage or input.\n", out);
}

/* ---- where ---- */

static bool find_node(const struct lab *lab, const char *name, struct cli_options *o, struct err *e)
{
    uint32_t found = 0, at;
    if (name == NULL)
        return true;
    for (uint32_t c = 0; c < lab->state.cluster_count; c++) {
        if (!cluster_node(&lab->state.clusters[c], name, &at))
            continue;
        o->cluster = c;
        o->node = at;
        found++;
    }
    if (found == 0)
        return err_set(e, "no node \"%.60s\" in this lab", name);
    return found == 1 || err_set(e, "%u clusters have a node \"%.60s\": say which (\"%s/%.60s\")",
                                 (unsigned)found, name, lab->state.clusters[o->cluster].name, name);
}

static bool pass(void *ctx, uint64_t us)
{
    struct session *s = ctx;
    lab_run_until(s->lab, lab_now_us(s->lab) + us);
    return true;
}

/* ---- the loop ---- */

static int talk(struct cli *c, FILE *out)
{
    struct shell_lines *lines = shell_lines_open(out, c);
    const char *line;
    bool good = true;
    while (cli_state(c) != CLI_CLOSED && (line = shell_lines_next(lines)) != NULL)
        good = cli_line(c, line, out) && good;
    good = good || shell_lines_is_terminal(lines);
    shell_lines_close(lines);
    return good ? EXIT_GOOD : EXIT_EXPECT;
}

static bool load(struct session *s, const char *node, struct cli_options *o, struct err *e)
{
    if (session_run(s, e) == SCRIPT_ERROR)
        return false;
    if (s->lab->state.cluster_count == 0)
        return err_set(e, "%.300s: it has no cluster", s->options.script.path);
    lab_settle(s->lab, lab_now_us(s->lab) + SETTLE_US);
    *o = (struct cli_options){ .lab = s->lab, .losses = &s->losses, .wait = pass, .ctx = s };
    return find_node(s->lab, node, o, e);
}

int shell_run(int argc, char *const *argv, FILE *out, FILE *problems)
{
    struct job j = { .args = { .seed = lab_defaults().seed, .identity = lab_defaults().identity } };
    struct options words = reader(&j);
    struct session_options o;
    struct cli_options with;
    char path[SCENARIO_PATH];
    struct err e = { "" };
    struct session *s = NULL;
    int status = EXIT_INPUT;
    bool ok = options_read(&words, argc, argv, &e);
    const char *node = words.found > 1 ? j.args.files[1] : NULL;
    j.args.file_count = words.found > 1 ? 1 : words.found;
    ok = ok && scenario_options(&j.args, path, &o, &e) && (s = session_new(&o, &e)) != NULL &&
         load(s, node, &with, &e);
    if (ok) {
        struct cli *c = cli_new(&with);
        status = talk(c, out);
        cli_free(c);
    } else {
        fprintf(problems, "cucmlab shell: %s\n", e.text);
    }
    session_free(s);
    return status;
}
