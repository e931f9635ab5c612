#include "sim/plan/recipe.h"

#include "nodes/backup.h"
#include "nodes/services.h"
#include "sim/base/near.h"
#include "sim/base/sys.h"
#include "sim/plan/recipe_put.h"
#include "sim/plan/stand.h"
#include "sim/wire/text.h"

#include <string.h>

/* ---- the changes ---- */

typedef bool write_fn(struct recipe *r, const char *argument, struct err *e);

static struct recipe recipe_of(struct lab *lab, uint32_t cluster, FILE *out)
{
    const struct lab_found_cluster *found = lab_found_cluster(lab, cluster);
    const struct cluster *cl = &lab->state.clusters[cluster];
    return (struct recipe){ .out = out,
                            .lab = lab,
                            .cl = cl,
                            .var = "hq",
                            .all = "all",
                            .before = "before",
                            .on = "",
                            .found = found,
                            .mixed_mode = cl->db.mixed_mode ||
                                          (found != NULL && found->mixed_mode == LAB_YES) };
}

/* One of `recipe_kinds` that this cluster has, or all. */
static bool find_kind(const struct recipe *r, const char *argument, struct err *e)
{
    struct near near = near_of(argument);
    char hint[NEAR_ROOM];
    if (strcmp(argument, "all") == 0)
        return true;
    for (int k = 0; k < RECIPE_KINDS; k++) {
        if (strcmp(argument, recipe_kinds[k].name) == 0)
            return has_kind(r, recipe_kinds[k].own) ||
                   err_set(e, "renew:%s: CUCM %s has no such certificate", argument,
                           r->cl->version->name);
        near_try(&near, recipe_kinds[k].name);
    }
    return err_set(e, "renew:%.60s: all, or a certificate that %s has, is expected%s", argument,
                   r->cl->name, near_text(&near, hint));
}

/* Those that lists are signed by, or that vouch for who signs them. */
static bool leans_on_recovery(enum own own)
{
    return own == OWN_CALLMANAGER || own == OWN_TVS || own == OWN_ITLRECOVERY;
}

/* Kinds one after the other, and how phones are reset meanwhile. */
struct renewing {
    const struct recipe *r;
    bool manually; /* Phone Interaction on Certificate Update */
};

static void phone_interaction(struct renewing *w, bool manually)
{
    if (w->manually == manually)
        return;
    begin_step(w->r, manually ? "Phone Interaction on Certificate Update: manually"
                              : "Phone Interaction on Certificate Update: automatically again");
    fprintf(w->r->out, "  %s:set(\"phone_interaction\", %s)\n", w->r->var,
            manually ? "false" : "true");
    end_step(w->r);
    w->manually = manually;
}

/* tomcat is in no list, so that nothing is reset behind it. */
static void renew_one(struct renewing *w, const struct recipe_kind *kind)
{
    enum own own = (enum own)kind->own;
    if (own != OWN_TOMCAT)
        phone_interaction(w, waits_with_resets(w->r, own));
    kind->renew(w->r);
}

static const struct recipe_kind *kind_of(enum own own)
{
    const struct recipe_kind *k = recipe_kinds;
    while (k->own != own)
        k++;
    return k;
}

static bool is_wanted(const struct recipe *r, const char *argument, const struct recipe_kind *kind)
{
    return (strcmp(argument, "all") == 0 || strcmp(argument, kind->name) == 0) &&
           has_kind(r, (enum own)kind->own);
}

static bool write_renew(struct recipe *r, const char *argument, struct err *e)
{
    const struct recipe_kind *spare = NULL; /* ITLRecovery where the others lean on a small one */
    const struct recipe_kind *tvs = NULL; /* where what signs lists is renewed, and TVS has ended */
    struct renewing w = { .r = r };
    char title[200];
    if (!find_kind(r, argument, e))
        return false;
    snprintf(title, sizeof title, "Renew %s on %s (%s)",
             strcmp(argument, "all") == 0 ? "all certificates" : argument, r->cl->name,
             r->cl->asked[0] != '\0' ? r->cl->asked : r->cl->version->name);
    put_head(
        r, title,
        "one kind after the other, and phones take the new list before the next one changes: "
        "what signs it and\n--   every TVS never change between two lists that a phone takes.");
    mend_first(r, NULL);
    put_backup(r, "from before");
    for (int k = 0; k < RECIPE_KINDS; k++) {
        enum own own = (enum own)recipe_kinds[k].own;
        if (!is_wanted(r, argument, &recipe_kinds[k]))
            continue;
        if (leans_on_recovery(own) && recovery_is_small(r))
            spare = kind_of(OWN_ITLRECOVERY);
        if (own == r->cl->version->itl_signer && stand_tvs_has_ended(r->lab, r->cl))
            tvs = kind_of(OWN_TVS);
    }
    if (tvs != NULL)
        renew_one(&w, tvs);
    if (spare != NULL)
        renew_one(&w, spare);
    for (int k = 0; k < RECIPE_KINDS; k++) {
        const struct recipe_kind *kind = &recipe_kinds[k];
        if (is_wanted(r, argument, kind) && kind != spare && kind != tvs)
            renew_one(&w, kind);
    }
    phone_interaction(&w, false);
    put_backup(r, "from behind: an older one holds keys that phones know no more");
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
    begin_step(r, on ? "Empty lists: Prepare Cluster for Rollback to pre 8.0 is True"
                     : "Lists again: Prepare Cluster for Rollback to pre 8.0 is False");
    fprintf(r->out, "  %s:set(\"rollback\", %s)\n", r->var, on ? "true" : "false");
    if (!r->cl->version->rollback_by_itself) {
        put_restart(r, SERVICE_TVS);
        fputs("  settle()\n", r->out);
        put_restart(r, SERVICE_TFTP);
    }
    end_step(r);
    put_reset(r, on ? "they take the empty list" : "they take the new list");
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
    begin_step(r, "The other nodes make their lists anew");
    FOR_EACH_NODE(r->cl, n)
    {
        if (n == but || !services_is_activated(r->cl, n, SERVICE_TFTP))
            continue;
        fputs("  ", r->out);
        put_node(r, n);
        fprintf(r->out, ":restart(\"%s\")\n", service_name(SERVICE_TFTP));
    }
    end_step(r);
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
    put_head(r, title,
             alone
                 ? "phones that ask this node alone must hold an empty list while its certificates "
                   "change."
                 : "one node at a time: the TVS of the others vouches for the new certificates.");
    mend_first(r, alone ? "rollback" : NULL);
    put_backup(r, "from before");
    if (alone)
        set_rollback(r, true);
    fprintf(r->out, "\nstep(\"set network hostname %s\", function()\n  ", new + 1);
    put_node(r, node);
    fprintf(r->out, ":hostname(\"%s\")\n", new + 1);
    end_step(r);
    r->renamed = node;
    r->name = new + 1;
    update_ctl(r);
    if (alone) {
        set_rollback(r, false);
    } else {
        make_itls(r, node);
        put_reset(r, "the lists with the new certificates");
    }
    put_backup(r, "from behind: one of the old name cannot be restored");
    return true;
}

/* Of a cluster that was found a backup is never made up. */
static bool has_backup(const struct recipe *r, const char *node, struct err *e)
{
    if (r->cl->backup != NULL || r->found == NULL)
        return true;
    if (r->found->backup == LAB_UNTOLD)
        return err_set(e,
                       "restore:%.60s: cannot know: no file says when the last backup succeeded; "
                       "collect `utils disaster_recovery history backup` of the publisher, or "
                       "write backup = \"2026-01-31 02:00\" into the found {} of cluster.lua",
                       node);
    return err_set(e, "restore:%.60s: %s", node,
                   r->found->backup == LAB_NO
                       ? "there is no backup (backup = \"none\" in cluster.lua)"
                       : "the backup cannot be restored (backup_restores = false in cluster.lua)");
}

static bool write_restore(struct recipe *r, const char *argument, struct err *e)
{
    char title[200];
    uint32_t node;
    if (!find_node(r, argument, &node, e) || !has_backup(r, argument, e))
        return false;
    snprintf(title, sizeof title, "Restore %s from the newest backup",
             r->cl->nodes[node].disk.name);
    put_head(r, title, "what phones hold must still know the certificates of the backup.");
    mend_first(r, NULL);
    if (r->cl->backup == NULL)
        put_backup(r, "that this restore is from: none is known here");
    begin_step(r, "Restore");
    fputs("  ", r->out);
    put_node(r, node);
    fputs(":restore()\n", r->out);
    end_step(r);
    if (node == 0 && r->cl->db.params[PARAM_ROLLBACK] != 0) /* the backup's is that of then */
        lists_again(r, "");
    begin_step(r, "Restart TVS and TFTP");
    put_restart(r, SERVICE_TVS);
    put_settle(r);
    put_restart(r, SERVICE_TFTP);
    end_step(r);
    update_ctl(r);
    put_reset(r, "the lists of the restored node");
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
    char title[200], pair[2 * CLUSTER_NAME + 60] = "";
    uint32_t count = 0;
    if (to == NULL)
        return false;
    snprintf(title, sizeof title, "Move all phones of %s to %s", r->cl->name, to->name);
    put_head(r, title,
             "certificates are exchanged first: the old TVS vouches for the new cluster.");
    struct recipe other = recipe_of(r->lab, (uint32_t)(to - r->lab->state.clusters), r->out);
    char on[CLUSTER_NAME + 8];
    snprintf(on, sizeof on, " on %s", to->name);
    other.var = "new";
    other.all = "theirs";
    other.before = "theirs_before";
    other.on = on;
    put_locals(&other);
    mend_first(r, NULL);
    mend_first(&other, NULL);
    put_backup(r, "from before");
    fputs("\nstep(\"Exchange certificates\", function()\n"
          "  for _, one in ipairs { hq, new } do\n"
          "    one:bulk(\"sftp\", \"sftp.example.com:/certificates\")\n"
          "    one:bulk(\"export\", \"all\")\n  end\n  hq:bulk(\"consolidate\", \"all\")\n"
          "  hq:bulk(\"import\", \"all\")\n  new:bulk(\"import\", \"all\")\n",
          r->out);
    put_restart(r, SERVICE_TVS);
    end_step(r);
    fputs("\nstep(\"Insert the phones into the new cluster\", function()\n"
          "  all:insert { cluster = new }\n",
          r->out);
    end_step(r);
    FOR_EACH_NODE(to, n)
    {
        if (services_is_activated(to, n, SERVICE_TFTP) && count++ < 2)
            snprintf(pair + strlen(pair), sizeof pair - strlen(pair), "%snew:node(\"%s\")",
                     count == 1 ? "" : ", ", to->nodes[n].disk.name);
    }
    fprintf(r->out,
            "\nstep(\"DHCP option 150 to the new cluster, reset\", function()\n"
            "  all:move { tftp = { %s } }\n  all:reset()\n",
            pair);
    end_step(r);
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

static struct view keep(struct recipe *r, struct sys_text *text, struct arena *a)
{
    fclose(r->out);
    struct view v = arena_copy(a, view_of(text->p, text->n));
    sys_text_free(text);
    return v;
}

bool recipe_write(struct lab *lab, const char *change, struct arena *a, struct view *text,
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
        struct recipe r = recipe_of(lab, 0, sys_text_open(&buffer));
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
    uint8_t order[RECIPE_KINDS]; /* enum own */
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

struct view recipe_guide(struct lab *lab, uint32_t cluster, uint32_t own, struct arena *a,
                         const char **title)
{
    struct sys_text buffer;
    const struct guide *g = &guides[lab->state.clusters[cluster].version->itl_rebuilds ? 0 : 1];
    struct recipe r = recipe_of(lab, cluster, sys_text_open(&buffer));
    bool any = false;
    r.guide = true;
    put_head(&r, g->title, "what the guides say, run here.");
    for (int i = 0; i < RECIPE_KINDS; i++) {
        for (int k = 0; k < RECIPE_KINDS; k++) {
            if (recipe_kinds[k].own != g->order[i] || (own & OWN_BIT(recipe_kinds[k].own)) == 0 ||
                !has_kind(&r, recipe_kinds[k].own))
                continue;
            recipe_kinds[k].renew(&r);
            any = true;
        }
    }
    struct view text = keep(&r, &buffer, a);
    *title = g->title;
    return any ? text : (struct view){ 0 };
}
