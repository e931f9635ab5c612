#include "sim/virt/slot.h"

#include "sim/virt/tap.h"
#include "sim/wire/text.h"

#define MOST_TRIPS 8 /* of one request and its answer, each with its jitter */

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
    if (virt_tapped(v))
        virt_tap_nothing(v, s);
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
static bool fits_mtu(const struct virt *v, const struct slot *s, const struct link *l,
                     const struct event *answer)
{
    const struct world *w = v->world;
    struct ask ask = ask_of(v, s);
    bool file = answer != NULL && answer->type == EVENT_FILE;
    return virt_fits(s, l, file ? answer->b : w->size(w->ctx, &ask, answer));
}

static inline bool fits(const struct virt *v, const struct slot *s, const struct link *l,
                        const struct event *answer)
{
    return l->mtu == 0 || fits_mtu(v, s, l, answer);
}

/* The request goes on its way after `wait_us`.  Where nothing arrives the phone's deadline will
 * tell. */
static void leave(struct virt *v, struct slot *s, uint64_t wait_us)
{
    struct link l = virt_path(v, s);
    uint32_t luck = s->luck;
    uint64_t in_us = 0;
    bool arrives = virt_request_us(v, s, &l, &in_us) && fits(v, s, &l, NULL);
    s->pending = arrives ? PENDING_ARRIVE : PENDING_NONE;
    s->when_us = v->now_us + wait_us + in_us;
    if (virt_tapped(v))
        virt_tap_leaves(v, s, &(struct walked){ &l, luck, v->now_us + wait_us, in_us, arrives });
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
    if (virt_tapped(v))
        virt_tap_stopped(v, s, v->now_us + wait_us, rejects ? v->now_us + wait_us + back_us : 0);
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
    if (node >= v->node_cap)
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
    uint32_t luck = s->luck;
    uint64_t in_us;
    bool arrives = virt_handshake_us(v, s, &l, &in_us);
    if (virt_tapped(v))
        virt_tap_shakes(v, s, &(struct walked){ &l, luck, v->now_us, in_us, arrives });
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
        if (virt_tapped(v))
            virt_tap_lets_go(v, s, a->request, a->type == ACT_TLS_REFUSE);
        break;
    case ACT_UNREGISTER:
        if (virt_tapped(v))
            virt_tap_unregisters(v, (uint32_t)(s - v->slots));
        break;
    default:
        break;
    }
}

void virt_step(struct virt *v, uint32_t phone, const struct event *event)
{
    struct outbox out;
    out.count = 0;
    v->events++;
    if (virt_tapped(v))
        virt_tap_event(v, phone, event);
    v->world->step(v->world->ctx, phone, event, v->now_us, &out);
    struct slot *s = &v->slots[phone];
    for (uint32_t i = 0; i < out.count; i++)
        act(v, s, &out.actions[i]);
    virt_schedule(v, phone);
}

/* ---- arrival at a node ---- */

/* HTTP answered 503: the same name over UDP (observed, technote 214535). */
static void fall_back_to_tftp(struct virt *v, struct slot *s, const struct link *l)
{
    struct rng luck = virt_luck(v, s);
    uint64_t back_us = virt_one_way_us(l, &luck);
    if (virt_tapped(v))
        virt_tap_no_http(v, s, v->now_us + back_us);
    ask_by_tftp(v, s, back_us);
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
        virt_queue_nodes(v); /* the node keeps it for a while */
    if (result == ASK_STOPPED || result == ASK_SILENT) {
        e.type = EVENT_REFUSED;
        uint32_t drawn = s->luck;
        struct rng luck = virt_luck(v, s);
        uint64_t in_us = virt_one_way_us(l, &luck);
        if (virt_tapped(v) && result == ASK_STOPPED && l->loss_ppm == 0)
            virt_tap_answers(v, s, &e, &(struct walked){ l, drawn, v->now_us, in_us, true });
        answer_at(v, s, &e, result == ASK_STOPPED, in_us);
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
    uint32_t luck = s->luck;
    bool arrives = virt_answer_us(v, s, l, bytes, &in_us) && fits(v, s, l, &e);
    if (virt_tapped(v) && fits(v, s, l, &e))
        virt_tap_answers(v, s, &e, &(struct walked){ l, luck, v->now_us + work, in_us, arrives });
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
        enum ask_result result = w->ask(w->ctx, s->node, &ask, v->now_us, &e);
        if (result != ASK_ANSWERED) {
            e = (struct event){ .type = EVENT_REFUSED };
        } else {
            if (v->options.bytes)
                virt_hop(v, phone, s, &e);
            work = virt_work(v, s, virt_cost_us(v, s, &e));
        }
        uint32_t luck = s->luck;
        bool arrives = virt_answer_us(v, s, &l, 0, &in_us) && fits(v, s, &l, &e);
        if (virt_tapped(v) && result != ASK_SILENT && fits(v, s, &l, &e))
            virt_tap_answers(v, s, &e,
                             &(struct walked){ &l, luck, v->now_us + work, in_us, arrives });
        answer_at(v, s, &e, arrives && result != ASK_SILENT, work + in_us);
    }
    virt_schedule(v, phone);
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
    if (virt_tapped(v) && !down && !gone)
        virt_tap_came(v, s, &e);
    if (down || gone)
        virt_schedule(v, phone);
    else
        virt_step(v, phone, &e);
}

/* ---- what was queued for a phone is due ---- */

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
    virt_step(v, phone, &(struct event){ .type = EVENT_TIMER });
}

void virt_due_phone(struct virt *v, uint32_t phone)
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
        virt_step(v, phone, &(struct event){ .type = EVENT_TIMER });
        break;
    default:
        deadline(v, phone);
    }
}
