/* What time alone costs: four hundred days on end with all certificates that expire, and their
 * alarms, against one boot of the same phones in the same run.  The number of phones plays a part
 * at the instants where a date begins or ends alone, for each phone is looked at then.
 *
 *   bench_time [PHONES]     default 100000 */
#include "tests/bench/simulation.h"

#define DAY_US     (24 * HOUR_US)
#define WAIT_LIMIT 0.05 /* of one boot */
#define STEPS      400

int main(int argc, char **argv)
{
    uint32_t phones = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 100000;
    struct lab *lab = lab_of_many(phones);
    double start = seconds();
    boot(lab);
    double boot_s = seconds() - start;
    uint64_t before = events_of(lab), now_us = 4 * 365 * DAY_US + 300 * DAY_US;
    lab_run_until(lab, now_us);
    start = seconds();
    lab_run_until(lab, now_us + 400 * DAY_US);
    double wait_s = seconds() - start;
    uint64_t events = events_of(lab) - before;
    printf("400 days with %u registered phones, in which all certificates expire: %.2f ms, %llu "
           "events; %.4f of one boot (%.0f ms), limit %.2f: %s\n",
           phones, wait_s * 1e3, (unsigned long long)events, wait_s / boot_s, boot_s * 1e3,
           WAIT_LIMIT, verdict(wait_s <= boot_s * WAIT_LIMIT && events == 0));
    /* Day by day, as a scenario may ask. */
    start = seconds();
    for (uint64_t i = 0; i < STEPS; i++)
        lab_run_until(lab, lab_now_us(lab) + DAY_US);
    double days_s = seconds() - start;
    printf("400 more days, one after the other: %.2f ms; %.4f of one boot, limit %.2f: %s\n",
           days_s * 1e3, days_s / boot_s, WAIT_LIMIT, verdict(days_s <= boot_s * WAIT_LIMIT));
    lab_free(lab);
    return 0;
}
