/* "Did you mean ...?": the word of a list that a slip of the pen is nearest to.  Called by
 * sim/main, the commands and scenarios.  Pure. */
#ifndef CUCMLAB_BASE_NEAR_H
#define CUCMLAB_BASE_NEAR_H

#include <stddef.h>

#define NEAR_ROOM 128

struct near {
    const char *word;         /* as it was typed */
    char best[NEAR_ROOM / 2]; /* "": none is near */
    size_t distance;
};

struct near near_of(const char *word);
void near_try(struct near *n, const char *name);
/* "", or `: did you mean "run"?` */
const char *near_text(const struct near *n, char out[NEAR_ROOM]);

#endif
