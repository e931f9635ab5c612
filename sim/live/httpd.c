/* Files over HTTP, and the pages of Tomcat. */
#include "sim/live/impl.h"

#include "sim/talk/http.h"
#include "sim/talk/pages.h"

#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

/* Of the request under way; NULL: nobody listens. */
static struct access *access_of(struct conn *c)
{
    return c->listener->desk->access == NULL ? NULL : &c->access;
}

static void http_answer(struct conn *c, int status, struct view body, bool head_only, bool keep)
{
    uint8_t head[512];
    struct wr w = wr_of(head, sizeof head);
    http_response_encode(status, body.n, keep, &w);
    CHECK(!w.over);
    c->last = !keep;
    stream_write(c->stream, view_of(head, w.n));
    if (!head_only && body.n > 0)
        stream_write(c->stream, body);
    bool goes = stream_unsent(c->stream) > 0; /* who has said goodbye in TLS hears no more */
    access_answer(access_of(c), head_only || !goes ? 0 : body.n, "%d", status);
    access_tell(c->listener, &c->peer, access_of(c));
    if (!goes)
        conn_finish(c);
}

/* The service was stopped while it was asked. */
static void http_stopped(struct conn *c)
{
    access_refused(access_of(c));
    access_tell(c->listener, &c->peer, access_of(c));
    conn_abort(c);
}

/* Another node asks, a central TFTP: it has the address of one.  One of another process has not,
 * and says so itself (errand.c). */
static bool is_node(const struct conn *c)
{
    const struct world *w = c->listener->live->world;
    uint32_t node;
    return w->node_at(w->ctx, ntohl(c->peer.sin_addr.s_addr), &node);
}

static bool ends_in(struct view name, const char *end)
{
    size_t n = strlen(end);
    return name.n >= n && memcmp(name.p + name.n - n, end, n) == 0;
}

/* A missing file and a busy server are both 503: the phone then asks over UDP, where a busy server
 * is silent and a missing file is an error (docs/FORMATS.md, section 6).  What goes from node to
 * node counts as nobody's transfer. */
static void give_file(struct conn *c, enum answer found, struct live_file *got)
{
    struct live *l = c->listener->live;
    bool counts = !is_node(c);
    if (found == ANSWER_STOPPED) {
        http_stopped(c);
    } else if (found == ANSWER_OK && (!counts || tftpd_take(l, c->listener->host))) {
        c->transfer = counts;
        http_answer(c, 200, got->bytes, c->head, c->keep);
    } else {
        http_answer(c, 503, view_of(NULL, 0), c->head, c->keep);
    }
    files_drop(got);
}

/* What another node answered, or that it did not. */
static void file_came(void *owner, enum answer found, struct live_file *got)
{
    struct conn *c = owner;
    c->errand = NULL;
    conn_patience(c);
    give_file(c, found, got);
}

static void send_file(struct conn *c, const struct http_request *r, struct view name)
{
    struct live *l = c->listener->live;
    struct live_file *got = NULL;
    uint32_t node = c->listener->host->node;
    struct file_wanted wanted = { .ask = { .by_node = is_node(c) || r->passed_on } };
    enum answer found = answer_file(l, node, name, &wanted, &got, access_of(c));
    c->head = r->head;
    c->keep = r->keep_alive;
    if (found == ANSWER_ELSEWHERE) {
        c->errand = errand_begin(l, node, &wanted, file_came, c);
        if (c->errand != NULL) {
            stream_deadline(c->stream, 0); /* the node has one for each that it asks */
            return;
        }
    }
    give_file(c, found, got);
}

static void file(struct conn *c, const struct http_request *r)
{
    send_file(c, r, view_str(r->name));
}

/* A signed name gets the plain file there: TLS vouches for it (docs/FORMATS.md, section 6).  An
 * encrypted one stays what it is (assumed). */
static void tls_file(struct conn *c, const struct http_request *r)
{
    struct view name = view_str(r->name), plain = name;
    if (ends_in(name, ".sgn") && !ends_in(name, ".enc.sgn"))
        plain = view_sub(name, 0, name.n - 4);
    send_file(c, r, plain);
}

static void page(struct conn *c, const struct http_request *r)
{
    struct live *l = c->listener->live;
    const struct listener *li = c->listener;
    struct ask ask = { .kind = ASK_HTTPS_PAGE, .device = NO_DEVICE };
    struct event e = { 0 };
    char base[64], ip[16], text[PAGES_MAX];
    struct wr w = wr_of(text, sizeof text);
    if (l->world->ask(l->world->ctx, li->host->node, &ask, live_now_us(l), &e) != ASK_ANSWERED) {
        http_stopped(c);
        return;
    }
    net_text(li->host->ip, ip);
    snprintf(base, sizeof base, "%s://%s:%u", li->row->tls ? "https" : "http", ip,
             live_port(l, li->service));
    bool found = e.type == EVENT_PAGE && pages_find(r->name, base, &w);
    http_answer(c, found ? 200 : 404, view_of(text, w.n), r->head, r->keep_alive);
}

/* One request at a time: the next is looked at when its answer has been sent. */
static void http_next(struct stream *s, void (*serve)(struct conn *, const struct http_request *))
{
    struct conn *c = conn_of(s);
    if (c->last || c->errand != NULL || stream_unsent(s) > 0 || !conn_same_epoch(c))
        return;
    struct talk_http t = talk_http_next(stream_in(s));
    const struct http_request *r = &t.request;
    if (t.came == TALK_HTTP_MORE) {
        if (stream_eof(s))
            conn_finish(c);
        return;
    }
    stream_consume(s, r->length);
    conn_patience(c);
    if (r->length == 0)
        access_refused(access_of(c));
    else
        access_asked(access_of(c),
                     r->get    ? "GET"
                     : r->head ? "HEAD"
                               : "another method on",
                     view_str(r->name));
    if (t.came == TALK_HTTP_ASKS)
        serve(c, r);
    else
        http_answer(c, t.status, view_of(NULL, 0), false, false);
}

void httpd_file_input(struct stream *s)
{
    http_next(s, file);
}

void httpd_tls_file_input(struct stream *s)
{
    http_next(s, tls_file);
}

void httpd_page_input(struct stream *s)
{
    http_next(s, page);
}
