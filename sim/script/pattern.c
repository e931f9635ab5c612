/* Lua's patterns (manual, section 6.4.1).  The same results as the matcher of Lua, which looks for
 * them in C where no instruction is counted: a short pattern can take hours on a short text.  This
 * one counts its steps, and they are taken off the budget. */
#include "sim/script/impl.h"

#include <ctype.h>
#include <string.h>

#define ESCAPE        '%'
#define DEPTH_MOST    200 /* of choices that may still be taken back, as in Lua */
#define OPEN          (-1)
#define POSITION      (-2)
#define STEPS_AT_ONCE 64
#define STEPS_COST    16 /* instructions that so many steps count as */

static void take_step(struct match *m)
{
    if (++m->steps % STEPS_AT_ONCE == 0)
        sandbox_charge(m->L, STEPS_COST);
}

/* Behind the end stands a NUL, as behind every text of Lua. */
static uint8_t pattern_byte(const struct match *m, size_t at)
{
    return at < m->pattern.n ? m->pattern.p[at] : 0;
}

static uint8_t text_byte(const struct match *m, size_t at)
{
    return at < m->text.n ? m->text.p[at] : 0;
}

/* ---- single characters ---- */

/* Behind the set, the escaped character or the character that begins at `at`. */
static size_t single_end(struct match *m, size_t at)
{
    uint8_t c = pattern_byte(m, at++);
    if (c == ESCAPE) {
        if (at >= m->pattern.n)
            luaL_error(m->L, "malformed pattern (ends with '%%')");
        return at + 1;
    }
    if (c != '[')
        return at;
    if (pattern_byte(m, at) == '^')
        at++;
    do { /* a ] that comes first is a member */
        take_step(m);
        if (at >= m->pattern.n)
            luaL_error(m->L, "malformed pattern (missing ']')");
        if (pattern_byte(m, at++) == ESCAPE && at < m->pattern.n)
            at++;
    } while (pattern_byte(m, at) != ']');
    return at + 1;
}

/* The program never sets a locale: these are those of ASCII. */
static bool in_class(uint8_t c, uint8_t class)
{
    bool in;
    switch (tolower(class)) {
    case 'a':
        in = isalpha(c) != 0;
        break;
    case 'c':
        in = iscntrl(c) != 0;
        break;
    case 'd':
        in = isdigit(c) != 0;
        break;
    case 'g':
        in = isgraph(c) != 0;
        break;
    case 'l':
        in = islower(c) != 0;
        break;
    case 'p':
        in = ispunct(c) != 0;
        break;
    case 's':
        in = isspace(c) != 0;
        break;
    case 'u':
        in = isupper(c) != 0;
        break;
    case 'w':
        in = isalnum(c) != 0;
        break;
    case 'x':
        in = isxdigit(c) != 0;
        break;
    case 'z':
        in = c == 0; /* of an older Lua, and still known */
        break;
    default:
        return class == c;
    }
    return islower(class) ? in : !in;
}

/* `at` is its [, `last` its ]. */
static bool in_set(struct match *m, uint8_t c, size_t at, size_t last)
{
    bool in = true;
    if (pattern_byte(m, at + 1) == '^') {
        in = false;
        at++;
    }
    while (++at < last) {
        take_step(m);
        uint8_t member = pattern_byte(m, at);
        if (member == ESCAPE) {
            if (in_class(c, pattern_byte(m, ++at)))
                return in;
        } else if (pattern_byte(m, at + 1) == '-' && at + 2 < last) {
            at += 2;
            if (member <= c && c <= pattern_byte(m, at))
                return in;
        } else if (member == c) {
            return in;
        }
    }
    return !in;
}

/* Does the single thing from `p` to `end` match the character at `s`? */
static bool single(struct match *m, size_t s, size_t p, size_t end)
{
    take_step(m);
    if (s >= m->text.n)
        return false;
    uint8_t c = text_byte(m, s), what = pattern_byte(m, p);
    if (what == '.')
        return true;
    if (what == ESCAPE)
        return in_class(c, pattern_byte(m, p + 1));
    return what == '[' ? in_set(m, c, p, end - 1) : what == c;
}

/* ---- pieces; each that goes on with the rest of the pattern is a choice ---- */

static bool longest(struct match *m, size_t s, size_t p, size_t end, size_t *out)
{
    size_t n = 0;
    while (single(m, s + n, p, end))
        n++;
    for (;; n--) {
        if (pattern_match(m, s + n, end + 1, out))
            return true;
        if (n == 0)
            return false;
    }
}

static bool shortest(struct match *m, size_t s, size_t p, size_t end, size_t *out)
{
    while (!pattern_match(m, s, end + 1, out)) {
        if (!single(m, s, p, end))
            return false;
        s++;
    }
    return true;
}

static bool open_capture(struct match *m, size_t s, size_t p, ptrdiff_t what, size_t *out)
{
    if (m->level >= CAPTURES_MOST)
        luaL_error(m->L, "too many captures");
    m->captures[m->level++] = (struct capture){ s, what };
    if (pattern_match(m, s, p, out))
        return true;
    m->level--;
    return false;
}

static bool close_capture(struct match *m, size_t s, size_t p, size_t *out)
{
    uint32_t i = m->level;
    while (i > 0 && m->captures[i - 1].n != OPEN)
        i--;
    if (i == 0)
        luaL_error(m->L, "invalid pattern capture");
    struct capture *c = &m->captures[i - 1];
    c->n = (ptrdiff_t)(s - c->at);
    if (pattern_match(m, s, p, out))
        return true;
    c->n = OPEN;
    return false;
}

/* %b(): from the first to what closes it. */
static bool balanced(struct match *m, size_t *s, size_t p)
{
    if (p + 1 >= m->pattern.n)
        luaL_error(m->L, "malformed pattern (missing arguments to '%%b')");
    uint8_t first = pattern_byte(m, p), last = pattern_byte(m, p + 1);
    if (text_byte(m, *s) != first)
        return false;
    size_t open = 1;
    for (size_t at = *s + 1; at < m->text.n; at++) {
        take_step(m);
        if (text_byte(m, at) == last) {
            if (--open == 0) {
                *s = at + 1;
                return true;
            }
        } else if (text_byte(m, at) == first) {
            open++;
        }
    }
    return false;
}

/* %f[set]: between a character outside and one inside. */
static bool frontier(struct match *m, size_t s, size_t *p)
{
    if (pattern_byte(m, *p) != '[')
        luaL_error(m->L, "missing '[' after '%%f' in pattern");
    size_t end = single_end(m, *p), set = *p;
    *p = end;
    return !in_set(m, s == 0 ? 0 : text_byte(m, s - 1), set, end - 1) &&
           in_set(m, text_byte(m, s), set, end - 1);
}

/* %1: what that capture has. */
static bool same_again(struct match *m, size_t *s, uint8_t digit)
{
    int i = digit - '1';
    if (i < 0 || (uint32_t)i >= m->level || m->captures[i].n == OPEN)
        luaL_error(m->L, "invalid capture index %%%d", i + 1);
    const struct capture *c = &m->captures[i];
    size_t n = (size_t)c->n; /* of a position: more than there can be */
    if (n > m->text.n - *s || memcmp(m->text.p + c->at, m->text.p + *s, n) != 0)
        return false;
    sandbox_charge(m->L, n / STEPS_AT_ONCE);
    *s += n;
    return true;
}

enum piece {
    PIECE_MATCHED, /* go on behind it */
    PIECE_FAILED,
    PIECE_DONE, /* the whole rest matched: *out */
    PIECE_NONE  /* it is a single thing */
};

/* What is no single thing. */
static enum piece special(struct match *m, size_t *s, size_t *p, size_t *out)
{
    size_t at = *p;
    bool matched;
    switch (pattern_byte(m, at)) {
    case '(':
        matched = pattern_byte(m, at + 1) == ')' ? open_capture(m, *s, at + 2, POSITION, out)
                                                 : open_capture(m, *s, at + 1, OPEN, out);
        return matched ? PIECE_DONE : PIECE_FAILED;
    case ')':
        return close_capture(m, *s, at + 1, out) ? PIECE_DONE : PIECE_FAILED;
    case '$':
        if (at + 1 != m->pattern.n)
            return PIECE_NONE;
        *out = *s;
        return *s == m->text.n ? PIECE_DONE : PIECE_FAILED;
    case ESCAPE:
        break;
    default:
        return PIECE_NONE;
    }
    uint8_t what = pattern_byte(m, at + 1);
    *p = at + 2;
    if (what == 'b') {
        *p = at + 4;
        return balanced(m, s, at + 2) ? PIECE_MATCHED : PIECE_FAILED;
    }
    if (what == 'f')
        return frontier(m, *s, p) ? PIECE_MATCHED : PIECE_FAILED;
    if (isdigit(what))
        return same_again(m, s, what) ? PIECE_MATCHED : PIECE_FAILED;
    *p = at;
    return PIECE_NONE;
}

/* A single thing with what may be repeated behind it. */
static enum piece repeated(struct match *m, size_t *s, size_t *p, size_t *out)
{
    size_t at = *p, end = single_end(m, at);
    uint8_t sign = pattern_byte(m, end);
    bool optional = sign == '*' || sign == '?' || sign == '-';
    if (!single(m, *s, at, end)) {
        *p = end + 1;
        return optional ? PIECE_MATCHED : PIECE_FAILED;
    }
    switch (sign) {
    case '*':
        return longest(m, *s, at, end, out) ? PIECE_DONE : PIECE_FAILED;
    case '+':
        return longest(m, *s + 1, at, end, out) ? PIECE_DONE : PIECE_FAILED;
    case '-':
        return shortest(m, *s, at, end, out) ? PIECE_DONE : PIECE_FAILED;
    case '?':
        *p = end + 1;
        return pattern_match(m, *s + 1, end + 1, out) ? PIECE_DONE : PIECE_MATCHED;
    default:
        *p = end;
        ++*s;
        return PIECE_MATCHED;
    }
}

bool pattern_match(struct match *m, size_t s, size_t p, size_t *out)
{
    enum piece piece = PIECE_MATCHED;
    if (m->depth == DEPTH_MOST)
        luaL_error(m->L, "pattern too complex");
    m->depth++;
    while (piece == PIECE_MATCHED && p < m->pattern.n) {
        take_step(m);
        piece = special(m, &s, &p, out);
        if (piece == PIECE_NONE)
            piece = repeated(m, &s, &p, out);
    }
    m->depth--;
    if (piece == PIECE_MATCHED) /* the pattern is at its end */
        *out = s;
    return piece == PIECE_MATCHED || piece == PIECE_DONE;
}

/* ---- captures ---- */

struct view pattern_capture(struct match *m, uint32_t i, size_t s, size_t end)
{
    if (i >= m->level) {
        if (i != 0)
            luaL_error(m->L, "invalid capture index %%%d", (int)i + 1);
        return view_of(m->text.p + s, end - s); /* without captures: the whole match */
    }
    const struct capture *c = &m->captures[i];
    if (c->n == OPEN)
        luaL_error(m->L, "unfinished capture");
    if (c->n == POSITION) {
        lua_pushinteger(m->L, (lua_Integer)c->at + 1);
        return view_of(NULL, 0);
    }
    return view_of(m->text.p + c->at, (size_t)c->n);
}

void pattern_push(struct match *m, uint32_t i, size_t s, size_t end)
{
    struct view v = pattern_capture(m, i, s, end);
    if (v.p != NULL)
        lua_pushlstring(m->L, (const char *)v.p, v.n);
}

int pattern_push_all(struct match *m, bool whole, size_t s, size_t end)
{
    uint32_t n = m->level == 0 && whole ? 1 : m->level;
    luaL_checkstack(m->L, (int)n, "too many captures");
    for (uint32_t i = 0; i < n; i++)
        pattern_push(m, i, s, end);
    return (int)n;
}
