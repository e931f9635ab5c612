/* TFTP: packets that decode encode to something that decodes the same; both machines keep their
 * bounds whatever comes; netascii goes there and back.  The input is a row of datagrams, each after
 * a length byte; a length of 255 is a timeout. */
#include "sim/base/check.h"
#include "sim/wire/tftp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint8_t out[TFTP_BLKSIZE_MAX + 4], file[5000], into[2000];

static void round_trip(const struct tftp_packet *p)
{
    static uint8_t first[1024], second[1024];
    struct tftp_packet again;
    struct err e;
    struct wr a = wr_of(first, sizeof first), b = wr_of(second, sizeof second);
    tftp_encode(p, &a);
    CHECK(!a.over && tftp_decode(view_of(first, a.n), &again, &e));
    tftp_encode(&again, &b);
    CHECK(view_eq(view_of(first, a.n), view_of(second, b.n)));
    CHECK(again.op == p->op && again.blksize == p->blksize && again.tsize == p->tsize);
    CHECK(again.windowsize == p->windowsize);
    CHECK(again.timeout_s == p->timeout_s && again.block == p->block && again.code == p->code);
    CHECK(view_eq(again.name, p->name) && view_eq(again.mode, p->mode));
    CHECK(view_eq(again.data, p->data) && view_eq(again.message, p->message));
}

struct both {
    struct tftp_send send;
    struct tftp_receive receive;
    bool started;
    uint64_t now_us;
    bool apart;
};

/* What the sender wrote, in one piece. */
static void joined(const struct both *m, struct wr *w)
{
    CHECK(m->send.body.n == 0 || (w->n == 4 || w->n == 0));
    if (w->n > 0)
        wr_view(w, m->send.body);
}

/* Whatever is answered is a packet. */
static void answered(const struct wr *w)
{
    struct tftp_packet p;
    CHECK(!w->over);
    CHECK(w->n == 0 || tftp_decode(view_of(out, w->n), &p, NULL));
}

/* The rest of a window: as many as were agreed, no more. */
static void rest(struct both *m)
{
    for (uint32_t i = 0;; i++) {
        struct wr w = wr_of(out, sizeof out);
        tftp_send_more(&m->send, m->now_us, &w);
        joined(m, &w);
        answered(&w);
        if (w.n == 0)
            return;
        CHECK(i < m->send.window && m->send.window <= TFTP_WINDOW_MAX);
        CHECK(m->send.block - m->send.acked <= m->send.window);
    }
}

static void packet(struct both *m, const struct tftp_packet *p)
{
    struct wr w = wr_of(out, sizeof out);
    if (m->started)
        tftp_send_packet(&m->send, p, m->now_us, &w);
    else
        tftp_send_start(&m->send, p, view_of(file, sizeof file), m->now_us, &w);
    joined(m, &w);
    m->send.apart = m->apart;
    m->started = true;
    CHECK(m->send.tries <= TFTP_TRIES);
    CHECK(m->send.block <= sizeof file / m->send.blksize + 1);
    answered(&w);
    rest(m);
    w = wr_of(out, sizeof out);
    tftp_receive_packet(&m->receive, p, m->now_us, &w);
    CHECK(m->receive.tries <= TFTP_TRIES && m->receive.into.n <= sizeof into);
    CHECK(!(m->receive.done && m->receive.failed));
    answered(&w);
}

static void timeout(struct both *m)
{
    struct wr w = wr_of(out, sizeof out);
    m->now_us += 300000000;
    if (m->started)
        tftp_send_timeout(&m->send, m->now_us, &w);
    if (m->started)
        joined(m, &w);
    answered(&w);
    if (m->started)
        rest(m);
    w = wr_of(out, sizeof out);
    tftp_receive_timeout(&m->receive, m->now_us, &w);
    answered(&w);
}

/* Measured and written alike; every line feed has its CR, every other CR its NUL, and taken back it
 * is the file. */
static void netascii(struct view bytes)
{
    static uint8_t text[2 * 4096];
    struct wr n = wr_measure(), w = wr_of(text, sizeof text);
    size_t at = 0;
    bytes = view_sub(bytes, 0, bytes.n < 4096 ? bytes.n : 4096);
    tftp_netascii(bytes, &n);
    tftp_netascii(bytes, &w);
    CHECK(!w.over && n.n == w.n);
    for (size_t i = 0; i < w.n; i++, at++) {
        CHECK(text[i] != '\n' && at < bytes.n);
        if (text[i] != '\r') {
            CHECK(text[i] == bytes.p[at]);
            continue;
        }
        i++;
        CHECK(i < w.n && (text[i] == '\n' || text[i] == '\0'));
        CHECK(bytes.p[at] == (text[i] == '\n' ? '\n' : '\r'));
    }
    CHECK(at == bytes.n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct both m = { .now_us = 1 };
    struct rd r = rd_of(view_of(data, size));
    uint8_t n;
    struct wr w = wr_of(out, sizeof out);
    netascii(view_of(data, size));
    if (!rd_u8(&r, &n))
        return 0;
    m.apart = n % 4 > 1;
    tftp_receive_start(&m.receive, view_str("x"), n % 2 != 0 ? 8U + n : 0, into, sizeof into, 1,
                       &w);
    while (rd_u8(&r, &n)) {
        struct view v;
        struct tftp_packet p;
        struct err e = { "" };
        if (n == 255) {
            timeout(&m);
            continue;
        }
        if (!rd_view(&r, n < rd_left(&r) ? n : rd_left(&r), &v))
            return 0;
        if (!tftp_decode(v, &p, &e)) {
            CHECK(e.text[0] != '\0');
            continue;
        }
        round_trip(&p);
        packet(&m, &p);
    }
    return 0;
}
