#include "sim/cmd/output.h"
#include "sim/cmd/preflight.h"

#include "sim/cmd/scenario.h"
#include "sim/preflight/files.h"
#include "sim/preflight/text.h"

#include <stddef.h>

#define DAYS_MOST 7300 /* 20 years: the longest that a certificate of CUCM lives */

struct job {
    struct args args; /* as `run` has them: the file, --set, --seed, ... */
    const char *days;
    bool strict, whole, checks;
};

#define AT(f) NULL, offsetof(struct job, f)

static bool take_set(void *to, const char *value, struct err *e)
{
    return args_add(&((struct job *)to)->args.sets, "--set", value, e);
}

static const struct option options[] = {
    { "--days", "N", 1, AT(days), "certificates that end within so many days (default 90)" },
    { "--why", NULL, 1, AT(whole),
      "tells every finding whole: where the fact stands and why it matters" },
    { "--strict", NULL, 1, AT(strict), "exit 1 also where nobody can know" },
    { "--json", "FILE", 1, AT(args.json), "writes all findings as JSON" },
    { "--csv", "FILE", 1, AT(args.csv),
      "writes a row for each phone that holds another list or loses something: what brings it "
      "back, and whether somebody must go there" },
    { "--set", "NAME=VALUE", 1, take_set, 0, "overrides a parameter of the scenario" },
    { "--checks", NULL, 1, AT(checks), "looks at nothing: prints the table of checks" },
};
#undef AT

static struct options reader(struct job *j)
{
    return (struct options){ .table = options,
                             .count = sizeof options / sizeof *options,
                             .of = 1,
                             .to = j,
                             .words = j == NULL ? NULL : j->args.files,
                             .most = 1 };
}

void preflight_help(FILE *out)
{
    struct options o = reader(NULL);
    fputs("Usage: cucmlab preflight [OPTION...] CLUSTER.lua\n"
          "  checks a cluster as it stands before anything is changed there: what to mend,\n"
          "  which phones trust somebody else, and what nobody can know\n\nOptions:\n",
          out);
    options_help(&o, out);
    fputs("Exit status: 0 nothing fails; 1 a check fails; 2 usage or input.\n", out);
}

/* ---- the present ---- */

static bool write_file(const char *path, const struct preflight *p,
                       void (*print)(FILE *out, const struct preflight *p), struct err *e)
{
    struct sys_text text;
    if (path == NULL)
        return true;
    FILE *f = sys_text_open(&text);
    print(f, p);
    return output_end(f, &text, path, e);
}

static int report(const struct job *j, const struct preflight *p, FILE *out, FILE *problems)
{
    struct err e = { "" };
    bool taken = sys_is_stdout(j->args.json) || sys_is_stdout(j->args.csv);
    bool ok = write_file(j->args.json, p, preflight_json, &e) &&
              write_file(j->args.csv, p, preflight_csv, &e);
    preflight_text(taken ? problems : out, p, j->whole);
    if (!ok) {
        fprintf(problems, "cucmlab preflight: %s\n", e.text);
        return EXIT_INPUT;
    }
    return preflight_failed(p, j->strict) ? EXIT_EXPECT : EXIT_GOOD;
}

/* Both cases where a list is known by its hash alone; *other NULL: there is no such list. */
static bool load_both(const struct session_options *o, struct session **known,
                      struct session **other, struct err *e)
{
    *other = NULL;
    *known = session_present(o, e);
    const struct lab_found *found = *known == NULL ? NULL : lab_found((*known)->lab);
    if (found == NULL || found->by_hash_count == 0)
        return *known != NULL;
    struct session_options strange = (*known)->options;
    strange.lab.strangers = true;
    strange.notes = NULL;
    *other = session_present(&strange, e);
    return *other != NULL;
}

static int judge(const struct job *j, const struct session *known, const struct session *other,
                 uint32_t days, FILE *out, FILE *problems)
{
    const struct lab_found *found = lab_found(known->lab);
    struct preflight p;
    struct preflight_options with = { .lab = known->lab,
                                      .strangers = other == NULL ? NULL : other->lab,
                                      .days = days,
                                      .found = found,
                                      .cluster = found == NULL ? NULL : lab_found_cluster,
                                      .phone = found == NULL ? NULL : lab_found_phone };
    preflight_make(&with, &p);
    int status = report(j, &p, out, problems);
    preflight_free(&p);
    return status;
}

static int run(const struct job *j, const struct session_options *o, FILE *out, FILE *problems)
{
    struct err e = { "" };
    uint64_t days = PREFLIGHT_DAYS;
    struct session *known = NULL, *other = NULL;
    int status = EXIT_INPUT;
    if (options_number("--days", j->days, 1, DAYS_MOST, &days, &e) &&
        load_both(o, &known, &other, &e))
        status = judge(j, known, other, (uint32_t)days, out, problems);
    else
        fprintf(problems, "cucmlab preflight: %s\n", e.text);
    session_free(other);
    session_free(known);
    return status;
}

int preflight_run(int argc, char *const *argv, FILE *out, FILE *problems)
{
    struct job j = { .args = { .seed = lab_defaults().seed, .identity = lab_defaults().identity } };
    struct options words = reader(&j);
    struct session_options o;
    char path[SCENARIO_PATH];
    struct err e = { "" };
    if (!options_read(&words, argc, argv, &e)) {
        fprintf(problems, "cucmlab preflight: %s\n", e.text);
        return EXIT_INPUT;
    }
    if (j.checks)
        return preflight_table(out), EXIT_GOOD;
    j.args.file_count = words.found;
    if (!scenario_options(&j.args, path, &o, &e)) {
        fprintf(problems, "cucmlab preflight: %s\n", e.text);
        return EXIT_INPUT;
    }
    o.script.out = NULL;
    return run(&j, &o, out, problems);
}
