/* What takes an act back, told before it is done: the act that leads to where things are now. */
#include "nodes/settings.h"
#include "sim/plan/back.h"

/* Fills in the arguments that lead back; false: nothing does. */
typedef bool fill_fn(const struct lab *lab, uint32_t cluster, const struct act *act,
                     const struct lab_whom *whom, struct act *out);

static const struct cluster *cluster_at(const struct lab *lab, uint32_t cluster)
{
    return &lab->state.clusters[cluster];
}

static bool parameter(const struct lab *lab, uint32_t cluster, const struct act *act,
                      const struct lab_whom *whom, struct act *out)
{
    (void)whom;
    out->arg[1] = cluster_at(lab, cluster)->db.params[act->arg[0]];
    return true;
}

/* Prepare Cluster for Rollback at False is what there is without a change. */
static bool is_mended(const struct act *act)
{
    return act->kind == DO_SET && act->arg[0] == PARAM_ROLLBACK && act->arg[1] == 0;
}

static bool members(const struct lab *lab, uint32_t cluster, const struct act *act,
                    const struct lab_whom *whom, struct act *out)
{
    const struct group *g = &cluster_at(lab, cluster)->db.groups[act->arg[CNF_SERVERS]];
    (void)whom;
    for (uint32_t i = 0; i < CNF_SERVERS; i++)
        out->arg[i] = i < g->count ? g->members[i] + 1u : 0;
    return true;
}

static bool group_of_pool(const struct lab *lab, uint32_t cluster, const struct act *act,
                          const struct lab_whom *whom, struct act *out)
{
    (void)whom;
    out->arg[0] = cluster_at(lab, cluster)->db.pools[act->arg[1]].group;
    return true;
}

static bool node_link(const struct lab *lab, uint32_t cluster, const struct act *act,
                      const struct lab_whom *whom, struct act *out)
{
    struct link link = lab->driver->node_link_of(lab->driver->self, cluster << 8 | act->node);
    (void)whom;
    *out = lab_link_act(DO_NODE_LINK, act->node, &link);
    return true;
}

/* Its name of now is written down as a text (record.c): nothing is added to the lab that runs. */
static bool named(const struct lab *lab, uint32_t cluster, const struct act *act,
                  const struct lab_whom *whom, struct act *out)
{
    (void)lab, (void)cluster, (void)act, (void)whom, (void)out;
    return true;
}

static bool address(const struct lab *lab, uint32_t cluster, const struct act *act,
                    const struct lab_whom *whom, struct act *out)
{
    (void)whom;
    out->arg[0] = cluster_at(lab, cluster)->nodes[act->node].disk.ip;
    return true;
}

static bool services_host(const struct lab *lab, uint32_t cluster, const struct act *act,
                          const struct lab_whom *whom, struct act *out)
{
    uint32_t host = cluster_at(lab, cluster)->db.services_host;
    (void)act, (void)whom;
    out->arg[0] = host != 0 ? host : cluster_at(lab, cluster)->nodes[0].disk.ip;
    return true;
}

static uint32_t phone_of(const struct lab_whom *whom, uint32_t i)
{
    return whom->phones == NULL ? whom->first + i : whom->phones[i];
}

/* Where all of them have the same now. */
static bool option_150(const struct lab *lab, uint32_t cluster, const struct act *act,
                       const struct lab_whom *whom, struct act *out)
{
    const struct lab_state *s = &lab->state;
    (void)cluster, (void)act;
    for (uint32_t i = 0; i < whom->count; i++) {
        if (s->phones[phone_of(whom, i)].dhcp != s->phones[phone_of(whom, 0)].dhcp)
            return false;
    }
    const struct phone_place *place = &s->dhcp[s->phones[phone_of(whom, 0)].dhcp];
    out->arg[0] = place->tftp[0];
    out->arg[1] = place->tftp[1];
    return whom->count > 0;
}

static bool setting(const struct lab *lab, uint32_t cluster, const struct act *act,
                    const struct lab_whom *whom, struct act *out)
{
    const struct cluster *cl = cluster_at(lab, cluster);
    for (uint32_t i = 0; i < whom->count; i++) {
        const struct device_class *row = config_class_of(cl, phone_of(whom, i));
        if (row == NULL)
            return false;
        uint64_t is = setting_table[act->arg[0]].get(cl, row);
        if (i > 0 && is != out->arg[1])
            return false;
        out->arg[1] = is;
    }
    return whom->count > 0;
}

/* The other mode. */
static bool mode(const struct lab *lab, uint32_t cluster, const struct act *act,
                 const struct lab_whom *whom, struct act *out)
{
    (void)whom, (void)out;
    return cluster_at(lab, cluster)->db.mixed_mode != (act->kind == DO_CTL_MIXED_MODE);
}

static bool flip_power(const struct lab *lab, uint32_t cluster, const struct act *act,
                       const struct lab_whom *whom, struct act *out)
{
    (void)lab, (void)cluster, (void)whom;
    out->arg[0] = !act->arg[0];
    return true;
}

static const struct {
    bool nothing; /* it leaves nothing that could be taken back */
    bool has;     /* a kind leads back: */
    uint8_t kind; /* enum act_kind, with the same arguments but for what `fill` changes */
    fill_fn *fill;
} rows[ACTS] = {
    [DO_RESTART] = { .nothing = true },
    [DO_REBOOT] = { .nothing = true },
    [DO_BACKUP] = { .nothing = true },
    [DO_SAVE_ITLRECOVERY] = { .nothing = true },
    [DO_CSR] = { .nothing = true },
    [DO_BULK_SFTP] = { .nothing = true },
    [DO_BULK_EXPORT] = { .nothing = true },
    [DO_BULK_CONSOLIDATE] = { .nothing = true },
    [DO_DBREPLICATION_RESET] = { .nothing = true },
    [DO_RESET_ALL] = { .nothing = true },
    [DO_RESET_POOL] = { .nothing = true },
    [DO_RESET_GROUP] = { .nothing = true },
    [DO_RESET] = { .nothing = true },
    [DO_RESTART_PHONES] = { .nothing = true },
    [DO_APPLY_CONFIG] = { .nothing = true },
    [DO_PRESS] = { .nothing = true },
    [DO_SEND_KEYS] = { .nothing = true },
    [DO_THIRD_PARTY_KEYS] = { .nothing = true },
    [DO_DELETE_TRUST_LIST] = { .nothing = true },
    [DO_FACTORY_RESET] = { .nothing = true },
    [DO_UNPLUG] = { .nothing = true },
    [DO_TROUBLESHOOT_LSC] = { .nothing = true },
    [DO_ENTER_STRING] = { .nothing = true },
    /* Lists that are made anew from what is there; a restart of TFTP makes the ITL once more. */
    [DO_CTL_UPDATE] = { .nothing = true },
    [DO_ITL_RESET_LOCALKEY] = { .nothing = true },
    [DO_CTL_RESET_LOCALKEY] = { .nothing = true },
    [DO_INSTALL_UPGRADE] = { .nothing = true },
    /* Where it was stopped is no state to go back to; what stopped it before starts it (back.c). */
    [DO_START] = { .nothing = true },
    [DO_STOP] = { .has = true, .kind = DO_START },
    [DO_ACTIVATE] = { .has = true, .kind = DO_DEACTIVATE },
    [DO_DEACTIVATE] = { .has = true, .kind = DO_ACTIVATE },
    [DO_SHUT_DOWN] = { .has = true, .kind = DO_SWITCH_ON },
    [DO_SWITCH_ON] = { .has = true, .kind = DO_SHUT_DOWN },
    [DO_DBREPLICATION_STOP] = { .has = true, .kind = DO_DBREPLICATION_RESET },
    [DO_UPLOAD] = { .has = true, .kind = DO_DELETE },
    [DO_DELETE] = { .has = true, .kind = DO_UPLOAD },
    [DO_UPLOAD_MIC_CA] = { .has = true, .kind = DO_DELETE_MIC_CA },
    [DO_DELETE_MIC_CA] = { .has = true, .kind = DO_UPLOAD_MIC_CA },
    [DO_FIPS_ENABLE] = { .has = true, .kind = DO_FIPS_DISABLE },
    [DO_FIPS_DISABLE] = { .has = true, .kind = DO_FIPS_ENABLE },
    [DO_CTL_MIXED_MODE] = { .has = true, .kind = DO_CTL_NON_SECURE_MODE, .fill = mode },
    [DO_CTL_NON_SECURE_MODE] = { .has = true, .kind = DO_CTL_MIXED_MODE, .fill = mode },
    [DO_SET] = { .has = true, .kind = DO_SET, .fill = parameter },
    [DO_CHANGE_GROUP] = { .has = true, .kind = DO_CHANGE_GROUP, .fill = members },
    [DO_CHANGE_POOL] = { .has = true, .kind = DO_CHANGE_POOL, .fill = group_of_pool },
    [DO_SERVICES_URL] = { .has = true, .kind = DO_SERVICES_URL, .fill = services_host },
    [DO_NODE_LINK] = { .has = true, .kind = DO_NODE_LINK, .fill = node_link },
    [DO_HOSTNAME] = { .has = true, .kind = DO_HOSTNAME, .fill = named },
    [DO_DOMAIN] = { .has = true, .kind = DO_DOMAIN, .fill = named },
    [DO_ADDRESS] = { .has = true, .kind = DO_ADDRESS, .fill = address },
    [DO_SWITCH_VERSION] = { .has = true, .kind = DO_SWITCH_VERSION },
    [DO_UPGRADE] = { .has = true, .kind = DO_SWITCH_VERSION },
    [DO_RADIUS_ADD] = { .has = true, .kind = DO_RADIUS_REMOVE },
    [DO_RADIUS_REMOVE] = { .has = true, .kind = DO_RADIUS_ADD },
    [DO_GATEWAY_ADD] = { .has = true, .kind = DO_GATEWAY_REMOVE },
    [DO_GATEWAY_REMOVE] = { .has = true, .kind = DO_GATEWAY_ADD },
    [DO_DOT1X_OPEN] = { .has = true, .kind = DO_DOT1X_CLOSED },
    [DO_DOT1X_CLOSED] = { .has = true, .kind = DO_DOT1X_OPEN },
    [DO_POWER] = { .has = true, .kind = DO_POWER, .fill = flip_power },
    [DO_MOVE] = { .has = true, .kind = DO_MOVE, .fill = option_150 },
    [DO_SET_PHONES] = { .has = true, .kind = DO_SET_PHONES, .fill = setting },
    [DO_INSERT] = { .has = true, .kind = DO_DELETE_PHONES },
    [DO_EMCC_LOGIN] = { .has = true, .kind = DO_EMCC_LOGOUT },
};

enum reverse reverse_of(const struct lab *lab, uint32_t cluster, const struct act *act,
                        const struct lab_whom *whom, struct act *out)
{
    static const struct lab_whom nobody = { 0 };
    *out = *act;
    if (rows[act->kind].nothing || is_mended(act))
        return REVERSE_NOTHING;
    if (!rows[act->kind].has)
        return REVERSE_NONE;
    out->kind = rows[act->kind].kind;
    fill_fn *fill = rows[act->kind].fill;
    return fill == NULL || fill(lab, cluster, act, whom == NULL ? &nobody : whom, out)
               ? REVERSE_ACT
               : REVERSE_NONE;
}
