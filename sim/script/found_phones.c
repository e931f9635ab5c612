/* Phones as they were found: `phones { file = }` of a cluster (docs/CLUSTER.md). */
#include "sim/script/impl.h"

#include "sim/base/sys.h"
#include "sim/inventory/shelf.h"
#include "sim/wire/text.h"

#include <string.h>

static const char verb[] = "phones";

#define ROW_COST   40  /* instructions that a row counts as */
#define LISTS_SEEN 256 /* remembered by their word; further ones are looked up each time */

/* What a word of the column itl or ctl means, found out once. */
struct word {
    const char *text;
    bool ctl; /* of which column; a list of one is none of the other */
    struct lab_found_holds holds;
};

/* What a row says here, of this cluster. */
struct meant {
    struct lab_found_holds ctl, itl;
    int64_t since_s;
    uint32_t ip[2]; /* of its TFTP servers; 0: as elsewhere */
};

struct loading {
    lua_State *L;
    struct script *s;
    struct lab *lab;
    uint32_t cluster;
    const char *name; /* of the file */
    const struct found_rows *rows;
    struct meant *meant; /* of each row */
    struct word words[LISTS_SEEN];
    uint32_t word_count;
    const char *source, *source_kept; /* the one before: most rows have the same */
};

/* ---- lists ---- */

static struct lab_found_holds by_name(struct loading *l, const char *text, bool ctl, uint32_t line)
{
    const struct lab_found *f = lab_found(l->lab);
    struct lab_found_holds holds = { .how = HOLDS_UNTOLD };
    for (uint32_t i = 0; i < f->by_hash_count; i++) {
        if (strcmp(f->by_hash[i].name, text) != 0)
            continue;
        if (f->by_hash[i].is_ctl != ctl)
            args_fail(l->L, "%s: %s:%u: \"%.40s\" is no %s", verb, l->name, line, text,
                      ctl ? "CTL" : "ITL");
        holds = (struct lab_found_holds){ HOLDS_BY_HASH, f->by_hash[i].list };
    }
    if (holds.how == HOLDS_UNTOLD)
        args_fail(l->L,
                  "%s: %s:%u: \"none\", \"served\", a SHA-256 of cluster.certs or the name of a "
                  "list {} is expected, not \"%.70s\"",
                  verb, l->name, line, text);
    return holds;
}

static struct lab_found_holds look_up(struct loading *l, const char *text, bool ctl, uint32_t line)
{
    if (text[0] == '\0')
        return (struct lab_found_holds){ HOLDS_UNTOLD, 0 };
    if (strcmp(text, "served") == 0)
        return (struct lab_found_holds){ HOLDS_SERVED, 0 };
    if (strcmp(text, "none") == 0)
        return (struct lab_found_holds){ HOLDS_NONE, 0 };
    if (strspn(text, "0123456789abcdef") != LAB_SHA256 || text[LAB_SHA256] != '\0')
        return by_name(l, text, ctl, line);
    char of[120];
    snprintf(of, sizeof of, "%s: %.80s:%u", verb, l->name, line);
    return (struct lab_found_holds){ HOLDS_LIST, found_list(l->L, of, l->cluster, text, ctl) };
}

static struct lab_found_holds holds_of(struct loading *l, const char *text, bool ctl, uint32_t line)
{
    for (uint32_t i = 0; i < l->word_count; i++) {
        if (l->words[i].ctl == ctl && strcmp(l->words[i].text, text) == 0)
            return l->words[i].holds;
    }
    struct lab_found_holds holds = look_up(l, text, ctl, line);
    if (l->word_count < LISTS_SEEN)
        l->words[l->word_count++] = (struct word){ text, ctl, holds };
    return holds;
}

/* ---- rows ---- */

static const char *keep(struct loading *l, const char *text)
{
    return text[0] == '\0' ? "" : arena_text(lab_found_arena(l->lab), view_str(text));
}

/* "cucm-tftp1 cucm-pub": what DHCP option 150 says where it stands. */
static void resolve_tftp(struct loading *l, const struct found_row *row, uint32_t ip[2])
{
    const struct cluster *cl = &l->lab->state.clusters[l->cluster];
    struct view left = view_str(row->tftp);
    for (int i = 0; left.n > 0; i++) {
        struct view word = text_cut(&left, ' ');
        char name[CLUSTER_NAME] = "";
        uint32_t node = 0;
        if (word.n < sizeof name)
            snprintf(name, sizeof name, "%.*s", (int)word.n, (const char *)word.p);
        bool is = i < 2 && cluster_node(cl, name, &node);
        if (is)
            ip[i] = cl->nodes[node].disk.ip;
        else
            args_fail(l->L,
                      "%s: %s:%u: one or two nodes with Cisco Tftp are expected, not \"%.60s\"",
                      verb, l->name, row->row.line, row->tftp);
    }
}

/* Before any phone is made: what is wrong with a list or a date. */
static void resolve(struct loading *l, const struct found_row *row, struct meant *m)
{
    struct err e = { "" };
    uint32_t line = row->row.line;
    *m = (struct meant){ .since_s = 0 };
    if (row->tftp[0] != '\0')
        resolve_tftp(l, row, m->ip);
    m->itl = holds_of(l, row->itl, false, line);
    m->ctl = holds_of(l, row->ctl, true, line);
    if (row->since[0] != '\0' && !lab_found_date(l->lab, row->since, &m->since_s, &e))
        args_fail(l->L, "%s: %s:%u: %s", verb, l->name, line, e.text);
}

static void put(struct loading *l, const struct found_row *row, uint32_t phone)
{
    const struct meant *m = &l->meant[row - l->rows->rows];
    struct lab_found_phone told = row->told;
    told.itl = m->itl;
    told.ctl = m->ctl;
    told.since_s = m->since_s;
    if (l->source == NULL || strcmp(l->source, told.source) != 0) {
        l->source = told.source;
        l->source_kept = keep(l, told.source);
    }
    told.source = l->source_kept;
    told.description = keep(l, told.description);
    told.model = told.model == NULL ? NULL : keep(l, told.model);
    lab_found_put_phone(l->lab, phone, &told);
    if (m->ip[0] != 0)
        lab_found_tftp(l->lab, phone, m->ip);
}

static bool is_off(struct loading *l, const struct found_row *row)
{
    const struct script_options *o = &l->s->options;
    return row->told.on == LAB_NO || (o->off != NULL && o->off(o->off_ctx, row->row.name));
}

/* Makes the phones of the rows; pushes their fleet. */
static void add(struct loading *l)
{
    const struct found_rows *rows = l->rows;
    struct err e = { "" };
    uint32_t n = rows->phone_count, first;
    if (!inventory_add_rows(l->lab, l->cluster, l->name, rows->phones, n, &first, &e))
        args_fail(l->L, "%s: %s", verb, e.text);
    for (uint32_t i = 0; i < n; i++) {
        const struct found_row *row = (const struct found_row *)rows->phones[i];
        put(l, row, first + i);
        lab_power(l->lab, first + i, true, lab_now_us(l->lab));
        if (is_off(l, row))
            script_is_off(l->s, first + i);
    }
    lab_found_count_rows(l->lab, rows->bent, rows->nothing);
    object_push_fleet(l->L, l->cluster, first, n);
}

/* The loading is at 1. */
static int add_all(lua_State *L)
{
    struct loading *l = lua_touserdata(L, 1);
    lua_State *outer = l->L;
    l->L = L;
    folder_charge(L, l->rows->bytes);
    sandbox_charge(L, 1000 + (uint64_t)l->rows->count * ROW_COST);
    for (uint32_t i = 0; i < l->rows->count; i++)
        resolve(l, &l->rows->rows[i], &l->meant[i]);
    add(l);
    l->L = outer;
    return 1;
}

int found_phones(lua_State *L, uint32_t cluster)
{
    static const char *const keys[] = { "file" };
    struct script *s = script_of(L);
    struct err e = { "" };
    char path[FOLDER_PATH];
    args_table(L, 2, verb, keys, COUNT_OF(keys));
    if (lab_found_cluster(s->lab, cluster) == NULL)
        return args_fail(L, "phones: found {} of its cluster comes before a file of its phones");
    const char *name = folder_name(L, verb, "file", args_field_text(L, 2, verb, "file"));
    struct loading *l = lua_newuserdatauv(L, sizeof *l, 0);
    *l = (struct loading){ .L = L, .s = s, .lab = s->lab, .cluster = cluster, .name = name };
    folder_path(L, verb, "", name, path);
    l->rows = shelf_table(s->options.shelf, path, name, &e);
    if (l->rows == NULL)
        return args_fail(L, "phones: %s", e.text);
    struct arena_mark mark = arena_mark(&s->arena);
    l->meant = arena_take(&s->arena, l->rows->count * sizeof *l->meant);
    lua_pushcfunction(L, add_all);
    lua_pushlightuserdata(L, l);
    int status = lua_pcall(L, 1, 1, 0);
    arena_rewind(&s->arena, mark); /* what rows mean, and lists that they named */
    if (status == LUA_OK)
        return 1;
    luaL_where(L, 1);
    lua_insert(L, -2);
    lua_concat(L, 2);
    return lua_error(L);
}
