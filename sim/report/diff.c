/* What a change of plan changed: two reports of `run --json`, side by side.  The files come from
 * outside: every member is looked for and its type checked. */
#include "sim/base/count.h"
#include "sim/base/sys.h"
#include "sim/report/fmt.h"
#include "sim/report/phones.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <string.h>

#define FILE_MAX (64u << 20)
#define KEYS_MAX 4096 /* lines of one table */

/* ---- reading ---- */

static const char *text_of(const cJSON *o, const char *key)
{
    const cJSON *v = cJSON_GetObjectItemCaseSensitive(o, key);
    return cJSON_IsString(v) ? v->valuestring : "";
}

static double number_of(const cJSON *o, const char *key)
{
    const cJSON *v = cJSON_GetObjectItemCaseSensitive(o, key);
    return cJSON_IsNumber(v) && isfinite(v->valuedouble) ? v->valuedouble : 0;
}

static bool check_report(const cJSON *root, const char *path, struct err *e)
{
    static const struct {
        const char *key;
        bool array;
    } members[] = { { "verdict", false }, { "losses", true },  { "outcomes", true },
                    { "hands", false },   { "params", false }, { "expects", true } };
    if (!cJSON_IsObject(root) || !cJSON_IsNumber(cJSON_GetObjectItemCaseSensitive(root, "format")))
        return err_set(e, "%s: not a report of `cucmlab run --json`: no \"format\"", path);
    if (number_of(root, "format") != REPORT_FORMAT)
        return err_set(e, "%s: format %g, this program reads %d", path, number_of(root, "format"),
                       REPORT_FORMAT);
    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
        const cJSON *v = cJSON_GetObjectItemCaseSensitive(root, members[i].key);
        if (members[i].array ? !cJSON_IsArray(v) : !cJSON_IsObject(v))
            return err_set(e, "%s: no %s \"%s\" in it", path, members[i].array ? "array" : "object",
                           members[i].key);
    }
    return true;
}

static cJSON *load(const char *path, struct err *e)
{
    struct arena a = arena_of(&sys_mem);
    struct view file;
    cJSON *root = NULL;
    if (sys_read_file(path, FILE_MAX, &a, &file, e)) {
        const char *end = NULL;
        root = file.n == 0 ? NULL
                           : cJSON_ParseWithLengthOpts((const char *)file.p, file.n, &end, false);
        if (root == NULL) {
            size_t at = end == NULL ? 0 : (size_t)(end - (const char *)file.p);
            err_set(e, "%s: offset %zu: not JSON", path, at);
        } else if (!check_report(root, path, e)) {
            cJSON_Delete(root);
            root = NULL;
        }
    }
    arena_free(&a);
    return root;
}

/* ---- tables of (name, A, B) ---- */

struct cell {
    char name[160];
    double phones[2], minutes[2];
    bool open[2];
};

struct cells {
    struct cell *cells;
    uint32_t count, cap;
};

static struct cell *cell_for(struct cells *t, const char *name)
{
    for (uint32_t i = 0; i < t->count; i++) {
        if (strcmp(t->cells[i].name, name) == 0)
            return &t->cells[i];
    }
    if (t->count == KEYS_MAX)
        return &t->cells[KEYS_MAX - 1];
    mem_reserve(&sys_mem, (void **)&t->cells, &t->cap, (size_t)t->count + 1, sizeof *t->cells);
    struct cell *c = &t->cells[t->count++];
    snprintf(c->name, sizeof c->name, "%s", name);
    return c;
}

static void add_outcomes(struct cells *t, const cJSON *root, int side)
{
    const cJSON *o;
    cJSON_ArrayForEach(o, cJSON_GetObjectItemCaseSensitive(root, "outcomes"))
    {
        struct cell *c = cell_for(t, text_of(o, "outcome"));
        c->phones[side] += number_of(o, "phones");
    }
}

static void add_losses(struct cells *t, const cJSON *root, int side)
{
    const cJSON *o;
    cJSON_ArrayForEach(o, cJSON_GetObjectItemCaseSensitive(root, "losses"))
    {
        char name[160];
        snprintf(name, sizeof name, "%.40s, %.40s", text_of(o, "outcome"), text_of(o, "function"));
        struct cell *c = cell_for(t, name);
        c->phones[side] += number_of(o, "phones");
        c->minutes[side] += number_of(o, "phone_minutes");
        c->open[side] |= cJSON_IsNull(cJSON_GetObjectItemCaseSensitive(o, "phone_minutes"));
    }
}

static bool differs(double a, double b)
{
    return fabs(a - b) > 0.05;
}

/* "1,250", "-3.5", with `plus` "+1,250": what a file says may be anything. */
static char *figure(double v, bool plus, char out[COUNT_ROOM])
{
    double tenths = floor(fmin(fabs(v), 1e15) * 10 + 0.5);
    uint64_t size = (uint64_t)tenths;
    const char *sign = v < 0 && size > 0 ? "-" : plus ? "+" : "";
    snprintf(out, COUNT_ROOM, "%s%.40s", sign, COUNTED(size / 10));
    if (size % 10 != 0)
        snprintf(out + strlen(out), 4, ".%u", (unsigned)(size % 10));
    return out;
}

#define FIGURE(v) figure((v), false, (char[COUNT_ROOM]){ 0 })
#define CHANGE(v) figure((v), true, (char[COUNT_ROOM]){ 0 })

/* "phone" behind a number as people read it. */
static const char *phones_of(double v)
{
    return v == 1 ? "phone" : "phones";
}

static int print_outcomes(FILE *out, const struct cells *t)
{
    int found = 0;
    for (uint32_t i = 0; i < t->count; i++) {
        const struct cell *c = &t->cells[i];
        if (!differs(c->phones[0], c->phones[1]))
            continue;
        fprintf(out, "%s  %-20s %10s -> %s %s (%s)\n", found++ == 0 ? "By outcome\n" : "", c->name,
                FIGURE(c->phones[0]), FIGURE(c->phones[1]), phones_of(c->phones[1]),
                CHANGE(c->phones[1] - c->phones[0]));
    }
    return found;
}

static int print_losses(FILE *out, const struct cells *t)
{
    int found = 0;
    for (uint32_t i = 0; i < t->count; i++) {
        const struct cell *c = &t->cells[i];
        if (!differs(c->phones[0], c->phones[1]) && !differs(c->minutes[0], c->minutes[1]) &&
            c->open[0] == c->open[1])
            continue;
        fprintf(out, "%s  %-36s %8s -> %s %s (%s), %s -> %s phone-minutes\n",
                found++ == 0 ? "By outcome and function lost\n" : "", c->name, FIGURE(c->phones[0]),
                FIGURE(c->phones[1]), phones_of(c->phones[1]), CHANGE(c->phones[1] - c->phones[0]),
                c->open[0] ? "open" : FIGURE(c->minutes[0]),
                c->open[1] ? "open" : FIGURE(c->minutes[1]));
    }
    return found;
}

/* ---- single values ---- */

static int print_text(FILE *out, const char *label, const char *a, const char *b)
{
    if (strcmp(a, b) == 0)
        return 0;
    fprintf(out, "%s\n  was %s\n  is  %s\n", label, a[0] == '\0' ? "(none)" : a,
            b[0] == '\0' ? "(none)" : b);
    return 1;
}

static int print_params(FILE *out, const cJSON *a, const cJSON *b)
{
    const cJSON *o, *from = cJSON_GetObjectItemCaseSensitive(a, "params");
    const cJSON *to = cJSON_GetObjectItemCaseSensitive(b, "params");
    int found = 0;
    char label[128];
    cJSON_ArrayForEach(o, from)
    {
        snprintf(label, sizeof label, "Parameter %.100s", o->string);
        found += print_text(out, label, text_of(from, o->string), text_of(to, o->string));
    }
    cJSON_ArrayForEach(o, to)
    {
        snprintf(label, sizeof label, "Parameter %.100s", o->string);
        if (cJSON_GetObjectItemCaseSensitive(from, o->string) == NULL)
            found += print_text(out, label, "", text_of(to, o->string));
    }
    return found;
}

static int failed_expects(const cJSON *root)
{
    const cJSON *o;
    int n = 0;
    cJSON_ArrayForEach(o, cJSON_GetObjectItemCaseSensitive(root, "expects"))
    {
        n += !cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(o, "passed"));
    }
    return n;
}

static int print_number(FILE *out, const char *label, double a, double b, const char *unit)
{
    if (!differs(a, b))
        return 0;
    fprintf(out, "%s: %s -> %s%s%s (%s)\n", label, FIGURE(a), FIGURE(b), unit[0] == '\0' ? "" : " ",
            unit, CHANGE(b - a));
    return 1;
}

static const char *yes_no(const cJSON *o, const char *key)
{
    return cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(o, key)) ? "yes" : "no";
}

/* "HQ 8.6 (2 nodes)", one behind the other. */
static void clusters_text(const cJSON *root, char out[1024])
{
    const cJSON *o;
    size_t n = 0;
    out[0] = '\0';
    cJSON_ArrayForEach(o, cJSON_GetObjectItemCaseSensitive(root, "clusters"))
    {
        if (n < 900)
            n += (size_t)snprintf(out + n, 1024 - n, "%s%.60s %.20s (%s node%s)",
                                  n == 0 ? "" : ", ", text_of(o, "name"), text_of(o, "version"),
                                  FIGURE(number_of(o, "nodes")),
                                  number_of(o, "nodes") == 1 ? "" : "s");
    }
}

/* "fleet.csv (3,572 rows, SHA-256 209cf0cc72af)": the same name may hold other phones. */
static void inventories_text(const cJSON *root, char out[1024])
{
    const cJSON *o;
    size_t n = 0;
    out[0] = '\0';
    cJSON_ArrayForEach(o, cJSON_GetObjectItemCaseSensitive(root, "inventories"))
    {
        if (n < 700)
            n += (size_t)snprintf(out + n, 1024 - n, "%s%.200s (%s row%s, SHA-256 %.12s)",
                                  n == 0 ? "" : ", ", text_of(o, "file"),
                                  FIGURE(number_of(o, "rows")),
                                  number_of(o, "rows") == 1 ? "" : "s", text_of(o, "sha256"));
    }
}

/* What a part of both says in one line. */
static int print_line(FILE *out, const char *label, const cJSON *a, const cJSON *b,
                      void (*text)(const cJSON *root, char out[1024]))
{
    char from[1024], to[1024];
    text(a, from);
    text(b, to);
    return print_text(out, label, from, to);
}

static void add_numbers(struct cells *t, const cJSON *o, int side)
{
    const cJSON *v;
    cJSON_ArrayForEach(v, o)
    {
        if (cJSON_IsNumber(v) && v->string != NULL && isfinite(v->valuedouble))
            cell_for(t, v->string)->phones[side] += v->valuedouble;
    }
}

/* What is still to come would cost: functions lost, and what would bring phones back then. */
static int print_to_come(FILE *out, const char *title, const char *key, const cJSON *a,
                         const cJSON *b)
{
    static const char *const parts[] = { "lost", "outcomes" };
    const cJSON *roots[] = { cJSON_GetObjectItemCaseSensitive(a, key),
                             cJSON_GetObjectItemCaseSensitive(b, key) };
    int found = 0;
    for (size_t part = 0; part < sizeof parts / sizeof parts[0]; part++) {
        struct cells t = { NULL, 0, 0 };
        for (int side = 0; side < 2; side++)
            add_numbers(&t, cJSON_GetObjectItemCaseSensitive(roots[side], parts[part]), side);
        for (uint32_t i = 0; i < t.count; i++) {
            const struct cell *c = &t.cells[i];
            if (!differs(c->phones[0], c->phones[1]))
                continue;
            if (found++ == 0)
                fprintf(out, "%s\n", title);
            fprintf(out, "  %-20s %10s -> %s %s (%s)\n", c->name, FIGURE(c->phones[0]),
                    FIGURE(c->phones[1]), phones_of(c->phones[1]),
                    CHANGE(c->phones[1] - c->phones[0]));
        }
        mem_free(&sys_mem, t.cells);
    }
    return found;
}

static int print_all(FILE *out, const cJSON *a, const cJSON *b)
{
    const cJSON *va = cJSON_GetObjectItemCaseSensitive(a, "verdict");
    const cJSON *vb = cJSON_GetObjectItemCaseSensitive(b, "verdict");
    const cJSON *ha = cJSON_GetObjectItemCaseSensitive(a, "hands");
    const cJSON *hb = cJSON_GetObjectItemCaseSensitive(b, "hands");
    struct cells outcomes = { NULL, 0, 0 }, losses = { NULL, 0, 0 };
    int found = print_text(out, "Verdict", text_of(va, "text"), text_of(vb, "text"));
    found += print_text(out, "Scenario", text_of(a, "scenario"), text_of(b, "scenario"));
    found += print_text(out, "Seed", text_of(a, "seed"), text_of(b, "seed"));
    found += print_text(out, "Identity", text_of(a, "identity"), text_of(b, "identity"));
    found += print_line(out, "Clusters", a, b, clusters_text);
    found += print_line(out, "Inventories", a, b, inventories_text);
    found += print_params(out, a, b);
    found += print_number(out, "Phones", number_of(va, "phones"), number_of(vb, "phones"), "");
    add_outcomes(&outcomes, a, 0);
    add_outcomes(&outcomes, b, 1);
    add_losses(&losses, a, 0);
    add_losses(&losses, b, 1);
    found += print_text(out, "At risk", yes_no(va, "at_risk"), yes_no(vb, "at_risk"));
    found += print_to_come(out, "Left alone", "left_alone", a, b);
    found += print_to_come(out, "At the next boot", "next_boot", a, b);
    found += print_outcomes(out, &outcomes);
    found += print_losses(out, &losses);
    found += phones_diff(out, a, b);
    found += print_number(out, "Hands", number_of(ha, "hours"), number_of(hb, "hours"), "hours");
    found += print_number(out, "Expectations that fail", failed_expects(a), failed_expects(b), "");
    sys_mem.resize(NULL, outcomes.cells, 0);
    sys_mem.resize(NULL, losses.cells, 0);
    return found;
}

int report_diff(FILE *out, const char *path_a, const char *path_b, struct err *e)
{
    cJSON *a = load(path_a, e);
    cJSON *b = a == NULL ? NULL : load(path_b, e);
    int found = -1;
    if (b != NULL) {
        struct sys_text text;
        FILE *f = sys_text_open(&text);
        found = print_all(f, a, b);
        if (found == 0)
            fputs("The two runs end the same.\n", f);
        fclose(f);
        fmt_wrapped(out, view_of(text.p, text.n));
        sys_text_free(&text);
    }
    cJSON_Delete(a);
    cJSON_Delete(b);
    return found;
}
