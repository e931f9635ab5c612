#include "sim/lab_live.h"

#include "sim/base/check.h"

/* On the wall clock nobody wants to wait for a phone's boot: what only takes time is shorter, about
 * a hundredth.  Set once, before there is a cluster: whatever the scenario says afterwards stays.
 * Timeouts stay, they are the network's. */
static const struct {
    enum knob knob;
    uint64_t value_us;
} faster_knobs[] = {
    { KNOB_BOOT_MIN_US, 200000 },   { KNOB_BOOT_MAX_US, 600000 },
    { KNOB_KEEPALIVE_US, 1200000 }, { KNOB_KEEPALIVE_SCCP_US, 400000 },
    { KNOB_FAILBACK_US, 1200000 },  { KNOB_RETRY_US, 600000 },
    { KNOB_RETRY_MAX_US, 6000000 }, { KNOB_CAPF_RETRY_US, 600000 },
};
static const struct {
    enum param param;
    uint64_t value_us;
} faster_params[] = {
    { PARAM_REPLICATION_US, 50000 },
    { PARAM_SERVICE_START_US, 200000 },
    { PARAM_NODE_BOOT_US, 1000000 },
    { PARAM_REFRESH_US, 2000000 },
};

static uint32_t list(void *ctx, struct live_node *out, uint32_t cap)
{
    const struct lab *lab = ctx;
    uint32_t n = 0;
    for (uint32_t c = 0; c < lab->state.cluster_count; c++) {
        const struct cluster *cl = &lab->state.clusters[c];
        for (uint32_t i = 0; i < cl->node_count && n < cap; i++)
            out[n++] =
                (struct live_node){ c << 8 | i, cl->nodes[i].disk.ip, cl->nodes[i].disk.name };
    }
    return n;
}

enum tls_version lab_newest_tls(const struct model *m)
{
    static const enum tls_version newest[] = {
        [MODEL_TLS_1_0] = TLS_1_0,
        [MODEL_TLS_1_1] = TLS_1_1,
        [MODEL_TLS_1_2] = TLS_1_2,
        [MODEL_TLS_1_3] = TLS_1_3,
    };
    return newest[m->tls];
}

static void model(void *ctx, uint32_t phone, struct live_model *out)
{
    const struct lab *lab = ctx;
    const struct phone *p = &lab->state.phones[phone];
    const struct model *m = &model_table[p->model];
    const struct cnf *cnf = phone_config(p, lab->base->content);
    *out = (struct live_model){ .user_agent = m->agent,
                                .type = m->device_type,
                                .load = cnf == NULL ? "" : cnf->load,
                                .sccp = phone_protocol(p, lab->base->content) == CNF_SCCP,
                                .newest = lab_newest_tls(m),
                                .identity = phone_identity(p),
                                .key = lab_typed_key(lab, phone) };
}

struct live_options lab_live_options(struct lab *lab)
{
    struct live_options o = live_defaults(lab->base->forge);
    o.seed = lab->base->options.seed;
    o.list = list;
    o.model = model;
    o.ctx = lab;
    return o;
}

bool lab_live(struct lab *lab, const struct live_options *options, struct err *e)
{
    CHECK(lab->base->options.live);
    struct driver *d = live_new(&lab->world, options, e);
    if (d == NULL)
        return false;
    lab_attach(lab, d);
    for (size_t i = 0; i < sizeof faster_knobs / sizeof faster_knobs[0]; i++)
        lab->state.knobs.value[faster_knobs[i].knob] = faster_knobs[i].value_us;
    for (size_t i = 0; i < sizeof faster_params / sizeof faster_params[0]; i++)
        lab->state.params[faster_params[i].param] = faster_params[i].value_us;
    return true;
}
