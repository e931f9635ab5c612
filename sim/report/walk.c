#include "sim/report/walk.h"

#include "sim/base/sys.h"
#include "sim/report/fmt.h"
#include "sim/report/letter.h"
#include "sim/report/places.h"

#include <stdlib.h>
#include <string.h>

#define POOLS_SHOWN  20
#define MODELS_SHOWN 5 /* of a pool */
#define NAMES_SHOWN  3

/* ---- finding ---- */

/* Phones that have something in common: a pool, or what helps them. */
struct walk_group {
    const char *name;   /* of the pool; the keys */
    const char *why;    /* a factory reset: why no keys do; else NULL */
    uint32_t phones;    /* that need hands */
    uint32_t *by_model; /* by product (report_by_product) */
    uint32_t first[NAMES_SHOWN];
};

struct walk {
    struct arena arena;
    struct walk_group *groups; /* the most phones first, then by name */
    uint32_t count, cap;
    struct table index;
};

static struct walk_group *group_for(struct walk *w, const char *name, const char *why)
{
    uint64_t key = rng_mix(rng_hash(why == NULL ? 1 : 2, view_str(name)) +
                           (why == NULL ? 0 : rng_hash(3, view_str(why)))) |
                   1;
    uint32_t at = 0, i;
    while (table_next(&w->index, key, &at, &i)) {
        struct walk_group *g = &w->groups[i];
        if (strcmp(g->name, name) == 0 && (g->why == NULL) == (why == NULL) &&
            (why == NULL || strcmp(g->why, why) == 0))
            return g;
    }
    mem_reserve(&sys_mem, (void **)&w->groups, &w->cap, (size_t)w->count + 1, sizeof *w->groups);
    table_add(&w->index, key, w->count);
    struct walk_group *g = &w->groups[w->count++];
    size_t room = (model_count + 1) * sizeof *g->by_model;
    *g = (struct walk_group){ .name = arena_text(&w->arena, view_str(name)), .why = why };
    g->by_model = arena_take(&w->arena, room);
    memset(g->by_model, 0, room);
    return g;
}

static int most_first(const void *x, const void *y)
{
    const struct walk_group *a = x, *b = y;
    if (a->phones != b->phones)
        return a->phones < b->phones ? 1 : -1;
    int by = strcmp(a->name, b->name);
    return by != 0 || a->why == NULL || b->why == NULL ? by : strcmp(a->why, b->why);
}

static struct walk find(const struct report *r, bool by_pool)
{
    struct walk w = { .arena = arena_of(&sys_mem), .index = table_of(&sys_mem) };
    const char **why = letter_why_not(r);
    char pool[2 * CLUSTER_NAME];
    for (uint32_t i = 0; i < r->phones; i++) {
        uint8_t model = r->lab->state.phones[i].model;
        if (why[i] != NULL && why[i][0] == '\0')
            continue;
        places_name(r, PLACE_POOL, i, pool);
        struct walk_group *g =
            by_pool          ? group_for(&w, pool, NULL)
            : why[i] == NULL ? group_for(&w, report_keys(model), NULL)
            : why[i] == letter_by_key
                ? group_for(&w, "Settings, Security Configuration: Symmetric Key", why[i])
            : why[i] == letter_by_web ? group_for(&w, report_keys(model), letter_by_web)
                                      : group_for(&w, report_keys(UINT8_MAX), why[i]);
        if (g->phones < NAMES_SHOWN)
            g->first[g->phones] = i;
        g->phones++;
        g->by_model[model]++;
    }
    for (uint32_t i = 0; i < w.count; i++)
        report_by_product(w.groups[i].by_model);
    mem_free(&sys_mem, why);
    if (w.count > 0)
        qsort(w.groups, w.count, sizeof *w.groups, most_first);
    return w;
}

static void end(struct walk *w)
{
    arena_free(&w->arena);
    table_free(&w->index);
    mem_free(&sys_mem, w->groups);
}

/* The model with the most phones behind the `before` that came already, the first of the table
 * among equals; model_count: there is none. */
static uint32_t next_model(const struct walk_group *g, uint32_t before)
{
    uint32_t best = model_count, most = 0;
    uint32_t bound = before < model_count ? g->by_model[before] : UINT32_MAX;
    for (uint32_t m = 0; m < model_count; m++) {
        uint32_t n = g->by_model[m];
        if (n > most && (n < bound || (n == bound && m > before))) {
            best = m;
            most = n;
        }
    }
    return best;
}

/* ---- text ---- */

static uint32_t models_of(const struct walk_group *g)
{
    uint32_t models = 0;
    for (uint32_t m = 0; m < model_count; m++)
        models += g->by_model[m] > 0;
    return models;
}

/* "49 Cisco 7841, 29 Cisco 8845, 86 of 19 other models". */
static void put_models(FILE *out, const struct walk_group *g, uint32_t most)
{
    uint32_t shown = 0, left = g->phones;
    for (uint32_t m = next_model(g, model_count); m < model_count && shown < most;
         m = next_model(g, m)) {
        fprintf(out, "%s%s %s", shown++ == 0 ? "" : ", ", COUNTED(g->by_model[m]),
                model_table[m].product);
        left -= g->by_model[m];
    }
    if (left > 0)
        fprintf(out, ", %s of %s", COUNTED(left), COUNTED_OF(models_of(g) - shown, "other model"));
}

static void put_pool(FILE *out, const struct report *r, const struct walk_group *g)
{
    char device[DEVICE_NAME];
    fprintf(out, "  %s: %s (", g->name, COUNTED_OF(g->phones, "phone"));
    put_models(out, g, MODELS_SHOWN);
    fputs("): ", out);
    for (uint32_t i = 0; i < g->phones && i < NAMES_SHOWN; i++) {
        lab_phone_name(r->lab, g->first[i], device);
        fprintf(out, "%s%s", i == 0 ? "" : ", ", device);
    }
    fputs(g->phones > NAMES_SHOWN ? ", ...\n" : "\n", out);
}

static void put_keys(FILE *out, const struct walk_group *g)
{
    fprintf(out, "  %c%s", g->name[0] - (g->name[0] >= 'a' && g->name[0] <= 'z' ? 'a' - 'A' : 0),
            g->name + 1);
    if (g->why != NULL)
        fprintf(out, " (%s)", g->why);
    fputs(":\n    ", out);
    if (models_of(g) > 1)
        fprintf(out, "%s: ", COUNTED_OF(g->phones, "phone"));
    put_models(out, g, model_count);
    fputc('\n', out);
}

void walk_print(FILE *out, const struct report *r)
{
    if (r->said->need_hands == 0)
        return;
    struct walk pools = find(r, true), keys = find(r, false);
    fputs("Phones to walk to, pool by pool (--csv FILE has every name):\n", out);
    for (uint32_t i = 0; i < pools.count && i < POOLS_SHOWN; i++)
        put_pool(out, r, &pools.groups[i]);
    if (pools.count > POOLS_SHOWN)
        fprintf(out, "  and %s more (--json has all)\n",
                COUNTED_OF(pools.count - POOLS_SHOWN, "pool"));
    fputs("What is pressed there:\n", out);
    for (uint32_t i = 0; i < keys.count; i++)
        put_keys(out, &keys.groups[i]);
    fputc('\n', out);
    end(&pools);
    end(&keys);
}

/* ---- JSON ---- */

static void add_group(cJSON *list, const char *key, const struct walk_group *g)
{
    cJSON *o = cJSON_CreateObject();
    cJSON_AddStringToObject(o, key, g->name);
    if (g->why != NULL)
        cJSON_AddStringToObject(o, "why", g->why);
    cJSON_AddNumberToObject(o, "phones", g->phones);
    cJSON *models = cJSON_AddObjectToObject(o, "models");
    for (uint32_t m = next_model(g, model_count); m < model_count; m = next_model(g, m))
        cJSON_AddNumberToObject(models, model_table[m].product, g->by_model[m]);
    cJSON_AddItemToArray(list, o);
}

static void add_groups(cJSON *to, const struct report *r, bool by_pool)
{
    struct walk w = find(r, by_pool);
    cJSON *list = cJSON_AddArrayToObject(to, by_pool ? "pools" : "pressed");
    for (uint32_t i = 0; i < w.count; i++)
        add_group(list, by_pool ? "pool" : "keys", &w.groups[i]);
    end(&w);
}

void walk_json(cJSON *root, const struct report *r)
{
    cJSON *o = cJSON_AddObjectToObject(root, "walk");
    add_groups(o, r, true);
    add_groups(o, r, false);
}
