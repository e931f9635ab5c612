#include "nodes/found.h"

#include "nodes/authority.h"
#include "nodes/certs.h"
#include "nodes/lists.h"
#include "nodes/services.h"
#include "sim/base/rng.h"
#include "sim/base/table.h"

#include <string.h>

static bool is_on(const uint64_t on[FOUND_NODES], uint32_t node)
{
    return (on[node / 64] >> node % 64 & 1) != 0;
}

/* ---- names ---- */

/* What follows the common name, in the form of struct node_disk; 0: nothing does.  A renewed
 * certificate has it too. */
static uint32_t organisation_of(struct content *c, uint32_t cert)
{
    static const char *const begins[] = { "OU=", "O=", "L=", "ST=", "C=" };
    const char *subject = content_get_str(c, content_get_cert(c, cert)->subject);
    for (const char *at = strchr(subject, ';'); at != NULL; at = strchr(at + 1, ';')) {
        for (size_t i = 0; i < sizeof begins / sizeof begins[0]; i++) {
            if (strncmp(at + 1, begins[i], strlen(begins[i])) == 0)
                return content_str(c, at + 1);
        }
    }
    return 0;
}

static void name_node(struct cluster *cl, uint32_t node, const struct found_node *f)
{
    static const uint8_t tells[] = { OWN_CALLMANAGER, OWN_TOMCAT, OWN_TVS };
    struct node_disk *d = &cl->nodes[node].disk;
    if (f->domain != NULL && f->domain[0] != '\0')
        cluster_copy_name(d->domain, f->domain, "domain", NULL);
    else if (f->domain != NULL)
        memset(d->domain, 0, sizeof d->domain);
    for (size_t i = 0; i < sizeof tells && d->organisation == 0; i++) {
        if (f->own[tells[i]] != 0)
            d->organisation = organisation_of(cl->env->content, f->own[tells[i]]);
    }
}

/* ---- own certificates ---- */

static struct cert_row *own_row(const struct cluster *cl, uint32_t node, int own)
{
    for (uint32_t i = 0; i < cl->db.row_count; i++) {
        struct cert_row *r = &cl->db.rows[i];
        if (r->store == STORE_OWN && r->node == node && r->own == own && r->until_us == UINT64_MAX)
            return r;
    }
    return NULL;
}

/* It has been there, and on all nodes, since before the run. */
static void long_ago(struct cert_row *row)
{
    row->since_us = row->seen_us = 0;
}

static bool is_copied(const struct cluster *cl, int own)
{
    return own_kinds[own].copied && (cl->version->publisher_only & OWN_BIT(own)) != 0;
}

/* What the publisher makes for all has one row, the publisher's. */
static void put_on_disk(struct cluster *cl, uint32_t node, int own, uint32_t cert)
{
    struct cert_row *row = own_row(cl, node, own);
    if (row != NULL)
        row->cert = cert;
    cl->nodes[node].disk.own[own] = cert;
    if (is_copied(cl, own) && node == 0) {
        FOR_EACH_NODE(cl, i)
        cl->nodes[i].disk.own[own] = cert;
    }
}

static void put_own(struct cluster *cl, uint32_t node, int own, uint32_t cert, uint64_t now_us)
{
    if (own_row(cl, node, own) == NULL && !is_copied(cl, own)) {
        certs_own_row(cl, node, (enum own)own, cert, now_us);
        long_ago(&cl->db.rows[cl->db.row_count - 1]);
    }
    put_on_disk(cl, node, own, cert);
    cluster_trace(cl, node, TRACE_CERT, cert, (uint32_t)own, now_us);
}

/* One that several nodes have is a multi-server certificate. */
static void mark_shared(struct cluster *cl, int own)
{
    FOR_EACH_NODE(cl, i)
    {
        FOR_EACH_NODE(cl, k)
        {
            struct node_disk *d = &cl->nodes[i].disk;
            if (k != i && d->own[own] != 0 && d->own[own] == cl->nodes[k].disk.own[own])
                d->multi_server |= OWN_BIT(own);
        }
    }
}

static void put_all_own(struct cluster *cl, const struct found *f, uint64_t now_us)
{
    for (int own = 0; own < OWNS; own++) {
        for (uint32_t i = 0; i < f->node_count; i++) {
            if (f->nodes[i].own[own] != 0)
                put_own(cl, i, own, f->nodes[i].own[own], now_us);
        }
        bool shares = own_kinds[own].shared || (cl->version->shares_also & OWN_BIT(own)) != 0;
        if (shares && cl->version->multi_server)
            mark_shared(cl, own);
    }
}

/* ---- trust stores ---- */

/* Rows are put in by the thousand: they are found by their certificate. */
struct putting {
    struct cluster *cl;
    struct table by_cert; /* of the certificate -> index of a row */
    uint32_t known;       /* rows in it */
    uint64_t now_us;
};

static uint64_t cert_key(uint32_t cert)
{
    return rng_mix(cert) | 1;
}

static void know_rows(struct putting *p)
{
    for (; p->known < p->cl->db.row_count; p->known++)
        table_add(&p->by_cert, cert_key(p->cl->db.rows[p->known].cert), p->known);
}

/* The next row of that certificate, first with *at = 0; NULL: no further one. */
static struct cert_row *next_row(const struct putting *p, uint32_t cert, uint32_t *at)
{
    uint32_t index;
    while (table_next(&p->by_cert, cert_key(cert), at, &index)) {
        if (p->cl->db.rows[index].cert == cert)
            return &p->cl->db.rows[index];
    }
    return NULL;
}

static struct cert_row *put_row(struct putting *p, enum store store, uint32_t node, uint32_t cert)
{
    struct cert_row *row = certs_add(p->cl, store, node, cert, p->now_us);
    long_ago(row);
    know_rows(p);
    return row;
}

/* It lies there.  A copy that the system keeps of an own certificate goes with that: the row of the
 * own one stands for it here, for TVS answers from both alike (documented). */
static bool is_there(const struct putting *p, enum store store, uint32_t cert)
{
    const struct cert_row *r;
    for (uint32_t at = 0; (r = next_row(p, cert, &at)) != NULL;) {
        if (r->store == STORE_OWN || (r->store == store && r->until_us == UINT64_MAX))
            return true;
    }
    return false;
}

static void put_trust(struct putting *p, const struct found_trust *t)
{
    const struct cluster *cl = p->cl;
    uint32_t first = 0;
    while (t->some && first < cl->node_count && !is_on(t->on, first))
        first++;
    if (first == cl->node_count || is_there(p, (enum store)t->store, t->cert))
        return;
    struct cert_row *row = put_row(p, (enum store)t->store, first, t->cert);
    if (!t->some)
        return;
    certs_keep_on(row, first);
    for (uint32_t i = 0; i < cl->node_count; i++) {
        if (is_on(t->on, i))
            certs_undelete(row, i);
    }
}

/* Where one lies of which only the TVS store is known: the store whose roles it has (inferred). */
static enum store store_for(uint32_t roles)
{
    for (int s = STORE_OWN + 1; s < STORES; s++) {
        if (store_kinds[s].roles != 0 && (store_kinds[s].roles & ~roles) == 0)
            return (enum store)s;
    }
    return STORES;
}

static void put_tvs(struct putting *p, const struct found_tvs *t)
{
    struct cert_row *r;
    uint32_t at = 0;
    enum store store = store_for(t->roles);
    if (store != STORES && next_row(p, t->cert, &at) == NULL)
        put_row(p, store, 0, t->cert);
    for (at = 0; t->has_ttl && (r = next_row(p, t->cert, &at)) != NULL;) {
        r->has_ttl = true;
        r->ttl_s = t->ttl_s;
    }
}

static void put_stores(struct cluster *cl, const struct found *f, uint64_t now_us)
{
    struct putting p = { .cl = cl, .by_cert = table_of(cl->env->mem), .now_us = now_us };
    know_rows(&p);
    for (uint32_t i = 0; i < f->trust_count; i++)
        put_trust(&p, &f->trust[i]);
    for (uint32_t i = 0; i < f->tvs_count; i++)
        put_tvs(&p, &f->tvs[i]);
    table_free(&p.by_cert);
}

/* ---- services ---- */

static void activate(struct cluster *cl, uint32_t node, const struct found_node *f)
{
    uint32_t *activated = &cl->nodes[node].disk.activated;
    for (int s = 0; s < SERVICES; s++) {
        uint8_t by = service_kinds[s].activation;
        bool by_hand = by == BY_HAND || (by == BY_HAND_ON_PUBLISHER && node == 0);
        if (!by_hand || f->services[s].state == FOUND_BY_HABIT)
            continue;
        *activated &= ~SERVICE_BIT(s);
        if (f->services[s].state != FOUND_NOT_ACTIVATED)
            *activated |= SERVICE_BIT(s);
    }
}

static bool runs(const struct cluster *cl, uint32_t node, enum service s)
{
    return cl->nodes[node].run.services[s].state != SERVICE_STOPPED;
}

static void stop(struct cluster *cl, uint32_t node, enum service s, uint64_t now_us)
{
    if (runs(cl, node, s))
        services_stop(cl, node, s, now_us);
}

/* Everything takes up what lies there now, but for a CallManager that does not run: its phones have
 * registered elsewhere. */
static void start_all(struct cluster *cl, const struct found *f, uint32_t node, uint64_t now_us)
{
    struct node *n = &cl->nodes[node];
    n->run.itl = n->run.ctl = 0;
    for (int s = 0; s < SERVICES; s++) {
        bool up = services_is_activated(cl, node, (enum service)s) &&
                  !(s == SERVICE_CALLMANAGER && f->nodes[node].services[s].state == FOUND_STOPPED);
        if (up)
            services_run(cl, node, (enum service)s, now_us);
        else
            stop(cl, node, (enum service)s, now_us);
    }
    n->disk.itl_before = 0;
}

/* ---- the mode ---- */

/* A CTL as this version makes it: with two tokens where it cannot do without. */
static void put_mode(struct cluster *cl, bool mixed, uint64_t now_us)
{
    cl->db.mixed_mode = mixed;
    if (!mixed)
        return;
    if (cl->version->ctl_signer != OWN_NONE) {
        lists_put_ctl(cl, cl->version->ctl_signer, now_us);
    } else if (cl->version->token_ctl != TOKENS_NONE) {
        struct client_ctl ctl = { .token_count = 2 };
        ctl.tokens[0] = ctl.signer = token_make(cl->env, "SAST-ADN00000001");
        ctl.tokens[1] = token_make(cl->env, "SAST-ADN00000002");
        lists_put_client_ctl(cl, &ctl, now_us);
    }
}

void found_put(struct cluster *cl, const struct found *f, uint64_t now_us)
{
    for (uint32_t i = 0; i < f->node_count; i++) {
        name_node(cl, i, &f->nodes[i]);
        activate(cl, i, &f->nodes[i]);
        cl->nodes[i].disk.fips = f->nodes[i].fips;
    }
    put_all_own(cl, f, now_us);
    put_stores(cl, f, now_us);
    put_mode(cl, f->mixed_mode, now_us);
    for (uint32_t i = 0; i < f->node_count; i++)
        start_all(cl, f, i, now_us);
}

/* ---- what was before ---- */

bool found_has_own(const struct cluster *cl, const struct found *f, uint32_t node, enum own own)
{
    uint32_t at = is_copied(cl, own) ? 0 : node;
    return at < f->node_count && f->nodes[at].own[own] != 0;
}

int64_t found_youngest(const struct cluster *cl, const struct found *f, uint32_t *node,
                       enum own *own)
{
    static const enum own renewed[] = { OWN_CALLMANAGER, OWN_TVS, OWN_CAPF, OWN_ITLRECOVERY };
    int64_t newest_s = 0;
    FOR_EACH_NODE(cl, i)
    {
        for (size_t k = 0; k < sizeof renewed / sizeof renewed[0]; k++) {
            uint32_t cert = cl->nodes[i].disk.own[renewed[k]];
            int64_t made_s = cert == 0 ? 0 : content_get_cert(cl->env->content, cert)->not_before_s;
            if (made_s <= newest_s || (f != NULL && !found_has_own(cl, f, i, renewed[k])))
                continue;
            newest_s = made_s;
            *node = i;
            *own = renewed[k];
        }
    }
    return newest_s;
}

void found_had(struct cluster *past, uint32_t node, enum own own, uint32_t cert)
{
    put_on_disk(past, node, own, cert);
}

/* ---- what lists tell ---- */

struct telling {
    uint64_t *params, *told;
};

static void tell(struct telling *t, enum param p, uint64_t value)
{
    t->params[p] = value;
    t->told[p / 64] |= UINT64_C(1) << p % 64;
}

static bool is_ec(const struct content *c, uint32_t cert)
{
    uint32_t key = cert == 0 ? 0 : content_get_cert(c, cert)->key;
    uint8_t type = key == 0 ? KEY_NONE : content_get_key(c, key)->type;
    return type >= KEY_EC_P256 && type <= KEY_EC_P521;
}

/* Its CallManager records: whether their role goes by the mode shows on the RSA one outside mixed
 * mode and on the EC one in it; several RSA ones are those of other TFTP nodes too. */
static void tell_roles(const struct cluster *cl, const struct found *f, const struct ct_list *l,
                       struct telling *t)
{
    uint32_t rsa = 0;
    for (uint32_t i = 0; i < l->count; i++) {
        const struct ct_record *r = &l->records[i];
        bool ec = is_ec(cl->env->content, r->cert);
        if (r->cert == 0 || (r->role != TL_TFTP && r->role != TL_CCM_TFTP))
            continue;
        rsa += !ec;
        if (ec == f->mixed_mode)
            tell(t, PARAM_ROLE_BY_MODE, (r->role == TL_CCM_TFTP) == f->mixed_mode);
    }
    if (rsa > 0)
        tell(t, PARAM_ITL_ALL_TFTP, rsa > 1);
}

void found_tells(const struct cluster *cl, const struct found *f, uint64_t params[PARAMS],
                 uint64_t told[FOUND_PARAMS])
{
    struct telling t = { params, told };
    for (uint32_t i = 0; i < f->node_count; i++) {
        if (f->nodes[i].itl == 0)
            continue;
        const struct ct_list *l = content_get_list(cl->env->content, f->nodes[i].itl);
        tell(&t, PARAM_SHA512, l->envelope.digest == DIGEST_SHA512);
        if (cl->version->signer_version != 0x0101)
            tell(&t, PARAM_SIGNER_1_1, l->envelope.signer_version == 0x0101);
        tell_roles(cl, f, l, &t);
    }
}

/* ---- the present ---- */

static void put_list(struct cluster *cl, uint32_t node, uint32_t *served, uint32_t list,
                     uint64_t now_us)
{
    if (list == 0 || list == *served)
        return;
    *served = list;
    cluster_trace(cl, node, TRACE_LIST, list, 0, now_us);
}

/* The CTL file is one for all nodes: the publisher's, else the first that somebody has seen. */
static uint32_t ctl_file(const struct found *f)
{
    for (uint32_t i = 0; i < f->node_count; i++) {
        if (f->nodes[i].ctl != 0)
            return f->nodes[i].ctl;
    }
    return 0;
}

static void run_node(struct cluster *cl, uint32_t node, const struct found_node *f, uint64_t now_us)
{
    struct node_run *run = &cl->nodes[node].run;
    for (int s = 0; s < SERVICES; s++) {
        uint8_t state = f->services[s].state;
        if (f->services[s].used != 0 && runs(cl, node, (enum service)s))
            run->used[s] = f->services[s].used;
        if (state == FOUND_STOPPED || state == FOUND_NOT_ACTIVATED)
            stop(cl, node, (enum service)s, now_us);
    }
    if (!services_is_activated(cl, node, SERVICE_TFTP))
        return;
    if (cl->version->sbd && f->itl != 0) {
        run->digest = content_get_list(cl->env->content, f->itl)->envelope.digest;
        put_list(cl, node, &run->itl, f->itl, now_us);
    }
    put_list(cl, node, &run->ctl, f->ctl != 0 ? f->ctl : lists_ctl_on(cl, node), now_us);
}

/* Those that its CTL lists, with somebody's drawer around them (assumed: none is lost). */
static void have_tokens(struct cluster *cl)
{
    struct client_ctl ctl;
    lists_client_ctl(cl, &ctl);
    cl->token_count = ctl.token_count;
    memcpy(cl->tokens, ctl.tokens, sizeof cl->tokens);
}

void found_run(struct cluster *cl, const struct found *f, uint64_t now_us)
{
    uint32_t ctl = ctl_file(f);
    if (ctl != 0) {
        cl->db.ctl = ctl;
        have_tokens(cl);
    }
    for (uint32_t i = 0; i < f->node_count; i++) {
        run_node(cl, i, &f->nodes[i], now_us);
        if (f->nodes[i].stopped)
            cl->nodes[i].stopped_us = now_us == 0 ? 1 : now_us;
    }
    cl->change++;
}
