#include "nodes/serve.h"

#include "nodes/certs.h"
#include "nodes/cluster.h"
#include "nodes/config.h"
#include "nodes/lists.h"
#include "nodes/profile.h"
#include "nodes/remote.h"
#include "sim/base/check.h"
#include "sim/core/mic.h"

#include <stdio.h>
#include <string.h>

bool serve_running(const struct cluster *cl, uint32_t node, enum service s)
{
    return cl->nodes[node].run.services[s].state == SERVICE_RUNNING;
}

uint32_t serve_epoch(const struct cluster *cl, uint32_t node, enum service s)
{
    return cl->nodes[node].run.services[s].epoch;
}

bool serve_slot(const struct cluster *cl, uint32_t node)
{
    return cl->nodes[node].run.transfers < cl->db.params[PARAM_MAX_SERVING];
}

uint32_t serve_certificate(const struct cluster *cl, uint32_t node, enum service s)
{
    return cl->nodes[node].run.used[s];
}

uint32_t serve_file_certificate(const struct cluster *cl, uint32_t node)
{
    return cl->nodes[node].run.used_ec;
}

/* ---- files ---- */

static struct ct_envelope signature_of(const struct cluster *cl, uint32_t node)
{
    /* Signed once and kept in memory until TFTP restarts (documented). */
    const struct node *n = &cl->nodes[node];
    uint32_t stamp = (uint32_t)cluster_wall_s(cl, node, n->run.services[SERVICE_TFTP].ready_us);
    struct ct_envelope e = lists_envelope(cl, n->run.used[SERVICE_TFTP], n->run.digest, stamp);
    e.signer_version = -1; /* tag 28 stands in lists alone */
    return e;
}

/* A file as this node's TFTP serves it: signed with the CallManager key in service (documented for
 * all versions), or plain. */
static uint32_t wrap(struct cluster *cl, uint32_t node, uint32_t payload, bool sign,
                     uint32_t encrypted_to)
{
    const struct node *n = &cl->nodes[node];
    struct content *c = cl->env->content;
    uint64_t key = rng_mix(((uint64_t)payload << 32 | encrypted_to) + 0x66696c65u);
    if (sign)
        key = rng_mix(rng_mix(key ^ ((uint64_t)n->run.used[SERVICE_TFTP] << 8 | n->run.digest)) ^
                      n->run.services[SERVICE_TFTP].ready_us);
    uint32_t id;
    if (content_recall(c, key, &id))
        return id;
    struct ct_file f = { .payload = payload, .encrypted_to = encrypted_to };
    f.envelope.signer_version = -1;
    if (sign)
        f.envelope = signature_of(cl, node);
    id = content_file(c, &f);
    content_remember(c, key, id);
    return id;
}

/* Where its TFTP has a key to sign with. */
static bool has_signed(const struct cluster *cl, uint32_t node)
{
    const struct node_run *run = &cl->nodes[node].run;
    return run->used[SERVICE_TFTP] != 0 && run->signs;
}

static bool is_signed_name(enum file_kind kind)
{
    return kind == FILE_CNF_SGN || kind == FILE_CNF_ENC || kind == FILE_DEFAULT_SGN ||
           kind == FILE_LOCALE_SGN || kind == FILE_RINGLIST_SGN;
}

uint32_t serve_configuration(struct cluster *cl, uint32_t device)
{
    const struct device_class *class = config_class_of(cl, device);
    if (class == NULL)
        return 0;
    profile_build(cl, (uint32_t)(class - cl->db.classes));
    return class->profile;
}

static uint32_t config_file(struct cluster *cl, uint32_t node, enum file_kind kind, uint32_t device)
{
    const struct device_class *class = config_class_of(cl, device);
    if (class == NULL)
        return 0;
    uint32_t index = (uint32_t)(class - cl->db.classes);
    profile_build(cl, index);
    bool encrypted = class->short_profile != 0;
    uint32_t to = class->lsc != 0 ? class->lsc : class->key != 0 ? class->key : CONTENT_MIC;
    switch (kind) {
    case FILE_CNF:
        return wrap(cl, node, encrypted ? class->short_profile : class->profile, false, 0);
    case FILE_CNF_SGN:
        return wrap(cl, node, encrypted ? class->short_profile : class->profile, true, 0);
    default:
        return encrypted ? wrap(cl, node, class->profile, true, to) : 0;
    }
}

/* Common files hold no more than their name: their bytes are there to be signed and sent. */
static uint32_t make_blob(struct content *c, const char *folder, const char *name)
{
    char path[CNF_NAME + 64], text[256];
    snprintf(path, sizeof path, "%s%s%s", folder, folder[0] == '\0' ? "" : "/", name);
    int n = snprintf(text, sizeof text,
                     "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!-- %s, cucmlab -->\n<%s/>\n",
                     path, folder[0] == '\0' ? "CiscoIPPhoneRingList" : "tones");
    CHECK(n > 0 && (size_t)n < sizeof text);
    return content_blob(c, content_str(c, path), view_of(text, (size_t)n));
}

static uint32_t locale_blob(struct content *c, uint32_t locale)
{
    uint64_t key = rng_mix(0x6c6f63616c65u ^ (uint64_t)locale << 32);
    uint32_t id;
    if (!content_recall(c, key, &id)) {
        const char *folder = locale == 0 ? "English_United_States" : content_get_str(c, locale);
        id = make_blob(c, folder, "g3-tones.xml");
        content_remember(c, key, id);
    }
    return id;
}

static uint32_t ringlist_blob(struct content *c)
{
    uint64_t key = rng_mix(0x72696e67u);
    uint32_t id;
    if (!content_recall(c, key, &id)) {
        id = make_blob(c, "", "ringlist.xml");
        content_remember(c, key, id);
    }
    return id;
}

uint32_t serve_file(struct cluster *cl, uint32_t node, enum file_kind kind, uint32_t device,
                    uint32_t locale)
{
    const struct node *n = &cl->nodes[node];
    bool in_database = config_class_of(cl, device) != NULL;
    if (is_signed_name(kind) && !has_signed(cl, node))
        return 0;
    switch (kind) {
    case FILE_CTL:
        return in_database ? n->run.ctl : 0;
    case FILE_CTL_COMMON:
        return n->run.ctl;
    case FILE_ITL:
        return in_database ? n->run.itl : 0;
    case FILE_ITL_COMMON:
        return n->run.itl;
    case FILE_CNF:
    case FILE_CNF_SGN:
    case FILE_CNF_ENC:
        return config_file(cl, node, kind, device);
    case FILE_DEFAULT:
    case FILE_DEFAULT_SGN:
        return wrap(cl, node, profile_default(cl), kind == FILE_DEFAULT_SGN, 0);
    case FILE_LOCALE:
    case FILE_LOCALE_SGN:
        return wrap(cl, node, locale_blob(cl->env->content, locale), kind == FILE_LOCALE_SGN, 0);
    case FILE_RINGLIST:
    case FILE_RINGLIST_SGN:
        return wrap(cl, node, ringlist_blob(cl->env->content), kind == FILE_RINGLIST_SGN, 0);
    default:
        return 0;
    }
}

/* ---- files of remote clusters ---- */

/* Common files are a proxy's own (documented, System Configuration Guide 15); one that it has not,
 * CTLFile.tlv, it could ask for like any other. */
static bool is_common(uint8_t kind)
{
    static const bool of_device[FILE_KINDS] = { [FILE_CTL] = true,
                                                [FILE_ITL] = true,
                                                [FILE_CNF] = true,
                                                [FILE_CNF_SGN] = true,
                                                [FILE_CNF_ENC] = true };
    return !of_device[kind];
}

static bool asks_remotes(const struct cluster *cl, const struct file_asked *a)
{
    return !a->by_node && cl->db.remote_count != 0 &&
           (!is_common(a->kind) || cl->db.params[PARAM_PROXY_COMMON] != 0);
}

struct served serve_asked(struct cluster *cl, uint32_t node, const struct file_asked *a,
                          uint64_t now_us)
{
    struct relayed_name name = { (uint8_t)node, a->kind, is_common(a->kind) ? NO_DEVICE : a->device,
                                 a->locale };
    struct served s = { 0 };
    bool kept = is_common(a->kind) || a->device != NO_DEVICE; /* else nobody knows whose it is */
    if (a->came == CAME_FILE) {
        if (kept)
            remote_keep(cl, &name, a->content, now_us);
        s.content = a->content;
        return s;
    }
    if (a->place == 0)
        s.content = serve_file(cl, node, (enum file_kind)a->kind, a->device, a->locale);
    if (s.content != 0 || !asks_remotes(cl, a))
        return s;
    if (a->place == 0 && kept)
        s.content = remote_kept(cl, &name, now_us);
    if (s.content == 0)
        s.elsewhere = remote_next(cl, a->place, a->came == CAME_NO_FILE, &s.place);
    return s;
}

/* ---- TVS ---- */

/* Roles by where a certificate lies. */
static uint32_t roles_of(const struct cluster *cl, const struct cert_row *r)
{
    bool files = r->store == STORE_PHONE_SAST_TRUST && cl->db.params[PARAM_SAST_SIGNS_FILES] != 0;
    uint32_t roles = r->store == STORE_OWN ? own_kinds[r->own].roles : store_kinds[r->store].roles;
    return files ? roles | ROLE_BIT(TL_TFTP) : roles;
}

/* The instant at which TVS read its database cache. */
static uint64_t tvs_knows_us(const struct cluster *cl, uint32_t node, uint64_t now_us)
{
    uint64_t start_us = cl->nodes[node].run.services[SERVICE_TVS].ready_us;
    return cl->db.params[PARAM_TVS_DB_ON_RESTART] != 0 ? start_us : now_us;
}

/* CertificateCTLCache: a signer that only the CTL file knows is vouched for as SAST (observed). The
 * file is copied to all nodes, and the cache follows it without a restart (observed). */
static bool in_ctl(const struct cluster *cl, uint32_t node, uint32_t signer, uint32_t cert,
                   struct tvs_answer *answer)
{
    uint32_t ctl = lists_ctl_on(cl, node);
    if (ctl == 0 || cl->db.params[PARAM_TVS_CTL_CACHE] == 0)
        return false;
    const struct ct_list *l = content_get_list(cl->env->content, ctl);
    for (uint32_t i = 0; i < l->count; i++) {
        const struct ct_record *r = &l->records[i];
        if (r->cert == 0 || r->role != TL_SAST)
            continue;
        if (cert != 0 ? r->cert == cert : r->signer == signer) {
            answer->cert = r->cert;
            answer->roles = ROLE_BIT(TL_SAST);
            return true;
        }
    }
    return false;
}

/* By the node's own clock. */
static bool is_within(const struct cluster *cl, uint32_t node, uint32_t cert, uint64_t now_us)
{
    return content_date(cl->env->content, cert, cluster_wall_s(cl, node, now_us)) == DATE_WITHIN;
}

static bool vouches(const struct cluster *cl, uint32_t node, uint32_t cert, uint64_t now_us)
{
    return cl->db.params[PARAM_TVS_VOUCHES_EXPIRED] != 0 || is_within(cl, node, cert, now_us);
}

static struct tvs_answer look_up(const struct cluster *cl, uint32_t node, uint32_t signer,
                                 uint32_t cert, uint64_t now_us)
{
    struct tvs_answer answer = { .ttl_s = (uint32_t)cl->db.params[PARAM_TVS_TTL_S] };
    uint64_t at_us = tvs_knows_us(cl, node, now_us);
    for (uint32_t i = 0; i < cl->db.row_count; i++) {
        const struct cert_row *r = &cl->db.rows[i];
        bool same = cert != 0 ? r->cert == cert
                              : content_get_cert(cl->env->content, r->cert)->signer == signer;
        if (same && roles_of(cl, r) != 0 && cert_row_seen(cl, r, node, at_us) &&
            vouches(cl, node, r->cert, now_us)) {
            answer.cert = r->cert;
            answer.roles |= roles_of(cl, r);
            if (r->has_ttl)
                answer.ttl_s = r->ttl_s;
        }
    }
    answer.trusted = answer.roles != 0 || in_ctl(cl, node, signer, cert, &answer);
    return answer;
}

struct tvs_answer serve_tvs_query(const struct cluster *cl, uint32_t node, uint32_t signer,
                                  uint64_t now_us)
{
    return look_up(cl, node, signer, 0, now_us);
}

struct tvs_answer serve_tvs_verify(const struct cluster *cl, uint32_t node, uint32_t cert,
                                   uint64_t now_us)
{
    return look_up(cl, node, 0, cert, now_us);
}

bool serve_tvs_row(const struct cluster *cl, uint32_t node, uint32_t i, uint32_t *cert)
{
    uint32_t ctl = lists_ctl_on(cl, node);
    if (i < cl->db.row_count) {
        *cert = cl->db.rows[i].cert;
        return true;
    }
    if (ctl == 0 || i - cl->db.row_count >= content_get_list(cl->env->content, ctl)->count)
        return false;
    *cert = content_get_list(cl->env->content, ctl)->records[i - cl->db.row_count].cert;
    return true;
}

/* ---- CallManager ---- */

/* Where a CAPF may lie besides on the publisher. */
static bool trusts_capf_in(const struct cluster *cl, enum store store)
{
    const uint64_t *params = cl->db.params;
    return (store == STORE_CAPF_TRUST && params[PARAM_ACCEPT_FOREIGN_LSC] != 0) ||
           (store == STORE_CALLMANAGER_TRUST && params[PARAM_CCM_TRUST_LSC] != 0);
}

static bool knows_capf(const struct cluster *cl, uint32_t node, uint32_t capf, uint64_t now_us)
{
    for (uint32_t i = 0; i < cl->db.row_count; i++) {
        const struct cert_row *r = &cl->db.rows[i];
        bool own = r->store == STORE_OWN && r->own == OWN_CAPF;
        if (r->cert == capf && (own || trusts_capf_in(cl, (enum store)r->store)) &&
            cert_row_seen(cl, r, node, now_us))
            return true;
    }
    return false;
}

/* What a phone shows: its issuer, then its time. */
enum reject_reason serve_judge(const struct cluster *cl, uint32_t node, uint32_t lsc,
                               enum store store, uint64_t now_us)
{
    const uint64_t *params = cl->db.params;
    enum mic_ca ca;
    if (mic_is(lsc, &ca)) { /* its CA lies in CallManager-trust and CAPF-trust (documented) */
        if ((cl->db.mic_cas_gone[store] & MIC_CA_BIT(ca)) != 0)
            return REJECT_LSC;
        return params[PARAM_DATES_OF_PHONES] != 0 &&
                       cluster_wall_s(cl, node, now_us) > mic_cas[ca].until_s
                   ? REJECT_DATES
                   : REJECT_NONE;
    }
    if (lsc == CONTENT_NOBODY)
        return REJECT_LSC;
    uint32_t capf = content_lsc_issuer(cl->env->content, lsc);
    if (!knows_capf(cl, node, capf, now_us))
        return REJECT_LSC;
    bool over = (params[PARAM_DATES_OF_PHONES] != 0 && !is_within(cl, node, lsc, now_us)) ||
                (params[PARAM_DATES_OF_CAPF] != 0 && !is_within(cl, node, capf, now_us));
    return over ? REJECT_DATES : REJECT_NONE;
}

static bool in_group(const struct cluster *cl, const struct device_class *class, uint32_t node)
{
    const struct group *g = &cl->db.groups[cl->db.pools[class->pool].group];
    for (uint32_t i = 0; i < g->count; i++) {
        if (g->members[i] == node)
            return true;
    }
    return false;
}

/* At the servers that XMLDefault.cnf.xml names; in mixed mode by version (documented); as long as
 * there is a number left (documented). */
static bool auto_registers(const struct cluster *cl, uint32_t node)
{
    const uint64_t *p = cl->db.params;
    struct device_class first = { .pool = 0 };
    bool left = p[PARAM_AUTO_FIRST] + cl->db.numbers <= p[PARAM_AUTO_LAST];
    bool mode = !cl->nodes[node].run.mixed_mode || cl->version->auto_registers_mixed;
    bool writes = !cl->nodes[0].run.off; /* the publisher, which alone does (inferred) */
    return p[PARAM_AUTO_REGISTRATION] != 0 && writes && left && mode && cl->db.pool_count > 0 &&
           in_group(cl, &first, node);
}

void serve_auto_register(struct cluster *cl, uint32_t node, uint32_t device, uint8_t protocol,
                         uint32_t devices)
{
    struct device_class class = { .protocol = protocol,
                                  .security_mode = CNF_NON_SECURE,
                                  .fresh = true };
    uint16_t index;
    if (device >= devices || config_class_of(cl, device) != NULL || !auto_registers(cl, node) ||
        !config_class(cl, &class, &index, NULL))
        return;
    config_set_class(cl, device, index, devices);
    cl->db.numbers++;
}

bool serve_is_fresh(struct cluster *cl, uint32_t device)
{
    const struct device_class *class = config_class_of(cl, device);
    uint16_t index;
    if (class == NULL || !class->fresh)
        return false;
    struct device_class plain = *class;
    plain.fresh = false;
    if (config_class(cl, &plain, &index, NULL))
        config_set_class(cl, device, index, cl->db.device_count);
    return true;
}

enum reject_reason serve_register(const struct cluster *cl, uint32_t node, uint32_t device,
                                  enum transport transport, uint32_t lsc, uint64_t now_us)
{
    const struct device_class *class = config_class_of(cl, device);
    if (class == NULL)
        return REJECT_UNKNOWN_DEVICE;
    if (cl->db.params[PARAM_OUTSIDE_GROUP] == 0 && !in_group(cl, class, node))
        return REJECT_GROUP;
    bool mixed = cl->nodes[node].run.mixed_mode;
    bool secure = mixed && class->security_mode >= CNF_AUTHENTICATED;
    if (secure != (transport == TRANSPORT_TLS))
        return REJECT_SECURITY;
    return secure ? serve_judge(cl, node, lsc, STORE_CALLMANAGER_TRUST, now_us) : REJECT_NONE;
}
