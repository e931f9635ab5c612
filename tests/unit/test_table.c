/* The hash table: what was put is there, what was not is not, several values under one key, and
 * what was taken out was never there. */
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

/* ---- against a plain list ---- */

#define CELLS 300

struct model {
    struct table_cell cells[CELLS];
    uint32_t count;
};

static void assert_same(const struct table *t, const struct model *m, const uint64_t *keys,
                        uint32_t key_count)
{
    assert_int_equal(t->count, m->count);
    for (uint32_t k = 0; k < key_count; k++) {
        uint32_t at = 0, value, i = 0;
        while (table_next(t, keys[k], &at, &value)) { /* in the order of adding */
            while (i < m->count && m->cells[i].key != keys[k])
                i++;
            assert_true(i < m->count);
            assert_int_equal(m->cells[i++].value, value);
        }
        while (i < m->count && m->cells[i].key != keys[k])
            i++;
        assert_int_equal(i, m->count);
    }
}

/* Few keys, in their own and in each other's way, around the end of the array as well. */
static void adds_and_drops(void **state)
{
    (void)state;
    uint64_t keys[20];
    struct rng r = rng_of(1, "table", 0);
    for (uint32_t i = 0; i < 20; i++)
        keys[i] = (uint64_t)(i + 1) << 32 | (i < 10 ? 0xfffffffcu + i % 5 : i * 3);
    struct table t = table_of(&sys_mem);
    struct model m = { .count = 0 };
    for (uint32_t round = 0; round < 20000; round++) {
        uint64_t full = 1 + round / 100 % CELLS; /* so that it fills and empties again */
        if (m.count < CELLS && rng_below(&r, full + m.count) >= m.count) {
            struct table_cell cell = { keys[rng_below(&r, 20)], (uint32_t)rng_below(&r, 7) };
            table_add(&t, cell.key, cell.value);
            m.cells[m.count++] = cell;
        } else if (m.count > 0) {
            struct table_cell gone = m.cells[rng_below(&r, m.count)];
            table_drop(&t, gone.key, gone.value);
            uint32_t i = 0; /* of two alike the first goes */
            while (m.cells[i].key != gone.key || m.cells[i].value != gone.value)
                i++;
            for (m.count--; i < m.count; i++)
                m.cells[i] = m.cells[i + 1];
        }
        if (round % 7 == 0)
            assert_same(&t, &m, keys, 20);
    }
    table_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(puts_and_gets),
                                        cmocka_unit_test(collisions),
                                        cmocka_unit_test(several_under_one_key),
                                        cmocka_unit_test(adds_and_drops) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
