#include "sim/predict/boots.h"

#include "sim/base/sys.h"
#include "sim/predict/probe.h"

#include <string.h>

#define TRY_US (24ull * 3600 * 1000000)

enum standing boots_standing(const struct phone *p, uint8_t lost)
{
    if (p->state == PHONE_OFF)
        return STANDS_OFF;
    return phone_is_registered(p) || (lost & FSM_BIT(FUNCTION_REGISTRATION)) != 0
               ? STANDS_UP
               : STANDS_UNDER_WAY;
}

void boots_settle(struct lab *trial)
{
    lab_settle(trial, lab_now_us(trial) + TRY_US);
}

/* ---- the trial ---- */

void boots_press(struct lab *trial)
{
    for (uint32_t i = 0; i < trial->state.phone_count; i++) {
        if (probe_can_press(trial, i))
            lab_press(trial, i, KEY_DIRECTORIES, lab_now_us(trial));
    }
    boots_settle(trial);
}

static void power_all(struct lab *trial, bool on)
{
    for (uint32_t i = 0; i < trial->state.phone_count; i++)
        lab_power(trial, i, on, lab_now_us(trial));
}

void boots_reboot(struct lab *trial)
{
    power_all(trial, false);
    boots_settle(trial);
    boots_reboot_now(trial);
}

void boots_reboot_now(struct lab *trial)
{
    power_all(trial, false);
    lab_run_until(trial, lab_now_us(trial) + 1);
    power_all(trial, true);
    boots_settle(trial);
    boots_press(trial);
}

/* ---- the groups ---- */

/* Phones that stand differently are no group, though the same comes of them. */
static bool every_phone(void *ctx, const struct lab *lab, uint32_t phone, uint16_t *lost)
{
    uint8_t had = ((const uint8_t *)ctx)[phone];
    *lost = (uint16_t)(had | boots_standing(&lab->state.phones[phone], had) << FUNCTIONS);
    return !lab->state.cold[phone].absent;
}

static void group(struct lab *lab, const uint8_t *lost, struct boots *out)
{
    groups_find(lab, every_phone, (void *)(uintptr_t)lost, &out->groups);
    size_t n = ((size_t)out->groups.count + 1) * sizeof *out->ends;
    out->ends = mem_take(&sys_mem, n);
    memset(out->ends, 0, n);
    for (uint32_t g = 0; g < out->groups.count; g++)
        out->groups.list[g].lost &= FSM_BIT(FUNCTIONS) - 1;
}

/* What brings those back that lost more, from where they are then. */
static void find_remedies(struct lab *trial, struct boots *b)
{
    uint8_t *lost = mem_take(&sys_mem, (size_t)b->groups.count + 1);
    struct remedies remedies;
    for (uint32_t g = 0; g < b->groups.count; g++)
        lost[g] = b->ends[g].more == 0 ? 0 : b->ends[g].lost;
    remedies_find_kinds(trial, lost, &remedies);
    for (uint32_t g = 0; g < b->groups.count; g++) {
        b->ends[g].how = *remedies_of(&remedies, g);
        b->ends[g].way = b->ends[g].how.kind;
    }
    remedies_free(&remedies);
    mem_free(&sys_mem, lost);
}

void boots_find(struct lab *lab, const uint8_t *lost, struct boots *out)
{
    group(lab, lost, out);
    if (out->groups.count == 0)
        return;
    struct lab_mark mark = lab_mark(lab);
    struct lab *trial = groups_trial(lab, &out->groups);
    boots_reboot(trial);
    for (uint32_t g = 0; g < out->groups.count; g++) {
        out->ends[g].lost = trial->state.phones[g].lost;
        out->ends[g].more = out->ends[g].lost & (uint8_t)~boots_lacks(out->groups.list[g].lost);
    }
    find_remedies(trial, out);
    lab_free(trial);
    lab_rewind(lab, &mark);
}

void boots_free(struct boots *b)
{
    groups_free(&b->groups);
    mem_free(&sys_mem, b->ends);
    b->ends = NULL;
}

const struct boot_end *boots_of(const struct boots *b, uint32_t phone)
{
    static const struct boot_end absent = { 0 };
    uint32_t group = b->groups.of[phone];
    return group == 0 ? &absent : &b->ends[group - 1];
}
