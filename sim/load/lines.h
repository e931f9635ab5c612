/* Connections of a fleet, one request under way on each: a client (struct client) for what is asked
 * and answered over TCP or TLS.  What is said there is an exchange. */
#ifndef CUCMLAB_LOAD_LINES_H
#define CUCMLAB_LOAD_LINES_H

#include "sim/load/worker.h"
#include "sim/net/stream.h"

/* Who asks, on which connection. */
struct asking {
    const struct load_job *job;
    uint32_t phone, number; /* of requests on this line */
    uint32_t before;        /* of requests on its connection */
    uint32_t ip;            /* its own end, host order; where the exchange asks for it */
    uint16_t port;
};

enum heard {
    HEARD_MORE, /* not whole yet */
    HEARD_ON,   /* whole, and the answer is still to come */
    HEARD_YES,
    HEARD_NO,
    HEARD_WRONG /* no reply to this request */
};

struct exchange {
    bool tls;     /* always over TLS; else where the job says so */
    bool leaves;  /* a no ends the connection */
    bool own_end; /* its messages name the address that they come from */
    size_t most;  /* bytes of what is heard, at most */
    struct view (*request)(const struct asking *a, struct arena *arena);
    /* What lies at the front of `in`, and how long it is. */
    enum heard (*reply)(const struct asking *a, struct view in, size_t *n);
    /* What a message that is no answer wants to hear; NULL: none wants anything. */
    struct view (*say)(struct view message, struct arena *arena);
};

void *lines_open(struct worker *w);
bool lines_have_room(const struct worker *w, const struct call *c);
void lines_begin(struct worker *w, struct call *c);
void lines_close(struct worker *w);
/* Why a stream ended. */
enum load_fault lines_fault(const struct stream *s, enum stream_end end, int *alert);

#define LINES_CLIENT(of)                                                                           \
    {                                                                                              \
        lines_open, lines_have_room, lines_begin, lines_close, &(of)                               \
    }

/* The name of a phone: "SEP001121000000" and those behind it. */
#define LINES_MAC    UINT64_C(0x001121000000)
#define LINES_DEVICE 16
void lines_device(const struct load_job *job, uint32_t phone, char name[LINES_DEVICE]);

#endif
