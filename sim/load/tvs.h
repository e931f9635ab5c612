/* A fleet's requests to TVS: connections over TLS, one request under way on each. */
#ifndef CUCMLAB_LOAD_TVS_H
#define CUCMLAB_LOAD_TVS_H

#include "sim/load/worker.h"

#define LOAD_TVS_PORT 2445

extern const struct client load_tvs;

/* Fills in the certificate that the job asks about: of a file, DER or PEM; without one (NULL) that
 * which the target itself shows in a handshake before the run.  In the arena. */
bool load_tvs_certificate(struct load_job *job, const char *path, struct arena *a, struct err *e);
/* A configuration of TLS as the job has it, for one thread; NULL where there is no such cipher. */
struct tls_config *load_tls(const struct load_job *job, uint32_t thread, struct err *e);

#endif
