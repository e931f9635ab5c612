/* What a load is: whom it asks, what, how often, over which connections.  Read-only while it runs;
 * all of its threads share it. */
#ifndef CUCMLAB_LOAD_JOB_H
#define CUCMLAB_LOAD_JOB_H

#include "sim/crypto/tls.h"
#include "sim/load/plan.h"
#include "sim/load/target.h"

#define JOB_THREADS 64
#define JOB_OPEN    28000 /* connections at once from one address: the usual range of ports */

enum load_connection {
    LOAD_PER_REQUEST, /* a new one for each */
    LOAD_PER_PHONE,   /* each phone has its own, and keeps it */
    LOAD_KEEP,        /* as few as will do, for all phones */
    LOAD_CONNECTIONS
};
extern const char *const load_connection_names[LOAD_CONNECTIONS];

/* How phones register. */
enum load_protocol { LOAD_SIP, LOAD_SCCP, LOAD_PROTOCOLS };
enum load_transport { LOAD_TCP, LOAD_TLS, LOAD_UDP, LOAD_TRANSPORTS };
extern const char *const load_protocol_names[LOAD_PROTOCOLS];
extern const char *const load_transport_names[LOAD_TRANSPORTS];

/* What a phone shows over TLS; `der` absent: nothing. */
struct load_badge {
    struct view der;
    const struct key *key;
};

struct client;
struct load_fleet;
struct check_context;

struct load_job {
    const struct check_context *check; /* what a failed CHECK of its threads prints */
    const struct client *client;       /* how the protocol is spoken */
    struct target target;
    enum load_connection connection;
    uint32_t phones;                /* they take turns */
    const struct load_fleet *fleet; /* their models; NULL: all are alike */
    uint32_t threads;               /* 1 to JOB_THREADS; a phone is one thread's */
    /* Closed loop: so many requests are always under way, each begun when the last one ended; 0:
     * open loop, by the plan.  The plan says how long it takes either way. */
    uint32_t concurrency;
    struct plan plan;
    uint64_t timeout_us;
    bool storm;        /* a boot storm: `retries` are further servers of each phone */
    uint32_t retries;  /* open loop: a request that failed is asked again, so often ... */
    uint64_t retry_us; /* ... after so long */
    /* One that failed with all its retries begins anew after this, doubled up to the second, as
     * long as that is before `until_us` of the run; 0: it gives up. */
    uint64_t round_us, round_most_us, until_us;
    uint32_t open_most; /* connections at once, all threads together */

    /* TLS */
    bool secure;                     /* connections are over TLS */
    const struct load_badge *badges; /* one for each phone; NULL: none shows any */
    bool own; /* the client of our own (sim/crypto/rsatls.h) in place of OpenSSL */
    enum tls_version tls_min, tls_max;
    const char *cipher; /* NULL: those that phones have */
    bool resume;        /* a phone offers its last session again */

    /* TVS */
    bool query;       /* a request by names; else with the whole certificate */
    struct cert cert; /* what is asked about */
    /* Registration: `hold_us` behind its REGISTER a phone still keeps its connection and asks over
     * it again and again, every `keepalive_us`: the second phase of the plan.  0: it does not. */
    enum load_protocol protocol;
    enum load_transport transport;
    uint64_t hold_us, keepalive_us;
    /* TFTP */
    const char *file;
    uint32_t blksize;  /* 512: as RFC 1350 has it, without options */
    const char *model; /* TVS: in the phones' names: "CP-7965-SEP..." */
};

#endif
