/* Acts in words, a line each: what parses is printed, and parses again as the same act in the same
 * words; whether it can be done is asked of a cluster, and a refusal has its reason. */
#include "nodes/acts.h"
#include "nodes/cluster.h"
#include "nodes/config.h"
#include "sim/base/check.h"
#include "sim/base/sys.h"
#include "sim/wire/text.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void nobody_listens(void *ctx, const struct trace_line *line)
{
    (void)ctx, (void)line;
}

static struct cluster *a_cluster(void)
{
    static const struct node_spec specs[] = { { "pub", "", 0x7f00000b, true, true },
                                              { "sub1", "", 0x7f00000c, true, true } };
    static const uint8_t members[] = { 0, 1 };
    static struct content content;
    static struct cluster_env env;
    static struct cluster cl;
    struct err e = { "" };
    uint16_t group, pool;
    if (cl.node_count != 0)
        return &cl;
    content_init(&content, &sys_mem);
    env = (struct cluster_env){ &content, &sys_mem, nobody_listens, NULL, 1, 1736143200, NULL, 0 };
    struct cluster_spec spec = {
        .name = "HQ", .version = version_find("12.5"), .nodes = specs, .count = 2
    };
    bool made = cluster_init(&cl, &env, &spec, 0, &e) &&
                config_add_group(&cl, "g", members, 2, &group, &e) &&
                config_add_pool(&cl, "two words", group, &pool, &e);
    CHECK(made);
    return &cl;
}

static bool same_act(const struct act *a, const struct act *b)
{
    return a->kind == b->kind && a->node == b->node && memcmp(a->arg, b->arg, sizeof a->arg) == 0;
}

static void check_act(const struct cluster *cl, enum act_scope scope, const char *text)
{
    char printed[ACT_TEXT], second[ACT_TEXT], part[ACT_TEXT];
    struct act act, again;
    struct err e = { "" };
    if (!act_parse(cl, scope, 1, text, &act, &e)) {
        CHECK(e.text[0] != '\0');
        return;
    }
    CHECK(act.kind < ACTS && act_table[act.kind]->scope == scope && act.node == 1);
    act_print(cl, &act, printed);
    bool back = act_parse(cl, scope, 1, printed, &again, &e);
    CHECK(back && same_act(&again, &act));
    act_print(cl, &again, second);
    CHECK(strcmp(second, printed) == 0);
    for (uint32_t i = 0; i < act_arg_count((enum act_kind)act.kind); i++) {
        act_print_arg(cl, &act, i, part);
        CHECK(strstr(printed, part) != NULL);
    }
    e.text[0] = '\0';
    CHECK(cluster_can(cl, &act, 1000000, &e) || e.text[0] != '\0');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cluster *cl = a_cluster();
    struct view all = view_of(data, size);
    while (all.n > 0) {
        char text[2 * ACT_TEXT] = "";
        struct view line = text_cut(&all, '\n');
        if (line.n >= sizeof text)
            continue;
        if (line.n != 0)
            memcpy(text, line.p, line.n);
        for (int scope = ON_NODE; scope <= ON_PHONES; scope++)
            check_act(cl, (enum act_scope)scope, text);
    }
    return 0;
}
