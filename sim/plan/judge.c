/* How phones stand, quickly: a run more, and the state before the change, ask no more than whether
 * somebody has to go there. */
#include "sim/plan/parts.h"

#include "sim/base/sys.h"
#include "sim/predict/boots.h"

#include <string.h>

static void find_hands(struct lab *lab, struct judged *j)
{
    struct remedies found;
    remedies_search(lab, j->now, JUDGE_WISH, &found);
    for (uint32_t i = 0; i < lab->state.phone_count; i++) {
        const struct way *w = remedies_of(&found, i);
        j->hands[i] = j->now[i] != 0 && (w->kind == WAY_HANDS || plan_leads_elsewhere(w));
    }
    remedies_free(&found);
}

static void find_boots(struct lab *lab, struct judged *j)
{
    struct boots boots;
    boots_find(lab, j->now, &boots);
    for (uint32_t i = 0; i < lab->state.phone_count; i++) {
        const struct boot_end *end = boots_of(&boots, i);
        j->next[i] = end->more;
        if ((end->way != WAY_HANDS && !plan_leads_elsewhere(&end->how)) || j->hands[i])
            continue;
        bool up = boots_standing(&lab->state.phones[i], j->now[i]) == STANDS_UP;
        *(up ? &j->later[i] : &j->hands[i]) = true;
    }
    boots_free(&boots);
}

struct judged judge_phones(struct arena *a, struct session *s)
{
    struct lab *lab = s->lab;
    uint32_t n = lab->state.phone_count;
    struct judged j = { .now = arena_take(a, (size_t)n + 1),
                        .next = arena_take(a, (size_t)n + 1),
                        .hands = arena_take(a, (size_t)n + 1),
                        .later = arena_take(a, (size_t)n + 1) };
    for (uint32_t i = 0; i < n; i++)
        j.now[i] = lab->state.cold[i].absent ? 0 : losses_now(&s->losses, i);
    find_hands(lab, &j);
    find_boots(lab, &j);
    return j;
}
