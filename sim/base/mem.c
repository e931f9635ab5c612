#include "sim/base/mem.h"

#include "sim/base/check.h"

#include <string.h>

struct arena_chunk {
    struct arena_chunk *next;
    size_t used, cap;
    _Alignas(16) uint8_t bytes[];
};

void *mem_take(const struct mem *mem, size_t n)
{
    return mem->resize(mem->ctx, NULL, n);
}

void mem_free(const struct mem *mem, void *p)
{
    mem->resize(mem->ctx, p, 0);
}

struct arena arena_of(const struct mem *mem)
{
    return (struct arena){ mem, NULL, 0 };
}

void *arena_take(struct arena *a, size_t n)
{
    CHECK(n < SIZE_MAX / 2);
    size_t want = (n + 15) & ~(size_t)15;
    if (a->chunk == NULL || a->chunk->cap - a->chunk->used < want) {
        size_t cap = want > 8192 ? want : 8192;
        struct arena_chunk *c = a->mem->resize(a->mem->ctx, NULL, sizeof *c + cap);
        *c = (struct arena_chunk){ a->chunk, 0, cap };
        a->chunk = c;
        a->bytes += sizeof *c + cap;
    }
    void *p = a->chunk->bytes + a->chunk->used;
    a->chunk->used += want;
    memset(p, 0, want);
    return p;
}

struct view arena_copy(struct arena *a, struct view v)
{
    if (v.p == NULL)
        return v;
    void *p = arena_take(a, v.n == 0 ? 1 : v.n);
    if (v.n != 0)
        memcpy(p, v.p, v.n);
    return view_of(p, v.n);
}

char *arena_text(struct arena *a, struct view v)
{
    char *p = arena_take(a, v.n + 1);
    if (v.n != 0)
        memcpy(p, v.p, v.n);
    return p;
}

static void drop_chunk(struct arena *a)
{
    struct arena_chunk *next = a->chunk->next;
    a->bytes -= sizeof *a->chunk + a->chunk->cap;
    a->mem->resize(a->mem->ctx, a->chunk, 0);
    a->chunk = next;
}

void arena_free(struct arena *a)
{
    while (a->chunk != NULL)
        drop_chunk(a);
}

struct arena_mark arena_mark(const struct arena *a)
{
    return (struct arena_mark){ a->chunk, a->chunk == NULL ? 0 : a->chunk->used };
}

void arena_rewind(struct arena *a, struct arena_mark mark)
{
    while (a->chunk != mark.chunk) {
        CHECK(a->chunk != NULL);
        drop_chunk(a);
    }
    if (a->chunk != NULL)
        a->chunk->used = mark.used;
}

void mem_reserve(const struct mem *mem, void **p, uint32_t *cap, size_t need, size_t size)
{
    if (need <= *cap)
        return;
    size_t n = *cap == 0 ? 8 : *cap;
    while (n < need)
        n *= 2;
    CHECK(n <= UINT32_MAX);
    *p = mem->resize(mem->ctx, *p, n * size);
    memset((uint8_t *)*p + (size_t)*cap * size, 0, (n - *cap) * size);
    *cap = (uint32_t)n;
}
