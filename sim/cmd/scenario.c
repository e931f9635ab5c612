#include "sim/cmd/scenario.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- scenarios by name ---- */

static bool is_file(const char *path)
{
    struct stat s;
    return stat(path, &s) == 0 && !S_ISDIR(s.st_mode);
}

/* Beside the program: PREFIX/bin/cucmlab has PREFIX/share/cucmlab/scenarios. */
static const char *installed_folder(void)
{
    static char path[4096];
    ssize_t n = readlink("/proc/self/exe", path, sizeof path - 64);
    path[n > 0 ? n : 0] = '\0';
    for (int up = 0; up < 2; up++) {
        char *slash = strrchr(path, '/');
        if (slash == NULL)
            return "/usr/local/share/cucmlab/scenarios";
        *slash = '\0';
    }
    memcpy(path + strlen(path), "/share/cucmlab/scenarios", sizeof "/share/cucmlab/scenarios");
    return path;
}

const char *scenario_folder(void)
{
    struct stat s;
    return stat("scenarios", &s) == 0 && S_ISDIR(s.st_mode) ? "scenarios" : installed_folder();
}

/* A path, or a name in ./scenarios or among the installed ones, with or without .lua. */
static bool find_scenario(const char *name, char path[SCENARIO_PATH], struct err *e)
{
    const char *folders[] = { NULL, "scenarios", installed_folder() };
    static const char *const endings[] = { "", ".lua" };
    for (int f = 0; f < 3; f++) {
        for (int k = 0; k < 2; k++) {
            int n = f == 0 ? snprintf(path, SCENARIO_PATH, "%s%s", name, endings[k])
                           : snprintf(path, SCENARIO_PATH, "%s/%s%s", folders[f], name, endings[k]);
            if (n > 0 && n < SCENARIO_PATH && is_file(path))
                return true;
        }
    }
    return err_set(e,
                   "no scenario \"%.200s\": no such file, and none of that name in scenarios or "
                   "%.120s; `cucmlab list` shows them",
                   name, folders[2]);
}

bool scenario_options(const struct args *a, char path[SCENARIO_PATH], struct session_options *out,
                      struct err *e)
{
    struct session_options o = session_defaults();
    if (a->file_count != 1)
        return err_set(e, "a scenario is needed; `cucmlab list` shows them");
    if (!find_scenario(a->files[0], path, e))
        return false;
    o.lab.seed = a->seed;
    o.lab.identity = a->identity;
    o.lab.bytes = a->bytes;
    o.lab.cache_dir = a->no_cache ? NULL : keyring_default_cache();
    o.dump = a->dump;
    o.script.path = path;
    o.script.sets = a->sets;
    o.script.set_count = a->set_count;
    o.script.out = stdout;
    o.trace = a->trace;
    o.inventory = a->inventory;
    o.pools = a->pools;
    o.explain = a->explains;
    o.explain_count = a->explain_count;
    o.notes = stderr;
    o.command = a->command;
    *out = o;
    return true;
}

/* ---- what comes out ---- */

static bool write_report(const char *path, const struct report *report,
                         void (*print)(FILE *out, const struct report *r), struct err *e)
{
    struct sys_text text;
    if (path == NULL)
        return true;
    FILE *f = sys_text_open(&text);
    print(f, report);
    fclose(f);
    bool ok = true;
    if (strcmp(path, "-") == 0)
        ok = fwrite(text.p, 1, text.n, stdout) == text.n ||
             err_set(e, "standard output: cannot write");
    else
        ok = sys_write_file(path, view_of(text.p, text.n), e);
    sys_text_free(&text);
    return ok;
}

int scenario_report(struct session *s, const struct args *a)
{
    struct report report;
    struct err e = { "" };
    session_report(s, a->hands_minutes, a->people, &report);
    if (a->quiet)
        report_quiet(stdout, &report);
    else
        report_print(stdout, &report);
    bool ok = write_report(a->json, &report, report_json, &e) &&
              write_report(a->csv, &report, report_csv, &e);
    if (ok && a->explain_count > 0) {
        putchar('\n');
        ok = session_explain(s, stdout, &e);
    }
    bool bad = a->fail_on_risk && report_at_risk(&report);
    for (uint32_t i = 0; i < report.in.expect_count; i++)
        bad |= !report.in.expects[i].passed;
    report_free(&report);
    return !ok ? cmd_fail(&e) : bad ? EXIT_EXPECT : EXIT_GOOD;
}
