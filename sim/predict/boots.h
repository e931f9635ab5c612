/* What every phone meets at its next boot, found in a trial: one phone of each distinct state is
 * switched off and on again there, and Directories is pressed.  A phone without power has a next
 * boot too, and so has one that is under way or waits.  The lab itself is left as it is.  Called by
 * sim/predict/losses and sim/predict/ahead. */
#ifndef CUCMLAB_PREDICT_BOOTS_H
#define CUCMLAB_PREDICT_BOOTS_H

#include "sim/predict/remedy.h"

/* How a phone stands when it is asked about. */
enum standing {
    STANDS_UP,        /* registered, or known to have lost registration */
    STANDS_OFF,       /* without power */
    STANDS_UNDER_WAY, /* it boots, or looks for a server */
    STANDINGS
};

enum standing boots_standing(const struct phone *p, uint8_t lost);

/* What a phone that has lost this lacks: one that is not registered opens no service either, and
 * does not lose them when it registers again and they fail. */
static inline uint8_t boots_lacks(uint8_t lost)
{
    bool out = (lost & FSM_BIT(FUNCTION_REGISTRATION)) != 0;
    return way_with_common(lost) | (out ? FSM_BIT(FUNCTION_SECURE_SERVICES) : 0);
}

/* What comes of the phones of a group. */
struct boot_end {
    uint8_t lost;   /* FSM_BIT of each function that it has lost then */
    uint8_t more;   /* those that it did not lack before */
    uint8_t way;    /* enum way_kind: what brings it back then; NONE: it lost nothing more */
    struct way how; /* that; harm and boots are not asked for */
};

struct boots {
    struct phone_groups groups; /* every phone of the lab */
    struct boot_end *ends;      /* by group */
};

/* `lost`: FSM_BIT of each function lost before that boot, by device number. */
void boots_find(struct lab *lab, const uint8_t *lost, struct boots *out);
void boots_free(struct boots *b);
/* What comes of this phone. */
const struct boot_end *boots_of(const struct boots *b, uint32_t phone);

/* ---- parts of it, for other trials ---- */

/* All phones of a trial: off, on, and those that are registered then press Directories. */
void boots_reboot(struct lab *trial);
/* The same before anything that is pending has ended, replication for one. */
void boots_reboot_now(struct lab *trial);
void boots_press(struct lab *trial);
void boots_settle(struct lab *trial); /* until nothing is pending, a day at most */

#endif
