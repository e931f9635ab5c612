/* Going back: what the forge has learnt since a mark is forgotten, change by change. */
#include "sim/bytes/forge_impl.h"

#include "sim/base/check.h"
#include "sim/base/sys.h"

static void note(struct forge *f, struct forge_undo undo)
{
    if (!f->marked)
        return;
    mem_reserve(&sys_mem, (void **)&f->undo, &f->undo_cap, (size_t)f->undo_count + 1,
                sizeof *f->undo);
    f->undo[f->undo_count++] = undo;
}

void forge_add(struct forge *f, struct table *t, uint64_t key, uint32_t value)
{
    table_add(t, key, value);
    note(f, (struct forge_undo){ .table = t, .key = key, .value = value });
}

void forge_put(struct forge *f, struct table *t, uint64_t key, uint32_t value)
{
    uint32_t *there = table_get(t, key);
    if (there == NULL) {
        forge_add(f, t, key, value);
        return;
    }
    note(f, (struct forge_undo){ .table = t, .key = key, .value = *there, .put_over = true });
    *there = value;
}

void forge_note_arrival(struct forge *f, uint32_t made)
{
    note(f, (struct forge_undo){ .value = made });
}

static void take_back(struct forge *f, const struct forge_undo *undo)
{
    if (undo->table == NULL)
        *f->made[undo->value] = (struct forge_cert){ .der = view_of(NULL, 0) };
    else if (undo->put_over)
        table_put(undo->table, undo->key, undo->value);
    else
        table_drop(undo->table, undo->key, undo->value);
}

struct forge_mark forge_mark(struct forge *f)
{
    f->marked = true;
    struct forge_mark mark = { .content = content_mark(f->content),
                               .arena = arena_mark(&f->arena),
                               .undo_count = f->undo_count,
                               .scanned = f->scanned,
                               .made_count = f->made_count,
                               .phone_count = f->phone_count,
                               .file_count = f->file_count };
    for (int t = 0; t < KEY_TYPES; t++) {
        mark.pending[t].count = f->pending[t].count;
        mark.pending[t].done = f->pending[t].done;
    }
    return mark;
}

void forge_rewind(struct forge *f, const struct forge_mark *mark)
{
    CHECK(f->marked && mark->undo_count <= f->undo_count);
    while (f->undo_count > mark->undo_count)
        take_back(f, &f->undo[--f->undo_count]);
    f->scanned = mark->scanned;
    f->made_count = mark->made_count;
    f->phone_count = mark->phone_count;
    f->file_count = mark->file_count;
    for (int t = 0; t < KEY_TYPES; t++) {
        f->pending[t].count = mark->pending[t].count;
        f->pending[t].done = mark->pending[t].done;
    }
    arena_rewind(&f->arena, mark->arena);
    content_rewind(f->content, mark->content);
}
