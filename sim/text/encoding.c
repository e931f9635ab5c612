#include "sim/text/encoding.h"

#include "sim/wire/text.h"

#include <iconv.h>
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

/* All of it, or false: half a character is none. */
static bool convert(struct view in, const char *encoding, struct arena *a, struct view *out)
{
    iconv_t how = iconv_open("UTF-8", encoding);
    if (how == (iconv_t)-1)
        return false;
    size_t room = in.n * 3 + 4, left = room, rest = in.n;
    uint8_t *to = arena_take(a, room);
    char *from = (char *)(uintptr_t)in.p, *at = (char *)to;
    bool ok = iconv(how, &from, &rest, &at, &left) != (size_t)-1 && rest == 0;
    iconv_close(how);
    *out = view_of(to, room - left);
    return ok;
}

static struct view without_mark(struct view v)
{
    bool mark = v.n >= 3 && memcmp(v.p, "\xef\xbb\xbf", 3) == 0;
    return mark ? view_sub(v, 3, v.n - 3) : v;
}

bool text_from_file(struct view bytes, struct arena *a, struct view *out, struct err *e)
{
    static const char *const eight_bits[] = { "WINDOWS-1252", "ISO-8859-1" };
    const char *wide = utf16_of(bytes);
    if (wide != NULL) {
        if (!convert(bytes, wide, a, out))
            return err_set(e, "it looks like %s and is none", wide);
        *out = without_mark(*out);
        return true;
    }
    *out = without_mark(bytes);
    if (is_utf8(*out))
        return true;
    for (size_t i = 0; i < sizeof eight_bits / sizeof eight_bits[0]; i++) {
        if (convert(bytes, eight_bits[i], a, out))
            return true;
    }
    return err_set(e, "it is neither UTF-8 nor UTF-16 nor Latin-1");
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
