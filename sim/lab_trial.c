/* Trials: a copy of the clusters as they are and of a few phones, to try things on. */
#include "sim/base/check.h"
#include "sim/base/sys.h"
#include "sim/lab_impl.h"

#include <string.h>

static void copy_clusters(struct lab *to, const struct lab *from)
{
    to->cluster_count = from->cluster_count;
    for (uint32_t i = 0; i < from->cluster_count; i++) {
        struct cluster *cl = &to->clusters[i];
        cluster_clone(cl, &from->clusters[i], &to->cluster_env);
        /* Its devices are the few that come along, under other numbers. */
        sys_mem.resize(NULL, cl->db.device_class, 0);
        cl->db.device_class = NULL;
        cl->db.device_count = 0;
        FOR_EACH_NODE(cl, n)
        cl->nodes[n].run.transfers = 0; /* the phones of those transfers are not here */
    }
}

static void copy_names(struct lab *to, const struct lab *from, const uint32_t *phones,
                       uint32_t count)
{
    char(*names)[DEVICE_NAME] = sys_mem.resize(NULL, NULL, (size_t)count * DEVICE_NAME);
    const char **list = sys_mem.resize(NULL, NULL, count * sizeof *list);
    for (uint32_t i = 0; i < count; i++) {
        lab_phone_name(from, phones[i], names[i]);
        list[i] = names[i];
    }
    device_add_names(&to->devices, list, count);
    sys_mem.resize(NULL, list, 0);
    sys_mem.resize(NULL, names, 0);
}

static void copy_phones(struct lab *to, const struct lab *from, const uint32_t *phones,
                        uint32_t count)
{
    lab_grow_phones(to, count);
    for (uint32_t i = 0; i < count; i++) {
        const struct phone *p = &from->phones[phones[i]];
        to->phones[i] = *p;
        const struct phone_place *place = &from->places[p->place];
        to->phones[i].place = lab_place(to, place->tftp[0], place->tftp[1]);
        to->cold[i] = from->cold[phones[i]];
        to->cold[i].loss = 0;
        if (from->options.live)
            to->cold[i].told = 0; /* that event is not on its way here */
        for (uint32_t c = 0; c < from->cluster_count; c++) {
            const struct cluster *cl = &from->clusters[c];
            const struct device_class *class = config_class_of(cl, phones[i]);
            if (class != NULL)
                config_set_class(&to->clusters[c], i, (uint16_t)(class - cl->db.classes), count);
        }
    }
    to->phone_count = count;
    to->world.phones = count;
}

/* What is in flight comes along; live nothing can, and links are only up or down there, and no
 * trial is made of those. */
static struct driver *driver_for(struct lab *t, const struct lab *from, const uint32_t *phones,
                                 uint32_t count)
{
    const struct driver *d = from->driver;
    if (d->copy != NULL)
        return d->copy(d->self, &t->world, &(struct driver_selection){ phones, count });
    struct virt_options v = { .seed = from->options.seed,
                              .start_us = lab_now_us(from),
                              .forge = t->forge };
    return virt_new(&t->world, &v, &sys_mem);
}

struct lab *lab_trial(struct lab *lab, const uint32_t *phones, uint32_t count)
{
    CHECK(count > 0);
    struct lab *t = sys_mem.resize(NULL, NULL, sizeof *t);
    memset(t, 0, sizeof *t);
    t->is_trial = true;
    t->options = lab->options;
    t->options.live = false;
    t->options.bytes = false;
    t->content = lab->content;
    t->forge = lab->forge;
    t->knobs = lab->knobs;
    memcpy(t->costs, lab->costs, sizeof t->costs);
    t->cluster_env = lab->cluster_env;
    t->cluster_env.say_ctx = t;
    t->step_count = 1;
    device_init(&t->devices, &sys_mem);
    copy_clusters(t, lab);
    copy_names(t, lab, phones, count);
    copy_phones(t, lab, phones, count);
    t->world = lab_world(t);
    t->driver = driver_for(t, lab, phones, count);
    lab_cluster_changed(t); /* lost servers, sleepers, the nodes' deadlines */
    return t;
}

void lab_trial_free(struct lab *trial)
{
    lab_free(trial);
}
