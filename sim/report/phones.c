#include "sim/report/phones.h"

#include "sim/base/sys.h"
#include "sim/report/fmt.h"

#include <stdlib.h>
#include <string.h>

/* ---- writing ---- */

/* What phones of one class have in common. */
struct fate {
    /* FSM_BIT of each function lost some time, now; more: left alone, at the next boot, at what
     * lies ahead */
    uint8_t ever, now, left, next, ahead;
    bool hands;
    uint16_t way;
};

static void add_functions(cJSON *to, const char *key, uint8_t functions)
{
    cJSON *list = cJSON_AddArrayToObject(to, key);
    for (int f = 0; f < FUNCTIONS; f++) {
        if ((functions & FSM_BIT(f)) != 0)
            cJSON_AddItemToArray(list,
                                 cJSON_CreateString(lab_function_name((enum phone_function)f)));
    }
}

/* Returns its list of names. */
static cJSON *add_class(cJSON *list, const struct report *r, const struct fate *fate)
{
    char way[WAY_TEXT];
    cJSON *o = cJSON_CreateObject();
    add_functions(o, "lost", fate->ever);
    add_functions(o, "lost_now", fate->now);
    add_functions(o, "left_alone", fate->left);
    add_functions(o, "at_next_boot", fate->next);
    add_functions(o, "ahead", fate->ahead);
    way_name(&r->ways[fate->way], way);
    cJSON_AddStringToObject(o, "outcome", way);
    cJSON_AddBoolToObject(o, "needs_hands", fate->hands);
    cJSON *names = cJSON_AddArrayToObject(o, "names");
    cJSON_AddItemToArray(list, o);
    return names;
}

void phones_json(cJSON *root, const struct report *r)
{
    struct table index = table_of(&sys_mem);
    cJSON **names = NULL, *list = cJSON_AddArrayToObject(root, "phones");
    uint32_t count = 0, cap = 0;
    const struct remedies *remedies = losses_remedies(r->in.losses);
    for (uint32_t i = 0; i < r->phones; i++) {
        struct lab_loss loss;
        char name[DEVICE_NAME];
        bool lost = losses_of(r->in.losses, i, &loss);
        struct verdict_phone p = losses_ahead_of(r->in.losses, i);
        struct fate fate = { .left = p.left.more | p.left.passing,
                             .next = p.boot.more,
                             .ahead = losses_bombs_of(r->in.losses, i).more,
                             .hands = verdict_needs_hands(&p) };
        if (lost) {
            fate.ever = loss.ever;
            fate.now = loss.open;
            fate.way = (uint16_t)(remedies_of(remedies, i) - r->ways);
        }
        if ((fate.ever | fate.left | fate.next | fate.ahead) == 0)
            continue;
        uint64_t key =
            rng_mix(1 + ((uint64_t)fate.way << 48 | (uint64_t)fate.ahead << 40 |
                         (uint64_t)fate.left << 32 | (uint64_t)fate.ever << 24 |
                         (uint64_t)fate.now << 16 | (uint64_t)fate.next << 8 | fate.hands)) |
            1;
        uint32_t *at = table_get(&index, key);
        if (at == NULL) {
            mem_reserve(&sys_mem, (void **)&names, &cap, (size_t)count + 1, sizeof *names);
            names[count] = add_class(list, r, &fate);
            table_put(&index, key, count++);
            at = table_get(&index, key);
        }
        lab_phone_name(r->lab, i, name);
        cJSON_AddItemToArray(names[*at], cJSON_CreateString(name));
    }
    mem_free(&sys_mem, names);
    table_free(&index);
}

/* ---- comparing ---- */

#define NAMES_SHOWN 3

enum mark { MARK_LOST, MARK_NOW, MARK_LEFT, MARK_NEXT, MARK_AHEAD, MARK_HANDS, MARKS };

static const struct {
    const char *begins, *ends;
} words[MARKS] = {
    [MARK_LOST] = { "Newly lost something", "No longer lost anything" },
    [MARK_NOW] = { "Newly lost at the end", "No longer lost at the end" },
    [MARK_LEFT] = { "Newly losing more when left alone", "No longer losing more when left alone" },
    [MARK_NEXT] = { "Newly losing more at the next boot",
                    "No longer losing more at the next boot" },
    [MARK_AHEAD] = { "Newly losing more at what lies ahead",
                     "No longer losing more at what lies ahead" },
    [MARK_HANDS] = { "Newly needing hands", "No longer needing hands" },
};

struct named {
    const char *name; /* of the JSON */
    uint8_t marks;    /* bits of enum mark */
};

struct named_list {
    struct named *list;
    uint32_t count, cap;
};

static bool has_items(const cJSON *o, const char *key)
{
    return cJSON_GetArraySize(cJSON_GetObjectItemCaseSensitive(o, key)) > 0;
}

static int by_name(const void *x, const void *y)
{
    return strcmp(((const struct named *)x)->name, ((const struct named *)y)->name);
}

static void read_names(const cJSON *root, struct named_list *out)
{
    const cJSON *class, *name;
    memset(out, 0, sizeof *out);
    cJSON_ArrayForEach(class, cJSON_GetObjectItemCaseSensitive(root, "phones"))
    {
        bool hands = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(class, "needs_hands"));
        uint8_t marks = (uint8_t)(has_items(class, "lost") << MARK_LOST |
                                  has_items(class, "lost_now") << MARK_NOW |
                                  has_items(class, "left_alone") << MARK_LEFT |
                                  has_items(class, "at_next_boot") << MARK_NEXT |
                                  has_items(class, "ahead") << MARK_AHEAD | hands << MARK_HANDS);
        cJSON_ArrayForEach(name, cJSON_GetObjectItemCaseSensitive(class, "names"))
        {
            if (!cJSON_IsString(name))
                continue;
            mem_reserve(&sys_mem, (void **)&out->list, &out->cap, (size_t)out->count + 1,
                        sizeof *out->list);
            out->list[out->count++] = (struct named){ name->valuestring, marks };
        }
    }
    if (out->count > 0)
        qsort(out->list, out->count, sizeof *out->list, by_name);
}

/* Those that have the mark in `a` and not in `b`; both in order of names. */
static int print_only(FILE *out, const char *title, const struct named_list *a,
                      const struct named_list *b, int mark)
{
    uint32_t found = 0, k = 0;
    const char *names[NAMES_SHOWN];
    for (uint32_t i = 0; i < a->count; i++) {
        if ((a->list[i].marks >> mark & 1) == 0)
            continue;
        while (k < b->count && strcmp(b->list[k].name, a->list[i].name) < 0)
            k++;
        bool there = k < b->count && strcmp(b->list[k].name, a->list[i].name) == 0;
        if (there && (b->list[k].marks >> mark & 1) != 0)
            continue;
        if (found < NAMES_SHOWN)
            names[found] = a->list[i].name;
        found++;
    }
    if (found == 0)
        return 0;
    fprintf(out, "%s: %s:", title, COUNTED_OF(found, "phone"));
    for (uint32_t i = 0; i < found && i < NAMES_SHOWN; i++)
        fprintf(out, "%s %.20s", i == 0 ? "" : ",", names[i]);
    if (found > NAMES_SHOWN)
        fprintf(out, " and %s more", COUNTED(found - NAMES_SHOWN));
    fputc('\n', out);
    return 1;
}

int phones_diff(FILE *out, const cJSON *a, const cJSON *b)
{
    struct named_list from, to;
    int found = 0;
    read_names(a, &from);
    read_names(b, &to);
    for (int m = 0; m < MARKS; m++) {
        found += print_only(out, words[m].begins, &to, &from, m);
        found += print_only(out, words[m].ends, &from, &to, m);
    }
    mem_free(&sys_mem, from.list);
    mem_free(&sys_mem, to.list);
    return found;
}
