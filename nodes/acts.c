#include "nodes/acts.h"

#include "nodes/certs.h"
#include "nodes/cluster.h"
#include "nodes/config.h"
#include "nodes/network.h"
#include "nodes/settings.h"

#include "sim/core/mic.h"

#include <string.h>

const struct act_row *const act_table[ACTS] = { ACT_LIST(ACT_ROW) };

/* ---- doing ---- */

#define OF_CUCM (TOUCHES_CERTIFICATES | TOUCHES_BACKUPS | TOUCHES_REMOTES)

static bool version_has(const struct cluster *cl, const struct act_row *row, struct err *e)
{
    if (!cl->version->cucm && (row->touches & OF_CUCM) != 0)
        return err_set(e, "%s: a %s is no CUCM and has no %s", cl->name, cl->version->name,
                       row->words);
    return row->has == NULL || row->has(cl->version) ||
           err_set(e, "%s: version %s has no %s (%s)", cl->name, cl->version->name, row->words,
                   row->since);
}

/* Numbers that are no such thing at all: a caller's fault, or a damaged file. */
static bool args_in_range(const struct cluster *cl, const struct act *act, struct err *e)
{
    const uint64_t most[ARG_TYPES] = {
        [ARG_NONE] = UINT64_MAX,
        [ARG_OWN] = OWNS - 1,
        [ARG_SERVICE] = SERVICES - 1,
        [ARG_STORE] = STORES - 1,
        [ARG_CERT] = cl->env->content->count - 1,
        [ARG_PARAM] = PARAMS - 1,
        [ARG_VALUE] = UINT64_MAX,
        [ARG_TIME] = UINT64_MAX / 4,
        [ARG_PPM] = 1000000,
        [ARG_NUMBER] = UINT32_MAX,
        [ARG_SECONDS] = UINT32_MAX,
        [ARG_FLAG] = 1,
        [ARG_POWER] = 1,
        [ARG_KEY] = KEY_SERVICES,
        [ARG_SERVER] = UINT32_MAX,
        [ARG_POOL] = UINT16_MAX,
        [ARG_SPREAD] = 1,
        [ARG_KEY_TYPE] = KEY_TYPES,
        [ARG_YEARS] = 100,
        [ARG_SPAN] = TIME_MAX_US / 1000000,
        [ARG_TEXT] = cl->env->content->count - 1,
        [ARG_ADDRESS] = UINT32_MAX,
        [ARG_NTH] = UINT32_MAX,
        [ARG_BULK] = BULK_UNITS - 1,
        [ARG_SECURITY] = CNF_ENCRYPTED - CNF_NON_SECURE,
        [ARG_VERSION] = version_count - 1,
        [ARG_NODE] = cl->node_count,
        [ARG_SETTING] = SETTINGS - 1,
        [ARG_CHOICE] = UINT64_MAX,
        [ARG_GROUP] = (uint64_t)cl->db.group_count - 1,
        [ARG_STRING] = cl->env->content->count - 1,
        [ARG_CAPF_MODE] = ACT_CAPF_MODES - 1,
        [ARG_MIC_CA] = MIC_CAS - 1,
        [ARG_TASK] = CLIENT_UPDATE,
        [ARG_TOKEN] = cl->env->content->count - 1,
        [ARG_PORT] = PORTS - 1,
        [ARG_SITE] = cl->env->content->count - 1,
    };
    const struct act_row *row = act_table[act->kind];
    for (uint32_t i = 0; i < ACT_ARGS && row->args[i].type != ARG_NONE; i++) {
        enum arg_type type = (enum arg_type)row->args[i].type;
        bool ok = act->arg[i] <= most[type];
        if (type == ARG_STORE)
            ok = ok && act->arg[i] != STORE_OWN;
        if (type == ARG_CERT || (type == ARG_TOKEN && act->arg[i] != 0))
            ok = ok && content_kind(cl->env->content, (uint32_t)act->arg[i]) == CT_CERT;
        if (type == ARG_TEXT)
            ok = ok && content_kind(cl->env->content, (uint32_t)act->arg[i]) == CT_TEXT;
        if (type == ARG_CHOICE)
            ok = ok && setting_valid(cl, (enum setting)act->arg[i - 1], act->arg[i]);
        if (type == ARG_NODE)
            ok = ok && (act->arg[i] == 0 || !cl->nodes[act->arg[i] - 1].removed);
        if (type == ARG_GROUP)
            ok = ok && cl->db.group_count > 0;
        if (type == ARG_STRING && act->arg[i] != 0)
            ok = ok && content_kind(cl->env->content, (uint32_t)act->arg[i]) == CT_TEXT;
        if (type == ARG_SITE)
            ok = ok && (act->arg[i] == 0 ||
                        content_kind(cl->env->content, (uint32_t)act->arg[i]) == CT_TEXT);
        if (type == ARG_POOL)
            ok = ok && act->arg[i] < cl->db.pool_count;
        if (!ok)
            return err_set(e, "%s: %s: no such %s", cl->name, row->name, row->args[i].name);
    }
    return true;
}

#define OF_PUBLISHER                                                                               \
    (TOUCHES_CERTIFICATES | TOUCHES_LISTS | TOUCHES_CONFIG | TOUCHES_REMOTES | TOUCHES_BACKUPS)

/* Whether an act needs this node running. */
static bool needs_power(const struct act *act, uint32_t node)
{
    const struct act_row *row = act_table[act->kind];
    bool here = row->scope == ON_NODE && node == act->node;
    bool by_scope = row->scope == ON_NODE ? here : node == 0 && (row->touches & OF_PUBLISHER) != 0;
    const bool needs[] = { [POWER_BY_SCOPE] = by_scope,
                           [POWER_NONE] = false,
                           [POWER_PUBLISHER] = node == 0,
                           [POWER_BOTH] = here || node == 0,
                           [POWER_ALL] = true };
    return needs[row->power];
}

static bool has_power(const struct cluster *cl, const struct act *act, struct err *e)
{
    FOR_EACH_NODE(cl, i)
    {
        if (cl->nodes[i].run.off && needs_power(act, i))
            return err_set(e, "%s: %s is shut down", cl->name, cl->nodes[i].disk.name);
    }
    return true;
}

/* With certificates as they are now. */
static struct act resolved(const struct cluster *cl, const struct act *act)
{
    struct act now = *act;
    for (uint32_t i = 0; i < ACT_ARGS; i++) {
        if (act_table[act->kind]->args[i].type == ARG_CERT)
            now.arg[i] = certs_now(cl, act->arg[i]);
    }
    return now;
}

bool cluster_can(const struct cluster *cl, const struct act *asked, uint64_t now_us, struct err *e)
{
    if (asked->kind >= ACTS)
        return err_set(e, "%s: no act %u", cl->name, (unsigned)asked->kind);
    struct act as_now = resolved(cl, asked), *act = &as_now;
    const struct act_row *row = act_table[act->kind];
    if (row->scope == ON_NODE && (act->node >= cl->node_count || cl->nodes[act->node].removed))
        return act->node < cl->node_count
                   ? err_set(e, "%s: %s is no node any more", cl->name,
                             cl->nodes[act->node].disk.name)
                   : err_set(e, "%s: no node %u", cl->name, (unsigned)act->node);
    return args_in_range(cl, act, e) && version_has(cl, row, e) && has_power(cl, act, e) &&
           (row->can == NULL || row->can(cl, act, now_us, e));
}

bool cluster_do(struct cluster *cl, const struct act *act, uint64_t now_us, struct err *e)
{
    const struct act_row *row = act_table[act->kind];
    if (!cluster_can(cl, act, now_us, e))
        return false;
    struct act as_now = resolved(cl, act);
    cl->built_on |= (row->touches & (TOUCHES_CERTIFICATES | TOUCHES_LISTS | TOUCHES_CONFIG)) != 0;
    if (row->run != NULL)
        row->run(cl, &as_now, now_us);
    cl->done.act[act->kind] = true;
    if ((row->touches & TOUCHES_CONFIG) != 0)
        config_forget_profiles(cl);
    cl->change++;
    return true;
}

uint32_t act_arg_count(enum act_kind kind)
{
    uint32_t n = 0;
    while (n < ACT_ARGS && act_table[kind]->args[n].type != ARG_NONE)
        n++;
    return n;
}

/* The i-th value that an argument of a small set, or an act with choices of its own, is tried with.
 */
static bool choice(const struct cluster *cl, uint32_t i, struct act *act)
{
    const struct act_row *row = act_table[act->kind];
    uint8_t type = row->args[0].type;
    if (row->remedy.choice != NULL)
        return row->remedy.choice(cl, i, act);
    act->arg[0] = i;
    return i < (type == ARG_OWN ? OWNS : type == ARG_SERVICE ? SERVICES : type == ARG_NONE);
}

uint32_t act_candidates(const struct cluster *cl, enum act_kind kind, uint64_t now_us,
                        struct act *out, uint32_t most)
{
    const struct act_row *row = act_table[kind];
    uint32_t found = 0, nodes = row->scope == ON_NODE ? cl->node_count : 1;
    for (uint32_t n = 0; n < nodes; n++) {
        struct act act = { .kind = (uint8_t)kind, .node = (uint8_t)n };
        for (uint32_t i = 0; choice(cl, i, &act); i++) {
            if (!cluster_can(cl, &act, now_us, NULL) ||
                (row->remedy.useful != NULL && !row->remedy.useful(cl, &act)))
                continue;
            if (found < most)
                out[found] = act;
            found++;
        }
    }
    return found;
}
