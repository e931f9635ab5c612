/* Dates, offsets from UTC, times and numbers of facts, as somebody types them, one a line: what
 * reads is within its bounds, and printed it reads as the same again. */
#include "sim/base/check.h"
#include "sim/core/date.h"
#include "sim/core/fact.h"
#include "sim/wire/text.h"

#include <stdio.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_date(const char *text)
{
    char out[DATE_TEXT], short_form[DATE_TEXT];
    int64_t s, again;
    struct err e = { "" };
    if (!date_parse(text, &s, &e)) {
        CHECK(e.text[0] != '\0');
        return;
    }
    CHECK(s >= 0 && s <= DATE_LAST_S && date_is_meant(text));
    CHECK(date_parse(date_print(s, 0, out), &again, &e) && again == s);
    CHECK(strncmp(out, text, 10) == 0 && strncmp(out + 11, text + 11, strlen(text) - 11) == 0);
    snprintf(short_form, sizeof short_form, "%.16s", out);
    CHECK(date_parse(short_form, &again, &e) && again == s - s % 60);
    CHECK(date_iso(s, 0, out)[19] == 'Z');
}

static void check_offset(const char *text, uint32_t unix_s)
{
    char out[DATE_TEXT];
    int32_t s, again;
    int64_t local, first = unix_s % (DATE_LAST_S + 1);
    struct err e = { "" };
    if (!date_offset_parse(text, &s, &e)) {
        CHECK(e.text[0] != '\0');
        return;
    }
    CHECK(s >= -14 * 3600 && s <= 14 * 3600 && s % 60 == 0);
    CHECK(date_offset_parse(date_offset(s, out), &again, &e) && again == s);
    bool within = first + s >= 0 && first + s <= DATE_LAST_S;
    CHECK(date_parse(date_print(first, s, out), &local, &e) == within);
    CHECK(!within || local == first + s);
    date_iso(first, s, out);
    CHECK(date_offset_parse(s == 0 ? "Z" : out + 19, &again, &e) && again == s);
}

static void check_time(const char *text)
{
    char out[FACT_TEXT];
    uint64_t us, again;
    if (!time_parse(text, &us))
        return;
    CHECK(us <= TIME_MAX_US);
    CHECK(time_parse(time_print(us, out), &again) && again == us);
}

static void check_fact(const char *text, const struct fact *f)
{
    char out[FACT_TEXT];
    uint64_t value;
    struct err e = { "" };
    if (!fact_parse(f, text, &value, &e)) {
        CHECK(e.text[0] != '\0');
        return;
    }
    CHECK(fact_check(f, value, &e) && fact_print(f, value, out)[0] != '\0');
}

static void check_line(struct view line)
{
    static const struct fact facts[] = {
        { .name = "count", .min = 1, .max = 1000, .unit = UNIT_COUNT },
        { .name = "all", .max = UINT64_MAX, .unit = UNIT_COUNT },
        { .name = "switch", .max = 1, .unit = UNIT_SWITCH },
        { .name = "us", .max = TIME_MAX_US, .unit = UNIT_US },
        { .name = "s", .min = 2, .max = 1000000, .unit = UNIT_S },
        { .name = "rate", .min = 1, .max = 1u << 20, .unit = UNIT_PER_SECOND },
    };
    char text[200] = "";
    uint32_t unix_s = 0;
    if (line.n >= sizeof text)
        return;
    if (line.n != 0)
        memcpy(text, line.p, line.n);
    for (size_t i = 0; i < line.n; i++)
        unix_s = unix_s * 257 + line.p[i];
    check_date(text);
    check_offset(text, unix_s);
    check_time(text);
    for (size_t i = 0; i < sizeof facts / sizeof *facts; i++)
        check_fact(text, &facts[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct view all = view_of(data, size);
    while (all.n > 0)
        check_line(text_cut(&all, '\n'));
    return 0;
}
