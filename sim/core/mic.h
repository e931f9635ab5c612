/* The CAs of Cisco's factories that signed the MICs of phones, as the trust stores of a cluster
 * name them.  Which model has whose is a column of phones/model.c.  Pure. */
#ifndef CUCMLAB_CORE_MIC_H
#define CUCMLAB_CORE_MIC_H

#include "sim/core/content.h"

enum mic_ca { MIC_CA_1, MIC_CA_SHA2, MIC_CAP_RTP_001, MIC_CAP_RTP_002, MIC_CAS };

#define MIC_CA_BIT(ca) (1u << (ca))

struct mic_ca_row {
    const char *name; /* "Cisco_Manufacturing_CA" */
    int64_t until_s;  /* Unix seconds: its own time, and with it that of all its MICs */
};
extern const struct mic_ca_row mic_cas[MIC_CAS];

/* A MIC of that CA, as it is shown to a server: CONTENT_MIC alone is one of the first. */
uint32_t mic_of(enum mic_ca ca);
/* False: it is no MIC. */
bool mic_is(uint32_t shown, enum mic_ca *ca);

#endif
