#include "sim/core/device.h"

#include "sim/base/check.h"
#include "sim/base/rng.h"
#include "sim/wire/text.h"

#include <stdio.h>
#include <string.h>

bool device_read_name(struct view v, char out[DEVICE_NAME])
{
    if (v.n == 0 || v.n >= DEVICE_NAME)
        return false;
    bool sep = v.n >= 3 && text_same(view_sub(v, 0, 3), "SEP");
    if (sep && v.n != 15)
        return false;
    memset(out, 0, DEVICE_NAME);
    for (size_t i = 0; i < v.n; i++) {
        uint8_t c = v.p[i], up = c >= 'a' && c <= 'z' ? (uint8_t)(c - 'a' + 'A') : c;
        bool letter = (up >= 'A' && up <= 'Z') || (up >= '0' && up <= '9');
        if (sep && i >= 3 ? text_hex(up) < 0 : !letter && c != '.' && c != '_' && c != '-')
            return false;
        out[i] = (char)(sep ? up : c);
    }
    return true;
}

void device_init(struct device_dir *d, const struct mem *mem)
{
    *d = (struct device_dir){ .mem = mem, .by_name = table_of(mem) };
}

void device_free(struct device_dir *d)
{
    for (uint32_t i = 0; i < d->range_count; i++) {
        if (d->ranges[i].names != NULL)
            d->mem->resize(d->mem->ctx, d->ranges[i].names, 0);
    }
    if (d->ranges != NULL)
        d->mem->resize(d->mem->ctx, d->ranges, 0);
    table_free(&d->by_name);
    memset(d, 0, sizeof *d);
}

static uint64_t name_key(const char *name)
{
    uint64_t h = rng_hash(0x646576u, view_str(name));
    return h == 0 ? 1 : h;
}

/* 12 upper-case hex digits behind "SEP". */
static bool parse_mac(const char *name, uint64_t *mac)
{
    if (strlen(name) != 15 || memcmp(name, "SEP", 3) != 0)
        return false;
    *mac = 0;
    for (int i = 3; i < 15; i++) {
        char c = name[i];
        unsigned digit = c >= '0' && c <= '9'   ? (unsigned)(c - '0')
                         : c >= 'A' && c <= 'F' ? (unsigned)(c - 'A' + 10)
                                                : 16;
        if (digit == 16)
            return false;
        *mac = *mac << 4 | digit;
    }
    return true;
}

static struct device_range *add(struct device_dir *d)
{
    mem_reserve(d->mem, (void **)&d->ranges, &d->range_cap, (size_t)d->range_count + 1,
                sizeof *d->ranges);
    struct device_range *r = &d->ranges[d->range_count++];
    *r = (struct device_range){ .first = d->count };
    return r;
}

/* The last range gets longer; its first new number. */
static uint32_t lengthen(struct device_dir *d, uint32_t count)
{
    uint32_t first = d->count;
    CHECK(count > 0 && d->count <= UINT32_MAX - count);
    d->ranges[d->range_count - 1].count += count;
    d->count += count;
    return first;
}

uint32_t device_add_range(struct device_dir *d, uint64_t mac, uint32_t count)
{
    add(d)->mac = mac;
    return lengthen(d, count);
}

static bool is_sep(const char *name)
{
    return memcmp(name, "SEP", 3) == 0 && strlen(name) == DEVICE_NAME - 1;
}

uint32_t device_add_names(struct device_dir *d, const char *const *names, uint32_t count)
{
    struct device_range *last = d->range_count == 0 ? NULL : &d->ranges[d->range_count - 1];
    struct device_range *r = last != NULL && last->names != NULL ? last : add(d);
    mem_reserve(d->mem, (void **)&r->names, &r->cap, (size_t)r->count + count, DEVICE_NAME);
    for (uint32_t i = 0; i < count; i++) {
        char *name = r->names[r->count + i];
        CHECK(strlen(names[i]) < DEVICE_NAME);
        memcpy(name, names[i], strlen(names[i]));
        r->others += !is_sep(name);
        table_add(&d->by_name, name_key(name), d->count + i);
    }
    return lengthen(d, count);
}

static const struct device_range *range_of(const struct device_dir *d, uint32_t device)
{
    CHECK(device < d->count);
    uint32_t low = 0, high = d->range_count - 1;
    while (low < high) {
        uint32_t middle = (low + high + 1) / 2;
        if (d->ranges[middle].first <= device)
            low = middle;
        else
            high = middle - 1;
    }
    return &d->ranges[low];
}

void device_copy(struct device_dir *to, const struct device_dir *from)
{
    CHECK(to->count == 0);
    for (uint32_t i = 0; i < from->range_count; i++) {
        const struct device_range *f = &from->ranges[i];
        struct device_range *r = add(to);
        r->mac = f->mac;
        r->others = f->others;
        if (f->names != NULL)
            mem_reserve(to->mem, (void **)&r->names, &r->cap, f->count, DEVICE_NAME);
        for (uint32_t k = 0; f->names != NULL && k < f->count; k++) {
            memcpy(r->names[k], f->names[k], DEVICE_NAME);
            table_add(&to->by_name, name_key(r->names[k]), r->first + k);
        }
        lengthen(to, f->count);
    }
}

void device_name(const struct device_dir *d, uint32_t device, char out[DEVICE_NAME])
{
    const struct device_range *r = range_of(d, device);
    uint32_t i = device - r->first;
    if (r->names != NULL)
        memcpy(out, r->names[i], DEVICE_NAME);
    else
        snprintf(out, DEVICE_NAME, "SEP%012llX",
                 (unsigned long long)((r->mac + i) & 0xffffffffffffu));
}

bool device_is_sep(const struct device_dir *d, uint32_t device)
{
    const struct device_range *r = range_of(d, device);
    return r->others == 0 || is_sep(r->names[device - r->first]);
}

bool device_find(const struct device_dir *d, const char *name, uint32_t *device)
{
    uint64_t key = name_key(name);
    uint32_t at = 0, found;
    while (table_next(&d->by_name, key, &at, &found)) {
        char other[DEVICE_NAME];
        device_name(d, found, other);
        if (strcmp(other, name) == 0) {
            *device = found;
            return true;
        }
    }
    uint64_t mac;
    if (!parse_mac(name, &mac))
        return false;
    for (uint32_t i = 0; i < d->range_count; i++) {
        const struct device_range *r = &d->ranges[i];
        if (r->names == NULL && mac >= r->mac && mac - r->mac < r->count) {
            *device = r->first + (uint32_t)(mac - r->mac);
            return true;
        }
    }
    return false;
}

/* The last MAC of a range's that lies in [mac, mac + count); false: none does. */
static bool last_within(const struct device_range *r, uint64_t mac, uint32_t count, uint64_t *found)
{
    bool any = false;
    if (r->names == NULL) {
        uint64_t last = r->mac + r->count - 1;
        *found = last < mac + count - 1 ? last : mac + count - 1;
        return r->mac < mac + count && last >= mac;
    }
    for (uint32_t i = 0; i < r->count; i++) {
        uint64_t other;
        if (!parse_mac(r->names[i], &other) || other - mac >= count || (any && other < *found))
            continue;
        *found = other;
        any = true;
    }
    return any;
}

uint64_t device_free_macs(const struct device_dir *d, uint64_t mac, uint32_t count)
{
    for (bool moved = true; moved;) {
        moved = false;
        for (uint32_t i = 0; i < d->range_count; i++) {
            uint64_t taken = 0;
            if (!last_within(&d->ranges[i], mac, count, &taken))
                continue;
            mac = taken + 1;
            moved = true;
        }
    }
    return mac;
}
