/* A site as JSON (docs/site.schema.json), element by element: 60,000 phones are never in memory as
 * a tree. */
#include "sim/import/site.h"

#include "sim/core/date.h"
#include "sim/wire/text.h"

#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

/* ---- values ---- */

static void add_text(cJSON *to, const char *key, const char *text)
{
    if (text == NULL)
        cJSON_AddNullToObject(to, key);
    else
        cJSON_AddStringToObject(to, key, text);
}

static void add_source(cJSON *to, const struct site *s, uint32_t fact)
{
    char where[SITE_WHERE];
    if (fact != SITE_NONE)
        add_text(to, "source", site_where(s, site_source_of(s, fact), where));
}

/* {"value": ..., "source": ...}; left out where nobody says it. */
static void add_value(cJSON *to, const struct site *s, const char *key, const struct site_value *v)
{
    if (v->text == NULL)
        return;
    cJSON *o = cJSON_AddObjectToObject(to, key);
    add_text(o, "value", v->text);
    add_source(o, s, v->fact);
}

static void add_nodes_of(cJSON *to, const struct site *s, const char *key, uint64_t on)
{
    cJSON *list = cJSON_AddArrayToObject(to, key);
    for (uint32_t i = 0; i < s->node_count; i++) {
        if ((on & UINT64_C(1) << i) != 0)
            cJSON_AddItemToArray(list, cJSON_CreateString(s->nodes[i].name));
    }
}

static void add_date(cJSON *to, const char *key, int64_t unix_s)
{
    char text[DATE_TEXT];
    cJSON_AddStringToObject(to, key, date_iso(unix_s, 0, text));
}

/* ---- elements ---- */

static void node(const struct site *s, uint32_t i, cJSON *o)
{
    const struct site_node *n = &s->nodes[i];
    add_text(o, "name", n->name);
    add_text(o, "domain", n->domain != NULL ? n->domain : s->domain);
    cJSON_AddBoolToObject(o, "publisher", n->publisher);
    cJSON_AddBoolToObject(o, "assumed", n->assumed);
    add_source(o, s, n->source);
    const struct {
        const char *key;
        const struct site_value *v;
    } values[] = { { "address", &n->address },
                   { "version", &n->version },
                   { "fips", &n->fips },
                   { "tls", &n->tls },
                   { "itl", &n->itl },
                   { "ctl", &n->ctl },
                   { "itl_sha1", &n->itl_sha1 },
                   { "ctl_sha1", &n->ctl_sha1 },
                   { "replication", &n->replication } };
    for (size_t k = 0; k < sizeof values / sizeof *values; k++)
        add_value(o, s, values[k].key, values[k].v);
    cJSON *own = cJSON_AddObjectToObject(o, "own");
    for (int k = 0; k < OWNS; k++)
        add_value(own, s, own_name((enum own)k), &n->own[k]);
    cJSON_AddNumberToObject(o, "own_missing", n->own_missing);
    cJSON_AddNumberToObject(o, "trust_missing", n->trust_missing);
    cJSON *services = cJSON_AddArrayToObject(o, "services");
    for (uint32_t k = 0; k < n->service_count; k++) {
        const struct site_service *v = &n->services[k];
        cJSON *of = cJSON_CreateObject();
        add_text(of, "name", v->name);
        add_value(of, s, "state", &v->state);
        add_value(of, s, "since", &v->since);
        add_value(of, s, "runs", &v->runs);
        if (v->runs_why != NULL)
            add_text(of, "runs_why", v->runs_why);
        cJSON_AddItemToArray(services, of);
    }
}

static void other(const struct site *s, uint32_t i, cJSON *o)
{
    add_text(o, "name", s->others[i].name);
    add_text(o, "why", s->others[i].why);
    add_source(o, s, s->others[i].fact);
}

static void certificate(const struct site *s, uint32_t i, cJSON *o)
{
    const struct site_cert *c = &s->certs[i];
    add_text(o, "sha256", c->sha256);
    add_text(o, "subject", c->subject);
    add_text(o, "issuer", c->issuer);
    add_text(o, "serial", c->serial);
    add_date(o, "not_before", c->not_before_s);
    add_date(o, "not_after", c->not_after_s);
    cJSON_AddStringToObject(o, "key", c->rsa ? "RSA" : "EC");
    cJSON_AddNumberToObject(o, "bits", c->bits);
}

static void trusted(const struct site *s, uint32_t i, cJSON *o)
{
    add_text(o, "store", s->trust[i].store);
    add_text(o, "sha256", s->trust[i].sha256);
    cJSON_AddBoolToObject(o, "everywhere", s->trust[i].everywhere);
    add_nodes_of(o, s, "on", s->trust[i].on);
    add_source(o, s, s->trust[i].fact);
}

static void tvs(const struct site *s, uint32_t i, cJSON *o)
{
    const struct site_tvs *t = &s->tvs[i];
    add_text(o, "issuer", t->issuer);
    add_text(o, "serial", t->serial);
    add_text(o, "subject", t->subject);
    add_text(o, "sha256", t->sha256);
    if (t->has_ttl)
        cJSON_AddNumberToObject(o, "ttl", t->ttl_s);
    cJSON *roles = cJSON_AddArrayToObject(o, "roles");
    struct view left = view_str(t->roles);
    while (left.n > 0) {
        char role[64];
        struct view one = text_cut(&left, ',');
        text_escape(role, sizeof role, one);
        cJSON_AddItemToArray(roles, cJSON_CreateString(role));
    }
    add_source(o, s, t->fact);
}

static void parameter(const struct site *s, uint32_t i, cJSON *o)
{
    char value[FACT_TEXT];
    const struct fact *f = &param_table[s->parameters[i].param];
    add_text(o, "name", f->name);
    add_text(o, "value", fact_print(f, s->parameters[i].value, value));
    add_source(o, s, s->parameters[i].fact);
}

static void group(const struct site *s, uint32_t i, cJSON *o)
{
    const struct site_group *g = &s->groups[i];
    add_text(o, "name", g->name);
    cJSON *members = cJSON_AddArrayToObject(o, "members");
    for (uint32_t k = 0; k < g->count; k++)
        cJSON_AddItemToArray(members, cJSON_CreateString(s->nodes[g->members[k]].name));
    cJSON_AddBoolToObject(o, "assumed", g->assumed);
    add_source(o, s, g->fact);
}

static void pool(const struct site *s, uint32_t i, cJSON *o)
{
    const struct site_pool *p = &s->pools[i];
    add_text(o, "name", p->name);
    add_text(o, "group", s->groups[p->group].name);
    cJSON_AddNumberToObject(o, "phones", p->phones);
    cJSON_AddBoolToObject(o, "assumed", p->assumed);
    add_source(o, s, p->fact);
}

static void list(const struct site *s, uint32_t i, cJSON *o)
{
    const struct site_list *l = &s->lists[i];
    add_text(o, "name", l->name);
    cJSON_AddStringToObject(o, "file", l->is_ctl ? "CTL" : "ITL");
    add_text(o, "sha256", l->sha256);
    add_text(o, "sha1", l->sha1);
    cJSON *records = cJSON_AddArrayToObject(o, "records");
    for (uint32_t k = 0; k < l->record_count; k++) {
        char record[300];
        text_escape(record, sizeof record, view_str(l->records[k]));
        cJSON_AddItemToArray(records, cJSON_CreateString(record));
    }
    add_nodes_of(o, s, "served_by", l->served_by);
    cJSON_AddNumberToObject(o, "holders", l->holders);
    add_source(o, s, l->fact);
}

static void phone(const struct site *s, uint32_t i, cJSON *o)
{
    const struct site_phone *p = &s->phones[i];
    add_text(o, "name", p->name);
    add_text(o, "pool", s->pools[p->pool].name);
    cJSON_AddBoolToObject(o, "pool_assumed", p->pool_assumed);
#define ADD_TEXT(field, column)                                                                    \
    if (p->field.text != NULL)                                                                     \
        add_text(o, column, p->field.text);
    SITE_PHONE_TEXTS(ADD_TEXT)
#undef ADD_TEXT
    cJSON_AddStringToObject(o, "itl", site_held_text(s, &p->itl));
    cJSON_AddStringToObject(o, "ctl", site_held_text(s, &p->ctl));
    cJSON *tftp = cJSON_AddArrayToObject(o, "tftp");
    for (uint32_t k = 0; k < p->tftp_count; k++)
        cJSON_AddItemToArray(tftp, cJSON_CreateString(s->nodes[p->tftp[k]].name));
    cJSON_AddBoolToObject(o, "tftp_assumed", p->tftp_assumed);
    cJSON_AddNumberToObject(o, "class", p->cls);
    add_source(o, s, p->fact);
}

static void phone_class(const struct site *s, uint32_t i, cJSON *o)
{
    const struct site_phone *p = &s->phones[s->classes[i].first];
    cJSON_AddNumberToObject(o, "phones", s->classes[i].phones);
    add_text(o, "example", p->name);
    add_text(o, "model", p->model.text);
    add_text(o, "group", s->groups[s->pools[p->pool].group].name);
    add_text(o, "security", p->security.text);
    add_text(o, "encrypted", p->encrypted.text);
    add_text(o, "state", p->state.text);
    cJSON_AddStringToObject(o, "itl", site_held_text(s, &p->itl));
    cJSON_AddStringToObject(o, "ctl", site_held_text(s, &p->ctl));
}

static void claim(const struct site *s, uint32_t i, cJSON *o)
{
    static const char *const how[] = { [SITE_KNOWN] = "known",
                                       [SITE_ASSUMED] = "assumed",
                                       [SITE_CANNOT_KNOW] = "cannot know",
                                       [SITE_CONTRADICTS] = "contradicts" };
    const struct site_claim *c = &s->claims[i];
    cJSON_AddStringToObject(o, "how", how[c->how]);
    add_text(o, "what", c->what);
    add_text(o, "value", c->value);
    add_text(o, "why", c->why);
    cJSON_AddNumberToObject(o, "count", c->count);
    cJSON *sources = cJSON_AddArrayToObject(o, "sources");
    for (uint32_t k = 0; k < c->source_count; k++) {
        char where[SITE_WHERE];
        const struct site_source *from = &s->sources[c->sources + k];
        cJSON_AddItemToArray(sources, cJSON_CreateString(site_where(s, *from, where)));
    }
}

/* ---- the whole ---- */

/* Without the braces around it where `inner`. */
static bool put(cJSON *o, bool inner, FILE *out)
{
    char *text = text_whole(cJSON_PrintUnformatted(o));
    size_t n = strlen(text);
    bool good = inner ? fwrite(text + 1, 1, n - 2, out) == n - 2 : fputs(text, out) >= 0;
    cJSON_free(text);
    cJSON_Delete(o);
    return good;
}

static void head(const struct site *s, cJSON *o)
{
    add_text(o, "name", s->name);
    add_text(o, "version", s->version);
    add_value(o, s, "version_said", &s->version_said);
    add_text(o, "domain", s->domain);
    add_date(o, "present", s->present_s);
    cJSON_AddBoolToObject(o, "present_said", s->present_said);
    add_value(o, s, "mixed_mode", &s->mixed_mode);
    add_value(o, s, "backup", &s->backup);
}

bool site_json(const struct site *s, FILE *out)
{
    const struct {
        const char *key;
        uint32_t count;
        void (*element)(const struct site *s, uint32_t i, cJSON *o);
    } arrays[] = { { "nodes", s->node_count, node },
                   { "left_out", s->other_count, other },
                   { "certificates", s->cert_count, certificate },
                   { "trust", s->trust_count, trusted },
                   { "tvs", s->tvs_count, tvs },
                   { "parameters", s->parameter_count, parameter },
                   { "groups", s->group_count, group },
                   { "pools", s->pool_count, pool },
                   { "lists", s->list_count, list },
                   { "claims", s->claim_count, claim },
                   { "classes", s->class_count, phone_class },
                   { "phones", s->phone_count, phone } };
    cJSON *first = cJSON_CreateObject();
    head(s, first);
    bool good = fputc('{', out) >= 0 && put(first, true, out);
    for (size_t k = 0; k < sizeof arrays / sizeof *arrays && good; k++) {
        good = fprintf(out, ",\"%s\":[", arrays[k].key) > 0;
        for (uint32_t i = 0; i < arrays[k].count && good; i++) {
            cJSON *o = cJSON_CreateObject();
            arrays[k].element(s, i, o);
            good = (i == 0 || fputs(",\n", out) >= 0) && put(o, false, out);
        }
        good = good && fputc(']', out) >= 0;
    }
    return good && fputs("}\n", out) >= 0;
}
