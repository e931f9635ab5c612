/* Scenarios by name: files of a folder and of the folders in it, found by the beginning of a name.
 */
#include "sim/cmd/scenario.h"
#include "sim/base/sys.h"

#include <stdarg.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

static char home[64];

static const char *const files[] = { "02-two.lua",       "01-one.lua",        "cucmlab.d.lua",
                                     "notes.txt",        "move/there.lua",    "move/back.lua",
                                     "move/README.md",   "restore/there.lua", "restore/old.lua",
                                     "restore/older.lua" };
static const char *const folders[] = { "move", "restore", ".hidden", "empty" };

/* A folder `scenarios` here, with these in it. */
static int set_up(void **state)
{
    (void)state;
    snprintf(home, sizeof home, "/tmp/cucmlab-scenarios-XXXXXX");
    if (mkdtemp(home) == NULL || chdir(home) != 0 || mkdir("scenarios", 0700) != 0)
        return -1;
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        char path[128];
        snprintf(path, sizeof path, "scenarios/%s", folders[i]);
        if (mkdir(path, 0700) != 0)
            return -1;
    }
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char path[128];
        snprintf(path, sizeof path, "scenarios/%s", files[i]);
        FILE *f = fopen(path, "w");
        if (f == NULL || fclose(f) != 0)
            return -1;
    }
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char path[128];
        snprintf(path, sizeof path, "scenarios/%s", files[i]);
        unlink(path);
    }
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        char path[128];
        snprintf(path, sizeof path, "scenarios/%s", folders[i]);
        rmdir(path);
    }
    return rmdir("scenarios") != 0 || chdir("/tmp") != 0 || rmdir(home) != 0;
}

static void files_then_folders_in_order(void **state)
{
    static const char *const names[] = { "01-one.lua",       "02-two.lua",      "move/back.lua",
                                         "move/there.lua",   "restore/old.lua", "restore/older.lua",
                                         "restore/there.lua" };
    (void)state;
    struct scenario_list list;
    struct err e = { "" };
    assert_true(scenario_list("scenarios", &list, &e));
    assert_int_equal(list.count, sizeof names / sizeof *names);
    for (uint32_t i = 0; i < list.count; i++)
        assert_string_equal(list.names[i], names[i]);
    scenario_list_free(&list);
    assert_false(scenario_list("nowhere", &list, &e));
    assert_string_equal(e.text, "nowhere: No such file or directory");
    scenario_list_free(&list);
}

/* What the name finds, or the error. */
static void finds(const char *name, const char *found)
{
    char path[SCENARIO_PATH];
    struct args a = { .files = { name }, .file_count = 1 };
    struct session_options o;
    struct err e = { "" };
    if (scenario_options(&a, path, &o, &e))
        assert_string_equal(path, found);
    else
        assert_string_equal(e.text, found);
}

static void found_by_the_beginning_of_a_name(void **state)
{
    (void)state;
    finds("01", "scenarios/01-one.lua");
    finds("01-one.lua", "scenarios/01-one.lua");
    finds("scenarios/move/back.lua", "scenarios/move/back.lua");
    finds("move/back", "scenarios/move/back.lua");
    finds("move/b", "scenarios/move/back.lua");
    finds("b", "scenarios/move/back.lua");
    finds("restore/old", "scenarios/restore/old.lua"); /* whole before beginnings */
    finds("restore/olde", "scenarios/restore/older.lua");
    finds("there",
          "no scenario \"there\": which of move/there, restore/there? (`cucmlab list` shows "
          "them)");
    finds("bakc", "no scenario \"bakc\": did you mean back?; `cucmlab list` shows them");
    finds("scenarios/move",
          "scenarios/move is a folder; a scenario is a file (`cucmlab list` shows them)");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(files_then_folders_in_order, set_up, tear_down),
        cmocka_unit_test_setup_teardown(found_by_the_beginning_of_a_name, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
