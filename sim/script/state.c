/* The state of a running scenario, as every part of it sees it: errors, texts, the budget of
 * instructions, the coroutines that wait for their turn.  Calls no other file of the folder. */
#include "sim/script/impl.h"
#include "sim/base/sys.h"

#include <stdarg.h>
#include <string.h>

#define HOOK_EVERY 1000 /* instructions between two looks at the budget */
#define LONG_TEXT  8192 /* bytes that take as long to compare as an instruction may */

struct script *script_of(lua_State *L)
{
    struct script *s;
    memcpy(&s, lua_getextraspace(L), sizeof s);
    return s;
}

uint32_t script_to_come(const struct script *s)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < s->task_count; i++)
        count += s->tasks[i].state == TASK_READY_AT || s->tasks[i].state == TASK_HELD;
    return count;
}

bool script_is_stopped(const struct script *s)
{
    const struct driver *d = s->lab->driver;
    return (s->options.stop != NULL && *s->options.stop != 0) ||
           (d->stopped != NULL && d->stopped(d->self));
}

const char *script_keep(struct script *s, const char *text)
{
    return arena_text(&s->arena, view_str(text));
}

int args_fail(lua_State *L, const char *format, ...)
{
    char text[500];
    va_list ap;
    va_start(ap, format);
    vsnprintf(text, sizeof text, format, ap);
    va_end(ap);
    return luaL_error(L, "%s", text);
}

/* ---- texts without addresses ---- */

const char *sandbox_tostring(lua_State *L, int arg)
{
    switch (lua_type(L, arg)) {
    case LUA_TNONE:
        return lua_pushliteral(L, "nothing");
    case LUA_TTABLE:
    case LUA_TFUNCTION:
    case LUA_TTHREAD:
    case LUA_TLIGHTUSERDATA:
        return lua_pushstring(L, luaL_typename(L, arg));
    case LUA_TNUMBER: {
        double number = lua_tonumber(L, arg);
        if (number != number) /* its sign differs between compilers */
            return lua_pushliteral(L, "nan");
        return luaL_tolstring(L, arg, NULL);
    }
    default:
        return luaL_tolstring(L, arg, NULL); /* our own objects have __tostring */
    }
}

/* ---- the budget of instructions ---- */

/* From now on at every instruction: no pcall() goes on after this. */
static void no_more(lua_State *L);

/* Told to stop while it reckons, without a wait in which that would be seen. */
static void look_for_stop(lua_State *L)
{
    struct script *s = script_of(L);
    if (!s->stopped && !script_is_stopped(s))
        return;
    s->stopped = true;
    no_more(L);
    args_fail(L, "the scenario was stopped");
}

static void on_count(lua_State *L, lua_Debug *ar)
{
    struct script *s = script_of(L);
    look_for_stop(L);
    /* To compare two texts is one instruction, however long they are, and nothing tells of it. */
    uint64_t cost = HOOK_EVERY * (1 + s->longest / LONG_TEXT);
    if (!s->exhausted && s->budget > cost) {
        s->budget -= cost;
        /* Each call copies all of "...": one instruction that may take long. */
        if (lua_getlocal(L, ar, -VALUES_MOST) != NULL)
            luaL_error(L, "more than %d arguments", VALUES_MOST);
        return;
    }
    no_more(L);
    lua_getinfo(L, "Sl", ar);
    lua_pushfstring(L, "%s:%d: the scenario needs too many instructions (an endless loop?)",
                    ar->short_src, ar->currentline);
    lua_error(L);
}

static void no_more(lua_State *L)
{
    script_of(L)->exhausted = true;
    lua_sethook(L, on_count, LUA_MASKCOUNT, 1);
}

void script_watch_budget(lua_State *L)
{
    lua_sethook(L, on_count, LUA_MASKCOUNT, HOOK_EVERY);
}

#define EVENTS_A_COST 20 /* events of the lab that count as one instruction */

uint64_t script_worked(struct script *s)
{
    uint64_t work = lab_work(s->lab), cost = (work - s->work) / EVENTS_A_COST;
    s->work = work;
    return cost;
}

void sandbox_charge(lua_State *L, uint64_t n)
{
    struct script *s = script_of(L);
    look_for_stop(L);
    if (s->budget > n) {
        s->budget -= n;
        return;
    }
    s->budget = 0;
    no_more(L);
    args_fail(L, "the scenario needs too many instructions (an endless loop?)");
}

#define NESTED_MOST 60 /* some 100 KB of C's stack */

uint32_t sandbox_enter(lua_State *L)
{
    struct script *s = script_of(L);
    if (s->nested >= NESTED_MOST)
        args_fail(L, "more than %d calls of pcall, step, table.sort and string.gsub in each other",
                  NESTED_MOST);
    return s->nested++;
}

/* A coroutine that waited goes on with nothing nested, whatever was before. */
void sandbox_leave(lua_State *L, uint32_t outer)
{
    struct script *s = script_of(L);
    if (outer < s->nested)
        s->nested = outer;
}

/* ---- coroutines ---- */

void script_add_task(lua_State *L, struct script *s, uint64_t due_us)
{
    lua_State *co = lua_newthread(L); /* function, thread */
    lua_pushvalue(L, -2);
    lua_xmove(L, co, 1);
    int ref = luaL_ref(L, LUA_REGISTRYINDEX);
    lua_pop(L, 1);
    mem_reserve(&sys_mem, (void **)&s->tasks, &s->task_cap, (size_t)s->task_count + 1,
                sizeof *s->tasks);
    s->tasks[s->task_count++] = (struct task){ .co = co, .ref = ref, .due_us = due_us };
}

void script_is_off(struct script *s, uint32_t phone)
{
    mem_reserve(&sys_mem, (void **)&s->off, &s->off_cap, (size_t)s->off_count + 1, sizeof *s->off);
    s->off[s->off_count++] = phone;
}

bool script_switch_off(struct script *s)
{
    uint32_t count = s->off_count;
    bool found = lab_is_before_present(s->lab);
    /* A cluster without phones is quiet at once. */
    if ((count == 0 && !found) || (lab_now_us(s->lab) == 0 && s->lab->state.phone_count > 0))
        return false;
    lab_present(s->lab);
    for (uint32_t i = 0; i < count; i++)
        lab_power(s->lab, s->off[i], false, lab_now_us(s->lab));
    s->off_count = 0;
    lab_run_until(s->lab, lab_now_us(s->lab));
    return true;
}
