/* CAPF messages (TCP 3804): docs/FORMATS.md, section 5.  The server speaks first; each message is
 * answered by one.  Zero copy: views borrow from the input.  Pure. */
#ifndef CUCMLAB_WIRE_CAPF_H
#define CUCMLAB_WIRE_CAPF_H

#include "sim/base/err.h"
#include "sim/base/buf.h"

enum capf_command {
    CAPF_AUTH_REQ = 1,
    CAPF_AUTH_RES,
    CAPF_KEY_GEN_REQ,
    CAPF_KEY_GEN_RES,
    CAPF_ENCRYPT_RES,
    CAPF_ENCRYPT_REQ,
    CAPF_DECRYPT_REQ,
    CAPF_DECRYPT_RES,
    CAPF_STORE_CERT_REQ,
    CAPF_STORE_CERT_RES,
    CAPF_FETCH_CERT_REQ,
    CAPF_FETCH_CERT_RES,
    CAPF_DELETE_CERT_REQ,
    CAPF_DELETE_CERT_RES,
    CAPF_END_SESSION,
    CAPF_RETRY_LATER,
    CAPF_REQUEST_IN_PROGRESS,
    CAPF_STATUS_REQ,
    CAPF_STATUS_RES,
    CAPF_ABORT_REQ,
    CAPF_ABORT_RES,
    CAPF_SIGN_CERT_REQ,
    CAPF_SIGN_CERT_RES
};

enum capf_reason {
    CAPF_NO_ACTION = 0,
    CAPF_UPDATE_CERT = 1,
    CAPF_INVALID_ELEMENT = 7,
    CAPF_UNKNOWN_DEVICE = 9
};

enum capf_auth {
    CAPF_AUTH_NONE,
    CAPF_AUTH_PASSWORD,
    CAPF_AUTH_NULL_STRING,
    CAPF_AUTH_LSC,
    CAPF_AUTH_MIC
};

enum capf_cert { CAPF_LSC = 1, CAPF_MIC = 2 };
enum capf_key { CAPF_RSA, CAPF_EC };

#define CAPF_VERSION 3
#define CAPF_PORT    3804
#define CAPF_HEADER  8 /* bytes before the elements */
#define CAPF_MAX     (CAPF_HEADER + 65535)

/* Signed data of the two digests that a peer knows; what is absent is {NULL, 0}. */
struct capf_sudi {
    struct view certificate, sha1, sha512;
};

struct capf_msg {
    uint8_t command; /* enum capf_command */
    uint32_t session;
    /* One byte each, -1 absent. */
    int16_t reason;           /* enum capf_reason */
    int16_t certificate_type; /* enum capf_cert */
    int16_t version;
    int16_t auth_type;            /* enum capf_auth */
    int16_t key_type;             /* enum capf_key */
    int16_t curve;                /* 0, 1, 2: P-256, P-384, P-521 */
    int32_t key_size;             /* bits, -1 absent */
    struct view certificate;      /* DER */
    uint8_t certificate_kind;     /* inside the element certificate, behind it: enum capf_cert */
    struct view device, password; /* without NUL; a password may be empty */
    struct view public_key;       /* SubjectPublicKeyInfo */
    struct view signed_sha1, signed_sha512;
    struct capf_sudi sudi;
    /* Seen by name alone. */
    struct view reason_info, certificate_id, retry_delay, digest_type;
    /* As in struct tvs_msg: the order of the elements that were read; all zero is the usual one. */
    uint8_t order[18];
    bool unknown; /* an element of a tag that nobody knows was passed over */
};

struct capf_msg capf_msg_of(enum capf_command command, uint32_t session); /* nothing in it */
const char *capf_command_name(uint8_t command); /* "store certificate request"; NULL: none */

/* How long the message at the front of `in` is, once its header is there: 0 while it is not whole
 * yet, the whole length when it is; false and `e` when it never will be one. */
bool capf_whole(struct view in, size_t *length, struct err *e);
/* One whole message.  It must hold what its command needs; a second element of one tag is an error.
 */
bool capf_decode(struct view message, struct capf_msg *out, struct err *e);
/* Measures with wr_measure().  False, and nothing written, where an element or all of them are over
 * 65535 bytes, where what the command needs is missing, or where decoding would refuse a value. */
bool capf_encode(const struct capf_msg *m, struct wr *w, struct err *e);

#endif
