#include "sim/inventory.h"

#include "sim/base/sys.h"
#include "sim/wire/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- CSV ---- */

struct csv {
    struct view in;
    size_t at;
    uint32_t line; /* of the next byte */
};

struct csv_row {
    struct view *fields; /* INVENTORY_COLUMNS of them */
    uint32_t count;
    uint32_t line;     /* where it begins */
    const char *fault; /* NULL: well formed */
};

static struct csv csv_of(struct view in)
{
    struct csv c = { in, 0, 1 };
    if (in.n >= 3 && memcmp(in.p, "\xef\xbb\xbf", 3) == 0)
        c.at = 3;
    return c;
}

static int peek(const struct csv *c)
{
    return c->at < c->in.n ? c->in.p[c->at] : -1;
}

static int take(struct csv *c)
{
    int byte = peek(c);
    c->at += byte >= 0;
    c->line += byte == '\n';
    return byte;
}

static bool ends_field(int byte)
{
    return byte < 0 || byte == ',' || byte == '\n' || byte == '\r';
}

/* A quoted field, behind its first quote.  The copy is never longer than what stands there. */
static struct view quoted(struct csv *c, struct arena *a, const char **fault)
{
    size_t start = c->at, n = 0;
    bool doubled = false;
    for (;;) {
        int byte = take(c);
        if (byte < 0) {
            *fault = "the quote that begins here does not end";
            return view_of("", 0);
        }
        if (byte == '"') {
            if (peek(c) != '"')
                break;
            doubled = true;
            take(c);
        }
        n++;
    }
    struct view raw = view_sub(c->in, start, c->at - 1 - start);
    while (!ends_field(peek(c))) {
        *fault = "text behind a closing quote";
        take(c);
    }
    if (!doubled)
        return raw;
    uint8_t *out = arena_take(a, n);
    size_t to = 0;
    for (size_t i = 0; i < raw.n; i++) {
        out[to++] = raw.p[i];
        i += raw.p[i] == '"';
    }
    return view_of(out, to);
}

static struct view bare(struct csv *c)
{
    size_t start = c->at;
    while (!ends_field(peek(c)))
        take(c);
    return view_sub(c->in, start, c->at - start);
}

/* False at the end of the file.  Empty lines are passed over. */
static bool csv_next(struct csv *c, struct arena *a, struct csv_row *row)
{
    while (peek(c) == '\n' || peek(c) == '\r')
        take(c);
    if (peek(c) < 0)
        return false;
    row->count = 0;
    row->fault = NULL;
    row->line = c->line;
    for (;;) {
        struct view field;
        if (peek(c) == '"') {
            take(c);
            field = quoted(c, a, &row->fault);
        } else {
            field = bare(c);
        }
        if (row->count < INVENTORY_COLUMNS)
            row->fields[row->count++] = text_trim(field);
        else
            row->fault = "more than 4096 columns";
        if (peek(c) != ',')
            break;
        take(c);
    }
    return true;
}

/* ---- columns ---- */

enum column { COL_NAME, COL_POOL, COL_TYPE, COL_PROFILE, COL_LOAD, COLUMNS };

static const struct {
    const char *name;
    bool needed;
} columns[COLUMNS] = {
    [COL_NAME] = { "Device Name", true },      [COL_POOL] = { "Device Pool", true },
    [COL_TYPE] = { "Device Type", true },      [COL_PROFILE] = { "Device Security Profile", false },
    [COL_LOAD] = { "Phone Load Name", false },
};

struct reader {
    struct inventory *out;
    const char *path;
    struct csv csv;
    struct csv_row row;
    int64_t at[COLUMNS]; /* -1: no such column */
    struct table names;  /* of the rows so far: hash -> index */
    struct table profiles;
};

static bool find_columns(struct reader *r, struct err *e)
{
    for (int k = 0; k < COLUMNS; k++) {
        r->at[k] = -1;
        for (uint32_t i = 0; i < r->row.count && r->at[k] < 0; i++) {
            if (text_same(r->row.fields[i], columns[k].name))
                r->at[k] = i;
        }
        if (r->at[k] < 0 && columns[k].needed)
            return err_set(e, "%s:%u: no column \"%s\" in the header", r->path, r->row.line,
                           columns[k].name);
    }
    return true;
}

static struct view field(const struct reader *r, enum column k)
{
    if (r->at[k] < 0 || r->at[k] >= r->row.count)
        return view_of("", 0);
    return r->row.fields[r->at[k]];
}

static void add_note(struct inventory *v, uint32_t line, bool bad, struct view text)
{
    v->bad += bad;
    if (v->note_count == INVENTORY_NOTES)
        return;
    mem_reserve(&sys_mem, (void **)&v->notes, &v->note_cap, (size_t)v->note_count + 1,
                sizeof *v->notes);
    v->notes[v->note_count++] = (struct inventory_note){ line, bad, arena_text(&v->arena, text) };
}

/* What stands in the file, fit for a message. */
static const char *shown(struct view v, char out[64])
{
    size_t n = v.n < 60 ? v.n : 60;
    for (size_t i = 0; i < n; i++)
        out[i] = (char)(v.p[i] < 0x20 || v.p[i] == 0x7f ? '?' : v.p[i]);
    out[n] = '\0';
    if (v.n > 60)
        memcpy(out + 57, "...", 3);
    return out;
}

static bool bad_row(struct reader *r, const char *what, struct view value)
{
    char text[200], name[64];
    int n = value.p == NULL ? snprintf(text, sizeof text, "%s", what)
                            : snprintf(text, sizeof text, "%s \"%s\"", what, shown(value, name));
    add_note(r->out, r->row.line, true, view_of(text, (size_t)n));
    return false;
}

/* ---- one row ---- */

static bool copy_field(struct view v, size_t size, char *out)
{
    if (v.n >= size || (v.n != 0 && memchr(v.p, 0, v.n) != NULL))
        return false;
    memset(out, 0, size);
    if (v.n != 0)
        memcpy(out, v.p, v.n);
    return true;
}

static bool contains(struct view v, const char *word)
{
    size_t n = strlen(word);
    for (size_t i = 0; i + n <= v.n; i++) {
        if (text_same(view_sub(v, i, n), word))
            return true;
    }
    return false;
}

/* The export names the profile and not what is in it: taken from its name (assumed), first match
 * wins. */
static const struct {
    const char *word;
    uint8_t mode;
    bool told;
    const char *text;
} profile_words[] = {
    { "non-secure", CNF_NON_SECURE, true, "non-secure" },
    { "nonsecure", CNF_NON_SECURE, true, "non-secure" },
    { "non secure", CNF_NON_SECURE, true, "non-secure" },
    { "encrypt", CNF_ENCRYPTED, false, "encrypted, with an LSC of this cluster" },
    { "authenticat", CNF_AUTHENTICATED, false, "authenticated, with an LSC of this cluster" },
    { "secure", CNF_ENCRYPTED, false, "encrypted, with an LSC of this cluster" },
    { "", CNF_NON_SECURE, false, "non-secure" },
};

static void read_profile(struct reader *r, struct view profile, struct inventory_row *row)
{
    size_t i = 0;
    while (!contains(profile, profile_words[i].word))
        i++; /* the last word is in everything */
    row->security_mode = profile_words[i].mode;
    row->encrypted = contains(profile, "encrypted config");
    if (profile_words[i].told || profile.n == 0)
        return;
    uint64_t key = rng_hash(1, profile) | 1;
    if (table_get(&r->profiles, key) != NULL)
        return;
    table_put(&r->profiles, key, 1);
    char text[300], name[64];
    int n = snprintf(text, sizeof text, "security profile \"%s\" is taken by its name as %s%s",
                     shown(profile, name), profile_words[i].text,
                     row->encrypted ? ", configuration files encrypted" : "");
    add_note(r->out, row->line, false, view_of(text, (size_t)n));
}

static bool is_duplicate(struct reader *r, const char *name)
{
    uint64_t key = rng_hash(2, view_str(name)) | 1;
    uint32_t at = 0, index;
    while (table_next(&r->names, key, &at, &index)) {
        if (strcmp(r->out->rows[index].name, name) == 0)
            return true;
    }
    table_add(&r->names, key, r->out->count);
    return false;
}

static bool read_row(struct reader *r)
{
    struct inventory_row row;
    memset(&row, 0, sizeof row);
    row.line = r->row.line;
    struct view none = { NULL, 0 }, type = field(r, COL_TYPE);
    char model[CLUSTER_NAME];
    if (r->row.fault != NULL)
        return bad_row(r, r->row.fault, none);
    if (field(r, COL_NAME).n == 0)
        return bad_row(r, "no device name", none);
    if (!device_read_name(field(r, COL_NAME), row.name))
        return bad_row(r, "bad device name", field(r, COL_NAME));
    if (field(r, COL_POOL).n == 0)
        return bad_row(r, "no device pool for", field(r, COL_NAME));
    if (!copy_field(field(r, COL_POOL), sizeof row.pool, row.pool))
        return bad_row(r, "device pool too long:", field(r, COL_POOL));
    if (type.n == 0)
        return bad_row(r, "no device type for", field(r, COL_NAME));
    if (!copy_field(type, sizeof model, model) || !model_find(model, &row.model))
        return bad_row(r, "unknown device type", type);
    if (!copy_field(field(r, COL_LOAD), sizeof row.load, row.load))
        return bad_row(r, "phone load name too long:", field(r, COL_LOAD));
    if (is_duplicate(r, row.name))
        return bad_row(r, "second row of", field(r, COL_NAME));
    read_profile(r, field(r, COL_PROFILE), &row);
    mem_reserve(&sys_mem, (void **)&r->out->rows, &r->out->cap, (size_t)r->out->count + 1,
                sizeof *r->out->rows);
    r->out->rows[r->out->count++] = row;
    return true;
}

bool inventory_read(struct view csv, const char *path, struct inventory *out, struct err *e)
{
    *out = (struct inventory){ .arena = arena_of(&sys_mem) };
    struct reader r = { .out = out,
                        .path = path,
                        .csv = csv_of(csv),
                        .names = table_of(&sys_mem),
                        .profiles = table_of(&sys_mem) };
    r.row.fields = arena_take(&out->arena, INVENTORY_COLUMNS * sizeof *r.row.fields);
    bool ok = true;
    if (!csv_next(&r.csv, &out->arena, &r.row))
        ok = err_set(e, "%s: empty: a header with \"Device Name\" was expected", path);
    else if (r.row.fault != NULL)
        ok = err_set(e, "%s:%u: %s", path, r.row.line, r.row.fault);
    ok = ok && find_columns(&r, e);
    while (ok && csv_next(&r.csv, &out->arena, &r.row))
        read_row(&r);
    if (ok && out->count == 0) {
        const char *why = out->note_count == 0 ? "no rows" : out->notes[0].text;
        ok = err_set(e, "%s:%u: no phone in it can be used: %s", path,
                     out->note_count == 0 ? 1 : out->notes[0].line, why);
    }
    table_free(&r.names);
    table_free(&r.profiles);
    return ok;
}

void inventory_free(struct inventory *inventory)
{
    arena_free(&inventory->arena);
    mem_free(&sys_mem, inventory->rows);
    mem_free(&sys_mem, inventory->notes);
    memset(inventory, 0, sizeof *inventory);
}

/* ---- pools ---- */

static bool read_pool(const struct csv_row *row, const char *path, struct inventory_pools *out,
                      struct err *e)
{
    struct inventory_pool pool = { .line = row->line };
    char name[64];
    if (row->fault != NULL)
        return err_set(e, "%s:%u: %s", path, row->line, row->fault);
    if (row->fields[0].n == 0 || !copy_field(row->fields[0], sizeof pool.name, pool.name))
        return err_set(e, "%s:%u: bad pool name \"%s\"", path, row->line,
                       shown(row->fields[0], name));
    for (uint32_t i = 1; i < row->count; i++) {
        struct view v = row->fields[i];
        if (v.n == 0)
            continue; /* spreadsheets pad rows */
        if (pool.count == CNF_SERVERS)
            return err_set(e, "%s:%u: more than %d group members for pool \"%s\"", path, row->line,
                           CNF_SERVERS, pool.name);
        if (!copy_field(v, CLUSTER_NAME, pool.members[pool.count++]))
            return err_set(e, "%s:%u: bad group member \"%s\"", path, row->line, shown(v, name));
    }
    if (pool.count == 0)
        return err_set(e, "%s:%u: no group members for pool \"%s\"", path, row->line, pool.name);
    for (uint32_t i = 0; i < out->count; i++) {
        if (strcmp(out->pools[i].name, pool.name) == 0)
            return err_set(e, "%s:%u: pool \"%s\" stands in line %u already", path, row->line,
                           pool.name, out->pools[i].line);
    }
    mem_reserve(&sys_mem, (void **)&out->pools, &out->cap, (size_t)out->count + 1,
                sizeof *out->pools);
    out->pools[out->count++] = pool;
    return true;
}

bool inventory_read_pools(struct view csv, const char *path, struct inventory_pools *out,
                          struct err *e)
{
    memset(out, 0, sizeof *out);
    struct arena a = arena_of(&sys_mem);
    struct csv c = csv_of(csv);
    struct csv_row row;
    row.fields = arena_take(&a, INVENTORY_COLUMNS * sizeof *row.fields);
    bool ok = true, first = true;
    while (ok && csv_next(&c, &a, &row)) {
        bool header =
            first && (text_same(row.fields[0], "pool") || text_same(row.fields[0], "Device Pool"));
        first = false;
        if (!header && out->count == CLUSTER_POOLS)
            ok = err_set(e, "%s:%u: more than %d pools", path, row.line, CLUSTER_POOLS);
        else if (!header)
            ok = read_pool(&row, path, out, e);
    }
    if (ok && out->count == 0)
        ok = err_set(e, "%s: no pool in it", path);
    arena_free(&a);
    return ok;
}

void inventory_free_pools(struct inventory_pools *pools)
{
    mem_free(&sys_mem, pools->pools);
    memset(pools, 0, sizeof *pools);
}

/* ---- into a lab ---- */

static bool add_pools(struct lab *lab, uint32_t cluster, const struct inventory_pools *pools,
                      const char *path, struct err *e)
{
    for (uint32_t i = 0; pools != NULL && i < pools->count; i++) {
        const struct inventory_pool *p = &pools->pools[i];
        const char *members[CNF_SERVERS];
        uint16_t pool;
        if (config_find_pool(&lab->state.clusters[cluster], p->name, &pool))
            continue; /* the scenario's own wins: it stands beside the plan */
        for (uint32_t k = 0; k < p->count; k++)
            members[k] = p->members[k];
        /* One group a pool: the export names no groups. */
        if (!lab_group(lab, cluster, p->name, members, p->count, e) ||
            !lab_pool(lab, cluster, p->name, p->name, e))
            return err_prefix(e, "%s:%u", path, p->line);
    }
    return true;
}

/* Rows with the same answer share a configuration. */
static int by_class(const void *x, const void *y)
{
    const struct inventory_row *a = *(const struct inventory_row *const *)x;
    const struct inventory_row *b = *(const struct inventory_row *const *)y;
    int pool = strcmp(a->pool, b->pool), load = strcmp(a->load, b->load);
    if (pool != 0)
        return pool;
    if (a->model != b->model)
        return a->model < b->model ? -1 : 1;
    if (a->security_mode != b->security_mode)
        return a->security_mode < b->security_mode ? -1 : 1;
    if (a->encrypted != b->encrypted)
        return a->encrypted ? 1 : -1;
    return load;
}

static int by_class_and_line(const void *x, const void *y)
{
    const struct inventory_row *a = *(const struct inventory_row *const *)x;
    const struct inventory_row *b = *(const struct inventory_row *const *)y;
    int order = by_class(x, y);
    return order != 0 ? order : a->line < b->line ? -1 : a->line > b->line;
}

/* In the order of the file, so that the first line at fault is named. */
static bool check_pools(const struct cluster *cl, const struct inventory *v, const char *path,
                        struct err *e)
{
    uint16_t pool;
    for (uint32_t i = 0; i < v->count; i++) {
        const struct inventory_row *r = &v->rows[i];
        if (!config_find_pool(cl, r->pool, &pool))
            return err_set(e,
                           "%s:%u: device pool \"%s\" of %s is in no --pools file and not in the "
                           "scenario",
                           path, r->line, r->pool, r->name);
    }
    return true;
}

static bool add_run(struct lab *lab, uint32_t cluster, const struct inventory_row *const *rows,
                    uint32_t count, const char **names, const char *path, uint32_t *first,
                    struct err *e)
{
    const struct inventory_row *r = rows[0];
    for (uint32_t i = 0; i < count; i++)
        names[i] = rows[i]->name;
    struct lab_phones_spec spec = {
        .count = count,
        .names = names,
        .model = model_table[r->model].name,
        .pool = r->pool,
        .security_mode = r->security_mode,
        .encrypted = r->encrypted,
        .lsc = r->security_mode >= CNF_AUTHENTICATED,
        .load = r->load[0] == '\0' ? NULL : r->load,
    };
    return lab_phones(lab, cluster, &spec, first, e) || err_prefix(e, "%s:%u", path, r->line);
}

bool inventory_add(struct lab *lab, uint32_t cluster, const struct inventory_source *from,
                   uint32_t *first, uint32_t *count, struct err *e)
{
    const struct inventory *inventory = from->phones;
    if (!add_pools(lab, cluster, from->pools, from->pools_path, e) ||
        !check_pools(&lab->state.clusters[cluster], inventory, from->path, e))
        return false;
    uint32_t n = inventory->count;
    const struct inventory_row **rows = mem_take(&sys_mem, n * sizeof *rows);
    const char **names = mem_take(&sys_mem, n * sizeof *names);
    for (uint32_t i = 0; i < n; i++)
        rows[i] = &inventory->rows[i];
    qsort(rows, n, sizeof *rows, by_class_and_line);
    bool ok = true;
    for (uint32_t i = 0, end; ok && i < n; i = end) {
        uint32_t at;
        for (end = i + 1; end < n && by_class(&rows[i], &rows[end]) == 0;)
            end++;
        ok = add_run(lab, cluster, rows + i, end - i, names, from->path, &at, e);
        if (i == 0 && ok)
            *first = at;
    }
    *count = n;
    mem_free(&sys_mem, rows);
    mem_free(&sys_mem, names);
    return ok;
}
