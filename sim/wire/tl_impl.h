/* What reading (tl.c) and making (tl_make.c) must agree about.  Nobody else needs this. */
#ifndef CUCMLAB_WIRE_TL_IMPL_H
#define CUCMLAB_WIRE_TL_IMPL_H

#include "sim/wire/tl.h"

enum { TL_PADDING = 13 }; /* one byte; no length, no value */
/* No source has a code for 3072 bits: any that is free may be assumed for them. */
enum { TL_BYTES_3072 = 384 };

extern const uint16_t tl_modulus_bytes[TL_MODULUS_CODES]; /* of a signature, by its code */

/* Of SHA-1, SHA-256, SHA-512; 0 for a number that the format does not have. */
size_t tl_digest_bytes(uint8_t digest);
bool tl_is_version(uint16_t version); /* one of enum tl_version */

#endif
