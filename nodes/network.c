#include "nodes/network.h"

#include "sim/base/rng.h"
#include "sim/wire/text.h"

#include <string.h>

const struct port_kind port_kinds[PORTS] = {
    [PORT_TFTP] = { "TFTP", 69, true },
    [PORT_HTTP_FILES] = { "HTTP-files", 6970, false },
    [PORT_TVS] = { "TVS", 2445, false },
    [PORT_SCCP] = { "SCCP", 2000, false },
    [PORT_SCCP_TLS] = { "SCCP-TLS", 2443, false },
    [PORT_SIP] = { "SIP", 5060, false },
    [PORT_SIP_TLS] = { "SIP-TLS", 5061, false },
    [PORT_TOMCAT] = { "Tomcat", 8443, false },
    [PORT_TOMCAT_HTTP] = { "Tomcat-HTTP", 8080, false },
    [PORT_CAPF] = { "CAPF", 3804, false },
};

static uint32_t number_of(const char *text)
{
    uint32_t n = 0;
    for (const char *p = text; *p != '\0'; p++) {
        if (*p < '0' || *p > '9' || n > UINT16_MAX)
            return 0;
        n = n * 10 + (uint32_t)(*p - '0');
    }
    return n;
}

bool port_find(const char *text, enum port *port)
{
    uint32_t number = number_of(text);
    for (int i = 0; i < PORTS; i++) {
        if (text_same(view_str(port_kinds[i].name), text) || port_kinds[i].number == number) {
            *port = (enum port)i;
            return true;
        }
    }
    return false;
}

static bool applies(const struct path *p, uint32_t site, uint32_t node)
{
    return (p->site == SITE_EVERYBODY || p->site == site) &&
           (p->node == PATH_EVERY_NODE || p->node == node);
}

struct path network_between(const struct cluster *cl, uint32_t site, uint32_t node)
{
    struct path all = { .site = site, .node = (uint8_t)node };
    if (cl->nodes[node].run.off)
        all.drops = (1u << PORTS) - 1; /* nobody is there who would reject */
    for (uint32_t i = 0; i < cl->path_count; i++) {
        const struct path *p = &cl->paths[i];
        if (!applies(p, site, node))
            continue;
        all.drops |= p->drops;
        all.rejects |= p->rejects;
        all.nameless |= p->nameless;
        all.link = link_both(all.link, &p->link);
    }
    return all;
}

bool network_says_something(const struct cluster *cl)
{
    bool says = cl->path_count > 0;
    FOR_EACH_NODE(cl, i)
    says |= cl->nodes[i].run.off;
    return says;
}

struct path *network_path(struct cluster *cl, uint32_t site, uint8_t node)
{
    for (uint32_t i = 0; i < cl->path_count; i++) {
        if (cl->paths[i].site == site && cl->paths[i].node == node)
            return &cl->paths[i];
    }
    mem_reserve(cl->env->mem, (void **)&cl->paths, &cl->path_cap, (size_t)cl->path_count + 1,
                sizeof *cl->paths);
    cl->paths[cl->path_count] = (struct path){ .site = site, .node = node };
    return &cl->paths[cl->path_count++];
}

static uint64_t path_hash(const struct cluster *cl, const struct path *p)
{
    const struct link *l = &p->link;
    const uint64_t said[] = { p->drops,    p->rejects, p->nameless, l->delay_us, l->jitter_us,
                              l->loss_ppm, l->rate,    l->mtu,      l->down };
    uint64_t h = p->node, any = 0;
    for (size_t i = 0; i < sizeof said / sizeof said[0]; i++) {
        h = rng_mix(h ^ said[i]) + i;
        any |= said[i];
    }
    /* One that says nothing is as if there were none. */
    return any == 0 ? 0 : rng_hash(h, view_str(content_get_str(cl->env->content, p->site)));
}

uint64_t network_hash(const struct cluster *cl)
{
    uint64_t sum = 0;
    for (uint32_t i = 0; i < cl->path_count; i++)
        sum += path_hash(cl, &cl->paths[i]);
    return sum;
}
