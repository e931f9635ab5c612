/* Chains of certificates as PKCS#7 (RFC 2315, .p7b): what a CA hands out.  Read by imports.  Of the
 * form no more than the certificates is looked at: there is nothing signed in such a chain. */
#ifndef CUCMLAB_CRYPTO_PKCS7_H
#define CUCMLAB_CRYPTO_PKCS7_H

#include "sim/base/err.h"
#include "sim/base/mem.h"

/* Whether it begins as one: no certificate and no key does. */
bool pkcs7_is(struct view der);
/* Its certificates in the order in which they stand: views of `der`, the list in the arena.  What
 * is no certificate among them is for their reader to find.  False: damaged. */
bool pkcs7_certs(struct view der, struct arena *a, struct view **certs, uint32_t *count,
                 struct err *e);

#endif
