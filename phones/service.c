/* HTTPS services: the certificate of the server is judged like a file. */
#include "phones/step.h"

#include "sim/core/driver.h"

#include <string.h>

static void service_done(struct step *s, bool ok)
{
    struct phone *p = s->p;
    step_note(s, NOTE_SERVICE, p->key, ok);
    if (!ok)
        step_status(s, STATUS_HOST_NOT_FOUND, 0);
    step_lost(s, FUNCTION_SECURE_SERVICES, !ok);
    if (p->after_service == PHONE_REGISTERING) /* it lost its server meanwhile */
        registration_begin(s);
    else
        step_go(s, (enum phone_state)p->after_service);
}

/* Address in "https://10.0.0.1:8443/…", or in "http://…" where the administrator made the secured
 * URL a plain one (documented for rollback): then nothing is judged.  0: it names no address. */
static uint32_t url_address(const char *url, enum transport *transport)
{
    static const struct {
        const char *text;
        enum transport transport;
    } schemes[] = { { "https://", TRANSPORT_TLS }, { "http://", TRANSPORT_TCP } };
    for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++) {
        size_t n = strlen(schemes[i].text);
        if (strncmp(url, schemes[i].text, n) != 0)
            continue;
        char host[CNF_NAME];
        size_t length = 0;
        for (const char *p = url + n;
             *p != '\0' && *p != ':' && *p != '/' && length + 1 < sizeof host; p++)
            host[length++] = *p;
        host[length] = '\0';
        *transport = schemes[i].transport;
        return phone_address(host);
    }
    return 0;
}

static uint32_t service_server(const struct step *s, enum transport *transport)
{
    const struct cnf *cnf = step_config(s->p, s->env->content);
    if (cnf == NULL)
        return 0;
    return url_address(s->p->key == KEY_DIRECTORIES ? cnf->secure_directory_url
                                                    : cnf->secure_services_url,
                       transport);
}

void service_verdict(struct step *s, enum trust_verdict verdict)
{
    struct phone *p = s->p;
    bool refused = verdict == TRUST_REFUSED;
    enum transport transport = TRANSPORT_TLS;
    outbox_put(s->out, (struct action){ .type = refused ? ACT_TLS_REFUSE : ACT_TLS_ACCEPT,
                                        .request = p->service_request,
                                        .server = service_server(s, &transport),
                                        .b = ASK_HTTPS_PAGE });
    if (refused) {
        p->refused[TRUST_HTTPS] = p->file;
        p->refused_said = p->said;
        service_done(s, false);
        return;
    }
    p->refused[TRUST_HTTPS] = 0;
    if (p->state != PHONE_SERVICE)
        step_go(s, PHONE_SERVICE);
    step_deadline(s, step_knob(s, KNOB_HTTPS_TIMEOUT_US));
}

void service_press(struct step *s, uint32_t key)
{
    struct phone *p = s->p;
    p->key = (uint8_t)key;
    p->after_service = p->state;
    enum transport transport = TRANSPORT_TLS;
    uint32_t server = service_server(s, &transport);
    step_go(s, PHONE_SERVICE);
    if (server == 0) {
        service_done(s, false);
        return;
    }
    p->service_request = step_request(p);
    outbox_put(s->out, (struct action){ .type = ACT_HTTPS,
                                        .kind = (uint8_t)transport,
                                        .request = p->service_request,
                                        .server = server });
    step_deadline(s, step_knob(s, KNOB_HTTPS_TIMEOUT_US));
}

void service_handle(void *step, const struct event *event)
{
    struct step *s = step;
    switch (event->type) {
    case EV_TLS_CERT:
        judge_consider(s, TRUST_HTTPS, event->a);
        break;
    case EV_PAGE:
        service_done(s, true);
        break;
    case EV_TIMER:
        step_cancel(s, s->p->service_request);
        service_done(s, false);
        break;
    case EV_REFUSED:
        service_done(s, false);
        break;
    default:
        break;
    }
}
