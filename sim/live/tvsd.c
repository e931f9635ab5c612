/* TVS of the nodes, on the driver's thread and on those of workers alike. */
#include "sim/live/impl.h"

#include "sim/wire/tvs.h"

/* Out of the lab, or, where that is another thread's, out of the worker's book. */
static bool answer(struct listener *li, struct view message, struct arena *a, struct view *reply,
                   struct access *access)
{
    return li->desk->worker != NULL
               ? worker_answer(li, message, a, reply, access)
               : answer_tvs(li->live, li->host->node, message, a, reply, access);
}

static bool tvs_next(struct conn *c)
{
    struct stream *s = c->stream;
    struct arena a = arena_of(&sys_mem);
    struct view reply = { NULL, 0 };
    struct access room, *access = access_wanted(c->listener, &room);
    size_t n = 0;
    bool good = tvs_whole(stream_in(s), &n, NULL);
    if (good && n > 0) {
        good = answer(c->listener, view_sub(stream_in(s), 0, n), &a, &reply, access);
        stream_consume(s, n);
        conn_patience(c);
    }
    if (!good)
        access_refused(access);
    else if (reply.n > 0)
        stream_write(s, reply);
    room.bytes = good ? reply.n : 0;
    access_tell(c->listener, &c->peer, access);
    arena_free(&a);
    if (good && n == 0 && stream_eof(s))
        conn_finish(c);
    else if (!good)
        conn_finish(c); /* what was answered before still goes out */
    else
        return n > 0;
    return false;
}

void tvsd_input(struct stream *s)
{
    conn_each(conn_of(s), tvs_next);
}
