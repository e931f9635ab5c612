#include "sim/report/fmt.h"

#include "sim/wire/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define SECOND UINT64_C(1000000)

char *fmt_count(uint64_t n, char out[FMT_ROOM])
{
    char digits[24];
    int count = snprintf(digits, sizeof digits, "%" PRIu64, n);
    size_t to = 0;
    for (int i = 0; i < count; i++) {
        if (i > 0 && (count - i) % 3 == 0)
            out[to++] = ',';
        out[to++] = digits[i];
    }
    out[to] = '\0';
    return out;
}

char *fmt_minutes(uint64_t us, bool open, char out[FMT_ROOM])
{
    char number[FMT_ROOM];
    /* A loss of seconds is no loss of nothing. */
    if (us > 0 && us < 60 * SECOND)
        snprintf(number, sizeof number, "0.%u", (unsigned)(us / (6 * SECOND)) % 10);
    else
        fmt_count((us + (open ? 0 : 30 * SECOND)) / (60 * SECOND),
                  number); /* no more than it was */
    snprintf(out, FMT_ROOM, "%s%.40s", open ? ">= " : "", number);
    return out;
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
    int64_t days = unix_s / 86400, s = unix_s % 86400;
    if (s < 0) {
        days--;
        s += 86400;
    }
    /* Civil date from days since 0000-03-01, by eras of 400 years. */
    int64_t z = days + 719468, era = (z >= 0 ? z : z - 146096) / 146097, d = z - era * 146097;
    int64_t y = (d - d / 1460 + d / 36524 - d / 146096) / 365;
    int64_t of_year = d - (365 * y + y / 4 - y / 100), m = (5 * of_year + 2) / 153;
    int64_t month = m < 10 ? m + 3 : m - 9;
    snprintf(out, FMT_ROOM, "%04" PRId64 "-%02d-%02dT%02d:%02d:%02dZ", y + era * 400 + (month <= 2),
             (int)month, (int)(of_year - (153 * m + 2) / 5 + 1), (int)(s / 3600),
             (int)(s / 60 % 60), (int)(s % 60));
    return out;
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
