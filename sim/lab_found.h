/* Clusters and phones as they were found: the facts of files beside the model.  Who wants to know
 * how a cluster *is* asks the model (struct cluster, struct phone); who wants to know what a file
 * said, how sure, and what no model holds (the address outside, the backup, lastSeen, web access)
 * asks here: preflight, the change page, reports.
 *
 * Written by sim/script while `found {}`, `list {}` and `phones { file = }` are read
 * (docs/CLUSTER.md) and never again.  One for a lab and all its forks, owned by what they share;
 * texts live as long. Indices of content and numbers of phones are those of the lab that was
 * loaded: a lab_fork() has the same, phone i of a lab_trial() is phones[i] there.
 *
 * The present: phones of such a cluster boot with empty flash, and when all is quiet for the first
 * time lab_present() makes everything as it was found; the time until then counts for nobody. */
#ifndef CUCMLAB_LAB_FOUND_H
#define CUCMLAB_LAB_FOUND_H

#include "nodes/found.h"
#include "sim/lab.h"

/* What a file may say or not. */
enum lab_told { LAB_UNTOLD, LAB_NO, LAB_YES };

/* A certificate of cluster.certs/, or a list of it. */
struct lab_found_blob {
    uint32_t content; /* CT_CERT, CT_LIST */
    char sha256[65];  /* of the bytes as they came, lower case */
    bool stand_in;   /* a certificate: somebody looks at bytes, and another key signs in its name */
    bool unverified; /* a list: its signature is of none of the certificates at hand */
};

/* What TFTP, TVS and others say of themselves that are no services of the model. */
struct lab_found_service {
    const char *name; /* as the file has it: "Cisco DRF Local" */
    uint8_t state;    /* enum found_state */
    int64_t since_s;  /* 0: nobody says */
};

struct lab_found_node {
    const char *address; /* outside, as the file has it: "10.1.1.10"; "": nobody says */
    int8_t replication;  /* REPLICATION SETUP: 0 to 4, 2 is good; -1: nobody says */
    uint8_t fips;        /* enum lab_told */
    int8_t tls; /* `set tls min-version`: as the parameter "tls_min" counts, 2 is 1.2; -1 */
    const struct lab_found_service *services; /* those that the model has not */
    uint32_t service_count;
};

/* `list {}`: known by its hash and the names of its records alone. */
struct lab_found_list {
    const char *name; /* "itl-1" */
    bool is_ctl;
    uint32_t list;              /* CT_LIST that stands for it, by lab_options.strangers */
    char sha1[41];              /* of the whole file, lower case; "": nobody says */
    const char *const *records; /* "TVS cucm1.example.com", as it was written */
    uint32_t record_count;
    uint32_t cluster;
};

struct lab_found_cluster {
    bool found;         /* else nothing below says anything */
    struct found model; /* what the model holds, as it was found: of every node of the cluster */
    const struct lab_found_node *nodes;         /* as many */
    uint8_t backup;                             /* enum lab_told: LAB_NO is "none" */
    int64_t backup_s;                           /* LAB_YES: Unix seconds of the newest that
                                                   succeeded */
    uint8_t itlrecovery_saved, backup_restores; /* enum lab_told */
    /* Since the present: OWN_BIT of what that backup has of each node that nobody knows, of what
     * concerns phones. */
    uint32_t backup_unknown[CLUSTER_PLACES];
    uint8_t mixed_mode;                 /* enum lab_told */
    uint64_t params[PARAMS];            /* where they are told: */
    uint64_t params_told[FOUND_PARAMS]; /* bit of each */
};

/* How a phone's list is known. */
enum lab_holds {
    HOLDS_UNTOLD, /* "": counts as served, assumed */
    HOLDS_SERVED, /* said to be what its TFTP serves */
    HOLDS_NONE,
    HOLDS_LIST,   /* `list`, whose bytes are known */
    HOLDS_BY_HASH /* `list` of a `list {}`, known by its hash alone */
};

enum lab_itl_told {
    ITL_STATUS_UNTOLD,
    ITL_STATUS_MATCH,
    ITL_STATUS_MISMATCH,
    ITL_STATUS_NONE,   /* Not Installed */
    ITL_STATUS_UNKNOWN /* the column itself says so */
};

struct lab_found_holds {
    uint8_t how;   /* enum lab_holds */
    uint32_t list; /* CT_LIST; 0 where `how` names none */
};

struct lab_found_phone {
    struct lab_found_holds ctl, itl;
    int64_t since_s; /* Unix seconds: lastSeen, or since when it is as it is; 0: untold */
    uint8_t on, web, lsc, encrypted; /* enum lab_told */
    uint8_t itl_status;              /* enum lab_itl_told: what the column ITL File Status said */
    const char *model; /* in the file's words, where the lab has another; NULL: it is that */
    const char *description, *source; /* strangers' text; "": none */
    uint32_t line;                    /* of cluster.phones.csv */
};

struct lab_found {
    struct lab_found_cluster clusters[LAB_CLUSTERS];
    const struct lab_found_blob *certs, *lists;
    const struct lab_found_list *by_hash;
    const uint32_t *past; /* CT_LIST: as phones must hold them that are off since before a renewal,
                             which no file shows */
    uint32_t cert_count, list_count, by_hash_count, past_count;
    uint32_t stand_ins;     /* certificates that have one */
    uint32_t bent, nothing; /* phones simulated as another model; rows of files that are no phone */
    uint64_t present_us;    /* when the present was reached; UINT64_MAX: not yet */
};

/* NULL: nothing was found. */
const struct lab_found *lab_found(const struct lab *lab);
/* NULL: that cluster was not found, that phone is in no file. */
const struct lab_found_cluster *lab_found_cluster(const struct lab *lab, uint32_t cluster);
const struct lab_found_phone *lab_found_phone(const struct lab *lab, uint32_t phone);

/* Something was found, and the present is still to come. */
bool lab_is_before_present(const struct lab *lab);
/* Makes it the present, now; once. */
void lab_present(struct lab *lab);

/* The security token of that name in the drawer of a cluster that was found: CT_CERT; 0: none. */
uint32_t lab_found_token(const struct lab *lab, const char *name);

/* ---- loading: sim/script and tests alone ---- */

#define LAB_FOUND_CERTS 10000      /* certificates, and lists, of one lab */
#define LAB_FOUND_BYTES (1u << 20) /* of one of them */
#define LAB_SHA256      64         /* hexadecimal digits of a name, lower case */

/* Memory that lasts as long as the facts: what an error leaves behind there is nobody's loss. */
struct arena *lab_found_arena(struct lab *lab);
/* That cluster can be one that was found: it was just made, nothing is in it yet. */
bool lab_found_can(const struct lab *lab, uint32_t cluster, struct err *e);
/* Takes bytes in; their SHA-256 must be that.  All certificates before the first lab_found_cert(),
 * for a chain has to be whole, and before the first list. */
bool lab_found_add_cert(struct lab *lab, const char *sha256, struct view der, struct err *e);
bool lab_found_add_list(struct lab *lab, const char *sha256, struct view bytes, struct err *e);
/* CT_CERT, CT_LIST; 0: it was not added. */
uint32_t lab_found_cert(struct lab *lab, const char *sha256);
uint32_t lab_found_list(struct lab *lab, const char *sha256);
bool lab_found_has_cert(struct lab *lab, const char *sha256);
/* A certificate that nobody has, for a service that works with one that nobody knows; `like`: the
 * CT_CERT whose names it has, 0: that on the node's disk. */
uint32_t lab_found_stranger(struct lab *lab, uint32_t cluster, uint32_t node, enum service s,
                            uint32_t like);
/* The cluster is as this says from now on.  Arrays and texts lie in the arena; what is not told of
 * `model.nodes` has no pointer. */
void lab_found_put(struct lab *lab, uint32_t cluster, const struct lab_found_cluster *c);
/* A list that is known by its hash: fills in `list`.  False: that name is taken, a record is none
 * ("ROLE common name", ROLE one of TVS, CAPF, TFTP, CCM, CCM+TFTP, SAST). */
bool lab_found_by_hash(struct lab *lab, const struct lab_found_list *l, struct err *e);
/* What the file says of a phone.  Phones in the order of their numbers. */
void lab_found_put_phone(struct lab *lab, uint32_t phone, const struct lab_found_phone *p);
/* DHCP option 150 where it stands names these servers; 0: no second one. */
void lab_found_tftp(struct lab *lab, uint32_t phone, const uint32_t ip[2]);
/* Of a file: phones simulated as another model, and rows of devices that hold no trust list. */
void lab_found_count_rows(struct lab *lab, uint32_t bent, uint32_t nothing);
/* "2026-03-14 06:00" by the clock of start(), or "2026-03-14T06:00:00Z"; Unix seconds. */
bool lab_found_date(const struct lab *lab, const char *text, int64_t *unix_s, struct err *e);

#endif
