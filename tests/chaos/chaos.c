/* Random situations: whatever the report names is done for real, and must bring back what it said
 * and harm nobody else; and nobody called "needs hands" comes back by any two acts.
 *
 *   chaos [COUNT [FROM]]     COUNT seeds from FROM on (default: 100 from 1)
 *   chaos - FILE             the seeds of a file, one a line
 *   chaos + COUNT [FROM]     so many of each kind of situation that has acts of its own
 *   chaos = SEED             one, with all that was done and found
 *
 * "For real" is a fork of the lab itself: acts, time, resets, keys.  Nothing of sim/predict is
 * asked what an act of a way means. */
#include "sim/predict/losses.h"
#include "sim/predict/probe.h"
#include "sim/lab_impl.h"
#include "sim/lab_trace.h"
#include "tests/chaos/for_real.h"

#include <inttypes.h>
#include <string.h>

#define PHONES_MOST 64

struct chaos {
    uint64_t seed;
    struct lab *lab;
    const struct remedies *remedies;
    uint8_t lost[PHONES_MOST];       /* now */
    uint8_t boot_alone[PHONES_MOST]; /* after resets and nothing else */
    FILE *told;
    uint32_t failed, tried, hands;
};

static void failed(struct chaos *c, uint32_t phone, uint8_t then, const struct way *w,
                   const char *what)
{
    char text[WAY_TEXT] = "", name[DEVICE_NAME];
    if (w != NULL)
        way_after(c->lab, w, text);
    lab_phone_name(c->lab, phone, name);
    if (c->failed++ == 0)
        printf("FAILED  seed %" PRIu64 ", again by: make chaos ONLY=%" PRIu64 "\n", c->seed,
               c->seed);
    printf("        %s (%u), has lost %x, a boot alone %x, then %x: %s%s%s\n", name,
           (unsigned)phone, c->lost[phone], c->boot_alone[phone], then, what, w == NULL ? "" : ": ",
           text);
}

/* What is lost once somebody has pressed Directories wherever there is something to lose. */
static void lost_then(struct lab *lab, const uint8_t *had, uint8_t *out)
{
    const uint8_t services = FSM_BIT(FUNCTION_SECURE_SERVICES);
    struct losses losses;
    bool pressed[PHONES_MOST] = { false };
    for (uint32_t i = 0; i < lab->state.phone_count; i++) {
        pressed[i] = probe_can_press(lab, i) || (had[i] & services) != 0;
        if (pressed[i])
            lab_press(lab, i, KEY_DIRECTORIES, lab_now_us(lab));
    }
    settle_lab(lab);
    losses_init(&losses, lab);
    for (uint32_t i = 0; i < lab->state.phone_count; i++) {
        const struct phone *p = &lab->state.phones[i];
        out[i] = losses_now(&losses, i) | (p->lost & (pressed[i] ? UINT8_MAX : (uint8_t)~services));
        if (!phone_is_registered(p))
            out[i] |= FSM_BIT(FUNCTION_REGISTRATION) | services;
    }
    losses_free(&losses);
}

/* ---- whatever the report names ---- */

static uint32_t said(uint8_t boots, bool all)
{
    return boots == 0 || all ? RESETS : boots;
}

/* As often as the words say, or, for those who only happen to be there, until nothing changes. */
static void way_for_real_from(struct chaos *c, struct lab *from, const struct way *w,
                              const bool *whom, bool all, uint8_t *out)
{
    struct lab *lab = lab_fork(from);
    time_passes(lab);
    for (uint32_t i = 0; i < w->count; i++) {
        for_real(lab, &w->acts[i], whom);
        bool reached = !all && w->acts[i].reach == REACHES_ALL;
        if (!w->alone || all)
            resets_of(lab, said(w->acts[i].boots, all), reached ? whom : NULL);
    }
    for (uint32_t i = 0; i < lab->state.phone_count && w->kind == WAY_HANDS; i++) {
        if (!whom[i])
            continue;
        lab_power(lab, i, true, lab_now_us(lab));
        if (w->hand == HAND_TYPES)
            lab_type_key(lab, i, lab_key_to_type(lab, i));
        else
            (w->hand == HAND_RESETS ? lab_factory_reset : lab_erase)(lab, i, lab_now_us(lab));
    }
    settle_lab(lab);
    if (w->kind != WAY_ACTS) {
        bool reached = !all && w->kind == WAY_BOOT && w->reach == REACHES_ALL;
        resets_of(lab, said(w->boots, all), reached ? whom : NULL);
    }
    lost_then(lab, c->lost, out);
    lab_free(lab);
}

static void way_for_real(struct chaos *c, const struct way *w, const bool *whom, bool all,
                         uint8_t *out)
{
    way_for_real_from(c, c->lab, w, whom, all, out);
}

/* The same with phones that are without power until their first reset. */
static void way_from_off(struct chaos *c, const struct way *w, const bool *whom, uint8_t *out)
{
    struct lab *off = lab_fork(c->lab);
    time_passes(off);
    for (uint32_t i = 0; i < off->state.phone_count; i++)
        lab_power(off, i, false, lab_now_us(off));
    way_for_real_from(c, off, w, whom, true, out);
    lab_free(off);
}

static void nobody_harmed(struct chaos *c, const struct way *w, const bool *whom,
                          const uint8_t *then)
{
    for (uint32_t i = 0; i < c->lab->state.phone_count; i++) {
        if (!whom[i] && way_costs(then[i], c->boot_alone[i]) != 0 && w->harm.phones == 0)
            failed(c, i, then[i], w, "is harmed, and nothing was said of it");
    }
}

/* ---- nothing less does it ---- */

/* Done to these: whom it brings back all that is wanted and takes nothing.  False: it costs others
 * something. */
static bool is_harmless(struct chaos *c, const struct way *w, const struct way *less,
                        const bool *whom, const uint8_t *wanted, bool *back, uint8_t *then)
{
    uint8_t off[PHONES_MOST];
    bool harms = false;
    way_for_real(c, less, whom, true, then);
    way_from_off(c, less, whom, off);
    for (uint32_t i = 0; i < c->lab->state.phone_count; i++) {
        then[i] |= whom[i] ? off[i] : 0;
        uint8_t missing = remedies_of(c->remedies, i) == w ? then[i] : then[i] & wanted[i];
        back[i] = whom[i] && missing == 0 && way_takes(then[i], c->lost[i]) == 0;
        harms |= !back[i] && way_costs(then[i], c->boot_alone[i]) != 0;
    }
    return !harms;
}

/* Nobody points a phone at a server that serves no files, though one that gets none at all
 * registers with what it holds. */
static bool is_advice(const struct lab *lab, const struct way *w)
{
    bool good = true, starts = false;
    for (uint32_t i = 0; i < w->count; i++) {
        const struct act *a = &w->acts[i].act;
        uint32_t node;
        starts = starts || a->kind == DO_START;
        if (a->kind == DO_MOVE && lab_node_at(lab, (uint32_t)a->arg[0], &node))
            good = good && (starts || runs(lab, node >> 8, node & 255, SERVICE_TFTP));
    }
    return good;
}

/* Brings everything back that is wanted, and costs all others nothing: done to all, and to those
 * alone whom it brings back, for acts on phones (DHCP) may be what keeps others from harm. */
static void is_too_little(struct chaos *c, const struct way *w, const struct way *less,
                          const bool *whom, const uint8_t *wanted)
{
    uint8_t then[PHONES_MOST];
    bool back[PHONES_MOST], again[PHONES_MOST];
    if (!is_advice(c->lab, less) || !is_harmless(c, w, less, whom, wanted, back, then) ||
        !is_harmless(c, w, less, back, wanted, again, then))
        return;
    for (uint32_t i = 0; i < c->lab->state.phone_count; i++) {
        if (again[i])
            failed(c, i, then[i], less, "is told more, and this does");
    }
}

/* One service on one node of all those that an act takes in. */
static void nor_one_node(struct chaos *c, const struct way *w, uint32_t k, const bool *whom,
                         const uint8_t *wanted)
{
    const struct way_act *a = &w->acts[k];
    if (a->width == WIDTH_ONE || (a->act.kind != DO_START && a->act.kind != DO_RESTART))
        return;
    FOR_EACH_NODE(&c->lab->state.clusters[a->cluster], n)
    {
        for (uint32_t s = 0; s < SERVICES; s++) {
            struct way less = *w;
            if (a->width == WIDTH_EVERYWHERE && s != a->act.arg[0])
                continue;
            less.acts[k].width = WIDTH_ONE;
            less.acts[k].act.node = (uint8_t)n;
            less.acts[k].act.arg[0] = s;
            is_too_little(c, w, &less, whom, wanted);
        }
    }
}

/* Not a boot alone, not the same without one of its acts, not on one node of several: from phones
 * as they stand and from phones without power.  By luck alone one may come back by less than it is
 * told, that tries again by itself just when one of two TFTP services is away. */
static void nothing_less(struct chaos *c, const struct way *w, const bool *whom,
                         const uint8_t *wanted)
{
    if (w->kind < WAY_ACTS || way_gives_up(w))
        return;
    is_too_little(c, w, &(struct way){ .kind = WAY_BOOT }, whom, wanted);
    for (uint32_t k = 0; k < w->count; k++) {
        struct way less = *w;
        less.count--;
        memmove(less.acts + k, less.acts + k + 1, (less.count - k) * sizeof *less.acts);
        if (less.kind == WAY_HANDS || less.count > 0)
            is_too_little(c, w, &less, whom, wanted);
        nor_one_node(c, w, k, whom, wanted);
    }
}

/* For everything, and for each function by itself. */
static void do_what_is_named(struct chaos *c)
{
    uint32_t count = c->lab->state.phone_count;
    for (uint32_t k = 0; k < c->remedies->count; k++) {
        const struct way *w = &c->remedies->ways[k];
        bool whom[PHONES_MOST] = { false }, any = false;
        uint8_t wanted[PHONES_MOST] = { 0 }, then[PHONES_MOST];
        if (w->kind == WAY_NONE || w->kind == WAY_UNKNOWN)
            continue;
        for (uint32_t i = 0; i < count; i++) {
            if (remedies_of(c->remedies, i) == w)
                wanted[i] = c->lost[i];
            for (int f = 0; f < FUNCTIONS; f++) {
                if ((c->lost[i] & FSM_BIT(f)) != 0 &&
                    remedies_for(c->remedies, i, (enum phone_function)f) == w)
                    wanted[i] |= FSM_BIT(f);
            }
            whom[i] = wanted[i] != 0;
            any |= whom[i];
        }
        if (!any)
            continue;
        way_for_real(c, w, whom, false, then);
        c->tried++;
        for (uint32_t i = 0; i < count; i++) {
            if (!whom[i])
                continue;
            if ((wanted[i] & then[i]) != 0)
                failed(c, i, then[i], w, "is not back after");
            else if (way_takes(then[i], c->lost[i]) != 0)
                failed(c, i, then[i], w, "loses something else after");
            else if (remedies_of(c->remedies, i) == w && then[i] != 0)
                failed(c, i, then[i], w, "has not all back after");
        }
        way_for_real(c, w, whom, true, then);
        nobody_harmed(c, w, whom, then);
        nothing_less(c, w, whom, wanted);
    }
}

/* ---- any two acts ---- */

#define RAW_MOST 256

/* Every act of the table that an administrator may be advised to do, whether it is of use or not;
 * first ones alone (`second` false): what nobody would advise, stopping services and new
 * certificates. */
static uint32_t raw_acts(const struct lab *lab, bool second, struct way_act *out)
{
    static const uint8_t stops[] = { SERVICE_TFTP, SERVICE_TVS };
    static const uint8_t owns[] = { OWN_CALLMANAGER, OWN_TVS };
    uint32_t n = 0;
    for (uint32_t c = 0; c < lab->state.cluster_count; c++) {
        const struct cluster *cl = &lab->state.clusters[c];
        static const uint8_t plain[] = { DO_CTL_UPDATE, DO_CTL_RESET_LOCALKEY,
                                         DO_ITL_RESET_LOCALKEY };
        for (size_t k = 0; k < sizeof plain; k++)
            out[n++] = (struct way_act){ .act = { .kind = plain[k] }, .cluster = (uint8_t)c };
        out[n++] = (struct way_act){ .act = { .kind = DO_SET, .arg = { PARAM_ROLLBACK, 0 } },
                                     .cluster = (uint8_t)c };
        out[n++] = (struct way_act){ .act = { .kind = DO_SET, .arg = { PARAM_HTTPS_SERVICES, 0 } },
                                     .cluster = (uint8_t)c };
        FOR_EACH_NODE(cl, node)
        {
            struct link up = lab->driver->node_link_of(lab->driver->self, c << 8 | node);
            bool down = up.down;
            up.down = false;
            if (down)
                out[n++] = (struct way_act){ .act = lab_link_act(DO_NODE_LINK, node, &up),
                                             .cluster = (uint8_t)c };
            out[n++] =
                (struct way_act){ .act = { .kind = DO_MOVE, .arg = { cl->nodes[node].disk.ip } } };
            for (size_t k = 0; k < sizeof stops / sizeof stops[0] && !second; k++) {
                struct act act = { .kind = DO_STOP, .node = (uint8_t)node, .arg = { stops[k] } };
                out[n++] = (struct way_act){ .act = act, .cluster = (uint8_t)c };
            }
            for (size_t k = 0; k < sizeof owns / sizeof owns[0] && !second; k++) {
                struct act act = { .kind = DO_REGENERATE,
                                   .node = (uint8_t)node,
                                   .arg = { owns[k] } };
                out[n++] = (struct way_act){ .act = act, .cluster = (uint8_t)c };
            }
            for (uint32_t s = 0; s < SERVICES; s++) {
                struct act act = { .kind = runs(lab, c, node, s) ? DO_RESTART : DO_START,
                                   .node = (uint8_t)node,
                                   .arg = { s } };
                if (service_kinds[s].own != OWN_NONE &&
                    services_is_activated(cl, node, (enum service)s))
                    out[n++] = (struct way_act){ .act = act, .cluster = (uint8_t)c };
            }
        }
    }
    return n;
}

static bool act_and_boots(struct lab *lab, const struct way_act *a, bool boots)
{
    bool whom[PHONES_MOST];
    memset(whom, 1, sizeof whom);
    if (!cluster_can(&lab->state.clusters[a->cluster], &a->act, lab_now_us(lab), NULL))
        return false;
    for_real(lab, a, whom);
    if (boots)
        resets(lab, RESETS);
    return true;
}

/* Nothing lost that the phone says itself, and Directories opens. */
static void who_is_back(struct chaos *c, struct lab *lab, const uint32_t *phones, const char *how)
{
    uint8_t had[PHONES_MOST], then[PHONES_MOST];
    for (uint32_t i = 0; i < lab->state.phone_count; i++)
        had[i] = c->lost[phones[i]];
    lost_then(lab, had, then);
    for (uint32_t i = 0; i < lab->state.phone_count; i++) {
        if (then[i] == 0)
            failed(c, phones[i], then[i], remedies_of(c->remedies, phones[i]), how);
    }
}

/* With boots between the two, and without. */
static void two_acts(struct chaos *c, bool between)
{
    uint32_t phones[PHONES_MOST], n = 0;
    struct way_act first[RAW_MOST], second[RAW_MOST];
    const struct phone_groups *groups = &c->remedies->groups;
    for (uint32_t g = 0; g < groups->count; g++) {
        if (remedies_of(c->remedies, groups->list[g].phone)->kind >= WAY_HANDS)
            phones[n++] = groups->list[g].phone;
    }
    c->hands += between ? n : 0;
    if (n == 0)
        return;
    struct lab *start = lab_trial(c->lab, phones, n);
    time_passes(start);
    uint32_t firsts = raw_acts(start, false, first);
    for (uint32_t i = 0; i < firsts && c->failed == 0; i++) {
        char how[2 * ACT_TEXT + 100], one[ACT_TEXT], two[ACT_TEXT];
        struct lab *after = lab_fork(start);
        if (act_and_boots(after, &first[i], between)) {
            uint32_t seconds = raw_acts(after, true, second);
            act_print(&c->lab->state.clusters[first[i].cluster], &first[i].act, one);
            for (uint32_t k = 0; k < seconds && c->failed == 0; k++) {
                struct lab *end = lab_fork(after);
                act_print(&c->lab->state.clusters[second[k].cluster], &second[k].act, two);
                snprintf(how, sizeof how, "comes back by \"%s\" on %u, %s\"%s\" on %u; it says",
                         one, first[i].act.node, between ? "boots, " : "", two, second[k].act.node);
                if (act_and_boots(end, &second[k], true))
                    who_is_back(c, end, phones, how);
                lab_free(end);
            }
        }
        lab_free(after);
    }
    lab_free(start);
}

/* ---- one situation ---- */

static void show(struct chaos *c)
{
    char text[WAY_TEXT], name[DEVICE_NAME];
    for (uint32_t i = 0; i < c->lab->state.phone_count; i++) {
        const struct phone *p = &c->lab->state.phones[i];
        lab_phone_name(c->lab, i, name);
        way_sentence(c->lab, remedies_of(c->remedies, i), text);
        fprintf(c->told, "  %s (%u, %s, %s, pool %s) has lost %x, boot alone %x: %s\n", name,
                (unsigned)i, model_table[p->model].name, phone_states[p->state].name,
                lab_pool_of(c->lab, i), c->lost[i], c->boot_alone[i], text);
        for (int f = 0; f < FUNCTIONS; f++) {
            if ((c->lost[i] & FSM_BIT(f)) == 0)
                continue;
            way_sentence(c->lab, remedies_for(c->remedies, i, (enum phone_function)f), text);
            fprintf(c->told, "      %s: %s\n", lab_function_name((enum phone_function)f), text);
        }
    }
    fprintf(c->told, "  %u sequences of %u acts, at most %u each%s\n", c->remedies->bound.sequences,
            c->remedies->bound.acts, c->remedies->bound.longest,
            c->remedies->bound.whole ? "" : ", not all");
}

/* ---- the lab agrees with itself ---- */

/* Out of service: the phones' times add up to those of the steps, and who can call is not out. */
static void outages_add_up(struct chaos *c)
{
    static struct lab_outage_step steps[LAB_STEPS];
    uint64_t us = 0, times = 0, open = 0;
    lab_outage_steps(c->lab, steps);
    for (uint32_t i = 0; i < c->lab->record.step_count; i++) {
        us += steps[i].total_us;
        times += steps[i].times;
        open += steps[i].open;
    }
    for (uint32_t i = 0; i < c->lab->state.phone_count; i++) {
        const struct phone *p = &c->lab->state.phones[i];
        struct lab_outage o;
        bool ever = lab_outage_of(c->lab, i, &o);
        bool calls = phone_is_registered(p) && !lab_server_is_lost(c->lab, i);
        us -= o.us;
        times -= o.times;
        open -= o.open;
        if (o.open && (!ever || calls || p->state == PHONE_OFF))
            failed(c, i, 0, NULL, "out of service though it is registered, or without power");
    }
    if (us != 0 || times != 0 || open != 0)
        failed(c, 0, 0, NULL, "times out of service of phones and steps differ");
}

/* A fork goes on as the lab itself would, and when all are quiet waking everybody changes nobody.
 */
static void goes_on_alike(struct chaos *c)
{
    struct lab *one = lab_fork(c->lab), *two = lab_fork(one);
    settle_lab(one);
    settle_lab(two);
    if (lab_hash(one) != lab_hash(two) || lab_now_us(one) != lab_now_us(two))
        failed(c, 0, 0, NULL, "a fork went another way");
    lab_set_knob(two, KNOB_RETRY_US, two->state.knobs.value[KNOB_RETRY_US]);
    settle_lab(two);
    for (uint32_t i = 0; i < one->state.phone_count; i++) {
        const struct phone *a = &one->state.phones[i], *b = &two->state.phones[i];
        if (a->state != b->state || a->lost != b->lost ||
            one->state.cold[i].node != two->state.cold[i].node)
            failed(c, i, 0, NULL, "it slept, and waking it made a difference");
    }
    lab_free(one);
    lab_free(two);
}

/* ---- asking in the middle ---- */

static void ask(struct lab *lab)
{
    struct losses losses;
    losses_init(&losses, lab);
    losses_remedies(&losses);
    losses_free(&losses);
}

/* What follows, to the line. */
static uint64_t trace_of_rest(struct lab *lab)
{
    struct lab_trace t;
    lab_trace_begin(&t, lab, NULL, NULL);
    resets(lab, 1);
    lab_trace_end(&t, lab);
    return rng_mix(t.trace.hash ^ t.trace.lines);
}

/* Somebody who asked again and again is where nobody asked, and what follows is the same, and the
 * same as in a fork that was taken before anybody asked. */
static void asking_changes_nothing(struct chaos *c, struct lab *before)
{
    struct lab *asked = situation_of(c->seed, NULL, ask), *after = lab_fork(c->lab);
    const struct driver *a = asked->driver, *b = c->lab->driver;
    if (lab_hash(asked) != lab_hash(c->lab) || a->events(a->self) != b->events(b->self) ||
        lab_now_us(asked) != lab_now_us(c->lab))
        failed(c, 0, 0, NULL, "asked now and then it is elsewhere");
    uint64_t rest = trace_of_rest(before);
    if (trace_of_rest(after) != rest)
        failed(c, 0, 0, NULL, "asking changed what follows");
    if (trace_of_rest(asked) != rest)
        failed(c, 0, 0, NULL, "asked now and then it goes on otherwise");
    lab_free(asked);
    lab_free(after);
}

static bool one_situation(uint64_t seed, FILE *told, uint32_t *tried, uint32_t *hands)
{
    static const bool nobody[PHONES_MOST];
    struct chaos c = { .seed = seed, .told = told };
    struct losses losses;
    c.lab = situation_of(seed, told, NULL);
    struct lab *before = lab_fork(c.lab);
    uint64_t hash = lab_hash(c.lab), events = c.lab->driver->events(c.lab->driver->self);
    outages_add_up(&c);
    goes_on_alike(&c);
    losses_init(&losses, c.lab);
    for (uint32_t i = 0; i < c.lab->state.phone_count; i++)
        c.lost[i] = losses_now(&losses, i);
    uint32_t content = c.lab->base->content->count;
    c.remedies = losses_remedies(&losses);
    if (c.lab->base->content->count != content)
        failed(&c, 0, 0, NULL, "the search for remedies left something behind");
    if (lab_hash(c.lab) != hash || c.lab->driver->events(c.lab->driver->self) != events)
        failed(&c, 0, 0, NULL, "asking changed something");
    way_for_real(&c, &(struct way){ .kind = WAY_BOOT }, nobody, true, c.boot_alone);
    asking_changes_nothing(&c, before);
    lab_free(before);
    if (told != NULL)
        show(&c);
    do_what_is_named(&c);
    if (c.failed == 0)
        two_acts(&c, true);
    if (c.failed == 0)
        two_acts(&c, false);
    *tried += c.tried;
    *hands += c.hands;
    losses_free(&losses);
    lab_free(c.lab);
    return c.failed == 0;
}

struct tally {
    uint32_t passed, bad, tried, hands;
};

static void add(struct tally *t, uint64_t seed)
{
    bool ok = one_situation(seed, NULL, &t->tried, &t->hands);
    t->passed += ok;
    t->bad += !ok;
}

/* Every other one is wide. */
static void add_range(struct tally *t, uint64_t from, uint64_t count, uint64_t kind)
{
    for (uint64_t seed = from; seed < from + count; seed++)
        add(t, kind | seed | ((seed & 1) != 0 && kind == 0 ? SITUATION_WIDE : 0));
}

static void add_file(struct tally *t, const char *path)
{
    FILE *f = fopen(path, "r");
    char line[200], *end;
    t->bad += f == NULL;
    while (f != NULL && fgets(line, sizeof line, f) != NULL) {
        uint64_t seed = strtoull(line, &end, 10);
        if (end != line)
            add(t, seed);
    }
    if (f != NULL)
        fclose(f);
}

int main(int argc, char **argv)
{
    static const uint64_t kinds[] = { SITUATION_DATED, SITUATION_NETWORK, SITUATION_SIGNED,
                                      SITUATION_FLEET, SITUATION_CENTRAL, SITUATION_CAPF,
                                      SITUATION_MOVES, SITUATION_POWER,   SITUATION_NAMES,
                                      SITUATION_PAGES };
    struct tally t = { 0 };
    setvbuf(stdout, NULL, _IOLBF, 0);
    char how = argc > 2 && strchr("=-+", argv[1][0]) != NULL ? argv[1][0] : ' ';
    int at = how == ' ' ? 1 : 2; /* where the count stands */
    uint64_t count = argc > at ? strtoull(argv[at], NULL, 10) : 100;
    uint64_t from = argc > at + 1 ? strtoull(argv[at + 1], NULL, 10) : 1;
    if (how == '=')
        return one_situation(count, stdout, &t.tried, &t.hands) ? 0 : 1;
    if (how == '-')
        add_file(&t, argv[2]);
    else if (how == '+')
        for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++)
            add_range(&t, from, count, kinds[k]);
    else
        add_range(&t, from, count, 0);
    printf("%u ways done for real, %u groups called needs hands or not found tried with all pairs "
           "of acts\n",
           t.tried, t.hands);
    printf("%u passed, %u failed\n", t.passed, t.bad);
    return t.bad == 0 ? 0 : 1;
}
