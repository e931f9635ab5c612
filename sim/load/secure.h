/* TLS of a load's clients. */
#ifndef CUCMLAB_LOAD_SECURE_H
#define CUCMLAB_LOAD_SECURE_H

#include "sim/base/err.h"
#include "sim/load/job.h"

/* A configuration of TLS as the job has it, for one thread; NULL where there is no such cipher. */
struct tls_config *load_tls(const struct load_job *job, uint32_t thread, struct err *e);

#endif
