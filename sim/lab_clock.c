/* Clocks of phones: right, as their CallManager has it, or wrong by themselves; and the symmetric
 * keys that were typed in at phones. */
#include "sim/base/check.h"
#include "sim/base/sys.h"
#include "sim/lab_impl.h"

int64_t lab_ahead_s(const struct lab *lab, uint32_t phone)
{
    return phone < lab->state.clock_count ? lab->state.clocks[phone].ahead_s : 0;
}

uint32_t lab_typed_key(const struct lab *lab, uint32_t phone)
{
    return phone < lab->state.clock_count ? lab->state.clocks[phone].key : 0;
}

bool lab_clock_is_wrong(const struct lab *lab, uint32_t phone)
{
    return phone < lab->state.clock_count && lab->state.clocks[phone].own;
}

uint64_t lab_beside_hash(const struct lab *lab, uint32_t phone)
{
    return lab_visit_hash(lab, phone) ^ (lab_clock_is_wrong(lab, phone) ? rng_mix(1) : 0);
}

struct phone_env lab_env_of(const struct lab *lab, uint32_t phone)
{
    struct phone_env env = lab_phone_env(lab);
    env.ahead_s = lab_ahead_s(lab, phone);
    env.key = lab_typed_key(lab, phone);
    return env;
}

/* A table for all phones as soon as one needs it. */
static struct lab_clock *clock_of(struct lab *lab, uint32_t phone)
{
    struct lab_state *s = &lab->state;
    if (phone >= s->clock_count) {
        mem_reserve(&sys_mem, (void **)&s->clocks, &s->clock_cap, s->phone_count,
                    sizeof *s->clocks);
        s->clock_count = s->phone_count;
    }
    return &s->clocks[phone];
}

/* That some phone's clock is so much ahead: the calendar looks there too. */
static void note_offset(struct lab *lab, int64_t ahead_s)
{
    struct lab_state *s = &lab->state;
    for (uint32_t i = 0; i < s->offset_count; i++) {
        if (s->offsets[i] == ahead_s)
            return;
    }
    mem_reserve(&sys_mem, (void **)&s->offsets, &s->offset_cap, (size_t)s->offset_count + 1,
                sizeof *s->offsets);
    s->offsets[s->offset_count++] = ahead_s;
    for (uint32_t c = 0; c < s->cluster_count; c++)
        s->clusters[c].dates_for = 0; /* it looks anew */
}

static int64_t server_ahead_s(const struct lab *lab, uint32_t phone)
{
    uint32_t node = lab->state.cold[phone].node;
    return node == 0 ? 0 : lab->state.clusters[(node - 1) >> 8].nodes[(node - 1) & 255].ahead_s;
}

void lab_clock_of_server(struct lab *lab, uint32_t phone)
{
    int64_t ahead_s = server_ahead_s(lab, phone);
    if (ahead_s == lab_ahead_s(lab, phone))
        return;
    struct lab_clock *clock = clock_of(lab, phone);
    if (clock->own)
        return;
    clock->ahead_s = ahead_s;
    note_offset(lab, ahead_s);
}

void lab_set_clock(struct lab *lab, uint32_t phone, int64_t ahead_s)
{
    struct lab_clock *clock = clock_of(lab, phone);
    clock->own = ahead_s != 0;
    clock->ahead_s = clock->own ? ahead_s : server_ahead_s(lab, phone);
    note_offset(lab, clock->ahead_s);
    for (uint32_t c = 0; c < lab->state.cluster_count; c++)
        lab->state.clusters[c].done.dated = true;
    lab_phone_changed(lab, phone);
}

void lab_type_key(struct lab *lab, uint32_t phone, uint32_t key)
{
    clock_of(lab, phone)->key = key;
    lab_phone_changed(lab, phone);
}

uint32_t lab_key_to_type(const struct lab *lab, uint32_t phone)
{
    for (uint32_t c = 0; c < lab->state.cluster_count; c++) {
        const struct device_class *k = config_class_of(&lab->state.clusters[c], phone);
        if (k != NULL && k->encrypted && k->key != 0)
            return k->key == lab_typed_key(lab, phone) ? 0 : k->key;
    }
    return 0;
}

uint32_t lab_key(struct lab *lab, uint32_t digits)
{
    struct content *c = lab->base->content;
    return content_symmetric(c, content_get_str(c, digits));
}

uint32_t lab_key_digits(const struct lab *lab, uint32_t key)
{
    char digits[SYMMETRIC_DIGITS + 1] = "";
    CHECK(content_symmetric_digits(lab->base->content, key, digits));
    return content_str(lab->base->content, digits);
}
