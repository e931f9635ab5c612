/* What files say of a cluster, one fact at a time: what it is about, what is said, and where it
 * stands.  Readers of files (sim/import/kinds.h) put facts in and decide nothing; site.h makes a
 * cluster of them and says which of them agree.  Texts are kept once; a fact is five small numbers,
 * so that those of 60,000 phones are no matter.
 *
 * Names are as the file has them ("cucm-pub", "CUCM-PUB.example.com", "10.1.1.10"): who is who is
 * found in site.h alone.  The node that a command ran on, which its output does not name, is
 * FACTS_HERE of the reading: FACT_HERE says who that is, where something in the same log does.
 *
 * No secret gets in: readers drop passwords, authentication strings and PINs as they read
 * (secrets.h has the names), and no fact can hold one. */
#ifndef CUCMLAB_IMPORT_FACTS_H
#define CUCMLAB_IMPORT_FACTS_H

#include "sim/base/err.h"
#include "sim/base/mem.h"
#include "sim/base/table.h"

/* How a value is written; readers bring it into this form (facts_say() CHECKs it). */
enum fact_form {
    FORM_TEXT,   /* as the file has it: strangers' text, of any bytes, 1,000 at most */
    FORM_NUMBER, /* decimal digits */
    FORM_DATE,   /* "2026-03-14T06:00:00Z", UTC where the file says its zone, else without the Z */
    FORM_YES_NO, /* "yes", "no" */
    FORM_WORD,   /* one of the row's words */
    FORM_HASH,   /* hexadecimal digits, lower case: SHA-1 or MD5 of a list, as the file has it */
    FORM_CERT,   /* SHA-256 of a certificate that facts_cert() took */
    FORM_LIST    /* SHA-256 of a trust list that facts_list() took */
};

/* X(kind, "name", about, about2, form, many, words, "doc").
 * about, about2: what the two subjects are, for people ("" where there is none); many: several
 * values may stand beside each other (members of a store); else two different ones contradict each
 * other.  nth of a fact orders the values of those that have an order. */
#define FACT_LIST(X)                                                                               \
    X(HERE, "host of a command", "reading", "", FORM_TEXT, false, NULL,                            \
      "whose command line it was")                                                                 \
    X(VERSION, "version", "node", "", FORM_TEXT, false, NULL, "15.0.1.11900-40")                   \
    X(VERSION_INACTIVE, "inactive version", "node", "", FORM_TEXT, false, NULL,                    \
      "of the other partition")                                                                    \
    X(NODE_ADDRESS, "address", "node", "", FORM_TEXT, true, NULL, "IPv4 or IPv6")                  \
    X(NODE_FQDN, "full name", "node", "", FORM_TEXT, false, NULL, "with its domain")               \
    X(NODE_DOMAIN, "domain", "node", "", FORM_TEXT, false, NULL, "of its DNS settings")            \
    X(NODE_ZONE, "time zone", "node", "", FORM_TEXT, false, NULL, "Europe/Paris, or as it says")   \
    X(NODE_ROLE, "role", "node", "", FORM_WORD, false, "publisher subscriber", "")                 \
    X(NODE_PRODUCT, "product", "node", "", FORM_TEXT, false, NULL, "callmanager, cups")            \
    X(NODE_LISTED, "in the server table", "node", "", FORM_YES_NO, false, NULL, "processnode")     \
    X(NODE_FIPS, "FIPS mode", "node", "", FORM_YES_NO, false, NULL, "")                            \
    X(NODE_TLS, "minimum TLS version", "node", "", FORM_WORD, false, "1.0 1.1 1.2 1.3", "")        \
    X(NODE_REPLICATION, "replication setup", "node", "", FORM_TEXT, false, NULL, "0 to 4, or -")   \
    X(SERVICE, "service", "node", "service", FORM_WORD, false,                                     \
      "started stopped not-activated out-of-service", "name as the file has it")                   \
    X(SERVICE_SINCE, "service runs since", "node", "service", FORM_DATE, false, NULL, "")          \
    X(OWN, "own certificate", "node", "unit", FORM_CERT, false, NULL, "on its disk")               \
    X(OWN_LISTED, "own certificate, by name", "node", "unit", FORM_TEXT, false, NULL,              \
      "what show cert list own says of it")                                                        \
    X(TRUSTED, "in a trust store", "node", "store", FORM_CERT, true, NULL,                         \
      "CallManager-trust, ...; node \"\": of the cluster's database")                              \
    X(TRUSTED_LISTED, "in a trust store, by name", "node", "store", FORM_TEXT, true, NULL,         \
      "file name")                                                                                 \
    X(IN_DATABASE, "in the table certificate", "server", "service", FORM_CERT, true, NULL,         \
      "with its bytes; CallManager, CallManager-trust, ...; either may be \"\"")                   \
    X(SHOWN, "shown in TLS", "node", "port", FORM_CERT, false, NULL,                               \
      "the certificate on the wire")                                                               \
    X(TVS_SUBJECT, "TVS store: subject", "issuer", "serial", FORM_TEXT, false, NULL, "")           \
    X(TVS_ROLE, "TVS store: role", "issuer", "serial", FORM_TEXT, true, NULL,                      \
      "as AXL: SAST, TFTP")                                                                        \
    X(TVS_SERVICE, "TVS store: service", "issuer", "serial", FORM_TEXT, true, NULL,                \
      "as AXL: Phone-SAST-trust")                                                                  \
    X(TVS_TTL, "TVS store: time to live", "issuer", "serial", FORM_NUMBER, false, NULL, "seconds") \
    X(PARAMETER, "parameter", "name", "node", FORM_TEXT, false, NULL,                              \
      "as in processconfig: ClusterSecurityMode, RollBackToPreGrayback, ...")                      \
    X(CALLMANAGER, "CallManager runs on", "CallManager", "", FORM_TEXT, false, NULL, "node")       \
    X(GROUP_MEMBER, "member of a group", "group", "", FORM_TEXT, true, NULL,                       \
      "CallManager or node; nth is its priority, from 0")                                          \
    X(GROUP_TFTP, "TFTP default group", "group", "", FORM_YES_NO, false, NULL, "")                 \
    X(POOL_GROUP, "group of a pool", "pool", "", FORM_TEXT, false, NULL, "group")                  \
    X(BACKUP, "backup", "", "", FORM_DATE, true, NULL, "one that succeeded")                       \
    X(BACKUP_FAILED, "backup that failed", "", "", FORM_DATE, true, NULL, "")                      \
    X(LIST_SERVED, "served list", "node", "file", FORM_LIST, false, NULL,                          \
      "ITLFile.tlv, CTLFile.tlv")                                                                  \
    X(LIST_SHA1, "SHA-1 of a served list", "node", "file", FORM_HASH, false, NULL,                 \
      "of the whole file, as show itl says it")                                                    \
    X(LIST_MD5, "MD5 of a served list", "node", "file", FORM_HASH, false, NULL, "")                \
    X(LIST_LENGTH, "length of a served list", "node", "file", FORM_NUMBER, false, NULL,            \
      "bytes; 0: there is none")                                                                   \
    X(LIST_MADE, "served list made", "node", "file", FORM_DATE, false, NULL, "")                   \
    X(LIST_VERIFIES, "served list verifies", "node", "file", FORM_YES_NO, false, NULL,             \
      "as the node itself says")                                                                   \
    X(LIST_SIGNER, "signer of a served list", "node", "file", FORM_TEXT, false, NULL,              \
      "its subject, CN=...;OU=...")                                                                \
    X(LIST_SIGNER_ISSUER, "issuer of the signer", "node", "file", FORM_TEXT, false, NULL, "")      \
    X(LIST_SIGNER_SERIAL, "serial number of the signer", "node", "file", FORM_TEXT, false, NULL,   \
      "digits of hexadecimal pairs, upper case, nothing between")                                  \
    X(RECORD_ROLE, "record of a served list", "node", "file", FORM_TEXT, true, NULL,               \
      "SAST, CCM+TFTP, TFTP, CAPF, TVS, ...; nth, here and below: which record, from 0")           \
    X(RECORD_DNS, "DNS name of a record", "node", "file", FORM_TEXT, true, NULL, "")               \
    X(RECORD_SUBJECT, "subject of a record", "node", "file", FORM_TEXT, true, NULL, "")            \
    X(RECORD_ISSUER, "issuer of a record", "node", "file", FORM_TEXT, true, NULL, "")              \
    X(RECORD_SERIAL, "serial number of a record", "node", "file", FORM_TEXT, true, NULL,           \
      "as that of the signer")                                                                     \
    X(RECORD_SHA1, "certificate of a record", "node", "file", FORM_HASH, true, NULL,               \
      "SHA-1 of its DER")                                                                          \
    X(CERT_FOUND, "certificate beside", "", "", FORM_CERT, true, NULL,                             \
      "a file; nobody says where it lies in the cluster")                                          \
    X(LIST_FOUND, "list beside", "", "", FORM_LIST, true, NULL,                                    \
      "a file; nobody says who serves it")                                                         \
    X(FILE_SIGNER, "signer of a signed file", "file", "serial number", FORM_TEXT, true, NULL,      \
      "its subject, CN=...;OU=...; the serial number as that of a list's signer")                  \
    X(FILE_SIGNER_ISSUER, "issuer of that signer", "file", "serial number", FORM_TEXT, true, NULL, \
      "")                                                                                          \
    X(PHONE_MODEL, "model", "phone", "", FORM_TEXT, false, NULL, "Cisco 8845, or an AXL number")   \
    X(PHONE_DESCRIPTION, "description", "phone", "", FORM_TEXT, false, NULL, "")                   \
    X(PHONE_POOL, "device pool", "phone", "", FORM_TEXT, false, NULL, "")                          \
    X(PHONE_PROTOCOL, "protocol", "phone", "", FORM_WORD, false, "SIP SCCP", "")                   \
    X(PHONE_PROFILE, "security profile", "phone", "", FORM_TEXT, false, NULL, "")                  \
    X(PHONE_MODE, "security mode", "phone", "", FORM_WORD, false,                                  \
      "non-secure authenticated encrypted", "of its own page")                                     \
    X(PROFILE_MODE, "device security mode", "profile", "", FORM_WORD, false,                       \
      "non-secure authenticated encrypted", "of a security profile")                               \
    X(PROFILE_ENCRYPTED, "TFTP encrypted config", "profile", "", FORM_YES_NO, false, NULL, "")     \
    X(PHONE_LOAD, "load", "phone", "", FORM_TEXT, false, NULL, "")                                 \
    X(PHONE_WEB, "web access", "phone", "", FORM_YES_NO, false, NULL, "")                          \
    X(PHONE_SETTINGS, "settings access", "phone", "", FORM_WORD, false,                            \
      "enabled restricted disabled", "")                                                           \
    X(PHONE_STATUS, "registration", "phone", "", FORM_WORD, false,                                 \
      "registered unregistered rejected partial unknown", "")                                      \
    X(PHONE_STATUS_SINCE, "registration since", "phone", "", FORM_DATE, false, NULL, "")           \
    X(PHONE_SEEN, "last seen", "phone", "", FORM_DATE, false, NULL, "")                            \
    X(PHONE_SERVER, "registered at", "phone", "", FORM_TEXT, false, NULL, "node or CallManager")   \
    X(PHONE_ADDRESS, "address", "phone", "", FORM_TEXT, false, NULL, "")                           \
    X(PHONE_TFTP, "TFTP server", "phone", "", FORM_TEXT, true, NULL, "nth: 0 or 1")                \
    X(PHONE_CM, "server order", "phone", "", FORM_TEXT, true, NULL, "nth; as its own page has it") \
    X(PHONE_CTL, "CTL", "phone", "", FORM_TEXT, false, NULL,                                       \
      "\"none\", \"installed\" (no more is said), or the signature of its page: 40 hex digits")    \
    X(PHONE_ITL, "ITL", "phone", "", FORM_TEXT, false, NULL, "likewise")                           \
    X(PHONE_CTL_RECORD, "record of its CTL", "phone", "", FORM_TEXT, true, NULL,                   \
      "\"TVS cucm1.example.com\", \"CAPF CAPF-1e55d2d1\", \"CCM+TFTP ...\", \"TFTP ...\"; nth: "   \
      "order")                                                                                     \
    X(PHONE_ITL_RECORD, "record of its ITL", "phone", "", FORM_TEXT, true, NULL, "likewise")       \
    X(PHONE_ITL_STATUS, "ITL File Status", "phone", "", FORM_WORD, false,                          \
      "match mismatch not-installed unknown", "")                                                  \
    X(PHONE_MESSAGE, "status message", "phone", "", FORM_TEXT, true, NULL, "nth: order")           \
    X(PHONE_LSC, "LSC", "phone", "", FORM_YES_NO, false, NULL, "")                                 \
    X(PHONE_OPERATION, "certificate operation", "phone", "", FORM_TEXT, false, NULL, "")           \
    X(PHONE_CONFIG_BUILT, "TFTP has its configuration", "phone", "node", FORM_YES_NO, false, NULL, \
      "")

#define FACT_KIND(kind, ...) FACT_##kind,
enum fact_kind { FACT_LIST(FACT_KIND) FACT_KINDS };

struct fact_row {
    const char *name, *about, *about2;
    uint8_t form; /* enum fact_form */
    bool many;
    const char *words; /* with blanks between; NULL: none */
    const char *doc;
};
extern const struct fact_row fact_rows[FACT_KINDS];

/* One piece of a file that was read as one kind: a file, a member of an archive, the output of one
 * command in a log. */
struct reading {
    const char *path; /* "logs.tar:pub.txt": as people name it */
    const char *kind; /* of its row in kinds.c: "show itl" */
    uint8_t sure;     /* of the same row: the higher the better, where two readings contradict */
    uint32_t session; /* commands of one log share a number: they ran on one node; 0: none */
    uint32_t line;    /* in the file, of its first line; 0: it has no lines */
    int64_t made_s;   /* Unix seconds: when the file says that it was made; 0: it does not say */
};

struct fact_said {
    uint32_t about, about2, value; /* texts; 0: "" */
    uint32_t nth;
    uint32_t line; /* of the file, or offset in bytes where its reading has no lines */
    uint32_t reading : 24;
    uint32_t kind : 8;
};

/* What a reader has to say that is no fact: what it passed over, and why. */
struct facts_note {
    uint32_t reading, line;
    bool bad; /* it is damaged: something is lost */
    const char *text;
};

struct facts_blob {
    char sha256[65];
    struct view bytes; /* DER, or the list */
};

struct facts {
    const struct mem *mem;
    struct arena arena;
    struct table by_text, by_hash; /* of texts; of blobs */
    const char **texts;
    uint32_t *lengths;
    struct fact_said *list;
    struct reading *readings; /* from 1 */
    struct facts_note *notes;
    struct facts_blob *certs, *lists;
    uint32_t text_count, text_cap, length_cap, count, cap, reading_count, reading_cap, note_count,
        note_cap, cert_count, cert_cap, list_count, list_cap;
    uint32_t sessions;        /* handed out so far */
    uint32_t secrets_dropped; /* values that were secrets */
};

#define FACTS_NOTES 10000 /* kept; further ones are counted */
#define FACTS_TEXT  1000  /* bytes of a value */

void facts_init(struct facts *f, const struct mem *mem);
void facts_free(struct facts *f);

/* A reading begins; path is copied, kind is a literal.  Its number, from 1. */
uint32_t facts_begin(struct facts *f, const struct reading *r);

/* Where a reader stands, and what it says of: filled once, handed to facts_say(). */
struct said {
    struct facts *facts;
    uint32_t reading, line;
};

/* "@3": the node that session 3 ran on, as the subject of a fact.  `out` has FACTS_HERE_ROOM. */
#define FACTS_HERE_ROOM 16
const char *facts_here(const struct said *s, char out[FACTS_HERE_ROOM]);

/* One fact; `about2` may be absent.  A value that is too long is cut and noted; one that is not of
 * its form is noted as bad, and there is no fact. */
void facts_say(const struct said *s, enum fact_kind kind, struct view about, struct view about2,
               uint32_t nth, struct view value);
/* The same of texts that end in NUL; NULL: "". */
void facts_say_str(const struct said *s, enum fact_kind kind, const char *about, const char *about2,
                   uint32_t nth, const char *value);

/* Keeps the bytes of a certificate (DER, checked to be one) or of a trust list (checked to be one)
 * and gives its SHA-256, which is the value of a fact.  False, with a note, where it is none. */
bool facts_cert(const struct said *s, struct view der, char sha256[65]);
bool facts_list(const struct said *s, struct view bytes, char sha256[65]);

void facts_note(const struct said *s, bool bad, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

const char *facts_text(const struct facts *f, uint32_t text); /* may hold NULs: facts_view() */
struct view facts_view(const struct facts *f, uint32_t text);
const struct facts_blob *facts_blob(const struct facts *f, const char *sha256, bool list);

#endif
