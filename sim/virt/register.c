#include "sim/virt/register.h"

#include "sim/base/check.h"
#include "sim/talk/sccp.h"
#include "sim/talk/sip.h"
#include "sim/virt/said.h"

#define SCCP_ROOM 512

bool register_by_sccp(struct virt *v, uint32_t phone)
{
    struct virt_phone p;
    v->tap->how.phone(v->tap->how.ctx, phone, &p);
    return p.sccp;
}

/* ---- SIP ---- */

static struct view sip_asks(struct virt *v, const struct slot *s, const struct line *n,
                            struct arena *a)
{
    uint32_t phone = tap_number(v, s);
    struct forge_device device = said_device(v, phone);
    struct virt_phone p;
    v->tap->how.phone(v->tap->how.ctx, phone, &p);
    struct talk_sip_phone who = { .device = device.name,
                                  .line = device.line,
                                  .uuid = device.uuid,
                                  .user_agent = p.user_agent,
                                  .model = p.type,
                                  .ip = tap_address(phone),
                                  .server = n->server,
                                  .port = n->port,
                                  .request = s->request,
                                  .tls = n->tls };
    struct wr w = wr_of(arena_take(a, TALK_SIP_ROOM), TALK_SIP_ROOM);
    talk_sip_register(&who, &w);
    CHECK(!w.over);
    return view_of(w.p, w.n);
}

static struct view sip_answer(struct virt *v, const struct slot *s, const struct line *n,
                              const struct event *e, struct arena *a)
{
    struct sip_msg m;
    struct wr w = wr_of(arena_take(a, 2 * TALK_SIP_ROOM), 2 * TALK_SIP_ROOM);
    CHECK(sip_decode(sip_asks(v, s, n, a), &m, NULL));
    sip_response_encode(&m, 100, NULL, -1, &w);
    if (e->type == EVENT_REGISTERED)
        sip_registered_encode(&m, true, TALK_SIP_EXPIRES_S, &w);
    else
        talk_sip_reject(&m, e->a, &w);
    CHECK(!w.over);
    return view_of(w.p, w.n);
}

/* ---- SCCP ---- */

static struct view sccp_asks(struct virt *v, const struct slot *s, const struct line *n,
                             struct arena *a)
{
    uint32_t phone = tap_number(v, s);
    struct forge_device device = said_device(v, phone);
    struct virt_phone p;
    v->tap->how.phone(v->tap->how.ctx, phone, &p);
    const struct sccp_phone who = { .device = device.name,
                                    .load = p.load,
                                    .address = tap_address(phone),
                                    .device_type = p.type,
                                    .port = n->port };
    struct wr w = wr_of(arena_take(a, SCCP_ROOM), SCCP_ROOM);
    talk_sccp_register(&who, &w);
    CHECK(!w.over);
    return view_of(w.p, w.n);
}

static struct view sccp_answer(const struct event *e, struct arena *a)
{
    struct wr w = wr_of(arena_take(a, SCCP_ROOM), SCCP_ROOM);
    talk_sccp_answer(e->type == EVENT_REGISTERED ? REJECT_NONE : e->a, &w);
    CHECK(!w.over);
    return view_of(w.p, w.n);
}

/* ---- either ---- */

struct view register_asks(struct virt *v, const struct slot *s, const struct line *n,
                          struct arena *a)
{
    return n->sccp ? sccp_asks(v, s, n, a) : sip_asks(v, s, n, a);
}

struct view register_answer(struct virt *v, const struct slot *s, const struct line *n,
                            const struct event *e, struct arena *a)
{
    return n->sccp ? sccp_answer(e, a) : sip_answer(v, s, n, e, a);
}

struct view register_says_more(const struct line *n, const struct event *e, struct arena *a)
{
    struct wr w = wr_of(arena_take(a, SCCP_ROOM), SCCP_ROOM);
    if (n->sccp && e->type == EVENT_REGISTERED)
        talk_sccp_capabilities(&w);
    CHECK(!w.over);
    return view_of(w.p, w.n);
}
