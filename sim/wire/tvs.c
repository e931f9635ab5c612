#include "sim/wire/tvs.h"

#include "sim/wire/body.h"

#define PROTOCOL 0x57
#define VERSION  1
#define FIELD(f) offsetof(struct tvs_msg, f)

static const struct body_element elements[] = {
    { 1, BODY_LED, "device name", FIELD(device), { 0 } },
    { 2, BODY_BYTES, "certificate", FIELD(certificate), { 0 } },
    { 3, BODY_TEXT, "subject name", FIELD(subject), { 0 } },
    { 4, BODY_TEXT, "issuer name", FIELD(issuer), { 0 } },
    { 5, BODY_BYTES, "serial number", FIELD(serial), { 0 } },
    { 7, BODY_U8, "status", FIELD(status), { 0 } },
    { 8, BODY_ANY, "roles", FIELD(roles), { 0 } },
    { 9, BODY_U32, "time to live", FIELD(ttl_s), { 0 } },
};

#define ELEMENTS (sizeof elements / sizeof elements[0])

/* Of the real ones, whatever their type. */
static const uint8_t usual[ELEMENTS] = { 1, 3, 4, 5, 7, 2, 8, 9 };

/* Names as in a TVS trace. */
static const struct body_kind types[] = {
    [TVS_CERT_VERIFICATION_REQ] = { "TVS_MSG_CERT_VERIFICATION_REQ", { 2 } },
    [TVS_CERT_VERIFICATION_RES] = { "TVS_MSG_CERT_VERIFICATION_RES", { 7 } },
    [TVS_QUERY_CERT_REQ] = { "TVS_MSG_QUERY_CERT_REQ", { 3, 4, 5 } },
    [TVS_QUERY_CERT_RES] = { "TVS_MSG_QUERY_CERT_RES", { 7 } },
};

static const struct body_protocol protocol = {
    .name = "TVS message",
    .section = 4,
    .first = PROTOCOL,
    .header = TVS_HEADER,
    .kind_at = 2,
    .kind = "type",
    .kinds = types,
    .kind_count = sizeof types / sizeof types[0],
    .elements = elements,
    .element_count = ELEMENTS,
    .usual = usual,
    .order_at = FIELD(order),
    .unknown_at = FIELD(unknown),
};

_Static_assert(sizeof((struct tvs_msg *)0)->order == ELEMENTS, "a place for each element");

const char *tvs_type_name(uint8_t type)
{
    return body_kind_name(&protocol, type);
}

bool tvs_whole(struct view in, size_t *length, struct err *e)
{
    if (!body_whole(&protocol, in, length, e))
        return false;
    if (in.n < 2 || in.p[1] == VERSION)
        return true;
    *length = 0;
    return err_set(e, "TVS message: byte 1: version %u, expected 1 (FORMATS section 4)", in.p[1]);
}

bool tvs_decode(struct view message, struct tvs_msg *out, struct err *e)
{
    size_t whole;
    if (!tvs_whole(message, &whole, e))
        return false;
    struct tvs_msg m = { .status = -1, .ttl_s = -1 };
    if (!body_decode(&protocol, message, &m, e))
        return false;
    struct rd r = { message, 2 };
    *out = m;
    return rd_u8(&r, &out->type) && rd_u8(&r, &out->reserved) && rd_u32(&r, &out->session);
}

bool tvs_encode(const struct tvs_msg *m, struct wr *w, struct err *e)
{
    size_t length;
    if (!body_measure(&protocol, m->type, m, &length, e))
        return false;
    wr_u8(w, PROTOCOL);
    wr_u8(w, VERSION);
    wr_u8(w, m->type);
    wr_u8(w, m->reserved);
    wr_u32(w, m->session);
    body_put(&protocol, m, length, w);
    return true;
}
