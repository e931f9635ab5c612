/* Hostile clients of a lab that serves, and good ones beside them: what tests/live/hostile.sh and
 * `make soak` run.
 *
 *   main.c    options, rounds, the table, the verdict
 *   ports.c   the ports of a node, and a whole request for each
 *   kinds.c   kinds of hostile clients over TCP, a row each
 *   visits.c  carries them out: one thread, thousands of connections
 *   shots.c   kinds over UDP, a row each
 *   good.c    good clients: each of their requests must be answered
 *   look.c    what the server says of its memory, files and phones
 *
 * Everything goes to loopback addresses; hostile clients have addresses of their own, so that
 * the ports of the good ones do not run out. */
#ifndef CUCMLAB_TESTS_HOSTILE_H
#define CUCMLAB_TESTS_HOSTILE_H

#include <netinet/in.h>
#include <openssl/ssl.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- ports.c ---- */

enum proto { HTTP, PAGES, TVS, SIP, SCCP, CAPF, CONTROL, PROTOS };

struct port {
    const char *name;
    uint16_t port; /* 0: not there */
    enum proto proto;
    bool tls;
};

#define PORTS_MAX 16

struct target {
    in_addr_t ip;   /* of the node, network order */
    in_addr_t from; /* hostile clients have its first 16 bits */
    uint16_t tftp, metrics;
    const char *control; /* path of its socket; NULL: none */
    struct port ports[PORTS_MAX];
    size_t count;
};

struct bytes {
    uint8_t p[2048];
    size_t n;
};

/* All that listen there. */
void ports_find(struct target *t);
struct sockaddr_in ports_address(const struct target *t, uint16_t port);
/* Requests that get an answer without changing anything. */
void ports_make(void);
const struct bytes *ports_request(enum proto p);

/* ---- kinds.c ---- */

struct visit;

enum end {
    HOLD, /* stays, until the server breaks it off or its time is over */
    FIN,
    RST,
    HALF,   /* says that it sends no more, and stays */
    NOTIFY, /* the same in TLS alone */
    ANY     /* one of them */
};

struct kind {
    const char *name, *what;
    unsigned protos; /* bits; 0: all but CONTROL */
    bool tls_only, clear_only;
    bool raw;        /* its bytes go beneath TLS */
    bool hello_only; /* ends behind the first that it sends */
    /* What it says next, at most `cap` bytes (2048 at least); 0: no more.  NULL: nothing. */
    size_t (*next)(struct visit *v, uint8_t *out, size_t cap);
    unsigned pace; /* bytes each 50 ms; 0: as many as go */
    unsigned cut;  /* ends behind so many at the most, somewhere; 0: behind all */
    bool reads;    /* what comes */
    enum end end;
    unsigned at_once; /* all ports together */
    unsigned a_second;
    unsigned stays_ms; /* behind its end */
    int version;       /* of TLS; 0: any */
    bool resumes;      /* the last session that it got */
};

#define NOT_YET SIZE_MAX /* from next(): it waits for what it hears */

extern const struct kind kinds[];
extern const size_t kind_count;

/* ---- visits.c ---- */

struct visit {
    const struct kind *kind;
    const struct port *port;
    int fd; /* -1: free */
    bool connecting, open, said_all, ended;
    SSL *ssl;
    void *more; /* a kind's own: struct again */
    uint64_t rng, begun_ms, ends_ms;
    size_t said, cut; /* bytes that went out; 0: no cut */
    uint64_t step;    /* a kind's own */
    uint8_t *out;
    size_t out_at, out_n, out_cap;
    uint8_t heard[512]; /* what came last in the clear, for kinds that read */
    size_t heard_n;
};

uint64_t draw(uint64_t *rng);

struct visits;
void visits_make(void); /* what all share: once, first */
/* Those of `mask` (bits of kinds) that have room; `most` connections, all together. */
/* `pace`: of the rates of kinds. */
struct visits *visits_new(const struct target *t, size_t most, double pace);
/* Until `until_ms`, or *stop. */
void visits_run(struct visits *v, uint64_t mask, uint64_t until_ms, const atomic_bool *stop);
uint64_t visits_begun(const struct visits *v);
size_t visits_most(const struct visits *v); /* that were open together */
void visits_free(struct visits *v);

/* ---- shots.c ---- */

struct shot_kind {
    const char *name, *what;
    bool sip;
    unsigned sockets, a_second;
    size_t (*shoot)(uint64_t *rng, unsigned socket, uint8_t *out, size_t cap);
    /* To what came; 0: says nothing. */
    size_t (*reply)(uint64_t *rng, const uint8_t *in, size_t n, uint8_t *out, size_t cap);
};

extern const struct shot_kind shot_kinds[];
extern const size_t shot_kind_count;

struct shots;
struct shots *shots_new(const struct target *t, const struct shot_kind *k);
void shots_tick(struct shots *s, unsigned ms, double pace);
uint64_t shots_sent(const struct shots *s);
void shots_free(struct shots *s);

/* ---- good.c ---- */

#define GOOD_THREADS 3

/* Of one kind of request, or of all. */
struct good_row {
    const char *name;
    uint64_t asked, answered, longest_ms;
};

struct good_tally {
    struct good_row all, rows[PORTS_MAX + 3];
    char first[160]; /* failure; "": none */
};

struct good;
struct good *good_new(const struct target *t);
/* Each request once, in this thread; what was asked before begins to count. */
struct good_tally good_round(struct good *g);
void good_start(struct good *g);
struct good_tally good_stop(struct good *g);
struct good_tally good_so_far(struct good *g);
void good_free(struct good *g);

/* ---- look.c ---- */

struct looked {
    double in_use, resident, files; /* bytes, bytes, number (0: it could not count) */
    double registered;              /* connections of registered phones */
    double others, transfers;
    bool good;
    char why[160]; /* it is not */
};

struct looked look(const struct target *t);
uint64_t now_ms(void);
void sleep_ms(uint64_t ms);
/* Connects, or -1; blocking, with that deadline for each call.  `from` 0: any. */
int dial(const struct target *t, uint16_t port, unsigned deadline_ms);

#endif
