#include "sim/predict/verdict.h"

#include "sim/base/buf.h"
#include "sim/base/count.h"

#include <string.h>

/* ---- counting ---- */

bool verdict_needs_hands(const struct verdict_phone *p)
{
    return p->way == WAY_HANDS || p->left.way == WAY_HANDS ||
           (p->left.standing != STANDS_UP && p->boot.way == WAY_HANDS);
}

static void add_left(struct verdict_left *l, const struct verdict_phone *p)
{
    uint8_t lost = p->left.more | p->left.passing;
    l->under_way += p->left.moves;
    l->back += p->left.moves && p->now != 0 && p->left.lost == 0;
    if (lost == 0)
        return;
    if (l->phones++ == 0)
        l->example = p->phone;
    l->passing += p->left.more == 0;
    for (int f = 0; f < FUNCTIONS; f++)
        l->lost[f] += (lost & FSM_BIT(f)) != 0;
    l->by_way[p->left.way]++;
}

/* Hands that are needed before are told of there. */
static void add_boot(struct verdict_boot *b, const struct verdict_phone *p)
{
    bool stuck = p->way == WAY_HANDS || p->left.way == WAY_HANDS;
    if (p->boot.more == 0 || (p->left.standing != STANDS_UP && stuck))
        return;
    if (b->phones++ == 0)
        b->example = p->phone;
    for (int f = 0; f < FUNCTIONS; f++)
        b->lost[f] += (p->boot.more & FSM_BIT(f)) != 0;
    b->by_way[p->boot.way]++;
}

/* When all that is under way has ended. */
static bool is_nowhere(const struct verdict_phone *p)
{
    uint8_t lost = p->left.moves ? p->left.lost : p->now;
    return (lost & FSM_BIT(FUNCTION_REGISTRATION)) != 0;
}

static void add_back(struct verdict_back *b, const struct verdict_phone *p)
{
    if (b->phones++ == 0)
        b->back = p->back;
    b->several |= b->back != p->back;
}

void verdict_add(struct verdict *v, const struct verdict_phone *p)
{
    v->phones++;
    v->need_hands += verdict_needs_hands(p);
    v->boots[p->standing].all++;
    add_left(&v->left, p);
    add_boot(&v->boots[p->left.standing], p);
    v->functions |= p->left.more | p->left.passing;
    if (p->ever == 0)
        return;
    v->lost++;
    v->lost_now += p->now != 0;
    v->functions |= p->ever;
    v->by_way[p->way]++;
    v->unplug += p->way == WAY_BOOT && is_nowhere(p);
    /* What it meets when it is switched on is told of what lies ahead. */
    if (p->way == WAY_NONE && (p->back_kind != BACK_NOT || p->boot.more == 0))
        add_back(&v->back[p->back_kind], p);
}

static const struct ahead_bomb *worst_of(const struct verdict *v)
{
    return v->ahead == NULL ? NULL : ahead_worst(v->ahead);
}

bool verdict_looks_ahead(const struct verdict *v)
{
    bool any = v->left.under_way > 0 || (v->ahead != NULL && v->ahead->bomb_count > 0);
    for (int s = 0; s < STANDINGS; s++)
        any |= v->boots[s].phones > 0;
    return any;
}

uint8_t verdict_turns_on(const struct verdict *v)
{
    uint8_t bits = v->functions;
    for (int f = 0; f < FUNCTIONS; f++) {
        bool later = false;
        for (int s = 0; s < STANDINGS; s++)
            later |= v->boots[s].lost[f] > 0;
        for (uint32_t i = 0; v->ahead != NULL && i < v->ahead->bomb_count; i++)
            later |= v->ahead->bombs[i].lost[f] > 0;
        bits |= later ? (uint8_t)FSM_BIT(f) : 0;
    }
    return bits != 0 ? bits : FSM_BIT(FUNCTIONS) - 1;
}

bool verdict_at_risk(const struct verdict *v)
{
    const struct ahead_bomb *b = worst_of(v);
    return v->need_hands > 0 || v->boots[STANDS_UP].by_way[WAY_HANDS] > 0 ||
           (b != NULL && b->by_way[WAY_HANDS] > 0);
}

/* ---- words ---- */

/* "; 20 came back after: deleted by hand in step 3": never "by themselves" where somebody did
 * something. */
static void put_back(struct wr *w, const struct verdict *v, const struct lab *lab)
{
    static const char *const several[BACK_KINDS] = {
        [BACK_POWER] = "people at the phones",
        [BACK_RESET] = "resets",
        [BACK_ACT] = "acts on the cluster",
        [BACK_HANDS] = "hands on the phones",
    };
    if (v->back[BACK_NOT].phones > 0)
        wr_fmt(w, "; %s %s when switched on", COUNTED(v->back[BACK_NOT].phones),
               v->back[BACK_NOT].phones == 1 ? "comes back" : "come back");
    for (int k = BACK_HANDS; k > BACK_BY_ITSELF; k--) {
        const struct verdict_back *b = &v->back[k];
        char words[BACK_TEXT];
        if (b->phones > 0)
            wr_fmt(w, "; %s came back after: %s", COUNTED(b->phones),
                   b->several ? several[k]
                              : back_words(lab, returns_back(v->returns, b->back), words));
    }
}

/* "12 others come back", "1 other comes back", "12 come back". */
static void put_come(struct wr *w, uint32_t phones, bool others)
{
    bool one = phones == 1;
    wr_fmt(w, "; %s%s come%s back ", COUNTED(phones),
           !others ? ""
           : one   ? " other"
                   : " others",
           one ? "s" : "");
}

/* "needs hands" of one, "need hands" of several; where none does "lose " what. */
static const char *what_of(uint32_t hands, uint32_t lost, const char *what)
{
    if (hands > 0)
        return hands == 1 ? "needs hands" : "need hands";
    if (strcmp(what, "more") == 0)
        return lost == 1 ? "loses more" : "lose more";
    return lost == 1 ? "loses something" : "lose something";
}

static void put_now(struct wr *w, const struct verdict *v, const struct lab *lab)
{
    uint32_t hands = v->by_way[WAY_HANDS], none = v->by_way[WAY_UNKNOWN];
    uint32_t boots = v->by_way[WAY_BOOT] - v->unplug;
    uint32_t self = boots + v->back[BACK_BY_ITSELF].phones;
    uint32_t waits = boots > v->left.back ? boots - v->left.back : 0; /* for that boot */
    bool others = hands > 0;
    if (v->lost == 0)
        wr_fmt(w, "no phone loses anything%s", verdict_looks_ahead(v) ? " now" : "");
    else
        wr_fmt(w, "%s of %s %s", COUNTED(hands > 0 ? hands : v->lost),
               COUNTED_OF(v->phones, "phone"), what_of(hands, v->lost, "something"));
    if (self > 0 && self == v->lost) {
        wr_fmt(w, "; %s", self == 1 ? "it comes back by itself" : "all come back by themselves");
    } else if (self > 0) {
        put_come(w, self, others);
        wr_fmt(w, "%s", self == 1 ? "by itself" : "by themselves");
    }
    if (waits > 0)
        wr_fmt(w, " (%s at %s next boot)", COUNTED(waits), waits == 1 ? "its" : "their");
    if (v->unplug > 0) {
        put_come(w, v->unplug, others);
        wr_fmt(w, "when %s unplugged", v->unplug == 1 ? "it is" : "they are");
    }
    put_back(w, v, lab);
    if (v->by_way[WAY_ACTS] > 0) {
        put_come(w, v->by_way[WAY_ACTS], others);
        wr_fmt(w, "after an act on the cluster");
    }
    if (none > 0)
        wr_fmt(w, "; for %s %snothing was found that helps", COUNTED(none),
               !others     ? ""
               : none == 1 ? "other "
                           : "others ");
}

/* "all of them", "3 of them", "it". */
static void put_part(struct wr *w, uint32_t part, uint32_t all)
{
    if (all == 1)
        wr_fmt(w, "it ");
    else if (part == all || part == 0)
        wr_fmt(w, "%s of them ", part == 0 ? "none" : "all");
    else
        wr_fmt(w, "%s of them ", COUNTED(part));
}

/* A run that ended in the middle: what comes of it. */
static void put_left(struct wr *w, const struct verdict *v)
{
    const struct verdict_left *l = &v->left;
    const char *more = v->lost_now > 0 ? "more" : "something";
    uint32_t hands = l->by_way[WAY_HANDS], part = hands > 0 ? hands : l->phones;
    if (l->under_way == 0)
        return;
    wr_fmt(w, "; %s %s under way: left alone, ", COUNTED_OF(l->under_way, "phone"),
           l->under_way == 1 ? "is" : "are");
    put_part(w, part, l->under_way);
    if (part == 0)
        wr_fmt(w, v->lost_now > 0     ? "loses more"
                  : l->under_way == 1 ? "loses nothing"
                                      : "loses anything");
    else
        wr_fmt(w, "%s", what_of(hands, part, more));
    if (part > 0 && l->passing == l->phones)
        wr_fmt(w, " and %s", part == 1 ? "comes back by itself" : "come back by themselves");
}

/* Phones that are in nobody's service yet: "; 12 more phones that are off will need hands when they
 * boot". */
static void put_waiting(struct wr *w, const struct verdict *v, enum standing s, const char *what)
{
    const struct verdict_boot *b = &v->boots[s];
    uint32_t hands = b->by_way[WAY_HANDS];
    bool one = b->phones == 1;
    if (b->phones == 0)
        return;
    wr_fmt(w, "; %s %sphone%s that %s %s will %s when %s boot%s", COUNTED(b->phones),
           v->by_way[WAY_HANDS] > 0 ? "more " : "", one ? "" : "s", one ? "is" : "are", what,
           hands == b->phones ? "need hands" : "lose something", one ? "it" : "they",
           one ? "s" : "");
    if (hands > 0 && hands < b->phones)
        wr_fmt(w, ", and %s of them will need hands", COUNTED(hands));
}

static void put_next_boot(struct wr *w, const struct verdict *v)
{
    const struct verdict_boot *b = &v->boots[STANDS_UP];
    if (b->phones == 0)
        return;
    wr_fmt(w, "; %s would lose %s at the next boot", COUNTED_OF(b->phones, "phone"),
           v->lost > 0 ? "more" : "something");
    if (b->by_way[WAY_HANDS] > 0)
        wr_fmt(w, ", and %s of them would need hands then", COUNTED(b->by_way[WAY_HANDS]));
}

static void put_worst(struct wr *w, const struct verdict *v, const struct lab *lab)
{
    char when[AHEAD_TEXT];
    const struct ahead_bomb *b = worst_of(v);
    if (b == NULL)
        return;
    uint32_t hands = b->by_way[WAY_HANDS];
    ahead_words(lab, &v->ahead->causes[b->cause], when);
    wr_fmt(w, "; %s: %s of %s %s", when, COUNTED(hands > 0 ? hands : b->phones),
           COUNTED_OF(v->phones, "phone"),
           what_of(hands, b->phones, v->lost_now > 0 ? "more" : "something"));
}

void verdict_text(const struct verdict *v, const struct lab *lab, char out[VERDICT_TEXT])
{
    struct wr w = wr_of(out, VERDICT_TEXT - 1);
    if (v->phones == 0) {
        wr_fmt(&w, "there is no phone in this lab");
    } else {
        put_now(&w, v, lab);
        put_left(&w, v);
        put_waiting(&w, v, STANDS_OFF, "off");
        put_waiting(&w, v, STANDS_UNDER_WAY, "under way");
        put_next_boot(&w, v);
        put_worst(&w, v, lab);
    }
    out[w.n < VERDICT_TEXT ? w.n : VERDICT_TEXT - 1] = '\0';
}
