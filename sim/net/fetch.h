/* One file from a server by its name, over HTTP or TFTP, on a reactor: one request, one end.  For
 * tools and nodes that ask servers by themselves; a phone drives the same parts (stream.h, tftp.h)
 * as the phone says.  IPv4. */
#ifndef CUCMLAB_NET_FETCH_H
#define CUCMLAB_NET_FETCH_H

#include "sim/base/err.h"
#include "sim/net/lag.h"
#include "sim/net/reactor.h"

enum fetched_end {
    FETCHED_CAME,    /* `bytes` are the file */
    FETCHED_MISSING, /* the server says that it has no such file */
    FETCHED_REFUSED, /* nobody listens on that port */
    FETCHED_SILENT,  /* no answer, or none any more, until the deadline */
    FETCHED_BROKEN   /* broken off, too large, or no answer of that protocol; `why` */
};

#define FETCH_NAME 128 /* bytes of a name, NUL included */

struct fetch_request {
    uint32_t from; /* an address of this machine that it asks from; 0: any */
    uint32_t ip;
    uint16_t port;
    const char *name;           /* "ITLFile.tlv", shorter than FETCH_NAME */
    size_t limit;               /* bytes of the file; a larger one is FETCHED_BROKEN */
    uint64_t wait_us;           /* for the whole of it */
    bool passes_on;             /* `from` asks for somebody else, and HTTP says so */
    const struct lag_path *lag; /* what lies between; borrowed for the call; NULL: nothing */
    struct rng luck;            /* of that */
};

struct fetched {
    enum fetched_end end;
    struct view bytes; /* good until done() returns */
    struct err why;
};

typedef void fetch_done(void *owner, const struct fetched *got);

struct fetch;

/* done() comes once, never from inside these calls; from then on what they gave is gone.  A reactor
 * that closes while it has not come must not: everything ends at its deadline, or by
 * fetch_cancel(). */
struct fetch *fetch_http(struct reactor *r, const struct fetch_request *o, fetch_done *done,
                         void *owner);
struct fetch *fetch_tftp(struct reactor *r, const struct fetch_request *o, fetch_done *done,
                         void *owner);
/* Nobody waits for it any more: done() will not come. */
void fetch_cancel(struct fetch *f);

#endif
