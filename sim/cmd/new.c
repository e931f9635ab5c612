/* `cucmlab new`: a typical cluster to begin from, where there are no files of a real one. */
#include "sim/cmd/cmd.h"

#include "sim/base/count.h"
#include "sim/base/near.h"
#include "sim/base/sys.h"
#include "sim/lab.h"

#include <string.h>
#include <sys/stat.h>

struct asked {
    const char *name, *version, *subscribers, *phones, *sites, *out;
    bool mixed_mode, force;
};

struct wanted {
    const char *name;
    const struct version *version;
    uint64_t subscribers, phones, sites;
    bool mixed_mode;
};

enum { SUBSCRIBERS_MOST = CLUSTER_NODES - 1, SITES_MOST = 50 };

static const struct option table[] = {
    { "--version", "RELEASE", 1, NULL, offsetof(struct asked, version),
      "of CUCM, \"9.1\", \"12.5(1)SU4\" (default 12.5)" },
    { "--subscribers", "N", 1, NULL, offsetof(struct asked, subscribers),
      "nodes beside the publisher, 0 to 20 (default 2)" },
    { "--phones", "N", 1, NULL, offsetof(struct asked, phones),
      "of all sites together (default 1000)" },
    { "--sites", "N", 1, NULL, offsetof(struct asked, sites),
      "sites, each with a device pool of its own (default 3)" },
    { "--mixed-mode", NULL, 1, NULL, offsetof(struct asked, mixed_mode),
      "the cluster is in mixed mode, and half of the phones register by TLS" },
    { "--name", "NAME", 1, NULL, offsetof(struct asked, name), "of the cluster (default HQ)" },
    { "-o", "FILE", 1, NULL, offsetof(struct asked, out),
      "writes it there (default: standard output)" },
    { "--force", NULL, 1, NULL, offsetof(struct asked, force), "writes over a file that is there" },
};

static struct options reader(struct asked *a)
{
    return (
        struct options){ .table = table, .count = sizeof table / sizeof *table, .of = 1, .to = a };
}

void cmd_new_help(FILE *out)
{
    struct options o = reader(NULL);
    fputs("Usage: cucmlab new [OPTION...]\n  writes a typical cluster.lua to begin from, for "
          "`cucmlab plan`, run and serve\n\nOptions:\n",
          out);
    options_help(&o, out);
    fputs("Exit status: 0 good; 2 usage.\n", out);
}

/* ---- what is wished for ---- */

static bool find_release(const char *text, const struct version **out, struct err *e)
{
    struct near near = near_of(text);
    char hint[NEAR_ROOM];
    *out = version_find(text);
    for (uint32_t i = 0; i < version_count; i++)
        near_try(&near, version_table[i].name);
    return (*out != NULL && (*out)->cucm && (*out)->sbd) ||
           err_set(e, "--version %.60s: a release of CUCM from 8.0 on is expected%s", text,
                   near_text(&near, hint));
}

static bool read_words(const struct asked *a, struct wanted *w, struct err *e)
{
    *w = (struct wanted){ .name = a->name != NULL ? a->name : "HQ",
                          .subscribers = 2,
                          .phones = 1000,
                          .sites = 3,
                          .mixed_mode = a->mixed_mode };
    return find_release(a->version != NULL ? a->version : "12.5", &w->version, e) &&
           (cluster_check_name(w->name, "cluster", e) || err_prefix(e, "--name")) &&
           options_number("--subscribers", a->subscribers, 0, SUBSCRIBERS_MOST, &w->subscribers,
                          e) &&
           options_number("--phones", a->phones, 1, LAB_PHONES_MOST, &w->phones, e) &&
           options_number("--sites", a->sites, 1, SITES_MOST, &w->sites, e);
}

/* ---- writing ---- */

/* What stands on desks of that time, in hundredths. */
static const struct {
    const char *model;
    uint8_t old, new; /* before 10.5, and since */
} mix[] = { { "7945", 40, 0 }, { "7965", 45, 10 }, { "7937", 15, 0 },
            { "7841", 0, 35 }, { "8811", 0, 15 },  { "8845", 0, 40 } };

enum { MIX = sizeof mix / sizeof *mix };

static void put_nodes(FILE *out, const struct wanted *w)
{
    fputs("\"cucm-pub\"", out);
    for (uint64_t i = 1; i <= w->subscribers; i++)
        fprintf(out, ", \"cucm-sub%u\"", (unsigned)i);
}

/* Two subscribers each, in turn; the publisher stands in where there are too few. */
static void put_group(FILE *out, const struct wanted *w, uint64_t site)
{
    unsigned first = w->subscribers == 0 ? 0 : (unsigned)(site % w->subscribers) + 1;
    unsigned second = w->subscribers < 2 ? 0 : first % (unsigned)w->subscribers + 1;
    if (first == 0)
        fputs("{ \"cucm-pub\" }", out);
    else if (second == 0)
        fprintf(out, "{ \"cucm-sub%u\", \"cucm-pub\" }", first);
    else
        fprintf(out, "{ \"cucm-sub%u\", \"cucm-sub%u\" }", first, second);
}

static void put_sites(FILE *out, const struct wanted *w)
{
    for (uint64_t i = 0; i < w->sites; i++) {
        fprintf(out, "hq:group(\"CMG-%u\", ", (unsigned)i + 1);
        put_group(out, w, i);
        fprintf(out, ")\nhq:pool(\"DP-Site%u\", \"CMG-%u\")\n", (unsigned)i + 1, (unsigned)i + 1);
    }
}

/* So many of this model at a site: rounded so that all together are as many as were asked for. */
static uint64_t share(uint64_t phones, uint64_t begins, uint64_t length, uint64_t all)
{
    return phones * (begins + length) / all - phones * begins / all;
}

static void put_phones(FILE *out, const struct wanted *w)
{
    bool old = version_later(version_find("10.5"), w->version);
    for (uint64_t site = 0; site < w->sites; site++) {
        uint64_t at_site = share(w->phones, site, 1, w->sites), before = 0;
        for (int i = 0; i < MIX; i++) {
            uint8_t part = old ? mix[i].old : mix[i].new;
            uint64_t count = share(at_site, before, part, 100);
            before += part;
            if (count == 0)
                continue;
            fprintf(out, "hq:phones { count = %llu, model = \"%s\", pool = \"DP-Site%u\"%s }\n",
                    (unsigned long long)count, mix[i].model, (unsigned)site + 1,
                    w->mixed_mode && i % 2 != 0 ? ", security = \"encrypted\", lsc = true" : "");
        }
    }
}

static void put_mixed_mode(FILE *out, const struct wanted *w)
{
    bool by_tokens = w->version->ctl_signer == OWN_NONE; /* before 10.0: the CTL client alone */
    if (!w->mixed_mode)
        return;
    fprintf(out,
            "settle()\nhq:%s\nfor _, node in ipairs(hq.nodes) do "
            "node:restart(\"TFTP\", "
            "\"CallManager\") end\nsettle()\nhq:reset()\n",
            by_tokens ? "ctl_client(\"mixed-mode\", token { name = \"SAST-1\" }, token { name = "
                        "\"SAST-2\" })"
                      : "ctl(\"mixed-mode\")");
}

static void put_cluster(FILE *out, const struct wanted *w)
{
    fprintf(out,
            "-- %s: a typical cluster, CUCM %s, %s beside the publisher, %s\n"
            "-- Nothing of it was found anywhere: change what is different with you.\n"
            "-- A change for it: cucmlab plan cluster.lua --change renew:all -o page.html\n"
            "local hq = cluster { name = \"%s\", version = \"%s\", domain = \"example.com\",\n"
            "                     nodes = { ",
            w->name, w->version->name, COUNTED_OF(w->subscribers, "subscriber"),
            COUNTED_OF(w->phones, "phone"), w->name, w->version->name);
    put_nodes(out, w);
    fputs(" } }\n\n-- Sites: a CallManager group and a device pool each\n", out);
    put_sites(out, w);
    fputs("\n-- Phones\n", out);
    put_phones(out, w);
    put_mixed_mode(out, w);
    fputs("return hq\n", out);
}

/* A cluster.lua may have been filled in by hand since. */
static bool is_free(const struct asked *a, struct err *e)
{
    struct stat st;
    return a->out == NULL || a->force || lstat(a->out, &st) != 0 ||
           err_set(e, "%s: it is there already; --force replaces it", a->out);
}

int cmd_new(int argc, char *const *argv, FILE *out, FILE *problems)
{
    struct asked a = { .name = NULL };
    struct options o = reader(&a);
    struct wanted w;
    struct err e = { "" };
    struct sys_text text;
    if (!options_read(&o, argc, argv, &e) || !read_words(&a, &w, &e) || !is_free(&a, &e)) {
        fprintf(problems, "cucmlab: new: %s\n", e.text);
        return EXIT_INPUT;
    }
    FILE *f = sys_text_open(&text);
    put_cluster(f, &w);
    fclose(f);
    bool good = true;
    if (a.out == NULL)
        fwrite(text.p, 1, text.n, out);
    else
        good = sys_write_file(a.out, view_of(text.p, text.n), &e);
    sys_text_free(&text);
    if (!good)
        fprintf(problems, "cucmlab: new: %s\n", e.text);
    return good ? EXIT_GOOD : EXIT_INPUT;
}
