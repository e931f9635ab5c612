#include "nodes/certs.h"

#include "sim/base/rng.h"

#include <stdio.h>
#include <string.h>

/* ---- rows ---- */

bool cert_row_seen(const struct cert_row *r, uint32_t node, uint64_t now_us)
{
    uint64_t from_us = r->node == node ? r->since_us : r->seen_us;
    uint64_t to_us = r->ended_at == node ? r->until_us : r->gone_us;
    return from_us <= now_us && (r->until_us == UINT64_MAX || now_us < to_us);
}

static void add_row(struct cluster *cl, struct cert_row row, uint64_t now_us)
{
    struct database *db = &cl->db;
    row.since_us = now_us;
    row.seen_us = now_us + db->params[PARAM_REPLICATION_US];
    row.until_us = UINT64_MAX;
    mem_reserve(cl->env->mem, (void **)&db->rows, &db->row_cap, (size_t)db->row_count + 1,
                sizeof *db->rows);
    db->rows[db->row_count++] = row;
}

void certs_add(struct cluster *cl, enum store store, uint32_t node, uint32_t cert, uint64_t now_us)
{
    add_row(cl, (struct cert_row){ .cert = cert, .store = (uint8_t)store, .node = (uint8_t)node },
            now_us);
}

struct cert_row *certs_in_store(const struct cluster *cl, enum store store, uint32_t cert)
{
    for (uint32_t i = 0; i < cl->db.row_count; i++) {
        struct cert_row *r = &cl->db.rows[i];
        if (r->store == store && r->cert == cert && r->until_us == UINT64_MAX)
            return r;
    }
    return NULL;
}

/* RSA and EC certificates of one name lie side by side: as tomcat and tomcat-ECDSA do. */
static bool same_kind(const struct content *c, const struct ct_cert *x, const struct ct_cert *y)
{
    bool ec[2];
    const struct ct_cert *certs[] = { x, y };
    for (int i = 0; i < 2; i++) {
        uint8_t type = certs[i]->key == 0 ? KEY_NONE : content_get_key(c, certs[i]->key)->type;
        ec[i] = type >= KEY_EC_P256 && type <= KEY_EC_P521;
    }
    return ec[0] == ec[1];
}

static struct view common_name(const struct content *c, const struct ct_cert *k)
{
    const char *subject = content_get_str(c, k->subject), *cn = strstr(subject, "CN=");
    if (cn == NULL)
        return view_str(subject);
    return view_of(cn + 3, strcspn(cn + 3, ";,"));
}

struct cert_row *certs_replaced(const struct cluster *cl, enum store store, uint32_t cert)
{
    const struct content *c = cl->env->content;
    const struct ct_cert *k = content_get_cert(c, cert);
    for (uint32_t i = 0; i < cl->db.row_count; i++) {
        struct cert_row *r = &cl->db.rows[i];
        if (r->store != store || r->cert == cert || r->until_us != UINT64_MAX)
            continue;
        const struct ct_cert *there = content_get_cert(c, r->cert);
        if (same_kind(c, there, k) && view_eq(common_name(c, there), common_name(c, k)))
            return r;
    }
    return NULL;
}

bool certs_is_own_subject(const struct cluster *cl, uint32_t cert)
{
    const struct content *c = cl->env->content;
    const struct ct_cert *k = content_get_cert(c, cert);
    for (uint32_t i = 0; i < cl->db.row_count; i++) {
        const struct cert_row *r = &cl->db.rows[i];
        const struct ct_cert *own = content_get_cert(c, r->cert);
        if (r->store == STORE_OWN && r->until_us == UINT64_MAX && own->subject == k->subject &&
            same_kind(c, own, k))
            return true;
    }
    return false;
}

void certs_end(const struct cluster *cl, struct cert_row *row, uint32_t node, uint64_t now_us)
{
    row->until_us = now_us;
    row->gone_us = now_us + cl->db.params[PARAM_REPLICATION_US];
    row->ended_at = (uint8_t)node;
}

uint32_t certs_known(const struct cluster *cl, uint32_t from, uint32_t node, enum own own,
                     uint64_t now_us)
{
    for (uint32_t i = 0; i < cl->db.row_count; i++) {
        const struct cert_row *r = &cl->db.rows[i];
        if (r->store == STORE_OWN && r->node == node && r->own == own &&
            cert_row_seen(r, from, now_us))
            return r->cert;
    }
    return 0;
}

/* ---- own certificates ---- */

bool certs_has_own(const struct cluster *cl, uint32_t node, enum own own)
{
    const struct version *v = cl->version;
    return v->key[own] != KEY_NONE && (node == 0 || (v->publisher_only & OWN_BIT(own)) == 0);
}

static const char subject_rest[] = ";OU=Lab;O=cucmlab;L=Utrecht;ST=Utrecht;C=NL";

static void subject_of(const struct node_disk *d, enum own own, struct rng *rng, char out[256])
{
    const char *dot = d->domain[0] == '\0' ? "" : ".";
    switch (own_kinds[own].subject) {
    case SUBJECT_CAPF:
        snprintf(out, 256, "CN=CAPF-%08x%s", (unsigned)(rng_next(rng) & 0xffffffffu), subject_rest);
        break;
    case SUBJECT_ITLRECOVERY:
        snprintf(out, 256, "CN=ITLRECOVERY_%s%s", d->name, subject_rest);
        break;
    case SUBJECT_HOST_EC:
        snprintf(out, 256, "CN=%s-EC%s%s%s", d->name, dot, d->domain, subject_rest);
        break;
    default:
        snprintf(out, 256, "CN=%s%s%s%s", d->name, dot, d->domain, subject_rest);
    }
}

#define YEAR_S (365ll * 86400)

/* Who it is depends on the identity, the cluster, the node, the kind and how many were made before:
 * never on names, dates or the order of acts. */
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
    subject_of(&n->disk, own, &rng, text);
    uint32_t subject = content_str(c, text);

    struct ct_key key = { .label = label, .type = cl->version->key[own] };
    int64_t now_s = cluster_wall_s(cl, now_us);
    int64_t years = own == OWN_ITLRECOVERY ? cl->version->recovery_years : own_kinds[own].years;
    return content_cert(c, (struct ct_cert){
                               .subject = subject,
                               .issuer = subject,
                               .serial = content_text(c, view_of(serial, sizeof serial)),
                               .key = content_key(c, &key),
                               .not_before_s = now_s - 3600,
                               .not_after_s = now_s + years * YEAR_S,
                               .digest = cl->version->cert_digest,
                               .ca = own_kinds[own].ca,
                           });
}

void certs_renew(struct cluster *cl, uint32_t node, enum own own, uint64_t now_us)
{
    uint32_t cert = make_cert(cl, node, own, now_us), before = cl->nodes[node].disk.own[own];
    enum store kept_in = (enum store)own_kinds[own].kept_in;
    for (uint32_t i = 0; i < cl->db.row_count; i++) {
        struct cert_row *r = &cl->db.rows[i];
        if (r->store == STORE_OWN && r->node == node && r->own == own && r->until_us == UINT64_MAX)
            certs_end(cl, r, node, now_us);
    }
    add_row(cl,
            (struct cert_row){
                .cert = cert, .store = STORE_OWN, .own = (uint8_t)own, .node = (uint8_t)node },
            now_us);
    if (before != 0 && kept_in != STORE_OWN && cl->db.params[PARAM_CAPF_KEEPS_OLD] != 0)
        certs_add(cl, kept_in, node, before, now_us);
    cl->nodes[node].disk.own[own] = cert;
    if (own_kinds[own].copied && (cl->version->publisher_only & OWN_BIT(own)) != 0) {
        FOR_EACH_NODE(cl, i)
        cl->nodes[i].disk.own[own] = cert; /* copied to the subscribers (documented, 12.5) */
    }
    cluster_trace(cl, node, TRACE_CERT, cert, own, now_us);
}
