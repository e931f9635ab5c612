#include "sim/text/json.h"

#include "sim/base/check.h"
#include "sim/wire/text.h"

#include <string.h>

struct json {
    struct view in;
    size_t at;
    uint32_t line, depth;
    const struct json_calls *calls;
    void *ctx;
    bool stopped;
    struct err *e;
};

uint32_t json_line(const struct json *j)
{
    return j->line;
}

void json_stop(struct json *j)
{
    j->stopped = true;
}

static bool fail(struct json *j, const char *what)
{
    return err_set(j->e, "line %u: %s", j->line, what);
}

static uint8_t peek(const struct json *j)
{
    return j->at < j->in.n ? j->in.p[j->at] : 0;
}

static void skip_blanks(struct json *j)
{
    for (; j->at < j->in.n && strchr(" \t\r\n", j->in.p[j->at]) != NULL && j->in.p[j->at] != 0;
         j->at++)
        j->line += j->in.p[j->at] == '\n';
}

static void say(struct json *j, struct view text)
{
    if (text.n > 0 && j->calls->text != NULL && !j->stopped)
        j->calls->text(j, j->ctx, text);
}

/* ---- strings ---- */

static void say_code(struct json *j, uint32_t c)
{
    uint8_t out[4];
    size_t n;
    if (c < 0x80) {
        out[0] = (uint8_t)c;
        n = 1;
    } else if (c < 0x800) {
        out[0] = (uint8_t)(0xc0 | c >> 6);
        n = 2;
    } else if (c < 0x10000) {
        out[0] = (uint8_t)(0xe0 | c >> 12);
        n = 3;
    } else {
        out[0] = (uint8_t)(0xf0 | c >> 18);
        n = 4;
    }
    for (size_t i = 1; i < n; i++)
        out[i] = (uint8_t)(0x80 | (c >> 6 * (n - 1 - i) & 0x3f));
    say(j, view_of(out, n));
}

/* `digits` hexadecimal digits behind the letter of an escape. */
static bool hex_at(const struct json *j, size_t at, size_t digits, uint32_t *out)
{
    *out = 0;
    for (size_t i = 0; i < digits; i++) {
        int h = at + i < j->in.n ? text_hex(j->in.p[at + i]) : -1;
        if (h < 0)
            return false;
        *out = *out << 4 | (uint32_t)h;
    }
    return true;
}

/* \uXXXX, a pair of them for what is beyond, \xXX and \UXXXXXXXX of Python. */
static bool escape_hex(struct json *j, uint8_t letter)
{
    size_t digits = letter == 'u' ? 4 : letter == 'x' ? 2 : 8;
    uint32_t c, low;
    if (!hex_at(j, j->at + 1, digits, &c))
        return fail(j, "an escape that is none");
    j->at += 1 + digits;
    if (letter == 'u' && c >= 0xd800 && c < 0xdc00 && peek(j) == '\\' && j->at + 1 < j->in.n &&
        j->in.p[j->at + 1] == 'u' && hex_at(j, j->at + 2, 4, &low) && low >= 0xdc00 &&
        low < 0xe000) {
        c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
        j->at += 6;
    }
    say_code(j, c > 0x10ffff || (c >= 0xd800 && c < 0xe000) ? 0xfffd : c);
    return true;
}

/* Behind a backslash. */
static bool escape(struct json *j)
{
    static const char from[] = "\"\\/'bfnrt", to[] = "\"\\/'\b\f\n\r\t";
    uint8_t c = peek(j);
    const char *at = c != 0 ? strchr(from, c) : NULL;
    if (c == 'u' || c == 'x' || c == 'U')
        return escape_hex(j, c);
    if (c == 0)
        return fail(j, "it ends within a text");
    if (at != NULL)
        say_code(j, (uint8_t)to[at - from]);
    else
        say(j, view_sub(j->in, j->at - 1, 2)); /* Python leaves the backslash */
    j->line += c == '\n';
    j->at++;
    return true;
}

/* The quote is still ahead.  `raw`: where the text lies, for names. */
static bool string(struct json *j, bool told, struct view *raw)
{
    uint8_t quote = peek(j);
    size_t from = ++j->at, begin = from;
    for (;; j->at++) {
        uint8_t c = peek(j);
        if (j->at >= j->in.n)
            return fail(j, "it ends within a text");
        j->line += c == '\n';
        if (c != '\\' && c != quote)
            continue;
        if (told)
            say(j, view_sub(j->in, from, j->at - from));
        if (c == quote)
            break;
        j->at++;
        if (!told) {
            if (j->at >= j->in.n)
                return fail(j, "it ends within a text");
            continue;
        }
        if (!escape(j))
            return false;
        from = j->at--;
    }
    *raw = view_sub(j->in, begin, j->at - begin);
    j->at++;
    return true;
}

/* ---- values ---- */

static bool value(struct json *j, struct view name, bool element);

/* A number, a word, or what Python shows of an object: "<Element row at 0x7f>",
 * "datetime.date(2026, 3, 14)". */
static bool bare(struct json *j)
{
    size_t from = j->at;
    uint32_t open = 0;
    for (; j->at < j->in.n; j->at++) {
        uint8_t c = j->in.p[j->at];
        if (c == '\n' || c < 0x09 || c == '{' || c == '[' ||
            (open == 0 && (c == ',' || c == ']' || c == '}' || c == ')' || c == ':')))
            break;
        if (c == '(')
            open++;
        if (c == ')')
            open--;
    }
    struct view v = text_trim(view_sub(j->in, from, j->at - from));
    if (v.n == 0)
        return fail(j, j->at >= j->in.n ? "it ends in the middle" : "no value");
    if (!text_same(v, "null") && !text_same(v, "none"))
        say(j, v);
    return true;
}

static bool quoted(struct json *j)
{
    struct view raw;
    do { /* adjacent strings are one */
        if (!string(j, true, &raw))
            return false;
        skip_blanks(j);
    } while (!j->stopped && (peek(j) == '"' || peek(j) == '\''));
    return true;
}

static bool members(struct json *j)
{
    for (j->at++; !j->stopped; j->at++) {
        struct view name;
        skip_blanks(j);
        if (peek(j) == '}')
            break;
        if (peek(j) != '"' && peek(j) != '\'')
            return fail(j, j->at >= j->in.n ? "it ends in the middle" : "a name is expected");
        if (!string(j, false, &name))
            return false;
        skip_blanks(j);
        if (peek(j) != ':')
            return fail(j, j->at >= j->in.n ? "it ends in the middle" : "':' is expected");
        j->at++;
        if (!value(j, name, false))
            return false;
        skip_blanks(j);
        if (peek(j) == '}')
            break;
        if (peek(j) != ',' && !j->stopped)
            return fail(j, j->at >= j->in.n ? "it ends in the middle" : "',' or '}' is expected");
    }
    j->at++;
    return true;
}

static bool elements(struct json *j, struct view name)
{
    uint8_t end = peek(j) == '[' ? ']' : ')';
    if (++j->depth > j->calls->depth)
        return err_set(j->e, "line %u: values nested deeper than %u", j->line, j->calls->depth);
    for (j->at++; !j->stopped; j->at++) {
        skip_blanks(j);
        if (peek(j) == end)
            break;
        if (!value(j, name, true))
            return false;
        skip_blanks(j);
        if (peek(j) == end)
            break;
        if (peek(j) != ',' && !j->stopped)
            return fail(j, j->at >= j->in.n ? "it ends in the middle" : "',' or ']' is expected");
    }
    j->depth--;
    j->at++;
    return true;
}

static bool value(struct json *j, struct view name, bool element)
{
    skip_blanks(j);
    uint8_t c = peek(j);
    if (c == '[' || c == '(')
        return elements(j, name);
    if (++j->depth > j->calls->depth)
        return err_set(j->e, "line %u: values nested deeper than %u", j->line, j->calls->depth);
    if (j->calls->begin != NULL && !j->stopped)
        j->calls->begin(j, j->ctx, name, element);
    if (!(c == '{' ? members(j) : c == '"' || c == '\'' ? quoted(j) : bare(j)))
        return false;
    if (j->calls->end != NULL && !j->stopped)
        j->calls->end(j, j->ctx);
    j->depth--;
    return true;
}

bool json_read(struct view bytes, const struct json_calls *calls, void *ctx, struct err *e)
{
    struct json j = { .in = bytes, .line = 1, .calls = calls, .ctx = ctx, .e = e };
    CHECK(calls->depth < 256);
    if (bytes.n >= 3 && memcmp(bytes.p, "\xef\xbb\xbf", 3) == 0)
        j.at = 3;
    for (skip_blanks(&j); j.at < j.in.n && !j.stopped; skip_blanks(&j)) {
        uint8_t c = peek(&j);
        if (c != '{' && c != '[' && c != '(')
            return fail(&j, "'{' or '[' is expected");
        if (!value(&j, view_str(""), false))
            return false;
        skip_blanks(&j);
        if (peek(&j) == ',')
            j.at++;
    }
    return true;
}
