/* A few lines on a terminal, drawn again and again in one place while a lab serves: its clock, the
 * step, phones by state, requests a second. */
#ifndef CUCMLAB_CONTROL_SCREEN_H
#define CUCMLAB_CONTROL_SCREEN_H

#include "sim/control/control.h"
#include "sim/control/metrics.h"

#define SCREEN_EVERY_US 500000 /* of the machine's clock */
#define SCREEN_LINES    3

struct screen {
    FILE *out;                    /* NULL: there is no terminal, and nothing is drawn */
    unsigned lines;               /* drawn now */
    size_t lengths[SCREEN_LINES]; /* of each, in columns at the most */
    uint64_t before; /* requests at the last look, and when that was, by the machine's clock */
    uint64_t before_us;
    double a_second;
};

/* Draws only where `out` is a terminal that can go back a line. */
struct screen screen_of(FILE *out);
void screen_draw(struct screen *s, const struct control *c, const struct metrics *m);
/* Before anybody else writes there. */
void screen_clear(struct screen *s);

#endif
