/* The trace: everything that a line says is in its hash, in order; content has numbers of the
 * trace's own. */
#include "sim/base/sys.h"
#include "sim/core/trace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static uint64_t hash_of(const struct trace_line *lines, uint32_t count)
{
    struct trace t = trace_of(&sys_mem);
    for (uint32_t i = 0; i < count; i++) {
        struct trace_line line = lines[i];
        trace_put(&t, &line);
    }
    assert_int_equal(t.lines, count);
    trace_free(&t);
    return t.hash;
}

static void each_part_of_a_line(void **state)
{
    (void)state;
    static const struct trace_line usual = { 5, TRACE_NODE, TRACE_SERVICE, 3, 7, 9, "x", 0 };
    static const struct trace_line lines[] = {
        { 5, TRACE_NODE, TRACE_SERVICE, 3, 7, 9, "x", 0 },
        { 6, TRACE_NODE, TRACE_SERVICE, 3, 7, 9, "x", 0 },
        { 1ull << 40, TRACE_NODE, TRACE_SERVICE, 3, 7, 9, "x", 0 },
        { 5, TRACE_ACT, TRACE_SERVICE, 3, 7, 9, "x", 0 },
        { 5, TRACE_NODE, TRACE_RESET_ALL, 3, 7, 9, "x", 0 },
        { 5, TRACE_NODE, TRACE_SERVICE, 4, 7, 9, "x", 0 },
        { 5, TRACE_NODE, TRACE_SERVICE, 0x80000003, 7, 9, "x", 0 },
        { 5, TRACE_NODE, TRACE_SERVICE, 3, 8, 9, "x", 0 },
        { 5, TRACE_NODE, TRACE_SERVICE, 3, 7, 8, "x", 0 },
        { 5, TRACE_NODE, TRACE_SERVICE, 3, 9, 7, "x", 0 },
        { 5, TRACE_NODE, TRACE_SERVICE, 3, 7, 9, "y", 0 },
        { 5, TRACE_NODE, TRACE_SERVICE, 3, 7, 9, "", 0 },
        { 5, TRACE_NODE, TRACE_SERVICE, 3, 7, 9, NULL, 0 },
    };
    enum { COUNT = sizeof lines / sizeof lines[0] };
    uint64_t hash[2 * COUNT];
    for (uint32_t i = 0; i < COUNT; i++) {
        const struct trace_line before[] = { lines[i], usual }, behind[] = { usual, lines[i] };
        hash[2 * i] = hash_of(before, 2);
        hash[2 * i + 1] = hash_of(behind, 2);
        for (uint32_t k = 0; k < 2 * i; k++)
            assert_true(hash[k] != hash[2 * i] && hash[k] != hash[2 * i + 1]);
    }
    /* What `content` held before is not read. */
    struct trace_line filled = usual;
    filled.content = 77;
    assert_true(hash_of(&filled, 1) == hash_of(&usual, 1));
}

/* Numbers from 1 in the order in which content is first spoken of; the hash goes by them. */
static void numbers_of_content(void **state)
{
    (void)state;
    static const struct {
        uint8_t who, what;
        uint32_t a, content;
    } rows[] = {
        { TRACE_PHONE, NOTE_ACCEPTED, 40, 1 },  { TRACE_PHONE, NOTE_REFUSED_FILE, 30, 2 },
        { TRACE_NODE, TRACE_LIST, 20, 3 },      { TRACE_NODE, TRACE_CERT, 10, 4 },
        { TRACE_PHONE, NOTE_ACCEPTED, 30, 2 },  { TRACE_NODE, TRACE_LIST, 40, 1 },
        { TRACE_PHONE, NOTE_STATE, 10, 0 },     { TRACE_PHONE, NOTE_LOST, 10, 0 },
        { TRACE_NODE, TRACE_SERVICE, 10, 0 },   { TRACE_NODE, TRACE_RESET_ALL, 10, 0 },
        { TRACE_NODE, TRACE_FAILURE, 10, 0 },   { TRACE_ADMIN, TRACE_LIST, 10, 0 },
        { TRACE_ACT, TRACE_CERT, 10, 0 },       { TRACE_ADMIN, NOTE_ACCEPTED, 10, 0 },
        { TRACE_PHONE, NOTE_ACCEPTED, 0, 5 },   { TRACE_PHONE, NOTE_REFUSED_FILE, 0, 5 },
        { TRACE_NODE, TRACE_CERT, 4000000, 6 }, { TRACE_PHONE, NOTE_ACCEPTED, 20, 3 },
    };
    struct trace t = trace_of(&sys_mem), other = trace_of(&sys_mem);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct trace_line line = { .who = rows[i].who, .what = rows[i].what, .a = rows[i].a };
        trace_put(&t, &line);
        assert_int_equal(line.content, rows[i].content);
        assert_int_equal(line.a, rows[i].a);
        line.a += rows[i].content != 0 ? 1000 : 0; /* the same things at other places */
        trace_put(&other, &line);
        assert_true(t.hash == other.hash);
    }
    trace_free(&t);
    trace_free(&other);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(each_part_of_a_line),
                                        cmocka_unit_test(numbers_of_content) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
