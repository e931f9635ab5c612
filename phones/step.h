/* One step of a phone: what its handlers work on and share.  Inside phones/ only.
 *
 * A handler does its part and returns what follows; follow() in phone.c goes there.  The files of
 * the concerns (boot.c, judge.c, registration.c, service.c) call step.c and ask.c, and never each
 * other. */
#ifndef CUCMLAB_PHONES_STEP_H
#define CUCMLAB_PHONES_STEP_H

#include "phones/phone.h"

struct step {
    struct phone *p;
    const struct phone_env *env;
    struct outbox *out;
    const struct phone_row *states;
    uint8_t verdict; /* enum trust_verdict on p->offered, for NEXT_JUDGED */
};

/* What follows. */
enum next {
    NEXT_WAIT,     /* nothing, until the next event */
    NEXT_LISTS,    /* an attempt begins: it asks for its lists */
    NEXT_AGAIN,    /* the same after a restart */
    NEXT_JUDGE,    /* the decision on p->offered, and the TVS that it needs */
    NEXT_JUDGED,   /* back to whoever offered it: a row by purpose */
    NEXT_FILE,     /* a file is done with, taken or not: the next one */
    NEXT_REGISTER, /* from the first CallManager on */
    NEXT_SERVICE,  /* opens the HTTPS service of p->key */
    NEXT_ERASED,   /* its lists were deleted, and it starts again */
    NEXT_BACK,     /* from the service to where it was */
    NEXT_CAPF,     /* a session with CAPF, for which its configuration has something */
    NEXT_CUT,      /* it has no network: it waits and tries again */
    NEXTS
};

/* What one attempt saw, to tell at its end what the phone lost and gained. */
enum boot_bit {
    BOOT_HAD_CTL = 1,
    BOOT_HAD_ITL = 2,
    BOOT_NEW_CTL = 4,
    BOOT_NEW_ITL = 8,
    BOOT_LIST_FAILED = 16,
    BOOT_CONFIG_OK = 32,
    BOOT_TOO_LARGE = 64, /* a list was more than it loads */
    BOOT_AS_BEFORE = 128 /* it ended as the attempt before it did */
};

/* ---- step.c ---- */

uint64_t step_knob(const struct step *s, enum knob k);
void step_note(struct step *s, enum note kind, uint32_t a, uint32_t b);
void step_status(struct step *s, enum status_message m, uint32_t kind);
void step_lost(struct step *s, enum phone_function f, bool lost);

/* Changes the state: CHECKs the table, arms its timer, runs what entering it does. */
void step_go(struct step *s, enum phone_state to);

/* Begins a request: gives it a number, and the state its whole time. */
void step_ask(struct step *s, enum phone_goal goal, struct action action);
/* Goes on with the one that is open. */
void step_say(struct step *s, enum phone_goal goal, struct action action);
/* Ends it: an answer that comes all the same is stale from here. */
void step_close(struct step *s, enum phone_goal goal);
/* Ends it, and tells the driver that no answer is wanted; nothing where none is open. */
void step_cancel(struct step *s, enum phone_goal goal);

/* Offers what came to the decision. */
enum next step_judge(struct step *s, enum trust_purpose purpose, uint32_t what);
/* The decision on the certificate that a TVS or a CallManager showed: the lists alone. */
bool step_trusts(const struct step *s, enum trust_purpose purpose, uint32_t cert);
/* At the gates of the network: what it loses and gains there. */
void step_gates(struct step *s);
/* Somebody enters an authentication string for CAPF (CT_TEXT), where the phone waits or serves. */
enum next step_string(struct step *s, uint32_t string);
/* What it refuses stays known by its purpose, with what TVS said about it. */
void step_refuse(struct step *s);

/* ---- boot.c ---- */

void boot_enter(struct step *s);
enum next boot_start_handle(struct step *s, const struct event *event);
enum next boot_handle(struct step *s, const struct event *event);
enum next boot_lists(struct step *s);
enum next boot_again(struct step *s);
enum next boot_next_file(struct step *s);
enum next boot_list_judged(struct step *s);
enum next boot_file_judged(struct step *s);

/* ---- judge.c ---- */

enum next judge_decide(struct step *s);
enum next judge_tvs_handle(struct step *s, const struct event *event);

/* ---- registration.c ---- */

enum next registration_begin(struct step *s);
enum next registration_cut(struct step *s);
enum next registration_handle(struct step *s, const struct event *event);
enum next registration_registered_handle(struct step *s, const struct event *event);
void registration_unregistered_enter(struct step *s);
enum next registration_unregistered_handle(struct step *s, const struct event *event);
/* Where it was registered: over, for this reason. */
void registration_ended(struct step *s, enum restart_cause cause);
/* A server answers again: over where it comes before its own.  False: it stays. */
bool registration_left(struct step *s, const struct event *event);
/* The same for EVENT_SERVER_LOST. */
void registration_lost(struct step *s, const struct event *event);

/* ---- service.c ---- */

enum next service_open(struct step *s);
enum next service_judged(struct step *s);
enum next service_back(struct step *s);
enum next service_handle(struct step *s, const struct event *event);

/* ---- capf.c ---- */

enum next capf_open(struct step *s);
enum next capf_judged(struct step *s);
enum next capf_handle(struct step *s, const struct event *event);
enum next capf_wait_handle(struct step *s, const struct event *event);

#endif
