#include "sim/virt/line.h"

#include "sim/base/check.h"
#include "sim/base/rng.h"
#include "sim/virt/said.h"

#include <string.h>

#define PORTS_FROM 49152u
#define PIECE      16384

static const struct view nothing = { NULL, 0 };

/* ---- who ---- */

uint32_t tap_number(const struct virt *v, const struct slot *s)
{
    return (uint32_t)(s - v->slots);
}

uint32_t tap_address(uint32_t phone)
{
    return VIRT_PHONE_IP(phone);
}

/* The first time it gets its name. */
struct tap_phone *tap_phone_of(struct virt *v, uint32_t phone)
{
    struct tap *t = v->tap;
    char name[16];
    if (phone >= t->phone_cap)
        mem_reserve(v->mem, (void **)&t->phones, &t->phone_cap, v->slot_count, sizeof *t->phones);
    struct tap_phone *p = &t->phones[phone];
    if (!p->named) {
        v->world->name(v->world->ctx, phone, name);
        capture_name(t->how.capture, tap_address(phone), name);
        p->named = true;
    }
    return p;
}

static uint32_t node_address(struct virt *v, uint32_t node)
{
    struct tap *t = v->tap;
    char name[64];
    uint64_t key = rng_mix((uint64_t)node + 1) | 1;
    const uint32_t *known = table_get(&t->nodes, key);
    if (known != NULL)
        return *known;
    uint32_t ip = t->how.node(t->how.ctx, node, name);
    capture_name(t->how.capture, ip, name);
    table_put(&t->nodes, key, ip);
    return ip;
}

struct frame_end tap_port(struct virt *v, const struct slot *s, uint16_t port)
{
    return (struct frame_end){ node_address(v, s->node), port };
}

struct frame_end tap_fresh_port(struct virt *v, uint32_t phone)
{
    struct tap_phone *p = tap_phone_of(v, phone);
    return (struct frame_end){ tap_address(phone),
                               (uint16_t)(PORTS_FROM + (p->ports++ & PORT_MASK)) };
}

static struct capture *capture_of(struct virt *v)
{
    struct tap *t = v->tap;
    if (!t->begun) /* the scenario has said when it begins by now */
        capture_clock(t->how.capture, t->how.epoch_us(t->how.ctx));
    t->begun = true;
    return t->how.capture;
}

/* What is written from here is part of the phone's request. */
struct capture *tap_mark(struct virt *v, const struct slot *s, uint32_t bits)
{
    uint32_t phone = tap_number(v, s);
    struct capture *c = capture_of(v);
    capture_mark(c, (uint64_t)phone << 32 | bits | (tap_phone_of(v, phone)->count & MARK_COUNT));
    return c;
}

/* What comes in any case: mark 0 is of no request, for the first one is number 1. */
struct capture *tap_unmarked(struct virt *v)
{
    struct capture *c = capture_of(v);
    capture_mark(c, 0);
    return c;
}

bool tap_is_cut(const struct virt *v, const struct slot *s)
{
    if (link_is_cut(&v->links[s->link]) || link_is_cut(&v->nodes[s->node].link))
        return true;
    struct between b = virt_between(v, s);
    return link_is_cut(&b.link);
}

static bool passes(void *ctx, uint64_t mark)
{
    const struct virt *v = ctx;
    const struct world *w = v->world;
    const struct slot *s = &v->slots[mark >> 32];
    enum ask_kind ask = (enum ask_kind)s->ask;
    if (mark == 0)
        return true;
    if ((v->tap->phones[mark >> 32].count & MARK_COUNT) != (mark & MARK_COUNT))
        return false;
    if ((mark & MARK_HANDSHAKE) != 0)
        return !tap_is_cut(v, s) && w->running(w->ctx, s->node, ask);
    return (mark & MARK_OF_NODE) == 0 ||
           (!tap_is_cut(v, s) && (uint16_t)w->epoch(w->ctx, s->node, ask) == s->epoch);
}

void virt_tap_until(struct virt *v)
{
    capture_until(v->tap->how.capture, v->now_us, passes, v);
}

void virt_tap_nothing(struct virt *v, const struct slot *s)
{
    tap_phone_of(v, tap_number(v, s))->count++;
}

/* ---- connections ---- */

static void on_secret(void *ctx, const char *text)
{
    capture_secret(ctx, text);
}

static struct tls *tls_end(struct virt *v, struct tls_config *config)
{
    if (config == NULL)
        return NULL;
    tls_config_keep_secrets(config);
    struct tls *t = tls_new(config);
    tls_config_free(config);
    tls_tell_secrets(t, on_secret, v->tap->how.capture);
    return t;
}

struct tls *line_client(struct virt *v, uint32_t phone)
{
    struct forge_device device = said_device(v, phone);
    struct virt_phone p;
    const struct key *key = NULL;
    struct view der = nothing;
    v->tap->how.phone(v->tap->how.ctx, phone, &p);
    if (p.identity != CONTENT_NOBODY)
        der = forge_phone_cert(v->options.forge, &device, p.identity, &key);
    return tls_end(v, tls_config_new(false, der, key, TLS_1_0, p.newest));
}

/* NULL: its key is a stranger's. */
struct tls *line_node_end(struct virt *v, const struct line *n, const struct event *e)
{
    struct forge *f = v->options.forge;
    const struct key *key = forge_key(f, e->a);
    struct tls_config *config = key == NULL ? NULL
                                            : tls_config_new(true, forge_der(f, e->a), key,
                                                             TLS_OLDEST(e->b), TLS_NEWEST(e->b));
    if (config != NULL && n->ask == ASK_HTTPS_CERT)
        tls_config_ask_nobody(config);
    return tls_end(v, config);
}

void line_free(struct virt *v, struct line *n)
{
    capture_let_go(v->tap->how.capture, n->flow);
    tls_free(n->client);
    tls_free(n->node_end);
    mem_free(v->mem, (void *)n->hello.p);
    mem_free(v->mem, n);
}

struct line *line_of(struct virt *v, const struct slot *s, uint16_t request)
{
    struct line *n = tap_phone_of(v, tap_number(v, s))->lines;
    while (n != NULL && n->request != request)
        n = n->next;
    return n;
}

struct line *line_taken_off(struct tap_phone *p, uint16_t request)
{
    struct line **at = &p->lines, *n;
    while (*at != NULL && (*at)->request != request)
        at = &(*at)->next;
    n = *at;
    if (n != NULL)
        *at = n->next;
    return n;
}

/* Bytes of one side, in segments: the i-th at at_us[i], those behind the last with it. */
void line_segments(struct virt *v, const struct line *n, enum capture_side from,
                   const uint64_t *at_us, uint32_t count, struct view bytes)
{
    struct capture *c = v->tap->how.capture;
    enum capture_side to = from == CAPTURE_CLIENT ? CAPTURE_SERVER : CAPTURE_CLIENT;
    uint32_t i = 0;
    for (size_t at = 0; at < bytes.n && i < count; i += i + 1 < count) {
        size_t size = bytes.n - at < FRAME_MSS ? bytes.n - at : FRAME_MSS;
        capture_segment(c, at_us[i], n->flow, from, at + size == bytes.n ? FRAME_PSH : 0,
                        view_sub(bytes, at, size));
        at += size;
        if (at / FRAME_MSS % 2 == 0 && at < bytes.n)
            capture_segment(c, at_us[i], n->flow, to, 0, nothing);
    }
}

/* Of the client alone: what it says first. */
static void keep_hello(struct virt *v, struct line *n, struct view bytes)
{
    uint8_t *p = mem_take(v->mem, bytes.n);
    memcpy(p, bytes.p, bytes.n);
    mem_free(v->mem, (void *)n->hello.p);
    n->hello = view_of(p, bytes.n);
}

/* What TLS has to say on one side, to the other one. */
void line_tls(struct virt *v, struct line *n, bool of_node, uint64_t at_us)
{
    struct tls *from = of_node ? n->node_end : n->client, *to = of_node ? n->client : n->node_end;
    struct arena a = arena_of(v->mem);
    uint8_t *piece = arena_take(&a, PIECE);
    size_t got;
    while (from != NULL && (got = tls_take(from, piece, PIECE)) > 0) {
        struct view bytes = view_of(piece, got);
        line_segments(v, n, of_node ? CAPTURE_SERVER : CAPTURE_CLIENT, &at_us, 1, bytes);
        if (to != NULL)
            (void)tls_feed(to, bytes);
        else if (!of_node && n->hello.p == NULL)
            keep_hello(v, n, bytes);
    }
    arena_free(&a);
}

void line_says(struct virt *v, struct line *n, bool of_node, uint64_t at_us, struct view bytes)
{
    if (!n->tls) {
        line_segments(v, n, of_node ? CAPTURE_SERVER : CAPTURE_CLIENT, &at_us, 1, bytes);
        return;
    }
    struct tls *from = of_node ? n->node_end : n->client;
    if (from != NULL && tls_write(from, bytes))
        line_tls(v, n, of_node, at_us);
}

/* The phone ends it, and the node its half as soon as it hears that. */
static void line_ends(struct virt *v, struct line *n, bool there)
{
    struct capture *c = tap_unmarked(v);
    uint64_t now_us = v->now_us, back_us = now_us + n->back_us;
    if (n->client != NULL && tls_state(n->client) == TLS_OPEN) {
        tls_close(n->client);
        line_tls(v, n, false, now_us);
    }
    capture_segment(c, now_us, n->flow, CAPTURE_CLIENT, FRAME_FIN, nothing);
    if (!there)
        return;
    if (n->node_end != NULL && n->client != NULL && tls_state(n->node_end) == TLS_CLOSED)
        line_tls(v, n, true, back_us);
    capture_segment(c, back_us, n->flow, CAPTURE_SERVER, FRAME_FIN, nothing);
    capture_segment(c, back_us, n->flow, CAPTURE_CLIENT, 0, nothing);
}

void line_let_go(struct virt *v, struct slot *s, struct line *n)
{
    if (n == NULL)
        return;
    line_ends(v, n, !tap_is_cut(v, s));
    line_free(v, n);
}
