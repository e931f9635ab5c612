#include "sim/plan/stand.h"

#include "nodes/config.h"
#include "nodes/lists.h"
#include "nodes/services.h"

/* False of one that no file has: what the lab made in its place stands in no list that was found.
 */
static bool is_known(const struct cluster *cl, const struct lab_found_cluster *told, uint32_t node,
                     enum own own)
{
    return cl->nodes[node].disk.own[own] != 0 &&
           (told == NULL || found_has_own(cl, &told->model, node, own));
}

struct looking {
    const struct cluster *cl;
    const struct lab_found_cluster *told;
    uint32_t itl;
};

static bool lacks(const struct looking *l, uint32_t roles, uint32_t node, enum own own)
{
    return is_known(l->cl, l->told, node, own) &&
           !lists_have(l->cl, l->itl, roles, l->cl->nodes[node].disk.own[own]);
}

bool stand_itls_are_behind(const struct lab *lab, const struct cluster *cl,
                           const struct lab_found_cluster *told)
{
    const uint32_t files = ROLE_BIT(TL_TFTP) | ROLE_BIT(TL_CCM_TFTP);
    bool behind = false;
    FOR_EACH_NODE(cl, i)
    {
        struct looking l = { cl, told, cl->nodes[i].run.itl };
        if (l.itl == 0 || content_get_list(lab->base->content, l.itl)->empty)
            continue;
        behind = behind || lacks(&l, files, i, OWN_CALLMANAGER) ||
                 lacks(&l, ROLE_BIT(TL_SAST), i, (enum own)cl->version->itl_signer);
        FOR_EACH_NODE(cl, k)
        behind = behind || (services_is_activated(cl, k, SERVICE_TVS) &&
                            lacks(&l, ROLE_BIT(TL_TVS), k, OWN_TVS));
    }
    return behind;
}

bool stand_phones_are_behind(const struct lab *lab, const struct cluster *cl)
{
    for (uint32_t i = 0; i < lab->state.phone_count; i++) {
        if (config_class_of(cl, i) != NULL && phone_is_registered(&lab->state.phones[i]) &&
            lab_itl_status(lab, i) == LAB_ITL_MISMATCH)
            return true;
    }
    return false;
}

bool stand_is_behind(const struct cluster *cl, enum service s)
{
    FOR_EACH_NODE(cl, n)
    {
        if (services_is_outdated(cl, n, s))
            return true;
    }
    return false;
}

bool stand_ctl_lost_root(const struct cluster *cl, const struct lab_found_cluster *told)
{
    return cl->version->ctl_signer == OWN_ITLRECOVERY && lists_ctl_is_tokenless(cl) &&
           is_known(cl, told, 0, OWN_ITLRECOVERY) && !lists_ctl_trusts(cl, OWN_ITLRECOVERY) &&
           lists_ctl_trusts(cl, cl->version->ctl_second_sast);
}

bool stand_tvs_has_ended(const struct lab *lab, const struct cluster *cl)
{
    int64_t now_s = cl->env->start_s + (int64_t)(lab_now_us(lab) / 1000000);
    FOR_EACH_NODE(cl, n)
    {
        const struct node_run *run = &cl->nodes[n].run;
        uint32_t cert = run->used[SERVICE_TVS];
        if (cert != 0 && run->services[SERVICE_TVS].state == SERVICE_RUNNING &&
            content_get_cert(lab->base->content, cert)->not_after_s < now_s)
            return true;
    }
    return false;
}
