/* "Did you mean ...?": the word of a list that a slip of the pen is nearest to.  Called by
 * sim/main, the commands and scenarios.  Pure. */
#ifndef CUCMLAB_BASE_NEAR_H
#define CUCMLAB_BASE_NEAR_H

#include <stddef.h>
#include <stdint.h>

#define NEAR_ROOM 128
#define NEAR_LIST 260

struct near {
    const char *word;         /* as it was typed */
    char best[NEAR_ROOM / 2]; /* "": none is near */
    size_t distance;
};

struct near near_of(const char *word);
/* Whatever the case of its letters, and no other: of words that are numbers, where the nearest one
 * is as wrong as any. */
struct near near_in_case(const char *word);
void near_try(struct near *n, const char *name);
/* "", or `: did you mean "run"?` */
const char *near_text(const struct near *n, char out[NEAR_ROOM]);
/* "one of a, b, c", "there is a"; what there is no room for is "...". */
const char *near_list(const char *const *names, uint32_t count, char out[NEAR_LIST]);

#endif
