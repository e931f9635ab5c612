/* Requests of phones: TVS, pages, and who has a seat. */
#include "sim/live/call.h"

#include "sim/talk/tvs.h"
#include "sim/wire/http.h"

#include <stdio.h>
#include <string.h>

#define CALLS_MAX 4 /* of one phone; more are forgotten ones, the oldest goes */
#define PATH      "ccmcip/xmldirectory.jsp"

/* ---- TVS ---- */

static void tvs_reply(struct call *c, const struct tvs_told *told)
{
    struct event e = {
        .type = EVENT_TVS_REPLY, .status = told->status, .roles = told->roles, .b = told->ttl_s
    };
    if (e.status == 0 && c->query &&
        !forge_adopt_cert(c->live->options.forge, told->certificate, &e.a, NULL))
        e.status = 1; /* vouches for something that is no certificate */
    if (e.status == 0 && !c->query)
        e.a = c->verified;
    call_answer(c, e);
}

static void tvs_input(struct stream *s)
{
    struct call *c = call_of(s);
    struct tvs_msg m, asked = { .type = c->query ? TVS_QUERY_CERT_REQ : TVS_CERT_VERIFICATION_REQ,
                                .session = c->action.request };
    struct tvs_told told;
    size_t n = 0;
    bool good = tvs_whole(stream_in(s), &n, NULL);
    if (good && n > 0)
        good =
            tvs_decode(view_sub(stream_in(s), 0, n), &m, NULL) && talk_tvs_heard(&asked, &m, &told);
    if (good && n > 0)
        tvs_reply(c, &told);
    else if (!good || stream_eof(s))
        call_over(c, false); /* no answer that a phone could read */
}

static const struct stream_ops tvs_ops = { call_tls_opened, call_judge, tvs_input, call_nothing,
                                           call_ended };

static struct tvs_msg tvs_request(struct call *c, const struct action *a, struct view device)
{
    struct content *content = c->live->world->content;
    uint32_t session = c->action.request;
    if (!c->query)
        return talk_tvs_verify(device, session, forge_der(c->live->options.forge, a->a));
    const struct ct_signer *signer = content_get_signer(content, a->a);
    struct view issuer = content_get_text(content, signer->issuer);
    struct view subject = a->b != 0
                              ? content_get_text(content, content_get_cert(content, a->b)->subject)
                              : issuer; /* self-signed, where only the names are known */
    return talk_tvs_query(device, session, subject, issuer,
                          content_get_text(content, signer->serial));
}

/* The request on the connection that ACT_TVS_OPEN began. */
static void tvs_ask(struct call *c, const struct action *a)
{
    struct arena scratch = arena_of(&sys_mem);
    char name[TVS_NAME];
    struct view bytes;
    c->live->world->tvs_name(c->live->world->ctx, c->slot->phone, name);
    c->query = a->type == ACT_TVS_QUERY;
    c->verified = c->query ? 0 : a->a;
    struct tvs_msg m = tvs_request(c, a, view_str(name));
    if (talk_tvs_bytes(&m, &scratch, &bytes))
        stream_write(c->stream, bytes);
    else
        call_over(c, false); /* names that no message holds */
    arena_free(&scratch);
}

/* ---- HTTPS ---- */

static void page_input(struct stream *s)
{
    struct call *c = call_of(s);
    struct http_response r;
    bool whole = false;
    struct view in = stream_in(s);
    if (!http_response_decode(in, &whole, &r, NULL) || (whole && r.status != 200))
        call_over(c, false); /* no page */
    else if (whole && in.n - r.head >= r.body)
        call_answer(c, (struct event){ .type = EVENT_PAGE });
    else if (stream_eof(s))
        call_over(c, false);
}

static const struct stream_ops page_ops = { call_tls_opened, call_judge, page_input, call_nothing,
                                            call_ended };
static const struct stream_ops plain_page_ops = { fetch_ask, call_no_judge, page_input,
                                                  call_nothing, call_ended };

static void page_begin(struct call *c)
{
    size_t limit = HTTP_HEAD_MAX + LIVE_FILE_MAX;
    snprintf(c->name, sizeof c->name, PATH);
    if (c->action.type == ACT_HTTPS_OPEN) {
        call_tls(c, LIVE_HTTPS, limit, &page_ops, 0);
        return;
    }
    call_tcp(c, LIVE_PAGES, limit, &plain_page_ops);
}

/* ---- actions ---- */

/* By what it asks for. */
static void begin(struct call *c)
{
    switch (c->action.type) {
    case ACT_TVS_OPEN:
        call_tls(c, LIVE_TVS, TVS_MAX, &tvs_ops, 0);
        break;
    case ACT_CAPF_OPEN:
        enrol_begin(c);
        break;
    case ACT_HTTPS_OPEN:
    case ACT_HTTPS_GET:
        page_begin(c);
        break;
    default: /* ACT_CCM_OPEN, ACT_REGISTER */
        register_begin(c);
    }
}

/* Its server is found. */
static void call_go(struct call *c)
{
    static const char *const words[ACT_NOTE + 1] = {
        [ACT_FETCH] = "fetches a file",        [ACT_TVS_OPEN] = "asks a TVS",
        [ACT_CCM_OPEN] = "registers over TLS", [ACT_HTTPS_OPEN] = "opens a secured page",
        [ACT_HTTPS_GET] = "opens a page",      [ACT_REGISTER] = "registers",
        [ACT_CAPF_OPEN] = "goes to CAPF",
    };
    struct live *l = c->live;
    uint8_t type = c->action.type;
    call_comment(c, words[type] != NULL ? words[type] : "connects");
    if (type == ACT_FETCH)
        fetch_begin(c); /* by HTTP and by TFTP: each may be stopped by itself */
    else if (call_passes(c))
        begin(c);
    call_comment_over(l);
}

static void call_begin(struct live *l, struct phone_slot *p, const struct action *a)
{
    uint32_t node, ip = 0, count = 0;
    enum live_found found = path_find(l, p->phone, a->server, &node, &ip);
    if (found == LIVE_NOWHERE)
        return;
    struct call **at = &p->calls;
    for (; *at != NULL; at = &(*at)->next)
        count++;
    struct call *c = reactor_take(sizeof *c);
    *c = (struct call){ .live = l, .slot = p, .action = *a, .node = node, .ip = ip };
    *at = c;
    if (count >= CALLS_MAX)
        call_over(p->calls, false);
    c->later = found == LIVE_LATER;
    if (!c->later)
        call_go(c);
}

/* One may wait for a name that nobody knows yet: the others go all the same. */
void client_found(struct live *l, struct phone_slot *p)
{
    for (struct call *c = p->calls, *next; c != NULL; c = next) {
        next = c->next; /* it may be over when it went; no other one is then */
        if (!c->later)
            continue;
        enum live_found found = path_find(l, p->phone, c->action.server, &c->node, &c->ip);
        c->later = found == LIVE_LATER;
        if (found == LIVE_THERE)
            call_go(c);
    }
}

static struct call *find(struct phone_slot *p, uint16_t request)
{
    struct call *c = p->calls;
    while (c != NULL && c->action.request != request)
        c = c->next;
    return c;
}

/* On a call under way; one that is over already needs nothing more. */
static void call_act(struct call *c, const struct action *a)
{
    bool tls = c->stream != NULL && c->stream->tls != NULL, open = tls && c->stream->open;
    switch (a->type) {
    case ACT_CANCEL:
        call_over(c, false);
        break;
    case ACT_TLS_ACCEPT:
        if (tls)
            stream_judge(c->stream, true);
        break;
    case ACT_TLS_REFUSE:
        call_comment(c, "does not trust the certificate");
        if (tls)
            stream_judge(c->stream, false); /* lets go: the alert goes out */
        call_comment_over(c->live);
        call_over(c, true);
        break;
    case ACT_REGISTER:
        if (open)
            register_ask(c);
        break;
    case ACT_HTTPS_GET:
        if (open)
            fetch_ask(c->stream);
        break;
    case ACT_CAPF_AUTH:
    case ACT_CAPF_KEY:
    case ACT_CAPF_DONE:
        if (open)
            enrol_say(c, a);
        break;
    default:
        if (open)
            tvs_ask(c, a);
    }
}

/* A request of its own; the others go on with one that is under way. */
static bool begins(const struct action *a)
{
    static const uint32_t always = FSM_BIT(ACT_FETCH) | FSM_BIT(ACT_TVS_OPEN) |
                                   FSM_BIT(ACT_CCM_OPEN) | FSM_BIT(ACT_HTTPS_OPEN) |
                                   FSM_BIT(ACT_CAPF_OPEN),
                          over_tcp = FSM_BIT(ACT_REGISTER) | FSM_BIT(ACT_HTTPS_GET);
    return (FSM_BIT(a->type) & (a->kind == TRANSPORT_TCP ? always | over_tcp : always)) != 0;
}

void client_act(struct live *l, struct phone_slot *p, const struct action *a)
{
    if (a->type == ACT_UNREGISTER) {
        kept_end(p, true);
        return;
    }
    if (!begins(a)) {
        struct call *c = find(p, a->request);
        if (c != NULL)
            call_act(c, a);
        else if (p->waiting && a->type == ACT_CANCEL && p->first.request == a->request)
            p->waiting = false;
        return;
    }
    if (!p->seated && l->seats >= l->options.phones_at_once) {
        p->first = *a; /* a later request takes the place of an earlier one */
        p->waiting = true;
        if (!p->in_line) {
            p->in_line = true;
            p->next = NULL;
            *(l->wait_last != NULL ? &l->wait_last->next : &l->wait_first) = p;
            l->wait_last = p;
        }
        return;
    }
    l->seats += !p->seated;
    p->seated = true;
    call_begin(l, p, a);
    call_rest(l, p);
}

void client_seat(struct live *l)
{
    l->free_seats = false;
    while (l->wait_first != NULL && l->seats < l->options.phones_at_once) {
        struct phone_slot *p = l->wait_first;
        l->wait_first = p->next;
        if (l->wait_first == NULL)
            l->wait_last = NULL;
        p->in_line = false;
        if (p->waiting) {
            p->waiting = false;
            client_act(l, p, &p->first);
        }
    }
}

void client_cancel_all(struct live *l, struct phone_slot *p)
{
    (void)l;
    p->waiting = false;
    while (p->calls != NULL)
        call_over(p->calls, false);
}
