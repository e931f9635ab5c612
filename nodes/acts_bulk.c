/* Acts of Bulk Certificate Management: clusters export their certificates to one directory of an
 * SFTP server, one of them makes one file of it, all import that. */
#include "nodes/acts_impl.h"

#include "nodes/certs.h"

static struct sftp *server(const struct cluster *cl)
{
    return cl->env->sftp;
}

static enum bulk_unit unit_of(const struct act *a)
{
    return (enum bulk_unit)a->arg[0];
}

/* Both clusters 8.0 or later (215539, inferred). */
static bool has_bulk(const struct cluster *cl, struct err *e)
{
    return cl->version->sbd ||
           err_set(e, "%s: version %s has no Bulk Certificate Management (it is there from 8.0)",
                   cl->name, cl->version->name);
}

static bool has_directory(const struct cluster *cl, struct err *e)
{
    return (server(cl) != NULL && cl->db.bulk_directory != 0) ||
           err_set(e, "%s: no SFTP server is configured for Bulk Certificate Management", cl->name);
}

static const char *directory_name(const struct cluster *cl)
{
    return content_get_str(cl->env->content, cl->db.bulk_directory);
}

/* ---- set cert bulk sftp ---- */

static bool can_sftp(const struct cluster *cl, const struct act *a, uint64_t now_us, struct err *e)
{
    (void)a, (void)now_us;
    return has_bulk(cl, e);
}

static void bulk_sftp(struct cluster *cl, const struct act *a, uint64_t now_us)
{
    (void)now_us;
    cl->db.bulk_directory = (uint32_t)a->arg[0];
}

/* ---- export ---- */

static bool is_exported(const struct cluster *cl, enum own own)
{
    uint8_t bulk = own_kinds[own].bulk;
    return bulk != BULK_ALL &&
           (bulk != BULK_ITLRECOVERY || cl->db.params[PARAM_BULK_ITLRECOVERY] != 0);
}

static bool can_export(const struct cluster *cl, const struct act *a, uint64_t now_us,
                       struct err *e)
{
    bool any = false;
    (void)now_us;
    for (int own = 0; own < OWNS; own++) {
        struct sftp_cert k = { .directory = cl->db.bulk_directory, .own = (uint8_t)own };
        any = any || (sftp_belongs(&k, k.directory, unit_of(a)) && is_exported(cl, (enum own)own) &&
                      cl->version->key[own] != KEY_NONE);
    }
    return has_directory(cl, e) &&
           (any || err_set(e, "%s: version %s exports no %s certificates", cl->name,
                           cl->version->name, bulk_unit_name(unit_of(a))));
}

/* Those that nodes share lie there once. */
static bool is_put(const struct sftp *s, const struct sftp_cert *k)
{
    for (uint32_t i = 0; i < s->count; i++) {
        const struct sftp_cert *there = &s->certs[i];
        if (there->cert == k->cert && there->directory == k->directory &&
            there->cluster == k->cluster && !there->consolidated)
            return true;
    }
    return false;
}

static void bulk_export(struct cluster *cl, const struct act *a, uint64_t now_us)
{
    (void)now_us;
    sftp_begin_export(server(cl), cl->db.bulk_directory, unit_of(a), cl->number);
    FOR_EACH_NODE(cl, n)
    {
        for (int own = 0; own < OWNS; own++) {
            struct sftp_cert k = { .directory = cl->db.bulk_directory,
                                   .cert = cl->nodes[n].disk.own[own],
                                   .cluster = cl->number,
                                   .own = (uint8_t)own,
                                   .old_format = cl->version->old_bulk,
                                   .fresh = true };
            if (k.cert != 0 && is_exported(cl, (enum own)own) &&
                sftp_belongs(&k, k.directory, unit_of(a)) && !is_put(server(cl), &k))
                sftp_put(cl->env->mem, server(cl), &k);
        }
    }
}

/* ---- consolidate ---- */

static bool can_consolidate(const struct cluster *cl, const struct act *a, uint64_t now_us,
                            struct err *e)
{
    (void)now_us;
    if (!has_directory(cl, e))
        return false;
    uint32_t n = sftp_exporters(server(cl), cl->db.bulk_directory, unit_of(a));
    if (n < 2)
        return err_set(
            e, "%s: %s holds what %s exported, there is nothing to consolidate (two are needed)",
            cl->name, directory_name(cl), n == 0 ? "no cluster" : "one cluster");
    return sftp_is_fresh(server(cl), cl->db.bulk_directory, unit_of(a)) ||
           err_set(e, "%s: what lies in %s has been consolidated already", cl->name,
                   directory_name(cl));
}

static void bulk_consolidate(struct cluster *cl, const struct act *a, uint64_t now_us)
{
    (void)now_us;
    sftp_consolidate(cl->env->mem, server(cl), cl->db.bulk_directory, unit_of(a));
}

/* ---- import ---- */

/* The i-th certificate of the consolidated file that another cluster exported; NULL past them. */
static const struct sftp_cert *next_of_others(const struct cluster *cl, enum bulk_unit unit,
                                              uint32_t *i)
{
    const struct sftp *s = server(cl);
    for (; *i < s->count; (*i)++) {
        const struct sftp_cert *k = &s->certs[*i];
        if (k->consolidated && k->cluster != cl->number &&
            sftp_belongs(k, cl->db.bulk_directory, unit))
            return &s->certs[(*i)++];
    }
    return NULL;
}

static uint32_t stores_of(const struct cluster *cl, const struct sftp_cert *k)
{
    bool capf = k->own == OWN_CAPF && cl->db.params[PARAM_BULK_CAPF_TRUST] != 0;
    return own_kinds[k->own].imported_to | (capf ? STORE_BIT(STORE_CAPF_TRUST) : 0);
}

/* Defect CSCuy43181: one file of two formats. */
static bool is_mixed(const struct cluster *cl, enum bulk_unit unit)
{
    bool format[2] = { false, false };
    const struct sftp *s = server(cl);
    for (uint32_t i = 0; i < s->count; i++) {
        const struct sftp_cert *k = &s->certs[i];
        if (k->consolidated && sftp_belongs(k, cl->db.bulk_directory, unit))
            format[k->old_format] = true;
    }
    return format[0] && format[1];
}

static bool can_import(const struct cluster *cl, const struct act *a, uint64_t now_us,
                       struct err *e)
{
    uint32_t i = 0, n = 0;
    const struct sftp_cert *k;
    (void)now_us;
    if (!has_directory(cl, e))
        return false;
    if (cl->db.params[PARAM_CSCUY43181] != 0 && is_mixed(cl, unit_of(a)))
        return err_set(e,
                       "%s: the consolidated file is not imported (CSCuy43181): it holds what "
                       "8.x or 9.x and what a later version exported",
                       cl->name);
    while ((k = next_of_others(cl, unit_of(a), &i)) != NULL) {
        n++;
        for (int store = STORE_OWN + 1; store < STORES; store++) {
            if ((stores_of(cl, k) & STORE_BIT(store)) != 0 &&
                !acts_can_trust(cl, (enum store)store, k->cert, 0, e))
                return false;
        }
    }
    return n > 0 || err_set(e,
                            "%s: %s holds no consolidated file with %s certificates of another "
                            "cluster",
                            cl->name, directory_name(cl),
                            unit_of(a) == BULK_ALL ? "any" : bulk_unit_name(unit_of(a)));
}

/* Into the publisher's trust stores; the database replicates them.  What lies there already, or is
 * over, is passed over (assumed). */
static void bulk_import(struct cluster *cl, const struct act *a, uint64_t now_us)
{
    uint32_t i = 0;
    const struct sftp_cert *k;
    while ((k = next_of_others(cl, unit_of(a), &i)) != NULL) {
        for (int store = STORE_OWN + 1; store < STORES; store++) {
            if ((stores_of(cl, k) & STORE_BIT(store)) != 0)
                acts_trust(cl, (enum store)store, 0, k->cert, now_us);
        }
    }
}

/* ---- as a remedy ---- */

/* The whole of it, in the directory that either of them has. */
static enum act_step exchange(const struct cluster *cl, const struct cluster *peer, uint32_t i,
                              uint64_t now_us, struct act *act)
{
    static const struct {
        uint8_t kind, where; /* enum act_step */
    } steps[] = { { DO_BULK_SFTP, STEP_HERE },        { DO_BULK_SFTP, STEP_AT_PEER },
                  { DO_BULK_EXPORT, STEP_HERE },      { DO_BULK_EXPORT, STEP_AT_PEER },
                  { DO_BULK_CONSOLIDATE, STEP_HERE }, { DO_BULK_IMPORT, STEP_AT_PEER },
                  { DO_BULK_IMPORT, STEP_HERE } };
    (void)now_us;
    if (i >= sizeof steps / sizeof steps[0])
        return STEP_END;
    *act = (struct act){ .kind = steps[i].kind };
    if (act->kind != DO_BULK_SFTP)
        return (enum act_step)steps[i].where;
    uint32_t directory =
        cl->db.bulk_directory != 0 ? cl->db.bulk_directory : peer->db.bulk_directory;
    const struct cluster *at = steps[i].where == STEP_HERE ? cl : peer;
    act->arg[0] = directory != 0 ? directory : content_str(cl->env->content, SFTP_DIRECTORY);
    return at->db.bulk_directory == act->arg[0] ? STEP_NOTHING : (enum act_step)steps[i].where;
}

static uint32_t behind_import(const struct cluster *cl, const struct act *a)
{
    (void)cl, (void)a;
    return SERVICE_BIT(SERVICE_TVS);
}

const struct act_row act_row_bulk_sftp = {
    .name = "bulk sftp",
    .words = "Bulk Certificate Management: SFTP server and directory; set cert bulk sftp",
    .scope = ON_CLUSTER,
    .args = { { ARG_TEXT, "directory" } },
    .touches = TOUCHES_CERTIFICATES,
    .run = bulk_sftp,
    .can = can_sftp,
    .doc = "The SFTP server and directory that the cluster exports to and imports from. Clusters "
           "that say the same meet there.",
    .remedy = { .never = "a step of the exchange that `bulk import` stands for" }
};

const struct act_row act_row_bulk_export = {
    .name = "bulk export",
    .words = "Bulk Certificate Management: Export; set cert bulk export",
    .scope = ON_CLUSTER,
    .args = { { ARG_BULK, "unit" } },
    .touches = TOUCHES_CERTIFICATES,
    .run = bulk_export,
    .can = can_export,
    .doc = "Exports the certificates of all nodes to the SFTP directory, in place of what the "
           "cluster exported there before: tomcat, CallManager (the unit `tftp`), CAPF, and from "
           "10.0 on ITLRecovery (parameter \"bulk_itlrecovery\").",
    .remedy = { .never = "a step of the exchange that `bulk import` stands for" }
};

const struct act_row act_row_bulk_consolidate = {
    .name = "bulk consolidate",
    .words = "Bulk Certificate Management: Consolidate; set cert bulk consolidate",
    .scope = ON_CLUSTER,
    .args = { { ARG_BULK, "unit" } },
    .touches = TOUCHES_CERTIFICATES,
    .run = bulk_consolidate,
    .can = can_consolidate,
    .doc = "Makes one file of all that clusters exported to the directory: once, on one of them, "
           "when two at least have exported, and again when one has exported anew.",
    .remedy = { .never = "a step of the exchange that `bulk import` stands for" }
};

const struct act_row act_row_bulk_import = {
    .name = "bulk import",
    .words = "Bulk Certificate Management: Import; set cert bulk import",
    .scope = ON_CLUSTER,
    .args = { { ARG_BULK, "unit" } },
    .touches = TOUCHES_CERTIFICATES,
    .run = bulk_import,
    .can = can_import,
    .doc = "Imports the consolidated file: of the other clusters tomcat certificates into "
           "tomcat-trust, CallManager and ITLRecovery into Phone-SAST-trust and CallManager-trust, "
           "CAPF into CallManager-trust (and CAPF-trust: parameter \"bulk_capf_to_capf_trust\"). "
           "All or nothing, by the rules of `upload`.",
    .remedy = { .narrow = 7,
                .needs = NEEDS_PEER,
                .name = "bulk-exchange",
                .title = "bulk exchange",
                .how = "import on {cluster}",
                .everything = "exchange certificates between {cluster} and {peer} (Bulk "
                              "Certificate Management: export on both, consolidate on one, import "
                              "on both)",
                .exchange = exchange,
                .then = behind_import }
};
