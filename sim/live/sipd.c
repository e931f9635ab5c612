/* Registration by SIP. */
#include "sim/live/impl.h"

#include "sim/talk/sip.h"

/* The final response is the last one: "SIP/2.0 200 OK". */
void sipd_told(struct access *a, const struct wr *reply)
{
    struct view left = view_of(reply->p, reply->over ? 0 : reply->n), last = left;
    size_t n = 0;
    if (a == NULL)
        return;
    for (; left.n > 12 && sip_whole(left, &n, NULL) && n > 0; left = view_sub(left, n, left.n - n))
        last = left;
    if (last.n > 12)
        access_answer(a, reply->n, "%.3s", (const char *)last.p + 8);
    else if (a->answer[0] == '\0')
        access_answer(a, 0, "nothing");
}

/* To its secondary server, or it leaves. */
static void leaves(struct live *l, struct registrant *r, const struct sip_msg *m, struct wr *reply,
                   struct access *access)
{
    uint32_t device = registrar_device(l, m->device_name);
    access_phone(access, l, device);
    if (r->device == device)
        r->device = NO_DEVICE;
    sip_response_encode(m, 200, NULL, 0, reply);
}

static bool registers(struct live *l, uint32_t node, struct registrant *r, const struct sip_msg *m,
                      struct wr *reply, struct access *access)
{
    uint32_t reason, before = r->device;
    sip_response_encode(m, 100, NULL, -1, reply);
    if (m->expires_s == 0 && registrar_device(l, m->device_name) != NO_DEVICE) {
        leaves(l, r, m, reply, access);
        return true;
    }
    if (!registrar_asks(l, node, r, m->device_name, &reason, access)) {
        reply->n = 0;
        return false;
    }
    if (reason == REJECT_NONE)
        sip_registered_encode(m, r->device != before, TALK_SIP_EXPIRES_S, reply);
    else
        talk_sip_reject(m, reason, reply);
    return true;
}

bool sipd_answer(struct live *l, uint32_t node, struct registrant *r, struct view message,
                 struct wr *reply, struct access *access)
{
    struct sip_msg m;
    if (!sip_decode(message, &m, NULL)) {
        (void)sip_refuse(message, reply); /* what was wrong with it goes out, then the end */
        return false;
    }
    if (!m.request || view_eq(m.method, view_str("ACK")))
        return true; /* nothing to say */
    access_asked(access, "SIP", m.method);
    if (view_eq(m.method, view_str("REGISTER")))
        return registers(l, node, r, &m, reply, access);
    /* REFER brings the DeviceTLInfo alarm: taken and not looked at yet. */
    static const struct {
        const char *method;
        int status;
    } others[] = { { "REFER", 202 }, { "OPTIONS", 200 } }; /* OPTIONS: what monitoring sends */
    int status = 405;
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (view_eq(m.method, view_str(others[i].method)))
            status = others[i].status;
    sip_response_encode(&m, status, NULL, -1, reply);
    return true;
}

static bool whole(struct conn *c, size_t *n)
{
    return sip_goes_on(stream_in(c->stream), &c->seen, n, NULL);
}

static void refuse(struct view in, struct wr *reply)
{
    (void)sip_refuse(in, reply);
}

const struct registrar sipd = { .lasts_us = TALK_SIP_EXPIRES_S * 1000000ull,
                                .whole = whole,
                                .answer = sipd_answer,
                                .told = sipd_told,
                                .refuse = refuse };
