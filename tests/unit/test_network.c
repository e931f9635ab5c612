/* What lies between sites and nodes: ports that a firewall drops or rejects, packets that are too
 * large, the link of a site; values from Cisco's list of ports and from the sizes of packets. */
#include "tests/unit/lab_fixture.h"

#include "sim/lab_impl.h"
#include "sim/virt/slot.h"

static void doing(struct lab *lab, struct act act)
{
    struct err e = { "" };
    if (!lab_do(lab, 0, &act, &e))
        fail_msg("%s", e.text);
}

static uint32_t site(struct lab *lab)
{
    return content_str(lab->base->content, "Branch");
}

/* Phones from `first` on stand at the branch. */
static void stand(struct lab *lab, uint32_t first)
{
    struct act act = { .kind = DO_SITE, .arg = { site(lab) } };
    struct lab_whom whom = { .first = first, .count = lab->state.phone_count - first };
    struct err e = { "" };
    assert_true(lab_do_phones(lab, 0, &act, &whom, &e));
}

static void block(struct lab *lab, uint32_t node, enum port port, bool rejects, uint32_t site)
{
    doing(lab,
          (struct act){ .kind = DO_BLOCK, .node = (uint8_t)node, .arg = { port, rejects, site } });
}

static void unblock(struct lab *lab, uint32_t node, enum port port, uint32_t site)
{
    doing(lab, (struct act){ .kind = DO_OPEN, .node = (uint8_t)node, .arg = { port, site } });
}

static void ports(void **state)
{
    static const struct {
        const char *name;
        uint16_t number;
        bool udp;
    } right[PORTS] = { { "TFTP", 69, true },           { "HTTP-files", 6970, false },
                       { "TVS", 2445, false },         { "SCCP", 2000, false },
                       { "SCCP-TLS", 2443, false },    { "SIP", 5060, false },
                       { "SIP-TLS", 5061, false },     { "Tomcat", 8443, false },
                       { "Tomcat-HTTP", 8080, false }, { "CAPF", 3804, false } };
    enum port port;
    (void)state;
    for (int i = 0; i < PORTS; i++) {
        char number[8];
        assert_string_equal(port_kinds[i].name, right[i].name);
        assert_int_equal(port_kinds[i].number, right[i].number);
        assert_int_equal(port_kinds[i].udp, right[i].udp);
        snprintf(number, sizeof number, "%u", right[i].number);
        assert_true(port_find(right[i].name, &port) && (int)port == i);
        assert_true(port_find(number, &port) && (int)port == i);
    }
    static const char *const none[] = { "", "0", "244", "24450", "2445 ", "TV", "99999999999999" };
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
        assert_false(port_find(none[i], &port));
}

/* Which port each question of a phone goes to, by what it speaks. */
static void where_questions_go(void **state)
{
    static const struct {
        const char *model;
        uint8_t kind, how, port;
    } right[] = {
        { "7965", ASK_FILE, 0, PORT_TFTP },
        { "8845", ASK_FILE, 1, PORT_HTTP_FILES },
        { "8845", ASK_TVS_CERT, 0, PORT_TVS },
        { "7965", ASK_REGISTER, TRANSPORT_TCP, PORT_SCCP },
        { "8845", ASK_REGISTER, TRANSPORT_TCP, PORT_SIP },
        { "7965", ASK_CCM_CERT, TRANSPORT_TLS, PORT_SCCP_TLS },
        { "8845", ASK_CCM_CERT, TRANSPORT_TLS, PORT_SIP_TLS },
        { "8845", ASK_HTTPS_CERT, TRANSPORT_TLS, PORT_TOMCAT },
        { "7965", ASK_HTTPS_PAGE, TRANSPORT_TCP, PORT_TOMCAT_HTTP },
    };
    (void)state;
    for (size_t i = 0; i < sizeof right / sizeof right[0]; i++) {
        struct lab *lab = make((struct fixture){
            .version = "11.5", .nodes = 1, .group = 1, .phones = 1, .model = right[i].model });
        for (int port = 0; port < PORTS; port++) {
            const struct world *w = &lab->world;
            block(lab, 0, (enum port)port, port % 2 != 0, 0);
            struct between b = w->between(w->ctx, 0, 0, (enum ask_kind)right[i].kind, right[i].how);
            assert_int_equal(b.passage, port != right[i].port ? PASSAGE_OPEN
                                        : port % 2 != 0       ? PASSAGE_REJECTS
                                                              : PASSAGE_DROPS);
            unblock(lab, 0, (enum port)port, 0);
        }
        lab_free(lab);
    }
}

/* Of a site or of everybody, to a node or to another one. */
static void whom_it_hits(void **state)
{
    (void)state;
    struct lab *lab =
        make((struct fixture){ .version = "11.5", .nodes = 2, .group = 2, .phones = 2 });
    stand(lab, 1);
    uint8_t gates[4];
    const struct {
        uint32_t node, site;
        uint8_t right[4]; /* phone 0 to nodes 0 and 1, phone 1 likewise */
    } cases[] = { { 0, 0, { 1, 0, 1, 0 } }, { 1, site(lab), { 0, 0, 0, 1 } } };
    for (size_t i = 0; i < 2; i++) {
        block(lab, cases[i].node, PORT_TVS, false, cases[i].site);
        for (uint32_t k = 0; k < 4; k++)
            gates[k] = lab_between(lab, k / 2, k % 2, ASK_TVS_CERT, 0).passage;
        assert_memory_equal(gates, cases[i].right, 4);
        unblock(lab, cases[i].node, PORT_TVS, cases[i].site);
    }
    lab_free(lab);
}

/* One that drops costs the phone its whole time, one that rejects a moment. */
static void drops_and_rejects(void **state)
{
    (void)state;
    for (int rejects = 0; rejects < 2; rejects++) {
        struct lab *lab =
            make((struct fixture){ .version = "10.0", .nodes = 2, .group = 2, .phones = 1 });
        block(lab, 0, PORT_TVS, rejects != 0, 0);
        regenerate(lab, 0, OWN_CALLMANAGER);
        restart(lab, 0);
        forget();
        reset(lab);
        assert_true(heard[0].tvs[rejects != 0 ? TVS_CONN_REFUSED : TVS_NO_ANSWER] > 0);
        assert_int_equal(heard[0].tvs[rejects != 0 ? TVS_NO_ANSWER : TVS_CONN_REFUSED], 0);
        holds_itl(lab, 0, TRUST_BY_TVS); /* the subscriber's */
        fine(lab);
        lab_free(lab);
    }
}

/* What asks by HTTP asks by TFTP where the one is blocked, and by neither where both are. */
static void files(void **state)
{
    (void)state;
    struct lab *lab = make((struct fixture){
        .version = "12.5", .nodes = 1, .group = 1, .phones = 2, .model = "8845" });
    for (int rejects = 0; rejects < 2; rejects++) {
        block(lab, 0, PORT_HTTP_FILES, rejects != 0, 0);
        forget();
        reset(lab);
        fine(lab);
        assert_int_equal(heard[0].status[STATUS_TFTP_TIMEOUT], 0);
        assert_int_equal(heard[0].config_used[FILE_CNF_SGN], 1);
    }
    block(lab, 0, PORT_TFTP, false, 0);
    forget();
    reset(lab);
    assert_true(heard[0].status[STATUS_TFTP_TIMEOUT] > 0);
    assert_int_equal(registered(lab), 2); /* with what they hold */
    assert_int_equal(lost(lab, FUNCTION_CONFIGURATION), 2);
    unblock(lab, 0, PORT_TFTP, 0);
    reset(lab);
    fine(lab);
    lab_free(lab);
}

/* A connection that is open goes on; nobody comes back to a server that he does not reach. */
static void registration(void **state)
{
    (void)state;
    struct lab *lab =
        make((struct fixture){ .version = "12.5", .nodes = 2, .group = 2, .phones = 3 });
    block(lab, 0, PORT_SCCP, false, 0);
    settled(lab);
    for (uint32_t i = 0; i < 3; i++)
        assert_string_equal(lab_server_of(lab, i), "pub");
    reset(lab);
    for (uint32_t i = 0; i < 3; i++)
        assert_string_equal(lab_server_of(lab, i), "sub1");
    forget();
    lab_run_until(lab, lab_now_us(lab) + HOUR_US);
    assert_int_equal(heard[0].unregistered[CAUSE_FAILBACK], 0);
    unblock(lab, 0, PORT_SCCP, 0);
    settled(lab);
    for (uint32_t i = 0; i < 3; i++)
        assert_string_equal(lab_server_of(lab, i), "pub");
    lab_free(lab);
}

/* A segment of TCP is at most 1460 bytes and 40 of headers, a block of TFTP 512 and 32. */
static void what_fits(void **state)
{
    static const struct {
        uint8_t ask, http;
        uint32_t bytes, mtu;
        bool right;
    } cases[] = {
        { ASK_FILE, 0, 0, 32, true },          { ASK_FILE, 0, 1, 32, false },
        { ASK_FILE, 0, 9000, 544, true },      { ASK_FILE, 0, 9000, 543, false },
        { ASK_FILE, 0, 100, 132, true },       { ASK_FILE, 0, 100, 131, false },
        { ASK_FILE, 1, 9000, 1500, true },     { ASK_FILE, 1, 9000, 1499, false },
        { ASK_FILE, 1, 1000, 1040, true },     { ASK_FILE, 1, 1000, 1039, false },
        { ASK_TVS_CERT, 0, 1460, 1500, true }, { ASK_TVS_CERT, 0, 1461, 1499, false },
        { ASK_TVS_CERT, 0, 1461, 0, true },    { ASK_REGISTER, 0, 0, 40, true },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct slot s = { .ask = cases[i].ask & 15, .http = cases[i].http & 1 };
        struct link l = { .mtu = cases[i].mtu };
        assert_int_equal(virt_fits(&s, &l, cases[i].bytes), cases[i].right);
    }
}

/* The site's link is added to that of phone and node; the smallest rate and packet count. */
static void links_add_up(void **state)
{
    (void)state;
    struct lab *lab =
        make((struct fixture){ .version = "12.5", .nodes = 1, .group = 1, .phones = 2 });
    stand(lab, 1);
    doing(lab,
          (struct act){ .kind = DO_SITE_LINK, .arg = { 5000, 70, 10, 900, 0, 1400, site(lab) } });
    doing(lab, (struct act){ .kind = DO_SITE_LINK, .arg = { 200, 3, 5, 1000, 0, 1300, 0 } });
    const struct link right[] = { { 200, 3, 5, 1000, false, 1300 },
                                  { 5200, 73, 15, 900, false, 1300 } };
    for (uint32_t i = 0; i < 2; i++) {
        struct link l = lab_between(lab, i, 0, ASK_FILE, 0).link;
        assert_int_equal(l.delay_us, right[i].delay_us);
        assert_int_equal(l.jitter_us, right[i].jitter_us);
        assert_int_equal(l.loss_ppm, right[i].loss_ppm);
        assert_int_equal(l.rate, right[i].rate);
        assert_int_equal(l.mtu, right[i].mtu);
        assert_false(l.down);
    }
    lab_free(lab);
}

/* A site that is cut off, and is not any more. */
static void cut_off(void **state)
{
    (void)state;
    struct lab *lab =
        make((struct fixture){ .version = "12.5", .nodes = 1, .group = 1, .phones = 4 });
    stand(lab, 2);
    doing(lab, (struct act){ .kind = DO_SITE_LINK, .arg = { 0, 0, 0, 0, 1, 0, site(lab) } });
    settled(lab);
    assert_int_equal(registered(lab), 2);
    assert_true(phone_is_registered(&lab->state.phones[0]));
    doing(lab, (struct act){ .kind = DO_SITE_LINK, .arg = { 0, 0, 0, 0, 0, 0, site(lab) } });
    settled(lab);
    fine(lab);
    lab_free(lab);
}

/* Whatever is said of the network is part of who a lab is, and said back it is as before; forks and
 * trials have it. */
static void identity(void **state)
{
    (void)state;
    struct lab *lab =
        make((struct fixture){ .version = "12.5", .nodes = 2, .group = 2, .phones = 3 });
    uint64_t seen[8] = { lab_hash(lab) };
    uint32_t n = 1, phones[] = { 2 };
    stand(lab, 1);
    seen[n++] = lab_hash(lab);
    block(lab, 1, PORT_TVS, false, site(lab));
    seen[n++] = lab_hash(lab);
    block(lab, 1, PORT_TVS, true, site(lab));
    seen[n++] = lab_hash(lab);
    doing(lab, (struct act){ .kind = DO_SITE_LINK, .arg = { 0, 0, 0, 0, 0, 1400, 0 } });
    seen[n++] = lab_hash(lab);
    for (uint32_t i = 0; i < n; i++) {
        for (uint32_t k = 0; k < i; k++)
            assert_true(seen[i] != seen[k]);
    }
    struct lab *fork = lab_fork(lab), *trial = lab_trial(lab, phones, 1);
    assert_true(lab_hash(fork) == seen[4]);
    assert_int_equal(lab_between(trial, 0, 1, ASK_TVS_CERT, 0).passage, PASSAGE_REJECTS);
    assert_int_equal(lab_between(trial, 0, 1, ASK_TVS_CERT, 0).link.mtu, 1400);
    lab_free(fork);
    lab_free(trial);
    unblock(lab, 1, PORT_TVS, site(lab));
    doing(lab, (struct act){ .kind = DO_SITE_LINK });
    assert_true(lab_hash(lab) == seen[1]);
    lab_free(lab);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ports),        cmocka_unit_test(where_questions_go),
        cmocka_unit_test(whom_it_hits), cmocka_unit_test(drops_and_rejects),
        cmocka_unit_test(files),        cmocka_unit_test(registration),
        cmocka_unit_test(what_fits),    cmocka_unit_test(links_add_up),
        cmocka_unit_test(cut_off),      cmocka_unit_test(identity),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
