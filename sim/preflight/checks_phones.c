/* Checks of phones: which lists they hold, and what comes of them. */
#include "sim/preflight/say.h"

#include "sim/base/count.h"
#include "sim/base/sys.h"
#include "sim/preflight/touch.h"

/* ---- phones whose list is not the one served ---- */

/* Of one list, served another one by one TFTP, and with the same end in both cases. */
struct kept {
    uint32_t ctl, itl, served_ctl, served_itl;
    bool untold; /* it is another one, and no file says which */
    struct touch_end known, strangers;
    struct preflight_who who;
};

struct kepts {
    struct table index;
    struct kept *list;
    uint32_t count, cap;
};

static bool is_untold(const struct lab_found_phone *f)
{
    return f->itl_status == ITL_STATUS_MISMATCH && f->itl.how <= HOLDS_SERVED;
}

static struct touch_end end_in(const struct touch *t, uint32_t phone)
{
    return t == NULL ? (struct touch_end){ 0 } : touch_of(t, phone);
}

static uint64_t end_key(uint64_t h, const struct touch_end *e)
{
    h = rng_mix(h ^ ((uint64_t)e->lost << 24 | (uint64_t)e->way << 16 | e->hand));
    return e->words == NULL ? h : rng_hash(h, view_str(e->words));
}

static struct kept *kept_of(struct kepts *k, const struct kept *like)
{
    uint64_t h = rng_mix(((uint64_t)like->itl << 32 | like->ctl) ^ like->untold);
    h = rng_mix(h ^ ((uint64_t)like->served_itl << 32 | like->served_ctl));
    h = end_key(end_key(h, &like->known), &like->strangers) | 1;
    uint32_t *at = table_get(&k->index, h);
    if (at == NULL) {
        mem_reserve(&sys_mem, (void **)&k->list, &k->cap, (size_t)k->count + 1, sizeof *k->list);
        k->list[k->count] = *like;
        table_put(&k->index, h, k->count++);
        return &k->list[k->count - 1];
    }
    return &k->list[*at];
}

static void find_kept(struct preflight_see *s, struct kepts *k)
{
    *k = (struct kepts){ .index = table_of(&sys_mem) };
    FOR_EACH_PHONE(s, i)
    {
        const struct phone *p = &s->lab->state.phones[i];
        struct kept one = { .ctl = p->ctl,
                            .itl = p->itl,
                            .served_ctl = touch_served(s->lab, i, true),
                            .served_itl = touch_served(s->lab, i, false),
                            .untold = is_untold(see_told(s, i)),
                            .known = end_in(s->known, i),
                            .strangers = end_in(s->strangers, i) };
        if (one.untold || one.ctl != one.served_ctl || one.itl != one.served_itl)
            who_phone(&kept_of(k, &one)->who, i);
    }
}

static bool same_end(const struct preflight_see *s, const struct kept *k)
{
    return s->strangers == NULL ||
           (k->known.way == k->strangers.way && k->known.hand == k->strangers.hand);
}

static const char *list_held(struct preflight_see *s, const struct kept *k)
{
    bool itl = k->itl != k->served_itl;
    uint32_t list = itl ? k->itl : k->ctl;
    if (k->untold)
        return "another ITL, which no file has";
    return list == 0 ? say_text(s, "no %s", itl ? "ITL" : "CTL") : see_list(s, list);
}

static const char *end_words(struct preflight_see *s, const struct touch_end *e)
{
    static const char *const words[WAY_KINDS] = {
        [WAY_NONE] = "takes what is served at its next reset",
        [WAY_BOOT] = "takes what is served after some resets",
        [WAY_ACTS] = "is brought back by what an administrator does",
        [WAY_HANDS] = "needs hands at the phone",
        [WAY_UNKNOWN] = "is brought back by nothing that was tried",
    };
    char lost[160];
    if (e->lost == 0)
        return words[e->way];
    return say_text(s, "loses %s and %s", touch_lost(e->lost, lost), words[e->way]);
}

static void say_kept(struct preflight_see *s, const struct kept *k)
{
    const char *phones = COUNTED_OF(k->who.phones, "phone");
    const char *held = list_held(s, k);
    const char *each = k->who.phones == 1 ? "which" : "each of which";
    const char *first = end_words(s, &k->known);
    if (k->untold) {
        say(s, PREFLIGHT_UNKNOWN, &k->who, "%s hold %s (%s)", phones, held, say_phones(s, &k->who));
        return;
    }
    if (!same_end(s, k)) {
        say(s, PREFLIGHT_UNKNOWN, &k->who,
            "%s hold %s (%s): if its certificates are those known under its names, %s %s; if not, "
            "it %s",
            phones, held, say_phones(s, &k->who), each, first, end_words(s, &k->strangers));
        return;
    }
    enum preflight_severity severity = touch_needed(&k->known) ? PREFLIGHT_FAIL : PREFLIGHT_WARN;
    struct preflight_finding *f = say(s, severity, &k->who, "%s hold %s (%s), %s %s", phones, held,
                                      say_phones(s, &k->who), each, first);
    if (k->known.words != NULL)
        f->what = k->known.words;
}

static void look_lists_held(struct preflight_see *s)
{
    struct kepts k;
    find_kept(s, &k);
    for (uint32_t i = 0; i < k.count; i++)
        say_kept(s, &k.list[i]);
    table_free(&k.index);
    mem_free(&sys_mem, k.list);
}

const struct preflight_check preflight_checks_phones[] = {
    { .name = "lists-held",
      .title = "phones whose list is not the one served",
      .good = "every phone holds the lists that its TFTP server serves, as far as files say",
      .source = "the phones' own pages, ITL File Status; what comes of it was tried in a copy",
      .why = "Such a phone trusts somebody else than its cluster. A change that leans on its list "
             "may leave it behind.",
      .what = "Reset them before the change, and look again: each must hold the list that is "
              "served.",
      .collect = "the list itself: the ITL file as that TFTP server served it then, or the "
                 "certificates of its records from a backup; or reset one such phone and see",
      .worst = PREFLIGHT_FAIL,
      .look = look_lists_held },
    { .name = NULL },
};
