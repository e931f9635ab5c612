#include "nodes/cluster.h"

#include "nodes/lists.h"
#include "sim/base/check.h"

#include <stdio.h>
#include <string.h>

/* ---- names ---- */

static const char *const store_names[STORES] = { "own", "CallManager-trust", "Phone-SAST-trust",
                                                 "CAPF-trust", "tomcat-trust" };

const char *store_name(enum store s)
{
    return store_names[s];
}

bool store_find(const char *name, enum store *s)
{
    for (int i = STORE_OWN + 1; i < STORES; i++) {
        if (strcmp(store_names[i], name) == 0) {
            *s = (enum store)i;
            return true;
        }
    }
    return false;
}

static const struct {
    const char *name, *shorter;
    uint8_t own; /* the certificate it works with; OWN_NONE: none */
} service_table[SERVICES] = {
    [SERVICE_TFTP] = { "Cisco Tftp", "TFTP", OWN_CALLMANAGER },
    [SERVICE_TVS] = { "Cisco Trust Verification Service", "TVS", OWN_TVS },
    [SERVICE_CALLMANAGER] = { "Cisco CallManager", "CallManager", OWN_CALLMANAGER },
    [SERVICE_TOMCAT] = { "Cisco Tomcat", "Tomcat", OWN_TOMCAT },
    [SERVICE_CAPF] = { "Cisco Certificate Authority Proxy Function", "CAPF", OWN_CAPF },
    [SERVICE_CTIMANAGER] = { "Cisco CTIManager", "CTIManager", OWN_NONE },
    [SERVICE_HAPROXY] = { "Cisco HAProxy", "HAProxy", OWN_NONE },
    [SERVICE_CTL_PROVIDER] = { "Cisco CTL Provider", "CTL Provider", OWN_NONE },
};

const char *service_name(enum service s)
{
    return service_table[s].name;
}

bool service_find(const char *name, enum service *s)
{
    for (int i = 0; i < SERVICES; i++) {
        const char *plain = strncmp(name, "Cisco ", 6) == 0 ? name + 6 : name;
        if (strcmp(plain, service_table[i].name + strlen("Cisco ")) == 0 ||
            strcmp(plain, service_table[i].shorter) == 0) {
            *s = (enum service)i;
            return true;
        }
    }
    return false;
}

const struct param_info param_table[PARAMS] = {
    [PARAM_ROLLBACK] = { "rollback", "Prepare Cluster for Rollback to pre 8.0", 0, 1, "documented",
                         "1: the ITL has empty TVS and TFTP sections" },
    [PARAM_PHONE_INTERACTION] = { "phone_interaction", "Phone Interaction on Certificate Update", 1,
                                  1, "documented", "1: phones are reset automatically (14 on)" },
    [PARAM_SHA512] = { "sha512", "TFTP File Signature Algorithm", 0, 1, "documented",
                       "1: lists and files are signed with SHA-512, 0: SHA-1" },
    [PARAM_SIGNER_1_1] = { "signer_version_1_1", "signer version 1.1", 0, 1, "assumed",
                           "1: lists say signer version 1.1" },
    [PARAM_MAX_SERVING] = { "max_serving", "Maximum Serving Count", 500, 1000000, "assumed",
                            "concurrent transfers of one TFTP service" },
    [PARAM_TVS_TTL_S] = { "tvs_ttl_s", "TVS time to live", 86400, 0xffffffff, "observed",
                          "seconds for which a phone may keep an answer of TVS" },
    [PARAM_TVS_DB_ON_RESTART] = { "tvs_db_on_restart", "TVS reads its database at start only", 0, 1,
                                  "assumed", "1: certificates added later need a TVS restart" },
    [PARAM_TVS_CTL_CACHE] = { "tvs_ctl_cache", "TVS answers from the CTL file", 1, 1, "observed",
                              "1: a signer found in the CTL file alone is vouched for as SAST" },
    [PARAM_REPLICATION_US] = { "replication_us", "database replication", 5000000, 86400000000,
                               "assumed", "until another node sees a new certificate" },
    [PARAM_SERVICE_START_US] = { "service_start_us", "service start", 20000000, 86400000000,
                                 "assumed", "from the start of a service until it answers" },
    [PARAM_ACCEPT_FOREIGN_LSC] = { "accept_capf_trust_lsc", "LSC of a CAPF in CAPF-trust", 1, 1,
                                   "assumed",
                                   "1: CallManager takes an LSC whose issuer lies in CAPF-trust" },
    [PARAM_HTTPS_SERVICES] = { "https_services", "Secured Phone URL Parameters", 1, 1, "documented",
                               "1: phones open directories and services by HTTPS" },
};

bool param_find(const char *name, enum param *p)
{
    for (int i = 0; i < PARAMS; i++) {
        if (strcmp(param_table[i].name, name) == 0 || strcmp(param_table[i].title, name) == 0) {
            *p = (enum param)i;
            return true;
        }
    }
    return false;
}

/* ---- small things ---- */

int64_t cluster_wall_s(const struct cluster *cl, uint64_t now_us)
{
    return cl->env->start_s + (int64_t)(now_us / 1000000);
}

static void trace_node(const struct cluster *cl, uint32_t node, enum trace_node what, uint32_t a,
                       uint32_t b, uint64_t now_us)
{
    struct trace_line line = { .at_us = now_us,
                               .who = TRACE_NODE,
                               .what = (uint8_t)what,
                               .id = (uint32_t)cl->number << 8 | node,
                               .a = a,
                               .b = b };
    trace_put(cl->env->trace, line);
}

bool cert_row_seen(const struct cluster *cl, const struct cert_row *r, uint32_t node,
                   uint64_t now_us)
{
    uint64_t late = r->node == node ? 0 : cl->params[PARAM_REPLICATION_US];
    if (r->since_us != 0 && r->since_us + late > now_us)
        return false; /* what was there at the start is everywhere */
    return r->until_us == UINT64_MAX || now_us < r->until_us + late;
}

static void add_row(struct cluster *cl, struct cert_row row)
{
    mem_reserve(cl->env->mem, (void **)&cl->rows, &cl->row_cap, (size_t)cl->row_count + 1,
                sizeof *cl->rows);
    cl->rows[cl->row_count++] = row;
}

static bool node_index(const struct cluster *cl, uint32_t node, struct err *e)
{
    return node < cl->node_count || err_set(e, "%s: no node %u", cl->name, (unsigned)node);
}

/* ---- certificates ---- */

static const char subject_rest[] = ";OU=Lab;O=cucmlab;L=Utrecht;ST=Utrecht;C=NL";

/* Subjects as CUCM makes them (observed): the hostname for most, CAPF-<8 hex>, ITLRECOVERY_<host>.
 */
static void subject_of(const struct node *n, enum own own, struct rng *rng, char out[256])
{
    const char *dot = n->domain[0] == '\0' ? "" : ".";
    if (own == OWN_CAPF)
        snprintf(out, 256, "CN=CAPF-%08x%s", (unsigned)(rng_next(rng) & 0xffffffffu), subject_rest);
    else if (own == OWN_ITLRECOVERY)
        snprintf(out, 256, "CN=ITLRECOVERY_%s%s", n->name, subject_rest);
    else if (own == OWN_CALLMANAGER_ECDSA)
        snprintf(out, 256, "CN=%s-EC%s%s%s", n->name, dot, n->domain, subject_rest);
    else
        snprintf(out, 256, "CN=%s%s%s%s", n->name, dot, n->domain, subject_rest);
}

#define YEAR_S (365ll * 86400)

/* A new self-signed certificate.  Who it is depends on the identity, the cluster, the node, the
 * kind and how many were made before: never on names, dates or the order of acts. */
static uint32_t make_cert(struct cluster *cl, uint32_t node, enum own own, uint64_t now_us)
{
    struct content *c = cl->env->content;
    struct node *n = &cl->nodes[node];
    char text[256];
    snprintf(text, sizeof text, "cluster %u node %u %s %u", (unsigned)cl->number, (unsigned)node,
             own_name(own), (unsigned)n->made[own]++);
    uint32_t label = content_str(c, text);
    struct rng rng = rng_of(cl->env->identity, text, 0);
    uint8_t serial[16];
    rng_bytes(&rng, serial, sizeof serial);
    serial[0] = (uint8_t)(0x40 | (serial[0] & 0x3f)); /* full length, positive: no 00 in front */
    subject_of(n, own, &rng, text);
    uint32_t subject = content_str(c, text);

    struct ct_key key = { .label = label, .type = cl->version->key[own] };
    int64_t now_s = cluster_wall_s(cl, now_us);
    bool ca = own == OWN_CAPF;
    return content_cert(c, (struct ct_cert){
                               .subject = subject,
                               .issuer = subject,
                               .serial = content_text(c, view_of(serial, sizeof serial)),
                               .key = content_key(c, &key),
                               .not_before_s = now_s - 3600,
                               .not_after_s = now_s + (own == OWN_ITLRECOVERY ? 20 : 5) * YEAR_S,
                               .digest = cl->version->cert_digest,
                               .ca = ca,
                           });
}

/* Which nodes have a certificate of this kind of their own. */
static bool has_own(const struct cluster *cl, uint32_t node, enum own own)
{
    const struct version *v = cl->version;
    if (v->key[own] == 0xff)
        return false;
    if (own == OWN_ITLRECOVERY && v->itlrecovery_per_cluster && node != 0)
        return false;
    /* Inferred for before 14: CAPF is used on the publisher; only its certificate is in lists. */
    return own != OWN_CAPF || node == 0 || !v->capf_on_publisher_only;
}

static void set_own(struct cluster *cl, uint32_t node, enum own own, uint32_t cert, uint64_t now_us)
{
    for (uint32_t i = 0; i < cl->row_count; i++) {
        struct cert_row *r = &cl->rows[i];
        if (r->store == STORE_OWN && r->node == node && r->own == own && r->until_us == UINT64_MAX)
            r->until_us = now_us;
    }
    add_row(cl, (struct cert_row){ .cert = cert,
                                   .store = STORE_OWN,
                                   .own = (uint8_t)own,
                                   .node = (uint8_t)node,
                                   .since_us = now_us,
                                   .until_us = UINT64_MAX });
    cl->nodes[node].disk[own] = cert;
    if (own == OWN_ITLRECOVERY && cl->version->itlrecovery_per_cluster) {
        for (uint32_t i = 1; i < cl->node_count; i++)
            cl->nodes[i].disk[own] = cert; /* copied to the subscribers (documented, 12.5) */
    }
    trace_node(cl, node, TRACE_CERT, cert, own, now_us);
}

/* What happens by itself after a certificate changed, by the version table. */
static void after_change(struct cluster *cl, uint32_t node, enum own own, uint64_t now_us)
{
    const struct version *v = cl->version;
    struct node *n = &cl->nodes[node];
    bool in_lists = own != OWN_TOMCAT && own != OWN_IPSEC;
    if (own == OWN_TVS && v->tvs_restarts && n->services[SERVICE_TVS].state != SERVICE_STOPPED)
        cluster_service_restart(cl, node, SERVICE_TVS, now_us, NULL);
    if (own == OWN_CALLMANAGER && v->ccm_uses_new)
        n->used[SERVICE_CALLMANAGER] = n->disk[OWN_CALLMANAGER];
    /* Every TFTP waits until the database has reached it and TVS is back. */
    uint64_t when = now_us + cl->params[PARAM_REPLICATION_US] + cl->params[PARAM_SERVICE_START_US];
    if (in_lists && v->itl_rebuilds) {
        for (uint32_t i = 0; i < cl->node_count; i++)
            cl->nodes[i].rebuild_us = when;
    }
    if (in_lists && v->resets_phones && cl->params[PARAM_PHONE_INTERACTION] != 0)
        cl->reset_us = when + 1;
    cl->change++;
}

bool cluster_regenerate(struct cluster *cl, uint32_t node, enum own own, uint64_t now_us,
                        struct err *e)
{
    if (!node_index(cl, node, e))
        return false;
    if (!has_own(cl, node, own))
        return err_set(e, "%s: %s has no certificate %s of its own in version %s", cl->name,
                       cl->nodes[node].name, own_name(own), cl->version->name);
    set_own(cl, node, own, make_cert(cl, node, own, now_us), now_us);
    after_change(cl, node, own, now_us);
    return true;
}

bool cluster_upload(struct cluster *cl, uint32_t node, enum store store, uint32_t cert,
                    uint64_t now_us, struct err *e)
{
    if (!node_index(cl, node, e))
        return false;
    CHECK(store != STORE_OWN);
    for (uint32_t i = 0; i < cl->row_count; i++) {
        const struct cert_row *r = &cl->rows[i];
        if (r->store == store && r->cert == cert && r->until_us == UINT64_MAX)
            return err_set(e, "%s: %s already holds this certificate", cl->name, store_name(store));
    }
    add_row(cl, (struct cert_row){ .cert = cert,
                                   .store = (uint8_t)store,
                                   .node = (uint8_t)node,
                                   .since_us = now_us,
                                   .until_us = UINT64_MAX });
    cl->change++;
    return true;
}

bool cluster_delete(struct cluster *cl, enum store store, uint32_t cert, uint64_t now_us,
                    struct err *e)
{
    for (uint32_t i = 0; i < cl->row_count; i++) {
        struct cert_row *r = &cl->rows[i];
        if (r->store == store && r->cert == cert && r->until_us == UINT64_MAX) {
            r->until_us = now_us;
            cl->change++;
            return true;
        }
    }
    return err_set(e, "%s: %s does not hold this certificate", cl->name, store_name(store));
}

/* ---- services ---- */

static void rebuild_lists(struct cluster *cl, uint32_t node, uint64_t now_us)
{
    struct node *n = &cl->nodes[node];
    n->used[SERVICE_TFTP] = n->disk[OWN_CALLMANAGER];
    uint32_t itl = lists_itl(cl, node, n->itl, now_us);
    trace_node(cl, node, TRACE_LIST, itl, itl == n->itl, now_us);
    n->itl = itl;
    n->ctl = cl->ctl;
    cl->change++;
}

/* `ready_us` is later than now where it starts. */
static void set_state(struct cluster *cl, uint32_t node, enum service s, enum service_state to,
                      uint64_t ready_us, uint64_t now_us)
{
    struct service_run *run = &cl->nodes[node].services[s];
    run->state = (uint8_t)to;
    run->epoch++;
    run->ready_us = ready_us;
    trace_node(cl, node, TRACE_SERVICE, s, to, now_us);
    cl->change++;
}

static void begin_running(struct cluster *cl, uint32_t node, enum service s, uint64_t now_us)
{
    struct node *n = &cl->nodes[node];
    set_state(cl, node, s, SERVICE_RUNNING, now_us, now_us);
    if (service_table[s].own != OWN_NONE)
        n->used[s] = n->disk[service_table[s].own];
    if (s == SERVICE_TFTP)
        rebuild_lists(cl, node, now_us);
}

/* Whether a service is activated on a node: TFTP and CallManager where the administrator said so,
 * TVS where CallManager or TFTP runs (documented: every node that runs CallManager), CAPF and CTL
 * provider on the publisher, the rest everywhere. */
static bool is_activated(const struct cluster *cl, uint32_t node, enum service s)
{
    const struct node *n = &cl->nodes[node];
    switch (s) {
    case SERVICE_TFTP:
        return n->tftp;
    case SERVICE_CALLMANAGER:
    case SERVICE_CTIMANAGER:
        return n->callmanager;
    case SERVICE_TVS:
        return n->callmanager || n->tftp;
    case SERVICE_CAPF:
    case SERVICE_CTL_PROVIDER:
        return node == 0;
    default:
        return true;
    }
}

bool cluster_service_start(struct cluster *cl, uint32_t node, enum service s, uint64_t now_us,
                           struct err *e)
{
    if (!node_index(cl, node, e))
        return false;
    if (!is_activated(cl, node, s))
        return err_set(e, "%s: %s is not activated on %s", cl->name, service_name(s),
                       cl->nodes[node].name);
    struct service_run *run = &cl->nodes[node].services[s];
    if (run->state != SERVICE_STOPPED)
        return err_set(e, "%s: %s is already started on %s", cl->name, service_name(s),
                       cl->nodes[node].name);
    set_state(cl, node, s, SERVICE_STARTING, now_us + cl->params[PARAM_SERVICE_START_US], now_us);
    if (cl->params[PARAM_SERVICE_START_US] == 0)
        begin_running(cl, node, s, now_us);
    return true;
}

bool cluster_service_stop(struct cluster *cl, uint32_t node, enum service s, uint64_t now_us,
                          struct err *e)
{
    if (!node_index(cl, node, e))
        return false;
    if (cl->nodes[node].services[s].state == SERVICE_STOPPED)
        return err_set(e, "%s: %s is not started on %s", cl->name, service_name(s),
                       cl->nodes[node].name);
    set_state(cl, node, s, SERVICE_STOPPED, now_us, now_us);
    return true;
}

bool cluster_service_restart(struct cluster *cl, uint32_t node, enum service s, uint64_t now_us,
                             struct err *e)
{
    if (!node_index(cl, node, e))
        return false;
    if (cl->nodes[node].services[s].state != SERVICE_STOPPED &&
        !cluster_service_stop(cl, node, s, now_us, e))
        return false;
    return cluster_service_start(cl, node, s, now_us, e);
}

bool cluster_service_outdated(const struct cluster *cl, uint32_t node, enum service s)
{
    const struct node *n = &cl->nodes[node];
    uint8_t own = service_table[s].own;
    return own != OWN_NONE && n->services[s].state == SERVICE_RUNNING && n->used[s] != n->disk[own];
}

/* ---- CTL, recovery ---- */

bool cluster_ctl(struct cluster *cl, enum ctl_act act, uint64_t now_us, struct err *e)
{
    if (cl->version->ctl_signer == OWN_NONE)
        return err_set(e, "%s: version %s has no tokenless CTL (utils ctl is there from 10.0)",
                       cl->name, cl->version->name);
    if (act == CTL_UPDATE && !cl->mixed_mode)
        return err_set(e, "%s: the cluster is not in mixed mode, there is no CTL file to update",
                       cl->name);
    cl->mixed_mode = act != CTL_NON_SECURE_MODE;
    cl->ctl = lists_ctl(cl, act == CTL_NON_SECURE_MODE, now_us);
    for (uint32_t i = 0; i < cl->class_count; i++)
        cl->classes[i].profile = 0; /* the security mode is part of the configuration */
    for (uint32_t i = 0; i < cl->node_count && cl->version->itl_rebuilds; i++)
        cl->nodes[i].ctl = cl->ctl; /* 14 on: sent to TFTP at once; before: when TFTP restarts */
    cl->change++;
    return true;
}

bool cluster_itl_reset_localkey(struct cluster *cl, uint64_t now_us, struct err *e)
{
    enum own own = (enum own)cl->version->localkey;
    if (own == OWN_NONE)
        return err_set(e, "%s: version %s has no utils itl reset (it is there from 10.0)", cl->name,
                       cl->version->name);
    struct node *pub = &cl->nodes[0];
    if (pub->itl == 0)
        return err_set(e, "%s: %s has no ITL file", cl->name, pub->name);
    uint32_t list = lists_itl_reset(cl, pub->disk[own], now_us);
    for (uint32_t i = 0; i < cl->node_count; i++) {
        if (cl->nodes[i].tftp && cl->nodes[i].services[SERVICE_TFTP].state == SERVICE_RUNNING) {
            cl->nodes[i].itl = list;
            trace_node(cl, i, TRACE_LIST, list, 0, now_us);
        }
    }
    cl->change++;
    return true;
}

/* ---- configuration database ---- */

bool cluster_find_group(const struct cluster *cl, const char *name, uint16_t *group)
{
    for (uint32_t i = 0; i < cl->group_count; i++) {
        if (strcmp(cl->groups[i].name, name) == 0) {
            *group = (uint16_t)i;
            return true;
        }
    }
    return false;
}

bool cluster_find_pool(const struct cluster *cl, const char *name, uint16_t *pool)
{
    for (uint32_t i = 0; i < cl->pool_count; i++) {
        if (strcmp(cl->pools[i].name, name) == 0) {
            *pool = (uint16_t)i;
            return true;
        }
    }
    return false;
}

static bool copy_name(char out[CLUSTER_NAME], const char *name, const char *what, struct err *e)
{
    size_t n = strlen(name);
    if (n == 0 || n >= CLUSTER_NAME)
        return err_set(e, "%s \"%.80s\": 1 to %d characters expected", what, name,
                       CLUSTER_NAME - 1);
    memset(out, 0, CLUSTER_NAME);
    memcpy(out, name, n);
    return true;
}

bool cluster_add_group(struct cluster *cl, const char *name, const uint8_t *members, uint32_t count,
                       uint16_t *group, struct err *e)
{
    if (cluster_find_group(cl, name, group))
        return err_set(e, "%s: there is already a CallManager group \"%s\"", cl->name, name);
    if (count == 0 || count > CNF_SERVERS)
        return err_set(e, "%s: CallManager group \"%s\" has %u members, 1 to %d expected", cl->name,
                       name, (unsigned)count, CNF_SERVERS);
    if (cl->group_count == CLUSTER_GROUPS)
        return err_set(e, "%s: more than %d CallManager groups", cl->name, CLUSTER_GROUPS);
    struct group g = { .count = (uint8_t)count };
    for (uint32_t i = 0; i < count; i++) {
        if (!cl->nodes[members[i]].callmanager)
            return err_set(e, "%s: %s does not run Cisco CallManager", cl->name,
                           cl->nodes[members[i]].name);
        for (uint32_t k = 0; k < i; k++) {
            if (g.members[k] == members[i])
                return err_set(e, "%s: CallManager group \"%s\" names %s twice", cl->name, name,
                               cl->nodes[members[i]].name);
        }
        g.members[i] = members[i];
    }
    if (!copy_name(g.name, name, "CallManager group", e))
        return false;
    mem_reserve(cl->env->mem, (void **)&cl->groups, &cl->group_cap, (size_t)cl->group_count + 1,
                sizeof *cl->groups);
    *group = (uint16_t)cl->group_count;
    cl->groups[cl->group_count++] = g;
    return true;
}

bool cluster_add_pool(struct cluster *cl, const char *name, uint16_t group, uint16_t *pool,
                      struct err *e)
{
    if (cluster_find_pool(cl, name, pool))
        return err_set(e, "%s: there is already a device pool \"%s\"", cl->name, name);
    if (cl->pool_count == CLUSTER_POOLS)
        return err_set(e, "%s: more than %d device pools", cl->name, CLUSTER_POOLS);
    struct pool p = { .group = group };
    if (!copy_name(p.name, name, "device pool", e))
        return false;
    mem_reserve(cl->env->mem, (void **)&cl->pools, &cl->pool_cap, (size_t)cl->pool_count + 1,
                sizeof *cl->pools);
    *pool = (uint16_t)cl->pool_count;
    cl->pools[cl->pool_count++] = p;
    return true;
}

static bool same_class(const struct device_class *a, const struct device_class *b)
{
    return a->pool == b->pool && a->protocol == b->protocol &&
           a->security_mode == b->security_mode && a->encrypted == b->encrypted &&
           a->lsc == b->lsc && strcmp(a->load, b->load) == 0;
}

bool cluster_class(struct cluster *cl, const struct device_class *c, uint16_t *index, struct err *e)
{
    for (uint32_t i = 0; i < cl->class_count; i++) {
        if (same_class(&cl->classes[i], c)) {
            *index = (uint16_t)i;
            return true;
        }
    }
    if (cl->class_count == CLUSTER_CLASSES)
        return err_set(e, "%s: more than %d kinds of phones (pool, protocol, security, load)",
                       cl->name, CLUSTER_CLASSES);
    mem_reserve(cl->env->mem, (void **)&cl->classes, &cl->class_cap, (size_t)cl->class_count + 1,
                sizeof *cl->classes);
    *index = (uint16_t)cl->class_count;
    cl->classes[cl->class_count] = *c;
    cl->classes[cl->class_count].profile = 0;
    cl->classes[cl->class_count++].short_profile = 0;
    return true;
}

void cluster_set_param(struct cluster *cl, enum param p, uint64_t value)
{
    cl->params[p] = value;
    for (uint32_t i = 0; i < cl->class_count; i++)
        cl->classes[i].profile = 0;
    cl->change++;
}

/* ---- life ---- */

static bool check_name(const char *name, const char *what, struct err *e)
{
    for (const char *p = name; *p != '\0'; p++) {
        bool ok = (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') ||
                  (*p >= '0' && *p <= '9') || *p == '-' || *p == '.' || *p == '_';
        if (!ok)
            return err_set(e, "%s \"%.80s\": letters, digits, '-', '.', '_' expected", what, name);
    }
    return true;
}

static bool add_node(struct cluster *cl, const struct node_spec *spec, struct err *e)
{
    struct node *n = &cl->nodes[cl->node_count];
    uint32_t other;
    if (!copy_name(n->name, spec->name, "node", e) || !check_name(spec->name, "node", e) ||
        !check_name(spec->domain, "domain", e))
        return false;
    if (cluster_node(cl, spec->name, &other))
        return err_set(e, "%s: two nodes named \"%s\"", cl->name, spec->name);
    if (spec->domain[0] != '\0' && !copy_name(n->domain, spec->domain, "domain", e))
        return false;
    n->ip = spec->ip;
    n->callmanager = spec->callmanager;
    n->tftp = spec->tftp;
    cl->node_count++;
    return true;
}

bool cluster_init(struct cluster *cl, const struct cluster_env *env, uint8_t number,
                  const char *name, const struct version *version, const struct node_spec *nodes,
                  uint32_t count, uint64_t now_us, struct err *e)
{
    memset(cl, 0, sizeof *cl);
    cl->env = env;
    cl->number = number;
    cl->version = version;
    for (int i = 0; i < PARAMS; i++)
        cl->params[i] = param_table[i].initial;
    if (!copy_name(cl->name, name, "cluster", e) || !check_name(name, "cluster", e))
        return false;
    if (count == 0 || count > CLUSTER_NODES)
        return err_set(e, "%s: %u nodes, 1 to %d expected", name, (unsigned)count, CLUSTER_NODES);
    for (uint32_t i = 0; i < count; i++) {
        if (!add_node(cl, &nodes[i], e))
            return false;
    }
    for (uint32_t i = 0; i < count; i++) {
        for (int own = 0; own < OWNS; own++) {
            if (has_own(cl, i, (enum own)own))
                set_own(cl, i, (enum own)own, make_cert(cl, i, (enum own)own, now_us), now_us);
        }
    }
    for (uint32_t r = 0; r < cl->row_count; r++)
        cl->rows[r].since_us = 0; /* an installed cluster has replicated long ago */
    for (uint32_t i = 0; i < count; i++) {
        for (int s = 0; s < SERVICES; s++) {
            if (is_activated(cl, i, (enum service)s))
                begin_running(cl, i, (enum service)s, now_us);
        }
    }
    return true;
}

void cluster_free(struct cluster *cl)
{
    if (cl->env == NULL)
        return;
    const struct mem *mem = cl->env->mem;
    mem->resize(mem->ctx, cl->rows, 0);
    mem->resize(mem->ctx, cl->groups, 0);
    mem->resize(mem->ctx, cl->pools, 0);
    mem->resize(mem->ctx, cl->classes, 0);
    memset(cl, 0, sizeof *cl);
}

static void *copy_array(const struct mem *mem, const void *from, size_t n)
{
    if (n == 0)
        return NULL;
    void *to = mem->resize(mem->ctx, NULL, n);
    memcpy(to, from, n);
    return to;
}

void cluster_clone(struct cluster *to, const struct cluster *from, const struct mem *mem)
{
    *to = *from;
    to->rows = copy_array(mem, from->rows, from->row_count * sizeof *from->rows);
    to->groups = copy_array(mem, from->groups, from->group_count * sizeof *from->groups);
    to->pools = copy_array(mem, from->pools, from->pool_count * sizeof *from->pools);
    to->classes = copy_array(mem, from->classes, from->class_count * sizeof *from->classes);
    to->row_cap = from->row_count;
    to->group_cap = from->group_count;
    to->pool_cap = from->pool_count;
    to->class_cap = from->class_count;
    for (uint32_t i = 0; i < to->node_count; i++)
        to->nodes[i].transfers = 0; /* the phones of those transfers are not here */
}

bool cluster_node(const struct cluster *cl, const char *name, uint32_t *node)
{
    for (uint32_t i = 0; i < cl->node_count; i++) {
        if (strcmp(cl->nodes[i].name, name) == 0) {
            *node = i;
            return true;
        }
    }
    return false;
}

bool cluster_node_at(const struct cluster *cl, uint32_t ip, uint32_t *node)
{
    for (uint32_t i = 0; i < cl->node_count; i++) {
        if (cl->nodes[i].ip == ip) {
            *node = i;
            return true;
        }
    }
    return false;
}

/* ---- time ---- */

static void sooner(uint64_t *least, uint64_t t)
{
    if (t != 0 && (*least == 0 || t < *least))
        *least = t;
}

uint64_t cluster_deadline_us(const struct cluster *cl)
{
    uint64_t least = 0;
    for (uint32_t i = 0; i < cl->node_count; i++) {
        for (int s = 0; s < SERVICES; s++) {
            if (cl->nodes[i].services[s].state == SERVICE_STARTING)
                sooner(&least, cl->nodes[i].services[s].ready_us);
        }
        sooner(&least, cl->nodes[i].rebuild_us);
    }
    sooner(&least, cl->reset_us);
    return least;
}

void cluster_tick(struct cluster *cl, uint64_t now_us)
{
    for (uint32_t i = 0; i < cl->node_count; i++) {
        struct node *n = &cl->nodes[i];
        for (int s = 0; s < SERVICES; s++) {
            if (n->services[s].state == SERVICE_STARTING && n->services[s].ready_us <= now_us)
                begin_running(cl, i, (enum service)s, now_us);
        }
        if (n->rebuild_us != 0 && n->rebuild_us <= now_us) {
            n->rebuild_us = 0;
            if (n->services[SERVICE_TFTP].state == SERVICE_RUNNING)
                rebuild_lists(cl, i, now_us);
        }
    }
    if (cl->reset_us != 0 && cl->reset_us <= now_us) {
        cl->reset_us = 0;
        cl->want_reset = true;
        trace_node(cl, 0, TRACE_RESET_ALL, 0, 0, now_us);
    }
}
