/* A cluster as it was found: what files of a real one say that the model of a cluster holds, and
 * how it gets there.  Filled by sim/script/found.c out of `found {}` (docs/CLUSTER.md), kept by
 * sim/lab_found.h, read by checks and reports.  Content indices are those of the lab.  Pure.
 *
 * It goes in twice.  found_put() is done to a cluster that was just made: certificates, trust
 * stores, parameters, which services are activated, which CallManagers run; so that phones can boot
 * in it as in a cluster in good order.  found_run() is done at the present, when all is quiet for
 * the first time: what has been stopped since, what works with another certificate than the one on
 * the disk, which lists are served. */
#ifndef CUCMLAB_NODES_FOUND_H
#define CUCMLAB_NODES_FOUND_H

#include "nodes/model.h"

#define FOUND_NODES ((CLUSTER_PLACES + 63) / 64)

enum found_state {
    FOUND_BY_HABIT, /* nobody says: it runs where services_is_activated() has it */
    FOUND_STARTED,
    FOUND_STOPPED,
    FOUND_NOT_ACTIVATED
};

struct found_service {
    uint8_t state;   /* enum found_state */
    bool unknown;    /* it works with another certificate than its node's, nobody knows which */
    uint32_t used;   /* CT_CERT that it works with where it is another; of an unknown one: a
                        stand-in that nobody has; 0: that on the disk */
    int64_t since_s; /* Unix seconds: since when it is so; 0: nobody says */
};

struct found_node {
    uint32_t own[OWNS];       /* CT_CERT; 0: nobody says, it is what the lab made */
    uint32_t in_backup[OWNS]; /* CT_CERT that the newest backup has; 0: nobody says */
    struct found_service services[SERVICES];
    uint32_t itl, ctl; /* CT_LIST that its TFTP serves; 0: nobody says, it is what the lab builds */
    const char *domain; /* NULL: that of the cluster */
    bool fips;
    bool stopped; /* replication of the database does not reach it */
};

struct found_trust {
    uint32_t cert; /* CT_CERT */
    uint8_t store; /* enum store */
    bool some;     /* on the nodes of `on` alone (bit of each number); else on all */
    uint64_t on[FOUND_NODES];
};

/* What the TVS store says of a certificate (AXL listTvsCertificate, getTvsCertificate). */
struct found_tvs {
    uint32_t cert; /* CT_CERT */
    bool has_ttl;
    uint32_t ttl_s;
    uint32_t roles; /* ROLE_BIT of each; 0: nobody says */
};

struct found {
    struct found_node *nodes; /* by number; node_count of them */
    uint32_t node_count;
    struct found_trust *trust;
    struct found_tvs *tvs;
    uint32_t trust_count, tvs_count;
    bool mixed_mode;
    bool trust_told; /* some file said what lies in trust stores */
};

/* What a list that is served tells of the parameters by which such lists are built: value and bit
 * of each that it does.  A list may be older than the parameter is (assumed: it is not). */
#define FOUND_PARAMS ((PARAMS + 63) / 64)
void found_tells(const struct cluster *cl, const struct found *f, uint64_t params[PARAMS],
                 uint64_t told[FOUND_PARAMS]);

/* What the guides have a new backup made after (Security Guide 14, documented), the youngest on the
 * disks of those that somebody found: when it was made, whose it is; 0: nobody found any.  `f`
 * NULL: nothing was found, all count. */
int64_t found_youngest(const struct cluster *cl, const struct found *f, uint32_t *node,
                       enum own *own);
/* This kind of the node's own certificate was found: the lab did not make it. */
bool found_has_own(const struct cluster *cl, const struct found *f, uint32_t node, enum own own);
/* To a clone of the cluster: it had that one then. */
void found_had(struct cluster *past, uint32_t node, enum own own, uint32_t cert);

/* Both may be called once.  `f` is borrowed for the call. */
void found_put(struct cluster *cl, const struct found *f, uint64_t now_us);
void found_run(struct cluster *cl, const struct found *f, uint64_t now_us);

#endif
