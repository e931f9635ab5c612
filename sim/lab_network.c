/* Sites: at which one a phone stands, and what lies between it and a node. */
#include "sim/base/sys.h"
#include "sim/lab_impl.h"

#include <string.h>

uint32_t lab_site_of(const struct lab *lab, uint32_t phone)
{
    return phone < lab->state.site_count ? lab->state.sites[phone] : SITE_EVERYBODY;
}

/* A table for all phones as soon as one stands at a site. */
bool lab_set_site(struct lab *lab, uint32_t phone, uint32_t site)
{
    struct lab_state *s = &lab->state;
    if (site == lab_site_of(lab, phone))
        return false;
    if (phone >= s->site_count) {
        mem_reserve(&sys_mem, (void **)&s->sites, &s->site_cap, s->phone_count, sizeof *s->sites);
        s->site_count = s->phone_count;
    }
    s->sites[phone] = site;
    return true;
}

/* Where an ask goes; `how` as in struct world. */
static enum port port_of(const struct lab *lab, uint32_t phone, enum ask_kind kind, uint8_t how)
{
    bool sip = phone_protocol(&lab->state.phones[phone], lab->base->content) == CNF_SIP;
    switch (kind) {
    case ASK_FILE_CERT: /* no phone here asks by HTTPS */
    case ASK_FILE:
        return how != 0 ? PORT_HTTP_FILES : PORT_TFTP;
    case ASK_TVS_CERT:
    case ASK_TVS_QUERY:
    case ASK_TVS_VERIFY:
        return PORT_TVS;
    case ASK_CAPF_CERT:
    case ASK_CAPF_AUTH:
    case ASK_CAPF_KEY:
    case ASK_CAPF_DONE:
        return PORT_CAPF;
    case ASK_HTTPS_CERT:
        return PORT_TOMCAT;
    case ASK_HTTPS_PAGE:
        return how == TRANSPORT_TLS ? PORT_TOMCAT : PORT_TOMCAT_HTTP;
    case ASK_CCM_CERT:
        return sip ? PORT_SIP_TLS : PORT_SCCP_TLS;
    default:
        return how == TRANSPORT_TLS ? (sip ? PORT_SIP_TLS : PORT_SCCP_TLS)
                                    : (sip ? PORT_SIP : PORT_SCCP);
    }
}

struct between lab_between(void *ctx, uint32_t phone, uint32_t node, enum ask_kind kind,
                           uint8_t how)
{
    const struct lab *lab = ctx;
    const struct cluster *cl = &lab->state.clusters[node >> 8];
    struct between b = { .passage = PASSAGE_OPEN };
    if (cl->nodes[node & 255].run.off)
        return (struct between){ .passage = PASSAGE_DROPS };
    if (!network_says_something(cl))
        return b;
    struct path p = network_between(cl, lab_site_of(lab, phone), node & 255);
    enum port port = port_of(lab, phone, kind, how);
    b.link = p.link;
    if ((p.drops >> port & 1) != 0)
        b.passage = PASSAGE_DROPS;
    else if ((p.rejects >> port & 1) != 0)
        b.passage = PASSAGE_REJECTS;
    return b;
}

bool lab_passes(const struct lab *lab, uint32_t phone, uint32_t node)
{
    const struct phone *p = &lab->state.phones[phone];
    bool tls = phone_is_secure(p, lab->base->content);
    struct between b = lab_between((void *)(uintptr_t)lab, phone, node, ASK_REGISTER,
                                   tls ? TRANSPORT_TLS : TRANSPORT_TCP);
    return b.passage == PASSAGE_OPEN;
}

enum lab_way lab_way_to(const struct lab *lab, uint32_t phone, uint32_t node, enum ask_kind kind)
{
    const struct phone *p = &lab->state.phones[phone];
    uint8_t tls = phone_is_secure(p, lab->base->content) ? TRANSPORT_TLS : TRANSPORT_TCP;
    void *ctx = (void *)(uintptr_t)lab;
    struct between b = lab_between(ctx, phone, node, kind, kind == ASK_FILE ? 0 : tls);
    if (link_is_cut(&b.link))
        return LAB_WAY_CUT;
    /* Who fetches files by HTTP first takes either way. */
    if (b.passage != PASSAGE_OPEN && kind == ASK_FILE && model_table[p->model].order != FETCH_TFTP)
        b = lab_between(ctx, phone, node, kind, 1);
    return b.passage == PASSAGE_OPEN ? LAB_WAY_OPEN : LAB_WAY_CLOSED;
}

bool lab_resolves(void *ctx, uint32_t phone, uint32_t node)
{
    const struct lab *lab = ctx;
    const struct cluster *cl = &lab->state.clusters[node >> 8];
    return !network_between(cl, lab_site_of(lab, phone), node & 255).nameless;
}

bool lab_has_paths(const struct lab *lab)
{
    bool has = false;
    for (uint32_t c = 0; c < lab->state.cluster_count; c++)
        has |= network_says_something(&lab->state.clusters[c]);
    return has;
}

void lab_network_changed(struct lab *lab)
{
    bool any = lab_has_paths(lab);
    lab->world.between = any ? lab_between : NULL;
    lab->world.resolves = any ? lab_resolves : NULL;
}

/* A TLS flight of a server beside its certificate: hello, request for the phone's certificate,
 * done; what TVS says beside the certificate that it found (docs/FORMATS.md); all assumed but the
 * latter. */
#define FLIGHT_BYTES 120
#define REPLY_BYTES  80

uint32_t lab_size(void *ctx, const struct ask *ask, const struct event *answer)
{
    const struct lab *lab = ctx;
    struct forge *f = lab->base->forge;
    if (answer == NULL)
        return ask->kind == ASK_TVS_VERIFY && ask->a != 0
                   ? REPLY_BYTES + (uint32_t)forge_der_length(f, ask->a)
                   : 0;
    if (answer->type == EVENT_TLS_CERT && answer->a != 0)
        return FLIGHT_BYTES + (uint32_t)forge_der_length(f, answer->a);
    if (answer->type == EVENT_TVS_REPLY && ask->kind == ASK_TVS_QUERY && answer->a != 0)
        return REPLY_BYTES + (uint32_t)forge_der_length(f, answer->a);
    return 0;
}
