/* Phones' own pages, as HTML and as text, alone and in the frame of a good page: facts are of one
 * phone, hashes have their form, records are numbered without a hole. */
#include "sim/base/check.h"
#include "sim/base/sys.h"
#include "sim/core/device.h"
#include "sim/import/kinds.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct facts *f)
{
    char name[DEVICE_NAME];
    uint32_t records[2] = { 0 }, count[2] = { 0 };
    for (uint32_t i = 0; i < f->count; i++) {
        const struct fact_said *s = &f->list[i];
        const char *value = facts_text(f, s->value);
        CHECK(s->about == f->list[0].about && s->line >= 1);
        CHECK(device_read_name(facts_view(f, s->about), name));
        if (s->kind == FACT_PHONE_CTL || s->kind == FACT_PHONE_ITL)
            CHECK(strcmp(value, "none") == 0 || strcmp(value, "installed") == 0 ||
                  (strlen(value) == 40 && strspn(value, "0123456789abcdef") == 40));
        if (s->kind == FACT_PHONE_CTL_RECORD || s->kind == FACT_PHONE_ITL_RECORD) {
            bool itl = s->kind == FACT_PHONE_ITL_RECORD;
            records[itl] = s->nth > records[itl] ? s->nth : records[itl];
            count[itl]++;
        }
    }
    CHECK(records[0] <= count[0] && records[1] <= count[1]);
}

static void read_it(struct view text)
{
    struct facts f;
    struct piece p = { .bytes = text, .path = "f", .line = 1, .session = 1 };
    for (uint32_t i = 0; i < kinds_pages.count; i++) {
        facts_init(&f, &sys_mem);
        struct reading r = { .path = "f", .kind = "f", .line = 1, .session = 1 };
        struct said s = { .facts = &f, .reading = facts_begin(&f, &r), .line = 1 };
        if (kinds_pages.rows[i].is(&p))
            kinds_pages.rows[i].read(&s, &p);
        check(&f);
        facts_free(&f);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const frames[] = {
        "",
        ("<html><body>adapter=device.<table><tr><td>Cisco IP Phone CP-8841 ( SEP0011215A1AE3 )</td>"
         "</tr><tr><td>CTL file</td><td>Installed</td></tr><tr><td>"),
        "Host name  SEP0011215A1AE3\nCTL file  Installed\nITL file  Installed\nTVS  a\n",
    };
    struct arena a = arena_of(&sys_mem);
    for (size_t i = 0; i < sizeof frames / sizeof *frames; i++) {
        size_t n = strlen(frames[i]);
        uint8_t *text = arena_take(&a, n + size + 1);
        memcpy(text, frames[i], n);
        if (size > 0)
            memcpy(text + n, data, size);
        read_it(view_of(text, n + size));
    }
    arena_free(&a);
    return 0;
}
