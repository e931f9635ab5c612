/* What the files of sim/live share; nobody else includes it.
 *
 *   live.c     on top: phones' deadlines, events in order, the driver's functions
 *   state.c    at the bottom: phones, nodes, and events that wait
 *   ports.c    which service has which port
 *   server.c   the services of a node: a table, and listeners as they stand
 *   httpd.c, tvsd.c, sipd.c, sipudp.c, sccpd.c, capfd.c, tftpd.c   what a service does with what
 * comes worker.c   threads that serve TVS desk.c     accepting, and the connections of the nodes
 *   answer.c   what a node answers: files, TVS
 *   registrar.c  what sipd.c, sipudp.c and sccpd.c share: who registers, and for how long
 *   errand.c   files that a node asks another one for
 *   files.c    bytes of files, made once for all who ask
 *   issue.c    what its CAPF answers
 *   path.c     what lies between a phone and a node
 *   client.c   requests of the phones: who has a seat, TVS, pages
 *   fetch.c    their files
 *   register.c their registrations
 *   enrol.c    their sessions with CAPF
 *   kept.c     connections of registered phones
 *   greet.c    what is said there
 *   call.c     what all requests have in common (call.h)
 *   order.c    what nodes tell phones of other processes
 *   certs.c    certificates by what the wire names them by
 *   access.c   what nodes are asked, for logs and counters
 *
 * Memory and lifetime: a stream, a connection or a call that ends inside a callback is put aside
 * with reactor_bury() and freed when no callback is on the stack. */
#ifndef CUCMLAB_LIVE_IMPL_H
#define CUCMLAB_LIVE_IMPL_H

#include "sim/live/live.h"

#include "sim/base/check.h"
#include "sim/base/sys.h"
#include "sim/base/table.h"
#include "sim/core/access.h"
#include "sim/net/net.h"
#include "sim/net/stream.h"
#include "sim/wire/sip.h"
#include "sim/wire/tvs.h"

#define LOOPBACK 0x7f000001u

/* A phone takes no larger file (docs/FORMATS.md, section 6). */
#define LIVE_FILE_MAX (2048u << 10)

struct live;
struct phone_slot;

/* ---- ports.c ---- */

enum live_service {
    LIVE_HTTP,
    LIVE_HTTPS_FILES,  /* 6971 */
    LIVE_HTTPS_TOMCAT, /* 6972: the same, with Tomcat's certificate */
    LIVE_TFTP,
    LIVE_TVS,
    LIVE_SIP,
    LIVE_SIP_UDP,
    LIVE_SIPS,
    LIVE_SCCP,
    LIVE_SCCPS,
    LIVE_HTTPS,
    LIVE_PAGES, /* the same pages in clear */
    LIVE_CAPF,
    LIVE_SERVICES
};

/* The port that a service has on every node; TFTP's is moved where the user may not bind 69. */
uint16_t live_port(const struct live *l, enum live_service s);
const char *live_service_name(enum live_service s);

/* ---- certs.c ---- */

struct certs {
    struct table index; /* hash of (issuer, serial) -> CT_CERT */
    uint32_t scanned;   /* content below this is in the index */
    struct table ders;  /* hash of a DER that was found once -> CT_CERT */
};

/* A CT_CERT of this issuer and serial; start with *at = 0.  False: no more. */
bool certs_next(struct live *l, struct view issuer, struct view serial, uint32_t *at,
                uint32_t *cert);
/* The CT_CERT with this DER, where the lab has one; 0: a stranger's.  Keeps nothing. */
uint32_t certs_of_der(struct live *l, struct view der);
/* What the certificate that a phone showed is: CONTENT_MIC, the LSC that it is or the CT_CERT of
 * the CAPF that signed it, or CONTENT_NOBODY: neither, another device's, or it showed none. */
uint32_t certs_lsc(struct live *l, const struct forge_device *device, struct view der);
/* The LSC that this is, which `capf` issued to that phone; kept where the CAPF is not the lab's.
 * 0: none that the phone has the key of. */
uint32_t certs_stored(struct live *l, const struct forge_device *device, uint32_t capf,
                      struct view der);

/* ---- access.c ---- */

struct listener;

/* The room, cleared, where somebody listens; else NULL, which all of these take. */
struct access *access_wanted(const struct listener *li, struct access *room);
/* What was asked, in our word and the client's own bytes; whom it names; what came of it. */
void access_asked(struct access *a, const char *verb, struct view what);
/* A request to TVS; `subject` of the certificate, where it is known. */
void access_tvs(struct access *a, const struct tvs_msg *m, struct view subject);
void access_phone(struct access *a, struct live *l, uint32_t device); /* NO_DEVICE: nobody */
void access_named(struct access *a, struct view name); /* by itself: access_known() looks */
void access_known(struct access *a, struct live *l);
void access_answer(struct access *a, uint64_t bytes, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* It is broken off, without another answer than the one that is there. */
void access_refused(struct access *a);
/* Tells the lab, where something was asked, and clears it for the next. */
void access_tell(struct listener *li, const struct sockaddr_in *peer, struct access *a);

/* ---- files.c ---- */

#define LIVE_FILES 512 /* that are kept at the most */

/* What decides the bytes; all of it is compared. */
struct live_file_key {
    uint32_t content, device;
    uint8_t kind;
    bool netascii;
    char name[16]; /* of the device */
};

struct live_file {
    struct live_file_key key;
    uint32_t users;
    struct view bytes;
};

/* The caller's until files_drop(); NULL and `why` where it cannot be made. */
struct live_file *files_get(struct live *l, struct live_file_key key, struct err *why);
/* One with these bytes, for the caller alone. */
struct live_file *files_of(struct view bytes, bool netascii);
void files_drop(struct live_file *f); /* NULL: nothing */
void files_forget(struct live *l);    /* all that nobody uses */

#define LIVE_SHOWN 256 /* certificates of phones that are kept at the most, about 1 kB each */

/* ---- answer.c ---- */

enum answer {
    ANSWER_OK,
    ANSWER_MISSING,
    ANSWER_STOPPED,
    ANSWER_ELSEWHERE /* it has no such file, and asks another server for it: errand_begin() */
};

/* A file that somebody asks a node for. */
struct file_wanted {
    bool netascii;    /* set by the caller, */
    struct ask ask;   /* and of this by_node */
    char name[128];   /* of the file */
    char device[16];  /* that the name has in it; "" */
    uint32_t server;  /* ANSWER_ELSEWHERE: whom it asks, IPv4 in host order, */
    uint64_t wait_us; /* and for how long */
};

/* The bytes of a name at a node, the caller's until files_drop().  A file that cannot be made is
 * missing, and the node says why.  All three fill in of `access` what they come to know. */
enum answer answer_file(struct live *l, uint32_t node, struct view name, struct file_wanted *w,
                        struct live_file **file, struct access *access);
/* The same again, once the other server was asked: w->ask.came, and where that is CAME_FILE the
 * bytes. */
enum answer answer_came(struct live *l, uint32_t node, struct file_wanted *w, struct view bytes,
                        struct live_file **file);
/* One whole TVS message in, its reply in `a`.  False: no answer, close. */
bool answer_tvs(struct live *l, uint32_t node, struct view message, struct arena *a,
                struct view *reply, struct access *access);
/* Is the service behind `kind` running? */
bool answer_running(struct live *l, uint32_t node, enum ask_kind kind);
/* The node is shut down: nobody is there who could refuse. */
bool answer_silent(struct live *l, uint32_t node);
/* What it shows in TLS, and which TLS it speaks (TLS_RANGE()).  False: nothing. */
bool answer_shows(struct live *l, uint32_t node, enum ask_kind kind, uint32_t *cert,
                  uint32_t *speaks);

/* ---- errand.c ---- */

#define ERRANDS 256 /* at a time, of all nodes: each has a connection */

struct errand;
/* What came of it, never ANSWER_ELSEWHERE; the file is the owner's until files_drop(). */
typedef void errand_done(void *owner, enum answer found, struct live_file *file);

/* A node asks other servers for a file, one after the other over HTTP from its own address, while
 * somebody waits.  done() comes once, never from inside this call; what this gives is gone then.
 * NULL: there are as many as there may be. */
struct errand *errand_begin(struct live *l, uint32_t node, const struct file_wanted *wanted,
                            errand_done *done, void *owner);
/* Nobody waits any more: done() does not come.  NULL: nothing. */
void errand_cancel(struct errand *e);

/* ---- issue.c ---- */

/* A session of the node's CAPF. */
struct capf_session {
    uint32_t number, device, lsc;
    uint8_t said; /* enum capf_says, or TALK_CAPF_HELLO: what it waits for an answer to */
};

/* CAPF speaks first. */
void issue_begin(struct live *l, struct capf_session *s, struct wr *hello);
/* One whole message in, what is said to it in `a`, nothing where it only bids to wait.  False: that
 * ends the session. */
bool issue_answer(struct live *l, uint32_t node, struct capf_session *s, struct view message,
                  struct arena *a, struct view *reply);

/* ---- desk.c ---- */

struct conns { /* who is first goes first */
    struct conn *first, *last;
    uint32_t count;
};

/* What one reactor serves: the connections that were accepted there.  The driver's own, or a
 * worker's: that one's thread looks at nothing of the lab. */
struct desk {
    struct live *live;
    struct reactor *reactor;
    struct worker *worker;                                         /* NULL: the driver's */
    void (*says)(struct desk *d, uint32_t node, const char *text); /* a line of a node */
    void (*access)(struct desk *d, const struct access *a);        /* NULL: nobody listens */
    /* Who has said nothing yet, who has, and who has sent a whole request. */
    struct conns fresh, begun, talking;
    struct conns kept;    /* of registered phones: they end with the service alone */
    uint32_t doubles;     /* of those: their phone has registered over another one since */
    struct ev_timer tidy; /* runs from a crowd on until it is gone */
};

struct service_row {
    bool tls;
    bool asks_nobody;    /* for a client's certificate, as Tomcat (inferred) */
    bool resumes;        /* sessions, where the options say so */
    enum ask_kind asks;  /* whose epoch and running it shares */
    enum ask_kind shows; /* whose certificate, in TLS */
    size_t in_limit;
    uint64_t hold_us; /* how long a client may judge the certificate; 0: as a request takes */
    struct stream_ops ops;
    const struct datagram_service *udp; /* NULL: over TCP */
    const struct registrar *registrar;  /* NULL: nobody registers there */
};

/* Opens its port, closes it, and has its link up or down. */
struct datagram_service {
    bool (*open)(struct listener *li, struct err *e);
    void (*close)(struct listener *li);
    void (*link)(struct listener *li, bool down);
};

struct listener {
    struct live *live;
    struct host *host;
    struct desk *desk;
    const struct service_row *row;
    enum live_service service;
    int fd;   /* -1: closed */
    int dark; /* of a node that is shut down: bound, so that nobody says that nobody is there; -1 */
    uint32_t epoch;
    struct ev_io io;
    struct ev_timer pause; /* until it accepts again */
    bool paused;           /* it had to, once */
    /* Asked before somebody is let in; NULL: whoever comes is. */
    bool (*ready)(struct listener *li);
    struct tls_config *config;
    uint32_t cert;                 /* CT_CERT that `config` shows */
    uint32_t speaks;               /* which TLS: TLS_RANGE() */
    struct tls_sessions *sessions; /* that clients may take up; of this certificate alone */
    struct book *book;             /* of a TVS that workers serve */
    struct tftp_port *tftp;        /* of TFTP: its transfers */
};

struct conn {
    struct listener *listener;
    struct stream *stream;
    uint32_t epoch;
    struct sockaddr_in peer;
    struct access access;  /* HTTP: the request under way, */
    struct errand *errand; /* which waits for what another node answers; NULL: it does not, */
    bool head, keep;       /* and this is how it was asked */
    bool transfer;         /* holds one of the node's transfers */
    bool last;             /* close once all is sent */
    struct sip_seen seen;  /* of the message that is coming */
    struct capf_session capf;
    uint64_t looked_at;       /* bytes that had come when it was nearly broken off */
    uint64_t came_us;         /* by reactor_clock_us() */
    uint32_t device;          /* that registered over it, where it is kept, */
    uint64_t until_us;        /* until then */
    struct conns *in;         /* its list */
    struct conn *prev, *next; /* there */
};

#define UNSENT_MAX 65536 /* answers that nobody reads; more requests wait until then */

/* Connections, but for those of registered phones and those whose owner let go. */
uint32_t desk_bounded(const struct desk *d);
/* Where its reactor has no descriptor left, one of its connections makes room. */
void desk_gives_up(struct desk *d);
/* Accepts at li->fd from here; and, not any more. */
void desk_watch(struct listener *li);
void desk_leave(struct listener *li);
/* Connections of a listener: broken off; or silent for good, as behind a dead link. */
void desk_drop(struct listener *li);
void desk_mute(struct listener *li);
/* What came while nothing passed was lost on the way. */
void desk_discard(const struct listener *li);
/* What it shows from here: sessions of before are none any more. */
void desk_shows(struct listener *li, uint32_t cert, uint32_t speaks);
/* One more configuration of what it shows; NULL: it cannot be made. */
struct tls_config *desk_config(const struct listener *li);

/* A line of the listener's node, whichever thread this is. */
void desk_says(struct listener *li, const char *format, ...) __attribute__((format(printf, 2, 3)));

struct conn *conn_of(struct stream *s);
void conn_finish(struct conn *c);
void conn_abort(struct conn *c);
/* It has sent a whole request, or got its answer, and may be silent for a while from here. */
void conn_patience(struct conn *c);
void conn_hello(struct conn *c); /* it has come, or done its handshake, no more */
/* A phone registered: its connection stays, and is none of those of which the oldest must go. Where
 * there is no room, one over which it registered before, of whatever phone, is as any other then.
 */
void conn_keep(struct conn *c, uint32_t device);
/* It is registered no longer: its connection is as any other. */
void conn_release(struct conn *c);
bool conn_is_kept(const struct conn *c);
/* False where the service was stopped since the connection began: it is gone then. */
bool conn_same_epoch(struct conn *c);
/* One message after the other, until next() says that there is none, or nobody reads the answers.
 */
void conn_each(struct conn *c, bool (*next)(struct conn *c));
void conn_end_transfer(struct conn *c);
void conn_shook_hands(struct conn *c); /* where there is TLS */

/* The rest of struct stream_ops, the same for every service. */
void conn_opened(struct stream *s);
void conn_no_judge(struct stream *s);
void conn_drained(struct stream *s);
void conn_ended(struct stream *s, enum stream_end end);
#define CONN_OPS(its_input)                                                                        \
    {                                                                                              \
        conn_opened, conn_no_judge, its_input, conn_drained, conn_ended                            \
    }

/* ---- httpd.c, tvsd.c, sipd.c ---- */

void httpd_file_input(struct stream *s);
void httpd_tls_file_input(struct stream *s);
void httpd_page_input(struct stream *s);
void tvsd_input(struct stream *s);
void capfd_opened(struct stream *s);
void capfd_input(struct stream *s);

/* ---- registrar.c ---- */

/* Who speaks to a CallManager. */
struct registrant {
    bool tls;
    struct view der; /* that it showed there; absent: none */
    uint32_t device; /* registered by what came so far; NO_DEVICE: none */
    bool renewed;    /* it is, or still is, by this message */
};

/* The protocol by which they do. */
struct registrar {
    uint64_t lasts_us; /* a registration, from its last sign of life on */
    /* How long the message at the front is; 0: not whole yet; false: it never will be. */
    bool (*whole)(struct conn *c, size_t *n);
    /* One whole message.  False: the end, once `reply` is sent. */
    bool (*answer)(struct live *l, uint32_t node, struct registrant *r, struct view message,
                   struct wr *reply, struct access *access);
    void (*told)(struct access *a, const struct wr *reply); /* NULL: nobody wants to know */
    void (*refuse)(struct view in, struct wr *reply); /* what never will be one; NULL: in silence */
};

void registrar_input(struct stream *s);
/* The device of a name on the wire, or NO_DEVICE. */
uint32_t registrar_device(struct live *l, struct view name);
/* Whether that name may register; REJECT_NONE: it is registered.  False: stopped meanwhile. */
bool registrar_asks(struct live *l, uint32_t node, struct registrant *r, struct view name,
                    uint32_t *reason, struct access *access);

/* ---- sipd.c, sccpd.c ---- */

extern const struct registrar sipd, sccpd;
bool sipd_answer(struct live *l, uint32_t node, struct registrant *r, struct view message,
                 struct wr *reply, struct access *access);
void sipd_told(struct access *a, const struct wr *reply);

/* ---- sipudp.c ---- */

bool sipudp_open(struct listener *li, struct err *e);
void sipudp_close(struct listener *li);
void sipudp_link(struct listener *li, bool down);

/* ---- server.c ---- */

/* A node with its listeners; never moves. */
struct host {
    uint32_t node, ip;
    char name[64];
    bool down; /* its link is cut */
    struct link link;
    bool announced;
    struct listener listeners[LIVE_SERVICES];
};

/* Opens and closes listeners as the services stand; breaks off what began under another epoch. */
bool server_refresh(struct live *l, struct host *p, struct err *e);
void server_close(struct host *p); /* all its listeners, until server_refresh() */
void server_link(struct host *p, bool down);
void server_free(struct live *l); /* all listeners and connections */

/* ---- tftpd.c ---- */

bool tftpd_open(struct listener *li, struct err *e);
void tftpd_close(struct listener *li); /* breaks off all its transfers */
/* A link that is down: nothing comes or goes, and all transfers end; back, what came meanwhile was
 * lost on the way. */
void tftpd_link(struct listener *li, bool down);
void tftpd_free(struct live *l);
/* One of the node's transfers, for a client that has just asked, by TFTP or not: who began one by
 * TFTP and says nothing any more holds it against nobody.  False: all are under way. */
bool tftpd_take(struct live *l, const struct host *h);

/* ---- worker.c ---- */

/* As many as the options say; none: TVS is served by the driver's own thread. */
void workers_start(struct live *l);
void workers_stop(struct live *l);
/* What they said and answered until now is told, on the driver's thread. */
void workers_hear(struct live *l);
/* What TVS of a node does from here, in every worker; each waits until all have done so.  `config`
 * is made once a worker: threads that share a key wait for each other. */
void workers_open(struct listener *li);
void workers_close(struct listener *li);
void workers_link(struct listener *li, bool down);
/* What TVS says has changed, perhaps: a new book where it has.  `shows`: another certificate. */
void workers_refresh(struct listener *li, bool shows);
/* One whole TVS message in, its reply in `a`, out of the worker's book.  False: no answer. */
bool worker_answer(struct listener *li, struct view message, struct arena *a, struct view *reply,
                   struct access *access);

/* ---- path.c ---- */

#define NODE_OUTSIDE UINT32_MAX /* a server that is no node of the lab */

/* The node that a phone means by an address or a name, and where it listens.  Nowhere: nobody is
 * found, or nothing passes: no answer. */
enum live_found path_find(struct live *l, uint32_t phone, uint32_t server, uint32_t *node,
                          uint32_t *ip);
/* What a firewall makes of a request; `how` as in struct world. */
enum passage path_passage(struct live *l, uint32_t phone, uint32_t node, enum ask_kind kind,
                          uint8_t how);
/* The address that it comes from; 0: any. */
uint32_t path_from(const struct live *l, uint32_t phone, uint32_t ip);
/* How what passes is held back; false: not at all. */
bool path_lag(struct live *l, uint32_t phone, uint32_t node, enum ask_kind kind, uint8_t how,
              struct lag_path *lag);
struct rng path_luck(struct live *l); /* another each time */

/* From one node to the TFTP server at an address, a node's or whoever is there. */
struct node_path {
    uint32_t from, to; /* IPv4, host order */
    bool lagged;       /* `lag` holds something back */
    struct lag_path lag;
};
/* False: nothing passes, for a link is cut or the address is none of the loopback's. */
bool path_between_nodes(struct live *l, uint32_t from, uint32_t server, struct node_path *way);

/* ---- client.c ---- */

struct call;

/* Carries out one action that is not a note.  One that begins a request waits for a seat where too
 * many phones have requests under way. */
void client_act(struct live *l, struct phone_slot *p, const struct action *action);
/* A phone that restarts wants no answer any more. */
void client_cancel_all(struct live *l, struct phone_slot *p);
/* What waits to hear where its server is begins, where that is known by now. */
void client_found(struct live *l, struct phone_slot *p);
/* Those in line begin, while there are seats. */
void client_seat(struct live *l);

/* ---- greet.c ---- */

/* A registration as its phone has it. */
struct registration {
    uint32_t node, server; /* server: IPv4, host order */
    uint32_t every_s;      /* that the server granted, or asked for; 0: it did not say */
    uint16_t request;      /* of the action that began it */
    uint16_t count;        /* messages on its connection after the first */
    bool sccp;
};

void greet_register(const struct phone_slot *p, struct stream *s, const struct registration *r);
void greet_alive(const struct phone_slot *p, struct stream *s, const struct registration *r);
void greet_leave(const struct phone_slot *p, struct stream *s, const struct registration *r);

enum greet_heard {
    GREET_NOTHING, /* no whole message yet */
    GREET_RUBBISH, /* and never one */
    GREET_OTHER,
    GREET_RESET, /* it shall start again */
    GREET_ALIVE, /* a keepalive of SCCP was heard: no answer to a registration */
    GREET_ANSWER /* to a registration; by SIP each keepalive is one */
};
struct greet_said {
    size_t length;    /* of the message, in front of stream_in() */
    uint32_t reason;  /* enum reject_reason */
    uint8_t reset;    /* enum reset_kind */
    uint32_t every_s; /* as in struct registration */
};
/* What came first.  A question of CallManager about the phone is answered at once. */
enum greet_heard greet_heard(struct stream *s, bool sccp, struct greet_said *said);

/* ---- order.c ---- */

/* Over the connection where its name is registered, where that is another process's. */
void order_reset(const struct phone_slot *p, enum reset_kind kind);

/* ---- kept.c ---- */

/* From here the connection over which it registered is the phone's; closed at once where there are
 * as many as there may be. */
void kept_begin(struct phone_slot *p, struct stream *s, const struct registration *r);
/* The phone leaves: in order, or as one without power.  Nothing where it has none. */
void kept_end(struct phone_slot *p, bool polite);
/* The server is about to close it; settle() waits for that.  False: the phone has none. */
bool kept_closes(struct phone_slot *p);

/* ---- state.c ---- */

struct phone_slot {
    struct ev_timer timer;
    struct live *live;
    uint32_t phone;
    bool pending;  /* has a deadline that settle() waits for */
    bool sleeping; /* idle: waits for a change */
    bool waking;   /* something changed: its timer is where it wakes */
    bool down;     /* its link is cut */
    struct link link;
    bool seated;  /* may have requests under way */
    bool waiting; /* `first` waits for a seat */
    bool in_line; /* is in the list of those who wait (for a seat, or for nothing any more) */
    struct action first;
    struct phone_slot *next; /* of those who wait */
    struct call *calls;
    struct stream *kept; /* where it is registered; NULL: none */
    struct conn *served; /* the node's end of where its name registered last; NULL: none */
    struct registration registration;
    uint64_t due_us; /* of its next keepalive */
    uint8_t missed;  /* keepalives that have no answer yet */
    bool closing;    /* its server closes it: the end is on its way */
};

struct queued {
    uint32_t phone;
    struct event event;
};

struct delivery {
    uint64_t at_us, sequence;
    struct queued what;
};

/* What a phone showed last, for its next handshake. */
struct shown {
    uint8_t *der; /* NULL: nothing */
    size_t der_n;
    const struct key *key;
    uint32_t phone, identity;
};

struct live {
    struct driver driver;
    const struct world *world;
    struct live_options options;
    struct reactor reactor;
    struct ev_timer wake;
    struct ev_signal interrupt, terminate, hangup;
    bool interrupted; /* somebody wants run() to return */
    bool catching, stop, changed, announced, free_seats, failed, told_kept;
    char why[sizeof(struct err)]; /* it failed */
    uint64_t steps, sequence, nodes_at_us, luck;
    bool nodes_wait; /* that, or what is behind it, is more than the calendar */

    struct host **hosts;
    uint32_t host_count, host_cap;
    uint16_t tftp_port;

    struct phone_slot **slots; /* by phone; NULL: never seen */
    uint32_t slot_cap, pending, sleeping, seats;
    uint32_t kept, kept_closing; /* connections of registered phones, and of these about to end */
    uint32_t registrations;      /* there may be so many */
    struct ev_timer keepalives;
    struct ev_timer expiries; /* of registrations, at the nodes */
    struct phone_slot *wait_first, *wait_last;

    struct queued *queue; /* events to be stepped, first in first out */
    uint32_t queue_at, queue_n, queue_cap;
    struct delivery *heap;
    uint32_t heap_n, heap_cap;

    struct desk desk;
    struct worker **workers;
    uint32_t worker_count;
    struct ev_async heard; /* a worker has something to say */
    struct tftpd *tftpd;
    uint32_t transfer_count;
    uint32_t errands;
    struct live_file *files[LIVE_FILES];
    uint32_t file_bytes; /* of those */

    struct tls_config *client_tls[TLS_1_3 + 1]; /* of phones, by the newest that they speak */
    struct shown shown[LIVE_SHOWN];             /* by phone */
    struct certs certs;
    struct table locales; /* folders that were asked for over sockets */
    uint32_t capf_sessions;
};

/* A line of a node.  No text of a stranger's goes in: lines are told apart by their ends. */
void live_says(struct live *l, uint32_t node, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void live_emit(struct live *l, uint32_t phone, const struct event *event);
/* One ask of a node, answered now. */
enum ask_result live_ask(struct live *l, uint32_t node, const struct ask *ask, struct event *e);
/* When nodes, or the calendar, are due next: whenever that may have changed. */
void live_look_ahead(struct live *l);
/* The device of that name, or NO_DEVICE. */
uint32_t live_device(struct live *l, const char *name);
struct live_model live_model_of(struct live *l, uint32_t phone);
struct forge_device live_forge_device(struct live *l, uint32_t phone);
struct phone_slot *live_slot(struct live *l, uint32_t phone);
struct host *live_host(const struct live *l, uint32_t node);
bool live_is_down(const struct live *l, uint32_t phone, uint32_t node);

static inline uint64_t live_now_us(const struct live *l)
{
    return reactor_now_us(&l->reactor);
}

#endif
