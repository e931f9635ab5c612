#include "sim/fleet/place.h"

#include "sim/base/sys.h"
#include "sim/wire/text.h"

#include <string.h>

/* ---- what a configuration says ---- */

struct host {
    char *name; /* CNF_URL bytes */
    uint16_t port;
};

static bool is(const char *text, uint32_t server, struct host *out, uint16_t port)
{
    if (text[0] == '\0' || text_host(text) != server)
        return false;
    memcpy(out->name, text, strlen(text) + 1);
    out->port = port;
    return true;
}

static bool find_server(const struct cnf *cnf, const struct place_ask *ask, struct host *out)
{
    for (uint32_t i = 0; i < cnf->server_count; i++) {
        const struct cnf_server *s = &cnf->servers[i];
        uint16_t plain = ask->sccp ? s->sccp_port : s->sip_port;
        uint16_t secured = ask->sccp ? 0 : s->secure_sip_port; /* no configuration names SCCP's */
        if (is(s->address, ask->server, out, ask->kind == ASK_CCM_CERT ? secured : plain))
            return true;
    }
    return false;
}

static bool find_tvs(const struct cnf *cnf, const struct place_ask *ask, struct host *out)
{
    for (uint32_t i = 0; i < cnf->tvs_count; i++)
        if (is(cnf->tvs[i].address, ask->server, out, cnf->tvs[i].port))
            return true;
    return false;
}

static bool find_capf(const struct cnf *cnf, const struct place_ask *ask, struct host *out)
{
    return is(cnf->capf_address, ask->server, out, cnf->capf_port);
}

/* "https://host:port/path", "http://..." */
static bool is_url(const char *url, const char *scheme, uint32_t server, struct host *out)
{
    struct view rest = view_str(url), path, host;
    size_t n = strlen(scheme);
    uint64_t port = 0;
    char text[CNF_URL];
    if (strncmp(url, scheme, n) != 0)
        return false;
    rest = view_sub(rest, n, rest.n - n);
    path = rest;
    rest = text_cut(&path, '/');
    host = text_cut(&rest, ':');
    memcpy(text, host.p, host.n);
    text[host.n] = '\0';
    return (rest.n == 0 || text_number(rest, 65535, &port)) &&
           is(text, server, out, (uint16_t)port);
}

static bool find_page(const struct cnf *cnf, const struct place_ask *ask, struct host *out)
{
    const char *const urls[] = {
        cnf->secure_directory_url, cnf->secure_services_url, cnf->secure_authentication_url,
        cnf->directory_url,        cnf->services_url,        cnf->authentication_url
    };
    const char *scheme = ask->kind == ASK_HTTPS_CERT ? "https://" : "http://";
    for (size_t i = 0; i < sizeof urls / sizeof *urls; i++)
        if (is_url(urls[i], scheme, ask->server, out))
            return true;
    return false;
}

bool place_of_config(const struct cnf *cnf, const struct place_ask *ask, char host[CNF_URL],
                     uint16_t *port)
{
    static bool (*const finds[ASK_KINDS])(const struct cnf *cnf, const struct place_ask *ask,
                                          struct host *out) = {
        [ASK_TVS_CERT] = find_tvs,    [ASK_CCM_CERT] = find_server, [ASK_REGISTER] = find_server,
        [ASK_HTTPS_CERT] = find_page, [ASK_HTTPS_PAGE] = find_page, [ASK_CAPF_CERT] = find_capf,
    };
    struct host found = { .name = host };
    if (finds[ask->kind] == NULL || !finds[ask->kind](cnf, ask, &found))
        return false;
    *port = found.port;
    return true;
}

/* In the configuration that sends a phone there: to CAPF another one may than to all else. */
static bool place_of_phone(const struct places *p, uint32_t phone, const struct place_ask *ask,
                           char host[CNF_URL], uint16_t *port)
{
    const struct phone *who = &p->lab->state.phones[phone];
    const struct content *c = p->lab->base->content;
    const struct cnf *cnf =
        ask->kind == ASK_CAPF_CERT ? phone_capf_config(who, c) : phone_config(who, c);
    return cnf != NULL && place_of_config(cnf, ask, host, port);
}

/* ---- names ---- */

/* What stands for this number in the phone's configuration, whatever it asks there. */
static bool name_of(const struct places *p, uint32_t phone, uint32_t server, char host[CNF_URL])
{
    uint16_t port;
    for (int kind = 0; kind < ASK_KINDS; kind++) {
        const struct place_ask ask = { server, (enum ask_kind)kind, false };
        if (place_of_phone(p, phone, &ask, host, &port))
            return true;
    }
    return false;
}

const char *place_name(const struct places *p, uint32_t number)
{
    const char *text = p->names == NULL ? NULL : names_text(p->names, number);
    return text == NULL ? "?" : text;
}

/* ---- for the driver ---- */

static enum live_found find(void *ctx, uint32_t phone, uint32_t server, uint32_t *ip)
{
    struct places *p = ctx;
    char host[CNF_URL];
    *ip = server;
    if (!text_is_name(server))
        return server != 0 ? LIVE_THERE : LIVE_NOWHERE;
    if (!name_of(p, phone, server, host))
        return LIVE_NOWHERE;
    if (!names_find(p->names, server, host, ip))
        return LIVE_LATER;
    return *ip != 0 ? LIVE_THERE : LIVE_NOWHERE;
}

static uint16_t port_of(void *ctx, uint32_t phone, uint32_t server, enum ask_kind kind, bool sccp)
{
    const struct places *p = ctx;
    const struct place_ask ask = { server, kind, sccp };
    char host[CNF_URL];
    uint16_t port = 0;
    for (int i = 0; kind == ASK_FILE && i < PLACE_TFTP; i++)
        if (p->tftp[i].ip == server)
            return p->tftp[i].port;
    return place_of_phone(p, phone, &ask, host, &port) ? port : 0;
}

void place_begin(struct places *p, const struct lab *lab, const struct place_tftp tftp[PLACE_TFTP],
                 bool remote)
{
    *p = (struct places){ .lab = lab };
    memcpy(p->tftp, tftp, sizeof p->tftp);
    p->outside = (struct live_outside){ .ctx = p, .find = find, .port = port_of, .remote = remote };
}

static void on_name(void *ctx)
{
    live_found(((const struct places *)ctx)->lab->driver);
}

void place_names(struct places *p)
{
    p->names = names_new(live_reactor(p->lab->driver)->loop, on_name, p);
}

void place_end(struct places *p)
{
    names_free(p->names);
    p->names = NULL;
}
