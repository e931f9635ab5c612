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

void object_add_method(lua_State *L, const char *type)
{
    luaL_getmetatable(L, type);
    lua_getfield(L, -1, "methods"); /* name function metatable methods */
    lua_replace(L, -2);
    lua_insert(L, -3);
    lua_rawset(L, -3);
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

/* The object that has such a verb; NULL: none. */
static const char *whose_verb(lua_State *L, const char *key)
{
    static const char *const types[] = { OBJECT_CLUSTER, OBJECT_NODE, OBJECT_FLEET, OBJECT_CERT };
    for (uint32_t i = 0; i < COUNT_OF(types); i++) {
        if (object_method(L, types[i], key))
            return types[i];
    }
    return NULL;
}

int object_no_field(lua_State *L, const char *type, const char *key, const char *const *own,
                    uint32_t count)
{
    const char *names[64] = { NULL }, *other = whose_verb(L, key);
    uint32_t n = 0;
    if (other != NULL)
        args_fail(L, "%s: no field or verb \"%s\"; it is a verb of a %s, %s:%s(...)", type, key,
                  other, other, key);
    for (; n < count; n++)
        names[n] = own[n];
    luaL_getmetatable(L, type);
    lua_getfield(L, -1, "methods");
    for (lua_pushnil(L); lua_next(L, -2) != 0; lua_pop(L, 1)) {
        if (n < COUNT_OF(names))
            names[n++] = lua_tostring(L, -2);
    }
    qsort(names + count, n - count, sizeof names[0], compare_names);
    return args_unknown(L, type, "field or verb", key, names, n);
}

void *object_self(lua_State *L, const char *type, const char *verb)
{
    void *self = luaL_testudata(L, 1, type);
    if (self == NULL)
        args_fail(L, "%s: it is called with a colon on a %s, %s:%s(...)", verb, type, type, verb);
    return self;
}

static const void *check(lua_State *L, int arg, const char *type, const char *verb,
                         const char *expected)
{
    const void *object = luaL_testudata(L, arg, type);
    if (object == NULL)
        args_fail(L, "%s: %s, not %.62s", verb, expected, args_given(L, arg));
    return object;
}

int object_same(lua_State *L)
{
    const void *a = lua_touserdata(L, 1), *b = lua_touserdata(L, 2);
    bool same = a != NULL && b != NULL && lua_getmetatable(L, 1) && lua_getmetatable(L, 2) &&
                lua_rawequal(L, -1, -2) && lua_rawlen(L, 1) == lua_rawlen(L, 2) &&
                memcmp(a, b, lua_rawlen(L, 1)) == 0;
    lua_pushboolean(L, same);
    return 1;
}

/* ---- the five kinds ---- */

static void *push(lua_State *L, const char *type, size_t size, int values)
{
    void *object = lua_newuserdatauv(L, size, values);
    luaL_setmetatable(L, type);
    return object;
}

void object_push_cluster(lua_State *L, uint32_t cluster)
{
    *(uint32_t *)push(L, OBJECT_CLUSTER, sizeof cluster, 0) = cluster;
}

uint32_t object_check_cluster(lua_State *L, int arg, const char *verb)
{
    return *(const uint32_t *)check(L, arg, OBJECT_CLUSTER, verb, "a cluster is expected");
}

void object_push_node(lua_State *L, uint32_t cluster, uint32_t node)
{
    struct object_node *n = push(L, OBJECT_NODE, sizeof *n, 0);
    *n = (struct object_node){ cluster, node };
}

uint32_t object_nodes_named(lua_State *L, const char *name, const char *verb,
                            struct object_node *found)
{
    const struct lab_state *s = &script_of(L)->lab->state;
    const char *names[64];
    uint32_t clusters = 0, n = 0, node;
    for (uint32_t c = 0; c < s->cluster_count; c++) {
        const struct cluster *cl = &s->clusters[c];
        if (cluster_node(cl, name, &node)) {
            *found = (struct object_node){ c, node };
            clusters++;
        }
        FOR_EACH_NODE(cl, i)
        {
            if (n < COUNT_OF(names))
                names[n++] = cl->nodes[i].disk.name;
        }
    }
    if (clusters == 0)
        args_unknown(L, verb, "node", name, names, n);
    return clusters;
}

/* By a name that one cluster alone has. */
static struct object_node node_named(lua_State *L, const char *name, const char *verb)
{
    struct object_node found = { 0, 0 };
    uint32_t clusters = object_nodes_named(L, name, verb, &found);
    const char *cluster = script_of(L)->lab->state.clusters[found.cluster].name;
    if (clusters > 1)
        args_fail(L,
                  "%s: %u clusters have a node \"%.60s\": which one? (hq.%.60s, or "
                  "\"%.60s/%.60s\")",
                  verb, clusters, name, name, cluster, name);
    return found;
}

struct object_node object_check_node(lua_State *L, int arg, const char *verb)
{
    if (lua_type(L, arg) == LUA_TSTRING)
        return node_named(L, lua_tostring(L, arg), verb);
    return *(const struct object_node *)check(L, arg, OBJECT_NODE, verb,
                                              "a node (hq.pub, or \"pub\") is expected");
}

static const char *node_of(lua_State *L, int arg, const char *verb, uint32_t cluster)
{
    const struct lab_state *s = &script_of(L)->lab->state;
    if (lua_type(L, arg) == LUA_TSTRING)
        return lua_tostring(L, arg); /* one of this cluster's, says who takes it */
    struct object_node n = object_check_node(L, arg, verb);
    const char *name = s->clusters[n.cluster].nodes[n.node].disk.name;
    if (n.cluster != cluster)
        args_fail(L, "%s: %s/%s is no node of %s", verb, s->clusters[n.cluster].name, name,
                  s->clusters[cluster].name);
    return name;
}

uint32_t object_check_nodes(lua_State *L, int arg, const char *verb, uint32_t cluster,
                            const char **names, uint32_t most)
{
    if (lua_type(L, arg) != LUA_TTABLE) {
        names[0] = node_of(L, arg, verb, cluster);
        return 1;
    }
    lua_Unsigned n = lua_rawlen(L, arg);
    if (n == 0 || n > most)
        args_fail(L, "%s: 1 to %u nodes are expected, not %llu", verb, most, (unsigned long long)n);
    for (lua_Unsigned i = 0; i < n; i++) {
        lua_rawgeti(L, arg, (lua_Integer)i + 1);
        names[i] = node_of(L, lua_gettop(L), verb, cluster);
        lua_pop(L, 1);
    }
    return (uint32_t)n;
}

void object_push_cert(lua_State *L, uint32_t cert)
{
    *(uint32_t *)push(L, OBJECT_CERT, sizeof cert, 0) = cert;
}

uint32_t object_check_cert(lua_State *L, int arg, const char *verb)
{
    return *(const uint32_t *)check(L, arg, OBJECT_CERT, verb,
                                    "a certificate is expected, as in node:certificate(\"TVS\")");
}

struct object_fleet *object_push_fleet(lua_State *L, uint32_t cluster, uint32_t first,
                                       uint32_t count)
{
    struct object_fleet *f = push(L, OBJECT_FLEET, sizeof *f, 0);
    *f = (struct object_fleet){ .cluster = cluster, .first = first, .count = count };
    return f;
}

struct object_fleet *object_push_phones(lua_State *L, uint32_t cluster, const uint32_t *phones,
                                        uint32_t count)
{
    size_t size = (size_t)count * sizeof *phones;
    struct object_fleet *f = push(L, OBJECT_FLEET, sizeof *f + size, 0);
    *f = (struct object_fleet){ .cluster = cluster, .count = count, .listed = true };
    if (phones != NULL && size > 0)
        memcpy(f->phones, phones, size);
    return f;
}

const struct object_fleet *object_check_fleet(lua_State *L, int arg, const char *verb)
{
    return check(L, arg, OBJECT_FLEET, verb, "a fleet is expected");
}

void object_push_expect(lua_State *L, uint32_t line, uint32_t source)
{
    struct object_expect *e = push(L, OBJECT_EXPECT, sizeof *e, 2);
    *e = (struct object_expect){ line, source };
    for (int i = 1; i <= 2; i++) {
        lua_pushvalue(L, i);
        lua_setiuservalue(L, -2, i);
    }
}

uint32_t object_phone_at(const struct object_fleet *f, uint32_t i)
{
    return f->listed ? f->phones[i] : f->first + i;
}
