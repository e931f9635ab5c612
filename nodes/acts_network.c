/* Acts on what lies between sites and nodes.  At which site a phone stands is in sim/lab_act.c. */
#include "nodes/acts_impl.h"
#include "nodes/network.h"

/* ---- one port in a firewall ---- */

static bool is_closed(const struct path *p, uint64_t port)
{
    return ((p->drops | p->rejects) >> port & 1) != 0;
}

static void block(struct cluster *cl, const struct act *a, uint64_t now_us)
{
    struct path *p = network_path(cl, (uint32_t)a->arg[2], a->node);
    uint16_t bit = (uint16_t)(1u << a->arg[0]);
    (void)now_us;
    p->drops = (uint16_t)(a->arg[1] == 0 ? p->drops | bit : p->drops & ~bit);
    p->rejects = (uint16_t)(a->arg[1] != 0 ? p->rejects | bit : p->rejects & ~bit);
}

static void unblock(struct cluster *cl, const struct act *a, uint64_t now_us)
{
    struct path *p = network_path(cl, (uint32_t)a->arg[1], a->node);
    uint16_t others = (uint16_t) ~(1u << a->arg[0]);
    if (is_closed(p, a->arg[0]))
        cl->nodes[a->node].run.reached_us = now_us; /* phones may go back to it */
    p->drops &= others;
    p->rejects &= others;
}

/* The i-th port of each path in turn. */
static bool port_of_path(const struct cluster *cl, uint32_t i, struct act *act)
{
    act->arg[0] = i % PORTS;
    act->arg[1] = i / PORTS < cl->path_count ? cl->paths[i / PORTS].site : 0;
    return i / PORTS < cl->path_count;
}

static const struct path *find(const struct cluster *cl, uint64_t site, uint8_t node)
{
    for (uint32_t i = 0; i < cl->path_count; i++) {
        if (cl->paths[i].site == site && cl->paths[i].node == node)
            return &cl->paths[i];
    }
    return NULL;
}

static bool is_in_the_way(const struct cluster *cl, const struct act *act)
{
    const struct path *p = find(cl, act->arg[1], act->node);
    return p != NULL && is_closed(p, act->arg[0]);
}

/* Mostly one of another site, or of another node. */
static bool can_open(const struct cluster *cl, const struct act *act, uint64_t now_us,
                     struct err *e)
{
    const struct port_kind *port = &port_kinds[act->arg[0]];
    const char *site = content_get_str(cl->env->content, (uint32_t)act->arg[1]);
    (void)now_us;
    return is_in_the_way(cl, act) ||
           err_set(e, "%s: no rule closes port %u (%s) of %s to %s", cl->name,
                   (unsigned)port->number, port->name, cl->nodes[act->node].disk.name,
                   act->arg[1] == SITE_EVERYBODY ? "everybody" : site);
}

const struct act_row act_row_block = {
    .name = "block",
    .words = "a firewall's rule",
    .scope = ON_NODE,
    .power = POWER_NONE,
    .args = { { ARG_PORT, "port" }, { ARG_FLAG, "rejects" }, { ARG_SITE, "site" } },
    .touches = TOUCHES_NETWORK,
    .run = block,
    .doc = "A firewall lets nothing through to this port of the node, from phones of the site, or "
           "from everybody. It drops what comes, so that a phone waits for an answer until its "
           "time is over; with `rejects` it answers that nobody listens there. Connections that "
           "are open go on (assumed).",
    .remedy = { .never = NEVER_TAKES }
};

const struct act_row act_row_open = {
    .name = "open",
    .words = "a firewall's rule",
    .scope = ON_NODE,
    .power = POWER_NONE,
    .args = { { ARG_PORT, "port" }, { ARG_SITE, "site" } },
    .touches = TOUCHES_NETWORK,
    .run = unblock,
    .can = can_open,
    .doc = "Takes the rule of `block` with this port and site away. It is refused where there is "
           "none.",
    .remedy = { .narrow = 1,
                .name = "open-port",
                .title = "open a port",
                .how = "open {0} from {1} to {node} in the firewall",
                .everything = "open every port that is closed in the firewall, to {node}",
                .useful = is_in_the_way,
                .choice = port_of_path }
};

/* ---- the link of a site ---- */

enum { LINK_DELAY, LINK_JITTER, LINK_LOSS, LINK_RATE, LINK_DOWN, LINK_MTU, LINK_SITE };

static void site_link(struct cluster *cl, const struct act *a, uint64_t now_us)
{
    struct link *l = &network_path(cl, (uint32_t)a->arg[LINK_SITE], PATH_EVERY_NODE)->link;
    bool back = link_is_cut(l) && a->arg[LINK_DOWN] == 0;
    for (uint32_t n = 0; n < cl->node_count && back; n++)
        cl->nodes[n].run.reached_us = now_us;
    *l = (struct link){ .delay_us = a->arg[LINK_DELAY],
                        .jitter_us = a->arg[LINK_JITTER],
                        .loss_ppm = (uint32_t)a->arg[LINK_LOSS],
                        .rate = (uint32_t)a->arg[LINK_RATE],
                        .down = a->arg[LINK_DOWN] != 0,
                        .mtu = (uint32_t)a->arg[LINK_MTU] };
}

/* The link of the i-th path as it should be: nothing is lost on it, whatever its size. */
static bool mended(const struct cluster *cl, uint32_t i, struct act *act)
{
    if (i >= cl->path_count)
        return false;
    const struct path *p = &cl->paths[i];
    uint64_t args[] = { p->link.delay_us, p->link.jitter_us, 0, p->link.rate, 0, 0, p->site };
    for (uint32_t k = 0; k < sizeof args / sizeof args[0]; k++)
        act->arg[k] = args[k];
    return true;
}

static bool is_broken(const struct cluster *cl, const struct act *act)
{
    const struct path *p = find(cl, act->arg[LINK_SITE], PATH_EVERY_NODE);
    return p != NULL && (link_is_cut(&p->link) || p->link.mtu != 0);
}

const struct act_row act_row_site_link = {
    .name = "link",
    .words = "the WAN between a site and the cluster",
    .scope = ON_CLUSTER,
    .args = { { ARG_TIME, "delay" },
              { ARG_TIME, "jitter" },
              { ARG_PPM, "loss" },
              { ARG_NUMBER, "rate" },
              { ARG_FLAG, "down" },
              { ARG_NUMBER, "mtu" },
              { ARG_SITE, "site" } },
    .touches = TOUCHES_NETWORK,
    .run = site_link,
    .doc =
        "The link of a site to all nodes of this cluster, or of everybody: as those of nodes and "
        "phones, and added to them. Larger IP packets than `mtu` are lost without a word (path "
        "MTU discovery fails): blocks of TFTP are 544 bytes, a full segment of TCP is 1500. "
        "What is left out is as if there were no such link: `link { site = ... }` mends "
        "everything.",
    .remedy = { .narrow = 1,
                .name = "mend-site-network",
                .title = "mend the network",
                .how = "mend the network between {6} and {cluster}: packets of every size pass, "
                       "none is lost",
                .useful = is_broken,
                .choice = mended }
};

/* ---- names ---- */

static void lose_name(struct cluster *cl, const struct act *a, uint64_t now_us)
{
    struct path *p = network_path(cl, (uint32_t)a->arg[1], a->node);
    if (p->nameless && a->arg[0] == 0)
        cl->nodes[a->node].run.reached_us = now_us;
    p->nameless = a->arg[0] != 0;
}

static void lose_dns(struct cluster *cl, const struct act *a, uint64_t now_us)
{
    struct path *p = network_path(cl, (uint32_t)a->arg[1], PATH_EVERY_NODE);
    for (uint32_t n = 0; n < cl->node_count && p->nameless && a->arg[0] == 0; n++)
        cl->nodes[n].run.reached_us = now_us;
    p->nameless = a->arg[0] != 0;
}

/* At the site of the i-th path it is there. */
static bool named_at_path(const struct cluster *cl, uint32_t i, struct act *act)
{
    act->arg[0] = 0;
    act->arg[1] = i < cl->path_count ? cl->paths[i].site : 0;
    return i < cl->path_count;
}

static bool is_nameless(const struct cluster *cl, const struct act *act)
{
    const struct path *p = find(cl, act->arg[1], act->node);
    return p != NULL && p->nameless;
}

static bool is_without_dns(const struct cluster *cl, const struct act *act)
{
    const struct path *p = find(cl, act->arg[1], PATH_EVERY_NODE);
    return p != NULL && p->nameless;
}

#define DNS_DOC                                                                                    \
    " Phones look up names where the parameter `server_names` says so, and get no answer then "    \
    "until their time is over (assumed). DHCP option 150 has addresses."

const struct act_row act_row_node_dns = {
    .name = "dns",
    .words = "a record in DNS",
    .scope = ON_NODE,
    .power = POWER_NONE,
    .args = { { ARG_FLAG, "missing" }, { ARG_SITE, "site" } },
    .touches = TOUCHES_NETWORK,
    .run = lose_name,
    .doc = "The name of this node is missing in the DNS of a site, or of everybody; `dns {}` puts "
           "it there." DNS_DOC,
    .remedy = { .narrow = 1,
                .name = "dns-record",
                .title = "mend DNS",
                .how = "put {node} into the DNS of {1}",
                .everything = "put {node} into DNS where it is missing",
                .useful = is_nameless,
                .choice = named_at_path }
};

const struct act_row act_row_site_dns = {
    .name = "dns",
    .words = "a DNS server",
    .scope = ON_CLUSTER,
    .args = { { ARG_FLAG, "down" }, { ARG_SITE, "site" } },
    .touches = TOUCHES_NETWORK,
    .run = lose_dns,
    .doc =
        "DNS does not answer at a site, or anywhere: no name of the cluster is found there; `dns "
        "{}` mends it." DNS_DOC,
    .remedy = { .narrow = 1,
                .name = "mend-dns",
                .title = "mend DNS",
                .how = "mend the DNS of {1}",
                .useful = is_without_dns,
                .choice = named_at_path }
};
