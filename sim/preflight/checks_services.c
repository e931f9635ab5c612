/* Checks of services, groups and replication: who answers the phones. */
#include "sim/preflight/say.h"

#include "nodes/services.h"
#include "sim/base/count.h"

#include <string.h>

/* ---- CallManager groups ---- */

/* Phones by CallManager group. */
struct groups {
    struct preflight_who who[CLUSTER_GROUPS];
};

static void find_groups(struct preflight_see *s, struct groups *g)
{
    uint16_t group;
    memset(g, 0, sizeof *g);
    FOR_EACH_PHONE(s, i)
    {
        if (see_group(s, i, &group) && group < CLUSTER_GROUPS)
            who_phone(&g->who[group], i);
    }
}

static void look_group_of_one(struct preflight_see *s)
{
    struct groups g;
    find_groups(s, &g);
    for (uint32_t i = 0; i < s->cl->db.group_count; i++) {
        const struct group *group = &s->cl->db.groups[i];
        if (group->count != 1 || g.who[i].phones == 0)
            continue;
        who_node(&g.who[i], group->members[0]);
        struct preflight_finding *f =
            say(s, PREFLIGHT_WARN, &g.who[i], "CallManager group %s has %s alone: %s in it",
                group->name, s->cl->nodes[group->members[0]].disk.name,
                COUNTED_OF(g.who[i].phones, "phone"));
        if (cluster_nodes(s->cl) == 1)
            f->what = "The cluster has one node: never renew CallManager and TVS at once; wait "
                      "between them until every phone has taken the new list.";
    }
}

/* It passes, but nobody says so: services_told is what says that nobody does. */
static void say_assumed(struct preflight_see *s, const struct preflight_who *untold)
{
    say(s, PREFLIGHT_PASS, untold, "%s (assumed on %s)", s->check->good, say_nodes(s, untold));
}

/* Of each group with phones the nodes where that service does not run. */
static void look_groups(struct preflight_see *s, enum service service, const char *left)
{
    struct groups g;
    struct preflight_who untold = { .phones = 0 };
    uint32_t before = s->out->count;
    find_groups(s, &g);
    for (uint32_t i = 0; i < s->cl->db.group_count; i++) {
        const struct group *group = &s->cl->db.groups[i];
        uint32_t down = 0;
        for (uint32_t k = 0; k < group->count && g.who[i].phones > 0; k++) {
            bool runs = see_runs(s, group->members[k], service);
            if (!runs || !see_told_service(s, group->members[k], service))
                who_node(runs ? &untold : &g.who[i], group->members[k]);
            down += !runs;
        }
        if (down > 0)
            say(s, down == group->count ? PREFLIGHT_FAIL : PREFLIGHT_WARN, &g.who[i],
                "%s does not run on %s of group %s: %s there %s %s", service_name(service),
                say_nodes(s, &g.who[i]), group->name, COUNTED_OF(g.who[i].phones, "phone"), left,
                down == group->count ? "nobody" : "the others alone");
    }
    if (s->out->count == before && who_nodes(&untold) > 0)
        say_assumed(s, &untold);
}

static void look_tvs_stopped(struct preflight_see *s)
{
    static const struct preflight_who nobody;
    if (s->cl->version->sbd)
        look_groups(s, SERVICE_TVS, "can ask");
    else
        say(s, PREFLIGHT_PASS, &nobody, "%s came with 8.0", service_name(SERVICE_TVS));
}

static void look_callmanager_stopped(struct preflight_see *s)
{
    look_groups(s, SERVICE_CALLMANAGER, "can register at");
}

/* ---- TFTP ---- */

/* Where phones look for their files, and whether somebody answers there. */
static void look_tftp_stopped(struct preflight_see *s)
{
    struct preflight_who some = { .phones = 0 }, all = { .phones = 0 }, untold = { .phones = 0 };
    FOR_EACH_PHONE(s, i)
    {
        const struct phone_place *p = &s->lab->state.dhcp[s->lab->state.phones[i].place];
        uint32_t down = 0, asked = 0, at;
        for (int k = 0; k < 2; k++) {
            if (p->tftp[k] == 0 || !lab_node_at(s->lab, p->tftp[k], &at) || at >> 8 != s->cluster)
                continue;
            bool runs = see_runs(s, at & 255, SERVICE_TFTP);
            asked++;
            down += !runs;
            if (!runs)
                who_node(&some, at & 255);
            else if (!see_told_service(s, at & 255, SERVICE_TFTP))
                who_node(&untold, at & 255);
        }
        if (down > 0)
            who_phone(down == asked ? &all : &some, i);
    }
    memcpy(all.nodes, some.nodes, sizeof all.nodes);
    if (all.phones > 0)
        say(s, PREFLIGHT_FAIL, &all, "Cisco Tftp does not run on %s: no file comes to %s",
            say_nodes(s, &all), COUNTED_OF(all.phones, "phone"));
    if (some.phones > 0)
        say(s, PREFLIGHT_WARN, &some, "Cisco Tftp does not run on %s: one server is left to %s",
            say_nodes(s, &some), COUNTED_OF(some.phones, "phone"));
    if (all.phones + some.phones == 0 && who_nodes(&untold) > 0)
        say_assumed(s, &untold);
}

/* Nodes of which no file says anything about any service. */
static void look_services_told(struct preflight_see *s)
{
    struct preflight_who untold = { .phones = 0 };
    FOR_EACH_NODE(s->cl, i)
    {
        bool told = false;
        for (int k = 0; k < SERVICES; k++)
            told = told || see_told_service(s, i, (enum service)k);
        if (!told)
            who_node(&untold, i);
    }
    if (who_nodes(&untold) > 0)
        say(s, PREFLIGHT_UNKNOWN, &untold,
            "No file says which services run on %s (assumed: those of its version)",
            say_nodes(s, &untold));
}

/* ---- what services work with ---- */

static const char *old_words(struct preflight_see *s, uint32_t node, enum service service)
{
    const struct found_service *f = s->told == NULL || node >= s->told->model.node_count
                                        ? NULL
                                        : &s->told->model.nodes[node].services[service];
    uint32_t used = s->cl->nodes[node].run.used[service];
    if (f != NULL && f->unknown)
        return "one that was made before, which no file has";
    return used == 0 ? "none" : say_cert(s, used);
}

/* One finding a service: its nodes, and with what the first of them works. */
static void look_service_old(struct preflight_see *s)
{
    for (int k = 0; k < SERVICES; k++) {
        struct preflight_who who = { .phones = 0 };
        uint8_t own = service_kinds[k].own;
        uint32_t first = UINT32_MAX;
        FOR_EACH_NODE(s->cl, i)
        {
            const struct node *n = &s->cl->nodes[i];
            if (own == OWN_NONE || n->run.services[k].state != SERVICE_RUNNING ||
                n->run.used[k] == n->disk.own[own] || n->disk.own[own] == 0)
                continue;
            who_node(&who, i);
            first = first == UINT32_MAX ? i : first;
        }
        if (first == UINT32_MAX)
            continue;
        say(s, PREFLIGHT_WARN, &who,
            "%s on %s works with another %s than lies on the disk: on %s with %s, not with %s",
            service_name((enum service)k), say_nodes(s, &who), own_name((enum own)own),
            s->cl->nodes[first].disk.name, old_words(s, first, (enum service)k),
            say_cert(s, s->cl->nodes[first].disk.own[own]));
    }
}

/* ---- CAPF ---- */

static void look_capf_stopped(struct preflight_see *s)
{
    struct preflight_who who = { .phones = 0 };
    bool told = see_told_service(s, 0, SERVICE_CAPF);
    if (!s->cl->db.mixed_mode || see_runs(s, 0, SERVICE_CAPF))
        return;
    who_node(&who, 0);
    say(s, PREFLIGHT_WARN, &who, "%s on %s in a cluster in mixed mode",
        told && s->told->model.nodes[0].services[SERVICE_CAPF].state == FOUND_STOPPED
            ? "CAPF is stopped"
            : "CAPF is not activated",
        s->cl->nodes[0].disk.name);
}

/* ---- replication ---- */

static const char *const replication_words[] = { "not started (0)", "a wrong count (1)", "good",
                                                 "bad (3)", "setup failed (4)" };

/* REPLICATION SETUP as a file has it; -1: none does. */
static int told_replication(const struct preflight_see *s, uint32_t node)
{
    return s->told == NULL || node >= s->told->model.node_count ? -1
                                                                : s->told->nodes[node].replication;
}

/* What files say is of the present: what was stopped since, or set up anew, the model knows. */
static void look_replication(struct preflight_see *s)
{
    struct preflight_who untold = { .phones = 0 };
    FOR_EACH_NODE(s->cl, i)
    {
        struct preflight_who who = { .phones = 0 };
        const struct node *n = &s->cl->nodes[i];
        int state = told_replication(s, i);
        who_node(&who, i);
        if (cluster_nodes(s->cl) == 1)
            continue;
        if (n->stopped_us != 0)
            say(s, PREFLIGHT_FAIL, &who, "Replication of the database to %s is %s", n->disk.name,
                state >= 3 && state <= 4 ? replication_words[state] : "stopped");
        else if (state == 0 || state == 1)
            say(s, PREFLIGHT_WARN, &who, "Replication of the database to %s is %s", n->disk.name,
                replication_words[state]);
        else if (state < 0)
            who_node(&untold, i);
    }
    if (who_nodes(&untold) > 0)
        say(s, PREFLIGHT_UNKNOWN, &untold,
            "No file says how replication stands on %s (assumed: good)", say_nodes(s, &untold));
}

const struct preflight_check preflight_checks_services[] = {
    { .name = "group-of-one",
      .title = "CallManager groups of one node",
      .good = "Every CallManager group with phones has two nodes or more",
      .source = "CallManager groups, pools and phones",
      .why = "A phone asks the TVS of the nodes of its group alone. With one node a renewed "
             "certificate of that node leaves nobody to vouch for the new list (technote 116232).",
      .what = "Add a second node to the group, and reset its phones, before the change: Cisco "
              "Unified CM Administration > System > Cisco Unified CM Group.",
      .worst = PREFLIGHT_WARN,
      .look = look_group_of_one },
    { .name = "tvs-stopped",
      .title = "TVS on the nodes of the groups",
      .good = "Cisco Trust Verification Service runs on every node of a group with phones",
      .source = "services of the nodes: utils service list, ControlCenterServices",
      .why = "Whatever a phone's own lists do not settle it asks TVS; where none answers it keeps "
             "its old list and configuration.",
      .what = "Start it: Cisco Unified Serviceability > Tools > Control Center - Network Services "
              "(CLI: utils service start Cisco Trust Verification Service).",
      .worst = PREFLIGHT_FAIL,
      .stops = PREFLIGHT_STOPS_MOST,
      .look = look_tvs_stopped },
    { .name = "tftp-stopped",
      .title = "TFTP where phones look",
      .good = "Cisco Tftp runs wherever phones look for their files",
      .source = "services of the nodes: utils service list, ControlCenterServices",
      .why = "Phones that reach no TFTP server boot with what they have: no new list and no new "
             "configuration comes to them.",
      .what = "Start it: Cisco Unified Serviceability > Tools > Control Center - Feature Services "
              "(CLI: utils service start Cisco Tftp).",
      .worst = PREFLIGHT_FAIL,
      .stops = PREFLIGHT_STOPS_MOST,
      .look = look_tftp_stopped },
    { .name = "callmanager-stopped",
      .title = "CallManager on the nodes of the groups",
      .good = "Cisco CallManager runs on every node of a group with phones",
      .source = "services of the nodes: utils service list, ControlCenterServices",
      .why = "While the other nodes restart for the change its phones have nowhere to go.",
      .what = "Start it: Cisco Unified Serviceability > Tools > Control Center - Feature Services "
              "(CLI: utils service start Cisco CallManager).",
      .worst = PREFLIGHT_FAIL,
      .stops = PREFLIGHT_STOPS_MOST,
      .look = look_callmanager_stopped },
    { .name = "services-told",
      .title = "nodes of which nobody says which services run",
      .good = "Files say which services run on every node",
      .source = "services of the nodes: utils service list, ControlCenterServices",
      .why = "A service that is stopped and taken for running makes every verdict too good.",
      .what = "Collect it.",
      .collect = "`utils service list` of each node",
      .worst = PREFLIGHT_UNKNOWN,
      .look = look_services_told },
    { .name = "service-old",
      .title = "services that work with an old certificate",
      .good = "Every service works with the certificate that lies on its node's disk",
      .source = "StartTime of the services and dates of the certificates; certificates on the wire",
      .why = "A certificate that was renewed is in use only when its service has started again: "
             "the next restart, whyever it comes, is a change that nobody planned.",
      .what = "Restart that service now, TVS before TFTP before CallManager, let phones take the "
              "new list, and only then begin.",
      .worst = PREFLIGHT_WARN,
      .look = look_service_old },
    { .name = "capf-stopped",
      .title = "CAPF in mixed mode",
      .good = "CAPF runs on the publisher, or the cluster is not in mixed mode",
      .source = "services of the publisher: utils service list; ClusterSecurityMode",
      .why = "Without it no phone gets an LSC, and its certificate is in no list.",
      .what = "Activate and start Cisco Certificate Authority Proxy Function on the publisher.",
      .worst = PREFLIGHT_WARN,
      .look = look_capf_stopped },
    { .name = "replication",
      .title = "database replication",
      .good = "Replication of the database is good on every node",
      .source = "REPLICATION SETUP of utils dbreplication runtimestate",
      .why = "A certificate that is renewed on one node reaches the TVS of the others by "
             "replication alone; until then they do not vouch for it.",
      .what = "Repair it before the change: utils dbreplication status, then utils dbreplication "
              "repair all on the publisher; wait for (2) Setup Completed on every node.",
      .collect = "`utils dbreplication runtimestate` of the publisher",
      .worst = PREFLIGHT_FAIL,
      .stops = PREFLIGHT_STOPS_MOST,
      .look = look_replication },
    { .name = NULL },
};
