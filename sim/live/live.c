#include "sim/live/impl.h"

#include "sim/capture/capture.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>

#define FILES_OF_OUR_OWN 32 /* standard streams, the loop, trace and report files */
#define FILES_OF_A_LOOP  4

/* ---- phones ---- */

static void set_pending(struct phone_slot *p, bool pending, bool sleeping)
{
    struct live *l = p->live;
    l->pending += (uint32_t)pending - (uint32_t)p->pending;
    l->sleeping += (uint32_t)sleeping - (uint32_t)p->sleeping;
    p->pending = pending;
    p->sleeping = sleeping;
}

static void set_timer(struct phone_slot *p, uint64_t at_us)
{
    struct live *l = p->live;
    reactor_ring(&l->reactor, &p->timer, at_us);
}

/* Pulls the deadline that the phone set.  A sleeper has no timer: it waits for a change. */
static void pull(struct phone_slot *p)
{
    struct live *l = p->live;
    bool idle = false;
    uint64_t at_us = l->world->deadline_us(l->world->ctx, p->phone, &idle);
    if (p->waking && idle && at_us != 0)
        return; /* a sleeper that was woken: whatever else came, its own point stands */
    ev_timer_stop(l->reactor.loop, &p->timer);
    p->waking = false;
    set_pending(p, at_us != 0 && !idle, at_us != 0 && idle);
    if (p->pending)
        set_timer(p, at_us);
}

/* A timer may have been overtaken by an answer, or come a little early. */
static bool timer_is_due(struct phone_slot *p)
{
    struct live *l = p->live;
    bool idle = false;
    uint64_t at_us = l->world->deadline_us(l->world->ctx, p->phone, &idle);
    if (at_us != 0 && idle && p->waking)
        return true;
    if (at_us != 0 && !idle && at_us <= live_now_us(l))
        return true;
    if (at_us != 0 && !idle)
        set_timer(p, at_us);
    return false;
}

static void step(struct live *l, uint32_t phone, const struct event *event)
{
    struct phone_slot *p = live_slot(l, phone);
    struct outbox out = { .count = 0 };
    if (event->type == EVENT_TIMER && !timer_is_due(p))
        return;
    /* What is still under way is no proof that nothing comes. */
    if (event->type == EVENT_TIMER && (p->calls != NULL || p->waiting))
        l->world->by_luck(l->world->ctx, phone);
    if (event->type == EVENT_POWER_OFF || event->type == EVENT_SERVER_LOST)
        kept_end(p, false);
    if (event->type == EVENT_RESET)
        order_reset(p, (enum reset_kind)event->a);
    l->steps++;
    l->world->step(l->world->ctx, phone, event, live_now_us(l), &out);
    for (uint32_t i = 0; i < out.count; i++)
        if (out.actions[i].type != ACT_NOTE)
            client_act(l, p, &out.actions[i]);
    pull(p);
}

/* ---- events in order ---- */

static bool before(const struct delivery *a, const struct delivery *b)
{
    return a->at_us != b->at_us ? a->at_us < b->at_us : a->sequence < b->sequence;
}

static void heap_put(struct live *l, struct delivery d)
{
    mem_reserve(&sys_mem, (void **)&l->heap, &l->heap_cap, (size_t)l->heap_n + 1, sizeof *l->heap);
    uint32_t at = l->heap_n++;
    while (at > 0 && before(&d, &l->heap[(at - 1) / 2])) {
        l->heap[at] = l->heap[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    l->heap[at] = d;
}

static struct delivery heap_take(struct live *l)
{
    struct delivery first = l->heap[0], last = l->heap[--l->heap_n];
    uint32_t at = 0, child;
    while ((child = 2 * at + 1) < l->heap_n) {
        child += child + 1 < l->heap_n && before(&l->heap[child + 1], &l->heap[child]);
        if (!before(&l->heap[child], &last))
            break;
        l->heap[at] = l->heap[child];
        at = child;
    }
    if (l->heap_n > 0)
        l->heap[at] = last;
    return first;
}

/* ---- what changed ---- */

static void wake_sleepers(struct live *l)
{
    for (uint32_t i = 0; i < l->slot_cap && l->sleeping > 0; i++) {
        struct phone_slot *p = l->slots[i];
        if (p == NULL || !p->sleeping)
            continue;
        p->waking = true;
        set_pending(p, true, false);
        set_timer(p, l->world->wake_us(l->world->ctx, p->phone, live_now_us(l)));
    }
}

static void fail(struct live *l, const struct err *e)
{
    l->failed = l->stop = true;
    memcpy(l->why, e->text, sizeof l->why);
}

static bool is_loopback(const struct live_node *node, struct err *e)
{
    char ip[16];
    net_text(node->ip, ip);
    return node->ip >> 24 == 127 ||
           err_set(e, "%s: %s is no loopback address (127.0.0.0/8)", node->name, ip);
}

/* A node that has another name or address by now: it listens nowhere until it is looked at next,
 * for its new address may be another one's old. */
static bool node_moves(struct live *l, struct host *p, const struct live_node *node, struct err *e)
{
    if (strncmp(p->name, node->name, sizeof p->name - 1) != 0) {
        snprintf(p->name, sizeof p->name, "%s", node->name);
        p->announced = false;
    }
    if (p->ip == node->ip)
        return true;
    if (!is_loopback(node, e))
        return false;
    server_close(p);
    p->ip = node->ip;
    p->announced = false;
    l->changed = true;
    return true;
}

/* Nodes that the world has by now, and where. */
static void find_nodes(struct live *l)
{
    struct live_node nodes[LIVE_NODES_MAX];
    struct err e = { "" };
    if (l->options.list == NULL)
        return;
    uint32_t count = l->options.list(l->options.ctx, nodes, LIVE_NODES_MAX);
    for (uint32_t i = 0; i < count && !l->failed; i++) {
        struct host *p = live_host(l, nodes[i].node);
        if (p != NULL && !node_moves(l, p, &nodes[i], &e))
            fail(l, &e);
    }
    for (uint32_t i = 0; i < count && !l->failed; i++) {
        if (live_host(l, nodes[i].node) == NULL && !live_add_node(&l->driver, &nodes[i], &e))
            fail(l, &e);
    }
}

static void announce(struct live *l);

static void refresh(struct live *l)
{
    struct err e = { "" };
    find_nodes(l); /* says by itself that something changed */
    l->changed = false;
    live_look_ahead(l);
    for (uint32_t i = 0; i < l->host_count; i++)
        if (!server_refresh(l, l->hosts[i], &e) && !l->failed) /* a failed start tells by itself */
            fprintf(stderr, "cucmlab: %s\n", e.text);
    wake_sleepers(l);
    if (l->announced)
        announce(l);
}

/* Everything that is due now, in order: nodes, the administrator, phones. */
static void work(struct live *l)
{
    for (;;) {
        if (l->changed)
            refresh(l);
        uint64_t now = live_now_us(l);
        if (l->nodes_at_us != 0 && l->nodes_at_us <= now) {
            l->world->nodes_tick(l->world->ctx, now); /* says what changed by driver->changed() */
            live_look_ahead(l);
        } else if (l->heap_n > 0 && l->heap[0].at_us <= now) {
            struct delivery d = heap_take(l);
            step(l, d.what.phone, &d.what.event);
        } else if (l->queue_at < l->queue_n) {
            struct queued q = l->queue[l->queue_at++];
            step(l, q.phone, &q.event);
        } else if (l->free_seats) {
            l->queue_at = l->queue_n = 0;
            client_seat(l);
        } else if (!l->changed) {
            break;
        }
    }
    l->queue_at = l->queue_n = 0;
    reactor_reap(&l->reactor);
}

/* ---- the loop ---- */

static bool quiet(const struct live *l)
{
    return l->pending == 0 && l->heap_n == 0 && l->queue_n == 0 && !l->nodes_wait &&
           l->kept_closing == 0;
}

static void on_wake(struct ev_loop *loop, struct ev_timer *w, int events)
{
    (void)loop;
    (void)w;
    (void)events;
}

static void set_wake(struct live *l, uint64_t until_us)
{
    uint64_t next = until_us;
    if (l->heap_n > 0 && l->heap[0].at_us < next)
        next = l->heap[0].at_us;
    if (l->nodes_at_us != 0 && l->nodes_at_us < next)
        next = l->nodes_at_us;
    ev_timer_stop(l->reactor.loop, &l->wake);
    if (next == UINT64_MAX)
        return;
    reactor_ring(&l->reactor, &l->wake, next);
}

static void spin(struct live *l, uint64_t until_us, bool until_quiet)
{
    reactor_enter(&l->reactor);
    find_nodes(l);
    if (l->changed)
        refresh(l); /* what the announcement says is open */
    if (!l->failed)
        announce(l);
    while (!l->stop) {
        work(l);
        if (l->stop || l->interrupted || live_now_us(l) >= until_us || (until_quiet && quiet(l)))
            break;
        set_wake(l, until_us);
        if (l->reactor.capture != NULL)
            capture_flush(l->reactor.capture); /* somebody may read along */
        reactor_turn(&l->reactor);
    }
    l->interrupted = false;
    workers_hear(l); /* what they answered until now: perhaps there is no other turn */
    reactor_leave(&l->reactor);
}

/* ---- the driver's functions ---- */

static uint64_t driver_now_us(void *self)
{
    return live_now_us(self);
}

static void driver_run(void *self, uint64_t until_us)
{
    spin(self, until_us, false);
}

static struct settled driver_settle(void *self, uint64_t limit_us)
{
    struct live *l = self;
    spin(l, limit_us, true);
    return (struct settled){ quiet(l), l->sleeping, live_now_us(l) };
}

static bool driver_stopped(void *self)
{
    return ((const struct live *)self)->stop;
}

static void driver_deliver(void *self, uint32_t phone, const struct event *event, uint64_t at_us)
{
    struct live *l = self;
    uint64_t now = live_now_us(l);
    heap_put(l, (struct delivery){ at_us > now ? at_us : now, l->sequence++, { phone, *event } });
}

static void driver_changed(void *self)
{
    struct live *l = self;
    l->changed = true; /* looked at before anything else happens */
}

/* A phone's slot is made when it is first looked at. */
static void driver_grow(void *self, uint32_t phones)
{
    const struct live *l = self;
    CHECK(l->world->phones == phones);
}

static bool driver_phone_link(void *self, uint32_t phone, const struct link *link)
{
    struct phone_slot *p = live_slot(self, phone);
    p->link = *link;
    p->down = link_is_cut(link);
    return true;
}

static void driver_node_link(void *self, uint32_t node, const struct link *link)
{
    struct live *l = self;
    struct host *p = live_host(l, node);
    if (p == NULL)
        return;
    p->link = *link;
    if (p->down != link_is_cut(link))
        server_link(p, link_is_cut(link));
}

static struct link driver_phone_link_of(void *self, uint32_t phone)
{
    return live_slot(self, phone)->link;
}

static struct link driver_node_link_of(void *self, uint32_t node)
{
    const struct host *p = live_host(self, node);
    return p != NULL ? p->link : (struct link){ 0 };
}

static bool driver_is_down(void *self, uint32_t phone, uint32_t node)
{
    return live_is_down(self, phone, node);
}

static bool driver_closes(void *self, uint32_t phone)
{
    return kept_closes(live_slot(self, phone));
}

static uint64_t driver_events(void *self)
{
    return ((struct live *)self)->steps;
}

static uint64_t driver_held(void *self)
{
    return ((struct live *)self)->heap_n;
}

static void driver_free(void *self)
{
    struct live *l = self;
    for (uint32_t i = 0; i < l->slot_cap; i++) {
        if (l->slots[i] == NULL)
            continue;
        client_cancel_all(l, l->slots[i]);
        kept_end(l->slots[i], false);
        ev_timer_stop(l->reactor.loop, &l->slots[i]->timer);
    }
    server_free(l);
    tftpd_free(l);
    files_forget(l);
    workers_stop(l);
    for (uint32_t i = 0; i < l->slot_cap; i++)
        reactor_give(l->slots[i]);
    if (l->catching) {
        ev_signal_stop(l->reactor.loop, &l->interrupt);
        ev_signal_stop(l->reactor.loop, &l->terminate);
        ev_signal_stop(l->reactor.loop, &l->hangup);
    }
    ev_timer_stop(l->reactor.loop, &l->wake);
    stream_drop_all(&l->reactor); /* those whose owners let go */
    reactor_close(&l->reactor);
    for (int i = 0; i < LIVE_SHOWN; i++)
        reactor_give(l->shown[i].der);
    for (int v = TLS_1_0; v <= TLS_1_3; v++)
        tls_config_free(l->client_tls[v]);
    table_free(&l->certs.index);
    table_free(&l->certs.ders);
    table_free(&l->locales);
    reactor_give(l->slots);
    reactor_give(l->queue);
    reactor_give(l->heap);
    reactor_give(l);
}

/* ---- nodes ---- */

static void print_host(const struct live *l, const struct host *p, FILE *to)
{
    char ip[16];
    const char *between = ": ";
    net_text(p->ip, ip);
    fprintf(to, "%s %s", p->name, ip);
    for (int s = 0; s < LIVE_SERVICES; s++) {
        if (p->listeners[s].fd < 0)
            continue;
        uint16_t port = live_port(l, (enum live_service)s);
        fprintf(to, "%s%s %u", between, live_service_name((enum live_service)s), port);
        if (s == LIVE_TFTP && port != 69)
            fputs(" (69 needs a privilege)", to);
        between = ", ";
    }
    fputc('\n', to);
}

static bool listens(const struct host *p)
{
    bool any = false;
    for (int s = 0; s < LIVE_SERVICES && !any; s++)
        any = p->listeners[s].fd >= 0;
    return any;
}

/* A line for each node, before "ready"; behind it for one that is new, or elsewhere, once something
 * of it listens there: it may have to boot first. */
static void announce(struct live *l)
{
    FILE *to = l->options.announce;
    if (to == NULL)
        return;
    for (uint32_t i = 0; i < l->host_count; i++) {
        struct host *p = l->hosts[i];
        if (p->announced || (l->announced && !listens(p)))
            continue;
        print_host(l, p, to);
        p->announced = true;
    }
    if (!l->announced)
        fputs("ready\n", to);
    l->announced = true;
    fflush(to);
}

uint16_t live_tftp_port(const struct driver *d)
{
    return live_port(d->self, LIVE_TFTP);
}

uint32_t live_files_needed(const struct live_options *options, uint32_t nodes)
{
    /* A phone holds an HTTPS handshake while it asks TVS: two sockets.  TFTP of a node has two. */
    uint32_t kept = options->registrations == LIVE_AS_MANY ? 0 : options->registrations;
    return FILES_OF_OUR_OWN + nodes * (LIVE_SERVICES + 1) + 2 * options->phones_at_once +
           kept * (options->outside != NULL ? 1 : 2) + /* whose the other end is */
           options->connections + ERRANDS +
           options->tvs_workers * (FILES_OF_A_LOOP + options->connections);
}

static bool files_fit(struct live *l, uint32_t nodes, struct err *e)
{
    struct rlimit r;
    uint32_t need = live_files_needed(&l->options, nodes);
    if (getrlimit(RLIMIT_NOFILE, &r) != 0)
        return err_set(e, "limit of open files: %s", strerror(errno));
    if (r.rlim_cur < r.rlim_max) {
        r.rlim_cur = r.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &r);
        (void)getrlimit(RLIMIT_NOFILE, &r);
    }
    if (r.rlim_cur == RLIM_INFINITY || r.rlim_cur >= need) {
        uint64_t left = r.rlim_cur == RLIM_INFINITY ? LIVE_AS_MANY : (r.rlim_cur - need) / 2;
        bool many = l->options.registrations == LIVE_AS_MANY && left < LIVE_AS_MANY;
        l->registrations = many ? (uint32_t)left : l->options.registrations;
        return true;
    }
    char what[80] = "";
    if (l->options.outside == NULL) /* a scenario makes its nodes later */
        snprintf(what, sizeof what, " for %u node%s and %d more for each that comes", nodes,
                 nodes == 1 ? "" : "s", LIVE_SERVICES + 1);
    return err_set(e,
                   "this run needs %u open files%s (%u phones at once), the limit is %llu "
                   "(ulimit -n)",
                   need, what, l->options.phones_at_once, (unsigned long long)r.rlim_cur);
}

bool live_add_node(struct driver *d, const struct live_node *node, struct err *e)
{
    struct live *l = d->self;
    if (!is_loopback(node, e) || !files_fit(l, l->host_count + 1, e))
        return false;
    mem_reserve(&sys_mem, (void **)&l->hosts, &l->host_cap, (size_t)l->host_count + 1,
                sizeof(struct host *));
    struct host *p = reactor_take(sizeof *p);
    p->node = node->node;
    p->ip = node->ip;
    snprintf(p->name, sizeof p->name, "%s", node->name);
    l->hosts[l->host_count++] = p;
    if (l->reactor.capture != NULL)
        capture_name(l->reactor.capture, p->ip, p->name);
    l->changed = true;
    return server_refresh(l, p, e);
}

/* ---- signals ---- */

static void on_signal(struct ev_loop *loop, struct ev_signal *w, int events)
{
    struct live *l = w->data;
    (void)events;
    l->stop = true;
    ev_break(loop, EVBREAK_ONE);
}

void live_catch_signals(struct driver *d)
{
    struct live *l = d->self;
    if (l->catching)
        return;
    l->catching = true;
    ev_signal_init(&l->interrupt, on_signal, SIGINT);
    ev_signal_init(&l->terminate, on_signal, SIGTERM);
    ev_signal_init(&l->hangup, on_signal, SIGHUP);
    l->interrupt.data = l->terminate.data = l->hangup.data = l;
    ev_signal_start(l->reactor.loop, &l->interrupt);
    ev_signal_start(l->reactor.loop, &l->terminate);
    if (signal(SIGHUP, SIG_DFL) != SIG_IGN) /* nohup: it goes on */
        ev_signal_start(l->reactor.loop, &l->hangup);
    else
        signal(SIGHUP, SIG_IGN);
}

struct live_connections live_connections(const struct driver *d)
{
    const struct desk *desk = &((const struct live *)d->self)->desk;
    return (struct live_connections){ .registered = desk->kept.count,
                                      .others = desk_bounded(desk) };
}

struct reactor *live_reactor(struct driver *d)
{
    return &((struct live *)d->self)->reactor;
}

void live_speed(struct driver *d, double speed)
{
    struct live *l = d->self;
    double ratio = l->reactor.speed / speed;
    for (uint32_t i = 0; i < l->slot_cap; i++) {
        struct phone_slot *p = l->slots[i];
        if (p == NULL || !ev_is_active(&p->timer))
            continue;
        double left_s = ev_timer_remaining(l->reactor.loop, &p->timer);
        ev_timer_stop(l->reactor.loop, &p->timer);
        ev_timer_set(&p->timer, left_s > 0 ? left_s * ratio : 0., 0.);
        ev_timer_start(l->reactor.loop, &p->timer);
    }
    reactor_speed(&l->reactor, speed);
}

void live_found(struct driver *d)
{
    struct live *l = d->self;
    for (uint32_t i = 0; i < l->slot_cap; i++)
        if (l->slots[i] != NULL && l->slots[i]->calls != NULL)
            client_found(l, l->slots[i]);
}

void live_interrupt(struct driver *d)
{
    ((struct live *)d->self)->interrupted = true;
}

bool live_wait_for_signal(struct driver *d)
{
    struct live *l = d->self;
    spin(l, UINT64_MAX, false);
    return l->stop;
}

void live_shut(struct driver *d)
{
    struct live *l = d->self;
    for (uint32_t i = 0; i < l->host_count; i++)
        server_close(l->hosts[i]);
    workers_hear(l); /* none answers any more, so this is all */
}

bool live_stopped(const struct driver *d)
{
    return ((const struct live *)d->self)->stop;
}

bool live_failed(const struct driver *d, struct err *e)
{
    const struct live *l = d->self;
    if (l->failed)
        err_set(e, "%s", l->why);
    return l->failed;
}

/* ---- life ---- */

struct live_options live_defaults(struct forge *forge)
{
    return (struct live_options){ .forge = forge,
                                  .phones_at_once = 256,
                                  .registrations = LIVE_AS_MANY,
                                  .connections = 1024,
                                  .transfers = 1024,
                                  .idle_us = 10000000 };
}

static void desk_line(struct desk *d, uint32_t node, const char *text)
{
    live_says(d->live, node, "%s", text);
}

static void desk_access(struct desk *d, const struct access *a)
{
    d->live->world->access(d->live->world->ctx, a);
}

struct driver *live_new(const struct world *world, const struct live_options *options,
                        struct err *e)
{
    CHECK(options->phones_at_once > 0 && options->connections > 0 && options->transfers > 0);
    struct live *l = reactor_take(sizeof *l);
    l->world = world;
    l->options = *options;
    l->options.nodes = NULL; /* the caller's */
    l->driver = (struct driver){
        .self = l,
        .name = "live",
        .now_us = driver_now_us,
        .run = driver_run,
        .settle = driver_settle,
        .deliver = driver_deliver,
        .changed = driver_changed,
        .grow = driver_grow,
        .phone_link = driver_phone_link,
        .node_link = driver_node_link,
        .phone_link_of = driver_phone_link_of,
        .node_link_of = driver_node_link_of,
        .is_down = driver_is_down,
        .closes = driver_closes,
        .stopped = driver_stopped,
        .events = driver_events,
        .held = driver_held,
        .copy = NULL, /* connections and the clock of the machine cannot be had twice */
        .free = driver_free,
    };
    reactor_open(&l->reactor);
    l->reactor.capture = options->capture;
    if (l->reactor.capture != NULL)
        capture_wall(l->reactor.capture, reactor_wall_us);
    ev_timer_init(&l->wake, on_wake, 0., 0.);
    l->certs.index = table_of(&sys_mem);
    l->certs.ders = table_of(&sys_mem);
    l->locales = table_of(&sys_mem);
    bool good = files_fit(l, options->node_count, e);
    l->desk = (struct desk){ .live = l, .reactor = &l->reactor, .says = desk_line };
    if (options->access && world->access != NULL)
        l->desk.access = desk_access;
    desk_gives_up(&l->desk);
    if (good)
        workers_start(l);
    for (uint32_t i = 0; good && i < options->node_count; i++)
        good = live_add_node(&l->driver, &options->nodes[i], e);
    if (!good) {
        driver_free(l);
        return NULL;
    }
    return &l->driver;
}
