#include "sim/inventory/found.h"

#include "sim/base/near.h"
#include "sim/base/sys.h"
#include "sim/text/cell.h"
#include "sim/text/csv.h"
#include "sim/text/encoding.h"
#include "sim/wire/text.h"

#include <stdio.h>
#include <string.h>

enum column {
    COL_NAME,
    COL_MODEL,
    COL_POOL,
    COL_SECURITY,
    COL_ENCRYPTED,
    COL_PROTOCOL,
    COL_LOAD,
    COL_SETTINGS,
    COL_LSC,
    COL_ITL,
    COL_CTL,
    COL_STATE,
    COL_SINCE,
    COL_WEB,
    COL_ITL_STATUS,
    COL_DESCRIPTION,
    COL_SOURCE,
    COL_TFTP,
    COLUMNS
};

/* The words of a column, by their value; the first of a column with any is "", not known. */
#define WORDS 5

static const struct {
    const char *name;
    bool needed;
    const char *words[WORDS]; /* NULL behind the last; none: any text */
} columns[COLUMNS] = {
    [COL_NAME] = { "name", true, { NULL } },
    [COL_MODEL] = { "model", true, { NULL } },
    [COL_POOL] = { "pool", true, { NULL } },
    [COL_SECURITY] = { "security", false, { "", "non-secure", "authenticated", "encrypted" } },
    [COL_ENCRYPTED] = { "encrypted", false, { "", "no", "yes" } },
    [COL_PROTOCOL] = { "protocol", false, { "", "SCCP", "SIP" } },
    [COL_LOAD] = { "load", false, { NULL } },
    [COL_SETTINGS] = { "settings", false, { "", "enabled", "restricted", "disabled" } },
    [COL_LSC] = { "lsc", false, { "", "no", "yes" } },
    [COL_ITL] = { "itl", false, { NULL } },
    [COL_CTL] = { "ctl", false, { NULL } },
    [COL_STATE] = { "state", false, { "", "off", "on" } },
    [COL_SINCE] = { "since", false, { NULL } },
    [COL_WEB] = { "web", false, { "", "no", "yes" } },
    [COL_ITL_STATUS] = { "itl_status",
                         false,
                         { "", "match", "mismatch", "not-installed", "unknown" } },
    [COL_DESCRIPTION] = { "description", false, { NULL } },
    [COL_SOURCE] = { "source", false, { NULL } },
    [COL_TFTP] = { "tftp", false, { NULL } },
};

/* What the lab has for the words of a device type. */
struct type {
    struct view words;
    uint8_t model;
    bool bent, nothing;
};
#define TYPES 64 /* remembered; further ones are looked up each time */

struct reader {
    struct found_rows *out;
    const char *path;
    struct csv_row row;
    int64_t at[COLUMNS]; /* -1: no such column */
    struct table names;  /* hash of a name -> index */
    struct type types[TYPES];
    uint32_t type_count;
    struct err *e;
};

static struct view field(const struct reader *r, enum column k)
{
    if (r->at[k] < 0 || r->at[k] >= r->row.count)
        return view_of("", 0);
    return cell_text(r->row.fields[r->at[k]]);
}

static bool fail(const struct reader *r, const char *what, struct view value)
{
    char text[TEXT_SHOWN];
    return err_set(r->e, "%s:%u: %s \"%s\"", r->path, r->row.line, what, text_shown(value, text));
}

/* ---- columns ---- */

static bool find_columns(struct reader *r)
{
    for (int k = 0; k < COLUMNS; k++) {
        r->at[k] = -1;
        for (uint32_t i = 0; i < r->row.count && r->at[k] < 0; i++) {
            if (text_same(r->row.fields[i], columns[k].name))
                r->at[k] = i;
        }
        if (r->at[k] < 0 && columns[k].needed)
            return err_set(r->e, "%s:%u: no column \"%s\" in the header", r->path, r->row.line,
                           columns[k].name);
    }
    return true;
}

/* The value of a word; false: it is none of the column's. */
static bool word(const struct reader *r, enum column k, uint8_t *value)
{
    char what[200];
    struct view v = field(r, k);
    uint32_t count = 0;
    for (; count < WORDS && columns[k].words[count] != NULL; count++) {
        if (!text_same(v, columns[k].words[count]))
            continue;
        *value = (uint8_t)count;
        return true;
    }
    size_t n = (size_t)snprintf(what, sizeof what, "column \"%s\": ", columns[k].name);
    for (uint32_t i = 1; i < count; i++)
        n += (size_t)snprintf(what + n, sizeof what - n, "%s%s", i == 1 ? "" : ", ",
                              columns[k].words[i]);
    snprintf(what + n, sizeof what - n, " or nothing is expected, not");
    return fail(r, what, v);
}

/* A text that ends in NUL, in the arena; false: too long, or it has NULs. */
static bool text(const struct reader *r, enum column k, const char **out)
{
    char what[80];
    struct view v = field(r, k);
    *out = "";
    if (v.n > FOUND_TEXT_MOST || (v.n != 0 && memchr(v.p, 0, v.n) != NULL)) {
        snprintf(what, sizeof what, "column \"%s\": a text of at most %d bytes is expected, not",
                 columns[k].name, FOUND_TEXT_MOST);
        return fail(r, what, v);
    }
    if (v.n != 0)
        *out = arena_text(&r->out->arena, v);
    return true;
}

/* ---- models ---- */

static struct type look_up(struct view words, const char *name, uint8_t speaks)
{
    struct type t = { .words = words };
    if (model_find(name, &t.model))
        return t;
    t.bent = true;
    t.nothing = model_find_bystander(name) != NULL;
    if (!t.nothing && !model_find_family(name, &t.model))
        t.model = speaks == SPEAKS(CNF_SCCP) ? FAMILY_SCCP : FAMILY_SIP;
    return t;
}

static struct type type_of(struct reader *r, struct view words, const char *name, uint8_t speaks)
{
    for (uint32_t i = 0; i < r->type_count; i++) {
        if (view_eq(r->types[i].words, words))
            return r->types[i];
    }
    struct type t = look_up(words, name, speaks);
    /* A plain device of its protocol depends on that too. */
    bool plain = t.bent && (t.model == FAMILY_SIP || t.model == FAMILY_SCCP);
    if (r->type_count < TYPES && !plain)
        r->types[r->type_count++] = t;
    return t;
}

static bool read_model(struct reader *r, struct found_row *out, uint8_t speaks)
{
    struct view v = field(r, COL_MODEL);
    const char *name;
    if (v.n == 0 || v.n >= INVENTORY_TYPE)
        return fail(r, "a model is expected, not", v);
    if (!text(r, COL_MODEL, &name))
        return false;
    struct type t = type_of(r, v, name, speaks);
    out->row.model = t.model;
    out->row.bent = t.bent && !t.nothing;
    out->nothing = t.nothing;
    out->told.model = t.bent ? name : NULL;
    out->row.speaks = speaks & model_table[t.model].transports;
    return true;
}

/* A load that says nothing is not followed. */
static bool read_load(struct reader *r, struct found_row *out)
{
    struct view load = field(r, COL_LOAD);
    uint8_t model = out->row.model;
    if (load.n >= sizeof out->row.load || (load.n != 0 && memchr(load.p, 0, load.n) != NULL))
        return fail(r, "a phone load is expected, not", load);
    if (load.n != 0)
        memcpy(out->row.load, load.p, load.n);
    if (load.n != 0 && model_by_load(&model, out->row.load) != LOAD_SAYS)
        memset(out->row.load, 0, sizeof out->row.load);
    return true;
}

/* ---- one row ---- */

static bool is_new(struct reader *r, const char *name)
{
    uint64_t key = rng_hash(5, view_str(name)) | 1;
    uint32_t at = 0, index;
    while (table_next(&r->names, key, &at, &index)) {
        if (strcmp(r->out->rows[index].row.name, name) == 0)
            return err_set(r->e, "%s:%u: second row of %s, the first is in line %u", r->path,
                           r->row.line, name, r->out->rows[index].row.line);
    }
    table_add(&r->names, key, r->out->count);
    return true;
}

static bool read_name(struct reader *r, struct found_row *out)
{
    struct view name = field(r, COL_NAME), pool = field(r, COL_POOL);
    if (!device_read_name(name, out->row.name))
        return fail(r,
                    "a device name is expected (1 to 15 letters, digits, '.', '_' or '-'; after "
                    "SEP a MAC address), not",
                    name);
    if (pool.n == 0 || pool.n >= sizeof out->row.pool || memchr(pool.p, 0, pool.n) != NULL)
        return fail(r, "a device pool is expected, not", pool);
    memcpy(out->row.pool, pool.p, pool.n);
    return is_new(r, out->row.name);
}

static bool read_words(struct reader *r, struct found_row *out)
{
    uint8_t protocol, security, settings;
    if (!word(r, COL_PROTOCOL, &protocol) || !word(r, COL_SECURITY, &security) ||
        !word(r, COL_SETTINGS, &settings) || !word(r, COL_ENCRYPTED, &out->told.encrypted) ||
        !word(r, COL_LSC, &out->told.lsc) || !word(r, COL_STATE, &out->told.on) ||
        !word(r, COL_WEB, &out->told.web) || !word(r, COL_ITL_STATUS, &out->told.itl_status))
        return false;
    uint8_t speaks = protocol == 0 ? 0 : protocol == 1 ? SPEAKS(CNF_SCCP) : SPEAKS(CNF_SIP);
    out->row.security_mode =
        (uint8_t)(security == 0 ? CNF_NON_SECURE : CNF_NON_SECURE + security - 1);
    out->row.settings = (uint8_t)(settings == 0 ? SETTINGS_ENABLED : settings - 1);
    out->row.encrypted = out->told.encrypted == LAB_YES;
    out->row.lsc = out->told.lsc == LAB_UNTOLD ? out->row.security_mode >= CNF_AUTHENTICATED
                                               : out->told.lsc == LAB_YES;
    return read_model(r, out, speaks) && read_load(r, out);
}

static bool read_row(struct reader *r)
{
    struct found_row out;
    memset(&out, 0, sizeof out);
    if (r->row.fault != NULL)
        return err_set(r->e, "%s:%u: %s", r->path, r->row.line, r->row.fault);
    out.row.line = out.told.line = r->row.line;
    if (!read_name(r, &out) || !read_words(r, &out) || !text(r, COL_ITL, &out.itl) ||
        !text(r, COL_CTL, &out.ctl) || !text(r, COL_SINCE, &out.since) ||
        !text(r, COL_TFTP, &out.tftp) || !text(r, COL_DESCRIPTION, &out.told.description) ||
        !text(r, COL_SOURCE, &out.told.source))
        return false;
    r->out->nothing += out.nothing;
    r->out->bent += out.row.bent;
    mem_reserve(&sys_mem, (void **)&r->out->rows, &r->out->cap, (size_t)r->out->count + 1,
                sizeof out);
    r->out->rows[r->out->count++] = out;
    return true;
}

static bool read_all(struct reader *r, struct csv *csv)
{
    struct arena *a = &r->out->arena;
    if (!csv_next(csv, a, &r->row))
        return err_set(r->e, "%s:1: empty: a header with \"name\" is expected", r->path);
    bool ok =
        r->row.fault == NULL || err_set(r->e, "%s:%u: %s", r->path, r->row.line, r->row.fault);
    ok = ok && find_columns(r);
    while (ok && csv_next(csv, a, &r->row))
        ok = read_row(r);
    return ok && (r->out->count > 0 || err_set(r->e, "%s:1: no phones in it", r->path));
}

static void put_in_order(struct found_rows *rows)
{
    rows->phones = mem_take(&sys_mem, ((size_t)rows->count + 1) * sizeof *rows->phones);
    for (uint32_t i = 0; i < rows->count; i++) {
        if (!rows->rows[i].nothing)
            rows->phones[rows->phone_count++] = &rows->rows[i].row;
    }
    inventory_group_rows(rows->phones, rows->phone_count);
}

bool found_rows_read(struct view csv, const char *path, struct found_rows *out, struct err *e)
{
    *out = (struct found_rows){ .arena = arena_of(&sys_mem), .bytes = csv.n };
    struct reader r = { .out = out, .path = path, .names = table_of(&sys_mem), .e = e };
    r.row.most = 64;
    bool ok = text_from_file(csv, &out->arena, &csv, e) || err_prefix(e, "%s", path);
    if (ok) {
        struct csv rows = csv_of(csv);
        rows.keeps_blanks = true;
        ok = read_all(&r, &rows);
    }
    table_free(&r.names);
    if (ok)
        put_in_order(out);
    return ok;
}

void found_rows_free(struct found_rows *rows)
{
    arena_free(&rows->arena);
    mem_free(&sys_mem, rows->rows);
    mem_free(&sys_mem, rows->phones);
    memset(rows, 0, sizeof *rows);
}
