/* What every handler of a phone uses. */
#include "phones/step.h"

#include "sim/base/check.h"

uint64_t step_knob(const struct step *s, enum knob k)
{
    return s->env->knobs->value[k];
}

void step_note(struct step *s, enum note kind, uint32_t a, uint32_t b)
{
    outbox_put(s->out, (struct action){ .type = ACT_NOTE, .kind = (uint8_t)kind, .a = a, .b = b });
}

void step_status(struct step *s, enum status_message m, uint32_t kind)
{
    step_note(s, NOTE_STATUS, m, kind);
}

void step_lost(struct step *s, enum phone_function f, bool lost)
{
    uint8_t bit = FSM_BIT(f);
    if (((s->p->lost & bit) != 0) == lost)
        return;
    s->p->lost ^= bit;
    step_note(s, lost ? NOTE_LOST : NOTE_REGAINED, f, 0);
}

/* ---- states and their timers ---- */

static uint64_t drawn(struct step *s, uint64_t least, uint64_t most)
{
    return least + rng_below(&s->p->rng, most - least + 1) + 1;
}

static void arm(struct step *s)
{
    const struct phone_row *row = &s->states[s->p->state];
    uint64_t now_us = s->env->now_us;
    switch (row->wait) {
    case WAIT_FIXED:
        s->p->deadline_us = now_us + step_knob(s, row->timer);
        break;
    case WAIT_DRAWN:
        s->p->deadline_us =
            now_us + drawn(s, step_knob(s, row->timer), step_knob(s, row->timer_to));
        break;
    case WAIT_RETRY: /* fixed when the attempt failed: a service opened meanwhile moves nothing */
        s->p->deadline_us = s->p->retry_us;
        break;
    default:
        s->p->deadline_us = 0;
    }
}

void step_go(struct step *s, enum phone_state to)
{
    struct phone *p = s->p;
    CHECK(phone_may_go(s->states, p->state, to));
    step_note(s, NOTE_STATE, to, p->state);
    p->state = to;
    p->idle = false;
    arm(s);
    if (s->states[to].enter != NULL)
        s->states[to].enter(s);
}

/* ---- requests ---- */

void step_ask(struct step *s, enum phone_goal goal, struct action action)
{
    struct phone *p = s->p;
    CHECK(p->request[goal] == 0);
    p->last_request++;
    p->last_request += p->last_request == 0;
    p->request[goal] = p->last_request;
    step_say(s, goal, action);
    arm(s);
}

void step_say(struct step *s, enum phone_goal goal, struct action action)
{
    CHECK(s->p->request[goal] != 0);
    action.request = s->p->request[goal];
    outbox_put(s->out, action);
}

void step_close(struct step *s, enum phone_goal goal)
{
    s->p->request[goal] = 0;
}

void step_cancel(struct step *s, enum phone_goal goal)
{
    if (s->p->request[goal] == 0)
        return;
    step_say(s, goal, (struct action){ .type = ACT_CANCEL });
    step_close(s, goal);
}

/* ---- what came, and the decision on it ---- */

enum next step_judge(struct step *s, enum trust_purpose purpose, uint32_t what)
{
    s->p->offered = what;
    s->p->purpose = purpose;
    return NEXT_JUDGE;
}

bool step_trusts(const struct step *s, enum trust_purpose purpose, uint32_t cert)
{
    struct trust_question q = phone_question(s->p, s->env, purpose, cert, NULL);
    return trust_decide(&q, NULL) != TRUST_REFUSED;
}

void step_gates(struct step *s)
{
    static const uint8_t functions[PHONE_GATES] = {
        [PHONE_DOT1X] = FUNCTION_DOT1X, [PHONE_VPN] = FUNCTION_VPN
    };
    for (int gate = 0; gate < PHONE_GATES; gate++) {
        bool refused = phone_is_refused_at(s->p, s->env, (enum phone_gates)gate);
        if (refused && gate == PHONE_DOT1X)
            step_status(s, STATUS_DOT1X_FAILED, 0);
        step_lost(s, (enum phone_function)functions[gate], refused);
    }
}

enum next step_string(struct step *s, uint32_t string)
{
    const struct cnf *cnf = phone_config(s->p, s->env->content);
    if (cnf == NULL || cnf->capf_address[0] == '\0' || !model_table[s->p->model].ctl)
        return NEXT_WAIT; /* its menu has no such item */
    s->p->told = string;
    s->p->capf = 0;
    return NEXT_CAPF;
}

void step_refuse(struct step *s)
{
    struct phone *p = s->p;
    struct ct_said said = content_said_of(s->env->content, p->offered);
    said.ctl = p->ctl; /* the chain is told of what it held then, whatever it gets later */
    said.itl = p->itl;
    said.config = p->config;
    struct trust_question q =
        phone_question(p, s->env, (enum trust_purpose)p->purpose, said.about, &said);
    said.dated = (uint8_t)trust_date(&q);
    said.over = true;
    p->refused[p->purpose] = content_said(s->env->content, &said);
}
