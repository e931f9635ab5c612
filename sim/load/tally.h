/* What came of requests: whole numbers and histograms, which add.  Pure. */
#ifndef CUCMLAB_LOAD_TALLY_H
#define CUCMLAB_LOAD_TALLY_H

#include "sim/load/hist.h"

/* Why a request had no answer. */
enum load_fault {
    FAULT_REFUSED,     /* nobody listens: ECONNREFUSED */
    FAULT_RESET,       /* the connection was reset */
    FAULT_CLOSED,      /* it ended before the answer, without an error */
    FAULT_TIMEOUT,     /* no answer within --timeout */
    FAULT_ALERT,       /* the server's TLS alert; by name in `alerts` */
    FAULT_TLS,         /* TLS failed on this side */
    FAULT_REPLY,       /* bytes that are no reply to this request */
    FAULT_UNREACHABLE, /* no route, or nobody there */
    FAULT_LOCAL,       /* no port or no memory on this machine: the generator's own */
    FAULT_UNFINISHED,  /* the run was broken off */
    FAULT_UNBEGUN, /* due, and not begun when the last answer was given up: the generator's own */
    FAULTS
};
extern const char *const tally_fault_names[FAULTS]; /* "refused" */

/* TLS alerts by OpenSSL's words for them; the last is any other. */
enum { TALLY_ALERTS = 27 };
extern const char *const tally_alert_names[TALLY_ALERTS]; /* "unknown ca" */
/* What TLS said; -1: it is no alert of the peer. */
int tally_alert(const char *why);

struct tally {
    uint64_t begun;                      /* requests that were begun */
    uint64_t trusted;                    /* answered, and the answer was good */
    uint64_t not_trusted;                /* answered with a no: an answer */
    uint64_t connections, full, resumed; /* TCP connections begun; TLS handshakes done */
    uint64_t reconnects; /* kept connections that the server ended between two requests */
    uint64_t held;       /* begun late, for as many connections were open as may be */
    uint64_t
        unanswered; /* requests that have ended and never had an answer, by any of their tries */
    uint64_t meanwhile; /* answers that came while this phase lasted, of whichever requests */
    uint64_t faults[FAULTS];
    uint64_t alerts[TALLY_ALERTS];
    struct hist latency;   /* of answers: from the instant for which the request was scheduled */
    struct hist handshake; /* from connect() to the end of the handshake */
    struct hist late;      /* from the scheduled instant to the begin: the generator's own */
};

struct tally tally_of(const struct mem *mem);
void tally_free(struct tally *t);
void tally_clear(struct tally *t);
void tally_merge(struct tally *into, const struct tally *from);
uint64_t tally_answers(const struct tally *t);
uint64_t tally_errors(const struct tally *t);
/* Percentiles of requests, not of answers: one that never had an answer is later than all others.
 * TALLY_NEVER: so many of them have none. */
#define TALLY_NEVER UINT64_MAX
uint64_t tally_latency_at(const struct tally *t, uint32_t ppm10);
uint64_t tally_latency_max(const struct tally *t);
uint64_t tally_latency_mean(const struct tally *t);

/* The counters and histograms by name, for whoever writes or reads all of them. */
struct tally_field {
    const char *name; /* "not_trusted" */
    size_t at;
};
extern const struct tally_field tally_counters[], tally_hists[];
enum { TALLY_COUNTERS = 10, TALLY_HISTS = 3 };
uint64_t *tally_counter(struct tally *t, int i);
struct hist *tally_hist(struct tally *t, int i);

#endif
