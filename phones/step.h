/* One step of a phone: what its handlers work on and share.  Inside phones/ only. */
#ifndef CUCMLAB_PHONES_STEP_H
#define CUCMLAB_PHONES_STEP_H

#include "phones/phone.h"

struct step {
    struct phone *p;
    const struct phone_env *env;
    struct outbox *out;
};

/* What one boot saw, to tell at its end what the phone lost and gained. */
enum boot_bit {
    BOOT_HAD_CTL = 1,
    BOOT_HAD_ITL = 2,
    BOOT_NEW_CTL = 4,
    BOOT_NEW_ITL = 8,
    BOOT_LIST_FAILED = 16,
    BOOT_CONFIG_OK = 32,
    BOOT_TOO_LARGE = 64 /* a list was more than it loads */
};

/* ---- step.c ---- */

uint64_t step_knob(const struct step *s, enum knob k);
uint32_t step_now_s(const struct step *s);
void step_note(struct step *s, enum note kind, uint32_t a, uint32_t b);
void step_status(struct step *s, enum status_message m, uint32_t kind);
void step_deadline(struct step *s, uint64_t in_us);
/* The number of the next request; answers to earlier ones are stale from here. */
uint16_t step_request(struct phone *p);
/* Ends a request: no answer to it is wanted, and one that comes all the same is stale. */
void step_cancel(struct step *s, uint16_t request);
/* Changes the state: CHECKs the table, clears the deadline, runs what entering it does. */
void step_go(struct step *s, enum phone_state to);
void step_lost(struct step *s, enum phone_function f, bool lost);
struct trust_rules step_rules(const struct knobs *k);
/* Its accepted configuration; NULL: none. */
const struct cnf *step_config(const struct phone *p, const struct content *c);
enum trust_verdict step_decide(const struct step *s, enum trust_purpose purpose, uint32_t what);
/* What it shows in TLS and decrypts with: LSC before MIC (documented). */
uint32_t step_identity(const struct phone *p);

/* ---- boot.c ---- */

void boot_enter(void *step);
void boot_start_handle(void *step, const struct event *event);
void boot_begin(struct step *s); /* from the lists on, as at every attempt */
void boot_handle(void *step, const struct event *event);
/* What the decision on `file` leads to. */
void boot_accept_list(struct step *s, enum trust_verdict verdict);
void boot_accept_file(struct step *s, enum trust_verdict verdict);
void boot_refuse(struct step *s);
void boot_after_file(struct step *s);

/* ---- judge.c ---- */

/* Judges a list or file that came, or the certificate of an HTTPS server. */
void judge_consider(struct step *s, enum trust_purpose purpose, uint32_t what);
void judge_tvs_handle(void *step, const struct event *event);

/* ---- registration.c ---- */

void registration_begin(struct step *s);
void registration_handle(void *step, const struct event *event);
void registration_failed_enter(void *step);
void registration_registered_handle(void *step, const struct event *event);
void registration_unregistered_handle(void *step, const struct event *event);

/* ---- service.c ---- */

void service_press(struct step *s, uint32_t key);
void service_verdict(struct step *s, enum trust_verdict verdict);
void service_handle(void *step, const struct event *event);

#endif
