/* Acts on 802.1X and phone VPN: whom RADIUS server and gateway trust, whom the switches let
 * through.
 */
#include "nodes/acts_impl.h"
#include "nodes/certs.h"
#include "nodes/gate.h"

static const struct {
    enum gate_kind gate;
    const char *name;
} of[ACTS] = {
    [DO_RADIUS_ADD] = { GATE_RADIUS, "the RADIUS server" },
    [DO_RADIUS_REMOVE] = { GATE_RADIUS, "the RADIUS server" },
    [DO_DOT1X_OPEN] = { GATE_RADIUS, "the RADIUS server" },
    [DO_GATEWAY_ADD] = { GATE_VPN, "the VPN gateway" },
    [DO_GATEWAY_REMOVE] = { GATE_VPN, "the VPN gateway" },
};

/* ---- the ports of the switches ---- */

static bool can_open(const struct cluster *cl, const struct act *a, uint64_t now_us, struct err *e)
{
    (void)a;
    (void)now_us;
    return !cl->gates[GATE_RADIUS].open ||
           err_set(e, "%s: the ports of the switches are open already", cl->name);
}

static void open_ports(struct cluster *cl, const struct act *a, uint64_t now_us)
{
    (void)a;
    (void)now_us;
    cl->gates[GATE_RADIUS].open = true;
}

static bool can_close(const struct cluster *cl, const struct act *a, uint64_t now_us, struct err *e)
{
    (void)a;
    (void)now_us;
    return cl->gates[GATE_RADIUS].open ||
           err_set(e, "%s: the ports of the switches are closed already", cl->name);
}

static void close_ports(struct cluster *cl, const struct act *a, uint64_t now_us)
{
    (void)a;
    (void)now_us;
    cl->gates[GATE_RADIUS].open = false;
}

/* 802.1X stands open. */
static bool always(const struct act *a)
{
    (void)a;
    return true;
}

/* ---- whom they trust ---- */

static bool can_add(const struct cluster *cl, const struct act *a, uint64_t now_us, struct err *e)
{
    (void)now_us;
    if (gate_trusts(cl, of[a->kind].gate, (uint32_t)a->arg[0]))
        return err_set(e, "%s: %s trusts this certificate already", cl->name, of[a->kind].name);
    return cl->gates[of[a->kind].gate].count < GATE_CAS ||
           err_set(e, "%s: %s trusts %d certificates already", cl->name, of[a->kind].name,
                   GATE_CAS);
}

static void add(struct cluster *cl, const struct act *a, uint64_t now_us)
{
    (void)now_us;
    gate_add(cl, of[a->kind].gate, (uint32_t)a->arg[0]);
}

static bool can_remove(const struct cluster *cl, const struct act *a, uint64_t now_us,
                       struct err *e)
{
    (void)now_us;
    return gate_trusts(cl, of[a->kind].gate, (uint32_t)a->arg[0]) ||
           err_set(e, "%s: %s does not trust this certificate", cl->name, of[a->kind].name);
}

static void take_away(struct cluster *cl, const struct act *a, uint64_t now_us)
{
    (void)now_us;
    gate_remove(cl, of[a->kind].gate, (uint32_t)a->arg[0]);
}

/* The CAPF of now, and those of LSCs that phones have on record. */
static bool some_capf(const struct cluster *cl, uint32_t i, struct act *act)
{
    const struct database *db = &cl->db;
    act->arg[0] = CERT_OWN_NOW(0, OWN_CAPF); /* which an act before this may have made */
    if (i == 0)
        return certs_now(cl, act->arg[0]) != 0;
    if (i > db->class_count)
        return false;
    if (db->classes[i - 1].lsc != 0)
        act->arg[0] = content_lsc_issuer(cl->env->content, db->classes[i - 1].lsc);
    for (uint32_t k = 0; k + 1 < i; k++) { /* each once: what was offered is refused here */
        uint32_t lsc = db->classes[k].lsc;
        if (lsc != 0 && content_lsc_issuer(cl->env->content, lsc) == act->arg[0])
            act->arg[0] = cl->gates[of[act->kind].gate].ca[0];
    }
    return true;
}

/* Some phone comes this way. */
static bool add_helps(const struct cluster *cl, const struct act *a)
{
    bool radius = of[a->kind].gate == GATE_RADIUS;
    for (uint32_t i = 0; i < cl->db.class_count; i++) {
        const struct device_class *k = &cl->db.classes[i];
        if (radius ? k->dot1x : k->vpn)
            return true;
    }
    return false;
}

const struct act_row act_row_radius_add = {
    .name = "radius_add",
    .words = "the RADIUS server: trusted CAs, Add",
    .scope = ON_CLUSTER,
    .args = { { ARG_CERT, "certificate" } },
    .touches = TOUCHES_SERVICES,
    .run = add,
    .can = can_add,
    .doc = "The RADIUS server behind the switches trusts this CAPF (or other CA) too: 802.1X of "
           "phones with its LSCs succeeds. It trusts the publisher's CAPF from the beginning on, "
           "and hears of no other by itself.",
    .remedy = { .narrow = 5,
                .name = "radius-add",
                .title = "RADIUS server",
                .how = "add the certificate {0} to the trusted CAs of the RADIUS server",
                .useful = add_helps,
                .choice = some_capf }
};

const struct act_row act_row_radius_remove = { .name = "radius_remove",
                                               .words = "the RADIUS server: trusted CAs, Delete",
                                               .scope = ON_CLUSTER,
                                               .args = { { ARG_CERT, "certificate" } },
                                               .touches = TOUCHES_SERVICES,
                                               .run = take_away,
                                               .can = can_remove,
                                               .doc =
                                                   "The RADIUS server does not trust it any more.",
                                               .remedy = { .never = NEVER_TAKES } };

const struct act_row act_row_dot1x_open = {
    .name = "dot1x open",
    .words = "the switches: authentication open",
    .scope = ON_CLUSTER,
    .touches = TOUCHES_SERVICES,
    .run = open_ports,
    .can = can_open,
    .doc = "The ports of the switches let phones through also where 802.1X fails (open access, "
           "monitor mode). The phone shows that it failed all the same.",
    .remedy = { .narrow = 4,
                .name = "dot1x-open",
                .title = "open switch ports",
                .how = "let phones through at the switches where 802.1X fails (authentication "
                       "open), until they have an LSC that the RADIUS server takes",
                .useful = add_helps,
                .gives_up = always }
};

const struct act_row act_row_dot1x_closed = {
    .name = "dot1x closed",
    .words = "the switches: no authentication open",
    .scope = ON_CLUSTER,
    .touches = TOUCHES_SERVICES,
    .run = close_ports,
    .can = can_close,
    .doc = "The ports of the switches let nobody through where 802.1X fails, as they do from the "
           "beginning on (the knob \"dot1x_closed\").",
    .remedy = { .never = NEVER_TAKES }
};

const struct act_row act_row_gateway_add = {
    .name = "gateway_add",
    .words = "the VPN gateway: CA certificates, Add",
    .scope = ON_CLUSTER,
    .args = { { ARG_CERT, "certificate" } },
    .touches = TOUCHES_SERVICES,
    .run = add,
    .can = can_add,
    .doc = "The gateway of phone VPN trusts this CAPF (or other CA) too. It trusts the publisher's "
           "CAPF from the beginning on, and hears of no other by itself.",
    .remedy = { .narrow = 5,
                .name = "gateway-add",
                .title = "VPN gateway",
                .how = "add the certificate {0} to the CA certificates of the VPN gateway",
                .useful = add_helps,
                .choice = some_capf }
};

const struct act_row act_row_gateway_remove = {
    .name = "gateway_remove",
    .words = "the VPN gateway: CA certificates, Delete",
    .scope = ON_CLUSTER,
    .args = { { ARG_CERT, "certificate" } },
    .touches = TOUCHES_SERVICES,
    .run = take_away,
    .can = can_remove,
    .doc = "The gateway of phone VPN does not trust it any more.",
    .remedy = { .never = NEVER_TAKES }
};
