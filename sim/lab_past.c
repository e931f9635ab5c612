/* What was before the present: the backup that a cluster was found with, and the lists of phones
 * that are off since before a renewal. */
#include "sim/lab_found.h"

#include "nodes/backup.h"
#include "nodes/cluster.h"
#include "nodes/lists.h"
#include "sim/base/rng.h"
#include "sim/base/sys.h"
#include "sim/lab_impl.h"
#include "sim/wire/tl.h"

#include <string.h>

/* ---- a certificate that was there before ---- */

/* Looks for the newest of one kind that was there at `at_s`. */
struct search {
    const struct content *content;
    uint32_t like; /* CT_CERT: the one that came after it */
    int64_t at_s;
    uint32_t found; /* 0: none so far */
    int64_t from_s;
};

static void consider(struct search *s, uint32_t cert)
{
    if (cert == 0 || cert == s->like)
        return;
    const struct ct_cert *c = content_get_cert(s->content, cert);
    if (c->not_before_s > s->at_s || (s->found != 0 && c->not_before_s <= s->from_s))
        return;
    s->found = cert;
    s->from_s = c->not_before_s;
}

/* Records of lists tell kinds apart that have one subject (CallManager, TVS); a CAPF has a new name
 * each time. */
static bool is_of_kind(const struct search *s, enum own own, const struct ct_record *r)
{
    static const uint32_t roles[OWNS] = {
        [OWN_CALLMANAGER] = ROLE_BIT(TL_TFTP) | ROLE_BIT(TL_CCM_TFTP),
        [OWN_CALLMANAGER_ECDSA] = ROLE_BIT(TL_TFTP) | ROLE_BIT(TL_CCM_TFTP),
        [OWN_TVS] = ROLE_BIT(TL_TVS),
        [OWN_CAPF] = ROLE_BIT(TL_CAPF),
        [OWN_ITLRECOVERY] = ROLE_BIT(TL_SAST),
    };
    if (r->cert == 0 || r->role > 31 || (roles[own] & ROLE_BIT(r->role)) == 0)
        return false;
    const struct ct_cert *like = content_get_cert(s->content, s->like);
    const struct ct_cert *c = content_get_cert(s->content, r->cert);
    return own == OWN_CAPF || (c->subject == like->subject && c->issuer == like->issuer);
}

/* The one that a service still works with, or that stands in a list at hand; 0: no file has it. */
static uint32_t before(const struct lab *lab, const struct found_node *node, enum own own,
                       uint32_t like, int64_t at_s)
{
    const struct lab_found *told = lab_found(lab);
    const struct content *content = lab->base->content;
    struct search s = { .content = content, .like = like, .at_s = at_s };
    for (int k = 0; k < SERVICES; k++) {
        if (service_kinds[k].own == own && !node->services[k].unknown)
            consider(&s, node->services[k].used);
    }
    for (uint32_t i = 0; i < told->list_count; i++) {
        const struct ct_list *l = content_get_list(content, told->lists[i].content);
        for (uint32_t k = 0; k < l->count; k++) {
            if (is_of_kind(&s, own, &l->records[k]))
                consider(&s, l->records[k].cert);
        }
    }
    return s.found;
}

/* ---- the cluster as it was ---- */

static bool began_later(const struct content *c, uint32_t cert, int64_t at_s)
{
    return cert != 0 && content_get_cert(c, cert)->not_before_s > at_s;
}

/* A node before it has the same one: a multi-server certificate. */
static bool is_shared(const struct cluster *cl, uint32_t node, enum own own, uint32_t *first)
{
    for (*first = 0; *first < node; ++*first) {
        if (cl->nodes[*first].disk.own[own] == cl->nodes[node].disk.own[own])
            return true;
    }
    return false;
}

/* Of one that is older than a certificate nobody knows what it holds in its place, unless some file
 * has it: one that nobody has stands for it.  Returns how many do; `which`: of each node. */
static uint32_t put_back(struct lab *lab, struct cluster *past, const struct cluster *now,
                         const struct found *f, int64_t at_s, uint32_t *which)
{
    uint32_t unknown = 0;
    for (uint32_t i = 0; i < f->node_count; i++) {
        for (int k = 0; k < OWNS; k++) {
            enum own own = (enum own)k;
            uint32_t cert = now->nodes[i].disk.own[own], first, was;
            char label[3 * CLUSTER_NAME];
            bool told = f->nodes[i].in_backup[own] != 0;
            if (!told &&
                (!found_has_own(now, f, i, own) || !began_later(lab->base->content, cert, at_s)))
                continue;
            bool shared = is_shared(now, i, own, &first);
            was = told     ? f->nodes[i].in_backup[own]
                  : shared ? past->nodes[first].disk.own[own]
                           : before(lab, &f->nodes[i], own, cert, at_s);
            if (was == 0) {
                snprintf(label, sizeof label, "%s/%u before %s", now->name, i, own_name(own));
                was = lab_found_nobody(lab, cert, label, NULL);
                unknown++;
                which[i] |= own_concerns_phones(own) ? OWN_BIT(own) : 0;
            }
            found_had(past, i, own, was);
        }
    }
    return unknown;
}

/* The CTL of then, of the certificates of then; one by tokens stays, whose keys lie outside. */
static void put_ctl_back(const struct lab *lab, struct cluster *past, int64_t at_s)
{
    struct client_ctl client;
    lists_client_ctl(past, &client);
    if (past->db.ctl == 0 || past->version->ctl_signer == OWN_NONE || client.token_count > 0)
        return;
    const struct ct_list *l = content_get_list(lab->base->content, past->db.ctl);
    if ((int64_t)l->envelope.timestamp > at_s)
        lists_put_ctl(past, past->version->ctl_signer, lab_now_us(lab));
}

/* ---- what a phone holds that is off since then ---- */

void lab_past_begin(struct lab_past *p, struct lab *lab)
{
    *p = (struct lab_past){ .lab = lab, .lists = table_of(&sys_mem) };
}

void lab_past_end(struct lab_past *p)
{
    table_free(&p->lists);
}

/* Whose own certificate it is, on its disk now. */
static bool whose(const struct lab *lab, uint32_t cert, uint32_t *cluster, uint32_t *node,
                  enum own *own)
{
    for (*cluster = 0; *cluster < lab->state.cluster_count; ++*cluster) {
        const struct cluster *cl = &lab->state.clusters[*cluster];
        if (lab_found_cluster(lab, *cluster) == NULL)
            continue;
        FOR_EACH_NODE(cl, i)
        {
            for (int k = 0; k < OWNS; k++) {
                if (cl->nodes[i].disk.own[k] != cert)
                    continue;
                *node = i;
                *own = (enum own)k;
                return true;
            }
        }
    }
    return false;
}

static bool is_of_a_file(const struct lab *lab, uint32_t list)
{
    const struct lab_found *told = lab_found(lab);
    for (uint32_t i = 0; i < told->list_count; i++) {
        if (told->lists[i].content == list)
            return true;
    }
    return false;
}

/* What stood in the list then in the place of this one: itself where it had begun.  `file`: the
 * list is one of a file, and so is each certificate in it. */
static uint32_t then(struct lab *lab, uint32_t cert, bool file, int64_t at_s)
{
    uint32_t cluster, node, was = 0;
    enum own own;
    char label[40];
    if (!began_later(lab->base->content, cert, at_s))
        return cert;
    if (whose(lab, cert, &cluster, &node, &own)) {
        const struct found *f = &lab_found_cluster(lab, cluster)->model;
        if (!found_has_own(&lab->state.clusters[cluster], f, node, own))
            return cert; /* the lab made it: nobody knows since when there is one */
        was = before(lab, &f->nodes[node], own, cert, at_s);
    } else if (!file) {
        return cert;
    }
    snprintf(label, sizeof label, "before certificate %u", cert);
    return was != 0 ? was : lab_found_nobody(lab, cert, label, NULL);
}

static uint32_t list_then(struct lab *lab, uint32_t list, int64_t at_s)
{
    struct content *c = lab->base->content;
    uint32_t count = content_get_list(c, list)->count, changed = 0;
    bool file = is_of_a_file(lab, list);
    struct ct_record *records = mem_take(&sys_mem, (count + 1) * sizeof *records);
    for (uint32_t i = 0; i < count; i++) {
        records[i] = content_get_list(c, list)->records[i];
        uint32_t cert = records[i].cert;
        records[i].cert = cert == 0 ? 0 : then(lab, cert, file, at_s);
        changed += records[i].cert != cert;
    }
    const struct ct_list *l = content_get_list(c, list);
    struct ct_envelope e = l->envelope;
    if (changed > 0) {
        e.cert = e.cert == 0 ? 0 : then(lab, e.cert, file, at_s);
        e.key = e.cert == 0 ? e.key : content_get_cert(c, e.cert)->key;
        e.signer = e.cert == 0 ? e.signer : content_get_cert(c, e.cert)->signer;
        e.timestamp = (uint32_t)at_s;
        list = content_list(c, content_get_list(c, list)->is_ctl, &e, records, count);
    }
    mem_free(&sys_mem, records);
    return list;
}

/* The last day by then on which a certificate began that stands in this list or in one at hand: by
 * it all that began later, or had begun, is told apart as well. */
static void last_begin(const struct lab *lab, uint32_t list, int64_t at_s, int64_t *last_s)
{
    const struct content *c = lab->base->content;
    const struct ct_list *l = content_get_list(c, list);
    for (uint32_t i = 0; i < l->count; i++) {
        uint32_t cert = l->records[i].cert;
        int64_t from_s = cert == 0 ? 0 : content_get_cert(c, cert)->not_before_s;
        if (from_s <= at_s && from_s > *last_s)
            *last_s = from_s;
    }
}

uint32_t lab_past_list(struct lab_past *p, uint32_t list, int64_t since_s)
{
    const struct lab_found *told = lab_found(p->lab);
    int64_t at_s = 0;
    if (list == 0)
        return 0;
    last_begin(p->lab, list, since_s, &at_s);
    for (uint32_t i = 0; i < told->list_count; i++)
        last_begin(p->lab, told->lists[i].content, since_s, &at_s);
    uint64_t key = rng_mix(rng_mix((uint64_t)list << 1 | 1) ^ (uint64_t)at_s) | 1;
    const uint32_t *had = table_get(&p->lists, key);
    if (had != NULL)
        return *had;
    uint32_t was = list_then(p->lab, list, at_s);
    if (was != list)
        lab_found_keep_past(p->lab, was);
    table_put(&p->lists, key, was);
    return was;
}

/* ---- the backup ---- */

void lab_found_backup(struct lab *lab, uint32_t cluster, const struct lab_found_cluster *f)
{
    struct cluster *cl = &lab->state.clusters[cluster], past;
    if (f->backup != LAB_YES || f->backup_restores == LAB_NO)
        return;
    cluster_clone(&past, cl, cl->env);
    uint32_t unknown =
        put_back(lab, &past, cl, &f->model, f->backup_s, lab_found_backup_unknown(lab, cluster));
    put_ctl_back(lab, &past, f->backup_s);
    backup_found(cl, &past, unknown, f->backup_s, lab_now_us(lab));
    cluster_free(&past);
}
