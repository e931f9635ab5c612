#include "nodes/cluster.h"

#include "nodes/backup.h"
#include "nodes/calendar.h"
#include "nodes/certs.h"
#include "nodes/config.h"
#include "nodes/gate.h"
#include "nodes/network.h"
#include "nodes/remote.h"
#include "nodes/services.h"
#include "sim/base/rng.h"

#include "sim/wire/text.h"

#include <stdio.h>
#include <string.h>

/* ---- names ---- */

bool cluster_node(const struct cluster *cl, const char *name, uint32_t *node)
{
    size_t own = strlen(cl->name);
    if (strncmp(name, cl->name, own) == 0 && name[own] == '/')
        name += own + 1;
    FOR_EACH_NODE(cl, i)
    {
        if (strcmp(cl->nodes[i].disk.name, name) == 0) {
            *node = i;
            return true;
        }
    }
    return false;
}

void cluster_host_name(const struct cluster *cl, uint32_t node, char out[2 * CLUSTER_NAME])
{
    const struct node_disk *d = &cl->nodes[node].disk;
    snprintf(out, 2 * CLUSTER_NAME, "%s%s%s", d->name, d->domain[0] == '\0' ? "" : ".", d->domain);
}

/* As DNS has it: by the name of now. */
static bool is_named(const struct cluster *cl, uint32_t node, uint32_t host)
{
    char name[2 * CLUSTER_NAME];
    cluster_host_name(cl, node, name);
    return text_host(name) == host;
}

bool cluster_node_at(const struct cluster *cl, uint32_t ip, uint32_t *node)
{
    bool by_name = text_is_name(ip);
    FOR_EACH_NODE(cl, i)
    {
        if (by_name ? is_named(cl, i, ip) : cl->nodes[i].disk.ip == ip) {
            *node = i;
            return true;
        }
    }
    return false;
}

uint32_t cluster_nodes(const struct cluster *cl)
{
    uint32_t count = 0;
    FOR_EACH_NODE(cl, i)
    count++;
    return count;
}

/* ---- life ---- */

bool cluster_check_name(const char *name, const char *what, struct err *e)
{
    if (name[0] != '\0' && strspn(name, ".") == strlen(name))
        return err_set(e, "%s \"%.80s\": more than dots expected", what, name);
    for (const char *p = name; *p != '\0'; p++) {
        bool ok = (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') ||
                  (*p >= '0' && *p <= '9') || *p == '-' || *p == '.' || *p == '_';
        if (!ok)
            return err_set(e, "%s \"%.80s\": letters, digits, '-', '.', '_' expected", what, name);
    }
    return true;
}

/* What an administrator has activated on a node that is in use. */
static uint32_t activated(const struct node_spec *spec, bool publisher)
{
    uint32_t services = 0;
    if (spec->callmanager)
        services |= SERVICE_BIT(SERVICE_CALLMANAGER) | SERVICE_BIT(SERVICE_CTIMANAGER);
    if (spec->tftp)
        services |= SERVICE_BIT(SERVICE_TFTP);
    if (publisher)
        services |= SERVICE_BIT(SERVICE_CAPF) | SERVICE_BIT(SERVICE_CTL_PROVIDER);
    return services;
}

uint32_t cluster_address(const struct cluster_env *env, uint8_t number, uint32_t node)
{
    uint32_t network = env->network == 0 ? 127u << 24 : env->network;
    return network | (uint32_t)number << 8 | (11 + node);
}

bool cluster_check_node(const struct cluster *cl, const struct node_spec *spec, struct err *e)
{
    char name[CLUSTER_NAME];
    uint32_t other;
    if (!cluster_copy_name(name, spec->name, "node", e) ||
        !cluster_check_name(spec->name, "node", e) ||
        !cluster_check_name(spec->domain, "domain", e) ||
        (spec->domain[0] != '\0' && !cluster_copy_name(name, spec->domain, "domain", e)))
        return false;
    if (cluster_node(cl, spec->name, &other))
        return err_set(e, "%s: two nodes named \"%s\"", cl->name, spec->name);
    if (cluster_node_at(cl, spec->ip, &other))
        return err_set(e, "%s: %s has the address of a new node already", cl->name,
                       cl->nodes[other].disk.name);
    if (cluster_nodes(cl) == CLUSTER_NODES)
        return err_set(e, "%s: a cluster has at most %d nodes", cl->name, CLUSTER_NODES);
    return cl->node_count < CLUSTER_PLACES ||
           err_set(e, "%s: %d nodes came and went, there is no number left", cl->name,
                   CLUSTER_PLACES);
}

uint32_t cluster_put_node(struct cluster *cl, const struct node_spec *spec)
{
    struct node n = { 0 };
    cluster_copy_name(n.disk.name, spec->name, "node", NULL);
    if (spec->domain[0] != '\0')
        cluster_copy_name(n.disk.domain, spec->domain, "domain", NULL);
    n.disk.ip = spec->ip;
    n.disk.activated = activated(spec, cl->node_count == 0);
    mem_reserve(cl->env->mem, (void **)&cl->nodes, &cl->node_cap, (size_t)cl->node_count + 1,
                sizeof *cl->nodes);
    cl->nodes[cl->node_count] = n;
    return cl->node_count++;
}

/* As after an installation that is long over. */
static void install(struct cluster *cl, uint64_t now_us)
{
    FOR_EACH_NODE(cl, i)
    {
        for (int own = 0; own < OWNS; own++) {
            if (certs_has_own(cl, i, (enum own)own))
                certs_renew(cl, i, (enum own)own, now_us);
        }
    }
    for (uint32_t r = 0; r < cl->db.row_count; r++)
        cl->db.rows[r].since_us = cl->db.rows[r].seen_us = 0; /* it has replicated long ago */
    FOR_EACH_NODE(cl, i)
    {
        for (int s = 0; s < SERVICES; s++) {
            if (services_is_activated(cl, i, (enum service)s))
                services_run(cl, i, (enum service)s, now_us);
        }
    }
}

bool cluster_init(struct cluster *cl, const struct cluster_env *env,
                  const struct cluster_spec *spec, uint64_t now_us, struct err *e)
{
    memset(cl, 0, sizeof *cl);
    cl->env = env;
    cl->number = spec->number;
    cl->version = spec->version;
    if (spec->params != NULL)
        memcpy(cl->db.params, spec->params, sizeof cl->db.params);
    else
        facts_initial(param_table, PARAMS, cl->db.params);
    if (cl->db.params[PARAM_TLS_MIN] < spec->version->tls_oldest)
        cl->db.params[PARAM_TLS_MIN] = spec->version->tls_oldest;
    if (!cluster_copy_name(cl->name, spec->name, "cluster", e) ||
        !cluster_check_name(spec->name, "cluster", e))
        return false;
    if (spec->count == 0 || spec->count > CLUSTER_NODES)
        return err_set(e, "%s: %u nodes, 1 to %d expected", spec->name, (unsigned)spec->count,
                       CLUSTER_NODES);
    for (uint32_t i = 0; i < spec->count; i++) {
        if (!cluster_check_node(cl, &spec->nodes[i], e))
            return false;
        cluster_put_node(cl, &spec->nodes[i]);
    }
    cl->made_s = spec->installed_s;
    install(cl, now_us);
    cl->made_s = 0;
    gates_begin(cl);
    content_str(env->content, SFTP_DIRECTORY); /* ways name it when their trial is gone */
    return true;
}

void cluster_free(struct cluster *cl)
{
    if (cl->env == NULL)
        return;
    const struct mem *mem = cl->env->mem;
    database_free(mem, &cl->db);
    backup_release(mem, cl->backup);
    backup_release(mem, cl->inactive);
    mem_free(mem, cl->nodes);
    remote_free(cl);
    mem_free(mem, cl->paths);
    memset(cl, 0, sizeof *cl);
}

void cluster_clone(struct cluster *to, const struct cluster *from, const struct cluster_env *env)
{
    size_t n = from->node_count * sizeof *from->nodes;
    *to = *from;
    to->env = env;
    database_copy(env->mem, &to->db, &from->db);
    backup_hold(to->backup);
    backup_hold(to->inactive);
    to->nodes = mem_take(env->mem, n);
    memcpy(to->nodes, from->nodes, n);
    to->node_cap = from->node_count;
    remote_copy(to, from);
    to->paths = NULL;
    to->path_cap = 0;
    if (from->path_count == 0)
        return;
    to->paths = mem_take(env->mem, from->path_count * sizeof *from->paths);
    memcpy(to->paths, from->paths, from->path_count * sizeof *from->paths);
    to->path_cap = from->path_count;
}

/* ---- time ---- */

/* The first instant behind `after_us` at which a row comes to the other nodes, or goes there; 0:
 * none. */
static uint64_t replication_us(const struct cluster *cl, uint64_t after_us)
{
    uint64_t least = 0;
    if (cl->all_seen == cl->change + 1)
        return 0; /* asked at every turn of a reset: rows come by acts alone, and those count */
    for (uint32_t r = 0; r < cl->db.row_count && cl->node_count > 1; r++) {
        const struct cert_row *row = &cl->db.rows[r];
        bool ended = row->until_us != UINT64_MAX;
        least = cluster_sooner(least, row->seen_us > after_us ? row->seen_us : 0);
        least = cluster_sooner(least, ended && row->gone_us > after_us ? row->gone_us : 0);
        bool comes = row->back_us != UINT64_MAX && row->back_us > after_us;
        least = cluster_sooner(least, comes ? row->back_us : 0);
    }
    return least;
}

bool cluster_replicates(const struct cluster *cl, uint64_t now_us)
{
    return replication_us(cl, now_us) != 0;
}

uint64_t cluster_deadline_us(const struct cluster *cl)
{
    uint64_t least = cluster_sooner(cl->reset_us, replication_us(cl, cl->seen_us));
    FOR_EACH_NODE(cl, i)
    least = cluster_sooner(least, services_deadline_us(cl, i));
    return least;
}

void cluster_tick(struct cluster *cl, uint64_t now_us)
{
    uint64_t seen_us = replication_us(cl, cl->seen_us);
    calendar_tick(cl, now_us);
    remote_tick(cl, now_us);
    FOR_EACH_NODE(cl, i)
    services_tick(cl, i, now_us);
    if (seen_us != 0 && seen_us <= now_us) {
        cl->seen_us = now_us;
        cl->change++; /* what a TVS or a CallManager did not know it knows now */
    }
    if (cl->reset_us != 0 && cl->reset_us <= now_us) {
        cl->reset_us = 0;
        cl->want_reset = true;
        cluster_trace(cl, 0, TRACE_RESET_ALL, 0, 0, now_us);
    }
    if (replication_us(cl, cl->seen_us) == 0)
        cl->all_seen = cl->change + 1;
}

/* ---- identity ---- */

static uint64_t mix(uint64_t h, uint64_t value)
{
    return rng_mix(h ^ value) + 0x9e3779b97f4a7c15u;
}

static uint64_t text_hash(uint64_t h, const char *text)
{
    return rng_hash(h, view_str(text));
}

static uint64_t left_us(uint64_t deadline_us, uint64_t now_us)
{
    return deadline_us > now_us ? deadline_us - now_us : 0;
}

static uint64_t node_hash(const struct cluster *cl, const struct node *n, uint64_t now_us)
{
    const struct content *c = cl->env->content;
    uint64_t h = n->removed + ((uint64_t)n->ahead_s << 1);
    h = n->stopped_us == 0 ? h : rng_mix(h);
    h = text_hash(text_hash(h, n->disk.name), n->disk.domain);
    h = mix(h, (uint64_t)n->disk.ip << 32 | n->disk.activated);
    h = mix(h, (uint64_t)n->disk.fips << 1 | n->disk.no_ctl);
    h = mix(h, content_meaning(c, n->disk.organisation));
    h = mix(h, content_meaning(c, n->disk.itl_before));
    for (int i = 0; i < OWNS; i++) {
        const struct csr *csr = &n->disk.csr[i];
        h = mix(h, content_meaning(c, n->disk.own[i]) + n->made[i]);
        if (csr->key != 0)
            h = mix(h, content_meaning(c, csr->key) + content_meaning(c, csr->dns));
    }
    h = mix(h, n->disk.multi_server);
    for (int s = 0; s < SERVICES; s++) {
        const struct service_run *run = &n->run.services[s];
        h = mix(h, content_meaning(c, n->run.used[s]) + run->state);
        if (run->state == SERVICE_STARTING)
            h = mix(h, left_us(run->ready_us, now_us));
    }
    h = mix(h, content_meaning(c, n->run.itl) + n->run.digest);
    h = mix(h, (uint64_t)n->run.signs << 2 | (uint64_t)n->run.mixed_mode << 1 | n->run.off);
    h = mix(h, content_meaning(c, n->run.ctl));
    h = mix(h, left_us(n->run.rebuild_us, now_us));
    h = mix(h, left_us(n->run.turn_us, now_us));
    return mix(h, n->run.transfers);
}

/* Which TVS know a row, where they read the database at their start alone. */
static uint64_t known_to_tvs(const struct cluster *cl, const struct cert_row *r)
{
    uint64_t known = 0;
    if (cl->db.params[PARAM_TVS_DB_ON_RESTART] == 0)
        return 0;
    FOR_EACH_NODE(cl, i)
    known = known << 1 | cert_row_seen(cl, r, i, cl->nodes[i].run.services[SERVICE_TVS].ready_us);
    return known;
}

/* Which nodes see a row whose database stands still; 0 where none does. */
static uint64_t known_where_stopped(const struct cluster *cl, const struct cert_row *r,
                                    uint64_t now_us)
{
    uint64_t known = 0;
    FOR_EACH_NODE(cl, i)
    {
        bool stopped = cl->nodes[0].stopped_us != 0 || cl->nodes[i].stopped_us != 0;
        known = known << 1 | (stopped && cert_row_seen(cl, r, i, now_us));
    }
    return known;
}

static bool stands_still(const struct cluster *cl)
{
    bool any = false;
    FOR_EACH_NODE(cl, i)
    any = any || cl->nodes[i].stopped_us != 0;
    return any;
}

/* One that is not within its time is another than it was; any other is the same at any time. */
static uint64_t dated(const struct cluster *cl, uint32_t cert, uint32_t node, uint64_t h,
                      uint64_t now_us)
{
    enum ct_date date = content_date(cl->env->content, cert, cluster_wall_s(cl, node, now_us));
    return date == DATE_WITHIN ? h : mix(h, date);
}

/* Where it is deleted alone, and how long still. */
static uint64_t deleted_hash(const struct cert_row *r, uint64_t now_us)
{
    const size_t words = sizeof r->deleted_on / sizeof r->deleted_on[0];
    uint64_t any = 0, h = 0;
    for (size_t i = 0; i < words; i++) {
        any |= r->deleted_on[i];
        h = mix(h, r->deleted_on[i]);
    }
    if (any == 0 || r->back_us <= now_us)
        return 0;
    return r->back_us == UINT64_MAX ? h : mix(h, left_us(r->back_us, now_us));
}

/* Rows in any order.  One that is over everywhere says nothing any more; of one that is under way
 * it counts how long until the others see it. */
static uint64_t rows_hash(const struct cluster *cl, uint64_t now_us)
{
    uint64_t sum = 0;
    bool stopped = stands_still(cl);
    for (uint32_t i = 0; i < cl->db.row_count; i++) {
        const struct cert_row *r = &cl->db.rows[i];
        bool over = r->until_us != UINT64_MAX;
        uint64_t known = known_to_tvs(cl, r);
        uint64_t there = stopped ? known_where_stopped(cl, r, now_us) : 0;
        known = there == 0 ? known : mix(known, there);
        if (over && r->gone_us <= now_us && known == 0)
            continue;
        uint64_t where = (uint64_t)r->store << 16 | (uint64_t)r->own << 8 | r->node;
        uint64_t h = mix(where, content_meaning(cl->env->content, r->cert));
        h = mix(h, left_us(r->seen_us, now_us));
        h = mix(h, r->has_ttl ? r->ttl_s + 1ull : 0);
        h = mix(h, over ? left_us(r->gone_us, now_us) + 1 : 0);
        h = mix(h, over && r->gone_us > now_us ? r->ended_at : 0);
        h = mix(h, deleted_hash(r, now_us));
        h = r->stays ? mix(h, 1) : h;
        h = dated(cl, r->cert, r->node, h, now_us);
        sum += mix(h, known);
    }
    return sum;
}

/* `rows`: with the kinds of devices. */
static uint64_t config_hash(const struct cluster *cl, bool rows)
{
    const struct database *db = &cl->db;
    uint64_t h = mix(db->mixed_mode, content_meaning(cl->env->content, db->ctl));
    h = db->numbers == 0 ? h : mix(h, db->numbers);
    h = db->services_host == 0 ? h : mix(h, db->services_host + (1ull << 32));
    h = db->bulk_directory == 0 ? h : mix(h, content_meaning(cl->env->content, db->bulk_directory));
    for (int i = 0; i < PARAMS; i++)
        h = mix(h, db->params[i]);
    for (int i = 0; i < STORES; i++)
        h = mix(h, db->mic_cas_gone[i]);
    for (uint32_t i = 0; i < db->group_count; i++) {
        h = text_hash(h, db->groups[i].name);
        h = rng_hash(h, view_of(db->groups[i].members, db->groups[i].count));
    }
    for (uint32_t i = 0; i < db->pool_count; i++)
        h = mix(text_hash(h, db->pools[i].name), db->pools[i].group);
    for (uint32_t i = 0; rows && i < db->class_count; i++) {
        const struct device_class *k = &db->classes[i];
        h = mix(h, config_row_hash(cl, k) + k->pool);
    }
    for (uint32_t i = 0; i < db->remote_count; i++) {
        for (int k = 0; k < REMOTE_TFTPS; k++)
            h = mix(h, db->remotes[i].tftp[k]);
    }
    return h;
}

static uint64_t hash_of(const struct cluster *cl, uint64_t now_us, bool rows)
{
    uint64_t h = text_hash(cl->number, cl->version->name);
    for (uint32_t i = 0; i < cl->node_count; i++)
        h = mix(h, node_hash(cl, &cl->nodes[i], now_us));
    h = mix(h, rows_hash(cl, now_us));
    h = mix(h, config_hash(cl, rows));
    h = mix(h, left_us(cl->reset_us, now_us));
    h = mix(h, cl->want_reset);
    if (cl->p12 != 0)
        h = mix(h, content_meaning(cl->env->content, cl->p12));
    for (uint32_t i = 0; i < cl->token_count; i++)
        h += rng_mix(content_meaning(cl->env->content, cl->tokens[i])); /* in any order */
    h = mix(h, gates_hash(cl));
    h = mix(h, remote_hash(cl, now_us));
    h += network_hash(cl);
    return cl->backup == NULL && cl->inactive == NULL ? h : mix(h, backup_hash(cl));
}

uint64_t cluster_hash(const struct cluster *cl, uint64_t now_us)
{
    return hash_of(cl, now_us, true);
}

uint64_t cluster_servers_hash(const struct cluster *cl, uint64_t now_us)
{
    return hash_of(cl, now_us, false);
}
