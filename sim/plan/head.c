/* What stands above everything: of what the plan was made, and how it ends. */
#include "sim/plan/parts.h"
#include "sim/plan/pictures.h"

#include "sim/base/count.h"
#include "sim/base/sys.h"
#include "sim/base/version.h"
#include "sim/report/others.h"
#include "sim/wire/text.h"

#include <string.h>

/* ---- of what it was made ---- */

static void fill_clusters(struct plan *p, const struct lab *lab)
{
    struct arena *a = &p->arena;
    struct plan_head *h = &p->head;
    h->cluster_count = lab->state.cluster_count;
    h->clusters = arena_take(a, (h->cluster_count + 1) * sizeof *h->clusters);
    for (uint32_t c = 0; c < h->cluster_count; c++) {
        const struct cluster *cl = &lab->state.clusters[c];
        struct plan_cluster *to = &h->clusters[c];
        to->name = plan_keep(a, cl->name);
        to->version = cl->asked[0] == '\0'
                          ? plan_keep(a, cl->version->name)
                          : plan_fmt(a, "%s (as %s)", cl->asked, cl->version->name);
        to->mixed_mode = cl->db.mixed_mode;
        FOR_EACH_NODE(cl, n)
        plan_add_text(a, &to->nodes, cl->nodes[n].disk.name);
    }
}

static void put_assumed(void *ctx, const char *name, const char *value, const char *doc)
{
    struct plan *p = ctx;
    struct plan_facts *f = &p->head.assumed;
    struct plan_fact *new = plan_more(&p->arena, &f->list, &f->count, &f->cap, sizeof *new);
    *new = (struct plan_fact){ plan_keep(&p->arena, name), plan_keep(&p->arena, value),
                               plan_keep(&p->arena, doc) };
}

static void put_other(void *ctx, const struct cluster *cl, const char *what, const char *text)
{
    struct plan *p = ctx;
    bool several = p->head.cluster_count > 1;
    plan_add_text(&p->arena, &p->head.others,
                  plan_fmt(&p->arena, "%s%s%s: %s", several ? cl->name : "", several ? ", " : "",
                           what, text));
}

/* Expectations of the change, not of the cluster. */
static void fill_failed(struct plan *p, const struct record *r, const struct report *report)
{
    for (uint32_t i = 0; i < report->in.expect_count; i++) {
        const struct script_expect *x = &report->in.expects[i];
        if (!x->passed && x->at_us >= r->begun_us)
            plan_add_text(&p->arena, &p->head.failed,
                          plan_fmt(&p->arena, "%s:%u: %s: expected %s, got %s", x->path, x->line,
                                   x->text, x->expected, x->actual));
    }
}

/* What the change itself says it is: the first words of its first comment. */
static const char *title_of(struct arena *a, const struct session_options *o)
{
    struct script_header header;
    const char *slash = strrchr(o->script.then, '/');
    if (o->script.then_text.p != NULL) {
        struct view left = o->script.then_text, line;
        line = text_cut(&left, '\n');
        if (line.n > 3 && memcmp(line.p, "-- ", 3) == 0)
            return arena_text(a, view_sub(line, 3, line.n - 3));
    } else if (script_header(o->script.then, &header, NULL) && header.title[0] != '\0') {
        return plan_keep(a, header.title);
    }
    return plan_keep(a, slash == NULL ? o->script.then : slash + 1);
}

static void checksum(const char *path, struct view text, char out[65])
{
    struct arena a = arena_of(&sys_mem);
    if (text.p != NULL || sys_read_file(path, SCRIPT_SOURCE_MAX, &a, &text, NULL))
        inventory_checksum(text, out);
    arena_free(&a);
}

/* How far was looked for what brings phones back. */
static void fill_searched(struct plan *p, struct record *r)
{
    const struct remedies *found = losses_remedies(&r->session->losses);
    uint32_t phones = 0;
    for (uint32_t i = 0; i < found->groups.count; i++)
        phones += found->groups.list[i].phones;
    if (phones == 0)
        return;
    p->head.searched = plan_fmt(
        &p->arena,
        "What brings phones back was searched for with %s, one of each state of the %s that lack "
        "something: %s of up to %u of %u acts on the clusters, with resets behind each%s. What "
        "was not tried may help too.",
        COUNTED_OF(found->groups.count, "phone"), COUNTED(phones),
        COUNTED_OF(found->bound.sequences, "sequence"), found->bound.longest, found->bound.acts,
        found->bound.whole ? "" : " (not all that there are, for want of time)");
}

/* With what would settle it. */
static void fill_uncertain(struct plan *p, const struct record *r)
{
    p->head.uncertain = r->uncertain;
    if (r->uncertain != NULL)
        plan_add_text(&p->arena, &p->head.cannot_know,
                      plan_fmt(&p->arena,
                               "A restore brings back what nobody knows: %s. That certificate "
                               "(`show cert own` of a log from then, a certificate file, a trust "
                               "list of then): in_backup of that node in cluster.lua",
                               r->uncertain));
}

/* ---- counts ---- */

static void count_phones(struct plan *p, const struct record *r, const struct report *report)
{
    struct plan_head *h = &p->head;
    h->phones = r->lab->state.phone_count;
    h->people = report->in.people;
    for (uint32_t i = 0; i < h->phones; i++) {
        bool hands = plan_needs_hands(r, i);
        struct lab_outage out;
        h->out += lab_outage_since(r->lab, i, r->first_step, &out);
        h->unregistered += (losses_now(&r->session->losses, i) & ~plan_had(r, i) &
                            FSM_BIT(FUNCTION_REGISTRATION)) != 0;
        h->more += plan_lacks(r, i) != 0 && !hands;
        h->more_lacks |= hands ? 0 : plan_lacks(r, i);
        h->lost += plan_loses(r, i);
        h->lost_now += plan_lacks(r, i) != 0;
        h->lost_before += plan_had(r, i) != 0;
        h->hands_before += plan_needed_hands(r, i);
        h->hands += hands;
        h->undone += hands && plan_is_undone(r, i);
        bool off = r->lab->state.phones[i].state == PHONE_OFF;
        h->hands_off += hands && off;
        h->lost_off += plan_lacks(r, i) != 0 && off;
        h->hands_minutes += hands ? report_hands_minutes(report, i) : 0;
    }
}

void plan_fill_head(struct plan *p, struct record *r, const struct report *report,
                    const char *error)
{
    struct plan_head *h = &p->head;
    struct arena *a = &p->arena;
    const struct session_options *o = &r->session->options;
    char date[DATE_TEXT];
    h->title = title_of(a, o);
    h->error = error == NULL ? NULL : plan_keep(a, error);
    h->program = "cucmlab " CUCMLAB_VERSION;
    h->made = o->date_s < 0 ? NULL : plan_fmt(a, "%.16s UTC", date_print(o->date_s, 0, date));
    h->command = o->command == NULL ? NULL : plan_keep(a, o->command);
    h->cluster_file = plan_keep(a, o->script.path);
    h->change_file = plan_keep(a, o->script.then);
    checksum(o->script.path, (struct view){ 0 }, h->cluster_sha256);
    checksum(o->script.then, o->script.then_text, h->change_sha256);
    h->seed = o->lab.seed;
    h->identity = o->lab.identity;
    h->begin_us = r->begun_us;
    h->end_us = lab_now_us(r->lab);
    h->begin = plan_time(a, r->lab, h->begin_us);
    h->end = plan_time(a, r->lab, h->end_us);
    fill_clusters(p, r->lab);
    report_assumed(report, put_assumed, p);
    others_each(report, put_other, p);
    fill_failed(p, r, report);
    fill_uncertain(p, r);
    count_phones(p, r, report);
    fill_searched(p, r);
}

/* ---- the verdict ---- */

/* "secure services", "something (configuration, trust list)": what those without hands lack. */
static const char *more_words(struct plan *p)
{
    const char *text = NULL;
    uint32_t count = 0;
    for (int f = 0; f < FUNCTIONS; f++) {
        const char *name = lab_function_name((enum phone_function)f);
        if ((p->head.more_lacks & FSM_BIT(f)) == 0)
            continue;
        text = count++ == 0 ? name : plan_fmt(&p->arena, "%s, %s", text, name);
    }
    return count == 1 ? text
                      : plan_fmt(&p->arena, "something (%s)", text == NULL ? "nothing" : text);
}

/* When phones meet it, `off` of which are without power. */
static const char *when_words(struct plan *p, uint32_t phones, uint32_t off)
{
    return off == phones ? "once they are switched on"
           : off == 0    ? "when it is over"
                      : plan_fmt(&p->arena, "when it is over, %s of them once they are switched on",
                                 COUNTED(off));
}

/* Whoever has to be visited, and whoever lacks something besides. */
static const char *hands_words(struct plan *p)
{
    const struct plan_head *h = &p->head;
    struct arena *a = &p->arena;
    const char *text = plan_fmt(
        a, "%s of %s must be visited by hand %s%s (%.1f hours for %u people)", COUNTED(h->hands),
        COUNTED_OF(h->phones, "phone"), when_words(p, h->hands, h->hands_off),
        h->undone > 0 ? ", unless a backup is restored, which takes the change back" : "",
        (double)h->hands_minutes / 60 / h->people, h->people);
    return h->more == 0 ? text
                        : plan_fmt(a, "%s; %s more lack%s %s then, to come back without a visit",
                                   text, COUNTED(h->more), h->more == 1 ? "s" : "", more_words(p));
}

static const char *loss_words(struct plan *p)
{
    const struct plan_head *h = &p->head;
    struct arena *a = &p->arena;
    if (h->hands > 0)
        return hands_words(p);
    if (h->lost_now > 0)
        return plan_fmt(a, "%s of %s %s still without %s %s, to come back without a visit",
                        COUNTED(h->lost_now), COUNTED_OF(h->phones, "phone"),
                        h->lost_now == 1 ? "is" : "are", more_words(p),
                        when_words(p, h->lost_now, h->lost_off));
    if (h->lost > 0)
        return plan_fmt(a, "%s of %s %s something meanwhile and %s it back at the end",
                        COUNTED(h->lost), COUNTED_OF(h->phones, "phone"),
                        h->lost == 1 ? "loses" : "lose", h->lost == 1 ? "has" : "have");
    return plan_fmt(a, "no phone of %s loses anything", COUNTED(h->phones));
}

static const char *out_words(struct plan *p)
{
    struct plan_sums sums = plan_sums(p);
    char most[PLAN_CLOCK];
    if (sums.out == 0)
        return "none is out of service";
    return plan_fmt(&p->arena,
                    "%s out of service during the change, none at a time for longer than %s",
                    COUNTED_OF(sums.out, "phone"), plan_span(sums.most_us, most));
}

/* Steps behind it may have a way back again. */
static const char *no_return_words(struct plan *p)
{
    bool again = false;
    for (uint32_t i = p->no_return; i < p->step_count; i++)
        again |= p->steps[i].returns < RETURN_BY_HANDS;
    return plan_fmt(&p->arena,
                    again ? "behind step %u no way out without visits to phones was found"
                          : "from step %u on no way out without visits to phones was found",
                    p->no_return);
}

/* "do not begin: step 4 (Renew CAPF) must wait until this is mended: ... (and 2 more ...)"; NULL:
 * no step must wait. */
static const char *refused_words(struct plan *p)
{
    const struct plan_finding *first = NULL;
    uint32_t count = 0;
    for (uint32_t i = 0; i < p->preflight_count; i++) {
        const struct plan_finding *f = &p->preflight[i];
        if (f->stops != 0 && (first == NULL || f->stops < first->stops))
            first = f;
        count += f->stops != 0;
    }
    if (first == NULL)
        return NULL;
    const char *more = count < 2 ? ""
                                 : plan_fmt(&p->arena, " (and %s more that preflight fails in)",
                                            COUNTED(count - 1));
    return plan_fmt(&p->arena, "do not begin: step %u (%s) must wait until this is mended: %s%s",
                    first->stops, p->steps[first->stops - 1].name, first->fact, more);
}

void plan_say_verdict(struct plan *p, const struct record *r)
{
    struct plan_head *h = &p->head;
    struct arena *a = &p->arena;
    (void)r;
    const char *text = loss_words(p);
    if (h->unregistered > 0)
        text = plan_fmt(a, "%s; %s not registered when it is over", text,
                        COUNTED_OF(h->unregistered, "phone"));
    text = h->error != NULL
               ? plan_fmt(a, "the change stops at an error (%s); by then %s", h->error, text)
               : plan_fmt(a, "%s; %s", text, out_words(p));
    if (h->hands_before > 0)
        text =
            plan_fmt(a, "%s; %s %s hands with or without it", text,
                     COUNTED_OF(h->hands_before, "phone"), h->hands_before == 1 ? "needs" : "need");
    if (p->no_return != 0)
        text = plan_fmt(a, "%s; %s", text, no_return_words(p));
    if (h->uncertain != NULL)
        text = plan_fmt(a, "cannot know: %s. With one that no phone knows: %s", h->uncertain, text);
    const char *refused = refused_words(p);
    if (refused != NULL)
        text = plan_fmt(a, "%s. Done all the same: %s", refused, text);
    h->at_risk = h->hands > 0 || h->error != NULL || h->refused;
    h->verdict = text;
}
