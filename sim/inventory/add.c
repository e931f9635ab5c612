/* Files of phones, and their way into a lab. */
#include "sim/base/check.h"
#include "sim/base/count.h"
#include "sim/base/sys.h"
#include "sim/crypto/crypto.h"
#include "sim/inventory/inventory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- files ---- */

void inventory_checksum(struct view bytes, char sha256[65])
{
    uint8_t digest[64];
    size_t n = digest_of(DIGEST_SHA256, &bytes, 1, digest);
    for (size_t i = 0; i < n; i++)
        snprintf(sha256 + 2 * i, 3, "%02x", digest[i]);
}

bool inventory_file_read(struct inventory_file *f, struct inventory_as as, struct err *e)
{
    struct arena a = arena_of(&sys_mem);
    struct view bytes;
    bool ok = sys_read_file(f->path, INVENTORY_FILE_MAX, &a, &bytes, e);
    if (ok) {
        inventory_checksum(bytes, f->sha256);
        ok = inventory_read(bytes, f->path, as, &f->phones, e);
        /* What it keeps lies in its own memory. */
    }
    if (ok && f->pools_path != NULL)
        ok = sys_read_file(f->pools_path, INVENTORY_FILE_MAX, &a, &bytes, e) &&
             inventory_read_pools(bytes, f->pools_path, &f->pools, e);
    arena_free(&a);
    return ok;
}

void inventory_file_free(struct inventory_file *f)
{
    inventory_free(&f->phones);
    inventory_free_pools(&f->pools);
}

/* ---- pools ---- */

static bool add_pools(struct lab *lab, uint32_t cluster, const struct inventory_file *f,
                      struct err *e)
{
    for (uint32_t i = 0; i < f->pools.count; i++) {
        const struct inventory_pool *p = &f->pools.pools[i];
        const char *members[CNF_SERVERS];
        uint16_t pool;
        if (config_find_pool(&lab->state.clusters[cluster], p->name, &pool))
            continue; /* the scenario's own wins: it stands beside the plan */
        for (uint32_t k = 0; k < p->count; k++)
            members[k] = p->members[k];
        if (!lab_pool_of_nodes(lab, cluster, p->name, members, p->count, e))
            return err_prefix(e, "%s:%u", f->pools_path, p->line);
    }
    return true;
}

/* Pools of a file, with how many of its phones each has; in the order of the file. */
struct tally {
    struct table index;
    struct {
        const struct inventory_row *first;
        uint32_t phones;
    } * pools;
    uint32_t count, cap;
};

static void tally_add(struct tally *t, const struct inventory_row *row)
{
    uint64_t key = rng_hash(3, view_str(row->pool)) | 1;
    uint32_t *known = table_get(&t->index, key);
    if (known != NULL) {
        t->pools[*known].phones++;
        return;
    }
    mem_reserve(&sys_mem, (void **)&t->pools, &t->cap, (size_t)t->count + 1, sizeof *t->pools);
    t->pools[t->count].first = row;
    t->pools[t->count].phones = 1;
    table_put(&t->index, key, t->count++);
}

static void tally_free(struct tally *t)
{
    table_free(&t->index);
    mem_free(&sys_mem, t->pools);
}

/* "A" (20 phones from line 3), "B" ...: as many as a message has room for. */
static bool tally_error(const struct tally *t, const char *path, const char *what, struct err *e)
{
    char list[300];
    size_t n = 0;
    uint32_t i = 0;
    for (; i < t->count && n < sizeof list - 100; i++)
        n += (size_t)snprintf(list + n, sizeof list - n, "%s\"%.40s\" (%s from line %u)",
                              i == 0 ? "" : ", ", t->pools[i].first->pool,
                              COUNTED(t->pools[i].phones), t->pools[i].first->line);
    if (i < t->count)
        snprintf(list + n, sizeof list - n, " and %s more", COUNTED(t->count - i));
    return err_set(e, "%s:%u: %s: %s", path, t->pools[0].first->line, what, list);
}

static bool check_pools(const struct cluster *cl, const struct inventory_file *f, struct err *e)
{
    struct tally all = { .index = table_of(&sys_mem) };
    uint32_t strangers = 0;
    uint16_t pool;
    for (uint32_t i = 0; i < f->phones.count; i++)
        tally_add(&all, &f->phones.rows[i]);
    for (uint32_t i = 0; i < all.count; i++) {
        if (!config_find_pool(cl, all.pools[i].first->pool, &pool))
            all.pools[strangers++] = all.pools[i];
    }
    all.count = strangers;
    if (strangers > 0)
        tally_error(&all, f->path,
                    "device pools that stand in no --pools file and not in the scenario", e);
    tally_free(&all);
    return strangers == 0;
}

/* ---- phones ---- */

/* Rows with the same answer share a configuration. */
static int by_class(const void *x, const void *y)
{
    const struct inventory_row *a = *(const struct inventory_row *const *)x;
    const struct inventory_row *b = *(const struct inventory_row *const *)y;
    int pool = strcmp(a->pool, b->pool), load = strcmp(a->load, b->load);
    const uint8_t of_a[] = { a->security_mode, a->encrypted, a->speaks,
                             a->model,         a->settings,  a->lsc };
    const uint8_t of_b[] = { b->security_mode, b->encrypted, b->speaks,
                             b->model,         b->settings,  b->lsc };
    int rest = memcmp(of_a, of_b, sizeof of_a);
    return pool != 0 ? pool : load != 0 ? load : rest;
}

static int by_class_and_line(const void *x, const void *y)
{
    const struct inventory_row *a = *(const struct inventory_row *const *)x;
    const struct inventory_row *b = *(const struct inventory_row *const *)y;
    int order = by_class(x, y);
    return order != 0 ? order : a->line < b->line ? -1 : a->line > b->line;
}

static struct lab_phones_spec spec_of(const struct inventory_row *r)
{
    return (struct lab_phones_spec){
        .model = model_table[r->model].name,
        .pool = r->pool,
        .security_mode = r->security_mode,
        .encrypted = r->encrypted,
        .speaks = r->speaks,
        .settings = r->settings,
        .lsc = r->lsc,
        .load = r->load[0] == '\0' ? NULL : r->load,
    };
}

/* Rows of one class, as phones that follow each other. */
static bool add_class(struct lab *lab, uint32_t cluster, const char *path,
                      const struct inventory_row *const *rows, uint32_t count, uint32_t *first,
                      struct err *e)
{
    const char **names = mem_take(&sys_mem, count * sizeof *names);
    for (uint32_t i = 0; i < count; i++)
        names[i] = rows[i]->name;
    struct lab_phones_spec spec = spec_of(rows[0]);
    spec.count = count;
    spec.names = names;
    bool ok =
        lab_phones(lab, cluster, &spec, first, e) || err_prefix(e, "%s:%u", path, rows[0]->line);
    mem_free(&sys_mem, names);
    return ok;
}

void inventory_group_rows(const struct inventory_row **rows, uint32_t count)
{
    qsort(rows, count, sizeof *rows, by_class_and_line);
}

bool inventory_add_rows(struct lab *lab, uint32_t cluster, const char *path,
                        const struct inventory_row *const *rows, uint32_t count, uint32_t *first,
                        struct err *e)
{
    bool ok = true;
    *first = lab->state.phone_count;
    for (uint32_t i = 0, end, next; ok && i < count; i = end) {
        for (end = i + 1; end < count && by_class(&rows[i], &rows[end]) == 0;)
            end++;
        ok = add_class(lab, cluster, path, rows + i, end - i, &next, e);
        CHECK(!ok || next == *first + i);
    }
    return ok;
}

static bool wanted(const struct inventory_row *r, const char *pools)
{
    size_t n = pools == NULL ? 0 : strlen(pools);
    if (r->taken)
        return false;
    if (n > 0 && pools[n - 1] == '*')
        return strncmp(r->pool, pools, n - 1) == 0;
    return pools == NULL || strcmp(r->pool, pools) == 0;
}

/* ---- phones that two clusters have ---- */

static void count_elsewhere(struct inventory *v, const char *cluster)
{
    uint32_t i = 0;
    while (i < v->elsewhere_count && strcmp(v->elsewhere[i].cluster, cluster) != 0)
        i++;
    if (i == v->elsewhere_count) {
        snprintf(v->elsewhere[i].cluster, sizeof v->elsewhere[i].cluster, "%s", cluster);
        v->elsewhere_count++;
    }
    v->elsewhere[i].phones++;
}

/* It is one phone, prepared for a move: its home is the cluster that had it first, and here it has
 * a row in the database.  Its LSC is from the CAPF of its home. */
static bool add_other(struct lab *lab, uint32_t cluster, struct inventory *v,
                      struct inventory_row *row, const char *path, struct err *e)
{
    uint32_t home = lab_fleet_of(lab, row->phone)->cluster;
    struct lab_phones_spec spec = spec_of(row);
    spec.lsc = false;
    row->taken = true;
    row->elsewhere = true;
    count_elsewhere(v, lab->state.clusters[home].name);
    v->elsewhere_bent += row->bent;
    v->elsewhere_models += !model_same(row->model, lab->state.phones[row->phone].model);
    return lab_known_phone(lab, cluster, &spec, row->phone, e) ||
           err_prefix(e, "%s:%u", path, row->line);
}

/* Sets apart, in front, those that no cluster has yet; returns how many they are. */
static uint32_t new_first(const struct lab *lab, uint32_t cluster, struct inventory_row **rows,
                          uint32_t count)
{
    struct inventory_row **others = mem_take(&sys_mem, ((size_t)count + 1) * sizeof *others);
    uint32_t n = 0, m = 0;
    for (uint32_t i = 0; i < count; i++) {
        /* A second one of its own cluster is refused with its name. */
        bool other = lab_find_phone(lab, rows[i]->name, &rows[i]->phone) &&
                     lab_fleet_of(lab, rows[i]->phone)->cluster != cluster;
        *(other ? &others[m++] : &rows[n++]) = rows[i];
    }
    memcpy(rows + n, others, m * sizeof *others);
    mem_free(&sys_mem, others);
    return n;
}

/* Rows that no cluster has yet. */
static bool add_new(struct lab *lab, uint32_t cluster, const char *path,
                    struct inventory_row **rows, uint32_t count, struct lab_taken *out,
                    struct err *e)
{
    const struct inventory_row **order = (const struct inventory_row **)rows;
    inventory_group_rows(order, count);
    if (!inventory_add_rows(lab, cluster, path, order, count, &out->first, e))
        return false;
    out->count = count;
    for (uint32_t i = 0; i < count; i++) {
        rows[i]->taken = true;
        rows[i]->phone = out->first + i;
    }
    return true;
}

static bool add_both(struct lab *lab, uint32_t cluster, struct inventory_file *from,
                     struct inventory_row **rows, uint32_t count, struct lab_taken *out,
                     struct err *e)
{
    uint32_t fresh = new_first(lab, cluster, rows, count);
    bool ok = true;
    out->others = mem_take(&sys_mem, ((size_t)count + 1) * sizeof *out->others);
    for (uint32_t i = fresh; ok && i < count; i++) {
        out->others[out->other_count++] = rows[i]->phone;
        ok = add_other(lab, cluster, &from->phones, rows[i], from->path, e);
    }
    return ok && add_new(lab, cluster, from->path, rows, fresh, out, e);
}

bool inventory_add(struct lab *lab, uint32_t cluster, struct inventory_file *from,
                   const char *pools, struct lab_taken *out, struct err *e)
{
    struct inventory *v = &from->phones;
    *out = (struct lab_taken){ 0 };
    if (!add_pools(lab, cluster, from, e) || !check_pools(&lab->state.clusters[cluster], from, e))
        return false;
    struct inventory_row **rows = mem_take(&sys_mem, (size_t)v->count * sizeof *rows);
    uint32_t n = 0;
    for (uint32_t i = 0; i < v->count; i++) {
        if (wanted(&v->rows[i], pools))
            rows[n++] = &v->rows[i];
    }
    bool ok = n > 0;
    if (n == 0 && pools == NULL)
        err_set(e, "%s: all its phones are in other fleets already", from->path);
    else if (n == 0)
        err_set(e, "%s: no phone in it that no other fleet has is in the pool \"%.60s\"",
                from->path, pools);
    else
        ok = add_both(lab, cluster, from, rows, n, out, e);
    mem_free(&sys_mem, rows);
    return ok;
}

bool inventory_used_up(const struct inventory_file *f, struct err *e)
{
    struct tally left = { .index = table_of(&sys_mem) };
    for (uint32_t i = 0; i < f->phones.count; i++) {
        if (!f->phones.rows[i].taken)
            tally_add(&left, &f->phones.rows[i]);
    }
    bool ok = left.count == 0;
    if (!ok)
        tally_error(&left, f->path, "phones that no `phones {}` of the scenario took, by pool", e);
    tally_free(&left);
    return ok;
}
