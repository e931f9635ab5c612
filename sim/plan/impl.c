#include "sim/plan/impl.h"
#include "sim/plan/pictures.h"

#include "sim/base/sys.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

void *plan_more(struct arena *a, void *list, uint32_t *count, uint32_t *cap, size_t size)
{
    void **at = list;
    if (*count == *cap) {
        uint32_t more = *cap == 0 ? 4 : 2 * *cap;
        void *grown = arena_take(a, more * size);
        if (*count > 0)
            memcpy(grown, *at, *count * size);
        *at = grown;
        *cap = more;
    }
    return (char *)*at + (*count)++ * size;
}

const char *plan_keep(struct arena *a, const char *text)
{
    return arena_text(a, view_str(text));
}

const char *plan_fmt(struct arena *a, const char *format, ...)
{
    char text[4096];
    va_list ap;
    va_start(ap, format);
    vsnprintf(text, sizeof text, format, ap);
    va_end(ap);
    return plan_keep(a, text);
}

void plan_add_text(struct arena *a, struct plan_texts *to, const char *text)
{
    const char **new = plan_more(a, &to->list, &to->count, &to->cap, sizeof *to->list);
    *new = plan_keep(a, text);
}

const char *plan_time(struct arena *a, const struct lab *lab, uint64_t us)
{
    char text[DATE_TEXT];
    uint64_t s = us / 1000000;
    if (lab->base->options.dated)
        return plan_fmt(a, "%.16s", lab_date(lab, us, text));
    return plan_fmt(a, "%" PRIu64 ":%02u:%02u", s / 3600, (unsigned)(s / 60 % 60),
                    (unsigned)(s % 60));
}

const char *plan_time_of_day(struct arena *a, const struct lab *lab, uint64_t us)
{
    const char *text = plan_time(a, lab, us);
    return lab->base->options.dated ? text + 11 : text;
}

static bool same_ways(const struct plan_step *a, const struct plan_step *b)
{
    bool same = a->way_count == b->way_count;
    for (uint32_t i = 0; same && i < a->way_count; i++) {
        const struct plan_way *x = &a->ways[i], *y = &b->ways[i];
        same = strcmp(x->what, y->what) == 0 && strcmp(x->result, y->result) == 0 &&
               x->leads == y->leads;
    }
    return same;
}

uint32_t plan_ways_as(const struct plan *p, uint32_t step)
{
    uint32_t first = step;
    while (first > 0 && same_ways(&p->steps[first - 1], &p->steps[step]))
        first--;
    return first == step ? 0 : first + 1;
}

char *plan_clock(uint64_t us, char out[PLAN_CLOCK])
{
    uint64_t s = (us + 500000) / 1000000;
    if (s == 0 && us > 0)
        snprintf(out, PLAN_CLOCK, "<0:01"); /* not nothing */
    else if (s < 3600)
        snprintf(out, PLAN_CLOCK, "%u:%02u", (unsigned)(s / 60), (unsigned)(s % 60));
    else
        snprintf(out, PLAN_CLOCK, "%" PRIu64 ":%02u:%02u", s / 3600, (unsigned)(s / 60 % 60),
                 (unsigned)(s % 60));
    return out;
}

char *plan_span(uint64_t us, char out[PLAN_CLOCK])
{
    uint64_t s = (us + 500000) / 1000000;
    if (s < 3600)
        snprintf(out, PLAN_CLOCK, "%u min %u s", (unsigned)(s / 60), (unsigned)(s % 60));
    else
        snprintf(out, PLAN_CLOCK, "%" PRIu64 " h %u min", s / 3600, (unsigned)(s / 60 % 60));
    return out;
}

struct plan_sums plan_sums(const struct plan *p)
{
    struct plan_sums s = { 0, 0, 0 };
    s.out = p->head.out;
    for (uint32_t i = 0; i < p->step_count; i++) {
        const struct plan_outage *o = &p->steps[i].out;
        s.most_us = o->most_us > s.most_us ? o->most_us : s.most_us;
        s.total_us += o->total_us;
    }
    return s;
}

const char plan_under_way_words[] =
    "This step does not wait until all is quiet: what is under way at its end (restarts, lists, "
    "resets, replication) comes to phones in the next one, and what they lose by it is counted "
    "here.";

const char *plan_return_name(uint8_t returns)
{
    static const char *const names[] = { [RETURN_NOTHING] = "nothing to take back",
                                         [RETURN_WORKS] = "yes",
                                         [RETURN_KEEPS] = "none needed",
                                         [RETURN_BY_ACTS] = "with more acts",
                                         [RETURN_BY_HANDS] = "by hand",
                                         [RETURN_NONE] = "no" };
    return names[returns];
}
