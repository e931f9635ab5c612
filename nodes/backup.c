#include "nodes/backup.h"

#include "nodes/certs.h"
#include "nodes/config.h"
#include "nodes/services.h"
#include "sim/base/rng.h"

#include <string.h>

/* ---- copies ---- */

static void *copy_array(const struct mem *mem, const void *from, size_t n)
{
    if (n == 0)
        return NULL;
    void *to = mem_take(mem, n);
    memcpy(to, from, n);
    return to;
}

void database_copy(const struct mem *mem, struct database *to, const struct database *from)
{
    *to = *from;
    to->rows = copy_array(mem, from->rows, from->row_count * sizeof *from->rows);
    to->groups = copy_array(mem, from->groups, from->group_count * sizeof *from->groups);
    to->pools = copy_array(mem, from->pools, from->pool_count * sizeof *from->pools);
    to->classes = copy_array(mem, from->classes, from->class_count * sizeof *from->classes);
    to->device_class =
        copy_array(mem, from->device_class, from->device_count * sizeof *from->device_class);
    to->remotes = copy_array(mem, from->remotes, from->remote_count * sizeof *from->remotes);
    to->remote_cap = from->remote_count;
    to->row_cap = from->row_count;
    to->group_cap = from->group_count;
    to->pool_cap = from->pool_count;
    to->class_cap = from->class_count;
}

void database_free(const struct mem *mem, struct database *db)
{
    void *const arrays[] = { db->rows,    db->groups,       db->pools,
                             db->classes, db->device_class, db->remotes };
    for (size_t i = 0; i < sizeof arrays / sizeof arrays[0]; i++)
        mem_free(mem, arrays[i]);
}

void database_choose(const struct mem *mem, struct database *db, const uint32_t *phones,
                     uint32_t count)
{
    uint16_t *chosen = mem_take(mem, (size_t)count * sizeof *chosen + 1);
    for (uint32_t i = 0; i < count; i++)
        chosen[i] = phones[i] < db->device_count ? db->device_class[phones[i]] : 0;
    mem_free(mem, db->device_class);
    db->device_class = chosen;
    db->device_count = count;
}

/* ---- backups ---- */

const struct backup *backup_nth(const struct cluster *cl, uint32_t nth)
{
    const struct backup *b = cl->backup;
    while (b != NULL && nth-- > 1)
        b = b->before;
    return b;
}

/* The whole cluster as it stands, without nodes that are shut down (assumed). */
static struct backup *snapshot(const struct cluster *cl, uint64_t now_us)
{
    const struct mem *mem = cl->env->mem;
    struct backup *b = mem_take(mem, sizeof *b);
    *b = (struct backup){ .refs = 1,
                          .version = cl->version,
                          .node_count = cl->node_count,
                          .at_us = now_us,
                          .made_s = cl->env->start_s + (int64_t)(now_us / 1000000) };
    database_copy(mem, &b->db, &cl->db);
    b->disks = mem_take(mem, cl->node_count * sizeof *b->disks);
    for (uint32_t i = 0; i < cl->node_count; i++) {
        b->disks[i] = cl->nodes[i].disk;
        if (cl->nodes[i].removed || cl->nodes[i].run.off)
            b->disks[i] = (struct node_disk){ .ip = 0 };
    }
    return b;
}

static struct backup *add(struct cluster *cl, struct backup *b)
{
    b->before = cl->backup; /* which the cluster held so far */
    return cl->backup = b;
}

void backup_make(struct cluster *cl, uint64_t now_us)
{
    add(cl, snapshot(cl, now_us));
}

void backup_found(struct cluster *cl, const struct cluster *past, uint32_t unknown, int64_t made_s,
                  uint64_t now_us)
{
    struct backup *b = add(cl, snapshot(past, now_us));
    b->made_s = made_s;
    b->unknown = unknown;
}

void backup_hold(struct backup *b)
{
    if (b != NULL)
        b->refs++;
}

void backup_release(const struct mem *mem, struct backup *b)
{
    while (b != NULL && --b->refs == 0) {
        struct backup *before = b->before;
        database_free(mem, &b->db);
        mem_free(mem, b->disks);
        mem_free(mem, b);
        b = before;
    }
}

static struct backup *copy_of(const struct mem *mem, const struct backup *from)
{
    struct backup *b = mem_take(mem, sizeof *b);
    *b = *from;
    b->refs = 1;
    b->before = NULL;
    database_copy(mem, &b->db, &from->db);
    b->disks = copy_array(mem, from->disks, from->node_count * sizeof *from->disks);
    return b;
}

static void choose(const struct mem *mem, struct backup **list, const uint32_t *phones,
                   uint32_t count)
{
    struct backup *all = NULL, **end = &all;
    for (const struct backup *b = *list; b != NULL; b = b->before) {
        *end = copy_of(mem, b);
        database_choose(mem, &(*end)->db, phones, count);
        end = &(*end)->before;
    }
    backup_release(mem, *list);
    *list = all;
}

void backup_choose(struct cluster *cl, const uint32_t *phones, uint32_t count)
{
    choose(cl->env->mem, &cl->backup, phones, count);
    choose(cl->env->mem, &cl->inactive, phones, count);
}

static uint64_t hash_of(const struct content *c, const struct backup *list)
{
    uint64_t h = 0;
    for (const struct backup *b = list; b != NULL; b = b->before) {
        h = rng_mix(rng_hash(h, view_str(b->version->name)));
        for (uint32_t i = 0; i < b->node_count; i++) {
            for (int own = 0; own < OWNS; own++)
                h = rng_mix(h ^ content_meaning(c, b->disks[i].own[own])) + i;
            h += b->disks[i].no_ctl;
        }
        h = rng_mix(h ^ b->db.row_count) + b->db.device_count;
        for (int p = 0; p < PARAMS; p++)
            h = rng_mix(h ^ b->db.params[p]);
        h = rng_mix(h ^ content_meaning(c, b->db.ctl)) + b->db.mixed_mode;
        for (uint32_t i = 0; i < b->db.remote_count; i++)
            h = rng_mix(h ^ b->db.remotes[i].tftp[0]) + i;
    }
    return h;
}

uint64_t backup_hash(const struct cluster *cl)
{
    const struct content *c = cl->env->content;
    return (rng_mix(hash_of(c, cl->backup)) ^ hash_of(c, cl->inactive)) + cl->built_on;
}

/* In place of what the cluster has: that goes to whoever asked, who frees it. */
static struct database take_database(struct cluster *cl, const struct database *from)
{
    struct database old = cl->db;
    database_copy(cl->env->mem, &cl->db, from);
    for (int p = 0; p < PARAMS; p++) {
        if (!param_is_setting((enum param)p))
            cl->db.params[p] = old.params[p];
    }
    return old;
}

/* ---- restore ---- */

static bool is_own(const struct cert_row *r, uint32_t node)
{
    return r->store == STORE_OWN && r->node == node;
}

/* Own certificates of nodes that are not restored stay in the database as they are: those nodes put
 * them there again (assumed). */
static void keep_others(struct cluster *cl, const struct database *old, uint32_t node)
{
    struct database *db = &cl->db;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < db->row_count; i++) {
        if (db->rows[i].store != STORE_OWN || db->rows[i].node == node)
            db->rows[kept++] = db->rows[i];
    }
    db->row_count = kept;
    for (uint32_t i = 0; i < old->row_count; i++) {
        if (old->rows[i].store == STORE_OWN && old->rows[i].node != node)
            certs_put_row(cl, &old->rows[i]);
    }
}

/* Of a node alone: its rows follow its disk. */
static void rows_follow_disk(struct cluster *cl, uint32_t node, uint64_t now_us)
{
    for (uint32_t i = 0; i < cl->db.row_count; i++) {
        struct cert_row *r = &cl->db.rows[i];
        if (is_own(r, node) && r->until_us == UINT64_MAX &&
            cl->nodes[node].disk.own[r->own] != r->cert)
            certs_end(cl, r, node, now_us);
    }
    for (int own = 0; own < OWNS; own++) {
        uint32_t cert = cl->nodes[node].disk.own[own];
        if (cert != 0 && certs_has_own(cl, node, (enum own)own) &&
            certs_known(cl, node, node, (enum own)own, now_us) != cert)
            certs_own_row(cl, node, (enum own)own, cert, now_us);
    }
}

/* As after its power came back: nothing is in memory, everything starts. */
static void boot(struct cluster *cl, uint32_t node, uint64_t now_us)
{
    struct node_run *run = &cl->nodes[node].run;
    run->itl = run->ctl = 0;
    run->rebuild_us = 0;
    cl->nodes[node].stopped_us = 0; /* replication is set up anew */
    services_reboot(cl, node, now_us);
}

void backup_restore(struct cluster *cl, uint32_t node, const struct backup *b, uint64_t now_us)
{
    const struct mem *mem = cl->env->mem;
    struct node_disk *disk = &cl->nodes[node].disk;
    uint32_t callmanager = disk->own[OWN_CALLMANAGER];
    bool loses_callmanager = cl->db.params[PARAM_CSCTN50405] != 0;
    *disk = b->disks[node];
    if (loses_callmanager)
        disk->own[OWN_CALLMANAGER] = callmanager;
    if (node == 0) {
        struct database old = take_database(cl, &b->db);
        keep_others(cl, &old, node);
        database_free(mem, &old);
        certs_copy_to_subscribers(cl);
    } else {
        rows_follow_disk(cl, node, now_us);
    }
    boot(cl, node, now_us);
}

void backup_rebuild(struct cluster *cl, uint32_t node, uint64_t now_us)
{
    struct database *db = &cl->db;
    memset(cl->nodes[node].disk.csr, 0, sizeof cl->nodes[node].disk.csr);
    cl->nodes[node].disk.itl_before = 0;
    certs_lose(cl, node, now_us);
    if (node == 0) {
        for (uint32_t i = 0; i < db->row_count; i++) {
            if (db->rows[i].store != STORE_OWN && !db->rows[i].stays &&
                db->rows[i].until_us == UINT64_MAX)
                certs_end(cl, &db->rows[i], 0, now_us);
        }
        db->mixed_mode = false;
        db->ctl = 0;
    }
    for (int own = 0; own < OWNS; own++) {
        if (certs_has_own(cl, node, (enum own)own))
            certs_renew(cl, node, (enum own)own, now_us);
    }
    certs_copy_to_subscribers(cl);
    boot(cl, node, now_us);
}

/* ---- upgrade ---- */

/* Kinds that the publisher alone has from now on are no longer the subscribers' own. */
static void drop_own(struct cluster *cl, uint32_t node, enum own own, uint64_t now_us)
{
    for (uint32_t i = 0; i < cl->db.row_count; i++) {
        struct cert_row *r = &cl->db.rows[i];
        if (is_own(r, node) && r->own == own && r->until_us == UINT64_MAX)
            certs_end(cl, r, node, now_us);
    }
    cl->nodes[node].disk.own[own] = 0;
}

/* Those of the trust stores that have expired by the publisher's clock. */
static void drop_expired(struct cluster *cl, uint64_t now_us)
{
    int64_t now_s = cluster_wall_s(cl, 0, now_us);
    for (uint32_t i = 0; i < cl->db.row_count; i++) {
        struct cert_row *r = &cl->db.rows[i];
        if (r->store != STORE_OWN && r->until_us == UINT64_MAX &&
            content_date(cl->env->content, r->cert, now_s) == DATE_OVER)
            certs_end(cl, r, 0, now_us);
    }
}

void backup_upgrade(struct cluster *cl, const struct version *to, uint64_t now_us)
{
    bool made_alone = (cl->version->publisher_only & OWN_BIT(OWN_ITLRECOVERY)) != 0;
    bool renews = cl->db.params[PARAM_FN70613] != 0 && !made_alone && to->renews_itlrecovery;
    backup_release(cl->env->mem, cl->inactive);
    cl->inactive = snapshot(cl, now_us);
    cl->built_on = false;
    cl->version = to;
    cl->asked[0] = '\0';
    if (to->drops_expired)
        drop_expired(cl, now_us);
    FOR_EACH_NODE(cl, i)
    {
        for (int own = 0; own < OWNS; own++) {
            bool has = certs_has_own(cl, i, (enum own)own);
            bool lacks = cl->nodes[i].disk.own[own] == 0;
            if (has && (lacks || (renews && own == OWN_ITLRECOVERY)))
                certs_renew(cl, i, (enum own)own, now_us);
            else if (!has && !lacks)
                drop_own(cl, i, (enum own)own, now_us);
        }
    }
    certs_copy_to_subscribers(cl);
    FOR_EACH_NODE(cl, i)
    {
        cl->nodes[i].stopped_us = 0;
        services_reboot(cl, i, now_us);
    }
}

/* What the other partition holds is run, and what ran until now lies there. */
void backup_switch(struct cluster *cl, uint64_t now_us)
{
    const struct mem *mem = cl->env->mem;
    struct backup *to = cl->inactive;
    cl->inactive = snapshot(cl, now_us);
    cl->built_on = false;
    cl->version = to->version;
    cl->asked[0] = '\0';
    struct database old = take_database(cl, &to->db);
    database_free(mem, &old);
    FOR_EACH_NODE(cl, i)
    {
        cl->nodes[i].disk = to->disks[i];
        boot(cl, i, now_us);
    }
    backup_release(mem, to);
}
