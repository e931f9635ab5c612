#include "sim/base/table.h"

#include "sim/base/check.h"

struct table table_of(const struct mem *mem)
{
    return (struct table){ mem, NULL, 0, 0 };
}

void table_free(struct table *t)
{
    if (t->cells != NULL)
        t->mem->resize(t->mem->ctx, t->cells, 0);
    *t = table_of(t->mem);
}

uint32_t *table_get(const struct table *t, uint64_t key)
{
    if (t->cap == 0)
        return NULL;
    for (uint32_t i = (uint32_t)key & (t->cap - 1);; i = (i + 1) & (t->cap - 1)) {
        if (t->cells[i].key == key)
            return &t->cells[i].value;
        if (t->cells[i].key == 0)
            return NULL;
    }
}

static void insert(struct table *t, uint64_t key, uint32_t value)
{
    uint32_t i = (uint32_t)key & (t->cap - 1);
    while (t->cells[i].key != 0)
        i = (i + 1) & (t->cap - 1);
    t->cells[i] = (struct table_cell){ key, value };
}

void table_add(struct table *t, uint64_t key, uint32_t value)
{
    CHECK(key != 0);
    if ((uint64_t)t->count * 4 >= (uint64_t)t->cap * 3) {
        struct table old = *t;
        t->cells = NULL;
        t->cap = 0;
        mem_reserve(t->mem, (void **)&t->cells, &t->cap, old.cap == 0 ? 16 : (size_t)old.cap * 2,
                    sizeof *t->cells);
        for (uint32_t i = 0; i < old.cap; i++) {
            if (old.cells[i].key != 0)
                insert(t, old.cells[i].key, old.cells[i].value);
        }
        if (old.cells != NULL)
            t->mem->resize(t->mem->ctx, old.cells, 0);
    }
    insert(t, key, value);
    t->count++;
}

void table_put(struct table *t, uint64_t key, uint32_t value)
{
    uint32_t *at = table_get(t, key);
    if (at != NULL)
        *at = value;
    else
        table_add(t, key, value);
}

/* *at counts the cells already looked at since the key's own place. */
bool table_next(const struct table *t, uint64_t key, uint32_t *at, uint32_t *value)
{
    if (t->cap == 0)
        return false;
    while (*at < t->cap) {
        const struct table_cell *cell = &t->cells[((uint32_t)key + *at) & (t->cap - 1)];
        ++*at;
        if (cell->key == 0)
            return false;
        if (cell->key == key) {
            *value = cell->value;
            return true;
        }
    }
    return false;
}
