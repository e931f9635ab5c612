/* Arguments of the scenario's verbs.  An error is one line: file, line, verb, what was wrong and
 * what was expected instead. */
#include "sim/script/impl.h"

#include "sim/base/near.h"
#include "sim/wire/text.h"

#include <string.h>

static int unknown(lua_State *L, const char *verb, const char *what, struct near near,
                   const char *const *names, uint32_t count)
{
    char list[NEAR_LIST], mean[NEAR_ROOM];
    for (uint32_t i = 0; i < count; i++)
        near_try(&near, names[i]);
    return args_fail(L, "%s: no %s \"%.60s\" (%s)%s", verb, what, near.word,
                     near_list(names, count, list), near_text(&near, mean));
}

int args_unknown(lua_State *L, const char *verb, const char *what, const char *given,
                 const char *const *names, uint32_t count)
{
    return unknown(L, verb, what, near_of(given), names, count);
}

int args_no_version(lua_State *L, const char *verb, const char *given, bool others)
{
    const char *versions[32];
    uint32_t n = version_count < COUNT_OF(versions) ? version_count : COUNT_OF(versions);
    for (uint32_t i = 0; i < n; i++)
        versions[i] = version_table[i].name;
    for (uint32_t i = 0; others && i < other_version_count && n < COUNT_OF(versions); i++)
        versions[n++] = other_versions[i].name;
    return unknown(L, verb, "version", near_in_case(given), versions, n);
}

int args_no_model(lua_State *L, const char *verb, const char *given)
{
    return args_fail(L, "%s: no model \"%.80s\"; `cucmlab models` shows them", verb, given);
}

void args_most(lua_State *L, int most, const char *verb)
{
    if (lua_gettop(L) > most)
        args_fail(L, "%s: one argument too many: %.60s", verb, sandbox_tostring(L, most + 1));
}

/* Names and words go into reports, traces and terminals: no control characters there, and whole
 * characters alone. */
static const char *plain(lua_State *L, const char *verb, const char *text)
{
    for (const char *p = text; *p != '\0';) {
        size_t n = (unsigned char)*p < 0x80 ? (unsigned char)*p >= 0x20 && *p != 0x7f
                                            : text_utf8((const uint8_t *)p);
        if (n == 2 && (unsigned char)p[0] == 0xc2 && (unsigned char)p[1] < 0xa0)
            n = 0; /* C1 */
        if (n == 0)
            args_fail(L, "%s: a text with a control character, or that is no UTF-8, is none here",
                      verb);
        p += n;
    }
    return text;
}

enum phone_function args_function(lua_State *L, const char *verb, const char *name)
{
    const char *names[FUNCTIONS];
    for (int i = 0; i < FUNCTIONS; i++) {
        names[i] = lab_function_name((enum phone_function)i);
        if (strcmp(name, names[i]) == 0)
            return (enum phone_function)i;
    }
    args_unknown(L, verb, "function of a phone", name, names, FUNCTIONS);
    return FUNCTIONS;
}

uint64_t args_word(lua_State *L, int arg, const char *verb, enum arg_type type, const char *noun)
{
    const char *words[ACT_WORDS] = { NULL };
    uint64_t value = 0;
    uint32_t count = act_words(type, words);
    const char *text = args_choice(L, arg, verb, noun, words, count);
    if (!act_word(text, type, &value))
        args_unknown(L, verb, noun, text, words, count);
    return value;
}

/* ---- time ---- */

/* The time at stack index `arg`; false where it is none. */
static bool time_at(lua_State *L, int arg, uint64_t *us)
{
    if (lua_type(L, arg) == LUA_TSTRING)
        return time_parse(lua_tostring(L, arg), us);
    if (lua_type(L, arg) != LUA_TNUMBER)
        return false;
    double seconds = lua_tonumber(L, arg);
    if (!(seconds >= 0 && seconds <= (double)(TIME_MAX_US / 1000000)))
        return false;
    *us = lua_isinteger(L, arg) ? (uint64_t)lua_tointeger(L, arg) * 1000000
                                : (uint64_t)(seconds * 1e6 + 0.5);
    return true;
}

uint64_t args_time(lua_State *L, int arg, const char *verb)
{
    uint64_t us = 0;
    if (!time_at(L, arg, &us))
        args_fail(L,
                  "%s: a time is expected, \"10s\", \"5m\", \"2h\", \"3d\" or seconds, not %.62s",
                  verb, args_given(L, arg));
    return us;
}

uint64_t args_instant(lua_State *L, int arg, const char *verb)
{
    struct err e = { "" };
    uint64_t us = 0;
    if (lua_type(L, arg) != LUA_TSTRING || !date_is_meant(lua_tostring(L, arg)))
        return args_time(L, arg, verb);
    if (!lab_instant(script_of(L)->lab, lua_tostring(L, arg), &us, &e))
        args_fail(L, "%s: %s", verb, e.text);
    return us;
}

uint64_t args_fact(lua_State *L, int arg, const char *verb, const struct fact *f)
{
    struct err e = { "" };
    uint64_t value = 0;
    if (!fact_parse(f, sandbox_tostring(L, arg), &value, &e))
        args_fail(L, "%s: %s", verb, e.text);
    return value;
}

void args_push_time(lua_State *L, uint64_t us)
{
    if (us % 1000000 == 0)
        lua_pushinteger(L, (lua_Integer)(us / 1000000));
    else
        lua_pushnumber(L, (double)us / 1e6);
}

/* ---- texts and tables ---- */

#define GIVEN_ROOM 80

const char *args_given(lua_State *L, int arg)
{
    char text[GIVEN_ROOM];
    if (lua_isnoneornil(L, arg))
        return "nothing";
    if (lua_type(L, arg) == LUA_TTABLE)
        return "a table";
    if (lua_type(L, arg) != LUA_TSTRING)
        return sandbox_tostring(L, arg);
    snprintf(text, sizeof text, "\"%.60s\"", lua_tostring(L, arg));
    return lua_pushstring(L, text);
}

const char *args_choice(lua_State *L, int arg, const char *verb, const char *noun,
                        const char *const *words, uint32_t count)
{
    char list[NEAR_LIST];
    if (lua_type(L, arg) != LUA_TSTRING)
        args_fail(L, "%s: %s %s is expected, not %.62s (%s)", verb,
                  strchr("aeiou", noun[0]) != NULL ? "an" : "a", noun, args_given(L, arg),
                  near_list(words, count, list));
    return plain(L, verb, lua_tostring(L, arg));
}

const char *args_text(lua_State *L, int arg, const char *verb, const char *what)
{
    if (lua_type(L, arg) != LUA_TSTRING)
        args_fail(L, "%s: %s is expected%s, not %.62s", verb, what,
                  strcmp(what, "a text") == 0 ? "" : ", a text", args_given(L, arg));
    return plain(L, verb, lua_tostring(L, arg));
}

void args_table(lua_State *L, int arg, const char *verb, const char *const *keys, uint32_t count)
{
    if (lua_type(L, arg) != LUA_TTABLE)
        args_fail(L, "%s: a table is expected, %s { %s = ... }", verb, verb, keys[0]);
    const char *unknown = NULL; /* the first in order, whatever Lua's order is */
    lua_pushnil(L);
    while (lua_next(L, arg) != 0) {
        lua_pop(L, 1);
        if (lua_type(L, -1) != LUA_TSTRING)
            args_fail(L, "%s: fields are named, %s { %s = ... }", verb, verb, keys[0]);
        const char *key = lua_tostring(L, -1);
        bool known = false;
        for (uint32_t i = 0; i < count && !known; i++)
            known = strcmp(keys[i], key) == 0;
        if (!known && (unknown == NULL || strcmp(key, unknown) < 0))
            unknown = key;
    }
    if (unknown != NULL)
        args_unknown(L, verb, "field", unknown, keys, count);
}

/* Pushes the field where it has the type; false and nothing pushed where it is nil. */
static bool field(lua_State *L, int arg, const char *verb, const char *key, int type,
                  const char *what)
{
    int is = lua_getfield(L, arg, key);
    if (is == LUA_TNIL) {
        lua_pop(L, 1);
        return false;
    }
    if (is != type)
        args_fail(L, "%s: %s is %s, not %.62s", verb, key, what, args_given(L, -1));
    return true;
}

const char *args_field_text(lua_State *L, int arg, const char *verb, const char *key)
{
    if (!field(L, arg, verb, key, LUA_TSTRING, "a text"))
        return NULL;
    const char *text = lua_tostring(L, -1);
    lua_pop(L, 1); /* the table keeps it */
    return plain(L, verb, text);
}

bool args_field_bool(lua_State *L, int arg, const char *verb, const char *key, bool *out)
{
    if (!field(L, arg, verb, key, LUA_TBOOLEAN, "true or false"))
        return false;
    *out = lua_toboolean(L, -1);
    lua_pop(L, 1);
    return true;
}

bool args_field_time(lua_State *L, int arg, const char *verb, const char *key, uint64_t *us)
{
    if (lua_getfield(L, arg, key) == LUA_TNIL) {
        lua_pop(L, 1);
        return false;
    }
    if (!time_at(L, -1, us))
        args_fail(L, "%s: %s is a time, \"20ms\", \"1s\" or seconds, not %.62s", verb, key,
                  args_given(L, -1));
    lua_pop(L, 1);
    return true;
}

int64_t args_field_date(lua_State *L, int arg, const char *verb, const char *key)
{
    const struct lab *lab = script_of(L)->lab;
    const struct lab_options *o = &lab->base->options;
    const char *text = args_field_text(L, arg, verb, key);
    int64_t local_s;
    struct err e = { "" };
    if (text == NULL)
        return 0;
    if (!date_parse(text, &local_s, &e))
        args_fail(L, "%s: %s: %s", verb, key, e.text);
    int64_t unix_s = local_s - o->offset_s;
    if (unix_s > o->start_s + (int64_t)(lab_now_us(lab) / 1000000))
        args_fail(L, "%s: %s: %.60s is still to come", verb, key, text);
    return unix_s;
}

bool args_field_number(lua_State *L, int arg, const char *verb, const char *key, double least,
                       double most, double *out)
{
    if (!field(L, arg, verb, key, LUA_TNUMBER, "a number"))
        return false;
    *out = lua_tonumber(L, -1);
    if (!(*out >= least && *out <= most))
        args_fail(L, "%s: %s is a number from %.15g to %.15g, not %s", verb, key, least, most,
                  sandbox_tostring(L, -1));
    lua_pop(L, 1);
    return true;
}

uint32_t args_texts(lua_State *L, int arg, const char *verb, const char *what, const char **out,
                    uint32_t max)
{
    if (lua_type(L, arg) == LUA_TSTRING) {
        out[0] = plain(L, verb, lua_tostring(L, arg));
        return 1;
    }
    if (lua_type(L, arg) != LUA_TTABLE)
        args_fail(L, "%s: %s are expected, { \"one\", \"two\" }, not %.62s", verb, what,
                  args_given(L, arg));
    lua_Unsigned n = lua_rawlen(L, arg);
    if (n == 0 || n > max)
        args_fail(L, "%s: 1 to %u %s are expected, not %llu", verb, max, what,
                  (unsigned long long)n);
    for (lua_Unsigned i = 0; i < n; i++) {
        if (lua_rawgeti(L, arg, (lua_Integer)i + 1) != LUA_TSTRING)
            args_fail(L, "%s: %s are texts, not %.62s", verb, what, args_given(L, -1));
        out[i] = plain(L, verb, lua_tostring(L, -1));
        lua_pop(L, 1);
    }
    return (uint32_t)n;
}
