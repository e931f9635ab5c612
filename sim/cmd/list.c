/* Commands that run nothing: list, diff, states, knobs, models, versions, acts. */
#include "sim/cmd/cmd.h"
#include "sim/cmd/scenario.h"
#include "sim/report/tables.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Those of the first folder that has some; where that is not the one here, it is said. */
int cmd_list(const struct args *a)
{
    static char folders[SCENARIO_FOLDERS][SCENARIO_PATH];
    struct err e = { "" };
    struct dirent **names;
    int status = EXIT_GOOD;
    (void)a;
    if (scenario_folders(folders) == 0)
        return err_set(&e,
                       "no scenarios: not in ./scenarios, nor beside the program, nor installed"),
               cmd_fail(&e);
    int n = scenario_names(folders[0], &names);
    if (n < 0)
        return err_set(&e, "%.300s: %s", folders[0], strerror(errno)), cmd_fail(&e);
    for (int i = 0; i < n; i++) {
        char path[SCENARIO_PATH];
        struct script_header h;
        snprintf(path, sizeof path, "%.4000s/%.255s", folders[0], names[i]->d_name);
        if (script_header(path, &h, &e))
            printf("%-42.*s %s%s\n", (int)strlen(names[i]->d_name) - 4, names[i]->d_name, h.title,
                   h.live ? " [live]" : "");
        else
            status = cmd_fail(&e);
        free(names[i]);
    }
    free(names);
    fprintf(stderr, "\n(in %s; the beginning of a name is enough: `cucmlab run 01`)\n", folders[0]);
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
