/* A fleet's registrations: REGISTER over TCP (SIP, port 5060). */
#ifndef CUCMLAB_LOAD_REGISTER_H
#define CUCMLAB_LOAD_REGISTER_H

#include "sim/load/worker.h"

#define LOAD_REGISTER_PORT 5060

/* `trusted` counts 200, `not_trusted` any other final response: both are answers. */
extern const struct client load_register;

#endif
