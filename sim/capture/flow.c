#include "sim/capture/impl.h"

#include "sim/base/check.h"
#include "sim/base/rng.h"

#include <string.h>

#define ACK_EACH 2 /* segments: RFC 9293, section 3.8.6.3 */

static const struct view nothing = { NULL, 0 };

static struct flow *flow_of(const struct capture *c, uint32_t flow)
{
    CHECK(flow < c->flow_count && c->flows[flow].holders > 0);
    return &c->flows[flow];
}

static enum capture_side other(enum capture_side s)
{
    return s == CAPTURE_CLIENT ? CAPTURE_SERVER : CAPTURE_CLIENT;
}

/* ---- beginning and end ---- */

static uint32_t flow_new(struct capture *c, struct frame_end client, struct frame_end server)
{
    uint32_t n = c->flow_free;
    uint64_t hash = capture_ends_hash(client, server), first = rng_mix(hash + c->packets);
    if (n != FLOW_NONE) {
        c->flow_free = c->flows[n].next_free;
    } else {
        n = c->flow_count++;
        mem_reserve(&sys_mem, (void **)&c->flows, &c->flow_cap, c->flow_count, sizeof *c->flows);
    }
    c->flows[n] = (struct flow){ .end = { client, server },
                                 .first = { (uint32_t)first, (uint32_t)(first >> 32) },
                                 .seq = { (uint32_t)first, (uint32_t)(first >> 32) },
                                 .holders = 1 };
    table_add(&c->by_ends, hash, n);
    return n;
}

void capture_let_go(struct capture *c, uint32_t flow)
{
    capture_hold(c);
    struct flow *f = flow_of(c, flow);
    if (--f->holders == 0) {
        table_drop(&c->by_ends, capture_ends_hash(f->end[0], f->end[1]), flow);
        f->next_free = c->flow_free;
        c->flow_free = flow;
    }
    capture_release(c);
}

/* ---- one segment ---- */

void capture_segment(struct capture *c, uint64_t at_us, uint32_t flow, enum capture_side from,
                     uint8_t flags, struct view bytes)
{
    capture_hold(c);
    struct flow *f = flow_of(c, flow);
    enum capture_side to = other(from);
    bool first = (flags & FRAME_SYN) != 0 && from == CAPTURE_CLIENT;
    struct frame_tcp t = { .from = f->end[from],
                           .to = f->end[to],
                           .seq = f->seq[from],
                           .ack = f->seq[to],
                           .flags = first ? flags : flags | FRAME_ACK };
    struct wr w = wr_of(c->frame, sizeof c->frame);
    frame_tcp(&w, c->id++, &t, bytes);
    capture_put(c, at_us, view_of(w.p, w.n));
    f->seq[from] += (uint32_t)bytes.n + ((flags & (FRAME_SYN | FRAME_FIN)) != 0);
    f->unacknowledged[from] += bytes.n > 0;
    f->unacknowledged[to] = 0;
    f->opened |= (flags & FRAME_SYN) != 0 && from == CAPTURE_SERVER;
    f->fin[from] |= (flags & FRAME_FIN) != 0;
    f->reset |= (flags & FRAME_RST) != 0;
    capture_release(c);
}

static void plain(struct capture *c, uint64_t at_us, uint32_t flow, enum capture_side from,
                  uint8_t flags)
{
    capture_segment(c, at_us, flow, from, flags, nothing);
}

/* ---- whole connections ---- */

uint32_t capture_connect(struct capture *c, uint64_t at_us, struct frame_end client,
                         struct frame_end server)
{
    capture_hold(c);
    uint32_t n = flow_new(c, client, server);
    plain(c, at_us, n, CAPTURE_CLIENT, FRAME_SYN);
    capture_release(c);
    return n;
}

uint32_t capture_accept(struct capture *c, uint64_t at_us, struct frame_end client,
                        struct frame_end server)
{
    uint64_t hash = capture_ends_hash(client, server);
    uint32_t at = 0, n, found = FLOW_NONE;
    capture_hold(c);
    while (found == FLOW_NONE && table_next(&c->by_ends, hash, &at, &n)) {
        if (!c->flows[n].accepted && c->flows[n].end[0].ip == client.ip &&
            c->flows[n].end[1].ip == server.ip)
            found = n;
    }
    bool both = found != FLOW_NONE;
    if (both)
        c->flows[found].holders++;
    else
        found = capture_connect(c, at_us, client, server);
    c->flows[found].both = both;
    c->flows[found].accepted = true;
    capture_opened(c, at_us, found);
    capture_release(c);
    return found;
}

void capture_opened(struct capture *c, uint64_t at_us, uint32_t flow)
{
    capture_hold(c);
    struct flow *f = flow_of(c, flow);
    if (!f->opened && !f->reset) {
        f->opened = true;
        plain(c, at_us, flow, CAPTURE_SERVER, FRAME_SYN);
        plain(c, at_us, flow, CAPTURE_CLIENT, FRAME_ACK);
    }
    capture_release(c);
}

bool capture_both(struct capture *c, uint32_t flow)
{
    capture_hold(c);
    bool both = flow_of(c, flow)->both;
    capture_release(c);
    return both;
}

void capture_bytes(struct capture *c, uint64_t at_us, uint32_t flow, enum capture_side from,
                   struct view bytes)
{
    capture_hold(c);
    struct flow *f = flow_of(c, flow);
    capture_opened(c, at_us, flow);
    for (size_t at = 0; at < bytes.n && !f->reset && !f->fin[from];) {
        size_t n = bytes.n - at < FRAME_MSS ? bytes.n - at : FRAME_MSS;
        uint8_t push = at + n == bytes.n ? FRAME_PSH : 0;
        capture_segment(c, at_us, flow, from, push, view_sub(bytes, at, n));
        at += n;
        if (f->unacknowledged[from] >= ACK_EACH)
            plain(c, at_us, flow, other(from), FRAME_ACK);
    }
    capture_release(c);
}

void capture_fin(struct capture *c, uint64_t at_us, uint32_t flow, enum capture_side from)
{
    capture_hold(c);
    struct flow *f = flow_of(c, flow);
    if (f->opened && !f->reset && !f->fin[from]) {
        plain(c, at_us, flow, from, FRAME_FIN);
        plain(c, at_us, flow, other(from), FRAME_ACK);
    }
    capture_release(c);
}

void capture_reset(struct capture *c, uint64_t at_us, uint32_t flow, enum capture_side from)
{
    capture_hold(c);
    struct flow *f = flow_of(c, flow);
    if (!f->reset && !(f->fin[0] && f->fin[1]))
        plain(c, at_us, flow, from, FRAME_RST);
    capture_release(c);
}

void capture_refuse(struct capture *c, uint64_t at_us, uint32_t flow)
{
    capture_hold(c);
    struct flow *f = flow_of(c, flow);
    f->seq[CAPTURE_CLIENT] = f->first[CAPTURE_CLIENT] + 1;
    f->seq[CAPTURE_SERVER] = 0; /* RFC 9293, section 3.10.7.1 */
    plain(c, at_us, flow, CAPTURE_SERVER, FRAME_RST);
    capture_release(c);
}
