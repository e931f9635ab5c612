/* The record of what each phone lost. */
#include "sim/base/sys.h"
#include "sim/lab_impl.h"

#include <string.h>

const char *lab_function_name(enum phone_function f)
{
    static const char *const names[FUNCTIONS] = { "registration",    "configuration", "trust list",
                                                  "secure services", "802.1X",        "phone VPN",
                                                  "common files" };
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
    struct lab_cold *cold = &lab->state.cold[phone];
    if (cold->loss == 0) {
        mem_reserve(&sys_mem, (void **)&r->losses, &r->loss_cap, (size_t)r->loss_count + 1,
                    sizeof *r->losses);
        memset(&r->losses[r->loss_count], 0, sizeof *r->losses);
        cold->loss = ++r->loss_count;
    }
    return &r->losses[cold->loss - 1];
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

/* Registration is lost from the instant at which the phone went out of service, and in the step in
 * which that was, not when it gave up. */
void lab_phone_lost(struct lab *lab, uint32_t phone, enum phone_function f, uint64_t now_us)
{
    const struct lab_cold *cold = &lab->state.cold[phone];
    bool went = f == FUNCTION_REGISTRATION && cold->out;
    if (went)
        lab_out_says(lab, phone, OUT_LOST, 0);
    lab_loss_begins(lab_loss_for(lab, phone), f, went ? cold->step : lab->record.step_count - 1,
                    went ? cold->since_us : now_us);
}
