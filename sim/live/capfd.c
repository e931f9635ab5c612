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
    conn_shook_hands(c);
    conn_hello(c);
    issue_begin(c->listener->live, &c->capf, &w);
    stream_write(s, view_of(hello, w.n));
}

static const char *command_of(struct view message)
{
    struct capf_msg m;
    const char *name = capf_decode(message, &m, NULL) ? capf_command_name(m.command) : NULL;
    return name == NULL ? "what is no message" : name;
}

static void tell(struct conn *c, struct view message, struct view reply, bool good)
{
    struct access room, *access = access_wanted(c->listener, &room);
    if (access == NULL)
        return;
    access_asked(access, "CAPF", view_str(command_of(message)));
    access_phone(access, c->listener->live, c->capf.device);
    access_answer(access, reply.n, "%s",
                  reply.n > 0 ? command_of(reply)
                  : good      ? "waits"
                              : "closed");
    access_tell(c->listener, &c->peer, access);
}

static bool capf_next(struct conn *c)
{
    struct stream *s = c->stream;
    struct arena a = arena_of(&sys_mem);
    struct view reply = { NULL, 0 };
    size_t n = 0;
    bool good = capf_whole(stream_in(s), &n, NULL);
    if (good && n > 0) {
        struct view message = view_sub(stream_in(s), 0, n);
        good =
            issue_answer(c->listener->live, c->listener->host->node, &c->capf, message, &a, &reply);
        tell(c, message, reply, good);
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
