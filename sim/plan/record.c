/* What is written down while the change runs: acts, who is where at the end of each step, phones by
 * state now and then. */
#include "nodes/backup.h"
#include "nodes/services.h"
#include "sim/base/sys.h"
#include "sim/plan/back.h"
#include "sim/predict/group.h"
#include "sim/predict/way.h"

#include <string.h>

/* ---- acts ---- */

static const uint32_t *keep_phones(struct arena *a, const struct lab_whom *whom)
{
    struct view v = { (const uint8_t *)whom->phones, whom->count * sizeof *whom->phones };
    return whom->phones == NULL ? NULL : (const uint32_t *)(const void *)arena_copy(a, v).p;
}

/* The name that a node has before it gets another one. */
static const char *name_now(struct record *r, uint32_t cluster, const struct act *act)
{
    const struct node_disk *disk = &r->lab->state.clusters[cluster].nodes[act->node].disk;
    return act->kind == DO_HOSTNAME ? plan_keep(r->arena, disk->name)
           : act->kind == DO_DOMAIN ? plan_keep(r->arena, disk->domain)
                                    : NULL;
}

/* The first restore that rests on a certificate that nobody knows. */
static void hear_restore(struct record *r, uint32_t cluster, const struct act *act)
{
    const struct backup *b =
        backup_nth(&r->lab->state.clusters[cluster], act->arg[0] == 0 ? 1 : (uint32_t)act->arg[0]);
    const char *unknown = plan_backup_unknown(r->arena, r->lab, cluster, b, act->node);
    if (unknown != NULL && r->uncertain == NULL)
        r->uncertain = plan_fmt(
            r->arena, "the backup of %s is older than %s, and no file has what lay there then",
            plan_backup_time(r->arena, r->lab, b), unknown);
}

static void hear_act(void *ctx, uint32_t cluster, const struct act *act,
                     const struct lab_whom *whom, uint64_t now_us)
{
    struct record *r = ctx;
    char text[ACT_TEXT];
    struct wr w = wr_of(text, sizeof text - 1);
    if (!r->begun)
        return;
    if (act->kind == DO_RESTORE)
        hear_restore(r, cluster, act);
    struct recorded_act *new =
        plan_more(r->arena, &r->acts, &r->act_count, &r->act_cap, sizeof *r->acts);
    if (act_table[act->kind]->scope != ON_NODE && act_table[act->kind]->remedy.how != NULL) {
        way_put_act(&w, r->lab, (uint8_t)cluster, act);
        text[w.n < w.cap ? w.n : w.cap] = '\0';
    } else {
        act_print(&r->lab->state.clusters[cluster], act, text);
    }
    *new = (struct recorded_act){ .act = *act,
                                  .cluster = (uint8_t)cluster,
                                  .step = (uint16_t)(r->lab->record.step_count - 1),
                                  .at_us = now_us,
                                  .words = plan_keep(r->arena, text),
                                  .name = name_now(r, cluster, act) };
    if (whom != NULL) {
        new->phones = whom->count;
        new->first = whom->first;
        new->whom = keep_phones(r->arena, whom);
    }
    new->reverse = (uint8_t)reverse_of(r->lab, cluster, act, whom, &new->back);
}

/* ---- the end of a step ---- */

static bool every_phone(void *ctx, const struct lab *lab, uint32_t phone, uint16_t *lost)
{
    const struct record *r = ctx;
    uint8_t had = phone < r->had_count ? r->had[phone] : 0;
    *lost = (uint16_t)(had << FUNCTIONS | lab->state.phones[phone].lost);
    return !lab->state.cold[phone].absent;
}

static void count_phones(const struct lab *lab, struct recorded_point *p)
{
    for (uint32_t i = 0; i < lab->state.phone_count; i++) {
        const struct phone *phone = &lab->state.phones[i];
        if (phone->state == PHONE_OFF || lab->state.cold[i].absent)
            continue;
        enum lab_itl_status status = lab_itl_status(lab, i);
        p->on++;
        p->registered += phone_is_registered(phone);
        p->of_match += status != LAB_ITL_NOT_INSTALLED;
        p->match += status == LAB_ITL_MATCH;
    }
}

static void find_old(struct record *r, struct recorded_point *p)
{
    for (uint32_t c = 0; c < r->lab->state.cluster_count; c++) {
        const struct cluster *cl = &r->lab->state.clusters[c];
        for (int s = 0; s < SERVICES; s++) {
            const char *text = NULL;
            FOR_EACH_NODE(cl, n)
            {
                char name[LAB_NODE_NAME];
                if (!services_is_outdated(cl, n, (enum service)s))
                    continue;
                lab_node_name(r->lab, c << 8 | n, name);
                text = text == NULL
                           ? plan_fmt(r->arena, "%s on %s", service_name((enum service)s), name)
                           : plan_fmt(r->arena, "%s, %s", text, name);
            }
            if (text != NULL)
                plan_add_text(r->arena, &p->old, text);
        }
    }
}

static void keep_lab(struct record *r, struct recorded_point *p)
{
    struct phone_groups g;
    groups_find(r->lab, every_phone, r, &g);
    p->phones = g.count;
    p->whom = arena_take(r->arena, ((size_t)g.count + 1) * sizeof *p->whom);
    p->alike = arena_take(r->arena, ((size_t)g.count + 1) * sizeof *p->alike);
    for (uint32_t i = 0; i < g.count; i++) {
        p->whom[i] = g.list[i].phone;
        p->alike[i] = g.list[i].phones;
    }
    if (g.count > 0)
        p->lab = lab_trial(r->lab, p->whom, g.count);
    groups_free(&g);
}

static bool is_under_way(const struct recorded_point *p)
{
    if (p->lab == NULL)
        return false;
    struct lab *fork = lab_fork(p->lab);
    bool quiet = lab_settle(fork, lab_now_us(fork)).quiet;
    lab_free(fork);
    return !quiet;
}

static void hear_step_over(void *ctx)
{
    struct record *r = ctx;
    uint32_t step = r->lab->record.step_count - 1;
    if (!r->begun || step < r->first_step)
        return;
    struct recorded_point *p =
        plan_more(r->arena, &r->points, &r->point_count, &r->point_cap, sizeof *r->points);
    p->step = (uint16_t)step;
    p->acts = r->act_count;
    if (!r->points_wanted)
        return;
    record_sample(r);
    count_phones(r->lab, p);
    find_old(r, p);
    keep_lab(r, p);
    p->under_way = is_under_way(p);
}

/* ---- where phones are ---- */

static uint32_t place_for(struct record *r, uint32_t phone)
{
    const struct lab *lab = r->lab;
    const struct cluster *cl = lab_listed_in(lab, phone);
    struct recorded_place key = { .cluster = cl == NULL ? UINT32_MAX : cl->number,
                                  .site = lab_site_of(lab, phone),
                                  .pool =
                                      cl == NULL ? UINT32_MAX : config_class_of(cl, phone)->pool,
                                  .name =
                                      cl == NULL ? "(in no database)" : lab_pool_of(lab, phone) };
    uint64_t hash = rng_mix(rng_mix((uint64_t)key.cluster << 32 | key.pool) + key.site) | 1;
    uint32_t *at = table_get(&r->place_at, hash);
    if (at != NULL)
        return *at;
    struct recorded_place *new =
        plan_more(r->arena, &r->places, &r->place_count, &r->place_cap, sizeof *r->places);
    key.name = plan_keep(r->arena, key.name);
    *new = key;
    table_put(&r->place_at, hash, r->place_count - 1);
    return r->place_count - 1;
}

/* Phones that came since are put where they are. */
static void find_places(struct record *r)
{
    uint32_t count = r->lab->state.phone_count;
    mem_reserve(&sys_mem, (void **)&r->place_of, &r->place_of_cap, count, sizeof *r->place_of);
    for (; r->place_of_count < count; r->place_of_count++) {
        uint32_t place = place_for(r, r->place_of_count);
        r->place_of[r->place_of_count] = (uint16_t)place;
        r->places[place].phones++;
    }
}

/* ---- samples ---- */

static enum plan_state state_of(const struct lab *lab, uint32_t phone)
{
    const struct phone *p = &lab->state.phones[phone];
    const struct lab_cold *cold = &lab->state.cold[phone];
    if (p->state == PHONE_OFF)
        return PLAN_OFF;
    if ((p->lost & FSM_BIT(FUNCTION_REGISTRATION)) != 0)
        return PLAN_LOST;
    if (cold->out || !p->registered)
        return PLAN_AWAY;
    return cold->loss != 0 && lab->record.losses[cold->loss - 1].open != 0 ? PLAN_LACKS : PLAN_GOOD;
}

#define SAMPLES_MOST 100000

static struct recorded_window *window_of(struct record *r, struct recorded_place *p)
{
    uint32_t step = r->lab->record.step_count - 1 - r->first_step;
    while (p->window_count <= step)
        plan_more(r->arena, &p->windows, &p->window_count, &p->window_cap, sizeof *p->windows);
    return &p->windows[step];
}

static void look_at_places(struct record *r, const uint32_t *out, uint64_t now_us)
{
    for (uint32_t i = 0; i < r->place_count; i++) {
        if (out[i] == 0)
            continue;
        struct recorded_window *w = window_of(r, &r->places[i]);
        if (w->most == 0)
            w->first_us = now_us;
        w->last_us = now_us;
        w->most = out[i] > w->most ? out[i] : w->most;
    }
}

void record_sample(struct record *r)
{
    const struct lab *lab = r->lab;
    struct plan_sample s = { .us = lab_now_us(lab) };
    if (!r->begun || !r->points_wanted || r->sample_count >= SAMPLES_MOST)
        return;
    find_places(r);
    uint32_t *out = mem_take(&sys_mem, ((size_t)r->place_count + 1) * sizeof *out);
    memset(out, 0, ((size_t)r->place_count + 1) * sizeof *out);
    for (uint32_t i = 0; i < lab->state.phone_count; i++) {
        enum plan_state state = state_of(lab, i);
        s.phones[state]++;
        if (state == PLAN_AWAY || state == PLAN_LOST)
            out[r->place_of[i]]++;
    }
    look_at_places(r, out, s.us);
    mem_free(&sys_mem, out);
    /* Two alike with nothing between them: the later one is enough. */
    uint32_t n = r->sample_count;
    if (n >= 2 && memcmp(r->samples[n - 1].phones, s.phones, sizeof s.phones) == 0 &&
        memcmp(r->samples[n - 2].phones, s.phones, sizeof s.phones) == 0) {
        r->samples[n - 1].us = s.us;
        return;
    }
    struct plan_sample *new =
        plan_more(r->arena, &r->samples, &r->sample_count, &r->sample_cap, sizeof *r->samples);
    *new = s;
}

struct recorded_window record_window(const struct record *r, uint32_t place, uint32_t step)
{
    const struct recorded_place *p = &r->places[place];
    uint32_t at = step - r->first_step;
    if (step < r->first_step || at >= p->window_count)
        return (struct recorded_window){ 0 };
    return p->windows[at];
}

/* ---- begin and end ---- */

void record_init(struct record *r, struct session *s, struct arena *a)
{
    *r = (struct record){ .session = s, .lab = s->lab, .arena = a };
    r->place_at = table_of(&sys_mem);
    r->observer = (struct observer){ .ctx = r, .act = hear_act, .step_over = hear_step_over };
    lab_observe(r->lab, &r->observer);
}

uint64_t record_row(const struct lab *lab, uint32_t phone)
{
    const struct phone_place *place = &lab->state.dhcp[lab->state.phones[phone].dhcp];
    uint64_t h = rng_mix((uint64_t)place->tftp[0] << 32 | place->tftp[1]);
    for (uint32_t c = 0; c < lab->state.cluster_count; c++) {
        const struct cluster *cl = &lab->state.clusters[c];
        const struct device_class *row = config_class_of(cl, phone);
        if (row != NULL)
            h = rng_mix(h ^ config_row_hash(cl, row));
    }
    return h;
}

/* How things stand before anything is done; of a run more that is what the plan's own run began
 * with. */
static void keep_phones_before(struct record *r)
{
    uint32_t n = r->lab->state.phone_count;
    if (r->had != NULL)
        return;
    struct judged j = judge_phones(r->arena, r);
    r->rows = arena_take(r->arena, ((size_t)n + 1) * sizeof *r->rows);
    r->had = j.now;
    r->next = j.next;
    r->hands = j.hands;
    r->had_count = n;
    for (uint32_t i = 0; i < n; i++) {
        r->rows[i] = record_row(r->lab, i);
        r->hands[i] |= j.later[i];
    }
}

bool record_begin(void *ctx, struct err *e)
{
    struct record *r = ctx;
    uint32_t first = 0;
    if (r->lab->record.step_count >= LAB_STEPS)
        return err_set(e, "%s: all %d steps that there are lie before the change",
                       r->session->options.script.path, LAB_STEPS - 1);
    keep_phones_before(r);
    if (r->lab->state.phone_count > 0)
        r->base = lab_trial(r->lab, &first, 1);
    if (r->points_wanted)
        keep_lab(r, &r->start);
    lab_step(r->lab, "before the first step of the change");
    r->begun = true;
    r->begun_us = lab_now_us(r->lab);
    r->first_step = r->lab->record.step_count - 1;
    record_sample(r);
    return true;
}

void record_end(struct record *r)
{
    if (!r->begun)
        return;
    record_sample(r);
    hear_step_over(r);
    lab_unobserve(r->lab, &r->observer);
    r->begun = false;
}

void record_free(struct record *r)
{
    for (uint32_t i = 0; i < r->point_count; i++)
        lab_free(r->points[i].lab);
    lab_free(r->start.lab);
    lab_free(r->base);
    table_free(&r->place_at);
    mem_free(&sys_mem, r->place_of);
}
