#include "sim/report/dump.h"

#include "nodes/services.h"
#include "sim/base/rng.h"
#include "sim/base/sys.h"
#include "sim/report/fmt.h"
#include "sim/report/listing.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static bool is_signed(const struct content *c, uint32_t content)
{
    return content_kind(c, content) == CT_LIST || content_get_file(c, content)->envelope.cert != 0;
}

static void name_of(const struct lab *lab, const struct ask *ask, char out[128])
{
    char device[DEVICE_NAME] = "";
    bool locale = ask->file == FILE_LOCALE || ask->file == FILE_LOCALE_SGN;
    if (ask->device != NO_DEVICE)
        lab_phone_name(lab, ask->device, device);
    file_name((enum file_kind)ask->file, device,
              locale && ask->a != 0 ? content_get_str(lab->base->content, ask->a) : "", out);
    for (char *p = out; *p != '\0'; p++) {
        if (*p == '/')
            *p = '_';
    }
}

/* ---- versions of a name ---- */

/* What is the newest under this name; NULL: none yet. */
static struct dump_newest *newest_of(struct dump *d, uint64_t key)
{
    const uint32_t *at = table_get(&d->names, key);
    return at == NULL ? NULL : &d->newest[*at];
}

static void remember(struct dump *d, uint64_t key, uint32_t content, uint64_t now_us)
{
    struct dump_newest *n = newest_of(d, key);
    if (n == NULL) {
        mem_reserve(&sys_mem, (void **)&d->newest, &d->cap, (size_t)d->count + 1,
                    sizeof *d->newest);
        table_put(&d->names, key, d->count);
        n = &d->newest[d->count++];
    }
    *n = (struct dump_newest){ content, now_us };
}

static uint64_t key_of(const char *path)
{
    return rng_mix(rng_hash(1, view_str(path))) | 1;
}

/* "path" becomes "path.0-00-53.003514". */
static bool put_aside(const char *path, uint64_t since_us, struct err *e)
{
    char aside[4200], clock[FMT_ROOM];
    fmt_clock(since_us, clock);
    for (char *p = clock; *p != '\0'; p++)
        *p = *p == ':' ? '-' : *p;
    snprintf(aside, sizeof aside, "%s.%s", path, clock);
    return rename(path, aside) == 0 || err_set(e, "%.200s: %s", aside, strerror(errno));
}

/* Makes the folders. */
static void path_of(const struct dump *d, const struct cluster *cl, uint32_t node, const char *name,
                    char out[4096])
{
    const char *host = cl->nodes[node].disk.name;
    snprintf(out, 4096, "%s/%s", d->folder, cl->name);
    mkdir(out, 0777);
    snprintf(out, 4096, "%s/%s/%s", d->folder, cl->name, host);
    mkdir(out, 0777);
    snprintf(out, 4096, "%s/%s/%s/%s", d->folder, cl->name, host, name);
}

static bool write_file(struct dump *d, const struct ask *ask, uint32_t content, const char *path,
                       struct err *e)
{
    struct arena a = arena_of(&sys_mem);
    struct view bytes;
    bool ok =
        lab_file_bytes(d->lab, content, (enum file_kind)ask->file, ask->device, &a, &bytes, e) &&
        sys_write_file(path, bytes, e);
    arena_free(&a);
    return ok;
}

static void asked(void *ctx, uint32_t node, const struct ask *ask, enum ask_result result,
                  const struct event *answer, uint64_t now_us)
{
    struct dump *d = ctx;
    const struct cluster *cl = &d->lab->state.clusters[node >> 8];
    char path[4096], name[128];
    if (result != ASK_ANSWERED || answer->type != EVENT_FILE || d->failed.text[0] != '\0' ||
        !is_signed(d->lab->base->content, answer->a))
        return;
    name_of(d->lab, ask, name);
    path_of(d, cl, node & 255, name, path);
    uint64_t key = key_of(path);
    const struct dump_newest *before = newest_of(d, key);
    if (before != NULL && before->content == answer->a)
        return;
    if ((before == NULL || put_aside(path, before->since_us, &d->failed)) &&
        write_file(d, ask, answer->a, path, &d->failed))
        remember(d, key, answer->a, now_us);
}

/* ---- what the administrator's shell prints ---- */

static bool write_listing(struct dump *d, const struct cluster *cl, uint32_t node,
                          enum tlshow_kind kind, struct err *e)
{
    char path[4096];
    struct sys_text text = { 0 };
    FILE *out = sys_text_open(&text);
    bool ok = listing_print(out, d->lab, cl->number, node, kind, e);
    fclose(out);
    path_of(d, cl, node, kind == TLSHOW_ITL ? "show-itl.txt" : "show-ctl.txt", path);
    ok = ok && sys_write_file(path, view_of(text.p, text.n), e);
    sys_text_free(&text);
    return ok;
}

static void write_listings(struct dump *d)
{
    for (uint32_t c = 0; c < d->lab->state.cluster_count; c++) {
        const struct cluster *cl = &d->lab->state.clusters[c];
        FOR_EACH_NODE(cl, i)
        {
            if (!services_is_activated(cl, i, SERVICE_TFTP) || d->failed.text[0] != '\0')
                continue;
            bool good = !cl->version->sbd || write_listing(d, cl, i, TLSHOW_ITL, &d->failed);
            if (good && cl->version->cucm)
                write_listing(d, cl, i, TLSHOW_CTL, &d->failed);
        }
    }
}

bool dump_open(struct dump *d, struct lab *lab, const char *folder, struct err *e)
{
    char file[4096];
    *d = (struct dump){ .observer = { .ctx = d, .ask = asked },
                        .names = table_of(&sys_mem),
                        .folder = folder };
    if (sys_is_stdout(folder))
        return err_set(e, "--dump %s: a folder is expected, not standard output", folder);
    if (mkdir(folder, 0777) != 0 && errno != EEXIST)
        return err_set(e, "--dump %s: %s", folder, strerror(errno));
    snprintf(file, sizeof file, "%s/file", folder);
    if (!sys_can_write(file, e))
        return err_prefix(e, "--dump");
    d->lab = lab;
    lab_observe(lab, &d->observer);
    return true;
}

bool dump_close(struct dump *d, struct err *e)
{
    if (d->lab == NULL)
        return true;
    write_listings(d);
    lab_unobserve(d->lab, &d->observer);
    d->lab = NULL;
    table_free(&d->names);
    mem_free(&sys_mem, d->newest);
    return d->failed.text[0] == '\0' || err_set(e, "--dump: %.380s", d->failed.text);
}
