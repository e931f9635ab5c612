/* Preloaded into the program: its allocation number FAIL_AT finds no memory, whoever in the process
 * asks, the C library too.  COUNT_TO: the file that gets how many there were, at the end. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

extern void *__libc_malloc(size_t n);
extern void *__libc_calloc(size_t count, size_t n);
extern void *__libc_realloc(void *old, size_t n);

static unsigned long seen, fail_at;

__attribute__((constructor)) static void begin(void)
{
    const char *text = getenv("FAIL_AT");
    fail_at = text == NULL ? 0 : strtoul(text, NULL, 10);
    seen = 0;
}

__attribute__((destructor)) static void end(void)
{
    const char *path = getenv("COUNT_TO");
    unsigned long n = seen;
    FILE *f = path == NULL ? NULL : fopen(path, "w");
    if (f == NULL)
        return;
    fprintf(f, "%lu\n", n);
    fclose(f);
}

static int fails(void)
{
    if (++seen != fail_at)
        return 0;
    errno = ENOMEM;
    return 1;
}

void *malloc(size_t n)
{
    return fails() ? NULL : __libc_malloc(n);
}

void *calloc(size_t count, size_t n)
{
    return fails() ? NULL : __libc_calloc(count, n);
}

void *realloc(void *old, size_t n)
{
    return n > 0 && fails() ? NULL : __libc_realloc(old, n);
}
