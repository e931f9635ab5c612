/* `cucmlab serve`: a scenario on real sockets of the loopback interface.  What failed is told when
 * the scenario is over, the report when the serving is. */
#include "sim/cmd/cmd.h"
#include "sim/cmd/scenario.h"
#include "sim/live/live.h"

static void tell_failed(const struct session *s, FILE *words)
{
    uint32_t n;
    const struct script_expect *expects = script_expects(s->script, &n);
    report_failed(words, s->options.script.path, expects, n);
}

/* False: it cannot go on.  A signal in the middle of the scenario is a good end: what it expected
 * later is open. */
static bool serve(struct session *s, FILE *words, struct err *e)
{
    const struct driver *driver = s->lab->driver;
    enum script_result result = session_run(s, e);
    if (live_failed(driver, e))
        return false;
    if (live_stopped(driver)) { /* in the middle of the scenario: the report says so */
        s->stopped = "a signal";
        return true;
    }
    if (result == SCRIPT_ERROR)
        return false;
    tell_failed(s, words);
    fputs("scenario done; serving until SIGINT or SIGTERM\n", words);
    fflush(words);
    session_serve(s);
    return true;
}

int cmd_serve(const struct args *a)
{
    struct err e = { "" }, trace = { "" };
    char path[SCENARIO_PATH];
    struct session_options o;
    if (!scenario_options(a, path, &o, &e))
        return cmd_fail(&e);
    o.lab.live = true;
    o.announce = scenario_words(a);
    o.tvs_workers = a->tvs_workers;
    o.tvs_resumption = a->tvs_resumption;
    o.short_registrations = a->short_registrations;
    struct session *s = session_new(&o, &e);
    if (s == NULL)
        return cmd_fail(&e);
    session_notes(s);
    bool ok = serve(s, o.announce, &e), traced = session_end_files(s, &trace);
    int status = ok ? scenario_report(s, a) : cmd_fail(&e);
    if (!traced)
        status = cmd_fail(&trace);
    session_free(s);
    return status;
}
