/* A request of a phone that is under way, for the files that carry requests out (call.c, fetch.c,
 * register.c, enrol.c, client.c).  Inside sim/live/ only. */
#ifndef CUCMLAB_LIVE_CALL_H
#define CUCMLAB_LIVE_CALL_H

#include "sim/live/impl.h"

#include "sim/net/tftp.h"

/* The phone owns its deadline: a call that gets no answer stays until it is cancelled. */
struct call {
    struct live *live;
    struct phone_slot *slot;
    struct call *next;
    struct action action;
    uint32_t node, ip; /* that it goes to */
    bool later;        /* where that is is being looked up */
    struct stream *stream;
    char name[128];        /* of the file or the page */
    bool query;            /* it is a query, not a verification */
    uint32_t verified;     /* CT_CERT that was asked about */
    uint32_t shown;        /* CT_CERT of the server, in TLS */
    uint32_t session;      /* of CAPF, which gives it */
    struct ev_timer timer; /* of HTTP that nobody answers */
    struct tftp_client tftp;
};

/* ---- call.c ---- */

/* Off the phone's list, off the loop.  `polite`: a connection closes in order. */
void call_over(struct call *c, bool polite);
void call_emit(struct call *c, struct event e);
void call_answer(struct call *c, struct event e); /* and with it the end */
/* Gives up the seat of a phone that has nothing under way. */
void call_rest(struct live *l, struct phone_slot *p);
struct live_model call_model(const struct call *c);
struct forge_device call_device(const struct call *c);

/* What a capture says of the next packet, where one listens; no other thread's comes between. */
void call_comment(const struct call *c, const char *what);
void call_comment_over(const struct live *l);

static inline struct call *call_of(struct stream *s)
{
    return s->owner;
}

/* Handlers of a stream: one that ends by itself (refused, or no answer any more); what needs
 * nothing done; no certificate to judge, for there is no TLS; the server's certificate goes to the
 * phone; the phone asks for what it wants now. */
void call_ended(struct stream *s, enum stream_end end);
void call_nothing(struct stream *s);
void call_no_judge(struct stream *s);
void call_judge(struct stream *s);
void call_tls_opened(struct stream *s);
/* What the request is, as a node and a firewall see it. */
enum ask_kind call_kind(const struct call *c);
/* The port that it goes to. */
uint16_t call_port(const struct call *c, enum live_service service);
/* Nothing stops it; where a firewall rejects it the phone is told so, and where one drops it
 * nothing comes. */
bool call_passes(struct call *c);
/* Connects; `identity`: what the phone shows where it is asked, 0: the one that it has. */
void call_tcp(struct call *c, enum live_service service, size_t in_limit,
              const struct stream_ops *ops);
void call_tls(struct call *c, enum live_service service, size_t in_limit,
              const struct stream_ops *ops, uint32_t identity);

/* ---- fetch.c ---- */

void fetch_begin(struct call *c);
void fetch_ask(struct stream *s); /* for what call_of(s)->name says, by HTTP */

/* ---- register.c ---- */

void register_begin(struct call *c); /* ACT_CCM_OPEN, or ACT_REGISTER without TLS */
void register_ask(struct call *c);   /* on the connection that is open */

/* ---- enrol.c ---- */

void enrol_begin(struct call *c); /* ACT_CAPF_OPEN */
/* ACT_CAPF_AUTH, ACT_CAPF_KEY, ACT_CAPF_DONE */
void enrol_say(struct call *c, const struct action *a);

#endif
