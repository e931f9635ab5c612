#include "sim/cmd/shell_line.h"

#include "sim/base/sys.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct shell_lines {
    FILE *out;
    struct cli *cli;
    char *line;
    size_t room;
    bool terminal;
};

struct shell_lines *shell_lines_open(FILE *out, struct cli *c)
{
    struct shell_lines *l = mem_take(&sys_mem, sizeof *l);
    *l = (struct shell_lines){ .out = out, .cli = c, .terminal = isatty(0) != 0 };
    return l;
}

void shell_lines_close(struct shell_lines *l)
{
    free(l->line);
    mem_free(&sys_mem, l);
}

bool shell_lines_is_terminal(const struct shell_lines *l)
{
    return l->terminal;
}

const char *shell_lines_next(struct shell_lines *l)
{
    fputs(cli_prompt(l->cli), l->out);
    fflush(l->out);
    ssize_t n = getline(&l->line, &l->room, stdin);
    if (n < 0) {
        fputc('\n', l->out);
        return NULL;
    }
    while (n > 0 && (l->line[n - 1] == '\n' || l->line[n - 1] == '\r'))
        l->line[--n] = '\0';
    if (!l->terminal && cli_state(l->cli) != CLI_ASKS_KEY)
        fprintf(l->out, "%s\n", l->line);
    return l->line;
}
