#include "nodes/kinds.h"

#include "sim/core/contract.h"

#include <string.h>

/* Subjects as CUCM makes them (observed).  Validity: five years, ITLRecovery by version.  Roles
 * that TVS gives: traces of technotes 118893 and 213407 (observed) for CallManager; CAPF, TVS,
 * tomcat and ITLRecovery assumed.  Who may share a multi-server certificate: technote 217138
 * (documented).  Others than phones: technotes 214231 and 225746, Security Guide 14 (documented).
 * Where an import puts what: technote 215539 (documented); the EC certificate as the
 * RSA one (inferred). */
#define PHONES_TRUST STORE_BIT(STORE_PHONE_SAST_TRUST) | STORE_BIT(STORE_CALLMANAGER_TRUST)
const struct own_kind own_kinds[OWNS] = {
    [OWN_CALLMANAGER] = { .name = "CallManager",
                          .ipsec = true,
                          .subject = SUBJECT_HOST,
                          .years = 5,
                          .in_lists = true,
                          .roles = ROLE_BIT(TL_SAST) | ROLE_BIT(TL_CCM_TFTP),
                          .trust = STORE_CALLMANAGER_TRUST,
                          .shared = true,
                          .others = "SIP trunks, media resources and other TLS peers of "
                                    "CallManager must have the new "
                                    "certificate; EMCC: repeat the bulk exchange",
                          .bulk = BULK_TFTP,
                          .imported_to = PHONES_TRUST },
    [OWN_CALLMANAGER_ECDSA] = { .name = "CallManager-ECDSA",
                                .ipsec = true,
                                .subject = SUBJECT_HOST_EC,
                                .years = 5,
                                .in_lists = true,
                                .roles = ROLE_BIT(TL_SAST) | ROLE_BIT(TL_CCM_TFTP),
                                .trust = STORE_CALLMANAGER_TRUST,
                                .shared = true,
                                .others = "TLS peers of CallManager that use EC must have the new "
                                          "certificate",
                                .bulk = BULK_TFTP,
                                .imported_to = PHONES_TRUST },
    [OWN_TVS] = { .name = "TVS",
                  .ipsec = true,
                  .subject = SUBJECT_HOST,
                  .years = 5,
                  .in_lists = true,
                  .roles = ROLE_BIT(TL_TVS),
                  .trust = STORE_TVS_TRUST },
    [OWN_CAPF] = { .name = "CAPF",
                   .subject = SUBJECT_CAPF,
                   .ca = true,
                   .years = 5,
                   .in_lists = true,
                   .roles = ROLE_BIT(TL_CAPF),
                   .kept_in = STORE_CAPF_TRUST,
                   .trust = STORE_CAPF_TRUST,
                   .others = "802.1X authentication servers and VPN gateways must have the new "
                             "certificate",
                   .bulk = BULK_CAPF,
                   .imported_to = STORE_BIT(STORE_CALLMANAGER_TRUST) },
    [OWN_TOMCAT] = { .name = "tomcat",
                     .ipsec = true,
                     .subject = SUBJECT_HOST,
                     .years = 5,
                     .roles = ROLE_BIT(TL_APP_SERVER),
                     .trust = STORE_TOMCAT_TRUST,
                     .shared = true,
                     .others =
                         "SAML SSO: exchange the metadata with the IdP anew; EMCC: repeat "
                         "the bulk exchange; "
                         "TFTP shows the old one on port 6972 (Jabber, MRA; 11.0 on) until it is "
                         "restarted",
                     .bulk = BULK_TOMCAT,
                     .imported_to = STORE_BIT(STORE_TOMCAT_TRUST) },
    [OWN_TOMCAT_ECDSA] = { .name = "tomcat-ECDSA",
                           .ipsec = true,
                           .subject = SUBJECT_HOST_EC,
                           .years = 5,
                           .roles = ROLE_BIT(TL_APP_SERVER),
                           .trust = STORE_TOMCAT_TRUST,
                           .shared = true,
                           .others = "whoever takes EC ciphers of Cisco Tomcat (the enterprise "
                                     "parameter HTTPS Ciphers, RSA Ciphers Only where nobody "
                                     "changed it) or of TFTP on port 6972 (Expressway) must have "
                                     "the new certificate; EMCC: repeat the bulk exchange",
                           .bulk = BULK_TOMCAT,
                           .imported_to = STORE_BIT(STORE_TOMCAT_TRUST) },
    [OWN_ITLRECOVERY] = { .name = "ITLRecovery",
                          .subject = SUBJECT_ITLRECOVERY,
                          .in_lists = true,
                          .copied = true,
                          .roles = ROLE_BIT(TL_SAST),
                          .others = "SAML SSO with the system-wide certificate fails until the IdP "
                                    "has the new metadata",
                          .bulk = BULK_ITLRECOVERY,
                          .imported_to = PHONES_TRUST },
    [OWN_IPSEC] = { .name = "ipsec",
                    .ipsec = true,
                    .subject = SUBJECT_HOST,
                    .years = 5,
                    .trust = STORE_IPSEC_TRUST,
                    .others = "DRS backups and restores between nodes fail until Cisco DRF Master "
                              "and Cisco DRF Local "
                              "were restarted everywhere" },
};

const struct store_kind store_kinds[STORES] = {
    [STORE_OWN] = { .name = "own" },
    [STORE_CALLMANAGER_TRUST] = { .name = "CallManager-trust", .roles = ROLE_BIT(TL_TFTP) },
    [STORE_PHONE_SAST_TRUST] = { .name = "Phone-SAST-trust", .roles = ROLE_BIT(TL_SAST) },
    [STORE_CAPF_TRUST] = { .name = "CAPF-trust", .roles = ROLE_BIT(TL_CAPF), .stays = true },
    [STORE_TOMCAT_TRUST] = { .name = "tomcat-trust", .roles = ROLE_BIT(TL_APP_SERVER) },
    [STORE_TVS_TRUST] = { .name = "TVS-trust" },
    [STORE_IPSEC_TRUST] = { .name = "ipsec-trust" },
};

const struct service_kind service_kinds[SERVICES] = {
    [SERVICE_TFTP] = { "Cisco Tftp", "TFTP", OWN_CALLMANAGER, .activation = BY_HAND,
                       .plain = true },
    [SERVICE_TVS] = { "Cisco Trust Verification Service", "TVS", OWN_TVS,
                      .activation = WITH_TFTP_OR_CALLMANAGER },
    [SERVICE_CALLMANAGER] = { "Cisco CallManager", "CallManager", OWN_CALLMANAGER,
                              .activation = BY_HAND, .plain = true },
    [SERVICE_TOMCAT] = { "Cisco Tomcat", "Tomcat", OWN_TOMCAT, .activation = ON_EVERY_NODE },
    [SERVICE_CAPF] = { "Cisco Certificate Authority Proxy Function", "CAPF", OWN_CAPF,
                       .activation = BY_HAND_ON_PUBLISHER },
    [SERVICE_CTIMANAGER] = { "Cisco CTIManager", "CTIManager", OWN_NONE, .activation = BY_HAND },
    [SERVICE_HAPROXY] = { "Cisco HAProxy", "HAProxy", OWN_NONE, .activation = ON_EVERY_NODE },
    [SERVICE_CTL_PROVIDER] = { "Cisco CTL Provider", "CTL Provider", OWN_NONE,
                               .activation = BY_HAND_ON_PUBLISHER },
    [SERVICE_CERT_CHANGE] = { "Cisco Certificate Change Notification",
                              "Certificate Change Notification", OWN_NONE,
                              .activation = ON_EVERY_NODE },
};

static const char *const key_types[KEY_TYPES] = {
    [KEY_RSA_1024] = "RSA-1024", [KEY_RSA_2048] = "RSA-2048", [KEY_RSA_3072] = "RSA-3072",
    [KEY_RSA_4096] = "RSA-4096", [KEY_EC_P256] = "EC-256",    [KEY_EC_P384] = "EC-384",
    [KEY_EC_P521] = "EC-521"
};

static const char *const bulk_units[BULK_UNITS] = { [BULK_ALL] = "all",
                                                    [BULK_TOMCAT] = "tomcat",
                                                    [BULK_TFTP] = "tftp",
                                                    [BULK_CAPF] = "capf",
                                                    [BULK_ITLRECOVERY] = "ITLRecovery" };

const char *bulk_unit_name(enum bulk_unit unit)
{
    return bulk_units[unit];
}

const char *key_type_name(enum key_type type)
{
    return key_types[type];
}

const char *own_name(enum own own)
{
    return own_kinds[own].name;
}

bool own_find(const char *name, enum own *own)
{
    for (int i = 0; i < OWNS; i++) {
        if (strcmp(own_kinds[i].name, name) == 0) {
            *own = (enum own)i;
            return true;
        }
    }
    return false;
}

bool own_concerns_phones(enum own own)
{
    bool concerns = own_kinds[own].in_lists;
    for (int s = 0; s < SERVICES; s++)
        concerns = concerns || service_kinds[s].own == own;
    return concerns;
}

const char *store_name(enum store s)
{
    return store_kinds[s].name;
}

bool store_find(const char *name, enum store *s)
{
    for (int i = STORE_OWN + 1; i < STORES; i++) {
        if (strcmp(store_kinds[i].name, name) == 0) {
            *s = (enum store)i;
            return true;
        }
    }
    return false;
}

const char *service_name(enum service s)
{
    return service_kinds[s].name;
}

bool service_find(const char *name, enum service *s)
{
    const char *plain = strncmp(name, "Cisco ", 6) == 0 ? name + 6 : name;
    for (int i = 0; i < SERVICES; i++) {
        if (strcmp(plain, service_kinds[i].name + strlen("Cisco ")) == 0 ||
            strcmp(plain, service_kinds[i].shorter) == 0) {
            *s = (enum service)i;
            return true;
        }
    }
    return false;
}
