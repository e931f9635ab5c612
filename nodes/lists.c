#include "nodes/lists.h"

#include "nodes/certs.h"
#include "nodes/authority.h"
#include "sim/wire/text.h"

#include <string.h>

struct builder {
    struct cluster *cl;
    uint64_t now_us;
    bool ctl, client; /* by `utils ctl`; by the CTL client, which names servers by address */
    struct ct_record *records; /* as many as lie in Phone-SAST-trust, and then some */
    uint32_t count, cap;
};

uint8_t lists_digest(const struct cluster *cl)
{
    return cl->db.params[PARAM_SHA512] != 0 ? DIGEST_SHA512 : DIGEST_SHA1;
}

struct ct_envelope lists_envelope(const struct cluster *cl, uint32_t cert, uint8_t digest,
                                  uint32_t timestamp_s)
{
    const struct ct_cert *k = content_get_cert(cl->env->content, cert);
    bool is_3072 = content_get_key(cl->env->content, k->key)->type == KEY_RSA_3072;
    int16_t signer_version = cl->version->signer_version;
    if (cl->db.params[PARAM_SIGNER_1_1] != 0)
        signer_version = 0x0101;
    return (struct ct_envelope){
        .cert = cert,
        .signer = k->signer,
        .key = k->key,
        .timestamp = timestamp_s,
        .signer_version = signer_version,
        .digest = digest,
        .modulus_code = is_3072 ? (uint8_t)cl->db.params[PARAM_MODULUS_3072] : 0,
    };
}

/* The node's, or of a certificate that all nodes share the common name (observed on phones). */
static uint32_t dns_name(const struct cluster *cl, const struct node *n, uint32_t cert)
{
    struct content *c = cl->env->content;
    for (int own = 0; own < OWNS; own++) {
        if ((n->disk.multi_server & OWN_BIT(own)) != 0 && n->disk.own[own] == cert)
            return content_text(c, certs_common_name(c, cert));
    }
    return content_str(c, n->disk.name);
}

static uint32_t address(const struct cluster *cl, uint32_t ip)
{
    char text[CNF_NAME];
    text_put_address(ip, text);
    return content_str(cl->env->content, text);
}

static void put(struct builder *b, const struct ct_record *r)
{
    mem_reserve(b->cl->env->mem, (void **)&b->records, &b->cap, (size_t)b->count + 1,
                sizeof *b->records);
    b->records[b->count++] = *r;
}

static void add(struct builder *b, uint16_t role, enum tl_form form, uint32_t cert, uint32_t node)
{
    const struct node *n = &b->cl->nodes[node];
    put(b, &(struct ct_record){
               .role = role,
               .form = (uint8_t)form,
               .cert = form == TL_EMPTIED ? 0 : cert,
               .dns = b->client ? address(b->cl, n->disk.ip) : dns_name(b->cl, n, cert),
               .ip = b->ctl ? n->disk.ip : 0, /* addresses stand in CTL records alone (observed) */
           });
}

static enum tl_form form_of(const struct cluster *cl)
{
    return cl->version->full_records ? TL_FULL : TL_HASH;
}

/* The role of CallManager's records in an ITL, RSA and EC: design guide, table of certificate roles
 * (12.5 on documented, before inferred).  The other reading is that of 8.x listings, mode unknown.
 */
static uint16_t ccm_role(const struct cluster *cl, enum own own)
{
    if (cl->db.params[PARAM_ROLE_BY_MODE] != 0)
        return cl->db.mixed_mode ? TL_CCM_TFTP : TL_TFTP;
    return own == OWN_CALLMANAGER_ECDSA ? TL_TFTP : TL_CCM_TFTP;
}

/* An own certificate as the database has it, which is what stands in a list; the disk's, where it
 * is another's copy.  They differ behind a restore that CSCtn50405 spoilt alone. */
static uint32_t listed(const struct builder *b, uint32_t node, uint8_t own)
{
    uint32_t known = certs_known(b->cl, node, node, (enum own)own, b->now_us);
    return known != 0 ? known : b->cl->nodes[node].disk.own[own];
}

/* Any of these services: CAPF has a record where it is activated (documented); a node of which
 * phones get neither files nor calls has none in a CTL (documented: "every node" of those). */
static bool has_activated(const struct cluster *cl, uint32_t node, uint32_t services)
{
    return (cl->nodes[node].disk.activated & services) != 0;
}

/* A certificate that all nodes share stands there once (documented, Security Guide 14: the ITL
 * becomes smaller). */
static bool has_record(const struct builder *b, uint16_t role, uint32_t cert)
{
    for (uint32_t i = 0; i < b->count; i++) {
        if (b->records[i].role == role && b->records[i].cert == cert)
            return true;
    }
    return false;
}

/* CallManager of the other TFTP nodes, RSA and EC: where a parameter says so. */
static void other_tftp_records(struct builder *b, uint32_t node)
{
    static const uint8_t kinds[] = { OWN_CALLMANAGER, OWN_CALLMANAGER_ECDSA };
    FOR_EACH_NODE(b->cl, i)
    {
        for (uint32_t k = 0; k < 2 && i != node; k++) {
            uint32_t cert = certs_known(b->cl, node, i, (enum own)kinds[k], b->now_us);
            uint16_t role = ccm_role(b->cl, (enum own)kinds[k]);
            if (cert != 0 && has_activated(b->cl, i, SERVICE_BIT(SERVICE_TFTP)) &&
                !has_record(b, role, cert))
                add(b, role, TL_FULL, cert, i);
        }
    }
}

/* Order of records: technote 116232 (8.x, observed); second SAST behind the first (assumed). */
static void itl_records(struct builder *b, uint32_t node)
{
    struct cluster *cl = b->cl;
    const struct node *n = &cl->nodes[node];
    const struct version *v = cl->version;
    bool rollback = cl->db.params[PARAM_ROLLBACK] != 0;

    add(b, TL_SAST, TL_FULL, listed(b, node, v->itl_signer), node);
    if (v->itl_second_sast != OWN_NONE && n->disk.own[v->itl_second_sast] != 0)
        add(b, TL_SAST, TL_FULL, listed(b, node, v->itl_second_sast), node);

    add(b, ccm_role(cl, OWN_CALLMANAGER), rollback ? TL_EMPTIED : TL_FULL,
        listed(b, node, OWN_CALLMANAGER), node);
    if (n->disk.own[OWN_CALLMANAGER_ECDSA] != 0 && !rollback)
        add(b, ccm_role(cl, OWN_CALLMANAGER_ECDSA), TL_FULL, listed(b, node, OWN_CALLMANAGER_ECDSA),
            node);
    if (cl->db.params[PARAM_ITL_ALL_TFTP] != 0 && !rollback)
        other_tftp_records(b, node);

    FOR_EACH_NODE(cl, i)
    {
        uint32_t tvs = certs_known(cl, node, i, OWN_TVS, b->now_us);
        if (tvs != 0 && !has_record(b, TL_TVS, tvs))
            add(b, TL_TVS, rollback ? TL_EMPTIED : form_of(cl), tvs, i);
    }
    uint32_t capf = certs_known(cl, node, 0, OWN_CAPF, b->now_us);
    if (capf != 0 && has_activated(cl, 0, SERVICE_BIT(SERVICE_CAPF)))
        add(b, TL_CAPF, form_of(cl), capf, 0);
}

/* Whether an ITL says all of this; the timestamp apart. */
static bool says(const struct content *c, uint32_t list, const struct ct_envelope *e,
                 const struct builder *b)
{
    const struct ct_list *l = content_get_list(c, list);
    if (l->count != b->count || l->envelope.cert != e->cert || l->envelope.key != e->key ||
        l->envelope.signer_version != e->signer_version || l->envelope.digest != e->digest)
        return false;
    for (uint32_t i = 0; i < b->count; i++) {
        const struct ct_record *x = &l->records[i], *y = &b->records[i];
        if (x->role != y->role || x->form != y->form || x->cert != y->cert || x->dns != y->dns ||
            x->ip != y->ip)
            return false;
    }
    return true;
}

static void forget(struct builder *b)
{
    mem_free(b->cl->env->mem, b->records);
    b->records = NULL;
    b->count = b->cap = 0;
}

static uint32_t intern(struct builder *b, const struct ct_envelope *e)
{
    uint32_t list = content_list(b->cl->env->content, b->ctl, e, b->records, b->count);
    forget(b);
    return list;
}

uint32_t lists_itl(struct cluster *cl, uint32_t node, uint32_t old, uint64_t now_us)
{
    if (!cl->version->sbd)
        return 0;
    struct builder b = { .cl = cl, .now_us = now_us };
    itl_records(&b, node);
    const struct content *c = cl->env->content;
    uint8_t signer = cl->version->itl_signer;
    struct ct_envelope e = lists_envelope(cl, listed(&b, node, signer), cl->nodes[node].run.digest,
                                          (uint32_t)cluster_wall_s(cl, node, now_us));
    /* The key is the disk's: where the database has another certificate, nobody can verify it. */
    e.key = content_get_cert(c, cl->nodes[node].disk.own[signer])->key;
    if (old == 0 || !says(cl->env->content, old, &e, &b))
        return intern(&b, &e);
    forget(&b);
    return old;
}

/* ---- the CTL ---- */

/* Who may sign lists by Phone-SAST-trust, where ITLRecovery signs the CTL: phones are to have the
 * signer of the cluster that they move to before they go there (Security Guide 12.5). */
static void foreign_sast(struct builder *b)
{
    const struct cluster *cl = b->cl;
    if (cl->version->ctl_signer != OWN_ITLRECOVERY || cl->db.params[PARAM_CTL_SAST_TRUST] == 0)
        return;
    for (uint32_t i = 0; i < cl->db.row_count; i++) {
        const struct cert_row *r = &cl->db.rows[i];
        if (r->store == STORE_PHONE_SAST_TRUST && cert_row_seen(cl, r, 0, b->now_us))
            add(b, TL_SAST, TL_FULL, r->cert, 0);
    }
}

uint32_t lists_ctl_on(const struct cluster *cl, uint32_t node)
{
    return cl->nodes[node].disk.no_ctl ? 0 : cl->db.ctl;
}

/* How the records of a CTL are written, by what they are about. */
struct ctl_forms {
    bool others;                /* all but CAPF's stand there at all */
    uint8_t sast, server, capf; /* enum tl_form */
};

static const struct ctl_forms mixed_forms = { true, TL_FULL, TL_FULL, TL_FULL };

/* What is left of it where the cluster is not in mixed mode (the parameter has the sources). */
static const struct ctl_forms plain_forms[] = {
    [CTL_CAPF_ALONE] = { false, TL_FULL, TL_FULL, TL_FULL },
    [CTL_SERVERS_EMPTIED] = { true, TL_FULL, TL_EMPTIED, TL_FULL },
    [CTL_ALL_EMPTIED] = { true, TL_EMPTIED, TL_EMPTIED, TL_EMPTIED },
};

/* Order of records: technote 118893 (observed): SAST, publisher, CAPF, subscribers. */
static void servers(struct builder *b, const struct ctl_forms *forms)
{
    struct cluster *cl = b->cl;
    const struct node *pub = &cl->nodes[0];
    if (forms->others)
        add(b, TL_CCM_TFTP, (enum tl_form)forms->server, pub->disk.own[OWN_CALLMANAGER], 0);
    if (pub->disk.own[OWN_CAPF] != 0 && has_activated(cl, 0, SERVICE_BIT(SERVICE_CAPF)))
        add(b, TL_CAPF, (enum tl_form)forms->capf, pub->disk.own[OWN_CAPF], 0);
    FOR_EACH_NODE(cl, i)
    {
        uint32_t ccm = certs_known(cl, 0, i, OWN_CALLMANAGER, b->now_us);
        /* A certificate that all share stands there once (documented, Security Guide 12.5). */
        bool asked =
            has_activated(cl, i, SERVICE_BIT(SERVICE_TFTP) | SERVICE_BIT(SERVICE_CALLMANAGER));
        if (i != 0 && asked && forms->others && ccm != 0 && ccm != pub->disk.own[OWN_CALLMANAGER])
            add(b, TL_CCM_TFTP, (enum tl_form)forms->server, ccm, i);
    }
}

static void own_sasts(struct builder *b, const struct ctl_forms *forms, const uint8_t kinds[2])
{
    for (uint32_t i = 0; i < 2 && forms->others; i++) {
        uint32_t cert = kinds[i] == OWN_NONE ? 0 : b->cl->nodes[0].disk.own[kinds[i]];
        if (cert != 0)
            add(b, TL_SAST, (enum tl_form)forms->sast, cert, 0);
    }
}

/* It is copied to all nodes (documented). */
static void put_ctl(struct builder *b, uint32_t signer)
{
    struct cluster *cl = b->cl;
    struct ct_envelope e =
        lists_envelope(cl, signer, lists_digest(cl), (uint32_t)cluster_wall_s(cl, 0, b->now_us));
    cl->db.ctl = intern(b, &e);
    FOR_EACH_NODE(cl, i)
    cl->nodes[i].disk.no_ctl = false;
}

void lists_put_ctl(struct cluster *cl, uint8_t signer, uint64_t now_us)
{
    struct builder b = { .cl = cl, .ctl = true, .now_us = now_us };
    const struct ctl_forms *forms =
        cl->db.mixed_mode ? &mixed_forms : &plain_forms[cl->db.params[PARAM_CTL_NON_SECURE]];
    own_sasts(&b, forms,
              (const uint8_t[]){ cl->version->ctl_signer, cl->version->ctl_second_sast });
    servers(&b, forms);
    if (forms->others && forms->sast == TL_FULL)
        foreign_sast(&b);
    put_ctl(&b, cl->nodes[0].disk.own[signer]);
}

/* Its records hold no signature; outside mixed mode those of servers hold nothing but a name
 * (technote 118892, observed). */
static const struct ctl_forms token_forms[] = { { true, TL_TOKEN, TL_EMPTIED, TL_TOKEN },
                                                { true, TL_TOKEN, TL_TOKEN, TL_TOKEN } };

void lists_put_client_ctl(struct cluster *cl, const struct client_ctl *ctl, uint64_t now_us)
{
    static const uint8_t beside[] = { OWN_ITLRECOVERY, OWN_CALLMANAGER };
    struct builder b = { .cl = cl, .ctl = true, .client = true, .now_us = now_us };
    struct content *c = cl->env->content;
    const struct ctl_forms *forms = &token_forms[cl->db.mixed_mode];
    for (uint32_t i = 0; i < ctl->token_count; i++)
        put(&b, &(struct ct_record){ .role = TL_SAST,
                                     .form = TL_TOKEN,
                                     .cert = ctl->tokens[i],
                                     .ip = cl->nodes[0].disk.ip });
    if (cl->version->token_ctl == TOKENS_BESIDE)
        own_sasts(&b, forms, beside);
    servers(&b, forms);
    /* Others' TFTP servers stand behind; they are added by name here, without an address. */
    for (uint32_t i = 0; i < ctl->tftp_count; i++)
        put(&b, &(struct ct_record){ .role = TL_TFTP,
                                     .form = TL_TOKEN,
                                     .cert = ctl->tftps[i],
                                     .dns = content_text(c, certs_common_name(c, ctl->tftps[i])) });
    put_ctl(&b, ctl->signer);
}

void lists_client_ctl(const struct cluster *cl, struct client_ctl *out)
{
    uint32_t ctl = lists_ctl_on(cl, 0);
    const struct ct_list *l = ctl == 0 ? NULL : content_get_list(cl->env->content, ctl);
    memset(out, 0, sizeof *out);
    for (uint32_t i = 0; l != NULL && i < l->count; i++) {
        const struct ct_record *r = &l->records[i];
        bool token = r->role == TL_SAST && r->cert != 0 && token_is(cl->env->content, r->cert);
        if (token && out->token_count < CLUSTER_TOKENS)
            out->tokens[out->token_count++] = r->cert;
        if (r->role == TL_TFTP && r->cert != 0 && out->tftp_count < CLUSTER_TOKENS)
            out->tftps[out->tftp_count++] = r->cert;
    }
}

bool lists_have(const struct cluster *cl, uint32_t list, uint32_t roles, uint32_t cert)
{
    const struct content *c = cl->env->content;
    const struct ct_list *l = content_get_list(c, list);
    uint32_t signer = content_get_cert(c, cert)->signer;
    for (uint32_t i = 0; i < l->count; i++) {
        const struct ct_record *r = &l->records[i];
        if (r->role < 32 && (roles & ROLE_BIT(r->role)) != 0 && r->signer == signer)
            return true;
    }
    return false;
}

bool lists_ctl_is_tokenless(const struct cluster *cl)
{
    struct client_ctl client;
    uint32_t ctl = lists_ctl_on(cl, 0);
    lists_client_ctl(cl, &client);
    return cl->db.mixed_mode && cl->version->ctl_signer != OWN_NONE && ctl != 0 &&
           !content_get_list(cl->env->content, ctl)->empty && client.token_count == 0;
}

bool lists_ctl_trusts(const struct cluster *cl, uint8_t own)
{
    uint32_t cert = own == OWN_NONE ? 0 : cl->nodes[0].disk.own[own];
    return cert != 0 && lists_have(cl, lists_ctl_on(cl, 0), ROLE_BIT(TL_SAST), cert);
}

/* SAST records stand first, the signer's before the other. */
static void renew_recovery(struct builder *b, uint32_t node)
{
    const struct version *v = b->cl->version;
    const uint8_t kinds[] = { v->itl_signer, v->itl_second_sast };
    for (uint32_t i = 0; i < 2 && i < b->count; i++) {
        if (kinds[i] == OWN_ITLRECOVERY && b->records[i].role == TL_SAST)
            b->records[i].cert = b->cl->nodes[node].disk.own[OWN_ITLRECOVERY];
    }
}

/* The list that is there, with another signature (CLI reference, documented).  After ITLRecovery
 * was regenerated the list that CallManager signs for a while has to hold the new one, or phones
 * could not take the next list from their own (Security Guide 14, order of steps): the parameter
 * says whether it does. */
uint32_t lists_itl_reset(struct cluster *cl, uint32_t node, uint32_t cert, uint64_t now_us)
{
    struct builder b = { .cl = cl, .now_us = now_us };
    const struct ct_list *old = content_get_list(cl->env->content, cl->nodes[node].run.itl);
    for (uint32_t i = 0; i < old->count; i++)
        put(&b, &old->records[i]);
    if (cl->db.params[PARAM_LOCALKEY_RENEWS_SAST] != 0)
        renew_recovery(&b, node);
    struct ct_envelope e =
        lists_envelope(cl, cert, lists_digest(cl), (uint32_t)cluster_wall_s(cl, node, now_us));
    return intern(&b, &e);
}
