#include "sim/crypto/der.h"

#include "sim/base/check.h"

#include <string.h>

static size_t head_put(uint8_t head[6], uint8_t tag, size_t n)
{
    size_t at = 0;
    head[at++] = tag;
    if (n < 0x80) {
        head[at++] = (uint8_t)n;
        return at;
    }
    CHECK(n <= 0xffffffff);
    int bytes = n > 0xffffff ? 4 : n > 0xffff ? 3 : n > 0xff ? 2 : 1;
    head[at++] = (uint8_t)(0x80 | bytes);
    for (int i = bytes - 1; i >= 0; i--)
        head[at++] = (uint8_t)(n >> (8 * i));
    return at;
}

struct view der_join(struct arena *a, uint8_t tag, const struct view *parts, size_t count)
{
    size_t n = 0;
    for (size_t i = 0; i < count; i++)
        n += parts[i].n;
    uint8_t head[6];
    size_t head_n = head_put(head, tag, n);
    if (a == NULL)
        return view_of(NULL, head_n + n);
    uint8_t *p = arena_take(a, head_n + n);
    struct wr w = wr_of(p, head_n + n);
    wr_view(&w, view_of(head, head_n));
    for (size_t i = 0; i < count; i++)
        wr_view(&w, parts[i]);
    CHECK(!w.over);
    return view_of(p, w.n);
}

struct view der_magnitude(struct arena *a, struct view magnitude)
{
    static const uint8_t zero[1] = { 0 };
    struct view m = magnitude;
    while (m.n > 0 && m.p[0] == 0)
        m = view_of(m.p + 1, m.n - 1);
    /* A first bit that is set would mean a negative number: one zero byte goes in front. */
    bool pad = m.n == 0 || (m.p[0] & 0x80) != 0;
    return DER(a, DER_INTEGER, view_of(zero, pad ? 1 : 0), m);
}

struct view der_bits(struct arena *a, struct view bytes)
{
    static const uint8_t unused[1] = { 0 };
    return DER(a, DER_BITS, view_of(unused, 1), bytes);
}

static bool length_next(struct rd *r, size_t base, size_t *n, struct err *e)
{
    size_t at = base + r->at;
    uint8_t first;
    if (!rd_u8(r, &first))
        return err_set(e, "offset %zu: DER ends before a length", at);
    *n = first;
    if (first < 0x80)
        return true;
    size_t bytes = first & 0x7fu;
    if (bytes == 0 || bytes > 4)
        return err_set(e, "offset %zu: DER length of form 0x%02x, expected 1 to 4 bytes", at,
                       first);
    *n = 0;
    for (size_t i = 0; i < bytes; i++) {
        uint8_t b;
        if (!rd_u8(r, &b))
            return err_set(e, "offset %zu: DER ends inside a length", at);
        if (i == 0 && b == 0)
            return err_set(e, "offset %zu: DER length with a zero in front", at);
        *n = *n << 8 | b;
    }
    if (*n < 0x80)
        return err_set(e, "offset %zu: DER length %zu not in its short form", at, *n);
    return true;
}

bool der_next(struct rd *r, size_t base, uint8_t *tag, struct view *value, struct err *e)
{
    size_t at = base + r->at;
    if (!rd_u8(r, tag))
        return err_set(e, "offset %zu: DER ends before a tag", at);
    if ((*tag & 0x1f) == 0x1f)
        return err_set(e, "offset %zu: DER tag of several bytes (0x%02x)", at, *tag);
    size_t n = 0;
    if (!length_next(r, base, &n, e))
        return false;
    if (!rd_view(r, n, value))
        return err_set(e, "offset %zu: DER length %zu runs past the end, %zu bytes are left", at, n,
                       rd_left(r));
    return true;
}

static bool check_all(struct view v, size_t base, int depth, struct err *e)
{
    if (depth > DER_DEPTH)
        return err_set(e, "offset %zu: DER nested deeper than %d levels", base, DER_DEPTH);
    struct rd r = rd_of(v);
    while (rd_left(&r) > 0) {
        size_t at = r.at;
        uint8_t tag;
        struct view value;
        if (!der_next(&r, base, &tag, &value, e))
            return false;
        bool universal = (tag & 0xc0) == 0;
        bool constructed = (tag & 0x20) != 0;
        bool container = (tag & 0x1f) == 0x10 || (tag & 0x1f) == 0x11;
        if (universal && constructed != container)
            return err_set(e,
                           "offset %zu: DER tag 0x%02x is not primitive or constructed as it must",
                           base + at, tag);
        if (constructed && !check_all(value, base + r.at - value.n, depth + 1, e))
            return false;
    }
    return true;
}

bool der_check(struct view v, struct err *e)
{
    struct rd r = rd_of(v);
    uint8_t tag;
    struct view value;
    if (!der_next(&r, 0, &tag, &value, e))
        return false;
    if (rd_left(&r) != 0)
        return err_set(e, "offset %zu: %zu bytes behind the end of the DER element", r.at,
                       rd_left(&r));
    return check_all(v, 0, 0, e);
}
