/* `cucmlab run`: a scenario in virtual time. */
#include "sim/cmd/cmd.h"
#include "sim/cmd/scenario.h"
#include "sim/report/fmt.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* ---- progress, on a terminal, five times a second ---- */

struct progress {
    const struct session *session;
    struct timespec last; /* shown then */
    bool shown;
};

static void on_progress(void *ctx, uint64_t now_us)
{
    struct progress *p = ctx;
    const struct lab *lab = p->session->lab;
    struct timespec now;
    char clock[FMT_ROOM];
    if (clock_gettime(CLOCK_MONOTONIC, &now) != 0)
        return;
    double since =
        (double)(now.tv_sec - p->last.tv_sec) + (double)(now.tv_nsec - p->last.tv_nsec) / 1e9;
    if (since < 0.2)
        return;
    p->last = now;
    p->shown = true;
    fprintf(stderr, "\r%s: %s, %s, step %u %.30s\033[K", fmt_short_clock(now_us, clock),
            COUNTED_OF(lab->state.phone_count, "phone"),
            COUNTED_OF(lab->driver->events(lab->driver->self), "event"), lab->record.step_count - 1,
            lab->record.steps[lab->record.step_count - 1].name);
}

/* One line that is written over and over. */
static bool is_screen(void)
{
    const char *term = getenv("TERM");
    return isatty(2) && term != NULL && term[0] != '\0' && strcmp(term, "dumb") != 0;
}

static void end_progress(struct progress *p)
{
    if (p->shown)
        fputs("\r\033[K", stderr);
    p->shown = false;
}

/* ---- running ---- */

/* ---- signals ---- */

static volatile sig_atomic_t stopped; /* by which signal */

static const struct {
    int number;
    const char *name;
} signals[] = { { SIGINT, "Ctrl-C (SIGINT)" }, { SIGTERM, "SIGTERM" }, { SIGHUP, "SIGHUP" } };

enum { SIGNALS = sizeof signals / sizeof *signals };

static void on_signal(int number)
{
    stopped = number;
}

/* The first one ends the run where it is, and the report follows; the second one ends the program.
 * What somebody chose not to hear (nohup) is not heard. */
static void catch_signals(void)
{
    for (int i = 0; i < SIGNALS; i++) {
        struct sigaction old, new = { .sa_handler = on_signal, .sa_flags = SA_RESETHAND };
        sigemptyset(&new.sa_mask);
        if (sigaction(signals[i].number, NULL, &old) == 0 && old.sa_handler != SIG_IGN)
            sigaction(signals[i].number, &new, NULL);
    }
}

static const char *stopped_by(void)
{
    for (int i = 0; i < SIGNALS; i++) {
        if (signals[i].number == stopped)
            return signals[i].name;
    }
    return NULL;
}

static int run(struct session *s, struct progress *progress, const struct args *a)
{
    struct err e = { "" }, trace = { "" };
    progress->session = s;
    enum script_result result = session_run(s, &e);
    end_progress(progress);
    s->stopped = result == SCRIPT_STOPPED ? stopped_by() : NULL;
    bool traced = session_end_files(s, &trace);
    session_notes(s); /* what went wrong stands last */
    int status = result == SCRIPT_ERROR ? cmd_fail(&e) : EXIT_GOOD;
    if (result != SCRIPT_ERROR)
        status = scenario_report(s, a);
    if (!traced)
        status = cmd_fail(&trace);
    return s->stopped != NULL && status != EXIT_INPUT ? EXIT_SIGNAL + stopped : status;
}

int cmd_run(const struct args *a)
{
    struct err e = { "" };
    char path[SCENARIO_PATH];
    struct session_options o;
    struct progress progress = { 0 };
    if (!scenario_options(a, path, &o, &e))
        return cmd_fail(&e);
    if (is_screen()) {
        o.script.progress = on_progress;
        o.script.progress_ctx = &progress;
    }
    o.script.stop = &stopped;
    catch_signals();
    struct session *s = session_new(&o, &e);
    if (s == NULL)
        return cmd_fail(&e);
    int status = run(s, &progress, a);
    session_free(s);
    return status;
}
