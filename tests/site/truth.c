#include "tests/site/truth.h"

#include <string.h>

#define DAY_S INT64_C(86400)

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
    uint32_t subscribers = t->options.subscribers;
    for (uint32_t i = 0; i < subscribers + 3; i++) {
        struct truth_node *n = &t->nodes[t->node_count++];
        char name[32] = "cm-pub";
        n->publisher = i == 0;
        n->tftp = i > subscribers;
        n->call = !n->tftp;
        if (n->tftp)
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
    }
}

/* Groups by the number of subscribers there are; the last one is of one node where that is
 * planted. */
static void make_groups(struct truth *t)
{
    static const struct truth_group groups[] = { { "CMG-North", { 1, 2, 0 }, 3 },
                                                 { "CMG-South", { 3, 4, 0 }, 3 },
                                                 { "CMG-East", { 2, 1 }, 2 },
                                                 { "CMG-West", { 4, 3, 5 }, 3 },
                                                 { "CMG-Branch", { 5, 1 }, 2 } };
    t->group_count = sizeof groups / sizeof *groups;
    memcpy(t->groups, groups, sizeof groups);
    for (uint32_t g = 0; g < t->group_count; g++) {
        for (uint32_t k = 0; k < t->groups[g].count; k++)
            t->groups[g].members[k] =
                (uint8_t)(t->groups[g].members[k] % (t->options.subscribers + 1));
    }
    if (truth_has(t, FAULT_GROUP_OF_ONE))
        t->groups[4].count = 1;
}

static void make_pools(struct truth *t)
{
    static const char *const towns[] = { "Utrecht", "Delft", "Gouda", "Breda",
                                         "Zwolle",  "Assen", "Venlo", "Hoorn" };
    uint32_t tftp = t->node_count - 2;
    for (uint32_t i = 0; i < 24; i++) {
        struct truth_pool *p = &t->pools[t->pool_count++];
        snprintf(p->name, sizeof p->name, "DP-%s-%u", towns[i % 8], 1 + i / 8);
        p->group = (uint8_t)(i == 23 ? 4 : i % 4);
        p->tftp = (uint8_t)(tftp + i % 2);
    }
}

/* What was done last: a new TVS certificate on the second subscriber, behind which nobody restarted
 * its TVS. */
static void plant(struct truth *t)
{
    int64_t now = t->options.now_s;
    uint32_t tvs = service_find("Cisco Trust Verification Service");
    struct truth_node *regenerated = &t->nodes[2];
    uint32_t before = regenerated->own[UNIT_TVS];
    regenerated->own[UNIT_TVS] = certs_make_own(t, 2, UNIT_TVS, now - 28 * DAY_S, 2);
    regenerated->runs_tvs = before; /* for the list before */
    if (truth_has(t, FAULT_TVS_OLD))
        regenerated->services[tvs].since_s = now - 90 * DAY_S;
    if (truth_has(t, FAULT_REPLICATION))
        t->nodes[t->options.subscribers].replication = 3;
}

/* What only holds now; the lists before are made. */
static void settle(struct truth *t)
{
    uint32_t tvs = service_find("Cisco Trust Verification Service");
    if (!truth_has(t, FAULT_TVS_OLD))
        t->nodes[2].runs_tvs = t->nodes[2].own[UNIT_TVS];
    uint32_t stopped = t->options.subscribers > 3 ? 4 : 1;
    if (truth_has(t, FAULT_TVS_STOPPED)) {
        t->nodes[stopped].services[tvs] = (struct truth_service){ SERVICE_STOPPED, 0 };
        t->nodes[stopped].runs_tvs = 0;
    }
}

void truth_make(struct truth *t, const struct truth_options *options, const char *cache)
{
    int64_t now = options->now_s;
    *t = (struct truth){ .options = *options, .arena = arena_of(&sys_mem) };
    t->keys = keyring_new(options->seed, cache);
    t->version = "14.0.1.13900-155";
    t->domain = "corp.example";
    t->tls = truth_has(t, FAULT_TLS_MINIMUM) ? "1.2" : "1.0";
    t->mixed_mode = true;
    if (options->subscribers + 5 + 3 <= 39)
        t->options.faults &= ~FAULT_BIT(FAULT_ITL_LARGE);
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
    settle(t);
    fleet_make(t);
}

void truth_free(struct truth *t)
{
    mem_free(&sys_mem, t->certs);
    mem_free(&sys_mem, t->trust);
    mem_free(&sys_mem, t->phones);
    keyring_free(t->keys);
    arena_free(&t->arena);
}
