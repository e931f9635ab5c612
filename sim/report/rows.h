/* What became of the rows of inventories: their part of the verdict, the text and the JSON.  Every
 * row of a file is in it, by device type.  Called by the other files of sim/report, by sim/session
 * and tests. */
#ifndef CUCMLAB_REPORT_ROWS_H
#define CUCMLAB_REPORT_ROWS_H

#include "sim/inventory/inventory.h"

#include <stdio.h>

struct cJSON;
#define ROWS_TEXT 320

/* "3,000 rows: 2,290 phones, 660 phones simulated as another model, 40 with nothing to lose, 10
 * left out"; "; 3,000 of the phones are at home in HQ" where they are another cluster's. */
const char *rows_line(const struct inventory *v, char out[ROWS_TEXT]);
/* What a verdict must not hide, "" where every row is a phone of its own model or has nothing to
 * lose: "660 phones are simulated as another model, 10 rows are left out". */
const char *rows_verdict(const struct inventory_file *files, uint32_t count, char out[ROWS_TEXT]);
/* A paragraph a file, with a line for each type that is not simple. */
void rows_print(FILE *out, const struct inventory_file *files, uint32_t count);
/* What reading a file met: bad rows first, the first of each kind and how many more, then how
 * things were taken, then the sum. */
void rows_tell(FILE *out, const struct inventory_file *f);
/* "inventories": a list, empty where there is none. */
void rows_json(struct cJSON *root, const struct inventory_file *files, uint32_t count);

#endif
