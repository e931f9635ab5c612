/* Rows of SQL over CUCM's database, from `run sql` and from AXL's executeSQLQuery alike: facts by
 * the names of the columns, whatever the query was.  Called by cli_*.c and axl*.c.
 * Columns and their aliases: the queries of docs/IMPORT.md and those in common use (observed). */
#ifndef CUCMLAB_IMPORT_SQL_H
#define CUCMLAB_IMPORT_SQL_H

#include "sim/import/facts.h"

struct sql_cell {
    struct view column, value; /* column: as the answer has it */
    bool null;                 /* SQL's NULL; value is empty then */
};

/* One row, whole, each for itself; `s` says where it stands.  Secrets are dropped here. */
void sql_row(const struct said *s, const struct sql_cell *cells, uint32_t count);

#endif
