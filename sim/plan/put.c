#include "sim/plan/put.h"

#include "sim/plan/impl.h"
#include "sim/wire/shown.h"
#include "sim/wire/text.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

/* ---- one character after the other ---- */

/* What is not shown as it is: the number of the character, or the byte that is of none. */
static size_t put_hidden(FILE *out, const char *text)
{
    const uint8_t *p = (const uint8_t *)text;
    size_t n = p[0] < 0x80 ? 1 : text_utf8(p);
    if (n == 0) {
        fprintf(out, "[byte %02X]", (unsigned)p[0]);
        return 1;
    }
    uint32_t c = n == 1 ? p[0] : p[0] & (0x7fu >> n);
    for (size_t i = 1; i < n; i++)
        c = c << 6 | (p[i] & 0x3fu);
    fprintf(out, "[U+%04X]", (unsigned)c);
    return n;
}

/* Each character of the text through `plain`, but for those that are shown as what they are. */
static void each_char(FILE *out, const char *text,
                      void (*plain)(FILE *out, const char *bytes, size_t n))
{
    struct view v = view_str(text);
    for (size_t at = 0; at < v.n;) {
        size_t n = shown_as_is(v, at);
        if (n == 0) {
            at += put_hidden(out, text + at);
            continue;
        }
        plain(out, text + at, n);
        at += n;
    }
}

static void html_char(FILE *out, const char *bytes, size_t n)
{
    switch (*bytes) {
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
        fwrite(bytes, 1, n, out);
    }
}

void put_html(FILE *out, const char *text)
{
    each_char(out, text, html_char);
}

static void markdown_char(FILE *out, const char *bytes, size_t n)
{
    char c = *bytes;
    if (c == '<' || c == '&')
        fputs(c == '<' ? "&lt;" : "&amp;", out);
    else if (strchr("\\`*_[]|~#", c) != NULL)
        fprintf(out, "\\%c", c);
    else
        fwrite(bytes, 1, n, out);
}

void put_markdown(FILE *out, const char *text)
{
    each_char(out, text, markdown_char);
}

static void csv_char(FILE *out, const char *bytes, size_t n)
{
    if (*bytes == '"')
        fputs("\"\"", out);
    else
        fwrite(bytes, 1, n, out);
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

char *put_minutes(uint64_t us, char out[COUNT_ROOM])
{
    return count_print((us + 30000000) / 60000000, out);
}

static void put_one(FILE *out, char what, va_list *ap)
{
    char clock[PLAN_CLOCK], minutes[COUNT_ROOM];
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
    case 'm':
        fputs(put_minutes(va_arg(*ap, uint64_t), minutes), out);
        break;
    case 'u':
        fprintf(out, "%" PRIu64, va_arg(*ap, uint64_t));
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
