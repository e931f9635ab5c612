/* CAPF: a session in which a phone gets, shows or gives up its LSC.  It begins by itself where the
 * configuration names an authentication mode that needs nobody (documented: a secure phone does so
 * before it registers, any other once it is registered), or when somebody enters a string. */
#include "phones/step.h"

#include "sim/wire/capf.h"
#include "sim/wire/text.h"

static uint32_t server(const struct step *s)
{
    const struct cnf *cnf = phone_capf_config(s->p, s->env->content);
    return cnf == NULL ? 0 : text_host(cnf->capf_address);
}

static uint32_t string(const struct step *s)
{
    return content_kind(s->env->content, s->p->told) == CT_TEXT ? s->p->told : 0;
}

/* On the connection that is open. */
static void say(struct step *s, enum action_type type, uint32_t a, uint32_t b)
{
    step_say(
        s, GOAL_SERVICE,
        (struct action){
            .type = (uint8_t)type, .kind = TRANSPORT_TLS, .server = server(s), .a = a, .b = b });
}

/* Back to where it was.  One that could not register tries at once with another certificate. */
static enum next leave(struct step *s, bool changed)
{
    struct phone *p = s->p;
    bool reads = content_kind(s->env->content, p->told) == CT_CNF;
    p->capf = CAPF_TRIES;
    p->told = 0;
    if (changed)
        step_gates(s); /* with what it has now (assumed) */
    if (!p->registered && (reads || (changed && p->retry_us != 0)))
        return NEXT_LISTS; /* its configuration is under another key now, or it may register */
    if (!p->registered && p->retry_us == 0)
        return NEXT_REGISTER;
    step_go(s, p->registered ? PHONE_REGISTERED : PHONE_UNREGISTERED);
    return NEXT_WAIT;
}

static enum next failed(struct step *s, enum capf_outcome why)
{
    step_note(s, NOTE_CAPF, why, 0);
    if (why != CAPF_UNREACHABLE || s->p->capf == CAPF_TRIES)
        return leave(s, false);
    step_go(s, PHONE_CAPF_WAIT);
    return NEXT_WAIT;
}

enum next capf_open(struct step *s)
{
    s->p->capf++;
    step_go(s, PHONE_CAPF);
    step_ask(s, GOAL_SERVICE, (struct action){ .type = ACT_CAPF_OPEN, .server = server(s) });
    return NEXT_WAIT;
}

enum next capf_judged(struct step *s)
{
    bool trusted = s->verdict != TRUST_REFUSED;
    say(s, trusted ? ACT_TLS_ACCEPT : ACT_TLS_REFUSE, 0, ACT_CAPF_OPEN);
    if (!trusted) {
        step_close(s, GOAL_SERVICE);
        step_refuse(s);
        return failed(s, CAPF_UNTRUSTED);
    }
    s->p->refused[TRUST_CAPF] = 0;
    if (s->p->state != PHONE_CAPF)
        step_go(s, PHONE_CAPF);
    return NEXT_WAIT;
}

/* Done, and said so; `offered` is what is not done yet. */
static void did(struct step *s, enum capf_outcome what, enum capf_says asked, uint32_t with)
{
    s->p->offered = 0;
    step_note(s, NOTE_CAPF, what, 0);
    say(s, ACT_CAPF_DONE, with, asked);
}

static enum next over(struct step *s, uint32_t reason)
{
    bool changed = s->p->offered == 0;
    step_close(s, GOAL_SERVICE);
    if (reason != CAPF_NO_ACTION && reason != CAPF_UPDATE_CERT)
        return failed(s, CAPF_REFUSED);
    if (!changed)
        step_note(s, NOTE_CAPF, CAPF_NOTHING, 0);
    return leave(s, changed);
}

static enum next asked(struct step *s, const struct event *event)
{
    struct phone *p = s->p;
    switch (event->b) {
    case CAPF_SAYS_KEY:
        say(s, ACT_CAPF_KEY, 0, 0);
        break;
    case CAPF_SAYS_STORE:
        p->lsc = event->a;
        did(s, CAPF_INSTALLED, CAPF_SAYS_STORE, p->lsc);
        break;
    case CAPF_SAYS_FETCH:
        did(s, CAPF_SHOWN, CAPF_SAYS_FETCH, phone_identity(p));
        break;
    case CAPF_SAYS_DELETE:
        p->lsc = 0;
        did(s, CAPF_DELETED, CAPF_SAYS_DELETE, 0);
        break;
    default: /* CAPF_SAYS_END */
        return over(s, event->a);
    }
    return NEXT_WAIT;
}

enum next capf_handle(struct step *s, const struct event *event)
{
    switch (event->type) {
    case EVENT_TLS_CERT:
        return step_judge(s, TRUST_CAPF, event->a);
    case EVENT_TLS_OPEN:
        say(s, ACT_CAPF_AUTH, phone_capf_identity(s->p, s->env->content), string(s));
        return NEXT_WAIT;
    case EVENT_CAPF:
        return asked(s, event);
    default: /* EVENT_REFUSED, EVENT_TIMER */
        return failed(s, CAPF_UNREACHABLE);
    }
}

enum next capf_wait_handle(struct step *s, const struct event *event)
{
    (void)s, (void)event;
    return NEXT_CAPF;
}
