#include "nodes/model.h"

#include <string.h>

int64_t cluster_wall_s(const struct cluster *cl, uint32_t node, uint64_t now_us)
{
    return cl->env->start_s + (int64_t)(now_us / 1000000) + cl->nodes[node].ahead_s;
}

uint64_t cluster_sooner(uint64_t a, uint64_t b)
{
    return a == 0 || (b != 0 && b < a) ? b : a;
}

void cluster_trace(const struct cluster *cl, uint32_t node, enum trace_node what, uint32_t a,
                   uint32_t b, uint64_t now_us)
{
    struct trace_line line = { .at_us = now_us,
                               .who = TRACE_NODE,
                               .what = (uint8_t)what,
                               .id = (uint32_t)cl->number << 8 | node,
                               .a = a,
                               .b = b };
    cl->env->say(cl->env->say_ctx, &line);
}

bool cluster_copy_name(char out[CLUSTER_NAME], const char *name, const char *what, struct err *e)
{
    size_t n = strlen(name);
    if (n == 0 || n >= CLUSTER_NAME)
        return err_set(e, "%s \"%.80s\": 1 to %d characters expected", what, name,
                       CLUSTER_NAME - 1);
    if (name[0] == ' ' || name[n - 1] == ' ')
        return err_set(e, "%s \"%.80s\": a blank at an end", what, name);
    memcpy(out, name, n + 1);
    return true;
}
