/* Days and dates in the proleptic Gregorian calendar, by arithmetic alone: no time zone, no limit
 * of a time_t. */
#include "sim/crypto/impl.h"

#include "sim/base/check.h"

#include <stdio.h>
#include <time.h>

#define DAY_S 86400

/* Days before 1 January of a year, counted from 1 January of the year 0. */
static int64_t days_before_year(int64_t year)
{
    if (year == 0)
        return 0;
    int64_t y = year - 1;
    return 366 + y * 365 + y / 4 - y / 100 + y / 400;
}

static bool is_leap(int64_t year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int days_of_month(int64_t year, int month)
{
    static const int days[12] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    return month == 1 && is_leap(year) ? 29 : days[month];
}

void certtime_text(int64_t unix_s, char out[16])
{
    int64_t first = -days_before_year(1970) * DAY_S;
    int64_t last = (days_before_year(10000) - days_before_year(1970)) * DAY_S;
    CHECK(unix_s >= first && unix_s < last);
    int64_t since = unix_s - first;
    int64_t day = since / DAY_S;
    int second = (int)(since % DAY_S);
    int64_t year = day / 366; /* never too late; a few steps behind at the most */
    while (days_before_year(year + 1) <= day)
        year++;
    int left = (int)(day - days_before_year(year)), month = 0;
    while (left >= days_of_month(year, month))
        left -= days_of_month(year, month++);
    char text[64];
    int n = snprintf(text, sizeof text, "%04d%02d%02d%02d%02d%02dZ", (int)year, month + 1, left + 1,
                     second / 3600, second / 60 % 60, second % 60);
    CHECK(n == 15);
    snprintf(out, 16, "%.15s", text);
}

bool certtime_read(const ASN1_TIME *t, int64_t *unix_s)
{
    struct tm tm;
    if (t == NULL || ASN1_TIME_to_tm(t, &tm) != 1)
        return false;
    int64_t year = (int64_t)tm.tm_year + 1900;
    if (year < 0 || year > 9999 || tm.tm_mon < 0 || tm.tm_mon > 11)
        return false;
    int64_t day = days_before_year(year) - days_before_year(1970) + tm.tm_mday - 1;
    for (int m = 0; m < tm.tm_mon; m++)
        day += days_of_month(year, m);
    *unix_s = day * DAY_S + tm.tm_hour * 3600 + tm.tm_min * 60 + tm.tm_sec;
    return true;
}
