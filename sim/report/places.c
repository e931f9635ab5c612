#include "sim/report/places.h"

#include "sim/base/rng.h"
#include "sim/base/sys.h"
#include "sim/report/fmt.h"

#include <stdlib.h>
#include <string.h>

#define PLACES_SHOWN 20

static const struct {
    const char *title, *of_one, *key;
} kinds[PLACE_KINDS] = {
    [PLACE_POOL] = { "Device pool", "pool", "pools" },
    [PLACE_MODEL] = { "Model", "model", "models" },
    [PLACE_GROUP] = { "CallManager group", "group", "groups" },
};

/* ---- finding ---- */

/* A group that was made for a pool has that pool's name, which says nothing to whoever knows the
 * real one: its nodes do. */
static const char *group_name(const struct cluster *cl, uint16_t group, char nodes[CLUSTER_NAME])
{
    const struct group *g = &cl->db.groups[group];
    uint16_t pool;
    size_t n = 0;
    if (!config_find_pool(cl, g->name, &pool) || cl->db.pools[pool].group != group)
        return g->name;
    nodes[0] = '\0';
    for (uint32_t i = 0; i < g->count && n < CLUSTER_NAME; i++)
        n += (size_t)snprintf(nodes + n, CLUSTER_NAME - n, "%s%s", i == 0 ? "" : ", ",
                              cl->nodes[g->members[i]].disk.name);
    return n < CLUSTER_NAME ? nodes : g->name;
}

void places_name(const struct report *r, enum place_kind kind, uint32_t phone,
                 char out[2 * CLUSTER_NAME])
{
    const struct lab *lab = r->lab;
    const struct cluster *cl = lab_listed_in(lab, phone);
    const struct device_class *class = cl == NULL ? NULL : config_class_of(cl, phone);
    const char *cluster = lab->state.cluster_count > 1 && cl != NULL ? cl->name : "";
    const char *name = "(in no database)";
    char nodes[CLUSTER_NAME];
    if (kind == PLACE_MODEL)
        cluster = "", name = model_table[lab->state.phones[phone].model].product;
    else if (class != NULL)
        name = kind == PLACE_POOL ? cl->db.pools[class->pool].name
                                  : group_name(cl, cl->db.pools[class->pool].group, nodes);
    snprintf(out, 2 * CLUSTER_NAME, "%s%s%s", cluster, cluster[0] == '\0' ? "" : "/", name);
}

static struct place *place_for(struct places *p, struct table *index, const char *name)
{
    uint64_t key = rng_mix(rng_hash(1, view_str(name))) | 1;
    uint32_t at = 0, i;
    while (table_next(index, key, &at, &i)) {
        if (strcmp(p->list[i].name, name) == 0)
            return &p->list[i];
    }
    mem_reserve(&sys_mem, (void **)&p->list, &p->cap, (size_t)p->count + 1, sizeof *p->list);
    table_add(index, key, p->count);
    struct place *new = &p->list[p->count++];
    memset(new, 0, sizeof *new);
    snprintf(new->name, sizeof new->name, "%s", name);
    return new;
}

static int worst_first(const void *x, const void *y)
{
    const struct place *a = x, *b = y;
    if (a->hands != b->hands)
        return a->hands < b->hands ? 1 : -1;
    if (a->lost != b->lost)
        return a->lost < b->lost ? 1 : -1;
    return strcmp(a->name, b->name);
}

void places_find(const struct report *r, enum place_kind kind, struct places *out)
{
    struct table index = table_of(&sys_mem);
    char name[2 * CLUSTER_NAME], before[2 * CLUSTER_NAME] = "";
    struct place *p = NULL;
    memset(out, 0, sizeof *out);
    for (uint32_t i = 0; i < r->phones; i++) {
        struct lab_loss loss;
        places_name(r, kind, i, name);
        if (p == NULL || strcmp(name, before) != 0)
            p = place_for(out, &index, name);
        memcpy(before, name, sizeof before);
        p->phones++;
        p->hands += losses_need_hands(r->in.losses, i);
        if (losses_of(r->in.losses, i, &loss)) {
            p->lost++;
            p->lost_now += loss.open != 0;
        }
    }
    table_free(&index);
    if (out->count > 0)
        qsort(out->list, out->count, sizeof *out->list, worst_first);
}

void places_free(struct places *p)
{
    mem_free(&sys_mem, p->list);
    memset(p, 0, sizeof *p);
}

/* ---- text ---- */

static void put_row(FILE *out, const struct place *p)
{
    char phones[FMT_ROOM], lost[FMT_ROOM], now[FMT_ROOM], hands[FMT_ROOM];
    fmt_first(out, p->name[0] == '\0' ? "(none)" : p->name, 44);
    fprintf(out, " %9s %9s %9s %11s\n", count_print(p->phones, phones), count_print(p->lost, lost),
            count_print(p->lost_now, now), count_print(p->hands, hands));
}

void places_print(FILE *out, const struct report *r)
{
    if (r->said->lost == 0 && r->said->need_hands == 0)
        return;
    for (int k = 0; k < PLACE_KINDS; k++) {
        struct places p;
        places_find(r, (enum place_kind)k, &p);
        if (p.count > 1)
            fprintf(out, "%-44s %9s %9s %9s %11s\n", kinds[k].title, "Phones", "Lost some",
                    "Lost now", "Need hands");
        for (uint32_t i = 0; i < p.count && i < PLACES_SHOWN && p.count > 1; i++)
            put_row(out, &p.list[i]);
        if (p.count > PLACES_SHOWN)
            fprintf(out, "and %s more (--json has all)\n",
                    COUNTED_OF(p.count - PLACES_SHOWN, kinds[k].of_one));
        if (p.count > 1)
            fputc('\n', out);
        places_free(&p);
    }
}

/* ---- JSON ---- */

void places_json(cJSON *root, const struct report *r)
{
    cJSON *by = cJSON_AddObjectToObject(root, "by");
    for (int k = 0; k < PLACE_KINDS; k++) {
        struct places p;
        places_find(r, (enum place_kind)k, &p);
        cJSON *list = cJSON_AddArrayToObject(by, kinds[k].key);
        for (uint32_t i = 0; i < p.count; i++) {
            cJSON *o = cJSON_CreateObject();
            cJSON_AddStringToObject(o, "name", p.list[i].name);
            cJSON_AddNumberToObject(o, "phones", p.list[i].phones);
            cJSON_AddNumberToObject(o, "lost_something", p.list[i].lost);
            cJSON_AddNumberToObject(o, "lost_now", p.list[i].lost_now);
            cJSON_AddNumberToObject(o, "need_hands", p.list[i].hands);
            cJSON_AddItemToArray(list, o);
        }
        places_free(&p);
    }
}
