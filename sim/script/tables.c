/* Lua's functions on tables as scenarios have them.  The sort is a merge sort: Lua's own asks the
 * clock where its parts are unequal, so that the order of equal keys, and how often the scenario's
 * function is called, differs from run to run. */
#include "sim/script/impl.h"

#include <limits.h>

/* ---- sort ---- */

enum { LIST = 1, LESS, FROM, TO }; /* where things stand on the stack */

/* Is the value at `a` less than the one at `b`? */
static bool less(lua_State *L, int a, int b)
{
    uint64_t cost = 8;
    if (lua_isnil(L, LESS)) {
        if (lua_type(L, a) == LUA_TSTRING && lua_type(L, b) == LUA_TSTRING)
            cost += lua_rawlen(L, a) / 16;
        sandbox_charge(L, cost);
        return lua_compare(L, a, b, LUA_OPLT) != 0;
    }
    sandbox_charge(L, cost);
    lua_pushvalue(L, LESS);
    lua_pushvalue(L, a);
    lua_pushvalue(L, b);
    lua_call(L, 2, 1);
    bool is = lua_toboolean(L, -1);
    lua_pop(L, 1);
    return is;
}

/* Two parts of FROM, each in order, [at, middle) and [middle, end), into one of TO.  Of equal ones
 * the left comes first. */
static void merge(lua_State *L, lua_Integer at, lua_Integer middle, lua_Integer end)
{
    lua_Integer left = at, right = middle;
    for (lua_Integer out = at; out < end; out++) {
        bool take_right = left == middle;
        if (left < middle && right < end) {
            lua_rawgeti(L, FROM, left);
            lua_rawgeti(L, FROM, right);
            take_right = less(L, TO + 2, TO + 1);
            lua_settop(L, TO);
        }
        lua_rawgeti(L, FROM, take_right ? right++ : left++);
        lua_rawseti(L, TO, out);
    }
}

/* A function that says "less" both ways has no order; Lua finds that in most cases too. */
static void check_order(lua_State *L, lua_Integer n)
{
    for (lua_Integer i = 1; i < n; i++) {
        lua_rawgeti(L, FROM, i);
        lua_rawgeti(L, FROM, i + 1);
        if (!lua_rawequal(L, -1, -2) && less(L, TO + 2, TO + 1))
            luaL_error(L, "invalid order function for sorting");
        lua_settop(L, TO);
    }
}

static int table_sort(lua_State *L)
{
    luaL_checktype(L, LIST, LUA_TTABLE);
    lua_Integer n = luaL_len(L, LIST);
    sandbox_charge(L, 1 + (uint64_t)n * 4);
    if (n < 2)
        return 0;
    luaL_argcheck(L, n < INT_MAX, LIST, "array too big");
    if (!lua_isnoneornil(L, LESS))
        luaL_checktype(L, LESS, LUA_TFUNCTION);
    lua_settop(L, LESS);
    uint32_t outer = sandbox_enter(L);
    lua_createtable(L, (int)n, 0); /* FROM */
    lua_createtable(L, (int)n, 0); /* TO */
    for (lua_Integer i = 1; i <= n; i++) {
        lua_rawgeti(L, LIST, i);
        lua_rawseti(L, FROM, i);
    }
    for (lua_Integer width = 1; width < n; width *= 2) {
        for (lua_Integer at = 1; at <= n; at += 2 * width) {
            lua_Integer middle = at + width <= n ? at + width : n + 1;
            merge(L, at, middle, middle + width <= n ? middle + width : n + 1);
        }
        lua_insert(L, FROM); /* what was TO */
    }
    check_order(L, n);
    for (lua_Integer i = 1; i <= n; i++) {
        lua_rawgeti(L, FROM, i);
        lua_rawseti(L, LIST, i);
    }
    sandbox_leave(L, outer);
    return 0;
}

/* ---- the others ---- */

static int table_insert(lua_State *L)
{
    if (lua_gettop(L) > 2)
        bound_arguments(L);
    return bound_call(L);
}

static int table_remove(lua_State *L)
{
    if (lua_gettop(L) > 1)
        bound_arguments(L);
    return bound_call(L);
}

/* From one number to another, whatever the table holds. */
static void charge_span(lua_State *L, int first_arg, lua_Integer last)
{
    bound_number(L, first_arg);
    bound_number(L, first_arg + 1);
    lua_Integer first = luaL_optinteger(L, first_arg, 1);
    last = luaL_optinteger(L, first_arg + 1, last);
    uint64_t span = last >= first ? (uint64_t)last - (uint64_t)first : 0;
    if (span > TEXT_MOST)
        args_fail(L, "more than %u fields of a table at once", TEXT_MOST);
    sandbox_charge(L, 1 + span);
}

static int table_move(lua_State *L)
{
    charge_span(L, 2, 0);
    return bound_call(L);
}

static int table_unpack(lua_State *L)
{
    charge_span(L, 2, 0);
    return bound_few(L);
}

static int table_concat(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    charge_span(L, 3, luaL_len(L, 1));
    return bound_call(L);
}

const struct allowed table_allowed[] = {
    { "concat", table_concat }, { "insert", table_insert },
    { "move", table_move },     { "pack", bound_plain },
    { "remove", table_remove }, { "sort", table_sort },
    { "unpack", table_unpack }, { NULL, NULL },
};
