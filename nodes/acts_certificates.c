/* Acts on certificates and trust stores. */
#include "nodes/acts_impl.h"
#include "nodes/certs.h"
#include "nodes/services.h"

static enum own own_of(const struct act *a)
{
    return (enum own)a->arg[0];
}

static bool can_regenerate(const struct cluster *cl, const struct act *a, struct err *e)
{
    return certs_has_own(cl, a->node, own_of(a)) ||
           err_set(e, "%s: %s has no certificate %s of its own in version %s", cl->name,
                   node_name(cl, a), own_name(own_of(a)), cl->version->name);
}

static void regenerate(struct cluster *cl, const struct act *a, uint64_t now_us)
{
    certs_renew(cl, a->node, own_of(a), now_us);
    cl->done.renewed[own_of(a)] = true;
    services_after_change(cl, a->node, own_of(a), now_us);
}

static bool can_upload(const struct cluster *cl, const struct act *a, struct err *e)
{
    enum store store = (enum store)a->arg[0];
    uint32_t cert = (uint32_t)a->arg[1];
    if (cl->version->refuses_own_subject && certs_is_own_subject(cl, cert))
        return err_set(e,
                       "%s: version %s takes no certificate into %s whose subject is that of a "
                       "node's own",
                       cl->name, cl->version->name, store_name(store));
    return certs_in_store(cl, store, cert) == NULL ||
           err_set(e, "%s: %s already holds this certificate", cl->name, store_name(store));
}

/* One of the same name and kind goes: the later upload replaces it. */
static void upload(struct cluster *cl, const struct act *a, uint64_t now_us)
{
    struct cert_row *replaced = certs_replaced(cl, (enum store)a->arg[0], (uint32_t)a->arg[1]);
    if (replaced != NULL)
        certs_end(cl, replaced, a->node, now_us);
    certs_add(cl, (enum store)a->arg[0], a->node, (uint32_t)a->arg[1], now_us);
}

/* Who answers for what lies in the stores. */
static uint32_t behind_upload(const struct cluster *cl, const struct act *a)
{
    (void)cl, (void)a;
    return SERVICE_BIT(SERVICE_TVS);
}

static bool can_delete(const struct cluster *cl, const struct act *a, struct err *e)
{
    return certs_in_store(cl, (enum store)a->arg[0], (uint32_t)a->arg[1]) != NULL ||
           err_set(e, "%s: %s does not hold this certificate", cl->name,
                   store_name((enum store)a->arg[0]));
}

static void delete (struct cluster *cl, const struct act *a, uint64_t now_us)
{
    certs_end(cl, certs_in_store(cl, (enum store)a->arg[0], (uint32_t)a->arg[1]), a->node, now_us);
}

static bool can_set_ttl(const struct cluster *cl, const struct act *a, struct err *e)
{
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
    .words = "Certificate Management: Regenerate; set cert regen",
    .scope = ON_NODE,
    .args = { { ARG_OWN, "certificate" } },
    .touches = TOUCHES_CERTIFICATES | TOUCHES_LISTS,
    .run = regenerate,
    .can = can_regenerate,
    .doc = "Regenerates an own certificate, self-signed, with a new key. "
           "Services go on with the old one until they are restarted, where "
           "the version does not do that by itself."
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
           "database's replication. Version 15 takes none whose subject is that of "
           "a node's own certificate.",
    .remedy = { .narrow = 7,
                .name = "upload",
                .title = "upload",
                .how = "upload {1} to {0} on {node}",
                .everything = "upload the CallManager, ITLRecovery, CAPF and tomcat "
                              "certificates of {peer}, each to its trust store in "
                              "{cluster}",
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
    .doc = "Deletes a certificate from a trust store, on all nodes."
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
           "nothing was said the parameter \"tvs_ttl_s\" counts."
};
