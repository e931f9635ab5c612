/* What a cluster is made of: plain data, by how long it lives.  A node's disk is what a backup
 * holds and a restore brings back; the database is replicated and belongs to the cluster; what runs
 * is gone with the power.  A backup is therefore a struct database and the struct node_disk of each
 * node; a copy of a cluster is a copy of all three.  Pure. */
#ifndef CUCMLAB_NODES_MODEL_H
#define CUCMLAB_NODES_MODEL_H

#include "nodes/kinds.h"
#include "nodes/params.h"
#include "nodes/sftp.h"
#include "nodes/version.h"
#include "sim/base/table.h"
#include "sim/core/device.h"
#include "sim/core/link.h"
#include "sim/core/trace.h"

#define CLUSTER_NODES   21  /* at one time: documented limit */
#define CLUSTER_PLACES  200 /* over the life of a lab: a node's number is never used again */
#define CLUSTER_GROUPS  200
#define CLUSTER_POOLS   2000
#define CLUSTER_CLASSES 4000
#define CLUSTER_NAME    64
#define CLUSTER_TOKENS  12
#define CLUSTER_REMOTES 100 /* remote clusters of a central TFTP; each has up to */
#define REMOTE_TFTPS    3   /* TFTP addresses (documented) */
#define CLUSTER_ACTS    128 /* kinds of acts: see acts.h */

_Static_assert(CLUSTER_PLACES <= TRACE_NO_NODE, "no node has the number that stands for none");

/* ---- the database: replicated, in every backup ---- */

struct cert_row {
    uint32_t cert; /* CT_CERT */
    uint8_t store; /* enum store */
    uint8_t own;   /* enum own, for STORE_OWN */
    uint8_t node;  /* where it was made or uploaded: there at once, elsewhere after replication */
    uint8_t ended_at;            /* where it was replaced or deleted, likewise */
    uint64_t since_us, until_us; /* until: UINT64_MAX while it is there */
    uint64_t seen_us, gone_us; /* when the other nodes see the one and the other: replication as it
                                  was then */
    /* Nodes from which alone it was deleted, where the others keep it (before 11.0), and when Cisco
     * Certificate Change Notification brings it back there; UINT64_MAX: it does not. */
    uint64_t deleted_on[(CLUSTER_PLACES + 63) / 64];
    uint64_t back_us;
    bool stays; /* replication brings it nowhere: it lies where it was uploaded, deleted_on has the
                   others */
    bool has_ttl; /* TVS answers have a time to live of their own here, else that of the cluster */
    uint32_t ttl_s;
};

struct group {
    char name[CLUSTER_NAME];
    uint8_t members[CNF_SERVERS]; /* node numbers */
    uint8_t count;
    bool made; /* with the cluster, and nobody has said it: who adds it says what it is */
};

struct pool {
    char name[CLUSTER_NAME];
    uint16_t group;
    bool made; /* likewise */
};

/* Certification Authority Proxy Function (CAPF) Information of a phone's page. */
enum capf_operation { CAPF_NO_OPERATION, CAPF_INSTALL, CAPF_DELETE, CAPF_TROUBLESHOOT };

/* Certificate Operation Status. */
enum capf_status {
    CAPF_STATUS_NONE,
    CAPF_PENDING,
    CAPF_UPGRADE_SUCCESS,
    CAPF_UPGRADE_FAILED,
    CAPF_DELETE_SUCCESS,
    CAPF_DELETE_FAILED,
    CAPF_TROUBLESHOOT_SUCCESS,
    CAPF_TROUBLESHOOT_FAILED,
    CAPF_STATUSES
};

struct capf_order {
    uint8_t operation; /* enum capf_operation */
    uint8_t by;        /* Authentication Mode: enum capf_auth of sim/wire/capf.h; while pending */
    uint8_t status;    /* enum capf_status */
    uint16_t bits;     /* Key Size (Bits) */
    uint32_t string;   /* CT_TEXT: Authentication String; 0: none */
    int64_t until_s;   /* Operation Completes By, Unix seconds; 0: no operation */
};

/* Outside of the cluster, and asked for every phone that comes its way: nodes/gate.h. */
enum gate_kind { GATE_RADIUS, GATE_VPN, GATES };
#define GATE_CAS 8
struct gate {
    uint32_t ca[GATE_CAS]; /* CT_CERT of each CAPF that it trusts */
    uint8_t count;
    bool open; /* whom it refuses has the network all the same */
};

/* Settings Access: whether the phone's own menu can be changed, or looked at. */
enum settings_access { SETTINGS_ENABLED, SETTINGS_RESTRICTED, SETTINGS_DISABLED };

/* What decides a phone's configuration file: phones of one class share one profile. */
struct device_class {
    uint16_t pool;
    uint8_t protocol;      /* enum cnf_protocol */
    uint8_t security_mode; /* enum cnf_security */
    bool encrypted;        /* TFTP Encrypted Config of the security profile */
    bool web_access;       /* its own web pages are enabled */
    uint8_t urls;          /* enum setting_urls */
    bool fresh;            /* auto-registered a moment ago: it has to be reset */
    uint8_t settings;      /* enum settings_access */
    uint32_t lsc;          /* CT_CERT of the LSC on record; 0: MIC */
    uint32_t key;          /* CT_KEY: symmetric key on record, of a model without either; 0: none */
    struct capf_order capf;
    bool dot1x, vpn; /* 802.1x Authentication, VPN Profile */
    char load[CNF_NAME];
    uint32_t profile;       /* CT_CNF as built last; 0: to be built */
    uint32_t short_profile; /* beside an encrypted one */
};

/* Cluster View: a remote cluster that the TFTP services here ask for what they have not. */
struct remote {
    uint32_t tftp[REMOTE_TFTPS]; /* host order; 0 behind the last */
};

struct database {
    struct cert_row *rows;
    uint32_t row_count, row_cap;
    struct group *groups;
    struct pool *pools;
    struct device_class *classes;
    uint32_t group_count, group_cap, pool_count, pool_cap, class_count, class_cap;
    uint16_t *device_class; /* by device number: class + 1; 0: not in the database */
    uint32_t device_count;
    uint32_t numbers;       /* that auto-registration gave */
    uint32_t services_host; /* that the URL of Services names; 0: the publisher */
    uint64_t params[PARAMS];
    uint8_t mic_cas_gone[STORES]; /* MIC_CA_BIT of each that was deleted there */
    bool mixed_mode;
    uint32_t ctl;           /* CT_LIST made last by the administrator; 0: none */
    struct remote *remotes; /* in the order in which they are asked */
    uint32_t remote_count, remote_cap;
    uint32_t bulk_directory; /* CT_TEXT: the SFTP server and directory of Bulk Certificate
                                Management; 0: none was said */
};

/* A copy of all of it, and the end of one (backup.c). */
void database_copy(const struct mem *mem, struct database *to, const struct database *from);
void database_free(const struct mem *mem, struct database *db);
/* These devices alone, under new numbers: phones[0] is device 0. */
void database_choose(const struct mem *mem, struct database *db, const uint32_t *phones,
                     uint32_t count);

/* ---- a node ---- */

/* What a certificate was asked for; the private key stays on the node. */
struct csr {
    uint32_t key;     /* CT_KEY; 0: there is no CSR */
    uint32_t subject; /* CT_TEXT */
    uint32_t dns;     /* CT_TEXT, subjectAltName */
    bool multi_server;
    bool ca;    /* it will sign others */
    bool ipsec; /* as in struct cert_spec */
};

struct node_disk {
    char name[CLUSTER_NAME]; /* hostname */
    char domain[CLUSTER_NAME];
    uint32_t ip;           /* host order */
    uint32_t organisation; /* CT_TEXT, "OU=...;O=...;L=...;ST=...;C=..."; 0: that of the lab */
    uint32_t activated;    /* SERVICE_BIT of each feature service that is */
    bool fips;
    uint32_t own[OWNS];  /* own certificates: CT_CERT, 0: none */
    uint32_t itl_before; /* CT_LIST that its TFTP served before the one of now; 0: none */
    struct csr csr[OWNS];
    uint32_t multi_server; /* OWN_BIT of own certificates that all nodes share */
    bool no_ctl;           /* its CTLFile.tlv was deleted; the next that is made lies there again */
};

enum service_state { SERVICE_STOPPED, SERVICE_STARTING, SERVICE_RUNNING };

struct service_run {
    uint8_t state;     /* enum service_state */
    uint32_t epoch;    /* counts starts and stops: what began under another one is gone */
    uint64_t ready_us; /* while starting: when it will answer; later: when it did */
};

struct node_run {
    uint32_t used[SERVICES]; /* the certificate that each service works with */
    struct service_run services[SERVICES];
    uint32_t used_ec; /* CallManager-ECDSA that its TFTP shows on port 6971; 0: none */
    uint8_t digest;   /* enum digest that its TFTP signs with */
    bool mixed_mode;  /* the mode that its CallManager goes by */
    bool signs;       /* its TFTP has signed files: with Security By Default, else in mixed mode */
    bool off;         /* it was shut down: it answers nobody, as if nothing were there */
    uint32_t itl;     /* CT_LIST that its TFTP serves; 0: none */
    uint32_t ctl;     /* likewise */
    uint64_t rebuild_us; /* when TFTP takes up new certificates by itself; 0: not */
    uint32_t transfers;  /* running now */
    uint64_t reached_us; /* since when it can be reached again, where its network was cut off */
    uint64_t turn_us;    /* when its CallManager takes back the next phone that was elsewhere */
};

/* Known by its number, which no other node of the cluster ever gets: one that is removed stays as
 * an empty place.  Number 0 is the publisher. */
struct node {
    bool removed;
    uint64_t stopped_us; /* when replication of the database was stopped there; 0: it was not */
    int64_t ahead_s;     /* of its clock: so much before the time; less than 0: behind */
    uint32_t made[OWNS]; /* certificates made here so far: no restore takes it back, or a key would
                            come a second time */
    struct node_disk disk;
    struct node_run run;
};

/* A file that a remote cluster gave a TFTP here, kept for a while (remote.h). */
struct relayed {
    uint64_t until_us;
    uint32_t device; /* UINT32_MAX: a common file */
    uint32_t locale, content;
    uint8_t node, kind; /* whose TFTP keeps it; enum file_kind */
};

struct relays {
    struct relayed *list;
    uint32_t count, cap;
    struct table at; /* index in the list */
    uint64_t due_us; /* when some of them will have to go; 0: there are none */
};

/* ---- the network around it (network.h) ---- */

#define PATH_EVERY_NODE UINT8_MAX

/* What lies between the phones of a site and a node: no part of database or disk, and in no
 * backup. */
struct path {
    uint32_t site;           /* CT_STR; 0: from everybody */
    uint8_t node;            /* PATH_EVERY_NODE: to all */
    bool nameless;           /* the node's name is not resolved there */
    uint16_t drops, rejects; /* bit of each enum port */
    struct link link;
};

/* ---- the cluster ---- */

struct cluster_env {
    struct content *content;
    const struct mem *mem;
    void (*say)(void *ctx, const struct trace_line *line); /* what nodes tell by themselves */
    void *say_ctx;
    uint64_t identity; /* who: keys, serial numbers, random names */
    int64_t start_s;   /* Unix seconds at machine time 0 */
    struct sftp *sftp; /* where clusters exchange certificates; NULL: nowhere */
    uint32_t network;  /* 127.x.0.0, host order: all nodes are in this /16; 0: 127.0.0.0 */
};

/* What was done to a cluster so far. */
struct acts_done {
    bool act[CLUSTER_ACTS]; /* by enum act_kind */
    bool renewed[OWNS];     /* certificates that were regenerated */
    bool dated;             /* some certificate was not within its time by somebody's clock */
    bool rebooted;          /* some node was */
};

struct cluster {
    const struct cluster_env *env;
    uint8_t number; /* of the lab */
    char name[CLUSTER_NAME];
    const struct version *version;
    char asked[VERSION_NAME]; /* the release that somebody asked for; the version is how it is read
                               */
    struct database db;
    struct node *nodes; /* by number; see FOR_EACH_NODE */
    uint32_t node_count, node_cap;
    int64_t made_s;        /* while it is installed: the day of its certificates; else 0 */
    uint64_t reset_us;     /* when the cluster will ask for it by itself; 0: not */
    uint64_t seen_us;      /* up to when it has been told what replication brought */
    uint64_t all_seen;     /* `change` + 1 when it found nothing more under way; 0: not yet */
    bool want_reset;       /* the cluster asks for its phones to be reset; the lab takes it back */
    uint64_t change;       /* counts changes that a phone could notice */
    struct acts_done done; /* what a result may rest on */
    /* What the calendar brings (calendar.h), found out when `change` + 1 was `dates_for`; 0:
     * nothing. */
    uint64_t edge_us, alarm_us, dates_for;
    uint64_t looked_us;              /* when: no date begins or ends from there to now */
    uint32_t tokens[CLUSTER_TOKENS]; /* security tokens of its CTL client that are not lost */
    uint32_t token_count;
    uint32_t p12;       /* ITLRecovery that was saved with its key outside: CT_CERT; 0: none */
    struct path *paths; /* what somebody said of the network */
    uint32_t path_count, path_cap;
    struct backup *backup;    /* the newest; NULL: none was made (backup.h) */
    struct backup *inactive;  /* what the other partition of its nodes holds; NULL: nothing */
    bool built_on;            /* something was done since that a switch would leave behind */
    struct gate gates[GATES]; /* no backup holds them */
    struct relays relays;     /* gone with the service that keeps them */
};

/* All nodes that are there, by number. */
#define FOR_EACH_NODE(cl, i)                                                                       \
    for (uint32_t i = 0; i < (cl)->node_count; i++)                                                \
        if (!(cl)->nodes[i].removed)

/* ---- small things that every part needs ---- */

/* What a node takes for the time, in Unix seconds. */
int64_t cluster_wall_s(const struct cluster *cl, uint32_t node, uint64_t now_us);
/* The earlier of two deadlines, of which 0 is none. */
uint64_t cluster_sooner(uint64_t a, uint64_t b);
void cluster_trace(const struct cluster *cl, uint32_t node, enum trace_node what, uint32_t a,
                   uint32_t b, uint64_t now_us);
/* Checks the length. */
bool cluster_copy_name(char out[CLUSTER_NAME], const char *name, const char *what, struct err *e);

#endif
