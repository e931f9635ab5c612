/* Registration by SIP. */
#include "sim/live/impl.h"

static bool sip_next(struct conn *c)
{
    struct stream *s = c->stream;
    struct live *l = c->listener->live;
    bool tls = c->listener->row->tls;
    size_t n = 0;
    struct wr reply = wr_of(l->reactor.scratch, REACTOR_SCRATCH);
    bool good = sip_goes_on(stream_in(s), &c->seen, &n, NULL), registered = false;
    if (!good)
        (void)sip_refuse(stream_in(s), &reply);
    if (good && n > 0) {
        struct view der = tls ? tls_peer_cert(s->tls) : view_of(NULL, 0);
        good = answer_sip(l, c->listener->host->node, tls, der, view_sub(stream_in(s), 0, n),
                          &reply, &registered) &&
               !reply.over;
        stream_consume(s, n);
        if (registered)
            conn_keep(c);
        conn_patience(c);
    }
    if (reply.n > 0 && !reply.over)
        stream_write(s, view_of(l->reactor.scratch, reply.n));
    if (!good || (n == 0 && stream_eof(s))) {
        conn_finish(c);
        return false;
    }
    return n > 0;
}

void sipd_input(struct stream *s)
{
    struct conn *c = conn_of(s);
    if (!conn_same_epoch(c))
        return;
    while (stream_unsent(s) < UNSENT_MAX && sip_next(c))
        continue;
}
