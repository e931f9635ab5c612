#include "sim/load/limit.h"

#include "sim/load/units.h"

#include <string.h>

#define CLOSE       20 /* a step of a twentieth is as near as noise allows */
#define LEAST_MILLI 1000
#define MOST_MILLI  10000000000u
#define KEEPS_UP    97    /* of a hundred */
#define ERRORS      10000 /* in millionths of what ended */
#define TIMES_P99   10
#define QUEUED      20    /* a queue that half of the requests wait in for this part of the step */
#define QUIET_US    20000 /* a p99 below this is no knee, however short the first one was */

struct limit limit_from(uint64_t milli)
{
    return (struct limit){ .milli = milli < LEAST_MILLI ? LEAST_MILLI : milli };
}

static bool is_close(const struct limit *l)
{
    return l->bad != 0 && l->bad - l->good <= l->good / CLOSE;
}

void limit_heard(struct limit *l, bool held)
{
    l->tried++;
    if (!held && !l->doubted && l->tried < LIMIT_STEPS) {
        l->doubted = true;
        return;
    }
    l->doubted = false;
    if (held)
        l->good = l->milli;
    else
        l->bad = l->milli;
    if (l->bad == 0)
        l->milli = l->milli * 2;
    else if (l->good == 0)
        l->milli = l->milli / 2;
    else
        l->milli = l->good + (l->bad - l->good) / 2;
    l->done =
        l->tried == LIMIT_STEPS || is_close(l) || l->milli < LEAST_MILLI || l->milli > MOST_MILLI;
}

static bool has_errors(const struct tally *t)
{
    double errors = (double)tally_errors(t);
    return errors * 1e6 > ERRORS * ((double)tally_answers(t) + errors);
}

static bool names_errors(const struct slo *slo)
{
    bool named = false;
    for (uint32_t i = 0; i < slo->count; i++)
        named |= slo->terms[i].metric == SLO_ERRORS;
    return named;
}

/* What is asked is answered while the step lasts, but for what is still on its way at its end: so
 * much as the fastest took.  And half of the answers did not wait for a good part of the step: a
 * queue that grew all the while. */
static bool keeps_up(const struct tally *t, double asked, uint64_t length_us)
{
    double length = (double)length_us, on_way = (double)t->latency.min_us;
    double in_time = on_way < length ? asked * (length - on_way) / length : 0;
    return (double)t->meanwhile >= in_time * KEEPS_UP / 100 - 1 &&
           tally_latency_at(t, 5000000) - t->latency.min_us <= length_us / QUEUED;
}

static bool by_objectives(const struct slo *slo, const struct tally *t, uint64_t length_us,
                          char why[128])
{
    for (uint32_t i = 0; i < slo->count; i++) {
        char value[48];
        if (slo_met(&slo->terms[i], t, length_us))
            continue;
        snprintf(why, 128, "%s missed: %s", slo->terms[i].text,
                 slo_print(&slo->terms[i], slo_value(&slo->terms[i], t, length_us), value));
        return false;
    }
    if (names_errors(slo) || !has_errors(t))
        return true;
    snprintf(why, 128, "errors of 1 %% or more");
    return false;
}

bool limit_held(struct limit *l, const struct slo *slo, const struct tally *t, uint64_t length_us,
                char why[128])
{
    uint64_t p99 = tally_latency_at(t, 9900000);
    double asked = (double)l->milli * 1e-9 * (double)length_us;
    why[0] = '\0';
    if (slo->count > 0)
        return by_objectives(slo, t, length_us, why);
    if (!keeps_up(t, asked, length_us))
        snprintf(why, 128, "the answers do not keep up");
    else if (has_errors(t))
        snprintf(why, 128, "errors of 1 %% or more");
    else if (l->first_p99_us != 0 && p99 > QUIET_US && p99 > l->first_p99_us * TIMES_P99)
        snprintf(why, 128, "p99 is more than ten times that of the first step, %s",
                 TIMED(l->first_p99_us));
    if (why[0] == '\0' && l->first_p99_us == 0)
        l->first_p99_us = p99;
    return why[0] == '\0';
}
