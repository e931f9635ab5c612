#include "sim/wire/sccp.h"

#include "sim/base/check.h"

#include <string.h>

enum form { NO_FIELD, BYTE, SHORT, LONG, ADDRESS, TEXT, SKIP };

/* A field of a body, and the field of struct sccp_msg that holds it. */
struct field {
    uint8_t form; /* enum form */
    uint8_t size; /* TEXT, SKIP: bytes */
    size_t at;
};

#define FIELD(f) offsetof(struct sccp_msg, f)
#define F_BYTE(f)                                                                                  \
    {                                                                                              \
        BYTE, 1, FIELD(f)                                                                          \
    }
#define F_SHORT(f)                                                                                 \
    {                                                                                              \
        SHORT, 2, FIELD(f)                                                                         \
    }
#define F_LONG(f)                                                                                  \
    {                                                                                              \
        LONG, 4, FIELD(f)                                                                          \
    }
#define F_ADDRESS(f)                                                                               \
    {                                                                                              \
        ADDRESS, 4, FIELD(f)                                                                       \
    }
#define F_TEXT(f, bytes)                                                                           \
    {                                                                                              \
        TEXT, bytes, FIELD(f)                                                                      \
    }
#define F_SKIP(bytes)                                                                              \
    {                                                                                              \
        SKIP, bytes, 0                                                                             \
    }

#define FIELDS 10

/* What is not there any more behind the bytes that are needed is 0. */
static const struct kind {
    uint16_t id;
    uint8_t needs; /* bytes of the body */
    const char *name;
    struct field fields[FIELDS];
} kinds[] = {
    { SCCP_KEEPALIVE, 0, "KeepAliveReq", { { 0 } } },
    { SCCP_REGISTER,
      32,
      "RegisterReq",
      { F_TEXT(device, 16), F_LONG(user), F_LONG(instance), F_ADDRESS(address), F_LONG(device_type),
        F_LONG(max_streams), F_LONG(streams), F_BYTE(protocol), F_SKIP(1), F_SHORT(features) } },
    { SCCP_IP_PORT, 4, "IpPort", { F_LONG(value) } },
    { SCCP_FORWARD_STAT_REQ, 4, "ForwardStatReq", { F_LONG(value) } },
    { SCCP_SPEED_DIAL_STAT_REQ, 4, "SpeedDialStatReq", { F_LONG(value) } },
    { SCCP_LINE_STAT_REQ, 4, "LineStatReq", { F_LONG(value) } },
    { SCCP_CONFIG_STAT_REQ, 0, "ConfigStatReq", { { 0 } } },
    { SCCP_TIME_DATE_REQ, 0, "TimeDateReq", { { 0 } } },
    { SCCP_BUTTON_TEMPLATE_REQ, 0, "ButtonTemplateReq", { { 0 } } },
    { SCCP_VERSION_REQ, 0, "VersionReq", { { 0 } } },
    { SCCP_CAPABILITIES_RES, 4, "CapabilitiesRes", { F_LONG(value) } },
    { SCCP_ALARM,
      4,
      "Alarm",
      { F_LONG(severity), F_TEXT(text, 80), F_LONG(parameters[0]), F_LONG(parameters[1]) } },
    { SCCP_SOFT_KEY_SET_REQ, 0, "SoftKeySetReq", { { 0 } } },
    { SCCP_UNREGISTER, 0, "UnregisterReq", { { 0 } } },
    { SCCP_SOFT_KEY_TEMPLATE_REQ, 0, "SoftKeyTemplateReq", { { 0 } } },
    { SCCP_HEADSET_STATUS, 4, "HeadsetStatus", { F_LONG(value) } },
    { SCCP_REGISTER_AVAILABLE_LINES, 4, "RegisterAvailableLines", { F_LONG(value) } },
    { SCCP_REGISTER_ACK,
      12,
      "RegisterAck",
      { F_LONG(keepalive_s), F_TEXT(date_template, 6), F_SKIP(2), F_LONG(second_keepalive_s),
        F_BYTE(protocol), F_SKIP(1), F_SHORT(features) } },
    { SCCP_FORWARD_STAT_RES, 4, "ForwardStatRes", { F_LONG(value) } },
    { SCCP_SPEED_DIAL_STAT_RES, 4, "SpeedDialStatRes", { F_LONG(value) } },
    { SCCP_LINE_STAT_RES, 4, "LineStatRes", { F_LONG(value) } },
    { SCCP_CONFIG_STAT_RES, 16, "ConfigStatRes", { F_TEXT(device, 16) } },
    { SCCP_TIME_DATE_RES, 0, "TimeDateRes", { { 0 } } },
    { SCCP_BUTTON_TEMPLATE_RES, 4, "ButtonTemplateRes", { F_LONG(value) } },
    { SCCP_VERSION_RES, 16, "VersionRes", { F_TEXT(text, 16) } },
    { SCCP_CAPABILITIES_REQ, 0, "CapabilitiesReq", { { 0 } } },
    { SCCP_REGISTER_REJECT, 0, "RegisterReject", { F_TEXT(text, SCCP_REASON) } },
    { SCCP_RESET, 4, "Reset", { F_LONG(value) } },
    { SCCP_KEEPALIVE_ACK, 0, "KeepAliveAck", { { 0 } } },
    { SCCP_SOFT_KEY_TEMPLATE_RES, 4, "SoftKeyTemplateRes", { F_LONG(value) } },
    { SCCP_SOFT_KEY_SET_RES, 4, "SoftKeySetRes", { F_LONG(value) } },
    { SCCP_UNREGISTER_ACK, 0, "UnregisterAck", { F_LONG(value) } },
};

static const struct kind *kind_of(uint32_t id)
{
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (kinds[i].id == id)
            return &kinds[i];
    return NULL;
}

const char *sccp_name(uint32_t id)
{
    const struct kind *k = kind_of(id);
    return k == NULL ? NULL : k->name;
}

/* ---- reading ---- */

static uint32_t little(struct view v)
{
    uint32_t n = 0;
    for (size_t i = v.n; i > 0; i--)
        n = n << 8 | v.p[i - 1];
    return n;
}

static uint32_t big(struct view v)
{
    uint32_t n = 0;
    for (size_t i = 0; i < v.n; i++)
        n = n << 8 | v.p[i];
    return n;
}

static struct view up_to_nul(struct view v)
{
    const uint8_t *end = v.n == 0 ? NULL : memchr(v.p, 0, v.n);
    return end == NULL ? v : view_of(v.p, (size_t)(end - v.p));
}

bool sccp_whole(struct view in, size_t *length, struct err *e)
{
    *length = 0;
    if (in.n < 4)
        return true;
    uint32_t n = little(view_sub(in, 0, 4));
    if (n < 4 || n > SCCP_MAX - 8)
        return err_set(e, "SCCP message: length %u, expected 4 to %d (docs/FORMATS.md, section 8)",
                       (unsigned)n, SCCP_MAX - 8);
    if (in.n >= 8 + (size_t)n)
        *length = 8 + (size_t)n;
    return true;
}

static void take(struct sccp_msg *m, const struct field *f, struct view v)
{
    void *to = (char *)m + f->at;
    switch (f->form) {
    case BYTE:
        *(uint8_t *)to = v.p[0];
        break;
    case SHORT:
        *(uint16_t *)to = (uint16_t)little(v);
        break;
    case LONG:
        *(uint32_t *)to = little(v);
        break;
    case ADDRESS: /* as in the IP header */
        *(uint32_t *)to = big(v);
        break;
    case TEXT:
        *(struct view *)to = up_to_nul(v);
        break;
    default: /* SKIP */
        break;
    }
}

static void read_body(const struct kind *k, struct rd *r, struct sccp_msg *m)
{
    struct view v;
    for (size_t i = 0; k != NULL && i < FIELDS && k->fields[i].form != NO_FIELD; i++) {
        const struct field *f = &k->fields[i];
        bool text = f->form == TEXT; /* one that ends early is as long as it is */
        if (!rd_view(r, text && rd_left(r) < f->size ? rd_left(r) : f->size, &v))
            break;
        take(m, f, v);
    }
}

bool sccp_decode(struct view message, struct sccp_msg *out, struct err *e)
{
    size_t whole;
    if (!sccp_whole(message, &whole, e))
        return false;
    if (whole != message.n || whole < SCCP_HEADER)
        return err_set(e,
                       "SCCP message: %zu bytes, its length says otherwise (docs/FORMATS.md, "
                       "section 8)",
                       message.n);
    struct sccp_msg m = { .version = little(view_sub(message, 4, 4)),
                          .id = little(view_sub(message, 8, 4)) };
    const struct kind *k = kind_of(m.id);
    struct rd r = rd_of(view_sub(message, SCCP_HEADER, message.n - SCCP_HEADER));
    if (k != NULL && rd_left(&r) < k->needs)
        return err_set(e,
                       "SCCP message: %s with a body of %zu bytes, expected %u "
                       "(docs/FORMATS.md, section 8)",
                       k->name, rd_left(&r), k->needs);
    read_body(k, &r, &m);
    if (rd_left(&r) > 0)
        (void)rd_view(&r, rd_left(&r), &m.rest);
    *out = m;
    return true;
}

/* ---- writing ---- */

static void put_little(struct wr *w, uint32_t n, int bytes)
{
    for (int i = 0; i < bytes; i++)
        wr_u8(w, (uint8_t)(n >> 8 * i));
}

static void put_text(struct wr *w, struct view v, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        wr_u8(w, i < v.n ? v.p[i] : 0);
}

static void put(const struct sccp_msg *m, const struct field *f, struct wr *w)
{
    const void *from = (const char *)m + f->at;
    switch (f->form) {
    case BYTE:
        wr_u8(w, *(const uint8_t *)from);
        break;
    case SHORT:
        put_little(w, *(const uint16_t *)from, 2);
        break;
    case LONG:
        put_little(w, *(const uint32_t *)from, 4);
        break;
    case ADDRESS:
        wr_u32(w, *(const uint32_t *)from);
        break;
    case TEXT:
        put_text(w, *(const struct view *)from, f->size);
        break;
    default: /* SKIP */
        put_text(w, view_of(NULL, 0), f->size);
    }
}

void sccp_encode(const struct sccp_msg *m, struct wr *w)
{
    const struct kind *k = kind_of(m->id);
    size_t body = m->rest.n;
    for (size_t i = 0; k != NULL && i < FIELDS && k->fields[i].form != NO_FIELD; i++)
        body += k->fields[i].size;
    CHECK(body <= SCCP_MAX - SCCP_HEADER);
    put_little(w, (uint32_t)body + 4, 4);
    put_little(w, m->version, 4);
    put_little(w, m->id, 4);
    for (size_t i = 0; k != NULL && i < FIELDS && k->fields[i].form != NO_FIELD; i++)
        put(m, &k->fields[i], w);
    wr_view(w, m->rest);
}
