/* Runs commands of its own build folder, and says what they took: for benches of whole commands. */
#ifndef CUCMLAB_BENCH_COMMAND_H
#define CUCMLAB_BENCH_COMMAND_H

#include <ftw.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static inline void need(bool ok, const char *what)
{
    if (ok)
        return;
    fprintf(stderr, "bench: %s\n", what);
    exit(1);
}

static inline double wall_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

struct run {
    double wall_s, processor_s, memory_mb;
};

/* Its output goes nowhere; `most` is the highest exit status that is no error. */
static inline struct run run(char *const argv[], int most)
{
    struct run r;
    struct rusage usage;
    int status = 0;
    double from = wall_s();
    pid_t pid = fork();
    if (pid == 0) {
        need(freopen("/dev/null", "w", stdout) != NULL && freopen("/dev/null", "w", stderr) != NULL,
             "/dev/null");
        execv(argv[0], argv);
        _exit(127);
    }
    need(pid > 0 && wait4(pid, &status, 0, &usage) == pid, "wait");
    r.wall_s = wall_s() - from;
    r.processor_s = (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
                    (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6;
    r.memory_mb = (double)usage.ru_maxrss / 1024;
    need(WIFEXITED(status) && WEXITSTATUS(status) <= most, argv[1]);
    return r;
}

static inline int by_wall(const void *a, const void *b)
{
    double x = ((const struct run *)a)->wall_s, y = ((const struct run *)b)->wall_s;
    return x < y ? -1 : x > y;
}

/* "build/gcc/cucmlab" for "build/gcc/tests/bench/bench_import" and "cucmlab". */
static inline void beside(char out[PATH_MAX], const char *self, const char *name)
{
    const char *end = strstr(self, "tests/bench/");
    need(end != NULL, "run it by its path in the build folder");
    snprintf(out, PATH_MAX, "%.*s%s", (int)(end - self), self, name);
    if (end == self)
        snprintf(out, PATH_MAX, "./%s", name);
}

static inline int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
    (void)st;
    (void)type;
    (void)at;
    return remove(path);
}

static inline void remove_folder(const char *path)
{
    nftw(path, remove_one, 16, FTW_PHYS | FTW_DEPTH);
}

#endif
