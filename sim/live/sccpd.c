/* Registration by SCCP. */
#include "sim/live/impl.h"

#include "sim/wire/sccp.h"

static void told(struct access *a, const struct wr *reply)
{
    struct sccp_msg m;
    size_t n = 0;
    struct view all = view_of(reply->p, reply->over ? 0 : reply->n);
    if (a == NULL)
        return;
    if (all.n > 0 && sccp_whole(all, &n, NULL) && sccp_decode(view_sub(all, 0, n), &m, NULL))
        access_answer(a, reply->n, "%s", sccp_name(m.id));
    else
        access_answer(a, 0, "nothing");
}

static bool sccp_next(struct conn *c)
{
    struct stream *s = c->stream;
    struct live *l = c->listener->live;
    bool tls = c->listener->row->tls;
    size_t n = 0;
    struct wr reply = wr_of(l->reactor.scratch, REACTOR_SCRATCH);
    bool good = sccp_whole(stream_in(s), &n, NULL);
    uint32_t registered = NO_DEVICE;
    struct access room, *access = access_wanted(c->listener, &room);
    if (good && n > 0) {
        struct view der = tls ? tls_peer_cert(s->tls) : view_of(NULL, 0);
        good = answer_sccp(l, c->listener->host->node, tls, der, view_sub(stream_in(s), 0, n),
                           &reply, &registered, access) &&
               !reply.over;
        told(access, &reply);
        access_tell(c->listener, &c->peer, access);
        stream_consume(s, n);
        if (registered != NO_DEVICE)
            conn_keep(c, registered);
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

void sccpd_input(struct stream *s)
{
    conn_each(conn_of(s), sccp_next);
}
