#include "nodes/profile.h"

#include "nodes/cluster.h"
#include "nodes/settings.h"
#include "sim/base/check.h"
#include "sim/wire/capf.h"
#include "sim/wire/text.h"

#include <stdio.h>
#include <string.h>

/* Bounded copy into zeroed room: a profile is compared as bytes. */
static void put(char *to, size_t room, const char *from)
{
    size_t n = strlen(from);
    CHECK(n < room);
    memcpy(to, from, n);
}

/* System > Server: by its address or by its name, and so in every configuration. */
static void put_host(const struct cluster *cl, uint32_t node, char out[CNF_NAME])
{
    char name[2 * CLUSTER_NAME];
    cluster_host_name(cl, node, name);
    if (cl->db.params[PARAM_SERVER_NAMES] == 0 || !cnf_text(out, CNF_NAME, name))
        text_put_address(cl->nodes[node].disk.ip, out);
}

/* CallManagers and TVS servers are the members of the group, in its order (documented). */
static void put_group(struct cnf *c, const struct cluster *cl, const struct group *g)
{
    put(c->group, sizeof c->group, g->name);
    for (uint32_t i = 0; i < g->count; i++) {
        const struct node *n = &cl->nodes[g->members[i]];
        struct cnf_server *s = &c->servers[c->server_count++];
        cnf_server_init(s);
        put(s->name, sizeof s->name, n->disk.name);
        put_host(cl, g->members[i], s->address);
        if (!cl->version->sbd)
            continue; /* there is no TVS */
        struct cnf_tvs *t = &c->tvs[c->tvs_count++];
        cnf_tvs_init(t);
        put_host(cl, g->members[i], t->address);
    }
}

/* Whom a URL names. */
enum url_host { OF_PUBLISHER, OF_GROUP, OF_ANYBODY, URL_HOSTS };

static void put_hosts(char hosts[URL_HOSTS][CNF_NAME], const struct cluster *cl,
                      const struct group *g)
{
    bool named = cl->db.params[PARAM_DIRECTORY_HOST] != 0 || g == NULL || g->count == 0;
    put_host(cl, 0, hosts[OF_PUBLISHER]);
    put_host(cl, named ? 0 : g->members[0], hosts[OF_GROUP]);
    put_host(cl, 0, hosts[OF_ANYBODY]);
    if (cl->db.services_host != 0)
        text_put_address(cl->db.services_host, hosts[OF_ANYBODY]);
}

/* Directories is asked of the first server of the phone's group unless the URL names a host
 * (documented, technote 118699); Services may be anybody's; the other URLs name the publisher. */
static void put_urls(struct cnf *c, const struct cluster *cl, const struct group *g, uint8_t which)
{
    static const struct {
        const char *path;
        size_t plain, secure; /* offsets in struct cnf */
        uint8_t host;         /* enum url_host */
    } urls[] = {
        { "ccmcip/xmldirectory.jsp", offsetof(struct cnf, directory_url),
          offsetof(struct cnf, secure_directory_url), OF_GROUP },
        { "ccmcip/getservicesmenu.jsp", offsetof(struct cnf, services_url),
          offsetof(struct cnf, secure_services_url), OF_ANYBODY },
        { "ccmcip/authenticate.jsp", offsetof(struct cnf, authentication_url),
          offsetof(struct cnf, secure_authentication_url), OF_PUBLISHER },
        { "ccmcip/GetTelecasterHelpText.jsp", offsetof(struct cnf, information_url),
          offsetof(struct cnf, secure_information_url), OF_PUBLISHER },
    };
    char hosts[URL_HOSTS][CNF_NAME];
    put_hosts(hosts, cl, g);
    bool wants =
        which == URLS_ENTERPRISE ? cl->db.params[PARAM_HTTPS_SERVICES] != 0 : which == URLS_HTTPS;
    bool https = cl->version->sbd && wants;
    if (!cl->version->cucm)
        return; /* whoever wrote the file named none (assumed) */
    for (size_t i = 0; i < sizeof urls / sizeof urls[0]; i++) {
        const char *ip = hosts[urls[i].host];
        snprintf((char *)c + urls[i].plain, CNF_URL, "http://%s:8080/%s", ip, urls[i].path);
        snprintf((char *)c + urls[i].secure, CNF_URL, "%s://%s:%d/%s", https ? "https" : "http", ip,
                 https ? 8443 : 8080, urls[i].path);
    }
}

static void put_common(struct cnf *c, const struct cluster *cl)
{
    if (cl->version->cucm)
        put_host(cl, 0, c->capf_address);
    put(c->user_locale, sizeof c->user_locale, "English_United_States");
    put(c->network_locale, sizeof c->network_locale, "English_United_States");
    c->version_stamp = (uint32_t)cl->env->start_s;
}

static const uint8_t settings[] = { [SETTINGS_ENABLED] = CNF_SETTINGS_ENABLED,
                                    [SETTINGS_RESTRICTED] = CNF_SETTINGS_RESTRICTED,
                                    [SETTINGS_DISABLED] = CNF_SETTINGS_DISABLED };

void profile_build(struct cluster *cl, uint32_t class_index)
{
    struct device_class *k = &cl->db.classes[class_index];
    if (k->profile != 0)
        return;
    struct cnf c;
    cnf_init(&c);
    put_common(&c, cl);
    const struct group *group = &cl->db.groups[cl->db.pools[k->pool].group];
    put_group(&c, cl, group);
    put_urls(&c, cl, group, k->urls);
    c.web_access = !k->web_access; /* off since 8.x where nobody says otherwise (documented) */
    put(c.device_pool, sizeof c.device_pool, cl->db.pools[k->pool].name);
    put(c.load, sizeof c.load, k->load);
    c.protocol = k->protocol;
    c.settings_access = settings[k->settings];
    /* Security profiles take effect in mixed mode alone (documented). */
    bool secure = cl->db.mixed_mode && k->security_mode >= CNF_AUTHENTICATED;
    c.security_mode = secure ? k->security_mode : CNF_NON_SECURE;
    c.transport = secure ? 3 : 1;
    c.dot1x = k->dot1x;
    c.vpn = k->vpn;
    c.capf_auth_mode = k->capf.operation == CAPF_NO_OPERATION ? CAPF_AUTH_NONE : k->capf.by;
    k->profile = content_cnf(cl->env->content, &c);
    k->short_profile = 0;
    if (!k->encrypted)
        return;

    struct cnf s; /* docs/FORMATS.md section 3: only what the phone needs to fetch the rest */
    cnf_init(&s);
    s.full_config = 0;
    s.encr_config = 1;
    put(s.load, sizeof s.load, k->load);
    memcpy(s.capf_address, c.capf_address, sizeof s.capf_address);
    s.capf_auth_mode = c.capf_auth_mode;
    k->short_profile = content_cnf(cl->env->content, &s);
}

uint32_t profile_default(struct cluster *cl)
{
    struct cnf c;
    cnf_init(&c);
    c.is_default = 1;
    const struct group *group = cl->db.groups; /* the first of them; NULL: there is none */
    put_urls(&c, cl, group, URLS_ENTERPRISE);
    if (group != NULL)
        put_group(&c, cl, group);
    return content_cnf(cl->env->content, &c);
}
