/* Phones by state over time, as a picture.  Stretches in which nothing changes are shortened, so
 * that a plan of days shows its minutes. */
#include "sim/base/count.h"
#include "sim/base/sys.h"
#include "sim/plan/pictures.h"
#include "sim/plan/put.h"

#include <string.h>

const char *const plan_state_names[PLAN_STATES] = {
    [PLAN_GOOD] = "in service",     [PLAN_LACKS] = "in service, lacks something",
    [PLAN_AWAY] = "out of service", [PLAN_LOST] = "no server takes it",
    [PLAN_OFF] = "without power",
};

/* From the bottom up: what is worst stands on the ground. */
static const struct {
    uint8_t state;
    const char *color;
} bands[PLAN_STATES] = { { PLAN_LOST, "#c0392b" },
                         { PLAN_AWAY, "#e8963c" },
                         { PLAN_LACKS, "#f2d16b" },
                         { PLAN_GOOD, "#cfe6d6" },
                         { PLAN_OFF, "#dfe3e8" } };

enum { TOP = 34, HEIGHT = 180, BOTTOM = 40, LEFT = 58, RIGHT = 14 };

#define POINTS_MOST 420
#define STILL_US    120000000ull /* longer ones in which nothing changes are shortened to this */

struct point {
    double x;
    const struct plan_sample *s;
};

struct picture {
    const struct plan *plan;
    int width;
    uint32_t all; /* phones */
    double *x;    /* of each sample */
    struct point *points;
    uint32_t count;
};

static bool changes(const struct plan_sample *a, const struct plan_sample *b)
{
    return memcmp(a->phones, b->phones, sizeof a->phones) != 0;
}

static uint64_t length_of(const struct plan_sample *a, const struct plan_sample *b)
{
    uint64_t us = b->us - a->us;
    return us > STILL_US && !changes(a, b) ? STILL_US : us;
}

static void place_samples(struct picture *w)
{
    const struct plan *p = w->plan;
    uint64_t all = 0, at = 0;
    for (uint32_t i = 1; i < p->sample_count; i++)
        all += length_of(&p->samples[i - 1], &p->samples[i]);
    for (uint32_t i = 0; i < p->sample_count; i++) {
        at += i == 0 ? 0 : length_of(&p->samples[i - 1], &p->samples[i]);
        w->x[i] = LEFT + (all == 0 ? 0 : (double)at / (double)all) * (w->width - LEFT - RIGHT);
    }
}

static uint32_t badness(const struct plan_sample *s)
{
    return s->phones[PLAN_LOST] * 2 + s->phones[PLAN_AWAY];
}

/* Of samples that would stand in one place the worst is shown. */
static void choose_points(struct picture *w)
{
    const struct plan *p = w->plan;
    double least = (double)(w->width - LEFT - RIGHT) / POINTS_MOST;
    for (uint32_t i = 0; i < p->sample_count; i++) {
        struct point *last = w->count == 0 ? NULL : &w->points[w->count - 1];
        bool ends = i == 0 || i + 1 == p->sample_count;
        if (last != NULL && !ends && w->count > 1 && w->x[i] - last->x < least) {
            if (badness(&p->samples[i]) > badness(last->s))
                last->s = &p->samples[i];
            continue;
        }
        w->points[w->count++] = (struct point){ w->x[i], &p->samples[i] };
    }
}

static double y_of(const struct picture *w, uint32_t phones)
{
    return TOP + HEIGHT * (1 - (double)phones / (w->all == 0 ? 1 : w->all));
}

/* Phones of the first `n` bands. */
static uint32_t under(const struct plan_sample *s, int n)
{
    uint32_t sum = 0;
    for (int i = 0; i < n; i++)
        sum += s->phones[bands[i].state];
    return sum;
}

static void put_band(FILE *out, const struct picture *w, int band)
{
    bool any = false;
    for (uint32_t i = 0; i < w->count && !any; i++)
        any = w->points[i].s->phones[bands[band].state] > 0;
    if (!any)
        return;
    fputs("<path d=\"M", out);
    for (uint32_t i = 0; i < w->count; i++)
        fprintf(out, "%.1f %.1f ", w->points[i].x, y_of(w, under(w->points[i].s, band + 1)));
    for (uint32_t i = w->count; i-- > 0;)
        fprintf(out, "%.1f %.1f ", w->points[i].x, y_of(w, under(w->points[i].s, band)));
    fprintf(out, "Z\" fill=\"%s\"/>\n", bands[band].color);
}

static void put_scale(FILE *out, const struct picture *w)
{
    for (int i = 0; i <= 2; i++) {
        uint32_t n = (uint32_t)((uint64_t)w->all * (uint32_t)i / 2);
        double y = y_of(w, n);
        fprintf(out,
                "<path d=\"M%d %.1fH%d\" stroke=\"#9aa5b1\" stroke-width=\"%s\"/><text x=\"%d\" "
                "y=\"%.1f\" text-anchor=\"end\">%s</text>\n",
                LEFT, y, w->width - RIGHT, i == 0 ? "1" : ".4", LEFT - 6, y + 4, COUNTED(n));
    }
}

/* Where a time is; between two samples in proportion. */
static double x_at(const struct picture *w, uint64_t us)
{
    const struct plan *p = w->plan;
    for (uint32_t i = 1; i < p->sample_count; i++) {
        const struct plan_sample *a = &p->samples[i - 1], *b = &p->samples[i];
        if (us <= b->us)
            return b->us == a->us || us <= a->us
                       ? w->x[i - 1]
                       : w->x[i - 1] + (w->x[i] - w->x[i - 1]) *
                                           ((double)(us - a->us) / (double)(b->us - a->us));
    }
    return w->width - RIGHT;
}

static void put_steps(FILE *out, const struct picture *w)
{
    const struct plan *p = w->plan;
    double label = -1000, number = -1000;
    for (uint32_t i = 0; i < p->step_count; i++) {
        const struct plan_step *s = &p->steps[i];
        double x = x_at(w, s->start_us);
        fprintf(out,
                "<path d=\"M%.1f %dV%d\" stroke=\"#1b2530\" stroke-width=\".8\" "
                "stroke-dasharray=\"3 2\"/>\n",
                x, TOP - 8, TOP + HEIGHT);
        if (x - number > 19) {
            fprintf(out,
                    "<circle cx=\"%.1f\" cy=\"%d\" r=\"9\" fill=\"#fff\" stroke=\"#1b2530\"/><text "
                    "x=\"%.1f\" y=\"%d\" text-anchor=\"middle\" font-weight=\"600\">%u</text>\n",
                    x, TOP - 18, x, TOP - 14, i + 1);
            number = x;
        }
        if (x - label > 50 && x < w->width - 40) {
            put_markup(out, "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">%s</text>\n",
                       (int)(x + .5), TOP + HEIGHT + 16, s->start_short);
            label = x;
        }
    }
}

/* Where a stretch was shortened. */
static void put_breaks(FILE *out, const struct picture *w)
{
    const struct plan *p = w->plan;
    char clock[PLAN_CLOCK];
    for (uint32_t i = 1; i < p->sample_count; i++) {
        uint64_t us = p->samples[i].us - p->samples[i - 1].us;
        double x = (w->x[i] + w->x[i - 1]) / 2;
        if (us <= 2 * STILL_US || changes(&p->samples[i - 1], &p->samples[i]))
            continue;
        fprintf(
            out,
            "<path d=\"M%.1f %dl-3 8h6l-3 8\" fill=\"none\" stroke=\"#5a6775\"/><text x=\"%.1f\" "
            "y=\"%d\" text-anchor=\"middle\" fill=\"#5a6775\">%s</text>\n",
            x, TOP + HEIGHT - 8, x, TOP + HEIGHT + 31, plan_span(us, clock));
    }
}

void picture_timeline(FILE *out, const struct plan *p, int width)
{
    struct picture w = { .plan = p, .width = width };
    if (p->sample_count < 2)
        return;
    for (int i = 0; i < PLAN_STATES; i++)
        w.all += p->samples[0].phones[i];
    w.x = mem_take(&sys_mem, p->sample_count * sizeof *w.x);
    w.points = mem_take(&sys_mem, p->sample_count * sizeof *w.points);
    place_samples(&w);
    choose_points(&w);
    fprintf(out,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" role=\"img\" "
            "aria-label=\"Phones by state over time\" font-family=\"inherit\" font-size=\"12\" "
            "fill=\"#1b2530\">\n",
            width, TOP + HEIGHT + BOTTOM);
    for (int i = 0; i < PLAN_STATES; i++)
        put_band(out, &w, i);
    put_scale(out, &w);
    put_breaks(out, &w);
    put_steps(out, &w);
    fputs("</svg>\n", out);
    mem_free(&sys_mem, w.x);
    mem_free(&sys_mem, w.points);
}
