#include "sim/virt/virt.h"

#include "sim/base/check.h"
#include "sim/virt/slot.h"
#include "sim/wire/text.h"

#include <string.h>

#define MOST_TRIPS 8 /* of one request and its answer, each with its jitter */

static void push(struct virt *v, uint64_t at_us, unsigned class, uint32_t id)
{
    CHECK(at_us >= v->now_us && at_us >> TIME_BITS == 0);
    uint64_t key = at_us << CLASS_BITS | class;
    if (key < v->queue.last) /* entries that meant nothing any more were taken off ahead of time */
        heap_rebase(&v->queue, v->now_us << CLASS_BITS);
    heap_push(&v->queue, (struct heap_entry){ key, id });
}

static void queue_nodes(struct virt *v)
{
    const struct world *w = v->world;
    uint64_t due = w->nodes_deadline_us(w->ctx),
             calendar = w->calendar_us == NULL ? 0 : w->calendar_us(w->ctx);
    v->node_waits = due != 0;
    if (due == 0 || (calendar != 0 && calendar < due))
        due = calendar;
    if (due == v->node_due_us)
        return;
    v->node_due_us = due;
    if (due != 0)
        push(v, due > v->now_us ? due : v->now_us, CLASS_NODES, ID_NODES);
}

/* ---- the one queue entry of a phone ---- */

/* Keeps one entry that counts: the earlier of what is pending and the phone's own deadline. */
static void schedule(struct virt *v, uint32_t phone)
{
    struct slot *s = &v->slots[phone];
    bool idle = false;
    uint64_t deadline = v->world->deadline_us(v->world->ctx, phone, &idle);
    if (!idle && s->pending == PENDING_WAKE)
        s->pending = PENDING_NONE; /* it is awake */
    uint64_t next = s->pending == PENDING_NONE ? 0 : s->when_us;
    if (deadline != 0 && !idle && (next == 0 || deadline < next))
        next = deadline > v->now_us ? deadline : v->now_us;

    bool sleeps = idle && s->pending == PENDING_NONE;
    v->idle += (uint32_t)sleeps - s->idle;
    s->idle = sleeps;
    if (next == s->queued_us)
        return;
    v->queued += (next != 0) - (s->queued_us != 0);
    s->queued_us = next;
    if (next != 0)
        push(v, next, CLASS_PHONE, phone);
}

static void end_transfer(struct virt *v, struct slot *s)
{
    if (!s->transfer)
        return;
    s->transfer = 0;
    v->world->transfer_end(v->world->ctx, s->node);
}

static void nothing_pending(struct virt *v, struct slot *s)
{
    end_transfer(v, s);
    virt_relay_ends(s);
    s->pending = PENDING_NONE;
    s->luck_had = 0;
}

/* ---- actions of a phone ---- */

static struct ask ask_of(const struct virt *v, const struct slot *s)
{
    return (struct ask){ .kind = s->ask,
                         .file = s->ask == ASK_FILE ? s->kind : 0,
                         .transport = s->ask == ASK_FILE ? 0 : s->kind,
                         .device = (uint32_t)(s - v->slots),
                         .a = s->a,
                         .b = s->b };
}

/* Whether what goes over this link is small enough for it; `answer` NULL: the request. */
static bool fits(const struct virt *v, const struct slot *s, const struct link *l,
                 const struct event *answer)
{
    const struct world *w = v->world;
    if (l->mtu == 0)
        return true;
    struct ask ask = ask_of(v, s);
    bool file = answer != NULL && answer->type == EVENT_FILE;
    return virt_fits(s, l, file ? answer->b : w->size(w->ctx, &ask, answer));
}

/* The request goes on its way after `wait_us`.  Where nothing arrives the phone's deadline will
 * tell. */
static void leave(struct virt *v, struct slot *s, uint64_t wait_us)
{
    struct link l = virt_path(v, s);
    uint64_t in_us = 0;
    s->pending =
        virt_request_us(v, s, &l, &in_us) && fits(v, s, &l, NULL) ? PENDING_ARRIVE : PENDING_NONE;
    s->when_us = v->now_us + wait_us + in_us;
}

/* HTTP came to nothing: the same name over UDP. */
static void ask_by_tftp(struct virt *v, struct slot *s, uint64_t wait_us);

/* A firewall has it: it drops what opens a connection, or answers in the server's place. */
static void stopped_at(struct virt *v, struct slot *s, enum passage passage, uint64_t wait_us)
{
    struct link l = virt_path(v, s);
    struct rng luck = virt_luck(v, s);
    uint64_t back_us = 2 * virt_one_way_us(&l, &luck);
    bool rejects = passage == PASSAGE_REJECTS && !l.down;
    s->pending = PENDING_NONE;
    if (s->ask == ASK_FILE && s->http) {
        ask_by_tftp(v, s, rejects ? back_us : v->world->costs[COST_HTTP_SILENCE_US]);
    } else if (rejects) {
        s->pending = PENDING_ANSWER;
        s->when_us = v->now_us + wait_us + back_us;
        s->type = EVENT_REFUSED;
    }
}

static void send_in(struct virt *v, struct slot *s, uint64_t wait_us)
{
    enum passage passage = PASSAGE_OPEN;
    if (v->world->between != NULL && !virt_is_open(s))
        passage = (enum passage)virt_between(v, s).passage;
    if (passage == PASSAGE_OPEN)
        leave(v, s, wait_us);
    else
        stopped_at(v, s, passage, wait_us);
}

static void ask_by_tftp(struct virt *v, struct slot *s, uint64_t wait_us)
{
    s->http = 0;
    send_in(v, s, wait_us);
}

static void send(struct virt *v, struct slot *s, uint16_t request, enum ask_kind ask)
{
    s->ask = ask & 15;
    s->request = request;
    send_in(v, s, 0);
}

static bool connect_to(struct virt *v, struct slot *s, uint32_t server)
{
    nothing_pending(v, s);
    uint32_t node;
    if (!v->world->node_at(v->world->ctx, server, &node))
        return false; /* nobody has this address: no answer */
    if (text_is_name(server) && v->world->resolves != NULL &&
        !v->world->resolves(v->world->ctx, (uint32_t)(s - v->slots), node))
        return false; /* nobody knows that name there */
    (void)virt_node(v, node);
    s->node = (uint16_t)node;
    return true;
}

/* `arrives` false: the answer is lost on the way. */
static void answer_at(struct virt *v, struct slot *s, const struct event *e, bool arrives,
                      uint64_t in_us)
{
    if (!arrives)
        return;
    s->pending = PENDING_ANSWER;
    s->when_us = v->now_us + in_us;
    s->type = e->type & 31;
    s->status = e->status & 1;
    s->roles = e->roles;
    s->a = e->a;
    s->b = e->b;
}

static uint16_t epoch_of(const struct virt *v, const struct slot *s)
{
    return (uint16_t)v->world->epoch(v->world->ctx, s->node, (enum ask_kind)s->ask);
}

/* The rest of a handshake.  A held one comes back after others used the slot. */
static void shake_hands(struct virt *v, struct slot *s, const struct action *a)
{
    if (s->request != a->request) {
        if (!connect_to(v, s, a->server))
            return;
        s->request = a->request;
        s->ask = a->b == ACT_CAPF_OPEN ? ASK_CAPF_CERT : ASK_HTTPS_CERT;
        s->kind = TRANSPORT_TLS;
        s->epoch = epoch_of(v, s);
    }
    struct link l = virt_path(v, s);
    uint64_t in_us;
    bool arrives = virt_handshake_us(v, s, &l, &in_us);
    answer_at(v, s, &(struct event){ .type = EVENT_TLS_OPEN }, arrives, in_us);
}

static void act(struct virt *v, struct slot *s, const struct action *a)
{
    switch (a->type) {
    case ACT_FETCH:
        s->kind = a->kind & 15;
        s->http = a->a == FETCH_HTTP_TFTP;
        s->a = a->b;
        if (connect_to(v, s, a->server))
            send(v, s, a->request, ASK_FILE);
        break;
    case ACT_TVS_OPEN:
    case ACT_CCM_OPEN:
    case ACT_HTTPS_OPEN:
    case ACT_CAPF_OPEN:
        s->kind = TRANSPORT_TLS;
        if (connect_to(v, s, a->server))
            send(v, s, a->request,
                 a->type == ACT_TVS_OPEN     ? ASK_TVS_CERT
                 : a->type == ACT_CCM_OPEN   ? ASK_CCM_CERT
                 : a->type == ACT_HTTPS_OPEN ? ASK_HTTPS_CERT
                                             : ASK_CAPF_CERT);
        break;
    case ACT_REGISTER:
    case ACT_HTTPS_GET:
        s->kind = a->kind & 15;
        s->a = a->a;
        if (a->kind == TRANSPORT_TLS || connect_to(v, s, a->server))
            send(v, s, a->request, a->type == ACT_REGISTER ? ASK_REGISTER : ASK_HTTPS_PAGE);
        break;
    case ACT_TVS_QUERY:
    case ACT_TVS_VERIFY:
        s->a = a->a;
        s->b = a->b;
        send(v, s, a->request, a->type == ACT_TVS_QUERY ? ASK_TVS_QUERY : ASK_TVS_VERIFY);
        break;
    case ACT_CAPF_AUTH:
    case ACT_CAPF_KEY:
    case ACT_CAPF_DONE:
        s->a = a->a;
        s->b = a->b;
        send(v, s, a->request,
             a->type == ACT_CAPF_AUTH  ? ASK_CAPF_AUTH
             : a->type == ACT_CAPF_KEY ? ASK_CAPF_KEY
                                       : ASK_CAPF_DONE);
        break;
    case ACT_TLS_ACCEPT:
        shake_hands(v, s, a);
        break;
    case ACT_CANCEL:
    case ACT_TLS_REFUSE:
        if (s->request == a->request)
            nothing_pending(v, s);
        break;
    default:
        break;
    }
}

static void step(struct virt *v, uint32_t phone, const struct event *event)
{
    struct outbox out;
    out.count = 0;
    v->events++;
    v->world->step(v->world->ctx, phone, event, v->now_us, &out);
    struct slot *s = &v->slots[phone];
    for (uint32_t i = 0; i < out.count; i++)
        act(v, s, &out.actions[i]);
    schedule(v, phone);
}

/* ---- arrival at a node ---- */

/* HTTP answered 503: the same name over UDP (observed, technote 214535). */
static void fall_back_to_tftp(struct virt *v, struct slot *s, const struct link *l)
{
    struct rng luck = virt_luck(v, s);
    ask_by_tftp(v, s, virt_one_way_us(l, &luck));
}

static void arrive_for_file(struct virt *v, uint32_t phone, struct slot *s, const struct link *l)
{
    const struct world *w = v->world;
    struct event e = { 0 };
    struct ask ask = { .kind = ASK_FILE, .file = s->kind, .device = phone, .a = s->a };
    virt_relay_came(s, &ask);
    enum ask_result result = w->ask(w->ctx, s->node, &ask, v->now_us, &e);
    if (result == ASK_ELSEWHERE) {
        s->epoch = epoch_of(v, s);
        virt_relay(v, s, &e);
        return;
    }
    bool relayed = s->leg == LEG_BACK;
    virt_relay_ends(s);
    if (relayed)
        queue_nodes(v); /* the node keeps it for a while */
    if (result == ASK_STOPPED) {
        e.type = EVENT_REFUSED;
        struct rng luck = virt_luck(v, s);
        answer_at(v, s, &e, true, virt_one_way_us(l, &luck));
        return;
    }
    bool busy = e.type == EVENT_FILE && !w->transfer_begin(w->ctx, s->node);
    s->luck_had |= busy;
    if (s->http && (busy || e.type == EVENT_NO_FILE)) {
        fall_back_to_tftp(v, s, l);
        return;
    }
    if (busy) { /* the request is dropped; the phone sends it again */
        s->pending = PENDING_ARRIVE;
        s->when_us = v->now_us + v->world->costs[COST_TFTP_RETRY_US];
        return;
    }
    if (s->http && !fits(v, s, l, &e)) {
        w->transfer_end(w->ctx, s->node);
        ask_by_tftp(v, s, w->costs[COST_HTTP_SILENCE_US]);
        return;
    }
    uint32_t bytes = 0;
    s->epoch = epoch_of(v, s);
    if (e.type == EVENT_FILE) {
        s->transfer = 1;
        bytes = e.b;
        if (v->options.bytes)
            virt_hop(v, phone, s, &e);
    }
    uint64_t cost_us = relayed ? w->costs[COST_ANSWER_US] : virt_cost_us(v, s, &e);
    uint64_t work = virt_work(v, s, cost_us), in_us;
    bool arrives = virt_answer_us(v, s, l, bytes, &in_us) && fits(v, s, l, &e);
    if (!arrives)
        end_transfer(v, s);
    answer_at(v, s, &e, arrives, work + in_us);
}

/* A request over a connection, or what another node answered, that its service no longer knows. */
static bool is_broken(const struct virt *v, const struct slot *s)
{
    return (virt_is_open(s) || s->leg == LEG_BACK) && epoch_of(v, s) != s->epoch;
}

static void arrive(struct virt *v, uint32_t phone)
{
    struct slot *s = &v->slots[phone];
    const struct world *w = v->world;
    v->events++;
    struct link l = virt_path(v, s);
    s->pending = PENDING_NONE;
    if (s->leg == LEG_THERE) {
        virt_relay_arrives(v, phone, s);
    } else if (l.down || is_broken(v, s)) {
        /* lost on the way, or with its connection */
    } else if (s->ask == ASK_FILE) {
        arrive_for_file(v, phone, s, &l);
    } else {
        struct event e = { 0 };
        struct ask ask = ask_of(v, s);
        s->epoch = epoch_of(v, s);
        uint64_t work = 0, in_us;
        if (w->ask(w->ctx, s->node, &ask, v->now_us, &e) == ASK_STOPPED) {
            e = (struct event){ .type = EVENT_REFUSED };
        } else {
            if (v->options.bytes)
                virt_hop(v, phone, s, &e);
            work = virt_work(v, s, virt_cost_us(v, s, &e));
        }
        bool arrives = virt_answer_us(v, s, &l, 0, &in_us) && fits(v, s, &l, &e);
        answer_at(v, s, &e, arrives, work + in_us);
    }
    schedule(v, phone);
}

static bool path_is_down(const struct virt *v, const struct slot *s)
{
    if (link_is_cut(&v->links[s->link]) || link_is_cut(&v->nodes[s->node].link))
        return true;
    if (v->world->between == NULL)
        return false;
    struct between b = virt_between(v, s);
    return link_is_cut(&b.link);
}

static void answer(struct virt *v, uint32_t phone)
{
    struct slot *s = &v->slots[phone];
    struct event e = { .type = s->type,
                       .status = s->status,
                       .request = s->request,
                       .roles = s->roles,
                       .a = s->a,
                       .b = s->b };
    bool down = path_is_down(v, s);
    /* A service stopped before the end gives no answer. */
    bool gone = e.type != EVENT_REFUSED && epoch_of(v, s) != s->epoch;
    nothing_pending(v, s);
    if (down || gone)
        schedule(v, phone);
    else
        step(v, phone, &e);
}

/* ---- the loop ---- */

/* Its own deadline came.  What packets were lost on, what waited behind others or would have come
 * in time with less jitter is no proof that it never comes. */
static void deadline(struct virt *v, uint32_t phone)
{
    const struct slot *s = &v->slots[phone];
    bool jitter = false;
    if (s->pending == PENDING_ARRIVE || s->pending == PENDING_ANSWER) {
        struct link l = virt_path(v, s);
        jitter = s->when_us - v->now_us <= MOST_TRIPS * l.jitter_us;
    }
    if (s->luck_had || jitter)
        v->world->by_luck(v->world->ctx, phone);
    step(v, phone, &(struct event){ .type = EVENT_TIMER });
}

static void due_phone(struct virt *v, uint32_t phone)
{
    struct slot *s = &v->slots[phone];
    uint8_t pending =
        s->pending != PENDING_NONE && s->when_us <= v->now_us ? s->pending : PENDING_NONE;
    v->queued -= s->queued_us != 0;
    s->queued_us = 0;
    switch (pending) {
    case PENDING_ARRIVE:
        arrive(v, phone);
        break;
    case PENDING_ANSWER:
        answer(v, phone);
        break;
    case PENDING_WAKE:
        s->pending = PENDING_NONE;
        step(v, phone, &(struct event){ .type = EVENT_TIMER });
        break;
    default:
        deadline(v, phone);
    }
}

static void due_admin(struct virt *v, uint32_t index)
{
    struct admin_event a = v->admin[index];
    v->admin[index].next_free = v->admin_free;
    v->admin_free = index;
    v->admin_queued--;
    step(v, a.phone, &a.event);
}

bool virt_is_valid(const struct virt *v, const struct heap_entry *e)
{
    if (e->id == ID_NODES)
        return v->node_due_us != 0 && v->node_due_us <= e->key >> CLASS_BITS;
    return (e->id & ID_ADMIN) != 0 || v->slots[e->id].queued_us == e->key >> CLASS_BITS;
}

/* The highest key of an instant. */
static uint64_t last_key(uint64_t at_us)
{
    return at_us >> TIME_BITS != 0 ? UINT64_MAX : ((at_us + 1) << CLASS_BITS) - 1;
}

/* Memory that a step will need is fetched while others go first: a million phones are in no cache.
 */
void virt_soon(void *ctx, const struct heap_entry *e)
{
    const struct virt *v = ctx;
    if ((e->id & ID_ADMIN) != 0)
        return;
    const char *slot = (const char *)&v->slots[e->id];
    __builtin_prefetch(slot, 1);
    __builtin_prefetch(slot + sizeof(struct slot) - 1, 1);
    if (v->world->soon != NULL)
        v->world->soon(v->world->ctx, e->id);
}

/* Takes the next entry up to `until_us`; false when there is none. */
static bool run_one(struct virt *v, uint64_t until_us)
{
    struct heap_entry e;
    if (!heap_pop_until(&v->queue, last_key(until_us), &e))
        return false;
    if (!virt_is_valid(v, &e))
        return true;
    v->now_us = e.key >> CLASS_BITS;
    if (e.id == ID_NODES) {
        v->node_due_us = 0;
        v->world->nodes_tick(v->world->ctx, v->now_us);
        queue_nodes(v);
    } else if ((e.id & ID_ADMIN) != 0) {
        due_admin(v, e.id & ~ID_ADMIN);
    } else {
        due_phone(v, e.id);
    }
    return true;
}

static void run(void *self, uint64_t until_us)
{
    struct virt *v = self;
    v->running = true;
    while (run_one(v, until_us))
        continue;
    v->running = false;
    if (until_us > v->now_us)
        v->now_us = until_us;
}

/* The queue may hold entries that mean nothing any more, and the calendar's. */
static bool is_quiet(const struct virt *v)
{
    return v->queued == 0 && v->admin_queued == 0 && !v->node_waits;
}

static struct settled settle(void *self, uint64_t limit_us)
{
    struct virt *v = self;
    v->running = true;
    while (!is_quiet(v) && run_one(v, limit_us))
        continue;
    v->running = false;
    if (!is_quiet(v) && limit_us > v->now_us)
        v->now_us = limit_us;
    return (struct settled){ is_quiet(v), v->idle, v->now_us };
}

static uint64_t now(void *self)
{
    return ((struct virt *)self)->now_us;
}

uint32_t virt_keep_event(struct virt *v, uint32_t phone, const struct event *event)
{
    uint32_t i = v->admin_free;
    if (i != ADMIN_NONE) {
        v->admin_free = v->admin[i].next_free;
    } else {
        mem_reserve(v->mem, (void **)&v->admin, &v->admin_cap, (size_t)v->admin_count + 1,
                    sizeof *v->admin);
        i = v->admin_count++;
    }
    v->admin[i] = (struct admin_event){ *event, phone, ADMIN_NONE };
    v->admin_queued++;
    return i;
}

static void deliver(void *self, uint32_t phone, const struct event *event, uint64_t at_us)
{
    struct virt *v = self;
    if (at_us <= v->now_us && !v->running) { /* between runs: nothing else is due at this instant */
        step(v, phone, event);
        return;
    }
    uint32_t i = virt_keep_event(v, phone, event);
    push(v, at_us > v->now_us ? at_us : v->now_us, CLASS_ADMIN, ID_ADMIN | i);
}

static void changed(void *self)
{
    struct virt *v = self;
    queue_nodes(v);
    for (uint32_t i = 0; i < v->slot_count && v->idle > 0; i++) {
        struct slot *s = &v->slots[i];
        if (!s->idle)
            continue;
        s->pending = PENDING_WAKE;
        s->when_us = v->world->wake_us(v->world->ctx, i, v->now_us);
        schedule(v, i);
    }
}

/* ---- links ---- */

static bool same_link(const struct link *a, const struct link *b)
{
    return a->delay_us == b->delay_us && a->jitter_us == b->jitter_us &&
           a->loss_ppm == b->loss_ppm && a->rate == b->rate && a->mtu == b->mtu &&
           a->down == b->down;
}

#define LINKS_MAX 256 /* a slot keeps the index in a byte */

/* A kind that no phone has any more; LINKS_MAX: all are in use.  Kind 0 is that of phones whose
 * link nobody set: virt_link(). */
static uint32_t unused_link(const struct virt *v)
{
    bool used[LINKS_MAX] = { true };
    for (uint32_t i = 0; i < v->slot_count; i++)
        used[v->slots[i].link] = true;
    uint32_t i = 0;
    while (i < LINKS_MAX && used[i])
        i++;
    return i;
}

/* The index of this kind of link, made where there is none; LINKS_MAX: there is no room. */
static uint32_t link_index(struct virt *v, const struct link *link)
{
    for (uint32_t i = 1; i < v->link_count; i++) {
        if (same_link(&v->links[i], link))
            return i;
    }
    uint32_t i = v->link_count < LINKS_MAX ? v->link_count++ : unused_link(v);
    if (i < LINKS_MAX) {
        mem_reserve(v->mem, (void **)&v->links, &v->link_cap, v->link_count, sizeof *v->links);
        v->links[i] = *link;
    }
    return i;
}

static bool phone_link(void *self, uint32_t phone, const struct link *link)
{
    struct virt *v = self;
    uint32_t i = link_index(v, link);
    if (i == LINKS_MAX)
        return false;
    v->slots[phone].link = i & 255;
    return true;
}

struct node_side *virt_node(struct virt *v, uint32_t node)
{
    mem_reserve(v->mem, (void **)&v->nodes, &v->node_cap, (size_t)node + 1, sizeof *v->nodes);
    return &v->nodes[node];
}

static void node_link(void *self, uint32_t node, const struct link *link)
{
    virt_node(self, node)->link = *link;
}

static struct link phone_link_of(void *self, uint32_t phone)
{
    const struct virt *v = self;
    return virt_link(v, v->slots[phone].link);
}

static struct link node_link_of(void *self, uint32_t node)
{
    return virt_node(self, node)->link;
}

static bool is_down(void *self, uint32_t phone, uint32_t node)
{
    struct virt *v = self;
    const struct world *w = v->world;
    if (link_is_cut(&v->links[v->slots[phone].link]) || link_is_cut(&virt_node(v, node)->link))
        return true;
    if (w->between == NULL)
        return false;
    struct between b = w->between(w->ctx, phone, node, ASK_REGISTER, TRANSPORT_TCP);
    return link_is_cut(&b.link);
}

static uint64_t events(void *self)
{
    return ((struct virt *)self)->events;
}

static uint64_t held(void *self)
{
    return ((struct virt *)self)->queue.count;
}

/* ---- life ---- */

static void grow(void *self, uint32_t phones)
{
    struct virt *v = self;
    if (phones > v->slot_cap) { /* exactly: a fleet is made in one go */
        v->slots = v->mem->resize(v->mem->ctx, v->slots, (size_t)phones * sizeof *v->slots);
        v->slot_cap = phones;
    }
    for (uint32_t i = v->slot_count; i < phones; i++) {
        memset(&v->slots[i], 0, sizeof v->slots[i]);
        v->slots[i].luck = (uint32_t)rng_of(v->options.seed, "link", i).state;
    }
    uint32_t first = v->slot_count;
    v->slot_count = phones;
    for (uint32_t i = first; i < phones; i++)
        schedule(v, i); /* phones may come with deadlines of their own */
}

static void release(void *self)
{
    struct virt *v = self;
    const struct mem *mem = v->mem;
    heap_free(&v->queue);
    arena_free(&v->scratch);
    mem->resize(mem->ctx, v->slots, 0);
    mem->resize(mem->ctx, v->links, 0);
    mem->resize(mem->ctx, v->nodes, 0);
    mem->resize(mem->ctx, v->admin, 0);
    mem->resize(mem->ctx, v, 0);
}

struct driver *virt_new(const struct world *world, const struct virt_options *options,
                        const struct mem *mem)
{
    struct virt *v = mem->resize(mem->ctx, NULL, sizeof *v);
    memset(v, 0, sizeof *v);
    v->world = world;
    v->mem = mem;
    v->options = *options;
    v->queue = heap_of(mem);
    v->queue.soon = virt_soon;
    v->queue.soon_ctx = v;
    v->scratch = arena_of(mem);
    v->admin_free = ADMIN_NONE;
    v->now_us = options->start_us;
    v->luck = rng_of(options->seed, "luck", 0).state;
    (void)link_index(v, &(struct link){ 0 }); /* kind 0 */
    (void)virt_node(v, 0);                    /* where a slot points that never asked anybody */
    v->driver = (struct driver){
        .self = v,
        .name = "virtual",
        .now_us = now,
        .run = run,
        .settle = settle,
        .deliver = deliver,
        .changed = changed,
        .grow = grow,
        .phone_link = phone_link,
        .node_link = node_link,
        .phone_link_of = phone_link_of,
        .node_link_of = node_link_of,
        .is_down = is_down,
        .events = events,
        .held = held,
        .copy = virt_copy,
        .free = release,
    };
    grow(v, world->phones);
    return &v->driver;
}

size_t virt_memory(const struct driver *d)
{
    const struct virt *v = d->self;
    return sizeof *v + heap_memory(&v->queue) + (size_t)v->slot_cap * sizeof *v->slots +
           (size_t)v->link_cap * sizeof *v->links + (size_t)v->node_cap * sizeof *v->nodes +
           (size_t)v->admin_cap * sizeof *v->admin;
}
