/* Why a CallManager and a phone do not come together, and servers that a phone would go to if its
 * own went.  Called by sim/predict/ahead, search and tests.  Pure. */
#ifndef CUCMLAB_PREDICT_STANDBY_H
#define CUCMLAB_PREDICT_STANDBY_H

#include "sim/lab.h"

/* Enum reject_reason where CallManager says so; else what the phone itself finds wrong over TLS. */
enum refusal {
    REFUSAL_TLS = REJECT_REASONS, /* its newest TLS is too old for the nodes */
    REFUSAL_MODEL,                /* its model holds no CTL */
    REFUSAL_NO_CTL,               /* it holds none now */
    REFUSAL_CERTIFICATE,          /* its lists do not have the certificate of CallManager */
    REFUSAL_TOO_LARGE,            /* it does not load a list of the size that it was given */
    REFUSALS
};
/* REJECT_NONE: nothing.  Of a node whose CallManager runs, with the network as if it were whole. */
uint8_t standby_refusal(const struct lab *lab, uint32_t phone, uint32_t cluster, uint32_t node);

/* It is registered, and of the others in its group one runs and is reached, but the phone does not
 * trust its certificate, or it does not take the phone.  One that is stopped everybody sees. */
bool standby_refuses(const struct lab *lab, uint32_t phone);

#endif
