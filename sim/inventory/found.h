/* Phones of a cluster that was found: cluster.phones.csv (docs/CLUSTER.md), RFC 4180 with a header,
 * a row a phone.  Columns are found by their names, in any order; others are passed over.  Read by
 * sim/script for `phones { file = }`, from a shelf (shelf.h). */
#ifndef CUCMLAB_INVENTORY_FOUND_H
#define CUCMLAB_INVENTORY_FOUND_H

#include "sim/inventory/inventory.h"
#include "sim/lab_found.h"

#define FOUND_FILE_MAX  (128u << 20) /* bytes */
#define FOUND_TEXT_MOST 1000         /* bytes of a value */

struct found_row {
    struct inventory_row row;    /* what the lab makes of it; first: `phones` points here */
    struct lab_found_phone told; /* what the file says; ctl, itl and since_s are left to others */
    const char *ctl, *itl, *since, *tftp; /* as they stand there */
    bool nothing; /* a device that holds no trust list: no phone of the lab */
};

struct found_rows {
    struct arena arena;
    struct found_row *rows; /* as the file has them */
    uint32_t count, cap;
    const struct inventory_row **phones; /* of the rows that are phones, as a lab adds them */
    uint32_t phone_count;
    uint32_t nothing, bent; /* rows that are no phone, and those simulated as another model */
    size_t bytes;           /* of the file */
};

/* False, with `path` and the line in the error, at the first row that is wrong: somebody wrote into
 * what `cucmlab import` makes.  Free it in any case. */
bool found_rows_read(struct view csv, const char *path, struct found_rows *out, struct err *e);
void found_rows_free(struct found_rows *rows);

#endif
