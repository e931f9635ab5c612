#include "sim/predict/course.h"

#include "sim/base/sys.h"

#define HOUR_US (3600ull * 1000000)

static void say_nothing(void *ctx, const struct trace_line *line)
{
    (void)ctx, (void)line;
}

static void let_pass(struct cluster *cl, uint64_t until_us)
{
    uint64_t at_us;
    while ((at_us = cluster_deadline_us(cl)) != 0 && at_us <= until_us)
        cluster_tick(cl, at_us);
    cl->want_reset = false; /* phones are none of its business */
}

uint64_t course_of(const struct lab *lab, uint32_t cluster, const struct act *acts, uint32_t count)
{
    struct cluster_env env = lab->cluster_env;
    struct cluster copy;
    uint64_t now_us = lab_now_us(lab);
    struct sftp outside;
    sftp_copy(&sys_mem, &outside, env.sftp);
    env.sftp = &outside;
    env.say = say_nothing;
    cluster_clone(&copy, &lab->state.clusters[cluster], &env);
    for (uint32_t i = 0; i < count; i++)
        cluster_do(&copy, &acts[i], now_us, NULL);
    uint64_t hash = cluster + 1, started_us = copy.db.params[PARAM_SERVICE_START_US] + 1;
    const uint64_t after_us[] = { started_us, started_us + HOUR_US };
    for (size_t i = 0; i < sizeof after_us / sizeof after_us[0]; i++) {
        let_pass(&copy, now_us + after_us[i]);
        hash = rng_mix(hash ^ cluster_hash(&copy, now_us + after_us[i]));
    }
    hash = rng_mix(hash ^ sftp_hash(&outside, env.content));
    cluster_free(&copy);
    sftp_free(&sys_mem, &outside);
    return hash | 1;
}
