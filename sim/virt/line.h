/* Connections of phones as a capture of virtual time sees them: both ends of each, with their TLS,
 * whose bytes become packets.  Inside sim/virt/ only. */
#ifndef CUCMLAB_VIRT_LINE_H
#define CUCMLAB_VIRT_LINE_H

#include "sim/base/table.h"
#include "sim/capture/capture.h"
#include "sim/virt/tap.h"

#define CONNS_MAX 4 /* of one phone: what is more was forgotten, the oldest goes */
#define PORT_MASK 16383u

/* Marks of packets: whose, of which of its requests, and what must be so when they come. */
#define MARK_OF_NODE   (1u << 31) /* the service still is what it was, and the link is up */
#define MARK_HANDSHAKE (1u << 30) /* somebody listens there */
#define MARK_COUNT     (MARK_HANDSHAKE - 1)

/* A connection of a phone, with both ends of its TLS. */
struct line {
    uint32_t flow, server;
    uint16_t request, node;
    uint8_t ask;                   /* that opened it */
    bool tls, sccp;                /* sccp: where a phone registers, and not by SIP */
    struct tls *client, *node_end; /* NULL: none, or not yet */
    struct view hello;             /* what the client said before there was a node's end; ours */
    uint16_t port;                 /* the phone's */
    uint64_t back_us;              /* there and back, for its end */
    struct line *next;
};

struct tap_phone {
    uint32_t count; /* of requests: what is under way bears the last number */
    uint16_t ports;
    uint16_t tftp; /* port of its transfer, and of the node's */
    uint16_t tftp_node;
    bool named;
    struct line *lines, *kept; /* kept: where it is registered */
};

struct tap {
    struct virt_capture how;
    struct tap_phone *phones;
    uint32_t phone_cap;
    struct table nodes; /* address of each that was met */
    bool begun;
    uint16_t tids;
};

/* ---- who, and whose packets ---- */

uint32_t tap_number(const struct virt *v, const struct slot *s);
uint32_t tap_address(uint32_t phone);
struct tap_phone *tap_phone_of(struct virt *v, uint32_t phone);
/* Of the node that the slot asks; of the phone, another one each time. */
struct frame_end tap_port(struct virt *v, const struct slot *s, uint16_t port);
struct frame_end tap_fresh_port(struct virt *v, uint32_t phone);
/* What is written from here is part of the phone's request, or comes in any case. */
struct capture *tap_mark(struct virt *v, const struct slot *s, uint32_t bits);
struct capture *tap_unmarked(struct virt *v);
bool tap_is_cut(const struct virt *v, const struct slot *s);

/* ---- lines ---- */

/* Ends of TLS.  A node's is NULL where its key is a stranger's. */
struct tls *line_client(struct virt *v, uint32_t phone);
struct tls *line_node_end(struct virt *v, const struct line *n, const struct event *e);
struct line *line_of(struct virt *v, const struct slot *s, uint16_t request); /* NULL: none */
struct line *line_taken_off(struct tap_phone *p, uint16_t request);           /* likewise */
/* Bytes of one side, in segments: the i-th at at_us[i], those behind the last with it. */
void line_segments(struct virt *v, const struct line *n, enum capture_side from,
                   const uint64_t *at_us, uint32_t count, struct view bytes);
/* What TLS has to say on one side; it reaches the other one. */
void line_tls(struct virt *v, struct line *n, bool of_node, uint64_t at_us);
/* Clear text of one side, through TLS where there is one. */
void line_says(struct virt *v, struct line *n, bool of_node, uint64_t at_us, struct view bytes);
/* The phone ends it now, in order, and it is freed; NULL: nothing. */
void line_let_go(struct virt *v, struct slot *s, struct line *n);
void line_free(struct virt *v, struct line *n); /* without a word */
#endif
