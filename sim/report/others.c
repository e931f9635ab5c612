#include "sim/report/others.h"

#include <cjson/cJSON.h>

/* What was done in a cluster that concerns others, and the words for it. */
typedef void (*told_fn)(void *ctx, const struct cluster *cl, const char *what, const char *text);

static void each_of(const struct cluster *cl, told_fn told, void *ctx)
{
    for (int own = 0; own < OWNS; own++) {
        char what[80];
        if (!cl->done.renewed[own] || own_kinds[own].others == NULL)
            continue;
        snprintf(what, sizeof what, "another %s certificate", own_name((enum own)own));
        told(ctx, cl, what, own_kinds[own].others);
    }
    for (int kind = 0; kind < ACTS; kind++) {
        if (cl->done.act[kind] && act_table[kind]->others != NULL)
            told(ctx, cl, act_table[kind]->words, act_table[kind]->others);
    }
}

void others_each(const struct report *r, told_fn told, void *ctx)
{
    for (uint32_t c = 0; c < r->lab->state.cluster_count; c++)
        each_of(&r->lab->state.clusters[c], told, ctx);
}

/* ---- text ---- */

struct lines {
    FILE *out;
    bool several; /* clusters */
    uint32_t count;
};

static void put_line(void *ctx, const struct cluster *cl, const char *what, const char *text)
{
    struct lines *l = ctx;
    if (l->count++ == 0)
        fputs("Besides phones (told, not simulated):\n", l->out);
    fprintf(l->out, "  %s%s%s: %s\n", l->several ? cl->name : "", l->several ? ", " : "", what,
            text);
}

void others_print(FILE *out, const struct report *r)
{
    struct lines lines = { out, r->lab->state.cluster_count > 1, 0 };
    others_each(r, put_line, &lines);
    if (lines.count > 0)
        fputc('\n', out);
}

/* ---- JSON ---- */

static void add_object(void *ctx, const struct cluster *cl, const char *what, const char *text)
{
    cJSON *o = cJSON_CreateObject();
    cJSON_AddStringToObject(o, "cluster", cl->name);
    cJSON_AddStringToObject(o, "what", what);
    cJSON_AddStringToObject(o, "text", text);
    cJSON_AddItemToArray(ctx, o);
}

void others_json(cJSON *root, const struct report *r)
{
    others_each(r, add_object, cJSON_AddArrayToObject(root, "others"));
}
