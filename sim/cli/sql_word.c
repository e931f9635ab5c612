/* Informix as administrators write it, in the words of SQLite.  A statement is a row of words;
 * `first` and `skip` stand behind SELECT there and at its end here.  Words that would mean
 * something else, or nothing, are refused by name. */
#include "sim/cli/sql.h"
#include "sim/wire/text.h"

#include <stdio.h>
#include <string.h>

#define SQL_DEPTH 30 /* parentheses within each other */

enum kind { WORD, NUMBER, TEXT, MARK, END };

struct token {
    enum kind kind;
    struct view v;
};

struct reader {
    struct view left;
    struct token at; /* the one that is looked at */
    struct wr out;
    struct err *e;
    /* LIMIT and OFFSET that the SELECT of each depth still gets at its end; -1: none. */
    int64_t first[SQL_DEPTH], skip[SQL_DEPTH];
    uint32_t depth;
};

static bool is_letter(uint8_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c >= 0x80;
}

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

static size_t length_of(struct view v, enum kind *kind)
{
    size_t n = 1;
    uint8_t c = v.p[0];
    *kind = MARK;
    if (c == '\'' || c == '"') {
        *kind = TEXT;
        while (n < v.n && v.p[n] != c)
            n++;
        return n < v.n ? n + 1 : n;
    }
    if (is_letter(c) || is_digit(c)) {
        *kind = is_letter(c) ? WORD : NUMBER;
        while (n < v.n && (is_letter(v.p[n]) || is_digit(v.p[n])))
            n++;
    }
    return n;
}

static void advance(struct reader *r)
{
    enum kind kind = END;
    r->left = text_trim(r->left);
    size_t n = r->left.n == 0 ? 0 : length_of(r->left, &kind);
    r->at = (struct token){ kind, view_sub(r->left, 0, n) };
    r->left = view_sub(r->left, n, r->left.n - n);
}

static bool is(const struct reader *r, const char *word)
{
    return r->at.kind == WORD && text_same(r->at.v, word);
}

static bool is_mark(const struct reader *r, char c)
{
    return r->at.kind == MARK && r->at.v.p[0] == (uint8_t)c;
}

static void put(struct reader *r, const char *word)
{
    wr_u8(&r->out, ' ');
    wr_str(&r->out, word);
}

/* Marks stay together: "<=", "a.b". */
static void put_at(struct reader *r, bool apart)
{
    if (apart)
        wr_u8(&r->out, ' ');
    wr_view(&r->out, r->at.v);
}

/* ---- first, skip ---- */

static bool read_count(struct reader *r, int64_t *count)
{
    uint64_t n;
    char word[8];
    snprintf(word, sizeof word, "%.*s", (int)(r->at.v.n < 7 ? r->at.v.n : 7),
             (const char *)r->at.v.p);
    advance(r);
    if (r->at.kind != NUMBER || !text_number(r->at.v, 1u << 30, &n))
        return err_set(r->e, "A syntax error has occurred: a number is expected behind \"%s\"",
                       word);
    *count = (int64_t)n;
    advance(r);
    return true;
}

/* Whether a column is called so: "select first, name from". */
static bool counts(const struct reader *r)
{
    return r->left.n > 0 && is_digit(text_trim(r->left).p[0]);
}

static bool behind_select(struct reader *r)
{
    r->first[r->depth] = r->skip[r->depth] = -1;
    while ((is(r, "first") || is(r, "limit") || is(r, "skip")) && counts(r)) {
        bool skips = is(r, "skip");
        if (!read_count(r, skips ? &r->skip[r->depth] : &r->first[r->depth]))
            return false;
    }
    if (is(r, "unique")) {
        put(r, "distinct");
        advance(r);
    }
    return true;
}

static void end_select(struct reader *r)
{
    int64_t *first = &r->first[r->depth], *skip = &r->skip[r->depth];
    if (*first >= 0 || *skip >= 0)
        wr_fmt(&r->out, " limit %lld", (long long)*first);
    if (*skip >= 0)
        wr_fmt(&r->out, " offset %lld", (long long)*skip);
    *first = *skip = -1;
}

/* ---- words ---- */

static const struct {
    const char *word, *why;
} refused[] = {
    { "matches", "use LIKE" },
    { "outer", "write LEFT OUTER JOIN ... ON" },
    { "today", "the database here has no clock" },
    { "current", "the database here has no clock" },
    { "extend", "intervals are not there" },
    { "interval", "intervals are not there" },
    { "units", "intervals are not there" },
    { "dbinfo", "it is not there" },
    { "into", "nothing is written" },
    { "procedure", "it is not there" },
    { "with", "write it as a subquery" },
};

/* What stands before it makes it another word: "left outer join". */
static bool is_refused(struct reader *r, struct view before)
{
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        if (!is(r, refused[i].word) ||
            (is(r, "outer") && (text_same(before, "left") || text_same(before, "right") ||
                                text_same(before, "full"))))
            continue;
        err_set(r->e, "run sql: \"%s\" is not understood here: %s", refused[i].word,
                refused[i].why);
        return true;
    }
    return false;
}

static bool one_mark(struct reader *r, bool apart)
{
    if (is_mark(r, '(')) {
        if (r->depth + 1 == SQL_DEPTH)
            return err_set(r->e, "run sql: more than %d parentheses within each other", SQL_DEPTH);
        r->depth++;
        r->first[r->depth] = r->skip[r->depth] = -1;
    } else if (is_mark(r, ')')) {
        end_select(r);
        r->depth -= r->depth > 0;
    } else if (is_mark(r, '{')) {
        return err_set(r->e, "run sql: comments in {} are not understood here");
    }
    put_at(r, apart);
    advance(r);
    return true;
}

static bool one_word(struct reader *r, struct view before, bool apart)
{
    if (is_refused(r, before))
        return false;
    if (is(r, "union") && (r->first[r->depth] >= 0 || r->skip[r->depth] >= 0))
        return err_set(r->e, "run sql: FIRST and SKIP cannot stand before UNION");
    bool select = is(r, "select");
    /* "informix.device": the owner of the table. */
    struct view next = text_trim(r->left);
    if (is(r, "informix") && next.n > 0 && next.p[0] == '.') {
        advance(r);
        advance(r);
        return true;
    }
    put_at(r, apart);
    advance(r);
    return !select || behind_select(r);
}

bool sql_translate(const char *query, struct arena *a, char **out, struct err *e)
{
    size_t n = strlen(query), room = 2 * n + 64;
    struct reader r = { .left = view_str(query), .e = e };
    if (n > SQL_QUERY)
        return err_set(e, "run sql: the statement is longer than %d characters", SQL_QUERY);
    *out = arena_take(a, room);
    r.out = wr_of(*out, room - 1);
    r.first[0] = r.skip[0] = -1;
    struct view before = { NULL, 0 };
    for (advance(&r); r.at.kind != END;) {
        struct view v = r.at.v;
        /* What stood together stays together. */
        bool apart = before.p == NULL || before.p + before.n != v.p;
        bool last = is_mark(&r, ';') && text_trim(r.left).n == 0;
        if (last)
            break;
        if (r.at.kind == WORD ? !one_word(&r, before, apart) : !one_mark(&r, apart))
            return false;
        before = v;
    }
    end_select(&r);
    (*out)[r.out.over ? 0 : r.out.n] = '\0';
    return !r.out.over || err_set(e, "run sql: the statement is too long");
}
