/* Words of the session, and those of the lab that no CUCM has: the clock, time that passes. */
#include "sim/cli/command.h"
#include "sim/core/fact.h"
#include "sim/report/fmt.h"

#include <string.h>

void cli_banner(FILE *out)
{
    fputs("Command Line Interface is starting up, please wait ...\n\n"
          "   Welcome to the Platform Command Line Interface\n\n"
          "VMware Installation:\n\t2 vCPU: simulated by cucmlab\n\n",
          out);
}

static bool leave(struct cli *c, uint32_t count, const char *const *args)
{
    (void)count, (void)args;
    c->closed = true;
    return true;
}

static bool pagination(struct cli *c, uint32_t count, const char *const *args)
{
    (void)count;
    if (strcmp(args[0], "on") != 0 && strcmp(args[0], "off") != 0)
        return cli_fail(c, "set cli pagination: on or off is expected, not %s", args[0]);
    c->paged = args[0][1] == 'n';
    cli_print(c, "Automatic pagination is turned %s\n", args[0]);
    return true;
}

static bool show_clock(struct cli *c, uint32_t count, const char *const *args)
{
    char date[DATE_TEXT], clock[FMT_ROOM];
    (void)count, (void)args;
    cli_print(c, "%s (%s since the start)\n", lab_date(c->options.lab, cli_now_us(c), date),
              fmt_clock(cli_now_us(c), clock));
    return true;
}

static bool wait_for(struct cli *c, uint32_t count, const char *const *args)
{
    uint64_t us;
    (void)count;
    if (c->options.wait == NULL)
        return cli_fail(c, "wait: no command lets time pass here");
    if (!time_parse(args[0], &us))
        return cli_fail(c, "wait: a time is expected (30s, 10m, 2h), not %s", args[0]);
    if (!c->options.wait(c->options.ctx, us))
        return cli_fail(c, "wait: stopped");
    c->done++;
    return show_clock(c, 0, NULL);
}

static bool save(struct cli *c, uint32_t count, const char *const *args)
{
    struct err e = { "" };
    (void)count;
    if (c->options.save == NULL)
        return cli_fail(c, "save: there is no scenario here to be saved");
    if (!c->options.save(c->options.ctx, args[0], &e))
        return cli_fail(c, "save: %s", e.text);
    cli_print(c, "%s: written\n", args[0]);
    return true;
}

static bool undo(struct cli *c, uint32_t count, const char *const *args)
{
    struct err e = { "" };
    (void)count, (void)args;
    if (c->options.undo == NULL)
        return cli_fail(c, "undo: nothing can be taken back here");
    if (!c->options.undo(c->options.ctx, &e))
        return cli_fail(c, "undo: %s", e.text);
    return show_clock(c, 0, NULL);
}

static const char *on_off(const struct cli *c, uint32_t arg, uint32_t i)
{
    static const char *const words[] = { "off", "on" };
    (void)c;
    return arg == 0 && i < 2 ? words[i] : NULL;
}

const struct command commands_session[] = {
    { .words = "exit",
      .args = "",
      .run = leave,
      .help = "Closes the session",
      .source = "observed" },
    { .words = "quit",
      .args = "",
      .run = leave,
      .help = "Closes the session",
      .source = "observed" },
    { .words = "set cli pagination",
      .args = "state",
      .run = pagination,
      .choice = on_off,
      .help = "On a terminal, output stops at each page (on), or does not (off)",
      .source = "documented; its line assumed" },
    { .words = "clock",
      .args = "",
      .own = true,
      .run = show_clock,
      .help = "What time it is in the lab" },
    { .words = "wait",
      .args = "time",
      .own = true,
      .run = wait_for,
      .help = "Lets time pass: wait 10m" },
    { .words = "save",
      .args = "...",
      .own = true,
      .run = save,
      .help = "Writes what was done so far as a scenario: save mine.lua" },
    { .words = "undo",
      .args = "",
      .own = true,
      .run = undo,
      .help = "Takes back the last command that changed something, or the last wait" },
    { .words = NULL },
};
