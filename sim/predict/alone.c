#include "sim/predict/alone.h"

#include "sim/base/sys.h"
#include "sim/predict/probe.h"

/* With what no phone notices itself. */
static uint8_t lost_of(const struct lab *lab, uint32_t phone, uint8_t answer)
{
    const struct lab_loss *loss = lab_loss_of(lab, phone);
    uint8_t open = loss == NULL ? 0 : loss->open;
    uint8_t services = FSM_BIT(FUNCTION_SECURE_SERVICES);
    if (answer == PROBE_FAILS)
        return open | services;
    return answer == PROBE_WORKS ? open & (uint8_t)~services : open;
}

/* Functions of which it has more lost time than before. */
static uint8_t lost_meanwhile(const struct lab *lab, const struct lab *fork, uint32_t phone)
{
    const struct lab_loss *to = lab_loss_of(fork, phone), *from = lab_loss_of(lab, phone);
    uint8_t bits = 0;
    for (int f = 0; f < FUNCTIONS && to != NULL; f++) {
        uint64_t before_us = from == NULL ? 0 : from->total_us[f];
        bits |= to->total_us[f] != before_us ? (uint8_t)FSM_BIT(f) : 0;
    }
    return bits;
}

/* Its service is another one, or was interrupted. */
static bool is_moved(const struct lab_cold *from, const struct lab_cold *to)
{
    return from->node != to->node || from->out != to->out || from->since_us != to->since_us;
}

static void put_end(const struct lab *lab, const struct lab *fork, uint32_t phone, uint8_t now,
                    uint8_t then, struct alone_end *out)
{
    *out = (struct alone_end){
        .lost = then,
        .more = then & (uint8_t)~now,
        .passing = lost_meanwhile(lab, fork, phone) & (uint8_t) ~(then | now),
        .standing = (uint8_t)boots_standing(&fork->state.phones[phone], then),
    };
    out->moves = is_moved(&lab->state.cold[phone], &fork->state.cold[phone]) || now != then ||
                 out->passing != 0 ||
                 boots_standing(&lab->state.phones[phone], now) == STANDS_UNDER_WAY;
}

static void find_ways(struct lab *fork, struct alone_end *ends)
{
    uint32_t count = fork->state.phone_count;
    uint8_t *lost = mem_take(&sys_mem, (size_t)count + 1);
    struct remedies remedies;
    for (uint32_t i = 0; i < count; i++)
        lost[i] = ends[i].more == 0 ? 0 : ends[i].lost;
    remedies_find_kinds(fork, lost, &remedies);
    for (uint32_t i = 0; i < count; i++)
        ends[i].way = remedies_of(&remedies, i)->kind;
    remedies_free(&remedies);
    mem_free(&sys_mem, lost);
}

/* Until nothing is under way; what phones have lost then that did not notice it is tried. */
static void go_on(const struct lab *lab, struct lab *fork, const uint8_t *lost,
                  struct alone_end *ends)
{
    uint32_t count = lab->state.phone_count;
    uint8_t *services = mem_take(&sys_mem, (size_t)count + 1);
    uint64_t *worked_us = mem_take(&sys_mem, ((size_t)count + 1) * sizeof *worked_us);
    boots_settle(fork);
    probe_services(fork, services, worked_us);
    for (uint32_t i = 0; i < count; i++)
        put_end(lab, fork, i, lost[i], lost_of(fork, i, services[i]), &ends[i]);
    find_ways(fork, ends);
    mem_free(&sys_mem, services);
    mem_free(&sys_mem, worked_us);
}

static void as_they_stand(const struct lab *lab, const uint8_t *lost, struct alone_end *ends)
{
    for (uint32_t i = 0; i < lab->state.phone_count; i++)
        ends[i] = (struct alone_end){ .lost = lost[i],
                                      .standing =
                                          (uint8_t)boots_standing(&lab->state.phones[i], lost[i]) };
}

void alone_find(struct lab *lab, const uint8_t *lost, struct alone *out)
{
    struct lab_mark mark = lab_mark(lab);
    struct lab *fork = lab_fork(lab);
    out->ends = mem_take(&sys_mem, ((size_t)lab->state.phone_count + 1) * sizeof *out->ends);
    out->quiet = lab_settle(fork, lab_now_us(fork)).quiet;
    if (out->quiet)
        as_they_stand(lab, lost, out->ends);
    else
        go_on(lab, fork, lost, out->ends);
    lab_free(fork);
    lab_rewind(lab, &mark);
}

void alone_free(struct alone *a)
{
    mem_free(&sys_mem, a->ends);
    a->ends = NULL;
}
