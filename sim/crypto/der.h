/* A small DER writer and a strict checker, inside sim/crypto; sim/report/certshow reads with it.
 *
 * The writer composes: every call makes one finished element in the arena out of finished parts, so
 * no length is ever patched.  Without an arena (NULL) it measures: elements are absent views of the
 * right length, and what they are made of may be, too.  The checker looks at tags and lengths
 * alone, before OpenSSL (which lets some BER through) sees the bytes: definite lengths in the
 * shortest form, everything inside its parent, at most DER_DEPTH levels. */
#ifndef CUCMLAB_CRYPTO_DER_H
#define CUCMLAB_CRYPTO_DER_H

#include "sim/base/err.h"
#include "sim/base/mem.h"

#define DER_DEPTH 16

enum der_tag {
    DER_BOOLEAN = 0x01,
    DER_INTEGER = 0x02,
    DER_BITS = 0x03,
    DER_OCTETS = 0x04,
    DER_NULL = 0x05,
    DER_OID = 0x06,
    DER_UTF8 = 0x0c,
    DER_PRINTABLE = 0x13,
    DER_T61 = 0x14,
    DER_UTC_TIME = 0x17,
    DER_GENERALIZED_TIME = 0x18,
    DER_SEQUENCE = 0x30,
    DER_SET = 0x31
};

/* tag, length, then the parts one behind the other. */
struct view der_join(struct arena *a, uint8_t tag, const struct view *parts, size_t count);
#define DER(a, tag, ...)                                                                           \
    der_join((a), (tag), (const struct view[]){ __VA_ARGS__ },                                     \
             sizeof((const struct view[]){ __VA_ARGS__ }) / sizeof(struct view))
/* INTEGER of a magnitude, most significant byte first; zeros in front do not matter. */
struct view der_magnitude(struct arena *a, struct view magnitude);
/* BIT STRING of whole bytes. */
struct view der_bits(struct arena *a, struct view bytes);

/* The next element: moves `r` behind it.  False (and `e` with `base` + offset) when it does not
 * fit, has a tag of several bytes, or a length that DER does not allow. */
bool der_next(struct rd *r, size_t base, uint8_t *tag, struct view *value, struct err *e);
/* Is `v` exactly one element, well-formed all the way down? */
bool der_check(struct view v, struct err *e);

#endif
