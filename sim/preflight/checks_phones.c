/* Checks of phones: which lists they hold, and what comes of them. */
#include "sim/preflight/say.h"

#include "sim/base/count.h"
#include "sim/base/sys.h"
#include "sim/preflight/touch.h"

#include <string.h>

/* ---- phones whose list is not the one served ---- */

/* Of one list, served another one by whatever TFTP, and with the same end in both cases: what is
 * said of them is the same. */
struct kept {
    uint32_t list; /* the ITL, or the CTL where the ITL is the one served */
    bool itl;
    bool untold; /* it is another one, and no file says which */
    struct touch_end known, strangers;
    struct preflight_who who;
};

struct kepts {
    struct table index;
    struct kept *list;
    uint32_t count, cap;
};

static struct touch_end end_in(const struct touch *t, uint32_t phone)
{
    if (t == NULL)
        return (struct touch_end){ 0 };
    return touch_of(t, phone);
}

/* What comes of its lists alone: one that takes what is served may lose something all the same,
 * which is another check. */
static struct touch_end lists_end(const struct touch *t, uint32_t phone)
{
    struct touch_end e = end_in(t, phone);
    if (e.takes)
        return (struct touch_end){ .takes = true };
    return e;
}

static uint64_t end_key(uint64_t h, const struct touch_end *e)
{
    h = rng_mix(h ^ ((uint64_t)e->takes << 32 | (uint64_t)e->lost << 24 | (uint64_t)e->way << 16 |
                     e->hand));
    return e->words == NULL ? h : rng_hash(h, view_str(e->words));
}

static struct kept *kept_of(struct kepts *k, const struct kept *like)
{
    uint64_t h = rng_mix((uint64_t)like->list << 2 | (uint64_t)like->itl << 1 | like->untold);
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
        bool ctl = p->ctl != touch_served(s->lab, i, true);
        bool itl = p->itl != touch_served(s->lab, i, false);
        struct kept one = { .list = itl   ? p->itl
                                    : ctl ? p->ctl
                                          : 0,
                            .itl = itl,
                            .untold = see_mismatch(see_told(s, i)),
                            .known = lists_end(s->known, i),
                            .strangers = lists_end(s->strangers, i) };
        if (one.untold) /* what comes of it nobody knows, whatever was tried */
            one.known = one.strangers = (struct touch_end){ .holds = false };
        if (one.untold || itl || ctl)
            who_phone(&kept_of(k, &one)->who, i);
    }
}

static bool same_end(const struct preflight_see *s, const struct kept *k)
{
    return s->strangers == NULL ||
           (k->known.takes == k->strangers.takes && k->known.way == k->strangers.way &&
            k->known.hand == k->strangers.hand);
}

static const char *list_held(struct preflight_see *s, const struct kept *k)
{
    if (k->untold)
        return "another ITL, which no file has";
    return k->list == 0 ? say_text(s, "no %s", k->itl ? "ITL" : "CTL") : see_list(s, k->list);
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
    const char *first = end_words(s, &k->known);
    if (k->untold) {
        say(s, PREFLIGHT_UNKNOWN, &k->who, "%s with %s (%s)", phones, held, say_phones(s, &k->who));
        return;
    }
    if (!same_end(s, k)) {
        say(s, PREFLIGHT_UNKNOWN, &k->who,
            "%s with %s (%s): if its certificates are those known under its names, each %s; if "
            "not, each %s",
            phones, held, say_phones(s, &k->who), first, end_words(s, &k->strangers));
        return;
    }
    enum preflight_severity severity = k->known.lost != 0 ? PREFLIGHT_FAIL : PREFLIGHT_WARN;
    struct preflight_finding *f = say(s, severity, &k->who, "%s with %s (%s): each %s", phones,
                                      held, say_phones(s, &k->who), first);
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

/* ---- phones that lose something though their lists are the ones served, or will be ---- */

static void look_next_boot(struct preflight_see *s)
{
    struct kepts k = { .index = table_of(&sys_mem) };
    FOR_EACH_PHONE(s, i)
    {
        struct kept one = { .known = end_in(s->known, i) };
        if ((one.known.holds || one.known.takes) && one.known.lost != 0)
            who_phone(&kept_of(&k, &one)->who, i);
    }
    for (uint32_t i = 0; i < k.count; i++) {
        const struct kept *one = &k.list[i];
        struct preflight_finding *f =
            say(s, PREFLIGHT_FAIL, &one->who,
                "%s that hold or take what is served (%s): at its next boot each %s",
                COUNTED_OF(one->who.phones, "phone"), say_phones(s, &one->who),
                end_words(s, &one->known));
        if (one->known.words != NULL)
            f->what = one->known.words;
    }
    table_free(&k.index);
    mem_free(&sys_mem, k.list);
}

/* ---- what the next restart brings, though nobody changes anything ---- */

static void look_next_restart(struct preflight_see *s)
{
    const struct ahead *a = &s->known->ahead;
    for (uint32_t i = 0; i < a->bomb_count; i++) {
        const struct ahead_bomb *b = &a->bombs[i];
        const struct ahead_cause *c = &a->causes[b->cause];
        struct preflight_who who = { .phones = 0 };
        char when[AHEAD_TEXT], lost[160];
        uint8_t functions = 0;
        if (c->cluster != s->cluster || b->phones == 0)
            continue;
        for (int f = 0; f < FUNCTIONS; f++)
            functions |= b->lost[f] > 0 ? FSM_BIT(f) : 0;
        who_phone(&who, b->example);
        who.phones = b->phones;
        if (c->kind != AHEAD_DAY)
            who_node(&who, c->node);
        uint32_t hands = b->by_way[WAY_HANDS] + b->by_way[WAY_UNKNOWN];
        say(s, hands > 0 ? PREFLIGHT_FAIL : PREFLIGHT_WARN, &who,
            "%s (%s) would lose %s %s; %s would need hands", COUNTED_OF(b->phones, "phone"),
            say_phones(s, &who), touch_lost(functions, lost), ahead_words(s->lab, c, when),
            hands == 0 ? "none" : COUNTED(hands));
    }
}

/* ---- phones of which nobody knows what they hold ---- */

static bool is_assumed(const struct lab_found_phone *f)
{
    return f->itl.how == HOLDS_UNTOLD && f->itl_status != ITL_STATUS_MATCH &&
           f->itl_status != ITL_STATUS_MISMATCH;
}

static void look_lists_untold(struct preflight_see *s)
{
    struct preflight_who who = { .phones = 0 };
    uint32_t all = 0;
    if (s->told == NULL) {
        say(s, PREFLIGHT_UNKNOWN, NULL,
            "No file says which lists phones hold: they hold what the scenario gave them");
        return;
    }
    FOR_EACH_PHONE(s, i)
    {
        if (!model_table[s->lab->state.phones[i].model].itl)
            continue;
        all++;
        if (is_assumed(see_told(s, i)))
            who_phone(&who, i);
    }
    if (who.phones > 0)
        say(s, PREFLIGHT_UNKNOWN, &who,
            "No file says which list is held by %s of %s (assumed: the one served, now or when "
            "they were seen last): %s",
            COUNTED(who.phones), COUNTED_OF(all, "phone"), say_phones(s, &who));
}

static void look_web_off(struct preflight_see *s)
{
    struct preflight_who who = { .phones = 0 };
    uint32_t assumed = 0;
    FOR_EACH_PHONE(s, i)
    {
        const struct lab_found_phone *f = see_told(s, i);
        if (f->web != LAB_NO)
            continue;
        who_phone(&who, i);
        assumed += is_assumed(f);
    }
    if (who.phones > 0)
        say(s, PREFLIGHT_WARN, &who,
            "%s with web access off, where no page can prove what is held (of %s nothing else "
            "says it either): %s",
            COUNTED_OF(who.phones, "phone"), assumed == 0 ? "none" : COUNTED(assumed),
            say_phones(s, &who));
}

/* ---- phones that are off ---- */

static bool is_off(const struct preflight_see *s, uint32_t phone, const struct lab_found_phone *f)
{
    return f->on == LAB_NO ||
           (f->on == LAB_UNTOLD && s->lab->state.phones[phone].state == PHONE_OFF);
}

/* Since when a phone is off, Unix seconds; 0: nobody says. */
static int64_t off_since(const struct preflight_see *s, uint32_t phone,
                         const struct lab_found_phone *f)
{
    const struct lab_cold *cold = &s->lab->state.cold[phone];
    if (f->line != 0 || f->since_s != 0)
        return f->since_s;
    return s->lab->base->options.start_s + (int64_t)(cold->since_us / 1000000);
}

/* The longest that an answer of TVS lives here. */
static uint32_t longest_ttl(const struct preflight_see *s)
{
    uint32_t most = (uint32_t)s->cl->db.params[PARAM_TVS_TTL_S];
    for (uint32_t i = 0; i < s->cl->db.row_count; i++) {
        const struct cert_row *r = &s->cl->db.rows[i];
        if (r->until_us == UINT64_MAX && r->has_ttl && r->ttl_s > most)
            most = r->ttl_s;
    }
    return most;
}

static void look_off_long(struct preflight_see *s)
{
    struct preflight_who who = { .phones = 0 }, untold = { .phones = 0 };
    uint32_t ttl_s = longest_ttl(s);
    int64_t first_s = s->now_s;
    FOR_EACH_PHONE(s, i)
    {
        const struct lab_found_phone *f = see_told(s, i);
        int64_t since_s = off_since(s, i, f);
        if (!is_off(s, i, f))
            continue;
        if (since_s == 0)
            who_phone(&untold, i);
        else if (s->now_s - since_s > (int64_t)ttl_s)
            who_phone(&who, i);
        if (since_s != 0 && since_s < first_s)
            first_s = since_s;
    }
    if (who.phones > 0)
        say(s, PREFLIGHT_WARN, &who,
            "%s off for longer than an answer of TVS lives (%s), the first since %s: %s",
            COUNTED_OF(who.phones, "phone"), COUNTED_OF(ttl_s / 3600, "hour"), say_day(s, first_s),
            say_phones(s, &who));
    if (untold.phones > 0)
        say(s, PREFLIGHT_UNKNOWN, &untold, "%s off since a time that no file says: %s",
            COUNTED_OF(untold.phones, "phone"), say_phones(s, &untold));
}

/* When the certificates that phones' lists hold were last made anew, and which. */
static int64_t last_change(const struct preflight_see *s, uint32_t *node, enum own *own)
{
    int64_t newest = 0;
    FOR_EACH_NODE(s->cl, i)
    {
        for (int k = 0; k < OWNS; k++) {
            uint32_t cert = s->cl->nodes[i].disk.own[k];
            if (cert == 0 || !own_kinds[k].in_lists || see_made(s, i, (enum own)k))
                continue;
            int64_t made_s = content_get_cert(s->lab->base->content, cert)->not_before_s;
            if (made_s > newest) {
                newest = made_s;
                *node = i;
                *own = (enum own)k;
            }
        }
    }
    return newest;
}

static void look_off_before(struct preflight_see *s)
{
    struct preflight_who who = { .phones = 0 };
    uint32_t node = 0;
    enum own own = OWN_CALLMANAGER;
    int64_t change_s = last_change(s, &node, &own);
    uint32_t off = 0;
    FOR_EACH_PHONE(s, i)
    {
        const struct lab_found_phone *f = see_told(s, i);
        int64_t since_s = off_since(s, i, f);
        off += is_off(s, i, f);
        if (is_off(s, i, f) && since_s != 0 && since_s < change_s)
            who_phone(&who, i);
    }
    if (change_s == 0 && off > 0)
        say(s, PREFLIGHT_UNKNOWN, NULL, "No file says when a certificate was renewed last: %s off",
            COUNTED_OF(off, "phone"));
    if (who.phones > 0)
        say(s, PREFLIGHT_WARN, &who, "%s off since before %s of %s was made on %s: %s",
            COUNTED_OF(who.phones, "phone"), own_name(own), s->cl->nodes[node].disk.name,
            say_day(s, change_s), say_phones(s, &who));
}

/* ---- models ---- */

/* How many phones of each model, in the order of the table. */
struct models {
    uint32_t phones[256];
};

static const char *models_text(struct preflight_see *s, const struct models *m)
{
    struct say_list l = { .count = 0 };
    for (uint32_t i = 0; i < model_count; i++) {
        if (m->phones[i] > 0)
            say_add(&l, say_text(s, "%s %s", COUNTED(m->phones[i]), model_table[i].name));
    }
    return say_end(s, &l);
}

static void look_no_sbd(struct preflight_see *s)
{
    struct preflight_who who = { .phones = 0 };
    struct models models = { { 0 } };
    FOR_EACH_PHONE(s, i)
    {
        uint8_t model = s->lab->state.phones[i].model;
        if (s->cl->db.mixed_mode && model_table[model].ctl && !model_table[model].itl) {
            models.phones[model]++;
            who_phone(&who, i);
        }
    }
    if (who.phones > 0)
        say(s, PREFLIGHT_WARN, &who,
            "%s without Security by Default, with a CTL alone and no TVS to ask: %s",
            COUNTED_OF(who.phones, "phone"), models_text(s, &models));
}

static void look_tls_minimum(struct preflight_see *s)
{
    static const char *const names[] = { "1.0", "1.1", "1.2", "1.3" };
    struct preflight_who secure = { .phones = 0 }, other = { .phones = 0 };
    struct models mine = { { 0 } }, theirs = { { 0 } };
    uint64_t least = s->cl->db.params[PARAM_TLS_MIN];
    /* Nobody can collect what a command says that the version does not have. */
    bool told = s->told == NULL || s->cl->version->tls_highest == 0;
    for (uint32_t i = 0; s->told != NULL && i < s->told->model.node_count; i++)
        told = told || s->told->nodes[i].tls >= 0;
    FOR_EACH_PHONE(s, i)
    {
        const struct device_class *k = config_class_of(s->cl, i);
        uint8_t model = s->lab->state.phones[i].model;
        bool is_secure = k != NULL && k->security_mode != CNF_NON_SECURE;
        if (lab_speaks_tls(s->lab, i, s->cl) || !(model_table[model].itl || model_table[model].ctl))
            continue;
        (is_secure ? &mine : &theirs)->phones[model]++;
        who_phone(is_secure ? &secure : &other, i);
    }
    if (secure.phones > 0)
        say(s, PREFLIGHT_FAIL, &secure,
            "%s with a secure profile and without TLS %s, which the servers want: %s",
            COUNTED_OF(secure.phones, "phone"), names[least & 3], models_text(s, &mine));
    if (other.phones > 0)
        say(s, PREFLIGHT_WARN, &other,
            "%s without TLS %s, which the servers want, so without TVS and HTTPS: %s",
            COUNTED_OF(other.phones, "phone"), names[least & 3], models_text(s, &theirs));
    if (!told)
        say(s, PREFLIGHT_UNKNOWN, NULL, "No file says which TLS the servers want at least");
}

static void look_model_unknown(struct preflight_see *s)
{
    struct preflight_who who = { .phones = 0 };
    struct say_list l = { .count = 0 };
    const char *last = "";
    FOR_EACH_PHONE(s, i)
    {
        const struct lab_found_phone *f = see_told(s, i);
        if (f->model == NULL)
            continue;
        who_phone(&who, i);
        if (strcmp(f->model, last) != 0)
            say_add(&l, say_text(s, "%s as %s", f->model,
                                 model_table[s->lab->state.phones[i].model].name));
        last = f->model;
    }
    if (who.phones > 0)
        say(s, PREFLIGHT_UNKNOWN, &who, "%s of models that the table does not have: %s",
            COUNTED_OF(who.phones, "phone"), say_end(s, &l));
}

static void look_secure_profile(struct preflight_see *s)
{
    struct preflight_who who = { .phones = 0 };
    FOR_EACH_PHONE(s, i)
    {
        const struct device_class *k = config_class_of(s->cl, i);
        if (!s->cl->db.mixed_mode && k != NULL && k->security_mode != CNF_NON_SECURE)
            who_phone(&who, i);
    }
    if (who.phones > 0)
        say(s, PREFLIGHT_WARN, &who,
            "%s with a secure profile in a cluster that is not in mixed mode: %s",
            COUNTED_OF(who.phones, "phone"), say_phones(s, &who));
}

const struct preflight_check preflight_checks_phones[] = {
    { .name = "lists-held",
      .title = "phones whose list is not the one served",
      .good = "Every phone holds the lists that its TFTP server serves, as far as files say",
      .source = "the phones' own pages, ITL File Status; what comes of it was tried in a copy",
      .why = "Such a phone trusts somebody else than its cluster. A change that leans on its list "
             "may leave it behind.",
      .what = "Reset them before the change, and look again: each must hold the list that is "
              "served.",
      .collect = "the list itself: the ITL file as that TFTP server served it then, or the "
                 "certificates of its records from a backup; or reset one such phone and see",
      .worst = PREFLIGHT_FAIL,
      .tries = true,
      .look = look_lists_held },
    { .name = "next-boot",
      .title = "phones that hold or take what is served and lose something all the same",
      .good = "No phone that holds or takes what is served loses anything at its next boot",
      .source = "tried in a copy of the present: one phone of each state boots",
      .why = "What they lose is lost already: they have not noticed yet.",
      .what = "Mend it before the change.",
      .worst = PREFLIGHT_FAIL,
      .tries = true,
      .look = look_next_boot },
    { .name = "next-restart",
      .title = "what the next restart would cost, though nobody changes anything",
      .good = "No restart of a service or a node, and no day that passes, costs a phone anything",
      .source = "tried in a copy of the present: restarts of what holds something old, of nodes, a "
                "day",
      .why = "A restart takes up what was changed before and never took effect: it looks like "
             "nothing, and is a change.",
      .what = "Do that restart on purpose, one node at a time, with phones there to take the new "
              "list, or undo what waits for it.",
      .worst = PREFLIGHT_FAIL,
      .stops = PREFLIGHT_STOPS_RENEWAL | PREFLIGHT_STOPS_NODES | PREFLIGHT_STOPS_MOVE |
               PREFLIGHT_STOPS_MODE,
      .tries = true,
      .look = look_next_restart },
    { .name = "lists-untold",
      .title = "phones of which nobody knows what they hold",
      .good = "Files say of every phone which ITL it holds",
      .source = "the phones' own pages, ITL File Status",
      .why = "For these the verdict is an assumption.",
      .what = "Collect it.",
      .collect = "ITL File Status (14 on: Device > Phone, column ITL File Status, exported as "
                 "CSV), or the page Network Setup of each phone",
      .worst = PREFLIGHT_UNKNOWN,
      .look = look_lists_untold },
    { .name = "web-off",
      .title = "phones with web access off",
      .good = "No file says that web access of a phone is off",
      .source = "Web Access of the phones, or of their Common Phone Profile",
      .why = "Behind a step nobody can prove that such a phone took the new list, unless ITL File "
             "Status says it (14 on, registered SIP phones).",
      .what = "Enable Web Access on a few phones of each site before the change (phone page or "
              "Common Phone Profile; Apply Config), and off again behind it.",
      .worst = PREFLIGHT_WARN,
      .look = look_web_off },
    { .name = "off-long",
      .title = "phones that are off for longer than an answer of TVS lives",
      .good = "No phone is off for longer than an answer of TVS lives",
      .source = "lastSeen of listRegistrationDynamic, RISPort; the time to live of TVS answers",
      .why = "What is changed while they are off they meet all at once, and none of what TVS once "
             "told them counts any more (technote 214231).",
      .what = "Bring them up before the change, or write them down for hands.",
      .collect = "AXL listRegistrationDynamic (11.5 on): lastSeen",
      .worst = PREFLIGHT_WARN,
      .look = look_off_long },
    { .name = "off-before",
      .title = "phones that are off since before the last renewal",
      .good = "No phone is off since before the last renewal",
      .source = "lastSeen of listRegistrationDynamic, RISPort; dates of the own certificates",
      .why = "They hold a list from before it. One more change, and two lie between their list and "
             "that of the cluster.",
      .what = "Bring them up and let them take the list of now before the change.",
      .collect = "`show cert own NAME/NAME.pem` for each line of `show cert list own`, on each "
                 "node",
      .worst = PREFLIGHT_WARN,
      .look = look_off_before },
    { .name = "no-sbd",
      .title = "models without Security by Default in mixed mode",
      .good = "No model lacks Security by Default, or the cluster is not in mixed mode",
      .source = "models of the phones; ClusterSecurityMode",
      .why = "They trust by their CTL alone: a CTL by a signer that theirs does not hold is "
             "refused, and no TVS helps (technote 118893).",
      .what = "Keep the signer of the CTL over the change, and look at one of them behind each "
              "step.",
      .worst = PREFLIGHT_WARN,
      .look = look_no_sbd },
    { .name = "tls-minimum",
      .title = "the least TLS of the servers above what a model speaks",
      .good = "Every phone speaks the TLS that the servers want",
      .source = "show tls min-version; models of the phones",
      .why = "Such a phone reaches neither TVS nor a secure CallManager: when its list is not "
             "enough nothing helps it but hands.",
      .what = "`set tls min-version` lower until the change is over, or replace these phones.",
      .collect = "`show tls min-version` of each node",
      .worst = PREFLIGHT_FAIL,
      .look = look_tls_minimum },
    { .name = "secure-profile",
      .title = "secure profiles without mixed mode",
      .good = "No phone has a secure profile in a cluster that is not in mixed mode",
      .source = "security profiles of the phones; ClusterSecurityMode",
      .why = "The profile has no effect now: the day that somebody sets mixed mode these phones "
             "change.",
      .what = "Give them the non-secure profile, or set mixed mode on purpose.",
      .worst = PREFLIGHT_WARN,
      .look = look_secure_profile },
    { .name = "model-unknown",
      .title = "models that nobody knows",
      .good = "Every model of these phones is known",
      .source = "models of the phones",
      .why = "They are taken for a phone of their family; what they do may differ.",
      .what = "Look at one of them behind each step.",
      .collect = "what such a phone does: with --as of an inventory, or a row of docs/MODELS.md",
      .worst = PREFLIGHT_UNKNOWN,
      .look = look_model_unknown },
    { .name = NULL },
};
