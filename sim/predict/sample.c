#include "sim/predict/sample.h"

#include "sim/base/sys.h"
#include "sim/predict/group.h"

#include <string.h>

static bool any_phone(void *ctx, const struct lab *lab, uint32_t phone, uint16_t *lost)
{
    struct lab_loss loss;
    (void)lab;
    losses_of(ctx, phone, &loss);
    *lost = (uint16_t)(loss.ever << FUNCTIONS | loss.open);
    return true;
}

/* The n-th of `all` belongs to a choice of `some`, spread evenly, the first and the last with it.
 */
static bool is_chosen(uint32_t n, uint32_t all, uint32_t some)
{
    if (some >= all || n == 0)
        return true;
    uint64_t gaps = some - 1;
    return gaps != 0 && n * gaps / (all - 1) != (n - 1) * gaps / (all - 1);
}

uint32_t sample_find(struct losses *l, uint32_t each, uint32_t most, uint32_t *out)
{
    struct phone_groups g;
    uint32_t count = 0;
    groups_find(l->lab, any_phone, l, &g);
    uint32_t some = g.count == 0 ? 0 : most / g.count < each ? most / g.count : each;
    uint32_t *seen = mem_take(&sys_mem, ((size_t)g.count + 1) * sizeof *seen);
    memset(seen, 0, ((size_t)g.count + 1) * sizeof *seen);
    for (uint32_t i = 0; i < g.phones && some > 0; i++) {
        uint32_t k = g.of[i] - 1;
        if (is_chosen(seen[k]++, g.list[k].phones, some))
            out[count++] = i;
    }
    mem_free(&sys_mem, seen);
    groups_free(&g);
    return count;
}

void sample_weights(struct losses *l, const uint32_t *only, uint32_t count, uint32_t *weights)
{
    struct phone_groups g;
    groups_find(l->lab, any_phone, l, &g);
    uint32_t *chosen = mem_take(&sys_mem, ((size_t)g.count + 1) * sizeof *chosen);
    uint32_t *seen = mem_take(&sys_mem, ((size_t)g.count + 1) * sizeof *seen);
    memset(chosen, 0, ((size_t)g.count + 1) * sizeof *chosen);
    memset(seen, 0, ((size_t)g.count + 1) * sizeof *seen);
    for (uint32_t i = 0; i < count; i++)
        chosen[g.of[only[i]] - 1]++;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t k = g.of[only[i]] - 1, all = g.list[k].phones, n = chosen[k], at = seen[k]++;
        weights[i] = (uint32_t)((uint64_t)all * (at + 1) / n - (uint64_t)all * at / n);
    }
    mem_free(&sys_mem, chosen);
    mem_free(&sys_mem, seen);
    groups_free(&g);
}
