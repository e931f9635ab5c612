/* What a phone says to register by SIP, over whatever it says it. */
#ifndef CUCMLAB_LOAD_GREET_H
#define CUCMLAB_LOAD_GREET_H

#include "sim/load/lines.h"

/* The REGISTER of that phone from there, its `number`-th, in the arena. */
struct view greet_sip(const struct asking *a, struct arena *arena);

#endif
