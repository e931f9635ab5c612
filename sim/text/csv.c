#include "sim/text/csv.h"

#include "sim/wire/text.h"

#include <string.h>

static int peek(const struct csv *c)
{
    return c->at < c->in.n ? c->in.p[c->at] : -1;
}

/* CR LF is one line end, and so is a CR alone. */
static bool ends_line(const struct csv *c, int byte)
{
    return byte == '\n' || (byte == '\r' && peek(c) != '\n');
}

static int take(struct csv *c)
{
    int byte = peek(c);
    c->at += byte >= 0;
    c->line += ends_line(c, byte);
    return byte;
}

static bool ends_field(const struct csv *c, int byte)
{
    return byte < 0 || byte == c->separator || byte == '\n' || byte == '\r';
}

struct view csv_peek(const struct csv *c, size_t at, uint32_t k)
{
    size_t start = at;
    for (;; at++) {
        int byte = at < c->in.n ? c->in.p[at] : -1;
        if (!ends_field(c, byte))
            continue;
        if (k == 0)
            return text_trim(view_sub(c->in, start, at - start));
        if (byte != c->separator)
            return view_of("", 0);
        k--;
        start = at + 1;
    }
}

bool csv_pairs(const struct csv *c, size_t at)
{
    bool pairs = true;
    for (; at < c->in.n && c->in.p[at] != '\n' && c->in.p[at] != '\r'; at++)
        pairs ^= c->in.p[at] == '"';
    return pairs;
}

/* ---- the separator ---- */

static char separator_of(struct view in)
{
    static const char which[] = { ',', ';', '\t' };
    uint32_t count[sizeof which] = { 0 };
    bool quoted = false;
    for (size_t i = 0; i < in.n && (quoted || (in.p[i] != '\n' && in.p[i] != '\r')); i++) {
        quoted ^= in.p[i] == '"';
        for (size_t k = 0; k < sizeof which; k++)
            count[k] += !quoted && in.p[i] == (uint8_t)which[k];
    }
    size_t most = 0;
    for (size_t k = 1; k < sizeof which; k++)
        most = count[k] > count[most] ? k : most;
    return which[most];
}

struct csv csv_of(struct view text)
{
    struct csv c = { .in = text, .line = 1 };
    if (text.n >= 5 && text_same(view_sub(text, 0, 4), "sep=") && text.p[4] != '\n' &&
        text.p[4] != '\r') {
        c.separator = (char)text.p[4];
        c.at = 5;
        return c;
    }
    c.separator = separator_of(text);
    return c;
}

/* ---- fields ---- */

/* Where the quote whose text begins here ends; false where nothing ends it.  Text over several
 * lines is believed where no row begins in it and a field ends behind it. */
static bool quote_ends(const struct csv *c, size_t *end, bool *doubled)
{
    bool lines = false;
    *doubled = false;
    for (size_t at = c->at; at < c->in.n; at++) {
        uint8_t byte = c->in.p[at];
        int next = at + 1 < c->in.n ? c->in.p[at + 1] : -1;
        if (byte == '\n' || byte == '\r') {
            lines = true;
            if (c->quote_open || (c->begins != NULL && next >= 0 && c->begins(c->ctx, c, at + 1)))
                return false;
        }
        if (byte != '"')
            continue;
        if (next != '"') {
            *end = at;
            return !lines || ends_field(c, next);
        }
        *doubled = true;
        at++;
    }
    return false;
}

static void pass(struct csv *c, size_t to)
{
    while (c->at < to)
        take(c);
}

static void pass_line(struct csv *c)
{
    while (peek(c) >= 0 && peek(c) != '\n' && peek(c) != '\r')
        take(c);
}

/* A quoted field, behind its first quote.  The copy is never longer than what stands there. */
static struct view quoted(struct csv *c, struct arena *a, const char **fault)
{
    size_t start = c->at, end = c->in.n;
    bool doubled;
    if (!quote_ends(c, &end, &doubled)) {
        *fault = "the quote that begins here does not end";
        c->quote_open |= end == c->in.n;
        pass_line(c);
        return view_of("", 0);
    }
    struct view raw = view_sub(c->in, start, end - start);
    pass(c, end + 1);
    while (!ends_field(c, peek(c))) {
        *fault = "text after a closing quote";
        take(c);
    }
    if (!doubled)
        return raw;
    uint8_t *out = arena_take(a, raw.n);
    size_t to = 0;
    for (size_t i = 0; i < raw.n; i++) {
        out[to++] = raw.p[i];
        i += raw.p[i] == '"';
    }
    return view_of(out, to);
}

static struct view bare(struct csv *c)
{
    size_t start = c->at;
    while (!ends_field(c, peek(c)))
        c->at++; /* no line end among them */
    return view_sub(c->in, start, c->at - start);
}

/* Twice as much each time: few files have as many columns as a row may have. */
static void add_field(struct csv_row *row, struct arena *a, struct view field)
{
    if (row->count == row->most)
        return;
    if (row->count == row->room) {
        uint32_t room = row->room == 0 ? 16 : 2 * row->room;
        struct view *fields = arena_take(a, room * sizeof *fields);
        if (row->count != 0)
            memcpy(fields, row->fields, row->count * sizeof *fields);
        row->fields = fields;
        row->room = room;
    }
    row->fields[row->count++] = field;
}

bool csv_next(struct csv *c, struct arena *a, struct csv_row *row)
{
    while (peek(c) == '\n' || peek(c) == '\r')
        take(c);
    if (peek(c) < 0)
        return false;
    row->count = 0;
    row->fault = NULL;
    row->line = c->line;
    for (;;) {
        struct view field;
        bool in_quotes = peek(c) == '"';
        if (in_quotes) {
            take(c);
            field = quoted(c, a, &row->fault);
        } else {
            field = bare(c);
        }
        add_field(row, a, in_quotes && c->keeps_blanks ? field : text_trim(field));
        if (peek(c) != c->separator)
            return true;
        take(c);
    }
}
