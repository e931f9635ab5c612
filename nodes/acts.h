/* What an administrator does to a cluster, or somebody to a phone, as data: a kind and its
 * arguments.  One table says of each kind its name, CUCM's own words, its arguments by type, the
 * versions that have it, what it touches and whether it can be tried as a remedy.  The scenario
 * language, the trace, the editor types, the pages and the search for remedies read that table.
 *
 * A new act is a line of ACT_LIST and, in the acts_AREA.c that it belongs to, a row and a function;
 * what it does to phones and network is in sim/lab_act.c.  Pure. */
#ifndef CUCMLAB_NODES_ACTS_H
#define CUCMLAB_NODES_ACTS_H

#include "nodes/model.h"

/* Every kind of act: DO_REGENERATE, and its row, act_regenerate.  A new one is a line here, and a
 * row and a function in the acts_AREA.c that it belongs to. */
#define ACT_LIST(X)                                                                                \
    X(REGENERATE, regenerate)                                                                      \
    X(GENERATE, generate)                                                                          \
    X(CSR, csr)                                                                                    \
    X(INSTALL, install)                                                                            \
    X(FIPS_ENABLE, fips_enable)                                                                    \
    X(FIPS_DISABLE, fips_disable)                                                                  \
    X(WEB_SECURITY, web_security)                                                                  \
    X(HOSTNAME, hostname)                                                                          \
    X(DOMAIN, domain)                                                                              \
    X(ADDRESS, address)                                                                            \
    X(RESTORE, restore)                                                                            \
    X(REBUILD, rebuild)                                                                            \
    X(PREVIOUS_ITL, previous_itl)                                                                  \
    X(INSTALL_UPGRADE, install_upgrade)                                                            \
    X(REMOVE, remove)                                                                              \
    X(REBOOT, reboot)                                                                              \
    X(SHUT_DOWN, shut_down)                                                                        \
    X(SWITCH_ON, switch_on)                                                                        \
    X(DBREPLICATION_STOP, dbreplication_stop)                                                      \
    X(DBREPLICATION_RESET, dbreplication_reset)                                                    \
    X(START, start)                                                                                \
    X(STOP, stop)                                                                                  \
    X(RESTART, restart)                                                                            \
    X(ACTIVATE, activate)                                                                          \
    X(DEACTIVATE, deactivate)                                                                      \
    X(UPLOAD, upload)                                                                              \
    X(DELETE, delete)                                                                              \
    X(SAVE_ITLRECOVERY, save_itlrecovery)                                                          \
    X(DELETE_CTL, delete_ctl)                                                                      \
    X(BULK_SFTP, bulk_sftp)                                                                        \
    X(BULK_EXPORT, bulk_export)                                                                    \
    X(BULK_CONSOLIDATE, bulk_consolidate)                                                          \
    X(BULK_IMPORT, bulk_import)                                                                    \
    X(NODE_LINK, node_link)                                                                        \
    X(BLOCK, block)                                                                                \
    X(OPEN, open)                                                                                  \
    X(SITE_LINK, site_link)                                                                        \
    X(NODE_DNS, node_dns)                                                                          \
    X(SITE_DNS, site_dns)                                                                          \
    X(SET, set)                                                                                    \
    X(TVS_TTL, tvs_ttl)                                                                            \
    X(REUSE_CERTIFICATE, reuse_certificate)                                                        \
    X(BACKUP, backup)                                                                              \
    X(UPGRADE, upgrade)                                                                            \
    X(SWITCH_VERSION, switch_version)                                                              \
    X(SERVICES_URL, services_url)                                                                  \
    X(ADD_NODE, add_node)                                                                          \
    X(CHANGE_GROUP, change_group)                                                                  \
    X(CHANGE_POOL, change_pool)                                                                    \
    X(CTL_MIXED_MODE, ctl_mixed_mode)                                                              \
    X(CTL_NON_SECURE_MODE, ctl_non_secure_mode)                                                    \
    X(CTL_UPDATE, ctl_update)                                                                      \
    X(CTL_RESET_LOCALKEY, ctl_reset_localkey)                                                      \
    X(ITL_RESET_LOCALKEY, itl_reset_localkey)                                                      \
    X(ITL_RESET_REMOTEKEY, itl_reset_remotekey)                                                    \
    X(CTL_CLIENT, ctl_client)                                                                      \
    X(ADD_CTL_TFTP, add_ctl_tftp)                                                                  \
    X(LOSE_TOKEN, lose_token)                                                                      \
    X(REMOTE_TFTP_ADD, remote_tftp_add)                                                            \
    X(REMOTE_TFTP_DELETE, remote_tftp_delete)                                                      \
    X(RESET_ALL, reset_all)                                                                        \
    X(RESET_POOL, reset_pool)                                                                      \
    X(RESET_GROUP, reset_group)                                                                    \
    X(POWER, power)                                                                                \
    X(RESET, reset)                                                                                \
    X(RESTART_PHONES, restart_phones)                                                              \
    X(APPLY_CONFIG, apply_config)                                                                  \
    X(PRESS, press)                                                                                \
    X(SYMMETRIC_KEY, symmetric_key)                                                                \
    X(TYPE_KEY, type_key)                                                                          \
    X(SEND_KEYS, send_keys)                                                                        \
    X(THIRD_PARTY_KEYS, third_party_keys)                                                          \
    X(DELETE_TRUST_LIST, delete_trust_list)                                                        \
    X(FACTORY_RESET, factory_reset)                                                                \
    X(UNPLUG, unplug)                                                                              \
    X(MOVE, move)                                                                                  \
    X(SET_PHONES, set_phones)                                                                      \
    X(INSERT, insert)                                                                              \
    X(EMCC_LOGIN, emcc_login)                                                                      \
    X(EMCC_LOGOUT, emcc_logout)                                                                    \
    X(DELETE_PHONES, delete_phones)                                                                \
    X(PHONE_LINK, phone_link)                                                                      \
    X(SITE, site)                                                                                  \
    X(NODE_CLOCK, node_clock)                                                                      \
    X(PHONE_CLOCK, phone_clock)                                                                    \
    X(INSTALL_LSC, install_lsc)                                                                    \
    X(DELETE_LSC, delete_lsc)                                                                      \
    X(TROUBLESHOOT_LSC, troubleshoot_lsc)                                                          \
    X(ENTER_STRING, enter_string)                                                                  \
    X(RADIUS_ADD, radius_add)                                                                      \
    X(RADIUS_REMOVE, radius_remove)                                                                \
    X(DOT1X_OPEN, dot1x_open)                                                                      \
    X(DOT1X_CLOSED, dot1x_closed)                                                                  \
    X(GATEWAY_ADD, gateway_add)                                                                    \
    X(GATEWAY_REMOVE, gateway_remove)                                                              \
    X(DELETE_MIC_CA, delete_mic_ca)                                                                \
    X(UPLOAD_MIC_CA, upload_mic_ca)

#define ACT_KIND(kind, row) DO_##kind,
#define ACT_ROW(kind, row)  &act_row_##row,

enum act_kind { ACT_LIST(ACT_KIND) ACTS };

_Static_assert(ACTS <= CLUSTER_ACTS, "a cluster remembers each kind that was done");

enum act_scope { ON_NODE, ON_CLUSTER, ON_PHONES };

/* ---- arguments ---- */

enum arg_type {
    ARG_NONE,
    ARG_OWN,     /* enum own: "CallManager" */
    ARG_SERVICE, /* enum service: "Cisco Tftp" */
    ARG_STORE,   /* enum store, a trust store: "CAPF-trust" */
    ARG_CERT,    /* CT_CERT, by common name and serial number: "pub/5A01..."; or CERT_OWN_NOW() */
    ARG_PARAM,   /* enum param: "rollback" */
    ARG_VALUE,   /* of the parameter before it, in its own unit */
    ARG_TIME,    /* microseconds: "1500us" */
    ARG_PPM,     /* of a million: "25000ppm" */
    ARG_NUMBER,
    ARG_SECONDS,   /* "60s" */
    ARG_FLAG,      /* "yes", "no" */
    ARG_POWER,     /* "on", "off" */
    ARG_KEY,       /* enum key_press: "Directories" */
    ARG_SERVER,    /* IPv4 in host order, 0 none: "127.0.0.11", "none" */
    ARG_POOL,      /* index of a device pool */
    ARG_SPREAD,    /* whom a certificate is for: 0 "self", 1 "multi-server" */
    ARG_KEY_TYPE,  /* 0 as the version does it: "standard"; enum key_type + 1: "RSA-2048" */
    ARG_YEARS,     /* "5y"; 0 as the version does it */
    ARG_SPAN,      /* seconds, up to a century: "86400s" */
    ARG_TEXT,      /* CT_TEXT: a name */
    ARG_ADDRESS,   /* IPv4 in host order: "127.0.0.40" */
    ARG_NTH,       /* the first, the second: 0 the first */
    ARG_VERSION,   /* index of version_table: "12.5" */
    ARG_NODE,      /* number + 1 of a node of the cluster, 0 none: "sub1", "none" */
    ARG_GROUP,     /* index of a CallManager group */
    ARG_SETTING,   /* enum setting, of phones: "web_access" */
    ARG_CHOICE,    /* what the setting before it is to be: "enabled" */
    ARG_STRING,    /* CT_TEXT, 0 "none": an authentication string */
    ARG_CAPF_MODE, /* "By Null String" */
    ARG_MIC_CA,    /* enum mic_ca: "Cisco_Manufacturing_CA" */
    ARG_TASK,      /* enum client_task: "mixed-mode" */
    ARG_TOKEN,     /* CT_CERT of a security token; 0 "none" */
    ARG_BULK,      /* enum bulk_unit: "all", "tftp" */
    ARG_SECURITY,  /* device security mode: 0 "non-secure" */
    ARG_PORT,      /* enum port: "TVS" */
    ARG_SITE,      /* CT_TEXT: the name of a site; 0 "everybody" */
    ARG_TYPES
};

/* What the CTL client is run for. */
enum client_task { CLIENT_MIXED, CLIENT_NON_SECURE, CLIENT_UPDATE };

#define ACT_ARGS       7
#define ACT_CAPF_MODES 4

struct act_arg {
    uint8_t type;     /* enum arg_type; ARG_NONE behind the last */
    const char *name; /* "certificate", "delay" */
};

struct act {
    uint8_t kind; /* enum act_kind */
    uint8_t node; /* ON_NODE: where */
    uint64_t arg[ACT_ARGS];
};

/* ---- the table ---- */

/* What an act changes: what has to be worked out anew behind it. */
enum act_touches {
    TOUCHES_CERTIFICATES = 1, /* rows of the database, own certificates */
    TOUCHES_LISTS = 2,
    TOUCHES_CONFIG = 4, /* configuration files of phones */
    TOUCHES_SERVICES = 8,
    TOUCHES_NETWORK = 16,
    TOUCHES_PHONES = 32,
    TOUCHES_BACKUPS = 64, /* which nothing but a restore looks at */
    TOUCHES_REMOTES = 128 /* whom a central TFTP asks */
};

/* What somebody must have to do it. */
enum act_needs { NEEDS_NOTHING, NEEDS_HANDS, NEEDS_KEY, NEEDS_BACKUP, NEEDS_PEER };

/* Who must not be shut down.  Where a row says nothing: the node of an act on a node; the publisher
 * where a cluster's database or backups are written (documented: the other nodes only read it). */
enum act_power {
    POWER_BY_SCOPE,
    POWER_NONE,      /* whoever runs: networks, power itself, what users may do at any node */
    POWER_PUBLISHER, /* the publisher, whatever becomes of the node */
    POWER_BOTH,      /* that node and the publisher */
    POWER_ALL        /* every node */
};

/* What an exchange with another cluster does next. */
enum act_step { STEP_END, STEP_NOTHING, STEP_HERE, STEP_AT_PEER };

/* An act as a remedy: tried in every state of the clusters in which it is `useful`, with every
 * argument with which it is; then the services that `then` says are restarted on every node, where
 * this version does not do it by itself.  In
 * the words `{0}` is its first argument, `{node}` the node, "every node", or the publisher,
 * `{peer}` the cluster that its certificate is from, `{servers}` all its servers. */
struct act_remedy {
    uint8_t narrow;           /* tried in this order, 1 first; 0: never tried */
    uint8_t needs;            /* enum act_needs */
    const char *name, *title; /* stable "restart-services"; of a column "restart services" */
    const char *how;          /* what an administrator does, in CUCM's own words */
    const char *everything; /* with all that is useful of it at once; NULL: never tried like that */
    bool (*useful)(const struct cluster *cl, const struct act *act); /* NULL: always */
    /* SERVICE_BIT of each; NULL: nothing */
    uint32_t (*then)(const struct cluster *cl, const struct act *act);
    /* The arguments it is tried with where they are no closed set; the i-th, false past the last */
    bool (*choice)(const struct cluster *cl, uint32_t i, struct act *act);
    /* With another cluster, all of it at once: the i-th act of it.  Then it is tried with each
     * peer, whose CallManager certificate is its second argument, and ends at what is refused. */
    enum act_step (*exchange)(const struct cluster *cl, const struct cluster *peer, uint32_t i,
                              uint64_t now_us, struct act *act);
    /* Phone by phone: dearer than any act on the cluster or the network, cheaper than hands. */
    bool dear;
    bool awake; /* on phones: it reaches one that has booted, as far as it gets */
    /* A way round, that leaves something off: named where nothing else helps; NULL: it is none. */
    bool (*gives_up)(const struct act *act);
    const char *never; /* narrow is 0: why it is never tried, in words */
};

struct act_row {
    const char *name;  /* in the language of scenarios and the trace: "ctl update" */
    const char *words; /* CUCM's own: a command, or a page and its button */
    uint8_t scope;     /* enum act_scope */
    bool spread;       /* on phones: may be spread evenly over a time */
    bool of_cluster;   /* on phones: in the database of a cluster that is named beside them */
    uint8_t power;     /* enum act_power: who must not be shut down */
    bool resets;       /* CallManager has phones that are registered start again, one by one */
    struct act_arg args[ACT_ARGS];
    uint8_t touches;                      /* enum act_touches */
    bool (*has)(const struct version *v); /* NULL: every version has it */
    const char *since;                    /* in words, where not every version has it */
    const char *after; /* of what resets phones, or hands do to them: what they came back after */
    void (*run)(struct cluster *cl, const struct act *act, uint64_t now_us);
    /* The one place that says whether it can be done, and if not, why; NULL: always. */
    bool (*can)(const struct cluster *cl, const struct act *act, uint64_t now_us, struct err *e);
    const char *doc;
    const char *warns;  /* what the page or the CLI warns of, in its own words, `{0}` the first
                           argument (documented or observed); NULL: no source has any */
    const char *others; /* whom it concerns besides phones, and what has to be done; NULL: nobody */
    struct act_remedy remedy;
};

extern const struct act_row *const act_table[ACTS];

#define ACT_EXTERN(kind, row) extern const struct act_row act_row_##row;
ACT_LIST(ACT_EXTERN)

uint32_t act_arg_count(enum act_kind kind);

/* What an argument of a closed set may be, by the names that it is shown with; returns how many,
 * 0 where the type is no closed set. */
#define ACT_WORDS 64
uint32_t act_words(enum arg_type type, const char *words[ACT_WORDS]);
/* One of them, or another name that CUCM has for it. */
bool act_word(const char *text, enum arg_type type, uint64_t *value);

/* "regenerate CallManager", "link delay=5000us ... down=yes": what act_parse() reads.  The last
 * argument may hold blanks. */
#define ACT_TEXT    300
#define ACT_LETTERS 280 /* of one argument at most: an organisation in full */
void act_print(const struct cluster *cl, const struct act *act, char out[ACT_TEXT]);
/* One of its arguments in the same words. */
void act_print_arg(const struct cluster *cl, const struct act *act, uint32_t i, char out[ACT_TEXT]);
/* One argument back. */
bool act_parse_arg(const struct cluster *cl, enum arg_type type, const char *text, uint64_t *value);
/* The same back, on `node` where the scope is ON_NODE; the error says what was expected. */
bool act_parse(const struct cluster *cl, enum act_scope scope, uint32_t node, const char *text,
               struct act *act, struct err *e);

/* ---- doing ---- */

/* Whether it can be done now, and if not, why: wrong arguments, not in this version, no such thing.
 * Acts on phones and on the network are checked as far as the cluster knows. */
bool cluster_can(const struct cluster *cl, const struct act *act, uint64_t now_us, struct err *e);
/* Does an act that has a run(): checks, does, and forgets what it made out of date.  All or
 * nothing.
 */
bool cluster_do(struct cluster *cl, const struct act *act, uint64_t now_us, struct err *e);

/* What an act on phones writes into the row of one of them: DO_INSTALL_LSC, DO_DELETE_LSC,
 * DO_TROUBLESHOOT_LSC. */
bool acts_order(struct cluster *cl, uint32_t device, const struct act *act, uint64_t now_us,
                struct err *e);

/* All acts of this kind that could help now (`remedy.useful`), in the order of nodes and arguments,
 * as far as the cluster knows: what peers, links and phones offer is found by sim/predict/try.
 * Returns how many there are; writes at most `most`. */
uint32_t act_candidates(const struct cluster *cl, enum act_kind kind, uint64_t now_us,
                        struct act *out, uint32_t most);

#endif
