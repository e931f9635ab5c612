/* Trust lists: what decodes encodes again to the same bytes, measured equal, and what strict takes
 * the lenient reader takes as well. */
#include "sim/base/check.h"
#include "sim/base/sys.h"
#include "sim/wire/tl.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_inside(struct view v, struct view file)
{
    CHECK(v.p == NULL || (v.p >= file.p && v.p + v.n <= file.p + file.n));
}

static void check_list(const struct tl *t, struct arena *a)
{
    struct wr m = wr_measure();
    tl_encode(t, &m);
    CHECK(m.n == t->file.n);
    struct wr w = wr_of(arena_take(a, m.n), m.n);
    tl_encode(t, &w);
    CHECK(!w.over && view_eq(view_of(w.p, w.n), t->file));

    struct view parts[2];
    size_t count = tl_signed(t->file, &t->header, parts);
    size_t covered = t->header.signature.n + 3;
    for (size_t i = 0; i < count; i++) {
        check_inside(parts[i], t->file);
        covered += parts[i].n;
    }
    CHECK(covered == t->file.n);
    size_t at = t->header.length;
    for (uint32_t i = 0; i < t->count; at += t->records[i].length, i++) {
        const struct tl_record *r = &t->records[i];
        CHECK(r->at == at);
        const struct view fields[] = { r->dns,         r->subject, r->issuer,
                                       r->serial,      r->public,  r->signature,
                                       r->certificate, r->hash,    r->ip };
        for (size_t k = 0; k < sizeof fields / sizeof *fields; k++)
            check_inside(fields[k], t->file);
    }
    CHECK(at == t->file.n);
    (void)tl_is_empty(t);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct view file = view_of(data, size);
    struct arena a = arena_of(&sys_mem);
    struct err e = { "" };
    struct tl t;
    bool strict = tl_decode(file, true, &a, &t, &e);
    CHECK(strict || e.text[0] != '\0');
    bool lenient = tl_decode(file, false, &a, &t, &e);
    CHECK(lenient || !strict);
    if (lenient)
        check_list(&t, &a);
    arena_free(&a);
    return 0;
}
