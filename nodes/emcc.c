#include "nodes/emcc.h"

#include "nodes/certs.h"
#include "nodes/config.h"
#include "nodes/serve.h"

static bool is_secure(const struct cluster *cl, uint32_t device)
{
    const struct device_class *class = config_class_of(cl, device);
    return class != NULL && cl->db.mixed_mode && class->security_mode >= CNF_AUTHENTICATED;
}

/* The extension mobility services speak HTTPS with each other: each cluster has the tomcat
 * certificate that the other's publisher shows in its tomcat-trust (the exchange documented, that
 * it is the publisher's assumed). */
static bool knows_tomcat(const struct cluster *cl, const struct cluster *other, uint64_t now_us)
{
    uint32_t shown = other->nodes[0].run.used[SERVICE_TOMCAT];
    const struct cert_row *row = certs_in_store(cl, STORE_TOMCAT_TRUST, shown);
    return row != NULL && cert_row_seen(cl, row, 0, now_us);
}

static bool answers(const struct cluster *cl, const struct cluster *home, struct err *e)
{
    return serve_running(cl, 0, SERVICE_TOMCAT) ||
           err_set(e, "%s: Login is unavailable: Cisco Tomcat does not run on %s", home->name,
                   cl->nodes[0].disk.name);
}

/* Feature Configuration Guide 15, "Supported Security Modes": a secure phone of a cluster in mixed
 * mode does not log in to one that is not; a device stands in one database alone (error 37). */
bool emcc_can(const struct cluster *visiting, const struct cluster *home, uint32_t device,
              uint64_t now_us, struct err *e)
{
    if (!home->version->sbd || !visiting->version->sbd)
        return err_set(e, "%s: extension mobility across clusters is there from 8.0", home->name);
    if (config_class_of(home, device) != NULL)
        return err_set(e, "%s: the device is in its database already, login fails (37)",
                       home->name);
    if (is_secure(visiting, device) && !home->db.mixed_mode)
        return err_set(e,
                       "%s: login fails: the phone is secure and the cluster is not in mixed "
                       "mode",
                       home->name);
    if (!answers(visiting, home, e) || !answers(home, home, e))
        return false;
    bool both = knows_tomcat(visiting, home, now_us) && knows_tomcat(home, visiting, now_us);
    return both || err_set(e,
                           "%s: Login is unavailable: %s and %s do not have each other's tomcat "
                           "certificate",
                           home->name, visiting->name, home->name);
}

uint8_t emcc_security(const struct cluster *visiting, const struct cluster *home, uint32_t device)
{
    return is_secure(visiting, device) && home->db.mixed_mode
               ? config_class_of(visiting, device)->security_mode
               : CNF_NON_SECURE;
}
