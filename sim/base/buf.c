#include "sim/base/buf.h"

#include "sim/base/check.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct view view_of(const void *p, size_t n)
{
    return (struct view){ p, n };
}

struct view view_str(const char *text)
{
    return view_of(text, strlen(text));
}

struct view view_strz(const char *text)
{
    return view_of(text, strlen(text) + 1);
}

bool view_eq(struct view a, struct view b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

int view_cmp(struct view a, struct view b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    int c = n == 0 ? 0 : memcmp(a.p, b.p, n);
    if (c != 0)
        return c;
    return (a.n > b.n) - (a.n < b.n);
}

struct view view_sub(struct view v, size_t at, size_t n)
{
    CHECK(at <= v.n && n <= v.n - at);
    return view_of(v.p + at, n);
}

struct rd rd_of(struct view in)
{
    return (struct rd){ in, 0 };
}

size_t rd_left(const struct rd *r)
{
    return r->in.n - r->at;
}

bool rd_view(struct rd *r, size_t n, struct view *out)
{
    if (n > rd_left(r))
        return false;
    *out = view_of(r->in.p + r->at, n);
    r->at += n;
    return true;
}

bool rd_u8(struct rd *r, uint8_t *out)
{
    struct view v;
    if (!rd_view(r, 1, &v))
        return false;
    *out = v.p[0];
    return true;
}

bool rd_u16(struct rd *r, uint16_t *out)
{
    struct view v;
    if (!rd_view(r, 2, &v))
        return false;
    *out = (uint16_t)(v.p[0] << 8 | v.p[1]);
    return true;
}

bool rd_u32(struct rd *r, uint32_t *out)
{
    struct view v;
    if (!rd_view(r, 4, &v))
        return false;
    *out = (uint32_t)v.p[0] << 24 | (uint32_t)v.p[1] << 16 | (uint32_t)v.p[2] << 8 | v.p[3];
    return true;
}

struct wr wr_of(void *p, size_t cap)
{
    return (struct wr){ p, cap, 0, false };
}

struct wr wr_measure(void)
{
    return (struct wr){ NULL, 0, 0, false };
}

void wr_view(struct wr *w, struct view v)
{
    if (w->p != NULL) {
        if (w->n <= w->cap && v.n <= w->cap - w->n) {
            if (v.n != 0)
                memcpy(w->p + w->n, v.p, v.n);
        } else {
            w->over = true;
        }
    }
    w->n += v.n;
}

void wr_u8(struct wr *w, uint8_t v)
{
    wr_view(w, view_of(&v, 1));
}

void wr_u16(struct wr *w, uint16_t v)
{
    uint8_t b[2] = { (uint8_t)(v >> 8), (uint8_t)v };
    wr_view(w, view_of(b, 2));
}

void wr_u32(struct wr *w, uint32_t v)
{
    uint8_t b[4] = { (uint8_t)(v >> 24), (uint8_t)(v >> 16), (uint8_t)(v >> 8), (uint8_t)v };
    wr_view(w, view_of(b, 4));
}

void wr_str(struct wr *w, const char *text)
{
    wr_view(w, view_str(text));
}

void wr_fmt(struct wr *w, const char *format, ...)
{
    char line[1024];
    va_list args;
    va_start(args, format);
    int n = vsnprintf(line, sizeof line, format, args);
    va_end(args);
    CHECK(n >= 0 && (size_t)n < sizeof line); /* longer pieces go through wr_view */
    wr_view(w, view_of(line, (size_t)n));
}

void wr_put_u16(struct wr *w, size_t at, uint16_t v)
{
    if (w->p == NULL || w->over)
        return;
    CHECK(at + 2 <= w->n);
    w->p[at] = (uint8_t)(v >> 8);
    w->p[at + 1] = (uint8_t)v;
}
