/* What the words of a way say, done to a lab: acts, time, resets.  Nothing of sim/predict is asked
 * what an act means. */
#ifndef CUCMLAB_TESTS_FOR_REAL_H
#define CUCMLAB_TESTS_FOR_REAL_H

#include "nodes/certs.h"
#include "sim/lab_impl.h"
#include "sim/predict/way.h"
#include "tests/chaos/situation.h"

#include <string.h>

#define RESETS 4

/* All that is under way has ended, and what one node knows all know. */
static void time_passes(struct lab *lab)
{
    uint64_t wait_us = 0;
    settle_lab(lab);
    for (uint32_t i = 0; i < lab->state.cluster_count; i++) {
        uint64_t us = lab->state.clusters[i].db.params[PARAM_REPLICATION_US];
        wait_us = us > wait_us ? us : wait_us;
    }
    lab_run_until(lab, lab_now_us(lab) + wait_us + SECOND_US);
    settle_lab(lab);
}

/* Through CallManager where it reaches them, by their power where it does not: not those of whom it
 * was said that resets reach them. */
static void resets_of(struct lab *lab, uint32_t times, const bool *reached)
{
    for (uint32_t k = 0; k < times; k++) {
        for (uint32_t i = 0; i < lab->state.phone_count; i++) {
            if (phone_is_registered(&lab->state.phones[i])) {
                lab_reset_phone(lab, i, lab_now_us(lab));
            } else if (reached == NULL || !reached[i]) {
                lab_power(lab, i, false, lab_now_us(lab));
                lab_power(lab, i, true, lab_now_us(lab) + SECOND_US);
            }
        }
        settle_lab(lab);
    }
}

static void resets(struct lab *lab, uint32_t times)
{
    resets_of(lab, times, NULL);
}

static bool runs(const struct lab *lab, uint32_t cluster, uint32_t node, uint32_t service)
{
    return lab->state.clusters[cluster].nodes[node].run.services[service].state != SERVICE_STOPPED;
}

/* What stands in the words: on every node, and whatever is stopped, or old. */
static void services_of(struct lab *lab, const struct way_act *a)
{
    const struct cluster *cl = &lab->state.clusters[a->cluster];
    FOR_EACH_NODE(cl, n)
    {
        for (uint32_t s = 0; s < SERVICES; s++) {
            struct act act = { .kind = a->act.kind, .node = (uint8_t)n, .arg = { s } };
            bool wanted = a->width != WIDTH_ALL ? s == a->act.arg[0]
                          : a->act.kind == DO_START
                              ? true
                              : s == SERVICE_TFTP || s == SERVICE_TVS ||
                                    services_is_outdated(cl, n, (enum service)s);
            if (wanted && services_is_activated(cl, n, (enum service)s) &&
                runs(lab, a->cluster, n, s) == (a->act.kind == DO_RESTART))
                lab_do(lab, a->cluster, &act, NULL);
        }
    }
}

static void restart_everywhere(struct lab *lab, uint32_t cluster, enum service s)
{
    struct way_act a = { .act = { .kind = DO_RESTART, .arg = { s } },
                         .cluster = (uint8_t)cluster,
                         .width = WIDTH_EVERYWHERE };
    services_of(lab, &a);
}

/* On the publisher; on every node where the others would not get it. */
static void upload_to(struct lab *lab, uint32_t cluster, enum store store, uint32_t cert)
{
    const struct cluster *cl = &lab->state.clusters[cluster];
    FOR_EACH_NODE(cl, i)
    {
        if (i == 0 || certs_stays(cl, store))
            lab_upload(lab, cluster, i, store, cert, NULL);
    }
}

/* Each certificate of the other cluster to its trust store; of one name and store the last one
 * stays.
 */
static void upload_all(struct lab *lab, uint32_t cluster, uint32_t cert)
{
    static const struct {
        uint8_t own, store;
    } uploads[] = {
        { OWN_CALLMANAGER, STORE_CALLMANAGER_TRUST },
        { OWN_CALLMANAGER_ECDSA, STORE_CALLMANAGER_TRUST },
        { OWN_CALLMANAGER, STORE_PHONE_SAST_TRUST },
        { OWN_CALLMANAGER_ECDSA, STORE_PHONE_SAST_TRUST },
        { OWN_ITLRECOVERY, STORE_PHONE_SAST_TRUST },
        { OWN_CAPF, STORE_CAPF_TRUST },
        { OWN_TOMCAT, STORE_TOMCAT_TRUST },
    };
    for (uint32_t c = 0; c < lab->state.cluster_count; c++) {
        const struct cluster *peer = &lab->state.clusters[c];
        if (c == cluster || peer->nodes[0].disk.own[OWN_CALLMANAGER] != cert)
            continue;
        FOR_EACH_NODE(peer, n)
        {
            for (size_t k = 0; k < sizeof uploads / sizeof uploads[0]; k++)
                upload_to(lab, cluster, (enum store)uploads[k].store,
                          peer->nodes[n].disk.own[uploads[k].own]);
        }
    }
    restart_everywhere(lab, cluster, SERVICE_TVS);
}

static void bulk_exchange(struct lab *lab, uint32_t cluster, uint32_t cert)
{
    const uint32_t directory = content_str(lab->base->content, "chaos");
    for (uint32_t c = 0; c < lab->state.cluster_count; c++) {
        if (c == cluster || lab->state.clusters[c].nodes[0].disk.own[OWN_CALLMANAGER] != cert)
            continue;
        const uint32_t both[] = { cluster, c };
        for (int k = 0; k < 2; k++) {
            lab_do(lab, both[k], &(struct act){ .kind = DO_BULK_SFTP, .arg = { directory } }, NULL);
            lab_do(lab, both[k], &(struct act){ .kind = DO_BULK_EXPORT }, NULL);
        }
        lab_do(lab, c, &(struct act){ .kind = DO_BULK_CONSOLIDATE }, NULL);
        for (int k = 0; k < 2; k++)
            lab_do(lab, both[k], &(struct act){ .kind = DO_BULK_IMPORT }, NULL);
    }
    restart_everywhere(lab, cluster, SERVICE_TVS);
}

/* What lies in the way of phones, and files that should be gone: on every node. */
static void everywhere(struct lab *lab, const struct way_act *a)
{
    const struct cluster *cl = &lab->state.clusters[a->cluster];
    FOR_EACH_NODE(cl, n)
    {
        struct act act = { .kind = a->act.kind, .node = (uint8_t)n };
        if (act.kind == DO_DELETE_CTL)
            lab_do(lab, a->cluster, &act, NULL);
        for (uint32_t p = 0; p < cl->path_count && act.kind == DO_NODE_DNS; p++) {
            act.arg[1] = cl->paths[p].site;
            lab_do(lab, a->cluster, &act, NULL);
        }
        for (uint32_t p = 0; p < cl->path_count && act.kind == DO_OPEN; p++) {
            for (uint32_t port = 0; port < PORTS; port++) {
                act.arg[0] = port;
                act.arg[1] = cl->paths[p].site;
                if (a->width == WIDTH_ALL || memcmp(act.arg, a->act.arg, sizeof act.arg) == 0)
                    lab_do(lab, a->cluster, &act, NULL);
            }
        }
    }
}

static void mend_nodes(struct lab *lab, uint32_t cluster)
{
    const struct driver *d = lab->driver;
    FOR_EACH_NODE(&lab->state.clusters[cluster], n)
    {
        struct link link = d->node_link_of(d->self, cluster << 8 | n);
        link.down = false;
        link.mtu = 0;
        lab_node_link(lab, cluster, n, &link);
    }
}

static void on_these(struct lab *lab, const struct way_act *a, const bool *whom)
{
    const struct driver *d = lab->driver;
    for (uint32_t i = 0; i < lab->state.phone_count; i++) {
        struct link link = d->phone_link_of(d->self, i);
        link.down = false;
        link.mtu = 0;
        if (whom[i] && a->act.kind == DO_PHONE_LINK)
            lab_phone_link(lab, i, &link, NULL);
        else if (whom[i])
            lab_do_phones(lab, a->cluster, &a->act, &(struct lab_whom){ .first = i, .count = 1 },
                          NULL);
    }
}

/* Whoever works with it, and TFTP for what is in lists; from 14 on most of it by itself. */
static void renewed_for_real(struct lab *lab, const struct way_act *a)
{
    static const struct {
        uint8_t own, service;
    } rows[] = { { OWN_CALLMANAGER, SERVICE_CALLMANAGER },
                 { OWN_CALLMANAGER, SERVICE_TFTP },
                 { OWN_CALLMANAGER_ECDSA, SERVICE_TFTP },
                 { OWN_TVS, SERVICE_TVS },
                 { OWN_TVS, SERVICE_TFTP },
                 { OWN_CAPF, SERVICE_CAPF },
                 { OWN_CAPF, SERVICE_TFTP },
                 { OWN_TOMCAT, SERVICE_TOMCAT } };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].own == a->act.arg[0])
            restart_everywhere(lab, a->cluster, (enum service)rows[i].service);
    }
    if (lab->state.clusters[a->cluster].db.params[PARAM_TVS_DB_ON_RESTART] != 0)
        restart_everywhere(lab, a->cluster, SERVICE_TVS);
}

/* Whoever read the database of before, and does not look again by itself. */
static void replicated_for_real(struct lab *lab, const struct way_act *a)
{
    const struct cluster *cl = &lab->state.clusters[a->cluster];
    if (cl->db.params[PARAM_TVS_DB_ON_RESTART] != 0)
        restart_everywhere(lab, a->cluster, SERVICE_TVS);
    if (!cl->version->itl_rebuilds)
        restart_everywhere(lab, a->cluster, SERVICE_TFTP);
}

/* And what the words say behind it: from 14 on a new CTL, from 12.5 on the rollback parameter need
 * no restart. */
static void for_real(struct lab *lab, const struct way_act *a, const bool *whom)
{
    const struct version *v = lab->state.clusters[a->cluster].version;
    if (act_table[a->act.kind]->scope == ON_PHONES)
        on_these(lab, a, whom);
    else if (a->width == WIDTH_ONE)
        lab_do(lab, a->cluster, &a->act, NULL);
    else if (a->act.kind == DO_NODE_LINK)
        mend_nodes(lab, a->cluster);
    else if (a->act.kind == DO_BULK_IMPORT)
        bulk_exchange(lab, a->cluster, (uint32_t)a->act.arg[1]);
    else if (a->act.kind == DO_UPLOAD)
        upload_all(lab, a->cluster, (uint32_t)a->act.arg[1]);
    else if (a->act.kind == DO_START || a->act.kind == DO_RESTART)
        services_of(lab, a);
    else
        everywhere(lab, a);
    bool ctl = a->act.kind == DO_CTL_UPDATE || a->act.kind == DO_CTL_RESET_LOCALKEY ||
               a->act.kind == DO_CTL_CLIENT;
    if (ctl && v->ctl_served != CTL_AT_ONCE) {
        restart_everywhere(lab, a->cluster, SERVICE_TFTP);
        restart_everywhere(lab, a->cluster, SERVICE_CALLMANAGER);
    } else if (a->act.kind == DO_DELETE_CTL && v->ctl_served != CTL_AT_ONCE) {
        restart_everywhere(lab, a->cluster, SERVICE_TFTP);
    } else if (a->act.kind == DO_SET && a->act.arg[0] == PARAM_ROLLBACK && !v->rollback_by_itself) {
        restart_everywhere(lab, a->cluster, SERVICE_TVS);
        restart_everywhere(lab, a->cluster, SERVICE_TFTP);
    } else if (a->act.kind == DO_REGENERATE || a->act.kind == DO_GENERATE) {
        renewed_for_real(lab, a);
    } else if (a->act.kind == DO_DBREPLICATION_RESET) {
        replicated_for_real(lab, a);
    }
    time_passes(lab);
}

#endif
