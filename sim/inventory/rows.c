/* The reader of phone exports. */
#include "sim/base/count.h"
#include "sim/base/sys.h"
#include "sim/inventory/columns.h"
#include "sim/inventory/inventory.h"
#include "sim/text/encoding.h"
#include "sim/wire/text.h"

#include <stdio.h>
#include <string.h>

/* ---- columns ---- */

/* The columns that phones of a scenario need, and what follows where the file has no such one;
 * NULL: it is needed, "": nothing to tell. */
static const struct {
    enum export_column column;
    const char *without;
} columns[] = {
    { EXPORT_NAME, NULL },
    { EXPORT_POOL, NULL },
    { EXPORT_TYPE, NULL },
    { EXPORT_PROFILE, "all phones count as non-secure" },
    { EXPORT_LOAD, "all phones have the newest load of their model" },
    { EXPORT_PROTOCOL, "all phones speak the usual protocol of their model" },
};

enum { COLUMNS = sizeof columns / sizeof *columns };

#define PROFILE_WORDS 7

/* Security profiles that were taken by their names in the same way. */
struct guess {
    struct view first;
    uint32_t line, profiles, phones;
};

struct reader {
    struct inventory *out;
    const char *path;
    struct inventory_as as;
    struct csv csv;
    struct csv_row row;
    int64_t at[EXPORT_COLUMNS]; /* -1: no such column */
    struct table names;         /* of the rows so far: hash -> index */
    struct table profiles;
    struct guess guesses[PROFILE_WORDS][2]; /* by the word, and whether they encrypt files */
    struct table types;     /* hash of type and protocol -> index of inventory.types */
    uint32_t no_such_loads; /* loads that say nothing */
};

static struct view field(const struct reader *r, enum export_column c)
{
    return export_field(&r->row, r->at, c);
}

/* ---- notes ---- */

/* `bad`: what is wrong with a row that was left out; NULL: how something was taken. */
static void add_note(struct inventory *v, uint32_t line, const char *bad, struct view text)
{
    if (v->note_count == INVENTORY_NOTES)
        return;
    mem_reserve(&sys_mem, (void **)&v->notes, &v->note_cap, (size_t)v->note_count + 1,
                sizeof *v->notes);
    v->notes[v->note_count++] =
        (struct inventory_note){ line, bad != NULL, bad, arena_text(&v->arena, text) };
}

static void find_columns(struct reader *r)
{
    char text[200];
    export_columns_of(&r->row, r->at);
    for (int k = 0; k < COLUMNS; k++) {
        if (r->at[columns[k].column] >= 0 || columns[k].without == NULL)
            continue;
        int n = snprintf(text, sizeof text, "no column \"%s\": %s",
                         export_column_name(columns[k].column), columns[k].without);
        add_note(r->out, r->row.line, NULL, view_of(text, (size_t)n));
    }
}

static bool has_columns(const struct reader *r, struct err *e)
{
    char name[TEXT_SHOWN];
    for (int k = 0; k < COLUMNS; k++) {
        if (r->at[columns[k].column] < 0 && columns[k].without == NULL)
            return err_set(e, "%s:%u: no column \"%s\" in the header; it begins with \"%s\"",
                           r->path, r->row.line, export_column_name(columns[k].column),
                           text_shown(r->row.fields[0], name));
    }
    return true;
}

/* ---- device types ---- */

static uint64_t type_key(struct view type, uint64_t kind)
{
    uint8_t lower[INVENTORY_TYPE];
    size_t n = type.n < sizeof lower ? type.n : sizeof lower;
    for (size_t i = 0; i < n; i++)
        lower[i] = type.p[i] >= 'A' && type.p[i] <= 'Z' ? (uint8_t)(type.p[i] + 32) : type.p[i];
    return rng_hash(kind, view_of(lower, n)) | 1;
}

static bool copy_field(struct view v, size_t size, char *out)
{
    if (v.n >= size || (v.n != 0 && memchr(v.p, 0, v.n) != NULL))
        return false;
    memset(out, 0, size);
    if (v.n != 0)
        memcpy(out, v.p, v.n);
    return true;
}

/* What the user says: "TYPE=MODEL". */
static bool said_as(const struct inventory_as *as, const char *type, uint8_t *model)
{
    for (uint32_t i = 0; i < as->count; i++) {
        const char *equals = strrchr(as->list[i], '=');
        if (text_same(view_of(as->list[i], (size_t)(equals - as->list[i])), type))
            return model_find(equals + 1, model);
    }
    return false;
}

static bool check_as(const struct inventory_as *as, struct err *e)
{
    for (uint32_t i = 0; i < as->count; i++) {
        const char *equals = strrchr(as->list[i], '=');
        uint8_t model;
        if (equals == NULL || equals == as->list[i])
            return err_set(e, "--as %.60s: TYPE=MODEL was expected", as->list[i]);
        if (!model_find(equals + 1, &model))
            return err_set(e, "--as %.60s: no model \"%.60s\"; `cucmlab models` shows them",
                           as->list[i], equals + 1);
    }
    return true;
}

/* Between words one blank: files that went through other hands have more. */
static void squeeze(const char *from, char out[INVENTORY_TYPE])
{
    size_t n = 0;
    for (const char *p = from; *p != '\0'; p++) {
        if (*p != ' ' || p[1] != ' ')
            out[n++] = *p;
    }
    out[n] = '\0';
}

/* What rows of a type become: what the user said, then the table, then its families. */
static struct inventory_type look_up(const struct reader *r, const char *written, uint8_t speaks)
{
    char type[INVENTORY_TYPE];
    squeeze(written, type);
    struct inventory_type t = { .fate = ROWS_AS_OTHER };
    const struct model_bystander *nothing = model_find_bystander(type);
    if (said_as(&r->as, written, &t.model)) {
        t.why = "--as";
    } else if (model_find(type, &t.model)) {
        t.fate = ROWS_SIMULATED;
    } else if (nothing != NULL) {
        t.fate = ROWS_NOTHING;
        t.why = nothing->why;
    } else if (model_find_family(type, &t.model)) {
        t.why = "its family";
    } else {
        t.model = speaks == SPEAKS(CNF_SCCP) ? FAMILY_SCCP : FAMILY_SIP;
        t.why = "a plain device of its protocol";
    }
    return t;
}

static struct inventory_type *add_type(struct reader *r, uint64_t key, struct inventory_type t,
                                       struct view type)
{
    struct inventory *v = r->out;
    t.type = arena_text(&v->arena, type);
    t.line = r->row.line;
    mem_reserve(&sys_mem, (void **)&v->types, &v->type_cap, (size_t)v->type_count + 1,
                sizeof *v->types);
    v->types[v->type_count] = t;
    table_put(&r->types, key, v->type_count);
    return &v->types[v->type_count++];
}

/* Each type is looked up once.  It is no longer than INVENTORY_TYPE. */
static struct inventory_type *type_of_row(struct reader *r, struct view type, uint8_t speaks)
{
    char text[INVENTORY_TYPE];
    uint64_t key = type_key(type, speaks);
    uint32_t *known = table_get(&r->types, key);
    if (known != NULL)
        return &r->out->types[*known];
    copy_field(type, sizeof text, text);
    return add_type(r, key, look_up(r, text, speaks), type);
}

/* As it may stand in a report: whatever the file has there. */
static struct inventory_type *bad_type(struct reader *r, struct view type)
{
    char text[TEXT_SHOWN];
    struct view shown = view_str(text_shown(type, text));
    uint64_t key = type_key(shown, 100);
    uint32_t *known = table_get(&r->types, key);
    if (known != NULL)
        return &r->out->types[*known];
    struct inventory_type t = { .fate = ROWS_LEFT_OUT };
    return add_type(r, key, t, shown);
}

static void count_row(struct reader *r, struct inventory_type *t)
{
    t->rows++;
    r->out->fates[t->fate]++;
    r->out->total++;
}

static void bad_row(struct reader *r, const char *what, struct view value)
{
    char text[200], name[TEXT_SHOWN];
    int n = value.p == NULL
                ? snprintf(text, sizeof text, "%s", what)
                : snprintf(text, sizeof text, "%s \"%s\"", what, text_shown(value, name));
    add_note(r->out, r->row.line, what, view_of(text, (size_t)n));
    count_row(r, bad_type(r, r->row.fault == NULL ? field(r, EXPORT_TYPE) : view_of("", 0)));
}

/* ---- one row ---- */

/* Names go into reports and traces: no control characters. */
static bool is_plain(struct view v)
{
    for (size_t i = 0; i < v.n; i++) {
        if (v.p[i] < 0x20 || v.p[i] == 0x7f)
            return false;
    }
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
} profile_words[PROFILE_WORDS] = {
    { "non-secure", CNF_NON_SECURE, true, "non-secure" },
    { "nonsecure", CNF_NON_SECURE, true, "non-secure" },
    { "non secure", CNF_NON_SECURE, true, "non-secure" },
    { "encrypt", CNF_ENCRYPTED, false,
      "encrypted, with an LSC of this cluster if it is their home" },
    { "authenticat", CNF_AUTHENTICATED, false,
      "authenticated, with an LSC of this cluster if it is their home" },
    { "secure", CNF_ENCRYPTED, false,
      "encrypted, with an LSC of this cluster if it is their home" },
    { "", CNF_NON_SECURE, false, "non-secure" },
};

static void read_profile(struct reader *r, struct view profile, struct inventory_row *row)
{
    size_t i = 0;
    while (!contains(profile, profile_words[i].word))
        i++; /* the last word is in everything */
    row->security_mode = profile_words[i].mode;
    row->lsc = row->security_mode >= CNF_AUTHENTICATED;
    row->encrypted = contains(profile, "encrypted config");
    if (profile_words[i].told || profile.n == 0)
        return;
    struct guess *g = &r->guesses[i][row->encrypted];
    uint64_t key = rng_hash(1, profile) | 1;
    if (g->phones++ == 0) {
        g->line = row->line;
        g->first = profile;
    }
    if (table_get(&r->profiles, key) != NULL)
        return;
    table_put(&r->profiles, key, 1);
    g->profiles++;
}

/* A note for each way in which profiles were taken, however many they are. */
static void tell_profiles(struct reader *r)
{
    char text[400], name[TEXT_SHOWN];
    for (int i = 0; i < 2 * PROFILE_WORDS; i++) {
        const struct guess *g = &r->guesses[i / 2][i % 2];
        bool one = g->profiles == 1;
        if (g->phones == 0)
            continue;
        int n = snprintf(text, sizeof text, "%s%s \"%s\" (%s)%s taken by %s as %s%s",
                         one ? "security profile" : COUNTED_OF(g->profiles, "security profile"),
                         one ? "" : ", the first", text_shown(g->first, name),
                         COUNTED_OF(g->phones, "phone"), one ? " is" : ", are",
                         one ? "its name" : "their names", profile_words[i / 2].text,
                         i % 2 == 1 ? ", configuration files encrypted" : "");
        add_note(r->out, g->line, NULL, view_of(text, (size_t)n));
    }
}

static uint8_t read_protocol(struct view v)
{
    return text_same(v, "SCCP") ? SPEAKS(CNF_SCCP) : text_same(v, "SIP") ? SPEAKS(CNF_SIP) : 0;
}

/* A load that says nothing is not followed: phones with different ones are alike. */
static bool read_load(struct reader *r, struct inventory_row *row)
{
    uint8_t model = row->model;
    struct view load = field(r, EXPORT_LOAD);
    if (!copy_field(load, sizeof row->load, row->load) || !is_plain(load))
        return false;
    if (load.n != 0 && model_by_load(&model, row->load) != LOAD_SAYS) {
        memset(row->load, 0, sizeof row->load);
        r->no_such_loads++;
    }
    return true;
}

/* A column of its own, else the vendor's XML. */
static uint8_t read_access(const struct reader *r)
{
    uint8_t access = SETTINGS_ENABLED;
    struct view v = field(r, EXPORT_SETTINGS);
    if (v.n == 0)
        v = export_xml(field(r, EXPORT_XML), "settingsAccess");
    (void)export_settings(v, &access);
    return access;
}

/* Names without regard to case, as CUCM has them. */
static bool is_duplicate(struct reader *r, const char *name)
{
    uint64_t key = type_key(view_str(name), 2);
    uint32_t at = 0, index;
    while (table_next(&r->names, key, &at, &index)) {
        if (text_same(view_str(r->out->rows[index].name), name))
            return true;
    }
    table_add(&r->names, key, r->out->count);
    return false;
}

static void keep(struct reader *r, struct inventory_row row, struct inventory_type *t)
{
    read_profile(r, field(r, EXPORT_PROFILE), &row);
    mem_reserve(&sys_mem, (void **)&r->out->rows, &r->out->cap, (size_t)r->out->count + 1,
                sizeof *r->out->rows);
    r->out->rows[r->out->count++] = row;
    count_row(r, t);
}

static void read_phone(struct reader *r, struct inventory_type *t, uint8_t speaks)
{
    struct inventory_row row;
    memset(&row, 0, sizeof row);
    row.line = r->row.line;
    row.model = t->model;
    row.bent = t->fate == ROWS_AS_OTHER;
    row.speaks = speaks & model_table[t->model].transports;
    row.settings = read_access(r);
    struct view name = field(r, EXPORT_NAME), pool = field(r, EXPORT_POOL);
    if (name.n == 0)
        bad_row(r, "no device name", (struct view){ NULL, 0 });
    else if (!device_read_name(name, row.name))
        bad_row(r, "bad device name", name);
    else if (pool.n == 0)
        bad_row(r, "no device pool for", name);
    else if (!is_plain(pool))
        bad_row(r, "control characters in the device pool", pool);
    else if (!copy_field(pool, sizeof row.pool, row.pool))
        bad_row(r, "device pool too long:", pool);
    else if (!read_load(r, &row))
        bad_row(r, "bad phone load name", field(r, EXPORT_LOAD));
    else if (is_duplicate(r, row.name))
        bad_row(r, "second row of", name);
    else
        keep(r, row, t);
}

static void read_row(struct reader *r)
{
    struct view type = field(r, EXPORT_TYPE);
    uint8_t speaks = read_protocol(field(r, EXPORT_PROTOCOL));
    if (r->row.fault != NULL) {
        bad_row(r, r->row.fault, (struct view){ NULL, 0 });
    } else if (r->row.count == 1 && r->at[EXPORT_TYPE] > 0) {
        bad_row(r, "one field alone, where the header has several:", r->row.fields[0]);
    } else if (type.n == 0) {
        bad_row(r, field(r, EXPORT_NAME).n == 0 ? "no device name" : "no device type for",
                field(r, EXPORT_NAME).n == 0 ? (struct view){ NULL, 0 } : field(r, EXPORT_NAME));
    } else if (type.n >= INVENTORY_TYPE || !is_plain(type)) {
        bad_row(r, "bad device type", type);
    } else {
        struct inventory_type *t = type_of_row(r, type, speaks);
        if (t->fate == ROWS_NOTHING)
            count_row(r, t);
        else
            read_phone(r, t, speaks);
    }
}

/* ---- the file ---- */

/* Inside a quote: a line whose fields stand where those of a phone do, and whose own quotes are
 * pairs, is a row of its own.  The quote was a stray one. */
static bool row_begins(void *ctx, const struct csv *c, size_t at)
{
    const struct reader *r = ctx;
    char name[DEVICE_NAME], type[INVENTORY_TYPE];
    uint8_t model;
    if (!csv_pairs(c, at) ||
        !device_read_name(csv_peek(c, at, (uint32_t)r->at[EXPORT_NAME]), name) ||
        csv_peek(c, at, (uint32_t)r->at[EXPORT_POOL]).n == 0 ||
        !copy_field(csv_peek(c, at, (uint32_t)r->at[EXPORT_TYPE]), sizeof type, type))
        return false;
    return type[0] != '\0' && (strncmp(name, "SEP", 3) == 0 || model_find(type, &model) ||
                               model_find_family(type, &model));
}

static bool read_header(struct reader *r, struct err *e)
{
    if (!csv_next(&r->csv, &r->out->arena, &r->row))
        return err_set(e, "%s: empty: a header with \"Device Name\" was expected", r->path);
    if (r->row.fault != NULL)
        return err_set(e, "%s:%u: %s", r->path, r->row.line, r->row.fault);
    find_columns(r);
    return has_columns(r, e);
}

static void read_rows(struct reader *r)
{
    char text[160];
    uint32_t header = r->row.line;
    r->csv.begins = row_begins;
    r->csv.ctx = r;
    while (csv_next(&r->csv, &r->out->arena, &r->row))
        read_row(r);
    tell_profiles(r);
    if (r->no_such_loads == 0)
        return;
    bool one = r->no_such_loads == 1;
    int n = snprintf(text, sizeof text,
                     "the load%s of %s %s not followed: nothing is known of what %s differently "
                     "from the newest",
                     one ? "" : "s", COUNTED_OF(r->no_such_loads, "phone"), one ? "is" : "are",
                     one ? "it does" : "they do");
    add_note(r->out, header, NULL, view_of(text, (size_t)n));
}

/* A word of --as that no row of the file meets is told: it may be a slip of the pen. */
static void tell_unused(struct reader *r)
{
    char text[INVENTORY_TYPE + 40];
    for (uint32_t i = 0; i < r->as.count; i++) {
        size_t n = (size_t)(strrchr(r->as.list[i], '=') - r->as.list[i]);
        bool used = false;
        for (uint32_t k = 0; k < r->out->type_count; k++)
            used |= text_same(view_of(r->as.list[i], n), r->out->types[k].type);
        if (used)
            continue;
        int length = snprintf(text, sizeof text, "--as: no row has the device type \"%.*s\"",
                              (int)(n < INVENTORY_TYPE ? n : INVENTORY_TYPE), r->as.list[i]);
        add_note(r->out, 1, NULL, view_of(text, (size_t)length));
    }
}

static bool some_row(const struct inventory *v, const char *path, struct err *e)
{
    if (v->count > 0)
        return true;
    for (uint32_t i = 0; i < v->note_count; i++) {
        if (v->notes[i].bad)
            return err_set(e, "%s:%u: no phone in it can be used: %s", path, v->notes[i].line,
                           v->notes[i].text);
    }
    return err_set(e, "%s:1: no phone in it can be used: no rows", path);
}

bool inventory_read(struct view csv, const char *path, struct inventory_as as,
                    struct inventory *out, struct err *e)
{
    *out = (struct inventory){ .arena = arena_of(&sys_mem) };
    struct reader r = { .out = out,
                        .path = path,
                        .as = as,
                        .names = table_of(&sys_mem),
                        .profiles = table_of(&sys_mem),
                        .types = table_of(&sys_mem) };
    r.row.most = INVENTORY_COLUMNS;
    bool ok = check_as(&as, e) &&
              (text_from_file(csv, &out->arena, &csv, e) || err_prefix(e, "%s", path));
    if (ok) {
        r.csv = csv_of(csv);
        ok = read_header(&r, e);
    }
    if (ok) {
        read_rows(&r);
        tell_unused(&r);
    }
    ok = ok && some_row(out, path, e);
    table_free(&r.names);
    table_free(&r.profiles);
    table_free(&r.types);
    return ok;
}

void inventory_free(struct inventory *inventory)
{
    arena_free(&inventory->arena);
    mem_free(&sys_mem, inventory->rows);
    mem_free(&sys_mem, inventory->notes);
    mem_free(&sys_mem, inventory->types);
    memset(inventory, 0, sizeof *inventory);
}

bool inventory_bent(const struct inventory *inventory)
{
    return inventory->fates[ROWS_AS_OTHER] + inventory->fates[ROWS_LEFT_OUT] > 0;
}
