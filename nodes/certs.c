#include "nodes/certs.h"

#include "sim/base/rng.h"

#include <stdio.h>
#include <string.h>

/* ---- rows ---- */

static bool is_deleted_on(const struct cert_row *r, uint32_t node, uint64_t now_us)
{
    return (r->deleted_on[node / 64] >> node % 64 & 1) != 0 && now_us < r->back_us;
}

/* It stays on other nodes, whatever time it is. */
static bool is_elsewhere(const struct cert_row *r, uint32_t node)
{
    return r->stays && is_deleted_on(r, node, 0);
}

/* Up to when a node hears of what was changed on others: the publisher, which writes it, always,
 * the others while nobody stopped replication there or on the publisher (inferred). */
static uint64_t heard_us(const struct cluster *cl, uint32_t node, uint64_t now_us)
{
    uint64_t stopped_us = cluster_sooner(cl->nodes[0].stopped_us, cl->nodes[node].stopped_us);
    if (node == 0)
        return now_us;
    return stopped_us != 0 && stopped_us < now_us ? stopped_us : now_us;
}

bool cert_row_seen(const struct cluster *cl, const struct cert_row *r, uint32_t node,
                   uint64_t now_us)
{
    uint64_t heard = heard_us(cl, node, now_us);
    if (is_deleted_on(r, node, now_us))
        return false;
    bool begun = r->node == node || r->stays ? r->since_us <= now_us : r->seen_us <= heard;
    bool over = r->ended_at == node ? r->until_us <= now_us : r->gone_us <= heard;
    return begun && (r->until_us == UINT64_MAX || !over);
}

void certs_put_row(struct cluster *cl, const struct cert_row *row)
{
    struct database *db = &cl->db;
    mem_reserve(cl->env->mem, (void **)&db->rows, &db->row_cap, (size_t)db->row_count + 1,
                sizeof *db->rows);
    db->rows[db->row_count++] = *row;
}

static void add_row(struct cluster *cl, struct cert_row row, uint64_t now_us)
{
    row.since_us = now_us;
    row.seen_us = now_us + cl->db.params[PARAM_REPLICATION_US];
    row.until_us = row.back_us = UINT64_MAX;
    certs_put_row(cl, &row);
}

void certs_own_row(struct cluster *cl, uint32_t node, enum own own, uint32_t cert, uint64_t now_us)
{
    add_row(cl,
            (struct cert_row){
                .cert = cert, .store = STORE_OWN, .own = (uint8_t)own, .node = (uint8_t)node },
            now_us);
}

struct cert_row *certs_add(struct cluster *cl, enum store store, uint32_t node, uint32_t cert,
                           uint64_t now_us)
{
    add_row(cl, (struct cert_row){ .cert = cert, .store = (uint8_t)store, .node = (uint8_t)node },
            now_us);
    return &cl->db.rows[cl->db.row_count - 1];
}

bool certs_stays(const struct cluster *cl, enum store store)
{
    return store_kinds[store].stays && cl->db.params[PARAM_CAPF_TRUST_HERE] != 0;
}

/* Nodes that come later have it not either. */
void certs_keep_on(struct cert_row *row, uint32_t node)
{
    row->stays = true;
    memset(row->deleted_on, 0xff, sizeof row->deleted_on);
    certs_undelete(row, node);
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

struct view certs_common_name(const struct content *c, uint32_t cert)
{
    const struct ct_cert *k = content_get_cert(c, cert);
    const char *subject = content_get_str(c, k->subject), *cn = strstr(subject, "CN=");
    if (cn == NULL && strncmp(subject, TOKEN_CN, strlen(TOKEN_CN)) != 0)
        return view_str(subject);
    size_t n = cn != NULL ? strcspn(cn + 3, ";,") : strcspn(subject + strlen(TOKEN_CN), "\";");
    cn = cn != NULL ? cn + 3 : subject + strlen(TOKEN_CN);
    while (n > 0 && cn[n - 1] == ' ') /* those of tokens are padded with blanks (observed) */
        n--;
    return view_of(cn, n);
}

/* The modulus of an RSAPublicKey (RFC 8017), as records of lists hold it: SEQUENCE { INTEGER ... }.
 */
static uint32_t modulus_bits(struct view der)
{
    size_t at[2] = { 0, 0 }; /* behind the two tags */
    size_t i = 0, n = 0;
    static const uint8_t tags[2] = { 0x30, 0x02 };
    for (int k = 0; k < 2; k++) {
        if (i + 2 > der.n || der.p[i] != tags[k])
            return 0;
        uint8_t first = der.p[i + 1], more = first < 0x80 ? 0 : first & 0x7f;
        if (more > 2 || i + 2 + more > der.n)
            return 0;
        n = more == 0 ? first : 0;
        for (uint8_t b = 0; b < more; b++)
            n = n << 8 | der.p[i + 2 + b];
        i += 2u + more;
        at[k] = i;
    }
    if (n == 0 || at[1] + n > der.n)
        return 0;
    return (uint32_t)(n - (der.p[at[1]] == 0)) * 8;
}

uint32_t certs_rsa_bits(const struct content *c, uint32_t cert)
{
    static const uint16_t bits[KEY_TYPES] = {
        [KEY_RSA_1024] = 1024, [KEY_RSA_2048] = 2048, [KEY_RSA_3072] = 3072, [KEY_RSA_4096] = 4096
    };
    if (cert == 0)
        return 0;
    const struct ct_key *k = content_get_key(c, content_get_cert(c, cert)->key);
    return k->type != KEY_NONE && k->type < KEY_TYPES
               ? bits[k->type]
               : modulus_bits(content_get_text(c, k->public));
}

uint32_t certs_recovery_bits(const struct cluster *cl, uint32_t node)
{
    const struct node *n = &cl->nodes[node];
    bool left = cl->db.params[PARAM_ITLRECOVERY_1024] != 0 && n->made[OWN_ITLRECOVERY] == 1;
    if (n->disk.own[OWN_ITLRECOVERY] == 0)
        return 0;
    return left ? 1024 : certs_rsa_bits(cl->env->content, n->disk.own[OWN_ITLRECOVERY]);
}

struct cert_row *certs_replaced(const struct cluster *cl, enum store store, uint32_t cert,
                                uint32_t node)
{
    const struct content *c = cl->env->content;
    const struct ct_cert *k = content_get_cert(c, cert);
    bool one = cl->version->one_per_name || cl->db.params[PARAM_ONE_PER_NAME] != 0;
    for (uint32_t i = 0; i < cl->db.row_count && one; i++) {
        struct cert_row *r = &cl->db.rows[i];
        if (r->store != store || r->cert == cert || r->until_us != UINT64_MAX ||
            is_elsewhere(r, node))
            continue;
        const struct ct_cert *there = content_get_cert(c, r->cert);
        if (same_kind(c, there, k) &&
            view_eq(certs_common_name(c, r->cert), certs_common_name(c, cert)))
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

/* On some node that has it Certificate Change Notification runs: it tells the others. */
static bool is_told(const struct cluster *cl, const struct cert_row *row, uint64_t now_us)
{
    FOR_EACH_NODE(cl, i)
    {
        if (cert_row_seen(cl, row, i, now_us) &&
            cl->nodes[i].run.services[SERVICE_CERT_CHANGE].state == SERVICE_RUNNING)
            return true;
    }
    return false;
}

static bool is_anywhere(const struct cluster *cl, const struct cert_row *row, uint64_t now_us)
{
    FOR_EACH_NODE(cl, i)
    {
        if (!is_deleted_on(row, i, now_us))
            return true;
    }
    return false;
}

bool certs_delete_here(const struct cluster *cl)
{
    uint8_t deletes = cl->version->deletes;
    return deletes == DELETED_HERE ||
           (deletes == DELETED_EITHER && cl->db.params[PARAM_DELETES_HERE] != 0);
}

/* From this node, or, with the last that has it, from the database. */
static void delete_on(const struct cluster *cl, struct cert_row *row, uint32_t node, bool alone,
                      uint64_t now_us)
{
    if (row->back_us <= now_us) /* all are back that were gone before */
        memset(row->deleted_on, 0, sizeof row->deleted_on);
    row->deleted_on[node / 64] |= 1ull << node % 64;
    row->back_us = UINT64_MAX;
    if (alone && is_anywhere(cl, row, now_us)) {
        certs_bring_back(cl, row, now_us);
        return;
    }
    if (!row->stays)
        memset(row->deleted_on, 0, sizeof row->deleted_on);
    certs_end(cl, row, node, now_us);
    if (alone)
        row->gone_us = now_us; /* it was gone from the others before */
}

void certs_delete(const struct cluster *cl, struct cert_row *row, uint32_t node, uint64_t now_us)
{
    delete_on(cl, row, node, certs_delete_here(cl), now_us);
}

void certs_lose(const struct cluster *cl, uint32_t node, uint64_t now_us)
{
    for (uint32_t i = 0; i < cl->db.row_count; i++) {
        struct cert_row *r = &cl->db.rows[i];
        if (r->stays && r->until_us == UINT64_MAX && !is_elsewhere(r, node))
            delete_on(cl, r, node, true, now_us);
    }
}

void certs_replace(const struct cluster *cl, struct cert_row *row, uint32_t node, uint64_t now_us)
{
    if (row->stays)
        delete_on(cl, row, node, true, now_us);
    else
        certs_end(cl, row, node, now_us);
}

void certs_undelete(struct cert_row *row, uint32_t node)
{
    row->deleted_on[node / 64] &= ~(1ull << node % 64);
}

void certs_bring_back(const struct cluster *cl, struct cert_row *row, uint64_t now_us)
{
    uint64_t any = 0;
    for (size_t i = 0; i < sizeof row->deleted_on / sizeof row->deleted_on[0]; i++)
        any |= row->deleted_on[i];
    if (any != 0 && !row->stays && row->until_us == UINT64_MAX && row->back_us == UINT64_MAX &&
        is_told(cl, row, now_us))
        row->back_us = now_us + cl->db.params[PARAM_REPLICATION_US];
}

/* The publisher takes the node out. */
void certs_end_own(struct cluster *cl, uint32_t node, uint64_t now_us)
{
    for (uint32_t i = 0; i < cl->db.row_count; i++) {
        struct cert_row *r = &cl->db.rows[i];
        if (r->store == STORE_OWN && r->node == node && r->until_us == UINT64_MAX)
            certs_end(cl, r, 0, now_us);
    }
}

uint32_t certs_known(const struct cluster *cl, uint32_t from, uint32_t node, enum own own,
                     uint64_t now_us)
{
    for (uint32_t i = 0; i < cl->db.row_count; i++) {
        const struct cert_row *r = &cl->db.rows[i];
        if (r->store == STORE_OWN && r->node == node && r->own == own &&
            cert_row_seen(cl, r, from, now_us))
            return r->cert;
    }
    return 0;
}

bool certs_is_spoilt(const struct cluster *cl, uint32_t node, enum own own)
{
    for (uint32_t i = 0; i < cl->db.row_count; i++) {
        const struct cert_row *r = &cl->db.rows[i];
        if (r->store == STORE_OWN && r->node == node && r->own == own && r->until_us == UINT64_MAX)
            return r->cert != cl->nodes[node].disk.own[own];
    }
    return false;
}

/* ---- own certificates ---- */

bool certs_has_own(const struct cluster *cl, uint32_t node, enum own own)
{
    const struct version *v = cl->version;
    return v->key[own] != KEY_NONE && (node == 0 || (v->publisher_only & OWN_BIT(own)) == 0);
}

#define SUBJECT_ROOM 600 /* two names of CLUSTER_NAME, an organisation of certs_organisation() */

/* What follows the common name. */
static const char *organisation_of(const struct cluster *cl, const struct node_disk *d)
{
    return d->organisation == 0 ? "OU=Lab;O=cucmlab;L=Utrecht;ST=Utrecht;C=NL"
                                : content_get_str(cl->env->content, d->organisation);
}

static void subject_of(const struct cluster *cl, const struct node_disk *d, enum own own,
                       struct rng *rng, char out[SUBJECT_ROOM])
{
    const char *rest = organisation_of(cl, d);
    const char *dot = d->domain[0] == '\0' ? "" : ".";
    switch (own_kinds[own].subject) {
    case SUBJECT_CAPF:
        snprintf(out, SUBJECT_ROOM, "CN=CAPF-%08x;%s", (unsigned)(rng_next(rng) & 0xffffffffu),
                 rest);
        break;
    case SUBJECT_ITLRECOVERY:
        snprintf(out, SUBJECT_ROOM, "CN=ITLRECOVERY_%s;%s", d->name, rest);
        break;
    case SUBJECT_HOST_EC:
        snprintf(out, SUBJECT_ROOM, "CN=%s-EC%s%s;%s", d->name, dot, d->domain, rest);
        break;
    default:
        snprintf(out, SUBJECT_ROOM, "CN=%s%s%s;%s", d->name, dot, d->domain, rest);
    }
}

#define YEAR_S (365ll * 86400)

/* The next key of a node and kind, and the randomness that goes with it.  Who it is depends on the
 * identity, the cluster, the node, the kind and how many were made before: never on names, dates or
 * the order of acts. */
static uint32_t next_key(struct cluster *cl, uint32_t node, enum own own, uint8_t type,
                         struct rng *rng)
{
    struct content *c = cl->env->content;
    char text[256];
    snprintf(text, sizeof text, "cluster %u node %u %s %u", (unsigned)cl->number, (unsigned)node,
             own_name(own), (unsigned)cl->nodes[node].made[own]++);
    struct ct_key key = { .label = content_str(c, text), .type = type };
    *rng = rng_of(cl->env->identity, text, 0);
    return content_key(c, &key);
}

static uint32_t next_serial(struct content *c, struct rng *rng)
{
    uint8_t serial[16];
    rng_bytes(rng, serial, sizeof serial);
    serial[0] = (uint8_t)(0x40 | (serial[0] & 0x3f)); /* full length, positive: no 00 in front */
    return content_text(c, view_of(serial, sizeof serial));
}

uint8_t certs_lsc_digest(const struct cluster *cl)
{
    return cl->version->lsc_sha256 ? DIGEST_SHA256 : DIGEST_SHA1;
}

static bool for_ipsec(const struct cluster *cl, enum own own)
{
    return cl->version->ipsec_usage && own_kinds[own].ipsec;
}

uint8_t certs_years(const struct cluster *cl, enum own own)
{
    const struct version *v = cl->version;
    if (own == OWN_ITLRECOVERY && v->recovery_years != 0)
        return v->recovery_years;
    if (!v->years_set || own_kinds[own].ca)
        return own_kinds[own].years;
    return (uint8_t)cl->db.params[own == OWN_ITLRECOVERY ? PARAM_RECOVERY_YEARS : PARAM_TLS_YEARS];
}

/* CN=<host>[-EC][-ms][.<domain>] (documented, Security Guide 14). */
static void name_of(const struct cluster *cl, const struct node_disk *d, enum own own,
                    bool multi_server, struct rng *rng, char out[SUBJECT_ROOM])
{
    if (!multi_server) {
        subject_of(cl, d, own, rng, out);
        return;
    }
    snprintf(out, SUBJECT_ROOM, "CN=%s%s-ms%s%s;%s", d->name,
             own_kinds[own].subject == SUBJECT_HOST_EC ? "-EC" : "",
             d->domain[0] == '\0' ? "" : ".", d->domain, organisation_of(cl, d));
}

#define NAMES_ROOM ((CLUSTER_NODES + 1) * (2 * CLUSTER_NAME + 2))

static void add_name(char names[NAMES_ROOM], const struct node_disk *d)
{
    size_t n = strlen(names);
    snprintf(names + n, NAMES_ROOM - n, "%s%s%s%s", n == 0 ? "" : ",", d->name,
             d->domain[0] == '\0' ? "" : ".", d->domain);
}

/* subjectAltName: the node's own name, or those of all. */
static uint32_t names_of(struct cluster *cl, uint32_t node, bool multi_server)
{
    char names[NAMES_ROOM] = "";
    if (!multi_server)
        add_name(names, &cl->nodes[node].disk);
    FOR_EACH_NODE(cl, i)
    {
        if (multi_server)
            add_name(names, &cl->nodes[i].disk);
    }
    return content_str(cl->env->content, names);
}

static uint32_t self_signed(struct cluster *cl, uint32_t node, enum own own,
                            const struct cert_wish *wish, uint64_t now_us)
{
    struct content *c = cl->env->content;
    struct rng rng;
    char text[SUBJECT_ROOM];
    uint32_t key = next_key(cl, node, own, wish->key, &rng);
    uint32_t serial = next_serial(c, &rng);
    name_of(cl, &cl->nodes[node].disk, own, wish->multi_server, &rng, text);
    uint32_t subject = content_str(c, text);
    uint32_t dns = wish->multi_server ? names_of(cl, node, true) : 0;
    int64_t now_s = cl->made_s != 0 ? cl->made_s : cluster_wall_s(cl, node, now_us);
    return content_cert(c, (struct ct_cert){
                               .subject = subject,
                               .issuer = subject,
                               .serial = serial,
                               .key = key,
                               .dns = dns,
                               .not_before_s = now_s - CERT_EARLY_S,
                               .not_after_s = now_s + (int64_t)wish->years * YEAR_S,
                               .digest = cl->version->cert_digest,
                               .ca = own_kinds[own].ca,
                               .unmarked = own_kinds[own].ca,
                               .ipsec = for_ipsec(cl, own),
                           });
}

/* Puts it on the disk and into the database, in place of the one before. */
static void put_own(struct cluster *cl, uint32_t node, enum own own, uint32_t cert, bool shared,
                    uint64_t now_us)
{
    struct node_disk *disk = &cl->nodes[node].disk;
    uint32_t before = disk->own[own];
    enum store kept_in = (enum store)own_kinds[own].kept_in;
    for (uint32_t i = 0; i < cl->db.row_count; i++) {
        struct cert_row *r = &cl->db.rows[i];
        if (r->store == STORE_OWN && r->node == node && r->own == own && r->until_us == UINT64_MAX)
            certs_end(cl, r, node, now_us);
    }
    certs_own_row(cl, node, own, cert, now_us);
    if (before != 0 && kept_in != STORE_OWN && cl->db.params[PARAM_CAPF_KEEPS_OLD] != 0)
        certs_add(cl, kept_in, node, before, now_us);
    disk->own[own] = cert;
    disk->multi_server &= ~OWN_BIT(own);
    if (shared)
        disk->multi_server |= OWN_BIT(own);
    if (own_kinds[own].copied && (cl->version->publisher_only & OWN_BIT(own)) != 0) {
        FOR_EACH_NODE(cl, i)
        cl->nodes[i].disk.own[own] = cert; /* copied to the subscribers (documented, 12.5) */
    }
    cluster_trace(cl, node, TRACE_CERT, cert, own, now_us);
}

void certs_share(struct cluster *cl, enum own own, uint32_t cert, uint64_t now_us)
{
    FOR_EACH_NODE(cl, i)
    {
        if (certs_has_own(cl, i, own))
            put_own(cl, i, own, cert, true, now_us);
    }
}

void certs_generate(struct cluster *cl, uint32_t node, enum own own, const struct cert_wish *wish,
                    uint64_t now_us)
{
    uint32_t cert = self_signed(cl, node, own, wish, now_us);
    if (wish->multi_server)
        certs_share(cl, own, cert, now_us);
    else
        put_own(cl, node, own, cert, false, now_us);
}

void certs_renew(struct cluster *cl, uint32_t node, enum own own, uint64_t now_us)
{
    struct cert_wish wish = { .key = cl->version->key[own], .years = certs_years(cl, own) };
    certs_generate(cl, node, own, &wish, now_us);
}

void certs_copy_to_subscribers(struct cluster *cl)
{
    for (int own = 0; own < OWNS; own++) {
        if (!own_kinds[own].copied || (cl->version->publisher_only & OWN_BIT(own)) == 0)
            continue;
        FOR_EACH_NODE(cl, i)
        cl->nodes[i].disk.own[own] = cl->nodes[0].disk.own[own];
    }
}

/* ---- certificates that somebody else signs ---- */

void certs_request(struct cluster *cl, uint32_t node, enum own own, bool multi_server,
                   uint8_t key_type)
{
    struct csr *csr = &cl->nodes[node].disk.csr[own];
    struct rng rng;
    char text[SUBJECT_ROOM];
    csr->key = next_key(cl, node, own, key_type, &rng);
    name_of(cl, &cl->nodes[node].disk, own, multi_server, &rng, text);
    csr->subject = content_str(cl->env->content, text);
    csr->dns = names_of(cl, node, multi_server);
    csr->multi_server = multi_server;
    csr->ca = own_kinds[own].ca;
    csr->ipsec = for_ipsec(cl, own);
}

void certs_install(struct cluster *cl, uint32_t node, enum own own, uint32_t cert, uint64_t now_us)
{
    struct csr *csr = &cl->nodes[node].disk.csr[own];
    if (csr->multi_server)
        certs_share(cl, own, cert, now_us);
    else
        put_own(cl, node, own, cert, false, now_us);
    *csr = (struct csr){ .key = 0 };
}

uint32_t certs_missing_issuer(const struct cluster *cl, enum store store, uint32_t cert,
                              uint32_t node)
{
    const struct content *c = cl->env->content;
    uint32_t issuer = content_get_cert(c, cert)->issuer_cert;
    const struct cert_row *row;
    while (issuer != 0 && (row = certs_in_store(cl, store, issuer)) != NULL &&
           !is_elsewhere(row, node))
        issuer = content_get_cert(c, issuer)->issuer_cert;
    return issuer;
}

uint64_t certs_now(const struct cluster *cl, uint64_t cert)
{
    uint64_t node = cert >> 8 & 0xff, own = cert & 0xff;
    if (cert >> 63 == 0)
        return cert;
    return node < cl->node_count && own < OWNS ? cl->nodes[node].disk.own[own] : 0;
}
