#include "sim/talk/book.h"

#include "sim/base/rng.h"

static uint64_t hash_of(struct view a, struct view b)
{
    uint64_t h = rng_mix(rng_hash(rng_hash(0x626f6f6bull, a), b) ^ a.n);
    return h == 0 ? 1 : h;
}

struct book *book_new(const struct mem *mem)
{
    struct book *b = mem_take(mem, sizeof *b);
    *b = (struct book){ .mem = mem, .by_der = table_of(mem), .by_names = table_of(mem) };
    return b;
}

void book_free(struct book *b)
{
    if (b == NULL)
        return;
    table_free(&b->by_der);
    table_free(&b->by_names);
    mem_free(b->mem, b->entries);
    mem_free(b->mem, b);
}

void book_add(struct book *b, const struct book_entry *entry)
{
    mem_reserve(b->mem, (void **)&b->entries, &b->cap, (size_t)b->count + 1, sizeof *b->entries);
    table_add(&b->by_der, hash_of(entry->der, view_of(NULL, 0)), b->count);
    table_add(&b->by_names, hash_of(entry->issuer, entry->serial), b->count);
    b->entries[b->count++] = *entry;
}

static bool same_told(const struct tvs_told *a, const struct tvs_told *b)
{
    return a->status == b->status && a->roles == b->roles && a->ttl_s == b->ttl_s &&
           view_eq(a->certificate, b->certificate);
}

bool book_same(const struct book *a, const struct book *b)
{
    bool same = a->count == b->count;
    for (uint32_t i = 0; same && i < a->count; i++) {
        const struct book_entry *x = &a->entries[i], *y = &b->entries[i];
        same = view_eq(x->der, y->der) && same_told(&x->verified, &y->verified) &&
               same_told(&x->queried, &y->queried);
    }
    return same;
}

static const struct book_entry *by_der(const struct book *b, struct view der)
{
    uint32_t at = 0, i;
    while (table_next(&b->by_der, hash_of(der, view_of(NULL, 0)), &at, &i))
        if (view_eq(b->entries[i].der, der))
            return &b->entries[i];
    return NULL;
}

static const struct book_entry *by_names(const struct book *b, struct view issuer,
                                         struct view serial)
{
    uint32_t at = 0, i;
    while (table_next(&b->by_names, hash_of(issuer, serial), &at, &i))
        if (view_eq(b->entries[i].issuer, issuer) && view_eq(b->entries[i].serial, serial))
            return &b->entries[i];
    return NULL;
}

struct tvs_told book_tells(const struct book *b, const struct tvs_msg *request)
{
    bool query = request->type == TVS_QUERY_CERT_REQ;
    const struct book_entry *found =
        query ? by_names(b, request->issuer, request->serial) : by_der(b, request->certificate);
    if (found == NULL)
        return (struct tvs_told){ .status = 1 };
    return query ? found->queried : found->verified;
}
