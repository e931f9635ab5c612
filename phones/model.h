/* Phone models: one table of facts.  No handler asks for a model by name; it reads a column.
 *
 * A row names its family's row and takes every column from it that it does not set itself.  A
 * family's row is a model too: it stands for products of the family that the table does not have.
 * Devices that hold no trust list and are no phones at all are a second, short table.  Called by
 * phones, sim/lab, sim/inventory, reports and `cucmlab models`; docs/MODELS.md is printed from it.
 */
#ifndef CUCMLAB_PHONES_MODEL_H
#define CUCMLAB_PHONES_MODEL_H

#include "sim/core/fact.h"
#include "sim/core/mic.h"

enum model_dialect { DIALECT_SECD /* 79xx */, DIALECT_SECUREAPP /* 78xx, 88xx */, DIALECT_89XX };
enum model_tls { MODEL_TLS_1_0, MODEL_TLS_1_1, MODEL_TLS_1_2, MODEL_TLS_1_3 };

/* Bits of struct model's transports, by enum cnf_protocol. */
#define SPEAKS(protocol) (1u << (protocol))

/* Rows that families and plain devices have at fixed places, at the beginning of the table. */
enum model_family {
    FAMILY_SIP,  /* a plain device: no trust list of any kind */
    FAMILY_SCCP, /* the same, the other protocol */
    FAMILY_3900,
    FAMILY_6900,
    FAMILY_7800,
    FAMILY_7940, /* 7940, 7960 */
    FAMILY_7920,
    FAMILY_7900, /* families are tried in this order: the narrower pattern first */
    FAMILY_8821,
    FAMILY_9800, /* 9800 series and 8875: PhoneOS */
    FAMILY_8800,
    FAMILY_8900, /* 8941, 8945, 8961, 99xx */
    FAMILY_840,
    FAMILY_DX,
    FAMILY_JABBER,
    FAMILY_ROOM, /* RoomOS, CE */
    FAMILY_TELEPRESENCE,
    FAMILY_ATA,
    FAMILIES
};

/* What is known of a model; of each it is said how sure that is. */
enum model_fact {
    FACT_TYPE,
    FACT_ITL,
    FACT_CTL,
    FACT_MIC,
    FACT_SPEAKS,
    FACT_TLS,
    FACT_HTTPS,
    FACT_FETCH, /* HTTP or TFTP, and the common names that it asks for */
    FACT_LIMIT,
    FACT_KEYS,
    FACT_MINUTES,
    FACT_REMOTE,
    FACT_RESET,
    MODEL_FACTS
};

/* A firmware release, "9.3(3)": {9, 3, 3}.  All zero: none is known. */
struct model_load {
    uint8_t major, minor, patch;
};

struct model {
    const char *name;       /* "7965"; a family "79xx" */
    const char *product;    /* as CUCM and its exports write it: "Cisco 7965" */
    const char *also;       /* other names of the product, '|' between them; NULL: none */
    const char *patterns;   /* of a family: products that it stands for, '|' between them; '#' is a
                               digit, '*' at the end anything.  NULL: none */
    const char *agent;      /* User-Agent of REGISTER */
    const char *keys;       /* to press to erase its lists; NULL: none known but factory reset */
    uint32_t itl_max;       /* bytes of the largest list it loads; documented for ITL: 64 KB */
    uint16_t device_type;   /* CUCM's number (tkmodel); 0: not known */
    uint16_t erase_minutes; /* hands: minutes a phone to erase its lists */
    uint16_t reset_minutes; /* the same for a factory reset */
    uint8_t family;         /* enum model_family */
    uint8_t transports;     /* SPEAKS() of each protocol that it can have */
    uint8_t protocol;       /* enum cnf_protocol, where nothing else is said */
    uint8_t order;          /* enum fetch_order */
    uint8_t tls;            /* newest, enum model_tls */
    uint8_t dialect;        /* enum model_dialect */
    uint8_t mic_ca;         /* enum mic_ca: who signed its MIC */
    bool by_web;            /* keys: on its web page, by whoever has its password, from a desk */
    bool ctl;               /* asks for a CTL */
    bool itl;               /* Security by Default: ITL, TVS */
    bool mic;               /* has a certificate from its factory */
    bool remote;            /* its web server takes keys (CiscoIPPhoneExecute) */
    bool https;             /* opens the secured URLs; else the plain ones */
    bool asks_ctl_common;   /* CTLFile.tlv where CTLSEP<MAC>.tlv is missing */
    bool asks_itl_common;   /* ITLFile.tlv likewise */
    bool auto_not_mixed;    /* it does not register by itself in mixed mode (technote 200716) */
    struct model_load
        before; /* a row for older loads of the row before it: those before this one */
    uint8_t sure[MODEL_FACTS]; /* enum sureness */
};

extern const struct model model_table[];
extern const uint32_t model_count;

/* By name, product or another name of it ("7965", "Cisco 7965", "cisco 7965G"), letters of either
 * case; false where the table has none. */
bool model_find(const char *name, uint8_t *index);
/* The family whose patterns hold a product that the table does not have. */
bool model_find_family(const char *product, uint8_t *index);
/* The same phone by another load. */
bool model_same(uint8_t a, uint8_t b);

uint8_t model_newest(uint8_t index); /* that phone by its newest load */

/* What a load says about what a phone can do. */
enum model_load_result {
    LOAD_SAYS,     /* the table knows what differs between loads of this model: *index follows it */
    LOAD_NOTHING,  /* it knows nothing of the kind */
    LOAD_NO_NUMBER /* there is no release in the name ("SCCP45.9-4-2SR3-1S", "sip88xx.12-1-1") */
};
enum model_load_result model_by_load(uint8_t *index, const char *load);
const char *model_load_print(struct model_load load, char out[16]); /* "9.3(3)" */

/* Devices of an export that hold no trust list, so that they have nothing to lose here. */
struct model_bystander {
    const char *products; /* '|' between them, '*' at the end of one: anything */
    const char *why;      /* "an application, no device" */
};
extern const struct model_bystander model_bystanders[];
extern const uint32_t model_bystander_count;
/* NULL: it is none. */
const struct model_bystander *model_find_bystander(const char *product);

const char *model_fact_name(enum model_fact fact); /* "ITL" */
const char *model_tls_name(enum model_tls tls);    /* "1.2" */

#endif
