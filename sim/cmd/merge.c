/* `cucmlab merge`: results of runs that were made together, added exactly. */
#include "sim/base/sys.h"
#include "sim/cmd/cmd.h"
#include "sim/load/outputs.h"
#include "sim/load/part.h"

#include <string.h>

struct asked {
    const char *files[RESULT_PARTS];
    const char *slo;
    struct outputs outputs;
};

#define AT(f) NULL, offsetof(struct asked, f)
static const struct option table[] = {
    { "--slo", "TERMS", 1, AT(slo), "exit 1 unless it holds: p99<50ms,errors<0.1%" },
    { "--json", "FILE", 1, AT(outputs.json), "writes the sum" },
    { "--svg", "FILE", 1, AT(outputs.svg), "latency over rate as a picture, or by percentile" },
    { "--html", "FILE", 1, AT(outputs.html), "one page with pictures and result" },
    { "--hdr", "FILE", 1, AT(outputs.hdr), "a log of HdrHistogram, an interval for each step" },
};
#undef AT

static struct options options_of(struct asked *a)
{
    return (struct options){ .table = table,
                             .count = sizeof table / sizeof *table,
                             .of = 1,
                             .to = a,
                             .words = a->files,
                             .most = RESULT_PARTS };
}

void cmd_merge_help(FILE *out)
{
    static struct asked none;
    struct options o = options_of(&none);
    fputs("Usage: cucmlab merge RESULT.json... [OPTION...]\n"
          "  adds results of `cucmlab load --json` that were measured together\n\nOptions:\n",
          out);
    options_help(&o, out);
}

static struct result *read_file(const char *path, struct err *e)
{
    struct arena a = arena_of(&sys_mem);
    struct view file;
    struct result *r = NULL;
    if (sys_read_file(path, PART_MOST, &a, &file, e)) {
        r = part_read(file, e);
        if (r == NULL)
            err_prefix(e, "%s", path);
    }
    arena_free(&a);
    return r;
}

static struct result *add_all(const struct asked *a, int count, struct err *e)
{
    struct result *sum = count > 0 ? read_file(a->files[0], e) : NULL;
    if (count == 0)
        err_set(e, "a file is needed");
    for (int i = 1; i < count && sum != NULL; i++) {
        struct result *r = read_file(a->files[i], e);
        bool added = r != NULL && result_add(sum, r, e);
        if (r != NULL && !added)
            err_prefix(e, "%s", a->files[i]);
        result_free(r);
        if (!added) {
            result_free(sum);
            sum = NULL;
        }
    }
    return sum;
}

/* Pictures over what was measured would be all that is left of it; the sum over a part of it has
 * all of that. */
static bool keeps_parts(const struct asked *a, int count, struct err *e)
{
    struct outputs others = a->outputs;
    others.json = NULL;
    for (int i = 0; i < count; i++) {
        if (!outputs_keep(&others, a->files[i], "a result", e))
            return false;
    }
    return true;
}

static int tell(const struct asked *a, const struct result *sum, const struct slo *slo, FILE *out,
                FILE *problems, struct err *e)
{
    FILE *words = outputs_on_stdout(&a->outputs) ? problems : out;
    if (sum->part_count > 1)
        fprintf(words, "Sum of      %u runs\n", sum->part_count);
    result_print(sum, words);
    int status = slo_tell(slo, &sum->total, result_length_us(sum), words) ? EXIT_GOOD : EXIT_EXPECT;
    if (!outputs_write(&a->outputs, sum, slo, NULL, e))
        status = cmd_fail(e);
    return status;
}

int cmd_merge(int argc, char *const *argv, FILE *out, FILE *problems)
{
    static struct asked a;
    struct slo slo = { .count = 0 };
    struct err e = { "" };
    struct options o = options_of(&a);
    if (!options_read(&o, argc, argv, &e) || (a.slo != NULL && !slo_read(&slo, a.slo, &e)) ||
        !keeps_parts(&a, o.found, &e) || !outputs_can_write(&a.outputs, &e))
        return err_prefix(&e, "merge"), cmd_fail(&e);
    struct result *sum = add_all(&a, o.found, &e);
    if (sum == NULL)
        return err_prefix(&e, "merge"), cmd_fail(&e);
    int status = tell(&a, sum, &slo, out, problems, &e);
    result_free(sum);
    return status;
}
