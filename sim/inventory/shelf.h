/* Tables of phones that were read (found.h), for a session and all that are made of its options:
 * the runs of a change page, those with a fact turned.  Each is read by the first that asks, and is
 * what it was then; nobody changes it.  Several threads may ask.  Owned by sim/session, read by
 * sim/script. */
#ifndef CUCMLAB_INVENTORY_SHELF_H
#define CUCMLAB_INVENTORY_SHELF_H

#include "sim/inventory/found.h"

struct shelf;

struct shelf *shelf_new(void);
void shelf_free(struct shelf *shelf); /* with all tables; NULL: nothing */
/* The table of the file at `path`, as long as the shelf lasts; `name` stands in errors of rows.
 * NULL and `e`: it is no plain file of at most FOUND_FILE_MAX bytes, or a row is wrong. */
const struct found_rows *shelf_table(struct shelf *shelf, const char *path, const char *name,
                                     struct err *e);

#endif
