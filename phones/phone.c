#include "phones/phone.h"

#include "phones/step.h"
#include "sim/base/check.h"

#include <string.h>

void phone_init(struct phone *p, uint32_t device, uint8_t model, uint16_t place, uint64_t seed)
{
    memset(p, 0, sizeof *p);
    p->rng = rng_of(seed, "phone", device);
    p->device = device;
    p->model = model;
    p->place = place;
    p->state = PHONE_OFF;
    p->cause = CAUSE_INITIALIZED;
    p->point = (uint16_t)rng_of(seed, "point", device).state;
}

#define ANY_REQUEST (FSM_BIT(EV_REFUSED) | FSM_BIT(EV_TIMER))
#define FILE_EVENTS (ANY_REQUEST | FSM_BIT(EV_FILE) | FSM_BIT(EV_NO_FILE))
#define TO_START    (FSM_BIT(PHONE_STARTING) | FSM_BIT(PHONE_OFF))

const struct fsm_state phone_states[PHONE_STATES] = {
    [PHONE_OFF] = { "Off", "without power; flash keeps lists, configuration and LSC", NULL, NULL, 0,
                    TO_START, NULL },
    [PHONE_STARTING] = { "Starting", "boots; RAM is empty", boot_enter, boot_start_handle,
                         FSM_BIT(EV_TIMER), TO_START | FSM_BIT(PHONE_CTL) | FSM_BIT(PHONE_CONFIG),
                         "boot_max_us" },
    [PHONE_CTL] = { "Requesting CTL", "asks its TFTP server for the CTL file", NULL, boot_handle,
                    FILE_EVENTS,
                    TO_START | FSM_BIT(PHONE_TVS) | FSM_BIT(PHONE_ITL) | FSM_BIT(PHONE_CONFIG),
                    "fetch_timeout_us" },
    [PHONE_ITL] = { "Requesting ITL", "asks for the ITL file, by its own name first", NULL,
                    boot_handle, FILE_EVENTS, TO_START | FSM_BIT(PHONE_TVS) | FSM_BIT(PHONE_CONFIG),
                    "fetch_timeout_us" },
    [PHONE_CONFIG] = { "Requesting configuration",
                       "asks for its configuration: signed, encrypted or plain by what it holds",
                       NULL, boot_handle, FILE_EVENTS,
                       TO_START | FSM_BIT(PHONE_TVS) | FSM_BIT(PHONE_FILES) |
                           FSM_BIT(PHONE_REGISTERING),
                       "fetch_timeout_us" },
    [PHONE_FILES] = { "Requesting files", "asks for locale and ring list", NULL, boot_handle,
                      FILE_EVENTS, TO_START | FSM_BIT(PHONE_TVS) | FSM_BIT(PHONE_REGISTERING),
                      "fetch_timeout_us" },
    [PHONE_TVS] = { "Contacting TVS", "asks a TVS server about a signer or a certificate", NULL,
                    judge_tvs_handle, ANY_REQUEST | FSM_BIT(EV_TLS_CERT) | FSM_BIT(EV_TVS_REPLY),
                    TO_START | FSM_BIT(PHONE_ITL) | FSM_BIT(PHONE_CONFIG) | FSM_BIT(PHONE_FILES) |
                        FSM_BIT(PHONE_REGISTERING) | FSM_BIT(PHONE_SERVICE) |
                        FSM_BIT(PHONE_REGISTERED) | FSM_BIT(PHONE_UNREGISTERED),
                    "tvs_timeout_us" },
    [PHONE_REGISTERING] = { "Registering", "tries the CallManagers of its group in order", NULL,
                            registration_handle,
                            ANY_REQUEST | FSM_BIT(EV_REGISTERED) | FSM_BIT(EV_REJECTED) |
                                FSM_BIT(EV_TLS_CERT),
                            TO_START | FSM_BIT(PHONE_REGISTERED) | FSM_BIT(PHONE_UNREGISTERED),
                            "register_timeout_us" },
    [PHONE_REGISTERED] = { "Registered", "in service; keepalives are no events", NULL,
                           registration_registered_handle,
                           FSM_BIT(EV_SERVER_LOST) | FSM_BIT(EV_PRESS),
                           TO_START | FSM_BIT(PHONE_SERVICE) | FSM_BIT(PHONE_REGISTERING), NULL },
    [PHONE_UNREGISTERED] = { "Unregistered", "no server took it; waits to try again",
                             registration_failed_enter, registration_unregistered_handle,
                             FSM_BIT(EV_TIMER) | FSM_BIT(EV_PRESS),
                             TO_START | FSM_BIT(PHONE_CTL) | FSM_BIT(PHONE_CONFIG) |
                                 FSM_BIT(PHONE_SERVICE),
                             "retry_max_us" },
    [PHONE_SERVICE] = { "Opening a service", "an HTTPS service, its certificate to be judged", NULL,
                        service_handle, ANY_REQUEST | FSM_BIT(EV_TLS_CERT) | FSM_BIT(EV_PAGE),
                        TO_START | FSM_BIT(PHONE_TVS) | FSM_BIT(PHONE_REGISTERED) |
                            FSM_BIT(PHONE_REGISTERING) | FSM_BIT(PHONE_UNREGISTERED),
                        "https_timeout_us" },
};

/* ---- the dispatcher ---- */

/* The request whose answer it waits for. An HTTPS handshake is held under a number of its own while
 * TVS is asked. */
static uint16_t awaited(const struct phone *p)
{
    return p->state == PHONE_SERVICE ? p->service_request : p->request;
}

/* Ends what is under way. */
static void cancel_all(struct step *s)
{
    const struct phone *p = s->p;
    if ((phone_states[p->state].takes & FSM_BIT(EV_REFUSED)) == 0)
        return; /* it waits for no answer */
    bool held = p->state == PHONE_TVS && p->purpose == TRUST_HTTPS;
    step_cancel(s, awaited(p));
    if (held)
        step_cancel(s, p->service_request);
}

static void restart(struct step *s, enum restart_cause cause)
{
    struct phone *p = s->p;
    if (phone_is_registered(p))
        step_note(s, NOTE_UNREGISTERED, cause, 0);
    cancel_all(s);
    p->cause = (uint8_t)cause;
    p->fails = 0;
    p->attempt = 0;
    step_go(s, cause == CAUSE_POWER && p->state != PHONE_OFF ? PHONE_OFF : PHONE_STARTING);
}

/* Events that any state takes: somebody acts on the phone. */
static bool handle_anywhere(struct step *s, const struct event *event)
{
    struct phone *p = s->p;
    switch (event->type) {
    case EV_POWER_ON:
        if (p->state == PHONE_OFF)
            restart(s, CAUSE_INITIALIZED);
        return true;
    case EV_POWER_OFF:
        if (p->state != PHONE_OFF)
            restart(s, CAUSE_POWER);
        return true;
    case EV_RESET:
        if (p->state != PHONE_OFF) {
            step_status(s, STATUS_RESTART_REQUESTED, 0);
            restart(s, CAUSE_RESET_RESET);
        }
        return true;
    case EV_ERASE:
        if (p->state != PHONE_OFF) {
            step_status(s, STATUS_ERASING, 0);
            p->ctl = p->itl = 0;
            restart(s, CAUSE_PHONE_KEYPAD);
        }
        return true;
    case EV_SERVER_LOST:
        if (p->state == PHONE_REGISTERED)
            return false;
        if (phone_is_registered(
                p)) { /* busy with a service: it looks for a server on its way back */
            p->cause = CAUSE_KEEPALIVE_TO;
            step_note(s, NOTE_UNREGISTERED, p->cause, 0);
            p->after_service = PHONE_REGISTERING;
        }
        return true;
    default:
        return false;
    }
}

static bool is_answer(uint8_t type)
{
    return type >= EV_FILE && type <= EV_PAGE && type != EV_SERVER_LOST;
}

void phone_step(struct phone *p, const struct phone_env *env, const struct event *event,
                struct outbox *out)
{
    struct step s = { p, env, out };
    if (handle_anywhere(&s, event))
        return;
    if (is_answer(event->type) && event->request != awaited(p))
        return; /* stale */
    const struct fsm_state *state = &phone_states[p->state];
    if ((state->takes & FSM_BIT(event->type)) == 0) {
        /* A key may be pressed at any time; an answer or a timer that its state did not ask for is
         * our own bug. */
        CHECK(event->type == EV_PRESS);
        return;
    }
    if (event->type == EV_TIMER) {
        CHECK(p->deadline_us != 0 && (p->idle || p->deadline_us <= env->now_us));
        p->deadline_us = 0;
    }
    if (is_answer(event->type) && event->type != EV_TLS_CERT)
        step_request(p); /* answered: a second answer is stale */
    state->handle(&s, event);
}

/* ---- what others ask of a phone ---- */

uint32_t phone_tvs_servers(const struct phone *p, const struct content *c)
{
    const struct cnf *cnf = step_config(p, c);
    /* Phones ignore TVS entries of XMLDefault (CSCuq33297, documented). */
    if (cnf == NULL || cnf->is_default || !model_table[p->model].itl)
        return 0;
    return cnf->tvs_count < TRUST_TVS_SERVERS ? cnf->tvs_count : TRUST_TVS_SERVERS;
}

uint32_t phone_address(const char *text)
{
    uint32_t address = 0, part = 0;
    int parts = 0, digits = 0;
    for (;; text++) {
        if (*text >= '0' && *text <= '9') {
            part = part * 10 + (uint32_t)(*text - '0');
            if (++digits > 3 || part > 255)
                return 0;
        } else if ((*text == '.' || *text == '\0') && digits > 0) {
            address = address << 8 | part;
            parts++;
            part = 0;
            digits = 0;
            if (*text == '\0')
                return parts == 4 ? address : 0;
        } else {
            return 0;
        }
    }
}

bool phone_is_registered(const struct phone *p)
{
    return p->state == PHONE_REGISTERED ||
           ((p->state == PHONE_SERVICE || (p->state == PHONE_TVS && p->purpose == TRUST_HTTPS)) &&
            p->after_service == PHONE_REGISTERED);
}

/* The next instant after `now` at the phone's own offset of an interval. */
static uint64_t own_point(const struct phone *p, uint64_t interval_us, uint64_t now_us)
{
    if (interval_us == 0)
        return now_us + 1;
    uint64_t offset = (interval_us >> 16) * p->point + ((interval_us & 0xffff) * p->point >> 16);
    uint64_t point = now_us - now_us % interval_us + offset;
    return point > now_us ? point : point + interval_us;
}

uint64_t phone_wake_us(const struct phone *p, const struct knobs *k, uint64_t now_us)
{
    return own_point(p, k->value[KNOB_RETRY_US], now_us);
}

uint64_t phone_keepalive_us(const struct phone *p, const struct knobs *k, uint64_t now_us)
{
    return own_point(p, k->value[KNOB_KEEPALIVE_US], now_us);
}

uint64_t phone_trust_hash(const struct phone *p, uint32_t at_s)
{
    uint64_t h = rng_mix(((uint64_t)p->ctl << 32 | p->itl) + 1);
    h = rng_mix(h ^ ((uint64_t)p->config << 32 | p->lsc));
    h = rng_mix(h ^ ((uint64_t)p->model << 16 | p->place));
    for (int i = 0; i < TRUST_CACHE; i++) {
        if (p->cache[i].cert != 0 && p->cache[i].until_s > at_s)
            h += rng_mix(((uint64_t)p->cache[i].cert << 32) ^ p->cache[i].roles ^ 0x63616368u);
    }
    return h;
}

bool phone_explain(const struct phone *p, const struct phone_env *env, enum trust_purpose purpose,
                   struct trust_chain *chain, enum trust_verdict *verdict)
{
    CHECK(purpose <= TRUST_HTTPS);
    uint32_t what = p->refused[purpose];
    chain->count = 0;
    if (what == 0)
        return false;
    struct trust_held held = { p->ctl, p->itl, p->cache };
    struct trust_rules rules = step_rules(env->knobs);
    *verdict =
        trust_decide(env->content, &rules, purpose, what, &held, &p->refused_said,
                     phone_tvs_servers(p, env->content), (uint32_t)(env->now_us / 1000000), chain);
    return true;
}
