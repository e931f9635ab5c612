/* Acts on trust lists: `utils ctl`, `utils itl`. */
#include "nodes/acts_impl.h"
#include "nodes/certs.h"
#include "nodes/lists.h"
#include "nodes/services.h"

static bool has_tokenless_ctl(const struct version *v)
{
    return v->ctl_signer != OWN_NONE;
}

/* CTL twin of `utils itl reset localkey`: documented for 12.x on. */
static bool has_ctl_localkey(const struct version *v)
{
    return v->ctl_signer == OWN_ITLRECOVERY;
}

/* The product's words (CLI reference 12.5, documented). */
static bool is_licensed(const struct cluster *cl, const struct act *a, uint64_t now_us,
                        struct err *e)
{
    (void)now_us;
    (void)a;
    return !cl->version->asks_licence || cl->db.params[PARAM_EXPORT_CONTROLLED] != 0 ||
           err_set(e,
                   "%s: Command cannot be executed because the Unified Communications Manager "
                   "cluster is not registered to a Smart/Virtual Account with Allow "
                   "export-controlled functionality. Please ensure Product Token received from "
                   "the Smart/Virtual Account has Allow export-controlled functionality checked "
                   "when registering the UCM Cluster.",
                   cl->name);
}

/* Not CAPF: a CTL is made without it, and updated when it is activated (Security Guide 12.5). */
bool acts_makes_ctl(const struct cluster *cl, struct err *e)
{
    const struct node *pub = &cl->nodes[0];
    return pub->run.services[SERVICE_CTL_PROVIDER].state == SERVICE_RUNNING ||
           err_set(e, "%s: %s does not run on %s", cl->name, service_name(SERVICE_CTL_PROVIDER),
                   pub->disk.name);
}

static bool can_go_mixed(const struct cluster *cl, const struct act *a, uint64_t now_us,
                         struct err *e)
{
    return is_licensed(cl, a, now_us, e) && acts_makes_ctl(cl, e);
}

static bool in_mixed_mode(const struct cluster *cl, const struct act *a, uint64_t now_us,
                          struct err *e)
{
    (void)now_us;
    (void)a;
    return cl->db.mixed_mode ||
           err_set(e, "%s: the cluster is not in mixed mode, there is no CTL file to update",
                   cl->name);
}

static bool can_update_ctl(const struct cluster *cl, const struct act *a, uint64_t now_us,
                           struct err *e)
{
    return in_mixed_mode(cl, a, now_us, e) && is_licensed(cl, a, now_us, e);
}

static void set_mode(struct cluster *cl, const struct act *a, uint64_t now_us)
{
    cl->db.mixed_mode = a->kind == DO_CTL_MIXED_MODE;
    lists_put_ctl(cl, cl->version->ctl_signer, now_us);
    services_after_ctl(cl, CTL_OF_NEW_MODE, now_us);
}

static void update_ctl(struct cluster *cl, const struct act *a, uint64_t now_us)
{
    (void)a;
    lists_put_ctl(cl, cl->version->ctl_signer, now_us);
    services_after_ctl(cl, CTL_UPDATED, now_us);
}

static bool can_delete_ctl(const struct cluster *cl, const struct act *a, uint64_t now_us,
                           struct err *e)
{
    (void)now_us;
    return lists_ctl_on(cl, a->node) != 0 ||
           err_set(e, "%s: %s has no CTLFile.tlv (files: found = 0, deleted = 0)", cl->name,
                   node_name(cl, a));
}

static void delete_ctl(struct cluster *cl, const struct act *a, uint64_t now_us)
{
    cl->nodes[a->node].disk.no_ctl = true;
    services_after_ctl(cl, CTL_DELETED, now_us);
}

/* In mixed mode a phone without a CTL has no secure profile. */
static bool is_left_over(const struct cluster *cl, const struct act *a)
{
    (void)a;
    return !cl->db.mixed_mode;
}

/* The guide has phones reset in batches behind it, by hand: only an update tells them. */
static void reset_ctl_localkey(struct cluster *cl, const struct act *a, uint64_t now_us)
{
    (void)a;
    lists_put_ctl(cl, cl->version->ctl_second_sast, now_us);
    services_after_ctl(cl, CTL_SIGNED_ANEW, now_us);
}

/* What the command asks for where the new CTL is not documented to be there at once (14 on). */
uint32_t acts_behind_ctl(const struct cluster *cl, const struct act *a)
{
    (void)a;
    return cl->version->ctl_served == CTL_AT_ONCE
               ? 0
               : SERVICE_BIT(SERVICE_TFTP) | SERVICE_BIT(SERVICE_CALLMANAGER);
}

static uint32_t behind_deletion(const struct cluster *cl, const struct act *a)
{
    return acts_behind_ctl(cl, a) & SERVICE_BIT(SERVICE_TFTP);
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

/* Technote 214231: ITLRecovery stayed at 1024 bits while the others moved to 2048. Of a cluster
 * that was found, as its certificates are. */
static bool is_left_small(const struct cluster *cl)
{
    bool param = cl->db.params[PARAM_ITLRECOVERY_1024] != 0;
    uint32_t bits = certs_recovery_bits(cl, 0);
    uint32_t others = certs_rsa_bits(cl->env->content, cl->nodes[0].disk.own[OWN_CALLMANAGER]);
    return bits != 0 && bits <= 1024 && (param || others > bits);
}

static bool can_reset_localkey(const struct cluster *cl, const struct act *a, uint64_t now_us,
                               struct err *e)
{
    (void)now_us;
    (void)a;
    const struct node *pub = &cl->nodes[0];
    if (pub->run.itl == 0)
        return err_set(e, "%s: %s has no ITL file", cl->name, pub->disk.name);
    return cl->version->localkey != OWN_ITLRECOVERY || !is_left_small(cl) ||
           err_set(e, "%s: the command fails, ITLRecovery of %s has 1024 bits still", cl->name,
                   pub->disk.name);
}

/* Of a node: the certificate in service, where a service works with it (or the parameter says
 * disk). */
static uint32_t local_key(const struct cluster *cl, uint32_t node)
{
    const struct node *n = &cl->nodes[node];
    uint8_t kind = cl->version->localkey;
    bool in_service =
        kind == service_kinds[SERVICE_TFTP].own && cl->db.params[PARAM_LOCALKEY_FROM_DISK] == 0;
    return in_service ? n->run.used[SERVICE_TFTP] : n->disk.own[kind];
}

static uint32_t remote_key(const struct cluster *cl, uint32_t node)
{
    (void)node;
    return cl->p12;
}

/* Every TFTP gets the publisher's list, or each its own (the parameter), signed by that key. */
static void reset_itl(struct cluster *cl, uint32_t (*key)(const struct cluster *cl, uint32_t node),
                      uint64_t now_us)
{
    bool each = cl->db.params[PARAM_LOCALKEY_EACH_NODE] != 0;
    FOR_EACH_NODE(cl, i)
    services_rebuild_now(cl, i, now_us); /* or it would undo this in a moment */
    uint32_t first = lists_itl_reset(cl, 0, key(cl, 0), now_us);
    FOR_EACH_NODE(cl, i)
    {
        struct node *n = &cl->nodes[i];
        if (n->run.services[SERVICE_TFTP].state == SERVICE_RUNNING) {
            n->run.itl = each && i != 0 ? lists_itl_reset(cl, i, key(cl, i), now_us) : first;
            cluster_trace(cl, i, TRACE_LIST, n->run.itl, 0, now_us);
        }
    }
}

static void reset_localkey(struct cluster *cl, const struct act *a, uint64_t now_us)
{
    (void)a;
    reset_itl(cl, local_key, now_us);
}

static void reset_remotekey(struct cluster *cl, const struct act *a, uint64_t now_us)
{
    (void)a;
    reset_itl(cl, remote_key, now_us);
}

static bool can_reset_remotekey(const struct cluster *cl, const struct act *a, uint64_t now_us,
                                struct err *e)
{
    (void)now_us;
    (void)a;
    const struct node *pub = &cl->nodes[0];
    if (pub->run.itl == 0)
        return err_set(e, "%s: %s has no ITL file", cl->name, pub->disk.name);
    return cl->p12 != 0 || err_set(e, "%s: no ITLRecovery.p12 was saved", cl->name);
}

/* A key that was lost since; the one that is there `localkey` has too, or signs with anyway. */
static bool is_lost_key(const struct cluster *cl, const struct act *a)
{
    (void)a;
    return cl->p12 != cl->nodes[0].disk.own[OWN_ITLRECOVERY];
}

static bool can_save_recovery(const struct cluster *cl, const struct act *a, uint64_t now_us,
                              struct err *e)
{
    (void)now_us;
    return cl->nodes[a->node].disk.own[OWN_ITLRECOVERY] != 0 ||
           err_set(e, "%s: %s has no ITLRecovery.p12", cl->name, node_name(cl, a));
}

static void save_recovery(struct cluster *cl, const struct act *a, uint64_t now_us)
{
    (void)now_us;
    cl->p12 = cl->nodes[a->node].disk.own[OWN_ITLRECOVERY];
}

/* Technotes 118893 and 118892 (10.0, 10.5); of 12.x a guide to contact centres. */
#define RESTART_BOTH                                                                               \
    "; Please Restart the TFTP and Cisco CallManager services on all nodes in the cluster that "   \
    "run these services"

const struct act_row act_row_ctl_mixed_mode = {
    .name = "ctl mixed-mode",
    .words = "utils ctl set-cluster mixed-mode",
    .scope = ON_CLUSTER,
    .touches = TOUCHES_LISTS | TOUCHES_CONFIG,
    .has = has_tokenless_ctl,
    .since = "utils ctl is there from 10.0",
    .warns = "This operation sets the cluster to Mixed mode. Do you want to continue? "
             "(y/n)" RESTART_BOTH "; of 12.x: You must reset all phones to ensure they received "
             "the updated CTL file. You must restart Cisco CTIManager services on all the nodes in "
             "the cluster that have the service activated; where it is so: Auto-registration is "
             "enabled on at least one CM node",
    .run = set_mode,
    .can = can_go_mixed,
    .doc = "Makes a CTL file signed without tokens and takes the cluster "
           "into mixed mode. Restarts nothing. Cisco CTL Provider must run on the "
           "publisher; from 12.0 on the cluster must be licensed for it (the parameter "
           "\"export_controlled\").",
    .remedy = { .never = "without it secure profiles do not count, so that nobody lacks it" }
};

const struct act_row act_row_ctl_non_secure_mode = {
    .name = "ctl non-secure-mode",
    .words = "utils ctl set-cluster non-secure-mode",
    .scope = ON_CLUSTER,
    .touches = TOUCHES_LISTS | TOUCHES_CONFIG,
    .has = has_tokenless_ctl,
    .since = "utils ctl is there from 10.0",
    .warns = "This operation will set the cluster to non secure mode. Do you want to continue? "
             "(y/n)" RESTART_BOTH,
    .others = "Unity Connection with encryption looks for a CCM+TFTP record in the ITL of this "
              "cluster (TCP 6972), finds none, and refuses it",
    .run = set_mode,
    .doc = "Takes the cluster out of mixed mode: the CTL file holds "
           "CAPF alone (the parameter \"ctl_non_secure\"). Restarts nothing.",
    .remedy = { .never =
                    "a phone that takes the CTL file of that mode takes that of `ctl update`" }
};

const struct act_row act_row_ctl_update = {
    .name = "ctl update",
    .words = "utils ctl update CTLFile",
    .scope = ON_CLUSTER,
    .touches = TOUCHES_LISTS,
    .has = has_tokenless_ctl,
    .since = "utils ctl is there from 10.0",
    .warns = "This operation updates the CTLFile. Do you want to continue? (y/n)" RESTART_BOTH,
    .run = update_ctl,
    .can = can_update_ctl,
    .doc = "Makes the CTL file anew from the certificates that the publisher's database has: of "
           "another node the old one until its new one is replicated (the parameter "
           "\"replication_us\"). "
           "Restarts nothing; from 14 on the phones are reset by themselves.",
    .remedy = { .narrow = 5,
                .then = acts_behind_ctl,
                .name = "ctl-update",
                .title = "ctl update",
                .how = "`utils ctl update CTLFile` on {node}",
                .useful = is_mixed }
};

const struct act_row act_row_ctl_reset_localkey = {
    .name = "ctl reset localkey",
    .words = "utils ctl reset localkey",
    .scope = ON_CLUSTER,
    .touches = TOUCHES_LISTS,
    .has = has_ctl_localkey,
    .since = "it is there from 12.0",
    .run = reset_ctl_localkey,
    .can = in_mixed_mode,
    .doc =
        "Makes the CTL file anew, with the ITLRecovery of now in it, signed with CallManager. The "
        "next `utils ctl update CTLFile` signs with ITLRecovery again. Restarts and resets "
        "nothing.",
    .remedy = { .narrow = 5,
                .then = acts_behind_ctl,
                .name = "ctl-reset-localkey",
                .title = "ctl reset localkey",
                .how = "`utils ctl reset localkey` on {node}",
                .useful = is_mixed }
};

const struct act_row act_row_delete_ctl = {
    .name = "delete_ctl",
    .words = "file delete tftp CTLFile.tlv",
    .scope = ON_NODE,
    .touches = TOUCHES_LISTS,
    .run = delete_ctl,
    .can = can_delete_ctl,
    .doc = "Deletes the CTL file of this node; the next one that is made lies on all of them "
           "again. Phones keep theirs. Restarts nothing.",
    .remedy = { .narrow = 6,
                .then = behind_deletion,
                .name = "delete-ctl",
                .title = "delete the CTL file",
                .how = "`file delete tftp CTLFile.tlv` on {node}",
                .everything = "`file delete tftp CTLFile.tlv` on {node}",
                .useful = is_left_over }
};

const struct act_row act_row_itl_reset_localkey = {
    .name = "itl reset localkey",
    .words = "utils itl reset localkey",
    .scope = ON_CLUSTER,
    .touches = TOUCHES_LISTS,
    .has = has_localkey,
    .since = "it is there from 10.0",
    .run = reset_localkey,
    .can = can_reset_localkey,
    .doc = "Gives every TFTP the ITL that the publisher's serves, signed "
           "with the key that did not sign it so far (the parameters "
           "\"localkey_renews_sast\" and \"localkey_each_node\"). The "
           "next restart of TFTP takes it back.",
    .remedy = { .narrow = 4,
                .name = "reset-localkey",
                .title = "itl reset localkey",
                .how = "`utils itl reset localkey` on {node}" }
};

const struct act_row act_row_itl_reset_remotekey = {
    .name = "itl reset remotekey",
    .words = "utils itl reset remotekey",
    .scope = ON_CLUSTER,
    .touches = TOUCHES_LISTS,
    .has = has_localkey,
    .since = "it is there from 10.0",
    .run = reset_remotekey,
    .can = can_reset_remotekey,
    .doc = "Gives every TFTP the ITL that the publisher's serves, signed with the key of the "
           "ITLRecovery.p12 that was saved last, whatever became of that key since. The next "
           "restart of TFTP takes it back.",
    .remedy = { .narrow = 4,
                .name = "reset-remotekey",
                .title = "itl reset remotekey",
                .how = "`utils itl reset remotekey` on {node}, with the ITLRecovery.p12 that was "
                       "saved",
                .useful = is_lost_key }
};

const struct act_row act_row_save_itlrecovery = {
    .name = "save_itlrecovery",
    .words = "file get tftp ITLRecovery.p12",
    .scope = ON_NODE,
    .touches = TOUCHES_BACKUPS,
    .has = has_localkey,
    .since = "it is there from 10.0",
    .run = save_recovery,
    .can = can_save_recovery,
    .doc = "Saves ITLRecovery of this node with its key outside the cluster, in place of the one "
           "saved before, for `utils itl reset remotekey`.",
    .remedy = { .never = "it prepares for `itl reset remotekey`, and comes too late for what is "
                         "lost" }
};
