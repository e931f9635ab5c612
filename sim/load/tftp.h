/* A fleet's fetches over TFTP: a socket for each, as each phone has its own. */
#ifndef CUCMLAB_LOAD_TFTP_H
#define CUCMLAB_LOAD_TFTP_H

#include "sim/load/worker.h"

#define LOAD_TFTP_PORT 69
#define LOAD_TFTP_FILE (2u << 20) /* bytes of a file at most; a longer one is a bad reply */

/* `trusted` counts files that came, `not_trusted` those that the server has not: both answers.
 * A port where nobody listens is refused where ICMP says so, else a timeout. */
extern const struct client load_tftp;

#endif
