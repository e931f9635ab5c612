/* What no file says of a backup that was found: certificates younger than it, in whose place lies
 * one that nobody has (sim/lab_past.c). */
#include "sim/plan/impl.h"

#include "nodes/backup.h"
#include "sim/lab_found.h"

const char *plan_backup_time(struct arena *a, const struct lab *lab, const struct backup *b)
{
    char date[DATE_TEXT];
    const struct lab_options *o = &lab->base->options;
    if (o->start_s + (int64_t)(b->at_us / 1000000) == b->made_s)
        return plan_time(a, lab, b->at_us);
    return plan_fmt(a, "%.16s", date_print(b->made_s, o->offset_s, date)); /* older than the run */
}

/* "CallManager, TVS of pub" */
static const char *names_of(struct arena *a, uint32_t kinds, const char *node)
{
    const char *text = "";
    for (int own = 0; own < OWNS; own++) {
        if ((kinds & OWN_BIT(own)) != 0)
            text =
                plan_fmt(a, "%s%s%s", text, text[0] == '\0' ? "" : ", ", own_name((enum own)own));
    }
    return plan_fmt(a, "%s of %s", text, node);
}

const char *plan_backup_unknown(struct arena *a, const struct lab *lab, uint32_t cluster,
                                const struct backup *b, uint32_t node)
{
    const struct lab_found_cluster *found = lab_found_cluster(lab, cluster);
    const struct cluster *cl = &lab->state.clusters[cluster];
    const char *text = NULL;
    if (found == NULL || b == NULL || b->unknown == 0)
        return NULL;
    FOR_EACH_NODE(cl, n)
    {
        uint32_t unknown = node == n || node == PLAN_EVERY_NODE ? found->backup_unknown[n] : 0;
        if (unknown == 0)
            continue;
        const char *names = names_of(a, unknown, cl->nodes[n].disk.name);
        text = text == NULL ? names : plan_fmt(a, "%s; %s", text, names);
    }
    return text;
}
