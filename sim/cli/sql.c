/* Asking: prepare under the authorizer, which notes the tables that are read; fill those; step. */
#include "sim/cli/sql.h"

#include "sim/base/check.h"
#include "sim/base/sys.h"

#include <string.h>

#ifdef HAVE_SQLITE
#include <malloc.h>
#include <sqlite3.h>

/* It takes memory as all of the program does, which ends where there is none. */
static void *take(int n)
{
    return sys_malloc((size_t)n);
}

static void *retake(void *p, int n)
{
    return sys_realloc(p, (size_t)n);
}

static int size_of(void *p)
{
    return (int)malloc_usable_size(p);
}

static int round_up(int n)
{
    return (n + 7) & ~7;
}

static int begin_memory(void *ctx)
{
    (void)ctx;
    return SQLITE_OK;
}

static void end_memory(void *ctx)
{
    (void)ctx;
}

__attribute__((constructor)) static void take_memory(void)
{
    static const sqlite3_mem_methods memory = {
        .xMalloc = take,
        .xFree = sys_free,
        .xRealloc = retake,
        .xSize = size_of,
        .xRoundup = round_up,
        .xInit = begin_memory,
        .xShutdown = end_memory,
    };
    CHECK(sqlite3_config(SQLITE_CONFIG_MALLOC, &memory) == SQLITE_OK);
}

struct asking {
    sqlite3 *db;
    bool filling;         /* it is we who ask */
    uint64_t steps, most; /* instructions so far, and how many there may be */
    bool *wanted;         /* by table: the statement reads it */
    struct err *e;
};

/* Functions that give the same on every machine, whenever they are asked. */
static const char *const functions[] = {
    "abs",   "avg",   "coalesce", "count",     "glob", "ifnull", "instr", "length",
    "like",  "lower", "ltrim",    "max",       "min",  "nullif", "nvl",   "replace",
    "round", "rtrim", "substr",   "substring", "sum",  "total",  "trim",  "upper",
};

static bool is_function(const char *name)
{
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
        if (sqlite3_stricmp(functions[i], name) == 0)
            return true;
    }
    return false;
}

static int refuse(struct asking *q, const char *format, const char *what)
{
    if (q->e->text[0] == '\0')
        err_set(q->e, format, what);
    return SQLITE_DENY;
}

/* The table by its number; -1: there is none of that name. */
static int table_number(const char *name)
{
    for (uint32_t t = 0; t < sql_table_count; t++) {
        if (sqlite3_stricmp(sql_tables[t].name, name) == 0)
            return (int)t;
    }
    return -1;
}

static int authorize(void *ctx, int action, const char *a, const char *b, const char *db,
                     const char *trigger)
{
    struct asking *q = ctx;
    (void)db, (void)trigger;
    if (q->filling || action == SQLITE_SELECT)
        return SQLITE_OK;
    if (action == SQLITE_FUNCTION)
        return is_function(b) ? SQLITE_OK : refuse(q, "Routine (%.60s) can not be resolved.", b);
    if (action != SQLITE_READ)
        return refuse(q, "run sql: nothing but SELECT is allowed%s", "");
    int t = a == NULL ? -1 : table_number(a);
    if (t < 0)
        return refuse(q, "The specified table (%.60s) is not in the database.", a == NULL ? "" : a);
    q->wanted[t] = true;
    return SQLITE_OK;
}

#define STEPS_BETWEEN 10000

/* Bounds of time and memory; not 0: it is over. */
static int go_on(void *ctx)
{
    struct asking *q = ctx;
    if (q->filling)
        return 0;
    q->steps += STEPS_BETWEEN;
    return q->steps > q->most || sqlite3_memory_used() > (sqlite3_int64)SQL_MEMORY;
}

/* ---- the tables ---- */

static void command(struct asking *q, const char *text)
{
    CHECK(sqlite3_exec(q->db, text, NULL, NULL, NULL) == SQLITE_OK);
}

static void make_tables(struct asking *q)
{
    char text[2000];
    for (uint32_t t = 0; t < sql_table_count; t++) {
        snprintf(text, sizeof text, "create table %s (%s)", sql_tables[t].name,
                 sql_tables[t].columns);
        command(q, text);
    }
}

static uint32_t columns_of(const struct sql_table *t)
{
    uint32_t n = 1;
    for (const char *p = t->columns; *p != '\0'; p++)
        n += *p == ',';
    return n;
}

static void fill_table(struct asking *q, struct sql_fill *f, const struct sql_table *t)
{
    char text[1000];
    size_t n = (size_t)snprintf(text, sizeof text, "insert into %s values (?", t->name);
    for (uint32_t i = 1; i < columns_of(t); i++)
        n += (size_t)snprintf(text + n, sizeof text - n, ",?");
    snprintf(text + n, sizeof text - n, ")");
    CHECK(sqlite3_prepare_v2(q->db, text, -1, &f->insert, NULL) == SQLITE_OK);
    t->fill(f);
    sqlite3_finalize(f->insert);
}

/* ---- nvl ---- */

static void nvl(sqlite3_context *c, int count, sqlite3_value **v)
{
    (void)count;
    sqlite3_result_value(c, v[sqlite3_value_type(v[0]) == SQLITE_NULL]);
}

/* ---- begin and end ---- */

static void open_database(struct asking *q)
{
    static const struct {
        int what, most;
    } limits[] = { { SQLITE_LIMIT_LENGTH, 1 << 20 },          { SQLITE_LIMIT_SQL_LENGTH, 1 << 15 },
                   { SQLITE_LIMIT_COLUMN, SQL_COLUMNS },      { SQLITE_LIMIT_EXPR_DEPTH, 100 },
                   { SQLITE_LIMIT_COMPOUND_SELECT, 20 },      { SQLITE_LIMIT_ATTACHED, 0 },
                   { SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 200 }, { SQLITE_LIMIT_WORKER_THREADS, 0 } };
    if (sqlite3_open_v2(":memory:", &q->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL) !=
        SQLITE_OK)
        sys_no_memory(0);
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++)
        sqlite3_limit(q->db, limits[i].what, limits[i].most);
    sqlite3_create_function(q->db, "nvl", 2, SQLITE_UTF8 | SQLITE_DETERMINISTIC, NULL, nvl, NULL,
                            NULL);
    command(q, "pragma temp_store = memory");
    command(q, "pragma case_sensitive_like = on"); /* as Informix has it */
    make_tables(q);
    sqlite3_set_authorizer(q->db, authorize, q);
    sqlite3_progress_handler(q->db, STEPS_BETWEEN, go_on, q);
}

/* What SQLite says, in the words of Informix where it has some (assumed). */
static bool say_why(struct asking *q)
{
    static const struct {
        const char *begins, *says;
    } rows[] = {
        { "no such table: ", "The specified table (%s) is not in the database." },
        { "no such column: ",
          "Column (%s) not found in any table in the query (or SLV is undefined)." },
        { "ambiguous column name: ", "Ambiguous column (%s)." },
        { "no such function: ", "Routine (%s) can not be resolved." },
    };
    const char *said = sqlite3_errmsg(q->db);
    if (q->e->text[0] != '\0')
        return false;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        size_t n = strlen(rows[i].begins);
        if (strncmp(said, rows[i].begins, n) == 0)
            return err_set(q->e, rows[i].says, said + n);
    }
    if (strstr(said, "syntax error") != NULL || strstr(said, "incomplete input") != NULL)
        return err_set(q->e, "A syntax error has occurred.");
    if (sqlite3_errcode(q->db) == SQLITE_INTERRUPT)
        return err_set(q->e, "run sql: the query takes too long, or too much memory");
    return err_set(q->e, "run sql: %.200s", said);
}

static bool prepare(struct asking *q, const char *text, sqlite3_stmt **s)
{
    const char *rest = NULL;
    if (sqlite3_prepare_v2(q->db, text, -1, s, &rest) != SQLITE_OK)
        return say_why(q);
    if (*s == NULL)
        return err_set(q->e, "A syntax error has occurred.");
    if (rest[strspn(rest, " \t;")] != '\0')
        return err_set(q->e, "run sql: one statement at a time");
    return true;
}

/* ---- the answer ---- */

static struct view lower(struct arena *a, const char *name)
{
    struct view v = view_str(name);
    uint8_t *out = arena_take(a, v.n + 1);
    for (size_t i = 0; i < v.n; i++)
        out[i] = (uint8_t)(v.p[i] >= 'A' && v.p[i] <= 'Z' ? v.p[i] + 32 : v.p[i]);
    return view_of(out, v.n);
}

/* "(count(*))": what has no name is called by what it is (observed). */
static struct view name_of(struct arena *a, const char *name)
{
    char text[200];
    if (strchr(name, '(') == NULL || name[0] == '(')
        return lower(a, name);
    snprintf(text, sizeof text, "(%s)", name);
    return lower(a, text);
}

static bool take_row(struct asking *q, sqlite3_stmt *s, struct arena *a, struct sql_answer *out,
                     size_t *bytes)
{
    size_t at = (size_t)out->rows * out->columns;
    mem_reserve(&sys_mem, (void **)&out->cells, &out->cap, at + out->columns, sizeof *out->cells);
    for (uint32_t i = 0; i < out->columns; i++) {
        const void *p = sqlite3_column_text(s, (int)i);
        struct view v = view_of(p, (size_t)sqlite3_column_bytes(s, (int)i));
        out->cells[at + i] = p == NULL ? view_of(NULL, 0) : view_str(arena_text(a, v));
        *bytes += v.n + sizeof v;
    }
    out->rows++;
    if (out->rows == SQL_ROWS || *bytes > SQL_BYTES)
        return err_set(q->e, "run sql: the answer has more than %u rows or %u MB; use FIRST",
                       SQL_ROWS, SQL_BYTES >> 20);
    return true;
}

static bool take_rows(struct asking *q, sqlite3_stmt *s, struct arena *a, struct sql_answer *out)
{
    size_t bytes = 0;
    int status;
    out->columns = (uint32_t)sqlite3_column_count(s);
    for (uint32_t i = 0; i < out->columns; i++)
        out->names[i] = name_of(a, sqlite3_column_name(s, (int)i));
    while ((status = sqlite3_step(s)) == SQLITE_ROW) {
        if (!take_row(q, s, a, out, &bytes))
            return false;
    }
    return status == SQLITE_DONE || say_why(q);
}

static void fill_wanted(struct asking *q, struct sql_fill *f)
{
    q->filling = true;
    command(q, "begin");
    for (uint32_t t = 0; t < sql_table_count; t++) {
        if (q->wanted[t])
            fill_table(q, f, &sql_tables[t]);
    }
    command(q, "commit");
    q->filling = false;
}

bool sql_is_there(void)
{
    return true;
}

bool sql_ask(const struct sql_query *query, struct arena *a, struct sql_answer *out, struct err *e)
{
    struct sql_fill f = {
        .lab = query->lab, .cluster = query->cluster, .node = query->node, .a = a
    };
    struct asking q = { .most = query->steps, .e = e };
    sqlite3_stmt *s = NULL;
    char *text;
    *out = (struct sql_answer){ 0 };
    e->text[0] = '\0';
    if (!sql_translate(query->text, a, &text, e))
        return false;
    q.wanted = arena_take(a, sql_table_count * sizeof *q.wanted);
    memset(q.wanted, 0, sql_table_count * sizeof *q.wanted);
    open_database(&q);
    bool ok = prepare(&q, text, &s);
    if (ok)
        fill_wanted(&q, &f);
    ok = ok && take_rows(&q, s, a, out);
    sqlite3_finalize(s);
    sqlite3_close(q.db);
    return ok;
}

void sql_free(struct sql_answer *answer)
{
    mem_free(&sys_mem, answer->cells);
}

#else

bool sql_is_there(void)
{
    return false;
}

bool sql_ask(const struct sql_query *query, struct arena *a, struct sql_answer *out, struct err *e)
{
    (void)query, (void)a;
    *out = (struct sql_answer){ 0 };
    return err_set(e, "run sql: this cucmlab was built without SQLite (libsqlite3-dev)");
}

void sql_free(struct sql_answer *answer)
{
    (void)answer;
}

#endif
