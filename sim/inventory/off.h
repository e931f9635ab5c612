/* `--off FILE`: phones that are without power from the start, a name a line; what is behind a '#'
 * is a comment, the case of letters does not matter.  Read and asked by sim/session. */
#ifndef CUCMLAB_INVENTORY_OFF_H
#define CUCMLAB_INVENTORY_OFF_H

#include "sim/base/err.h"
#include "sim/base/mem.h"
#include "sim/base/table.h"
#include "sim/lab.h"

#include <stdio.h>

#define OFF_FILE_MAX (64u << 20) /* bytes */

struct off_phone {
    char name[DEVICE_NAME];
    uint32_t line;
    bool found; /* a phone has this name */
};

struct off {
    const char *path; /* borrowed */
    struct off_phone *phones;
    uint32_t count, cap;
    struct table by_name;
};

/* False with the line where a name can be none of a phone, or is there twice.  Free it in any case.
 */
bool off_read(struct view text, const char *path, struct off *out, struct err *e);
void off_free(struct off *off);
/* Whether this phone is off; `ctx` is a struct off.  Keeps that there is one. */
bool off_asks(void *ctx, const char *name);
/* How many names no phone has; each is told, the first ones by name. */
uint32_t off_unknown(const struct off *off, FILE *out);

#endif
