/* The sandbox against Lua itself: what the files of tests/lua print is the same in both. */
#include "tests/unit/run_script.h"

/* print() of the plain state: the file is its upvalue. */
static int plain_print(lua_State *L)
{
    FILE *out = lua_touserdata(L, lua_upvalueindex(1));
    int n = lua_gettop(L);
    for (int i = 1; i <= n; i++) {
        bool nan = lua_type(L, i) == LUA_TNUMBER && lua_tonumber(L, i) != lua_tonumber(L, i);
        fprintf(out, "%s%s", i == 1 ? "" : "\t", nan ? "nan" : luaL_tolstring(L, i, NULL));
        if (!nan)
            lua_pop(L, 1);
    }
    fputc('\n', out);
    return 0;
}

static char *printed_by_lua(const char *path)
{
    char *text = NULL;
    size_t n = 0;
    FILE *out = open_memstream(&text, &n);
    lua_State *L = luaL_newstate();
    luaL_openlibs(L);
    lua_pushlightuserdata(L, out);
    lua_pushcclosure(L, plain_print, 1);
    lua_setglobal(L, "print");
    if (luaL_dofile(L, path) != LUA_OK)
        fail_msg("Lua itself: %s", lua_tostring(L, -1));
    lua_close(L);
    fclose(out);
    return text;
}

static void compare_lines(const char *path, const char *want, const char *got)
{
    for (unsigned line = 1; *want != '\0' || *got != '\0'; line++) {
        size_t n = strcspn(want, "\n"), m = strcspn(got, "\n");
        if (n != m || memcmp(want, got, n) != 0)
            fail_msg("%s, line %u of what it prints:\n  Lua:     %.*s\n  sandbox: %.*s", path, line,
                     (int)n, want, (int)m, got);
        want += n + (want[n] == '\n');
        got += m + (got[m] == '\n');
    }
}

static void same_as_lua(const char *path)
{
    char *want = printed_by_lua(path);
    struct run r = { 0 };
    struct session_options o = options_for(&r, path, 1);
    run_file(&r, &o);
    if (r.result != SCRIPT_PASSED)
        fail_msg("%s: %s", path, r.e.text);
    compare_lines(path, want, r.out);
    free(want);
    done(&r);
}

static void patterns_as_in_lua(void **state)
{
    (void)state;
    same_as_lua("tests/lua/patterns.lua");
}

static void texts_as_in_lua(void **state)
{
    (void)state;
    same_as_lua("tests/lua/texts.lua");
}

static void tables_as_in_lua(void **state)
{
    (void)state;
    same_as_lua("tests/lua/tables.lua");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(patterns_as_in_lua),
        cmocka_unit_test(texts_as_in_lua),
        cmocka_unit_test(tables_as_in_lua),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
