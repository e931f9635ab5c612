#include "sim/control/screen.h"

#include "sim/base/count.h"
#include "sim/net/reactor.h"
#include "sim/report/fmt.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* Columns of a terminal that does not say how many it has. */
#define COLUMNS 80

struct screen screen_of(FILE *out)
{
    const char *term = getenv("TERM");
    bool can = term != NULL && term[0] != '\0' && strcmp(term, "dumb") != 0;
    return (struct screen){ .out = can && isatty(fileno(out)) ? out : NULL };
}

/* It may be another one each time: somebody drags its window. */
static size_t columns_of(FILE *out)
{
    struct winsize size;
    bool says = ioctl(fileno(out), TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
    return says ? size.ws_col : COLUMNS;
}

/* One that was made narrower breaks the lines that it has. */
static unsigned rows_drawn(const struct screen *s)
{
    size_t columns = columns_of(s->out), rows = 0;
    for (unsigned i = 0; i < s->lines; i++)
        rows += s->lengths[i] == 0 ? 1 : (s->lengths[i] + columns - 1) / columns;
    return (unsigned)rows;
}

void screen_clear(struct screen *s)
{
    if (s->lines == 0)
        return;
    fprintf(s->out, "\033[%uA\033[J", rows_drawn(s)); /* up, and all below is gone */
    fflush(s->out);
    s->lines = 0;
}

/* By bytes: names of steps may be cut within a character, which is then left out. */
static void put_line(struct screen *s, char *text)
{
    size_t n = strlen(text), width = columns_of(s->out) - 1; /* the last column may break it */
    if (n > width) {
        n = width;
        while (n > 0 && ((uint8_t)text[n] & 0xc0) == 0x80)
            n--;
    }
    for (size_t i = 0; i < n; i++) {
        if ((uint8_t)text[i] < 0x20 || text[i] == 0x7f)
            text[i] = '?';
    }
    fprintf(s->out, "%.*s\n", (int)n, text);
    s->lengths[s->lines++] = n;
}

struct text {
    char p[512];
    size_t n;
};

static void add_state(void *ctx, const char *state, uint32_t n)
{
    struct text *t = ctx;
    int got = snprintf(t->p + t->n, sizeof t->p - t->n, "%s%s %s", t->n == 0 ? "" : ", ",
                       COUNTED(n), state);
    t->n += got > 0 && (size_t)got < sizeof t->p - t->n ? (size_t)got : 0;
}

static void count_requests(struct screen *s, uint64_t requests)
{
    uint64_t now_us = reactor_clock_us(), passed_us = now_us - s->before_us;
    if (s->before_us != 0 && passed_us < SCREEN_EVERY_US / 2)
        return; /* too soon to say */
    if (s->before_us != 0)
        s->a_second = (double)(requests - s->before) * 1e6 / (double)passed_us;
    s->before = requests;
    s->before_us = now_us;
}

void screen_draw(struct screen *s, const struct control *c, const struct metrics *m)
{
    const struct lab *lab = c->session->lab;
    const struct lab_step *step = &lab->record.steps[lab->record.step_count - 1];
    char line[768], clock[FMT_ROOM];
    struct text phones = { "", 0 };
    if (s->out == NULL)
        return;
    screen_clear(s);
    count_requests(s, m->requests);
    snprintf(line, sizeof line, "%s%s  step %u, %s", fmt_short_clock(lab_now_us(lab), clock),
             c->paused ? ", paused"
             : c->over ? ", the scenario is over"
                       : "",
             (unsigned)lab->record.step_count - 1, step->name);
    put_line(s, line);
    metrics_states(lab, add_state, &phones);
    snprintf(line, sizeof line, "phones: %s", phones.n == 0 ? "none" : phones.p);
    put_line(s, line);
    snprintf(line, sizeof line, "requests: %s, %s a second", COUNTED(m->requests),
             COUNTED((uint64_t)(s->a_second + 0.5)));
    put_line(s, line);
    fflush(s->out);
}
