/* TLS of a load's clients. */
#ifndef CUCMLAB_LOAD_SECURE_H
#define CUCMLAB_LOAD_SECURE_H

#include "sim/base/err.h"
#include "sim/load/job.h"

/* How many kinds of phones the job has, by their models: one without a fleet. */
uint32_t load_tls_kinds(const struct load_job *job);
/* A configuration of TLS as the job has it, for one thread and kind of phone, or for a phone that
 * shows a certificate
 * (`badge` NULL: none); NULL where there is no such cipher. */
struct tls_config *load_tls(const struct load_job *job, uint32_t thread, uint32_t kind,
                            const struct load_badge *badge, struct err *e);

#endif
