#include "sim/virt/slot.h"

#include "sim/base/check.h"

void virt_push(struct virt *v, uint64_t at_us, unsigned class, uint32_t id)
{
    CHECK(at_us >= v->now_us && at_us >> TIME_BITS == 0);
    uint64_t key = at_us << CLASS_BITS | class;
    if (key < v->queue.last) /* entries that meant nothing any more were taken off ahead of time */
        heap_rebase(&v->queue, v->now_us << CLASS_BITS);
    heap_push(&v->queue, (struct heap_entry){ key, id });
}

void virt_queue_nodes(struct virt *v)
{
    const struct world *w = v->world;
    uint64_t due = w->nodes_deadline_us(w->ctx),
             calendar = w->calendar_us == NULL ? 0 : w->calendar_us(w->ctx);
    v->node_waits = due != 0;
    if (due == 0 || (calendar != 0 && calendar < due))
        due = calendar;
    if (due == v->node_due_us)
        return;
    v->node_due_us = due;
    if (due != 0)
        virt_push(v, due > v->now_us ? due : v->now_us, CLASS_NODES, ID_NODES);
}

uint32_t virt_keep_event(struct virt *v, uint32_t phone, const struct event *event)
{
    uint32_t i = v->admin_free;
    if (i != ADMIN_NONE) {
        v->admin_free = v->admin[i].next_free;
    } else {
        mem_reserve(v->mem, (void **)&v->admin, &v->admin_cap, (size_t)v->admin_count + 1,
                    sizeof *v->admin);
        i = v->admin_count++;
    }
    v->admin[i] = (struct admin_event){ *event, phone, ADMIN_NONE };
    v->admin_queued++;
    return i;
}

void virt_schedule(struct virt *v, uint32_t phone)
{
    struct slot *s = &v->slots[phone];
    bool idle = false;
    uint64_t deadline = v->world->deadline_us(v->world->ctx, phone, &idle);
    if (!idle && s->pending == PENDING_WAKE)
        s->pending = PENDING_NONE; /* it is awake */
    uint64_t next = s->pending == PENDING_NONE ? 0 : s->when_us;
    if (deadline != 0 && !idle && (next == 0 || deadline < next))
        next = deadline > v->now_us ? deadline : v->now_us;

    bool sleeps = idle && s->pending == PENDING_NONE;
    v->idle += (uint32_t)sleeps - s->idle;
    s->idle = sleeps;
    if (next == s->queued_us)
        return;
    v->queued += (next != 0) - (s->queued_us != 0);
    s->queued_us = next;
    if (next != 0)
        virt_push(v, next, CLASS_PHONE, phone);
}

void virt_soon(void *ctx, const struct heap_entry *e)
{
    const struct virt *v = ctx;
    if ((e->id & ID_ADMIN) != 0)
        return;
    const char *slot = (const char *)&v->slots[e->id];
    __builtin_prefetch(slot, 1);
    __builtin_prefetch(slot + sizeof(struct slot) - 1, 1);
    if (v->world->soon != NULL)
        v->world->soon(v->world->ctx, e->id);
}
