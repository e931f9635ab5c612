/* The verbs that are acts: each row of the table of acts (nodes/acts.h) is one, read by its typed
 * arguments and done, by one function for all of them. */
#include "sim/script/impl.h"

#include "nodes/settings.h"

#include <string.h>

#define ACT_COST   100 /* instructions that an act counts as */
#define PHONE_COST 5   /* and each phone that it is done to */

#define REPEATED_MOST 64         /* of one call: more make no sense */
#define TIME_MOST_US  600000000u /* of a link */

static const char *const objects[] = {
    [ON_NODE] = OBJECT_NODE, [ON_CLUSTER] = OBJECT_CLUSTER, [ON_PHONES] = OBJECT_FLEET
};

/* One call: the act that is being read. */
struct call {
    lua_State *L;
    const char *verb;
    const struct act_row *row;
    uint32_t cluster; /* where it is done */
    struct act act;   /* with the standard value where an argument may be left out */
};

/* ---- arguments: each is read from the stack at `at`, fields from the table there ---- */

static uint64_t read_word(const struct call *c, uint32_t i, int at)
{
    enum arg_type type = (enum arg_type)c->row->args[i].type;
    return args_word(c->L, at, c->verb, type, act_forms[type].noun);
}

/* One that may be left out. */
static uint64_t read_choice(const struct call *c, uint32_t i, int at)
{
    return lua_isnoneornil(c->L, at) ? c->act.arg[i] : read_word(c, i, at);
}

static uint64_t read_nth(const struct call *c, uint32_t i, int at)
{
    if (lua_isnoneornil(c->L, at))
        return c->act.arg[i];
    int is_number;
    lua_Integer nth = lua_tointegerx(c->L, at, &is_number);
    if (lua_type(c->L, at) != LUA_TNUMBER || !is_number || nth < 1 || nth > 1000)
        args_fail(c->L, "%s: %s is a whole number from 1 to 1000", c->verb, c->row->args[i].name);
    return (uint64_t)nth;
}

/* "a name", "an address". */
static const char *named(const char *noun, char out[40])
{
    snprintf(out, 40, "%s %.30s", strchr("aeiou", noun[0]) != NULL ? "an" : "a", noun);
    return out;
}

static uint64_t read_text(const struct call *c, uint32_t i, int at)
{
    char what[40];
    const char *text = args_text(c->L, at, c->verb, named(c->row->args[i].name, what));
    if (strlen(text) > ACT_LETTERS)
        args_fail(c->L, "%s: at most %d letters", c->verb, ACT_LETTERS);
    return content_str(script_of(c->L)->lab->base->content, text);
}

/* The name of a site; nothing said: everybody. */
static uint64_t read_site(const struct call *c, uint32_t i, int at)
{
    const char *name = args_field_text(c->L, at, c->verb, c->row->args[i].name);
    if (name == NULL)
        return c->act.arg[i];
    if (strlen(name) >= CLUSTER_NAME)
        args_fail(c->L, "%s: at most %d letters", c->verb, CLUSTER_NAME - 1);
    uint64_t site = 0;
    (void)act_parse_arg(&script_of(c->L)->lab->state.clusters[c->cluster], ARG_SITE, name, &site);
    sites_said(c->L, (uint32_t)site, c->verb);
    return site;
}

static uint64_t read_port(const struct call *c, uint32_t i, int at)
{
    int type = lua_getfield(c->L, at, c->row->args[i].name);
    if (type == LUA_TNUMBER)
        (void)lua_tostring(c->L, -1); /* 2445 is as good as "2445" */
    return args_word(c->L, lua_gettop(c->L), c->verb, ARG_PORT, act_forms[ARG_PORT].noun);
}

/* What the row says about it: an address, a version. */
static uint64_t read_parsed(const struct call *c, uint32_t i, int at)
{
    const struct cluster *cl = &script_of(c->L)->lab->state.clusters[c->cluster];
    char what[40];
    const char *text = args_text(c->L, at, c->verb, named(c->row->args[i].name, what));
    uint64_t value = 0;
    enum arg_type type = (enum arg_type)c->row->args[i].type;
    if (act_parse_arg(cl, type, text, &value))
        return type == ARG_ADDRESS ? lab_address(script_of(c->L)->lab, (uint32_t)value) : value;
    if (type == ARG_VERSION)
        args_no_version(c->L, c->verb, text, false);
    args_fail(c->L, "%s: \"%.60s\" is no %s, %s", c->verb, text, c->row->args[i].name,
              act_forms[type].doc);
    return 0;
}

static uint64_t read_years(const struct call *c, uint32_t i, int at)
{
    if (lua_isnoneornil(c->L, at))
        return c->act.arg[i];
    int is_number;
    lua_Integer years = lua_tointegerx(c->L, at, &is_number);
    if (lua_type(c->L, at) != LUA_TNUMBER || !is_number || years < 1 || years > 100)
        args_fail(c->L, "%s: %s is 1 to 100 years, as a number", c->verb, c->row->args[i].name);
    return (uint64_t)years;
}

static uint64_t read_cert(const struct call *c, uint32_t i, int at)
{
    (void)i;
    return object_check_cert(c->L, at, c->verb);
}

/* One that may be left out. */
static uint64_t read_token(const struct call *c, uint32_t i, int at)
{
    return lua_isnoneornil(c->L, at) ? 0 : read_cert(c, i, at);
}

/* Of the parameter before it. */
static uint64_t read_value(const struct call *c, uint32_t i, int at)
{
    return args_fact(c->L, at, c->verb, &param_table[c->act.arg[i - 1]]);
}

/* Of the setting before it. */
static uint64_t read_setting_value(const struct call *c, uint32_t i, int at)
{
    const struct cluster *cl = &script_of(c->L)->lab->state.clusters[c->cluster];
    enum setting s = (enum setting)c->act.arg[i - 1];
    const struct setting_row *row = &setting_table[s];
    uint64_t value = 0;
    if (lua_isboolean(c->L, at) && row->count == 2)
        return (uint64_t)lua_toboolean(c->L, at);
    const char *text = args_text(c->L, at, c->verb, "a value");
    if (setting_parse(cl, s, text, &value))
        return value;
    if (row->words != NULL)
        args_unknown(c->L, c->verb, row->name, text, row->words, row->count);
    struct err e = { "" };
    if (s == SETTING_POOL && !config_no_pool(cl, text, &e))
        args_fail(c->L, "%s: %s", c->verb, e.text);
    args_fail(c->L, "%s: \"%.60s\" is no %s", c->verb, text, row->name);
    return 0;
}

static uint64_t read_time(const struct call *c, uint32_t i, int at)
{
    uint64_t us = c->act.arg[i];
    args_field_time(c->L, at, c->verb, c->row->args[i].name, &us);
    if (us > TIME_MOST_US)
        args_fail(c->L, "%s: %s is at most 10m", c->verb, c->row->args[i].name);
    return us;
}

static uint64_t read_ppm(const struct call *c, uint32_t i, int at)
{
    double share;
    if (!args_field_number(c->L, at, c->verb, c->row->args[i].name, 0, 1, &share))
        return c->act.arg[i];
    uint64_t ppm = (uint64_t)(share * 1e6 + 0.5);
    /* Rounding makes neither nothing nor everything of a share. */
    if (share > 0 && ppm == 0)
        return 1;
    return share < 1 && ppm == 1000000 ? 999999 : ppm;
}

static uint64_t read_number(const struct call *c, uint32_t i, int at)
{
    double number;
    bool given = args_field_number(c->L, at, c->verb, c->row->args[i].name, 0, 4e9, &number);
    if (given && number != (double)(uint64_t)number)
        args_fail(c->L, "%s: %s is a whole number, not %.15g", c->verb, c->row->args[i].name,
                  number);
    return given ? (uint64_t)number : c->act.arg[i];
}

static uint64_t read_seconds(const struct call *c, uint32_t i, int at)
{
    (void)i;
    return args_fact(c->L, at, c->verb, &param_table[PARAM_TVS_TTL_S]);
}

static uint64_t read_span(const struct call *c, uint32_t i, int at)
{
    uint64_t us = 0;
    args_field_time(c->L, at, c->verb, c->row->args[i].name, &us);
    return us / 1000000;
}

static uint64_t read_flag(const struct call *c, uint32_t i, int at)
{
    bool flag = c->act.arg[i] != 0;
    args_field_bool(c->L, at, c->verb, c->row->args[i].name, &flag);
    return flag;
}

/* Arguments of one name are a list of nodes: this is the i-th of it; false where it is shorter. */
static bool read_listed(const struct call *c, uint32_t i, int at, struct object_node *node)
{
    static const char *const numbers[] = { "one node", "one node or two", "one to three nodes" };
    lua_State *L = c->L;
    const char *name = c->row->args[i].name;
    uint32_t nth = 0, most = 0;
    for (uint32_t k = 0; k < act_arg_count((enum act_kind)c->act.kind); k++) {
        bool same = strcmp(c->row->args[k].name, name) == 0;
        nth += same && k < i;
        most += same;
    }
    if (lua_getfield(L, at, name) == LUA_TTABLE) {
        lua_Unsigned n = lua_rawlen(L, -1);
        if (n < 1 || n > most)
            args_fail(L, "%s: %s is %s", c->verb, name, numbers[most - 1]);
        if (nth >= n)
            return false;
        lua_rawgeti(L, -1, (lua_Integer)nth + 1);
    } else if (nth > 0) {
        return false;
    } else if (lua_isnil(L, -1)) {
        args_fail(L, "%s: %s is needed", c->verb, name);
    }
    *node = object_check_node(L, lua_gettop(L), c->verb);
    return true;
}

static uint64_t read_server(const struct call *c, uint32_t i, int at)
{
    struct object_node node;
    if (!read_listed(c, i, at, &node))
        return 0;
    return script_of(c->L)->lab->state.clusters[node.cluster].nodes[node.node].disk.ip;
}

static uint64_t read_node(const struct call *c, uint32_t i, int at)
{
    struct object_node node;
    if (!read_listed(c, i, at, &node))
        return 0;
    if (node.cluster != c->cluster)
        args_fail(c->L, "%s: %s are nodes of %s", c->verb, c->row->args[i].name,
                  script_of(c->L)->lab->state.clusters[c->cluster].name);
    return node.node + 1;
}

static uint64_t read_group(const struct call *c, uint32_t i, int at)
{
    const struct cluster *cl = &script_of(c->L)->lab->state.clusters[c->cluster];
    const char *name = args_field_text(c->L, at, c->verb, c->row->args[i].name);
    uint16_t group = 0;
    if (name == NULL)
        name = "Default";
    struct err e = { "" };
    if (!config_find_group(cl, name, &group) && !config_no_group(cl, name, &e))
        args_fail(c->L, "%s: %s", c->verb, e.text);
    return group;
}

static uint64_t read_pool(const struct call *c, uint32_t i, int at)
{
    const struct cluster *cl = &script_of(c->L)->lab->state.clusters[c->cluster];
    const char *name = args_field_text(c->L, at, c->verb, c->row->args[i].name);
    uint16_t pool = 0;
    if (name == NULL)
        name = "Default";
    struct err e = { "" };
    if (!config_find_pool(cl, name, &pool) && !config_no_pool(cl, name, &e))
        args_fail(c->L, "%s: %s", c->verb, e.text);
    return pool;
}

static uint64_t read_string(const struct call *c, uint32_t i, int at)
{
    const char *text = args_field_text(c->L, at, c->verb, c->row->args[i].name);
    return text == NULL ? 0 : content_str(script_of(c->L)->lab->base->content, text);
}

/* A word in a field, which may be left out. */
static uint64_t read_field_word(const struct call *c, uint32_t i, int at)
{
    enum arg_type type = (enum arg_type)c->row->args[i].type;
    if (lua_getfield(c->L, at, c->row->args[i].name) == LUA_TNIL)
        return c->act.arg[i];
    return args_word(c->L, lua_gettop(c->L), c->verb, type, act_forms[type].noun);
}

static uint64_t (*const readers[ARG_TYPES])(const struct call *c, uint32_t i, int at) = {
    [ARG_OWN] = read_word,
    [ARG_SERVICE] = read_word,
    [ARG_STORE] = read_word,
    [ARG_PARAM] = read_word,
    [ARG_POWER] = read_word,
    [ARG_KEY] = read_word,
    [ARG_CERT] = read_cert,
    [ARG_VALUE] = read_value,
    [ARG_TIME] = read_time,
    [ARG_PPM] = read_ppm,
    [ARG_NUMBER] = read_number,
    [ARG_FLAG] = read_flag,
    [ARG_SERVER] = read_server,
    [ARG_POOL] = read_pool,
    [ARG_SECONDS] = read_seconds,
    [ARG_SPREAD] = read_choice,
    [ARG_KEY_TYPE] = read_choice,
    [ARG_YEARS] = read_years,
    [ARG_NTH] = read_nth,
    [ARG_TEXT] = read_text,
    [ARG_ADDRESS] = read_parsed,
    [ARG_VERSION] = read_parsed,
    [ARG_SPAN] = read_span,
    [ARG_NODE] = read_node,
    [ARG_GROUP] = read_group,
    [ARG_SETTING] = read_word,
    [ARG_CHOICE] = read_setting_value,
    [ARG_STRING] = read_string,
    [ARG_CAPF_MODE] = read_field_word,
    [ARG_MIC_CA] = read_word,
    [ARG_TASK] = read_word,
    [ARG_TOKEN] = read_token,
    [ARG_BULK] = read_choice,
    [ARG_SECURITY] = read_field_word,
    [ARG_PORT] = read_port,
    [ARG_SITE] = read_site,
};

const struct act_form act_forms[ARG_TYPES] = {
    [ARG_OWN] = { .noun = "certificate", .type = "CertificateName" },
    [ARG_SERVICE] = { .noun = "service",
                      .type = "Service",
                      .others = true,
                      .doc = "with or without \"Cisco\"; \"TVS\" and \"TFTP\" too" },
    [ARG_STORE] = { .noun = "trust store", .type = "TrustStore" },
    [ARG_CERT] = { .noun = "certificate",
                   .type = "Certificate",
                   .doc = "what `node:certificate()` gives" },
    [ARG_PARAM] = { .noun = "parameter",
                    .type = "Parameter",
                    .others = true,
                    .doc =
                        "or its title on the page, \"Prepare Cluster for Rollback to pre 8.0\"" },
    [ARG_VALUE] = { .noun = "value",
                    .type = "boolean|integer|string",
                    .doc = "true or false, a number in the parameter's own unit, or for a time a "
                           "text such as \"10s\"" },
    [ARG_TIME] = { .noun = "time", .type = "Time", .field = true, .optional = true },
    [ARG_PPM] = { .noun = "number", .type = "number", .field = true, .optional = true },
    [ARG_NUMBER] = { .noun = "number", .type = "number", .field = true, .optional = true },
    [ARG_FLAG] = { .noun = "boolean", .type = "boolean", .field = true, .optional = true },
    [ARG_POWER] = { .noun = "state", .type = "PowerState" },
    [ARG_KEY] = { .noun = "key", .type = "Key" },
    [ARG_SERVER] = { .noun = "node or { node, node }",
                     .type = "Node|string|(Node|string)[]",
                     .field = true },
    [ARG_SECONDS] = { .noun = "time",
                      .type = "integer|string",
                      .doc = "whole seconds, or a text such as \"10m\"" },
    [ARG_SPREAD] = { .noun = "distribution", .type = "Distribution", .optional = true },
    [ARG_KEY_TYPE] = { .noun = "type of key", .type = "KeyType", .optional = true },
    [ARG_YEARS] = { .noun = "years", .type = "integer", .optional = true, .doc = "in years" },
    [ARG_SPAN] = { .noun = "time", .type = "Time", .field = true, .optional = true },
    [ARG_TEXT] = { .noun = "text", .type = "string" },
    [ARG_ADDRESS] = { .noun = "address", .type = "string", .doc = "as \"127.0.1.40\" is written" },
    [ARG_NTH] = { .noun = "number",
                  .type = "integer",
                  .optional = true,
                  .doc = "1 where it is left out" },
    [ARG_BULK] = { .noun = "unit",
                   .type = "BulkUnit",
                   .optional = true,
                   .doc = "\"all\" where it is left out" },
    [ARG_SECURITY] = { .noun = "device security mode",
                       .type = "\"non-secure\"|\"authenticated\"|\"encrypted\"",
                       .field = true,
                       .optional = true,
                       .doc = "\"non-secure\" where it is left out" },
    [ARG_VERSION] = { .noun = "version", .type = "Version" },
    [ARG_NODE] = { .noun = "node or { node, node }",
                   .type = "Node|string|(Node|string)[]",
                   .field = true },
    [ARG_SETTING] = { .noun = "setting", .type = "Setting" },
    [ARG_CHOICE] = { .noun = "value",
                     .type = "string|boolean",
                     .doc = "of `pool` a device pool, of `load` a name (\"\": none), of "
                            "`security` \"non-secure\", \"authenticated\" or \"encrypted\", of "
                            "`encrypted` true or false, of `web_access` \"enabled\" or "
                            "\"disabled\", of `urls` \"http\", \"https\" or \"enterprise\" (as "
                            "the cluster's parameter says), of `dot1x` and `vpn` \"enabled\" or "
                            "\"disabled\", of `settings_access` \"enabled\", \"restricted\" or "
                            "\"disabled\"" },
    [ARG_GROUP] = { .noun = "text",
                    .type = "string",
                    .field = true,
                    .optional = true,
                    .doc = "a CallManager group; \"Default\" where it is left out" },
    [ARG_MIC_CA] = { .noun = "CA of MICs", .type = "MicCa" },
    [ARG_STRING] = { .noun = "text", .type = "string", .field = true, .optional = true },
    [ARG_CAPF_MODE] = { .noun = "authentication mode",
                        .type = "AuthenticationMode",
                        .field = true,
                        .optional = true,
                        .doc = "the first where it is left out" },
    [ARG_TASK] = { .noun = "task", .type = "ClientTask" },
    [ARG_TOKEN] = { .noun = "token",
                    .type = "Certificate",
                    .optional = true,
                    .doc = "what `token` gives" },
    [ARG_PORT] = { .noun = "port",
                   .type = "Port",
                   .field = true,
                   .others = true,
                   .doc = "or its number, \"2445\"" },
    [ARG_SITE] = { .noun = "text",
                   .type = "string",
                   .field = true,
                   .optional = true,
                   .doc = "the name of a site; everybody where it is left out" },
    [ARG_POOL] = { .noun = "text",
                   .type = "string",
                   .field = true,
                   .optional = true,
                   .doc = "a device pool of that cluster; \"Default\" where it is left out" },
};

/* ---- the form of a verb ---- */

const char *act_object(const struct act_row *row)
{
    return objects[row->scope];
}

size_t act_verb_length(const struct act_row *row)
{
    return strcspn(row->name, " ");
}

bool act_same_verb(const struct act_row *a, const struct act_row *b)
{
    size_t n = act_verb_length(a);
    return a->scope == b->scope && n == act_verb_length(b) && memcmp(a->name, b->name, n) == 0;
}

enum act_kind act_first(const struct act_row *row)
{
    int i = 0;
    while (!act_same_verb(row, act_table[i]))
        i++;
    return (enum act_kind)i;
}

const char *act_choice(const struct act_row *row)
{
    const char *rest = row->name + act_verb_length(row);
    return *rest == ' ' ? rest + 1 : NULL;
}

bool act_in_fields(const struct act_row *row)
{
    return row->of_cluster || act_forms[row->args[0].type].field;
}

bool act_of_cluster(const struct act_row *row)
{
    return row->of_cluster;
}

bool act_may_name_cluster(const struct act_row *row)
{
    return row->scope == ON_PHONES && act_in_fields(row) && !act_of_cluster(row) &&
           (row->touches & TOUCHES_CONFIG) != 0;
}

bool act_repeats(const struct act_row *row)
{
    return row->scope == ON_NODE && row->args[0].type != ARG_NONE &&
           row->args[1].type == ARG_NONE && !act_in_fields(row);
}

uint32_t act_fields(const struct act_row *row, const char *names[ACT_ARGS + 1])
{
    uint32_t n = 0;
    if (act_of_cluster(row) || act_may_name_cluster(row))
        names[n++] = "cluster";
    for (uint32_t i = 0; i < ACT_ARGS && row->args[i].type != ARG_NONE; i++) {
        if (i == 0 || strcmp(row->args[i].name, row->args[i - 1].name) != 0)
            names[n++] = row->args[i].name;
    }
    return n;
}

/* ---- reading and doing ---- */

/* Whose database it is; of an act that may leave it out, the one that the phones are of. */
static void take_cluster(struct call *c, int at)
{
    bool given = lua_getfield(c->L, at, "cluster") != LUA_TNIL;
    const uint32_t *cluster = luaL_testudata(c->L, -1, OBJECT_CLUSTER);
    if (cluster != NULL)
        c->cluster = *cluster;
    else if (given || act_of_cluster(c->row))
        args_fail(c->L, "%s: cluster = a cluster is expected", c->verb);
}

static void take_args(struct call *c, int at)
{
    const char *names[ACT_ARGS + 1];
    bool fields = act_in_fields(c->row);
    if (fields)
        args_table(c->L, at, c->verb, names, act_fields(c->row, names));
    if (act_of_cluster(c->row) || act_may_name_cluster(c->row))
        take_cluster(c, at);
    for (uint32_t i = 0; i < ACT_ARGS && c->row->args[i].type != ARG_NONE; i++)
        c->act.arg[i] = readers[c->row->args[i].type](c, i, fields ? at : at + (int)i);
}

static int do_acts(const struct call *c, const struct act *acts, uint32_t count)
{
    struct lab *lab = script_of(c->L)->lab;
    struct err e = { "" };
    if (!lab_can(lab, c->cluster, acts, count, &e)) /* all or nothing */
        return args_fail(c->L, "%s: %s", c->verb, e.text);
    for (uint32_t i = 0; i < count; i++) {
        const struct cluster *cl = &lab->state.clusters[c->cluster];
        /* It is tried on a copy, looks at every certificate and tells every phone. */
        sandbox_charge(c->L, ACT_COST + (cl->db.row_count + lab->state.phone_count) / 4);
        script_switch_off(script_of(c->L));
        if (!lab_do(lab, c->cluster, &acts[i], &e))
            return args_fail(c->L, "%s: %s", c->verb, e.text);
    }
    return 0;
}

/* The same act with each of the arguments: regenerate("TVS", "CAPF"). */
static int do_repeated(struct call *c)
{
    struct act acts[REPEATED_MOST];
    int last = lua_gettop(c->L);
    if (last > 1 + REPEATED_MOST)
        return args_fail(c->L, "%s: more than %d arguments", c->verb, REPEATED_MOST);
    uint32_t count = last < 2 ? 1 : (uint32_t)last - 1;
    for (uint32_t i = 0; i < count; i++) {
        take_args(c, 2 + (int)i);
        acts[i] = c->act;
    }
    return do_acts(c, acts, count);
}

static int do_phones(struct call *c, const struct object_fleet *f)
{
    struct lab_whom whom = { f->listed ? f->phones : NULL, f->first, f->count, 0 };
    struct err e = { "" };
    int over = 2 + (int)act_arg_count((enum act_kind)c->act.kind);
    if (c->row->spread && !lua_isnoneornil(c->L, over))
        whom.over_us = args_time(c->L, over, c->verb);
    sandbox_charge(c->L, ACT_COST + PHONE_COST * (uint64_t)f->count);
    script_switch_off(script_of(c->L));
    if (!lab_do_phones(script_of(c->L)->lab, c->cluster, &c->act, &whom, &e))
        return args_fail(c->L, "%s: %s", c->verb, e.text);
    if (c->act.kind == DO_SITE)
        sites_stood(script_of(c->L), (uint32_t)c->act.arg[0]);
    return 0;
}

/* The row of the verb that `first` is a row of: of ctl("update"), "ctl update". */
static enum act_kind chosen(lua_State *L, const char *verb, enum act_kind first)
{
    const char *words[ACTS];
    enum act_kind kinds[ACTS];
    uint32_t n = 0;
    if (act_choice(act_table[first]) == NULL)
        return first;
    for (int i = 0; i < ACTS; i++) {
        if (act_same_verb(act_table[i], act_table[first])) {
            kinds[n] = (enum act_kind)i;
            words[n++] = act_choice(act_table[i]);
        }
    }
    const char *word = args_choice(L, 2, verb, "act", words, n);
    for (uint32_t i = 0; i < n; i++) {
        if (strcmp(words[i], word) == 0)
            return kinds[i];
    }
    args_unknown(L, verb, "act", word, words, n);
    return first;
}

/* Before anything is read: links are as at the start where nothing else is said. */
static struct act standard_act(const struct lab *lab, enum act_kind kind)
{
    struct link link = { .delay_us = 0 };
    if (kind == DO_PHONE_LINK)
        link = (struct link){ .delay_us = lab->state.costs[COST_LINK_DELAY_US],
                              .jitter_us = lab->state.costs[COST_LINK_JITTER_US] };
    if (kind == DO_PHONE_LINK || kind == DO_NODE_LINK)
        return lab_link_act(kind, 0, &link);
    return (struct act){ .kind = (uint8_t)kind };
}

/* Upvalues: the first row of the verb, its name. */
static int verb_act(lua_State *L)
{
    enum act_kind kind = (enum act_kind)lua_tointeger(L, lua_upvalueindex(1));
    struct call c = { .L = L, .verb = lua_tostring(L, lua_upvalueindex(2)) };
    const void *self = object_self(L, act_object(act_table[kind]), c.verb);
    kind = chosen(L, c.verb, kind);
    c.row = act_table[kind];
    c.act = standard_act(script_of(L)->lab, kind);
    int at = act_choice(c.row) == NULL ? 2 : 3;
    if (!act_repeats(c.row))
        args_most(L,
                  (act_in_fields(c.row) ? at : at - 1 + (int)act_arg_count(kind)) + c.row->spread,
                  c.verb);
    if (c.row->scope == ON_PHONES) {
        const struct object_fleet *fleet = self;
        c.cluster = fleet->cluster;
        take_args(&c, at);
        return do_phones(&c, fleet);
    }
    if (c.row->scope == ON_NODE) {
        const struct object_node *node = self;
        c.cluster = node->cluster;
        c.act.node = (uint8_t)node->node;
    } else {
        c.cluster = *(const uint32_t *)self;
    }
    if (act_repeats(c.row))
        return do_repeated(&c);
    take_args(&c, at);
    return do_acts(&c, &c.act, 1);
}

void acts_open(lua_State *L)
{
    for (int i = 0; i < ACTS; i++) {
        const struct act_row *row = act_table[i];
        if (act_first(row) != (enum act_kind)i)
            continue;
        lua_pushlstring(L, row->name, act_verb_length(row));
        lua_pushinteger(L, i);
        lua_pushvalue(L, -2);
        lua_pushcclosure(L, verb_act, 2);
        object_add_method(L, act_object(row));
    }
}
