/* Registration: the CallManagers of the group in order, and the wait when none takes the phone. */
#include "phones/step.h"

#define FAILS_MAX 15 /* doublings; the knob caps the wait long before */

/* ---- the attempt ---- */

/* What an attempt that fails the same way again would have in common with this one. */
static uint32_t fingerprint(const struct step *s)
{
    const struct phone *p = s->p;
    uint64_t h = phone_hash(p, s->env);
    for (int i = 0; i <= TRUST_HTTPS; i++)
        h = rng_mix(h ^ p->refused[i]);
    h = rng_mix(h ^ (p->lost | FSM_BIT(FUNCTION_REGISTRATION)));
    return (uint32_t)h | 1;
}

static uint64_t retry_wait_us(const struct step *s)
{
    uint64_t wait = step_knob(s, s->states[PHONE_UNREGISTERED].timer),
             most = step_knob(s, s->states[PHONE_UNREGISTERED].timer_to);
    for (int i = 0; i < s->p->fails && wait < most; i++)
        wait *= 2;
    return wait < most ? wait : most;
}

/* No server took it: counted here, once an attempt, and not where the phone comes back to wait. */
static enum next attempt_failed(struct step *s)
{
    struct phone *p = s->p;
    p->retry_us = s->env->now_us + retry_wait_us(s);
    p->fails += p->fails < FAILS_MAX;
    uint32_t print = fingerprint(s);
    if (print == p->attempt)
        p->boot |= BOOT_AS_BEFORE;
    p->attempt = print;
    step_go(s, PHONE_UNREGISTERED);
    step_lost(s, FUNCTION_REGISTRATION, true);
    return NEXT_WAIT;
}

void registration_unregistered_enter(struct step *s)
{
    struct phone *p = s->p;
    /* What changed since the attempt began may have come too late for it. */
    p->idle = (p->boot & BOOT_AS_BEFORE) != 0 && p->changes == s->env->changes;
}

/* The next server from `index` on that has an address; none: it waits and tries again. */
static enum next register_at(struct step *s, uint32_t index)
{
    struct phone *p = s->p;
    uint32_t server = 0;
    while (index <= CNF_SERVERS && (server = phone_server(p, s->env, index)) == 0)
        index++;
    if (server == 0)
        return attempt_failed(s);
    p->server = index & 15;
    bool tls = phone_is_secure(p, s->env->content);
    step_ask(s, GOAL_WORK,
             (struct action){ .type = tls ? ACT_CCM_OPEN : ACT_REGISTER,
                              .kind = tls ? TRANSPORT_TLS : TRANSPORT_TCP,
                              .server = server,
                              .a = phone_identity(p) });
    return NEXT_WAIT;
}

enum next registration_begin(struct step *s)
{
    step_go(s, PHONE_REGISTERING);
    /* Documented for an ITL over 64 KB: it does not load, and the phone does not register. */
    if ((s->p->boot & BOOT_TOO_LARGE) != 0 && step_knob(s, KNOB_REGISTER_TOO_LARGE) == 0)
        return attempt_failed(s);
    return register_at(s, 0);
}

static enum next registered(struct step *s)
{
    struct phone *p = s->p;
    step_note(s, NOTE_REGISTERED, p->server, 0);
    step_lost(s, FUNCTION_REGISTRATION, false);
    p->registered = true;
    p->fails = 0;
    p->attempt = 0;
    step_go(s, PHONE_REGISTERED);
    return NEXT_WAIT;
}

/* On the connection that is open: ACT_TLS_ACCEPT, ACT_TLS_REFUSE, ACT_REGISTER. */
static void say(struct step *s, enum action_type type)
{
    step_say(s, GOAL_WORK,
             (struct action){ .type = (uint8_t)type,
                              .kind = TRANSPORT_TLS,
                              .server = phone_server(s->p, s->env, s->p->server),
                              .a = phone_identity(s->p) });
}

static enum next server_showed(struct step *s, uint32_t cert)
{
    bool trusted = step_trusts(s, TRUST_CCM_SERVER, cert);
    say(s, trusted ? ACT_TLS_ACCEPT : ACT_TLS_REFUSE);
    if (trusted)
        return NEXT_WAIT;
    step_close(s, GOAL_WORK);
    return register_at(s, s->p->server + 1u);
}

enum next registration_handle(struct step *s, const struct event *event)
{
    switch (event->type) {
    case EVENT_TLS_CERT:
        return server_showed(s, event->a);
    case EVENT_TLS_OPEN:
        say(s, ACT_REGISTER);
        return NEXT_WAIT;
    case EVENT_REGISTERED:
        return registered(s);
    case EVENT_REJECTED:
        step_note(s, NOTE_REJECTED, event->a, s->p->server);
        return register_at(s, s->p->server + 1u);
    default: /* EVENT_REFUSED, EVENT_TIMER */
        return register_at(s, s->p->server + 1u);
    }
}

/* ---- registered, and waiting to try again ---- */

void registration_ended(struct step *s, enum restart_cause cause)
{
    if (s->p->registered)
        step_note(s, NOTE_UNREGISTERED, cause, 0);
    s->p->registered = false;
}

static enum next pressed(struct step *s, const struct event *event)
{
    s->p->key = event->a & 1;
    return NEXT_SERVICE;
}

enum next registration_registered_handle(struct step *s, const struct event *event)
{
    if (event->type == EVENT_PRESS)
        return pressed(s, event);
    registration_ended(s, CAUSE_KEEPALIVE_TO); /* EVENT_SERVER_LOST */
    return NEXT_REGISTER;
}

enum next registration_unregistered_handle(struct step *s, const struct event *event)
{
    return event->type == EVENT_PRESS ? pressed(s, event) : NEXT_LISTS;
}
