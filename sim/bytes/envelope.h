/* The bytes of signed things: trust lists, signed files (.sgn) and encrypted ones (.enc.sgn), made,
 * checked and opened.  docs/FORMATS.md, sections 1 to 3.  The codec is sim/wire/tl.h; this adds the
 * cryptography.  Called by nodes' content, the tools and tests when somebody looks at bytes.
 *
 * Deterministic: the same arguments (and the same stream) give the same file.  What is made lies in
 * the arena that is handed in.  Every length function needs no encoding, no key and no signature,
 * and equals the real length.  Errors are one line; where the file is at fault they name the offset
 * and the section. */
#ifndef CUCMLAB_BYTES_ENVELOPE_H
#define CUCMLAB_BYTES_ENVELOPE_H

#include "sim/crypto/crypto.h"
#include "sim/wire/tl_make.h"

struct envelope_signer {
    enum key_type type;
    const struct key *key;       /* of that type; NULL is enough for a length */
    struct view subject, issuer; /* CUCM form, no NUL */
    struct view serial;
    enum digest digest;
    uint32_t timestamp;     /* Unix seconds */
    int32_t signer_version; /* trust lists: tag 28, -1 for none; signed files have none, whatever
                               stands here */
    uint8_t modulus_code;   /* what somebody assumes for 3072 bits; 0: nobody does */
};

/* Bytes of a signature by such a key: 128, 256 or 512; 0 and `e` for a key that cannot sign a file
 * (3072 bits: no code in the format, unless one is assumed; EC: the format knows RSA alone). */
uint16_t envelope_signature_bytes(enum key_type type, uint8_t modulus_code, struct err *e);

/* Signs a whole file in place; its header stands there with a signature of any content, of the
 * length that the key makes. */
bool envelope_seal(uint8_t *file, size_t n, const struct key *signer, struct err *e);

/* ---- trust lists ---- */

/* `name` is tag 14: "ITLFile.tlv". 0 and `e` where such a list cannot be made. */
size_t envelope_list_length(const struct envelope_signer *s, struct view name,
                            const struct tl_new_record *records, size_t count, struct err *e);
bool envelope_list_make(const struct envelope_signer *s, struct view name,
                        const struct tl_new_record *records, size_t count, struct arena *a,
                        struct view *out, struct err *e);

enum envelope_fault {
    ENVELOPE_GOOD,
    ENVELOPE_NO_SIGNER, /* no record has the signer's issuer and serial number */
    ENVELOPE_NOT_SAST,  /* a record has them, but is no SAST */
    ENVELOPE_NO_KEY,    /* the SAST record holds no RSA public key */
    ENVELOPE_SIGNATURE  /* the signature is not that of the record's key over these bytes */
};

struct envelope_verdict {
    enum envelope_fault fault;
    uint32_t record;  /* counted from 1: the one that the verdict rests on; 0: none */
    struct err error; /* one line; "" when good */
};

/* A list against its own records: what `show itl` checks.  True when good. */
bool envelope_list_verify(const struct tl *t, struct envelope_verdict *out);

/* ---- signed files ---- */

/* `name` is the name that was asked for, "SEP….cnf.xml.sgn". */
size_t envelope_sgn_length(const struct envelope_signer *s, struct view name, size_t payload_n,
                           struct err *e);
bool envelope_sgn_make(const struct envelope_signer *s, struct view name, struct view payload,
                       struct arena *a, struct view *out, struct err *e);
/* The plain file inside; borrowed from `file`.  Checks no signature. */
bool envelope_sgn_strip(struct view file, struct view *payload, struct err *e);

/* Any of the three: does `public` (form of struct key) verify its signature? */
bool envelope_verify(struct view file, struct view public, struct err *e);

/* ---- encrypted configurations ---- */

/* `phone` is the type of the phone's RSA key. */
size_t envelope_enc_length(const struct envelope_signer *s, struct view name, size_t xml_n,
                           enum key_type phone, struct err *e);
/* From `r`, in this order: AES key, IV, bytes of the key wrap.  `phone_public` is that of the MIC
 * or LSC; an EC key is an error. */
bool envelope_enc_make(const struct envelope_signer *s, struct view name, struct view xml,
                       struct view phone_public, struct rng *r, struct arena *a, struct view *out,
                       struct err *e);
/* The plain XML, its digest checked.  Checks no signature. */
bool envelope_enc_open(struct view file, const struct key *phone, struct arena *a, struct view *xml,
                       struct err *e);

/* The same for a phone without certificate: the AES key is the symmetric one that both sides have,
 * and no key is in the file (assumed). */
#define ENVELOPE_SYMMETRIC 16 /* bytes of such a key */
size_t envelope_sym_length(const struct envelope_signer *s, struct view name, size_t xml_n,
                           struct err *e);
/* From `r`: IV. */
bool envelope_sym_make(const struct envelope_signer *s, struct view name, struct view xml,
                       const uint8_t symmetric[ENVELOPE_SYMMETRIC], struct rng *r, struct arena *a,
                       struct view *out, struct err *e);
bool envelope_sym_open(struct view file, const uint8_t symmetric[ENVELOPE_SYMMETRIC],
                       struct arena *a, struct view *xml, struct err *e);

#endif
