/* Parameters. */
#include "nodes/acts_impl.h"
#include "nodes/services.h"

static bool can_set(const struct cluster *cl, const struct act *a, uint64_t now_us, struct err *e)
{
    (void)now_us;
    if (a->arg[0] == PARAM_TLS_MIN && a->arg[1] > cl->version->tls_highest) {
        char tls[FACT_TEXT];
        return err_set(e, "%s: version %s cannot be set to take nothing older than TLS %s",
                       cl->name, cl->version->name,
                       fact_print(&param_table[PARAM_TLS_MIN], a->arg[1], tls));
    }
    return fact_check(&param_table[a->arg[0]], a->arg[1], e);
}

/* What an administrator turns off to have things as they were without it, and what has to be
 * restarted before phones notice. */
static const struct cure {
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
    { PARAM_EXPORT_CONTROLLED, 1, 0, false },
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

/* NULL: that parameter is never changed as a remedy. */
static const struct cure *cure_of(const struct act *a)
{
    for (size_t i = 0; i < sizeof cures / sizeof cures[0]; i++) {
        if (cures[i].param == a->arg[0])
            return &cures[i];
    }
    return NULL;
}

static uint32_t behind_cure(const struct cluster *cl, const struct act *a)
{
    const struct cure *cure = cure_of(a);
    bool by_itself = a->arg[0] == PARAM_ROLLBACK && cl->version->rollback_by_itself;
    return by_itself || cure == NULL ? 0 : cure->then;
}

static bool cure_gives_up(const struct act *a)
{
    const struct cure *cure = cure_of(a);
    return cure != NULL && cure->gives_up;
}

static void set(struct cluster *cl, const struct act *a, uint64_t now_us)
{
    bool rolls = a->arg[0] == PARAM_ROLLBACK && differs(cl, a);
    cl->db.params[a->arg[0]] = a->arg[1];
    if (rolls)
        services_after_rollback(cl, now_us);
}

static bool can_name(const struct cluster *cl, const struct act *a, uint64_t now_us, struct err *e)
{
    (void)now_us;
    return a->arg[0] != 0 || err_set(e, "%s: the URL has to name a server", cl->name);
}

static void services_url(struct cluster *cl, const struct act *a, uint64_t now_us)
{
    (void)now_us;
    cl->db.services_host = (uint32_t)a->arg[0];
}

/* To be tried: a node of the cluster, whose pages phones know. */
static bool each_node(const struct cluster *cl, uint32_t i, struct act *act)
{
    if (i >= cl->node_count)
        return false;
    act->arg[0] = cl->nodes[i].removed ? 0 : cl->nodes[i].disk.ip;
    return true;
}

static bool is_elsewhere(const struct cluster *cl, const struct act *a)
{
    return cl->db.services_host != 0 && cl->db.services_host != a->arg[0];
}

/* What only that server has. */
static bool leaves_server(const struct act *a)
{
    (void)a;
    return true;
}

const struct act_row act_row_services_url = {
    .name = "services_url",
    .words = "Enterprise Parameters: URL Services, Secured Services URL",
    .scope = ON_CLUSTER,
    .args = { { ARG_SERVER, "server" } },
    .touches = TOUCHES_CONFIG,
    .run = services_url,
    .can = can_name,
    .doc =
        "The URLs of Services name this server from now on, which may be somebody else's: phones "
        "ask TVS about its certificate. They learn it with their next configuration.",
    .remedy = { .narrow = 8,
                .name = "services-url",
                .title = "URL of Services",
                .how = "have the URLs of Services name {0} (Enterprise Parameters)",
                .useful = is_elsewhere,
                .choice = each_node,
                .gives_up = leaves_server }
};

const struct act_row act_row_set = {
    .name = "set",
    .words = "System: Enterprise Parameters, Service Parameters",
    .scope = ON_CLUSTER,
    .args = { { ARG_PARAM, "parameter" }, { ARG_VALUE, "value" } },
    .touches = TOUCHES_CONFIG | TOUCHES_LISTS,
    .run = set,
    .can = can_set,
    .doc = "Sets an enterprise or service parameter. From 12.5 on the rollback parameter "
           "makes new ITLs and resets the phones by itself.",
    .remedy = { .narrow = 8,
                .name = "set-parameter",
                .title = "set a parameter",
                .how = "set {0} to {1}",
                .useful = differs,
                .then = behind_cure,
                .choice = cure,
                .gives_up = cure_gives_up }
};
