#include "sim/cmd/shell_line.h"

#include "sim/base/sys.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
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

/* ---- pages ---- */

/* Bold, as observed. */
static const char more[] =
    "\033[1mPress <enter> for 1 line, <space> for one page, or <q> to quit\033[0m";

static uint32_t rows_of_terminal(void)
{
    struct winsize size;
    return ioctl(1, TIOCGWINSZ, &size) == 0 && size.ws_row > 2 ? size.ws_row - 1u : 23;
}

/* A key, without the wait for the end of the line; 'q' where there is none. */
static int read_key(void)
{
    struct termios old, raw;
    char key;
    if (tcgetattr(0, &old) != 0)
        return 'q';
    raw = old;
    raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
    tcsetattr(0, TCSANOW, &raw);
    ssize_t n = read(0, &key, 1);
    tcsetattr(0, TCSANOW, &old);
    return n == 1 ? key : 'q';
}

void shell_lines_show(struct shell_lines *l, struct view text)
{
    uint32_t left = rows_of_terminal();
    bool paged = l->terminal && isatty(1) != 0 && cli_is_paged(l->cli);
    for (size_t at = 0; at < text.n;) {
        const uint8_t *end = memchr(text.p + at, '\n', text.n - at);
        size_t n = end == NULL ? text.n - at : (size_t)(end - (text.p + at)) + 1;
        if (paged && left == 0) {
            fputs(more, l->out);
            fflush(l->out);
            int key = read_key();
            fputs("\r\033[K", l->out);
            if (key == 'q' || key == 'Q')
                return;
            left = key == ' ' ? rows_of_terminal() : 1;
        }
        fwrite(text.p + at, 1, n, l->out);
        at += n;
        left--;
    }
}

/* ---- lines ---- */

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
    if (!l->terminal)
        fprintf(l->out, "%s\n", l->line);
    return l->line;
}
