/* One run of a cluster and its change: time passes, with a look at the phones now and then. */
#include "sim/plan/back.h"

#include "sim/base/sys.h"

#include <string.h>

#define LOOK_LEAST_US 2000000ull
#define LOOK_MOST_US  60000000ull

/* The next look: soon where something changes or was done, later and later where nothing is. */
static uint64_t next_look(const struct record *r, uint64_t look_us, bool acted)
{
    /* A look at many phones takes as long as some thousand events. */
    uint64_t least = LOOK_LEAST_US + 50ull * r->lab->state.phone_count;
    uint32_t n = r->sample_count;
    bool still = !acted && n >= 2 &&
                 memcmp(r->samples[n - 1].phones, r->samples[n - 2].phones,
                        sizeof r->samples[0].phones) == 0;
    look_us = still ? look_us + look_us / 4 : least;
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
    uint32_t acts = 0; /* at the last look */
    for (;;) {
        if (!script_next(s->script, &step, e))
            return false;
        if (step.wants == SCRIPT_OVER)
            return session_over(s, e);
        uint64_t now_us = lab_now_us(s->lab);
        bool looks = r->begun && r->points_wanted;
        uint64_t wait_us = step.until_us > now_us ? (step.until_us - now_us) / 1000 : 0;
        look_us = looks ? next_look(r, look_us, r->act_count != acts) : UINT64_MAX - now_us;
        acts = r->act_count;
        if (looks && step.wants == SCRIPT_WANTS_TIME && look_us < wait_us)
            look_us = wait_us; /* a plan of months has no more looks than one of a night */
        script_pass(s->script, &step, now_us + look_us);
        record_sample(r);
        if (is_stopped(s))
            return err_set(e, "stopped by a signal");
    }
}
