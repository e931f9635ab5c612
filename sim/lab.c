#include "sim/lab.h"

#include "nodes/certs.h"
#include "sim/base/check.h"
#include "sim/base/sys.h"
#include "sim/lab_impl.h"

#include <stdio.h>
#include <string.h>

#define FIRST_MAC 0x001121000000u

/* ---- names ---- */

struct lab_names *lab_names_new(void)
{
    struct lab_names *names = sys_mem.resize(NULL, NULL, sizeof *names);
    names->refs = 1;
    device_init(&names->dir, &sys_mem);
    return names;
}

void lab_names_leave(struct lab_names *names)
{
    if (--names->refs > 0)
        return;
    device_free(&names->dir);
    sys_mem.resize(NULL, names, 0);
}

/* To add to them: a copy, where another lab has them as well. */
static struct device_dir *own_names(struct lab *lab)
{
    struct lab_names *shared = lab->state.names;
    if (shared->refs > 1) {
        lab->state.names = lab_names_new();
        device_copy(&lab->state.names->dir, &shared->dir);
        lab_names_leave(shared);
    }
    return &lab->state.names->dir;
}

uint64_t lab_now_us(const struct lab *lab)
{
    return lab->driver->now_us(lab->driver->self);
}

/* ---- clusters ---- */

static bool default_group(struct cluster *cl, struct err *e)
{
    uint8_t members[CNF_SERVERS];
    uint32_t count = 0;
    for (uint32_t i = 0; i < cl->node_count && count < CNF_SERVERS; i++) {
        if (services_is_activated(cl, i, SERVICE_CALLMANAGER))
            members[count++] = (uint8_t)i;
    }
    uint16_t group, pool;
    return config_add_group(cl, "Default", members, count, &group, e) &&
           config_add_pool(cl, "Default", group, &pool, e);
}

static bool known_version(const char *name, const struct version **version, struct err *e)
{
    *version = version_find(name);
    if (*version != NULL)
        return true;
    char list[256];
    size_t n = 0;
    for (uint32_t i = 0; i < version_count && n < sizeof list; i++)
        n += (size_t)snprintf(list + n, sizeof list - n, "%s%s", i == 0 ? "" : ", ",
                              version_table[i].name);
    return err_set(e, "no CUCM version \"%.40s\" (one of %s)", name, list);
}

uint32_t lab_address(const struct lab *lab, uint32_t ip)
{
    return ip >> 16 == 127u << 8 ? lab->base->options.network | ip : ip;
}

bool lab_cluster(struct lab *lab, const struct lab_cluster_spec *spec, uint32_t *cluster,
                 struct err *e)
{
    return lab_cluster_since(lab, spec, 0, cluster, e);
}

bool lab_cluster_since(struct lab *lab, const struct lab_cluster_spec *spec, int64_t installed_s,
                       uint32_t *cluster, struct err *e)
{
    const struct version *version;
    if (!known_version(spec->version, &version, e))
        return false;
    if (lab->state.cluster_count == LAB_CLUSTERS)
        return err_set(e, "more than %d clusters", LAB_CLUSTERS);
    for (uint32_t i = 0; i < lab->state.cluster_count; i++) {
        if (strcmp(lab->state.clusters[i].name, spec->name) == 0)
            return err_set(e, "two clusters named \"%s\"", spec->name);
    }
    struct node_spec nodes[CLUSTER_NODES];
    if (spec->node_count == 0 || spec->node_count > CLUSTER_NODES)
        return err_set(e, "%s: %u nodes, 1 to %d expected", spec->name, (unsigned)spec->node_count,
                       CLUSTER_NODES);
    for (uint32_t i = 0; i < spec->node_count; i++)
        nodes[i] = (struct node_spec){
            spec->nodes[i], spec->domain,
            cluster_address(&lab->cluster_env, (uint8_t)lab->state.cluster_count, i), true, true
        };
    struct cluster *cl = &lab->state.clusters[lab->state.cluster_count];
    const struct lab_turn *turn = &lab->base->options.turn;
    uint64_t params[PARAMS];
    memcpy(params, lab->state.params, sizeof params);
    if (turn->facts == LAB_PARAM && turn->cluster == lab->state.cluster_count + 1)
        params[turn->index] = turn->value;
    struct cluster_spec whole = { .number = (uint8_t)lab->state.cluster_count,
                                  .name = spec->name,
                                  .version = version,
                                  .nodes = nodes,
                                  .count = spec->node_count,
                                  .params = params,
                                  .installed_s = installed_s };
    if (!cluster_init(cl, &lab->cluster_env, &whole, lab->driver == NULL ? 0 : lab_now_us(lab),
                      e) ||
        !default_group(cl, e)) {
        cluster_free(cl);
        return false;
    }
    if (strcmp(version->name, spec->version) != 0)
        snprintf(cl->asked, sizeof cl->asked, "%s", spec->version);
    *cluster = lab->state.cluster_count++;
    lab_find_gates(lab);
    lab->state.dirty = lab->driver != NULL; /* it has a calendar */
    return true;
}

/* One RADIUS server and one gateway stand before all clusters: they trust what any of them has
 * added, and take no MIC where one of them says so (1 is what a parameter says that nobody has
 * set). */
void lab_find_gates(struct lab *lab)
{
    for (int g = 0; g < PHONE_GATES; g++) {
        struct phone_gate *to = &lab->state.gates[g];
        *to = (struct phone_gate){ .mics = true };
        for (uint32_t c = 0; c < lab->state.cluster_count; c++) {
            const struct cluster *cl = &lab->state.clusters[c];
            to->mics &= cl->db.params[PARAM_GATES_TAKE_MIC] != 0;
            to->open |= cl->gates[g].open;
            for (uint32_t i = 0; i < cl->gates[g].count && to->count < PHONE_GATE_CAS; i++)
                to->cas[to->count++] = cl->gates[g].ca[i];
        }
    }
}

static struct cluster *cluster_of(struct lab *lab, uint32_t cluster)
{
    CHECK(cluster < lab->state.cluster_count);
    return &lab->state.clusters[cluster];
}

static bool find_nodes(const struct cluster *cl, const char *name, const char *const *members,
                       uint32_t count, uint8_t nodes[CNF_SERVERS], struct err *e)
{
    memset(nodes, 0, CNF_SERVERS);
    for (uint32_t i = 0; i < count && i < CNF_SERVERS; i++) {
        uint32_t node;
        if (!cluster_node(cl, members[i], &node))
            return err_set(e, "%s: CallManager group \"%s\" names no node \"%s\"", cl->name, name,
                           members[i]);
        nodes[i] = (uint8_t)node;
    }
    return true;
}

bool lab_group(struct lab *lab, uint32_t cluster, const char *name, const char *const *members,
               uint32_t count, struct err *e)
{
    struct cluster *cl = cluster_of(lab, cluster);
    uint8_t nodes[CNF_SERVERS];
    uint16_t group;
    return find_nodes(cl, name, members, count, nodes, e) &&
           config_add_group(cl, name, nodes, count, &group, e);
}

bool lab_pool_of_nodes(struct lab *lab, uint32_t cluster, const char *name,
                       const char *const *members, uint32_t count, struct err *e)
{
    struct cluster *cl = cluster_of(lab, cluster);
    uint8_t nodes[CNF_SERVERS];
    uint16_t group, pool;
    if (!find_nodes(cl, name, members, count, nodes, e))
        return false;
    return (config_find_members(cl, nodes, count, &group) ||
            config_add_group(cl, name, nodes, count, &group, e)) &&
           config_add_pool(cl, name, group, &pool, e);
}

bool lab_pool(struct lab *lab, uint32_t cluster, const char *name, const char *group, struct err *e)
{
    struct cluster *cl = cluster_of(lab, cluster);
    uint16_t g, pool;
    if (!config_find_group(cl, group, &g))
        return err_set(e, "%s: device pool \"%s\" names no CallManager group \"%s\"", cl->name,
                       name, group);
    return config_add_pool(cl, name, g, &pool, e);
}

/* ---- phones ---- */

uint16_t lab_dhcp(struct lab *lab, uint32_t tftp1, uint32_t tftp2)
{
    for (uint32_t i = 0; i < lab->state.dhcp_count; i++) {
        if (lab->state.dhcp[i].tftp[0] == tftp1 && lab->state.dhcp[i].tftp[1] == tftp2)
            return (uint16_t)i;
    }
    CHECK(lab->state.dhcp_count < UINT16_MAX);
    mem_reserve(&sys_mem, (void **)&lab->state.dhcp, &lab->state.dhcp_cap,
                (size_t)lab->state.dhcp_count + 1, sizeof *lab->state.dhcp);
    lab->state.dhcp[lab->state.dhcp_count] = (struct phone_place){ { tftp1, tftp2 } };
    return (uint16_t)lab->state.dhcp_count++;
}

/* Exactly as many as there are: a fleet is made in one go, and a million phones count. */
void lab_grow_phones(struct lab *lab, uint32_t count)
{
    lab->state.phones =
        sys_mem.resize(NULL, lab->state.phones, (size_t)count * sizeof *lab->state.phones);
    lab->state.cold =
        sys_mem.resize(NULL, lab->state.cold, (size_t)count * sizeof *lab->state.cold);
    memset(lab->state.cold + lab->state.phone_count, 0,
           (size_t)(count - lab->state.phone_count) * sizeof *lab->state.cold);
}

/* Those that nobody wants in this run are there by name alone. */
static void choose_present(struct lab *lab, uint32_t first, uint32_t count)
{
    const struct lab_options *o = &lab->base->options;
    uint32_t k = 0;
    for (uint32_t i = first; o->only != NULL && i < first + count; i++) {
        while (k < o->only_count && o->only[k] < i)
            k++;
        lab->state.cold[i].absent = k == o->only_count || o->only[k] != i;
    }
}

static bool check_names(const struct lab *lab, const struct lab_phones_spec *spec, struct err *e)
{
    uint32_t other;
    struct table seen = table_of(&sys_mem);
    bool ok = true;
    for (uint32_t i = 0; spec->names != NULL && i < spec->count && ok; i++) {
        const char *name = spec->names[i];
        size_t n = strlen(name);
        if (n == 0 || n >= DEVICE_NAME)
            ok = err_set(e, "device name \"%.40s\": 1 to %d characters expected", name,
                         DEVICE_NAME - 1);
        else if (device_find(&lab->state.names->dir, name, &other))
            ok = err_set(e, "two devices named \"%s\"", name);
        uint64_t key = rng_hash(0, view_str(name)) | 1;
        uint32_t at = 0;
        while (ok && table_next(&seen, key, &at, &other)) {
            if (strcmp(spec->names[other], name) == 0)
                ok = err_set(e, "two devices named \"%s\"", name);
        }
        table_add(&seen, key, i);
    }
    table_free(&seen);
    return ok;
}

/* Issued by its CAPF at that time, for as long as the parameter says. */
static uint32_t lsc_for(const struct cluster *cl, int64_t since_s)
{
    struct content *c = cl->env->content;
    uint32_t capf = cl->nodes[0].disk.own[OWN_CAPF];
    const struct ct_cert *k = content_get_cert(c, capf);
    int64_t from_s = since_s != 0 ? since_s : k->not_before_s + CERT_EARLY_S;
    return content_lsc(c, capf, certs_lsc_digest(cl), from_s - CERT_EARLY_S,
                       from_s + (int64_t)cl->db.params[PARAM_LSC_DAYS] * 86400);
}

static bool class_for(const struct cluster *cl, const struct lab_phones_spec *spec, uint8_t model,
                      struct device_class *class, struct err *e)
{
    memset(class, 0, sizeof *class);
    const char *pool = spec->pool == NULL ? "Default" : spec->pool;
    if (!config_find_pool(cl, pool, &class->pool))
        return config_no_pool(cl, pool, e);
    const char *load = spec->load == NULL ? "" : spec->load;
    if (strlen(load) >= sizeof class->load)
        return err_set(e, "phone load \"%.40s…\": at most %d characters", load, CNF_NAME - 1);
    memcpy(class->load, load, strlen(load));
    class->protocol =
        spec->speaks == 0 ? model_table[model].protocol : spec->speaks == SPEAKS(CNF_SIP);
    class->security_mode = spec->security_mode == 0 ? CNF_NON_SECURE : spec->security_mode;
    class->encrypted = spec->encrypted;
    class->settings = spec->settings;
    if (spec->lsc && cl->version->key[OWN_CAPF] == KEY_NONE)
        return err_set(e, "%s: phones cannot have an LSC, version %s has no CAPF", cl->name,
                       cl->version->name);
    class->lsc = spec->lsc ? lsc_for(cl, spec->lsc_s) : 0;
    return true;
}

static bool add_class(struct cluster *cl, const struct lab_phones_spec *spec, uint8_t model,
                      uint16_t *index, struct err *e)
{
    struct device_class class;
    return class_for(cl, spec, model, &class, e) && config_class(cl, &class, index, e);
}

bool lab_known_phone(struct lab *lab, uint32_t cluster, const struct lab_phones_spec *spec,
                     uint32_t phone, struct err *e)
{
    struct cluster *cl = cluster_of(lab, cluster);
    uint16_t index;
    if (!add_class(cl, spec, lab->state.phones[phone].model, &index, e))
        return false;
    config_set_class(cl, phone, index, lab->state.names->dir.count);
    return true;
}

static bool known_model(const char *name, uint8_t *model, struct err *e)
{
    if (model_find(name, model))
        return true;
    return err_set(e, "no phone model \"%.40s\"; `cucmlab models` shows them", name);
}

/* What DHCP option 150 says where nobody says else: the first two nodes with Cisco Tftp. */
static uint16_t home_of(struct lab *lab, const struct cluster *cl)
{
    uint32_t tftp[2] = { 0, 0 }, count = 0;
    FOR_EACH_NODE(cl, i)
    {
        if (count < 2 && services_is_activated(cl, i, SERVICE_TFTP))
            tftp[count++] = cl->nodes[i].disk.ip;
    }
    return lab_dhcp(lab, tftp[0], tftp[1]);
}

static bool check_phones(const struct lab *lab, const struct lab_phones_spec *spec, uint8_t *model,
                         struct err *e)
{
    uint32_t most = LAB_PHONES_MOST - lab->state.phone_count; /* all fleets together */
    if (spec->count == 0 || spec->count > most)
        return err_set(e, "%u phones, 1 to %u expected", (unsigned)spec->count, (unsigned)most);
    if (!known_model(spec->model, model, e) || !check_names(lab, spec, e))
        return false;
    if (spec->load != NULL)
        model_by_load(model, spec->load); /* what it says nothing of is as with the newest load */
    return true;
}

static uint32_t add_names(struct lab *lab, const struct lab_phones_spec *spec)
{
    struct device_dir *names = own_names(lab);
    uint64_t mac = spec->mac != 0 ? spec->mac : FIRST_MAC + names->count;
    return spec->names != NULL
               ? device_add_names(names, spec->names, spec->count)
               : device_add_range(names, device_free_macs(names, mac, spec->count), spec->count);
}

/* The first of them. */
static uint32_t add_phones(struct lab *lab, const struct lab_phones_spec *spec, uint8_t model,
                           uint16_t place, uint32_t lsc)
{
    uint32_t first = add_names(lab, spec);
    CHECK(first == lab->state.phone_count);
    lab_grow_phones(lab, first + spec->count);
    for (uint32_t i = first; i < first + spec->count; i++) {
        phone_init(&lab->state.phones[i], i, model, place, lab->base->options.seed);
        lab->state.phones[i].lsc = lsc;
    }
    choose_present(lab, first, spec->count);
    lab->state.phone_count += spec->count;
    lab->world.phones = lab->state.phone_count;
    if (lab->driver != NULL)
        lab->driver->grow(lab->driver->self, lab->state.phone_count);
    return first;
}

bool lab_phones_alone(struct lab *lab, const struct lab_phones_spec *spec, const uint32_t tftp[2],
                      uint32_t *first, struct err *e)
{
    uint8_t model;
    CHECK(lab->base->options.alone);
    if (!check_phones(lab, spec, &model, e))
        return false;
    *first = add_phones(lab, spec, model, lab_dhcp(lab, tftp[0], tftp[1]), 0);
    return true;
}

bool lab_phones(struct lab *lab, uint32_t cluster, const struct lab_phones_spec *spec,
                uint32_t *first, struct err *e)
{
    struct cluster *cl = cluster_of(lab, cluster);
    uint16_t index;
    uint8_t model;
    if (!check_phones(lab, spec, &model, e) || !add_class(cl, spec, model, &index, e))
        return false;
    *first = add_phones(lab, spec, model, home_of(lab, cl),
                        spec->unknown ? 0 : cl->db.classes[index].lsc);
    for (uint32_t i = *first; !spec->unknown && i < *first + spec->count; i++)
        config_set_class(cl, i, index, lab->state.names->dir.count);
    mem_reserve(&sys_mem, (void **)&lab->state.fleets, &lab->state.fleet_cap,
                (size_t)lab->state.fleet_count + 1, sizeof *lab->state.fleets);
    struct lab_fleet *fleet = &lab->state.fleets[lab->state.fleet_count++];
    *fleet =
        (struct lab_fleet){ .cluster = (uint8_t)cluster, .first = *first, .count = spec->count };
    memcpy(fleet->name, cl->name, sizeof fleet->name);
    return true;
}

/* ---- looking ---- */

struct phone_env lab_phone_env(const struct lab *lab)
{
    return (struct phone_env){ .content = lab->base->content,
                               .knobs = &lab->state.knobs,
                               .places = lab->state.dhcp,
                               .gates = lab->state.gates,
                               .now_us = lab->driver == NULL ? 0 : lab_now_us(lab),
                               .start_s = lab->base->options.start_s };
}

void lab_phone_name(const struct lab *lab, uint32_t phone, char out[DEVICE_NAME])
{
    device_name(&lab->state.names->dir, phone, out);
}

bool lab_find_phone(const struct lab *lab, const char *name, uint32_t *phone)
{
    return device_find(&lab->state.names->dir, name, phone);
}

/* Fleets stand in the order of their numbers, without a gap. */
const struct lab_fleet *lab_fleet_of(const struct lab *lab, uint32_t phone)
{
    uint32_t from = 0, to = lab->state.fleet_count;
    while (from < to) {
        uint32_t middle = from + (to - from) / 2;
        const struct lab_fleet *f = &lab->state.fleets[middle];
        if (phone - f->first < f->count)
            return f;
        if (phone < f->first)
            to = middle;
        else
            from = middle + 1;
    }
    return NULL;
}

bool lab_speaks_tls(const struct lab *lab, uint32_t phone, const struct cluster *cl)
{
    return model_table[lab->state.phones[phone].model].tls >= cl->db.params[PARAM_TLS_MIN];
}

uint32_t lab_shown(const struct lab *lab, uint32_t phone, uint32_t shown)
{
    bool known = shown == CONTENT_MIC && phone < lab->state.phone_count;
    return known ? mic_of((enum mic_ca)model_table[lab->state.phones[phone].model].mic_ca) : shown;
}

const struct cluster *lab_listed_in(const struct lab *lab, uint32_t phone)
{
    const struct lab_fleet *fleet = lab_fleet_of(lab, phone);
    uint32_t count = fleet == NULL ? 0 : lab->state.cluster_count;
    for (uint32_t i = 0; i < count; i++) {
        const struct cluster *cl = &lab->state.clusters[(fleet->cluster + i) % count];
        if (config_class_of(cl, phone) != NULL)
            return cl;
    }
    return NULL;
}

const char *lab_pool_of(const struct lab *lab, uint32_t phone)
{
    const struct cluster *cl = lab_listed_in(lab, phone);
    return cl == NULL ? "" : cl->db.pools[config_class_of(cl, phone)->pool].name;
}

const char *lab_server_of(const struct lab *lab, uint32_t phone)
{
    uint32_t node = lab->state.cold[phone].node;
    if (node == 0)
        return "";
    return lab->state.clusters[(node - 1) >> 8].nodes[(node - 1) & 255].disk.name;
}

bool lab_node_at(const struct lab *lab, uint32_t ip, uint32_t *node)
{
    for (uint32_t i = 0; i < lab->state.cluster_count; i++) {
        if (cluster_node_at(&lab->state.clusters[i], ip, node)) {
            *node |= i << 8;
            return true;
        }
    }
    return false;
}

const char *lab_node_name(const struct lab *lab, uint32_t node, char out[LAB_NODE_NAME])
{
    const struct cluster *cl = &lab->state.clusters[node >> 8];
    bool several = lab->state.cluster_count > 1;
    snprintf(out, LAB_NODE_NAME, "%s%s%s", several ? cl->name : "", several ? "/" : "",
             cl->nodes[node & 255].disk.name);
    return out;
}

bool lab_file_bytes(struct lab *lab, uint32_t content, enum file_kind kind, uint32_t phone,
                    struct arena *a, struct view *out, struct err *e)
{
    char name[DEVICE_NAME] = "";
    if (phone != NO_DEVICE)
        lab_phone_name(lab, phone, name);
    struct forge_device device = forge_device_of(phone == NO_DEVICE ? 0 : phone, name);
    return forge_bytes(lab->base->forge, content, kind, &device, a, out, e);
}
