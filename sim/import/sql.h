/* Rows of SQL over CUCM's database, from `run sql` and from AXL's executeSQLQuery alike: facts by
 * the names of the columns, whatever the query was.  Called by cli_*.c and axl*.c.
 * Columns and their aliases: the queries of docs/IMPORT.md and those in common use (observed). */
#ifndef CUCMLAB_IMPORT_SQL_H
#define CUCMLAB_IMPORT_SQL_H

#include "sim/import/facts.h"

struct sql_cell {
    /* As the answer has it: "name", "servername"; or with its table in front where the query is
     * known, which says what it is of: "processnode.name", "typemodel.name". */
    struct view column, value;
    bool null; /* SQL's NULL; value is empty then */
};

/* One row, whole, each for itself; `s` says where it stands.  Secrets are dropped here. */
void sql_row(const struct said *s, const struct sql_cell *cells, uint32_t count);

#endif
