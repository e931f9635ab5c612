/* A copy of the driver with all that is in flight. */
#include "sim/virt/slot.h"

#include "sim/base/check.h"
#include "sim/base/table.h"

#include <string.h>

/* A copy being made.  `index`: by phone of the original, where in the copy it is. */
struct copying {
    const struct virt *from;
    struct virt *to;
    bool all;
    struct table index;
};

static uint64_t key_of(uint32_t phone)
{
    return rng_mix((uint64_t)phone + 1);
}

/* False: that phone does not come along. */
static bool comes(const struct copying *c, uint32_t phone, uint32_t *as)
{
    *as = phone;
    if (c->all)
        return true;
    const uint32_t *found = table_get(&c->index, key_of(phone));
    if (found != NULL)
        *as = *found;
    return found != NULL;
}

static void copy_entry(void *ctx, const struct heap_entry *entry)
{
    struct copying *c = ctx;
    struct virt *v = c->to;
    struct heap_entry e = *entry;
    uint32_t phone;
    if (!virt_is_valid(c->from, entry))
        return;
    if (entry->id == ID_NODES) {
        /* The same for whoever comes along. */
    } else if ((entry->id & ID_ADMIN) != 0) {
        const struct admin_event *a = &c->from->admin[entry->id & ~ID_ADMIN];
        if (!comes(c, a->phone, &phone))
            return;
        e.id = ID_ADMIN | virt_keep_event(v, phone, &a->event);
    } else {
        if (!comes(c, entry->id, &phone))
            return;
        e.id = phone;
    }
    heap_push(&v->queue, e);
}

static void *copied(const struct mem *mem, const void *from, uint32_t count, size_t size)
{
    if (count == 0)
        return NULL;
    void *to = mem->resize(mem->ctx, NULL, count * size);
    memcpy(to, from, count * size);
    return to;
}

static void without_loss(struct virt *v)
{
    for (uint32_t i = 0; i < v->link_count; i++)
        v->links[i].loss_ppm = 0;
    for (uint32_t i = 0; i < v->node_cap; i++)
        v->nodes[i].link.loss_ppm = 0;
}

/* Slots of the chosen phones; their transfers are begun where they now are. */
static void choose(struct copying *c, const struct driver_selection *only)
{
    struct virt *v = c->to;
    const struct world *w = v->world;
    c->index = table_of(v->mem);
    v->slots = v->mem->resize(v->mem->ctx, NULL, only->count * sizeof *v->slots);
    for (uint32_t i = 0; i < only->count; i++) {
        CHECK(only->phones[i] < c->from->slot_count);
        struct slot *s = &v->slots[i];
        *s = c->from->slots[only->phones[i]];
        table_put(&c->index, key_of(only->phones[i]), i);
        s->transfer = s->transfer && w->transfer_begin(w->ctx, s->node);
    }
}

struct driver *virt_copy(const void *self, const struct world *to,
                         const struct driver_selection *only)
{
    const struct virt *from = self;
    CHECK(!from->running);
    struct virt *v = from->mem->resize(from->mem->ctx, NULL, sizeof *v);
    *v = *from;
    struct copying c = { .from = from, .to = v, .all = only == NULL };
    v->driver.self = v;
    v->tap = NULL;
    v->world = to;
    v->slot_count = v->slot_cap = c.all ? from->slot_count : only->count;
    CHECK(to->phones == v->slot_count);
    v->links = copied(v->mem, from->links, from->link_cap, sizeof *v->links);
    v->nodes = copied(v->mem, from->nodes, from->node_cap, sizeof *v->nodes);
    if (c.all) {
        v->slots = copied(v->mem, from->slots, from->slot_count, sizeof *v->slots);
    } else {
        choose(&c, only);
        without_loss(v);
        v->options.bytes = false;
    }
    v->queue = heap_of(v->mem);
    v->queue.last = from->queue.last;
    v->queue.soon = virt_soon;
    v->queue.soon_ctx = v;
    v->scratch = arena_of(v->mem);
    v->admin = NULL;
    v->admin_count = v->admin_cap = v->admin_queued = 0;
    v->admin_free = ADMIN_NONE;
    v->queued = v->idle = 0;
    heap_each(&from->queue, copy_entry, &c);
    for (uint32_t i = 0; i < v->slot_count; i++) {
        v->idle += v->slots[i].idle;
        v->queued += v->slots[i].queued_us != 0;
    }
    if (!c.all)
        table_free(&c.index);
    return &v->driver;
}
