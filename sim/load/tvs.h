/* A fleet's requests to TVS, over TLS. */
#ifndef CUCMLAB_LOAD_TVS_H
#define CUCMLAB_LOAD_TVS_H

#include "sim/load/secure.h"
#include "sim/load/worker.h"

#define LOAD_TVS_PORT 2445

extern const struct client load_tvs;

/* Fills in the certificate that the job asks about: of a file, DER or PEM; without one (NULL) that
 * which the target itself shows in a handshake before the run.  In the arena. */
bool load_tvs_certificate(struct load_job *job, const char *path, struct arena *a, struct err *e);
#endif
