#include "sim/load/page.h"

#include "sim/base/count.h"
#include "sim/base/sys.h"
#include "sim/base/version.h"
#include "sim/load/units.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#define WIDTH  760
#define HEIGHT 420
#define LEFT   84
#define RIGHT  96 /* room for the name of a line, at its end */
#define TOP    40
#define BOTTOM 58

struct point {
    double x, y; /* y in us */
};

struct line {
    const char *name, *colour;
    struct point points[256];
    uint32_t count;
};

#define LINES RESULT_PERCENTILES

struct chart {
    const char *title, *x_words;
    double x_from, x_to, y_from, y_to; /* y is drawn by its logarithm */
    struct line lines[LINES];
    uint32_t line_count;
    double limit; /* a rate; 0: none */
};

/* Told apart by people who see red and green alike, and by their names at the end. */
static const char *const colours[LINES] = { "#0072b2", "#009e73", "#e69f00", "#d55e00", "#7b3294" };

static double at_x(const struct chart *c, double x)
{
    double span = c->x_to - c->x_from;
    return LEFT + (x - c->x_from) / (span > 0 ? span : 1) * (WIDTH - LEFT - RIGHT);
}

static double at_y(const struct chart *c, double y)
{
    double part = log(y / c->y_from) / log(c->y_to / c->y_from);
    return HEIGHT - BOTTOM - part * (HEIGHT - TOP - BOTTOM);
}

/* Whole decades around all points, two at least. */
static void fit_y(struct chart *c)
{
    double low = HIST_HIGHEST, high = 1;
    for (uint32_t l = 0; l < c->line_count; l++) {
        for (uint32_t i = 0; i < c->lines[l].count; i++) {
            double y = c->lines[l].points[i].y;
            low = y < low ? y : low;
            high = y > high ? y : high;
        }
    }
    if (low > high)
        low = high;
    c->y_from = pow(10, floor(log10(low)));
    c->y_to = pow(10, ceil(log10(high)));
    if (c->y_to <= c->y_from)
        c->y_to = c->y_from * 10;
}

static void put_axis_y(const struct chart *c, FILE *f)
{
    for (double y = c->y_from; y <= c->y_to * 1.01; y *= 10) {
        double place = at_y(c, y);
        fprintf(f,
                "<line x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\" stroke=\"#ddd\"/>"
                "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%.0f %s</text>\n",
                LEFT, WIDTH - RIGHT, place, place, LEFT - 8, place + 4,
                y < 1e3   ? y
                : y < 1e6 ? y / 1e3
                          : y / 1e6,
                y < 1e3   ? "us"
                : y < 1e6 ? "ms"
                          : "s");
    }
}

/* Steps of 1, 2 or 5 times a power of ten, five or so. */
static double tick_of(double span)
{
    double raw = span / 5, ten = pow(10, floor(log10(raw > 0 ? raw : 1)));
    return raw < 1.5 * ten ? ten : raw < 3.5 * ten ? 2 * ten : raw < 7.5 * ten ? 5 * ten : 10 * ten;
}

static void put_tick_x(const struct chart *c, double x, const char *text, FILE *f)
{
    double place = at_x(c, x);
    fprintf(f,
            "<line x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" y2=\"%d\" stroke=\"#999\"/>"
            "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>\n",
            place, place, HEIGHT - BOTTOM, HEIGHT - BOTTOM + 5, place, HEIGHT - BOTTOM + 20, text);
}

static void put_axis_rate(const struct chart *c, FILE *f)
{
    double tick = tick_of(c->x_to - c->x_from);
    for (double x = ceil(c->x_from / tick) * tick; x <= c->x_to + tick / 100; x += tick) {
        char text[32];
        snprintf(text, sizeof text, "%.6g", x);
        put_tick_x(c, x, text, f);
    }
}

static void put_axis_percentile(const struct chart *c, FILE *f)
{
    static const char *const nines[] = { "0 %", "90 %", "99 %", "99.9 %", "99.99 %", "99.999 %" };
    for (int i = 0; i < 6 && i <= c->x_to; i++)
        put_tick_x(c, i, nines[i], f);
}

/* The highest rate that held. */
static void put_limit(const struct chart *c, FILE *f)
{
    if (c->limit <= 0)
        return;
    double x = at_x(c, c->limit);
    fprintf(f,
            "<line x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" y2=\"%d\" stroke=\"#555\" "
            "stroke-dasharray=\"5 4\"/>"
            "<text x=\"%.1f\" y=\"%d\" text-anchor=\"end\" fill=\"#555\">%.6g/s holds</text>\n",
            x, x, TOP, HEIGHT - BOTTOM, x - 6, TOP + 12, c->limit);
}

/* Names at the ends of lines that lie close are put above each other. */
static void put_lines(const struct chart *c, FILE *f)
{
    double free_below = HEIGHT;
    for (uint32_t l = 0; l < c->line_count; l++) {
        const struct line *line = &c->lines[l];
        fprintf(f, "<polyline fill=\"none\" stroke=\"%s\" stroke-width=\"2\" points=\"",
                line->colour);
        for (uint32_t i = 0; i < line->count; i++)
            fprintf(f, "%.1f,%.1f ", at_x(c, line->points[i].x), at_y(c, line->points[i].y));
        fputs("\"/>\n", f);
        if (line->count == 0 || line->name == NULL)
            continue;
        const struct point *last = &line->points[line->count - 1];
        double y = at_y(c, last->y) + 4;
        y = y > free_below - 14 ? free_below - 14 : y;
        free_below = y;
        fprintf(f, "<text x=\"%.1f\" y=\"%.1f\" fill=\"%s\">%s</text>\n", at_x(c, last->x) + 6, y,
                line->colour, line->name);
        for (uint32_t i = 0; i < line->count; i++)
            fprintf(f, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\" fill=\"%s\"/>\n",
                    at_x(c, line->points[i].x), at_y(c, line->points[i].y), line->colour);
    }
}

static void put_chart(struct chart *c, bool by_rate, FILE *f)
{
    fit_y(c);
    fprintf(f,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" "
            "height=\"%d\" font-family=\"sans-serif\" font-size=\"12\">\n"
            "<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>\n"
            "<text x=\"%d\" y=\"22\" font-size=\"15\">%s</text>\n",
            WIDTH, HEIGHT, WIDTH, HEIGHT, LEFT, c->title);
    put_axis_y(c, f);
    if (by_rate)
        put_axis_rate(c, f);
    else
        put_axis_percentile(c, f);
    put_limit(c, f);
    put_lines(c, f);
    fprintf(f, "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">%s</text>\n</svg>\n",
            LEFT + (WIDTH - LEFT - RIGHT) / 2, HEIGHT - 14, c->x_words);
}

/* ---- what is drawn ---- */

static void add_point(struct line *l, double x, uint64_t us)
{
    if (us != TALLY_NEVER && l->count < sizeof l->points / sizeof *l->points)
        l->points[l->count++] = (struct point){ x, us < 1 ? 1 : (double)us };
}

static double rate_of(const struct result_phase *p)
{
    return ((double)p->from_milli + (double)p->to_milli) / 2000;
}

/* Of a rate that was tried twice the better try, which is the one that counted. */
static uint32_t one_of_each_rate(const struct result *r, uint32_t order[PLAN_PHASES], uint32_t n)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < n; i++) {
        const struct result_phase *p = &r->phases[order[i]];
        const struct result_phase *q = kept == 0 ? NULL : &r->phases[order[kept - 1]];
        bool same = q != NULL && result_asked_milli(p) == result_asked_milli(q);
        if (same && tally_latency_at(&p->tally, 9900000) >= tally_latency_at(&q->tally, 9900000))
            continue;
        order[same ? kept - 1 : kept++] = order[i];
    }
    return kept;
}

static void draw_rates(const struct result *r, FILE *f)
{
    static const struct chart empty = { .title = "Latency over rate",
                                        .x_words = "requests asked for a second" };
    struct chart *c = mem_take(&sys_mem, sizeof *c);
    uint32_t order[PLAN_PHASES], n = result_by_rate(r, order);
    *c = empty;
    c->line_count = LINES;
    c->limit = (double)r->limit_good / 1000;
    if (result_is_search(r))
        n = one_of_each_rate(r, order, n);
    for (uint32_t l = 0; l < LINES; l++) {
        c->lines[l].name = result_percentiles[l].name;
        c->lines[l].colour = colours[l];
        for (uint32_t i = 0; i < n; i++) {
            const struct result_phase *p = &r->phases[order[i]];
            if (p->tally.latency.count > 0)
                add_point(&c->lines[l], rate_of(p),
                          tally_latency_at(&p->tally, result_percentiles[l].ppm10));
        }
    }
    c->x_to = n > 0 ? rate_of(&r->phases[order[n - 1]]) : 1;
    put_chart(c, true, f);
    mem_free(&sys_mem, c);
}

/* The axis counts nines: 0 at 0 %, 1 at 90 %, 2 at 99 %. */
static void draw_percentiles(const struct result *r, FILE *f)
{
    static const struct chart empty = { .title = "Latency by percentile",
                                        .x_words =
                                            "so many requests were answered within that time" };
    const struct hist *h = &r->total.latency;
    struct chart *c = mem_take(&sys_mem, sizeof *c);
    *c = empty;
    c->line_count = 1;
    c->lines[0].colour = colours[0];
    c->x_to = h->count >= 1000 ? floor(log10((double)h->count)) : 2;
    c->x_to = c->x_to > 5 ? 5 : c->x_to;
    for (double x = 0; x <= c->x_to + 1e-9 && h->count > 0; x += 0.025)
        add_point(
            &c->lines[0], x,
            tally_latency_at(&r->total, (uint32_t)((1 - pow(10, -x)) * (double)HIST_WHOLE + 0.5)));
    put_chart(c, false, f);
    mem_free(&sys_mem, c);
}

static bool over_rates(const struct result *r)
{
    return r->phase_count > 1 || result_is_search(r);
}

static struct view taken(FILE *f, struct sys_text *t, struct arena *a)
{
    fclose(f);
    struct view out = arena_copy(a, view_of(t->p, t->n));
    sys_text_free(t);
    return out;
}

struct view page_svg(const struct result *r, struct arena *a)
{
    struct sys_text t;
    FILE *f = sys_text_open(&t);
    if (over_rates(r))
        draw_rates(r, f);
    else
        draw_percentiles(r, f);
    return taken(f, &t, a);
}

static void put_escaped(const char *text, FILE *f)
{
    for (; *text != '\0'; text++) {
        if (*text == '<' || *text == '>' || *text == '&')
            fprintf(f, "&#%d;", *text);
        else
            fputc(*text, f);
    }
}

struct view page_html(const struct result *r, const struct slo *slo, struct arena *a)
{
    struct sys_text page, words;
    FILE *f = sys_text_open(&page), *w = sys_text_open(&words);
    result_print(r, w);
    (void)slo_tell(slo, &r->total, result_length_us(r), w);
    fputc('\0', w);
    fclose(w);
    fputs("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
          "<title>cucmlab load</title>\n<style>body{font-family:sans-serif;max-width:60em;"
          "margin:2em auto;padding:0 1em}pre{overflow-x:auto;background:#f4f4f4;padding:1em}"
          "svg{max-width:100%;height:auto}</style></head>\n<body><h1>",
          f);
    put_escaped(r->condition_count > 0 ? r->conditions[0].value : "Load", f);
    fputs("</h1>\n", f);
    if (over_rates(r))
        draw_rates(r, f);
    if (!result_is_search(r)) /* of all of its steps together they say nothing */
        draw_percentiles(r, f);
    fputs("<pre>", f);
    put_escaped(words.p, f);
    fprintf(f, "</pre>\n<p>cucmlab %s</p></body></html>\n", CUCMLAB_VERSION);
    sys_text_free(&words);
    return taken(f, &page, a);
}
