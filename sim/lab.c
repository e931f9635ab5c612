#include "sim/lab.h"

#include "sim/base/check.h"
#include "sim/base/sys.h"
#include "sim/lab_impl.h"

#include <stdio.h>
#include <string.h>

#define START_S   1736143200 /* 2025-01-06 06:00:00 UTC, a Monday morning */
#define FIRST_MAC 0x001121000000u

struct lab_options lab_defaults(void)
{
    return (struct lab_options){ .seed = 1, .identity = 1, .start_s = START_S };
}

struct lab *lab_new(const struct lab_options *options)
{
    struct lab *lab = sys_mem.resize(NULL, NULL, sizeof *lab);
    memset(lab, 0, sizeof *lab);
    lab->options = *options;
    lab->content = sys_mem.resize(NULL, NULL, sizeof *lab->content);
    content_init(lab->content, &sys_mem);
    device_init(&lab->devices, &sys_mem);
    lab->forge = forge_new(lab->content, options->identity, options->cache_dir);
    lab->knobs = knobs_default();
    facts_initial(param_table, PARAMS, lab->params);
    facts_initial(cost_table, COSTS, lab->costs);
    lab->cluster_env = (struct cluster_env){ .content = lab->content,
                                             .mem = &sys_mem,
                                             .say = lab_tell_node,
                                             .say_ctx = lab,
                                             .identity = options->identity,
                                             .start_s = options->start_s };
    snprintf(lab->steps[0].name, sizeof lab->steps[0].name, "before the first step");
    lab->step_count = 1;
    lab->world = lab_world(lab);
    if (!options->live) {
        struct virt_options v = { .seed = options->seed,
                                  .forge = lab->forge,
                                  .bytes = options->bytes };
        lab->driver = virt_new(&lab->world, &v, &sys_mem);
    }
    return lab;
}

void lab_free(struct lab *lab)
{
    if (lab == NULL)
        return;
    if (lab->driver != NULL)
        lab->driver->free(lab->driver->self);
    for (uint32_t i = 0; i < lab->cluster_count; i++)
        cluster_free(&lab->clusters[i]);
    device_free(&lab->devices);
    if (!lab->is_trial) {
        forge_free(lab->forge);
        content_free(lab->content);
        sys_mem.resize(NULL, lab->content, 0);
    }
    void *const arrays[] = { lab->fleets, lab->phones, lab->cold,
                             lab->places, lab->losses, lab->lengths };
    for (size_t i = 0; i < sizeof arrays / sizeof arrays[0]; i++)
        sys_mem.resize(NULL, arrays[i], 0);
    sys_mem.resize(NULL, lab, 0);
}

void lab_attach(struct lab *lab, struct driver *driver)
{
    CHECK(lab->driver == NULL);
    lab->driver = driver;
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
        if (cl->nodes[i].disk.callmanager)
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

bool lab_cluster(struct lab *lab, const struct lab_cluster_spec *spec, uint32_t *cluster,
                 struct err *e)
{
    const struct version *version;
    if (!known_version(spec->version, &version, e))
        return false;
    if (lab->cluster_count == LAB_CLUSTERS)
        return err_set(e, "more than %d clusters", LAB_CLUSTERS);
    for (uint32_t i = 0; i < lab->cluster_count; i++) {
        if (strcmp(lab->clusters[i].name, spec->name) == 0)
            return err_set(e, "two clusters named \"%s\"", spec->name);
    }
    struct node_spec nodes[CLUSTER_NODES];
    if (spec->node_count == 0 || spec->node_count > CLUSTER_NODES)
        return err_set(e, "%s: %u nodes, 1 to %d expected", spec->name, (unsigned)spec->node_count,
                       CLUSTER_NODES);
    for (uint32_t i = 0; i < spec->node_count; i++)
        nodes[i] =
            (struct node_spec){ spec->nodes[i], spec->domain,
                                127u << 24 | lab->cluster_count << 8 | (11 + i), true, true };
    struct cluster *cl = &lab->clusters[lab->cluster_count];
    if (!cluster_init(cl, &lab->cluster_env, (uint8_t)lab->cluster_count, spec->name, version,
                      nodes, spec->node_count, lab->driver == NULL ? 0 : lab_now_us(lab), e) ||
        !default_group(cl, e)) {
        cluster_free(cl);
        return false;
    }
    memcpy(cl->db.params, lab->params, sizeof cl->db.params);
    *cluster = lab->cluster_count++;
    return true;
}

static struct cluster *cluster_of(struct lab *lab, uint32_t cluster)
{
    CHECK(cluster < lab->cluster_count);
    return &lab->clusters[cluster];
}

bool lab_group(struct lab *lab, uint32_t cluster, const char *name, const char *const *members,
               uint32_t count, struct err *e)
{
    struct cluster *cl = cluster_of(lab, cluster);
    uint8_t nodes[CNF_SERVERS] = { 0 };
    uint16_t group;
    for (uint32_t i = 0; i < count && i < CNF_SERVERS; i++) {
        uint32_t node;
        if (!cluster_node(cl, members[i], &node))
            return err_set(e, "%s: CallManager group \"%s\" names no node \"%s\"", cl->name, name,
                           members[i]);
        nodes[i] = (uint8_t)node;
    }
    return config_add_group(cl, name, nodes, count, &group, e);
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

uint16_t lab_place(struct lab *lab, uint32_t tftp1, uint32_t tftp2)
{
    for (uint32_t i = 0; i < lab->place_count; i++) {
        if (lab->places[i].tftp[0] == tftp1 && lab->places[i].tftp[1] == tftp2)
            return (uint16_t)i;
    }
    CHECK(lab->place_count < UINT16_MAX);
    mem_reserve(&sys_mem, (void **)&lab->places, &lab->place_cap, (size_t)lab->place_count + 1,
                sizeof *lab->places);
    lab->places[lab->place_count] = (struct phone_place){ { tftp1, tftp2 } };
    return (uint16_t)lab->place_count++;
}

/* Exactly as many as there are: a fleet is made in one go, and a million phones count. */
void lab_grow_phones(struct lab *lab, uint32_t count)
{
    lab->phones = sys_mem.resize(NULL, lab->phones, (size_t)count * sizeof *lab->phones);
    lab->cold = sys_mem.resize(NULL, lab->cold, (size_t)count * sizeof *lab->cold);
    memset(lab->cold + lab->phone_count, 0, (size_t)(count - lab->phone_count) * sizeof *lab->cold);
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
        else if (device_find(&lab->devices, name, &other))
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

static bool class_for(const struct cluster *cl, const struct lab_phones_spec *spec, uint8_t model,
                      struct device_class *class, struct err *e)
{
    memset(class, 0, sizeof *class);
    const char *pool = spec->pool == NULL ? "Default" : spec->pool;
    if (!config_find_pool(cl, pool, &class->pool))
        return err_set(e, "%s: no device pool \"%s\"", cl->name, pool);
    const char *load = spec->load == NULL ? "" : spec->load;
    if (strlen(load) >= sizeof class->load)
        return err_set(e, "phone load \"%.40s…\": at most %d characters", load, CNF_NAME - 1);
    memcpy(class->load, load, strlen(load));
    class->protocol = model_table[model].protocol;
    class->security_mode = spec->security_mode == 0 ? CNF_NON_SECURE : spec->security_mode;
    class->encrypted = spec->encrypted;
    class->lsc = spec->lsc ? cl->nodes[0].disk.own[OWN_CAPF] : 0;
    return true;
}

bool lab_class_for(struct lab *lab, uint32_t cluster, const struct lab_phones_spec *spec,
                   uint8_t model, uint16_t *index, struct err *e)
{
    struct cluster *cl = cluster_of(lab, cluster);
    struct device_class class;
    return class_for(cl, spec, model, &class, e) && config_class(cl, &class, index, e);
}

static bool known_model(const char *name, uint8_t *model, struct err *e)
{
    if (model_find(name, model))
        return true;
    char list[256];
    size_t n = 0;
    for (uint32_t i = 0; i < model_count && n < sizeof list; i++)
        n += (size_t)snprintf(list + n, sizeof list - n, "%s%s", i == 0 ? "" : ", ",
                              model_table[i].name);
    return err_set(e, "no phone model \"%.40s\" (one of %s)", name, list);
}

bool lab_phones(struct lab *lab, uint32_t cluster, const struct lab_phones_spec *spec,
                uint32_t *first, struct err *e)
{
    struct cluster *cl = cluster_of(lab, cluster);
    uint16_t index;
    uint8_t model;
    if (spec->count == 0 || spec->count > LAB_PHONES_MOST ||
        spec->count > UINT32_MAX / 2 - lab->phone_count)
        return err_set(e, "%u phones, 1 to %u expected", (unsigned)spec->count, LAB_PHONES_MOST);
    if (!known_model(spec->model, &model, e) || !check_names(lab, spec, e) ||
        !lab_class_for(lab, cluster, spec, model, &index, e))
        return false;

    *first = spec->names != NULL
                 ? device_add_names(&lab->devices, spec->names, spec->count)
                 : device_add_range(&lab->devices, FIRST_MAC + lab->devices.count, spec->count);
    CHECK(*first == lab->phone_count);
    lab_grow_phones(lab, lab->phone_count + spec->count);
    uint16_t place =
        lab_place(lab, cl->nodes[0].disk.ip, cl->node_count > 1 ? cl->nodes[1].disk.ip : 0);
    uint32_t lsc = cl->db.classes[index].lsc;
    for (uint32_t i = *first; i < *first + spec->count; i++) {
        phone_init(&lab->phones[i], i, model, place, lab->options.seed);
        lab->phones[i].lsc = lsc;
        config_set_class(cl, i, index, lab->devices.count);
    }
    lab->phone_count += spec->count;
    lab->world.phones = lab->phone_count;
    if (lab->driver != NULL)
        lab->driver->grow(lab->driver->self, lab->phone_count);
    mem_reserve(&sys_mem, (void **)&lab->fleets, &lab->fleet_cap, (size_t)lab->fleet_count + 1,
                sizeof *lab->fleets);
    struct lab_fleet *fleet = &lab->fleets[lab->fleet_count++];
    *fleet =
        (struct lab_fleet){ .cluster = (uint8_t)cluster, .first = *first, .count = spec->count };
    memcpy(fleet->name, cl->name, sizeof fleet->name);
    return true;
}

/* ---- looking ---- */

struct phone_env lab_phone_env(const struct lab *lab)
{
    return (struct phone_env){ lab->content, &lab->knobs, lab->places,
                               lab->driver == NULL ? 0 : lab_now_us(lab), lab->changes };
}

void lab_phone_name(const struct lab *lab, uint32_t phone, char out[DEVICE_NAME])
{
    device_name(&lab->devices, phone, out);
}

bool lab_find_phone(const struct lab *lab, const char *name, uint32_t *phone)
{
    return device_find(&lab->devices, name, phone);
}

const struct lab_fleet *lab_fleet_of(const struct lab *lab, uint32_t phone)
{
    for (uint32_t i = 0; i < lab->fleet_count; i++) {
        if (phone - lab->fleets[i].first < lab->fleets[i].count)
            return &lab->fleets[i];
    }
    return NULL;
}

const char *lab_pool_of(const struct lab *lab, uint32_t phone)
{
    const struct lab_fleet *fleet = lab_fleet_of(lab, phone);
    if (fleet == NULL)
        return "";
    const struct cluster *cl = &lab->clusters[fleet->cluster];
    const struct device_class *class = config_class_of(cl, phone);
    return class == NULL ? "" : cl->db.pools[class->pool].name;
}

const struct lab_loss *lab_loss_of(const struct lab *lab, uint32_t phone)
{
    uint32_t i = lab->cold[phone].loss;
    return i == 0 ? NULL : &lab->losses[i - 1];
}

uint64_t lab_lost_us(const struct lab *lab, uint32_t phone, enum phone_function f)
{
    const struct lab_loss *l = lab_loss_of(lab, phone);
    if (l == NULL)
        return 0;
    uint64_t open = (l->open & FSM_BIT(f)) != 0 ? lab_now_us(lab) - l->since_us[f] : 0;
    return l->total_us[f] + open;
}

const char *lab_function_name(enum phone_function f)
{
    static const char *const names[FUNCTIONS] = { "registration", "configuration", "trust list",
                                                  "secure services" };
    return names[f];
}

static struct lab_loss *loss_for(struct lab *lab, uint32_t phone)
{
    if (lab->cold[phone].loss == 0) {
        mem_reserve(&sys_mem, (void **)&lab->losses, &lab->loss_cap, (size_t)lab->loss_count + 1,
                    sizeof *lab->losses);
        memset(&lab->losses[lab->loss_count], 0, sizeof *lab->losses);
        lab->cold[phone].loss = ++lab->loss_count;
    }
    return &lab->losses[lab->cold[phone].loss - 1];
}

void lab_mark_lost(struct lab *lab, uint32_t phone, enum phone_function f, uint32_t step,
                   uint64_t since_us)
{
    struct lab_loss *l = loss_for(lab, phone);
    if ((l->open & FSM_BIT(f)) != 0)
        return;
    l->open |= (uint8_t)FSM_BIT(f);
    l->ever |= (uint8_t)FSM_BIT(f);
    l->since_us[f] = since_us;
    l->step[f] = (uint16_t)step;
}

void lab_mark_regained(struct lab *lab, uint32_t phone, enum phone_function f, uint64_t at_us)
{
    struct lab_loss *l = loss_for(lab, phone);
    if ((l->open & FSM_BIT(f)) == 0)
        return;
    l->open &= (uint8_t)~FSM_BIT(f);
    l->total_us[f] += at_us - l->since_us[f];
}

bool lab_file_bytes(struct lab *lab, uint32_t content, enum file_kind kind, uint32_t phone,
                    struct arena *a, struct view *out, struct err *e)
{
    char name[DEVICE_NAME] = "";
    if (phone != NO_DEVICE)
        lab_phone_name(lab, phone, name);
    struct forge_device device = forge_device_of(phone == NO_DEVICE ? 0 : phone, name);
    return forge_bytes(lab->forge, content, kind, &device, a, out, e);
}
