#include "sim/virt/line.h"

#include "sim/base/check.h"
#include "sim/talk/pages.h"
#include "sim/virt/register.h"
#include "sim/virt/said.h"
#include "sim/wire/http.h"
#include "sim/wire/text.h"
#include "sim/wire/tftp.h"

#include <stdio.h>
#include <string.h>

#define PAGE "ccmcip/xmldirectory.jsp"

static const struct view nothing = { NULL, 0 };

/* ---- a request ---- */

static const struct service {
    uint16_t port, by_sccp; /* by_sccp 0: no other one */
    const char *words;
} services[ASK_KINDS] = {
    [ASK_FILE] = { 6970, 0, "fetches a file" },
    [ASK_TVS_CERT] = { 2445, 0, "asks a TVS" },
    [ASK_CCM_CERT] = { 5061, 2443, "registers over TLS" },
    [ASK_REGISTER] = { 5060, 2000, "registers" },
    [ASK_HTTPS_CERT] = { 8443, 0, "opens a secured page" },
    [ASK_HTTPS_PAGE] = { 8080, 0, "opens a page" },
    [ASK_CAPF_CERT] = { 3804, 0, "asks CAPF" },
};

static bool shows_certificate(const struct slot *s)
{
    return s->ask == ASK_TVS_CERT || s->ask == ASK_CCM_CERT || s->ask == ASK_HTTPS_CERT ||
           s->ask == ASK_CAPF_CERT;
}

static void comment(struct virt *v, const struct slot *s)
{
    char name[16];
    v->world->name(v->world->ctx, tap_number(v, s), name);
    capture_comment(v->tap->how.capture, "%s: %s", name, services[s->ask].words);
}

static void file_name_of(const struct virt *v, const struct slot *s, char name[128])
{
    char device[16];
    v->world->name(v->world->ctx, tap_number(v, s), device);
    (void)file_name((enum file_kind)s->kind, device, content_get_str(v->world->content, s->a),
                    name);
}

static struct view http_bytes(const struct line *n, const char *name, struct arena *a)
{
    char host[16];
    struct wr w = wr_of(arena_take(a, 1024), 1024);
    text_put_address(n->server, host);
    http_request_encode(name, host, &w);
    CHECK(!w.over);
    return view_of(w.p, w.n);
}

/* What the phone says on a connection that is there, in clear. */
static struct view asked_bytes(struct virt *v, const struct slot *s, const struct line *n,
                               struct arena *a)
{
    struct view bytes = nothing;
    char name[128];
    struct tvs_msg tvs;
    struct capf_msg capf;
    switch (s->ask) {
    case ASK_FILE:
        file_name_of(v, s, name);
        return http_bytes(n, name, a);
    case ASK_HTTPS_PAGE:
        return http_bytes(n, PAGE, a);
    case ASK_REGISTER:
        return register_asks(v, s, n, a);
    case ASK_TVS_QUERY:
    case ASK_TVS_VERIFY:
        tvs = said_tvs_request(v, s, a);
        (void)talk_tvs_bytes(&tvs, a, &bytes);
        return bytes;
    case ASK_CAPF_AUTH:
    case ASK_CAPF_KEY:
    case ASK_CAPF_DONE:
        capf = said_capf_phone(v, s, NULL, a);
        (void)talk_capf_bytes(&capf, a, &bytes);
        return bytes;
    default:
        return bytes;
    }
}

static struct line *line_new(struct virt *v, struct slot *s, uint64_t at_us)
{
    uint32_t phone = tap_number(v, s);
    struct tap_phone *p = tap_phone_of(v, phone);
    struct line *old = line_taken_off(p, s->request), **at = &p->lines;
    const struct service *service = &services[s->ask];
    bool sccp = service->by_sccp != 0 && register_by_sccp(v, phone);
    struct frame_end server = tap_port(v, s, sccp ? service->by_sccp : service->port);
    uint32_t count = 0;
    line_let_go(v, s, old);
    for (; *at != NULL; at = &(*at)->next)
        count++;
    if (count >= CONNS_MAX)
        line_let_go(v, s, line_taken_off(p, p->lines->request));
    struct line *n = mem_take(v->mem, sizeof *n);
    struct frame_end client = tap_fresh_port(v, phone);
    struct capture *c = tap_mark(v, s, 0);
    comment(v, s);
    *n = (struct line){ .flow = capture_connect(c, at_us, client, server),
                        .server = server.ip,
                        .port = client.port,
                        .request = s->request,
                        .node = s->node,
                        .ask = s->ask,
                        .tls = shows_certificate(s),
                        .sccp = sccp,
                        .next = p->lines };
    p->lines = n;
    return n;
}

static struct view rrq_bytes(const struct virt *v, const struct slot *s, struct arena *a)
{
    struct tftp_receive machine;
    char name[128];
    struct wr w = wr_of(arena_take(a, 256), 256);
    file_name_of(v, s, name);
    tftp_receive_start(&machine, view_str(name), 0, NULL, 0, 0, &w);
    return view_of(w.p, w.n);
}

static void rrq_leaves(struct virt *v, struct slot *s, uint64_t at_us)
{
    struct tap_phone *p = tap_phone_of(v, tap_number(v, s));
    struct capture *c = tap_mark(v, s, 0);
    struct arena a = arena_of(v->mem);
    struct frame_end from = tap_fresh_port(v, tap_number(v, s));
    p->tftp = from.port;
    comment(v, s);
    capture_datagram(c, at_us, from, tap_port(v, s, 69), rrq_bytes(v, s, &a));
    arena_free(&a);
}

/* Nobody has the port. */
static void rrq_refused(struct virt *v, struct slot *s, uint64_t at_us)
{
    uint32_t phone = tap_number(v, s);
    struct capture *c = tap_mark(v, s, 0);
    struct arena a = arena_of(v->mem);
    const struct frame_end from = { tap_address(phone), tap_phone_of(v, phone)->tftp };
    capture_no_port(c, at_us, from, tap_port(v, s, 69), rrq_bytes(v, s, &a));
    arena_free(&a);
}

static void connection_leaves(struct virt *v, struct slot *s, const struct walked *w)
{
    uint64_t at_us[WALK_TRIPS];
    struct arena a = arena_of(v->mem);
    uint32_t sent = virt_walk_trips(v, s, w->luck, w->link, WALK_TRIPS, at_us);
    struct line *n = line_new(v, s, w->at_us);
    CHECK(!w->arrives || (sent == WALK_TRIPS && at_us[WALK_TRIPS - 1] == w->in_us));
    n->back_us = 2 * w->link->delay_us;
    if (sent >= 2) {
        uint64_t open_us = w->at_us + at_us[1];
        struct capture *c = tap_mark(v, s, MARK_HANDSHAKE);
        capture_segment(c, open_us, n->flow, CAPTURE_SERVER, FRAME_SYN, nothing);
        capture_segment(c, open_us, n->flow, CAPTURE_CLIENT, 0, nothing);
        if (n->tls)
            n->client = line_client(v, tap_number(v, s));
        if (n->tls)
            line_tls(v, n, false, open_us);
        else
            line_says(v, n, false, open_us, asked_bytes(v, s, n, &a));
    }
    arena_free(&a);
}

void virt_tap_leaves(struct virt *v, struct slot *s, const struct walked *w)
{
    if (virt_is_open(s)) {
        struct arena a = arena_of(v->mem);
        struct line *n = line_of(v, s, s->request);
        (void)tap_mark(v, s, 0);
        if (n != NULL)
            line_says(v, n, false, w->at_us, asked_bytes(v, s, n, &a));
        arena_free(&a);
    } else if (virt_by_udp(s)) {
        rrq_leaves(v, s, w->at_us);
    } else {
        connection_leaves(v, s, w);
    }
}

void virt_tap_stopped(struct virt *v, struct slot *s, uint64_t at_us, uint64_t rejects_us)
{
    if (virt_by_udp(s)) {
        rrq_leaves(v, s, at_us);
        if (rejects_us != 0)
            rrq_refused(v, s, rejects_us);
        return;
    }
    struct line *n = line_new(v, s, at_us);
    if (rejects_us != 0)
        capture_refuse(tap_mark(v, s, 0), rejects_us, n->flow);
    line_free(v, line_taken_off(tap_phone_of(v, tap_number(v, s)), s->request));
}

/* ---- an answer ---- */

static void datagram_back(struct virt *v, struct slot *s, uint64_t at_us, const struct wr *w,
                          bool of_phone)
{
    const struct tap_phone *p = tap_phone_of(v, tap_number(v, s));
    struct frame_end phone = { tap_address(tap_number(v, s)), p->tftp },
                     node = tap_port(v, s, p->tftp_node);
    capture_datagram(v->tap->how.capture, at_us, of_phone ? phone : node, of_phone ? node : phone,
                     view_of(w->p, w->n));
}

/* Block by block, each acknowledged when it comes. */
static void blocks(struct virt *v, struct slot *s, struct view file, uint64_t from_us,
                   const uint64_t *at_us, uint32_t count)
{
    uint8_t bytes[TFTP_BLOCK + 8];
    for (uint32_t i = 0; i < count; i++) {
        size_t at = (size_t)i * TFTP_BLOCK, n = file.n - at < TFTP_BLOCK ? file.n - at : TFTP_BLOCK;
        struct tftp_packet p = { .op = TFTP_DATA,
                                 .blksize = -1,
                                 .timeout_s = -1,
                                 .tsize = -1,
                                 .block = (uint16_t)(i + 1),
                                 .data = view_sub(file, at, n) };
        struct wr w = wr_of(bytes, sizeof bytes);
        (void)tap_mark(v, s, MARK_OF_NODE);
        tftp_encode(&p, &w);
        datagram_back(v, s, from_us + at_us[i], &w, false);
        p.op = TFTP_ACK;
        w = wr_of(bytes, sizeof bytes);
        tftp_encode(&p, &w);
        datagram_back(v, s, from_us + at_us[i], &w, true);
    }
}

static void no_file(struct virt *v, struct slot *s, uint64_t at_us)
{
    uint8_t bytes[64];
    struct tftp_packet p = { .op = TFTP_ERROR,
                             .blksize = -1,
                             .timeout_s = -1,
                             .tsize = -1,
                             .code = TFTP_ERR_NOT_FOUND,
                             .message = view_str("File not found") };
    struct wr w = wr_of(bytes, sizeof bytes);
    (void)tap_mark(v, s, MARK_OF_NODE);
    tftp_encode(&p, &w);
    tap_phone_of(v, tap_number(v, s))->tftp_node = 69;
    datagram_back(v, s, at_us, &w, false);
}

static struct view file_bytes(struct virt *v, struct slot *s, uint32_t content, struct arena *a)
{
    struct forge_device device = said_device(v, tap_number(v, s));
    struct view bytes = nothing;
    struct err e = { "" };
    CHECK(forge_bytes(v->options.forge, content, (enum file_kind)s->kind, &device, a, &bytes, &e));
    return bytes;
}

static struct view http_head(int status, size_t body, struct arena *a)
{
    struct wr w = wr_of(arena_take(a, 512), 512);
    http_response_encode(status, body, true, &w);
    CHECK(!w.over);
    return view_of(w.p, w.n);
}

static struct view joined(struct view one, struct view two, struct arena *a)
{
    struct wr w = wr_of(arena_take(a, one.n + two.n), one.n + two.n);
    wr_view(&w, one);
    wr_view(&w, two);
    return view_of(w.p, w.n);
}

static void file_answer(struct virt *v, struct slot *s, const struct event *e,
                        const struct walked *w, const uint64_t *at_us, uint32_t count,
                        struct arena *a)
{
    struct line *n = line_of(v, s, s->request);
    if (e->type == EVENT_NO_FILE && virt_by_udp(s)) {
        if (count > 0)
            no_file(v, s, w->at_us + at_us[0]);
        return;
    }
    if (e->type != EVENT_FILE)
        return;
    struct view file = file_bytes(v, s, e->a, a);
    CHECK(file.n == e->b);
    if (virt_by_udp(s)) {
        struct tap *t = v->tap;
        tap_phone_of(v, tap_number(v, s))->tftp_node = (uint16_t)(32768u + (t->tids++ & PORT_MASK));
        blocks(v, s, file, w->at_us, at_us, count);
    } else if (n != NULL) {
        uint64_t *then_us = arena_take(a, count * sizeof *then_us);
        for (uint32_t i = 0; i < count; i++)
            then_us[i] = w->at_us + at_us[i];
        (void)tap_mark(v, s, MARK_OF_NODE);
        line_segments(v, n, CAPTURE_SERVER, then_us, count,
                      joined(http_head(200, file.n, a), file, a));
    }
}

static struct view page_bytes(const struct line *n, struct arena *a)
{
    char base[64], ip[16];
    struct wr w = wr_of(arena_take(a, PAGES_MAX), PAGES_MAX);
    text_put_address(n->server, ip);
    snprintf(base, sizeof base, "%s://%s:%u", n->tls ? "https" : "http", ip, services[n->ask].port);
    CHECK(pages_find(PAGE, base, &w) && !w.over);
    return joined(http_head(200, w.n, a), view_of(w.p, w.n), a);
}

static struct view answer_bytes(struct virt *v, struct slot *s, const struct line *n,
                                const struct event *e, struct arena *a)
{
    struct view bytes = nothing;
    struct tvs_msg asked, reply;
    struct capf_msg capf;
    switch (e->type) {
    case EVENT_TVS_REPLY:
        asked = said_tvs_request(v, s, a);
        reply = said_tvs_reply(v, &asked, e, a);
        (void)talk_tvs_bytes(&reply, a, &bytes);
        return bytes;
    case EVENT_CAPF:
        capf = said_capf_node(v, s, e);
        (void)talk_capf_bytes(&capf, a, &bytes);
        return bytes;
    case EVENT_REGISTERED:
    case EVENT_REJECTED:
        return register_answer(v, s, n, e, a);
    case EVENT_PAGE:
        return page_bytes(n, a);
    default:
        return bytes;
    }
}

/* The node's part of a handshake, up to where the phone judges its certificate. */
static void certificate_answer(struct virt *v, struct slot *s, struct line *n,
                               const struct event *e, uint64_t at_us)
{
    (void)tap_mark(v, s, MARK_OF_NODE);
    n->node_end = line_node_end(v, n, e);
    if (n->node_end == NULL)
        return;
    (void)tls_feed(n->node_end, n->hello);
    line_tls(v, n, true, at_us);
}

static void refused(struct virt *v, struct slot *s, uint64_t at_us)
{
    if (virt_by_udp(s)) {
        rrq_refused(v, s, at_us);
        return;
    }
    struct line *n = line_taken_off(tap_phone_of(v, tap_number(v, s)), s->request);
    if (n == NULL)
        return;
    struct capture *c = tap_mark(v, s, 0);
    if (virt_is_open(s))
        capture_segment(c, at_us, n->flow, CAPTURE_SERVER, FRAME_RST, nothing);
    else
        capture_refuse(c, at_us, n->flow);
    line_free(v, n);
}

void virt_tap_answers(struct virt *v, struct slot *s, const struct event *e, const struct walked *w)
{
    struct arena a = arena_of(v->mem);
    uint32_t bytes = e->type == EVENT_FILE ? e->b : 0, packets = virt_walk_packets(s, bytes);
    uint64_t *at_us = arena_take(&a, packets * sizeof *at_us);
    uint32_t count = virt_walk_answer(v, s, w->luck, w->link, bytes, at_us);
    struct line *n = line_of(v, s, s->request);
    CHECK(!w->arrives || (count == packets && at_us[count - 1] == w->in_us));
    if (count == 0) {
        /* nothing came through */
    } else if (e->type == EVENT_REFUSED) {
        if (w->arrives)
            refused(v, s, w->at_us + at_us[0]);
    } else if (s->ask == ASK_FILE) {
        file_answer(v, s, e, w, at_us, count, &a);
    } else if (n != NULL && e->type == EVENT_TLS_CERT) {
        certificate_answer(v, s, n, e, w->at_us + at_us[0]);
    } else if (n != NULL) {
        (void)tap_mark(v, s, MARK_OF_NODE);
        line_says(v, n, true, w->at_us + at_us[0], answer_bytes(v, s, n, e, &a));
        struct view more = s->ask == ASK_REGISTER ? register_says_more(n, e, &a) : nothing;
        if (more.n > 0)
            line_says(v, n, false, w->at_us + at_us[0], more);
    }
    arena_free(&a);
}

void virt_tap_no_http(struct virt *v, struct slot *s, uint64_t at_us)
{
    struct arena a = arena_of(v->mem);
    struct line *n = line_taken_off(tap_phone_of(v, tap_number(v, s)), s->request);
    if (n != NULL) {
        struct capture *c = tap_mark(v, s, 0);
        line_says(v, n, true, at_us, http_head(503, 0, &a));
        capture_segment(c, at_us, n->flow, CAPTURE_CLIENT, FRAME_FIN, nothing);
        capture_segment(c, at_us + n->back_us, n->flow, CAPTURE_SERVER, FRAME_FIN, nothing);
        capture_segment(c, at_us + n->back_us, n->flow, CAPTURE_CLIENT, 0, nothing);
        line_free(v, n);
    }
    arena_free(&a);
}

/* ---- the rest of a handshake ---- */

void virt_tap_shakes(struct virt *v, struct slot *s, const struct walked *w)
{
    uint64_t at_us[WALK_TRIPS];
    uint32_t sent = virt_walk_trips(v, s, w->luck, w->link, 2, at_us);
    struct line *n = line_of(v, s, s->request);
    struct arena a = arena_of(v->mem);
    CHECK(!w->arrives || (sent == 2 && at_us[1] == w->in_us));
    if (n != NULL && n->client != NULL && tls_state(n->client) == TLS_JUDGE) {
        (void)tap_mark(v, s, 0);
        (void)tls_judge(n->client, true);
        line_tls(v, n, false, w->at_us);
        (void)tap_mark(v, s, MARK_OF_NODE);
        if (sent == 2)
            line_tls(v, n, true, w->at_us + at_us[1]);
        if (sent == 2 && n->ask == ASK_CAPF_CERT) {
            struct capf_msg first = said_capf_first(s);
            struct view bytes = nothing;
            (void)talk_capf_bytes(&first, &a, &bytes);
            line_says(v, n, true, w->at_us + at_us[1], bytes);
        }
    }
    arena_free(&a);
}

/* ---- its end ---- */

void virt_tap_came(struct virt *v, struct slot *s, const struct event *e)
{
    struct tap_phone *p = tap_phone_of(v, tap_number(v, s));
    bool goes_on = e->type == EVENT_TLS_CERT || e->type == EVENT_TLS_OPEN ||
                   (e->type == EVENT_CAPF && e->b != CAPF_SAYS_END);
    if (goes_on)
        return;
    struct line *n = line_taken_off(p, e->request);
    if (n != NULL && e->type == EVENT_REGISTERED) {
        line_let_go(v, s, p->kept); /* it moved here from there */
        p->kept = n;
        n->next = NULL;
    } else {
        line_let_go(v, s, n);
    }
}

void virt_tap_lets_go(struct virt *v, struct slot *s, uint16_t request, bool refuses)
{
    struct line *n = line_taken_off(tap_phone_of(v, tap_number(v, s)), request);
    char name[16];
    if (n != NULL && refuses && n->client != NULL && tls_state(n->client) == TLS_JUDGE) {
        v->world->name(v->world->ctx, tap_number(v, s), name);
        struct capture *c = tap_unmarked(v);
        capture_comment(c, "%s: does not trust the certificate", name);
        (void)tls_judge(n->client, false);
        line_tls(v, n, false, v->now_us);
        capture_comment(c, "%s", "");
    }
    line_let_go(v, s, n);
}

void virt_tap_unregisters(struct virt *v, uint32_t phone)
{
    struct tap_phone *p = tap_phone_of(v, phone);
    line_let_go(v, &v->slots[phone], p->kept);
    p->kept = NULL;
}

/* A server that closes says so; without power nobody says anything. */
void virt_tap_event(struct virt *v, uint32_t phone, const struct event *e)
{
    struct tap_phone *p = tap_phone_of(v, phone);
    bool closed = e->type == EVENT_SERVER_LOST && e->a == SERVER_CLOSED;
    if (e->type == EVENT_POWER_OFF) {
        while (p->lines != NULL)
            line_free(v, line_taken_off(p, p->lines->request));
        virt_tap_nothing(v, &v->slots[phone]);
    }
    if (p->kept == NULL || (e->type != EVENT_POWER_OFF && e->type != EVENT_SERVER_LOST))
        return;
    if (closed) {
        struct capture *c = tap_unmarked(v);
        capture_segment(c, v->now_us, p->kept->flow, CAPTURE_SERVER, FRAME_FIN, nothing);
        capture_segment(c, v->now_us, p->kept->flow, CAPTURE_CLIENT, FRAME_FIN, nothing);
        capture_segment(c, v->now_us + p->kept->back_us, p->kept->flow, CAPTURE_SERVER, 0, nothing);
    }
    line_free(v, p->kept);
    p->kept = NULL;
}

/* ---- life ---- */

void virt_capture(struct driver *d, const struct virt_capture *how)
{
    struct virt *v = d->self;
    CHECK(v->tap == NULL && v->options.forge != NULL);
    v->tap = mem_take(v->mem, sizeof *v->tap);
    memset(v->tap, 0, sizeof *v->tap);
    v->tap->how = *how;
    v->tap->nodes = table_of(v->mem);
    capture_order(how->capture);
}

void virt_tap_free(struct virt *v)
{
    struct tap *t = v->tap;
    if (t == NULL)
        return;
    for (uint32_t i = 0; i < t->phone_cap; i++) {
        while (t->phones[i].lines != NULL)
            line_free(v, line_taken_off(&t->phones[i], t->phones[i].lines->request));
        if (t->phones[i].kept != NULL)
            line_free(v, t->phones[i].kept);
    }
    table_free(&t->nodes);
    mem_free(v->mem, t->phones);
    mem_free(v->mem, t);
    v->tap = NULL;
}
