/* The command line: the table of commands, help, and the words before a command. */
#include "sim/base/sys.h"
#include "sim/base/version.h"
#include "sim/cmd/cmd.h"
#include "sim/cmd/doctor.h"
#include "sim/cmd/preflight.h"
#include "sim/cmd/shell.h"
#include "sim/base/near.h"
#include "sim/cmd/tools.h"
#include "sim/lab.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

static const struct command {
    const char *name, *words;
    unsigned bit; /* 0: a tool, which has its own options */
    int files;
    int (*run)(const struct args *a);
    const char *help;
} commands[] = {
    { "run", "SCENARIO", RUN, 1, cmd_run, "runs a scenario in virtual time and reports" },
    { "list", "", LIST, 0, cmd_list, "shows every scenario with its one line" },
    { "serve", "SCENARIO", SERVE, 1, cmd_serve, "runs it on real sockets of the loopback" },
    { "control", "PATH [COMMAND...]", CONTROL, ARGS_WORDS, cmd_control,
      "does or asks something of one that serves" },
    { "import", "FILE...", 0, 0, NULL, "a real cluster out of its own files" },
    { "preflight", "CLUSTER.lua", 0, 0, NULL, "what to mend before a change" },
    { "plan", "CLUSTER.lua CHANGE.lua", 0, 0, NULL, "the change page: what a plan costs" },
    { "new", "", 0, 0, NULL, "writes a typical cluster.lua to begin from" },
    { "shell", "CLUSTER.lua [NODE]", 0, 0, NULL, "the command line of a node" },
    { "diff", "A.json B.json", DIFF, 2, cmd_diff, "what a change of plan changed" },
    { "states", "", STATES, 0, cmd_states, "the states of a phone as a table" },
    { "trust", "", STATES, 0, cmd_trust, "the boxes of the trust decision of a phone" },
    { "knobs", "", TABLES, 0, cmd_knobs, "what can be set, and how sure that is" },
    { "models", "", TABLES, 0, cmd_models, "what is known of each model of phones" },
    { "versions", "", TABLES, 0, cmd_versions, "what differs between CUCM versions" },
    { "acts", "", VERBS, 0, cmd_acts, "what a scenario can do to nodes and phones" },
    { "doctor", "--tftp HOST", 0, 0, NULL, "asks a cluster whether an ITL must be erased" },
    { "phones", "--tftp HOST", 0, 0, NULL, "boots phones against another cluster" },
    { "load", "tvs|tftp|register HOST", 0, 0, NULL, "loads a server and measures its answers" },
    { "merge", "RESULT.json...", 0, 0, NULL, "adds results of load measured together" },
    { "itl", "show|verify|diff FILE", 0, 0, NULL, "looks at an ITL file from outside" },
    { "ctl", "show|verify|diff FILE", 0, 0, NULL, "looks at a CTL file from outside" },
    { "sgn", "show|verify|strip FILE", 0, 0, NULL, "looks at a signed file from outside" },
};

enum { COMMANDS = sizeof commands / sizeof *commands };

/* Those of bit 0 that are no tools for files (sim/cmd/tools). */
static const struct tool {
    const char *name;
    int (*run)(int argc, char *const *argv, FILE *out, FILE *problems);
    void (*help)(FILE *out);
    bool takes_version; /* --version is an option of its own */
} tools[] = {
    { "doctor", doctor_run, doctor_help, false },
    { "phones", cmd_phones, cmd_phones_help, false },
    { "import", cmd_import, cmd_import_help, false },
    { "plan", cmd_plan, cmd_plan_help, false },
    { "new", cmd_new, cmd_new_help, true },
    { "load", cmd_load, cmd_load_help, false },
    { "merge", cmd_merge, cmd_merge_help, false },
    { "preflight", preflight_run, preflight_help, false },
    { "shell", shell_run, shell_help, false },
};

static const struct tool *find_tool(const char *name)
{
    for (size_t i = 0; i < sizeof tools / sizeof *tools; i++) {
        if (strcmp(tools[i].name, name) == 0)
            return &tools[i];
    }
    return NULL;
}

static void print_help(FILE *out)
{
    fputs("Usage: cucmlab COMMAND [OPTION...] [FILE...]\n\nWhich phones lose what when a CUCM "
          "certificate changes, and how they come back.\n\nCommands:\n",
          out);
    for (int i = 0; i < COMMANDS; i++)
        fprintf(out, "  %-10s%-24s%s\n", commands[i].name, commands[i].words, commands[i].help);
    fputs("\nAll commands: --help (-h), --version; those that run something: --seed N,\n"
          "--identity N.  `cucmlab COMMAND --help` shows its options.\n"
          "Exit status: 0 good; 1 an expectation fails, a file does not verify or differs,\n"
          "--fail-on-risk, doctor: sick, or preflight: a check fails; 2 usage or input;\n"
          "3 internal error; 4 doctor: cannot tell.\n",
          out);
}

static int help_command(const struct command *c)
{
    if (c->bit == 0) {
        if (find_tool(c->name) != NULL)
            find_tool(c->name)->help(stdout);
        else
            tools_help(c->name, stdout);
        return EXIT_GOOD;
    }
    printf("Usage: cucmlab %s [OPTION...]%s%s\n  %s\n\nOptions:\n", c->name,
           c->words[0] == '\0' ? "" : " ", c->words, c->help);
    struct args none = { 0 };
    struct options o = args_options(&none, c->bit);
    options_help(&o, stdout);
    if (c->run == cmd_control)
        cmd_control_help(stdout);
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

static bool is_help(const char *word)
{
    return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0;
}

static bool is_version(const char *word)
{
    return strcmp(word, "--version") == 0;
}

static bool wants(int argc, char **argv, bool (*asks)(const char *word))
{
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--") == 0)
            return false;
        if (asks(argv[i]))
            return true;
    }
    return false;
}

static int unknown(const char *word)
{
    char hint[NEAR_ROOM];
    struct near n = near_of(word);
    for (int i = 0; i < COMMANDS; i++)
        near_try(&n, commands[i].name);
    fprintf(stderr, "cucmlab: unknown %s \"%s\"%s; `cucmlab --help` shows all\n",
            word[0] == '-' ? "option" : "command", word, near_text(&n, hint));
    return EXIT_INPUT;
}

static const char *bare_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash == NULL ? path : slash + 1;
}

static int run_command(const struct command *c, struct args *a, int argc, char **argv)
{
    struct err e = { "" };
    struct options o = args_options(a, c->bit);
    o.most = c->files;
    if (!options_read(&o, argc - 1, argv + 1, &e))
        return err_prefix(&e, "%s", c->name), cmd_fail(&e);
    a->file_count = o.found;
    const struct check_context context = { a->seed, a->identity, a->command, NULL, NULL };
    sys_check_context(&context);
    int status = c->run(a);
    sys_check_context(NULL);
    return status;
}

/* Somebody who reads no more (`| head -1`) has what he wants: the program ends as if the write had
 * killed it, but the files that it was told to write are there. */
static volatile sig_atomic_t pipe_ended;

static void on_pipe(int number)
{
    (void)number;
    pipe_ended = 1;
}

static void end_of_pipe(void)
{
    if (pipe_ended) {
        signal(SIGPIPE, SIG_DFL);
        raise(SIGPIPE);
    }
}

/* Whatever wrote to it, and whenever: what did not get there is told. */
static int end_output(int status)
{
    struct err e = { "" };
    bool failed = fflush(stdout) != 0;
    if ((!failed && ferror(stdout) == 0) || status == EXIT_INPUT)
        return status; /* told already */
    /* Lost earlier, and the buffer is empty now: nobody kept why. A line feed asks anew. */
    if (!failed)
        failed = fputc('\n', stdout) == EOF || fflush(stdout) != 0;
    int why = errno;
    end_of_pipe();
    err_set(&e, "standard output: %s", failed ? strerror(why) : "not all of it could be written");
    return cmd_fail(&e);
}

static int perform(int argc, char **argv)
{
    static struct args a;
    static char command[ARGS_COMMAND];
    struct err e = { "" };
    struct options o = args_options(&a, RUN);
    int at = 1;
    a.seed = lab_defaults().seed;
    a.identity = lab_defaults().identity;
    a.command = args_command_line(bare_name(argv[0]), argc - 1, argv + 1, command);
    while (at < argc &&
           (strncmp(argv[at], "--seed", 6) == 0 || strncmp(argv[at], "--identity", 10) == 0)) {
        if (!options_take(&o, argc, argv, &at, &e))
            return cmd_fail(&e);
        at++;
    }
    if (at < argc && is_version(argv[at]))
        return puts("cucmlab " CUCMLAB_VERSION), EXIT_GOOD;
    bool help = at < argc && strcmp(argv[at], "help") == 0;
    if (help && at + 1 < argc) {
        const struct command *about = find_command(argv[at + 1]);
        return about != NULL ? help_command(about) : unknown(argv[at + 1]);
    }
    if (help || (at < argc && is_help(argv[at])))
        return print_help(stdout), EXIT_GOOD;
    if (at == argc)
        return print_help(stderr), EXIT_INPUT;
    const struct command *c = find_command(argv[at]);
    if (c == NULL)
        return unknown(argv[at]);
    if (wants(argc - at, argv + at, is_help))
        return help_command(c);
    if (!(find_tool(c->name) != NULL && find_tool(c->name)->takes_version) &&
        wants(argc - at, argv + at, is_version))
        return puts("cucmlab " CUCMLAB_VERSION), EXIT_GOOD;
    if (at > 1 && (c->bit & (RUN | SERVE)) == 0)
        return err_set(&e, "%s: %s is of run and serve", c->name, argv[1]), cmd_fail(&e);
    if (find_tool(c->name) != NULL)
        return find_tool(c->name)->run(argc - at - 1, argv + at + 1, stdout, stderr);
    if (c->bit == 0)
        return tools_run(c->name, argc - at - 1, argv + at + 1, stdout, stderr);
    return run_command(c, &a, argc - at, argv + at);
}

/* A standard descriptor that the caller closed would be that of the next file or socket, and what
 * is printed would go there.  What takes its place can neither be written nor read, as it could. */
static void keep_standard(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0)
            (void)!open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

int main(int argc, char **argv)
{
    struct sigaction act = { .sa_handler = on_pipe, .sa_flags = SA_RESTART };
    sigemptyset(&act.sa_mask);
    keep_standard();
    sigaction(SIGPIPE, &act, NULL);
    signal(SIGXFSZ, SIG_IGN); /* `ulimit -f`: an error of the write, like a full disk */
    return end_output(perform(argc, argv));
}
