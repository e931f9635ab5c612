/* The event queue: order against a sorted reference, equal keys first in first out, a clock that
 * goes back to where it stayed, memory that follows what is pending. */
#include "sim/base/heap.h"
#include "sim/base/rng.h"
#include "sim/base/sys.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static int by_key(const void *a, const void *b)
{
    const struct heap_entry *x = a, *y = b;
    if (x->key != y->key)
        return x->key < y->key ? -1 : 1;
    return x->id < y->id ? -1 : x->id > y->id; /* ids count up: first in, first out */
}

static void sorts(void **state)
{
    (void)state;
    enum { N = 5000 };
    static const uint64_t spreads[] = { 1, 7, 1000, 1ull << 33, 1ull << 61 };
    struct heap_entry *all = calloc(N, sizeof *all);
    for (size_t s = 0; s < sizeof spreads / sizeof spreads[0]; s++) {
        struct heap h = heap_of(&sys_mem);
        struct rng r = { s };
        for (uint32_t i = 0; i < N; i++) {
            all[i] = (struct heap_entry){ rng_below(&r, spreads[s]), i };
            heap_push(&h, all[i]);
        }
        qsort(all, N, sizeof *all, by_key);
        for (uint32_t i = 0; i < N; i++) {
            struct heap_entry e;
            if (all[i].key > 0)
                assert_false(heap_pop_until(&h, all[i].key - 1, &e));
            assert_int_equal(h.count, N - i);
            assert_true(heap_pop(&h, &e));
            assert_memory_equal(&e, &all[i], sizeof e);
        }
        struct heap_entry e;
        assert_false(heap_pop(&h, &e));
        heap_free(&h);
    }
    free(all);
}

/* Pops and pushes mixed, against a plain array that is searched through. */
static void mixed(void **state)
{
    (void)state;
    enum { MOST = 400 };
    struct heap h = heap_of(&sys_mem);
    struct heap_entry model[MOST];
    uint32_t count = 0, id = 0;
    struct rng r = { 99 };
    for (int step = 0; step < 60000; step++) {
        if (count < MOST && (count == 0 || rng_below(&r, 100) < 52)) {
            uint64_t far = rng_below(&r, 10) == 0 ? 1u << 20 : 40;
            model[count] = (struct heap_entry){ h.last + rng_below(&r, far), id++ };
            heap_push(&h, model[count++]);
        } else {
            uint32_t best = 0;
            for (uint32_t i = 1; i < count; i++)
                if (by_key(&model[i], &model[best]) < 0)
                    best = i;
            struct heap_entry e;
            uint64_t last = h.last, key = model[best].key;
            if (key > 0 && rng_below(&r, 2) == 0)
                assert_false(heap_pop_until(&h, key - 1, &e));
            assert_true(h.last == last);
            assert_true(heap_pop_until(&h, key + rng_below(&r, 3), &e));
            assert_memory_equal(&e, &model[best], sizeof e);
            model[best] = model[--count];
        }
        assert_int_equal(h.count, count);
    }
    heap_free(&h);
}

static void rebase(void **state)
{
    (void)state;
    struct heap h = heap_of(&sys_mem);
    struct heap_entry e;
    heap_push(&h, (struct heap_entry){ 1000, 1 });
    for (uint32_t i = 2; i < 900; i++)
        heap_push(&h, (struct heap_entry){ 5000 + i % 3, i });
    assert_true(heap_pop(&h, &e));
    assert_int_equal(h.last, 1000);
    heap_rebase(&h, 10);
    heap_push(&h, (struct heap_entry){ 20, 0 });
    heap_push(&h, (struct heap_entry){ 5000, 900 });
    assert_true(heap_pop(&h, &e) && e.key == 20);
    uint64_t key = 0;
    uint32_t id = 0, n = 0;
    while (heap_pop(&h, &e)) {
        assert_true(e.key > key || (e.key == key && e.id > id));
        key = e.key;
        id = e.id;
        n++;
    }
    assert_int_equal(n, 899);
    heap_free(&h);
}

struct heard {
    uint32_t times[2000];
    uint32_t ahead, all; /* told of and not yet popped; ever */
};

static void hear(void *ctx, const struct heap_entry *entry)
{
    struct heard *heard = ctx;
    heard->times[entry->id]++;
    heard->ahead++;
    heard->all++;
}

/* Nearly all that were there are told of, once, and not long before they come out. */
static void tells_of_what_comes_soon(void **state)
{
    (void)state;
    enum { N = 2000 };
    static struct heard heard;
    struct heap h = heap_of(&sys_mem);
    struct rng r = { 12 };
    struct heap_entry e;
    memset(&heard, 0, sizeof heard);
    h.soon = hear;
    h.soon_ctx = &heard;
    for (uint32_t i = 0; i < N; i++)
        heap_push(&h, (struct heap_entry){ rng_below(&r, 1u << 30), i });
    while (heap_pop(&h, &e)) {
        assert_in_range(heard.times[e.id], 0, 1);
        assert_in_range(heard.ahead, 0, 64);
        heard.ahead -= heard.times[e.id];
    }
    assert_int_equal(heard.ahead, 0);
    assert_in_range(heard.all, N * 9 / 10, N);
    heap_free(&h);
}

static void memory_follows_what_is_pending(void **state)
{
    (void)state;
    struct heap h = heap_of(&sys_mem);
    struct rng r = { 4 };
    for (uint32_t i = 0; i < 10000; i++)
        heap_push(&h, (struct heap_entry){ rng_below(&r, 1u << 20), i });
    for (int round = 0; round < 200000; round++) {
        struct heap_entry e;
        assert_true(heap_pop(&h, &e));
        e.key += rng_below(&r, 1u << 20);
        heap_push(&h, e);
    }
    assert_true(heap_memory(&h) < 10000 * 12 + 66 * 2 * 4200 + sizeof h);
    heap_free(&h);
    assert_int_equal(h.count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(sorts), cmocka_unit_test(mixed),
                                        cmocka_unit_test(rebase),
                                        cmocka_unit_test(tells_of_what_comes_soon),
                                        cmocka_unit_test(memory_follows_what_is_pending) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
