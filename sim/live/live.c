#include "sim/live/impl.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#define FILES_OF_OUR_OWN 32 /* standard streams, the loop, trace and report files */

/* ---- memory ---- */

void *live_take(size_t n)
{
    void *p = sys_mem.resize(sys_mem.ctx, NULL, n == 0 ? 1 : n);
    memset(p, 0, n);
    return p;
}

void live_give(void *p)
{
    sys_mem.resize(sys_mem.ctx, p, 0);
}

void live_bury(struct live *l, void (*free_it)(void *), void *what)
{
    mem_reserve(&sys_mem, (void **)&l->graves, &l->grave_cap, (size_t)l->grave_n + 1,
                sizeof *l->graves);
    l->graves[l->grave_n++] = (struct grave){ free_it, what };
}

static void reap(struct live *l)
{
    while (l->grave_n > 0) {
        struct grave g = l->graves[--l->grave_n];
        g.free(g.what);
    }
}

/* ---- the clock: it runs only inside the loop ---- */

static uint64_t monotonic_us(void)
{
    struct timespec t;
    CHECK(clock_gettime(CLOCK_MONOTONIC, &t) == 0);
    return (uint64_t)t.tv_sec * 1000000u + (uint64_t)t.tv_nsec / 1000u;
}

uint64_t live_now_us(const struct live *l)
{
    return l->inside ? monotonic_us() - l->base_us : l->frozen_us;
}

static void enter(struct live *l)
{
    CHECK(!l->inside); /* a machine's step never runs the driver */
    l->base_us = monotonic_us() - l->frozen_us;
    l->inside = true;
    ev_resume(l->loop); /* no timer comes early because of what was done outside */
}

static void leave(struct live *l)
{
    l->frozen_us = live_now_us(l);
    l->inside = false;
    ev_suspend(l->loop);
}

/* ---- phones ---- */

static void on_deadline(struct ev_loop *loop, struct ev_timer *w, int events)
{
    struct phone_slot *p = w->data;
    (void)loop;
    (void)events;
    live_emit(p->live, p->phone, &(struct event){ .type = EV_TIMER });
}

struct phone_slot *live_slot(struct live *l, uint32_t phone)
{
    CHECK(phone < l->world->phones);
    mem_reserve(&sys_mem, (void **)&l->slots, &l->slot_cap, (size_t)phone + 1, sizeof *l->slots);
    if (l->slots[phone] == NULL) {
        struct phone_slot *p = live_take(sizeof *p);
        p->live = l;
        p->phone = phone;
        ev_timer_init(&p->timer, on_deadline, 0., 0.);
        p->timer.data = p;
        l->slots[phone] = p;
    }
    return l->slots[phone];
}

static void set_pending(struct phone_slot *p, bool pending, bool sleeping)
{
    struct live *l = p->live;
    l->pending += (uint32_t)pending - (uint32_t)p->pending;
    l->sleeping += (uint32_t)sleeping - (uint32_t)p->sleeping;
    p->pending = pending;
    p->sleeping = sleeping;
}

static void set_timer(struct phone_slot *p, uint64_t at_us)
{
    struct live *l = p->live;
    uint64_t now = live_now_us(l);
    ev_timer_stop(l->loop, &p->timer);
    ev_timer_set(&p->timer, at_us > now ? (double)(at_us - now) / 1e6 : 0., 0.);
    ev_timer_start(l->loop, &p->timer);
}

/* Pulls the deadline that the phone set.  A sleeper has no timer: it waits for a change. */
static void pull(struct phone_slot *p)
{
    struct live *l = p->live;
    bool idle = false;
    uint64_t at_us = l->world->deadline_us(l->world->ctx, p->phone, &idle);
    ev_timer_stop(l->loop, &p->timer);
    p->waking = false;
    set_pending(p, at_us != 0 && !idle, at_us != 0 && idle);
    if (p->pending)
        set_timer(p, at_us);
}

static bool restarts(uint8_t type)
{
    return type == EV_POWER_OFF || type == EV_RESET || type == EV_ERASE;
}

/* A timer may have been overtaken by an answer, or come a little early. */
static bool timer_is_due(struct phone_slot *p)
{
    struct live *l = p->live;
    bool idle = false;
    uint64_t at_us = l->world->deadline_us(l->world->ctx, p->phone, &idle);
    if (at_us != 0 && idle && p->waking)
        return true;
    if (at_us != 0 && !idle && at_us <= live_now_us(l))
        return true;
    if (at_us != 0 && !idle)
        set_timer(p, at_us);
    return false;
}

static void step(struct live *l, uint32_t phone, const struct event *event)
{
    struct phone_slot *p = live_slot(l, phone);
    struct outbox out = { .count = 0 };
    if (event->type == EV_TIMER && !timer_is_due(p))
        return;
    l->steps++;
    l->world->step(l->world->ctx, phone, event, live_now_us(l), &out);
    if (restarts(event->type))
        client_cancel_all(l, p);
    for (uint32_t i = 0; i < out.count; i++)
        if (out.actions[i].type != ACT_NOTE)
            client_act(l, p, &out.actions[i]);
    pull(p);
}

/* ---- events in order ---- */

void live_emit(struct live *l, uint32_t phone, const struct event *event)
{
    mem_reserve(&sys_mem, (void **)&l->queue, &l->queue_cap, (size_t)l->queue_n + 1,
                sizeof *l->queue);
    l->queue[l->queue_n++] = (struct queued){ phone, *event };
}

static bool before(const struct delivery *a, const struct delivery *b)
{
    return a->at_us != b->at_us ? a->at_us < b->at_us : a->sequence < b->sequence;
}

static void heap_put(struct live *l, struct delivery d)
{
    mem_reserve(&sys_mem, (void **)&l->heap, &l->heap_cap, (size_t)l->heap_n + 1, sizeof *l->heap);
    uint32_t at = l->heap_n++;
    while (at > 0 && before(&d, &l->heap[(at - 1) / 2])) {
        l->heap[at] = l->heap[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    l->heap[at] = d;
}

static struct delivery heap_take(struct live *l)
{
    struct delivery first = l->heap[0], last = l->heap[--l->heap_n];
    uint32_t at = 0, child;
    while ((child = 2 * at + 1) < l->heap_n) {
        child += child + 1 < l->heap_n && before(&l->heap[child + 1], &l->heap[child]);
        if (!before(&l->heap[child], &last))
            break;
        l->heap[at] = l->heap[child];
        at = child;
    }
    if (l->heap_n > 0)
        l->heap[at] = last;
    return first;
}

/* ---- what changed ---- */

static void wake_sleepers(struct live *l)
{
    for (uint32_t i = 0; i < l->slot_cap && l->sleeping > 0; i++) {
        struct phone_slot *p = l->slots[i];
        if (p == NULL || !p->sleeping)
            continue;
        p->waking = true;
        set_pending(p, true, false);
        set_timer(p, l->world->wake_us(l->world->ctx, p->phone, live_now_us(l)));
    }
}

static void refresh(struct live *l)
{
    struct err e = { "" };
    l->changed = false;
    l->nodes_at_us = l->world->nodes_deadline_us(l->world->ctx);
    for (uint32_t i = 0; i < l->place_count; i++)
        if (!server_refresh(l, l->places[i], &e))
            fprintf(stderr, "cucmlab: %s\n", e.text);
    wake_sleepers(l);
}

/* Everything that is due now, in order: nodes, the administrator, phones. */
static void work(struct live *l)
{
    for (;;) {
        if (l->changed)
            refresh(l);
        uint64_t now = live_now_us(l);
        if (l->nodes_at_us != 0 && l->nodes_at_us <= now) {
            l->world->nodes_tick(l->world->ctx, now);
            l->changed = true;
        } else if (l->heap_n > 0 && l->heap[0].at_us <= now) {
            struct delivery d = heap_take(l);
            step(l, d.what.phone, &d.what.event);
        } else if (l->queue_at < l->queue_n) {
            struct queued q = l->queue[l->queue_at++];
            step(l, q.phone, &q.event);
        } else if (l->free_seats) {
            l->queue_at = l->queue_n = 0;
            client_seat(l);
        } else if (!l->changed) {
            break;
        }
    }
    l->queue_at = l->queue_n = 0;
    reap(l);
}

/* ---- the loop ---- */

static bool quiet(const struct live *l)
{
    return l->pending == 0 && l->heap_n == 0 && l->queue_n == 0 && l->nodes_at_us == 0;
}

static void announce(struct live *l);

static void on_wake(struct ev_loop *loop, struct ev_timer *w, int events)
{
    (void)loop;
    (void)w;
    (void)events;
}

static void set_wake(struct live *l, uint64_t until_us)
{
    uint64_t now = live_now_us(l), next = until_us;
    if (l->heap_n > 0 && l->heap[0].at_us < next)
        next = l->heap[0].at_us;
    if (l->nodes_at_us != 0 && l->nodes_at_us < next)
        next = l->nodes_at_us;
    ev_timer_stop(l->loop, &l->wake);
    if (next == UINT64_MAX)
        return;
    ev_timer_set(&l->wake, next > now ? (double)(next - now) / 1e6 : 0., 0.);
    ev_timer_start(l->loop, &l->wake);
}

static void spin(struct live *l, uint64_t until_us, bool until_quiet)
{
    enter(l);
    if (l->changed)
        refresh(l); /* what the announcement says is open */
    announce(l);
    for (;;) {
        work(l);
        if (l->stop || live_now_us(l) >= until_us || (until_quiet && quiet(l)))
            break;
        set_wake(l, until_us);
        ev_run(l->loop, EVRUN_ONCE);
    }
    leave(l);
}

/* ---- the driver's functions ---- */

static uint64_t driver_now_us(void *self)
{
    return live_now_us(self);
}

static void driver_run(void *self, uint64_t until_us)
{
    spin(self, until_us, false);
}

static struct settled driver_settle(void *self, uint64_t limit_us)
{
    struct live *l = self;
    spin(l, limit_us, true);
    return (struct settled){ quiet(l), l->sleeping, live_now_us(l) };
}

static void driver_deliver(void *self, uint32_t phone, const struct event *event, uint64_t at_us)
{
    struct live *l = self;
    uint64_t now = live_now_us(l);
    heap_put(l, (struct delivery){ at_us > now ? at_us : now, l->sequence++, { phone, *event } });
}

static void driver_changed(void *self)
{
    struct live *l = self;
    l->changed = true; /* looked at before anything else happens */
}

static void driver_phone_link(void *self, uint32_t phone, const struct link *link)
{
    live_slot(self, phone)->down = link->down;
}

static void driver_node_link(void *self, uint32_t node, const struct link *link)
{
    struct live *l = self;
    struct place *p = live_place(l, node);
    if (p != NULL)
        server_link(l, p, link->down);
}

bool live_is_down(const struct live *l, uint32_t phone, uint32_t node)
{
    const struct place *p = live_place(l, node);
    bool cut = phone < l->slot_cap && l->slots[phone] != NULL && l->slots[phone]->down;
    return cut || (p != NULL && p->down);
}

static bool driver_is_down(void *self, uint32_t phone, uint32_t node)
{
    return live_is_down(self, phone, node);
}

static uint64_t driver_events(void *self)
{
    return ((struct live *)self)->steps;
}

static void driver_free(void *self)
{
    struct live *l = self;
    for (uint32_t i = 0; i < l->slot_cap; i++) {
        if (l->slots[i] == NULL)
            continue;
        client_cancel_all(l, l->slots[i]);
        ev_timer_stop(l->loop, &l->slots[i]->timer);
    }
    server_free(l);
    reap(l);
    for (uint32_t i = 0; i < l->slot_cap; i++)
        live_give(l->slots[i]);
    if (l->catching) {
        ev_signal_stop(l->loop, &l->interrupt);
        ev_signal_stop(l->loop, &l->terminate);
    }
    ev_timer_stop(l->loop, &l->wake);
    ev_loop_destroy(l->loop);
    table_free(&l->certs.index);
    table_free(&l->locales);
    live_give(l->slots);
    live_give(l->queue);
    live_give(l->heap);
    live_give(l->graves);
    live_give(l->scratch);
    live_give(l);
}

/* ---- nodes ---- */

struct place *live_place(const struct live *l, uint32_t node)
{
    for (uint32_t i = 0; i < l->place_count; i++)
        if (l->places[i]->node == node)
            return l->places[i];
    return NULL;
}

void live_print_listeners(const struct driver *d, FILE *to)
{
    const struct live *l = d->self;
    for (uint32_t i = 0; i < l->place_count; i++) {
        const struct place *p = l->places[i];
        char ip[16];
        const char *between = ": ";
        net_text(p->ip, ip);
        fprintf(to, "%s %s", p->name, ip);
        for (int s = 0; s < LIVE_SERVICES; s++) {
            if (p->listeners[s].fd < 0)
                continue;
            uint16_t port = server_port(l, (enum live_service)s);
            fprintf(to, "%s%s %u", between, server_name((enum live_service)s), port);
            if (s == LIVE_TFTP && port != 69)
                fputs(" (69 needs a privilege)", to);
            between = ", ";
        }
        fputc('\n', to);
    }
    fflush(to);
}
