/* A sample site for tests of `cucmlab import`: one cluster and its phones as they really are, made
 * from a seed, with faults planted in it.  Writers (shapes.h) say it in every shape that an
 * administrator can get out of a cluster, compare.c holds an import against it.
 *
 * Shapes are written from documents and observed outputs and never from the readers of
 * sim/import, so that a reader that misunderstands one is found.  All names, addresses and keys
 * are made up. */
#ifndef CUCMLAB_TESTS_SITE_TRUTH_H
#define CUCMLAB_TESTS_SITE_TRUTH_H

#include "sim/base/sys.h"
#include "sim/crypto/crypto.h"
#include "sim/wire/tl.h"

/* X(name, "name", "what is wrong"): what is planted, a bit each; truth.json has a line of each with
 * those whom it is about. */
#define FAULT_LIST(X)                                                                              \
    X(TVS_OLD, "tvs-runs-old", "TVS runs with the certificate before")                             \
    X(TVS_STOPPED, "tvs-stopped", "TVS is stopped on a node of a group")                           \
    X(CAPF_ENDS, "certificate-ends", "the CAPF certificate ends in 20 days")                       \
    X(TRUST_DIFFERS, "trust-differs", "a trust store has a certificate on some nodes alone")       \
    X(REPLICATION, "replication", "replication is bad on one subscriber")                          \
    X(SUBJECT_TWICE, "subject-twice", "one subject stands twice in a trust store")                 \
    X(BACKUP_OLD, "backup-old", "the newest backup is older than the newest own certificate")      \
    X(RECOVERY_SMALL, "itlrecovery-small", "ITLRecovery has 1024 bits")                            \
    X(ROLLBACK, "rollback-on", "Prepare Cluster for Rollback to pre 8.0 is True")                  \
    X(WEB_OFF, "web-off", "phones without web access")                                             \
    X(NO_SBD, "no-sbd", "phones without Security by Default in a mixed-mode cluster")              \
    X(ITL_LARGE, "itl-large", "the ITL has more than 39 certificates")                             \
    X(GROUP_OF_ONE, "group-of-one", "a CallManager group of one node that has phones")             \
    X(OTHER_TFTP, "other-tftp", "phones whose ITL is that of another TFTP node than their own")    \
    X(STALE, "stale", "phones that hold the ITL before")                                           \
    X(UNKNOWN_LIST, "unknown-list", "phones whose ITL equals no file at hand")                     \
    X(OFF_LONG, "off-long", "phones that are off longer than a TVS answer lives")                  \
    X(TLS_MINIMUM, "tls-minimum", "phones that do not speak the least TLS of the servers")         \
    X(HOSTILE, "hostile-text", "descriptions that are no plain text")

#define FAULT_ENUM(name, ...) FAULT_##name,
enum fault { FAULT_LIST(FAULT_ENUM) FAULTS };
#define FAULT_BIT(f) (UINT32_C(1) << (f))

/* Releases that a site can be of, and since when what a site shows is there: documents and observed
 * outputs, as in docs/VERSIONS.md; nothing here reads nodes/version.c. */
enum train {
    TRAIN_7 = 701,
    TRAIN_ITL = 800,        /* TVS, ITL */
    TRAIN_RECOVERY = 1000,  /* ITLRecovery, mixed mode without tokens */
    TRAIN_MULTI = 1050,     /* multi-server certificates */
    TRAIN_ECDSA = 1100,     /* CallManager-ECDSA */
    TRAIN_TOMCAT_EC = 1150, /* tomcat-ECDSA, `set tls min-version`, lists signed with SHA-512 */
    TRAIN_SIGNS = 1200,     /* ITLRecovery signs the lists */
    TRAIN_SHARED = 1250,    /* the publisher's ITLRecovery is the cluster's */
    TRAIN_14 = 1400         /* snapshot, ITL File Status */
};
struct truth_release {
    const char *build, *name; /* as a node says it, as people do: "14.0.1.13900-155", "14SU3" */
    uint16_t train;
};
extern const struct truth_release truth_releases[];
extern const uint32_t truth_release_count;
#define TRUTH_RELEASE 11 /* that of the sample: 14SU3 */

/* In the order in which `show cert list own` has them (observed). */
enum unit {
    UNIT_TOMCAT,
    UNIT_TOMCAT_EC,
    UNIT_IPSEC,
    UNIT_ITLRECOVERY,
    UNIT_CALLMANAGER_EC,
    UNIT_CALLMANAGER,
    UNIT_CAPF,
    UNIT_TVS,
    UNITS
};
extern const char *const unit_names[UNITS];

enum store {
    STORE_CALLMANAGER,
    STORE_CAPF,
    STORE_TVS,
    STORE_TOMCAT,
    STORE_IPSEC,
    STORE_PHONE_SAST,
    STORE_DIRECTORY,
    STORES
};
extern const char *const store_names[STORES]; /* "CallManager-trust" */

struct truth_cert {
    char file[64]; /* its name in a trust store: "cm-pub.pem" */
    struct view der, subject, issuer, serial;
    char cn[64];
    char sha256[65], sha1[41];
    int64_t from_s, to_s;
    uint8_t unit;     /* enum unit; UNITS: nobody's own */
    uint8_t key_type; /* enum key_type */
    const struct key *key;
    uint32_t issuer_cert; /* itself: self-signed */
};

struct truth_record {
    uint16_t role;
    uint32_t cert;
    const char *dns;
};

#define TRUTH_RECORDS 128
struct truth_list {
    bool ctl, at_hand; /* at hand: its bytes are among the files */
    uint32_t signer;   /* certificate */
    int64_t made_s;
    struct view bytes;
    char sha256[65], sha1[41], md5[33];
    struct truth_record records[TRUTH_RECORDS];
    uint32_t count;
};

enum { LIST_NONE, LIST_ITL_1, LIST_ITL_2, LIST_CTL, LIST_OLD, LIST_UNKNOWN, LISTS };

/* Absent: the release has none of that name. */
enum service_state { SERVICE_STARTED, SERVICE_STOPPED, SERVICE_NOT_ACTIVATED, SERVICE_ABSENT };
struct truth_service {
    uint8_t state;
    int64_t since_s; /* started alone */
};

#define TRUTH_SERVICES 24
struct service_row {
    const char *name;
    uint8_t where; /* enum service_where */
};
enum service_where { ON_ALL, ON_CALL, ON_TFTP, ON_PUBLISHER };
extern const struct service_row service_rows[TRUTH_SERVICES];
uint32_t service_find(const char *name);

#define TRUTH_NODES 64
struct truth_node {
    char name[32], fqdn[64];
    uint32_t address; /* IPv4, the first octet uppermost */
    bool publisher, call, tftp;
    uint32_t own[UNITS]; /* certificates; 0: it has none */
    uint32_t runs_tvs;   /* what TVS shows; 0: it does not run */
    struct truth_service services[TRUTH_SERVICES];
    uint8_t replication;
    uint8_t itl; /* served list; 0: none */
    int64_t joined_s;
};

/* What the TVS store says of a certificate, in the words of AXL, `/` between. */
const char *truth_tvs_roles(const struct truth_cert *c);
const char *truth_tvs_services(const struct truth_cert *c);
#define TRUTH_TVS_TTL 86400

/* A certificate in a store, on the nodes of the mask. */
struct truth_trust {
    uint8_t store;
    uint32_t cert;
    uint64_t on;
};

struct truth_group {
    char name[32];
    uint8_t members[3], count;
};

struct truth_pool {
    char name[48];
    uint8_t group;
    uint8_t tftp; /* node: option 150 of its site, the other one is second */
};

/* How the pages of a model are written. */
enum family {
    FAMILY_78XX,
    FAMILY_88XX,
    FAMILY_89XX,
    FAMILY_79XX,
    FAMILY_69XX,
    FAMILY_79X0,
    FAMILY_DX
};

struct model_row {
    const char *name;
    uint16_t type; /* as AXL and RIS number it */
    const char *load;
    uint8_t family;
    bool sip, sbd, itl_page; /* sbd: loads an ITL; itl_page: its page shows the lists */
    bool tls_1_2;
    uint8_t weight;
};
#define TRUTH_MODELS 20
extern const struct model_row model_rows[TRUTH_MODELS];

enum security { SECURITY_NONE, SECURITY_AUTHENTICATED, SECURITY_ENCRYPTED };

struct truth_phone {
    char name[16];
    const char *description;
    uint8_t model, pool, security;
    bool encrypted_config, lsc, web, on, page;
    uint8_t settings; /* 0 disabled, 1 enabled, 2 restricted */
    uint8_t itl, ctl; /* LIST_ */
    uint8_t server;   /* node it is or was registered at */
    uint32_t address, dn;
    int64_t since_s; /* registered since; last seen, where it is off */
};

struct truth_options {
    uint64_t seed;
    uint32_t phones, subscribers, pages;
    uint32_t faults; /* FAULT_BIT */
    int64_t now_s;
    uint64_t keys;   /* whose keys: 0: `seed` */
    bool drawn;      /* groups, pools, nodes of faults are drawn from the seed, not the sample's */
    uint8_t release; /* of truth_releases */
    uint8_t tftps;   /* nodes for TFTP alone; 0: the publisher and the first other one serve it */
    uint8_t pools;   /* 24 at most */
    uint8_t groups;  /* 5 at most */
    uint8_t dense;   /* phones that something is planted in: so many times those of the sample */
    bool plain;      /* not in mixed mode */
    bool multi_server; /* one CallManager certificate, that a CA signed, on every node */
    bool sha1;         /* lists are signed with SHA-1 */
};

/* The sample's. */
struct truth_options truth_sample(void);
/* Another site for each seed: release, nodes, groups, mode, faults. */
struct truth_options truth_draw(uint64_t seed);

struct truth {
    struct truth_options options;
    struct arena arena;
    struct keyring *keys;
    const char *version, *domain, *tls; /* tls: NULL: this release has no `show tls min-version` */
    uint16_t train;                     /* enum train */
    uint32_t renewed;                   /* node: its TVS certificate is the newest */
    uint32_t authority; /* certificate of the CA that signed the multi-server one; 0: none did */
    uint32_t tokens[2]; /* that sign the CTL before 10.0 */
    bool mixed_mode, rollback;
    int64_t backup_s, backup_failed_s;
    struct truth_node nodes[TRUTH_NODES];
    uint32_t node_count;
    struct truth_cert *certs; /* from 1 */
    uint32_t cert_count, cert_cap;
    struct truth_trust *trust;
    uint32_t trust_count, trust_cap;
    struct truth_list lists[LISTS];
    struct truth_group groups[8];
    struct truth_pool pools[64];
    uint32_t group_count, pool_count;
    struct truth_phone *phones;
    uint32_t phone_count;
};

/* All of it from the options; `cache` as in keyring_new(). */
void truth_make(struct truth *t, const struct truth_options *options, const char *cache);
void truth_free(struct truth *t);
/* The file of truth. */
void truth_json(const struct truth *t, FILE *out);

/* The part of it that says what is planted; `root` is a cJSON. */
void truth_faults(const struct truth *t, void *root);

/* A certificate stands once in the TVS store, in whatever trust stores it lies: whether it is there
 * for the first time in this row. */
bool truth_first(const struct truth *t, uint32_t trust_row);

bool truth_has(const struct truth *t, enum fault f);

/* What ITL File Status says of it: SIP phones that are registered (documented). */
const char *truth_itl_status(const struct truth *t, const struct truth_phone *p);

/* Its parts, for truth.c alone. */
uint32_t certs_make_own(struct truth *t, uint32_t node, enum unit unit, int64_t from_s,
                        uint32_t nth);
void certs_make(struct truth *t);
void certs_trust(struct truth *t);
void lists_make(struct truth *t);
void fleet_make(struct truth *t);
/* Those of which there is somebody; where groups are of one node that is one, whoever planted it.
 */
void faults_that_are(struct truth *t);

/* Texts that several writers share; `out` has 64 bytes. */
const char *say_ip(uint32_t address, char out[64]);
const char *say_hex(struct view v, const char *between, char *out, size_t room); /* upper case */
const char *say_profile(const struct truth *t, const struct truth_phone *p, char out[96]);
const char *phone_tftp(const struct truth *t, const struct truth_phone *p, uint32_t nth,
                       char out[64]);
/* "Sun Nov 29 21:14:05 UTC 2026" */
const char *say_date(int64_t s, char out[64]);
/* "20261129", "2026-11-29T21:14:05": strftime's forms. */
const char *say_when(int64_t s, const char *form, char out[64]);
struct view pem_of(const struct truth_cert *c, struct arena *a);

#endif
