/* Results of load from outside: one that is read is whole, is written as what it was, and adds to
 * another one.  What is no JSON is taken as objectives, which are read as they are written. */
#include "sim/base/check.h"
#include "sim/base/sys.h"
#include "sim/load/part.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_result(const struct result *r)
{
    static const struct slo none;
    struct arena a = arena_of(&sys_mem);
    struct err e = { "" };
    struct view first = part_write(r, &none, NULL, &a);
    struct result *again = part_read(first, &e);
    CHECK(again != NULL && view_eq(part_write(again, &none, NULL, &a), first));
    CHECK(!result_add(again, r, &e)); /* its own parts */
    for (uint32_t i = 0; i < again->part_count; i++)
        again->parts[i] ^= 1u << 31;
    bool added = result_add(again, r, &e); /* not where there are parts a bit apart, or too many */
    CHECK(added || e.text[0] != '\0');
    CHECK(!added || again->total.latency.count == 2 * r->total.latency.count);
    struct sys_text t;
    FILE *f = sys_text_open(&t);
    result_print(again, f);
    fclose(f);
    sys_text_free(&t);
    result_free(again);
    arena_free(&a);
}

static void check_objectives(const uint8_t *data, size_t size)
{
    struct arena a = arena_of(&sys_mem);
    struct slo slo;
    struct err e = { "" };
    if (slo_read(&slo, arena_text(&a, view_of(data, size)), &e))
        CHECK(slo.count > 0 && slo.count <= SLO_MOST);
    else
        CHECK(strncmp(e.text, "--slo", 5) == 0);
    arena_free(&a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct err e = { "" };
    struct result *r = part_read(view_of(data, size), &e);
    if (r != NULL)
        check_result(r);
    else
        CHECK(e.text[0] != '\0');
    result_free(r);
    check_objectives(data, size);
    return 0;
}
