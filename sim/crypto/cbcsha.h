/* How TLS 1.0 to 1.2 protect a record with AES-CBC and HMAC-SHA1 (RFC 2246, 4346 and 5246, section
 * 6.2.3.2): one direction of a connection.  For sim/crypto alone.  It is for clients that make
 * load: how long a wrong record takes tells where it is wrong. */
#ifndef CUCMLAB_CRYPTO_CBCSHA_H
#define CUCMLAB_CRYPTO_CBCSHA_H

#include "sim/base/rng.h"
#include "sim/crypto/mac.h"

#include <openssl/evp.h>

#define CBCSHA_MAC   20 /* bytes of a key and of a result of HMAC-SHA1 */
#define CBCSHA_BLOCK 16
/* A record takes so much more than its clear text, at the most: vector, MAC, padding. */
#define CBCSHA_MORE (CBCSHA_BLOCK + CBCSHA_MAC + CBCSHA_BLOCK)

struct cbcsha {
    EVP_CIPHER_CTX *cipher;
    struct mac_key mac;
    uint64_t sequence;
    bool on;      /* records pass through it */
    bool vectors; /* each record begins with its own vector: from TLS 1.1 on */
};

struct cbcsha_keys {
    const uint8_t *mac, *key, *iv; /* `iv` NULL: explicit ones */
};

/* Makes it ready, and not yet `on`.  Its cipher context is made where there is none, and used again
 * where there is. */
void cbcsha_ready(struct cbcsha *c, const EVP_CIPHER *aes, bool encrypt, struct cbcsha_keys keys);
void cbcsha_free(struct cbcsha *c);

/* Writes the body of a record: the clear text, protected; `out` has room for CBCSHA_MORE bytes more
 * than it.  `version` is the record's.  Returns its length. */
size_t cbcsha_seal(struct cbcsha *c, uint8_t type, uint16_t version, struct view clear,
                   struct rng *r, uint8_t *out);
/* Opens the body of a record in place; false: length, padding or MAC is wrong. */
bool cbcsha_open(struct cbcsha *c, uint8_t type, uint16_t version, uint8_t *body, size_t n,
                 struct view *clear);

#endif
