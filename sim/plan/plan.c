/* The plan that is made of one run of a cluster and its change. */
#include "sim/plan/back.h"

#include "sim/base/sys.h"
#include "sim/predict/recall.h"

#include <string.h>

static void fill_in(struct plan *p, struct record *r, const struct plan_options *o,
                    const char *error)
{
    struct report report;
    struct session *s = r->session;
    session_report(s, o->hands_minutes, o->people, &report);
    plan_fill_head(p, r, &report, error);
    plan_fill_steps(p, r, &report);
    plan_fill_risks(p, r, &report);
    plan_fill_places(p, r);
    plan_fill_trust(&p->before, r, &r->start);
    if (r->point_count > 0)
        plan_fill_trust(&p->after, r, &r->points[r->point_count - 1]);
    plan_find_gates(p, r);
    back_try(p, r);
    plan_fill_runs(p, r, o);
    plan_say_verdict(p, r);
    report_free(&report);
}

struct beginning {
    struct record record;
    struct plan *plan;
};

static bool begins(void *ctx, struct err *e)
{
    struct beginning *b = ctx;
    plan_look_before(b->plan, &b->record);
    return record_begin(&b->record, e);
}

/* There is something to make a page of; of a change that ended with an error (`ran` false) as far
 * as it came. */
static bool has_plan(bool ran, const struct record *r, const struct plan_options *o, struct err *e)
{
    const char *from = o->session.script.path;
    if (r->lab->state.cluster_count == 0)
        return err_set(e, "%.300s: it has no cluster", from);
    if (r->base == NULL)
        return err_set(
            e,
            "%.300s: it has no phones, so that nothing can be said of what a change costs "
            "them: import a BAT export or AXL listPhone beside the rest, or add them, "
            "hq:phones { count = 100, model = \"8841\" }",
            from);
    /* One step is there before any that the change names. */
    if (!ran || r->act_count > 0 || r->lab->record.step_count > r->first_step + 1)
        return true;
    return err_set(e, "%.300s: it has no step() and no act: there is nothing to plan",
                   o->session.script.then);
}

bool plan_make(const struct plan_options *o, struct plan *out, struct err *e)
{
    struct session_options so = o->session;
    struct beginning b = { .plan = out };
    struct record *r = &b.record;
    memset(out, 0, sizeof *out);
    out->arena = arena_of(&sys_mem);
    so.script.then_begins = begins;
    so.script.then_ctx = &b;
    so.lab.recall = recall_new();
    struct session *s = session_new(&so, e);
    if (s == NULL) {
        recall_free(so.lab.recall);
        return false;
    }
    record_init(r, s, &out->arena);
    s->losses.longest = PLAN_LONGEST;
    r->points_wanted = true;
    bool ran = run_all(s, r, e), good = r->begun && has_plan(ran, r, o, e);
    if (good) {
        record_end(r);
        fill_in(out, r, o, ran ? NULL : e->text);
    } else if (!ran) {
        (void)err_prefix(e, "before the change begins");
    }
    record_free(r);
    session_free(s);
    recall_free(so.lab.recall);
    return good;
}

void plan_free(struct plan *p)
{
    arena_free(&p->arena);
    memset(p, 0, sizeof *p);
}
