/* Lua's functions on texts as scenarios have them: patterns by pattern.c, the others Lua's own with
 * what they cost taken off the budget first. */
#include "sim/script/impl.h"

#include <math.h>
#include <string.h>

/* ---- find, match, gmatch ---- */

static struct view text_at(lua_State *L, int arg)
{
    size_t n;
    const char *p = luaL_checklstring(L, arg, &n);
    return view_of(p, n);
}

/* Where argument `arg` says to begin, from 0; more than n where that is behind the end. */
static size_t begin_at(lua_State *L, int arg, size_t n)
{
    bound_number(L, arg);
    lua_Integer from = luaL_optinteger(L, arg, 1);
    if (from > 0)
        return (uint64_t)from - 1 > n ? n + 1 : (size_t)from - 1;
    return from == 0 || (uint64_t)0 - (uint64_t)from > n ? 0 : (size_t)((lua_Integer)n + from);
}

static bool is_plain(struct view pattern)
{
    for (size_t i = 0; i < pattern.n; i++) {
        if (pattern.p[i] != '\0' && strchr("^$*+?.([%-", pattern.p[i]) != NULL)
            return false;
    }
    return true;
}

static int find_plain(lua_State *L, struct view text, struct view what, size_t from)
{
    sandbox_charge(L, 1 + (text.n - from + what.n) / 16);
    const uint8_t *at =
        what.n == 0 ? text.p + from : memmem(text.p + from, text.n - from, what.p, what.n);
    if (at == NULL) {
        luaL_pushfail(L);
        return 1;
    }
    lua_pushinteger(L, at - text.p + 1);
    lua_pushinteger(L, at - text.p + (lua_Integer)what.n);
    return 2;
}

/* The pattern's ^ is looked at by the caller: gmatch() has none. */
static bool cut_anchor(struct view *pattern)
{
    if (pattern->n == 0 || pattern->p[0] != '^')
        return false;
    *pattern = view_sub(*pattern, 1, pattern->n - 1);
    return true;
}

static void begin_match(struct match *m, lua_State *L)
{
    m->L = L; /* a coroutine goes on with what another began */
    m->level = m->depth = 0;
}

static int find(lua_State *L, bool where)
{
    struct match m = { .text = text_at(L, 1), .pattern = text_at(L, 2) };
    size_t from = begin_at(L, 3, m.text.n), end;
    if (from > m.text.n) {
        luaL_pushfail(L);
        return 1;
    }
    if (where && (lua_toboolean(L, 4) || is_plain(m.pattern)))
        return find_plain(L, m.text, m.pattern, from);
    bool anchored = cut_anchor(&m.pattern);
    sandbox_charge(L, 1);
    for (; from <= m.text.n; from++) {
        begin_match(&m, L);
        if (pattern_match(&m, from, 0, &end)) {
            if (!where)
                return pattern_push_all(&m, true, from, end);
            lua_pushinteger(L, (lua_Integer)from + 1);
            lua_pushinteger(L, (lua_Integer)end);
            return pattern_push_all(&m, false, from, end) + 2;
        }
        if (anchored)
            break;
    }
    luaL_pushfail(L);
    return 1;
}

static int string_find(lua_State *L)
{
    return find(L, true);
}

static int string_match(lua_State *L)
{
    return find(L, false);
}

struct gmatch {
    struct match m;
    size_t at, last; /* last: the end of the match before; SIZE_MAX: none */
};

static int gmatch_next(lua_State *L)
{
    struct gmatch *g = lua_touserdata(L, lua_upvalueindex(3));
    size_t end;
    sandbox_charge(L, 1);
    for (; g->at <= g->m.text.n; g->at++) {
        begin_match(&g->m, L);
        if (pattern_match(&g->m, g->at, 0, &end) && end != g->last) {
            size_t from = g->at;
            g->at = g->last = end;
            return pattern_push_all(&g->m, true, from, end);
        }
    }
    return 0;
}

static int string_gmatch(lua_State *L)
{
    struct view text = text_at(L, 1), pattern = text_at(L, 2);
    size_t from = begin_at(L, 3, text.n);
    lua_settop(L, 2); /* the closure keeps both */
    struct gmatch *g = lua_newuserdatauv(L, sizeof *g, 0);
    *g = (struct gmatch){ .m = { .L = L, .text = text, .pattern = pattern },
                          .at = from,
                          .last = SIZE_MAX };
    lua_pushcclosure(L, gmatch_next, 3);
    return 1;
}

/* ---- gsub ---- */

/* Of one call: no buffer on C's stack, for calls of a scenario's functions may be nested. */
struct gsub {
    struct match m;
    uint8_t *p; /* the result so far, in the userdata at BOX */
    size_t n, cap;
};

enum { REPLACEMENT = 3, MOST, STATE, BOX };

static void put(lua_State *L, struct gsub *g, const void *p, size_t n)
{
    if (n > TEXT_MOST - g->n)
        args_fail(L, "string.gsub: the result would be larger than 1 MB");
    if (n > g->cap - g->n) {
        size_t cap = g->cap * 2;
        while (cap - g->n < n)
            cap *= 2;
        uint8_t *larger = lua_newuserdatauv(L, cap, 0);
        memcpy(larger, g->p, g->n);
        lua_replace(L, BOX);
        g->p = larger;
        g->cap = cap;
    }
    if (n > 0)
        memcpy(g->p + g->n, p, n);
    g->n += n;
}

/* The text on top of the stack, which is popped. */
static void put_top(lua_State *L, struct gsub *g)
{
    size_t n;
    const char *p = lua_tolstring(L, -1, &n);
    put(L, g, p, n);
    lua_pop(L, 1);
}

/* %0 to %9, %% */
static void put_text(lua_State *L, struct gsub *g, size_t s, size_t end)
{
    struct view by = text_at(L, REPLACEMENT);
    for (size_t i = 0; i < by.n; i++) {
        const uint8_t *escape = memchr(by.p + i, '%', by.n - i);
        size_t n = escape == NULL ? by.n - i : (size_t)(escape - by.p) - i;
        put(L, g, by.p + i, n);
        i += n + 1;
        if (escape == NULL)
            return;
        uint8_t c = i < by.n ? by.p[i] : 0;
        if (c == '%') {
            put(L, g, "%", 1);
        } else if (c == '0') {
            put(L, g, g->m.text.p + s, end - s);
        } else if (c >= '1' && c <= '9') {
            struct view v = pattern_capture(&g->m, (uint32_t)(c - '1'), s, end);
            if (v.p == NULL)
                put_top(L, g); /* a position */
            else
                put(L, g, v.p, v.n);
        } else {
            luaL_error(L, "invalid use of '%%' in replacement string");
        }
    }
}

/* One match replaced; false where it stays as it was. */
static bool replace(lua_State *L, struct gsub *g, size_t s, size_t end)
{
    uint32_t outer;
    switch (lua_type(L, REPLACEMENT)) {
    case LUA_TFUNCTION:
        outer = sandbox_enter(L);
        lua_pushvalue(L, REPLACEMENT);
        lua_call(L, pattern_push_all(&g->m, true, s, end), 1);
        sandbox_leave(L, outer);
        break;
    case LUA_TTABLE:
        pattern_push(&g->m, 0, s, end);
        lua_gettable(L, REPLACEMENT);
        break;
    default:
        put_text(L, g, s, end);
        return true;
    }
    if (!lua_toboolean(L, -1)) {
        lua_pop(L, 1);
        put(L, g, g->m.text.p + s, end - s);
        return false;
    }
    if (!lua_isstring(L, -1))
        luaL_error(L, "invalid replacement value (a %s)", luaL_typename(L, -1));
    put_top(L, g);
    return true;
}

static struct gsub *begin_gsub(lua_State *L, struct view text, struct view pattern)
{
    lua_settop(L, MOST);
    struct gsub *g = lua_newuserdatauv(L, sizeof *g, 0); /* STATE */
    *g = (struct gsub){ .m = { .L = L, .text = text, .pattern = pattern }, .cap = 256 };
    g->p = lua_newuserdatauv(L, g->cap, 0); /* BOX */
    return g;
}

static int string_gsub(lua_State *L)
{
    struct view text = text_at(L, 1), pattern = text_at(L, 2);
    int type = lua_type(L, REPLACEMENT);
    if (type != LUA_TNUMBER && type != LUA_TSTRING && type != LUA_TTABLE && type != LUA_TFUNCTION)
        return luaL_typeerror(L, REPLACEMENT, "string/function/table");
    bound_number(L, MOST);
    lua_Integer most = luaL_optinteger(L, MOST, (lua_Integer)text.n + 1), n = 0;
    bool anchored = cut_anchor(&pattern), changed = false;
    struct gsub *g = begin_gsub(L, text, pattern);
    size_t at = 0, last = SIZE_MAX, end;
    sandbox_charge(L, 1 + text.n / 16);
    while (n < most) {
        begin_match(&g->m, L);
        if (pattern_match(&g->m, at, 0, &end) && end != last) {
            n++;
            changed = replace(L, g, at, end) || changed;
            at = last = end;
        } else if (at < text.n) {
            put(L, g, text.p + at++, 1);
        } else {
            break;
        }
        if (anchored)
            break;
    }
    if (changed) {
        put(L, g, text.p + at, text.n - at);
        lua_pushlstring(L, (const char *)g->p, g->n);
    } else {
        lua_pushvalue(L, 1);
    }
    lua_pushinteger(L, n);
    return 2;
}

/* ---- rep, format ---- */

static int string_rep(lua_State *L)
{
    size_t n, between = 0;
    luaL_checklstring(L, 1, &n);
    bound_number(L, 2);
    lua_Integer times = luaL_checkinteger(L, 2);
    luaL_optlstring(L, 3, "", &between);
    if (times > 0 && n + between == 0) { /* Lua would go round as often as it is told */
        lua_pushliteral(L, "");
        return 1;
    }
    if (times > 0 && (uint64_t)times > TEXT_MOST / (n + between))
        return args_fail(L, "string.rep: the result would be larger than 1 MB");
    sandbox_charge(L,
                   times > 0 ? 1 + (uint64_t)times / 4 + (uint64_t)times * (n + between) / 16 : 1);
    return bound_call(L);
}

/* The sign of what is no number differs between compilers. */
static void drop_sign_of_nan(lua_State *L, int arg)
{
    double x = lua_tonumber(L, arg);
    if (lua_type(L, arg) != LUA_TNUMBER || x == x)
        return;
    lua_pushnumber(L, fabs(x));
    lua_replace(L, arg);
}

static int string_format(lua_State *L)
{
    size_t length, total = 0;
    const char *format = luaL_checklstring(L, 1, &length);
    int arg = 1, last = lua_gettop(L);
    bound_arguments(L);
    for (size_t i = 0; i < length; i++) {
        if (format[i] != '%')
            continue;
        i++;
        if (i < length && format[i] == '%')
            continue;
        arg++;
        while (i < length && format[i] != '\0' && strchr("-+ #0123456789.", format[i]) != NULL)
            i++;
        char what = i < length ? format[i] : '\0';
        if (what == 'p')
            return args_fail(L, "string.format: no \"%%p\": addresses differ from run to run");
        if (arg <= last)
            drop_sign_of_nan(L, arg);
        if (what == 's' && arg <= last) {
            sandbox_tostring(L, arg);
            total += lua_rawlen(L, -1);
            lua_replace(L, arg);
        } else if (what == 'q' && arg <= last && lua_type(L, arg) == LUA_TSTRING) {
            total += 4 * lua_rawlen(L, arg);
        }
    }
    if (total > TEXT_MOST || length > TEXT_MOST)
        return args_fail(L, "string.format: the result would be larger than 1 MB");
    sandbox_charge(L, 1 + (total + length) / 16);
    return bound_call(L);
}

const struct allowed string_allowed[] = {
    { "byte", bound_few },
    { "char", bound_plain },
    { "find", string_find },
    { "format", string_format },
    { "gmatch", string_gmatch },
    { "gsub", string_gsub },
    { "len", NULL },
    { "lower", bound_plain },
    { "match", string_match },
    { "rep", string_rep },
    { "reverse", bound_plain },
    { "sub", bound_plain },
    { "upper", bound_plain },
    { NULL, NULL },
};

/* ---- texts as numbers ---- */

/* A long text of digits is one instruction, and work for its whole length. */
static int arithmetic(lua_State *L)
{
    uint64_t n = 0;
    for (int i = 1; i <= 2; i++)
        n += lua_type(L, i) == LUA_TSTRING ? lua_rawlen(L, i) : 0;
    sandbox_charge(L, 1 + n / 4);
    return bound_call(L);
}

void strings_open(lua_State *L)
{
    static const char *const names[] = { "__add", "__sub", "__mul",  "__mod",
                                         "__pow", "__div", "__idiv", "__unm" };
    lua_pushliteral(L, "");
    if (lua_getmetatable(L, -1)) {
        for (size_t i = 0; i < COUNT_OF(names); i++) {
            lua_getfield(L, -1, names[i]);
            lua_pushcclosure(L, arithmetic, 1);
            lua_setfield(L, -2, names[i]);
        }
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
}
