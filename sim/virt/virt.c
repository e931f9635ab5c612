#include "sim/virt/virt.h"

#include "sim/virt/tap.h"

#include <string.h>

/* ---- the loop ---- */

static void due_admin(struct virt *v, uint32_t index)
{
    struct admin_event a = v->admin[index];
    v->admin[index].next_free = v->admin_free;
    v->admin_free = index;
    v->admin_queued--;
    virt_step(v, a.phone, &a.event);
}

/* The highest key of an instant. */
static uint64_t last_key(uint64_t at_us)
{
    return at_us >> TIME_BITS != 0 ? UINT64_MAX : ((at_us + 1) << CLASS_BITS) - 1;
}

/* Takes the next entry up to `until_us`; false when there is none. */
static bool run_one(struct virt *v, uint64_t until_us)
{
    struct heap_entry e;
    if (!heap_pop_until(&v->queue, last_key(until_us), &e))
        return false;
    if (!virt_is_valid(v, &e))
        return true;
    v->now_us = e.key >> CLASS_BITS;
    if (virt_tapped(v))
        virt_tap_until(v);
    if (e.id == ID_NODES) {
        v->node_due_us = 0;
        v->world->nodes_tick(v->world->ctx, v->now_us);
        virt_queue_nodes(v);
    } else if ((e.id & ID_ADMIN) != 0) {
        due_admin(v, e.id & ~ID_ADMIN);
    } else {
        virt_due_phone(v, e.id);
    }
    return true;
}

static void run(void *self, uint64_t until_us)
{
    struct virt *v = self;
    v->running = true;
    while (run_one(v, until_us))
        continue;
    v->running = false;
    if (until_us > v->now_us)
        v->now_us = until_us;
    if (virt_tapped(v))
        virt_tap_until(v);
}

/* The queue may hold entries that mean nothing any more, and the calendar's. */
static bool is_quiet(const struct virt *v)
{
    return v->queued == 0 && v->admin_queued == 0 && !v->node_waits;
}

static struct settled settle(void *self, uint64_t limit_us)
{
    struct virt *v = self;
    v->running = true;
    while (!is_quiet(v) && run_one(v, limit_us))
        continue;
    v->running = false;
    if (!is_quiet(v) && limit_us > v->now_us)
        v->now_us = limit_us;
    if (virt_tapped(v))
        virt_tap_until(v);
    return (struct settled){ is_quiet(v), v->idle, v->now_us };
}

static uint64_t now(void *self)
{
    return ((struct virt *)self)->now_us;
}

static void deliver(void *self, uint32_t phone, const struct event *event, uint64_t at_us)
{
    struct virt *v = self;
    if (at_us <= v->now_us && !v->running) { /* between runs: nothing else is due at this instant */
        virt_step(v, phone, event);
        return;
    }
    uint32_t i = virt_keep_event(v, phone, event);
    virt_push(v, at_us > v->now_us ? at_us : v->now_us, CLASS_ADMIN, ID_ADMIN | i);
}

static void changed(void *self)
{
    struct virt *v = self;
    virt_queue_nodes(v);
    for (uint32_t i = 0; i < v->slot_count && v->idle > 0; i++) {
        struct slot *s = &v->slots[i];
        if (!s->idle)
            continue;
        s->pending = PENDING_WAKE;
        s->when_us = v->world->wake_us(v->world->ctx, i, v->now_us);
        virt_schedule(v, i);
    }
}

static uint64_t events(void *self)
{
    return ((struct virt *)self)->events;
}

static uint64_t held(void *self)
{
    return ((struct virt *)self)->queue.count;
}

/* ---- life ---- */

static void grow(void *self, uint32_t phones)
{
    struct virt *v = self;
    if (phones > v->slot_cap) { /* exactly: a fleet is made in one go */
        v->slots = v->mem->resize(v->mem->ctx, v->slots, (size_t)phones * sizeof *v->slots);
        v->slot_cap = phones;
    }
    for (uint32_t i = v->slot_count; i < phones; i++) {
        memset(&v->slots[i], 0, sizeof v->slots[i]);
        v->slots[i].luck = (uint32_t)rng_of(v->options.seed, "link", i).state;
    }
    uint32_t first = v->slot_count;
    v->slot_count = phones;
    for (uint32_t i = first; i < phones; i++)
        virt_schedule(v, i); /* phones may come with deadlines of their own */
}

static void release(void *self)
{
    struct virt *v = self;
    const struct mem *mem = v->mem;
    virt_tap_free(v);
    heap_free(&v->queue);
    arena_free(&v->scratch);
    mem->resize(mem->ctx, v->slots, 0);
    mem->resize(mem->ctx, v->links, 0);
    mem->resize(mem->ctx, v->nodes, 0);
    mem->resize(mem->ctx, v->admin, 0);
    mem->resize(mem->ctx, v, 0);
}

struct driver *virt_new(const struct world *world, const struct virt_options *options,
                        const struct mem *mem)
{
    struct virt *v = mem->resize(mem->ctx, NULL, sizeof *v);
    memset(v, 0, sizeof *v);
    v->world = world;
    v->mem = mem;
    v->options = *options;
    v->queue = heap_of(mem);
    v->queue.soon = virt_soon;
    v->queue.soon_ctx = v;
    v->scratch = arena_of(mem);
    v->admin_free = ADMIN_NONE;
    v->now_us = options->start_us;
    v->luck = rng_of(options->seed, "luck", 0).state;
    virt_no_links(v);
    v->driver = (struct driver){
        .self = v,
        .name = "virtual",
        .now_us = now,
        .run = run,
        .settle = settle,
        .deliver = deliver,
        .changed = changed,
        .grow = grow,
        .phone_link = virt_phone_link,
        .node_link = virt_node_link,
        .phone_link_of = virt_phone_link_of,
        .node_link_of = virt_node_link_of,
        .is_down = virt_is_down,
        .events = events,
        .held = held,
        .copy = virt_copy,
        .free = release,
    };
    grow(v, world->phones);
    return &v->driver;
}

size_t virt_memory(const struct driver *d)
{
    const struct virt *v = d->self;
    return sizeof *v + heap_memory(&v->queue) + (size_t)v->slot_cap * sizeof *v->slots +
           (size_t)v->link_cap * sizeof *v->links + (size_t)v->node_cap * sizeof *v->nodes +
           (size_t)v->admin_cap * sizeof *v->admin;
}
