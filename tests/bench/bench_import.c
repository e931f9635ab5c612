/* How long `cucmlab import` takes over all that a cluster of 60,000 phones has to say, the sample
 * site (tests/site) in every shape with the pages of 2,000 phones, and how much memory: at most
 * 10 s and 1 GB.  Beside it the time to read the same bytes alone, from memory, and the ratio.
 *
 * Usage: bench_import [phones [pages [rounds]]]; default 60000 2000 3.  It runs site and cucmlab of
 * its own build folder. */
#include "tests/bench/command.h"

#define LIMIT_S  10.0
#define LIMIT_MB 1024.0
#define ROUNDS   9

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
    run((char *[]){ site, "--phones", phones, "--pages", pages, in, NULL }, 0);
    nftw(in, read_one, 16, FTW_PHYS); /* into memory */
    files = bytes = 0;
    double from = wall_s();
    nftw(in, read_one, 16, FTW_PHYS);
    double read_s = wall_s() - from;
    for (int i = 0; i < rounds; i++)
        r[i] =
            run((char *[]){ program, "import", in, "-o", out, "--json", json, "--force", NULL }, 0);
    remove_folder(folder);
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
