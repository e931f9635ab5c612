/* `cucmlab serve`: a scenario on real sockets of the loopback interface.  What failed is told when
 * the scenario is over, the report when the serving is. */
#include "sim/cmd/cmd.h"
#include "sim/cmd/scenario.h"
#include "sim/control/run.h"
#include "sim/control/screen.h"
#include "sim/wire/text.h"

#include <stdlib.h>

static void tell_failed(const struct session *s, FILE *words)
{
    uint32_t n;
    const struct script_expect *expects = script_expects(s->script, &n);
    report_failed(words, s->options.script.path, expects, n);
}

struct serving {
    struct session *session;
    const struct args *args;
    FILE *words;
};

static void on_over(void *ctx)
{
    const struct serving *v = ctx;
    tell_failed(v->session, v->words);
    fputs("scenario done; serving until SIGINT or SIGTERM\n", v->words);
    fflush(v->words);
}

static void on_report(void *ctx)
{
    const struct serving *v = ctx;
    scenario_print(v->session, v->args);
}

static bool read_speed(const char *text, double *out, struct err *e)
{
    char *end;
    *out = text == NULL ? 1 : strtod(text, &end);
    return text == NULL ||
           (text[0] >= '0' && text[0] <= '9' && *end == '\0' && *out >= CONTROL_SPEED_LEAST &&
            *out <= CONTROL_SPEED_MOST) ||
           err_set(e, "--speed %.40s: a number from %g to %g is expected", text,
                   CONTROL_SPEED_LEAST, CONTROL_SPEED_MOST);
}

static bool read_port(const char *text, uint16_t *out, struct err *e)
{
    uint64_t port = 0;
    if (text != NULL && (!text_number(view_str(text), UINT16_MAX, &port) || port == 0))
        return err_set(e, "--metrics %.40s: a port from 1 to 65535 is expected", text);
    *out = (uint16_t)port;
    return true;
}

static bool read_options(const struct args *a, struct run_options *o, struct err *e)
{
    o->socket = a->control;
    o->pause = a->pause;
    if (a->pause && a->control == NULL)
        return err_set(e, "--pause: --control PATH says where it is told to go on");
    if (a->report_every != NULL &&
        (!time_parse(a->report_every, &o->report_every_us) || o->report_every_us == 0))
        return err_set(e, "--report-every %.40s: a time is expected, \"30s\" or \"5m\"",
                       a->report_every);
    return read_port(a->metrics, &o->metrics_port, e) && read_speed(a->speed, &o->speed, e);
}

int cmd_serve(const struct args *a)
{
    struct err e = { "" }, trace = { "" };
    char path[SCENARIO_PATH];
    struct session_options o;
    struct serving v = { .args = a, .words = scenario_words(a) };
    struct run_options run = { .words = v.words, .over = on_over, .report = on_report, .ctx = &v };
    if (!read_options(a, &run, &e) || !scenario_options(a, path, &o, &e))
        return cmd_fail(&e);
    struct control control = control_of(&run);
    control.hands_minutes = a->hands_minutes;
    control.people = a->people;
    o.script.hold = control_holds;
    o.script.hold_ctx = &control;
    o.access = run.metrics_port != 0 || screen_of(scenario_words(a)).out != NULL;
    o.lab.live = true;
    o.announce = scenario_words(a);
    o.tvs_workers = a->tvs_workers;
    o.tvs_resumption = a->tvs_resumption;
    o.short_registrations = a->short_registrations;
    struct session *s = session_new(&o, &e);
    if (s == NULL)
        return cmd_fail(&e);
    session_notes(s);
    control.session = v.session = s;
    bool ok = run_control(&control, &run, &e), traced = session_end_files(s, &trace);
    int status = ok ? scenario_report(s, a) : cmd_fail(&e);
    if (!traced)
        status = cmd_fail(&trace);
    session_free(s);
    return status;
}
