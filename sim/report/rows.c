#include "sim/report/rows.h"

#include "sim/base/sys.h"
#include "sim/report/fmt.h"

#include <cjson/cJSON.h>
#include <stdlib.h>
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
    for (uint32_t i = 0; i < v->elsewhere_count && n < ROWS_TEXT; i++)
        n += (size_t)snprintf(out + n, ROWS_TEXT - n, "%s%s%s at home in %s", i == 0 ? "; " : ", ",
                              COUNTED(v->elsewhere[i].phones),
                              i > 0                         ? ""
                              : v->elsewhere[0].phones == 1 ? " of the phones is"
                                                            : " of the phones are",
                              v->elsewhere[i].cluster);
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
    for (uint32_t i = 0; i < count; i++)
        other -= files[i].phones.elsewhere_bent; /* counted where they are at home */
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

/* "simulated as they are: 40 Cisco 7841, 31 Cisco 8841, ...". */
static void print_simple(FILE *out, const struct inventory_type *const *list, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        fprintf(out, "%s%s %s", i == 0 ? "  simulated as they are: " : ", ", COUNTED(list[i]->rows),
                list[i]->type);
    if (count > 0)
        fputc('\n', out);
}

/* The most rows first, then by name. */
static int most_first(const void *x, const void *y)
{
    const struct inventory_type *a = *(const struct inventory_type *const *)x;
    const struct inventory_type *b = *(const struct inventory_type *const *)y;
    if (a->rows != b->rows)
        return a->rows < b->rows ? 1 : -1;
    int by = strcmp(a->type, b->type);
    return by != 0 ? by : a->line < b->line ? -1 : a->line > b->line;
}

/* Those of one fate that have rows, in an array that the caller frees. */
static const struct inventory_type **sorted(const struct inventory *v, enum inventory_fate fate,
                                            uint32_t *count)
{
    const struct inventory_type **list = mem_take(&sys_mem, (v->type_count + 1) * sizeof *list);
    *count = 0;
    for (uint32_t i = 0; i < v->type_count; i++) {
        if (v->types[i].fate == fate && v->types[i].rows > 0)
            list[(*count)++] = &v->types[i];
    }
    if (*count > 0)
        qsort(list, *count, sizeof *list, most_first);
    return list;
}

/* How things were taken that the file does not say; bad rows are told when it is read. */
static void print_notes(FILE *out, const struct inventory *v)
{
    for (uint32_t i = 0; i < v->note_count; i++) {
        if (!v->notes[i].bad)
            fprintf(out, "  line %u: %s\n", v->notes[i].line, v->notes[i].text);
    }
}

/* Phones that stand in several files. */
static void print_elsewhere(FILE *out, const struct inventory *v)
{
    if (v->elsewhere_count > 0)
        fputs(
            "  a phone of several files is one phone, in each of their databases; its home is the "
            "cluster whose `phones` comes first in the scenario\n",
            out);
    if (v->elsewhere_models > 0)
        fprintf(out,
                "  of these %s %s another model at home than here, which is the one simulated\n",
                COUNTED(v->elsewhere_models), v->elsewhere_models == 1 ? "has" : "have");
}

static void print_file(FILE *out, const struct inventory_file *f)
{
    char line[ROWS_TEXT];
    fprintf(out, "Inventory of %s: %s\n  %s\n", f->cluster[0] == '\0' ? "no cluster" : f->cluster,
            f->path, rows_line(&f->phones, line));
    if (f->pools_path != NULL)
        fprintf(out, "  pools: %s\n", f->pools_path);
    for (int fate = ROWS_LEFT_OUT; fate >= ROWS_SIMULATED; fate--) {
        uint32_t n;
        const struct inventory_type **list = sorted(&f->phones, (enum inventory_fate)fate, &n);
        for (uint32_t i = 0; i < n && fate != ROWS_SIMULATED; i++)
            print_type(out, list[i]);
        if (fate == ROWS_SIMULATED)
            print_simple(out, list, n);
        mem_free(&sys_mem, list);
    }
    print_elsewhere(out, &f->phones);
    print_notes(out, &f->phones);
    fputc('\n', out);
}

void rows_print(FILE *out, const struct inventory_file *files, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        print_file(out, &files[i]);
}

/* ---- when a file is read ---- */

#define BAD_SHOWN 3 /* rows of one kind */

/* The first rows of a kind, from note `first` on, and how many more there are. */
static void tell_kind(FILE *out, const struct inventory_file *f, uint32_t first)
{
    const struct inventory_note *notes = f->phones.notes;
    uint32_t count = 0, last = 0;
    for (uint32_t i = first; i < f->phones.note_count; i++) {
        if (notes[i].kind == NULL || strcmp(notes[i].kind, notes[first].kind) != 0)
            continue;
        if (count++ < BAD_SHOWN)
            fprintf(out, "%s:%u: %s (row left out)\n", f->path, notes[i].line, notes[i].text);
        last = notes[i].line;
    }
    if (count > BAD_SHOWN)
        fprintf(out, "%s: %s: %s more, the last in line %u (rows left out)\n", f->path,
                notes[first].kind, COUNTED(count - BAD_SHOWN), last);
}

static bool is_first_of_kind(const struct inventory *v, uint32_t note)
{
    for (uint32_t i = 0; i < note; i++) {
        if (v->notes[i].kind != NULL && strcmp(v->notes[i].kind, v->notes[note].kind) == 0)
            return false;
    }
    return true;
}

void rows_tell(FILE *out, const struct inventory_file *f)
{
    const struct inventory *v = &f->phones;
    uint32_t bad = 0;
    char line[ROWS_TEXT];
    for (uint32_t i = 0; i < v->note_count; i++) {
        bad += v->notes[i].bad;
        if (v->notes[i].bad && is_first_of_kind(v, i))
            tell_kind(out, f, i);
    }
    if (v->fates[ROWS_LEFT_OUT] > bad)
        fprintf(out, "%s: %s more left out\n", f->path,
                COUNTED_OF(v->fates[ROWS_LEFT_OUT] - bad, "row"));
    for (uint32_t i = 0; i < v->note_count; i++) {
        if (!v->notes[i].bad)
            fprintf(out, "%s:%u: %s\n", f->path, v->notes[i].line, v->notes[i].text);
    }
    if (v->total > 0)
        fprintf(out, "%s: %s\n", f->path, rows_line(v, line));
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
    cJSON *homes = cJSON_AddObjectToObject(o, "at_home_elsewhere");
    for (uint32_t i = 0; i < f->phones.elsewhere_count; i++)
        cJSON_AddNumberToObject(homes, f->phones.elsewhere[i].cluster,
                                f->phones.elsewhere[i].phones);
    cJSON *types = cJSON_AddArrayToObject(o, "types");
    for (uint32_t i = 0; i < f->phones.type_count; i++) {
        if (f->phones.types[i].rows > 0)
            cJSON_AddItemToArray(types, json_type(&f->phones.types[i]));
    }
    cJSON *notes = cJSON_AddArrayToObject(o, "notes");
    for (uint32_t i = 0; i < f->phones.note_count; i++) {
        cJSON *note = cJSON_CreateObject();
        cJSON_AddNumberToObject(note, "line", f->phones.notes[i].line);
        cJSON_AddStringToObject(note, "text", f->phones.notes[i].text);
        cJSON_AddBoolToObject(note, "left_out", f->phones.notes[i].bad);
        cJSON_AddItemToArray(notes, note);
    }
    return o;
}

void rows_json(cJSON *root, const struct inventory_file *files, uint32_t count)
{
    cJSON *list = cJSON_AddArrayToObject(root, "inventories");
    for (uint32_t i = 0; i < count; i++)
        cJSON_AddItemToArray(list, json_file(&files[i]));
}
