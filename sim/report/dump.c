#include "sim/report/dump.h"

#include "sim/base/rng.h"
#include "sim/base/sys.h"
#include "sim/report/fmt.h"

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

static void path_of(const struct dump *d, uint32_t node, const struct ask *ask, char out[4096])
{
    char name[128];
    const struct cluster *cl = &d->lab->state.clusters[node >> 8];
    const char *host = cl->nodes[node & 255].disk.name;
    name_of(d->lab, ask, name);
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
    char path[4096];
    if (result != ASK_ANSWERED || answer->type != EVENT_FILE || d->failed.text[0] != '\0' ||
        !is_signed(d->lab->base->content, answer->a))
        return;
    path_of(d, node, ask, path);
    uint64_t key = key_of(path);
    const struct dump_newest *before = newest_of(d, key);
    if (before != NULL && before->content == answer->a)
        return;
    if ((before == NULL || put_aside(path, before->since_us, &d->failed)) &&
        write_file(d, ask, answer->a, path, &d->failed))
        remember(d, key, answer->a, now_us);
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
    lab_unobserve(d->lab, &d->observer);
    d->lab = NULL;
    table_free(&d->names);
    mem_free(&sys_mem, d->newest);
    return d->failed.text[0] == '\0' || err_set(e, "--dump: %.380s", d->failed.text);
}
