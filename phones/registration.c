/* Registration: the CallManagers of the group in order, and the wait when none takes the phone. */
#include "phones/step.h"

#include "sim/core/driver.h"

#define BACKOFF_MAX 16 /* doublings; the knob caps it long before */

static bool is_secure(const struct cnf *cnf)
{
    return cnf != NULL && cnf->security_mode >= CNF_AUTHENTICATED;
}

uint32_t phone_server(const struct phone *p, const struct phone_env *env, uint32_t index)
{
    const struct cnf *cnf = step_config(p, env->content);
    uint32_t count = cnf == NULL ? 0 : cnf->server_count;
    if (index < count)
        return phone_address(cnf->servers[index].address);
    /* The last resort: the TFTP server, where it is not in the group already. */
    uint32_t tftp = env->places[p->place].tftp[p->tftp];
    if (index > count || cnf == NULL || is_secure(cnf) ||
        env->knobs->value[KNOB_REGISTER_AT_TFTP] == 0)
        return 0;
    for (uint32_t i = 0; i < count; i++) {
        if (phone_address(cnf->servers[i].address) == tftp)
            return 0;
    }
    return tftp;
}

static uint32_t fingerprint(const struct step *s)
{
    const struct phone *p = s->p;
    uint64_t h = phone_trust_hash(p, step_now_s(s));
    for (int i = 0; i <= TRUST_HTTPS; i++)
        h = rng_mix(h ^ p->refused[i]);
    h = rng_hash(h, view_of(p->refused_said.outcome, sizeof p->refused_said.outcome));
    h = rng_mix(h ^ p->lost);
    return (uint32_t)h | 1;
}

void registration_failed_enter(void *step)
{
    struct step *s = step;
    struct phone *p = s->p;
    step_lost(s, FUNCTION_REGISTRATION, true);
    uint64_t wait = step_knob(s, KNOB_RETRY_US), most = step_knob(s, KNOB_RETRY_MAX_US);
    for (int i = 0; i < p->fails && wait < most; i++)
        wait *= 2;
    step_deadline(s, wait < most ? wait : most);
    p->fails += p->fails < BACKOFF_MAX;
    /* What changed while the attempt was under way may have come too late for it. */
    uint32_t print = fingerprint(s);
    p->idle = print == p->attempt && p->changes == s->env->changes;
    p->attempt = print;
}

/* Servers of the group, and behind them the last resort. */
static uint32_t server_count(const struct cnf *cnf)
{
    return (cnf == NULL ? 0 : cnf->server_count) + 1u;
}

/* The next server from `index` on that has an address; none: it waits and tries again. */
static void register_at(struct step *s, uint32_t index)
{
    struct phone *p = s->p;
    const struct cnf *cnf = step_config(p, s->env->content);
    uint32_t server = 0, count = server_count(cnf);
    while (index < count && (server = phone_server(p, s->env, index)) == 0)
        index++;
    if (server == 0) {
        step_go(s, PHONE_UNREGISTERED);
        return;
    }
    p->server = index & 15;
    outbox_put(s->out, (struct action){
                           .type = ACT_REGISTER,
                           .kind = is_secure(cnf) ? TRANSPORT_TLS : TRANSPORT_TCP,
                           .request = step_request(p),
                           .server = server,
                           .a = step_identity(p),
                       });
    step_deadline(s, step_knob(s, KNOB_REGISTER_TIMEOUT_US));
}

void registration_begin(struct step *s)
{
    step_go(s, PHONE_REGISTERING);
    /* Documented for an ITL over 64 KB: it does not load, and the phone does not register. */
    if ((s->p->boot & BOOT_TOO_LARGE) != 0 && step_knob(s, KNOB_REGISTER_TOO_LARGE) == 0)
        step_go(s, PHONE_UNREGISTERED);
    else
        register_at(s, 0);
}

void registration_handle(void *step, const struct event *event)
{
    struct step *s = step;
    struct phone *p = s->p;
    switch (event->type) {
    case EV_REGISTERED:
        step_note(s, NOTE_REGISTERED, p->server, 0);
        step_lost(s, FUNCTION_REGISTRATION, false);
        p->fails = 0;
        p->attempt = 0;
        step_go(s, PHONE_REGISTERED);
        break;
    case EV_TLS_CERT:
        if (step_decide(s, TRUST_CCM_SERVER, event->a) != TRUST_REFUSED) {
            outbox_put(s->out, (struct action){ .type = ACT_TLS_ACCEPT,
                                                .request = p->request,
                                                .a = step_identity(p),
                                                .b = ASK_REGISTER });
            break;
        }
        outbox_put(s->out, (struct action){ .type = ACT_TLS_REFUSE, .request = p->request });
        step_request(p);
        register_at(s, p->server + 1u);
        break;
    case EV_REJECTED:
        step_note(s, NOTE_REJECTED, event->a, p->server);
        register_at(s, p->server + 1u);
        break;
    case EV_REFUSED:
        register_at(s, p->server + 1u);
        break;
    case EV_TIMER:
        step_cancel(s, p->request);
        register_at(s, p->server + 1u);
        break;
    default:
        break;
    }
}

void registration_registered_handle(void *step, const struct event *event)
{
    struct step *s = step;
    if (event->type == EV_PRESS) {
        service_press(s, event->a);
    } else if (event->type == EV_SERVER_LOST) {
        s->p->cause = CAUSE_KEEPALIVE_TO;
        step_note(s, NOTE_UNREGISTERED, s->p->cause, 0);
        registration_begin(s);
    }
}

void registration_unregistered_handle(void *step, const struct event *event)
{
    struct step *s = step;
    if (event->type == EV_TIMER) {
        s->p->tftp = 0;
        boot_begin(s); /* tries again from the lists, as at boot */
    } else if (event->type == EV_PRESS) {
        service_press(s, event->a);
    }
}
