#include "sim/fleet/fleet.h"

#include "sim/base/check.h"
#include "sim/base/sys.h"
#include "sim/lab_live.h"
#include "sim/net/fetch.h"

#include <stdlib.h>
#include <string.h>

#define LOOK_US 100000 /* between two looks whether all are done */

/* ---- phones ---- */

static bool add(struct fleet *f, const struct lab_phones_spec *spec, struct err *e)
{
    const uint32_t tftp[PLACE_TFTP] = { f->options.tftp[0].ip, f->options.tftp[1].ip };
    uint32_t first;
    return lab_phones_alone(f->lab, spec, tftp, &first, e);
}

/* Rows of one model and load behind each other: a phone keeps the number of its row. */
static bool add_rows(struct fleet *f, struct err *e)
{
    const struct inventory *v = f->options.inventory;
    uint32_t most =
        f->options.count == 0 || f->options.count > v->count ? v->count : f->options.count;
    const char **names = mem_take(&sys_mem, ((size_t)most + 1) * sizeof *names);
    bool ok = true;
    for (uint32_t i = 0, n; ok && i < most; i += n) {
        const struct inventory_row *row = &v->rows[i];
        for (n = 0; i + n < most && v->rows[i + n].model == row->model &&
                    strcmp(v->rows[i + n].load, row->load) == 0;
             n++)
            names[n] = v->rows[i + n].name;
        ok = add(f,
                 &(struct lab_phones_spec){ .count = n,
                                            .names = names,
                                            .model = model_table[row->model].name,
                                            .load = row->load[0] == '\0' ? NULL : row->load },
                 e);
    }
    mem_free(&sys_mem, names);
    return ok;
}

static bool add_phones(struct fleet *f, struct err *e)
{
    const struct fleet_options *o = &f->options;
    if (o->inventory != NULL)
        return add_rows(f, e);
    return add(f, &(struct lab_phones_spec){ .count = o->count, .model = o->model, .mac = o->mac },
               e);
}

/* A list that all hold: they trusted it once, when it was the first that came. */
static bool hold(struct fleet *f, struct view bytes, bool ctl, struct err *e)
{
    struct forge_device device = forge_device_of(0, "");
    struct content *c = f->lab->base->content;
    enum file_kind kind = ctl ? FILE_CTL_COMMON : FILE_ITL_COMMON;
    uint32_t id = 0;
    if (bytes.p == NULL)
        return true;
    if (!forge_adopt(f->lab->base->forge, bytes, kind, &device, CONTENT_MIC, &id, e))
        return false;
    if (content_kind(c, id) != CT_LIST || content_get_list(c, id)->is_ctl != ctl)
        return err_set(e, "the %s that all hold from the start is none", ctl ? "CTL" : "ITL");
    for (uint32_t i = 0; i < f->lab->state.phone_count; i++)
        *(ctl ? &f->lab->state.phones[i].ctl : &f->lab->state.phones[i].itl) = id;
    return true;
}

/* The configuration of any phone of theirs: what is that one's own is not kept. */
static bool hold_config(struct fleet *f, struct err *e)
{
    struct forge_device device = forge_device_of(0, "");
    struct content *c = f->lab->base->content;
    uint32_t id = 0;
    if (f->options.config.p == NULL)
        return true;
    if (!forge_adopt(f->lab->base->forge, f->options.config, FILE_CNF, &device, CONTENT_MIC, &id,
                     e))
        return false;
    uint32_t payload = content_kind(c, id) == CT_FILE ? content_get_file(c, id)->payload : 0;
    if (content_kind(c, payload) != CT_CNF || content_get_file(c, id)->encrypted_to != 0)
        return err_set(e, "the configuration that all hold from the start is none in clear");
    for (uint32_t i = 0; i < f->lab->state.phone_count; i++)
        f->lab->state.phones[i].config = payload;
    return true;
}

/* ---- making ---- */

static void on_boot_over(void *ctx)
{
    struct fleet *f = ctx;
    if (f->next < f->roll.count)
        live_interrupt(f->lab->driver); /* somebody's turn has come */
}

static bool open_driver(struct fleet *f, struct err *e)
{
    const struct fleet_options *o = &f->options;
    struct live_options live = lab_live_options(f->lab);
    place_begin(&f->places, f->lab, o->tftp, o->remote);
    f->places.outside.from = o->from;
    f->places.outside.from_count = o->from_count;
    live.list = NULL;
    live.outside = &f->places.outside;
    live.capture = o->capture;
    live.phones_at_once = o->at_once;
    live.registrations = o->is_short ? 0 : o->count;
    live.connections = live.transfers = 1; /* nobody is served here */
    if (!lab_live(f->lab, &live, e))
        return false;
    place_names(&f->places);
    live_catch_signals(f->lab->driver);
    return true;
}

static bool make(struct fleet *f, struct err *e)
{
    struct fleet_options *o = &f->options;
    struct lab_options lab = lab_defaults();
    lab.seed = o->seed;
    lab.identity = o->identity;
    lab.cache_dir = o->cache_dir;
    lab.start_s = o->start_s;
    lab.live = lab.alone = true;
    CHECK(o->at_once > 0);
    if (o->inventory != NULL && (o->count == 0 || o->count > o->inventory->count))
        o->count = o->inventory->count;
    f->lab = lab_new(&lab);
    if (!open_driver(f, e) || !add_phones(f, e))
        return false;
    if (!hold(f, o->ctl, true, e) || !hold(f, o->itl, false, e) || !hold_config(f, e))
        return false;
    roll_begin(&f->roll, f->lab, on_boot_over, f);
    return true;
}

struct fleet *fleet_new(const struct fleet_options *options, struct err *e)
{
    struct fleet *f = mem_take(&sys_mem, sizeof *f);
    memset(f, 0, sizeof *f);
    f->options = *options;
    if (make(f, e))
        return f;
    fleet_free(f);
    return NULL;
}

void fleet_free(struct fleet *f)
{
    if (f == NULL)
        return;
    roll_end(&f->roll);
    place_end(&f->places);
    lab_free(f->lab);
    mem_free(&sys_mem, f);
}

/* ---- running ---- */

static void boot_more(struct fleet *f)
{
    for (; f->next < f->roll.count && f->roll.booting < f->options.at_once; f->next++) {
        roll_boots(&f->roll, f->next);
        lab_power(f->lab, f->next, true, lab_now_us(f->lab));
    }
}

static void look(struct fleet *f, uint64_t now_us)
{
    if (now_us < f->look_us)
        return;
    f->look_us = now_us + LOOK_US;
    struct fleet_counts c = roll_counts(&f->roll);
    f->done = c.of[FLEET_REGISTERED] + c.of[FLEET_GAVE_UP] == f->roll.count;
    if (f->all_us == 0 && c.of[FLEET_REGISTERED] == f->roll.count)
        f->all_us = f->roll.last_us;
    if (f->options.progress != NULL)
        f->options.progress(f->options.ctx);
}

static bool is_over(const struct fleet *f, uint64_t now_us)
{
    if (live_stopped(f->lab->driver))
        return true;
    return f->options.for_us != 0 ? now_us >= f->options.for_us
                                  : f->done || now_us >= f->options.within_us;
}

void fleet_run(struct fleet *f)
{
    uint64_t end_us = f->options.for_us != 0 ? f->options.for_us : f->options.within_us;
    for (uint64_t now_us = 0; !is_over(f, now_us); now_us = lab_now_us(f->lab)) {
        boot_more(f);
        uint64_t until_us = f->look_us > now_us ? f->look_us : now_us + LOOK_US;
        lab_run_until(f->lab, until_us < end_us ? until_us : end_us);
        look(f, lab_now_us(f->lab));
    }
    f->look_us = 0;
    look(f, lab_now_us(f->lab)); /* as things are at the end */
}

bool fleet_is_whole(const struct fleet *f)
{
    return roll_counts(&f->roll).of[FLEET_REGISTERED] == f->roll.count;
}

/* ---- the port of TFTP ---- */

struct probe {
    bool done, refused;
};

static void on_probe(void *owner, const struct fetched *got)
{
    struct probe *p = owner;
    p->refused = got->end == FETCHED_REFUSED;
    p->done = true;
}

uint16_t fleet_tftp_port(uint32_t ip)
{
    struct reactor r;
    struct probe p = { .done = false };
    const struct fetch_request order = {
        .ip = ip, .port = 69, .name = "ITLFile.tlv", .limit = 2048u << 10, .wait_us = 1000000
    };
    if (ip >> 24 != 127)
        return 69;
    reactor_open(&r);
    reactor_enter(&r);
    fetch_tftp(&r, &order, on_probe, &p);
    while (!p.done) {
        reactor_turn(&r);
        reactor_reap(&r);
    }
    reactor_leave(&r);
    reactor_close(&r);
    return p.refused ? 10069 : 69;
}
