#include "sim/cmd/shell.h"

#include "sim/cli/cli.h"
#include "sim/cmd/scenario.h"
#include "sim/cmd/shell_journal.h"
#include "sim/cmd/shell_line.h"

#include <stddef.h>
#include <string.h>

struct job {
    struct args args; /* as `run` has them: the file, --set, --seed, ... */
    bool commands;
};

static bool take_set(void *to, const char *value, struct err *e)
{
    return args_add(&((struct job *)to)->args.sets, "--set", value, e);
}

static const struct option options[] = {
    { "--set", "NAME=VALUE", 1, take_set, 0, "overrides a parameter of the scenario" },
    { "--commands", NULL, 1, NULL, offsetof(struct job, commands),
      "begins nothing: prints the table of commands" },
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
          "  runs the scenario, then is the command line of a node: the publisher of the\n"
          "  first cluster, or NODE (sub1, HQ/sub1); where standard input is no terminal,\n"
          "  each line of it is a command, and is shown behind the prompt\n\nOptions:\n",
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

/* ---- a session, and what was done in it ---- */

struct shell {
    struct session_options options; /* to begin anew with */
    struct session *session;
    struct cli *cli;
    struct shell_journal journal;
    const char *node;
};

static bool pass(void *ctx, uint64_t us)
{
    struct session *s = ((struct shell *)ctx)->session;
    lab_run_until(s->lab, lab_now_us(s->lab) + us);
    return true;
}

static bool save(void *ctx, const char *path, struct err *e)
{
    const struct shell *sh = ctx;
    return shell_journal_save(&sh->journal, sh->session, path, e);
}

/* All of it but the last is done once more: the same seeds make the same lab. */
static bool undo(void *ctx, struct err *e)
{
    struct shell *sh = ctx;
    if (sh->journal.count == 0)
        return err_set(e, "nothing was done yet");
    struct session *s = session_present(&sh->options, e);
    if (s == NULL)
        return false;
    session_free(sh->session);
    sh->session = s;
    cli_moved(sh->cli, s->lab);
    shell_journal_drop(&sh->journal);
    return shell_journal_replay(&sh->journal, s, e);
}

/* ---- the loop ---- */

static bool one_line(struct shell *sh, struct shell_lines *lines, const char *line)
{
    struct sys_text text;
    FILE *out = sys_text_open(&text);
    bool ok = cli_line(sh->cli, line, out);
    fclose(out);
    shell_lines_show(lines, view_of(text.p, text.n));
    sys_text_free(&text);
    return ok;
}

static int talk(struct shell *sh, FILE *out)
{
    struct shell_lines *lines = shell_lines_open(out, sh->cli);
    const char *line;
    bool good = true;
    cli_banner(out);
    while (cli_state(sh->cli) != CLI_CLOSED && (line = shell_lines_next(lines)) != NULL) {
        uint32_t done = cli_done(sh->cli);
        if (cli_state(sh->cli) == CLI_READY)
            shell_journal_begin(&sh->journal, sh->session);
        shell_journal_line(&sh->journal, line);
        good = one_line(sh, lines, line) && good;
        if (cli_done(sh->cli) != done)
            shell_journal_keep(&sh->journal, sh->session);
    }
    good = good || shell_lines_is_terminal(lines);
    shell_lines_close(lines);
    return good ? EXIT_GOOD : EXIT_EXPECT;
}

static int run(struct shell *sh, FILE *out, struct err *e)
{
    struct cli_options with = { .wait = pass, .save = save, .undo = undo, .ctx = sh };
    sh->session = session_present(&sh->options, e);
    if (sh->session == NULL || !find_node(sh->session->lab, sh->node, &with, e))
        return EXIT_INPUT;
    with.lab = sh->session->lab;
    sh->cli = cli_new(&with);
    sh->journal = shell_journal_of(with.cluster, with.node);
    int status = talk(sh, out);
    shell_journal_free(&sh->journal);
    cli_free(sh->cli);
    return status;
}

int shell_run(int argc, char *const *argv, FILE *out, FILE *problems)
{
    struct job j = { .args = { .seed = lab_defaults().seed, .identity = lab_defaults().identity } };
    struct options words = reader(&j);
    struct shell sh = { 0 };
    char path[SCENARIO_PATH];
    struct err e = { "" };
    int status = EXIT_INPUT;
    bool ok = options_read(&words, argc, argv, &e);
    sh.node = words.found > 1 ? j.args.files[1] : NULL;
    j.args.file_count = words.found > 1 ? 1 : words.found;
    if (ok && j.commands)
        return cli_print_commands(out), EXIT_GOOD;
    if (ok && scenario_options(&j.args, path, &sh.options, &e))
        status = run(&sh, out, &e);
    if (e.text[0] != '\0')
        fprintf(problems, "cucmlab shell: %s\n", e.text);
    session_free(sh.session);
    return status;
}
