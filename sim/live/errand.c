/* Files that a node has not and asks other servers for, a central TFTP's: over HTTP 6970, as nodes
 * have files of each other ("also proxy and file locator", documented), from the node's own
 * address, through the links of both.  Where nothing comes in time the next is asked; the node says
 * whom.  A Via header says that a server asks, so that one whom this lab does not know asks no
 * further, for there is a single level (assumed: what real nodes say of themselves nobody told). */
#include "sim/live/impl.h"

#include "sim/net/fetch.h"

struct errand {
    struct live *live;
    uint32_t node;
    struct file_wanted wanted;
    struct fetch *fetch;   /* NULL: nobody is asked, */
    struct ev_timer timer; /* and it ends by this */
    errand_done *done;
    void *owner;
};

static void free_errand(struct errand *e)
{
    e->live->errands--;
    reactor_bury(&e->live->reactor, reactor_give, e);
}

static void ask_one(struct errand *e);

/* What the server said, or that it did not, to the node. */
static void came(struct errand *e, enum ask_came how, struct view bytes)
{
    struct live_file *file = NULL;
    e->wanted.ask.came = (uint8_t)how;
    enum answer found = answer_came(e->live, e->node, &e->wanted, bytes, &file);
    if (found == ANSWER_ELSEWHERE) {
        ask_one(e);
        return;
    }
    e->done(e->owner, found, file);
    free_errand(e);
}

static void on_fetched(void *owner, const struct fetched *got)
{
    struct errand *e = owner;
    e->fetch = NULL;
    came(e,
         got->end == FETCHED_CAME      ? CAME_FILE
         : got->end == FETCHED_MISSING ? CAME_NO_FILE
                                       : CAME_NO_ANSWER,
         got->bytes);
}

static void on_nothing(struct ev_loop *loop, struct ev_timer *timer, int events)
{
    (void)loop;
    (void)events;
    came(timer->data, CAME_NO_ANSWER, view_of(NULL, 0));
}

static void ask_one(struct errand *e)
{
    struct live *l = e->live;
    struct node_path way;
    if (!path_between_nodes(l, e->node, e->wanted.server, &way)) {
        ev_timer_init(&e->timer, on_nothing, 0., 0.);
        e->timer.data = e;
        reactor_ring(&l->reactor, &e->timer, live_now_us(l) + e->wanted.wait_us);
        return;
    }
    struct fetch_request order = { .from = way.from,
                                   .ip = way.to,
                                   .port = live_port(l, LIVE_HTTP),
                                   .name = e->wanted.name,
                                   .limit = LIVE_FILE_MAX,
                                   .wait_us = e->wanted.wait_us,
                                   .passes_on = true,
                                   .lag = way.lagged ? &way.lag : NULL,
                                   .luck = path_luck(l) };
    e->fetch = fetch_http(&l->reactor, &order, on_fetched, e);
}

struct errand *errand_begin(struct live *l, uint32_t node, const struct file_wanted *wanted,
                            errand_done *done, void *owner)
{
    if (l->errands >= ERRANDS)
        return NULL;
    struct errand *e = reactor_take(sizeof *e);
    *e =
        (struct errand){ .live = l, .node = node, .wanted = *wanted, .done = done, .owner = owner };
    l->errands++;
    ask_one(e);
    return e;
}

void errand_cancel(struct errand *e)
{
    if (e == NULL)
        return;
    if (e->fetch != NULL)
        fetch_cancel(e->fetch);
    ev_timer_stop(e->live->reactor.loop, &e->timer);
    free_errand(e);
}
