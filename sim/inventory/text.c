#include "sim/inventory/text.h"

#include "sim/wire/text.h"

#include <string.h>

static bool is_utf8(struct view v)
{
    for (size_t i = 0; i < v.n;) {
        uint8_t room[5] = { 0 };
        if (v.p[i] < 0x80) {
            i++;
            continue;
        }
        memcpy(room, v.p + i, v.n - i < 4 ? v.n - i : 4);
        size_t n = text_utf8(room);
        if (n == 0)
            return false;
        i += n;
    }
    return true;
}

/* A mark, or the zero bytes that letters of an export leave: the first four decide. */
static const char *utf16_of(struct view v)
{
    static const char little[] = "UTF-16LE", big[] = "UTF-16BE";
    if (v.n < 4)
        return NULL;
    if (v.p[0] == 0xff && v.p[1] == 0xfe)
        return little;
    if (v.p[0] == 0xfe && v.p[1] == 0xff)
        return big;
    if (v.p[0] != 0 && v.p[1] == 0 && v.p[2] != 0 && v.p[3] == 0)
        return little;
    return v.p[0] == 0 && v.p[1] != 0 && v.p[2] == 0 && v.p[3] != 0 ? big : NULL;
}

/* ---- to UTF-8: not by iconv(), whose encodings are files that a small machine may lack ---- */

static size_t put(uint8_t *to, uint32_t c)
{
    if (c < 0x80) {
        to[0] = (uint8_t)c;
        return 1;
    }
    size_t n = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    for (size_t i = n; i-- > 1; c >>= 6)
        to[i] = (uint8_t)(0x80 | (c & 0x3f));
    to[0] = (uint8_t)(0xf00 >> n | c); /* as many ones as bytes */
    return n;
}

static uint32_t unit(struct view v, size_t at, bool big)
{
    return (uint32_t)v.p[at + big] | (uint32_t)v.p[at + !big] << 8;
}

/* All of it, or false: half a character is none. */
static bool from_utf16(struct view in, bool big, struct arena *a, struct view *out)
{
    uint8_t *to = arena_take(a, in.n / 2 * 3 + 1);
    size_t n = 0;
    for (size_t at = 0; at < in.n; at += 2) {
        if (in.n - at < 2)
            return false;
        uint32_t c = unit(in, at, big);
        if (c >= 0xdc00 && c <= 0xdfff)
            return false;
        if (c >= 0xd800 && c <= 0xdbff) {
            at += 2;
            uint32_t low = in.n - at < 2 ? 0 : unit(in, at, big);
            if (low < 0xdc00 || low > 0xdfff)
                return false;
            c = 0x10000 + ((c & 0x3ff) << 10 | (low & 0x3ff));
        }
        n += put(to + n, c);
    }
    *out = view_of(to, n);
    return true;
}

/* A byte a character.  What Windows-1252 has at 0x80 to 0x9f; 0: nothing, the file is Latin-1. */
static void from_bytes(struct view in, struct arena *a, struct view *out)
{
    static const uint16_t windows[32] = { 0x20ac, 0,      0x201a, 0x0192, 0x201e, 0x2026, 0x2020,
                                          0x2021, 0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0,
                                          0x017d, 0,      0,      0x2018, 0x2019, 0x201c, 0x201d,
                                          0x2022, 0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a,
                                          0x0153, 0,      0x017e, 0x0178 };
    uint8_t *to = arena_take(a, in.n * 3 + 1);
    size_t n = 0;
    bool latin1 = false;
    for (size_t i = 0; i < in.n; i++)
        latin1 |= in.p[i] >= 0x80 && in.p[i] < 0xa0 && windows[in.p[i] - 0x80] == 0;
    for (size_t i = 0; i < in.n; i++) {
        uint8_t c = in.p[i];
        n += put(to + n, latin1 || c < 0x80 || c >= 0xa0 ? c : windows[c - 0x80]);
    }
    *out = view_of(to, n);
}

/* ---- which ---- */

static struct view without_mark(struct view v)
{
    bool mark = v.n >= 3 && memcmp(v.p, "\xef\xbb\xbf", 3) == 0;
    return mark ? view_sub(v, 3, v.n - 3) : v;
}

bool text_from_file(struct view bytes, struct arena *a, struct view *out, struct err *e)
{
    const char *wide = utf16_of(bytes);
    if (wide != NULL) {
        if (!from_utf16(bytes, wide[6] == 'B', a, out))
            return err_set(e, "it looks like %s and is none", wide);
        *out = without_mark(*out);
        return true;
    }
    *out = without_mark(bytes);
    if (!is_utf8(*out))
        from_bytes(bytes, a, out);
    return true;
}

const char *text_shown(struct view v, char out[TEXT_SHOWN])
{
    size_t n = v.n < TEXT_SHOWN - 4 ? v.n : TEXT_SHOWN - 4;
    while (n < v.n && n > 0 && (v.p[n] & 0xc0) == 0x80)
        n--; /* whole characters */
    for (size_t i = 0; i < n; i++)
        out[i] = (char)(v.p[i] < 0x20 || v.p[i] == 0x7f ? '?' : v.p[i]);
    memcpy(out + n, n < v.n ? "..." : "", n < v.n ? 4 : 1);
    return out;
}
