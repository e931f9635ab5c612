/* The objects of a scenario: userdata with methods.  Metatables cannot be reached from Lua. */
#include "sim/script/impl.h"

#include <stdlib.h>
#include <string.h>

static int object_tostring(lua_State *L)
{
    luaL_getmetafield(L, 1, "__name");
    return 1;
}

void object_open(lua_State *L, const char *type, const luaL_Reg *methods, const luaL_Reg *meta)
{
    luaL_newmetatable(L, type);
    lua_pushcfunction(L, object_tostring);
    lua_setfield(L, -2, "__tostring");
    luaL_setfuncs(L, meta, 0); /* may have a better __tostring */
    lua_pushboolean(L, false);
    lua_setfield(L, -2, "__metatable");
    lua_newtable(L);
    luaL_setfuncs(L, methods, 0);
    lua_setfield(L, -2, "methods");
    lua_pop(L, 1);
}

bool object_method(lua_State *L, const char *type, const char *key)
{
    luaL_getmetatable(L, type);
    lua_getfield(L, -1, "methods");
    lua_getfield(L, -1, key);
    if (lua_isnil(L, -1)) {
        lua_pop(L, 3);
        return false;
    }
    lua_replace(L, -3);
    lua_pop(L, 1);
    return true;
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

int object_no_field(lua_State *L, const char *type, const char *key)
{
    const char *names[64] = { NULL };
    uint32_t n = 0;
    luaL_getmetatable(L, type);
    lua_getfield(L, -1, "methods");
    for (lua_pushnil(L); lua_next(L, -2) != 0; lua_pop(L, 1)) {
        if (n < COUNT_OF(names))
            names[n++] = lua_tostring(L, -2);
    }
    qsort(names, n, sizeof names[0], compare_names);
    return args_unknown(L, type, "field or verb", key, names, n);
}

void *object_self(lua_State *L, const char *type, const char *verb)
{
    void *self = luaL_testudata(L, 1, type);
    if (self == NULL)
        args_fail(L, "%s: it is called with a colon on a %s, %s:%s(...)", verb, type, type, verb);
    return self;
}

const void *object_check(lua_State *L, int arg, const char *type, const char *verb,
                         const char *what)
{
    const void *object = luaL_testudata(L, arg, type);
    if (object == NULL)
        args_fail(L, "%s: %s is expected, not %.60s", verb, what,
                  lua_isnone(L, arg) ? "nothing" : sandbox_tostring(L, arg));
    return object;
}
