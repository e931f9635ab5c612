/* Devices and their files: numbers to names and back, names of files and back. */
#include "sim/base/rng.h"
#include "sim/base/sys.h"
#include "sim/core/contract.h"
#include "sim/core/device.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

static void numbers_and_names(void **state)
{
    (void)state;
    static const char *const imported[] = { "SEP00AABBCCDDEE", "CSFALICE", "x" };
    struct device_dir d;
    device_init(&d, &sys_mem);
    assert_int_equal(device_add_range(&d, 0x0011215a1aff, 300), 0);
    assert_int_equal(device_add_names(&d, imported, 3), 300);
    assert_int_equal(device_add_range(&d, 0xffffffffff00, 256), 303);
    char name[DEVICE_NAME];
    device_name(&d, 0, name);
    assert_string_equal(name, "SEP0011215A1AFF");
    device_name(&d, 1, name);
    assert_string_equal(name, "SEP0011215A1B00");
    device_name(&d, 301, name);
    assert_string_equal(name, "CSFALICE");
    device_name(&d, 558, name);
    assert_string_equal(name, "SEPFFFFFFFFFFFF");
    for (uint32_t i = 0; i < d.count; i++) {
        uint32_t found;
        device_name(&d, i, name);
        assert_true(device_find(&d, name, &found));
        assert_int_equal(found, i);
        assert_int_equal(device_is_sep(&d, i), strncmp(name, "SEP", 3) == 0 && strlen(name) == 15);
    }
    static const char *const unknown[] = { "",
                                           "SEP0011215A1AFE",
                                           "SEP0011215a1aff",
                                           "csfalice",
                                           "SEP0011215A1AFF0",
                                           "SEP0011215A1AF",
                                           "XEP0011215A1AFF",
                                           "SEP0011215A1AFG",
                                           "SEP0011215A1B0G",
                                           "SEP0011215A1B0@",
                                           "SEP0011215A1B0/",
                                           "SEP0011215A1B0:" };
    for (size_t i = 0; i < sizeof unknown / sizeof unknown[0]; i++) {
        uint32_t found;
        assert_false(device_find(&d, unknown[i], &found));
    }
    device_free(&d);
}

/* Fleets with names, one behind the other: one range, however many they are. */
static void names_in_a_row(void **state)
{
    (void)state;
    static const char *const seps[] = { "SEP00AABBCCDDEE", "SEP00AABBCCDD00" };
    static const char *const mixed[] = { "SEP00AABBCCDDEF", "CSFBOB" };
    static const char *const one[] = { "SEP00AABBCCDDF0" }, *const other[] = { "BOTEVE" };
    struct device_dir d, copy;
    device_init(&d, &sys_mem);
    device_init(&copy, &sys_mem);
    assert_int_equal(device_add_names(&d, seps, 2), 0);
    assert_int_equal(device_add_names(&d, mixed, 2), 2);
    assert_int_equal(d.range_count, 1);
    assert_int_equal(device_add_range(&d, 0x0011215a1aff, 2), 4);
    assert_int_equal(device_add_names(&d, one, 1), 6);
    device_copy(&copy, &d);
    assert_int_equal(device_add_names(&copy, other, 1), 7);
    assert_int_equal(copy.range_count, 3);
    for (uint32_t i = 0; i < copy.count; i++) {
        char name[DEVICE_NAME];
        uint32_t found;
        device_name(&copy, i, name);
        assert_true(device_find(&copy, name, &found));
        assert_int_equal(found, i);
        assert_int_equal(device_is_sep(&copy, i), i != 3 && i != 7);
        assert_true(i == 7 || device_is_sep(&d, i) == (i != 3));
    }
    device_free(&d);
    device_free(&copy);
}

/* Names as exports write them, and what they are kept as. */
static void names_that_are_read(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        { "SEP0011215A1AE3", "SEP0011215A1AE3" },
        { "sep0011215a1aef", "SEP0011215A1AEF" },
        { "SeP0011215a1AeF", "SEP0011215A1AEF" },
        { "x", "x" },
        { "az-AZ_09.", "az-AZ_09." },
        { "SE", "SE" },
        { "CSFALICE1234567", "CSFALICE1234567" },
        { "ATA0011215A1AE3", "ATA0011215A1AE3" },
        { "0SEP", "0SEP" },
        { "", NULL },
        { "CSFALICE12345678", NULL },
        { "SEP", NULL },
        { "SEP0011215A1AE", NULL },
        { "sep0011215A1AG3", NULL },
        { "SEP0011215A1A.3", NULL },
        { "a b", NULL },
        { "a/b", NULL },
        { "a@b", NULL },
        { "a[b", NULL },
        { "a`b", NULL },
        { "a{b", NULL },
        { "a:b", NULL },
        { "\xc3\xa9", NULL },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char out[DEVICE_NAME], want[DEVICE_NAME] = "";
        memset(out, 'o', sizeof out);
        assert_int_equal(device_read_name(view_str(rows[i][0]), out), rows[i][1] != NULL);
        if (rows[i][1] == NULL)
            continue;
        memcpy(want, rows[i][1], strlen(rows[i][1]));
        assert_memory_equal(out, want, sizeof out); /* zero to the end */
    }
}

/* The first MACs in a row that nobody has, against trying one after the other; a copy of the
 * directory answers alike. */
static void free_macs(void **state)
{
    (void)state;
    struct rng r = rng_of(1, "macs", 0);
    for (int round = 0; round < 200; round++) {
        struct device_dir d, copy;
        bool taken[160] = { false };
        device_init(&d, &sys_mem);
        device_init(&copy, &sys_mem);
        for (int k = 0; k < 6; k++) {
            uint32_t first = (uint32_t)rng_below(&r, 90), count = 1 + (uint32_t)rng_below(&r, 6);
            if (k % 2 == 0) {
                device_add_range(&d, 0x1000 + first, count);
            } else { /* not in order, with one between them that is no MAC */
                const char *names[] = { "SEP00000000AAAA", "kitchen", "SEP00000000BBBB" };
                char a[DEVICE_NAME], b[DEVICE_NAME];
                count = 1;
                snprintf(a, sizeof a, "SEP%012X", 0x1000 + first + 20);
                snprintf(b, sizeof b, "SEP%012X", 0x1000 + first);
                names[0] = a;
                names[2] = b;
                device_add_names(&d, names, 3);
                taken[first + 20] = true;
            }
            for (uint32_t i = first; i < first + count; i++)
                taken[i] = true;
        }
        device_copy(&copy, &d);
        for (uint32_t from = 0; from < 100; from += 7) {
            for (uint32_t count = 1; count < 9; count++) {
                uint32_t at = from;
                for (uint32_t i = at; i < at + count; i++) {
                    if (taken[i])
                        at = i + 1;
                }
                assert_int_equal(device_free_macs(&d, 0x1000 + from, count), 0x1000 + at);
                assert_int_equal(device_free_macs(&copy, 0x1000 + from, count), 0x1000 + at);
            }
        }
        assert_int_equal(copy.count, d.count);
        for (uint32_t i = 0; i < d.count; i++) {
            char name[DEVICE_NAME], other[DEVICE_NAME];
            uint32_t one = 0, two = 1;
            device_name(&d, i, name);
            device_name(&copy, i, other);
            assert_string_equal(name, other);
            assert_true(device_find(&d, name, &one) && device_find(&copy, name, &two));
            assert_int_equal(one, two);
        }
        device_free(&d);
        device_free(&copy);
    }
}

static void every_kind_of_file(void **state)
{
    (void)state;
    static const char *const names[FILE_KINDS] = {
        [FILE_CTL] = "CTLSEP0011215A1AE3.tlv",
        [FILE_CTL_COMMON] = "CTLFile.tlv",
        [FILE_ITL] = "ITLSEP0011215A1AE3.tlv",
        [FILE_ITL_COMMON] = "ITLFile.tlv",
        [FILE_CNF] = "SEP0011215A1AE3.cnf.xml",
        [FILE_CNF_SGN] = "SEP0011215A1AE3.cnf.xml.sgn",
        [FILE_CNF_ENC] = "SEP0011215A1AE3.cnf.xml.enc.sgn",
        [FILE_DEFAULT] = "XMLDefault.cnf.xml",
        [FILE_DEFAULT_SGN] = "XMLDefault.cnf.xml.sgn",
        [FILE_LOCALE] = "New_Zealand/g3-tones.xml",
        [FILE_LOCALE_SGN] = "New_Zealand/g3-tones.xml.sgn",
        [FILE_RINGLIST] = "ringlist.xml",
        [FILE_RINGLIST_SGN] = "ringlist.xml.sgn",
    };
    for (int k = 0; k < FILE_KINDS; k++) {
        char name[128], device[64], locale[64];
        enum file_kind kind;
        size_t n = file_name((enum file_kind)k, "SEP0011215A1AE3", "New_Zealand", name);
        assert_string_equal(name, names[k]);
        assert_int_equal(n, strlen(name));
        assert_true(file_parse(view_str(name), &kind, device, locale));
        assert_int_equal(kind, k);
        assert_string_equal(device, strstr(name, "SEP00") != NULL ? "SEP0011215A1AE3" : "");
        assert_string_equal(locale, strchr(name, '/') != NULL ? "New_Zealand" : "");
    }
    char name[128];
    file_name(FILE_LOCALE, "", "", name);
    assert_string_equal(name, "English_United_States/g3-tones.xml");
}

static void what_is_no_name(void **state)
{
    (void)state;
    static const char *const names[] = { "",
                                         "CTL.tlv",
                                         "ITL.tlv",
                                         "ITLSEP0011215A1AE3.tlv ",
                                         "itlfile.tlv",
                                         "/ITLFile.tlv",
                                         "../ITLFile.tlv",
                                         "ITL../x.tlv",
                                         "a/b/g3-tones.xml",
                                         "../g3-tones.xml",
                                         "/g3-tones.xml",
                                         ".cnf.xml",
                                         "SEP.1.cnf.xml",
                                         "SEP1.cnf.xml.enc",
                                         "ringlist.xml.enc.sgn",
                                         "SEP0011215A1AE3.xml" };
    char device[64], locale[64], longest[200];
    enum file_kind kind;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (file_parse(view_str(names[i]), &kind, device, locale))
            fail_msg("\"%s\" parsed as kind %d", names[i], kind);
    }
    assert_false(file_parse(view_of("SEP1\0X.cnf.xml", 14), &kind, device, locale));
    memset(longest, 'A', sizeof longest);
    memcpy(longest + 63, ".cnf.xml", 9);
    assert_true(file_parse(view_str(longest), &kind, device, locale));
    assert_int_equal(strlen(device), 63);
    memset(longest, 'A', 64);
    memcpy(longest + 64, ".cnf.xml", 9);
    assert_false(file_parse(view_str(longest), &kind, device, locale));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_and_names),   cmocka_unit_test(names_in_a_row),
        cmocka_unit_test(names_that_are_read), cmocka_unit_test(free_macs),
        cmocka_unit_test(every_kind_of_file),  cmocka_unit_test(what_is_no_name)
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
