/* What a cluster comes to behind some acts, phones apart: equal answers are equal clusters.  Called
 * by sim/predict/ahead and sim/predict/returns. */
#ifndef CUCMLAB_PREDICT_COURSE_H
#define CUCMLAB_PREDICT_COURSE_H

#include "sim/lab.h"

/* Behind these acts, done now on a copy, when all has started and an hour later: what is pending
 * may come to the same in the end, and phones that boot meanwhile do not.  No acts: left alone. The
 * caller takes back what content the copy made (lab_rewind()). */
uint64_t course_of(const struct lab *lab, uint32_t cluster, const struct act *acts, uint32_t count);

#endif
