/* The trust decision: a pure function of what the phone holds, what it was given and what TVS said,
 * to a verdict and the chain of checks that led to it.  Written once: phones, `--explain`, the
 * search for a remedy and the tools that check real files all call it.
 * Source: domain facts as documented in Cisco technotes 116232, 118893, 213407 and the Security
 * Guide 14; docs/TRUST.md says which rule is how sure. */
#ifndef CUCMLAB_PHONES_TRUST_H
#define CUCMLAB_PHONES_TRUST_H

#include "sim/core/content.h"

#define TRUST_TVS_SERVERS CNF_SERVERS /* a phone asks at most 3 (documented) */
#define TRUST_CACHE       3 /* entries of the TVS cache (assumed; a real size is unknown) */

enum trust_purpose {
    TRUST_CTL,        /* a new CTL */
    TRUST_ITL,        /* a new ITL */
    TRUST_CONFIG,     /* a signed configuration, locale or ring list */
    TRUST_HTTPS,      /* the certificate of an HTTPS server */
    TRUST_CAPF,       /* the certificate of CAPF */
    TRUST_TVS_SERVER, /* the certificate of a TVS */
    TRUST_CCM_SERVER, /* the certificate of a CallManager (TLS registration) */
    TRUST_PURPOSES
};

#define TRUST_JUDGED                                                                               \
    (TRUST_CAPF + 1) /* those that TVS may be asked about, and that may wait for it */

enum trust_verdict {
    TRUST_FIRST, /* first trust: both lists absent or empty */
    TRUST_BY_CTL,
    TRUST_BY_ITL,
    TRUST_BY_CACHE, /* of TVS answers */
    TRUST_BY_TVS,
    TRUST_ASK_TVS, /* not known here: ask the next TVS server */
    TRUST_REFUSED
};

/* What became of one TVS server in this decision. */
enum tvs_outcome {
    TVS_NOT_ASKED,
    TVS_NO_ANSWER,    /* the phone's deadline passed */
    TVS_CONN_REFUSED, /* nobody listens */
    TVS_CERT_REFUSED, /* it showed a certificate that is in no list with role TVS */
    TVS_NOT_TRUSTED,  /* it answered status 1 */
    TVS_TRUSTED,      /* it vouched: the answer is in the cache */
    TVS_CERT_EXPIRED, /* its certificate is in a list, and its time is over by the phone's clock */
    TVS_CERT_NOT_YET, /* likewise, and has not begun */
    TVS_OUTCOMES
};

/* An entry of the cache of TVS answers. */
struct trust_cached {
    uint32_t vouch;   /* CT_VOUCH; 0: free */
    uint32_t until_s; /* seconds of machine time */
};

/* One check of a chain, in the order in which they were made. */
enum trust_where { WHERE_EMPTY_LISTS, WHERE_CTL, WHERE_ITL, WHERE_CACHE, WHERE_TVS };
enum trust_result {
    CHECK_ABSENT,        /* no such list; an empty cache */
    CHECK_NO_MATCH,      /* no record with this issuer and serial */
    CHECK_WRONG_ROLE,    /* there is one, for another role */
    CHECK_BAD_SIGNATURE, /* the record's key did not make this signature */
    CHECK_NOT_SIGNED,    /* the file has no signature */
    CHECK_BAD_HASH,      /* issuer and serial match, the certificate is another */
    CHECK_EXPIRED,       /* a cache entry past its time to live */
    CHECK_NONE_LEFT,     /* no TVS server in the configuration */
    CHECK_TVS,           /* see `outcome` */
    CHECK_MATCH,
    CHECK_CERT_EXPIRED, /* the certificate that matched: its time is over by the phone's clock */
    CHECK_NOT_YET_VALID /* likewise: it has not begun */
};

struct trust_check {
    uint8_t where, result;
    uint8_t server;  /* WHERE_TVS: 0 to 2 */
    uint8_t outcome; /* CHECK_TVS: enum tvs_outcome */
    uint16_t record; /* WHERE_CTL, WHERE_ITL: record number from 1, where one matched */
    uint32_t cert;   /* the certificate that matched, or that the TVS showed */
};

struct trust_chain {
    struct trust_check checks[12]; /* more than any chain has */
    uint32_t count;
    uint8_t stopped; /* enum trust_box: the last one that was asked */
};

/* The decision as boxes, each of which asks one thing and leads to another one or to an end: what
 * the picture in docs/DECISION.md shows, and what a refusal names. */
enum trust_box {
    BOX_FIRST,
    BOX_SIGNED,
    BOX_CTL,
    BOX_CTL_ALONE,
    BOX_ITL,
    BOX_MAY_ASK,
    BOX_CACHE,
    BOX_TVS,
    BOX_ANSWER,
    BOX_DATE,
    TRUST_BOXES
};

#define TRUST_EXITS 5

struct trust_box_row {
    const char *name, *asks;
    struct {
        const char *word; /* NULL: no more exits */
        uint8_t to;       /* a box, or TRUST_BOXES + a verdict */
    } exits[TRUST_EXITS];
};

extern const struct trust_box_row trust_boxes[TRUST_BOXES];

/* Where a decision of that purpose begins. */
enum trust_box trust_start(enum trust_purpose purpose);

/* Knobs of the decision; the defaults are those of knobs.h. */
struct trust_rules {
    bool next_tvs_on_unknown; /* ask the next server after "not trusted" */
    bool ccm_in_itl;          /* look for CallManager's certificate in the ITL as well */
    bool ctl_by_ctl_alone;    /* a CTL: where one is held, by its records or not at all */
    uint8_t dates; /* FSM_BIT of each purpose whose certificate must be within its time */
};

/* What the decision rests on. */
struct trust_question {
    struct content *content;
    uint32_t what;                    /* CT_LIST or CT_FILE (first three purposes), else CT_CERT */
    uint8_t purpose;                  /* enum trust_purpose */
    uint8_t servers;                  /* how many TVS the phone's configuration names */
    uint32_t ctl, itl;                /* held: CT_LIST; 0: none */
    const struct trust_cached *cache; /* held: TRUST_CACHE of them; NULL: none */
    const struct ct_said *said;       /* by TVS so far; NULL: nothing */
    uint32_t now_s;
    int64_t clock_s; /* what the phone takes for the time, Unix seconds */
    struct trust_rules rules;
};

/* `chain` may be NULL.  Fast then: what lists say is remembered in the content's memo. */
enum trust_verdict trust_decide(const struct trust_question *q, struct trust_chain *chain);

/* Of a refusal: whether the date of a certificate that is known otherwise is why. */
enum ct_date trust_date(const struct trust_question *q);

/* The roles that serve a purpose, as sets: in the CTL, in the ITL, from TVS (0: TVS is not asked).
 */
struct trust_roles {
    uint32_t in_ctl, in_itl, from_tvs;
};
struct trust_roles trust_roles(enum trust_purpose purpose, const struct trust_rules *rules);

/* Both lists absent or empty. */
bool trust_is_first(const struct content *c, uint32_t ctl, uint32_t itl);
/* Some list holds a TFTP or CCM+TFTP record with a certificate: ask for .sgn. */
bool trust_asks_signed(const struct content *c, uint32_t ctl, uint32_t itl);

#endif
