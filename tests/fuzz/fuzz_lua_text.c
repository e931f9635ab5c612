/* Any text as a literal of Lua, as a comment and as a cell of CSV: it loads back to the same bytes,
 * and nothing of it runs. */
#include "sim/base/check.h"
#include "sim/base/sys.h"
#include "sim/import/write.h"
#include "sim/text/cell.h"
#include "sim/text/csv.h"

#include <lauxlib.h>
#include <lua.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A state without a library: whatever runs is an error. */
static void check_lua(struct view text)
{
    struct sys_text lua;
    size_t n;
    FILE *out = sys_text_open(&lua);
    fputs("-- ", out);
    write_lua_comment(out, text);
    fputs("\nlocal t = { [", out);
    write_lua_text(out, text);
    fputs("] = 1 } return ", out);
    write_lua_text(out, text);
    fputs(", 7 -- ", out);
    write_lua_comment(out, text);
    (void)fclose(out);
    lua_State *L = luaL_newstate();
    CHECK(luaL_loadbufferx(L, lua.p, lua.n, "=x", "t") == LUA_OK);
    CHECK(lua_pcall(L, 0, LUA_MULTRET, 0) == LUA_OK && lua_gettop(L) == 2);
    const char *back = lua_tolstring(L, 1, &n);
    CHECK(view_eq(view_of(back, n), text) && lua_tointeger(L, 2) == 7);
    lua_close(L);
    sys_text_free(&lua);
}

/* NULs are no text of CSV. */
static void check_cell(struct view text)
{
    if (text.n > 2000 || (text.n > 0 && memchr(text.p, 0, text.n) != NULL))
        return;
    struct arena arena = arena_of(&sys_mem);
    uint8_t *room = arena_take(&arena, 2 * text.n + 20);
    struct wr w = wr_of(room, 2 * text.n + 20);
    wr_str(&w, "a,b\r\nx,");
    cell_write(&w, text);
    wr_str(&w, "\r\n");
    CHECK(!w.over);
    struct csv csv = csv_of(view_of(room, w.n));
    struct csv_row row = { .most = 4 };
    csv.keeps_blanks = true;
    CHECK(csv_next(&csv, &arena, &row) && row.count == 2);
    CHECK(csv_next(&csv, &arena, &row) && row.count == 2 && row.fault == NULL);
    struct view back = cell_text(row.fields[1]);
    CHECK(view_eq(back, text));
    CHECK(!csv_next(&csv, &arena, &row));
    arena_free(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    check_lua(view_of(data, size));
    check_cell(view_of(data, size));
    return 0;
}
