/* Registration: the CallManagers of the group in order, and the wait when none takes the phone. */
#include "phones/step.h"

/* ---- the attempt ---- */

/* What an attempt that fails the same way again would have in common with this one. */
static uint32_t fingerprint(const struct step *s)
{
    const struct phone *p = s->p;
    uint64_t h = phone_hash(p, s->env);
    for (int i = 0; i < TRUST_JUDGED; i++)
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
    p->fails += p->fails < PHONE_FAILS;
    uint32_t print = fingerprint(s);
    if (print == p->attempt)
        p->boot |= BOOT_AS_BEFORE;
    p->attempt = print;
    step_go(s, PHONE_UNREGISTERED);
    step_lost(s, FUNCTION_REGISTRATION, true);
    return NEXT_WAIT;
}

enum next registration_cut(struct step *s)
{
    return attempt_failed(s);
}

void registration_unregistered_enter(struct step *s)
{
    struct phone *p = s->p;
    p->idle = (p->boot & BOOT_AS_BEFORE) != 0 && !s->env->hope;
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

static enum next begin_at(struct step *s, uint32_t index)
{
    step_go(s, PHONE_REGISTERING);
    /* Documented for an ITL over 64 KB: it does not load, and the phone does not register. */
    if (phone_is_overfed(s->p, s->env->knobs))
        return attempt_failed(s);
    return register_at(s, index);
}

enum next registration_begin(struct step *s)
{
    const struct content *c = s->env->content;
    /* Documented: a secure phone does not register until the session with CAPF has ended. */
    if (phone_is_secure(s->p, c) && phone_capf_is_due(s->p, c))
        return NEXT_CAPF;
    return begin_at(s, 0);
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
    return phone_capf_is_due(p, s->env->content) ? NEXT_CAPF : NEXT_WAIT;
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

/* Whether it takes leave of its server: one that is gone hears nothing, and a phone without power
 * says nothing. */
static bool takes_leave(enum restart_cause cause)
{
    return cause == CAUSE_RESET_RESET || cause == CAUSE_RESET_RESTART ||
           cause == CAUSE_PHONE_KEYPAD || cause == CAUSE_FAILBACK;
}

void registration_ended(struct step *s, enum restart_cause cause)
{
    if (!s->p->registered)
        return;
    step_note(s, NOTE_UNREGISTERED, cause, 0);
    if (takes_leave(cause))
        outbox_put(s->out, (struct action){ .type = ACT_UNREGISTER });
    s->p->registered = false;
}

/* Keys that are sent: the phone asks its authentication URL whether that user may (documented).
 * Tools that need none press through CallManager, where it is registered (assumed). */
static enum next sent_keys(struct step *s, const struct event *event)
{
    const struct content *c = s->env->content;
    if (!phone_settings_are_open(s->p, c))
        return NEXT_WAIT;
    if (event->b != 0)
        return s->p->registered ? NEXT_ERASED : NEXT_WAIT;
    return phone_takes_remote_keys(s->p, c) ? NEXT_SERVICE : NEXT_WAIT;
}

static enum next pressed(struct step *s, const struct event *event)
{
    enum next then = event->a == KEY_ERASE ? sent_keys(s, event) : NEXT_SERVICE;
    if (then == NEXT_SERVICE) /* keys that it does not take leave its last page alone */
        s->p->key = event->a & 3;
    return then;
}

void registration_lost(struct step *s, const struct event *event)
{
    registration_ended(s, event->a == SERVER_SILENT ? CAUSE_KEEPALIVE_TO : CAUSE_CM_CLOSED_TCP);
}

bool registration_left(struct step *s, const struct event *event)
{
    if (event->a >= s->p->server)
        return false;
    registration_ended(s, CAUSE_FAILBACK);
    return true;
}

enum next registration_registered_handle(struct step *s, const struct event *event)
{
    switch (event->type) {
    case EVENT_PRESS:
        return pressed(s, event);
    case EVENT_CAPF_STRING:
        return step_string(s, event->a);
    case EVENT_SERVER_BACK:
        return registration_left(s, event) ? begin_at(s, event->a) : NEXT_WAIT;
    default: /* EVENT_SERVER_LOST */
        registration_lost(s, event);
        return NEXT_REGISTER;
    }
}

enum next registration_unregistered_handle(struct step *s, const struct event *event)
{
    switch (event->type) {
    case EVENT_PRESS:
        return pressed(s, event);
    case EVENT_CAPF_STRING:
        return step_string(s, event->a);
    default: /* EVENT_TIMER */
        s->p->capf = 0;
        return NEXT_LISTS;
    }
}
