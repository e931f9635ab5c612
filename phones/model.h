/* Phone models: one table of facts.  No handler asks for a model by name; it reads a column. */
#ifndef CUCMLAB_PHONES_MODEL_H
#define CUCMLAB_PHONES_MODEL_H

#include "sim/core/contract.h"

enum model_dialect { DIALECT_SECD /* 79xx */, DIALECT_SECUREAPP /* 78xx, 88xx */, DIALECT_89XX };
enum model_tls { MODEL_TLS_1_0, MODEL_TLS_1_1, MODEL_TLS_1_2, MODEL_TLS_1_3 };

struct model {
    const char *name;       /* "7965" */
    const char *product;    /* as the inventory names it: "Cisco 7965" */
    const char *agent;      /* User-Agent of REGISTER */
    uint16_t device_type;   /* CUCM's number (tkmodel) */
    bool ctl;               /* asks for a CTL */
    bool itl;               /* Security by Default: ITL, TVS */
    bool asks_ctl_common;   /* CTLFile.tlv where CTLSEP<MAC>.tlv is missing */
    bool asks_itl_common;   /* ITLFile.tlv likewise */
    uint8_t order;          /* enum fetch_order */
    uint8_t protocol;       /* enum cnf_protocol, where nothing else is said */
    uint8_t tls;            /* newest, enum model_tls */
    uint8_t dialect;        /* enum model_dialect */
    uint32_t itl_max;       /* bytes of the largest list it loads; documented for ITL: 64 KB */
    uint16_t erase_minutes; /* hands: minutes a phone to erase its lists (assumed) */
};

extern const struct model model_table[];
extern const uint32_t model_count;

/* By name ("7965", "Cisco 7965", "Cisco 7965G"); false where the table has none. */
bool model_find(const char *name, uint8_t *index);

#endif
