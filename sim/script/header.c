/* The comment at the top of a scenario and the parameters that its text declares, read without
 * running it: for `cucmlab list` and `run --help`. */
#include "sim/script/script.h"

#include "sim/base/sys.h"
#include "sim/text/encoding.h"

#include <string.h>

/* Appends with a space between, cut to what fits (whole UTF-8 characters). */
static void append(char *to, size_t cap, const char *text, size_t n)
{
    size_t at = strlen(to);
    while (n > 0 && (text[n - 1] == ' ' || text[n - 1] == '\r' || text[n - 1] == '\t'))
        n--;
    if (at > 0 && at + 1 < cap)
        to[at++] = ' ';
    if (n > cap - 1 - at) {
        n = cap - 1 - at;
        while (n > 0 && ((unsigned char)text[n] & 0xc0) == 0x80)
            n--;
    }
    memcpy(to + at, text, n);
    to[at + n] = '\0';
}

static bool begins(const char *text, size_t n, const char *with)
{
    size_t length = strlen(with);
    return n >= length && memcmp(text, with, length) == 0;
}

struct field {
    const char *name;
    char *to;
    size_t cap;
};

/* One line of the comment, behind "--". `current` is the field that a continuation goes on. */
static const struct field *take_line(struct script_header *out, const struct field *fields,
                                     const struct field *current, const char *text, size_t n)
{
    if (begins(text, n, "   ")) {
        while (n > 0 && *text == ' ') {
            text++;
            n--;
        }
        if (current != NULL)
            append(current->to, current->cap, text, n);
        return current;
    }
    while (n > 0 && *text == ' ') {
        text++;
        n--;
    }
    if (begins(text, n, "live = true")) {
        out->live = true;
        return NULL;
    }
    for (const struct field *f = fields; f->name != NULL; f++) {
        size_t length = strlen(f->name);
        if (!begins(text, n, f->name))
            continue;
        for (text += length, n -= length; n > 0 && *text == ' '; n--)
            text++;
        append(f->to, f->cap, text, n);
        return f;
    }
    return NULL;
}

static void read_comment(struct script_header *out, const char *text, size_t n)
{
    const struct field fields[] = {
        { "why:", out->why, sizeof out->why },
        { "expected:", out->expected, sizeof out->expected },
        { "versions:", out->versions, sizeof out->versions },
        { "source:", out->source, sizeof out->source },
        { "confidence:", out->confidence, sizeof out->confidence },
        { NULL, NULL, 0 },
    };
    const struct field *current = NULL;
    for (bool first = true; begins(text, n, "--"); first = false) {
        const char *end = memchr(text, '\n', n);
        size_t length = end == NULL ? n : (size_t)(end - text);
        if (first) {
            size_t skip = 2;
            while (skip < length && text[skip] == ' ')
                skip++;
            append(out->title, sizeof out->title, text + skip, length - skip);
        } else {
            current = take_line(out, fields, current, text + 2, length - 2);
        }
        size_t used = end == NULL ? length : length + 1;
        text += used;
        n -= used;
    }
}

/* ---- param("name", standard) ---- */

struct scan {
    const char *p, *end;
};

static void spaces(struct scan *in)
{
    while (in->p < in->end && (*in->p == ' ' || *in->p == '\n' || *in->p == '\t'))
        in->p++;
}

static bool mark(struct scan *in, char c)
{
    spaces(in);
    if (in->p == in->end || *in->p != c)
        return false;
    in->p++;
    return true;
}

/* A text in quotes without escapes. */
static bool quoted(struct scan *in, char *out, size_t cap)
{
    spaces(in);
    if (in->p == in->end || (*in->p != '"' && *in->p != '\''))
        return false;
    char quote = *in->p++;
    size_t n = 0;
    while (in->p < in->end && *in->p != quote && *in->p != '\n' && *in->p != '\\' && n + 1 < cap)
        out[n++] = *in->p++;
    out[n] = '\0';
    return mark(in, quote) && n > 0;
}

static bool word_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '.' || c == '-';
}

static void take_param(struct script_header *out, struct scan in)
{
    char name[sizeof out->params[0].name], standard[sizeof out->params[0].standard];
    if (!mark(&in, '(') || !quoted(&in, name, sizeof name) || !mark(&in, ','))
        return;
    if (!quoted(&in, standard, sizeof standard)) {
        size_t n = 0;
        spaces(&in);
        while (in.p < in.end && word_char(*in.p) && n + 1 < sizeof standard)
            standard[n++] = *in.p++;
        standard[n] = '\0';
    }
    if (!mark(&in, ')') || standard[0] == '\0' || out->param_count == SCRIPT_HEADER_PARAMS)
        return;
    for (uint32_t i = 0; i < out->param_count; i++) {
        if (strcmp(out->params[i].name, name) == 0)
            return;
    }
    memcpy(out->params[out->param_count].name, name, sizeof name);
    memcpy(out->params[out->param_count].standard, standard, sizeof standard);
    out->param_count++;
}

static void read_params(struct script_header *out, const char *text, size_t n)
{
    static const char word[] = "param";
    for (size_t i = 0; i + sizeof word - 1 <= n; i++) {
        if (begins(text + i, n - i, "--")) { /* a comment: to the end of its line */
            while (i < n && text[i] != '\n')
                i++;
        } else if (begins(text + i, n - i, word) && (i == 0 || !word_char(text[i - 1]))) {
            take_param(out, (struct scan){ text + i + sizeof word - 1, text + n });
        }
    }
}

bool script_source(const char *path, struct arena *a, struct view *out, struct err *e)
{
    struct err why = { "" };
    struct view bytes;
    if (!sys_read_file(path, SCRIPT_SOURCE_MAX, a, &bytes, e))
        return false;
    if (!text_from_file(bytes, a, out, &why))
        return err_set(e, "%s: %s", path, why.text);
    return true;
}

bool script_header(const char *path, struct script_header *out, struct err *e)
{
    struct arena arena = arena_of(&sys_mem);
    struct view source;
    *out = (struct script_header){ .live = false };
    bool ok = script_source(path, &arena, &source, e);
    if (ok && source.n > 0) {
        read_comment(out, (const char *)source.p, source.n);
        read_params(out, (const char *)source.p, source.n);
    }
    if (ok && out->title[0] == '\0')
        ok = err_set(e, "%s:1: a scenario begins with a comment, -- what it shows", path);
    arena_free(&arena);
    return ok;
}
