/* Who signs what, who vouches for whom, and what phones make of it: before the change and behind
 * it. */
#include "sim/plan/parts.h"

#include "sim/base/sys.h"
#include "sim/predict/try.h"
#include "sim/report/fmt.h"

#include <string.h>

/* ---- names of certificates ---- */

/* The node's own one: "CallManager of pub". */
static const char *own_of(struct arena *a, const struct lab *lab, uint32_t cert)
{
    char name[LAB_NODE_NAME];
    for (uint32_t c = 0; c < lab->state.cluster_count; c++) {
        const struct cluster *cl = &lab->state.clusters[c];
        FOR_EACH_NODE(cl, n)
        {
            for (int own = 0; own < OWNS; own++) {
                if (cl->nodes[n].disk.own[own] == cert)
                    return plan_fmt(a, "%s of %s", own_name((enum own)own),
                                    lab_node_name(lab, c << 8 | n, name));
            }
        }
    }
    return NULL;
}

/* One that no node has any more: by its common name. */
static const char *common_name(struct arena *a, const struct content *c, uint32_t cert)
{
    const char *subject = content_get_str(c, content_get_cert(c, cert)->subject);
    const char *cn = strstr(subject, "CN=");
    if (cn == NULL)
        return plan_keep(a, subject);
    return plan_fmt(a, "%.*s, no longer there", (int)strcspn(cn + 3, ",;/"), cn + 3);
}

/* The last two bytes of it tell certificates apart. */
static const char *serial_of(struct arena *a, const struct content *c, uint32_t cert)
{
    struct view v = content_get_text(c, content_get_cert(c, cert)->serial);
    char text[FMT_ROOM];
    if (v.n > 3)
        v = view_sub(v, v.n - 3, 3);
    return plan_keep(a, fmt_serial(v, text));
}

static struct plan_signer signer_of(struct arena *a, const struct lab *lab, uint32_t cert,
                                    uint32_t before)
{
    const struct content *c = lab->base->content;
    struct plan_signer s = { NULL, NULL, false };
    if (cert == 0 || cert >= CONTENT_NOBODY)
        return s;
    s.name = own_of(a, lab, cert);
    if (s.name == NULL)
        s.name = common_name(a, c, cert);
    s.serial = serial_of(a, c, cert);
    s.renewed = cert != before;
    return s;
}

static uint32_t signed_by(const struct lab *lab, uint32_t list)
{
    return list == 0 ? 0 : content_get_list(lab->base->content, list)->envelope.cert;
}

/* ---- nodes ---- */

static bool has_tvs(const struct content *c, uint32_t itl, uint32_t cert)
{
    const struct ct_list *l = itl == 0 || cert == 0 ? NULL : content_get_list(c, itl);
    for (uint32_t i = 0; l != NULL && i < l->count; i++) {
        if (l->records[i].role == TL_TVS && l->records[i].cert == cert)
            return true;
    }
    return false;
}

static void count_holders(struct plan_node *to, const struct recorded_point *point,
                          const struct node_run *run)
{
    for (uint32_t i = 0; i < point->phones; i++) {
        uint32_t itl = point->lab->state.phones[i].itl;
        bool knows = has_tvs(point->lab->base->content, itl, run->used[SERVICE_TVS]);
        to->knows_tvs += knows ? point->alike[i] : 0;
        to->holds_itl += itl != 0 && itl == run->itl ? point->alike[i] : 0;
    }
}

/* A cluster as it was before the change; NULL: it was built behind that. */
static const struct cluster *cluster_before(const struct record *r, uint32_t c)
{
    bool there = r->base != NULL && c < r->base->state.cluster_count;
    return there ? &r->base->state.clusters[c] : NULL;
}

static void fill_node(struct plan_trust *t, struct record *r, const struct recorded_point *point,
                      uint32_t c, uint32_t n)
{
    static const struct node_run none = { 0 };
    const struct lab *lab = point->lab;
    const struct node *node = &lab->state.clusters[c].nodes[n];
    const struct cluster *was = cluster_before(r, c);
    bool there = was != NULL && n < was->node_count;
    const struct node_run *before = there ? &was->nodes[n].run : &none;
    char name[LAB_NODE_NAME];
    struct plan_node *to = &t->nodes[t->node_count++];
    to->name = plan_keep(r->arena, lab_node_name(lab, c << 8 | n, name));
    to->itl = signer_of(r->arena, lab, signed_by(lab, node->run.itl), signed_by(lab, before->itl));
    to->files = signer_of(r->arena, lab, node->run.used[SERVICE_TFTP], before->used[SERVICE_TFTP]);
    to->tvs = signer_of(r->arena, lab, node->run.used[SERVICE_TVS], before->used[SERVICE_TVS]);
    if (node->run.itl == 0)
        to->files = (struct plan_signer){ NULL, NULL, false };
    count_holders(to, point, &node->run);
}

/* ---- phones ---- */

static enum plan_takes takes(const struct lab *lab, uint32_t phone, uint32_t held)
{
    const struct phone *p = &lab->state.phones[phone];
    if (!model_table[p->model].itl || p->state == PHONE_OFF)
        return TAKES_NO_ITL;
    if ((p->lost & FSM_BIT(FUNCTION_TRUST_LIST)) != 0)
        return TAKES_NOT;
    if (held == 0)
        return TAKES_FIRST;
    if (p->itl == held)
        return TAKES_SAME;
    enum trust_verdict by = phone_accepted_by(p, TRUST_ITL);
    return by == TRUST_BY_TVS || by == TRUST_BY_CACHE ? TAKES_BY_TVS
           : by == TRUST_FIRST                        ? TAKES_FIRST
                                                      : TAKES_BY_OWN;
}

/* Each boots once in a fork. */
static void count_takers(struct plan_trust *t, const struct recorded_point *point)
{
    struct lab *lab = lab_fork(point->lab);
    uint32_t n = point->phones;
    uint8_t *lost = mem_take(&sys_mem, (size_t)n + 1), *had = mem_take(&sys_mem, (size_t)n + 1);
    uint8_t *off = mem_take(&sys_mem, (size_t)n + 1);
    for (uint32_t i = 0; i < n; i++) {
        had[i] = lab->state.phones[i].lost;
        off[i] = lab->state.phones[i].state == PHONE_OFF;
    }
    try_boots(lab, had, lost, NULL);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t held = point->lab->state.phones[i].itl;
        enum plan_takes kind = off[i] ? TAKES_NO_ITL : takes(lab, i, held);
        t->takes[kind] += point->alike[i];
        t->phones += point->alike[i];
    }
    mem_free(&sys_mem, lost);
    mem_free(&sys_mem, had);
    mem_free(&sys_mem, off);
    lab_free(lab);
}

void plan_fill_trust(struct plan_trust *t, struct record *r, const struct recorded_point *point)
{
    uint32_t nodes = 0;
    if (point->lab == NULL)
        return;
    struct lab_mark mark = lab_mark(r->lab);
    for (uint32_t c = 0; c < point->lab->state.cluster_count; c++)
        nodes += point->lab->state.clusters[c].node_count;
    t->nodes = arena_take(r->arena, ((size_t)nodes + 1) * sizeof *t->nodes);
    for (uint32_t c = 0; c < point->lab->state.cluster_count; c++) {
        const struct cluster *cl = &point->lab->state.clusters[c];
        FOR_EACH_NODE(cl, n)
        fill_node(t, r, point, c, n);
        const struct cluster *was = cluster_before(r, c);
        if (cl->db.ctl != 0)
            t->ctl = signer_of(r->arena, point->lab, signed_by(point->lab, cl->db.ctl),
                               was == NULL ? 0 : signed_by(r->base, was->db.ctl));
    }
    count_takers(t, point);
    lab_rewind(r->lab, &mark);
}
