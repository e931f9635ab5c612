#include "sim/preflight/touch.h"

#include "sim/base/sys.h"
#include <stdio.h>
#include <string.h>

/* Acts of a way: of three the search takes minutes in a cluster of 21 nodes, where many are of use.
 */
#define LONGEST 2

uint32_t touch_served(const struct lab *lab, uint32_t phone, bool ctl)
{
    const struct phone *p = &lab->state.phones[phone];
    const struct model *m = &model_table[p->model];
    uint32_t ip = lab->state.dhcp[p->place].tftp[p->tftp], node;
    if (!(ctl ? m->ctl : m->itl) || ip == 0 || !lab_node_at(lab, ip, &node))
        return 0;
    const struct node_run *run = &lab->state.clusters[node >> 8].nodes[node & 255].run;
    return ctl ? run->ctl : run->itl;
}

static bool holds_served(const struct lab *lab, uint32_t phone)
{
    const struct phone *p = &lab->state.phones[phone];
    return p->itl == touch_served(lab, phone, false) && p->ctl == touch_served(lab, phone, true);
}

/* Phones that stand differently are no group, nor are those with another list than is served: which
 * TFTP server it came from is no part of what decides their future. */
static bool every_phone(void *ctx, const struct lab *lab, uint32_t phone, uint16_t *lost)
{
    (void)ctx;
    *lost =
        (uint16_t)(boots_standing(&lab->state.phones[phone], 0) << 1 | holds_served(lab, phone));
    return !lab->state.cold[phone].absent;
}

static const char *words_of(struct touch *t, const struct lab *lab, const struct way *w)
{
    char text[WAY_TEXT];
    way_sentence(lab, w, text);
    return arena_text(&t->arena, view_str(text));
}

static void find_ways(struct lab *trial, struct touch *t)
{
    uint8_t *lost = mem_take(&sys_mem, (size_t)t->groups.count + 1);
    struct remedies r;
    for (uint32_t g = 0; g < t->groups.count; g++)
        lost[g] = t->ends[g].lost;
    remedies_search(trial, lost, (struct remedies_wish){ .longest = LONGEST, .kinds = true }, &r);
    for (uint32_t g = 0; g < t->groups.count; g++) {
        const struct way *w = remedies_of(&r, g);
        struct touch_end *e = &t->ends[g];
        e->way = w->kind;
        e->hand = w->hand;
        e->words = w->kind == WAY_NONE ? NULL : words_of(t, trial, w);
    }
    remedies_free(&r);
    mem_free(&sys_mem, lost);
}

static void try_boot(struct lab *lab, struct touch *t)
{
    struct lab_mark mark = lab_mark(lab);
    struct lab *trial = groups_trial(lab, &t->groups);
    boots_reboot(trial);
    for (uint32_t g = 0; g < t->groups.count; g++) {
        t->ends[g].lost = trial->state.phones[g].lost;
        t->ends[g].takes = holds_served(trial, g);
    }
    find_ways(trial, t);
    lab_free(trial);
    lab_rewind(lab, &mark);
}

static void look_ahead(struct lab *lab, struct touch *t)
{
    size_t n = (size_t)lab->state.phone_count + 1;
    uint8_t *lost = mem_take(&sys_mem, n);
    for (uint32_t i = 0; i < lab->state.phone_count; i++)
        lost[i] = lab->state.phones[i].lost;
    boots_find(lab, lost, &t->boots);
    ahead_find(lab, &t->boots, &t->ahead);
    t->has_ahead = true;
    mem_free(&sys_mem, lost);
}

void touch_find(struct lab *lab, bool ahead, struct touch *out)
{
    *out = (struct touch){ .arena = arena_of(&sys_mem) };
    groups_find(lab, every_phone, NULL, &out->groups);
    size_t n = ((size_t)out->groups.count + 1) * sizeof *out->ends;
    out->ends = mem_take(&sys_mem, n);
    memset(out->ends, 0, n);
    for (uint32_t g = 0; g < out->groups.count; g++)
        out->ends[g].holds = holds_served(lab, out->groups.list[g].phone);
    if (out->groups.count > 0)
        try_boot(lab, out);
    if (ahead)
        look_ahead(lab, out);
}

void touch_free(struct touch *t)
{
    if (t->has_ahead) {
        ahead_free(&t->ahead);
        boots_free(&t->boots);
    }
    groups_free(&t->groups);
    mem_free(&sys_mem, t->ends);
    arena_free(&t->arena);
    *t = (struct touch){ .ends = NULL };
}

struct touch_end touch_of(const struct touch *t, uint32_t phone)
{
    const struct phone_group *g = group_of(&t->groups, phone);
    if (g == NULL)
        return (struct touch_end){ 0 };
    return t->ends[g - t->groups.list];
}

bool touch_needed(const struct touch_end *e)
{
    return e->way == WAY_HANDS || e->way == WAY_UNKNOWN;
}

const char *touch_lost(uint8_t lost, char out[160])
{
    size_t n = 0;
    out[0] = '\0';
    for (int f = 0; f < FUNCTIONS; f++) {
        if ((lost & FSM_BIT(f)) != 0 && n < 140)
            n += (size_t)snprintf(out + n, 160 - n, "%s%s", n == 0 ? "" : ", ",
                                  lab_function_name((enum phone_function)f));
    }
    return out;
}
