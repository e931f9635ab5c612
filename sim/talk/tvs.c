#include "sim/talk/tvs.h"

#include "sim/base/check.h"
#include "sim/core/contract.h"

/* Nothing is absent by 0 alone. */
static struct tvs_msg of_type(uint8_t type, uint32_t session)
{
    return (struct tvs_msg){ .type = type, .session = session, .status = -1, .ttl_s = -1 };
}

struct tvs_msg talk_tvs_query(struct view device, uint32_t session, struct view subject,
                              struct view issuer, struct view serial)
{
    struct tvs_msg m = of_type(TVS_QUERY_CERT_REQ, session);
    m.device = device;
    m.subject = subject;
    m.issuer = issuer;
    m.serial = serial;
    return m;
}

struct tvs_msg talk_tvs_verify(struct view device, uint32_t session, struct view der)
{
    struct tvs_msg m = of_type(TVS_CERT_VERIFICATION_REQ, session);
    m.device = device;
    m.certificate = der;
    return m;
}

struct view talk_tvs_device(struct view device)
{
    size_t at = device.n;
    if (device.n == 0)
        return device;
    while (at > 0 && device.p[at - 1] != '-')
        at--;
    return view_sub(device, at, device.n - at);
}

bool talk_tvs_asked(struct view message, struct tvs_msg *request)
{
    return tvs_decode(message, request, NULL) &&
           (request->type == TVS_QUERY_CERT_REQ || request->type == TVS_CERT_VERIFICATION_REQ);
}

static uint8_t type_of_reply(const struct tvs_msg *request)
{
    return request->type == TVS_QUERY_CERT_REQ ? TVS_QUERY_CERT_RES : TVS_CERT_VERIFICATION_RES;
}

struct tvs_msg talk_tvs_reply(const struct tvs_msg *request, const struct tvs_told *told,
                              uint8_t roles[32])
{
    struct tvs_msg m = of_type(type_of_reply(request), request->session);
    size_t n = 0;
    m.status = told->status;
    if (told->status != 0)
        return m;
    for (uint8_t role = 0; role < 32; role++)
        if ((told->roles & ROLE_BIT(role)) != 0)
            roles[n++] = role;
    m.roles = view_of(roles, n);
    m.ttl_s = told->ttl_s;
    if (request->type == TVS_QUERY_CERT_REQ)
        m.certificate = told->certificate;
    return m;
}

bool talk_tvs_heard(const struct tvs_msg *request, const struct tvs_msg *reply,
                    struct tvs_told *told)
{
    if (reply->type != type_of_reply(request) || reply->session != request->session)
        return false;
    *told = (struct tvs_told){ .status = reply->status != 0, .certificate = reply->certificate };
    for (size_t i = 0; i < reply->roles.n; i++)
        if (reply->roles.p[i] < 32)
            told->roles |= ROLE_BIT(reply->roles.p[i]);
    if (reply->ttl_s > 0)
        told->ttl_s = reply->ttl_s < UINT32_MAX ? (uint32_t)reply->ttl_s : UINT32_MAX;
    return true;
}

bool talk_tvs_bytes(const struct tvs_msg *m, struct arena *a, struct view *bytes)
{
    struct wr w = wr_measure();
    if (!tvs_encode(m, &w, NULL))
        return false;
    uint8_t *p = arena_take(a, w.n);
    w = wr_of(p, w.n);
    CHECK(tvs_encode(m, &w, NULL) && !w.over);
    *bytes = view_of(p, w.n);
    return true;
}
