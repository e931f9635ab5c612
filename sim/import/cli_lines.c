/* Lines of a terminal: what was on the screen, not what was sent to it. */
#include "sim/import/cli_impl.h"
#include "sim/wire/text.h"

#include <string.h>

#define ESC 0x1b
#define BEL 0x07

/* ---- one line ---- */

struct screen {
    uint8_t *p;
    size_t n, at, room;
};

static void put(struct screen *c, uint8_t byte)
{
    if (c->at >= c->room)
        return;
    c->p[c->at++] = byte;
    if (c->at > c->n)
        c->n = c->at;
}

/* "\x1b[2D" and the like: the ones that move on the line or erase there; colours do nothing. */
static void control(struct screen *c, uint8_t final, size_t n)
{
    switch (final) {
    case 'D':
        c->at -= n == 0 ? (c->at > 0) : n < c->at ? n : c->at;
        break;
    case 'C':
        n = n == 0 ? 1 : n;
        c->at = n < c->n - c->at ? c->at + n : c->n;
        break;
    case 'G':
        c->at = n == 0 ? 0 : n - 1 < c->n ? n - 1 : c->n;
        break;
    case 'K':
        if (n == 2)
            c->at = 0;
        if (n != 1)
            c->n = c->at;
        break;
    default:
        break;
    }
}

/* The escape sequence at raw.p[i] (ESC); the offset of its last byte. */
static size_t escape(struct screen *c, struct view raw, size_t i)
{
    if (i + 1 >= raw.n)
        return i;
    uint8_t kind = raw.p[++i];
    if (kind == ']') { /* the title of the window, up to BEL or ESC \ */
        while (i + 1 < raw.n && raw.p[i] != BEL && raw.p[i] != ESC)
            i++;
        return raw.p[i] == ESC && i + 1 < raw.n ? i + 1 : i;
    }
    if (kind == '(' || kind == ')' || kind == '#')
        return i + 1 < raw.n ? i + 1 : i;
    if (kind != '[')
        return i;
    size_t number = 0;
    for (i++; i < raw.n && raw.p[i] < 0x40; i++) {
        if (raw.p[i] >= '0' && raw.p[i] <= '9' && number < 10000)
            number = number * 10 + (size_t)(raw.p[i] - '0');
        else if (raw.p[i] == ';')
            number = 0;
    }
    if (i >= raw.n)
        return raw.n - 1;
    control(c, raw.p[i], number);
    return i;
}

static const char pager[] = "Press <enter>";
static const char prompt[] = "admin:";

/* A carriage return within a line: what follows overwrites it, but a command that ran over the
 * edge of the screen goes on, and a pager's line is gone. */
static void carriage_return(struct screen *c, struct view rest)
{
    struct view shown = view_of(c->p, c->n);
    if (rest.n == 0 || rest.p[0] == '\r')
        return;
    if (cli_begins(shown, pager))
        c->n = 0;
    if (cli_begins(shown, prompt) && !cli_begins(rest, prompt) && c->at == c->n && c->n >= 40) {
        if (c->n > 0 && c->p[c->n - 1] == ' ')
            c->n--;
        c->at = c->n;
        return;
    }
    c->at = 0;
}

size_t cli_screen_line(struct view raw, uint8_t *out)
{
    struct screen c = { .p = out, .room = raw.n };
    for (size_t i = 0; i < raw.n; i++) {
        uint8_t byte = raw.p[i];
        if (byte == ESC)
            i = escape(&c, raw, i);
        else if (byte == 0xc2 && i + 1 < raw.n && raw.p[i + 1] == 0xa0)
            put(&c, ' '), i++; /* what mails and documents make of two blanks */
        else if (byte == '\b')
            c.at -= c.at > 0;
        else if (byte == '\r')
            carriage_return(&c, view_sub(raw, i + 1, raw.n - i - 1));
        else if (byte >= 0x20 ? byte != 0x7f : byte == '\t')
            put(&c, byte);
    }
    return c.n;
}

/* ---- lines of a piece ---- */

bool cli_begins(struct view line, const char *with)
{
    size_t n = strlen(with), i = 0;
    while (i < line.n && (line.p[i] == ' ' || line.p[i] == '\t'))
        i++;
    return line.n - i >= n && text_same(view_of(line.p + i, n), with);
}

const uint8_t *cli_find(struct view line, const char *what)
{
    return line.n == 0 ? NULL : memmem(line.p, line.n, what, strlen(what));
}

struct view cli_behind(struct view line, const char *what)
{
    const uint8_t *at = cli_find(line, what);
    if (at == NULL)
        return (struct view){ NULL, 0 };
    at += strlen(what);
    return text_trim(view_of(at, (size_t)(line.p + line.n - at)));
}

struct view cli_word(struct view *v)
{
    *v = text_trim(*v);
    size_t n = 0;
    while (n < v->n && v->p[n] != ' ' && v->p[n] != '\t')
        n++;
    if (n == 0)
        return (struct view){ NULL, 0 };
    struct view word = view_of(v->p, n);
    *v = view_of(v->p + n, v->n - n);
    return word;
}

uint32_t cli_words(struct view line, struct view *words, uint32_t most)
{
    uint32_t count = 0;
    while (count < most && (words[count] = cli_word(&line)).n != 0)
        count++;
    return count;
}

/* What is left of a line behind what a pager wrote in front of it. */
static bool off_pager(struct view *line)
{
    if (cli_begins(*line, "options: q=quit"))
        return false;
    if (!cli_begins(*line, pager))
        return true;
    struct view rest = cli_behind(*line, "to quit");
    *line = rest;
    return rest.n != 0;
}

/* Even of bytes without an end of a line. */
static struct view next_line(struct view *left)
{
    struct view line;
    if (text_line(left, &line))
        return line;
    line = *left;
    *left = view_of(left->p + left->n, 0);
    return line;
}

void cli_open(struct cli_text *t, const struct said *s, const struct piece *p)
{
    struct view left = p->bytes;
    uint32_t cap = 1, line = p->line != 0 ? p->line : 1;
    for (size_t i = 0; i < left.n; i++)
        cap += left.p[i] == '\n';
    *t = (struct cli_text){ .arena = arena_of(s->facts->mem) };
    t->lines = arena_take(&t->arena, cap * sizeof *t->lines);
    uint8_t *out = arena_take(&t->arena, left.n + 1);
    for (; left.n > 0 && t->count < cap; line++) {
        struct view shown = next_line(&left);
        shown = view_of(out, cli_screen_line(shown, out));
        out += shown.n;
        if (off_pager(&shown))
            t->lines[t->count++] = (struct cli_line){ .text = shown, .line = line };
    }
}

/* A line that does not reach the edge lost blanks there. */
struct view cli_with_next(struct cli_text *t, uint32_t i)
{
    struct view a = t->lines[i].text, b = { NULL, 0 };
    if (i + 1 < t->count)
        b = t->lines[i + 1].text;
    uint8_t *out = arena_take(&t->arena, a.n + b.n + 1);
    size_t n = a.n;
    if (n > 0)
        memcpy(out, a.p, n);
    if (n < 80)
        out[n++] = ' ';
    if (b.n > 0)
        memcpy(out + n, b.p, b.n);
    return view_of(out, n + b.n);
}

struct view cli_joined(struct cli_text *t, uint32_t i)
{
    size_t room = 0, n = 0;
    for (uint32_t k = i; k < t->count; k++)
        room += t->lines[k].text.n + 1;
    uint8_t *out = arena_take(&t->arena, room + 1);
    for (; i < t->count; i++) {
        struct view line = t->lines[i].text;
        if (line.n > 0)
            memcpy(out + n, line.p, line.n);
        n += line.n;
        out[n++] = '\n';
    }
    return view_of(out, n);
}

void cli_close(struct cli_text *t)
{
    arena_free(&t->arena);
}

/* ---- facts of a line ---- */

struct said cli_at(const struct said *s, uint32_t line)
{
    return (struct said){ .facts = s->facts, .reading = s->reading, .line = line };
}

static bool same_word(struct view a, struct view b)
{
    for (size_t i = 0; i < a.n && a.n == b.n; i++) {
        uint8_t x = a.p[i], y = b.p[i];
        x = (uint8_t)(x >= 'A' && x <= 'Z' ? x + 32 : x);
        y = (uint8_t)(y >= 'A' && y <= 'Z' ? y + 32 : y);
        if (x != y)
            return false;
    }
    return a.n == b.n;
}

bool cli_is_command(struct view command, const char *words, struct view *rest)
{
    struct view wanted = view_str(words);
    for (struct view word; (word = cli_word(&wanted)).n != 0;) {
        if (!same_word(word, cli_word(&command)))
            return false;
    }
    if (rest != NULL)
        *rest = text_trim(command);
    return true;
}

struct view cli_argument(const struct piece *p, const char *words)
{
    struct view rest = { NULL, 0 };
    if (p->command != NULL)
        (void)cli_is_command(view_str(p->command), words, &rest);
    return rest;
}

void cli_say(const struct said *s, enum fact_kind kind, struct view about2, uint32_t nth,
             struct view value)
{
    char here[FACTS_HERE_ROOM];
    facts_say(s, kind, view_str(facts_here(s, here)), about2, nth, value);
}

void cli_made(const struct said *s, int64_t unix_s)
{
    struct reading *r = &s->facts->readings[s->reading];
    if (unix_s > r->made_s)
        r->made_s = unix_s;
}
