/* How a lab begins and ends: from its options, or as a fork of another one. */
#include "nodes/backup.h"
#include "nodes/remote.h"
#include "sim/base/check.h"
#include "sim/base/sys.h"
#include "sim/lab_impl.h"

#include <stdio.h>
#include <string.h>

#define START_S 1736143200 /* 2025-01-06 06:00:00 UTC, a Monday morning */

struct lab_options lab_defaults(void)
{
    return (struct lab_options){ .seed = 1, .identity = 1, .start_s = START_S };
}

static void *taken(size_t n)
{
    void *p = sys_mem.resize(NULL, NULL, n);
    memset(p, 0, n);
    return p;
}

static void *copied(const void *from, uint32_t count, size_t size)
{
    if (count == 0)
        return NULL;
    void *to = sys_mem.resize(NULL, NULL, count * size);
    memcpy(to, from, count * size);
    return to;
}

static void give_back(void *p)
{
    sys_mem.resize(NULL, p, 0);
}

/* ---- the parts ---- */

static struct lab_base *base_new(const struct lab_options *options)
{
    struct lab_base *base = taken(sizeof *base);
    base->options = *options;
    base->content = taken(sizeof *base->content);
    content_init(base->content, &sys_mem);
    base->forge = forge_new(base->content, options->identity, options->cache_dir);
    return base;
}

static void base_leave(struct lab_base *base)
{
    if (--base->refs > 0)
        return;
    lab_found_free(base);
    forge_free(base->forge);
    content_free(base->content);
    give_back(base->content);
    give_back(base->lengths);
    give_back(base);
}

static void begin_record(struct lab_record *r)
{
    r->steps = taken(sizeof *r->steps);
    r->step_count = r->step_cap = 1;
    snprintf(r->steps[0].name, sizeof r->steps[0].name, "before the first step");
}

static void record_copy(struct lab_record *to, const struct lab_record *from)
{
    *to = (struct lab_record){ .step_count = from->step_count,
                               .step_cap = from->step_count,
                               .loss_count = from->loss_count,
                               .loss_cap = from->loss_count,
                               .keeps_outages = from->keeps_outages,
                               .outage_count = from->outage_count,
                               .outage_cap = from->outage_count,
                               .outage_of_cap = from->outage_of_cap };
    to->steps = copied(from->steps, from->step_count, sizeof *from->steps);
    to->losses = copied(from->losses, from->loss_count, sizeof *from->losses);
    to->outages = copied(from->outages, from->outage_count, sizeof *from->outages);
    to->outage_of = copied(from->outage_of, from->outage_of_cap, sizeof *from->outage_of);
}

/* A lab without anything in it, on what it shares. */
static struct lab *lab_on(struct lab_base *base)
{
    struct lab *lab = taken(sizeof *lab);
    lab->base = base;
    base->refs++;
    lab->cluster_env = (struct cluster_env){ .content = base->content,
                                             .mem = &sys_mem,
                                             .say = lab_tell_node,
                                             .say_ctx = lab,
                                             .identity = base->options.identity,
                                             .start_s = base->options.start_s,
                                             .sftp = &lab->state.sftp,
                                             .network = base->options.network };
    return lab;
}

static struct driver *virtual_driver(const struct lab *lab, bool bytes, uint64_t start_us)
{
    struct virt_options v = { .seed = lab->base->options.seed,
                              .start_us = start_us,
                              .forge = lab->base->forge,
                              .bytes = bytes };
    return virt_new(&lab->world, &v, &sys_mem);
}

/* ---- from options ---- */

static void turn(struct lab_state *s, const struct lab_turn *t)
{
    if (t->facts == LAB_KNOB)
        knobs_set(&s->knobs, (enum knob)t->index, t->value);
    else if (t->facts == LAB_PARAM && t->cluster == 0)
        s->params[t->index] = t->value;
    else if (t->facts == LAB_COST)
        s->costs[t->index] = t->value;
}

struct lab *lab_new(const struct lab_options *options)
{
    struct lab *lab = lab_on(base_new(options));
    lab->state.names = lab_names_new();
    lab->state.knobs = knobs_default();
    facts_initial(param_table, PARAMS, lab->state.params);
    facts_initial(cost_table, COSTS, lab->state.costs);
    turn(&lab->state, &options->turn);
    begin_record(&lab->record);
    lab->world = lab_world(lab);
    if (!options->live)
        lab->driver = virtual_driver(lab, options->bytes, 0);
    return lab;
}

void lab_attach(struct lab *lab, struct driver *driver)
{
    CHECK(lab->driver == NULL);
    lab->driver = driver;
}

#define FORK_WORK 1000 /* events that making one takes as long as */

/* A fork that is over was work too, be it that nothing happened in it. */
static void count_fork(const struct lab *lab)
{
    const struct driver *d = lab->driver;
    if (lab->is_fork)
        lab->base->tried += d->events(d->self) - lab->events + lab->state.phone_count + FORK_WORK;
}

void lab_free(struct lab *lab)
{
    if (lab == NULL)
        return;
    count_fork(lab);
    if (lab->driver != NULL)
        lab->driver->free(lab->driver->self);
    for (uint32_t i = 0; i < lab->state.cluster_count; i++)
        cluster_free(&lab->state.clusters[i]);
    sftp_free(&sys_mem, &lab->state.sftp);
    lab_names_leave(lab->state.names);
    base_leave(lab->base);
    void *const arrays[] = { lab->state.fleets,  lab->state.phones,   lab->state.cold,
                             lab->state.dhcp,    lab->state.clocks,   lab->state.offsets,
                             lab->state.sites,   lab->state.visits,   lab->record.steps,
                             lab->record.losses, lab->record.outages, lab->record.outage_of };
    for (size_t i = 0; i < sizeof arrays / sizeof arrays[0]; i++)
        give_back(arrays[i]);
    give_back(lab);
}

uint64_t lab_work(const struct lab *lab)
{
    return lab->driver->events(lab->driver->self) + lab->base->tried;
}

/* ---- forks ---- */

static void begin_fork(struct lab *lab)
{
    lab->is_fork = true;
    lab->events = lab->driver->events(lab->driver->self);
}

static void copy_clusters(struct lab *to, const struct lab *from)
{
    sftp_copy(&sys_mem, &to->state.sftp, &from->state.sftp);
    for (uint32_t i = 0; i < from->state.cluster_count; i++)
        cluster_clone(&to->state.clusters[i], &from->state.clusters[i], &to->cluster_env);
}

/* The network as it is; `phones`: which one of `from` each is, NULL: itself. */
static void copy_links(struct lab *to, const struct lab *from, const uint32_t *phones)
{
    const struct driver *f = from->driver, *t = to->driver;
    for (uint32_t i = 0; i < to->state.phone_count; i++) {
        struct link link = f->phone_link_of(f->self, phones == NULL ? i : phones[i]);
        if (link.down)
            t->phone_link(t->self, i, &link);
    }
    for (uint32_t c = 0; c < to->state.cluster_count; c++) {
        for (uint32_t n = 0; n < to->state.clusters[c].node_count; n++) {
            struct link link = f->node_link_of(f->self, c << 8 | n);
            t->node_link(t->self, c << 8 | n, &link);
        }
    }
}

/* Nothing else of a live driver comes along: no transfer, no event, no deadline of a node. */
static void begin_anew(struct lab *lab, const struct lab *from, const uint32_t *phones)
{
    for (uint32_t c = 0; c < lab->state.cluster_count; c++) {
        FOR_EACH_NODE(&lab->state.clusters[c], n)
        lab->state.clusters[c].nodes[n].run.transfers = 0;
    }
    for (uint32_t i = 0; i < lab->state.phone_count; i++)
        lab->state.cold[i].told = lab->state.cold[i].back = 0;
    lab->driver = virtual_driver(lab, false, lab_now_us(from));
    copy_links(lab, from, phones);
    lab_cluster_changed(lab);
}

static void copy_places(struct lab *to, const struct lab *from)
{
    const struct lab_state *s = &from->state;
    to->state.dhcp = copied(s->dhcp, s->dhcp_count, sizeof *s->dhcp);
    to->state.dhcp_count = to->state.dhcp_cap = s->dhcp_count;
}

/* `phones`: which of them come along; NULL: all. */
static void copy_clocks(struct lab *to, const struct lab *from, const uint32_t *phones,
                        uint32_t count)
{
    const struct lab_state *s = &from->state;
    uint32_t n = s->clock_count == 0 ? 0 : phones != NULL ? count : s->clock_count;
    to->state.offsets = copied(s->offsets, s->offset_count, sizeof *s->offsets);
    to->state.offset_count = to->state.offset_cap = s->offset_count;
    to->state.clocks = n == 0 ? NULL : taken(n * sizeof *s->clocks);
    to->state.clock_count = to->state.clock_cap = n;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t phone = phones == NULL ? i : phones[i];
        if (phone < s->clock_count)
            to->state.clocks[i] = s->clocks[phone];
    }
}

static void copy_visits(struct lab *to, const struct lab *from, const uint32_t *phones,
                        uint32_t count)
{
    const struct lab_state *s = &from->state;
    uint32_t n = s->visit_count == 0 ? 0 : phones != NULL ? count : s->visit_count;
    to->state.visits = n == 0 ? NULL : taken(n * sizeof *s->visits);
    to->state.visit_count = to->state.visit_cap = n;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t phone = phones == NULL ? i : phones[i];
        if (phone < s->visit_count)
            to->state.visits[i] = s->visits[phone];
    }
}

/* Likewise. */
static void copy_sites(struct lab *to, const struct lab *from, const uint32_t *phones,
                       uint32_t count)
{
    const struct lab_state *s = &from->state;
    uint32_t n = s->site_count == 0 ? 0 : phones != NULL ? count : s->site_count;
    to->state.sites = n == 0 ? NULL : taken(n * sizeof *s->sites);
    to->state.site_count = to->state.site_cap = n;
    for (uint32_t i = 0; i < n; i++)
        to->state.sites[i] = lab_site_of(from, phones == NULL ? i : phones[i]);
}

/* Nor is one lost on the way to a site. */
static void without_loss(struct lab *lab)
{
    for (uint32_t c = 0; c < lab->state.cluster_count; c++) {
        for (uint32_t i = 0; i < lab->state.clusters[c].path_count; i++) {
            struct link *l = &lab->state.clusters[c].paths[i].link;
            l->down = link_is_cut(l);
            l->loss_ppm = 0;
        }
    }
}

struct lab *lab_fork(struct lab *lab)
{
    struct lab *f = lab_on(lab->base);
    const struct lab_state *s = &lab->state;
    const struct driver *d = lab->driver;
    f->state = *s;
    copy_clusters(f, lab);
    f->state.names->refs++;
    f->state.fleets = copied(s->fleets, s->fleet_count, sizeof *s->fleets);
    f->state.phones = copied(s->phones, s->phone_count, sizeof *s->phones);
    f->state.cold = copied(s->cold, s->phone_count, sizeof *s->cold);
    copy_places(f, lab);
    copy_clocks(f, lab, NULL, 0);
    copy_visits(f, lab, NULL, 0);
    copy_sites(f, lab, NULL, 0);
    f->state.fleet_cap = s->fleet_count;
    record_copy(&f->record, &lab->record);
    f->world = lab_world(f);
    if (d->copy != NULL)
        f->driver = d->copy(d->self, &f->world, NULL);
    else
        begin_anew(f, lab, NULL);
    begin_fork(f);
    return f;
}

/* ---- some phones of a lab ---- */

static void choose_names(struct lab *to, const struct lab *from, const uint32_t *phones,
                         uint32_t count)
{
    char(*names)[DEVICE_NAME] = sys_mem.resize(NULL, NULL, (size_t)count * DEVICE_NAME);
    const char **list = sys_mem.resize(NULL, NULL, count * sizeof *list);
    for (uint32_t i = 0; i < count; i++) {
        lab_phone_name(from, phones[i], names[i]);
        list[i] = names[i];
    }
    to->state.names = lab_names_new();
    device_add_names(&to->state.names->dir, list, count);
    give_back(list);
    give_back(names);
}

/* Its devices are the few that come along, under other numbers; so are those of its backups. */
static void choose_devices(struct cluster *to, const uint32_t *phones, uint32_t count)
{
    database_choose(to->env->mem, &to->db, phones, count);
    backup_choose(to, phones, count);
    remote_choose(to, phones, count);
    FOR_EACH_NODE(to, n)
    to->nodes[n].run.transfers = 0; /* the driver's copy counts those that come along */
}

/* Places come along whole: one where none of these phones is may be the way back. */
static void choose_phones(struct lab *to, const struct lab *from, const uint32_t *phones,
                          uint32_t count)
{
    copy_places(to, from);
    copy_clocks(to, from, phones, count);
    copy_visits(to, from, phones, count);
    copy_sites(to, from, phones, count);
    lab_grow_phones(to, count);
    for (uint32_t i = 0; i < count; i++) {
        to->state.phones[i] = from->state.phones[phones[i]];
        to->state.cold[i] = from->state.cold[phones[i]];
        to->state.cold[i].loss = 0;
    }
    to->state.phone_count = count;
}

/* A reset on its way reaches each phone when its turn among all of them comes. */
static void choose_turns(struct lab *to, const struct lab *from, uint32_t cluster,
                         const uint32_t *phones, uint32_t count)
{
    const struct lab_sweep *w = &from->state.sweeps[cluster];
    struct table index = table_of(&sys_mem);
    uint64_t at_us = w->at_us;
    if (at_us == 0)
        return;
    for (uint32_t i = 0; i < count; i++)
        table_put(&index, rng_mix((uint64_t)phones[i] + 1), i);
    for (uint32_t i = w->next; i < from->state.phone_count; i++) {
        if (!lab_is_registered_at(from, i, cluster))
            continue;
        const uint32_t *chosen = table_get(&index, rng_mix((uint64_t)i + 1));
        if (chosen != NULL)
            lab_reset_phone(to, *chosen, at_us);
        at_us += lab_turn_us(from, COST_RESET_RATE, 1);
    }
    table_free(&index);
}

struct lab *lab_trial(struct lab *lab, const uint32_t *phones, uint32_t count)
{
    CHECK(count > 0);
    struct lab *t = lab_on(lab->base);
    const struct driver *d = lab->driver;
    t->state.knobs = lab->state.knobs;
    memcpy(t->state.params, lab->state.params, sizeof t->state.params);
    memcpy(t->state.costs, lab->state.costs, sizeof t->state.costs);
    t->state.changes = lab->state.changes;
    t->state.dirty = lab->state.dirty;
    memcpy(t->state.gates, lab->state.gates, sizeof t->state.gates);
    t->state.cluster_count = lab->state.cluster_count;
    copy_clusters(t, lab);
    for (uint32_t c = 0; c < t->state.cluster_count; c++)
        choose_devices(&t->state.clusters[c], phones, count);
    without_loss(t);
    choose_names(t, lab, phones, count);
    choose_phones(t, lab, phones, count);
    begin_record(&t->record);
    t->world = lab_world(t);
    if (d->copy != NULL)
        t->driver = d->copy(d->self, &t->world, &(struct driver_selection){ phones, count });
    else
        begin_anew(t, lab, phones);
    for (uint32_t c = 0; c < t->state.cluster_count; c++)
        choose_turns(t, lab, c, phones, count);
    begin_fork(t);
    return t;
}

/* ---- taking back what forks made ---- */

struct lab_mark lab_mark(struct lab *lab)
{
    return (struct lab_mark){ forge_mark(lab->base->forge) };
}

void lab_rewind(struct lab *lab, const struct lab_mark *mark)
{
    struct lab_base *base = lab->base;
    uint32_t count = mark->forge.content.count;
    forge_rewind(base->forge, &mark->forge);
    if (base->length_cap > count)
        memset(base->lengths + count, 0, (base->length_cap - count) * sizeof *base->lengths);
}
