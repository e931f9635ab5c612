#include "sim/wire/shown.h"

#include "sim/wire/text.h"

#include <string.h>

static uint32_t code_point(const uint8_t *p, size_t n)
{
    static const uint8_t first[] = { 0, 0x7f, 0x1f, 0x0f, 0x07 };
    uint32_t c = p[0] & first[n];
    for (size_t i = 1; i < n; i++)
        c = c << 6 | (p[i] & 0x3f);
    return c;
}

/* Control characters; those that are not seen or turn others around (Unicode: bidirectional
 * formatting, zero width, line separators, interlinear annotation, tags, private use). */
static const struct {
    uint32_t first, last;
} hidden[] = { { 0x00, 0x1f },     { 0x7f, 0xa0 },       { 0xad, 0xad },     { 0x61c, 0x61c },
               { 0x180e, 0x180e }, { 0x200b, 0x200f },   { 0x2028, 0x202f }, { 0x2060, 0x206f },
               { 0x3164, 0x3164 }, { 0xe000, 0xf8ff },   { 0xfe00, 0xfe0f }, { 0xfeff, 0xfeff },
               { 0xfff0, 0xffff }, { 0xe0000, 0x10ffff } };

/* Of a whole character of UTF-8, with what it stands for; 0: it is none. */
static size_t character(struct view text, size_t at, uint32_t *c)
{
    uint8_t whole[5] = { 0 };
    size_t left = text.n - at;
    memcpy(whole, text.p + at, left < 4 ? left : 4);
    size_t n = whole[0] < 0x80 ? 1 : text_utf8(whole);
    if (n == 0 || n > left)
        return 0;
    *c = code_point(whole, n);
    return n;
}

size_t shown_plain(struct view text, size_t at)
{
    uint32_t c;
    size_t n = character(text, at, &c);
    return n == 0 || c < 0x20 || (c >= 0x7f && c < 0xa0) ? 0 : n;
}

size_t shown_as_is(struct view text, size_t at)
{
    uint32_t c;
    size_t n = character(text, at, &c);
    if (n == 0)
        return 0;
    for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++) {
        if (c >= hidden[i].first && c <= hidden[i].last)
            return 0;
    }
    return n;
}

void shown_write(struct wr *w, struct view text)
{
    for (size_t i = 0; i < text.n;) {
        size_t n = shown_as_is(text, i);
        if (n == 0)
            wr_fmt(w, "\\x%02x", text.p[i]);
        else
            wr_view(w, view_sub(text, i, n));
        i += n == 0 ? 1 : n;
    }
}

const char *shown_text(char *to, size_t room, struct view text)
{
    size_t n = 0;
    for (size_t i = 0; i < text.n;) {
        size_t bytes = shown_as_is(text, i);
        char one[8];
        struct wr w = wr_of(one, sizeof one);
        shown_write(&w, view_sub(text, i, bytes == 0 ? 1 : bytes));
        if (n + w.n >= room)
            break;
        memcpy(to + n, one, w.n);
        n += w.n;
        i += bytes == 0 ? 1 : bytes;
    }
    to[n] = '\0';
    return to;
}
