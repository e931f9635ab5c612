/* Clusters, nodes and certificates: the nouns and verbs of CUCM's administration pages. */
#include "sim/script/impl.h"
#include "sim/base/sys.h"

#include <string.h>

static struct cluster *cluster_at(lua_State *L, uint32_t number)
{
    return &script_of(L)->lab->state.clusters[number];
}

static uint32_t self_cluster(lua_State *L, const char *verb)
{
    return *(const uint32_t *)object_self(L, OBJECT_CLUSTER, verb);
}

static struct object_node self_node(lua_State *L, const char *verb)
{
    return *(const struct object_node *)object_self(L, OBJECT_NODE, verb);
}

/* ---- cluster ---- */

/*# Clusters
 *
 *  Fields of a cluster: `name`, `version`, `nodes` (the list of its nodes, the publisher first) and
 *  each node by its name, `hq.pub`, `hq["cucm-sub-1"]`. One that has the name of a field or verb of
 *  clusters is `hq:node("backup")`.
 */

static void push_nodes(lua_State *L, uint32_t cluster)
{
    const struct cluster *cl = cluster_at(L, cluster);
    lua_Integer nth = 1;
    lua_createtable(L, (int)cl->node_count, 0);
    FOR_EACH_NODE(cl, i)
    {
        object_push_node(L, cluster, i);
        lua_rawseti(L, -2, nth++);
    }
}

/* Its nodes are fields of a cluster as well. */
static int no_field(lua_State *L, const struct cluster *cl, const char *key)
{
    const char *nodes[CLUSTER_NODES];
    uint32_t count = 0;
    FOR_EACH_NODE(cl, i)
    nodes[count++] = cl->nodes[i].disk.name;
    return object_no_field(L, OBJECT_CLUSTER, key, nodes, count);
}

static int cluster_index(lua_State *L)
{
    uint32_t number = *(const uint32_t *)luaL_checkudata(L, 1, OBJECT_CLUSTER), node;
    const struct cluster *cl = cluster_at(L, number);
    const char *key = lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : sandbox_tostring(L, 2);
    if (object_method(L, OBJECT_CLUSTER, key))
        return 1;
    if (strcmp(key, "nodes") == 0)
        push_nodes(L, number);
    else if (strcmp(key, "name") == 0)
        lua_pushstring(L, cl->name);
    else if (strcmp(key, "version") == 0)
        lua_pushstring(L, cl->version->name);
    else if (cluster_node(cl, key, &node))
        object_push_node(L, number, node);
    else
        return no_field(L, cl, key);
    return 1;
}

static int cluster_tostring(lua_State *L)
{
    lua_pushfstring(L, "cluster %s",
                    cluster_at(L, *(const uint32_t *)luaL_checkudata(L, 1, OBJECT_CLUSTER))->name);
    return 1;
}

static const char *const phones_keys[] = { "count",     "model",     "pool", "security",
                                           "names",     "encrypted", "lsc",  "load",
                                           "inventory", "database",  "file" };

static const char *const security_names[] = { "non-secure", "authenticated", "encrypted" };

static uint8_t security_of(lua_State *L, const char *name)
{
    static const uint8_t modes[] = { CNF_NON_SECURE, CNF_AUTHENTICATED, CNF_ENCRYPTED };
    for (uint32_t i = 0; name != NULL && i < COUNT_OF(security_names); i++) {
        if (strcmp(name, security_names[i]) == 0)
            return modes[i];
    }
    if (name != NULL)
        args_unknown(L, "phones", "device security mode", name, security_names,
                     COUNT_OF(security_names));
    return CNF_NON_SECURE;
}

/* The list `names` of the table at 2, in memory of Lua. */
static const char *const *read_names(lua_State *L, uint32_t *count)
{
    if (lua_getfield(L, 2, "names") != LUA_TTABLE)
        args_fail(L, "phones: names is a list of device names");
    lua_Unsigned n = lua_rawlen(L, -1);
    if (n == 0 || n > LAB_PHONES_MOST)
        args_fail(L, "phones: names is a list of 1 to %u device names", LAB_PHONES_MOST);
    const char **names = lua_newuserdatauv(L, (size_t)n * sizeof *names, 0);
    for (lua_Unsigned i = 0; i < n; i++) {
        if (lua_rawgeti(L, -2, (lua_Integer)i + 1) != LUA_TSTRING)
            args_fail(L, "phones: names are texts, not %.60s", sandbox_tostring(L, -1));
        char written[DEVICE_NAME];
        if (!device_read_name(view_str(lua_tostring(L, -1)), written))
            args_fail(L,
                      "phones: \"%.40s\" is no device name (1 to 15 letters, digits, '.', '_' or "
                      "'-'; after SEP a MAC address)",
                      lua_tostring(L, -1));
        lua_pop(L, 1);
        names[i] = lua_pushstring(L, written);
        lua_rawseti(L, -3, (lua_Integer)i + 1); /* the list keeps it */
    }
    *count = (uint32_t)n;
    return names; /* list and memory stay on the stack */
}

static uint32_t read_count(lua_State *L)
{
    double count;
    if (!args_field_number(L, 2, "phones", "count", 1, LAB_PHONES_MOST, &count))
        args_fail(L, "phones: count is needed");
    if (count != (double)(uint32_t)count)
        args_fail(L, "phones: count is a whole number, not %.15g", count);
    return (uint32_t)count;
}

/* A load that would change nothing is a slip of the pen. */
static void check_load(lua_State *L, uint8_t model, const char *load)
{
    const char *name = model_table[model].name;
    switch (load == NULL ? LOAD_SAYS : model_by_load(&model, load)) {
    case LOAD_NOTHING:
        args_fail(L,
                  "phones: nothing is known of what loads of a %s do differently: leave load out",
                  name);
        break;
    case LOAD_NO_NUMBER:
        args_fail(L, "phones: there is no release in the load \"%.60s\" (\"SCCP45.9-4-2SR3-1S\")",
                  load);
        break;
    default:
        break;
    }
}

/* Real phones in place of the scenario's: those of the pools that `inventory` names, or all that no
 * other fleet has.  None where it is false, or where the cluster has no file. */
static bool from_inventory(lua_State *L, struct script *s, uint32_t cluster,
                           struct lab_taken *taken)
{
    struct err e = { "" };
    const char *pools = NULL;
    int type = lua_getfield(L, 2, "inventory");
    if (type == LUA_TSTRING)
        pools = args_field_text(L, 2, "phones", "inventory");
    else if (type != LUA_TNIL && (type != LUA_TBOOLEAN || lua_toboolean(L, -1)))
        args_fail(L, "phones: inventory is the name of a device pool, with * at its end, or false");
    if (s->options.inventory == NULL || type == LUA_TBOOLEAN)
        return false;
    if (!s->options.inventory(s->options.inventory_ctx, s->lab, cluster, pools, taken, &e)) {
        mem_free(&sys_mem, taken->others);
        args_fail(L, "phones: %s", e.text);
    }
    return taken->count + taken->other_count > 0;
}

/* Those that somebody said are off boot too, and go off as soon as all is quiet: a phone that is
 * off holds the lists of the day on which it went off, not none. */
static void power_on(struct script *s, uint32_t first, uint32_t count)
{
    char name[DEVICE_NAME];
    uint64_t now_us = lab_now_us(s->lab);
    for (uint32_t i = 0; i < count; i++) {
        lab_power(s->lab, first + i, true, now_us);
        if (s->options.off == NULL)
            continue;
        lab_phone_name(s->lab, first + i, name);
        if (!s->options.off(s->options.off_ctx, name))
            continue;
        script_is_off(s, first + i);
    }
}

/* The new ones first, then those that another cluster has as well. */
static void push_taken(lua_State *L, uint32_t cluster, struct lab_taken *taken)
{
    if (taken->other_count == 0) {
        object_push_fleet(L, cluster, taken->first, taken->count);
    } else {
        struct object_fleet *f =
            object_push_phones(L, cluster, NULL, taken->count + taken->other_count);
        for (uint32_t i = 0; i < taken->count; i++)
            f->phones[i] = taken->first + i;
        memcpy(f->phones + taken->count, taken->others, taken->other_count * sizeof *taken->others);
    }
    mem_free(&sys_mem, taken->others);
}

/*: cluster:node(name)
 *
 *  The node of that name, whatever it is: `hq.backup` is a verb, `hq:node("backup")` a node.
 */
static int cluster_node_named(lua_State *L)
{
    static const char verb[] = "node";
    args_most(L, 2, verb);
    uint32_t number = *(const uint32_t *)object_self(L, OBJECT_CLUSTER, verb), node, count = 0;
    const struct cluster *cl = cluster_at(L, number);
    const char *name = args_text(L, 2, verb, "a name"), *names[CLUSTER_NODES];
    if (cluster_node(cl, name, &node)) {
        object_push_node(L, number, node);
        return 1;
    }
    FOR_EACH_NODE(cl, i)
    names[count++] = cl->nodes[i].disk.name;
    return args_unknown(L, verb, "node", name, names, count);
}

/*: cluster:phones { count = number, model = text, pool = text, security = text, ... }
 *
 *  A fleet of new phones, powered on. `model` is one of the model table ("7965", "8845"); without
 *  `pool` they are in the pool "Default", whose group is all nodes (three at most). `security` is
 *  the device security mode, "non-secure" (the standard), "authenticated" or "encrypted";
 *  `encrypted = true` is TFTP Encrypted Config, `lsc = true` gives each an LSC of this cluster's
 *  CAPF, as old as that is, or `lsc = "2026-03-14 06:00"` one that was issued then; `load` names a
 *  firmware load, and `names` is a list of device names in place of `count`. With `database =
 * false` nobody entered them: they are on the network, and auto-registration may let them in.
 *
 *  With `--inventory` the phones of the cluster's file come in place of these: all that no other
 *  fleet has, or with `inventory = "DP-HQ-*"` those of that device pool, a `*` at its end for
 *  anything; `inventory = false` keeps the fleet as it is written. Each phone of the file must
 *  belong to some fleet in the end (docs/INVENTORY.md). A phone that the file of another cluster
 * has too is one phone: at home in the cluster whose `phones` comes first, in the fleet and in the
 *  database of both.
 *
 *  `phones { file = "cluster.phones.csv" }` are the phones of a file beside the scenario, as they
 *  were found (docs/CLUSTER.md); no other field stands beside it.
 */
static int cluster_phones(lua_State *L)
{
    args_most(L, 2, "phones");
    static const char verb[] = "phones";
    struct script *s = script_of(L);
    uint32_t cluster = self_cluster(L, verb);
    struct lab_taken taken = { 0 };
    struct err e = { "" };
    lua_settop(L, 2);
    args_table(L, 2, verb, phones_keys, COUNT_OF(phones_keys));
    if (lua_getfield(L, 2, "file") != LUA_TNIL)
        return found_phones(L, cluster);
    lua_settop(L, 2);
    struct lab_phones_spec spec = { .model = args_field_text(L, 2, verb, "model") };
    spec.pool = args_field_text(L, 2, verb, "pool");
    spec.load = args_field_text(L, 2, verb, "load");
    spec.security_mode = security_of(L, args_field_text(L, 2, verb, "security"));
    args_field_bool(L, 2, verb, "encrypted", &spec.encrypted);
    bool known = true;
    args_field_bool(L, 2, verb, "database", &known);
    spec.unknown = !known;
    if (lua_getfield(L, 2, "lsc") == LUA_TSTRING)
        spec.lsc = (spec.lsc_s = args_field_date(L, 2, verb, "lsc")) != 0;
    else
        args_field_bool(L, 2, verb, "lsc", &spec.lsc);
    lua_settop(L, 2);
    if (spec.model == NULL)
        return args_fail(L, "phones: model is needed");
    uint8_t model;
    if (!model_find(spec.model, &model))
        return args_no_model(L, verb, spec.model);
    check_load(L, model, spec.load);
    bool named = lua_getfield(L, 2, "names") != LUA_TNIL;
    spec.count = 0;
    if (named && lua_getfield(L, 2, "count") != LUA_TNIL)
        return args_fail(L, "phones: names say how many there are: no count beside them");
    lua_settop(L, 2);
    if (named)
        spec.names = read_names(L, &spec.count);
    else
        spec.count = read_count(L);
    /* A new fleet is told to the driver, which looks at all phones. */
    sandbox_charge(L, 1000 + s->lab->state.phone_count / 4);
    if (!from_inventory(L, s, cluster, &taken)) {
        taken.count = spec.count;
        if (!lab_phones(s->lab, cluster, &spec, &taken.first, &e))
            return args_fail(L, "phones: %s", e.text);
    }
    power_on(s, taken.first, taken.count);
    push_taken(L, cluster, &taken);
    return 1;
}

/*: cluster:group(name, { node, ... })
 *
 *  A CallManager group of one to three nodes, named, in order: `hq.pub` or "pub".
 */
static int cluster_group(lua_State *L)
{
    args_most(L, 3, "group");
    uint32_t cluster = self_cluster(L, "group");
    const char *name = args_text(L, 2, "group", "a name"), *members[CNF_SERVERS];
    struct err e = { "" };
    uint32_t n = object_check_nodes(L, 3, "group", cluster, members, CNF_SERVERS);
    if (!lab_group(script_of(L)->lab, cluster, name, members, n, &e))
        return args_fail(L, "group: %s", e.text);
    return 0;
}

static void add_pool(lua_State *L, uint32_t cluster, const char *name, int group_arg,
                     const char *verb)
{
    struct lab *lab = script_of(L)->lab;
    struct err e = { "" };
    const char *members[CNF_SERVERS];
    bool ok;
    if (lua_type(L, group_arg) == LUA_TSTRING) {
        ok = lab_pool(lab, cluster, name, lua_tostring(L, group_arg), &e);
    } else {
        uint32_t n = object_check_nodes(L, group_arg, verb, cluster, members, CNF_SERVERS);
        ok = lab_pool_of_nodes(lab, cluster, name, members, n, &e);
    }
    if (!ok)
        args_fail(L, "%s: %s", verb, e.text);
}

/*: cluster:pool(name, group)
 *
 *  A device pool with that CallManager group: its name, or a list of nodes, `hq.pub` or "pub".
 *  Equal lists share a group.
 */
static int cluster_pool(lua_State *L)
{
    args_most(L, 3, "pool");
    uint32_t cluster = self_cluster(L, "pool");
    add_pool(L, cluster, args_text(L, 2, "pool", "a name"), 3, "pool");
    return 0;
}

/*: pool { name = text, group = text or { node, ... }, cluster = cluster }
 *
 *  A device pool whose phones use the named CallManager group, or a group of one to three nodes in
 *  this order, which pools with equal lists share. `cluster` may be left out while there is one
 * only.
 */
static int verb_pool(lua_State *L)
{
    args_most(L, 1, "pool");
    static const char *const keys[] = { "name", "group", "cluster" };
    struct lab *lab = script_of(L)->lab;
    uint32_t cluster = 0;
    args_table(L, 1, "pool", keys, COUNT_OF(keys));
    const char *name = args_field_text(L, 1, "pool", "name");
    if (name == NULL)
        return args_fail(L, "pool: name is needed");
    if (lua_getfield(L, 1, "cluster") != LUA_TNIL)
        cluster = object_check_cluster(L, lua_gettop(L), "pool");
    else if (lab->state.cluster_count != 1)
        return args_fail(L, "pool: there are %u clusters: which one? (cluster = ...)",
                         lab->state.cluster_count);
    lua_getfield(L, 1, "group");
    add_pool(L, cluster, name, lua_gettop(L), "pool");
    return 0;
}

/* ---- node ---- */

/*# Nodes
 *
 *  Fields of a node: `name`, `cluster`.
 */

static int node_index(lua_State *L)
{
    const struct object_node *n = luaL_checkudata(L, 1, OBJECT_NODE);
    const char *key = lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : sandbox_tostring(L, 2);
    if (object_method(L, OBJECT_NODE, key))
        return 1;
    if (strcmp(key, "name") == 0) {
        lua_pushstring(L, cluster_at(L, n->cluster)->nodes[n->node].disk.name);
    } else if (strcmp(key, "cluster") == 0) {
        object_push_cluster(L, n->cluster);
    } else {
        return object_no_field(L, OBJECT_NODE, key, NULL, 0);
    }
    return 1;
}

static int node_tostring(lua_State *L)
{
    const struct object_node *n = luaL_checkudata(L, 1, OBJECT_NODE);
    const struct cluster *cl = cluster_at(L, n->cluster);
    lua_pushfstring(L, "node %s of %s", cl->nodes[n->node].disk.name, cl->name);
    return 1;
}

/*: node:certificate(name)
 *
 *  One of the node's own certificates as it is on its disk now, for `upload`. Its fields:
 * `subject`, `issuer`.
 */
static int node_certificate(lua_State *L)
{
    args_most(L, 2, "certificate");
    struct object_node n = self_node(L, "certificate");
    enum own own = (enum own)args_word(L, 2, "certificate", ARG_OWN, "certificate");
    const struct node *node = &cluster_at(L, n.cluster)->nodes[n.node];
    if (node->disk.own[own] == 0)
        return args_fail(L, "certificate: %s has no %s certificate", node->disk.name,
                         own_name(own));
    object_push_cert(L, node->disk.own[own]);
    return 1;
}

#define CLI_LINES 200  /* a command and the answers to what it asks: a certificate is pasted */
#define CLI_COST  1000 /* instructions that it counts as: a certificate may come of it */

/*: node:cli(command, answer...)
 *
 *  Types a command at the node's command line ([SHELL.md](SHELL.md)), and its answers where it asks
 *  back; gives what it printed: `hq.pub:cli("set cert regen TVS", "yes")`. A command that fails is
 *  an error.
 */
static int node_cli(lua_State *L)
{
    struct script *s = script_of(L);
    struct object_node n = self_node(L, "cli");
    const char *lines[CLI_LINES];
    uint32_t count = (uint32_t)lua_gettop(L) - 1;
    struct err e = { "" };
    struct sys_text text;
    if (count == 0 || count > CLI_LINES)
        return args_fail(L, "cli: a command and at most %d answers are expected", CLI_LINES - 1);
    for (uint32_t i = 0; i < count; i++)
        lines[i] = args_text(L, (int)i + 2, "cli", i == 0 ? "a command" : "an answer");
    sandbox_charge(L, CLI_COST);
    if (s->options.cli == NULL)
        return args_fail(L, "cli: nodes have no command line here");
    FILE *out = sys_text_open(&text);
    bool ok = s->options.cli(s->options.cli_ctx, n.cluster, n.node, lines, count, out, &e);
    fclose(out);
    if (ok)
        lua_pushlstring(L, text.p, text.n);
    sys_text_free(&text);
    return ok ? 1 : args_fail(L, "cli: %s: %s", lines[0], e.text);
}

static const luaL_Reg cluster_methods[] = { { "phones", cluster_phones },
                                            { "node", cluster_node_named },
                                            { "group", cluster_group },
                                            { "pool", cluster_pool },
                                            { NULL, NULL } };

static const luaL_Reg node_methods[] = { { "certificate", node_certificate },
                                         { "cli", node_cli },
                                         { NULL, NULL } };

void admin_open(lua_State *L)
{
    static const luaL_Reg cluster_meta[] = { { "__index", cluster_index },
                                             { "__tostring", cluster_tostring },
                                             { "__eq", object_same },
                                             { NULL, NULL } };
    static const luaL_Reg node_meta[] = { { "__index", node_index },
                                          { "__tostring", node_tostring },
                                          { "__eq", object_same },
                                          { NULL, NULL } };
    object_open(L, OBJECT_CLUSTER, cluster_methods, cluster_meta);
    object_open(L, OBJECT_NODE, node_methods, node_meta);
    lua_pushcfunction(L, verb_pool);
    lua_setglobal(L, "pool");
}
