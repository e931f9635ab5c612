/* A phone: plain data and a step function.  One event in, a bounded list of actions out; no clock,
 * no socket, no allocation, no randomness but its own stream.  A copy of the struct is a snapshot.
 * Called by drivers through sim/lab.c, by the search for remedies, by `--explain` and by tests. */
#ifndef CUCMLAB_PHONES_PHONE_H
#define CUCMLAB_PHONES_PHONE_H

#include "phones/knobs.h"
#include "phones/model.h"
#include "sim/core/fsm.h"

enum phone_state {
    PHONE_OFF,
    PHONE_STARTING,
    PHONE_CTL,    /* Requesting CTL */
    PHONE_ITL,    /* Requesting ITL */
    PHONE_CONFIG, /* Requesting configuration */
    PHONE_FILES,  /* Requesting locale and ring list */
    PHONE_TVS,    /* Contacting TVS */
    PHONE_REGISTERING,
    PHONE_REGISTERED,
    PHONE_UNREGISTERED, /* waits to try again */
    PHONE_SERVICE,      /* opening an HTTPS service */
    PHONE_STATES
};

extern const struct fsm_state phone_states[PHONE_STATES];

/* Status messages as the phone's menu has them (phone_status_text). */
enum status_message {
    STATUS_CTL_AND_ITL_INSTALLED,
    STATUS_CTL_INSTALLED,
    STATUS_ITL_INSTALLED,
    STATUS_TRUST_LIST_UPDATED,
    STATUS_TRUST_LIST_UPDATE_FAILED,
    STATUS_NO_TRUST_LIST,
    STATUS_ERASING,
    STATUS_FILE_NOT_FOUND, /* b: file kind */
    STATUS_TFTP_TIMEOUT,   /* b: file kind */
    STATUS_TFTP_ERROR,     /* b: file kind: the server refused the connection */
    STATUS_FILE_REFUSED,   /* b: file kind: "File auth error" */
    STATUS_CONFIG_USED,    /* b: file kind */
    STATUS_SIZE_ERROR,     /* b: file kind: larger than the phone loads */
    STATUS_RESTART_REQUESTED,
    STATUS_HOST_NOT_FOUND,
    STATUS_MESSAGES
};

/* Restart Cause and why a registration ended, as Cisco's phones name them. */
enum restart_cause {
    CAUSE_INITIALIZED,
    CAUSE_RESET_RESET,
    CAUSE_KEEPALIVE_TO,
    CAUSE_PHONE_KEYPAD,
    CAUSE_POWER,
    CAUSES
};

/* What all phones of one place share: DHCP option 150. */
struct phone_place {
    uint32_t tftp[2]; /* IPv4, host order; 0: none */
};

struct phone {
    struct rng rng;
    uint64_t deadline_us; /* machine time of its next EV_TIMER; 0: none */
    uint32_t device;      /* its number in the directory */
    /* Flash: survives power. */
    uint32_t ctl, itl, config; /* CT_LIST, CT_LIST, CT_CNF; 0: none */
    uint32_t lsc;              /* CT_CERT of the CAPF that issued its LSC; 0: it has a MIC alone */
    /* What the last boot refused, for explain: the decision is run again from these. */
    uint32_t refused[TRUST_HTTPS + 1]; /* by purpose: CTL, ITL, configuration, HTTPS; 0: none */
    struct trust_said refused_said;    /* what TVS said then */
    /* RAM. */
    struct trust_cached cache[TRUST_CACHE];
    struct trust_said said;
    uint32_t file;    /* under decision: CT_LIST, CT_FILE, or the CT_CERT of an HTTPS server */
    uint32_t attempt; /* fingerprint of the last attempt that did not register */
    uint16_t request; /* number of the request that it waits for */
    uint16_t service_request; /* an HTTPS handshake held while TVS is asked */
    uint16_t place;           /* index of its struct phone_place */
    uint8_t model;            /* index into model_table */
    uint8_t state;            /* enum phone_state */
    uint8_t fetching;         /* enum file_kind */
    uint8_t purpose;          /* enum trust_purpose of `file` */
    uint8_t after_service;    /* state to go back to */
    uint8_t tvs : 2;          /* index of the TVS server being asked */
    uint8_t server : 4;       /* index of the CallManager being tried, or registered at */
    uint8_t tftp : 1;         /* index of the TFTP server in use */
    uint8_t fails;            /* attempts to register in a row that failed */
    uint8_t lost;             /* FSM_BIT of each phone_function lost now */
    uint8_t boot;             /* what this boot saw: enum boot_bit */
    uint8_t cause;            /* enum restart_cause */
    uint8_t accepted_by[2];   /* enum trust_verdict by which CTL and ITL came to be held */
    uint8_t key;              /* enum key_press being served */
    bool idle;                /* its deadline is a retry that would end as the last one did */
    uint16_t point;           /* its own point of every interval, in 65536ths */
    uint16_t changes;         /* env->changes when its last attempt began */
};

/* Everything that a step may read. Borrowed for the call. */
struct phone_env {
    struct content *content;
    const struct knobs *knobs;
    const struct phone_place *places;
    uint64_t now_us;  /* machine time, from the start of the run */
    uint16_t changes; /* counts what a phone could depend on: services, content, links */
};

/* A phone that is off, with empty flash. */
void phone_init(struct phone *p, uint32_t device, uint8_t model, uint16_t place, uint64_t seed);
void phone_step(struct phone *p, const struct phone_env *env, const struct event *event,
                struct outbox *out);

/* Where a sleeping phone (idle) wakes once something changed: its own seeded point of the retry
 * interval, after `now_us`. */
uint64_t phone_wake_us(const struct phone *p, const struct knobs *k, uint64_t now_us);
/* Its own point of the keepalive interval, after `now_us`: when it sees that its server is gone. */
uint64_t phone_keepalive_us(const struct phone *p, const struct knobs *k, uint64_t now_us);

/* Identity of what decides its future: lists, configuration, cache, LSC, model, place. */
uint64_t phone_trust_hash(const struct phone *p, uint32_t now_s);

/* Which TVS servers and CallManagers its accepted configuration names. */
uint32_t phone_tvs_servers(const struct phone *p, const struct content *c);
/* Address of CallManager `index` it would register at; 0 past the last. */
uint32_t phone_server(const struct phone *p, const struct phone_env *env, uint32_t index);
bool phone_is_registered(const struct phone *p);

/* The chain of the last decision on what it refused: `purpose` is TRUST_CTL, TRUST_ITL,
 * TRUST_CONFIG or TRUST_HTTPS. False where it refused nothing of that kind. */
bool phone_explain(const struct phone *p, const struct phone_env *env, enum trust_purpose purpose,
                   struct trust_chain *chain, enum trust_verdict *verdict);

/* "Trust List update failed" in the dialect of the model; `file` is the name or "". */
void phone_status_text(enum status_message m, uint8_t model, const char *file, char out[160]);
const char *phone_cause_name(enum restart_cause cause);

/* Dotted address of a configuration as IPv4 in host order; 0 where it is none. */
uint32_t phone_address(const char *text);

#endif
