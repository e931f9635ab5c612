/* Running a scenario from a text, for test_script.c, test_script_acts.c and test_sandbox.c. */
#ifndef CUCMLAB_TESTS_RUN_SCRIPT_H
#define CUCMLAB_TESTS_RUN_SCRIPT_H

#include "sim/lab_trace.h"
#include "sim/script/impl.h"
#include "sim/session.h"

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
    struct session *session;
    struct lab *lab;        /* of the session */
    struct script *script;  /* of the session */
    struct lab_trace trace; /* where a test began one */
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

static inline struct session_options options_for(struct run *r, const char *path, uint64_t seed)
{
    struct session_options o = session_defaults();
    o.lab.seed = seed;
    o.script.path = path;
    o.script.sets = r->sets;
    o.script.set_count = r->set_count;
    return o;
}

/* Nothing of it has run; free it with done(). */
static inline void open_file(struct run *r, const struct session_options *o)
{
    r->session = session_new(o, &r->e);
    assert_non_null(r->session);
    r->lab = r->session->lab;
    r->script = r->session->script;
}

/* Runs a file to its end; free it with done(). */
static inline void run_file(struct run *r, struct session_options *o)
{
    size_t n;
    FILE *out = open_memstream(&r->out, &n);
    o->script.out = out;
    open_file(r, o);
    r->result = session_run(r->session, &r->e);
    fclose(out);
}

static inline void done(struct run *r)
{
    if (r->trace.lab != NULL)
        lab_trace_end(&r->trace, r->lab);
    session_free(r->session);
    free(r->out);
    if (r->path[0] != '\0')
        unlink(r->path);
}

static inline struct run *run_seeded(struct run *r, const char *text, uint64_t seed)
{
    put_file(r->path, text, strlen(text));
    struct session_options o = options_for(r, r->path, seed);
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
