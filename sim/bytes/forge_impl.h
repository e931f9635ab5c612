/* What the files of the forge share with each other.  Nobody else includes this. */
#ifndef CUCMLAB_BYTES_FORGE_IMPL_H
#define CUCMLAB_BYTES_FORGE_IMPL_H

#include "sim/bytes/envelope.h"
#include "sim/bytes/forge.h"

#define FORGE_HASH_MAX                                                                             \
    64 /* bytes; a text no longer than this is a certificate's hash, not its DER */

/* What was made of a CT_CERT, or came in with it.  Never moves. */
struct forge_cert {
    struct view der;       /* absent: cannot be made */
    struct view signature; /* the bits inside it; absent where the DER is no certificate */
};

/* What a record of a list holds of a certificate.  Measured: no more than the lengths are true. */
struct forge_parts {
    struct view der, signature, public;
};

/* A phone's certificate of forge_phone_cert(). */
struct forge_phone {
    char name[16];
    uint32_t number, lsc;
    struct view der;
};

/* Whose LSC is over a key of his own, which came from outside: its public half, RSA-2048, so that
 * what is encrypted to him is as long as ever. */
#define FORGE_PUBLIC 300
struct forge_stranger {
    uint32_t capf; /* CT_CERT of the CAPF that issued it; 0: he has one of ours again */
    size_t n;
    uint8_t public[FORGE_PUBLIC];
};

/* Keys of content, by their index; from `done` on their public half was not compared with a
 * stranger's yet. */
struct forge_pending {
    uint32_t *keys; /* CT_KEY */
    uint32_t count, cap, done;
};

/* One change of the forge, to be taken back by forge_rewind(). */
struct forge_undo {
    struct table *table; /* NULL: the DER of made[value] came in */
    uint64_t key;
    uint32_t value; /* that was added, or, where `put_over`, that was there before */
    bool put_over;
};

struct forge {
    struct content *content;
    uint64_t identity;
    struct keyring *ring;
    struct arena arena;

    /* Certificates and keys.  Entries of content below `scanned` are in by_signer and in by_public
     * or pending. */
    uint32_t scanned;
    struct table by_signer; /* hash of (issuer, serial) -> CT_CERT, several */
    struct table by_public; /* hash of the public key -> CT_KEY, several */
    struct forge_pending pending[KEY_TYPES];
    struct table certs; /* CT_CERT -> index into made */
    struct forge_cert **made;
    uint32_t made_count, made_cap;
    struct table by_der; /* hash of the DER -> CT_CERT, several */
    struct table phones; /* hash -> index into phone */
    struct forge_phone **phone;
    uint32_t phone_count, phone_cap;
    struct table strangers; /* device number + 1 -> index into stranger */
    struct forge_stranger *stranger;
    uint32_t stranger_count, stranger_cap;

    /* Files. */
    struct table kept; /* CT_LIST or CT_FILE -> index into files: lists, and what came in */
    struct view *files;
    uint32_t file_count, file_cap;
    struct table lengths;  /* (content, kind, lengths of the device's values) -> bytes */
    struct table hints;    /* (file, who asked) -> the content that it was made from */
    struct table adopted;  /* list -> CT_LIST */
    struct table verified; /* (file, CT_KEY) -> 1 or 0 */

    /* What was changed since the first mark; nothing is kept before. */
    bool marked;
    struct forge_undo *undo;
    uint32_t undo_count, undo_cap;
};

/* A key for tables: never 0. */
uint64_t forge_hash(uint64_t h, struct view v);
static inline uint64_t forge_id(uint32_t id) /* id > 0 */
{
    return rng_mix(id);
}

/* ---- forge_mark.c: every change of a table goes through here ---- */

void forge_add(struct forge *f, struct table *t, uint64_t key, uint32_t value);
void forge_put(struct forge *f, struct table *t, uint64_t key, uint32_t value);
void forge_note_arrival(struct forge *f, uint32_t made);

/* ---- forge.c ---- */

struct forge_cert *forge_cert(struct forge *f, uint32_t cert);
/* False: it cannot be made.  `measure`: no key is made, and no DER. */
bool forge_cert_parts(struct forge *f, uint32_t cert, bool measure, struct forge_parts *out);
/* The DER of a certificate that was known by its hash alone came in. */
void forge_cert_arrived(struct forge *f, uint32_t cert, struct view der);
bool forge_is_ours(const struct forge *f, uint32_t key, enum key_type *type); /* makes no key */
const struct key *forge_private(struct forge *f, uint32_t key); /* CT_KEY; NULL: not ours */
struct view forge_public(struct forge *f, uint32_t key);        /* absent where nobody told it */
/* The bytes of a symmetric key; false: `id` is an LSC, CONTENT_MIC, CONTENT_NOBODY or 0. */
bool forge_symmetric(const struct forge *f, uint32_t id, uint8_t key[ENVELOPE_SYMMETRIC]);
const struct key *forge_phone_key(struct forge *f, const struct forge_device *device, uint32_t lsc);
/* The public key that opens what is encrypted to it: that of the LSC which CAPF issued last. */
struct view forge_phone_opens(struct forge *f, const struct forge_device *device, uint32_t lsc);
/* Its MIC or LSC over that key, in `a`; absent where the CAPF's private key is not ours. */
struct view forge_phone_cert_for(struct forge *f, const struct forge_device *device, uint32_t lsc,
                                 const struct key *key, struct arena *a);

/* ---- forge_make.c ---- */

/* What forge_bytes() gave these bytes for; 0: it never made them.  `device` NULL for lists. */
uint32_t forge_hint(const struct forge *f, struct view bytes, enum file_kind kind,
                    const struct forge_device *device);
/* Keeps the bytes of new content that came in. */
void forge_keep(struct forge *f, uint32_t content, struct view bytes);
/* A configuration as that device gets it, in `a`. */
struct view forge_cnf_text(const struct cnf *cnf, const struct forge_device *device,
                           struct arena *a);

/* ---- forge_known.c: which certificate is this? ---- */

/* Certificates of this issuer and serial number, one after the other; start with *at = 0. */
bool forge_named(struct forge *f, struct view issuer, struct view serial, uint32_t *at,
                 uint32_t *cert);
/* The CT_CERT that a record means; 0 where it has neither certificate nor hash. */
uint32_t forge_cert_of(struct forge *f, const struct tl_record *r);
/* One for the signer that a header names and nobody knows: names alone, no key. */
uint32_t forge_cert_unknown(struct forge *f, const struct tl_header *h);

#endif
