/* Judging what came: the trust decision, and the TVS servers that it asks for. */
#include "phones/step.h"

#include "sim/base/check.h"
#include "sim/wire/text.h"

/* The TVS server that is asked now, or next: the first that has not ended. */
static uint32_t server_of(const struct ct_said *said)
{
    uint32_t server = 0;
    while (server < TRUST_TVS_SERVERS && said->outcome[server] != TVS_NOT_ASKED)
        server++;
    CHECK(server < TRUST_TVS_SERVERS);
    return server;
}

static uint32_t address_of(const struct step *s, const struct ct_said *said)
{
    const struct cnf *cnf = phone_config(s->p, s->env->content);
    return text_host(cnf->tvs[server_of(said)].address);
}

enum next judge_decide(struct step *s)
{
    struct phone *p = s->p;
    struct ct_said said = content_said_of(s->env->content, p->offered);
    struct trust_question q = phone_question(p, s->env, p->purpose, said.about, &said);
    s->verdict = (uint8_t)trust_decide(&q, NULL);
    if (s->verdict != TRUST_ASK_TVS)
        return NEXT_JUDGED;
    if (p->state != PHONE_TVS)
        step_go(s, PHONE_TVS);
    step_ask(s, GOAL_WORK, (struct action){ .type = ACT_TVS_OPEN, .server = address_of(s, &said) });
    return NEXT_WAIT;
}

static enum next tvs_ended(struct step *s, enum tvs_outcome outcome)
{
    struct ct_said said = content_said_of(s->env->content, s->p->offered);
    uint32_t server = server_of(&said);
    said.outcome[server] = (uint8_t)outcome;
    s->p->offered = content_said(s->env->content, &said);
    step_note(s, NOTE_TVS, server, outcome);
    return NEXT_JUDGE;
}

/* One that it knows may be of the wrong time. */
static enum tvs_outcome why_refused(const struct step *s, uint32_t cert)
{
    static const enum tvs_outcome outcomes[] = { [DATE_WITHIN] = TVS_CERT_REFUSED,
                                                 [DATE_OVER] = TVS_CERT_EXPIRED,
                                                 [DATE_BEFORE] = TVS_CERT_NOT_YET };
    struct trust_question q = phone_question(s->p, s->env, TRUST_TVS_SERVER, cert, NULL);
    return outcomes[trust_date(&q)];
}

static enum next tvs_cert(struct step *s, uint32_t cert)
{
    struct ct_said said = content_said_of(s->env->content, s->p->offered);
    said.shown[server_of(&said)] = cert;
    s->p->offered = content_said(s->env->content, &said);
    bool trusted = step_trusts(s, TRUST_TVS_SERVER, cert);
    step_say(s, GOAL_WORK,
             (struct action){ .type = trusted ? ACT_TLS_ACCEPT : ACT_TLS_REFUSE,
                              .server = address_of(s, &said) });
    if (trusted)
        return NEXT_WAIT;
    step_close(s, GOAL_WORK);
    return tvs_ended(s, why_refused(s, cert));
}

static void tvs_ask(struct step *s)
{
    const struct content *c = s->env->content;
    uint32_t about = content_said_of(c, s->p->offered).about;
    if (s->p->purpose > TRUST_CONFIG) { /* a server showed it */
        step_say(s, GOAL_WORK, (struct action){ .type = ACT_TVS_VERIFY, .a = about });
        return;
    }
    const struct ct_envelope *e = content_envelope(c, about);
    step_say(s, GOAL_WORK, (struct action){ .type = ACT_TVS_QUERY, .a = e->signer, .b = e->cert });
}

static void remember(struct step *s, const struct event *event)
{
    struct phone *p = s->p;
    struct content *c = s->env->content;
    struct trust_cached *slot = &p->cache[0];
    for (int i = 0; i < TRUST_CACHE; i++) {
        uint32_t vouch = p->cache[i].vouch;
        if (vouch != 0 && content_get_vouch(c, vouch)->cert == event->a) {
            slot = &p->cache[i];
            break;
        }
        if (p->cache[i].until_s < slot->until_s)
            slot = &p->cache[i]; /* free ones are the oldest of all */
    }
    /* The decision under way may use it even where its time to live is 0. */
    uint32_t now_s = (uint32_t)(s->env->now_us / 1000000), most_s = UINT32_MAX - now_s,
             ttl_s = event->b == 0 ? 1 : event->b;
    slot->vouch = content_vouch(c, event->a, event->roles);
    slot->until_s = now_s + (ttl_s < most_s ? ttl_s : most_s);
}

static enum next tvs_reply(struct step *s, const struct event *event)
{
    bool trusted = event->status == 0 && event->a != 0;
    if (trusted)
        remember(s, event);
    return tvs_ended(s, trusted ? TVS_TRUSTED : TVS_NOT_TRUSTED);
}

enum next judge_tvs_handle(struct step *s, const struct event *event)
{
    switch (event->type) {
    case EVENT_TLS_CERT:
        return tvs_cert(s, event->a);
    case EVENT_TLS_OPEN:
        tvs_ask(s);
        return NEXT_WAIT;
    case EVENT_TVS_REPLY:
        return tvs_reply(s, event);
    case EVENT_REFUSED:
        return tvs_ended(s, TVS_CONN_REFUSED);
    default: /* EVENT_TIMER */
        return tvs_ended(s, TVS_NO_ANSWER);
    }
}
