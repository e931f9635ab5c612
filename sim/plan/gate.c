/* What fails in preflight before the change: behind which step it fails no more, and which step
 * must not be done as long as it does.  Asked of the lab as it was kept at the end of each step. */
#include "sim/plan/parts.h"

#include "nodes/certs.h"
#include "sim/preflight/judge.h"

#include <string.h>

/* ---- what an act touches ---- */

/* enum preflight_stops, of acts that touch anything that a check may stop. */
static const uint8_t touches[ACTS] = {
    [DO_REGENERATE] = PREFLIGHT_STOPS_RENEWAL,
    [DO_GENERATE] = PREFLIGHT_STOPS_RENEWAL,
    [DO_INSTALL] = PREFLIGHT_STOPS_RENEWAL,
    [DO_FIPS_ENABLE] = PREFLIGHT_STOPS_RENEWAL | PREFLIGHT_STOPS_SIGNERS,
    [DO_FIPS_DISABLE] = PREFLIGHT_STOPS_RENEWAL | PREFLIGHT_STOPS_SIGNERS,
    [DO_WEB_SECURITY] = PREFLIGHT_STOPS_RENEWAL,
    [DO_REUSE_CERTIFICATE] = PREFLIGHT_STOPS_RENEWAL,
    [DO_HOSTNAME] = PREFLIGHT_STOPS_NODES,
    [DO_DOMAIN] = PREFLIGHT_STOPS_NODES,
    [DO_ADDRESS] = PREFLIGHT_STOPS_NODES,
    [DO_REBUILD] = PREFLIGHT_STOPS_NODES,
    [DO_REMOVE] = PREFLIGHT_STOPS_NODES,
    [DO_ADD_NODE] = PREFLIGHT_STOPS_NODES,
    [DO_UPGRADE] = PREFLIGHT_STOPS_NODES,
    [DO_SWITCH_VERSION] = PREFLIGHT_STOPS_NODES,
    [DO_RESTORE] = PREFLIGHT_STOPS_RESTORE,
    [DO_MOVE] = PREFLIGHT_STOPS_MOVE,
    [DO_INSERT] = PREFLIGHT_STOPS_MOVE,
    [DO_BULK_IMPORT] = PREFLIGHT_STOPS_MOVE,
    [DO_CTL_MIXED_MODE] = PREFLIGHT_STOPS_MODE,
    [DO_CTL_NON_SECURE_MODE] = PREFLIGHT_STOPS_MODE,
};

static bool names_own(const struct act *a)
{
    return a->kind == DO_REGENERATE || a->kind == DO_GENERATE || a->kind == DO_INSTALL;
}

static uint8_t touched(const struct recorded_act *a)
{
    static const uint32_t signers = OWN_BIT(OWN_CALLMANAGER) | OWN_BIT(OWN_CALLMANAGER_ECDSA) |
                                    OWN_BIT(OWN_TVS) | OWN_BIT(OWN_ITLRECOVERY);
    bool signer = names_own(&a->act) && (signers & OWN_BIT(a->act.arg[0])) != 0;
    return touches[a->act.kind] | (signer ? PREFLIGHT_STOPS_SIGNERS : 0);
}

/* Phones that move leave one cluster for another: what fails in either matters. */
static bool is_stopped(const struct recorded_act *a, const struct plan_finding *f, uint8_t stops)
{
    uint8_t both = touched(a) & stops;
    return both != 0 && (a->cluster == f->cluster || (both & PREFLIGHT_STOPS_MOVE) != 0);
}

/* ---- whether it fails still ---- */

static bool fails_at(struct record *r, const struct recorded_point *point,
                     const struct preflight_check *check, uint32_t cluster)
{
    /* Of phones no file is asked: those of a point have other numbers. */
    const struct preflight_options o = { .lab = point->lab,
                                         .found = lab_found(r->lab),
                                         .cluster =
                                             lab_found(r->lab) == NULL ? NULL : lab_found_cluster };
    if (point->lab == NULL)
        return true;
    struct lab_mark mark = lab_mark(r->lab);
    bool fails = preflight_fails(&o, check, cluster);
    lab_rewind(r->lab, &mark);
    return fails;
}

/* The point at the end of that step of the plan. */
static const struct recorded_point *point_of(const struct plan *p, const struct record *r,
                                             uint32_t step)
{
    for (uint32_t i = 0; i < r->point_count; i++) {
        if (r->points[i].step == p->steps[step].number)
            return &r->points[i];
    }
    return &r->start;
}

/* What was found by trying takes as long as the search: it is asked behind the last step alone. */
static uint32_t find_mended(const struct plan *p, struct record *r,
                            const struct preflight_check *check, uint32_t cluster)
{
    for (uint32_t i = check->tries ? p->step_count - 1 : 0; i < p->step_count; i++) {
        if (!fails_at(r, point_of(p, r, i), check, cluster))
            return i + 1;
    }
    return 0;
}

/* The first step with an act that it stops; 0: none. */
static uint32_t first_stopped(const struct plan *p, const struct record *r,
                              const struct plan_finding *f, uint8_t stops)
{
    for (uint32_t i = 0; i < r->act_count; i++) {
        if (!is_stopped(&r->acts[i], f, stops))
            continue;
        for (uint32_t k = 0; k < p->step_count; k++) {
            if (p->steps[k].number == r->acts[i].step)
                return k + 1;
        }
    }
    return 0;
}

/* It fails until behind that step: the one that mends it is not stopped by it. */
static bool fails_then(struct record *r, const struct plan *p, const struct plan_finding *f,
                       const struct preflight_check *check, uint32_t step)
{
    if (f->mended != 0 && f->mended <= step)
        return false;
    if (check->by_end)
        return f->mended == 0;
    return !check->tries || fails_at(r, point_of(p, r, step - 1), check, f->cluster);
}

static void look_at(struct plan *p, struct record *r, struct plan_finding *f)
{
    const struct preflight_check *check = preflight_find(f->check);
    f->mended = find_mended(p, r, check, f->cluster);
    uint32_t step = first_stopped(p, r, f, check->stops);
    f->stops = step != 0 && fails_then(r, p, f, check, step) ? step : 0;
}

/* Findings of one check and cluster fail and are mended together. */
static const struct plan_finding *same_check(const struct plan *p, uint32_t i)
{
    for (uint32_t k = 0; k < i; k++) {
        const struct plan_finding *f = &p->preflight[k];
        if (f->fails && f->cluster == p->preflight[i].cluster &&
            strcmp(f->check, p->preflight[i].check) == 0)
            return f;
    }
    return NULL;
}

void plan_find_gates(struct plan *p, struct record *r)
{
    for (uint32_t i = 0; i < p->preflight_count && p->step_count > 0; i++) {
        struct plan_finding *f = &p->preflight[i];
        const struct plan_finding *same = same_check(p, i);
        if (!f->fails)
            continue;
        if (same == NULL)
            look_at(p, r, f);
        else
            f->mended = same->mended, f->stops = same->stops;
        p->head.unmended |= f->mended == 0;
        p->head.refused |= f->stops != 0;
        if (f->stops != 0)
            plan_add_text(&p->arena, &p->steps[f->stops - 1].refused,
                          plan_fmt(&p->arena, "%s. %s", f->fact, f->what));
    }
}
