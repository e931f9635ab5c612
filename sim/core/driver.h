/* Between the lab and a driver.  The lab hands a driver a `struct world` (what machines there are
 * and how to step them); the driver hands the lab a `struct driver` (time, delivery, links).
 * Drivers know no phone and no node: they see numbers, events, actions and asks.  A phone's number
 * is its device number; a node's is cluster << 8 | node.  Pure declarations. */
#ifndef CUCMLAB_CORE_DRIVER_H
#define CUCMLAB_CORE_DRIVER_H

#include "sim/core/access.h"
#include "sim/core/contract.h"
#include "sim/core/costs.h"
#include "sim/core/link.h"

/* What a request asks of a node once it has arrived there. */
enum ask_kind {
    ASK_FILE,       /* -> EVENT_FILE with its length, EVENT_NO_FILE */
    ASK_TVS_CERT,   /* TLS: the server's certificate -> EVENT_TLS_CERT; b: which TLS it speaks, as
                       TLS_RANGE() has it */
    ASK_TVS_QUERY,  /* -> EVENT_TVS_REPLY */
    ASK_TVS_VERIFY, /* -> EVENT_TVS_REPLY */
    ASK_CCM_CERT,   /* TLS registration -> EVENT_TLS_CERT */
    ASK_REGISTER,   /* -> EVENT_REGISTERED, EVENT_REJECTED */
    ASK_HTTPS_CERT, /* -> EVENT_TLS_CERT */
    ASK_HTTPS_PAGE, /* -> EVENT_PAGE */
    ASK_CAPF_CERT,  /* -> EVENT_TLS_CERT */
    ASK_CAPF_AUTH,  /* -> EVENT_CAPF, as the two below */
    ASK_CAPF_KEY,
    ASK_CAPF_DONE,
    ASK_FILE_CERT, /* TLS of TFTP's port 6971 -> EVENT_TLS_CERT; a 0: it has no EC certificate */
    ASK_KINDS
};

/* What came of asking another node for a file, on behalf of one that has it not. */
enum ask_came { CAME_NOTHING, CAME_FILE, CAME_NO_FILE, CAME_NO_ANSWER };

/* From which TLS to which: 0 is 1.0, 3 is 1.3. */
#define TLS_RANGE(oldest, newest) ((uint32_t)(newest) << 4 | (uint32_t)(oldest))
#define TLS_OLDEST(speaks)        ((speaks)&15u)
#define TLS_NEWEST(speaks)        ((speaks) >> 4)

#define NO_DEVICE UINT32_MAX
#define TVS_NAME  48

struct ask {
    uint8_t kind;      /* enum ask_kind */
    uint8_t file;      /* ASK_FILE: enum file_kind */
    uint8_t transport; /* ASK_REGISTER: enum transport */
    uint32_t device;   /* who asks; NO_DEVICE: a stranger (a real client) */
    uint32_t a, b;     /* as in the action; ASK_FILE: a is CT_TEXT of the locale folder or 0, b of
                          what came: the content */
    /* ASK_FILE of a central TFTP */
    bool by_node;   /* another node asks */
    uint8_t came;   /* enum ask_came, where it was asked elsewhere, */
    uint32_t place; /* at this one of those that it can ask (0: at none yet) */
};

enum ask_result {
    ASK_ANSWERED, /* `answer` is filled (but for the request number) */
    ASK_STOPPED,  /* nobody listens there, or nobody that this phone can speak to */
    ASK_SILENT,   /* nor is anybody there to say so: the node was shut down */
    ASK_ELSEWHERE /* it has no such file and asks the server at answer.a (IPv4, host order), the one
                     at place answer.b, for answer.roles milliseconds: the same is to be asked again
                     with what came of it */
};

/* What becomes of a connection that is opened, or of a file that is asked for by TFTP: a firewall
 * may let it through, drop it without a word, or reject it.  What is open already goes on. */
enum passage { PASSAGE_OPEN, PASSAGE_DROPS, PASSAGE_REJECTS };

/* Between a phone and a node, beside the link of each. */
struct between {
    struct link link;
    uint8_t passage; /* enum passage */
};

struct world {
    void *ctx;
    uint32_t phones;
    struct content *content;
    const uint64_t *costs; /* by enum cost; a scenario may change them on the way */

    /* One step of phone `n`.  Notes are consumed by the lab; the rest stays in `out`. */
    void (*step)(void *ctx, uint32_t n, const struct event *event, uint64_t now_us,
                 struct outbox *out);
    /* Phone `n` will be stepped soon: its memory may be fetched already.  May be NULL. */
    void (*soon)(void *ctx, uint32_t n);
    /* Its deadline (0: none); *idle: it is a retry that would end as the last one did. */
    uint64_t (*deadline_us)(void *ctx, uint32_t n, bool *idle);
    /* A request of phone `n` came to nothing by luck: a packet was lost, or it waited behind
     * others.  The same again may end otherwise. */
    void (*by_luck)(void *ctx, uint32_t n);
    /* Where it wakes once something changed. */
    uint64_t (*wake_us)(void *ctx, uint32_t n, uint64_t now_us);
    void (*name)(void *ctx, uint32_t n, char out[16]);
    /* What a phone calls itself at a TVS, by its model: "CP-8861-SEP001121000000". */
    void (*tvs_name)(void *ctx, uint32_t n, char out[TVS_NAME]);
    bool (*find)(void *ctx, const char *name, uint32_t *n);

    /* The node at an address; false: no node has it. */
    bool (*node_at)(void *ctx, uint32_t ip, uint32_t *node);
    /* For an ask of this kind; `how`: enum transport, of ASK_FILE whether by HTTP.  NULL: there is
     * nothing between any phone and any node. */
    struct between (*between)(void *ctx, uint32_t phone, uint32_t node, enum ask_kind kind,
                              uint8_t how);
    /* Whether a name that stands in its configuration (text_host()) is found where it stands: NULL:
     * always. */
    bool (*resolves)(void *ctx, uint32_t phone, uint32_t node);
    /* How large the largest message of an ask is, or of its answer (NULL: the ask), without what
     * carries it; 0: small.  Files have their own length. */
    uint32_t (*size)(void *ctx, const struct ask *ask, const struct event *answer);
    /* Is the service running that an ask of this kind goes to? */
    bool (*running)(void *ctx, uint32_t node, enum ask_kind kind);
    /* Counts starts and stops of the service that an ask goes to; a transfer begun under another
     * epoch gets no answer. */
    uint32_t (*epoch)(void *ctx, uint32_t node, enum ask_kind kind);
    enum ask_result (*ask)(void *ctx, uint32_t node, const struct ask *ask, uint64_t now_us,
                           struct event *answer);
    /* The certificates that the TVS of a node may vouch for, by turns: i-th CT_CERT, 0 or one that
     * came before for none.  False: there is no i-th.  Asking it of each tells all that it vouches
     * for. */
    bool (*tvs_row)(void *ctx, uint32_t node, uint32_t i, uint32_t *cert);
    /* Concurrent transfers of a node's TFTP: true and one more where it may begin; end takes it
     * back. */
    bool (*transfer_begin)(void *ctx, uint32_t node);
    void (*transfer_end)(void *ctx, uint32_t node);
    /* Something that a node could not do and that nobody else is told, in words. */
    void (*node_says)(void *ctx, uint32_t node, const char *text);
    /* What a client asked a node over a socket, and the answer.  May be NULL. */
    void (*access)(void *ctx, const struct access *access);

    /* Nodes' own deadlines (services starting); 0: none. */
    uint64_t (*nodes_deadline_us)(void *ctx);
    /* What time alone brings, however far: settle() does not wait for it.  0: nothing.  May be
     * NULL. */
    uint64_t (*calendar_us)(void *ctx);
    void (*nodes_tick)(void *ctx, uint64_t now_us);
};

/* What settle() left pending: idle deadlines only. */
struct settled {
    bool quiet;            /* false: the limit came first */
    uint32_t idle_retries; /* phones asleep between retries that end the same */
    uint64_t at_us;
};

/* Some of the phones, for a trial: phone i of the copy is phones[i] here; none stands twice. */
struct driver_selection {
    const uint32_t *phones;
    uint32_t count;
};

struct driver {
    void *self;
    const char *name; /* "virtual", "live" */
    uint64_t (*now_us)(void *self);
    /* Runs everything that is due up to and including `until_us`. */
    void (*run)(void *self, uint64_t until_us);
    /* Runs until nothing is pending but idle deadlines, at most until `limit_us`. */
    struct settled (*settle)(void *self, uint64_t limit_us);
    /* An event that did not come from a request, at `at_us` (not before now). */
    void (*deliver)(void *self, uint32_t phone, const struct event *event, uint64_t at_us);
    /* Something that a phone could depend on changed: sleepers wake at their own points, nodes'
     * deadlines are read again. */
    void (*changed)(void *self);
    /* The world has more phones than before. */
    void (*grow)(void *self, uint32_t phones);
    /* Access link of a phone, link of a node.  False: there are as many kinds of access links in
     * use as the driver can tell apart. */
    bool (*phone_link)(void *self, uint32_t phone, const struct link *link);
    void (*node_link)(void *self, uint32_t node, const struct link *link);
    struct link (*phone_link_of)(void *self, uint32_t phone);
    struct link (*node_link_of)(void *self, uint32_t node);
    bool (*is_down)(void *self, uint32_t phone, uint32_t node);
    /* The CallManager of this phone closes its connections.  True: the phone has one there, and the
     * driver will deliver EVENT_SERVER_LOST when its end arrives.  NULL: no phone has any. */
    bool (*closes)(void *self, uint32_t phone);
    /* It was told to stop: time passes no more.  NULL: never. */
    bool (*stopped)(void *self);
    uint64_t (*events)(void *self); /* steps of machines so far */
    /* What was queued for a time to come, and is held until that time comes: events, deadlines,
     * those that nobody waits for any more among them. */
    uint64_t (*held)(void *self);
    /* A driver like this one on another world, with all that is in flight: requests and answers,
     * events to be delivered, deadlines, links, work of nodes, luck.  Not while it runs.  `to` is
     * borrowed; its phones are there already.  NULL instead of the function: it cannot (live).
     * `only` NULL: all phones; `to` is as the world here is, transfers counted, and the copy goes
     * on exactly as this driver would.
     * `only` set: those phones; `to` counts no transfer yet.  For a trial: no packet is ever lost,
     * for the luck of one phone must not decide what many are taken to show, and no bytes are made
     * at the hops. */
    struct driver *(*copy)(const void *self, const struct world *to,
                           const struct driver_selection *only);
    void (*free)(void *self);
};

#endif
