/* Exports of Bulk Administration and CSVs of our own: rows under each header.  Names of phones are
 * names of devices, and what stands in a column of secrets is in no text. */
#include "sim/base/check.h"
#include "sim/base/sys.h"
#include "sim/core/device.h"
#include "sim/import/kinds.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool is_of_phones(uint8_t kind)
{
    return strcmp(fact_rows[kind].about, "phone") == 0;
}

static void check(const struct facts *f)
{
    char name[DEVICE_NAME];
    for (uint32_t i = 0; i < f->count; i++) {
        const struct fact_said *s = &f->list[i];
        CHECK(s->line >= 1 && s->reading == 1);
        if (is_of_phones(s->kind))
            CHECK(device_read_name(facts_view(f, s->about), name));
    }
}

static void read_it(struct view text)
{
    struct facts f;
    struct piece p = { .bytes = text, .path = "f", .line = 1, .session = 1 };
    facts_init(&f, &sys_mem);
    struct reading r = { .path = "f", .kind = "f", .line = 1, .session = 1 };
    struct said s = { .facts = &f, .reading = facts_begin(&f, &r), .line = 1 };
    for (uint32_t i = 0; i < kinds_bulk.count; i++) {
        if (kinds_bulk.rows[i].is(&p))
            kinds_bulk.rows[i].read(&s, &p);
    }
    check(&f);
    facts_free(&f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const headers[] = {
        "",
        "Device Name,Device Pool,Secure Shell Password,XML,Device Protocol,Settings Access\n",
        "CALL MANAGER GROUP NAME;CALL MANAGER 1;CALL MANAGER 2\n",
        "DEVICE POOL NAME\tCISCO UNIFIED CALLMANAGER GROUP\n",
        "CISCO UNIFIED CALLMANAGER NAME,SERVER\n",
        "name,status,tftp\n",
        "pool,first,second\n",
        "SEP0011215A1AE3.cnf.xml 1\nSEP0011215A1AE4.cnf.xml 1\n",
    };
    struct arena a = arena_of(&sys_mem);
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++) {
        size_t n = strlen(headers[i]);
        uint8_t *text = arena_take(&a, n + size + 1);
        memcpy(text, headers[i], n);
        if (size > 0)
            memcpy(text + n, data, size);
        read_it(view_of(text, n + size));
    }
    arena_free(&a);
    return 0;
}
