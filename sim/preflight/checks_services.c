/* Checks of services and groups: who answers the phones. */
#include "sim/preflight/say.h"

#include "nodes/services.h"
#include "sim/base/count.h"

#include <string.h>

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
    for (uint32_t i = 0; i < s->cl->db.group_count && cluster_nodes(s->cl) > 1; i++) {
        const struct group *group = &s->cl->db.groups[i];
        if (group->count != 1 || g.who[i].phones == 0)
            continue;
        who_node(&g.who[i], group->members[0]);
        say(s, PREFLIGHT_WARN, &g.who[i], "CallManager group %s has %s alone: %s in it",
            group->name, s->cl->nodes[group->members[0]].disk.name,
            COUNTED_OF(g.who[i].phones, "phone"));
    }
}

static void look_tvs_stopped(struct preflight_see *s)
{
    struct groups g;
    struct preflight_who untold = { .phones = 0 };
    find_groups(s, &g);
    for (uint32_t i = 0; i < s->cl->db.group_count; i++) {
        const struct group *group = &s->cl->db.groups[i];
        uint32_t down = 0;
        for (uint32_t k = 0; k < group->count && g.who[i].phones > 0; k++) {
            if (!see_runs(s, group->members[k], SERVICE_TVS)) {
                who_node(&g.who[i], group->members[k]);
                down++;
            } else if (!see_told_service(s, group->members[k], SERVICE_TVS)) {
                who_node(&untold, group->members[k]);
            }
        }
        if (down > 0)
            say(s, down == group->count ? PREFLIGHT_FAIL : PREFLIGHT_WARN, &g.who[i],
                "Cisco Trust Verification Service does not run on %s of group %s: %s there ask %s",
                say_nodes(s, &g.who[i]), group->name, COUNTED_OF(g.who[i].phones, "phone"),
                down == group->count ? "nobody" : "the others alone");
    }
    if (who_nodes(&untold) > 0)
        say(s, PREFLIGHT_UNKNOWN, &untold, "no file says whether it runs on %s (assumed: it does)",
            say_nodes(s, &untold));
}

const struct preflight_check preflight_checks_services[] = {
    { .name = "group-of-one",
      .title = "CallManager groups of one node",
      .good = "every CallManager group with phones has two nodes or more",
      .source = "the CallManager groups and pools of the cluster",
      .why = "A phone asks the TVS of the nodes of its group alone. With one node a renewed "
             "certificate of that node leaves nobody to vouch for the new list (technote 116232).",
      .what = "Add a second node to the group, and reset its phones, before the change: Cisco "
              "Unified CM Administration > System > Cisco Unified CM Group.",
      .worst = PREFLIGHT_WARN,
      .look = look_group_of_one },
    { .name = "tvs-stopped",
      .title = "TVS runs on the nodes of the groups",
      .good = "Cisco Trust Verification Service runs on every node of a group with phones",
      .source = "services of found {}: utils service list, ControlCenterServices",
      .why = "Whatever a phone's own lists do not settle it asks TVS; where none answers it keeps "
             "its old list and configuration.",
      .what = "Start it: Cisco Unified Serviceability > Tools > Control Center - Network Services "
              "(CLI: utils service start Cisco Trust Verification Service).",
      .collect = "utils service list on each node",
      .worst = PREFLIGHT_FAIL,
      .look = look_tvs_stopped },
    { .name = NULL },
};
