#include "sim/load/register.h"

#include "sim/load/lines.h"
#include "sim/talk/sip.h"

#include <inttypes.h>
#include <stdio.h>

#define LINE 100000 /* the number of the first phone's line */

static struct view request(const struct asking *a, struct arena *arena)
{
    char device[24], line[16], uuid[40];
    uint64_t mac = LINES_MAC + a->phone;
    snprintf(device, sizeof device, "SEP%012" PRIX64, mac);
    snprintf(line, sizeof line, "%u", LINE + a->phone);
    snprintf(uuid, sizeof uuid, "00000000-0000-0000-0000-%012" PRIx64, mac);
    const struct talk_sip_phone p = { .device = device,
                                      .line = line,
                                      .uuid = uuid,
                                      .user_agent = "Cisco-CP8861/12.1.1",
                                      .model = 685,
                                      .ip = a->ip,
                                      .server = a->job->target.ip,
                                      .port = a->port,
                                      .request = a->number };
    uint8_t *room = arena_take(arena, TALK_SIP_ROOM);
    struct wr w = wr_of(room, TALK_SIP_ROOM);
    talk_sip_register(&p, &w);
    return view_of(room, w.n);
}

static enum heard reply(const struct asking *a, struct view in, size_t *n)
{
    struct sip_msg m;
    (void)a;
    if (!sip_whole(in, n, NULL))
        return HEARD_WRONG;
    if (*n == 0)
        return HEARD_MORE;
    if (!sip_decode(view_sub(in, 0, *n), &m, NULL) || m.request)
        return HEARD_WRONG;
    if (m.status < 200)
        return HEARD_ON;
    return m.status == 200 ? HEARD_YES : HEARD_NO;
}

static const struct exchange exchange = { false, SIP_MAX, request, reply };

const struct client load_register = LINES_CLIENT(exchange);
