#include "sim/live/impl.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* ---- nodes ---- */

struct host *live_host(const struct live *l, uint32_t node)
{
    for (uint32_t i = 0; i < l->host_count; i++)
        if (l->hosts[i]->node == node)
            return l->hosts[i];
    return NULL;
}

void live_says(struct live *l, uint32_t node, const char *format, ...)
{
    char text[256]; /* a longer one is cut */
    va_list args;
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    l->world->node_says(l->world->ctx, node, text);
}

enum ask_result live_ask(struct live *l, uint32_t node, const struct ask *ask, struct event *e)
{
    memset(e, 0, sizeof *e);
    return l->world->ask(l->world->ctx, node, ask, live_now_us(l), e);
}

uint32_t live_device(struct live *l, const char *name)
{
    uint32_t device;
    return name[0] != '\0' && l->world->find(l->world->ctx, name, &device) ? device : NO_DEVICE;
}

void live_look_ahead(struct live *l)
{
    const struct world *w = l->world;
    uint64_t due = w->nodes_deadline_us(w->ctx),
             calendar = w->calendar_us == NULL ? 0 : w->calendar_us(w->ctx);
    l->nodes_wait = due != 0;
    l->nodes_at_us = due == 0 || (calendar != 0 && calendar < due) ? calendar : due;
}

/* ---- phones ---- */

struct live_model live_model_of(struct live *l, uint32_t phone)
{
    struct live_model m = { .user_agent = "Cisco-CP8861/12.1.1",
                            .type = 684,
                            .load = "",
                            .newest = TLS_1_2,
                            .identity = CONTENT_MIC };
    if (l->options.model != NULL)
        l->options.model(l->options.ctx, phone, &m);
    return m;
}

struct forge_device live_forge_device(struct live *l, uint32_t phone)
{
    char name[16];
    l->world->name(l->world->ctx, phone, name);
    return forge_device_of(phone, name);
}

void live_emit(struct live *l, uint32_t phone, const struct event *event)
{
    mem_reserve(&sys_mem, (void **)&l->queue, &l->queue_cap, (size_t)l->queue_n + 1,
                sizeof *l->queue);
    l->queue[l->queue_n++] = (struct queued){ phone, *event };
}

static void on_deadline(struct ev_loop *loop, struct ev_timer *w, int events)
{
    struct phone_slot *p = w->data;
    (void)loop;
    (void)events;
    live_emit(p->live, p->phone, &(struct event){ .type = EVENT_TIMER });
}

struct phone_slot *live_slot(struct live *l, uint32_t phone)
{
    CHECK(phone < l->world->phones);
    mem_reserve(&sys_mem, (void **)&l->slots, &l->slot_cap, (size_t)phone + 1, sizeof *l->slots);
    if (l->slots[phone] == NULL) {
        struct phone_slot *p = reactor_take(sizeof *p);
        p->live = l;
        p->phone = phone;
        ev_timer_init(&p->timer, on_deadline, 0., 0.);
        p->timer.data = p;
        l->slots[phone] = p;
    }
    return l->slots[phone];
}

bool live_is_down(const struct live *l, uint32_t phone, uint32_t node)
{
    const struct host *p = live_host(l, node);
    bool cut = phone < l->slot_cap && l->slots[phone] != NULL && l->slots[phone]->down;
    if (cut || (p != NULL && p->down) || l->world->between == NULL)
        return cut || (p != NULL && p->down);
    struct between b = l->world->between(l->world->ctx, phone, node, ASK_REGISTER, TRANSPORT_TCP);
    return link_is_cut(&b.link);
}
