/* The live driver: the same machines on real sockets of the loopback interface.  One libev loop,
 * one thread, and those that serve TVS alone.  Servers of every node (files over HTTP 6970 and
 * TFTP, TVS, SIP registration, an HTTPS page) and the phones' own connections are here; nothing
 * else of the program opens a socket. Made by sim/lab_live.c; docs/LIVE.md says how to use it.
 *
 * Time: integer microseconds of a monotonic clock that runs only inside run(), settle() and
 * live_wait_for_signal().  What an administrator does in between takes no time, as in virtual time,
 * however long a key takes to make; sockets stand still then.
 *
 * Links, sites and firewalls hold for what phones send and get (sim/net/lag.h); strangers see of a
 * link whether it is down.  Not carried over from virtual time: costs of processors, the order of
 * simultaneous events. */
#ifndef CUCMLAB_LIVE_LIVE_H
#define CUCMLAB_LIVE_LIVE_H

#include "sim/bytes/forge.h"
#include "sim/core/driver.h"
#include "sim/crypto/tls.h"
#include "sim/net/reactor.h"

#include <stdio.h>

struct capture;

#define LIVE_NODES_MAX   256 /* that list() may tell */
#define LIVE_WORKERS_MAX 64u

#define LIVE_AS_MANY UINT32_MAX

struct live_node {
    uint32_t node;    /* cluster << 8 | node */
    uint32_t ip;      /* 127.0.0.0/8, host order */
    const char *name; /* copied, cut at 63 bytes */
};

/* What a phone says of itself; strings live as long as the driver. */
struct live_model {
    const char *user_agent; /* "Cisco-CP8861/12.1.1" */
    unsigned type;          /* CUCM's device type number */
    const char *load;       /* the firmware that its configuration names, or "" */
    bool sccp;              /* it registers by SCCP; else by SIP */
    enum tls_version newest;
    uint32_t identity; /* what it shows and decrypts with: CT_CERT of the CAPF that issued its LSC,
                          CONTENT_MIC, or CONTENT_NOBODY: it has none, */
    uint32_t key;      /* but this one perhaps: CT_KEY, symmetric; 0: nobody typed any in */
};

enum live_found {
    LIVE_NOWHERE, /* nothing answers */
    LIVE_LATER,   /* it is being looked up: live_found() when that is done */
    LIVE_THERE
};

/* Servers that are no nodes of the lab, for phones that ask an address where it has none: those of
 * another process, or real ones. */
struct live_outside {
    void *ctx;
    /* Where a server is that a phone asks (an address, or the number of a name of its
     * configuration, text_host()). */
    enum live_found (*find)(void *ctx, uint32_t phone, uint32_t server, uint32_t *ip);
    /* Its port for an ask of this kind (ASK_FILE: by TFTP; to CallManager by SCCP or by SIP); 0:
     * the usual one. */
    uint16_t (*port)(void *ctx, uint32_t phone, uint32_t server, enum ask_kind kind, bool sccp);
    bool remote;               /* also outside of 127.0.0.0/8: somebody has allowed it */
    uint32_t from, from_count; /* phones come from these addresses, by turns; 0: any */
};

struct live_options {
    struct forge *forge; /* borrowed; of the world's content */
    const struct live_node *nodes;
    uint32_t node_count; /* 0 allowed: list(), live_add_node() */
    /* Asked whenever run() or settle() begins or something changed: all nodes that there are, at
     * most `cap` of them, so that a scenario may make its clusters after the driver.  May be NULL.
     * A node that cannot be served then ends the run: live_failed(). */
    uint32_t (*list)(void *ctx, struct live_node *out, uint32_t cap);
    uint32_t phones_at_once; /* phones with a request under way; the others wait; at least 1 */
    uint32_t registrations;  /* connections of registered phones, kept; the others close theirs and
                                are told that their server is gone as in virtual time.
                                LIVE_AS_MANY: what the limit of open files leaves */
    uint32_t connections;    /* server side, all nodes together; at it the oldest is broken off */
    uint32_t transfers;      /* TFTP, all nodes together: more RRQs are dropped; at least 1 */
    uint32_t tvs_workers;    /* threads that serve TVS; 0: this one does.  Each with connections of
                                its own, as many as above */
    uint64_t seed;           /* of luck on links */
    bool resume;             /* TVS takes up TLS sessions again (assumed: real ones do not) */
    uint64_t keepalive_us;   /* from one keepalive of a phone to the next; 0: as its server says */
    uint64_t idle_us;        /* a client that sends no whole request for so long is broken off */
    uint64_t expiry_us;      /* a registration without a sign of life is over then; 0: as its
                                protocol says */
    /* Asked for each request; `out` comes filled as an 8861 with a MIC.  NULL: all are that. */
    void (*model)(void *ctx, uint32_t phone, struct live_model *out);
    void *ctx; /* of list and model */
    /* Borrowed; NULL: phones ask nodes of the lab alone. */
    const struct live_outside *outside;
    bool access; /* requests are told to the world, each */
    /* Where not NULL: at the first run() or settle() the listeners, one line a node, then "ready";
     * nodes that are added later get their line then.  Flushed. */
    FILE *announce;
    /* What goes through sockets, of phones, nodes and clients; NULL: nobody asks.  Borrowed until
     * the driver is freed. */
    struct capture *capture;
};

struct live_options live_defaults(struct forge *forge);

/* Binds the listeners of the nodes whose services run.  `world` is borrowed.  NULL and `e` where an
 * address is no loopback one, is taken, or where the limit of open files (the soft one is raised
 * to the hard one) is below what the options can need: the text has both numbers. */
struct driver *live_new(const struct world *world, const struct live_options *options,
                        struct err *e);
/* One node more; its services may not run yet.  Errors as live_new(). */
bool live_add_node(struct driver *d, const struct live_node *node, struct err *e);
/* Open files that a run with these options can need. */
uint32_t live_files_needed(const struct live_options *options, uint32_t nodes);

/* The port that TFTP has on every node: 69, or 10069 without the privilege. */
uint16_t live_tftp_port(const struct driver *d);

/* From here SIGINT, SIGTERM and SIGHUP end run(), settle() and live_wait_for_signal() early, for
 * good.  In a later call, and in the one that was ended, time passes at once and nothing happens,
 * so that a scenario comes to its end.  One driver of the process at a time. */
void live_catch_signals(struct driver *d);
/* Open at the nodes, those that workers have not among them. */
struct live_connections {
    uint32_t registered, others; /* of phones that registered over them */
};
struct live_connections live_connections(const struct driver *d);
/* The loop and clock on which all of it happens, for sockets of somebody else's on the same thread.
 */
struct reactor *live_reactor(struct driver *d);
/* So many microseconds of the lab in one of the machine's, from here on.  Deadlines of phones and
 * nodes go with it; how long a stranger may be silent does not. */
void live_speed(struct driver *d, double speed);
/* On its thread: names that were looked up are known now, and requests that wait for them begin. */
void live_found(struct driver *d);
/* Inside a callback of that loop: run() or settle() returns early, this once. */
void live_interrupt(struct driver *d);
/* Serves until such a signal; true when there was one (now or before). */
bool live_wait_for_signal(struct driver *d);
/* Nobody is served from here on: listeners and connections are closed, and what threads have
 * answered until now was told to the world.  For logs and captures that end before the driver does;
 * it may be called again, and nothing is run behind it. */
void live_shut(struct driver *d);
bool live_stopped(const struct driver *d); /* by a signal, or failed */
/* True, and `e`, where a node that list() told could not be served. */
bool live_failed(const struct driver *d, struct err *e);

#endif
