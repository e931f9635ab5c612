/* The truth as JSON: docs of the form in README.md of this folder. */
#include "tests/site/truth.h"

#include <cjson/cJSON.h>
#include <string.h>

static void text(cJSON *o, const char *key, const char *value)
{
    if (value == NULL)
        cJSON_AddNullToObject(o, key);
    else
        cJSON_AddStringToObject(o, key, value);
}

static void date(cJSON *o, const char *key, int64_t s)
{
    char out[64];
    text(o, key, say_when(s, "%Y-%m-%dT%H:%M:%SZ", out));
}

static cJSON *child(cJSON *list)
{
    cJSON *o = cJSON_CreateObject();
    cJSON_AddItemToArray(list, o);
    return o;
}

static const char *sha_of(const struct truth *t, uint32_t cert)
{
    return cert == 0 ? NULL : t->certs[cert].sha256;
}

static const char *list_of(const struct truth *t, uint32_t list)
{
    return list == LIST_NONE ? "none" : t->lists[list].sha256;
}

static void nodes(cJSON *root, const struct truth *t)
{
    static const char *const states[] = { "started", "stopped", "not-activated", "absent" };
    cJSON *list = cJSON_AddArrayToObject(root, "nodes");
    char ip[64];
    for (uint32_t i = 0; i < t->node_count; i++) {
        const struct truth_node *n = &t->nodes[i];
        cJSON *o = child(list);
        text(o, "name", n->name);
        text(o, "fqdn", n->fqdn);
        text(o, "address", say_ip(n->address, ip));
        text(o, "role", n->publisher ? "publisher" : "subscriber");
        text(o, "version", t->version);
        text(o, "tls", t->tls);
        text(o, "fips", "no");
        cJSON_AddNumberToObject(o, "replication", n->replication);
        text(o, "itl", n->itl == 0 ? NULL : list_of(t, n->itl));
        text(o, "ctl", t->mixed_mode && (n->tftp || n->publisher) ? list_of(t, LIST_CTL) : NULL);
        text(o, "runs_tvs", sha_of(t, n->runs_tvs));
        cJSON *own = cJSON_AddObjectToObject(o, "own");
        for (int u = 0; u < UNITS; u++) {
            if (n->own[u] != 0)
                text(own, unit_names[u], sha_of(t, n->own[u]));
        }
        cJSON *services = cJSON_AddObjectToObject(o, "services");
        cJSON *since = cJSON_AddObjectToObject(o, "since");
        for (uint32_t k = 0; k < TRUTH_SERVICES; k++) {
            text(services, service_rows[k].name, states[n->services[k].state]);
            if (n->services[k].state == SERVICE_STARTED)
                date(since, service_rows[k].name, n->services[k].since_s);
        }
    }
}

static void trust(cJSON *root, const struct truth *t)
{
    cJSON *list = cJSON_AddArrayToObject(root, "trust");
    for (uint32_t i = 0; i < t->trust_count; i++) {
        cJSON *o = child(list);
        text(o, "store", store_names[t->trust[i].store]);
        text(o, "sha256", sha_of(t, t->trust[i].cert));
        cJSON *on = cJSON_AddArrayToObject(o, "on");
        for (uint32_t k = 0; k < t->node_count; k++) {
            if ((t->trust[i].on >> k & 1) != 0)
                cJSON_AddItemToArray(on, cJSON_CreateString(t->nodes[k].name));
        }
    }
}

static void tvs(cJSON *root, const struct truth *t)
{
    cJSON *list = cJSON_AddArrayToObject(root, "tvs");
    char name[256];
    for (uint32_t i = 0; i < t->trust_count; i++) {
        const struct truth_cert *c = &t->certs[t->trust[i].cert];
        if (!truth_first(t, i))
            continue;
        cJSON *o = child(list);
        text(o, "sha256", c->sha256);
        snprintf(name, sizeof name, "%.*s", (int)c->issuer.n, (const char *)c->issuer.p);
        text(o, "issuer", name);
        text(o, "serial", say_hex(c->serial, "", name, sizeof name));
        cJSON_AddNumberToObject(o, "ttl", TRUTH_TVS_TTL);
        text(o, "roles", truth_tvs_roles(c));
    }
}

static void groups(cJSON *root, const struct truth *t)
{
    cJSON *list = cJSON_AddArrayToObject(root, "groups");
    for (uint32_t g = 0; g < t->group_count; g++) {
        cJSON *o = child(list);
        text(o, "name", t->groups[g].name);
        cJSON *members = cJSON_AddArrayToObject(o, "members");
        for (uint32_t k = 0; k < t->groups[g].count; k++)
            cJSON_AddItemToArray(members,
                                 cJSON_CreateString(t->nodes[t->groups[g].members[k]].name));
    }
    list = cJSON_AddArrayToObject(root, "pools");
    for (uint32_t i = 0; i < t->pool_count; i++) {
        cJSON *o = child(list);
        text(o, "name", t->pools[i].name);
        text(o, "group", t->groups[t->pools[i].group].name);
    }
}

static void lists(cJSON *root, const struct truth *t)
{
    cJSON *list = cJSON_AddArrayToObject(root, "lists");
    for (uint32_t k = LIST_NONE + 1; k < LISTS; k++) {
        const struct truth_list *l = &t->lists[k];
        cJSON *o = child(list);
        text(o, "sha256", l->sha256);
        text(o, "sha1", l->sha1);
        text(o, "md5", l->md5);
        text(o, "file", l->ctl ? "CTL" : "ITL");
        cJSON_AddBoolToObject(o, "at_hand", l->at_hand);
        cJSON_AddNumberToObject(o, "bytes", (double)l->bytes.n);
        cJSON *records = cJSON_AddArrayToObject(o, "records");
        for (uint32_t i = 0; i < l->count; i++) {
            char words[160];
            const struct truth_record *r = &l->records[i];
            snprintf(words, sizeof words, "%s %s",
                     r->role == TL_SAST ? "SAST" : tl_role_name(r->role),
                     r->role == TL_CAPF ? t->certs[r->cert].cn : r->dns);
            cJSON_AddItemToArray(records, cJSON_CreateString(words));
        }
    }
}

/* "not-installed" for "Not Installed". */
static const char *itl_word(const struct truth *t, const struct truth_phone *p)
{
    static const char *const words[][2] = { { "Match", "match" },
                                            { "Mismatch", "mismatch" },
                                            { "Not Installed", "not-installed" },
                                            { "Unknown", "unknown" } };
    const char *said = truth_itl_status(t, p);
    for (int i = 0; i < 4; i++) {
        if (strcmp(said, words[i][0]) == 0)
            return words[i][1];
    }
    return NULL;
}

static void phones(cJSON *root, const struct truth *t)
{
    static const char *const modes[] = { "non-secure", "authenticated", "encrypted" };
    static const char *const settings[] = { "disabled", "enabled", "restricted" };
    cJSON *list = cJSON_AddArrayToObject(root, "phones");
    char out[96];
    for (uint32_t i = 0; i < t->phone_count; i++) {
        const struct truth_phone *p = &t->phones[i];
        const struct model_row *m = &model_rows[p->model];
        cJSON *o = child(list);
        text(o, "name", p->name);
        text(o, "description", p->description);
        text(o, "model", m->name);
        text(o, "pool", t->pools[p->pool].name);
        text(o, "profile", say_profile(t, p, out));
        text(o, "security", modes[p->security]);
        text(o, "encrypted", p->encrypted_config ? "yes" : "no");
        text(o, "protocol", m->sip ? "SIP" : "SCCP");
        text(o, "load", m->load);
        text(o, "settings", settings[p->settings]);
        text(o, "web", p->web ? "yes" : "no");
        text(o, "state", p->on ? "on" : "off");
        date(o, "since", p->since_s);
        text(o, "server", t->nodes[p->server].name);
        text(o, "address", say_ip(p->address, out));
        text(o, "itl", list_of(t, p->itl));
        text(o, "ctl", list_of(t, p->ctl));
        text(o, "itl_status", itl_word(t, p));
        cJSON_AddBoolToObject(o, "page", p->page);
        cJSON_AddBoolToObject(o, "page_shows_lists", p->page && m->itl_page);
    }
}

void truth_json(const struct truth *t, FILE *out)
{
    cJSON *root = cJSON_CreateObject();
    date(root, "now", t->options.now_s);
    text(root, "version", t->version);
    text(root, "domain", t->domain);
    cJSON_AddBoolToObject(root, "mixed_mode", t->mixed_mode);
    cJSON_AddBoolToObject(root, "rollback", t->rollback);
    date(root, "backup", t->backup_s);
    truth_faults(t, root);
    nodes(root, t);
    trust(root, t);
    tvs(root, t);
    groups(root, t);
    lists(root, t);
    phones(root, t);
    char *printed = cJSON_Print(root);
    fprintf(out, "%s\n", printed);
    cJSON_free(printed);
    cJSON_Delete(root);
}
