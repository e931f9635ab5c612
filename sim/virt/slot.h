/* What the virtual driver keeps of one phone.  Inside sim/virt/ only. */
#ifndef CUCMLAB_VIRT_SLOT_H
#define CUCMLAB_VIRT_SLOT_H

#include "sim/base/heap.h"
#include "sim/virt/virt.h"

enum pending {
    PENDING_NONE,
    PENDING_ARRIVE, /* a request is on its way to a node */
    PENDING_ANSWER, /* an answer is on its way to the phone */
    PENDING_WAKE    /* a sleeper was woken */
};

/* One for each phone of a million: every bit counts.  Times have 56 bits, 2,000 years. */
struct slot {
    uint64_t when_us : 56;   /* of what is pending */
    uint64_t link : 8;       /* index of its access link */
    uint64_t queued_us : 56; /* of its queue entry that counts; 0: none */
    uint64_t pending : 2;    /* enum pending */
    uint64_t ask : 4;        /* enum ask_kind */
    uint64_t transfer : 1;   /* holds one of the node's transfers */
    uint64_t idle : 1;       /* sleeps between retries that end the same */
    uint32_t luck;           /* of its access link: virt_luck() */
    uint32_t a, b;           /* of the ask, then of the answer */
    uint32_t roles;
    uint16_t epoch; /* of the service when serving began (low bits) */
    uint16_t request;
    uint16_t node;
    uint8_t kind : 4;     /* enum file_kind or enum transport */
    uint8_t leg : 2;      /* enum leg */
    uint8_t type : 5;     /* of the answer */
    uint8_t status : 1;   /* of the answer */
    uint8_t http : 1;     /* ASK_FILE: still on HTTP, TFTP comes after */
    uint8_t luck_had : 1; /* of its request: packets were lost, or it waited behind others */
};

/* ASK_FILE: a node that has it not asks another one, while the phone waits (relay.c). */
enum leg {
    LEG_PHONE, /* what is pending goes to the node, or comes from there */
    LEG_THERE, /* the question goes to `roles`, the other node; b: relay_b() */
    LEG_BACK   /* its answer comes: type, and of a file `roles`, the content */
};

#define TIME_BITS 56
_Static_assert(ASK_KINDS <= 16 && FILE_KINDS <= 16 && EVENT_TYPES <= 32, "fields of struct slot");
_Static_assert(sizeof(struct slot) == 40, "what a phone costs");

/* Of one node, by its number. */
struct node_side {
    struct link link;
    uint64_t busy_us; /* until when its processors are taken */
};

struct admin_event {
    struct event event;
    uint32_t phone;
    uint32_t next_free;
};

/* Queue keys: time, then class; equal ones in the order of their pushes. */
enum { CLASS_NODES, CLASS_ADMIN, CLASS_PHONE, CLASS_BITS = 2 };
#define ID_NODES   0xffffffffu
#define ID_ADMIN   0x80000000u /* and the index of the event */
#define ADMIN_NONE UINT32_MAX

struct tap;

struct virt {
    struct driver driver;
    const struct world *world;
    const struct mem *mem;
    struct virt_options options;
    struct heap queue;
    struct slot *slots;
    uint32_t slot_count, slot_cap;
    struct link *links; /* kinds of access links; of kind 0 see virt_link() */
    uint32_t link_count, link_cap;
    struct node_side *nodes; /* up to the highest number that was heard of */
    uint32_t node_cap;
    struct admin_event *admin;
    uint32_t admin_count, admin_cap, admin_free;
    uint64_t node_due_us; /* of the queued node tick; 0: none */
    bool node_waits;      /* it, or one behind it, is more than the calendar */
    uint32_t idle;        /* phones asleep */
    uint32_t queued;      /* phones with a valid queue entry */
    uint32_t admin_queued;
    uint64_t luck; /* of the seed */
    uint64_t now_us;
    bool running; /* inside the loop: what is delivered now waits its turn */
    uint64_t events;
    struct arena scratch; /* --bytes */
    struct tap *tap;      /* of a capture; NULL: nobody asks */
};

/* Does a capture listen?  What is done for one is kept out of the way of what runs without: an
 * event of a phone takes less than 200 ns. */
static inline bool virt_tapped(const struct virt *v)
{
    return __builtin_expect(v->tap != NULL, 0);
}

/* queue.c: what is due when. */
void virt_push(struct virt *v, uint64_t at_us, unsigned class, uint32_t id);
/* The nodes' next tick, where it is not queued yet. */
void virt_queue_nodes(struct virt *v);
/* Keeps one entry of a phone that counts: the earlier of what is pending and its own deadline. */
void virt_schedule(struct virt *v, uint32_t phone);
/* Keeps an event for the phone; its number, for the queue. */
uint32_t virt_keep_event(struct virt *v, uint32_t phone, const struct event *event);
/* False for a queue entry that means nothing any more. */
static inline bool virt_is_valid(const struct virt *v, const struct heap_entry *e)
{
    if (e->id == ID_NODES)
        return v->node_due_us != 0 && v->node_due_us <= e->key >> CLASS_BITS;
    return (e->id & ID_ADMIN) != 0 || v->slots[e->id].queued_us == e->key >> CLASS_BITS;
}
/* Memory that a step will need is fetched while others go first: a million phones are in no cache.
 */
void virt_soon(void *ctx, const struct heap_entry *e);

/* trip.c: a phone's actions are carried out; its requests go to nodes and come back. */
void virt_step(struct virt *v, uint32_t phone, const struct event *event);
/* Its queue entry is due: what is pending, or its own deadline. */
void virt_due_phone(struct virt *v, uint32_t phone);

/* links.c: the links of phones and nodes, as the driver's interface has them. */
bool virt_phone_link(void *self, uint32_t phone, const struct link *link);
void virt_node_link(void *self, uint32_t node, const struct link *link);
struct link virt_phone_link_of(void *self, uint32_t phone);
struct link virt_node_link_of(void *self, uint32_t node);
bool virt_is_down(void *self, uint32_t phone, uint32_t node);
struct node_side *virt_node(struct virt *v, uint32_t node);
/* Kind 0: of phones whose link nobody set. */
void virt_no_links(struct virt *v);

/* copy.c: the driver's copy(). */
struct driver *virt_copy(const void *self, const struct world *to,
                         const struct driver_selection *only);

/* model.c: how long things take. */
#define TFTP_BLOCK  512
#define TCP_SEGMENT 1460
#define TCP_WINDOW  10

/* How a lost packet is sent again: by TFTP after the same wait each time, by TCP after one that
 * doubles (RFC 6298); after so many tries never. */
struct again {
    uint64_t wait_us, most_us, tries;
};
struct again virt_again(const struct virt *v, const struct slot *s);
static inline bool virt_by_udp(const struct slot *s)
{
    return s->ask == ASK_FILE && !s->http;
}
struct link virt_link(const struct virt *v, uint32_t kind);
struct link virt_path(const struct virt *v, const struct slot *s);
struct between virt_between(const struct virt *v, const struct slot *s);
/* Whether the packets of a message pass: by TFTP blocks of 512 bytes, by TCP full segments. */
bool virt_fits(const struct slot *s, const struct link *l, uint32_t bytes);
/* A stream for one way there or back.  A slot has 4 bytes for its luck: a number that counts up
 * from a point of its own, mixed with the seed. */
struct rng virt_luck(const struct virt *v, struct slot *s);
/* The one that such a number gave. */
static inline struct rng virt_luck_of(const struct virt *v, uint32_t luck)
{
    return (struct rng){ rng_mix(v->luck + luck) };
}
/* One way of a small packet. */
uint64_t virt_one_way_us(const struct link *l, struct rng *rng);
/* Until a request has arrived: connection set-up and one way, lost packets sent again.  False: it
 * never does. */
bool virt_request_us(const struct virt *v, struct slot *s, const struct link *l, uint64_t *in_us);
/* The same for the rest of a handshake, there and back. */
bool virt_handshake_us(const struct virt *v, struct slot *s, const struct link *l, uint64_t *in_us);
/* Does its request go over a connection that a handshake opened? */
static inline bool virt_is_open(const struct slot *s)
{
    return s->ask == ASK_TVS_QUERY || s->ask == ASK_TVS_VERIFY ||
           (s->ask >= ASK_CAPF_AUTH && s->ask <= ASK_CAPF_DONE) ||
           ((s->ask == ASK_REGISTER || s->ask == ASK_HTTPS_PAGE) && s->kind == TRANSPORT_TLS);
}
/* From the end of the node's work until the answer is whole; `bytes` of a file, or 0.  False: it
 * never is. */
bool virt_answer_us(const struct virt *v, struct slot *s, const struct link *l, uint32_t bytes,
                    uint64_t *in_us);
/* The node works on its request for `cost_us`: until it is done, behind what it had to do already.
 */
uint64_t virt_work(struct virt *v, struct slot *s, uint64_t cost_us);
uint64_t virt_cost_us(const struct virt *v, const struct slot *s, const struct event *answer);

uint64_t virt_work_at(struct virt *v, struct slot *s, uint32_t node, uint64_t cost_us);

/* relay.c: the node of the slot asks another one, as its answer said. */
void virt_relay(struct virt *v, struct slot *s, const struct event *elsewhere);
/* The question arrives there. */
void virt_relay_arrives(struct virt *v, uint32_t phone, struct slot *s);
/* What came of it, as the node is to be asked again. */
void virt_relay_came(const struct slot *s, struct ask *ask);
/* No such thing is under way any more. */
void virt_relay_ends(struct slot *s);

/* hop.c: real bytes at every hop. */
void virt_hop(struct virt *v, uint32_t phone, struct slot *s, struct event *answer);

#endif
