#include "sim/wire/capf.h"

#include <string.h>

#define PROTOCOL 0x55
#define COMMANDS (CAPF_SIGN_CERT_RES + 1)

enum form {
    FORM_BYTE,
    FORM_SIZE,     /* two bytes */
    FORM_NAME,     /* ends in its only NUL, and has something before it */
    FORM_PASSWORD, /* the same, and may have nothing */
    FORM_BYTES,    /* not empty */
    FORM_CERT,     /* 01, length of what follows, 00, type, DER */
    FORM_SUDI,     /* parts 0, 1, 3 */
    FORM_SHA512    /* 03, length, signed data */
};

#define PART_CERT   0
#define PART_SHA1   1
#define PART_SHA512 3

static const struct element {
    uint8_t tag;
    uint8_t form;
    const char *name;
    size_t at; /* of the field in struct capf_msg */
} elements[] = {
    { 1, FORM_BYTE, "reason", offsetof(struct capf_msg, reason) },
    { 2, FORM_BYTES, "reason information", offsetof(struct capf_msg, reason_info) },
    { 3, FORM_BYTE, "certificate type", offsetof(struct capf_msg, certificate_type) },
    { 4, FORM_CERT, "certificate", offsetof(struct capf_msg, certificate) },
    { 5, FORM_BYTES, "certificate id", offsetof(struct capf_msg, certificate_id) },
    { 6, FORM_BYTES, "signed data", offsetof(struct capf_msg, signed_sha1) },
    { 7, FORM_BYTE, "version", offsetof(struct capf_msg, version) },
    { 8, FORM_BYTE, "auth type", offsetof(struct capf_msg, auth_type) },
    { 9, FORM_BYTES, "public key", offsetof(struct capf_msg, public_key) },
    { 10, FORM_SIZE, "key size", offsetof(struct capf_msg, key_size) },
    { 11, FORM_PASSWORD, "password", offsetof(struct capf_msg, password) },
    { 12, FORM_BYTES, "retry delay", offsetof(struct capf_msg, retry_delay) },
    { 13, FORM_NAME, "device name", offsetof(struct capf_msg, device) },
    { 16, FORM_SUDI, "SUDI data", offsetof(struct capf_msg, sudi) },
    { 17, FORM_BYTE, "key type", offsetof(struct capf_msg, key_type) },
    { 18, FORM_BYTE, "curve", offsetof(struct capf_msg, curve) },
    { 19, FORM_BYTES, "digest type", offsetof(struct capf_msg, digest_type) },
    { 20, FORM_SHA512, "signed data SHA-512", offsetof(struct capf_msg, signed_sha512) },
};

#define ELEMENTS (sizeof elements / sizeof elements[0])

/* The order in which both ends of the peer write theirs. */
static const uint8_t usual[ELEMENTS] = { 1,  2,  3,  4,  5,  6, 7,  8,  10,
                                         17, 18, 11, 13, 16, 9, 20, 12, 19 };

static const struct {
    const char *name;
    uint8_t needs[3];
} commands[COMMANDS] = {
    [CAPF_AUTH_REQ] = { "auth request", { 7, 8 } },
    [CAPF_AUTH_RES] = { "auth response", { 1, 7, 13 } },
    [CAPF_KEY_GEN_REQ] = { "key generate request", { 17 } },
    [CAPF_KEY_GEN_RES] = { "key generate response", { 0 } }, /* 9, or the reason why not */
    [CAPF_ENCRYPT_RES] = { "encrypt response", { 0 } },
    [CAPF_ENCRYPT_REQ] = { "encrypt request", { 0 } },
    [CAPF_DECRYPT_REQ] = { "decrypt request", { 0 } },
    [CAPF_DECRYPT_RES] = { "decrypt response", { 0 } },
    [CAPF_STORE_CERT_REQ] = { "store certificate request", { 4 } },
    [CAPF_STORE_CERT_RES] = { "store certificate response", { 1 } },
    [CAPF_FETCH_CERT_REQ] = { "fetch certificate request", { 0 } },
    [CAPF_FETCH_CERT_RES] = { "fetch certificate response", { 1 } },
    [CAPF_DELETE_CERT_REQ] = { "delete certificate request", { 0 } },
    [CAPF_DELETE_CERT_RES] = { "delete certificate response", { 1 } },
    [CAPF_END_SESSION] = { "end session", { 1 } },
    [CAPF_RETRY_LATER] = { "retry later", { 0 } },
    [CAPF_REQUEST_IN_PROGRESS] = { "request in progress", { 0 } },
    [CAPF_STATUS_REQ] = { "status request", { 0 } },
    [CAPF_STATUS_RES] = { "status response", { 0 } },
    [CAPF_ABORT_REQ] = { "abort request", { 0 } },
    [CAPF_ABORT_RES] = { "abort response", { 0 } },
    [CAPF_SIGN_CERT_REQ] = { "sign certificate request", { 0 } },
    [CAPF_SIGN_CERT_RES] = { "sign certificate response", { 0 } },
};

const char *capf_command_name(uint8_t command)
{
    return command < COMMANDS ? commands[command].name : NULL;
}

struct capf_msg capf_msg_of(enum capf_command command, uint32_t session)
{
    return (struct capf_msg){ .command = (uint8_t)command,
                              .session = session,
                              .reason = -1,
                              .certificate_type = -1,
                              .version = -1,
                              .auth_type = -1,
                              .key_type = -1,
                              .curve = -1,
                              .key_size = -1,
                              .certificate_kind = CAPF_LSC };
}

static const struct element *element_of(uint8_t tag)
{
    for (size_t i = 0; i < ELEMENTS; i++)
        if (elements[i].tag == tag)
            return &elements[i];
    return NULL;
}

static const char *name_of(const struct element *el)
{
    return el != NULL ? el->name : "unknown";
}

static int16_t *byte_at(struct capf_msg *m, const struct element *el)
{
    return (int16_t *)(void *)((char *)m + el->at);
}

static struct view *view_at(struct capf_msg *m, const struct element *el)
{
    return (struct view *)(void *)((char *)m + el->at);
}

static int16_t byte_of(const struct capf_msg *m, const struct element *el)
{
    int16_t v;
    memcpy(&v, (const char *)m + el->at, sizeof v);
    return v;
}

static struct view view_in(const struct capf_msg *m, const struct element *el)
{
    struct view v;
    memcpy(&v, (const char *)m + el->at, sizeof v);
    return v;
}

static bool present(const struct capf_msg *m, const struct element *el)
{
    switch (el->form) {
    case FORM_BYTE:
        return byte_of(m, el) >= 0;
    case FORM_SIZE:
        return m->key_size >= 0;
    case FORM_SUDI:
        return m->sudi.certificate.p != NULL;
    default:
        return view_in(m, el).p != NULL;
    }
}

bool capf_whole(struct view in, size_t *length, struct err *e)
{
    *length = 0;
    if (in.n > 0 && in.p[0] != PROTOCOL)
        return err_set(e, "CAPF message: byte 0: protocol 0x%02x, expected 0x55 (section 5)",
                       in.p[0]);
    if (in.n < CAPF_HEADER)
        return true;
    size_t n = CAPF_HEADER + (size_t)(in.p[6] << 8 | in.p[7]);
    if (in.n >= n)
        *length = n;
    return true;
}

/* ---- decoding ---- */

static bool bad(struct err *e, size_t at, const struct element *el, const char *what)
{
    return err_set(e, "CAPF message: byte %zu: %s %s (section 5)", at, el->name, what);
}

static bool bad_length(struct err *e, size_t at, const struct element *el, size_t n,
                       const char *expected)
{
    return err_set(e, "CAPF message: byte %zu: %s of %zu bytes, expected %s (section 5)", at,
                   el->name, n, expected);
}

/* `tag`, the length of what follows, and that: with nothing behind it where `last`. */
static bool part(struct rd *r, uint8_t tag, bool last, struct view *out)
{
    uint8_t got;
    uint16_t n;
    return rd_u8(r, &got) && got == tag && rd_u16(r, &n) && rd_view(r, n, out) && n > 0 &&
           (!last || rd_left(r) == 0);
}

static bool decode_name(const struct element *el, struct view v, size_t at, struct capf_msg *m,
                        struct err *e)
{
    if (v.n == 0 || v.p[v.n - 1] != 0)
        return bad(e, at, el, "without NUL at its end");
    if (memchr(v.p, 0, v.n - 1) != NULL)
        return bad(e, at, el, "with a NUL inside");
    if (v.n == 1 && el->form == FORM_NAME)
        return bad(e, at, el, "that is empty");
    *view_at(m, el) = view_of(v.p, v.n - 1);
    return true;
}

static bool decode_cert(const struct element *el, struct view v, size_t at, struct capf_msg *m,
                        struct err *e)
{
    struct rd r = rd_of(v);
    struct view inner;
    if (!part(&r, 1, true, &inner) || inner.n < 3 || inner.p[0] != 0)
        return bad(e, at, el, "is not 01, its length, 00, its type and a certificate");
    m->certificate_kind = inner.p[1];
    m->certificate = view_sub(inner, 2, inner.n - 2);
    return true;
}

static bool decode_sudi(const struct element *el, struct view v, size_t at, struct capf_msg *m,
                        struct err *e)
{
    struct rd r = rd_of(v);
    if (!part(&r, PART_CERT, false, &m->sudi.certificate) ||
        !part(&r, PART_SHA1, false, &m->sudi.sha1) || !part(&r, PART_SHA512, true, &m->sudi.sha512))
        return bad(e, at, el, "is not its parts 0, 1 and 3");
    return true;
}

static bool decode_value(const struct element *el, struct view v, size_t at, struct capf_msg *m,
                         struct err *e)
{
    struct rd r = rd_of(v);
    switch (el->form) {
    case FORM_BYTE:
        if (v.n != 1)
            return bad_length(e, at, el, v.n, "1");
        *byte_at(m, el) = v.p[0];
        return true;
    case FORM_SIZE:
        if (v.n != 2)
            return bad_length(e, at, el, v.n, "2");
        m->key_size = v.p[0] << 8 | v.p[1];
        return true;
    case FORM_NAME:
    case FORM_PASSWORD:
        return decode_name(el, v, at, m, e);
    case FORM_CERT:
        return decode_cert(el, v, at, m, e);
    case FORM_SUDI:
        return decode_sudi(el, v, at, m, e);
    case FORM_SHA512:
        return part(&r, PART_SHA512, true, &m->signed_sha512) ||
               bad(e, at, el, "is not 03, its length and signed data");
    default:
        *view_at(m, el) = v;
        return v.n > 0 || bad_length(e, at, el, 0, "some");
    }
}

static bool decode_element(struct rd *r, struct capf_msg *m, uint32_t seen[8], size_t *known,
                           struct err *e)
{
    size_t at = r->at;
    uint8_t tag;
    uint16_t n;
    struct view v;
    if (!rd_u8(r, &tag) || !rd_u16(r, &n))
        return err_set(e,
                       "CAPF message: byte %zu: %zu bytes left, an element's head needs 3 "
                       "(section 5)",
                       at, r->in.n - at);
    const struct element *el = element_of(tag);
    if (!rd_view(r, n, &v))
        return err_set(e,
                       "CAPF message: byte %zu: element %u (%s) of %u bytes runs past the end, "
                       "%zu left (section 5)",
                       at, tag, name_of(el), n, rd_left(r));
    if ((seen[tag / 32] >> tag % 32 & 1) != 0)
        return err_set(e, "CAPF message: byte %zu: second element %u (%s) (section 5)", at, tag,
                       name_of(el));
    seen[tag / 32] |= (uint32_t)1 << tag % 32;
    if (el == NULL) {
        m->unknown = true;
        return true;
    }
    m->order[(*known)++] = tag;
    return decode_value(el, v, at + 3, m, e);
}

static bool complete(const struct capf_msg *m, struct err *e)
{
    const char *name = capf_command_name(m->command);
    if (name == NULL)
        return err_set(e, "CAPF message: byte 1: command %u, expected 1 to 23 (section 5)",
                       m->command);
    for (size_t i = 0; i < sizeof commands[0].needs && commands[m->command].needs[i] != 0; i++) {
        const struct element *el = element_of(commands[m->command].needs[i]);
        if (!present(m, el))
            return err_set(e, "CAPF message: %s without element %u (%s) (section 5)", name, el->tag,
                           el->name);
    }
    return true;
}

bool capf_decode(struct view message, struct capf_msg *out, struct err *e)
{
    size_t whole;
    if (!capf_whole(message, &whole, e))
        return false;
    if (message.n < CAPF_HEADER)
        return err_set(e, "CAPF message: %zu bytes, the header has 8 (section 5)", message.n);
    if (whole != message.n)
        return err_set(e, "CAPF message: byte 6: length %u, but %zu bytes follow (section 5)",
                       message.p[6] << 8 | message.p[7], message.n - CAPF_HEADER);
    struct rd r = rd_of(message);
    uint32_t session, seen[8] = { 0 };
    r.at = 2;
    if (!rd_u32(&r, &session))
        return err_set(e, "CAPF message: byte 2: no session");
    struct capf_msg m = capf_msg_of((enum capf_command)message.p[1], session);
    if (capf_command_name(m.command) == NULL)
        return complete(&m, e);
    size_t known = 0;
    r.at = CAPF_HEADER;
    while (rd_left(&r) > 0)
        if (!decode_element(&r, &m, seen, &known, e))
            return false;
    if (!complete(&m, e))
        return false;
    *out = m;
    return true;
}

/* ---- encoding ---- */

static void put_part(struct wr *w, uint8_t tag, struct view v)
{
    wr_u8(w, tag);
    wr_u16(w, (uint16_t)v.n);
    wr_view(w, v);
}

static size_t value_length(const struct capf_msg *m, const struct element *el)
{
    const struct capf_sudi *s = &m->sudi;
    switch (el->form) {
    case FORM_BYTE:
        return 1;
    case FORM_SIZE:
        return 2;
    case FORM_NAME:
    case FORM_PASSWORD:
        return view_in(m, el).n + 1;
    case FORM_CERT:
        return m->certificate.n + 5;
    case FORM_SUDI:
        return s->certificate.n + s->sha1.n + s->sha512.n + 9;
    case FORM_SHA512:
        return m->signed_sha512.n + 3;
    default:
        return view_in(m, el).n;
    }
}

static void put_value(const struct capf_msg *m, const struct element *el, struct wr *w)
{
    switch (el->form) {
    case FORM_BYTE:
        wr_u8(w, (uint8_t)byte_of(m, el));
        break;
    case FORM_SIZE:
        wr_u16(w, (uint16_t)m->key_size);
        break;
    case FORM_CERT:
        wr_u8(w, 1);
        wr_u16(w, (uint16_t)(m->certificate.n + 2));
        wr_u8(w, 0);
        wr_u8(w, m->certificate_kind);
        wr_view(w, m->certificate);
        break;
    case FORM_SUDI:
        put_part(w, PART_CERT, m->sudi.certificate);
        put_part(w, PART_SHA1, m->sudi.sha1);
        put_part(w, PART_SHA512, m->sudi.sha512);
        break;
    case FORM_SHA512:
        put_part(w, PART_SHA512, m->signed_sha512);
        break;
    default:
        wr_view(w, view_in(m, el));
        if (el->form == FORM_NAME || el->form == FORM_PASSWORD)
            wr_u8(w, 0);
    }
}

/* What decoding would refuse. */
static bool encodable(const struct capf_msg *m, const struct element *el, struct err *e)
{
    struct view v = view_of(NULL, 0);
    size_t n = value_length(m, el);
    if (el->form == FORM_BYTE)
        return byte_of(m, el) <= 255 ||
               err_set(e, "CAPF message: %s %d does not fit a byte", el->name, byte_of(m, el));
    if (el->form == FORM_SIZE)
        return m->key_size <= 65535 ||
               err_set(e, "CAPF message: key size %d does not fit 2 bytes", (int)m->key_size);
    if (n > 65535)
        return err_set(e, "CAPF message: %s of %zu bytes, at most 65535 fit (section 5)", el->name,
                       n);
    if (el->form == FORM_SUDI)
        return (m->sudi.certificate.n > 0 && m->sudi.sha1.n > 0 && m->sudi.sha512.n > 0) ||
               err_set(e, "CAPF message: SUDI data lacks a part (section 5)");
    v = view_in(m, el);
    if (v.n == 0 && el->form != FORM_PASSWORD)
        return err_set(e, "CAPF message: empty %s (section 5)", el->name);
    bool text = el->form == FORM_NAME || el->form == FORM_PASSWORD;
    if (text && v.n > 0 && memchr(v.p, 0, v.n) != NULL)
        return err_set(e, "CAPF message: NUL inside the %s (section 5)", el->name);
    return true;
}

static bool encode_body(const struct capf_msg *m, struct wr *w, struct err *e)
{
    const uint8_t *order = m->order[0] != 0 ? m->order : usual;
    uint32_t written = 0;
    for (size_t i = 0; i < ELEMENTS && order[i] != 0; i++) {
        const struct element *el = element_of(order[i]);
        if (el == NULL || (written >> el->tag & 1) != 0)
            return err_set(e, "CAPF message: order[%zu] is element %u, unknown or there twice", i,
                           order[i]);
        if (!present(m, el))
            continue;
        if (!encodable(m, el, e))
            return false;
        written |= (uint32_t)1 << el->tag;
        wr_u8(w, el->tag);
        wr_u16(w, (uint16_t)value_length(m, el));
        put_value(m, el, w);
    }
    for (size_t i = 0; i < sizeof commands[0].needs && commands[m->command].needs[i] != 0; i++)
        if ((written >> commands[m->command].needs[i] & 1) == 0)
            return err_set(e, "CAPF message: %s without element %u in its order",
                           capf_command_name(m->command), commands[m->command].needs[i]);
    return true;
}

bool capf_encode(const struct capf_msg *m, struct wr *w, struct err *e)
{
    if (!complete(m, e))
        return false;
    struct wr measure = wr_measure();
    if (!encode_body(m, &measure, e))
        return false;
    if (measure.n > 65535)
        return err_set(e, "CAPF message: elements of %zu bytes, at most 65535 fit (section 5)",
                       measure.n);
    wr_u8(w, PROTOCOL);
    wr_u8(w, m->command);
    wr_u32(w, m->session);
    wr_u16(w, (uint16_t)measure.n);
    return encode_body(m, w, e);
}
