/* How long the change page takes of a ten-step plan with four resets of the whole fleet, on the
 * sample site (tests/site) with 60,000 phones, 100 seeds: at most 60 s on two processors and 500
 * KB; and preflight of it: at most 2 s.
 *
 * Usage: bench_plan [phones [seeds]]; default 60000 100.  It runs site and cucmlab of its own build
 * folder. */
#include "tests/bench/command.h"

#define PLAN_LIMIT_S      60.0
#define PREFLIGHT_LIMIT_S 2.0
#define PAGE_LIMIT_KB     500.0
#define ROUNDS            5

/* What preflight finds in the site is mended first, as an administrator would; then the keys are
 * renewed, one after the other. */
static const char change[] =
    "local hq = cluster 'CORP'\n"
    "local pub, tftp = hq:node('cm-pub'), { hq:node('cm-tftp1'), hq:node('cm-tftp2') }\n"
    "local function restart(service) for _, n in ipairs(tftp) do n:restart(service) end end\n"
    "step('Mend', function() hq:node('cm-sub5'):dbreplication('reset') hq:set('rollback', false) "
    "settle() end)\n"
    "step('Backup', function() hq:backup() settle() end)\n"
    "step('CallManager', function() pub:regenerate('CallManager') settle() end)\n"
    "step('Restart TFTP', function() restart('Cisco Tftp') settle() end)\n"
    "step('Reset', function() hq:reset() settle() end)\n"
    "step('TVS', function() pub:regenerate('TVS') settle() end)\n"
    "step('Reset again', function() hq:reset() settle() end)\n"
    "step('CAPF', function() pub:regenerate('CAPF') settle() restart('Cisco Tftp') settle() end)\n"
    "step('Reset for CAPF', function() hq:reset() settle() end)\n"
    "step('Last reset', function() hq:reset() settle() end)\n";

static double page_kb(const char *path)
{
    struct stat st;
    need(stat(path, &st) == 0, path);
    return (double)st.st_size / 1000;
}

static void write_change(const char *path)
{
    FILE *f = fopen(path, "w");
    need(f != NULL && fputs(change, f) >= 0 && fclose(f) == 0, path);
}

int main(int argc, char **argv)
{
    char site[PATH_MAX], program[PATH_MAX], folder[] = "/tmp/bench_plan.XXXXXX";
    char in[64], cluster[64], lua[64], page[64];
    char *phones = argc > 1 ? argv[1] : "60000", *seeds = argc > 2 ? argv[2] : "100";
    struct run r[ROUNDS];
    beside(site, argv[0], "tests/site/site");
    beside(program, argv[0], "cucmlab");
    need(mkdtemp(folder) != NULL, "no folder");
    snprintf(in, sizeof in, "%s/site", folder);
    snprintf(cluster, sizeof cluster, "%s/cluster.lua", folder);
    snprintf(lua, sizeof lua, "%s/change.lua", folder);
    snprintf(page, sizeof page, "%s/page.html", folder);
    run((char *[]){ site, "--phones", phones, "--pages", "2000", in, NULL }, 0);
    run((char *[]){ program, "import", in, "-o", cluster, NULL }, 0);
    write_change(lua);
    for (int i = 0; i < ROUNDS; i++)
        r[i] = run((char *[]){ program, "preflight", cluster, NULL }, 1);
    qsort(r, ROUNDS, sizeof *r, by_wall);
    const struct run *m = &r[ROUNDS / 2];
    struct run p =
        run((char *[]){ program, "plan", cluster, lua, "--seeds", seeds, "-o", page, NULL }, 0);
    double kb = page_kb(page);
    remove_folder(folder);
    bool good = m->wall_s <= PREFLIGHT_LIMIT_S && p.wall_s <= PLAN_LIMIT_S && kb <= PAGE_LIMIT_KB;
    printf("preflight, %s phones: %.2f s (%.2f s of a processor), %.0f MB; at most %.0f s\n",
           phones, m->wall_s, m->processor_s, m->memory_mb, PREFLIGHT_LIMIT_S);
    printf("plan, %s phones, 10 steps, 4 resets of all, %s seeds: %.1f s (%.1f s of a processor), "
           "%.0f MB, page of %.0f KB\n",
           phones, seeds, p.wall_s, p.processor_s, p.memory_mb, kb);
    printf("  at most %.0f s on two processors and %.0f KB: %s\n", PLAN_LIMIT_S, PAGE_LIMIT_KB,
           good ? "good" : "NOT REACHED");
    return good ? 0 : 1;
}
