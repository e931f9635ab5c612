/* A cluster as it was found: `found {}` and `list {}` (docs/CLUSTER.md).  What the table says is
 * read twice: first for the certificates that it names, so that all are there before anybody asks
 * who issued whom, then for what it says of them. */
#include "sim/script/impl.h"

#include "sim/lab_found.h"
#include "sim/wire/text.h"

#include <stdlib.h>
#include <string.h>

#define STORE_MOST   20000 /* rows of trust stores, and of the TVS store */
#define SERVICE_MOST 200   /* of a node */
#define RECORDS_MOST 400   /* of a list */
#define BYTE_COST    4     /* instructions that a byte of a certificate or list counts as */

static const char verb[] = "found";

struct reading {
    lua_State *L;
    struct script *s;
    struct lab *lab;
    const struct cluster *cl;
    uint32_t cluster;
    bool gathers;      /* the first time: certificates alone */
    const char *files; /* "cluster": of cluster.certs; NULL: there are none */
    struct lab_found_cluster out;
    struct lab_found_node *nodes;
};

static void *take(const struct reading *r, size_t n)
{
    return arena_take(lab_found_arena(r->lab), n);
}

static const char *keep(const struct reading *r, const char *text)
{
    return arena_text(lab_found_arena(r->lab), view_str(text));
}

/* ---- certificates and lists by their SHA-256 ---- */

static bool is_sha256(const char *text)
{
    size_t n = strspn(text, "0123456789abcdef");
    return n == LAB_SHA256 && text[n] == '\0';
}

static struct view read_blob(lua_State *L, const char *of, const char *files, const char *sha256,
                             const char *end)
{
    struct script *s = script_of(L);
    char folder[256], name[LAB_SHA256 + 8];
    if (files == NULL) {
        args_fail(L, "%s: files says where certificates and lists lie: files = \"cluster\"", of);
        return view_of(NULL, 0); /* not reached */
    }
    snprintf(folder, sizeof folder, "%.240s.certs", files);
    snprintf(name, sizeof name, "%s%s", sha256, end);
    struct view bytes = folder_read(L, of, folder, name, LAB_FOUND_BYTES, &s->arena);
    sandbox_charge(L, bytes.n * BYTE_COST);
    return bytes;
}

/* Reads it, where nobody did yet. */
static uint32_t load_list(lua_State *L, const char *of, uint32_t cluster, const char *sha256)
{
    struct script *s = script_of(L);
    struct err e = { "" };
    uint32_t list = lab_found_list(s->lab, sha256);
    if (list != 0)
        return list;
    if (!is_sha256(sha256))
        args_fail(L, "%s: a SHA-256 is expected, 64 hexadecimal digits, not \"%.70s\"", of, sha256);
    struct view bytes = read_blob(L, of, s->found_files[cluster], sha256, ".tlv");
    if (!lab_found_add_list(s->lab, sha256, bytes, &e))
        args_fail(L, "%s: %.20s....tlv: %s", of, sha256, e.text);
    return lab_found_list(s->lab, sha256);
}

uint32_t found_list(lua_State *L, const char *of, uint32_t cluster, const char *sha256, bool ctl)
{
    uint32_t list = load_list(L, of, cluster, sha256);
    if (content_get_list(script_of(L)->lab->base->content, list)->is_ctl != ctl)
        args_fail(L, "%s: %.20s....tlv is no %s", of, sha256, ctl ? "CTL" : "ITL");
    return list;
}

/* The text at the top of the stack, which is popped: CT_CERT; 0 while certificates are gathered. */
static uint32_t take_cert(struct reading *r, const char *what)
{
    lua_State *L = r->L;
    struct err e = { "" };
    const char *sha256 = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : "";
    if (!is_sha256(sha256))
        args_fail(L, "%s: %s is a certificate's SHA-256, 64 hexadecimal digits, not %.70s", verb,
                  what, args_given(L, -1));
    if (r->gathers && !lab_found_has_cert(r->lab, sha256)) {
        struct view der = read_blob(L, verb, r->files, sha256, ".der");
        if (!lab_found_add_cert(r->lab, sha256, der, &e))
            args_fail(L, "%s: %.20s....der: %s", verb, sha256, e.text);
    }
    uint32_t cert = r->gathers ? 0 : lab_found_cert(r->lab, sha256);
    lua_pop(L, 1);
    return cert;
}

/* ---- fields ---- */

/* The table in that field of the one at `at`, pushed: its place; 0 and nothing pushed: none. */
static int enter(lua_State *L, int at, const char *key)
{
    int type = lua_getfield(L, at, key);
    if (type == LUA_TNIL) {
        lua_pop(L, 1);
        return 0;
    }
    if (type != LUA_TTABLE)
        args_fail(L, "%s: %s is a table, not %.62s", verb, key, args_given(L, -1));
    return lua_gettop(L);
}

static int64_t date_field(struct reading *r, int at, const char *key)
{
    struct err e = { "" };
    int64_t unix_s = 0;
    const char *text = args_field_text(r->L, at, verb, key);
    if (text != NULL && !lab_found_date(r->lab, text, &unix_s, &e))
        args_fail(r->L, "%s: %.60s: %s", verb, key, e.text);
    return unix_s;
}

static uint8_t told_field(lua_State *L, int at, const char *key)
{
    bool value;
    if (!args_field_bool(L, at, verb, key, &value))
        return LAB_UNTOLD;
    return value ? LAB_YES : LAB_NO;
}

static int compare_texts(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The texts that are keys of the table at `at` (0: of none), in order, in memory of Lua that stays
 * pushed. */
static uint32_t keys_of(lua_State *L, int at, const char *what, const char ***out)
{
    uint32_t n = 0;
    const char **keys = lua_newuserdatauv(L, SERVICE_MOST * sizeof *keys, 0);
    if (at != 0)
        lua_pushnil(L);
    for (; at != 0 && lua_next(L, at) != 0; lua_pop(L, 1)) {
        if (lua_type(L, -2) != LUA_TSTRING)
            args_fail(L, "%s: the fields of %s are names", verb, what);
        if (n == SERVICE_MOST)
            args_fail(L, "%s: more than %d fields in %s", verb, SERVICE_MOST, what);
        keys[n++] = lua_tostring(L, -2);
    }
    qsort(keys, n, sizeof *keys, compare_texts);
    *out = keys;
    return n;
}

/* ---- a node ---- */

static void read_own(struct reading *r, int at, uint32_t certs[OWNS])
{
    const char *names[OWNS];
    for (int own = 0; own < OWNS; own++)
        names[own] = own_name((enum own)own);
    args_table(r->L, at, verb, names, OWNS);
    for (int own = 0; own < OWNS; own++) {
        if (lua_getfield(r->L, at, names[own]) != LUA_TNIL)
            certs[own] = take_cert(r, names[own]);
        else
            lua_pop(r->L, 1);
    }
}

/* A service by its own name or by that of its certificate: "Cisco Tomcat", "TVS", "tomcat". */
static bool find_service(const char *name, enum service *s)
{
    enum own own;
    if (service_find(name, s))
        return true;
    if (!own_find(name, &own))
        return false;
    for (int i = SERVICES - 1; i >= 0; i--) {
        *s = (enum service)i;
        if (service_kinds[i].own == own)
            return true;
    }
    return false;
}

/* With what services work, where it is another certificate than the node's. */
static void read_runs(struct reading *r, int at, struct found_node *node)
{
    lua_State *L = r->L;
    const char **keys;
    uint32_t n = keys_of(L, at, "runs", &keys);
    for (uint32_t i = 0; i < n; i++) {
        enum service s;
        if (!find_service(keys[i], &s) || service_kinds[s].own == OWN_NONE)
            args_fail(L, "%s: runs: no service \"%.60s\" works with a certificate", verb, keys[i]);
        struct found_service *f = &node->services[s];
        bool unknown = lua_getfield(L, at, keys[i]) == LUA_TSTRING &&
                       strcmp(lua_tostring(L, -1), "unknown") == 0;
        if (unknown)
            lua_pop(L, 1);
        else
            f->used = take_cert(r, keys[i]);
        f->unknown = unknown;
    }
    lua_pop(L, 1);
}

/* The word on top of the stack, which is popped. */
static void read_state(lua_State *L, const char *name, uint8_t *state)
{
    static const struct {
        const char *word;
        uint8_t state;
    } words[] = { { "started", FOUND_STARTED },
                  { "stopped", FOUND_STOPPED },
                  { "out of service", FOUND_STOPPED },
                  { "not activated", FOUND_NOT_ACTIVATED } };
    const char *text = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : "";
    *state = FOUND_BY_HABIT;
    for (size_t i = 0; i < COUNT_OF(words); i++) {
        if (strcmp(text, words[i].word) == 0)
            *state = words[i].state;
    }
    if (*state == FOUND_BY_HABIT)
        args_fail(L,
                  "%s: %.60s is \"started\", \"stopped\", \"out of service\" or \"not "
                  "activated\", not %.62s",
                  verb, name, args_given(L, -1));
    lua_pop(L, 1);
}

/* Which are no services of the lab: kept as they are called. */
struct others {
    struct lab_found_service *list; /* NULL while certificates are gathered */
    uint32_t count;
};

static void add_other(struct reading *r, struct others *o, const char *name, uint8_t state,
                      int64_t since_s)
{
    if (o->list != NULL)
        o->list[o->count++] = (struct lab_found_service){ keep(r, name), state, since_s };
}

/* `at`, `since_at`: the tables; 0: there is none. */
static void read_services(struct reading *r, int at, int since_at, struct found_node *node,
                          struct lab_found_node *outside)
{
    lua_State *L = r->L;
    const char **keys, **dates;
    enum service s;
    uint32_t n = keys_of(L, at, "services", &keys), m = keys_of(L, since_at, "since", &dates);
    struct others o = { .list = r->gathers ? NULL : take(r, (n + m + 1) * sizeof *o.list) };
    for (uint32_t i = 0; i < n; i++) {
        uint8_t state;
        lua_getfield(L, at, keys[i]);
        read_state(L, keys[i], &state);
        if (service_find(keys[i], &s))
            node->services[s].state = state;
        else
            add_other(r, &o, keys[i], state, since_at == 0 ? 0 : date_field(r, since_at, keys[i]));
    }
    for (uint32_t i = 0; i < m; i++) {
        int64_t since_s = date_field(r, since_at, dates[i]);
        bool said = at != 0 && lua_getfield(L, at, dates[i]) != LUA_TNIL;
        lua_pop(L, at != 0);
        if (service_find(dates[i], &s))
            node->services[s].since_s = since_s;
        else if (!said)
            add_other(r, &o, dates[i], FOUND_BY_HABIT, since_s);
    }
    outside->services = o.list;
    outside->service_count = o.count;
    lua_pop(L, 2);
}

static void read_lists(struct reading *r, int at, struct found_node *node)
{
    const char *itl = args_field_text(r->L, at, verb, "itl");
    const char *ctl = args_field_text(r->L, at, verb, "ctl");
    if (r->gathers)
        return;
    node->itl = itl == NULL ? 0 : found_list(r->L, verb, r->cluster, itl, false);
    node->ctl = ctl == NULL ? 0 : found_list(r->L, verb, r->cluster, ctl, true);
}

static void read_outside(struct reading *r, int at, struct found_node *node,
                         struct lab_found_node *outside)
{
    static const char *const versions[] = { "1.0", "1.1", "1.2", "1.3" };
    lua_State *L = r->L;
    double replication;
    const char *address = args_field_text(L, at, verb, "address");
    const char *tls = args_field_text(L, at, verb, "tls");
    const char *domain = args_field_text(L, at, verb, "domain");
    if (args_field_number(L, at, verb, "replication", 0, 4, &replication))
        outside->replication = (int8_t)replication;
    for (uint32_t i = 0; tls != NULL && i < COUNT_OF(versions); i++) {
        if (strcmp(tls, versions[i]) == 0)
            outside->tls = (int8_t)i;
    }
    if (tls != NULL && outside->tls < 0)
        args_unknown(L, verb, "TLS version", tls, versions, COUNT_OF(versions));
    outside->fips = told_field(L, at, "fips");
    node->fips = outside->fips == LAB_YES;
    /* 2 is good; 0 and 1 say nothing of what is replicated, 3 and 4 that it is not. */
    node->stopped = outside->replication > 2;
    struct err e = { "" };
    if (domain != NULL && (!cluster_check_name(domain, "domain", &e) ||
                           (domain[0] != '\0' && strlen(domain) >= CLUSTER_NAME)))
        args_fail(L, "%s: %s", verb, e.text[0] == '\0' ? "a domain is too long" : e.text);
    outside->address = address == NULL || r->gathers ? "" : keep(r, address);
    node->domain = domain == NULL || r->gathers ? NULL : keep(r, domain);
}

static void read_node(struct reading *r, uint32_t i, int at)
{
    static const char *const keys[] = { "address", "domain",      "own",   "in_backup",
                                        "runs",    "services",    "since", "itl",
                                        "ctl",     "replication", "fips",  "tls" };
    struct found_node *node = &r->out.model.nodes[i];
    struct lab_found_node *outside = &r->nodes[i];
    lua_State *L = r->L;
    int inner;
    args_table(L, at, verb, keys, COUNT_OF(keys));
    read_outside(r, at, node, outside);
    if ((inner = enter(L, at, "own")) != 0)
        read_own(r, inner, node->own);
    lua_settop(L, at);
    if ((inner = enter(L, at, "in_backup")) != 0)
        read_own(r, inner, node->in_backup);
    lua_settop(L, at);
    if ((inner = enter(L, at, "runs")) != 0)
        read_runs(r, inner, node);
    lua_settop(L, at);
    inner = enter(L, at, "services");
    read_services(r, inner, enter(L, at, "since"), node, outside);
    lua_settop(L, at);
    read_lists(r, at, node);
}

static void read_nodes(struct reading *r, int at)
{
    const char *names[CLUSTER_NODES] = { NULL };
    uint32_t n = 0;
    FOR_EACH_NODE(r->cl, i)
    names[n++] = r->cl->nodes[i].disk.name;
    args_table(r->L, at, verb, names, n);
    for (uint32_t i = 0; i < n; i++) {
        int inner = enter(r->L, at, names[i]);
        if (inner != 0)
            read_node(r, i, inner);
        lua_settop(r->L, at);
    }
}

/* ---- trust stores and the TVS store ---- */

static void read_on(struct reading *r, int at, struct found_trust *t)
{
    const char *names[CLUSTER_NODES];
    uint32_t node;
    lua_State *L = r->L;
    if (lua_getfield(L, at, "on") == LUA_TNIL) {
        lua_pop(L, 1);
        return;
    }
    uint32_t n = args_texts(L, lua_gettop(L), verb, "nodes", names, CLUSTER_NODES);
    t->some = true;
    for (uint32_t i = 0; i < n; i++) {
        if (!cluster_node(r->cl, names[i], &node))
            args_fail(L, "%s: on: no node \"%.60s\"", verb, names[i]);
        t->on[node / 64] |= UINT64_C(1) << node % 64;
    }
    lua_pop(L, 1);
}

/* "<sha256>" or { "<sha256>", on = { "pub" } }, on top of the stack, which is popped. */
static void read_trusted(struct reading *r, enum store store)
{
    lua_State *L = r->L;
    struct found_trust t = { .store = (uint8_t)store };
    if (lua_type(L, -1) == LUA_TTABLE) {
        int at = lua_gettop(L);
        if (lua_rawgeti(L, at, 1) == LUA_TNIL || lua_rawlen(L, at) != 1)
            args_fail(L, "%s: %s: a certificate is expected, { \"<sha256>\", on = { \"%s\" } }",
                      verb, store_name(store), r->cl->nodes[0].disk.name);
        t.cert = take_cert(r, store_name(store));
        read_on(r, at, &t);
        lua_pop(L, 1);
    } else {
        t.cert = take_cert(r, store_name(store));
    }
    if (!r->gathers)
        r->out.model.trust[r->out.model.trust_count++] = t;
}

static void read_trust(struct reading *r, int at)
{
    lua_State *L = r->L;
    const char *names[STORES];
    lua_Unsigned total = 0;
    for (int s = STORE_OWN + 1; s < STORES; s++)
        names[s - 1] = store_name((enum store)s);
    args_table(L, at, verb, names, STORES - 1);
    for (int s = 0; s < STORES - 1; s++) {
        int inner = enter(L, at, names[s]);
        total += inner == 0 ? 0 : lua_rawlen(L, inner);
        lua_settop(L, at);
    }
    if (total > STORE_MOST)
        args_fail(L, "%s: more than %d certificates in trust stores", verb, STORE_MOST);
    if (!r->gathers)
        r->out.model.trust = take(r, (size_t)total * sizeof *r->out.model.trust);
    r->out.model.trust_told = true;
    for (int s = STORE_OWN + 1; s < STORES; s++) {
        int inner = enter(L, at, names[s - 1]);
        lua_Unsigned n = inner == 0 ? 0 : lua_rawlen(L, inner);
        for (lua_Unsigned i = 0; i < n; i++) {
            lua_rawgeti(L, inner, (lua_Integer)i + 1);
            read_trusted(r, (enum store)s);
        }
        lua_settop(L, at);
    }
}

/* Roles as AXL has them (XTrustRole), and as lists have them. */
static uint32_t roles_at(lua_State *L, int at)
{
    static const struct {
        const char *word;
        uint8_t role;
    } words[] = { { "SAST", TL_SAST },
                  { "CallManager", TL_CCM },
                  { "CallManagerTFTP", TL_CCM_TFTP },
                  { "CCM+TFTP", TL_CCM_TFTP },
                  { "TFTP", TL_TFTP },
                  { "CAPF", TL_CAPF },
                  { "Application Server", TL_APP_SERVER },
                  { "TVS", TL_TVS } };
    const char *names[64];
    uint32_t roles = 0;
    if (lua_getfield(L, at, "roles") == LUA_TNIL) {
        lua_pop(L, 1);
        return 0;
    }
    uint32_t n = args_texts(L, lua_gettop(L), verb, "roles", names, COUNT_OF(names));
    for (uint32_t i = 0; i < n; i++) {
        for (size_t k = 0; k < COUNT_OF(words); k++) /* others no phone asks for */
            roles |= strcmp(names[i], words[k].word) == 0 ? ROLE_BIT(words[k].role) : 0;
    }
    lua_pop(L, 1);
    return roles;
}

static void read_tvs(struct reading *r, int at)
{
    lua_State *L = r->L;
    lua_Unsigned n = lua_rawlen(L, at);
    if (n > STORE_MOST)
        args_fail(L, "%s: more than %d certificates in tvs", verb, STORE_MOST);
    if (!r->gathers)
        r->out.model.tvs = take(r, (size_t)n * sizeof *r->out.model.tvs);
    for (lua_Unsigned i = 0; i < n; i++) {
        struct found_tvs t = { .cert = 0 };
        double ttl;
        if (lua_rawgeti(L, at, (lua_Integer)i + 1) != LUA_TTABLE)
            args_fail(L, "%s: tvs has tables, { \"<sha256>\", ttl = 86400 }, not %.62s", verb,
                      args_given(L, -1));
        int inner = lua_gettop(L);
        lua_rawgeti(L, inner, 1);
        t.cert = take_cert(r, "tvs");
        t.has_ttl = args_field_number(L, inner, verb, "ttl", 0, UINT32_MAX, &ttl);
        t.ttl_s = t.has_ttl ? (uint32_t)ttl : 0;
        t.roles = roles_at(L, inner);
        if (!r->gathers)
            r->out.model.tvs[r->out.model.tvs_count++] = t;
        lua_settop(L, at);
    }
}

/* ---- the whole ---- */

static void read_parameters(struct reading *r, int at)
{
    const char *names[2 * PARAMS];
    uint32_t count = 0;
    for (int p = 0; p < PARAMS; p++) {
        names[count++] = param_table[p].name;
        if (param_table[p].title != NULL)
            names[count++] = param_table[p].title;
    }
    args_table(r->L, at, verb, names, count);
    for (uint32_t i = 0; i < count; i++) {
        enum param p;
        if (lua_getfield(r->L, at, names[i]) != LUA_TNIL && param_find(names[i], &p)) {
            r->out.params[p] = args_fact(r->L, lua_gettop(r->L), verb, &param_table[p]);
            r->out.params_told[p / 64] |= UINT64_C(1) << p % 64;
        }
        lua_settop(r->L, at);
    }
}

static void read_backup(struct reading *r)
{
    const char *text = args_field_text(r->L, 1, verb, "backup");
    if (text == NULL)
        return;
    r->out.backup = strcmp(text, "none") == 0 ? LAB_NO : LAB_YES;
    if (r->out.backup == LAB_YES)
        r->out.backup_s = date_field(r, 1, "backup");
}

static void read_all(struct reading *r)
{
    lua_State *L = r->L;
    int inner;
    struct found_node *nodes = r->out.model.nodes;
    r->out = (struct lab_found_cluster){ .nodes = r->nodes };
    r->out.model.nodes = nodes;
    r->out.model.node_count = r->cl->node_count;
    for (uint32_t i = 0; i < r->cl->node_count; i++) {
        nodes[i] = (struct found_node){ .domain = NULL };
        r->nodes[i] = (struct lab_found_node){ .address = "", .replication = -1, .tls = -1 };
    }
    if ((inner = enter(L, 1, "nodes")) != 0)
        read_nodes(r, inner);
    lua_settop(L, 1);
    if ((inner = enter(L, 1, "trust")) != 0)
        read_trust(r, inner);
    lua_settop(L, 1);
    if ((inner = enter(L, 1, "tvs")) != 0)
        read_tvs(r, inner);
    lua_settop(L, 1);
    if ((inner = enter(L, 1, "parameters")) != 0)
        read_parameters(r, inner);
    lua_settop(L, 1);
    read_backup(r);
    r->out.mixed_mode = told_field(L, 1, "mixed_mode");
    r->out.model.mixed_mode = r->out.mixed_mode == LAB_YES;
    r->out.itlrecovery_saved = told_field(L, 1, "itlrecovery_saved");
    r->out.backup_restores = told_field(L, 1, "backup_restores");
}

/* What works with a certificate that nobody knows is like its node's own. */
static void name_strangers(struct reading *r)
{
    for (uint32_t i = 0; i < r->out.model.node_count; i++) {
        struct found_node *node = &r->out.model.nodes[i];
        for (int s = 0; s < SERVICES; s++) {
            uint8_t own = service_kinds[s].own;
            if (node->services[s].unknown)
                node->services[s].used = lab_found_stranger(r->lab, r->cluster, i, (enum service)s,
                                                            own == OWN_NONE ? 0 : node->own[own]);
        }
    }
}

static uint32_t cluster_of(lua_State *L, int at, const char *of)
{
    const struct lab *lab = script_of(L)->lab;
    uint32_t cluster = 0;
    if (lua_getfield(L, at, "cluster") != LUA_TNIL)
        cluster = object_check_cluster(L, lua_gettop(L), of);
    else if (lab->state.cluster_count != 1)
        args_fail(L, "%s: there are %u clusters: which one? (cluster = ...)", of,
                  lab->state.cluster_count);
    lua_pop(L, 1);
    return cluster;
}

/*# Clusters as they were found
 *
 *  `cucmlab import` writes a scenario of these (docs/CLUSTER.md has every field): the cluster and
 *  its phones are as files say that they are. Phones boot as ever, and when all is quiet for the
 *  first time, at the end of the first `settle`, each holds what its row says, what was found
 *  stopped is stopped, and those that were off go off. What was lost before that counts for nobody.
 *  A scenario in which no time passes ends there by itself.
 */

/*: found { cluster = cluster, files = text, nodes = { ... }, trust = { ... }, tvs = { ... },
 * parameters = { ... }, ... }
 *
 *  Says once how a cluster was found, before its phones and before time passes. `files = "cluster"`
 *  names the folder `cluster.certs` beside the scenario, where certificates (`.der`) and trust
 *  lists (`.tlv`) lie under their SHA-256. Of a node, under its name: `own` (certificates on its
 *  disk by their kind), `in_backup` (those of the newest backup that are others), `runs` (what a
 * service works with where that is another: a certificate or "unknown"), `services` ("stopped",
 * "not activated", "started"), `since` (dates), `itl` and `ctl` (what its TFTP serves), `address`,
 * `domain`, `replication`, `fips`, `tls`. `trust` has the certificates of each store, `{
 * "<sha256>", on = { "pub" } }` for those that some nodes alone have; `tvs` what the TVS store
 * says, `{ "<sha256>", ttl = 86400, roles = { "SAST" } }`. Beside them `mixed_mode`, `backup` (a
 * date or "none"), `itlrecovery_saved` and `backup_restores`. What is left out nobody said: it is
 * as the lab makes it.
 */
static int verb_found(lua_State *L)
{
    static const char *const keys[] = { "cluster",        "files",  "mixed_mode",
                                        "parameters",     "backup", "itlrecovery_saved",
                                        "nodes",          "trust",  "tvs",
                                        "backup_restores" };
    args_most(L, 1, verb);
    args_table(L, 1, verb, keys, COUNT_OF(keys));
    struct script *s = script_of(L);
    struct reading r = { .L = L, .s = s, .lab = s->lab, .cluster = cluster_of(L, 1, verb) };
    struct err e = { "" };
    if (!lab_found_can(s->lab, r.cluster, &e))
        return args_fail(L, "%s: %s", verb, e.text);
    const char *files = args_field_text(L, 1, verb, "files");
    if (files != NULL)
        r.files = script_keep(s, folder_name(L, verb, "files", files));
    s->found_files[r.cluster] = r.files;
    r.cl = &s->lab->state.clusters[r.cluster];
    r.nodes = take(&r, r.cl->node_count * sizeof *r.nodes);
    r.out.model.nodes = take(&r, r.cl->node_count * sizeof *r.out.model.nodes);
    r.gathers = true;
    read_all(&r);
    r.gathers = false;
    read_all(&r);
    name_strangers(&r);
    lab_found_put(s->lab, r.cluster, &r.out);
    sandbox_charge(L, script_worked(s));
    return 0;
}

/* ---- lists known by their hash ---- */

static const char *const list_keys[] = { "cluster", "name", "file", "sha1", "records" };

/*: list { cluster = cluster, name = text, file = "ITL" or "CTL", sha1 = text, records = { text, ...
 * } }
 *
 *  A trust list of which only the hash and the names of its records are known, as a phone's own
 *  page shows them: "TVS cucm1.example.com", "CAPF CAPF-1e55d2d1", "CCM+TFTP cucm-pub.example.com",
 *  "TFTP ...", "CCM ...", "SAST ...". Rows of `phones { file = }` call it by its name. What stands
 *  for it are the certificates that are known under these names, or with `--unknown-lists
 *  strangers` certificates that nobody has.
 */
static int verb_list(lua_State *L)
{
    static const char of[] = "list";
    static const char *const files[] = { "ITL", "CTL" };
    const char *records[RECORDS_MOST];
    struct lab *lab = script_of(L)->lab;
    struct err e = { "" };
    args_most(L, 1, of);
    args_table(L, 1, of, list_keys, COUNT_OF(list_keys));
    struct lab_found_list l = { .cluster = cluster_of(L, 1, of) };
    const char *name = args_field_text(L, 1, of, "name"), *file = args_field_text(L, 1, of, "file");
    const char *sha1 = args_field_text(L, 1, of, "sha1");
    if (name == NULL || name[0] == '\0' || file == NULL)
        return args_fail(L, "list: name and file are needed");
    if (strcmp(file, files[0]) != 0 && strcmp(file, files[1]) != 0)
        return args_unknown(L, of, "file", file, files, 2);
    if (lab_found_cluster(lab, l.cluster) == NULL)
        return args_fail(L, "list: found {} of its cluster comes before it");
    if (sha1 != NULL && (strspn(sha1, "0123456789abcdef") != 40 || sha1[40] != '\0'))
        return args_fail(L, "list: sha1 is 40 hexadecimal digits, not \"%.60s\"", sha1);
    lua_getfield(L, 1, "records");
    l.record_count = args_texts(L, lua_gettop(L), of, "records", records, RECORDS_MOST);
    const char **kept = arena_take(lab_found_arena(lab), l.record_count * sizeof *kept);
    for (uint32_t i = 0; i < l.record_count; i++)
        kept[i] = arena_text(lab_found_arena(lab), view_str(records[i]));
    l.records = kept;
    l.name = arena_text(lab_found_arena(lab), view_str(name));
    l.is_ctl = strcmp(file, "CTL") == 0;
    memcpy(l.sha1, sha1 == NULL ? "" : sha1, sha1 == NULL ? 1 : sizeof l.sha1);
    if (!lab_found_by_hash(lab, &l, &e))
        return args_fail(L, "list: %s", e.text);
    return 0;
}

static const luaL_Reg verbs[] = { { "found", verb_found }, { "list", verb_list }, { NULL, NULL } };

void found_open(lua_State *L)
{
    lua_pushglobaltable(L);
    luaL_setfuncs(L, verbs, 0);
    lua_pop(L, 1);
}
