/* What preflight writes with --json (docs/preflight.schema.json) against what is planted: each
 * fault is found, about those whom it is about, and where none of a kind is planted none is found.
 */
#include "tests/site/check.h"

#include <cjson/cJSON.h>
#include <string.h>

enum names {
    NONE,   /* it is found, whomever it names */
    NODES,  /* its nodes are among those named */
    PHONES, /* so many phones are counted, and those named are these */
    PAGES   /* phones whose pages there are, are named, if only as what nobody can know, and nobody
             * who holds what his TFTP serves */
};

static const struct {
    const char *fault, *check;
    enum names names;
} rows[] = {
    { "tvs-runs-old", "service-old", NODES },
    { "tvs-stopped", "tvs-stopped", NODES },
    { "certificate-ends", "certificate-ending", NONE },
    { "trust-differs", "trust-differs", NONE },
    { "replication", "replication", NODES },
    { "subject-twice", "subject-twice", NONE },
    { "backup-old", "backup", NONE },
    { "itlrecovery-small", "itlrecovery-small", NONE },
    { "rollback-on", "rollback", NONE },
    { "web-off", "web-off", PHONES },
    { "no-sbd", "no-sbd", PHONES },
    { "itl-large", "itl-size", NONE },
    { "group-of-one", "group-of-one", NONE },
    { "other-tftp", "lists-held", PAGES },
    { "stale", "lists-held", PAGES },
    { "unknown-list", "lists-held", PAGES },
    { "off-long", "off-long", PHONES },
    { "tls-minimum", "tls-minimum", NONE },
};

#define ROWS (sizeof rows / sizeof *rows)

static const char *text_of(const cJSON *o, const char *key)
{
    const cJSON *v = cJSON_GetObjectItemCaseSensitive(o, key);
    return cJSON_IsString(v) ? v->valuestring : "";
}

static bool has_text(const cJSON *list, const char *text)
{
    const cJSON *v;
    cJSON_ArrayForEach(v, list)
    {
        if (cJSON_IsString(v) && strcmp(v->valuestring, text) == 0)
            return true;
    }
    return false;
}

/* A warning or a failure of that check, or what nobody can know of it. */
static bool is_told(const cJSON *finding, const char *check)
{
    return strcmp(text_of(finding, "check"), check) == 0 &&
           strcmp(text_of(finding, "severity"), "pass") != 0;
}

/* A warning or a failure. */
static bool is_found(const cJSON *finding, const char *check)
{
    return is_told(finding, check) && strcmp(text_of(finding, "severity"), "cannot-know") != 0;
}

static bool is_named(const cJSON *findings, const char *check, const char *key, const char *who)
{
    const cJSON *f;
    cJSON_ArrayForEach(f, findings)
    {
        if (is_told(f, check) && has_text(cJSON_GetObjectItemCaseSensitive(f, key), who))
            return true;
    }
    return false;
}

static const struct truth_phone *phone_of(const struct truth *t, const char *name)
{
    for (uint32_t i = 0; i < t->phone_count; i++) {
        if (strcmp(t->phones[i].name, name) == 0)
            return &t->phones[i];
    }
    return NULL;
}

static bool shows_its_list(const struct truth *t, const char *name)
{
    const struct truth_phone *p = phone_of(t, name);
    return p != NULL && p->page && model_rows[p->model].itl_page;
}

/* How many phones findings of that check count, and whether each that they name is one of these. */
static bool counts(const cJSON *findings, const char *check, const cJSON *about, FILE *out)
{
    const cJSON *f, *name;
    int counted = 0;
    bool good = true;
    cJSON_ArrayForEach(f, findings)
    {
        if (!is_found(f, check))
            continue;
        counted += (int)cJSON_GetNumberValue(cJSON_GetObjectItemCaseSensitive(f, "phones"));
        cJSON_ArrayForEach(name, cJSON_GetObjectItemCaseSensitive(f, "phone_names"))
        {
            if (!has_text(about, name->valuestring)) {
                fprintf(out, "%s names %s\n", check, name->valuestring);
                good = false;
            }
        }
    }
    if (counted != cJSON_GetArraySize(about)) {
        fprintf(out, "%s: %d phones, not %d\n", check, counted, cJSON_GetArraySize(about));
        good = false;
    }
    return good;
}

static bool names_them(const struct truth *t, const cJSON *findings, size_t row, const cJSON *about,
                       FILE *out)
{
    bool good = true;
    const cJSON *who;
    cJSON_ArrayForEach(who, about)
    {
        const char *name = who->valuestring;
        bool wanted =
            rows[row].names == NODES || (rows[row].names == PAGES && shows_its_list(t, name));
        if (wanted && !is_named(findings, rows[row].check,
                                rows[row].names == NODES ? "nodes" : "phone_names", name)) {
            fprintf(out, "%s: %s does not name %s\n", rows[row].fault, rows[row].check, name);
            good = false;
        }
    }
    return good;
}

/* It holds what it is served, and that was made while it was there to take it. */
static bool is_well(const struct truth *t, const struct truth_phone *p)
{
    bool was_there = p->on || p->since_s >= t->lists[p->itl].made_s;
    return p->itl == t->nodes[t->pools[p->pool].tftp].itl && was_there;
}

static bool none_that_is_well(const struct truth *t, const cJSON *findings, const char *check,
                              FILE *out)
{
    const cJSON *f, *name;
    bool good = true;
    cJSON_ArrayForEach(f, findings)
    {
        if (!is_found(f, check))
            continue;
        cJSON_ArrayForEach(name, cJSON_GetObjectItemCaseSensitive(f, "phone_names"))
        {
            const struct truth_phone *p = phone_of(t, name->valuestring);
            if (p == NULL || is_well(t, p)) {
                fprintf(out, "%s names %s\n", check, name->valuestring);
                good = false;
            }
        }
    }
    return good;
}

static bool is_any(const cJSON *findings, const char *check)
{
    const cJSON *f;
    cJSON_ArrayForEach(f, findings)
    {
        if (is_found(f, check))
            return true;
    }
    return false;
}

/* The fault of that name in the truth, NULL: it is not planted. */
static const cJSON *planted(const cJSON *truth, const char *fault)
{
    const cJSON *f;
    cJSON_ArrayForEach(f, cJSON_GetObjectItemCaseSensitive(truth, "faults"))
    {
        if (strcmp(text_of(f, "fault"), fault) == 0)
            return f;
    }
    return NULL;
}

static bool is_asked_for(const cJSON *truth, const char *check)
{
    for (size_t i = 0; i < ROWS; i++) {
        if (strcmp(rows[i].check, check) == 0 && planted(truth, rows[i].fault) != NULL)
            return true;
    }
    return false;
}

static bool check_row(const struct truth *t, const cJSON *truth, const cJSON *findings, size_t row,
                      FILE *out)
{
    const cJSON *fault = planted(truth, rows[row].fault);
    bool found = is_any(findings, rows[row].check), asked = is_asked_for(truth, rows[row].check);
    /* Phones without any list are none of the faults, and are told all the same. */
    if (rows[row].names == PAGES && !none_that_is_well(t, findings, rows[row].check, out))
        return false;
    if (rows[row].names == PAGES ? asked && !found : asked != found) {
        fprintf(out, "%s: %s\n", rows[row].check, found ? "found, not planted" : "not found");
        return false;
    }
    if (fault == NULL)
        return true;
    const cJSON *about = cJSON_GetObjectItemCaseSensitive(fault, "about");
    if (rows[row].names == PHONES)
        return counts(findings, rows[row].check, about, out);
    return names_them(t, findings, row, about, out);
}

bool check_preflight(const struct truth *t, uint32_t shapes, const char *path, FILE *out)
{
    (void)shapes;
    struct arena a = arena_of(&sys_mem);
    struct err e = { "" };
    struct view text;
    bool good = sys_read_file(path, 64u << 20, &a, &text, &e);
    cJSON *root = good ? cJSON_ParseWithLength((const char *)text.p, text.n) : NULL;
    const cJSON *findings = cJSON_GetObjectItemCaseSensitive(root, "findings");
    cJSON *truth = cJSON_CreateObject();
    truth_faults(t, truth);
    good = cJSON_IsArray(findings);
    if (!good)
        fprintf(out, "%s: no findings %s\n", path, e.text);
    for (size_t i = 0; i < ROWS && cJSON_IsArray(findings); i++)
        good = check_row(t, truth, findings, i, out) && good;
    cJSON_Delete(truth);
    cJSON_Delete(root);
    arena_free(&a);
    return good;
}
