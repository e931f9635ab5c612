/* A cluster without phones and without a driver, for the tests of nodes/: included behind
 * cmocka.h. */
#ifndef CUCMLAB_TESTS_NODES_FIXTURE_H
#define CUCMLAB_TESTS_NODES_FIXTURE_H

#include "nodes/cluster.h"
#include "nodes/config.h"
#include "nodes/serve.h"
#include "sim/base/sys.h"
#include "tests/unit/acts.h"

#define SECOND_US 1000000ull
#define START_S   1736143200 /* Unix seconds at machine time 0 */

static struct content content;
static struct cluster_env env;
static struct cluster cl;

static void nobody_listens(void *ctx, const struct trace_line *line)
{
    (void)ctx, (void)line;
}

static inline void must(bool ok, const struct err *e)
{
    if (!ok)
        fail_msg("%s", e->text);
}

/* A cluster of that number: the first nodes of pub, sub1, sub2; sub2 runs no TFTP. */
static inline void make_as(struct cluster *to, uint8_t number, const char *version, uint32_t nodes)
{
    static const struct node_spec specs[] = { { "pub", "example.org", 0x7f00000b, true, true },
                                              { "sub1", "", 0x7f00000c, true, true },
                                              { "sub2", "", 0x7f00000d, true, false } };
    struct err e = { "" };
    must(cluster_init(to, &env,
                      &(struct cluster_spec){ .name = "HQ",
                                              .version = version_find(version),
                                              .number = number,
                                              .nodes = specs,
                                              .count = nodes },
                      0, &e),
         &e);
}

static inline void make(const char *version, uint32_t nodes)
{
    content_init(&content, &sys_mem);
    env = (struct cluster_env){ &content, &sys_mem, nobody_listens, NULL, 1, START_S, NULL, 0 };
    make_as(&cl, 0, version, nodes);
}

static inline void unmake(void)
{
    cluster_free(&cl);
    content_free(&content);
}

static inline void do_act(struct act act, uint64_t now_us)
{
    struct err e = { "" };
    must(cluster_do(&cl, &act, now_us, &e), &e);
}

/* Until nothing is due any more; returns the instant of the last thing that happened, or `now_us`.
 */
static inline uint64_t run_out(uint64_t now_us)
{
    for (uint64_t at = cluster_deadline_us(&cl); at != 0; at = cluster_deadline_us(&cl)) {
        if (at > now_us)
            now_us = at;
        cluster_tick(&cl, now_us);
    }
    return now_us;
}

static inline void restart_service(uint32_t node, enum service s, uint64_t now_us)
{
    do_act((struct act){ .kind = DO_RESTART, .node = (uint8_t)node, .arg = { s } }, now_us);
}

static inline uint32_t own_of(uint32_t node, enum own own)
{
    return cl.nodes[node].disk.own[own];
}

#endif
