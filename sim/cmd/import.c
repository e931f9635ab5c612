/* `cucmlab import`: files of a cluster, of any kind and in any order, into one that can be run. */
#include "sim/base/count.h"
#include "sim/base/sys.h"
#include "sim/cmd/output.h"
#include "sim/cmd/cmd.h"
#include "sim/cmd/today.h"
#include "sim/import/site.h"
#include "sim/import/listing.h"
#include "sim/import/write.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

struct job {
    const char *out, *json, *name;
    bool facts, kinds, strict, force;
    const char **paths;
    int count;
    int64_t today_s;
};

static const struct option options[] = {
    { "-o", "FILE", 1, NULL, offsetof(struct job, out),
      "the cluster as a scenario without steps; its phones and certificates beside it" },
    { "--name", "NAME", 1, NULL, offsetof(struct job, name),
      "of the cluster (default: of its domain)" },
    { "--json", "FILE", 1, NULL, offsetof(struct job, json),
      "writes what was read, and what is known, assumed and contradicts, as JSON" },
    { "--facts", NULL, 1, NULL, offsetof(struct job, facts),
      "prints every fact with its source, a line each, and writes no cluster" },
    { "--kinds", NULL, 1, NULL, offsetof(struct job, kinds),
      "reads nothing: prints the kinds of files that can be read" },
    { "--force", NULL, 1, NULL, offsetof(struct job, force),
      "replaces what is there, an earlier import whole" },
    { "--strict", NULL, 1, NULL, offsetof(struct job, strict),
      "a file that is damaged, refused or not recognised: exit 2, and nothing is written" },
};

static struct options reader(struct job *j)
{
    return (struct options){
        .table = options, .count = sizeof options / sizeof *options, .of = 1, .to = j
    };
}

void cmd_import_help(FILE *out)
{
    struct options o = reader(NULL);
    fputs("Usage: cucmlab import FILE|DIR|ARCHIVE... -o CLUSTER.lua [OPTION...]\n"
          "  reads what an administrator can get out of a cluster, each file by its\n"
          "  content, and writes the cluster as it is, with the source of every fact;\n"
          "  \"-\" is standard input\n\nOptions:\n",
          out);
    options_help(&o, out);
    fputs("Exit status: 0 something was recognised; 2 nothing was, or wrong use.\n", out);
}

static bool check(const struct job *j, struct err *e)
{
    if (j->count == 0)
        return err_set(e, "a file, a folder or an archive is needed");
    if (j->out == NULL && !j->facts && j->json == NULL)
        return err_set(e, "-o CLUSTER.lua is needed, or --facts");
    if (j->out != NULL && j->facts)
        return err_set(e, "--facts writes no cluster: without -o");
    if (j->name != NULL && !site_check_name(j->name, e))
        return err_prefix(e, "--name");
    if (j->out != NULL && !site_can_write(j->out, j->force, e))
        return false;
    return j->json == NULL || sys_can_write(j->json, e) || err_prefix(e, "--json");
}

static bool read_all(const struct job *j, struct recognised *r, struct err *e)
{
    for (int i = 0; i < j->count; i++) {
        if (!recognise_path(r, j->paths[i], e))
            return false;
    }
    return true;
}

static bool is_clean(const struct recognised *r, struct err *e)
{
    uint32_t bad = 0;
    for (uint32_t i = 0; i < r->count; i++)
        bad += r->rows[i].bad > 0;
    if (bad + r->as[RECOGNISED_UNKNOWN] + r->as[RECOGNISED_REFUSED] == 0)
        return true;
    return err_set(e, "--strict: %u damaged or refused, %u not recognised: nothing is written", bad,
                   r->as[RECOGNISED_UNKNOWN]);
}

static bool write_json(const struct job *j, const struct recognised *r, const struct site *site,
                       struct err *e)
{
    struct sys_text text;
    if (j->json == NULL)
        return true;
    FILE *out = sys_text_open(&text);
    fputs("{\"files\":", out);
    listing_json(out, r);
    fputs(",\"site\":", out);
    if (site == NULL || !site_json(site, out))
        fputs("null", out);
    fputs("}\n", out);
    return output_end(out, &text, j->json, e) || err_prefix(e, "--json");
}

static bool write_site(const struct job *j, const struct site *site, FILE *out, struct err *e)
{
    struct site_replaced gone;
    if (j->out == NULL)
        return true;
    if (!site_write(site, j->out, j->force, &gone, e))
        return false;
    if (gone.blobs > 0)
        fprintf(out, "%s of certificates and lists of an earlier import removed\n",
                COUNTED_OF(gone.blobs, "file"));
    if (gone.phones)
        fputs("phones of an earlier import removed: this one has none\n", out);
    return true;
}

static bool make_site(const struct job *j, const struct recognised *r, FILE *out, struct err *e)
{
    struct site site;
    bool good = site_of(r->facts, j->name, j->today_s, &site, e);
    if (good) {
        site_print(&site, out);
        good = write_site(j, &site, out, e) && write_json(j, r, &site, e);
    }
    site_free(&site);
    return good;
}

static bool tell(const struct job *j, const struct recognised *r, FILE *out, FILE *problems,
                 struct err *e)
{
    listing_notes(problems, r);
    if (r->as[RECOGNISED] == 0)
        return listing_summary(problems, r), err_set(e, "nothing was recognised");
    if (j->strict && !is_clean(r, e))
        return listing_summary(problems, r), false;
    if (j->facts)
        return listing_facts(out, r->facts), write_json(j, r, NULL, e);
    FILE *words = j->json != NULL && sys_is_stdout(j->json) ? problems : out;
    listing_summary(words, r);
    return make_site(j, r, words, e);
}

static bool run(const struct job *j, FILE *out, FILE *problems, struct err *e)
{
    struct facts facts;
    struct recognised r;
    facts_init(&facts, &sys_mem);
    recognise_begin(&r, &facts, &unpack_usual);
    bool good = read_all(j, &r, e) && tell(j, &r, out, problems, e);
    recognise_free(&r);
    facts_free(&facts);
    return good;
}

int cmd_import(int argc, char *const *argv, FILE *out, FILE *problems)
{
    struct arena arena = arena_of(&sys_mem);
    struct job j = { .out = NULL };
    struct options o = reader(&j);
    struct err e = { "" };
    j.paths = arena_take(&arena, ((size_t)argc + 1) * sizeof *j.paths);
    o.words = j.paths;
    o.most = argc;
    bool good = options_read(&o, argc, argv, &e) && today(&j.today_s, &e);
    j.count = o.found;
    if (good && j.kinds)
        listing_kinds(out);
    else
        good = good && check(&j, &e) && run(&j, out, problems, &e);
    if (!good)
        fprintf(problems, "cucmlab import: %s\n", e.text);
    arena_free(&arena);
    return good ? EXIT_GOOD : EXIT_INPUT;
}
