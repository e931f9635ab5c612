/* The readers of phone exports and of pool files: whatever comes, the rows that they keep are
 * within their bounds, no name stands twice, and every bad row is counted. */
#include "sim/base/check.h"
#include "sim/base/sys.h"
#include "sim/inventory.h"

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
        CHECK(i == 0 || r->line >= v->rows[i - 1].line);
        for (uint32_t k = 0; k < i && i < 200; k++)
            CHECK(strcmp(v->rows[k].name, r->name) != 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct err e = { "" };
    struct inventory v;
    if (inventory_read(view_of(data, size), "f", &v, &e))
        CHECK(v.count > 0);
    else
        CHECK(e.text[0] != '\0' && v.count == 0);
    check_rows(&v);
    CHECK(v.bad <= size);
    inventory_free(&v);

    /* The same rows under a good header, so that they are reached. */
    static const char header[] = "Device Name,Device Pool,Device Type,Device Security Profile,"
                                 "Phone Load Name\nSEP0011215A1AE3,P,Cisco 7965,,\n";
    struct arena a = arena_of(&sys_mem);
    uint8_t *text = arena_take(&a, sizeof header - 1 + size + 1);
    memcpy(text, header, sizeof header - 1);
    if (size != 0)
        memcpy(text + sizeof header - 1, data, size);
    CHECK(inventory_read(view_of(text, sizeof header - 1 + size), "f", &v, &e));
    check_rows(&v);
    inventory_free(&v);
    arena_free(&a);

    struct inventory_pools pools;
    e.text[0] = '\0';
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
