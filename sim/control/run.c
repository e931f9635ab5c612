#include "sim/control/run.h"

#include "sim/control/scrape.h"
#include "sim/control/screen.h"
#include "sim/control/socket.h"
#include "sim/live/live.h"
#include "sim/report/fmt.h"

#define LONG_WAIT_US 60e6 /* of the machine's clock: a wait that is told */

struct runner {
    struct control *control;
    const struct run_options *options;
    struct control_socket *socket;
    struct scrape *scrape;
    struct metrics metrics;
    struct screen screen;
    struct driver *driver;
    enum { RUNS, RUNS_ON, OVER } stage; /* the scenario; what --until adds; neither */
    bool passed;                        /* time did: the nodes are told, and that all is ready */
    uint64_t waits_us;                  /* until when it was said to wait */
    const char *told;                   /* the step before which it was said to be held */
    uint64_t until_us;                  /* of --until, once the scenario is over */
    uint64_t report_us;                 /* when the next report is due; 0: never */
};

static void on_wake(void *ctx)
{
    live_interrupt(((const struct runner *)ctx)->driver);
}

static void on_line(void *ctx, struct view line, struct sys_text *answer)
{
    const struct runner *r = ctx;
    double before = r->control->speed;
    control_answer(r->control, line, answer);
    if (r->control->speed != before)
        live_speed(r->driver, r->control->speed);
}

static void answer_all(struct runner *r)
{
    if (r->socket != NULL)
        socket_serve(r->socket);
}

static bool has_work(const struct runner *r)
{
    return r->socket != NULL && socket_has_work(r->socket);
}

static void tell_held(struct runner *r)
{
    const char *held = script_held(r->control->session->script);
    if (held != NULL && held != r->told) {
        fprintf(r->options->words, "held before \"%s\"\n", held);
        fflush(r->options->words);
    }
    r->told = held;
}

/* A scenario of days is one of days here: nobody shall think that it hangs.  Once for each wait. */
static void tell_wait(struct runner *r, const struct script_step *step)
{
    uint64_t now_us = lab_now_us(r->control->session->lab), until_us = step->until_us;
    char until[FMT_ROOM], left[FMT_ROOM];
    bool waits = step->wants == SCRIPT_WANTS_TIME && until_us != UINT64_MAX && until_us > now_us;
    double left_us = waits ? (double)(until_us - now_us) / r->control->speed : 0;
    if (left_us < LONG_WAIT_US || until_us == r->waits_us)
        return;
    r->waits_us = until_us;
    fprintf(r->options->words, "waits until %s, %s of this machine's clock (--speed F: faster)\n",
            fmt_short_clock(until_us, until), fmt_short_clock((uint64_t)left_us, left));
    fflush(r->options->words);
}

/* What is due of the scenario is done, and it says what it waits for. */
static bool go_on(struct runner *r, struct script_step *step, struct err *e)
{
    struct control *c = r->control;
    struct session *s = c->session;
    *step = (struct script_step){ SCRIPT_WANTS_TIME, UINT64_MAX };
    if (c->paused)
        return true;
    if (r->stage == RUNS) {
        if (!script_next(s->script, step, e))
            return false;
        tell_held(r);
        if (step->wants != SCRIPT_OVER)
            return true;
        if (!session_until(s, &r->until_us, e))
            return false;
        r->stage = RUNS_ON;
    }
    *step = (struct script_step){ SCRIPT_WANTS_TIME, UINT64_MAX };
    if (r->stage == RUNS_ON && (lab_now_us(s->lab) < r->until_us || !r->passed)) {
        step->until_us = r->until_us;
    } else if (r->stage == RUNS_ON) {
        r->stage = OVER;
        c->over = true;
        if (!session_over(s, e))
            return false;
        r->options->over(r->options->ctx);
    }
    return true;
}

static void report_if_due(struct runner *r, uint64_t now_us)
{
    uint64_t every_us = r->options->report_every_us;
    if (every_us == 0)
        return;
    if (r->report_us == 0)
        r->report_us = every_us;
    if (now_us < r->report_us)
        return;
    r->options->report(r->options->ctx);
    r->report_us = now_us / every_us * every_us + every_us;
}

static bool ends(struct runner *r)
{
    const struct control *c = r->control;
    struct session *s = c->session;
    bool signal = live_stopped(r->driver);
    if (!signal && !c->stop)
        return false;
    if (!c->over)
        s->stopped = signal ? "a signal" : "its control socket";
    return true;
}

/* Until then time passes as the step wants it: somebody has to look at it in between. */
static uint64_t most_us(const struct runner *r, uint64_t now_us)
{
    if (!r->passed)
        return now_us; /* what is bound is told, before any wait is */
    uint64_t most = r->report_us == 0 ? UINT64_MAX : r->report_us;
    uint64_t drawn = now_us + (uint64_t)(SCREEN_EVERY_US * r->control->speed);
    return r->screen.out != NULL && drawn < most ? drawn : most;
}

static void pass(struct runner *r, const struct script_step *step)
{
    const struct session *s = r->control->session;
    uint64_t now_us = lab_now_us(s->lab);
    if (now_us > 0) /* before, what is bound is still to be told */
        screen_draw(&r->screen, r->control, &r->metrics);
    script_pass(s->script, step, most_us(r, now_us));
    r->passed = true;
    screen_clear(&r->screen);
}

static bool loop(struct runner *r, struct err *e)
{
    struct session *s = r->control->session;
    struct script_step step;
    for (;;) {
        answer_all(r);
        if (ends(r))
            return !live_failed(r->driver, e);
        if (!go_on(r, &step, e))
            return ends(r) && !live_failed(r->driver, e);
        report_if_due(r, lab_now_us(s->lab));
        if (r->passed) /* behind what is bound */
            tell_wait(r, &step);
        if (!has_work(r) && !ends(r))
            pass(r, &step);
    }
}

struct control control_of(const struct run_options *o)
{
    return (struct control){ .steps = o->pause, .speed = o->speed == 0 ? 1 : o->speed };
}

static bool open_sockets(struct runner *r, const struct socket_owner *owner, struct err *e)
{
    const struct run_options *o = r->options;
    struct reactor *reactor = live_reactor(r->driver);
    r->screen = screen_of(o->words);
    metrics_begin(&r->metrics, r->control->session->lab);
    if (o->metrics_port != 0) {
        r->scrape = scrape_new(reactor, o->metrics_port, &r->metrics, e);
        if (r->scrape == NULL)
            return err_prefix(e, "--metrics");
    }
    if (o->socket != NULL) {
        r->socket = socket_new(reactor, o->socket, owner, e);
        if (r->socket == NULL)
            return err_prefix(e, "--control");
    }
    return true;
}

bool run_control(struct control *c, const struct run_options *o, struct err *e)
{
    struct runner r = { .control = c, .options = o, .driver = c->session->lab->driver };
    const struct socket_owner owner = { &r, on_wake, on_line };
    const struct check_context *outer = sys_check_context(&c->session->check);
    bool ok = open_sockets(&r, &owner, e);
    if (ok) {
        live_speed(r.driver, c->speed);
        ok = loop(&r, e);
    }
    socket_free(r.socket);
    scrape_free(r.scrape);
    metrics_end(&r.metrics);
    sys_check_context(outer);
    return ok;
}
