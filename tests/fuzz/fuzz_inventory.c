/* The readers of phone exports and of pool files: whatever comes, in whatever encoding, the rows
 * that they keep are within their bounds, no name stands twice, and every row is counted. */
#include "sim/base/check.h"
#include "sim/base/sys.h"
#include "sim/inventory/inventory.h"
#include "sim/wire/text.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool ended(const char *text, size_t room)
{
    return memchr(text, 0, room) != NULL;
}

static void check_rows(const struct inventory *v)
{
    for (uint32_t i = 0; i < v->count; i++) {
        const struct inventory_row *r = &v->rows[i];
        CHECK(r->name[0] != '\0' && ended(r->name, sizeof r->name));
        CHECK(r->pool[0] != '\0' && ended(r->pool, sizeof r->pool));
        CHECK(ended(r->load, sizeof r->load) && r->model < model_count && r->line >= 1);
        CHECK(r->security_mode >= CNF_NON_SECURE && r->security_mode <= CNF_ENCRYPTED);
        CHECK((r->speaks & ~model_table[r->model].transports) == 0 && !r->taken);
        CHECK(i == 0 || r->line >= v->rows[i - 1].line);
        for (uint32_t k = 0; k < i && i < 200; k++)
            CHECK(!text_same(view_str(v->rows[k].name), r->name));
    }
}

static void check_counts(const struct inventory *v)
{
    uint32_t fates[ROWS_FATES] = { 0 }, all = 0;
    for (uint32_t i = 0; i < v->type_count; i++) {
        CHECK(v->types[i].fate < ROWS_FATES && v->types[i].model < model_count);
        fates[v->types[i].fate] += v->types[i].rows;
        all += v->types[i].rows;
    }
    CHECK(memcmp(fates, v->fates, sizeof fates) == 0 && all == v->total);
    CHECK(v->count == fates[ROWS_SIMULATED] + fates[ROWS_AS_OTHER]);
}

/* True where it could be read. */
static bool read_it(struct view bytes)
{
    struct err e = { "" };
    struct inventory v;
    bool ok = inventory_read(bytes, "f", (struct inventory_as){ NULL, 0 }, &v, &e);
    CHECK(ok ? v.count > 0 : e.text[0] != '\0' && v.count == 0);
    check_rows(&v);
    check_counts(&v);
    inventory_free(&v);
    return ok;
}

static struct view behind(struct arena *a, const char *header, size_t header_size,
                          const uint8_t *data, size_t size)
{
    uint8_t *text = arena_take(a, header_size + size + 1);
    memcpy(text, header, header_size);
    if (size != 0)
        memcpy(text + header_size, data, size);
    return view_of(text, header_size + size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char row[] = "Device Name;Device Pool;Device Type;Security Profile;Phone Load "
                              "Name;Device Protocol\nSEP0011215A1AE3;P;Cisco 7965;;;\n";
    char wide[2 * sizeof row];
    struct arena a = arena_of(&sys_mem);
    read_it(view_of(data, size));
    /* The same rows under a good header, so that they are reached. */
    CHECK(read_it(behind(&a, row, sizeof row - 1, data, size)));
    for (size_t i = 0; i < sizeof row - 1; i++) {
        wide[2 * i] = row[i];
        wide[2 * i + 1] = '\0';
    }
    read_it(behind(&a, wide, 2 * (sizeof row - 1), data, size));
    arena_free(&a);

    struct err e = { "" };
    struct inventory_pools pools;
    if (inventory_read_pools(view_of(data, size), "p", &pools, &e)) {
        CHECK(pools.count > 0);
        for (uint32_t i = 0; i < pools.count; i++)
            CHECK(pools.pools[i].count >= 1 && pools.pools[i].count <= CNF_SERVERS);
    } else {
        CHECK(e.text[0] != '\0');
    }
    inventory_free_pools(&pools);
    return 0;
}
