/* Whom a load goes to, and from which addresses: IPv4.  What is not this machine's loopback is
 * somebody's server: it must be named twice, or answered for at a terminal. */
#ifndef CUCMLAB_LOAD_TARGET_H
#define CUCMLAB_LOAD_TARGET_H

#include "sim/base/err.h"

#include <stdint.h>
#include <stdio.h>

#define TARGET_NAME 256
#define TARGET_FROM 65536 /* local addresses at most */

struct target {
    char host[TARGET_NAME]; /* as it was typed */
    uint32_t ip;            /* host order */
    uint16_t port;
    uint32_t from, from_count; /* local addresses, one behind the other; 0: any */
};

/* "HOST" or "HOST:PORT"; a name is looked up. */
bool target_read(struct target *t, const char *words, uint16_t usual_port, struct err *e);
/* Which address of a name is asked: the first.  False where only some of them are loopback: whether
 * that may be loaded would hang on their order. */
bool target_one_of(const char *name, const uint32_t *ips, uint32_t count, uint32_t *ip,
                   struct err *e);
/* "ADDR" or "ADDR-ADDR", of this machine. */
bool target_read_source(struct target *t, const char *words, struct err *e);
/* Both ends of that range are addresses of this machine; so are all where there is no range. */
bool target_source_is_ours(const struct target *t, struct err *e);
bool target_is_loopback(const struct target *t);
/* The local address of a connection, by its number. */
uint32_t target_source(const struct target *t, uint64_t number);

/* How far the user went to allow what is not loopback. */
struct target_consent {
    bool allowed;       /* --allow-remote */
    const char *again;  /* the host, repeated behind it; NULL: not */
    FILE *ask, *answer; /* a terminal; NULL: there is none */
};
bool target_allowed(const struct target *t, const struct target_consent *c, struct err *e);

#endif
