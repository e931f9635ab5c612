/* cluster.phones.csv, as import writes it, against the truth. */
#include "tests/site/check.h"

#include "tests/site/claims.h"

#include <stdlib.h>
#include <string.h>

#define MOST 20

enum column {
    NAME,
    MODEL,
    POOL,
    SECURITY,
    ENCRYPTED,
    PROTOCOL,
    LOAD,
    SETTINGS,
    LSC,
    ITL,
    CTL,
    STATE,
    SINCE,
    WEB,
    ITL_STATUS,
    DESCRIPTION,
    TFTP,
    SOURCE,
    COLUMNS
};

#define CELLS 40 /* of a row at most */

static const char *const header[COLUMNS] = { "name",      "model",    "pool",       "security",
                                             "encrypted", "protocol", "load",       "settings",
                                             "lsc",       "itl",      "ctl",        "state",
                                             "since",     "web",      "itl_status", "description",
                                             "tftp",      "source" };

#define BIT(shape) (UINT32_C(1) << SHAPE_##shape)
#define ANSWERS    (BIT(axl) | BIT(json))
#define EXPORTS    (BIT(bat) | BIT(tar))
#define PHONES     (EXPORTS | BIT(specific) | ANSWERS)

/* Which shapes say it of every phone that they have; where none was read, the column may be empty
 * or what the program assumes. */
static const uint32_t said_by[COLUMNS] = {
    [MODEL] = PHONES | BIT(ris),
    [POOL] = PHONES,
    [SECURITY] = PHONES,
    [PROTOCOL] = PHONES | BIT(ris),
    [LOAD] = PHONES,
    [SETTINGS] = EXPORTS,
    [STATE] = ANSWERS,
    [SINCE] = ANSWERS,
    [WEB] = EXPORTS,
    [ITL_STATUS] = BIT(itlstatus),
    [DESCRIPTION] = PHONES,
};

struct check {
    const struct truth *t;
    uint32_t shapes, wrong, rows;
    FILE *out;
    const char *path;
    bool *seen;       /* by phone */
    int at[COLUMNS];  /* where the column stands; -1: nowhere */
    uint32_t columns; /* of the file */
};

static const char *truth_of(const struct truth *t, const struct truth_phone *p, int column,
                            char out[128])
{
    static const char *const modes[] = { "non-secure", "authenticated", "encrypted" };
    static const char *const settings[] = { "disabled", "enabled", "restricted" };
    const struct model_row *m = &model_rows[p->model];
    switch (column) {
    case MODEL:
        return m->name + strlen("Cisco ");
    case POOL:
        return t->pools[p->pool].name;
    case SECURITY:
        return modes[p->security];
    case ENCRYPTED:
        return p->encrypted_config ? "yes" : "no";
    case PROTOCOL:
        return m->sip ? "SIP" : "SCCP";
    case LOAD:
        return m->load;
    case SETTINGS:
        return settings[p->settings];
    case LSC:
        return p->lsc ? "yes" : "no";
    case STATE:
        return p->on ? "on" : "off";
    case SINCE:
        return say_when(p->since_s, "%Y-%m-%d %H:%M", out);
    case WEB:
        return p->web ? "yes" : "no";
    case DESCRIPTION:
        return p->description;
    default: {
        const char *said = truth_itl_status(t, p);
        return strcmp(said, "Match") == 0      ? "match"
               : strcmp(said, "Mismatch") == 0 ? "mismatch"
               : strcmp(said, "Unknown") == 0  ? "unknown"
                                               : "not-installed";
    }
    }
}

/* A cell that a spreadsheet would run has a ' before it. */
static const char *plain(const char *cell)
{
    return cell[0] == '\'' && cell[1] != '\0' && strchr("=+-@\t\r", cell[1]) != NULL ? cell + 1
                                                                                     : cell;
}

static void tell(struct check *c, const char *name, const char *column, const char *want,
                 const char *got)
{
    if (c->wrong++ < MOST)
        fprintf(c->out, "%s: %s: %s: expected \"%s\", there is \"%s\"\n", c->path, name, column,
                want, got);
}

/* What it holds: "served" is the list of its TFTP, "itl-1" the one that nobody has. */
static bool holds(const struct check *c, const struct truth_phone *p, const char *cell, bool ctl)
{
    const struct truth *t = c->t;
    uint32_t list = ctl ? p->ctl : p->itl;
    bool page = (c->shapes & BIT(pages)) != 0 && p->page && model_rows[p->model].itl_page;
    uint32_t served = ctl ? LIST_CTL : t->nodes[t->pools[p->pool].tftp].itl;
    if (strcmp(cell, "none") == 0)
        return list == LIST_NONE;
    if (cell[0] == '\0')
        return !page;
    if (strcmp(cell, "served") == 0)
        return list == served;
    if (strcmp(cell, "itl-mismatch") == 0) /* ITL File Status says no more */
        return (c->shapes & BIT(itlstatus)) != 0 && list != served && list != LIST_NONE;
    if (strncmp(cell, "itl-", 4) == 0 || strncmp(cell, "ctl-", 4) == 0)
        return page && list != LIST_NONE;
    return list != LIST_NONE && strcmp(cell, t->lists[list].sha256) == 0;
}

/* Its TFTP servers, where they are told, in their order: the first is that of its site, by its
 * address where nobody says the node's name. */
static void tftp(struct check *c, const struct truth_phone *p, const char *cell)
{
    const struct truth_node *n = &c->t->nodes[c->t->pools[p->pool].tftp];
    char ip[64];
    size_t first = strcspn(cell, " ");
    bool is_told = (c->shapes & BIT(itlstatus)) != 0 || (p->page && (c->shapes & BIT(pages)) != 0);
    bool same = (first == strlen(n->name) && strncmp(cell, n->name, first) == 0) ||
                (first == strlen(say_ip(n->address, ip)) && strncmp(cell, ip, first) == 0);
    if (first == 0 ? is_told : !same)
        tell(c, p->name, "tftp", n->name, cell);
}

/* What the program takes where nobody says it. */
static bool is_assumed(int column)
{
    return column == MODEL || column == POOL || column == SECURITY;
}

static void row(struct check *c, const struct truth_phone *p, char *const cells[COLUMNS])
{
    char text[128], other[128];
    for (int k = MODEL; k < SOURCE; k++) {
        if (c->at[k] < 0)
            continue;
        if (k == TFTP) {
            tftp(c, p, cells[k]);
            continue;
        }
        if (k == ITL || k == CTL) {
            if (!holds(c, p, cells[k], k == CTL))
                tell(c, p->name, header[k],
                     (k == CTL ? p->ctl : p->itl) == LIST_NONE
                         ? "none"
                         : c->t->lists[k == CTL ? p->ctl : p->itl].sha256,
                     cells[k]);
            continue;
        }
        bool told = (c->shapes & said_by[k]) != 0;
        const char *want = truth_of(c->t, p, k, text), *got = plain(cells[k]);
        if (strcmp(got, want) == 0 || (!told && (got[0] == '\0' || is_assumed(k))))
            continue;
        /* Nobody says since when it is registered: seen a minute ago, or nothing. */
        if (k == SINCE && p->on &&
            (got[0] == '\0' ||
             strcmp(got, say_when(c->t->options.now_s - 60, "%Y-%m-%d %H:%M", other)) == 0))
            continue;
        if (k == ENCRYPTED && got[0] == '\0')
            continue; /* a profile's name need not say it */
        tell(c, p->name, header[k], want, got);
    }
}

/* One field of a CSV file at *at, in place; *at goes behind it.  False at the end of the row. */
static bool field(char **at, char **out)
{
    char *from = *at, *to = *at;
    *out = to;
    if (*from == '"') {
        from++;
        while (*from != '\0' && (*from != '"' || from[1] == '"')) {
            from += *from == '"';
            *to++ = *from++;
        }
        from += *from == '"';
    } else {
        while (*from != '\0' && *from != ',' && *from != '\n' && *from != '\r')
            *to++ = *from++;
    }
    bool more = *from == ',';
    if (*from == '\r')
        from++;
    if (*from != '\0')
        from++;
    *to = '\0';
    *at = from;
    return more;
}

static uint32_t fields(char **at, char *cells[CELLS])
{
    uint32_t n = 0;
    bool more = **at != '\0';
    while (more && n < CELLS)
        more = field(at, &cells[n++]);
    return n;
}

/* Where the columns stand; all but "tftp" must. */
static bool head(struct check *c, char **at)
{
    char *cells[CELLS];
    c->columns = fields(at, cells);
    for (int k = 0; k < COLUMNS; k++) {
        c->at[k] = -1;
        for (uint32_t i = 0; i < c->columns; i++) {
            if (strcmp(cells[i], header[k]) == 0)
                c->at[k] = (int)i;
        }
        if (c->at[k] < 0 && k != TFTP)
            return false;
    }
    return true;
}

static uint32_t find(const struct truth *t, const char *name)
{
    /* Names of the sample follow from numbers. */
    uint32_t i = name[0] == 'S' && strlen(name) == 15
                     ? ((uint32_t)strtoul(name + 9, NULL, 16) - 0x100) / 7
                     : t->phone_count;
    return i < t->phone_count && strcmp(t->phones[i].name, name) == 0 ? i : t->phone_count;
}

static bool must_be_there(const struct check *c, const struct truth_phone *p)
{
    bool known = p->on || c->t->options.now_s - p->since_s < 86400;
    return (c->shapes & (PHONES | BIT(itlstatus))) != 0 || (known && (c->shapes & BIT(ris)) != 0) ||
           (p->page && (c->shapes & BIT(pages)) != 0);
}

static void rows(struct check *c, char *at)
{
    char *all[CELLS], *cells[COLUMNS];
    while (fields(&at, all) == c->columns) {
        for (int k = 0; k < COLUMNS; k++)
            cells[k] = c->at[k] < 0 ? NULL : all[c->at[k]];
        uint32_t i = find(c->t, cells[NAME]);
        c->rows++;
        if (i == c->t->phone_count || c->seen[i]) {
            tell(c, cells[NAME], "name", "one that there is, once", cells[NAME]);
            continue;
        }
        c->seen[i] = true;
        row(c, &c->t->phones[i], cells);
    }
    if (*at != '\0')
        tell(c, "the file", "row", "as many fields as the header", at);
    for (uint32_t i = 0; i < c->t->phone_count; i++) {
        if (!c->seen[i] && must_be_there(c, &c->t->phones[i]))
            tell(c, c->t->phones[i].name, "name", "a row", "");
    }
}

bool check_phones(const struct truth *t, uint32_t shapes, const char *path, FILE *out)
{
    struct check c = { .t = t, .shapes = shapes, .out = out, .path = path };
    struct arena a = arena_of(&sys_mem);
    struct view file;
    struct err e;
    c.seen = arena_take(&a, t->phone_count + 1);
    if (!sys_read_file(path, 1u << 30, &a, &file, &e)) {
        fprintf(out, "%s\n", e.text);
        arena_free(&a);
        return false;
    }
    char *at = arena_text(&a, file);
    if (head(&c, &at))
        rows(&c, at);
    else
        tell(&c, "the file", "header", "the columns of cluster.phones.csv", "");
    fprintf(out, "%s: %u phones, %u wrong\n", path, c.rows, c.wrong);
    arena_free(&a);
    return c.wrong == 0;
}
