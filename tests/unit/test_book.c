/* The book out of which threads answer for a TVS. */
#include "sim/base/sys.h"
#include "sim/core/contract.h"
#include "sim/talk/book.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

static struct book_entry entry(const char *der, const char *issuer, const char *serial,
                               uint32_t roles)
{
    return (struct book_entry){ .der = view_str(der),
                                .issuer = view_str(issuer),
                                .serial = view_str(serial),
                                .verified = { .roles = roles, .ttl_s = 60 },
                                .queried = {
                                    .roles = roles, .ttl_s = 60, .certificate = view_str(der) } };
}

static struct tvs_told verified(const struct book *b, const char *der)
{
    struct tvs_msg m = talk_tvs_verify(view_str("SEP"), 1, view_str(der));
    return book_tells(b, &m);
}

static struct tvs_told queried(const struct book *b, const char *issuer, const char *serial)
{
    struct tvs_msg m =
        talk_tvs_query(view_str("SEP"), 1, view_str("anybody"), view_str(issuer), view_str(serial));
    return book_tells(b, &m);
}

static void found_by_bytes_and_by_names(void **state)
{
    (void)state;
    struct book *b = book_new(&sys_mem);
    struct book_entry first = entry("der 1", "CN=a", "\x01", 1),
                      second = entry("der 2", "CN=a", "\x02", 2),
                      twin = entry("der 3", "CN=a", "\x01", 4); /* the names of the first */
    book_add(b, &first);
    book_add(b, &second);
    book_add(b, &twin);
    assert_int_equal(verified(b, "der 1").roles, 1);
    assert_int_equal(verified(b, "der 2").roles, 2);
    assert_int_equal(verified(b, "der 3").roles, 4);
    assert_int_equal(queried(b, "CN=a", "\x01").roles, 1);
    assert_int_equal(queried(b, "CN=a", "\x02").roles, 2);
    assert_true(view_eq(queried(b, "CN=a", "\x02").certificate, view_str("der 2")));
    book_free(b);
}

static void what_it_has_not_is_not_trusted(void **state)
{
    (void)state;
    struct book *b = book_new(&sys_mem);
    assert_int_equal(verified(b, "der").status, 1);
    struct book_entry e = entry("der", "CN=a", "\x01", 1);
    book_add(b, &e);
    assert_int_equal(verified(b, "der").status, 0);
    assert_int_equal(verified(b, "de").status, 1);
    assert_int_equal(verified(b, "der ").status, 1);
    assert_int_equal(queried(b, "CN=a\x01", "").status, 1); /* the same bytes, cut elsewhere */
    assert_int_equal(queried(b, "CN=b", "\x01").status, 1);
    book_free(b);
}

static void the_same_book(void **state)
{
    (void)state;
    struct book *a = book_new(&sys_mem), *b = book_new(&sys_mem);
    struct book_entry e = entry("der", "CN=a", "\x01", 1);
    assert_true(book_same(a, b));
    book_add(a, &e);
    assert_false(book_same(a, b));
    e.queried.ttl_s++;
    book_add(b, &e);
    assert_false(book_same(a, b));
    book_free(a);
    book_free(b);
    book_free(NULL);
}

static void many(void **state)
{
    (void)state;
    static char der[2000][12];
    struct book *b = book_new(&sys_mem);
    for (uint32_t i = 0; i < 2000; i++) {
        snprintf(der[i], sizeof der[i], "der %u", i);
        struct book_entry e = entry(der[i], "CN=a", der[i], i + 1);
        book_add(b, &e);
    }
    for (uint32_t i = 0; i < 2000; i++) {
        assert_int_equal(verified(b, der[i]).roles, i + 1);
        assert_int_equal(queried(b, "CN=a", der[i]).roles, i + 1);
    }
    book_free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(found_by_bytes_and_by_names),
        cmocka_unit_test(what_it_has_not_is_not_trusted),
        cmocka_unit_test(the_same_book),
        cmocka_unit_test(many),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
