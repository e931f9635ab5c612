/* The impure half of base: memory that ends the program when there is none, files, and what CHECK
 * prints.  Not for phones/, nodes/, sim/wire or sim/core. */
#ifndef CUCMLAB_BASE_SYS_H
#define CUCMLAB_BASE_SYS_H

#include "sim/base/err.h"
#include "sim/base/mem.h"

extern const struct mem sys_mem; /* over realloc; exit 3 when out of memory */

/* Reads a whole file into `a`; `limit` in bytes (a larger file is an error). "-" is standard input.
 */
bool sys_read_file(const char *path, size_t limit, struct arena *a, struct view *out,
                   struct err *e);
/* Writes through a temporary file beside it and renames: a reader never sees half a file. */
bool sys_write_file(const char *path, struct view bytes, struct err *e);

/* What a failed CHECK adds: who ran, when, and how to run it again. */
struct check_context {
    uint64_t seed, identity;
    const char *command;           /* that repeats the run; NULL: not known */
    uint64_t (*now_us)(void *ctx); /* virtual time, asked when it fails; NULL: none */
    void *ctx;
};

/* From now on in this thread; borrowed until replaced.  NULL: nothing is added.  Returns the one
 * before. */
const struct check_context *sys_check_context(const struct check_context *context);

#endif
