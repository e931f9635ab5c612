/* Names of columns and elements whose values are secrets: passwords, authentication strings, PINs,
 * credentials, keys.  Every reader asks here before it keeps a value; none of them ever becomes a
 * fact or a note.  So must a reader of rows of names and values (processconfig): there the name of
 * the parameter is the name.
 *
 * Names are compared without case, blanks, "_", "-" and ".", so that "Authentication String",
 * "authenticationString" and "authentication_string" are one name; what merely sounds like one
 * ("sshPassword", "Secure Shell Password", "passwordreverse", "userPin") is one too.
 * Sources: header of Bulk Administration's exports (observed), elements of the AXL schema
 * (documented); the rest is assumed, on the safe side. */
#ifndef CUCMLAB_IMPORT_SECRETS_H
#define CUCMLAB_IMPORT_SECRETS_H

#include "sim/import/facts.h"

bool secrets_is(struct view name);

/* The same, and counts what is dropped, which an empty value is not. */
bool secrets_drop(struct facts *f, struct view name, struct view value);

/* A command as it may be shown: without what stands behind the name of a secret in it
 * ("community-string public", "password='x'"). */
struct view secrets_shown(struct view command);

/* What of private keys the bytes are or hold, as words ("a private key", "a PKCS#12 store"); NULL:
 * nothing that is known.  PEM anywhere in a text, and DER that begins with it. */
const char *secrets_key(struct view bytes);

#endif
