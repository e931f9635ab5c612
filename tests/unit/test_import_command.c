/* `cucmlab import` as a command: options, exit status, what goes where (sim/cmd/import.c). */
#include "sim/base/sys.h"
#include "sim/cmd/cmd.h"

#include <cjson/cJSON.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/stat.h>

#include <cmocka.h>

static char dir[64], good[128], bad[128], out_lua[128], out_json[128];
static char *printed, *told;

static void put(const char *path, const char *text)
{
    struct err e = { "" };
    assert_true(sys_write_file(path, view_str(text), &e));
}

static int begin(void **state)
{
    (void)state;
    snprintf(dir, sizeof dir, "/tmp/cucmlab-test-XXXXXX");
    assert_non_null(mkdtemp(dir));
    snprintf(good, sizeof good, "%s/phones", dir);
    snprintf(bad, sizeof bad, "%s/letter", dir);
    snprintf(out_lua, sizeof out_lua, "%s/hq.lua", dir);
    snprintf(out_json, sizeof out_json, "%s/hq.json", dir);
    put(good, "Device Name,Description,Device Pool,Device Type\n"
              "SEP0011215A1AE3,\"a\x1b[31mb\",DP-A,Cisco 8845\n");
    put(bad, "Dear colleague,\n");
    return 0;
}

static int end(void **state)
{
    (void)state;
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", dir);
    assert_int_equal(system(command), 0);
    free(printed);
    free(told);
    printed = told = NULL;
    return 0;
}

#define MOST_WORDS 12

/* Words up to a NULL; fills printed and told. */
static int import_words(const char *const *words)
{
    char *argv[MOST_WORDS];
    int argc = 0;
    size_t n1, n2;
    for (; words[argc] != NULL; argc++) {
        assert_true(argc < MOST_WORDS);
        argv[argc] = (char *)(uintptr_t)words[argc];
    }
    free(printed);
    free(told);
    FILE *out = open_memstream(&printed, &n1), *problems = open_memstream(&told, &n2);
    int status = cmd_import(argc, argv, out, problems);
    fclose(out);
    fclose(problems);
    return status;
}
#define import(...) import_words((const char *const[]){ __VA_ARGS__, NULL })

#define assert_has(text, part)                                                                     \
    do {                                                                                           \
        if (strstr((text), (part)) == NULL)                                                        \
            fail_msg("\"%s\" is not in:\n%s", (part), (text));                                     \
    } while (0)

static void test_facts_with_their_sources(void **state)
{
    (void)state;
    char line[256];
    assert_int_equal(import(good, bad, "--facts"), EXIT_GOOD);
    snprintf(line, sizeof line,
             "%s:2\tBAT export of phones\tdevice pool\tSEP0011215A1AE3\t\t0\tDP-A\n", good);
    assert_has(printed, line);
    /* A description is shown, not sent to the terminal. */
    assert_has(printed, "\ta\\x1b[31mb\n");
    assert_null(strchr(printed, '\x1b'));
    /* What cannot be seen is written out, by the one rule of sim/wire/shown.h. */
    put(bad, "Device Name,Description,Device Pool\nSEP0011215A1AE4,a\xee\x80\x80\xc2\xad,P\n");
    assert_int_equal(import(bad, "--facts"), EXIT_GOOD);
    assert_has(printed, "\ta\\xee\\x80\\x80\\xc2\\xad\n");
}

static void test_a_cluster_is_written(void **state)
{
    (void)state;
    char phones[128];
    snprintf(phones, sizeof phones, "%s/hq.phones.csv", dir);
    assert_int_equal(import(good, "-o", out_lua), EXIT_GOOD);
    assert_has(printed, "1 piece of 1 kind read, 3 facts");
    assert_int_equal(access(out_lua, R_OK), 0);
    assert_int_equal(access(phones, R_OK), 0);
    assert_int_equal(import(good, "-o", out_lua), EXIT_INPUT);
    assert_has(told, out_lua);
    assert_int_equal(import(good, "-o", out_lua, "--force"), EXIT_GOOD);
    /* It is told before anything is read, and so is a name that is none. */
    assert_int_equal(import("/nowhere/at/all", "-o", out_lua), EXIT_INPUT);
    assert_has(told, "--force");
    assert_int_equal(import("/nowhere/at/all", "-o", "hq.txt"), EXIT_INPUT);
    assert_has(told, "Lua file");
}

static void test_what_is_replaced_is_told(void **state)
{
    (void)state;
    char path[256];
    snprintf(path, sizeof path, "%s/hq.certs", dir);
    assert_int_equal(mkdir(path, 0777), 0);
    snprintf(path, sizeof path,
             "%s/hq.certs/0123456789012345678901234567890123456789012345678901234567890123.der",
             dir);
    put(path, "x");
    assert_int_equal(import(good, "-o", out_lua), EXIT_INPUT);
    assert_int_equal(import(good, "-o", out_lua, "--force"), EXIT_GOOD);
    assert_has(printed, "1 file of certificates and lists of an earlier import removed");
    assert_int_equal(access(path, F_OK), -1);
}

static void test_what_is_not_recognised_is_named(void **state)
{
    (void)state;
    assert_int_equal(import(dir, "-o", out_lua), EXIT_GOOD);
    assert_has(printed, "1 not recognised:");
    assert_has(printed, bad);
    assert_int_equal(import(bad, "-o", out_lua, "--force"), EXIT_INPUT);
    assert_has(told, "nothing was recognised");
}

static void test_strict(void **state)
{
    (void)state;
    assert_int_equal(import(good, "-o", out_lua, "--strict"), EXIT_GOOD);
    assert_int_equal(unlink(out_lua), 0);
    assert_int_equal(import(good, bad, "-o", out_lua, "--strict", "--force"), EXIT_INPUT);
    assert_has(told, "1 not recognised: nothing is written");
    assert_int_equal(access(out_lua, F_OK), -1);
}

static void test_json(void **state)
{
    (void)state;
    struct arena a = arena_of(&sys_mem);
    struct view v;
    struct err e = { "" };
    assert_int_equal(import(good, bad, "--json", out_json), EXIT_GOOD);
    assert_true(sys_read_file(out_json, 1 << 20, &a, &v, &e));
    cJSON *o = cJSON_ParseWithLength((const char *)v.p, v.n);
    assert_non_null(o);
    const cJSON *files = cJSON_GetObjectItem(o, "files");
    assert_int_equal(cJSON_GetArraySize(files), 2);
    const cJSON *first = cJSON_GetArrayItem(files, 0), *second = cJSON_GetArrayItem(files, 1);
    assert_string_equal(cJSON_GetObjectItem(first, "kind")->valuestring, "BAT export of phones");
    assert_string_equal(cJSON_GetObjectItem(first, "as")->valuestring, "read");
    assert_int_equal(cJSON_GetObjectItem(first, "facts")->valueint, 3);
    assert_string_equal(cJSON_GetObjectItem(second, "as")->valuestring, "not recognised");
    assert_non_null(cJSON_GetObjectItem(o, "site"));
    cJSON_Delete(o);
    arena_free(&a);
    /* Alone on standard output, the words on the other one. */
    assert_int_equal(import(good, "--json", "-"), EXIT_GOOD);
    assert_has(told, "1 piece of 1 kind read");
}

static void test_notes_have_file_and_line(void **state)
{
    (void)state;
    char text[4000], line[256];
    int n = snprintf(text, sizeof text, "Device Name,Device Pool\nSEP0011215A1AE3,A\n");
    for (int i = 0; i < 9; i++)
        n += snprintf(text + n, sizeof text - (size_t)n, "no name %d!,A\n", i);
    put(bad, text);
    assert_int_equal(import(bad, "--facts"), EXIT_GOOD);
    snprintf(line, sizeof line, "%s:3: \"no name 0!\" is no name of a device", bad);
    assert_has(told, line);
    assert_has(told, "BAT export of phones: 4 notes more");
    assert_null(strstr(told, "no name 8!"));
}

static void test_wrong_use(void **state)
{
    (void)state;
    assert_int_equal(import("--facts"), EXIT_INPUT);
    assert_has(told, "a file, a folder or an archive is needed");
    assert_int_equal(import(good), EXIT_INPUT);
    assert_has(told, "-o CLUSTER.lua is needed");
    assert_int_equal(import(good, "-o", out_lua, "--facts"), EXIT_INPUT);
    assert_int_equal(import(good, "-o", out_lua, "--name", "HQ West"), EXIT_INPUT);
    assert_has(told, "--name: cluster \"HQ West\": letters");
    assert_int_equal(import(good, "-o", out_lua, "--name", ""), EXIT_INPUT);
    assert_int_equal(import("/nowhere/at/all", "--facts"), EXIT_INPUT);
    assert_has(told, "/nowhere/at/all: ");
    assert_int_equal(import(good, "--no-such"), EXIT_INPUT);
}

static void test_kinds(void **state)
{
    (void)state;
    assert_int_equal(import("--kinds"), EXIT_GOOD);
    assert_has(printed, "| BAT export of phones | ");
    assert_has(printed, "| show itl | ");
    assert_has(printed, "| trust list | ");
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)
    const struct CMUnitTest tests[] = {
        TEST(test_facts_with_their_sources),
        TEST(test_a_cluster_is_written),
        TEST(test_what_is_replaced_is_told),
        TEST(test_what_is_not_recognised_is_named),
        TEST(test_strict),
        TEST(test_json),
        TEST(test_notes_have_file_and_line),
        TEST(test_wrong_use),
        TEST(test_kinds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
