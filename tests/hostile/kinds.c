/* Kinds of hostile clients over TCP, a row each. */
#include "tests/hostile/hostile.h"

#include "tests/hostile/again.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BIT(p) (1u << (p))
#define TEXTS  (BIT(HTTP) | BIT(PAGES) | BIT(SIP))

static size_t put(uint8_t *out, size_t cap, const void *p, size_t n)
{
    n = n < cap ? n : cap;
    memcpy(out, p, n);
    return n;
}

static size_t a_request(const struct visit *v, uint8_t *out, size_t cap)
{
    const struct bytes *r = ports_request(v->port->proto);
    return put(out, cap, r->p, r->n);
}

/* One whole request, all but its last byte. */
static size_t never_whole(struct visit *v, uint8_t *out, size_t cap)
{
    return v->step++ > 0 ? 0 : a_request(v, out, cap) - 1;
}

static size_t one_request(struct visit *v, uint8_t *out, size_t cap)
{
    return v->step++ > 0 ? 0 : a_request(v, out, cap);
}

static size_t many_requests(struct visit *v, uint8_t *out, size_t cap)
{
    size_t n = 0;
    while (v->step < 10000 && n + sizeof(struct bytes) <= cap) {
        n += a_request(v, out + n, cap - n);
        v->step++;
    }
    return n;
}

/* 1 MiB without an end of line. */
static size_t endless_line(struct visit *v, uint8_t *out, size_t cap)
{
    static const char *const begin[PROTOS] = { [HTTP] = "GET /",
                                               [PAGES] = "GET /ccmcip/",
                                               [SIP] = "REGISTER sip:",
                                               [CONTROL] = "{\"ask\":\"" };
    const char *first = begin[v->port->proto];
    if (v->step++ == 0 && first != NULL)
        return put(out, cap, first, strlen(first));
    if (v->step > 64)
        return 0;
    size_t n = cap < 16384 ? cap : 16384;
    memset(out, 'A', n);
    return n;
}

/* Lines of a head, or small messages of a kind that nobody knows, one after the other. */
static size_t endless_head(struct visit *v, uint8_t *out, size_t cap)
{
    static const uint8_t places[PROTOS] = { [TVS] = 2, [SCCP] = 8, [CAPF] = 1, [CONTROL] = 2 };
    size_t n = 0;
    if (v->step++ > 256)
        return 0;
    if ((BIT(v->port->proto) & TEXTS) == 0) {
        struct bytes other = *ports_request(v->port->proto);
        other.p[places[v->port->proto]] = 0x77;
        while (n + other.n <= cap && n < 4096)
            n += put(out + n, cap - n, other.p, other.n);
        return n;
    }
    if (v->step == 1)
        return a_request(v, out, cap) - 2;
    while (n + 64 <= cap && n < 4096)
        n += (size_t)snprintf((char *)out + n, cap - n, "X-%u: y\r\n", (unsigned)draw(&v->rng));
    return n;
}

/* A body that never ends, of a length that is announced, or in pieces. */
static size_t endless_body(struct visit *v, uint8_t *out, size_t cap)
{
    static const char *const lengths[] = { "Content-Length: 65000", "Content-Length: 1000000000",
                                           "Content-Length: 18446744073709551615",
                                           "Transfer-Encoding: chunked" };
    if (v->step++ == 0) {
        size_t n = a_request(v, out, cap) - 2;
        return n + (size_t)snprintf((char *)out + n, cap - n, "%s\r\n\r\n%s",
                                    lengths[draw(&v->rng) % 4], "FFFFFFFF\r\n");
    }
    if (v->step > 64)
        return 0;
    size_t n = cap < 16384 ? cap : 16384;
    memset(out, '0', n);
    return n;
}

/* A number of 1, 2 or 4 bytes somewhere in the message becomes another one. */
static void spoil(uint64_t *rng, uint8_t *p, size_t n)
{
    static const uint32_t values[] = {
        0,      1,      0x7f,    0x80,       0xff,        0x7fff,
        0x8000, 0xffff, 0x10000, 0x7fffffff, 0x80000000u, 0xffffffffu
    };
    size_t size = (size_t)1 << draw(rng) % 3, at = draw(rng) % 3 == 0 ? 0 : draw(rng) % n;
    uint32_t value = values[draw(rng) % (sizeof values / sizeof values[0])];
    bool little = draw(rng) % 2 == 0;
    for (size_t i = 0; i < size && at + i < n; i++)
        p[at + i] = (uint8_t)(value >> 8 * (little ? i : size - 1 - i));
}

static size_t wrong_text(struct visit *v, uint8_t *out, size_t cap)
{
    static const char *const wrong[] = { "Content-Length: -1",
                                         "Content-Length: 0x10",
                                         "Content-Length: 1e3",
                                         "Content-Length: 4294967296",
                                         "Content-Length: 65537",
                                         "Content-Length:",
                                         "Content-Length: 99999999999999999999999",
                                         "Content-Length: 5\r\nContent-Length: 6",
                                         "l: 3",
                                         "Transfer-Encoding: chunked",
                                         "Content-Length: 1 2" };
    size_t n = a_request(v, out, cap) - 2;
    return n + (size_t)snprintf((char *)out + n, cap - n, "%s\r\n\r\nxx\r\n",
                                wrong[draw(&v->rng) % (sizeof wrong / sizeof wrong[0])]);
}

static size_t wrong_lengths(struct visit *v, uint8_t *out, size_t cap)
{
    if (v->step++ >= 3)
        return 0;
    if ((BIT(v->port->proto) & TEXTS) != 0 && draw(&v->rng) % 2 == 0)
        return wrong_text(v, out, cap);
    size_t n = a_request(v, out, cap);
    if (n > 0)
        spoil(&v->rng, out, n);
    return n;
}

static size_t garbage(struct visit *v, uint8_t *out, size_t cap)
{
    size_t n = draw(&v->rng) % (cap < 4096 ? cap : 4096);
    if (v->step++ >= 8)
        return 0;
    for (size_t i = 0; i < n; i++)
        out[i] = (uint8_t)draw(&v->rng);
    return n;
}

/* The head of a record of 16 kB, and little of it. */
static size_t great_record(struct visit *v, uint8_t *out, size_t cap)
{
    if (v->step++ == 0)
        return put(out, cap, "\x16\x03\x01\x40\x00\x01\x00\x3f\xfc\x03\x03", 11);
    out[0] = (uint8_t)v->step;
    return v->step > 4000 ? 0 : 1;
}

/* Beneath TLS 1.2, once it is open: the next handshake, without end. */
static size_t again_and_again(struct visit *v, uint8_t *out, size_t cap)
{
    size_t n = 0;
    if (v->more == NULL) {
        v->more = calloc(1, sizeof(struct again));
        if (v->more == NULL || !again_begin(v->more, v->ssl))
            return 0;
    }
    while (v->step < 20000 && n + AGAIN_RECORD <= cap) {
        again_put(v->more, out + n);
        n += AGAIN_RECORD;
        v->step++;
    }
    return n;
}

/* The session that the server began, left behind some of its messages: the first answer is read for
 * its number. */
static size_t capf_steps(struct visit *v, uint8_t *out, size_t cap)
{
    static const uint8_t commands[] = { 2, 4, 10, 12, 14, 16, 19, 21, 23 };
    struct bytes m = *ports_request(CAPF);
    if (v->step > 0)
        return 0;
    if (v->heard_n < 8)
        return NOT_YET;
    v->step++;
    memcpy(m.p, v->heard, 1); /* the protocol */
    m.p[1] = draw(&v->rng) % 2 == 0 ? m.p[1] : commands[draw(&v->rng) % sizeof commands];
    memcpy(m.p + 2, v->heard + 2, 4); /* the number of the session */
    return put(out, cap, m.p, m.n);
}

static size_t brackets(struct visit *v, uint8_t *out, size_t cap)
{
    size_t n = cap < 8192 ? cap : 8192;
    if (v->step++ > 8)
        return 0;
    memset(out, v->step % 2 == 0 ? '[' : '{', n);
    if (v->step % 3 == 0)
        out[n - 1] = '\n';
    return n;
}

const struct kind kinds[] = {
    { .name = "idle",
      .what = "connects and says nothing",
      .raw = true,
      .end = HOLD,
      .at_once = 5000,
      .a_second = 4000,
      .stays_ms = 60000 },
    { .name = "storm",
      .what = "connects and is gone",
      .raw = true,
      .end = ANY,
      .at_once = 64,
      .a_second = 500 },
    { .name = "slow",
      .what = "says a request byte by byte",
      .next = never_whole,
      .pace = 1,
      .reads = true,
      .end = HOLD,
      .at_once = 128,
      .a_second = 64,
      .stays_ms = 20000 },
    { .name = "line",
      .what = "says a line without an end",
      .next = endless_line,
      .end = HOLD,
      .at_once = 24,
      .a_second = 24,
      .stays_ms = 3000 },
    { .name = "head",
      .what = "says a head without an end",
      .next = endless_head,
      .end = HOLD,
      .at_once = 24,
      .a_second = 24,
      .stays_ms = 3000 },
    { .name = "body",
      .what = "says a body without an end",
      .protos = TEXTS,
      .next = endless_body,
      .end = HOLD,
      .at_once = 24,
      .a_second = 24,
      .stays_ms = 3000 },
    { .name = "lengths",
      .what = "says wrong lengths",
      .next = wrong_lengths,
      .reads = true,
      .end = ANY,
      .at_once = 64,
      .a_second = 100,
      .stays_ms = 300 },
    { .name = "garbage",
      .what = "says anything, beneath TLS too",
      .raw = true,
      .next = garbage,
      .reads = true,
      .end = ANY,
      .at_once = 64,
      .a_second = 100,
      .stays_ms = 200 },
    { .name = "clear garbage",
      .what = "says anything, inside TLS",
      .tls_only = true,
      .next = garbage,
      .reads = true,
      .end = ANY,
      .at_once = 32,
      .a_second = 30,
      .stays_ms = 200 },
    { .name = "half",
      .what = "stops in the middle of a handshake",
      .tls_only = true,
      .cut = 3500,
      .next = one_request,
      .end = ANY,
      .at_once = 400,
      .a_second = 40,
      .stays_ms = 15000 },
    { .name = "hello",
      .what = "says ClientHello and no more",
      .tls_only = true,
      .hello_only = true,
      .end = HOLD,
      .at_once = 400,
      .a_second = 40,
      .stays_ms = 15000 },
    { .name = "record",
      .what = "announces a record of 16 kB",
      .tls_only = true,
      .raw = true,
      .next = great_record,
      .pace = 1,
      .end = HOLD,
      .at_once = 64,
      .a_second = 32,
      .stays_ms = 15000 },
    { .name = "again",
      .what = "asks for a new handshake, again and again",
      .tls_only = true,
      .next = again_and_again,
      .end = HOLD,
      .at_once = 12,
      .a_second = 6,
      .stays_ms = 3000,
      .version = TLS1_2_VERSION },
    { .name = "leaves",
      .what = "leaves in any state, in any way",
      .next = many_requests,
      .cut = 6000,
      .reads = true,
      .end = ANY,
      .at_once = 64,
      .a_second = 60,
      .stays_ms = 500 },
    { .name = "notify",
      .what = "says goodbye in TLS and stays",
      .tls_only = true,
      .next = one_request,
      .end = NOTIFY,
      .at_once = 64,
      .a_second = 30,
      .stays_ms = 15000 },
    { .name = "shut",
      .what = "says that it sends no more, and stays",
      .next = one_request,
      .end = HALF,
      .at_once = 64,
      .a_second = 60,
      .stays_ms = 15000 },
    { .name = "pipeline",
      .what = "asks 10,000 times and reads nothing",
      .next = many_requests,
      .end = HOLD,
      .at_once = 24,
      .a_second = 12,
      .stays_ms = 5000 },
    { .name = "resume",
      .what = "offers sessions, old and of others",
      .tls_only = true,
      .next = one_request,
      .reads = true,
      .end = ANY,
      .at_once = 32,
      .a_second = 60,
      .stays_ms = 100,
      .resumes = true },
    { .name = "capf",
      .what = "leaves a session with CAPF in each message",
      .protos = BIT(CAPF),
      .next = capf_steps,
      .reads = true,
      .end = ANY,
      .at_once = 32,
      .a_second = 40,
      .stays_ms = 500 },
    { .name = "brackets",
      .what = "asks the control socket for nonsense",
      .protos = BIT(CONTROL),
      .next = brackets,
      .end = HOLD,
      .at_once = 4,
      .a_second = 8,
      .stays_ms = 1000 },
    { .name = "control",
      .what = "asks the control socket and leaves",
      .protos = BIT(CONTROL),
      .next = many_requests,
      .cut = 40000,
      .end = FIN,
      .at_once = 4,
      .a_second = 8 },
};
const size_t kind_count = sizeof kinds / sizeof kinds[0];
