/* Strangers' text where people read it: characters that steer a terminal, turn the order of what
 * stands beside them around or cannot be seen are written out ("\x1b"), all others stay.  What is
 * no UTF-8 is shown byte by byte.  Pure. */
#ifndef CUCMLAB_WIRE_SHOWN_H
#define CUCMLAB_WIRE_SHOWN_H

#include "sim/base/buf.h"

/* Bytes of the character at `at` that may be shown as it is; 0: its byte has to be written out. */
size_t shown_as_is(struct view text, size_t at);
/* Bytes of the character at `at` that is no control character; 0: that is one, or no UTF-8.  So
 * much is asked of names in scenarios. */
size_t shown_plain(struct view text, size_t at);
void shown_write(struct wr *w, struct view text);
/* The same as a string, cut before the character that has no room; `room` >= 1. */
const char *shown_text(char *to, size_t room, struct view text);

#endif
