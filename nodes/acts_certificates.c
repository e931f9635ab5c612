/* Acts on certificates and trust stores. */
#include "nodes/acts_impl.h"
#include "nodes/calendar.h"
#include "nodes/certs.h"
#include "nodes/services.h"

#include <string.h>

static enum own own_of(const struct act *a)
{
    return (enum own)a->arg[0];
}

static bool can_regenerate(const struct cluster *cl, const struct act *a, uint64_t now_us,
                           struct err *e)
{
    (void)now_us;
    return certs_has_own(cl, a->node, own_of(a)) ||
           err_set(e, "%s: %s has no certificate %s of its own in version %s", cl->name,
                   node_name(cl, a), own_name(own_of(a)), cl->version->name);
}

/* With a key of the length that there is (Security Guide 14: "a self-signed certificate with the
 * same key length is regenerated"; of a new name and of FIPS mode inferred).  1024 bits become what
 * the version makes (technote 214231: how ITLRecovery of an older version gets 2048), and 2048 in
 * FIPS mode (documented). */
static enum key_type key_again(const struct cluster *cl, uint32_t node, enum own own)
{
    const struct content *c = cl->env->content;
    const struct node_disk *disk = &cl->nodes[node].disk;
    uint32_t cert = disk->own[own];
    uint8_t type = cl->version->key[own];
    if (cert != 0 && content_get_key(c, content_get_cert(c, cert)->key)->type != KEY_RSA_1024)
        type = content_get_key(c, content_get_cert(c, cert)->key)->type;
    return type == KEY_RSA_1024 && disk->fips ? KEY_RSA_2048 : (enum key_type)type;
}

static void renew(struct cluster *cl, uint32_t node, enum own own, uint64_t now_us)
{
    struct cert_wish wish = { .key = key_again(cl, node, own), .years = certs_years(cl, own) };
    certs_generate(cl, node, own, &wish, now_us);
    cl->done.renewed[own] = true;
    services_after_change(cl, node, own, now_us);
}

static void regenerate(struct cluster *cl, const struct act *a, uint64_t now_us)
{
    renew(cl, a->node, own_of(a), now_us);
}

void acts_renew_all(struct cluster *cl, uint32_t node, uint32_t spared, uint64_t now_us)
{
    for (int own = 0; own < OWNS; own++) {
        if ((spared & OWN_BIT(own)) == 0 && certs_has_own(cl, node, (enum own)own))
            renew(cl, node, (enum own)own, now_us);
    }
}

/* As a remedy: what phones look at and has expired, or is not valid yet, or is another on the disk
 * than in the database (documented, technote 116232: CallManager is regenerated then). */
static bool is_bad(const struct cluster *cl, const struct act *a)
{
    uint32_t cert = cl->nodes[a->node].disk.own[own_of(a)];
    return cert != 0 && own_concerns_phones(own_of(a)) &&
           (!calendar_is_within(cl, a->node, cert) || certs_is_spoilt(cl, a->node, own_of(a)));
}

/* What does not take it up by itself. */
static uint32_t behind_regenerate(const struct cluster *cl, const struct act *a)
{
    const struct version *v = cl->version;
    enum own own = own_of(a);
    uint32_t services = own_kinds[own].in_lists && !v->itl_rebuilds ? SERVICE_BIT(SERVICE_TFTP) : 0;
    for (int s = 0; s < SERVICES; s++) {
        bool by_itself = (v->restarts & OWN_BIT(own)) != 0 ||
                         (s == SERVICE_TFTP && v->itl_rebuilds) ||
                         (s == SERVICE_CALLMANAGER && v->ccm_uses_new);
        services |= service_kinds[s].own == own && !by_itself ? SERVICE_BIT(s) : 0;
    }
    if (cl->db.params[PARAM_TVS_DB_ON_RESTART] != 0) /* or it does not know the new one */
        services |= SERVICE_BIT(SERVICE_TVS);
    return services;
}

/* ---- self-signed with a key of its own length, or signed by somebody else ---- */

static enum key_type key_of(const struct cluster *cl, const struct act *a, uint32_t arg)
{
    return (enum key_type)(a->arg[arg] == 0 ? cl->version->key[own_of(a)] : a->arg[arg] - 1);
}

static bool is_ec(enum key_type type)
{
    return type >= KEY_EC_P256 && type <= KEY_EC_P521;
}

/* Kinds whose keys sign lists and files: phones have to read the modulus code. */
static bool signs_for_phones(enum own own)
{
    return (own_kinds[own].roles & ROLE_BIT(TL_SAST)) != 0;
}

/* Phones can read what is signed with such a key. */
static bool is_readable(const struct cluster *cl, enum own own, enum key_type key, struct err *e)
{
    if (key != KEY_RSA_3072 || !signs_for_phones(own) ||
        cl->db.params[PARAM_MODULUS_3072] >= TL_MODULUS_CODES)
        return true;
    return err_set(e,
                   "%s: no source has the modulus code of 3072 bits, so no list or file can be "
                   "signed with such a %s (the parameter \"modulus_code_3072\" names one)",
                   cl->name, own_name(own));
}

static bool fits(const struct cluster *cl, const struct act *a, enum key_type key, struct err *e)
{
    enum own own = own_of(a);
    if (is_ec(key) != is_ec((enum key_type)cl->version->key[own]))
        return err_set(e, "%s: %s has no key of type %s", cl->name, own_name(own),
                       key_type_name(key));
    if (key == KEY_RSA_1024 && cl->nodes[a->node].disk.fips)
        return err_set(e, "%s: in FIPS mode keys have 2048 bits at least", cl->name);
    return is_readable(cl, own, key, e);
}

static bool can_renew(const struct cluster *cl, const struct act *a, uint64_t now_us, struct err *e)
{
    enum own own = own_of(a);
    return can_regenerate(cl, a, now_us, e) && is_readable(cl, own, key_again(cl, a->node, own), e);
}

/* What all nodes share goes to all of them: none may be shut down (assumed). */
static bool reaches_all(const struct cluster *cl, struct err *e)
{
    FOR_EACH_NODE(cl, i)
    {
        if (cl->nodes[i].run.off)
            return err_set(e, "%s: %s is shut down", cl->name, cl->nodes[i].disk.name);
    }
    return true;
}

/* A multi-server certificate of this kind is there, or a self-signed one, in this version. */
static bool may_be_shared(const struct cluster *cl, enum own own, bool self_signed, struct err *e)
{
    const struct version *v = cl->version;
    if (!v->multi_server)
        return err_set(e, "%s: version %s has no multi-server certificates", cl->name, v->name);
    if (!own_kinds[own].shared && (v->shares_also & OWN_BIT(own)) == 0)
        return err_set(e, "%s: version %s has no multi-server certificate %s", cl->name, v->name,
                       own_name(own));
    if (self_signed && !v->self_signed_shared)
        return err_set(e, "%s: version %s has no multi-server certificates that are self-signed",
                       cl->name, v->name);
    return reaches_all(cl, e);
}

/* As a remedy: shorter keys where phones cannot load the list (documented: an ITL above 64 KB). */
static bool is_long(const struct cluster *cl, const struct act *a)
{
    uint32_t cert = cl->nodes[a->node].disk.own[own_of(a)];
    uint8_t standard = cl->version->key[own_of(a)];
    if (cert == 0 || !own_kinds[own_of(a)].in_lists)
        return false;
    const struct content *c = cl->env->content;
    uint8_t type = content_get_key(c, content_get_cert(c, cert)->key)->type;
    return type > standard && !is_ec((enum key_type)type) && !is_ec((enum key_type)standard);
}

static bool of_standard_length(const struct cluster *cl, uint32_t i, struct act *act)
{
    (void)cl;
    memset(act->arg, 0, sizeof act->arg);
    act->arg[0] = i;
    return i < OWNS;
}

static bool can_csr(const struct cluster *cl, const struct act *a, uint64_t now_us, struct err *e)
{
    enum own own = own_of(a);
    bool shared = a->arg[1] != 0;
    if (!can_regenerate(cl, a, now_us, e))
        return false;
    if (own_kinds[own].trust == STORE_OWN)
        return err_set(e, "%s: %s is always self-signed", cl->name, own_name(own));
    return (!shared || may_be_shared(cl, own, false, e)) && fits(cl, a, key_of(cl, a, 2), e);
}

static void csr(struct cluster *cl, const struct act *a, uint64_t now_us)
{
    (void)now_us;
    certs_request(cl, a->node, own_of(a), a->arg[1] != 0, key_of(cl, a, 2));
}

/* A certificate whose time is over is taken nowhere (documented); of one that came as a hash nobody
 * knows. */
static bool still_valid(const struct cluster *cl, uint32_t node, uint32_t cert, uint64_t now_us,
                        struct err *e)
{
    return content_date(cl->env->content, cert, cluster_wall_s(cl, node, now_us)) != DATE_OVER ||
           err_set(e, "%s: the certificate has expired", cl->name);
}

/* Where CallManager has the certificate of tomcat it gets the next multi-server one as well: the
 * page shows no CallManager that could be renewed by itself (assumed). */
static bool is_reused(const struct cluster *cl, enum own own, bool shared)
{
    const struct node_disk *pub = &cl->nodes[0].disk;
    return own == OWN_TOMCAT && shared && cl->db.params[PARAM_REUSE_FOLLOWS] != 0 &&
           pub->own[OWN_CALLMANAGER] == pub->own[OWN_TOMCAT];
}

static void take_tomcat(struct cluster *cl, uint64_t now_us)
{
    certs_share(cl, OWN_CALLMANAGER, cl->nodes[0].disk.own[OWN_TOMCAT], now_us);
    cl->done.renewed[OWN_CALLMANAGER] = true;
    FOR_EACH_NODE(cl, i)
    services_after_change(cl, i, OWN_CALLMANAGER, now_us);
}

/* Another one of this kind lies there, or everywhere. */
static void is_another(struct cluster *cl, uint32_t node, enum own own, bool shared, bool reused,
                       uint64_t now_us)
{
    cl->done.renewed[own] = true;
    FOR_EACH_NODE(cl, i)
    {
        if (i == node || (shared && certs_has_own(cl, i, own)))
            services_after_change(cl, i, own, now_us);
    }
    if (reused)
        take_tomcat(cl, now_us);
}

static bool can_generate(const struct cluster *cl, const struct act *a, uint64_t now_us,
                         struct err *e)
{
    bool shared = a->arg[3] != 0;
    enum key_type key = key_of(cl, a, 1);
    return can_regenerate(cl, a, now_us, e) && (!shared || may_be_shared(cl, own_of(a), true, e)) &&
           fits(cl, a, key, e) &&
           (!is_reused(cl, own_of(a), shared) || is_readable(cl, OWN_CALLMANAGER, key, e));
}

static void generate(struct cluster *cl, const struct act *a, uint64_t now_us)
{
    enum own own = own_of(a);
    struct cert_wish wish = { .key = (uint8_t)key_of(cl, a, 1),
                              .years = a->arg[2] == 0 ? certs_years(cl, own) : (uint32_t)a->arg[2],
                              .multi_server = a->arg[3] != 0 };
    bool reused = is_reused(cl, own, wish.multi_server);
    certs_generate(cl, a->node, own, &wish, now_us);
    is_another(cl, a->node, own, wish.multi_server, reused, now_us);
}

/* The page's own words where a technote has them (documented, 115957 and 225746). */
static bool can_install(const struct cluster *cl, const struct act *a, uint64_t now_us,
                        struct err *e)
{
    enum own own = own_of(a);
    uint32_t cert = (uint32_t)a->arg[1];
    const struct ct_cert *k = content_get_cert(cl->env->content, cert);
    const struct csr *asked = &cl->nodes[a->node].disk.csr[own];
    if (!can_regenerate(cl, a, now_us, e))
        return false;
    if (asked->key == 0)
        return err_set(e, "%s: File /usr/local/platform/.security/%s/keys/%s.csr Does Not Exist",
                       cl->name, own_name(own), own_name(own));
    if (k->key != asked->key)
        return err_set(e, "%s: CSR Public Key and Certificate Public Key Do Not Match", cl->name);
    if (k->dns != asked->dns)
        return err_set(e, "%s: CSR Subject Alternate Name (SAN) and Certificate SAN Does Not Match",
                       cl->name);
    if (asked->multi_server && !reaches_all(cl, e))
        return false;
    if (is_reused(cl, own, asked->multi_server) &&
        !is_readable(cl, OWN_CALLMANAGER,
                     (enum key_type)content_get_key(cl->env->content, k->key)->type, e))
        return false;
    uint32_t missing = certs_missing_issuer(cl, (enum store)own_kinds[own].trust, cert, a->node);
    if (missing != 0)
        return err_set(e, "%s: CA Certificate is Not Available in the Trust-Store (%s: %s)",
                       cl->name, store_name((enum store)own_kinds[own].trust),
                       content_get_str(cl->env->content,
                                       content_get_cert(cl->env->content, missing)->subject));
    return still_valid(cl, a->node, cert, now_us, e);
}

static void install(struct cluster *cl, const struct act *a, uint64_t now_us)
{
    enum own own = own_of(a);
    bool shared = cl->nodes[a->node].disk.csr[own].multi_server;
    bool reused = is_reused(cl, own, shared);
    certs_install(cl, a->node, own, (uint32_t)a->arg[1], now_us);
    is_another(cl, a->node, own, shared, reused, now_us);
}

static bool has_reuse(const struct version *v)
{
    return v->reuses_tomcat;
}

static bool can_reuse(const struct cluster *cl, const struct act *a, uint64_t now_us, struct err *e)
{
    (void)a, (void)now_us;
    const struct node_disk *pub = &cl->nodes[0].disk;
    if ((pub->multi_server & OWN_BIT(OWN_TOMCAT)) == 0)
        return err_set(e, "%s: the tomcat certificate is no multi-server certificate", cl->name);
    const struct content *c = cl->env->content;
    uint8_t key = content_get_key(c, content_get_cert(c, pub->own[OWN_TOMCAT])->key)->type;
    if (!is_readable(cl, OWN_CALLMANAGER, (enum key_type)key, e))
        return false;
    return pub->own[OWN_CALLMANAGER] != pub->own[OWN_TOMCAT] ||
           err_set(e, "%s: CallManager has the tomcat certificate already", cl->name);
}

static void reuse(struct cluster *cl, const struct act *a, uint64_t now_us)
{
    (void)a;
    take_tomcat(cl, now_us);
}

/* ---- FIPS ---- */

static bool has_fips(const struct version *v)
{
    return v->has_fips;
}

static bool can_change_fips(const struct cluster *cl, const struct act *a, uint64_t now_us,
                            struct err *e)
{
    (void)now_us;
    bool on = a->kind == DO_FIPS_ENABLE;
    return cl->nodes[a->node].disk.fips != on ||
           err_set(e, "%s: FIPS mode is %s on %s already", cl->name, on ? "enabled" : "disabled",
                   node_name(cl, a));
}

/* The node makes all its keys anew and reboots (documented). */
static void change_fips(struct cluster *cl, const struct act *a, uint64_t now_us)
{
    cl->nodes[a->node].disk.fips = a->kind == DO_FIPS_ENABLE;
    acts_renew_all(cl, a->node, 0, now_us);
    services_reboot(cl, a->node, now_us);
}

/* ---- trust stores ---- */

/* One that stays lies there already: of two of one name the newer start date may win. */
static bool gives_way(const struct cluster *cl, enum store store, uint32_t cert, uint32_t node)
{
    const struct content *c = cl->env->content;
    const struct cert_row *there = certs_replaced(cl, store, cert, node);
    return there == NULL || cl->db.params[PARAM_NEWER_START_WINS] == 0 ||
           content_get_cert(c, there->cert)->not_before_s < content_get_cert(c, cert)->not_before_s;
}

bool acts_can_trust(const struct cluster *cl, enum store store, uint32_t cert, uint32_t node,
                    struct err *e)
{
    if (cl->version->refuses_own_subject && certs_is_own_subject(cl, cert))
        return err_set(e,
                       "%s: version %s takes no certificate into %s whose subject is that of a "
                       "node's own",
                       cl->name, cl->version->name, store_name(store));
    return gives_way(cl, store, cert, node) ||
           err_set(e, "%s: %s holds a certificate of this name whose validity starts no earlier",
                   cl->name, store_name(store));
}

/* In that store of this node, as far as nodes hold rows of their own. */
static bool is_held(const struct cluster *cl, enum store store, uint32_t cert, uint32_t node,
                    uint64_t now_us)
{
    const struct cert_row *row = certs_in_store(cl, store, cert);
    bool by_node = certs_delete_here(cl) || (row != NULL && row->stays);
    return row != NULL && (!by_node || cert_row_seen(cl, row, node, now_us));
}

static bool can_upload(const struct cluster *cl, const struct act *a, uint64_t now_us,
                       struct err *e)
{
    enum store store = (enum store)a->arg[0];
    uint32_t cert = (uint32_t)a->arg[1];
    return acts_can_trust(cl, store, cert, a->node, e) &&
           still_valid(cl, a->node, cert, now_us, e) &&
           (!is_held(cl, store, cert, a->node, now_us) ||
            err_set(e, "%s: %s already holds this certificate", cl->name, store_name(store)));
}

/* One of the same name and kind goes: the later upload replaces it.  One that the database takes to
 * all nodes goes on doing so where it is uploaded again. */
void acts_trust(struct cluster *cl, enum store store, uint32_t node, uint32_t cert, uint64_t now_us)
{
    if (is_held(cl, store, cert, node, now_us) || !still_valid(cl, node, cert, now_us, NULL))
        return;
    struct cert_row *replaced = certs_replaced(cl, store, cert, node);
    if (replaced != NULL)
        certs_replace(cl, replaced, node, now_us);
    struct cert_row *same = certs_in_store(cl, store, cert);
    if (same != NULL) {
        certs_undelete(same, node);
        return;
    }
    same = certs_add(cl, store, node, cert, now_us);
    if (certs_stays(cl, store))
        certs_keep_on(same, node);
}

static void upload(struct cluster *cl, const struct act *a, uint64_t now_us)
{
    acts_trust(cl, (enum store)a->arg[0], a->node, (uint32_t)a->arg[1], now_us);
}

/* The roles that a trust store gives; RSA records of both kinds of TFTP are vouched for as one. */
static bool belongs(enum store store, enum own own)
{
    uint32_t roles = own_kinds[own].roles;
    if ((roles & ROLE_BIT(TL_CCM_TFTP)) != 0)
        roles |= ROLE_BIT(TL_TFTP);
    return (store_kinds[store].roles & roles) != 0;
}

/* Every certificate of the peer to every trust store of this cluster that it belongs to: on the
 * publisher, and on every node where it would stay there. */
static enum act_step upload_next(const struct cluster *cl, const struct cluster *peer, uint32_t i,
                                 uint64_t now_us, struct act *act)
{
    enum store store = (enum store)(i % STORES);
    enum own own = (enum own)(i / STORES % OWNS);
    uint32_t n = i / STORES / OWNS / cl->node_count, at = i / STORES / OWNS % cl->node_count;
    if (n >= peer->node_count)
        return STEP_END;
    *act = (struct act){ .kind = DO_UPLOAD,
                         .node = (uint8_t)at,
                         .arg = { store, peer->nodes[n].disk.own[own] } };
    bool useful = !peer->nodes[n].removed && store != STORE_OWN && act->arg[1] != 0 &&
                  (at == 0 || certs_stays(cl, store)) && !cl->nodes[at].run.off &&
                  !cl->nodes[at].removed && belongs(store, own) &&
                  can_upload(cl, act, now_us, NULL);
    return useful ? STEP_HERE : STEP_NOTHING;
}

/* Who answers for what lies in the stores. */
static uint32_t behind_upload(const struct cluster *cl, const struct act *a)
{
    (void)cl, (void)a;
    return SERVICE_BIT(SERVICE_TVS);
}

static bool can_delete(const struct cluster *cl, const struct act *a, uint64_t now_us,
                       struct err *e)
{
    return is_held(cl, (enum store)a->arg[0], (uint32_t)a->arg[1], a->node, now_us) ||
           err_set(e, "%s: %s does not hold this certificate", cl->name,
                   store_name((enum store)a->arg[0]));
}

static void delete (struct cluster *cl, const struct act *a, uint64_t now_us)
{
    certs_delete(cl, certs_in_store(cl, (enum store)a->arg[0], (uint32_t)a->arg[1]), a->node,
                 now_us);
}

static bool can_set_ttl(const struct cluster *cl, const struct act *a, uint64_t now_us,
                        struct err *e)
{
    (void)now_us;
    for (uint32_t i = 0; i < cl->db.row_count; i++) {
        if (cl->db.rows[i].cert == a->arg[0] && cl->db.rows[i].until_us == UINT64_MAX)
            return true;
    }
    return err_set(e, "%s: the database does not hold this certificate", cl->name);
}

/* AXL updateTvsCertificate: of a certificate, wherever it lies (documented); on all nodes at once
 * (assumed). */
static void set_ttl(struct cluster *cl, const struct act *a, uint64_t now_us)
{
    (void)now_us;
    for (uint32_t i = 0; i < cl->db.row_count; i++) {
        if (cl->db.rows[i].cert == a->arg[0]) {
            cl->db.rows[i].has_ttl = true;
            cl->db.rows[i].ttl_s = (uint32_t)a->arg[1];
        }
    }
}

const struct act_row act_row_regenerate = {
    .name = "regenerate",
    .warns =
        "WARNING: This operation will overwrite any CA signed certificate previously imported "
        "for {0}; of ITLRecovery: If you are using a tokenless CTL and if the CallManager "
        "certificate is recently generated, please ensure that the CTL File already has the new "
        "CallManager certificate and is updated to the endpoints, before generating the ITL "
        "Recovery certificate.",
    .words = "Certificate Management: Regenerate; set cert regen",
    .scope = ON_NODE,
    .args = { { ARG_OWN, "certificate" } },
    .touches = TOUCHES_CERTIFICATES | TOUCHES_LISTS,
    .run = regenerate,
    .can = can_renew,
    .doc = "Regenerates an own certificate, self-signed, with a new key of the same length. "
           "Services go on with the old one until they are restarted, where "
           "the version does not do that by itself.",
    .remedy = { .narrow = 6,
                .name = "regenerate",
                .title = "regenerate",
                .how = "regenerate {0} on {node}",
                .useful = is_bad,
                .then = behind_regenerate }
};

const struct act_row act_row_generate = {
    .name = "generate",
    .warns = "WARNING: This operation will overwrite any CA signed certificate previously imported "
             "for {0}",
    .words = "Certificate Management: Generate Self-signed",
    .scope = ON_NODE,
    .args = { { ARG_OWN, "certificate" },
              { ARG_KEY_TYPE, "key" },
              { ARG_YEARS, "validity" },
              { ARG_SPREAD, "distribution" } },
    .touches = TOUCHES_CERTIFICATES | TOUCHES_LISTS,
    .run = generate,
    .can = can_generate,
    .doc =
        "Generates an own certificate, self-signed, with a new key of this type that is valid so "
        "long; what is left out is as the version does it. From 14 on also one for all nodes, "
        "with the name `host-ms.domain` (the name inferred); `regenerate` on a node gives that "
        "node one of its own again (assumed). Otherwise like `regenerate`.",
    .remedy = { .narrow = 7,
                .name = "generate",
                .title = "shorter keys",
                .how = "generate {0} with a key of the standard length on {node}",
                .everything = "generate every certificate of the lists with a key of the standard "
                              "length, on {node}",
                .useful = is_long,
                .then = behind_regenerate,
                .choice = of_standard_length }
};

const struct act_row act_row_csr = {
    .name = "csr",
    .words = "Certificate Management: Generate CSR; set csr gen",
    .scope = ON_NODE,
    .args = { { ARG_OWN, "certificate" }, { ARG_SPREAD, "distribution" }, { ARG_KEY_TYPE, "key" } },
    .touches = TOUCHES_CERTIFICATES,
    .run = csr,
    .can = can_csr,
    .doc = "Makes a new key and a CSR for an own certificate, in place of the CSR before. An "
           "authority signs it (`authority`), `install` takes what it signed. A multi-server "
           "certificate is one for all nodes, with the name `host-ms.domain`.",
    .remedy = { .never = "the first half of `install`" }
};

const struct act_row act_row_install = {
    .name = "install",
    .words = "Certificate Management: Upload Certificate; set cert import own",
    .scope = ON_NODE,
    .args = { { ARG_OWN, "certificate" }, { ARG_CERT, "signed" } },
    .touches = TOUCHES_CERTIFICATES | TOUCHES_LISTS,
    .run = install,
    .can = can_install,
    .doc =
        "Takes the certificate that an authority signed for the node's CSR, in place of its own; "
        "a multi-server certificate on every node. Those who signed it must lie in the trust "
        "store of its kind. Services go on with the old one as after `regenerate`. From 14SU2 on a "
        "multi-server certificate is uploaded on the page, not by the command.",
    .remedy = { .never = "an authority has to sign it, and to a phone a certificate that is "
                         "regenerated is as good" }
};

const struct act_row act_row_reuse_certificate = {
    .name = "reuse_certificate",
    .words = "Certificate Management: Reuse Certificate",
    .scope = ON_CLUSTER,
    .power = POWER_ALL,
    .touches = TOUCHES_CERTIFICATES | TOUCHES_LISTS,
    .has = has_reuse,
    .since = "it is there from 14",
    .run = reuse,
    .can = can_reuse,
    .doc = "CallManager has the multi-server certificate of tomcat from now on, on every node. "
           "The page no longer shows a certificate CallManager then; a multi-server certificate "
           "that tomcat gets later is CallManager's too (the parameter \"reuse_follows_tomcat\").",
    .remedy = { .never = "phones know the certificate that CallManager gets no better than a "
                         "regenerated one" }
};

const struct act_row act_row_fips_enable = {
    .name = "fips enable",
    .words = "utils fips enable",
    .scope = ON_NODE,
    .touches = TOUCHES_CERTIFICATES | TOUCHES_LISTS | TOUCHES_SERVICES,
    .has = has_fips,
    .since = "it is there from 8.6",
    .run = change_fips,
    .can = can_change_fips,
    .doc = "Takes the node into FIPS mode: it regenerates all its certificates and reboots.",
    .remedy = { .never = NEVER_NEW_KEYS }
};

const struct act_row act_row_fips_disable = {
    .name = "fips disable",
    .words = "utils fips disable",
    .scope = ON_NODE,
    .touches = TOUCHES_CERTIFICATES | TOUCHES_LISTS | TOUCHES_SERVICES,
    .has = has_fips,
    .since = "it is there from 8.6",
    .run = change_fips,
    .can = can_change_fips,
    .doc = "Takes the node out of FIPS mode: it regenerates all its certificates and reboots.",
    .remedy = { .never = NEVER_NEW_KEYS }
};

const struct act_row act_row_upload = {
    .name = "upload",
    .words = "Certificate Management: Upload; set cert import trust",
    .scope = ON_NODE,
    .args = { { ARG_STORE, "store" }, { ARG_CERT, "certificate" } },
    .touches = TOUCHES_CERTIFICATES,
    .run = upload,
    .can = can_upload,
    .doc = "Uploads a certificate to a trust store, in place of one that has its "
           "common name and kind of key. The other nodes see it after the "
           "database's replication; what is uploaded to CAPF-trust lies on this node alone (the "
           "parameter \"capf_trust_stays_local\"). Version 15 takes none whose subject is that of "
           "a node's own certificate.",
    .remedy = { .narrow = 8,
                .needs = NEEDS_PEER,
                .name = "upload",
                .title = "upload",
                .how = "upload {1} to {0} on {node}",
                .everything = "upload the CallManager, ITLRecovery, CAPF and tomcat "
                              "certificates of {peer}, each to its trust store in "
                              "{cluster} (CAPF-trust: on every node)",
                .exchange = upload_next,
                .then = behind_upload }
};

const struct act_row act_row_delete = {
    .name = "delete",
    .words = "Certificate Management: Delete; set cert delete",
    .scope = ON_NODE,
    .args = { { ARG_STORE, "store" }, { ARG_CERT, "certificate" } },
    .touches = TOUCHES_CERTIFICATES,
    .run = delete,
    .can = can_delete,
    .doc =
        "Deletes a certificate from a trust store: from 11.0 on on all nodes, before on this one "
        "alone, and there it comes back while Cisco Certificate Change Notification runs on a "
        "node that still has it.",
    .remedy = { .never = NEVER_TAKES }
};

const struct act_row act_row_tvs_ttl = {
    .name = "tvs_ttl",
    .words = "AXL updateTvsCertificate: timeToLive",
    .scope = ON_CLUSTER,
    .args = { { ARG_CERT, "certificate" }, { ARG_SECONDS, "time" } },
    .touches = TOUCHES_CERTIFICATES,
    .run = set_ttl,
    .can = can_set_ttl,
    .doc = "For how long a phone may keep what TVS says of this certificate. Where "
           "nothing was said the parameter \"tvs_ttl_s\" counts.",
    .remedy = { .never = "it says how long a phone keeps what TVS says, not what that is" }
};
