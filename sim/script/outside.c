/* Questions from outside, in the words of the language. */
#include "sim/script/impl.h"
#include "sim/base/sys.h"

#include <string.h>

struct question {
    const struct script_filter *filters;
    uint32_t count;
    uint32_t *phones, found;
};

static int ask(lua_State *L)
{
    struct question *q = lua_touserdata(L, 1);
    const struct script *s = script_of(L);
    const uint32_t *phones;
    lua_newtable(L);
    for (uint32_t i = 0; i < q->count; i++) {
        if (q->filters[i].text != NULL)
            lua_pushstring(L, q->filters[i].text);
        else
            lua_pushboolean(L, q->filters[i].flag);
        lua_setfield(L, 2, q->filters[i].key);
    }
    const struct object_fleet *all = object_push_fleet(L, 0, 0, s->lab->state.phone_count);
    q->found = filter_phones(L, all, 2, "count", &phones);
    q->phones = mem_take(&sys_mem, ((size_t)q->found + 1) * sizeof *phones);
    memcpy(q->phones, phones, q->found * sizeof *phones);
    return 0;
}

bool script_filter(struct script *s, const struct script_filter *filters, uint32_t count,
                   uint32_t **phones, uint32_t *found, struct err *e)
{
    struct question q = { .filters = filters, .count = count };
    *phones = NULL;
    *found = 0;
    if (s->L == NULL || s->stage == SCRIPT_BROKEN)
        return err_set(e, "the scenario has not begun");
    uint64_t budget = s->budget, owed = lab_work(s->lab) - s->work;
    s->budget = UINT64_MAX / 2;
    int top = lua_gettop(s->L);
    lua_pushcfunction(s->L, ask);
    lua_pushlightuserdata(s->L, &q);
    bool ok = lua_pcall(s->L, 1, 0, 0) == LUA_OK;
    if (!ok && lua_type(s->L, -1) == LUA_TSTRING)
        err_set(e, "%.380s", lua_tostring(s->L, -1));
    else if (!ok)
        err_set(e, "the question cannot be asked");
    lua_settop(s->L, top);
    s->budget = budget;
    s->work = lab_work(s->lab) - owed;
    *phones = q.phones;
    *found = q.found;
    return ok;
}
