#include "sim/predict/probe.h"

#include "sim/base/sys.h"

#include <stdlib.h>
#include <string.h>

#define TRY_US (24ull * 3600 * 1000000)

/* Phones with the same future, and one of them. */
struct probe {
    struct lab *lab;
    uint32_t *group_of; /* by phone: index + 1; 0: not asked */
    uint32_t *phones;   /* representative of each group */
    uint32_t *size;     /* phones in it */
    uint32_t count, cap, size_cap;
};

static struct probe group(struct lab *lab, bool (*asked)(const struct lab *, uint32_t))
{
    struct probe p = { .lab = lab };
    struct table index = table_of(&sys_mem);
    p.group_of =
        sys_mem.resize(NULL, NULL, ((size_t)lab->state.phone_count + 1) * sizeof(uint32_t));
    for (uint32_t i = 0; i < lab->state.phone_count; i++) {
        p.group_of[i] = 0;
        if (!asked(lab, i))
            continue;
        uint64_t key = rng_mix(remedy_state(lab, i) ^ lab->state.phones[i].lost) | 1;
        uint32_t *found = table_get(&index, key);
        if (found == NULL) {
            mem_reserve(&sys_mem, (void **)&p.phones, &p.cap, (size_t)p.count + 1,
                        sizeof *p.phones);
            mem_reserve(&sys_mem, (void **)&p.size, &p.size_cap, (size_t)p.count + 1,
                        sizeof *p.size);
            p.phones[p.count] = i;
            p.size[p.count] = 0;
            table_put(&index, key, p.count++);
        }
        p.group_of[i] = (found == NULL ? p.count - 1 : *found) + 1;
        p.size[p.group_of[i] - 1]++;
    }
    table_free(&index);
    return p;
}

static void probe_free(struct probe *p)
{
    free(p->group_of);
    free(p->phones);
    free(p->size);
}

static void settle(struct lab *lab)
{
    lab_settle(lab, lab_now_us(lab) + TRY_US);
}

/* ---- secure services ---- */

static bool has_services(const struct lab *lab, uint32_t phone)
{
    const struct phone *p = &lab->state.phones[phone];
    if (p->state != PHONE_REGISTERED || !model_table[p->model].itl || p->config == 0)
        return false;
    const struct cnf *cnf = content_get_cnf(lab->base->content, p->config);
    return strncmp(cnf->secure_directory_url, "https://", 8) == 0;
}

enum { NOT_TRIED, WORKS, FAILS };

/* What is going on ends first (a service that starts, a phone that boots): only what stays is a
 * loss. */
static void press(struct lab *lab, const struct probe *p, uint8_t *found)
{
    struct lab *trial = lab_trial(lab, p->phones, p->count);
    settle(trial);
    for (uint32_t g = 0; g < p->count; g++) {
        found[g] = NOT_TRIED;
        if (trial->state.phones[g].state != PHONE_REGISTERED)
            continue;
        found[g] = WORKS;
        lab_press(trial, g, KEY_DIRECTORIES, lab_now_us(trial));
    }
    settle(trial);
    for (uint32_t g = 0; g < p->count; g++) {
        if (found[g] == WORKS &&
            (trial->state.phones[g].lost & FSM_BIT(FUNCTION_SECURE_SERVICES)) != 0)
            found[g] = FAILS;
    }
    lab_trial_free(trial);
}

static void mark(struct lab *lab, uint32_t phone, uint8_t found, uint32_t step, uint64_t since_us)
{
    const struct lab_loss *loss = lab_loss_of(lab, phone);
    bool known = loss != NULL && (loss->open & FSM_BIT(FUNCTION_SECURE_SERVICES)) != 0;
    if (found == FAILS && !known) {
        lab_mark_lost(lab, phone, FUNCTION_SECURE_SERVICES, step, since_us);
    } else if (found == WORKS && known) {
        uint64_t lost_us = loss->since_us[FUNCTION_SECURE_SERVICES];
        lab_mark_regained(lab, phone, FUNCTION_SECURE_SERVICES,
                          since_us > lost_us ? since_us : lab_now_us(lab));
    }
}

void probe_services(struct lab *lab, uint32_t step, uint64_t since_us)
{
    struct probe p = group(lab, has_services);
    uint8_t *found = sys_mem.resize(NULL, NULL, p.count + 1);
    if (p.count > 0)
        press(lab, &p, found);
    for (uint32_t i = 0; i < lab->state.phone_count; i++) {
        if (p.group_of[i] != 0)
            mark(lab, i, found[p.group_of[i] - 1], step, since_us);
    }
    free(found);
    probe_free(&p);
}

/* ---- the next boot ---- */

static bool is_up(const struct lab *lab, uint32_t phone)
{
    return phone_is_registered(&lab->state.phones[phone]);
}

void probe_next_boot(struct lab *lab, struct probe_boot *out)
{
    memset(out, 0, sizeof *out);
    struct probe p = group(lab, is_up);
    if (p.count > 0) {
        struct lab *trial = lab_trial(lab, p.phones, p.count);
        for (uint32_t g = 0; g < p.count; g++)
            lab_power(trial, g, false, lab_now_us(trial));
        settle(trial);
        for (uint32_t g = 0; g < p.count; g++)
            lab_power(trial, g, true, lab_now_us(trial));
        settle(trial);
        struct remedies remedies;
        remedies_find(trial, &remedies);
        for (uint32_t g = p.count; g-- > 0;) {
            uint8_t lost = remedy_lost(trial, g); /* there: what it did not know to be lost */
            lost &= (uint8_t)~remedy_lost(lab, p.phones[g]);
            if (lost == 0)
                continue;
            out->phones += p.size[g];
            out->example = p.phones[g];
            for (int f = 0; f < FUNCTIONS; f++)
                out->lost[f] += (lost & FSM_BIT(f)) != 0 ? p.size[g] : 0;
            out->by_remedy[remedies_of(&remedies, g)] += p.size[g];
        }
        remedies_free(&remedies);
        lab_trial_free(trial);
    }
    probe_free(&p);
}
