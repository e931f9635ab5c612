#include "nodes/remote.h"

#include "sim/base/rng.h"

#include <string.h>

#define MINUTE_US (60ull * 1000000)
#define KEPT_US   (30 * MINUTE_US)

/* ---- Cluster View ---- */

bool remote_find(const struct cluster *cl, uint32_t tftp, uint32_t *index)
{
    for (*index = 0; *index < cl->db.remote_count; ++*index) {
        const struct remote *r = &cl->db.remotes[*index];
        for (int i = 0; i < REMOTE_TFTPS; i++) {
            if (r->tftp[i] == tftp && tftp != 0)
                return true;
        }
    }
    return false;
}

void remote_add(struct cluster *cl, const uint32_t tftp[REMOTE_TFTPS])
{
    struct database *db = &cl->db;
    mem_reserve(cl->env->mem, (void **)&db->remotes, &db->remote_cap, (size_t)db->remote_count + 1,
                sizeof *db->remotes);
    memcpy(db->remotes[db->remote_count++].tftp, tftp, REMOTE_TFTPS * sizeof *tftp);
}

void remote_remove(struct cluster *cl, uint32_t index)
{
    struct database *db = &cl->db;
    memmove(&db->remotes[index], &db->remotes[index + 1],
            (db->remote_count - index - 1) * sizeof *db->remotes);
    db->remote_count--;
}

uint32_t remote_next(const struct cluster *cl, uint32_t place, bool answered, uint32_t *next)
{
    uint32_t at = place;
    if (answered) /* the first place of the cluster behind it */
        at = (place + REMOTE_TFTPS - 1) / REMOTE_TFTPS * REMOTE_TFTPS;
    for (; at < cl->db.remote_count * REMOTE_TFTPS; at++) {
        uint32_t tftp = cl->db.remotes[at / REMOTE_TFTPS].tftp[at % REMOTE_TFTPS];
        *next = at + 1;
        if (tftp != 0)
            return tftp;
    }
    return 0;
}

/* ---- what is kept ---- */

static uint64_t key_of(const struct relayed_name *name)
{
    uint64_t where = (uint64_t)name->node << 8 | name->kind;
    return rng_mix(rng_mix((uint64_t)name->device << 16 | where) ^ name->locale) | 1;
}

static struct relayed_name name_of(const struct relayed *r)
{
    return (struct relayed_name){ r->node, r->kind, r->device, r->locale };
}

static struct relayed *find(const struct cluster *cl, const struct relayed_name *name)
{
    uint32_t at = 0, i;
    while (table_next(&cl->relays.at, key_of(name), &at, &i)) {
        struct relayed *r = &cl->relays.list[i];
        if (r->node == name->node && r->kind == name->kind && r->device == name->device &&
            r->locale == name->locale)
            return r;
    }
    return NULL;
}

/* Sleepers wake then, and not for each file: on the minute. */
static uint64_t on_the_minute(uint64_t us)
{
    return (us + MINUTE_US - 1) / MINUTE_US * MINUTE_US;
}

static void put(struct cluster *cl, const struct relayed *r)
{
    struct relays *k = &cl->relays;
    struct relayed_name name = name_of(r);
    mem_reserve(cl->env->mem, (void **)&k->list, &k->cap, (size_t)k->count + 1, sizeof *k->list);
    if (k->at.mem == NULL)
        k->at = table_of(cl->env->mem);
    k->list[k->count] = *r;
    table_add(&k->at, key_of(&name), k->count++);
    k->due_us = cluster_sooner(k->due_us, on_the_minute(r->until_us));
}

uint32_t remote_kept(const struct cluster *cl, const struct relayed_name *name, uint64_t now_us)
{
    const struct relayed *r = cl->relays.count == 0 ? NULL : find(cl, name);
    return r != NULL && r->until_us > now_us ? r->content : 0;
}

void remote_keep(struct cluster *cl, const struct relayed_name *name, uint32_t content,
                 uint64_t now_us)
{
    struct relayed now = { .until_us = now_us + KEPT_US,
                           .device = name->device,
                           .locale = name->locale,
                           .content = content,
                           .node = name->node,
                           .kind = name->kind };
    struct relayed *before = cl->relays.count == 0 ? NULL : find(cl, name);
    if (before != NULL)
        *before = now;
    else
        put(cl, &now);
}

/* Those that stay, in order; `cl` has no others behind it. */
static void keep_only(struct cluster *cl, bool (*stays)(const struct relayed *r, uint64_t x),
                      uint64_t x)
{
    struct relays old = cl->relays;
    cl->relays = (struct relays){ .list = NULL };
    for (uint32_t i = 0; i < old.count; i++) {
        if (stays(&old.list[i], x))
            put(cl, &old.list[i]);
    }
    mem_free(cl->env->mem, old.list);
    if (old.at.mem != NULL)
        table_free(&old.at);
}

static bool is_of_another(const struct relayed *r, uint64_t node)
{
    return r->node != node;
}

static bool is_good(const struct relayed *r, uint64_t now_us)
{
    return r->until_us > now_us;
}

void remote_forget(struct cluster *cl, uint32_t node)
{
    if (cl->relays.count != 0)
        keep_only(cl, is_of_another, node);
}

void remote_tick(struct cluster *cl, uint64_t now_us)
{
    if (cl->relays.due_us == 0 || cl->relays.due_us > now_us)
        return;
    keep_only(cl, is_good, now_us);
    cl->change++;
}

void remote_choose(struct cluster *cl, const uint32_t *devices, uint32_t count)
{
    struct relays old = cl->relays;
    cl->relays = (struct relays){ .list = NULL };
    struct table as = table_of(cl->env->mem);
    for (uint32_t i = 0; i < count && old.count != 0; i++)
        table_put(&as, rng_mix(devices[i] + 1ull), i);
    for (uint32_t i = 0; i < old.count; i++) {
        struct relayed r = old.list[i];
        const uint32_t *device = table_get(&as, rng_mix(r.device + 1ull));
        if (device == NULL && r.device != UINT32_MAX)
            continue;
        r.device = device == NULL ? UINT32_MAX : *device;
        put(cl, &r);
    }
    mem_free(cl->env->mem, old.list);
    if (old.at.mem != NULL)
        table_free(&old.at);
    table_free(&as);
}

void remote_copy(struct cluster *to, const struct cluster *from)
{
    to->relays = (struct relays){ .list = NULL };
    for (uint32_t i = 0; i < from->relays.count; i++)
        put(to, &from->relays.list[i]);
    to->relays.due_us = from->relays.due_us; /* of one that came anew, the time of the first */
}

void remote_free(struct cluster *cl)
{
    mem_free(cl->env->mem, cl->relays.list);
    if (cl->relays.at.mem != NULL)
        table_free(&cl->relays.at);
}

uint64_t remote_hash(const struct cluster *cl, uint64_t now_us)
{
    uint64_t sum = 0; /* in any order */
    for (uint32_t i = 0; i < cl->relays.count; i++) {
        const struct relayed *r = &cl->relays.list[i];
        struct relayed_name name = name_of(r);
        name.locale = 0;
        if (r->until_us > now_us)
            sum += rng_mix(key_of(&name) ^ content_meaning(cl->env->content, r->content));
    }
    return sum;
}
