#include "tests/site/out.h"

#include "sim/base/check.h"
#include "sim/base/rng.h"

#include <archive.h>
#include <archive_entry.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

bool out_open(struct out *o, const char *path, enum out_kind kind, uint64_t shuffle, struct err *e)
{
    *o = (struct out){ .path = path, .kind = kind, .shuffle = shuffle };
    if (kind == OUT_FOLDER) {
        mkdir(path, 0777); /* may be there; else the first file says so */
        return true;
    }
    o->archive = archive_write_new();
    if (kind == OUT_ZIP)
        archive_write_set_format_zip(o->archive);
    else
        archive_write_set_format_ustar(o->archive);
    if (kind == OUT_TGZ)
        archive_write_add_filter_gzip(o->archive);
    if (archive_write_open_filename(o->archive, path) != ARCHIVE_OK)
        return err_set(e, "%s: %s", path, archive_error_string(o->archive));
    return true;
}

bool out_close(struct out *o, struct err *e)
{
    bool good = o->archive == NULL || archive_write_close(o->archive) == ARCHIVE_OK;
    if (!good)
        err_set(e, "%s: %s", o->path, archive_error_string(o->archive));
    archive_write_free(o->archive);
    return good;
}

static void member(struct archive *to, const char *name, struct view bytes)
{
    struct archive_entry *entry = archive_entry_new();
    archive_entry_set_pathname(entry, name);
    archive_entry_set_size(entry, (int64_t)bytes.n);
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, 0644);
    archive_entry_set_mtime(entry, 0, 0);
    CHECK(archive_write_header(to, entry) == ARCHIVE_OK);
    CHECK(archive_write_data(to, bytes.p, bytes.n) == (la_ssize_t)bytes.n);
    archive_entry_free(entry);
}

/* Makes the folders of a path that are missing. */
static void folders(char *path)
{
    for (char *at = strchr(path + 1, '/'); at != NULL; at = strchr(at + 1, '/')) {
        *at = '\0';
        mkdir(path, 0777);
        *at = '/';
    }
}

static void put(struct out *o, const char *name, struct view bytes)
{
    char path[1024];
    char plain[64];
    o->files++;
    o->bytes += bytes.n;
    if (o->shuffle != 0) {
        snprintf(plain, sizeof plain, "%016llx",
                 (unsigned long long)rng_mix(o->shuffle + o->files));
        name = plain;
    }
    if (o->archive != NULL) {
        member(o->archive, name, bytes);
        return;
    }
    snprintf(path, sizeof path, "%s/%s", o->path, name);
    folders(path);
    FILE *f = sys_open(path, "wb");
    if (f == NULL || fwrite(bytes.p, 1, bytes.n, f) != bytes.n || fclose(f) != 0) {
        perror(path);
        exit(2);
    }
}

void out_bytes(struct out *o, struct view bytes, const char *name, ...)
{
    char text[512];
    va_list args;
    va_start(args, name);
    vsnprintf(text, sizeof text, name, args);
    va_end(args);
    put(o, text, bytes);
}

FILE *out_text(struct out *o)
{
    o->now = sys_text_open(&o->text);
    return o->now;
}

static struct view with_crlf(struct view v, struct arena *a)
{
    uint8_t *to = arena_take(a, 2 * v.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < v.n; i++) {
        if (v.p[i] == '\n')
            to[n++] = '\r';
        to[n++] = v.p[i];
    }
    return view_of(to, n);
}

void out_end(struct out *o, bool crlf, const char *name, ...)
{
    char text[512];
    va_list args;
    va_start(args, name);
    vsnprintf(text, sizeof text, name, args);
    va_end(args);
    fclose(o->now);
    struct arena a = arena_of(&sys_mem);
    struct view v = view_of(o->text.p, o->text.n);
    put(o, text, crlf ? with_crlf(v, &a) : v);
    arena_free(&a);
    sys_text_free(&o->text);
}

struct view out_tar(const struct member *members, size_t count, struct arena *a)
{
    size_t room = 16384, used = 0;
    for (size_t i = 0; i < count; i++)
        room += members[i].bytes.n + 1536;
    uint8_t *bytes = arena_take(a, room);
    struct archive *to = archive_write_new();
    archive_write_set_format_ustar(to);
    CHECK(archive_write_open_memory(to, bytes, room, &used) == ARCHIVE_OK);
    for (size_t i = 0; i < count; i++)
        member(to, members[i].name, members[i].bytes);
    CHECK(archive_write_close(to) == ARCHIVE_OK);
    archive_write_free(to);
    return view_of(bytes, used);
}
