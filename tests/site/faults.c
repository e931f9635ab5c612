/* What is planted, and whom each fault is about: what a preflight is to name. */
#include "tests/site/truth.h"

#include <cjson/cJSON.h>

static const struct {
    const char *name, *says;
} faults[] = {
#define FAULT_ROW(name, word, says) { word, says },
    FAULT_LIST(FAULT_ROW)
};

static void say(cJSON *about, const char *text)
{
    cJSON_AddItemToArray(about, cJSON_CreateString(text));
}

static bool fits(const struct truth *t, const struct truth_phone *p, uint32_t i, enum fault f)
{
    const struct model_row *m = &model_rows[p->model];
    uint8_t served = t->nodes[t->pools[p->pool].tftp].itl;
    switch (f) {
    case FAULT_WEB_OFF:
        return !p->web;
    case FAULT_NO_SBD:
        return !m->sbd;
    case FAULT_OTHER_TFTP:
        return p->itl != served && (p->itl == LIST_ITL_1 || p->itl == LIST_ITL_2);
    case FAULT_STALE:
        return p->itl == LIST_OLD;
    case FAULT_UNKNOWN_LIST:
        return p->itl == LIST_UNKNOWN;
    case FAULT_OFF_LONG:
        return !p->on && t->options.now_s - p->since_s > 86400;
    case FAULT_TLS_MINIMUM:
        return !m->tls_1_2;
    case FAULT_HOSTILE:
        return i < 10;
    default:
        return false;
    }
}

static bool has_phones(const struct truth *t, uint32_t group)
{
    for (uint32_t i = 0; i < t->phone_count; i++) {
        if (t->pools[t->phones[i].pool].group == group)
            return true;
    }
    return false;
}

static void about_cluster(const struct truth *t, enum fault f, cJSON *about)
{
    uint32_t tvs = service_find("Cisco Trust Verification Service");
    for (uint32_t i = 0; i < t->node_count; i++) {
        const struct truth_node *n = &t->nodes[i];
        if ((f == FAULT_TVS_OLD && n->runs_tvs != 0 && n->runs_tvs != n->own[UNIT_TVS]) ||
            (f == FAULT_TVS_STOPPED && n->services[tvs].state == SERVICE_STOPPED) ||
            (f == FAULT_REPLICATION && n->replication != 2))
            say(about, n->name);
    }
    if (f == FAULT_CAPF_ENDS)
        say(about, t->certs[t->nodes[0].own[UNIT_CAPF]].sha256);
    if (f == FAULT_RECOVERY_SMALL)
        say(about, t->certs[t->nodes[0].own[UNIT_ITLRECOVERY]].sha256);
    for (uint32_t g = 0; g < t->group_count && f == FAULT_GROUP_OF_ONE; g++) {
        if (t->groups[g].count == 1 && has_phones(t, g))
            say(about, t->groups[g].name);
    }
    uint64_t all = (UINT64_C(1) << t->node_count) - 1;
    for (uint32_t i = 0; i < t->trust_count; i++) {
        const struct truth_trust *a = &t->trust[i];
        if (f == FAULT_TRUST_DIFFERS && a->on != all)
            say(about, t->certs[a->cert].sha256);
        for (uint32_t k = 0; k < i && f == FAULT_SUBJECT_TWICE; k++) {
            const struct truth_trust *b = &t->trust[k];
            if (b->store == a->store &&
                view_eq(t->certs[a->cert].subject, t->certs[b->cert].subject)) {
                say(about, t->certs[b->cert].sha256);
                say(about, t->certs[a->cert].sha256);
            }
        }
    }
    for (uint32_t k = LIST_NONE + 1; k < LISTS && f == FAULT_ITL_LARGE; k++) {
        if (!t->lists[k].ctl && t->lists[k].count > 39)
            say(about, t->lists[k].sha256);
    }
}

/* Of the cluster as a whole: nobody is named, or the texts are what is odd. */
static bool is_of_all(enum fault f)
{
    return f == FAULT_BACKUP_OLD || f == FAULT_ROLLBACK || f == FAULT_HOSTILE;
}

static void about_all(const struct truth *t, enum fault f, cJSON *about)
{
    about_cluster(t, f, about);
    for (uint32_t i = 0; i < t->phone_count; i++) {
        if (fits(t, &t->phones[i], i, f))
            say(about, t->phones[i].name);
    }
}

void faults_that_are(struct truth *t)
{
    t->options.faults |= FAULT_BIT(FAULT_GROUP_OF_ONE);
    for (int f = 0; f < FAULTS; f++) {
        cJSON *about = cJSON_CreateArray();
        if (truth_has(t, (enum fault)f))
            about_all(t, (enum fault)f, about);
        if (cJSON_GetArraySize(about) == 0 && !is_of_all((enum fault)f))
            t->options.faults &= ~FAULT_BIT(f);
        cJSON_Delete(about);
    }
}

void truth_faults(const struct truth *t, void *root)
{
    cJSON *list = cJSON_AddArrayToObject(root, "faults");
    for (int f = 0; f < FAULTS; f++) {
        if (!truth_has(t, (enum fault)f))
            continue;
        cJSON *o = cJSON_CreateObject();
        cJSON_AddItemToArray(list, o);
        cJSON_AddStringToObject(o, "fault", faults[f].name);
        cJSON_AddStringToObject(o, "says", faults[f].says);
        cJSON *about = cJSON_AddArrayToObject(o, "about");
        about_all(t, (enum fault)f, about);
    }
}
