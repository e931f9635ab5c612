/* Acts on services. */
#include "nodes/acts_impl.h"
#include "nodes/config.h"
#include "nodes/services.h"

static enum service service_of(const struct act *a)
{
    return (enum service)a->arg[0];
}

static bool can_start(const struct cluster *cl, const struct act *a, uint64_t now_us, struct err *e)
{
    (void)now_us;
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

static bool can_stop(const struct cluster *cl, const struct act *a, uint64_t now_us, struct err *e)
{
    (void)now_us;
    return cl->nodes[a->node].run.services[service_of(a)].state != SERVICE_STOPPED ||
           err_set(e, "%s: %s is not started on %s", cl->name, service_name(service_of(a)),
                   node_name(cl, a));
}

static void stop(struct cluster *cl, const struct act *a, uint64_t now_us)
{
    services_stop(cl, a->node, service_of(a), now_us);
}

static bool can_restart(const struct cluster *cl, const struct act *a, uint64_t now_us,
                        struct err *e)
{
    (void)now_us;
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
    return can_start(cl, a, 0, NULL);
}

/* What phones ask about trust, and whatever works with an old certificate. */
static bool restart_helps(const struct cluster *cl, const struct act *a)
{
    enum service s = service_of(a);
    bool runs = cl->nodes[a->node].run.services[s].state != SERVICE_STOPPED;
    return runs && (s == SERVICE_TFTP || s == SERVICE_TVS || services_is_outdated(cl, a->node, s));
}

/* ---- Service Activation ---- */

/* What that page has: feature services, some of them on the publisher's alone. */
static bool is_on_page(const struct cluster *cl, const struct act *a, struct err *e)
{
    const char *service = service_name(service_of(a));
    uint8_t kind = service_kinds[service_of(a)].activation;
    if (kind == BY_HAND_ON_PUBLISHER)
        return a->node == 0 || err_set(e, "%s: %s is activated on %s alone, the publisher",
                                       cl->name, service, cl->nodes[0].disk.name);
    return kind == BY_HAND || err_set(e, "%s: %s is a network service, it is not activated by hand",
                                      cl->name, service);
}

static bool can_activate(const struct cluster *cl, const struct act *a, uint64_t now_us,
                         struct err *e)
{
    (void)now_us;
    return is_on_page(cl, a, e) && (!services_is_activated(cl, a->node, service_of(a)) ||
                                    err_set(e, "%s: %s is already activated on %s", cl->name,
                                            service_name(service_of(a)), node_name(cl, a)));
}

static bool can_deactivate(const struct cluster *cl, const struct act *a, uint64_t now_us,
                           struct err *e)
{
    (void)now_us;
    return is_on_page(cl, a, e) && (services_is_activated(cl, a->node, service_of(a)) ||
                                    err_set(e, "%s: %s is not activated on %s", cl->name,
                                            service_name(service_of(a)), node_name(cl, a)));
}

static void activate(struct cluster *cl, const struct act *a, uint64_t now_us)
{
    uint32_t activated = cl->nodes[a->node].disk.activated;
    services_activate(cl, a->node, activated | SERVICE_BIT(service_of(a)), now_us);
}

/* Without Cisco CallManager a node is no server of a CallManager group any more (inferred: the
 * Serviceability guide has it leave the database). */
static void deactivate(struct cluster *cl, const struct act *a, uint64_t now_us)
{
    uint32_t activated = cl->nodes[a->node].disk.activated;
    services_activate(cl, a->node, activated & ~SERVICE_BIT(service_of(a)), now_us);
    if (service_of(a) == SERVICE_CALLMANAGER)
        config_drop_member(cl, a->node);
}

/* What phones ask something of. */
static bool activation_helps(const struct cluster *cl, const struct act *a)
{
    return service_of(a) == SERVICE_TFTP || service_of(a) == SERVICE_CALLMANAGER ||
           (service_of(a) == SERVICE_CAPF && acts_want_certificate(cl));
}

const struct act_row act_row_activate = {
    .name = "activate",
    .words = "Service Activation: Save; utils service activate",
    .scope = ON_NODE,
    .power = POWER_BOTH,
    .args = { { ARG_SERVICE, "service" } },
    .touches = TOUCHES_SERVICES | TOUCHES_LISTS | TOUCHES_CONFIG,
    .run = activate,
    .can = can_activate,
    .doc = "Activates a feature service, which starts. A CallManager has to be put into the "
           "CallManager groups afterwards.",
    .remedy = { .narrow = 4,
                .name = "activate-services",
                .title = "activate services",
                .how = "activate {0} on {node} (Service Activation)",
                .useful = activation_helps }
};

const struct act_row act_row_deactivate = {
    .name = "deactivate",
    .words = "Service Activation: Save; utils service deactivate",
    .scope = ON_NODE,
    .power = POWER_BOTH,
    .args = { { ARG_SERVICE, "service" } },
    .touches = TOUCHES_SERVICES | TOUCHES_LISTS | TOUCHES_CONFIG,
    .run = deactivate,
    .can = can_deactivate,
    .doc = "Deactivates a feature service, which stops. CallManager groups lose a node whose Cisco "
           "CallManager is deactivated.",
    .remedy = { .never = NEVER_TAKES }
};

/* ---- Control Center ---- */

const struct act_row act_row_start = {
    .name = "start",
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
                .useful = is_stopped }
};

const struct act_row act_row_stop = { .name = "stop",
                                      .words = "Control Center: Stop; utils service stop",
                                      .scope = ON_NODE,
                                      .args = { { ARG_SERVICE, "service" } },
                                      .touches = TOUCHES_SERVICES,
                                      .run = stop,
                                      .can = can_stop,
                                      .doc = "Stops a service.",
                                      .remedy = { .never = NEVER_TAKES } };

const struct act_row act_row_restart = {
    .name = "restart",
    .words = "Control Center: Restart; utils service restart",
    .scope = ON_NODE,
    .args = { { ARG_SERVICE, "service" } },
    .touches = TOUCHES_SERVICES | TOUCHES_LISTS,
    .run = restart,
    .can = can_restart,
    .doc = "Restarts a service, or starts it where it is stopped. It takes a while "
           "until it answers (the parameter \"service_start_us\").",
    .remedy = { .narrow = 3,
                .name = "restart-services",
                .title = "restart services",
                .how = "`utils service restart {0}` on {node}",
                .everything = "restart Cisco Tftp, Cisco Trust Verification "
                              "Service and every service that works with an old "
                              "certificate, on {node}",
                .useful = restart_helps }
};
