/* The database of a node as a table of SQL: what `run sql` asks.  A query is answered by SQLite in
 * memory, which is made for it, filled from the lab with the tables that it reads, and gone with
 * the answer: nothing of the lab can be changed through it, and nothing outside of it be seen.
 *
 *   sql_word.c   words of Informix that SQLite lacks: translated, or refused by name
 *   sql_fill.c   the tables: columns, and what is in them
 *   sql_put.c    a value of a row
 *   sql.c        asking, under an authorizer that lets nothing but SELECT pass, with bounds
 *
 * Names of tables and columns: Cisco's data dictionary as tools use it (documented or observed
 * where a query of a document has them, else inferred); numbers of the type tables that no document
 * has are assumed.  Keys (pkid) follow from the identity. */
#ifndef CUCMLAB_CLI_SQL_H
#define CUCMLAB_CLI_SQL_H

#include "sim/lab.h"

#define SQL_QUERY  8000         /* characters of a statement; a longer one is refused */
#define SQL_ROWS   200000u      /* of an answer */
#define SQL_BYTES  (32u << 20)  /* of an answer */
#define SQL_MEMORY (512u << 20) /* that SQLite may have taken while it looks for one */
#define SQL_STEPS                                                                                  \
    400000000ull /* instructions of SQLite that a query usually may take: some seconds */
#define SQL_COLUMNS 400

/* A cell without a value (NULL) is absent. */
struct sql_answer {
    struct view names[SQL_COLUMNS];
    uint32_t columns, rows;
    struct view *cells; /* rows times columns */
    uint32_t cap;       /* of cells */
};

/* False where this program was built without SQLite. */
bool sql_is_there(void);
/* A query: whom it goes to, and how many instructions of SQLite it may take. */
struct sql_query {
    struct lab *lab;
    uint32_t cluster, node;
    const char *text;
    uint64_t steps;
};
/* What the node's database answers: in `a`, but for the cells, which sql_free() gives back.  False
 * and `e`, in the words of the product where a document has them. */
bool sql_ask(const struct sql_query *q, struct arena *a, struct sql_answer *out, struct err *e);
void sql_free(struct sql_answer *answer);

/* ---- parts ---- */

/* The statement in the words of SQLite, in `a`. */
bool sql_translate(const char *query, struct arena *a, char **out, struct err *e);

struct sqlite3_stmt;
struct sql_fill; /* a table that is being filled */

struct sql_table {
    const char *name, *columns; /* "pkid text, name text" */
    void (*fill)(struct sql_fill *f);
};
extern const struct sql_table sql_tables[];
extern const uint32_t sql_table_count;

struct sql_fill {
    struct lab *lab;
    uint32_t cluster, node; /* whose database it is */
    struct sqlite3_stmt *insert;
    uint32_t column; /* the next of the row */
    struct arena *a;
};

/* The next value of the row; a row ends with sql_end(). */
void sql_text(struct sql_fill *f, struct view v);
void sql_str(struct sql_fill *f, const char *text);
void sql_number(struct sql_fill *f, int64_t v);
void sql_flag(struct sql_fill *f, bool yes); /* "t", "f" */
void sql_null(struct sql_fill *f);
void sql_end(struct sql_fill *f);

#endif
