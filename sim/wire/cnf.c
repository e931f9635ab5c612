#include "sim/wire/cnf.h"

#include "sim/wire/text.h"

#include "sim/base/check.h"

#include <string.h>

void cnf_init(struct cnf *c)
{
    memset(c, 0, sizeof *c);
    c->full_config = 1;
    c->protocol = CNF_SCCP;
    c->settings_access = CNF_SETTINGS_ENABLED;
    c->security_mode = CNF_NON_SECURE;
    c->transport = 4;
    c->capf_port = 3804;
    c->register_expires_s = 3600;
    c->keepalive_expires_s = 120;
}

void cnf_server_init(struct cnf_server *s)
{
    memset(s, 0, sizeof *s);
    s->sccp_port = 2000;
    s->sip_port = 5060;
    s->secure_sip_port = 5061;
}

void cnf_tvs_init(struct cnf_tvs *t)
{
    memset(t, 0, sizeof *t);
    t->port = 2445;
}

bool cnf_text(char *to, size_t size, const char *from)
{
    memset(to, 0, size);
    size_t n = strlen(from);
    if (n >= size)
        return false;
    memcpy(to, from, n);
    return true;
}

/* --- XML -------------------------------------------------------------------------------------- */

static void put_escaped(struct wr *w, const char *text)
{
    static const struct {
        char c;
        const char *as;
    } escapes[] = { { '&', "&amp;" },   { '<', "&lt;" },  { '>', "&gt;" },   { '"', "&quot;" },
                    { '\'', "&apos;" }, { '\t', "&#9;" }, { '\n', "&#10;" }, { '\r', "&#13;" } };
    const uint8_t *p = (const uint8_t *)text;
    while (*p != 0) {
        const char *as = NULL;
        for (size_t i = 0; i < sizeof escapes / sizeof escapes[0]; i++)
            if (escapes[i].c == (char)*p)
                as = escapes[i].as;
        size_t n = *p < 0x80 ? 1 : text_utf8(p);
        if (as != NULL)
            wr_str(w, as);
        else if (n == 0 || *p < ' ')
            wr_u8(w, '?');
        else
            wr_view(w, view_of(p, n));
        p += n == 0 ? 1 : n;
    }
}

static void text(struct wr *w, const char *name, const char *value)
{
    wr_fmt(w, "<%s>", name);
    put_escaped(w, value);
    wr_fmt(w, "</%s>\n", name);
}

static void number(struct wr *w, const char *name, uint32_t value)
{
    wr_fmt(w, "<%s>%u</%s>\n", name, value, name);
}

static void yes_no(struct wr *w, const char *name, bool value)
{
    text(w, name, value ? "true" : "false");
}

static const char *or_empty(const char *value)
{
    return value != NULL ? value : "";
}

/* --- parts ------------------------------------------------------------------------------------ */

static void put_group(struct wr *w, const struct cnf *c)
{
    wr_str(w, "<callManagerGroup>\n");
    text(w, "name", c->group);
    wr_str(w, "<members>\n");
    for (unsigned i = 0; i < c->server_count; i++) {
        const struct cnf_server *s = &c->servers[i];
        wr_fmt(w, "<member priority=\"%u\">\n<callManager>\n", i);
        text(w, "name", s->name);
        text(w, "description", s->name);
        wr_str(w, "<ports>\n");
        number(w, "ethernetPhonePort", s->sccp_port);
        number(w, "sipPort", s->sip_port);
        number(w, "securedSipPort", s->secure_sip_port);
        wr_str(w, "</ports>\n");
        text(w, "processNodeName", s->address);
        wr_str(w, "</callManager>\n</member>\n");
    }
    wr_str(w, "</members>\n</callManagerGroup>\n");
}

static void put_tvs(struct wr *w, const struct cnf *c)
{
    wr_str(w, "<TVS>\n<members>\n");
    for (unsigned i = 0; i < c->tvs_count; i++) {
        wr_fmt(w, "<member priority=\"%u\">\n", i);
        number(w, "port", c->tvs[i].port);
        text(w, "address", c->tvs[i].address);
        wr_str(w, "</member>\n");
    }
    wr_str(w, "</members>\n</TVS>\n");
}

/* An SCCP phone's real file has no SIP profile; it passes over this one (inferred). */
static void put_sip(struct wr *w, const struct cnf *c, const struct cnf_own *own)
{
    wr_str(w, "<sipProfile>\n<sipStack>\n");
    number(w, "timerRegisterExpires", c->register_expires_s);
    number(w, "timerKeepAliveExpires", c->keepalive_expires_s);
    wr_str(w, "</sipStack>\n<sipLines>\n<line button=\"1\" lineIndex=\"1\">\n");
    number(w, "featureID", 9);
    text(w, "proxy", "USECALLMANAGER");
    text(w, "name", or_empty(own->line));
    text(w, "displayName", or_empty(own->device));
    text(w, "contact", or_empty(own->uuid));
    wr_str(w, "</line>\n</sipLines>\n<softKeyFile>SK");
    put_escaped(w, or_empty(own->uuid));
    wr_str(w, ".xml</softKeyFile>\n</sipProfile>\n");
}

static void put_urls(struct wr *w, const struct cnf *c)
{
    text(w, "authenticationURL", c->authentication_url);
    text(w, "directoryURL", c->directory_url);
    text(w, "informationURL", c->information_url);
    text(w, "servicesURL", c->services_url);
    text(w, "secureAuthenticationURL", c->secure_authentication_url);
    text(w, "secureDirectoryURL", c->secure_directory_url);
    text(w, "secureInformationURL", c->secure_information_url);
    text(w, "secureServicesURL", c->secure_services_url);
}

static void put_capf(struct wr *w, const struct cnf *c)
{
    number(w, "capfAuthMode", c->capf_auth_mode);
    wr_str(w, "<capfList>\n<capf>\n");
    number(w, "phonePort", c->capf_port);
    text(w, "processNodeName", c->capf_address);
    wr_str(w, "</capf>\n</capfList>\n");
    text(w, "certHash", c->cert_hash);
    yes_no(w, "encrConfig", c->encr_config);
}

static void put_default(struct wr *w, const struct cnf *c)
{
    wr_str(w, "<Default>\n");
    put_group(w, c);
    put_tvs(w, c);
    text(w, "loadInformation", c->load);
    put_urls(w, c);
    wr_str(w, "</Default>\n");
}

static void put_short(struct wr *w, const struct cnf *c)
{
    wr_str(w, "<device>\n");
    yes_no(w, "fullConfig", false);
    number(w, "ipAddressMode", 0);
    text(w, "loadInformation", c->load);
    put_capf(w, c);
    wr_str(w, "</device>\n");
}

/* Where something of it is on. */
static void put_network(struct wr *w, const struct cnf *c)
{
    if (c->dot1x != 0) {
        wr_str(w, "<vendorConfig>\n");
        number(w, "eapAuthentication", c->dot1x);
        wr_str(w, "</vendorConfig>\n");
    }
    if (c->vpn != 0) {
        wr_str(w, "<vpnGroup>\n");
        number(w, "authMethod", c->vpn);
        wr_str(w, "</vpnGroup>\n");
    }
}

static void put_full(struct wr *w, const struct cnf *c, const struct cnf_own *own)
{
    wr_str(w, "<device>\n");
    yes_no(w, "fullConfig", true);
    text(w, "deviceProtocol", c->protocol == CNF_SIP ? "SIP" : "SCCP");
    number(w, "ipAddressMode", 0);
    wr_str(w, "<devicePool>\n");
    text(w, "name", c->device_pool);
    put_group(w, c);
    wr_str(w, "</devicePool>\n");
    put_tvs(w, c);
    put_sip(w, c, own);
    text(w, "loadInformation", c->load);
    wr_str(w, "<commonConfig>\n");
    number(w, "webAccess", c->web_access);
    if (c->settings_access != CNF_SETTINGS_ENABLED)
        number(w, "settingsAccess", c->settings_access);
    wr_str(w, "</commonConfig>\n<enterpriseConfig>\n");
    number(w, "webAccess", c->web_access);
    wr_str(w, "</enterpriseConfig>\n");
    put_network(w, c);
    wr_fmt(w, "<versionStamp>%u-", c->version_stamp);
    put_escaped(w, or_empty(own->uuid));
    wr_str(w, "</versionStamp>\n<userLocale>\n");
    text(w, "name", c->user_locale);
    text(w, "langCode", "en_US");
    wr_str(w, "</userLocale>\n<networkLocaleInfo>\n");
    text(w, "name", c->network_locale);
    wr_str(w, "</networkLocaleInfo>\n");
    number(w, "deviceSecurityMode", c->security_mode);
    put_urls(w, c);
    number(w, "transportLayerProtocol", c->transport);
    put_capf(w, c);
    wr_str(w, "<phoneServices>\n<phoneService type=\"1\" category=\"0\">\n"
              "<name>Corporate Directory</name>\n"
              "<url>Application:Cisco/CorporateDirectory</url>\n"
              "</phoneService>\n</phoneServices>\n</device>\n");
}

void cnf_write(const struct cnf *c, const struct cnf_own *own, struct wr *w)
{
    CHECK(c->server_count <= CNF_SERVERS && c->tvs_count <= CNF_TVS_MAX);
    wr_str(w, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    if (c->is_default)
        put_default(w, c);
    else if (c->full_config)
        put_full(w, c, own);
    else
        put_short(w, c);
}
