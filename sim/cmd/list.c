/* Commands that run nothing: list, diff, states, knobs, models, acts. */
#include "sim/cmd/cmd.h"
#include "sim/cmd/scenario.h"
#include "sim/report/tables.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int is_scenario(const struct dirent *d)
{
    size_t n = strlen(d->d_name);
    return n > 4 && strcmp(d->d_name + n - 4, ".lua") == 0 &&
           (n < 6 || strcmp(d->d_name + n - 6, ".d.lua") != 0);
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

int cmd_list(const struct args *a)
{
    struct err e = { "" };
    const char *folder = scenario_folder();
    struct dirent **names;
    int n = scandir(folder, &names, is_scenario, by_name), status = EXIT_GOOD;
    (void)a;
    if (n < 0)
        return err_set(&e, "%s: %s", folder, strerror(errno)), cmd_fail(&e);
    for (int i = 0; i < n; i++) {
        char path[SCENARIO_PATH];
        struct script_header h;
        snprintf(path, sizeof path, "%s/%s", folder, names[i]->d_name);
        if (script_header(path, &h, &e))
            printf("%-42.*s %s%s\n", (int)strlen(names[i]->d_name) - 4, names[i]->d_name, h.title,
                   h.live ? " [live]" : "");
        else
            status = cmd_fail(&e);
        free(names[i]);
    }
    free(names);
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

int cmd_acts(const struct args *a)
{
    script_print_acts(stdout, a->types);
    return EXIT_GOOD;
}
