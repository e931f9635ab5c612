/* The pages behind Directories: each is there, whole, and links to one that is there too. */
#include "sim/talk/pages.h"
#include "sim/text/xml.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#define BASE "https://127.0.0.11:8443"

static size_t page(const char *path, char text[PAGES_MAX])
{
    struct wr w = wr_of(text, PAGES_MAX);
    bool found = pages_find(path, BASE, &w);
    assert_false(w.over);
    return found ? w.n : 0;
}

static void each_is_well_formed_and_leads_on(void **state)
{
    (void)state;
    char path[64] = "ccmcip/xmldirectory.jsp", text[PAGES_MAX];
    int pages = 0;
    for (const char *url; path[0] != '\0'; pages++) {
        size_t n = page(path, text);
        struct err e = { "" };
        assert_true(xml_read(view_of(text, n), &(struct xml_calls){ .depth = 9 }, NULL, &e));
        path[0] = '\0';
        if ((url = strstr(text, "<URL>" BASE "/")) != NULL) {
            url += strlen("<URL>" BASE "/");
            snprintf(path, sizeof path, "%.*s", (int)strcspn(url, "<"), url);
        }
        assert_null(memchr(text, '@', n));
    }
    assert_int_equal(pages, 3);
}

static void what_is_not_there(void **state)
{
    (void)state;
    char text[PAGES_MAX];
    assert_int_equal(page("", text), 0);
    assert_int_equal(page("/ccmcip/xmldirectory.jsp", text), 0);
    assert_int_equal(page("ccmcip/xmldirectory.js", text), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_is_well_formed_and_leads_on),
        cmocka_unit_test(what_is_not_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
