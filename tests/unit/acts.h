/* Acts by short names, for tests: each fills a struct act and does it. */
#ifndef CUCMLAB_TESTS_ACTS_H
#define CUCMLAB_TESTS_ACTS_H

#include "sim/lab.h"

#define ACTS_UNUSED __attribute__((unused))

/* ---- on a cluster alone ---- */

static ACTS_UNUSED bool cluster_regenerate(struct cluster *cl, uint32_t node, enum own own,
                                           uint64_t now_us, struct err *e)
{
    struct act act = { .kind = DO_REGENERATE, .node = (uint8_t)node, .arg = { own } };
    return cluster_do(cl, &act, now_us, e);
}

static ACTS_UNUSED bool cluster_service(struct cluster *cl, uint32_t node, enum service s,
                                        enum act_kind kind, uint64_t now_us, struct err *e)
{
    struct act act = { .kind = (uint8_t)kind, .node = (uint8_t)node, .arg = { s } };
    return cluster_do(cl, &act, now_us, e);
}

static ACTS_UNUSED bool cluster_store(struct cluster *cl, uint32_t node, enum act_kind kind,
                                      enum store store, uint32_t cert, uint64_t now_us,
                                      struct err *e)
{
    struct act act = { .kind = (uint8_t)kind, .node = (uint8_t)node, .arg = { store, cert } };
    return cluster_do(cl, &act, now_us, e);
}

static ACTS_UNUSED bool cluster_plain(struct cluster *cl, enum act_kind kind, uint64_t now_us,
                                      struct err *e)
{
    struct act act = { .kind = (uint8_t)kind };
    return cluster_do(cl, &act, now_us, e);
}

static ACTS_UNUSED void cluster_set_param(struct cluster *cl, enum param p, uint64_t value)
{
    struct act act = { .kind = DO_SET, .arg = { p, value } };
    cluster_do(cl, &act, 0, NULL);
}

/* ---- in a lab ---- */

static ACTS_UNUSED bool lab_regenerate(struct lab *lab, uint32_t cluster, uint32_t node,
                                       enum own own, struct err *e)
{
    struct act act = { .kind = DO_REGENERATE, .node = (uint8_t)node, .arg = { own } };
    return lab_do(lab, cluster, &act, e);
}

static ACTS_UNUSED bool lab_service(struct lab *lab, uint32_t cluster, uint32_t node,
                                    enum service s, enum act_kind kind, struct err *e)
{
    struct act act = { .kind = (uint8_t)kind, .node = (uint8_t)node, .arg = { s } };
    return lab_do(lab, cluster, &act, e);
}

static ACTS_UNUSED bool lab_upload(struct lab *lab, uint32_t cluster, uint32_t node,
                                   enum store store, uint32_t cert, struct err *e)
{
    struct act act = { .kind = DO_UPLOAD, .node = (uint8_t)node, .arg = { store, cert } };
    return lab_do(lab, cluster, &act, e);
}

/* An act on the cluster that has no arguments. */
static ACTS_UNUSED bool lab_plain(struct lab *lab, uint32_t cluster, enum act_kind kind,
                                  struct err *e)
{
    struct act act = { .kind = (uint8_t)kind };
    return lab_do(lab, cluster, &act, e);
}

static ACTS_UNUSED void lab_reset_all(struct lab *lab, uint32_t cluster)
{
    lab_plain(lab, cluster, DO_RESET_ALL, NULL);
}

static ACTS_UNUSED void lab_param(struct lab *lab, uint32_t cluster, enum param p, uint64_t value)
{
    struct act act = { .kind = DO_SET, .arg = { p, value } };
    lab_do(lab, cluster, &act, NULL);
}

static ACTS_UNUSED void lab_node_link(struct lab *lab, uint32_t cluster, uint32_t node,
                                      const struct link *link)
{
    struct act act = lab_link_act(DO_NODE_LINK, node, link);
    lab_do(lab, cluster, &act, NULL);
}

static ACTS_UNUSED bool lab_phone_link(struct lab *lab, uint32_t phone, const struct link *link,
                                       struct err *e)
{
    struct act act = lab_link_act(DO_PHONE_LINK, 0, link);
    return lab_do_phones(lab, 0, &act, &(struct lab_whom){ .first = phone, .count = 1 }, e);
}

static ACTS_UNUSED void lab_option150(struct lab *lab, uint32_t phone, uint32_t tftp1,
                                      uint32_t tftp2)
{
    struct act act = { .kind = DO_MOVE, .arg = { tftp1, tftp2 } };
    lab_do_phones(lab, 0, &act, &(struct lab_whom){ .first = phone, .count = 1 }, NULL);
}

/* Into the pool "Default". */
static ACTS_UNUSED bool lab_insert(struct lab *lab, uint32_t cluster, uint32_t phone, struct err *e)
{
    struct act act = { .kind = DO_INSERT };
    return lab_do_phones(lab, cluster, &act, &(struct lab_whom){ .first = phone, .count = 1 }, e);
}

#endif
