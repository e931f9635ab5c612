/* Lines typed at a node, for test_cli.c, test_cli_acts.c, test_cli_sql.c and test_cli_read.c. */
#ifndef CUCMLAB_TESTS_TYPED_H
#define CUCMLAB_TESTS_TYPED_H

#include "tests/unit/run_script.h"

#include "sim/cli/cli.h"

/* ---- a lab with two nodes ---- */

static const char two_nodes[] =
    "hq = cluster { name = 'HQ', version = '12.5', nodes = { 'pub', 'sub1' } }\n"
    "hq:phones { count = 2, model = '8845' }\n"
    "settle()\n";

struct typed {
    struct run run;
    struct cli *cli;
    char *text;
};

static inline bool pass(void *ctx, uint64_t us)
{
    struct lab *lab = ctx;
    lab_run_until(lab, lab_now_us(lab) + us);
    return true;
}

static inline void open_at(struct typed *t, const char *scenario, uint32_t node)
{
    memset(t, 0, sizeof *t);
    run_seeded(&t->run, scenario, 1);
    assert_int_equal(t->run.result, SCRIPT_PASSED);
    struct cli_options o = { .lab = t->run.lab, .node = node, .wait = pass, .ctx = t->run.lab };
    t->cli = cli_new(&o);
}

static inline void close_it(struct typed *t)
{
    cli_free(t->cli);
    free(t->text);
    done(&t->run);
}

/* What a line prints; good until the next. */
static inline const char *type(struct typed *t, const char *line, bool good)
{
    size_t n;
    free(t->text);
    FILE *out = open_memstream(&t->text, &n);
    bool ok = cli_line(t->cli, line, out);
    fclose(out);
    if (ok != good)
        fail_msg("%s: %s", line, t->text);
    return t->text;
}

static inline void has(const char *text, const char *part)
{
    if (strstr(text, part) == NULL)
        fail_msg("\"%s\" is not in\n%s", part, text);
}

#endif
