/* What work and network cost: a table of facts (sim/core/fact.h) and nothing else.  The lab keeps
 * the values, drivers read them by `world.costs`.  Real sockets and clocks cost what they cost: the
 * live driver looks at none but the rates of resets and failbacks, which are the cluster's.  Pure.
 */
#ifndef CUCMLAB_CORE_COSTS_H
#define CUCMLAB_CORE_COSTS_H

#include "sim/core/fact.h"

enum cost {
    /* of a node, in time of one of its processors */
    COST_SIGN_US,
    COST_HANDSHAKE_US,
    COST_ANSWER_US,
    COST_PROCESSORS,
    /* of the network */
    COST_TFTP_RETRY_US,
    COST_TCP_RETRY_US, /* doubled with each loss, up to the next */
    COST_TCP_RETRY_MAX_US,
    COST_TFTP_TRIES,      /* a packet that is lost so often is given up, and with it its transfer */
    COST_TCP_TRIES,       /* likewise, with its connection */
    COST_HTTP_SILENCE_US, /* a phone asks by TFTP what it hears nothing of by HTTP */
    COST_LINK_DELAY_US,   /* one way, of a phone's link that nobody set; so is the jitter */
    COST_LINK_JITTER_US,
    /* of a cluster */
    COST_RESET_RATE,    /* 0: all at once */
    COST_FAILBACK_RATE, /* likewise, of one CallManager */
    COSTS
};

extern const struct fact cost_table[COSTS];

#endif
