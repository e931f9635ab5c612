/* Who is tried for whom: two phones that differ in one thing, and whether that makes two groups. */
#include "tests/unit/lab_fixture.h"

#include "sim/predict/boots.h"

static struct lab *lab;

/* Two phones, registered, alike; a second cluster that knows neither. */
static int up(void **state)
{
    (void)state;
    static const char *const nodes[] = { "newpub" };
    lab = make((struct fixture){ .version = "12.5", .nodes = 2, .group = 2, .phones = 3 });
    struct lab_cluster_spec spec = { "NEW", "14", nodes, 1, "" };
    struct err e = { "" };
    uint32_t cluster;
    assert_true(lab_cluster(lab, &spec, &cluster, &e));
    return 0;
}

static int down(void **state)
{
    (void)state;
    lab_free(lab);
    return 0;
}

/* ---- one thing that is different on phone 1 ---- */

static struct phone *one(void)
{
    return &lab->state.phones[1];
}

/* Its row in the first cluster, of its own now. */
static struct device_class *row(void)
{
    struct cluster *cl = &lab->state.clusters[0];
    struct device_class k = *config_class_of(cl, 1);
    struct err e = { "" };
    uint16_t index;
    snprintf(k.load, sizeof k.load, "other"); /* any difference: it is taken back below */
    assert_true(config_class(cl, &k, &index, &e));
    config_set_class(cl, 1, index, lab->state.phone_count);
    struct device_class *own = &cl->db.classes[index];
    own->load[0] = '\0';
    return own;
}

static struct cnf configuration(void)
{
    return *content_get_cnf(lab->base->content, one()->config);
}

static void is_given(const struct cnf *k)
{
    one()->config = content_cnf(lab->base->content, k);
}

static void the_same_row(void)
{
    row();
}

static void load(void)
{
    snprintf(row()->load, CNF_NAME, "x");
}

static void protocol(void)
{
    row()->protocol ^= 1;
}

static void security(void)
{
    row()->security_mode = CNF_ENCRYPTED;
}

static void encrypted(void)
{
    row()->encrypted = true;
}

static void lsc_of_the_row(void)
{
    row()->lsc = lab->state.clusters[0].nodes[0].disk.own[OWN_CAPF];
}

static void pool_of(const uint8_t *members, uint32_t count)
{
    struct cluster *cl = &lab->state.clusters[0];
    struct err e = { "" };
    uint16_t group, pool;
    assert_true(config_add_group(cl, "another", members, count, &group, &e));
    assert_true(config_add_pool(cl, "another", group, &pool, &e));
    row()->pool = pool;
}

static void another_pool_of_the_same_servers(void)
{
    pool_of((const uint8_t[]){ 0, 1 }, 2);
}

/* Whoever gives one of both groups a CallManager again does nothing for the other. */
static void another_group_without_callmanager(void)
{
    struct cluster *cl = &lab->state.clusters[0];
    pool_of((const uint8_t[]){ 0, 1 }, 2);
    FOR_EACH_NODE(cl, n)
    cl->nodes[n].disk.activated &= ~SERVICE_BIT(SERVICE_CALLMANAGER);
}

static void the_servers_the_other_way_round(void)
{
    pool_of((const uint8_t[]){ 1, 0 }, 2);
}

static void one_server_less(void)
{
    pool_of((const uint8_t[]){ 0 }, 1);
}

static void known_to_the_second_cluster(void)
{
    struct err e = { "" };
    assert_true(lab_insert(lab, 1, 1, &e));
}

static void name_of_its_pool(void)
{
    struct cnf k = configuration();
    cnf_text(k.device_pool, sizeof k.device_pool, "x");
    cnf_text(k.group, sizeof k.group, "x");
    k.version_stamp++;
    is_given(&k);
}

static void url(void)
{
    struct cnf k = configuration();
    cnf_text(k.secure_directory_url, sizeof k.secure_directory_url, "http://127.0.0.11/");
    is_given(&k);
}

static void no_configuration(void)
{
    one()->config = 0;
}

static void list(void)
{
    one()->itl = lab->state.clusters[0].nodes[1].run.itl;
}

static void lost_something(void)
{
    one()->lost ^= FSM_BIT(FUNCTION_SECURE_SERVICES);
}

static void off(void)
{
    lab_power(lab, 1, false, lab_now_us(lab));
    settled(lab);
}

static void link(const struct link *link)
{
    struct err e = { "" };
    if (!lab_phone_link(lab, 1, link, &e))
        fail_msg("%s", e.text);
}

static void later(void)
{
    link(&(struct link){ .delay_us = 90000 });
}

static void a_little_later(void)
{
    struct link l = lab->driver->phone_link_of(lab->driver->self, 1);
    l.delay_us += 1;
    link(&l);
}

static void slower(void)
{
    link(&(struct link){ .rate = 9000 });
}

static void shaky(void)
{
    link(&(struct link){ .jitter_us = 900 });
}

static void cut(void)
{
    link(&(struct link){ .down = true });
}

static const struct {
    const char *what;
    void (*change)(void);
    uint32_t groups;
} rows[] = {
    { "a row of its own that says the same", the_same_row, 1 },
    { "the load", load, 2 },
    { "the protocol", protocol, 2 },
    { "the security mode", security, 2 },
    { "an encrypted configuration", encrypted, 2 },
    { "the LSC", lsc_of_the_row, 2 },
    { "another pool of the same servers", another_pool_of_the_same_servers, 1 },
    { "another group, none of which has a CallManager", another_group_without_callmanager, 2 },
    { "the servers the other way round", the_servers_the_other_way_round, 2 },
    { "one server less", one_server_less, 2 },
    { "a row in the second cluster", known_to_the_second_cluster, 2 },
    { "the name of its pool, the date of its configuration", name_of_its_pool, 1 },
    { "a URL", url, 2 },
    { "no configuration", no_configuration, 2 },
    { "another list", list, 2 },
    { "something lost", lost_something, 2 },
    { "no power", off, 2 },
    { "a later link", later, 2 },
    { "a link later by a microsecond", a_little_later, 2 },
    { "a slower link", slower, 2 },
    { "a shaky link", shaky, 2 },
    { "no link", cut, 2 },
};

static bool first_two(void *ctx, const struct lab *of, uint32_t phone, uint16_t *lost)
{
    (void)ctx;
    *lost = of->state.phones[phone].lost;
    return phone < 2;
}

static void what_makes_two(void **state)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct phone_groups g;
        if (i > 0)
            up(state);
        groups_find(lab, first_two, NULL, &g);
        assert_int_equal(g.count, 1);
        groups_free(&g);
        rows[i].change();
        groups_find(lab, first_two, NULL, &g);
        if (g.count != rows[i].groups)
            fail_msg("%s: %u groups", rows[i].what, g.count);
        assert_int_equal(g.phones, 3);
        assert_ptr_equal(group_of(&g, 0), &g.list[0]);
        assert_ptr_equal(group_of(&g, 1), &g.list[g.count - 1]);
        assert_null(group_of(&g, 2)); /* not asked */
        assert_null(group_of(&g, 3)); /* no phone */
        for (uint32_t k = 0; k < g.count; k++) {
            assert_int_equal(g.list[k].phone, k);
            assert_int_equal(g.list[k].phones, 3 - g.count);
            assert_int_equal(g.list[k].answer, 0);
            assert_int_equal(g.list[k].lost, lab->state.phones[k].lost);
        }
        struct lab *trial = groups_trial(lab, &g);
        assert_int_equal(trial->state.phone_count, g.count);
        assert_int_equal(trial->state.phones[g.count - 1].itl, lab->state.phones[g.count - 1].itl);
        lab_free(trial);
        groups_free(&g);
        assert_true(g.list == NULL && g.of == NULL && g.count == 0);
        if (i + 1 < sizeof rows / sizeof rows[0])
            down(state);
    }
}

/* ---- how far it has come ---- */

static void another_file(struct phone *p)
{
    p->fetching = FILE_ITL;
}

static void another_boot(struct phone *p)
{
    p->boot ^= 1;
}

static void second_tftp(struct phone *p)
{
    p->tftp = 1;
}

static void another_server(struct phone *p)
{
    p->server = 1;
}

static void failed_before(struct phone *p)
{
    p->fails = 1;
}

static void another_purpose(struct phone *p)
{
    p->purpose = TRUST_HTTPS;
}

/* Of one that is on its way all of it counts; of one that is not, nothing. */
static void on_the_way(void **state)
{
    (void)state;
    static void (*const changes[])(struct phone *) = { another_file,  another_boot,
                                                       second_tftp,   another_server,
                                                       failed_before, another_purpose };
    static const struct {
        uint8_t state;
        bool idle;
        uint32_t groups;
    } stands[] = { { PHONE_OFF, false, 1 },         { PHONE_REGISTERED, false, 1 },
                   { PHONE_UNREGISTERED, true, 1 }, { PHONE_UNREGISTERED, false, 2 },
                   { PHONE_REGISTERING, false, 2 }, { PHONE_CONFIG, false, 2 } };
    struct phone as_it_is = lab->state.phones[0];
    as_it_is.tftp = 0;
    as_it_is.purpose = as_it_is.fetching = as_it_is.server = as_it_is.fails = 0;
    for (size_t i = 0; i < sizeof stands / sizeof stands[0]; i++) {
        for (size_t k = 0; k < sizeof changes / sizeof changes[0]; k++) {
            struct phone_groups g;
            for (uint32_t n = 0; n < 2; n++) {
                lab->state.phones[n] = as_it_is;
                lab->state.phones[n].state = stands[i].state & 15;
                lab->state.phones[n].idle = stands[i].idle;
            }
            groups_find(lab, first_two, NULL, &g);
            assert_int_equal(g.count, 1);
            assert_null(group_of(&g, g.phones)); /* there is none behind the last */
            groups_free(&g);
            changes[k](one());
            groups_find(lab, first_two, NULL, &g);
            assert_int_equal(g.count, stands[i].groups);
            groups_free(&g);
        }
    }
    struct phone_groups g; /* two that are on their way to different things */
    lab->state.phones[0] = lab->state.phones[1] = as_it_is;
    lab->state.phones[0].state = PHONE_CTL;
    lab->state.phones[1].state = PHONE_ITL;
    groups_find(lab, first_two, NULL, &g);
    assert_int_equal(g.count, 2);
    groups_free(&g);
    lab->state.phones[0] = lab->state.phones[1] = as_it_is; /* as they began */
}

/* Lost beside what the phone itself says: by whoever asks. */
static bool told(void *ctx, const struct lab *of, uint32_t phone, uint16_t *lost)
{
    (void)of;
    *lost = ((const uint8_t *)ctx)[phone];
    return *lost != 255;
}

static void by_what_is_lost(void **state)
{
    (void)state;
    static const struct {
        uint8_t lost[3];
        uint32_t groups, of[3]; /* group of each phone, from 1; 0: none */
    } cases[] = {
        { { 0, 0, 0 }, 1, { 1, 1, 1 } },     { { 1, 0, 0 }, 2, { 1, 2, 2 } },
        { { 0, 0, 1 }, 2, { 1, 1, 2 } },     { { 1, 2, 3 }, 3, { 1, 2, 3 } },
        { { 1, 2, 1 }, 2, { 1, 2, 1 } },     { { 255, 255, 255 }, 0, { 0, 0, 0 } },
        { { 255, 255, 4 }, 1, { 0, 0, 1 } }, { { 4, 255, 4 }, 1, { 1, 0, 1 } },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct phone_groups g;
        groups_find(lab, told, (void *)(uintptr_t)cases[i].lost, &g);
        assert_int_equal(g.count, cases[i].groups);
        uint32_t sum = 0, asked = 0;
        for (uint32_t p = 0; p < 3; p++) {
            assert_int_equal(g.of[p], cases[i].of[p]);
            asked += cases[i].of[p] != 0;
            if (cases[i].of[p] != 0)
                assert_int_equal(group_of(&g, p)->lost, cases[i].lost[p]);
        }
        for (uint32_t k = 0; k < g.count; k++)
            sum += g.list[k].phones;
        assert_int_equal(sum, asked);
        groups_free(&g);
    }
}

/* Two days into a run too: a boot is tried to its end, and one that is under way stands alone. */
static void boots(void **state)
{
    (void)state;
    static const uint8_t lost[3] = { 0 };
    struct boots b;
    lab_run_until(lab, 2 * DAY_US);
    boots_find(lab, lost, &b);
    assert_int_equal(b.groups.count, 1);
    assert_int_equal(b.ends[0].lost, 0);
    assert_int_equal(b.ends[0].way, WAY_NONE);
    boots_free(&b);
    lab_power(lab, 1, false, lab_now_us(lab));
    lab_power(lab, 1, true, lab_now_us(lab));
    regenerate(lab, 0, OWN_CALLMANAGER); /* refused by all at their next boot, and TVS is gone */
    for (uint32_t n = 0; n < 2; n++)
        service(lab, 0, n, SERVICE_TFTP, DO_STOP);
    boots_find(lab, lost, &b);
    assert_int_equal(b.groups.count, 2);
    assert_ptr_equal(boots_of(&b, 0), boots_of(&b, 2));
    assert_ptr_equal(boots_of(&b, 1), &b.ends[1]);
    uint8_t files = FSM_BIT(FUNCTION_TRUST_LIST) | FSM_BIT(FUNCTION_CONFIGURATION);
    for (uint32_t g = 0; g < 2; g++) {
        assert_int_equal(b.groups.list[g].lost, 0);
        assert_int_equal(b.ends[g].lost, files);
        assert_int_equal(b.ends[g].more, files);
        assert_int_equal(b.ends[g].way, WAY_ACTS); /* TFTP is started again */
    }
    boots_free(&b);
    static const uint8_t before[3] = { FSM_BIT(FUNCTION_TRUST_LIST), 0, 0 };
    boots_find(lab, before, &b);
    assert_int_equal(boots_of(&b, 0)->more, FSM_BIT(FUNCTION_CONFIGURATION));
    assert_int_equal(boots_of(&b, 0)->lost, files);
    assert_int_equal(boots_of(&b, 2)->more, files);
    boots_free(&b);
}

/* Ways of several groups are counted together; the worst of them is the worst. */
static void ways(void **state)
{
    (void)state;
    struct remedies r;
    uint8_t list = FSM_BIT(FUNCTION_TRUST_LIST), config = FSM_BIT(FUNCTION_CONFIGURATION);
    uint8_t lost[3] = { list, config, list }; /* and nothing stands in their way */
    remedies_find(lab, lost, &r);
    assert_int_equal(r.groups.count, 2);
    assert_int_equal(remedies_phones(&r, WAY_BOOT), 3);
    assert_int_equal(remedies_phones(&r, WAY_ACTS), 0);
    assert_int_equal(remedies_worst(&r), WAY_BOOT);
    remedies_free(&r);
    lost[0] = 0;
    for (uint32_t n = 0; n < 2; n++)
        service(lab, 0, n, SERVICE_TFTP, DO_STOP);
    remedies_find(lab, lost, &r);
    assert_int_equal(remedies_of(&r, 0)->kind, WAY_NONE);
    assert_int_equal(remedies_of(&r, 1)->kind, WAY_ACTS);
    assert_int_equal(remedies_for(&r, 1, FUNCTION_CONFIGURATION)->kind, WAY_ACTS);
    assert_int_equal(remedies_phones(&r, WAY_ACTS), 2);
    assert_int_equal(remedies_phones(&r, WAY_BOOT), 0);
    assert_int_equal(remedies_worst(&r), WAY_ACTS);
    remedies_free(&r);
}

/* How a phone stands: one that has lost registration stands, though it is not registered. */
static void standing(void **state)
{
    (void)state;
    struct phone p = lab->state.phones[0];
    assert_int_equal(boots_standing(&p, 0), STANDS_UP);
    p.registered = false;
    p.state = PHONE_UNREGISTERED;
    assert_int_equal(boots_standing(&p, 0), STANDS_UNDER_WAY);
    assert_int_equal(boots_standing(&p, FSM_BIT(FUNCTION_TRUST_LIST)), STANDS_UNDER_WAY);
    assert_int_equal(boots_standing(&p, FSM_BIT(FUNCTION_REGISTRATION)), STANDS_UP);
    p.state = PHONE_OFF;
    assert_int_equal(boots_standing(&p, FSM_BIT(FUNCTION_REGISTRATION)), STANDS_OFF);
}

int main(void)
{
#define TEST(t) cmocka_unit_test_setup_teardown(t, up, down)
    const struct CMUnitTest tests[] = {
        TEST(what_makes_two), TEST(on_the_way), TEST(by_what_is_lost),
        TEST(boots),          TEST(ways),       TEST(standing)
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
