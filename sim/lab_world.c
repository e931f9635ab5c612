/* What the drivers see of the lab: phones to step, nodes to ask. */
#include "nodes/calendar.h"
#include "nodes/capf.h"
#include "sim/base/check.h"
#include "sim/base/sys.h"
#include "sim/lab_impl.h"

#include <stdio.h>
#include <string.h>

static struct cluster *cluster_at(struct lab *lab, uint32_t node)
{
    CHECK(node >> 8 < lab->state.cluster_count);
    return &lab->state.clusters[node >> 8];
}

/* ---- phones ---- */

/* Since when the attempt that brought it here has gone on: whatever began to answer later may not
 * have been asked.  One that came to nothing by luck may do better now. */
static uint64_t attempt_since_us(const struct lab_cold *cold)
{
    return cold->hope ? 0 : cold->since_us;
}

/* It registered by itself: CallManager has it fetch the configuration that it has now, a moment
 * later (assumed: a second). */
static void deliver_reset(struct lab *lab, uint32_t phone, uint64_t now_us)
{
    lab->driver->deliver(lab->driver->self, phone, &(struct event){ .type = EVENT_RESET },
                         now_us + 1000000);
}

static void registered(struct lab *lab, uint32_t phone, uint64_t now_us)
{
    const struct phone *p = &lab->state.phones[phone];
    struct lab_cold *cold = &lab->state.cold[phone];
    struct phone_env env = lab_phone_env(lab);
    uint64_t since_us = attempt_since_us(cold);
    uint32_t node = 0;
    cold->node = 0;
    cold->told = 0;
    if (lab->world.node_at(lab, phone_server(p, &env, p->server), &node)) {
        struct cluster *cl = cluster_at(lab, node);
        if (serve_is_fresh(cl, phone))
            deliver_reset(lab, phone, now_us);
        cold->node = (node + 1) & 0x7ff;
        cold->epoch = (uint16_t)serve_epoch(cl, node & 255, SERVICE_CALLMANAGER);
    }
    lab_clock_of_server(lab, phone);
    cold->lower = p->server != 0;
    lab_out_says(lab, phone, OUT_REGISTERED, cold->node);
    lab_out_ends(lab, phone, now_us);
    cold->served = 1;
    cold->since_us = now_us;
    lab_fails_back(lab, phone, since_us);
}

static void unregistered(struct lab *lab, uint32_t phone, enum restart_cause cause, uint64_t now_us)
{
    lab->state.cold[phone].node = 0;
    lab->state.cold[phone].booted = 0;
    if (cause == CAUSE_POWER)
        return; /* what follows is no outage: entered() */
    lab_out_begins(lab, phone, now_us);
    if (cause == CAUSE_FAILBACK)
        lab_out_says(lab, phone, OUT_FAILS_BACK, 0);
}

/* Without power it is missed by nobody: what it still lacks begins anew at the boot that fails. */
static void switched_off(struct lab *lab, uint32_t phone, uint64_t now_us)
{
    lab_out_ends(lab, phone, now_us);
    if (lab_loss_of(lab, phone) == NULL)
        return;
    struct lab_loss *loss = lab_loss_for(lab, phone);
    loss->cut |= loss->open;
    for (int f = 0; f < FUNCTIONS; f++)
        lab_loss_ends(loss, (enum phone_function)f, now_us);
}

static bool begins_attempt(uint32_t from, uint32_t to)
{
    const uint32_t before = FSM_BIT(PHONE_STARTING) | FSM_BIT(PHONE_UNREGISTERED) |
                            FSM_BIT(PHONE_REGISTERED) | FSM_BIT(PHONE_SERVICE),
                   behind = FSM_BIT(PHONE_CTL) | FSM_BIT(PHONE_CONFIG) | FSM_BIT(PHONE_REGISTERING);
    /* One that has no network: over in the instant in which it began. */
    bool cut = to == PHONE_UNREGISTERED &&
               (from == PHONE_STARTING || from == PHONE_UNREGISTERED || from == PHONE_REGISTERED);
    return cut || ((before & FSM_BIT(from)) != 0 && (behind & FSM_BIT(to)) != 0);
}

static void entered(struct lab *lab, uint32_t phone, uint32_t from, uint32_t to, uint64_t now_us)
{
    struct lab_cold *cold = &lab->state.cold[phone];
    if (begins_attempt(from, to))
        cold->hope = 0;
    if (to == PHONE_OFF)
        switched_off(lab, phone, now_us);
    if (to != PHONE_STARTING)
        return;
    cold->booted = 1;
    if (cold->served)
        lab_out_begins(lab, phone, now_us);
    else
        cold->since_us = now_us;
    lab_out_says(lab, phone, OUT_REBOOTS, 0);
}

/* A page that opens ends the loss, whoever found it: a trial may have, and the phone not know. */
static void service(struct lab *lab, uint32_t phone, bool answered, uint64_t now_us)
{
    const struct phone *p = &lab->state.phones[phone];
    if (!answered && (p->lost & FSM_BIT(FUNCTION_SECURE_SERVICES)) != 0)
        lab_phone_lost(lab, phone, FUNCTION_SECURE_SERVICES, now_us);
    else if (lab_loss_of(lab, phone) != NULL)
        lab_loss_ends(lab_loss_for(lab, phone), FUNCTION_SECURE_SERVICES, now_us);
}

static void take_note(struct lab *lab, uint32_t phone, const struct action *note, uint64_t now_us)
{
    switch (note->kind) {
    case NOTE_STATE:
        entered(lab, phone, note->b, note->a, now_us);
        break;
    case NOTE_LOST:
        lab_phone_lost(lab, phone, (enum phone_function)note->a, now_us);
        break;
    case NOTE_REGAINED:
        lab_loss_ends(lab_loss_for(lab, phone), (enum phone_function)note->a, now_us);
        break;
    case NOTE_REGISTERED:
        registered(lab, phone, now_us);
        break;
    case NOTE_UNREGISTERED:
        unregistered(lab, phone, (enum restart_cause)note->a, now_us);
        break;
    case NOTE_SERVICE:
        service(lab, phone, note->b != 0, now_us);
        break;
    default:
        break;
    }
}

/* A better server must still answer when its turn comes. */
static bool goes_back(struct lab *lab, uint32_t phone, struct event *event)
{
    struct lab_cold *cold = &lab->state.cold[phone];
    cold->back = 0;
    return cold->node != 0 && cold->lower && lab_better_answers(lab, phone, &event->a);
}

/* CallManager tells which configuration it has for the phone. */
static bool is_told(struct lab *lab, uint32_t phone, struct event *event)
{
    uint32_t node = lab->state.cold[phone].node;
    if (!phone_is_registered(&lab->state.phones[phone]) || lab_server_is_lost(lab, phone))
        return false;
    if (event->a == RESET_APPLY && node != 0)
        event->b = serve_configuration(cluster_at(lab, node - 1), phone);
    return true;
}

/* What comes through CallManager reaches registered phones alone, and a lost server must still be
 * lost when the keepalive is due. */
static bool reaches(struct lab *lab, uint32_t phone, struct event *event)
{
    const uint32_t of_server =
        FSM_BIT(EVENT_RESET) | FSM_BIT(EVENT_SERVER_LOST) | FSM_BIT(EVENT_SERVER_BACK);
    if (lab->base->options.alone) /* what its server said itself: nobody here knows better */
        return (FSM_BIT(event->type) & of_server) == 0 ||
               phone_is_registered(&lab->state.phones[phone]);
    switch (event->type) {
    case EVENT_RESET:
        return is_told(lab, phone, event);
    case EVENT_SERVER_LOST:
        lab->state.cold[phone].told &= event->a != SERVER_SILENT;
        return lab_server_is_lost(lab, phone);
    case EVENT_SERVER_BACK:
        return goes_back(lab, phone, event);
    default:
        return true;
    }
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

static void step(void *ctx, uint32_t n, const struct event *came, uint64_t now_us,
                 struct outbox *out)
{
    struct lab *lab = ctx;
    struct event e = *came, *event = &e;
    if (!reaches(lab, n, event))
        return;
    struct phone_env env = { .content = lab->base->content,
                             .knobs = &lab->state.knobs,
                             .places = lab->state.dhcp,
                             .gates = lab->state.gates,
                             .now_us = now_us,
                             .hope = lab->state.cold[n].hope,
                             .start_s = lab->base->options.start_s,
                             .key = lab->state.clock_count == 0 ? 0 : lab_typed_key(lab, n),
                             .ahead_s = lab->state.clock_count == 0 ? 0 : lab_ahead_s(lab, n) };
    struct phone before;
    if (lab->record.hears_phones)
        before = lab->state.phones[n];
    phone_step(&lab->state.phones[n], &env, event, out);
    uint32_t at = 0;
    const struct action *note;
    while ((note = lab_next_note(out, &at)) != NULL)
        take_note(lab, n, note, now_us);
    if (lab->record.hears_phones)
        lab_tell_phone(lab, n, &before, event, out, now_us);
    without_notes(out);
}

/* All that a step reads of one phone alone. */
static void soon(void *ctx, uint32_t n)
{
    const struct lab *lab = ctx;
    const char *phone = (const char *)&lab->state.phones[n];
    for (size_t i = 0; i < sizeof(struct phone); i += 64)
        __builtin_prefetch(phone + i, 1);
    __builtin_prefetch(phone + sizeof(struct phone) - 1, 1);
    __builtin_prefetch(&lab->state.cold[n], 1);
    for (uint32_t c = 0; c < lab->state.cluster_count; c++) {
        if (n < lab->state.clusters[c].db.device_count)
            __builtin_prefetch(&lab->state.clusters[c].db.device_class[n]);
    }
}

static uint64_t deadline(void *ctx, uint32_t n, bool *idle)
{
    const struct phone *p = &((struct lab *)ctx)->state.phones[n];
    *idle = p->idle;
    return p->deadline_us;
}

static void by_luck(void *ctx, uint32_t n)
{
    ((struct lab *)ctx)->state.cold[n].hope = 1;
}

static uint64_t wake(void *ctx, uint32_t n, uint64_t now_us)
{
    struct lab *lab = ctx;
    return phone_wake_us(&lab->state.phones[n], &lab->state.knobs, now_us);
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
    snprintf(out, TVS_NAME, "CP-%s-%s", model_table[lab->state.phones[n].model].name, name);
}

static bool find(void *ctx, const char *name, uint32_t *n)
{
    return lab_find_phone(ctx, name, n);
}

/* ---- nodes ---- */

static bool node_at(void *ctx, uint32_t ip, uint32_t *node)
{
    return lab_node_at(ctx, ip, node);
}

static enum service service_of(enum ask_kind kind)
{
    static const uint8_t services[ASK_KINDS] = {
        [ASK_FILE] = SERVICE_TFTP,
        [ASK_FILE_CERT] = SERVICE_TFTP,
        [ASK_TVS_CERT] = SERVICE_TVS,
        [ASK_TVS_QUERY] = SERVICE_TVS,
        [ASK_TVS_VERIFY] = SERVICE_TVS,
        [ASK_CCM_CERT] = SERVICE_CALLMANAGER,
        [ASK_REGISTER] = SERVICE_CALLMANAGER,
        [ASK_HTTPS_CERT] = SERVICE_TOMCAT,
        [ASK_HTTPS_PAGE] = SERVICE_TOMCAT,
        [ASK_CAPF_CERT] = SERVICE_CAPF,
        [ASK_CAPF_AUTH] = SERVICE_CAPF,
        [ASK_CAPF_KEY] = SERVICE_CAPF,
        [ASK_CAPF_DONE] = SERVICE_CAPF,
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

/* A length depends on the content, the kind and the length of the device's name: names of the form
 * SEP<MAC> are alike, so theirs is kept; others ask the forge each time.  0: it cannot be made. */
static uint32_t file_length(struct lab *lab, uint32_t node, const struct ask *ask, uint32_t content)
{
    enum file_kind kind = (enum file_kind)ask->file;
    bool known = ask->device != NO_DEVICE;
    /* A list is the same for everybody, and so is its length. */
    bool alike = content_kind(lab->base->content, content) == CT_LIST ||
                 (known && device_is_sep(&lab->state.names->dir, ask->device));
    mem_reserve(&sys_mem, (void **)&lab->base->lengths, &lab->base->length_cap, (size_t)content + 1,
                sizeof *lab->base->lengths);
    if (alike && lab->base->lengths[content] != 0)
        return lab->base->lengths[content];
    char name[DEVICE_NAME] = "", text[sizeof(struct err) + 16];
    if (known)
        lab_phone_name(lab, ask->device, name);
    struct forge_device d = forge_device_of(known ? ask->device : 0, name);
    struct err e = { "" };
    uint32_t n = forge_length(lab->base->forge, content, kind, &d, &e);
    if (n == 0) {
        snprintf(text, sizeof text, "cannot make %s", e.text);
        node_says(lab, node, text);
    }
    if (alike)
        lab->base->lengths[content] = n;
    return n;
}

static enum ask_result ask_file(struct lab *lab, struct cluster *cl, uint32_t node,
                                const struct ask *ask, uint64_t now_us, struct event *answer)
{
    struct file_asked asked = { .kind = ask->file,
                                .by_node = ask->by_node,
                                .came = ask->came,
                                .device = ask->device,
                                .locale = ask->a,
                                .content = ask->b,
                                .place = ask->place };
    struct served s = serve_asked(cl, node & 255, &asked, now_us);
    if (s.elsewhere != 0) {
        answer->a = s.elsewhere;
        answer->b = s.place;
        answer->roles = (uint32_t)(cl->db.params[PARAM_REMOTE_TIMEOUT_US] / 1000);
        return ASK_ELSEWHERE;
    }
    uint32_t length = s.content == 0 ? 0 : file_length(lab, node, ask, s.content);
    answer->type = length == 0 ? EVENT_NO_FILE : EVENT_FILE;
    answer->a = length == 0 ? 0 : s.content;
    answer->b = length;
    return ASK_ANSWERED;
}

static void tvs_reply(const struct tvs_answer *a, struct event *answer)
{
    answer->type = EVENT_TVS_REPLY;
    answer->status = a->trusted ? 0 : 1;
    answer->a = a->trusted ? a->cert : 0;
    answer->b = a->ttl_s;
    answer->roles = a->roles;
}

static void ask_capf(struct lab *lab, struct cluster *cl, uint32_t node, const struct ask *ask,
                     uint64_t now_us, struct event *answer)
{
    struct capf_answer said =
        ask->kind == ASK_CAPF_AUTH
            ? capf_auth(cl, node, ask->device, lab_shown(lab, ask->device, ask->a), ask->b, now_us)
        : ask->kind == ASK_CAPF_KEY ? capf_key(cl, node, ask->device, now_us)
                                    : capf_done(cl, node, ask->device, ask->a);
    answer->type = EVENT_CAPF;
    answer->a = said.with;
    answer->b = said.says;
}

/* A phone that nobody entered: auto-registration, where that is for its model. */
static void by_itself(struct lab *lab, struct cluster *cl, uint32_t node, const struct ask *ask)
{
    if (ask->transport != TRANSPORT_TCP || ask->device >= lab->state.phone_count)
        return;
    const struct model *m = &model_table[lab->state.phones[ask->device].model];
    if (!m->auto_not_mixed || !cl->nodes[node].run.mixed_mode)
        serve_auto_register(cl, node, ask->device, m->protocol, lab->state.names->dir.count);
}

/* Programs of today speak nothing older than TLS 1.2 unless they are told to: nodes of releases
 * that did not speak it do here, for them; phones go by their own newest (docs/LIVE.md). */
static uint32_t speaks(const struct cluster *cl)
{
    uint32_t oldest = (uint32_t)cl->db.params[PARAM_TLS_MIN];
    uint32_t newest = cl->version->tls_newest < 2 ? 2 : cl->version->tls_newest;
    return TLS_RANGE(oldest, newest < oldest ? oldest : newest);
}

static enum ask_result ask_node(struct lab *lab, uint32_t node, const struct ask *ask,
                                uint64_t now_us, struct event *answer)
{
    struct cluster *cl = cluster_at(lab, node);
    uint32_t n = node & 255;
    enum service s = service_of((enum ask_kind)ask->kind);
    if (!serve_running(cl, n, s))
        return cl->nodes[n].run.off ? ASK_SILENT : ASK_STOPPED;
    struct tvs_answer tvs;
    switch (ask->kind) {
    case ASK_FILE:
        return ask_file(lab, cl, node, ask, now_us, answer);
    case ASK_TVS_QUERY:
        tvs = serve_tvs_query(cl, n, ask->a, now_us);
        tvs_reply(&tvs, answer);
        break;
    case ASK_TVS_VERIFY:
        tvs = serve_tvs_verify(cl, n, ask->a, now_us);
        tvs_reply(&tvs, answer);
        break;
    case ASK_REGISTER:
        by_itself(lab, cl, n, ask);
        answer->a = serve_register(cl, n, ask->device, (enum transport)ask->transport,
                                   lab_shown(lab, ask->device, ask->a), now_us);
        answer->type = answer->a == REJECT_NONE ? EVENT_REGISTERED : EVENT_REJECTED;
        break;
    case ASK_HTTPS_PAGE:
        answer->type = EVENT_PAGE;
        break;
    case ASK_CAPF_AUTH:
    case ASK_CAPF_KEY:
    case ASK_CAPF_DONE:
        ask_capf(lab, cl, n, ask, now_us, answer);
        break;
    default: /* a handshake: there is none where the phone's newest TLS is too old */
        if (ask->device != NO_DEVICE && !lab_speaks_tls(lab, ask->device, cl))
            return ASK_STOPPED;
        answer->type = EVENT_TLS_CERT;
        answer->a = ask->kind == ASK_FILE_CERT ? serve_file_certificate(cl, n)
                                               : serve_certificate(cl, n, s);
        answer->b = speaks(cl);
        break;
    }
    return ASK_ANSWERED;
}

static enum ask_result ask(void *ctx, uint32_t node, const struct ask *ask, uint64_t now_us,
                           struct event *answer)
{
    struct lab *lab = ctx;
    enum ask_result result = ask_node(lab, node, ask, now_us, answer);
    if (lab->record.hears_asks)
        lab_tell_ask(lab, node, ask, result, answer, now_us);
    return result;
}

static bool tvs_row(void *ctx, uint32_t node, uint32_t i, uint32_t *cert)
{
    return serve_tvs_row(cluster_at(ctx, node), node & 255, i, cert);
}

static bool transfer_begin(void *ctx, uint32_t node)
{
    struct cluster *cl = cluster_at(ctx, node);
    bool room = serve_slot(cl, node & 255);
    cl->nodes[node & 255].run.transfers += room;
    return room;
}

static void transfer_end(void *ctx, uint32_t node)
{
    struct node *n = &cluster_at(ctx, node)->nodes[node & 255];
    CHECK(n->run.transfers > 0);
    n->run.transfers--;
}

static void access_of(void *ctx, const struct access *access)
{
    lab_tell_access(ctx, access);
}

static uint64_t nodes_deadline(void *ctx)
{
    struct lab *lab = ctx;
    uint64_t least = 0;
    for (uint32_t i = 0; i < lab->state.cluster_count; i++) {
        least = cluster_sooner(least, cluster_deadline_us(&lab->state.clusters[i]));
        least = cluster_sooner(least, lab->state.sweeps[i].at_us);
    }
    return least;
}

static uint64_t calendar(void *ctx)
{
    struct lab *lab = ctx;
    uint64_t least = 0, now_us = lab_now_us(lab);
    for (uint32_t i = 0; i < lab->state.cluster_count; i++)
        least = cluster_sooner(least, calendar_us(&lab->state.clusters[i], now_us,
                                                  lab->state.offsets, lab->state.offset_count));
    return least;
}

static void nodes_tick(void *ctx, uint64_t now_us)
{
    lab_nodes_tick(ctx, now_us);
}

struct world lab_world(struct lab *lab)
{
    return (struct world){
        .ctx = lab,
        .phones = lab->state.phone_count,
        .content = lab->base->content,
        .costs = lab->state.costs,
        .step = step,
        .soon = soon,
        .deadline_us = deadline,
        .by_luck = by_luck,
        .wake_us = wake,
        .name = name_of,
        .tvs_name = tvs_name,
        .find = find,
        .node_at = node_at,
        .between = lab_has_paths(lab) ? lab_between : NULL,
        .resolves = lab_has_paths(lab) ? lab_resolves : NULL,
        .size = lab_size,
        .running = running,
        .epoch = epoch,
        .ask = ask,
        .tvs_row = tvs_row,
        .transfer_begin = transfer_begin,
        .transfer_end = transfer_end,
        .node_says = node_says,
        .access = access_of,
        .nodes_deadline_us = nodes_deadline,
        .calendar_us = calendar,
        .nodes_tick = nodes_tick,
    };
}
