/* Files that lie beside the scenario: the only ones that it can have read, by names alone. */
#include "sim/script/impl.h"

#include "sim/base/sys.h"

#include <string.h>

#define NAME_MOST 200

/* No way out of the folder, and nothing hidden; names have no control characters (args.c). */
static bool is_plain_name(const char *name)
{
    return name[0] != '\0' && name[0] != '.' && strpbrk(name, "/\\") == NULL &&
           strlen(name) <= NAME_MOST;
}

const char *folder_name(lua_State *L, const char *verb, const char *what, const char *name)
{
    if (!is_plain_name(name))
        args_fail(L,
                  "%s: %s is the name of a file beside the scenario, without a folder, not "
                  "\"%.60s\"",
                  verb, what, name);
    return name;
}

void folder_path(lua_State *L, const char *verb, const char *folder, const char *name,
                 char path[FOLDER_PATH])
{
    const char *scenario = script_of(L)->options.path, *slash = strrchr(scenario, '/');
    if (strcmp(scenario, "-") == 0)
        args_fail(L, "%s: a scenario from standard input has no files beside it", verb);
    int n =
        snprintf(path, FOLDER_PATH, "%.*s%s%s%s", slash == NULL ? 0 : (int)(slash + 1 - scenario),
                 scenario, folder, folder[0] == '\0' ? "" : "/", name);
    if (n < 0 || n >= FOLDER_PATH)
        args_fail(L, "%s: the path of %.100s is too long", verb, name);
}

void folder_charge(lua_State *L, size_t bytes)
{
    sandbox_charge(L, 1000 + bytes / 16);
}

struct view folder_read(lua_State *L, const char *verb, const char *folder, const char *name,
                        size_t limit, struct arena *a)
{
    char path[FOLDER_PATH];
    struct view bytes;
    struct err e = { "" };
    folder_path(L, verb, folder, name, path);
    if (!sys_is_plain(path, &e) || !sys_read_file(path, limit, a, &bytes, &e))
        args_fail(L, "%s: %s", verb, e.text);
    folder_charge(L, bytes.n);
    return bytes;
}
