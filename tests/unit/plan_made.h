/* For tests of the change page: a plan of a cluster and a change that are texts. */
#ifndef CUCMLAB_TESTS_PLAN_MADE_H
#define CUCMLAB_TESTS_PLAN_MADE_H

#include "sim/plan/plan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

struct made {
    struct plan plan;
    struct err e;
    char path[64];
    bool good;
};

static const char nine[] = "local hq = cluster { name = 'HQ', version = '9.1', nodes = { 'pub', "
                           "'sub' } } hq:phones { count = 12, model = '7965' } return hq";

static inline struct plan_options options_of(struct made *m, const char *cluster,
                                             const char *change)
{
    struct plan_options o = { .session = session_defaults(), .seeds = 1, .threads = 2 };
    snprintf(m->path, sizeof m->path, "/tmp/test_plan-XXXXXX");
    int fd = mkstemp(m->path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, cluster, strlen(cluster)), (ssize_t)strlen(cluster));
    close(fd);
    o.session.script.path = m->path;
    o.session.script.then = "change.lua";
    o.session.script.then_text = view_str(change);
    o.no_guide = true;
    return o;
}

static inline void make_with(struct made *m, const struct plan_options *o)
{
    m->good = plan_make(o, &m->plan, &m->e);
}

static inline void make(struct made *m, const char *cluster, const char *change)
{
    struct plan_options o = options_of(m, cluster, change);
    make_with(m, &o);
}

static inline void done(struct made *m)
{
    plan_free(&m->plan);
    unlink(m->path);
}

#endif
