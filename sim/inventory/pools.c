/* The CallManager group of each device pool. */
#include "sim/base/sys.h"
#include "sim/text/csv.h"
#include "sim/inventory/inventory.h"
#include "sim/text/encoding.h"
#include "sim/wire/text.h"

#include <string.h>

static bool copy_name(struct view v, char out[CLUSTER_NAME])
{
    if (v.n >= CLUSTER_NAME || v.n == 0)
        return false;
    memset(out, 0, CLUSTER_NAME);
    for (size_t i = 0; i < v.n; i++) {
        if (v.p[i] < 0x20 || v.p[i] == 0x7f)
            return false;
        out[i] = (char)v.p[i];
    }
    return true;
}

/* The pool that this row goes on with: the one before it. */
static struct inventory_pool *going_on(struct inventory_pools *p, const char *name)
{
    struct inventory_pool *last = p->count == 0 ? NULL : &p->pools[p->count - 1];
    return last != NULL && strcmp(last->name, name) == 0 ? last : NULL;
}

static bool new_pool(struct inventory_pools *out, const char *name, const char *path, uint32_t line,
                     struct err *e)
{
    for (uint32_t i = 0; i < out->count; i++) {
        if (strcmp(out->pools[i].name, name) == 0)
            return err_set(e, "%s:%u: pool \"%s\" stands in line %u already", path, line, name,
                           out->pools[i].line);
    }
    if (out->count == CLUSTER_POOLS)
        return err_set(e, "%s:%u: more than %d pools", path, line, CLUSTER_POOLS);
    mem_reserve(&sys_mem, (void **)&out->pools, &out->cap, (size_t)out->count + 1,
                sizeof *out->pools);
    struct inventory_pool *p = &out->pools[out->count++];
    memset(p, 0, sizeof *p);
    memcpy(p->name, name, strlen(name) + 1);
    p->line = line;
    return true;
}

static bool add_members(const struct csv_row *row, struct inventory_pool *p, const char *path,
                        struct err *e)
{
    char name[TEXT_SHOWN];
    for (uint32_t i = 1; i < row->count; i++) {
        struct view v = row->fields[i];
        if (v.n == 0)
            continue; /* spreadsheets pad rows */
        if (p->count == CNF_SERVERS)
            return err_set(e, "%s:%u: more than %d group members for pool \"%s\"", path, row->line,
                           CNF_SERVERS, p->name);
        if (!copy_name(v, p->members[p->count++]))
            return err_set(e, "%s:%u: bad group member \"%s\"", path, row->line,
                           text_shown(v, name));
    }
    if (p->count == 0)
        return err_set(e, "%s:%u: no group members for pool \"%s\"", path, row->line, p->name);
    return true;
}

static bool read_pool(const struct csv_row *row, const char *path, struct inventory_pools *out,
                      struct err *e)
{
    char pool[CLUSTER_NAME], name[TEXT_SHOWN];
    if (row->fault != NULL)
        return err_set(e, "%s:%u: %s", path, row->line, row->fault);
    if (text_same(row->fields[0], "Device Name"))
        return err_set(e,
                       "%s:%u: this is an export of phones, for --inventory; pools are lines "
                       "\"DP-HQ-Floor1,sub1,sub2\"",
                       path, row->line);
    if (!copy_name(row->fields[0], pool))
        return err_set(e, "%s:%u: bad pool name \"%s\"", path, row->line,
                       text_shown(row->fields[0], name));
    struct inventory_pool *last = going_on(out, pool);
    if (last == NULL && !new_pool(out, pool, path, row->line, e))
        return false;
    return add_members(row, last == NULL ? &out->pools[out->count - 1] : last, path, e);
}

static bool is_header(struct view first)
{
    static const char *const words[] = { "pool", "Device Pool", "(expression)" };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (text_same(first, words[i]))
            return true;
    }
    return false;
}

/* What `run sql` puts below its header. */
static bool is_ruler(const struct csv_row *row)
{
    for (size_t i = 0; i < row->fields[0].n; i++) {
        if (row->fields[0].p[i] != '=')
            return false;
    }
    return row->count == 1;
}

bool inventory_read_pools(struct view csv, const char *path, struct inventory_pools *out,
                          struct err *e)
{
    memset(out, 0, sizeof *out);
    struct arena a = arena_of(&sys_mem);
    bool ok = text_from_file(csv, &a, &csv, e) || err_prefix(e, "%s", path);
    struct csv c = csv_of(csv);
    struct csv_row row = { .most = CNF_SERVERS + 2 + 60 };
    bool first = true;
    while (ok && csv_next(&c, &a, &row)) {
        if (!(first && is_header(row.fields[0])) && !is_ruler(&row))
            ok = read_pool(&row, path, out, e);
        first = false;
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
