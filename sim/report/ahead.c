#include "sim/report/ahead.h"

#include "sim/report/fmt.h"

#include <cjson/cJSON.h>

/* In words, and as JSON has it. */
static const struct {
    const char *when, *name;
} standings[STANDINGS] = {
    [STANDS_OFF] = { "When phones that are off boot", "off" },
    [STANDS_UNDER_WAY] = { "When phones that are still under way boot", "under way" },
    [STANDS_UP] = { "At the next boot", "up" },
};

/* Of one phone, of several. */
static const char *const ends[WAY_KINDS][2] = {
    [WAY_NONE] = { "comes back by itself", "come back by themselves" },
    [WAY_BOOT] = { "comes back at its next boot", "come back at their next boot" },
    [WAY_ACTS] = { "comes back after an act on the cluster",
                   "come back after an act on the cluster" },
    [WAY_HANDS] = { "needs hands", "need hands" },
    [WAY_UNKNOWN] = { "does not come back by anything that was tried",
                      "do not come back by anything that was tried" },
};

/* ---- text ---- */

/* "12 phones lose configuration (12), trust list (3).", and below it what brings them back. */
static void put_losses(FILE *out, uint32_t phones, const uint32_t lost[FUNCTIONS],
                       const uint32_t by_way[WAY_KINDS])
{
    char count[FMT_ROOM];
    const char *between = " ";
    fprintf(out, "%s lose%s", COUNTED_OF(phones, "phone"), phones == 1 ? "s" : "");
    for (int f = 0; f < FUNCTIONS; f++) {
        if (lost[f] == 0)
            continue;
        fprintf(out, "%s%s (%s)", between, lab_function_name((enum phone_function)f),
                count_print(lost[f], count));
        between = ", ";
    }
    fputs(".\n", out);
    between = "    ";
    for (int k = 0; k < WAY_KINDS; k++) {
        if (by_way[k] == 0)
            continue;
        fprintf(out, "%s%s %s", between, count_print(by_way[k], count), ends[k][by_way[k] != 1]);
        between = "; ";
    }
}

static void put_example(FILE *out, const struct report *r, uint32_t phone, uint32_t phones)
{
    char name[DEVICE_NAME];
    lab_phone_name(r->lab, phone, name);
    fprintf(out, "; %s %s.\n", phones == 1 ? "it is" : "one of them is", name);
}

static void put_left(FILE *out, const struct report *r)
{
    const struct verdict_left *l = &r->said->left;
    if (l->under_way == 0)
        return;
    fputs("  Left alone until nothing is under way: ", out);
    if (l->phones == 0) {
        fprintf(out, "no phone loses anything%s.\n", r->said->lost_now > 0 ? " more" : "");
        return;
    }
    put_losses(out, l->phones, l->lost, l->by_way);
    put_example(out, r, l->example, l->phones);
}

static void put_boot(FILE *out, const struct report *r, enum standing s)
{
    const struct verdict_boot *b = &r->said->boots[s];
    bool others = s == STANDS_UP && b->all < r->phones;
    if (b->phones == 0)
        return;
    fprintf(out, "  %s%s: ", standings[s].when, others ? " of the others" : "");
    put_losses(out, b->phones, b->lost, b->by_way);
    put_example(out, r, b->example, b->phones);
}

/* With what else does the same. */
static void put_bomb(FILE *out, const struct report *r, uint32_t bomb)
{
    const struct ahead *a = r->said->ahead;
    const struct ahead_bomb *b = &a->bombs[bomb];
    char words[AHEAD_TEXT];
    ahead_words(r->lab, &a->causes[b->cause], words);
    fprintf(out, "  %c%s%s:\n    ", words[0] - 'a' + 'A', words + 1,
            a->causes[b->cause].kind <= AHEAD_DOWN ? "" : ", and a reset");
    put_losses(out, b->phones, b->lost, b->by_way);
    put_example(out, r, b->example, b->phones);
    for (uint32_t i = b->cause + 1; i < a->cause_count; i++) {
        if (a->causes[i].bomb == bomb)
            fprintf(out, "    The same %s.\n", ahead_words(r->lab, &a->causes[i], words));
    }
}

static void put_waiting(FILE *out, const struct report *r)
{
    uint32_t off = r->said->boots[STANDS_OFF].all, way = r->said->left.under_way;
    if (off > 0)
        fprintf(out, "%s %s off", COUNTED_OF(off, "phone"), off == 1 ? "is" : "are");
    if (way > 0)
        fprintf(out, "%s%s %s under way", off > 0 ? ", " : "", COUNTED_OF(way, "phone"),
                way == 1 ? "is" : "are");
    if (off + way > 0)
        fputs(".\n\n", out);
}

void ahead_print(FILE *out, const struct report *r)
{
    static const uint8_t order[STANDINGS] = { STANDS_OFF, STANDS_UNDER_WAY, STANDS_UP };
    put_waiting(out, r);
    if (!verdict_looks_ahead(r->said))
        return;
    fputs("What happens next:\n", out);
    put_left(out, r);
    for (int i = 0; i < STANDINGS; i++)
        put_boot(out, r, (enum standing)order[i]);
    for (uint32_t i = 0; i < r->said->ahead->bomb_count; i++)
        put_bomb(out, r, i);
    fputc('\n', out);
}

/* ---- JSON ---- */

struct sums {
    uint32_t phones, lost[FUNCTIONS], by_way[WAY_KINDS];
};

static void add_sums(cJSON *o, uint32_t phones, const uint32_t lost[FUNCTIONS],
                     const uint32_t by_way[WAY_KINDS])
{
    cJSON_AddNumberToObject(o, "phones", phones);
    cJSON *functions = cJSON_AddObjectToObject(o, "lost");
    for (int f = 0; f < FUNCTIONS; f++) {
        if (lost[f] > 0)
            cJSON_AddNumberToObject(functions, lab_function_name((enum phone_function)f), lost[f]);
    }
    cJSON *by = cJSON_AddObjectToObject(o, "outcomes");
    for (int k = 0; k < WAY_KINDS; k++) {
        if (by_way[k] > 0)
            cJSON_AddNumberToObject(by, way_kind_name((enum way_kind)k), by_way[k]);
    }
}

static void add_to(struct sums *s, const struct verdict_boot *b)
{
    s->phones += b->phones;
    for (int f = 0; f < FUNCTIONS; f++)
        s->lost[f] += b->lost[f];
    for (int k = 0; k < WAY_KINDS; k++)
        s->by_way[k] += b->by_way[k];
}

static void add_cause(cJSON *list, const struct report *r, const struct ahead_cause *c)
{
    static const char *const kinds[AHEAD_KINDS] = { "reset",    "down",
                                                    "service",  "service on all nodes",
                                                    "services", "services on all nodes",
                                                    "node",     "all nodes",
                                                    "day" };
    const struct cluster *cl = &r->lab->state.clusters[c->cluster];
    char words[AHEAD_TEXT];
    cJSON *o = cJSON_CreateObject();
    cJSON_AddStringToObject(o, "kind", kinds[c->kind]);
    cJSON_AddStringToObject(o, "text", ahead_words(r->lab, c, words));
    if (c->kind != AHEAD_DAY && c->kind != AHEAD_RESET)
        cJSON_AddStringToObject(o, "cluster", cl->name);
    if (c->kind == AHEAD_DOWN || c->kind == AHEAD_SERVICE || c->kind == AHEAD_OLD ||
        c->kind == AHEAD_NODE)
        cJSON_AddStringToObject(o, "node", cl->nodes[c->node].disk.name);
    cJSON *services = cJSON_AddArrayToObject(o, "services");
    for (int k = 0; k < SERVICES; k++) {
        if ((c->services & SERVICE_BIT(k)) != 0)
            cJSON_AddItemToArray(services, cJSON_CreateString(service_name((enum service)k)));
    }
    cJSON_AddItemToArray(list, o);
}

static void add_bombs(cJSON *root, const struct report *r)
{
    const struct ahead *a = r->said->ahead;
    cJSON *list = cJSON_AddArrayToObject(root, "ahead");
    for (uint32_t i = 0; i < a->bomb_count; i++) {
        const struct ahead_bomb *b = &a->bombs[i];
        char name[DEVICE_NAME];
        cJSON *o = cJSON_CreateObject();
        add_sums(o, b->phones, b->lost, b->by_way);
        lab_phone_name(r->lab, b->example, name);
        cJSON_AddStringToObject(o, "example", name);
        cJSON_AddBoolToObject(o, "worst", b == ahead_worst(a));
        cJSON *causes = cJSON_AddArrayToObject(o, "causes");
        for (uint32_t k = b->cause; k < a->cause_count; k++) {
            if (a->causes[k].bomb == i)
                add_cause(causes, r, &a->causes[k]);
        }
        cJSON_AddItemToArray(list, o);
    }
}

static void add_left(cJSON *root, const struct report *r)
{
    const struct verdict_left *l = &r->said->left;
    char name[DEVICE_NAME];
    cJSON *o = cJSON_AddObjectToObject(root, "left_alone");
    cJSON_AddNumberToObject(o, "under_way", l->under_way);
    add_sums(o, l->phones, l->lost, l->by_way);
    cJSON_AddNumberToObject(o, "back", l->back);
    if (l->phones == 0)
        return;
    lab_phone_name(r->lab, l->example, name);
    cJSON_AddStringToObject(o, "example", name);
}

void ahead_json(cJSON *root, const struct report *r)
{
    struct sums all = { 0 };
    add_left(root, r);
    for (int s = 0; s < STANDINGS; s++)
        add_to(&all, &r->said->boots[s]);
    cJSON *o = cJSON_AddObjectToObject(root, "next_boot");
    add_sums(o, all.phones, all.lost, all.by_way);
    cJSON *by = cJSON_AddArrayToObject(o, "standings");
    for (int s = 0; s < STANDINGS; s++) {
        const struct verdict_boot *b = &r->said->boots[s];
        char name[DEVICE_NAME];
        cJSON *item = cJSON_CreateObject();
        cJSON_AddStringToObject(item, "standing", standings[s].name);
        cJSON_AddNumberToObject(item, "all", b->all);
        add_sums(item, b->phones, b->lost, b->by_way);
        if (b->phones > 0) {
            lab_phone_name(r->lab, b->example, name);
            cJSON_AddStringToObject(item, "example", name);
        }
        cJSON_AddItemToArray(by, item);
    }
    add_bombs(root, r);
}

/* ---- CSV ---- */

void ahead_csv(const struct report *r,
               void (*row)(void *ctx, uint32_t phone, uint8_t functions, enum way_kind way,
                           const char *when),
               void *ctx)
{
    for (uint32_t i = 0; i < r->phones; i++) {
        struct verdict_phone p = losses_ahead_of(r->in.losses, i);
        uint8_t left = p.left.more | p.left.passing;
        if (left != 0)
            row(ctx, i, left, (enum way_kind)p.left.way, "left alone");
        if (p.boot.more != 0)
            row(ctx, i, p.boot.more, (enum way_kind)p.boot.way, "next boot");
        struct ahead_end end = losses_bombs_of(r->in.losses, i);
        if (end.more != 0)
            row(ctx, i, end.more, (enum way_kind)end.way, "ahead");
    }
}
