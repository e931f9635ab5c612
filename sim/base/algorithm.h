/* Kinds of keys and digests, as numbers alone: for pure code, which tells them apart and computes
 * with neither.  sim/crypto does the computing.  Pure. */
#ifndef CUCMLAB_BASE_ALGORITHM_H
#define CUCMLAB_BASE_ALGORITHM_H

#include <stdint.h>

enum key_type {
    KEY_RSA_1024,
    KEY_RSA_2048,
    KEY_RSA_3072,
    KEY_RSA_4096,
    KEY_EC_P256,
    KEY_EC_P384,
    KEY_EC_P521,
    KEY_TYPES,
    KEY_NONE = 0xff /* no key, or one known by its public half only */
};

/* Values are those of the wire: tags 8, 12 and 26 (docs/FORMATS.md, sections 1 and 3). */
enum digest { DIGEST_SHA1 = 1, DIGEST_SHA256 = 2, DIGEST_SHA512 = 3 };

/* Plain data keeps both in one byte. */
_Static_assert(KEY_NONE <= UINT8_MAX && KEY_TYPES <= KEY_NONE, "a key type fits into a byte");

#endif
