/* What the files of sim/crypto share with each other.  Nobody else includes this. */
#ifndef CUCMLAB_CRYPTO_IMPL_H
#define CUCMLAB_CRYPTO_IMPL_H

#include "sim/crypto/crypto.h"

#include <openssl/bn.h>
#include <openssl/x509.h>

/* The longest thing that is ever taken for a certificate or a name in one (bytes). */
#define CERT_LIMIT 65535

const EVP_MD *digest_md(enum digest d);

/* ---- key.c ---- */

/* Fills `k` from a private key, whose ownership it takes; public forms go into `a`.  False when the
 * key is of no known type: then the caller still owns it. */
bool key_adopt(struct key *k, EVP_PKEY *pkey, struct arena *a, struct err *e);
/* A public key from the form of struct key; NULL when it is none, or larger than 4096 bits. */
EVP_PKEY *key_public(struct view public);

/* ---- keygen.c ---- */

/* The two primes of an RSA key of `bits`, p > q, from the stream. */
void keygen_primes(struct rng *r, unsigned bits, BIGNUM *p, BIGNUM *q);
/* Could p and q be a result of keygen_primes?  Sizes and order, not primality. */
bool keygen_plausible(unsigned bits, const BIGNUM *p, const BIGNUM *q);
EVP_PKEY *keygen_rsa(const BIGNUM *p, const BIGNUM *q);
EVP_PKEY *keygen_ec(struct rng *r, enum key_type type);

/* ---- ecdsa.c ---- */

struct ecdsa_want {
    bool full;    /* r and s have full length */
    size_t bytes; /* the DER has this length; 0: any */
};

/* DER signature over a digest made with `d`, with the first nonce of RFC 6979 whose signature is as
 * wanted; returns its length; 0 where none was found (of a length that there is hardly). */
size_t ecdsa_sign(const struct key *k, enum digest d, struct view hash,
                  const struct ecdsa_want *want, uint8_t out[600]);
/* ---- name.c ---- */

/* "CN=…;OU=…" to the DER of a Name; bytes that are no UTF-8 are kept as they are. */
struct view name_encode(struct view cucm, struct arena *a);
/* A certificate's Name to CUCM's form. */
bool name_flatten(const X509_NAME *name, struct arena *a, struct view *out, struct err *e);

/* ---- certtime.c: dates without the C library's clock or time zone ---- */

/* "YYYYMMDDhhmmssZ" for Unix seconds; the year must be 0 to 9999. */
void certtime_text(int64_t unix_s, char out[16]);
bool certtime_read(const ASN1_TIME *t, int64_t *unix_s);

#endif
