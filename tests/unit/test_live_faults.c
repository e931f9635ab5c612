/* The servers of the live driver where something is amiss: links that are down, clients that do not
 * close, descriptors that run out, requests that nobody serves. */
#include "tests/unit/live_client.h"

#include "sim/wire/sip.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/resource.h>

/* ---- requests that are not served ---- */

/* What one request on a port of its own gets, up to the end of the connection or a moment. */
static const char *asked(uint16_t port, const char *request, bool *closed)
{
    int fd = dial(port);
    assert_true(fd >= 0);
    say(fd, request, strlen(request));
    size_t n = hear(fd, heard, sizeof heard - 1, 150 * MS, closed);
    heard[n] = '\0';
    close(fd);
    return (const char *)heard;
}

static void methods_that_are_not_served(void **state)
{
    (void)state;
    static const char *const bodies[] = {
        "Content-Length: 0\r\n\r\n", "Content-Length: 5\r\n\r\nhello",
        "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"
    };
    static const uint16_t ports[] = { 6970, 8080 };
    bool closed;
    served(1);
    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
        for (size_t k = 0; k < sizeof ports / sizeof ports[0]; k++) {
            char request[200];
            snprintf(request, sizeof request, "POST /x HTTP/1.1\r\nHost: x\r\n%s", bodies[i]);
            const char *answer = asked(ports[k], request, &closed);
            assert_true(closed);
            assert_memory_equal(answer, "HTTP/1.1 405 Method Not Allowed\r\n", 33);
            assert_non_null(strstr(answer, "\r\nAllow: GET, HEAD\r\n"));
        }
    }
    done();
}

#define SIP_HEAD(method, last)                                                                     \
    method                                                                                         \
        " sip:127.0.0.11 SIP/2.0\r\nVia: SIP/2.0/TCP a;branch=z9hG4bK1\r\nFrom: <sip:a>;tag=1\r\n" \
        "To: <sip:a>\r\nCall-ID: c\r\nCSeq: 1 " method "\r\n" last "\r\n\r\n"

static void sip_methods(void **state)
{
    (void)state;
    static const struct {
        const char *request, *status;
        bool allow, closed;
    } rows[] = {
        { SIP_HEAD("OPTIONS", "Content-Length: 0"), "SIP/2.0 200 OK\r\n", true, false },
        { SIP_HEAD("INVITE", "Content-Length: 0"), "SIP/2.0 405 Method Not Allowed\r\n", true,
          false },
        { SIP_HEAD("REFER", "Content-Length: 0"), "SIP/2.0 202 Accepted\r\n", false, false },
        { SIP_HEAD("REGISTER", "Content-Length: x"), "SIP/2.0 400 Bad Request\r\n", false, true },
        { SIP_HEAD("REGISTER", "Expires: 1\r\nExpires: 2\r\nContent-Length: 0"),
          "SIP/2.0 400 Bad Request\r\n", false, true },
        { SIP_HEAD("REGISTER", "X: y"), "SIP/2.0 400 Bad Request\r\n", false, true },
        { SIP_HEAD("ACK", "Content-Length: x"), "", false, true },
    };
    served(1);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        bool closed;
        const char *answer = asked(5060, rows[i].request, &closed);
        assert_memory_equal(answer, rows[i].status, strlen(rows[i].status));
        assert_int_equal(strstr(answer, "\r\nAllow: REGISTER") != NULL, rows[i].allow);
        assert_int_equal(closed, rows[i].closed);
    }
    done();
}

/* ---- options of TFTP ---- */

static void options_that_cannot_be(void **state)
{
    (void)state;
    static const char request[] =
        "\0\1ITLFile.tlv\0octet\0tsize\0enable\0blksize\0007\0windowsize\0000";
    struct sockaddr_in to;
    struct tftp_packet p;
    uint16_t port = 0;
    served(1);
    int fd = udp();
    to = at(live_tftp_port(current.lab->driver));
    assert_int_equal(
        sendto(fd, request, sizeof request, 0, (const struct sockaddr *)&to, sizeof to),
        sizeof request);
    assert_true(get_packet(fd, &p, &port, SECOND));
    assert_int_equal(p.op, TFTP_DATA);
    assert_int_equal(p.block, 1);
    close(fd);
    done();
}

/* ---- links ---- */

static void node_link(struct lab *lab, bool down)
{
    struct link link = { .down = down };
    lab->driver->node_link(lab->driver->self, 0, &link);
}

/* Behind a link that is down nothing is answered, on connections that were open before too; what
 * was sent meanwhile is lost, and nobody keeps a place. */
static void a_link_that_is_down(void **state)
{
    (void)state;
    static const char request[] = "GET /ITLFile.tlv HTTP/1.1\r\n\r\n";
    struct tftp_packet p;
    uint16_t port = 0;
    bool closed;
    struct lab *lab = served(1);
    int before = dial(6970), half = dial(6970), transfer = udp(), later = udp();
    say(before, request, sizeof request - 1);
    assert_true(hear(before, heard, 1, SECOND, &closed) == 1);
    put_rrq(transfer, "ITLFile.tlv", -1);
    assert_true(get_packet(transfer, &p, &port, SECOND));
    node_link(lab, true);
    assert_int_equal(lab->state.clusters[0].nodes[0].run.transfers, 0);
    hear(before, heard, sizeof heard, 50 * MS, &closed); /* what was on the way before */
    say(half, request, sizeof request - 1);
    put_rrq(later, "ITLFile.tlv", -1);
    int meanwhile = dial(6970);
    assert_true(meanwhile >= 0); /* the kernel takes it */
    say(meanwhile, request, sizeof request - 1);
    assert_int_equal(hear(half, heard, sizeof heard, 500 * MS, &closed), 0);
    assert_false(closed);
    assert_int_equal(hear(meanwhile, heard, sizeof heard, 50 * MS, &closed), 0);
    assert_false(closed);
    assert_false(get_packet(later, &p, &port, 50 * MS));
    node_link(lab, false);
    assert_int_equal(hear(half, heard, sizeof heard, SECOND, &closed), 0);
    assert_true(closed);
    assert_int_equal(hear(meanwhile, heard, sizeof heard, SECOND, &closed), 0);
    assert_true(closed);
    assert_false(get_packet(later, &p, &port, 100 * MS));
    assert_good_client();
    close(before);
    close(half);
    close(meanwhile);
    close(transfer);
    close(later);
    done();
}

/* ---- a node without power ---- */

static void power(struct lab *lab, enum act_kind kind)
{
    struct err e = { "" };
    if (!lab_do(lab, 0, &(struct act){ .kind = (uint8_t)kind }, &e))
        fail_msg("%s", e.text);
}

/* Nobody is there to refuse: whoever asks waits, and is none the wiser when it is back. */
static void a_node_that_is_shut_down(void **state)
{
    (void)state;
    static const char request[] = "GET /ITLFile.tlv HTTP/1.1\r\n\r\n";
    struct tftp_packet p;
    uint16_t port = 0;
    bool closed;
    struct lab *lab = served(1);
    lab_param(lab, 0, PARAM_NODE_BOOT_US, 1000);
    int asks = udp(), before = dial(6970);
    power(lab, DO_SHUT_DOWN);
    assert_int_equal(hear(before, heard, sizeof heard, SECOND, &closed), 0);
    assert_true(closed); /* the service that stopped still said so */
    int meanwhile = dial(6970);
    assert_true(meanwhile >= 0); /* the kernel takes it */
    say(meanwhile, request, sizeof request - 1);
    put_rrq(asks, "ITLFile.tlv", -1);
    assert_int_equal(hear(meanwhile, heard, sizeof heard, 100 * MS, &closed), 0);
    assert_false(closed);
    assert_false(get_packet(asks, &p, &port, 50 * MS));
    assert_int_equal(recv(asks, heard, sizeof heard, MSG_DONTWAIT), -1);
    assert_int_equal(errno, EAGAIN); /* and not: nobody listens */
    power(lab, DO_SWITCH_ON);
    lab_run_until(lab, lab_now_us(lab) + 100 * MS);
    assert_good_client();
    int stopped = dial(2445);
    assert_true(stopped >= 0);
    act_service(lab, SERVICE_TVS, DO_STOP);
    turn();
    assert_int_equal(dial(2445), -1); /* a service that is stopped is refused, as ever */
    close(asks);
    close(before);
    close(meanwhile);
    close(stopped);
    done();
}

/* ---- clients that do not close ---- */

static uint32_t open_files(void)
{
    uint32_t n = 0;
    DIR *d = opendir("/proc/self/fd");
    assert_non_null(d);
    while (readdir(d) != NULL)
        n++;
    closedir(d);
    return n;
}

/* Connections that are over and wait for the client to see it count as any other. */
static void clients_that_do_not_close(void **state)
{
    (void)state;
    static const char request[] = "GET /nothing HTTP/1.0\r\n\r\n";
    int fds[100];
    served(1);
    uint32_t before = open_files();
    for (int i = 0; i < 100; i++) {
        fds[i] = dial(6970);
        assert_true(fds[i] >= 0);
        say(fds[i], request, sizeof request - 1);
        turn();
    }
    assert_true(open_files() - before <= 100 + 16); /* theirs, and ours up to the limit */
    assert_good_client();
    for (int i = 0; i < 100; i++)
        close(fds[i]);
    done();
}

/* ---- no descriptor left ---- */

static uint64_t processor_us(void)
{
    struct rusage r;
    assert_int_equal(getrusage(RUSAGE_SELF, &r), 0);
    return (uint64_t)(r.ru_utime.tv_sec + r.ru_stime.tv_sec) * SECOND +
           (uint64_t)(r.ru_utime.tv_usec + r.ru_stime.tv_usec);
}

/* A client that cannot be accepted waits, and costs nothing meanwhile. */
static void nobody_can_be_accepted(void **state)
{
    (void)state;
    struct rlimit limit, low;
    int held[1024], count = 0;
    bool closed;
    served(1);
    int fd = dial(8080);
    turn();
    close(fd);
    turn();
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
    low = (struct rlimit){ 200, limit.rlim_max };
    fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &low), 0);
    while (count < 1024 && (held[count] = open("/dev/null", O_RDONLY)) >= 0)
        count++;
    struct sockaddr_in to = at(6970);
    (void)connect(fd, (const struct sockaddr *)&to, sizeof to);
    uint64_t begin = processor_us();
    lab_run_until(current.lab, lab_now_us(current.lab) + SECOND);
    uint64_t spent = processor_us() - begin;
    for (int i = 0; i < count; i++)
        close(held[i]);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
    assert_true(spent < 300 * MS);
    static const char request[] = "GET /nothing HTTP/1.0\r\n\r\n";
    say(fd, request, sizeof request - 1);
    assert_true(hear(fd, heard, 12, 2 * SECOND, &closed) == 12); /* accepted after all */
    assert_memory_equal(heard, "HTTP/1.1 503", 12);
    close(fd);
    done();
}

/* ---- folders that nobody has ---- */

static void folders_of_strangers(void **state)
{
    (void)state;
    bool closed;
    served(1);
    int fd = dial(6970);
    for (int i = 0; i < 300; i++) {
        char request[128];
        snprintf(request, sizeof request, "GET /Nowhere_%d/g3-tones.xml HTTP/1.1\r\n\r\n", i);
        say(fd, request, strlen(request));
        hear(fd, heard, sizeof heard, 4 * MS, &closed);
    }
    close(fd);
    const char *last = asked(6970, "GET /Nowhere_999/g3-tones.xml HTTP/1.0\r\n\r\n", &closed);
    assert_memory_equal(last, "HTTP/1.1 503", 12);
    const char *ours =
        asked(6970, "GET /English_United_States/g3-tones.xml HTTP/1.0\r\n\r\n", &closed);
    assert_memory_equal(ours, "HTTP/1.1 200", 12);
    done();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(methods_that_are_not_served),
        TEST(sip_methods),
        TEST(options_that_cannot_be),
        TEST(a_link_that_is_down),
        TEST(clients_that_do_not_close),
        TEST(nobody_can_be_accepted),
        TEST(folders_of_strangers),
        TEST(a_node_that_is_shut_down),
        TEST_WITH_WORKERS(a_link_that_is_down),
        TEST_WITH_WORKERS(clients_that_do_not_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
