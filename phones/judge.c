/* Judging what came: the trust decision, and the TVS servers that it asks for. */
#include "phones/step.h"

#include <string.h>

static void open_tvs(struct step *s)
{
    struct phone *p = s->p;
    const struct cnf *cnf = step_config(p, s->env->content);
    uint32_t server = 0;
    while (p->said.outcome[server] != TVS_NOT_ASKED)
        server++;
    p->tvs = (uint8_t)server;
    outbox_put(s->out, (struct action){ .type = ACT_TVS_OPEN,
                                        .request = step_request(p),
                                        .server = phone_address(cnf->tvs[server].address) });
    step_deadline(s, step_knob(s, KNOB_TVS_TIMEOUT_US));
}

/* Goes on with `file` as far as what is known allows. */
static void go_on(struct step *s)
{
    struct phone *p = s->p;
    enum trust_verdict verdict = step_decide(s, (enum trust_purpose)p->purpose, p->file);
    if (verdict == TRUST_ASK_TVS) {
        if (p->state != PHONE_TVS)
            step_go(s, PHONE_TVS);
        open_tvs(s);
    } else if (p->purpose == TRUST_HTTPS) {
        service_verdict(s, verdict);
    } else if (verdict == TRUST_REFUSED) {
        boot_refuse(s);
    } else if (p->purpose == TRUST_CONFIG) {
        boot_accept_file(s, verdict);
    } else {
        boot_accept_list(s, verdict);
    }
}

void judge_consider(struct step *s, enum trust_purpose purpose, uint32_t what)
{
    s->p->file = what;
    s->p->purpose = (uint8_t)purpose;
    memset(&s->p->said, 0, sizeof s->p->said);
    go_on(s);
}

static void tvs_ended(struct step *s, enum tvs_outcome outcome)
{
    struct phone *p = s->p;
    p->said.outcome[p->tvs] = (uint8_t)outcome;
    step_note(s, NOTE_TVS, p->tvs, outcome);
    go_on(s);
}

static void remember(struct step *s, const struct event *event)
{
    struct phone *p = s->p;
    struct trust_cached *slot = &p->cache[0];
    for (int i = 0; i < TRUST_CACHE; i++) {
        if (p->cache[i].cert == event->a) {
            slot = &p->cache[i];
            break;
        }
        if (p->cache[i].until_s < slot->until_s)
            slot = &p->cache[i]; /* free ones are the oldest of all */
    }
    /* The decision under way may use it even where its time to live is 0. */
    uint32_t now_s = step_now_s(s), most_s = UINT32_MAX - now_s,
             ttl_s = event->b == 0 ? 1 : event->b;
    *slot =
        (struct trust_cached){ event->a, event->roles, now_s + (ttl_s < most_s ? ttl_s : most_s) };
}

static void tvs_cert(struct step *s, uint32_t cert)
{
    struct phone *p = s->p;
    p->said.shown[p->tvs] = cert;
    if (step_decide(s, TRUST_TVS_SERVER, cert) == TRUST_REFUSED) {
        outbox_put(s->out, (struct action){ .type = ACT_TLS_REFUSE, .request = p->request });
        tvs_ended(s, TVS_CERT_REFUSED);
        return;
    }
    outbox_put(s->out, (struct action){ .type = ACT_TLS_ACCEPT, .request = p->request });
    if (p->purpose == TRUST_HTTPS) {
        outbox_put(s->out,
                   (struct action){ .type = ACT_TVS_VERIFY, .request = p->request, .a = p->file });
    } else {
        const struct ct_envelope *e = content_envelope(s->env->content, p->file);
        outbox_put(s->out, (struct action){ .type = ACT_TVS_QUERY,
                                            .request = p->request,
                                            .a = e->signer,
                                            .b = e->cert });
    }
}

void judge_tvs_handle(void *step, const struct event *event)
{
    struct step *s = step;
    switch (event->type) {
    case EV_TLS_CERT:
        tvs_cert(s, event->a);
        break;
    case EV_TVS_REPLY:
        if (event->status == 0 && event->a != 0)
            remember(s, event);
        tvs_ended(s, event->status == 0 && event->a != 0 ? TVS_TRUSTED : TVS_NOT_TRUSTED);
        break;
    case EV_REFUSED:
        tvs_ended(s, TVS_CONN_REFUSED);
        break;
    case EV_TIMER:
        step_cancel(s, s->p->request);
        tvs_ended(s, TVS_NO_ANSWER);
        break;
    default:
        break;
    }
}
