/* Kinds of hostile clients over UDP: TFTP and SIP. */
#include "tests/hostile/hostile.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct shots {
    const struct shot_kind *kind;
    struct sockaddr_in to;
    int *fds;
    double credit;
    uint64_t sent, rng;
};

/* ---- what is said ---- */

static size_t ask(uint8_t *out, size_t cap, const char *name, const char *options, size_t n)
{
    int head = snprintf((char *)out + 2, cap - 2, "%s%coctet", name, 0);
    size_t at = 2 + (size_t)head + 1;
    out[0] = 0;
    out[1] = 1;
    memcpy(out + at, options, n);
    return at + n;
}

static size_t plain(uint64_t *rng, unsigned socket, uint8_t *out, size_t cap)
{
    (void)rng, (void)socket;
    return ask(out, cap, "ITLFile.tlv", "", 0);
}

#define OPTION(s)                                                                                  \
    {                                                                                              \
        s, sizeof(s)                                                                               \
    }

static size_t options(uint64_t *rng, unsigned socket, uint8_t *out, size_t cap)
{
    static const struct {
        const char *p;
        size_t n;
    } all[] = { OPTION("blksize\0008"),
                OPTION("blksize\00065464"),
                OPTION("blksize\0001428\0windowsize\00065535"),
                OPTION("blksize\0008\0windowsize\00064"),
                OPTION("windowsize\0001\0windowsize\0002"),
                OPTION("timeout\000255"),
                OPTION("timeout\0000\0tsize\0-1"),
                OPTION("blksize\00099999999999999999999"),
                OPTION("tsize\00018446744073709551616"),
                OPTION("blksize"),
                OPTION("\0\0\0\0\0"),
                OPTION("x\0y\0blksize\0007\0z") };
    size_t i = draw(rng) % (sizeof all / sizeof all[0]);
    size_t cut = draw(rng) % 4 == 0 ? 1 : 0; /* the last NUL is missing */
    (void)socket;
    return ask(out, cap, draw(rng) % 2 == 0 ? "ITLFile.tlv" : "CTLFile.tlv", all[i].p,
               all[i].n - cut);
}

static size_t rubbish(uint64_t *rng, unsigned socket, uint8_t *out, size_t cap)
{
    size_t n = 1 + draw(rng) % (cap < 1400 ? cap : 1400);
    (void)socket;
    for (size_t i = 0; i < n; i++)
        out[i] = (uint8_t)draw(rng);
    if (draw(rng) % 2 == 0 && n > 1) { /* an operation that there is */
        out[0] = 0;
        out[1] = (uint8_t)(1 + draw(rng) % 6);
    }
    return n;
}

static size_t sip_rubbish(uint64_t *rng, unsigned socket, uint8_t *out, size_t cap)
{
    const struct bytes *r = ports_request(SIP);
    size_t n = r->n;
    if (draw(rng) % 3 == 0)
        return rubbish(rng, socket, out, cap);
    memcpy(out, r->p, n);
    for (int i = 0; i < 4; i++)
        out[draw(rng) % n] = (uint8_t)draw(rng);
    if (draw(rng) % 4 == 0) {
        memset(out + n, 'A', cap - n); /* as large as a datagram may be */
        return cap;
    }
    return draw(rng) % 2 == 0 ? n : draw(rng) % n;
}

/* ---- what is answered ---- */

static size_t ack(uint8_t *out, unsigned block)
{
    out[0] = 0;
    out[1] = 4;
    out[2] = (uint8_t)(block >> 8);
    out[3] = (uint8_t)block;
    return 4;
}

static size_t wrong_ack(uint64_t *rng, const uint8_t *in, size_t n, uint8_t *out, size_t cap)
{
    static const int ahead[] = { 1, 2, 100, 32768, -1, -2, 0, 0 };
    (void)cap;
    if (n < 4 || in[1] == 5)
        return 0;
    unsigned block = in[1] == 6 ? 0 : (unsigned)in[2] << 8 | in[3];
    return ack(out, block + (unsigned)ahead[draw(rng) % 8]);
}

/* As it should be, now and then not. */
static size_t right_ack(uint64_t *rng, const uint8_t *in, size_t n, uint8_t *out, size_t cap)
{
    (void)cap;
    if (n < 2 || in[1] == 5 || draw(rng) % 50 == 0)
        return 0;
    return ack(out, in[1] == 6 ? 0 : n < 4 ? 0 : (unsigned)in[2] << 8 | in[3]);
}

const struct shot_kind shot_kinds[] = {
    { "tftp lost", "begins transfers and is gone", false, 1000, 500, plain, NULL },
    { "tftp acks", "acknowledges what was not sent", false, 64, 200, plain, wrong_ack },
    { "tftp again", "asks the same again and again", false, 8, 400, plain, NULL },
    { "tftp options", "asks for odd options", false, 64, 60, options, right_ack },
    { "tftp rubbish", "says anything", false, 16, 400, rubbish, NULL },
    { "sip rubbish", "says nearly what SIP is", true, 16, 300, sip_rubbish, NULL },
};
const size_t shot_kind_count = sizeof shot_kinds / sizeof shot_kinds[0];

/* ---- carried out ---- */

struct shots *shots_new(const struct target *t, const struct shot_kind *k)
{
    struct shots *s = calloc(1, sizeof *s);
    if (s == NULL || (s->fds = calloc(k->sockets, sizeof *s->fds)) == NULL)
        abort();
    s->kind = k;
    s->to = ports_address(t, k->sip ? 5060 : t->tftp);
    s->rng = now_ms();
    for (unsigned i = 0; i < k->sockets; i++) {
        struct sockaddr_in from = { .sin_family = AF_INET };
        from.sin_addr.s_addr =
            htonl((ntohl(t->from) & 0xffff0000u) | (uint32_t)(1 + draw(&s->rng) % 65000));
        s->fds[i] = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        if (s->fds[i] >= 0 && bind(s->fds[i], (const struct sockaddr *)&from, sizeof from) != 0) {
            close(s->fds[i]);
            s->fds[i] = -1;
        }
    }
    return s;
}

static void put(struct shots *s, int fd, const struct sockaddr_in *to, const uint8_t *p, size_t n)
{
    if (n > 0 && sendto(fd, p, n, MSG_NOSIGNAL, (const struct sockaddr *)to, sizeof *to) > 0)
        s->sent++;
}

static void hear(struct shots *s, int fd)
{
    static uint8_t in[65536], out[64];
    struct sockaddr_in from;
    socklen_t size = sizeof from;
    ssize_t n;
    for (int i = 0; i < 64; i++) {
        n = recvfrom(fd, in, sizeof in, 0, (struct sockaddr *)&from, &size);
        if (n < 0)
            return;
        if (s->kind->reply != NULL)
            put(s, fd, &from, out, s->kind->reply(&s->rng, in, (size_t)n, out, sizeof out));
    }
}

void shots_tick(struct shots *s, unsigned ms, double pace)
{
    static uint8_t out[60000];
    s->credit += s->kind->a_second * pace * (double)ms / 1000;
    for (; s->credit >= 1; s->credit--) {
        unsigned socket = (unsigned)(draw(&s->rng) % s->kind->sockets);
        if (s->fds[socket] >= 0)
            put(s, s->fds[socket], &s->to, out, s->kind->shoot(&s->rng, socket, out, sizeof out));
    }
    if (s->kind->reply != NULL)
        for (unsigned i = 0; i < s->kind->sockets; i++)
            if (s->fds[i] >= 0)
                hear(s, s->fds[i]);
}

uint64_t shots_sent(const struct shots *s)
{
    return s->sent;
}

void shots_free(struct shots *s)
{
    for (unsigned i = 0; i < s->kind->sockets; i++)
        if (s->fds[i] >= 0)
            close(s->fds[i]);
    free(s->fds);
    free(s);
}
