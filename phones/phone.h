/* A phone: plain data and a step function.  One event in, a bounded list of actions out; no clock,
 * no socket, no allocation, no randomness but its own stream.  A copy of the struct is a snapshot.
 * Called by drivers through sim/lab.c, by the search for remedies, by `--explain` and by tests. */
#ifndef CUCMLAB_PHONES_PHONE_H
#define CUCMLAB_PHONES_PHONE_H

#include "phones/knobs.h"
#include "phones/model.h"

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
    PHONE_CAPF,         /* a session with CAPF */
    PHONE_CAPF_WAIT,    /* CAPF did not answer: waits to try again */
    PHONE_STATES
};

/* How long a phone stays in a state where nothing happens. */
enum phone_wait {
    WAIT_EVER,
    WAIT_FIXED, /* knob `timer`, anew with each request */
    WAIT_DRAWN, /* between the knobs `timer` and `timer_to`, from its own stream */
    WAIT_RETRY /* `timer` after the first attempt that failed, doubled with each up to `timer_to` */
};

/* The requests that a phone may have open at a time. */
enum phone_goal {
    GOAL_WORK,    /* a file, a TVS or a CallManager, one after the other */
    GOAL_SERVICE, /* an HTTPS server or CAPF; its handshake is held while TVS is asked */
    GOALS
};

struct step;
enum next;

/* The machine as a table, one row a state.  The dispatcher CHECKs both masks: an event that a state
 * does not take, or a change to a state that it may not go to, is our own bug.  docs/STATES.md and
 * its picture are printed from these rows. */
struct phone_row {
    const char *name; /* as an administrator would say it */
    const char *doc;  /* one line */
    void (*enter)(struct step *s);
    enum next (*handle)(struct step *s, const struct event *event);
    uint32_t takes;          /* FSM_BIT of each enum event_type */
    uint32_t goes;           /* FSM_BIT of each state that may follow */
    uint8_t goal;            /* enum phone_goal: the request whose answer it takes */
    uint8_t wait;            /* enum phone_wait */
    uint8_t timer, timer_to; /* enum knob */
};

/* A row each, and behind them PHONE_ANY: what is so in every state, besides its own row. */
#define PHONE_ANY PHONE_STATES
extern const struct phone_row phone_states[PHONE_STATES + 1];

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
    STATUS_DOT1X_FAILED,
    STATUS_MESSAGES
};

/* Restart Cause and why a registration ended, as Cisco's phones name them. */
enum restart_cause {
    CAUSE_INITIALIZED,
    CAUSE_RESET_RESET,
    CAUSE_KEEPALIVE_TO,
    CAUSE_CM_CLOSED_TCP,
    CAUSE_FAILBACK,
    CAUSE_PHONE_KEYPAD,
    CAUSE_POWER,
    CAUSE_RESET_RESTART,
    CAUSES
};

/* What all phones of one place share: DHCP option 150. */
struct phone_place {
    uint32_t tftp[2]; /* IPv4, host order; 0: none */
};

/* Attempts at CAPF where it does not answer (documented: three, 30 seconds apart). */
#define CAPF_TRIES 3

/* Doublings of the wait between two attempts; the knob caps it long before. */
#define PHONE_FAILS 15

struct phone {
    struct rng rng;
    uint64_t deadline_us : 52; /* machine time of its next EVENT_TIMER; 0: none */
    uint64_t key : 2;          /* enum key_press being served */
    uint64_t capf : 2;         /* attempts of this boot at CAPF, CAPF_TRIES: no more */
    uint64_t model : 8;        /* index into model_table */
    uint64_t retry_us : 53;    /* when it tries to register again; 0: it does not wait for that */
    uint64_t purpose : 3;      /* enum trust_purpose of `offered` */
    uint64_t boot : 8;         /* what this attempt saw: enum boot_bit */
    /* Flash: survives power. */
    uint32_t ctl, itl, config; /* CT_LIST, CT_LIST, CT_CNF; 0: none */
    uint32_t lsc;              /* CT_CERT of the CAPF that issued its LSC; 0: it has none */
    /* What the last attempt refused, by purpose (CTL, ITL, configuration, HTTPS, CAPF), for
     * explain: the decision is run again from it.  CT_SAID where TVS was asked, else the thing; 0:
     * nothing. */
    uint32_t refused[TRUST_JUDGED];
    /* RAM. */
    struct trust_cached cache[TRUST_CACHE];
    uint32_t offered;        /* under decision: CT_LIST, CT_FILE or CT_CERT; CT_SAID about it */
    uint32_t attempt;        /* fingerprint of the last attempt that did not register */
    uint32_t told;           /* for CAPF, beside its configuration: CT_TEXT, a string that was
                                entered, or CT_CNF, the short file of an encrypted one; 0: nothing */
    uint16_t request[GOALS]; /* number of the one that is open; 0: none */
    uint16_t last_request;   /* number that was given last */
    uint16_t place;          /* index of the struct phone_place that it learned at its last boot */
    uint16_t dhcp;           /* of the one that it will learn at the next */
    uint16_t point;          /* its own point of every interval, in 65536ths */
    uint8_t state : 4;       /* enum phone_state */
    uint8_t fetching : 4;    /* enum file_kind asked for last */
    uint8_t lost : 7;        /* FSM_BIT of each phone_function lost now; none without power */
    bool idle : 1;           /* its deadline is a retry that would end as the last one did */
    uint8_t server : 4;      /* index of the CallManager being tried, or registered at */
    uint8_t tftp : 1;        /* index of the TFTP server in use */
    uint8_t ctl_by : 3;      /* enum trust_verdict by which the CTL came to be held */
    uint8_t fails : 4;       /* attempts to register in a row that failed, PHONE_FAILS at most */
    bool registered : 1;     /* at `server` */
    uint8_t itl_by : 3;      /* as ctl_by */
};

/* What lets phones into the network: the RADIUS server of the switches, the gateway of phone VPN.
 */
enum phone_gates { PHONE_DOT1X, PHONE_VPN, PHONE_GATES };
#define PHONE_GATE_CAS 64
struct phone_gate {
    uint32_t cas[PHONE_GATE_CAS]; /* CT_CERT of each CAPF whose LSCs it takes */
    uint32_t count;
    bool mics; /* it takes MICs */
    bool open; /* whom it refuses has the network all the same */
};

/* Everything that a step may read. Borrowed for the call. */
struct phone_env {
    struct content *content; /* what TVS said is added to it */
    const struct knobs *knobs;
    const struct phone_place *places;
    const struct phone_gate *gates; /* PHONE_GATES of them; NULL: none */
    uint64_t now_us;                /* machine time, from the start of the run */
    /* Since its attempt to register began, something that it could depend on changed, or luck had a
     * hand in it (a packet lost, a rush at a server): the same again may end otherwise. */
    bool hope;
    int64_t start_s; /* Unix seconds at machine time 0 */
    uint32_t key;    /* CT_KEY: the symmetric key that somebody typed at the phone; 0: none */
    int64_t ahead_s; /* of the phone's own clock: so much before the time, or less than 0 behind */
};

/* A phone that is off, with empty flash; `seed` and `device` give it luck of its own. */
void phone_init(struct phone *p, uint32_t device, uint8_t model, uint16_t place, uint64_t seed);
void phone_step(struct phone *p, const struct phone_env *env, const struct event *event,
                struct outbox *out);

/* Where a sleeping phone (idle) wakes once something changed: its own seeded point of the retry
 * interval, after `now_us`. */
uint64_t phone_wake_us(const struct phone *p, const struct knobs *k, uint64_t now_us);
/* When it sees that a server is gone that could not say so: its own point of the keepalive interval
 * of its protocol, after `now_us`, and as many more as must go unanswered. */
uint64_t phone_keepalive_us(const struct phone *p, const struct content *content,
                            const struct knobs *k, uint64_t now_us);

/* Identity of what decides its future: what its lists, configuration, cache and LSC mean, its
 * model, the addresses that DHCP gives it. */
uint64_t phone_hash(const struct phone *p, const struct phone_env *env);

/* Our own bug where the phone contradicts itself (CHECK).  After every step of a build with
 * CUCMLAB_ABORT. */
void phone_check(const struct phone *p, const struct phone_env *env);

/* May a phone in `from` go to `to`? `states` is the table above. */
static inline bool phone_may_go(const struct phone_row *states, enum phone_state from,
                                enum phone_state to)
{
    return ((states[from].goes | states[PHONE_ANY].goes) & FSM_BIT(to)) != 0;
}

/* Its accepted configuration; NULL: none. */
const struct cnf *phone_config(const struct phone *p, const struct content *c);
/* CNF_SIP or CNF_SCCP: that of its configuration where the model speaks it (XMLDefault.cnf.xml
 * names one for all models), else the model's own. */
uint8_t phone_protocol(const struct phone *p, const struct content *c);

/* Which TVS servers and CallManagers its accepted configuration names. */
uint32_t phone_tvs_servers(const struct phone *p, const struct content *c);
/* Address of CallManager `index` that it would register at, the last resort behind those of its
 * group; 0 past the last. */
uint32_t phone_server(const struct phone *p, const struct phone_env *env, uint32_t index);
bool phone_is_registered(const struct phone *p);
/* A list that it was given at its last attempt is larger than its model loads, and it does not
 * register for that. */
bool phone_is_overfed(const struct phone *p, const struct knobs *k);
/* Which of its pages somebody opened last; keys that were sent open none. */
enum key_press phone_page(const struct phone *p);
/* Its web server is on, and keys sent to it are pressed: by model and configuration. */
bool phone_takes_remote_keys(const struct phone *p, const struct content *c);
/* Its menu can be changed: "Settings Access" of its configuration is enabled. */
bool phone_settings_are_open(const struct phone *p, const struct content *c);
/* The keys of its model erase its lists; else it has to be reset to its factory settings. */
bool phone_erases_by_keys(const struct phone *p, const struct content *c);
/* Its configuration asks for TLS to CallManager. */
bool phone_is_secure(const struct phone *p, const struct content *c);
/* How it came to hold its CTL or ITL (TRUST_CTL, TRUST_ITL). */
enum trust_verdict phone_accepted_by(const struct phone *p, enum trust_purpose purpose);
/* What it shows in TLS and decrypts with, LSC before MIC (documented): CT_CERT, CONTENT_MIC, or
 * CONTENT_NOBODY where its model has no MIC. */
uint32_t phone_identity(const struct phone *p);
/* What tells it where CAPF is and how: its configuration, or the short file of an encrypted one
 * that it has not read yet; NULL: none. */
const struct cnf *phone_capf_config(const struct phone *p, const struct content *c);
/* What it proves itself to CAPF with, by the authentication mode of its configuration. */
uint32_t phone_capf_identity(const struct phone *p, const struct content *c);
/* What it shows at that gate is not taken; false too where it does not go there. */
bool phone_is_refused_at(const struct phone *p, const struct phone_env *env, enum phone_gates gate);
/* The gate that keeps it from any network; PHONE_GATES: none. */
enum phone_gates phone_cut_by(const struct phone *p, const struct phone_env *env);
/* Its configuration says that CAPF has something for it, and this attempt has not asked yet. */
bool phone_capf_is_due(const struct phone *p, const struct content *c);
struct trust_rules phone_rules(const struct knobs *k);
/* Its decision on `what`, as it holds things now; `said` is borrowed. */
struct trust_question phone_question(const struct phone *p, const struct phone_env *env,
                                     enum trust_purpose purpose, uint32_t what,
                                     const struct ct_said *said);

/* As it was when it refused the last thing of that purpose: the lists and the configuration that it
 * held then. */
struct phone phone_then(const struct phone *p, const struct phone_env *env,
                        enum trust_purpose purpose);
/* The chain of the last decision on what it refused: `purpose` is TRUST_CTL, TRUST_ITL,
 * TRUST_CONFIG or TRUST_HTTPS.  Returns what it refused (CT_LIST, CT_FILE, CT_CERT); 0 where it
 * refused nothing of that kind. */
uint32_t phone_explain(const struct phone *p, const struct phone_env *env,
                       enum trust_purpose purpose, struct trust_chain *chain,
                       enum trust_verdict *verdict);

/* Until when what TVS said of this certificate holds, or held, in seconds; 0: it remembers nothing
 * of it. */
uint32_t phone_remembers_until_s(const struct phone *p, const struct content *c, uint32_t cert);

/* "Trust List update failed" in the dialect of the model; `file` is the name or "". */
void phone_status_text(enum status_message m, uint8_t model, const char *file, char out[160]);
const char *phone_cause_name(enum restart_cause cause);

#endif
