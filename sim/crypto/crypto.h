/* Keys, certificates and signatures over OpenSSL 3, all from the identity: the same label gives the
 * same key on every machine, compiler and OpenSSL release.  Nothing here is for real secrets.
 * Called by sim/bytes, sim/live, the tools and tests; never by phones/, nodes/, sim/wire, sim/core.
 *
 * RSA: primes are searched from the seeded stream and loaded with EVP_PKEY_fromdata; never
 * OpenSSL's generator.  PKCS#1 v1.5 is deterministic by itself.  ECDSA takes a nonce of RFC 6979.
 *
 * Sizes are constants of the type (struct key_info), so that the length of a certificate, a list or
 * a file is known before any key is made: moduli have their full length, points are uncompressed,
 * and an ECDSA signature is drawn until both its numbers have full length (key_sign). */
#ifndef CUCMLAB_CRYPTO_CRYPTO_H
#define CUCMLAB_CRYPTO_CRYPTO_H

#include "sim/base/algorithm.h"
#include "sim/base/err.h"
#include "sim/base/mem.h"
#include "sim/base/rng.h"

#include <openssl/evp.h>

size_t digest_size(enum digest d);
const char *digest_name(enum digest d); /* "SHA-1" */
/* Digest of the parts put one behind the other; `out` has room for 64 bytes. Returns its size. */
size_t digest_of(enum digest d, const struct view *parts, size_t count, uint8_t out[64]);
void digest_md5(struct view v, uint8_t out[16]);

/* ---- keys ---- */

/* What a type of key is, and the bytes that its keys take.  RSA: of keys with the exponent 65537,
 * as all of ours have it. */
struct key_info {
    bool rsa;
    uint16_t bits;        /* modulus or field */
    uint16_t public_n;    /* struct key: public */
    uint16_t spki_n;      /* struct key: spki */
    uint16_t signature_n; /* of key_sign() */
    const char *curve;    /* OpenSSL's name; NULL for RSA */
};

extern const struct key_info key_info[KEY_TYPES];

struct key {
    enum key_type type;
    EVP_PKEY *pkey;     /* private */
    struct view public; /* as a trust list record has it: PKCS#1 RSAPublicKey DER, or the
                           uncompressed EC point */
    struct view spki;   /* SubjectPublicKeyInfo DER */
};

/* A ring makes each key once and keeps it; keys live as long as the ring.  A key follows from the
 * identity, its label and its type, so that rings of one identity have the same keys.  RSA keys are
 * also kept in `cache_dir`, for all runs of that identity (NULL: no cache; made when absent; a file
 * that does not check out is made again).
 * One thread at a time; the keys themselves may be used by many. */
struct keyring;
struct keyring *keyring_new(uint64_t identity, const char *cache_dir);
/* How many keys keyring_key() has had to make or to take from the cache so far. */
uint32_t keyring_made(const struct keyring *r);
void keyring_free(struct keyring *r);
const struct key *keyring_key(struct keyring *r, const char *label, enum key_type type);
/* The default cache folder: $XDG_CACHE_HOME/cucmlab or ~/.cache/cucmlab; NULL where there is no
 * home.  Static storage. */
const char *keyring_default_cache(void);
/* A key from a PEM file with a private key (test vectors); the ring owns it. */
const struct key *keyring_load_pem(struct keyring *r, struct view pem, struct err *e);

/* PKCS#1 v1.5 over the parts for RSA.  For EC, DER ECDSA with the first nonce of RFC 6979 (its
 * generator goes on after one that will not do) that gives an r and an s of full length, whose DER
 * has no zero octet in front: about four tries, and every signature of a curve has one length.
 * `out` has room for 600 bytes; returns the length, which is that of key_info. */
size_t key_sign(const struct key *k, enum digest d, const struct view *parts, size_t count,
                uint8_t out[600]);
/* The same with RFC 6979's own choice, the first nonce: lengths vary.  EC alone. */
size_t key_sign_rfc6979(const struct key *k, enum digest d, const struct view *parts, size_t count,
                        uint8_t out[600]);
/* PKCS#1 type 1 padding around the digest alone, without a DigestInfo, as CAPF has it.  RSA alone.
 */
size_t key_sign_bare(const struct key *k, enum digest d, const struct view *parts, size_t count,
                     uint8_t out[600]);
/* Is `signature` that of key_sign_bare() under `public` (form of struct key)? */
bool key_verify_bare(struct view public, enum digest d, const struct view *parts, size_t count,
                     struct view signature);
/* A stranger's key, of which there is the public half alone (pkey NULL: it signs nothing), from its
 * SubjectPublicKeyInfo; its forms in `a`.  False: none of the types that there are. */
bool key_of_spki(struct key *k, struct view spki, struct arena *a, struct err *e);
/* A key of that type of which only the sizes are true: what cert_length() takes for one that is not
 * made.  Nothing is borrowed. */
struct key key_stand_in(enum key_type type);
/* True when `signature` is that of the parts under `public` (form of struct key; curve by length);
 * false for anything that is no key, no digest or no signature. */
bool key_verify(struct view public, enum digest d, const struct view *parts, size_t count,
                struct view signature);

/* ---- certificates ---- */

/* A distinguished name as the wire has it: "CN=…;OU=…;O=…;L=…;ST=…;C=…" (CUCM's form). */
struct cert_spec {
    struct view subject, issuer;       /* CUCM form, no NUL */
    struct view serial;                /* magnitude, most significant byte first */
    int64_t not_before_s, not_after_s; /* Unix seconds */
    const struct key *key;
    const struct key *issuer_key; /* equal to `key`: self-signed */
    enum digest digest;
    bool ca;    /* basicConstraints says so */
    bool ipsec; /* for ipsecEndSystem too, and self-signed with RSA for key agreement: certificates
                   of CUCM's TLS services (observed) */
    struct view dns_name; /* subjectAltName: dNSNames with commas between; absent: none */
};

/* What a reader needs of a certificate.  Views borrow from the DER or from the arena. */
struct cert {
    struct view der;
    struct view subject, issuer; /* CUCM form, no NUL, in the arena; attributes other than the six
                                    of CUCM dropped, order CN OU O L ST C */
    struct view serial;          /* magnitude without the 00 that DER may put in front */
    struct view public;          /* form of struct key */
    struct view signature;       /* the bits, without the unused-bits byte */
    int64_t not_before_s, not_after_s;
    bool rsa;
    uint16_t bits; /* RSA modulus or EC field size */
};

/* DER, deterministic from the spec.  In the arena. */
struct view cert_make(const struct cert_spec *spec, struct arena *a);
/* The bytes that cert_make() would make: written by the same code, without a byte being put down.
 * Keys may be stand-ins. */
size_t cert_length(const struct cert_spec *spec);
/* A certificate signing request (PKCS #10) for it: subject, key, usages and names of the spec,
 * signed with its key.  In the arena. */
struct view cert_request(const struct cert_spec *spec, struct arena *a);
/* Strict: DER without trailing bytes; RSA of 512 to 4096 bits or the three curves. */
bool cert_parse(struct view der, struct arena *a, struct cert *out, struct err *e);
/* First CERTIFICATE block of a PEM file, or the input itself where it is DER. */
bool cert_from_file(struct view file, struct arena *a, struct cert *out, struct err *e);
/* Is `cert` signed by `issuer_public`? */
bool cert_signed_by(const struct cert *cert, struct view issuer_public, struct arena *a);
/* What a certificate that parses was signed with (SHA-256 where that is none of ours), and the
 * dNSNames of its subjectAltName with commas between, in `a`; absent: none. */
enum digest cert_digest(struct view der);
struct view cert_names(struct view der, struct arena *a);
/* The same certificate to the byte but for its key, which is `key`, and its signature, made by
 * `issuer_key`; in `a`.  Absent where one of the two has not the length of the one before, so that
 * it could not be the same. */
struct view cert_with_key(struct view der, const struct key *key, const struct key *issuer_key,
                          struct arena *a);

/* ---- encryption of configurations ---- */

/* PKCS#1 type 2 with padding bytes from `r` (never 0), then RSA without padding. `out` 512 bytes.
 * Returns the length; 0 when `public` is no RSA key or `plain` is longer than the key less 11. */
size_t rsa_wrap(struct view public, struct view plain, struct rng *r, uint8_t out[512]);
bool rsa_unwrap(const struct key *k, struct view wrapped, uint8_t *out, size_t cap, size_t *n);
/* Whole blocks only, no padding of its own; in place is allowed. */
void aes128_cbc(bool encrypt, const uint8_t key[16], const uint8_t iv[16], struct view in,
                uint8_t *out);

#endif
