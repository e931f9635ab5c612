/* PEM (RFC 7468) in text of any kind: blocks one behind the other with anything around them, on
 * lines of their own or not, as logs, JSON and terminals have them.  Called by readers of imports
 * and by the doctor. Nothing of a block is decoded before somebody asks: a private key stays text.
 */
#ifndef CUCMLAB_CRYPTO_PEM_H
#define CUCMLAB_CRYPTO_PEM_H

#include "sim/base/mem.h"

#define PEM_CERT_BEGIN "-----BEGIN CERTIFICATE-----"
#define PEM_CERT_END   "-----END CERTIFICATE-----"

struct pem {
    struct view label; /* "CERTIFICATE" */
    struct view body;  /* between its BEGIN and its END, base64 and what else stands there */
    size_t at;         /* of its BEGIN in the text that was asked */
    bool whole;        /* its END is there */
};

/* The next block of `text` from *from on, which moves behind it; false: there is none. */
bool pem_next(struct view text, size_t *from, struct pem *out);
bool pem_is(const struct pem *p, const char *label);
/* The bytes, in the arena.  False: it is no base64, or nothing.  Blanks, ends of lines and "\n" as
 * two characters do not count. */
bool pem_decode(const struct pem *p, struct arena *a, struct view *out);
/* The same of base64 alone. */
bool pem_base64_read(struct view text, struct arena *a, struct view *out);

/* Both end in NUL and lie in the arena: base64 on one line; a block with lines of 64. */
char *pem_base64(struct view bytes, struct arena *a);
char *pem_write(struct view bytes, const char *label, struct arena *a);

#endif
