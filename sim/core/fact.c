#include "sim/core/fact.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

const char *sureness_name(enum sureness s)
{
    static const char *const names[] = { "documented", "observed", "inferred", "assumed" };
    return names[s];
}

bool fact_find(const struct fact *table, uint32_t count, const char *name, uint32_t *index)
{
    for (uint32_t i = 0; i < count; i++) {
        const char *title = table[i].title;
        if (strcmp(table[i].name, name) == 0 || (title != NULL && strcmp(title, name) == 0)) {
            *index = i;
            return true;
        }
    }
    return false;
}

void facts_initial(const struct fact *table, uint32_t count, uint64_t *values)
{
    for (uint32_t i = 0; i < count; i++)
        values[i] = table[i].initial;
}

/* ---- numbers and times ---- */

static const struct {
    const char *name;
    uint64_t us;
} time_units[] = {
    { "us", 1 },       { "ms", 1000 },      { "s", 1000000 },
    { "m", 60000000 }, { "h", 3600000000 }, { "d", 86400000000 },
};

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

/* A number of up to 18 digits and 6 decimals, then a unit; moves *text behind it. */
static bool parse_part(const char **text, uint64_t *us)
{
    const char *p = *text;
    uint64_t whole = 0, millionths = 0, scale = 1000000;
    int digits = 0;
    for (; digit(*p); p++) {
        if (++digits > 18)
            return false;
        whole = whole * 10 + (uint64_t)(*p - '0');
    }
    if (digits == 0)
        return false;
    if (*p == '.') {
        if (!digit(*++p))
            return false;
        for (; digit(*p); p++) {
            scale /= 10;
            if (scale == 0)
                return false;
            millionths += (uint64_t)(*p - '0') * scale;
        }
    }
    size_t n = 0;
    while (p[n] >= 'a' && p[n] <= 'z')
        n++;
    for (uint32_t i = 0; i < sizeof time_units / sizeof time_units[0]; i++) {
        if (strlen(time_units[i].name) != n || memcmp(time_units[i].name, p, n) != 0)
            continue;
        if (whole > TIME_MAX_US / time_units[i].us)
            return false;
        *us += whole * time_units[i].us;
        *us += millionths * time_units[i].us / 1000000;
        *text = p + n;
        return *us <= TIME_MAX_US;
    }
    return false;
}

bool time_parse(const char *text, uint64_t *us)
{
    *us = 0;
    do {
        if (!parse_part(&text, us))
            return false;
    } while (*text != '\0');
    return true;
}

char *time_print(uint64_t us, char out[FACT_TEXT])
{
    size_t i = sizeof time_units / sizeof time_units[0] - 1;
    while (us == 0 ? time_units[i].us != 1000000 : us % time_units[i].us != 0)
        i--;
    snprintf(out, FACT_TEXT, "%" PRIu64 "%s", us / time_units[i].us, time_units[i].name);
    return out;
}

static bool number_parse(const char *text, uint64_t *value)
{
    uint64_t n = 0;
    const char *p = text;
    for (; digit(*p); p++) {
        uint64_t last = (uint64_t)(*p - '0');
        if (n > (UINT64_MAX - last) / 10)
            return false;
        n = n * 10 + last;
    }
    *value = n;
    return p != text && *p == '\0';
}

/* ---- values of a fact ---- */

bool fact_check(const struct fact *f, uint64_t value, struct err *e)
{
    if (value < f->min)
        return err_set(e, "%s is at least %" PRIu64, f->name, f->min);
    return value <= f->max || err_set(e, "%s is at most %" PRIu64, f->name, f->max);
}

/* "1.2" is 2: no version of TLS has another first number. */
static bool tls_parse(const char *text, uint64_t *value)
{
    return strncmp(text, "1.", 2) == 0 && number_parse(text + 2, value);
}

/* In words of its unit, where there are any. */
static bool in_words(const struct fact *f, const char *text, uint64_t *value)
{
    switch (f->unit) {
    case UNIT_SWITCH:
        *value = strcmp(text, "true") == 0;
        return *value == 1 || strcmp(text, "false") == 0;
    case UNIT_US:
        return time_parse(text, value);
    case UNIT_S:
        if (!time_parse(text, value) || *value % 1000000 != 0)
            return false;
        *value /= 1000000;
        return true;
    case UNIT_TLS:
        return tls_parse(text, value);
    default:
        return false;
    }
}

bool fact_parse(const struct fact *f, const char *text, uint64_t *value, struct err *e)
{
    static const char *const expected[] = {
        [UNIT_COUNT] = "a whole number",
        [UNIT_SWITCH] = "true or false",
        [UNIT_US] = "a time (\"10s\", or microseconds)",
        [UNIT_S] = "a time in whole seconds (\"2h\", or seconds)",
        [UNIT_PER_SECOND] = "a whole number",
        [UNIT_TLS] = "a version of TLS (\"1.2\", or 2)",
    };
    if (!number_parse(text, value) && !in_words(f, text, value))
        return err_set(e, "the value of %s is %s, not %.60s", f->name, expected[f->unit], text);
    return fact_check(f, *value, e);
}

char *fact_print(const struct fact *f, uint64_t value, char out[FACT_TEXT])
{
    static const char *const units[] = { [UNIT_COUNT] = "",
                                         [UNIT_SWITCH] = "",
                                         [UNIT_US] = " us",
                                         [UNIT_S] = " s",
                                         [UNIT_PER_SECOND] = " a second",
                                         [UNIT_TLS] = "" };
    const char *unit = units[f->unit];
    if (f->unit == UNIT_US && value % 1000 == 0) { /* the largest unit that leaves it whole */
        bool seconds = value % 1000000 == 0;
        value /= seconds ? 1000000 : 1000;
        unit = seconds ? " s" : " ms";
    }
    snprintf(out, FACT_TEXT, "%s%" PRIu64 "%s", f->unit == UNIT_TLS ? "1." : "", value, unit);
    return out;
}
