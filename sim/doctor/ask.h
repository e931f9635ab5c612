/* What the doctor asks servers: files by name, and TVS; one thing at a time, each with a deadline,
 * and never more than the bounds below.  IPv4.  Called by exam. */
#ifndef CUCMLAB_DOCTOR_ASK_H
#define CUCMLAB_DOCTOR_ASK_H

#include "sim/net/fetch.h"
#include "sim/wire/tvs.h"

#define ASK_REQUESTS   10       /* files and TVS requests together */
#define ASK_HANDSHAKES 3        /* a phone asks at most three TVS */
#define ASK_FILE_MAX   2097152u /* bytes; a phone takes no file over 2048 KB (observed) */

struct ask {
    struct reactor reactor;
    struct arena *arena; /* of whoever asks: what came is copied there */
    uint64_t wait_us;    /* for each answer */
    uint32_t requests, handshakes;
};

void ask_open(struct ask *a, struct arena *arena, uint64_t wait_us);
void ask_close(struct ask *a);

/* "HOST" or "HOST:PORT"; *port stays as it was where none is named. */
bool ask_address(const char *text, uint32_t *ip, uint16_t *port, struct err *e);

/* False: the bound is reached, nothing was asked. */
bool ask_file(struct ask *a, bool http, uint32_t ip, uint16_t port, const char *name,
              struct fetched *got);

enum ask_end {
    ASK_NOT_YET,
    ASK_TALKED,  /* the handshake was done */
    ASK_REFUSED, /* nobody listens */
    ASK_SILENT,
    ASK_BROKEN /* in the handshake, or no TVS; `why` */
};

/* A connection to one TVS: its certificate, then requests one after the other. */
struct ask_tvs {
    enum ask_end end;
    struct err why;
    struct view der; /* the certificate that it showed; absent: none */
    const char *cipher;
    /* The next request; called once the handshake is done and behind each reply, `reply` NULL the
     * first time.  False: that was all. */
    bool (*next)(struct ask_tvs *t, const struct tvs_msg *asked, const struct tvs_msg *reply,
                 struct tvs_msg *request);
    void *ctx;
};

/* False: the bound is reached, nothing was asked. */
bool ask_tvs(struct ask *a, uint32_t ip, uint16_t port, struct ask_tvs *t);

#endif
