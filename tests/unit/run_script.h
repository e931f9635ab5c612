/* Running a scenario from a text, for test_script.c, test_script_acts.c and test_sandbox.c. */
#ifndef CUCMLAB_TESTS_RUN_SCRIPT_H
#define CUCMLAB_TESTS_RUN_SCRIPT_H

#include "sim/base/sys.h"
#include "sim/lab_trace.h"
#include "sim/predict/remedy.h"
#include "sim/script/impl.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

struct run {
    enum script_result result;
    struct err e;
    char *out; /* what it printed */
    struct lab *lab;
    struct lab_trace trace; /* where a test began one */
    struct script *script;
    struct remedy_cache cache;
    char path[64];
    const char *sets[4];
    uint32_t set_count;
};

static inline void put_file(char path[64], const char *text, size_t n)
{
    snprintf(path, 64, "/tmp/test_script-XXXXXX");
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, n), (ssize_t)n);
    close(fd);
}

static inline struct script_options options_for(struct run *r, const char *path, uint64_t seed)
{
    struct lab_options o = lab_defaults();
    o.seed = seed;
    r->lab = lab_new(&o);
    r->cache = (struct remedy_cache){ .lab = r->lab };
    return (struct script_options){ .path = path,
                                    .lab = r->lab,
                                    .sets = r->sets,
                                    .set_count = r->set_count,
                                    .needs_hands = remedy_cache_needs_hands,
                                    .needs_hands_ctx = &r->cache };
}

/* Runs a file to its end; free it with done(). */
static inline void run_file(struct run *r, struct script_options *o)
{
    size_t n;
    FILE *out = open_memstream(&r->out, &n);
    o->out = out;
    r->script = script_new(o);
    r->result = script_run(r->script, &r->e);
    fclose(out);
}

static inline void done(struct run *r)
{
    script_free(r->script);
    remedy_cache_free(&r->cache);
    if (r->trace.lab != NULL)
        lab_trace_end(&r->trace, r->lab);
    lab_free(r->lab);
    free(r->out);
    if (r->path[0] != '\0')
        unlink(r->path);
}

static inline struct run *run_seeded(struct run *r, const char *text, uint64_t seed)
{
    put_file(r->path, text, strlen(text));
    struct script_options o = options_for(r, r->path, seed);
    run_file(r, &o);
    return r;
}

static inline struct run *run(struct run *r, const char *text)
{
    return run_seeded(r, text, 1);
}

static inline void expect_output(const char *text, const char *printed)
{
    struct run r = { 0 };
    run(&r, text);
    assert_string_equal(r.e.text, "");
    assert_string_equal(r.out, printed);
    done(&r);
}

/* The error begins with file and line, then says this. */
static inline void expect_error(const char *text, int line, const char *said)
{
    struct run r = { 0 };
    char where[80];
    run(&r, text);
    if (r.result != SCRIPT_ERROR)
        fail_msg("no error in: %s", text);
    snprintf(where, sizeof where, "%s:%d: ", r.path, line);
    if (strncmp(r.e.text, where, strlen(where)) != 0 || strstr(r.e.text, said) == NULL)
        fail_msg("in: %s\n  expected %s%s\n  is       %s", text, where, said, r.e.text);
    done(&r);
}

#define LAB                                                                                        \
    "local hq = cluster { name = 'HQ', version = '8.6', nodes = { 'pub', 'sub1' } } "              \
    "local fleet = hq:phones { count = 10, model = '7965' } "

static inline char *printed(const char *text, uint64_t seed)
{
    struct run r = { 0 };
    run_seeded(&r, text, seed);
    assert_string_equal(r.e.text, "");
    char *copy = strdup(r.out);
    done(&r);
    return copy;
}

#endif
