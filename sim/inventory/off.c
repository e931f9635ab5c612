#include "sim/inventory/off.h"

#include "sim/base/count.h"
#include "sim/base/rng.h"
#include "sim/base/sys.h"
#include "sim/text/encoding.h"
#include "sim/wire/text.h"

#include <string.h>

#define TOLD_MOST 20 /* unknown names, a line each */

static char upper(char c)
{
    return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

static uint64_t key_of(const char *name)
{
    char big[DEVICE_NAME];
    size_t n = 0;
    for (; n < sizeof big && name[n] != '\0'; n++)
        big[n] = upper(name[n]);
    return rng_mix(rng_hash(1, view_of(big, n))) | 1;
}

static bool same(const char *a, const char *b)
{
    while (*a != '\0' && upper(*a) == upper(*b))
        a++, b++;
    return *a == '\0' && *b == '\0';
}

static struct off_phone *find(const struct off *off, const char *name)
{
    uint32_t at = 0, i;
    uint64_t key = key_of(name);
    while (table_next(&off->by_name, key, &at, &i)) {
        if (same(off->phones[i].name, name))
            return &off->phones[i];
    }
    return NULL;
}

static bool add(struct off *off, struct view name, uint32_t line, struct err *e)
{
    struct off_phone p = { .line = line };
    if (name.n >= sizeof p.name)
        return err_set(e, "%s:%u: a name of at most %zu letters is expected", off->path, line,
                       sizeof p.name - 1);
    for (size_t i = 0; i < name.n; i++) {
        if (name.p[i] <= 0x20 || name.p[i] >= 0x7f || name.p[i] == ',' || name.p[i] == ';')
            return err_set(e, "%s:%u: one name of a phone a line is expected", off->path, line);
    }
    memcpy(p.name, name.p, name.n);
    const struct off_phone *before = find(off, p.name);
    if (before != NULL)
        return err_set(e, "%s:%u: %s is in line %u already", off->path, line, p.name, before->line);
    mem_reserve(&sys_mem, (void **)&off->phones, &off->cap, (size_t)off->count + 1, sizeof p);
    table_add(&off->by_name, key_of(p.name), off->count);
    off->phones[off->count++] = p;
    return true;
}

bool off_read(struct view text, const char *path, struct off *out, struct err *e)
{
    struct arena arena = arena_of(&sys_mem);
    struct err why = { "" };
    *out = (struct off){ .path = path, .by_name = table_of(&sys_mem) };
    bool ok = text_from_file(text, &arena, &text, &why) || err_set(e, "%s: %s", path, why.text);
    for (uint32_t line = 1; ok && text.n > 0; line++) {
        struct view row = text_cut(&text, '\n');
        row = text_trim(text_cut(&row, '#'));
        ok = row.n == 0 || add(out, row, line, e);
    }
    arena_free(&arena);
    return ok;
}

void off_free(struct off *off)
{
    mem_free(&sys_mem, off->phones);
    if (off->by_name.mem != NULL)
        table_free(&off->by_name);
    memset(off, 0, sizeof *off);
}

bool off_asks(void *ctx, const char *name)
{
    struct off_phone *p = find(ctx, name);
    if (p != NULL)
        p->found = true;
    return p != NULL;
}

uint32_t off_unknown(const struct off *off, FILE *out)
{
    uint32_t unknown = 0;
    for (uint32_t i = 0; i < off->count; i++) {
        const struct off_phone *p = &off->phones[i];
        if (!p->found && unknown++ < TOLD_MOST && out != NULL)
            fprintf(out, "%s:%u: no phone %s in this run\n", off->path, p->line, p->name);
    }
    if (unknown > TOLD_MOST && out != NULL)
        fprintf(out, "%s: %s more that no phone has\n", off->path,
                COUNTED_OF(unknown - TOLD_MOST, "name"));
    return unknown;
}
