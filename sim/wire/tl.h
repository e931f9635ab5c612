/* Trust lists (CTL, ITL) and the envelope of signed files: decode, and encode again; new ones are
 * made by sim/wire/tl_make.h.
 * Format: docs/FORMATS.md, sections 1 to 3.  Zero copy: every view borrows from the input.  Names
 * are bytes, never parsed.  Pure; no cryptography: the caller signs and verifies over tl_signed().
 *
 * A decoded file keeps its TLVs in the order in which they stood, unknown ones included, so that
 * what decodes encodes again to the same bytes. */
#ifndef CUCMLAB_WIRE_TL_H
#define CUCMLAB_WIRE_TL_H

#include "sim/base/algorithm.h"
#include "sim/base/err.h"
#include "sim/base/mem.h"

enum tl_role {
    TL_SAST = 0, /* System Administrator Security Token */
    TL_CCM = 1,
    TL_CCM_TFTP = 2,
    TL_TFTP = 3,
    TL_CAPF = 4,
    TL_APP_SERVER = 7,
    TL_TVS = 21
};

/* "CCM+TFTP"; "System Administrator Security Token"; NULL for an unknown one. */
const char *tl_role_name(uint16_t role);

/* Which tags CUCM writes into a record (docs/FORMATS.md, section 1). */
enum tl_form { TL_FULL, TL_HASH, TL_TOKEN, TL_EMPTIED };

/* 1.1 is what Cisco signs firmware with (.loads, .sbn, .sgn). */
enum tl_version { TL_LIST = 0x0102, TL_SGN = 0x0100, TL_FIRMWARE = 0x0101, TL_ENC = 0x0200 };

/* Whether what was signed stands behind the header as it is. */
bool tl_is_plain(uint16_t version);

/* One element as it stood.  A container (tags 3, 7, 9, 16, 17, 21 of a header) has no value of its
 * own: `children` following TLVs are inside it.  Padding is one TLV of tag 13 with v.n bytes. */
struct tl_tlv {
    uint8_t tag;
    uint8_t depth; /* 0 at the top of the header or record, 1 inside a container, … */
    struct view v; /* a container: its bytes, children included */
};

struct tl_enc {
    struct view iv;           /* tag 19, 16 bytes */
    uint16_t padding;         /* tag 20: bytes of padding in the plain text */
    uint16_t key_bits;        /* tag 23 */
    uint8_t key_algorithm;    /* tag 24: 1 is AES-128-CBC */
    struct view wrapped_key;  /* tag 25 */
    uint8_t digest;           /* tag 26 */
    struct view plain_digest; /* tag 27 */
};

struct tl_header {
    uint16_t version;       /* enum tl_version */
    uint16_t length;        /* tag 2: all of the header, padding included */
    int32_t signer_version; /* tag 28; -1: absent */
    struct view signer_name, signer_serial, signer_issuer; /* names without their NUL */
    uint8_t digest;                                        /* enum digest */
    uint8_t signature_algorithm;
    uint8_t modulus; /* code: 0, 1, 2, 3 for 64, 128, 256, 512 bytes; above assumed for 384 */
    struct view signature;
    struct view file_name; /* without its NUL */
    bool has_timestamp;    /* tag 15: firmware has none */
    uint32_t timestamp;    /* Unix seconds */
    bool has_enc;
    struct tl_enc enc;
    size_t signature_at, signature_end; /* offsets of the whole signature TLV in the file */
    struct tl_tlv *tlvs; /* every element in file order, containers before their children */
    uint32_t count;
};

struct tl_record {
    size_t at;       /* offset in the file */
    uint16_t length; /* tag 1: all of the record */
    uint16_t role;
    struct view dns, subject, issuer; /* without their NUL; absent: {NULL, 0} */
    struct view serial, public, signature, certificate, hash, ip;
    int32_t hash_algorithm; /* -1: absent */
    struct tl_tlv *tlvs;
    uint32_t count;
};

struct tl {
    struct view file;
    struct tl_header header;
    struct tl_record *records;
    uint32_t count;
};

/* The header alone, for any of the four versions; what stands behind it is not looked at.
 * `strict`: an unknown tag is an error too (so is a known one in a version that does not have it),
 * as are padding that does not end the header and a header length that is no multiple of 4.
 * Arrays come from `a` in proportion to what is there, never to a claimed length.  On error `out`
 * is untouched and the text names offset and section: "offset 12: header length 300 does not meet
 * the end of a TLV (FORMATS section 1)". */
bool tl_decode_header(struct view file, bool strict, struct arena *a, struct tl_header *out,
                      struct err *e);
/* Header and records (version 1.2 only); any number of records, any length of file.  Errors behind
 * the header start with "record N: ". */
bool tl_decode(struct view file, bool strict, struct arena *a, struct tl *out, struct err *e);

/* The two parts that a signature covers: the file with the signature TLV cut out.  Returns 2. */
size_t tl_signed(struct view file, const struct tl_header *h, struct view parts[2]);

/* Encodes from the TLVs as they stand: what tl_decode gave comes out byte for byte.  Measures with
 * wr_measure(). */
void tl_encode_header(const struct tl_header *h, struct wr *w);
void tl_encode(const struct tl *t, struct wr *w);

/* Modulus codes that have a meaning; behind them they are free. */
enum { TL_MODULUS_CODES = 4 };

/* A list is empty when no record with role CCM, CCM+TFTP, TFTP or TVS has a certificate or hash
 * (docs/FORMATS.md section 1). */
bool tl_is_empty(const struct tl *t);

#endif
