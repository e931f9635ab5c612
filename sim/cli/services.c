/* Services on the command line: `utils service`.  The list's shape is observed (CUCM 15 and 11.5);
 * services that the lab does not have are not in it. */
#include "nodes/services.h"
#include "sim/cli/command.h"

#include <string.h>

static const char *state_name(uint8_t state)
{
    static const char *const names[] = { "STOPPED", "STARTING", "STARTED" };
    return names[state];
}

static void say_service(struct cli *c, enum service s)
{
    const struct node *n = cli_node(c);
    uint8_t state = n->run.services[s].state;
    if (!services_is_activated(cli_cluster(c), c->options.node, s))
        cli_print(c, "%s[STOPPED]  Service Not Activated\n", service_name(s));
    else if (state == SERVICE_STOPPED)
        cli_print(c, "%s[STOPPED]  Commanded Out of Service\n", service_name(s));
    else
        cli_print(c, "%s[%s]\n", service_name(s), state_name(state));
}

/* By the alphabet, as the product has them. */
static uint32_t sorted(enum service out[SERVICES])
{
    uint32_t count = 0;
    for (uint32_t s = 0; s < SERVICES; s++) {
        uint32_t at = count++;
        for (; at > 0 && strcmp(service_name(out[at - 1]), service_name((enum service)s)) > 0; at--)
            out[at] = out[at - 1];
        out[at] = (enum service)s;
    }
    return count;
}

static bool list(struct cli *c, uint32_t count, const char *const *args)
{
    enum service order[SERVICES];
    (void)count, (void)args;
    cli_print(c, "Requesting service status, please wait...\nSystem SSH [STARTED]\n"
                 "Cluster Manager [STARTED]\nService Manager is running\n"
                 "Getting list of all services\n>> Return code = 0\n");
    uint32_t services = sorted(order);
    for (uint32_t i = 0; i < services; i++)
        say_service(c, order[i]);
    cli_print(c, "Primary Node =%s\n", cli_is_publisher(c) ? "true" : "false");
    return true;
}

static bool change(struct cli *c, enum act_kind kind, const char *name)
{
    struct err e = { "" };
    struct act act;
    enum service s;
    if (!service_find(name, &s))
        return cli_fail(c, "Service name is not valid: %s", name);
    if (!cli_parse(c, kind, service_name(s), &act, &e))
        return cli_fail(c, "%s", e.text);
    cli_print(c, "Service Manager is running\n");
    if (!cli_do(c, &act))
        return false;
    say_service(c, s);
    return true;
}

static bool start(struct cli *c, uint32_t count, const char *const *args)
{
    (void)count;
    return change(c, DO_START, args[0]);
}

static bool stop(struct cli *c, uint32_t count, const char *const *args)
{
    (void)count;
    return change(c, DO_STOP, args[0]);
}

static bool restart(struct cli *c, uint32_t count, const char *const *args)
{
    (void)count;
    return change(c, DO_RESTART, args[0]);
}

static bool activate(struct cli *c, uint32_t count, const char *const *args)
{
    (void)count;
    return change(c, DO_ACTIVATE, args[0]);
}

static bool deactivate(struct cli *c, uint32_t count, const char *const *args)
{
    (void)count;
    return change(c, DO_DEACTIVATE, args[0]);
}

static const char *service_choice(const struct cli *c, uint32_t arg, uint32_t i)
{
    (void)c;
    return arg == 0 && i < SERVICES ? service_name((enum service)i) : NULL;
}

#define REFERENCE "documented: Command Line Interface Reference, Utils Commands"

const struct command commands_services[] = {
    { .words = "utils service list",
      .args = "",
      .run = list,
      .help = "Lists all services with their status",
      .source = "observed on CUCM 11.5 and 15" },
    { .words = "utils service start",
      .args = "...",
      .run = start,
      .choice = service_choice,
      .help = "Starts a service",
      .source = REFERENCE },
    { .words = "utils service stop",
      .args = "...",
      .run = stop,
      .choice = service_choice,
      .help = "Stops a service",
      .source = REFERENCE },
    { .words = "utils service restart",
      .args = "...",
      .run = restart,
      .choice = service_choice,
      .help = "Restarts a service",
      .source = REFERENCE },
    { .words = "utils service activate",
      .args = "...",
      .run = activate,
      .choice = service_choice,
      .help = "Activates a feature service",
      .source = REFERENCE },
    { .words = "utils service deactivate",
      .args = "...",
      .run = deactivate,
      .choice = service_choice,
      .help = "Deactivates a feature service",
      .source = REFERENCE },
    { .words = NULL },
};
