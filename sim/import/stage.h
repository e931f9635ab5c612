/* Files that belong together are put in place together: each is written into a folder beside the
 * place first, and when all are whole they are moved.  What goes wrong before the last is moved
 * leaves what was there.  Used by write.c. */
#ifndef CUCMLAB_IMPORT_STAGE_H
#define CUCMLAB_IMPORT_STAGE_H

#include "sim/base/err.h"
#include "sim/base/mem.h"

#define STAGE_PATH 1200 /* bytes of a path, with its NUL */

struct stage_file {
    const char *to;
    bool replaced, moved; /* there was one, which is kept until the end; it is in place */
};

struct stage {
    const struct mem *mem;
    struct arena arena;
    char folder[STAGE_PATH]; /* temporary; "": none */
    const char *made;        /* a folder that stage_move() made; NULL */
    struct stage_file *files;
    uint32_t count, cap;
};

/* Makes a folder `beside`.XXXXXX.  Free it in any case: stage_end() removes what is in it. */
bool stage_begin(struct stage *s, const struct mem *mem, const char *beside, struct err *e);
/* One more, which goes to `to`; no two to one place. */
bool stage_add(struct stage *s, const char *to, struct view bytes, struct err *e);
/* Moves all to their places, in the order in which they came; `folder`, which is made where it is
 * not there, is that of some of them (NULL: none).  False: all is as it was. */
bool stage_move(struct stage *s, const char *folder, struct err *e);
void stage_end(struct stage *s);

#endif
