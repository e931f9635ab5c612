/* What import writes loads: a cluster of any facts, with the names that people give their nodes,
 * groups and pools, runs to the present (sim/import/write_lua.c, docs/CLUSTER.md). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "sim/import/write.h"
#include "tests/unit/run_script.h"
#include "tests/unit/site_fixture.h"

#define A "SEP001122334455"
#define B "SEP001122334466"
#define C "SEP001122334477"

static char folder[64];

static int begin(void **state)
{
    (void)snprintf(folder, sizeof folder, "/tmp/test_site_XXXXXX");
    assert_non_null(mkdtemp(folder));
    return site_begin(state);
}

static int end(void **state)
{
    char command[100];
    (void)snprintf(command, sizeof command, "rm -rf %s", folder);
    assert_int_equal(system(command), 0);
    return site_end(state);
}

static const char *path_of(const char *name)
{
    char path[200];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    return arena_text(&kept, view_str(path));
}

/* Writes the site and runs it; `more` is Lua that stands behind the phones.  "": it loaded. */
static const char *load(const char *more)
{
    struct run r = { 0 };
    struct err e = { "" };
    struct view lua;
    const char *path = path_of("hq.lua");
    if (!site_write(&site, path, true, &e))
        fail_msg("%s", e.text);
    if (more != NULL) {
        static const char tail[] = "return cl\n";
        assert_true(sys_read_file(path, 1 << 20, &kept, &lua, &e));
        char *text = arena_take(&kept, lua.n + strlen(more) + 1);
        size_t n = lua.n - strlen(tail);
        memcpy(text, lua.p, n);
        memcpy(text + n, more, strlen(more) + 1);
        assert_true(sys_write_file(path, view_str(text), &e));
    }
    struct session_options o = options_for(&r, path, 1);
    run_file(&r, &o);
    const char *wrong = arena_text(&kept, view_str(r.e.text));
    done(&r);
    return wrong;
}

static void assert_loads(void)
{
    const char *wrong = load(NULL);
    if (wrong[0] != '\0')
        fail_msg("%s", wrong);
}

static struct said two_nodes(void)
{
    struct said s = reading_of("pub.log", SURE_ANSWER, 0, 1);
    say(&s, FACT_NODE_ROLE, "pub", NULL, "publisher");
    say(&s, FACT_NODE_ROLE, "sub", NULL, "subscriber");
    return s;
}

/* ---- groups that phones' pages tell ---- */

/* A server without Cisco CallManager can be in no group, whoever names it. */
static void test_a_page_names_a_server_without_callmanager(void **state)
{
    (void)state;
    struct said s = two_nodes();
    say(&s, FACT_NODE_ROLE, "tftp", NULL, "subscriber");
    say(&s, FACT_SERVICE, "tftp", "Cisco CallManager", "not-activated");
    s = reading_of("page.html", SURE_PAGE, 0, 0);
    say(&s, FACT_PHONE_POOL, A, NULL, "Q");
    say_nth(&s, FACT_PHONE_CM, A, 0, "tftp");
    say_nth(&s, FACT_PHONE_CM, A, 1, "sub");
    say_nth(&s, FACT_PHONE_CM, A, 2, "pub");
    make_site();
    const struct site_group *g = &site.groups[site.pools[phone(A)->pool].group];
    assert_int_equal(g->count, 2);
    assert_string_equal(site.nodes[g->members[0]].name, "sub");
    assert_non_null(strstr(claim(SITE_CONTRADICTS, "servers of phones")->why, "CallManager"));
    assert_loads();
}

static void test_a_page_of_servers_without_callmanager_alone(void **state)
{
    (void)state;
    struct said s = two_nodes();
    say(&s, FACT_SERVICE, "sub", "Cisco CallManager", "not-activated");
    s = reading_of("page.html", SURE_PAGE, 0, 0);
    say(&s, FACT_PHONE_POOL, A, NULL, "Q");
    say_nth(&s, FACT_PHONE_CM, A, 0, "sub");
    make_site();
    assert_loads();
}

/* By its name and by its address: one server. */
static void test_a_page_names_a_server_twice(void **state)
{
    (void)state;
    struct said s = two_nodes();
    say(&s, FACT_NODE_ADDRESS, "sub", NULL, "10.1.1.11");
    s = reading_of("page.html", SURE_PAGE, 0, 0);
    say(&s, FACT_PHONE_POOL, A, NULL, "Q");
    say_nth(&s, FACT_PHONE_CM, A, 0, "sub");
    say_nth(&s, FACT_PHONE_CM, A, 1, "10.1.1.11");
    say_nth(&s, FACT_PHONE_CM, A, 2, "pub");
    make_site();
    assert_int_equal(site.groups[site.pools[phone(A)->pool].group].count, 2);
    assert_loads();
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {
        TEST(test_a_page_names_a_server_without_callmanager),
        TEST(test_a_page_of_servers_without_callmanager_alone),
        TEST(test_a_page_names_a_server_twice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
