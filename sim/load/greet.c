#include "sim/load/greet.h"

#include "sim/base/check.h"
#include "sim/load/roster.h"
#include "sim/talk/sip.h"

#include <inttypes.h>
#include <stdio.h>

#define LINE       100000 /* the number of the first phone's line */
#define SIP_TYPE   685    /* an 8861 */
#define USER_AGENT "Cisco-CP8861/12.1.1"

struct view greet_sip(const struct asking *a, struct arena *arena)
{
    char device[LINES_DEVICE], line[16], uuid[40];
    const struct load_fleet *fleet = a->job->fleet;
    const struct model *m = fleet == NULL ? NULL : roster_model(fleet, a->phone);
    lines_device(a->job, a->phone, device);
    snprintf(line, sizeof line, "%u", LINE + a->phone);
    snprintf(uuid, sizeof uuid, "00000000-0000-0000-0000-%012" PRIx64, LINES_MAC + a->phone);
    /* On its connection a phone's REGISTERs are one dialogue, counted.  Without one each is its
     * own, but its branch, which is made of the count, must be none that the server has seen from
     * that port (RFC 3261, 8.1.1.7): it would be answered as that one was. */
    bool udp = a->job->transport == LOAD_UDP;
    const struct talk_sip_phone p = { .device = device,
                                      .line = line,
                                      .uuid = uuid,
                                      .user_agent =
                                          m == NULL || m->agent == NULL ? USER_AGENT : m->agent,
                                      .model = m == NULL ? SIP_TYPE : m->device_type,
                                      .ip = a->ip,
                                      .server = a->job->target.ip,
                                      .port = a->port,
                                      .request = (uint16_t)(a->number - a->before),
                                      .count = (uint16_t)(udp ? a->number : a->before),
                                      .tls = a->job->transport == LOAD_TLS,
                                      .udp = udp };
    uint8_t *room = arena_take(arena, TALK_SIP_ROOM);
    struct wr w = wr_of(room, TALK_SIP_ROOM);
    talk_sip_register(&p, &w);
    CHECK(!w.over); /* all parts are bounded */
    return view_of(room, w.n);
}
