#include "nodes/acts.h"

#include "nodes/certs.h"
#include "nodes/cluster.h"
#include "nodes/config.h"
#include "nodes/lists.h"
#include "nodes/services.h"

#include <string.h>

static enum own own_of(const struct act *a)
{
    return (enum own)a->arg[0];
}

static enum service service_of(const struct act *a)
{
    return (enum service)a->arg[0];
}

static const char *node_name(const struct cluster *cl, const struct act *a)
{
    return cl->nodes[a->node].disk.name;
}

/* ---- certificates ---- */

static bool can_regenerate(const struct cluster *cl, const struct act *a, struct err *e)
{
    return certs_has_own(cl, a->node, own_of(a)) ||
           err_set(e, "%s: %s has no certificate %s of its own in version %s", cl->name,
                   node_name(cl, a), own_name(own_of(a)), cl->version->name);
}

static void regenerate(struct cluster *cl, const struct act *a, uint64_t now_us)
{
    certs_renew(cl, a->node, own_of(a), now_us);
    cl->done |= RENEWED_BIT(own_of(a));
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

/* ---- services ---- */

static bool can_start(const struct cluster *cl, const struct act *a, struct err *e)
{
    const char *service = service_name(service_of(a));
    if (!services_is_activated(cl, a->node, service_of(a)))
        return err_set(e, "%s: %s is not activated on %s", cl->name, service, node_name(cl, a));
    return cl->nodes[a->node].run.services[service_of(a)].state == SERVICE_STOPPED ||
           err_set(e, "%s: %s is already started on %s", cl->name, service, node_name(cl, a));
}

static void start(struct cluster *cl, const struct act *a, uint64_t now_us)
{
    services_start(cl, a->node, service_of(a), now_us);
}

static bool can_stop(const struct cluster *cl, const struct act *a, struct err *e)
{
    return cl->nodes[a->node].run.services[service_of(a)].state != SERVICE_STOPPED ||
           err_set(e, "%s: %s is not started on %s", cl->name, service_name(service_of(a)),
                   node_name(cl, a));
}

static void stop(struct cluster *cl, const struct act *a, uint64_t now_us)
{
    services_stop(cl, a->node, service_of(a), now_us);
}

static bool can_restart(const struct cluster *cl, const struct act *a, struct err *e)
{
    return services_is_activated(cl, a->node, service_of(a)) ||
           err_set(e, "%s: %s is not activated on %s", cl->name, service_name(service_of(a)),
                   node_name(cl, a));
}

static void restart(struct cluster *cl, const struct act *a, uint64_t now_us)
{
    services_restart(cl, a->node, service_of(a), now_us);
}

static bool is_stopped(const struct cluster *cl, const struct act *a)
{
    return can_start(cl, a, NULL);
}

/* What phones ask about trust, and whatever works with an old certificate. */
static bool restart_helps(const struct cluster *cl, const struct act *a)
{
    enum service s = service_of(a);
    bool runs = cl->nodes[a->node].run.services[s].state != SERVICE_STOPPED;
    return runs && (s == SERVICE_TFTP || s == SERVICE_TVS || services_is_outdated(cl, a->node, s));
}

/* ---- the cluster ---- */

static bool can_set(const struct cluster *cl, const struct act *a, struct err *e)
{
    (void)cl;
    return fact_check(&param_table[a->arg[0]], a->arg[1], e);
}

/* What an administrator turns off to have things as they were without it, and what has to be
 * restarted before phones notice. */
static const struct {
    uint8_t param;
    uint64_t value;
    uint32_t then;
    bool gives_up;
} cures[] = {
    /* Documented order: TVS, then TFTP, then a reset. */
    { PARAM_ROLLBACK, 0, SERVICE_BIT(SERVICE_TVS) | SERVICE_BIT(SERVICE_TFTP), false },
    /* Directories and services without TLS. */
    { PARAM_HTTPS_SERVICES, 0, 0, true },
    { PARAM_TLS_MIN, 0, 0, true },
};

static bool cure(const struct cluster *cl, uint32_t i, struct act *act)
{
    (void)cl;
    if (i >= sizeof cures / sizeof cures[0])
        return false;
    act->arg[0] = cures[i].param;
    act->arg[1] = cures[i].value;
    return true;
}

static bool differs(const struct cluster *cl, const struct act *a)
{
    return cl->db.params[a->arg[0]] != a->arg[1];
}

static size_t cure_of(const struct act *a)
{
    size_t i = 0;
    while (cures[i].param != a->arg[0])
        i++;
    return i;
}

static uint32_t behind_cure(const struct cluster *cl, const struct act *a)
{
    bool by_itself = a->arg[0] == PARAM_ROLLBACK && cl->version->rollback_by_itself;
    return by_itself ? 0 : cures[cure_of(a)].then;
}

static bool cure_gives_up(const struct act *a)
{
    return cures[cure_of(a)].gives_up;
}

static void set(struct cluster *cl, const struct act *a, uint64_t now_us)
{
    bool rolls = a->arg[0] == PARAM_ROLLBACK && differs(cl, a);
    cl->db.params[a->arg[0]] = a->arg[1];
    if (rolls)
        services_after_rollback(cl, now_us);
}

static bool has_tokenless_ctl(const struct version *v)
{
    return v->ctl_signer != OWN_NONE;
}

static bool can_update_ctl(const struct cluster *cl, const struct act *a, struct err *e)
{
    (void)a;
    return cl->db.mixed_mode ||
           err_set(e, "%s: the cluster is not in mixed mode, there is no CTL file to update",
                   cl->name);
}

static void make_ctl(struct cluster *cl, const struct act *a, uint64_t now_us)
{
    cl->db.mixed_mode = a->kind != DO_CTL_NON_SECURE_MODE;
    cl->db.ctl = lists_ctl(cl, !cl->db.mixed_mode, now_us);
    services_after_ctl(cl, a->kind != DO_CTL_UPDATE, now_us);
}

/* What the command asks for where the new CTL is not documented to be there at once (14 on). */
static uint32_t behind_ctl(const struct cluster *cl, const struct act *a)
{
    (void)a;
    return cl->version->ctl_served == CTL_AT_ONCE
               ? 0
               : SERVICE_BIT(SERVICE_TFTP) | SERVICE_BIT(SERVICE_CALLMANAGER);
}

static bool is_mixed(const struct cluster *cl, const struct act *a)
{
    (void)a;
    return cl->db.mixed_mode;
}

static bool has_localkey(const struct version *v)
{
    return v->localkey != OWN_NONE;
}

static bool can_reset_localkey(const struct cluster *cl, const struct act *a, struct err *e)
{
    (void)a;
    return cl->nodes[0].run.itl != 0 ||
           err_set(e, "%s: %s has no ITL file", cl->name, cl->nodes[0].disk.name);
}

/* With the certificate in service, where a service works with it. */
static uint32_t reset_list(struct cluster *cl, uint32_t node, uint64_t now_us)
{
    const struct node *n = &cl->nodes[node];
    uint8_t kind = cl->version->localkey;
    bool in_service = kind == service_kinds[SERVICE_TFTP].own;
    uint32_t cert = in_service ? n->run.used[SERVICE_TFTP] : n->disk.own[kind];
    return lists_itl_reset(cl, node, cert, now_us);
}

static void reset_localkey(struct cluster *cl, const struct act *a, uint64_t now_us)
{
    (void)a;
    bool each = cl->db.params[PARAM_LOCALKEY_EACH_NODE] != 0;
    FOR_EACH_NODE(cl, i)
    services_rebuild_now(cl, i, now_us); /* or it would undo this in a moment */
    uint32_t first = reset_list(cl, 0, now_us);
    FOR_EACH_NODE(cl, i)
    {
        struct node *n = &cl->nodes[i];
        if (n->disk.tftp && n->run.services[SERVICE_TFTP].state == SERVICE_RUNNING) {
            n->run.itl = each && i != 0 ? reset_list(cl, i, now_us) : first;
            cluster_trace(cl, i, TRACE_LIST, n->run.itl, 0, now_us);
        }
    }
}

static void reset_all(struct cluster *cl, const struct act *a, uint64_t now_us)
{
    (void)a, (void)now_us;
    cl->want_reset = true;
}

/* ---- the table ---- */

#define LINK_ARGS                                                                                  \
    {                                                                                              \
        { ARG_TIME, "delay" }, { ARG_TIME, "jitter" }, { ARG_PPM, "loss" },                        \
            { ARG_NUMBER, "rate" }, { ARG_FLAG, "down" },                                          \
    }
#define LINK_DOC                                                                                   \
    " Delay one way, uniform jitter on top of it, loss of a packet (0 to 1), bytes a second (0: "  \
    "no limit), or nothing passes at all. What is left out is as at the start: `link {}` mends "   \
    "everything."
const struct act_row act_table[ACTS] = {
    [DO_REGENERATE] = { .name = "regenerate",
                        .words = "Certificate Management: Regenerate; set cert regen",
                        .scope = ON_NODE,
                        .args = { { ARG_OWN, "certificate" } },
                        .touches = TOUCHES_CERTIFICATES | TOUCHES_LISTS,
                        .run = regenerate,
                        .can = can_regenerate,
                        .doc = "Regenerates an own certificate, self-signed, with a new key. "
                               "Services go on with the old one until they are restarted, where "
                               "the version does not do that by itself." },
    [DO_START] = { .name = "start",
                   .words = "Control Center: Start; utils service start",
                   .scope = ON_NODE,
                   .args = { { ARG_SERVICE, "service" } },
                   .touches = TOUCHES_SERVICES,
                   .run = start,
                   .can = can_start,
                   .doc = "Starts a service.",
                   .remedy = { .narrow = 2,
                               .name = "start-services",
                               .title = "start services",
                               .how = "`utils service start {0}` on {node}",
                               .everything = "start every service that is stopped, on {node}",
                               .useful = is_stopped } },
    [DO_STOP] = { .name = "stop",
                  .words = "Control Center: Stop; utils service stop",
                  .scope = ON_NODE,
                  .args = { { ARG_SERVICE, "service" } },
                  .touches = TOUCHES_SERVICES,
                  .run = stop,
                  .can = can_stop,
                  .doc = "Stops a service." },
    [DO_RESTART] = { .name = "restart",
                     .words = "Control Center: Restart; utils service restart",
                     .scope = ON_NODE,
                     .args = { { ARG_SERVICE, "service" } },
                     .touches = TOUCHES_SERVICES | TOUCHES_LISTS,
                     .run = restart,
                     .can = can_restart,
                     .doc =
                         "Restarts a service, or starts it where it is stopped. It takes a while "
                         "until it answers (the parameter \"service_start_us\").",
                     .remedy = { .narrow = 3,
                                 .name = "restart-services",
                                 .title = "restart services",
                                 .how = "`utils service restart {0}` on {node}",
                                 .everything = "restart Cisco Tftp, Cisco Trust Verification "
                                               "Service and every service that works with an old "
                                               "certificate, on {node}",
                                 .useful = restart_helps } },
    [DO_UPLOAD] = { .name = "upload",
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
                                .everything =
                                    "upload the CallManager, ITLRecovery, CAPF and tomcat "
                                    "certificates of {peer}, each to its trust store in "
                                    "{cluster}",
                                .then = behind_upload } },
    [DO_DELETE] = { .name = "delete",
                    .words = "Certificate Management: Delete; set cert delete",
                    .scope = ON_NODE,
                    .args = { { ARG_STORE, "store" }, { ARG_CERT, "certificate" } },
                    .touches = TOUCHES_CERTIFICATES,
                    .run = delete,
                    .can = can_delete,
                    .doc = "Deletes a certificate from a trust store, on all nodes." },
    [DO_TVS_TTL] = { .name = "tvs_ttl",
                     .words = "AXL updateTvsCertificate: timeToLive",
                     .scope = ON_CLUSTER,
                     .args = { { ARG_CERT, "certificate" }, { ARG_SECONDS, "time" } },
                     .touches = TOUCHES_CERTIFICATES,
                     .run = set_ttl,
                     .can = can_set_ttl,
                     .doc =
                         "For how long a phone may keep what TVS says of this certificate. Where "
                         "nothing was said the parameter \"tvs_ttl_s\" counts." },
    [DO_NODE_LINK] = { .name = "link",
                       .words = "the node's network",
                       .scope = ON_NODE,
                       .args = LINK_ARGS,
                       .touches = TOUCHES_NETWORK,
                       .doc = "The node's link to the network." LINK_DOC,
                       .remedy = { .narrow = 1,
                                   .name = "mend-network",
                                   .title = "mend the network",
                                   .how = "mend the network of {node}",
                                   .everything = "mend the network of every node of {cluster} "
                                                 "that is cut off" } },
    [DO_SET] = { .name = "set",
                 .words = "System: Enterprise Parameters, Service Parameters",
                 .scope = ON_CLUSTER,
                 .args = { { ARG_PARAM, "parameter" }, { ARG_VALUE, "value" } },
                 .touches = TOUCHES_CONFIG | TOUCHES_LISTS,
                 .run = set,
                 .can = can_set,
                 .doc =
                     "Sets an enterprise or service parameter. From 12.5 on the rollback parameter "
                     "makes new ITLs and resets the phones by itself.",
                 .remedy = { .narrow = 8,
                             .name = "set-parameter",
                             .title = "set a parameter",
                             .how = "set {0} to {1}",
                             .useful = differs,
                             .then = behind_cure,
                             .choice = cure,
                             .gives_up = cure_gives_up } },
    [DO_CTL_MIXED_MODE] = { .name = "ctl mixed-mode",
                            .words = "utils ctl set-cluster mixed-mode",
                            .scope = ON_CLUSTER,
                            .touches = TOUCHES_LISTS | TOUCHES_CONFIG,
                            .has = has_tokenless_ctl,
                            .since = "utils ctl is there from 10.0",
                            .run = make_ctl,
                            .doc = "Makes a CTL file signed without tokens and takes the cluster "
                                   "into mixed mode. Restarts nothing." },
    [DO_CTL_NON_SECURE_MODE] = { .name = "ctl non-secure-mode",
                                 .words = "utils ctl set-cluster non-secure-mode",
                                 .scope = ON_CLUSTER,
                                 .touches = TOUCHES_LISTS | TOUCHES_CONFIG,
                                 .has = has_tokenless_ctl,
                                 .since = "utils ctl is there from 10.0",
                                 .run = make_ctl,
                                 .doc = "Takes the cluster out of mixed mode: the CTL file holds "
                                        "CAPF alone. Restarts nothing." },
    [DO_CTL_UPDATE] = { .name = "ctl update",
                        .words = "utils ctl update CTLFile",
                        .scope = ON_CLUSTER,
                        .touches = TOUCHES_LISTS,
                        .has = has_tokenless_ctl,
                        .since = "utils ctl is there from 10.0",
                        .run = make_ctl,
                        .can = can_update_ctl,
                        .doc = "Makes the CTL file anew from the certificates as they are. "
                               "Restarts nothing; from 14 on the phones are reset by themselves.",
                        .remedy = { .narrow = 5,
                                    .then = behind_ctl,
                                    .name = "ctl-update",
                                    .title = "ctl update",
                                    .how = "`utils ctl update CTLFile` on {node}",
                                    .useful = is_mixed } },
    [DO_ITL_RESET_LOCALKEY] = { .name = "itl reset localkey",
                                .words = "utils itl reset localkey",
                                .scope = ON_CLUSTER,
                                .touches = TOUCHES_LISTS,
                                .has = has_localkey,
                                .since = "it is there from 10.0",
                                .run = reset_localkey,
                                .can = can_reset_localkey,
                                .doc =
                                    "Gives every TFTP the ITL that the publisher's serves, signed "
                                    "with the key that did not sign it so far (the parameters "
                                    "\"localkey_renews_sast\" and \"localkey_each_node\"). The "
                                    "next restart of TFTP takes it back.",
                                .remedy = { .narrow = 4,
                                            .name = "reset-localkey",
                                            .title = "itl reset localkey",
                                            .how = "`utils itl reset localkey` on {node}" } },
    [DO_RESET_ALL] = { .name = "reset",
                       .words = "Device Pool: Reset; Enterprise Parameters: Reset",
                       .scope = ON_CLUSTER,
                       .touches = TOUCHES_PHONES,
                       .run = reset_all,
                       .doc = "Resets all phones registered at the cluster, one after the other "
                              "(200 a second)." },
    [DO_POWER] = { .name = "power",
                   .words = "the phone's power",
                   .scope = ON_PHONES,
                   .args = { { ARG_POWER, "state" } },
                   .touches = TOUCHES_PHONES,
                   .doc = "Switches the phones on or off.",
                   .spread = true },
    [DO_RESET] = { .name = "reset",
                   .words = "Phone Configuration: Reset",
                   .scope = ON_PHONES,
                   .touches = TOUCHES_PHONES,
                   .doc = "Resets the phones one after the other (200 a second). It reaches "
                          "those that are registered." },
    [DO_PRESS] = { .name = "press",
                   .words = "a key of the phone",
                   .scope = ON_PHONES,
                   .args = { { ARG_KEY, "key" } },
                   .touches = TOUCHES_PHONES,
                   .doc = "Somebody presses a key on each phone.",
                   .spread = true },
    [DO_DELETE_TRUST_LIST] = { .name = "delete_trust_list",
                               .words = "Settings, Security, Trust List: Erase",
                               .scope = ON_PHONES,
                               .spread = true,
                               .touches = TOUCHES_PHONES,
                               .doc = "Somebody deletes CTL and ITL with the keys of the model. "
                                      "Hands on the phone.",
                               .remedy = { .narrow = 100,
                                           .needs = NEEDS_HANDS,
                                           .name = "hands",
                                           .title = "needs hands",
                                           .how = "somebody must delete the trust lists on the "
                                                  "phone itself" } },
    [DO_MOVE] = { .name = "move",
                  .words = "DHCP option 150",
                  .scope = ON_PHONES,
                  .args = { { ARG_SERVER, "tftp" }, { ARG_SERVER, "tftp" } },
                  .touches = TOUCHES_PHONES,
                  .doc =
                      "DHCP option 150 names these TFTP servers from now on. A phone uses them at "
                      "its next boot.",
                  .remedy = { .narrow = 6,
                              .name = "option-150",
                              .title = "option 150",
                              .how = "point DHCP option 150 to {0}" } },
    [DO_INSERT] = { .name = "insert",
                    .words = "Bulk Administration: Insert Phones",
                    .scope = ON_PHONES,
                    .args = { { ARG_POOL, "pool" } },
                    .touches = TOUCHES_CONFIG,
                    .doc = "Puts the phones into the database of another cluster as well, not "
                           "secure, so that they may move there (as an export and import "
                           "does)." },
    [DO_PHONE_LINK] = { .name = "link",
                        .words = "the phone's network",
                        .scope = ON_PHONES,
                        .args = LINK_ARGS,
                        .touches = TOUCHES_NETWORK,
                        .doc = "The access link of each phone." LINK_DOC
                               " The knobs \"link_delay_us\" and \"link_jitter_us\" say "
                               "how that is.",
                        .remedy = { .narrow = 1,
                                    .name = "mend-phone-network",
                                    .title = "mend the network",
                                    .how = "mend the phone's network",
                                    .everything = "mend the phone's network" } },
};

/* ---- doing ---- */

static bool version_has(const struct cluster *cl, const struct act_row *row, struct err *e)
{
    return row->has == NULL || row->has(cl->version) ||
           err_set(e, "%s: version %s has no %s (%s)", cl->name, cl->version->name, row->words,
                   row->since);
}

/* Numbers that are no such thing at all: a caller's fault, or a damaged file. */
static bool args_in_range(const struct cluster *cl, const struct act *act, struct err *e)
{
    const uint64_t most[ARG_TYPES] = {
        [ARG_NONE] = UINT64_MAX,
        [ARG_OWN] = OWNS - 1,
        [ARG_SERVICE] = SERVICES - 1,
        [ARG_STORE] = STORES - 1,
        [ARG_CERT] = cl->env->content->count - 1,
        [ARG_PARAM] = PARAMS - 1,
        [ARG_VALUE] = UINT64_MAX,
        [ARG_TIME] = UINT64_MAX / 4,
        [ARG_PPM] = 1000000,
        [ARG_NUMBER] = UINT32_MAX,
        [ARG_SECONDS] = UINT32_MAX,
        [ARG_FLAG] = 1,
        [ARG_POWER] = 1,
        [ARG_KEY] = KEY_SERVICES,
        [ARG_SERVER] = UINT32_MAX,
        [ARG_POOL] = UINT16_MAX,
    };
    const struct act_row *row = &act_table[act->kind];
    for (uint32_t i = 0; i < ACT_ARGS && row->args[i].type != ARG_NONE; i++) {
        enum arg_type type = (enum arg_type)row->args[i].type;
        bool ok = act->arg[i] <= most[type];
        if (type == ARG_STORE)
            ok = ok && act->arg[i] != STORE_OWN;
        if (type == ARG_CERT)
            ok = ok && content_kind(cl->env->content, (uint32_t)act->arg[i]) == CT_CERT;
        if (type == ARG_POOL)
            ok = ok && act->arg[i] < cl->db.pool_count;
        if (!ok)
            return err_set(e, "%s: %s: no such %s", cl->name, row->name, row->args[i].name);
    }
    return true;
}

bool cluster_can(const struct cluster *cl, const struct act *act, struct err *e)
{
    if (act->kind >= ACTS)
        return err_set(e, "%s: no act %u", cl->name, (unsigned)act->kind);
    const struct act_row *row = &act_table[act->kind];
    if (row->scope == ON_NODE && (act->node >= cl->node_count || cl->nodes[act->node].removed))
        return err_set(e, "%s: no node %u", cl->name, (unsigned)act->node);
    return args_in_range(cl, act, e) && version_has(cl, row, e) &&
           (row->can == NULL || row->can(cl, act, e));
}

bool cluster_do(struct cluster *cl, const struct act *act, uint64_t now_us, struct err *e)
{
    const struct act_row *row = &act_table[act->kind];
    if (!cluster_can(cl, act, e))
        return false;
    if (row->run != NULL)
        row->run(cl, act, now_us);
    cl->done |= ACT_BIT(act->kind);
    if ((row->touches & TOUCHES_CONFIG) != 0)
        config_forget_profiles(cl);
    cl->change++;
    return true;
}

uint32_t act_arg_count(enum act_kind kind)
{
    uint32_t n = 0;
    while (n < ACT_ARGS && act_table[kind].args[n].type != ARG_NONE)
        n++;
    return n;
}

/* The i-th value that an argument of a small set, or an act with choices of its own, is tried with.
 */
static bool choice(const struct cluster *cl, uint32_t i, struct act *act)
{
    const struct act_row *row = &act_table[act->kind];
    uint8_t type = row->args[0].type;
    if (row->remedy.choice != NULL)
        return row->remedy.choice(cl, i, act);
    act->arg[0] = i;
    return i < (type == ARG_OWN ? OWNS : type == ARG_SERVICE ? SERVICES : type == ARG_NONE);
}

uint32_t act_candidates(const struct cluster *cl, enum act_kind kind, struct act *out,
                        uint32_t most)
{
    const struct act_row *row = &act_table[kind];
    uint32_t found = 0, nodes = row->scope == ON_NODE ? cl->node_count : 1;
    for (uint32_t n = 0; n < nodes; n++) {
        struct act act = { .kind = (uint8_t)kind, .node = (uint8_t)n };
        for (uint32_t i = 0; choice(cl, i, &act); i++) {
            if (!cluster_can(cl, &act, NULL) ||
                (row->remedy.useful != NULL && !row->remedy.useful(cl, &act)))
                continue;
            if (found < most)
                out[found] = act;
            found++;
        }
    }
    return found;
}
