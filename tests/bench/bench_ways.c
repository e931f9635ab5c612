/* The search for what brings phones back: tests/bench/ways.lua to the trials of one act and to the
 * whole bound, the demo, and the verdict on a fleet of many models and pools.
 *
 *   bench_ways [PHONES]     of ways.lua (default 100000) */
#include "sim/session.h"
#include "tests/bench/simulation.h"

#include <string.h>

#define ONE_ACT_LIMIT_S 2.0
#define WHOLE_LIMIT_S   10.0
#define DEMO_LIMIT_S    0.2
#define FLEET_LIMIT_S   3.0

static struct session *scenario(const char *path, const char *const *sets, uint32_t count)
{
    struct session_options o = session_defaults();
    struct err e = { "" };
    o.script.path = path;
    o.script.sets = sets;
    o.script.set_count = count;
    struct session *s = session_new(&o, &e);
    must(s != NULL, &e);
    must(session_run(s, &e) == SCRIPT_PASSED, &e);
    return s;
}

static uint8_t *lost_in(struct session *s)
{
    uint8_t *lost = calloc(s->lab->state.phone_count + 1, 1);
    if (lost == NULL)
        abort();
    for (uint32_t i = 0; i < s->lab->state.phone_count; i++)
        lost[i] = losses_now(&s->losses, i);
    return lost;
}

static void search(const char *what, struct session *s, uint8_t longest, double limit_s)
{
    uint8_t *lost = lost_in(s);
    struct remedies r;
    double start = seconds();
    remedies_search(s->lab, lost, (struct remedies_wish){ .longest = longest }, &r);
    double took_s = seconds() - start;
    printf("%s: %u groups, %u need hands, %u not found, %u sequences of at most %u of %u acts%s: "
           "%.2f s, limit %.1f: %s\n",
           what, r.groups.count, remedies_groups(&r, WAY_HANDS), remedies_groups(&r, WAY_UNKNOWN),
           r.bound.sequences, r.bound.longest, r.bound.acts, r.bound.whole ? "" : ", not all",
           took_s, limit_s, verdict(took_s <= limit_s));
    remedies_free(&r);
    free(lost);
}

static void ways(const char *phones)
{
    char set[40];
    const char *sets[] = { set };
    snprintf(set, sizeof set, "phones=%s", phones);
    struct session *s = scenario("tests/bench/ways.lua", sets, 1);
    search("ways of one act", s, 1, ONE_ACT_LIMIT_S);
    search("ways to the whole bound", s, WAY_LONGEST, WHOLE_LIMIT_S);
    session_free(s);
}

static void demo(void)
{
    struct session *s = scenario("scenarios/regenerate/both-one-node.lua", NULL, 0);
    search("ways of the demo", s, WAY_LONGEST, DEMO_LIMIT_S);
    session_free(s);
}

static void fleet(void)
{
    struct session *s = scenario("tests/bench/fleet.lua", NULL, 0);
    struct report report;
    double start = seconds();
    session_report(s, 0, 0, &report);
    double took_s = seconds() - start;
    printf("%u phones of 40 models in 400 pools, %s: %.2f s, limit %.1f: %s\n",
           s->lab->state.phone_count, report.verdict, took_s, FLEET_LIMIT_S,
           verdict(took_s <= FLEET_LIMIT_S));
    report_free(&report);
    session_free(s);
}

int main(int argc, char **argv)
{
    ways(argc > 1 ? argv[1] : "100000");
    demo();
    fleet();
    return 0;
}
