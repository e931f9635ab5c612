/* Acts of an administrator, from outside the scenario. */
#include "sim/control/control.h"

#include <string.h>

/* Where the act begins, behind who is meant. */
static const char *split(const char *text, char who[CONTROL_TEXT])
{
    size_t n = strcspn(text, " ");
    const char *rest = text + n + strspn(text + n, " ");
    n -= n > 0 && text[n - 1] == ':'; /* as the trace has it */
    memcpy(who, text, n);
    who[n] = '\0';
    return rest;
}

static bool none(const char *who, struct err *e)
{
    return err_set(e,
                   "do: \"%.60s\" is no cluster, node or phone of this lab (\"HQ\", \"HQ/pub\", "
                   "\"SEP001121000000\", or \"phones\")",
                   who);
}

/* "HQ/pub", or "pub" where one cluster alone has one; false and no error: no node. */
static bool find_node(const struct lab *lab, const char *who, uint32_t *cluster, uint32_t *node,
                      struct err *e)
{
    uint32_t found = 0, at;
    for (uint32_t c = 0; c < lab->state.cluster_count; c++) {
        if (!cluster_node(&lab->state.clusters[c], who, &at))
            continue;
        *cluster = c;
        *node = at;
        found++;
    }
    if (found > 1)
        err_set(e, "do: %u clusters have a node \"%.60s\"; \"%s/%.60s\" is one of them",
                (unsigned)found, who, lab->state.clusters[*cluster].name, who);
    return found == 1;
}

static bool find_cluster(const struct lab *lab, const char *who, uint32_t *cluster)
{
    for (*cluster = 0; *cluster < lab->state.cluster_count; ++*cluster) {
        if (strcmp(lab->state.clusters[*cluster].name, who) == 0)
            return true;
    }
    return false;
}

/* Phones of one cluster. */
struct herd {
    const uint32_t *phones;
    uint32_t count, cluster;
};

/* The first of these phones that are of one cluster. */
static struct herd herd_of(const struct lab *lab, const uint32_t *phones, uint32_t count)
{
    struct herd h = { phones, 1, lab_fleet_of(lab, phones[0])->cluster };
    while (h.count < count && lab_fleet_of(lab, phones[h.count])->cluster == h.cluster)
        h.count++;
    return h;
}

static bool parse_for(const struct lab *lab, const struct herd *h, const char *text,
                      struct act *act, struct err *e)
{
    return act_parse(&lab->state.clusters[h->cluster], ON_PHONES, 0, text, act, e);
}

/* In each cluster as its own act, for it is in that cluster's database, and its administrator's.
 * The words fit all of them before any is done. */
static bool do_phones(struct lab *lab, const uint32_t *phones, uint32_t count, const char *text,
                      struct err *e)
{
    struct act act;
    struct herd h;
    if (count == 0)
        return err_set(e, "do: no phone passes these filters");
    for (uint32_t i = 0; i < count; i += h.count) {
        h = herd_of(lab, phones + i, count - i);
        if (!parse_for(lab, &h, text, &act, e))
            return false;
    }
    for (uint32_t i = 0; i < count; i += h.count) {
        h = herd_of(lab, phones + i, count - i);
        const struct lab_whom whom = { .phones = h.phones, .count = h.count };
        if (!parse_for(lab, &h, text, &act, e) || !lab_do_phones(lab, h.cluster, &act, &whom, e))
            return i > 0 ? err_prefix(e, "done for %u phones, not for the rest", (unsigned)i)
                         : false;
    }
    return true;
}

static bool do_filtered(struct control *c, const struct control_request *r, const char *text,
                        uint32_t *count, struct err *e)
{
    uint32_t *phones;
    bool ok = script_filter(c->session->script, r->filters, r->filter_count, &phones, count, e) &&
              do_phones(c->session->lab, phones, *count, text, e);
    mem_free(&sys_mem, phones);
    return ok;
}

bool control_do(struct control *c, const struct control_request *r, uint32_t *phones, struct err *e)
{
    struct lab *lab = c->session->lab;
    char who[CONTROL_TEXT];
    const char *text = split(r->text, who);
    uint32_t cluster = 0, node = 0, phone;
    struct act act;
    *phones = 0;
    if (text[0] == '\0')
        return err_set(e, "do: whom and what is expected, \"HQ/pub restart Cisco Tftp\"");
    if (strcmp(who, "phones") == 0)
        return do_filtered(c, r, text, phones, e);
    if (r->filtered)
        return err_set(e, "do: filters are for \"phones ...\", not for \"%.60s\"", who);
    if (lab_find_phone(lab, who, &phone)) {
        *phones = 1;
        return do_phones(lab, &phone, 1, text, e);
    }
    e->text[0] = '\0';
    enum act_scope scope = find_cluster(lab, who, &cluster) ? ON_CLUSTER : ON_NODE;
    if (scope == ON_NODE && !find_node(lab, who, &cluster, &node, e))
        return e->text[0] == '\0' ? none(who, e) : false;
    return act_parse(&lab->state.clusters[cluster], scope, node, text, &act, e) &&
           lab_do(lab, cluster, &act, e);
}
