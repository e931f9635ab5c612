/* Bounds on Lua's own functions, which work in C where no instruction is counted: what they cost is
 * taken off the budget before they are called. */
#include "sim/script/impl.h"

void bound_arguments(lua_State *L)
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

void bound_number(lua_State *L, int arg)
{
    sandbox_charge(L, lua_type(L, arg) == LUA_TSTRING ? lua_rawlen(L, arg) / 16 : 0);
}

int bound_call(lua_State *L)
{
    return lua_tocfunction(L, lua_upvalueindex(1))(L);
}

/* Any function that looks at its arguments a few times. Upvalue: the function of Lua. */
int bound_plain(lua_State *L)
{
    bound_arguments(L);
    return bound_call(L);
}

/* string.byte, table.unpack: what they give is copied by every call that takes "...". */
int bound_few(lua_State *L)
{
    bound_arguments(L);
    int n = bound_call(L);
    sandbox_charge(L, 1 + (uint64_t)n * 8);
    if (n > VALUES_MOST)
        return args_fail(L, "more than %d values at once", VALUES_MOST);
    return n;
}
