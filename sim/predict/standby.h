/* Servers that a phone would go to if its own went.  Called by sim/predict/ahead and tests.  Pure.
 */
#ifndef CUCMLAB_PREDICT_STANDBY_H
#define CUCMLAB_PREDICT_STANDBY_H

#include "sim/lab.h"

/* It is registered, and of the others in its group one runs and is reached, but the phone does not
 * trust its certificate, or it does not take the phone.  One that is stopped everybody sees. */
bool standby_refuses(const struct lab *lab, uint32_t phone);

#endif
