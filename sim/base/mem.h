/* Memory for pure code: an allocator that the driver hands in, an arena and a growing array over
 * it.  The allocator never returns NULL for a size above 0: the impure half (sys.h) ends the
 * program when there is none left.  Pure. */
#ifndef CUCMLAB_BASE_MEM_H
#define CUCMLAB_BASE_MEM_H

#include "sim/base/buf.h"

struct mem {
    /* Like realloc: grows `old` (may be NULL) to `n` bytes, or frees it where n is 0. */
    void *(*resize)(void *ctx, void *old, size_t n);
    void *ctx;
};

/* What resize() is for, by name. */
void *mem_take(const struct mem *mem, size_t n); /* not cleared */
void mem_free(const struct mem *mem, void *p);   /* NULL: nothing */

/* Pieces that live as long as the arena; freed in one go.  Addresses never move. */
struct arena {
    const struct mem *mem;
    struct arena_chunk *chunk;
    size_t bytes; /* taken from mem so far */
};

struct arena arena_of(const struct mem *mem);
void *arena_take(struct arena *a, size_t n); /* zeroed, aligned to 16 */
struct view arena_copy(struct arena *a, struct view v);
char *arena_text(struct arena *a, struct view v); /* copy with a NUL behind it */
void arena_free(struct arena *a);

/* Gives back what was taken since the mark.  A mark may be gone back to again and again, until the
 * arena is taken back to an earlier one. */
struct arena_mark {
    const struct arena_chunk *chunk;
    size_t used;
};
struct arena_mark arena_mark(const struct arena *a);
void arena_rewind(struct arena *a, struct arena_mark mark);

/* Makes room for `need` elements of `size` bytes at *p (capacity *cap), doubling; new ones zeroed.
 */
void mem_reserve(const struct mem *mem, void **p, uint32_t *cap, size_t need, size_t size);

#endif
