/* One file by TFTP over a socket of its own: the receiver of sim/wire/tftp with its socket, its
 * timer and a link, where there is one.  Beneath all that fetches files by TFTP: fetch.c for tools,
 * phones and load.  Who asks says the address and the port.  IPv4. */
#ifndef CUCMLAB_NET_TFTP_H
#define CUCMLAB_NET_TFTP_H

#include "sim/net/lag.h"
#include "sim/net/net.h"
#include "sim/net/reactor.h"
#include "sim/wire/tftp.h"

#include <netinet/in.h>

enum tftp_end {
    TFTP_CAME,
    TFTP_NO_FILE,   /* the server's error 1 */
    TFTP_REFUSED,   /* nobody has the port (ICMP), before any answer */
    TFTP_SILENT,    /* no answer, or none any more */
    TFTP_TOO_LARGE, /* more than `limit` */
    TFTP_BROKEN     /* another error of the server's or of ours: `code` */
};

/* When one packet was sent TFTP_TRIES times for nothing. */
enum tftp_tired {
    TFTP_WAITS,      /* until the end of the whole */
    TFTP_ASKS_AGAIN, /* from the start */
    TFTP_GIVES_UP    /* TFTP_SILENT */
};

#define TFTP_FOREVER UINT64_MAX

struct tftp_order {
    uint32_t from; /* own address; 0: any */
    uint32_t ip;
    uint16_t port;
    const char *name; /* borrowed until the end */
    uint32_t blksize; /* 0: none is asked for */
    size_t limit;     /* bytes of the file */
    uint64_t until_us;
    enum tftp_tired tired;
    const struct lag_path *lag; /* borrowed for the call; NULL: nothing lies between */
    struct rng luck;            /* of that */
};

struct tftp_got {
    enum tftp_end end;
    struct view bytes; /* TFTP_CAME: the client's, until it begins again or is freed */
    uint16_t code;     /* TFTP_BROKEN */
};

typedef void tftp_done(void *owner, const struct tftp_got *got);

/* Zeroed before the first order; does not move while one is under way. */
struct tftp_client {
    struct reactor *reactor;
    struct tftp_order order;
    tftp_done *done;
    void *owner;
    bool busy;
    int fd;
    struct ev_io io;
    struct ev_timer timer;
    struct tftp_receive machine;
    uint8_t *into; /* grows as the file comes */
    size_t cap;
    uint16_t tid; /* the port that the server answers from; 0: no answer yet */
    struct lag *lag;
};

/* False: no socket is to be had.  done() comes once, never from inside this call, when the client
 * is free for another one. */
bool tftp_begin(struct tftp_client *c, struct reactor *r, const struct tftp_order *o,
                tftp_done *done, void *owner);
/* Off the loop: done() will not come.  Nothing where it is not under way. */
void tftp_stop(struct tftp_client *c);
/* What it holds; none of its callbacks may be on the stack. */
void tftp_free(struct tftp_client *c);

#endif
