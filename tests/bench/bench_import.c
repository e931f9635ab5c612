/* How long `cucmlab import` takes over all that a cluster of 60,000 phones has to say, the sample
 * site (tests/site) in every shape with the pages of 2,000 phones, and how much memory: at most
 * 10 s and 1 GB.  Beside it the time to read the same bytes alone, from memory, and the ratio.
 *
 * Usage: bench_import [phones [pages [rounds]]]; default 60000 2000 3.  It runs site and cucmlab of
 * its own build folder. */
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

#define LIMIT_S  10.0
#define LIMIT_MB 1024.0
#define ROUNDS   9

static void need(bool ok, const char *what)
{
    if (ok)
        return;
    fprintf(stderr, "bench_import: %s\n", what);
    exit(1);
}

static double wall_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

struct run {
    double wall_s, processor_s, memory_mb;
};

static struct run run(char *const argv[])
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
    need(WIFEXITED(status) && WEXITSTATUS(status) == 0, argv[0]);
    return r;
}

static uint64_t files, bytes;

static int read_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
    static char piece[1 << 18];
    (void)st;
    (void)at;
    if (type != FTW_F)
        return 0;
    FILE *f = fopen(path, "rb");
    need(f != NULL, path);
    setvbuf(f, NULL, _IONBF, 0);
    for (size_t n; (n = fread(piece, 1, sizeof piece, f)) > 0;)
        bytes += n;
    fclose(f);
    files++;
    return 0;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
    (void)st;
    (void)type;
    (void)at;
    return remove(path);
}

static int by_wall(const void *a, const void *b)
{
    double x = ((const struct run *)a)->wall_s, y = ((const struct run *)b)->wall_s;
    return x < y ? -1 : x > y;
}

/* "build/gcc/cucmlab" for "build/gcc/tests/bench/bench_import" and "cucmlab". */
static void beside(char out[PATH_MAX], const char *self, const char *name)
{
    const char *end = strstr(self, "tests/bench/");
    need(end != NULL, "run it by its path in the build folder");
    snprintf(out, PATH_MAX, "%.*s%s", (int)(end - self), self, name);
    if (end == self)
        snprintf(out, PATH_MAX, "./%s", name);
}

int main(int argc, char **argv)
{
    char site[PATH_MAX], program[PATH_MAX], folder[] = "/tmp/bench_import.XXXXXX";
    char in[64], out[64], json[64];
    char *phones = argc > 1 ? argv[1] : "60000", *pages = argc > 2 ? argv[2] : "2000";
    int rounds = argc > 3 ? (int)strtol(argv[3], NULL, 10) : 3;
    struct run r[ROUNDS];
    rounds = rounds < 1 ? 1 : rounds > ROUNDS ? ROUNDS : rounds;
    beside(site, argv[0], "tests/site/site");
    beside(program, argv[0], "cucmlab");
    need(mkdtemp(folder) != NULL, "no folder");
    snprintf(in, sizeof in, "%s/site", folder);
    snprintf(out, sizeof out, "%s/cluster.lua", folder);
    snprintf(json, sizeof json, "%s/cluster.json", folder);
    run((char *[]){ site, "--phones", phones, "--pages", pages, in, NULL });
    nftw(in, read_one, 16, FTW_PHYS); /* into memory */
    files = bytes = 0;
    double from = wall_s();
    nftw(in, read_one, 16, FTW_PHYS);
    double read_s = wall_s() - from;
    for (int i = 0; i < rounds; i++)
        r[i] = run((char *[]){ program, "import", in, "-o", out, "--json", json, "--force", NULL });
    nftw(folder, remove_one, 16, FTW_PHYS | FTW_DEPTH);
    qsort(r, (size_t)rounds, sizeof *r, by_wall);
    const struct run *m = &r[rounds / 2];
    bool good = m->wall_s <= LIMIT_S && m->memory_mb <= LIMIT_MB;
    printf("import, %s phones, pages of %s: %llu files, %.0f MB\n", phones, pages,
           (unsigned long long)files, (double)bytes / 1e6);
    printf("  %.2f s (%.2f s of a processor), %.0f MB; reading alone %.3f s: %.0f times that\n",
           m->wall_s, m->processor_s, m->memory_mb, read_s, m->wall_s / read_s);
    printf("  at most %.0f s and %.0f MB: %s\n", LIMIT_S, LIMIT_MB, good ? "good" : "NOT REACHED");
    return good ? 0 : 1;
}
