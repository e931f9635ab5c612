/* The reader of cluster.phones.csv: whatever comes, rows that it keeps are within their bounds, no
 * name stands twice, and an error has a line. */
#include "sim/base/check.h"
#include "sim/base/sys.h"
#include "sim/inventory/found.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool ended(const char *text, size_t room)
{
    return memchr(text, 0, room) != NULL;
}

static void check_row(const struct found_row *r)
{
    const struct inventory_row *row = &r->row;
    const struct lab_found_phone *t = &r->told;
    CHECK(row->name[0] != '\0' && ended(row->name, sizeof row->name));
    CHECK(row->pool[0] != '\0' && ended(row->pool, sizeof row->pool));
    CHECK(ended(row->load, sizeof row->load) && row->model < model_count && row->line >= 2);
    CHECK(row->security_mode >= CNF_NON_SECURE && row->security_mode <= CNF_ENCRYPTED);
    CHECK((row->speaks & ~model_table[row->model].transports) == 0);
    CHECK(t->line == row->line && t->on <= LAB_YES && t->web <= LAB_YES && t->lsc <= LAB_YES);
    CHECK(t->encrypted <= LAB_YES && t->itl_status <= ITL_STATUS_UNKNOWN);
    CHECK(strlen(r->itl) <= FOUND_TEXT_MOST && strlen(r->ctl) <= FOUND_TEXT_MOST);
    CHECK(strlen(r->since) <= FOUND_TEXT_MOST && strlen(r->tftp) <= FOUND_TEXT_MOST);
    CHECK(strlen(t->description) <= FOUND_TEXT_MOST && strlen(t->source) <= FOUND_TEXT_MOST);
    CHECK((t->model != NULL) == (row->bent || r->nothing));
}

static void read_it(struct view bytes)
{
    struct err e = { "" };
    struct found_rows rows;
    bool ok = found_rows_read(bytes, "f", &rows, &e);
    CHECK(ok ? rows.count > 0 : e.text[0] == 'f');
    for (uint32_t i = 0; i < rows.count; i++) {
        check_row(&rows.rows[i]);
        for (uint32_t k = 0; k < i && i < 200; k++)
            CHECK(strcmp(rows.rows[k].row.name, rows.rows[i].row.name) != 0);
    }
    found_rows_free(&rows);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char header[] = "name,model,pool,security,encrypted,protocol,load,settings,lsc,"
                                 "itl,ctl,state,since,web,itl_status,description,source,tftp\n";
    struct arena a = arena_of(&sys_mem);
    uint8_t *text = arena_take(&a, sizeof header + size);
    memcpy(text, header, sizeof header - 1);
    if (size != 0)
        memcpy(text + sizeof header - 1, data, size);
    read_it(view_of(data, size));
    read_it(view_of(text, sizeof header - 1 + size));
    arena_free(&a);
    return 0;
}
