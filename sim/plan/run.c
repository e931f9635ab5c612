/* One run of a cluster and its change, and the plan that is made of it. */
#include "sim/plan/back.h"

#include "sim/base/sys.h"

#include <string.h>

/* ---- time, with a look at the phones now and then ---- */

#define LOOK_LEAST_US 2000000ull
#define LOOK_MOST_US  60000000ull

/* The next look: soon where something changes, later and later where nothing does. */
static uint64_t next_look(const struct record *r, uint64_t look_us)
{
    /* A look at many phones takes as long as some thousand events. */
    uint64_t least = LOOK_LEAST_US + 50ull * r->lab->state.phone_count;
    uint32_t n = r->sample_count;
    bool still = n >= 2 && memcmp(r->samples[n - 1].phones, r->samples[n - 2].phones,
                                  sizeof r->samples[0].phones) == 0;
    look_us = still ? 2 * look_us : least;
    return look_us < LOOK_MOST_US ? look_us : LOOK_MOST_US;
}

static bool is_stopped(const struct session *s)
{
    return s->options.script.stop != NULL && *s->options.script.stop != 0;
}

bool run_all(struct session *s, struct record *r, struct err *e)
{
    struct script_step step;
    uint64_t look_us = LOOK_LEAST_US;
    for (;;) {
        if (!script_next(s->script, &step, e))
            return false;
        if (step.wants == SCRIPT_OVER)
            return session_over(s, e);
        uint64_t now_us = lab_now_us(s->lab);
        bool looks = r->begun && r->points_wanted;
        uint64_t wait_us = step.until_us > now_us ? (step.until_us - now_us) / 1000 : 0;
        look_us = looks ? next_look(r, look_us) : UINT64_MAX - now_us;
        if (looks && step.wants == SCRIPT_WANTS_TIME && look_us < wait_us)
            look_us = wait_us; /* a plan of months has no more looks than one of a night */
        script_pass(s->script, &step, now_us + look_us);
        record_sample(r);
        if (is_stopped(s))
            return err_set(e, "stopped by a signal");
    }
}

/* ---- the plan ---- */

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
    back_try(p, r);
    plan_fill_runs(p, r, o);
    plan_say_verdict(p, r);
    report_free(&report);
}

struct beginning {
    struct record record;
    struct plan *plan;
};

static void begins(void *ctx)
{
    struct beginning *b = ctx;
    plan_look_before(b->plan, &b->record);
    record_begin(&b->record);
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
    struct session *s = session_new(&so, e);
    if (s == NULL)
        return false;
    record_init(r, s, &out->arena);
    r->points_wanted = true;
    bool ran = run_all(s, r, e), begun = r->begun;
    if (begun) {
        record_end(r);
        fill_in(out, r, o, ran ? NULL : e->text);
    }
    record_free(r);
    session_free(s);
    return begun || ran || err_prefix(e, "before the change begins");
}

void plan_free(struct plan *p)
{
    arena_free(&p->arena);
    memset(p, 0, sizeof *p);
}
