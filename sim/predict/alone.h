/* What comes of a run that ended in the middle: the lab as it stands is left alone, in a fork,
 * until nothing is under way, with the luck that it would have had.  Where nothing is under way
 * nothing is tried, and every phone ends as it stands.  The lab itself is left as it is.  Called by
 * sim/predict/losses. */
#ifndef CUCMLAB_PREDICT_ALONE_H
#define CUCMLAB_PREDICT_ALONE_H

#include "sim/predict/boots.h"

/* What comes of one phone. */
struct alone_end {
    uint8_t lost;     /* FSM_BIT of each function that it has lost when all is quiet */
    uint8_t more;     /* those that it has not lost now */
    uint8_t passing;  /* those that it loses meanwhile, and has back by then */
    uint8_t way;      /* enum way_kind: what brings it back then; NONE: it lost nothing more */
    uint8_t standing; /* enum standing, then */
    bool moves;       /* it is under way, or something comes to it before all is quiet */
};

struct alone {
    bool quiet; /* nothing was under way */
    struct alone_end *ends;
};

/* `lost`: FSM_BIT of each function lost now, by device number. */
void alone_find(struct lab *lab, const uint8_t *lost, struct alone *out);
void alone_free(struct alone *a);

#endif
