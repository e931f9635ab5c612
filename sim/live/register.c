/* Registrations of phones, by SIP or SCCP, over TCP or TLS. */
#include "sim/live/call.h"

#include "sim/wire/sccp.h"

static struct registration registration_of(const struct call *c)
{
    return (struct registration){ .node = c->node,
                                  .server = c->node == NODE_OUTSIDE ? c->ip : c->action.server,
                                  .request = c->action.request,
                                  .sccp = call_model(c).sccp };
}

static void ask(struct stream *s)
{
    struct call *c = call_of(s);
    struct registration r = registration_of(c);
    greet_register(c->slot, s, &r);
}

/* Its connection stays: it will tell that the server is gone. */
static void registered(struct call *c, uint32_t every_s)
{
    struct stream *s = c->stream;
    struct registration r = registration_of(c);
    r.every_s = every_s;
    call_emit(c, (struct event){ .type = EVENT_REGISTERED });
    c->stream = NULL;
    kept_begin(c->slot, s, &r);
    call_over(c, true);
}

static void heard(struct call *c, bool sccp)
{
    struct stream *s = c->stream;
    struct greet_said said;
    enum greet_heard what;
    do {
        what = greet_heard(s, sccp, &said);
        if (what > GREET_RUBBISH)
            stream_consume(s, said.length);
    } while (what > GREET_RUBBISH && what != GREET_ANSWER); /* it is not registered yet */
    if (what == GREET_ANSWER && said.reason == REJECT_NONE)
        registered(c, said.every_s);
    else if (what == GREET_ANSWER)
        call_answer(c, (struct event){ .type = EVENT_REJECTED, .a = said.reason });
    else if (what == GREET_RUBBISH || stream_eof(s))
        call_over(c, false);
}

static void sip_input(struct stream *s)
{
    heard(call_of(s), false);
}

static void sccp_input(struct stream *s)
{
    heard(call_of(s), true);
}

/* By protocol: without TLS, and with it. */
static const struct way {
    enum live_service plain, secured;
    size_t in_limit;
    struct stream_ops over_tcp, over_tls;
} ways[] = {
    { LIVE_SIP,
      LIVE_SIPS,
      SIP_MAX,
      { ask, call_no_judge, sip_input, call_nothing, call_ended },
      { call_tls_opened, call_judge, sip_input, call_nothing, call_ended } },
    { LIVE_SCCP,
      LIVE_SCCPS,
      SCCP_MAX,
      { ask, call_no_judge, sccp_input, call_nothing, call_ended },
      { call_tls_opened, call_judge, sccp_input, call_nothing, call_ended } },
};

void register_begin(struct call *c)
{
    const struct way *w = &ways[call_model(c).sccp];
    if (c->action.type == ACT_CCM_OPEN)
        call_tls(c, w->secured, w->in_limit, &w->over_tls, c->action.a);
    else
        call_tcp(c, w->plain, w->in_limit, &w->over_tcp);
}

void register_ask(struct call *c)
{
    ask(c->stream);
}
