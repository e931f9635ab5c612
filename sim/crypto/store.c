#include "sim/crypto/store.h"

#include "sim/base/sys.h"

#include <string.h>

uint8_t *store_room(struct store *s, size_t n)
{
    if (s->at != 0) {
        memmove(s->p, s->p + s->at, s->n - s->at);
        s->n -= s->at;
        s->at = 0;
    }
    if (n > s->cap - s->n) {
        size_t cap = s->cap == 0 ? 2048 : s->cap;
        while (cap - s->n < n)
            cap *= 2;
        s->p = sys_realloc(s->p, cap);
        s->cap = cap;
    }
    return s->p + s->n;
}

void store_add(struct store *s, struct view v)
{
    if (v.n == 0)
        return;
    memcpy(store_room(s, v.n), v.p, v.n);
    s->n += v.n;
}

size_t store_left(const struct store *s)
{
    return s->n - s->at;
}

struct view store_view(const struct store *s)
{
    return store_left(s) != 0 ? view_of(s->p + s->at, store_left(s)) : view_of(NULL, 0);
}

void store_drop(struct store *s, size_t n)
{
    s->at += n;
    if (s->at == s->n)
        s->at = s->n = 0;
}

size_t store_read(struct store *s, uint8_t *out, size_t cap)
{
    size_t n = store_left(s) < cap ? store_left(s) : cap;
    if (n != 0)
        memcpy(out, s->p + s->at, n);
    store_drop(s, n);
    return n;
}

void store_empty(struct store *s, size_t cap)
{
    s->at = s->n = 0;
    if (s->cap > cap) {
        sys_free(s->p);
        *s = (struct store){ 0 };
    }
}

void store_free(struct store *s)
{
    sys_free(s->p);
    *s = (struct store){ 0 };
}
