/* CallManager's registrar of a node on real sockets beside SIPp as a responder: SIP REGISTER over
 * TCP, a connection a phone, 1,000 phones, 64 requests under way.  The client is the same against
 * both: it writes REGISTER as our phones do, and of what comes looks for the final response alone,
 * so that the server has the most of the work.
 *
 * SIPp (package sip-tester; without it only the node is measured) answers every REGISTER with the
 * same 200, and looks at nothing; it begins anew for each round, for it ends when its connections
 * do.  Rounds are run by turns; what is printed are medians.
 *
 * by processor: SIPp's processor time of one answer to the node's.
 *
 * Usage: bench_register [seconds a round [rounds]]; default 1.5 5. */
#include "sim/talk/sip.h"
#include "tests/bench/tvs.h"

#include <inttypes.h>

#define PHONES   1000
#define AT_ONCE  64
#define SIP_PORT 5060
#define LIMIT    0.8
#define BEGIN_S  10

struct turn {
    double rate, server_s, client_s;
};

/* ---- the client ---- */

struct caller {
    int fd;
    uint16_t port, request;
    char device[16], line[8], uuid[40];
    char in[4096];
    size_t n;
};

static void phone_begin(struct caller *p, uint32_t number, int epoll, const struct sockaddr_in *at)
{
    struct sockaddr_in own;
    socklen_t size = sizeof own;
    uint64_t mac = UINT64_C(0x001121000000) + number;
    *p = (struct caller){ .fd = socket(AF_INET, SOCK_STREAM, 0) };
    need(p->fd >= 0 && connect(p->fd, (const struct sockaddr *)at, sizeof *at) == 0 &&
             getsockname(p->fd, (struct sockaddr *)&own, &size) == 0 &&
             fcntl(p->fd, F_SETFL, O_NONBLOCK) == 0,
         "a phone's connection");
    p->port = ntohs(own.sin_port);
    snprintf(p->device, sizeof p->device, "SEP%012" PRIX64, mac);
    snprintf(p->line, sizeof p->line, "%u", 100000 + number);
    snprintf(p->uuid, sizeof p->uuid, "00000000-0000-0000-0000-%012" PRIx64, mac);
    struct epoll_event e = { .events = EPOLLIN | EPOLLET, .data.ptr = p };
    need(epoll_ctl(epoll, EPOLL_CTL_ADD, p->fd, &e) == 0, "epoll");
}

static void phone_asks(struct caller *p, const struct sockaddr_in *at)
{
    uint8_t room[TALK_SIP_ROOM];
    struct wr w = wr_of(room, sizeof room);
    const struct talk_sip_phone who = { .device = p->device,
                                        .line = p->line,
                                        .uuid = p->uuid,
                                        .user_agent = "Cisco-CP8861/12.1.1",
                                        .model = 685,
                                        .ip = INADDR_LOOPBACK,
                                        .server = ntohl(at->sin_addr.s_addr),
                                        .port = p->port,
                                        .request = ++p->request };
    talk_sip_register(&who, &w);
    need(send(p->fd, room, w.n, 0) == (ssize_t)w.n, "REGISTER");
    p->n = 0;
}

/* True: its final response is there, the last thing that comes. */
static bool phone_hears(struct caller *p)
{
    static const char ok[] = "SIP/2.0 200 ", end[] = "\r\n\r\n";
    ssize_t got = recv(p->fd, p->in + p->n, sizeof p->in - p->n, 0);
    if (got < 0 && errno == EAGAIN)
        return false;
    need(got > 0, "a server hung up");
    p->n += (size_t)got;
    const char *final = memmem(p->in, p->n, ok, sizeof ok - 1);
    need(final != NULL || p->n < sizeof p->in, "no response");
    return final != NULL &&
           memmem(final, p->n - (size_t)(final - p->in), end, sizeof end - 1) != NULL;
}

/* So long as it is; the phones take turns. */
static double phones_ask(struct caller *all, int epoll, const struct sockaddr_in *at,
                         double length_s)
{
    struct epoll_event ready[BATCH];
    double from = wall_s();
    uint32_t next = 0, done = 0;
    for (; next < AT_ONCE; next++)
        phone_asks(&all[next], at);
    while (wall_s() - from < length_s) {
        int n = epoll_wait(epoll, ready, BATCH, SILENCE_S * 1000);
        need(n > 0, "the server is silent");
        for (int i = 0; i < n; i++) {
            if (!phone_hears(ready[i].data.ptr))
                continue;
            done++;
            phone_asks(&all[next++ % PHONES], at);
        }
    }
    return done / (wall_s() - from);
}

static struct turn phones_turn(const struct sockaddr_in *at, double length_s)
{
    static struct caller all[PHONES];
    int epoll = epoll_create1(0);
    need(epoll >= 0, "epoll");
    for (uint32_t i = 0; i < PHONES; i++)
        phone_begin(&all[i], i, epoll, at);
    double busy = seconds();
    struct turn t = { .rate = phones_ask(all, epoll, at, length_s) };
    t.client_s = (seconds() - busy) / (t.rate * length_s);
    for (int i = 0; i < PHONES; i++)
        close(all[i].fd);
    close(epoll);
    return t;
}

/* ---- SIPp ---- */

static const char responder[] =
    "<?xml version=\"1.0\"?>\n<scenario name=\"registrar\">\n<recv request=\"REGISTER\"/>\n"
    "<send><![CDATA[\n\nSIP/2.0 200 OK\n[last_Via:]\n[last_From:]\n[last_To:];tag=[call_number]\n"
    "[last_Call-ID:]\n[last_CSeq:]\n[last_Contact:]\nExpires: 120\nContent-Length: 0\n\n]]></send>"
    "\n</scenario>\n";

/* It ends before whoever has the file. */
static pid_t sipp_start(const char *scenario, const struct sockaddr_in *at)
{
    char port[8];
    snprintf(port, sizeof port, "%u", ntohs(at->sin_port));
    pid_t pid = fork();
    need(pid >= 0, "fork");
    if (pid > 0)
        return pid;
    int none = open("/dev/null", O_RDWR);
    dup2(none, 0);
    dup2(none, 1);
    dup2(none, 2);
    execlp("sipp", "sipp", "-sf", scenario, "-t", "t1", "-i", "127.0.0.1", "-p", port, "-nostdin",
           "-skip_rlimit", "-deadcall_wait", "0", (char *)NULL);
    _exit(127);
}

static bool answers(const struct sockaddr_in *at)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    bool good = connect(fd, (const struct sockaddr *)at, sizeof *at) == 0;
    close(fd);
    return good;
}

/* False: it is not installed. */
static bool sipp_wait(pid_t pid, const struct sockaddr_in *at)
{
    double from = wall_s();
    int status;
    while (!answers(at)) {
        if (waitpid(pid, &status, WNOHANG) == pid)
            return false;
        need(wall_s() - from < BEGIN_S, "SIPp does not begin");
        usleep(20000);
    }
    return true;
}

static double sipp_s(pid_t pid)
{
    struct timespec t;
    clockid_t clock;
    need(clock_getcpuclockid(pid, &clock) == 0 && clock_gettime(clock, &t) == 0, "SIPp's clock");
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static struct sockaddr_in free_port(void)
{
    struct sockaddr_in at = { .sin_family = AF_INET };
    socklen_t size = sizeof at;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    need(fd >= 0 && bind(fd, (struct sockaddr *)&at, size) == 0 &&
             getsockname(fd, (struct sockaddr *)&at, &size) == 0,
         "a port for SIPp");
    close(fd);
    return at;
}

/* ---- rounds ---- */

static struct turn node_turn(const struct party *node, double length_s)
{
    double before = processor_s(&node->server);
    struct turn t = phones_turn(&node->what.at, length_s);
    t.server_s = (processor_s(&node->server) - before) / (t.rate * length_s);
    return t;
}

static bool sipp_turn(const char *scenario, double length_s, struct turn *t)
{
    struct sockaddr_in at = free_port();
    pid_t pid = sipp_start(scenario, &at);
    if (!sipp_wait(pid, &at))
        return false;
    double before = sipp_s(pid);
    *t = phones_turn(&at, length_s);
    t->server_s = (sipp_s(pid) - before) / (t->rate * length_s);
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    return true;
}

static void print(const struct turn *ours, const struct turn *theirs, int rounds)
{
    double rate = MEDIAN_OF(turn, ours, rounds, rate);
    double cost = MEDIAN_OF(turn, ours, rounds, server_s);
    printf("client: %.1f us of processor each; node: %.0f/s, %.1f us",
           MEDIAN_OF(turn, ours, rounds, client_s) * 1e6, rate, cost * 1e6);
    if (theirs == NULL) {
        printf("; SIPp is not installed\n");
        return;
    }
    double most = MEDIAN_OF(turn, theirs, rounds, rate);
    double floor = MEDIAN_OF(turn, theirs, rounds, server_s);
    printf("; SIPp: %.0f/s, %.1f us\nratio %.2f, limit %.2f: %s; by processor %.2f\n", most,
           floor * 1e6, rate / most, LIMIT, verdict(rate / most >= LIMIT), floor / cost);
}

int main(int argc, char **argv)
{
    static struct turn ours[ROUNDS_MAX], theirs[ROUNDS_MAX];
    double length_s = argc > 1 ? strtod(argv[1], NULL) : 1.5;
    int rounds = argc > 2 ? (int)strtol(argv[2], NULL, 10) : 5;
    char scenario[] = "/tmp/cucmlab-bench-XXXXXX";
    struct live_wish wish = { .phones = PHONES };
    if (!(length_s >= 0.1 && length_s <= 600) || rounds < 1 || rounds > ROUNDS_MAX)
        return fprintf(stderr, "usage: bench_register [seconds a round [rounds]]\n"), 2;
    signal(SIGPIPE, SIG_IGN);
    int fd = mkstemp(scenario);
    need(fd >= 0 && write(fd, responder, sizeof responder - 1) == sizeof responder - 1, scenario);
    close(fd);
    struct party node = node_begin(&wish);
    node.what.at.sin_port = htons(SIP_PORT);
    bool both = true;
    for (int i = 0; i < rounds; i++) {
        ours[i] = node_turn(&node, length_s);
        both = both && sipp_turn(scenario, length_s, &theirs[i]);
    }
    unlink(scenario);
    printf("SIP REGISTER over TCP, %d phones with a connection each, %d at once, medians of %d "
           "rounds of %.3g s by turns\n",
           PHONES, AT_ONCE, rounds, length_s);
    print(ours, both ? theirs : NULL, rounds);
    server_stop(&node.server);
    return 0;
}
