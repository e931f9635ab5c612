#include "nodes/lists.h"

#include "sim/base/check.h"

#include <string.h>

#define RECORDS_MAX 512 /* 21 nodes with all they have stay far below */

enum { DIGEST_LIST_SHA1 = 1, DIGEST_LIST_SHA512 = 3 };

struct builder {
    struct cluster *cl;
    uint64_t now_us;
    bool ctl;
    struct ct_record records[RECORDS_MAX];
    uint32_t count;
};

static struct builder *begin(struct cluster *cl, bool ctl, uint64_t now_us)
{
    struct builder *b = cl->env->mem->resize(cl->env->mem->ctx, NULL, sizeof *b);
    memset(b, 0, sizeof *b);
    b->cl = cl;
    b->now_us = now_us;
    b->ctl = ctl;
    return b;
}

/* The list; the builder is gone then. */
static uint32_t finish(struct builder *b, const struct ct_envelope *e)
{
    const struct mem *mem = b->cl->env->mem;
    uint32_t list = content_list(b->cl->env->content, b->ctl, e, b->records, b->count);
    mem->resize(mem->ctx, b, 0);
    return list;
}

struct ct_envelope lists_envelope(const struct cluster *cl, uint32_t cert, uint32_t timestamp_s)
{
    const struct ct_cert *k = content_get_cert(cl->env->content, cert);
    int16_t signer_version = cl->version->signer_version;
    if (cl->params[PARAM_SIGNER_1_1] != 0)
        signer_version = 0x0101;
    return (struct ct_envelope){
        .cert = cert,
        .signer = k->signer,
        .key = k->key,
        .timestamp = timestamp_s,
        .signer_version = signer_version,
        .digest = cl->params[PARAM_SHA512] != 0 ? DIGEST_LIST_SHA512 : DIGEST_LIST_SHA1,
    };
}

static void add(struct builder *b, uint16_t role, enum tl_form form, uint32_t cert, uint32_t node)
{
    CHECK(b->count < RECORDS_MAX);
    const struct node *n = &b->cl->nodes[node];
    b->records[b->count++] = (struct ct_record){
        .role = role,
        .form = (uint8_t)form,
        .cert = form == TL_EMPTIED ? 0 : cert,
        .dns = content_str(b->cl->env->content, n->name),
        .ip = b->ctl ? n->ip : 0, /* addresses stand in CTL records alone (observed) */
    };
}

/* The certificate `own` of `node`, as `from` knows it through the database. */
static uint32_t known(const struct cluster *cl, uint32_t from, uint32_t node, enum own own,
                      uint64_t now_us)
{
    for (uint32_t i = 0; i < cl->row_count; i++) {
        const struct cert_row *r = &cl->rows[i];
        if (r->store == STORE_OWN && r->node == node && r->own == own &&
            cert_row_seen(cl, r, from, now_us))
            return r->cert;
    }
    return 0;
}

static enum tl_form form_of(const struct cluster *cl)
{
    return cl->version->full_records ? TL_FULL : TL_HASH;
}

/* Order of records: technote 116232 (8.x, observed); second SAST behind the first (assumed). */
static void itl_records(struct builder *b, uint32_t node)
{
    struct cluster *cl = b->cl;
    const struct node *n = &cl->nodes[node];
    const struct version *v = cl->version;
    bool rollback = cl->params[PARAM_ROLLBACK] != 0;

    add(b, TL_SAST, TL_FULL, n->disk[v->itl_signer], node);
    if (v->itl_second_sast != OWN_NONE && n->disk[v->itl_second_sast] != 0)
        add(b, TL_SAST, TL_FULL, n->disk[v->itl_second_sast], node);

    add(b, TL_CCM_TFTP, rollback ? TL_EMPTIED : TL_FULL, n->disk[OWN_CALLMANAGER], node);
    if (n->disk[OWN_CALLMANAGER_ECDSA] != 0 && !rollback)
        add(b, TL_TFTP, TL_FULL, n->disk[OWN_CALLMANAGER_ECDSA], node);

    for (uint32_t i = 0; i < cl->node_count; i++) {
        uint32_t tvs = known(cl, node, i, OWN_TVS, b->now_us);
        if (tvs != 0)
            add(b, TL_TVS, rollback ? TL_EMPTIED : form_of(cl), tvs, i);
    }
    uint32_t capf = known(cl, node, 0, OWN_CAPF, b->now_us);
    if (capf != 0)
        add(b, TL_CAPF, form_of(cl), capf, 0);
}

uint32_t lists_itl(struct cluster *cl, uint32_t node, uint32_t old, uint64_t now_us)
{
    struct content *c = cl->env->content;
    struct builder *b = begin(cl, false, now_us);
    itl_records(b, node);

    uint32_t signer = cl->nodes[node].disk[cl->version->itl_signer];
    uint32_t stamp = (uint32_t)cluster_wall_s(cl, now_us);
    uint32_t list = 0;
    if (old != 0) {
        struct ct_envelope e =
            lists_envelope(cl, signer, content_get_list(c, old)->envelope.timestamp);
        list = content_list(c, false, &e, b->records, b->count);
    }
    if (old == 0 || list != old) {
        struct ct_envelope e = lists_envelope(cl, signer, stamp);
        list = content_list(c, false, &e, b->records, b->count);
    }
    cl->env->mem->resize(cl->env->mem->ctx, b, 0);
    return list;
}

/* Order of records: technote 118893 (observed): SAST, publisher, CAPF, subscribers. */
uint32_t lists_ctl(struct cluster *cl, bool only_capf, uint64_t now_us)
{
    const struct version *v = cl->version;
    const struct node *pub = &cl->nodes[0];
    if (v->ctl_signer == OWN_NONE || pub->disk[v->ctl_signer] == 0)
        return 0;
    struct builder *b = begin(cl, true, now_us);
    if (!only_capf) {
        add(b, TL_SAST, TL_FULL, pub->disk[v->ctl_signer], 0);
        if (v->ctl_second_sast != OWN_NONE && pub->disk[v->ctl_second_sast] != 0)
            add(b, TL_SAST, TL_FULL, pub->disk[v->ctl_second_sast], 0);
        add(b, TL_CCM_TFTP, TL_FULL, pub->disk[OWN_CALLMANAGER], 0);
    }
    if (pub->disk[OWN_CAPF] != 0)
        add(b, TL_CAPF, TL_FULL, pub->disk[OWN_CAPF], 0);
    for (uint32_t i = 1; i < cl->node_count && !only_capf; i++) {
        uint32_t ccm = known(cl, 0, i, OWN_CALLMANAGER, now_us);
        if (ccm != 0)
            add(b, TL_CCM_TFTP, TL_FULL, ccm, i);
    }
    struct ct_envelope e =
        lists_envelope(cl, pub->disk[v->ctl_signer], (uint32_t)cluster_wall_s(cl, now_us));
    return finish(b, &e);
}

/* Records as of now (inferred): after ITLRecovery was regenerated, the list that CallManager signs
 * for a while must already hold the new one, or phones could not take the next list from their own
 * (Security Guide 14, order of steps documented). */
uint32_t lists_itl_reset(struct cluster *cl, uint32_t cert, uint64_t now_us)
{
    struct builder *b = begin(cl, false, now_us);
    itl_records(b, 0);
    struct ct_envelope e = lists_envelope(cl, cert, (uint32_t)cluster_wall_s(cl, now_us));
    return finish(b, &e);
}
