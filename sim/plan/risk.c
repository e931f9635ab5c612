/* Phones that have lost something when all is over, or will at their next boot: by site, pool and
 * name. */
#include "sim/plan/parts.h"

#include "sim/base/sys.h"

#include <stdlib.h>
#include <string.h>

static uint8_t at(const struct record *r, const uint8_t *what, uint32_t phone)
{
    return phone < r->had_count ? what[phone] : 0;
}

uint8_t plan_had(const struct record *r, uint32_t phone)
{
    return at(r, r->had, phone) | at(r, r->next, phone);
}

uint8_t plan_lacks(const struct record *r, uint32_t phone)
{
    struct losses *l = &r->session->losses;
    struct verdict_phone v = losses_ahead_of(l, phone);
    return (losses_now(l, phone) | v.left.more | v.boot.more) & (uint8_t)~plan_had(r, phone);
}

bool plan_leads_elsewhere(const struct way *w)
{
    for (uint32_t i = 0; i < w->count; i++) {
        uint8_t kind = w->acts[i].act.kind;
        if (kind == DO_RESTORE || kind == DO_REGENERATE || kind == DO_GENERATE ||
            kind == DO_SWITCH_VERSION)
            return true;
    }
    return false;
}

/* Of the ways of what the change took from it, the worst: what it lacked before need not come. */
static const struct way *way_of(const struct record *r, uint32_t phone)
{
    struct losses *l = &r->session->losses;
    const struct remedies *found = losses_remedies(l);
    uint8_t had = plan_had(r, phone), lost = losses_now(l, phone);
    const struct way *worst = &found->ways[0];
    if ((lost & had) == 0)
        return remedies_of(found, phone);
    for (int f = 0; f < FUNCTIONS; f++) {
        const struct way *w = remedies_for(found, phone, (enum phone_function)f);
        if ((lost & ~had & FSM_BIT(f)) != 0 && way_compare(w, worst) > 0)
            worst = w;
    }
    return worst;
}

/* A phone that is off is visited for what it meets when it is on again. */
bool plan_is_undone(const struct record *r, uint32_t phone)
{
    struct losses *l = &r->session->losses;
    struct verdict_phone v = losses_ahead_of(l, phone);
    bool now = (losses_now(l, phone) & ~at(r, r->had, phone)) != 0 &&
               plan_leads_elsewhere(way_of(r, phone));
    return now || (v.left.standing != STANDS_UP && (v.boot.more & ~plan_had(r, phone)) != 0 &&
                   plan_leads_elsewhere(&v.boot.how));
}

bool plan_needs_hands(const struct record *r, uint32_t phone)
{
    struct losses *l = &r->session->losses;
    struct verdict_phone v = losses_ahead_of(l, phone);
    v.way = way_of(r, phone)->kind;
    return (verdict_needs_hands(&v) || plan_is_undone(r, phone)) && !at(r, r->hands, phone);
}

bool plan_needed_hands(const struct record *r, uint32_t phone)
{
    struct losses *l = &r->session->losses;
    struct verdict_phone v = losses_ahead_of(l, phone);
    return at(r, r->hands, phone) != 0 &&
           (losses_need_hands(l, phone) || plan_is_undone(r, phone) || v.left.way == WAY_HANDS ||
            v.boot.way == WAY_HANDS);
}

bool plan_loses(const struct record *r, uint32_t phone)
{
    struct lab_loss loss;
    if (!losses_of(&r->session->losses, phone, &loss))
        return false;
    for (int f = 0; f < FUNCTIONS; f++) {
        if ((loss.ever & ~plan_had(r, phone) & FSM_BIT(f)) != 0 && loss.step[f] >= r->first_step)
            return true;
    }
    return false;
}

static const char *functions(struct arena *a, uint8_t lost)
{
    const char *text = "";
    for (int f = 0; f < FUNCTIONS; f++) {
        if ((lost & FSM_BIT(f)) != 0)
            text = plan_fmt(a, "%s%s%s", text, text[0] == '\0' ? "" : ", ",
                            lab_function_name((enum phone_function)f));
    }
    return text;
}

/* The step in which the first of these was lost; NULL: none is lost yet. */
static const char *since(struct record *r, uint32_t phone, uint8_t lost)
{
    struct lab_loss loss;
    uint32_t step = UINT32_MAX;
    if (!losses_of(&r->session->losses, phone, &loss))
        return NULL;
    for (int f = 0; f < FUNCTIONS; f++) {
        if ((loss.open & lost & FSM_BIT(f)) != 0 && loss.step[f] < step)
            step = loss.step[f];
    }
    return step >= r->lab->record.step_count ? NULL : r->lab->record.steps[step].name;
}

/* Of a phone that has lost nothing yet: what its next boot will need. */
static const char *back_of(struct record *r, uint32_t phone, uint8_t lost)
{
    char text[WAY_TEXT];
    struct losses *l = &r->session->losses;
    struct verdict_phone v = losses_ahead_of(l, phone);
    if ((losses_now(l, phone) & lost) != 0)
        way_sentence(r->lab, way_of(r, phone), text);
    else if (v.left.more != 0)
        return way_kind_title((enum way_kind)v.left.way);
    else
        way_sentence(r->lab, &v.boot.how, text);
    return plan_keep(r->arena, text);
}

/* Phones of one fate share their texts. */
struct fate {
    const char *lost, *since, *back;
};

static struct fate fate_of(struct record *r, struct table *index, struct fate **fates,
                           uint32_t counts[2], uint32_t phone, uint8_t lost)
{
    const char *step = since(r, phone, lost), *back = back_of(r, phone, lost);
    uint64_t key =
        rng_mix(rng_hash(lost, view_str(back)) + rng_hash(1, view_str(step == NULL ? "" : step))) |
        1;
    uint32_t *found = table_get(index, key);
    if (found != NULL)
        return (*fates)[*found];
    struct fate *new = plan_more(r->arena, fates, &counts[0], &counts[1], sizeof *new);
    *new = (struct fate){ functions(r->arena, lost),
                          step != NULL ? plan_keep(r->arena, step) : "at its next boot", back };
    table_put(index, key, counts[0] - 1);
    return *new;
}

/* Phones of one site and one fate stand together, those that need a visit first. */
static int by_place(const void *x, const void *y)
{
    const struct plan_risk *a = x, *b = y;
    int c = strcmp(a->site, b->site);
    c = c != 0 ? c : (b->minutes > 0) - (a->minutes > 0);
    c = c != 0 ? c : strcmp(a->back, b->back);
    c = c != 0 ? c : strcmp(a->lost, b->lost);
    c = c != 0 ? c : strcmp(a->since, b->since);
    c = c != 0 ? c : strcmp(a->pool, b->pool);
    return c != 0 ? c : strcmp(a->name, b->name);
}

static const char *site_of(const struct record *r, uint32_t phone)
{
    uint32_t site = lab_site_of(r->lab, phone);
    return site == 0 ? "" : content_get_str(r->lab->base->content, site);
}

void plan_fill_risks(struct plan *p, struct record *r, const struct report *report)
{
    struct table index = table_of(&sys_mem);
    struct fate *fates = NULL;
    uint32_t counts[2] = { 0, 0 };
    char name[DEVICE_NAME];
    for (uint32_t i = 0; i < r->lab->state.phone_count; i++) {
        uint8_t lost = plan_lacks(r, i);
        bool hands = plan_needs_hands(r, i);
        if (lost == 0 && !hands)
            continue;
        struct fate f = fate_of(r, &index, &fates, counts, i, lost);
        lab_phone_name(r->lab, i, name);
        struct plan_risk *new =
            plan_more(r->arena, &p->risks, &p->risk_count, &p->risk_cap, sizeof *new);
        *new =
            (struct plan_risk){ .name = plan_keep(r->arena, name),
                                .model = model_table[r->lab->state.phones[i].model].product,
                                .pool = plan_keep(r->arena, lab_pool_of(r->lab, i)),
                                .site = plan_keep(r->arena, site_of(r, i)),
                                .lost = f.lost,
                                .since = f.since,
                                .back = f.back,
                                .minutes = hands ? (uint32_t)report_hands_minutes(report, i) : 0 };
    }
    table_free(&index);
    if (p->risk_count > 0)
        qsort(p->risks, p->risk_count, sizeof *p->risks, by_place);
}
