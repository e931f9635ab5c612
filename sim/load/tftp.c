#include "sim/load/tftp.h"

#include "sim/net/tftp.h"

struct fetch {
    struct worker *w;
    struct call *call; /* NULL: it is spare */
    struct tftp_client client;
    struct fetch *next, *all_next;
};

struct fetches {
    struct fetch *spare, *all;
    uint32_t open;
};

static struct fetches *fetches_of(const struct worker *w)
{
    return w->client;
}

static void leave(struct fetch *f)
{
    struct fetches *all = fetches_of(f->w);
    tftp_stop(&f->client);
    f->call = NULL;
    f->next = all->spare;
    all->spare = f;
    all->open--;
}

static void ended(void *owner, const struct tftp_got *got)
{
    struct fetch *f = owner;
    struct call *c = f->call;
    leave(f);
    if (got->end == TFTP_CAME || got->end == TFTP_NO_FILE)
        worker_answered(f->w, c, got->end == TFTP_CAME);
    else
        worker_failed(f->w, c,
                      got->end == TFTP_SILENT    ? FAULT_TIMEOUT
                      : got->end == TFTP_REFUSED ? FAULT_REFUSED
                                                 : FAULT_REPLY,
                      -1);
}

static struct fetch *fetch_new(struct worker *w)
{
    struct fetches *all = fetches_of(w);
    struct fetch *f = all->spare;
    if (f != NULL) {
        all->spare = f->next;
        return f;
    }
    f = reactor_take(sizeof *f);
    f->w = w;
    f->all_next = all->all;
    all->all = f;
    return f;
}

static bool has_room(const struct worker *w, const struct call *c)
{
    uint32_t most = w->job->open_most / w->job->threads;
    (void)c;
    return fetches_of(w)->open < (most == 0 ? 1 : most);
}

static void begin(struct worker *w, struct call *c)
{
    const struct load_job *job = w->job;
    struct fetch *f = fetch_new(w);
    const struct tftp_order order = { .from = target_source(&job->target, c->phone),
                                      .ip = job->target.ip,
                                      .port = job->target.port,
                                      .name = job->file,
                                      .blksize = job->blksize,
                                      .limit = LOAD_TFTP_FILE,
                                      .until_us = reactor_now_us(&w->reactor) + job->timeout_us,
                                      .tired = TFTP_GIVES_UP };
    fetches_of(w)->open++;
    f->call = c;
    if (tftp_begin(&f->client, &w->reactor, &order, ended, f))
        return;
    leave(f);
    worker_failed(w, c, FAULT_LOCAL, -1);
}

static void *open_fetches(struct worker *w)
{
    (void)w;
    return reactor_take(sizeof(struct fetches));
}

static void close_fetches(struct worker *w)
{
    struct fetches *all = fetches_of(w);
    for (struct fetch *f = all->all; f != NULL;) {
        struct fetch *next = f->all_next;
        if (f->call != NULL) {
            reactor_give(f->call);
            leave(f);
        }
        tftp_free(&f->client);
        reactor_give(f);
        f = next;
    }
    reactor_give(all);
}

const struct client load_tftp = { open_fetches, has_room, begin, close_fetches, NULL };
