#include "sim/predict/remedy.h"

#include "sim/base/check.h"
#include "sim/base/sys.h"

#include <string.h>

#define SECOND 1000000ull
#define TRY_US (24ull * 3600 * SECOND) /* a trial that is not quiet by then has not helped */

/* ---- words ---- */

static bool is_act(enum remedy r)
{
    return r >= REMEDY_ACTS && r < REMEDY_UNKNOWN;
}

/* Those that are no acts; the others have theirs in the table of acts. */
static const struct act_remedy plain[] = {
    [REMEDY_NONE] = { .name = "none",
                      .title = "back already",
                      .sentence = "Nothing to do: it came back during the run.",
                      .back_after = "came back by itself" },
    [REMEDY_BOOT] = { .name = "boot",
                      .title = "next boot",
                      .sentence = "Reset the phone, or wait until it boots: it comes back by "
                                  "itself.",
                      .back_after = "its next boot" },
};
static const struct act_remedy not_found = {
    .name = "unknown",
    .title = "not found",
    .sentence = "Nothing that was tried helps, not even deleting the trust lists on the phone: "
                "look at its network and its row in the database.",
    .back_after = "nothing that was tried"
};

static const struct act_remedy *words_of(enum remedy r)
{
    return is_act(r)             ? &act_table[r - REMEDY_ACTS].remedy
           : r == REMEDY_UNKNOWN ? &not_found
                                 : &plain[r];
}

const char *remedy_name(enum remedy r)
{
    return words_of(r)->name;
}

const char *remedy_title(enum remedy r)
{
    return words_of(r)->title;
}

const char *remedy_sentence(enum remedy r)
{
    return words_of(r)->sentence;
}

const char *remedy_after(enum remedy r)
{
    return words_of(r)->back_after;
}

uint32_t remedy_order(enum remedy out[REMEDIES])
{
    uint32_t n = 0;
    out[n++] = REMEDY_NONE;
    out[n++] = REMEDY_BOOT;
    for (uint32_t narrow = 1; narrow <= UINT8_MAX; narrow++) {
        for (uint32_t k = 0; k < ACTS; k++) {
            if (act_table[k].remedy.narrow == narrow)
                out[n++] = (enum remedy)(REMEDY_ACTS + k);
        }
    }
    out[n++] = REMEDY_UNKNOWN;
    return n;
}

static bool by_hand(enum remedy r)
{
    return is_act(r) && words_of(r)->needs == NEEDS_HANDS;
}

uint32_t remedy_worst_first(enum remedy out[REMEDIES])
{
    enum remedy order[REMEDIES];
    uint32_t n = remedy_order(order), count = 0;
    for (uint32_t pass = 0; pass < 2; pass++) {
        for (uint32_t i = n; i-- > 0;) {
            if (by_hand(order[i]) == (pass == 0))
                out[count++] = order[i];
        }
    }
    return count;
}

/* ---- acts ---- */

#define CANDIDATES 512 /* more than every service of every node */

static uint32_t settle(struct lab *lab)
{
    return lab_settle(lab, lab_now_us(lab) + TRY_US).idle_retries;
}

/* The services behind an act, restarted where they run. */
static void restart(struct lab *lab, uint32_t cluster, uint32_t services)
{
    for (uint32_t s = 0; s < SERVICES; s++) {
        FOR_EACH_NODE(&lab->state.clusters[cluster], n)
        {
            struct act act = { .kind = DO_RESTART, .node = (uint8_t)n, .arg = { s } };
            if ((services & SERVICE_BIT(s)) != 0 &&
                lab->state.clusters[cluster].nodes[n].run.services[s].state != SERVICE_STOPPED)
                lab_do(lab, cluster, &act, NULL);
        }
    }
}

/* Everything of this kind that could help, on every cluster.  On phones: nothing here, try_act()
 * does it to each.  Returns how many there are; `really` false: only counts. */
static uint32_t do_everywhere(struct lab *lab, enum act_kind kind, bool really)
{
    uint32_t found = 0;
    for (uint32_t c = 0; c < lab->state.cluster_count; c++) {
        struct act acts[CANDIDATES];
        uint32_t n = act_candidates(&lab->state.clusters[c], kind, acts, CANDIDATES);
        CHECK(n <= CANDIDATES);
        for (uint32_t i = 0; i < n && really; i++)
            lab_do(lab, c, &acts[i], NULL);
        if (n > 0 && really)
            restart(lab, c, act_table[kind].remedy.then);
        found += n;
    }
    return found;
}

static bool on_phones(enum remedy r)
{
    return is_act(r) && act_table[r - REMEDY_ACTS].scope == ON_PHONES;
}

static bool can_help(struct lab *lab, enum remedy r)
{
    return !is_act(r) || on_phones(r) ||
           do_everywhere(lab, (enum act_kind)(r - REMEDY_ACTS), false) > 0;
}

static void act_on_clusters(struct lab *lab, enum remedy r)
{
    if (!is_act(r))
        return;
    const struct act_remedy *remedy = words_of(r);
    for (size_t i = 0; i < sizeof remedy->first && remedy->first[i] != ACTS; i++) {
        do_everywhere(lab, (enum act_kind)remedy->first[i], true);
        settle(lab);
    }
    if (!on_phones(r))
        do_everywhere(lab, (enum act_kind)(r - REMEDY_ACTS), true);
    settle(lab);
}

static void act_on_phones(struct lab *lab, enum remedy r)
{
    struct act act = { .kind = (uint8_t)(r - REMEDY_ACTS) };
    struct lab_whom all = { .count = lab->state.phone_count };
    if (on_phones(r)) {
        lab_do_phones(lab, 0, &act, &all, NULL);
        settle(lab);
    }
}

/* ---- trying ---- */

static void for_all(struct lab *trial, void (*act)(struct lab *, uint32_t, uint64_t))
{
    for (uint32_t i = 0; i < trial->state.phone_count; i++)
        act(trial, i, lab_now_us(trial));
    settle(trial);
}

static void power_off(struct lab *lab, uint32_t phone, uint64_t at_us)
{
    lab_power(lab, phone, false, at_us);
}

static void power_on(struct lab *lab, uint32_t phone, uint64_t at_us)
{
    lab_power(lab, phone, true, at_us);
}

/* One act for all groups that have no remedy yet: they do not touch each other. */
static void try_act(struct lab *lab, struct phone_groups *groups, enum remedy remedy)
{
    uint32_t *open = mem_take(&sys_mem, ((size_t)groups->count + 1) * sizeof *open);
    uint32_t *phones = mem_take(&sys_mem, ((size_t)groups->count + 1) * sizeof *phones);
    uint32_t n = 0;
    for (uint32_t g = 0; g < groups->count; g++) {
        if (groups->list[g].answer != REMEDY_UNKNOWN)
            continue;
        open[n] = g;
        phones[n++] = groups->list[g].phone;
    }
    if (n > 0 && can_help(lab, remedy)) {
        struct lab *trial = lab_trial(lab, phones, n);
        for_all(trial, power_off);
        act_on_clusters(trial, remedy);
        for_all(trial, power_on);
        act_on_phones(trial, remedy);
        for (uint32_t i = 0; i < n; i++) {
            if ((groups->list[open[i]].lost & FSM_BIT(FUNCTION_SECURE_SERVICES)) != 0)
                lab_press(trial, i, KEY_DIRECTORIES, lab_now_us(trial));
        }
        settle(trial);
        for (uint32_t i = 0; i < n; i++) {
            if (trial->state.phones[i].lost == 0 && phone_is_registered(&trial->state.phones[i]))
                groups->list[open[i]].answer = (uint8_t)remedy;
        }
        lab_free(trial);
    }
    mem_free(&sys_mem, open);
    mem_free(&sys_mem, phones);
}

static bool lost_something(void *ctx, const struct lab *lab, uint32_t phone, uint8_t *lost)
{
    (void)lab;
    *lost = ((const uint8_t *)ctx)[phone];
    return *lost != 0;
}

void remedies_find(struct lab *lab, const uint8_t *lost, struct remedies *out)
{
    groups_find(lab, lost_something, (void *)(uintptr_t)lost, &out->groups);
    for (uint32_t g = 0; g < out->groups.count; g++)
        out->groups.list[g].answer = REMEDY_UNKNOWN;
    enum remedy order[REMEDIES];
    uint32_t n = remedy_order(order);
    for (uint32_t i = 0; i < n; i++) {
        if (order[i] != REMEDY_NONE && order[i] != REMEDY_UNKNOWN)
            try_act(lab, &out->groups, order[i]);
    }
}

void remedies_free(struct remedies *r)
{
    groups_free(&r->groups);
}

enum remedy remedies_of(const struct remedies *r, uint32_t phone)
{
    const struct phone_group *g = group_of(&r->groups, phone);
    return g == NULL ? REMEDY_NONE : (enum remedy)g->answer;
}

uint32_t remedies_phones(const struct remedies *r, enum remedy remedy)
{
    uint32_t n = 0;
    for (uint32_t g = 0; g < r->groups.count; g++)
        n += r->groups.list[g].answer == remedy ? r->groups.list[g].phones : 0;
    return n;
}
