/* A cluster and its phones, made of what files say (sim/import/facts.h): who is who, which of
 * several sources goes, what is assumed and what nobody can know.  Read by `cucmlab import`,
 * written to files by sim/import/write.h.
 *
 * One rule decides between sources: of two values of one fact the one whose reading is surer goes
 * (enum sure), then the one of the reading that was made later, then the one that came first.  Both
 * stand among the claims.  Nothing else is thrown away: what was left out is a claim as well.
 *
 * A site borrows texts and certificates of its facts, which outlive it. */
#ifndef CUCMLAB_IMPORT_SITE_H
#define CUCMLAB_IMPORT_SITE_H

#include "nodes/model.h"
#include "sim/import/facts.h"

#include <stdio.h>

#define SITE_NONE     UINT32_MAX /* no fact, no node, no list */
#define SITE_SERVICES 150        /* of a node */

/* ---- what the result rests on ---- */

enum site_how {
    SITE_KNOWN,       /* a source says so */
    SITE_ASSUMED,     /* none does: what the program takes, and why */
    SITE_CANNOT_KNOW, /* none does, and it matters: what to collect */
    SITE_CONTRADICTS, /* sources disagree, or what is said cannot be */
    SITE_HOWS
};

struct site_source {
    uint32_t reading, line; /* of struct facts */
};

struct site_claim {
    uint8_t how;       /* enum site_how */
    const char *what;  /* "version", "own certificate TVS of cucm-sub1", "model of phones" */
    const char *value; /* what is taken; "": nothing */
    const char *why;   /* assumed: why; cannot know: what to collect; contradicts: what else is said
                          and by whom; known: "" */
    uint32_t count;    /* how many facts it stands for: of one fact about many phones, that many */
    uint32_t sources, source_count; /* in site.sources: first that of the value */
};

/* A value and the fact that says it.  text NULL: nobody does.  fact SITE_NONE: assumed or inferred,
 * a claim says why. */
struct site_value {
    const char *text;
    uint32_t fact; /* in facts.list */
};

/* ---- the cluster ---- */

struct site_service {
    const char *name;        /* as service_name() where the model has it, else as the file does */
    uint8_t service;         /* enum service; SERVICES: one that the model has not */
    struct site_value state; /* "started", "stopped", "not-activated", "out-of-service" */
    struct site_value since; /* FORM_DATE */
    /* Which certificate it works with where that is not the one on the disk: SHA-256, or "unknown".
     */
    struct site_value runs;
    const char *runs_why; /* NULL where runs is none */
};

struct site_node {
    const char *name;   /* host name; an address where nothing else is known */
    const char *domain; /* NULL: not known */
    bool publisher;
    bool assumed; /* nobody lists it: it is known by a group, a phone or the program alone */
    struct site_value fqdn, address, version, fips, tls, replication;
    struct site_value own[OWNS]; /* SHA-256 */
    struct site_value itl, ctl;  /* SHA-256 of the lists that its TFTP serves, where there are bytes
                                  */
    struct site_value itl_sha1, ctl_sha1; /* their SHA-1, where that alone is known as well */
    struct site_service *services;
    uint32_t service_count;
    uint32_t own_missing, trust_missing; /* known by name, without bytes */
    bool has_trust;                      /* some source says what lies in its trust stores */
    uint32_t source;                     /* fact by which it is a node */
};

/* A name that is no node of this cluster, and why: IM and Presence, one too many. */
struct site_other {
    const char *name, *why;
    uint32_t fact;
};

struct site_trust {
    const char *store;  /* as store_name() where the model has it */
    uint8_t kind;       /* enum store; STORES: one that the model has not */
    const char *sha256; /* of the certificate */
    uint64_t on;        /* bit of each node that has it */
    bool everywhere;    /* on every node whose stores are known */
    uint32_t fact;
};

struct site_tvs {
    const char *issuer, *serial, *subject; /* as the file has them; subject may be NULL */
    const char *sha256;                    /* NULL: no file has its bytes */
    bool has_ttl;
    uint32_t ttl_s;
    const char *roles; /* "SAST TFTP", as AXL names them; "": nobody says */
    uint32_t fact;
};

struct site_group {
    const char *name;
    uint8_t members[CNF_SERVERS]; /* nodes */
    uint8_t count;
    bool assumed;
    uint32_t fact;
};

struct site_pool {
    const char *name;
    uint32_t group; /* in site.groups */
    uint32_t phones;
    bool assumed; /* its group is */
    uint32_t fact;
};

struct site_parameter {
    enum param param;
    uint64_t value;
    uint32_t fact;
};

/* What people read of a certificate that is at hand. */
struct site_cert {
    const char *sha256, *subject, *issuer, *serial; /* serial in hexadecimal digits */
    int64_t not_before_s, not_after_s;
    uint16_t bits;
    bool rsa;
};

/* A trust list that somebody serves or a phone holds. */
struct site_list {
    const char *name; /* "itl-1": known by its hash alone, and some phone holds it; else NULL */
    bool is_ctl;
    const char *sha256;         /* NULL: no bytes */
    const char *sha1;           /* of the whole file; NULL: not known */
    const char *const *records; /* "TVS cucm1.example.com"; of one without bytes */
    uint32_t record_count;
    bool usual;         /* no source says its records: those that this cluster would have */
    uint64_t served_by; /* bit of each node */
    uint32_t holders;   /* phones that are known to hold it */
    uint32_t elsewhere; /* of them, where there are no bytes: that ask no node which serves it */
    uint32_t fact;
};

/* ---- the phones ---- */

enum site_holds {
    SITE_HOLDS_UNKNOWN, /* nobody says: counts as served, assumed */
    SITE_HOLDS_SERVED,  /* said to be what its TFTP serves */
    SITE_HOLDS_NONE,
    SITE_HOLDS_LIST /* site.lists[list] */
};

struct site_held {
    uint8_t how; /* enum site_holds */
    uint32_t list, fact;
};

/* Columns of cluster.phones.csv that are a text of one fact: X(field, "column"). */
#define SITE_PHONE_TEXTS(X)                                                                        \
    X(model, "model")                                                                              \
    X(security, "security")                                                                        \
    X(encrypted, "encrypted")                                                                      \
    X(protocol, "protocol")                                                                        \
    X(load, "load")                                                                                \
    X(settings, "settings")                                                                        \
    X(lsc, "lsc")                                                                                  \
    X(state, "state")                                                                              \
    X(since, "since")                                                                              \
    X(web, "web")                                                                                  \
    X(itl_status, "itl_status")                                                                    \
    X(description, "description")

struct site_phone {
    const char *name;
    uint32_t pool; /* in site.pools */
    bool pool_assumed;
#define SITE_PHONE_FIELD(field, column) struct site_value field;
    SITE_PHONE_TEXTS(SITE_PHONE_FIELD)
#undef SITE_PHONE_FIELD
    struct site_held itl, ctl;
    uint8_t tftp[2], tftp_count; /* nodes that it asks, in order; 0: nobody says */
    bool tftp_assumed;           /* as most phones of its pool do */
    uint32_t cls;                /* in site.classes */
    uint32_t fact;               /* the first about it */
};

/* Phones that are alike: (CTL, ITL, group, model, profile, presence). */
struct site_class {
    uint32_t phones, first; /* how many; one of them */
};

struct site {
    const struct facts *facts; /* borrowed */
    struct arena arena;
    const char *name;    /* of the cluster: "HQ" */
    const char *version; /* as version_find() takes it: "12.5(1)SU4" */
    struct site_value version_said;
    const char *domain;           /* of most nodes; NULL */
    int64_t present_s;            /* Unix seconds */
    bool present_said;            /* by a source; else it is the day of the import */
    struct site_value mixed_mode; /* "yes", "no" */
    struct site_value backup;     /* FORM_DATE, or "none" */
    struct site_node *nodes;      /* the publisher first; at least one */
    struct site_other *others;
    struct site_trust *trust;
    struct site_tvs *tvs;
    struct site_group *groups; /* at least one */
    struct site_pool *pools;
    struct site_parameter *parameters;
    struct site_list *lists;
    struct site_cert *certs;    /* those of facts.certs, then those of `extra` */
    struct facts_blob *extra;   /* certificates that only trust lists hold */
    struct site_phone *phones;  /* by name */
    struct site_class *classes; /* the largest first */
    struct site_claim *claims;  /* by how, then as they were found */
    struct site_source *sources;
    const char *usual_model; /* of phones of which nobody says it */
    uint32_t node_count, other_count, trust_count, tvs_count, group_count, pool_count,
        parameter_count, list_count, cert_count, extra_count, phone_count, class_count, claim_count,
        source_count;
    uint32_t node_cap, other_cap, trust_cap, tvs_cap, group_cap, pool_cap, parameter_cap, list_cap,
        cert_cap, extra_cap, phone_cap, class_cap, claim_cap, source_cap;
};

/* Never fails on what facts say, however contradictory: false only where there is nothing at all.
 * `name` of the cluster, which site_check_name() took: NULL: of the domain or "HQ"; `today_s`: Unix
 * seconds, the present where no source says one, and the bound beyond which a date of a source is
 * not believed. Free it in any case. */
bool site_of(const struct facts *f, const char *name, int64_t today_s, struct site *out,
             struct err *e);
void site_free(struct site *s);
/* Whether a cluster may be called so. */
bool site_check_name(const char *name, struct err *e);

/* As the columns itl and ctl have it: "", "served", "none", a SHA-256, "itl-1". */
const char *site_held_text(const struct site *s, const struct site_held *h);
/* "pub.log:12", "AXL.xml", "s.der (offset 12)" of one source; cut to its room. */
#define SITE_WHERE 200
const char *site_where(const struct site *s, struct site_source source, char out[SITE_WHERE]);
/* Bytes of a certificate or a list; NULL: there are none. */
const struct facts_blob *site_blob(const struct site *s, const char *sha256, bool list);
const struct site_cert *site_cert_of(const struct site *s, const char *sha256); /* NULL: none */
struct site_source site_source_of(const struct site *s, uint32_t fact);

/* Claims behind this one that say the same of others, "group of device pool A" and "... B": tables
 * for people show the first of them and how many there are.  0: none does. */
uint32_t site_claims_alike(const struct site *s, uint32_t claim);

/* The table known / assumed / contradicts, the classes, phones whose list nobody serves, what to
 * collect next: a screen or two.  Control characters of strangers' text are shown, not sent. */
void site_print(const struct site *s, FILE *out);
/* All of it (docs/site.schema.json). */
bool site_json(const struct site *s, FILE *out);

#endif
