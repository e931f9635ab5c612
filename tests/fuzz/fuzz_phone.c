/* A phone against any sequence of events that a driver may deliver: answers stale and fresh that
 * its state takes, keys, power, resets, lost servers, clocks that jump.  No CHECK may fail; every
 * request that it began is answered, cancelled or still awaited; a copy of the struct does the
 * same. */
#include "tests/unit/acts.h"
#include "sim/base/check.h"
#include "sim/lab.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define POOL 32

/* What answers may carry: made once, from clusters of three ages. */
static struct {
    struct lab *lab;
    uint32_t lists[POOL], files[POOL], certs[POOL];
    uint32_t list_count, file_count, cert_count;
    struct phone_place places[3];
} world;

static void put(uint32_t *pool, uint32_t *count, uint32_t id)
{
    if (id != 0 && *count < POOL)
        pool[(*count)++] = id;
}

static void gather(struct lab *lab, uint32_t c)
{
    struct cluster *cl = &lab->state.clusters[c];
    static const uint8_t kinds[] = { FILE_CNF, FILE_CNF_SGN, FILE_CNF_ENC, FILE_DEFAULT_SGN,
                                     FILE_RINGLIST_SGN };
    for (uint32_t n = 0; n < cl->node_count; n++) {
        put(world.lists, &world.list_count, serve_file(cl, n, FILE_ITL, c, 0));
        put(world.lists, &world.list_count, serve_file(cl, n, FILE_CTL_COMMON, c, 0));
        put(world.certs, &world.cert_count, serve_certificate(cl, n, SERVICE_TVS));
        put(world.certs, &world.cert_count, serve_certificate(cl, n, SERVICE_CALLMANAGER));
        put(world.certs, &world.cert_count, serve_certificate(cl, n, SERVICE_TOMCAT));
        for (size_t k = 0; k < sizeof kinds; k++)
            put(world.files, &world.file_count, serve_file(cl, n, kinds[k], c, 0));
    }
}

static void set_up(void)
{
    static const char *const versions[] = { "8.6", "10.5(2)", "12.5" };
    static const char *const names[] = { "pub", "sub" };
    struct lab_options o = lab_defaults();
    struct err e = { "" };
    uint32_t cluster, first;
    world.lab = lab_new(&o);
    for (uint32_t c = 0; c < 3; c++) {
        char name[8] = { 'C', (char)('0' + c) };
        struct lab_cluster_spec spec = { name, versions[c], names, 2, "" };
        CHECK(lab_cluster(world.lab, &spec, &cluster, &e));
        if (c > 0)
            CHECK(lab_plain(world.lab, cluster, DO_CTL_MIXED_MODE, &e));
        if (c > 0)
            CHECK(lab_service(world.lab, cluster, 0, SERVICE_TFTP, DO_RESTART, &e));
        struct lab_phones_spec p = { .count = 1,
                                     .model = "7965",
                                     .security_mode = c > 1 ? CNF_ENCRYPTED : CNF_NON_SECURE,
                                     .encrypted = c > 1 };
        CHECK(lab_phones(world.lab, cluster, &p, &first, &e) && first == c);
    }
    lab_run_until(world.lab, 3600000000);
    for (uint32_t c = 0; c < 3; c++) {
        gather(world.lab, c);
        world.places[c] =
            (struct phone_place){ { world.lab->state.clusters[c].nodes[0].disk.ip,
                                    c == 1 ? world.lab->state.clusters[c].nodes[1].disk.ip : 0 } };
    }
    lab_param(world.lab, 0, PARAM_ROLLBACK, 1);
    for (uint32_t c = 0; c < 2; c++)
        CHECK(lab_regenerate(world.lab, c, 0, OWN_CALLMANAGER, &e) &&
              lab_service(world.lab, c, 0, SERVICE_TFTP, DO_RESTART, &e));
    lab_run_until(world.lab, 7200000000);
    gather(world.lab, 0);
    gather(world.lab, 1);
}

/* ---- one phone ---- */

struct walk {
    const uint8_t *p, *end;
    struct phone phone;
    struct phone_env env;
    uint16_t open[4]; /* requests under way */
    uint32_t open_count;
};

static uint8_t next(struct walk *w)
{
    return w->p < w->end ? *w->p++ : 0;
}

static void close_request(struct walk *w, uint16_t request)
{
    for (uint32_t i = 0; i < w->open_count; i++) {
        if (w->open[i] == request) {
            w->open[i] = w->open[--w->open_count];
            return;
        }
    }
}

static bool is_open(const struct walk *w, uint16_t request)
{
    for (uint32_t i = 0; i < w->open_count; i++) {
        if (w->open[i] == request)
            return true;
    }
    return false;
}

static void take_note(const struct action *a, uint8_t *lost, uint8_t *state)
{
    CHECK(a->kind < NOTE_KINDS);
    if (a->kind == NOTE_STATE) {
        CHECK(a->b == *state && a->a < PHONE_STATES);
        CHECK(phone_may_go(phone_states, (enum phone_state) * state, (enum phone_state)a->a));
        *state = (uint8_t)a->a;
        if (a->a == PHONE_OFF)
            *lost = 0; /* without power it lacks nothing */
    } else if (a->kind == NOTE_LOST) {
        CHECK((*lost & FSM_BIT(a->a)) == 0);
        *lost |= (uint8_t)FSM_BIT(a->a);
    } else if (a->kind == NOTE_REGAINED) {
        CHECK((*lost & FSM_BIT(a->a)) != 0);
        *lost &= (uint8_t)~FSM_BIT(a->a);
    }
}

static void take_action(struct walk *w, const struct action *a)
{
    const struct phone *p = &w->phone;
    if (a->type == ACT_UNREGISTER) { /* nobody answers it */
        CHECK(a->request == 0);
        return;
    }
    CHECK(a->request != 0);
    switch (a->type) {
    case ACT_REGISTER:
    case ACT_HTTPS_GET:
        if (a->kind == TRANSPORT_TLS) { /* on a connection that is open */
            CHECK(is_open(w, a->request));
            break;
        }
        /* fallthrough */
    case ACT_FETCH:
    case ACT_TVS_OPEN:
    case ACT_CCM_OPEN:
    case ACT_HTTPS_OPEN:
    case ACT_CAPF_OPEN:
        CHECK(a->request == p->request[GOAL_WORK] || a->request == p->request[GOAL_SERVICE]);
        CHECK(w->open_count < GOALS && !is_open(w, a->request));
        CHECK(a->type != ACT_FETCH || (a->server != 0 && a->kind < FILE_KINDS));
        CHECK(a->type != ACT_REGISTER || a->server != 0);
        w->open[w->open_count++] = a->request;
        break;
    case ACT_CANCEL:
    case ACT_TLS_REFUSE:
        CHECK(is_open(w, a->request));
        close_request(w, a->request);
        break;
    case ACT_TLS_ACCEPT:
    case ACT_TVS_QUERY:
    case ACT_TVS_VERIFY:
    case ACT_CAPF_AUTH:
    case ACT_CAPF_KEY:
    case ACT_CAPF_DONE:
        CHECK(is_open(w, a->request));
        break;
    default:
        break;
    }
}

static void check_phone(const struct walk *w)
{
    const struct phone *p = &w->phone;
    phone_check(p, &w->env);
    CHECK(w->open_count ==
          (p->request[GOAL_WORK] != 0 ? 1u : 0) + (p->request[GOAL_SERVICE] != 0 ? 1u : 0));
    for (int purpose = TRUST_CTL; purpose < TRUST_JUDGED; purpose++) {
        struct trust_chain chain;
        enum trust_verdict verdict;
        (void)phone_explain(p, &w->env, (enum trust_purpose)purpose, &chain, &verdict);
    }
}

/* The struct has no padding: equal is equal byte by byte. */
static bool same_phone(const struct phone *a, const struct phone *b)
{
    return memcmp(a, b, sizeof *a) == 0;
}

static bool step(struct walk *w, const struct event *event)
{
    struct phone before = w->phone, copy = w->phone;
    struct outbox out = { .count = 0 }, again = { .count = 0 };
    phone_step(&w->phone, &w->env, event, &out);
    phone_step(&copy, &w->env, event, &again);
    CHECK(same_phone(&w->phone, &copy) && out.count == again.count);
    CHECK(phone_hash(&copy, &w->env) == phone_hash(&w->phone, &w->env));
    CHECK(out.count <= OUTBOX_ACTIONS);
    uint8_t lost = before.lost, state = before.state;
    for (uint32_t i = 0; i < out.count; i++) {
        CHECK(memcmp(&out.actions[i], &again.actions[i], sizeof out.actions[i]) == 0);
        if (out.actions[i].type == ACT_NOTE)
            take_note(&out.actions[i], &lost, &state);
        else
            take_action(w, &out.actions[i]);
    }
    CHECK(lost == w->phone.lost && state == w->phone.state);
    check_phone(w);
    return out.count == 0 && same_phone(&before, &w->phone);
}

static uint16_t awaited(const struct phone *p)
{
    return p->request[phone_states[p->state].goal];
}

static const uint8_t answers[] = { EVENT_FILE,       EVENT_NO_FILE,  EVENT_REFUSED,
                                   EVENT_TLS_CERT,   EVENT_TLS_OPEN, EVENT_TVS_REPLY,
                                   EVENT_REGISTERED, EVENT_REJECTED, EVENT_PAGE,
                                   EVENT_CAPF };

static bool goes_on(const struct event *e)
{
    uint8_t type = e->type;
    return type == EVENT_TLS_CERT || type == EVENT_TLS_OPEN ||
           (type == EVENT_CAPF && e->b < CAPF_SAYS_END);
}

static void answer(struct walk *w)
{
    struct event e = { .type = answers[next(w) % sizeof answers], .request = awaited(&w->phone) };
    if ((phone_states[w->phone.state].takes & FSM_BIT(e.type)) == 0)
        return;
    uint8_t choice = next(w);
    if (e.type == EVENT_FILE) {
        bool list = w->phone.state == PHONE_CTL || w->phone.state == PHONE_ITL;
        list = list != (choice >> 5 == 7); /* now and then the other */
        e.a =
            list ? world.lists[choice % world.list_count] : world.files[choice % world.file_count];
        e.b = choice == 7 ? 1u << 20 : 5000;
    } else if (e.type == EVENT_TLS_CERT) {
        e.a = world.certs[choice % world.cert_count];
    } else if (e.type == EVENT_TVS_REPLY) {
        uint32_t about = content_said_of(w->env.content, w->phone.offered).about;
        uint32_t right =
            w->phone.purpose > TRUST_CONFIG ? about : content_envelope(w->env.content, about)->cert;
        e.status = choice & 1;
        e.a = (choice & 2) != 0 ? right : world.certs[(choice >> 4) % world.cert_count];
        e.b = (choice & 4) != 0 ? UINT32_MAX : choice >> 6;
        e.roles = (choice & 8) != 0 ? UINT32_MAX : ROLE_BIT(choice >> 4);
    } else if (e.type == EVENT_REJECTED) {
        e.a = REJECT_UNKNOWN_DEVICE + choice % (REJECT_REASONS - 1);
    } else if (e.type == EVENT_CAPF) {
        e.b = choice % (CAPF_SAYS_END + 1);
        e.a = e.b == CAPF_SAYS_STORE ? world.certs[choice % world.cert_count] : choice >> 5;
    }
    if (!goes_on(&e))
        close_request(w, e.request);
    (void)step(w, &e);
    if (!goes_on(&e) && (phone_states[w->phone.state].takes & FSM_BIT(e.type)) != 0)
        CHECK(step(w, &e)); /* the same answer twice: stale */
}

static void stale(struct walk *w)
{
    struct event e = { .type = answers[next(w) % sizeof answers], .a = world.lists[0] };
    e.request = (uint16_t)(awaited(&w->phone) - 1 - next(w));
    CHECK(step(w, &e)); /* nothing happens */
}

static void timer(struct walk *w)
{
    if (w->phone.deadline_us == 0)
        return;
    bool woken = w->phone.idle && (next(w) & 1) != 0;
    if (!woken && w->env.now_us < w->phone.deadline_us)
        w->env.now_us = w->phone.deadline_us;
    (void)step(w, &(struct event){ .type = EVENT_TIMER });
}

static void act(struct walk *w)
{
    static const uint8_t types[] = { EVENT_POWER_ON,   EVENT_POWER_ON,    EVENT_POWER_OFF,
                                     EVENT_RESET,      EVENT_ERASE,       EVENT_PRESS,
                                     EVENT_PRESS,      EVENT_SERVER_LOST, EVENT_SERVER_BACK,
                                     EVENT_CAPF_STRING };
    uint8_t choice = next(w);
    (void)step(w, &(struct event){ .type = types[choice % sizeof types], .a = choice >> 7 });
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct knobs knobs;
    if (world.lab == NULL)
        set_up();
    knobs = knobs_default();
    struct walk w = { .p = data, .end = data + size };
    w.env = (struct phone_env){
        .content = world.lab->base->content, .knobs = &knobs, .places = world.places, .now_us = 1
    };
    uint8_t model = next(&w), odd = next(&w);
    phone_init(&w.phone, 0, (uint8_t)(model % model_count), odd % 3, odd);
    knobs.value[KNOB_NEXT_TVS_ON_UNKNOWN] = odd >> 2 & 1;
    knobs.value[KNOB_CCM_IN_ITL] = odd >> 3 & 1;
    knobs.value[KNOB_REGISTER_AT_TFTP] = odd >> 4 & 1;
    knobs.value[KNOB_CTL_BY_CTL_ALONE] = odd >> 6 & 1;
    if ((odd >> 5 & 1) != 0)
        knobs.value[KNOB_RETRY_US] = 0;
    (void)step(&w, &(struct event){ .type = EVENT_POWER_ON });
    (void)phone_wake_us(&w.phone, &knobs, 5);
    (void)phone_keepalive_us(&w.phone, w.env.content, &knobs, 5);
    while (w.p < w.end) {
        uint8_t op = next(&w);
        if (op < 150)
            answer(&w);
        else if (op < 190)
            timer(&w);
        else if (op < 215)
            act(&w);
        else if (op < 245)
            stale(&w);
        else if (op < 250)
            w.env.hope = !w.env.hope;
        else
            w.env.now_us += (uint64_t)next(&w) << 32;
    }
    return 0;
}
