/* Registrations of phones. */
#include "sim/live/call.h"

#include "sim/talk/sip.h"

#include <sys/socket.h>

/* ---- registration ---- */

static void sip_ask(struct stream *s)
{
    struct call *c = call_of(s);
    struct live_model model = call_model(c);
    struct forge_device device = call_device(c);
    struct sockaddr_in local = net_address(LOOPBACK, 0);
    socklen_t size = sizeof local;
    (void)getsockname(s->fd, (struct sockaddr *)&local, &size);
    struct talk_sip_phone p = {
        .device = device.name,
        .line = device.line,
        .uuid = device.uuid,
        .user_agent = model.user_agent,
        .model = model.type,
        .ip = ntohl(local.sin_addr.s_addr),
        .server = c->action.server,
        .port = ntohs(local.sin_port),
        .request = c->action.request,
    };
    uint8_t message[TALK_SIP_ROOM];
    struct wr w = wr_of(message, sizeof message);
    talk_sip_register(&p, &w);
    CHECK(!w.over); /* all parts are bounded */
    stream_write(s, view_of(message, w.n));
}

/* Its connection stays: it will tell that the server is gone. */
static void sip_registered(struct call *c)
{
    struct stream *s = c->stream;
    call_emit(c, (struct event){ .type = EVENT_REGISTERED });
    c->stream = NULL;
    kept_begin(c->slot, s, c->node);
    call_over(c, true);
}

static void sip_input(struct stream *s)
{
    struct call *c = call_of(s);
    struct sip_msg m;
    size_t n = 0;
    for (;;) {
        bool good = sip_whole(stream_in(s), &n, NULL);
        if (!good || (n > 0 && !sip_decode(view_sub(stream_in(s), 0, n), &m, NULL)) ||
            (n == 0 && stream_eof(s))) {
            call_over(c, false);
            return;
        }
        if (n == 0)
            return;
        if (!m.request && m.status >= 200)
            break;
        stream_consume(s, n); /* 100 Trying */
    }
    uint32_t reason = talk_sip_reason(&m);
    stream_consume(s, n);
    if (reason == REJECT_NONE)
        sip_registered(c);
    else
        call_answer(c, (struct event){ .type = EVENT_REJECTED, .a = reason });
}

static const struct stream_ops sip_ops = { sip_ask, call_no_judge, sip_input, call_nothing,
                                           call_ended };
static const struct stream_ops sips_ops = { call_tls_opened, call_judge, sip_input, call_nothing,
                                            call_ended };

void register_begin(struct call *c)
{
    if (c->action.type == ACT_CCM_OPEN)
        call_tls(c, LIVE_SIPS, SIP_MAX, &sips_ops, c->action.a);
    else
        call_tcp(c, LIVE_SIP, SIP_MAX, &sip_ops);
}

void register_ask(struct call *c)
{
    sip_ask(c->stream);
}
