/* The certificates of a fleet's phones, as a lab of that identity makes them. */
#ifndef CUCMLAB_CMD_BADGES_H
#define CUCMLAB_CMD_BADGES_H

#include "sim/bytes/forge.h"
#include "sim/load/job.h"

/* Zeroed before use. */
struct badges {
    struct content content;
    struct forge *forge;
    struct load_badge *list;
};

/* The MICs of the phones of the job, the first device of the lab and those behind it, into the job:
 * borrowed from `b`, until badges_free(). */
void badges_make(struct badges *b, uint64_t identity, struct load_job *job);
void badges_free(struct badges *b); /* nothing where none were made */

#endif
