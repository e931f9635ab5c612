#include "nodes/config.h"

#include "nodes/services.h"
#include "sim/base/check.h"
#include "sim/base/near.h"

#include <string.h>

bool config_find_group(const struct cluster *cl, const char *name, uint16_t *group)
{
    for (uint32_t i = 0; i < cl->db.group_count; i++) {
        if (strcmp(cl->db.groups[i].name, name) == 0) {
            *group = (uint16_t)i;
            return true;
        }
    }
    return false;
}

bool config_find_members(const struct cluster *cl, const uint8_t *members, uint32_t count,
                         uint16_t *group)
{
    for (uint32_t i = 0; i < cl->db.group_count; i++) {
        const struct group *g = &cl->db.groups[i];
        if (g->count == count && memcmp(g->members, members, count) == 0) {
            *group = (uint16_t)i;
            return true;
        }
    }
    return false;
}

bool config_find_pool(const struct cluster *cl, const char *name, uint16_t *pool)
{
    for (uint32_t i = 0; i < cl->db.pool_count; i++) {
        if (strcmp(cl->db.pools[i].name, name) == 0) {
            *pool = (uint16_t)i;
            return true;
        }
    }
    return false;
}

#define NAMES_SHOWN 64

static bool no_such(const struct cluster *cl, const char *what, const char *name,
                    const char *const *names, uint32_t count, struct err *e)
{
    char list[NEAR_LIST], mean[NEAR_ROOM];
    struct near near = near_of(name);
    for (uint32_t i = 0; i < count; i++)
        near_try(&near, names[i]);
    return err_set(e, "%s: no %s \"%.60s\" (%s)%s", cl->name, what, name,
                   near_list(names, count, list), near_text(&near, mean));
}

bool config_no_group(const struct cluster *cl, const char *name, struct err *e)
{
    const char *names[NAMES_SHOWN];
    uint32_t n = cl->db.group_count < NAMES_SHOWN ? cl->db.group_count : NAMES_SHOWN;
    for (uint32_t i = 0; i < n; i++)
        names[i] = cl->db.groups[i].name;
    return no_such(cl, "CallManager group", name, names, n, e);
}

bool config_no_pool(const struct cluster *cl, const char *name, struct err *e)
{
    const char *names[NAMES_SHOWN];
    uint32_t n = cl->db.pool_count < NAMES_SHOWN ? cl->db.pool_count : NAMES_SHOWN;
    for (uint32_t i = 0; i < n; i++)
        names[i] = cl->db.pools[i].name;
    return no_such(cl, "device pool", name, names, n, e);
}

bool config_check_members(const struct cluster *cl, const char *name, const uint8_t *members,
                          uint32_t count, struct err *e)
{
    if (count == 0 || count > CNF_SERVERS)
        return err_set(e, "%s: CallManager group \"%s\" has %u members, 1 to %d expected", cl->name,
                       name, (unsigned)count, CNF_SERVERS);
    for (uint32_t i = 0; i < count; i++) {
        if (!services_is_activated(cl, members[i], SERVICE_CALLMANAGER))
            return err_set(e, "%s: %s does not run Cisco CallManager", cl->name,
                           cl->nodes[members[i]].disk.name);
        for (uint32_t k = 0; k < i; k++) {
            if (members[k] == members[i])
                return err_set(e, "%s: CallManager group \"%s\" names %s twice", cl->name, name,
                               cl->nodes[members[i]].disk.name);
        }
    }
    return true;
}

bool config_add_group(struct cluster *cl, const char *name, const uint8_t *members, uint32_t count,
                      uint16_t *group, struct err *e)
{
    bool there = config_find_group(cl, name, group);
    if (there && !cl->db.groups[*group].made)
        return err_set(e, "%s: there is already a CallManager group \"%s\"", cl->name, name);
    if (!there && cl->db.group_count == CLUSTER_GROUPS)
        return err_set(e, "%s: more than %d CallManager groups", cl->name, CLUSTER_GROUPS);
    struct group g = { .count = (uint8_t)count };
    if (!config_check_members(cl, name, members, count, e) ||
        !cluster_copy_name(g.name, name, "CallManager group", e))
        return false;
    memcpy(g.members, members, count);
    if (there) {
        cl->db.groups[*group] = g;
        return true;
    }
    mem_reserve(cl->env->mem, (void **)&cl->db.groups, &cl->db.group_cap,
                (size_t)cl->db.group_count + 1, sizeof *cl->db.groups);
    *group = (uint16_t)cl->db.group_count;
    cl->db.groups[cl->db.group_count++] = g;
    return true;
}

const struct group *config_group_with(const struct cluster *cl, uint32_t node)
{
    for (uint32_t i = 0; i < cl->db.group_count; i++) {
        if (memchr(cl->db.groups[i].members, (int)node, cl->db.groups[i].count) != NULL)
            return &cl->db.groups[i];
    }
    return NULL;
}

bool config_has_callmanager(const struct cluster *cl, const struct group *g)
{
    bool has = false;
    for (uint32_t i = 0; i < g->count; i++)
        has = has || services_is_activated(cl, g->members[i], SERVICE_CALLMANAGER);
    return has;
}

bool config_add_pool(struct cluster *cl, const char *name, uint16_t group, uint16_t *pool,
                     struct err *e)
{
    if (config_find_pool(cl, name, pool)) {
        struct pool *made = &cl->db.pools[*pool];
        if (!made->made)
            return err_set(e, "%s: there is already a device pool \"%s\"", cl->name, name);
        made->group = group;
        made->made = false;
        return true;
    }
    if (cl->db.pool_count == CLUSTER_POOLS)
        return err_set(e, "%s: more than %d device pools", cl->name, CLUSTER_POOLS);
    struct pool p = { .group = group };
    if (!cluster_copy_name(p.name, name, "device pool", e))
        return false;
    mem_reserve(cl->env->mem, (void **)&cl->db.pools, &cl->db.pool_cap,
                (size_t)cl->db.pool_count + 1, sizeof *cl->db.pools);
    *pool = (uint16_t)cl->db.pool_count;
    cl->db.pools[cl->db.pool_count++] = p;
    return true;
}

void config_drop_member(struct cluster *cl, uint32_t node)
{
    for (uint32_t i = 0; i < cl->db.group_count; i++) {
        struct group *g = &cl->db.groups[i], before = *g;
        g->count = 0;
        for (uint32_t k = 0; k < before.count; k++) {
            if (before.members[k] != node)
                g->members[g->count++] = before.members[k];
        }
    }
}

static bool same_order(const struct capf_order *a, const struct capf_order *b)
{
    return a->operation == b->operation && a->by == b->by && a->bits == b->bits &&
           a->status == b->status && a->string == b->string && a->until_s == b->until_s;
}

static bool same_class(const struct device_class *a, const struct device_class *b)
{
    return a->pool == b->pool && a->protocol == b->protocol &&
           a->security_mode == b->security_mode && a->encrypted == b->encrypted &&
           a->web_access == b->web_access && a->urls == b->urls && a->fresh == b->fresh &&
           a->settings == b->settings && a->lsc == b->lsc && a->key == b->key &&
           same_order(&a->capf, &b->capf) && a->dot1x == b->dot1x && a->vpn == b->vpn &&
           strcmp(a->load, b->load) == 0;
}

static uint64_t row_hash(const struct cluster *cl, const struct device_class *c, int64_t until)
{
    const struct content *content = cl->env->content;
    const struct capf_order *o = &c->capf;
    const uint8_t small[] = { c->protocol, c->security_mode, c->encrypted, c->web_access, c->urls,
                              c->fresh,    c->dot1x,         c->vpn,       c->settings };
    uint64_t h = rng_hash(1, view_of(small, sizeof small));
    h = rng_hash(h, view_str(c->load));
    h = rng_mix(h ^ content_meaning(content, c->lsc));
    h = rng_mix(h ^ content_meaning(content, c->key));
    if (o->operation == CAPF_NO_OPERATION)
        return h; /* how the last one ended decides nothing */
    h = rng_mix(h ^ ((uint64_t)o->operation << 16 | (uint64_t)o->by << 8));
    return rng_mix(h ^ content_meaning(content, o->string)) + (uint64_t)until;
}

uint64_t config_row_hash(const struct cluster *cl, const struct device_class *c)
{
    return row_hash(cl, c, c->capf.until_s);
}

uint64_t config_row_hash_at(const struct cluster *cl, const struct device_class *c, uint64_t now_us)
{
    int64_t left_s = c->capf.until_s - cluster_wall_s(cl, 0, now_us);
    return row_hash(cl, c, left_s < 0 ? -1 : left_s / 3600);
}

static void find_used(const struct database *db, bool used[CLUSTER_CLASSES])
{
    memset(used, 0, CLUSTER_CLASSES * sizeof *used);
    for (uint32_t i = 0; i < db->device_count; i++) {
        if (db->device_class[i] != 0)
            used[db->device_class[i] - 1] = true;
    }
}

uint32_t config_class_room(const struct cluster *cl)
{
    bool used[CLUSTER_CLASSES];
    uint32_t room = CLUSTER_CLASSES;
    find_used(&cl->db, used);
    for (uint32_t i = 0; i < cl->db.class_count; i++)
        room -= used[i];
    return room;
}

/* One that no device is of any more; the number of them all: there is none. */
static uint32_t spare_class(const struct cluster *cl)
{
    bool used[CLUSTER_CLASSES];
    uint32_t spare = 0;
    find_used(&cl->db, used);
    while (spare < cl->db.class_count && used[spare])
        spare++;
    return spare;
}

bool config_class(struct cluster *cl, const struct device_class *c, uint16_t *index, struct err *e)
{
    for (uint32_t i = 0; i < cl->db.class_count; i++) {
        if (same_class(&cl->db.classes[i], c)) {
            *index = (uint16_t)i;
            return true;
        }
    }
    uint32_t at = cl->db.class_count;
    if (at == CLUSTER_CLASSES)
        at = spare_class(cl);
    if (at == CLUSTER_CLASSES)
        return err_set(e, "%s: more than %d kinds of phones (pool, protocol, security, load)",
                       cl->name, CLUSTER_CLASSES);
    mem_reserve(cl->env->mem, (void **)&cl->db.classes, &cl->db.class_cap, (size_t)at + 1,
                sizeof *cl->db.classes);
    *index = (uint16_t)at;
    cl->db.classes[at] = *c;
    cl->db.classes[at].profile = cl->db.classes[at].short_profile = 0;
    cl->db.class_count += at == cl->db.class_count;
    return true;
}

void config_set_class(struct cluster *cl, uint32_t device, uint16_t class_index, uint32_t devices)
{
    struct database *db = &cl->db;
    CHECK(device < devices);
    if (device >= db->device_count) {
        db->device_class = cl->env->mem->resize(cl->env->mem->ctx, db->device_class,
                                                devices * sizeof *db->device_class);
        memset(db->device_class + db->device_count, 0,
               (devices - db->device_count) * sizeof *db->device_class);
        db->device_count = devices;
    }
    db->device_class[device] = (uint16_t)(class_index + 1);
}

void config_unset_class(struct cluster *cl, uint32_t device)
{
    if (device < cl->db.device_count)
        cl->db.device_class[device] = 0;
}

const struct device_class *config_class_of(const struct cluster *cl, uint32_t device)
{
    const struct database *db = &cl->db;
    if (device >= db->device_count || db->device_class[device] == 0)
        return NULL;
    return &db->classes[db->device_class[device] - 1];
}

void config_forget_profiles(struct cluster *cl)
{
    for (uint32_t i = 0; i < cl->db.class_count; i++)
        cl->db.classes[i].profile = 0;
}
