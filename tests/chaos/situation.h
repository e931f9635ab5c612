/* A random situation from a seed: one or two clusters of any version, fleets, and somebody who does
 * not look at what he does.  The same seed, the same situation. */
#ifndef CUCMLAB_TESTS_SITUATION_H
#define CUCMLAB_TESTS_SITUATION_H

#include "tests/chaos/kinds.h"

/* ---- what is there ---- */

static void make_groups(struct situation *s, uint32_t cluster, const char *const *names,
                        uint32_t nodes)
{
    struct err e = { "" };
    for (uint32_t g = 0; g < 2; g++) {
        const char *members[3];
        char name[8], pool[8];
        uint32_t count = 1 + below(s, nodes < 3 ? nodes : 3), first = below(s, nodes);
        for (uint32_t i = 0; i < count; i++)
            members[i] = names[(first + i) % nodes];
        snprintf(name, sizeof name, "G%u", (unsigned)g);
        snprintf(pool, sizeof pool, "P%u", (unsigned)g);
        if (!lab_group(s->lab, cluster, name, members, count, &e) ||
            !lab_pool(s->lab, cluster, pool, name, &e)) {
            fprintf(stderr, "chaos: %s\n", e.text);
            exit(2);
        }
    }
}

static void make_cluster(struct situation *s, uint32_t number)
{
    static const char *const names[2][4] = { { "n1", "n2", "n3", "n4" },
                                             { "b1", "b2", "b3", "b4" } };
    /* A list of its own: with another row in the table each seed would be another situation. */
    static const char *const versions[] = { "8.0",     "8.6",   "9.1",   "10.0", "10.5(1)",
                                            "10.5(2)", "11.0",  "11.5",  "12.0", "12.5",
                                            "14",      "14SU1", "14SU3", "15" };
    const struct version *v = version_find(versions[below(s, 14)]);
    uint32_t nodes = 1 + below(s, 4), cluster;
    struct err e = { "" };
    struct lab_cluster_spec spec = { number == 0 ? "HQ" : "BR", v->name, names[number], nodes, "" };
    if (!lab_cluster(s->lab, &spec, &cluster, &e)) {
        fprintf(stderr, "chaos: %s\n", e.text);
        exit(2);
    }
    make_groups(s, cluster, names[number], nodes);
    if (one_in(s, 4))
        lab_param(s->lab, cluster, PARAM_REPLICATION_US, (1 + below(s, 30)) * 60 * SECOND_US);
    if (one_in(s, 6))
        lab_param(s->lab, cluster, PARAM_TVS_DB_ON_RESTART, 1);
    if (v->ctl_signer != OWN_NONE && one_in(s, 3)) {
        lab_plain(s->lab, cluster, DO_CTL_MIXED_MODE, NULL);
        for (uint32_t n = 0; n < nodes; n++) {
            lab_service(s->lab, cluster, n, SERVICE_TFTP, DO_RESTART, NULL);
            lab_service(s->lab, cluster, n, SERVICE_CALLMANAGER, DO_RESTART, NULL);
        }
    }
    if (s->told != NULL)
        fprintf(s->told, "  %s: %s, %u nodes%s\n", spec.name, v->name, (unsigned)nodes,
                s->lab->state.clusters[cluster].db.mixed_mode ? ", mixed mode" : "");
    settle_lab(s->lab);
}

static void make_fleet(struct situation *s, uint32_t cluster)
{
    static const char *const models[] = { "7965", "7965", "8861", "7960", "7942" };
    static const char *const pools[] = { NULL, "P0", "P1" };
    struct lab_phones_spec p = { .count = 1 + below(s, 3),
                                 .model = models[below(s, 5)],
                                 .pool = pools[below(s, 3)] };
    bool secure = one_in(s, 2), lsc = !one_in(s, 3), encrypted = one_in(s, 3);
    struct err e = { "" };
    uint32_t first;
    if (secure) {
        p.security_mode = CNF_ENCRYPTED;
        p.lsc = lsc;
        p.encrypted = encrypted;
    }
    if (!lab_phones(s->lab, cluster, &p, &first, &e))
        return; /* this model has no such profile */
    for (uint32_t i = first; i < first + p.count; i++)
        lab_power(s->lab, i, true, lab_now_us(s->lab));
}

/* ---- what is done ---- */

static struct act random_service(struct situation *s, enum act_kind kind, uint32_t node)
{
    static const uint8_t services[] = { SERVICE_TFTP, SERVICE_TFTP,        SERVICE_TVS,
                                        SERVICE_TVS,  SERVICE_CALLMANAGER, SERVICE_TOMCAT };
    return (struct act){ .kind = (uint8_t)kind,
                         .node = (uint8_t)node,
                         .arg = { services[below(s, 6)] } };
}

static void on_nodes(struct situation *s, uint32_t cluster)
{
    static const uint8_t owns[] = { OWN_CALLMANAGER, OWN_CALLMANAGER, OWN_TVS, OWN_TVS,
                                    OWN_TOMCAT,      OWN_ITLRECOVERY, OWN_CAPF };
    uint32_t nodes = s->lab->state.clusters[cluster].node_count, node = below(s, nodes);
    uint32_t what = below(s, 11);
    bool all = one_in(s, 3);
    struct act act = what < 5 ? (struct act){ .kind = DO_REGENERATE, .arg = { owns[below(s, 7)] } }
                     : what < 9  ? random_service(s, DO_RESTART, node)
                     : what < 10 ? random_service(s, DO_STOP, node)
                                 : random_service(s, DO_START, node);
    for (uint32_t n = all ? 0 : node; n < (all ? nodes : node + 1); n++) {
        act.node = (uint8_t)n;
        do_on_cluster(s, cluster, act);
    }
}

static void on_cluster(struct situation *s, uint32_t cluster)
{
    struct act act = { 0 };
    uint32_t node = below(s, s->lab->state.clusters[cluster].node_count);
    const struct driver *d = s->lab->driver;
    struct link link = d->node_link_of(d->self, cluster << 8 | node);
    switch (below(s, 10)) {
    case 0:
        act.kind = DO_ITL_RESET_LOCALKEY;
        break;
    case 1:
        act.kind = DO_CTL_UPDATE;
        break;
    case 2:
        act.kind = one_in(s, 2) ? DO_CTL_MIXED_MODE : DO_CTL_NON_SECURE_MODE;
        break;
    case 3:
        act = (struct act){ .kind = DO_SET, .arg = { PARAM_ROLLBACK, below(s, 2) } };
        break;
    case 4:
    case 5:
        link.down = one_in(s, 2);
        act = lab_link_act(DO_NODE_LINK, node, &link);
        break;
    default:
        act.kind = DO_RESET_ALL;
    }
    do_on_cluster(s, cluster, act);
}

static void on_phones(struct situation *s, uint32_t cluster)
{
    struct lab *lab = s->lab;
    uint32_t count = lab->state.phone_count, first = below(s, count), other;
    struct lab_whom whom = { .first = first, .count = 1 + below(s, count - first) };
    struct cluster *cl = &lab->state.clusters[cluster];
    const struct driver *d = lab->driver;
    struct link link = d->phone_link_of(d->self, first);
    struct act act = { .kind = DO_POWER, .arg = { 1 } };
    switch (below(s, 9)) {
    case 0:
        act.arg[0] = 0;
        break;
    case 1:
        act = (struct act){ .kind = DO_DELETE_TRUST_LIST };
        break;
    case 2:
        act = (struct act){ .kind = DO_PRESS, .arg = { KEY_DIRECTORIES } };
        break;
    case 3:
        other = below(s, cl->node_count);
        act = (struct act){ .kind = DO_MOVE,
                            .arg = { cl->nodes[other].disk.ip, cl->nodes[0].disk.ip } };
        break;
    case 4:
        act = (struct act){ .kind = DO_INSERT };
        break;
    case 5:
        link.down = one_in(s, 2);
        act = lab_link_act(DO_PHONE_LINK, 0, &link);
        break;
    case 6:
        act = (struct act){ .kind = DO_RESET };
        break;
    default:
        break;
    }
    if (s->told != NULL)
        fprintf(s->told, "    phones %u to %u:\n", (unsigned)first,
                (unsigned)(first + whom.count - 1));
    tell(s, cluster, &act, "");
    lab_do_phones(lab, cluster, &act, &whom, NULL);
}

static void something(struct situation *s)
{
    if (s->pages && one_in(s, 2))
        something_of_pages(s);
    if (s->names && one_in(s, 2))
        something_of_names(s);
    if (s->power && one_in(s, 2))
        something_of_power(s);
    if (s->central && one_in(s, 2))
        something_central(s);
    if (s->moves && one_in(s, 2))
        something_between(s);
    if (s->signers && one_in(s, 2))
        something_signed(s);
    if (s->capf && one_in(s, 2))
        something_of_capf(s);
    if (s->fleet && one_in(s, 3))
        something_of_the_fleet(s);
    if (s->network && one_in(s, 2))
        something_of_networks(s);
    if (s->dated && one_in(s, 3))
        something_in_time(s);
    if (s->wide && one_in(s, 2))
        something_wider(s);
    uint32_t cluster = below(s, s->lab->state.cluster_count), what = below(s, 10);
    if (what < 6)
        on_nodes(s, cluster);
    else if (what < 8)
        on_cluster(s, cluster);
    else
        on_phones(s, cluster);
    switch (below(s, 4)) {
    case 0:
        settle_lab(s->lab);
        break;
    case 1:
        lab_run_until(s->lab, lab_now_us(s->lab) + (1 + below(s, 900)) * SECOND_US);
        break;
    default:
        break;
    }
}

/* `meanwhile` is called behind every fourth act; NULL: nobody is. */
static CHAOS_UNUSED struct lab *situation_of(uint64_t seed, FILE *told,
                                             void (*meanwhile)(struct lab *lab))
{
    struct lab_options o = lab_defaults();
    struct situation s = { .rng = rng_of(seed, "situation", 0),
                           .wide = (seed & SITUATION_WIDE) != 0,
                           .dated = (seed & SITUATION_DATED) != 0,
                           .signers = (seed & SITUATION_SIGNED) != 0,
                           .fleet = (seed & SITUATION_FLEET) != 0,
                           .capf = (seed & SITUATION_CAPF) != 0,
                           .moves = (seed & SITUATION_MOVES) != 0,
                           .network = (seed & SITUATION_NETWORK) != 0,
                           .central = (seed & SITUATION_CENTRAL) != 0,
                           .power = (seed & SITUATION_POWER) != 0,
                           .names = (seed & SITUATION_NAMES) != 0,
                           .pages = (seed & SITUATION_PAGES) != 0,
                           .told = told };
    o.seed = seed;
    s.lab = lab_new(&o);
    lab_outage_keep(s.lab);
    uint32_t clusters = s.central || s.moves || one_in(&s, 5) ? 2 : 1;
    for (uint32_t c = 0; c < clusters; c++) {
        make_cluster(&s, c);
        for (uint32_t i = 0; i < 3; i++)
            make_fleet(&s, c);
        if (s.lab->state.phone_count == 0)
            make_fleet(&s, c);
    }
    settle_lab(s.lab);
    lab_step(s.lab, "acts");
    uint32_t acts = 4 + below(&s, 24);
    for (uint32_t i = 0; i < acts && s.lab->state.phone_count > 0; i++) {
        something(&s);
        if (meanwhile != NULL && i % 4 == 1)
            meanwhile(s.lab);
    }
    if (!one_in(&s, 4))
        settle_lab(s.lab);
    return s.lab;
}

#endif
