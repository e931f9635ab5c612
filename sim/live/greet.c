/* What a phone says to CallManager on a connection of its own: that it registers, that it is still
 * there, that it leaves. */
#include "sim/live/impl.h"

#include "sim/talk/reset.h"
#include "sim/talk/sccp.h"
#include "sim/talk/sip.h"

#include <sys/socket.h>

static struct sockaddr_in own_end(const struct stream *s)
{
    struct sockaddr_in local = net_address(INADDR_LOOPBACK, 0);
    socklen_t size = sizeof local;
    (void)getsockname(s->fd, (struct sockaddr *)&local, &size);
    return local;
}

static void greet_sip(const struct phone_slot *p, struct stream *s, const struct registration *r,
                      bool leaves)
{
    struct live_model model = live_model_of(p->live, p->phone);
    struct forge_device device = live_forge_device(p->live, p->phone);
    struct sockaddr_in local = own_end(s);
    struct talk_sip_phone phone = { .device = device.name,
                                    .line = device.line,
                                    .uuid = device.uuid,
                                    .user_agent = model.user_agent,
                                    .model = model.type,
                                    .ip = ntohl(local.sin_addr.s_addr),
                                    .server = r->server,
                                    .port = ntohs(local.sin_port),
                                    .request = r->request,
                                    .count = r->count,
                                    .leaves = leaves,
                                    .tls = s->tls != NULL };
    uint8_t message[TALK_SIP_ROOM];
    struct wr w = wr_of(message, sizeof message);
    talk_sip_register(&phone, &w);
    CHECK(!w.over); /* all parts are bounded */
    stream_write(s, view_of(message, w.n));
}

static void greet_sccp(const struct phone_slot *p, struct stream *s)
{
    struct live_model model = live_model_of(p->live, p->phone);
    struct forge_device device = live_forge_device(p->live, p->phone);
    struct sockaddr_in local = own_end(s);
    struct sccp_phone phone = { .device = device.name,
                                .load = model.load,
                                .address = ntohl(local.sin_addr.s_addr),
                                .device_type = model.type,
                                .port = ntohs(local.sin_port) };
    uint8_t message[512];
    struct wr w = wr_of(message, sizeof message);
    talk_sccp_register(&phone, &w);
    CHECK(!w.over);
    stream_write(s, view_of(message, w.n));
}

static void say_sccp(struct stream *s, enum sccp_id id)
{
    uint8_t message[64];
    struct wr w = wr_of(message, sizeof message);
    talk_sccp_bare(id, &w);
    CHECK(!w.over);
    stream_write(s, view_of(message, w.n));
}

void greet_register(const struct phone_slot *p, struct stream *s, const struct registration *r)
{
    if (r->sccp)
        greet_sccp(p, s);
    else
        greet_sip(p, s, r, false);
}

void greet_alive(const struct phone_slot *p, struct stream *s, const struct registration *r)
{
    if (r->sccp)
        say_sccp(s, SCCP_KEEPALIVE);
    else
        greet_sip(p, s, r, false);
}

void greet_leave(const struct phone_slot *p, struct stream *s, const struct registration *r)
{
    if (r->sccp)
        say_sccp(s, SCCP_UNREGISTER);
    else
        greet_sip(p, s, r, true);
}

/* ---- what comes back ---- */

/* A request of CallManager's: one that has it start again is answered, what else there is not. */
static enum greet_heard sip_asked(struct stream *s, const struct sip_msg *m,
                                  struct greet_said *said)
{
    enum reset_kind kind;
    uint8_t answer[TALK_SIP_ROOM];
    struct wr w = wr_of(answer, sizeof answer);
    if (!talk_reset_sip_heard(m, &kind))
        return GREET_OTHER;
    said->reset = (uint8_t)kind;
    sip_response_encode(m, 200, NULL, -1, &w);
    if (!w.over && stream_unsent(s) < UNSENT_MAX)
        stream_write(s, view_of(answer, w.n));
    return GREET_RESET;
}

static enum greet_heard sip_heard(struct stream *s, struct greet_said *said)
{
    struct sip_msg m;
    size_t n = 0;
    if (!sip_whole(stream_in(s), &n, NULL))
        return GREET_RUBBISH;
    if (n == 0)
        return GREET_NOTHING;
    if (!sip_decode(view_sub(stream_in(s), 0, n), &m, NULL))
        return GREET_RUBBISH;
    bool final = !m.request && m.status >= 200;
    *said = (struct greet_said){ .length = n };
    if (m.request)
        return sip_asked(s, &m, said);
    if (!final)
        return GREET_OTHER; /* 100 Trying */
    said->reason = talk_sip_reason(&m);
    said->every_s = m.expires_s > 0 && m.expires_s < 86400 ? (uint32_t)m.expires_s : 0;
    return GREET_ANSWER;
}

static enum greet_heard sccp_heard(struct stream *s, struct greet_said *said)
{
    struct sccp_msg m;
    size_t n = 0;
    if (!sccp_whole(stream_in(s), &n, NULL))
        return GREET_RUBBISH;
    if (n == 0)
        return GREET_NOTHING;
    if (!sccp_decode(view_sub(stream_in(s), 0, n), &m, NULL))
        return GREET_RUBBISH;
    *said = (struct greet_said){ .length = n };
    if (m.id == SCCP_CAPABILITIES_REQ && stream_unsent(s) < UNSENT_MAX) {
        uint8_t message[128];
        struct wr w = wr_of(message, sizeof message);
        talk_sccp_capabilities(&w);
        CHECK(!w.over);
        stream_write(s, view_of(message, w.n));
    }
    enum reset_kind kind;
    if (m.id == SCCP_KEEPALIVE_ACK)
        return GREET_ALIVE;
    if (talk_reset_sccp_heard(&m, &kind)) {
        said->reset = (uint8_t)kind;
        return GREET_RESET;
    }
    if (!talk_sccp_reason(&m, &said->reason))
        return GREET_OTHER;
    said->every_s = m.keepalive_s < 86400 ? m.keepalive_s : 0;
    return GREET_ANSWER;
}

enum greet_heard greet_heard(struct stream *s, bool sccp, struct greet_said *said)
{
    return sccp ? sccp_heard(s, said) : sip_heard(s, said);
}
