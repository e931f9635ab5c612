#include "sim/plan/recipe.h"
#include "sim/plan/stand.h"

#include "nodes/backup.h"
#include "nodes/certs.h"
#include "nodes/config.h"
#include "nodes/lists.h"
#include "nodes/services.h"
#include "sim/base/near.h"
#include "sim/base/sys.h"
#include "sim/lab_found.h"
#include "sim/wire/text.h"

#include <string.h>

/* What is being written. */
struct recipe {
    FILE *out;
    const struct lab *lab;
    const struct cluster *cl;
    const struct lab_found_cluster *told; /* NULL: no file says anything of it */
    const char *name; /* that the node `renamed` has by now; NULL: none has another */
    uint32_t renamed;
    bool guide; /* as the guides have it: no waits of ours, no expectations */
    bool mixed_mode;
};

/* ---- small things ---- */

/* Names of nodes and clusters are letters, digits, '-', '.', '_' alone (cluster_check_name()); a
 * node may be called as a verb is. */
static void put_node(const struct recipe *r, uint32_t node)
{
    bool renamed = r->name != NULL && node == r->renamed;
    fprintf(r->out, "hq:node(\"%s\")", renamed ? r->name : r->cl->nodes[node].disk.name);
}

static bool makes_it(const struct recipe *r, uint32_t node, enum own own)
{
    bool publisher_only = (r->cl->version->publisher_only & OWN_BIT(own)) != 0;
    return r->cl->nodes[node].disk.own[own] != 0 && (node == 0 || !publisher_only);
}

static bool has_kind(const struct recipe *r, enum own own)
{
    FOR_EACH_NODE(r->cl, n)
    {
        if (makes_it(r, n, own))
            return true;
    }
    return false;
}

static void restart(const struct recipe *r, enum service s)
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

static void begin(const struct recipe *r, const char *name)
{
    fprintf(r->out, "\nstep(\"%s\", function()\n", name);
}

static void end(const struct recipe *r)
{
    fputs("  settle()\nend)\n", r->out);
}

static void wait_for_phones(const struct recipe *r)
{
    if (!r->guide)
        fputs("expect(all:count { registered = true }, \"as many phones are registered as "
              "before\"):at_least(before)\n",
              r->out);
}

static void reset(struct recipe *r, const char *why)
{
    fprintf(r->out, "\nstep(\"Reset the phones: %s\", function()\n  hq:reset()\n", why);
    end(r);
    wait_for_phones(r);
}

/* One node after the other: the others take its phones meanwhile. */
static void restart_in_turn(const struct recipe *r, enum service s)
{
    if (r->guide) {
        restart(r, s);
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
static void make_ctl(const struct recipe *r)
{
    char token[CLUSTER_NAME];
    if (token_of(r, token))
        fprintf(r->out, "  hq:ctl_client(\"update\", token { name = \"%s\" })\n", token);
    else
        fputs("  hq:ctl(\"update\")\n", r->out);
    if (r->cl->version->ctl_served == CTL_AT_ONCE)
        return;
    fputs("  settle()\n", r->out);
    restart(r, SERVICE_TFTP);
}

/* Before it is served at once CallManager starts anew as well. */
static void callmanager_follows(const struct recipe *r)
{
    if (r->cl->version->ctl_served != CTL_AT_ONCE)
        restart_in_turn(r, SERVICE_CALLMANAGER);
}

/* The new CTL, where the cluster has one. */
static void update_ctl(struct recipe *r)
{
    if (!r->mixed_mode)
        return;
    begin(r, "Update the CTL");
    make_ctl(r);
    callmanager_follows(r);
    end(r);
}

/* ---- renewing a kind of certificate ---- */

static void regenerate_one(const struct recipe *r, enum own own)
{
    FOR_EACH_NODE(r->cl, n)
    {
        if (!makes_it(r, n, own))
            continue;
        fputs("  ", r->out);
        put_node(r, n);
        fprintf(r->out, ":regenerate(\"%s\")\n", own_name(own));
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
    restart(r, SERVICE_TVS);
    fputs("  settle()\n", r->out);
    restart(r, SERVICE_TFTP);
}

static void renew_tomcat(struct recipe *r)
{
    begin(r, "Renew tomcat");
    regenerate(r, OWN_TOMCAT);
    restart(r, SERVICE_TOMCAT);
    end(r);
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
static void order_lscs(struct recipe *r)
{
    begin(r, "Order LSCs of the new CAPF");
    fputs("  phones { cluster = hq, certificate = \"LSC\" }:install_lsc {}\n", r->out);
    end(r);
}

static void phone_interaction(struct recipe *r, bool automatic)
{
    begin(r, automatic ? "Phone Interaction on Certificate Update: automatically again"
                       : "Phone Interaction on Certificate Update: manually");
    fprintf(r->out, "  hq:set(\"phone_interaction\", %s)\n", automatic ? "true" : "false");
    end(r);
}

/* LSCs that the old CAPF issued go with it: phones that have one get theirs at the boot at which
 * they learn of the new one, before they register and have to show it.  One that has no ITL learns
 * of it by the CTL alone; CallManager starts anew behind that. */
static void renew_lscs(struct recipe *r)
{
    order_lscs(r);
    if (r->mixed_mode) {
        begin(r, "Update the CTL");
        make_ctl(r);
        end(r);
    }
    reset(r, "they get the lists with the new CAPF, and LSCs of it");
    if (!r->mixed_mode || r->cl->version->ctl_served == CTL_AT_ONCE)
        return;
    begin(r, "CallManager takes up the CTL");
    callmanager_follows(r);
    end(r);
    wait_for_phones(r);
}

static void renew_capf(struct recipe *r)
{
    bool lscs = has_lscs(r) && !r->guide, manually = lscs && r->cl->version->resets_phones;
    if (manually)
        phone_interaction(r, false);
    begin(r, "Renew CAPF");
    regenerate(r, OWN_CAPF);
    if ((r->cl->version->restarts & OWN_BIT(OWN_CAPF)) == 0)
        restart(r, SERVICE_CAPF);
    restart_lists(r);
    end(r);
    if (lscs) {
        renew_lscs(r);
    } else {
        update_ctl(r);
        reset(r, "the lists with the new CAPF");
    }
    if (manually)
        phone_interaction(r, true);
}

static void renew_callmanager(struct recipe *r)
{
    begin(r, "Renew CallManager");
    regenerate(r, OWN_CALLMANAGER);
    restart_lists(r);
    end(r);
    update_ctl(r);
    reset(r, "the ITL with the new CallManager");
    begin(r, "Restart what shows the new CallManager certificate");
    if (!r->cl->version->ccm_uses_new)
        restart_in_turn(r, SERVICE_CALLMANAGER);
    if (!r->cl->version->ccm_uses_new)
        restart(r, SERVICE_CTIMANAGER);
    restart(r, SERVICE_HAPROXY);
    end(r);
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

static void renew_some_tvs(struct recipe *r, const uint8_t *half, uint8_t which, const char *name)
{
    uint32_t count = 0;
    FOR_EACH_NODE(r->cl, n)
    count += half[n] == which && makes_it(r, n, OWN_TVS);
    if (count == 0)
        return;
    begin(r, name);
    FOR_EACH_NODE(r->cl, n)
    {
        if (half[n] != which || !makes_it(r, n, OWN_TVS))
            continue;
        fputs("  ", r->out);
        put_node(r, n);
        fputs(":regenerate(\"TVS\")\n", r->out);
    }
    restart_lists(r);
    end(r);
    reset(r, "the ITL with the new TVS");
}

/* Where each TFTP node signs with a key of its own, a phone that holds the list of another one
 * needs a TVS that it knows: then one of each group at a time. */
static void renew_tvs(struct recipe *r)
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
static void renew_itlrecovery(struct recipe *r)
{
    bool signs = r->cl->version->itl_signer == OWN_ITLRECOVERY;
    begin(r, "Renew ITLRecovery");
    regenerate(r, OWN_ITLRECOVERY);
    if (!signs)
        restart(r, SERVICE_TFTP);
    end(r);
    if (signs) {
        begin(r, "Sign the lists with the CallManager key meanwhile");
        fputs(r->mixed_mode ? "  hq:ctl(\"reset localkey\")\n" : "  hq:itl(\"reset localkey\")\n",
              r->out);
        end(r);
    }
    reset(r, "lists that the key they know has signed");
    if (!signs)
        return;
    update_ctl(r);
    begin(r, "Sign the ITL with the new ITLRecovery");
    restart(r, SERVICE_TFTP);
    end(r);
    reset(r, "lists that the new ITLRecovery has signed");
}

static const struct {
    const char *name;
    uint8_t own;
    void (*renew)(struct recipe *r);
} kinds[] = { { "tomcat", OWN_TOMCAT, renew_tomcat },
              { "capf", OWN_CAPF, renew_capf },
              { "callmanager", OWN_CALLMANAGER, renew_callmanager },
              { "tvs", OWN_TVS, renew_tvs },
              { "itlrecovery", OWN_ITLRECOVERY, renew_itlrecovery } };

enum { KINDS = sizeof kinds / sizeof *kinds };

/* ---- as things stand ---- */

/* What was renewed before and never came to the phones comes to them first, or two changes lie
 * between two lists that they take.  TFTP before TVS: the TVS that phones know vouches meanwhile.
 */
static void catch_up_itl(struct recipe *r)
{
    if (stand_itls_are_behind(r->lab, r->cl, r->told)) {
        begin(r, "Make the lists of now: those that are served are older than the certificates");
        restart(r, SERVICE_TFTP);
        end(r);
        reset(r, "they take the lists of now");
    } else if (stand_phones_are_behind(r->lab, r->cl)) {
        begin(r, "Reset the phones that hold another list than the one served");
        fputs("  all:where { itl_status = \"Mismatch\" }:reset()\n", r->out);
        end(r);
    }
    if (!stand_is_behind(r->cl, SERVICE_TVS))
        return;
    begin(r, "TVS takes up its certificate of now");
    restart(r, SERVICE_TVS);
    end(r);
}

/* A CTL that has lost the root of its usual signer gets it by the other one (field notice 70613).
 */
static void catch_up_ctl(struct recipe *r)
{
    if (!stand_ctl_lost_root(r->cl, r->told))
        return;
    begin(r, "Sign the CTL with the key that phones know (field notice 70613)");
    fputs("  hq:ctl(\"reset localkey\")\n  settle()\n", r->out);
    restart_in_turn(r, SERVICE_CALLMANAGER);
    restart(r, SERVICE_CTIMANAGER);
    end(r);
    reset(r, "the CTL with the ITLRecovery of now");
    update_ctl(r);
    reset(r, "the CTL that ITLRecovery has signed");
}

static void catch_up(struct recipe *r)
{
    catch_up_itl(r);
    catch_up_ctl(r);
}

/* ---- the frame ---- */

static void head(const struct recipe *r, const char *title, const char *why)
{
    fprintf(r->out,
            "-- %s\n-- why: %s\nlocal hq = cluster \"%s\"\nlocal all = phones { cluster = hq }\n"
            "local before = all:count { registered = true }\n",
            title, why, r->cl->name);
}

static void backup(const struct recipe *r, const char *when)
{
    fprintf(r->out, "\nstep(\"Backup %s\", function()\n  hq:backup()\n", when);
    end(r);
}

/* ---- the changes ---- */

typedef bool write_fn(struct recipe *r, const char *argument, struct err *e);

static bool write_renew(struct recipe *r, const char *argument, struct err *e)
{
    bool all = strcmp(argument, "all") == 0, any = false, known = false;
    char title[200];
    struct near near = near_of(argument);
    snprintf(title, sizeof title, "Renew %s on %s (%s)", all ? "all certificates" : argument,
             r->cl->name, r->cl->asked[0] != '\0' ? r->cl->asked : r->cl->version->name);
    for (int k = 0; k < KINDS; k++) {
        bool is = strcmp(argument, kinds[k].name) == 0;
        known = known || is;
        any = any || (is && has_kind(r, kinds[k].own));
    }
    if (known && !any)
        return err_set(e, "renew:%s: CUCM %s has no such certificate", argument,
                       r->cl->version->name);
    if (!all && !any) {
        char hint[NEAR_ROOM];
        for (int k = 0; k < KINDS; k++)
            near_try(&near, kinds[k].name);
        return err_set(e, "renew:%.60s: all, or a certificate that %s has, is expected%s", argument,
                       r->cl->name, near_text(&near, hint));
    }
    head(r, title,
         "one kind after the other, and phones take the new list before the next one changes: what "
         "signs it and\n--   every TVS never change between two lists that a phone takes.");
    backup(r, "from before");
    catch_up(r);
    bool tvs_first = false;
    for (int k = 0; k < KINDS && stand_tvs_has_ended(r->lab, r->cl); k++) {
        bool is = all || strcmp(argument, kinds[k].name) == 0;
        tvs_first = tvs_first || (is && kinds[k].own == r->cl->version->itl_signer);
    }
    /* What signs lists is renewed: phones need a TVS that they ask. */
    if (tvs_first)
        renew_tvs(r);
    for (int k = 0; k < KINDS; k++) {
        if ((all || strcmp(argument, kinds[k].name) == 0) && has_kind(r, kinds[k].own) &&
            !(tvs_first && kinds[k].own == OWN_TVS))
            kinds[k].renew(r);
    }
    backup(r, "from behind: an older one holds keys that phones know no more");
    return true;
}

/* "NODE" or "NODE=VALUE" */
static bool find_node(const struct recipe *r, const char *argument, uint32_t *node, struct err *e)
{
    char name[CLUSTER_NAME];
    snprintf(name, sizeof name, "%.*s", (int)strcspn(argument, "="), argument);
    if (cluster_node(r->cl, name, node))
        return true;
    struct near near = near_of(name);
    char hint[NEAR_ROOM];
    FOR_EACH_NODE(r->cl, n)
    near_try(&near, r->cl->nodes[n].disk.name);
    return err_set(e, "%s has no node \"%.60s\"%s", r->cl->name, name, near_text(&near, hint));
}

/* Phones hold an empty list meanwhile and take any (documented: the preparation of a single node).
 */
static void set_rollback(struct recipe *r, bool on)
{
    begin(r, on ? "Empty lists: Prepare Cluster for Rollback to pre 8.0 is True"
                : "Lists again: Prepare Cluster for Rollback to pre 8.0 is False");
    fprintf(r->out, "  hq:set(\"rollback\", %s)\n", on ? "true" : "false");
    if (!r->cl->version->rollback_by_itself) {
        restart(r, SERVICE_TVS);
        fputs("  settle()\n", r->out);
        restart(r, SERVICE_TFTP);
    }
    end(r);
    reset(r, on ? "they take the empty list" : "they take the new list");
}

/* Some phones have no TVS but that of this node. */
static bool stands_alone(const struct recipe *r, uint32_t node)
{
    bool alone = cluster_nodes(r->cl) == 1;
    for (uint32_t i = 0; i < r->cl->db.group_count; i++) {
        const struct group *g = &r->cl->db.groups[i];
        alone = alone || (g->count == 1 && g->members[0] == node);
    }
    return alone;
}

/* Every ITL has the TVS of the node: the node itself has made its own when it booted. */
static void make_itls(const struct recipe *r, uint32_t but)
{
    bool others = false;
    FOR_EACH_NODE(r->cl, n)
    others = others || (n != but && services_is_activated(r->cl, n, SERVICE_TFTP));
    if (r->cl->version->itl_rebuilds || !others)
        return;
    begin(r, "The other nodes make their lists anew");
    FOR_EACH_NODE(r->cl, n)
    {
        if (n == but || !services_is_activated(r->cl, n, SERVICE_TFTP))
            continue;
        fputs("  ", r->out);
        put_node(r, n);
        fprintf(r->out, ":restart(\"%s\")\n", service_name(SERVICE_TFTP));
    }
    end(r);
}

static bool write_rename(struct recipe *r, const char *argument, struct err *e)
{
    const char *new = strchr(argument, '=');
    char title[200];
    uint32_t node;
    if (new == NULL || new[1] == '\0')
        return err_set(e, "rename:%.60s: NODE=NEW is expected", argument);
    if (!find_node(r, argument, &node, e) || !cluster_check_name(new + 1, "node", e))
        return false;
    bool alone = stands_alone(r, node) && !r->mixed_mode;
    snprintf(title, sizeof title, "Rename %s to %.60s", r->cl->nodes[node].disk.name, new + 1);
    head(r, title,
         alone ? "phones that ask this node alone must hold an empty list while its certificates "
                 "change."
               : "one node at a time: the TVS of the others vouches for the new certificates.");
    backup(r, "from before");
    catch_up(r);
    if (alone)
        set_rollback(r, true);
    fprintf(r->out, "\nstep(\"set network hostname %s\", function()\n  ", new + 1);
    put_node(r, node);
    fprintf(r->out, ":hostname(\"%s\")\n", new + 1);
    end(r);
    r->renamed = node;
    r->name = new + 1;
    update_ctl(r);
    if (alone) {
        set_rollback(r, false);
    } else {
        make_itls(r, node);
        reset(r, "the lists with the new certificates");
    }
    backup(r, "from behind: one of the old name cannot be restored");
    return true;
}

static bool write_restore(struct recipe *r, const char *argument, struct err *e)
{
    char title[200];
    uint32_t node;
    if (!find_node(r, argument, &node, e))
        return false;
    snprintf(title, sizeof title, "Restore %s from the newest backup",
             r->cl->nodes[node].disk.name);
    if (r->cl->backup == NULL && r->told != NULL && r->told->backup != LAB_UNTOLD)
        return err_set(e, "restore:%.60s: %s has no backup that can be restored", argument,
                       r->cl->name);
    head(r, title, "what phones hold must still know the certificates of the backup.");
    if (r->cl->backup == NULL) {
        begin(r, "No file says when the last backup was made: as if it had been just now");
        fputs("  hq:backup()\n", r->out);
        end(r);
    }
    begin(r, "Restore");
    fputs("  ", r->out);
    put_node(r, node);
    fputs(":restore()\n", r->out);
    end(r);
    begin(r, "Restart TVS and TFTP");
    restart(r, SERVICE_TVS);
    fputs("  settle()\n", r->out);
    restart(r, SERVICE_TFTP);
    end(r);
    update_ctl(r);
    reset(r, "the lists of the restored node");
    return true;
}

static const struct cluster *other_cluster(const struct recipe *r, const char *name, struct err *e)
{
    for (uint32_t c = 0; c < r->lab->state.cluster_count; c++) {
        const struct cluster *cl = &r->lab->state.clusters[c];
        if (cl != r->cl && strcmp(cl->name, name) == 0)
            return cl;
    }
    err_set(e,
            "move:%.60s: the name of another cluster of the file is expected (cluster.lua has to "
            "build both)",
            name);
    return NULL;
}

static bool write_move(struct recipe *r, const char *argument, struct err *e)
{
    const struct cluster *to = other_cluster(r, argument, e);
    char title[200], pair[2 * CLUSTER_NAME + 40] = "";
    uint32_t count = 0;
    if (to == NULL)
        return false;
    snprintf(title, sizeof title, "Move all phones of %s to %s", r->cl->name, to->name);
    head(r, title, "certificates are exchanged first: the old TVS vouches for the new cluster.");
    fprintf(r->out, "local new = cluster \"%s\"\n", to->name);
    backup(r, "from before");
    fputs("\nstep(\"Exchange certificates\", function()\n"
          "  for _, one in ipairs { hq, new } do\n"
          "    one:bulk(\"sftp\", \"sftp.example.com:/certificates\")\n"
          "    one:bulk(\"export\", \"all\")\n  end\n  hq:bulk(\"consolidate\", \"all\")\n"
          "  hq:bulk(\"import\", \"all\")\n  new:bulk(\"import\", \"all\")\n",
          r->out);
    restart(r, SERVICE_TVS);
    end(r);
    fputs("\nstep(\"Insert the phones into the new cluster\", function()\n"
          "  all:insert { cluster = new }\n",
          r->out);
    end(r);
    FOR_EACH_NODE(to, n)
    {
        if (services_is_activated(to, n, SERVICE_TFTP) && count++ < 2)
            snprintf(pair + strlen(pair), sizeof pair - strlen(pair), "%snew[\"%s\"]",
                     count == 1 ? "" : ", ", to->nodes[n].disk.name);
    }
    fprintf(r->out,
            "\nstep(\"DHCP option 150 to the new cluster, reset\", function()\n"
            "  all:move { tftp = { %s } }\n  all:reset()\n",
            pair);
    end(r);
    wait_for_phones(r);
    return true;
}

const struct recipe_row recipe_rows[] = {
    { "renew", "all|callmanager|tvs|tomcat|capf|itlrecovery",
      "certificates, one kind after the other, and phones follow before the next" },
    { "rename", "NODE=NEW", "a node gets another hostname" },
    { "restore", "NODE", "a node from the newest backup" },
    { "move", "CLUSTER", "all phones of the first cluster to another one of the file" },
};
static write_fn *const writers[] = { write_renew, write_rename, write_restore, write_move };
const uint32_t recipe_count = sizeof recipe_rows / sizeof *recipe_rows;

static struct recipe recipe_of(const struct lab *lab, uint32_t cluster, struct sys_text *text)
{
    const struct lab_found_cluster *found = lab_found_cluster(lab, cluster);
    const struct cluster *cl = &lab->state.clusters[cluster];
    return (struct recipe){ .out = sys_text_open(text),
                            .lab = lab,
                            .cl = cl,
                            .mixed_mode = cl->db.mixed_mode ||
                                          (found != NULL && found->mixed_mode == LAB_YES) };
}

static struct view keep(struct recipe *r, struct sys_text *text, struct arena *a)
{
    fclose(r->out);
    struct view v = arena_copy(a, view_of(text->p, text->n));
    sys_text_free(text);
    return v;
}

bool recipe_write(const struct lab *lab, const char *change, struct arena *a, struct view *text,
                  struct err *e)
{
    const char *colon = strchr(change, ':');
    struct sys_text buffer;
    char names[200] = "";
    if (lab->state.cluster_count == 0)
        return err_set(e, "--change %.60s: the file builds no cluster", change);
    for (uint32_t i = 0; i < recipe_count; i++) {
        const struct recipe_row *row = &recipe_rows[i];
        size_t n = strlen(row->name);
        snprintf(names + strlen(names), sizeof names - strlen(names), "%s%s:%s", i == 0 ? "" : ", ",
                 row->name, row->argument);
        if (colon == NULL || strncmp(change, row->name, n) != 0 || change + n != colon)
            continue;
        struct recipe r = recipe_of(lab, 0, &buffer);
        bool good = writers[i](&r, colon + 1, e);
        *text = keep(&r, &buffer, a);
        return good || err_prefix(e, "--change");
    }
    return err_set(e, "--change %.60s: one of %s is expected", change, names);
}

/* ---- the guides ---- */

/* The order of each: kinds that it names, the others before them as they stand in the table. */
static const struct guide {
    const char *title;
    bool (*is_of)(const struct version *v);
    uint8_t order[KINDS]; /* enum own */
} guides[] = {
    /* Security Guide 14 and 15, Certificates: TVS, wait for all phones, CallManager last. */
    { "the order of the Security Guide of 14 and 15: TVS first, CallManager last",
      NULL,
      { OWN_TOMCAT, OWN_CAPF, OWN_TVS, OWN_CALLMANAGER, OWN_ITLRECOVERY } },
    /* Technote 214231: TVS behind CallManager. */
    { "the order of technote 214231: CallManager, then TVS",
      NULL,
      { OWN_TOMCAT, OWN_CAPF, OWN_CALLMANAGER, OWN_TVS, OWN_ITLRECOVERY } },
};

struct view recipe_guide(const struct lab *lab, uint32_t cluster, uint32_t own, struct arena *a,
                         const char **title)
{
    struct sys_text buffer;
    const struct guide *g = &guides[lab->state.clusters[cluster].version->itl_rebuilds ? 0 : 1];
    struct recipe r = recipe_of(lab, cluster, &buffer);
    bool any = false;
    r.guide = true;
    head(&r, g->title, "what the guides say, run here.");
    for (int i = 0; i < KINDS; i++) {
        for (int k = 0; k < KINDS; k++) {
            if (kinds[k].own != g->order[i] || (own & OWN_BIT(kinds[k].own)) == 0 ||
                !has_kind(&r, kinds[k].own))
                continue;
            kinds[k].renew(&r);
            any = true;
        }
    }
    struct view text = keep(&r, &buffer, a);
    *title = g->title;
    return any ? text : (struct view){ 0 };
}
