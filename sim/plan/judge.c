/* How phones stand, quickly: a run more, and the state before the change, ask no more than whether
 * somebody has to go there. */
#include "sim/plan/parts.h"

#include "sim/base/sys.h"
#include "sim/predict/boots.h"

#include <string.h>

static bool takes_back(const struct record *r, bool elsewhere)
{
    return r->had != NULL && elsewhere; /* before the change there is nothing that is taken back */
}

/* What it lacked before the change no way has to bring back. */
static void find_hands(struct lab *lab, const struct record *r, struct judged *j)
{
    uint32_t n = lab->state.phone_count;
    struct remedies found;
    struct remedies_wish wish = JUDGE_WISH;
    uint8_t *lost = mem_take(&sys_mem, (size_t)n + 1), *had = mem_take(&sys_mem, (size_t)n + 1);
    for (uint32_t i = 0; i < n; i++) {
        had[i] = plan_had(r, i);
        lost[i] = j->now[i] & (uint8_t)~had[i];
    }
    wish.without = had;
    remedies_search(lab, lost, wish, &found);
    for (uint32_t i = 0; i < n; i++) {
        const struct way *w = remedies_of(&found, i);
        j->hands[i] =
            lost[i] != 0 && (w->kind == WAY_HANDS || takes_back(r, plan_leads_elsewhere(w)));
    }
    remedies_free(&found);
    mem_free(&sys_mem, had);
    mem_free(&sys_mem, lost);
}

static void find_boots(struct lab *lab, const struct record *r, struct judged *j)
{
    struct boots boots;
    boots_find(lab, j->now, &boots);
    for (uint32_t i = 0; i < lab->state.phone_count; i++) {
        const struct boot_end *end = boots_of(&boots, i);
        j->next[i] = end->more;
        if ((end->way != WAY_HANDS && !takes_back(r, plan_leads_elsewhere(&end->how))) ||
            j->hands[i])
            continue;
        bool up = boots_standing(&lab->state.phones[i], j->now[i]) == STANDS_UP;
        *(up ? &j->later[i] : &j->hands[i]) = true;
    }
    boots_free(&boots);
}

struct judged judge_phones(struct arena *a, const struct record *r)
{
    struct session *s = r->session;
    struct lab *lab = r->lab;
    uint32_t n = lab->state.phone_count;
    struct judged j = { .now = arena_take(a, (size_t)n + 1),
                        .next = arena_take(a, (size_t)n + 1),
                        .hands = arena_take(a, (size_t)n + 1),
                        .later = arena_take(a, (size_t)n + 1) };
    for (uint32_t i = 0; i < n; i++)
        j.now[i] = lab->state.cold[i].absent ? 0 : losses_now(&s->losses, i);
    find_hands(lab, r, &j);
    find_boots(lab, r, &j);
    return j;
}
