/* The lab: builds clusters and fleets, wires them to a driver, keeps the steps of the scenario and
 * what each phone lost.  Called by sim/script, sim/session, sim/predict, sim/report and tests.
 * Everything is in integer microseconds from the start of the run. */
#ifndef CUCMLAB_LAB_H
#define CUCMLAB_LAB_H

#include "nodes/acts.h"
#include "nodes/cluster.h"
#include "nodes/config.h"
#include "nodes/network.h"
#include "nodes/services.h"
#include "nodes/serve.h"
#include "phones/phone.h"
#include "sim/bytes/forge.h"
#include "sim/core/date.h"
#include "sim/core/driver.h"
#include "sim/lab_observe.h"
#include "sim/virt/virt.h"

#define LAB_CLUSTERS 8
#define LAB_STEPS    1000

#define LAB_PHONES_MOST 4000000u /* of one fleet */
/* Acts on phones at one instant, and what the driver may hold for later (some 40 bytes each) where
 * acts add to it. */
#define LAB_ACTS_LEAST   100000u
#define LAB_ACTS_A_PHONE 64u
#define LAB_ACTS_MOST    20000000u

struct lab_step {
    char name[96];
    uint64_t start_us, end_us; /* end: when it was over (0 while it runs) */
};

/* What one phone lost, for phones that ever lost something. */
struct lab_loss {
    uint64_t since_us[FUNCTIONS]; /* while lost */
    uint64_t total_us[FUNCTIONS]; /* of losses that are over */
    uint64_t ended_us[FUNCTIONS]; /* when the last of them was */
    uint16_t step[FUNCTIONS];     /* the step after which it was (last) lost; 0: before any */
    uint64_t first_us[FUNCTIONS]; /* when it was lost for the first time */
    uint16_t first_step[FUNCTIONS];
    uint8_t ever; /* FSM_BIT of each function that was lost at some time */
    uint8_t open; /* lost now */
    uint8_t cut;  /* of those that ended: because the phone was switched off */
};

/* Beside each phone: small, for a million of them.  Times have 54 bits, 570 years. */
struct lab_cold {
    uint64_t since_us : 54; /* since when it is out of service, or in service */
    uint64_t step : 10;     /* out of service: the step in which that began */
    uint64_t loss : 29;     /* index + 1 into losses; 0: never lost anything */
    uint64_t absent : 1;    /* it has a name and a row in the database, and nothing comes to it */
    uint64_t node : 11;     /* cluster << 8 | node + 1 where it is registered; 0: nowhere */
    uint64_t lower : 1;     /* others come before that one in its group */
    uint64_t epoch : 16;    /* of CallManager there, then (low bits) */
    uint64_t out : 1;       /* it was in service and is not: its server is gone, it boots, ... */
    uint64_t served : 1;    /* it was in service at some time: to boot is an outage */
    uint64_t told : 1;      /* the loss of that server is on its way to it */
    uint64_t back : 1;      /* so is that a better one answers again */
    uint64_t hope : 1;      /* as in struct phone_env */
    uint64_t booted : 1;    /* a boot brought it where it is, and no failover since */
};
_Static_assert(sizeof(struct lab_cold) == 16, "what a phone costs");
_Static_assert(LAB_STEPS < 1 << 10 && (LAB_CLUSTERS << 8) <= 1 << 11, "fields of struct lab_cold");

/* One phone in one step; read by sim/lab_outage.h. */
struct lab_outage_entry {
    uint32_t phone;
    uint32_t before;  /* index + 1 of its entry for an earlier step; 0: none */
    uint64_t us : 54; /* of outages that are over */
    uint64_t step : 10;
    uint64_t longest_us; /* of these */
    uint16_t times, reboots;
    uint8_t failovers, failbacks;
    uint16_t from : 11; /* as `node` above: the server that it lost, until another one takes it */
    uint16_t lost : 1;  /* no server took it at first */
};
_Static_assert(sizeof(struct lab_outage_entry) == 32, "what a phone that was out costs");

/* What few phones have: a clock that is wrong, a symmetric key that somebody typed in. */
struct lab_clock {
    int64_t ahead_s;
    bool own;     /* by itself (NTP), whatever its CallManager says */
    uint32_t key; /* CT_KEY; 0: none */
};

/* A user of another cluster who is logged in at a phone. */
struct lab_visit {
    uint16_t dhcp; /* what DHCP option 150 says there: the phone looks elsewhere meanwhile */
    uint8_t home;  /* his cluster + 1; 0: nobody is logged in */
};

/* A cluster-wide reset on its way through the phones, one after the other. */
struct lab_sweep {
    uint32_t next;  /* phone that is looked at next */
    uint64_t at_us; /* when; 0: no reset is under way */
};

struct lab_fleet {
    uint8_t cluster;
    uint32_t first, count; /* device numbers */
    char name[CLUSTER_NAME];
};

/* A fact that has another value than it would have, whatever the scenario says of it: what the
 * result rests on is tried by running again with one turned. */
enum lab_facts { LAB_NO_FACT, LAB_KNOB, LAB_PARAM, LAB_COST };
struct lab_turn {
    uint8_t facts;   /* enum lab_facts: which table */
    uint8_t cluster; /* + 1: a parameter of that one alone; 0: of all */
    uint32_t index;
    uint64_t value;
};

struct recall;

struct lab_options {
    uint64_t seed;         /* luck: delays, losses, order */
    uint64_t identity;     /* who: keys, serial numbers, names */
    int64_t start_s;       /* Unix seconds at time 0; default 2025-01-06 06:00:00 UTC */
    int32_t offset_s;      /* of the clock that dates are told in, from UTC */
    bool dated;            /* somebody said when it starts: lab_start() */
    bool bytes;            /* real bytes at every hop */
    const char *cache_dir; /* of keys; NULL: none */
    bool looks;     /* somebody looks at bytes besides: foreign certificates have stand-ins */
    bool strangers; /* a list known by its hash alone holds certificates that nobody has, not those
                       that are known by its names */
    struct lab_turn turn; /* none: all 0 */
    /* The phones that are there, by device number, in order; the others are absent.  NULL: all. */
    const uint32_t *only;
    uint32_t only_count;
    uint32_t network; /* 127.x.0.0, host order, in which all nodes are; 0: 127.0.0.0 */
    bool live;        /* no driver is made: the caller attaches one (sim/live) with lab_attach() */
    bool alone;       /* live: no cluster; its phones ask servers that are none of its nodes */
    /* What searches for ways came to, shared with other labs (sim/predict/recall.h); NULL: none.
     * Nothing of the lab itself depends on it. */
    struct recall *recall;
};

/* Shared by a lab and its forks, never changed but by growing; freed with the last of them. */
struct lab_base {
    uint32_t refs;
    struct lab_options options;
    struct content *content;
    struct forge *forge;
    uint64_t tried;    /* events of forks and trials that are over, and their phones */
    uint32_t *lengths; /* of files, by content, for names SEP<MAC>; 0: not known */
    uint32_t length_cap;
    struct lab_found_all *found; /* NULL: nothing was found (sim/lab_found.h) */
};

/* Names of phones: shared until one of the labs that share them adds some. */
struct lab_names {
    uint32_t refs;
    struct device_dir dir;
};

/* What decides how it goes on, with what the driver has in flight: a fork has a copy of all of it.
 */
struct lab_state {
    struct knobs knobs;
    uint64_t params[PARAMS]; /* what a new cluster begins with */
    uint64_t costs[COSTS];
    struct cluster clusters[LAB_CLUSTERS];
    struct sftp sftp; /* outside the clusters: where they exchange certificates */
    struct lab_sweep sweeps[LAB_CLUSTERS];
    uint32_t cluster_count;
    struct lab_names *names;
    struct lab_fleet *fleets;
    uint32_t fleet_count, fleet_cap;
    struct phone *phones; /* by device number */
    struct lab_cold *cold;
    uint32_t phone_count;
    struct phone_place *dhcp; /* what option 150 says at each place */
    uint32_t dhcp_count, dhcp_cap;
    struct phone_gate gates[PHONE_GATES]; /* of all clusters together: one RADIUS server, one VPN */
    struct lab_clock *clocks; /* by phone, from the first that has one on; sim/lab_clock.c */
    uint32_t clock_count, clock_cap;
    struct lab_visit *visits; /* by phone, from the first login on; sim/lab_emcc.c */
    uint32_t visit_count, visit_cap;
    int64_t *offsets; /* all that there were among them */
    uint32_t offset_count, offset_cap;
    uint32_t *sites; /* by phone, from the first on that stands at one: CT_STR; sim/lab_network.c */
    uint32_t site_count, site_cap;
    bool dirty; /* a phone's own surroundings changed; the driver hears of it before it runs */
    uint64_t acted, acted_us; /* acts on phones, each counted, at that instant */
    uint32_t delivered;       /* counts what was sent to phones from outside, under way or there */
    uint64_t changed_us;      /* when the last of them was */
    uint32_t changes;         /* counts changes of what phones could depend on */
};

/* What is written down while it goes on, and who listens; a fork begins with a copy of the steps
 * and losses so far, and nobody listens to it. */
struct lab_record {
    struct lab_step *steps; /* steps[0] is "before any step" */
    uint32_t step_count, step_cap;
    struct lab_loss *losses;
    uint32_t loss_count, loss_cap;
    bool keeps_outages;
    struct lab_outage_entry *outages;
    uint32_t outage_count, outage_cap;
    uint32_t *outage_of; /* by phone: index + 1 of its last entry; 0: never out of service */
    uint32_t outage_of_cap;
    struct observer *observers;
    bool hears_phones, hears_asks; /* one of them listens to such */
};

struct lab {
    struct lab_base *base;
    struct lab_state state;
    struct lab_record record;
    struct cluster_env cluster_env;
    struct world world;
    struct driver *driver;
    bool is_fork;
    uint64_t events; /* of a fork: that the driver had counted before */
};

struct lab_options lab_defaults(void);
/* On the heap: addresses inside are handed out. */
struct lab *lab_new(const struct lab_options *options);
void lab_free(struct lab *lab);
/* Before anything is built; the lab frees it. */
void lab_attach(struct lab *lab, struct driver *driver);
uint64_t lab_now_us(const struct lab *lab);
/* Events so far, and what was tried in forks and trials that are over: the same on every machine.
 */
uint64_t lab_work(const struct lab *lab);

/* ---- dates ---- */

/* When it begins, by a clock of this offset; before anything is built.  No key, serial number or
 * name depends on it. */
bool lab_start(struct lab *lab, int64_t start_s, int32_t offset_s, struct err *e);
/* A time from the start ("2h", "1d6h") or, where the start was said, a date ("2026-03-14 08:00");
 * the error says what was expected. */
bool lab_instant(const struct lab *lab, const char *text, uint64_t *us, struct err *e);
/* Its date, "2026-03-14 08:00:00". */
char *lab_date(const struct lab *lab, uint64_t us, char out[DATE_TEXT]);
char *lab_iso(const struct lab *lab, uint64_t us, char out[DATE_TEXT]);

/* ---- building ---- */

/* Nodes at 127.0.<cluster>.<11 + node>, or in the network of the options, in virtual time as well
 * as live: addresses stand in configurations, and both must give the same bytes. */
struct lab_cluster_spec {
    const char *name, *version;
    const char *const *nodes; /* names; the first is the publisher */
    uint32_t node_count;
    const char *domain; /* "" allowed */
};
bool lab_cluster(struct lab *lab, const struct lab_cluster_spec *spec, uint32_t *cluster,
                 struct err *e);
/* The same with certificates that were made on that day, in Unix seconds; 0: now. */
bool lab_cluster_since(struct lab *lab, const struct lab_cluster_spec *spec, int64_t installed_s,
                       uint32_t *cluster, struct err *e);
bool lab_group(struct lab *lab, uint32_t cluster, const char *name, const char *const *members,
               uint32_t count, struct err *e);
bool lab_pool(struct lab *lab, uint32_t cluster, const char *name, const char *group,
              struct err *e);

/* An address that a scenario wrote, host order: one in 127.0.0.0/16 is moved into the network of
 * the options, as the nodes are. */
uint32_t lab_address(const struct lab *lab, uint32_t ip);

/* A device pool whose phones have these nodes, in this order: a CallManager group that has them is
 * shared, else one is made by the name of the pool. */
bool lab_pool_of_nodes(struct lab *lab, uint32_t cluster, const char *name,
                       const char *const *members, uint32_t count, struct err *e);

struct lab_phones_spec {
    uint32_t count;
    const char *const *names; /* NULL: generated SEP<MAC> */
    const char *model;        /* of model_table */
    const char *pool; /* NULL: the pool "Default" (group "Default": all nodes with CallManager, 3 at
                         most) */
    uint8_t security_mode; /* enum cnf_security */
    uint8_t speaks;        /* SPEAKS() of one protocol; 0: the model's own */
    bool encrypted;
    bool unknown;     /* in no database */
    uint8_t settings; /* enum settings_access */
    bool lsc;         /* has an LSC of this cluster's CAPF */
    int64_t lsc_s;    /* Unix seconds: since when; 0: since there is that CAPF */
    const char *load; /* NULL: the model's */
    uint64_t mac;     /* generated names: of the first one; 0: the usual one */
};
/* Adds phones, off; they are powered on by lab_power(). */
bool lab_phones(struct lab *lab, uint32_t cluster, const struct lab_phones_spec *spec,
                uint32_t *first, struct err *e);
/* Phones of no cluster, off, whose option 150 names these addresses (0: none).  Of `spec` count,
 * names, MAC, model and load are looked at. */
bool lab_phones_alone(struct lab *lab, const struct lab_phones_spec *spec, const uint32_t tftp[2],
                      uint32_t *first, struct err *e);
/* A row for a phone of another cluster in the database of this one: pool, security, protocol and
 * load of `spec`. */
bool lab_known_phone(struct lab *lab, uint32_t cluster, const struct lab_phones_spec *spec,
                     uint32_t phone, struct err *e);
/* Phones that a fleet takes from a file: new ones, their numbers in a row, and those that another
 * cluster has already, in memory of sys_mem that whoever asked frees. */
struct lab_taken {
    uint32_t first, count;
    uint32_t *others, other_count;
};

/* ---- acting ---- */

/* A step of the administrator begins; it lasts until the next one. */
void lab_step(struct lab *lab, const char *name);
void lab_run_until(struct lab *lab, uint64_t until_us);
struct settled lab_settle(struct lab *lab, uint64_t limit_us);

/* What the table of acts has (nodes/acts.h), on a node or on a cluster: done, told to whoever
 * depends on it, and a line of the trace.  False, with nothing done, where it cannot be. */
bool lab_do(struct lab *lab, uint32_t cluster, const struct act *act, struct err *e);

/* Whether these can be done one after the other now; tried on a copy. */
bool lab_can(struct lab *lab, uint32_t cluster, const struct act *acts, uint32_t count,
             struct err *e);

/* Some phones, in order: phones[], or the `count` from `first` on. */
struct lab_whom {
    const uint32_t *phones; /* NULL: first, first + 1, ... */
    uint32_t first, count;
    uint64_t over_us; /* spread evenly over this time; a reset goes by the lab's own rate */
};
/* The same for acts on phones.  `cluster`: of DO_INSERT, whose database they come into. */
bool lab_do_phones(struct lab *lab, uint32_t cluster, const struct act *act,
                   const struct lab_whom *whom, struct err *e);
/* Of an act on phones that is tried as a remedy: whether it could be of use to this one now; fills
 * in its arguments. */
bool lab_act_helps(const struct lab *lab, uint32_t cluster, uint32_t phone, struct act *act);
struct act lab_link_act(enum act_kind kind, uint32_t node, const struct link *link);

/* One phone, at `at_us` (now or later), without a line of the trace: for building and for trials.
 */
void lab_power(struct lab *lab, uint32_t phone, bool on, uint64_t at_us);
void lab_reset_phone(struct lab *lab, uint32_t phone, uint64_t at_us); /* reaches registered ones */
void lab_press(struct lab *lab, uint32_t phone, enum key_press key, uint64_t at_us);
void lab_erase(struct lab *lab, uint32_t phone, uint64_t at_us);
void lab_factory_reset(struct lab *lab, uint32_t phone, uint64_t at_us);

/* ---- looking ---- */

struct phone_env lab_phone_env(const struct lab *lab); /* of a phone whose clock is right */
struct phone_env lab_env_of(const struct lab *lab, uint32_t phone);
int64_t lab_ahead_s(const struct lab *lab, uint32_t phone);       /* of its clock */
uint32_t lab_typed_key(const struct lab *lab, uint32_t phone);    /* CT_KEY; 0: none */
void lab_type_key(struct lab *lab, uint32_t phone, uint32_t key); /* by hand */
/* The symmetric key on record for it, where that is not the one that it has; 0: there is none. */
uint32_t lab_key_to_type(const struct lab *lab, uint32_t phone);
/* Its ITL against the one that its TFTP server has now: behind a central one, that of the cluster
 * that has the phone.  What CUCM says in the column ITL File Status. */
enum lab_itl_status { LAB_ITL_MATCH, LAB_ITL_MISMATCH, LAB_ITL_NOT_INSTALLED };
enum lab_itl_status lab_itl_status(const struct lab *lab, uint32_t phone);
/* A symmetric key of these digits, CT_KEY of CT_TEXT, and back. */
uint32_t lab_key(struct lab *lab, uint32_t digits);
uint32_t lab_key_digits(const struct lab *lab, uint32_t key);
/* The site where it stands: CT_STR of its name; 0: none. */
uint32_t lab_site_of(const struct lab *lab, uint32_t phone);
/* Whether what it asks a node for gets there. */
enum lab_way { LAB_WAY_OPEN, LAB_WAY_CUT, LAB_WAY_CLOSED };
enum lab_way lab_way_to(const struct lab *lab, uint32_t phone, uint32_t node, enum ask_kind kind);
/* Wrong by itself, whatever its CallManager says. */
bool lab_clock_is_wrong(const struct lab *lab, uint32_t phone);
/* A user of another cluster is logged in there. */
bool lab_is_visited(const struct lab *lab, uint32_t phone);
/* Of which, and where it would look for files without him; 0: of none. */
uint64_t lab_visit_hash(const struct lab *lab, uint32_t phone);
/* What a phone's future goes by beside what it holds: that visit, and whether its clock is wrong by
 * itself, for then it is that whatever becomes of its CallManager's; 0: none of it. */
uint64_t lab_beside_hash(const struct lab *lab, uint32_t phone);
void lab_phone_name(const struct lab *lab, uint32_t phone, char out[DEVICE_NAME]);
bool lab_find_phone(const struct lab *lab, const char *name, uint32_t *phone);
/* The cluster in whose database it is: its own, else another one where it was entered; NULL: none.
 */
const struct cluster *lab_listed_in(const struct lab *lab, uint32_t phone);
/* Its device pool there; "": it is in no database. */
const char *lab_pool_of(const struct lab *lab, uint32_t phone);
/* Name of the node whose CallManager it is registered at; "" : none. */
const char *lab_server_of(const struct lab *lab, uint32_t phone);
/* The node that has this address, cluster << 8 | node; false: none of this lab. */
bool lab_node_at(const struct lab *lab, uint32_t ip, uint32_t *node);
#define LAB_NODE_NAME (2 * CLUSTER_NAME)
/* "sub1", "HQ/sub1" where there are several clusters; `node` as above. */
const char *lab_node_name(const struct lab *lab, uint32_t node, char out[LAB_NODE_NAME]);
const struct lab_fleet *lab_fleet_of(const struct lab *lab, uint32_t phone);
/* The newest TLS of its model is one that the servers of that cluster take. */
bool lab_speaks_tls(const struct lab *lab, uint32_t phone, const struct cluster *cl);
/* What a phone shows to a server, with whose MIC it is. */
uint32_t lab_shown(const struct lab *lab, uint32_t phone, uint32_t shown);
const char *lab_function_name(enum phone_function f); /* "registration" */
/* The record of what a phone lost: what it said itself, and what sim/predict/losses wrote into it
 * at the end of a step.  Who wants to know what is lost asks losses.  NULL: nothing ever. */
const struct lab_loss *lab_loss_of(const struct lab *lab, uint32_t phone);
struct lab_loss *lab_loss_for(struct lab *lab, uint32_t phone); /* made where there is none */
/* No change where it is lost already, or not lost. */
void lab_loss_begins(struct lab_loss *l, enum phone_function f, uint32_t step, uint64_t since_us);
void lab_loss_ends(struct lab_loss *l, enum phone_function f, uint64_t at_us);
/* A knob of the phones, or what work and network cost: a change like any other. */
void lab_set_knob(struct lab *lab, enum knob knob, uint64_t value);
void lab_set_cost(struct lab *lab, enum cost cost, uint64_t value);
/* Bytes of a file as this phone would get it now. */
bool lab_file_bytes(struct lab *lab, uint32_t content, enum file_kind kind, uint32_t phone,
                    struct arena *a, struct view *out, struct err *e);

/* What decides the future of the lab, over meaning: clusters, and phones with where they are
 * registered.  What is in flight is not in it: it tells settled labs apart. */
uint64_t lab_hash(const struct lab *lab);

/* ---- trying ---- */

/* The whole lab once more, at any instant between two calls, with all that is in flight: left to
 * itself, and with the same acts, it goes on exactly as this one does.  Nobody listens to it.
 * Shares content; freed with lab_free(), in any order.  A lab on real sockets cannot be had twice:
 * its fork is in virtual time, and what was in flight is not. */
struct lab *lab_fork(struct lab *lab);
/* The same with the given phones alone (by device number, none twice; phone i of it is phones[i]),
 * to try things on: no packet is lost there, for the luck of one phone must not decide what many
 * are taken to show.  Freed with lab_free(). */
struct lab *lab_trial(struct lab *lab, const uint32_t *phones, uint32_t count);

/* Content that forks made can be taken back, once they are freed: a million of them keep none. */
struct lab_mark {
    struct forge_mark forge;
};
struct lab_mark lab_mark(struct lab *lab);
void lab_rewind(struct lab *lab, const struct lab_mark *mark);

#endif
