#include "sim/control/metrics.h"

#include "sim/base/sys.h"
#include "sim/live/live.h"
#include "sim/net/usage.h"

#include <inttypes.h>
#include <string.h>

/* ---- counting ---- */

static bool is_same(const struct metrics_series *s, const struct access *a, const char *answer)
{
    return s->node == a->node && s->handshake == a->handshake &&
           strcmp(s->service, a->service) == 0 && strcmp(s->answer, answer) == 0;
}

static struct metrics_series *find(struct metrics *m, const struct access *a, const char *answer)
{
    for (uint32_t i = 0; i < m->count; i++) {
        if (is_same(&m->series[i], a, answer))
            return &m->series[i];
    }
    return NULL;
}

/* Answers are of a closed set, but for reasons of failed handshakes. */
static struct metrics_series *series_of(struct metrics *m, const struct access *a)
{
    const char *answer = a->answer;
    struct metrics_series *s = find(m, a, answer);
    if (s == NULL && m->count >= METRICS_SERIES)
        s = find(m, a, answer = "other");
    if (s != NULL)
        return s;
    mem_reserve(&sys_mem, (void **)&m->series, &m->cap, (size_t)m->count + 1, sizeof *m->series);
    s = &m->series[m->count++];
    *s = (struct metrics_series){ .node = a->node,
                                  .service = a->service,
                                  .handshake = a->handshake };
    snprintf(s->answer, sizeof s->answer, "%s", answer);
    return s;
}

static void on_access(void *ctx, const struct access *a, uint64_t now_us)
{
    struct metrics *m = ctx;
    struct metrics_series *s = series_of(m, a);
    (void)now_us;
    s->count++;
    s->bytes += a->bytes;
    m->requests += !a->handshake;
    if (a->worker < METRICS_WORKERS && strcmp(a->service, "TVS") == 0) {
        m->of_worker[a->worker].requests += !a->handshake;
        m->of_worker[a->worker].handshakes += a->handshake;
    }
}

void metrics_begin(struct metrics *m, struct lab *lab)
{
    *m = (struct metrics){ .lab = lab };
    m->observer = (struct observer){ .ctx = m, .access = on_access };
    lab_observe(lab, &m->observer);
}

void metrics_end(struct metrics *m)
{
    if (m->lab == NULL)
        return;
    lab_unobserve(m->lab, &m->observer);
    mem_free(&sys_mem, m->series);
    *m = (struct metrics){ .lab = NULL };
}

void metrics_states(const struct lab *lab, void (*put)(void *ctx, const char *state, uint32_t n),
                    void *ctx)
{
    uint32_t counts[PHONE_STATES] = { 0 };
    for (uint32_t i = 0; i < lab->state.phone_count; i++)
        counts[lab->state.phones[i].state]++;
    for (int s = 0; s < PHONE_STATES; s++) {
        if (counts[s] > 0)
            put(ctx, phone_states[s].name, counts[s]);
    }
}

/* ---- printing ---- */

static void head(FILE *out, const char *name, const char *type, const char *help)
{
    fprintf(out, "# HELP cucmlab_%s %s\n# TYPE cucmlab_%s %s\n", name, help, name, type);
}

/* A value between quotes: backslash, quote and line feed are escaped; names are UTF-8. */
static void label(FILE *out, const char *name, const char *value)
{
    fprintf(out, "%s=\"", name);
    for (; *value != '\0'; value++) {
        if (*value == '\n')
            fputs("\\n", out);
        else if (*value == '"' || *value == '\\')
            fprintf(out, "\\%c", *value);
        else
            fputc(*value, out);
    }
    fputc('"', out);
}

/* A node that was removed and one that was added since may have one name: whoever reads knows nodes
 * by that alone, and no two lines may have the same labels. */
static uint32_t first_so_named(const struct lab *lab, uint32_t node)
{
    const struct node *nodes = lab->state.clusters[node >> 8].nodes;
    uint32_t first = 0;
    while (strcmp(nodes[first].disk.name, nodes[node & 255].disk.name) != 0)
        first++;
    return (node & ~(uint32_t)255) | first;
}

static bool has_labels_of(const struct lab *lab, const struct metrics_series *a,
                          const struct metrics_series *b)
{
    return a->handshake == b->handshake && strcmp(a->answer, b->answer) == 0 &&
           strcmp(a->service, b->service) == 0 &&
           first_so_named(lab, a->node) == first_so_named(lab, b->node);
}

/* Of the series i, and of those behind it that have its labels; false: one before it has them. */
static bool sum_of(const struct metrics *m, uint32_t i, bool bytes, uint64_t *sum)
{
    *sum = 0;
    for (uint32_t k = 0; k < m->count; k++) {
        const struct metrics_series *s = &m->series[k];
        if (k != i && !has_labels_of(m->lab, &m->series[i], s))
            continue;
        if (k < i)
            return false;
        *sum += bytes ? s->bytes : s->count;
    }
    return true;
}

static void put_series(FILE *out, const struct metrics *m, bool handshake, bool bytes,
                       const char *name)
{
    char node[LAB_NODE_NAME];
    for (uint32_t i = 0; i < m->count; i++) {
        const struct metrics_series *s = &m->series[i];
        uint64_t sum;
        if (s->handshake != handshake || !sum_of(m, i, bytes, &sum))
            continue;
        fprintf(out, "cucmlab_%s{", name);
        label(out, "node", lab_node_name(m->lab, s->node, node));
        fputc(',', out);
        label(out, "service", s->service);
        fputc(',', out);
        label(out, handshake ? "result" : "answer", s->answer);
        fprintf(out, "} %" PRIu64 "\n", sum);
    }
}

/* Those that served anything: whether work is spread evenly. */
static void put_workers(FILE *out, const struct metrics *m, bool handshake, const char *name)
{
    for (uint32_t i = 0; i < METRICS_WORKERS; i++) {
        uint64_t n = handshake ? m->of_worker[i].handshakes : m->of_worker[i].requests;
        if (n > 0)
            fprintf(out, "cucmlab_%s{worker=\"%" PRIu32 "\"} %" PRIu64 "\n", name, i, n);
    }
}

static void put_state(void *ctx, const char *state, uint32_t n)
{
    fputs("cucmlab_phones{", ctx);
    label(ctx, "state", state);
    fprintf(ctx, "} %" PRIu32 "\n", n);
}

static void put_losses(FILE *out, const struct lab *lab)
{
    uint32_t counts[FUNCTIONS] = { 0 };
    for (uint32_t i = 0; i < lab->state.phone_count; i++) {
        const struct lab_loss *l = lab_loss_of(lab, i);
        for (int f = 0; l != NULL && f < FUNCTIONS; f++)
            counts[f] += (l->open & FSM_BIT(f)) != 0;
    }
    head(out, "phones_lost", "gauge", "Phones that lack a function and have noticed.");
    for (int f = 0; f < FUNCTIONS; f++) {
        fputs("cucmlab_phones_lost{", out);
        label(out, "function", lab_function_name((enum phone_function)f));
        fprintf(out, "} %" PRIu32 "\n", counts[f]);
    }
}

static void put_usage(FILE *out)
{
    struct usage u = usage_now();
    head(out, "memory_bytes", "gauge",
         "Memory: in use, held by the allocator for that, resident of the process.");
    fprintf(out, "cucmlab_memory_bytes{of=\"in use\"} %" PRIu64 "\n", u.in_use);
    fprintf(out, "cucmlab_memory_bytes{of=\"held\"} %" PRIu64 "\n", u.held);
    fprintf(out, "cucmlab_memory_bytes{of=\"resident\"} %" PRIu64 "\n", u.resident);
    head(out, "open_files", "gauge", "Open files, and the limit of them.");
    fprintf(out, "cucmlab_open_files{of=\"now\"} %" PRIu32 "\n", u.files);
    if (u.files_limit != UINT64_MAX)
        fprintf(out, "cucmlab_open_files{of=\"limit\"} %" PRIu64 "\n", u.files_limit);
}

void metrics_print(FILE *out, const struct metrics *m)
{
    const struct lab *lab = m->lab;
    head(out, "requests_total", "counter", "Requests that nodes answered, by the answer.");
    put_series(out, m, false, false, "requests_total");
    head(out, "answer_bytes_total", "counter", "Bytes of the content of those answers.");
    put_series(out, m, false, true, "answer_bytes_total");
    head(out, "handshakes_total", "counter",
         "TLS handshakes by their result: done, or why they failed.");
    put_series(out, m, true, false, "handshakes_total");
    head(out, "tvs_requests_total", "counter",
         "Requests to TVS by the thread that served them; 0 is the driver's own.");
    put_workers(out, m, false, "tvs_requests_total");
    head(out, "tvs_handshakes_total", "counter", "TLS handshakes of TVS, likewise.");
    put_workers(out, m, true, "tvs_handshakes_total");
    head(out, "connections", "gauge", "Connections to nodes, but for those of TVS workers.");
    struct live_connections open = live_connections(lab->driver);
    fprintf(out, "cucmlab_connections{of=\"registered phones\"} %" PRIu32 "\n", open.registered);
    fprintf(out, "cucmlab_connections{of=\"others\"} %" PRIu32 "\n", open.others);
    head(out, "transfers", "gauge", "TFTP and HTTP transfers under way, by node.");
    for (uint32_t c = 0; c < lab->state.cluster_count; c++) {
        const struct cluster *cl = &lab->state.clusters[c];
        for (uint32_t i = 0; i < cl->node_count; i++) {
            char node[LAB_NODE_NAME];
            if (cl->nodes[i].removed)
                continue;
            fputs("cucmlab_transfers{", out);
            label(out, "node", lab_node_name(lab, c << 8 | i, node));
            fprintf(out, "} %" PRIu32 "\n", (uint32_t)cl->nodes[i].run.transfers);
        }
    }
    head(out, "phones", "gauge", "Phones by state.");
    metrics_states(lab, put_state, out);
    put_losses(out, lab);
    put_usage(out);
    head(out, "step", "gauge", "Steps of the scenario that have begun.");
    fprintf(out, "cucmlab_step %" PRIu32 "\n", lab->record.step_count - 1);
    head(out, "clock_seconds", "counter", "The clock of the lab.");
    fprintf(out, "cucmlab_clock_seconds %.6f\n", (double)lab_now_us(lab) / 1e6);
}
