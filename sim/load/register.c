#include "sim/load/register.h"

#include "sim/base/check.h"
#include "sim/load/roster.h"
#include "sim/load/greet.h"
#include "sim/load/sipudp.h"
#include "sim/talk/sccp.h"
#include "sim/talk/sip.h"

#define SCCP_ROOM 512
#define SCCP_TYPE 30018 /* a 7961 */
#define SCCP_LOAD "SCCP41.9-4-2SR3-1S"

/* ---- SIP ---- */

static enum heard sip_reply(const struct asking *a, struct view in, size_t *n)
{
    struct sip_msg m;
    (void)a;
    if (!sip_whole(in, n, NULL))
        return HEARD_WRONG;
    if (*n == 0)
        return HEARD_MORE;
    if (!sip_decode(view_sub(in, 0, *n), &m, NULL))
        return HEARD_WRONG;
    if (m.request || m.status < 200)
        return HEARD_ON; /* what the server wants of a registered phone is not played */
    return m.status == 200 ? HEARD_YES : HEARD_NO;
}

/* ---- SCCP ---- */

static struct view sccp_request(const struct asking *a, struct arena *arena)
{
    char device[LINES_DEVICE];
    uint8_t *room = arena_take(arena, SCCP_ROOM);
    struct wr w = wr_of(room, SCCP_ROOM);
    const struct load_fleet *fleet = a->job->fleet;
    lines_device(a->job, a->phone, device);
    const struct sccp_phone p = { .device = device,
                                  .load = SCCP_LOAD,
                                  .address = a->ip,
                                  .device_type = fleet == NULL
                                                     ? SCCP_TYPE
                                                     : roster_model(fleet, a->phone)->device_type,
                                  .port = a->port };
    if (a->before == 0)
        talk_sccp_register(&p, &w);
    else
        talk_sccp_bare(SCCP_KEEPALIVE, &w);
    CHECK(!w.over);
    return view_of(room, w.n);
}

static enum heard sccp_reply(const struct asking *a, struct view in, size_t *n)
{
    struct sccp_msg m;
    uint32_t reason;
    (void)a;
    if (!sccp_whole(in, n, NULL))
        return HEARD_WRONG;
    if (*n == 0)
        return HEARD_MORE;
    if (!sccp_decode(view_sub(in, 0, *n), &m, NULL))
        return HEARD_WRONG;
    if (m.id == SCCP_KEEPALIVE_ACK)
        return HEARD_YES;
    if (!talk_sccp_reason(&m, &reason))
        return HEARD_ON;
    return m.id == SCCP_REGISTER_ACK ? HEARD_YES : HEARD_NO;
}

static struct view sccp_say(struct view message, struct arena *arena)
{
    struct sccp_msg m;
    if (!sccp_decode(message, &m, NULL) || m.id != SCCP_CAPABILITIES_REQ)
        return view_of(NULL, 0);
    uint8_t *room = arena_take(arena, SCCP_ROOM);
    struct wr w = wr_of(room, SCCP_ROOM);
    talk_sccp_capabilities(&w);
    CHECK(!w.over);
    return view_of(room, w.n);
}

/* ---- which ---- */

static const struct exchange sip = { false, true, true, SIP_MAX, greet_sip, sip_reply, NULL },
                             sccp = { false,        true,       true,    SCCP_MAX,
                                      sccp_request, sccp_reply, sccp_say };
static const struct client sip_lines = LINES_CLIENT(sip), sccp_lines = LINES_CLIENT(sccp);

static const struct {
    const struct client *client;
    uint16_t port;
} ways[LOAD_PROTOCOLS][LOAD_TRANSPORTS] = {
    [LOAD_SIP] = { [LOAD_TCP] = { &sip_lines, 5060 },
                   [LOAD_TLS] = { &sip_lines, 5061 },
                   [LOAD_UDP] = { &load_sip_udp, 5060 } },
    [LOAD_SCCP] = { [LOAD_TCP] = { &sccp_lines, 2000 }, [LOAD_TLS] = { &sccp_lines, 2443 } },
};

const struct client *load_register(enum load_protocol protocol, enum load_transport transport,
                                   uint16_t *port, uint64_t *keepalive_us)
{
    *port = ways[protocol][transport].port;
    *keepalive_us = 1000000ull * (protocol == LOAD_SIP ? TALK_SIP_EXPIRES_S - TALK_SIP_SPARE_S
                                                       : TALK_SCCP_KEEPALIVE_S);
    return ways[protocol][transport].client;
}
