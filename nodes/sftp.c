#include "nodes/sftp.h"

#include "sim/base/rng.h"

#include <string.h>

void sftp_copy(const struct mem *mem, struct sftp *to, const struct sftp *from)
{
    *to = (struct sftp){ .count = from->count, .cap = from->count };
    if (from->count == 0)
        return;
    to->certs = mem_take(mem, from->count * sizeof *to->certs);
    memcpy(to->certs, from->certs, from->count * sizeof *to->certs);
}

void sftp_free(const struct mem *mem, struct sftp *s)
{
    mem_free(mem, s->certs);
    *s = (struct sftp){ .certs = NULL };
}

/* In any order. */
uint64_t sftp_hash(const struct sftp *s, const struct content *c)
{
    uint64_t sum = 0;
    for (uint32_t i = 0; i < s->count; i++) {
        const struct sftp_cert *k = &s->certs[i];
        uint64_t h = rng_mix(content_meaning(c, k->directory) + 1);
        h = rng_mix(h ^ content_meaning(c, k->cert));
        sum += rng_mix(h ^ ((uint64_t)k->cluster << 16 | (uint64_t)k->own << 8 |
                            (uint64_t)k->consolidated << 1 | k->fresh));
    }
    return sum;
}

bool sftp_belongs(const struct sftp_cert *k, uint32_t directory, enum bulk_unit unit)
{
    return k->directory == directory && (unit == BULK_ALL || own_kinds[k->own].bulk == unit);
}

void sftp_put(const struct mem *mem, struct sftp *s, const struct sftp_cert *k)
{
    mem_reserve(mem, (void **)&s->certs, &s->cap, (size_t)s->count + 1, sizeof *s->certs);
    s->certs[s->count++] = *k;
}

/* Those that go are skipped, the others stay in order. */
static void drop(struct sftp *s, uint32_t directory, enum bulk_unit unit, bool consolidated,
                 uint32_t cluster)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < s->count; i++) {
        const struct sftp_cert *k = &s->certs[i];
        bool goes = sftp_belongs(k, directory, unit) && k->consolidated == consolidated &&
                    (consolidated || k->cluster == cluster);
        if (!goes)
            s->certs[n++] = *k;
    }
    s->count = n;
}

void sftp_begin_export(struct sftp *s, uint32_t directory, enum bulk_unit unit, uint8_t cluster)
{
    drop(s, directory, unit, false, cluster);
}

uint32_t sftp_exporters(const struct sftp *s, uint32_t directory, enum bulk_unit unit)
{
    uint64_t clusters = 0;
    uint32_t n = 0;
    for (uint32_t i = 0; i < s->count; i++) {
        const struct sftp_cert *k = &s->certs[i];
        uint64_t bit = 1ull << (k->cluster & 63);
        if (!sftp_belongs(k, directory, unit) || k->consolidated || (clusters & bit) != 0)
            continue;
        clusters |= bit;
        n++;
    }
    return n;
}

bool sftp_is_fresh(const struct sftp *s, uint32_t directory, enum bulk_unit unit)
{
    for (uint32_t i = 0; i < s->count; i++) {
        if (sftp_belongs(&s->certs[i], directory, unit) && s->certs[i].fresh)
            return true;
    }
    return false;
}

void sftp_consolidate(const struct mem *mem, struct sftp *s, uint32_t directory,
                      enum bulk_unit unit)
{
    drop(s, directory, unit, true, 0);
    for (uint32_t i = 0, n = s->count; i < n; i++) {
        struct sftp_cert copy = s->certs[i];
        if (!sftp_belongs(&copy, directory, unit) || copy.consolidated)
            continue;
        s->certs[i].fresh = copy.fresh = false;
        copy.consolidated = true;
        sftp_put(mem, s, &copy);
    }
}
