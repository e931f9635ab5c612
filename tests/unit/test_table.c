/* The hash table: what was put is there, what was not is not, several values under one key. */
#include "sim/base/rng.h"
#include "sim/base/sys.h"
#include "sim/base/table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static void puts_and_gets(void **state)
{
    (void)state;
    struct table t = table_of(&sys_mem);
    uint32_t at = 0, value;
    assert_null(table_get(&t, 7));
    assert_false(table_next(&t, 7, &at, &value));
    for (uint32_t i = 1; i <= 20000; i++)
        table_put(&t, rng_mix(i), i);
    for (uint32_t i = 1; i <= 20000; i += 2)
        table_put(&t, rng_mix(i), i * 3);
    assert_int_equal(t.count, 20000);
    for (uint32_t i = 1; i <= 20000; i++) {
        const uint32_t *found = table_get(&t, rng_mix(i));
        assert_non_null(found);
        assert_int_equal(*found, i % 2 == 1 ? i * 3 : i);
    }
    for (uint32_t i = 20001; i < 21000; i++)
        assert_null(table_get(&t, rng_mix(i)));
    table_free(&t);
    assert_null(table_get(&t, rng_mix(1)));
}

/* Keys that all want the same place, around the end of the array. */
static void collisions(void **state)
{
    (void)state;
    struct table t = table_of(&sys_mem);
    for (uint64_t i = 1; i <= 100; i++)
        table_put(&t, i << 32 | 0xffffffff, (uint32_t)i);
    for (uint64_t i = 1; i <= 100; i++)
        assert_int_equal(*table_get(&t, i << 32 | 0xffffffff), i);
    assert_null(table_get(&t, 101ull << 32 | 0xffffffff));
    table_free(&t);
}

static void several_under_one_key(void **state)
{
    (void)state;
    struct table t = table_of(&sys_mem);
    for (uint32_t i = 0; i < 60; i++) {
        table_add(&t, 15, i);
        table_add(&t, 31, 1000 + i); /* in its way while the table is small */
    }
    for (uint32_t key = 15; key <= 31; key += 16) {
        uint64_t seen = 0;
        uint32_t at = 0, value;
        while (table_next(&t, key, &at, &value))
            seen |= 1ull << (value - (key == 31 ? 1000 : 0));
        assert_int_equal(seen, (1ull << 60) - 1);
    }
    table_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(puts_and_gets),
                                        cmocka_unit_test(collisions),
                                        cmocka_unit_test(several_under_one_key) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
