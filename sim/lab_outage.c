/* The record of outages: one entry a phone and step, the entries of a phone in a chain. */
#include "sim/lab_outage.h"

#include "sim/base/sys.h"
#include "sim/lab_impl.h"

#include <stdlib.h>
#include <string.h>

void lab_outage_keep(struct lab *lab)
{
    lab->record.keeps_outages = true;
}

/* ---- writing ---- */

/* The entry of this phone for the step in which its outage began, made where there is none; NULL:
 * nobody wants it. */
static struct lab_outage_entry *entry_of(struct lab *lab, uint32_t phone)
{
    struct lab_record *r = &lab->record;
    uint32_t step = lab->state.cold[phone].step;
    if (!r->keeps_outages)
        return NULL;
    mem_reserve(&sys_mem, (void **)&r->outage_of, &r->outage_of_cap, lab->state.phone_count,
                sizeof *r->outage_of);
    uint32_t *last = &r->outage_of[phone];
    if (*last != 0 && r->outages[*last - 1].step == step)
        return &r->outages[*last - 1];
    mem_reserve(&sys_mem, (void **)&r->outages, &r->outage_cap, (size_t)r->outage_count + 1,
                sizeof *r->outages);
    struct lab_outage_entry *e = &r->outages[r->outage_count++];
    *e = (struct lab_outage_entry){ .phone = phone, .before = *last, .step = step };
    *last = r->outage_count;
    return e;
}

static uint64_t longer(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

void lab_out_begins(struct lab *lab, uint32_t phone, uint64_t now_us)
{
    struct lab_cold *cold = &lab->state.cold[phone];
    if (cold->out)
        return;
    cold->out = 1;
    cold->since_us = now_us;
    cold->step = lab->record.step_count - 1;
    struct lab_outage_entry *e = entry_of(lab, phone);
    if (e != NULL)
        e->times += e->times < UINT16_MAX;
}

void lab_out_ends(struct lab *lab, uint32_t phone, uint64_t now_us)
{
    struct lab_cold *cold = &lab->state.cold[phone];
    if (!cold->out)
        return;
    struct lab_outage_entry *e = entry_of(lab, phone);
    if (e != NULL) {
        e->longest_us = longer(e->longest_us, now_us - cold->since_us);
        e->us += now_us - cold->since_us;
    }
    cold->out = 0;
}

void lab_out_says(struct lab *lab, uint32_t phone, enum lab_out what, uint32_t node)
{
    struct lab_outage_entry *e = lab->state.cold[phone].out ? entry_of(lab, phone) : NULL;
    if (e == NULL)
        return;
    switch (what) {
    case OUT_SERVER_LOST:
        e->from = node & 0x7ff;
        break;
    case OUT_REGISTERED:
        e->failovers += e->from != 0 && e->from != node && e->failovers < UINT8_MAX;
        e->from = 0;
        break;
    case OUT_REBOOTS:
        e->reboots += e->reboots < UINT16_MAX;
        e->from = 0;
        break;
    case OUT_FAILS_BACK:
        e->failbacks += e->failbacks < UINT8_MAX;
        break;
    default: /* OUT_LOST */
        e->lost = 1;
    }
}

/* ---- reading ---- */

static bool is_open(const struct lab *lab, const struct lab_outage_entry *e)
{
    const struct lab_cold *cold = &lab->state.cold[e->phone];
    return cold->out && cold->step == e->step;
}

static uint64_t time_of(const struct lab *lab, const struct lab_outage_entry *e)
{
    const struct lab_cold *cold = &lab->state.cold[e->phone];
    return e->us + (is_open(lab, e) ? lab_now_us(lab) - cold->since_us : 0);
}

static uint64_t once_of(const struct lab *lab, const struct lab_outage_entry *e)
{
    const struct lab_cold *cold = &lab->state.cold[e->phone];
    return longer(e->longest_us, is_open(lab, e) ? lab_now_us(lab) - cold->since_us : 0);
}

bool lab_outage_of(const struct lab *lab, uint32_t phone, struct lab_outage *out)
{
    return lab_outage_since(lab, phone, 0, out);
}

bool lab_outage_since(const struct lab *lab, uint32_t phone, uint32_t step, struct lab_outage *out)
{
    const struct lab_record *r = &lab->record;
    uint32_t at = phone < r->outage_of_cap ? r->outage_of[phone] : 0;
    memset(out, 0, sizeof *out);
    for (; at != 0 && r->outages[at - 1].step >= step; at = r->outages[at - 1].before) {
        const struct lab_outage_entry *e = &r->outages[at - 1];
        out->us += time_of(lab, e);
        out->times += e->times;
        out->reboots += e->reboots;
        out->failovers += e->failovers;
        out->failbacks += e->failbacks;
        out->lost |= e->lost;
        out->open |= is_open(lab, e);
    }
    return out->times != 0;
}

static void add_entry(const struct lab *lab, const struct lab_outage_entry *e,
                      struct lab_outage_step *s)
{
    s->phones++;
    s->lost += e->lost;
    s->open += is_open(lab, e);
    s->total_us += time_of(lab, e);
    s->times += e->times;
    s->reboots += e->reboots;
    s->failovers += e->failovers;
    s->failbacks += e->failbacks;
}

static int by_time(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

/* A time of each entry, by step: those of one behind those of the step before it, each part in
 * order. */
struct times {
    uint64_t *list;
    uint32_t end[LAB_STEPS + 1];
};

static void sort_times(const struct lab *lab, struct times *t, const struct lab_outage_step *steps,
                       uint64_t (*of)(const struct lab *lab, const struct lab_outage_entry *e))
{
    const struct lab_record *r = &lab->record;
    uint32_t at = 0;
    for (uint32_t s = 0; s < r->step_count; s++) {
        t->end[s] = at;
        at += steps[s].phones;
    }
    for (uint32_t i = 0; i < r->outage_count; i++)
        t->list[t->end[r->outages[i].step]++] = of(lab, &r->outages[i]);
    for (uint32_t s = 0; s < r->step_count; s++) {
        if (steps[s].phones > 0)
            qsort(t->list + t->end[s] - steps[s].phones, steps[s].phones, sizeof *t->list, by_time);
    }
}

static void middle_and_end(const struct times *t, const struct lab_outage_step *steps, uint32_t s,
                           uint64_t *median_us, uint64_t *most_us)
{
    const uint64_t *first = t->list + t->end[s] - steps[s].phones;
    if (steps[s].phones == 0)
        return;
    *median_us = first[(steps[s].phones - 1) / 2];
    *most_us = first[steps[s].phones - 1];
}

void lab_outage_steps(const struct lab *lab, struct lab_outage_step *out)
{
    const struct lab_record *r = &lab->record;
    struct times t;
    memset(out, 0, r->step_count * sizeof *out);
    for (uint32_t i = 0; i < r->outage_count; i++)
        add_entry(lab, &r->outages[i], &out[r->outages[i].step]);
    t.list = mem_take(&sys_mem, ((size_t)r->outage_count + 1) * sizeof *t.list);
    sort_times(lab, &t, out, time_of);
    for (uint32_t s = 0; s < r->step_count; s++)
        middle_and_end(&t, out, s, &out[s].median_us, &out[s].most_us);
    sort_times(lab, &t, out, once_of);
    for (uint32_t s = 0; s < r->step_count; s++)
        middle_and_end(&t, out, s, &out[s].median_once_us, &out[s].most_once_us);
    mem_free(&sys_mem, t.list);
}
