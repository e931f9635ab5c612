#include "tests/site/claims.h"

#include <ctype.h>
#include <string.h>

/* ---- one form for what means the same ---- */

static bool is_node(const struct truth_node *n, const char *text)
{
    char ip[64];
    if (strncmp(text, "CM_", 3) == 0)
        text += 3;
    return strcasecmp(text, n->name) == 0 || strcasecmp(text, n->fqdn) == 0 ||
           strcmp(text, say_ip(n->address, ip)) == 0;
}

static const char *same_node(const struct truth *t, const char *text)
{
    for (uint32_t i = 0; i < t->node_count; i++) {
        if (is_node(&t->nodes[i], text))
            return t->nodes[i].name;
    }
    return text;
}

/* Facts whose value is a node, whose order matters, whose value is hexadecimal. */
static const struct {
    uint8_t kind;
    bool node, ordered, hex;
} forms[] = {
    { FACT_HERE, true, false, false },
    { FACT_CALLMANAGER, true, false, false },
    { FACT_GROUP_MEMBER, true, true, false },
    { FACT_PHONE_SERVER, true, false, false },
    { FACT_PHONE_TFTP, true, true, false },
    { FACT_PHONE_CM, true, true, false },
    { FACT_PHONE_CTL_RECORD, false, true, false },
    { FACT_PHONE_ITL_RECORD, false, true, false },
    { FACT_PHONE_CTL, false, false, true },
    { FACT_PHONE_ITL, false, false, true },
    { FACT_RECORD_ROLE, false, true, false },
    { FACT_RECORD_DNS, false, true, false },
    { FACT_RECORD_SUBJECT, false, true, false },
    { FACT_RECORD_ISSUER, false, true, false },
    { FACT_RECORD_SERIAL, false, true, false },
    { FACT_RECORD_SHA1, false, true, true },
};

void claim_text(const struct truth *t, enum fact_kind kind, const char *about, const char *about2,
                uint32_t nth, const char *value, char *out)
{
    const struct fact_row *row = &fact_rows[kind];
    bool ordered = false, hex = false;
    char end[1100];
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        if (forms[i].kind != kind)
            continue;
        value = forms[i].node ? same_node(t, value) : value;
        ordered = forms[i].ordered;
        hex = forms[i].hex;
    }
    if (strcmp(row->about, "node") == 0 || strcmp(row->about, "CallManager") == 0)
        about = same_node(t, about);
    if (strcmp(row->about2, "node") == 0)
        about2 = ""; /* of these no file says which node it is about */
    snprintf(end, sizeof end, "%s", value);
    size_t n = strlen(end);
    if (row->form == FORM_DATE && n > 0 && end[n - 1] == 'Z')
        end[n - 1] = '\0';
    for (char *c = end; hex && *c != '\0'; c++)
        *c = (char)tolower((unsigned char)*c);
    snprintf(out, CLAIM_TEXT, ordered ? "%s\t%.700s\t%.700s\t%s\t%u" : "%s\t%.700s\t%.700s\t%s",
             row->name, about, about2, end, nth);
}

/* ---- the table ---- */

static uint64_t hash_of(const char *text)
{
    return rng_mix(rng_hash(1, view_str(text))) | 1;
}

struct claim *claim_find(const struct claims *c, const char *text)
{
    uint32_t *at = table_get(&c->by_hash, hash_of(text));
    return at == NULL ? NULL : &c->list[*at];
}

static const char *say(struct claims *c, uint32_t shapes, enum fact_kind kind, const char *about,
                       const char *about2, uint32_t nth, const char *value)
{
    char text[CLAIM_TEXT];
    claim_text(c->truth, kind, about, about2, nth, value, text);
    struct claim *known = claim_find(c, text);
    if (known != NULL) {
        known->shapes |= shapes;
        return known->text;
    }
    mem_reserve(&sys_mem, (void **)&c->list, &c->cap, (size_t)c->count + 1, sizeof *c->list);
    c->list[c->count] =
        (struct claim){ .text = arena_text(&c->arena, view_str(text)), .shapes = shapes };
    table_put(&c->by_hash, hash_of(text), c->count);
    return c->list[c->count++].text;
}

/* ---- what there is to say ---- */

#define BIT(shape) (UINT32_C(1) << SHAPE_##shape)
#define LOGS       BIT(cli)
#define ANSWERS    (BIT(axl) | BIT(json))
#define EXPORTS    (BIT(bat) | BIT(tar))
#define ALL_PHONES (EXPORTS | BIT(specific) | ANSWERS)

static const char *iso(int64_t s, char out[64])
{
    return say_when(s, "%Y-%m-%dT%H:%M:%S", out);
}

static void services(struct claims *c, const struct truth_node *n)
{
    static const char *const states[] = { "started", "out-of-service", "not-activated", "" };
    static const char *const platform[] = {
        "System SSH",      "Cluster Manager", "Entropy Monitoring Daemon", "Cisco SCSI Watchdog",
        "Service Manager", "A Cisco DB",      "A Cisco DB Replicator"
    };
    char date[64];
    for (uint32_t k = 0; k < TRUTH_SERVICES; k++) {
        const struct truth_service *s = &n->services[k];
        if (s->state == SERVICE_ABSENT)
            continue;
        say(c, LOGS | BIT(services), FACT_SERVICE, n->name, service_rows[k].name, 0,
            states[s->state]);
        if (s->state == SERVICE_STARTED)
            say(c, BIT(services), FACT_SERVICE_SINCE, n->name, service_rows[k].name, 0,
                iso(s->since_s, date));
    }
    for (size_t k = 0; k < sizeof platform / sizeof *platform; k++)
        say(c, 0, FACT_SERVICE, n->name, platform[k], 0, "started");
    say(c, 0, FACT_SERVICE, n->name, "Name Service Cache", 0, "not-activated");
}

static void certificates(struct claims *c, uint32_t node)
{
    const struct truth *t = c->truth;
    const struct truth_node *n = &t->nodes[node];
    for (int u = 0; u < UNITS; u++) {
        if (n->own[u] == 0)
            continue;
        say(c, LOGS | BIT(snapshot), FACT_OWN, n->name, unit_names[u], 0,
            t->certs[n->own[u]].sha256);
        say(c, LOGS, FACT_OWN_LISTED, n->name, unit_names[u], 0,
            "Self-signed certificate generated by system");
    }
    if (n->runs_tvs != 0)
        say(c, BIT(wire) | BIT(doctor), FACT_SHOWN, n->name, "2445", 0,
            t->certs[n->runs_tvs].sha256);
    for (uint32_t i = 0; i < t->trust_count; i++) {
        const struct truth_trust *r = &t->trust[i];
        if ((r->on >> node & 1) == 0)
            continue;
        say(c, LOGS | BIT(snapshot), FACT_TRUSTED, n->name, store_names[r->store], 0,
            t->certs[r->cert].sha256);
        say(c, LOGS, FACT_TRUSTED_LISTED, n->name, store_names[r->store], 0,
            t->certs[r->cert].file);
    }
}

static void list_records(struct claims *c, const char *node, const struct truth_list *l,
                         const char *file)
{
    const struct truth *t = c->truth;
    char text[300];
    for (uint32_t i = 0; i < l->count; i++) {
        const struct truth_record *r = &l->records[i];
        const struct truth_cert *cert = &t->certs[r->cert];
        say(c, LOGS, FACT_RECORD_ROLE, node, file, i,
            r->role == TL_SAST ? "SAST" : tl_role_name(r->role));
        say(c, LOGS, FACT_RECORD_DNS, node, file, i, r->dns);
        snprintf(text, sizeof text, "%.*s", (int)cert->subject.n, (const char *)cert->subject.p);
        say(c, LOGS, FACT_RECORD_SUBJECT, node, file, i, text);
        snprintf(text, sizeof text, "%.*s", (int)cert->issuer.n, (const char *)cert->issuer.p);
        say(c, LOGS, FACT_RECORD_ISSUER, node, file, i, text);
        say(c, LOGS, FACT_RECORD_SERIAL, node, file, i,
            say_hex(cert->serial, "", text, sizeof text));
        say(c, LOGS, FACT_RECORD_SHA1, node, file, i, cert->sha1);
    }
}

static void served(struct claims *c, const struct truth_node *n, uint32_t list)
{
    const struct truth *t = c->truth;
    const struct truth_list *l = &t->lists[list];
    const struct truth_cert *s = &t->certs[l->signer];
    const char *file = l->ctl ? "CTLFile.tlv" : "ITLFile.tlv";
    char text[300];
    say(c, LOGS, FACT_LIST_SHA1, n->name, file, 0, l->sha1);
    say(c, LOGS, FACT_LIST_MD5, n->name, file, 0, l->md5);
    snprintf(text, sizeof text, "%zu", l->bytes.n);
    say(c, LOGS, FACT_LIST_LENGTH, n->name, file, 0, text);
    say(c, LOGS, FACT_LIST_MADE, n->name, file, 0, iso(l->made_s, text));
    say(c, LOGS, FACT_LIST_VERIFIES, n->name, file, 0, "yes");
    snprintf(text, sizeof text, "%.*s", (int)s->subject.n, (const char *)s->subject.p);
    say(c, LOGS, FACT_LIST_SIGNER, n->name, file, 0, text);
    snprintf(text, sizeof text, "%.*s", (int)s->issuer.n, (const char *)s->issuer.p);
    say(c, LOGS, FACT_LIST_SIGNER_ISSUER, n->name, file, 0, text);
    say(c, LOGS, FACT_LIST_SIGNER_SERIAL, n->name, file, 0,
        say_hex(s->serial, "", text, sizeof text));
    list_records(c, n->name, l, file);
}

static void nodes(struct claims *c)
{
    const struct truth *t = c->truth;
    char text[64];
    say(c, 0, FACT_NODE_LISTED, "EnterpriseWideData", "", 0, "yes");
    for (uint32_t i = 0; i < t->node_count; i++) {
        const struct truth_node *n = &t->nodes[i];
        uint32_t table = LOGS | BIT(single);
        say(c, 0, FACT_VERSION, n->name, "", 0, t->version);
        say(c, LOGS, FACT_VERSION, n->name, "", 0, t->version);
        say(c, table, FACT_NODE_ADDRESS, n->name, "", 0, say_ip(n->address, text));
        say(c, table, FACT_NODE_FQDN, n->name, "", 0, n->fqdn);
        say(c, table | ANSWERS, FACT_NODE_ROLE, n->name, "", 0,
            n->publisher ? "publisher" : "subscriber");
        say(c, table, FACT_NODE_PRODUCT, n->name, "", 0, "callmanager");
        say(c, table | ANSWERS, FACT_NODE_LISTED, n->name, "", 0, "yes");
        say(c, LOGS, FACT_NODE_FIPS, n->name, "", 0, "no");
        if (t->tls != NULL)
            say(c, LOGS, FACT_NODE_TLS, n->name, "", 0, t->tls);
        snprintf(text, sizeof text, "%u", n->replication);
        say(c, table, FACT_NODE_REPLICATION, n->name, "", 0, text);
        snprintf(text, sizeof text, "CM_%s", n->name);
        say(c, n->call ? BIT(tar) : 0, FACT_CALLMANAGER, text, "", 0, n->fqdn);
        services(c, n);
        certificates(c, i);
        if (n->itl != 0)
            served(c, n, n->itl);
        if ((n->tftp || n->publisher) && t->mixed_mode)
            served(c, n, LIST_CTL);
        else if (n->tftp || n->publisher)
            say(c, LOGS, FACT_LIST_LENGTH, n->name, "CTLFile.tlv", 0, "0");
    }
}

static void cluster(struct claims *c)
{
    const struct truth *t = c->truth;
    uint32_t asked = LOGS | BIT(single) | ANSWERS, told = asked | BIT(tar);
    char date[64];
    say(c, asked, FACT_PARAMETER, "ClusterSecurityMode", "", 0, t->mixed_mode ? "1" : "0");
    say(c, asked, FACT_PARAMETER, "RollBackToPreGrayback", "", 0, t->rollback ? "T" : "F");
    for (int i = 0; i < 3; i++)
        say(c, LOGS | BIT(single), FACT_BACKUP, "", "", 0, iso(t->backup_s - 7 * i * 86400, date));
    say(c, LOGS | BIT(single), FACT_BACKUP_FAILED, "", "", 0, iso(t->backup_failed_s, date));
    for (uint32_t g = 0; g < t->group_count; g++) {
        say(c, ANSWERS, FACT_GROUP_TFTP, t->groups[g].name, "", 0, g == 0 ? "yes" : "no");
        for (uint32_t k = 0; k < t->groups[g].count; k++) {
            /* The database counts from 1, tools from 0: the order is what is told. */
            const char *node = t->nodes[t->groups[g].members[k]].name;
            const char *other = say(c, 0, FACT_GROUP_MEMBER, t->groups[g].name, "", k + 1, node);
            const char *text = say(c, told, FACT_GROUP_MEMBER, t->groups[g].name, "", k, node);
            claim_find(c, text)->other = other;
        }
    }
    for (uint32_t i = 0; i < t->pool_count; i++)
        say(c, told, FACT_POOL_GROUP, t->pools[i].name, "", 0, t->groups[t->pools[i].group].name);
    for (uint32_t i = 1; i <= t->cert_count; i++)
        say(c, BIT(pem) | BIT(der), FACT_CERT_FOUND, "", "", 0, t->certs[i].sha256);
    for (uint32_t k = LIST_NONE + 1; k < LISTS; k++)
        say(c, t->lists[k].at_hand && t->lists[k].count > 0 ? BIT(tlv) : 0, FACT_LIST_FOUND, "", "",
            0, t->lists[k].sha256);
}

static void many(struct claims *c, enum fact_kind kind, const char *issuer, const char *serial,
                 const char *names)
{
    char text[96], *save = NULL;
    snprintf(text, sizeof text, "%s", names);
    for (char *name = strtok_r(text, "/", &save); name != NULL; name = strtok_r(NULL, "/", &save))
        say(c, ANSWERS, kind, issuer, serial, 0, name);
}

static void tvs(struct claims *c)
{
    const struct truth *t = c->truth;
    char issuer[300], subject[300], serial[80];
    for (uint32_t i = 0; i < t->trust_count; i++) {
        const struct truth_cert *cert = &t->certs[t->trust[i].cert];
        snprintf(issuer, sizeof issuer, "%.*s", (int)cert->issuer.n, (const char *)cert->issuer.p);
        snprintf(subject, sizeof subject, "%.*s", (int)cert->subject.n,
                 (const char *)cert->subject.p);
        say_hex(cert->serial, "", serial, sizeof serial);
        say(c, ANSWERS, FACT_TVS_SUBJECT, issuer, serial, 0, subject);
        say(c, ANSWERS, FACT_TVS_TTL, issuer, serial, 0, "86400");
        many(c, FACT_TVS_ROLE, issuer, serial, truth_tvs_roles(cert));
        many(c, FACT_TVS_SERVICE, issuer, serial, truth_tvs_services(cert));
    }
}

/* The lists as the page of a phone has them. */
static void held(struct claims *c, const struct truth_phone *p, uint32_t list, bool ctl)
{
    const struct truth *t = c->truth;
    const struct truth_list *l = &t->lists[list];
    uint32_t shapes = BIT(pages);
    uint32_t nth = 0;
    char text[160];
    say(c, shapes, ctl ? FACT_PHONE_CTL : FACT_PHONE_ITL, p->name, "", 0,
        list == LIST_NONE ? "none" : l->sha1);
    for (uint32_t i = 0; list != LIST_NONE && i < l->count; i++) {
        const struct truth_record *r = &l->records[i];
        if (r->role == TL_SAST)
            continue; /* pages do not show them */
        snprintf(text, sizeof text, "%s %s", tl_role_name(r->role),
                 r->role == TL_CAPF ? t->certs[r->cert].cn : r->dns);
        say(c, shapes, ctl ? FACT_PHONE_CTL_RECORD : FACT_PHONE_ITL_RECORD, p->name, "", nth++,
            text);
    }
}

static void page(struct claims *c, const struct truth_phone *p)
{
    static const char *const modes[] = { "non-secure", "authenticated", "encrypted" };
    const struct truth *t = c->truth;
    const struct truth_group *g = &t->groups[t->pools[p->pool].group];
    char text[64];
    uint32_t shown = p->page ? BIT(pages) : 0;
    say(c, shown | BIT(itlstatus), FACT_PHONE_TFTP, p->name, "", 0, phone_tftp(t, p, 0, text));
    say(c, shown, FACT_PHONE_TFTP, p->name, "", 1, phone_tftp(t, p, 1, text));
    say(c, shown, FACT_PHONE_MODE, p->name, "", 0, modes[p->security]);
    for (uint32_t k = 0; k < g->count; k++)
        say(c, shown, FACT_PHONE_CM, p->name, "", k, t->nodes[g->members[k]].name);
    if (p->page && model_rows[p->model].itl_page) {
        held(c, p, p->ctl, true);
        held(c, p, p->itl, false);
    }
}

static void presence(struct claims *c, const struct truth_phone *p)
{
    const struct truth *t = c->truth;
    bool known = p->on || t->options.now_s - p->since_s < 86400;
    const char *status = p->on ? "registered" : "unregistered";
    char text[64];
    say(c, ANSWERS | (known ? BIT(ris) : 0), FACT_PHONE_STATUS, p->name, "", 0, status);
    say(c, known ? BIT(ris) : 0, FACT_PHONE_STATUS_SINCE, p->name, "", 0, iso(p->since_s, text));
    say(c, ANSWERS, FACT_PHONE_SEEN, p->name, "", 0,
        iso(p->on ? t->options.now_s - 60 : p->since_s, text));
    say(c, ANSWERS | (known ? BIT(ris) : 0), FACT_PHONE_SERVER, p->name, "", 0,
        t->nodes[p->server].name);
    say(c, ANSWERS | (known ? BIT(ris) : 0) | (p->page ? BIT(pages) : 0), FACT_PHONE_ADDRESS,
        p->name, "", 0, say_ip(p->address, text));
}

static void phone(struct claims *c, const struct truth_phone *p)
{
    static const char *const settings[] = { "disabled", "enabled", "restricted" };
    static const char *const status[][2] = { { "Match", "match" },
                                             { "Mismatch", "mismatch" },
                                             { "Not Installed", "not-installed" },
                                             { "Unknown", "unknown" } };
    const struct truth *t = c->truth;
    const struct model_row *m = &model_rows[p->model];
    char text[96];
    say(c, ALL_PHONES, FACT_PHONE_MODEL, p->name, "", 0, m->name);
    snprintf(text, sizeof text, "%u", m->type);
    say(c, 0, FACT_PHONE_MODEL, p->name, "", 0, text);
    snprintf(text, sizeof text, "CP-%s", m->name + 6);
    say(c, 0, FACT_PHONE_MODEL, p->name, "", 0, text);
    say(c, ALL_PHONES, FACT_PHONE_DESCRIPTION, p->name, "", 0, p->description);
    say(c, ALL_PHONES, FACT_PHONE_POOL, p->name, "", 0, t->pools[p->pool].name);
    say(c, ALL_PHONES, FACT_PHONE_PROTOCOL, p->name, "", 0, m->sip ? "SIP" : "SCCP");
    say(c, ALL_PHONES, FACT_PHONE_PROFILE, p->name, "", 0, say_profile(t, p, text));
    say(c, ALL_PHONES, FACT_PHONE_LOAD, p->name, "", 0, m->load);
    say(c, EXPORTS, FACT_PHONE_SETTINGS, p->name, "", 0, settings[p->settings]);
    say(c, EXPORTS | (p->page ? BIT(pages) : 0), FACT_PHONE_WEB, p->name, "", 0,
        p->web ? "yes" : "no");
    say(c, EXPORTS, FACT_PHONE_OPERATION, p->name, "", 0, "No Pending Operation");
    say(c, 0, FACT_PHONE_LSC, p->name, "", 0, p->lsc ? "yes" : "no");
    for (int i = 0; i < 4; i++) {
        if (strcmp(truth_itl_status(t, p), status[i][0]) == 0)
            say(c, BIT(itlstatus), FACT_PHONE_ITL_STATUS, p->name, "", 0, status[i][1]);
    }
    say(c, BIT(cachelist), FACT_PHONE_CONFIG_BUILT, p->name, "", 0, "yes");
    page(c, p);
    presence(c, p);
}

void claims_make(struct claims *c, const struct truth *t)
{
    *c = (struct claims){ .truth = t, .arena = arena_of(&sys_mem), .by_hash = table_of(&sys_mem) };
    nodes(c);
    cluster(c);
    tvs(c);
    for (uint32_t i = 0; i < t->phone_count; i++)
        phone(c, &t->phones[i]);
}
