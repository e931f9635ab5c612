/* What Bulk Administration exports, and CSVs of our own.  A table is known by the names in its
 * first row, whatever their order; what is in columns that are not named here is never looked at.
 */
#include "nodes/model.h"
#include "phones/model.h"
#include "sim/base/count.h"
#include "sim/base/sys.h"
#include "sim/core/device.h"
#include "sim/import/kinds.h"
#include "sim/import/secrets.h"
#include "sim/inventory/columns.h"
#include "sim/text/encoding.h"
#include "sim/wire/text.h"

#include <stdio.h>
#include <string.h>

#define COLUMNS_MOST 4096 /* read; what stands behind them is passed over */
#define SECRETS_MOST 64
#define HEADER_MOST  (256u << 10) /* bytes: 80 columns a line of a phone, of 100 lines */
#define COLS         8

/* A table that is being read. */
struct bulk {
    struct said here; /* of the row */
    uint32_t first_line;
    struct arena arena;
    struct csv csv;
    struct csv_row row;
    int64_t at[EXPORT_COLUMNS];                   /* of an export of phones */
    int64_t cols[COLS];                           /* of another table: those of its form */
    uint32_t secrets[SECRETS_MOST], secret_count; /* columns that are counted, and not read */
    char pool[FACTS_TEXT + 1];                    /* of the row before, and its members so far */
    uint32_t members;
    uint32_t bystanders; /* rows that were passed over */
};

static struct view field(const struct bulk *b, int64_t at)
{
    return at < 0 || at >= b->row.count ? view_of("", 0) : b->row.fields[at];
}

static int64_t column_of(const struct csv_row *header, const char *name)
{
    for (uint32_t i = 0; i < header->count; i++) {
        if (text_same(header->fields[i], name))
            return i;
    }
    return -1;
}

/* ---- tables ---- */

static void find_secrets(struct bulk *b)
{
    for (uint32_t i = 0; i < b->row.count && b->secret_count < SECRETS_MOST; i++) {
        if (secrets_is(b->row.fields[i]))
            b->secrets[b->secret_count++] = i;
    }
}

/* The header is read, and its fields are b->row. */
static bool open_table(struct bulk *b, const struct said *s, const struct piece *p)
{
    *b = (struct bulk){ .here = *s,
                        .first_line = p->line,
                        .arena = arena_of(s->facts->mem),
                        .csv = csv_of(p->bytes),
                        .row = { .most = COLUMNS_MOST } };
    if (!csv_next(&b->csv, &b->arena, &b->row))
        return false;
    find_secrets(b);
    return true;
}

/* Each row behind the header; what a row took of the arena is given back, unless its fields are
 * more than any before it had.  One that is malformed is a note. */
static void each_row(struct bulk *b, void (*take)(struct bulk *b))
{
    struct arena_mark mark = arena_mark(&b->arena);
    uint32_t room = b->row.room;
    while (csv_next(&b->csv, &b->arena, &b->row)) {
        b->here.line = b->first_line + b->row.line - 1;
        for (uint32_t i = 0; i < b->secret_count; i++)
            b->here.facts->secrets_dropped += field(b, b->secrets[i]).n > 0;
        if (b->row.fault != NULL)
            facts_note(&b->here, true, "%s: the row is left out", b->row.fault);
        else
            take(b);
        if (room == b->row.room)
            arena_rewind(&b->arena, mark);
        else
            mark = arena_mark(&b->arena);
        room = b->row.room;
    }
    arena_free(&b->arena);
}

/* The names in the first row.  `arena` is freed by whoever asks. */
static struct csv_row header_of(const struct piece *p, struct arena *a)
{
    struct view begin = text_trim(view_sub(p->bytes, 0, p->bytes.n < 80 ? p->bytes.n : 80));
    if (begin.n == 0 || begin.p[0] == '<' || begin.p[0] == '{' || begin.p[0] == '[')
        return (struct csv_row){ .count = 0 }; /* XML, JSON: no table, of lines without end */
    struct csv csv =
        csv_of(view_sub(p->bytes, 0, p->bytes.n < HEADER_MOST ? p->bytes.n : HEADER_MOST));
    struct csv_row row = { .most = COLUMNS_MOST };
    if (p->command != NULL || !csv_next(&csv, a, &row) || row.fault != NULL)
        row.count = 0;
    return row;
}

/* ---- phones ---- */

static bool is_phones(const struct piece *p)
{
    struct arena a = arena_of(&sys_mem);
    int64_t at[EXPORT_COLUMNS];
    struct csv_row header = header_of(p, &a);
    uint32_t known = 0;
    export_columns_of(&header, at);
    for (int c = 0; c < EXPORT_COLUMNS; c++)
        known += at[c] >= 0;
    arena_free(&a);
    return at[EXPORT_NAME] >= 0 && known >= 2;
}

/* Columns that become a fact as they stand. */
static const struct {
    uint8_t column, kind;
} phone_texts[] = {
    { EXPORT_TYPE, FACT_PHONE_MODEL }, { EXPORT_DESCRIPTION, FACT_PHONE_DESCRIPTION },
    { EXPORT_POOL, FACT_PHONE_POOL },  { EXPORT_PROFILE, FACT_PHONE_PROFILE },
    { EXPORT_LOAD, FACT_PHONE_LOAD },  { EXPORT_OPERATION, FACT_PHONE_OPERATION },
};

/* Inside a quote: a line that has a phone where the names are, and whose own quotes are pairs, is a
 * row of its own.  The quote was a stray one. */
static bool phone_begins(void *ctx, const struct csv *c, size_t at)
{
    const struct bulk *b = ctx;
    char name[DEVICE_NAME];
    struct view v = csv_peek(c, at, (uint32_t)b->at[EXPORT_NAME]);
    return csv_pairs(c, at) && device_read_name(v, name) && strncmp(name, "SEP", 3) == 0;
}

static const char *const settings_names[] = { [SETTINGS_ENABLED] = "enabled",
                                              [SETTINGS_RESTRICTED] = "restricted",
                                              [SETTINGS_DISABLED] = "disabled" };

/* A column of its own, else the vendorConfig. */
static struct view said_in(const struct bulk *b, enum export_column c, const char *element)
{
    struct view own = export_field(&b->row, b->at, c);
    return own.n > 0 ? own : export_xml(export_field(&b->row, b->at, EXPORT_XML), element);
}

static void take_access(struct bulk *b, const char *name)
{
    uint8_t access;
    bool on;
    if (export_settings(said_in(b, EXPORT_SETTINGS, "settingsAccess"), &access))
        facts_say_str(&b->here, FACT_PHONE_SETTINGS, name, NULL, 0, settings_names[access]);
    if (export_web(said_in(b, EXPORT_WEB, "webAccess"), &on))
        facts_say_str(&b->here, FACT_PHONE_WEB, name, NULL, 0, on ? "yes" : "no");
}

static void bad_name(const struct bulk *b, struct view v)
{
    char shown[TEXT_SHOWN];
    if (v.n == 0)
        facts_note(&b->here, true, "no name of a device: the row is left out");
    else
        facts_note(&b->here, true, "\"%s\" is no name of a device: the row is left out",
                   text_shown(v, shown));
}

/* A device that holds no trust list ("Remote Destination Profile") may be called as it likes. */
static bool is_bystander(const struct bulk *b)
{
    char type[100];
    struct view v = export_field(&b->row, b->at, EXPORT_TYPE);
    size_t n = v.n < sizeof type ? v.n : sizeof type - 1;
    if (n > 0)
        memcpy(type, v.p, n);
    type[n] = '\0';
    return model_find_bystander(type) != NULL;
}

static void take_phone(struct bulk *b)
{
    char name[DEVICE_NAME];
    struct view v = export_field(&b->row, b->at, EXPORT_NAME);
    struct view protocol = export_field(&b->row, b->at, EXPORT_PROTOCOL);
    if (!device_read_name(v, name)) {
        if (is_bystander(b))
            b->bystanders++;
        else
            bad_name(b, v);
        return;
    }
    for (size_t i = 0; i < sizeof phone_texts / sizeof *phone_texts; i++) {
        struct view said = export_field(&b->row, b->at, (enum export_column)phone_texts[i].column);
        if (said.n > 0)
            facts_say(&b->here, (enum fact_kind)phone_texts[i].kind, view_str(name), view_of("", 0),
                      0, said);
    }
    /* What speaks neither is no phone that could hold a list. */
    if (text_same(protocol, "SIP") || text_same(protocol, "SCCP"))
        facts_say(&b->here, FACT_PHONE_PROTOCOL, view_str(name), view_of("", 0), 0,
                  view_str(text_same(protocol, "SIP") ? "SIP" : "SCCP"));
    take_access(b, name);
}

static void read_phones(const struct said *s, const struct piece *p)
{
    struct bulk b;
    if (!open_table(&b, s, p))
        return;
    export_columns_of(&b.row, b.at);
    b.csv.begins = phone_begins;
    b.csv.ctx = &b;
    each_row(&b, take_phone);
    if (b.bystanders > 0)
        facts_note(s, false,
                   "%s of devices that hold no trust list and have names of their own: "
                   "passed over",
                   COUNTED_OF(b.bystanders, "row"));
}

/* ---- other tables ---- */

/* Known by the columns that it must have; `only`: and by having no others. */
struct form {
    const char *columns[COLS];
    uint32_t needed;
    bool only;
    void (*take)(struct bulk *b);
};

static bool has_form(const struct piece *p, const struct form *f)
{
    struct arena a = arena_of(&sys_mem);
    struct csv_row header = header_of(p, &a);
    uint32_t found = 0;
    bool needed = true;
    for (uint32_t i = 0; i < COLS && f->columns[i] != NULL; i++) {
        bool there = column_of(&header, f->columns[i]) >= 0;
        needed = needed && (there || i >= f->needed);
        found += there;
    }
    arena_free(&a);
    return needed && (!f->only || found == header.count);
}

static void read_form(const struct said *s, const struct piece *p, const struct form *f)
{
    struct bulk b;
    if (!open_table(&b, s, p))
        return;
    for (uint32_t i = 0; i < COLS; i++)
        b.cols[i] = f->columns[i] == NULL ? -1 : column_of(&b.row, f->columns[i]);
    each_row(&b, f->take);
}

/* A row that says nothing in a column that it needs. */
static bool lacks(struct bulk *b, uint32_t col)
{
    if (field(b, b->cols[col]).n > 0)
        return false;
    facts_note(&b->here, true, "a row of %s: it is left out", col == 0 ? "no name" : "no value");
    return true;
}

static void say(struct bulk *b, enum fact_kind kind, uint32_t nth, struct view value)
{
    facts_say(&b->here, kind, field(b, b->cols[0]), view_of("", 0), nth, value);
}

/* Of the Import/Export tar: "CALL MANAGER 1" to as many as the widest group has. */
static void take_group(struct bulk *b)
{
    if (lacks(b, 0))
        return;
    for (uint32_t i = 1; i < COLS; i++) {
        struct view member = field(b, b->cols[i]);
        if (member.n > 0)
            say(b, FACT_GROUP_MEMBER, i - 1, member);
    }
}

static const struct form groups = { { "CALL MANAGER GROUP NAME", "CALL MANAGER 1", "CALL MANAGER 2",
                                      "CALL MANAGER 3", "CALL MANAGER 4", "CALL MANAGER 5" },
                                    2,
                                    false,
                                    take_group };

static void take_pool(struct bulk *b)
{
    if (!lacks(b, 0) && !lacks(b, 1))
        say(b, FACT_POOL_GROUP, 0, field(b, b->cols[1]));
}

static const struct form pools = {
    { "DEVICE POOL NAME", "CISCO UNIFIED CALLMANAGER GROUP" }, 2, false, take_pool
};

static void take_callmanager(struct bulk *b)
{
    if (!lacks(b, 0) && !lacks(b, 1))
        say(b, FACT_CALLMANAGER, 0, field(b, b->cols[1]));
}

static const struct form callmanagers = {
    { "CISCO UNIFIED CALLMANAGER NAME", "SERVER" }, 2, false, take_callmanager
};

/* Words of the filter on Find and List Phones. */
static const struct {
    const char *said, *word;
} itl_words[] = {
    { "Match", "match" },
    { "Mismatch", "mismatch" },
    { "Not Installed", "not-installed" },
    { "Unknown", "unknown" },
};

static void take_itl_status(struct bulk *b)
{
    char shown[TEXT_SHOWN], name[DEVICE_NAME];
    struct view status = field(b, b->cols[1]), tftp = field(b, b->cols[2]);
    if (!device_read_name(field(b, b->cols[0]), name)) {
        bad_name(b, field(b, b->cols[0]));
        return;
    }
    for (size_t i = 0; i < sizeof itl_words / sizeof *itl_words; i++) {
        if (!text_same(status, itl_words[i].said) && !text_same(status, itl_words[i].word))
            continue;
        facts_say_str(&b->here, FACT_PHONE_ITL_STATUS, name, NULL, 0, itl_words[i].word);
        if (tftp.n > 0)
            facts_say(&b->here, FACT_PHONE_TFTP, view_str(name), view_of("", 0), 0, tftp);
        return;
    }
    facts_note(&b->here, true,
               "\"%s\" is no ITL File Status: Match, Mismatch, Not Installed or Unknown is",
               text_shown(status, shown));
}

static const struct form itl_status = { { "name", "status", "tftp" }, 2, true, take_itl_status };

#define FORM(name)                                                                                 \
    static bool is_##name(const struct piece *p)                                                   \
    {                                                                                              \
        return has_form(p, &(name));                                                               \
    }                                                                                              \
    static void read_##name(const struct said *s, const struct piece *p)                           \
    {                                                                                              \
        read_form(s, p, &(name));                                                                  \
    }
FORM(groups)
FORM(pools)
FORM(callmanagers)
FORM(itl_status)

/* ---- pools with their nodes: what --pools reads ---- */

/* What the query of INVENTORY.md prints: one column without a name, with "pool,node" in it. */
static bool is_pool_query(const struct piece *p)
{
    struct view left = p->bytes;
    struct view header = text_trim(text_cut(&left, '\n')), rule = text_trim(text_cut(&left, '\n'));
    struct view first = text_trim(text_cut(&left, '\n'));
    return text_same(header, "(expression)") && rule.n > 0 && rule.p[0] == '=' &&
           rule.p[rule.n - 1] == '=' && first.n > 0 && memchr(first.p, ',', first.n) != NULL;
}

static bool is_pool_nodes(const struct piece *p)
{
    struct arena a = arena_of(&sys_mem);
    struct csv_row header = header_of(p, &a);
    bool is = is_pool_query(p);
    is =
        is || (header.count >= 2 && header.count <= 5 &&
               (text_same(header.fields[0], "pool") || text_same(header.fields[0], "Device Pool")));
    arena_free(&a);
    return is;
}

/* No file of this form names the group: it is called as its pool.  A pool's rows behind each other
 * go on with its nodes. */
static void take_pool_nodes(struct bulk *b)
{
    struct view pool = b->row.fields[0];
    if (b->row.count == 1 && pool.n > 0 && pool.p[0] == '=')
        return; /* the rule below a header of `run sql` */
    if (pool.n == 0 || pool.n > FACTS_TEXT) {
        facts_note(&b->here, true, "a row without a pool: it is left out");
        return;
    }
    if (!view_eq(pool, view_str(b->pool))) {
        memcpy(b->pool, pool.p, pool.n);
        b->pool[pool.n] = '\0';
        b->members = 0;
        facts_say(&b->here, FACT_POOL_GROUP, pool, view_of("", 0), 0, pool);
    }
    for (uint32_t i = 1; i < b->row.count; i++) {
        if (b->row.fields[i].n > 0)
            facts_say(&b->here, FACT_GROUP_MEMBER, pool, view_of("", 0), b->members++,
                      b->row.fields[i]);
    }
}

static void read_pool_nodes(const struct said *s, const struct piece *p)
{
    struct bulk b;
    if (!open_table(&b, s, p))
        return;
    b.csv.separator = is_pool_query(p) ? ',' : b.csv.separator;
    each_row(&b, take_pool_nodes);
}

/* ---- what TFTP has built ---- */

/* "SEP0011215A1AE3.cnf.xml.sgn" is of a phone; other files that TFTP has built are none of ours. */
static bool config_of(struct view line, char name[DEVICE_NAME])
{
    static const char ending[] = ".cnf.xml";
    size_t n = 0;
    line = text_trim(line);
    while (n < line.n && line.p[n] > ' ')
        n++;
    struct view word = view_sub(line, 0, n), left = word;
    struct view device = text_cut(&left, '.');
    size_t at = device.n;
    return at + sizeof ending - 1 <= word.n &&
           text_same(view_sub(word, at, sizeof ending - 1), ending) &&
           device_read_name(device, name);
}

/* Of its first lines half are files that TFTP builds. */
static bool is_cache_list(const struct piece *p)
{
    struct view left = p->bytes;
    char name[DEVICE_NAME];
    uint32_t lines = 0, built = 0;
    while (left.n > 0 && lines < 40) {
        struct view line = text_trim(text_cut(&left, '\n'));
        if (line.n > 300)
            return false;
        lines += line.n > 0;
        built += config_of(line, name);
    }
    return built > 0 && built * 2 >= lines;
}

static void read_cache_list(const struct said *s, const struct piece *p)
{
    struct view left = p->bytes;
    struct said here = *s;
    char name[DEVICE_NAME], node[FACTS_HERE_ROOM];
    facts_here(s, node);
    for (here.line = p->line; left.n > 0; here.line++) {
        if (config_of(text_cut(&left, '\n'), name))
            facts_say_str(&here, FACT_PHONE_CONFIG_BUILT, name, node, 0, "yes");
    }
}

static const struct file_kind_row rows[] = {
    { .name = "BAT export of phones",
      .gives = "name, model, pool, security profile, protocol, load, web and settings access of "
               "each phone (All Details, or Specific Details with the column Device Name)",
      .source = "observed; names of columns documented",
      .sure = SURE_EXPORT,
      .text = true,
      .is = is_phones,
      .read = read_phones },
    { .name = "CallManager groups (Import/Export)",
      .gives = "members of each group, in their order",
      .source = "observed",
      .sure = SURE_EXPORT,
      .text = true,
      .is = is_groups,
      .read = read_groups },
    { .name = "device pools (Import/Export)",
      .gives = "the group of each device pool",
      .source = "observed",
      .sure = SURE_EXPORT,
      .text = true,
      .is = is_pools,
      .read = read_pools },
    { .name = "CallManagers (Import/Export)",
      .gives = "the node that each CallManager runs on",
      .source = "observed",
      .sure = SURE_EXPORT,
      .text = true,
      .is = is_callmanagers,
      .read = read_callmanagers },
    { .name = "ITL File Status (CSV)",
      .gives = "ITL File Status of each phone, and the TFTP node (columns name, status, tftp)",
      .source = "a form of our own",
      .sure = SURE_ANSWER,
      .text = true,
      .is = is_itl_status,
      .read = read_itl_status },
    { .name = "pools (CSV)",
      .gives =
          "nodes of each device pool, in their order: what --pools reads, where it has a header",
      .source = "a form of our own",
      .sure = SURE_OWN_FORM,
      .text = true,
      .is = is_pool_nodes,
      .read = read_pool_nodes },
    { .name = "ConfigFileCacheList.txt",
      .gives = "phones whose configuration a TFTP node has built",
      .source = "inferred",
      .sure = SURE_ANSWER,
      .text = true,
      .is = is_cache_list,
      .read = read_cache_list },
};

const struct file_kind_rows kinds_bulk = { rows, sizeof rows / sizeof *rows };
