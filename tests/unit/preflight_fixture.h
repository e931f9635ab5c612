/* A scenario run to its end and looked at by all checks, with the facts that a test makes up. */
#ifndef CUCMLAB_TESTS_PREFLIGHT_FIXTURE_H
#define CUCMLAB_TESTS_PREFLIGHT_FIXTURE_H

#include "sim/cmd/preflight.h"
#include "sim/preflight/files.h"
#include "sim/preflight/text.h"
#include "tests/unit/run_script.h"

#define UNUSED __attribute__((unused))

/* What "files" say: of the first cluster, and of phones by number. */
static struct found_node told_nodes[8];
static struct lab_found_node told_sides[8];
static struct lab_found_cluster told;
static struct lab_found_phone told_phones[64];
static struct lab_found told_lab;

static UNUSED const struct lab_found_cluster *told_cluster(const struct lab *lab, uint32_t cluster)
{
    (void)lab;
    return cluster == 0 && told.found ? &told : NULL;
}

static UNUSED const struct lab_found_phone *told_phone(const struct lab *lab, uint32_t phone)
{
    (void)lab;
    return phone < 64 ? &told_phones[phone] : NULL;
}

struct sight {
    struct run r;
    struct preflight p;
};

/* Nothing is told of anything. */
static UNUSED void told_nothing(void)
{
    memset(told_nodes, 0, sizeof told_nodes);
    memset(told_sides, 0, sizeof told_sides);
    memset(told_phones, 0, sizeof told_phones);
    memset(&told, 0, sizeof told);
    memset(&told_lab, 0, sizeof told_lab);
    for (int i = 0; i < 8; i++)
        told_sides[i].replication = told_sides[i].tls = -1;
}

/* Files say that much of a cluster, and nothing else: its nodes. */
static UNUSED void tell(uint32_t nodes)
{
    told.found = true;
    told.model.nodes = told_nodes;
    told.model.node_count = nodes;
    told.nodes = told_sides;
}

static UNUSED void run_sight(struct sight *l, const char *text)
{
    memset(l, 0, sizeof *l);
    run(&l->r, text);
    assert_string_equal(l->r.e.text, "");
}

static UNUSED void judge_sight(struct sight *l, struct lab *strangers)
{
    struct preflight_options o = { .lab = l->r.lab,
                                   .strangers = strangers,
                                   .found = told.found ? &told_lab : NULL,
                                   .cluster = told_cluster,
                                   .phone = told.found ? told_phone : NULL };
    preflight_make(&o, &l->p);
}

/* Runs it and looks. */
static UNUSED struct sight *look_at(struct sight *l, const char *text)
{
    run_sight(l, text);
    judge_sight(l, NULL);
    return l;
}

static UNUSED void end_sight(struct sight *l)
{
    preflight_free(&l->p);
    done(&l->r);
}

/* The first of that check about the first cluster; NULL: it says nothing. */
static UNUSED const struct preflight_finding *said(const struct sight *l, const char *check)
{
    assert_non_null(preflight_find(check));
    for (uint32_t i = 0; i < l->p.count; i++) {
        if (l->p.list[i].cluster == 0 && strcmp(l->p.list[i].check->name, check) == 0)
            return &l->p.list[i];
    }
    return NULL;
}

/* What is worst of it is that severity, and its fact says this. */
static UNUSED const struct preflight_finding *
says(const struct sight *l, const char *check, enum preflight_severity severity, const char *words)
{
    const struct preflight_finding *f = said(l, check);
    assert_non_null(f);
    if (f->severity != severity || strstr(f->fact, words) == NULL)
        fail_msg("%s: expected %s with \"%s\"\n  is %s: %s", check,
                 preflight_severity_name(severity), words,
                 preflight_severity_name((enum preflight_severity)f->severity), f->fact);
    return f;
}

static UNUSED void passes(const struct sight *l, const char *check)
{
    says(l, check, PREFLIGHT_PASS, "");
}

/* Runs a scenario of which no file says anything. */
static UNUSED void expect_said(const char *text, const char *check,
                               enum preflight_severity severity, const char *words)
{
    struct sight l;
    told_nothing();
    look_at(&l, text);
    says(&l, check, severity, words);
    end_sight(&l);
}

#define TWO   "local hq = cluster { name = 'HQ', version = '12.5', nodes = { 'pub', 'sub1' } } "
#define OTHER "local other = cluster { name = 'O', version = '12.5', nodes = { 'opub' } } "
#define OLD   "local hq = cluster { name = 'HQ', version = '8.6', nodes = { 'pub', 'sub1' } } "

#endif
