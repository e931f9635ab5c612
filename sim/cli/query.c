/* `run sql`: a statement, and its answer as the product lays it out (observed in several dozen
 * listings): names in small letters, a rule of "=", every column as wide as the longer of its name
 * and its longest value, one blank between; NULL where there is no value; no count of rows, and a
 * blank line where there are none. */
#include "sim/base/sys.h"
#include "sim/cli/command.h"
#include "sim/cli/sql.h"

#include <string.h>

static struct view shown(struct view cell)
{
    return cell.p == NULL ? view_str("NULL") : cell;
}

static void put_cell(struct cli *c, struct view v, size_t width, uint32_t column)
{
    cli_print(c, "%s%.*s%*s", column == 0 ? "" : " ", (int)v.n, (const char *)v.p,
              (int)(width - v.n), "");
}

static void put_rule(struct cli *c, size_t width, uint32_t column)
{
    if (column > 0)
        cli_print(c, " ");
    while (width-- > 0)
        fputc('=', c->out);
}

static void put_answer(struct cli *c, const struct sql_answer *r, struct arena *a)
{
    size_t *widths = arena_take(a, (r->columns + 1) * sizeof *widths);
    for (uint32_t k = 0; k < r->columns; k++) {
        widths[k] = r->names[k].n;
        for (uint32_t i = 0; i < r->rows; i++) {
            size_t n = shown(r->cells[(size_t)i * r->columns + k]).n;
            widths[k] = n > widths[k] ? n : widths[k];
        }
    }
    for (uint32_t k = 0; k < r->columns; k++)
        put_cell(c, r->names[k], widths[k], k);
    cli_print(c, "\n");
    for (uint32_t k = 0; k < r->columns; k++)
        put_rule(c, widths[k], k);
    cli_print(c, "\n");
    for (uint32_t i = 0; i < r->rows; i++) {
        for (uint32_t k = 0; k < r->columns; k++)
            put_cell(c, shown(r->cells[(size_t)i * r->columns + k]), widths[k], k);
        cli_print(c, "\n");
    }
    if (r->rows == 0)
        cli_print(c, "\n");
}

static bool run(struct cli *c, uint32_t count, const char *const *args)
{
    struct arena a = arena_of(&sys_mem);
    struct sql_answer r = { 0 };
    struct err e = { "" };
    const struct sql_query q = { .lab = c->options.lab,
                                 .cluster = c->options.cluster,
                                 .node = c->options.node,
                                 .text = args[0],
                                 .steps = SQL_STEPS };
    (void)count;
    bool ok = sql_ask(&q, &a, &r, &e);
    if (ok)
        put_answer(c, &r, &a);
    else
        cli_fail(c, "%s", e.text);
    sql_free(&r);
    arena_free(&a);
    return ok;
}

const struct command commands_query[] = {
    { .words = "run sql",
      .args = "...",
      .run = run,
      .help = "Asks the database: one SELECT",
      .source = "observed: listings of several versions" },
    { .words = NULL },
};
