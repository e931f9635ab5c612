#include "nodes/settings.h"

#include "nodes/config.h"
#include "sim/base/check.h"

#include <stdio.h>
#include <string.h>

static const char *const modes[] = { "non-secure", "authenticated", "encrypted" };
static const char *const flags[] = { "no", "yes" };
static const char *const access_words[] = { "disabled", "enabled" };
static const char *const urls[] = {
    [URLS_ENTERPRISE] = "enterprise", [URLS_HTTP] = "http", [URLS_HTTPS] = "https"
};

static const char *const menus[] = { [SETTINGS_ENABLED] = "enabled",
                                     [SETTINGS_RESTRICTED] = "restricted",
                                     [SETTINGS_DISABLED] = "disabled" };

/* ---- in the database ---- */

#define FIELD(name, to, from)                                                                      \
    static void put_##name(const struct cluster *cl, struct device_class *k, uint64_t value)       \
    {                                                                                              \
        (void)cl;                                                                                  \
        to;                                                                                        \
    }                                                                                              \
    static uint64_t get_##name(const struct cluster *cl, const struct device_class *k)             \
    {                                                                                              \
        (void)cl;                                                                                  \
        return from;                                                                               \
    }

FIELD(pool, k->pool = (uint16_t)value, k->pool)
FIELD(security, k->security_mode = (uint8_t)(CNF_NON_SECURE + value),
      k->security_mode - (uint64_t)CNF_NON_SECURE)
FIELD(encrypted, k->encrypted = value != 0, k->encrypted)
FIELD(web_access, k->web_access = value != 0, k->web_access)
FIELD(settings, k->settings = (uint8_t)value, k->settings)
FIELD(urls, k->urls = (uint8_t)value, k->urls)
FIELD(dot1x, k->dot1x = value != 0, k->dot1x)
FIELD(vpn, k->vpn = value != 0, k->vpn)

static void put_load(const struct cluster *cl, struct device_class *k, uint64_t value)
{
    memset(k->load, 0, sizeof k->load);
    bool fits =
        cnf_text(k->load, sizeof k->load, content_get_str(cl->env->content, (uint32_t)value));
    CHECK(fits); /* setting_valid() */
}

static uint64_t get_load(const struct cluster *cl, const struct device_class *k)
{
    return content_str(cl->env->content, k->load);
}

/* ---- in a phone ---- */

static const char *security_of(const struct cnf *c)
{
    return c->security_mode >= CNF_NON_SECURE && c->security_mode <= CNF_ENCRYPTED
               ? modes[c->security_mode - CNF_NON_SECURE]
               : modes[0];
}

static const char *web_access_of(const struct cnf *c)
{
    return access_words[c->web_access == 0];
}

static const char *urls_of(const struct cnf *c)
{
    return urls[strncmp(c->secure_directory_url, "https:", 6) == 0 ? URLS_HTTPS : URLS_HTTP];
}

static const char *dot1x_of(const struct cnf *c)
{
    return access_words[c->dot1x != 0];
}

static const char *vpn_of(const struct cnf *c)
{
    return access_words[c->vpn != 0];
}

static const char *load_of(const struct cnf *c)
{
    return c->load;
}

static const char *menu_of(const struct cnf *c)
{
    return menus[c->settings_access == CNF_SETTINGS_ENABLED      ? SETTINGS_ENABLED
                 : c->settings_access == CNF_SETTINGS_RESTRICTED ? SETTINGS_RESTRICTED
                                                                 : SETTINGS_DISABLED];
}

/* ---- the table ---- */

#define WORDS(list) .words = list, .count = sizeof list / sizeof list[0]

const struct setting_row setting_table[SETTINGS] = {
    [SETTING_POOL] = { .name = "pool", .title = "Device Pool", .put = put_pool, .get = get_pool },
    [SETTING_SECURITY] = { .name = "security",
                           .title = "Device Security Profile",
                           WORDS(modes),
                           .put = put_security,
                           .get = get_security,
                           .in_force = security_of },
    [SETTING_ENCRYPTED] = { .name = "encrypted",
                            .title = "TFTP Encrypted Config",
                            WORDS(flags),
                            .put = put_encrypted,
                            .get = get_encrypted },
    [SETTING_WEB_ACCESS] = { .name = "web_access",
                             .title = "Web Access",
                             WORDS(access_words),
                             .put = put_web_access,
                             .get = get_web_access,
                             .in_force = web_access_of },
    [SETTING_URLS] = { .name = "urls",
                       .title = "Secure Directory, Services, Authentication, Information URL",
                       WORDS(urls),
                       .put = put_urls,
                       .get = get_urls,
                       .in_force = urls_of,
                       .on = URLS_HTTPS,
                       .off = URLS_HTTP },
    [SETTING_LOAD] = { .name = "load",
                       .title = "Phone Load Name",
                       .put = put_load,
                       .get = get_load,
                       .in_force = load_of },
    [SETTING_DOT1X] = { .name = "dot1x",
                        .title = "802.1x Authentication",
                        WORDS(access_words),
                        .put = put_dot1x,
                        .get = get_dot1x,
                        .in_force = dot1x_of },
    [SETTING_VPN] = { .name = "vpn",
                      .title = "Common Phone Profile: VPN Group, VPN Profile",
                      WORDS(access_words),
                      .put = put_vpn,
                      .get = get_vpn,
                      .in_force = vpn_of },
    [SETTING_ACCESS] = { .name = "settings_access",
                         .title = "Settings Access",
                         WORDS(menus),
                         .put = put_settings,
                         .get = get_settings,
                         .in_force = menu_of },
};

bool setting_find(const char *name, enum setting *s)
{
    for (int i = 0; i < SETTINGS; i++) {
        if (strcmp(setting_table[i].name, name) == 0) {
            *s = (enum setting)i;
            return true;
        }
    }
    return false;
}

bool setting_is_on(const struct cluster *cl, const struct device_class *k, enum setting s)
{
    const struct setting_row *row = &setting_table[s];
    return row->on != row->off && row->get(cl, k) == row->on;
}

bool setting_valid(const struct cluster *cl, enum setting s, uint64_t value)
{
    const struct content *c = cl->env->content;
    if (s == SETTING_POOL)
        return value < cl->db.pool_count;
    if (setting_table[s].words != NULL)
        return value < setting_table[s].count;
    return value < c->count && content_kind(c, (uint32_t)value) == CT_TEXT &&
           strlen(content_get_str(c, (uint32_t)value)) < CNF_NAME;
}

void setting_print(const struct cluster *cl, enum setting s, uint64_t value, char *out, size_t room)
{
    const struct setting_row *row = &setting_table[s];
    if (!setting_valid(cl, s, value))
        snprintf(out, room, "?");
    else if (s == SETTING_POOL)
        snprintf(out, room, "%s", cl->db.pools[value].name);
    else
        snprintf(out, room, "%s",
                 row->words != NULL ? row->words[value]
                                    : content_get_str(cl->env->content, (uint32_t)value));
}

bool setting_parse(const struct cluster *cl, enum setting s, const char *text, uint64_t *value)
{
    const struct setting_row *row = &setting_table[s];
    uint16_t pool;
    if (s == SETTING_POOL)
        return config_find_pool(cl, text, &pool) && (*value = pool, true);
    for (uint32_t i = 0; i < row->count; i++) {
        if (strcmp(row->words[i], text) == 0) {
            *value = i;
            return true;
        }
    }
    if (row->words == NULL)
        *value = content_str(cl->env->content, text);
    return row->words == NULL && setting_valid(cl, s, *value);
}
