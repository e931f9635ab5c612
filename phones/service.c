/* HTTPS services: the certificate of the server is judged like a file. */
#include "phones/step.h"

#include "sim/wire/text.h"

#include <string.h>

static enum next done(struct step *s, bool ok)
{
    if (s->p->key == KEY_ERASE)
        return ok ? NEXT_ERASED : NEXT_BACK;
    step_note(s, NOTE_SERVICE, s->p->key, ok);
    if (!ok)
        step_status(s, STATUS_HOST_NOT_FOUND, 0);
    if (model_table[s->p->model].https) /* others have no secured service to lose */
        step_lost(s, FUNCTION_SECURE_SERVICES, !ok);
    return NEXT_BACK;
}

/* Where a key found the phone, or what became of that meanwhile. */
enum next service_back(struct step *s)
{
    if (!s->p->registered && s->p->retry_us == 0)
        return NEXT_REGISTER; /* it lost its server */
    step_go(s, s->p->registered ? PHONE_REGISTERED : PHONE_UNREGISTERED);
    return NEXT_WAIT;
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
        char host[CNF_NAME] = "";
        size_t length = strcspn(url + n, ":/");
        *transport = schemes[i].transport;
        if (length >= sizeof host)
            return 0; /* no name is so long */
        memcpy(host, url + n, length);
        return text_host(host);
    }
    return 0;
}

static uint32_t service_server(const struct step *s, enum transport *transport)
{
    const struct cnf *cnf = phone_config(s->p, s->env->content);
    if (cnf == NULL)
        return 0;
    /* A phone takes the one of both URLs that it can open (documented). */
    bool https = model_table[s->p->model].https;
    const char *const urls[][2] = {
        [KEY_DIRECTORIES] = { cnf->directory_url, cnf->secure_directory_url },
        [KEY_SERVICES] = { cnf->services_url, cnf->secure_services_url },
        [KEY_ERASE] = { cnf->authentication_url, cnf->secure_authentication_url },
    };
    return url_address(urls[s->p->key][https], transport);
}

enum next service_open(struct step *s)
{
    enum transport transport = TRANSPORT_TLS;
    uint32_t server = service_server(s, &transport);
    step_go(s, PHONE_SERVICE);
    if (server == 0)
        return done(s, false);
    step_ask(s, GOAL_SERVICE,
             (struct action){ .type = transport == TRANSPORT_TLS ? ACT_HTTPS_OPEN : ACT_HTTPS_GET,
                              .kind = (uint8_t)transport,
                              .server = server });
    return NEXT_WAIT;
}

/* On the connection that is open: ACT_TLS_ACCEPT, ACT_TLS_REFUSE, ACT_HTTPS_GET. */
static void say(struct step *s, enum action_type type)
{
    enum transport transport = TRANSPORT_TLS;
    step_say(s, GOAL_SERVICE,
             (struct action){ .type = (uint8_t)type,
                              .kind = TRANSPORT_TLS,
                              .server = service_server(s, &transport) });
}

enum next service_judged(struct step *s)
{
    bool trusted = s->verdict != TRUST_REFUSED;
    say(s, trusted ? ACT_TLS_ACCEPT : ACT_TLS_REFUSE);
    if (!trusted) {
        step_close(s, GOAL_SERVICE);
        step_refuse(s);
        return done(s, false);
    }
    s->p->refused[TRUST_HTTPS] = 0;
    if (s->p->state != PHONE_SERVICE)
        step_go(s, PHONE_SERVICE);
    return NEXT_WAIT;
}

enum next service_handle(struct step *s, const struct event *event)
{
    switch (event->type) {
    case EVENT_TLS_CERT:
        return step_judge(s, TRUST_HTTPS, event->a);
    case EVENT_TLS_OPEN:
        say(s, ACT_HTTPS_GET);
        return NEXT_WAIT;
    default: /* EVENT_PAGE; EVENT_REFUSED, EVENT_TIMER */
        return done(s, event->type == EVENT_PAGE);
    }
}
