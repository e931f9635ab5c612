/* What fails in preflight is mended before a change begins, and what was renewed before and never
 * came to the phones comes to them: or two changes lie between two lists that they take.
 * Replication, services that are stopped, lists and phones, what works with an old certificate, the
 * CTL; by the checks that find it, so that the page and the change agree. */
#include "sim/plan/recipe_put.h"
#include "sim/plan/stand.h"

#include "nodes/services.h"
#include "sim/predict/way.h"
#include "sim/preflight/judge.h"

#include <string.h>

/* What was found, and what there is to do. */
struct mending {
    const struct recipe *r;
    const char *but;
    struct preflight found;
    uint64_t replication[FOUND_NODES]; /* set up anew on these */
    uint64_t start[SERVICES][FOUND_NODES];
    bool itl, ctl, rollback; /* they have to be made anew; it has to be False */
};

/* ---- what there is to do ---- */

static void add_nodes(uint64_t to[FOUND_NODES], const struct preflight_who *who)
{
    for (int i = 0; i < FOUND_NODES; i++)
        to[i] |= who->nodes[i];
}

static bool has(const uint64_t of[FOUND_NODES], uint32_t node)
{
    return (of[node / 64] >> node % 64 & 1) != 0;
}

static bool any(const uint64_t of[FOUND_NODES])
{
    for (int i = 0; i < FOUND_NODES; i++) {
        if (of[i] != 0)
            return true;
    }
    return false;
}

static void mend_replication(struct mending *m, const struct preflight_finding *f)
{
    if (f->severity == PREFLIGHT_FAIL)
        add_nodes(m->replication, &f->who);
}

static void mend_tvs(struct mending *m, const struct preflight_finding *f)
{
    add_nodes(m->start[SERVICE_TVS], &f->who);
}

static void mend_tftp(struct mending *m, const struct preflight_finding *f)
{
    add_nodes(m->start[SERVICE_TFTP], &f->who);
}

static void mend_callmanager(struct mending *m, const struct preflight_finding *f)
{
    add_nodes(m->start[SERVICE_CALLMANAGER], &f->who);
}

static void mend_capf(struct mending *m, const struct preflight_finding *f)
{
    add_nodes(m->start[SERVICE_CAPF], &f->who);
}

static void mend_itl(struct mending *m, const struct preflight_finding *f)
{
    (void)f;
    m->itl = true;
}

static void mend_ctl(struct mending *m, const struct preflight_finding *f)
{
    (void)f;
    m->ctl = true;
}

static void mend_rollback(struct mending *m, const struct preflight_finding *f)
{
    m->rollback = f->severity == PREFLIGHT_FAIL;
}

static const struct {
    const char *check;
    void (*mend)(struct mending *m, const struct preflight_finding *f);
} rows[] = {
    { "replication", mend_replication }, { "tvs-stopped", mend_tvs },
    { "tftp-stopped", mend_tftp },       { "callmanager-stopped", mend_callmanager },
    { "capf-stopped", mend_capf },       { "tvs-listed", mend_itl },
    { "tftp-listed", mend_itl },         { "list-gone", mend_itl },
    { "ctl-callmanager", mend_ctl },     { "rollback", mend_rollback },
};

static bool is_wrong(const struct mending *m, const struct preflight_finding *f)
{
    bool here = &m->r->lab->state.clusters[f->cluster] == m->r->cl;
    return here && (f->severity == PREFLIGHT_WARN || f->severity == PREFLIGHT_FAIL);
}

static void look(const struct recipe *r, struct preflight *out)
{
    const struct preflight_options o = { .lab = r->lab,
                                         .found = lab_found(r->lab),
                                         .cluster = r->found == NULL ? NULL : lab_found_cluster,
                                         .phone = r->found == NULL ? NULL : lab_found_phone,
                                         .without_trials = true };
    preflight_make(&o, out);
}

static void find(struct mending *m)
{
    look(m->r, &m->found);
    for (uint32_t i = 0; i < m->found.count; i++) {
        const struct preflight_finding *f = &m->found.list[i];
        if (!is_wrong(m, f) || (m->but != NULL && strcmp(f->check->name, m->but) == 0))
            continue;
        for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
            if (strcmp(rows[k].check, f->check->name) == 0)
                rows[k].mend(m, f);
        }
    }
    preflight_free(&m->found);
}

/* ---- the steps ---- */

static void put_act(const struct mending *m, uint32_t node, const char *act)
{
    fputs("  ", m->r->out);
    put_node(m->r, node);
    fprintf(m->r->out, ":%s\n", act);
}

static void set_up_replication(const struct mending *m)
{
    if (!any(m->replication))
        return;
    begin_step(m->r, "First: repair the replication of the database");
    FOR_EACH_NODE(m->r->cl, n)
    {
        if (has(m->replication, n))
            put_act(m, n, "dbreplication(\"reset\")");
    }
    end_step(m->r);
}

/* Where else a service should be activated than it is, nobody but its administrator knows. */
static bool can_start(const struct mending *m, uint32_t node, enum service s)
{
    return has(m->start[s], node) &&
           (s == SERVICE_CAPF || services_is_activated(m->r->cl, node, s));
}

static const char *start_act(const struct mending *m, uint32_t node, enum service s, char out[120])
{
    snprintf(out, 120, "%s(\"%s\")",
             services_is_activated(m->r->cl, node, s) ? "start" : "activate", service_name(s));
    return out;
}

static void start_services(const struct mending *m)
{
    char act[120];
    bool begun = false;
    for (int k = 0; k < SERVICES; k++) {
        enum service s = (enum service)way_restarts[k];
        FOR_EACH_NODE(m->r->cl, n)
        {
            if (!can_start(m, n, s))
                continue;
            if (!begun)
                begin_step(m->r, "First: start what is stopped");
            begun = true;
            put_act(m, n, start_act(m, n, s, act));
        }
    }
    if (begun)
        end_step(m->r);
}

void lists_again(const struct recipe *r, const char *when)
{
    char name[120];
    snprintf(name, sizeof name, "%sPrepare Cluster for Rollback to pre 8.0 is False again", when);
    begin_step(r, name);
    fprintf(r->out, "  %s:set(\"rollback\", false)\n", r->var);
    end_step(r);
}

/* TFTP before TVS: the TVS that phones know vouches meanwhile.  A TVS that works with what it
 * should starts before TFTP where the rollback parameter was set, as the guides have it. */
static void make_lists(const struct mending *m)
{
    begin_step(m->r, "First: make the lists of now");
    if (m->rollback && !stand_is_behind(m->r->cl, SERVICE_TVS)) {
        put_restart(m->r, SERVICE_TVS);
        put_settle(m->r);
    }
    put_restart(m->r, SERVICE_TFTP);
    end_step(m->r);
    put_reset(m->r, "they take the lists of now");
}

static void catch_up_lists(const struct mending *m)
{
    const struct recipe *r = m->r;
    bool behind = m->itl || stand_is_behind(r->cl, SERVICE_TFTP) ||
                  stand_itls_are_behind(r->lab, r->cl, r->found);
    if (m->rollback)
        lists_again(r, "First: ");
    if (m->rollback && r->cl->version->rollback_by_itself)
        return; /* TFTP has made them, and phones were reset */
    if (m->rollback || behind) {
        make_lists(m);
    } else if (stand_phones_are_behind(r->lab, r->cl)) {
        begin_step(r, "First: reset the phones that hold another list than the one served");
        fprintf(r->out, "  %s:where { registered = true, itl_status = \"Mismatch\" }:reset()\n",
                r->all);
        end_step(r);
    }
}

/* TVS before CallManager, which restarts node by node; TFTP has restarted for the lists. */
static void take_up(const struct mending *m)
{
    char name[160], act[120];
    for (int k = 0; k < SERVICES; k++) {
        enum service s = (enum service)way_restarts[k];
        if (s == SERVICE_TFTP || !stand_is_behind(m->r->cl, s))
            continue;
        snprintf(name, sizeof name, "First: %s takes up its certificate of now", service_name(s));
        snprintf(act, sizeof act, "restart(\"%s\")", service_name(s));
        begin_step(m->r, name);
        FOR_EACH_NODE(m->r->cl, n)
        {
            if (!services_is_outdated(m->r->cl, n, s))
                continue;
            put_act(m, n, act);
            if (s == SERVICE_CALLMANAGER)
                put_settle(m->r);
        }
        end_step(m->r);
    }
}

/* A CTL that has lost the root of its usual signer gets it by the other one (field notice 70613).
 */
static void catch_up_ctl(const struct mending *m)
{
    const struct recipe *r = m->r;
    bool lost = stand_ctl_lost_root(r->cl, r->found);
    if (lost) {
        begin_step(r, "First: sign the CTL with the key that phones know (field notice 70613)");
        fprintf(r->out, "  %s:ctl(\"reset localkey\")\n", r->var);
        put_settle(r);
        restart_in_turn(r, SERVICE_CALLMANAGER);
        put_restart(r, SERVICE_CTIMANAGER);
        end_step(r);
        put_reset(r, "the CTL with the ITLRecovery of now");
    }
    if (!lost && !m->ctl)
        return;
    update_ctl(r);
    put_reset(r, "the CTL of now");
}

void mend_first(const struct recipe *r, const char *but)
{
    struct mending m = { .r = r, .but = but };
    find(&m);
    set_up_replication(&m);
    start_services(&m);
    catch_up_lists(&m);
    take_up(&m);
    catch_up_ctl(&m);
}

bool recovery_is_small(const struct recipe *r)
{
    struct preflight found;
    bool small = false;
    look(r, &found);
    for (uint32_t i = 0; i < found.count; i++) {
        const struct preflight_finding *f = &found.list[i];
        small = small ||
                (f->severity == PREFLIGHT_FAIL && &r->lab->state.clusters[f->cluster] == r->cl &&
                 strcmp(f->check->name, "itlrecovery-small") == 0);
    }
    preflight_free(&found);
    return small;
}
