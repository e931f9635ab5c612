/* Finding what is there already: a change that is planned begins with it. */
#include "sim/script/impl.h"

#include <string.h>

int lookup_cluster(lua_State *L)
{
    const struct lab_state *s = &script_of(L)->lab->state;
    const char *name = args_text(L, 1, "cluster", "a name"), *names[LAB_CLUSTERS];
    for (uint32_t c = 0; c < s->cluster_count; c++) {
        names[c] = s->clusters[c].name;
        if (strcmp(names[c], name) != 0)
            continue;
        object_push_cluster(L, c);
        return 1;
    }
    if (s->cluster_count == 0)
        return args_fail(L, "cluster: no cluster \"%.60s\": there is none yet", name);
    return args_unknown(L, "cluster", "cluster", name, names, s->cluster_count);
}

/* Pushes all phones that are at home there. */
static const struct object_fleet *push_all(lua_State *L, uint32_t cluster)
{
    const struct lab_state *s = &script_of(L)->lab->state;
    uint32_t count = 0;
    if (s->cluster_count == 1)
        return object_push_fleet(L, cluster, 0, s->phone_count);
    for (uint32_t i = 0; i < s->fleet_count; i++)
        count += s->fleets[i].cluster == cluster ? s->fleets[i].count : 0;
    struct object_fleet *f = object_push_phones(L, cluster, NULL, count);
    count = 0;
    for (uint32_t i = 0; i < s->fleet_count; i++) {
        for (uint32_t k = 0; k < s->fleets[i].count && s->fleets[i].cluster == cluster; k++)
            f->phones[count++] = s->fleets[i].first + k;
    }
    return f;
}

/* Pushes the fields but `cluster`: the filters. */
static void push_filters(lua_State *L)
{
    lua_newtable(L);
    for (lua_pushnil(L); lua_next(L, 1) != 0;) {
        bool own = lua_type(L, -2) == LUA_TSTRING && strcmp(lua_tostring(L, -2), "cluster") == 0;
        lua_pushvalue(L, -2);
        lua_insert(L, -2); /* key key value */
        if (own)
            lua_pop(L, 2);
        else
            lua_rawset(L, -4);
    }
}

/*: phones { cluster = cluster, ... }
 *
 *  The phones of a cluster that are there already and pass the filters of `fleet:where`: `phones {
 *  pool = "DP-HQ", model = "8845" }`. `cluster` may be left out while there is one only.
 */
static int verb_phones(lua_State *L)
{
    static const char verb[] = "phones";
    const struct lab *lab = script_of(L)->lab;
    const uint32_t *phones;
    uint32_t cluster = 0;
    args_most(L, 1, verb);
    if (lua_type(L, 1) != LUA_TTABLE)
        return args_fail(L, "phones: filters are expected, phones { pool = \"DP-HQ\" }, not %.62s",
                         args_given(L, 1));
    if (lua_getfield(L, 1, "cluster") != LUA_TNIL)
        cluster = object_check_cluster(L, lua_gettop(L), verb);
    else if (lab->state.cluster_count != 1)
        return args_fail(L, "phones: there are %u clusters: which one? (cluster = ...)",
                         lab->state.cluster_count);
    const struct object_fleet *all = push_all(L, cluster);
    sandbox_charge(L, 1 + all->count);
    push_filters(L);
    uint32_t n = filter_phones(L, all, lua_gettop(L), verb, &phones);
    object_push_phones(L, cluster, phones, n);
    return 1;
}

void lookup_open(lua_State *L)
{
    lua_pushcfunction(L, verb_phones);
    lua_setglobal(L, "phones");
}
