/* Trust lists of the site: what its TFTP nodes serve, what some phones still hold. */
#include "tests/site/truth.h"

#include "sim/bytes/envelope.h"
#include "sim/base/check.h"

#include <string.h>

static void add(struct truth *t, struct truth_list *l, uint16_t role, uint32_t cert,
                const char *dns)
{
    CHECK(l->count < TRUTH_RECORDS);
    l->records[l->count++] = (struct truth_record){ .role = role,
                                                    .cert = cert,
                                                    .dns = arena_text(&t->arena, view_str(dns)) };
}

/* The node's CallManager and ITLRecovery, the one that signs first; ITLRecovery came with 10.0, in
 * the CTL with 10.5(2). */
static void sast(struct truth *t, struct truth_list *l, uint32_t node, uint16_t since)
{
    const struct truth_node *n = &t->nodes[node];
    const char *recovery = t->nodes[t->train >= TRAIN_SHARED ? 0 : node].fqdn;
    bool first = t->train >= TRAIN_SIGNS;
    if (first)
        add(t, l, TL_SAST, n->own[UNIT_ITLRECOVERY], recovery);
    add(t, l, TL_SAST, n->own[UNIT_CALLMANAGER], n->fqdn);
    if (!first && t->train >= since)
        add(t, l, TL_SAST, n->own[UNIT_ITLRECOVERY], recovery);
    l->signer = l->records[0].cert;
}

/* Both ITL roles of CallManager follow the mode of the cluster (documented from 12.5). */
static void itl_records(struct truth *t, uint32_t tftp, bool before, struct truth_list *l)
{
    const struct truth_node *n = &t->nodes[tftp];
    uint16_t ccm = t->mixed_mode ? TL_CCM_TFTP : TL_TFTP;
    sast(t, l, tftp, TRAIN_RECOVERY);
    for (uint32_t i = 0; i < t->node_count; i++) {
        /* The CAPF record stands wherever it falls (observed). */
        if (i == (t->node_count > 2 ? 2 : 0))
            add(t, l, TL_CAPF, t->nodes[0].own[UNIT_CAPF], t->nodes[0].fqdn);
        add(t, l, TL_TVS, before ? t->nodes[i].runs_tvs : t->nodes[i].own[UNIT_TVS],
            t->nodes[i].fqdn);
    }
    add(t, l, ccm, n->own[UNIT_CALLMANAGER], n->fqdn);
    /* Its name on pages is that of the certificate (observed). */
    if (n->own[UNIT_CALLMANAGER_EC] != 0)
        add(t, l, ccm, n->own[UNIT_CALLMANAGER_EC], t->certs[n->own[UNIT_CALLMANAGER_EC]].cn);
}

static void ctl_records(struct truth *t, struct truth_list *l)
{
    for (int k = 0; k < 2 && t->train < TRAIN_RECOVERY; k++)
        add(t, l, TL_SAST, t->tokens[k], t->certs[t->tokens[k]].cn);
    if (t->train >= TRAIN_RECOVERY)
        sast(t, l, 0, TRAIN_MULTI);
    l->signer = l->records[0].cert;
    add(t, l, TL_CCM_TFTP, t->nodes[0].own[UNIT_CALLMANAGER], t->nodes[0].fqdn);
    add(t, l, TL_CAPF, t->nodes[0].own[UNIT_CAPF], t->nodes[0].fqdn);
    for (uint32_t i = 1; i < t->node_count; i++)
        add(t, l, TL_CCM_TFTP, t->nodes[i].own[UNIT_CALLMANAGER], t->nodes[i].fqdn);
}

static struct tl_new_record record_of(const struct truth *t, const struct truth_record *r,
                                      struct arena *a)
{
    const struct truth_cert *c = &t->certs[r->cert];
    struct cert parsed;
    CHECK(cert_parse(c->der, a, &parsed, NULL));
    return (struct tl_new_record){
        .form = TL_FULL,
        .role = r->role,
        .dns = view_str(r->dns),
        .subject = c->subject,
        .issuer = c->issuer,
        .serial = c->serial,
        .public = c->key->public,
        .signature = parsed.signature,
        .certificate = c->der,
    };
}

static void lower(char *to, struct view v)
{
    for (size_t i = 0; i < v.n; i++)
        snprintf(to + 2 * i, 3, "%02x", v.p[i]);
}

/* Signed, with its hashes: the list is there. */
static void seal(struct truth *t, uint32_t list, int64_t made_s)
{
    struct truth_list *l = &t->lists[list];
    l->made_s = made_s;
    l->ctl = list == LIST_CTL;
    l->at_hand = list != LIST_UNKNOWN;
    struct tl_new_record records[TRUTH_RECORDS];
    for (uint32_t i = 0; i < l->count; i++)
        records[i] = record_of(t, &l->records[i], &t->arena);
    const struct truth_cert *s = &t->certs[l->signer];
    struct envelope_signer signer = { .type = (enum key_type)s->key_type,
                                      .key = s->key,
                                      .subject = s->subject,
                                      .issuer = s->issuer,
                                      .serial = s->serial,
                                      .digest = t->options.sha1 ? DIGEST_SHA1 : DIGEST_SHA512,
                                      .timestamp = (uint32_t)l->made_s,
                                      .signer_version = t->train < TRAIN_ECDSA ? -1 : 0x0100 };
    struct err e = { "" };
    bool made = envelope_list_make(&signer, view_str(l->ctl ? "CTLFile.tlv" : "ITLFile.tlv"),
                                   records, l->count, &t->arena, &l->bytes, &e);
    CHECK(made);
    uint8_t hash[64];
    digest_of(DIGEST_SHA256, &l->bytes, 1, hash);
    lower(l->sha256, view_of(hash, 32));
    digest_of(DIGEST_SHA1, &l->bytes, 1, hash);
    lower(l->sha1, view_of(hash, 20));
    digest_md5(l->bytes, hash);
    lower(l->md5, view_of(hash, 16));
}

static void make_ctl(struct truth *t, int64_t made_s)
{
    ctl_records(t, &t->lists[LIST_CTL]);
    seal(t, LIST_CTL, made_s);
}

void lists_make(struct truth *t)
{
    int64_t now = t->options.now_s;
    uint32_t nth = 0, tftp[2] = { 0, 0 };
    if (t->mixed_mode)
        make_ctl(t, now - 400 * 86400);
    if (t->train < TRAIN_ITL)
        return;
    for (uint32_t i = 0; i < t->node_count && nth < 2; i++) {
        if (t->nodes[i].tftp)
            tftp[nth++] = i;
    }
    for (uint32_t k = 0; k < nth; k++) {
        itl_records(t, tftp[k], false, &t->lists[LIST_ITL_1 + k]);
        seal(t, LIST_ITL_1 + k, now - 27 * 86400 + 600 * k);
        t->nodes[tftp[k]].itl = (uint8_t)(LIST_ITL_1 + k);
    }
    itl_records(t, tftp[0], true, &t->lists[LIST_OLD]);
    seal(t, LIST_OLD, now - 160 * 86400);
    /* Nobody has its file any more; its records have the names of today's. */
    itl_records(t, tftp[0], true, &t->lists[LIST_UNKNOWN]);
    seal(t, LIST_UNKNOWN, now - 700 * 86400);
}
