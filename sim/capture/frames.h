/* Packets as they would lie on the wire: IPv4 with UDP, TCP or ICMP, lengths and checksums right.
 * No link layer: a capture of LINKTYPE_RAW begins with the IP header.
 * Sources: RFC 791, 768, 792, 9293, 1071 (checksum).  Pure. */
#ifndef CUCMLAB_CAPTURE_FRAMES_H
#define CUCMLAB_CAPTURE_FRAMES_H

#include "sim/base/buf.h"

/* Payload of a TCP segment, bytes: what an Ethernet carries. */
#define FRAME_MSS 1460
/* Payload of a datagram, bytes: what an IP packet of 65,535 carries. */
#define FRAME_DATAGRAM_MAX 65507
/* Headers of a frame at the most: IP, and TCP with the options of a SYN. */
#define FRAME_HEAD_MAX 48

#define FRAME_QUOTED 512

/* In host order. */
struct frame_end {
    uint32_t ip;
    uint16_t port;
};

enum frame_flag { FRAME_FIN = 1, FRAME_SYN = 2, FRAME_RST = 4, FRAME_PSH = 8, FRAME_ACK = 16 };

struct frame_tcp {
    struct frame_end from, to;
    uint32_t seq, ack; /* the acknowledgement number goes out with FRAME_ACK alone */
    uint8_t flags;     /* enum frame_flag; a SYN has the options MSS and window scale */
};

/* `id`: of the IP header.  What is longer than a packet can be is cut. */
void frame_udp(struct wr *w, uint16_t id, struct frame_end from, struct frame_end to,
               struct view payload);
/* What `to` says of a datagram as above: that nobody has the port.  Of the datagram it has the
 * first FRAME_QUOTED bytes of its payload, as hosts of today quote more than they must (RFC 1812).
 */
void frame_no_port(struct wr *w, uint16_t id, struct frame_end from, struct frame_end to,
                   struct view payload);
/* At most FRAME_MSS bytes of payload (CHECKed). */
void frame_tcp(struct wr *w, uint16_t id, const struct frame_tcp *t, struct view payload);

/* The Internet checksum of the bytes behind `sum`, the running sum of those before (an even
 * number of bytes). */
uint16_t frame_checksum(uint32_t sum, struct view v);

#endif
