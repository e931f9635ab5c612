#include "sim/session.h"

#include "sim/lab_live.h"
#include "sim/live/live.h"

#include <string.h>

struct session_options session_defaults(void)
{
    return (struct session_options){ .lab = lab_defaults() };
}

/* ---- the phones of a file ---- */

static bool add_inventory(void *ctx, struct lab *lab, uint32_t cluster, uint32_t *first,
                          uint32_t *count, struct err *e)
{
    struct session *s = ctx;
    const struct session_options *o = &s->options;
    s->inventory_used = true;
    struct inventory_source from = { &s->inventory, o->inventory,
                                     o->pools == NULL ? NULL : &s->pools, o->pools };
    return inventory_add(lab, cluster, &from, first, count, e);
}

static void tell_inventory(const struct session *s)
{
    FILE *out = s->options.notes;
    const struct inventory *inventory = &s->inventory;
    const char *path = s->options.inventory;
    if (out == NULL || path == NULL)
        return;
    for (uint32_t i = 0; i < inventory->note_count; i++)
        fprintf(out, "%s:%u: %s%s\n", path, inventory->notes[i].line, inventory->notes[i].text,
                inventory->notes[i].bad ? " (row left out)" : "");
}

static bool read_inventory(struct session *s, struct err *e)
{
    const struct session_options *o = &s->options;
    struct arena arena = arena_of(&sys_mem);
    struct view file;
    bool ok = true;
    if (o->pools != NULL && o->inventory == NULL)
        ok = err_set(e, "--pools says the groups of --inventory FILE, which is missing");
    if (ok && o->inventory != NULL)
        ok = sys_read_file(o->inventory, INVENTORY_FILE_MAX, &arena, &file, e) &&
             inventory_read(file, o->inventory, &s->inventory, e);
    tell_inventory(s);
    if (ok && o->inventory != NULL && o->notes != NULL)
        fprintf(o->notes, "%s: %u phones, %u rows left out\n", o->inventory, s->inventory.count,
                s->inventory.bad);
    if (ok && o->pools != NULL)
        ok = sys_read_file(o->pools, INVENTORY_FILE_MAX, &arena, &file, e) &&
             inventory_read_pools(file, o->pools, &s->pools, e);
    arena_free(&arena);
    return ok;
}

/* ---- who listens ---- */

static bool listen_to(struct session *s, struct err *e)
{
    const struct session_options *o = &s->options;
    losses_init(&s->losses, s->lab);
    explain_init(&s->explain, s->lab, o->explain, o->explain_count);
    return (o->dump == NULL || dump_open(&s->dump, s->lab, o->dump, e)) &&
           (o->trace == NULL || tracefile_open(&s->trace, s->lab, o->trace, e));
}

/* ---- making and freeing ---- */

static uint64_t check_now(void *ctx)
{
    const struct session *s = ctx;
    return s->lab == NULL || s->lab->driver == NULL ? 0 : lab_now_us(s->lab);
}

static bool open_sockets(struct session *s, struct err *e)
{
    if (!s->options.lab.live)
        return true;
    struct live_options o = lab_live_options(s->lab);
    o.announce = s->options.announce;
    if (!lab_live(s->lab, &o, e))
        return false;
    live_catch_signals(s->lab->driver);
    return true;
}

static struct script *new_script(struct session *s)
{
    struct script_options o = s->options.script;
    o.lab = s->lab;
    o.losses = &s->losses;
    if (s->options.inventory != NULL) {
        o.inventory = add_inventory;
        o.inventory_ctx = s;
    }
    return script_new(&o);
}

/* All that a session does is done inside its own context. */
static const struct check_context *enter(const struct session *s)
{
    return sys_check_context(&s->check);
}

static bool make(struct session *s, struct err *e)
{
    if (!read_inventory(s, e))
        return false;
    s->lab = lab_new(&s->options.lab);
    if (!listen_to(s, e) || !open_sockets(s, e))
        return false;
    s->script = new_script(s);
    return true;
}

struct session *session_new(const struct session_options *options, struct err *e)
{
    struct session *s = mem_take(&sys_mem, sizeof *s);
    memset(s, 0, sizeof *s);
    s->options = *options;
    s->check = (struct check_context){ options->lab.seed, options->lab.identity, options->command,
                                       check_now, s };
    const struct check_context *outer = enter(s);
    bool ok = make(s, e);
    sys_check_context(outer);
    if (!ok) {
        session_free(s);
        return NULL;
    }
    return s;
}

void session_free(struct session *s)
{
    struct err e = { "" };
    if (s == NULL)
        return;
    session_end_files(s, &e);
    script_free(s->script);
    losses_free(&s->losses);
    explain_free(&s->explain);
    inventory_free(&s->inventory);
    inventory_free_pools(&s->pools);
    lab_free(s->lab);
    mem_free(&sys_mem, s);
}

/* ---- running and asking ---- */

enum script_result session_run(struct session *s, struct err *e)
{
    const struct session_options *o = &s->options;
    const struct check_context *outer = enter(s);
    enum script_result result = script_run(s->script, e);
    sys_check_context(outer);
    if (result != SCRIPT_ERROR && o->inventory != NULL && !s->inventory_used) {
        err_set(e, "%s: it adds no phones, so --inventory was not used", o->script.path);
        return SCRIPT_ERROR;
    }
    return result;
}

void session_serve(struct session *s)
{
    const struct check_context *outer = enter(s);
    live_wait_for_signal(s->lab->driver);
    sys_check_context(outer);
}

bool session_end_files(struct session *s, struct err *e)
{
    bool dumped = dump_close(&s->dump, e);
    return tracefile_close(&s->trace, dumped ? e : NULL) && dumped;
}

void session_report(struct session *s, uint32_t hands_minutes, uint32_t people, struct report *out)
{
    const struct check_context *outer = enter(s);
    struct report_input in = { .losses = &s->losses,
                               .scenario = s->options.script.path,
                               .hands_minutes = hands_minutes,
                               .people = people };
    in.expects = script_expects(s->script, &in.expect_count);
    in.params = script_params(s->script, &in.param_count);
    report_build(&in, out);
    sys_check_context(outer);
}

bool session_explain(struct session *s, FILE *out, struct err *e)
{
    const struct check_context *outer = enter(s);
    bool ok = explain_print(out, &s->explain, &s->losses, e);
    sys_check_context(outer);
    return ok;
}
