/* For tests of the change page: a plan of a cluster and a change that are texts. */
#ifndef CUCMLAB_TESTS_PLAN_MADE_H
#define CUCMLAB_TESTS_PLAN_MADE_H

#include "sim/plan/plan.h"
#include "sim/plan/recipe.h"

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

static inline char *written(const struct plan *p, void (*print)(FILE *out, const struct plan *p))
{
    char *text;
    size_t n;
    FILE *f = open_memstream(&text, &n);
    print(f, p);
    fclose(f);
    return text;
}

/* The ready-made change for that cluster, its Lua in *text; false and m->e: there is none. */
static inline bool make_recipe_in(struct made *m, const char *cluster, const char *change,
                                  struct arena *arena, struct view *text)
{
    struct plan_options o = options_of(m, cluster, "");
    struct session_options so = o.session;
    so.script.then = NULL;
    struct session *s = session_present(&so, &m->e);
    assert_non_null(s);
    bool good = recipe_write(s->lab, change, arena, text, &m->e);
    session_free(s);
    o.session.script.then_text = *text;
    if (good)
        make_with(m, &o);
    return good && m->good;
}

static inline bool make_recipe(struct made *m, const char *cluster, const char *change)
{
    struct arena arena = arena_of(&sys_mem);
    struct view text = { 0 };
    bool good = make_recipe_in(m, cluster, change, &arena, &text);
    arena_free(&arena);
    return good;
}

#endif
