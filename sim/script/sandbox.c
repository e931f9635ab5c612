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

#define CAUGHT_COST 20000 /* instructions that an error caught by pcall() counts as */

/*# The language
 *
 *  A scenario is written in Lua 5.4. Of Lua's own functions there are `assert`, `error`, `ipairs`,
 *  `pcall`, `select`, `tonumber`, `tostring`, `type`; of `string` all but `dump`, `pack`,
 *  `packsize` and `unpack`; `table`; `utf8`; of `math` those whose result is the same on every
 *  machine (`abs`, `ceil`, `floor`, `fmod`, `max`, `min`, `modf`, `sqrt`, `tointeger`, `type`,
 *  `ult`, `huge`, `pi`, `maxinteger`, `mininteger`). There is no `io`, `os`, `load`, `require`,
 *  `next`, `debug` or `coroutine`, and there are no metatables.
 *
 *  What there is does as Lua's does (`tests/lua` runs in both), but:
 *
 *  - `tostring`, `print` and `%s` show no address, and `string.format` has no `%p`;
 *  - `pairs` goes in order, and its function needs no key to go on;
 *  - `table.sort` keeps equal ones in their order, leaves the table as it was where the comparison
 *    fails, and takes each comparison that says "less" both ways of two neighbours for an invalid
 *    order function;
 *  - `math.random` draws from the lab's seed;
 *  - `pcall` does not catch the end of the instructions;
 *  - what is no number is `nan` in every text but one made by `..`, where its sign is the
 * machine's.
 *
 *  A run may take 200 million instructions and 256 MB; what works long in one instruction (a match
 *  of a pattern, a sort, a long text) counts as many, and so does time that passes (200 for each
 *  wait, one for 20 events) and what a question has to try, so that a loop without an end is told;
 *  behind a text of 8 KB each instruction counts twice, behind 64 KB 9 times, behind 1 MB 129
 *  times. A text has at most 1 MB, a call at most 1000 arguments and results. `pcall`, `step`,
 *  `table.sort` and `string.gsub` call the scenario's functions at most 60 deep in each other. On
 *  phones 100,000 acts and 64 for each phone may be done at one instant or wait for their time (a
 *  reset in turn, a key pressed within an hour), 20 million at most.
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
    bool text = old == NULL && old_size == LUA_TSTRING;
    s->long_text = text && size > TEXT_MOST + 64;
    if (s->long_text || (size > had && size - had > s->options.memory - s->memory_used))
        return NULL;
    /* What copies much costs much: a concatenation is one instruction. */
    s->budget -= size / 16 < s->budget ? size / 16 : s->budget;
    void *p = sys_mem.resize(NULL, old, size);
    s->memory_used += size - had;
    if (text && size > s->longest)
        s->longest = size;
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
        if (s->options.out != NULL && i > 1)
            fputc('\t', s->options.out);
        if (s->options.out != NULL && length > 0)
            fwrite(text, 1, length, s->options.out);
        lua_pop(L, 1);
    }
    if (s->options.out != NULL)
        fputc('\n', s->options.out);
    return 0;
}

/* ---- pcall: as Lua's, but it does not catch the end of the budget ---- */

/* `outer`: how deep calls were nested where it was called. */
static int pcall_over(lua_State *L, int status, lua_KContext outer)
{
    sandbox_leave(L, (uint32_t)outer);
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
    lua_KContext outer = sandbox_enter(L);
    int status = lua_pcallk(L, lua_gettop(L) - 2, LUA_MULTRET, 0, outer, pcall_over);
    return pcall_over(L, status, outer);
}

static int refused_over(lua_State *L, int status, lua_KContext outer)
{
    int results = pcall_over(L, status, outer);
    if (lua_toboolean(L, -results))
        return args_fail(L, "refused: nothing was refused");
    return 1; /* the words */
}

/*: refused(function)
 *
 *  Calls the function, in which an act must be refused, and returns the words of the refusal.
 */
static int base_refused(lua_State *L)
{
    args_most(L, 1, "refused");
    luaL_checkany(L, 1);
    lua_pushboolean(L, true);
    lua_insert(L, 1);
    lua_KContext outer = sandbox_enter(L);
    int status = lua_pcallk(L, 0, LUA_MULTRET, 0, outer, refused_over);
    return refused_over(L, status, outer);
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

/* All keys are put in order before the first is given, even where the loop then breaks off; each is
 * compared about as often as the number of keys can be halved. */
static uint64_t pairs_cost(uint64_t keys, uint64_t bytes)
{
    uint64_t cost = 4;
    for (uint64_t half = keys; half > 1; half /= 2)
        cost += 4;
    return keys * cost + bytes / 16 * (cost / 4);
}

/*: pairs(table)
 *
 *  As Lua's, in order: numbers, then texts by their bytes, then `false` and `true`. A key that is
 *  a table, a function or an object is an error.
 */
static int base_pairs(lua_State *L)
{
    luaL_checkany(L, 1);
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    lua_Integer n = 0;
    uint64_t bytes = 0;
    for (lua_pushnil(L); lua_next(L, 1) != 0; lua_pop(L, 1)) {
        n++;
        bytes += lua_type(L, -2) == LUA_TSTRING ? lua_rawlen(L, -2) : 0;
    }
    sandbox_charge(L, pairs_cost((uint64_t)n, bytes));
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
    lua_pushvalue(L, 1);
    lua_pushnil(L);
    return 3;
}

/* ---- random numbers from the seed ---- */

/*: math.random([m [, n]])
 *
 *  As Lua's, from the lab's seed: the same in every run with that seed.
 */
static int math_random(lua_State *L)
{
    struct rng *r = &script_of(L)->random;
    lua_Integer low = 1, high = 0;
    int arguments = lua_gettop(L);
    if (arguments == 0) {
        lua_pushnumber(L, (double)(rng_next(r) >> 11) * 0x1p-53);
        return 1;
    }
    if (arguments > 2)
        return luaL_error(L, "wrong number of arguments");
    bound_arguments(L);
    if (arguments == 2)
        low = luaL_checkinteger(L, 1);
    high = luaL_checkinteger(L, arguments);
    if (arguments == 1 && high == 0) { /* any integer */
        lua_pushinteger(L, (lua_Integer)rng_next(r));
        return 1;
    }
    luaL_argcheck(L, low <= high, 1, "interval is empty");
    uint64_t span = (uint64_t)high - (uint64_t)low + 1;
    uint64_t drawn = span == 0 ? rng_next(r) : rng_below(r, span);
    lua_pushinteger(L, (lua_Integer)((uint64_t)low + drawn));
    return 1;
}

/* ---- what there is ---- */

static const struct allowed base_allowed[] = {
    { "assert", NULL },          { "error", NULL }, { "ipairs", NULL }, { "select", bound_plain },
    { "tonumber", bound_plain }, { "type", NULL },  { NULL, NULL },
};

static const struct allowed math_allowed[] = {
    { "abs", bound_plain },   { "ceil", bound_plain },
    { "floor", bound_plain }, { "fmod", bound_plain },
    { "huge", NULL },         { "max", bound_plain },
    { "maxinteger", NULL },   { "min", bound_plain },
    { "mininteger", NULL },   { "modf", bound_plain },
    { "pi", NULL },           { "sqrt", bound_plain },
    { "type", NULL },         { "tointeger", bound_plain },
    { "ult", bound_plain },   { NULL, NULL },
};

static const struct allowed utf8_allowed[] = {
    { "char", bound_plain },  { "charpattern", NULL }, { "codepoint", bound_few },
    { "codes", bound_plain }, { "len", bound_plain },  { "offset", bound_plain },
    { NULL, NULL },
};

/* Takes out of the table on top whatever is not allowed, and puts the bounds in. */
static void keep(lua_State *L, const struct allowed *allowed)
{
    int table = lua_gettop(L);
    for (lua_pushnil(L); lua_next(L, table) != 0;) {
        lua_pop(L, 1);
        bool known = false;
        for (uint32_t i = 0; allowed[i].name != NULL && !known; i++)
            known = strcmp(lua_tostring(L, -1), allowed[i].name) == 0;
        if (!known) {
            lua_pushvalue(L, -1);
            lua_pushnil(L);
            lua_rawset(L, table);
        }
    }
    for (uint32_t i = 0; allowed[i].name != NULL; i++) {
        if (allowed[i].bound == NULL)
            continue;
        lua_getfield(L, table, allowed[i].name);
        lua_pushcclosure(L, allowed[i].bound, 1);
        lua_setfield(L, table, allowed[i].name);
    }
}

static const luaL_Reg base_own[] = { { "tostring", base_tostring }, { "print", base_print },
                                     { "pcall", base_pcall },       { "refused", base_refused },
                                     { "pairs", base_pairs },       { NULL, NULL } };

static const luaL_Reg math_own[] = { { "random", math_random }, { NULL, NULL } };

static int open_libraries(lua_State *L)
{
    luaL_requiref(L, "_G", luaopen_base, 0);
    keep(L, base_allowed);
    luaL_setfuncs(L, base_own, 0);
    luaL_requiref(L, LUA_STRLIBNAME, luaopen_string, 1);
    keep(L, string_allowed);
    strings_open(L);
    luaL_requiref(L, LUA_TABLIBNAME, luaopen_table, 1);
    keep(L, table_allowed);
    luaL_requiref(L, LUA_MATHLIBNAME, luaopen_math, 1);
    keep(L, math_allowed);
    luaL_setfuncs(L, math_own, 0);
    luaL_requiref(L, LUA_UTF8LIBNAME, luaopen_utf8, 1);
    keep(L, utf8_allowed);
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
