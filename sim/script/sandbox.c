/* The Lua state of a scenario: what of Lua it may use, and the bounds on the rest.
 *
 * Left out because they reach outside (io, os, require, load and dofile, debug), because their
 * result differs from run to run or machine to machine (next, collectgarbage, metatables with
 * their finalizers and weak tables, string.pack, string.dump, math.sin and the like), or because
 * the lab has its own (coroutine: what waits yields by itself). */
#include "sim/script/impl.h"
#include "sim/base/sys.h"

#include <stdlib.h>
#include <string.h>

#define PATTERN_MOST 100000000  /* steps of one match */
#define TEXT_MOST    (1u << 20) /* bytes of one text */
#define CAUGHT_COST  20000      /* instructions that an error caught by pcall() counts as */

/*# The language
 *
 *  A scenario is written in Lua 5.4. Of Lua's own functions there are `assert`, `error`, `ipairs`,
 *  `pcall`, `select`, `tonumber`, `tostring`, `type`; of `string` all but `dump`, `pack`,
 *  `packsize` and `unpack`; `table`; `utf8`; of `math` those whose result is the same on every
 *  machine (`abs`, `ceil`, `floor`, `fmod`, `max`, `min`, `modf`, `sqrt`, `tointeger`, `type`,
 *  `ult`, `huge`, `pi`, `maxinteger`, `mininteger`). There is no `io`, `os`, `load`, `require`,
 *  `next`, `debug` or `coroutine`, and there are no metatables.
 *
 *  A run may take 200 million instructions and 256 MB; a text has at most 1 MB; a pattern that
 * could take too long on its text is refused.
 *
 *  A time is a text, `"20ms"`, `"10s"`, `"5m"`, `"2h"`, `"3d"`, `"1h30m"`, or a number of seconds.
 */

static void *allocate(void *ud, void *old, size_t old_size, size_t size)
{
    struct script *s = ud;
    size_t had = old == NULL ? 0 : old_size; /* for a new block Lua passes its kind there */
    if (size == 0) {
        s->memory_used -= had;
        return sys_mem.resize(NULL, old, 0);
    }
    if (size > had && size - had > s->options.memory - s->memory_used)
        return NULL;
    if (old == NULL && old_size == LUA_TSTRING && size > TEXT_MOST + 64)
        return NULL;
    /* What copies much costs much: a concatenation is one instruction. */
    s->budget -= size / 16 < s->budget ? size / 16 : s->budget;
    void *p = sys_mem.resize(NULL, old, size);
    s->memory_used += size - had;
    return p;
}

/* ---- tostring, print ---- */

/*: tostring(value)
 *
 *  As Lua's, but a table or a function is just `table` or `function`: no address tells them apart.
 */
static int base_tostring(lua_State *L)
{
    luaL_checkany(L, 1);
    sandbox_tostring(L, 1);
    return 1;
}

/*: print(...)
 *
 *  Writes its arguments with tabs between, and a line end, to the program's output.
 */
static int base_print(lua_State *L)
{
    struct script *s = script_of(L);
    int n = lua_gettop(L);
    for (int i = 1; i <= n; i++) {
        size_t length;
        sandbox_tostring(L, i);
        const char *text = lua_tolstring(L, -1, &length);
        sandbox_charge(L, length + 100);
        if (s->options.out != NULL)
            fprintf(s->options.out, "%s%s", i == 1 ? "" : "\t", text);
        lua_pop(L, 1);
    }
    if (s->options.out != NULL)
        fputc('\n', s->options.out);
    return 0;
}

/* ---- pcall: as Lua's, but it does not catch the end of the budget ---- */

static int pcall_over(lua_State *L, int status, lua_KContext context)
{
    (void)context;
    if (status == LUA_OK || status == LUA_YIELD)
        return lua_gettop(L); /* true and the results */
    /* Lua then looks through its whole stack, which may be deep. */
    if (!script_of(L)->exhausted)
        sandbox_charge(L, CAUGHT_COST);
    if (script_of(L)->exhausted)
        return lua_error(L);
    lua_pushboolean(L, false);
    lua_insert(L, -2);
    return 2;
}

/*: pcall(function, ...)
 *
 *  As Lua's. The end of the budget of instructions is not caught.
 */
static int base_pcall(lua_State *L)
{
    luaL_checkany(L, 1);
    lua_pushboolean(L, true);
    lua_insert(L, 1); /* true function ... */
    int status = lua_pcallk(L, lua_gettop(L) - 2, LUA_MULTRET, 0, 0, pcall_over);
    return pcall_over(L, status, 0);
}

/* ---- ordered pairs ---- */

struct ordered_key {
    uint8_t type; /* numbers, then texts, then booleans */
    bool integer;
    lua_Integer i;
    double number;
    const char *text; /* kept alive by the table of keys */
    size_t length;
    lua_Integer index; /* in the table of keys */
};

static int compare_keys(const void *left, const void *right)
{
    const struct ordered_key *a = left, *b = right;
    if (a->type != b->type)
        return a->type < b->type ? -1 : 1;
    if (a->type == 0) {
        if (a->integer && b->integer)
            return a->i < b->i ? -1 : a->i > b->i;
        if (a->number != b->number)
            return a->number < b->number ? -1 : 1;
        return (int)b->integer - (int)a->integer;
    }
    if (a->type == 2)
        return a->i < b->i ? -1 : a->i > b->i;
    size_t shorter = a->length < b->length ? a->length : b->length;
    int order = memcmp(a->text, b->text, shorter);
    return order != 0 ? order : a->length < b->length ? -1 : a->length > b->length;
}

/* The key on top of the stack, which becomes keys[index] of the table at `keys`. */
static void take_key(lua_State *L, int keys, struct ordered_key *k, lua_Integer index)
{
    *k = (struct ordered_key){ .index = index };
    switch (lua_type(L, -1)) {
    case LUA_TNUMBER:
        k->integer = lua_isinteger(L, -1);
        k->i = k->integer ? lua_tointeger(L, -1) : 0;
        k->number = lua_tonumber(L, -1);
        break;
    case LUA_TSTRING:
        k->type = 1;
        k->text = lua_tolstring(L, -1, &k->length);
        break;
    case LUA_TBOOLEAN:
        k->type = 2;
        k->i = lua_toboolean(L, -1);
        break;
    default:
        args_fail(L, "pairs: a key that is a %s has no order; use a number or a text",
                  luaL_typename(L, -1));
    }
    lua_pushvalue(L, -1);
    lua_rawseti(L, keys, index);
}

/* Upvalues: the table, its keys in order, how many were given. */
static int next_pair(lua_State *L)
{
    lua_Integer at = lua_tointeger(L, lua_upvalueindex(3));
    for (;;) {
        at++;
        lua_pushinteger(L, at);
        lua_replace(L, lua_upvalueindex(3));
        lua_settop(L, 0);
        if (lua_rawgeti(L, lua_upvalueindex(2), at) == LUA_TNIL)
            return 1;
        lua_pushvalue(L, 1);
        if (lua_rawget(L, lua_upvalueindex(1)) != LUA_TNIL)
            return 2; /* else it was removed on the way */
    }
}

/*: pairs(table)
 *
 *  As Lua's, in order: numbers, then texts by their bytes, then `false` and `true`. A key that is
 *  a table, a function or an object is an error.
 */
static int base_pairs(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    lua_Integer n = 0;
    for (lua_pushnil(L); lua_next(L, 1) != 0; lua_pop(L, 1))
        n++;
    sandbox_charge(L, (uint64_t)n * 4);
    lua_createtable(L, (int)(n < 1000000 ? n : 0), 0); /* 2: keys as they come */
    struct ordered_key *keys = lua_newuserdatauv(L, ((size_t)n + 1) * sizeof *keys, 0); /* 3 */
    n = 0;
    for (lua_pushnil(L); lua_next(L, 1) != 0;) {
        lua_pop(L, 1);
        n++;
        take_key(L, 2, &keys[n - 1], n);
    }
    if (n > 1)
        qsort(keys, (size_t)n, sizeof *keys, compare_keys);
    lua_pushvalue(L, 1);
    lua_createtable(L, (int)(n < 1000000 ? n : 0), 0); /* 5: keys in order */
    for (lua_Integer i = 0; i < n; i++) {
        lua_rawgeti(L, 2, keys[i].index);
        lua_rawseti(L, 5, i + 1);
    }
    lua_pushinteger(L, 0);
    lua_pushcclosure(L, next_pair, 3);
    return 1;
}

/* ---- random numbers from the seed ---- */

/*: math.random([m [, n]])
 *
 *  As Lua's, from the lab's seed: the same in every run with that seed.
 */
static int math_random(lua_State *L)
{
    struct rng *r = &script_of(L)->random;
    lua_Integer low = 1, high;
    switch (lua_gettop(L)) {
    case 0:
        lua_pushnumber(L, (double)(rng_next(r) >> 11) * 0x1p-53);
        return 1;
    case 1:
        high = luaL_checkinteger(L, 1);
        break;
    default:
        low = luaL_checkinteger(L, 1);
        high = luaL_checkinteger(L, 2);
        break;
    }
    if (low > high)
        return args_fail(L, "math.random: nothing between %lld and %lld", (long long)low,
                         (long long)high);
    uint64_t span = (uint64_t)high - (uint64_t)low + 1;
    uint64_t drawn = span == 0 ? rng_next(r) : rng_below(r, span);
    lua_pushinteger(L, (lua_Integer)((uint64_t)low + drawn));
    return 1;
}

/* ---- bounds on what works in C, where no instruction is counted ---- */

static void charge_arguments(lua_State *L)
{
    uint64_t cost = 1;
    for (int i = lua_gettop(L); i > 0; i--) {
        int type = lua_type(L, i);
        if (type == LUA_TSTRING)
            cost += lua_rawlen(L, i) / 16;
        else if (type == LUA_TTABLE)
            cost += lua_rawlen(L, i) / 8;
    }
    sandbox_charge(L, cost);
}

/* Any function that looks at its arguments a few times. Upvalue: the function of Lua. */
static int plain(lua_State *L)
{
    charge_arguments(L);
    return lua_tocfunction(L, lua_upvalueindex(1))(L);
}

/* string.byte, table.unpack: what they give is copied by every call that takes "...". */
static int few(lua_State *L)
{
    charge_arguments(L);
    int n = lua_tocfunction(L, lua_upvalueindex(1))(L);
    sandbox_charge(L, 1 + (uint64_t)n * 8);
    if (n > VALUES_MOST)
        return args_fail(L, "more than %d values at once", VALUES_MOST);
    return n;
}

static int bounded_match(lua_State *L, bool literal)
{
    size_t n, length;
    luaL_checklstring(L, 1, &n);
    const char *pattern = luaL_checklstring(L, 2, &length);
    uint64_t cost =
        literal ? ((uint64_t)n + 1) * ((uint64_t)length + 1) : pattern_cost(n, pattern, length);
    if (cost > PATTERN_MOST)
        return args_fail(L, "this pattern could take too long on a text of %zu bytes: \"%.40s\"", n,
                         pattern);
    sandbox_charge(L, 1 + cost / 16);
    return lua_tocfunction(L, lua_upvalueindex(1))(L);
}

static int string_match(lua_State *L)
{
    return bounded_match(L, false);
}

static int string_find(lua_State *L)
{
    return bounded_match(L, lua_toboolean(L, 4));
}

static int string_gsub(lua_State *L)
{
    size_t n;
    luaL_checklstring(L, 1, &n);
    size_t length = lua_type(L, 3) == LUA_TSTRING ? lua_rawlen(L, 3) : 0;
    if (length > 0 && n + 1 > 16 * (size_t)TEXT_MOST / length)
        return args_fail(L, "string.gsub: the result could be too large");
    return bounded_match(L, false);
}

static int string_rep(lua_State *L)
{
    size_t n, between = 0;
    luaL_checklstring(L, 1, &n);
    lua_Integer times = luaL_checkinteger(L, 2);
    luaL_optlstring(L, 3, "", &between);
    if (times > 0 && n + between > 0 && (uint64_t)times > TEXT_MOST / (n + between))
        return args_fail(L, "string.rep: the result would be larger than 1 MB");
    sandbox_charge(L, times > 0 ? 1 + (uint64_t)times * (n + between) / 16 : 1);
    return lua_tocfunction(L, lua_upvalueindex(1))(L);
}

static int string_format(lua_State *L)
{
    size_t length, total = 0;
    const char *format = luaL_checklstring(L, 1, &length);
    int arg = 1, last = lua_gettop(L);
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
    return lua_tocfunction(L, lua_upvalueindex(1))(L);
}

static int table_insert(lua_State *L)
{
    if (lua_gettop(L) > 2)
        charge_arguments(L);
    return lua_tocfunction(L, lua_upvalueindex(1))(L);
}

static int table_remove(lua_State *L)
{
    if (lua_gettop(L) > 1)
        charge_arguments(L);
    return lua_tocfunction(L, lua_upvalueindex(1))(L);
}

static int table_sort(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    uint64_t n = lua_rawlen(L, 1);
    sandbox_charge(L, 1 + n * 8);
    return lua_tocfunction(L, lua_upvalueindex(1))(L);
}

/* table.move(from, first, last, ...) and table.unpack(from, first, last) go from one number to
 * another, whatever the table holds. */
static void charge_span(lua_State *L)
{
    lua_Integer first = luaL_optinteger(L, 2, 1), last = luaL_optinteger(L, 3, 0);
    uint64_t span = last >= first ? (uint64_t)last - (uint64_t)first : 0;
    if (span > TEXT_MOST)
        args_fail(L, "more than %u fields of a table at once", TEXT_MOST);
    sandbox_charge(L, 1 + span);
}

static int table_move(lua_State *L)
{
    charge_span(L);
    return lua_tocfunction(L, lua_upvalueindex(1))(L);
}

static int table_unpack(lua_State *L)
{
    charge_span(L);
    return few(L);
}

/* ---- what there is ---- */

struct allowed {
    const char *name;
    lua_CFunction bound; /* called instead, with Lua's own as its upvalue; NULL: as it is */
};

static const struct allowed base_allowed[] = {
    { "assert", NULL }, { "error", NULL },     { "ipairs", NULL },
    { "select", NULL }, { "tonumber", plain }, { "type", NULL },
};

static const struct allowed string_allowed[] = {
    { "byte", few },
    { "char", plain },
    { "find", string_find },
    { "format", string_format },
    { "gmatch", string_match },
    { "gsub", string_gsub },
    { "len", NULL },
    { "lower", plain },
    { "match", string_match },
    { "rep", string_rep },
    { "reverse", plain },
    { "sub", plain },
    { "upper", plain },
};

static const struct allowed table_allowed[] = {
    { "concat", plain },        { "insert", table_insert }, { "move", table_move },
    { "pack", plain },          { "remove", table_remove }, { "sort", table_sort },
    { "unpack", table_unpack },
};

static const struct allowed math_allowed[] = {
    { "abs", NULL },        { "ceil", NULL }, { "floor", NULL },      { "fmod", NULL },
    { "huge", NULL },       { "max", plain }, { "maxinteger", NULL }, { "min", plain },
    { "mininteger", NULL }, { "modf", NULL }, { "pi", NULL },         { "sqrt", NULL },
    { "tointeger", NULL },  { "type", NULL }, { "ult", NULL },
};

static const struct allowed utf8_allowed[] = {
    { "char", plain },  { "charpattern", NULL }, { "codepoint", few },
    { "codes", plain }, { "len", plain },        { "offset", plain },
};

/* Takes out of the table on top whatever is not allowed, and puts the bounds in. */
static void keep(lua_State *L, const struct allowed *allowed, uint32_t count)
{
    int table = lua_gettop(L);
    for (lua_pushnil(L); lua_next(L, table) != 0;) {
        lua_pop(L, 1);
        bool known = false;
        for (uint32_t i = 0; i < count && !known; i++)
            known = strcmp(lua_tostring(L, -1), allowed[i].name) == 0;
        if (!known) {
            lua_pushvalue(L, -1);
            lua_pushnil(L);
            lua_rawset(L, table);
        }
    }
    for (uint32_t i = 0; i < count; i++) {
        if (allowed[i].bound == NULL)
            continue;
        lua_getfield(L, table, allowed[i].name);
        lua_pushcclosure(L, allowed[i].bound, 1);
        lua_setfield(L, table, allowed[i].name);
    }
}

static const luaL_Reg base_own[] = { { "tostring", base_tostring },
                                     { "print", base_print },
                                     { "pcall", base_pcall },
                                     { "pairs", base_pairs },
                                     { NULL, NULL } };

static const luaL_Reg math_own[] = { { "random", math_random }, { NULL, NULL } };

static int open_libraries(lua_State *L)
{
    luaL_requiref(L, "_G", luaopen_base, 0);
    keep(L, base_allowed, COUNT_OF(base_allowed));
    luaL_setfuncs(L, base_own, 0);
    luaL_requiref(L, LUA_STRLIBNAME, luaopen_string, 1);
    keep(L, string_allowed, COUNT_OF(string_allowed));
    luaL_requiref(L, LUA_TABLIBNAME, luaopen_table, 1);
    keep(L, table_allowed, COUNT_OF(table_allowed));
    luaL_requiref(L, LUA_MATHLIBNAME, luaopen_math, 1);
    keep(L, math_allowed, COUNT_OF(math_allowed));
    luaL_setfuncs(L, math_own, 0);
    luaL_requiref(L, LUA_UTF8LIBNAME, luaopen_utf8, 1);
    keep(L, utf8_allowed, COUNT_OF(utf8_allowed));
    lua_settop(L, 0);
    return 0;
}

lua_State *sandbox_open(struct script *s, lua_CFunction open_language)
{
    lua_State *L = lua_newstate(allocate, s);
    if (L == NULL)
        return NULL;
    memcpy(lua_getextraspace(L), &s, sizeof s); /* coroutines get a copy of it */
    lua_pushcfunction(L, open_libraries);
    lua_pushcfunction(L, open_language);
    lua_insert(L, 1);
    if (lua_pcall(L, 0, 0, 0) != LUA_OK || lua_pcall(L, 0, 0, 0) != LUA_OK) {
        lua_close(L);
        return NULL;
    }
    script_watch_budget(L);
    return L;
}
