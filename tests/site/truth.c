#include "tests/site/truth.h"

#include <string.h>

#define TVS "Cisco Trust Verification Service"

#define DAY_S INT64_C(86400)

/* Builds as published. */
const struct truth_release truth_releases[] = {
    { "7.1.5.10000-12", "7.1(5)", TRAIN_7 },
    { "8.0.3.10000-8", "8.0(3)", TRAIN_ITL },
    { "8.6.2.20000-2", "8.6(2)", 860 },
    { "9.1.2.10000-28", "9.1(2)", 910 },
    { "10.0.1.10000-24", "10.0(1)", TRAIN_RECOVERY },
    { "10.5.2.10000-5", "10.5(2)", TRAIN_MULTI },
    { "11.0.1.10000-10", "11.0(1)", TRAIN_ECDSA },
    { "11.5.1.13900-52", "11.5(1)SU3", TRAIN_TOMCAT_EC },
    { "12.0.1.10000-10", "12.0(1)", TRAIN_SIGNS },
    { "12.5.1.13900-152", "12.5(1)SU3", TRAIN_SHARED },
    { "14.0.1.10000-20", "14", TRAIN_14 },
    { "14.0.1.13900-155", "14SU3", TRAIN_14 },
    { "15.0.1.11900-23", "15SU1", 1500 },
};
const uint32_t truth_release_count = sizeof truth_releases / sizeof *truth_releases;

/* Services of a node and on which they are activated; names as the product has them. */
const struct service_row service_rows[TRUTH_SERVICES] = {
    { "Cisco AMC Service", ON_ALL },
    { "Cisco Audit Event Service", ON_ALL },
    { "Cisco Bulk Provisioning Service", ON_PUBLISHER },
    { "Cisco CAR Scheduler", ON_ALL },
    { "Cisco CDP", ON_ALL },
    { "Cisco CTIManager", ON_CALL },
    { "Cisco CTL Provider", ON_PUBLISHER },
    { "Cisco CallManager", ON_CALL },
    { "Cisco Certificate Authority Proxy Function", ON_PUBLISHER },
    { "Cisco Certificate Change Notification", ON_ALL },
    { "Cisco Certificate Expiry Monitor", ON_ALL },
    { "Cisco DRF Local", ON_ALL },
    { "Cisco DRF Master", ON_PUBLISHER },
    { "Cisco Database Layer Monitor", ON_ALL },
    { "Cisco Extension Mobility", ON_CALL },
    { "Cisco HAProxy", ON_ALL },
    { "Cisco IP Manager Assistant", ON_PUBLISHER },
    { "Cisco IP Voice Media Streaming App", ON_CALL },
    { "Cisco RIS Data Collector", ON_ALL },
    { "Cisco Syslog Agent", ON_ALL },
    { "Cisco Tftp", ON_TFTP },
    { "Cisco Tomcat", ON_ALL },
    { "Cisco Trust Verification Service", ON_ALL },
    { "Cisco UXL Web Service", ON_PUBLISHER },
};

uint32_t service_find(const char *name)
{
    for (uint32_t i = 0; i < TRUTH_SERVICES; i++) {
        if (strcmp(service_rows[i].name, name) == 0)
            return i;
    }
    return TRUTH_SERVICES;
}

bool truth_has(const struct truth *t, enum fault f)
{
    return (t->options.faults & FAULT_BIT(f)) != 0;
}

static void name_node(struct truth *t, struct truth_node *n, const char *name, uint32_t number)
{
    snprintf(n->name, sizeof n->name, "%s", name);
    snprintf(n->fqdn, sizeof n->fqdn, "%.31s.%.30s", name, t->domain);
    n->address = (10u << 24) + (20u << 16) + (1u << 8) + 10 + number;
    n->joined_s = t->options.now_s - 500 * DAY_S + number * 3600;
    n->replication = 2;
}

static void make_nodes(struct truth *t)
{
    uint32_t subscribers = t->options.subscribers, tftps = t->options.tftps;
    for (uint32_t i = 0; i < subscribers + tftps + 1; i++) {
        struct truth_node *n = &t->nodes[t->node_count++];
        char name[32] = "cm-pub";
        n->publisher = i == 0;
        n->call = i <= subscribers;
        n->tftp = !n->call || (tftps == 0 && i < 2);
        if (!n->call)
            snprintf(name, sizeof name, "cm-tftp%u", i - subscribers);
        else if (i > 0)
            snprintf(name, sizeof name, "cm-sub%u", i);
        name_node(t, n, name, i);
    }
}

static bool is_activated(const struct truth_node *n, enum service_where where)
{
    const bool on[] = {
        [ON_ALL] = true, [ON_CALL] = n->call, [ON_TFTP] = n->tftp, [ON_PUBLISHER] = n->publisher
    };
    return on[where];
}

static void make_services(struct truth *t)
{
    for (uint32_t i = 0; i < t->node_count; i++) {
        struct truth_node *n = &t->nodes[i];
        /* The last restart of everything: before the newest ITL. */
        int64_t since = t->options.now_s - 26 * DAY_S + i * 1800;
        for (uint32_t k = 0; k < TRUTH_SERVICES; k++) {
            bool on = is_activated(n, (enum service_where)service_rows[k].where);
            n->services[k].state = on ? SERVICE_STARTED : SERVICE_NOT_ACTIVATED;
            n->services[k].since_s = on ? since + k : 0;
        }
        if (t->train < TRAIN_ITL)
            n->services[service_find(TVS)] = (struct truth_service){ SERVICE_ABSENT, 0 };
    }
}

/* One to three of the nodes that run CallManager, no two alike; of more than one where there are.
 */
static void draw_members(const struct truth *t, struct rng *r, struct truth_group *g)
{
    uint32_t nodes = t->options.subscribers + 1, most = nodes < 3 ? nodes : 3;
    g->count = (uint8_t)(most == 1 ? 1 : 2 + rng_below(r, most - 1));
    for (uint32_t k = 0; k < g->count; k++) {
        bool again = true;
        while (again) {
            g->members[k] = (uint8_t)rng_below(r, nodes);
            again = false;
            for (uint32_t i = 0; i < k; i++)
                again |= g->members[i] == g->members[k];
        }
    }
}

/* Groups by the number of subscribers there are, or drawn; the last one is of one node where that
 * is planted. */
static void make_groups(struct truth *t)
{
    struct rng r = rng_of(t->options.seed, "groups", 0);
    static const struct truth_group groups[] = { { "CMG-North", { 1, 2, 0 }, 3 },
                                                 { "CMG-South", { 3, 4, 0 }, 3 },
                                                 { "CMG-East", { 2, 1 }, 2 },
                                                 { "CMG-West", { 4, 3, 5 }, 3 },
                                                 { "CMG-Branch", { 5, 1 }, 2 } };
    t->group_count = t->options.groups;
    memcpy(t->groups, groups, sizeof groups);
    for (uint32_t g = 0; g < t->group_count; g++) {
        if (t->options.drawn)
            draw_members(t, &r, &t->groups[g]);
        for (uint32_t k = 0; k < t->groups[g].count; k++)
            t->groups[g].members[k] =
                (uint8_t)(t->groups[g].members[k] % (t->options.subscribers + 1));
    }
    if (truth_has(t, FAULT_GROUP_OF_ONE))
        t->groups[t->group_count - 1].count = 1;
}

static void make_pools(struct truth *t)
{
    static const char *const towns[] = { "Utrecht", "Delft", "Gouda", "Breda",
                                         "Zwolle",  "Assen", "Venlo", "Hoorn" };
    uint32_t tftps[TRUTH_NODES] = { 0 }, count = 0, groups = t->group_count;
    for (uint32_t i = 0; i < t->node_count; i++) {
        if (t->nodes[i].tftp)
            tftps[count++] = i;
    }
    for (uint32_t i = 0; i < t->options.pools; i++) {
        struct truth_pool *p = &t->pools[t->pool_count++];
        snprintf(p->name, sizeof p->name, "DP-%s-%u", towns[i % 8], 1 + i / 8);
        /* The last pool alone is of the last group. */
        p->group =
            (uint8_t)(groups == 1 || i + 1 == t->options.pools ? groups - 1 : i % (groups - 1));
        p->tftp = (uint8_t)tftps[i % count];
    }
}

/* What was done last: a new TVS certificate on the second subscriber, behind which nobody restarted
 * its TVS. */
static void plant(struct truth *t)
{
    int64_t now = t->options.now_s;
    struct rng r = rng_of(t->options.seed, "renewed", 0);
    t->renewed = t->options.drawn ? (uint32_t)rng_below(&r, t->node_count) : 2;
    struct truth_node *regenerated = &t->nodes[t->renewed];
    uint32_t before = regenerated->own[UNIT_TVS];
    if (before != 0)
        regenerated->own[UNIT_TVS] = certs_make_own(t, t->renewed, UNIT_TVS, now - 28 * DAY_S, 2);
    regenerated->runs_tvs = before; /* for the list before */
    if (truth_has(t, FAULT_TVS_OLD))
        regenerated->services[service_find(TVS)].since_s = now - 90 * DAY_S;
    if (truth_has(t, FAULT_REPLICATION))
        t->nodes[t->options.subscribers > 0 ? t->options.subscribers : 1].replication = 3;
}

/* In the sample the same for all seeds; else one that phones ask. */
static uint32_t node_to_stop(const struct truth *t)
{
    if (t->options.drawn)
        return t->groups[t->pools[t->phones[0].pool].group].members[0];
    return t->options.subscribers > 3 ? 4 : 1;
}

/* What only holds now; the lists before are made. */
static void settle(struct truth *t)
{
    struct truth_node *renewed = &t->nodes[t->renewed];
    if (!truth_has(t, FAULT_TVS_OLD))
        renewed->runs_tvs = renewed->own[UNIT_TVS];
    if (truth_has(t, FAULT_TVS_STOPPED)) {
        struct truth_node *stopped = &t->nodes[node_to_stop(t)];
        stopped->services[service_find(TVS)] = (struct truth_service){ SERVICE_STOPPED, 0 };
        stopped->runs_tvs = 0;
    }
}

/* What cannot be in such a site is none of its faults. */
static void leave_out(struct truth *t)
{
    uint32_t nodes = t->options.subscribers + t->options.tftps + 1,
             tvs = FAULT_BIT(FAULT_TVS_OLD) | FAULT_BIT(FAULT_TVS_STOPPED) |
                   FAULT_BIT(FAULT_STALE) | FAULT_BIT(FAULT_UNKNOWN_LIST) |
                   FAULT_BIT(FAULT_OTHER_TFTP) | FAULT_BIT(FAULT_ROLLBACK) |
                   FAULT_BIT(FAULT_BACKUP_OLD);
    uint32_t several = FAULT_BIT(FAULT_TRUST_DIFFERS) | FAULT_BIT(FAULT_REPLICATION);
    uint32_t none = 0;
    none |= t->options.subscribers + 5 + 3 <= 39 ? FAULT_BIT(FAULT_ITL_LARGE) : 0;
    none |= t->train < TRAIN_ITL ? tvs : 0;
    none |= t->train < TRAIN_RECOVERY ? FAULT_BIT(FAULT_RECOVERY_SMALL) : 0;
    none |= t->train < TRAIN_TOMCAT_EC ? FAULT_BIT(FAULT_TLS_MINIMUM) : 0;
    none |= nodes < 2 ? several : 0;
    none |= t->options.plain ? FAULT_BIT(FAULT_NO_SBD) : 0;
    none |= t->options.tftps == 1 || nodes < 2 ? FAULT_BIT(FAULT_OTHER_TFTP) : 0;
    t->options.faults &= ~none;
}

void truth_make(struct truth *t, const struct truth_options *options, const char *cache)
{
    int64_t now = options->now_s;
    const struct truth_release *release = &truth_releases[options->release];
    *t = (struct truth){ .options = *options, .arena = arena_of(&sys_mem) };
    t->keys = keyring_new(options->keys != 0 ? options->keys : options->seed, cache);
    t->version = release->build;
    t->train = release->train;
    t->domain = "corp.example";
    t->mixed_mode = !options->plain;
    leave_out(t);
    if (t->train >= TRAIN_TOMCAT_EC)
        t->tls = truth_has(t, FAULT_TLS_MINIMUM) ? "1.2" : "1.0";
    t->rollback = truth_has(t, FAULT_ROLLBACK);
    t->backup_s = now - (truth_has(t, FAULT_BACKUP_OLD) ? 43 : 2) * DAY_S + 7 * 3600;
    t->backup_failed_s = now - DAY_S + 7 * 3600;
    make_nodes(t);
    make_services(t);
    make_groups(t);
    make_pools(t);
    certs_make(t);
    plant(t);
    certs_trust(t);
    lists_make(t);
    fleet_make(t);
    settle(t);
    faults_that_are(t);
}

void truth_free(struct truth *t)
{
    mem_free(&sys_mem, t->certs);
    mem_free(&sys_mem, t->trust);
    mem_free(&sys_mem, t->phones);
    keyring_free(t->keys);
    arena_free(&t->arena);
}
