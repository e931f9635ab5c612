/* Acts of somebody who does not look at what he does, by kind of situation: a bit of its seed each.
 * Of tests/chaos/situation.h. */
#ifndef CUCMLAB_TESTS_KINDS_H
#define CUCMLAB_TESTS_KINDS_H

#include "nodes/authority.h"
#include "nodes/settings.h"
#include "sim/core/mic.h"
#include "sim/lab_outage.h"
#include "tests/unit/acts.h"

#include <stdio.h>
#include <stdlib.h>

#define CHAOS_UNUSED __attribute__((unused))
#define SECOND_US    1000000ull
#define HOUR_US      (3600 * SECOND_US)

/* Added to a seed: acts of every kind, not those alone that most situations are made of. */
#define SITUATION_WIDE (1ull << 40)
/* Clocks go wrong and years pass: certificates expire. */
#define SITUATION_DATED (1ull << 41)
/* CTLs by security tokens, recovery keys, files deleted, a publisher installed anew. */
#define SITUATION_SIGNED (1ull << 43)

/* Nodes come and go, services are activated or not, groups and settings of phones change. */
#define SITUATION_FLEET (1ull << 44)
/* CAPF installs and deletes LSCs, phones do 802.1X and VPN, CAs of MICs are deleted. */
#define SITUATION_CAPF (1ull << 46)
/* Two clusters at least: certificates exchanged, phones moved, users of the other cluster. */
#define SITUATION_MOVES (1ull << 47)

/* Sites, ports, packets, names, settings of phones, keys over the network. */
#define SITUATION_NETWORK (1ull << 42)

/* Two clusters, one of which asks the other for files. */
#define SITUATION_CENTRAL (1ull << 45)

/* Nodes reboot, are shut down and switched on; the cluster is upgraded and goes back. */
#define SITUATION_POWER (1ull << 48)

/* Names and addresses change, backups are made and restored, replication stops, phones are reset by
 * pool and group, restarted, told to apply their configuration. */
#define SITUATION_NAMES (1ull << 49)

/* Pages of Administration: phones deleted and inserted, URLs of Services, keys that are too long.
 */
#define SITUATION_PAGES (1ull << 50)

struct situation {
    struct rng rng;
    bool wide, dated, signers, fleet, capf, central, moves, network, power, names, pages;
    struct lab *lab;
    FILE *told; /* what was done, one act a line; NULL: nowhere */
};

static uint32_t below(struct situation *s, uint32_t n)
{
    return (uint32_t)rng_below(&s->rng, n);
}

static bool one_in(struct situation *s, uint32_t n)
{
    return below(s, n) == 0;
}

static void tell(struct situation *s, uint32_t cluster, const struct act *act, const char *whom)
{
    const struct cluster *cl = &s->lab->state.clusters[cluster];
    char text[ACT_TEXT];
    if (s->told == NULL)
        return;
    act_print(cl, act, text);
    fprintf(s->told, "  %10.1f s  %s%s%s: %s\n", (double)lab_now_us(s->lab) / 1e6, cl->name,
            act_table[act->kind]->scope == ON_NODE ? "/" : whom,
            act_table[act->kind]->scope == ON_NODE ? cl->nodes[act->node].disk.name : "", text);
}

static void do_on_cluster(struct situation *s, uint32_t cluster, struct act act)
{
    if (!cluster_can(&s->lab->state.clusters[cluster], &act, lab_now_us(s->lab), NULL))
        return;
    tell(s, cluster, &act, "");
    lab_do(s->lab, cluster, &act, NULL);
}

static void settle_lab(struct lab *lab)
{
    lab_settle(lab, lab_now_us(lab) + 24 * HOUR_US);
}

/* ---- by kind ---- */

static struct act random_param(struct situation *s)
{
    static const struct {
        uint8_t param;
        uint32_t values;
        uint64_t unit;
    } params[] = { { PARAM_TLS_MIN, 4, 1 },        { PARAM_REPLICATION_US, 30, 60 * SECOND_US },
                   { PARAM_TVS_TTL_S, 1000, 1 },   { PARAM_PHONE_INTERACTION, 2, 1 },
                   { PARAM_HTTPS_SERVICES, 2, 1 }, { PARAM_OUTSIDE_GROUP, 2, 1 },
                   { PARAM_CTL_AT_ONCE, 2, 1 },    { PARAM_ROLE_BY_MODE, 2, 1 },
                   { PARAM_CAPF_KEEPS_OLD, 2, 1 } };
    uint32_t i = below(s, sizeof params / sizeof params[0]);
    return (struct act){ .kind = DO_SET,
                         .arg = { params[i].param, below(s, params[i].values) * params[i].unit } };
}

static struct act random_store(struct situation *s, const struct cluster *cl, uint32_t node)
{
    static const uint8_t owns[] = { OWN_CALLMANAGER, OWN_TVS, OWN_CAPF, OWN_ITLRECOVERY };
    const struct node *of = &cl->nodes[below(s, cl->node_count)];
    return (struct act){ .kind = one_in(s, 2) ? DO_UPLOAD : DO_DELETE,
                         .node = (uint8_t)node,
                         .arg = { STORE_CALLMANAGER_TRUST + below(s, STORES - 1),
                                  of->disk.own[owns[below(s, 4)]] } };
}

/* Failback, parameters, trust stores, CAPF. */
static void something_wider(struct situation *s)
{
    uint32_t cluster = below(s, s->lab->state.cluster_count);
    const struct cluster *cl = &s->lab->state.clusters[cluster];
    uint32_t node = below(s, cl->node_count);
    const struct driver *d = s->lab->driver;
    struct link link = d->node_link_of(d->self, cluster << 8 | node);
    struct act act = { .kind = DO_REGENERATE, .node = (uint8_t)node, .arg = { OWN_CAPF } };
    switch (below(s, 6)) {
    case 0:
        act = random_param(s);
        break;
    case 1:
        act = random_store(s, cl, node);
        break;
    case 2:
        link.down = !link.down;
        act = lab_link_act(DO_NODE_LINK, node, &link);
        break;
    case 3:
        act.kind = one_in(s, 2) ? DO_STOP : DO_RESTART;
        act.arg[0] = SERVICE_CALLMANAGER;
        break;
    case 4:
        lab_set_knob(s->lab, KNOB_FAILBACK_US, below(s, 4) * 100 * SECOND_US);
        return;
    default:
        break;
    }
    do_on_cluster(s, cluster, act);
}

/* Clocks of nodes and phones, and years. */
static void something_in_time(struct situation *s)
{
    static const uint64_t spans[] = { 3600, 86400, 400 * 86400ull, 6 * 365 * 86400ull };
    uint32_t cluster = below(s, s->lab->state.cluster_count), what = below(s, 4);
    uint32_t count = s->lab->state.phone_count, first = below(s, count);
    const struct cluster *cl = &s->lab->state.clusters[cluster];
    struct lab_whom whom = { .first = first, .count = 1 + below(s, count - first) };
    struct act act = { .kind = DO_NODE_CLOCK, .node = (uint8_t)below(s, cl->node_count) };
    if (!one_in(s, 3))
        act.arg[below(s, 2)] = spans[below(s, 4)];
    if (what == 0) {
        do_on_cluster(s, cluster, act);
    } else if (what == 1) {
        act.kind = DO_PHONE_CLOCK;
        tell(s, cluster, &act, "");
        lab_do_phones(s->lab, cluster, &act, &whom, NULL);
    } else {
        lab_run_until(s->lab, lab_now_us(s->lab) + (1 + below(s, 5)) * 365 * 24 * HOUR_US);
    }
}

static uint32_t random_token(struct situation *s)
{
    static const char *const names[] = { "SAST-A", "SAST-B", "SAST-C", "SAST-D" };
    return token_make(&s->lab->cluster_env, names[below(s, 4)]);
}

/* Who signs lists, and what is left of it. */
static void something_signed(struct situation *s)
{
    uint32_t cluster = below(s, s->lab->state.cluster_count);
    const struct cluster *cl = &s->lab->state.clusters[cluster];
    struct act act = { .kind = DO_CTL_CLIENT, .node = (uint8_t)below(s, cl->node_count) };
    switch (below(s, 9)) {
    case 0:
        act.kind = DO_LOSE_TOKEN;
        act.arg[0] = random_token(s);
        break;
    case 1:
        act.kind = DO_DELETE_CTL;
        break;
    case 2:
        act.kind = DO_SAVE_ITLRECOVERY;
        break;
    case 3:
        act.kind = DO_ITL_RESET_REMOTEKEY;
        break;
    case 4:
        act.kind = DO_CTL_RESET_LOCALKEY;
        break;
    case 5:
        act.kind = DO_REBUILD;
        break;
    case 6:
        act.kind = DO_SET;
        act.arg[0] = one_in(s, 2) ? PARAM_TVS_CTL_CACHE : PARAM_CTL_NON_SECURE;
        act.arg[1] = below(s, 2);
        break;
    default:
        act.arg[0] = below(s, 3);
        act.arg[1] = random_token(s);
        act.arg[2] = random_token(s);
        break;
    }
    do_on_cluster(s, cluster, act);
}

/* Somebody changes a setting of some phones. */
static void another_setting(struct situation *s, uint32_t cluster)
{
    uint32_t count = s->lab->state.phone_count, first = below(s, count);
    struct lab_whom whom = { .first = first, .count = 1 + below(s, count - first) };
    static const uint8_t settings[] = { SETTING_POOL, SETTING_SECURITY, SETTING_URLS,
                                        SETTING_WEB_ACCESS };
    struct act act = { .kind = DO_SET_PHONES, .arg = { settings[below(s, 4)], below(s, 3) } };
    tell(s, cluster, &act, "");
    lab_do_phones(s->lab, cluster, &act, &whom, NULL);
}

static void something_of_the_fleet(struct situation *s)
{
    uint32_t cluster = below(s, s->lab->state.cluster_count);
    const struct cluster *cl = &s->lab->state.clusters[cluster];
    uint32_t node = below(s, cl->node_count);
    char name[16];
    struct act act = { .kind = DO_REMOVE, .node = (uint8_t)node };
    switch (below(s, 6)) {
    case 0:
    case 1:
        act.kind = one_in(s, 2) ? DO_ACTIVATE : DO_DEACTIVATE;
        act.arg[0] = one_in(s, 2) ? SERVICE_TFTP : SERVICE_CALLMANAGER;
        break;
    case 2:
        snprintf(name, sizeof name, "more%u", (unsigned)cl->node_count);
        act = (struct act){ .kind = DO_ADD_NODE,
                            .arg = { content_str(s->lab->base->content, name) } };
        break;
    case 3:
        act = (struct act){ .kind = DO_CHANGE_GROUP,
                            .arg = { node + 1, one_in(s, 2) ? below(s, cl->node_count) + 1 : 0, 0,
                                     below(s, cl->db.group_count) } };
        break;
    case 4:
        another_setting(s, cluster);
        return;
    default:
        do_on_cluster(s, cluster,
                      (struct act){ .kind = DO_SET, .arg = { PARAM_GROUPS_LOSE_NODES, 1 } });
        break;
    }
    do_on_cluster(s, cluster, act);
}

/* Certificates exchanged, and phones that go elsewhere: by option 150, or with a user. */
static void something_between(struct situation *s)
{
    static const uint8_t bulk[] = { DO_BULK_EXPORT, DO_BULK_EXPORT, DO_BULK_CONSOLIDATE,
                                    DO_BULK_IMPORT, DO_BULK_IMPORT };
    struct lab *lab = s->lab;
    uint32_t cluster = below(s, lab->state.cluster_count), count = lab->state.phone_count,
             first = below(s, count), what = below(s, 10);
    const struct cluster *cl = &lab->state.clusters[cluster];
    struct lab_whom whom = { .first = first, .count = 1 + below(s, count - first) };
    struct act act = { .kind = DO_EMCC_LOGIN };
    if (what < 5) {
        act = (struct act){ .kind = bulk[what], .arg = { one_in(s, 4) ? BULK_TFTP : BULK_ALL } };
        if (cl->db.bulk_directory == 0)
            do_on_cluster(s, cluster,
                          (struct act){ .kind = DO_BULK_SFTP,
                                        .arg = { content_str(lab->base->content, "chaos") } });
        do_on_cluster(s, cluster, act);
        return;
    }
    if (what == 5)
        act = (struct act){ .kind = DO_EMCC_LOGOUT };
    else if (what == 6)
        act = (struct act){ .kind = DO_MOVE, .arg = { cl->nodes[0].disk.ip } };
    else if (what == 7)
        act = (struct act){ .kind = DO_INSERT, .arg = { below(s, 3) } };
    tell(s, cluster, &act, "");
    lab_do_phones(lab, cluster, &act, &whom, NULL);
}

/* A port of a node, or the link or the names of a site: there and gone again. */
static struct act random_network(struct situation *s, uint32_t node, uint32_t site)
{
    uint32_t port = below(s, PORTS);
    switch (below(s, 7)) {
    case 0:
    case 1:
        return (struct act){ .kind = DO_BLOCK,
                             .node = (uint8_t)node,
                             .arg = { one_in(s, 2) ? PORT_TVS : port, below(s, 2), site } };
    case 2:
        return (struct act){ .kind = DO_OPEN, .node = (uint8_t)node, .arg = { port, site } };
    case 3:
        return (
            struct act){ .kind = DO_NODE_DNS, .node = (uint8_t)node, .arg = { below(s, 2), site } };
    case 4:
        return (struct act){ .kind = DO_SITE_DNS, .arg = { below(s, 2), site } };
    case 5:
        return (struct act){ .kind = DO_SET, .arg = { PARAM_SERVER_NAMES, below(s, 2) } };
    default:
        return (struct act){ .kind = DO_SITE_LINK,
                             .arg = { 0, 0, 0, 0, one_in(s, 4), one_in(s, 2) ? 900 : 0, site } };
    }
}

/* Where phones stand, what they are set to, what is sent to them, what somebody does there. */
static struct act random_at_phones(struct situation *s, uint32_t site)
{
    switch (below(s, 7)) {
    case 0:
        return (struct act){ .kind = DO_SEND_KEYS };
    case 1:
        return (struct act){ .kind = DO_FACTORY_RESET };
    case 2:
        return (struct act){ .kind = DO_UNPLUG };
    case 3:
        return (struct act){ .kind = DO_SET_PHONES, .arg = { SETTING_WEB_ACCESS, below(s, 2) } };
    case 4:
        return (struct act){ .kind = DO_SET_PHONES, .arg = { SETTING_ACCESS, below(s, 3) } };
    case 5:
        return (struct act){ .kind = DO_SET_PHONES, .arg = { SETTING_URLS, below(s, 3) } };
    default:
        return (struct act){ .kind = DO_SITE, .arg = { site } };
    }
}

static void something_of_networks(struct situation *s)
{
    uint32_t cluster = below(s, s->lab->state.cluster_count);
    const struct cluster *cl = &s->lab->state.clusters[cluster];
    uint32_t count = s->lab->state.phone_count, first = below(s, count);
    struct lab_whom whom = { .first = first, .count = 1 + below(s, count - first) };
    uint32_t site = content_str(s->lab->base->content, one_in(s, 2) ? "A" : "B");
    struct act act = random_at_phones(s, site);
    if (one_in(s, 2)) {
        act = random_network(s, below(s, cl->node_count), one_in(s, 3) ? 0 : site);
        do_on_cluster(s, cluster, act);
        return;
    }
    tell(s, cluster, &act, "");
    lab_do_phones(s->lab, cluster, &act, &whom, NULL);
}

/* Whom a TFTP asks, and whose phones stand behind it. */
static void something_central(struct situation *s)
{
    struct lab *lab = s->lab;
    uint32_t cluster = below(s, 2), count = lab->state.phone_count, first = below(s, count);
    const struct cluster *cl = &lab->state.clusters[cluster],
                         *other = &lab->state.clusters[1 - cluster];
    struct lab_whom whom = { .first = first, .count = 1 + below(s, count - first) };
    struct act act = { .kind = DO_REMOTE_TFTP_ADD };
    switch (below(s, 6)) {
    case 0:
    case 1:
        for (uint32_t i = 0; i < 1 + below(s, 2) && i < other->node_count; i++)
            act.arg[i] = other->nodes[i].disk.ip;
        do_on_cluster(s, cluster, act);
        break;
    case 2:
        do_on_cluster(s, cluster, (struct act){ .kind = DO_REMOTE_TFTP_DELETE, .arg = { 1 } });
        break;
    case 3:
        lab_run_until(lab, lab_now_us(lab) + 40 * 60 * SECOND_US);
        break;
    default:
        act = (struct act){ .kind = one_in(s, 3) ? DO_DELETE_PHONES : DO_MOVE };
        if (act.kind == DO_MOVE)
            act.arg[0] = cl->nodes[below(s, cl->node_count)].disk.ip;
        tell(s, cluster, &act, " phones");
        lab_do_phones(lab, cluster, &act, &whom, NULL);
        break;
    }
}

/* On the page of some phones, or on the phones themselves. */
static void an_order_of_capf(struct situation *s, uint32_t cluster)
{
    static const uint8_t orders[] = { DO_INSTALL_LSC, DO_INSTALL_LSC, DO_DELETE_LSC,
                                      DO_TROUBLESHOOT_LSC };
    uint32_t count = s->lab->state.phone_count, first = below(s, count);
    uint32_t string = content_str(s->lab->base->content, one_in(s, 2) ? "12345" : "54321");
    struct lab_whom whom = { .first = first, .count = 1 + below(s, count - first) };
    struct act act = { .kind = DO_ENTER_STRING, .arg = { string } };
    switch (below(s, 4)) {
    case 0:
        break;
    case 1:
        act = (struct act){ .kind = DO_SET_PHONES,
                            .arg = { one_in(s, 2) ? SETTING_DOT1X : SETTING_VPN, below(s, 2) } };
        break;
    default:
        act = (struct act){ .kind = orders[below(s, 4)],
                            .arg = { 0, 1 + below(s, 20), string, below(s, ACT_CAPF_MODES) } };
    }
    tell(s, cluster, &act, "");
    lab_do_phones(s->lab, cluster, &act, &whom, NULL);
    if (one_in(s, 2))
        do_on_cluster(s, cluster, (struct act){ .kind = DO_RESET_ALL });
}

static void something_of_capf(struct situation *s)
{
    static const uint8_t stores[] = { STORE_CALLMANAGER_TRUST, STORE_CAPF_TRUST };
    static const uint8_t gates[] = { DO_RADIUS_ADD, DO_RADIUS_REMOVE, DO_GATEWAY_ADD,
                                     DO_GATEWAY_REMOVE };
    static const uint8_t services[] = { DO_STOP, DO_START, DO_RESTART };
    uint32_t cluster = below(s, s->lab->state.cluster_count);
    struct act act = { .kind = DO_REGENERATE, .arg = { OWN_CAPF } };
    switch (below(s, 8)) {
    case 0:
        break;
    case 1:
        act = (struct act){ .kind = services[below(s, 3)], .arg = { SERVICE_CAPF } };
        break;
    case 2:
        act.kind = one_in(s, 2) ? DO_DELETE_MIC_CA : DO_UPLOAD_MIC_CA;
        act.arg[0] = stores[below(s, 2)];
        act.arg[1] = below(s, MIC_CAS);
        break;
    case 3:
        act.kind = gates[below(s, 4)];
        act.arg[0] = s->lab->state.clusters[cluster].nodes[0].disk.own[OWN_CAPF];
        break;
    case 4:
        lab_set_knob(s->lab, one_in(s, 2) ? KNOB_DOT1X_CLOSED : KNOB_VPN_ONLY, below(s, 2));
        return;
    default:
        an_order_of_capf(s, cluster);
        return;
    }
    do_on_cluster(s, cluster, act);
}

static void something_of_power(struct situation *s)
{
    uint32_t cluster = below(s, s->lab->state.cluster_count);
    const struct cluster *cl = &s->lab->state.clusters[cluster];
    struct act act = { .node = (uint8_t)below(s, cl->node_count) };
    switch (below(s, 6)) {
    case 0:
        act.kind = DO_REBOOT;
        break;
    case 1:
        act.kind = DO_SHUT_DOWN;
        break;
    case 2:
        act.kind = DO_SWITCH_ON;
        break;
    case 3:
        act = (struct act){ .kind = DO_SWITCH_VERSION };
        break;
    case 4:
        act = (struct act){ .kind = DO_UPGRADE, .arg = { below(s, version_count) } };
        break;
    default:
        act = (struct act){ .kind = one_in(s, 2) ? DO_DOT1X_OPEN : DO_DOT1X_CLOSED };
        break;
    }
    do_on_cluster(s, cluster, act);
}

static struct act random_name(struct situation *s, const struct cluster *cl, uint32_t node)
{
    struct content *c = s->lab->base->content;
    char name[32];
    struct act act = { .kind = DO_HOSTNAME, .node = (uint8_t)node };
    snprintf(name, sizeof name, "name%u", (unsigned)below(s, 1000));
    act.arg[0] = content_str(c, name);
    switch (below(s, 3)) {
    case 0:
        act.kind = DO_DOMAIN;
        break;
    case 1:
        act.kind = DO_ADDRESS;
        act.arg[0] = cluster_address(cl->env, cl->number, 100 + below(s, 100));
        break;
    default:
        break;
    }
    return act;
}

/* Whom a reset reaches, and how. */
static void another_reset(struct situation *s, uint32_t cluster)
{
    static const uint8_t kinds[] = { DO_RESTART_PHONES, DO_APPLY_CONFIG };
    const struct database *db = &s->lab->state.clusters[cluster].db;
    uint32_t count = s->lab->state.phone_count, first = below(s, count);
    struct lab_whom whom = { .first = first, .count = 1 + below(s, count - first) };
    struct act act = { .kind = kinds[below(s, 2)] };
    if (one_in(s, 2)) {
        bool pool = one_in(s, 2);
        act.kind = pool ? DO_RESET_POOL : DO_RESET_GROUP;
        act.arg[0] = below(s, pool ? db->pool_count : db->group_count);
        do_on_cluster(s, cluster, act);
        return;
    }
    tell(s, cluster, &act, " phones");
    lab_do_phones(s->lab, cluster, &act, &whom, NULL);
}

static void something_of_names(struct situation *s)
{
    static const uint8_t on_node[] = { DO_DBREPLICATION_STOP, DO_DBREPLICATION_STOP,
                                       DO_DBREPLICATION_RESET, DO_FIPS_ENABLE, DO_FIPS_DISABLE };
    uint32_t cluster = below(s, s->lab->state.cluster_count);
    const struct cluster *cl = &s->lab->state.clusters[cluster];
    uint32_t node = below(s, cl->node_count);
    struct act act = { .node = (uint8_t)node };
    switch (below(s, 6)) {
    case 0:
        act = random_name(s, cl, node);
        break;
    case 1:
        act = (struct act){ .kind = DO_BACKUP };
        break;
    case 2:
        act.kind = DO_RESTORE;
        act.arg[0] = 1 + below(s, 2);
        break;
    case 3:
        another_reset(s, cluster);
        return;
    default:
        act.kind = on_node[below(s, 5)];
        break;
    }
    do_on_cluster(s, cluster, act);
}

/* Of any cluster: phones may have no TVS that knows it. */
static uint32_t some_server(struct situation *s)
{
    const struct cluster *cl = &s->lab->state.clusters[below(s, s->lab->state.cluster_count)];
    return cl->nodes[below(s, cl->node_count)].disk.ip;
}

static void something_of_pages(struct situation *s)
{
    uint32_t cluster = below(s, s->lab->state.cluster_count);
    uint32_t count = s->lab->state.phone_count, first = below(s, count);
    struct lab_whom whom = { .first = first, .count = 1 + below(s, count - first) };
    struct act act = { .kind = one_in(s, 3) ? DO_INSERT : DO_DELETE_PHONES };
    switch (below(s, 4)) {
    case 0:
        act = (struct act){ .kind = DO_SERVICES_URL, .arg = { some_server(s) } };
        do_on_cluster(s, cluster, act);
        return;
    case 1:
        act = (struct act){ .kind = DO_GENERATE,
                            .arg = { below(s, OWNS), one_in(s, 2) ? 0 : KEY_RSA_4096 + 1 } };
        act.node = (uint8_t)below(s, s->lab->state.clusters[cluster].node_count);
        do_on_cluster(s, cluster, act);
        return;
    case 2:
        act = (struct act){ .kind = DO_SET_PHONES, .arg = { SETTING_URLS, below(s, 3) } };
        break;
    default:
        break;
    }
    tell(s, cluster, &act, " phones");
    lab_do_phones(s->lab, cluster, &act, &whom, NULL);
}

#endif
