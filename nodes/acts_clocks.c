/* Acts on clocks: of nodes here; of phones in sim/lab_act.c. */
#include "nodes/acts_impl.h"

#define CLOCK_ARGS                                                                                 \
    {                                                                                              \
        { ARG_SPAN, "ahead" }, { ARG_SPAN, "behind" },                                             \
    }

static bool can_be_wrong(const struct cluster *cl, const struct act *a, uint64_t now_us,
                         struct err *e)
{
    (void)now_us;
    return a->arg[0] == 0 || a->arg[1] == 0 ||
           err_set(e, "%s: a clock is ahead or behind, not both", cl->name);
}

static void set_clock(struct cluster *cl, const struct act *a, uint64_t now_us)
{
    (void)now_us;
    cl->nodes[a->node].ahead_s = (int64_t)a->arg[0] - (int64_t)a->arg[1];
    cl->done.dated = true; /* what is within its time for one is not for another */
}

static bool is_wrong(const struct cluster *cl, const struct act *a)
{
    return cl->nodes[a->node].ahead_s != 0;
}

/* To be tried: right again. */
static bool right(const struct cluster *cl, uint32_t i, struct act *act)
{
    (void)cl;
    act->arg[0] = act->arg[1] = 0;
    return i == 0;
}

const struct act_row act_row_node_clock = {
    .name = "clock",
    .words = "utils ntp server; set network ntp",
    .scope = ON_NODE,
    .power = POWER_NONE,
    .args = CLOCK_ARGS,
    .touches = TOUCHES_SERVICES,
    .run = set_clock,
    .can = can_be_wrong,
    .doc =
        "The node's clock is so much ahead or behind; `clock {}` sets it right. Certificates made "
        "there, and what CallManager and TVS take for expired, go by it, and so does the clock "
        "of each phone that registers there from now on.",
    .remedy = { .narrow = 2,
                .name = "node-clock",
                .title = "set a clock",
                .how = "set the clock of {node} (NTP)",
                .useful = is_wrong,
                .choice = right }
};

const struct act_row act_row_phone_clock = {
    .name = "clock",
    .words = "Phone NTP Reference; Date/Time Group",
    .scope = ON_PHONES,
    .args = CLOCK_ARGS,
    .touches = TOUCHES_PHONES,
    .can = can_be_wrong,
    .doc = "The clock of each phone is so much ahead or behind, whatever its CallManager says (a "
           "wrong NTP reference); `clock {}` leaves it to CallManager again.",
    .remedy = { .narrow = 1,
                .name = "phone-clock",
                .title = "set a clock",
                .how = "set the phone's clock right (NTP reference)",
                .everything = "set the phone's clock right (NTP reference)" }
};
