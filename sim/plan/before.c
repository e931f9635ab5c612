/* What stands before the change: preflight in brief, what nobody can know, and what an unknown list
 * would make of the plan. */
#include "sim/plan/parts.h"

#include "sim/lab_found.h"
#include "sim/preflight/judge.h"

/* The same cluster where a list that is known by its hash alone holds certificates that nobody has;
 * NULL: there is no such list. */
static struct session *other_case(const struct record *r)
{
    const struct lab_found *found = lab_found(r->lab);
    struct session_options o = r->session->options;
    struct err e;
    if (found == NULL || found->by_hash_count == 0)
        return NULL;
    o.lab.strangers = !o.lab.strangers;
    o.script.then = NULL;
    o.script.out = o.notes = NULL;
    return session_present(&o, &e);
}

/* `made_up`: no file says anything of the cluster, so that nothing of it can be looked up. */
static void add_finding(struct plan *p, const struct preflight_finding *f, bool made_up)
{
    struct arena *a = &p->arena;
    if (f->severity == PREFLIGHT_PASS || (made_up && f->severity == PREFLIGHT_UNKNOWN))
        return;
    if (f->severity == PREFLIGHT_UNKNOWN) {
        plan_add_text(a, &p->head.cannot_know, plan_fmt(a, "%s. To collect: %s", f->fact, f->what));
        return;
    }
    struct plan_finding *new =
        plan_more(a, &p->preflight, &p->preflight_count, &p->preflight_cap, sizeof *new);
    *new = (struct plan_finding){ .fails = f->severity == PREFLIGHT_FAIL,
                                  .check = f->check->name,
                                  .cluster = f->cluster,
                                  .fact = plan_keep(a, f->fact),
                                  .what = plan_keep(a, f->what),
                                  .phones = f->who.phones };
}

void plan_look_before(struct plan *p, struct record *r)
{
    const struct lab_found *found = lab_found(r->lab);
    struct session *other = other_case(r);
    struct preflight found_there;
    struct preflight_options o = { .lab = r->lab,
                                   .strangers = other == NULL ? NULL : other->lab,
                                   .found = found,
                                   .cluster = found == NULL ? NULL : lab_found_cluster,
                                   .phone = found == NULL ? NULL : lab_found_phone };
    preflight_make(&o, &found_there);
    for (uint32_t i = 0; i < found_there.count; i++)
        add_finding(p, &found_there.list[i], found == NULL);
    p->checks_passed = found_there.counts[PREFLIGHT_PASS];
    preflight_free(&found_there);
    session_free(other);
}
