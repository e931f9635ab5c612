#include "sim/wire/body.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define MOST 65535

/* Of numbers, in bytes; their fields have twice as many, for -1. */
static const uint8_t width[] = { [BODY_U8] = 1, [BODY_U16] = 2, [BODY_U32] = 4 };

const char *body_kind_name(const struct body_protocol *p, uint8_t kind)
{
    return kind < p->kind_count ? p->kinds[kind].name : NULL;
}

static const struct body_element *element_of(const struct body_protocol *p, uint8_t tag)
{
    for (size_t i = 0; i < p->element_count; i++)
        if (p->elements[i].tag == tag)
            return &p->elements[i];
    return NULL;
}

/* What is wrong, after whose message it is and before where that is written down. */
__attribute__((format(printf, 3, 4))) static bool wrong(const struct body_protocol *p,
                                                        struct err *e, const char *format, ...)
{
    char text[200];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return err_set(e, "%s: %s (FORMATS section %u)", p->name, text, p->section);
}

/* ---- fields ---- */

static bool is_number(const struct body_element *el)
{
    return el->form <= BODY_U32;
}

static int64_t number_of(const void *m, const struct body_element *el)
{
    const char *at = (const char *)m + el->at;
    int16_t small;
    int32_t middle;
    int64_t large;
    memcpy(&small, at, sizeof small);
    if (el->form == BODY_U8)
        return small;
    memcpy(&middle, at, sizeof middle);
    if (el->form == BODY_U16)
        return middle;
    memcpy(&large, at, sizeof large);
    return large;
}

static void set_number(void *m, const struct body_element *el, uint32_t v)
{
    char *at = (char *)m + el->at;
    if (el->form == BODY_U8)
        memcpy(at, &(int16_t){ (int16_t)v }, sizeof(int16_t));
    else if (el->form == BODY_U16)
        memcpy(at, &(int32_t){ (int32_t)v }, sizeof(int32_t));
    else
        memcpy(at, &(int64_t){ v }, sizeof(int64_t));
}

/* The i-th view; only BODY_PARTS has more than one. */
static struct view view_in(const void *m, const struct body_element *el, size_t i)
{
    struct view v;
    memcpy(&v, (const char *)m + el->at + i * sizeof v, sizeof v);
    return v;
}

static void set_view(void *m, const struct body_element *el, size_t i, struct view v)
{
    memcpy((char *)m + el->at + i * sizeof v, &v, sizeof v);
}

static uint8_t *cert_type(void *m, const struct body_element *el)
{
    return (uint8_t *)m + el->at + sizeof(struct view);
}

static bool has_nul(struct view v)
{
    return v.n > 0 && memchr(v.p, 0, v.n) != NULL;
}

static bool present(const void *m, const struct body_element *el)
{
    return is_number(el) ? number_of(m, el) >= 0 : view_in(m, el, 0).p != NULL;
}

/* ---- the frame ---- */

bool body_whole(const struct body_protocol *p, struct view in, size_t *length, struct err *e)
{
    *length = 0;
    if (in.n > 0 && in.p[0] != p->first)
        return wrong(p, e, "byte 0: protocol 0x%02x, expected 0x%02x", in.p[0], p->first);
    if (in.n < p->header)
        return true;
    size_t n = p->header + (size_t)(in.p[p->header - 2] << 8 | in.p[p->header - 1]);
    if (in.n >= n)
        *length = n;
    return true;
}

/* Whether it is a kind that is known, and all is there that it needs. */
static bool complete(const struct body_protocol *p, uint8_t kind, const void *m, struct err *e)
{
    const char *name = body_kind_name(p, kind);
    if (name == NULL)
        return wrong(p, e, "byte %u: %s %u, expected 1 to %u", p->kind_at, p->kind, kind,
                     p->kind_count - 1);
    for (const uint8_t *tag = p->kinds[kind].needs; *tag != 0; tag++) {
        const struct body_element *el = element_of(p, *tag);
        if (!present(m, el))
            return wrong(p, e, "%s without element %u (%s)", name, *tag, el->name);
    }
    return true;
}

/* ---- decoding ---- */

struct decoding {
    const struct body_protocol *p;
    void *m;
    struct err *e;
    size_t at;        /* of the value that is read */
    uint32_t seen[8]; /* a bit a tag */
    size_t known;
};

static bool decode_number(struct decoding *d, const struct body_element *el, struct view v)
{
    if (v.n != width[el->form])
        return wrong(d->p, d->e, "byte %zu: %s of %zu bytes, expected %u", d->at, el->name, v.n,
                     width[el->form]);
    uint32_t number = 0;
    for (size_t i = 0; i < v.n; i++)
        number = number << 8 | v.p[i];
    set_number(d->m, el, number);
    return true;
}

static bool decode_text(struct decoding *d, const struct body_element *el, struct view v)
{
    bool led = el->form == BODY_LED;
    if (led && v.p[0] != 1)
        return wrong(d->p, d->e, "byte %zu: %s begins with 0x%02x, expected 0x01", d->at, el->name,
                     v.p[0]);
    if (!led && (v.n == 0 || v.p[v.n - 1] != 0))
        return wrong(d->p, d->e, "byte %zu: %s without NUL at its end", d->at, el->name);
    v = view_sub(v, led, v.n - 1);
    if (has_nul(v))
        return wrong(d->p, d->e, "byte %zu: NUL inside the %s", d->at, el->name);
    if (v.n == 0 && el->form == BODY_NAME)
        return wrong(d->p, d->e, "byte %zu: empty %s", d->at, el->name);
    set_view(d->m, el, 0, v);
    return true;
}

/* `tag`, the length of what follows, and that. */
static bool part(struct rd *r, uint8_t tag, struct view *out)
{
    uint8_t got;
    uint16_t n;
    return rd_u8(r, &got) && got == tag && rd_u16(r, &n) && rd_view(r, n, out) && n > 0;
}

static bool decode_parts(struct decoding *d, const struct body_element *el, struct view v)
{
    struct rd r = rd_of(v);
    struct view inner;
    bool good = true;
    for (size_t i = 0; good && i < el->parts.n; i++) {
        good = part(&r, el->parts.tag[i], &inner);
        if (good)
            set_view(d->m, el, i, inner);
    }
    return (good && rd_left(&r) == 0) ||
           wrong(d->p, d->e, "byte %zu: %s is not %s", d->at, el->name, el->parts.text);
}

static bool decode_cert(struct decoding *d, const struct body_element *el, struct view v)
{
    struct rd r = rd_of(v);
    struct view inner;
    if (!part(&r, 1, &inner) || rd_left(&r) > 0 || inner.n < 3 || inner.p[0] != 0)
        return wrong(d->p, d->e,
                     "byte %zu: %s is not 01, its length, 00, its type and a certificate", d->at,
                     el->name);
    *cert_type(d->m, el) = inner.p[1];
    set_view(d->m, el, 0, view_sub(inner, 2, inner.n - 2));
    return true;
}

static bool decode_value(struct decoding *d, const struct body_element *el, struct view v)
{
    if (v.n == 0 && (el->form == BODY_BYTES || el->form == BODY_LED))
        return wrong(d->p, d->e, "byte %zu: empty %s", d->at, el->name);
    switch ((enum body_form)el->form) {
    case BODY_U8:
    case BODY_U16:
    case BODY_U32:
        return decode_number(d, el, v);
    case BODY_TEXT:
    case BODY_NAME:
    case BODY_LED:
        return decode_text(d, el, v);
    case BODY_CERT:
        return decode_cert(d, el, v);
    case BODY_PARTS:
        return decode_parts(d, el, v);
    case BODY_ANY:
    case BODY_BYTES:
        break;
    }
    set_view(d->m, el, 0, v);
    return true;
}

static bool decode_element(struct decoding *d, struct rd *r)
{
    size_t at = r->at;
    uint8_t tag;
    uint16_t n;
    struct view v;
    if (!rd_u8(r, &tag) || !rd_u16(r, &n))
        return wrong(d->p, d->e, "byte %zu: %zu bytes left, an element's head needs 3", at,
                     r->in.n - at);
    const struct body_element *el = element_of(d->p, tag);
    const char *name = el != NULL ? el->name : "unknown";
    d->at = r->at;
    if (!rd_view(r, n, &v))
        return wrong(d->p, d->e,
                     "byte %zu: element %u (%s) of %u bytes runs past the end, %zu left", at, tag,
                     name, n, rd_left(r));
    if ((d->seen[tag / 32] >> tag % 32 & 1) != 0)
        return wrong(d->p, d->e, "byte %zu: second element %u (%s)", at, tag, name);
    d->seen[tag / 32] |= (uint32_t)1 << tag % 32;
    if (el == NULL) { /* a newer peer's: passed over */
        *(bool *)((char *)d->m + d->p->unknown_at) = true;
        return true;
    }
    ((uint8_t *)d->m + d->p->order_at)[d->known++] = tag;
    return decode_value(d, el, v);
}

bool body_decode(const struct body_protocol *p, struct view message, void *m, struct err *e)
{
    if (message.n < p->header)
        return wrong(p, e, "%zu bytes, the header has %u", message.n, p->header);
    struct rd r = { message, p->header - 2u };
    uint16_t length;
    if (!rd_u16(&r, &length) || rd_left(&r) != length)
        return wrong(p, e, "byte %u: length %u, but %zu bytes follow", p->header - 2u, length,
                     rd_left(&r));
    uint8_t kind = message.p[p->kind_at];
    struct decoding d = { .p = p, .m = m, .e = e };
    while (body_kind_name(p, kind) != NULL && rd_left(&r) > 0)
        if (!decode_element(&d, &r))
            return false;
    return complete(p, kind, m, e);
}

/* ---- encoding ---- */

static void put_part(struct wr *w, uint8_t tag, struct view v)
{
    wr_u8(w, tag);
    wr_u16(w, (uint16_t)v.n);
    wr_view(w, v);
}

static void put_value(const void *m, const struct body_element *el, struct wr *w)
{
    struct view v = is_number(el) ? view_of(NULL, 0) : view_in(m, el, 0);
    switch ((enum body_form)el->form) {
    case BODY_U8:
    case BODY_U16:
    case BODY_U32:
        for (unsigned left = width[el->form]; left > 0; left--)
            wr_u8(w, (uint8_t)(number_of(m, el) >> 8 * (left - 1)));
        break;
    case BODY_PARTS:
        for (size_t i = 0; i < el->parts.n; i++)
            put_part(w, el->parts.tag[i], view_in(m, el, i));
        break;
    case BODY_CERT:
        wr_u8(w, 1);
        wr_u16(w, (uint16_t)(v.n + 2));
        wr_u8(w, 0);
        wr_u8(w, *cert_type((void *)(uintptr_t)m, el));
        wr_view(w, v);
        break;
    case BODY_LED:
        wr_u8(w, 1);
        wr_view(w, v);
        break;
    case BODY_TEXT:
    case BODY_NAME:
        wr_view(w, v);
        wr_u8(w, 0);
        break;
    case BODY_ANY:
    case BODY_BYTES:
        wr_view(w, v);
    }
}

static size_t value_length(const void *m, const struct body_element *el)
{
    struct wr w = wr_measure();
    put_value(m, el, &w);
    return w.n;
}

/* What decoding would refuse. */
static bool encodable(const struct body_protocol *p, const struct body_element *el, const void *m,
                      struct err *e)
{
    static const char *const fits[] = { [1] = "a byte", [2] = "2 bytes", [4] = "4 bytes" };
    if (is_number(el)) {
        unsigned n = width[el->form];
        return number_of(m, el) >> 8 * n == 0 ||
               err_set(e, "%s: %s %lld does not fit %s", p->name, el->name,
                       (long long)number_of(m, el), fits[n]);
    }
    size_t n = value_length(m, el);
    if (n > MOST)
        return wrong(p, e, "%s of %zu bytes, at most 65535 fit", el->name, n);
    for (size_t i = 0; i < el->parts.n; i++)
        if (view_in(m, el, i).n == 0)
            return wrong(p, e, "%s lacks a part", el->name);
    struct view v = view_in(m, el, 0);
    if (v.n == 0 && (el->form == BODY_BYTES || el->form == BODY_NAME || el->form == BODY_CERT))
        return wrong(p, e, "empty %s", el->name);
    bool text = el->form == BODY_TEXT || el->form == BODY_NAME || el->form == BODY_LED;
    return !text || !has_nul(v) || wrong(p, e, "NUL inside the %s", el->name);
}

static const uint8_t *order_of(const struct body_protocol *p, const void *m)
{
    const uint8_t *order = (const uint8_t *)m + p->order_at;
    return order[0] != 0 ? order : p->usual;
}

bool body_measure(const struct body_protocol *p, uint8_t kind, const void *m, size_t *length,
                  struct err *e)
{
    if (!complete(p, kind, m, e))
        return false;
    const uint8_t *order = order_of(p, m);
    uint32_t listed = 0;
    *length = 0;
    for (size_t i = 0; i < p->element_count && order[i] != 0; i++) {
        const struct body_element *el = element_of(p, order[i]);
        if (el == NULL || (listed >> el->tag & 1) != 0)
            return err_set(e, "%s: order[%zu] is element %u, unknown or there twice", p->name, i,
                           order[i]);
        listed |= (uint32_t)1 << el->tag;
        if (!present(m, el))
            continue;
        if (!encodable(p, el, m, e))
            return false;
        *length += 3 + value_length(m, el);
    }
    for (const uint8_t *tag = p->kinds[kind].needs; *tag != 0; tag++)
        if ((listed >> *tag & 1) == 0)
            return err_set(e, "%s: %s without element %u in its order", p->name,
                           body_kind_name(p, kind), *tag);
    return *length <= MOST || wrong(p, e, "elements of %zu bytes, at most 65535 fit", *length);
}

void body_put(const struct body_protocol *p, const void *m, size_t length, struct wr *w)
{
    const uint8_t *order = order_of(p, m);
    wr_u16(w, (uint16_t)length);
    for (size_t i = 0; i < p->element_count && order[i] != 0; i++) {
        const struct body_element *el = element_of(p, order[i]);
        if (!present(m, el))
            continue;
        wr_u8(w, el->tag);
        wr_u16(w, (uint16_t)value_length(m, el));
        put_value(m, el, w);
    }
}
