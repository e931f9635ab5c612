/* The TFTP of a node on real sockets beside a bare server, each in a process of its own, and beside
 * dnsmasq where it is installed.
 *
 * 256 clients, a socket each, ask at once for the same file of some 6 kB; whoever has it asks
 * again, until a round is over.  The bare server has the file in memory, tells clients apart by
 * their addresses, reads and sends in batches, and does nothing else: no timers, no sending again,
 * no lab.  A round is SLICES short turns of each, one after the other, so that what else the
 * machine does meets all of them; what is printed are medians of rounds.
 *
 * ratio: files a second of the node to the bare one's; by processor: the bare server's processor
 * time of one file to the node's, which a busy machine disturbs less.  lost: datagrams that a
 * client had to send again, of all rounds; a burst of 256 requests opens each.
 *
 * Usage: bench_tftp [files a round [rounds]]; default 5120 5. */
#include "sim/base/sys.h"
#include "sim/lab_live.h"
#include "sim/wire/tftp.h"
#include "tests/bench/process.h"

#include <arpa/inet.h>
#include <errno.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#define CLIENTS   256
#define AGAIN_S   0.5 /* silence after which a client sends again */
#define SILENCE_S 20
#define NAME      "ITLFile.tlv"
#define FILE_MAX  65536
#define BATCH     64
#define SLICES    8 /* turns of a round */

struct file {
    struct sockaddr_in at; /* where it is asked for */
    uint32_t n;
    uint8_t bytes[FILE_MAX];
};

static int socket_at(uint32_t ip, uint16_t port, int buffer)
{
    struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(port) };
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    a.sin_addr.s_addr = htonl(ip);
    need(fd >= 0 && bind(fd, (const struct sockaddr *)&a, sizeof a) == 0, "socket");
    if (buffer > 0 && setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &buffer, sizeof buffer) != 0)
        (void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof buffer);
    return fd;
}

/* ---- the bare server ---- */

struct bare {
    const struct file *file;
    int requests, transfers;
    uint16_t blksize[65536]; /* by port of the client: all are at one address */
    struct mmsghdr in[BATCH], out[BATCH];
    struct iovec in_part[BATCH], out_part[BATCH][2];
    struct sockaddr_in from[BATCH];
    uint8_t bytes[BATCH][600], head[BATCH][64];
};

/* One answer, into out[k]; false: there is none. */
static bool bare_answer(struct bare *b, size_t k, size_t n)
{
    const uint8_t *p = b->bytes[k];
    uint16_t port = b->from[k].sin_port, block = (uint16_t)(p[2] << 8 | p[3]);
    struct iovec *part = b->out_part[k];
    struct wr w = wr_of(b->head[k], sizeof b->head[k]);
    if (n < 4 || p[0] != 0)
        return false;
    if (p[1] == TFTP_RRQ) {
        struct tftp_packet rrq;
        need(tftp_decode(view_of(p, n), &rrq, NULL), "no request");
        b->blksize[port] = rrq.blksize > 0 ? (uint16_t)rrq.blksize : TFTP_BLKSIZE;
        block = 0;
        if (rrq.blksize > 0) {
            rrq.op = TFTP_OACK;
            tftp_encode(&rrq, &w);
            part[0] = (struct iovec){ w.p, w.n };
            b->out[k].msg_hdr.msg_iovlen = 1;
            return true;
        }
    } else if (p[1] != TFTP_ACK) {
        return false;
    }
    size_t size = b->blksize[port], at = (size_t)block * size;
    if (at > b->file->n)
        return false; /* the last one was acknowledged */
    wr_u16(&w, TFTP_DATA);
    wr_u16(&w, (uint16_t)(block + 1));
    part[0] = (struct iovec){ w.p, w.n };
    part[1].iov_base = (void *)(b->file->bytes + at);
    part[1].iov_len = b->file->n - at < size ? b->file->n - at : size;
    b->out[k].msg_hdr.msg_iovlen = 2;
    return true;
}

static void bare_turn(struct bare *b, int fd)
{
    for (size_t i = 0; i < BATCH; i++) {
        b->in_part[i] = (struct iovec){ b->bytes[i], sizeof b->bytes[i] };
        b->in[i].msg_hdr = (struct msghdr){ .msg_name = &b->from[i],
                                            .msg_namelen = sizeof b->from[i],
                                            .msg_iov = &b->in_part[i],
                                            .msg_iovlen = 1 };
    }
    int n = recvmmsg(fd, b->in, BATCH, 0, NULL);
    unsigned out = 0;
    for (int i = 0; i < n; i++) {
        b->out[i].msg_hdr = (struct msghdr){ .msg_name = &b->from[i],
                                             .msg_namelen = sizeof b->from[i],
                                             .msg_iov = b->out_part[i] };
        if (bare_answer(b, (size_t)i, b->in[i].msg_len))
            b->out[out++] = b->out[i];
    }
    if (out > 0)
        need(sendmmsg(b->transfers, b->out, out, 0) == (int)out, "sendmmsg");
}

struct bare_start {
    const struct file *file;
    int fd;
};

static void bare_serve(int asked, int out, void *arg)
{
    static struct bare b;
    const struct bare_start *start = arg;
    int epoll = epoll_create1(0);
    struct epoll_event e = { .events = EPOLLIN }, ready[4];
    b.file = start->file;
    b.requests = start->fd;
    b.transfers = socket_at(INADDR_LOOPBACK, 0, 4 << 20);
    const int fds[] = { b.requests, b.transfers, asked };
    for (size_t i = 0; i < 3; i++) {
        e.data.fd = fds[i];
        need(epoll >= 0 && epoll_ctl(epoll, EPOLL_CTL_ADD, fds[i], &e) == 0, "epoll");
    }
    for (;;) {
        int n = epoll_wait(epoll, ready, 4, -1);
        for (int i = 0; i < n; i++) {
            if (ready[i].data.fd == asked)
                tell_time(asked, out);
            else
                bare_turn(&b, ready[i].data.fd);
        }
    }
}

/* ---- the node ---- */

static void node_serve(int asked, int out, void *arg)
{
    static const char *const nodes[] = { "pub", "sub1", "sub2" };
    static struct file file;
    struct lab *lab = live_lab_of("8.6", nodes, 3, &(uint32_t){ 0 });
    struct cluster *cl = &lab->state.clusters[0];
    struct arena a = arena_of(&sys_mem);
    struct forge_device nobody = forge_device_of(NO_DEVICE, "");
    struct view bytes;
    struct err e = { "" };
    (void)arg;
    cl->db.params[PARAM_MAX_SERVING] = 3500;
    lab_run_until(lab, lab_now_us(lab) + 300000);
    must(forge_bytes(lab->base->forge, cl->nodes[0].run.itl, FILE_ITL_COMMON, &nobody, &a, &bytes,
                     &e),
         &e);
    file.at = (struct sockaddr_in){ .sin_family = AF_INET,
                                    .sin_port = htons(live_tftp_port(lab->driver)) };
    file.at.sin_addr.s_addr = htonl(cl->nodes[0].disk.ip);
    file.n = (uint32_t)bytes.n;
    need(bytes.n > 4096 && bytes.n <= FILE_MAX, "the list is too short or too long");
    memcpy(file.bytes, bytes.p, bytes.n);
    need(write(out, &file, sizeof file) == sizeof file, "write");
    need(fcntl(asked, F_SETFL, O_NONBLOCK) == 0, "fcntl");
    for (;;) {
        lab_run_until(lab, lab_now_us(lab) + 20000);
        tell_time(asked, out);
    }
}

/* ---- the clients ---- */

struct client {
    int fd;
    struct sockaddr_in to; /* where its last datagram went */
    uint8_t said[128];     /* that datagram */
    size_t said_n, got;
    uint16_t block;
    double at_s; /* when it went out */
    bool busy;
};

struct load {
    const struct file *file;
    struct sockaddr_in at;
    int32_t blksize; /* -1: none is asked for */
    struct client clients[CLIENTS];
    int epoll;
    uint32_t begun, done, again;
};

static void say(struct client *c, const struct tftp_packet *p)
{
    struct wr w = wr_of(c->said, sizeof c->said);
    tftp_encode(p, &w);
    c->said_n = w.n;
    c->at_s = wall_s();
    need(sendto(c->fd, c->said, c->said_n, 0, (const struct sockaddr *)&c->to, sizeof c->to) ==
             (ssize_t)c->said_n,
         "sendto");
}

static void ask(struct load *l, struct client *c)
{
    const struct tftp_packet rrq = { .op = TFTP_RRQ,
                                     .name = view_str(NAME),
                                     .mode = view_str("octet"),
                                     .blksize = l->blksize,
                                     .timeout_s = -1,
                                     .tsize = -1 };
    c->to = l->at;
    c->got = c->block = 0;
    c->busy = true;
    l->begun++;
    say(c, &rrq);
}

static void ack(struct client *c, uint16_t block)
{
    const struct tftp_packet p = { .op = TFTP_ACK, .block = block };
    say(c, &p);
}

/* One datagram for a client; what comes twice is passed over. */
static void hears(struct load *l, struct client *c, const uint8_t *bytes, size_t n)
{
    struct tftp_packet p;
    size_t size = l->blksize > 0 ? (size_t)l->blksize : TFTP_BLKSIZE;
    need(tftp_decode(view_of(bytes, n), &p, NULL), "no TFTP packet");
    if (p.op == TFTP_OACK) {
        if (c->block == 0)
            ack(c, 0);
        return;
    }
    if (p.op != TFTP_DATA || p.block != (uint16_t)(c->block + 1))
        return;
    need(c->got + p.data.n <= l->file->n &&
             (p.data.n == 0 || memcmp(l->file->bytes + c->got, p.data.p, p.data.n) == 0),
         "another file");
    c->got += p.data.n;
    c->block++;
    ack(c, p.block);
    if (p.data.n == size)
        return;
    need(c->got == l->file->n, "a file that is too short");
    c->busy = false;
    l->done++;
}

static void turn(struct load *l, struct client *c)
{
    uint8_t bytes[2048];
    socklen_t size = sizeof c->to;
    struct sockaddr_in from;
    ssize_t n;
    while (c->busy &&
           (n = recvfrom(c->fd, bytes, sizeof bytes, 0, (struct sockaddr *)&from, &size)) >= 0) {
        c->to = from;
        hears(l, c, bytes, (size_t)n);
    }
}

static void send_again(struct load *l)
{
    double now = wall_s();
    for (size_t i = 0; i < CLIENTS; i++) {
        struct client *c = &l->clients[i];
        if (!c->busy || now - c->at_s < AGAIN_S)
            continue;
        l->again++;
        c->at_s = now;
        (void)sendto(c->fd, c->said, c->said_n, 0, (const struct sockaddr *)&c->to, sizeof c->to);
    }
}

/* Sockets are made anew for each round, so that no datagram of another one comes. */
static void sockets(struct load *l)
{
    l->epoll = epoll_create1(0);
    for (size_t i = 0; i < CLIENTS; i++) {
        struct epoll_event e = { .events = EPOLLIN, .data.ptr = &l->clients[i] };
        l->clients[i] = (struct client){ .fd = socket_at(INADDR_LOOPBACK, 0, 0) };
        need(l->epoll >= 0 && epoll_ctl(l->epoll, EPOLL_CTL_ADD, l->clients[i].fd, &e) == 0,
             "epoll");
    }
}

struct slice {
    double took_s, processor_s; /* of the server */
    double lost;
};

static struct slice run_slice(const struct server *s, const struct file *file,
                              const struct sockaddr_in *at, int32_t blksize, uint32_t count)
{
    static struct load l;
    struct epoll_event ready[CLIENTS];
    l = (struct load){ .file = file, .at = *at, .blksize = blksize };
    sockets(&l);
    double before = s != NULL ? processor_s(s) : 0, start = wall_s(), moved = start;
    for (size_t i = 0; i < CLIENTS && l.begun < count; i++) /* the burst */
        ask(&l, &l.clients[i]);
    while (l.done < count) {
        uint32_t had = l.done;
        int n = epoll_wait(l.epoll, ready, CLIENTS, 100);
        for (int i = 0; i < n; i++) {
            struct client *c = ready[i].data.ptr;
            turn(&l, c);
            if (!c->busy && l.begun < count)
                ask(&l, c);
        }
        if (l.done != had)
            moved = wall_s();
        if (n == 0 || wall_s() - moved > AGAIN_S)
            send_again(&l);
        errno = ETIMEDOUT;
        need(wall_s() - moved < SILENCE_S, "the server");
    }
    struct slice r = { .took_s = wall_s() - start, .lost = l.again };
    if (s != NULL)
        r.processor_s = processor_s(s) - before;
    for (size_t i = 0; i < CLIENTS; i++)
        close(l.clients[i].fd);
    close(l.epoll);
    return r;
}

/* ---- dnsmasq ---- */

struct dnsmasq {
    char folder[64], path[96];
    struct sockaddr_in at;
    pid_t pid;
};

/* False: it is not installed, or does not answer. */
static bool dnsmasq_start(struct dnsmasq *d, const struct file *file)
{
    char root[96], address[64];
    snprintf(d->folder, sizeof d->folder, "/tmp/bench_tftp.XXXXXX");
    if (access("/usr/sbin/dnsmasq", X_OK) != 0 || mkdtemp(d->folder) == NULL)
        return false;
    snprintf(d->path, sizeof d->path, "%s/" NAME, d->folder);
    struct err e = { "" };
    must(sys_write_file(d->path, view_of(file->bytes, file->n), &e), &e);
    d->at = file->at;
    d->at.sin_addr.s_addr = htonl(ntohl(file->at.sin_addr.s_addr) + 100);
    d->at.sin_port = htons(69); /* it has no other */
    snprintf(root, sizeof root, "--tftp-root=%s", d->folder);
    snprintf(address, sizeof address, "--listen-address=%s", inet_ntoa(d->at.sin_addr));
    d->pid = fork();
    need(d->pid >= 0, "fork");
    if (d->pid == 0) {
        execl("/usr/sbin/dnsmasq", "dnsmasq", "-k", "--log-facility=/dev/null", "-C", "/dev/null",
              "-p", "0", "--enable-tftp", root, address, "--bind-interfaces", "--tftp-max=1000",
              "-u", "root", "--quiet-tftp", (char *)NULL);
        _exit(127);
    }
    for (int i = 0; i < 40; i++) {
        struct timespec pause = { .tv_nsec = 50000000 };
        nanosleep(&pause, NULL);
        int fd = socket(AF_INET, SOCK_DGRAM, 0);
        bool taken = fd >= 0 && bind(fd, (const struct sockaddr *)&d->at, sizeof d->at) != 0 &&
                     errno == EADDRINUSE;
        close(fd);
        if (taken)
            return true;
        if (waitpid(d->pid, NULL, WNOHANG) == d->pid) {
            d->pid = 0;
            return false;
        }
    }
    return false;
}

static void dnsmasq_stop(const struct dnsmasq *d)
{
    if (d->pid > 0) {
        kill(d->pid, SIGTERM);
        waitpid(d->pid, NULL, 0);
    }
    if (d->path[0] != '\0')
        unlink(d->path);
    rmdir(d->folder);
}

/* ---- */

struct contest {
    const struct server *node, *plain;
    const struct file *file;
    struct sockaddr_in bare_at, dnsmasq_at;
    bool dnsmasq;
    uint32_t count;
    int rounds;
};

struct round {
    double rate, processor_s; /* files a second; of the server, for one */
    double lost;
    double share; /* of the bare server's rate, and by processor, in the same round */
    double cheaper;
};

static double lost_of(const struct round *r, int n)
{
    double lost = 0;
    for (int i = 0; i < n; i++)
        lost += r[i].lost;
    return lost;
}

static void add(struct slice *sum, struct slice s)
{
    sum->took_s += s.took_s;
    sum->processor_s += s.processor_s;
    sum->lost += s.lost;
}

enum { OURS, BARE, THEIRS, SIDES };

static void run_round(const struct contest *c, int32_t blksize, struct round out[SIDES])
{
    const struct {
        const struct server *server;
        const struct sockaddr_in *at;
    } sides[SIDES] = { { c->node, &c->file->at },
                       { c->plain, &c->bare_at },
                       { NULL, c->dnsmasq ? &c->dnsmasq_at : NULL } };
    struct slice sum[SIDES] = { { 0 } };
    uint32_t count = c->count / SLICES > 0 ? c->count / SLICES : 1;
    for (int i = 0; i < SLICES; i++)
        for (int side = 0; side < SIDES; side++)
            if (sides[side].at != NULL)
                add(&sum[side],
                    run_slice(sides[side].server, c->file, sides[side].at, blksize, count));
    double files = (double)count * SLICES;
    for (int side = 0; side < SIDES; side++)
        out[side] = (struct round){ .rate = files / sum[side].took_s,
                                    .processor_s = sum[side].processor_s / files,
                                    .lost = sum[side].lost };
    out[OURS].share = out[OURS].rate / out[BARE].rate;
    out[OURS].cheaper = out[BARE].processor_s / out[OURS].processor_s;
}

static void contest(const struct contest *c, int32_t blksize, double against_dnsmasq)
{
    static struct round ours[ROUNDS_MAX], bare[ROUNDS_MAX], other[ROUNDS_MAX];
    int n = c->rounds;
    for (int i = 0; i < n; i++) {
        struct round r[SIDES];
        run_round(c, blksize, r);
        ours[i] = r[OURS];
        bare[i] = r[BARE];
        other[i] = r[THEIRS];
    }
    double rate = MEDIAN(ours, n, rate), most = MEDIAN(bare, n, rate);
    double cost = MEDIAN(ours, n, processor_s), floor = MEDIAN(bare, n, processor_s);
    printf("blksize %d: node %.0f files/s, %.1f us of processor each, %.0f lost; bare server %.0f "
           "files/s, %.1f us, %.0f lost\n",
           blksize > 0 ? blksize : TFTP_BLKSIZE, rate, cost * 1e6, lost_of(ours, n), most,
           floor * 1e6, lost_of(bare, n));
    double share = MEDIAN(ours, n, share), least = share, highest = share;
    for (int i = 0; i < n; i++) {
        least = ours[i].share < least ? ours[i].share : least;
        highest = ours[i].share > highest ? ours[i].share : highest;
    }
    printf("  ratio %.2f (rounds %.2f to %.2f), limit 0.95: %s; by processor %.2f; lost %s\n",
           share, least, highest, verdict(share >= 0.95), MEDIAN(ours, n, cheaper),
           verdict(lost_of(ours, n) == 0));
    if (!c->dnsmasq)
        return;
    double theirs = MEDIAN(other, n, rate);
    printf("  dnsmasq %.0f files/s, %.0f lost: the node has %.2f times as many, limit %.1f: %s\n",
           theirs, lost_of(other, n), rate / theirs, against_dnsmasq,
           verdict(rate / theirs >= against_dnsmasq));
}

int main(int argc, char **argv)
{
    static struct file file;
    static struct dnsmasq other;
    struct contest c = { .file = &file,
                         .count = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 5120,
                         .rounds = argc > 2 ? (int)strtoul(argv[2], NULL, 10) : 5 };
    if (c.count == 0 || c.rounds < 1 || c.rounds > ROUNDS_MAX)
        return fprintf(stderr, "usage: bench_tftp [files a round [rounds]]\n"), 2;
    struct server node = server_start(node_serve, NULL);
    for (size_t got = 0; got < sizeof file;) {
        ssize_t n = read(node.told, (char *)&file + got, sizeof file - got);
        need(n > 0, "the node did not begin");
        got += (size_t)n;
    }
    struct bare_start start = { &file, socket_at(INADDR_LOOPBACK, 0, 4 << 20) };
    socklen_t size = sizeof c.bare_at;
    need(getsockname(start.fd, (struct sockaddr *)&c.bare_at, &size) == 0, "getsockname");
    struct server plain = server_start(bare_serve, &start);
    close(start.fd);
    c.node = &node;
    c.plain = &plain;
    c.dnsmasq = dnsmasq_start(&other, &file);
    c.dnsmasq_at = other.at;
    printf("TFTP, a file of %u bytes, %d clients at once, medians of %d rounds of %u files by "
           "turns%s\n",
           file.n, CLIENTS, c.rounds, c.count, c.dnsmasq ? "" : "; dnsmasq is not here");
    (void)run_slice(&node, &file, &file.at, -1, CLIENTS);
    (void)run_slice(&plain, &file, &c.bare_at, -1, CLIENTS);
    contest(&c, -1, 1.5);
    contest(&c, 1428, 2.5);
    dnsmasq_stop(&other);
    server_stop(&plain); /* first: it holds the other's pipe as well */
    server_stop(&node);
    return 0;
}
