#include "sim/predict/known.h"

#include "sim/base/sys.h"
#include "sim/core/mic.h"
#include "sim/predict/try.h"

#include <string.h>

#define DAY_US    (24 * 3600ull * 1000000)
#define PATH_MOST 128     /* questions of one phone */
#define ENDS_MOST 1000000 /* some 100 MB with what was asked */
#define HEARD     1024    /* answers of one trial, a power of two */

/* ---- what is kept ---- */

struct question {
    uint32_t a, b; /* as in struct ask */
    uint16_t node;
    uint8_t kind, file, transport;
};

/* All that a phone asked from its first boot on, in order: the same for many. */
struct asked {
    uint32_t first, count; /* of `questions` */
};

/* What it holds in the end. */
enum { HOLDS_NOTHING, HOLDS_WHAT_IT_HAD, HOLDS_ANSWER /* and its place */ };

/* What became of one that asked this and was told that. */
struct end {
    uint64_t said, took_us;
    uint32_t asked; /* index */
    uint32_t next;  /* 1 + another one of the same beginning; 0: none */
    uint32_t events;
    uint16_t ctl, itl, config; /* HOLDS_... */
    uint8_t lost, boots;
    uint8_t key, ctl_by, itl_by; /* as in struct phone */
};

/* An answer that the trial under way gives to all who ask alike. */
struct heard {
    uint64_t key; /* 0: none */
    uint64_t said;
    uint32_t file; /* 0: it is none */
};

/* A phone and what it asks and is told. */
struct walk {
    struct phone start;
    uint64_t said;  /* all answers so far */
    uint32_t count; /* of them */
    bool is_lost;   /* it is not kept */
    uint32_t events;
    uint64_t last_us;
    uint32_t file[PATH_MOST]; /* of each answer; 0: it was none */
    struct question question[PATH_MOST];
};

struct known {
    uint64_t from_us, until_us; /* no date begins or ends between */
    struct table starts;        /* how a phone began: 1 + the first of `ends` */
    struct table asked_at;      /* of `asked`, by all its questions */
    struct question *questions;
    struct asked *asked;
    struct end *ends;
    uint32_t question_count, question_cap, asked_count, asked_cap, end_count, end_cap;
    struct walk *walks; /* by phone of the trial */
    uint32_t walk_cap;
    uint64_t *starts_of; /* likewise */
    uint32_t start_cap;
    struct heard heard[HEARD];
    struct lab *trial; /* the one under way */
};

/* ---- answers ---- */

static uint64_t said_of(const struct content *c, enum ask_result result, const struct event *e)
{
    if (result != ASK_ANSWERED)
        return rng_mix((uint64_t)result + 1);
    bool content = e->type == EVENT_FILE || e->type == EVENT_TLS_CERT || e->type == EVENT_TVS_REPLY;
    uint64_t h = rng_mix((uint64_t)e->type << 40 | (uint64_t)e->status << 32 | e->roles);
    return rng_mix(h ^ (content ? content_meaning(c, e->a) : e->a) ^ (uint64_t)e->b << 32);
}

static uint32_t file_of(enum ask_result result, const struct event *e)
{
    return result == ASK_ANSWERED && e->type == EVENT_FILE ? e->a : 0;
}

static uint32_t payload_of(const struct content *c, uint32_t file)
{
    return content_kind(c, file) == CT_FILE ? content_get_file(c, file)->payload : 0;
}

/* Whether it is what the phone holds, and which answer before it was the same. */
static uint64_t as_held(const struct content *c, const struct walk *w, uint32_t file)
{
    uint32_t config = payload_of(c, file), before = 0;
    uint64_t same = (uint64_t)(file == w->start.ctl) | (uint64_t)(file == w->start.itl) << 1 |
                    (uint64_t)(config != 0 && config == w->start.config) << 2;
    while (before < w->count && w->file[before] != file)
        before++;
    return same | (uint64_t)before << 8;
}

/* One more on the path. */
static void hear(const struct content *c, struct walk *w, uint64_t said, uint32_t file)
{
    uint64_t held = file == 0 ? 0 : as_held(c, w, file) + 1;
    w->said = rng_mix(w->said ^ said) + held;
    w->file[w->count++] = file;
}

static void begin_walk(struct walk *w, const struct phone *p)
{
    w->start = *p;
    w->said = w->last_us = 0;
    w->count = w->events = 0;
    w->is_lost = false;
}

/* ---- who is known ---- */

static uint64_t link_of(uint64_t h, const struct link *l)
{
    h = rng_mix(h ^ l->delay_us) + l->jitter_us;
    return rng_mix(h ^ ((uint64_t)l->loss_ppm << 32 | l->rate)) + ((uint64_t)l->mtu << 1 | l->down);
}

static uint64_t gates_of(const struct lab *lab, uint64_t h)
{
    for (int i = 0; i < PHONE_GATES; i++) {
        const struct phone_gate *g = &lab->state.gates[i];
        h = rng_mix(h ^ ((uint64_t)g->count << 2 | g->mics << 1 | g->open));
        for (uint32_t n = 0; n < g->count; n++)
            h = rng_mix(h ^ content_meaning(lab->base->content, g->cas[n]));
    }
    return h;
}

/* All that makes a difference to phones and is no answer: addresses and names of nodes, the
 * network, whom the gates take. */
static uint64_t around(const struct lab *lab)
{
    const struct driver *d = lab->driver;
    uint64_t h = gates_of(lab, 1);
    for (uint32_t c = 0; c < lab->state.cluster_count; c++) {
        const struct cluster *cl = &lab->state.clusters[c];
        h = rng_mix(h ^ network_hash(cl)) + cl->db.params[PARAM_MAX_SERVING];
        FOR_EACH_NODE(cl, n)
        {
            const struct node_disk *disk = &cl->nodes[n].disk;
            struct link link = d->node_link_of(d->self, c << 8 | n);
            h = rng_hash(rng_hash(h, view_str(disk->name)), view_str(disk->domain));
            h = rng_mix(h ^ ((uint64_t)disk->ip << 16 | n << 1 | cl->nodes[n].run.off));
            h = link_of(h, &link);
        }
    }
    return h;
}

static uint64_t start_of(const struct lab *lab, uint32_t phone, uint32_t who, uint64_t around)
{
    const struct driver *d = lab->driver;
    struct link link = d->phone_link_of(d->self, phone);
    uint64_t h = rng_mix(try_state(lab, phone) ^ around);
    h = rng_mix(h ^ ((uint64_t)who << 8 | lab->state.phones[phone].key));
    return rng_mix(link_of(h, &link) ^ lab_site_of(lab, phone)) | 1;
}

/* It is asked once for all who would be told the same. */
static const struct heard *ask(struct known *k, uint32_t phone, const struct question *q)
{
    struct lab *lab = k->trial;
    const struct cluster *cl = &lab->state.clusters[q->node >> 8];
    uint64_t row = phone < cl->db.device_count ? cl->db.device_class[phone] : 0;
    uint64_t key = rng_mix(((uint64_t)q->a << 32 | q->b) ^ row << 16 ^
                           (uint64_t)lab->state.phones[phone].model << 56);
    key = rng_mix(key ^ ((uint64_t)q->node << 48 | (uint64_t)q->kind << 40 |
                         (uint64_t)q->file << 32 | q->transport)) |
          1;
    struct heard *h = &k->heard[key >> 1 & (HEARD - 1)];
    if (h->key == key)
        return h;
    struct ask ask = { .kind = q->kind,
                       .file = q->file,
                       .transport = q->transport,
                       .device = phone,
                       .a = q->a,
                       .b = q->b };
    struct event e = { 0 };
    enum ask_result result = lab->world.ask(lab->world.ctx, q->node, &ask, lab_now_us(lab), &e);
    *h = (struct heard){ key, said_of(lab->base->content, result, &e), file_of(result, &e) };
    return h;
}

/* To be registered without a row changes the cluster. */
static bool has_row(const struct lab *lab, uint32_t node, uint32_t phone)
{
    const struct device_class *row = config_class_of(&lab->state.clusters[node >> 8], phone);
    return row != NULL && !row->fresh;
}

/* What this trial would tell it; false: that cannot be said without a boot. */
static bool ask_all(struct known *k, uint32_t phone, const struct asked *asked, struct walk *w)
{
    const struct lab *lab = k->trial;
    w->said = 0;
    w->count = 0;
    for (uint32_t i = 0; i < asked->count; i++) {
        const struct question *q = &k->questions[asked->first + i];
        if (q->kind == ASK_REGISTER && !has_row(lab, q->node, phone))
            return false;
        const struct heard *h = ask(k, phone, q);
        hear(lab->base->content, w, h->said, h->file);
    }
    return true;
}

/* NULL: it is not known.  Behind it the walk has the answers. */
static const struct end *find_end(struct known *k, uint32_t phone, uint64_t start, struct walk *w)
{
    const uint32_t *first = table_get(&k->starts, start);
    uint32_t asked = UINT32_MAX;
    bool told = false;
    for (uint32_t i = first == NULL ? 0 : *first; i != 0; i = k->ends[i - 1].next) {
        const struct end *end = &k->ends[i - 1];
        if (end->asked != asked)
            told = ask_all(k, phone, &k->asked[asked = end->asked], w);
        if (told && w->said == end->said && lab_now_us(k->trial) + end->took_us < k->until_us)
            return end;
    }
    return NULL;
}

/* ---- keeping ---- */

static struct walk *walk_of(void *ctx, uint32_t phone)
{
    return &((struct known *)ctx)->walks[phone];
}

/* CAPF and other nodes' files leave something behind in the clusters. */
static bool leaves_traces(const struct lab *lab, uint32_t node, const struct ask *ask,
                          enum ask_result result)
{
    return ask->by_node || ask->came != CAME_NOTHING || result == ASK_ELSEWHERE ||
           (ask->kind >= ASK_CAPF_AUTH && ask->kind <= ASK_CAPF_DONE) ||
           (ask->kind == ASK_REGISTER && !has_row(lab, node, ask->device));
}

static void hear_ask(void *ctx, uint32_t node, const struct ask *ask, enum ask_result result,
                     const struct event *answer, uint64_t now_us)
{
    struct known *k = ctx;
    struct walk *w = walk_of(k, ask->device);
    const struct content *c = k->trial->base->content;
    (void)now_us;
    w->events++;
    w->is_lost = w->is_lost || w->count == PATH_MOST || leaves_traces(k->trial, node, ask, result);
    if (w->is_lost)
        return;
    w->question[w->count] = (struct question){ .a = ask->a,
                                               .b = ask->b,
                                               .node = (uint16_t)node,
                                               .kind = ask->kind,
                                               .file = ask->file,
                                               .transport = ask->transport };
    hear(c, w, said_of(c, result, answer), file_of(result, answer));
}

static void hear_phone(void *ctx, uint32_t phone, const struct phone *before,
                       const struct event *event, const struct outbox *out,
                       const struct phone *after, uint64_t now_us)
{
    struct walk *w = walk_of(ctx, phone);
    (void)before, (void)event, (void)out, (void)after;
    w->events++;
    w->last_us = now_us;
}

static bool is_asked(const struct known *k, const struct asked *asked, const struct walk *w)
{
    bool same = asked->count == w->count;
    for (uint32_t i = 0; i < w->count && same; i++) {
        const struct question *x = &k->questions[asked->first + i], *y = &w->question[i];
        same = x->a == y->a && x->b == y->b && x->node == y->node && x->kind == y->kind &&
               x->file == y->file && x->transport == y->transport;
    }
    return same;
}

static uint64_t questions_key(const struct walk *w)
{
    uint64_t h = w->count;
    for (uint32_t i = 0; i < w->count; i++) {
        const struct question *q = &w->question[i];
        h = rng_mix(h ^ ((uint64_t)q->a << 32 | q->b));
        h = rng_mix(h ^ ((uint64_t)q->node << 24 | (uint64_t)q->kind << 16 |
                         (uint64_t)q->file << 8 | q->transport));
    }
    return h | 1;
}

/* Index of what it asked, kept once. */
static uint32_t asked_of(struct known *k, const struct walk *w)
{
    uint64_t key = questions_key(w);
    uint32_t at = 0, i;
    while (table_next(&k->asked_at, key, &at, &i)) {
        if (is_asked(k, &k->asked[i], w))
            return i;
    }
    mem_reserve(&sys_mem, (void **)&k->questions, &k->question_cap,
                (size_t)k->question_count + w->count, sizeof *k->questions);
    mem_reserve(&sys_mem, (void **)&k->asked, &k->asked_cap, (size_t)k->asked_count + 1,
                sizeof *k->asked);
    if (w->count > 0) /* who asked nothing needs no room, and there may be none yet */
        memcpy(k->questions + k->question_count, w->question, w->count * sizeof *k->questions);
    k->asked[k->asked_count] = (struct asked){ k->question_count, w->count };
    k->question_count += w->count;
    table_add(&k->asked_at, key, k->asked_count);
    return k->asked_count++;
}

/* Where it has it from; false: from nowhere that is known. */
static bool where_from(const struct content *c, const struct walk *w, uint32_t had, uint32_t holds,
                       bool config, uint16_t *from)
{
    *from = holds == 0 ? HOLDS_NOTHING : HOLDS_WHAT_IT_HAD;
    if (holds == 0 || holds == had)
        return true;
    for (uint32_t i = 0; i < w->count; i++) {
        uint32_t file = w->file[i];
        if (file != 0 && (config ? payload_of(c, file) : file) == holds) {
            *from = (uint16_t)(HOLDS_ANSWER + i);
            return true;
        }
    }
    return false;
}

/* Those that asked the same stand together. */
static void add_end(struct known *k, uint64_t start, const struct end *end)
{
    uint32_t *first = table_get(&k->starts, start), i = first == NULL ? 0 : *first;
    mem_reserve(&sys_mem, (void **)&k->ends, &k->end_cap, (size_t)k->end_count + 1,
                sizeof *k->ends);
    struct end *new = &k->ends[k->end_count++];
    *new = *end;
    new->next = first == NULL ? 0 : *first;
    while (i != 0 && k->ends[i - 1].asked != end->asked)
        i = k->ends[i - 1].next;
    if (i != 0) {
        new->next = k->ends[i - 1].next;
        k->ends[i - 1].next = k->end_count;
    } else {
        table_put(&k->starts, start, k->end_count);
    }
}

static void keep_end(struct known *k, uint32_t phone, uint64_t began_us, uint8_t lost,
                     uint8_t boots)
{
    const struct content *c = k->trial->base->content;
    const struct walk *w = walk_of(k, phone);
    const struct phone *p = &k->trial->state.phones[phone];
    struct end end = { .said = w->said,
                       .took_us = w->last_us > began_us ? w->last_us - began_us : 0,
                       .events = w->events,
                       .lost = lost,
                       .boots = boots,
                       .key = p->key,
                       .ctl_by = p->ctl_by,
                       .itl_by = p->itl_by };
    if (w->is_lost || w->last_us >= k->until_us || p->model != w->start.model ||
        p->lsc != w->start.lsc || !where_from(c, w, w->start.ctl, p->ctl, false, &end.ctl) ||
        !where_from(c, w, w->start.itl, p->itl, false, &end.itl) ||
        !where_from(c, w, w->start.config, p->config, true, &end.config))
        return;
    end.asked = asked_of(k, w);
    add_end(k, k->starts_of[phone], &end);
}

/* ---- trials ---- */

static bool is_clock_wrong(const struct cluster *cl)
{
    bool wrong = false;
    FOR_EACH_NODE(cl, n)
    wrong = wrong || cl->nodes[n].ahead_s != 0;
    return wrong;
}

/* Nothing but what phones ask makes a difference to them, and nothing comes by itself. */
static bool is_still(const struct known *k, struct lab *lab)
{
    bool still = lab->state.clock_count == 0 && lab->state.visit_count == 0 &&
                 lab_now_us(lab) >= k->from_us && lab_now_us(lab) < k->until_us &&
                 k->end_count < ENDS_MOST && lab->world.nodes_deadline_us(lab) == 0;
    for (uint32_t c = 0; c < lab->state.cluster_count && still; c++) {
        const struct cluster *cl = &lab->state.clusters[c];
        still = cl->db.remote_count == 0 && !is_clock_wrong(cl);
    }
    return still;
}

/* As if it had booted and been switched off. */
static void put_end(const struct lab *lab, struct phone *p, const struct end *end,
                    const struct walk *w)
{
    const struct content *c = lab->base->content;
    if (end->ctl != HOLDS_WHAT_IT_HAD)
        p->ctl = end->ctl == HOLDS_NOTHING ? 0 : w->file[end->ctl - HOLDS_ANSWER];
    if (end->itl != HOLDS_WHAT_IT_HAD)
        p->itl = end->itl == HOLDS_NOTHING ? 0 : w->file[end->itl - HOLDS_ANSWER];
    if (end->config != HOLDS_WHAT_IT_HAD)
        p->config =
            end->config == HOLDS_NOTHING ? 0 : payload_of(c, w->file[end->config - HOLDS_ANSWER]);
    if (end->ctl != HOLDS_WHAT_IT_HAD)
        p->ctl_by = end->ctl_by & 7;
    if (end->itl != HOLDS_WHAT_IT_HAD)
        p->itl_by = end->itl_by & 7;
    p->place = p->dhcp;
    p->key = end->key & 3;
}

/* What boots could change in clusters besides. */
static uint64_t changes_of(const struct lab *lab)
{
    uint64_t sum = 0;
    for (uint32_t c = 0; c < lab->state.cluster_count; c++) {
        const struct cluster *cl = &lab->state.clusters[c];
        sum += cl->change;
        FOR_EACH_NODE(cl, n)
        sum += cl->nodes[n].run.turn_us;
    }
    return sum;
}

/* Those of whom it is not known boot, and it is kept what came of it. */
static void do_boots(struct known *k, struct lab *lab, const bool *but, const uint8_t *had,
                     uint8_t *lost, uint8_t *boots)
{
    struct observer o = { .ctx = k, .ask = hear_ask, .phone = hear_phone };
    uint64_t began_us = lab_now_us(lab), before = changes_of(lab);
    lab_observe(lab, &o);
    try_boots_but(lab, but, had, lost, boots);
    lab_unobserve(lab, &o);
    bool same = changes_of(lab) == before;
    for (uint32_t i = 0; i < lab->state.phone_count && same; i++) {
        if (!but[i])
            keep_end(k, i, began_us, lost[i], boots[i]);
    }
}

void known_boots(struct known *k, struct lab *trial, const uint32_t *who, const uint8_t *had,
                 uint8_t *lost, uint8_t *boots)
{
    uint32_t count = trial->state.phone_count, left = 0;
    uint64_t until_us = lab_now_us(trial);
    if (!is_still(k, trial)) {
        try_boots(trial, had, lost, boots);
        return;
    }
    bool *but = mem_take(&sys_mem, (size_t)count + 1);
    uint64_t surroundings = around(trial);
    mem_reserve(&sys_mem, (void **)&k->walks, &k->walk_cap, count, sizeof *k->walks);
    mem_reserve(&sys_mem, (void **)&k->starts_of, &k->start_cap, count, sizeof *k->starts_of);
    memset(k->heard, 0, sizeof k->heard);
    k->trial = trial;
    for (uint32_t i = 0; i < count; i++) {
        struct walk *w = &k->walks[i];
        begin_walk(w, &trial->state.phones[i]);
        k->starts_of[i] = start_of(trial, i, who[i], surroundings);
        const struct end *end = find_end(k, i, k->starts_of[i], w);
        but[i] = end != NULL;
        left += end == NULL;
        if (end == NULL) {
            begin_walk(w, &trial->state.phones[i]);
            continue;
        }
        put_end(trial, &trial->state.phones[i], end, w);
        lost[i] = end->lost;
        boots[i] = end->boots;
        trial->base->tried += end->events;
        if (lab_now_us(trial) + end->took_us > until_us)
            until_us = lab_now_us(trial) + end->took_us;
    }
    if (left > 0)
        do_boots(k, trial, but, had, lost, boots);
    if (until_us > lab_now_us(trial))
        lab_run_until(trial, until_us);
    mem_free(&sys_mem, but);
}

/* ---- life ---- */

static uint64_t at_us(const struct lab *lab, int64_t unix_s)
{
    int64_t since_s = unix_s - lab->base->options.start_s;
    return since_s > 0 ? (uint64_t)since_s * 1000000 : 0;
}

/* Until when no date begins or ends; what comes of acts lasts a day at least. */
static uint64_t same_until_us(const struct lab *lab)
{
    const struct content *c = lab->base->content;
    uint64_t now_us = lab_now_us(lab), until_us = now_us + DAY_US;
    for (uint32_t i = 1; i < c->count; i++) {
        if (content_kind(c, i) != CT_CERT)
            continue;
        const struct ct_cert *cert = content_get_cert(c, i);
        uint64_t edges[] = { at_us(lab, cert->not_before_s), at_us(lab, cert->not_after_s + 1) };
        for (int e = 0; e < 2; e++)
            until_us = edges[e] > now_us && edges[e] < until_us ? edges[e] : until_us;
    }
    for (int ca = 0; ca < MIC_CAS; ca++) {
        uint64_t end_us = at_us(lab, mic_cas[ca].until_s + 1);
        until_us = end_us > now_us && end_us < until_us ? end_us : until_us;
    }
    return until_us;
}

struct known *known_new(const struct lab *lab)
{
    struct known *k = mem_take(&sys_mem, sizeof *k);
    memset(k, 0, sizeof *k);
    k->from_us = lab_now_us(lab);
    k->until_us = same_until_us(lab);
    k->starts = table_of(&sys_mem);
    k->asked_at = table_of(&sys_mem);
    return k;
}

void known_free(struct known *k)
{
    if (k == NULL)
        return;
    table_free(&k->starts);
    table_free(&k->asked_at);
    mem_free(&sys_mem, k->questions);
    mem_free(&sys_mem, k->asked);
    mem_free(&sys_mem, k->ends);
    mem_free(&sys_mem, k->walks);
    mem_free(&sys_mem, k->starts_of);
    mem_free(&sys_mem, k);
}
