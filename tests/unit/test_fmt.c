/* How numbers, times and names are written in reports. */
#include "sim/report/fmt.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define SECOND 1000000ull

static char text[FMT_ROOM];

static void counts(void **state)
{
    (void)state;
    static const struct {
        uint64_t n;
        const char *want;
    } rows[] = { { 0, "0" },
                 { 7, "7" },
                 { 999, "999" },
                 { 1000, "1,000" },
                 { 41250, "41,250" },
                 { 999999, "999,999" },
                 { 1000000, "1,000,000" },
                 { UINT64_MAX, "18,446,744,073,709,551,615" } };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_string_equal(count_print(rows[i].n, text), rows[i].want);
}

/* Whole minutes, rounded; of less than one the tenth that is over. */
static void minutes(void **state)
{
    (void)state;
    static const struct {
        uint64_t us;
        const char *want;
    } rows[] = {
        { 0, "0" },
        { 1, "0.0" },
        { 6 * SECOND - 1, "0.0" },
        { 6 * SECOND, "0.1" },
        { 60 * SECOND - 1, "0.9" },
        { 60 * SECOND, "1" },
        { 90 * SECOND - 1, "1" },
        { 90 * SECOND, "2" },
        { 120 * SECOND - 1, "2" },
        { 120 * SECOND, "2" },
        { 74999 * SECOND, "1,250" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_string_equal(fmt_minutes(rows[i].us, text), rows[i].want);
    assert_string_equal(fmt_minutes_words(60 * SECOND, text), "1 minute");
    assert_string_equal(fmt_minutes_words(59 * SECOND, text), "0.9 minutes");
    assert_string_equal(fmt_minutes_words(74999 * SECOND, text), "1,250 minutes");
}

/* "1 phone", "0 phones"; several in one call, each in a room of its own. */
static void words(void **state)
{
    (void)state;
    char out[100];
    assert_string_equal(count_words(1, "phone", text), "1 phone");
    assert_string_equal(count_words(0, "phone", text), "0 phones");
    assert_string_equal(count_words(41250, "assumed fact", text), "41,250 assumed facts");
    snprintf(out, sizeof out, "%s of %s", COUNTED(1234), COUNTED_OF(600088, "phone"));
    assert_string_equal(out, "1,234 of 600,088 phones");
}

/* Columns are of characters, not bytes. */
static void cells(void **state)
{
    (void)state;
    char cell[FMT_CELL], *out;
    size_t n;
    assert_string_equal(fmt_cell("pool", 6, cell), "pool  ");
    assert_string_equal(fmt_cell("pools!", 6, cell), "pools!");
    assert_string_equal(fmt_cell("pools!!", 6, cell), "poo...");
    assert_string_equal(fmt_cell("\xc3\xa9t\xc3\xa9", 4, cell), "\xc3\xa9t\xc3\xa9 ");
    assert_string_equal(fmt_cell("\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9", 4, cell),
                        "\xc3\xa9...");
    FILE *f = open_memstream(&out, &n);
    fmt_first(f, "pool", 6);
    fputs("|\n", f);
    fmt_first(f, "pools!!", 6);
    fputs("|\n", f);
    fclose(f);
    assert_string_equal(out, "pool  |\npools!!\n      |\n");
    free(out);
}

static void clocks(void **state)
{
    (void)state;
    static const struct {
        uint64_t us;
        const char *whole, *seconds;
    } rows[] = {
        { 0, "0:00:00.000000", "0:00:00" },
        { 999999, "0:00:00.999999", "0:00:00" },
        { SECOND, "0:00:01.000000", "0:00:01" },
        { 59 * SECOND + 1, "0:00:59.000001", "0:00:59" },
        { 60 * SECOND, "0:01:00.000000", "0:01:00" },
        { 3599 * SECOND, "0:59:59.000000", "0:59:59" },
        { 3600 * SECOND, "1:00:00.000000", "1:00:00" },
        { 3723004005, "1:02:03.004005", "1:02:03" },
        { 90061 * SECOND, "25:01:01.000000", "25:01:01" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_string_equal(fmt_clock(rows[i].us, text), rows[i].whole);
        assert_string_equal(fmt_short_clock(rows[i].us, text), rows[i].seconds);
    }
}

/* Leap days, ends of years and of eras, and times before 1970; as `date -u -d @N` has them. */
static void dates(void **state)
{
    (void)state;
    static const struct {
        int64_t unix_s;
        const char *want;
    } rows[] = {
        { 0, "1970-01-01T00:00:00Z" },
        { -1, "1969-12-31T23:59:59Z" },
        { -86400, "1969-12-31T00:00:00Z" },
        { -86401, "1969-12-30T23:59:59Z" },
        { 86399, "1970-01-01T23:59:59Z" },
        { 1736143200, "2025-01-06T06:00:00Z" },
        { 951782400, "2000-02-29T00:00:00Z" },
        { 951868800, "2000-03-01T00:00:00Z" },
        { 978307199, "2000-12-31T23:59:59Z" },
        { 1709164800, "2024-02-29T00:00:00Z" },
        { 1740787199, "2025-02-28T23:59:59Z" },
        { 4107542399, "2100-02-28T23:59:59Z" },
        { 4107542400, "2100-03-01T00:00:00Z" },
        { 4294967295, "2106-02-07T06:28:15Z" },
        { -62135596800, "0001-01-01T00:00:00Z" },
        { -62162121601, "0000-02-28T23:59:59Z" },
        { -62162121600, "0000-02-29T00:00:00Z" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_string_equal(fmt_iso(rows[i].unix_s, text), rows[i].want);
}

static void serials_and_addresses(void **state)
{
    (void)state;
    static const uint8_t bytes[21] = { 0x5a, 0x01, 0xff, 0,  4,  5,  6,  7,  8,  9, 10,
                                       11,   12,   13,   14, 15, 16, 17, 18, 19, 20 };
    assert_string_equal(fmt_serial(view_of(bytes, 0), text), "");
    assert_string_equal(fmt_serial(view_of(bytes, 1), text), "5A");
    assert_string_equal(fmt_serial(view_of(bytes, 4), text), "5A:01:FF:00");
    static const char twenty[] = "5A:01:FF:00:04:05:06:07:08:09:0A:0B:0C:0D:0E:0F:10:11:12:13";
    assert_string_equal(fmt_serial(view_of(bytes, 20), text), twenty);
    assert_string_equal(fmt_serial(view_of(bytes, 21), text), twenty); /* no more than these */
    assert_string_equal(fmt_ip(0x7f00000b, text), "127.0.0.11");
    assert_string_equal(fmt_ip(UINT32_MAX, text), "255.255.255.255");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts),
        cmocka_unit_test(minutes),
        cmocka_unit_test(words),
        cmocka_unit_test(cells),
        cmocka_unit_test(clocks),
        cmocka_unit_test(dates),
        cmocka_unit_test(serials_and_addresses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
