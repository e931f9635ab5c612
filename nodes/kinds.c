#include "nodes/kinds.h"

#include "sim/core/contract.h"

#include <string.h>

/* Subjects as CUCM makes them (observed).  Validity: five years, ITLRecovery by version.  Roles
 * that TVS gives: traces of technotes 118893 and 213407 (observed) for CallManager; CAPF, TVS,
 * tomcat and ITLRecovery assumed. */
const struct own_kind own_kinds[OWNS] = {
    [OWN_CALLMANAGER] = { "CallManager", SUBJECT_HOST, false, 5, true, false,
                          ROLE_BIT(TL_SAST) | ROLE_BIT(TL_CCM_TFTP), STORE_OWN },
    [OWN_CALLMANAGER_ECDSA] = { "CallManager-ECDSA", SUBJECT_HOST_EC, false, 5, true, false,
                                ROLE_BIT(TL_SAST) | ROLE_BIT(TL_CCM_TFTP), STORE_OWN },
    [OWN_TVS] = { "TVS", SUBJECT_HOST, false, 5, true, false, ROLE_BIT(TL_TVS), STORE_OWN },
    [OWN_CAPF] = { "CAPF", SUBJECT_CAPF, true, 5, true, false, ROLE_BIT(TL_CAPF),
                   STORE_CAPF_TRUST },
    [OWN_TOMCAT] = { "tomcat", SUBJECT_HOST, false, 5, false, false, ROLE_BIT(TL_APP_SERVER),
                     STORE_OWN },
    [OWN_ITLRECOVERY] = { "ITLRecovery", SUBJECT_ITLRECOVERY, false, 0, true, true,
                          ROLE_BIT(TL_SAST), STORE_OWN },
    [OWN_IPSEC] = { "ipsec", SUBJECT_HOST, false, 5, false, false, 0, STORE_OWN },
};

const struct store_kind store_kinds[STORES] = {
    [STORE_OWN] = { "own", 0 },
    [STORE_CALLMANAGER_TRUST] = { "CallManager-trust", ROLE_BIT(TL_TFTP) },
    [STORE_PHONE_SAST_TRUST] = { "Phone-SAST-trust", ROLE_BIT(TL_SAST) },
    [STORE_CAPF_TRUST] = { "CAPF-trust", ROLE_BIT(TL_CAPF) },
    [STORE_TOMCAT_TRUST] = { "tomcat-trust", ROLE_BIT(TL_APP_SERVER) },
};

const struct service_kind service_kinds[SERVICES] = {
    [SERVICE_TFTP] = { "Cisco Tftp", "TFTP", OWN_CALLMANAGER, WITH_TFTP },
    [SERVICE_TVS] = { "Cisco Trust Verification Service", "TVS", OWN_TVS,
                      WITH_TFTP_OR_CALLMANAGER },
    [SERVICE_CALLMANAGER] = { "Cisco CallManager", "CallManager", OWN_CALLMANAGER,
                              WITH_CALLMANAGER },
    [SERVICE_TOMCAT] = { "Cisco Tomcat", "Tomcat", OWN_TOMCAT, ON_EVERY_NODE },
    [SERVICE_CAPF] = { "Cisco Certificate Authority Proxy Function", "CAPF", OWN_CAPF,
                       ON_PUBLISHER },
    [SERVICE_CTIMANAGER] = { "Cisco CTIManager", "CTIManager", OWN_NONE, WITH_CALLMANAGER },
    [SERVICE_HAPROXY] = { "Cisco HAProxy", "HAProxy", OWN_NONE, ON_EVERY_NODE },
    [SERVICE_CTL_PROVIDER] = { "Cisco CTL Provider", "CTL Provider", OWN_NONE, ON_PUBLISHER },
};

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
