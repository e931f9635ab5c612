/* The plan again: with other luck, with some phones off, with each node cut off, in the order of
 * the guides.  Each is a run of its own from the beginning, several at a time; what one says
 * depends on no other. */
#include "sim/lab_found.h"
#include "sim/plan/parts.h"
#include "sim/plan/recipe.h"

#include "sim/base/check.h"
#include "sim/base/count.h"
#include "sim/base/sys.h"
#include "sim/predict/recall.h"
#include "sim/predict/sample.h"
#include "sim/wire/text.h"

#include <pthread.h>
#include <string.h>

#define EACH        4   /* of a kind */
#define SAMPLE_MOST 600 /* together */

#define THREADS_MOST 16

/* ---- what is to be run ---- */

struct job {
    struct plan_run *run;
    uint32_t node; /* RUN_NODE: cluster << 8 | node */
};

struct jobs {
    const struct plan_options *options;
    struct view guide;              /* the Lua of it */
    const struct record *own;       /* the plan's own run: how phones stood before it */
    const uint32_t *only, *weights; /* the sample */
    uint32_t only_count;
    struct job *list;
    uint32_t count, cap, next;
    pthread_mutex_t lock;
    struct arena *arena; /* under the lock: texts */
};

/* ---- one run ---- */

struct running {
    struct record record;
    const struct job *job;
    struct arena arena;
    uint32_t off_percent;
    struct rng rng;
    uint32_t *off; /* phones that are off: by name, asked for in the order of their numbers */
};

/* Drawn from the seed, each phone for itself. */
static bool is_off(void *ctx, const char *name)
{
    const struct running *w = ctx;
    return rng_mix(rng_hash(w->job->run->seed + 1, view_str(name))) % 100 < w->off_percent;
}

static void cut(struct running *w, bool down)
{
    const struct job *j = w->job;
    struct link link = w->record.lab->driver->node_link_of(w->record.lab->driver->self, j->node);
    struct err e;
    link.down = down;
    struct act act = lab_link_act(DO_NODE_LINK, j->node & 255, &link);
    lab_do(w->record.lab, j->node >> 8, &act, &e);
}

static bool begins(void *ctx, struct err *e)
{
    struct running *w = ctx;
    if (!record_begin(&w->record, e))
        return false;
    if (w->job->run->kind == RUN_NODE)
        cut(w, true);
    return true;
}

/* The node comes back behind the change, and all goes quiet. */
static void node_comes_back(struct running *w)
{
    cut(w, false);
    lab_settle(w->record.lab, lab_now_us(w->record.lab) + 86400ull * 1000000);
}

/* A change may make phones by luck: one of the sample may not be there in another run. */
static bool is_here(const struct record *r, uint32_t phone)
{
    return phone < r->lab->state.phone_count;
}

static void count_outages(const struct record *r, struct plan_run *run, const uint32_t *only,
                          const uint32_t *weights, uint32_t count)
{
    struct lab_outage out;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t phone = only == NULL ? i : only[i];
        if (!is_here(r, phone) || !lab_outage_since(r->lab, phone, r->first_step, &out))
            continue;
        uint32_t weight = weights == NULL ? 1 : weights[i];
        run->out += weight;
        run->total_us += out.us * weight;
    }
    uint32_t steps = r->lab->record.step_count;
    struct lab_outage_step *step = mem_take(&sys_mem, (steps + 1) * sizeof *step);
    lab_outage_steps(r->lab, step);
    for (uint32_t i = r->first_step; i < steps; i++)
        run->most_us = step[i].most_once_us > run->most_us ? step[i].most_once_us : run->most_us;
    mem_free(&sys_mem, step);
}

static void count_phones(struct record *r, struct plan_run *run, const struct judged *j,
                         const uint32_t *only, const uint32_t *weights, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        uint32_t phone = only == NULL ? i : only[i], weight = weights == NULL ? 1 : weights[i];
        bool before = phone < r->had_count;
        if (!is_here(r, phone))
            continue;
        uint8_t had = before ? r->had[phone] | r->next[phone] : 0;
        bool hands = j->hands[phone] && !(before && r->hands[phone]);
        run->lost += plan_loses(r, phone) ? weight : 0;
        run->lost_now += ((j->now[phone] | j->next[phone]) & ~had) != 0 ? weight : 0;
        run->hands += hands ? weight : 0;
    }
    run->took_us = lab_now_us(r->lab) - r->begun_us;
    count_outages(r, run, only, weights, count);
}

static void run_in(struct running *w, struct jobs *jobs, struct session *s)
{
    struct plan_run *run = w->job->run;
    struct err e = { "" };
    record_init(&w->record, s, &w->arena);
    w->record.had = jobs->own->had;
    w->record.next = jobs->own->next;
    w->record.hands = jobs->own->hands;
    w->record.had_count = jobs->own->had_count;
    bool ran = run_all(s, &w->record, &e), begun = w->record.begun;
    if (begun && run->kind == RUN_NODE)
        node_comes_back(w);
    if (begun) {
        record_end(&w->record);
        struct judged j = judge_phones(&w->arena, &w->record);
        run->phones = run->whole ? s->lab->state.phone_count : jobs->only_count;
        count_phones(&w->record, run, &j, run->whole ? NULL : jobs->only,
                     run->whole ? NULL : jobs->weights, run->phones);
    }
    record_free(&w->record);
    if (ran)
        return;
    pthread_mutex_lock(&jobs->lock);
    run->error = plan_keep(jobs->arena, e.text);
    pthread_mutex_unlock(&jobs->lock);
}

static void run_job(struct jobs *jobs, const struct job *job)
{
    const struct plan_options *o = jobs->options;
    struct session_options so = o->session;
    struct running w = { .job = job, .arena = arena_of(&sys_mem) };
    struct err e = { "" };
    so.lab.seed = job->run->seed;
    so.lab.only = job->run->whole ? NULL : jobs->only;
    so.lab.only_count = job->run->whole ? 0 : jobs->only_count;
    so.lab.strangers = so.lab.strangers != (job->run->kind == RUN_LISTS);
    so.script.shelf = jobs->own->session->options.script.shelf;
    so.lab.recall = jobs->own->session->options.lab.recall;
    so.script.then_begins = begins;
    so.script.then_ctx = &w;
    so.script.out = so.notes = NULL;
    if (job->run->kind == RUN_GUIDE) {
        so.script.then = "the guides";
        so.script.then_text = jobs->guide;
    }
    if (job->run->kind == RUN_OFF) {
        w.off_percent = o->off_percent;
        so.script.off = is_off;
        so.script.off_ctx = &w;
    }
    struct session *s = session_new(&so, &e);
    if (s != NULL) {
        run_in(&w, jobs, s);
    } else {
        pthread_mutex_lock(&jobs->lock);
        job->run->error = plan_keep(jobs->arena, e.text);
        pthread_mutex_unlock(&jobs->lock);
    }
    session_free(s);
    arena_free(&w.arena);
}

/* ---- all of them ---- */

static void *work(void *ctx)
{
    struct jobs *jobs = ctx;
    for (;;) {
        pthread_mutex_lock(&jobs->lock);
        const struct job *job = jobs->next < jobs->count ? &jobs->list[jobs->next++] : NULL;
        pthread_mutex_unlock(&jobs->lock);
        if (job == NULL)
            return NULL;
        run_job(jobs, job);
    }
}

static void run_jobs(struct jobs *jobs)
{
    pthread_t threads[THREADS_MOST];
    uint32_t wanted = jobs->options->threads < THREADS_MOST ? jobs->options->threads : THREADS_MOST;
    uint32_t begun = 0;
    CHECK(pthread_mutex_init(&jobs->lock, NULL) == 0);
    recall_close(jobs->own->session->options.lab.recall);
    while (begun + 1 < wanted && begun + 1 < jobs->count &&
           pthread_create(&threads[begun], NULL, work, jobs) == 0)
        begun++;
    work(jobs);
    for (uint32_t i = 0; i < begun; i++)
        CHECK(pthread_join(threads[i], NULL) == 0);
    pthread_mutex_destroy(&jobs->lock);
}

static struct plan_run *new_run(struct plan *p, enum plan_run_kind kind, const char *name,
                                uint64_t seed)
{
    struct plan_run *run =
        plan_more(&p->arena, &p->runs.list, &p->runs.count, &p->runs.cap, sizeof *p->runs.list);
    *run = (struct plan_run){ .kind = (uint8_t)kind, .name = name, .seed = seed };
    return run;
}

static void add_own(struct plan *p, struct record *r)
{
    struct plan_run *own = new_run(p, RUN_SEED, "the plan itself", p->head.seed);
    own->whole = true;
    own->phones = p->head.phones;
    own->error = p->head.error;
    struct judged j = judge_phones(&p->arena, r);
    count_phones(r, own, &j, NULL, NULL, own->phones);
}

static void add_runs(struct plan *p, struct record *r, const struct plan_options *o)
{
    struct arena *a = &p->arena;
    char name[LAB_NODE_NAME];
    add_own(p, r);
    for (uint32_t i = 1; i < o->seeds; i++)
        new_run(p, RUN_SEED, plan_fmt(a, "seed %llu", (unsigned long long)(p->head.seed + i)),
                p->head.seed + i);
    p->runs.seeds = p->runs.count;
    if (o->off_percent > 0)
        new_run(p, RUN_OFF, plan_fmt(a, "%u %% of the phones off", o->off_percent), p->head.seed);
    const struct lab_found *found = lab_found(r->lab);
    if (found != NULL && found->by_hash_count > 0)
        new_run(p, RUN_LISTS,
                o->session.lab.strangers
                    ? "lists known by their hash hold the certificates known here"
                    : "lists known by their hash hold certificates of strangers",
                p->head.seed);
    for (uint32_t c = 0; o->each_node_down && c < r->base->state.cluster_count; c++) {
        FOR_EACH_NODE(&r->base->state.clusters[c], n)
        {
            lab_node_name(r->base, c << 8 | n, name);
            new_run(p, RUN_NODE, plan_fmt(a, "%s cut off", name), p->head.seed);
        }
    }
}

/* Own certificates that the change renews, of the first cluster in which it does: none of one that
 * the change itself builds, for which no guide could begin. */
static uint32_t renewed(const struct record *r, uint32_t *cluster)
{
    uint32_t own = 0;
    for (uint32_t i = 0; i < r->act_count; i++) {
        const struct recorded_act *a = &r->acts[i];
        if (a->act.kind != DO_REGENERATE && a->act.kind != DO_GENERATE && a->act.kind != DO_INSTALL)
            continue;
        if (a->cluster >= r->base->state.cluster_count)
            continue;
        if (own == 0)
            *cluster = a->cluster;
        own |= a->cluster == *cluster ? OWN_BIT(a->act.arg[0]) : 0;
    }
    return own;
}

/* The names of its steps. */
static void list_order(struct plan *p, struct view text)
{
    struct view left = text;
    while (left.n > 0) {
        struct view line = text_cut(&left, '\n');
        if (line.n > 20 && memcmp(line.p, "step(\"", 6) == 0) {
            struct view rest = view_sub(line, 6, line.n - 6), name = text_cut(&rest, '"');
            plan_add_text(&p->arena, &p->guide_order, arena_text(&p->arena, name));
        }
    }
}

static void add_guide(struct plan *p, const struct record *r, const struct plan_options *o,
                      struct jobs *jobs)
{
    uint32_t cluster = 0, own = renewed(r, &cluster);
    const char *title;
    if (o->no_guide || own == 0)
        return;
    jobs->guide = recipe_guide(r->base, cluster, own, &p->arena, &title);
    if (jobs->guide.p == NULL)
        return;
    new_run(p, RUN_GUIDE, title, p->head.seed);
    p->guide = p->runs.count;
    list_order(p, jobs->guide);
}

/* The nodes of the runs in which one is cut off, in their order. */
static void name_nodes(struct jobs *jobs, const struct record *r)
{
    uint32_t k = 0;
    for (uint32_t c = 0; c < r->base->state.cluster_count; c++) {
        FOR_EACH_NODE(&r->base->state.clusters[c], n)
        {
            while (k < jobs->count && jobs->list[k].run->kind != RUN_NODE)
                k++;
            if (k < jobs->count)
                jobs->list[k++].node = c << 8 | n;
        }
    }
}

/* All phones where that is paid: what is no other luck first. */
static uint32_t choose_whole(struct plan *p, const struct plan_options *o, uint64_t events)
{
    uint64_t most = o->whole_events != 0 ? o->whole_events : PLAN_WHOLE_EVENTS;
    uint64_t left = most / (events > 0 ? events : 1);
    uint32_t sampled = 0;
    for (int seeds = 0; seeds < 2; seeds++) {
        for (uint32_t i = 1; i < p->runs.count; i++) {
            struct plan_run *run = &p->runs.list[i];
            if ((run->kind == RUN_SEED) != (seeds == 1))
                continue;
            run->whole = left > 0;
            sampled += left == 0;
            left -= left > 0;
        }
    }
    return sampled;
}

/* Hands first, then what is lost at the end, then time. */
static int worse(const struct plan_run *a, const struct plan_run *b)
{
    if ((a->error != NULL) != (b->error != NULL))
        return a->error != NULL ? 1 : -1;
    if (a->hands != b->hands)
        return a->hands > b->hands ? 1 : -1;
    if (a->lost_now != b->lost_now)
        return a->lost_now > b->lost_now ? 1 : -1;
    if (a->total_us != b->total_us)
        return a->total_us > b->total_us ? 1 : -1;
    return 0;
}

/* The usual one is the middle of the seeds. */
static void rank(struct plan_runs *runs)
{
    uint32_t *order = mem_take(&sys_mem, ((size_t)runs->count + 1) * sizeof *order);
    for (uint32_t i = 0; i < runs->seeds; i++) {
        uint32_t at = i;
        for (; at > 0 && worse(&runs->list[order[at - 1]], &runs->list[i]) > 0; at--)
            order[at] = order[at - 1];
        order[at] = i;
    }
    runs->usual = order[(runs->seeds - 1) / 2];
    runs->worst = 0;
    for (uint32_t i = 1; i < runs->count; i++) {
        if (runs->list[i].kind != RUN_GUIDE && worse(&runs->list[i], &runs->list[runs->worst]) > 0)
            runs->worst = i;
    }
    mem_free(&sys_mem, order);
}

static const char *sample_words(struct arena *a, uint32_t runs, uint32_t phones, uint32_t all)
{
    return plan_fmt(
        a,
        "%s of the runs were made with %s in place of %s: of those that are alike when the plan is "
        "over (what they hold, model, place, row in the database, what they lost) up to %d from "
        "all "
        "over the fleet. Counts are those of the phones that they stand for; how long a reset of "
        "the "
        "whole fleet takes, and what rush it makes at the servers, these runs do not tell.",
        COUNTED(runs), COUNTED_OF(phones, "phone"), COUNTED(all), EACH);
}

/* Where both cases differ nobody can know which it is. */
static void say_lists(struct plan *p)
{
    const struct plan_run *own = &p->runs.list[0], *other = NULL;
    for (uint32_t i = 0; i < p->runs.count; i++)
        other = p->runs.list[i].kind == RUN_LISTS ? &p->runs.list[i] : other;
    if (other == NULL || (other->hands == own->hands && other->lost_now == own->lost_now))
        return;
    plan_add_text(&p->arena, &p->head.cannot_know,
                  plan_fmt(&p->arena,
                           "Some phones hold a list that is known by its hash alone: with the one "
                           "reading of it %s need a visit behind this plan and %s lack something, "
                           "with the other %s and %s. The file of that list would settle it.",
                           COUNTED_OF(own->hands, "phone"), COUNTED(own->lost_now),
                           COUNTED(other->hands), COUNTED(other->lost_now)));
}

void plan_fill_runs(struct plan *p, struct record *r, const struct plan_options *o)
{
    struct losses *l = &r->session->losses;
    uint32_t phones = r->lab->state.phone_count;
    uint32_t *only = mem_take(&sys_mem, ((size_t)phones + 1) * sizeof *only);
    uint32_t *weights = mem_take(&sys_mem, ((size_t)phones + 1) * sizeof *weights);
    struct jobs jobs = {
        .options = o, .only = only, .weights = weights, .own = r, .arena = &p->arena
    };
    add_runs(p, r, o);
    add_guide(p, r, o, &jobs);
    uint32_t sampled = choose_whole(p, o, r->lab->driver->events(r->lab->driver->self));
    if (sampled > 0) {
        jobs.only_count = sample_find(l, EACH, SAMPLE_MOST, only);
        if (jobs.only_count == 0) /* so many kinds: one of each, however many they are */
            jobs.only_count = sample_find(l, 1, phones, only);
        sample_weights(l, only, jobs.only_count, weights);
        p->runs.sampled = sample_words(&p->arena, sampled, jobs.only_count, phones);
    }
    jobs.list = mem_take(&sys_mem, ((size_t)p->runs.count + 1) * sizeof *jobs.list);
    for (uint32_t i = 1; i < p->runs.count; i++)
        jobs.list[jobs.count++] = (struct job){ &p->runs.list[i], 0 };
    name_nodes(&jobs, r);
    if (jobs.count > 0)
        run_jobs(&jobs);
    rank(&p->runs);
    say_lists(p);
    mem_free(&sys_mem, jobs.list);
    mem_free(&sys_mem, only);
    mem_free(&sys_mem, weights);
}
