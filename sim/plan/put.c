#include "sim/plan/put.h"

#include "sim/base/count.h"
#include "sim/plan/impl.h"

#include <stdarg.h>
#include <string.h>

/* ---- one character after the other ---- */

#define NO_UTF8 UINT32_MAX

/* The character at *p, which then points behind it; one byte of what is no UTF-8. */
static uint32_t next_char(const char **p)
{
    const uint8_t *s = (const uint8_t *)*p;
    static const uint32_t least[] = { 0, 0x80, 0x800, 0x10000 };
    uint32_t n = s[0] < 0x80 ? 0 : s[0] >= 0xc2 && s[0] < 0xe0 ? 1 : (s[0] & 0xf0) == 0xe0 ? 2 : 3;
    uint32_t c = n == 0 ? s[0] : s[0] & (0x3fu >> n);
    *p += 1;
    if (n == 0)
        return c;
    if (s[0] < 0xc2 || s[0] > 0xf4)
        return NO_UTF8;
    for (uint32_t i = 1; i <= n; i++) {
        if ((s[i] & 0xc0) != 0x80)
            return NO_UTF8;
        c = c << 6 | (s[i] & 0x3fu);
    }
    if (c < least[n] || c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
        return NO_UTF8;
    *p += n;
    return c;
}

/* Control characters, and what makes a text look like another one. */
static bool is_hidden(uint32_t c)
{
    return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0xad || (c >= 0x200b && c <= 0x200f) ||
           (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) || c == 0xfeff ||
           c == 0xfffe || c == 0xffff;
}

/* Each character of the text through `plain`, but for those that are shown as what they are. */
static void each_char(FILE *out, const char *text,
                      void (*plain)(FILE *out, uint32_t c, const char *bytes, int n))
{
    for (const char *p = text; *p != '\0';) {
        const char *from = p;
        uint32_t c = next_char(&p);
        if (c == NO_UTF8)
            fprintf(out, "[byte %02X]", (unsigned)(uint8_t)*from);
        else if (is_hidden(c))
            fprintf(out, "[U+%04X]", (unsigned)c);
        else
            plain(out, c, from, (int)(p - from));
    }
}

static void html_char(FILE *out, uint32_t c, const char *bytes, int n)
{
    switch (c) {
    case '&':
        fputs("&amp;", out);
        return;
    case '<':
        fputs("&lt;", out);
        return;
    case '>':
        fputs("&gt;", out);
        return;
    case '"':
        fputs("&quot;", out);
        return;
    case '\'':
        fputs("&#39;", out);
        return;
    default:
        fwrite(bytes, 1, (size_t)n, out);
    }
}

void put_html(FILE *out, const char *text)
{
    each_char(out, text, html_char);
}

static void markdown_char(FILE *out, uint32_t c, const char *bytes, int n)
{
    if (c == '<' || c == '&')
        fputs(c == '<' ? "&lt;" : "&amp;", out);
    else if (c < 0x80 && strchr("\\`*_[]|~#", (int)c) != NULL)
        fprintf(out, "\\%c", (int)c);
    else
        fwrite(bytes, 1, (size_t)n, out);
}

void put_markdown(FILE *out, const char *text)
{
    each_char(out, text, markdown_char);
}

static void csv_char(FILE *out, uint32_t c, const char *bytes, int n)
{
    if (c == '"')
        fputs("\"\"", out);
    else
        fwrite(bytes, 1, (size_t)n, out);
}

void put_csv(FILE *out, const char *text, char after)
{
    bool formula = text[0] != '\0' && strchr("=+-@\t\r", text[0]) != NULL;
    bool quoted = formula || strpbrk(text, ",\"\r\n;") != NULL;
    fputs(quoted ? formula ? "\"'" : "\"" : "", out);
    each_char(out, text, csv_char);
    fputs(quoted ? "\"" : "", out);
    fputc(after, out);
}

/* ---- markup ---- */

static void put_one(FILE *out, char what, va_list *ap)
{
    char clock[PLAN_CLOCK];
    switch (what) {
    case 's':
        put_html(out, va_arg(*ap, const char *));
        break;
    case 'r':
        fputs(va_arg(*ap, const char *), out);
        break;
    case 'k':
        fputs(COUNTED_OF(va_arg(*ap, uint32_t), "phone"), out);
        break;
    case 'n':
        fputs(COUNTED(va_arg(*ap, uint32_t)), out);
        break;
    case 'c':
        fputs(plan_clock(va_arg(*ap, uint64_t), clock), out);
        break;
    case 'd':
        fprintf(out, "%d", va_arg(*ap, int));
        break;
    default:
        fputc('%', out);
    }
}

void put_markup(FILE *out, const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    for (const char *p = format; *p != '\0'; p++) {
        if (*p == '%' && p[1] != '\0')
            put_one(out, *++p, &ap);
        else
            fputc(*p, out);
    }
    va_end(ap);
}
