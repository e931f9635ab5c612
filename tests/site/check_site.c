/* What import writes with --json (docs/site.schema.json), the cluster of it, against the truth:
 * what is there must be true, and what a shape says must be there. */
#include "tests/site/check.h"

#include "tests/site/claims.h"

#include <cjson/cJSON.h>
#include <stdarg.h>
#include <string.h>

#define MOST 20

#define BIT(shape) (UINT32_C(1) << SHAPE_##shape)
#define ANSWERS    (BIT(axl) | BIT(json))
#define LOGS       BIT(cli)
#define ASKED      (LOGS | BIT(single) | ANSWERS)
#define SHOWN      (BIT(wire) | BIT(doctor))
#define BYTES      (LOGS | BIT(snapshot))

struct check {
    const struct truth *t;
    const cJSON *root;
    uint32_t shapes, wrong;
    FILE *out;
    const char *path;
};

static void tell(struct check *c, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void tell(struct check *c, const char *format, ...)
{
    if (c->wrong++ >= MOST)
        return;
    va_list args;
    va_start(args, format);
    fprintf(c->out, "%s: ", c->path);
    vfprintf(c->out, format, args);
    fputc('\n', c->out);
    va_end(args);
}

static bool told(const struct check *c, uint32_t shapes)
{
    return (c->shapes & shapes) != 0;
}

static const char *text_of(const cJSON *o, const char *key)
{
    const cJSON *v = cJSON_GetObjectItemCaseSensitive(o, key);
    return cJSON_IsString(v) ? v->valuestring : NULL;
}

/* Of {"value": ..., "source": ...}. */
static const char *value_of(const cJSON *o, const char *key)
{
    return text_of(cJSON_GetObjectItemCaseSensitive(o, key), "value");
}

static const cJSON *find(const cJSON *list, const char *key, const char *value)
{
    const cJSON *o;
    cJSON_ArrayForEach(o, list)
    {
        const char *is = text_of(o, key);
        if (is != NULL && strcmp(is, value) == 0)
            return o;
    }
    return NULL;
}

static const cJSON *list_of(const struct check *c, const char *key)
{
    return cJSON_GetObjectItemCaseSensitive(c->root, key);
}

/* `got` is `want`, or NULL where none of `shapes` was read. */
static void same(struct check *c, const char *of, const char *what, uint32_t shapes,
                 const char *want, const char *got)
{
    bool empty = got == NULL || got[0] == '\0';
    if (empty ? told(c, shapes) : want == NULL || strcmp(got, want) != 0)
        tell(c, "%s: %s: expected \"%s\", there is \"%s\"", of, what, want == NULL ? "" : want,
             got == NULL ? "" : got);
}

static void head(struct check *c)
{
    char date[64];
    same(c, "cluster", "version", LOGS | ANSWERS, truth_releases[c->t->options.release].name,
         value_of(c->root, "version_said") != NULL ? text_of(c->root, "version") : NULL);
    same(c, "cluster", "domain", ASKED, c->t->domain, text_of(c->root, "domain"));
    if (told(c, ASKED | BIT(pages))) /* else it is assumed */
        same(c, "cluster", "mixed mode", ASKED, c->t->mixed_mode ? "yes" : "no",
             value_of(c->root, "mixed_mode"));
    same(c, "cluster", "backup", LOGS | BIT(single),
         say_when(c->t->backup_s, "%Y-%m-%dT%H:%M:%SZ", date), value_of(c->root, "backup"));
}

static void services(struct check *c, const struct truth_node *n, const cJSON *o)
{
    static const char *const states[] = { "started", "out-of-service", "not-activated", "" };
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(o, "services"), *v;
    uint32_t tvs = service_find("Cisco Trust Verification Service");
    char date[64];
    cJSON_ArrayForEach(v, list)
    {
        uint32_t k = service_find(text_of(v, "name"));
        if (k == TRUTH_SERVICES)
            continue; /* of the platform, or of no interest */
        const struct truth_service *s = &n->services[k];
        bool on = s->state == SERVICE_STARTED;
        same(c, n->name, service_rows[k].name, LOGS | BIT(services), states[s->state],
             value_of(v, "state"));
        say_when(s->since_s, "%Y-%m-%dT%H:%M:%S", date);
        const char *since = value_of(v, "since");
        if (since == NULL ? told(c, BIT(services)) && on : strncmp(since, date, 19) != 0)
            tell(c, "%s: %s: since: expected %s, there is %s", n->name, service_rows[k].name, date,
                 since == NULL ? "nothing" : since);
        const char *runs = value_of(v, "runs");
        bool old = k == tvs && n->runs_tvs != 0 && n->runs_tvs != n->own[UNIT_TVS];
        const char *want = old ? c->t->certs[n->runs_tvs].sha256 : NULL;
        if (runs != NULL ? !old || (strcmp(runs, want) != 0 && strcmp(runs, "unknown") != 0)
                         : old && told(c, SHOWN | BIT(services)) && told(c, BYTES))
            tell(c, "%s: %s: runs: expected %s, there is %s", n->name, service_rows[k].name,
                 want == NULL ? "nothing" : want, runs == NULL ? "nothing" : runs);
    }
    if (told(c, LOGS | BIT(services)) && n->services[tvs].state != SERVICE_ABSENT &&
        find(list, "name", "Cisco Trust Verification Service") == NULL)
        tell(c, "%s: no service TVS", n->name);
}

static void node(struct check *c, uint32_t i, const cJSON *o)
{
    const struct truth *t = c->t;
    const struct truth_node *n = &t->nodes[i];
    char text[64];
    same(c, n->name, "address", LOGS | BIT(single), say_ip(n->address, text),
         value_of(o, "address"));
    same(c, n->name, "version", LOGS, t->version, value_of(o, "version"));
    same(c, n->name, "FIPS mode", LOGS, "no", value_of(o, "fips"));
    same(c, n->name, "TLS", t->tls != NULL ? LOGS : 0, t->tls, value_of(o, "tls"));
    snprintf(text, sizeof text, "%u", n->replication);
    same(c, n->name, "replication", LOGS | BIT(single), text, value_of(o, "replication"));
    bool lists = told(c, LOGS) && told(c, BIT(tlv));
    same(c, n->name, "ITL", lists && n->itl != 0 ? ~0u : 0,
         n->itl != 0 ? t->lists[n->itl].sha256 : NULL, value_of(o, "itl"));
    same(c, n->name, "CTL", lists && t->mixed_mode && (n->tftp || n->publisher) ? ~0u : 0,
         t->mixed_mode ? t->lists[LIST_CTL].sha256 : NULL, value_of(o, "ctl"));
    const cJSON *own = cJSON_GetObjectItemCaseSensitive(o, "own");
    for (int u = 0; u < UNITS; u++) {
        /* Where nobody says what lies on the disk, it is what TLS shows (assumed). */
        uint32_t cert = u == UNIT_TVS && !told(c, BYTES) ? n->runs_tvs : n->own[u];
        same(c, n->name, unit_names[u], cert != 0 ? BYTES : 0,
             cert != 0 ? t->certs[cert].sha256 : NULL, value_of(own, unit_names[u]));
    }
    if (cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(o, "publisher")) != n->publisher &&
        told(c, ASKED))
        tell(c, "%s: publisher", n->name);
    services(c, n, o);
}

static void nodes(struct check *c)
{
    const cJSON *list = list_of(c, "nodes"), *o;
    for (uint32_t i = 0; i < c->t->node_count; i++) {
        o = find(list, "name", c->t->nodes[i].name);
        if (o != NULL)
            node(c, i, o);
        else if (told(c, ASKED | BIT(snapshot) | BIT(services)))
            tell(c, "no node %s", c->t->nodes[i].name);
    }
    cJSON_ArrayForEach(o, list)
    {
        uint32_t i = 0;
        char ip[64]; /* pages of phones alone know TFTP servers by their addresses */
        while (i < c->t->node_count && strcmp(c->t->nodes[i].name, text_of(o, "name")) != 0 &&
               strcmp(say_ip(c->t->nodes[i].address, ip), text_of(o, "name")) != 0)
            i++;
        if (i == c->t->node_count && !cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(o, "assumed")))
            tell(c, "node %s: there is none of that name", text_of(o, "name"));
    }
}

static uint64_t on_of(const struct truth *t, const cJSON *o, const char *key)
{
    uint64_t on = 0;
    const cJSON *name;
    cJSON_ArrayForEach(name, cJSON_GetObjectItemCaseSensitive(o, key))
    {
        for (uint32_t i = 0; i < t->node_count; i++)
            on |= strcmp(t->nodes[i].name, name->valuestring) == 0 ? UINT64_C(1) << i : 0;
    }
    return on;
}

static void trust(struct check *c)
{
    const cJSON *list = list_of(c, "trust"), *o;
    uint32_t seen = 0;
    cJSON_ArrayForEach(o, list)
    {
        const char *store = text_of(o, "store"), *sha256 = text_of(o, "sha256");
        uint32_t i = 0;
        while (i < c->t->trust_count &&
               (strcmp(store_names[c->t->trust[i].store], store) != 0 ||
                strcmp(c->t->certs[c->t->trust[i].cert].sha256, sha256) != 0))
            i++;
        if (i == c->t->trust_count)
            tell(c, "%s: %s is not there", store, sha256);
        else if (on_of(c->t, o, "on") != c->t->trust[i].on)
            tell(c, "%s: %s: not on those nodes", store, sha256);
        else
            seen++;
    }
    if (told(c, BYTES) && seen != c->t->trust_count)
        tell(c, "trust stores: %u of %u certificates", seen, c->t->trust_count);
}

static void tvs(struct check *c)
{
    const cJSON *list = list_of(c, "tvs"), *o;
    uint32_t first = 0, seen = 0;
    char serial[80], roles[200];
    for (uint32_t i = 0; i < c->t->trust_count; i++)
        first += truth_first(c->t, i);
    cJSON_ArrayForEach(o, list)
    {
        const cJSON *role;
        const cJSON *ttl = cJSON_GetObjectItemCaseSensitive(o, "ttl");
        struct wr w = wr_of(roles, sizeof roles);
        cJSON_ArrayForEach(role, cJSON_GetObjectItemCaseSensitive(o, "roles"))
        {
            wr_fmt(&w, "%s%s", w.n == 0 ? "" : "/", role->valuestring);
        }
        wr_u8(&w, 0);
        for (uint32_t i = 0; i < c->t->trust_count; i++) {
            const struct truth_cert *cert = &c->t->certs[c->t->trust[i].cert];
            if (!truth_first(c->t, i) ||
                strcmp(say_hex(cert->serial, "", serial, sizeof serial), text_of(o, "serial")) != 0)
                continue;
            seen++;
            same(c, cert->cn, "roles of TVS", 0, truth_tvs_roles(cert), roles);
            same(c, cert->cn, "TVS store", told(c, BYTES | BIT(pem) | BIT(der)) ? ~0u : 0,
                 cert->sha256, text_of(o, "sha256"));
            if (cJSON_IsNumber(ttl) && ttl->valueint != TRUTH_TVS_TTL)
                tell(c, "%s: time to live %d", cert->cn, ttl->valueint);
        }
    }
    if (told(c, ANSWERS) && seen != first)
        tell(c, "TVS store: %u of %u certificates", seen, first);
}

static void groups(struct check *c)
{
    const struct truth *t = c->t;
    const cJSON *o, *list = list_of(c, "groups"), *pools = list_of(c, "pools");
    for (uint32_t g = 0; g < t->group_count; g++) {
        o = find(list, "name", t->groups[g].name);
        const cJSON *members = cJSON_GetObjectItemCaseSensitive(o, "members");
        bool good = cJSON_GetArraySize(members) == t->groups[g].count;
        for (uint32_t k = 0; good && k < t->groups[g].count; k++)
            good = strcmp(cJSON_GetArrayItem(members, (int)k)->valuestring,
                          t->nodes[t->groups[g].members[k]].name) == 0;
        if (!good && told(c, ASKED | BIT(tar)))
            tell(c, "group %s: not its members", t->groups[g].name);
    }
    cJSON_ArrayForEach(o, list)
    {
        uint32_t g = 0;
        while (g < t->group_count && strcmp(t->groups[g].name, text_of(o, "name")) != 0)
            g++;
        if (g == t->group_count && told(c, ASKED | BIT(tar)))
            tell(c, "group %s: there is none", text_of(o, "name"));
    }
    for (uint32_t i = 0; i < t->pool_count; i++) {
        o = find(pools, "name", t->pools[i].name);
        same(c, t->pools[i].name, "group", told(c, ASKED | BIT(tar)) ? ~0u : 0,
             t->groups[t->pools[i].group].name,
             o == NULL || cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(o, "assumed"))
                 ? NULL
                 : text_of(o, "group"));
    }
}

static void lists(struct check *c)
{
    const cJSON *o;
    cJSON_ArrayForEach(o, list_of(c, "lists"))
    {
        const char *sha1 = text_of(o, "sha1"), *sha256 = text_of(o, "sha256");
        uint32_t k = LIST_NONE + 1;
        if (sha1 == NULL && told(c, BIT(itlstatus)))
            continue; /* a list of which ITL File Status says that it is another one */
        while (k < LISTS && (sha1 == NULL || strcmp(c->t->lists[k].sha1, sha1) != 0))
            k++;
        if (k == LISTS)
            tell(c, "list %s: there is none", sha1 == NULL ? "" : sha1);
        else if (sha256 != NULL && strcmp(sha256, c->t->lists[k].sha256) != 0)
            tell(c, "list %s: not its bytes", sha1);
        uint64_t by = on_of(c->t, o, "served_by");
        for (uint32_t i = 0; i < c->t->node_count && k < LISTS; i++) {
            bool serves = c->t->nodes[i].itl == k || k == LIST_CTL;
            if ((by >> i & 1) != 0 && !serves)
                tell(c, "list %s: %s does not serve it", sha1, c->t->nodes[i].name);
        }
    }
    o = find(list_of(c, "parameters"), "name", "rollback");
    const char *value = text_of(o, "value");
    if (value == NULL ? told(c, ASKED) : (strcmp(value, "1") == 0) != c->t->rollback)
        tell(c, "rollback: there is %s", value == NULL ? "nothing" : value);
}

/* Shapes of one truth do not contradict each other: what may be said is that phones hold a list
 * which nobody serves. */
static void claims(struct check *c)
{
    const cJSON *o;
    cJSON_ArrayForEach(o, list_of(c, "claims"))
    {
        const char *how = text_of(o, "how"), *what = text_of(o, "what"), *why = text_of(o, "why");
        if (strcmp(how, "contradicts") == 0 &&
            !(truth_has(c->t, FAULT_STALE) && strstr(what, "of phones") != NULL &&
              strstr(why, "serve") != NULL))
            tell(c, "contradicts: %s: %s; %s", what, text_of(o, "value"), why);
    }
}

bool check_site(const struct truth *t, uint32_t shapes, const char *path, FILE *out)
{
    struct arena a = arena_of(&sys_mem);
    struct view file;
    struct err e = { "" };
    struct check c = { .t = t, .shapes = shapes, .out = out, .path = path };
    cJSON *root = NULL;
    if (sys_read_file(path, 1u << 30, &a, &file, &e))
        root = cJSON_ParseWithLength((const char *)file.p, file.n);
    c.root = cJSON_GetObjectItemCaseSensitive(root, "site");
    if (c.root == NULL) {
        tell(&c, "no JSON %s", e.text);
    } else {
        head(&c);
        nodes(&c);
        trust(&c);
        tvs(&c);
        groups(&c);
        lists(&c);
        claims(&c);
    }
    fprintf(out, "%s: %u wrong\n", path, c.wrong);
    cJSON_Delete(root);
    arena_free(&a);
    return c.wrong == 0;
}
