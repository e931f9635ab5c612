/* What the columns of an answer are of, by the query that was asked: no more of SQL is understood
 * than the list behind SELECT and the tables behind FROM. */
#ifndef CUCMLAB_IMPORT_CLI_QUERY_H
#define CUCMLAB_IMPORT_CLI_QUERY_H

#include "sim/base/mem.h"

#define QUERY_COLUMNS 400 /* of a query that are looked at: `select * from device` has 200 */
#define QUERY_TABLES  32

struct query_table {
    struct view name, alias; /* alias: the name where it has no other */
};

struct query_item {
    struct view table; /* alias; absent: not said, or more than a column */
    struct view column;
    struct view called; /* as the answer has it */
};

struct query {
    struct query_table tables[QUERY_TABLES];
    struct query_item items[QUERY_COLUMNS];
    uint32_t table_count, item_count;
    bool all; /* SELECT *: columns stand for themselves */
};

/* Views borrow from the text.  What is no query has neither items nor tables. */
void query_of(struct view text, struct query *q);

/* "processnode.name" for column `at` of `count` that the answer calls `called`; `called` itself
 * where the query does not say. */
struct view query_column(const struct query *q, uint32_t at, uint32_t count, struct view called,
                         struct arena *a);

#endif
