/* A scenario that was run, and its report in all three forms. */
#ifndef CUCMLAB_TESTS_TOLD_H
#define CUCMLAB_TESTS_TOLD_H

#include "run_script.h"

#include "sim/report/report.h"

struct told {
    struct run run;
    struct report report;
    char *text, *json, *csv;
};

static inline char *written(const struct report *r, void (*print)(FILE *, const struct report *))
{
    static char *text; /* of the last stream */
    static size_t n;
    FILE *out = open_memstream(&text, &n);
    print(out, r);
    fclose(out);
    return text;
}

static inline void tell(struct told *t, const char *scenario)
{
    memset(t, 0, sizeof *t);
    run(&t->run, scenario);
    assert_string_equal(t->run.e.text, "");
    session_report(t->run.session, 0, 0, &t->report);
    t->report.in.scenario = "s.lua";
    t->text = written(&t->report, report_print);
    t->json = written(&t->report, report_json);
    t->csv = written(&t->report, report_csv);
}

static inline void told_over(struct told *t)
{
    free(t->text);
    free(t->json);
    free(t->csv);
    report_free(&t->report);
    done(&t->run);
}

static inline void has(const char *text, const char *part)
{
    if (strstr(text, part) == NULL)
        fail_msg("no \"%s\" in:\n%s", part, text);
}

#endif
