/* The connections of registered phones: one a phone, kept from its REGISTER on.  Nothing passes
 * there any more; it tells the phone that its CallManager is gone. */
#include "sim/live/impl.h"

static struct phone_slot *slot_of(struct stream *s)
{
    return s->owner;
}

static void let_go(struct phone_slot *p)
{
    struct live *l = p->live;
    l->kept--;
    l->kept_closing -= p->closing;
    p->kept = NULL;
    p->closing = false;
}

/* Closed by the other side.  Where nothing passes no end comes either: a keepalive finds it. */
static void gone(struct phone_slot *p)
{
    struct live *l = p->live;
    let_go(p);
    if (!live_is_down(l, p->phone, p->kept_node))
        live_emit(l, p->phone, &(struct event){ .type = EVENT_SERVER_LOST, .a = SERVER_CLOSED });
}

static void ended(struct stream *s, enum stream_end end)
{
    (void)end;
    gone(slot_of(s));
}

static void input(struct stream *s)
{
    struct phone_slot *p = slot_of(s);
    stream_consume(s, stream_in(s).n);
    if (!stream_eof(s))
        return;
    stream_finish(s);
    gone(p);
}

static void nothing(struct stream *s)
{
    (void)s;
}

void kept_begin(struct phone_slot *p, struct stream *s, uint32_t node)
{
    static const struct stream_ops ops = { nothing, nothing, input, nothing, ended };
    struct live *l = p->live;
    kept_end(p, true);
    if (l->kept >= l->options.registrations || stream_eof(s)) {
        stream_finish(s);
        return;
    }
    s->owner = p;
    s->ops = &ops;
    stream_deadline(s, 0);
    p->kept = s;
    p->kept_node = node;
    l->kept++;
}

void kept_end(struct phone_slot *p, bool polite)
{
    struct stream *s = p->kept;
    if (s == NULL)
        return;
    let_go(p);
    if (polite)
        stream_finish(s);
    else
        stream_abort(s);
}

bool kept_closes(struct phone_slot *p)
{
    if (p->kept == NULL)
        return false;
    p->live->kept_closing += !p->closing;
    p->closing = true;
    return true;
}
