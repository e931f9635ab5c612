/* Files, as a phone fetches them: by HTTP, then by TFTP. */
#include "sim/live/call.h"

#include "sim/wire/http.h"
#include "sim/wire/text.h"

#include <stdio.h>
#include <string.h>

/* ---- a file that came ---- */

/* What is no list and no configuration becomes an unsigned file with its first bytes, so that the
 * phone refuses it as it would the real one. */
static uint32_t rubbish(struct live *l, struct view bytes)
{
    struct content *c = l->world->content;
    struct ct_file file = { .envelope = { .signer_version = -1 } };
    file.payload = content_blob(c, content_str(c, "unreadable"),
                                view_sub(bytes, 0, bytes.n < 16 ? bytes.n : 16));
    return content_file(c, &file);
}

static void file_came(struct call *c, struct view bytes)
{
    struct forge_device device = call_device(c);
    struct live_model model = call_model(c);
    struct err e = { "" };
    uint32_t content = 0;
    if (!forge_adopt(c->live->options.forge, bytes, (enum file_kind)c->action.kind, &device,
                     model.key != 0 ? model.key : model.identity, &content, &e)) {
        fprintf(stderr, "cucmlab: %s got %s: %s\n", device.name, c->name, e.text);
        content = rubbish(c->live, bytes);
    }
    call_answer(c, (struct event){ .type = EVENT_FILE, .a = content, .b = (uint32_t)bytes.n });
}

/* ---- TFTP ---- */

static void tftp_over(void *owner, const struct tftp_got *got)
{
    struct call *c = owner;
    if (got->end == TFTP_CAME)
        file_came(c, got->bytes);
    else
        call_answer(
            c, (struct event){ .type = got->end == TFTP_NO_FILE ? EVENT_NO_FILE : EVENT_REFUSED });
}

/* A phone asks for as long as it waits, and ends the wait itself. */
static void tftp_ask(struct call *c)
{
    struct live *l = c->live;
    struct lag_path path;
    struct tftp_order order = { .from = path_from(l, c->slot->phone, c->ip),
                                .ip = c->ip,
                                .port = call_port(c, LIVE_TFTP),
                                .name = c->name,
                                .limit = LIVE_FILE_MAX,
                                .until_us = TFTP_FOREVER,
                                .tired = TFTP_ASKS_AGAIN };
    if (path_lag(l, c->slot->phone, c->node, ASK_FILE, 0, &path)) {
        order.lag = &path;
        order.luck = path_luck(l);
    }
    if (!tftp_begin(&c->tftp, &l->reactor, &order, tftp_over, c))
        call_over(c, false); /* no answer; the need was computed beforehand */
}

/* A firewall may have it: it drops it, or says so in the server's place. */
static void tftp_try(struct call *c)
{
    switch (path_passage(c->live, c->slot->phone, c->node, ASK_FILE, 0)) {
    case PASSAGE_OPEN:
        tftp_ask(c);
        break;
    case PASSAGE_REJECTS:
        call_answer(c, (struct event){ .type = EVENT_REFUSED });
        break;
    default: /* no answer */
        break;
    }
}

/* ---- HTTP ---- */

void fetch_ask(struct stream *s)
{
    struct call *c = call_of(s);
    uint8_t request[1024];
    struct wr w = wr_of(request, sizeof request);
    char host[16];
    net_text(text_is_name(c->action.server) ? c->ip : c->action.server, host);
    http_request_encode(c->name, host, &w);
    CHECK(!w.over); /* a name has at most 127 bytes */
    stream_write(s, view_of(request, w.n));
}

/* Refused, or no file there: the same name by TFTP, which has the last word. */
static void http_to_tftp(struct call *c)
{
    if (c->stream != NULL)
        stream_finish(c->stream);
    c->stream = NULL;
    tftp_try(c);
}

static void on_silence(struct ev_loop *loop, struct ev_timer *timer, int events)
{
    (void)loop, (void)events;
    http_to_tftp(timer->data);
}

static void http_ended(struct stream *s, enum stream_end end)
{
    struct call *c = call_of(s);
    c->stream = NULL;
    if (end == STREAM_REFUSED)
        http_to_tftp(c);
    else
        call_over(c, false); /* broken off in the middle: no answer */
}

static void http_input(struct stream *s)
{
    struct call *c = call_of(s);
    struct http_response r;
    bool whole = false;
    struct view in = stream_in(s);
    if (!http_response_decode(in, &whole, &r, NULL)) {
        http_to_tftp(c);
    } else if (whole && r.status != 200) {
        http_to_tftp(c);
    } else if (whole && r.body > LIVE_FILE_MAX) {
        file_came(c, in); /* more than a phone takes: unreadable */
    } else if (whole && in.n - r.head >= r.body) {
        file_came(c, view_sub(in, r.head, r.body));
    } else if (stream_eof(s)) {
        call_over(c, true);
    }
}

static const struct stream_ops http_ops = { fetch_ask, call_no_judge, http_input, call_nothing,
                                            http_ended };

static void http_begin(struct call *c)
{
    struct live *l = c->live;
    switch (path_passage(l, c->slot->phone, c->node, ASK_FILE, 1)) {
    case PASSAGE_OPEN:
        call_tcp(c, LIVE_HTTP, HTTP_HEAD_MAX + LIVE_FILE_MAX, &http_ops);
        break;
    case PASSAGE_REJECTS:
        http_to_tftp(c);
        break;
    default:
        ev_timer_init(&c->timer, on_silence, 0., 0.);
        c->timer.data = c;
        reactor_ring(&l->reactor, &c->timer,
                     live_now_us(l) + l->world->costs[COST_HTTP_SILENCE_US]);
        break;
    }
}

void fetch_begin(struct call *c)
{
    struct forge_device device = call_device(c);
    const char *locale = content_get_str(c->live->world->content, c->action.b);
    (void)file_name((enum file_kind)c->action.kind, device.name, locale, c->name);
    if (c->action.a == FETCH_HTTP_TFTP)
        http_begin(c);
    else
        tftp_try(c);
}
