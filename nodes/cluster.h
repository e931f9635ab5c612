/* A cluster: nodes, their certificates on disk and in service, services, the replicated certificate
 * database, trust lists, device configuration.  Plain data and functions of (cluster, now): no
 * clock, no socket, no randomness but the cluster's own stream.  sim/lab.c owns clusters and hands
 * time in; drivers ask tftp_, tvs_, ccm_ and tomcat_ functions (serve.h) when a request arrives. */
#ifndef CUCMLAB_NODES_CLUSTER_H
#define CUCMLAB_NODES_CLUSTER_H

#include "nodes/version.h"
#include "sim/base/rng.h"
#include "sim/core/contract.h"
#include "sim/core/device.h"
#include "sim/core/trace.h"

#define CLUSTER_NODES   21 /* documented limit */
#define CLUSTER_GROUPS  200
#define CLUSTER_POOLS   2000
#define CLUSTER_CLASSES 4000
#define CLUSTER_NAME    64

/* ---- certificates ---- */

/* Where a certificate of the database lies.  Own certificates of all nodes are in it as well: TVS
 * answers from the whole list of OS Administration (documented). */
enum store {
    STORE_OWN, /* own certificate `own` of `node` */
    STORE_CALLMANAGER_TRUST,
    STORE_PHONE_SAST_TRUST,
    STORE_CAPF_TRUST,
    STORE_TOMCAT_TRUST,
    STORES
};

struct cert_row {
    uint32_t cert; /* CT_CERT */
    uint8_t store; /* enum store */
    uint8_t own;   /* enum own, for STORE_OWN */
    uint8_t node;  /* where it was made or uploaded: there at once, elsewhere after replication */
    uint64_t since_us, until_us; /* until: UINT64_MAX while it is there */
};

const char *store_name(enum store s); /* "CallManager-trust" */
bool store_find(const char *name, enum store *s);

/* ---- services ---- */

enum service {
    SERVICE_TFTP,
    SERVICE_TVS,
    SERVICE_CALLMANAGER,
    SERVICE_TOMCAT,
    SERVICE_CAPF,
    SERVICE_CTIMANAGER,
    SERVICE_HAPROXY,
    SERVICE_CTL_PROVIDER,
    SERVICES
};

enum service_state { SERVICE_STOPPED, SERVICE_STARTING, SERVICE_RUNNING };

struct service_run {
    uint8_t state;     /* enum service_state */
    uint32_t epoch;    /* counts starts and stops: what began under another one is gone */
    uint64_t ready_us; /* while starting */
};

const char *service_name(enum service s); /* "Cisco Tftp" */
/* By its name, with or without "Cisco ", case as given by CUCM; "TVS" and "TFTP" too. */
bool service_find(const char *name, enum service *s);

/* ---- nodes ---- */

struct node {
    char name[CLUSTER_NAME]; /* hostname */
    char domain[CLUSTER_NAME];
    uint32_t ip;             /* host order */
    bool callmanager, tftp;  /* services activated here */
    uint32_t disk[OWNS];     /* own certificates: CT_CERT, 0: none */
    uint32_t used[SERVICES]; /* the certificate that each service works with */
    uint32_t made[OWNS];     /* certificates made here so far: no restore takes it back, or a key
                                would come a second time */
    struct service_run services[SERVICES];
    uint32_t itl;        /* CT_LIST that its TFTP serves; 0: none */
    uint32_t ctl;        /* likewise */
    uint64_t rebuild_us; /* when TFTP takes up new certificates by itself; 0: not */
    uint32_t transfers;  /* running now */
    bool turned_away;    /* somebody found no room since there was none running */
};

/* ---- configuration database ---- */

struct group {
    char name[CLUSTER_NAME];
    uint8_t members[CNF_SERVERS];
    uint8_t count;
};

struct pool {
    char name[CLUSTER_NAME];
    uint16_t group;
};

/* What decides a phone's configuration file: phones of one class share one profile. */
struct device_class {
    uint16_t pool;
    uint8_t protocol;      /* enum cnf_protocol */
    uint8_t security_mode; /* enum cnf_security */
    bool encrypted;        /* TFTP Encrypted Config of the security profile */
    uint32_t lsc;          /* CT_CERT of the issuer of the LSC on record; 0: MIC */
    char load[CNF_NAME];
    uint32_t profile;       /* CT_CNF as built last; 0: to be built */
    uint32_t short_profile; /* beside an encrypted one */
};

enum param {
    PARAM_ROLLBACK,           /* Prepare Cluster for Rollback to pre 8.0 (0, 1) */
    PARAM_PHONE_INTERACTION,  /* Phone Interaction on Certificate Update (0 manually, 1
                                 automatically) */
    PARAM_SHA512,             /* TFTP File Signature Algorithm (0 SHA-1, 1 SHA-512) */
    PARAM_SIGNER_1_1,         /* lists say signer version 1.1 (0, 1) */
    PARAM_MAX_SERVING,        /* Maximum Serving Count */
    PARAM_TVS_TTL_S,          /* time to live of TVS answers, seconds */
    PARAM_TVS_DB_ON_RESTART,  /* TVS reads its database cache at start only (0, 1); assumed 0 */
    PARAM_TVS_CTL_CACHE,      /* TVS also answers from the CTL file (0, 1) */
    PARAM_REPLICATION_US,     /* database replication between nodes */
    PARAM_SERVICE_START_US,   /* from start to ready */
    PARAM_ACCEPT_FOREIGN_LSC, /* CallManager takes an LSC whose issuer lies in CAPF-trust (0, 1) */
    PARAM_HTTPS_SERVICES,     /* secured phone URLs are HTTPS (0, 1) */
    PARAMS
};

struct param_info {
    const char *name, *title; /* "rollback", the name on the administration page */
    uint64_t initial, max;
    const char *sure, *doc; /* "documented", ... */
};

extern const struct param_info param_table[PARAMS];
bool param_find(const char *name, enum param *p); /* by name or title */

struct cluster_env {
    struct content *content;
    const struct mem *mem;
    struct trace *trace; /* never NULL; may be off */
    uint64_t identity;   /* who: keys, serial numbers, random names */
    int64_t start_s;     /* Unix seconds at machine time 0 */
};

struct cluster {
    const struct cluster_env *env;
    uint8_t number; /* of the lab */
    char name[CLUSTER_NAME];
    const struct version *version;
    bool mixed_mode;
    struct node nodes[CLUSTER_NODES];
    uint32_t node_count;
    struct cert_row *rows;
    uint32_t row_count, row_cap;
    struct group *groups;
    struct pool *pools;
    struct device_class *classes;
    uint32_t group_count, group_cap, pool_count, pool_cap, class_count, class_cap;
    const uint16_t *device_class; /* by device number: class + 1; 0: not in the database */
    uint32_t device_count;
    uint64_t params[PARAMS];
    uint32_t ctl; /* CT_LIST made last by the administrator; 0: none */
    uint32_t ctl_timestamp_s;
    uint64_t reset_us; /* when the cluster will ask for it by itself; 0: not */
    bool want_reset;   /* the cluster asks for its phones to be reset; the lab takes it back */
    uint64_t change;   /* counts changes that a phone could notice */
};

struct node_spec {
    const char *name, *domain; /* domain may be "" */
    uint32_t ip;
    bool callmanager, tftp;
};

/* All services run, all certificates made, lists built, at `now_us`. The first node is the
 * publisher. `name` and the node names are checked: letters, digits, '-', '.', '_'. */
bool cluster_init(struct cluster *cl, const struct cluster_env *env, uint8_t number,
                  const char *name, const struct version *version, const struct node_spec *nodes,
                  uint32_t count, uint64_t now_us, struct err *e);
void cluster_free(struct cluster *cl);
/* A copy to try things on; shares content and the device table. */
void cluster_clone(struct cluster *to, const struct cluster *from, const struct mem *mem);

bool cluster_node(const struct cluster *cl, const char *name, uint32_t *node);
bool cluster_node_at(const struct cluster *cl, uint32_t ip, uint32_t *node);

bool cluster_add_group(struct cluster *cl, const char *name, const uint8_t *members, uint32_t count,
                       uint16_t *group, struct err *e);
bool cluster_add_pool(struct cluster *cl, const char *name, uint16_t group, uint16_t *pool,
                      struct err *e);
bool cluster_find_group(const struct cluster *cl, const char *name, uint16_t *group);
bool cluster_find_pool(const struct cluster *cl, const char *name, uint16_t *pool);
/* The class with these facts, made when new (profile fields of `c` are not compared). */
bool cluster_class(struct cluster *cl, const struct device_class *c, uint16_t *index,
                   struct err *e);
void cluster_set_param(struct cluster *cl, enum param p, uint64_t value);

/* ---- acts of an administrator ---- */

bool cluster_regenerate(struct cluster *cl, uint32_t node, enum own own, uint64_t now_us,
                        struct err *e);
bool cluster_upload(struct cluster *cl, uint32_t node, enum store store, uint32_t cert,
                    uint64_t now_us, struct err *e);
bool cluster_delete(struct cluster *cl, enum store store, uint32_t cert, uint64_t now_us,
                    struct err *e);
bool cluster_service_start(struct cluster *cl, uint32_t node, enum service s, uint64_t now_us,
                           struct err *e);
bool cluster_service_stop(struct cluster *cl, uint32_t node, enum service s, uint64_t now_us,
                          struct err *e);
bool cluster_service_restart(struct cluster *cl, uint32_t node, enum service s, uint64_t now_us,
                             struct err *e);
/* It runs with another certificate than the one on disk. */
bool cluster_service_outdated(const struct cluster *cl, uint32_t node, enum service s);
enum ctl_act { CTL_MIXED_MODE, CTL_NON_SECURE_MODE, CTL_UPDATE };
bool cluster_ctl(struct cluster *cl, enum ctl_act act, uint64_t now_us, struct err *e);
/* `utils itl reset localkey`, on the publisher. */
bool cluster_itl_reset_localkey(struct cluster *cl, uint64_t now_us, struct err *e);

/* ---- time ---- */

uint64_t cluster_deadline_us(const struct cluster *cl); /* 0: none */
void cluster_tick(struct cluster *cl, uint64_t now_us); /* services whose start is over */
int64_t cluster_wall_s(const struct cluster *cl, uint64_t now_us);

/* Own certificate as the node's disk, and the row's visibility from another node. */
bool cert_row_seen(const struct cluster *cl, const struct cert_row *r, uint32_t node,
                   uint64_t now_us);

#endif
