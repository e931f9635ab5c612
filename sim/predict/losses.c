#include "sim/predict/losses.h"

#include "sim/base/sys.h"
#include "sim/predict/probe.h"

#include <string.h>

/* ---- the rule ---- */

static uint64_t later(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

/* A record with what a trial found.  A loss lies in the step in which it was found, since before it
 * there was none; behind the end of the one before it, and behind the time for which TVS had
 * vouched.  One that is over has been so since the last change in this step, or since the phone
 * came into service behind a boot in it, whichever was later, or since its beginning where nothing
 * changed: nobody can say it closer. */
static void add_finding(struct lab_loss *loss, const struct lab *lab, uint32_t phone,
                        enum probe_answer found, uint64_t worked_us)
{
    const struct lab_cold *cold = &lab->state.cold[phone];
    uint32_t step = lab->record.step_count - 1;
    uint64_t since_us = lab->record.steps[step].start_us;
    uint64_t lost_us = loss->since_us[FUNCTION_SECURE_SERVICES];
    uint64_t mended_us = later(later(since_us, lab->state.changed_us),
                               cold->booted && !cold->out ? cold->since_us : 0);
    if (found == PROBE_FAILS)
        lab_loss_begins(loss, FUNCTION_SECURE_SERVICES, step,
                        later(later(since_us, worked_us <= lab_now_us(lab) ? worked_us : 0),
                              loss->ended_us[FUNCTION_SECURE_SERVICES]));
    else if (found == PROBE_WORKS)
        lab_loss_ends(loss, FUNCTION_SECURE_SERVICES,
                      mended_us > lost_us ? mended_us : lab_now_us(lab));
}

/* It has lost something at some time, or a trial found that it has. */
static bool has_any(const struct losses *l, uint32_t phone)
{
    return l->services[phone] == PROBE_FAILS || lab_loss_of(l->lab, phone) != NULL;
}

static struct lab_loss with_finding(const struct losses *l, uint32_t phone)
{
    const struct lab_loss *kept = lab_loss_of(l->lab, phone);
    struct lab_loss loss = { 0 };
    if (kept != NULL)
        loss = *kept;
    add_finding(&loss, l->lab, phone, (enum probe_answer)l->services[phone], l->worked_us[phone]);
    return loss;
}

/* ---- trying ---- */

/* Of all that could change an answer; a knob or a cost that is set counts as a change. */
static uint64_t stamp_of(const struct lab *lab)
{
    uint64_t h = rng_mix(lab_now_us(lab) + 1);
    h = rng_mix(h ^ lab->driver->events(lab->driver->self));
    h = rng_mix(h ^ ((uint64_t)lab->state.phone_count << 32 | lab->record.step_count));
    h = rng_mix(h ^ ((uint64_t)lab->state.delivered << 32 | lab->state.changes));
    for (uint32_t c = 0; c < lab->state.cluster_count; c++)
        h = rng_mix(h ^ lab->state.clusters[c].change);
    return h;
}

static void forget(struct losses *l)
{
    if (l->has_remedies)
        remedies_free(&l->remedies);
    if (l->has_alone)
        alone_free(&l->alone);
    if (l->has_boots)
        boots_free(&l->boots);
    if (l->has_verdict)
        ahead_free(&l->ahead);
    mem_free(&sys_mem, l->services);
    mem_free(&sys_mem, l->worked_us);
    mem_free(&sys_mem, l->lost);
    *l = (struct losses){
        .observer = l->observer, .lab = l->lab, .returns = l->returns, .longest = l->longest
    };
}

static void refresh(struct losses *l)
{
    uint64_t stamp = stamp_of(l->lab);
    if (l->tried && l->stamp == stamp)
        return;
    forget(l);
    l->phones = l->lab->state.phone_count;
    l->services = mem_take(&sys_mem, (size_t)l->phones + 1);
    l->lost = mem_take(&sys_mem, (size_t)l->phones + 1);
    l->worked_us = mem_take(&sys_mem, ((size_t)l->phones + 1) * sizeof *l->worked_us);
    probe_services(l->lab, l->services, l->worked_us);
    for (uint32_t i = 0; i < l->phones; i++)
        l->lost[i] = has_any(l, i) ? with_finding(l, i).open : 0;
    l->stamp = stamp;
    l->tried = true;
}

/* ---- the end of a step ---- */

static void keep(void *ctx)
{
    struct losses *l = ctx;
    struct lab *lab = l->lab;
    refresh(l);
    for (uint32_t i = 0; i < l->phones; i++) {
        if (has_any(l, i))
            add_finding(lab_loss_for(lab, i), lab, i, (enum probe_answer)l->services[i],
                        l->worked_us[i]);
    }
}

static void hear_act(void *ctx, uint32_t cluster, const struct act *act,
                     const struct lab_whom *whom, uint64_t now_us)
{
    struct losses *l = ctx;
    (void)now_us;
    returns_hear(&l->returns, l->lab, cluster, act, whom);
}

void losses_init(struct losses *l, struct lab *lab)
{
    *l =
        (struct losses){ .observer = { .ctx = l, .step_over = keep, .act = hear_act }, .lab = lab };
    lab_observe(lab, &l->observer);
}

void losses_free(struct losses *l)
{
    if (l->lab != NULL)
        lab_unobserve(l->lab, &l->observer);
    forget(l);
    returns_free(&l->returns);
}

/* ---- questions ---- */

uint8_t losses_now(struct losses *l, uint32_t phone)
{
    refresh(l);
    return l->lost[phone];
}

bool losses_of(struct losses *l, uint32_t phone, struct lab_loss *out)
{
    refresh(l);
    *out = with_finding(l, phone);
    return out->ever != 0;
}

uint64_t losses_us(struct losses *l, uint32_t phone, enum phone_function f)
{
    struct lab_loss loss;
    losses_of(l, phone, &loss);
    bool open = (loss.open & FSM_BIT(f)) != 0;
    return loss.total_us[f] + (open ? lab_now_us(l->lab) - loss.since_us[f] : 0);
}

const struct remedies *losses_remedies(struct losses *l)
{
    refresh(l);
    struct remedies_wish wish = { .longest = l->longest == 0 ? WAY_LONGEST : l->longest };
    if (!l->has_remedies)
        remedies_search(l->lab, l->lost, wish, &l->remedies);
    l->has_remedies = true;
    return &l->remedies;
}

static const struct alone *alone(struct losses *l)
{
    refresh(l);
    if (!l->has_alone)
        alone_find(l->lab, l->lost, &l->alone);
    l->has_alone = true;
    return &l->alone;
}

/* Behind the end of what is under way. */
static const struct boots *boots(struct losses *l)
{
    const struct alone *a = alone(l);
    if (l->has_boots)
        return &l->boots;
    uint8_t *lost = mem_take(&sys_mem, (size_t)l->phones + 1);
    for (uint32_t i = 0; i < l->phones; i++)
        lost[i] = a->ends[i].lost;
    boots_find(l->lab, lost, &l->boots);
    mem_free(&sys_mem, lost);
    l->has_boots = true;
    return &l->boots;
}

uint16_t losses_back(struct losses *l, uint32_t phone, enum phone_function f)
{
    struct lab_loss loss;
    losses_of(l, phone, &loss);
    return returns_of(&l->returns, l->lab, phone, &loss, f);
}

bool losses_back_others(struct losses *l, uint32_t phone, enum phone_function f)
{
    struct lab_loss loss;
    losses_of(l, phone, &loss);
    return returns_others(&l->returns, l->lab, phone, &loss, f);
}

uint32_t losses_visits(const struct losses *l, uint32_t phone)
{
    return returns_visits(&l->returns, phone);
}

/* The most that was done for any of its functions. */
static void came_back(const struct losses *l, const struct lab_loss *loss, struct verdict_phone *p)
{
    for (int f = 0; f < FUNCTIONS; f++) {
        if ((loss->ever & FSM_BIT(f)) == 0)
            continue;
        uint16_t back = returns_of(&l->returns, l->lab, p->phone, loss, (enum phone_function)f);
        uint8_t kind = returns_back(&l->returns, back)->kind;
        if (kind > p->back_kind) {
            p->back_kind = kind;
            p->back = back;
        }
    }
}

/* All but its next boot. */
static struct verdict_phone as_it_is(struct losses *l, uint32_t phone)
{
    struct lab_loss loss;
    losses_of(l, phone, &loss);
    struct verdict_phone p = {
        .phone = phone,
        .now = loss.open,
        .ever = loss.ever,
        .way = remedies_of(losses_remedies(l), phone)->kind,
        .standing = (uint8_t)boots_standing(&l->lab->state.phones[phone], loss.open),
        .left = alone(l)->ends[phone],
    };
    if (p.ever != 0 && p.now == 0)
        came_back(l, &loss, &p);
    return p;
}

struct verdict_phone losses_ahead_of(struct losses *l, uint32_t phone)
{
    struct verdict_phone p = as_it_is(l, phone);
    p.boot = *boots_of(boots(l), phone);
    return p;
}

/* The boot of a phone that is up says nothing of it, and trying it takes time. */
bool losses_need_hands(struct losses *l, uint32_t phone)
{
    struct verdict_phone p = as_it_is(l, phone);
    if (p.left.standing != STANDS_UP)
        p.boot = *boots_of(boots(l), phone);
    return verdict_needs_hands(&p);
}

const struct verdict *losses_verdict(struct losses *l)
{
    refresh(l);
    if (l->has_verdict)
        return &l->verdict;
    for (uint32_t i = 0; i < l->phones; i++) {
        struct verdict_phone p = losses_ahead_of(l, i);
        if (!l->lab->state.cold[i].absent)
            verdict_add(&l->verdict, &p);
    }
    ahead_find(l->lab, boots(l), &l->ahead);
    l->verdict.returns = &l->returns;
    l->verdict.ahead = &l->ahead;
    l->has_verdict = true;
    return &l->verdict;
}

struct ahead_end losses_bombs_of(struct losses *l, uint32_t phone)
{
    return ahead_of(losses_verdict(l)->ahead, boots(l), phone);
}
