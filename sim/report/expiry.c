#include "sim/report/expiry.h"

#include "nodes/calendar.h"
#include "sim/base/count.h"
#include "sim/base/sys.h"
#include "sim/report/fmt.h"

#include <cjson/cJSON.h>
#include <string.h>

#define YEAR_S     (366ll * 86400)
#define LINES_MOST 20
#define NAMES_ROOM 200

/* Certificates of one kind, or LSCs of one age. */
struct expiring {
    uint32_t cluster;
    int64_t end_s;
    char name[160];         /* calendar_name(); "LSC" */
    char nodes[NAMES_ROOM]; /* "pub, sub1" */
    uint32_t phones;        /* that have such an LSC */
};

struct expiries {
    const struct lab *lab;
    int64_t now_s;
    struct expiring *list;
    uint32_t count, cap;
};

/* Several names, and three dots where there is no room for all. */
static void add_name(char out[NAMES_ROOM], const char *name)
{
    size_t n = strlen(out), more = strlen(name);
    if (n + more + 8 < NAMES_ROOM)
        snprintf(out + n, NAMES_ROOM - n, "%s%s", n == 0 ? "" : ", ", name);
    else if (n < 4 || strcmp(out + n - 3, "...") != 0)
        snprintf(out + n, NAMES_ROOM - n, ", ...");
}

static struct expiring *entry(struct expiries *x, uint32_t cluster, const char *name, int64_t end_s)
{
    for (uint32_t i = 0; i < x->count; i++) {
        struct expiring *e = &x->list[i];
        if (e->cluster == cluster && e->end_s == end_s && strcmp(e->name, name) == 0)
            return e;
    }
    mem_reserve(&sys_mem, (void **)&x->list, &x->cap, (size_t)x->count + 1, sizeof *x->list);
    struct expiring *e = &x->list[x->count++];
    memset(e, 0, sizeof *e);
    e->cluster = cluster;
    e->end_s = end_s;
    snprintf(e->name, sizeof e->name, "%s", name);
    return e;
}

static bool is_soon(const struct expiries *x, int64_t end_s)
{
    return end_s != 0 && end_s < x->now_s + YEAR_S;
}

static void add_rows(struct expiries *x, uint32_t cluster)
{
    const struct cluster *cl = &x->lab->state.clusters[cluster];
    for (uint32_t i = 0; i < cl->db.row_count; i++) {
        const struct cert_row *r = &cl->db.rows[i];
        int64_t end_s = content_get_cert(cl->env->content, r->cert)->not_after_s;
        char name[160];
        if (r->until_us != UINT64_MAX || !is_soon(x, end_s))
            continue;
        calendar_name(cl, r, name);
        add_name(entry(x, cluster, name, end_s)->nodes,
                 r->store == STORE_OWN ? cl->nodes[r->node].disk.name : "every node");
    }
}

static void add_lscs(struct expiries *x)
{
    const struct lab *lab = x->lab;
    for (uint32_t i = 0; i < lab->state.phone_count; i++) {
        uint32_t lsc = lab->state.phones[i].lsc;
        const struct lab_fleet *fleet = lsc == 0 ? NULL : lab_fleet_of(lab, i);
        int64_t end_s = lsc == 0 ? 0 : content_get_cert(lab->base->content, lsc)->not_after_s;
        if (fleet != NULL && is_soon(x, end_s))
            entry(x, fleet->cluster, "LSC", end_s)->phones++;
    }
}

static int by_date(const void *a, const void *b)
{
    const struct expiring *x = a, *y = b;
    if (x->end_s != y->end_s)
        return x->end_s < y->end_s ? -1 : 1;
    if (x->cluster != y->cluster)
        return x->cluster < y->cluster ? -1 : 1;
    int nodes = strcmp(x->nodes, y->nodes);
    return nodes != 0 ? nodes : strcmp(x->name, y->name);
}

static struct expiries find(const struct report *r)
{
    const struct lab *lab = r->lab;
    struct expiries x = { .lab = lab };
    x.now_s = lab->base->options.start_s + (int64_t)(lab_now_us(lab) / 1000000);
    for (uint32_t c = 0; c < lab->state.cluster_count; c++)
        add_rows(&x, c);
    add_lscs(&x);
    if (x.count > 0)
        qsort(x.list, x.count, sizeof *x.list, by_date);
    return x;
}

/* Of one day and the same nodes: one line. */
static uint32_t put_line(FILE *out, const struct expiries *x, uint32_t i)
{
    const struct expiring *first = &x->list[i];
    char date[DATE_TEXT], names[NAMES_ROOM] = "";
    bool several = x->lab->state.cluster_count > 1;
    int64_t left_s = first->end_s - x->now_s;
    uint32_t n = 0;
    for (; i + n < x->count; n++) {
        const struct expiring *e = &x->list[i + n];
        if (e->cluster != first->cluster || e->end_s != first->end_s ||
            strcmp(e->nodes, first->nodes) != 0)
            break;
        add_name(names, e->name);
    }
    fprintf(out, "  %s  %s%s%s of ", date_print(first->end_s, x->lab->base->options.offset_s, date),
            several ? x->lab->state.clusters[first->cluster].name : "", several ? ": " : "", names);
    if (first->phones > 0)
        fputs(COUNTED_OF(first->phones, "phone"), out);
    else
        fputs(first->nodes, out);
    if (left_s < 0)
        fputs(": has expired\n", out);
    else if (left_s < 86400)
        fputs(": within a day\n", out);
    else
        fprintf(out, ": in %s\n", COUNTED_OF((uint64_t)left_s / 86400, "day"));
    return n;
}

void expiry_print(FILE *out, const struct report *r)
{
    struct expiries x = find(r);
    uint32_t i = 0;
    if (x.count > 0)
        fputs("Certificates that expire, up to a year after the end of this run:\n", out);
    for (uint32_t lines = 0; i < x.count && lines < LINES_MOST; lines++)
        i += put_line(out, &x, i);
    if (i < x.count)
        fprintf(out, "  and %u more\n", (unsigned)(x.count - i));
    if (x.count > 0)
        fputc('\n', out);
    mem_free(&sys_mem, x.list);
}

void expiry_json(cJSON *root, const struct report *r)
{
    struct expiries x = find(r);
    cJSON *list = x.count == 0 ? NULL : cJSON_AddArrayToObject(root, "certificates_that_expire");
    for (uint32_t i = 0; i < x.count; i++) {
        const struct expiring *e = &x.list[i];
        char date[DATE_TEXT];
        cJSON *o = cJSON_CreateObject();
        cJSON_AddStringToObject(o, "cluster", x.lab->state.clusters[e->cluster].name);
        cJSON_AddStringToObject(o, "certificate", e->name);
        if (e->phones > 0)
            cJSON_AddNumberToObject(o, "phones", e->phones);
        else
            cJSON_AddStringToObject(o, "nodes", e->nodes);
        cJSON_AddStringToObject(o, "expires",
                                date_iso(e->end_s, x.lab->base->options.offset_s, date));
        cJSON_AddBoolToObject(o, "expired", e->end_s < x.now_s);
        cJSON_AddItemToArray(list, o);
    }
    mem_free(&sys_mem, x.list);
}
