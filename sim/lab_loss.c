/* The record of what each phone lost. */
#include "sim/base/sys.h"
#include "sim/lab_impl.h"

#include <string.h>

const char *lab_function_name(enum phone_function f)
{
    static const char *const names[FUNCTIONS] = { "registration", "configuration", "trust list",
                                                  "secure services" };
    return names[f];
}

const struct lab_loss *lab_loss_of(const struct lab *lab, uint32_t phone)
{
    uint32_t i = lab->state.cold[phone].loss;
    return i == 0 ? NULL : &lab->record.losses[i - 1];
}

struct lab_loss *lab_loss_for(struct lab *lab, uint32_t phone)
{
    struct lab_record *r = &lab->record;
    uint32_t *index = &lab->state.cold[phone].loss;
    if (*index == 0) {
        mem_reserve(&sys_mem, (void **)&r->losses, &r->loss_cap, (size_t)r->loss_count + 1,
                    sizeof *r->losses);
        memset(&r->losses[r->loss_count], 0, sizeof *r->losses);
        *index = ++r->loss_count;
    }
    return &r->losses[*index - 1];
}

void lab_loss_begins(struct lab_loss *l, enum phone_function f, uint32_t step, uint64_t since_us)
{
    if ((l->open & FSM_BIT(f)) != 0)
        return;
    if ((l->ever & FSM_BIT(f)) == 0) {
        l->first_us[f] = since_us;
        l->first_step[f] = (uint16_t)step;
    }
    l->open |= (uint8_t)FSM_BIT(f);
    l->cut &= (uint8_t)~FSM_BIT(f);
    l->ever |= (uint8_t)FSM_BIT(f);
    l->since_us[f] = since_us;
    l->step[f] = (uint16_t)step;
}

void lab_loss_ends(struct lab_loss *l, enum phone_function f, uint64_t at_us)
{
    if ((l->open & FSM_BIT(f)) == 0)
        return;
    l->open &= (uint8_t)~FSM_BIT(f);
    l->total_us[f] += at_us - l->since_us[f];
    l->ended_us[f] = at_us;
}

/* The step that was under way at an instant. */
static uint32_t step_at(const struct lab *lab, uint64_t at_us)
{
    uint32_t step = lab->record.step_count - 1;
    while (step > 0 && lab->record.steps[step].start_us > at_us)
        step--;
    return step;
}

/* Registration is lost from the instant at which the phone went out of service, not from the one at
 * which it gave up. */
void lab_phone_lost(struct lab *lab, uint32_t phone, enum phone_function f, uint64_t now_us)
{
    uint64_t down_us = lab->state.cold[phone].down_us;
    uint64_t since_us = f == FUNCTION_REGISTRATION && down_us != 0 ? down_us : now_us;
    lab_loss_begins(lab_loss_for(lab, phone), f, step_at(lab, since_us), since_us);
}
