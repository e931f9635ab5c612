/* TVS messages (TCP 2445): the four types of docs/FORMATS.md, section 4.  One request, one
 * response.  Zero copy: views borrow from the input.  Pure. */
#ifndef CUCMLAB_WIRE_TVS_H
#define CUCMLAB_WIRE_TVS_H

#include "sim/base/err.h"
#include "sim/base/buf.h"

enum tvs_type {
    TVS_CERT_VERIFICATION_REQ = 1,
    TVS_CERT_VERIFICATION_RES = 2,
    TVS_QUERY_CERT_REQ = 3,
    TVS_QUERY_CERT_RES = 4
};

#define TVS_HEADER 10 /* bytes before the elements */
#define TVS_MAX    (TVS_HEADER + 65535)

struct tvs_msg {
    uint8_t type;
    uint8_t reserved; /* read and kept, never judged */
    uint32_t session;
    struct view device;          /* requests: "CP-8861-SEPB000B4BA0AEE", without the leading 01 */
    struct view certificate;     /* DER: verification request, query response */
    struct view subject, issuer; /* query request: without NUL */
    struct view serial;
    int16_t status;    /* responses: 0 trusted, 1 not; -1 absent */
    struct view roles; /* one byte each; {NULL, 0} absent */
    int64_t ttl_s;     /* -1 absent */
    /* Decoding notes the order of the elements here, so that encoding again gives the same bytes;
     * all zero asks for the usual order.  An element of a tag that is not known is passed over:
     * such a message encodes without it. */
    uint8_t order[8];
    bool unknown;
};

const char *tvs_type_name(uint8_t type); /* "TVS_MSG_QUERY_CERT_REQ", NULL for an unknown one */

/* How long the message at the front of `in` is, once its header is there: 0 while it is not whole
 * yet, the whole length when it is; false and `e` when it never will be one (protocol, version). */
bool tvs_whole(struct view in, size_t *length, struct err *e);
/* One whole message.  A request must hold its certificate or its names and serial, a response its
 * status; a name ends in its only NUL, a second element of one tag is an error. */
bool tvs_decode(struct view message, struct tvs_msg *out, struct err *e);
/* Elements in the order of the real ones: 1 2 | 1 3 4 5 | 7 8 9 | 7 2 8 9.  Measures with
 * wr_measure().  False, and nothing written, where an element or all of them are over 65535 bytes,
 * where what the type needs is missing, or where decoding would refuse a value. */
bool tvs_encode(const struct tvs_msg *m, struct wr *w, struct err *e);

#endif
