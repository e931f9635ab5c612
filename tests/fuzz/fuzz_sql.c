/* Whatever is asked of a node's database is answered by a table or an error, within its bounds, and
 * the lab is as it was before. */
#include "sim/base/check.h"
#include "sim/base/sys.h"
#include "sim/cli/sql.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define STEPS 300000 /* small: what takes long is found as well */

static struct lab *two_nodes(void)
{
    static const char *const nodes[] = { "pub", "sub1" };
    struct lab_options o = lab_defaults();
    struct lab_cluster_spec spec = {
        .name = "HQ", .version = "12.5", .nodes = nodes, .node_count = 2, .domain = ""
    };
    struct lab_phones_spec phones = { .count = 3, .model = "8845" };
    struct err e = { "" };
    uint32_t cluster, first;
    struct lab *lab = lab_new(&o);
    CHECK(lab_cluster(lab, &spec, &cluster, &e));
    CHECK(lab_phones(lab, cluster, &phones, &first, &e));
    return lab;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct lab *lab;
    struct sql_answer answer;
    struct err e = { "" };
    char text[SQL_QUERY + 100];
    size_t n = size < sizeof text - 1 ? size : sizeof text - 1;
    if (lab == NULL)
        lab = two_nodes();
    uint64_t before = lab_hash(lab);
    if (n > 0)
        memcpy(text, data, n);
    text[n] = '\0';
    struct arena a = arena_of(&sys_mem);
    const struct sql_query q = { .lab = lab, .node = size & 1, .text = text, .steps = STEPS };
    bool ok = sql_ask(&q, &a, &answer, &e);
    CHECK(ok == (e.text[0] == '\0'));
    CHECK(!ok || (answer.columns > 0 && answer.columns <= SQL_COLUMNS && answer.rows < SQL_ROWS));
    sql_free(&answer);
    arena_free(&a);
    CHECK(lab_hash(lab) == before);
    return 0;
}
