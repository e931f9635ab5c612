/* Text of files that people save: whatever the encoding, it becomes UTF-8. */
#ifndef CUCMLAB_INVENTORY_TEXT_H
#define CUCMLAB_INVENTORY_TEXT_H

#include "sim/base/err.h"
#include "sim/base/mem.h"

/* `out` is the same bytes where they are UTF-8 (without a mark), else in the arena.  `encoding`:
 * what it was taken for, "UTF-16LE"; NULL: UTF-8.  False where it is no text of any of them. */
bool text_from_file(struct view bytes, struct arena *a, struct view *out, const char **encoding,
                    struct err *e);

#define TEXT_SHOWN 64
/* What stands in a file, fit for a message: '?' for control characters, "..." where it is cut. */
const char *text_shown(struct view v, char out[TEXT_SHOWN]);

#endif
