/* What a node has a phone do that is registered there from another process: it goes over its own
 * connection. */
#include "sim/live/impl.h"

#include "sim/talk/reset.h"

static void put_sip(const struct conn *c, uint32_t device, enum reset_kind kind, struct wr *w)
{
    struct live *l = c->listener->live;
    struct forge_device d = live_forge_device(l, device);
    const struct talk_reset_to to = { .device = d.name,
                                      .phone_ip = ntohl(c->peer.sin_addr.s_addr),
                                      .server_ip = c->listener->host->ip,
                                      .phone_port = ntohs(c->peer.sin_port),
                                      .server_port = live_port(l, c->listener->service),
                                      .number = (uint32_t)l->steps,
                                      .tls = c->listener->row->tls };
    talk_reset_sip(&to, kind, w);
}

void order_reset(const struct phone_slot *p, enum reset_kind kind)
{
    const struct conn *c = p->served;
    uint8_t room[TALK_RESET_ROOM];
    struct wr w = wr_of(room, sizeof room);
    if (c == NULL || p->kept != NULL) /* a phone of this process hears it as an event */
        return;
    if (stream_unsent(c->stream) >= UNSENT_MAX) /* it reads nothing */
        return;
    if (c->listener->service == LIVE_SCCP || c->listener->service == LIVE_SCCPS)
        talk_reset_sccp(kind, &w);
    else
        put_sip(c, p->phone, kind, &w);
    CHECK(!w.over); /* names and numbers are bounded */
    stream_write(c->stream, view_of(room, w.n));
}
