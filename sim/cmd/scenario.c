#include "sim/cmd/output.h"
#include "sim/cmd/scenario.h"

#include "sim/base/sys.h"
#include "sim/base/near.h"
#include "sim/base/version.h"
#include "sim/cmd/today.h"
#include "sim/report/letter.h"
#include "sim/whatif.h"
#include "sim/wire/text.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* ---- scenarios by name ---- */

#define INSTALLED "/share/cucmlab/scenarios"

static bool is_scenario(const char *name)
{
    size_t n = strlen(name);
    return n > 4 && strcmp(name + n - 4, ".lua") == 0 &&
           (n < 6 || strcmp(name + n - 6, ".d.lua") != 0);
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static void add_name(struct scenario_list *list, const char *area, const char *name)
{
    size_t room = strlen(area) + strlen(name) + 2;
    mem_reserve(&sys_mem, (void **)&list->names, &list->cap, (size_t)list->count + 1,
                sizeof *list->names);
    char *to = list->names[list->count++] = mem_take(&sys_mem, room);
    snprintf(to, room, "%s%s%s", area, area[0] == '\0' ? "" : "/", name);
}

/* Files of the folder, or what is in the folders that it has. */
static bool scan(const char *folder, const char *area, bool folders, struct scenario_list *list)
{
    char path[SCENARIO_PATH];
    struct dirent **names;
    snprintf(path, sizeof path, "%.4000s/%.255s", folder, area);
    int n = scandir(path, &names, NULL, by_name);
    for (int i = 0; i < n; i++) {
        const char *name = names[i]->d_name;
        if (!folders && is_scenario(name))
            add_name(list, area, name);
        else if (folders && name[0] != '.' && strchr(name, '.') == NULL)
            scan(folder, name, false, list);
        free(names[i]);
    }
    if (n >= 0)
        free(names);
    return n >= 0;
}

bool scenario_list(const char *folder, struct scenario_list *out, struct err *e)
{
    *out = (struct scenario_list){ .count = 0 };
    return (scan(folder, "", false, out) && scan(folder, "", true, out)) ||
           err_set(e, "%.300s: %s", folder, strerror(errno));
}

void scenario_list_free(struct scenario_list *list)
{
    for (uint32_t i = 0; i < list->count; i++)
        mem_free(&sys_mem, list->names[i]);
    mem_free(&sys_mem, list->names);
}

static bool has_scenarios(const char *folder)
{
    struct scenario_list list;
    bool some = scenario_list(folder, &list, NULL) && list.count > 0;
    scenario_list_free(&list);
    return some;
}

/* The folder of the program, or the one above that; "" where nobody knows. */
static void program_folder(char out[SCENARIO_PATH], int up)
{
    ssize_t n = readlink("/proc/self/exe", out, SCENARIO_PATH - 1);
    out[n > 0 ? n : 0] = '\0';
    for (int i = 0; i < up; i++) {
        char *slash = strrchr(out, '/');
        *(slash == NULL ? out : slash) = '\0';
    }
}

/* Here, beside the program (a checkout), beside the build folder that it stands in, where it was
 * installed, where it is installed mostly. */
uint32_t scenario_folders(char out[SCENARIO_FOLDERS][SCENARIO_PATH])
{
    char beside[SCENARIO_PATH], prefix[SCENARIO_PATH], checkout[SCENARIO_PATH],
        path[SCENARIO_PATH + 64];
    program_folder(beside, 1);
    program_folder(prefix, 2);
    program_folder(checkout, 3); /* of CHECKOUT/build/gcc/cucmlab */
    const char *const places[][2] = { { "", "scenarios" },
                                      { beside, "/scenarios" },
                                      { checkout, "/scenarios" },
                                      { prefix, INSTALLED },
                                      { "/usr/local", INSTALLED } };
    uint32_t count = 0;
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        int n = snprintf(path, sizeof path, "%s%s", places[i][0], places[i][1]);
        if (n > 0 && n < SCENARIO_PATH && has_scenarios(path))
            memcpy(out[count++], path, (size_t)n + 1);
    }
    return count;
}

static bool is_file(const char *path)
{
    struct stat s;
    return stat(path, &s) == 0 && !S_ISDIR(s.st_mode);
}

static bool begins(const char *name, const char *with)
{
    return strncmp(name, with, strlen(with)) == 0;
}

/* Those that begin so, and their names. */
struct found {
    uint32_t count;
    char names[200];
};

static void note(struct found *found, const char *name)
{
    size_t n = strlen(found->names);
    if (++found->count <= 4)
        snprintf(found->names + n, sizeof found->names - n, "%s%.60s", n == 0 ? "" : ", ", name);
    else if (found->count == 5)
        snprintf(found->names + n, sizeof found->names - n, ", ...");
}

/* "first", "move/b" or "b" for the scenarios of the folder whose names begin so, with their folder
 * or without; one that is meant whole comes before beginnings. */
static struct found begin_so(const char *folder, const char *name, char path[SCENARIO_PATH],
                             struct near *near)
{
    struct scenario_list list;
    struct found begin = { .count = 0 }, whole = { .count = 0 };
    scenario_list(folder, &list, NULL);
    for (uint32_t i = 0; i < list.count; i++) {
        char bare[512];
        snprintf(bare, sizeof bare, "%.*s", (int)strlen(list.names[i]) - 4, list.names[i]);
        const char *slash = strchr(bare, '/'), *own = slash == NULL ? bare : slash + 1;
        bool is_whole = strcmp(own, name) == 0;
        near_try(near, bare);
        near_try(near, own);
        if (!begins(bare, name) && !begins(own, name))
            continue;
        if (begin.count == 0 || (is_whole && whole.count == 0))
            snprintf(path, SCENARIO_PATH, "%.3800s/%.511s", folder, list.names[i]);
        note(&begin, bare);
        if (is_whole)
            note(&whole, bare);
    }
    scenario_list_free(&list);
    return whole.count > 0 ? whole : begin;
}

static bool no_scenario(const char *name, const struct near *near, struct err *e)
{
    struct stat s;
    char hint[NEAR_ROOM];
    if (stat(name, &s) == 0 && S_ISDIR(s.st_mode))
        return err_set(e, "%.200s is a folder; a scenario is a file (`cucmlab list` shows them)",
                       name);
    if (strchr(name, '/') != NULL && stat(name, &s) != 0 && errno != ENOENT && errno != ENOTDIR)
        return err_set(e, "%.200s: %s", name, strerror(errno));
    return err_set(e, "no scenario \"%.200s\"%s; `cucmlab list` shows them", name,
                   near_text(near, hint));
}

/* "-" for standard input, a path, or a name in one of the folders, with or without .lua, or the
 * beginning of one. */
bool scenario_find(const char *name, char path[SCENARIO_PATH], struct err *e)
{
    static char folders[SCENARIO_FOLDERS][SCENARIO_PATH];
    static const char *const endings[] = { "", ".lua" };
    static char candidate[2 * SCENARIO_PATH];
    uint32_t count = scenario_folders(folders);
    if (strcmp(name, "-") == 0) {
        memcpy(path, name, 2);
        return true;
    }
    for (uint32_t f = 0; f <= count; f++) {
        for (int k = 0; k < 2; k++) {
            int n = snprintf(candidate, sizeof candidate, "%s%s%s%s", f == 0 ? "" : folders[f - 1],
                             f == 0 ? "" : "/", name, endings[k]);
            if (n <= 0 || n >= SCENARIO_PATH || !is_file(candidate))
                continue;
            memcpy(path, candidate, (size_t)n + 1);
            return true;
        }
    }
    struct near near = near_of(name);
    for (uint32_t f = 0; f < count; f++) {
        struct found found = begin_so(folders[f], name, path, &near);
        if (found.count > 1)
            return err_set(e, "no scenario \"%.60s\": which of %s? (`cucmlab list` shows them)",
                           name, found.names);
        if (found.count == 1)
            return true;
    }
    return no_scenario(name, &near, e);
}

/* ---- where things go ---- */

FILE *scenario_words(const struct args *a)
{
    bool taken = sys_is_stdout(a->json) || sys_is_stdout(a->csv) || sys_is_stdout(a->trace) ||
                 sys_is_stdout(a->junit) || sys_is_stdout(a->pcap) || sys_is_stdout(a->access_log);
    return taken ? stderr : stdout;
}

/* Devices take what they are given from anybody. */
static bool same_file(const char *a, const char *b)
{
    return a != NULL && !sys_is_stdout(a) && strncmp(a, "/dev/", 5) != 0 &&
           (strcmp(a, b) == 0 || sys_same_file(a, b));
}

/* One of those is the file: FILE or CLUSTER=FILE. */
static bool is_listed(const struct args_list *list, const char *path)
{
    for (uint32_t i = 0; i < list->count; i++) {
        const char *word = list->words[i], *equals = strchr(word, '=');
        if (sys_same_file(word, path) || (equals != NULL && sys_same_file(equals + 1, path)))
            return true;
    }
    return false;
}

/* What this run reads is not written over: somebody's only export, or the scenario itself. */
static bool keeps_input(const struct args *a, const char *scenario, const char *option,
                        const char *path, struct err *e)
{
    const char *reads = sys_same_file(scenario, path)                   ? "the scenario"
                        : is_listed(&a->inventories, path)              ? "--inventory"
                        : is_listed(&a->pools, path)                    ? "--pools"
                        : a->off != NULL && sys_same_file(a->off, path) ? "--off"
                                                                        : NULL;
    return reads == NULL ||
           err_set(e, "%s would write over %s, which is read as %s", option, path, reads);
}

/* Before anything runs: a long run must not end in a file that cannot be written. */
static bool try_files(const struct args *a, const char *scenario, struct err *e)
{
    const struct {
        const char *option, *path;
    } files[] = {
        { "--json", a->json },   { "--csv", a->csv },   { "--trace", a->trace },
        { "--junit", a->junit }, { "--pcap", a->pcap }, { "--access-log", a->access_log }
    };
    const char *first = NULL;
    if (a->letter != NULL && !letter_folder(a->letter, e))
        return false;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        if (files[i].path == NULL)
            continue;
        for (size_t k = 0; k < i; k++) {
            if (same_file(files[k].path, files[i].path))
                return err_set(e, "%s and %s would both write %s", files[k].option, files[i].option,
                               files[i].path);
        }
        if (!keeps_input(a, scenario, files[i].option, files[i].path, e))
            return false;
        if (!sys_can_write(files[i].path, e))
            return err_prefix(e, "%s", files[i].option);
        if (!sys_is_stdout(files[i].path))
            continue;
        if (first != NULL)
            return err_set(e, "%s and %s cannot both have standard output", first, files[i].option);
        first = files[i].option;
    }
    return true;
}

/* Files of another run would be taken for those of this one. */
static void warn_used(const char *folder)
{
    struct dirent **names;
    int n = folder == NULL ? -1 : scandir(folder, &names, NULL, by_name);
    for (int i = 0; i < n; i++)
        free(names[i]);
    if (n >= 0)
        free(names);
    if (n > 2) /* itself, and the one above */
        fprintf(stderr,
                "cucmlab: --dump %s: it is not empty; what is there stays beside what this run "
                "writes\n",
                folder);
}

/* "127.7.0.0/16". */
static bool read_network(const char *text, uint32_t *out, struct err *e)
{
    struct view left = view_str(text), first = text_cut(&left, '.'), second = text_cut(&left, '.');
    uint64_t number;
    if (!view_eq(first, view_str("127")) || !text_number(second, 255, &number) ||
        !view_eq(left, view_str("0.0/16")))
        return err_set(e, "--addresses %.60s: 127.N.0.0/16 is expected, N from 0 to 255", text);
    *out = 127u << 24 | (uint32_t)number << 16;
    return true;
}

bool scenario_options(const struct args *a, char path[SCENARIO_PATH], struct session_options *out,
                      struct err *e)
{
    struct session_options o = session_defaults();
    if (a->file_count != 1)
        return err_set(e, "a scenario is needed; `cucmlab list` shows them");
    if (!scenario_find(a->files[0], path, e) || !try_files(a, path, e))
        return false;
    if (a->addresses != NULL && !read_network(a->addresses, &o.lab.network, e))
        return false;
    warn_used(a->dump);
    o.lab.seed = a->seed;
    o.lab.identity = a->identity;
    o.lab.bytes = a->bytes;
    o.lab.strangers = a->strangers;
    o.lab.cache_dir = a->no_cache ? NULL : keyring_default_cache();
    o.dump = a->dump;
    o.script.path = path;
    o.script.sets = a->sets.words;
    o.script.set_count = a->sets.count;
    o.script.out = scenario_words(a);
    o.trace = a->trace;
    o.pcap = a->pcap;
    o.access_log = a->access_log;
    o.inventories = a->inventories.words;
    o.inventory_count = a->inventories.count;
    o.pools = a->pools.words;
    o.pools_count = a->pools.count;
    o.as = (struct inventory_as){ a->as.words, a->as.count };
    o.explain = a->explains.words;
    o.explain_count = a->explains.count;
    o.off = a->off;
    o.until = a->until;
    o.notes = stderr;
    o.command = a->command;
    o.version = CUCMLAB_VERSION;
    o.letter = a->letter != NULL;
    o.users_follow = a->users_follow;
    o.users_hours = a->users_hours;
    *out = o;
    return today(&out->date_s, e);
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
    return output_end(f, &text, path, e);
}

static bool told(const struct err *e)
{
    cmd_fail(e);
    return false;
}

/* One that cannot be written keeps no other from being written; each is told. */
static bool write_files(const struct report *report, const struct args *a)
{
    struct err e;
    bool json = write_report(a->json, report, report_json, &e) || told(&e);
    bool csv = write_report(a->csv, report, report_csv, &e) || told(&e);
    bool junit = write_report(a->junit, report, report_junit, &e) || told(&e);
    bool letter = a->letter == NULL || letter_write(report, a->letter, &e) || told(&e);
    return json && csv && junit && letter;
}

/* Not on sockets, not of half a run, and of a scenario that can be read again. */
static bool asks_what_if(const struct session *s, const struct args *a)
{
    const struct session_options *o = &s->options;
    bool wanted = a->what_if || (!a->quiet || a->json != NULL);
    return wanted && !a->no_what_if && !o->lab.live && s->stopped == NULL &&
           s->lab->state.phone_count > 0 && strcmp(o->script.path, "-") != 0;
}

static void print(FILE *words, const struct report *report, bool quiet)
{
    if (quiet)
        report_quiet(words, report);
    else
        report_print(words, report);
}

void scenario_print(struct session *s, const struct args *a)
{
    struct report report;
    session_report(s, a->hands_minutes, a->people, &report);
    print(scenario_words(a), &report, a->quiet);
    fflush(scenario_words(a));
    report_free(&report);
}

int scenario_report(struct session *s, const struct args *a)
{
    struct report report;
    struct err e = { "" };
    FILE *words = scenario_words(a);
    session_report(s, a->hands_minutes, a->people, &report);
    struct report_turns turns = { .count = 0 };
    if (asks_what_if(s, a)) {
        whatif_find(s, &report, a->what_if ? UINT64_MAX : WHATIF_EVENTS, &turns);
        report.in.turns = &turns;
    }
    print(words, &report, a->quiet);
    bool ok = write_files(&report, a);
    if (a->explains.count > 0) {
        fputc('\n', words);
        ok = (session_explain(s, words, &e) || told(&e)) && ok;
    }
    bool bad = a->fail_on_risk && report_at_risk(&report);
    for (uint32_t i = 0; i < report.in.inventory_count; i++)
        bad |= a->strict && inventory_bent(&report.in.inventories[i].phones);
    for (uint32_t i = 0; i < report.in.expect_count; i++)
        bad |= !report.in.expects[i].passed;
    report_free(&report);
    whatif_free(&turns);
    return !ok ? EXIT_INPUT : bad ? EXIT_EXPECT : EXIT_GOOD;
}
