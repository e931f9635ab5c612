/* HMAC over OpenSSL's compression functions, with the state behind each padded key kept: a MAC of
 * a short message costs two blocks less, and nothing is fetched or allocated.  Over it the PRF of
 * TLS 1.0 and 1.1 (RFC 2246, section 5) and of TLS 1.2 (RFC 5246).  For sim/crypto alone. */
#ifndef CUCMLAB_CRYPTO_MAC_H
#define CUCMLAB_CRYPTO_MAC_H

#include "sim/base/buf.h"

#define OPENSSL_SUPPRESS_DEPRECATED    /* the states can be copied; those of EVP only through its  \
                                          heap */
#include <openssl/md5.h>
#include <openssl/sha.h>

enum hash { HASH_MD5, HASH_SHA1, HASH_SHA256, HASHES };

#define HASH_MAX 32 /* bytes of the longest result */

/* Plain data: an assignment copies what was hashed so far. */
struct hash_state {
    union {
        MD5_CTX md5;
        SHA_CTX sha1;
        SHA256_CTX sha256;
    } of;
};

struct hash_state hash_begin(enum hash h);
void hash_add(enum hash h, struct hash_state *s, struct view v);
/* Ends `s`; returns how many bytes were written. */
size_t hash_end(enum hash h, struct hash_state *s, uint8_t out[HASH_MAX]);

/* A key of HMAC: what is hashed already of both halves. */
struct mac_key {
    enum hash hash;
    struct hash_state inner, outer;
};

struct mac_key mac_key_of(enum hash h, struct view key);
size_t mac_of(const struct mac_key *k, const struct view *parts, size_t count,
              uint8_t out[HASH_MAX]);

/* `n` bytes of the PRF; `sha256` says which of the two it is.  A seed is label, then random values:
 * at most PRF_SEED_MAX bytes in all. */
#define PRF_SEED_MAX 96
void prf(bool sha256, struct view secret, const char *label, const struct view seed[2],
         uint8_t *out, size_t n);

#endif
