/* CAPF of the nodes. */
#include "sim/live/impl.h"

#include "sim/wire/capf.h"

void capfd_opened(struct stream *s)
{
    struct conn *c = conn_of(s);
    uint8_t hello[64];
    struct wr w = wr_of(hello, sizeof hello);
    if (!conn_same_epoch(c))
        return;
    conn_patience(c);
    issue_begin(c->listener->live, &c->capf, &w);
    stream_write(s, view_of(hello, w.n));
}

static bool capf_next(struct conn *c)
{
    struct stream *s = c->stream;
    struct arena a = arena_of(&sys_mem);
    struct view reply = { NULL, 0 };
    size_t n = 0;
    bool good = capf_whole(stream_in(s), &n, NULL);
    if (good && n > 0) {
        good = issue_answer(c->listener->live, c->listener->host->node, &c->capf,
                            view_sub(stream_in(s), 0, n), &a, &reply);
        stream_consume(s, n);
        conn_patience(c);
    }
    if (reply.n > 0)
        stream_write(s, reply); /* in one piece: phones stall on a split one */
    arena_free(&a);
    if (!good || (n == 0 && stream_eof(s)))
        conn_finish(c);
    else
        return n > 0;
    return false;
}

void capfd_input(struct stream *s)
{
    struct conn *c = conn_of(s);
    if (!conn_same_epoch(c))
        return;
    while (stream_unsent(s) < UNSENT_MAX && capf_next(c))
        continue;
}
