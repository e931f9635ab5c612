/* A capture: what a run sends, as a pcapng file that Wireshark opens, with the secrets of its TLS
 * inside.  Packets are made here from what went through sockets or, in virtual time, from what the
 * model says; nothing is sniffed, no privilege is needed.
 *
 *   capture_open -> packets, connections, secrets, words -> capture_close -> capture_free
 *
 * Interface 0 has packets (LINKTYPE_RAW).  Interface 1 has no traffic: what phones and nodes of the
 * lab say of themselves, as lines that Wireshark's syslog dissector shows between the packets.
 *
 * A write that fails ends the capture: capture_close() says so.  Threads may share one: calls are
 * one at a time.  Called by sim/net, sim/live, sim/virt and sim/session.  Memory: sys_mem; all
 * strings are copied. */
#ifndef CUCMLAB_CAPTURE_CAPTURE_H
#define CUCMLAB_CAPTURE_CAPTURE_H

#include "sim/base/err.h"
#include "sim/capture/frames.h"

struct capture;

enum capture_side { CAPTURE_CLIENT, CAPTURE_SERVER };

/* Writes the beginning of the file.  `path` "-" is standard output.  `program`: for its head. */
struct capture *capture_open(const char *path, const char *program, struct err *e);
/* Calls of other threads wait until it is released: what belongs together stands together.  May be
 * held again by its holder. */
void capture_hold(struct capture *c);
void capture_release(struct capture *c);
/* What was written so far can be read by others. */
void capture_flush(struct capture *c);
/* Nothing more is written.  False where something could not be. */
bool capture_close(struct capture *c, struct err *e);
void capture_free(struct capture *c); /* NULL: nothing */

/* Instant 0 of the run, microseconds since 1970.  0 before. */
void capture_clock(struct capture *c, uint64_t epoch_us);
/* On real sockets: what is said has the time of this clock, as packets have. */
void capture_wall(struct capture *c, uint64_t (*now_us)(void));
/* What is bound there is written with this port, which Wireshark knows. */
void capture_port(struct capture *c, uint16_t bound, uint16_t standard);
void capture_name(struct capture *c, uint32_t ip, const char *name);
/* The next packet that is written carries this comment (`frame.comment`). */
void capture_comment(struct capture *c, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* A line of the lab itself, on interface 1, from this address (0: none), with a comment
 * ("": none). */
void capture_says(struct capture *c, uint64_t at_us, uint32_t ip, const char *text,
                  const char *comment);
/* A line of a TLS key log; one that came lately is left out. */
void capture_secret(struct capture *c, const char *line);

/* A datagram that this process sends, and one that it receives: what it sends to itself is written
 * once, where it is sent. */
void capture_sent(struct capture *c, uint64_t at_us, struct frame_end from, struct frame_end to,
                  struct view payload);
void capture_came(struct capture *c, uint64_t at_us, struct frame_end from, struct frame_end to,
                  struct view payload);

void capture_datagram(struct capture *c, uint64_t at_us, struct frame_end from, struct frame_end to,
                      struct view payload);
/* ICMP's answer to such a datagram: nobody has the port. */
void capture_no_port(struct capture *c, uint64_t at_us, struct frame_end from, struct frame_end to,
                     struct view payload);

/* ---- packets of a time to come, in virtual time ---- */

/* From here what is written waits until its time has come: packets of many stand in order. */
void capture_order(struct capture *c);
/* What is written from here carries this mark; 0 at first. */
void capture_mark(struct capture *c, uint64_t mark);
/* Writes what waits and is due by then, but what does not pass; `passes` NULL: all does.  Nothing
 * earlier may come afterwards. */
void capture_until(struct capture *c, uint64_t at_us, bool (*passes)(void *ctx, uint64_t mark),
                   void *ctx);

/* ---- connections ---- */

/* A number until both ends let go of it.  An end that connects, then one that accepts in the same
 * process, have the same one. */
uint32_t capture_connect(struct capture *c, uint64_t at_us, struct frame_end client,
                         struct frame_end server); /* SYN */
uint32_t capture_accept(struct capture *c, uint64_t at_us, struct frame_end client,
                        struct frame_end server);
/* The handshake, where it is not written yet. */
void capture_opened(struct capture *c, uint64_t at_us, uint32_t flow);
/* Were both ends in this process?  Each writes then what it sends, and not what comes. */
bool capture_both(struct capture *c, uint32_t flow);
/* Bytes of one side, in segments; the other one acknowledges every second. */
void capture_bytes(struct capture *c, uint64_t at_us, uint32_t flow, enum capture_side from,
                   struct view bytes);
/* FIN and its acknowledgement; RST; each once, and nothing behind a RST. */
void capture_fin(struct capture *c, uint64_t at_us, uint32_t flow, enum capture_side from);
void capture_reset(struct capture *c, uint64_t at_us, uint32_t flow, enum capture_side from);
void capture_let_go(struct capture *c, uint32_t flow);
/* The answer to a SYN where nobody listens, whatever was written behind it. */
void capture_refuse(struct capture *c, uint64_t at_us, uint32_t flow);

/* ---- one packet of a connection, for who has its own clock ---- */

/* The next segment of that side: FRAME_SYN, FRAME_FIN, FRAME_PSH ... with what is acknowledged by
 * then; sequence numbers go on by themselves.  At most FRAME_MSS bytes. */
void capture_segment(struct capture *c, uint64_t at_us, uint32_t flow, enum capture_side from,
                     uint8_t flags, struct view bytes);

#endif
