/* The files of a folder and of the folders in it, in the order of their names.  A link is not
 * followed: a folder that somebody unpacked holds what a stranger put there. */
#ifndef CUCMLAB_IMPORT_WALK_H
#define CUCMLAB_IMPORT_WALK_H

#include "sim/base/err.h"

#define WALK_DEPTH 32 /* folders in folders */

struct walk {
    bool (*file)(void *ctx, const char *path); /* false: no more of them */
    /* What is there and no file, or cannot be read, and why. */
    void (*odd)(void *ctx, const char *path, const char *why);
    void *ctx;
};

/* A link that was named leads where it leads. */
bool walk_is_folder(const char *path);
/* False: the folder itself cannot be read. */
bool walk(const struct walk *w, const char *path, struct err *e);

#endif
