#include "sim/report/dump.h"

#include "sim/base/sys.h"

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

static bool write_file(struct dump *d, uint32_t node, const struct ask *ask, uint32_t content,
                       struct err *e)
{
    char name[128], path[4096];
    const struct cluster *cl = &d->lab->state.clusters[node >> 8];
    name_of(d->lab, ask, name);
    const char *host = cl->nodes[node & 255].disk.name;
    snprintf(path, sizeof path, "%s/%s", d->folder, cl->name);
    mkdir(path, 0777);
    snprintf(path, sizeof path, "%s/%s/%s", d->folder, cl->name, host);
    mkdir(path, 0777);
    snprintf(path, sizeof path, "%s/%s/%s/%s", d->folder, cl->name, host, name);
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
    struct err e = { "" };
    (void)now_us;
    if (result != ASK_ANSWERED || answer->type != EVENT_FILE ||
        !is_signed(d->lab->base->content, answer->a))
        return;
    if (!write_file(d, node, ask, answer->a, &e) && d->failed.text[0] == '\0')
        d->failed = e;
}

bool dump_open(struct dump *d, struct lab *lab, const char *folder, struct err *e)
{
    *d = (struct dump){ .observer = { .ctx = d, .ask = asked }, .lab = lab, .folder = folder };
    if (mkdir(folder, 0777) != 0 && errno != EEXIST) {
        d->lab = NULL;
        return err_set(e, "--dump %s: %s", folder, strerror(errno));
    }
    lab_observe(lab, &d->observer);
    return true;
}

bool dump_close(struct dump *d, struct err *e)
{
    if (d->lab == NULL)
        return true;
    lab_unobserve(d->lab, &d->observer);
    d->lab = NULL;
    return d->failed.text[0] == '\0' || err_set(e, "--dump: %.380s", d->failed.text);
}
