/* Acts in words and back. */
#include "nodes/acts_impl.h"
#include "nodes/capf.h"
#include "nodes/cluster.h"
#include "nodes/certs.h"
#include "nodes/config.h"
#include "nodes/network.h"
#include "nodes/settings.h"

#include "sim/base/near.h"
#include "sim/core/mic.h"
#include "sim/wire/shown.h"

#include <stdio.h>
#include <string.h>

/* Arguments by name where there are many. */
static bool named(const struct act_row *row)
{
    return row->args[2].type != ARG_NONE || row->args[0].type == ARG_SPAN ||
           row->args[0].type == ARG_GROUP || row->args[0].type == ARG_PORT;
}

/* ---- words ---- */

#define COUNT(table) (sizeof table / sizeof table[0])

static const char *const powers[] = { "off", "on" };
static const char *const flags[] = { "no", "yes" };
static const char everybody[] = "everybody"; /* ARG_SITE */
static const char *const spreads[] = { "self", "multi-server" };
static const char *const tasks[] = { [CLIENT_MIXED] = "mixed-mode",
                                     [CLIENT_NON_SECURE] = "non-secure-mode",
                                     [CLIENT_UPDATE] = "update" };
static const char *const securities[] = { "non-secure", "authenticated", "encrypted" };
static const char *const keys[] = {
    [KEY_DIRECTORIES] = "Directories", [KEY_SERVICES] = "Services"
};

_Static_assert(OWNS <= ACT_WORDS && SERVICES <= ACT_WORDS && STORES <= ACT_WORDS &&
                   PARAMS <= ACT_WORDS,
               "act_words() has room for every set");

#define LIST(table)                                                                                \
    {                                                                                              \
        table, COUNT(table)                                                                        \
    }

/* Those that no other table has. */
static const struct {
    const char *const *words;
    uint32_t count;
} listed[ARG_TYPES] = {
    [ARG_FLAG] = LIST(flags),          [ARG_POWER] = LIST(powers),   [ARG_KEY] = LIST(keys),
    [ARG_SECURITY] = LIST(securities), [ARG_SPREAD] = LIST(spreads), [ARG_TASK] = LIST(tasks),
};

uint32_t act_words(enum arg_type type, const char *words[ACT_WORDS])
{
    uint32_t n = 0;
    switch (type) {
    case ARG_OWN:
        for (; n < OWNS; n++)
            words[n] = own_name((enum own)n);
        break;
    case ARG_SERVICE:
        for (; n < SERVICES; n++)
            words[n] = service_name((enum service)n);
        break;
    case ARG_STORE: /* trust stores alone */
        for (int i = STORE_OWN + 1; i < STORES; i++)
            words[n++] = store_name((enum store)i);
        break;
    case ARG_PARAM:
        for (; n < PARAMS; n++)
            words[n] = param_table[n].name;
        break;
    case ARG_SETTING:
        for (; n < SETTINGS; n++)
            words[n] = setting_table[n].name;
        break;
    case ARG_KEY_TYPE:
        words[n++] = "standard";
        for (; n <= KEY_TYPES; n++)
            words[n] = key_type_name((enum key_type)(n - 1));
        break;
    case ARG_PORT:
        for (; n < PORTS; n++)
            words[n] = port_kinds[n].name;
        break;
    case ARG_MIC_CA:
        for (; n < MIC_CAS; n++)
            words[n] = mic_cas[n].name;
        break;
    case ARG_CAPF_MODE:
        for (; n < ACT_CAPF_MODES; n++)
            words[n] = capf_mode_name(acts_capf_mode(n));
        break;
    case ARG_BULK:
        for (; n < BULK_UNITS; n++)
            words[n] = bulk_unit_name((enum bulk_unit)n);
        break;
    default:
        for (; n < listed[type].count; n++)
            words[n] = listed[type].words[n];
    }
    return n;
}

bool act_word(const char *text, enum arg_type type, uint64_t *value)
{
    const char *words[ACT_WORDS];
    enum own own;
    enum service service;
    enum store store;
    enum param param;
    enum port port;
    switch (type) {
    case ARG_OWN:
        return own_find(text, &own) && (*value = own, true);
    case ARG_SERVICE:
        return service_find(text, &service) && (*value = service, true);
    case ARG_STORE:
        return store_find(text, &store) && (*value = store, true);
    case ARG_PARAM:
        return param_find(text, &param) && (*value = param, true);
    case ARG_PORT:
        return port_find(text, &port) && (*value = port, true);
    default:
        break;
    }
    for (uint32_t i = act_words(type, words); i-- > 0;) {
        if (strcmp(text, words[i]) == 0) {
            *value = i;
            return true;
        }
    }
    return false;
}

/* ---- printing ---- */

static void print_cert(const struct content *c, uint32_t cert, char *out, size_t room)
{
    const struct ct_cert *k = content_get_cert(c, cert);
    struct view serial = content_get_text(c, k->serial);
    struct view cn = certs_common_name(c, cert);
    char name[ACT_TEXT];
    size_t n = (size_t)snprintf(out, room, "%s/", shown_text(name, sizeof name, cn));
    for (size_t i = 0; i < serial.n && n + 3 < room; i++)
        n += (size_t)snprintf(out + n, room - n, "%02X", serial.p[i]);
}

/* Where the type has words. */
static bool print_word(enum arg_type type, uint64_t v, char *out, size_t room)
{
    const char *words[ACT_WORDS];
    uint32_t count = act_words(type, words);
    if (count > 0)
        snprintf(out, room, "%s", v < count ? words[v] : "?");
    return count > 0;
}

static void print_arg(const struct cluster *cl, enum arg_type type, uint64_t v, char *out,
                      size_t room)
{
    unsigned long long number = v;
    switch (type) {
    case ARG_STORE:
        snprintf(out, room, "%s", store_name((enum store)v));
        break;
    case ARG_CERT:
    case ARG_TOKEN:
        if (v == 0)
            snprintf(out, room, "none");
        else if (v >> 63 != 0)
            snprintf(out, room, "%s of %s", own_name((enum own)(v & 0xff)),
                     cl->nodes[v >> 8 & 0xff].disk.name);
        else
            print_cert(cl->env->content, (uint32_t)v, out, room);
        break;
    case ARG_TIME:
        snprintf(out, room, "%lluus", number);
        break;
    case ARG_SECONDS:
    case ARG_SPAN:
        snprintf(out, room, "%llus", number);
        break;
    case ARG_PPM:
        snprintf(out, room, "%lluppm", number);
        break;
    case ARG_VERSION:
        snprintf(out, room, "%s", version_table[v].name);
        break;
    case ARG_NTH:
        snprintf(out, room, "%llu", number == 0 ? 1 : number);
        break;
    case ARG_STRING:
        snprintf(out, room, "%s", v == 0 ? "none" : content_get_str(cl->env->content, (uint32_t)v));
        break;
    case ARG_TEXT:
        snprintf(out, room, "%s", content_get_str(cl->env->content, (uint32_t)v));
        break;
    case ARG_SITE:
        snprintf(out, room, "%s",
                 v == 0 ? everybody : content_get_str(cl->env->content, (uint32_t)v));
        break;
    case ARG_YEARS:
        snprintf(out, room, "%lluy", number);
        break;
    case ARG_ADDRESS:
    case ARG_SERVER:
        if (v == 0)
            snprintf(out, room, "none");
        else
            snprintf(out, room, "%llu.%llu.%llu.%llu", number >> 24, number >> 16 & 255,
                     number >> 8 & 255, number & 255);
        break;
    case ARG_POOL: /* a restore may have taken it out of the database */
        snprintf(out, room, "%s", v < cl->db.pool_count ? cl->db.pools[v].name : "?");
        break;
    case ARG_GROUP:
        snprintf(out, room, "%s", v < cl->db.group_count ? cl->db.groups[v].name : "?");
        break;
    case ARG_NODE:
        snprintf(out, room, "%s", v == 0 ? "none" : cl->nodes[v - 1].disk.name);
        break;
    default:
        if (!print_word(type, v, out, room))
            snprintf(out, room, "%llu", number);
    }
}

/* With what it is about, which may stand before it. */
static void print_one(const struct cluster *cl, const struct act *act, uint32_t i, char *out,
                      size_t room)
{
    enum arg_type type = (enum arg_type)act_table[act->kind]->args[i].type;
    if (type == ARG_CHOICE)
        setting_print(cl, (enum setting)act->arg[i - 1], act->arg[i], out, room);
    else
        print_arg(cl, type, act->arg[i], out, room);
}

void act_print(const struct cluster *cl, const struct act *act, char out[ACT_TEXT])
{
    const struct act_row *row = act_table[act->kind];
    size_t n = (size_t)snprintf(out, ACT_TEXT, "%s", row->name);
    for (uint32_t i = 0; i < act_arg_count((enum act_kind)act->kind) && n + 1 < ACT_TEXT; i++) {
        n += (size_t)snprintf(out + n, ACT_TEXT - n, " %s%s", named(row) ? row->args[i].name : "",
                              named(row) ? "=" : "");
        print_one(cl, act, i, out + n, ACT_TEXT - n);
        n += strlen(out + n);
    }
}

void act_print_arg(const struct cluster *cl, const struct act *act, uint32_t i, char out[ACT_TEXT])
{
    print_one(cl, act, i, out, ACT_TEXT);
}

/* ---- parsing ---- */

static bool parse_number(const char *text, const char *unit, uint64_t *v)
{
    uint64_t n = 0;
    const char *p = text;
    for (; *p >= '0' && *p <= '9'; p++) {
        uint64_t digit = (uint64_t)(*p - '0');
        if (n > (UINT64_MAX - digit) / 10)
            return false;
        n = n * 10 + digit;
    }
    *v = n;
    return p != text && strcmp(p, unit) == 0;
}

static bool parse_server(const char *text, uint64_t *v)
{
    uint64_t ip = 0;
    const char *p = text;
    for (int i = 0; i < 4; i++) {
        char part[4] = "";
        size_t n = strcspn(p, ".");
        uint64_t number;
        if (n == 0 || n > 3 || (i < 3) != (p[n] == '.'))
            return false;
        memcpy(part, p, n);
        if (!parse_number(part, "", &number) || number > 255)
            return false;
        ip = ip << 8 | number;
        p += n + (i < 3);
    }
    *v = ip;
    return true;
}

static bool is_cert(const struct content *c, uint32_t id, const char *text)
{
    char other[ACT_TEXT];
    if (content_kind(c, id) != CT_CERT)
        return false;
    print_cert(c, id, other, sizeof other);
    return strcmp(other, text) == 0;
}

/* "CAPF of pub" */
static bool parse_own_cert(const struct cluster *cl, const char *text, uint64_t *v)
{
    char name[ACT_TEXT];
    FOR_EACH_NODE(cl, node)
    {
        for (int own = 0; own < OWNS; own++) {
            snprintf(name, sizeof name, "%s of %s", own_name((enum own)own),
                     cl->nodes[node].disk.name);
            *v = CERT_OWN_NOW(node, own);
            if (strcmp(name, text) == 0)
                return true;
        }
    }
    return false;
}

/* A certificate by what print_cert() wrote: one of the cluster's own first, for a fork may have
 * made the same one at another time; then whatever the lab knows. */
static bool parse_cert(const struct cluster *cl, const char *text, uint64_t *v)
{
    const struct content *c = cl->env->content;
    if (parse_own_cert(cl, text, v))
        return true;
    for (uint32_t i = cl->db.row_count; i-- > 0;) {
        *v = cl->db.rows[i].cert;
        if (is_cert(c, cl->db.rows[i].cert, text))
            return true;
    }
    for (uint32_t id = 1; id < c->count; id++) {
        *v = id;
        if (is_cert(c, id, text))
            return true;
    }
    return false;
}

bool act_parse_arg(const struct cluster *cl, enum arg_type type, const char *text, uint64_t *v)
{
    const char *words[ACT_WORDS];
    const struct version *version;
    uint16_t pool;
    uint32_t node;
    switch (type) {
    case ARG_VERSION:
        version = version_find(text);
        for (*v = 0; *v < version_count && &version_table[*v] != version;)
            ++*v;
        return *v < version_count; /* what is no CUCM of these days is in no row */
    case ARG_STRING:
        *v = strcmp(text, "none") == 0 ? 0 : content_str(cl->env->content, text);
        return true;
    case ARG_TEXT:
        *v = content_str(cl->env->content, text);
        return true;
    case ARG_SITE:
        *v = strcmp(text, everybody) == 0 ? 0 : content_str(cl->env->content, text);
        return true;
    case ARG_ADDRESS:
        return parse_server(text, v);
    case ARG_YEARS:
        return parse_number(text, "y", v);
    case ARG_CERT:
        return parse_cert(cl, text, v);
    case ARG_TOKEN:
        return strcmp(text, "none") == 0 ? (*v = 0, true) : parse_cert(cl, text, v);
    case ARG_TIME:
        return parse_number(text, "us", v);
    case ARG_SECONDS:
    case ARG_SPAN:
        return parse_number(text, "s", v);
    case ARG_PPM:
        return parse_number(text, "ppm", v);
    case ARG_SERVER:
        return strcmp(text, "none") == 0 ? (*v = 0, true) : parse_server(text, v);
    case ARG_POOL:
        return config_find_pool(cl, text, &pool) && (*v = pool, true);
    case ARG_GROUP:
        return config_find_group(cl, text, &pool) && (*v = pool, true);
    case ARG_NODE:
        return strcmp(text, "none") == 0 ? (*v = 0, true)
                                         : cluster_node(cl, text, &node) && (*v = node + 1, true);
    default:
        return act_words(type, words) > 0 ? act_word(text, type, v) : parse_number(text, "", v);
    }
}

/* The row of this scope whose name the text begins with; `rest` is what follows. */
static bool parse_name(enum act_scope scope, const char *text, enum act_kind *kind,
                       const char **rest)
{
    for (int i = 0; i < ACTS; i++) {
        size_t n = strlen(act_table[i]->name);
        if (act_table[i]->scope != scope || strncmp(text, act_table[i]->name, n) != 0 ||
            (text[n] != ' ' && text[n] != '\0'))
            continue;
        *kind = (enum act_kind)i;
        *rest = text + n + strspn(text + n, " ");
        return true;
    }
    return false;
}

/* How long the i-th argument is: the last may hold blanks, and so may one that others follow by
 * name. */
static size_t arg_length(const struct act_row *row, uint32_t i, uint32_t count, const char *rest)
{
    char name[ACT_TEXT];
    if (i + 1 == count)
        return strlen(rest);
    snprintf(name, sizeof name, " %s=", row->args[i + 1].name);
    const char *next = named(row) ? strstr(rest, name) : NULL;
    return next != NULL ? (size_t)(next - rest) : strcspn(rest, " ");
}

static bool parse_one(const struct cluster *cl, struct act *act, uint32_t i, const char *text)
{
    enum arg_type type = (enum arg_type)act_table[act->kind]->args[i].type;
    if (type == ARG_CHOICE)
        return setting_parse(cl, (enum setting)act->arg[i - 1], text, &act->arg[i]);
    return act_parse_arg(cl, type, text, &act->arg[i]);
}

static bool no_act(enum act_scope scope, const char *text, struct err *e)
{
    char hint[NEAR_ROOM], word[NEAR_ROOM];
    snprintf(word, sizeof word, "%.*s", (int)strcspn(text, " "), text);
    struct near near = near_of(word);
    for (int i = 0; i < ACTS; i++) {
        if (act_table[i]->scope == scope)
            near_try(&near, act_table[i]->name);
    }
    return err_set(e, "no such act: \"%.80s\"%s (`cucmlab acts` shows them)", text,
                   near_text(&near, hint));
}

/* With the words that it may be, where a list has them all. */
static bool no_argument(const struct act_row *row, uint32_t i, const char *value, struct err *e)
{
    char hint[NEAR_ROOM] = "", list[NEAR_LIST];
    const char *words[ACT_WORDS];
    uint32_t count = act_words((enum arg_type)row->args[i].type, words);
    struct near near = near_of(value);
    for (uint32_t k = 0; k < count; k++)
        near_try(&near, words[k]);
    if (value[0] == '\0' && count == 0)
        return err_set(e, "%s: its %s is missing (`cucmlab acts` shows all)", row->name,
                       row->args[i].name);
    return err_set(e, "%s: \"%.80s\" is no %s%s%s%s%s", row->name, value, row->args[i].name,
                   count == 0 ? "" : " (", count == 0 ? "" : near_list(words, count, list),
                   count == 0 ? "" : ")", near_text(&near, hint));
}

bool act_parse(const struct cluster *cl, enum act_scope scope, uint32_t node, const char *text,
               struct act *act, struct err *e)
{
    enum act_kind kind;
    const char *rest;
    if (!parse_name(scope, text, &kind, &rest))
        return no_act(scope, text, e);
    const struct act_row *row = act_table[kind];
    *act = (struct act){ .kind = (uint8_t)kind, .node = (uint8_t)node };
    uint32_t count = act_arg_count(kind);
    for (uint32_t i = 0; i < count; i++) {
        char word[ACT_TEXT] = "";
        size_t n = arg_length(row, i, count, rest);
        if (n < sizeof word)
            memcpy(word, rest, n);
        rest += n + strspn(rest + n, " ");
        const char *value = word;
        size_t name = strlen(row->args[i].name);
        if (named(row) && strncmp(word, row->args[i].name, name) == 0 && word[name] == '=')
            value = word + name + 1;
        if (!parse_one(cl, act, i, value))
            return no_argument(row, i, value, e);
    }
    return *rest == '\0' || err_set(e, "%s: \"%.80s\" is too much", row->name, rest);
}
