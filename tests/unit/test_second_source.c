/* A second source behind the first, in the same sandbox: what `cucmlab plan` runs. */
#include "tests/unit/run_script.h"

struct begun {
    uint64_t us, times;
    struct lab **lab;
};

static bool begins(void *ctx, struct err *e)
{
    struct begun *b = ctx;
    (void)e;
    b->us = lab_now_us(*b->lab);
    b->times++;
    return true;
}

static void run_both(struct run *r, const char *first, const char *then, struct begun *b)
{
    put_file(r->path, first, strlen(first));
    struct session_options o = options_for(r, r->path, 1);
    size_t n;
    FILE *out = open_memstream(&r->out, &n);
    o.script.out = out;
    o.script.then = "change.lua";
    o.script.then_text = view_str(then);
    o.script.then_begins = begins;
    o.script.then_ctx = b;
    b->lab = &r->lab;
    open_file(r, &o);
    r->result = session_run(r->session, &r->e);
    fclose(out);
}

static void test_second_source(void **state)
{
    (void)state;
    struct run r = { 0 };
    struct begun b = { 0 };
    /* It gets what the first one returned, sees its globals and not its locals, and begins when all
     * is quiet. */
    run_both(&r, LAB "word = 'seen' at('10m', function() end) return hq, fleet",
             "local cl, phones = ... print(cl.name, phones:count { registered = true }, word, hq, "
             "now() >= 600) expect(1):equals(2)",
             &b);
    assert_string_equal(r.e.text, "");
    assert_string_equal(r.out, "HQ\t10\tseen\tnil\ttrue\n");
    assert_int_equal(r.result, SCRIPT_FAILED);
    assert_int_equal(b.times, 1);
    assert_true(b.us >= 600000000);
    uint32_t count;
    const struct script_expect *x = script_expects(r.script, &count);
    assert_int_equal(count, 1);
    assert_string_equal(x[0].path, "change.lua");
    assert_true(strstr(x[0].text, "expect(1):equals(2)") != NULL);
    done(&r);
}

/* The error that two sources end with. */
static void expect_error_of_both(const char *first, const char *then, const char *begins_with,
                                 uint64_t begun)
{
    struct run r = { 0 };
    struct begun b = { 0 };
    run_both(&r, first, then, &b);
    assert_int_equal(r.result, SCRIPT_ERROR);
    if (begins_with[0] == ':' ? strncmp(r.e.text + strlen(r.path), begins_with, strlen(begins_with))
                              : strncmp(r.e.text, begins_with, strlen(begins_with)))
        fail_msg("expected %s, is %s", begins_with, r.e.text);
    assert_int_equal(b.times, begun);
    done(&r);
}

static void test_errors_of_second_source(void **state)
{
    (void)state;
    expect_error_of_both(LAB, "\nlocal x = = 1", "change.lua:2: ", 0); /* before anything runs */
    expect_error_of_both(LAB, "\n\nnil_thing()", "change.lua:3: ", 1);
    expect_error_of_both(LAB "f = function() error('broken') end", "f()", ":1: broken", 1);
    expect_error_of_both(LAB "nil_thing()", "print(1)", ":1: ", 0);
    expect_error_of_both(LAB, "expect(1)", "change.lua:1: expect: nothing is compared", 1);
    expect_error_of_both("expect(1)", "print(1)", ":1: expect: nothing is compared", 1);
    expect_error_of_both(LAB "fleet:link { loss = 0.999 } fleet:power('on') wait('5m')", "print(1)",
                         ": not quiet after ", 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_second_source),
        cmocka_unit_test(test_errors_of_second_source),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
