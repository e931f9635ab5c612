/* Registration by SCCP. */
#include "sim/live/impl.h"

#include "sim/talk/sccp.h"

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

/* What else a station says: any of it counts as a sign of life (assumed). */
static bool says(struct live *l, struct registrant *r, const struct sccp_msg *m, struct wr *reply)
{
    struct talk_sccp_station station = { .wall_s = (int64_t)(reactor_wall_us() / 1000000) };
    struct forge_device device;
    if (r->device != NO_DEVICE) {
        device = live_forge_device(l, r->device);
        station.device = device.name;
        station.line = device.line;
        r->renewed = true;
    }
    talk_sccp_reply(m, &station, reply);
    if (m->id != SCCP_UNREGISTER)
        return true;
    r->device = NO_DEVICE;
    r->renewed = false;
    return false; /* what is said to that still goes out */
}

static bool answer(struct live *l, uint32_t node, struct registrant *r, struct view message,
                   struct wr *reply, struct access *access)
{
    struct sccp_msg m;
    uint32_t reason;
    if (!sccp_decode(message, &m, NULL))
        return false;
    const char *name = sccp_name(m.id);
    access_asked(access, "SCCP", view_str(name == NULL ? "another message" : name));
    access_phone(access, l, r->device);
    if (m.id != SCCP_REGISTER)
        return says(l, r, &m, reply);
    if (!registrar_asks(l, node, r, m.device, &reason, access))
        return false;
    talk_sccp_answer(reason, reply);
    return true;
}

static bool whole(struct conn *c, size_t *n)
{
    return sccp_whole(stream_in(c->stream), n, NULL);
}

const struct registrar sccpd = { .lasts_us = TALK_SCCP_MISSED * TALK_SCCP_KEEPALIVE_S * 1000000ull,
                                 .whole = whole,
                                 .answer = answer,
                                 .told = told };
