/* The whole verdict of a large fleet: 60,000 phones of 40 models in 400 pools of 6 CallManager
 * groups, where every node holds certificates that are not in service: what is lost, the next boot
 * of every phone, and every restart that lies ahead.
 *
 * Usage: bench_verdict [phones]; default 60000. */
#include "tests/bench/simulation.h"

#include "sim/predict/losses.h"

#define MODELS    40
#define POOLS     400
#define GROUPS    6
#define NODES     4
#define LIMIT_S   3.0
#define RESET_ALL 1000 /* a second */

static const char *const nodes[NODES] = { "pub", "sub1", "sub2", "sub3" };

static void pools(struct lab *lab)
{
    struct err e = { "" };
    for (uint32_t g = 0; g < GROUPS; g++) {
        const char *const members[] = { nodes[g % NODES], nodes[(g + 1 + g / NODES) % NODES] };
        char name[32];
        snprintf(name, sizeof name, "G%u", g);
        must(lab_group(lab, 0, name, members, 2, &e), &e);
    }
    for (uint32_t p = 0; p < POOLS; p++) {
        char name[32], group[32];
        snprintf(name, sizeof name, "P%u", p);
        snprintf(group, sizeof group, "G%u", p % GROUPS);
        must(lab_pool(lab, 0, name, group, &e), &e);
    }
}

/* Models in the order of their table, those that hold a trust list. */
static void fleet(struct lab *lab, uint32_t phones)
{
    struct err e = { "" };
    uint32_t first, model = 0;
    for (uint32_t m = 0; m < MODELS; m++) {
        while (!model_table[model % model_count].itl)
            model++;
        for (uint32_t p = 0; p < POOLS; p++) {
            uint32_t i = m * POOLS + p, all = MODELS * POOLS;
            uint32_t count = phones / all + (i < phones % all);
            char pool[32];
            snprintf(pool, sizeof pool, "P%u", p);
            struct lab_phones_spec spec = { .count = count,
                                            .model = model_table[model % model_count].name,
                                            .pool = pool };
            if (count > 0)
                must(lab_phones(lab, 0, &spec, &first, &e), &e);
        }
        model++;
    }
}

static struct lab *renewed(uint32_t phones)
{
    struct lab_options o = lab_defaults();
    struct err e = { "" };
    uint32_t cluster;
    o.cache_dir = keyring_default_cache();
    struct lab *lab = lab_new(&o);
    struct lab_cluster_spec spec = { "HQ", "12.5", nodes, NODES, "" };
    lab->state.costs[COST_RESET_RATE] = RESET_ALL;
    must(lab_cluster(lab, &spec, &cluster, &e), &e);
    lab_param(lab, 0, PARAM_MAX_SERVING, 3500);
    pools(lab);
    fleet(lab, phones);
    boot(lab);
    lab_step(lab, "renewal");
    for (uint32_t n = 0; n < NODES; n++) {
        must(lab_regenerate(lab, 0, n, OWN_TVS, &e), &e);
        must(lab_regenerate(lab, 0, n, OWN_CALLMANAGER, &e), &e);
    }
    must(lab_regenerate(lab, 0, 0, OWN_ITLRECOVERY, &e), &e);
    settle(lab);
    return lab;
}

int main(int argc, char **argv)
{
    struct lab *lab = renewed(argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 60000);
    struct losses losses;
    char text[VERDICT_TEXT];
    losses_init(&losses, lab);
    double start = seconds();
    const struct verdict *v = losses_verdict(&losses);
    double took_s = seconds() - start;
    verdict_text(v, lab, text);
    printf("%s\n%u phones of %d models in %d pools, %u trials of what lies ahead: %.2f s, limit "
           "%.1f: %s\n",
           text, v->phones, MODELS, POOLS, v->ahead->trials, took_s, LIMIT_S,
           verdict(took_s <= LIMIT_S));
    losses_free(&losses);
    lab_free(lab);
    return 0;
}
