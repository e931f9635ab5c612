/* What the drivers see of the lab: phones to step, nodes to ask. */
#include "sim/base/check.h"
#include "sim/base/sys.h"
#include "sim/lab_impl.h"

#include <stdio.h>
#include <string.h>

static struct cluster *cluster_at(struct lab *lab, uint32_t node)
{
    CHECK(node >> 8 < lab->cluster_count);
    return &lab->clusters[node >> 8];
}

/* ---- phones ---- */

/* The step that was under way at an instant. */
static uint32_t step_at(const struct lab *lab, uint64_t at_us)
{
    uint32_t step = lab->step_count - 1;
    while (step > 0 && lab->steps[step].start_us > at_us)
        step--;
    return step;
}

/* Registration is lost from the instant at which the phone went out of service, not from the one at
 * which it gave up. */
static void lost(struct lab *lab, uint32_t phone, enum phone_function f, uint64_t now_us)
{
    uint64_t down_us = lab->cold[phone].down_us;
    uint64_t since_us = f == FUNCTION_REGISTRATION && down_us != 0 ? down_us : now_us;
    lab_mark_lost(lab, phone, f, step_at(lab, since_us), since_us);
}

static void registered(struct lab *lab, uint32_t phone)
{
    const struct phone *p = &lab->phones[phone];
    struct phone_env env = lab_phone_env(lab);
    uint32_t node = 0;
    lab->cold[phone].node = 0;
    lab->cold[phone].told = 0;
    lab->cold[phone].down_us = 0;
    if (lab->world.node_at(lab, phone_server(p, &env, p->server), &node)) {
        const struct cluster *cl = cluster_at(lab, node);
        lab->cold[phone].node = (node + 1) & 0xfff;
        lab->cold[phone].epoch = (uint16_t)serve_epoch(cl, node & 255, SERVICE_CALLMANAGER);
    }
}

static void take_note(struct lab *lab, uint32_t phone, const struct action *note, uint64_t now_us)
{
    switch (note->kind) {
    case NOTE_LOST:
        lost(lab, phone, (enum phone_function)note->a, now_us);
        break;
    case NOTE_REGAINED:
        lab_mark_regained(lab, phone, (enum phone_function)note->a, now_us);
        break;
    case NOTE_REGISTERED:
        registered(lab, phone);
        break;
    case NOTE_UNREGISTERED:
        lab->cold[phone].node = 0;
        lab->cold[phone].down_us = note->a == CAUSE_POWER ? 0 : now_us;
        break;
    default:
        break;
    }
}

/* Is the CallManager where this phone registered gone, restarted, or out of reach? */
static bool server_is_lost(const struct lab *lab, uint32_t phone)
{
    const struct lab_cold *cold = &lab->cold[phone];
    if (cold->node == 0)
        return false;
    uint32_t node = cold->node - 1u;
    const struct cluster *cl = &lab->clusters[node >> 8];
    return !serve_running(cl, node & 255, SERVICE_CALLMANAGER) ||
           (uint16_t)serve_epoch(cl, node & 255, SERVICE_CALLMANAGER) != cold->epoch ||
           lab->driver->is_down(lab->driver->self, phone, node);
}

/* What comes through CallManager reaches registered phones alone, and a lost server must still be
 * lost when the keepalive is due. */
static bool reaches(struct lab *lab, uint32_t phone, const struct event *event)
{
    if (event->type == EV_RESET)
        return phone_is_registered(&lab->phones[phone]) && !server_is_lost(lab, phone);
    if (event->type == EV_SERVER_LOST) {
        lab->cold[phone].told = 0;
        return server_is_lost(lab, phone);
    }
    return true;
}

/* A driver carries out the rest. */
static void without_notes(struct outbox *out)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < out->count; i++) {
        if (out->actions[i].type != ACT_NOTE)
            out->actions[kept++] = out->actions[i];
    }
    out->count = kept;
}

static void step(void *ctx, uint32_t n, const struct event *event, uint64_t now_us,
                 struct outbox *out)
{
    struct lab *lab = ctx;
    if (!reaches(lab, n, event))
        return;
    struct phone_env env = { lab->content, &lab->knobs, lab->places, now_us, lab->changes };
    struct phone before;
    if (lab->hears_phones)
        before = lab->phones[n];
    phone_step(&lab->phones[n], &env, event, out);
    uint32_t at = 0;
    const struct action *note;
    while ((note = lab_next_note(out, &at)) != NULL)
        take_note(lab, n, note, now_us);
    if (lab->hears_phones)
        lab_tell_phone(lab, n, &before, event, out, now_us);
    without_notes(out);
}

/* All that a step reads of one phone alone. */
static void soon(void *ctx, uint32_t n)
{
    const struct lab *lab = ctx;
    const char *phone = (const char *)&lab->phones[n];
    for (size_t i = 0; i < sizeof(struct phone); i += 64)
        __builtin_prefetch(phone + i, 1);
    __builtin_prefetch(phone + sizeof(struct phone) - 1, 1);
    __builtin_prefetch(&lab->cold[n], 1);
    for (uint32_t c = 0; c < lab->cluster_count; c++) {
        if (n < lab->clusters[c].db.device_count)
            __builtin_prefetch(&lab->clusters[c].db.device_class[n]);
    }
}

static uint64_t deadline(void *ctx, uint32_t n, bool *idle)
{
    const struct phone *p = &((struct lab *)ctx)->phones[n];
    *idle = p->idle;
    return p->deadline_us;
}

static uint64_t wake(void *ctx, uint32_t n, uint64_t now_us)
{
    struct lab *lab = ctx;
    return phone_wake_us(&lab->phones[n], &lab->knobs, now_us);
}

static void name_of(void *ctx, uint32_t n, char out[16])
{
    lab_phone_name(ctx, n, out);
}

static void tvs_name(void *ctx, uint32_t n, char out[TVS_NAME])
{
    const struct lab *lab = ctx;
    char name[DEVICE_NAME];
    lab_phone_name(lab, n, name);
    snprintf(out, TVS_NAME, "CP-%s-%s", model_table[lab->phones[n].model].name, name);
}

static bool find(void *ctx, const char *name, uint32_t *n)
{
    return lab_find_phone(ctx, name, n);
}

/* ---- nodes ---- */

static bool node_at(void *ctx, uint32_t ip, uint32_t *node)
{
    struct lab *lab = ctx;
    for (uint32_t i = 0; i < lab->cluster_count; i++) {
        if (cluster_node_at(&lab->clusters[i], ip, node)) {
            *node |= i << 8;
            return true;
        }
    }
    return false;
}

static enum service service_of(enum ask_kind kind)
{
    static const uint8_t services[ASK_KINDS] = {
        [ASK_FILE] = SERVICE_TFTP,
        [ASK_TVS_CERT] = SERVICE_TVS,
        [ASK_TVS_QUERY] = SERVICE_TVS,
        [ASK_TVS_VERIFY] = SERVICE_TVS,
        [ASK_CCM_CERT] = SERVICE_CALLMANAGER,
        [ASK_REGISTER] = SERVICE_CALLMANAGER,
        [ASK_HTTPS_CERT] = SERVICE_TOMCAT,
        [ASK_HTTPS_PAGE] = SERVICE_TOMCAT,
    };
    return (enum service)services[kind];
}

static bool running(void *ctx, uint32_t node, enum ask_kind kind)
{
    return serve_running(cluster_at(ctx, node), node & 255, service_of(kind));
}

static uint32_t epoch(void *ctx, uint32_t node, enum ask_kind kind)
{
    return serve_epoch(cluster_at(ctx, node), node & 255, service_of(kind));
}

static void node_says(void *ctx, uint32_t node, const char *text)
{
    struct lab *lab = ctx;
    struct trace_line line = {
        .at_us = lab_now_us(lab), .who = TRACE_NODE, .what = TRACE_FAILURE, .id = node, .text = text
    };
    lab_tell_node(lab, &line);
}

/* A length depends on the content, the kind and the length of the device's name: generated names
 * are alike, so theirs is kept; others ask the forge each time.  0: it cannot be made. */
static uint32_t file_length(struct lab *lab, uint32_t node, const struct ask *ask, uint32_t content)
{
    enum file_kind kind = (enum file_kind)ask->file;
    bool known = ask->device != NO_DEVICE;
    bool alike = known && device_is_generated(&lab->devices, ask->device);
    mem_reserve(&sys_mem, (void **)&lab->lengths, &lab->length_cap, (size_t)content + 1,
                sizeof *lab->lengths);
    if (alike && lab->lengths[content] != 0)
        return lab->lengths[content];
    char name[DEVICE_NAME] = "", file[128];
    if (known)
        lab_phone_name(lab, ask->device, name);
    struct forge_device d = forge_device_of(known ? ask->device : 0, name);
    struct err e = { "" };
    uint32_t n = forge_length(lab->forge, content, kind, &d, &e);
    if (n == 0) {
        file_name(kind, name, "", file);
        err_prefix(&e, "%s cannot be made", file);
        node_says(lab, node, e.text);
    }
    if (alike)
        lab->lengths[content] = n;
    return n;
}

static void ask_file(struct lab *lab, struct cluster *cl, uint32_t node, const struct ask *ask,
                     struct event *answer)
{
    uint32_t content = serve_file(cl, node & 255, (enum file_kind)ask->file, ask->device, ask->a);
    uint32_t length = content == 0 ? 0 : file_length(lab, node, ask, content);
    answer->type = length == 0 ? EV_NO_FILE : EV_FILE;
    answer->a = length == 0 ? 0 : content;
    answer->b = length;
}

static void tvs_reply(const struct tvs_answer *a, struct event *answer)
{
    answer->type = EV_TVS_REPLY;
    answer->status = a->trusted ? 0 : 1;
    answer->a = a->trusted ? a->cert : 0;
    answer->b = a->ttl_s;
    answer->roles = a->roles;
}

static enum ask_result ask_node(struct lab *lab, uint32_t node, const struct ask *ask,
                                uint64_t now_us, struct event *answer)
{
    struct cluster *cl = cluster_at(lab, node);
    uint32_t n = node & 255;
    enum service s = service_of((enum ask_kind)ask->kind);
    if (!serve_running(cl, n, s))
        return ASK_STOPPED;
    struct tvs_answer tvs;
    switch (ask->kind) {
    case ASK_FILE:
        ask_file(lab, cl, node, ask, answer);
        break;
    case ASK_TVS_QUERY:
        tvs = serve_tvs_query(cl, n, ask->a, now_us);
        tvs_reply(&tvs, answer);
        break;
    case ASK_TVS_VERIFY:
        tvs = serve_tvs_verify(cl, n, ask->a, now_us);
        tvs_reply(&tvs, answer);
        break;
    case ASK_REGISTER:
        answer->a =
            serve_register(cl, n, ask->device, (enum transport)ask->transport, ask->a, now_us);
        answer->type = answer->a == REJECT_NONE ? EV_REGISTERED : EV_REJECTED;
        break;
    case ASK_HTTPS_PAGE:
        answer->type = EV_PAGE;
        break;
    default:
        answer->type = EV_TLS_CERT;
        answer->a = serve_certificate(cl, n, s);
        break;
    }
    return ASK_ANSWERED;
}

static enum ask_result ask(void *ctx, uint32_t node, const struct ask *ask, uint64_t now_us,
                           struct event *answer)
{
    struct lab *lab = ctx;
    enum ask_result result = ask_node(lab, node, ask, now_us, answer);
    if (lab->hears_asks)
        lab_tell_ask(lab, node, ask, result, answer, now_us);
    return result;
}

static bool transfer_begin(void *ctx, uint32_t node)
{
    struct cluster *cl = cluster_at(ctx, node);
    struct node *n = &cl->nodes[node & 255];
    if (!serve_slot(cl, node & 255)) {
        n->run.turned_away = true;
        return false;
    }
    n->run.transfers++;
    return true;
}

static void transfer_end(void *ctx, uint32_t node)
{
    struct lab *lab = ctx;
    struct node *n = &cluster_at(lab, node)->nodes[node & 255];
    CHECK(n->run.transfers > 0);
    n->run.transfers--;
    if (n->run.transfers == 0 && n->run.turned_away) {
        /* The rush is over: whoever went to sleep because nothing came may try again. */
        n->run.turned_away = false;
        lab->changes++;
        lab->driver->changed(lab->driver->self);
    }
}

static uint64_t nodes_deadline(void *ctx)
{
    struct lab *lab = ctx;
    uint64_t least = 0;
    for (uint32_t i = 0; i < lab->cluster_count; i++) {
        least = cluster_sooner(least, cluster_deadline_us(&lab->clusters[i]));
        least = cluster_sooner(least, lab->sweeps[i].at_us);
    }
    return least;
}

/* The next registered phone of the cluster is reset; the one after it when its turn comes. */
static void sweep(struct lab *lab, uint32_t cluster, uint64_t now_us)
{
    struct lab_sweep *w = &lab->sweeps[cluster];
    while (w->at_us != 0 && w->at_us <= now_us) {
        uint32_t i = w->next;
        while (i < lab->phone_count &&
               (lab->cold[i].node == 0 || (lab->cold[i].node - 1u) >> 8 != cluster))
            i++;
        if (i == lab->phone_count) {
            *w = (struct lab_sweep){ 0 };
            return;
        }
        lab_reset_phone(lab, i, now_us);
        w->next = i + 1;
        w->at_us += lab_turn_us(lab, 1);
    }
}

static void nodes_tick(void *ctx, uint64_t now_us)
{
    struct lab *lab = ctx;
    uint64_t before = 0, after = 0;
    for (uint32_t i = 0; i < lab->cluster_count; i++) {
        before += lab->clusters[i].change;
        cluster_tick(&lab->clusters[i], now_us);
        after += lab->clusters[i].change + lab->clusters[i].want_reset;
        sweep(lab, i, now_us);
    }
    if (after != before)
        lab_cluster_changed(lab);
}

/* A keepalive will find that the server of this phone is gone, where it is. */
static void tell(struct lab *lab, uint32_t phone, uint64_t now_us)
{
    if (lab->cold[phone].told || !server_is_lost(lab, phone))
        return;
    lab->cold[phone].told = 1;
    struct event event = { .type = EV_SERVER_LOST };
    lab->driver->deliver(lab->driver->self, phone, &event,
                         phone_keepalive_us(&lab->phones[phone], &lab->knobs, now_us));
}

void lab_phone_changed(struct lab *lab, uint32_t phone)
{
    lab->changes++;
    tell(lab, phone, lab_now_us(lab));
    lab->dirty = true;
}

void lab_cluster_changed(struct lab *lab)
{
    uint64_t now_us = lab_now_us(lab);
    lab->changes++;
    for (uint32_t i = 0; i < lab->phone_count; i++)
        tell(lab, i, now_us);
    for (uint32_t c = 0; c < lab->cluster_count; c++) {
        if (lab->clusters[c].want_reset) {
            lab->clusters[c].want_reset = false;
            lab_begin_reset(lab, c);
        }
    }
    lab->driver->changed(lab->driver->self);
}

struct world lab_world(struct lab *lab)
{
    return (struct world){
        .ctx = lab,
        .phones = lab->phone_count,
        .content = lab->content,
        .costs = lab->costs,
        .step = step,
        .soon = soon,
        .deadline_us = deadline,
        .wake_us = wake,
        .name = name_of,
        .tvs_name = tvs_name,
        .find = find,
        .node_at = node_at,
        .running = running,
        .epoch = epoch,
        .ask = ask,
        .transfer_begin = transfer_begin,
        .transfer_end = transfer_end,
        .node_says = node_says,
        .nodes_deadline_us = nodes_deadline,
        .nodes_tick = nodes_tick,
    };
}
