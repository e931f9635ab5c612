/* Answers of web services: whatever the bytes, facts have their form and hold no secret, and the
 * kind that the first bytes show is one of the table. */
#include "sim/base/check.h"
#include "sim/base/sys.h"
#include "sim/import/kinds.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct file_kind_row *row_of(const struct piece *p)
{
    for (uint32_t i = 0; i < kinds_axl.count; i++) {
        if (kinds_axl.rows[i].is(p))
            return &kinds_axl.rows[i];
    }
    return NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct piece p = { .bytes = view_of(data, size), .path = "f", .line = 1, .session = 1 };
    const struct file_kind_row *row = row_of(&p);
    struct facts f;
    facts_init(&f, &sys_mem);
    struct reading r = { .path = "f", .kind = row != NULL ? row->name : "none", .session = 1 };
    struct said s = { .facts = &f, .reading = facts_begin(&f, &r), .line = 1 };
    /* What no row takes is read all the same: nothing may depend on having been asked. */
    (row != NULL ? row : &kinds_axl.rows[0])->read(&s, &p);
    for (uint32_t i = 0; i < f.count; i++) {
        CHECK(f.list[i].kind < FACT_KINDS && f.list[i].reading == 1);
        CHECK(facts_view(&f, f.list[i].value).n <= FACTS_TEXT);
    }
    facts_free(&f);
    return 0;
}
