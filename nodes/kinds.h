/* Kinds of certificates, trust stores and services: one table each.  Whoever adds a kind adds a
 * row. Pure. */
#ifndef CUCMLAB_NODES_KINDS_H
#define CUCMLAB_NODES_KINDS_H

#include "nodes/version.h"

/* ---- own certificates (enum own) ---- */

enum subject_form {
    SUBJECT_HOST, /* CN=<host>[.<domain>] */
    SUBJECT_HOST_EC /* CN=<host>-EC[.<domain>] */,
    SUBJECT_CAPF,       /* CN=CAPF-<8 hex digits> */
    SUBJECT_ITLRECOVERY /* CN=ITLRECOVERY_<host> */
};

/* What Bulk Certificate Management takes at a time. */
enum bulk_unit { BULK_ALL, BULK_TOMCAT, BULK_TFTP, BULK_CAPF, BULK_ITLRECOVERY, BULK_UNITS };

struct own_kind {
    const char *name;   /* "CallManager-ECDSA" */
    uint8_t subject;    /* enum subject_form (observed) */
    bool ca;            /* signs others (CAPF: LSCs) */
    bool ipsec;         /* where the version has it, ipsecEndSystem is among its extended usages */
    uint8_t years;      /* validity of a self-signed one; ITLRecovery: by version */
    bool in_lists;      /* phones' trust lists hold it: a new one makes them out of date */
    bool copied;        /* where only the publisher makes it, the others get its copy */
    uint32_t roles;     /* ROLE_BIT of each that TVS vouches for */
    uint8_t kept_in;    /* enum store that may go on holding the one before; STORE_OWN: none */
    uint8_t trust;      /* enum store where those who signed it have to lie; STORE_OWN: it is always
                           self-signed */
    bool shared;        /* a multi-server certificate may serve all nodes */
    const char *others; /* whom a new one concerns besides phones, and what has to be done; NULL:
                           nobody */
    uint8_t bulk;       /* enum bulk_unit that it is exported with; BULK_ALL: with none */
    uint32_t imported_to; /* STORE_BIT of each trust store that an import puts it into */
};

const char *bulk_unit_name(enum bulk_unit unit); /* "tftp", as the CLI has it */

const char *key_type_name(enum key_type type); /* "RSA-2048", "EC-384" */

extern const struct own_kind own_kinds[OWNS];
const char *own_name(enum own own);
bool own_find(const char *name, enum own *own);
/* Phones have to do with it: their lists hold it, or a service shows it to them. */
bool own_concerns_phones(enum own own);

/* ---- trust stores ---- */

/* Where a certificate of the database lies.  Own certificates of all nodes are in it as well: TVS
 * answers from the whole list of OS Administration (documented). */
enum store {
    STORE_OWN, /* own certificate `own` of `node` */
    STORE_CALLMANAGER_TRUST,
    STORE_PHONE_SAST_TRUST,
    STORE_CAPF_TRUST,
    STORE_TOMCAT_TRUST,
    STORE_TVS_TRUST,
    STORE_IPSEC_TRUST,
    STORES
};

#define STORE_BIT(s) (1u << (s))

struct store_kind {
    const char *name; /* "CallManager-trust" */
    uint32_t roles;   /* ROLE_BIT of each that TVS vouches for; STORE_OWN: by its kind */
    bool stays;       /* what is uploaded lies on that node alone (PARAM_CAPF_TRUST_HERE) */
};

extern const struct store_kind store_kinds[STORES];
const char *store_name(enum store s);
bool store_find(const char *name, enum store *s); /* trust stores alone */

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
    SERVICE_CERT_CHANGE, /* brings a trust certificate back to a node where it was deleted */
    SERVICES
};

#define SERVICE_BIT(s) (1u << (s))

/* On which nodes a service is activated. */
enum activation {
    ON_EVERY_NODE,            /* a network service */
    WITH_TFTP_OR_CALLMANAGER, /* TVS: every node that runs CallManager (documented) */
    BY_HAND,                  /* a feature service: on the page Service Activation */
    BY_HAND_ON_PUBLISHER      /* likewise, and there alone: CAPF, CTL Provider */
};

struct service_kind {
    const char *name, *shorter; /* "Cisco Trust Verification Service", "TVS" */
    uint8_t own;                /* enum own: the certificate it works with; OWN_NONE: none */
    uint8_t activation;         /* enum activation */
    bool plain;                 /* a server that is no CUCM has it too */
};

extern const struct service_kind service_kinds[SERVICES];
const char *service_name(enum service s); /* "Cisco Tftp" */
/* By its name, with or without "Cisco ", case as given by CUCM; "TVS" and "TFTP" too. */
bool service_find(const char *name, enum service *s);

#endif
