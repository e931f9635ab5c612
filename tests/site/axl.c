/* AXL: operations and fields of its schema (14.0); of the TVS operations no answer was ever
 * published.  lastSeen as seconds is assumed. */
#include "tests/site/answer.h"
#include "tests/site/shapes.h"

#include <string.h>

/* An operation once, or in several files of so many phones: answers over 8 MB fail. */
#define BATCH 2000

enum {
    UUID_POOL = 1000,
    UUID_NODE = 2000,
    UUID_GROUP = 3000,
    UUID_TVS = 4000,
    UUID_PHONE = 100000
};

static void nodes(struct answer *a, const struct truth *t)
{
    answer_list(a, "processNode");
    answer_item(a, UUID_NODE + 99);
    answer_field(a, "name", "EnterpriseWideData");
    answer_item_end(a);
    for (uint32_t i = 0; i < t->node_count; i++) {
        answer_item(a, UUID_NODE + i);
        answer_field(a, "name", t->nodes[i].fqdn);
        answer_field(a, "description", t->nodes[i].name);
        answer_field(a, "nodeUsage", t->nodes[i].publisher ? "Publisher" : "Subscriber");
        answer_field(a, "processNodeRole", "CUCM Voice/Video");
        answer_item_end(a);
    }
    answer_list_end(a);
}

static void version(struct answer *a, const struct truth *t)
{
    answer_open(a, "componentVersion", 0);
    answer_field(a, "version", t->version);
    answer_close(a);
}

static void pools(struct answer *a, const struct truth *t)
{
    answer_list(a, "devicePool");
    for (uint32_t i = 0; i < t->pool_count; i++) {
        uint32_t g = t->pools[i].group;
        answer_item(a, UUID_POOL + i);
        answer_field(a, "name", t->pools[i].name);
        answer_ref(a, "callManagerGroupName", t->groups[g].name, UUID_GROUP + g);
        answer_item_end(a);
    }
    answer_list_end(a);
}

static void group(struct answer *a, const struct truth *t, uint32_t g)
{
    char name[64], priority[16];
    answer_open(a, "callManagerGroup", UUID_GROUP + g);
    answer_field(a, "name", t->groups[g].name);
    answer_field(a, "tftpDefault", g == 0 ? "true" : "false");
    answer_open(a, "members", 0);
    answer_list(a, "member");
    for (uint32_t k = 0; k < t->groups[g].count; k++) {
        uint32_t n = t->groups[g].members[k];
        answer_item(a, 500 + 10 * g + k);
        answer_ref(a, "callManagerName",
                   (snprintf(name, sizeof name, "CM_%s", t->nodes[n].name), name), 600 + n);
        answer_field(a, "priority", (snprintf(priority, sizeof priority, "%u", k + 1), priority));
        answer_item_end(a);
    }
    answer_list_end(a);
    answer_close(a);
    answer_close(a);
}

static void phones(struct answer *a, const struct truth *t, uint32_t from, uint32_t to)
{
    char profile[96];
    answer_list(a, "phone");
    for (uint32_t i = from; i < to; i++) {
        const struct truth_phone *p = &t->phones[i];
        const struct model_row *m = &model_rows[p->model];
        answer_item(a, UUID_PHONE + i);
        answer_field(a, "name", p->name);
        answer_field(a, "description", p->description);
        answer_field(a, "product", m->name);
        answer_field(a, "model", m->name);
        answer_field(a, "class", "Phone");
        answer_field(a, "protocol", m->sip ? "SIP" : "SCCP");
        answer_ref(a, "devicePoolName", t->pools[p->pool].name, UUID_POOL + p->pool);
        answer_ref(a, "locationName", "Hub_None", 7);
        answer_field(a, "loadInformation", m->load);
        answer_ref(a, "securityProfileName", say_profile(t, p, profile), 7000 + p->model);
        answer_item_end(a);
    }
    answer_list_end(a);
}

/* The whole of one phone; two fields are secrets. */
static void phone(struct answer *a, const struct truth *t, uint32_t i)
{
    const struct truth_phone *p = &t->phones[i];
    const struct model_row *m = &model_rows[p->model];
    char profile[96];
    answer_open(a, "phone", UUID_PHONE + i);
    answer_field(a, "name", p->name);
    answer_field(a, "description", p->description);
    answer_field(a, "product", m->name);
    answer_field(a, "model", m->name);
    answer_field(a, "class", "Phone");
    answer_field(a, "protocol", m->sip ? "SIP" : "SCCP");
    answer_ref(a, "devicePoolName", t->pools[p->pool].name, UUID_POOL + p->pool);
    answer_open(a, "vendorConfig", 0);
    answer_field(a, "webAccess", p->web ? "0" : "1");
    answer_field(a, "settingsAccess", p->settings == 2 ? "2" : p->settings == 1 ? "1" : "0");
    answer_close(a);
    answer_field(a, "loadInformation", m->load);
    answer_ref(a, "securityProfileName", say_profile(t, p, profile), 7000 + p->model);
    answer_field(a, "sshUserId", "helpdesk");
    answer_field(a, "sshPwd", "SECRET-SSH-4711");
    answer_field(a, "certificateOperation", "No Pending Operation");
    answer_field(a, "authenticationString", "SECRET-AUTH-4711");
    answer_close(a);
}

static void registrations(struct answer *a, const struct truth *t, uint32_t from, uint32_t to)
{
    char ip[64], seen[24], server[64];
    answer_list(a, "registrationDynamic");
    for (uint32_t i = from; i < to; i++) {
        const struct truth_phone *p = &t->phones[i];
        int64_t s = p->on ? t->options.now_s - 60 : p->since_s;
        answer_item(a, UUID_PHONE * 2 + i);
        answer_ref(a, "device", p->name, UUID_PHONE + i);
        answer_field(a, "lastKnownIpAddress", say_ip(p->address, ip));
        snprintf(server, sizeof server, "CM_%s", t->nodes[p->server].name);
        answer_ref(a, "lastKnownUcm", server, 600 + p->server);
        answer_field(a, "lastKnownConfigVersion", "1.0");
        answer_field(a, "lastSeen", (snprintf(seen, sizeof seen, "%lld", (long long)s), seen));
        answer_field(a, "risStatus", p->on ? "Registered" : "Unregistered");
        answer_item_end(a);
    }
    answer_list_end(a);
}

static void named(struct answer *a, const char *outer, const char *inner, const char *field,
                  const char *names)
{
    char text[96], *save = NULL;
    snprintf(text, sizeof text, "%s", names);
    answer_open(a, outer, 0);
    answer_list(a, inner);
    for (char *name = strtok_r(text, "/", &save); name != NULL; name = strtok_r(NULL, "/", &save)) {
        answer_item(a, 0);
        answer_field(a, field, name);
        answer_item_end(a);
    }
    answer_list_end(a);
    answer_close(a);
}

static void tvs_fields(struct answer *a, const struct truth_cert *c)
{
    char serial[80], name[256], ttl[16];
    answer_field(
        a, "subjectName",
        (snprintf(name, sizeof name, "%.*s", (int)c->subject.n, (const char *)c->subject.p), name));
    answer_field(
        a, "issuerName",
        (snprintf(name, sizeof name, "%.*s", (int)c->issuer.n, (const char *)c->issuer.p), name));
    answer_field(a, "serialNumber", say_hex(c->serial, "", serial, sizeof serial));
    answer_field(a, "timeToLive", (snprintf(ttl, sizeof ttl, "%d", TRUTH_TVS_TTL), ttl));
}

static void tvs_list(struct answer *a, const struct truth *t)
{
    answer_list(a, "tvsCertificate");
    for (uint32_t i = 0; i < t->trust_count; i++) {
        if (!truth_first(t, i))
            continue;
        answer_item(a, UUID_TVS + i);
        tvs_fields(a, &t->certs[t->trust[i].cert]);
        answer_item_end(a);
    }
    answer_list_end(a);
}

static void tvs_one(struct answer *a, const struct truth *t, uint32_t i)
{
    const struct truth_cert *c = &t->certs[t->trust[i].cert];
    answer_open(a, "tvsCertificate", UUID_TVS + i);
    tvs_fields(a, c);
    named(a, "roles", "role", "roleName", truth_tvs_roles(c));
    named(a, "services", "service", "serviceName", truth_tvs_services(c));
    answer_close(a);
}

static void parameters(struct answer *a, const struct truth *t)
{
    answer_list(a, "row");
    answer_item(a, 0);
    answer_field(a, "paramname", "ClusterSecurityMode");
    answer_field(a, "paramvalue", t->mixed_mode ? "1" : "0");
    answer_item_end(a);
    answer_item(a, 0);
    answer_field(a, "paramname", "RollBackToPreGrayback");
    answer_field(a, "paramvalue", t->rollback ? "T" : "F");
    answer_item_end(a);
    answer_list_end(a);
}

static void members(struct answer *a, const struct truth *t)
{
    char priority[16];
    answer_list(a, "row");
    for (uint32_t g = 0; g < t->group_count; g++) {
        for (uint32_t k = 0; k < t->groups[g].count; k++) {
            answer_item(a, 0);
            answer_field(a, "cmgname", t->groups[g].name);
            answer_field(a, "servername", t->nodes[t->groups[g].members[k]].fqdn);
            answer_field(a, "priority",
                         (snprintf(priority, sizeof priority, "%u", k + 1), priority));
            answer_item_end(a);
        }
    }
    answer_list_end(a);
}

static const struct {
    const char *operation, *file;
    void (*print)(struct answer *, const struct truth *);
} once[] = {
    { "listProcessNode", "nodes", nodes },
    { "getCCMVersion", "version", version },
    { "listDevicePool", "pools", pools },
    { "listTvsCertificate", "tvs", tvs_list },
    { "executeSQLQuery", "parameters", parameters },
    { "executeSQLQuery", "members", members },
};

static const struct {
    const char *operation, *file;
    void (*print)(struct answer *, const struct truth *, uint32_t from, uint32_t to);
} batches[] = {
    { "listPhone", "phones", phones },
    { "listRegistrationDynamic", "seen", registrations },
};

/* Of each one answer; which there are, by what. */
static void each(struct out *o, const struct truth *t, bool json, const char *operation,
                 const char *file, void (*print)(struct answer *, const struct truth *, uint32_t),
                 uint32_t i)
{
    struct answer a;
    answer_begin(&a, out_text(o), json, operation);
    print(&a, t, i);
    answer_end(&a);
    out_end(o, false, "%s/%s-%u.%s", json ? "json" : "axl", file, i, json ? "json" : "xml");
}

static void all(struct out *o, const struct truth *t, bool json)
{
    struct answer a;
    const char *folder = json ? "json" : "axl", *end = json ? "json" : "xml";
    for (size_t k = 0; k < sizeof once / sizeof *once; k++) {
        answer_begin(&a, out_text(o), json, once[k].operation);
        once[k].print(&a, t);
        answer_end(&a);
        out_end(o, false, "%s/%s.%s", folder, once[k].file, end);
    }
    for (size_t k = 0; k < sizeof batches / sizeof *batches; k++) {
        for (uint32_t i = 0; i < t->phone_count; i += BATCH) {
            uint32_t to = i + BATCH < t->phone_count ? i + BATCH : t->phone_count;
            answer_begin(&a, out_text(o), json, batches[k].operation);
            batches[k].print(&a, t, i, to);
            answer_end(&a);
            out_end(o, false, "%s/%s-%u.%s", folder, batches[k].file, i / BATCH, end);
        }
    }
    for (uint32_t g = 0; g < t->group_count; g++)
        each(o, t, json, "getCallManagerGroup", "group", group, g);
    for (uint32_t i = 0; i < t->trust_count; i++) {
        if (truth_first(t, i))
            each(o, t, json, "getTvsCertificate", "tvs", tvs_one, i);
    }
    for (uint32_t i = 0; i < t->phone_count && i < 12; i++)
        each(o, t, json, "getPhone", "phone", phone, i);
}

void write_axl(struct out *o, const struct truth *t)
{
    all(o, t, false);
}

void write_json(struct out *o, const struct truth *t)
{
    all(o, t, true);
}
