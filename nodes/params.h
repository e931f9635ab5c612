/* Parameters of a cluster: enterprise and service parameters, and what no page has but somebody has
 * to say.  One table.  Pure. */
#ifndef CUCMLAB_NODES_PARAMS_H
#define CUCMLAB_NODES_PARAMS_H

#include "sim/core/fact.h"

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
    PARAM_NODE_BOOT_US,       /* from a node's reboot to the start of its services */
    PARAM_ACCEPT_FOREIGN_LSC, /* CallManager takes an LSC whose issuer lies in CAPF-trust (0, 1) */
    PARAM_HTTPS_SERVICES,     /* secured phone URLs are HTTPS (0, 1) */
    /* what sources disagree about */
    PARAM_ROLE_BY_MODE,         /* CallManager records of the ITL follow the mode (0, 1) */
    PARAM_CTL_AT_ONCE,          /* a new CTL and a new mode count at once, where the version says
                                   either */
    PARAM_LOCALKEY_RENEWS_SAST, /* localkey puts the ITLRecovery of now into the list (0, 1) */
    PARAM_LOCALKEY_EACH_NODE,   /* localkey signs each node's list with that node's key (0, 1) */
    PARAM_LOCALKEY_FROM_DISK,   /* localkey signs with the key on disk, in service or not (0, 1) */
    PARAM_CAPF_KEEPS_OLD,       /* the CAPF before stays in CAPF-trust (0, 1) */
    PARAM_CAPF_TRUST_HERE,      /* an upload to CAPF-trust stays on that node (0, 1) */
    PARAM_TLS_MIN,              /* `set tls min-version` of all nodes: 0 is TLS 1.0, 3 is 1.3 */
    PARAM_ONE_PER_NAME,        /* one certificate of a name and kind of key in a trust store (0, 1),
                                  where the version does not say */
    PARAM_NEWER_START_WINS,    /* of two of one name the newer start date stays (0, 1) */
    PARAM_DELETES_HERE,        /* a trust certificate is deleted from that node alone (0, 1), where
                                  the version says either */
    PARAM_MODULUS_3072,        /* modulus code of a 3072-bit signature; 0: nobody knows it */
    PARAM_OUTSIDE_GROUP,       /* CallManager takes phones whose group does not name its node */
    PARAM_DIRECTORY_HOST,      /* the URL of Directories names the publisher (0, 1) */
    PARAM_RENAME_RENEWS_REC,   /* another name or address renews ITLRecovery too (0, 1) */
    PARAM_CSCTN50405,          /* a backup lacks CallManager.pem (0, 1) */
    PARAM_CSCTO60209,          /* the fix by which 8.x prints checksums of lists (0, 1) */
    PARAM_REFRESH_US,          /* a node is away while a refresh upgrade is installed */
    PARAM_FN70613,             /* an upgrade to 12.5 regenerates ITLRecovery (0, 1) */
    PARAM_ITLRECOVERY_1024,    /* an upgrade left ITLRecovery at 1024 bits (0, 1) */
    PARAM_RECOVERY_YEARS,      /* validity of a new ITLRecovery, where the version leaves it open */
    PARAM_TLS_YEARS,           /* likewise of the certificates of TLS servers */
    PARAM_PROXY_COMMON,        /* a central TFTP asks for common files too (0, 1) */
    PARAM_SAST_SIGNS_FILES,    /* Phone-SAST-trust vouches for signers of files too (0, 1) */
    PARAM_REMOTE_TIMEOUT_US,   /* it waits so long for one address of a remote cluster */
    PARAM_LSC_DAYS,            /* Duration Of Certificate Validity */
    PARAM_CERT_NOTIFY_DAYS,    /* Certificate Monitor: Notification Start Time */
    PARAM_CERT_NOTIFY_EVERY,   /* Certificate Monitor: Notification Frequency, days */
    PARAM_DATES_OF_PHONES,     /* CallManager refuses an LSC or MIC that is not within its time */
    PARAM_DATES_OF_CAPF,       /* ... or whose CAPF's certificate is not (0, 1) */
    PARAM_GATES_TAKE_MIC,      /* RADIUS server and VPN gateway trust Cisco's manufacturing CAs */
    PARAM_TVS_VOUCHES_EXPIRED, /* TVS vouches for certificates past their time (0, 1) */
    PARAM_AUTO_REGISTRATION,   /* phones that are in no database get a row (0, 1) */
    PARAM_AUTO_FIRST,          /* Starting Directory Number */
    PARAM_AUTO_LAST,           /* Ending Directory Number */
    PARAM_ITL_ALL_TFTP,        /* an ITL has CallManager of every TFTP node (0, 1) */
    PARAM_GROUPS_LOSE_NODES,   /* a node is deleted though CallManager groups name it (0, 1) */
    PARAM_CTL_NON_SECURE,      /* what is left of the CTL without mixed mode: enum ctl_rest */
    PARAM_EXPORT_CONTROLLED,   /* the cluster is licensed for mixed mode (0, 1) */
    PARAM_BULK_ITLRECOVERY,    /* a bulk export holds ITLRecovery (0, 1) */
    PARAM_BULK_CAPF_TRUST,     /* an import puts CAPF into CAPF-trust as well (0, 1) */
    PARAM_CSCUY43181,          /* a consolidated file of two formats is not imported (0, 1) */
    PARAM_CCM_TRUST_LSC,       /* CallManager takes an LSC whose issuer lies in CallManager-trust */
    PARAM_CTL_SAST_TRUST,      /* the CTL has what lies in Phone-SAST-trust as SAST (0, 1) */
    PARAM_THIRD_PARTY_KEYS,    /* somebody has a tool that presses keys of phones (0, 1) */
    PARAM_SERVER_NAMES,        /* configurations name hosts, not addresses (0, 1) */
    PARAM_REUSE_FOLLOWS, /* a renewed tomcat becomes CallManager's again (0, 1), once reused */
    PARAMS
};

enum ctl_rest { CTL_CAPF_ALONE, CTL_SERVERS_EMPTIED, CTL_ALL_EMPTIED };

extern const struct fact param_table[PARAMS];     /* title: on the administration page */
bool param_find(const char *name, enum param *p); /* by name or title */
/* A value as an administrator enters it on the page: "False"; NULL: the number itself. */
const char *param_entered(enum param p, uint64_t value);
/* Somebody enters it on a page or in the CLI, and the database holds it.  Others say how the
 * product is, or what lies around it, and no restore takes them back. */
bool param_is_setting(enum param p);
/* Whether the value may make a difference where this was done. */
struct acts_done;
bool param_matters(enum param p, const struct acts_done *done);

#endif
