/* Lines and steps of a ready-made change. */
#include "sim/plan/recipe_put.h"

#include "nodes/certs.h"
#include "nodes/lists.h"
#include "nodes/services.h"

#include <string.h>

/* ---- small things ---- */

/* Names of nodes and clusters are letters, digits, '-', '.', '_' alone (cluster_check_name()); a
 * node may be called as a verb is. */
void put_node(const struct recipe *r, uint32_t node)
{
    bool renamed = r->name != NULL && node == r->renamed;
    fprintf(r->out, "%s:node(\"%s\")", r->var, renamed ? r->name : r->cl->nodes[node].disk.name);
}

void put_settle(const struct recipe *r)
{
    fputs("  settle()\n", r->out);
}

bool makes_it(const struct recipe *r, uint32_t node, enum own own)
{
    bool publisher_only = (r->cl->version->publisher_only & OWN_BIT(own)) != 0;
    return r->cl->nodes[node].disk.own[own] != 0 && (node == 0 || !publisher_only);
}

bool has_kind(const struct recipe *r, enum own own)
{
    FOR_EACH_NODE(r->cl, n)
    {
        if (makes_it(r, n, own))
            return true;
    }
    return false;
}

void put_restart(const struct recipe *r, enum service s)
{
    FOR_EACH_NODE(r->cl, n)
    {
        if (!services_is_activated(r->cl, n, s))
            continue;
        fputs("  ", r->out);
        put_node(r, n);
        fprintf(r->out, ":restart(\"%s\")\n", service_name(s));
    }
}

void begin_step(const struct recipe *r, const char *name)
{
    fprintf(r->out, "\nstep(\"%s%s\", function()\n", name, r->on);
}

void end_step(const struct recipe *r)
{
    fputs("  settle()\nend)\n", r->out);
}

void wait_for_phones(const struct recipe *r)
{
    if (!r->guide)
        fprintf(r->out,
                "expect(%s:count { registered = true }, \"as many phones are registered as "
                "before%s\"):at_least(%s)\n",
                r->all, r->on, r->before);
}

void put_reset(const struct recipe *r, const char *why)
{
    fprintf(r->out, "\nstep(\"Reset the phones%s: %s\", function()\n  %s:reset()\n", r->on, why,
            r->var);
    end_step(r);
    wait_for_phones(r);
}

/* One node after the other: the others take its phones meanwhile. */
void restart_in_turn(const struct recipe *r, enum service s)
{
    if (r->guide) {
        put_restart(r, s);
        return;
    }
    FOR_EACH_NODE(r->cl, n)
    {
        if (!services_is_activated(r->cl, n, s))
            continue;
        fputs("  ", r->out);
        put_node(r, n);
        fprintf(r->out, ":restart(\"%s\")\n  settle()\n", service_name(s));
    }
}

/* The name of a token of the CTL file, as token {} takes it; false: it has none. */
static bool token_of(const struct recipe *r, char name[CLUSTER_NAME])
{
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    struct client_ctl client;
    lists_client_ctl(r->cl, &client);
    for (uint32_t i = 0; i < client.token_count; i++) {
        struct view cn = certs_common_name(r->lab->base->content, client.tokens[i]);
        snprintf(name, CLUSTER_NAME, "%.*s", (int)cn.n, (const char *)cn.p);
        if (cn.n > 0 && cn.n <= 24 && strspn(name, letters) == cn.n)
            return true;
    }
    return false;
}

/* Tokens go on signing where they do: `utils ctl` would make a CTL without them, which phones that
 * ask no TVS refuse. */
void make_ctl(const struct recipe *r)
{
    char token[CLUSTER_NAME];
    if (token_of(r, token))
        fprintf(r->out, "  %s:ctl_client(\"update\", token { name = \"%s\" })\n", r->var, token);
    else
        fprintf(r->out, "  %s:ctl(\"update\")\n", r->var);
    if (r->cl->version->ctl_served == CTL_AT_ONCE)
        return;
    put_settle(r);
    put_restart(r, SERVICE_TFTP);
}

void callmanager_follows(const struct recipe *r)
{
    if (r->cl->version->ctl_served != CTL_AT_ONCE)
        restart_in_turn(r, SERVICE_CALLMANAGER);
}

void update_ctl(const struct recipe *r)
{
    if (!r->mixed_mode)
        return;
    begin_step(r, "Update the CTL");
    make_ctl(r);
    callmanager_follows(r);
    end_step(r);
}

/* ---- the frame ---- */

void put_locals(const struct recipe *r)
{
    fprintf(r->out,
            "local %s = cluster \"%s\"\nlocal %s = phones { cluster = %s }\n"
            "local %s = %s:count { registered = true }\n",
            r->var, r->cl->name, r->all, r->var, r->before, r->all);
}

void put_head(const struct recipe *r, const char *title, const char *why)
{
    fprintf(r->out, "-- %s\n-- why: %s\n", title, why);
    put_locals(r);
}

void put_backup(const struct recipe *r, const char *when)
{
    fprintf(r->out, "\nstep(\"Backup %s%s\", function()\n  %s:backup()\n", when, r->on, r->var);
    end_step(r);
}
