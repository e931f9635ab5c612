/* `run sql`: lower-case names, a rule of `=`, columns as wide as the longest value, one blank
 * between (observed).  The queries are those that tools run. */
#include "tests/site/shapes.h"

#include <string.h>

const char *const cli_queries[CLI_QUERIES] = {
    ("select cmg.name as cmgname, pn.name as servername, cmgm.priority from callmanagergroup cmg "
     "join callmanagergroupmember cmgm on cmgm.fkcallmanagergroup = cmg.pkid join callmanager cm "
     "on "
     "cmgm.fkcallmanager = cm.pkid join processnode pn on cm.fkprocessnode = pn.pkid order by "
     "cmg.name, cmgm.priority"),
    ("select dp.name as dpname, cmg.name as cmgname from devicepool dp join callmanagergroup cmg "
     "on "
     "dp.fkcallmanagergroup = cmg.pkid"),
    "select name from processnode",
    "select paramname,paramvalue from processconfig where paramname='ClusterSecurityMode'",
    "select paramname,paramvalue from processconfig where paramname='RollBackToPreGrayback'",
};

#define COLUMNS 3
struct rows {
    const char *names[COLUMNS];
    uint32_t columns, count;
    char cells[128][COLUMNS][72];
};

static void row(struct rows *r, const char *a, const char *b, const char *c)
{
    const char *const cells[] = { a, b, c };
    for (uint32_t k = 0; k < r->columns; k++)
        snprintf(r->cells[r->count][k], sizeof r->cells[0][0], "%s", cells[k]);
    r->count++;
}

static void line(FILE *f, const char *const *cells, const int *widths, uint32_t columns)
{
    for (uint32_t k = 0; k < columns; k++)
        fprintf(f, "%s%-*s", k == 0 ? "" : " ", widths[k], cells[k]);
    fputc('\n', f);
}

static void print(FILE *f, const struct rows *r)
{
    int widths[COLUMNS];
    const char *cells[COLUMNS];
    for (uint32_t k = 0; k < r->columns; k++) {
        widths[k] = (int)strlen(r->names[k]);
        for (uint32_t i = 0; i < r->count; i++) {
            int n = (int)strlen(r->cells[i][k]);
            widths[k] = n > widths[k] ? n : widths[k];
        }
    }
    line(f, r->names, widths, r->columns);
    for (uint32_t k = 0; k < r->columns; k++) {
        fputs(k == 0 ? "" : " ", f);
        for (int n = 0; n < widths[k]; n++)
            fputc('=', f);
    }
    fputc('\n', f);
    for (uint32_t i = 0; i < r->count; i++) {
        for (uint32_t k = 0; k < r->columns; k++)
            cells[k] = r->cells[i][k];
        line(f, cells, widths, r->columns);
    }
    fputc('\n', f);
}

static void members(struct rows *r, const struct truth *t)
{
    for (uint32_t g = 0; g < t->group_count; g++) {
        for (uint32_t k = 0; k < t->groups[g].count; k++) {
            char priority[8];
            snprintf(priority, sizeof priority, "%u", k + 1);
            row(r, t->groups[g].name, t->nodes[t->groups[g].members[k]].fqdn, priority);
        }
    }
}

void cli_sql(FILE *f, const struct truth *t, uint32_t query)
{
    static const struct rows heads[CLI_QUERIES] = {
        { .names = { "cmgname", "servername", "priority" }, .columns = 3 },
        { .names = { "dpname", "cmgname" }, .columns = 2 },
        { .names = { "name" }, .columns = 1 },
        { .names = { "paramname", "paramvalue" }, .columns = 2 },
        { .names = { "paramname", "paramvalue" }, .columns = 2 },
    };
    struct rows *r = mem_take(&sys_mem, sizeof *r);
    memcpy(r, &heads[query], sizeof *r);
    if (query == 0)
        members(r, t);
    for (uint32_t i = 0; i < t->pool_count && query == 1; i++)
        row(r, t->pools[i].name, t->groups[t->pools[i].group].name, NULL);
    if (query == 2)
        row(r, "EnterpriseWideData", NULL, NULL);
    for (uint32_t i = 0; i < t->node_count && query == 2; i++)
        row(r, t->nodes[i].fqdn, NULL, NULL);
    if (query == 3)
        row(r, "ClusterSecurityMode", t->mixed_mode ? "1" : "0", NULL);
    if (query == 4)
        row(r, "RollBackToPreGrayback", t->rollback ? "T" : "F", NULL);
    print(f, r);
    mem_free(&sys_mem, r);
}
