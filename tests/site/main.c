/* site: writes the sample site.  See usage(). */
#include "tests/site/check.h"
#include "tests/site/shapes.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <getopt.h>

static const struct {
    const char *name, *what;
    void (*write)(struct out *, const struct truth *);
} shapes[] = {
#define SHAPE_ROW(name, what) { #name, what, write_##name },
    SHAPE_LIST(SHAPE_ROW)
};

static const struct {
    const char *name, *what;
} faults[] = {
#define FAULT_ROW(name, word, what) { word, what },
    FAULT_LIST(FAULT_ROW)
};

static void usage(FILE *f)
{
    fputs("usage: site [OPTION]... FOLDER|FILE.tar|FILE.tgz|FILE.zip\n\n"
          "Writes a sample site for `cucmlab import`, in all shapes:\n\n",
          f);
    for (size_t i = 0; i < SHAPES; i++)
        fprintf(f, "  %-10s %s\n", shapes[i].name, shapes[i].what);
    fputs(
        "\n  --only SHAPE,...   these alone\n"
        "  --phones N         3000; at most 60000\n"
        "  --subscribers N    5; 34 and more make an ITL of over 39 certificates\n"
        "  --pages N          phones whose pages there are, 300\n"
        "  --seed N           1\n"
        "  --draw N           another site for each N: release, nodes, groups, mode, faults;\n"
        "                     options behind it change it\n"
        "  --faults LIST      planted: all, none, or names with commas between, as below\n"
        "  --shuffle N        names of files that say nothing, by the seed N\n"
        "  --truth FILE       what is true of it, as JSON\n"
        "  --facts FILE       the output of `cucmlab import --facts` over files of these shapes:\n"
        "                     is it true, and is it all? Nothing is written; exit 1 where not\n"
        "  --csv FILE         likewise cluster.phones.csv, --site FILE what import --json writes\n"
        "  --preflight FILE   what preflight --json writes: are the planted faults found?\n"
        "  --cache FOLDER     of keys\n\nFaults:\n\n",
        f);
    for (size_t i = 0; i < FAULTS; i++)
        fprintf(f, "  %-18s %s\n", faults[i].name, faults[i].what);
}

static int wrong(const char *what, const char *which)
{
    fprintf(stderr, "site: %s: %s\n", what, which);
    return 2;
}

struct request {
    struct truth_options truth;
    uint32_t only; /* a bit each */
    uint64_t shuffle;
    const char *truth_path, *cache, *to;
    struct {
        char *of;
        bool (*check)(const struct truth *, uint32_t shapes, const char *path, FILE *);
    } checks[128];
    uint32_t check_count;
};

/* A bit for each name of a list; false: there is none of that name. */
static bool bits(char *list, bool shape, uint32_t *out)
{
    uint32_t count = shape ? SHAPES : FAULTS;
    char *save = NULL;
    *out = strcmp(list, "all") == 0 ? (UINT32_C(1) << count) - 1 : 0;
    if (*out != 0 || strcmp(list, "none") == 0)
        return true;
    for (char *name = strtok_r(list, ",", &save); name != NULL; name = strtok_r(NULL, ",", &save)) {
        uint32_t i = 0;
        while (i < count && strcmp(shape ? shapes[i].name : faults[i].name, name) != 0)
            i++;
        if (i == count)
            return false;
        *out |= UINT32_C(1) << i;
    }
    return true;
}

static int read_options(int argc, char **argv, struct request *r)
{
    static const struct option options[] = {
        { "only", 1, NULL, 'o' },  { "phones", 1, NULL, 'p' },    { "subscribers", 1, NULL, 's' },
        { "pages", 1, NULL, 'g' }, { "seed", 1, NULL, 'e' },      { "faults", 1, NULL, 'f' },
        { "draw", 1, NULL, 'd' },  { "shuffle", 1, NULL, 'x' },   { "truth", 1, NULL, 't' },
        { "cache", 1, NULL, 'c' }, { "facts", 1, NULL, 'a' },     { "csv", 1, NULL, 'v' },
        { "site", 1, NULL, 'j' },  { "preflight", 1, NULL, 'r' }, { "help", 0, NULL, 'h' },
        { NULL, 0, NULL, 0 },
    };
    for (int c; (c = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        uint32_t n = optarg != NULL ? (uint32_t)strtoul(optarg, NULL, 10) : 0;
        switch (c) {
        case 'o':
            if (!bits(optarg, true, &r->only))
                return wrong("no such shape in", optarg);
            break;
        case 'f':
            if (!bits(optarg, false, &r->truth.faults))
                return wrong("no such fault in", optarg);
            break;
        case 'p':
            r->truth.phones = n <= 60000 ? n : 60000;
            break;
        case 's':
            r->truth.subscribers = n < 2 ? 2 : n > 50 ? 50 : n;
            break;
        case 'g':
            r->truth.pages = n;
            break;
        case 'd':
            r->truth = truth_draw(n);
            break;
        case 'e':
            r->truth.seed = n;
            break;
        case 'x':
            r->shuffle = n;
            break;
        case 't':
            r->truth_path = optarg;
            break;
        case 'a':
        case 'v':
        case 'j':
        case 'r':
            if (r->check_count == sizeof r->checks / sizeof *r->checks)
                return wrong("too many files to check", optarg);
            r->checks[r->check_count].of = optarg;
            r->checks[r->check_count++].check = c == 'a'   ? check_facts
                                                : c == 'v' ? check_phones
                                                : c == 'j' ? check_site
                                                           : check_preflight;
            break;
        case 'c':
            r->cache = optarg;
            break;
        default:
            usage(c == 'h' ? stdout : stderr);
            return c == 'h' ? -1 : 2;
        }
    }
    r->to = argv[optind];
    return r->to != NULL || r->check_count > 0 ? 0 : wrong("where to?", "--help says more");
}

static enum out_kind kind_of(const char *path)
{
    static const char *const ends[] = { ".tar", ".tgz", ".zip" };
    size_t n = strlen(path);
    for (int i = 0; i < 3; i++) {
        if (n > 4 && strcmp(path + n - 4, ends[i]) == 0)
            return (enum out_kind)(OUT_TAR + i);
    }
    return OUT_FOLDER;
}

static int write_all(const struct request *r, const struct truth *t)
{
    struct out o;
    struct err e = { "" };
    if (!out_open(&o, r->to, kind_of(r->to), r->shuffle, &e))
        return wrong("cannot write", e.text);
    for (uint32_t i = 0; i < SHAPES; i++) {
        if ((r->only & shapes_of(t)) >> i & 1)
            shapes[i].write(&o, t);
    }
    if (!out_close(&o, &e))
        return wrong("cannot write", e.text);
    fprintf(stderr, "%s: %u files, %llu bytes: %u nodes, %u phones\n", r->to, o.files,
            (unsigned long long)o.bytes, t->node_count, t->phone_count);
    return 0;
}

static int check_all(struct request *r, const struct truth *t)
{
    int status = 0;
    for (uint32_t i = 0; i < r->check_count; i++) {
        char *file = strchr(r->checks[i].of, '=');
        uint32_t only = r->only;
        if (file != NULL) {
            *file++ = '\0';
            if (!bits(r->checks[i].of, true, &only))
                return wrong("no such shape in", r->checks[i].of);
        }
        if (!r->checks[i].check(t, only & shapes_of(t), file != NULL ? file : r->checks[i].of,
                                stdout))
            status = 1;
    }
    return status;
}

int main(int argc, char **argv)
{
    struct request r = { .truth = truth_sample(), .only = (UINT32_C(1) << SHAPES) - 1 };
    int status = read_options(argc, argv, &r);
    if (status != 0)
        return status < 0 ? 0 : status;
    struct truth *t = mem_take(&sys_mem, sizeof *t);
    truth_make(t, &r.truth, r.cache);
    status = r.check_count > 0 ? check_all(&r, t) : write_all(&r, t);
    if (status == 0 && r.truth_path != NULL) {
        FILE *f = sys_open(r.truth_path, "w");
        if (f == NULL)
            status = wrong("cannot write", r.truth_path);
        else {
            truth_json(t, f);
            fclose(f);
        }
    }
    truth_free(t);
    mem_free(&sys_mem, t);
    return status;
}
