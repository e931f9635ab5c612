/* When a run is: dates read and written, start(), at(), --until, and phones that are off from the
 * start. */
#include "tests/unit/run_script.h"

#include "sim/core/date.h"
#include "sim/report/tracefile.h"

#include <time.h>

/* ---- dates alone ---- */

static void read_and_written(void **state)
{
    (void)state;
    static const struct {
        const char *text, *iso;
        int64_t s;
    } dates[] = {
        { "1970-01-01 00:00", "1970-01-01T00:00:00Z", 0 },
        { "2000-02-29T00:00:00", "2000-02-29T00:00:00Z", 951782400 },
        { "2025-01-06 06:00", "2025-01-06T06:00:00Z", 1736143200 },
        { "2026-03-14 06:00:30", "2026-03-14T06:00:30Z", 1773468030 },
        { "2100-03-01 00:00", "2100-03-01T00:00:00Z", 4107542400 }, /* 2100 has no 29 February */
        { "2105-12-31 23:59:59", "2105-12-31T23:59:59Z", 4291747199 },
    };
    char out[DATE_TEXT];
    int64_t s;
    for (size_t i = 0; i < sizeof dates / sizeof *dates; i++) {
        assert_true(date_is_meant(dates[i].text));
        assert_true(date_parse(dates[i].text, &s, NULL));
        assert_int_equal(s, dates[i].s);
        assert_string_equal(date_iso(s, 0, out), dates[i].iso);
    }
    assert_string_equal(date_iso(-1, 0, out), "1969-12-31T23:59:59Z");
    assert_string_equal(date_iso(1773468030, 19800, out), "2026-03-14T11:30:30+05:30");
    assert_string_equal(date_print(1773468030, -12600, out), "2026-03-14 02:30:30");
    assert_string_equal(date_offset(-12600, out), "-03:30");
    assert_string_equal(date_offset(0, out), "UTC");
    static const char *const none[] = {
        "",
        "2026-03-14",
        "2026-3-14 06:00",
        "2026-03-14 6:00",
        "2026-02-29 06:00",
        "2100-02-29 06:00",
        "2026-13-01 06:00",
        "2026-00-01 06:00",
        "2026-01-00 06:00",
        "2026-04-31 06:00",
        "2026-03-14 24:00",
        "2026-03-14 06:60",
        "1969-12-31 23:59",
        "2106-01-01 00:00",
        "2026-03-14 06:00Z",
        "2026-03-14 06:00:60",
        "2026-03-14 06:00 ",
        "2026-03-14 06:00:0a",
        "2026-03-14_06:00",
    };
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        if (date_parse(none[i], &s, NULL))
            fail_msg("a date: \"%s\"", none[i]);
    }
}

/* What is wrong with one is said, the first thing from the left. */
static void no_such_dates(void **state)
{
    (void)state;
    static const char written[] = "a date is written \"2026-03-14 06:00\", not ";
    static const struct {
        const char *text, *begins, *error;
    } rows[] = {
        { "tomorrow", written, "tomorrow" },
        { "", written, "\"\"" },
        { "2026-03-14", written, "2026-03-14" },
        { "2026-02-30 06:00", "", "there is no date 2026-02-30 06:00: February 2026 has 28 days" },
        { "2024-02-30 06:00", "", "there is no date 2024-02-30 06:00: February 2024 has 29 days" },
        { "2026-12-32 06:00", "", "there is no date 2026-12-32 06:00: days are 1 to 31" },
        { "2026-01-00 06:00", "", "there is no date 2026-01-00 06:00: days are 1 to 31" },
        { "2026-11-31 06:00", "", "there is no date 2026-11-31 06:00: November 2026 has 30 days" },
        { "2026-04-31 06:00", "", "there is no date 2026-04-31 06:00: April 2026 has 30 days" },
        { "2026-06-31 06:00", "", "there is no date 2026-06-31 06:00: June 2026 has 30 days" },
        { "2026-09-31 06:00", "", "there is no date 2026-09-31 06:00: September 2026 has 30 days" },
        { "2026-13-32 24:60", "", "there is no date 2026-13-32 24:60: months are 1 to 12" },
        { "2026-00-14 06:00", "", "there is no date 2026-00-14 06:00: months are 1 to 12" },
        { "2026-03-14 24:00", "", "there is no date 2026-03-14 24:00: hours are 0 to 23" },
        { "2026-03-14T06:60", "", "there is no date 2026-03-14T06:60: minutes are 0 to 59" },
        { "2026-03-14 06:00:60", "", "there is no date 2026-03-14 06:00:60: seconds are 0 to 59" },
        { "2106-01-01 00:00", "", "there is no date 2106-01-01 00:00: years are 1970 to 2105" },
        { "1969-12-31 23:59", "", "there is no date 1969-12-31 23:59: years are 1970 to 2105" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct err e = { "" };
        char want[200];
        int64_t s;
        assert_false(date_parse(rows[i].text, &s, &e));
        snprintf(want, sizeof want, "%s%s", rows[i].begins, rows[i].error);
        assert_string_equal(e.text, want);
    }
}

/* Each day that can be written, at another time of the day each, as the C library has it: where
 * its time has 32 bits, to 2038. */
static void every_day(void **state)
{
    const int64_t last = sizeof(time_t) > 4 ? DATE_LAST_S : INT32_MAX;
    (void)state;
    for (int64_t s = 0; s <= last; s += 86400 + 3607) {
        const time_t t = (time_t)s;
        char want[DATE_TEXT], out[DATE_TEXT];
        struct tm tm;
        int64_t back;
        strftime(want, sizeof want, "%Y-%m-%d %H:%M:%S", gmtime_r(&t, &tm));
        assert_string_equal(date_print(s, 0, out), want);
        assert_true(date_parse(want, &back, NULL));
        assert_int_equal(back, s);
    }
}

/* The last day of each month, and the one behind it. */
static void months(void **state)
{
    (void)state;
    static const int last[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    for (int m = 1; m <= 12; m++) {
        char text[40], behind[40], out[DATE_TEXT];
        int64_t s;
        snprintf(text, sizeof text, "2026-%02d-%02dT23:59:59", m, last[m - 1]);
        snprintf(behind, sizeof behind, "2026-%02d-%02d 00:00", m, last[m - 1] + 1);
        assert_true(date_parse(text, &s, NULL));
        assert_memory_equal(date_iso(s, 0, out), text, 19);
        assert_false(date_parse(behind, &s, NULL));
    }
    static const char *const none[] = { "", "2026", "2h", "20260101", "-2026-01-01", "202x-" };
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        assert_false(date_is_meant(none[i]));
    assert_true(date_is_meant("2026-"));
}

static void offsets(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int32_t s;
    } good[] = { { "Z", 0 },          { "UTC", 0 },         { "+00:00", 0 },
                 { "+01:00", 3600 },  { "-03:30", -12600 }, { "+13:59", 50340 },
                 { "+14:00", 50400 }, { "-14:00", -50400 } };
    static const char *const bad[] = { "",       "1",     "+1:00", "+01:60", "+14:01",
                                       "-15:00", "+0100", "01:00", "CET",    "+01:00 " };
    int32_t s;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        assert_true(date_offset_parse(good[i].text, &s, NULL));
        assert_int_equal(s, good[i].s);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(date_offset_parse(bad[i], &s, NULL));
    static const struct {
        const char *text, *error;
    } told[] = {
        { "", "an offset from UTC is written \"+01:00\", not \"\"" },
        { "CET", "an offset from UTC is written \"+01:00\", not CET" },
        { "+25:00", "there is no offset +25:00: they are -14:00 to +14:00" },
        { "-14:01", "there is no offset -14:01: they are -14:00 to +14:00" },
        { "+01:60", "there is no offset +01:60: they are -14:00 to +14:00" },
    };
    for (size_t i = 0; i < sizeof told / sizeof *told; i++) {
        struct err e = { "" };
        assert_false(date_offset_parse(told[i].text, &s, &e));
        assert_string_equal(e.text, told[i].error);
    }
}

/* ---- in a scenario ---- */

#define DATED "start('2026-03-14 06:00', '+01:00') "

static void started(void **state)
{
    (void)state;
    struct run r = { 0 };
    char out[DATE_TEXT];
    run(&r, DATED LAB "at('2026-03-14 08:30', function() print(now()) end) "
                      "at('2026-03-15 06:00:01', function() print(now()) end) settle()");
    assert_string_equal(r.e.text, "");
    assert_string_equal(r.out, "9000\n86401\n");
    assert_string_equal(lab_date(r.lab, 9000000000, out), "2026-03-14 08:30:00");
    assert_string_equal(lab_iso(r.lab, 9000000000, out), "2026-03-14T08:30:00+01:00");
    uint64_t us = 1;
    struct err e = { "" };
    assert_true(lab_instant(r.lab, "2026-03-14 06:00", &us, &e)); /* the start itself */
    assert_int_equal(us, 0);
    done(&r);
}

static void wrong_starts(void **state)
{
    (void)state;
    expect_error("start('tomorrow')", 1, "start: a date is written \"2026-03-14 06:00\"");
    expect_error("start('2026-02-30 06:00')", 1,
                 "start: there is no date 2026-02-30 06:00: February 2026 has 28 days");
    expect_error("\nstart('2026-03-14 06:00', '+25:00')", 2,
                 "start: there is no offset +25:00: they are -14:00 to +14:00");
    expect_error("start('2026-03-14 06:00', 'CET')", 1,
                 "start: an offset from UTC is written \"+01:00\", not CET");
    expect_error(DATED DATED, 1, "start: the start is said already");
    expect_error(LAB "\n" DATED, 2, "start: it comes before the first cluster and the first step");
    expect_error("step('a')\n" DATED, 2, "start: it comes before the first cluster");
    expect_error("wait(1)\n" DATED, 2, "start: it comes before the first cluster");
    expect_error("at('2026-03-14 08:30', print)", 1,
                 "at: 2026-03-14 08:30 is a date, and nothing says when the run begins");
    expect_error(DATED "at('2026-03-14 05:59', print)", 1, "is before the start");
    expect_error(DATED "\nat('2026-03-14 24:00', print)", 2,
                 "at: there is no date 2026-03-14 24:00: hours are 0 to 23");
    expect_error(DATED "wait('3h') at('2026-03-14 08:30', print)", 1,
                 "at: 2026-03-14 08:30 is over: it is 10800 seconds, 2026-03-14 09:00:00");
}

static void no_line(void *ctx, const struct trace_line *line)
{
    (void)ctx, (void)line;
}

/* The hash of the trace and the serial numbers are those of the same run on any other day. */
static void changes_nobody(void **state)
{
    (void)state;
    static const char *const starts[] = { "", DATED, "start('1999-12-31 23:59', '-11:00') " };
    uint64_t hash = 0;
    char serial[64] = "";
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
        char text[600];
        struct run r = { 0 };
        snprintf(text, sizeof text,
                 "%s" LAB "settle() hq.pub:regenerate('TVS') hq.pub:restart('TFTP') settle() "
                 "fleet:reset() settle()",
                 starts[i]);
        put_file(r.path, text, strlen(text));
        struct session_options o = options_for(&r, r.path, 1);
        open_file(&r, &o);
        lab_trace_begin(&r.trace, r.lab, no_line, NULL);
        assert_int_equal(session_run(r.session, &r.e), SCRIPT_PASSED);
        const struct content *c = r.lab->base->content;
        uint32_t tvs = r.lab->state.clusters[0].nodes[0].disk.own[OWN_TVS];
        struct view now = content_get_text(c, content_get_cert(c, tvs)->serial);
        if (i == 0) {
            hash = r.trace.trace.hash;
            snprintf(serial, sizeof serial, "%.*s", (int)now.n, (const char *)now.p);
        }
        assert_true(r.trace.trace.hash == hash);
        assert_true(view_eq(now, view_str(serial)));
        done(&r);
    }
}

/* ---- the end ---- */

static void run_until(struct run *r, const char *text, const char *until)
{
    put_file(r->path, text, strlen(text));
    struct session_options o = options_for(r, r->path, 1);
    o.until = until;
    run_file(r, &o);
}

/* The story of a phone has dates where the run has them. */
static void story_with_dates(void **state)
{
    (void)state;
    static const char *const heads[] = { "", DATED };
    static const char *const lines[] = { "\n    0:00:00.000000 Starting\n",
                                         "\n    0:00:00.000000 2026-03-14 06:00:00 Starting\n" };
    static const char *const steps[] = {
        "\n    1:00:00.000000 -- step 1: a\n",
        "\n    1:00:00.000000 2026-03-14 07:00:00 -- step 1: a\n"
    };
    static const char name[] = "SEP000000000001";
    for (int i = 0; i < 2; i++) {
        struct run r = { 0 };
        struct err e = { "" };
        char text[600], *story;
        const char *names[] = { name };
        size_t n;
        snprintf(text, sizeof text,
                 "%slocal a = cluster { name = 'A', version = '12.5', nodes = { 'pub' } } "
                 "local f = a:phones { names = { '%s' }, model = '8845' } settle() "
                 "at(3600, function() step('a') f:reset() end) settle()",
                 heads[i], name);
        put_file(r.path, text, strlen(text));
        struct session_options o = options_for(&r, r.path, 1);
        o.explain = names;
        o.explain_count = 1;
        run_file(&r, &o);
        assert_string_equal(r.e.text, "");
        FILE *out = open_memstream(&story, &n);
        assert_true(session_explain(r.session, out, &e));
        fclose(out);
        assert_non_null(strstr(story, lines[i]));
        assert_non_null(strstr(story, steps[i]));
        free(story);
        done(&r);
    }
}

static void goes_on(void **state)
{
    (void)state;
    static const char text[] = DATED LAB "settle() step('a')";
    struct run r = { 0 }, dated = { 0 };
    run_until(&r, text, "1d2h");
    assert_int_equal(r.result, SCRIPT_PASSED);
    assert_int_equal(lab_now_us(r.lab), 26 * 3600000000ull);
    done(&r);
    run_until(&dated, text, "2026-03-16 08:00");
    assert_int_equal(dated.result, SCRIPT_PASSED);
    assert_int_equal(lab_now_us(dated.lab), 50 * 3600000000ull);
    done(&dated);
}

static void wrong_ends(void **state)
{
    (void)state;
    static const struct {
        const char *text, *until, *error;
    } cases[] = {
        { LAB "wait('2h')", "1h", "--until 1h: the scenario itself goes on to 2h" },
        { DATED LAB "wait('2h')", "2026-03-14 07:00",
          "--until 2026-03-14 07:00: the scenario itself goes on to 2h after the start, 2026-03-14 "
          "08:00:00" },
        { LAB, "2026-03-14 07:00",
          "--until: 2026-03-14 07:00 is a date, and nothing says when the run begins: "
          "start(date)" },
        { DATED LAB, "2026-03-13 07:00", "--until: 2026-03-13 07:00 is before the start" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct run r = { 0 };
        run_until(&r, cases[i].text, cases[i].until);
        assert_int_equal(r.result, SCRIPT_ERROR);
        assert_string_equal(r.e.text, cases[i].error);
        done(&r);
    }
    struct err e = { "" };
    struct session_options o = session_defaults();
    o.script.path = "x.lua";
    o.until = "2026-04-31 06:00";
    assert_null(session_new(&o, &e)); /* before anything runs */
    assert_string_equal(e.text,
                        "--until: there is no date 2026-04-31 06:00: April 2026 has 30 days");
    o.until = "soon";
    assert_null(session_new(&o, &e));
    assert_string_equal(e.text, "--until: a time from the start (\"2h\", \"1d6h\") or a date "
                                "(\"2026-03-14 08:00\") is expected, not soon");
}

/* ---- phones that are off ---- */

static void read_off(const char *text, struct off *off, const char *error)
{
    struct err e = { "" };
    assert_int_equal(off_read(view_str(text), "off.txt", off, &e), error[0] == '\0');
    assert_string_equal(e.text, error);
}

static void lists_of_phones(void **state)
{
    (void)state;
    struct off off;
    char *said = NULL;
    size_t n;
    read_off("\xef\xbb\xbfSEP001121000000\r\n# a comment\n\n  sep00112100000a # gone\nSEPNONE",
             &off, "");
    assert_int_equal(off.count, 3);
    assert_true(off_asks(&off, "SEP001121000000"));
    assert_true(off_asks(&off, "SEP00112100000A"));
    assert_false(off_asks(&off, "SEP001121000001"));
    FILE *out = open_memstream(&said, &n);
    assert_int_equal(off_unknown(&off, out), 1);
    fclose(out);
    assert_string_equal(said, "off.txt:5: no phone SEPNONE in this run\n");
    free(said);
    off_free(&off);
    static const char wide[] = "\xff\xfe"
                               "S\0E\0P\0001\0\r\0\n";
    struct err e = { "" };
    assert_true(off_read(view_of(wide, sizeof wide), "off.txt", &off, &e)); /* PowerShell's */
    assert_int_equal(off.count, 1);
    assert_true(off_asks(&off, "SEP1"));
    off_free(&off);
    assert_false(off_read(view_of(wide, 5), "off.txt", &off, &e));
    assert_string_equal(e.text, "off.txt: it looks like UTF-16LE and is none");
    off_free(&off);
    read_off("", &off, "");
    off_free(&off);
    read_off("SEP1\nsep1\n", &off, "off.txt:2: sep1 is in line 1 already");
    off_free(&off);
    read_off("SEP1,DP-HQ\n", &off, "off.txt:1: one name of a phone a line is expected");
    off_free(&off);
    read_off("SEP1\nSEP0011210000000011\n", &off,
             "off.txt:2: a name of at most 15 letters is expected");
    off_free(&off);
}

/* They boot with the others, so that they hold what a phone of the fleet holds, and are off from
 * the first quiet instant on: what they miss they meet when they boot. */
static void off_from_the_start(void **state)
{
    (void)state;
    static const char text[] =
        LAB "settle() print(fleet:count { state = 'Off' }, fleet[1].state, fleet[1].itl_by) "
            "step('a') hq.pub:regenerate('CallManager') hq.pub:restart('TFTP') settle() "
            "hq:reset() settle() print(fleet:count { itl_by = 'TVS' }) "
            "fleet:power('on') settle() print(fleet:count { itl_by = 'TVS' })";
    struct run r = { 0 };
    char path[64];
    put_file(path, "SEP001121000000\nSEP001121000004\n", 32);
    put_file(r.path, text, strlen(text));
    struct session_options o = options_for(&r, r.path, 1);
    o.off = path;
    run_file(&r, &o);
    assert_string_equal(r.e.text, "");
    assert_string_equal(r.out, "2\tOff\tfirst trust\n8\n10\n");
    done(&r);
    unlink(path);
}

/* What is told of the list before the run, and behind it. */
static void told_of_off(const char *scenario, bool unknown)
{
    char list[64], *said = NULL, expected[100] = "";
    size_t n = 0;
    struct run r = { 0 };
    struct err e = { "" };
    put_file(list, "SEP001121000000\nSEPNONE\n", 24);
    put_file(r.path, scenario, strlen(scenario));
    struct session_options o = options_for(&r, r.path, 1);
    o.off = list;
    o.notes = open_memstream(&said, &n);
    struct session *s = session_new(&o, &e);
    assert_non_null(s);
    session_notes(s); /* as `serve` does, when there is no phone yet */
    fflush(o.notes);
    assert_string_equal(said, "");
    session_run(s, &e);
    fclose(o.notes);
    if (unknown)
        snprintf(expected, sizeof expected, "%s:2: no phone SEPNONE in this run\n", list);
    assert_string_equal(said, expected);
    session_free(s);
    free(said);
    unlink(list);
    done(&r);
}

/* That a name is nobody's is known when all phones are there. */
static void off_and_unknown(void **state)
{
    (void)state;
    told_of_off(LAB, true);
    told_of_off("error('before there is a phone')", false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(read_and_written), cmocka_unit_test(every_day),
        cmocka_unit_test(no_such_dates),    cmocka_unit_test(months),
        cmocka_unit_test(offsets),          cmocka_unit_test(started),
        cmocka_unit_test(wrong_starts),     cmocka_unit_test(changes_nobody),
        cmocka_unit_test(goes_on),          cmocka_unit_test(wrong_ends),
        cmocka_unit_test(lists_of_phones),  cmocka_unit_test(off_from_the_start),
        cmocka_unit_test(off_and_unknown),  cmocka_unit_test(story_with_dates),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
