/* What a change of plan changed, whole: two reports as JSON, and all that `diff` says of them. */
#include "tests/unit/told.h"

#include <unistd.h>

static void put(char path[64], const char *text)
{
    put_file(path, text, strlen(text));
}

static void differ(const char *a, const char *b, int count, const char *want)
{
    char pa[64], pb[64], *said;
    size_t n;
    struct err e = { "" };
    put(pa, a);
    put(pb, b);
    FILE *out = open_memstream(&said, &n);
    assert_int_equal(report_diff(out, pa, pb, &e), count);
    fclose(out);
    assert_string_equal(e.text, "");
    if (strcmp(said, want) != 0)
        fail_msg("not\n%s\nbut\n%s", want, said);
    free(said);
    unlink(pa);
    unlink(pb);
}

static const char before[] =
    "{\"format\":1,\"scenario\":\"a.lua\",\"seed\":\"1\",\"identity\":\"1\","
    "\"verdict\":{\"text\":\"1,200 of 3,000 phones need hands\",\"phones\":3000,\"at_risk\":true},"
    "\"clusters\":[{\"name\":\"HQ\",\"version\":\"9.1\",\"nodes\":1},"
    "{\"name\":\"B\",\"version\":\"14\",\"nodes\":12}],"
    "\"inventories\":[{\"file\":\"a.csv\",\"rows\":1,\"sha256\":\"0123456789abcdef\"}],"
    "\"params\":{\"phones\":\"3000\",\"old\":\"x\"},"
    "\"left_alone\":{\"lost\":{\"registration\":1},\"outcomes\":{}},"
    "\"next_boot\":{\"lost\":{\"configuration\":2000,\"trust list\":7},\"outcomes\":{\"hands\":1}},"
    "\"outcomes\":[{\"outcome\":\"hands\",\"phones\":1200},{\"outcome\":\"boot\",\"phones\":3}],"
    "\"losses\":[{\"outcome\":\"hands\",\"function\":\"trust list\",\"phones\":1200,"
    "\"phone_minutes\":null},"
    "{\"outcome\":\"none\",\"function\":\"registration\",\"phones\":2000,\"phone_minutes\":4321.5}]"
    ","
    "\"phones\":[{\"lost\":[\"trust list\"],\"lost_now\":[\"trust list\"],\"at_next_boot\":[],"
    "\"needs_hands\":true,\"names\":[\"SEP2\",\"SEP1\",\"SEP3\",\"SEP4\",\"SEP5\"]}],"
    "\"hands\":{\"hours\":20.5},\"expects\":[{\"passed\":false},{\"passed\":true}]}";

static const char after[] =
    "{\"format\":1,\"scenario\":\"b.lua\",\"seed\":\"2\",\"identity\":\"1\","
    "\"verdict\":{\"text\":\"no phone loses anything\",\"phones\":2999,\"at_risk\":false},"
    "\"clusters\":[{\"name\":\"HQ\",\"version\":\"9.1\",\"nodes\":2}],"
    "\"inventories\":[{\"file\":\"b.csv\",\"rows\":3572,\"sha256\":\"fedcba9876543210\"}],"
    "\"params\":{\"phones\":\"2999\",\"new\":\"y\"},"
    "\"left_alone\":{\"lost\":{},\"outcomes\":{}},"
    "\"next_boot\":{\"lost\":{\"trust list\":8},\"outcomes\":{\"hands\":1002}},"
    "\"outcomes\":[{\"outcome\":\"boot\",\"phones\":1}],"
    "\"losses\":[{\"outcome\":\"none\",\"function\":\"registration\",\"phones\":1,"
    "\"phone_minutes\":1000}],"
    "\"phones\":[{\"lost\":[\"registration\"],\"lost_now\":[],\"at_next_boot\":[\"configuration\"],"
    "\"needs_hands\":false,\"names\":[\"SEP5\",\"SEP6\"]}],"
    "\"hands\":{\"hours\":0},\"expects\":[{\"passed\":true}]}";

static void both(void **state)
{
    (void)state;
    differ(before, after, 25,
           "Verdict\n  was 1,200 of 3,000 phones need hands\n  is  no phone loses anything\n"
           "Scenario\n  was a.lua\n  is  b.lua\n"
           "Seed\n  was 1\n  is  2\n"
           "Clusters\n  was HQ 9.1 (1 node), B 14 (12 nodes)\n  is  HQ 9.1 (2 nodes)\n"
           "Inventories\n  was a.csv (1 row, SHA-256 0123456789ab)\n"
           "  is  b.csv (3,572 rows, SHA-256 fedcba987654)\n"
           "Parameter phones\n  was 3000\n  is  2999\n"
           "Parameter old\n  was x\n  is  (none)\n"
           "Parameter new\n  was (none)\n  is  y\n"
           "Phones: 3,000 -> 2,999 (-1)\n"
           "At risk\n  was yes\n  is  no\n"
           "Left alone\n"
           "  registration                  1 -> 0 phones (-1)\n"
           "At the next boot\n"
           "  configuration             2,000 -> 0 phones (-2,000)\n"
           "  trust list                    7 -> 8 phones (+1)\n"
           "  hands                         1 -> 1,002 phones (+1,001)\n"
           "By outcome\n"
           "  hands                     1,200 -> 0 phones (-1,200)\n"
           "  boot                          3 -> 1 phone (-2)\n"
           "By outcome and function lost\n"
           "  hands, trust list                       1,200 -> 0 phones (-1,200), open -> 0 "
           "phone-minutes\n"
           "  none, registration                      2,000 -> 1 phone (-1,999), 4,321.5 -> 1,000 "
           "phone-minutes\n"
           "Newly lost something: 1 phone: SEP6\n"
           "No longer lost anything: 4 phones: SEP1, SEP2, SEP3 and 1 more\n"
           "No longer lost at the end: 5 phones: SEP1, SEP2, SEP3 and 2 more\n"
           "Newly losing more at the next boot: 2 phones: SEP5, SEP6\n"
           "No longer needing hands: 5 phones: SEP1, SEP2, SEP3 and 2 more\n"
           "Hands: 20.5 -> 0 hours (-20.5)\n"
           "Expectations that fail: 1 -> 0 (-1)\n");
    differ(before, before, 0, "The two runs end the same.\n");
}

/* Each part that a report must have. */
static void no_reports(void **state)
{
    (void)state;
    static const char *const parts[] = { "\"verdict\":{}", "\"losses\":[]", "\"outcomes\":[]",
                                         "\"hands\":{}",   "\"params\":{}", "\"expects\":[]" };
    static const char *const says[] = { "object \"verdict\"", "array \"losses\"",
                                        "array \"outcomes\"", "object \"hands\"",
                                        "object \"params\"",  "array \"expects\"" };
    for (size_t missing = 0; missing < sizeof parts / sizeof *parts; missing++) {
        char text[400], path[64], want[200];
        struct wr w = wr_of(text, sizeof text - 1);
        struct err e = { "" };
        wr_fmt(&w, "{\"format\":1");
        for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
            if (i != missing)
                wr_fmt(&w, ",%s", parts[i]);
        }
        wr_fmt(&w, "}");
        text[w.n] = '\0';
        put(path, text);
        assert_int_equal(report_diff(stdout, path, path, &e), -1);
        snprintf(want, sizeof want, "%s: no %s in it", path, says[missing]);
        assert_string_equal(e.text, want);
        unlink(path);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(both), cmocka_unit_test(no_reports) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
