#include "sim/load/units.h"

#include "sim/wire/text.h"

#include <inttypes.h>
#include <stdio.h>

bool units_number(struct view *v, uint32_t places, uint64_t most, uint64_t *out)
{
    uint64_t n = 0;
    size_t at = 0, digits = 0;
    uint32_t after = 0;
    bool point = false;
    for (; at < v->n; at++) {
        uint8_t c = v->p[at];
        if (c == '.' && !point) {
            point = true;
            continue;
        }
        if (c < '0' || c > '9')
            break;
        digits++;
        if (point && after == places)
            continue;
        after += point;
        if (n > (UINT64_MAX - 9) / 10)
            return false;
        n = n * 10 + (uint64_t)(c - '0');
    }
    for (; after < places; after++) {
        if (n > UINT64_MAX / 10)
            return false;
        n *= 10;
    }
    if (digits == 0 || n > most)
        return false;
    *out = n;
    *v = view_sub(*v, at, v->n - at);
    return true;
}

static const struct unit {
    const char *name;
    uint64_t us;
} times[] = { { "us", 1 },       { "ms", 1000 },       { "s", 1000000 },
              { "m", 60000000 }, { "h", 3600000000u }, { "", 1000000 } };

bool units_time(struct view v, uint64_t *us)
{
    const uint64_t month = 30u * 86400ull * 1000000u;
    uint64_t n; /* thousandths of the unit */
    if (!units_number(&v, 3, month * 1000, &n))
        return false;
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        if (!view_eq(v, view_str(times[i].name)))
            continue;
        if (n > month * 1000 / times[i].us)
            return false;
        *us = n * times[i].us / 1000;
        return true;
    }
    return false;
}

bool units_rate(struct view v, uint64_t *milli)
{
    if (!units_number(&v, 3, 10000000000u, milli))
        return false;
    return v.n == 0 || view_eq(v, view_str("/s"));
}

/* Three significant digits of n / unit. */
static char *print(uint64_t n, uint64_t unit, const char *name, char out[UNITS_ROOM])
{
    uint64_t whole = n / unit, parts = n % unit;
    if (whole >= 100 || unit == 1)
        snprintf(out, UNITS_ROOM, "%" PRIu64 "%s", whole, name);
    else if (whole >= 10)
        snprintf(out, UNITS_ROOM, "%" PRIu64 ".%" PRIu64 "%s", whole, parts * 10 / unit, name);
    else
        snprintf(out, UNITS_ROOM, "%" PRIu64 ".%02" PRIu64 "%s", whole, parts * 100 / unit, name);
    return out;
}

char *units_print_time(uint64_t us, char out[UNITS_ROOM])
{
    if (us == UINT64_MAX) {
        snprintf(out, UNITS_ROOM, "never");
        return out;
    }
    if (us < 1000)
        return print(us, 1, " us", out);
    return us < 1000000 ? print(us, 1000, " ms", out) : print(us, 1000000, " s", out);
}

char *units_print_rate(uint64_t milli, char out[UNITS_ROOM])
{
    if (milli % 1000 == 0 || milli >= 100000)
        snprintf(out, UNITS_ROOM, "%" PRIu64, (milli + 500) / 1000);
    else if (milli < 100) /* one phone's keepalives: not none */
        snprintf(out, UNITS_ROOM, "0.%03" PRIu64, milli);
    else
        snprintf(out, UNITS_ROOM, "%" PRIu64 ".%" PRIu64, milli / 1000, milli % 1000 / 100);
    return out;
}
