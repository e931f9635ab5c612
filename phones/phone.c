/* The machine of a phone: its table of states, the dispatcher, and where a handler's answer leads.
 */
#include "phones/phone.h"

#include "phones/step.h"
#include "sim/base/check.h"

#include <string.h>

void phone_init(struct phone *p, uint32_t device, uint8_t model, uint16_t place, uint64_t seed)
{
    memset(p, 0, sizeof *p);
    p->rng = rng_of(seed, "phone", device);
    p->model = model;
    p->place = p->dhcp = place;
    p->state = PHONE_OFF;
    p->point = (uint16_t)rng_of(seed, "point", device).state;
}

static enum next any_handle(struct step *s, const struct event *event);

#define FILE_EVENTS                                                                                \
    (FSM_BIT(EVENT_FILE) | FSM_BIT(EVENT_NO_FILE) | FSM_BIT(EVENT_REFUSED) | FSM_BIT(EVENT_TIMER))
#define TLS_EVENTS                                                                                 \
    (FSM_BIT(EVENT_TLS_CERT) | FSM_BIT(EVENT_TLS_OPEN) | FSM_BIT(EVENT_REFUSED) |                  \
     FSM_BIT(EVENT_TIMER))

const struct phone_row phone_states[PHONE_STATES + 1] = {
    [PHONE_OFF] = { .name = "Off",
                    .doc = "without power; flash keeps lists, configuration and LSC" },
    [PHONE_STARTING] = { .name = "Starting",
                         .doc = "boots; RAM is empty",
                         .enter = boot_enter,
                         .handle = boot_start_handle,
                         .takes = FSM_BIT(EVENT_TIMER),
                         .goes = FSM_BIT(PHONE_CTL) | FSM_BIT(PHONE_CONFIG) |
                                 FSM_BIT(PHONE_UNREGISTERED),
                         .wait = WAIT_DRAWN,
                         .timer = KNOB_BOOT_MIN_US,
                         .timer_to = KNOB_BOOT_MAX_US },
    [PHONE_CTL] = { .name = "Requesting CTL",
                    .doc = "asks its TFTP server for the CTL file",
                    .handle = boot_handle,
                    .takes = FILE_EVENTS,
                    .goes = FSM_BIT(PHONE_TVS) | FSM_BIT(PHONE_ITL) | FSM_BIT(PHONE_CONFIG),
                    .wait = WAIT_FIXED,
                    .timer = KNOB_FETCH_TIMEOUT_US },
    [PHONE_ITL] = { .name = "Requesting ITL",
                    .doc = "asks for the ITL file, by its own name first",
                    .handle = boot_handle,
                    .takes = FILE_EVENTS,
                    .goes = FSM_BIT(PHONE_TVS) | FSM_BIT(PHONE_CONFIG),
                    .wait = WAIT_FIXED,
                    .timer = KNOB_FETCH_TIMEOUT_US },
    [PHONE_CONFIG] = { .name = "Requesting configuration",
                       .doc = "asks for its configuration: signed, encrypted or plain by what it "
                              "holds",
                       .handle = boot_handle,
                       .takes = FILE_EVENTS,
                       .goes = FSM_BIT(PHONE_TVS) | FSM_BIT(PHONE_FILES) | FSM_BIT(PHONE_CAPF) |
                               FSM_BIT(PHONE_REGISTERING),
                       .wait = WAIT_FIXED,
                       .timer = KNOB_FETCH_TIMEOUT_US },
    [PHONE_FILES] = { .name = "Requesting files",
                      .doc = "asks for locale and ring list",
                      .handle = boot_handle,
                      .takes = FILE_EVENTS,
                      .goes = FSM_BIT(PHONE_TVS) | FSM_BIT(PHONE_CAPF) | FSM_BIT(PHONE_REGISTERING),
                      .wait = WAIT_FIXED,
                      .timer = KNOB_FETCH_TIMEOUT_US },
    [PHONE_TVS] = { .name = "Contacting TVS",
                    .doc = "asks a TVS server about a signer or a certificate",
                    .handle = judge_tvs_handle,
                    .takes = TLS_EVENTS | FSM_BIT(EVENT_TVS_REPLY),
                    .goes = FSM_BIT(PHONE_CTL) | FSM_BIT(PHONE_ITL) | FSM_BIT(PHONE_CONFIG) |
                            FSM_BIT(PHONE_FILES) | FSM_BIT(PHONE_REGISTERING) |
                            FSM_BIT(PHONE_SERVICE) | FSM_BIT(PHONE_CAPF) |
                            FSM_BIT(PHONE_REGISTERED) | FSM_BIT(PHONE_UNREGISTERED),
                    .wait = WAIT_FIXED,
                    .timer = KNOB_TVS_TIMEOUT_US },
    [PHONE_REGISTERING] = { .name = "Registering",
                            .doc = "tries the CallManagers of its group in order",
                            .handle = registration_handle,
                            .takes =
                                TLS_EVENTS | FSM_BIT(EVENT_REGISTERED) | FSM_BIT(EVENT_REJECTED),
                            .goes = FSM_BIT(PHONE_REGISTERED) | FSM_BIT(PHONE_UNREGISTERED),
                            .wait = WAIT_FIXED,
                            .timer = KNOB_REGISTER_TIMEOUT_US },
    [PHONE_REGISTERED] = { .name = "Registered",
                           .doc = "in service; keepalives are no events",
                           .handle = registration_registered_handle,
                           .takes = FSM_BIT(EVENT_SERVER_LOST) | FSM_BIT(EVENT_SERVER_BACK) |
                                    FSM_BIT(EVENT_PRESS) | FSM_BIT(EVENT_CAPF_STRING),
                           .goes = FSM_BIT(PHONE_SERVICE) | FSM_BIT(PHONE_CAPF) |
                                   FSM_BIT(PHONE_REGISTERING) },
    [PHONE_UNREGISTERED] = { .name = "Unregistered",
                             .doc = "no server took it; waits to try again",
                             .enter = registration_unregistered_enter,
                             .handle = registration_unregistered_handle,
                             .takes = FSM_BIT(EVENT_TIMER) | FSM_BIT(EVENT_PRESS) |
                                      FSM_BIT(EVENT_CAPF_STRING),
                             .goes = FSM_BIT(PHONE_CTL) | FSM_BIT(PHONE_CONFIG) |
                                     FSM_BIT(PHONE_SERVICE) | FSM_BIT(PHONE_CAPF) |
                                     FSM_BIT(PHONE_UNREGISTERED),
                             .wait = WAIT_RETRY,
                             .timer = KNOB_RETRY_US,
                             .timer_to = KNOB_RETRY_MAX_US },
    [PHONE_SERVICE] = { .name = "Opening a service",
                        .doc = "an HTTPS service, its certificate to be judged",
                        .handle = service_handle,
                        .takes = TLS_EVENTS | FSM_BIT(EVENT_PAGE),
                        .goes = FSM_BIT(PHONE_TVS) | FSM_BIT(PHONE_REGISTERED) |
                                FSM_BIT(PHONE_REGISTERING) | FSM_BIT(PHONE_UNREGISTERED),
                        .goal = GOAL_SERVICE,
                        .wait = WAIT_FIXED,
                        .timer = KNOB_HTTPS_TIMEOUT_US },
    [PHONE_CAPF] = { .name = "Contacting CAPF",
                     .doc = "a session in which it gets, shows or gives up its LSC",
                     .handle = capf_handle,
                     .takes = TLS_EVENTS | FSM_BIT(EVENT_CAPF),
                     .goes = FSM_BIT(PHONE_TVS) | FSM_BIT(PHONE_CAPF_WAIT) | FSM_BIT(PHONE_CTL) |
                             FSM_BIT(PHONE_CONFIG) | FSM_BIT(PHONE_REGISTERING) |
                             FSM_BIT(PHONE_REGISTERED) | FSM_BIT(PHONE_UNREGISTERED),
                     .goal = GOAL_SERVICE,
                     .wait = WAIT_FIXED,
                     .timer = KNOB_CAPF_TIMEOUT_US },
    [PHONE_CAPF_WAIT] = { .name = "Waiting for CAPF",
                          .doc = "CAPF did not answer; three attempts in all",
                          .handle = capf_wait_handle,
                          .takes = FSM_BIT(EVENT_TIMER),
                          .goes = FSM_BIT(PHONE_CAPF),
                          .wait = WAIT_FIXED,
                          .timer = KNOB_CAPF_RETRY_US },
    [PHONE_ANY] = { .name = "Any state",
                    .doc = "besides its own row; a key that the state does not take does nothing",
                    .handle = any_handle,
                    .takes = FSM_BIT(EVENT_POWER_ON) | FSM_BIT(EVENT_POWER_OFF) |
                             FSM_BIT(EVENT_RESET) | FSM_BIT(EVENT_ERASE) | FSM_BIT(EVENT_FACTORY) |
                             FSM_BIT(EVENT_SERVER_LOST) | FSM_BIT(EVENT_SERVER_BACK) |
                             FSM_BIT(EVENT_PRESS) | FSM_BIT(EVENT_CAPF_STRING),
                    .goes = FSM_BIT(PHONE_STARTING) | FSM_BIT(PHONE_CTL) | FSM_BIT(PHONE_CONFIG) |
                            FSM_BIT(PHONE_UNREGISTERED) | FSM_BIT(PHONE_OFF) },
};

/* ---- what any state takes ---- */

/* Whatever it was doing is over. */
static void ended(struct step *s, enum restart_cause cause)
{
    struct phone *p = s->p;
    registration_ended(s, cause);
    for (int goal = 0; goal < GOALS; goal++)
        step_cancel(s, (enum phone_goal)goal);
    p->fails = 0;
    p->attempt = 0;
    p->retry_us = 0;
    p->capf = 0;
    p->told = 0;
}

static void restart(struct step *s, enum restart_cause cause)
{
    ended(s, cause);
    step_go(s, cause == CAUSE_POWER ? PHONE_OFF : PHONE_STARTING);
}

static enum next asked_to_reset(struct step *s, enum reset_kind kind, uint32_t config)
{
    if (kind == RESET_APPLY && s->p->config == config)
        return NEXT_WAIT; /* the version stamp is the one that it has */
    step_status(s, STATUS_RESTART_REQUESTED, 0);
    if (kind != RESET_RESET) {
        ended(s, CAUSE_RESET_RESTART);
        return NEXT_AGAIN;
    }
    restart(s, CAUSE_RESET_RESET);
    return NEXT_WAIT;
}

static enum next erased(struct step *s)
{
    step_status(s, STATUS_ERASING, 0);
    s->p->ctl = s->p->itl = 0;
    restart(s, CAUSE_PHONE_KEYPAD);
    return NEXT_WAIT;
}

/* All that was ever set: lists, configuration, LSC. */
static enum next reset_to_factory(struct step *s)
{
    s->p->config = s->p->lsc = 0;
    return erased(s);
}

static enum next any_handle(struct step *s, const struct event *event)
{
    bool off = s->p->state == PHONE_OFF;
    if (off != (event->type == EVENT_POWER_ON))
        return NEXT_WAIT; /* without power it takes power alone, and with it no more of it */
    switch (event->type) {
    case EVENT_POWER_ON:
        restart(s, CAUSE_INITIALIZED);
        break;
    case EVENT_POWER_OFF:
        restart(s, CAUSE_POWER);
        s->p->lost = 0; /* what it lacks it says anew at the boot that fails */
        break;
    case EVENT_RESET:
        return asked_to_reset(s, (enum reset_kind)event->a, event->b);
    case EVENT_ERASE: /* where the menu is closed the keys do nothing (documented) */
        return phone_settings_are_open(s->p, s->env->content) ? NEXT_ERASED : NEXT_WAIT;
    case EVENT_FACTORY:
        return reset_to_factory(s);
    case EVENT_SERVER_LOST: /* busy with a service: it looks for a server on its way back */
        registration_lost(s, event);
        break;
    case EVENT_SERVER_BACK:
        registration_left(s, event);
        break;
    default: /* EVENT_PRESS, EVENT_CAPF_STRING */
        break;
    }
    return NEXT_WAIT;
}

/* ---- the dispatcher ---- */

/* Goes where a handler's answer leads, until the phone waits for an event. */
static void follow(struct step *s, enum next next)
{
    static enum next (*const routes[NEXTS])(struct step *) = {
        [NEXT_LISTS] = boot_lists,     [NEXT_JUDGE] = judge_decide,
        [NEXT_FILE] = boot_next_file,  [NEXT_REGISTER] = registration_begin,
        [NEXT_SERVICE] = service_open, [NEXT_BACK] = service_back,
        [NEXT_CAPF] = capf_open,       [NEXT_CUT] = registration_cut,
        [NEXT_ERASED] = erased,        [NEXT_AGAIN] = boot_again,
    };
    static enum next (*const judged[])(struct step *) = {
        [TRUST_CTL] = boot_list_judged,    [TRUST_ITL] = boot_list_judged,
        [TRUST_CONFIG] = boot_file_judged, [TRUST_HTTPS] = service_judged,
        [TRUST_CAPF] = capf_judged,
    };
    while (next != NEXT_WAIT)
        next = next == NEXT_JUDGED ? judged[s->p->purpose](s) : routes[next](s);
}

#define CAME_TO_A_REQUEST                                                                          \
    (FSM_BIT(EVENT_FILE) | FSM_BIT(EVENT_NO_FILE) | FSM_BIT(EVENT_REFUSED) |                       \
     FSM_BIT(EVENT_TLS_CERT) | FSM_BIT(EVENT_TLS_OPEN) | FSM_BIT(EVENT_TVS_REPLY) |                \
     FSM_BIT(EVENT_REGISTERED) | FSM_BIT(EVENT_REJECTED) | FSM_BIT(EVENT_PAGE) |                   \
     FSM_BIT(EVENT_CAPF))
/* The others end it; a session with CAPF ends itself. */
#define GOES_ON (FSM_BIT(EVENT_TLS_CERT) | FSM_BIT(EVENT_TLS_OPEN) | FSM_BIT(EVENT_CAPF))

/* Of the request or the timer that an event belongs to.  False: a stale answer. */
static bool settle(struct step *s, const struct phone_row *row, const struct event *event)
{
    struct phone *p = s->p;
    uint32_t bit = FSM_BIT(event->type);
    if ((bit & CAME_TO_A_REQUEST) != 0) {
        if (event->request == 0 || event->request != p->request[row->goal])
            return false;
        CHECK((row->takes & bit) != 0);
        if ((bit & GOES_ON) == 0)
            step_close(s, row->goal);
    } else if (event->type == EVENT_TIMER) {
        CHECK(p->deadline_us != 0 && (p->idle || p->deadline_us <= s->env->now_us));
        p->deadline_us = 0;
        step_cancel(s, row->goal);
    }
    return true;
}

void phone_step(struct phone *p, const struct phone_env *env, const struct event *event,
                struct outbox *out)
{
    struct step s = { .p = p, .env = env, .out = out, .states = phone_states };
    const struct phone_row *row = &phone_states[p->state];
    if (!settle(&s, row, event))
        return;
    if ((row->takes & FSM_BIT(event->type)) == 0)
        row = &phone_states[PHONE_ANY];
    CHECK((row->takes & FSM_BIT(event->type)) != 0);
    follow(&s, row->handle(&s, event));
#ifdef CUCMLAB_ABORT
    phone_check(p, env);
#endif
}

void phone_check(const struct phone *p, const struct phone_env *env)
{
    const struct content *c = env->content;
    const struct phone_row *row = &phone_states[p->state];
    CHECK(p->state < PHONE_STATES && p->fetching < FILE_KINDS && p->model < model_count);
    CHECK(p->ctl == 0 || content_kind(c, p->ctl) == CT_LIST);
    CHECK(p->itl == 0 || content_kind(c, p->itl) == CT_LIST);
    CHECK(p->config == 0 || content_kind(c, p->config) == CT_CNF);
    CHECK((p->deadline_us != 0) == (row->wait != WAIT_EVER));
    /* A state waits for the answers that it takes; what else is open is a held handshake. */
    bool asks = (row->takes & CAME_TO_A_REQUEST) != 0;
    bool held = p->state == PHONE_TVS && p->purpose > TRUST_CONFIG;
    CHECK((p->request[GOAL_WORK] != 0) == (asks && row->goal == GOAL_WORK));
    CHECK((p->request[GOAL_SERVICE] != 0) == ((asks && row->goal == GOAL_SERVICE) || held));
    /* Registered, waiting to try again, or under way to one of the two. */
    bool serves =
        p->state == PHONE_SERVICE || p->state == PHONE_CAPF || p->state == PHONE_CAPF_WAIT || held;
    CHECK(p->registered ? p->state == PHONE_REGISTERED || serves : p->state != PHONE_REGISTERED);
    CHECK(p->retry_us == 0 ? p->state != PHONE_UNREGISTERED
                           : p->state == PHONE_UNREGISTERED || serves);
    CHECK(!p->registered || p->retry_us == 0);
    CHECK(!p->registered || (p->lost & FSM_BIT(FUNCTION_REGISTRATION)) == 0);
    CHECK(!p->idle || p->state == PHONE_UNREGISTERED);
    CHECK(p->state != PHONE_OFF || (p->fails == 0 && p->lost == 0));
}
