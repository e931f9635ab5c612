/* How each kind of certificate is renewed on a cluster as it is. */
#include "sim/plan/recipe_put.h"

#include "nodes/config.h"

#include <string.h>

/* ---- renewing a kind of certificate ---- */

static void regenerate_at(const struct recipe *r, uint32_t node, enum own own)
{
    fputs("  ", r->out);
    put_node(r, node);
    fprintf(r->out, ":regenerate(\"%s\")\n", own_name(own));
}

static void regenerate_one(const struct recipe *r, enum own own)
{
    FOR_EACH_NODE(r->cl, n)
    {
        if (makes_it(r, n, own))
            regenerate_at(r, n, own);
    }
}

/* With its ECDSA twin, where the version has one. */
static void regenerate(const struct recipe *r, enum own own)
{
    regenerate_one(r, own);
    if (own == OWN_CALLMANAGER)
        regenerate_one(r, OWN_CALLMANAGER_ECDSA);
    if (own == OWN_TOMCAT)
        regenerate_one(r, OWN_TOMCAT_ECDSA);
}

/* TVS before TFTP; versions that do it by themselves are left alone. */
static void restart_lists(const struct recipe *r)
{
    if (r->cl->version->itl_rebuilds)
        return;
    fputs("  settle()\n", r->out);
    put_restart(r, SERVICE_TVS);
    fputs("  settle()\n", r->out);
    put_restart(r, SERVICE_TFTP);
}

static void renew_tomcat(const struct recipe *r)
{
    begin_step(r, "Renew tomcat");
    regenerate(r, OWN_TOMCAT);
    put_restart(r, SERVICE_TOMCAT);
    end_step(r);
}

static bool has_lscs(const struct recipe *r)
{
    for (uint32_t i = 0; i < r->cl->db.device_count; i++) {
        const struct device_class *row = config_class_of(r->cl, i);
        if (row != NULL && row->lsc != 0)
            return true;
    }
    return false;
}

/* Phones go to the new CAPF with their next configuration, before they register (documented). */
static void order_lscs(const struct recipe *r)
{
    begin_step(r, "Order LSCs of the new CAPF");
    fputs("  phones { cluster = hq, certificate = \"LSC\" }:install_lsc {}\n", r->out);
    end_step(r);
}

/* LSCs that the old CAPF issued go with it: phones that have one get theirs at the boot at which
 * they learn of the new one, before they register and have to show it.  One that has no ITL learns
 * of it by the CTL alone; CallManager starts anew behind that. */
static void renew_lscs(const struct recipe *r)
{
    order_lscs(r);
    if (r->mixed_mode) {
        begin_step(r, "Update the CTL");
        make_ctl(r);
        end_step(r);
    }
    put_reset(r, "they get the lists with the new CAPF, and LSCs of it");
    if (!r->mixed_mode || r->cl->version->ctl_served == CTL_AT_ONCE)
        return;
    begin_step(r, "CallManager takes up the CTL");
    callmanager_follows(r);
    end_step(r);
    wait_for_phones(r);
}

static bool has_ended(const struct recipe *r, uint32_t node, enum own own)
{
    int64_t now_s = r->cl->env->start_s + (int64_t)(lab_now_us(r->lab) / 1000000);
    uint32_t cert = r->cl->nodes[node].disk.own[own];
    return content_get_cert(r->lab->base->content, cert)->not_after_s < now_s;
}

/* CAPF is active on the publisher alone, and that certificate is the one in lists (documented:
 * technote 214231).  Before 14 subscribers have one too, which nobody works with: it is renewed
 * where it is past its time, or preflight would go on to find it. */
static void regenerate_capf(const struct recipe *r)
{
    FOR_EACH_NODE(r->cl, n)
    {
        if (makes_it(r, n, OWN_CAPF) && (n == 0 || has_ended(r, n, OWN_CAPF)))
            regenerate_at(r, n, OWN_CAPF);
    }
}

static void renew_capf(const struct recipe *r)
{
    begin_step(r, "Renew CAPF");
    regenerate_capf(r);
    if ((r->cl->version->restarts & OWN_BIT(OWN_CAPF)) == 0)
        put_restart(r, SERVICE_CAPF);
    restart_lists(r);
    end_step(r);
    if (has_lscs(r) && !r->guide) {
        renew_lscs(r);
    } else {
        update_ctl(r);
        put_reset(r, "the lists with the new CAPF");
    }
}

static void renew_callmanager(const struct recipe *r)
{
    begin_step(r, "Renew CallManager");
    regenerate(r, OWN_CALLMANAGER);
    restart_lists(r);
    end_step(r);
    update_ctl(r);
    put_reset(r, "the ITL with the new CallManager");
    begin_step(r, "Restart what shows the new CallManager certificate");
    if (!r->cl->version->ccm_uses_new)
        restart_in_turn(r, SERVICE_CALLMANAGER);
    if (!r->cl->version->ccm_uses_new)
        put_restart(r, SERVICE_CTIMANAGER);
    put_restart(r, SERVICE_HAPROXY);
    end_step(r);
    wait_for_phones(r);
}

/* Every node in one of two halves, so that a group keeps a server of the other one. */
static void halve(const struct recipe *r, uint8_t half[CLUSTER_PLACES])
{
    memset(half, 0, CLUSTER_PLACES);
    for (uint32_t i = 0; i < r->cl->db.group_count; i++) {
        const struct group *g = &r->cl->db.groups[i];
        for (uint32_t k = 0; k + 1 < g->count; k++) {
            uint8_t *a = &half[g->members[k]], *b = &half[g->members[k + 1]];
            if (*a == 0)
                *a = *b == 1 ? 2 : 1;
            if (*b == 0)
                *b = *a == 1 ? 2 : 1;
        }
    }
    FOR_EACH_NODE(r->cl, n)
    half[n] = half[n] == 0 ? 1 : half[n];
}

/* Whatever list a phone holds, the key that signs the next one is in it. */
static bool one_signer(const struct recipe *r)
{
    const struct version *v = r->cl->version;
    return v->itl_signer == OWN_ITLRECOVERY && (v->publisher_only & OWN_BIT(OWN_ITLRECOVERY)) != 0;
}

static void renew_some_tvs(const struct recipe *r, const uint8_t *half, uint8_t which,
                           const char *name)
{
    uint32_t count = 0;
    FOR_EACH_NODE(r->cl, n)
    count += half[n] == which && makes_it(r, n, OWN_TVS);
    if (count == 0)
        return;
    begin_step(r, name);
    FOR_EACH_NODE(r->cl, n)
    {
        if (half[n] == which && makes_it(r, n, OWN_TVS))
            regenerate_at(r, n, OWN_TVS);
    }
    restart_lists(r);
    end_step(r);
    put_reset(r, "the ITL with the new TVS");
}

/* Where each TFTP node signs with a key of its own, a phone that holds the list of another one
 * needs a TVS that it knows: then one of each group at a time. */
static void renew_tvs(const struct recipe *r)
{
    uint8_t half[CLUSTER_PLACES];
    halve(r, half);
    if (r->guide || one_signer(r)) {
        memset(half, 1, sizeof half);
        renew_some_tvs(r, half, 1, "Renew TVS");
        return;
    }
    renew_some_tvs(r, half, 1, "Renew TVS on one node of each CallManager group");
    renew_some_tvs(r, half, 2, "Renew TVS on the others");
}

/* What signs lists changes: meanwhile the other key that phones know does (documented). */
static void renew_itlrecovery(const struct recipe *r)
{
    bool signs = r->cl->version->itl_signer == OWN_ITLRECOVERY;
    begin_step(r, "Renew ITLRecovery");
    regenerate(r, OWN_ITLRECOVERY);
    if (!signs)
        put_restart(r, SERVICE_TFTP);
    end_step(r);
    if (signs) {
        begin_step(r, "Sign the lists with the CallManager key meanwhile");
        fprintf(r->out, "  %s:%s(\"reset localkey\")\n", r->var, r->mixed_mode ? "ctl" : "itl");
        end_step(r);
    }
    put_reset(r, "lists that the key they know has signed");
    if (!signs)
        return;
    update_ctl(r);
    begin_step(r, "Sign the ITL with the new ITLRecovery");
    put_restart(r, SERVICE_TFTP);
    end_step(r);
    put_reset(r, "lists that the new ITLRecovery has signed");
}

/* Secure phones would be reset before the CTL has the new certificate; phones with an LSC before
 * they have another one; and all of them before a key that they know signs the list. */
bool waits_with_resets(const struct recipe *r, enum own own)
{
    if (!r->cl->version->resets_phones)
        return false;
    return own == OWN_ITLRECOVERY ? r->cl->version->itl_signer == OWN_ITLRECOVERY
           : own == OWN_CAPF      ? has_lscs(r)
                                  : own == OWN_CALLMANAGER && r->mixed_mode;
}

const struct recipe_kind recipe_kinds[RECIPE_KINDS] = {
    { "tomcat", OWN_TOMCAT, renew_tomcat },
    { "capf", OWN_CAPF, renew_capf },
    { "callmanager", OWN_CALLMANAGER, renew_callmanager },
    { "tvs", OWN_TVS, renew_tvs },
    { "itlrecovery", OWN_ITLRECOVERY, renew_itlrecovery }
};
