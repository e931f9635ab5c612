#include "sim/import/stage.h"

#include "sim/base/sys.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Its place in the temporary folder: that of the new one, or of the one that was there. */
static const char *inside(const struct stage *s, uint32_t i, bool old, char out[STAGE_PATH + 24])
{
    (void)snprintf(out, STAGE_PATH + 24, "%s/%u%s", s->folder, (unsigned)i, old ? ".old" : "");
    return out;
}

static bool failed(const char *path, struct err *e)
{
    return err_set(e, "%s: %s", path, strerror(errno));
}

bool stage_begin(struct stage *s, const struct mem *mem, const char *beside, struct err *e)
{
    *s = (struct stage){ .mem = mem, .arena = arena_of(mem) };
    int n = snprintf(s->folder, sizeof s->folder, "%s.XXXXXX", beside);
    if (n < 0 || (size_t)n >= sizeof s->folder) {
        s->folder[0] = '\0';
        return err_set(e, "%.60s...: the path is too long", beside);
    }
    if (mkdtemp(s->folder) != NULL)
        return true;
    s->folder[0] = '\0';
    return failed(beside, e);
}

bool stage_add(struct stage *s, const char *to, struct view bytes, struct err *e)
{
    char path[STAGE_PATH + 24];
    struct err why = { "" };
    uint32_t i = s->count++;
    mem_reserve(s->mem, (void **)&s->files, &s->cap, s->count, sizeof *s->files);
    s->files[i] = (struct stage_file){ .to = arena_text(&s->arena, view_str(to)) };
    if (sys_replace_file(inside(s, i, false, path), bytes, &why))
        return true;
    const char *what = strrchr(why.text, ':'); /* of the temporary name people know nothing */
    return err_set(e, "%s%s", to, what == NULL ? ": it cannot be written" : what);
}

/* The one that is there gets a second name, so that there always is one; where links are none, it
 * moves. */
static bool keep_old(struct stage *s, uint32_t i, struct err *e)
{
    char old[STAGE_PATH + 24];
    struct stage_file *f = &s->files[i];
    struct stat st;
    if (lstat(f->to, &st) != 0)
        return errno == ENOENT || failed(f->to, e);
    if (S_ISDIR(st.st_mode))
        return err_set(e, "%s: it is a folder", f->to);
    (void)inside(s, i, true, old);
    if (link(f->to, old) != 0 && rename(f->to, old) != 0)
        return failed(f->to, e);
    f->replaced = true;
    return true;
}

static bool move_all(struct stage *s, struct err *e)
{
    for (uint32_t i = 0; i < s->count; i++) {
        char path[STAGE_PATH + 24];
        struct stage_file *f = &s->files[i];
        if (!keep_old(s, i, e))
            return false;
        if (rename(inside(s, i, false, path), f->to) != 0)
            return failed(f->to, e);
        f->moved = true;
    }
    return true;
}

static void move_back(struct stage *s)
{
    for (uint32_t i = s->count; i-- > 0;) {
        char old[STAGE_PATH + 24];
        const struct stage_file *f = &s->files[i];
        if (f->replaced)
            (void)rename(inside(s, i, true, old), f->to);
        else if (f->moved)
            (void)unlink(f->to);
    }
    if (s->made != NULL)
        (void)rmdir(s->made);
}

static bool make_folder(struct stage *s, const char *folder, struct err *e)
{
    struct stat st;
    if (mkdir(folder, 0777) == 0) {
        s->made = arena_text(&s->arena, view_str(folder));
        return true;
    }
    if (errno != EEXIST)
        return failed(folder, e);
    return (lstat(folder, &st) == 0 && S_ISDIR(st.st_mode)) || err_set(e, "%s: no folder", folder);
}

bool stage_move(struct stage *s, const char *folder, struct err *e)
{
    if ((folder == NULL || make_folder(s, folder, e)) && move_all(s, e))
        return true;
    move_back(s);
    return false;
}

void stage_end(struct stage *s)
{
    char path[STAGE_PATH + 24];
    for (uint32_t i = 0; i < s->count; i++) {
        (void)unlink(inside(s, i, false, path));
        (void)unlink(inside(s, i, true, path));
    }
    if (s->folder[0] != '\0')
        (void)rmdir(s->folder);
    mem_free(s->mem, s->files);
    arena_free(&s->arena);
    *s = (struct stage){ .count = 0 };
}
