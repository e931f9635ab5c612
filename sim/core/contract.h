/* The contract between machines and drivers (docs/ARCHITECTURE.md, "The contract").
 *
 * An event is one step of a machine: one event in, a bounded list of actions out, nothing called in
 * between.  A phone speaks in services, not packets: fetch this file, open that TVS, register
 * there.  Requests are numbered; an answer returns the number and a phone drops stale ones.  The
 * phone owns the deadlines: a driver delivers an answer, "refused", or nothing.
 *
 * Both drivers (sim/virt, sim/live) carry out the same actions and deliver the same events.  Pure.
 */
#ifndef CUCMLAB_CORE_CONTRACT_H
#define CUCMLAB_CORE_CONTRACT_H

#include "sim/core/content.h"

/* ---- files by their names ---- */

enum file_kind {
    FILE_CTL,         /* CTLSEP<MAC>.tlv */
    FILE_CTL_COMMON,  /* CTLFile.tlv */
    FILE_ITL,         /* ITLSEP<MAC>.tlv */
    FILE_ITL_COMMON,  /* ITLFile.tlv */
    FILE_CNF,         /* SEP<MAC>.cnf.xml; from here to FILE_DEFAULT_SGN: configurations */
    FILE_CNF_SGN,     /* SEP<MAC>.cnf.xml.sgn */
    FILE_CNF_ENC,     /* SEP<MAC>.cnf.xml.enc.sgn */
    FILE_DEFAULT,     /* XMLDefault.cnf.xml */
    FILE_DEFAULT_SGN, /* XMLDefault.cnf.xml.sgn */
    FILE_LOCALE,      /* <network locale>/g3-tones.xml */
    FILE_LOCALE_SGN,
    FILE_RINGLIST, /* ringlist.xml */
    FILE_RINGLIST_SGN,
    FILE_KINDS
};

/* Writes the name, e.g. "ITLSEP0011215A1AE3.tlv"; `locale` as the configuration names it ("" is
 * English_United_States).  Returns its length; out has room for 128 bytes. */
size_t file_name(enum file_kind kind, const char *device, const char *locale, char out[128]);
/* The kind that a name asks for; `device` gets the device name inside it or "", `locale` likewise
 * (both room for 64).  False for a name that no node serves. */
bool file_parse(struct view name, enum file_kind *kind, char device[64], char locale[64]);

/* ---- events: what reaches a phone ---- */

enum event_type {
    EVENT_POWER_ON,
    EVENT_POWER_OFF,
    EVENT_RESET,       /* CUCM asks for it; a: enum reset_kind; RESET_APPLY: b: the configuration
                          (CT_CNF) that it has for the phone now */
    EVENT_TIMER,       /* the deadline that the phone set is due */
    EVENT_FILE,        /* a: content of the file; b: its length in bytes */
    EVENT_NO_FILE,     /* the server answered that it has no such file */
    EVENT_REFUSED,     /* nobody listens there: the service is stopped (an address that no node
                       has gives no answer at all) */
    EVENT_TLS_CERT,    /* a: the certificate that the server showed; the handshake waits for
                       ACT_TLS_ACCEPT or ACT_TLS_REFUSE */
    EVENT_TLS_OPEN,    /* the handshake that was accepted is done: what was wanted may be asked */
    EVENT_TVS_REPLY,   /* a: certificate (query; 0 where not trusted); b: time to live in seconds;
                       roles: bit set; status */
    EVENT_REGISTERED,  /* by the server asked */
    EVENT_REJECTED,    /* a: enum reject_reason */
    EVENT_SERVER_LOST, /* a: enum server_gone: the CallManager where it is registered is gone */
    EVENT_PAGE,        /* an HTTPS service answered with its page */
    EVENT_PRESS,       /* somebody pressed Directories (a: enum key_press), or sent keys over the
                          network; b: those that need no authentication URL */
    EVENT_ERASE,       /* somebody deletes CTL and ITL with the keys of the model */
    EVENT_FACTORY,     /* somebody resets it to its factory settings */
    EVENT_SERVER_BACK, /* a: index of a CallManager that comes before its own in the group, answers
                          again and would take it back */
    EVENT_CAPF,        /* the next message of CAPF: b: enum capf_says; a: bits of the key, the LSC
                          (CT_CERT) to be stored, or at the end enum capf_reason */
    EVENT_CAPF_STRING, /* somebody entered an authentication string (a: CT_TEXT) */
    EVENT_TYPES
};

/* How a phone starts again that CallManager asks to: from power on; without being shut down, and
 * RAM and lease are kept; or so where its configuration is another, and else not at all. */
enum reset_kind { RESET_RESET, RESET_RESTART, RESET_APPLY };

/* A CallManager that is stopped or restarted closes its connections, and each phone hears it at
 * once (documented); one that crashed, or whose link is down, says nothing: the phone finds out by
 * its next keepalive. */
/* Silent: keepalives have no answer.  Refused: it does not renew the registration, which no node of
 * a lab does. */
enum server_gone { SERVER_SILENT, SERVER_CLOSED, SERVER_REFUSED, SERVER_GONE };

/* What CAPF wants of a phone: a new key; its certificate stored; its certificates shown; its LSC
 * deleted; or nothing more. */
enum capf_says { CAPF_SAYS_KEY, CAPF_SAYS_STORE, CAPF_SAYS_FETCH, CAPF_SAYS_DELETE, CAPF_SAYS_END };

enum reject_reason {
    REJECT_NONE,
    REJECT_UNKNOWN_DEVICE, /* not in the database, no auto-registration */
    REJECT_LSC,      /* TLS: the phone's certificate is from no CAPF that this cluster trusts */
    REJECT_SECURITY, /* transport does not fit the device security profile */
    REJECT_GROUP,    /* its CallManager group does not name this node */
    REJECT_DATES,    /* TLS: the phone's certificate, or its CAPF's, is not within its time */
    REJECT_OTHER,    /* a server that is none of ours says no, and not why: SIP 503, 401 */
    REJECT_REASONS
};

/* KEY_ERASE: those of the model that erase CTL and ITL, sent over the network. */
enum key_press { KEY_DIRECTORIES, KEY_SERVICES, KEY_ERASE };

struct event {
    uint8_t type;   /* enum event_type */
    uint8_t status; /* EVENT_TVS_REPLY: 0 trusted, 1 not */
    uint16_t request;
    uint32_t roles; /* EVENT_TVS_REPLY: ROLE_BIT of each role */
    uint32_t a, b;
};

/* Sets: of roles (0 to 31), of events, states and functions. */
#define ROLE_BIT(role) (1u << (role))
#define FSM_BIT(n)     (1u << (n))

/* ---- actions: what a phone asks of its driver ---- */

/* A connection by TLS is three actions: ..._OPEN begins it, ACT_TLS_ACCEPT goes on with the
 * handshake once the certificate that came (EVENT_TLS_CERT) was judged, and at EVENT_TLS_OPEN what
 * is wanted there is asked, all under one request number. */
enum action_type {
    ACT_FETCH,      /* kind: enum file_kind; server; a: enum fetch_order */
    ACT_TVS_OPEN,   /* server: connect by TLS */
    ACT_CCM_OPEN,   /* server; a: the LSC (CT_CERT) or CONTENT_MIC */
    ACT_HTTPS_OPEN, /* server */
    ACT_TLS_ACCEPT, /* server: go on with the handshake that EVENT_TLS_CERT holds; of one that may
                       have been held while others were asked, b: what opened it */
    ACT_TLS_REFUSE, /* break it off */
    ACT_TVS_QUERY,  /* a: CT_SIGNER looked for; b: the CT_CERT whose names the file's header has */
    ACT_TVS_VERIFY, /* a: CT_CERT that an HTTPS server showed */
    ACT_REGISTER,   /* server; kind: enum transport (TRANSPORT_TCP connects by itself); a: the LSC
                       (CT_CERT) or CONTENT_MIC */
    ACT_HTTPS_GET,  /* server: the page; kind: enum transport, for an administrator may have made
                       the secured URL a plain HTTP one (TRANSPORT_TCP connects by itself) */
    ACT_CAPF_OPEN,  /* server: connect by TLS */
    ACT_CAPF_AUTH,  /* a: what it proves itself with, an LSC (CT_CERT), CONTENT_MIC, or
                       CONTENT_NOBODY; b: authentication string (CT_TEXT), 0: none */
    ACT_CAPF_KEY,   /* its new key is made */
    ACT_CAPF_DONE, /* what CAPF said last is done: b: enum capf_says; a: the LSC that was stored, or
                      what it has to show, as in ACT_CAPF_AUTH */
    ACT_CANCEL,    /* request: no answer is wanted any more */
    ACT_UNREGISTER, /* it leaves the CallManager where it is registered */
    ACT_NOTE        /* kind: enum note; a, b: what it says */
};

enum fetch_order { FETCH_TFTP, FETCH_HTTP_TFTP };
enum transport { TRANSPORT_TCP, TRANSPORT_TLS };

struct action {
    uint8_t type; /* enum action_type */
    uint8_t kind;
    uint16_t request;
    uint32_t server; /* IPv4, host order, or the number of a name (text_host()) */
    uint32_t a, b;
};

/* What a phone lets others know: the trace, the report and the phone's own status log read these.
 */
enum note {
    NOTE_STATE,        /* a: new state, b: old one (enum phone_state) */
    NOTE_STATUS,       /* a: enum status_message, b: file kind or 0 */
    NOTE_ACCEPTED,     /* a: file, b: enum trust_verdict */
    NOTE_REFUSED_FILE, /* a: file, b: file kind */
    NOTE_TVS,          /* a: index of the TVS server, b: enum tvs_outcome */
    NOTE_LOST,         /* a: enum phone_function */
    NOTE_REGAINED,     /* a: enum phone_function */
    NOTE_REGISTERED,   /* a: index of the server in the group */
    NOTE_REJECTED,     /* a: enum reject_reason, b: index of the server */
    NOTE_UNREGISTERED, /* a: enum restart_cause */
    NOTE_SERVICE,      /* a: key, b: 1 answered, 0 failed ("Host Not Found") */
    NOTE_CAPF,         /* a: enum capf_outcome */
    NOTE_KINDS
};

/* What became of a session with CAPF. */
enum capf_outcome {
    CAPF_INSTALLED,
    CAPF_DELETED,
    CAPF_SHOWN,       /* troubleshoot */
    CAPF_NOTHING,     /* it has no operation for this phone */
    CAPF_REFUSED,     /* it ended the session */
    CAPF_UNTRUSTED,   /* its certificate is trusted by no list and no TVS */
    CAPF_UNREACHABLE, /* nobody listens, or no answer came */
    CAPF_OUTCOMES
};

/* What a phone can lose (docs/ARCHITECTURE.md). */
enum phone_function {
    FUNCTION_REGISTRATION,
    FUNCTION_CONFIGURATION,
    FUNCTION_TRUST_LIST,
    FUNCTION_SECURE_SERVICES,
    FUNCTION_DOT1X,
    FUNCTION_VPN,
    FUNCTION_COMMON_FILES, /* ring list and locale */
    FUNCTIONS
};

#define OUTBOX_ACTIONS 16 /* more from one step is our own bug */

struct outbox {
    struct action actions[OUTBOX_ACTIONS];
    uint32_t count;
};

void outbox_put(struct outbox *out, struct action action); /* CHECKs the bound */

#endif
