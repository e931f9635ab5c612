/* What the users of each site and device pool notice, and when. */
#include "sim/plan/parts.h"

#include "sim/base/count.h"
#include "sim/base/sys.h"

#include <stdlib.h>
#include <string.h>

static const char *const notices[FUNCTIONS] = {
    [FUNCTION_REGISTRATION] = "no calls: no CallManager takes the phone",
    [FUNCTION_CONFIGURATION] =
        "nothing to be seen; changes made in Administration do not reach the phone",
    [FUNCTION_TRUST_LIST] = "nothing to be seen; the phone refuses the new trust list",
    [FUNCTION_SECURE_SERVICES] = "Directories and Services end in \"Host Not Found\"",
    [FUNCTION_DOT1X] = "802.1X fails: the port may be closed",
    [FUNCTION_VPN] = "a phone outside does not come through the VPN",
    [FUNCTION_COMMON_FILES] = "ring tones and language stay what they are",
};

/* Phones of a place that lost a function. */
struct lost {
    uint32_t phones, open;
    uint32_t first, last; /* steps in which it was lost */
};

struct counts {
    struct lost of[FUNCTIONS];
};

/* The number of a step of the lab's record on the page; 0: it is none. */
static uint32_t number_of(const struct plan *p, uint32_t step)
{
    for (uint32_t i = 0; i < p->step_count; i++) {
        if (p->steps[i].number == step)
            return i + 1;
    }
    return 0;
}

static void add_loss(struct lost *l, uint32_t step, bool open)
{
    l->first = l->phones == 0 || step < l->first ? step : l->first;
    l->last = l->phones == 0 || step > l->last ? step : l->last;
    l->phones++;
    l->open += open;
}

static void add_phone(struct plan_place *to, struct counts *c, struct record *r, uint32_t phone)
{
    struct lab_outage out;
    struct lab_loss loss;
    bool lost = false;
    uint8_t had = plan_had(r, phone);
    to->phones++;
    to->hands += plan_needs_hands(r, phone);
    if (lab_outage_since(r->lab, phone, r->first_step, &out)) {
        to->out++;
        to->most_us = out.us > to->most_us ? out.us : to->most_us;
    }
    if (!losses_of(&r->session->losses, phone, &loss))
        return;
    for (int f = 0; f < FUNCTIONS; f++) {
        if ((loss.ever & ~had & FSM_BIT(f)) == 0 || loss.step[f] < r->first_step)
            continue;
        add_loss(&c->of[f], loss.step[f], (loss.open & FSM_BIT(f)) != 0);
        lost = true;
    }
    to->lost += lost;
}

static struct plan_notice *new_notice(struct plan *p, struct plan_place *to)
{
    return plan_more(&p->arena, &to->notices, &to->notice_count, &to->notice_cap,
                     sizeof *to->notices);
}

/* "No calls while phones restart: step 3, 06:02 to 06:05; step 5, ...".  How many phones is a
 * number of the place, not of the text: places that notice the same have the same text. */
static void say_windows(struct plan *p, struct record *r, struct plan_place *to, uint32_t place)
{
    const char *text = NULL;
    for (uint32_t i = 0; i < p->step_count; i++) {
        struct recorded_window w = record_window(r, place, p->steps[i].number);
        if (w.most == 0)
            continue;
        const char *from = plan_time_of_day(&p->arena, r->lab, w.first_us);
        const char *until = plan_time_of_day(&p->arena, r->lab, w.last_us);
        const char *when =
            strcmp(from, until) == 0 ? from : plan_fmt(&p->arena, "%s to %s", from, until);
        text = plan_fmt(&p->arena, "%s step %u, %s",
                        text == NULL ? "No calls while phones restart:"
                                     : plan_fmt(&p->arena, "%s;", text),
                        i + 1, when);
        to->at_a_time = w.most > to->at_a_time ? w.most : to->at_a_time;
    }
    if (text != NULL)
        new_notice(p, to)->text = text;
}

static void say_losses(struct plan *p, struct plan_place *to, const struct counts *c)
{
    for (int f = 0; f < FUNCTIONS; f++) {
        const struct lost *l = &c->of[f];
        uint32_t step = number_of(p, l->first);
        if (l->phones == 0 || step == 0)
            continue;
        struct plan_notice *n = new_notice(p, to);
        n->bad = l->open > 0;
        n->text =
            plan_fmt(&p->arena, "From step %u on %s: %s%s", step, COUNTED_OF(l->phones, "phone"),
                     notices[f], l->open == 0 ? "; all have it back" : "");
        if (l->open > 0)
            n->text = plan_fmt(&p->arena, "%s; %s still at the end", n->text,
                               COUNTED_OF(l->open, "phone"));
    }
}

static int by_name(const void *x, const void *y)
{
    const struct plan_place *a = x, *b = y;
    int c = strcmp(a->site, b->site);
    return c != 0 ? c : strcmp(a->pool, b->pool);
}

void plan_fill_places(struct plan *p, struct record *r)
{
    size_t n = (size_t)r->place_count + 1;
    struct counts *counts = mem_take(&sys_mem, n * sizeof *counts);
    memset(counts, 0, n * sizeof *counts);
    p->places = arena_take(&p->arena, n * sizeof *p->places);
    p->place_count = p->place_cap = r->place_count;
    for (uint32_t i = 0; i < r->place_of_count; i++)
        add_phone(&p->places[r->place_of[i]], &counts[r->place_of[i]], r, i);
    for (uint32_t i = 0; i < p->place_count; i++) {
        const struct recorded_place *from = &r->places[i];
        p->places[i].pool = from->name;
        p->places[i].site =
            from->site == 0
                ? ""
                : plan_keep(&p->arena, content_get_str(r->lab->base->content, from->site));
        say_windows(p, r, &p->places[i], i);
        say_losses(p, &p->places[i], &counts[i]);
    }
    if (p->place_count > 0)
        qsort(p->places, p->place_count, sizeof *p->places, by_name);
    mem_free(&sys_mem, counts);
}
