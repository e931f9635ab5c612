#include "sim/bytes/cnf_read.h"

#include "sim/base/check.h"
#include "sim/text/xml.h"
#include "sim/wire/text.h"

#include <string.h>

#define PATH_MAX_ 160 /* longer than any path of the table */
#define TEXT_MAX_ 512 /* longer than any text of struct cnf */

enum kind {
    KIND_TEXT,
    KIND_U8,
    KIND_U16,
    KIND_U32,
    KIND_BOOL,     /* true, false */
    KIND_PROTOCOL, /* SIP, SCCP */
    KIND_STAMP     /* seconds, then anything */
};

enum scope { SCOPE_CNF, SCOPE_SERVER, SCOPE_TVS, SCOPE_OWN };
enum form { DEVICE = 1, DEFAULT = 2, SHORT = 4 };

struct own {
    char device[64], line[64], uuid[64];
};

#define SERVER "devicePool/callManagerGroup/members/member"
#define TVS    "TVS/members/member"
#define LINE   "sipProfile/sipLines/line"

#define AT(s, f) offsetof(struct s, f), sizeof(((struct s *)0)->f)
#define CNF(f)   SCOPE_CNF, AT(cnf, f)
#define SRV(f)   SCOPE_SERVER, AT(cnf_server, f)
#define TVSM(f)  SCOPE_TVS, AT(cnf_tvs, f)
#define OWN(f)   SCOPE_OWN, AT(own, f)

/* Paths below the root; those of Default are told as if callManagerGroup lay in a device pool. */
static const struct leaf {
    const char *path;
    uint8_t forms, kind, scope;
    size_t at, size;
    uint32_t min, max;
} leaves[] = {
    { "fullConfig", DEVICE | SHORT, KIND_BOOL, CNF(full_config), 0, 0 },
    { "deviceProtocol", DEVICE, KIND_PROTOCOL, CNF(protocol), 0, 0 },
    { "devicePool/name", DEVICE, KIND_TEXT, CNF(device_pool), 0, 0 },
    { "devicePool/callManagerGroup/name", DEVICE | DEFAULT, KIND_TEXT, CNF(group), 0, 0 },
    { SERVER "/callManager/name", DEVICE | DEFAULT, KIND_TEXT, SRV(name), 0, 0 },
    { SERVER "/callManager/ports/ethernetPhonePort", DEVICE | DEFAULT, KIND_U16, SRV(sccp_port), 0,
      65535 },
    { SERVER "/callManager/ports/sipPort", DEVICE | DEFAULT, KIND_U16, SRV(sip_port), 0, 65535 },
    { SERVER "/callManager/ports/securedSipPort", DEVICE | DEFAULT, KIND_U16, SRV(secure_sip_port),
      0, 65535 },
    { SERVER "/callManager/processNodeName", DEVICE | DEFAULT, KIND_TEXT, SRV(address), 0, 0 },
    { TVS "/port", DEVICE | DEFAULT, KIND_U16, TVSM(port), 0, 65535 },
    { TVS "/address", DEVICE | DEFAULT, KIND_TEXT, TVSM(address), 0, 0 },
    { "sipProfile/sipStack/timerRegisterExpires", DEVICE, KIND_U32, CNF(register_expires_s), 0,
      UINT32_MAX },
    { "sipProfile/sipStack/timerKeepAliveExpires", DEVICE, KIND_U32, CNF(keepalive_expires_s), 0,
      UINT32_MAX },
    { LINE "/name", DEVICE, KIND_TEXT, OWN(line), 0, 0 },
    { LINE "/displayName", DEVICE, KIND_TEXT, OWN(device), 0, 0 },
    { LINE "/contact", DEVICE, KIND_TEXT, OWN(uuid), 0, 0 },
    { "loadInformation", DEVICE | DEFAULT | SHORT, KIND_TEXT, CNF(load), 0, 0 },
    { "commonConfig/webAccess", DEVICE, KIND_U8, CNF(web_access), 0, 255 },
    { "enterpriseConfig/webAccess", DEVICE, KIND_U8, CNF(web_access), 0, 255 },
    { "vendorConfig/eapAuthentication", DEVICE, KIND_U8, CNF(dot1x), 0, 1 },
    { "vpnGroup/authMethod", DEVICE, KIND_U8, CNF(vpn), 0, 1 },
    { "commonConfig/settingsAccess", DEVICE, KIND_U8, CNF(settings_access), 0, 2 },
    { "versionStamp", DEVICE, KIND_STAMP, CNF(version_stamp), 0, 0 },
    { "userLocale/name", DEVICE, KIND_TEXT, CNF(user_locale), 0, 0 },
    { "networkLocaleInfo/name", DEVICE, KIND_TEXT, CNF(network_locale), 0, 0 },
    { "deviceSecurityMode", DEVICE, KIND_U8, CNF(security_mode), 1, 3 },
    { "authenticationURL", DEVICE | DEFAULT, KIND_TEXT, CNF(authentication_url), 0, 0 },
    { "directoryURL", DEVICE | DEFAULT, KIND_TEXT, CNF(directory_url), 0, 0 },
    { "informationURL", DEVICE | DEFAULT, KIND_TEXT, CNF(information_url), 0, 0 },
    { "servicesURL", DEVICE | DEFAULT, KIND_TEXT, CNF(services_url), 0, 0 },
    { "secureAuthenticationURL", DEVICE | DEFAULT, KIND_TEXT, CNF(secure_authentication_url), 0,
      0 },
    { "secureDirectoryURL", DEVICE | DEFAULT, KIND_TEXT, CNF(secure_directory_url), 0, 0 },
    { "secureInformationURL", DEVICE | DEFAULT, KIND_TEXT, CNF(secure_information_url), 0, 0 },
    { "secureServicesURL", DEVICE | DEFAULT, KIND_TEXT, CNF(secure_services_url), 0, 0 },
    { "transportLayerProtocol", DEVICE, KIND_U8, CNF(transport), 1, 4 },
    { "capfAuthMode", DEVICE | SHORT, KIND_U8, CNF(capf_auth_mode), 0, 255 },
    { "capfList/capf/phonePort", DEVICE | SHORT, KIND_U16, CNF(capf_port), 0, 65535 },
    { "capfList/capf/processNodeName", DEVICE | SHORT, KIND_TEXT, CNF(capf_address), 0, 0 },
    { "certHash", DEVICE | SHORT, KIND_TEXT, CNF(cert_hash), 0, 0 },
    { "encrConfig", DEVICE | SHORT, KIND_BOOL, CNF(encr_config), 0, 0 },
};

#define LEAVES (sizeof leaves / sizeof leaves[0])

struct reader {
    struct xml *xml;
    struct cnf cnf;
    struct own own;
    uint8_t server_priority[CNF_SERVERS], tvs_priority[CNF_TVS_MAX];
    unsigned lines; /* elements `line` begun so far */
    bool seen[LEAVES];
    int depth;            /* open elements, the root included */
    int skip;             /* depth of the element whose inside is passed over; 0: none */
    char path[PATH_MAX_]; /* below the root, of the open element */
    size_t path_n;
    size_t path_at[CNF_READ_DEPTH + 1]; /* by depth: path_n before that element */
    int leaf;                           /* open leaf, -1: none */
    char text[TEXT_MAX_];
    size_t text_n;
};

static void fail(struct reader *r, const char *name, const char *what)
{
    xml_fail(r->xml, "%s%s%s", name, name[0] != '\0' ? ": " : "", what);
}

/* --- members ---------------------------------------------------------------------------------- */

static uint8_t priority_of(struct reader *r, const struct xml_tag *tag, uint8_t fallback)
{
    struct view priority = xml_attribute(tag, "priority");
    uint64_t x;
    if (priority.p == NULL)
        return fallback;
    if (text_number(priority, 255, &x))
        return (uint8_t)x;
    fail(r, "member", "priority is not a number up to 255");
    return fallback;
}

/* A container that may come more than once begins. */
static void begin_member(struct reader *r, const struct xml_tag *tag)
{
    struct cnf *c = &r->cnf;
    if (strcmp(r->path, SERVER) == 0) {
        if (c->server_count == CNF_SERVERS) {
            fail(r, "callManagerGroup", "more than 3 members");
            return;
        }
        r->server_priority[c->server_count] = priority_of(r, tag, c->server_count);
        cnf_server_init(&c->servers[c->server_count++]);
    } else if (strcmp(r->path, TVS) == 0) {
        if (c->tvs_count == CNF_TVS_MAX) {
            fail(r, "TVS", "more than 5 members");
            return;
        }
        r->tvs_priority[c->tvs_count] = priority_of(r, tag, c->tvs_count);
        cnf_tvs_init(&c->tvs[c->tvs_count++]);
    } else if (strcmp(r->path, LINE) == 0) {
        r->lines++;
        return;
    } else {
        return;
    }
    /* Its leaves may come again. */
    size_t n = strlen(r->path);
    for (size_t i = 0; i < LEAVES; i++)
        if (strncmp(leaves[i].path, r->path, n) == 0 && leaves[i].path[n] == '/')
            r->seen[i] = false;
}

/* Orders the members by priority; equal ones stay as they stand in the file. */
static void sort_members(struct reader *r)
{
    for (int i = 1; i < r->cnf.server_count; i++)
        for (int k = i; k > 0 && r->server_priority[k] < r->server_priority[k - 1]; k--) {
            struct cnf_server s = r->cnf.servers[k];
            uint8_t p = r->server_priority[k];
            r->cnf.servers[k] = r->cnf.servers[k - 1];
            r->server_priority[k] = r->server_priority[k - 1];
            r->cnf.servers[k - 1] = s;
            r->server_priority[k - 1] = p;
        }
    for (int i = 1; i < r->cnf.tvs_count; i++)
        for (int k = i; k > 0 && r->tvs_priority[k] < r->tvs_priority[k - 1]; k--) {
            struct cnf_tvs t = r->cnf.tvs[k];
            uint8_t p = r->tvs_priority[k];
            r->cnf.tvs[k] = r->cnf.tvs[k - 1];
            r->tvs_priority[k] = r->tvs_priority[k - 1];
            r->cnf.tvs[k - 1] = t;
            r->tvs_priority[k - 1] = p;
        }
}

/* --- leaves ----------------------------------------------------------------------------------- */

static char *target_of(struct reader *r, const struct leaf *leaf)
{
    void *const bases[] = {
        [SCOPE_CNF] = &r->cnf,
        [SCOPE_SERVER] = r->cnf.server_count > 0 ? &r->cnf.servers[r->cnf.server_count - 1] : NULL,
        [SCOPE_TVS] = r->cnf.tvs_count > 0 ? &r->cnf.tvs[r->cnf.tvs_count - 1] : NULL,
        [SCOPE_OWN] = &r->own,
    };
    return (char *)bases[leaf->scope] + leaf->at;
}

static const char *name_of(const struct leaf *leaf)
{
    const char *slash = strrchr(leaf->path, '/');
    return slash != NULL ? slash + 1 : leaf->path;
}

static void store_number(struct reader *r, const struct leaf *leaf, char *to)
{
    uint64_t x;
    if (!text_number(view_of(r->text, r->text_n), leaf->max, &x) || x < leaf->min) {
        fail(r, name_of(leaf), "not a number in its range");
        return;
    }
    uint8_t u8 = (uint8_t)x;
    uint16_t u16 = (uint16_t)x;
    uint32_t u32 = (uint32_t)x;
    const void *from = leaf->kind == KIND_U8    ? (void *)&u8
                       : leaf->kind == KIND_U16 ? (void *)&u16
                                                : (void *)&u32;
    memcpy(to, from, leaf->size);
}

/* One of two words: the index of the word that it is. */
static void store_word(struct reader *r, const struct leaf *leaf, char *to, const char *zero,
                       const char *one)
{
    if (strcmp(r->text, zero) == 0)
        *to = 0;
    else if (strcmp(r->text, one) == 0)
        *to = 1;
    else
        fail(r, name_of(leaf), leaf->kind == KIND_BOOL ? "not true or false" : "not SIP or SCCP");
}

/* Seconds, a hyphen, a UUID.  Other tools write other stamps: those read as 0. */
static void store_stamp(struct reader *r, char *to)
{
    struct view v = view_of(r->text, r->text_n);
    uint64_t x;
    uint32_t stamp = 0;
    if (text_number(text_cut(&v, '-'), UINT32_MAX, &x))
        stamp = (uint32_t)x;
    memcpy(to, &stamp, sizeof stamp);
}

static void end_leaf(struct reader *r)
{
    const struct leaf *leaf = &leaves[r->leaf];
    char *to = target_of(r, leaf);
    r->leaf = -1;
    r->text[r->text_n] = '\0';
    switch (leaf->kind) {
    case KIND_TEXT:
        if (!cnf_text(to, leaf->size, r->text))
            fail(r, name_of(leaf), "text too long");
        break;
    case KIND_BOOL:
        store_word(r, leaf, to, "false", "true");
        break;
    case KIND_PROTOCOL:
        store_word(r, leaf, to, "SCCP", "SIP");
        break;
    case KIND_STAMP:
        store_stamp(r, to);
        break;
    default:
        store_number(r, leaf, to);
    }
}

static bool form_has(const struct reader *r, const struct leaf *leaf)
{
    return (leaf->forms & (r->cnf.is_default ? DEFAULT : DEVICE | SHORT)) != 0;
}

/* The element just put on the path: a leaf, on the way to one, or nothing of ours. */
static void begin_path(struct reader *r, const struct xml_tag *tag)
{
    bool on_the_way = false;
    for (size_t i = 0; i < LEAVES; i++) {
        const struct leaf *leaf = &leaves[i];
        if (!form_has(r, leaf) || strncmp(leaf->path, r->path, r->path_n) != 0)
            continue;
        if (leaf->path[r->path_n] == '/')
            on_the_way = true;
        if (leaf->path[r->path_n] != '\0')
            continue;
        if (leaf->scope == SCOPE_OWN && r->lines > 1)
            break; /* the first line's counts */
        if (r->seen[i]) {
            fail(r, name_of(leaf), "there twice");
            return;
        }
        /* The common settings stand over those of the enterprise, whichever comes first. */
        if (strcmp(r->path, "enterpriseConfig/webAccess") == 0 && r->seen[i - 1])
            break;
        r->seen[i] = true;
        r->leaf = (int)i;
        r->text_n = 0;
        return;
    }
    if (on_the_way)
        begin_member(r, tag);
    else
        r->skip = r->depth;
}

/* --- what the parser calls ---------------------------------------------------------------------
 */

static void push(struct reader *r, const struct xml_tag *tag)
{
    const char *name = tag->name;
    size_t n = strlen(name);
    const char *before = r->path_n > 0 ? "/" : "";
    if (r->cnf.is_default && r->path_n == 0 && strcmp(name, "callManagerGroup") == 0)
        before = "devicePool/";
    size_t b = strlen(before);
    r->path_at[r->depth] = r->path_n;
    if (tag->prefix != NULL || n + b >= sizeof r->path - r->path_n) {
        r->skip = r->depth;
        return;
    }
    memcpy(r->path + r->path_n, before, b);
    memcpy(r->path + r->path_n + b, name, n + 1);
    r->path_n += b + n;
}

static void on_begin(struct xml *xml, void *ctx, const struct xml_tag *tag)
{
    struct reader *r = ctx;
    r->xml = xml;
    r->depth = (int)tag->depth;
    if (r->leaf >= 0) {
        fail(r, name_of(&leaves[r->leaf]), "an element inside it");
        return;
    }
    if (r->depth == 1) {
        r->cnf.is_default = strcmp(tag->name, "Default") == 0;
        if (tag->prefix != NULL || (!r->cnf.is_default && strcmp(tag->name, "device") != 0))
            fail(r, "", "root is neither device nor Default");
        return;
    }
    if (r->skip != 0)
        return;
    push(r, tag);
    if (r->skip == 0)
        begin_path(r, tag);
}

static void on_end(struct xml *xml, void *ctx, uint32_t depth)
{
    struct reader *r = ctx;
    (void)xml;
    r->depth = (int)depth - 1;
    if (r->leaf >= 0)
        end_leaf(r);
    if (r->skip == 0 || r->skip == (int)depth) {
        r->skip = 0;
        r->path_n = r->path_at[depth];
        r->path[r->path_n] = '\0';
    }
}

static void on_text(struct xml *xml, void *ctx, struct view text)
{
    struct reader *r = ctx;
    (void)xml;
    if (r->leaf < 0)
        return;
    if (text.n >= sizeof r->text - r->text_n) {
        fail(r, name_of(&leaves[r->leaf]), "text too long");
        return;
    }
    memcpy(r->text + r->text_n, text.p, text.n);
    r->text_n += text.n;
}

/* --- the whole -------------------------------------------------------------------------------- */

/* Where the file turned out to be the short one, what only the full one holds does not count. */
static void cut_to_short(struct cnf *c)
{
    struct cnf cut;
    cnf_init(&cut);
    for (size_t i = 0; i < LEAVES; i++)
        if ((leaves[i].forms & SHORT) != 0)
            memcpy((char *)&cut + leaves[i].at, (const char *)c + leaves[i].at, leaves[i].size);
    *c = cut;
}

bool cnf_read(struct view xml, struct cnf *out, char device[64], char line[64], char uuid[64],
              struct err *e)
{
    if (xml.n > CNF_READ_MAX)
        return err_set(e, "configuration: %zu bytes, a phone takes at most %d (FORMATS section 7)",
                       xml.n, CNF_READ_MAX);
    if (xml.n == 0)
        return err_set(e, "configuration: empty (FORMATS section 7)");
    static const struct xml_calls calls = { CNF_READ_DEPTH, on_begin, on_end, on_text };
    struct reader r = { .leaf = -1 };
    struct err why = { "" };
    cnf_init(&r.cnf);
    if (!xml_read(xml, &calls, &r, &why))
        return err_set(e, "configuration: %s (FORMATS section 7)", why.text);
    sort_members(&r);
    if (!r.cnf.full_config) {
        cut_to_short(&r.cnf);
        r.own = (struct own){ 0 };
    }
    memcpy(out, &r.cnf, sizeof *out);
    memcpy(device, r.own.device, sizeof r.own.device);
    memcpy(line, r.own.line, sizeof r.own.line);
    memcpy(uuid, r.own.uuid, sizeof r.own.uuid);
    return true;
}
