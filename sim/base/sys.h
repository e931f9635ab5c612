/* The impure half of base: memory that ends the program when there is none, files, and what CHECK
 * prints.  Not for phones/, nodes/, sim/wire or sim/core. */
#ifndef CUCMLAB_BASE_SYS_H
#define CUCMLAB_BASE_SYS_H

#include "sim/base/err.h"
#include "sim/base/mem.h"

#include <stdio.h>

extern const struct mem sys_mem; /* over realloc; exit 3 when out of memory */

/* The same for libraries, which are all given it before main(): none of them ever finds that there
 * is no memory, and none makes another answer of it.  0 bytes: NULL. */
void *sys_malloc(size_t n);
void *sys_realloc(void *old, size_t n);
void sys_free(void *p);

/* For a library that takes memory of its own and says that there was none for `n` bytes: the
 * program ends as it does elsewhere. */
_Noreturn void sys_no_memory(size_t n);

/* A stream into memory.  Never NULL, and no write to it fails; p and n are good after fclose(). */
struct sys_text {
    char *p;
    size_t n, cap;
};
FILE *sys_text_open(struct sys_text *t);
void sys_text_free(struct sys_text *t);

/* fopen(), but where the C library has no memory for the stream the program ends. */
FILE *sys_open(const char *path, const char *mode);

/* Reads a whole file into `a`; `limit` in bytes (a larger file is an error). "-" is standard input.
 */
bool sys_read_file(const char *path, size_t limit, struct arena *a, struct view *out,
                   struct err *e);
/* It is a file of its own, no link, folder or device: what a stranger may name. */
bool sys_is_plain(const char *path, struct err *e);
/* Writes through a temporary file beside it and renames: a reader never sees half a file.  What is
 * no file of its own (a device, a FIFO, a link, /dev/fd/N) is written in place and stays what it
 * is.
 * "-" is standard output. */
bool sys_write_file(const char *path, struct view bytes, struct err *e);
/* The same for a file that is the program's own: whatever stands there is replaced. */
bool sys_replace_file(const char *path, struct view bytes, struct err *e);
/* Whether sys_write_file() could: tried before a long run, and leaves nothing behind. */
bool sys_can_write(const char *path, struct err *e);
/* Both are one plain file, whatever they are called, or would be one when they are written. */
bool sys_same_file(const char *a, const char *b);
bool sys_is_stdout(const char *path); /* under any of its names */

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
