/* Shared immutable content: certificates, trust lists, configurations and files as append-only
 * entries, known by their index.  Machines hold indices, never pointers, so that a copy of a
 * machine is a snapshot.  Equal content has one index: two entries never hold the same thing.
 *
 * Content is decoded; its bytes are made when somebody looks (sim/bytes/forge.h).  A signature is
 * kept as its meaning: `key` says which key signed, and a file verifies under a certificate exactly
 * when that certificate's key is the one.  A file that came in as bytes gets its `key` by a real
 * verification (forge_adopt), so both ways give the same verdicts.
 *
 * Index 0 is "none" everywhere.  Entries live as long as the table, or until it is taken back to a
 * mark that was made before them (content_rewind).  Pure. */
#ifndef CUCMLAB_CORE_CONTENT_H
#define CUCMLAB_CORE_CONTENT_H

#include "sim/base/algorithm.h"
#include "sim/base/mem.h"
#include "sim/base/rng.h"
#include "sim/base/table.h"
#include "sim/wire/cnf.h"
#include "sim/wire/tl.h"

enum ct_kind {
    CT_NONE,
    CT_TEXT,   /* an interned string or serial number */
    CT_SIGNER, /* an interned (issuer, serial): what a file header and a record are matched by */
    CT_KEY,
    CT_CERT,
    CT_LIST,
    CT_CNF,  /* a configuration profile: what all phones of one kind share */
    CT_BLOB, /* a common file: locale, ring list */
    CT_FILE, /* a configuration or a blob as served: plain, signed or encrypted */
    CT_SAID, /* what TVS servers said about a list, a file or a certificate */
    CT_VOUCH /* a certificate and the roles in which a TVS vouched for it */
};

struct ct_signer {
    uint32_t issuer, serial; /* CT_TEXT */
};

struct ct_key {
    uint32_t label; /* CT_TEXT: the lab's own key, "cluster 0 node 1 CallManager 2"; 0: known by its
                       public half only */
    uint32_t public; /* CT_TEXT: public key in record form; 0: not looked at yet */
    uint8_t type; /* enum key_type; KEY_NONE where only the public half is known, but for the keys
                     of a cluster that was found (sim/bytes/foreign.h) */
};

struct ct_cert {
    uint32_t subject, issuer, serial;  /* CT_TEXT */
    uint32_t signer;                   /* CT_SIGNER of (issuer, serial) */
    uint32_t key;                      /* CT_KEY */
    uint32_t issuer_cert;              /* CT_CERT; 0: self-signed */
    uint32_t dns;                      /* CT_TEXT, subjectAltName; 0: none */
    int64_t not_before_s, not_after_s; /* Unix seconds */
    uint8_t digest;                    /* enum digest */
    bool ca;                           /* signs others, */
    bool unmarked;                     /* and no basicConstraints say so */
    bool ipsec;                        /* as in struct cert_spec */
    uint32_t der; /* CT_TEXT where the certificate came from outside (up to 64 bytes: its hash,
                     where a list told no more); 0: made from the rest */
};

struct ct_envelope {
    uint32_t cert;   /* CT_CERT that the header names; 0: not signed */
    uint32_t signer; /* CT_SIGNER of the header */
    uint32_t key;    /* CT_KEY that made the signature; 0: it verifies under no key */
    uint32_t timestamp;
    int16_t signer_version; /* -1: no tag 28 */
    uint8_t digest;         /* enum digest */
    uint8_t modulus_code;   /* of 3072 bits, which have none of their own: tag 11; else 0 */
};

struct ct_record {
    uint16_t role;   /* enum tl_role */
    uint8_t form;    /* enum tl_form */
    uint32_t cert;   /* CT_CERT; 0 where the record is emptied */
    uint32_t signer; /* its CT_SIGNER */
    uint32_t dns;    /* CT_TEXT */
    uint32_t ip;     /* IPv4, host order; 0: no tag 10 */
};

struct ct_list {
    bool is_ctl;
    bool empty;    /* the predicate of docs/FORMATS.md section 1 */
    bool has_tftp; /* holds a TFTP or CCM+TFTP record with a certificate: phones ask for .sgn */
    struct ct_envelope envelope;
    uint32_t count;
    struct ct_record records[];
};

struct ct_blob {
    uint32_t name;  /* CT_TEXT: "New_Zealand/g3-tones.xml", "ringlist.xml" */
    uint32_t bytes; /* CT_TEXT */
};

struct ct_file {
    uint32_t payload; /* CT_CNF or CT_BLOB */
    struct ct_envelope envelope;
    uint32_t encrypted_to; /* 0: in clear; CONTENT_MIC: the phone's MIC; else the LSC's CT_CERT of
                              the CAPF that issued it, or a symmetric CT_KEY */
};

/* A phone asks up to CNF_SERVERS TVS, in the order of its configuration. */
struct ct_said {
    uint32_t about;               /* CT_LIST, CT_FILE or CT_CERT */
    uint32_t shown[CNF_SERVERS];  /* CT_CERT that each server showed; 0: none */
    uint8_t outcome[CNF_SERVERS]; /* enum tvs_outcome of phones/trust.h; 0: not asked */
    /* Of a refusal: what the phone held then (CT_LIST, CT_LIST, CT_CNF); 0: none, or not over. */
    uint32_t ctl, itl, config;
    bool over;
    uint8_t dated; /* enum ct_date: how the clock had it then, where that is why */
};

/* A certificate by a clock.  One whose dates nobody told is within them. */
enum ct_date { DATE_WITHIN, DATE_OVER, DATE_BEFORE };

struct ct_vouch {
    uint32_t cert;  /* CT_CERT */
    uint32_t roles; /* ROLE_BIT of each */
};

/* When the CA that signs MICs ends: Cisco Manufacturing CA, 2029-05-14 20:25:42 UTC (documented).
 */
#define CONTENT_MIC_UNTIL_S 1873484742

#define CONTENT_MIC    0xffffffffu /* stands for "the phone's own MIC" */
#define CONTENT_NOBODY 0xfffffffeu /* encrypted_to: nobody's key that we know opens it */

struct content {
    const struct mem *mem;
    struct arena arena;
    struct ct_entry *entries;
    uint32_t count, cap;
    struct table index;         /* hash of identity -> entry */
    struct table memo;          /* what was worked out once for all (content_recall) */
    struct content_memo *memos; /* what was remembered, in order, and what the memo said before */
    uint32_t memo_count, memo_cap;
};

/* How far the content has come: its size, and what was worked out of it. */
struct content_mark {
    uint32_t count, memo_count;
    struct arena_mark arena;
};

void content_init(struct content *c, const struct mem *mem);
void content_free(struct content *c);
/* Whatever was added or remembered since the mark is forgotten: a fork that tries something leaves
 * nothing behind, and the same content gets the same index again.  Indices from the mark's count on
 * mean nothing then, whoever holds them; a mark may be gone back to many times.  Where there is a
 * forge, forge_rewind() takes back both. */
struct content_mark content_mark(const struct content *c);
void content_rewind(struct content *c, struct content_mark mark);

enum ct_kind content_kind(const struct content *c, uint32_t id);
/* What an entry says, as a number that depends on neither its index nor on any date in it
 * (timestamps, validity, versionStamp): the same acts in another order, or at another time, give
 * the same.  0 for index 0 alone. */
uint64_t content_meaning(const struct content *c, uint32_t id);

/* Interning: each returns the one index of that content. */
uint32_t content_text(struct content *c, struct view v);
uint32_t content_str(struct content *c, const char *text);
/* The same where it is there already, else 0: what a stranger says is not kept. */
uint32_t content_known_text(const struct content *c, struct view v);
uint32_t content_signer(struct content *c, uint32_t issuer, uint32_t serial);
uint32_t content_key(struct content *c, const struct ct_key *k);
uint32_t content_cert(struct content *c, struct ct_cert k); /* fills `signer` */
/* A symmetric key, CT_KEY, of so many hex digits; and its digits.  False: it is another key. */
#define SYMMETRIC_DIGITS 32
uint32_t content_symmetric(struct content *c, const char *digits);
bool content_symmetric_digits(const struct content *c, uint32_t key,
                              char digits[SYMMETRIC_DIGITS + 1]);
/* LSCs of one CAPF and one time, all phones' alike: no key of their own here. */
uint32_t content_lsc(struct content *c, uint32_t capf, uint8_t digest, int64_t not_before_s,
                     int64_t not_after_s);
/* The same of a CAPF that is not the lab's: a CT_CERT that came in as bytes is an LSC of it, of one
 * phone alone. */
uint32_t content_lsc_of(struct content *c, uint32_t capf, uint32_t came);
/* The CAPF that issued it; a CAPF stands for LSCs that last as long as itself. */
uint32_t content_lsc_issuer(const struct content *c, uint32_t lsc);
/* Fills empty and has_tftp; copies the records. */
uint32_t content_list(struct content *c, bool is_ctl, const struct ct_envelope *envelope,
                      const struct ct_record *records, uint32_t count);
uint32_t content_cnf(struct content *c, const struct cnf *cnf);
uint32_t content_blob(struct content *c, uint32_t name, struct view bytes);
uint32_t content_file(struct content *c, const struct ct_file *file);
uint32_t content_said(struct content *c, const struct ct_said *said);
uint32_t content_vouch(struct content *c, uint32_t cert, uint32_t roles);

/* Reading; the kind is CHECKed. */
struct view content_get_text(const struct content *c, uint32_t id); /* id 0: absent view */
const char *content_get_str(const struct content *c, uint32_t id);  /* NUL-terminated; 0: "" */
const struct ct_signer *content_get_signer(const struct content *c, uint32_t id);
const struct ct_key *content_get_key(const struct content *c, uint32_t id);
const struct ct_cert *content_get_cert(const struct content *c, uint32_t id);
const struct ct_list *content_get_list(const struct content *c, uint32_t id);
const struct cnf *content_get_cnf(const struct content *c, uint32_t id);
const struct ct_blob *content_get_blob(const struct content *c, uint32_t id);
const struct ct_file *content_get_file(const struct content *c, uint32_t id);
const struct ct_vouch *content_get_vouch(const struct content *c, uint32_t id);
/* Of a CT_SAID, or of a thing that nobody was asked about. */
struct ct_said content_said_of(const struct content *c, uint32_t id);
enum ct_date content_date(const struct content *c, uint32_t cert, int64_t clock_s);
/* The envelope of a list or a file. */
const struct ct_envelope *content_envelope(const struct content *c, uint32_t id);

/* What was worked out before from the same facts: `key` mixes them all (rng_mix); true and the
 * value where it is known. */
bool content_recall(const struct content *c, uint64_t key, uint32_t *value);
void content_remember(struct content *c, uint64_t key, uint32_t value);

/* The one place where a signature is judged: was `id` (list or file) signed by the key of `cert`?
 */
bool content_signed_by(const struct content *c, uint32_t id, uint32_t cert);

#endif
