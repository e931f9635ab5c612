/* New trust lists and envelopes of signed files, header and records, with their elements in CUCM's
 * order: measure, then write.  What is decoded and encoded again is sim/wire/tl.h.  Format:
 * docs/FORMATS.md, sections 1 to 3.  Called by sim/bytes, which signs.  Pure. */
#ifndef CUCMLAB_WIRE_TL_MAKE_H
#define CUCMLAB_WIRE_TL_MAKE_H

#include "sim/wire/tl.h"

struct tl_new_header {
    uint16_t version;
    int32_t signer_version;                                /* -1: none */
    struct view signer_name, signer_serial, signer_issuer; /* names without NUL */
    uint8_t digest;
    uint16_t
        signature_bytes;   /* 64, 128, 256 or 512; 384 with a code; else an error: there is none */
    uint8_t modulus_code;  /* of 384 bytes: what somebody assumes; 0: nobody does */
    struct view file_name; /* without NUL */
    bool no_timestamp;     /* version 1.1 alone: no tag 15 */
    uint32_t timestamp;
    const struct tl_enc *enc; /* NULL but for version 2.0 */
};

struct tl_new_record {
    enum tl_form form;
    uint16_t role;
    struct view dns; /* without NUL; written as it is plus NUL */
    struct view subject, issuer, serial, public, signature;
    struct view certificate; /* DER (full, token) */
    struct view hash;        /* (hash) with algorithm 1 */
    struct view ip;          /* absent, or 4 bytes */
};

/* Bytes that tl_write_header / tl_write_record will write; 0 and `e` where it cannot be written
 * (a 3072-bit signer, a name with a NUL inside, a record over 65535 bytes, an address in a record
 * of the hash form).  What is written decodes strictly.  CHECKs what only our own code can get
 * wrong: version, digest, `enc` with version 2.0 and no other, signer version with 1.2 alone, no
 * timestamp with 1.1 alone. */
size_t tl_header_length(const struct tl_new_header *h, struct err *e);
size_t tl_record_length(const struct tl_new_record *r, struct err *e);
/* Writes the header with a signature of zeroes; *signature_at is its value's offset from w->n at
 * entry. */
bool tl_write_header(const struct tl_new_header *h, struct wr *w, size_t *signature_at,
                     struct err *e);
bool tl_write_record(const struct tl_new_record *r, struct wr *w, struct err *e);

#endif
