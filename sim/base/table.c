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

/* Starts behind a free cell, so that no run of cells is cut in two and those of one key keep their
 * order. */
static void grow(struct table *t)
{
    struct table old = *t;
    t->cells = NULL;
    t->cap = 0;
    mem_reserve(t->mem, (void **)&t->cells, &t->cap, old.cap == 0 ? 16 : (size_t)old.cap * 2,
                sizeof *t->cells);
    uint32_t start = 0;
    while (start < old.cap && old.cells[start].key != 0)
        start++;
    for (uint32_t i = 0; i < old.cap; i++) {
        const struct table_cell *cell = &old.cells[(start + i) & (old.cap - 1)];
        if (cell->key != 0)
            insert(t, cell->key, cell->value);
    }
    if (old.cells != NULL)
        t->mem->resize(t->mem->ctx, old.cells, 0);
}

void table_add(struct table *t, uint64_t key, uint32_t value)
{
    CHECK(key != 0);
    if ((uint64_t)t->count * 4 >= (uint64_t)t->cap * 3)
        grow(t);
    insert(t, key, value);
    t->count++;
}

/* The cells behind the hole move into it, one after the other, as long as that takes none before
 * its own place: nothing is left to say that a cell was here. */
static void close_hole(struct table *t, uint32_t hole)
{
    uint32_t mask = t->cap - 1;
    for (uint32_t i = (hole + 1) & mask; t->cells[i].key != 0; i = (i + 1) & mask) {
        uint32_t home = (uint32_t)t->cells[i].key & mask;
        if (((i - home) & mask) < ((i - hole) & mask))
            continue;
        t->cells[hole] = t->cells[i];
        hole = i;
    }
    t->cells[hole] = (struct table_cell){ 0 };
}

void table_drop(struct table *t, uint64_t key, uint32_t value)
{
    CHECK(key != 0 && t->cap != 0);
    uint32_t i = (uint32_t)key & (t->cap - 1);
    while (t->cells[i].key != key || t->cells[i].value != value) {
        CHECK(t->cells[i].key != 0);
        i = (i + 1) & (t->cap - 1);
    }
    close_hole(t, i);
    t->count--;
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
