/* One step of a phone: what its handlers work on.  Inside phones/ only. */
#ifndef CUCMLAB_PHONES_STEP_H
#define CUCMLAB_PHONES_STEP_H

#include "phones/phone.h"

struct step {
    struct phone *p;
    const struct phone_env *env;
    struct outbox *out;
};

#endif
