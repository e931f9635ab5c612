#include "sim/predict/standby.h"

static bool is_trusted(const struct lab *lab, const struct phone *p, const struct cluster *cl,
                       uint32_t node)
{
    struct phone_env env = lab_phone_env(lab);
    uint32_t cert = serve_certificate(cl, node, SERVICE_CALLMANAGER);
    if (cert == 0)
        return false;
    struct trust_question q = phone_question(p, &env, TRUST_CCM_SERVER, cert, NULL);
    return trust_decide(&q, NULL) != TRUST_REFUSED;
}

static uint8_t over_tls(const struct lab *lab, uint32_t phone, const struct cluster *cl,
                        uint32_t node)
{
    const struct phone *p = &lab->state.phones[phone];
    return !lab_speaks_tls(lab, phone, cl) ? REFUSAL_TLS
           : is_trusted(lab, p, cl, node)  ? REJECT_NONE
           : !model_table[p->model].ctl    ? REFUSAL_MODEL
           : p->ctl == 0                   ? REFUSAL_NO_CTL
                                           : REFUSAL_CERTIFICATE;
}

uint8_t standby_refusal(const struct lab *lab, uint32_t phone, uint32_t cluster, uint32_t node)
{
    const struct cluster *cl = &lab->state.clusters[cluster];
    const struct phone *p = &lab->state.phones[phone];
    bool tls = phone_is_secure(p, lab->base->content);
    if (!phone_is_registered(p) && phone_is_overfed(p, &lab->state.knobs))
        return REFUSAL_TOO_LARGE;
    enum reject_reason why =
        serve_register(cl, node, phone, tls ? TRANSPORT_TLS : TRANSPORT_TCP,
                       lab_shown(lab, phone, phone_identity(p)), lab_now_us(lab));
    return why == REJECT_NONE && tls ? over_tls(lab, phone, cl, node) : (uint8_t)why;
}

static bool refuses(const struct lab *lab, uint32_t phone, uint32_t cluster, uint32_t node)
{
    return serve_running(&lab->state.clusters[cluster], node, SERVICE_CALLMANAGER) &&
           !lab->driver->is_down(lab->driver->self, phone, cluster << 8 | node) &&
           standby_refusal(lab, phone, cluster, node) != REJECT_NONE;
}

bool standby_refuses(const struct lab *lab, uint32_t phone)
{
    const struct phone *p = &lab->state.phones[phone];
    const struct cnf *cnf = phone_config(p, lab->base->content);
    struct phone_env env = lab_phone_env(lab);
    uint32_t own = lab->state.cold[phone].node, node;
    for (uint32_t i = 0; own != 0 && cnf != NULL && i < cnf->server_count; i++) {
        if (lab->world.node_at(lab->world.ctx, phone_server(p, &env, i), &node) &&
            node != own - 1 && refuses(lab, phone, node >> 8, node & 255))
            return true;
    }
    return false;
}
