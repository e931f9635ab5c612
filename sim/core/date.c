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

/* Of a date that is written as one; the first that is outside its bounds is told. */
static bool in_bounds(const char *text, const int part[6], struct err *e)
{
    static const char *const months[] = { "January",   "February", "March",    "April",
                                          "May",       "June",     "July",     "August",
                                          "September", "October",  "November", "December" };
    static const struct {
        const char *name;
        int first, last;
    } bounds[] = { { "years are", FIRST_YEAR, LAST_YEAR },
                   { "months are", 1, 12 },
                   { "days are", 1, 31 },
                   { "hours are", 0, 23 },
                   { "minutes are", 0, 59 },
                   { "seconds are", 0, 59 } };
    for (int i = 0; i < 6; i++) {
        if (part[i] < bounds[i].first || part[i] > bounds[i].last)
            return err_set(e, "there is no date %.60s: %s %d to %d", text, bounds[i].name,
                           bounds[i].first, bounds[i].last);
    }
    int days = days_in(part[0], part[1]);
    return part[2] <= days || err_set(e, "there is no date %.60s: %s %d has %d days", text,
                                      months[part[1] - 1], part[0], days);
}

bool date_parse(const char *text, int64_t *local_s, struct err *e)
{
    const char *p = text;
    int part[6] = { 0 };
    if (!digits(&p, 4, &part[0]) || !take(&p, '-') || !digits(&p, 2, &part[1]) || !take(&p, '-') ||
        !digits(&p, 2, &part[2]) || !(take(&p, ' ') || take(&p, 'T')) || !digits(&p, 2, &part[3]) ||
        !take(&p, ':') || !digits(&p, 2, &part[4]) || (take(&p, ':') && !digits(&p, 2, &part[5])) ||
        *p != '\0')
        return err_set(e, "a date is written \"2026-03-14 06:00\", not %.60s",
                       *text == '\0' ? "\"\"" : text);
    if (!in_bounds(text, part, e))
        return false;
    *local_s = days_of(part[0], part[1], part[2]) * DAY_S + part[3] * 3600 + part[4] * 60 + part[5];
    return true;
}

bool date_offset_parse(const char *text, int32_t *offset_s, struct err *e)
{
    const char *p = text;
    int hours, minutes;
    *offset_s = 0;
    if (strcmp(text, "Z") == 0 || strcmp(text, "UTC") == 0)
        return true;
    bool west = *p == '-';
    if (!(take(&p, '+') || take(&p, '-')) || !digits(&p, 2, &hours) || !take(&p, ':') ||
        !digits(&p, 2, &minutes) || *p != '\0')
        return err_set(e, "an offset from UTC is written \"+01:00\", not %.60s",
                       *text == '\0' ? "\"\"" : text);
    *offset_s = (hours * 3600 + minutes * 60) * (west ? -1 : 1);
    if (minutes > 59 || hours * 3600 + minutes * 60 > MOST_OFFSET)
        return err_set(e, "there is no offset %.60s: they are -14:00 to +14:00", text);
    return true;
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
