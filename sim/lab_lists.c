/* Trust lists of which only the hash and the names of records are known: a phone's own page tells
 * no more.  What stands for one are the certificates that are known by these names, or certificates
 * that nobody has; its holders' verdicts are asked for both. */
#include "sim/lab_found.h"

#include "nodes/certs.h"
#include "sim/base/sys.h"
#include "sim/lab_impl.h"

#include <stdio.h>
#include <string.h>

#define RECORDS_MOST 400

static const struct {
    const char *word;
    uint8_t role;
    uint8_t owns[2]; /* kinds of own certificates that have it; OWN_NONE: no second one */
} roles[] = {
    { "CCM+TFTP", TL_CCM_TFTP, { OWN_CALLMANAGER, OWN_CALLMANAGER_ECDSA } },
    { "SAST", TL_SAST, { OWN_ITLRECOVERY, OWN_CALLMANAGER } },
    { "TFTP", TL_TFTP, { OWN_CALLMANAGER, OWN_CALLMANAGER_ECDSA } },
    { "CAPF", TL_CAPF, { OWN_CAPF, OWN_NONE } },
    { "CCM", TL_CCM, { OWN_CALLMANAGER, OWN_CALLMANAGER_ECDSA } },
    { "TVS", TL_TVS, { OWN_TVS, OWN_NONE } },
};
#define ROLES (sizeof roles / sizeof roles[0])

struct making {
    struct lab *lab;
    const struct lab_found_list *of;
    struct cluster *cl;
    struct ct_record records[RECORDS_MOST];
    uint32_t count;
    uint32_t node;        /* whose TFTP served it, as far as its records tell; else the publisher */
    uint32_t callmanager; /* the first that signs files by its records: of that TFTP, and in a CTL
                             of the publisher (observed); 0: none */
    bool ours;            /* some node has that name */
};

/* "CCM+TFTP cucm1.example.com": its row, and the common name. */
static const char *name_of(const char *record, size_t *role)
{
    for (*role = 0; *role < ROLES; ++*role) {
        size_t n = strlen(roles[*role].word);
        if (strncmp(record, roles[*role].word, n) == 0 && record[n] == ' ' && record[n + 1] != 0)
            return record + n + 1;
    }
    return NULL;
}

/* The own certificate that is called so, on its node's disk now. */
static uint32_t own_named(struct making *m, size_t role, const char *name, uint32_t *node)
{
    for (int k = 0; k < 2 && roles[role].owns[k] != OWN_NONE; k++) {
        FOR_EACH_NODE(m->cl, i)
        {
            uint32_t cert = m->cl->nodes[i].disk.own[roles[role].owns[k]];
            *node = i;
            if (cert != 0 && lab_is_called(m->lab, cert, name))
                return cert;
        }
    }
    return 0;
}

/* Nobody's: like the publisher's of that kind. */
static uint32_t nobodys(struct making *m, size_t role, const char *name)
{
    char label[2 * CLUSTER_NAME + 200];
    uint32_t like = m->cl->nodes[0].disk.own[roles[role].owns[0]];
    if (like == 0)
        like = m->cl->nodes[0].disk.own[OWN_CALLMANAGER];
    snprintf(label, sizeof label, "%s list %s %s %s", m->cl->name, m->of->name, roles[role].word,
             name);
    return lab_found_nobody(m->lab, like, label, name);
}

static void put(struct making *m, size_t role, uint32_t cert, const char *dns)
{
    bool hashed = roles[role].role == TL_TVS || roles[role].role == TL_CAPF;
    bool hash = hashed && !m->of->is_ctl && !m->cl->version->full_records;
    m->records[m->count++] = (struct ct_record){ .role = roles[role].role,
                                                 .form = hash ? TL_HASH : TL_FULL,
                                                 .cert = cert,
                                                 .dns = content_str(m->lab->base->content, dns) };
}

static bool add(struct making *m, const char *record, struct err *e)
{
    size_t role;
    const char *name = name_of(record, &role);
    bool strangers = m->lab->base->options.strangers;
    uint32_t node = 0, cert = 0;
    if (name == NULL)
        return err_set(e,
                       "list \"%.60s\": a record is \"TVS cucm1.example.com\", TVS, CAPF, TFTP, "
                       "CCM, CCM+TFTP or SAST and a common name, not \"%.60s\"",
                       m->of->name, record);
    if (m->count >= RECORDS_MOST - 2)
        return err_set(e, "list \"%.60s\": more than %d records", m->of->name, RECORDS_MOST - 2);
    if (!strangers)
        cert = own_named(m, role, name, &node);
    bool signs_files = roles[role].owns[0] == OWN_CALLMANAGER;
    if (cert != 0 && signs_files)
        m->node = node;
    m->ours = m->ours || (cert != 0 && signs_files && m->callmanager == 0);
    if (cert == 0 && !strangers)
        cert = lab_found_named(m->lab, name);
    if (cert == 0)
        cert = nobodys(m, role, name);
    if (signs_files && m->callmanager == 0)
        m->callmanager = cert;
    put(m, role, cert, name);
    return true;
}

static uint32_t signer_of(const struct making *m)
{
    for (uint32_t i = 0; i < m->count; i++) {
        if (m->records[i].role == TL_SAST)
            return m->records[i].cert;
    }
    return 0;
}

static uint32_t add_nobodys(struct making *m, size_t role, uint32_t like)
{
    struct view cn = certs_common_name(m->lab->base->content, like);
    char name[2 * CLUSTER_NAME];
    snprintf(name, sizeof name, "%.*s", (int)cn.n, (const char *)cn.p);
    uint32_t cert = m->lab->base->options.strangers ? nobodys(m, role, name) : like;
    put(m, role, cert, name);
    return cert;
}

/* An ITLRecovery that each node has for itself has the name of the node, as its CallManager has. */
static uint32_t recovery_of(struct making *m)
{
    const struct version *v = m->cl->version;
    bool one = m->of->is_ctl || (v->publisher_only & OWN_BIT(OWN_ITLRECOVERY)) != 0;
    uint32_t cert = m->cl->nodes[one ? 0 : m->node].disk.own[OWN_ITLRECOVERY];
    if (cert == 0 || one || m->callmanager == 0 || m->ours)
        return cert;
    return nobodys(m, 1, "ITLRECOVERY");
}

static uint32_t add_sast(struct making *m, uint8_t own)
{
    const size_t sast = 1;
    if (own == OWN_ITLRECOVERY && recovery_of(m) != 0)
        return add_nobodys(m, sast, recovery_of(m));
    if (m->callmanager == 0)
        return add_nobodys(m, sast,
                           m->cl->nodes[m->of->is_ctl ? 0 : m->node].disk.own[OWN_CALLMANAGER]);
    put(m, sast, m->callmanager, "");
    return m->callmanager;
}

/* Pages name no SAST: those of this version.  The CallManager among them is the one that signs the
 * files beside the list, whoever has it. */
static uint32_t add_signer(struct making *m)
{
    const struct version *v = m->cl->version;
    uint8_t first = m->of->is_ctl ? v->ctl_signer : v->itl_signer;
    uint8_t second = m->of->is_ctl ? v->ctl_second_sast : v->itl_second_sast;
    uint32_t signer = add_sast(m, first == OWN_NONE ? OWN_CALLMANAGER : first);
    if (second != OWN_NONE)
        add_sast(m, second);
    return signer;
}

static uint32_t make(struct making *m)
{
    struct content *c = m->lab->base->content;
    uint32_t signer = signer_of(m);
    if (signer == 0)
        signer = add_signer(m);
    const struct ct_cert *k = content_get_cert(c, signer);
    struct ct_envelope env = {
        .cert = signer,
        .signer = k->signer,
        .key = k->key,
        .timestamp = (uint32_t)m->lab->base->options.start_s,
        .signer_version = m->cl->version->signer_version,
        .digest = m->cl->db.params[PARAM_SHA512] != 0 ? DIGEST_SHA512 : DIGEST_SHA1,
    };
    if (content_get_key(c, k->key)->type == KEY_RSA_3072)
        env.modulus_code = (uint8_t)m->cl->db.params[PARAM_MODULUS_3072];
    return content_list(c, m->of->is_ctl, &env, m->records, m->count);
}

static bool is_new(const struct lab *lab, const char *name, struct err *e)
{
    const struct lab_found *f = lab_found(lab);
    for (uint32_t i = 0; f != NULL && i < f->by_hash_count; i++) {
        if (strcmp(f->by_hash[i].name, name) == 0)
            return err_set(e, "two lists named \"%.60s\"", name);
    }
    return true;
}

bool lab_found_by_hash(struct lab *lab, const struct lab_found_list *l, struct err *e)
{
    if (!is_new(lab, l->name, e))
        return false;
    struct making *m = mem_take(&sys_mem, sizeof *m);
    *m = (struct making){ .lab = lab, .of = l, .cl = &lab->state.clusters[l->cluster] };
    bool ok = true;
    for (uint32_t i = 0; i < l->record_count && ok; i++)
        ok = add(m, l->records[i], e);
    if (ok) {
        struct lab_found_list made = *l;
        made.list = make(m);
        lab_found_keep_list(lab, &made);
    }
    mem_free(&sys_mem, m);
    return ok;
}
