/* One value of a row after the other, into the table that is being filled. */
#ifdef HAVE_SQLITE
#include "sim/cli/sql.h"

#include "sim/base/check.h"

#include <sqlite3.h>

void sql_text(struct sql_fill *f, struct view v)
{
    sqlite3_bind_text(f->insert, (int)++f->column, (const char *)v.p, (int)v.n, SQLITE_TRANSIENT);
}

void sql_str(struct sql_fill *f, const char *text)
{
    sql_text(f, view_str(text));
}

void sql_number(struct sql_fill *f, int64_t v)
{
    sqlite3_bind_int64(f->insert, (int)++f->column, v);
}

void sql_flag(struct sql_fill *f, bool yes)
{
    sql_str(f, yes ? "t" : "f");
}

void sql_null(struct sql_fill *f)
{
    sqlite3_bind_null(f->insert, (int)++f->column);
}

void sql_end(struct sql_fill *f)
{
    CHECK(sqlite3_bind_parameter_count(f->insert) == (int)f->column);
    CHECK(sqlite3_step(f->insert) == SQLITE_DONE);
    sqlite3_reset(f->insert);
    f->column = 0;
}

#endif
