#include "sim/base/sys.h"

#include "sim/base/check.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- memory ---- */

/* What was written so far still goes out, once: a stream may be what found no memory.  No exit
 * handler runs: a library may be in the middle of something, with its locks held. */
_Noreturn static void out_of_memory(size_t n)
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
        out_of_memory(n);
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
        out_of_memory(sizeof *f);
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
        out_of_memory(sizeof *f);
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

bool sys_write_file(const char *path, struct view bytes, struct err *e)
{
    char temporary[4096];
    int n = snprintf(temporary, sizeof temporary, "%s.%ld.tmp", path, (long)getpid());
    if (n < 0 || (size_t)n >= sizeof temporary)
        return err_set(e, "%s: name too long", path);
    FILE *f = sys_open(temporary, "wb");
    if (f == NULL)
        return err_set(e, "%s: %s", path, strerror(errno));
    bool ok = bytes.n == 0 || fwrite(bytes.p, 1, bytes.n, f) == bytes.n;
    ok = fclose(f) == 0 && ok;
    if (!ok || rename(temporary, path) != 0) {
        int saved = errno;
        unlink(temporary);
        return err_set(e, "%s: %s", path, strerror(saved));
    }
    return true;
}
