/* Bytes that wait for somebody: added at the end, taken from the front.  For sim/crypto alone. */
#ifndef CUCMLAB_CRYPTO_STORE_H
#define CUCMLAB_CRYPTO_STORE_H

#include "sim/base/buf.h"

/* From `at` to `n`; all zero: empty. */
struct store {
    uint8_t *p;
    size_t at, n, cap;
};

/* Room for `n` more bytes at the end; whoever writes them adds them to `n` of the store. */
uint8_t *store_room(struct store *s, size_t n);
void store_add(struct store *s, struct view v);
size_t store_left(const struct store *s);
struct view store_view(const struct store *s); /* what is left, until something is added */
void store_drop(struct store *s, size_t n);    /* of the first bytes, at most what is left */
size_t store_read(struct store *s, uint8_t *out, size_t cap);
void store_empty(struct store *s, size_t cap); /* memory of more than `cap` bytes is given back */
void store_free(struct store *s);

#endif
