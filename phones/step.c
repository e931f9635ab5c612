/* What every handler of a phone uses. */
#include "phones/step.h"

#include "sim/base/check.h"

uint64_t step_knob(const struct step *s, enum knob k)
{
    return s->env->knobs->value[k];
}

uint32_t step_now_s(const struct step *s)
{
    return (uint32_t)(s->env->now_us / 1000000);
}

void step_note(struct step *s, enum note kind, uint32_t a, uint32_t b)
{
    outbox_put(s->out, (struct action){ .type = ACT_NOTE, .kind = (uint8_t)kind, .a = a, .b = b });
}

void step_status(struct step *s, enum status_message m, uint32_t kind)
{
    step_note(s, NOTE_STATUS, m, kind);
}

void step_deadline(struct step *s, uint64_t in_us)
{
    s->p->deadline_us = s->env->now_us + in_us;
}

uint16_t step_request(struct phone *p)
{
    p->request++;
    p->request += p->request == 0;
    return p->request;
}

void step_cancel(struct step *s, uint16_t request)
{
    outbox_put(s->out, (struct action){ .type = ACT_CANCEL, .request = request });
    step_request(s->p);
}

void step_go(struct step *s, enum phone_state to)
{
    struct phone *p = s->p;
    CHECK((phone_states[p->state].goes & FSM_BIT(to)) != 0);
    step_note(s, NOTE_STATE, to, p->state);
    p->state = (uint8_t)to;
    p->deadline_us = 0;
    p->idle = false;
    if (phone_states[to].enter != NULL)
        phone_states[to].enter(s);
}

void step_lost(struct step *s, enum phone_function f, bool lost)
{
    uint8_t bit = FSM_BIT(f);
    if (((s->p->lost & bit) != 0) == lost)
        return;
    s->p->lost ^= bit;
    step_note(s, lost ? NOTE_LOST : NOTE_REGAINED, f, 0);
}

struct trust_rules step_rules(const struct knobs *k)
{
    return (struct trust_rules){ k->value[KNOB_NEXT_TVS_ON_UNKNOWN] != 0,
                                 k->value[KNOB_CCM_IN_ITL] != 0 };
}

const struct cnf *step_config(const struct phone *p, const struct content *c)
{
    return p->config == 0 ? NULL : content_get_cnf(c, p->config);
}

enum trust_verdict step_decide(const struct step *s, enum trust_purpose purpose, uint32_t what)
{
    struct phone *p = s->p;
    struct trust_held held = { p->ctl, p->itl, p->cache };
    struct trust_rules rules = step_rules(s->env->knobs);
    return trust_decide(s->env->content, &rules, purpose, what, &held, &p->said,
                        phone_tvs_servers(p, s->env->content), step_now_s(s), NULL);
}

/* What it shows in TLS and decrypts with: LSC before MIC (documented). */
uint32_t step_identity(const struct phone *p)
{
    return p->lsc != 0 ? p->lsc : CONTENT_MIC;
}
