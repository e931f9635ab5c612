/* What differs between CUCM versions: one table of facts.  No handler asks for a version; it reads
 * a column.  Sources and sureness of each cell stand in version.c and in docs/VERSIONS.md. */
#ifndef CUCMLAB_NODES_VERSION_H
#define CUCMLAB_NODES_VERSION_H

#include "sim/core/contract.h"
#include "sim/core/fact.h"

/* A node's own certificates, in the order of OS Administration. */
enum own {
    OWN_CALLMANAGER,
    OWN_CALLMANAGER_ECDSA,
    OWN_TVS,
    OWN_CAPF,
    OWN_TOMCAT,
    OWN_TOMCAT_ECDSA,
    OWN_ITLRECOVERY,
    OWN_IPSEC,
    OWNS,
    OWN_NONE = OWNS
};

#define OWN_BIT(own) (1u << (own))

/* When TFTP begins to serve a new CTL, and CallManager goes by a new mode. */
enum ctl_served {
    CTL_AT_START, /* when they start */
    CTL_EITHER,   /* sources disagree: the parameter "ctl_served_at_once" says which */
    CTL_AT_ONCE
};

/* From where a trust certificate is deleted. */
enum deletion {
    DELETED_HERE,   /* from that node alone */
    DELETED_EITHER, /* sources disagree: the parameter "deletes_on_one_node" says which */
    DELETED_EVERYWHERE
};

/* What stands beside the tokens in the CTL that the CTL client makes. */
enum token_ctl {
    TOKENS_NONE,  /* no CTL client */
    TOKENS_ALONE, /* no other SAST */
    TOKENS_BESIDE /* ITLRecovery and CallManager of the publisher as SAST too */
};

#define VERSION_NAME 16
struct version {
    const char *name;        /* "10.5(2)" */
    uint8_t itl_signer;      /* enum own */
    uint8_t itl_second_sast; /* second SAST record of the ITL; OWN_NONE: none */
    uint8_t ctl_signer;      /* tokenless CTL; OWN_NONE: this version has none */
    uint8_t ctl_second_sast;
    uint8_t localkey; /* what `utils itl reset localkey` signs with; OWN_NONE: no such command */
    uint32_t publisher_only; /* OWN_BIT of kinds that only the publisher makes; else each node
                                its own */
    uint32_t restarts;       /* OWN_BIT of kinds whose service restarts by itself when they are
                                regenerated */
    uint8_t ctl_served;      /* enum ctl_served: a new CTL */
    uint8_t recovery_years;  /* how long a new ITLRecovery lives; 0 with `years_set`: the parameter
                                "itlrecovery_years" says */
    bool years_set;          /* how long new certificates of TLS servers live is the parameter
                                "tls_certificate_years"; else five years */
    bool cucm; /* else a plain file server: nothing is signed, and whoever registers its phones has
                  no certificates */
    bool sbd;  /* Security By Default: ITL, TVS, signed files whatever the mode, secured URLs */
    bool ipsec_usage;       /* certificates of its services are for ipsecEndSystem too */
    bool full_records;      /* TVS and CAPF records of the ITL hold the certificate, not its hash */
    bool itl_rebuilds;      /* TFTP uses new certificates and rebuilds the ITL by itself */
    bool ccm_uses_new;      /* CallManager uses a new certificate without a restart */
    bool resets_phones;     /* phones are reset after a certificate change (unless the parameter
                               "Phone Interaction on Certificate Update" says manually) */
    bool ctl_update_resets; /* likewise after `utils ctl update CTLFile` */
    bool rollback_by_itself; /* the rollback parameter rebuilds the ITL and resets phones */
    bool
        refuses_own_subject; /* a trust store takes no certificate named as one of the nodes' own */
    bool multi_server;       /* one certificate for all nodes (multi-server SAN) */
    uint32_t shares_also;    /* OWN_BIT of kinds that it may be of besides those of nodes/kinds.c */
    bool self_signed_shared; /* such a one may be self-signed */
    bool one_per_name;   /* a trust store holds one certificate of a common name and kind of key;
                            else the parameter "one_per_name" says whether */
    uint8_t deletes;     /* enum deletion */
    bool reuses_tomcat;  /* CallManager may have the multi-server certificate of tomcat */
    uint8_t tls_highest; /* up to which the oldest TLS can be set, as the parameter "tls_min"
                            counts: 2 is TLS 1.2; 0: there is no `set tls min-version` */
    uint8_t tls_newest;  /* that it speaks, counted likewise */
    uint8_t tls_oldest;  /* that it takes after an installation; an upgrade leaves it as it was */
    const char
        *upgrades_from; /* an upgrade to it begins there or later; NULL: anywhere before it */
    const char *standard_from; /* one that begins there or later is a standard upgrade; from before
                                  it is a refresh upgrade, for the operating system is another */
    bool renews_itlrecovery;   /* an upgrade to it makes ITLRecovery anew, from where each node has
                                  its own (field notice 70613) */
    bool shows_checksums; /* `show itl` and `show ctl` print MD5 and SHA-1 first; else the parameter
                             "cscTo60209" says whether */
    bool drops_expired;   /* an upgrade to it leaves expired trust certificates behind */
    uint8_t token_ctl;    /* enum token_ctl */
    bool keeps_itl;       /* the ITL before stays on the server, for Cisco TAC (CSCts01319) */
    bool has_fips;
    bool old_bulk;     /* a bulk export is as 8.x and 9.x make it: see the parameter "cscUy43181" */
    bool asks_licence; /* mixed mode wants export-controlled functionality */
    bool itl_status;   /* the list of phones has the column ITL File Status (of SIP phones) */
    bool auto_registers_mixed; /* auto-registration works in mixed mode too */
    uint8_t key[OWNS];         /* enum key_type; KEY_NONE: this version has none */
    uint8_t cert_digest;       /* enum digest, of self-signed certificates */
    bool lsc_sha256;           /* CAPF signs LSCs with SHA-256, else with SHA-1 */
    int16_t signer_version;    /* tag 28 of lists; -1: none */
    const char *doc;           /* of other_versions */
};

extern const struct version version_table[];
extern const uint32_t version_count;

/* From which version on a column is how sure, and from where: until the next one says otherwise. */
struct version_mark {
    const char *from; /* a name of the table; NULL: no more */
    uint8_t sure;     /* enum sureness */
    const char *source;
};
/* What phones come from and go to beside these: CUCM before 8.0, and a file server that is none.
 * Found by version_find() like the others. */
extern const struct version other_versions[];
extern const uint32_t other_version_count;
/* An upgrade from the one to the other takes the node out of service while it is installed. */
bool version_refreshes(const struct version *from, const struct version *to);
/* An upgrade goes from the one to the other. */
bool version_later(const struct version *v, const struct version *than);

/* The table in words, a row of docs/VERSIONS.md for each column of it. */
#define VERSION_CELL  80
#define VERSION_MARKS 8
struct version_column {
    const char *title;
    void (*print)(const struct version *v, uint8_t own, char out[VERSION_CELL]);
    uint8_t own;                              /* enum own, where it is about one kind */
    struct version_mark marks[VERSION_MARKS]; /* the first from the first version on */
};

extern const struct version_column version_columns[];
extern const uint32_t version_column_count;
/* That of one cell. */
const struct version_mark *version_mark(const struct version_column *c, const struct version *v);

/* "8.6", "10.5(2)", "14SU1", and every other release of a train that the table has: "12.5(1)SU2",
 * "15SU3a" are the newest row that is not after them.  NULL: no such release. */
const struct version *version_find(const char *name);

#endif
