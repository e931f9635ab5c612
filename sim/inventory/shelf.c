#include "sim/inventory/shelf.h"

#include "sim/base/check.h"
#include "sim/base/sys.h"

#include <pthread.h>
#include <string.h>

struct kept {
    struct kept *next;
    char *path;
    struct found_rows rows;
};

struct shelf {
    pthread_mutex_t lock; /* one reads, and others wait: they mostly want the same */
    struct kept *first;
};

struct shelf *shelf_new(void)
{
    struct shelf *shelf = mem_take(&sys_mem, sizeof *shelf);
    shelf->first = NULL;
    CHECK(pthread_mutex_init(&shelf->lock, NULL) == 0);
    return shelf;
}

void shelf_free(struct shelf *shelf)
{
    if (shelf == NULL)
        return;
    for (struct kept *t = shelf->first, *next; t != NULL; t = next) {
        next = t->next;
        found_rows_free(&t->rows);
        mem_free(&sys_mem, t);
    }
    pthread_mutex_destroy(&shelf->lock);
    mem_free(&sys_mem, shelf);
}

static bool read_file(const char *path, const char *name, struct found_rows *out, struct err *e)
{
    struct arena a = arena_of(&sys_mem);
    struct view csv;
    *out = (struct found_rows){ .arena = arena_of(&sys_mem) };
    bool ok = sys_is_plain(path, e) && sys_read_file(path, FOUND_FILE_MAX, &a, &csv, e) &&
              found_rows_read(csv, name, out, e);
    arena_free(&a);
    return ok;
}

static const struct kept *find(const struct shelf *shelf, const char *path)
{
    const struct kept *t = shelf->first;
    while (t != NULL && strcmp(t->path, path) != 0)
        t = t->next;
    return t;
}

static const struct kept *add(struct shelf *shelf, const char *path, const char *name,
                              struct err *e)
{
    struct kept *t = mem_take(&sys_mem, sizeof *t);
    if (!read_file(path, name, &t->rows, e)) {
        found_rows_free(&t->rows);
        mem_free(&sys_mem, t);
        return NULL;
    }
    t->path = arena_text(&t->rows.arena, view_str(path));
    t->next = shelf->first;
    shelf->first = t;
    return t;
}

const struct found_rows *shelf_table(struct shelf *shelf, const char *path, const char *name,
                                     struct err *e)
{
    pthread_mutex_lock(&shelf->lock);
    const struct kept *t = find(shelf, path);
    if (t == NULL)
        t = add(shelf, path, name, e);
    pthread_mutex_unlock(&shelf->lock);
    return t == NULL ? NULL : &t->rows;
}
