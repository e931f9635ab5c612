/* Dates as the command line writes them, in the zone of the server, whose name is all that it
 * says of it. */
#include "sim/core/date.h"
#include "sim/import/cli_impl.h"
#include "sim/wire/text.h"

#include <stdio.h>
#include <string.h>

/* Names of zones that mean one offset.  Left out on purpose: CST (Chicago, Shanghai, Havana), IST
 * (Delhi, Jerusalem, Dublin), and whatever else is written for two places. */
static const struct {
    const char *name;
    int16_t minutes;
} zones[] = {
    { "UTC", 0 },    { "GMT", 0 },    { "Z", 0 },      { "WET", 0 },     { "WEST", 60 },
    { "BST", 60 },   { "CET", 60 },   { "CEST", 120 }, { "MET", 60 },    { "MEST", 120 },
    { "EET", 120 },  { "EEST", 180 }, { "SAST", 120 }, { "CAT", 120 },   { "WAT", 60 },
    { "EAT", 180 },  { "MSK", 180 },  { "TRT", 180 },  { "IDT", 180 },   { "PKT", 300 },
    { "WIB", 420 },  { "ICT", 420 },  { "HKT", 480 },  { "SGT", 480 },   { "AWST", 480 },
    { "JST", 540 },  { "KST", 540 },  { "ACST", 570 }, { "ACDT", 630 },  { "AEST", 600 },
    { "AEDT", 660 }, { "NZST", 720 }, { "NZDT", 780 }, { "NDT", -150 },  { "NST", -210 },
    { "ADT", -180 }, { "EDT", -240 }, { "EST", -300 }, { "CDT", -300 },  { "MDT", -360 },
    { "MST", -420 }, { "PDT", -420 }, { "PST", -480 }, { "AKDT", -480 }, { "AKST", -540 },
    { "HST", -600 }, { "BRT", -180 }, { "ART", -180 },
};

static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

/* ---- pieces of a date ---- */

struct cursor {
    const uint8_t *p, *end;
};

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

static bool take(struct cursor *c, const char *any)
{
    if (c->p >= c->end || *c->p == 0 || strchr(any, *c->p) == NULL)
        return false;
    c->p++;
    return true;
}

static bool number(struct cursor *c, int least, int most, int *out)
{
    int n = 0;
    *out = 0;
    while (n < most && c->p < c->end && is_digit(*c->p)) {
        *out = *out * 10 + (*c->p++ - '0');
        n++;
    }
    return n >= least && (c->p >= c->end || !is_digit(*c->p));
}

static void blanks(struct cursor *c)
{
    while (take(c, " \t"))
        continue;
}

static bool month(struct cursor *c, int *out)
{
    if (c->end - c->p < 3)
        return false;
    for (int i = 0; i < 12; i++) {
        if (memcmp(c->p, months + 3 * (size_t)i, 3) == 0) {
            c->p += 3;
            *out = i + 1;
            return true;
        }
    }
    return false;
}

struct parts {
    int year, month, day, hour, minute, second;
    struct view zone;
};

static bool clock_time(struct cursor *c, const char *colon, struct parts *d)
{
    d->second = 0;
    if (!number(c, 1, 2, &d->hour) || !take(c, colon) || !number(c, 2, 2, &d->minute))
        return false;
    struct cursor before = *c;
    if (take(c, colon) && !number(c, 2, 2, &d->second)) {
        *c = before;
        d->second = 0;
    }
    before = *c;
    int fraction;
    if (take(c, ".,") && !number(c, 1, 6, &fraction))
        *c = before;
    return true;
}

/* A word that may be the name of a zone: capitals, or "GMT+01:00", "+0100", "Z". */
static struct view zone_word(struct cursor *c)
{
    struct cursor at = *c;
    blanks(&at);
    const uint8_t *begin = at.p;
    while (at.p < at.end && ((*at.p >= 'A' && *at.p <= 'Z') || is_digit(*at.p) || *at.p == '+' ||
                             *at.p == '-' || *at.p == ':'))
        at.p++;
    bool ends = at.p >= at.end || *at.p == ' ' || *at.p == '\t';
    bool named = at.p - begin >= 1 && at.p - begin <= 9 && !is_digit(*begin);
    if (!ends || !named)
        return (struct view){ NULL, 0 };
    *c = at;
    return view_of(begin, (size_t)(at.p - begin));
}

/* "Jul 07 13:05:18 BST 2023", "Jul  7 13:05:18 2023"; "Mar 2, 2026 00:36:32". */
static bool by_name(struct cursor *c, struct parts *d)
{
    if (!month(c, &d->month) || !take(c, " \t"))
        return false;
    blanks(c);
    if (!number(c, 1, 2, &d->day))
        return false;
    bool year_first = take(c, ",");
    blanks(c);
    if (year_first) {
        if (!number(c, 4, 4, &d->year))
            return false;
        blanks(c);
        return clock_time(c, ":", d);
    }
    if (!clock_time(c, ":", d))
        return false;
    d->zone = zone_word(c);
    blanks(c);
    return number(c, 4, 4, &d->year);
}

/* "2023-07-17-16-47", "2026-02-27 02:15:30", "2026-02-27T02:15:30Z", "02/27/2026 02:00:00". */
static bool by_number(struct cursor *c, struct parts *d)
{
    struct cursor begin = *c;
    if (number(c, 2, 2, &d->month) && take(c, "/") && number(c, 2, 2, &d->day) && take(c, "/") &&
        number(c, 4, 4, &d->year) && take(c, " ")) {
        blanks(c);
        return clock_time(c, ":", d);
    }
    *c = begin;
    if (!number(c, 4, 4, &d->year) || !take(c, "-/") || !number(c, 2, 2, &d->month) ||
        !take(c, "-/") || !number(c, 2, 2, &d->day))
        return false;
    bool dashes = take(c, "-_");
    if (!dashes && !take(c, " T"))
        return false;
    blanks(c);
    if (!clock_time(c, dashes ? "-" : ":", d))
        return false;
    struct cursor behind = *c;
    d->zone = zone_word(c);
    /* "2023-07-17 16:47:00 SUCCESS" names no zone. */
    int32_t ignored;
    if (d->zone.n != 0 && !cli_zone_find(d->zone, &ignored)) {
        *c = behind;
        d->zone = (struct view){ NULL, 0 };
    }
    return true;
}

/* ---- zones ---- */

/* "+01:00", "+0100" behind "GMT", "UTC" or nothing. */
static bool offset(struct view v, int32_t *seconds)
{
    struct cursor c = { v.p, v.p + v.n };
    int hours = 0, minutes = 0;
    if (v.n >= 3 && (memcmp(v.p, "GMT", 3) == 0 || memcmp(v.p, "UTC", 3) == 0))
        c.p += 3;
    bool west = c.p < c.end && *c.p == '-';
    if (!take(&c, "+-") || c.end - c.p < 2 || !is_digit(c.p[0]) || !is_digit(c.p[1]))
        return false;
    hours = (c.p[0] - '0') * 10 + (c.p[1] - '0');
    c.p += 2;
    (void)take(&c, ":");
    if (c.p < c.end && !number(&c, 2, 2, &minutes))
        return false;
    *seconds = (hours * 3600 + minutes * 60) * (west ? -1 : 1);
    return c.p == c.end && hours <= 14 && minutes < 60;
}

bool cli_zone_find(struct view name, int32_t *offset_s)
{
    for (size_t i = 0; i < sizeof zones / sizeof *zones; i++) {
        if (view_eq(name, view_str(zones[i].name))) {
            *offset_s = zones[i].minutes * 60;
            return true;
        }
    }
    return offset(name, offset_s);
}

/* ---- a date ---- */

static bool finish(const struct parts *d, struct cli_date *out)
{
    char text[64];
    struct err e = { "" };
    int32_t offset_s = 0;
    (void)snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02d", d->year, d->month, d->day,
                   d->hour, d->minute, d->second);
    if (!date_parse(text, &out->unix_s, &e))
        return false;
    out->zone_name = d->zone;
    out->zone = d->zone.n == 0                      ? CLI_ZONE_NONE
                : cli_zone_find(d->zone, &offset_s) ? CLI_ZONE_KNOWN
                                                    : CLI_ZONE_UNKNOWN;
    out->unix_s -= offset_s;
    char iso[DATE_TEXT];
    date_iso(out->unix_s, 0, iso);
    if (out->zone != CLI_ZONE_KNOWN)
        iso[19] = 0;
    memcpy(out->text, iso, 21);
    return true;
}

void cli_date_unix(int64_t unix_s, struct cli_date *out)
{
    char iso[DATE_TEXT];
    *out = (struct cli_date){ .unix_s = unix_s, .zone = CLI_ZONE_KNOWN };
    (void)snprintf(out->text, sizeof out->text, "%.20s", date_iso(unix_s, 0, iso));
}

bool cli_date_find(struct view text, struct cli_date *out, struct view *rest)
{
    for (size_t i = 0; i < text.n; i++) {
        bool begins = i == 0 || !(is_digit(text.p[i - 1]) || (text.p[i - 1] | 0x20) >= 'a');
        struct cursor c = { text.p + i, text.p + text.n };
        struct parts d = { 0 };
        if (!begins || !(is_digit(*c.p) ? by_number(&c, &d) : by_name(&c, &d)) || !finish(&d, out))
            continue;
        if (rest != NULL)
            *rest = view_of(c.p, (size_t)(c.end - c.p));
        return true;
    }
    return false;
}

bool cli_date_read(const struct said *s, struct view text, struct cli_date *out)
{
    static const char said[] = "time zone ";
    if (!cli_date_find(text, out, NULL))
        return false;
    const struct facts *f = s->facts;
    bool first = out->zone == CLI_ZONE_UNKNOWN;
    for (uint32_t i = f->note_count < FACTS_NOTES ? f->note_count : FACTS_NOTES;
         first && i-- > 0;) {
        if (f->notes[i].reading != s->reading)
            break;
        first = strncmp(f->notes[i].text, said, sizeof said - 1) != 0;
    }
    if (first) {
        char name[32];
        text_escape(name, sizeof name, out->zone_name);
        facts_note(s, false,
                   "%s%s: more than one place calls its own so, or none that is known; dates are "
                   "taken as the clock there showed them",
                   said, name);
    }
    return true;
}
