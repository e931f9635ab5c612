#include "sim/report/rows.h"

#include "sim/report/fmt.h"

#include <cjson/cJSON.h>
#include <string.h>

/* ---- in words ---- */

const char *rows_line(const struct inventory *v, char out[ROWS_TEXT])
{
    /* Of one, of several. */
    static const char *const after[ROWS_FATES][2] = {
        { "phone", "phones" },
        { "phone simulated as another model", "phones simulated as another model" },
        { "with nothing to lose", "with nothing to lose" },
        { "left out", "left out" }
    };
    size_t n = (size_t)snprintf(out, ROWS_TEXT, "%s", COUNTED_OF(v->total, "row"));
    const char *between = ": ";
    for (int k = 0; k < ROWS_FATES; k++) {
        if (v->fates[k] == 0 && k != ROWS_SIMULATED)
            continue;
        n += (size_t)snprintf(out + n, ROWS_TEXT - n, "%s%s %s", between, COUNTED(v->fates[k]),
                              after[k][v->fates[k] != 1]);
        between = ", ";
    }
    return out;
}

static uint32_t rows_of(const struct inventory_file *files, uint32_t count,
                        enum inventory_fate fate)
{
    uint32_t rows = 0;
    for (uint32_t i = 0; i < count; i++)
        rows += files[i].phones.fates[fate];
    return rows;
}

const char *rows_verdict(const struct inventory_file *files, uint32_t count, char out[ROWS_TEXT])
{
    uint32_t other = rows_of(files, count, ROWS_AS_OTHER),
             bad = rows_of(files, count, ROWS_LEFT_OUT);
    size_t n = 0;
    out[0] = '\0';
    if (other > 0)
        n = (size_t)snprintf(out, ROWS_TEXT, "%s %s simulated as another model",
                             COUNTED_OF(other, "phone"), other == 1 ? "is" : "are");
    if (bad > 0)
        snprintf(out + n, ROWS_TEXT - n, "%s%s of the inventory %s left out", n > 0 ? ", " : "",
                 COUNTED_OF(bad, "row"), bad == 1 ? "is" : "are");
    return out;
}

/* ---- the text ---- */

static void print_type(FILE *out, const struct inventory_type *t)
{
    char count[FMT_ROOM];
    const char *type = t->type[0] == '\0' ? "(no device type)" : t->type;
    fprintf(out, "  %9s  %-40s ", count_print(t->rows, count), type);
    if (t->fate == ROWS_AS_OTHER)
        fprintf(out, "simulated as %s (%s)\n", model_table[t->model].product, t->why);
    else if (t->fate == ROWS_NOTHING)
        fprintf(out, "nothing to lose: %s\n", t->why);
    else
        fprintf(out, "left out, the first in line %u\n", t->line);
}

/* "simulated as they are: 40 Cisco 7841, 31 Cisco 8841, ...": on lines of at most 100. */
static void print_simple(FILE *out, const struct inventory *v)
{
    size_t column = 0;
    for (uint32_t i = 0; i < v->type_count; i++) {
        const struct inventory_type *t = &v->types[i];
        char count[FMT_ROOM], text[INVENTORY_TYPE + FMT_ROOM];
        if (t->fate != ROWS_SIMULATED || t->rows == 0)
            continue;
        size_t n =
            (size_t)snprintf(text, sizeof text, "%s %s", count_print(t->rows, count), t->type);
        const char *between = column == 0            ? "  simulated as they are: "
                              : column + n + 2 <= 98 ? ", "
                                                     : ",\n  ";
        fprintf(out, "%s%s", between, text);
        column = column == 0 ? 25 + n : between[1] == '\n' ? n + 2 : column + n + 2;
    }
    if (column > 0)
        fputc('\n', out);
}

static void print_file(FILE *out, const struct inventory_file *f)
{
    char line[ROWS_TEXT];
    fprintf(out, "Inventory of %s: %s\n  %s\n", f->cluster[0] == '\0' ? "no cluster" : f->cluster,
            f->path, rows_line(&f->phones, line));
    if (f->pools_path != NULL)
        fprintf(out, "  pools: %s\n", f->pools_path);
    for (int fate = ROWS_LEFT_OUT; fate > ROWS_SIMULATED; fate--) {
        for (uint32_t i = 0; i < f->phones.type_count; i++) {
            if (f->phones.types[i].fate == fate && f->phones.types[i].rows > 0)
                print_type(out, &f->phones.types[i]);
        }
    }
    print_simple(out, &f->phones);
    fputc('\n', out);
}

void rows_print(FILE *out, const struct inventory_file *files, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        print_file(out, &files[i]);
}

/* ---- JSON ---- */

static const char *const fate_names[ROWS_FATES] = { "simulated", "simulated_as_other",
                                                    "nothing_to_lose", "left_out" };

static cJSON *json_type(const struct inventory_type *t)
{
    cJSON *o = cJSON_CreateObject();
    cJSON_AddStringToObject(o, "type", t->type);
    cJSON_AddNumberToObject(o, "rows", t->rows);
    cJSON_AddStringToObject(o, "fate", fate_names[t->fate]);
    if (t->fate == ROWS_SIMULATED || t->fate == ROWS_AS_OTHER)
        cJSON_AddStringToObject(o, "model", model_table[t->model].name);
    if (t->why != NULL)
        cJSON_AddStringToObject(o, "why", t->why);
    cJSON_AddNumberToObject(o, "line", t->line);
    return o;
}

static cJSON *json_file(const struct inventory_file *f)
{
    cJSON *o = cJSON_CreateObject();
    cJSON_AddStringToObject(o, "cluster", f->cluster);
    cJSON_AddStringToObject(o, "file", f->path);
    cJSON_AddStringToObject(o, "sha256", f->sha256);
    if (f->pools_path != NULL)
        cJSON_AddStringToObject(o, "pools", f->pools_path);
    cJSON_AddNumberToObject(o, "rows", f->phones.total);
    for (int k = 0; k < ROWS_FATES; k++)
        cJSON_AddNumberToObject(o, fate_names[k], f->phones.fates[k]);
    cJSON *types = cJSON_AddArrayToObject(o, "types");
    for (uint32_t i = 0; i < f->phones.type_count; i++) {
        if (f->phones.types[i].rows > 0)
            cJSON_AddItemToArray(types, json_type(&f->phones.types[i]));
    }
    return o;
}

void rows_json(cJSON *root, const struct inventory_file *files, uint32_t count)
{
    cJSON *list = cJSON_AddArrayToObject(root, "inventories");
    for (uint32_t i = 0; i < count; i++)
        cJSON_AddItemToArray(list, json_file(&files[i]));
}
