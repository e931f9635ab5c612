/* Commands that run nothing: list, diff, states, trust, knobs, models, versions, acts. */
#include "sim/cmd/cmd.h"
#include "sim/cmd/scenario.h"
#include "sim/report/tables.h"

#include <string.h>

static const char *without_area(const char *name)
{
    const char *slash = strchr(name, '/');
    return slash == NULL ? name : slash + 1;
}

/* Its folder in front, where the one before was in another. */
static void print_area(const char *name, const char *before)
{
    size_t n = (size_t)(without_area(name) - name);
    if (n > 0 && (before == NULL || strncmp(name, before, n) != 0))
        printf("\n%.*s\n", (int)n, name);
}

/* Those of the first folder that has some; where that is not the one here, it is said. */
int cmd_list(const struct args *a)
{
    static char folders[SCENARIO_FOLDERS][SCENARIO_PATH];
    struct err e = { "" };
    struct scenario_list list;
    int status = EXIT_GOOD;
    (void)a;
    if (scenario_folders(folders) == 0)
        return err_set(&e,
                       "no scenarios: not in ./scenarios, nor beside the program, nor installed"),
               cmd_fail(&e);
    if (!scenario_list(folders[0], &list, &e))
        return cmd_fail(&e);
    for (uint32_t i = 0; i < list.count; i++) {
        const char *own = without_area(list.names[i]);
        char path[SCENARIO_PATH];
        struct script_header h;
        snprintf(path, sizeof path, "%.3800s/%.511s", folders[0], list.names[i]);
        print_area(list.names[i], i == 0 ? NULL : list.names[i - 1]);
        if (script_header(path, &h, &e))
            printf("%s%-42.*s %s%s\n", own == list.names[i] ? "" : "  ", (int)strlen(own) - 4, own,
                   h.title, h.live ? " [live]" : "");
        else
            status = cmd_fail(&e);
    }
    scenario_list_free(&list);
    fprintf(stderr, "\n(in %s; the beginning of a name is enough: `cucmlab run too`)\n",
            folders[0]);
    return status;
}

int cmd_diff(const struct args *a)
{
    struct err e = { "" };
    if (a->file_count != 2)
        return err_set(&e, "diff: two reports of `run --json` are needed"), cmd_fail(&e);
    int found = report_diff(stdout, a->files[0], a->files[1], &e);
    return found < 0 ? cmd_fail(&e) : found > 0 ? EXIT_EXPECT : EXIT_GOOD;
}

int cmd_states(const struct args *a)
{
    tables_states(stdout, a->dot);
    return EXIT_GOOD;
}

int cmd_trust(const struct args *a)
{
    tables_trust(stdout, a->dot);
    return EXIT_GOOD;
}

int cmd_knobs(const struct args *a)
{
    (void)a;
    tables_knobs(stdout);
    return EXIT_GOOD;
}

int cmd_models(const struct args *a)
{
    (void)a;
    tables_models(stdout);
    return EXIT_GOOD;
}

int cmd_versions(const struct args *a)
{
    (void)a;
    tables_versions(stdout);
    return EXIT_GOOD;
}

int cmd_acts(const struct args *a)
{
    script_print_acts(stdout, a->types);
    return EXIT_GOOD;
}
