/* Errors as values.  A function that can fail on somebody else's fault returns bool and takes a
 * `struct err *` last; it fills the text and returns false.  The text is one line, without a full
 * stop, that names where (offset, file:line) and what was expected.  Pure. */
#ifndef CUCMLAB_BASE_ERR_H
#define CUCMLAB_BASE_ERR_H

#include <stdbool.h>

struct err {
    char text[400]; /* NUL-terminated; "" means no error yet */
};

/* Writes the text and returns false, so that `return err_set(e, ...)` reads well.  `e` may be NULL.
 */
bool err_set(struct err *e, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Puts "prefix: " before the text already there; returns false. */
bool err_prefix(struct err *e, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
