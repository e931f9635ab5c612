/* A central TFTP on real sockets: a node asks another one for a file that it has not, while whoever
 * wants it waits; over HTTP, HTTPS and TFTP. */
#include "tests/unit/live_client.h"

#include "sim/live/impl.h"

#define WEST (1u << 8) /* its first node */

static struct {
    struct observer ear;
    uint32_t by_node, elsewhere; /* asks of nodes, and those that were sent on */
} asks;

static void hear_ask(void *ctx, uint32_t node, const struct ask *ask, enum ask_result result,
                     const struct event *answer, uint64_t now_us)
{
    (void)ctx, (void)node, (void)answer, (void)now_us;
    asks.by_node += ask->kind == ASK_FILE && ask->by_node;
    asks.elsewhere += result == ASK_ELSEWHERE;
}

static const struct live *driver(void)
{
    return current.lab->driver->self;
}

static uint32_t transfers(uint32_t cluster)
{
    return current.lab->state.clusters[cluster].nodes[0].run.transfers;
}

/* Cluster 0 has one node and no phone; what it has not it asks for at the two nodes of cluster 1,
 * which has the phone. */
static void make_central(void)
{
    static const char *const names[] = { "w1", "w2" };
    struct setup s = { true, "11.5", 1, 1, 0, "8861", 0, false, false, NULL };
    struct err e = { "" };
    uint32_t west, first;
    struct lab *lab = build(&s, &e);
    assert_non_null(lab);
    lab->state.params[PARAM_SERVICE_START_US] = 1;
    assert_true(
        lab_cluster(lab, &(struct lab_cluster_spec){ "West", "11.5", names, 2, "" }, &west, &e));
    for (uint32_t n = 0; n < 2; n++)
        lab->state.clusters[1].nodes[n].disk.ip = address(n + 1);
    lab->state.clusters[0].db.params[PARAM_REMOTE_TIMEOUT_US] = 300 * MS;
    struct lab_phones_spec p = { .count = 2, .model = "8861" };
    assert_true(lab_phones(lab, west, &p, &first, &e));
    struct act add = { .kind = DO_REMOTE_TFTP_ADD, .arg = { address(1), address(2) } };
    if (!lab_do(lab, 0, &add, &e))
        fail_msg("%s", e.text);
    memset(&asks, 0, sizeof asks);
    asks.ear.ask = hear_ask;
    lab_observe(lab, &asks.ear);
    quiet(lab);
}

static void cut(uint32_t node, bool down)
{
    struct err e = { "" };
    struct link link = { .down = down };
    struct act act = lab_link_act(DO_NODE_LINK, node & 255, &link);
    if (!lab_do(current.lab, node >> 8, &act, &e))
        fail_msg("%s", e.text);
}

/* What that node of the remote cluster makes of it. */
static struct view of_west(uint32_t n, enum file_kind kind, uint32_t phone, struct arena *a)
{
    struct lab *lab = current.lab;
    struct ask ask = { .kind = ASK_FILE, .file = (uint8_t)kind, .device = phone };
    struct event e = { 0 };
    struct view v;
    struct err why = { "" };
    assert_int_equal(lab->world.ask(lab->world.ctx, WEST + n, &ask, lab_now_us(lab), &e),
                     ASK_ANSWERED);
    assert_int_equal(e.type, EVENT_FILE);
    assert_true(lab_file_bytes(lab, e.a, kind, phone, a, &v, &why));
    return v;
}

static int ask_http(enum file_kind kind, uint32_t phone)
{
    char name[128], request[256];
    name_of(kind, phone, name);
    int fd = dial(6970);
    assert_true(fd >= 0);
    int n = snprintf(request, sizeof request, "GET /%s HTTP/1.0\r\n\r\n", name);
    say(fd, request, (size_t)n);
    return fd;
}

/* The status, and the body in *body. */
static int hear_http(int fd, uint64_t for_us, struct view *body)
{
    struct http_response r;
    bool whole = false, closed;
    size_t got = hear(fd, heard, sizeof heard, for_us, &closed);
    close(fd);
    if (!http_response_decode(view_of(heard, got), &whole, &r, NULL) || !whole)
        return 0;
    *body = view_of(heard + r.head, got - r.head);
    return r.status;
}

static void the_same_by_http(void **state)
{
    (void)state;
    struct arena a = arena_of(&sys_mem);
    static const enum file_kind kinds[] = { FILE_ITL, FILE_CNF_SGN, FILE_CNF };
    struct view body;
    make_central();
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        assert_int_equal(hear_http(ask_http(kinds[i], 0), 2 * SECOND, &body), 200);
        assert_true(view_eq(body, of_west(0, kinds[i], 0, &a)));
    }
    assert_int_equal(asks.by_node, 3);
    assert_int_equal(hear_http(ask_http(FILE_ITL, 0), 2 * SECOND, &body), 200);
    assert_int_equal(asks.by_node, 3); /* it keeps what it was given */
    assert_int_equal(hear_http(ask_http(FILE_CTL, 0), 2 * SECOND, &body), 503);
    assert_int_equal(asks.by_node, 4); /* a cluster that has it not is asked once */
    assert_int_equal(transfers(0), 0);
    assert_int_equal(driver()->errands, 0);
    arena_free(&a);
}

/* Over TLS a signed name gets the plain file, from there too. */
static void the_same_by_https(void **state)
{
    (void)state;
    struct arena a = arena_of(&sys_mem);
    char name[128], request[256];
    struct http_response r;
    bool whole = false;
    size_t got = 0, n;
    make_central();
    struct tls_client c = tls_dial(6972);
    tls_until(&c, TLS_JUDGE);
    tls_judge(c.tls, true);
    tls_until(&c, TLS_OPEN);
    name_of(FILE_CNF_SGN, 1, name);
    snprintf(request, sizeof request, "GET /%s HTTP/1.0\r\n\r\n", name);
    tls_write(c.tls, view_str(request));
    for (int i = 0; i < 1000 && !c.closed; i++) {
        tls_turn(&c);
        while ((n = tls_read(c.tls, heard + got, sizeof heard - got)) > 0)
            got += n;
    }
    assert_true(http_response_decode(view_of(heard, got), &whole, &r, NULL) && whole);
    assert_int_equal(r.status, 200);
    assert_true(view_eq(view_of(heard + r.head, got - r.head), of_west(0, FILE_CNF, 1, &a)));
    tls_hang_up(&c);
    arena_free(&a);
}

/* A whole file by TFTP, block by block. */
static size_t hear_tftp(int fd, uint8_t *out, size_t cap)
{
    struct tftp_packet p;
    uint16_t port;
    size_t n = 0;
    do {
        if (!get_packet(fd, &p, &port, 2 * SECOND) || p.op != TFTP_DATA)
            return 0;
        assert_true(n + p.data.n <= cap);
        memcpy(out + n, p.data.p, p.data.n);
        n += p.data.n;
        put_packet(fd, &(struct tftp_packet){ .op = TFTP_ACK, .block = p.block }, port);
    } while (p.data.n == 512);
    return n;
}

static void the_same_by_tftp(void **state)
{
    (void)state;
    static uint8_t file[1 << 16];
    struct arena a = arena_of(&sys_mem);
    struct tftp_packet p;
    char name[128];
    uint16_t port;
    make_central();
    int fd = udp();
    name_of(FILE_ITL, 0, name);
    put_rrq(fd, name, -1);
    put_rrq(fd, name, -1); /* impatient: one transfer, and one question */
    size_t n = hear_tftp(fd, file, sizeof file);
    assert_true(view_eq(view_of(file, n), of_west(0, FILE_ITL, 0, &a)));
    assert_int_equal(asks.by_node, 1);
    assert_int_equal(asks.elsewhere, 1);
    name_of(FILE_CTL, 0, name);
    put_rrq(fd, name, -1);
    assert_true(get_packet(fd, &p, &port, 2 * SECOND));
    assert_int_equal(p.op, TFTP_ERROR);
    assert_int_equal(p.code, TFTP_ERR_NOT_FOUND);
    turn();
    assert_int_equal(transfers(0), 0);
    close(fd);
    arena_free(&a);
}

/* One that says nothing is waited for, as long as the parameter says; one that refuses is not. */
static void the_next_is_asked(void **state)
{
    (void)state;
    struct arena a = arena_of(&sys_mem);
    struct err e = { "" };
    struct view body;
    bool closed;
    make_central();
    cut(WEST, true);
    uint64_t begin = lab_now_us(current.lab);
    int fd = ask_http(FILE_ITL, 0);
    assert_int_equal(hear(fd, heard, 1, 200 * MS, &closed), 0);
    assert_int_equal(transfers(0), 0); /* who waits has none of its transfers */
    assert_int_equal(driver()->errands, 1);
    assert_int_equal(hear_http(fd, 4 * SECOND, &body), 200);
    assert_true(lab_now_us(current.lab) - begin >= 300 * MS);
    assert_true(view_eq(body, of_west(1, FILE_ITL, 0, &a)));
    cut(WEST, false);
    current.lab->state.clusters[0].db.params[PARAM_REMOTE_TIMEOUT_US] = 3600 * SECOND;
    assert_true(lab_service(current.lab, 1, 0, SERVICE_TFTP, DO_STOP, &e));
    assert_int_equal(hear_http(ask_http(FILE_ITL, 1), 10 * SECOND, &body), 200);
    assert_true(view_eq(body, of_west(1, FILE_ITL, 1, &a)));
    arena_free(&a);
}

/* Nothing is left of a question whose asker is gone, or whose node is stopped or cut off. */
static void nobody_waits_any_more(void **state)
{
    (void)state;
    struct err e = { "" };
    struct linger reset = { 1, 0 };
    struct tftp_packet p;
    uint16_t port;
    char name[128];
    bool closed;
    make_central();
    cut(WEST, true);
    cut(WEST + 1, true);
    current.lab->state.clusters[0].db.params[PARAM_REMOTE_TIMEOUT_US] = 3600 * SECOND;
    int fd = ask_http(FILE_ITL, 0);
    assert_int_equal(hear(fd, heard, 1, 50 * MS, &closed), 0);
    assert_int_equal(driver()->errands, 1);
    assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset), 0);
    close(fd);
    for (int i = 0; i < 20; i++)
        turn();
    assert_int_equal(driver()->errands, 0);

    int tftp = udp();
    name_of(FILE_ITL, 0, name);
    put_rrq(tftp, name, -1);
    fd = ask_http(FILE_ITL, 0);
    assert_int_equal(hear(fd, heard, 1, 50 * MS, &closed), 0);
    assert_int_equal(driver()->errands, 2);
    assert_true(lab_service(current.lab, 0, 0, SERVICE_TFTP, DO_STOP, &e));
    assert_int_equal(hear(fd, heard, 1, SECOND, &closed), 0);
    assert_true(closed);
    close(fd);
    assert_false(get_packet(tftp, &p, &port, 50 * MS));
    assert_int_equal(driver()->errands, 0);

    assert_true(lab_service(current.lab, 0, 0, SERVICE_TFTP, DO_START, &e));
    quiet(current.lab);
    put_rrq(tftp, name, -1);
    fd = ask_http(FILE_ITL, 0);
    assert_int_equal(hear(fd, heard, 1, 50 * MS, &closed), 0);
    assert_int_equal(driver()->errands, 2);
    cut(0, true);
    assert_int_equal(driver()->errands, 0);
    close(fd);
    put_rrq(tftp, name, -1);
    close(tftp);
}

/* The names of phones that nobody knows are nobody's: what came for one is not another's. */
static void unknown_phones(void **state)
{
    (void)state;
    static const char request[] = "GET /ITLSEP0000000000AA.tlv HTTP/1.0\r\n\r\n";
    struct view body;
    make_central();
    for (int i = 1; i <= 2; i++) {
        int fd = dial(6970);
        assert_true(fd >= 0);
        say(fd, request, sizeof request - 1);
        assert_int_equal(hear_http(fd, 2 * SECOND, &body), 503);
        assert_int_equal(asks.by_node, i);
    }
    assert_int_equal(current.lab->state.clusters[0].relays.count, 0);
}

/* The lab ends while somebody waits. */
static void ends_in_the_middle(void **state)
{
    (void)state;
    char name[128];
    bool closed;
    make_central();
    cut(WEST, true);
    int fd = ask_http(FILE_ITL, 0), tftp = udp();
    name_of(FILE_ITL, 1, name);
    put_rrq(tftp, name, -1);
    assert_int_equal(hear(fd, heard, 1, 50 * MS, &closed), 0);
    assert_int_equal(driver()->errands, 2);
    done();
    close(fd);
    close(tftp);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_same_by_http),   TEST(the_same_by_https),     TEST(the_same_by_tftp),
        TEST(the_next_is_asked),  TEST(nobody_waits_any_more), TEST(unknown_phones),
        TEST(ends_in_the_middle),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
