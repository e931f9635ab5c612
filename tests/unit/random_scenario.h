/* Somebody who does not look: a cluster of two nodes, a fleet, and a number of acts one after the
 * other, whatever becomes of them.  The same seed gives the same text. */
#ifndef CUCMLAB_TESTS_RANDOM_SCENARIO_H
#define CUCMLAB_TESTS_RANDOM_SCENARIO_H

#include "sim/base/rng.h"

#include <stdio.h>

#define RANDOM_PHONES 8
#define RANDOM_ROOM   4000

static inline const char *one_of(struct rng *rng, const char *const *list, uint32_t count)
{
    return list[rng_below(rng, count)];
}

static inline void random_scenario(uint64_t seed, char out[RANDOM_ROOM])
{
    static const char *const versions[] = { "8.6", "8.6", "9.1", "10.5(2)", "12.5", "14", "15" };
    static const char *const acts[] = {
        "hq.pub:regenerate('CallManager')",
        "hq.pub:regenerate('TVS')",
        "hq.sub:regenerate('TVS', 'CallManager')",
        "hq.pub:regenerate('CallManager', 'TVS')",
        "hq.pub:regenerate('tomcat') hq.pub:restart('Cisco Tomcat')",
        "hq.pub:restart('Cisco Tftp')",
        "hq.sub:restart('Cisco Tftp', 'TVS')",
        "hq.pub:restart('TVS')",
        "hq.pub:stop('TVS')",
        "hq.pub:start('TVS')",
        "hq.pub:restart('Cisco CallManager')",
        "hq:set('rollback', true)",
        "hq:set('rollback', false)",
        "hq:itl('reset localkey')",
        "hq:set('tvs_db_on_restart', true)",
        "hq.pub:regenerate('ITLRecovery')",
        "hq.sub:stop('Cisco CallManager')",
        "hq.pub:link { down = true }",
        "hq.pub:link {}",
        "fleet:reset()",
        "fleet:power('on')",
        "some:power('off')",
        "some:power('on')",
        "some:delete_trust_list()",
        "fleet:press('Directories')",
        "others:link { down = true }",
        "others:link {}",
        "step('next')",
        "settle()",
        "settle()",
        "wait('7m')",
        "wait('20s')",
    };
    struct rng rng = rng_of(seed, "scenario", 0);
    const uint32_t count = sizeof acts / sizeof acts[0];
    /* One after the other: in what order arguments of a call are worked out is the compiler's. */
    const char *model = rng_below(&rng, 3) == 0 ? "8861" : "7965";
    const char *second = rng_below(&rng, 2) == 0 ? ", 'sub'" : "";
    const char *version = one_of(&rng, versions, sizeof versions / sizeof versions[0]);
    size_t n = (size_t)snprintf(
        out, RANDOM_ROOM,
        "local hq = cluster { name = 'HQ', version = '%s', nodes = { 'pub', 'sub' } } "
        "hq:group('G', { 'pub'%s }) hq:pool('P', 'G') "
        "local fleet = hq:phones { count = %d, model = '%s', pool = 'P' } fleet:power('on') "
        "settle() local some, others = fleet:first(3), fleet:part(2) step('acts') ",
        version, second, RANDOM_PHONES, model);
    for (int i = 0; i < 14; i++)
        n += (size_t)snprintf(out + n, RANDOM_ROOM - n, "pcall(function() %s end) ",
                              one_of(&rng, acts, count));
}

#endif
