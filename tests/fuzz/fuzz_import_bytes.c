/* What servers show, signed files, PEM and the names and bytes of secrets.  PEM that is found is
 * written again and found to be the same. */
#include "sim/base/check.h"
#include "sim/base/sys.h"
#include "sim/crypto/pem.h"
#include "sim/import/kinds.h"
#include "sim/import/secrets.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void blocks(struct view text)
{
    struct arena a = arena_of(&sys_mem);
    struct pem p;
    size_t from = 0, before = 0;
    while (pem_next(text, &from, &p)) {
        struct view bytes, again;
        CHECK(from > before && from <= text.n && p.at < from);
        before = from;
        if (!pem_decode(&p, &a, &bytes))
            continue;
        struct view written = view_str(pem_write(bytes, "X", &a));
        size_t at = 0;
        CHECK(pem_next(written, &at, &p) && p.whole && pem_decode(&p, &a, &again));
        CHECK(view_eq(bytes, again));
    }
    arena_free(&a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct piece p = { .bytes = view_of(data, size), .path = "f", .line = 1, .session = 1 };
    struct facts f;
    facts_init(&f, &sys_mem);
    struct reading r = { .path = "f", .kind = "k", .session = 1 };
    struct said s = { .facts = &f, .reading = facts_begin(&f, &r), .line = 1 };
    for (uint32_t i = 0; i < kinds_bytes.count; i++) {
        (void)kinds_bytes.rows[i].is(&p);
        kinds_bytes.rows[i].read(&s, &p);
    }
    (void)secrets_is(p.bytes);
    (void)secrets_key(p.bytes);
    blocks(p.bytes);
    facts_free(&f);
    return 0;
}
