#include "sim/capture/frames.h"

#include "sim/base/check.h"

#define IP_HEAD    20
#define UDP_HEAD   8
#define TCP_HEAD   20
#define SYN_HEAD   28 /* with its options */
#define TTL        64
#define IP_NO_DF   0x4000 /* "don't fragment" is set, as systems of today do */
#define WINDOW     65535
#define SCALE      7 /* of the window, a power of two: nobody's window is ever full */
#define PROTO_ICMP 1
#define PROTO_TCP  6
#define PROTO_UDP  17

/* 16-bit words, added up; an odd byte counts as the high half of one. */
static uint32_t add_words(uint32_t sum, struct view v)
{
    for (size_t i = 0; i + 1 < v.n; i += 2) {
        sum += (uint32_t)v.p[i] << 8 | v.p[i + 1];
        sum = (sum & 0xffff) + (sum >> 16);
    }
    if (v.n % 2 != 0)
        sum += (uint32_t)v.p[v.n - 1] << 8;
    return (sum & 0xffff) + (sum >> 16);
}

uint16_t frame_checksum(uint32_t sum, struct view v)
{
    sum = add_words(sum, v);
    sum = (sum & 0xffff) + (sum >> 16);
    return (uint16_t)~sum;
}

static void ip_head(struct wr *w, uint16_t id, uint8_t protocol, uint32_t from, uint32_t to,
                    size_t n)
{
    size_t at = w->n;
    wr_u16(w, 0x4500); /* version 4, five words, no service class */
    wr_u16(w, (uint16_t)(IP_HEAD + n));
    wr_u16(w, id);
    wr_u16(w, IP_NO_DF);
    wr_u8(w, TTL);
    wr_u8(w, protocol);
    wr_u16(w, 0);
    wr_u32(w, from);
    wr_u32(w, to);
    if (w->n <= w->cap)
        wr_put_u16(w, at + 10, frame_checksum(0, view_of(w->p + at, IP_HEAD)));
}

/* The sum that a checksum of UDP and TCP begins with. */
static uint32_t pseudo_head(uint8_t protocol, uint32_t from, uint32_t to, size_t n)
{
    return (from >> 16) + (from & 0xffff) + (to >> 16) + (to & 0xffff) + protocol + (uint32_t)n;
}

void frame_udp(struct wr *w, uint16_t id, struct frame_end from, struct frame_end to,
               struct view payload)
{
    size_t n = payload.n < FRAME_DATAGRAM_MAX ? payload.n : FRAME_DATAGRAM_MAX;
    ip_head(w, id, PROTO_UDP, from.ip, to.ip, UDP_HEAD + n);
    size_t at = w->n;
    wr_u16(w, from.port);
    wr_u16(w, to.port);
    wr_u16(w, (uint16_t)(UDP_HEAD + n));
    wr_u16(w, 0);
    wr_view(w, view_sub(payload, 0, n));
    if (w->n > w->cap)
        return;
    uint16_t sum = frame_checksum(pseudo_head(PROTO_UDP, from.ip, to.ip, UDP_HEAD + n),
                                  view_of(w->p + at, UDP_HEAD + n));
    wr_put_u16(w, at + 6, sum == 0 ? 0xffff : sum); /* 0 would say that there is none */
}

void frame_no_port(struct wr *w, uint16_t id, struct frame_end from, struct frame_end to,
                   struct view payload)
{
    enum { ICMP_HEAD = 8, UNREACHABLE = 3, PORT = 3 };
    uint8_t room[IP_HEAD + UDP_HEAD + FRAME_QUOTED];
    struct wr quoted = wr_of(room, sizeof room);
    frame_udp(&quoted, id, from, to,
              view_sub(payload, 0, payload.n < FRAME_QUOTED ? payload.n : FRAME_QUOTED));
    ip_head(w, id, PROTO_ICMP, to.ip, from.ip, ICMP_HEAD + quoted.n);
    size_t at = w->n;
    wr_u8(w, UNREACHABLE);
    wr_u8(w, PORT);
    wr_u16(w, 0); /* checksum */
    wr_u32(w, 0);
    wr_view(w, view_of(room, quoted.n));
    if (w->n <= w->cap)
        wr_put_u16(w, at + 2, frame_checksum(0, view_of(w->p + at, ICMP_HEAD + quoted.n)));
}

void frame_tcp(struct wr *w, uint16_t id, const struct frame_tcp *t, struct view payload)
{
    CHECK(payload.n <= FRAME_MSS);
    bool syn = (t->flags & FRAME_SYN) != 0;
    size_t head = syn ? SYN_HEAD : TCP_HEAD, n = head + payload.n;
    ip_head(w, id, PROTO_TCP, t->from.ip, t->to.ip, n);
    size_t at = w->n;
    wr_u16(w, t->from.port);
    wr_u16(w, t->to.port);
    wr_u32(w, t->seq);
    wr_u32(w, (t->flags & FRAME_ACK) != 0 ? t->ack : 0);
    wr_u8(w, (uint8_t)(head / 4 << 4));
    wr_u8(w, t->flags);
    wr_u16(w, (t->flags & FRAME_RST) != 0 ? 0 : WINDOW);
    wr_u32(w, 0); /* checksum, no urgent data */
    if (syn) {
        wr_u16(w, 0x0204);
        wr_u16(w, FRAME_MSS);
        wr_u32(w, 0x01030300 | SCALE); /* no operation, window scale of three bytes */
    }
    wr_view(w, payload);
    if (w->n <= w->cap)
        wr_put_u16(
            w, at + 16,
            frame_checksum(pseudo_head(PROTO_TCP, t->from.ip, t->to.ip, n), view_of(w->p + at, n)));
}
