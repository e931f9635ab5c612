/* A log of a terminal, cut at its prompts.  What the terminal program wrote in front of each line
 * is found at the prompts, and taken off every line that has the same. */
#include "sim/base/sys.h"
#include "sim/import/cli_impl.h"
#include "sim/wire/text.h"

#include <string.h>

#define LOG_COMMAND 4000 /* bytes of a command that are kept: a query may be long */

static const char prompt[] = "admin:";
enum { PROMPT = sizeof prompt - 1, LOOK = 100 /* bytes behind a prompt that have a verb */ };

/* What a command begins with. */
static const char *const verbs[] = { "show",  "run",  "utils", "set",     "file", "delete",
                                     "unset", "exit", "quit",  "license", "help" };

static bool is_blank(uint8_t c)
{
    return c == ' ' || c == '\t';
}

/* ---- stamps of terminal programs ---- */

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

/* "> ", "> > ", "| ": what a mail puts in front of what is answered. */
static size_t quoting(struct view line)
{
    size_t n = 0, signs = 0;
    while (n < line.n && (line.p[n] == '>' || line.p[n] == '|' || is_blank(line.p[n])))
        signs += !is_blank(line.p[n++]);
    return signs > 0 ? n : 0;
}

/* "[2026-03-14 06:00:00.123] ", "06:00:00: ", "2026/03/14T06:00:00 ", "3/14/2026 6:00:00 AM ":
 * digits and what stands between them, with a time of day among them.  How long it is, with the
 * quoting in front of it and without the blanks behind it. */
static size_t stamp(struct view line)
{
    size_t begin = quoting(line), n = begin, times = 0;
    while (n < line.n && n < begin + 40 && line.p[n] != 0 &&
           (is_digit(line.p[n]) || strchr("[]-/.:,TZ APM", line.p[n]) != NULL)) {
        times += line.p[n] == ':' && n > begin && n + 2 < line.n && is_digit(line.p[n - 1]) &&
                 is_digit(line.p[n + 1]) && is_digit(line.p[n + 2]);
        n++;
    }
    n = times >= 1 ? n : begin;
    while (n > 0 && is_blank(line.p[n - 1]))
        n--;
    return n;
}

/* Two stamps of one form: digits where the other has them, else the same characters. */
static bool same_form(struct view a, struct view b)
{
    for (size_t i = 0; i < a.n && i < b.n; i++) {
        if (is_digit(a.p[i]) != is_digit(b.p[i]) || (!is_digit(a.p[i]) && a.p[i] != b.p[i]))
            return false;
    }
    return a.n == b.n;
}

/* ---- prompts ---- */

static bool is_verb(struct view word)
{
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
        if (text_same(word, verbs[i]))
            return true;
    }
    return false;
}

/* A prompt at `at`: whoever starts a line with it, or ends an output without an end of line and has
 * a command behind it. */
static bool is_prompt(struct view line, size_t at, size_t begin)
{
    struct view behind = view_sub(line, at + PROMPT, line.n - at - PROMPT);
    behind.n = behind.n < LOOK ? behind.n : LOOK;
    struct view word = cli_word(&behind);
    return word.n == 0 ? at == begin || !is_blank(line.p[at - 1]) : is_verb(word);
}

/* Where the prompt of a line stands, behind `begin` bytes of stamp; SIZE_MAX: it has none. */
static size_t find_prompt(struct view line, size_t begin)
{
    while (begin < line.n && is_blank(line.p[begin]))
        begin++;
    for (size_t at = begin; at + PROMPT <= line.n; at++) {
        const uint8_t *p = memmem(line.p + at, line.n - at, prompt, PROMPT);
        if (p == NULL)
            break;
        at = (size_t)(p - line.p);
        if (is_prompt(line, at, begin))
            return at;
    }
    return SIZE_MAX;
}

bool cli_is_log(struct view text)
{
    /* What is marked up holds a log at most as somebody's example. */
    struct view first = text_trim(view_sub(text, 0, text.n < 100 ? text.n : 100));
    if (first.n == 0 || first.p[0] == '<' || first.p[0] == '{')
        return false;
    struct view left = text;
    for (const uint8_t *p; left.n >= PROMPT; left.p = p, left.n = (size_t)(text.p + text.n - p)) {
        p = memmem(left.p, left.n, prompt, PROMPT);
        if (p == NULL)
            return false;
        p += PROMPT;
        uint8_t shown[LOOK];
        struct view line = view_of(p, (size_t)(text.p + text.n - p));
        line.n = line.n < LOOK ? line.n : LOOK;
        line = text_cut(&line, '\n');
        struct view words = view_of(shown, cli_screen_line(line, shown));
        if (is_verb(cli_word(&words)))
            return true;
    }
    return false;
}

/* ---- cutting ---- */

struct cutter {
    const char *path;
    uint32_t session;
    void (*each)(void *ctx, const struct piece *p);
    void *ctx;
    uint8_t *out; /* what is to come of the lines so far, each with its LF */
    size_t n;
    size_t piece_at; /* where the piece began */
    uint32_t piece_line;
    bool begun; /* a prompt has been seen */
    bool ended; /* the session was left: the next command is of another */
    uint32_t logins;
    char command[LOG_COMMAND];
    uint8_t stamp[40]; /* of the prompts; the rest of the line begins `gap` behind it */
    size_t stamp_n, gap;
};

static bool known(const struct piece *p)
{
    for (uint32_t i = 0; i < kinds_cli.count; i++) {
        if (kinds_cli.rows[i].is(p))
            return true;
    }
    return false;
}

static void flush(struct cutter *c)
{
    struct piece p = { .bytes = view_of(c->out + c->piece_at, c->n - c->piece_at),
                       .path = c->path,
                       .command = c->begun ? c->command : NULL,
                       .line = c->piece_line,
                       .session = c->session + c->logins * CLI_LOGIN };
    if (c->begun ? c->command[0] != 0 : known(&p))
        c->each(c->ctx, &p);
}

static void begin(struct cutter *c, struct view command, uint32_t line)
{
    flush(c);
    command = text_trim(command);
    size_t n = command.n < LOG_COMMAND - 1 ? command.n : LOG_COMMAND - 1;
    if (n > 0)
        memcpy(c->command, command.p, n);
    c->command[n] = 0;
    c->begun = true;
    c->piece_at = c->n;
    c->piece_line = line + 1;
    c->logins += c->ended && n > 0;
    if (n > 0)
        c->ended = cli_is_command(command, "exit", NULL) || cli_is_command(command, "quit", NULL);
}

static void add(struct cutter *c, struct view line)
{
    if (line.n > 0)
        memmove(c->out + c->n, line.p, line.n);
    c->n += line.n;
    c->out[c->n++] = '\n';
}

/* The length of the stamp that the line begins with, blanks behind it too. */
static size_t off_stamp(const struct cutter *c, struct view line)
{
    if (c->stamp_n == 0 || line.n < c->stamp_n ||
        !same_form(view_of(c->stamp, c->stamp_n), view_sub(line, 0, c->stamp_n)))
        return 0;
    size_t n = c->stamp_n, gap = c->gap;
    for (; gap > 0 && n < line.n && is_blank(line.p[n]); gap--)
        n++;
    return n;
}

static void one_line(struct cutter *c, struct view line, uint32_t number)
{
    size_t begins = off_stamp(c, line), at = find_prompt(line, begins);
    if (cli_find(line, "Welcome to the Platform Command Line Interface") != NULL)
        c->ended = c->begun;
    if (at == SIZE_MAX) {
        add(c, view_sub(line, begins, line.n - begins));
        return;
    }
    if (at > begins && text_trim(view_sub(line, begins, at - begins)).n > 0)
        add(c, view_sub(line, begins, at - begins));
    begin(c, view_sub(line, at + PROMPT, line.n - at - PROMPT), number);
}

/* The stamp in front of the first prompt that has a command. */
static void find_stamp(struct cutter *c, struct view text)
{
    struct view left = text, line;
    uint8_t shown[400];
    while (text_line(&left, &line)) {
        line.n = line.n < sizeof shown ? line.n : sizeof shown;
        if (memmem(line.p, line.n, prompt, PROMPT) == NULL)
            continue;
        line = view_of(shown, cli_screen_line(line, shown));
        size_t n = stamp(line), at = find_prompt(line, n);
        if (at == SIZE_MAX || n > sizeof c->stamp)
            continue;
        c->stamp_n = n;
        c->gap = n == 0 ? 0 : at - n;
        memcpy(c->stamp, line.p, n);
        return;
    }
}

void cli_log_cut(struct view text, const char *path, uint32_t session,
                 void (*each)(void *ctx, const struct piece *p), void *ctx)
{
    struct cutter c = {
        .path = path, .session = session, .each = each, .ctx = ctx, .piece_line = 1
    };
    /* Each line is at most as long as it was, and has its LF; an unfinished output in front of a
     * prompt has one more, and the prompt is gone. */
    c.out = mem_take(&sys_mem, text.n + 2);
    find_stamp(&c, text);
    struct view left = text;
    for (uint32_t number = 1; left.n > 0; number++) {
        struct view line = text_cut(&left, '\n');
        /* Shown where it will stand: add() moves it forward by its stamp at most. */
        one_line(&c, view_of(c.out + c.n, cli_screen_line(line, c.out + c.n)), number);
    }
    flush(&c);
    mem_free(&sys_mem, c.out);
}
