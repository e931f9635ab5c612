/* expect(value):equals(other): what a scenario must show.  One that does not hold is recorded and
 * the scenario goes on. */
#include "sim/script/impl.h"
#include "sim/base/sys.h"

#include <math.h>
#include <string.h>

#define EXPECTS_MOST 100000

/*# Expectations
 *
 *  An expectation that does not hold is recorded with file, line and both values; the scenario goes
 *  on, and the run ends with exit code 1.
 */

/* Line `number` of the scenario, without the spaces around it. */
static struct view source_line(struct view source, uint32_t number)
{
    size_t at = 0;
    for (uint32_t line = 1; line < number && at < source.n; line++) {
        while (at < source.n && source.p[at] != '\n')
            at++;
        at++;
    }
    if (at >= source.n)
        return view_str("expect");
    size_t end = at;
    while (end < source.n && source.p[end] != '\n')
        end++;
    while (at < end && (source.p[at] == ' ' || source.p[at] == '\t'))
        at++;
    while (end > at && (source.p[end - 1] == ' ' || source.p[end - 1] == '\r'))
        end--;
    return view_sub(source, at, end - at);
}

/*: expect(value [, text])
 *
 *  Begins an expectation; a comparison must follow. The text says it in words; without one, the
 *  report shows the line of the scenario.
 */
static int verb_expect(lua_State *L)
{
    args_most(L, 2, "expect");
    lua_Debug ar;
    if (lua_isnone(L, 1))
        return args_fail(L, "expect: a value is expected");
    if (!lua_isnoneornil(L, 2))
        args_text(L, 2, "expect", "a text");
    lua_settop(L, 2);
    uint32_t line = 0, source = 0;
    struct script *s = script_of(L);
    if (lua_getstack(L, 1, &ar) && lua_getinfo(L, "Sl", &ar) && ar.currentline > 0) {
        line = (uint32_t)ar.currentline;
        source = s->sources[1].path != NULL && strcmp(ar.source, s->sources[1].chunk) == 0;
    }
    object_push_expect(L, line, source);
    if (s->expect_open != 0)
        return args_fail(L, "expect: the one of line %d compares nothing; add :equals(...)",
                         (int)s->expect_open);
    s->expect_open = line == 0 ? 1 : line;
    s->expect_in = s->sources[source].path;
    return 1;
}

/* A value as the report shows it: texts in quotes, at most 200 bytes. */
static const char *show(lua_State *L, int arg)
{
    const char *text = sandbox_tostring(L, arg);
    char cut[208];
    snprintf(cut, sizeof cut, "%.200s", text);
    const char *quote = lua_type(L, arg) == LUA_TSTRING ? "\"" : "";
    return lua_pushfstring(L, "%s%s%s", quote, cut, quote);
}

/* The value is at 3 of the stack (see begin). */
static int record(lua_State *L, bool passed, const char *expected)
{
    struct script *s = script_of(L);
    const struct object_expect *e = lua_touserdata(L, 1);
    if (s->expect_count == EXPECTS_MOST)
        return args_fail(L, "expect: more than %d expectations", EXPECTS_MOST);
    s->expect_open = 0;
    const char *actual = show(L, 3), *text = NULL;
    if (lua_getiuservalue(L, 1, 2) == LUA_TSTRING)
        text = script_keep(s, lua_tostring(L, -1));
    else
        text = arena_text(&s->arena, source_line(s->sources[e->source].text, e->line));
    mem_reserve(&sys_mem, (void **)&s->expects, &s->expect_cap, (size_t)s->expect_count + 1,
                sizeof *s->expects);
    s->expects[s->expect_count++] = (struct script_expect){ .at_us = lab_now_us(s->lab),
                                                            .path = s->sources[e->source].path,
                                                            .line = e->line,
                                                            .passed = passed,
                                                            .text = text,
                                                            .expected = script_keep(s, expected),
                                                            .actual = script_keep(s, actual) };
    lua_settop(L, 1);
    return 1; /* another may follow */
}

/* Leaves the expectation at 1, the argument at 2, the value at 3. */
static void begin(lua_State *L, const char *verb, bool number)
{
    object_self(L, OBJECT_EXPECT, verb);
    lua_settop(L, 2);
    lua_getiuservalue(L, 1, 1);
    if (number && lua_type(L, 2) != LUA_TNUMBER)
        args_fail(L, "%s: a number is expected, not %.60s", verb, sandbox_tostring(L, 2));
}

/*: expect(value):equals(other)
 *
 *  Both are the same: equal numbers, texts, booleans, or the same object.
 */
static int expect_equals(lua_State *L)
{
    args_most(L, 2, "equals");
    object_self(L, OBJECT_EXPECT, "equals");
    if (lua_isnone(L, 2))
        return args_fail(L, "equals: a value is expected");
    begin(L, "equals", false);
    return record(L, lua_compare(L, 2, 3, LUA_OPEQ), show(L, 2));
}

/*: expect(value):differs(other)
 *
 *  They are not the same.
 */
static int expect_differs(lua_State *L)
{
    args_most(L, 2, "differs");
    object_self(L, OBJECT_EXPECT, "differs");
    if (lua_isnone(L, 2))
        return args_fail(L, "differs: a value is expected");
    begin(L, "differs", false);
    return record(L, !lua_compare(L, 2, 3, LUA_OPEQ), lua_pushfstring(L, "not %s", show(L, 2)));
}

/*: expect(value):at_least(number)
 *
 *  The value is a number, this or more.
 */
static int expect_at_least(lua_State *L)
{
    args_most(L, 2, "at_least");
    begin(L, "at_least", true);
    bool ok = lua_type(L, 3) == LUA_TNUMBER && lua_compare(L, 2, 3, LUA_OPLE);
    return record(L, ok, lua_pushfstring(L, "at least %s", show(L, 2)));
}

/*: expect(value):at_most(number)
 *
 *  The value is a number, this or less.
 */
static int expect_at_most(lua_State *L)
{
    args_most(L, 2, "at_most");
    begin(L, "at_most", true);
    bool ok = lua_type(L, 3) == LUA_TNUMBER && lua_compare(L, 3, 2, LUA_OPLE);
    return record(L, ok, lua_pushfstring(L, "at most %s", show(L, 2)));
}

/*: expect(value):contains(text)
 *
 *  The value is a text with this one in it.
 */
static int expect_contains(lua_State *L)
{
    args_most(L, 2, "contains");
    object_self(L, OBJECT_EXPECT, "contains");
    const char *text = args_text(L, 2, "contains", "a text");
    begin(L, "contains", false);
    bool is_text = lua_type(L, 3) == LUA_TSTRING;
    size_t n = is_text ? lua_rawlen(L, 3) : 0;
    sandbox_charge(L, 1 + (n + lua_rawlen(L, 2)) / 16);
    bool ok = is_text && memmem(lua_tostring(L, 3), n, text, lua_rawlen(L, 2)) != NULL;
    return record(L, ok, lua_pushfstring(L, "with %s in it", show(L, 2)));
}

/*: expect(value):is_near(number, distance)
 *
 *  The value is a number and differs by no more than the distance.
 */
static int expect_is_near(lua_State *L)
{
    args_most(L, 3, "is_near");
    object_self(L, OBJECT_EXPECT, "is_near");
    double distance = lua_type(L, 3) == LUA_TNUMBER ? lua_tonumber(L, 3) : -1;
    if (!(distance >= 0))
        return args_fail(L, "is_near: a number and a distance are expected");
    begin(L, "is_near", true);
    bool ok =
        lua_type(L, 3) == LUA_TNUMBER && fabs(lua_tonumber(L, 3) - lua_tonumber(L, 2)) <= distance;
    return record(L, ok,
                  lua_pushfstring(L, "%s, give or take %f", show(L, 2), (lua_Number)distance));
}

/*: expect(value):is_true()
 *
 *  The value is `true`.
 */
static int expect_is_true(lua_State *L)
{
    args_most(L, 1, "is_true");
    lua_settop(L, 1);
    begin(L, "is_true", false);
    return record(L, lua_isboolean(L, 3) && lua_toboolean(L, 3), "true");
}

/*: expect(value):is_false()
 *
 *  The value is `false`.
 */
static int expect_is_false(lua_State *L)
{
    args_most(L, 1, "is_false");
    lua_settop(L, 1);
    begin(L, "is_false", false);
    return record(L, lua_isboolean(L, 3) && !lua_toboolean(L, 3), "false");
}

static int expect_index(lua_State *L)
{
    const char *key = lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : sandbox_tostring(L, 2);
    return object_method(L, OBJECT_EXPECT, key) ? 1
                                                : object_no_field(L, OBJECT_EXPECT, key, NULL, 0);
}

static const luaL_Reg expect_methods[] = {
    { "equals", expect_equals },   { "differs", expect_differs },   { "at_least", expect_at_least },
    { "at_most", expect_at_most }, { "contains", expect_contains }, { "is_near", expect_is_near },
    { "is_true", expect_is_true }, { "is_false", expect_is_false }, { NULL, NULL }
};

void expect_open(lua_State *L)
{
    static const luaL_Reg meta[] = { { "__index", expect_index }, { NULL, NULL } };
    object_open(L, OBJECT_EXPECT, expect_methods, meta);
    lua_pushcfunction(L, verb_expect);
    lua_setglobal(L, "expect");
}
