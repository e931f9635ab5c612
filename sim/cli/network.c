/* Name, domain and address of a node.  `set network hostname` is an observed dialogue of 10.5; the
 * words of the others and the form of `show network eth0` are assumed.  What callback scripts print
 * beside their names is not there. */
#include "nodes/cluster.h"
#include "sim/cli/command.h"
#include "sim/wire/text.h"

#include <string.h>

static bool show_eth0(struct cli *c, uint32_t count, const char *const *args)
{
    const struct node_disk *d = &cli_node(c)->disk;
    char ip[16];
    (void)count, (void)args;
    text_put_address(d->ip, ip);
    cli_print(c,
              "Ethernet 0\nDHCP           : disabled           Status     : up\n"
              "IP Address     : %-18s IP Mask    : 255.255.255.000\n"
              "Duplicate IP   : no\n\nDNS\n"
              "Primary        : Not Configured     Secondary  : Not Configured\n"
              "Domain         : %s\n",
              ip, d->domain[0] == '\0' ? "Not Configured" : d->domain);
    return true;
}

/* ---- set network hostname ---- */

#define QUIT "\nctrl-c: To quit the input.\n\n"
#define STARS                                                                                      \
    "         ***   W A R N I N G   ***\n"                                                         \
    "Do not close this window without first canceling the command.\n\n"                            \
    "This command will automatically restart system services.\n"                                   \
    "The command should not be issued during normal operating \nhours.\n\n"                        \
    "=======================================================\n"
#define SECURITY                                                                                   \
    "Security Warning : This operation will regenerate\n"                                          \
    "       all CUCM Certificates including any third party\n"                                     \
    "       signed Certificates that have been uploaded.\n\n"

static const char before_hostname[] =
    "\nWARNING: To avoid license synchronization failures, delete the \n"
    "         product instance from the Cisco Prime License Manager \n"
    "         managing this server's licenses before changing network\n"
    "         settings. You will have to re-add the product instance\n"
    "         after the network settings have been changed.\n\n";
static const char hostname_warning[] =
    QUIT STARS " Note: Please verify that the new hostname is a unique \n"
               "       name across the cluster and, if DNS services are \n"
               "       utilized, any DNS configuration is completed \n"
               "       before proceeding.\n"
               "=======================================================\n\n" SECURITY;
static const char address_warning[] =
    "\nWarning: Do not close this window until command finishes.\n" QUIT
    "           ***   W A R N I N G   ***\n"
    "=======================================================\n"
    " Note: Please verify that the new ip address is unique \n"
    "       across the cluster.\n"
    "=======================================================\n\n";

static void say_text(struct cli *c, const char *name, const struct act *act)
{
    char text[ACT_TEXT];
    act_print_arg(cli_cluster(c), act, 0, text);
    cli_print(c, "%s%s\n", name, text);
}

static bool hostname_done(struct cli *c, const char *answer)
{
    if (!cli_is_yes(answer))
        return cli_fail(c, "Operation cancelled");
    cli_print(c, "\ncalling 1 of 5 component notification script: ahostname_callback.sh\n"
                 "calling 2 of 5 component notification script: clm_notify_hostname.sh\n"
                 "calling 3 of 5 component notification script: drf_notify_hostname_change.py\n"
                 "calling 4 of 5 component notification script: regenerate_all_certs.sh\n"
                 "calling 5 of 5 component notification script: update_idsenv.sh\n");
    if (!cli_do_asked(c))
        return false;
    cli_print(c, "Shutting down interface eth0:\n");
    return true;
}

static bool sum_up(struct cli *c)
{
    say_text(c, "Hostname:       ", &c->act);
    if (c->then.kind != ACTS)
        say_text(c, "IP Address:     ", &c->then);
    cli_print(c, "\n");
    return cli_ask(c, "Do you want to continue [yes/no]? ", hostname_done);
}

static bool got_gateway(struct cli *c, const char *answer)
{
    return text_address(answer) != 0 ? sum_up(c) : cli_fail(c, "%s: no address", answer);
}

static bool got_mask(struct cli *c, const char *answer)
{
    if (text_address(answer) == 0)
        return cli_fail(c, "%s: no subnet mask", answer);
    return cli_ask(c, "Enter the ip address of the gateway:: ", got_gateway);
}

static bool got_address(struct cli *c, const char *answer)
{
    struct err e = { "" };
    if (!cli_parse(c, DO_ADDRESS, answer, &c->then, &e) ||
        !cluster_can(cli_cluster(c), &c->then, cli_now_us(c), &e))
        return cli_fail(c, "%s", e.text);
    return cli_ask(c, "Enter the ip subnet mask:: ", got_mask);
}

static bool address_too(struct cli *c, const char *answer)
{
    if (answer[0] != '\0' && !cli_is_yes(answer))
        return sum_up(c);
    cli_print(c, "%s", address_warning);
    return cli_ask(c, "Enter the ip address:: ", got_address);
}

static bool got_hostname(struct cli *c, const char *answer)
{
    return cli_can(c, DO_HOSTNAME, answer) &&
           cli_ask(c, "Would you like to change the network ip address at this time [yes]:: ",
                   address_too);
}

static bool hostname_goes_on(struct cli *c, const char *answer)
{
    if (!cli_is_yes(answer))
        return cli_fail(c, "Operation cancelled");
    cli_print(c, "%s", hostname_warning);
    return cli_ask(c, "Enter the hostname:: ", got_hostname);
}

static bool set_hostname(struct cli *c, uint32_t count, const char *const *args)
{
    (void)count, (void)args;
    cli_print(c, "%s", before_hostname);
    return cli_ask(c, "Continue (y/n)?", hostname_goes_on);
}

/* ---- set network domain, set network ip ---- */

static bool set_domain(struct cli *c, uint32_t count, const char *const *args)
{
    (void)count;
    if (!cli_can(c, DO_DOMAIN, args[0]))
        return false;
    cli_print(c, "\n*** W A R N I N G ***\n"
                 "Adding/deleting or changing domain name on this server will break\n"
                 "database replication. Once you have completed domain modification\n"
                 "on all systems that you intend to modify, please reboot all the\n"
                 "servers in the cluster. This will ensure that replication keeps\n"
                 "working correctly. After the servers have rebooted, please\n"
                 "confirm that there are no issues reported on the Cisco Unified\n"
                 "Reporting report for Database Replication.\n\n"
                 "The server will now be rebooted. Do you wish to continue.\n\n" SECURITY);
    return cli_ask(c, "Continue (y/n)?", cli_yes_do);
}

static bool set_ip(struct cli *c, uint32_t count, const char *const *args)
{
    (void)count;
    for (int i = 1; i < 3; i++) {
        if (text_address(args[i]) == 0)
            return cli_fail(c, "%s: no address", args[i]);
    }
    if (!cli_can(c, DO_ADDRESS, args[0]))
        return false;
    cli_print(c, "\n*** W A R N I N G ***\n"
                 "If there are IP addresses (not hostnames)\n"
                 "configured in CallManager Administration\n"
                 "under System -> Servers\n"
                 "then you must change the IP address there BEFORE\n"
                 "changing it here or call processing will fail.\n"
                 "This will cause the system to restart\n"
                 "=======================================================\n"
                 "Note: To recognize the new IP address all nodes within\n"
                 "the cluster will have to be manually rebooted.\n"
                 "=======================================================\n");
    return cli_ask(c, "Continue (y/n)?", cli_yes_do);
}

#define GUIDE "documented: Changing the IP Address and Hostname; its words assumed"

const struct command commands_network[] = {
    { .words = "show network eth0",
      .args = "",
      .run = show_eth0,
      .help = "Displays address and domain of this node",
      .source = "documented: Command Line Interface Reference, Show Commands; its form assumed" },
    { .words = "set network hostname",
      .args = "",
      .run = set_hostname,
      .help = "Gives this node another hostname, and another address where one wants that",
      .source = "observed on 10.5; asks back: the name, the address" },
    { .words = "set network domain",
      .args = "domain",
      .run = set_domain,
      .help = "Gives this node another domain",
      .source = GUIDE },
    { .words = "set network ip eth0",
      .args = "address mask gateway",
      .run = set_ip,
      .help = "Gives this node another address",
      .source = GUIDE },
    { .words = NULL },
};
