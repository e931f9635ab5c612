#include "sim/wire/tvs.h"

#include <string.h>

#define PROTOCOL 0x57
#define VERSION  1

enum form {
    FORM_DEVICE, /* 01, then a name without NUL */
    FORM_BYTES,  /* not empty */
    FORM_NAME,   /* ends in its only NUL */
    FORM_ROLES,  /* any length */
    FORM_STATUS, /* one byte */
    FORM_TTL     /* four bytes */
};

static const struct element {
    uint8_t tag;
    uint8_t form;
    const char *name;
    size_t at; /* of the view in struct tvs_msg */
} elements[] = {
    { 1, FORM_DEVICE, "device name", offsetof(struct tvs_msg, device) },
    { 2, FORM_BYTES, "certificate", offsetof(struct tvs_msg, certificate) },
    { 3, FORM_NAME, "subject name", offsetof(struct tvs_msg, subject) },
    { 4, FORM_NAME, "issuer name", offsetof(struct tvs_msg, issuer) },
    { 5, FORM_BYTES, "serial number", offsetof(struct tvs_msg, serial) },
    { 7, FORM_STATUS, "status", 0 },
    { 8, FORM_ROLES, "roles", offsetof(struct tvs_msg, roles) },
    { 9, FORM_TTL, "time to live", 0 },
};

#define ELEMENTS (sizeof elements / sizeof elements[0])

/* By type: its name in a TVS trace, what it must hold, and the usual order. */
static const struct {
    const char *name;
    uint8_t needs[4];
    uint8_t order[5];
} types[] = {
    [TVS_CERT_VERIFICATION_REQ] = { "TVS_MSG_CERT_VERIFICATION_REQ", { 2 }, { 1, 2 } },
    [TVS_CERT_VERIFICATION_RES] = { "TVS_MSG_CERT_VERIFICATION_RES", { 7 }, { 7, 8, 9 } },
    [TVS_QUERY_CERT_REQ] = { "TVS_MSG_QUERY_CERT_REQ", { 3, 4, 5 }, { 1, 3, 4, 5 } },
    [TVS_QUERY_CERT_RES] = { "TVS_MSG_QUERY_CERT_RES", { 7 }, { 7, 2, 8, 9 } },
};

const char *tvs_type_name(uint8_t type)
{
    return type < sizeof types / sizeof types[0] ? types[type].name : NULL;
}

static const struct element *element_of(uint8_t tag)
{
    for (size_t i = 0; i < ELEMENTS; i++)
        if (elements[i].tag == tag)
            return &elements[i];
    return NULL;
}

static struct view *field(struct tvs_msg *m, const struct element *el)
{
    return (struct view *)((char *)m + el->at);
}

static struct view value_of(const struct tvs_msg *m, const struct element *el)
{
    struct view v;
    memcpy(&v, (const char *)m + el->at, sizeof v);
    return v;
}

static bool present(const struct tvs_msg *m, const struct element *el)
{
    if (el->form == FORM_STATUS)
        return m->status >= 0;
    if (el->form == FORM_TTL)
        return m->ttl_s >= 0;
    return value_of(m, el).p != NULL;
}

bool tvs_whole(struct view in, size_t *length, struct err *e)
{
    *length = 0;
    if (in.n > 0 && in.p[0] != PROTOCOL)
        return err_set(e, "TVS message: byte 0: protocol 0x%02x, expected 0x57 (section 4)",
                       in.p[0]);
    if (in.n > 1 && in.p[1] != VERSION)
        return err_set(e, "TVS message: byte 1: version %u, expected 1 (section 4)", in.p[1]);
    if (in.n < TVS_HEADER)
        return true;
    size_t n = TVS_HEADER + (size_t)(in.p[8] << 8 | in.p[9]);
    if (in.n >= n)
        *length = n;
    return true;
}

static bool has_nul(struct view v)
{
    return v.n > 0 && memchr(v.p, 0, v.n) != NULL;
}

/* Judges one value and puts it where it belongs. */
static bool decode_value(const struct element *el, struct view v, size_t at, struct tvs_msg *m,
                         struct err *e)
{
    static const size_t fixed[] = { [FORM_STATUS] = 1, [FORM_TTL] = 4 };
    if (el->form >= FORM_STATUS && v.n != fixed[el->form])
        return err_set(e, "TVS message: byte %zu: %s of %zu bytes, expected %zu (section 4)", at,
                       el->name, v.n, fixed[el->form]);
    if (el->form != FORM_ROLES && v.n == 0)
        return err_set(e, "TVS message: byte %zu: empty %s (section 4)", at, el->name);
    switch (el->form) {
    case FORM_DEVICE:
        if (v.p[0] != 1)
            return err_set(e,
                           "TVS message: byte %zu: device name begins with 0x%02x, expected "
                           "0x01 (section 4)",
                           at, v.p[0]);
        v = view_sub(v, 1, v.n - 1);
        if (has_nul(v))
            return err_set(e, "TVS message: byte %zu: NUL in the device name (section 4)", at);
        break;
    case FORM_NAME:
        if (v.p[v.n - 1] != 0)
            return err_set(e, "TVS message: byte %zu: %s without NUL at its end (section 4)", at,
                           el->name);
        v.n--;
        if (has_nul(v))
            return err_set(e, "TVS message: byte %zu: NUL inside the %s (section 4)", at, el->name);
        break;
    case FORM_STATUS:
        m->status = v.p[0];
        return true;
    case FORM_TTL:
        m->ttl_s = (int64_t)((uint32_t)v.p[0] << 24 | (uint32_t)v.p[1] << 16 |
                             (uint32_t)v.p[2] << 8 | v.p[3]);
        return true;
    default:
        break;
    }
    *field(m, el) = v;
    return true;
}

static bool decode_element(struct rd *r, struct tvs_msg *m, uint32_t seen[8], size_t *known,
                           struct err *e)
{
    size_t at = r->at;
    uint8_t tag;
    uint16_t n;
    struct view v;
    if (!rd_u8(r, &tag) || !rd_u16(r, &n))
        return err_set(e,
                       "TVS message: byte %zu: %zu bytes left, an element's head needs 3 "
                       "(section 4)",
                       at, r->in.n - at);
    const struct element *el = element_of(tag);
    if (!rd_view(r, n, &v))
        return err_set(e,
                       "TVS message: byte %zu: element %u (%s) of %u bytes runs past the end, "
                       "%zu left (section 4)",
                       at, tag, el != NULL ? el->name : "unknown", n, rd_left(r));
    if ((seen[tag / 32] >> tag % 32 & 1) != 0)
        return err_set(e, "TVS message: byte %zu: second element %u (%s) (section 4)", at, tag,
                       el != NULL ? el->name : "unknown");
    seen[tag / 32] |= (uint32_t)1 << tag % 32;
    if (el == NULL) {
        m->unknown = true; /* a newer peer's: passed over */
        return true;
    }
    m->order[(*known)++] = tag;
    return decode_value(el, v, at + 3, m, e);
}

static bool complete(const struct tvs_msg *m, struct err *e)
{
    const char *name = tvs_type_name(m->type);
    if (name == NULL)
        return err_set(e, "TVS message: byte 2: type %u, expected 1 to 4 (section 4)", m->type);
    for (size_t i = 0; i < sizeof types[0].needs && types[m->type].needs[i] != 0; i++) {
        const struct element *el = element_of(types[m->type].needs[i]);
        if (!present(m, el))
            return err_set(e, "TVS message: %s without element %u (%s) (section 4)", name, el->tag,
                           el->name);
    }
    return true;
}

bool tvs_decode(struct view message, struct tvs_msg *out, struct err *e)
{
    size_t whole;
    if (!tvs_whole(message, &whole, e))
        return false;
    if (whole != message.n || whole == 0) {
        if (message.n < TVS_HEADER)
            return err_set(e, "TVS message: %zu bytes, the header has 10 (section 4)", message.n);
        return err_set(e, "TVS message: byte 8: length %u, but %zu bytes follow (section 4)",
                       message.p[8] << 8 | message.p[9], message.n - TVS_HEADER);
    }
    struct tvs_msg m = { .status = -1, .ttl_s = -1 };
    m.type = message.p[2];
    m.reserved = message.p[3];
    struct rd r = rd_of(message);
    r.at = 4;
    if (!rd_u32(&r, &m.session))
        return err_set(e, "TVS message: byte 4: no session");
    r.at = TVS_HEADER;
    if (tvs_type_name(m.type) == NULL)
        return complete(&m, e);
    uint32_t seen[8] = { 0 };
    size_t known = 0;
    while (rd_left(&r) > 0)
        if (!decode_element(&r, &m, seen, &known, e))
            return false;
    if (!complete(&m, e))
        return false;
    *out = m;
    return true;
}

/* What decoding would refuse. */
static bool encodable(const struct tvs_msg *m, const struct element *el, struct err *e)
{
    if (el->form == FORM_STATUS)
        return m->status <= 255 ||
               err_set(e, "TVS message: status %d does not fit a byte", m->status);
    if (el->form == FORM_TTL)
        return m->ttl_s <= UINT32_MAX ||
               err_set(e, "TVS message: time to live %lld does not fit 4 bytes",
                       (long long)m->ttl_s);
    struct view v = value_of(m, el);
    size_t extra = el->form == FORM_DEVICE || el->form == FORM_NAME ? 1 : 0;
    if (v.n > 65535 - extra)
        return err_set(e, "TVS message: %s of %zu bytes, at most 65535 fit (section 4)", el->name,
                       v.n + extra);
    if (el->form == FORM_BYTES && v.n == 0)
        return err_set(e, "TVS message: empty %s (section 4)", el->name);
    if (extra != 0 && has_nul(v))
        return err_set(e, "TVS message: NUL inside the %s (section 4)", el->name);
    return true;
}

static void encode_element(const struct tvs_msg *m, const struct element *el, struct wr *w)
{
    wr_u8(w, el->tag);
    if (el->form == FORM_STATUS) {
        wr_u16(w, 1);
        wr_u8(w, (uint8_t)m->status);
        return;
    }
    if (el->form == FORM_TTL) {
        wr_u16(w, 4);
        wr_u32(w, (uint32_t)m->ttl_s);
        return;
    }
    struct view v = value_of(m, el);
    size_t extra = el->form == FORM_DEVICE || el->form == FORM_NAME ? 1 : 0;
    wr_u16(w, (uint16_t)(v.n + extra));
    if (el->form == FORM_DEVICE)
        wr_u8(w, 1);
    wr_view(w, v);
    if (el->form == FORM_NAME)
        wr_u8(w, 0);
}

static bool encode_body(const struct tvs_msg *m, struct wr *w, struct err *e)
{
    const uint8_t *order = m->order[0] != 0 ? m->order : types[m->type].order;
    size_t n = m->order[0] != 0 ? sizeof m->order : sizeof types[0].order;
    uint32_t written = 0;
    for (size_t i = 0; i < n && order[i] != 0; i++) {
        const struct element *el = element_of(order[i]);
        if (el == NULL || (written >> el->tag & 1) != 0)
            return err_set(e, "TVS message: order[%zu] is element %u, unknown or there twice", i,
                           order[i]);
        written |= (uint32_t)1 << el->tag;
        if (!present(m, el))
            continue;
        if (!encodable(m, el, e))
            return false;
        encode_element(m, el, w);
    }
    for (size_t i = 0; i < sizeof types[0].needs && types[m->type].needs[i] != 0; i++)
        if ((written >> types[m->type].needs[i] & 1) == 0)
            return err_set(e, "TVS message: %s without element %u in its order",
                           tvs_type_name(m->type), types[m->type].needs[i]);
    return true;
}

bool tvs_encode(const struct tvs_msg *m, struct wr *w, struct err *e)
{
    if (!complete(m, e))
        return false;
    struct wr measure = wr_measure();
    if (!encode_body(m, &measure, e))
        return false;
    if (measure.n > 65535)
        return err_set(e, "TVS message: elements of %zu bytes, at most 65535 fit (section 4)",
                       measure.n);
    wr_u8(w, PROTOCOL);
    wr_u8(w, VERSION);
    wr_u8(w, m->type);
    wr_u8(w, m->reserved);
    wr_u32(w, m->session);
    wr_u16(w, (uint16_t)measure.n);
    return encode_body(m, w, e);
}
