#include "nodes/services.h"

#include "nodes/certs.h"
#include "nodes/lists.h"
#include "nodes/remote.h"
#include "sim/base/check.h"

/* ---- questions ---- */

/* What works with a certificate that this version has not is not there: TVS before 8.0. */
static bool version_has(const struct version *v, enum service s)
{
    uint8_t own = service_kinds[s].own;
    return v->cucm ? own == OWN_NONE || v->key[own] != KEY_NONE : service_kinds[s].plain;
}

bool services_is_activated(const struct cluster *cl, uint32_t node, enum service s)
{
    if (!version_has(cl->version, s))
        return false;
    uint32_t activated = cl->nodes[node].disk.activated;
    switch (service_kinds[s].activation) {
    case ON_EVERY_NODE:
        return true;
    case WITH_TFTP_OR_CALLMANAGER:
        return (activated & (SERVICE_BIT(SERVICE_TFTP) | SERVICE_BIT(SERVICE_CALLMANAGER))) != 0;
    default:
        return (activated & SERVICE_BIT(s)) != 0;
    }
}

/* Signed files are there with Security By Default, before it in mixed mode (documented). */
static bool tftp_signs(const struct cluster *cl)
{
    return cl->version->sbd || cl->db.mixed_mode;
}

bool services_is_outdated(const struct cluster *cl, uint32_t node, enum service s)
{
    const struct node *n = &cl->nodes[node];
    uint8_t own = service_kinds[s].own;
    bool old_cert = own != OWN_NONE && n->run.used[s] != n->disk.own[own];
    bool old_mode = (s == SERVICE_CALLMANAGER && n->run.mixed_mode != cl->db.mixed_mode) ||
                    (s == SERVICE_TFTP && n->run.signs != tftp_signs(cl));
    return n->run.services[s].state == SERVICE_RUNNING && (old_cert || old_mode);
}

/* ---- starts and stops ---- */

static void rebuild_lists(struct cluster *cl, uint32_t node, uint64_t now_us)
{
    struct node *n = &cl->nodes[node];
    n->run.used[SERVICE_TFTP] = n->disk.own[OWN_CALLMANAGER];
    n->run.used_ec = n->disk.own[OWN_CALLMANAGER_ECDSA];
    n->run.digest = lists_digest(cl);
    n->run.signs = tftp_signs(cl);
    uint32_t itl = lists_itl(cl, node, n->run.itl, now_us);
    if (itl != n->run.itl && n->run.itl != 0)
        n->disk.itl_before = n->run.itl;
    if (itl != 0)
        cluster_trace(cl, node, TRACE_LIST, itl, itl == n->run.itl, now_us);
    n->run.itl = itl;
    n->run.ctl = lists_ctl_on(cl, node);
    cl->change++;
}

/* `ready_us` is later than now where it starts. */
static void set_state(struct cluster *cl, uint32_t node, enum service s, enum service_state to,
                      uint64_t ready_us, uint64_t now_us)
{
    struct service_run *run = &cl->nodes[node].run.services[s];
    run->state = (uint8_t)to;
    run->epoch++;
    run->ready_us = ready_us;
    if (s == SERVICE_TFTP)
        remote_forget(cl, node); /* it keeps them in memory (documented) */
    cluster_trace(cl, node, TRACE_SERVICE, s, to, now_us);
    cl->change++;
}

void services_run(struct cluster *cl, uint32_t node, enum service s, uint64_t now_us)
{
    struct node *n = &cl->nodes[node];
    set_state(cl, node, s, SERVICE_RUNNING, now_us, now_us);
    if (service_kinds[s].own != OWN_NONE)
        n->run.used[s] = n->disk.own[service_kinds[s].own];
    if (s == SERVICE_CALLMANAGER)
        n->run.mixed_mode = cl->db.mixed_mode;
    if (s == SERVICE_TFTP)
        rebuild_lists(cl, node, now_us);
    if (s == SERVICE_CERT_CHANGE) {
        for (uint32_t i = 0; i < cl->db.row_count; i++)
            certs_bring_back(cl, &cl->db.rows[i], now_us);
    }
}

static void start_behind(struct cluster *cl, uint32_t node, enum service s, uint64_t boot_us,
                         uint64_t now_us)
{
    uint64_t takes_us = boot_us + cl->db.params[PARAM_SERVICE_START_US];
    CHECK(services_is_activated(cl, node, s));
    if (cl->nodes[node].run.off)
        return; /* when it is switched on again */
    set_state(cl, node, s, SERVICE_STARTING, now_us + takes_us, now_us);
    if (takes_us == 0)
        services_run(cl, node, s, now_us);
}

void services_start(struct cluster *cl, uint32_t node, enum service s, uint64_t now_us)
{
    start_behind(cl, node, s, 0, now_us);
}

void services_stop(struct cluster *cl, uint32_t node, enum service s, uint64_t now_us)
{
    set_state(cl, node, s, SERVICE_STOPPED, now_us, now_us);
}

static void stop_if_it_runs(struct cluster *cl, uint32_t node, enum service s, uint64_t now_us)
{
    if (cl->nodes[node].run.services[s].state != SERVICE_STOPPED)
        services_stop(cl, node, s, now_us);
}

void services_restart(struct cluster *cl, uint32_t node, enum service s, uint64_t now_us)
{
    stop_if_it_runs(cl, node, s, now_us);
    services_start(cl, node, s, now_us);
}

void services_away(struct cluster *cl, uint32_t node, uint64_t away_us, uint64_t now_us)
{
    cl->done.rebooted = true;
    for (int s = 0; s < SERVICES; s++) {
        /* For good where a restore took it away. */
        stop_if_it_runs(cl, node, (enum service)s, now_us);
        if (services_is_activated(cl, node, (enum service)s))
            start_behind(cl, node, (enum service)s, away_us, now_us);
    }
}

void services_reboot(struct cluster *cl, uint32_t node, uint64_t now_us)
{
    services_away(cl, node, cl->db.params[PARAM_NODE_BOOT_US], now_us);
}

void services_shut_down(struct cluster *cl, uint32_t node, uint64_t now_us)
{
    for (int s = 0; s < SERVICES; s++)
        stop_if_it_runs(cl, node, (enum service)s, now_us);
    cl->nodes[node].run.rebuild_us = 0;
    cl->nodes[node].run.off = true;
}

void services_switch_on(struct cluster *cl, uint32_t node, uint64_t now_us)
{
    cl->nodes[node].run.off = false;
    services_reboot(cl, node, now_us);
}

void services_activate(struct cluster *cl, uint32_t node, uint32_t activated, uint64_t now_us)
{
    bool was[SERVICES];
    for (int s = 0; s < SERVICES; s++)
        was[s] = services_is_activated(cl, node, (enum service)s);
    cl->nodes[node].disk.activated = activated;
    for (int s = 0; s < SERVICES; s++) {
        bool is = services_is_activated(cl, node, (enum service)s);
        if (was[s] && !is && cl->nodes[node].run.services[s].state != SERVICE_STOPPED)
            services_stop(cl, node, (enum service)s, now_us);
        if (!was[s] && is)
            services_start(cl, node, (enum service)s, now_us);
    }
    services_after_records(cl, now_us);
}

/* ---- by itself ---- */

/* When every TFTP has what it needs: the database has reached it and TVS is back. */
static uint64_t all_have_it_us(const struct cluster *cl, uint64_t now_us)
{
    return now_us + cl->db.params[PARAM_REPLICATION_US] + cl->db.params[PARAM_SERVICE_START_US];
}

static void rebuild_at(struct cluster *cl, uint64_t when_us)
{
    FOR_EACH_NODE(cl, i)
    cl->nodes[i].run.rebuild_us = when_us;
}

/* Once for all that is under way. */
static void reset_at(struct cluster *cl, uint64_t when_us)
{
    if (cl->reset_us < when_us)
        cl->reset_us = when_us;
}

void services_after_change(struct cluster *cl, uint32_t node, enum own own, uint64_t now_us)
{
    const struct version *v = cl->version;
    struct node *n = &cl->nodes[node];
    for (int s = 0; s < SERVICES; s++) {
        if (service_kinds[s].own == own && (v->restarts & OWN_BIT(own)) != 0 &&
            n->run.services[s].state != SERVICE_STOPPED &&
            services_is_activated(cl, node, (enum service)s))
            services_restart(cl, node, (enum service)s, now_us);
    }
    if (own == OWN_CALLMANAGER && v->ccm_uses_new)
        n->run.used[SERVICE_CALLMANAGER] = n->disk.own[OWN_CALLMANAGER];
    if (!own_kinds[own].in_lists)
        return;
    if (v->itl_rebuilds)
        rebuild_at(cl, all_have_it_us(cl, now_us));
    if (v->resets_phones && cl->db.params[PARAM_PHONE_INTERACTION] != 0)
        reset_at(cl, all_have_it_us(cl, now_us) + 1);
}

void services_after_records(struct cluster *cl, uint64_t now_us)
{
    if (cl->version->itl_rebuilds)
        rebuild_at(cl, all_have_it_us(cl, now_us));
}

static bool ctl_at_once(const struct cluster *cl)
{
    uint8_t served = cl->version->ctl_served;
    return served == CTL_AT_ONCE || (served == CTL_EITHER && cl->db.params[PARAM_CTL_AT_ONCE] != 0);
}

void services_after_ctl(struct cluster *cl, enum ctl_change change, uint64_t now_us)
{
    const struct version *v = cl->version;
    if (ctl_at_once(cl)) {
        FOR_EACH_NODE(cl, i)
        {
            cl->nodes[i].run.ctl = lists_ctl_on(cl, i);
            cl->nodes[i].run.mixed_mode = cl->db.mixed_mode;
        }
    }
    if (change == CTL_OF_NEW_MODE && v->itl_rebuilds && cl->db.params[PARAM_ROLE_BY_MODE] != 0)
        rebuild_at(cl, all_have_it_us(cl, now_us));
    if (change == CTL_UPDATED && v->ctl_update_resets &&
        cl->db.params[PARAM_PHONE_INTERACTION] != 0)
        reset_at(cl, now_us + cl->db.params[PARAM_REPLICATION_US] + 1);
}

void services_after_rollback(struct cluster *cl, uint64_t now_us)
{
    if (!cl->version->rollback_by_itself)
        return;
    rebuild_at(cl, all_have_it_us(cl, now_us));
    reset_at(cl, all_have_it_us(cl, now_us) + 1);
}

void services_rebuild_now(struct cluster *cl, uint32_t node, uint64_t now_us)
{
    struct node_run *run = &cl->nodes[node].run;
    if (run->rebuild_us == 0)
        return;
    run->rebuild_us = 0;
    if (run->services[SERVICE_TFTP].state == SERVICE_RUNNING)
        rebuild_lists(cl, node, now_us);
}

uint64_t services_deadline_us(const struct cluster *cl, uint32_t node)
{
    const struct node_run *run = &cl->nodes[node].run;
    uint64_t least = run->rebuild_us;
    for (int s = 0; s < SERVICES; s++) {
        if (run->services[s].state == SERVICE_STARTING)
            least = cluster_sooner(least, run->services[s].ready_us);
    }
    return least;
}

void services_tick(struct cluster *cl, uint32_t node, uint64_t now_us)
{
    struct node_run *run = &cl->nodes[node].run;
    for (int s = 0; s < SERVICES; s++) {
        if (run->services[s].state == SERVICE_STARTING && run->services[s].ready_us <= now_us)
            services_run(cl, node, (enum service)s, now_us);
    }
    if (run->rebuild_us <= now_us)
        services_rebuild_now(cl, node, now_us);
}
