#include "sim/session.h"

#include "sim/base/count.h"
#include "sim/base/version.h"
#include "sim/capture/capture.h"
#include "sim/cli/cli.h"
#include "sim/inventory/shelf.h"
#include "sim/lab_capture.h"
#include "sim/lab_found.h"
#include "sim/lab_live.h"
#include "sim/lab_outage.h"
#include "sim/live/live.h"
#include "sim/report/rows.h"

#include <string.h>

struct session_options session_defaults(void)
{
    return (struct session_options){ .lab = lab_defaults(), .date_s = -1 };
}

/* ---- the phones of files ---- */

/* The file of a cluster: its own, else the one that is nobody's yet. */
static struct inventory_file *file_of(struct session *s, const char *cluster)
{
    struct inventory_file *nobody = NULL;
    for (uint32_t i = 0; i < s->file_count; i++) {
        if (strcmp(s->files[i].cluster, cluster) == 0)
            return &s->files[i];
        if (s->files[i].cluster[0] == '\0')
            nobody = &s->files[i];
    }
    return nobody;
}

static bool add_inventory(void *ctx, struct lab *lab, uint32_t cluster, const char *pools,
                          struct lab_taken *out, struct err *e)
{
    const char *name = lab->state.clusters[cluster].name;
    struct inventory_file *f = file_of(ctx, name);
    *out = (struct lab_taken){ 0 };
    if (f == NULL)
        return true;
    memcpy(f->cluster, name, strlen(name) + 1);
    return inventory_add(lab, cluster, f, pools, out, e);
}

/* "CLUSTER=FILE" or "FILE"; a name of a cluster has no '/'. */
static const char *split(const char *text, char cluster[CLUSTER_NAME])
{
    size_t n = strcspn(text, "=/");
    cluster[0] = '\0';
    if (text[n] != '=' || n == 0 || n >= CLUSTER_NAME)
        return text;
    memcpy(cluster, text, n);
    cluster[n] = '\0';
    return text + n + 1;
}

static bool open_files(struct session *s, struct err *e)
{
    const struct session_options *o = &s->options;
    char cluster[CLUSTER_NAME];
    s->files = mem_take(&sys_mem, (o->inventory_count + 1) * sizeof *s->files);
    memset(s->files, 0, (o->inventory_count + 1) * sizeof *s->files);
    for (uint32_t i = 0; i < o->inventory_count; i++) {
        const char *path = split(o->inventories[i], cluster);
        struct inventory_file *other = file_of(s, cluster);
        if (other != NULL && strcmp(other->cluster, cluster) == 0)
            return err_set(e,
                           "two files of phones%s%s: --inventory CLUSTER=FILE says whose they are",
                           cluster[0] == '\0' ? "" : " of ", cluster);
        struct inventory_file *f = &s->files[s->file_count++];
        f->path = path;
        memcpy(f->cluster, cluster, sizeof cluster);
    }
    return true;
}

static bool open_pools(struct session *s, struct err *e)
{
    const struct session_options *o = &s->options;
    char cluster[CLUSTER_NAME];
    for (uint32_t i = 0; i < o->pools_count; i++) {
        const char *path = split(o->pools[i], cluster);
        struct inventory_file *f =
            cluster[0] == '\0' && s->file_count == 1 ? &s->files[0] : file_of(s, cluster);
        if (f == NULL || (cluster[0] != '\0' && strcmp(f->cluster, cluster) != 0))
            return err_set(e,
                           "--pools %.200s: it says the groups of --inventory %s%sFILE, which is "
                           "missing",
                           o->pools[i], cluster, cluster[0] == '\0' ? "" : "=");
        if (f->pools_path != NULL)
            return err_set(e, "two --pools for %s", f->path);
        f->pools_path = path;
    }
    return true;
}

static bool read_inventories(struct session *s, struct err *e)
{
    if (!open_files(s, e) || !open_pools(s, e))
        return false;
    for (uint32_t i = 0; i < s->file_count; i++) {
        if (!inventory_file_read(&s->files[i], s->options.as, e))
            return false;
    }
    return s->file_count > 0 || s->options.as.count == 0 ||
           err_set(e, "--as says how to take types of --inventory FILE, which is missing");
}

/* Each phone of each file is in the lab. */
static bool all_used(const struct session *s, struct err *e)
{
    for (uint32_t i = 0; i < s->file_count; i++) {
        const struct inventory_file *f = &s->files[i];
        bool there = false;
        for (uint32_t c = 0; c < s->lab->state.cluster_count; c++)
            there |= strcmp(s->lab->state.clusters[c].name, f->cluster) == 0;
        if (!there && f->cluster[0] != '\0')
            return err_set(e, "%s: it has no cluster \"%s\", so --inventory %s=%s was not used",
                           s->options.script.path, f->cluster, f->cluster, f->path);
        if (f->cluster[0] == '\0')
            return err_set(e, "%s: it adds no phones, so --inventory %s was not used",
                           s->options.script.path, f->path);
        if (!inventory_used_up(f, e))
            return false;
    }
    return true;
}

/* What the report says of it is kept. */
static bool read_file(const char *path, size_t limit, struct arena *a, struct view *out,
                      struct report_file *about, struct err *e)
{
    if (!sys_read_file(path, limit, a, out, e))
        return false;
    about->path = path;
    inventory_checksum(*out, about->sha256);
    return true;
}

/* ---- phones that are off, and how long it lasts ---- */

static bool read_off(struct session *s, struct err *e)
{
    const char *path = s->options.off;
    struct arena arena = arena_of(&sys_mem);
    struct view text;
    bool ok = path == NULL || (read_file(path, OFF_FILE_MAX, &arena, &text, &s->off_file, e) &&
                               off_read(text, path, &s->off, e));
    arena_free(&arena);
    return ok;
}

/* A slip of the pen is told before anything runs; whether a date can be only behind start(). */
static bool check_until(const struct session *s, struct err *e)
{
    const char *until = s->options.until;
    int64_t date_s;
    uint64_t us;
    if (until != NULL && date_is_meant(until))
        return date_parse(until, &date_s, e) || err_prefix(e, "--until");
    return until == NULL || time_parse(until, &us) ||
           err_set(e,
                   "--until: a time from the start (\"2h\", \"1d6h\") or a date (\"2026-03-14 "
                   "08:00\") is expected, not %.60s",
                   until);
}

bool session_until(const struct session *s, uint64_t *until_us, struct err *e)
{
    const struct lab *lab = s->lab;
    char clock[FACT_TEXT], date[DATE_TEXT] = "";
    *until_us = 0;
    if (s->options.until == NULL)
        return true;
    if (!lab_instant(lab, s->options.until, until_us, e))
        return err_prefix(e, "--until");
    if (*until_us >= lab_now_us(lab))
        return true;
    if (lab->base->options.dated)
        lab_date(lab, lab_now_us(lab), date);
    return err_set(e, "--until %.60s: the scenario itself goes on to %s%s%s", s->options.until,
                   time_print(lab_now_us(lab) / 1000000 * 1000000, clock),
                   date[0] == '\0' ? "" : " after the start, ", date);
}

static enum script_result run_on(struct session *s, enum script_result result, struct err *e)
{
    uint64_t until_us = 0;
    if (s->options.until == NULL || result == SCRIPT_ERROR || result == SCRIPT_STOPPED)
        return result;
    if (!session_until(s, &until_us, e))
        return SCRIPT_ERROR;
    return script_run_on(s->script, until_us) ? result : SCRIPT_STOPPED;
}

/* ---- who listens ---- */

static bool open_capture(struct session *s, struct err *e)
{
    if (s->options.pcap == NULL)
        return true;
    s->capture = capture_open(s->options.pcap, "cucmlab " CUCMLAB_VERSION, e);
    if (s->capture != NULL && !s->options.lab.live)
        lab_capture(s->lab, s->capture);
    if (s->capture != NULL)
        captured_begin(&s->captured, s->lab, s->capture);
    return s->capture != NULL;
}

static bool listen_to(struct session *s, struct err *e)
{
    const struct session_options *o = &s->options;
    losses_init(&s->losses, s->lab);
    explain_init(&s->explain, s->lab, o->explain, o->explain_count);
    return (o->dump == NULL || dump_open(&s->dump, s->lab, o->dump, e)) &&
           (o->trace == NULL || tracefile_open(&s->trace, s->lab, o->trace, e)) &&
           (o->access_log == NULL || accesslog_open(&s->access, s->lab, o->access_log, e));
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
    o.access = s->options.access || s->options.access_log != NULL;
    o.tvs_workers = s->options.tvs_workers;
    o.capture = s->capture;
    o.resume = s->options.tvs_resumption;
    if (s->options.short_registrations)
        o.registrations = 0;
    if (!lab_live(s->lab, &o, e))
        return false;
    live_catch_signals(s->lab->driver);
    return true;
}

static bool type_lines(void *ctx, uint32_t cluster, uint32_t node, const char *const *lines,
                       uint32_t count, FILE *out, struct err *e)
{
    struct session *s = ctx;
    const struct cli_options o = { .lab = s->lab, .cluster = cluster, .node = node };
    return cli_type(&o, lines, count, out, e);
}

static struct script *new_script(struct session *s)
{
    struct script_options o = s->options.script;
    o.lab = s->lab;
    o.losses = &s->losses;
    o.cli = type_lines;
    o.cli_ctx = s;
    if (s->file_count > 0) {
        o.inventory = add_inventory;
        o.inventory_ctx = s;
    }
    if (s->options.off != NULL) {
        o.off = off_asks;
        o.off_ctx = &s->off;
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
    if (!read_inventories(s, e) || !read_off(s, e) || !check_until(s, e))
        return false;
    s->options.lab.looks |= s->options.dump != NULL || s->options.pcap != NULL;
    s->lab = lab_new(&s->options.lab);
    lab_outage_keep(s->lab);
    if (!open_capture(s, e))
        return false;
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
    if (options->script.shelf == NULL)
        s->options.script.shelf = s->shelf = shelf_new();
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

/* What is otherwise than files say: who looks at bytes must know whose they are not. */
static void tell_found(FILE *out, const struct lab_found *f)
{
    uint32_t unverified = 0;
    for (uint32_t i = 0; i < f->list_count; i++)
        unverified += f->lists[i].unverified;
    bool one = f->stand_ins == 1;
    if (f->stand_ins > 0)
        fprintf(out, "%s %s: nobody here has %s, so that %s\n",
                COUNTED_OF(f->stand_ins, "certificate"), one ? "has a stand-in" : "have stand-ins",
                one ? "its private key" : "their private keys",
                one ? "another key signs in its name" : "other keys sign in their names");
    if (unverified > 0)
        fprintf(out, "%s %s signed by no certificate at hand\n",
                COUNTED_OF(unverified, "trust list"), unverified == 1 ? "is" : "are");
    if (f->bent > 0)
        fprintf(out, "%s %s of a model that the table has not, and %s simulated as another one\n",
                COUNTED_OF(f->bent, "phone"), f->bent == 1 ? "is" : "are",
                f->bent == 1 ? "is" : "are");
    if (f->nothing > 0)
        fprintf(out, "%s %s no trust list, and no part in this\n", COUNTED_OF(f->nothing, "device"),
                f->nothing == 1 ? "has" : "have");
}

void session_notes(const struct session *s)
{
    if (s->options.notes == NULL)
        return;
    for (uint32_t i = 0; i < s->file_count; i++)
        rows_tell(s->options.notes, &s->files[i]);
    if (s->lab != NULL && lab_found(s->lab) != NULL)
        tell_found(s->options.notes, lab_found(s->lab));
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
    for (uint32_t i = 0; i < s->file_count; i++)
        inventory_file_free(&s->files[i]);
    mem_free(&sys_mem, s->files);
    off_free(&s->off);
    lab_free(s->lab);
    shelf_free(s->shelf);
    capture_free(s->capture);
    mem_free(&sys_mem, s);
}

/* ---- running and asking ---- */

enum script_result session_run(struct session *s, struct err *e)
{
    const struct check_context *outer = enter(s);
    enum script_result result = run_on(s, script_run(s->script, e), e);
    sys_check_context(outer);
    if (result <= SCRIPT_FAILED) /* before its end more phones might come */
        off_unknown(&s->off, s->options.notes);
    if (result != SCRIPT_ERROR && !all_used(s, e))
        return SCRIPT_ERROR;
    return result;
}

struct session *session_present(const struct session_options *options, struct err *e)
{
    struct session *s = session_new(options, e);
    if (s == NULL)
        return NULL;
    bool good = session_run(s, e) != SCRIPT_ERROR;
    if (good && s->lab->state.cluster_count == 0)
        good = err_set(e, "%.300s: it has no cluster", options->script.path);
    if (!good) {
        session_free(s);
        return NULL;
    }
    lab_settle(s->lab, lab_now_us(s->lab) + SESSION_PRESENT_US);
    return s;
}

bool session_over(struct session *s, struct err *e)
{
    off_unknown(&s->off, s->options.notes);
    return all_used(s, e);
}

static bool end_capture(struct session *s, struct err *e)
{
    captured_end(&s->captured);
    return capture_close(s->capture, e);
}

bool session_end_files(struct session *s, struct err *e)
{
    if (s->options.lab.live && s->lab != NULL && s->lab->driver != NULL)
        live_shut(s->lab->driver); /* what is answered stands in the files, to the last */
    bool good = dump_close(&s->dump, e);
    good = tracefile_close(&s->trace, good ? e : NULL) && good;
    good = accesslog_close(&s->access, good ? e : NULL) && good;
    return end_capture(s, good ? e : NULL) && good;
}

void session_report(struct session *s, uint32_t hands_minutes, uint32_t people, struct report *out)
{
    const struct check_context *outer = enter(s);
    const struct session_options *o = &s->options;
    struct report_about about = { .version = o->version,
                                  .command = o->command,
                                  .date_s = o->date_s,
                                  .stopped = s->stopped,
                                  .until = o->until != NULL && s->stopped == NULL,
                                  .off = s->off_file };
    about.off.left_over = off_unknown(&s->off, NULL);
    about.off.phones = s->off.count - about.off.left_over;
    struct report_input in = { .about = about,
                               .losses = &s->losses,
                               .scenario = s->options.script.path,
                               .hands_minutes = hands_minutes,
                               .people = people,
                               .letter = o->letter,
                               .users_follow = o->users_follow,
                               .users_hours = o->users_hours };
    in.expects = script_expects(s->script, &in.expect_count);
    in.params = script_params(s->script, &in.param_count);
    in.inventories = s->files;
    in.inventory_count = s->file_count;
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
