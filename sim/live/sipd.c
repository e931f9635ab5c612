/* Registration by SIP. */
#include "sim/live/impl.h"

/* The final response is the last one: "SIP/2.0 200 OK". */
void sipd_told(struct access *a, const struct wr *reply)
{
    struct view left = view_of(reply->p, reply->over ? 0 : reply->n), last = left;
    size_t n = 0;
    if (a == NULL)
        return;
    for (; left.n > 12 && sip_whole(left, &n, NULL) && n > 0; left = view_sub(left, n, left.n - n))
        last = left;
    if (last.n > 12)
        access_answer(a, reply->n, "%.3s", (const char *)last.p + 8);
    else if (a->answer[0] == '\0')
        access_answer(a, 0, "nothing");
}

static bool sip_next(struct conn *c)
{
    struct stream *s = c->stream;
    struct live *l = c->listener->live;
    bool tls = c->listener->row->tls;
    size_t n = 0;
    struct wr reply = wr_of(l->reactor.scratch, REACTOR_SCRATCH);
    bool good = sip_goes_on(stream_in(s), &c->seen, &n, NULL);
    uint32_t registered = NO_DEVICE;
    struct access room, *access = access_wanted(c->listener, &room);
    if (!good)
        (void)sip_refuse(stream_in(s), &reply);
    if (good && n > 0) {
        struct view der = tls ? tls_peer_cert(s->tls) : view_of(NULL, 0);
        good = answer_sip(l, c->listener->host->node, tls, der, view_sub(stream_in(s), 0, n),
                          &reply, &registered, access) &&
               !reply.over;
        stream_consume(s, n);
        if (registered != NO_DEVICE)
            conn_keep(c, registered);
        conn_patience(c);
    }
    if (!good)
        access_refused(access);
    sipd_told(access, &reply);
    access_tell(c->listener, &c->peer, access);
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
    conn_each(conn_of(s), sip_next);
}
