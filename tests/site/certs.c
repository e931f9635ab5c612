/* Certificates of the site and who trusts which: real DER with keys that follow from the seed. */
#include "tests/site/truth.h"

#include <string.h>

#define YEAR_S       (INT64_C(365) * 86400)
#define ORGANISATION ";OU=Voice;O=Example Works;L=Utrecht;ST=Utrecht;C=NL"

const char *const unit_names[UNITS] = {
    [UNIT_TOMCAT] = "tomcat",
    [UNIT_TOMCAT_EC] = "tomcat-ECDSA",
    [UNIT_IPSEC] = "ipsec",
    [UNIT_ITLRECOVERY] = "ITLRecovery",
    [UNIT_CALLMANAGER_EC] = "CallManager-ECDSA",
    [UNIT_CALLMANAGER] = "CallManager",
    [UNIT_CAPF] = "CAPF",
    [UNIT_TVS] = "TVS",
};

const char *const store_names[STORES] = {
    [STORE_CALLMANAGER] = "CallManager-trust",
    [STORE_CAPF] = "CAPF-trust",
    [STORE_TVS] = "TVS-trust",
    [STORE_TOMCAT] = "tomcat-trust",
    [STORE_IPSEC] = "ipsec-trust",
    [STORE_PHONE_SAST] = "Phone-SAST-trust",
    [STORE_DIRECTORY] = "directory-trust",
};

/* What a certificate is to be; texts are copied. */
struct wanted {
    const char *cn, *file, *label, *dns;
    enum unit unit;
    enum key_type type;
    int64_t from_s, to_s;
    uint32_t issuer; /* 0: itself */
    bool ca, ipsec;
};

static void describe(struct truth_cert *c)
{
    uint8_t hash[64];
    char hex[130];
    digest_of(DIGEST_SHA256, &c->der, 1, hash);
    for (int i = 0; i < 32; i++)
        snprintf(c->sha256 + 2 * i, 3, "%02x", hash[i]);
    digest_of(DIGEST_SHA1, &c->der, 1, hash);
    snprintf(c->sha1, sizeof c->sha1, "%s", say_hex(view_of(hash, 20), "", hex, sizeof hex));
}

static uint32_t make(struct truth *t, const struct wanted *want)
{
    mem_reserve(&sys_mem, (void **)&t->certs, &t->cert_cap, (size_t)t->cert_count + 2,
                sizeof *t->certs);
    uint32_t index = ++t->cert_count;
    struct truth_cert *c = &t->certs[index];
    char subject[200];
    snprintf(subject, sizeof subject, "CN=%s" ORGANISATION, want->cn);
    snprintf(c->cn, sizeof c->cn, "%s", want->cn);
    snprintf(c->file, sizeof c->file, "%s", want->file);
    c->subject = arena_copy(&t->arena, view_str(subject));
    c->issuer_cert = want->issuer != 0 ? want->issuer : index;
    c->issuer = t->certs[c->issuer_cert].subject;
    uint8_t serial[16];
    struct rng r = rng_of(t->options.seed, want->label, 1);
    rng_bytes(&r, serial, sizeof serial);
    serial[0] = (uint8_t)(0x40 | (serial[0] & 0x3f));
    c->serial = arena_copy(&t->arena, view_of(serial, sizeof serial));
    c->from_s = want->from_s;
    c->to_s = want->to_s;
    c->unit = (uint8_t)want->unit;
    c->key_type = (uint8_t)want->type;
    c->key = keyring_key(t->keys, want->label, want->type);
    struct cert_spec spec = {
        .subject = c->subject,
        .issuer = c->issuer,
        .serial = c->serial,
        .not_before_s = c->from_s,
        .not_after_s = c->to_s,
        .key = c->key,
        .issuer_key = t->certs[c->issuer_cert].key,
        .digest = DIGEST_SHA256,
        .ca = want->ca,
        .ipsec = want->ipsec,
    };
    if (want->dns != NULL)
        spec.dns_name = view_str(want->dns);
    c->der = cert_make(&spec, &t->arena);
    describe(c);
    return index;
}

static int64_t life_s(enum unit unit)
{
    return (unit == UNIT_ITLRECOVERY ? 20 : 5) * YEAR_S;
}

static enum key_type type_of(const struct truth *t, enum unit unit)
{
    if (unit == UNIT_TOMCAT_EC || unit == UNIT_CALLMANAGER_EC)
        return KEY_EC_P384;
    return unit == UNIT_ITLRECOVERY && truth_has(t, FAULT_RECOVERY_SMALL) ? KEY_RSA_1024
                                                                          : KEY_RSA_2048;
}

/* The names of CUCM's own certificates (observed): host with domain, -EC before the domain,
 * ITLRECOVERY_ and CAPF- with eight digits. */
static void name_of(const struct truth *t, uint32_t node, enum unit unit, char out[64])
{
    const struct truth_node *n = &t->nodes[node];
    struct rng r = rng_of(t->options.seed, "capf name", node);
    if (unit == UNIT_CAPF)
        snprintf(out, 64, "CAPF-%08x", (uint32_t)rng_next(&r));
    else if (unit == UNIT_ITLRECOVERY)
        snprintf(out, 64, "ITLRECOVERY_%.40s", n->fqdn);
    else if (unit == UNIT_TOMCAT_EC || unit == UNIT_CALLMANAGER_EC)
        snprintf(out, 64, "%s-EC.%s", n->name, t->domain);
    else
        snprintf(out, 64, "%.63s", n->fqdn);
}

uint32_t certs_make_own(struct truth *t, uint32_t node, enum unit unit, int64_t from_s,
                        uint32_t nth)
{
    char cn[64], file[80], label[96];
    name_of(t, node, unit, cn);
    snprintf(file, sizeof file, "%.58s.pem", cn);
    snprintf(label, sizeof label, "site %s %s %u", t->nodes[node].name, unit_names[unit], nth);
    struct wanted want = { .cn = cn,
                           .file = file,
                           .label = label,
                           .dns = unit == UNIT_CAPF || unit == UNIT_ITLRECOVERY
                                      ? NULL
                                      : t->nodes[node].fqdn,
                           .unit = unit,
                           .type = type_of(t, unit),
                           .from_s = from_s,
                           .to_s = from_s + life_s(unit),
                           .ipsec = unit != UNIT_CAPF && unit != UNIT_ITLRECOVERY };
    return make(t, &want);
}

/* Who stands in no node's own units. */
static uint32_t authority(struct truth *t, const char *cn, int64_t from_s, const char *label)
{
    char file[80];
    snprintf(file, sizeof file, "%.58s.pem", cn);
    for (char *c = file; *c != '\0'; c++)
        *c = (char)(*c == ' ' ? '_' : *c);
    return make(t, &(struct wanted){ .cn = cn,
                                     .file = file,
                                     .label = label,
                                     .unit = UNITS,
                                     .type = KEY_RSA_2048,
                                     .from_s = from_s,
                                     .to_s = from_s + 15 * YEAR_S,
                                     .ca = true });
}

/* Whether a node makes one of its own. */
static bool has_unit(const struct truth *t, uint32_t node, enum unit unit)
{
    static const uint16_t since[UNITS] = { [UNIT_TOMCAT_EC] = TRAIN_TOMCAT_EC,
                                           [UNIT_ITLRECOVERY] = TRAIN_RECOVERY,
                                           [UNIT_CALLMANAGER_EC] = TRAIN_ECDSA,
                                           [UNIT_TVS] = TRAIN_ITL };
    bool shared = (unit == UNIT_CAPF && t->train >= TRAIN_14) ||
                  (unit == UNIT_ITLRECOVERY && t->train >= TRAIN_SHARED);
    return t->train >= since[unit] && (node == 0 || !shared);
}

/* One for all nodes, with the names of all, that a CA signed; the CA is in CallManager-trust. */
static void share_callmanager(struct truth *t)
{
    int64_t from = t->options.now_s - YEAR_S;
    char names[TRUTH_NODES * 64], cn[64];
    struct wr w = wr_of(names, sizeof names);
    for (uint32_t i = 0; i < t->node_count; i++)
        wr_fmt(&w, "%s%s", i == 0 ? "" : ",", t->nodes[i].fqdn);
    wr_u8(&w, 0);
    snprintf(cn, sizeof cn, "%s-ms.%s", t->nodes[0].name, t->domain);
    t->authority = authority(t, "Example Works Issuing CA", from - YEAR_S, "site issuing");
    uint32_t cert = make(t, &(struct wanted){ .cn = cn,
                                              .file = "CallManager-ms.pem",
                                              .label = "site CallManager ms",
                                              .dns = names,
                                              .unit = UNIT_CALLMANAGER,
                                              .type = KEY_RSA_2048,
                                              .from_s = from,
                                              .to_s = from + life_s(UNIT_CALLMANAGER),
                                              .issuer = t->authority,
                                              .ipsec = true });
    for (uint32_t i = 0; i < t->node_count; i++)
        t->nodes[i].own[UNIT_CALLMANAGER] = cert;
}

void certs_make(struct truth *t)
{
    int64_t now = t->options.now_s;
    for (uint32_t i = 0; i < t->node_count; i++) {
        int64_t from = t->nodes[i].joined_s;
        for (int unit = 0; unit < UNITS; unit++) {
            if (!has_unit(t, i, (enum unit)unit) ||
                (unit == UNIT_CALLMANAGER && t->options.multi_server))
                continue;
            int64_t when = from + unit * 7;
            if (unit == UNIT_CAPF && i == 0)
                when = truth_has(t, FAULT_CAPF_ENDS) ? now + 20 * 86400 - life_s(UNIT_CAPF)
                                                     : now - YEAR_S;
            t->nodes[i].own[unit] = certs_make_own(t, i, (enum unit)unit, when, 1);
        }
        t->nodes[i].runs_tvs = t->nodes[i].own[UNIT_TVS];
        if (t->train >= TRAIN_SHARED)
            t->nodes[i].own[UNIT_ITLRECOVERY] = t->nodes[0].own[UNIT_ITLRECOVERY];
    }
    if (t->options.multi_server)
        share_callmanager(t);
    for (int k = 0; k < 2 && t->mixed_mode && t->train < TRAIN_RECOVERY; k++) {
        char cn[64], label[32];
        snprintf(cn, sizeof cn, "SAST-ADN0054f50%d", k);
        snprintf(label, sizeof label, "site token %d", k);
        t->tokens[k] = authority(t, cn, now - 8 * YEAR_S, label);
    }
}

static void put(struct truth *t, enum store store, uint32_t cert, uint64_t on)
{
    if (cert == 0)
        return;
    for (uint32_t i = 0; i < t->trust_count; i++) {
        if (t->trust[i].store == store && t->trust[i].cert == cert)
            return;
    }
    mem_reserve(&sys_mem, (void **)&t->trust, &t->trust_cap, (size_t)t->trust_count + 1,
                sizeof *t->trust);
    t->trust[t->trust_count++] = (struct truth_trust){ (uint8_t)store, cert, on };
}

/* Which own certificate is in which stores of the cluster. */
static const struct {
    uint8_t unit, store;
} replicated[] = {
    { UNIT_CALLMANAGER, STORE_CALLMANAGER },
    { UNIT_CALLMANAGER_EC, STORE_CALLMANAGER },
    { UNIT_CAPF, STORE_CALLMANAGER },
    { UNIT_CAPF, STORE_CAPF },
    { UNIT_TVS, STORE_TVS },
    { UNIT_TOMCAT, STORE_TOMCAT },
    { UNIT_TOMCAT_EC, STORE_TOMCAT },
    { UNIT_IPSEC, STORE_IPSEC },
    { UNIT_ITLRECOVERY, STORE_PHONE_SAST },
};

void certs_trust(struct truth *t)
{
    uint64_t all = (UINT64_C(1) << t->node_count) - 1;
    int64_t now = t->options.now_s;
    for (size_t k = 0; k < sizeof replicated / sizeof *replicated; k++) {
        for (uint32_t i = 0; i < t->node_count; i++)
            put(t, (enum store)replicated[k].store, t->nodes[i].own[replicated[k].unit], all);
    }
    put(t, STORE_CAPF,
        authority(t, "Example Phone Root CA 2048", now - 9 * YEAR_S, "site mic root"), all);
    put(t, STORE_DIRECTORY, authority(t, "Example Works Root CA", now - 6 * YEAR_S, "site ldap"),
        all);
    if (t->authority != 0)
        put(t, STORE_CALLMANAGER, t->authority, all);
    if (truth_has(t, FAULT_TRUST_DIFFERS))
        put(t, STORE_CALLMANAGER, authority(t, "Old Gateway CA", now - 8 * YEAR_S, "site gateway"),
            t->node_count > 2 ? 3 : 1);
    if (truth_has(t, FAULT_SUBJECT_TWICE)) {
        uint32_t node = t->node_count > 3 ? 3 : t->node_count - 1;
        enum unit unit = t->authority != 0 ? UNIT_TOMCAT : UNIT_CALLMANAGER;
        uint32_t old = certs_make_own(t, node, unit, now - 4 * YEAR_S, 0);
        snprintf(t->certs[old].file, sizeof t->certs[old].file, "%s-old.pem", t->nodes[node].name);
        put(t, STORE_CALLMANAGER, old, all);
    }
}

const char *truth_tvs_roles(const struct truth_cert *c)
{
    static const char *const roles[] = {
        [UNIT_TOMCAT] = "Application Server",
        [UNIT_TOMCAT_EC] = "Application Server",
        [UNIT_IPSEC] = "Unknown",
        [UNIT_ITLRECOVERY] = "SAST",
        [UNIT_CALLMANAGER_EC] = "CallManager-ECDSA",
        [UNIT_CALLMANAGER] = "SAST/CallManagerTFTP",
        [UNIT_CAPF] = "CAPF",
        [UNIT_TVS] = "Authentication and Authorization",
        [UNITS] = "Certificate Authority",
    };
    return roles[c->unit];
}

const char *truth_tvs_services(const struct truth_cert *c)
{
    static const char *const services[] = {
        [UNIT_TOMCAT] = "tomcat/tomcat-trust",
        [UNIT_TOMCAT_EC] = "tomcat-ECDSA/tomcat-trust",
        [UNIT_IPSEC] = "ipsec/ipsec-trust",
        [UNIT_ITLRECOVERY] = "ITLRecovery/Phone-SAST-trust",
        [UNIT_CALLMANAGER_EC] = "CallManager-ECDSA",
        [UNIT_CALLMANAGER] = "CallManager/CallManager-trust",
        [UNIT_CAPF] = "CAPF/CAPF-trust",
        [UNIT_TVS] = "TVS/TVS-trust",
        [UNITS] = "CallManager-trust",
    };
    return services[c->unit];
}

bool truth_first(const struct truth *t, uint32_t trust_row)
{
    for (uint32_t i = 0; i < trust_row; i++) {
        if (t->trust[i].cert == t->trust[trust_row].cert)
            return false;
    }
    return true;
}
