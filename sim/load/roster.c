#include "sim/load/roster.h"

#include "sim/base/rng.h"
#include "sim/base/sys.h"
#include "sim/wire/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define PHONES_MOST 1000000
#define SERVERS     3 /* of a group of CallManagers, or of TVS in a configuration, at the most */

static bool asks_it(const struct model *m, enum load_asks asks)
{
    return asks == ROSTER_TVS   ? m->itl
           : asks == ROSTER_SIP ? (m->transports & SPEAKS(CNF_SIP)) != 0
                                : (m->transports & SPEAKS(CNF_SCCP)) != 0;
}

static bool kind_for(struct load_fleet *f, uint8_t model, uint8_t *kind, struct err *e)
{
    uint32_t i = 0;
    while (i < f->kind_count && f->kinds[i].model != model)
        i++;
    if (i == ROSTER_KINDS)
        return err_set(e, "a fleet of more than %d models", ROSTER_KINDS);
    if (i == f->kind_count) {
        f->kinds[i].model = model;
        f->kinds[i].count = 0;
        f->kind_count++;
    }
    *kind = (uint8_t)i;
    return true;
}

bool roster_add(struct load_fleet *f, uint8_t model, const char *name, enum load_asks asks,
                struct err *e)
{
    uint8_t kind = 0;
    if (!asks_it(&model_table[model], asks)) {
        f->left_out++;
        return true;
    }
    if (f->count == PHONES_MOST)
        return err_set(e, "more than %d phones", PHONES_MOST);
    if (!kind_for(f, model, &kind, e))
        return false;
    mem_reserve(&sys_mem, (void **)&f->kind_of, &f->kind_cap, (size_t)f->count + 1, 1);
    if (name != NULL) {
        mem_reserve(&sys_mem, (void **)&f->names, &f->name_cap, (size_t)f->count + 1, ROSTER_NAME);
        snprintf(f->names[f->count], ROSTER_NAME, "%s", name);
    }
    f->kind_of[f->count++] = kind;
    f->kinds[kind].count++;
    return true;
}

static bool read_one(struct load_fleet *f, struct view v, enum load_asks asks, struct err *e)
{
    static const char *const nothing[] = { [ROSTER_TVS] = "holds no ITL and asks no TVS",
                                           [ROSTER_SIP] = "does not speak SIP",
                                           [ROSTER_SCCP] = "does not speak SCCP" };
    char name[64];
    struct view word = text_cut(&v, '=');
    uint64_t count;
    uint8_t model;
    if (word.n == 0 || word.n >= sizeof name || !text_number(v, PHONES_MOST, &count) || count == 0)
        return err_set(e, "--fleet: a list like 7965=300,8861=700 was expected");
    memcpy(name, word.p, word.n);
    name[word.n] = '\0';
    if (!model_find(name, &model))
        return err_set(e, "--fleet %s: no such model (`cucmlab models` has them)", name);
    if (!asks_it(&model_table[model], asks))
        return err_set(e, "--fleet %s: it %s", name, nothing[asks]);
    for (; count > 0; count--) {
        if (!roster_add(f, model, NULL, asks, e))
            return err_prefix(e, "--fleet");
    }
    return true;
}

bool roster_read(struct load_fleet *f, const char *words, enum load_asks asks, struct err *e)
{
    struct view rest = view_str(words);
    for (bool more = true; more;) {
        more = rest.n > 0 && memchr(rest.p, ',', rest.n) != NULL;
        if (!read_one(f, text_cut(&rest, ','), asks, e))
            return false;
    }
    return true;
}

void roster_shuffle(struct load_fleet *f, uint64_t seed)
{
    struct rng r = rng_of(seed, "fleet", 0);
    for (uint32_t i = f->count; i > 1; i--) {
        uint32_t k = (uint32_t)rng_below(&r, i);
        uint8_t kind = f->kind_of[i - 1];
        f->kind_of[i - 1] = f->kind_of[k];
        f->kind_of[k] = kind;
        if (f->names == NULL)
            continue;
        char name[ROSTER_NAME];
        memcpy(name, f->names[i - 1], ROSTER_NAME);
        memcpy(f->names[i - 1], f->names[k], ROSTER_NAME);
        memcpy(f->names[k], name, ROSTER_NAME);
    }
}

void roster_free(struct load_fleet *f)
{
    mem_free(&sys_mem, f->kind_of);
    mem_free(&sys_mem, f->names);
}

const struct model *roster_model(const struct load_fleet *f, uint32_t phone)
{
    return &model_table[f->kinds[f->kind_of[phone]].model];
}

void roster_print(const struct load_fleet *f, char *text, size_t room)
{
    size_t n = 0;
    text[0] = '\0';
    for (uint32_t i = 0; i < f->kind_count; i++) {
        char one[80];
        snprintf(one, sizeof one, "%s%s %" PRIu32, i == 0 ? "" : ", ",
                 model_table[f->kinds[i].model].name, f->kinds[i].count);
        bool last = i + 1 == f->kind_count;
        if (n + strlen(one) + (last ? 1 : sizeof ", ...") > room) {
            snprintf(text + n, room - n, ", ...");
            return;
        }
        n += (size_t)snprintf(text + n, room - n, "%s", one);
    }
}

struct load_pace roster_pace(enum load_asks asks)
{
    struct knobs k = knobs_default();
    bool tvs = asks == ROSTER_TVS;
    return (struct load_pace){
        .boot_min_us = k.value[KNOB_BOOT_MIN_US],
        .boot_max_us = k.value[KNOB_BOOT_MAX_US],
        .timeout_us = k.value[tvs ? KNOB_TVS_TIMEOUT_US : KNOB_REGISTER_TIMEOUT_US],
        .retries = SERVERS - 1,
        .round_us = tvs ? 0 : k.value[KNOB_RETRY_US],
        .round_most_us = tvs ? 0 : k.value[KNOB_RETRY_MAX_US],
    };
}
