#include "sim/core/date.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define DAY_S       86400
#define FIRST_YEAR  1970
#define LAST_YEAR   2105
#define MOST_OFFSET (14 * 3600)

/* ---- reading ---- */

/* Exactly so many digits; moves *text behind them. */
static bool digits(const char **text, int count, int *out)
{
    *out = 0;
    for (int i = 0; i < count; i++, (*text)++) {
        if (**text < '0' || **text > '9')
            return false;
        *out = *out * 10 + (**text - '0');
    }
    return true;
}

static bool take(const char **text, char c)
{
    bool is = **text == c;
    *text += is;
    return is;
}

/* Days from 1970-01-01, by eras of 400 years that begin with a March. */
static int64_t days_of(int year, int month, int day)
{
    int64_t y = month <= 2 ? year - 1 : year, era = y / 400, of_era = y - era * 400;
    int64_t of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static int days_in(int year, int month)
{
    static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[month - 1] + (month == 2 && leap);
}

bool date_is_meant(const char *text)
{
    int year;
    return digits(&text, 4, &year) && *text == '-';
}

bool date_parse(const char *text, int64_t *local_s)
{
    int year, month, day, hour, minute, second = 0;
    if (!digits(&text, 4, &year) || !take(&text, '-') || !digits(&text, 2, &month) ||
        !take(&text, '-') || !digits(&text, 2, &day) || !(take(&text, ' ') || take(&text, 'T')) ||
        !digits(&text, 2, &hour) || !take(&text, ':') || !digits(&text, 2, &minute) ||
        (take(&text, ':') && !digits(&text, 2, &second)) || *text != '\0')
        return false;
    if (year < FIRST_YEAR || year > LAST_YEAR || month < 1 || month > 12 || day < 1 ||
        day > days_in(year, month) || hour > 23 || minute > 59 || second > 59)
        return false;
    *local_s = days_of(year, month, day) * DAY_S + hour * 3600 + minute * 60 + second;
    return true;
}

bool date_offset_parse(const char *text, int32_t *offset_s)
{
    int hours, minutes;
    *offset_s = 0;
    if (strcmp(text, "Z") == 0 || strcmp(text, "UTC") == 0)
        return true;
    bool west = *text == '-';
    if (!(take(&text, '+') || take(&text, '-')) || !digits(&text, 2, &hours) || !take(&text, ':') ||
        !digits(&text, 2, &minutes) || *text != '\0' || minutes > 59)
        return false;
    *offset_s = (hours * 3600 + minutes * 60) * (west ? -1 : 1);
    return hours * 3600 + minutes * 60 <= MOST_OFFSET;
}

/* ---- writing ---- */

static char *put(int64_t unix_s, int32_t offset_s, char between, char out[DATE_TEXT])
{
    int64_t local = unix_s + offset_s, days = local / DAY_S, s = local % DAY_S;
    if (s < 0) {
        days--;
        s += DAY_S;
    }
    int64_t z = days + 719468, era = (z >= 0 ? z : z - 146096) / 146097, d = z - era * 146097;
    int64_t y = (d - d / 1460 + d / 36524 - d / 146096) / 365;
    int64_t of_year = d - (365 * y + y / 4 - y / 100), m = (5 * of_year + 2) / 153;
    int64_t month = m < 10 ? m + 3 : m - 9;
    snprintf(out, DATE_TEXT, "%04d-%02d-%02d%c%02d:%02d:%02d", (int)(y + era * 400 + (month <= 2)),
             (int)month, (int)(of_year - (153 * m + 2) / 5 + 1), between, (int)(s / 3600),
             (int)(s / 60 % 60), (int)(s % 60));
    return out;
}

char *date_print(int64_t unix_s, int32_t offset_s, char out[DATE_TEXT])
{
    return put(unix_s, offset_s, ' ', out);
}

char *date_offset(int32_t offset_s, char out[DATE_TEXT])
{
    int32_t size = offset_s < 0 ? -offset_s : offset_s;
    if (offset_s == 0)
        snprintf(out, DATE_TEXT, "UTC");
    else
        snprintf(out, DATE_TEXT, "%c%02d:%02d", offset_s < 0 ? '-' : '+', (int)(size / 3600),
                 (int)(size / 60 % 60));
    return out;
}

char *date_iso(int64_t unix_s, int32_t offset_s, char out[DATE_TEXT])
{
    char offset[DATE_TEXT];
    put(unix_s, offset_s, 'T', out);
    size_t n = strlen(out);
    snprintf(out + n, DATE_TEXT - n, "%s", offset_s == 0 ? "Z" : date_offset(offset_s, offset));
    return out;
}
