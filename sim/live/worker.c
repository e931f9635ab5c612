/* Threads that serve TVS, each with a reactor of its own; they share the listening sockets, so that
 * whoever is free takes the next client.
 *
 * The lab is the driver's thread's alone.  A worker reads a book (sim/talk/book.h) that this thread
 * made beforehand, and does what it is told by jobs: the driver waits until each worker has done
 * the job, so that nothing old is served once a change is in force, and nobody else holds what was
 * replaced.  A worker waits for nobody; what it has to say is left in a list. */
#include "sim/live/impl.h"

#include "sim/base/rng.h"
#include "sim/capture/capture.h"
#include "sim/talk/book.h"
#include "sim/talk/tvs.h"

#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>

/* A listener of the driver's, as one worker serves it. */
struct post {
    struct listener li; /* first: a connection's listener is its post */
    const struct listener *of;
    const struct book *book;
    struct post *next;
};

struct line {
    uint32_t node;
    char text[256];
};

struct worker {
    struct desk desk;
    struct reactor reactor;
    uint8_t number; /* from 1 */
    struct post *posts;
    pthread_t thread;
    struct ev_async asked;
    bool stop;
    /* Under the lock. */
    pthread_mutex_t lock;
    pthread_cond_t is_done;
    void (*job)(struct worker *w, void *arg);
    void *arg;
    bool done;
    struct line *lines; /* to be said by the driver */
    uint32_t line_count, line_cap;
    struct access *accesses; /* to be told by it */
    uint32_t access_count, access_cap;
    uint64_t untold; /* for which there was no room */
};

#define LINES_MAX    4096  /* that wait; a peer that fails faster is not told one by one */
#define ACCESSES_MAX 65536 /* so are requests that come faster than they can be written down */

/* ---- jobs ---- */

static void on_asked(struct ev_loop *loop, struct ev_async *a, int events)
{
    struct worker *w = a->data;
    (void)loop, (void)events;
    pthread_mutex_lock(&w->lock);
    void (*job)(struct worker *, void *) = w->job;
    pthread_mutex_unlock(&w->lock);
    if (job == NULL)
        return;
    job(w, w->arg); /* the driver waits, and changes nothing meanwhile */
    pthread_mutex_lock(&w->lock);
    w->job = NULL;
    w->done = true;
    pthread_cond_signal(&w->is_done);
    pthread_mutex_unlock(&w->lock);
}

static void do_job(struct worker *w, void (*job)(struct worker *w, void *arg), void *arg)
{
    pthread_mutex_lock(&w->lock);
    w->job = job;
    w->arg = arg;
    w->done = false;
    ev_async_send(w->reactor.loop, &w->asked);
    while (!w->done)
        pthread_cond_wait(&w->is_done, &w->lock);
    pthread_mutex_unlock(&w->lock);
}

static struct post *post_of(const struct worker *w, const struct listener *of)
{
    struct post *p = w->posts;
    while (p->of != of)
        p = p->next;
    return p;
}

/* What a job is about. */
struct order {
    const struct listener *of;
    struct tls_config *config; /* NULL: the one that it has */
    const struct book *book;
};

static void do_open(struct worker *w, void *arg)
{
    const struct order *o = arg;
    struct post *p = reactor_take(sizeof *p);
    p->of = o->of;
    p->book = o->book;
    p->li = (struct listener){ .live = o->of->live,
                               .host = o->of->host,
                               .desk = &w->desk,
                               .row = o->of->row,
                               .service = o->of->service,
                               .fd = o->of->fd,
                               .config = o->config };
    p->next = w->posts;
    w->posts = p;
    desk_watch(&p->li);
}

static void do_close(struct worker *w, void *arg)
{
    const struct order *o = arg;
    struct post **at = &w->posts, *p;
    while ((*at)->of != o->of)
        at = &(*at)->next;
    p = *at;
    *at = p->next;
    desk_leave(&p->li);
    desk_drop(&p->li);
    tls_config_free(p->li.config);
    reactor_give(p);
}

static void do_refresh(struct worker *w, void *arg)
{
    const struct order *o = arg;
    struct post *p = post_of(w, o->of);
    p->book = o->book;
    if (o->config == NULL)
        return;
    tls_config_free(p->li.config);
    p->li.config = o->config;
}

static void do_fall_silent(struct worker *w, void *arg)
{
    struct post *p = post_of(w, ((const struct order *)arg)->of);
    desk_leave(&p->li);
    desk_mute(&p->li);
}

static void do_drop(struct worker *w, void *arg)
{
    desk_drop(&post_of(w, ((const struct order *)arg)->of)->li);
}

static void do_watch(struct worker *w, void *arg)
{
    desk_watch(&post_of(w, ((const struct order *)arg)->of)->li);
}

static void all_do(const struct listener *li, void (*job)(struct worker *w, void *arg))
{
    struct order o = { .of = li };
    for (uint32_t i = 0; i < li->live->worker_count; i++)
        do_job(li->live->workers[i], job, &o);
}

/* ---- the book ---- */

static struct tvs_told ask(struct live *l, uint32_t node, enum ask_kind kind, uint32_t a,
                           uint32_t b)
{
    struct ask question = { .kind = (uint8_t)kind, .device = NO_DEVICE, .a = a, .b = b };
    struct event e = { 0 };
    struct tvs_told told = { .status = 1 };
    if (l->world->ask(l->world->ctx, node, &question, live_now_us(l), &e) != ASK_ANSWERED ||
        e.status != 0)
        return told;
    told = (struct tvs_told){ .roles = e.roles, .ttl_s = e.b };
    if (kind == ASK_TVS_QUERY)
        told.certificate = forge_der(l->options.forge, e.a);
    return told;
}

static struct book *make_book(struct live *l, uint32_t node)
{
    const struct content *c = l->world->content;
    struct table seen = table_of(&sys_mem);
    struct book *b = book_new(&sys_mem);
    uint32_t cert;
    for (uint32_t i = 0; l->world->tvs_row(l->world->ctx, node, i, &cert); i++) {
        uint64_t key = rng_mix((uint64_t)cert + 1);
        if (cert == 0 || table_get(&seen, key) != NULL)
            continue;
        table_put(&seen, key, 1);
        const struct ct_cert *k = content_get_cert(c, cert);
        struct book_entry e = { .verified = ask(l, node, ASK_TVS_VERIFY, cert, 0) };
        if (e.verified.status != 0)
            continue;
        e.der = forge_der(l->options.forge, cert);
        e.issuer = content_get_text(c, k->issuer);
        e.serial = content_get_text(c, k->serial);
        e.queried = ask(l, node, ASK_TVS_QUERY, k->signer, cert);
        if (e.der.p != NULL)
            book_add(b, &e);
    }
    table_free(&seen);
    return b;
}

/* ---- for server.c ---- */

void workers_open(struct listener *li)
{
    book_free(li->book);
    li->book = make_book(li->live, li->host->node);
    for (uint32_t i = 0; i < li->live->worker_count; i++) {
        struct order o = { .of = li, .book = li->book, .config = desk_config(li) };
        do_job(li->live->workers[i], do_open, &o);
    }
}

void workers_close(struct listener *li)
{
    all_do(li, do_close);
    book_free(li->book);
    li->book = NULL;
}

void workers_link(struct listener *li, bool down)
{
    if (down) {
        all_do(li, do_fall_silent);
        return;
    }
    all_do(li, do_drop);
    desk_discard(li);
    all_do(li, do_watch);
}

void workers_refresh(struct listener *li, bool shows)
{
    struct book *fresh = make_book(li->live, li->host->node), *old = li->book;
    if (!shows && book_same(fresh, old)) {
        book_free(fresh);
        return;
    }
    li->book = fresh;
    for (uint32_t i = 0; i < li->live->worker_count; i++) {
        struct order o = { .of = li, .book = fresh, .config = shows ? desk_config(li) : NULL };
        do_job(li->live->workers[i], do_refresh, &o);
    }
    book_free(old);
}

/* ---- on a worker's thread ---- */

bool worker_answer(struct listener *li, struct view message, struct arena *a, struct view *reply,
                   struct access *access)
{
    const struct book *book = ((const struct post *)li)->book;
    struct tvs_msg in, out;
    uint8_t roles[32];
    if (!talk_tvs_asked(message, &in))
        return false;
    struct tvs_told told = book_tells(book, &in);
    access_tvs(access, &in, view_of(NULL, 0));
    access_named(access, talk_tvs_device(in.device));
    access_answer(access, 0, told.status == 0 ? "trusted" : "not trusted");
    out = talk_tvs_reply(&in, &told, roles);
    return talk_tvs_bytes(&out, a, reply);
}

/* Left for the driver. */
static void says(struct desk *d, uint32_t node, const char *text)
{
    struct worker *w = d->worker;
    pthread_mutex_lock(&w->lock);
    if (w->line_count < LINES_MAX) {
        mem_reserve(&sys_mem, (void **)&w->lines, &w->line_cap, (size_t)w->line_count + 1,
                    sizeof *w->lines);
        struct line *line = &w->lines[w->line_count++];
        line->node = node;
        snprintf(line->text, sizeof line->text, "%s", text);
    }
    pthread_mutex_unlock(&w->lock);
    ev_async_send(d->live->reactor.loop, &d->live->heard);
}

static void tells(struct desk *d, const struct access *a)
{
    struct worker *w = d->worker;
    pthread_mutex_lock(&w->lock);
    bool first = w->access_count == 0;
    if (w->access_count < ACCESSES_MAX) {
        mem_reserve(&sys_mem, (void **)&w->accesses, &w->access_cap, (size_t)w->access_count + 1,
                    sizeof *w->accesses);
        w->accesses[w->access_count] = *a;
        w->accesses[w->access_count++].worker = w->number;
    } else {
        w->untold++;
    }
    pthread_mutex_unlock(&w->lock);
    if (first)
        ev_async_send(d->live->reactor.loop, &d->live->heard);
}

static void *work(void *arg)
{
    struct worker *w = arg;
    reactor_enter(&w->reactor);
    while (!w->stop) {
        if (w->reactor.capture != NULL)
            capture_flush(w->reactor.capture);
        reactor_turn(&w->reactor);
        reactor_reap(&w->reactor);
    }
    reactor_leave(&w->reactor);
    return NULL;
}

/* ---- life ---- */

static void do_stop(struct worker *w, void *arg)
{
    (void)arg;
    w->stop = true;
}

/* What a worker was asked, on the driver's thread. */
static void hear_accesses(struct live *l, struct worker *w)
{
    pthread_mutex_lock(&w->lock);
    struct access *accesses = w->accesses;
    uint32_t count = w->access_count;
    uint64_t untold = w->untold;
    w->accesses = NULL;
    w->access_count = w->access_cap = 0;
    w->untold = 0;
    pthread_mutex_unlock(&w->lock);
    for (uint32_t i = 0; i < count; i++) {
        access_known(&accesses[i], l);
        l->desk.access(&l->desk, &accesses[i]);
    }
    if (untold > 0)
        live_says(l, accesses[count - 1].node, "TVS: %" PRIu64 " requests more than can be told",
                  untold);
    mem_free(&sys_mem, accesses);
}

void workers_hear(struct live *l)
{
    for (uint32_t i = 0; i < l->worker_count; i++) {
        struct worker *w = l->workers[i];
        pthread_mutex_lock(&w->lock);
        struct line *lines = w->lines;
        uint32_t count = w->line_count;
        w->lines = NULL;
        w->line_count = w->line_cap = 0;
        pthread_mutex_unlock(&w->lock);
        for (uint32_t k = 0; k < count; k++)
            live_says(l, lines[k].node, "%s", lines[k].text);
        mem_free(&sys_mem, lines);
        hear_accesses(l, w);
    }
}

static void on_heard(struct ev_loop *loop, struct ev_async *a, int events)
{
    (void)loop, (void)events;
    workers_hear(a->data);
}

static struct worker *start_one(struct live *l, uint8_t number)
{
    struct worker *w = reactor_take(sizeof *w);
    w->number = number;
    sigset_t all, before;
    reactor_open(&w->reactor);
    w->reactor.capture = l->reactor.capture;
    w->desk = (struct desk){ .live = l, .reactor = &w->reactor, .worker = w, .says = says };
    if (l->desk.access != NULL)
        w->desk.access = tells;
    CHECK(pthread_mutex_init(&w->lock, NULL) == 0 && pthread_cond_init(&w->is_done, NULL) == 0);
    ev_async_init(&w->asked, on_asked);
    ev_set_priority(&w->asked, EV_MAXPRI); /* the driver waits */
    w->asked.data = w;
    ev_async_start(w->reactor.loop, &w->asked);
    sigfillset(&all); /* signals are the driver's */
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int error = pthread_create(&w->thread, NULL, work, w);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    CHECK(error == 0);
    return w;
}

void workers_start(struct live *l)
{
    uint32_t count = l->options.tvs_workers;
    if (count == 0)
        return;
    ev_async_init(&l->heard, on_heard);
    l->heard.data = l;
    ev_async_start(l->reactor.loop, &l->heard);
    l->workers = reactor_take(count * sizeof(struct worker *));
    for (; l->worker_count < count; l->worker_count++)
        l->workers[l->worker_count] = start_one(l, (uint8_t)(l->worker_count + 1));
}

void workers_stop(struct live *l)
{
    for (uint32_t i = 0; i < l->worker_count; i++) {
        struct worker *w = l->workers[i];
        do_job(w, do_stop, NULL);
        pthread_join(w->thread, NULL);
        ev_async_stop(w->reactor.loop, &w->asked);
        stream_drop_all(&w->reactor);
        reactor_close(&w->reactor);
        pthread_mutex_destroy(&w->lock);
        pthread_cond_destroy(&w->is_done);
        mem_free(&sys_mem, w->lines);
        mem_free(&sys_mem, w->accesses);
        reactor_give(w);
    }
    if (l->worker_count > 0)
        ev_async_stop(l->reactor.loop, &l->heard);
    l->worker_count = 0;
    reactor_give(l->workers);
}
