/* TFTP packets (RFC 1350, options RFC 2347 to 2349 and 7440) and a transfer as a pure machine:
 * packets in, packets out, deadlines owned by the machine.  Pure. */
#ifndef CUCMLAB_WIRE_TFTP_H
#define CUCMLAB_WIRE_TFTP_H

#include "sim/base/err.h"
#include "sim/base/buf.h"

enum tftp_op {
    TFTP_RRQ = 1,
    TFTP_WRQ = 2,
    TFTP_DATA = 3,
    TFTP_ACK = 4,
    TFTP_ERROR = 5,
    TFTP_OACK = 6
};
enum {
    TFTP_ERR_UNDEFINED = 0,
    TFTP_ERR_NOT_FOUND = 1,
    TFTP_ERR_ACCESS = 2,
    TFTP_ERR_FULL = 3,
    TFTP_ERR_ILLEGAL = 4,
    TFTP_ERR_TID = 5,
    TFTP_ERR_OPTION = 8
};

struct tftp_packet {
    uint16_t op;
    struct view name, mode; /* RRQ, WRQ; without NUL */
    /* Options of RRQ, WRQ and OACK; -1 absent.  Unknown options are passed over; of a request those
     * with a value that they cannot have as well. */
    int32_t blksize, timeout_s;
    int64_t tsize;
    uint32_t windowsize; /* 0 absent: it cannot be that */
    uint16_t block;      /* DATA, ACK */
    struct view data;    /* DATA */
    uint16_t code;       /* ERROR */
    struct view message; /* ERROR, without NUL */
};

/* Views of `out` borrow from the datagram. */
bool tftp_decode(struct view datagram, struct tftp_packet *out, struct err *e);
void tftp_encode(const struct tftp_packet *p, struct wr *w);

#define TFTP_BLKSIZE     512
#define TFTP_BLKSIZE_MAX 65464
#define TFTP_TRIES       5 /* how often one packet is sent before the transfer has failed */

/* The most that is sent of a window: an answer may ask for less than the request did (RFC 7440). */
#define TFTP_WINDOW_MAX   64
#define TFTP_WINDOW_BYTES 131072 /* but one block is always sent */

/* netascii: a line ends with CR LF, and a CR that ends none has a NUL behind it (RFC 764). */
bool tftp_is_netascii(struct view mode);
/* The bytes of a file as that mode has them; measures as any writer does. */
void tftp_netascii(struct view file, struct wr *out);

/* Sender of one file.  The caller owns the datagram socket and the file's bytes, in the form of the
 * mode that was asked for, hands in only packets of the peer's port (others it answers itself with
 * TFTP_ERR_TID), and gives `out` room for 4 + TFTP_BLKSIZE_MAX bytes.  A write request, a mode
 * other than octet and netascii: an ERROR, and `failed`.
 *
 * An ACK that repeats the last one is not answered (Sorcerer's Apprentice); in windows of several
 * blocks it says that the first of them was lost, and they are sent again, once. */
struct tftp_send {
    struct view file;
    uint32_t blksize, window;
    uint64_t block;                /* last sent, not wrapped; 0 is the OACK */
    uint64_t acked;                /* the last block that was acknowledged */
    bool oack, open, done, failed; /* open: there is no OACK that waits for its ACK */
    bool again;                    /* the window was sent again for a repeated ACK */
    /* Set by the caller behind tftp_send_start(): of a DATA only its head is written, and its bytes
     * are `body`, a view of the file.  Of any other packet that is empty. */
    bool apart;
    struct view body;
    uint64_t deadline_us; /* when tftp_send_timeout() is due; 0: none */
    uint32_t timeout_us;
    uint8_t tries;
    struct tftp_packet request; /* for the OACK; its views are cleared */
};

/* Each writes one datagram into `out` (nothing: out->n stays 0). */
void tftp_send_start(struct tftp_send *s, const struct tftp_packet *rrq, struct view file,
                     uint64_t now_us, struct wr *out);
void tftp_send_packet(struct tftp_send *s, const struct tftp_packet *p, uint64_t now_us,
                      struct wr *out);
void tftp_send_timeout(struct tftp_send *s, uint64_t now_us, struct wr *out);
/* What else there is of the window: to be called behind each of these until it writes nothing. */
void tftp_send_more(struct tftp_send *s, uint64_t now_us, struct wr *out);

/* Receiver of one file into `into` (a bounded writer).  `name` is borrowed until the first answer.
 * With a blksize of 0 or 512 it asks as RFC 1350 does, otherwise with blksize and tsize.  A file of
 * more than `cap` bytes fails with TFTP_ERR_FULL.  `into.n` bytes have arrived.  Keep it for a
 * while after `done`: it answers a sender that did not get the last ACK. */
struct tftp_receive {
    struct view name;
    uint32_t blksize;
    uint64_t block;   /* last received */
    bool asked, oack; /* options were asked for; were agreed */
    bool done, failed, not_found;
    uint16_t error_code; /* the peer's ERROR, or the one sent to it */
    uint64_t deadline_us;
    uint32_t timeout_us;
    uint8_t tries;
    struct wr into;
};

void tftp_receive_start(struct tftp_receive *r, struct view name, uint32_t blksize, void *into,
                        size_t cap, uint64_t now_us, struct wr *out);
void tftp_receive_packet(struct tftp_receive *r, const struct tftp_packet *p, uint64_t now_us,
                         struct wr *out);
void tftp_receive_timeout(struct tftp_receive *r, uint64_t now_us, struct wr *out);

#endif
