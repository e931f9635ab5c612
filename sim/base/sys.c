#include "sim/base/sys.h"

#include "sim/base/check.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- memory ---- */

/* What was written so far still goes out, once: a stream may be what found no memory.  No exit
 * handler runs: a library may be in the middle of something, with its locks held. */
_Noreturn void sys_no_memory(size_t n)
{
    static bool flushing;
    char text[80];
    int length = snprintf(text, sizeof text, "cucmlab: out of memory (%zu bytes wanted)\n", n);
    if (!flushing) {
        flushing = true;
        fflush(NULL);
    }
    if (length > 0 && write(STDERR_FILENO, text, (size_t)length) < 0)
        _exit(3); /* nobody to tell */
    _exit(3);
}

static void *resize(void *ctx, void *old, size_t n)
{
    (void)ctx;
    if (n == 0) {
        free(old);
        return NULL;
    }
    void *p = realloc(old, n);
    if (p == NULL)
        sys_no_memory(n);
    return p;
}

const struct mem sys_mem = { resize, NULL };

void *sys_malloc(size_t n)
{
    return resize(NULL, NULL, n);
}

void *sys_realloc(void *old, size_t n)
{
    return resize(NULL, old, n);
}

void sys_free(void *p)
{
    free(p);
}

/* ---- a failed CHECK ---- */

static _Thread_local const struct check_context *current;

const struct check_context *sys_check_context(const struct check_context *context)
{
    const struct check_context *before = current;
    current = context;
    return before;
}

_Noreturn void check_failed(const char *expression, const char *file, int line)
{
    const struct check_context *c = current;
    fprintf(stderr, "cucmlab: internal error at %s:%d: %s does not hold\n", file, line, expression);
    if (c != NULL && c->command != NULL)
        fprintf(stderr, "cucmlab: seed %" PRIu64 ", identity %" PRIu64 ", repeat with: %s\n",
                c->seed, c->identity, c->command);
    if (c != NULL && c->now_us != NULL)
        fprintf(stderr, "cucmlab: virtual time %" PRIu64 " us\n", c->now_us(c->ctx));
#if defined(__SANITIZE_ADDRESS__) || defined(CUCMLAB_ABORT)
    abort(); /* a sanitizer or fuzzer sees an abort, not an exit */
#else
    fflush(NULL);
    _exit(3);
#endif
}

/* ---- streams and files ---- */

static ssize_t text_write(void *cookie, const char *bytes, size_t n)
{
    struct sys_text *t = cookie;
    if (n > t->cap - t->n) {
        size_t cap = t->cap == 0 ? 4096 : t->cap;
        while (cap - t->n < n)
            cap *= 2;
        t->p = resize(NULL, t->p, cap);
        t->cap = cap;
    }
    memcpy(t->p + t->n, bytes, n);
    t->n += n;
    return (ssize_t)n;
}

FILE *sys_text_open(struct sys_text *t)
{
    *t = (struct sys_text){ NULL, 0, 0 };
    FILE *f = fopencookie(t, "w", (cookie_io_functions_t){ .write = text_write });
    if (f == NULL)
        sys_no_memory(sizeof *f);
    return f;
}

void sys_text_free(struct sys_text *t)
{
    free(t->p);
    *t = (struct sys_text){ NULL, 0, 0 };
}

FILE *sys_open(const char *path, const char *mode)
{
    FILE *f = fopen(path, mode);
    if (f == NULL && errno == ENOMEM)
        sys_no_memory(sizeof *f);
    return f;
}

bool sys_read_file(const char *path, size_t limit, struct arena *a, struct view *out, struct err *e)
{
    FILE *f = strcmp(path, "-") == 0 ? stdin : sys_open(path, "rb");
    if (f == NULL)
        return err_set(e, "%s: %s", path, strerror(errno));
    uint8_t *bytes = NULL;
    size_t n = 0, cap = 0;
    for (;;) {
        if (n == cap) {
            cap = cap == 0 ? 65536 : cap * 2;
            bytes = resize(NULL, bytes, cap);
        }
        size_t got = fread(bytes + n, 1, cap - n, f);
        n += got;
        if (got == 0 || n > limit)
            break;
    }
    bool failed = ferror(f) != 0;
    int saved = errno;
    if (f != stdin)
        fclose(f);
    bool ok = true;
    if (failed)
        ok = err_set(e, "%s: %s", path, strerror(saved));
    else if (n > limit)
        ok = err_set(e, "%s: larger than %zu bytes", path, limit);
    else
        *out = arena_copy(a, view_of(bytes, n));
    free(bytes);
    return ok;
}

bool sys_is_plain(const char *path, struct err *e)
{
    struct stat s;
    if (lstat(path, &s) != 0)
        return err_set(e, "%s: %s", path, strerror(errno));
    return S_ISREG(s.st_mode) ||
           err_set(e, "%s: a plain file is expected, no link or folder", path);
}

/* ---- writing ---- */

/* The descriptor that a name of the system's stands for; -1: none. */
static int descriptor_of(const char *path)
{
    static const char *const folders[] = { "/dev/fd/", "/proc/self/fd/" };
    if (strcmp(path, "-") == 0 || strcmp(path, "/dev/stdout") == 0)
        return 1;
    if (strcmp(path, "/dev/stderr") == 0)
        return 2;
    for (int i = 0; i < 2; i++) {
        size_t n = strlen(folders[i]);
        if (strncmp(path, folders[i], n) != 0 || path[n] < '0' || path[n] > '9')
            continue;
        char *end;
        long fd = strtol(path + n, &end, 10);
        return *end == '\0' && fd <= 65535 ? (int)fd : -1;
    }
    return -1;
}

bool sys_is_stdout(const char *path)
{
    return path != NULL && descriptor_of(path) == 1;
}

static bool cannot(const char *path, struct err *e)
{
    const char *name = strcmp(path, "-") == 0 ? "standard output" : path;
    return err_set(e, "%s: %s", name, strerror(errno));
}

static bool put(FILE *f, struct view bytes)
{
    bool ok = bytes.n == 0 || fwrite(bytes.p, 1, bytes.n, f) == bytes.n;
    int saved = errno;
    bool closed = fclose(f) == 0;
    if (!ok)
        errno = saved;
    return ok && closed;
}

/* Into what is open already: what the program's own stream still holds comes first. */
static bool write_descriptor(int fd, struct view bytes)
{
    if (fd == 1 && fflush(stdout) != 0)
        return false;
    int copy = dup(fd);
    FILE *f = copy < 0 ? NULL : fdopen(copy, "wb");
    if (f == NULL && copy >= 0)
        close(copy);
    return f != NULL && put(f, bytes);
}

static bool write_in_place(const char *path, struct view bytes)
{
    FILE *f = sys_open(path, "wb");
    return f != NULL && put(f, bytes);
}

/* Only a file of one's own, or none, is put in place by a name: devices, FIFOs and links stay what
 * they are. */
static bool is_replaced(const char *path)
{
    struct stat s;
    return lstat(path, &s) == 0 ? S_ISREG(s.st_mode) : errno == ENOENT;
}

static FILE *open_beside(const char *path, char temporary[4096])
{
    int n = snprintf(temporary, 4096, "%s.%ld.tmp", path, (long)getpid());
    if (n < 0 || n >= 4096) {
        errno = ENAMETOOLONG;
        return NULL;
    }
    return sys_open(temporary, "wb");
}

static bool put_beside(FILE *f, const char *temporary, const char *path, struct view bytes,
                       struct err *e)
{
    bool ok = put(f, bytes) && rename(temporary, path) == 0;
    if (!ok) {
        cannot(path, e);
        unlink(temporary);
    }
    return ok;
}

bool sys_replace_file(const char *path, struct view bytes, struct err *e)
{
    char temporary[4096];
    FILE *f = open_beside(path, temporary);
    return f == NULL ? cannot(path, e) : put_beside(f, temporary, path, bytes, e);
}

bool sys_write_file(const char *path, struct view bytes, struct err *e)
{
    char temporary[4096];
    int fd = descriptor_of(path);
    if (fd >= 0)
        return write_descriptor(fd, bytes) || cannot(path, e);
    bool replaced = is_replaced(path);
    FILE *f = replaced ? open_beside(path, temporary) : NULL;
    if (f != NULL)
        return put_beside(f, temporary, path, bytes, e);
    /* In place also where the folder takes no new files. */
    return ((!replaced || errno == EACCES) && write_in_place(path, bytes)) || cannot(path, e);
}

/* The folder that a path is in; what is left is its name there. */
static const char *folder_of(const char *path, char out[4096])
{
    const char *slash = strrchr(path, '/');
    int n = slash == NULL ? 1 : slash == path ? 1 : (int)(slash - path);
    snprintf(out, 4096, "%.*s", n, slash == NULL ? "." : path);
    return slash == NULL ? path : slash + 1;
}

/* Of two that are not there yet: "x" and "./x". */
static bool same_new_file(const char *a, const char *b)
{
    char in[2][4096];
    struct stat x, y;
    return strcmp(a, "-") != 0 && strcmp(folder_of(a, in[0]), folder_of(b, in[1])) == 0 &&
           stat(in[0], &x) == 0 && stat(in[1], &y) == 0 && x.st_dev == y.st_dev &&
           x.st_ino == y.st_ino;
}

bool sys_same_file(const char *a, const char *b)
{
    struct stat x, y;
    bool one = stat(a, &x) == 0, other = stat(b, &y) == 0;
    if (!one && !other)
        return same_new_file(a, b);
    return one && other && S_ISREG(x.st_mode) && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

bool sys_can_write(const char *path, struct err *e)
{
    char temporary[4096];
    struct stat s;
    int fd = descriptor_of(path);
    if (fd >= 0) {
        int flags = fcntl(fd, F_GETFL);
        if (flags >= 0 && (flags & O_ACCMODE) == O_RDONLY)
            errno = EBADF;
        return (flags >= 0 && (flags & O_ACCMODE) != O_RDONLY) || cannot(path, e);
    }
    if (stat(path, &s) == 0 && S_ISDIR(s.st_mode)) {
        errno = EISDIR;
        return cannot(path, e);
    }
    FILE *f = is_replaced(path) ? open_beside(path, temporary) : NULL;
    if (f != NULL) {
        fclose(f);
        unlink(temporary);
        return true;
    }
    int why = errno;
    bool there = stat(path, &s) == 0, ok = there && access(path, W_OK) == 0;
    if (!there && lstat(path, &s) == 0 && S_ISLNK(s.st_mode))
        ok = true; /* a link to what is not there yet */
    else if (!there)
        errno = why;
    return ok || cannot(path, e);
}
