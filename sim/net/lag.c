#include "sim/net/lag.h"

#include "sim/base/check.h"
#include "sim/base/sys.h"

#include <string.h>

#define SEGMENT     1460
#define TCP_HEADERS 40
#define UDP_HEADERS 28
#define ALL_PPM     1000000u

/* ---- how long ---- */

static uint64_t one_way_us(struct lag *lag)
{
    const struct lag_path *p = &lag->path;
    return p->delay_us + (p->jitter_us == 0 ? 0 : rng_below(&lag->luck, p->jitter_us + 1));
}

static bool fits(const struct lag_path *p, size_t n)
{
    size_t packet = p->udp ? n + UDP_HEADERS : (n < SEGMENT ? n : SEGMENT) + TCP_HEADERS;
    return p->mtu == 0 || packet <= p->mtu;
}

/* What lost packets add; false: one of them never arrives. */
static bool losses_us(struct lag *lag, uint64_t packets, uint64_t *us)
{
    const struct lag_path *p = &lag->path;
    if (p->loss_ppm >= ALL_PPM)
        return false;
    for (uint64_t i = 0; p->loss_ppm != 0 && i < packets; i++) {
        uint64_t wait_us = p->retry_us;
        uint32_t lost = 0;
        while (rng_chance(&lag->luck, p->loss_ppm)) {
            if (p->udp || ++lost >= p->tries)
                return false;
            *us += wait_us;
            wait_us = 2 * wait_us < p->retry_most_us ? 2 * wait_us : p->retry_most_us;
        }
    }
    return true;
}

/* ---- what is on its way ---- */

static void ring(struct lag *lag)
{
    if (lag->count > 0)
        reactor_ring(lag->reactor, &lag->timer, lag->items[0].at_us);
    else
        ev_timer_stop(lag->reactor->loop, &lag->timer);
}

static void insert(struct lag *lag, struct lag_item item)
{
    mem_reserve(&sys_mem, (void **)&lag->items, &lag->cap, (size_t)lag->count + 1,
                sizeof *lag->items);
    uint32_t at = lag->count++;
    for (; at > 0 && lag->items[at - 1].at_us > item.at_us; at--)
        lag->items[at] = lag->items[at - 1];
    lag->items[at] = item;
    lag->held += item.bytes == NULL ? 0 : item.n;
}

/* One at a time: what the owner does then may end it. */
static void on_ring(struct ev_loop *loop, struct ev_timer *timer, int events)
{
    struct lag *lag = timer->data;
    struct lag_item first = lag->items[0];
    (void)loop, (void)events;
    lag->count--;
    memmove(lag->items, lag->items + 1, lag->count * sizeof *lag->items);
    lag->held -= first.bytes == NULL ? 0 : first.n;
    ring(lag);
    lag->arrives(lag->owner, first.what, view_of(first.bytes, first.bytes == NULL ? 0 : first.n),
                 first.n);
    reactor_give(first.bytes);
}

void lag_put(struct lag *lag, enum lag_way way, int what, struct view bytes, uint32_t trips)
{
    const struct lag_path *p = &lag->path;
    uint64_t now_us = reactor_now_us(lag->reactor), us = 0;
    if (lag->stuck[way])
        return;
    if (!fits(p, bytes.n) || !losses_us(lag, bytes.n / SEGMENT + trips, &us)) {
        lag->stuck[way] = !p->udp; /* nothing behind it either */
        return;
    }
    uint64_t line_us = lag->free_us[way] > now_us ? lag->free_us[way] : now_us;
    if (p->rate != 0)
        line_us += (uint64_t)bytes.n * 1000000u / p->rate;
    lag->free_us[way] = line_us;
    for (uint32_t i = 0; i < trips; i++)
        us += one_way_us(lag);
    uint64_t at_us = line_us + us;
    if (at_us < lag->last_us[way])
        at_us = lag->last_us[way];
    lag->last_us[way] = at_us;
    struct lag_item item = { .at_us = at_us, .what = what, .n = bytes.n };
    if (bytes.p != NULL && bytes.n > 0) {
        item.bytes = reactor_take(bytes.n);
        memcpy(item.bytes, bytes.p, bytes.n);
    }
    insert(lag, item);
    ring(lag);
}

/* ---- life ---- */

struct lag *lag_new(struct reactor *r, const struct lag_path *path, struct rng luck,
                    void (*arrives)(void *owner, int what, struct view bytes, size_t n),
                    void *owner)
{
    struct lag *lag = reactor_take(sizeof *lag);
    *lag = (struct lag){
        .reactor = r, .path = *path, .luck = luck, .arrives = arrives, .owner = owner
    };
    ev_timer_init(&lag->timer, on_ring, 0., 0.);
    lag->timer.data = lag;
    return lag;
}

void lag_cut(struct lag *lag)
{
    ev_timer_stop(lag->reactor->loop, &lag->timer);
    for (uint32_t i = 0; i < lag->count; i++)
        reactor_give(lag->items[i].bytes);
    lag->count = 0;
    lag->held = 0;
    for (int way = 0; way < LAG_WAYS; way++)
        lag->stuck[way] = true;
}

void lag_free(struct lag *lag)
{
    if (lag == NULL)
        return;
    lag_cut(lag);
    mem_free(&sys_mem, lag->items);
    reactor_give(lag);
}
