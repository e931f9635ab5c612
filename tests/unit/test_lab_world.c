/* What a driver sees of a lab, question by question: nodes at addresses,
 * services, answers compared whole, transfers, deadlines, names; and what is
 * kept of losses. */
#include "tests/unit/lab_fixture.h"

#include "sim/base/sys.h"
#include "sim/lab_impl.h"

/* HQ: 12.5, two nodes, three phones; NEW: 14, one node, a phone. */
static struct lab *two_clusters(void)
{
    static const char *const nodes[] = { "newpub" };
    struct lab *lab =
        make((struct fixture){ .version = "12.5", .nodes = 2, .group = 2, .phones = 3 });
    struct lab_cluster_spec spec = { "NEW", "14", nodes, 1, "" };
    struct lab_phones_spec phones = { .count = 1, .model = "8861" };
    struct err e = { "" };
    uint32_t cluster, first;
    assert_true(lab_cluster(lab, &spec, &cluster, &e) &&
                lab_phones(lab, cluster, &phones, &first, &e));
    return lab;
}

static const uint32_t all_nodes[] = { 0, 1, 256 };

static void addresses_and_names(void **state)
{
    (void)state;
    struct lab *lab = two_clusters();
    const struct world *w = &lab->world;
    uint32_t node = 77, n;
    char name[16], tvs[TVS_NAME];
    for (int i = 0; i < 3; i++) {
        assert_true(w->node_at(w->ctx, 0x7f00000b + all_nodes[i], &node));
        assert_int_equal(node, all_nodes[i]);
    }
    static const uint32_t nobody[] = { 0, 0x7f00000a, 0x7f00000d, 0x7f00010c, 0x7f00020b };
    for (int i = 0; i < 5; i++)
        assert_false(w->node_at(w->ctx, nobody[i], &node));
    assert_int_equal(w->phones, 4);
    assert_ptr_equal(w->content, lab->base->content);
    assert_ptr_equal(w->costs, lab->state.costs);
    w->name(w->ctx, 3, name);
    assert_string_equal(name, "SEP001121000003");
    w->tvs_name(w->ctx, 3, tvs);
    assert_string_equal(tvs, "CP-8861-SEP001121000003");
    w->tvs_name(w->ctx, 0, tvs);
    assert_string_equal(tvs, "CP-7965-SEP001121000000");
    assert_true(w->find(w->ctx, "SEP001121000002", &n));
    assert_int_equal(n, 2);
    assert_false(w->find(w->ctx, "SEP001121000004", &n));
    lab_free(lab);
}

/* Which service each kind of question goes to. */
static const uint8_t service_for[ASK_KINDS] = {
    [ASK_FILE] = SERVICE_TFTP,
    [ASK_TVS_CERT] = SERVICE_TVS,
    [ASK_TVS_QUERY] = SERVICE_TVS,
    [ASK_TVS_VERIFY] = SERVICE_TVS,
    [ASK_CCM_CERT] = SERVICE_CALLMANAGER,
    [ASK_REGISTER] = SERVICE_CALLMANAGER,
    [ASK_HTTPS_CERT] = SERVICE_TOMCAT,
    [ASK_HTTPS_PAGE] = SERVICE_TOMCAT,
    [ASK_FILE_CERT] = SERVICE_TFTP,
};

/* A service that is stopped answers nobody, counts, and leaves the others and
 * other nodes alone. */
static void services_by_question(void **state)
{
    (void)state;
    static const uint8_t services[] = { SERVICE_TFTP, SERVICE_TVS, SERVICE_CALLMANAGER,
                                        SERVICE_TOMCAT };
    struct lab *lab = two_clusters();
    const struct world *w = &lab->world;
    for (int s = 0; s < 4; s++) {
        for (int n = 0; n < 3; n++) {
            uint32_t epoch[3][ASK_KINDS];
            for (int i = 0; i < 3; i++) {
                for (int k = 0; k < ASK_KINDS; k++)
                    epoch[i][k] = w->epoch(w->ctx, all_nodes[i], (enum ask_kind)k);
            }
            service(lab, all_nodes[n] >> 8, all_nodes[n] & 255, (enum service)services[s], DO_STOP);
            for (int i = 0; i < 3; i++) {
                for (int k = 0; k < ASK_KINDS; k++) {
                    if (k >= ASK_CAPF_CERT && k <= ASK_CAPF_DONE)
                        continue; /* on the publisher alone */
                    struct ask ask = { .kind = (uint8_t)k, .file = FILE_RINGLIST, .device = 0 };
                    struct event answer = { 0 };
                    bool stopped = i == n && service_for[k] == services[s];
                    assert_int_equal(w->running(w->ctx, all_nodes[i], (enum ask_kind)k), !stopped);
                    assert_int_equal(
                        w->epoch(w->ctx, all_nodes[i], (enum ask_kind)k) != epoch[i][k], stopped);
                    if (k == ASK_TVS_VERIFY)
                        ask.a = lab->state.clusters[0].nodes[0].disk.own[OWN_TVS];
                    if (k == ASK_TVS_QUERY)
                        ask.a = content_get_cert(lab->base->content,
                                                 lab->state.clusters[0].nodes[0].disk.own[OWN_TVS])
                                    ->signer;
                    assert_int_equal(w->ask(w->ctx, all_nodes[i], &ask, lab_now_us(lab), &answer),
                                     stopped ? ASK_STOPPED : ASK_ANSWERED);
                }
            }
            service(lab, all_nodes[n] >> 8, all_nodes[n] & 255, (enum service)services[s],
                    DO_START);
            settled(lab);
        }
    }
    for (int k = ASK_CAPF_CERT; k <= ASK_CAPF_DONE; k++) { /* on publishers alone */
        assert_true(w->running(w->ctx, 0, (enum ask_kind)k));
        assert_false(w->running(w->ctx, 1, (enum ask_kind)k));
    }
    service(lab, 0, 0, SERVICE_CAPF, DO_STOP);
    assert_false(w->running(w->ctx, 0, ASK_CAPF_AUTH));
    lab_free(lab);
}

static void answers(struct lab *lab, uint32_t node, struct ask ask, struct event want)
{
    const struct world *w = &lab->world;
    struct event is = { 0 };
    assert_int_equal(w->ask(w->ctx, node, &ask, lab_now_us(lab), &is), ASK_ANSWERED);
    assert_int_equal(is.type, want.type);
    assert_int_equal(is.status, want.status);
    assert_int_equal(is.roles, want.roles);
    assert_int_equal(is.a, want.a);
    assert_int_equal(is.b, want.type == EVENT_TLS_CERT ? TLS_RANGE(0, 2) : want.b);
}

static void answers_whole(void **state)
{
    (void)state;
    struct lab *lab = two_clusters();
    struct content *c = lab->base->content;
    const struct node *pub = &lab->state.clusters[0].nodes[0],
                      *sub = &lab->state.clusters[0].nodes[1],
                      *other = &lab->state.clusters[1].nodes[0];
    uint32_t ccm = pub->disk.own[OWN_CALLMANAGER], strange = other->disk.own[OWN_TVS];
    const uint32_t roles = ROLE_BIT(TL_SAST) | ROLE_BIT(TL_CCM_TFTP);
    answers(lab, 1, (struct ask){ .kind = ASK_TVS_VERIFY, .a = ccm },
            (struct event){ .type = EVENT_TVS_REPLY, .roles = roles, .a = ccm, .b = 86400 });
    answers(lab, 0, (struct ask){ .kind = ASK_TVS_QUERY, .a = content_get_cert(c, ccm)->signer },
            (struct event){ .type = EVENT_TVS_REPLY, .roles = roles, .a = ccm, .b = 86400 });
    for (int k = 0; k < 2; k++)
        answers(lab, 0,
                (struct ask){ .kind = k == 0 ? ASK_TVS_VERIFY : ASK_TVS_QUERY,
                              .a = k == 0 ? strange : content_get_cert(c, strange)->signer },
                (struct event){ .type = EVENT_TVS_REPLY, .status = 1, .b = 86400 });
    answers(lab, 256, (struct ask){ .kind = ASK_TVS_VERIFY, .a = strange },
            (struct event){
                .type = EVENT_TVS_REPLY, .roles = ROLE_BIT(TL_TVS), .a = strange, .b = 86400 });
    /* Each node says what it knows itself: a new certificate comes to the others
     * later. */
    regenerate(lab, 0, OWN_CALLMANAGER);
    ccm = pub->disk.own[OWN_CALLMANAGER];
    for (uint32_t n = 0; n < 2; n++) {
        struct event want = { .type = EVENT_TVS_REPLY, .status = n == 1, .b = 86400 };
        want.a = n == 0 ? ccm : 0;
        want.roles = n == 0 ? roles : 0;
        answers(lab, n, (struct ask){ .kind = ASK_TVS_VERIFY, .a = ccm }, want);
        answers(lab, n,
                (struct ask){ .kind = ASK_TVS_QUERY, .a = content_get_cert(c, ccm)->signer }, want);
    }
    answers(lab, 1, (struct ask){ .kind = ASK_TVS_CERT },
            (struct event){ .type = EVENT_TLS_CERT, .a = sub->disk.own[OWN_TVS] });
    answers(lab, 256, (struct ask){ .kind = ASK_CCM_CERT, .device = 3 },
            (struct event){ .type = EVENT_TLS_CERT, .a = other->disk.own[OWN_CALLMANAGER] });
    answers(lab, 0, (struct ask){ .kind = ASK_HTTPS_CERT },
            (struct event){ .type = EVENT_TLS_CERT, .a = pub->disk.own[OWN_TOMCAT] });
    answers(lab, 0, (struct ask){ .kind = ASK_HTTPS_PAGE }, (struct event){ .type = EVENT_PAGE });
    struct ask reg = { .kind = ASK_REGISTER, .transport = TRANSPORT_TCP, .a = CONTENT_MIC };
    answers(lab, 1, reg, (struct event){ .type = EVENT_REGISTERED, .a = REJECT_NONE });
    answers(lab, 256, reg, (struct event){ .type = EVENT_REJECTED, .a = REJECT_UNKNOWN_DEVICE });
    reg.device = 3;
    answers(lab, 256, reg, (struct event){ .type = EVENT_REGISTERED, .a = REJECT_NONE });
    /* A file with its length, which for a device of another name is another one.
     */
    answers(lab, 256, (struct ask){ .kind = ASK_FILE, .file = FILE_ITL, .device = 0 },
            (struct event){ .type = EVENT_NO_FILE });
    struct event is = { 0 };
    struct ask itl = { .kind = ASK_FILE, .file = FILE_ITL, .device = 0 };
    assert_int_equal(lab->world.ask(lab, 1, &itl, 0, &is), ASK_ANSWERED);
    assert_int_equal(is.type, EVENT_FILE);
    assert_int_equal(is.a, sub->run.itl);
    assert_in_range(is.b, 2000, 20000);
    lab_free(lab);
}

/* Which phones have no handshake with a node that asks for newer TLS; what
 * needs none they get. */
static void oldest_tls(void **state)
{
    (void)state;
    static const uint8_t shakes[] = { ASK_TVS_CERT, ASK_CCM_CERT, ASK_HTTPS_CERT };
    struct lab *lab = two_clusters();
    const struct world *w = &lab->world;
    for (uint64_t oldest = 0; oldest <= 3; oldest++) {
        for (uint32_t c = 0; c < 2; c++)
            lab->state.clusters[c].db.params[PARAM_TLS_MIN] =
                oldest; /* no act: 1.3 is of 15SU2 on */
        for (int k = 0; k < 3; k++) {
            const struct {
                uint32_t device, newest;
            } who[] = { { 0, 0 }, { 3, 2 }, { NO_DEVICE, 3 } };
            for (int i = 0; i < 3; i++) {
                struct ask ask = { .kind = shakes[k], .device = who[i].device };
                struct event answer = { 0 };
                bool can = who[i].newest >= oldest;
                assert_int_equal(w->ask(w->ctx, 0, &ask, lab_now_us(lab), &answer),
                                 can ? ASK_ANSWERED : ASK_STOPPED);
                if (can)
                    assert_int_equal(answer.b, TLS_RANGE(oldest, oldest < 2 ? 2 : oldest));
            }
        }
        answers(lab, 0, (struct ask){ .kind = ASK_HTTPS_PAGE },
                (struct event){ .type = EVENT_PAGE });
    }
    lab_free(lab);
}

/* TLS 1.3 is of 15SU2 on (documented); before 10.5(2) there was no 1.2, which is spoken here all
 * the same, for clients of today. */
static void newest_tls(void **state)
{
    static const struct {
        const char *version;
        uint32_t documented, newest;
    } rows[] = { { "9.1", 0, 2 },  { "10.5(1)", 0, 2 }, { "10.5(2)", 2, 2 }, { "11.5", 2, 2 },
                 { "12.5", 2, 2 }, { "14SU3", 2, 2 },   { "15", 2, 2 },      { "15SU2", 3, 3 } };
    struct lab *lab = two_clusters();
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct ask ask = { .kind = ASK_TVS_CERT, .device = NO_DEVICE };
        struct event answer = { 0 };
        struct cluster *cl = &lab->state.clusters[0];
        cl->version = version_find(rows[i].version);
        assert_non_null(cl->version);
        assert_int_equal(cl->version->tls_newest, rows[i].documented);
        assert_int_equal(lab->world.ask(lab->world.ctx, 0, &ask, lab_now_us(lab), &answer),
                         ASK_ANSWERED);
        assert_int_equal(TLS_NEWEST(answer.b), rows[i].newest);
        assert_int_equal(TLS_OLDEST(answer.b), 0);
    }
    lab_free(lab);
}

static void transfers(void **state)
{
    (void)state;
    struct lab *lab = two_clusters();
    const struct world *w = &lab->world;
    lab_param(lab, 0, PARAM_MAX_SERVING, 2);
    for (int again = 0; again < 3; again++) {
        assert_true(w->transfer_begin(w->ctx, 1));
        assert_true(w->transfer_begin(w->ctx, 1));
        assert_false(w->transfer_begin(w->ctx, 1));
        assert_true(w->transfer_begin(w->ctx, 0)); /* each node its own */
        assert_true(w->transfer_begin(w->ctx, 256));
        assert_int_equal(lab->state.clusters[0].nodes[1].run.transfers, 2);
        w->transfer_end(w->ctx, 1);
        assert_true(w->transfer_begin(w->ctx, 1));
        assert_false(w->transfer_begin(w->ctx, 1));
        w->transfer_end(w->ctx, 1);
        w->transfer_end(w->ctx, 1);
        w->transfer_end(w->ctx, 0);
        w->transfer_end(w->ctx, 256);
    }
    lab_free(lab);
}

/* The first of all clusters, services and resets. */
static void deadlines(void **state)
{
    (void)state;
    struct lab *lab = two_clusters();
    const struct world *w = &lab->world;
    assert_int_equal(w->nodes_deadline_us(w->ctx), 0);
    lab_run_until(lab, lab_now_us(lab) + SECOND_US);
    uint64_t now_us = lab_now_us(lab), start_us = 20 * SECOND_US;
    service(lab, 1, 0, SERVICE_TFTP, DO_RESTART);
    assert_int_equal(w->nodes_deadline_us(w->ctx), now_us + start_us);
    lab_run_until(lab, now_us + SECOND_US);
    service(lab, 0, 1, SERVICE_TFTP, DO_RESTART);
    assert_int_equal(w->nodes_deadline_us(w->ctx), now_us + start_us);
    lab_run_until(lab, now_us + start_us);
    assert_int_equal(w->nodes_deadline_us(w->ctx), now_us + SECOND_US + start_us);
    lab->state.sweeps[1].at_us = now_us + start_us + 5;
    assert_int_equal(w->nodes_deadline_us(w->ctx), now_us + start_us + 5);
    lab->state.sweeps[1].at_us = 0;
    settled(lab);
    assert_int_equal(w->nodes_deadline_us(w->ctx), 0);
    lab_free(lab);
}

/* ---- what nodes say ---- */

static struct trace_line lines[8];
static uint32_t line_count;

static void take_line(void *ctx, const struct trace_line *line)
{
    (void)ctx;
    assert_true(line_count < 8);
    lines[line_count++] = *line;
}

/* A line names cluster and node, what it is about and when. */
static void lines_of_nodes(void **state)
{
    (void)state;
    static struct observer ear = { .node = take_line };
    struct lab *lab = two_clusters();
    lab_observe(lab, &ear);
    for (int i = 0; i < 3; i++) {
        uint32_t c = all_nodes[i] >> 8, n = all_nodes[i] & 255;
        const struct node *node = &lab->state.clusters[c].nodes[n];
        struct err e = { "" };
        lab_run_until(lab, lab_now_us(lab) + HOUR_US);
        line_count = 0;
        assert_true(lab_regenerate(lab, c, n, OWN_TOMCAT, &e));
        assert_true(lab_service(lab, c, n, SERVICE_TOMCAT, DO_STOP, &e));
        assert_int_equal(line_count, 2);
        for (int k = 0; k < 2; k++) {
            assert_int_equal(lines[k].at_us, lab_now_us(lab));
            assert_int_equal(lines[k].who, TRACE_NODE);
            assert_int_equal(lines[k].what, k == 0 ? TRACE_CERT : TRACE_SERVICE);
            assert_int_equal(lines[k].id, all_nodes[i]);
            assert_int_equal(lines[k].a, k == 0 ? node->disk.own[OWN_TOMCAT] : SERVICE_TOMCAT);
            assert_int_equal(lines[k].b, k == 0 ? OWN_TOMCAT : SERVICE_STOPPED);
            assert_null(lines[k].text);
        }
    }
    lab_free(lab);
}

/* ---- losses ---- */

static void is_loss(const struct lab_loss *l, enum phone_function f, struct lab_loss want)
{
    assert_int_equal(l->since_us[f], want.since_us[0]);
    assert_int_equal(l->total_us[f], want.total_us[0]);
    assert_int_equal(l->ended_us[f], want.ended_us[0]);
    assert_int_equal(l->step[f], want.step[0]);
    assert_int_equal(l->first_us[f], want.first_us[0]);
    assert_int_equal(l->first_step[f], want.first_step[0]);
    assert_int_equal(l->ever, want.ever);
    assert_int_equal(l->open, want.open);
    assert_int_equal(l->cut, want.cut);
}

/* Registration is lost since the phone went out of service, and in that step;
 * the rest, and a phone that was in service, from now on. */
static void since_when(void **state)
{
    (void)state;
    struct lab *lab = two_clusters();
    lab_step(lab, "one");
    lab_step(lab, "two");
    for (uint32_t n = 0; n < 2; n++) {
        struct lab_cold *cold = &lab->state.cold[n];
        const uint8_t both = FSM_BIT(FUNCTION_REGISTRATION) | FSM_BIT(FUNCTION_CONFIGURATION);
        cold->out = n == 0;
        cold->since_us = 50;
        cold->step = 1;
        assert_null(lab_loss_of(lab, n));
        lab_phone_lost(lab, n, FUNCTION_CONFIGURATION, 100);
        lab_phone_lost(lab, n, FUNCTION_REGISTRATION, 100);
        is_loss(lab_loss_of(lab, n), FUNCTION_CONFIGURATION,
                (struct lab_loss){ { 100 }, { 0 }, { 0 }, { 2 }, { 100 }, { 2 }, both, both, 0 });
        uint64_t us = n == 0 ? 50 : 100;
        uint16_t step = n == 0 ? 1 : 2;
        is_loss(
            lab_loss_of(lab, n), FUNCTION_REGISTRATION,
            (struct lab_loss){ { us }, { 0 }, { 0 }, { step }, { us }, { step }, both, both, 0 });
    }
    assert_ptr_equal(lab_loss_for(lab, 0), lab_loss_of(lab, 0));
    assert_true(lab_loss_of(lab, 0) != lab_loss_of(lab, 1));
    assert_int_equal(lab->record.loss_count, 2);
    lab_free(lab);
}

/* Each function for itself; what is lost is not lost again, what is not does
 * not end. */
static void record_of_losses(void **state)
{
    (void)state;
    for (int k = 0; k < FUNCTIONS; k++) {
        enum phone_function f = (enum phone_function)k,
                            g = (enum phone_function)((k + 1) % FUNCTIONS);
        uint8_t bit = FSM_BIT(f), both = FSM_BIT(f) | FSM_BIT(g);
        struct lab_loss l;
        memset(&l, 0, sizeof l);
        lab_loss_ends(&l, f, 5);
        is_loss(&l, f, (struct lab_loss){ .ever = 0 });
        lab_loss_begins(&l, f, 2, 10);
        struct lab_loss want = { { 10 }, { 0 }, { 0 }, { 2 }, { 10 }, { 2 }, bit, bit, 0 };
        is_loss(&l, f, want);
        lab_loss_begins(&l, f, 3, 20);
        is_loss(&l, f, want);
        lab_loss_begins(&l, g, 3, 15);
        lab_loss_ends(&l, f, 17);
        is_loss(
            &l, f,
            (struct lab_loss){ { 10 }, { 7 }, { 17 }, { 2 }, { 10 }, { 2 }, both, FSM_BIT(g), 0 });
        is_loss(
            &l, g,
            (struct lab_loss){ { 15 }, { 0 }, { 0 }, { 3 }, { 15 }, { 3 }, both, FSM_BIT(g), 0 });
        lab_loss_ends(&l, f, 90);
        l.cut = both;
        lab_loss_begins(&l, f, 4, 30); /* for a reason of its own */
        is_loss(&l, f,
                (struct lab_loss){
                    { 30 }, { 7 }, { 17 }, { 4 }, { 10 }, { 2 }, both, both, FSM_BIT(g) });
        lab_loss_ends(&l, f, 35);
        is_loss(&l, f,
                (struct lab_loss){
                    { 30 }, { 12 }, { 35 }, { 4 }, { 10 }, { 2 }, both, FSM_BIT(g), FSM_BIT(g) });
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_and_names), cmocka_unit_test(services_by_question),
        cmocka_unit_test(answers_whole),       cmocka_unit_test(oldest_tls),
        cmocka_unit_test(newest_tls),          cmocka_unit_test(transfers),
        cmocka_unit_test(deadlines),           cmocka_unit_test(record_of_losses),
        cmocka_unit_test(since_when),          cmocka_unit_test(lines_of_nodes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
