#include "nodes/capf.h"

#include "nodes/certs.h"
#include "nodes/cluster.h"
#include "nodes/config.h"
#include "nodes/serve.h"
#include "sim/base/check.h"
#include "sim/wire/capf.h"

#define DAY_S 86400

/* Words of the page; that each operation is pending, failed or successful is documented, "Operation
 * Pending" and "Upgrade Success" are those of the page (observed), the others like them. */
static const char *const statuses[CAPF_STATUSES] = {
    [CAPF_STATUS_NONE] = "None",
    [CAPF_PENDING] = "Operation Pending",
    [CAPF_UPGRADE_SUCCESS] = "Upgrade Success",
    [CAPF_UPGRADE_FAILED] = "Upgrade Failed",
    [CAPF_DELETE_SUCCESS] = "Delete Success",
    [CAPF_DELETE_FAILED] = "Delete Failed",
    [CAPF_TROUBLESHOOT_SUCCESS] = "Troubleshoot Success",
    [CAPF_TROUBLESHOOT_FAILED] = "Troubleshoot Failed",
};

const char *capf_status_name(enum capf_status status)
{
    return statuses[status];
}

const char *capf_mode_name(uint32_t mode)
{
    static const char *const names[] = {
        [CAPF_AUTH_NONE] = "",
        [CAPF_AUTH_PASSWORD] = "By Authentication String",
        [CAPF_AUTH_NULL_STRING] = "By Null String",
        [CAPF_AUTH_LSC] = "By Existing Certificate (Precedence to LSC)",
        [CAPF_AUTH_MIC] = "By Existing Certificate (Precedence to MIC)",
    };
    return names[mode];
}

/* ---- the row in the database ---- */

static bool change_row(struct cluster *cl, uint32_t device, const struct device_class *to,
                       struct err *e)
{
    uint16_t index;
    if (!config_class(cl, to, &index, e))
        return false;
    config_set_class(cl, device, index, cl->db.device_count);
    return true;
}

bool capf_order(struct cluster *cl, uint32_t device, struct capf_order order, uint32_t days,
                uint64_t now_us, struct err *e)
{
    struct device_class row = *config_class_of(cl, device);
    bool pending = order.operation != CAPF_NO_OPERATION;
    row.capf = order;
    row.capf.status = pending ? CAPF_PENDING : CAPF_STATUS_NONE;
    row.capf.until_s = pending ? cluster_wall_s(cl, 0, now_us) + (int64_t)days * DAY_S : 0;
    return change_row(cl, device, &row, e);
}

/* The operation is over. */
static void finish(struct cluster *cl, uint32_t device, bool success, uint32_t lsc)
{
    static const uint8_t ends[][2] = {
        [CAPF_NO_OPERATION] = { CAPF_STATUS_NONE, CAPF_STATUS_NONE },
        [CAPF_INSTALL] = { CAPF_UPGRADE_FAILED, CAPF_UPGRADE_SUCCESS },
        [CAPF_DELETE] = { CAPF_DELETE_FAILED, CAPF_DELETE_SUCCESS },
        [CAPF_TROUBLESHOOT] = { CAPF_TROUBLESHOOT_FAILED, CAPF_TROUBLESHOOT_SUCCESS },
    };
    struct device_class row = *config_class_of(cl, device);
    row.capf = (struct capf_order){ .status = ends[row.capf.operation][success] };
    row.lsc = lsc;
    /* Where there is no room for one more kind of phone it stays pending. */
    (void)change_row(cl, device, &row, NULL);
}

/* ---- the session ---- */

static struct capf_answer end(enum capf_reason reason)
{
    return (struct capf_answer){ CAPF_SAYS_END, reason };
}

static struct capf_answer fail(struct cluster *cl, uint32_t device)
{
    finish(cl, device, false, config_class_of(cl, device)->lsc);
    return end(CAPF_INVALID_ELEMENT);
}

/* LSCs of one day are alike: 100,000 phones that get theirs in an hour hold one content. */
uint32_t capf_issue(const struct cluster *cl, uint32_t node, uint64_t now_us)
{
    struct content *c = cl->env->content;
    uint32_t capf = serve_certificate(cl, node, SERVICE_CAPF);
    int64_t wall_s = cluster_wall_s(cl, node, now_us), from_s = wall_s - wall_s % DAY_S;
    if (capf == 0 || content_date(c, capf, wall_s) != DATE_WITHIN)
        return 0;
    return content_lsc(c, capf, certs_lsc_digest(cl), from_s - CERT_EARLY_S,
                       from_s + (int64_t)cl->db.params[PARAM_LSC_DAYS] * DAY_S);
}

/* Is it who it says, by the mode of its order? */
static bool is_proven(const struct cluster *cl, uint32_t node, const struct capf_order *order,
                      uint32_t shown, uint32_t string, uint64_t now_us)
{
    switch (order->by) {
    case CAPF_AUTH_PASSWORD:
        return string != 0 && string == order->string;
    case CAPF_AUTH_NULL_STRING:
        return true;
    default:
        return serve_judge(cl, node, shown, STORE_CAPF_TRUST, now_us) == REJECT_NONE;
    }
}

struct capf_answer capf_auth(struct cluster *cl, uint32_t node, uint32_t device, uint32_t shown,
                             uint32_t string, uint64_t now_us)
{
    static const uint8_t says[] = { [CAPF_INSTALL] = CAPF_SAYS_KEY,
                                    [CAPF_DELETE] = CAPF_SAYS_DELETE,
                                    [CAPF_TROUBLESHOOT] = CAPF_SAYS_FETCH };
    const struct device_class *row = config_class_of(cl, device);
    if (row == NULL)
        return end(CAPF_UNKNOWN_DEVICE);
    if (row->capf.operation == CAPF_NO_OPERATION)
        return end(CAPF_NO_ACTION);
    if (cluster_wall_s(cl, node, now_us) > row->capf.until_s ||
        !is_proven(cl, node, &row->capf, shown, string, now_us))
        return fail(cl, device);
    if (row->capf.operation == CAPF_INSTALL && capf_issue(cl, node, now_us) == 0)
        return fail(cl, device);
    return (struct capf_answer){ says[row->capf.operation], row->capf.bits };
}

struct capf_answer capf_key(struct cluster *cl, uint32_t node, uint32_t device, uint64_t now_us)
{
    const struct device_class *row = config_class_of(cl, device);
    if (row == NULL || row->capf.operation != CAPF_INSTALL)
        return end(CAPF_INVALID_ELEMENT); /* changed on the page meanwhile */
    uint32_t lsc = capf_issue(cl, node, now_us);
    return lsc == 0 ? fail(cl, device) : (struct capf_answer){ CAPF_SAYS_STORE, lsc };
}

struct capf_answer capf_done(struct cluster *cl, uint32_t node, uint32_t device, uint32_t with)
{
    const struct device_class *row = config_class_of(cl, device);
    (void)node;
    if (row == NULL || row->capf.operation == CAPF_NO_OPERATION)
        return end(CAPF_UPDATE_CERT);
    bool shows = row->capf.operation == CAPF_TROUBLESHOOT;
    bool nothing = shows && with == CONTENT_NOBODY; /* neither LSC nor MIC */
    finish(cl, device, !nothing, shows ? row->lsc : with);
    return end(shows ? CAPF_NO_ACTION : CAPF_UPDATE_CERT);
}
