/* Checks of a cluster as it stands, before anybody changes something: a table of rows, each a
 * question with its severity, why it matters and what to do, and a function over (model, facts of
 * files) that answers it with findings.  How things are comes from the model (struct cluster,
 * struct phone), what files alone say from sim/lab_found.h; where no file says, and it matters, the
 * finding is *cannot know*, with what to collect.  A check changes nothing and prints nothing.
 *
 * Rows stand in checks_AREA.c; judge.c runs them; docs/PREFLIGHT.md is printed from them. */
#ifndef CUCMLAB_PREFLIGHT_CHECK_H
#define CUCMLAB_PREFLIGHT_CHECK_H

#include "sim/lab_found.h"

/* From the best to the worst, but for what nobody can say. */
enum preflight_severity { PREFLIGHT_PASS, PREFLIGHT_UNKNOWN, PREFLIGHT_WARN, PREFLIGHT_FAIL };
#define PREFLIGHT_SEVERITIES (PREFLIGHT_FAIL + 1)

#define PREFLIGHT_NAMED 100 /* phones that a finding names; it counts all */

/* Whom a finding concerns. */
struct preflight_who {
    uint64_t nodes[FOUND_NODES];     /* bit of each node's number */
    uint32_t phones;                 /* how many */
    uint32_t named[PREFLIGHT_NAMED]; /* the first of them, */
    uint32_t named_count;            /* so many */
};

struct preflight_check;

struct preflight_finding {
    const struct preflight_check *check;
    uint8_t severity; /* enum preflight_severity */
    uint8_t cluster;
    uint32_t order;     /* in which they were found */
    const char *fact;   /* one sentence without its full stop */
    const char *source; /* where that stands */
    const char *why;    /* it matters; that of the row, or its own */
    const char *what;   /* to do; of *cannot know*: what to collect */
    struct preflight_who who;
};

struct touch;

/* All that was found: what the writers and the change page read. */
struct preflight {
    struct preflight_finding *list; /* by severity, the worst first; then as the rows stand */
    uint32_t count, cap;
    uint32_t counts[PREFLIGHT_SEVERITIES];
    struct arena arena; /* of its texts */
    struct lab *lab;    /* borrowed */
    const struct lab_found *found;
    struct touch *known, *strangers;
    const struct lab_found_phone *(*phone)(const struct lab *lab, uint32_t phone);
    int64_t now_s;
    uint32_t days;
};

/* What a check sees. */
struct preflight_see {
    struct preflight *out;
    const struct preflight_check *check;
    struct lab *lab;          /* the present */
    const struct cluster *cl; /* of it */
    uint32_t cluster;
    const struct lab_found *found;        /* NULL: nothing was found */
    const struct lab_found_cluster *told; /* NULL: no file says anything of this cluster */
    const struct lab_found_phone *(*phone)(const struct lab *lab, uint32_t phone);
    const struct touch *known, *strangers; /* what trials say, in both cases of lists that are known
                                              by their hash; strangers NULL: there is one case */
    int64_t now_s;                         /* the present, Unix seconds */
    uint32_t days;                         /* certificates that end within so many */
};

/* Changes that must not begin while a check fails.  What a check stops, its row says. */
enum preflight_stops {
    PREFLIGHT_STOPS_RENEWAL = 1 << 0, /* a certificate is made anew, or another one put in */
    PREFLIGHT_STOPS_SIGNERS = 1 << 1, /* that of CallManager, TVS or ITLRecovery is */
    PREFLIGHT_STOPS_NODES = 1 << 2,   /* nodes: names, addresses, who is one, the version */
    PREFLIGHT_STOPS_RESTORE = 1 << 3, /* a backup is restored */
    PREFLIGHT_STOPS_MOVE = 1 << 4,    /* phones go to another cluster, or to other servers */
    PREFLIGHT_STOPS_MODE = 1 << 5,    /* the security mode of the cluster */
};
/* All but a restore, which begins from whatever is there. */
#define PREFLIGHT_STOPS_MOST                                                                       \
    (PREFLIGHT_STOPS_RENEWAL | PREFLIGHT_STOPS_SIGNERS | PREFLIGHT_STOPS_NODES |                   \
     PREFLIGHT_STOPS_MOVE | PREFLIGHT_STOPS_MODE)

struct preflight_check {
    const char *name;  /* for scripts: "group-of-one" */
    const char *title; /* what it asks, in a few words */
    const char *good;  /* the fact of a pass */
    const char *source, *why, *what;
    const char *collect; /* what to collect where nobody can say; NULL: it can always say */
    uint8_t worst;       /* enum preflight_severity: of what it finds */
    uint8_t stops;       /* enum preflight_stops */
    bool by_end;         /* they may begin where it fails no more when they are over */
    bool tries;          /* it asks what was found by trying */
    void (*look)(struct preflight_see *s); /* says what it finds; nothing: it passes */
};

/* The rows of each file, up to one without a name. */
extern const struct preflight_check preflight_checks_services[];
extern const struct preflight_check preflight_checks_certificates[];
extern const struct preflight_check preflight_checks_trust[];
extern const struct preflight_check preflight_checks_lists[];
extern const struct preflight_check preflight_checks_recovery[];
extern const struct preflight_check preflight_checks_phones[];

#endif
