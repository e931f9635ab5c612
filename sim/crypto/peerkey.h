/* The RSA key of a server's certificate, parsed once for as long as the server shows the same
 * bytes: that costs a handshake more than everything else but the key's own arithmetic.  For
 * sim/crypto alone; one thread at a time. */
#ifndef CUCMLAB_CRYPTO_PEERKEY_H
#define CUCMLAB_CRYPTO_PEERKEY_H

#include "sim/base/buf.h"

#define PEER_KEYS     16  /* servers that are remembered at a time */
#define PEER_RSA_MAX  512 /* bytes of a modulus */
#define PEER_CERT_MAX 65535

struct peer_key; /* counted: those who use it, and the memory below */
struct peer_keys {
    struct peer_key *slot[PEER_KEYS];
    unsigned next; /* who is forgotten next */
};

/* The caller's until peer_key_drop().  NULL: `why` says what is wrong with the certificate. */
struct peer_key *peer_keys_find(struct peer_keys *all, struct view der, const char **why);
void peer_keys_forget(struct peer_keys *all);
void peer_key_drop(struct peer_key *k); /* NULL: nothing */

struct view peer_key_cert(const struct peer_key *k); /* DER, as long as it is held */
size_t peer_key_size(const struct peer_key *k);      /* bytes of the modulus */
/* RSA of a block of peer_key_size() bytes, which stands for a number below the modulus. */
void peer_key_encrypt(struct peer_key *k, const uint8_t *block, uint8_t out[PEER_RSA_MAX]);

#endif
