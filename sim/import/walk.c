#include "sim/import/walk.h"

#include "sim/base/sys.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct names {
    struct arena arena;
    char **list;
    uint32_t count, cap;
};

bool walk_is_folder(const char *path)
{
    struct stat at;
    return strcmp(path, "-") != 0 && stat(path, &at) == 0 && S_ISDIR(at.st_mode);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Whole paths. */
static bool list(struct names *names, const char *path, struct err *e)
{
    DIR *d = opendir(path);
    const struct dirent *one;
    size_t n = strlen(path);
    if (d == NULL && errno == ENOMEM)
        sys_no_memory(0);
    if (d == NULL)
        return err_set(e, "%s: %s", path, strerror(errno));
    while ((one = readdir(d)) != NULL) {
        if (strcmp(one->d_name, ".") == 0 || strcmp(one->d_name, "..") == 0)
            continue;
        size_t room = n + strlen(one->d_name) + 2;
        char *name = arena_take(&names->arena, room);
        (void)snprintf(name, room, "%s%s%s", path, path[n - 1] == '/' ? "" : "/", one->d_name);
        mem_reserve(&sys_mem, (void **)&names->list, &names->cap, (size_t)names->count + 1,
                    sizeof *names->list);
        names->list[names->count++] = name;
    }
    closedir(d);
    qsort(names->list, names->count, sizeof *names->list, by_name);
    return true;
}

/* False: no more of them. */
static bool folder(const struct walk *w, const char *path, int depth, struct err *e);

static bool entry(const struct walk *w, const char *path, int depth)
{
    struct stat at;
    struct err e = { "" };
    if (lstat(path, &at) != 0)
        w->odd(w->ctx, path, strerror(errno));
    else if (S_ISREG(at.st_mode))
        return w->file(w->ctx, path);
    else if (!S_ISDIR(at.st_mode))
        w->odd(w->ctx, path, S_ISLNK(at.st_mode) ? "a symbolic link" : "a device, or no file");
    else if (depth == WALK_DEPTH)
        w->odd(w->ctx, path, "too many folders in folders");
    else if (!folder(w, path, depth + 1, &e))
        return false;
    if (e.text[0] != '\0')
        w->odd(w->ctx, path, e.text);
    return true;
}

static bool folder(const struct walk *w, const char *path, int depth, struct err *e)
{
    struct names names = { .arena = arena_of(&sys_mem) };
    bool on = true;
    if (list(&names, path, e)) {
        for (uint32_t i = 0; on && i < names.count; i++)
            on = entry(w, names.list[i], depth);
    }
    arena_free(&names.arena);
    mem_free(&sys_mem, names.list);
    return on;
}

bool walk(const struct walk *w, const char *path, struct err *e)
{
    struct err why = { "" };
    (void)folder(w, path, 1, &why);
    return why.text[0] == '\0' || err_set(e, "%s", why.text);
}
