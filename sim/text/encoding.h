/* Text of files that people save: whatever the encoding, it becomes UTF-8. */
#ifndef CUCMLAB_TEXT_ENCODING_H
#define CUCMLAB_TEXT_ENCODING_H

#include "sim/base/err.h"
#include "sim/base/mem.h"

/* UTF-8, with a mark or without, UTF-16 where the first bytes look like it, else Windows-1252, or
 * Latin-1 where a byte is none of that.  `out` is the same bytes where they are UTF-8, without
 * their mark, else in the arena.  False where UTF-16 breaks off or is wrong. */
bool text_from_file(struct view bytes, struct arena *a, struct view *out, struct err *e);

#define TEXT_SHOWN 64
/* What stands in a file, fit for a message: '?' for control characters, "..." where it is cut. */
const char *text_shown(struct view v, char out[TEXT_SHOWN]);

#endif
