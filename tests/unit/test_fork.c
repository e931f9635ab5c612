/* A fork goes on exactly as the original: every scenario is forked at random instants, with all
 * that is in flight; what the scenario does from there on is done to the fork as well, and both
 * must say the same to the end. */
#include "tests/unit/run_script.h"

#include "sim/base/sys.h"

#include <glob.h>
#include <stdio.h>

#define INSTANTS  2 /* of each scenario */
#define ACTS_MOST 64
#define WHOM_MOST 16

/* What the scenario does at one instant, to be done again. */
struct deed {
    bool is_step;
    char step[96];
    uint32_t cluster;
    struct act act;
    bool on_phones;
    struct lab_whom whom;
    uint32_t phones[WHOM_MOST];
};

struct deeds {
    struct observer observer;
    struct lab *lab;
    struct deed list[ACTS_MOST];
    uint32_t count;
};

static struct deed *next_deed(struct deeds *d)
{
    assert_true(d->count < ACTS_MOST);
    struct deed *deed = &d->list[d->count++];
    memset(deed, 0, sizeof *deed);
    return deed;
}

static void hear_act(void *ctx, uint32_t cluster, const struct act *act,
                     const struct lab_whom *whom, uint64_t now_us)
{
    struct deed *d = next_deed(ctx);
    (void)now_us;
    d->cluster = cluster;
    d->act = *act;
    d->on_phones = whom != NULL;
    if (whom == NULL)
        return;
    d->whom = *whom;
    assert_true(whom->count <= WHOM_MOST);
    for (uint32_t i = 0; i < whom->count; i++)
        d->phones[i] = whom->phones != NULL ? whom->phones[i] : whom->first + i;
}

static void hear_step(void *ctx, uint32_t step)
{
    struct deeds *deeds = ctx;
    struct deed *d = next_deed(deeds);
    d->is_step = true;
    snprintf(d->step, sizeof d->step, "%s", deeds->lab->record.steps[step].name);
}

/* Knobs and costs are set without an act. */
static void do_again(struct deeds *deeds, struct lab *fork)
{
    for (int k = 0; k < KNOBS; k++) {
        uint64_t value = deeds->lab->state.knobs.value[k];
        if (fork->state.knobs.value[k] != value)
            lab_set_knob(fork, (enum knob)k, value);
    }
    for (int k = 0; k < COSTS; k++) {
        uint64_t value = deeds->lab->state.costs[k];
        if (fork->state.costs[k] != value)
            lab_set_cost(fork, (enum cost)k, value);
    }
    for (uint32_t i = 0; i < deeds->count; i++) {
        struct deed *d = &deeds->list[i];
        d->whom.phones = d->phones;
        if (d->is_step)
            lab_step(fork, d->step);
        else if (d->on_phones)
            assert_true(lab_do_phones(fork, d->cluster, &d->act, &d->whom, NULL));
        else
            assert_true(lab_do(fork, d->cluster, &d->act, NULL));
    }
    deeds->count = 0;
}

static void open_scenario(struct run *r, const char *path)
{
    *r = (struct run){ .sets = { "phones=7" }, .set_count = 1 };
    struct session_options o = options_for(r, path, 5);
    open_file(r, &o);
}

/* Up to an instant, or to the end; false: it is over. */
static bool run_to(struct run *r, uint64_t until_us, struct script_step *step)
{
    for (;;) {
        if (!script_next(r->script, step, &r->e))
            fail_msg("%s", r->e.text);
        if (step->wants == SCRIPT_OVER)
            return false;
        if (lab_now_us(r->lab) >= until_us)
            return true;
        script_pass(r->script, step, until_us);
    }
}

static void pass(struct lab *fork, const struct script_step *step)
{
    if (step->wants == SCRIPT_WANTS_QUIET)
        lab_settle(fork, step->until_us);
    else
        lab_run_until(fork, step->until_us);
}

/* Both say the same from the fork on. */
static void same(struct lab *a, struct lab *b, const struct lab_trace *of_a,
                 const struct lab_trace *of_b)
{
    assert_true(lab_now_us(a) == lab_now_us(b));
    assert_true(of_a->trace.lines == of_b->trace.lines);
    assert_true(of_a->trace.hash == of_b->trace.hash);
    assert_true(lab_hash(a) == lab_hash(b));
    assert_true(a->driver->events(a->driver->self) == b->driver->events(b->driver->self));
}

static uint64_t forked_at(const char *path, uint64_t at_us)
{
    static struct deeds deeds;
    struct run r;
    struct script_step step;
    struct lab_trace mine = { 0 }, its = { 0 };
    open_scenario(&r, path);
    if (!run_to(&r, at_us, &step))
        fail_msg("%s is over at %llu us", path, (unsigned long long)at_us);
    struct lab *fork = lab_fork(r.lab);
    memset(&deeds, 0, sizeof deeds);
    deeds.lab = r.lab;
    deeds.observer = (struct observer){ .ctx = &deeds, .act = hear_act, .step = hear_step };
    lab_observe(r.lab, &deeds.observer);
    lab_trace_begin(&mine, r.lab, NULL, NULL);
    lab_trace_begin(&its, fork, NULL, NULL);
    while (step.wants != SCRIPT_OVER) {
        script_pass(r.script, &step, UINT64_MAX);
        pass(fork, &step);
        same(r.lab, fork, &mine, &its);
        if (!script_next(r.script, &step, &r.e))
            fail_msg("%s", r.e.text);
        do_again(&deeds, fork);
        /* What is due at this very instant the script may have let happen, to see if all is quiet.
         */
        lab_run_until(r.lab, lab_now_us(r.lab));
        lab_run_until(fork, lab_now_us(fork));
        same(r.lab, fork, &mine, &its);
    }
    uint64_t lines = mine.trace.lines;
    lab_trace_end(&mine, r.lab);
    lab_trace_end(&its, fork);
    lab_unobserve(r.lab, &deeds.observer);
    lab_free(fork);
    done(&r);
    return lines;
}

/* When the last cluster or fleet was there, and when it is over. */
static void length_of(const char *path, uint64_t *built_us, uint64_t *end_us)
{
    struct run r;
    struct script_step step;
    uint32_t clusters = 0, phones = 0;
    open_scenario(&r, path);
    do {
        if (!script_next(r.script, &step, &r.e))
            fail_msg("%s", r.e.text);
        if (r.lab->state.cluster_count != clusters || r.lab->state.phone_count != phones)
            *built_us = lab_now_us(r.lab);
        clusters = r.lab->state.cluster_count;
        phones = r.lab->state.phone_count;
        script_pass(r.script, &step, UINT64_MAX);
    } while (step.wants != SCRIPT_OVER);
    *end_us = lab_now_us(r.lab);
    done(&r);
}

static void every_scenario_at_any_instant(void **state)
{
    (void)state;
    glob_t files;
    struct rng rng = rng_of(1, "instants", 0);
    uint64_t lines = 0;
    assert_int_equal(glob("scenarios/*/*.lua", 0, NULL, &files), 0);
    assert_true(files.gl_pathc >= 49);
    for (size_t i = 0; i < files.gl_pathc; i++) {
        const char *path = files.gl_pathv[i];
        uint64_t built_us = 0, end_us = 0;
        length_of(path, &built_us, &end_us);
        if (end_us <= built_us + 1)
            fail_msg("%s: nothing comes behind its last cluster or fleet", path);
        for (int k = 0; k < INSTANTS; k++) {
            /* Half of them where things happen: in the first minutes. */
            uint64_t span_us = end_us - built_us - 1;
            if (k % 2 == 0 && span_us > 240000000)
                span_us = 240000000;
            lines += forked_at(path, built_us + 1 + rng_below(&rng, span_us));
        }
    }
    globfree(&files);
    assert_true(lines > 10000); /* much was still to come */
}

/* Asked of a fork, nothing of the original changes, whatever is done there. */
static void what_a_fork_does_is_its_own(void **state)
{
    (void)state;
    struct run whole, asked;
    struct script_step step;
    static const char path[] = "scenarios/regenerate/both-every-node.lua";
    open_scenario(&whole, path);
    open_scenario(&asked, path);
    lab_trace_begin(&whole.trace, whole.lab, NULL, NULL);
    lab_trace_begin(&asked.trace, asked.lab, NULL, NULL);
    assert_false(run_to(&whole, UINT64_MAX, &step));
    for (uint64_t at_us = 30000000; run_to(&asked, at_us, &step); at_us += 30000000) {
        struct lab *fork = lab_fork(asked.lab), *again = lab_fork(fork);
        struct act act = { .kind = DO_REGENERATE, .arg = { OWN_CALLMANAGER } };
        assert_true(lab_do(fork, 0, &act, NULL));
        struct act off = { .kind = DO_POWER };
        struct lab_whom all = { .count = fork->state.phone_count };
        assert_true(lab_do_phones(fork, 0, &off, &all, NULL));
        lab_settle(fork, lab_now_us(fork) + 600000000);
        assert_true(lab_hash(again) == lab_hash(asked.lab)); /* a fork of it is as it was */
        assert_true(lab_hash(fork) != lab_hash(asked.lab));
        lab_free(fork);
        lab_free(again);
    }
    assert_true(whole.trace.trace.hash == asked.trace.trace.hash);
    assert_true(lab_hash(whole.lab) == lab_hash(asked.lab));
    done(&whole);
    done(&asked);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_scenario_at_any_instant),
        cmocka_unit_test(what_a_fork_does_is_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
