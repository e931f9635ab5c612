/* Reads a phone's configuration file, SEP<MAC>.cnf.xml or XMLDefault.cnf.xml, into struct cnf
 * (docs/FORMATS.md, section 7).  The XML parser (sim/text/xml.h) allocates: not for pure code.
 * Called by the drivers on behalf of a phone that was given a file as bytes. */
#ifndef CUCMLAB_BYTES_CNF_READ_H
#define CUCMLAB_BYTES_CNF_READ_H

#include "sim/wire/cnf.h"

#define CNF_READ_MAX   2097152 /* bytes; a phone takes no file over 2048 KB (observed) */
#define CNF_READ_DEPTH 64      /* nested elements */

/* Elements that struct cnf has no place for are passed over; one that is missing reads as
 * cnf_init() has it.  Members come in the order of their priority.  Refused, with the line: more
 * than 3 servers or 5 TVS, a text that is too long, a number out of range, an element twice, a
 * document type (so no entity is ever expanded).  What the form of the file (Default, or the short
 * one of an encrypted configuration) does not hold is passed over there too.
 * `device`, `line` and `uuid` are the first line's display name, number and contact, or "".
 * Outputs are filled with zeroes behind their texts, and left alone on failure. */
bool cnf_read(struct view xml, struct cnf *out, char device[64], char line[64], char uuid[64],
              struct err *e);

#endif
