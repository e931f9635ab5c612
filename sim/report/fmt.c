#include "sim/report/fmt.h"

#include "sim/base/check.h"
#include "sim/core/date.h"
#include "sim/wire/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define SECOND UINT64_C(1000000)

char *fmt_minutes(uint64_t us, char out[FMT_ROOM])
{
    /* A loss of seconds is no loss of nothing. */
    if (us > 0 && us < 60 * SECOND)
        snprintf(out, FMT_ROOM, "0.%u", (unsigned)(us / (6 * SECOND)) % 10);
    else
        count_print((us + 30 * SECOND) / (60 * SECOND), out);
    return out;
}

char *fmt_minutes_words(uint64_t us, char out[FMT_ROOM])
{
    char number[FMT_ROOM];
    bool one = strcmp(fmt_minutes(us, number), "1") == 0;
    snprintf(out, FMT_ROOM, "%.40s minute%s", number, one ? "" : "s");
    return out;
}

/* ---- lines ---- */

/* Where a line that is broken goes on: under what stands behind its label or its bullet. */
static size_t hanging(struct view line)
{
    size_t n = 0;
    while (n < line.n && line.p[n] == ' ')
        n++;
    if (n == 0 && line.n > FMT_LABEL && line.p[0] >= 'A' && line.p[0] <= 'Z' &&
        line.p[FMT_LABEL - 1] == ' ' && line.p[FMT_LABEL - 2] == ' ' && line.p[FMT_LABEL] != ' ')
        return FMT_LABEL;
    return n + 4;
}

/* Bytes of the most characters that fit, up to a space where there is one; all of a word that is
 * too long for any line is cut. */
static size_t fitting(struct view line, size_t width)
{
    size_t chars = 0, last = 0, i = 0;
    for (; i < line.n && chars < width; chars++) {
        if (line.p[i] == ' ')
            last = i;
        i++;
        while (i < line.n && (line.p[i] & 0xc0) == 0x80)
            i++;
    }
    if (i == line.n || line.p[i] == ' ')
        return i;
    return last > 0 && last + 60 > i ? last : i;
}

/* Characters of UTF-8; of the first `most` of them the bytes. */
static size_t characters(const char *text, size_t most, size_t *bytes)
{
    size_t chars = 0, i = 0;
    for (; text[i] != '\0' && chars < most; chars++) {
        i++;
        while (((uint8_t)text[i] & 0xc0) == 0x80)
            i++;
    }
    *bytes = i;
    return chars;
}

char *fmt_cell(const char *text, size_t width, char out[FMT_CELL])
{
    size_t bytes, chars = characters(text, SIZE_MAX, &bytes);
    CHECK(width >= 3 && width < FMT_CELL / 4);
    if (chars > width) {
        characters(text, width - 3, &bytes);
        snprintf(out, FMT_CELL, "%.*s...", (int)bytes, text);
    } else {
        snprintf(out, FMT_CELL, "%s%*s", text, (int)(width - chars), "");
    }
    return out;
}

void fmt_first(FILE *out, const char *text, size_t width)
{
    char cell[FMT_CELL];
    size_t bytes;
    if (characters(text, SIZE_MAX, &bytes) <= width)
        fputs(fmt_cell(text, width, cell), out);
    else
        fprintf(out, "%s\n%*s", text, (int)width, "");
}

void fmt_wrapped(FILE *out, struct view text)
{
    while (text.n > 0) {
        struct view line = text_cut(&text, '\n');
        size_t indent = 0, hang = hanging(line);
        for (;;) {
            size_t n = fitting(line, FMT_WIDTH - indent);
            fprintf(out, "%*s", (int)indent, "");
            fwrite(line.p, 1, n, out);
            fputc('\n', out);
            if (n == line.n)
                break;
            while (n < line.n && line.p[n] == ' ')
                n++;
            line = view_sub(line, n, line.n - n);
            indent = hang;
        }
    }
}

char *fmt_short_clock(uint64_t us, char out[FMT_ROOM])
{
    uint64_t s = us / SECOND;
    snprintf(out, FMT_ROOM, "%" PRIu64 ":%02u:%02u", s / 3600, (unsigned)(s / 60 % 60),
             (unsigned)(s % 60));
    return out;
}

char *fmt_clock(uint64_t us, char out[FMT_ROOM])
{
    char clock[FMT_ROOM];
    fmt_short_clock(us, clock);
    snprintf(out, FMT_ROOM, "%.40s.%06u", clock, (unsigned)(us % SECOND));
    return out;
}

char *fmt_iso(int64_t unix_s, char out[FMT_ROOM])
{
    return date_iso(unix_s, 0, out);
}

char *fmt_serial(struct view serial, char out[FMT_ROOM])
{
    size_t n = 0;
    out[0] = '\0';
    for (size_t i = 0; i < serial.n && i < 20; i++)
        n += (size_t)snprintf(out + n, FMT_ROOM - n, "%s%02X", i == 0 ? "" : ":", serial.p[i]);
    return out;
}

char *fmt_ip(uint32_t ip, char out[FMT_ROOM])
{
    text_put_address(ip, out);
    return out;
}
