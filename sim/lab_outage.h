/* Out of service: from the instant at which a registered phone could call nobody any more (its
 * server went, it was reset or booted again) until it is registered again, by step of the scenario
 * and by phone.  Planned or not: a loss of registration (sim/lab.h, struct lab_loss) is one in
 * which no server took the phone when it first tried; it lies in here too.  What counts for
 * nothing: the first boot of a phone, and the time without power.
 *
 * Kept by the lab where somebody wants it, 36 bytes a phone that was ever out of service; read by
 * sim/report. */
#ifndef CUCMLAB_LAB_OUTAGE_H
#define CUCMLAB_LAB_OUTAGE_H

#include <stdbool.h>
#include <stdint.h>

struct lab;

/* One phone, in one step or in all of them.  It lies in the step in which it began. */
struct lab_outage {
    uint64_t us;        /* out of service, what is under way up to now with it */
    uint32_t times;     /* interruptions */
    uint32_t reboots;   /* resets, power switched off and on, lists deleted */
    uint32_t failovers; /* its server went and another one took it */
    uint32_t failbacks; /* it left for a server that comes before its own */
    bool lost;          /* in one of them no server took it at first: a loss of registration */
    bool open;          /* it is still out of service */
};

/* One step of the scenario: the sums over phones, and what a phone had. */
struct lab_outage_step {
    uint32_t phones;             /* that were out of service */
    uint32_t lost, open;         /* of these: as above */
    uint64_t total_us;           /* phone-microseconds */
    uint64_t median_us, most_us; /* of one phone; the median of an even number is the lower one */
    /* The same of the longest interruption of each phone: out of service at a time. */
    uint64_t median_once_us, most_once_us;
    uint32_t times, reboots, failovers, failbacks;
};

/* Begins to keep it; once, before time passes. */
void lab_outage_keep(struct lab *lab);
/* Of each step, lab->record.step_count of them: out[0] is what was before the first. */
void lab_outage_steps(const struct lab *lab, struct lab_outage_step *out);
/* False: it was never out of service. */
bool lab_outage_of(const struct lab *lab, uint32_t phone, struct lab_outage *out);
/* Likewise, of outages that began in that step or later. */
bool lab_outage_since(const struct lab *lab, uint32_t phone, uint32_t step, struct lab_outage *out);

#endif
