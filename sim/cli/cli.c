/* A line becomes a command by the longest row that it begins with, as the product's command line
 * takes it: words by their whole name, in their own case. */
#include "sim/base/check.h"
#include "sim/cli/command.h"

#include <string.h>

const struct command *const command_tables[] = {
    commands_certs,    commands_csr,   commands_lists,    commands_node,
    commands_network,  commands_modes, commands_recovery, commands_query,
    commands_services, commands_admin, commands_session,  commands_lab
};
const uint32_t command_table_count = sizeof command_tables / sizeof *command_tables;

struct cli *cli_new(const struct cli_options *options)
{
    struct cli *c = sys_mem.resize(sys_mem.ctx, NULL, sizeof *c);
    *c = (struct cli){ .options = *options, .words = arena_of(&sys_mem), .paged = true };
    cli_ready(c);
    return c;
}

void cli_free(struct cli *c)
{
    if (c == NULL)
        return;
    arena_free(&c->words);
    mem_free(&sys_mem, c->pasted);
    mem_free(&sys_mem, c);
}

enum cli_state cli_state(const struct cli *c)
{
    if (c->closed)
        return CLI_CLOSED;
    return c->answer == NULL ? CLI_READY : CLI_ASKS;
}

const char *cli_prompt(const struct cli *c)
{
    return c->prompt;
}

uint32_t cli_done(const struct cli *c)
{
    return c->done;
}

bool cli_is_paged(const struct cli *c)
{
    return c->paged;
}

void cli_moved(struct cli *c, struct lab *lab)
{
    c->options.lab = lab;
}

void cli_interrupt(struct cli *c, FILE *out)
{
    if (c->answer != NULL)
        fputs("^C\n", out);
    cli_ready(c);
}

/* ---- a line ---- */

/* Behind the words of a row; NULL: the line does not begin with them. */
static const char *behind(const char *line, const char *words)
{
    while (*words != '\0') {
        size_t n = strcspn(words, " ");
        line += strspn(line, " \t");
        if (strncmp(line, words, n) != 0 || (line[n] != '\0' && line[n] != ' ' && line[n] != '\t'))
            return NULL;
        line += n;
        words += n + strspn(words + n, " ");
    }
    return line + strspn(line, " \t");
}

static bool is_here(const struct cli *c, const struct command *row)
{
    return row->has == NULL || row->has(cli_cluster(c)->version);
}

static const struct command *find(const struct cli *c, const char *line, const char **rest)
{
    const struct command *found = NULL;
    for (uint32_t t = 0; t < command_table_count; t++) {
        for (const struct command *row = command_tables[t]; row->words != NULL; row++) {
            const char *at = behind(line, row->words);
            if (at == NULL || !is_here(c, row) ||
                (found != NULL && strlen(found->words) > strlen(row->words)))
                continue;
            found = row;
            *rest = at;
        }
    }
    return found;
}

/* The least and the most that a row takes; whether its last is the rest of the line. */
struct arity {
    uint32_t least, most;
    bool rest;
};

static struct arity arity_of(const char *args)
{
    struct arity a = { 0, 0, false };
    while (*args != '\0') {
        size_t n = strcspn(args, " ");
        a.most++;
        a.least += args[0] != '[';
        a.rest = strncmp(args, "...", 3) == 0 || strncmp(args, "[...", 4) == 0;
        args += n + strspn(args + n, " ");
    }
    return a;
}

/* Cuts c->line from `rest` on into arguments; false: too many. */
static bool cut(struct cli *c, char *rest, const struct arity *arity)
{
    c->arg_count = 0;
    while (*rest != '\0') {
        if (c->arg_count == arity->most)
            return false;
        c->args[c->arg_count++] = rest;
        if (arity->rest && c->arg_count == arity->most)
            return true;
        rest += strcspn(rest, " \t");
        if (*rest != '\0') {
            *rest++ = '\0';
            rest += strspn(rest, " \t");
        }
    }
    return true;
}

static bool unknown(struct cli *c)
{
    fputs("Executed command unsuccessfully\nNo valid command entered\n", c->out);
    return err_set(&c->why, "no valid command");
}

static bool run_row(struct cli *c, const struct command *row, const char *rest)
{
    struct arity arity = arity_of(row->args);
    if (!cut(c, c->line + (rest - c->line), &arity))
        return cli_fail(c, "Incorrect number of optional parameters entered for command: %s",
                        row->words);
    if (c->arg_count < arity.least)
        return cli_fail(c, "Incorrect number of mandatory parameters entered for command: %s",
                        row->words);
    if (row->where == ON_PUBLISHER && !cli_is_publisher(c))
        return cli_fail(c, "Can be executed only on the publisher");
    return row->run(c, c->arg_count, c->args);
}

/* Into c->line, without blanks at its end. */
static bool take_line(struct cli *c, const char *line)
{
    size_t n = strlen(line);
    while (n > 0 && strchr(" \t\r", line[n - 1]) != NULL)
        n--;
    if (n >= sizeof c->line)
        return cli_fail(c, "The line is longer than %d characters", CLI_LINE - 1);
    memcpy(c->line, line, n);
    c->line[n] = '\0';
    return true;
}

static bool command_line(struct cli *c, const char *line)
{
    const char *rest = NULL;
    if (!take_line(c, line))
        return false;
    if (c->line[strspn(c->line, " \t")] == '\0')
        return true;
    const struct command *row = find(c, c->line, &rest);
    return row == NULL ? unknown(c) : run_row(c, row, rest);
}

static bool answer_line(struct cli *c, const char *line)
{
    command_answer *answer = c->answer;
    cli_ready(c);
    return take_line(c, line) && answer(c, c->line);
}

bool cli_line(struct cli *c, const char *line, FILE *out)
{
    CHECK(!c->closed);
    c->out = out;
    bool ok = c->answer != NULL ? answer_line(c, line) : command_line(c, line);
    c->out = NULL;
    return ok;
}

bool cli_type(const struct cli_options *options, const char *const *lines, uint32_t count,
              FILE *out, struct err *e)
{
    struct cli *c = cli_new(options);
    bool ok = true;
    for (uint32_t i = 0; i < count && ok; i++) {
        if (i > 0 && cli_state(c) != CLI_ASKS)
            ok = err_set(e, "\"%.60s\" answers nothing: it asked no more", lines[i]);
        else
            ok = cli_line(c, lines[i], out) || err_set(e, "%s", c->why.text);
    }
    if (ok && c->answer != NULL)
        ok = err_set(e, "it asks \"%.100s\", and there is no answer", c->prompt);
    cli_free(c);
    return ok;
}

/* ---- completion ---- */

/* The word of `text` that begins at word `from`, as long as `line` says the same so far. */
static const char *next_word(struct cli *c, const char *line, const char *words)
{
    const char *typed = line + strspn(line, " \t");
    while (*words != '\0') {
        size_t n = strcspn(words, " "), m = strcspn(typed, " \t");
        if (typed[m] == '\0')
            return m <= n && strncmp(typed, words, m) == 0
                       ? arena_text(&c->words, view_of(words, n))
                       : NULL;
        if (m != n || strncmp(typed, words, n) != 0)
            return NULL;
        words += n + strspn(words + n, " ");
        typed += m + strspn(typed + m, " \t");
    }
    return NULL;
}

static void add_word(const char *words[CLI_WORDS], uint32_t *count, const char *word)
{
    uint32_t at = *count;
    for (uint32_t i = 0; i < *count; i++) {
        if (strcmp(words[i], word) == 0)
            return;
    }
    if (*count == CLI_WORDS)
        return;
    for (; at > 0 && strcmp(words[at - 1], word) > 0; at--)
        words[at] = words[at - 1];
    words[at] = word;
    ++*count;
}

/* What may stand behind a whole command: `rest` is what was typed of it. */
static void add_choices(struct cli *c, const struct command *row, const char *rest,
                        const char *words[CLI_WORDS], uint32_t *count)
{
    const char *word;
    uint32_t arg = 0;
    for (size_t n; rest[n = strcspn(rest, " \t")] != '\0' && !arity_of(row->args).rest; arg++)
        rest += n + strspn(rest + n, " \t");
    for (uint32_t i = 0; row->choice != NULL && (word = row->choice(c, arg, i)) != NULL; i++) {
        if (strncmp(word, rest, strlen(rest)) == 0)
            add_word(words, count, word);
    }
}

uint32_t cli_complete(struct cli *c, const char *line, const char *words[CLI_WORDS])
{
    uint32_t count = 0;
    arena_free(&c->words);
    c->words = arena_of(&sys_mem);
    for (uint32_t t = 0; t < command_table_count; t++) {
        for (const struct command *row = command_tables[t]; row->words != NULL; row++) {
            const char *rest = is_here(c, row) ? behind(line, row->words) : NULL, *word;
            size_t n = strlen(line);
            if (rest != NULL && (*rest != '\0' || (n > 0 && line[n - 1] == ' ')))
                add_choices(c, row, rest, words, &count);
            else if (is_here(c, row) && (word = next_word(c, line, row->words)) != NULL)
                add_word(words, &count, word);
        }
    }
    return count;
}

static const char *where_name(const struct command *row)
{
    return row->own ? "the lab's own" : row->where == ON_PUBLISHER ? "publisher" : "every node";
}

void cli_print_commands(FILE *out)
{
    fputs("| command | where | what it does | source |\n| --- | --- | --- | --- |\n", out);
    for (uint32_t t = 0; t < command_table_count; t++) {
        for (const struct command *row = command_tables[t]; row->words != NULL; row++)
            fprintf(out, "| `%s%s%s` | %s | %s | %s |\n", row->words,
                    row->args[0] == '\0' ? "" : " ", row->args, where_name(row), row->help,
                    row->source == NULL ? "" : row->source);
    }
}
